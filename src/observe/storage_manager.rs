//! Storage Manager logs: who sat where, by the daily drive map; what the controller warned of.

use super::families::{Family, Observer};
use super::log::{LogObserver, Says};
use super::source::Options;
use crate::model::{Fact, Kind, Severity, Statement, Subject};
use crate::words::clean;
use arraywatch_parsers::adaptec::storage_manager::{self as parser, Location, Meaning, Record};
use arraywatch_parsers::form::Field;
use std::sync::Arc;

/// What the log writes where a host's name would stand, of events of the machine that writes.
const LOCAL: &str = "Local only";

/// The family.
pub(super) struct StorageManager;

impl Family for StorageManager {
    fn name(&self) -> &'static str {
        "adaptec-storage-manager"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        parser::StorageManager::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, front: &[u8], options: &Options) -> Box<dyn Observer> {
        let grammar = parser::StorageManager::default().learn(front);
        Box::new(LogObserver::<_, Events>::new(grammar, self.name(), source, front, options))
    }
}

#[derive(Default)]
struct Events;

impl Says<parser::StorageManager> for Events {
    fn host<'a>(record: &'a Record<'_>) -> Option<&'a str> {
        record.host.filter(|host| *host != LOCAL)
    }

    fn free_text<'a>(record: &'a Record<'_>) -> Option<&'a str> {
        record.meaning.is_none().then_some(record.text)
    }

    fn statement(&self, host: &str, record: &Record<'_>, text: Option<&str>) -> Statement {
        let mut severity = severity(record);
        let (subject, fact) = match record.meaning {
            Some(Meaning::DriveMap) => listed(host, record),
            Some(Meaning::ServiceStarted) => {
                severity = Severity::Info;
                (Subject::host(host), Fact::Recorder { runs: true })
            }
            Some(Meaning::ServiceFailedToStart) => (Subject::host(host), Fact::Recorder { runs: false }),
            None if severity == Severity::Info => {
                (subject(host, record.location), Fact::Logged { number: record.event })
            }
            None => (subject(host, record.location), Fact::Event { number: record.event, times: 1 }),
        };
        Statement { subject, fact, severity, text: clean(text.unwrap_or(record.text)) }
    }
}

/// A line of the daily drive map: a drive sits in a bay.
fn listed(host: &str, record: &Record<'_>) -> (Subject, Fact) {
    let number = |field| record.values.number(field).unwrap_or(0);
    let text = |field| record.values.text(field).map(str::to_owned);
    let path = format!("c{}/e{}/s{}", number(Field::Controller), number(Field::Enclosure), number(Field::Slot));
    let bay = Subject::within(Kind::Bay, host, &path);
    let drive = Subject::drive(record.values.text(Field::Serial).unwrap_or_default());
    (drive, Fact::Listed { bay, vendor: text(Field::Vendor), model: text(Field::Model) })
}

fn severity(record: &Record<'_>) -> Severity {
    match record.severity {
        parser::Severity::Information => Severity::Info,
        parser::Severity::Warning => Severity::Warning,
        parser::Severity::Error => Severity::Critical,
    }
}

/// What an event's location code names. Adapter 0 is none: the code counts adapters from 1.
fn subject(host: &str, location: Location) -> Subject {
    let Some(adapter) = location.adapter.filter(|adapter| *adapter > 0) else { return Subject::host(host) };
    match location.logical {
        Some(logical) => Subject::within(Kind::Array, host, &format!("c{adapter}/l{logical}")),
        None => Subject::within(Kind::Controller, host, &format!("c{adapter}")),
    }
}
