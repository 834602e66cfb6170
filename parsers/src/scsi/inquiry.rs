//! INQUIRY, the standard data. SPC-5.

use crate::fields::Fields;

/// What a device says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// PERIPHERAL QUALIFIER: 0 is a device that is there, 1 one that could be, 3 an address that no device can have.
    pub qualifier: u8,
    /// PERIPHERAL DEVICE TYPE.
    pub kind: Kind,
    /// VERSION of SPC: 5 SPC-3, 6 SPC-4, 7 SPC-5; 0 claims none.
    pub version: Option<u8>,
    /// ENCSERV: the device itself answers for an enclosure.
    pub enclosure_services: Option<bool>,
    /// T10 VENDOR IDENTIFICATION. "ATA" for a drive behind a translator.
    pub vendor: Option<String>,
    /// PRODUCT IDENTIFICATION
    pub product: Option<String>,
    /// PRODUCT REVISION LEVEL: of drives, the firmware; of a long one its first or last four letters.
    pub revision: Option<String>,
    /// Bytes 36 to 55, vendor specific: many put the serial number there. VPD page 80h is the one to trust.
    pub vendor_area: Option<String>,
}

/// PERIPHERAL DEVICE TYPE. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 00h
    Disk,
    /// 01h
    Tape,
    /// 03h: adapters and some backplanes.
    Processor,
    /// 05h
    Optical,
    /// 0Ch: a RAID controller.
    StorageArray,
    /// 0Dh: an enclosure's processor.
    Enclosure,
    /// 0Eh
    SimplifiedDisk,
    /// 14h: a drive with zones that must be written in order.
    ZonedDisk,
    /// Others, by number; 1Fh is unknown or none.
    Other(u8),
}

/// `None` only of an empty reply.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Inquiry> {
    let reply = Fields(bytes);
    let first = reply.u8(0)?;
    // Devices that understate ADDITIONAL LENGTH still have the 36 bytes that every version of the standard demands.
    let len = reply.u8(4).map_or(36, |length| usize::from(length).saturating_add(5).max(36));
    let reply = reply.front(len);
    Some(Inquiry {
        qualifier: first >> 5,
        kind: Kind::of(first),
        version: reply.u8(2),
        enclosure_services: reply.bit(6, 6),
        vendor: reply.text(8, 8),
        product: reply.text(16, 16),
        revision: reply.text(32, 4),
        vendor_area: reply.text(36, 20),
    })
}

impl Inquiry {
    /// Whether an ATA drive stands behind a translator: SAT-4 demands this vendor. Some USB bridges put their
    /// own.
    #[must_use]
    pub fn is_ata(&self) -> bool {
        self.vendor.as_deref() == Some("ATA")
    }
}

impl Kind {
    fn of(byte: u8) -> Self {
        match byte & 0x1f {
            0x00 => Self::Disk,
            0x01 => Self::Tape,
            0x03 => Self::Processor,
            0x05 => Self::Optical,
            0x0c => Self::StorageArray,
            0x0d => Self::Enclosure,
            0x0e => Self::SimplifiedDisk,
            0x14 => Self::ZonedDisk,
            other => Self::Other(other),
        }
    }
}
