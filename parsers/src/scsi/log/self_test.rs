//! Page 10h: the last twenty self-tests, the newest first. SPC-5.

use super::page_of;
use crate::fields::Fields;
use crate::scsi::sense::{Additional, Key};

/// What is known of self-tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfTests {
    /// The newest first. Entries never used, all zero, are left out.
    pub tests: Vec<SelfTest>,
    /// Parameters that are no self-test result: another code or length.
    pub unread: usize,
}

/// One self-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfTest {
    /// Which was asked for.
    pub kind: SelfTestKind,
    /// How it ended.
    pub result: SelfTestResult,
    /// SELF-TEST NUMBER: the segment that failed, 0 if unknown.
    pub segment: u8,
    /// ACCUMULATED POWER ON HOURS; 65535 is that or more.
    pub hours: u16,
    /// ADDRESS OF FIRST FAILURE, a logical block address.
    pub first_failure: Option<u64>,
    /// SENSE KEY of the failure.
    pub key: Key,
    /// ADDITIONAL SENSE CODE of the failure.
    pub additional: Additional,
}

/// SELF-TEST CODE, as in SEND DIAGNOSTIC. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfTestKind {
    /// 0: the default one.
    Default,
    /// 1
    BackgroundShort,
    /// 2
    BackgroundExtended,
    /// 4: an order to abort, logged as a test.
    Abort,
    /// 5
    ForegroundShort,
    /// 6
    ForegroundExtended,
    /// 3 and 7.
    Reserved(u8),
}

/// SELF-TEST RESULTS. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfTestResult {
    /// 0h
    Passed,
    /// 1h and 2h: aborted, by a command or else, as by a reset.
    Aborted,
    /// 3h: it could not be completed, for an unknown reason.
    NotCompleted,
    /// 4h to 7h: it found an error.
    Failed,
    /// Fh
    InProgress,
    /// Any other.
    Reserved(u8),
}

/// Page 10h.
#[must_use]
pub fn self_tests(bytes: &[u8]) -> Option<SelfTests> {
    let page = page_of(bytes, 0x10)?;
    let mut all = SelfTests { tests: Vec::new(), unread: 0 };
    for parameter in page.parameters.iter().filter(|parameter| parameter.value.iter().any(|byte| *byte != 0)) {
        match test(parameter.fields()).filter(|_| (0x01..=0x14).contains(&parameter.code)) {
            Some(test) => all.tests.push(test),
            None => all.unread = all.unread.saturating_add(1),
        }
    }
    Some(all)
}

fn test(value: Fields<'_>) -> Option<SelfTest> {
    let first = value.u8(0)?;
    Some(SelfTest {
        kind: SelfTestKind::of(first >> 5),
        result: SelfTestResult::of(first & 0x0f),
        segment: value.u8(1)?,
        hours: value.be16(2)?,
        first_failure: value.be64(4).filter(|address| *address != u64::MAX),
        key: Key::of(value.u8(12)?),
        additional: Additional { code: value.u8(13)?, qualifier: value.u8(14)? },
    })
}

impl SelfTestKind {
    /// From SELF-TEST CODE, 0 to 7.
    pub(crate) fn of(code: u8) -> Self {
        match code {
            0 => Self::Default,
            1 => Self::BackgroundShort,
            2 => Self::BackgroundExtended,
            4 => Self::Abort,
            5 => Self::ForegroundShort,
            6 => Self::ForegroundExtended,
            reserved => Self::Reserved(reserved),
        }
    }
}

impl SelfTestResult {
    /// From SELF-TEST RESULTS, 0 to 15.
    pub(crate) fn of(results: u8) -> Self {
        match results {
            0 => Self::Passed,
            1 | 2 => Self::Aborted,
            3 => Self::NotCompleted,
            4..=7 => Self::Failed,
            0xf => Self::InProgress,
            reserved => Self::Reserved(reserved),
        }
    }
}
