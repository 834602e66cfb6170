//! What the management controller says of supplies, fans, temperatures, and what its event log tells.

pub(in crate::observe) mod judge;
pub(in crate::observe) mod log;

pub(super) use log::events;

use super::Read;
use super::reason::says;
use crate::machine::Failed;
use crate::model::{Ailment, Kind, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread};
use crate::probes::bmc::{Answers, Cut, Sensed};
use crate::probes::got::Missing;
use crate::words::{clean, number_of};
use arraywatch_parsers::ipmi::event::{Event, sensor_words, states};
use arraywatch_parsers::ipmi::sdr::{Body, Sensor};
use arraywatch_parsers::ipmi::sel::Time;
use arraywatch_parsers::ipmi::sensor::unit_words;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Sensor types (IPMI 2.0, table 42-3).
const TEMPERATURE: u8 = 0x01;
const VOLTAGE: u8 = 0x02;
const CURRENT: u8 = 0x03;
const FAN: u8 = 0x04;
pub(in crate::observe) const SUPPLY: u8 = 0x08;
pub(in crate::observe) const UNIT: u8 = 0x09;
const COOLING: u8 = 0x0a;
const SLOT: u8 = 0x0d;
const BATTERY: u8 = 0x29;

/// Entity ID of a power supply (table 43-13), and the event type of redundancy (table 42-2).
pub(in crate::observe) const SUPPLY_ENTITY: u8 = 0x0a;
pub(in crate::observe) const REDUNDANCY: u8 = 0x0b;

/// A clock that is off by so many seconds says another time than the host's.
const CLOCK_OFF: i64 = 120;

/// What its sensors say.
pub(super) fn things(host: &str, answers: &Answers, at: DateTime<Utc>) -> Vec<Read> {
    let mut supplies: BTreeMap<String, (Vec<Reason>, String)> = BTreeMap::new();
    let mut reasons = Vec::new();
    let of =
        |sensed: &Sensed| supply(sensed.sensor.sensor_type, sensed.sensor.kind, sensed.number, Some(&sensed.sensor));
    // A place without a supply is none, as a bay without a drive is none: one that was there is missed.
    let empty: BTreeSet<String> =
        answers.sensors.iter().filter(|sensed| judge::is_empty_place(sensed)).filter_map(of).collect();
    for sensed in &answers.sensors {
        let found = judge::sensor(sensed);
        match of(sensed).filter(|path| !empty.contains(path)) {
            Some(path) => supplies.entry(path).or_insert_with(|| (Vec::new(), name(sensed))).0.extend(found),
            None => reasons.extend(found),
        }
    }
    if let Ok(chassis) = &answers.chassis {
        // Also when nothing is the matter: else nobody would know that a fault is over.
        let (power, _) =
            supplies.entry(String::new()).or_insert_with(|| (Vec::new(), "main power, by the chassis".to_owned()));
        for (is, key, severity, text) in [
            (chassis.power_fault, "chassis-power-fault", Severity::Critical, "the main power has a fault"),
            (chassis.overload, "chassis-overload", Severity::Critical, "the power is overloaded"),
            (chassis.control_fault, "chassis-control", Severity::Warning, "the power could not be switched as asked"),
        ] {
            let text = format!("{text} (chassis status of the BMC)");
            power.extend(is.then(|| says(Ailment::SupplyFailed, key, severity, text)));
        }
        for (is, ailment, key, text) in [
            (chassis.cooling_fault, Ailment::FanFailed, "chassis-cooling", "a fan or the cooling has a fault"),
            (chassis.drive_fault, Ailment::PartFailed, "chassis-drive", "a drive has a fault"),
        ] {
            let text = format!("{text} (chassis status of the BMC)");
            reasons.extend(is.then(|| says(ailment, key, Severity::Warning, text)));
        }
    }
    reasons.extend(record(answers, at));
    sort(&mut reasons);
    let reading = Reading { thing: Thing::Host, reasons, unread: unread(answers) };
    let text = title(answers.sensors.len());
    let mut things = vec![Read { subject: Subject::host(host), reading, text, values: Vec::new() }];
    things.extend(supplies.into_iter().map(|(path, (mut reasons, text))| {
        sort(&mut reasons);
        let reading = Reading { thing: Thing::Power, reasons, unread: None };
        Read { subject: Subject::within(Kind::Power, host, &path), reading, text, values: Vec::new() }
    }));
    things
}

/// What it is, for people.
pub(in crate::observe) fn title(sensors: usize) -> String {
    match sensors {
        0 => NO_SENSORS.to_owned(),
        sensors => format!("management controller, {}", number_of(sensors as u64, "sensor", "sensors")),
    }
}

/// One that has no sensors: of the housing it says nothing, and so not that it is well.
pub const NO_SENSORS: &str = "management controller, which has no sensors";

/// The gravest first.
pub(in crate::observe) fn sort(reasons: &mut [Reason]) {
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
}

/// Of which supply of the host a sensor is: `psu1`, or as it is named; empty for all that feeds the host. None of a sensor of
/// something else.
fn supply(sensor_type: u8, kind: u8, number: u8, sensor: Option<&Sensor>) -> Option<String> {
    let of_supply = sensor_type == SUPPLY || sensor.is_some_and(|sensor| sensor.entity == SUPPLY_ENTITY);
    if sensor_type == UNIT || of_supply && kind == REDUNDANCY {
        return Some(String::new());
    }
    if !of_supply {
        return None;
    }
    let Some(sensor) = sensor.filter(|sensor| sensor.shared == 1) else { return Some(format!("sensor-{number:02x}")) };
    // Bit 7 tells a container; from 60h on instances are counted by their controller (IPMI 2.0, 39.1).
    let instance = sensor.instance & 0x7f;
    let instance = instance.checked_sub(0x60).unwrap_or(instance);
    Some(match (&sensor.name, instance) {
        (Some(name), 0) => clean(name).replace(['/', ' '], "-"),
        (None, 0) => format!("sensor-{number:02x}"),
        (_, instance) => format!("psu{instance}"),
    })
}

/// The sensor's name for people.
fn name(sensed: &Sensed) -> String {
    named(sensed.sensor.sensor_type, sensed.number, Some(&sensed.sensor))
}

fn named(sensor_type: u8, number: u8, sensor: Option<&Sensor>) -> String {
    let words = sensor_words(sensor_type).unwrap_or("sensor");
    match sensor.and_then(|sensor| sensor.name.as_deref()) {
        Some(name) => clean(name),
        None => format!("{words} {number:02X}h"),
    }
}

/// A raw reading or limit with its unit: "750 RPM".
fn quantity(sensor: &Sensor, raw: u8) -> Option<String> {
    let analog = sensor.analog.as_ref()?;
    let value = analog.factors.convert(raw)?;
    let unit = if analog.percent { " %" } else { "" };
    let value = format!("{value:.2}");
    let value = if value.contains('.') { value.trim_end_matches('0').trim_end_matches('.') } else { &value };
    Some(match unit_words(analog.unit) {
        Some(words) => format!("{value}{unit} {words}"),
        None => format!("{value}{unit}"),
    })
}

/// The sensor of a number, as the records have it.
fn sensor(answers: &Answers, number: u8) -> Option<&Sensor> {
    answers.records.iter().find_map(|record| match &record.body {
        Body::Sensor(sensor) if number.wrapping_sub(sensor.number) < sensor.shared => Some(&**sensor),
        _ => None,
    })
}

/// Whether the log can be relied on.
fn record(answers: &Answers, at: DateTime<Utc>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut tell = |key: &str, severity, text: String| {
        reasons.push(says(Ailment::RecordIncomplete, key, severity, text));
    };
    if let Ok(log) = &answers.log {
        let free = log.free.unwrap_or(u16::MAX);
        // An entry takes 16 bytes.
        let all = u32::from(log.entries).saturating_mul(16).saturating_add(u32::from(free));
        if log.entries == 0 {
            // Not every BMC says when its log was cleared: that it is empty by now is all that shows.
            tell(
                "sel-empty",
                Severity::Info,
                "its event log (SEL) is empty: it was cleared, or nothing has happened yet".to_owned(),
            );
        }
        if log.overflow == Some(true) {
            tell("sel-full", Severity::Warning, "its event log was full, and events were lost (SEL)".to_owned());
        } else if free < 16 {
            tell(
                "sel-full",
                Severity::Warning,
                "its event log is full: what happens next is not told (SEL)".to_owned(),
            );
        } else if u32::from(free) < all / 10 {
            tell(
                "sel-full",
                Severity::Warning,
                "its event log is almost full: less than a tenth is free (SEL)".to_owned(),
            );
        }
    }
    match answers.clock {
        Ok(Time::Clock(clock)) => {
            let off = i64::from(clock) - at.timestamp();
            if off.abs() > CLOCK_OFF {
                let side = if off > 0 { "ahead of" } else { "behind" };
                let text = format!("its clock is {} {side} the host's (SEL time)", about(off));
                tell("sel-clock", Severity::Info, text);
            }
        }
        Ok(Time::SinceStart(_) | Time::Unset) => {
            let text = "its clock was never set: its log says when only since it started (SEL time)";
            tell("sel-clock", Severity::Info, text.to_owned());
        }
        Err(_) => {}
    }
    if let Some(cut) = answers.entries_cut {
        let why = match cut {
            Cut::Loop => "it leads back to where it came from".to_owned(),
            Cut::Long => "it is too long, or takes too long".to_owned(),
            Cut::Why(Missing::Failed(_) | Missing::NotAsked) => return reasons,
            Cut::Why(why) => why.to_string(),
        };
        tell("sel-cut", Severity::Info, format!("its event log was not read to its end: {why}"));
    }
    reasons
}

/// How far a clock is off, so coarse that it is the same from one reading to the next.
fn about(seconds: i64) -> String {
    let seconds = seconds.abs();
    let to = |unit: i64| (seconds + unit / 2) / unit * unit;
    let rounded = match seconds {
        ..3_600 => to(300).max(300),
        3_600..86_400 => to(900),
        _ => to(86_400),
    };
    format!("about {}", crate::words::duration(TimeDelta::seconds(rounded)))
}

fn unread(answers: &Answers) -> Option<Unread> {
    let (why, text) = match (answers.stopped, &answers.device) {
        (Some(Missing::Failed(Failed::NoAnswer)), _) => {
            (WhyUnread::NotAnswering, "the BMC was asked and did not answer in time".to_owned())
        }
        (Some(Missing::Failed(Failed::Quarantined)), _) => {
            (WhyUnread::Quarantined, "the BMC did not answer before, and is left alone for a while".to_owned())
        }
        (Some(Missing::Failed(Failed::NotAsked)), _) => (WhyUnread::ControllerBusy, "the BMC was not asked".to_owned()),
        (Some(Missing::Failed(failed)), _) if failed.is_denial() => {
            (WhyUnread::Denied, "whoever asks the BMC may not: arraywatch needs to be root for this".to_owned())
        }
        (Some(failed), _) => (WhyUnread::NotAnswering, format!("the BMC could not be asked: {failed}")),
        (None, Err(why)) => (WhyUnread::NotUnderstood, format!("the BMC does not say what it is: {why}")),
        (None, Ok(_)) => match answers.records_cut {
            Some(why) => {
                (WhyUnread::NotUnderstood, format!("the BMC's list of sensors was not read to its end: {why}"))
            }
            None => return None,
        },
    };
    Some(Unread { why, text })
}

#[cfg(test)]
mod tests;
