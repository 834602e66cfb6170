//! The self-test log: 06h of SMART, and the extended one, 07h of READ LOG EXT, with addresses of 48 bits.
//!
//! Source: ACS-4, SMART Self-Test log and Extended SMART Self-Test log; the outcomes also ATA8-ACS, table "Self-test
//! execution status values".

use super::super::{Checksum, PAGE, bad_pages, pages};
use crate::fields::Fields;

/// A self-test log. Nothing in it: no self-test was ever run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfTestLog {
    /// Pages without a good checksum.
    pub bad_pages: usize,
    /// Revision (06h: bytes 0..=1; 07h: byte 0); 1 in all standards.
    pub revision: Option<u16>,
    /// Tests, the latest first.
    pub tests: Vec<SelfTest>,
}

/// A self-test that was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfTest {
    /// What was tested.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// What was left in percent, 0..=90 in tens: of a running test, or of one that broke off.
    pub left: u8,
    /// Power-on hours when it ended, modulo 65536: seven and a half years bring it round.
    pub hours: u16,
    /// Vendor's checkpoint.
    pub checkpoint: u8,
    /// First address that failed, where the outcome is a failure and the drive gives one.
    pub failing_lba: Option<u64>,
}

/// What a self-test tested (the subcommand that started it: ACS-4, SMART EXECUTE OFF-LINE IMMEDIATE).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 00h: off-line data collection.
    Offline,
    /// 01h, 81h: short.
    Short,
    /// 02h, 82h: extended.
    Extended,
    /// 03h, 83h: conveyance, after transport.
    Conveyance,
    /// 04h, 84h: selective, of some addresses.
    Selective,
    /// 7Fh: none, the running one was aborted.
    Abort,
    /// 40h..=7Eh and 90h..=FFh: the vendor's own. Else reserved.
    Other(u8),
}

/// How a self-test ended (bits 7:4 of its status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 0h: without error, or none was run.
    Passed,
    /// 1h: the host aborted it.
    AbortedByHost,
    /// 2h: a reset interrupted it.
    Interrupted,
    /// 3h: it could not complete: the drive itself failed at it.
    Fatal,
    /// 4h: failed, in an element that the drive does not name.
    FailedUnknown,
    /// 5h: the electrical element failed.
    FailedElectrical,
    /// 6h: the servo or seek element failed.
    FailedServo,
    /// 7h: the read element failed.
    FailedRead,
    /// 8h: failed; handling damage is suspected.
    HandlingDamage,
    /// Fh: it runs.
    InProgress,
    /// A value that the standard reserves.
    Other(u8),
}

impl Outcome {
    /// From a status byte, its upper half.
    pub fn of(status: u8) -> Self {
        match status >> 4 {
            0x0 => Self::Passed,
            0x1 => Self::AbortedByHost,
            0x2 => Self::Interrupted,
            0x3 => Self::Fatal,
            0x4 => Self::FailedUnknown,
            0x5 => Self::FailedElectrical,
            0x6 => Self::FailedServo,
            0x7 => Self::FailedRead,
            0x8 => Self::HandlingDamage,
            0xf => Self::InProgress,
            other => Self::Other(other),
        }
    }

    /// The drive failed its own test.
    pub fn failed(self) -> bool {
        matches!(
            self,
            Self::Fatal
                | Self::FailedUnknown
                | Self::FailedElectrical
                | Self::FailedServo
                | Self::FailedRead
                | Self::HandlingDamage
        )
    }
}

impl Kind {
    pub(crate) fn of(number: u8) -> Self {
        match number {
            0x00 => Self::Offline,
            0x01 | 0x81 => Self::Short,
            0x02 | 0x82 => Self::Extended,
            0x03 | 0x83 => Self::Conveyance,
            0x04 | 0x84 => Self::Selective,
            0x7f => Self::Abort,
            other => Self::Other(other),
        }
    }
}

impl SelfTestLog {
    /// Reads log 06h: 21 descriptors of 24 bytes, the latest at the index in byte 508.
    pub fn parse(log: &[u8]) -> Self {
        let page = Fields(log).front(PAGE);
        let slots: Vec<_> = page.from(2).front(21 * 24).0.chunks(24).map(Fields).collect();
        Self {
            bad_pages: usize::from(Checksum::of(page) != Checksum::Good),
            revision: page.le16(0),
            tests: latest_first(&slots, page.u8(508).map(usize::from))
                .filter_map(|slot| descriptor(slot, slot.le32(5).map(u64::from), 0xffff_ffff))
                .collect(),
        }
    }

    /// Reads log 07h: 19 descriptors of 26 bytes a page, the latest at the index in bytes 2..=3 of the first page.
    pub fn parse_extended(log: &[u8]) -> Self {
        let log = Fields(log);
        let slots: Vec<_> = pages(log).flat_map(|page| page.from(4).front(19 * 26).0.chunks(26)).map(Fields).collect();
        Self {
            bad_pages: bad_pages(log),
            revision: log.u8(0).map(u16::from),
            tests: latest_first(&slots, log.le16(2).map(usize::from))
                .filter_map(|slot| descriptor(slot, slot.le48(5), 0xffff_ffff_ffff))
                .collect(),
        }
    }
}

/// The slots of a ring from the latest, whose number counts from 1, backwards. An index of 0 says that the log is empty; one behind
/// the last slot is nonsense, and then the last slot is taken for the latest: nothing that is there is dropped.
pub(super) fn latest_first<'a>(slots: &'a [Fields<'a>], index: Option<usize>) -> impl Iterator<Item = Fields<'a>> {
    let index = match index {
        None | Some(0) => None,
        Some(index) => Some(index.min(slots.len())),
    };
    let (newer, older) =
        index.map_or((&[][..], &[][..]), |index| slots.split_at_checked(index).unwrap_or((slots, &[])));
    newer.iter().rev().chain(older.iter().rev()).copied()
}

fn descriptor(slot: Fields<'_>, lba: Option<u64>, none: u64) -> Option<SelfTest> {
    if slot.0.iter().all(|byte| *byte == 0) {
        return None;
    }
    let status = slot.u8(1)?;
    let outcome = Outcome::of(status);
    Some(SelfTest {
        kind: Kind::of(slot.u8(0)?),
        outcome,
        left: (status & 0xf) * 10,
        hours: slot.le16(2)?,
        checkpoint: slot.u8(4)?,
        // Only a failed read must have an address; of the others, 0 is what a drive writes that has none.
        failing_lba: lba
            .filter(|lba| *lba != none && outcome.failed() && (*lba != 0 || outcome == Outcome::FailedRead)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::tests::page;
    use super::{Kind, Outcome, SelfTest, SelfTestLog};

    const PASSED: SelfTest = SelfTest {
        kind: Kind::Short,
        outcome: Outcome::Passed,
        left: 0,
        hours: 1000,
        checkpoint: 0,
        failing_lba: None,
    };

    #[test]
    fn latest_first_round_the_ring() {
        // Slot 2 is the latest, slot 21 the oldest.
        let log = SelfTestLog::parse(&page(&[
            (0, &[1, 0]),
            (2, &[1, 0x00, 0xe8, 3, 0, 0, 0, 0, 0]),
            (26, &[2, 0x79, 0xe9, 3, 5, 1, 2, 3, 4]),
            (482, &[0x83, 0x10, 0xe7, 3, 0, 0xff, 0xff, 0xff, 0xff]),
            (508, &[2]),
        ]));
        assert_eq!(log.bad_pages, 0);
        assert_eq!(log.revision, Some(1));
        let failed = SelfTest {
            kind: Kind::Extended,
            outcome: Outcome::FailedRead,
            left: 90,
            hours: 1001,
            checkpoint: 5,
            failing_lba: Some(0x0403_0201),
        };
        let aborted = SelfTest { kind: Kind::Conveyance, outcome: Outcome::AbortedByHost, hours: 999, ..PASSED };
        assert_eq!(log.tests, [failed, PASSED, aborted]);
    }

    #[test]
    fn extended_over_two_pages() {
        let mut bytes = page(&[
            (0, &[1, 0, 20, 0]),
            (4, &[1, 0x00, 0xe8, 3, 0]),
            (472, &[0x02, 0x70, 0xe9, 3, 0, 6, 5, 4, 3, 2, 1]),
        ]);
        bytes.extend(page(&[(4, &[1, 0x00, 0xe8, 3, 0])]));
        bytes[1011] = 1;
        let log = SelfTestLog::parse_extended(&bytes);
        assert_eq!(log.bad_pages, 1);
        assert_eq!(log.tests.len(), 3);
        assert_eq!(log.tests.first(), Some(&PASSED));
        assert_eq!(log.tests.get(1).and_then(|test| test.failing_lba), Some(0x0102_0304_0506));
    }

    #[test]
    fn where_the_index_is_odd() {
        let check = |index: u8, expect: usize| {
            let log = SelfTestLog::parse(&page(&[(2, &[1, 0x00, 0xe8, 3]), (508, &[index])]));
            assert_eq!(log.tests.len(), expect, "index {index}");
        };
        check(0, 0);
        check(1, 1);
        check(21, 1);
        check(200, 1);
        assert_eq!(SelfTestLog::parse(&[1, 0, 1, 0, 1]).tests, []);
    }

    #[test]
    fn outcomes() {
        let check = |status, outcome, failed| {
            assert_eq!((Outcome::of(status), Outcome::of(status).failed()), (outcome, failed));
        };
        check(0x00, Outcome::Passed, false);
        check(0x19, Outcome::AbortedByHost, false);
        check(0x20, Outcome::Interrupted, false);
        check(0x30, Outcome::Fatal, true);
        check(0x40, Outcome::FailedUnknown, true);
        check(0x50, Outcome::FailedElectrical, true);
        check(0x60, Outcome::FailedServo, true);
        check(0x79, Outcome::FailedRead, true);
        check(0x80, Outcome::HandlingDamage, true);
        check(0xf5, Outcome::InProgress, false);
        check(0xa0, Outcome::Other(0xa), false);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..1200)) {
            SelfTestLog::parse(&bytes);
            SelfTestLog::parse_extended(&bytes);
        }
    }
}
