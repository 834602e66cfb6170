//! Page 0Ah, additional element status: what sits in which slot. SES-3.

use crate::fields::Fields;

/// A descriptor.
pub(super) struct Additional {
    /// ELEMENT INDEX, and whether it counts the elements that stand for a type. `None` where EIP says that there is
    /// none.
    pub index: Option<(u8, bool)>,
    pub kind: Kind,
}

pub(super) enum Kind {
    /// Of a slot by SAS: DEVICE SLOT NUMBER, and the SAS addresses of what sits there.
    SasSlot { number: Option<u8>, addresses: Vec<u64> },
    /// Of a slot by NVMe.
    NvmeSlot { number: Option<u8>, device: Option<NvmeDevice> },
    /// Of an expander or a port, of another protocol, or marked invalid.
    Other,
}

/// An NVMe drive as its shelf knows it. SES-3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NvmeDevice {
    /// PCIE VENDOR ID
    pub vendor: u16,
    /// SERIAL NUMBER, as in Identify Controller.
    pub serial: Option<String>,
    /// MODEL NUMBER
    pub model: Option<String>,
}

impl Kind {
    pub(super) fn is_slot(&self) -> bool {
        !matches!(self, Self::Other)
    }
}

/// The descriptors, and 1 if the last is cut.
pub(super) fn list(mut rest: Fields<'_>) -> (Vec<Additional>, usize) {
    let mut all = Vec::new();
    while let Some(len) = rest.u8(1).map(|len| usize::from(len).saturating_add(2)) {
        let Some(one) = rest.bytes(0, len).and_then(|bytes| additional(Fields(bytes))) else { break };
        all.push(one);
        rest = rest.from(len);
    }
    (all, usize::from(!rest.0.is_empty()))
}

fn additional(descriptor: Fields<'_>) -> Option<Additional> {
    let first = descriptor.u8(0)?;
    let has_index = first & 0x10 != 0;
    let index = if has_index { Some((descriptor.u8(3)?, descriptor.u8(2)? & 0x03 == 1)) } else { None };
    let specific = descriptor.from(if has_index { 4 } else { 2 });
    // With INVALID nothing behind the index means anything.
    let kind = match (first & 0x80 != 0, first & 0x0f) {
        (false, 0x6) => sas(specific, has_index),
        (false, 0xb) => nvme(specific),
        _ => None,
    };
    Some(Additional { index, kind: kind.unwrap_or(Kind::Other) })
}

/// The SAS forms with and without EIP: the latter has no slot number. Without it, the phys stand two bytes earlier.
fn sas(specific: Fields<'_>, has_index: bool) -> Option<Kind> {
    let count = specific.u8(0)?;
    // DESCRIPTOR TYPE 0: of a slot.
    if specific.u8(1)? >> 6 != 0 {
        return None;
    }
    let number = specific.u8(3).filter(|_| has_index);
    let phys = specific.from(if has_index { 4 } else { 2 });
    let mut addresses = Vec::new();
    for at in 0..usize::from(count) {
        let phy = phys.from(at.saturating_mul(28));
        let (Some(first), Some(address)) = (phy.u8(0), phy.be64(12)) else { break };
        // DEVICE TYPE 1, an end device: an expander on a slot's phys is no drive. SAS ADDRESS is that of the phy in the
        // slot.
        if (first >> 4) & 0x07 == 1 && address != 0 && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Some(Kind::SasSlot { number, addresses })
}

/// PCIE PROTOCOL TYPE 1 is NVMe.
fn nvme(specific: Fields<'_>) -> Option<Kind> {
    if specific.u8(1)? >> 5 != 1 {
        return None;
    }
    let ports = specific.u8(0)?;
    let device = || {
        // Little-endian, alone among all that SES has.
        let vendor = specific.le16(4)?;
        Some(NvmeDevice { vendor, serial: specific.text(6, 20), model: specific.text(26, 40) })
    };
    Some(Kind::NvmeSlot { number: specific.u8(3), device: device().filter(|_| ports > 0) })
}
