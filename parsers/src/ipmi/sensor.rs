//! What a sensor reads, and how a raw reading becomes a quantity. Sections 35.14 and 36.3.

use crate::fields::Fields;

/// Get Sensor Reading. Section 35.14.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The raw reading, where the sensor has one that is up to date; [`Factors::convert`] makes it a quantity.
    pub raw: Option<u8>,
    /// The sensor is scanned: else the BMC does not look at it.
    pub scanning: bool,
    /// READING/STATE UNAVAILABLE: nothing here means anything, as of a supply that is not there.
    pub unavailable: bool,
    /// Of a threshold sensor bits 0 to 5: at or below lower non-critical, critical, non-recoverable; at or above upper
    /// non-critical, critical, non-recoverable. Of a discrete one bits 0 to 14: the states that are true, as
    /// [`super::event::states`] reads them.
    pub states: Option<u16>,
}

/// Get Sensor Reading.
#[must_use]
pub fn reading(data: &[u8]) -> Option<Reading> {
    let reply = Fields(data);
    let flags = reply.u8(1)?;
    let (scanning, unavailable) = (flags & 0x40 != 0, flags & 0x20 != 0);
    let valid = scanning && !unavailable;
    // The second byte is optional, and its top bit is reserved.
    let states = reply.u8(2).map(|low| u16::from_le_bytes([low, reply.u8(3).unwrap_or(0) & 0x7f]));
    Some(Reading { raw: reply.u8(0).filter(|_| valid), scanning, unavailable, states: states.filter(|_| valid) })
}

/// How raw readings are numbers: bits 7 and 6 of SENSOR UNITS 1, table 43-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 00b
    Unsigned,
    /// 01b
    OnesComplement,
    /// 10b
    TwosComplement,
    /// 11b: the sensor has no analog reading.
    None,
}

/// What makes a quantity of a raw reading: L((M · x + B · 10^`b_exponent`) · 10^`r_exponent`). Section 36.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// How x is a number.
    pub format: Format,
    /// L: 00h none, 01h to 0Bh a function, 70h to 7Fh the factors differ from reading to reading and these here are
    /// nothing.
    pub linearisation: u8,
    /// M, −512 to 511.
    pub m: i16,
    /// B, −512 to 511.
    pub b: i16,
    /// K1, −8 to 7.
    pub b_exponent: i8,
    /// K2, −8 to 7.
    pub r_exponent: i8,
}

impl Factors {
    /// The quantity, in the sensor's units. `None` where the sensor has no such, needs other factors, or the function
    /// has no value there.
    #[must_use]
    pub fn convert(&self, raw: u8) -> Option<f64> {
        let x = match self.format {
            Format::Unsigned => f64::from(raw),
            Format::OnesComplement if raw & 0x80 != 0 => -f64::from(!raw),
            Format::OnesComplement => f64::from(raw),
            Format::TwosComplement => f64::from(raw.cast_signed()),
            Format::None => return None,
        };
        let offset = f64::from(self.b) * 10_f64.powi(i32::from(self.b_exponent));
        let y = scaled(f64::from(self.m) * x + offset, self.r_exponent);
        let value = match self.linearisation {
            0x00 => y,
            0x01 => y.ln(),
            0x02 => y.log10(),
            0x03 => y.log2(),
            0x04 => y.exp(),
            0x05 => 10_f64.powf(y),
            0x06 => y.exp2(),
            0x07 => y.recip(),
            0x08 => y.powi(2),
            0x09 => y.powi(3),
            0x0a => y.sqrt(),
            0x0b => y.cbrt().recip(),
            _ => return None,
        };
        value.is_finite().then_some(value)
    }
}

/// Division by a power of ten is exact where multiplication by its inverse is not: 12.06, not 12.060000000000002.
fn scaled(value: f64, exponent: i8) -> f64 {
    let power = 10_f64.powi(i32::from(exponent.unsigned_abs()));
    if exponent < 0 { value / power } else { value * power }
}

/// A number of `bits` bits in two's complement.
pub(super) fn signed(value: u16, bits: u32) -> i16 {
    let shift = u16::BITS.saturating_sub(bits);
    (value << shift).cast_signed() >> shift
}

/// SENSOR UNITS 2 and 3 in words, for those that housings have. Table 43-15.
#[must_use]
pub fn unit_words(unit: u8) -> Option<&'static str> {
    Some(match unit {
        1 => "degrees C",
        2 => "degrees F",
        3 => "K",
        4 => "V",
        5 => "A",
        6 => "W",
        7 => "J",
        8 => "C",
        9 => "VA",
        14 => "kPa",
        15 => "PSI",
        17 => "CFM",
        18 => "RPM",
        19 => "Hz",
        20 => "us",
        21 => "ms",
        22 => "s",
        23 => "min",
        24 => "h",
        25 => "days",
        26 => "weeks",
        41 => "revolutions",
        42 => "cycles",
        54 => "ohm",
        58 => "PPM",
        60 => "dB",
        65 => "bits",
        66 => "kbit",
        67 => "Mbit",
        68 => "Gbit",
        69 => "bytes",
        70 => "kB",
        71 => "MB",
        72 => "GB",
        87 => "fatal errors",
        88 => "grams",
        _ => return None,
    })
}
