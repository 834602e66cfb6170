//! A BMC's sensors, as ipmitool prints them: the supplies and the housing, as the live reader judges them ([`super::machine`]). The lists
//! say no sensor's type; what unit, entity and name do not tell is not judged.

use super::ipmi_sel::path;
use super::machine::Read;
use super::machine::bmc::judge::{LIMITS, ailment, is_watched, record, severity};
use super::machine::bmc::{REDUNDANCY, SUPPLY, SUPPLY_ENTITY, UNIT, sort, title};
use super::machine::reason::says;
use super::output::{Sheet, Tool};
use crate::model::{Ailment, Kind, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread};
use crate::words::{clean, number_of};
use arraywatch_parsers::ipmi::event::{What, states};
use arraywatch_parsers::ipmi::text::sensors::{self, Sensor, Status, Value, supply_number};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Event type of the states that a sensor type has of its own.
const SPECIFIC: u8 = 0x6f;

/// The list.
pub(super) struct Sensors;

impl Tool for Sensors {
    type Output = sensors::Sensors;

    const NAME: &'static str = "ipmi-sensors";

    fn recognise(bytes: &[u8]) -> bool {
        sensors::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        sensors::sensors(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn sheet(output: &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        let mut supplies: BTreeMap<String, (Vec<Reason>, String)> = BTreeMap::new();
        let mut reasons = Vec::new();
        for sensor in &output.sensors {
            let found = judge(sensor);
            match supply(sensor) {
                Some(path) => supplies.entry(path).or_insert_with(|| (Vec::new(), clean(&sensor.name))).0.extend(found),
                None => reasons.extend(found),
            }
        }
        sort(&mut reasons);
        let unread = (output.tally.odds() > 0).then(|| Unread {
            why: WhyUnread::NotUnderstood,
            text: format!("{} of the list of sensors not understood", number_of(output.tally.odds(), "line", "lines")),
        });
        let reading = Reading { thing: Thing::Host, reasons, unread };
        let text = title(output.sensors.len());
        let mut things = vec![Read { subject: Subject::host(host), reading, text, values: Vec::new() }];
        things.extend(supplies.into_iter().map(|(path, (mut reasons, text))| {
            sort(&mut reasons);
            let reading = Reading { thing: Thing::Power, reasons, unread: None };
            Read { subject: Subject::within(Kind::Power, host, &path), reading, text, values: Vec::new() }
        }));
        Sheet { things, ..Sheet::default() }
    }
}

/// Of which supply of the host a sensor is, as the live reader names it; empty for all that feeds the host.
fn supply(sensor: &Sensor) -> Option<String> {
    let of_unit = sensor.sensor_type() == Some(UNIT);
    if of_unit || sensor.is_of_supply() && is_of_redundancy(sensor) {
        return Some(String::new());
    }
    sensor.is_of_supply().then(|| match (sensor.entity, supply_number(&sensor.name)) {
        (Some((_, instance)), _) if instance % 0x60 > 0 => format!("psu{}", instance % 0x60),
        (_, Some(number)) => format!("psu{number}"),
        (_, None) => path(&sensor.name),
    })
}

fn is_of_redundancy(sensor: &Sensor) -> bool {
    sensor.is_of_redundancy() || sensor.states().iter().any(|(kind, ..)| *kind == Some(REDUNDANCY))
}

/// What the matter is with what a sensor watches, as far as the list says.
fn judge(sensor: &Sensor) -> Vec<Reason> {
    let of = sensor.sensor_type();
    let entity = if sensor.is_of_supply() { SUPPLY_ENTITY } else { 0 };
    let ailment = ailment(of.unwrap_or_default(), entity);
    let name = clean(&sensor.name);
    let key = match sensor.number {
        Some(number) => format!("ipmi-{number:02x}"),
        None => format!("ipmi-{}", path(&sensor.name)),
    };
    let beyond = |gravest: Severity, words: &str| {
        let (side, limit) = crossed(sensor).unwrap_or_else(|| (words.to_owned(), String::new()));
        vec![says(ailment, &key, gravest, format!("{name} is {side}{limit}, says the BMC"))]
    };
    match &sensor.status {
        Status::NonCritical => beyond(Severity::Warning, "beyond its warning limit"),
        Status::Critical => beyond(Severity::Critical, "beyond its critical limit"),
        Status::NonRecoverable => beyond(Severity::Critical, "beyond its non-recoverable limit"),
        Status::Other(word) => {
            let text = format!("{name}: the state is \u{ab}{}\u{bb}, a word that is not known", clean(word));
            vec![says(ailment, &format!("{key}-state-word"), Severity::Warning, text)]
        }
        Status::States(bits) => {
            let redundancy = is_of_redundancy(sensor).then_some((REDUNDANCY, of.unwrap_or_default()));
            let Some((kind, of)) = redundancy.or(of.map(|of| (SPECIFIC, of))) else { return Vec::new() };
            let found = states(kind, of, *bits);
            if found.is_empty() && (kind, of) == (SPECIFIC, SUPPLY) {
                let text = format!("{name}: no supply is there, says the BMC");
                return vec![says(Ailment::SupplyFailed, &key, Severity::Info, text)];
            }
            let words = |words: Option<&'static str>| words.unwrap_or("a state that is not known");
            let found = found.into_iter().map(|(what, known)| (what, words(known)));
            found.filter_map(|(what, state)| discrete(what, of, state, &name, &key, ailment)).collect()
        }
        Status::Ok | Status::NoReading => {
            let states = sensor.states();
            let states = states.into_iter().map(|(_, what, word)| (what, word));
            let of = of.unwrap_or_default();
            states.filter_map(|(what, word)| discrete(what, of, word, &name, &key, ailment)).collect()
        }
    }
}

/// A state of a discrete sensor.
fn discrete(what: What, of: u8, state: &str, name: &str, key: &str, ailment: Ailment) -> Option<Reason> {
    let key = format!("{key}-{}", path(&state.replace(',', "-")));
    if let Some(lacks) = record(what) {
        let text = format!("{name}: {lacks}, says the BMC");
        return Some(says(Ailment::RecordIncomplete, &key, Severity::Warning, text));
    }
    let unknown = if what == What::Unknown && is_watched(of) { ", which is not known" } else { "" };
    let text = format!("{name}: {}{unknown}, says the BMC", clean(state));
    Some(says(ailment, &key, severity(what, of)?, text))
}

/// Which of its limits a reading is beyond, the gravest, if the list has it.
fn crossed(sensor: &Sensor) -> Option<(String, String)> {
    let Value::Quantity { number, unit } = &sensor.value else { return None };
    // In the order of the list: lower non-recoverable, critical, non-critical; upper non-critical, critical, non-recoverable.
    let places = [5, 0, 4, 1, 3, 2];
    LIMITS.iter().zip(places).find_map(|((_, _, words, _), place)| {
        let limit = sensor.thresholds.get(place).copied().flatten()?;
        let is = if place > 2 { *number >= limit } else { *number <= limit };
        is.then(|| ((*words).to_owned(), format!(" ({limit} {})", clean(unit))))
    })
}
