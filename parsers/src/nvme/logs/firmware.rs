//! Firmware slots, log 03h, 512 bytes.
//!
//! Source: Base, figure "Firmware Slot Information Log Page"; struct nvme_fw_slot_info_log.

use crate::fields::Fields;

/// Which firmware is in which slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmwareSlots {
    /// Slot that runs, 1..=7 (AFI bits 2:0). `None` where 0.
    pub active: Option<u8>,
    /// Slot that will run after the next reset (AFI bits 6:4). `None` where 0: none is set to.
    pub next: Option<u8>,
    /// Slot number and its revision, those that hold one.
    pub slots: Vec<(u8, String)>,
}

impl FirmwareSlots {
    /// Reads log page 03h.
    pub fn parse(log: &[u8]) -> Self {
        let fields = Fields(log);
        let slot = |shift: u8| fields.u8(0).map(|afi| afi >> shift & 7).filter(|slot| *slot != 0);
        Self {
            active: slot(0),
            next: slot(4),
            slots: (1..=7u8).filter_map(|slot| Some((slot, fields.text(usize::from(slot) * 8, 8)?))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::FirmwareSlots;

    #[test]
    fn slots() {
        let check = |log: &[u8], active, next, slots: &[(u8, &str)]| {
            let parsed = FirmwareSlots::parse(log);
            assert_eq!((parsed.active, parsed.next), (active, next));
            assert_eq!(parsed.slots.iter().map(|(slot, text)| (*slot, text.as_str())).collect::<Vec<_>>(), slots);
        };
        let mut log = vec![0; 512];
        log[0] = 0x21;
        log[8..16].copy_from_slice(b"10.0.2  ");
        log[16..24].copy_from_slice(b"10.1.0  ");
        check(&log, Some(1), Some(2), &[(1, "10.0.2"), (2, "10.1.0")]);
        check(&log[..20], Some(1), Some(2), &[(1, "10.0.2")]);
        check(&[], None, None, &[]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            FirmwareSlots::parse(&bytes);
        }
    }
}
