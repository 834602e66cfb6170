//! Pages of a few numbers each: temperature, start and stop, wear, statistics, informational exceptions.

use super::page_of;
use crate::fields::Fields;
use crate::scsi::sense::Additional;

/// FFh in a temperature: not known. SPC-5.
fn degrees(byte: Option<u8>) -> Option<u8> {
    byte.filter(|degrees| *degrees != 0xff)
}

/// Page 0Dh. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Temperature {
    /// Parameter 0000h, degrees Celsius, 0 to 254; 0 is zero or below.
    pub now: Option<u8>,
    /// Parameter 0001h: the highest at which the device may work all the time.
    pub reference: Option<u8>,
}

/// Page 0Dh.
#[must_use]
pub fn temperature(bytes: &[u8]) -> Option<Temperature> {
    let page = page_of(bytes, 0x0d)?;
    let at = |code| degrees(page.parameter(code)?.fields().u8(1));
    Some(Temperature { now: at(0), reference: at(1) })
}

/// Page 0Eh. SPC-5. A count that rises on several drives in one interval is the mark of lost power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartStop {
    /// Parameter 0001h: year and week of manufacture, as the letters `2019` and `07`.
    pub made: Option<(String, String)>,
    /// Parameter 0002h: the date of accounting, in the same form. An operator may set it.
    pub accounted: Option<(String, String)>,
    /// Parameter 0003h: starts and stops that the drive is built for.
    pub cycles_specified: Option<u32>,
    /// Parameter 0004h: starts and stops.
    pub cycles: Option<u32>,
    /// Parameter 0005h: loads and unloads of the heads that the drive is built for.
    pub loads_specified: Option<u32>,
    /// Parameter 0006h: loads and unloads.
    pub loads: Option<u32>,
}

/// Page 0Eh.
#[must_use]
pub fn start_stop(bytes: &[u8]) -> Option<StartStop> {
    let page = page_of(bytes, 0x0e)?;
    let value = |code| page.parameter(code).map_or(Fields(&[]), |parameter| parameter.fields());
    let date = |code| Some((value(code).text(0, 4)?, value(code).text(4, 2)?));
    Some(StartStop {
        made: date(1),
        accounted: date(2),
        cycles_specified: value(3).be32(0),
        cycles: value(4).be32(0),
        loads_specified: value(5).be32(0),
        loads: value(6).be32(0),
    })
}

/// Page 11h, parameter 0001h: PERCENTAGE USED ENDURANCE INDICATOR of a solid state drive, 0 to 255; 100 is what it was
/// built for. SBC-4.
#[must_use]
pub fn percentage_used(bytes: &[u8]) -> Option<u8> {
    page_of(bytes, 0x11)?.parameter(1)?.fields().u8(3)
}

/// Page 19h: general statistics and performance. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// NUMBER OF READ COMMANDS
    pub reads: Option<u64>,
    /// NUMBER OF WRITE COMMANDS
    pub writes: Option<u64>,
    /// NUMBER OF LOGICAL BLOCKS RECEIVED, which are those written.
    pub blocks_written: Option<u64>,
    /// NUMBER OF LOGICAL BLOCKS TRANSMITTED, which are those read.
    pub blocks_read: Option<u64>,
    /// READ COMMAND PROCESSING INTERVALS, in units of `interval`.
    pub read_intervals: Option<u64>,
    /// WRITE COMMAND PROCESSING INTERVALS, in units of `interval`.
    pub write_intervals: Option<u64>,
    /// IDLE TIME INTERVALS, in units of `interval`.
    pub idle_intervals: Option<u64>,
    /// The unit of time.
    pub interval: Option<Interval>,
}

/// A time: `integer` · 10^-`exponent` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// INTEGER
    pub integer: u32,
    /// EXPONENT, of a negative power of ten.
    pub exponent: u32,
}

/// Page 19h.
#[must_use]
pub fn statistics(bytes: &[u8]) -> Option<Statistics> {
    let page = page_of(bytes, 0x19)?;
    let value = |code| page.parameter(code).map_or(Fields(&[]), |parameter| parameter.fields());
    let general = value(1);
    let interval = || Some(Interval { exponent: value(3).be32(0)?, integer: value(3).be32(4)? });
    Some(Statistics {
        reads: general.be64(0),
        writes: general.be64(8),
        blocks_written: general.be64(16),
        blocks_read: general.be64(24),
        read_intervals: general.be64(32),
        write_intervals: general.be64(40),
        idle_intervals: value(2).be64(0),
        interval: interval(),
    })
}

/// Page 2Fh, parameter 0000h. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceptions {
    /// What the drive has to say: 00h/00h is nothing, 5Dh that it will fail, 0Bh a warning.
    pub additional: Option<Additional>,
    /// MOST RECENT TEMPERATURE READING, degrees Celsius.
    pub temperature: Option<u8>,
    /// The vendor's field behind it, which IBM and others use as the temperature at which they warn, degrees Celsius; 0
    /// is none.
    pub trip: Option<u8>,
}

/// Page 2Fh. `None` also where the general parameter is not there: such a drive says nothing, not that it is well.
#[must_use]
pub fn informational_exceptions(bytes: &[u8]) -> Option<Exceptions> {
    let page = page_of(bytes, 0x2f)?;
    let value = page.parameter(0)?.fields();
    let additional = || Some(Additional { code: value.u8(0)?, qualifier: value.u8(1)? });
    Some(Exceptions {
        additional: additional(),
        temperature: degrees(value.u8(2)),
        trip: degrees(value.u8(3)).filter(|degrees| *degrees != 0),
    })
}
