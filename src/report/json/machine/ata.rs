//! What an ATA drive answered, as JSON. Values are in the units of `smartctl -j`: degrees Celsius, hours, minutes, logical sectors.

use super::{asked, read};
use crate::observe::machine::attribute_name;
use crate::probes::ata::Answers;
use crate::words::clean;
use arraywatch_parsers::ata::attributes::{self, Meanings, Unit, decode};
use arraywatch_parsers::ata::identify::{Feature, FormFactor, Identify, Rotation};
use arraywatch_parsers::ata::logs::directory::Directory;
use arraywatch_parsers::ata::logs::errors::{Command, ErrorEntry, ErrorLog};
use arraywatch_parsers::ata::logs::phy::PhyEvents;
use arraywatch_parsers::ata::logs::sct::{DeviceState, SctStatus};
use arraywatch_parsers::ata::logs::self_test::{Kind, Outcome, SelfTest, SelfTestLog};
use arraywatch_parsers::ata::logs::statistics::{DeviceStatistics, Statistic};
use arraywatch_parsers::ata::power::PowerMode;
use arraywatch_parsers::ata::smart::{Attribute, Data, Standing, Status};
use serde_json::{Value, json};

/// All that it answered.
pub fn ata(answers: &Answers) -> Value {
    let meanings = &meanings(answers);
    let decoded = |what| count(answers, meanings, what);
    let mut value = object!({
        "power_mode": answers.power.ok().map(power_mode),
        "by_pass_through": if answers.by_12 { 12 } else { 16 },
        "identity": read(&answers.identify, identity),
        "smart_status": answers.status.ok().map(status),
        "smart": read(&answers.smart, smart),
        "attributes": read(&answers.smart, |data| data.attributes.iter().map(|one| attribute(answers, meanings, one)).collect()),
        "temperature_celsius": temperature(answers, meanings),
        "power_on_hours": decoded(attributes::What::PowerOnHours),
        "power_cycles": decoded(attributes::What::PowerCycles),
        "log_directory": read(&answers.directory, directory),
        "error_log": read(&answers.errors, |log| errors(log, answers.errors_extended)),
        "self_test_log": read(&answers.self_tests, |log| self_tests(log, answers.self_tests_extended)),
        "device_statistics": read(&answers.statistics, statistics),
        "phy_counters": read(&answers.phy, phy),
        "sct_status": read(&answers.sct, sct),
    });
    asked(&mut value, answers.tally, answers.stopped, &answers.gaps());
    value
}

fn power_mode(mode: PowerMode) -> Value {
    json!(match mode {
        PowerMode::Standby => "standby",
        PowerMode::StandbyY => "standby-y",
        PowerMode::CacheSpunDown => "cache-spun-down",
        PowerMode::CacheSpunUp => "cache-spun-up",
        PowerMode::Idle => "idle",
        PowerMode::IdleA => "idle-a",
        PowerMode::IdleB => "idle-b",
        PowerMode::IdleC => "idle-c",
        PowerMode::Active => "active-or-idle",
        PowerMode::Other(_) => "unknown",
    })
}

fn text(text: Option<&String>) -> Option<String> {
    text.map(|text| clean(text))
}

fn identity(identify: &Identify) -> Value {
    let feature = |feature: Feature| object!({ "supported": feature.supported, "enabled": feature.enabled });
    let rate = |generation| match generation {
        1 => 1.5,
        2 => 3.0,
        _ => 6.0,
    };
    object!({
        "model": text(identify.model.as_ref()),
        "serial": text(identify.serial.as_ref()),
        "firmware": text(identify.firmware.as_ref()),
        "wwn": identify.wwn.map(|wwn| format!("0x{wwn:016x}")),
        "sectors": identify.sectors,
        "bytes": identify.capacity(),
        "logical_sector_bytes": identify.logical_sector,
        "physical_sector_bytes": identify.physical_sector,
        // As smartctl: 0 is a drive in which nothing turns.
        "rotations_per_minute": identify.rotation.map(|rotation| match rotation {
            Rotation::SolidState => 0,
            Rotation::Rpm(rpm) => rpm,
        }),
        "form_factor": identify.form_factor.and_then(form_factor),
        "ata_version": identify.ata_version,
        "link_gigabits": identify.sata_generation.map(rate),
        "link_gigabits_max": identify.sata_generation_max.map(rate),
        "queue_depth": identify.queue_depth,
        "smart": feature(identify.smart),
        "write_cache": feature(identify.write_cache),
        "power_management_level": identify.apm_level,
        "general_purpose_log": feature(identify.general_purpose_log),
        "sct": identify.sct,
        "sct_error_recovery": identify.sct_error_recovery,
        "trim": object!({
            "supported": identify.trim,
            "deterministic": identify.trim_deterministic,
            "zeroed": identify.trim_zeroes,
        }),
        "security": identify.security.map(|security| object!({
            "enabled": security.enabled,
            "locked": security.locked,
            "frozen": security.frozen,
            "count_expired": security.count_expired,
        })),
    })
}

fn form_factor(form_factor: FormFactor) -> Option<&'static str> {
    Some(match form_factor {
        FormFactor::Inch525 => "5.25 inches",
        FormFactor::Inch35 => "3.5 inches",
        FormFactor::Inch25 => "2.5 inches",
        FormFactor::Inch18 => "1.8 inches",
        FormFactor::BelowInch18 => "< 1.8 inches",
        FormFactor::MSata => "mSATA",
        FormFactor::M2 => "M.2",
        FormFactor::MicroSsd => "MicroSSD",
        FormFactor::CFast => "CFast",
        FormFactor::Other(_) => return None,
    })
}

fn status(status: Status) -> Value {
    match status {
        Status::Passed => object!({ "passed": true }),
        Status::ThresholdExceeded => object!({ "passed": false }),
        Status::Unknown(_) => object!({ "passed": Value::Null }),
    }
}

fn smart(data: &Data) -> Value {
    object!({
        "revision": data.revision,
        "offline_data_collection_status": data.offline_status,
        "offline_data_collection_seconds": data.offline_seconds,
        "offline_capability": data.offline_capability,
        "capability": data.capability,
        "error_log": data.error_log,
        "self_test": data.self_test.map(outcome),
        "self_test_remaining_percent": data.self_test.filter(|test| *test == Outcome::InProgress).and(data.self_test_left),
        "self_test_minutes": object!({
            "short": data.short_minutes,
            "extended": data.extended_minutes,
            "conveyance": data.conveyance_minutes,
        }),
    })
}

fn meanings(answers: &Answers) -> Meanings {
    let text = |of: fn(&Identify) -> Option<&str>| answers.identify.as_ref().ok().and_then(of).unwrap_or_default();
    Meanings::of(text(|identify| identify.model.as_deref()), text(|identify| identify.firmware.as_deref()))
}

fn attribute(answers: &Answers, meanings: &Meanings, attribute: &Attribute) -> Value {
    let threshold = answers.thresholds.as_ref().ok().and_then(|thresholds| thresholds.of(attribute.id));
    let meaning = meanings.get(attribute.id);
    let flag = |bit: u16| attribute.flags >> bit & 1 == 1;
    object!({
        "id": attribute.id,
        "name": meaning.map(|meaning| attribute_name(meaning.what)),
        "value": attribute.value,
        "worst": attribute.worst,
        "threshold": threshold,
        "failed": threshold.and_then(|threshold| attribute.standing(threshold)).and_then(|standing| match standing {
            Standing::Above => None,
            Standing::BelowOnce => Some("past"),
            Standing::Below => Some("now"),
        }),
        "flags": object!({
            "value": attribute.flags,
            "prefailure": attribute.prefailure(),
            "updated_online": flag(1),
            "performance": flag(2),
            "error_rate": flag(3),
            "event_count": flag(4),
            "auto_keep": flag(5),
        }),
        "raw": attribute.raw,
        "decoded": meaning.map(|meaning| decoded(decode(meaning, attribute.raw), meaning.unit)),
    })
}

fn decoded(value: attributes::Value, unit: Unit) -> Value {
    let unit = match unit {
        Unit::Sectors => "sectors",
        Unit::Blocks => "blocks",
        Unit::Errors => "errors",
        Unit::Commands => "commands",
        Unit::Times => "times",
        Unit::Cycles => "cycles",
        Unit::Hours => "hours",
        Unit::Celsius => "celsius",
        Unit::Percent => "percent",
    };
    match value {
        attributes::Value::Count(count) => object!({ "value": count, "unit": unit }),
        attributes::Value::Words(words) => object!({ "value": value.count(), "unit": unit, "words": words }),
        attributes::Value::Rate { errors, operations } => {
            object!({ "value": errors, "unit": unit, "operations": operations })
        }
        attributes::Value::Temperature { now, range } => object!({
            "value": now,
            "unit": unit,
            "min": range.map(|(low, _)| low),
            "max": range.map(|(_, high)| high),
        }),
        // The normalised value says it, or nothing does.
        attributes::Value::Normalised | attributes::Value::Implausible => Value::Null,
    }
}

fn find<T>(
    answers: &Answers,
    meanings: &Meanings,
    pick: impl Fn(&attributes::Meaning, attributes::Value) -> Option<T>,
) -> Option<T> {
    let data = answers.smart.as_ref().ok()?;
    data.attributes.iter().find_map(|attribute| {
        let meaning = meanings.get(attribute.id)?;
        pick(meaning, decode(meaning, attribute.raw))
    })
}

fn count(answers: &Answers, meanings: &Meanings, what: attributes::What) -> Option<u64> {
    let page = match what {
        attributes::What::PowerOnHours => Some((1, 16)),
        attributes::What::PowerCycles => Some((1, 8)),
        _ => None,
    };
    let by_statistics = || {
        let (page, offset) = page?;
        u64::try_from(answers.statistics.as_ref().ok()?.value(page, offset)?).ok()
    };
    find(answers, meanings, |meaning, value| value.count().filter(|_| meaning.what == what)).or_else(by_statistics)
}

/// By SCT, which is defined; else by an attribute.
fn temperature(answers: &Answers, meanings: &Meanings) -> Option<i64> {
    let by_sct = answers.sct.as_ref().ok().and_then(|sct| sct.temperature).map(i64::from);
    let by_statistics = || answers.statistics.as_ref().ok().and_then(|statistics| statistics.value(5, 8));
    let by_attribute = |_: &attributes::Meaning, value| match value {
        attributes::Value::Temperature { now, .. } => Some(i64::from(now)),
        _ => None,
    };
    by_sct.or_else(by_statistics).or_else(|| find(answers, meanings, by_attribute))
}

fn directory(directory: &Directory) -> Value {
    let log = |(log, pages): &(u8, u16)| object!({ "log": log, "pages": pages });
    object!({ "version": directory.version, "logs": directory.logs.iter().map(log).collect::<Vec<_>>() })
}

fn errors(log: &ErrorLog, extended: bool) -> Value {
    object!({
        "extended": extended,
        "version": log.version,
        "count": log.count,
        "logged": log.entries.len(),
        "entries": log.entries.iter().map(error).collect::<Vec<_>>(),
    })
}

fn error(entry: &ErrorEntry) -> Value {
    object!({
        "number": entry.number,
        "hours": entry.hours,
        "state": entry.state_name(),
        "kinds": entry.kinds().iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "device_fault": entry.device_fault(),
        "lba": entry.lba,
        "registers": object!({
            "error": entry.error,
            "status": entry.status,
            "count": entry.count,
            "device": entry.device,
        }),
        "commands": entry.commands.iter().map(command).collect::<Vec<_>>(),
    })
}

fn command(command: &Command) -> Value {
    object!({
        "milliseconds": command.milliseconds,
        "command": command.opcode,
        "features": command.feature,
        "count": command.count,
        "lba": command.lba,
        "device": command.device,
        "device_control": command.control,
    })
}

fn self_tests(log: &SelfTestLog, extended: bool) -> Value {
    object!({
        "extended": extended,
        "revision": log.revision,
        "count": log.tests.len(),
        "tests": log.tests.iter().map(self_test).collect::<Vec<_>>(),
    })
}

fn self_test(test: &SelfTest) -> Value {
    let (kind, number) = match test.kind {
        Kind::Offline => ("offline", None),
        Kind::Short => ("short", None),
        Kind::Extended => ("extended", None),
        Kind::Conveyance => ("conveyance", None),
        Kind::Selective => ("selective", None),
        Kind::Abort => ("abort", None),
        Kind::Other(number) => ("other", Some(number)),
    };
    object!({
        "kind": kind,
        "kind_number": number,
        "outcome": outcome(test.outcome),
        "passed": match test.outcome {
            Outcome::Passed => Some(true),
            outcome => outcome.failed().then_some(false),
        },
        "remaining_percent": test.left,
        "hours": test.hours,
        "checkpoint": test.checkpoint,
        "lba": test.failing_lba,
    })
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::AbortedByHost => "aborted-by-host",
        Outcome::Interrupted => "interrupted",
        Outcome::Fatal => "fatal",
        Outcome::FailedUnknown => "failed-unknown",
        Outcome::FailedElectrical => "failed-electrical",
        Outcome::FailedServo => "failed-servo",
        Outcome::FailedRead => "failed-read",
        Outcome::HandlingDamage => "handling-damage",
        Outcome::InProgress => "in-progress",
        Outcome::Other(_) => "unknown",
    }
}

fn statistics(log: &DeviceStatistics) -> Value {
    let statistic = |statistic: &Statistic| {
        object!({
            "page": statistic.page,
            "offset": statistic.offset,
            "name": statistic.name(),
            "value": statistic.value(),
            "unit": statistic.unit(),
            "raw": statistic.raw,
            "flags": object!({
                "valid": statistic.valid(),
                "normalized": statistic.normalized(),
                "supports_notification": statistic.notifies(),
                "monitored_condition_met": statistic.monitored_condition(),
            }),
        })
    };
    object!({ "pages": &log.listed, "statistics": log.statistics.iter().map(statistic).collect::<Vec<_>>() })
}

fn phy(events: &PhyEvents) -> Value {
    let counter = |counter: &arraywatch_parsers::ata::logs::phy::Counter| {
        object!({
            "id": counter.id,
            "name": counter.name(),
            "bytes": counter.bytes,
            "value": counter.value,
            "overflow": counter.saturated,
        })
    };
    events.counters.iter().map(counter).collect()
}

fn sct(sct: &SctStatus) -> Value {
    object!({
        "version": sct.version,
        "state": sct.state.map(|state| match state {
            DeviceState::Active => "active",
            DeviceState::Standby => "standby",
            DeviceState::Sleep => "sleep",
            DeviceState::SelfTest => "self-test",
            DeviceState::OfflineCollection => "offline-data-collection",
            DeviceState::SctCommand => "sct-command",
            DeviceState::Other(_) => "unknown",
        }),
        "temperature_celsius": object!({
            "current": sct.temperature,
            "power_cycle_min": sct.temperature_min,
            "power_cycle_max": sct.temperature_max,
            "lifetime_min": sct.temperature_life_min,
            "lifetime_max": sct.temperature_life_max,
            "limit": sct.temperature_limit,
            "under_limit_count": sct.under_limit,
            "over_limit_count": sct.over_limit,
        }),
        "smart_status": sct.smart_status.map(status),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::ata::read;
    use crate::probes::ata::tests::{DEVICE, Disk};

    /// Where in the JSON, and what is there.
    #[test]
    fn a_drive_that_tells_all() {
        let value = ata(&read(&mut Disk::well().host(), DEVICE));
        let check = |pointer: &str, expect: Value| assert_eq!(value.pointer(pointer), Some(&expect), "{pointer}");
        check("/power_mode", json!("active-or-idle"));
        check("/identity/model", json!("ST4000NM0035-1V4107"));
        check("/identity/serial", json!("ZC10SER1"));
        check("/identity/wwn", json!("0x5000c500a1b2c3d4"));
        check("/identity/bytes", json!(4_000_787_030_016_u64));
        check("/identity/rotations_per_minute", json!(7200));
        check("/identity/link_gigabits", json!(6.0));
        check("/smart_status", object!({ "passed": true }));
        check("/attributes/0/id", json!(5));
        check("/attributes/0/threshold", json!(10));
        check("/attributes/0/failed", json!(null));
        check("/attributes/0/flags/prefailure", json!(true));
        check("/attributes/0/decoded", object!({ "value": 0, "unit": "sectors" }));
        check("/power_on_hours", json!(15_634));
        check("/power_cycles", json!(27));
        check("/temperature_celsius", json!(36));
        check("/error_log/extended", json!(true));
        check("/error_log/count", json!(0));
        check("/self_test_log/tests/0/outcome", json!("passed"));
        check("/self_test_log/tests/0/hours", json!(15_000));
        check("/device_statistics/pages", json!([1, 3, 4, 5, 6]));
        check("/device_statistics/statistics/0/name", json!("Lifetime Power-On Resets"));
        check("/device_statistics/statistics/0/value", json!(27));
        check("/phy_counters/0/id", json!(1));
        check("/phy_counters/0/value", json!(0));
        check("/sct_status/temperature_celsius/current", json!(36));
        check("/sct_status/temperature_celsius/limit", json!(60));
        check("/commands", json!(16));
        check("/slowest_ms", json!(0.092));
        check("/stopped", json!(null));
        check("/missing", json!([]));
    }

    #[test]
    fn a_drive_that_tells_nothing() {
        let value = ata(&Answers::default());
        assert_eq!(value.pointer("/identity"), Some(&Value::Null));
        assert_eq!(value.pointer("/attributes"), Some(&Value::Null));
        assert_eq!(value.pointer("/commands"), Some(&json!(0)));
    }
}
