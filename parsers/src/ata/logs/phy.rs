//! SATA Phy event counters, log 11h of READ LOG EXT. Read only with FEATURE 0: 1 resets them.
//!
//! Source: Serial ATA 3.x, Phy event counter identifiers; ACS-4, SATA Phy Event Counters log. The names are
//! those of smartctl's `-l sataphy`.

use super::super::{Checksum, PAGE};
use crate::fields::Fields;

/// The counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhyEvents {
    /// Whether the page sums up.
    pub checksum: Checksum,
    /// Counters in the order of the drive.
    pub counters: Vec<Counter>,
}

/// A counter of what went wrong on the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Identifier: bit 15 marks the vendor's, bits 11:0 number it.
    pub id: u16,
    /// Width in bytes: 2, 4, 6 or 8.
    pub bytes: u8,
    /// How often.
    pub value: u64,
    /// The counter is at its greatest value and does not count on.
    pub saturated: bool,
}

const NAMES: [(u16, &str); 16] = [
    (0x001, "Command failed due to ICRC error"),
    (0x002, "R_ERR response for data FIS"),
    (0x003, "R_ERR response for device-to-host data FIS"),
    (0x004, "R_ERR response for host-to-device data FIS"),
    (0x005, "R_ERR response for non-data FIS"),
    (0x006, "R_ERR response for device-to-host non-data FIS"),
    (0x007, "R_ERR response for host-to-device non-data FIS"),
    (0x008, "Device-to-host non-data FIS retries"),
    (0x009, "Transition from drive PhyRdy to drive PhyNRdy"),
    (0x00a, "Device-to-host register FISes sent due to a COMRESET"),
    (0x00b, "CRC errors within host-to-device FIS"),
    (0x00d, "Non-CRC errors within host-to-device FIS"),
    (0x00f, "R_ERR response for host-to-device data FIS, CRC"),
    (0x010, "R_ERR response for host-to-device data FIS, non-CRC"),
    (0x012, "R_ERR response for host-to-device non-data FIS, CRC"),
    (0x013, "R_ERR response for host-to-device non-data FIS, non-CRC"),
];

impl Counter {
    /// What is counted; `None` for the vendor's and reserved ones.
    pub fn name(&self) -> Option<&'static str> {
        NAMES.iter().find(|(id, _)| *id == self.id).map(|(_, name)| *name)
    }
}

impl PhyEvents {
    /// Reads log page 11h: from byte 4 on an identifier (its bits 14:12 are the counter's width in words) and the counter; an
    /// identifier of 0 ends them.
    pub fn parse(log: &[u8]) -> Self {
        let page = Fields(log).front(PAGE);
        let mut counters = Vec::new();
        // The last byte of a whole page is the checksum.
        let mut rest = page.front(PAGE - 1).from(4);
        while let Some((counter, length)) = counter(rest) {
            counters.push(counter);
            rest = rest.from(length);
        }
        Self { checksum: Checksum::of(page), counters }
    }
}

fn counter(rest: Fields<'_>) -> Option<(Counter, usize)> {
    let head = rest.le16(0).filter(|head| *head != 0)?;
    let (bytes, value, greatest) = match head >> 12 & 7 {
        1 => (2, rest.le16(2)?.into(), u16::MAX.into()),
        2 => (4, rest.le32(2)?.into(), u32::MAX.into()),
        3 => (6, rest.le48(2)?, (1 << 48) - 1),
        4 => (8, rest.le64(2)?, u64::MAX),
        _ => return None,
    };
    let counter = Counter { id: head & 0x8fff, bytes, value, saturated: value == greatest };
    Some((counter, 2 + usize::from(bytes)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::tests::page;
    use super::{Checksum, Counter, PhyEvents};

    #[test]
    fn counters_of_all_widths() {
        let events = PhyEvents::parse(&page(&[(
            4,
            &[
                0x01, 0x10, 5, 0, // ICRC, 16 bits
                0x0a, 0x20, 1, 2, 0, 0, // COMRESET, 32 bits
                0x0b, 0x30, 1, 0, 0, 0, 0, 1, // 48 bits
                0x01, 0xc0, 1, 0, 0, 0, 0, 0, 0, 1, // vendor, 64 bits
                0x09, 0x10, 0xff, 0xff,
            ],
        )]));
        let of = |id, bytes, value, saturated| Counter { id, bytes, value, saturated };
        let expect = [
            of(1, 2, 5, false),
            of(0xa, 4, 0x201, false),
            of(0xb, 6, 0x0100_0000_0001, false),
            of(0x8001, 8, 0x0100_0000_0000_0001, false),
            of(9, 2, 0xffff, true),
        ];
        assert_eq!(events.counters, expect);
        assert_eq!(events.checksum, Checksum::Good);
        assert_eq!(
            events.counters.iter().filter_map(Counter::name).collect::<Vec<_>>(),
            [
                "Command failed due to ICRC error",
                "Device-to-host register FISes sent due to a COMRESET",
                "CRC errors within host-to-device FIS",
                "Transition from drive PhyRdy to drive PhyNRdy"
            ]
        );
    }

    #[test]
    fn counters_end_where_they_cannot_go_on() {
        let check = |bytes: &[u8], expect| assert_eq!(PhyEvents::parse(bytes).counters.len(), expect);
        check(&[0, 0, 0, 0, 1, 0x10, 5, 0, 2, 0x10, 5], 1);
        check(&[0, 0, 0, 0, 1, 0x70, 5, 0, 2, 0x10, 5, 0], 0);
        check(&[0, 0], 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            for counter in PhyEvents::parse(&bytes).counters {
                counter.name();
            }
        }
    }
}
