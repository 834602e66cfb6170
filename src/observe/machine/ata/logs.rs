//! What the logs of a drive are a reason for: errors, self-tests, statistics, the link, temperatures.

use super::super::reason::{counted, says, standing};
use crate::model::{Ailment, Reason, Severity};
use crate::probes::ata::Answers;
use crate::words::number_of;
use arraywatch_parsers::ata::logs::errors::{ErrorEntry, ErrorKind, ErrorLog};
use arraywatch_parsers::ata::logs::phy::{Counter, PhyEvents};
use arraywatch_parsers::ata::logs::self_test::{Kind, Outcome, SelfTest, SelfTestLog};
use arraywatch_parsers::ata::logs::statistics::DeviceStatistics;

/// What speaks for looking at the drive.
pub(super) fn reasons(answers: &Answers) -> Vec<Reason> {
    let mut reasons = Vec::new();
    reasons.extend(answers.errors.iter().flat_map(errors));
    match &answers.self_tests {
        Ok(log) => reasons.extend(self_tests(log)),
        // Without the log, SMART data still has the outcome of the last one.
        Err(_) => reasons.extend(last_test(answers)),
    }
    reasons.extend(answers.statistics.iter().flat_map(statistics));
    reasons.extend(answers.phy.iter().filter_map(link));
    reasons.extend(speed(answers));
    reasons.extend(hot(answers));
    reasons
}

fn errors(log: &ErrorLog) -> impl Iterator<Item = Reason> {
    let number = |speaks: fn(&ErrorEntry) -> bool| log.entries.iter().filter(|entry| speaks(entry)).count() as u64;
    let medium = number(speaks_of_medium);
    let link = number(|entry| entry.kinds().contains(&ErrorKind::InterfaceCrc));
    let failed = |level| number_of(level, "command", "commands");
    let text = format!("{} in the drive's error log failed on its medium", failed(medium));
    let of_medium = counted(Ailment::MediaErrors, "ata-errors", medium, text);
    let text = format!("{} in the drive's error log failed on the way between controller and drive", failed(link));
    let of_link = counted(Ailment::LinkErrors, "ata-errors", link, text);
    [of_medium, of_link].into_iter().flatten()
}

/// Aborted commands do not: they are most often such as the drive does not have.
fn speaks_of_medium(entry: &ErrorEntry) -> bool {
    let of_medium = |kind: &ErrorKind| {
        matches!(kind, ErrorKind::Uncorrectable | ErrorKind::IdNotFound | ErrorKind::AddressMarkNotFound)
    };
    entry.device_fault() || entry.kinds().iter().any(of_medium)
}

/// The latest test of each kind that came to an end. An extended test tests what a short one does and more, so it stands for the
/// short ones before it.
fn self_tests(log: &SelfTestLog) -> Vec<Reason> {
    let mut seen: Vec<Kind> = Vec::new();
    let mut failed = Vec::new();
    let ended = |test: &&SelfTest| test.outcome == Outcome::Passed || test.outcome.failed();
    for test in log.tests.iter().filter(ended) {
        let covered =
            seen.contains(&Kind::Extended) && matches!(test.kind, Kind::Short | Kind::Offline | Kind::Selective);
        if seen.contains(&test.kind) || covered {
            continue;
        }
        seen.push(test.kind);
        if test.outcome.failed() {
            let at = test.failing_lba.map_or_else(String::new, |lba| format!(", first at sector {lba}"));
            let (key, name) = kind(test.kind);
            let how = outcome(test.outcome);
            let text = format!("the {name} self-test failed at power-on hour {}: {how}{at}", test.hours);
            failed.push(says(Ailment::SelfTestFailed, &format!("self-test-{key}"), Severity::Warning, text));
        }
    }
    failed
}

fn last_test(answers: &Answers) -> Option<Reason> {
    let how = answers.smart.as_ref().ok()?.self_test.filter(|outcome| outcome.failed()).map(outcome)?;
    let text = format!("the last self-test failed: {how}");
    Some(says(Ailment::SelfTestFailed, "self-test-last", Severity::Warning, text))
}

fn kind(kind: Kind) -> (String, &'static str) {
    let (key, name) = match kind {
        Kind::Offline => ("offline", "off-line"),
        Kind::Short => ("short", "short"),
        Kind::Extended => ("extended", "extended"),
        Kind::Conveyance => ("conveyance", "conveyance"),
        Kind::Selective => ("selective", "selective"),
        Kind::Abort => ("abort", "aborted"),
        Kind::Other(number) => return (format!("{number:02x}"), "maker's own"),
    };
    (key.to_owned(), name)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fatal => "the drive could not complete it",
        Outcome::FailedElectrical => "its electronics",
        Outcome::FailedServo => "its servo or its seeking",
        Outcome::FailedRead => "what is stored could not be read",
        Outcome::HandlingDamage => "it is suspected to be damaged by handling",
        _ => "a part that the drive does not name",
    }
}

fn statistics(statistics: &DeviceStatistics) -> impl Iterator<Item = Reason> {
    let level = |page, offset| statistics.value(page, offset).and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
    let (replaced, waiting, candidates) = (level(3, 32), level(1, 64), level(3, 56));
    let (reported, garbled, used) = (level(4, 8), level(6, 24), level(7, 8));
    let tell = |level, one: &str, many: &str| format!("{} (device statistics)", number_of(level, one, many));
    [
        counted(
            Ailment::MediaErrors,
            "ata-statistics-reallocated",
            replaced,
            tell(replaced, "sector was replaced by a spare one", "sectors were replaced by spare ones"),
        ),
        standing(
            Ailment::MediaErrors,
            "ata-statistics-pending",
            waiting,
            tell(waiting, "sector cannot be read", "sectors cannot be read"),
        ),
        standing(
            Ailment::MediaErrors,
            "ata-statistics-candidates",
            candidates,
            tell(candidates, "sector waits to be replaced", "sectors wait to be replaced"),
        ),
        counted(
            Ailment::MediaErrors,
            "ata-statistics-uncorrectable",
            reported,
            tell(reported, "error could not be corrected by the drive", "errors could not be corrected by the drive"),
        ),
        counted(
            Ailment::LinkErrors,
            "ata-statistics-crc",
            garbled,
            tell(
                garbled,
                "transfer between controller and drive was garbled",
                "transfers between controller and drive were garbled",
            ),
        ),
        super::super::wear::used_up("ata-endurance", used, "device statistics"),
    ]
    .into_iter()
    .flatten()
}

/// Counters that count errors. 009h and 00Ah, of lost links and resets, rise at every start of the machine.
const ERRORS: [u16; 14] =
    [0x001, 0x002, 0x003, 0x004, 0x005, 0x006, 0x007, 0x008, 0x00b, 0x00d, 0x00f, 0x010, 0x012, 0x013];

/// Several counters count one error, so the level is no number of errors; but it rises with each.
fn link(events: &PhyEvents) -> Option<Reason> {
    let counts: Vec<&Counter> =
        events.counters.iter().filter(|counter| ERRORS.contains(&counter.id) && counter.value > 0).collect();
    let level = counts.iter().fold(0, |sum: u64, counter| sum.saturating_add(counter.value));
    let told = counts.iter().map(|counter| format!("{} {}", counter.name().unwrap_or_default(), counter.value));
    let told = told.collect::<Vec<_>>().join(", ");
    counted(
        Ailment::LinkErrors,
        "ata-phy",
        level,
        format!("the link between controller and drive counted errors: {told}"),
    )
}

/// A link that is slower than the drive can: the port, or what the kernel did about errors.
fn speed(answers: &Answers) -> Option<Reason> {
    let identify = answers.identify.as_ref().ok()?;
    let (most, now) = (identify.sata_generation_max?, identify.sata_generation?);
    let rate = |generation| match generation {
        1 => "1.5",
        2 => "3",
        _ => "6",
    };
    let text = format!("the link runs at {} Gbit/s, the drive can do {}", rate(now), rate(most));
    counted(Ailment::LinkErrors, "sata-speed", most.saturating_sub(now).into(), text)
}

/// The temperature itself is not told: it would be another reason at each reading.
fn hot(answers: &Answers) -> Option<Reason> {
    let by_sct = answers.sct.as_ref().ok().and_then(|sct| {
        let (now, limit) = (i64::from(sct.temperature?), i64::from(sct.temperature_limit?));
        Some((now, limit, "SCT status"))
    });
    let by_statistics = answers.statistics.as_ref().ok().and_then(|statistics| {
        let limit = statistics.value(5, 88).filter(|limit| *limit != 0)?;
        Some((statistics.value(5, 8)?, limit, "device statistics"))
    });
    let (_, limit, source) = by_sct.into_iter().chain(by_statistics).find(|(now, limit, _)| now > limit)?;
    let text = format!("it is hotter than the {limit} °C that its maker allows ({source})");
    Some(says(Ailment::Hot, "ata-temperature", Severity::Warning, text))
}
