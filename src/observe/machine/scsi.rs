//! How a SCSI drive is by its answers.

use super::Drive;
use super::answered::answered;
use super::reason::{counted, says};
use crate::model::{Ailment, Reason, Series, Severity, Unread, WhyUnread};
use crate::probes::got::Got;
use crate::probes::scsi::Answers;
use crate::words::{clean, count, number_of};
use arraywatch_parsers::scsi::log::{ErrorCounters, Port, Ports, Reassigned, ScanStatus, SelfTestResult};
use arraywatch_parsers::scsi::sense::{Additional, Meaning, Warning};

/// Kelvins of 0 degrees Celsius, as the register of series counts.
const KELVIN: u64 = 273;

/// PERCENTAGE USED at which a solid state drive is written out by its maker's word (SBC-4, Solid State Media page).
const WRITTEN_OUT: u8 = 100;

/// What its answers say.
pub(in crate::observe) fn drive(answers: &Answers) -> Drive {
    let inquiry = answers.inquiry.as_ref().ok();
    let text = |field: Option<&String>| field.map(|text| clean(text));
    let (mut reasons, unread) = access(answers);
    exceptions(answers, &mut reasons);
    media(answers, &mut reasons);
    links(answers, &mut reasons);
    wear_and_heat(answers, &mut reasons);
    Drive {
        serial: text(answers.serial.as_ref().ok()),
        wwn: answers.identification.as_ref().ok().and_then(|names| Some(format!("0x{}", names.wwn()?))),
        vendor: text(inquiry.and_then(|inquiry| inquiry.vendor.as_ref())),
        model: text(inquiry.and_then(|inquiry| inquiry.product.as_ref())),
        firmware: text(inquiry.and_then(|inquiry| inquiry.revision.as_ref())),
        bytes: None,
        // Start-stop cycles count orders to stop as well: they are no measure of lost power.
        power: None,
        reasons,
        unread,
        values: values(answers),
    }
}

/// Why it could not be read, or not whole, and whether that is the drive's fault.
fn access(answers: &Answers) -> (Vec<Reason>, Option<Unread>) {
    let (reasons, unread) = answered(answers.stopped, &answers.gaps(), answers.tally);
    (reasons, unread.or_else(|| disguised(answers)).or_else(|| mute(answers)))
}

/// A disk that answers, and has nothing by which anybody could judge it: a bridge, a hypervisor's disk, a RAID card's volume.
fn mute(answers: &Answers) -> Option<Unread> {
    let judged = answers.exceptions.is_ok()
        || answers.control.is_ok()
        || answers.used.is_ok()
        || [&answers.writes, &answers.reads, &answers.verifies].iter().any(|counters| counters.is_ok());
    let text = "it says nothing of its health: it knows neither log pages nor informational exceptions".to_owned();
    (!judged).then_some(Unread { why: WhyUnread::NoWay, text })
}

/// An ATA drive that was taken for another: its translator names itself, or the kernel has another vendor.
fn disguised(answers: &Answers) -> Option<Unread> {
    let inquiry = answers.inquiry.as_ref().ok()?;
    if !answers.is_ata() || inquiry.is_ata() {
        return None;
    }
    let vendor = answers.translator.as_ref().ok().and_then(|translator| translator.vendor.as_deref());
    let by = vendor.map(|vendor| format!(" ({})", clean(vendor))).unwrap_or_default();
    let text = format!(
        "it is an ATA drive behind a translator{by} that names another vendor (VPD page 89h); it was asked as a SCSI drive, and its \
         SMART attributes were not read"
    );
    Some(Unread { why: WhyUnread::NoWay, text })
}

/// What it says of itself: log page 2Fh, else beside another answer, else to REQUEST SENSE.
fn exceptions(answers: &Answers, reasons: &mut Vec<Reason>) {
    let none = Additional { code: 0, qualifier: 0 };
    let page = answers.exceptions.as_ref().ok().and_then(|page| page.additional).filter(|said| *said != none);
    let asked = answers.sense.as_ref().ok().and_then(|sense| sense.additional);
    let candidates = [
        (page, "log page 2Fh"),
        (answers.said, "sense data with an answer"),
        (asked.filter(|said| matches!(said.code, 0x0b | 0x5d)), "REQUEST SENSE"),
    ];
    let Some((said, by)) = candidates.into_iter().find_map(|(said, by)| Some((said?, by))) else { return };
    let Some((ailment, severity)) = judged(said) else { return };
    let Additional { code, qualifier } = said;
    let words = said.words().unwrap_or("a condition that is not in T10's list as known here");
    let told = match said.meaning() {
        Some(Meaning::PredictsFailure) => format!("it says that it will fail: {words}"),
        Some(Meaning::PredictsFailureAsTest) => {
            "it says that it will fail, as a test that someone asked for".to_owned()
        }
        _ => format!("it says: {words}"),
    };
    reasons.push(says(ailment, "scsi-ie", severity, format!("{told} ({code:02X}h/{qualifier:02X}h, {by})")));
}

/// What a code comes to. None of one that speaks of something else than the drive's health.
fn judged(said: Additional) -> Option<(Ailment, Severity)> {
    use Severity::{Critical, Info, Warning as Warn};
    Some(match said.meaning() {
        Some(Meaning::PredictsFailure) => (Ailment::FailurePredicted, Critical),
        Some(Meaning::PredictsFailureAsTest) => (Ailment::FailurePredicted, Info),
        Some(Meaning::Warns(warning)) => (warned(warning, said.qualifier), Warn),
        Some(Meaning::Medium) => (Ailment::MediaErrors, Warn),
        Some(Meaning::Link) => (Ailment::LinkErrors, Warn),
        Some(Meaning::Hardware) | None => (Ailment::FailurePredicted, Warn),
        Some(Meaning::PowerOrReset | Meaning::NotReady | Meaning::Other) => return None,
    })
}

fn warned(warning: Warning, qualifier: u8) -> Ailment {
    match warning {
        Warning::Temperature => Ailment::Hot,
        Warning::Enclosure => Ailment::PartFailed,
        Warning::SelfTest => Ailment::SelfTestFailed,
        Warning::PreScan | Warning::MediumScan => Ailment::MediaErrors,
        Warning::CacheVolatile | Warning::CachePower => Ailment::CacheUnprotected,
        Warning::PowerLossExpected => Ailment::SupplyFailed,
        // 0Ah to 0Dh are temperatures, 0Eh to 11h humidities.
        Warning::Environment if qualifier <= 0x0d => Ailment::Hot,
        Warning::Environment => Ailment::HousingHot,
        Warning::Statistic | Warning::PhysicalElement | Warning::Unspecified => Ailment::FailurePredicted,
    }
}

fn media(answers: &Answers, reasons: &mut Vec<Reason>) {
    for (counters, key, what, page) in [
        (&answers.writes, "scsi-write-uncorrected", "write", "02h"),
        (&answers.reads, "scsi-read-uncorrected", "read", "03h"),
        (&answers.verifies, "scsi-verify-uncorrected", "verify", "05h"),
    ] {
        let level = counters.as_ref().ok().and_then(|counters| counters.uncorrected).unwrap_or(0);
        if level > 0 {
            let (one, many) = (format!("{what} error"), format!("{what} errors"));
            let text = format!("{} that could not be corrected (log page {page})", number_of(level, &one, &many));
            reasons.extend(counted(Ailment::MediaErrors, key, level, text));
        }
    }
    if let Ok(scan) = &answers.background {
        let level = u64::try_from(scan.errors.len()).unwrap_or(u64::MAX);
        let waiting = scan.errors.iter().filter(|error| error.reassigned == Reassigned::Pending).count();
        if level > 0 {
            let places = number_of(level, "bad place", "bad places");
            let text =
                format!("its background scan found {places}, {waiting} of which are not replaced yet (log page 15h)");
            reasons.extend(counted(Ailment::MediaErrors, "scsi-background-scan", level, text));
        }
        if matches!(scan.status, Some(ScanStatus::HaltedFatal | ScanStatus::HaltedErrors)) {
            let text = "its background scan stopped because of errors (log page 15h)";
            reasons.push(says(Ailment::MediaErrors, "scsi-scan-halted", Severity::Warning, text));
        }
    }
    if let Ok(tests) = &answers.self_tests {
        // The newest that says anything of the drive: one that was broken off does not.
        let decided = |result| matches!(result, SelfTestResult::Passed | SelfTestResult::Failed);
        let last = tests.tests.iter().find(|test| decided(test.result));
        if let Some(test) = last.filter(|test| test.result == SelfTestResult::Failed) {
            let place = test.first_failure.map(|lba| format!(", first at block {lba}")).unwrap_or_default();
            let words = test.additional.words().unwrap_or("no reason that is known here");
            let hours = count(test.hours.into());
            let text = format!("its last self-test failed at {hours} power-on hours: {words}{place} (log page 10h)");
            reasons.push(says(Ailment::SelfTestFailed, "scsi-self-test", Severity::Warning, text));
        }
    }
}

fn links(answers: &Answers, reasons: &mut Vec<Reason>) {
    for port in answers.ports.iter().flat_map(|ports| &ports.ports) {
        let sum = |of: fn(&arraywatch_parsers::scsi::log::Phy) -> u32| -> u64 {
            port.phys.iter().map(|phy| u64::from(of(phy))).sum()
        };
        let (dwords, losses) = (sum(|phy| phy.invalid_dwords), sum(|phy| phy.sync_losses));
        let resets = sum(|phy| phy.reset_problems);
        let level = dwords.saturating_add(losses).saturating_add(resets);
        if level > 0 {
            let text = format!(
                "port {}: {}, {}, {} (log page 18h)",
                port.number,
                number_of(dwords, "invalid dword", "invalid dwords"),
                number_of(losses, "loss of synchronization", "losses of synchronization"),
                number_of(resets, "reset problem", "reset problems"),
            );
            reasons.extend(counted(Ailment::LinkErrors, &format!("sas-port-{}", port.number), level, text));
        }
    }
}

fn wear_and_heat(answers: &Answers, reasons: &mut Vec<Reason>) {
    if answers.used.as_ref().is_ok_and(|used| *used >= WRITTEN_OUT) {
        let text = "it has used up the endurance that it was built for: 100 % or more (log page 11h)";
        reasons.push(says(Ailment::Worn, "scsi-endurance", Severity::Warning, text));
    }
    let (page, other) = (answers.temperature.as_ref().ok(), answers.exceptions.as_ref().ok());
    let now = page.and_then(|page| page.now).or_else(|| other.and_then(|page| page.temperature));
    let limit = match page.and_then(|page| page.reference).filter(|limit| *limit > 0) {
        Some(limit) => Some((limit, "reference temperature, log page 0Dh")),
        None => other.and_then(|page| page.trip).map(|limit| (limit, "trip temperature, log page 2Fh")),
    };
    if let (Some(now), Some((limit, of))) = (now, limit)
        && now > limit
    {
        let text = format!("it is above the {limit} degrees C that its maker allows ({of})");
        reasons.push(says(Ailment::Hot, "scsi-temperature", Severity::Warning, text));
    }
}

/// What was measured.
fn values(answers: &Answers) -> Vec<(Series, u64)> {
    let mut values = Vec::new();
    let mut put = |series, value: Option<u64>| values.extend(value.map(|value| (series, value)));
    for (counters, series) in [
        (
            &answers.writes,
            [
                Series::SCSI_WRITE_CORRECTED_AT_ONCE,
                Series::SCSI_WRITE_CORRECTED_LATE,
                Series::SCSI_REWRITES,
                Series::SCSI_WRITE_CORRECTED,
                Series::SCSI_WRITE_CORRECTIONS,
                Series::SCSI_BYTES_WRITTEN,
                Series::SCSI_WRITE_UNCORRECTED,
            ],
        ),
        (
            &answers.reads,
            [
                Series::SCSI_READ_CORRECTED_AT_ONCE,
                Series::SCSI_READ_CORRECTED_LATE,
                Series::SCSI_REREADS,
                Series::SCSI_READ_CORRECTED,
                Series::SCSI_READ_CORRECTIONS,
                Series::SCSI_BYTES_READ,
                Series::SCSI_READ_UNCORRECTED,
            ],
        ),
        (
            &answers.verifies,
            [
                Series::SCSI_VERIFY_CORRECTED_AT_ONCE,
                Series::SCSI_VERIFY_CORRECTED_LATE,
                Series::SCSI_REVERIFIES,
                Series::SCSI_VERIFY_CORRECTED,
                Series::SCSI_VERIFY_CORRECTIONS,
                Series::SCSI_BYTES_VERIFIED,
                Series::SCSI_VERIFY_UNCORRECTED,
            ],
        ),
    ] {
        let counts = counters.as_ref().ok().map(counts);
        series.into_iter().zip(counts.into_iter().flatten()).for_each(|(series, count)| put(series, count));
    }
    put(Series::SCSI_NON_MEDIUM_ERRORS, answers.non_medium.as_ref().ok().copied());
    let kelvin = |degrees: Option<u8>| degrees.map(|degrees| u64::from(degrees) + KELVIN);
    let temperature = answers.temperature.as_ref().ok();
    put(Series::SCSI_TEMPERATURE, kelvin(temperature.and_then(|page| page.now)));
    put(Series::SCSI_REFERENCE_TEMPERATURE, kelvin(temperature.and_then(|page| page.reference)));
    let starts = answers.start_stop.as_ref().ok();
    put(Series::SCSI_START_STOPS, starts.and_then(|page| page.cycles).map(u64::from));
    put(Series::SCSI_LOAD_UNLOADS, starts.and_then(|page| page.loads).map(u64::from));
    put(Series::SCSI_ENDURANCE_USED, answers.used.as_ref().ok().map(|used| u64::from(*used)));
    let scan = answers.background.as_ref().ok();
    put(Series::SCSI_POWER_ON_TIME, scan.and_then(|scan| scan.minutes).map(u64::from));
    put(Series::SCSI_MEDIUM_SCANS, scan.and_then(|scan| scan.medium_scans).map(u64::from));
    let exception = answers.exceptions.as_ref().ok().and_then(|page| page.additional);
    let code = |said: Additional| u64::from(u16::from_be_bytes([said.code, said.qualifier]));
    put(Series::SCSI_INFORMATIONAL_EXCEPTION, exception.map(code));
    for (number, series) in [
        (
            1,
            [
                Series::SAS_INVALID_DWORDS_1,
                Series::SAS_DISPARITY_ERRORS_1,
                Series::SAS_LOST_SYNC_1,
                Series::SAS_RESET_PROBLEMS_1,
            ],
        ),
        (
            2,
            [
                Series::SAS_INVALID_DWORDS_2,
                Series::SAS_DISPARITY_ERRORS_2,
                Series::SAS_LOST_SYNC_2,
                Series::SAS_RESET_PROBLEMS_2,
            ],
        ),
    ] {
        let Some(phy) = port(&answers.ports, number).and_then(|port| port.phys.first()) else { continue };
        let counts = [phy.invalid_dwords, phy.disparity_errors, phy.sync_losses, phy.reset_problems];
        series.into_iter().zip(counts).for_each(|(series, count)| put(series, Some(count.into())));
    }
    values
}

fn port(ports: &Got<Ports>, number: u16) -> Option<&Port> {
    ports.as_ref().ok()?.ports.iter().find(|port| port.number == number)
}

/// In the order of the parameters of their pages.
fn counts(counters: &ErrorCounters) -> [Option<u64>; 7] {
    [
        counters.corrected_fast,
        counters.corrected_delayed,
        counters.retried,
        counters.corrected,
        counters.algorithm_runs,
        counters.bytes,
        counters.uncorrected,
    ]
}

#[cfg(test)]
mod tests;
