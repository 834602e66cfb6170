//! Storage Manager logs: who sat where, by the daily drive map; what the controller warned of.

use super::families::{Family, Observer};
use super::log::{Entry, Log, LogObserver, Records};
use super::source::Options;
use crate::model::{Fact, Kind, Observation, Severity, Subject, When};
use crate::report::clean;
use arraywatch_parsers::adaptec::storage_manager::{self as parser, Location, Meaning, Record};
use arraywatch_parsers::form::Field;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Events kept one by one; a log that warns more often is summed up.
const EVENTS_MAX: usize = 10_000;

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
        Box::new(LogObserver::new(grammar, Events::default(), self.name(), source, front, options))
    }
}

#[derive(Default)]
struct Events {
    /// By bay, who sat there, in order.
    occupancies: BTreeMap<Subject, Vec<Occupancy>>,
    kept: usize,
}

/// What equal reports say of a bay.
struct Occupancy {
    serial: String,
    vendor: String,
    model: String,
    first: When,
    first_span: Range<u64>,
    last: When,
    reports: u64,
    identity: Vec<u8>,
}

impl Records<parser::StorageManager> for Events {
    fn host<'a>(record: &'a Record<'_>) -> Option<&'a str> {
        record.host.filter(|host| *host != LOCAL)
    }

    fn record(&mut self, log: &mut Log, host: &str, Entry { span, line, at }: Entry<'_>, record: &Record<'_>) {
        let at = log.when(at, record.written);
        match record.meaning {
            Some(Meaning::DriveMap) => self.drive(host, span, line, at, record),
            Some(Meaning::ServiceStarted) => {
                push(log, line, &span, at, Subject::host(host), Fact::Recorder { runs: true }, record);
            }
            Some(Meaning::ServiceFailedToStart) => {
                push(log, line, &span, at, Subject::host(host), Fact::Recorder { runs: false }, record);
            }
            None if severity(record) == Severity::Info || self.kept >= EVENTS_MAX => log.source.events_counted += 1,
            None => {
                self.kept += 1;
                let fact = Fact::Event { number: record.event };
                push(log, line, &span, at, subject(host, record.location), fact, record);
            }
        }
    }

    fn recant(&mut self, span: &Range<u64>) {
        for occupancies in self.occupancies.values_mut() {
            occupancies.retain(|occupancy| occupancy.first_span != *span);
        }
    }

    fn finish(&mut self, log: &mut Log) {
        for (bay, occupancies) in std::mem::take(&mut self.occupancies) {
            for occupancy in merge(occupancies) {
                let id = log.identity(&occupancy.identity);
                let text = format!(
                    "drive map: {} {} in {}, {} reports to {}",
                    clean(&occupancy.model),
                    clean(&occupancy.serial),
                    bay.path(),
                    occupancy.reports,
                    occupancy.last.written.as_deref().unwrap_or_default(),
                );
                let observation = Observation {
                    id,
                    at: occupancy.first,
                    subject: Subject::drive(&occupancy.serial),
                    fact: Fact::Occupies {
                        bay: bay.clone(),
                        vendor: Some(occupancy.vendor),
                        model: Some(occupancy.model),
                        last: occupancy.last,
                        reports: occupancy.reports,
                    },
                    severity: Severity::Info,
                    evidence: log.evidence(&occupancy.first_span),
                    text,
                };
                log.source.observations.push(observation);
            }
        }
    }
}

impl Events {
    fn drive(&mut self, host: &str, span: Range<u64>, line: &[u8], at: When, record: &Record<'_>) {
        let number = |field| record.values.number(field).unwrap_or(0);
        let text = |field| record.values.text(field).unwrap_or_default().to_owned();
        let path = format!("c{}/e{}/s{}", number(Field::Controller), number(Field::Enclosure), number(Field::Slot));
        let occupancies = self.occupancies.entry(Subject::within(Kind::Bay, host, &path)).or_default();
        let (serial, vendor, model) = (text(Field::Serial), text(Field::Vendor), text(Field::Model));
        match occupancies
            .last_mut()
            .filter(|last| last.serial == serial && last.vendor == vendor && last.model == model)
        {
            Some(last) => {
                last.last = at;
                last.reports += 1;
            }
            None => occupancies.push(Occupancy {
                serial,
                vendor,
                model,
                first: at.clone(),
                first_span: span,
                last: at,
                reports: 1,
                identity: line.to_vec(),
            }),
        }
    }
}

/// Joins what a record between them kept apart that was recanted since.
fn merge(occupancies: Vec<Occupancy>) -> Vec<Occupancy> {
    let mut merged: Vec<Occupancy> = Vec::new();
    for next in occupancies {
        match merged.last_mut().filter(|last| last.serial == next.serial) {
            Some(last) => {
                last.last = next.last;
                last.reports += next.reports;
            }
            None => merged.push(next),
        }
    }
    merged
}

fn push(log: &mut Log, line: &[u8], span: &Range<u64>, at: When, subject: Subject, fact: Fact, record: &Record<'_>) {
    let severity = match fact {
        Fact::Recorder { runs: true } => Severity::Info,
        _ => severity(record),
    };
    let (id, evidence) = (log.identity(line), log.evidence(span));
    log.source.observations.push(Observation { id, at, subject, fact, severity, evidence, text: clean(record.text) });
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
