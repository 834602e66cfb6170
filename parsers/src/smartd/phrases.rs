//! What smartd says of a drive: data, a row a text.
//!
//! Source: smartd.cpp of smartmontools 7.3; the function that writes a text stands above it.

use self::Meaning::{Errors, Failing, Gone, Hot, News, SelfTest, Silent, SpareLow, Unreadable, Worn};

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Sectors that it could not read: they wait to be written, or were found by a test.
    Unreadable,
    /// It predicts that it fails, or warns of its reliability.
    Failing,
    /// It is past its design life: an attribute that tells of use reached its maker's threshold.
    Worn,
    /// Its spare blocks are nearly used up.
    SpareLow,
    /// A self-test found it at fault.
    SelfTest,
    /// It logged errors of commands.
    Errors,
    /// It is too hot.
    Hot,
    /// The system has no such device any more.
    Gone,
    /// It was not opened, or did not answer what it was asked.
    Silent,
    /// Nothing is the matter with it.
    News,
}

/// A text, in which `#` stands for a number and `*` for anything.
struct Phrase(&'static str, Meaning);

/// The first that fits counts.
const PHRASES: &[Phrase] = &[
    // check_pending
    Phrase("# Currently unreadable (pending) sectors", Unreadable),
    Phrase("# Currently unreadable (pending) sectors (changed #)", Unreadable),
    Phrase("# Total unreadable (pending) sectors", Unreadable),
    Phrase("# Total unreadable (pending) sectors (changed #)", Unreadable),
    Phrase("# Offline uncorrectable sectors", Unreadable),
    Phrase("# Offline uncorrectable sectors (changed #)", Unreadable),
    Phrase("# Total offline uncorrectable sectors", Unreadable),
    Phrase("# Total offline uncorrectable sectors (changed #)", Unreadable),
    // ATACheckDevice
    Phrase("FAILED SMART self-check. BACK UP DATA NOW!", Failing),
    Phrase("not capable of SMART self-check", Silent),
    Phrase("failed to read SMART Attribute Data", Silent),
    Phrase("ATA error count increased from # to #", Errors),
    Phrase("Read SMART Error Log Failed", Silent),
    // check_attribute. The attributes 190 and 194 are temperatures (drivedb.h, its default row).
    Phrase("Failed SMART usage Attribute: 190 *.", Hot),
    Phrase("Failed SMART usage Attribute: 194 *.", Hot),
    Phrase("Failed SMART usage Attribute: # *.", Worn),
    Phrase("SMART Prefailure Attribute: # * changed from * to *", News),
    Phrase("SMART Usage Attribute: # * changed from * to *", News),
    Phrase("same Attribute has different ID numbers: # = #", News),
    // SCSICheckDevice
    Phrase("SMART Failure: *", Failing),
    Phrase("failed to read SMART values", Silent),
    Phrase("SMART health: passed", News),
    Phrase("non-SMART asc,ascq: #,#", News),
    Phrase("self-test in progress", News),
    // NVMeCheckDevice: words of the bits that are set. A drive counts every command that it refused as an entry, and systems send such.
    Phrase("Critical Warning (0x*): Temperature", Hot),
    Phrase("Critical Warning (0x*): LowSpare", SpareLow),
    Phrase("Critical Warning (0x*): LowSpare, Temperature", SpareLow),
    Phrase("Critical Warning (0x*): *", Failing),
    Phrase("failed to read NVMe SMART/Health Information", Silent),
    Phrase("number of Error Log entries increased from # to #", News),
    // CheckSelfTestLogs
    Phrase("Read SMART Self-Test Log Failed", Silent),
    Phrase("Read SMART Self Test Log Failed", Silent),
    Phrase("Self-Test Log error count increased from # to #", SelfTest),
    Phrase("new Self-Test Log error at hour timestamp #", SelfTest),
    Phrase("Self-Test Log error count decreased from # to #", News),
    // log_self_test_exec_status
    Phrase("previous self-test completed with error (*", SelfTest),
    Phrase("previous self-test could not complete due to a fatal or unknown error", SelfTest),
    Phrase("previous self-test was completed without error", News),
    Phrase("previous self-test completed without error", News),
    Phrase("previous self-test was never started", News),
    Phrase("previous self-test was aborted by the host", News),
    Phrase("previous self-test was interrupted by the host with a reset", News),
    Phrase("self-test in progress, #% remaining", News),
    // log_offline_data_coll_status
    Phrase("offline data collection *", News),
    // CheckTemperature
    Phrase("Temperature # Celsius reached critical limit of # Celsius (Min/Max *)", Hot),
    Phrase("Temperature # Celsius reached limit of # Celsius (Min/Max *)", News),
    Phrase("Temperature changed # Celsius to # Celsius (Min/Max *)", News),
    Phrase("initial Temperature is # Celsius (Min/Max *)*", News),
    Phrase("failed to read Temperature", Silent),
    // CheckDevicesOnce, open_device
    Phrase("open() of * device failed: No such device", Gone),
    Phrase("open() of * device failed: No such device or address", Gone),
    Phrase("open() of * device failed: *", Silent),
    Phrase("open() failed: No such device", Gone),
    Phrase("open() failed: No such device or address", Gone),
    Phrase("open() failed: *", Silent),
    Phrase("unable to open * device", Silent),
    Phrase("unable to open device", Silent),
    Phrase("removed * device: *", News),
    Phrase("* device still removed: *", News),
    Phrase("reconnected * device", News),
    Phrase("opened * device", News),
    Phrase("opened", News),
    // is_powermode_skip
    Phrase("is in * mode, suspending checks", News),
    Phrase("* mode ignored due to reached limit of skipped checks (*", News),
    Phrase("is back in * mode, resuming checks (*", News),
    Phrase("CHECK POWER STATUS *", News),
    // DoATASelfTest, DoSCSISelfTest
    Phrase("starting scheduled *Test.", News),
    Phrase("skip scheduled *Test; *", News),
    Phrase("skip since Self-Test already in progress.", News),
    Phrase("old test of type * not run at *, starting now.", News),
    // reset_warning_mail
    Phrase("*, warning condition reset after # email", News),
    Phrase("*, warning condition reset after # emails", News),
    // ATADeviceScan, SCSIDeviceScan, NVMeDeviceScan
    Phrase("is SMART capable. Adding to \"monitor\" list.", News),
    Phrase("found in smartd database*", News),
    Phrase("not found in smartd database*", News),
    Phrase("smartd database not searched (Directive: -P ignore).", News),
    Phrase("state read from *", News),
    Phrase("state written to *", News),
    Phrase("type changed from '*' to '*'", News),
    Phrase("enabled SMART Attribute Autosave.", News),
    Phrase("disabled SMART Attribute Autosave.", News),
    Phrase("enabled SMART Automatic Offline Testing.", News),
    Phrase("disabled SMART Automatic Offline Testing.", News),
    Phrase("ATA settings applied: *", News),
    Phrase("SCT Error Recovery Control set to: *", News),
    Phrase("same identity as *, ignored", News),
    Phrase("no *, ignoring -*", News),
    Phrase("can't monitor *", News),
    Phrase("not available", News),
];

/// What a text says of a drive; none of one that is not known.
pub fn read(text: &str) -> Option<Meaning> {
    PHRASES.iter().find(|Phrase(pattern, _)| fits(pattern, text)).map(|Phrase(_, meaning)| *meaning)
}

/// Whether a text is as its pattern has it.
fn fits(pattern: &str, text: &str) -> bool {
    let Some(at) = pattern.find(['#', '*']) else { return pattern == text };
    let Some((front, hole)) = pattern.split_at_checked(at) else { return false };
    let Some(text) = text.strip_prefix(front) else { return false };
    if let Some(rest) = hole.strip_prefix('#') {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let behind = unsigned.trim_start_matches(|digit: char| digit.is_ascii_digit());
        return behind.len() < unsigned.len() && fits(rest, behind);
    }
    let rest = hole.strip_prefix('*').unwrap_or_default();
    // What stands between two holes is looked for at its first place; what ends a pattern, at the end.
    match rest.find(['#', '*']).and_then(|next| rest.split_at_checked(next)) {
        None => text.ends_with(rest),
        Some((words, _)) => text.find(words).and_then(|at| text.get(at..)).is_some_and(|behind| fits(rest, behind)),
    }
}
