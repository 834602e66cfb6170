//! How an ATA drive is by its answers.

mod attributes;
mod logs;

#[cfg(test)]
mod tests;

pub use attributes::name_of;

use super::Drive;
use super::answered::answered;
use super::reason::says;
use crate::model::{Ailment, Part, PowerCount, Reason, Series, Severity, Unread, WhyUnread};
use crate::probes::ata::Answers;
use crate::probes::got::Missing;
use crate::words::clean;
use arraywatch_parsers::ata::attributes::What;
use arraywatch_parsers::ata::logs::statistics::DeviceStatistics;
use arraywatch_parsers::ata::smart::Status;
use attributes::Decoded;

/// Statistics of the log 04h that are kept, by page and offset.
const KEPT: [(u8, u16, Series); 14] = [
    (1, 8, Series::ATA_POWER_ON_RESETS),
    (1, 16, Series::ATA_POWER_ON_HOURS),
    (1, 24, Series::ATA_SECTORS_WRITTEN),
    (1, 32, Series::ATA_WRITE_COMMANDS),
    (1, 40, Series::ATA_SECTORS_READ),
    (1, 48, Series::ATA_READ_COMMANDS),
    (3, 16, Series::ATA_HEAD_FLYING_HOURS),
    (3, 24, Series::ATA_HEAD_LOADS),
    (3, 32, Series::ATA_REALLOCATED_SECTORS),
    (3, 56, Series::ATA_REALLOCATION_CANDIDATES),
    (4, 8, Series::ATA_REPORTED_UNCORRECTABLE),
    (4, 16, Series::ATA_RESETS_DURING_COMMANDS),
    (6, 24, Series::ATA_INTERFACE_CRC_ERRORS),
    (7, 8, Series::ATA_ENDURANCE_USED),
];

/// Kelvins of 0 °C, as the series of temperatures count.
const FREEZING: i64 = 273;

/// What its answers say.
pub(in crate::observe) fn drive(answers: &Answers) -> Drive {
    let identify = answers.identify.as_ref().ok();
    let text = |text: Option<&String>| text.map(|text| clean(text));
    let (mut reasons, unread) = answered(answers.stopped, &answers.gaps(), answers.tally);
    let attributes = attributes::decoded(answers);
    reasons.extend(verdict(answers));
    reasons.extend(attributes.iter().flat_map(attributes::reasons));
    reasons.extend(logs::reasons(answers));
    Drive {
        serial: text(identify.and_then(|identify| identify.serial.as_ref())),
        wwn: identify.and_then(|identify| identify.wwn).map(|wwn| format!("0x{wwn:016x}")),
        vendor: None,
        model: text(identify.and_then(|identify| identify.model.as_ref())),
        firmware: text(identify.and_then(|identify| identify.firmware.as_ref())),
        bytes: identify.and_then(|identify| identify.capacity()),
        power: power(answers, &attributes),
        reasons,
        unread: own(answers).or(unread),
        values: values(answers),
    }
}

/// The drive's own word: SMART RETURN STATUS, or, where a bridge keeps the registers, the same in SCT status.
fn verdict(answers: &Answers) -> Option<Reason> {
    let by_sct = || answers.sct.as_ref().ok().and_then(|sct| sct.smart_status);
    let fails = answers.status.ok().or_else(by_sct) == Some(Status::ThresholdExceeded);
    let text = "the drive itself says that it fails or soon will (SMART status: a threshold is exceeded)";
    fails.then(|| says(Ailment::FailurePredicted, "smart-status", Severity::Critical, text))
}

/// Why it was not read, though nothing went wrong.
fn own(answers: &Answers) -> Option<Unread> {
    let (why, text) = if answers.asleep() {
        (WhyUnread::Asleep, "it sleeps and was not woken")
    } else if answers.may_sleep() {
        let text = "the bridge before it does not tell whether it sleeps, so nothing was asked that could wake it";
        (WhyUnread::NotUnderstood, text)
    } else if answers.smart_is_off() {
        (WhyUnread::NotUnderstood, "SMART is switched off: the drive does not watch itself")
    } else {
        return None;
    };
    // A drive that stopped to answer is worse off than one that does not tell all.
    answers.stopped.is_none().then(|| Unread { why, text: text.to_owned() })
}

/// From one source and never now from one, now from another: they need not count alike, and a step between them would look like a
/// loss of power.
fn power(answers: &Answers, attributes: &[Decoded]) -> Option<PowerCount> {
    let count = |what| attributes.iter().find(|one| one.what() == Some(what)).and_then(|one| one.count);
    let resets = || answers.statistics.as_ref().ok()?.value(1, 8).and_then(|value| u64::try_from(value).ok());
    let cycles = match &answers.smart {
        Ok(_) => count(What::PowerCycles).or_else(resets),
        Err(Missing::Absent) => resets(),
        Err(_) => None,
    };
    Some(PowerCount { cycles: cycles?, unsafe_shutdowns: count(What::UnsafeShutdowns) })
}

fn values(answers: &Answers) -> Vec<(Series, u64)> {
    let mut values = Vec::new();
    for attribute in answers.smart.iter().flat_map(|data| &data.attributes) {
        let mut part = |part, value| values.push((Series::ata(attribute.id, part), value));
        part(Part::Raw, attribute.raw);
        part(Part::Value, attribute.value.into());
        part(Part::Worst, attribute.worst.into());
        if let Some(threshold) = answers.thresholds.as_ref().ok().and_then(|thresholds| thresholds.of(attribute.id)) {
            part(Part::Threshold, threshold.into());
        }
    }
    if let Ok(statistics) = &answers.statistics {
        let value = |page, offset| statistics.value(page, offset).and_then(|value| u64::try_from(value).ok());
        values.extend(KEPT.iter().filter_map(|(page, offset, series)| Some((*series, value(*page, *offset)?))));
        values.extend(kelvins(statistics).map(|kelvins| (Series::ATA_TEMPERATURE, kelvins)));
    }
    values
}

fn kelvins(statistics: &DeviceStatistics) -> Option<u64> {
    u64::try_from(statistics.value(5, 8)? + FREEZING).ok()
}
