//! From what a stream says, record by record, to the observations that a diagnosis folds: what a hundred daily reports say of a
//! bay is one stay, and a drive that they list no longer is an observation of its own (absence is a fact).
//!
//! A digest takes what was said in the order of time and can be asked at any point. It is plain data: kept at some point and
//! taken up there again, it goes on as if nothing had been between. That is what a checkpoint of the history holds.
//!
//! **What was written once must be read by all later versions:** where old records were summed up, a digest is all that is left of
//! them. A new field has a default that holds for records of before; `tests/it/prune.rs` has a digest of the first version.

mod drive_list;
mod in_memory;
mod machine;

pub use in_memory::Digests;

use crate::model::{
    DriveRead, Evidence, Fact, Kind, Moment, Observation, ObservationId, Said, Severity, Statement, Subject, Trouble,
    When,
};
use crate::words::{clean, instant};
use chrono::serde::ts_seconds_option;
use chrono::{DateTime, Utc};
use drive_list::{DriveList, Line};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of equal events so many are kept one by one; those after are one observation, with their number and the time of the last.
const KEPT_MAX: u64 = 100;

/// Different events told apart; a log that has more of them has made them up.
const KINDS_MAX: usize = 1_000;

/// What one stream said so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Digest {
    /// By bay, who sat there, in order.
    stays: BTreeMap<Subject, Vec<Stay>>,
    /// By controller, which drives its reports list.
    lists: BTreeMap<Subject, DriveList>,
    /// By host, whether the service that records runs.
    recorder: BTreeMap<Subject, bool>,
    /// What it said it watches, or does not.
    #[serde(default)]
    watched: BTreeMap<Subject, bool>,
    /// Events that no phrase explains, by what they are about and their number.
    repeats: BTreeMap<Subject, BTreeMap<u32, Repeats>>,
    /// What stands for itself.
    kept: Vec<Observation>,
    /// Stretches between records so far that are no records.
    interrupted: u64,
    /// The time of the last record.
    #[serde(with = "ts_seconds_option")]
    last: Option<DateTime<Utc>>,
    /// Records that say no more than their severity, of information only, counted and not kept.
    counted: u64,
    /// Readings of the machine.
    #[serde(default)]
    machine: machine::Machine,
}

/// Events of one number about one subject.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Repeats {
    kept: u64,
    /// Those that are too many to keep.
    rest: Option<Observation>,
}

/// What equal reports say of a bay.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stay {
    serial: String,
    vendor: Option<String>,
    model: Option<String>,
    first: When,
    first_id: ObservationId,
    evidence: Evidence,
    last: When,
    reports: u64,
    /// Whether the drive came back to the bay after reports that did not list it.
    #[serde(default)]
    returned: bool,
    /// What the drive was read as last, where a machine was read.
    #[serde(default)]
    read: Option<Box<DriveRead>>,
}

impl Digest {
    /// Takes what is said next.
    pub fn take(&mut self, said: &Said<'_>, statement: &Statement) {
        self.interrupted += u64::from(said.interrupted);
        if !statement.fact.is_remark() {
            self.last = self.last.max(Some(said.at.utc));
        }
        match &statement.fact {
            Fact::Listed { bay, vendor, model } => {
                let serial = statement.subject.serial().unwrap_or_default();
                self.listed(said, serial, bay, vendor.as_deref(), model.as_deref());
            }
            Fact::Recorder { runs } => {
                // That it started again says nothing new.
                if self.recorder.insert(statement.subject.clone(), *runs) == Some(*runs) {
                    self.counted += 1;
                } else {
                    self.kept.push(said.observation(statement));
                }
            }
            Fact::NotWatched { .. } | Fact::Watched => {
                let watched = statement.fact == Fact::Watched;
                // Whoever watches says so anew at each start; only what changed is news.
                if self.watched.insert(statement.subject.clone(), watched) == Some(watched) {
                    self.counted += 1;
                } else {
                    self.kept.push(said.observation(statement));
                }
            }
            Fact::Read(_) | Fact::ReadWhole { .. } => self.machine.take(said, statement, &mut self.stays),
            Fact::Event { number, .. } => self.event(said, *number, statement),
            Fact::Trouble { kind, .. } => self.event(said, trouble(*kind), statement),
            Fact::Logged { .. } => self.counted += 1,
            _ => self.kept.push(said.observation(statement)),
        }
    }

    /// What was said there was damaged after all.
    pub fn recant(&mut self, evidence: &Evidence) {
        for stays in self.stays.values_mut() {
            stays.retain(|stay| stay.evidence != *evidence);
        }
    }

    /// Records that say no more than their severity, of information only.
    pub fn counted(&self) -> u64 {
        self.counted
    }

    /// Of each thing that was read: when last, and by which source.
    pub fn last_readings(&self) -> impl Iterator<Item = (Subject, DateTime<Utc>, Option<Arc<str>>)> {
        self.machine.clone().last_readings()
    }

    /// The observations so far, in order. `interrupted` says whether something that is no record stands behind the last one.
    pub fn observations(&self, interrupted: bool) -> Vec<Observation> {
        let mut observations = self.kept.clone();
        let mut stays = self.stays.clone();
        observations.extend(self.machine.clone().observations(&mut stays));
        let repeats = self.repeats.values().flat_map(BTreeMap::values);
        observations.extend(repeats.filter_map(|repeats| repeats.rest.clone()));
        let stays: BTreeMap<&Subject, Vec<Stay>> = stays.iter().map(|(bay, stays)| (bay, merged(stays))).collect();
        let interrupted = self.interrupted + u64::from(interrupted);
        for list in self.lists.values() {
            observations.extend(list.returned().iter().filter_map(|absence| absence.told(stays.get(&absence.bay)?)));
            let missing = list.clone().finish(interrupted, self.last);
            observations
                .extend(missing.into_iter().filter_map(|(bay, since)| since.missing(stays.get(&bay)?.last()?, &bay)));
        }
        observations.extend(replaced(&stays));
        observations.extend(stays.into_iter().flat_map(|(bay, stays)| stays.into_iter().map(|stay| stay.told(bay))));
        observations.sort_by_key(Observation::order);
        observations
    }

    fn listed(&mut self, said: &Said<'_>, serial: &str, bay: &Subject, vendor: Option<&str>, model: Option<&str>) {
        let line = Line { bay, serial, said, interrupted: self.interrupted };
        let returned = match bay.enclosing(Kind::Controller, 1) {
            Some(controller) => self.lists.entry(controller).or_default().see(&line),
            None => false,
        };
        let stays = match self.stays.get_mut(bay) {
            Some(stays) => stays,
            None => self.stays.entry(bay.clone()).or_default(),
        };
        let same = |stay: &&mut Stay| {
            stay.serial == serial && stay.vendor.as_deref() == vendor && stay.model.as_deref() == model
        };
        match stays.last_mut().filter(|stay| !returned && same(stay)) {
            Some(stay) => {
                stay.reports += 1;
                stay.goes_on(&said.at);
            }
            None => stays.push(Stay {
                serial: serial.to_owned(),
                vendor: vendor.map(str::to_owned),
                model: model.map(str::to_owned),
                first: said.at.when(),
                first_id: said.id(),
                evidence: said.evidence(),
                last: said.at.when(),
                reports: 1,
                returned,
                read: None,
            }),
        }
    }

    /// An event that warns in words that no phrase explains: kept while there are few like it, counted after.
    fn event(&mut self, said: &Said<'_>, number: u32, statement: &Statement) {
        let mut observation = said.observation(statement);
        let known: usize = self.repeats.values().map(BTreeMap::len).sum();
        let is_known = self.repeats.get(&statement.subject).is_some_and(|events| events.contains_key(&number));
        let (subject, number) = match statement.subject.host_name() {
            Some(host) if !is_known && known >= KINDS_MAX => (Subject::host(host), 0),
            _ => (statement.subject.clone(), number),
        };
        let repeats = self.repeats.entry(subject.clone()).or_default().entry(number).or_default();
        if let Some(Observation { at, fact: Fact::Event { times, .. } | Fact::Trouble { times, .. }, .. }) =
            &mut repeats.rest
        {
            *times += 1;
            at.until = Some(said.at.utc);
            return;
        }
        observation.subject = subject;
        if let Fact::Event { .. } = observation.fact {
            observation.fact = Fact::Event { number, times: 1 };
        }
        repeats.kept += 1;
        if repeats.kept > KEPT_MAX {
            repeats.rest = Some(observation);
        } else {
            self.kept.push(observation);
        }
    }
}

impl Stay {
    fn goes_on(&mut self, at: &Moment<'_>) {
        (self.last.utc, self.last.basis) = (at.utc, at.basis);
        match (&mut self.last.written, at.written) {
            (Some(known), Some(written)) => written.clone_into(known),
            (known, written) => *known = written.map(str::to_owned),
        }
    }

    fn told(self, bay: &Subject) -> Observation {
        let model = self.model.as_deref().map(clean).unwrap_or_default();
        let by = if self.read.is_some() { "machine" } else { "drive map" };
        let last = self.last.written.clone().unwrap_or_else(|| instant(self.last.utc));
        let serial = clean(&self.serial);
        let text = format!("{by}: {model} {serial} in {}, {} reports to {last}", bay.path(), self.reports);
        Observation {
            id: ObservationId::made("stay", self.first_id),
            at: self.first,
            subject: Subject::drive(&self.serial),
            fact: Fact::Occupies {
                bay: bay.clone(),
                vendor: self.vendor,
                model: self.model,
                last: self.last,
                reports: self.reports,
                read: self.read,
            },
            severity: Severity::Info,
            evidence: Some(self.evidence),
            text,
        }
    }
}

impl drive_list::Absence {
    /// A drive that was listed, then not, and then again.
    fn told(&self, stays: &[Stay]) -> Option<Observation> {
        let before = |stay: &&Stay| stay.serial == self.serial && stay.last.utc < self.since.at.utc;
        let mut observation = self.since.clone().missing(stays.iter().rfind(before)?, &self.bay)?;
        observation.at.until = Some(self.until);
        Some(observation)
    }
}

impl drive_list::Since {
    /// A drive that was listed and is no longer.
    fn missing(self, stay: &Stay, bay: &Subject) -> Option<Observation> {
        let written = stay.last.written.as_deref().unwrap_or_default();
        Some(Observation {
            id: ObservationId::made(&format!("missing {} {bay}", stay.serial), self.id),
            at: self.at,
            subject: Subject::drive(&stay.serial),
            fact: Fact::DriveMissing,
            severity: Severity::Warning,
            evidence: Some(self.evidence),
            text: format!("not in the drive map, which listed it in {} until {written}", bay.path()),
        })
    }
}

/// Trouble of a kind as the number of an event: beyond any that a controller's log writes.
fn trouble(kind: Trouble) -> u32 {
    let place = Trouble::ALL.iter().position(|one| *one == kind).unwrap_or_default();
    u32::MAX - u32::try_from(place).unwrap_or_default()
}

/// Bays whose drive is another than before, unless the old one was only moved to another bay.
fn replaced(stays: &BTreeMap<&Subject, Vec<Stay>>) -> Vec<Observation> {
    let mut last: BTreeMap<&str, BTreeMap<&Subject, DateTime<Utc>>> = BTreeMap::new();
    for (bay, stays) in stays {
        for stay in stays {
            last.entry(&stay.serial).or_default().insert(bay, stay.last.utc);
        }
    }
    let mut replaced = Vec::new();
    for (bay, stays) in stays {
        for pair in stays.windows(2) {
            let [old, new] = pair else { continue };
            if old.serial == new.serial {
                continue;
            }
            let mut elsewhere = last.get(old.serial.as_str()).into_iter().flatten();
            if elsewhere.any(|(other, last)| other != bay && *last >= new.first.utc) {
                continue;
            }
            replaced.push(Observation {
                id: ObservationId::made("replaced", new.first_id),
                at: new.first.clone(),
                subject: (*bay).clone(),
                fact: Fact::DriveReplaced { old: Some(old.serial.clone()), new: Some(new.serial.clone()) },
                severity: Severity::Info,
                evidence: Some(new.evidence.clone()),
                text: match new.read {
                    Some(_) => format!("{} sits where {} was", clean(&new.serial), clean(&old.serial)),
                    None => format!("the drive map lists {} where {} was", clean(&new.serial), clean(&old.serial)),
                },
            });
        }
    }
    replaced
}

/// Joins what a record between them kept apart that was recanted since. A drive that came back stays apart.
fn merged(stays: &[Stay]) -> Vec<Stay> {
    let mut merged: Vec<Stay> = Vec::new();
    for next in stays {
        match merged.last_mut().filter(|last| last.serial == next.serial && !next.returned) {
            Some(last) => {
                last.last = next.last.clone();
                last.reports += next.reports;
                last.read = next.read.clone();
            }
            None => merged.push(next.clone()),
        }
    }
    merged
}
