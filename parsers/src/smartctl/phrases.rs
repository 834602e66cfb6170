//! What smartctl says of self-tests and of bad places, back to the numbers of the standards.

use crate::ata::logs::self_test::{Kind, Outcome};
use crate::nvme::logs::self_test::{Kind as NvmeKind, Outcome as NvmeOutcome};
use crate::scsi::log::{Reassigned, ScanStatus, SelfTestKind, SelfTestResult};

/// A phrase at the front of a text, and what is behind it. The longest of several counts.
pub(super) fn front<'t, T: Copy>(text: &'t str, phrases: &[(&str, T)]) -> Option<(T, &'t str)> {
    let found = phrases.iter().filter_map(|(phrase, is)| Some((phrase.len(), *is, text.strip_prefix(phrase)?)));
    found.max_by_key(|(length, ..)| *length).map(|(_, is, rest)| (is, rest.trim_start()))
}

/// `ataPrintSmartSelfTestEntry` (ataprint.cpp).
pub(super) const ATA_KINDS: &[(&str, Kind)] = &[
    ("Offline", Kind::Offline),
    ("Short offline", Kind::Short),
    ("Short captive", Kind::Short),
    ("Extended offline", Kind::Extended),
    ("Extended captive", Kind::Extended),
    ("Conveyance offline", Kind::Conveyance),
    ("Conveyance captive", Kind::Conveyance),
    ("Selective offline", Kind::Selective),
    ("Selective captive", Kind::Selective),
    ("Abort offline test", Kind::Abort),
];

/// The same.
pub(super) const ATA_OUTCOMES: &[(&str, Outcome)] = &[
    ("Completed without error", Outcome::Passed),
    ("Aborted by host", Outcome::AbortedByHost),
    ("Interrupted (host reset)", Outcome::Interrupted),
    ("Fatal or unknown error", Outcome::Fatal),
    ("Completed: unknown failure", Outcome::FailedUnknown),
    ("Completed: electrical failure", Outcome::FailedElectrical),
    ("Completed: servo/seek failure", Outcome::FailedServo),
    ("Completed: read failure", Outcome::FailedRead),
    ("Completed: handling damage??", Outcome::HandlingDamage),
    ("Self-test routine in progress", Outcome::InProgress),
    ("Unknown/reserved test status", Outcome::Other(0x9)),
];

/// A test of the maker's own, or of a number that the standard reserves: `Vendor (0xff)`.
pub(super) fn numbered(text: &str) -> Option<(u8, &str)> {
    let rest = text.strip_prefix("Vendor (0x").or_else(|| text.strip_prefix("Reserved (0x"))?;
    let (digits, rest) = rest.split_once(')')?;
    Some((u8::from_str_radix(digits, 16).ok()?, rest.trim_start()))
}

/// `self_test_code` (scsiprint.cpp).
pub(super) const SCSI_KINDS: &[(&str, SelfTestKind)] = &[
    ("Default", SelfTestKind::Default),
    ("Background short", SelfTestKind::BackgroundShort),
    ("Background long", SelfTestKind::BackgroundExtended),
    ("Abort background", SelfTestKind::Abort),
    ("Foreground short", SelfTestKind::ForegroundShort),
    ("Foreground long", SelfTestKind::ForegroundExtended),
    ("Reserved(3)", SelfTestKind::Reserved(3)),
    ("Reserved(7)", SelfTestKind::Reserved(7)),
];

/// `self_test_result` (scsiprint.cpp).
pub(super) const SCSI_RESULTS: &[(&str, SelfTestResult)] = &[
    ("Completed", SelfTestResult::Passed),
    ("Completed, segment failed", SelfTestResult::Failed),
    ("Aborted (by user command)", SelfTestResult::Aborted),
    ("Aborted (device reset ?)", SelfTestResult::Aborted),
    ("Unknown error, incomplete", SelfTestResult::NotCompleted),
    ("Failed in first segment", SelfTestResult::Failed),
    ("Failed in second segment", SelfTestResult::Failed),
    ("Failed in segment -->", SelfTestResult::Failed),
    ("Self test in progress ...", SelfTestResult::InProgress),
    ("Reserved(8)", SelfTestResult::Reserved(8)),
    ("Reserved(9)", SelfTestResult::Reserved(9)),
    ("Reserved(10)", SelfTestResult::Reserved(10)),
    ("Reserved(11)", SelfTestResult::Reserved(11)),
    ("Reserved(12)", SelfTestResult::Reserved(12)),
    ("Reserved(13)", SelfTestResult::Reserved(13)),
    ("Reserved(14)", SelfTestResult::Reserved(14)),
];

/// `nvme_self_test_result` (nvmeprint.cpp).
pub(super) const NVME_OUTCOMES: &[(&str, NvmeOutcome)] = &[
    ("Completed without error", NvmeOutcome::Passed),
    ("Aborted: Self-test command", NvmeOutcome::Aborted(1)),
    ("Aborted: Controller Reset", NvmeOutcome::Aborted(2)),
    ("Aborted: Namespace removed", NvmeOutcome::Aborted(3)),
    ("Aborted: Format NVM command", NvmeOutcome::Aborted(4)),
    ("Fatal or unknown test error", NvmeOutcome::Fatal),
    ("Completed: unknown failed segment", NvmeOutcome::FailedUnknown),
    ("Completed: failed segments", NvmeOutcome::FailedSegments),
    ("Aborted: unknown reason", NvmeOutcome::Aborted(8)),
    ("Aborted: sanitize operation", NvmeOutcome::Aborted(9)),
];

/// The same.
pub(super) const NVME_KINDS: &[(&str, NvmeKind)] =
    &[("Short", NvmeKind::Short), ("Extended", NvmeKind::Extended), ("Vendor specific", NvmeKind::Vendor)];

/// `bms_status` (scsiprint.cpp).
pub(super) const SCANS: &[(&str, ScanStatus)] = &[
    ("no scans active", ScanStatus::Idle),
    ("scan is active", ScanStatus::Scanning),
    ("pre-scan is active", ScanStatus::PreScanning),
    ("halted due to fatal error", ScanStatus::HaltedFatal),
    ("halted due to a vendor specific pattern of error", ScanStatus::HaltedErrors),
    ("halted due to medium formatted without P-List", ScanStatus::HaltedNoList),
    ("halted - vendor specific cause", ScanStatus::HaltedVendor),
    ("halted due to temperature out of range", ScanStatus::HaltedTemperature),
    ("waiting until BMS interval timer expires", ScanStatus::Waiting),
];

/// `reassign_status` (scsiprint.cpp).
pub(super) const REASSIGNED: &[(&str, Reassigned)] = &[
    ("Require Write or Reassign Blocks command", Reassigned::Pending),
    ("Successfully reassigned", Reassigned::ByDrive),
    ("Reassignment by disk failed", Reassigned::Failed),
    ("Recovered via rewrite in-place", Reassigned::Rewritten),
    ("Reassigned by app, has valid data", Reassigned::ByHost),
    ("Reassigned by app, has no valid data", Reassigned::ByHostDataLost),
    ("Unsuccessfully reassigned by app", Reassigned::ByHostFailed),
];
