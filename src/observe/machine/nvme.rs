//! How an NVMe drive is by its answers.

#[cfg(test)]
mod tests;

use super::Drive;
use super::answered::answered;
use super::reason::{counted, says};
use super::wear::used_up;
use crate::model::{Ailment, PowerCount, Reason, Series, Severity, saturated};
use crate::probes::nvme::Answers;
use crate::words::{clean, number_of};
use arraywatch_parsers::nvme::identify::{Controller, Namespace};
use arraywatch_parsers::nvme::logs::errors::{Concern, ErrorEntry};
use arraywatch_parsers::nvme::logs::health::{CriticalWarning, Health, celsius};
use arraywatch_parsers::nvme::logs::self_test::{Kind, Outcome, SelfTest, SelfTestLog};

/// What its answers say.
pub(in crate::observe) fn drive(answers: &Answers) -> Drive {
    let controller = answers.controller.as_ref().ok();
    let health = answers.health.as_ref().ok();
    let text = |text: Option<&String>| text.map(|text| clean(text));
    let (mut reasons, unread) = answered(answers.stopped, &answers.gaps(), answers.tally);
    if let Some(health) = health {
        reasons.extend(warnings(health));
        reasons.extend(hot(health, controller));
        reasons.extend(worn(health));
        reasons.extend(media(health));
    }
    reasons.extend(answers.errors.iter().flat_map(|entries| errors(entries)));
    reasons.extend(answers.self_tests.iter().flat_map(self_tests));
    Drive {
        serial: text(controller.and_then(|controller| controller.serial.as_ref())),
        wwn: namespaces(answers).find_map(wwn),
        vendor: None,
        model: text(controller.and_then(|controller| controller.model.as_ref())),
        firmware: text(controller.and_then(|controller| controller.firmware.as_ref())),
        bytes: bytes(answers),
        power: health.and_then(power),
        reasons,
        unread,
        values: health.map(values).unwrap_or_default(),
    }
}

fn namespaces(answers: &Answers) -> impl Iterator<Item = &Namespace> {
    answers.namespaces.iter().filter_map(|(_, namespace)| namespace.as_ref().ok())
}

/// As the kernel writes it (`wwid_show` in drivers/nvme/host/core.c).
fn wwn(namespace: &Namespace) -> Option<String> {
    let long = namespace.nguid.map(|nguid| format!("eui.{nguid:032x}"));
    long.or_else(|| namespace.eui64.map(|eui| format!("eui.{eui:016x}")))
}

/// What the drive holds, or, where it does not tell, what its namespaces hold, if all were read.
fn bytes(answers: &Answers) -> Option<u64> {
    let told = answers.controller.as_ref().ok()?.total_capacity.and_then(|bytes| u64::try_from(bytes).ok());
    let all = answers.namespace_ids.as_ref().is_ok_and(|ids| ids.len() == answers.namespaces.len());
    let mut sum = Some(0_u64);
    for (_, namespace) in &answers.namespaces {
        let bytes = namespace.as_ref().ok().and_then(Namespace::bytes);
        sum = sum.zip(bytes).and_then(|(sum, bytes)| sum.checked_add(bytes));
    }
    told.or(sum.filter(|sum| all && *sum > 0))
}

fn power(health: &Health) -> Option<PowerCount> {
    Some(PowerCount {
        cycles: health.power_cycles.map(saturated)?,
        unsafe_shutdowns: health.unsafe_shutdowns.map(saturated),
    })
}

/// The drive's own warnings. That the spare is low and that it is hot are told with the numbers, below.
fn warnings(health: &Health) -> Vec<Reason> {
    let warning = health.critical_warning.unwrap_or(CriticalWarning(0));
    let group = CriticalWarning(health.endurance_group_warning.unwrap_or(0));
    let fails = |key, text| says(Ailment::FailurePredicted, key, Severity::Critical, text);
    let reserved = |key, bits| {
        let text = format!("the drive warns of something that is not understood (critical warning bits {bits:02x}h)");
        says(Ailment::FailurePredicted, key, Severity::Warning, text)
    };
    let told = [
        (warning.reliability(), fails("nvme-reliability", "the drive itself says that it is no longer reliable")),
        (warning.read_only(), fails("nvme-read-only", "the drive cannot be written any more")),
        (
            warning.backup_failed(),
            says(
                Ailment::CacheUnprotected,
                "nvme-backup",
                Severity::Warning,
                "what keeps its cache alive when the power fails does not work: writes may be lost with the power",
            ),
        ),
        (
            warning.persistent_memory(),
            says(
                Ailment::CacheUnprotected,
                "nvme-persistent-memory",
                Severity::Warning,
                "its persistent memory cannot be written any more, or is unreliable",
            ),
        ),
        (warning.reserved() != 0, reserved("nvme-warning", warning.reserved())),
        (
            group.reliability(),
            fails("nvme-group-reliability", "the drive says that one of its endurance groups is no longer reliable"),
        ),
        (group.read_only(), fails("nvme-group-read-only", "one of its endurance groups cannot be written any more")),
        (
            group.spare(),
            says(
                Ailment::Worn,
                "nvme-group-spare",
                Severity::Warning,
                "the spare blocks of one of its endurance groups are below their threshold",
            ),
        ),
    ];
    told.into_iter().filter(|(is, _)| *is).map(|(_, reason)| reason).collect()
}

/// The temperature itself is not told: it would be another reason at each reading.
fn hot(health: &Health, controller: Option<&Controller>) -> Option<Reason> {
    let reaches = |limit: Option<u16>| limit.filter(|limit| health.temperature.is_some_and(|now| now >= *limit));
    let critical = controller.and_then(|controller| reaches(controller.critical_temperature));
    let warning = controller.and_then(|controller| reaches(controller.warning_temperature));
    let warns = health.critical_warning.is_some_and(CriticalWarning::temperature);
    let (severity, text) = match (critical, warning) {
        (Some(limit), _) => {
            let text = format!("it is at {} °C or above, at which its maker says that it must not run", celsius(limit));
            (Severity::Critical, text)
        }
        (None, Some(limit)) => {
            (Severity::Warning, format!("it is at {} °C or above, of which its maker warns", celsius(limit)))
        }
        (None, None) if warns => {
            (Severity::Warning, "it is beyond a temperature that is set for it as too hot or too cold".to_owned())
        }
        _ => return None,
    };
    Some(says(Ailment::Hot, "nvme-temperature", severity, text))
}

/// Spare 0 of a threshold of 0 is an emulator's, and no failure; unless the drive warns of it.
fn worn(health: &Health) -> impl Iterator<Item = Reason> {
    let spare = health.available_spare.zip(health.spare_threshold);
    let warns = health.critical_warning.is_some_and(CriticalWarning::spare);
    let low = match spare {
        Some((spare, threshold)) if spare < threshold => {
            let severity = if spare == 0 { Severity::Critical } else { Severity::Warning };
            let text = format!("{spare} % of its spare blocks are left; its maker warns below {threshold} %");
            Some((severity, text))
        }
        _ if warns => Some((Severity::Warning, "the drive warns that its spare blocks run out".to_owned())),
        _ => None,
    };
    let low = low.map(|(severity, text)| says(Ailment::Worn, "nvme-spare", severity, text));
    let used = health.percentage_used.and_then(|used| used_up("nvme-percentage-used", used.into(), "health log"));
    [low, used].into_iter().flatten()
}

fn media(health: &Health) -> Option<Reason> {
    let level = health.media_errors.map(saturated)?;
    let errors = number_of(level, "error", "errors");
    let text = format!("{errors} in what it stores could not be corrected (health log)");
    counted(Ailment::MediaErrors, "nvme-media-errors", level, text)
}

/// Entries that speak of the drive or of the way to it. Most speak of commands that it does not have.
fn errors(entries: &[ErrorEntry]) -> impl Iterator<Item = Reason> {
    let number = |speaks: &dyn Fn(&ErrorEntry) -> bool| entries.iter().filter(|entry| speaks(entry)).count() as u64;
    let device = number(&|entry| entry.status.speaks_of_device());
    let path = number(&|entry| entry.status.concern() == Concern::Path);
    let failed = |level| number_of(level, "command", "commands");
    let text = format!("{} in its error log failed in the drive itself", failed(device));
    let of_device = counted(Ailment::MediaErrors, "nvme-errors", device, text);
    let text = format!("{} in its error log failed on the way between host and drive", failed(path));
    [of_device, counted(Ailment::LinkErrors, "nvme-errors", path, text)].into_iter().flatten()
}

/// The latest test of each kind that came to an end; an extended one stands for the short ones before it.
fn self_tests(log: &SelfTestLog) -> Vec<Reason> {
    let mut seen: Vec<Kind> = Vec::new();
    let mut failed = Vec::new();
    let ended = |test: &&SelfTest| test.outcome == Outcome::Passed || test.outcome.failed();
    for test in log.results.iter().filter(ended) {
        let covered = seen.contains(&Kind::Extended) && test.kind == Kind::Short;
        if seen.contains(&test.kind) || covered {
            continue;
        }
        seen.push(test.kind);
        if test.outcome.failed() {
            let (key, name) = match test.kind {
                Kind::Short => ("short", "short"),
                Kind::Extended => ("extended", "extended"),
                Kind::Vendor => ("vendor", "maker's own"),
                Kind::Other(_) => ("other", "unknown"),
            };
            let how = match (test.outcome, test.segment) {
                (Outcome::Fatal, _) => "the drive could not complete it".to_owned(),
                (_, Some(segment)) => format!("its part {segment} failed"),
                _ => "a part that the drive does not name".to_owned(),
            };
            let at = test.failing_lba.map_or_else(String::new, |lba| format!(", first at block {lba}"));
            let text = format!("the {name} self-test failed at power-on hour {}: {how}{at}", test.hours);
            failed.push(says(Ailment::SelfTestFailed, &format!("self-test-{key}"), Severity::Warning, text));
        }
    }
    failed
}

/// Sensors by number, from 1.
const SENSORS: [Series; 8] = [
    Series::NVME_SENSOR_1,
    Series::NVME_SENSOR_2,
    Series::NVME_SENSOR_3,
    Series::NVME_SENSOR_4,
    Series::NVME_SENSOR_5,
    Series::NVME_SENSOR_6,
    Series::NVME_SENSOR_7,
    Series::NVME_SENSOR_8,
];

fn values(health: &Health) -> Vec<(Series, u64)> {
    let byte = |value: Option<u8>| value.map(u64::from);
    let double = |value: Option<u32>| value.map(u64::from);
    let wide = |value: Option<u128>| value.map(saturated);
    let single = [
        (Series::NVME_CRITICAL_WARNING, byte(health.critical_warning.map(|CriticalWarning(bits)| bits))),
        (Series::NVME_TEMPERATURE, health.temperature.map(u64::from)),
        (Series::NVME_AVAILABLE_SPARE, byte(health.available_spare)),
        (Series::NVME_SPARE_THRESHOLD, byte(health.spare_threshold)),
        (Series::NVME_PERCENTAGE_USED, byte(health.percentage_used)),
        (Series::NVME_GROUP_WARNING, byte(health.endurance_group_warning)),
        (Series::NVME_DATA_UNITS_READ, wide(health.data_units_read)),
        (Series::NVME_DATA_UNITS_WRITTEN, wide(health.data_units_written)),
        (Series::NVME_READ_COMMANDS, wide(health.host_reads)),
        (Series::NVME_WRITE_COMMANDS, wide(health.host_writes)),
        (Series::NVME_BUSY_TIME, wide(health.busy_minutes)),
        (Series::NVME_POWER_CYCLES, wide(health.power_cycles)),
        (Series::NVME_POWER_ON_HOURS, wide(health.power_on_hours)),
        (Series::NVME_UNSAFE_SHUTDOWNS, wide(health.unsafe_shutdowns)),
        (Series::NVME_MEDIA_ERRORS, wide(health.media_errors)),
        (Series::NVME_ERROR_LOG_ENTRIES, wide(health.error_log_entries)),
        (Series::NVME_WARM_TIME, double(health.warning_temperature_minutes)),
        (Series::NVME_HOT_TIME, double(health.critical_temperature_minutes)),
        (Series::NVME_THROTTLED_1, double(health.thermal_transitions_1)),
        (Series::NVME_THROTTLED_2, double(health.thermal_transitions_2)),
        (Series::NVME_THROTTLED_TIME_1, double(health.thermal_seconds_1)),
        (Series::NVME_THROTTLED_TIME_2, double(health.thermal_seconds_2)),
    ];
    let sensors = health.sensors.iter().filter_map(|(number, kelvins)| {
        let series = SENSORS.get(usize::from(*number).checked_sub(1)?)?;
        Some((*series, u64::from(*kelvins)))
    });
    single.into_iter().filter_map(|(series, value)| Some((series, value?))).chain(sensors).collect()
}
