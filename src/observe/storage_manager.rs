//! Storage Manager logs: who sat where, by the daily drive map; what the controller warned of.

use super::drive_list::{DriveList, Line};
use super::families::{Family, Observer};
use super::log::{Entry, Log, LogObserver, Records};
use super::source::Options;
use crate::model::{Fact, Kind, Observation, Severity, Subject, When};
use crate::words::clean;
use arraywatch_parsers::adaptec::storage_manager::{self as parser, Location, Meaning, Record};
use arraywatch_parsers::form::Field;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Of equal events so many are kept one by one; those after are one observation, with their number and the time of the last.
const KEPT_MAX: u64 = 100;

/// Different events told apart; a log that has more of them has made them up.
const KINDS_MAX: usize = 1_000;

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
    /// By controller, which drives its reports list.
    lists: BTreeMap<Subject, DriveList>,
    /// By host, whether the service that records runs.
    recorder: BTreeMap<String, bool>,
    /// Events that no phrase explains, by what they are about and their number.
    repeats: BTreeMap<(Subject, u32), Repeats>,
}

/// Events of one number about one subject.
#[derive(Default)]
struct Repeats {
    kept: u64,
    /// Those that are too many to keep.
    rest: Option<Observation>,
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
            Some(Meaning::DriveMap) => self.drive(log, host, span, line, at, record),
            Some(Meaning::ServiceStarted | Meaning::ServiceFailedToStart) => {
                let runs = record.meaning == Some(Meaning::ServiceStarted);
                // That it started again says nothing new.
                if self.recorder.insert(host.to_owned(), runs) == Some(runs) {
                    log.source.events_counted += 1;
                    return;
                }
                let (subject, fact) = (Subject::host(host), Fact::Recorder { runs });
                let observation = observation(log, line, &span, at, subject, fact, record);
                log.source.observations.push(observation);
            }
            None if severity(record) == Severity::Info => log.source.events_counted += 1,
            None => self.event(host, log, &span, line, at, record),
        }
    }

    fn recant(&mut self, span: &Range<u64>) {
        for occupancies in self.occupancies.values_mut() {
            occupancies.retain(|occupancy| occupancy.first_span != *span);
        }
    }

    fn finish(&mut self, log: &mut Log) {
        let rest = std::mem::take(&mut self.repeats).into_values().filter_map(|repeats| repeats.rest);
        log.source.observations.extend(rest);
        let occupancies = std::mem::take(&mut self.occupancies).into_iter();
        let occupancies: BTreeMap<Subject, Vec<Occupancy>> =
            occupancies.map(|(bay, occupancies)| (bay, merge(occupancies))).collect();
        self.missing(log, &occupancies);
        replaced(log, &occupancies);
        for (bay, occupancies) in occupancies {
            for occupancy in occupancies {
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
    /// An event that warns in words that no phrase explains: kept while there are few like it, counted after.
    fn event(&mut self, host: &str, log: &mut Log, span: &Range<u64>, line: &[u8], at: When, record: &Record<'_>) {
        let mut key = (subject(host, record.location), record.event);
        if self.repeats.len() >= KINDS_MAX && !self.repeats.contains_key(&key) {
            key = (Subject::host(host), 0);
        }
        let repeats = self.repeats.entry(key.clone()).or_default();
        if let Some(Observation { at: known, fact: Fact::Event { times, .. }, .. }) = &mut repeats.rest {
            *times += 1;
            known.until = Some(at.utc);
            return;
        }
        let fact = Fact::Event { number: key.1, times: 1 };
        let observation = observation(log, line, span, at, key.0, fact, record);
        repeats.kept += 1;
        if repeats.kept > KEPT_MAX {
            repeats.rest = Some(observation);
        } else {
            log.source.observations.push(observation);
        }
    }

    /// Drives that were listed and are no longer.
    fn missing(&mut self, log: &mut Log, occupancies: &BTreeMap<Subject, Vec<Occupancy>>) {
        let missing = std::mem::take(&mut self.lists).into_values();
        for (bay, at, span) in
            missing.flat_map(|list| list.finish(log.interrupted, log.last.as_ref())).collect::<Vec<_>>()
        {
            let Some(last) = occupancies.get(&bay).and_then(|occupancies| occupancies.last()) else { continue };
            let id = log.identity(format!("missing {} {bay} {}", last.serial, at.utc).as_bytes());
            let written = last.last.written.as_deref().unwrap_or_default();
            log.source.observations.push(Observation {
                id,
                at,
                subject: Subject::drive(&last.serial),
                fact: Fact::DriveMissing,
                severity: Severity::Warning,
                evidence: log.evidence(&span),
                text: format!("not in the drive map, which listed it in {} until {written}", bay.path()),
            });
        }
    }

    fn drive(&mut self, log: &Log, host: &str, span: Range<u64>, line: &[u8], at: When, record: &Record<'_>) {
        let number = |field| record.values.number(field).unwrap_or(0);
        let text = |field| record.values.text(field).unwrap_or_default().to_owned();
        let path = format!("c{}/e{}/s{}", number(Field::Controller), number(Field::Enclosure), number(Field::Slot));
        let bay = Subject::within(Kind::Bay, host, &path);
        let (serial, vendor, model) = (text(Field::Serial), text(Field::Vendor), text(Field::Model));
        let controller = Subject::within(Kind::Controller, host, &format!("c{}", number(Field::Controller)));
        let interrupted = log.interrupted;
        let seen = Line { bay: &bay, serial: &serial, at: &at, span: &span, interrupted };
        self.lists.entry(controller).or_default().see(&seen);
        let occupancies = self.occupancies.entry(bay).or_default();
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

/// Bays whose drive is another than before, unless the old one was only moved to another bay.
fn replaced(log: &mut Log, occupancies: &BTreeMap<Subject, Vec<Occupancy>>) {
    let mut last: BTreeMap<&str, BTreeMap<&Subject, DateTime<Utc>>> = BTreeMap::new();
    for (bay, stays) in occupancies {
        for stay in stays {
            last.entry(&stay.serial).or_default().insert(bay, stay.last.utc);
        }
    }
    for (bay, stays) in occupancies {
        for pair in stays.windows(2) {
            let [old, new] = pair else { continue };
            let mut stays = last.get(old.serial.as_str()).into_iter().flatten();
            if stays.any(|(other, last)| *other != bay && *last >= new.first.utc) {
                continue;
            }
            let id = log.identity(&[b"replaced ".as_slice(), &new.identity].concat());
            let fact = Fact::DriveReplaced { old: Some(old.serial.clone()), new: Some(new.serial.clone()) };
            let text = format!("the drive map lists {} where {} was", clean(&new.serial), clean(&old.serial));
            let (at, subject, evidence) = (new.first.clone(), bay.clone(), log.evidence(&new.first_span));
            let severity = Severity::Info;
            log.source.observations.push(Observation { id, at, subject, fact, severity, evidence, text });
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

fn observation(
    log: &mut Log,
    line: &[u8],
    span: &Range<u64>,
    at: When,
    subject: Subject,
    fact: Fact,
    record: &Record<'_>,
) -> Observation {
    let severity = match fact {
        Fact::Recorder { runs: true } => Severity::Info,
        _ => severity(record),
    };
    let (id, evidence) = (log.identity(line), log.evidence(span));
    Observation { id, at, subject, fact, severity, evidence, text: clean(record.text) }
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
