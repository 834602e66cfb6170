//! The system event log: its state, its records, its clock. Sections 31 and 32.

use super::event::Event;
use crate::fields::Fields;

/// A time of the BMC, in seconds. Section 37.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// FFFF_FFFFh: not known, or never.
    Unset,
    /// Up to 2000_0000h: since the BMC started, its clock was not set.
    SinceStart(u32),
    /// Since 1970-01-01, in UTC or in local time as whoever set the clock chose: compare with [`time`] of the same
    /// moment.
    Clock(u32),
}

impl Time {
    fn at(reply: Fields<'_>, at: usize) -> Option<Self> {
        reply.le32(at).map(|seconds| match seconds {
            u32::MAX => Self::Unset,
            0..=0x2000_0000 => Self::SinceStart(seconds),
            _ => Self::Clock(seconds),
        })
    }
}

/// Get SEL Time: the BMC's clock now. Section 31.10.
#[must_use]
pub fn time(data: &[u8]) -> Option<Time> {
    Time::at(Fields(data), 0)
}

/// Get SEL Info. Section 31.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// SEL version in BCD with the minor digit in front: 51h is 1.5, for IPMI 2.0 too.
    pub version: u8,
    /// Number of records.
    pub entries: u16,
    /// Free space, bytes; FFFFh is that or more. A record takes 16.
    pub free: Option<u16>,
    /// When a record was last added.
    pub added: Option<Time>,
    /// When records were last erased: a log that was cleared.
    pub erased: Option<Time>,
    /// Events were dropped because the log was full.
    pub overflow: Option<bool>,
}

/// Get SEL Info.
#[must_use]
pub fn info(data: &[u8]) -> Option<Info> {
    let reply = Fields(data);
    Some(Info {
        version: reply.u8(0)?,
        entries: reply.le16(1)?,
        free: reply.le16(3),
        added: Time::at(reply, 5),
        erased: Time::at(reply, 9),
        overflow: reply.bit(13, 7),
    })
}

/// Get SEL Entry. Section 31.5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The id to ask for next; FFFFh after the last.
    pub next: u16,
    /// The record; `None` if it is not whole.
    pub record: Option<Record>,
}

/// Get SEL Entry, of a whole record.
#[must_use]
pub fn entry(data: &[u8]) -> Option<Entry> {
    let reply = Fields(data);
    Some(Entry { next: reply.le16(0)?, record: record(reply.from(2).0) })
}

/// A record of 16 bytes. Section 32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Record id. It is no order: the BMC may give any, and may use one again.
    pub id: u16,
    /// RECORD TYPE
    pub kind: u8,
    /// By type.
    pub body: Body,
}

/// What a record has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// 02h
    System {
        /// When.
        time: Time,
        /// GENERATOR ID: the lower byte is the address (bit 0 clear) or software (bit 0 set) that sent it, as 20h the
        /// BMC itself.
        generator: u16,
        /// EVENT MESSAGE FORMAT REVISION: 04h; 03h is IPMI 1.0.
        revision: u8,
        /// What happened.
        event: Event,
    },
    /// C0h to DFh: of the maker, with a time.
    OemTimed {
        /// When.
        time: Time,
        /// MANUFACTURER ID, an IANA enterprise number of 20 bits.
        manufacturer: u32,
        /// Of the maker's form.
        data: [u8; 6],
    },
    /// E0h to FFh: of the maker, without a time. Linux puts panic messages here (F0h,
    /// drivers/char/ipmi/ipmi_msghandler.c).
    Oem([u8; 13]),
    /// Any other type, from the record's third byte on.
    Other([u8; 13]),
}

/// A record alone. `None` if shorter than 16 bytes.
#[must_use]
pub fn record(bytes: &[u8]) -> Option<Record> {
    let record = Fields(bytes.get(..16)?);
    let kind = record.u8(2)?;
    let rest = || record.bytes(3, 13)?.try_into().ok();
    let body = match kind {
        0x02 => Body::System {
            time: Time::at(record, 3)?,
            generator: record.le16(7)?,
            revision: record.u8(9)?,
            event: Event::of(record.u8(10)?, record.u8(11)?, record.u8(12)?, record.bytes(13, 3)?.try_into().ok()?),
        },
        0xc0..=0xdf => Body::OemTimed {
            time: Time::at(record, 3)?,
            manufacturer: record.le32(7)? & 0x00ff_ffff,
            data: record.bytes(10, 6)?.try_into().ok()?,
        },
        0xe0..=0xff => Body::Oem(rest()?),
        _ => Body::Other(rest()?),
    };
    Some(Record { id: record.le16(0)?, kind, body })
}
