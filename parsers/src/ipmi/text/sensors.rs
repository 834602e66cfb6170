//! Lists of sensors: `ipmitool sensor`, `ipmitool sdr` and `ipmitool sdr elist`.
//!
//! ```text
//! CPU1 Temp        | 45.000     | degrees C  | ok    | 0.000     | 5.000     | 10.000    | 85.000    | 90.000    | 95.000
//! PS1 Status       | 0x0        | discrete   | 0x0180| na        | na        | na        | na        | na        | na
//! CPU1 Temp        | 45 degrees C      | ok
//! CPU1 Temp        | 30h | ok  |  3.1 | 45 degrees C
//! PS1 Status       | 61h | ok  | 10.1 | Presence detected, Power Supply AC lost
//! ```
//!
//! None has a last line that is always there: a list that ends between two lines shows nothing of that. Sources: `ipmi_sensor_print_fc`
//! and `ipmi_sensor_print_fc_discrete` in ipmitool's `lib/ipmi_sensor.c`, `ipmi_sdr_print_sensor_fc` in `lib/ipmi_sdr.c` (1.8.11 to
//! 1.8.19). Locales with a decimal comma write `45,000`.

use super::words;
use crate::ipmi::event::What;
use crate::output::{Tally, lines};

/// The sensors, and how far the list was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sensors {
    /// In the order of the list.
    pub sensors: Vec<Sensor>,
    /// How far.
    pub tally: Tally,
}

/// A sensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensor {
    /// As the BMC names it.
    pub name: String,
    /// Its number, of the generator's own counting (`sdr elist`).
    pub number: Option<u8>,
    /// Entity and instance that it is of (table 43-13; `sdr elist`).
    pub entity: Option<(u8, u8)>,
    /// How it is.
    pub status: Status,
    /// What it reads.
    pub value: Value,
    /// Its thresholds, in its unit (`ipmitool sensor`): lower non-recoverable, critical, non-critical; upper non-critical, critical,
    /// non-recoverable.
    pub thresholds: [Option<f64>; 6],
}

/// How a sensor is, by the column of its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// `ok`
    Ok,
    /// `nc`, `lnc`, `unc`: beyond its mildest threshold.
    NonCritical,
    /// `cr`, `lcr`, `ucr`
    Critical,
    /// `nr`, `lnr`, `unr`: the part may be damaged.
    NonRecoverable,
    /// `ns`, `na`: it has no reading.
    NoReading,
    /// `0x0180`: the states of a discrete sensor, as [`crate::ipmi::event::states`] reads them.
    States(u16),
    /// A word of no known state, as it stands.
    Other(String),
}

/// What a sensor reads.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A quantity.
    Quantity {
        /// The number.
        number: f64,
        /// The unit, in ipmitool's words: `degrees C`, `Volts`, `RPM`, `Watts`, `Amps`, `percent`.
        unit: String,
    },
    /// States of a discrete sensor in words, each as it stands.
    States(Vec<String>),
    /// Nothing, or a raw byte.
    None,
}

/// Sensor types (table 42-3) by the units that only they have.
const UNITS: [(&str, u8); 8] = [
    ("degrees C", 0x01),
    ("degrees F", 0x01),
    ("degrees K", 0x01),
    ("Volts", 0x02),
    ("Amps", 0x03),
    ("RPM", 0x04),
    ("CFM", 0x04),
    ("percent", 0x04),
];

/// Sensor types by the entity that discrete sensors of them are of (table 43-13): power supply, power unit and its management, drive
/// bays, battery.
const ENTITIES: [(u8, u8); 7] =
    [(0x0a, 0x08), (0x13, 0x09), (0x15, 0x09), (0x04, 0x0d), (0x0f, 0x0d), (0x1a, 0x0d), (0x28, 0x29)];

/// Entity ID of a power supply.
const SUPPLY: u8 = 0x0a;

impl Sensor {
    /// Its type (table 42-3), as far as unit, entity and name tell: no list prints it.
    pub fn sensor_type(&self) -> Option<u8> {
        if let Value::Quantity { unit, .. } = &self.value {
            return UNITS.iter().find(|(known, _)| known == unit).map(|(_, of)| *of);
        }
        let of_entity = self.entity.and_then(|(entity, _)| ENTITIES.iter().find(|(known, _)| *known == entity));
        let name = self.name.to_ascii_lowercase();
        let supply = || supply_number(&self.name).is_some() && name.contains("status");
        of_entity.map(|(_, of)| *of).or_else(|| supply().then_some(0x08)).or_else(|| match name.as_str() {
            name if name.contains("battery") => Some(0x29),
            name if name.starts_with("pwr unit") || name.starts_with("power unit") => Some(0x09),
            name if ["drive", "disk", "hdd"].iter().any(|part| name.starts_with(part)) => Some(0x0d),
            _ => None,
        })
    }

    /// Whether it is of a power supply.
    pub fn is_of_supply(&self) -> bool {
        let by_name =
            || supply_number(&self.name).is_some() || self.is_of_redundancy() && of_supply(&self.name).is_some();
        self.entity.map_or_else(by_name, |(entity, _)| entity == SUPPLY)
    }

    /// Whether it tells how redundant parts are: event type 0Bh, by its name.
    pub fn is_of_redundancy(&self) -> bool {
        self.name.to_ascii_lowercase().contains("redundan")
    }

    /// What is true of it by its states in words: event type and meaning of each, with the word as it stands.
    pub fn states(&self) -> Vec<(Option<u8>, What, &str)> {
        let Value::States(states) = &self.value else { return Vec::new() };
        let of = self.sensor_type();
        // Where the type is not known, the word tells it, unless several types have it.
        let others = [0x08, 0x09, 0x0d, 0x10, 0x12, 0x13, 0x1b, 0x05];
        let meaning = |word: &str| {
            words::meaning(of, word).or_else(|| others.iter().find_map(|of| words::meaning(Some(*of), word)))
        };
        let meant = |word: &String| meaning(word).map_or((None, What::Unknown), |meant| (Some(meant.kind), meant.what));
        states.iter().map(|word| (meant(word), word.as_str())).map(|((kind, what), word)| (kind, what, word)).collect()
    }
}

/// The number of the supply that a sensor's name names: 1 of `PS1 Status`, `PSU1_Temp`, `Power Supply 1`.
pub fn supply_number(name: &str) -> Option<u8> {
    let rest = of_supply(name)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok().filter(|number| *number > 0)
}

/// What stands behind the words for a supply that a name begins with, without blanks and capitals.
fn of_supply(name: &str) -> Option<String> {
    let plain = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '#'));
    let lower: String = plain.map(|c| c.to_ascii_lowercase()).collect();
    ["powersupply", "pwrsupply", "psu", "ps"].iter().find_map(|front| lower.strip_prefix(front)).map(str::to_owned)
}

/// Whether bytes are such a list: almost all of their lines are.
pub fn recognise(bytes: &[u8]) -> bool {
    let front = bytes.get(..FRONT).unwrap_or(bytes);
    let (mut all, mut sensors) = (0_u32, 0_u32);
    for line in lines(front).filter(|line| !line.text.trim().is_empty()) {
        all += 1;
        sensors += u32::from(sensor(&line.text).is_some());
    }
    sensors >= 2 && sensors.saturating_mul(4) >= all.saturating_mul(3)
}

/// No list is so long that its front is of something else.
const FRONT: usize = 64 * 1024;

/// Reads a list.
pub fn sensors(bytes: &[u8]) -> Sensors {
    let mut read = Sensors::default();
    let mut last = true;
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        read.tally.met();
        last = line.ended;
        match sensor(&line.text) {
            Some(sensor) => read.sensors.push(sensor),
            None => read.tally.odd(&line),
        }
    }
    if !last {
        read.tally.cut("its last line has no end");
    }
    read
}

fn sensor(line: &str) -> Option<Sensor> {
    let columns: Vec<&str> = line.split('|').map(str::trim).collect();
    let sensor = |name: &str, status, value| Sensor {
        name: name.to_owned(),
        number: None,
        entity: None,
        status,
        value,
        thresholds: [None; 6],
    };
    let read = match columns.as_slice() {
        [name, reading, "discrete", states, limits @ ..] if limits.len() == 6 => {
            let states = states.strip_prefix("0x").and_then(|digits| u16::from_str_radix(digits, 16).ok());
            let absent = matches!(*reading, "na" | "NA");
            // The byte of the states 0 to 7 stands first; the top bit of the other is reserved.
            let status = match states {
                Some(states) => Status::States(states.swap_bytes() & 0x7fff),
                None if absent => Status::NoReading,
                None => Status::Other(columns.get(3).copied().unwrap_or_default().to_owned()),
            };
            sensor(name, status, Value::None)
        }
        [name, reading, unit, word, limits @ ..] if limits.len() == 6 => {
            let limits: Vec<Option<f64>> = limits.iter().map(|limit| limit_of(limit)).collect::<Option<_>>()?;
            let value = match number(reading) {
                Some(number) => Value::Quantity { number, unit: (*unit).to_owned() },
                None if matches!(*reading, "na" | "NA" | "nan" | "") => Value::None,
                None => return None,
            };
            let thresholds = limits.try_into().ok()?;
            Sensor { thresholds, ..sensor(name, status(word)?, value) }
        }
        [name, number, word, entity, reading] => {
            let (entity, instance) = entity.split_once('.')?;
            Sensor {
                number: Some(u8::from_str_radix(number.strip_suffix('h')?, 16).ok()?),
                entity: Some((entity.trim().parse().ok()?, instance.trim().parse().ok()?)),
                ..sensor(name, status(word)?, value(reading))
            }
        }
        // Any text of three columns: only a known word tells it from others.
        [name, reading, word] => match status(word)? {
            Status::Other(other) if other.len() > 3 || !other.chars().all(|c| c.is_ascii_lowercase()) => return None,
            status => sensor(name, status, value(reading)),
        },
        _ => return None,
    };
    Some(read).filter(|read| !read.name.is_empty())
}

fn status(word: &str) -> Option<Status> {
    Some(match word {
        "" => return None,
        "ok" => Status::Ok,
        "nc" | "lnc" | "unc" => Status::NonCritical,
        "cr" | "lcr" | "ucr" => Status::Critical,
        "nr" | "lnr" | "unr" => Status::NonRecoverable,
        "ns" | "na" => Status::NoReading,
        other => Status::Other(other.to_owned()),
    })
}

/// A threshold; `na` is none. `None` of what is neither.
fn limit_of(text: &str) -> Option<Option<f64>> {
    match text {
        "na" | "NA" | "nan" => Some(None),
        other => number(other).map(Some),
    }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'));
    text.replace(',', ".").parse().ok().filter(|_| plain)
}

/// The reading of `sdr`: `45 degrees C`, `0x01`, `Presence detected, Power Supply AC lost`, `No Reading`.
fn value(text: &str) -> Value {
    let absent = ["no reading", "not readable", "disabled", "not available", ""];
    if absent.iter().any(|word| text.eq_ignore_ascii_case(word)) || text.starts_with("0x") {
        return Value::None;
    }
    let quantity = text.split_once(' ').and_then(|(front, unit)| Some((number(front)?, unit.trim())));
    match quantity {
        Some((number, unit)) => Value::Quantity { number, unit: unit.to_owned() },
        None => Value::States(states(text)),
    }
}

/// States between commas. One of them has a comma itself: `AC out-of-range, but present`.
fn states(text: &str) -> Vec<String> {
    let mut states: Vec<String> = Vec::new();
    for part in text.split(", ") {
        match states.last_mut() {
            Some(last) if part.to_ascii_lowercase().starts_with("but ") => last.push_str(&format!(", {part}")),
            _ => states.push(part.trim().to_owned()),
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(line: &str, expect: &str) {
        let got = sensor(line).map_or("none".to_owned(), |sensor| {
            let limits: Vec<String> = sensor.thresholds.iter().flatten().map(f64::to_string).collect();
            format!(
                "{} {:?} {:?} {:?} {:?} {} type {:?}",
                sensor.name,
                sensor.number,
                sensor.entity,
                sensor.status,
                sensor.value,
                limits.join(","),
                sensor.sensor_type(),
            )
        });
        assert_eq!(got, expect, "{line}");
    }

    #[test]
    fn sensor_lines() {
        check(
            "CPU1 Temp        | 91.000     | degrees C  | cr    | na        | 5.000     | 10,500    | 85.000    | 90.000    | na ",
            "CPU1 Temp None None Critical Quantity { number: 91.0, unit: \"degrees C\" } 5,10.5,85,90 type Some(1)",
        );
        check(
            "PS1 Status       | 0x0        | discrete   | 0x0980| na | na | na | na | na | na",
            "PS1 Status None None States(9) None  type Some(8)",
        );
        check("Fan3 | na | RPM | na | na | na | na | na | na | na", "Fan3 None None NoReading None  type None");
        check("Fan3 | 12 | RPM | ok | na | na | na", "none");
        check(
            "Fan3 | 4200 RPM          | ok",
            "Fan3 None None Ok Quantity { number: 4200.0, unit: \"RPM\" }  type Some(4)",
        );
        check("Fan3 | 4200 RPM | melted", "none");
        check(
            "Fan3 | 4200 RPM | xy",
            "Fan3 None None Other(\"xy\") Quantity { number: 4200.0, unit: \"RPM\" }  type Some(4)",
        );
        check(
            "Status | 86h | ok  | 10.2 | Presence detected, AC out-of-range, but present",
            "Status Some(134) Some((10, 2)) Ok States([\"Presence detected\", \"AC out-of-range, but present\"])  type Some(8)",
        );
        check("   1 | 11/08/2011 | 12:33:24 | Fan #0x30 | Lower Critical going low | Asserted", "none");
        check("name | | ", "none");
    }

    #[test]
    fn supplies_by_name() {
        let check = |name: &str, expect| assert_eq!(supply_number(name), expect, "{name}");
        check("PS1 Status", Some(1));
        check("PSU2_Temp", Some(2));
        check("Power Supply 1", Some(1));
        check("PS Redundancy", None);
        check("PSH", None);
        check("CPU1 Temp", None);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            recognise(&bytes);
            let read = sensors(&bytes);
            prop_assert!(read.tally.odds() <= read.tally.lines);
        }

        #[test]
        fn any_columns(columns in prop::collection::vec("[a-z0-9x., -]{0,12}", 0..12)) {
            if let Some(sensor) = sensor(&columns.join("|")) {
                sensor.states();
                sensor.sensor_type();
            }
        }
    }
}
