//! Device self-test, log 06h, 564 bytes.
//!
//! Source: Base, figures "Device Self-test Log Page" and "Self-test Result Data Structure".

use crate::fields::Fields;

/// The self-test log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfTestLog {
    /// The test that runs, and how much of it is done in percent, 0..=127 (bytes 0, 1). `None`: none runs.
    pub running: Option<(Kind, u8)>,
    /// Results, the latest first, at most 20.
    pub results: Vec<SelfTest>,
}

/// A self-test that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfTest {
    /// What was tested (byte 0 bits 7:4).
    pub kind: Kind,
    /// How it ended (byte 0 bits 3:0).
    pub outcome: Outcome,
    /// First segment that failed (byte 1), where the outcome is [`Outcome::FailedSegments`].
    pub segment: Option<u8>,
    /// Power-on hours when it ended (4).
    pub hours: u64,
    /// Namespace that failed (12), if the drive says so.
    pub namespace: Option<u32>,
    /// Block that failed (16), if the drive says so.
    pub failing_lba: Option<u64>,
    /// Status code type (24), if the drive says so.
    pub status_kind: Option<u8>,
    /// Status code (25), if the drive says so.
    pub status_code: Option<u8>,
}

/// What a self-test tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 1h: short, two minutes at most.
    Short,
    /// 2h: extended.
    Extended,
    /// Eh: the vendor's own.
    Vendor,
    /// A value that Base 2.0c reserves.
    Other(u8),
}

/// How a self-test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 0h: without error.
    Passed,
    /// 1h..=4h, 8h, 9h: aborted by a command, a reset, a removed namespace, a format, for an unknown reason, by a sanitize. The
    /// number is the standard's.
    Aborted(u8),
    /// 5h: it could not complete: a fatal error.
    Fatal,
    /// 6h: segments failed, which ones is not known.
    FailedUnknown,
    /// 7h: segments failed.
    FailedSegments,
    /// A value that Base 2.0c reserves.
    Other(u8),
}

impl Outcome {
    /// The drive failed its own test.
    pub fn failed(self) -> bool {
        matches!(self, Self::Fatal | Self::FailedUnknown | Self::FailedSegments)
    }
}

impl Kind {
    pub(crate) fn of(code: u8) -> Self {
        match code {
            1 => Self::Short,
            2 => Self::Extended,
            0xe => Self::Vendor,
            other => Self::Other(other),
        }
    }
}

impl SelfTestLog {
    /// Reads log page 06h.
    pub fn parse(log: &[u8]) -> Self {
        let fields = Fields(log);
        Self {
            running: match (fields.u8(0).map(|operation| operation & 0xf), fields.u8(1)) {
                (Some(code @ 1..), Some(done)) => Some((Kind::of(code), done & 0x7f)),
                _ => None,
            },
            results: fields.from(4).front(20 * 28).0.chunks(28).filter_map(|chunk| result(Fields(chunk))).collect(),
        }
    }
}

fn result(fields: Fields<'_>) -> Option<SelfTest> {
    fields.bytes(0, 28)?;
    let status = fields.u8(0)?;
    let outcome = match status & 0xf {
        // An entry that was never used. All zero is how a controller without results fills them that does not know better.
        0xf => return None,
        0x0 if status == 0 => return None,
        0x0 => Outcome::Passed,
        0x5 => Outcome::Fatal,
        0x6 => Outcome::FailedUnknown,
        0x7 => Outcome::FailedSegments,
        code @ (0x1..=0x4 | 0x8 | 0x9) => Outcome::Aborted(code),
        other => Outcome::Other(other),
    };
    let valid = |bit| fields.bit(2, bit).filter(|valid| *valid);
    Some(SelfTest {
        kind: Kind::of(status >> 4),
        outcome,
        segment: fields.u8(1).filter(|_| outcome == Outcome::FailedSegments),
        hours: fields.le64(4)?,
        namespace: valid(0).and_then(|_| fields.le32(12)),
        failing_lba: valid(1).and_then(|_| fields.le64(16)),
        status_kind: valid(2).and_then(|_| fields.u8(24)).map(|kind| kind & 7),
        status_code: valid(3).and_then(|_| fields.u8(25)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Kind, Outcome, SelfTest, SelfTestLog};

    #[test]
    fn results_and_a_running_test() {
        let mut log = vec![0; 564];
        log[..2].copy_from_slice(&[2, 42]);
        log[4..8].copy_from_slice(&[0x27, 3, 0x0f, 0]);
        log[8..30].copy_from_slice(&[0xe8, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 8, 0, 0, 0, 0, 0, 0, 2, 0x81]);
        log[32] = 0x10;
        log[60] = 0x1f;
        log[88] = 0x21;
        let failed = SelfTest {
            kind: Kind::Extended,
            outcome: Outcome::FailedSegments,
            segment: Some(3),
            hours: 1000,
            namespace: Some(1),
            failing_lba: Some(0x0809),
            status_kind: Some(2),
            status_code: Some(0x81),
        };
        let bare = SelfTest {
            kind: Kind::Short,
            outcome: Outcome::Passed,
            segment: None,
            hours: 0,
            namespace: None,
            failing_lba: None,
            status_kind: None,
            status_code: None,
        };
        let aborted = SelfTest { kind: Kind::Extended, outcome: Outcome::Aborted(1), ..bare };
        let parsed = SelfTestLog::parse(&log);
        assert_eq!(parsed.running, Some((Kind::Extended, 42)));
        assert_eq!(parsed.results, [failed, bare, aborted]);
        assert_eq!(
            parsed.results.iter().map(|result| result.outcome.failed()).collect::<Vec<_>>(),
            [true, false, false]
        );
        assert_eq!(SelfTestLog::parse(&log[..20]).results, []);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            SelfTestLog::parse(&bytes);
        }
    }
}
