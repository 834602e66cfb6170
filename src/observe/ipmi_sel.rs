//! The event log of a BMC, as tools print it. What an entry comes to is judged as the live reader does ([`super::machine`]): it is the
//! same log.

use super::families::{Family, Observer};
use super::log::{LogObserver, Says};
use super::machine::Event;
use super::machine::bmc::log::{judged, over};
use super::machine::bmc::{REDUNDANCY, SUPPLY, UNIT};
use super::output::{Sheet, Tool};
use super::source::Options;
use crate::model::{Fact, Kind, Severity, Statement, Subject};
use crate::words::clean;
use arraywatch_parsers::ipmi::event::{What, sensor_words};
use arraywatch_parsers::ipmi::text::sel::{self, Body};
use arraywatch_parsers::ipmi::text::sensors::supply_number;
use arraywatch_parsers::ipmi::text::{Entry, State, verbose};
use arraywatch_parsers::output::Tally;
use arraywatch_parsers::time::Resolver;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// Of a type that is not known nothing is watched (table 42-3: reserved).
const NO_TYPE: u8 = 0xbf;

/// An entry a line.
pub(super) struct SelList;

impl Family for SelList {
    fn name(&self) -> &'static str {
        "ipmi-sel"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        sel::SelList::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, front: &[u8], options: &Options) -> Box<dyn Observer> {
        let grammar = sel::SelList::learn(front, options.modified.naive_utc());
        Box::new(LogObserver::<_, Entries>::new(grammar, self.name(), source, front, options))
    }
}

#[derive(Default)]
struct Entries;

impl Says<sel::SelList> for Entries {
    fn host<'a>(_record: &'a sel::Record<'_>) -> Option<&'a str> {
        None
    }

    fn free_text<'a>(record: &'a sel::Record<'_>) -> Option<&'a str> {
        // Of FreeIPMI's entries the values may tell whether the state came or went.
        match &record.body {
            Body::Sensor(entry) => entry.values.filter(|values| values.starts_with("Reading ")),
            Body::Oem(_) => None,
        }
    }

    fn statement(&self, host: &str, record: &sel::Record<'_>, text: Option<&str>) -> Statement {
        match &record.body {
            Body::Sensor(entry) => statement(host, &Entry { values: text.or(entry.values), ..*entry }),
            Body::Oem(text) => {
                let number = text.split_whitespace().nth(2).and_then(|kind| u32::from_str_radix(kind, 16).ok());
                let fact = Fact::Logged { number: number.unwrap_or_default() };
                let text = format!("an entry of the maker's own: {}", clean(text));
                Statement { subject: Subject::host(host), fact, severity: Severity::Info, text }
            }
        }
    }
}

/// What an entry says of a host.
fn statement(host: &str, entry: &Entry<'_>) -> Statement {
    let of = entry.sensor_type.unwrap_or(NO_TYPE);
    let supply = supply(of, entry);
    // FreeIPMI prints whether it came or went only if it is asked to: then its judgement tells, or it is taken to have come.
    let asserted = entry.asserted.unwrap_or(entry.state != Some(State::Nominal));
    let (mut fact, mut severity) = judged(of, entry.what, asserted, supply.is_some());
    let by_tool = match entry.state {
        Some(State::Critical) => Severity::Critical,
        Some(State::Warning | State::Other(_)) => Severity::Warning,
        Some(State::Nominal | State::None) | None => Severity::Info,
    };
    if severity == Severity::Info && by_tool > severity && asserted && entry.what == What::Unknown {
        (fact, severity) = (Fact::Event { number: of.into(), times: 1 }, by_tool);
    }
    let subject = match supply {
        Some(path) => Subject::within(Kind::Power, host, &path),
        None => Subject::host(host),
    };
    let words = if entry.text.is_empty() { "an event that the tool has no words for" } else { entry.text };
    let over = match entry.asserted {
        None if severity > Severity::Info => " (whether it came or went is not told)",
        _ => over(entry.what, asserted),
    };
    let values = entry.values.map(|values| format!(", {values}")).unwrap_or_default();
    let text = clean(&format!("{}: {words}{over}{values}", name(of, entry)));
    Statement { subject, fact, severity, text }
}

fn name(of: u8, entry: &Entry<'_>) -> String {
    let words = sensor_words(of).unwrap_or("sensor");
    match (entry.sensor, entry.number) {
        (Some(name), _) => name.to_owned(),
        (None, Some(number)) => format!("{words} {number:02X}h"),
        (None, None) => words.to_owned(),
    }
}

/// Of which supply of the host an entry is, as the live reader names it; empty for all that feeds the host.
fn supply(of: u8, entry: &Entry<'_>) -> Option<String> {
    let numbered = entry.sensor.and_then(supply_number);
    let of_supply = of == SUPPLY || numbered.is_some();
    if of == UNIT || of_supply && entry.kind == Some(REDUNDANCY) {
        return Some(String::new());
    }
    of_supply.then(|| match (numbered, entry.sensor, entry.number) {
        (Some(number), ..) => format!("psu{number}"),
        (None, Some(name), _) => path(name),
        (None, None, number) => format!("sensor-{:02x}", number.unwrap_or_default()),
    })
}

/// A sensor's name as a part of a subject.
pub(super) fn path(name: &str) -> String {
    clean(name).replace(['/', ' '], "-")
}

/// Record by record.
pub(super) struct Verbose;

impl Tool for Verbose {
    type Output = verbose::Verbose;

    const NAME: &'static str = "ipmi-sel-verbose";

    fn recognise(bytes: &[u8]) -> bool {
        verbose::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        verbose::verbose(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn sheet(output: &Self::Output, host: &str, at: DateTime<Utc>) -> Sheet {
        let mut resolver = Resolver::new(None);
        let mut time = |record: &verbose::Record| {
            record.local.map(|local| resolver.resolve(local, record.zone.as_deref(), None).utc)
        };
        // A record without a date was written after the one before it; of the first, nothing tells but the first that has one.
        let mut before = output.records.iter().find_map(&mut time).unwrap_or(at);
        let mut events = Vec::new();
        for record in &output.records {
            before = time(record).unwrap_or(before);
            let said = match record.entry() {
                Some(entry) => statement(host, &entry),
                None => {
                    let fact = Fact::Logged { number: record.kind.unwrap_or_default().into() };
                    let text = "an entry of the maker's own".to_owned();
                    Statement { subject: Subject::host(host), fact, severity: Severity::Info, text }
                }
            };
            let Statement { subject, fact, severity, text } = said;
            let name = format!("{:?} {:?} {text} {:?}", record.id, record.written, record.data).into_bytes();
            let written = record.written.as_deref().map(clean);
            events.push(Event { log: "ipmi-sel", name, at: before, written, subject, fact, severity, text });
        }
        Sheet { events, ..Sheet::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arraywatch_parsers::stream::Grammar as _;

    #[track_caller]
    fn check(line: &str, expect: &str) {
        let grammar = sel::SelList::learn(b"", DateTime::UNIX_EPOCH.naive_utc());
        let record = grammar.parse(line.as_bytes()).expect("a record");
        let Statement { subject, fact, severity, text } = Entries.statement("db7", &record, None);
        assert_eq!(format!("{subject} {} {}: {text}", fact.code(), severity.code()), expect, "{line}");
    }

    #[test]
    fn entries_come_to_what_the_live_log_does() {
        let at = "   1 | 11/08/2011 | 12:33:24 | ";
        let ipmitool = |rest: &str, expect: &str| check(&format!("{at}{rest}"), expect);
        ipmitool(
            "Power Supply PS2 Status | Power Supply AC lost | Asserted",
            "power:db7/psu2 supply-trouble critical: PS2 Status: Power Supply AC lost",
        );
        ipmitool(
            "Power Supply #0x50 | Power Supply AC lost | Deasserted",
            "power:db7/sensor-50 power-fine info: power supply 50h: Power Supply AC lost: no longer",
        );
        ipmitool(
            "Power Unit #0x02 | Redundancy Lost | Asserted",
            "power:db7 supply-trouble warning: power unit 02h: Redundancy Lost",
        );
        ipmitool("Fan Fans | Redundancy Lost | Asserted", "host:db7 housing-trouble warning: Fans: Redundancy Lost");
        ipmitool(
            "Temperature Exit Air | Upper Critical going high | Asserted | Reading 91 > Threshold 90 degrees C",
            "host:db7 housing-trouble critical: Exit Air: Upper Critical going high, Reading 91 > Threshold 90 degrees C",
        );
        ipmitool(
            "Drive Slot / Bay Drive 1 | Drive Fault | Asserted",
            "host:db7 member-error critical: Drive 1: Drive Fault",
        );
        ipmitool("Drive Slot / Bay Drive 1 | Hot Spare | Asserted", "host:db7 event info: Drive 1: Hot Spare");
        ipmitool("Battery CMOS | Low | Asserted", "host:db7 housing-trouble warning: CMOS: Low");
        ipmitool("Battery CMOS | Sour | Asserted", "host:db7 event-not-understood warning: CMOS: Sour");
        ipmitool("Unknown #0x17 | ", "host:db7 event info: Unknown: an event that the tool has no words for");
        ipmitool(
            "OEM record dd | 000137 | 01",
            "host:db7 event info: an entry of the maker's own: OEM record dd | 000137 | 01",
        );
    }

    #[test]
    fn freeipmi_may_not_say_whether_it_came_or_went() {
        let at = "1   | Nov-08-2011 | 04:33:24 | ";
        let freeipmi = |rest: &str, expect: &str| check(&format!("{at}{rest}"), expect);
        freeipmi(
            "PS1 Status | Power Supply | Power Supply input lost (AC/DC)",
            "power:db7/psu1 supply-trouble critical: PS1 Status: Power Supply input lost (AC/DC) (whether it came or went is not told)",
        );
        freeipmi(
            "PS1 Status | Power Supply | Nominal | Power Supply input lost (AC/DC)",
            "power:db7/psu1 power-fine info: PS1 Status: Power Supply input lost (AC/DC): no longer",
        );
        freeipmi(
            "BB +12V | Voltage | Lower Critical - going low ; Sensor Reading = 12,02 V ; Threshold = 10,90 V",
            "host:db7 event info: BB +12V: Lower Critical - going low: no longer, Sensor Reading = 12,02 V ; Threshold = 10,90 V",
        );
        freeipmi(
            "ME | OEM Reserved | Critical | Assertion Event | gone",
            "host:db7 event-not-understood critical: ME: gone",
        );
        freeipmi(
            "ME | OEM Reserved | Gloomy | Assertion Event | gone",
            "host:db7 event-not-understood warning: ME: gone",
        );
    }
}
