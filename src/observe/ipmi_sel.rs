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
