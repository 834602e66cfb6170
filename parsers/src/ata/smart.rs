//! SMART: READ DATA (B0h/D0h), READ THRESHOLDS (B0h/D1h), RETURN STATUS (B0h/DAh).
//!
//! Source: ATA8-ACS, command SMART, for bytes 362..=376 of READ DATA and for RETURN STATUS;
//! SFF-8035i revision 2.0 for the attributes and thresholds, which ATA standards call vendor specific and all makers lay out so.

use super::logs::self_test::Outcome;
use super::{Checksum, PAGE};
use crate::fields::Fields;

/// Attributes that a page has room for (SFF-8035i).
const SLOTS: usize = 30;
/// Bytes of an attribute, and of a threshold.
const SLOT: usize = 12;

/// A reply to SMART READ DATA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// Whether the page sums up.
    pub checksum: Checksum,
    /// Revision of the attribute structure (bytes 0..=1).
    pub revision: Option<u16>,
    /// Attributes in the order of the drive; slots with id 0 are empty.
    pub attributes: Vec<Attribute>,
    /// State of the off-line data collection (byte 362).
    pub offline_status: Option<u8>,
    /// Outcome of the last self-test, or that one runs (byte 363, bits 7:4).
    pub self_test: Option<Outcome>,
    /// What is left of the running self-test in percent, 0..=90 in tens (byte 363, bits 3:0).
    pub self_test_left: Option<u8>,
    /// Seconds that an off-line data collection takes (bytes 364..=365).
    pub offline_seconds: Option<u16>,
    /// Off-line data collection capability (byte 367): bit 4 self-tests, bit 5 conveyance, bit 6 selective.
    pub offline_capability: Option<u8>,
    /// SMART capability (bytes 368..=369).
    pub capability: Option<u16>,
    /// The drive keeps an error log (byte 370 bit 0).
    pub error_log: Option<bool>,
    /// Minutes that a short self-test takes (byte 372); 0 is not told.
    pub short_minutes: Option<u8>,
    /// Minutes that an extended self-test takes (byte 373, or bytes 375..=376 where it is FFh); 0 is not told.
    pub extended_minutes: Option<u16>,
    /// Minutes that a conveyance self-test takes (byte 374); 0 is not told.
    pub conveyance_minutes: Option<u8>,
}

/// A vendor's attribute. What it means is in [`super::attributes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// 1..=255; an id may be there twice on odd firmware.
    pub id: u8,
    /// Flags, SFF-8035i: bit 0 pre-failure, 1 updated on-line, 2 performance, 3 error rate, 4 event count, 5 self-preserving.
    pub flags: u16,
    /// Normalised value: 1 is worst, 253 best; 0, 254 and 255 say nothing.
    pub value: u8,
    /// Lowest normalised value so far.
    pub worst: u8,
    /// Raw value, 48 bits, little-endian.
    pub raw: u64,
    /// The byte behind the raw value; reserved, used by some makers as bits 55:48.
    pub reserved: u8,
}

/// Where an attribute stands against its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Above.
    Above,
    /// Above now, at or below once.
    BelowOnce,
    /// At or below. If pre-failure, the drive predicts its failure; else it is at the end of its design life.
    Below,
}

impl Attribute {
    /// The drive fails if this attribute reaches its threshold (flag bit 0); else it has aged.
    pub fn prefailure(&self) -> bool {
        self.flags & 1 == 1
    }

    /// Where it stands against a threshold. `None` where the value says nothing, or the threshold: 0 never fails, FEh is invalid,
    /// FFh always fails and is for tests of the host (SFF-8035i).
    pub fn standing(&self, threshold: u8) -> Option<Standing> {
        let valid = |value| (1..=253u8).contains(&value);
        if !valid(threshold) || !valid(self.value) {
            return None;
        }
        Some(if self.value <= threshold {
            Standing::Below
        } else if valid(self.worst) && self.worst <= threshold {
            Standing::BelowOnce
        } else {
            Standing::Above
        })
    }
}

impl Data {
    /// Reads a reply to SMART READ DATA.
    pub fn parse(reply: &[u8]) -> Self {
        let fields = Fields(reply).front(PAGE);
        let told = |minutes: &u8| *minutes != 0;
        Self {
            checksum: Checksum::of(fields),
            revision: fields.le16(0),
            attributes: slots(fields).filter_map(attribute).collect(),
            offline_status: fields.u8(362),
            self_test: fields.u8(363).map(Outcome::of),
            self_test_left: fields.u8(363).map(|status| (status & 0xf) * 10),
            offline_seconds: fields.le16(364),
            offline_capability: fields.u8(367),
            capability: fields.le16(368),
            error_log: fields.bit(370, 0),
            short_minutes: fields.u8(372).filter(told),
            extended_minutes: match fields.u8(373) {
                Some(0xff) => fields.le16(375).filter(|minutes| *minutes != 0),
                minutes => minutes.filter(told).map(u16::from),
            },
            conveyance_minutes: fields.u8(374).filter(told),
        }
    }

    /// The first attribute of this id.
    pub fn attribute(&self, id: u8) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.id == id)
    }
}

/// A reply to SMART READ THRESHOLDS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds {
    /// Whether the page sums up.
    pub checksum: Checksum,
    /// Revision of the structure (bytes 0..=1).
    pub revision: Option<u16>,
    /// Attribute id and its threshold, in the order of the drive.
    pub thresholds: Vec<(u8, u8)>,
}

impl Thresholds {
    /// Reads a reply to SMART READ THRESHOLDS.
    pub fn parse(reply: &[u8]) -> Self {
        let fields = Fields(reply).front(PAGE);
        Self {
            checksum: Checksum::of(fields),
            revision: fields.le16(0),
            thresholds: slots(fields)
                .filter_map(|slot| Some((slot.u8(0)?, slot.u8(1)?)))
                .filter(|(id, _)| *id != 0)
                .collect(),
        }
    }

    /// The threshold of an attribute.
    pub fn of(&self, id: u8) -> Option<u8> {
        self.thresholds.iter().find(|(of, _)| *of == id).map(|(_, threshold)| *threshold)
    }
}

/// What the drive says of itself: SMART RETURN STATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// C24Fh: no threshold is exceeded.
    Passed,
    /// 2CF4h: a threshold is exceeded, the drive predicts its failure.
    ThresholdExceeded,
    /// Neither: the drive, a bridge or a driver answered nonsense, and nothing is known.
    Unknown(u16),
}

impl Status {
    /// From the LBA registers, bits 15:8 and 23:16 (cylinder low and high of old).
    pub fn of(lba_mid: u8, lba_high: u8) -> Self {
        Self::of_word(u16::from_le_bytes([lba_mid, lba_high]))
    }

    /// From both in one word, as SCT status has it.
    pub fn of_word(word: u16) -> Self {
        match word {
            0xc24f => Self::Passed,
            0x2cf4 => Self::ThresholdExceeded,
            other => Self::Unknown(other),
        }
    }
}

fn slots(page: Fields<'_>) -> impl Iterator<Item = Fields<'_>> {
    page.from(2).front(SLOTS * SLOT).0.chunks(SLOT).map(Fields)
}

fn attribute(slot: Fields<'_>) -> Option<Attribute> {
    Some(Attribute {
        id: slot.u8(0).filter(|id| *id != 0)?,
        flags: slot.le16(1)?,
        value: slot.u8(3)?,
        worst: slot.u8(4)?,
        raw: slot.le48(5)?,
        reserved: slot.u8(11)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::page;
    use super::{Attribute, Checksum, Data, Outcome, Standing, Status, Thresholds};

    #[test]
    fn data_of_a_drive_that_tests_itself() {
        let data = Data::parse(&page(&[
            (0, &[10, 0]),
            (2, &[5, 0x33, 0, 100, 99, 8, 0, 0, 0, 0, 0, 0]),
            (26, &[188, 0x32, 0, 100, 96, 22, 0, 22, 0, 22, 0, 7]),
            (362, &[0x82, 0xf4, 0x58, 2, 1, 0x7b, 3, 0, 1, 1, 1, 0xff, 2, 0x10, 2]),
        ]));
        assert_eq!(
            data,
            Data {
                checksum: Checksum::Good,
                revision: Some(10),
                attributes: vec![
                    Attribute { id: 5, flags: 0x33, value: 100, worst: 99, raw: 8, reserved: 0 },
                    Attribute { id: 188, flags: 0x32, value: 100, worst: 96, raw: 94_490_722_326, reserved: 7 },
                ],
                offline_status: Some(0x82),
                self_test: Some(Outcome::InProgress),
                self_test_left: Some(40),
                offline_seconds: Some(600),
                offline_capability: Some(0x7b),
                capability: Some(3),
                error_log: Some(true),
                short_minutes: Some(1),
                extended_minutes: Some(528),
                conveyance_minutes: Some(2),
            }
        );
        assert_eq!(data.attribute(188).map(|attribute| attribute.worst), Some(96));
        assert_eq!(data.attribute(9), None);
    }

    #[test]
    fn a_cut_reply_keeps_the_attributes_that_are_whole() {
        let reply = page(&[(2, &[5, 0, 0, 100, 100]), (14, &[9, 0, 0, 100, 100])]);
        let check = |len: usize, ids: &[u8]| {
            let data = Data::parse(&reply[..len]);
            assert_eq!(data.attributes.iter().map(|attribute| attribute.id).collect::<Vec<_>>(), ids);
            assert_eq!((data.checksum, data.self_test), (Checksum::Cut, None));
        };
        check(26, &[5, 9]);
        check(25, &[5]);
        check(1, &[]);
    }

    #[test]
    fn standings() {
        let check = |value, worst, threshold, expect| {
            let attribute = Attribute { id: 5, flags: 3, value, worst, raw: 0, reserved: 0 };
            assert_eq!(attribute.standing(threshold), expect, "{value} {worst} {threshold}");
            assert!(attribute.prefailure());
        };
        check(100, 100, 36, Some(Standing::Above));
        check(36, 36, 36, Some(Standing::Below));
        check(100, 36, 36, Some(Standing::BelowOnce));
        check(100, 0, 36, Some(Standing::Above));
        check(1, 1, 0, None);
        check(0, 0, 36, None);
        check(255, 1, 36, None);
        check(1, 1, 255, None);
    }

    #[test]
    fn thresholds() {
        let thresholds = Thresholds::parse(&page(&[(0, &[1]), (2, &[1, 6]), (38, &[5, 36])]));
        assert_eq!(thresholds.thresholds, [(1, 6), (5, 36)]);
        assert_eq!((thresholds.of(5), thresholds.of(9)), (Some(36), None));
        assert_eq!((thresholds.checksum, thresholds.revision), (Checksum::Good, Some(1)));
    }

    #[test]
    fn statuses() {
        let check = |mid, high, expect| assert_eq!(Status::of(mid, high), expect);
        check(0x4f, 0xc2, Status::Passed);
        check(0xf4, 0x2c, Status::ThresholdExceeded);
        check(0x00, 0x00, Status::Unknown(0));
        check(0xf4, 0xc2, Status::Unknown(0xc2f4));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let thresholds = Thresholds::parse(&bytes);
            for attribute in Data::parse(&bytes).attributes {
                thresholds.of(attribute.id).and_then(|threshold| attribute.standing(threshold));
            }
        }
    }
}
