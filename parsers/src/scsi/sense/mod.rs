//! Sense data: why a command did not end well, or what the device wants to be known. SPC-5.
//!
//! Both formats give the same record. Response codes 70h and 72h speak of this command, 71h and 73h of an earlier one.

mod words;

pub use words::{Meaning, Warning};

use crate::fields::Fields;

/// Sense data of either format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sense {
    /// Of an earlier command: what it says does not belong to the command that fetched it (71h, 73h).
    pub deferred: bool,
    /// What kind of trouble.
    pub key: Key,
    /// What trouble. `None` where the device gave sense data too short for it.
    pub additional: Option<Additional>,
    /// INFORMATION, if valid: of a medium error, the logical block address.
    pub information: Option<u64>,
    /// COMMAND-SPECIFIC INFORMATION; zero is how the fixed format says that there is none.
    pub command_specific: Option<u64>,
    /// FIELD REPLACEABLE UNIT CODE, vendor specific; zero is none.
    pub replaceable_unit: Option<u8>,
    /// PROGRESS INDICATION of a format or a self-test, in 65536ths. Given with the keys no sense and not ready.
    pub progress: Option<u16>,
    /// The ATA registers after a command passed through a translator.
    pub ata: Option<AtaReturn>,
    /// Descriptors not decoded: their types, in order. Of the fixed format, none.
    pub unread: Vec<u8>,
}

/// SENSE KEY. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// 0h
    NoSense,
    /// 1h: done, with effort.
    Recovered,
    /// 2h
    NotReady,
    /// 3h
    Medium,
    /// 4h
    Hardware,
    /// 5h: the command or a parameter of it is not supported. Says nothing of the device's health.
    IllegalRequest,
    /// 6h: something has happened since the last command, as a reset.
    UnitAttention,
    /// 7h
    DataProtect,
    /// 8h
    Blank,
    /// 9h
    VendorSpecific,
    /// Ah
    CopyAborted,
    /// Bh
    Aborted,
    /// Dh
    VolumeOverflow,
    /// Eh
    Miscompare,
    /// Fh
    Completed,
    /// Ch, which is reserved.
    Reserved(u8),
}

/// ADDITIONAL SENSE CODE and its qualifier. SPC-5. [`Additional::words`] and [`Additional::meaning`] know those
/// that speak of the device, its medium, its power and its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Additional {
    /// ASC
    pub code: u8,
    /// ASCQ
    pub qualifier: u8,
}

/// ATA Status Return: descriptor type 09h (SAT-4), or the fixed format's replacement of it (SAT-4),
/// which lacks the upper halves of 48-bit registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtaReturn {
    /// Whether the command was of 48 bits, so that the upper halves mean something.
    pub extend: bool,
    /// ERROR register.
    pub error: u8,
    /// COUNT; lower byte alone in the fixed format.
    pub count: u16,
    /// LBA of 48 bits; lower 24 alone in the fixed format. After SMART RETURN STATUS bits 8 to 23 are the verdict:
    /// C24Fh well, 2CF4h threshold exceeded (ACS-4).
    pub lba: u64,
    /// DEVICE register.
    pub device: u8,
    /// STATUS register.
    pub status: u8,
    /// The upper halves of COUNT or LBA were not zero and are lost. Of the fixed format alone.
    pub cut: bool,
}

impl AtaReturn {
    /// After SMART RETURN STATUS: whether the drive says that it fails. `None` where the registers say neither, as
    /// bridges do that do not pass them back.
    #[must_use]
    pub fn smart_failing(&self) -> Option<bool> {
        match (self.lba >> 8) & 0xffff {
            0xc24f => Some(false),
            0x2cf4 => Some(true),
            _ => None,
        }
    }
}

/// Sense data as a device gave it. `None` if it is neither of the two formats (response code 7Fh is the vendor's own)
/// or is too short for a sense key.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Sense> {
    let reply = Fields(bytes);
    let response = reply.u8(0)? & 0x7f;
    // ADDITIONAL SENSE LENGTH stands at byte 7 in both. Fixed sense data may end before it, and then has nothing
    // behind.
    let whole = reply.u8(7).map_or(reply.front(7), |length| reply.front(usize::from(length).saturating_add(8)));
    match response {
        0x70 | 0x71 => fixed(whole, response == 0x71),
        0x72 | 0x73 => descriptor(whole, response == 0x73),
        _ => None,
    }
}

fn fixed(reply: Fields<'_>, deferred: bool) -> Option<Sense> {
    let key = Key::of(reply.u8(2)?);
    let additional = Additional::at(reply, 12, 13);
    // Where ATA registers take the place of the information, VALID says nothing of an address (SAT-4).
    let ata = additional.filter(|additional| additional.is_ata_return()).and_then(|_| fixed_ata(reply));
    let valid = reply.bit(0, 7) == Some(true) && ata.is_none();
    Some(Sense {
        deferred,
        key,
        additional,
        information: reply.be32(3).filter(|_| valid).map(u64::from),
        command_specific: reply.be32(8).filter(|value| *value != 0 && ata.is_none()).map(u64::from),
        replaceable_unit: reply.u8(14).filter(|unit| *unit != 0),
        progress: key.progress(reply.from(15)),
        ata,
        unread: Vec::new(),
    })
}

fn fixed_ata(reply: Fields<'_>) -> Option<AtaReturn> {
    let flags = reply.u8(8)?;
    let lba = reply.bytes(9, 3)?.iter().rev().fold(0, |lba, byte| lba << 8 | u64::from(*byte));
    Some(AtaReturn {
        extend: flags & 0x80 != 0,
        error: reply.u8(3)?,
        status: reply.u8(4)?,
        device: reply.u8(5)?,
        count: u16::from(reply.u8(6)?),
        lba,
        cut: flags & 0x60 != 0,
    })
}

fn descriptor(reply: Fields<'_>, deferred: bool) -> Option<Sense> {
    let key = Key::of(reply.u8(1)?);
    let mut sense = Sense {
        deferred,
        key,
        additional: Additional::at(reply, 2, 3),
        information: None,
        command_specific: None,
        replaceable_unit: None,
        progress: None,
        ata: None,
        unread: Vec::new(),
    };
    let mut rest = reply.from(8);
    while let Some(kind) = rest.u8(0) {
        let len = rest.u8(1).map_or(usize::MAX, |length| usize::from(length).saturating_add(2));
        if !sense.take(kind, rest.front(len)) {
            sense.unread.push(kind);
        }
        rest = rest.from(len);
    }
    Some(sense)
}

impl Sense {
    /// Whether a descriptor was understood. The first of a kind counts: a second one is a copy command's.
    fn take(&mut self, kind: u8, descriptor: Fields<'_>) -> bool {
        match kind {
            // VALID is one in all but a direct access device's optional use (SPC-5).
            0x00 if self.information.is_none() => {
                self.information = descriptor.be64(4).filter(|_| descriptor.bit(2, 7) == Some(true));
                descriptor.be64(4).is_some()
            }
            0x01 if self.command_specific.is_none() => {
                self.command_specific = descriptor.be64(4).filter(|value| *value != 0);
                descriptor.be64(4).is_some()
            }
            // Sense key specific; that of an illegal request points into the command, which is ours to know.
            0x02 if self.progress.is_none() => {
                self.progress = self.key.progress(descriptor.from(4));
                self.progress.is_some()
            }
            0x03 if self.replaceable_unit.is_none() => {
                self.replaceable_unit = descriptor.u8(3).filter(|unit| *unit != 0);
                descriptor.u8(3).is_some()
            }
            0x09 if self.ata.is_none() => {
                self.ata = descriptor_ata(descriptor);
                self.ata.is_some()
            }
            _ => false,
        }
    }
}

fn descriptor_ata(descriptor: Fields<'_>) -> Option<AtaReturn> {
    // The registers' upper bytes stand before their lower ones: LBA (31:24), (7:0), (39:32), (15:8), (47:40), (23:16).
    let lba = [10, 8, 6, 11, 9, 7].into_iter().try_fold(0, |lba, at| Some(lba << 8 | u64::from(descriptor.u8(at)?)))?;
    Some(AtaReturn {
        extend: descriptor.bit(2, 0)?,
        error: descriptor.u8(3)?,
        count: descriptor.be16(4)?,
        lba,
        device: descriptor.u8(12)?,
        status: descriptor.u8(13)?,
        cut: false,
    })
}

impl Key {
    /// From the byte that has it in its lower four bits.
    #[must_use]
    pub fn of(byte: u8) -> Self {
        match byte & 0x0f {
            0x0 => Self::NoSense,
            0x1 => Self::Recovered,
            0x2 => Self::NotReady,
            0x3 => Self::Medium,
            0x4 => Self::Hardware,
            0x5 => Self::IllegalRequest,
            0x6 => Self::UnitAttention,
            0x7 => Self::DataProtect,
            0x8 => Self::Blank,
            0x9 => Self::VendorSpecific,
            0xa => Self::CopyAborted,
            0xb => Self::Aborted,
            0xd => Self::VolumeOverflow,
            0xe => Self::Miscompare,
            0xf => Self::Completed,
            reserved => Self::Reserved(reserved),
        }
    }

    /// As SPC-5 has it, in lower case.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NoSense => "no sense",
            Self::Recovered => "recovered error",
            Self::NotReady => "not ready",
            Self::Medium => "medium error",
            Self::Hardware => "hardware error",
            Self::IllegalRequest => "illegal request",
            Self::UnitAttention => "unit attention",
            Self::DataProtect => "data protect",
            Self::Blank => "blank check",
            Self::VendorSpecific => "vendor specific",
            Self::CopyAborted => "copy aborted",
            Self::Aborted => "aborted command",
            Self::VolumeOverflow => "volume overflow",
            Self::Miscompare => "miscompare",
            Self::Completed => "completed",
            Self::Reserved(_) => "reserved sense key",
        }
    }

    /// Sense key specific data: a progress for these two keys (SPC-5), a retry count or a pointer for others.
    fn progress(self, specific: Fields<'_>) -> Option<u16> {
        let valid = specific.bit(0, 7) == Some(true) && matches!(self, Self::NoSense | Self::NotReady);
        specific.be16(1).filter(|_| valid)
    }
}

impl Additional {
    fn at(reply: Fields<'_>, code: usize, qualifier: usize) -> Option<Self> {
        Some(Self { code: reply.u8(code)?, qualifier: reply.u8(qualifier)? })
    }

    /// 00h/1Dh: ATA PASS-THROUGH INFORMATION AVAILABLE.
    fn is_ata_return(self) -> bool {
        (self.code, self.qualifier) == (0x00, 0x1d)
    }
}
