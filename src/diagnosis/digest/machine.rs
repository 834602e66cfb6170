//! What readings of a machine come to: which drive sat in which bay from when to when, what changed of each thing, what is there no
//! longer, which drives lost their power.
//!
//! A machine is read at one time: what is said of its things at the same second is one reading. It is closed when the next one
//! begins, or when the digest is asked.

mod arrays;
mod gone;
mod names;
mod power;

use super::Stay;
use crate::model::{
    ArrayRead, ArrayState, DriveRead, Evidence, Fact, MACHINE, Observation, ObservationId, PowerCount, Reading, Reason,
    Said, Severity, Statement, Subject, Thing, Unread, When,
};
use arrays::{changes, keep_places};
use chrono::{DateTime, Utc};
use gone::Whole;
use names::one_in_a_bay;
use power::{Awake, count, cycled};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Streams of readings in which each thing was asked itself: of the machine, and what the drives' own tools print. A card's tool lists a
/// drive as the card knows it.
const ASKS: [&str; 4] = [MACHINE, "smartctl", "nvme-cli", "smart-blob"];

/// Of one thing, so many changes are kept; of those after, the last.
const CHANGES_MAX: u32 = 200;

/// What readings of a machine said so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Machine {
    /// The reading that may go on.
    reading: Option<Pending>,
    things: BTreeMap<Subject, Known>,
    /// Of the host at the last whole reading: which start, how often it slept.
    awake: Option<Awake>,
    /// What came of the readings before.
    kept: Vec<Observation>,
}

/// A reading of a machine, while it is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Pending {
    at: When,
    /// Whether all that is there is in it.
    whole: Option<Awake>,
    /// Who says so, and of what: of the host, of a controller.
    whole_by: Vec<(Subject, Source)>,
    /// Controllers that could not be read.
    but_for: Vec<Subject>,
    things: BTreeMap<Subject, Told>,
    /// Whether it is of the machine itself, rather than what a tool printed: what it lacks is watched no longer.
    #[serde(default)]
    of_machine: bool,
    /// Whether the machine had just been started.
    #[serde(default)]
    starting: bool,
    /// Whether each thing was asked itself.
    #[serde(default)]
    asked: bool,
}

/// What is said of a thing, by whom, and in a line.
type Told = (Source, Reading, String);

/// Who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    id: ObservationId,
    evidence: Evidence,
}

/// A thing, as it was read last.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    reading: Reading,
    /// The reading that was the first to find it as well or ill as it is.
    since: When,
    source: Source,
    last: When,
    /// The source of the last reading.
    #[serde(default)]
    last_by: Option<Arc<str>>,
    readings: u64,
    changes: u32,
    /// Whether it was asked itself.
    #[serde(default)]
    asked: bool,
    /// In which start of the machine, as it is known by whole readings.
    #[serde(default)]
    boot: Option<String>,
    /// What it counted of its power, when, and how the machine was then.
    power: Option<(PowerCount, DateTime<Utc>, Option<Awake>)>,
    /// That it was there no longer, if so.
    missing: Option<Observation>,
}

impl Machine {
    /// Takes what is said of a thing, or that all was said.
    pub(super) fn take(&mut self, said: &Said<'_>, statement: &Statement, stays: &mut BTreeMap<Subject, Vec<Stay>>) {
        if self.reading.as_ref().is_some_and(|reading| reading.at.utc != said.at.utc) {
            self.close(stays);
        }
        let reading = self.reading.get_or_insert_with(|| Pending {
            at: said.at.when(),
            whole: None,
            whole_by: Vec::new(),
            but_for: Vec::new(),
            things: BTreeMap::new(),
            of_machine: said.stream.path() == MACHINE,
            starting: false,
            asked: ASKS.contains(&said.stream.path().as_str()),
        });
        let source = Source { id: said.id(), evidence: said.evidence() };
        match &statement.fact {
            Fact::Read(read) => {
                let told = (source, (**read).clone(), statement.text.clone());
                reading.things.insert(statement.subject.clone(), told);
            }
            Fact::ReadWhole { boot, suspends, but_for, starting } => {
                reading.starting = *starting;
                reading.but_for.clone_from(but_for);
                reading.whole = Some(Awake { boot: boot.clone(), suspends: *suspends });
                reading.whole_by.push((statement.subject.clone(), source));
            }
            _ => {}
        }
    }

    /// What it comes to by now; the stays are told by the digest.
    pub(super) fn observations(mut self, stays: &mut BTreeMap<Subject, Vec<Stay>>) -> Vec<Observation> {
        self.close(stays);
        let Self { things, mut kept, .. } = self;
        for (subject, known) in things {
            kept.extend(known.missing.clone());
            kept.push(known.health(&subject));
        }
        kept
    }

    /// Of each thing that was read: when last, and by which source.
    pub(super) fn last_readings(mut self) -> impl Iterator<Item = (Subject, DateTime<Utc>, Option<Arc<str>>)> {
        self.close(&mut BTreeMap::new());
        self.things.into_iter().map(|(subject, known)| (subject, known.last.utc, known.last_by))
    }

    /// The reading is over.
    fn close(&mut self, stays: &mut BTreeMap<Subject, Vec<Stay>>) {
        let Some(pending) = self.reading.take() else { return };
        if let Some(awake) = &pending.whole {
            self.awake = Some(awake.clone());
        }
        let Pending { at, whole_by, but_for, things, of_machine, starting, asked, .. } = pending;
        let things = one_in_a_bay(self.recognised(things));
        self.named(&things, stays);
        let seats: Vec<Subject> = things.values().filter_map(|(_, reading, _)| bay(reading).cloned()).collect();
        let here: BTreeSet<Subject> = things.keys().cloned().collect();
        for (subject, (source, reading, text)) in things {
            if let Thing::Drive(drive) = &reading.thing {
                let returned = self.things.get(&subject).is_some_and(|known| known.missing.is_some());
                sit(stays, &subject, drive, &at, &source, returned);
            }
            self.read(&subject, reading, &text, &at, source, asked);
        }
        self.lacks(&Whole { at, by: whole_by, but_for, here, seats, of_machine, starting });
    }

    /// A thing is as this reading says.
    fn read(&mut self, subject: &Subject, mut reading: Reading, text: &str, at: &When, source: Source, asked: bool) {
        if let Thing::Array(array) = &mut reading.thing {
            let known = self.things.get(subject);
            let before = known.and_then(|known| match &known.reading.thing {
                // Nobody knew how it was while it was not there: that it is as before is news.
                Thing::Array(before) if known.missing.is_some() => {
                    Some(ArrayRead { state: ArrayState::Unknown, ..before.clone() })
                }
                Thing::Array(before) => Some(before.clone()),
                _ => None,
            });
            let before = before.as_ref();
            before.into_iter().for_each(|before| keep_places(before, array));
            self.kept.extend(changes(subject, before, array, text, at, &source));
        }
        let (awake, boot) = (self.awake.clone(), self.boot());
        let by = Some(Arc::clone(&source.evidence.source));
        let Some(known) = self.things.get_mut(subject) else {
            let power = count(&reading).map(|count| (count, at.utc, awake));
            let known = Known {
                reading,
                since: at.clone(),
                source,
                last: at.clone(),
                last_by: by,
                readings: 1,
                changes: 0,
                asked,
                boot,
                power,
                missing: None,
            };
            self.things.insert(subject.clone(), known);
            return;
        };
        if let Some(mut missing) = known.missing.take() {
            missing.at.until = Some(at.utc);
            if let Fact::NotWatched { .. } = missing.fact {
                self.kept.push(Observation {
                    id: ObservationId::made(&format!("watched {subject}"), source.id),
                    at: at.clone(),
                    subject: missing.subject.clone(),
                    fact: Fact::Watched,
                    severity: Severity::Info,
                    evidence: Some(source.evidence.clone()),
                    text: "the machine has it again".to_owned(),
                });
            }
            self.kept.push(missing);
        }
        if let Some(count) = count(&reading) {
            self.kept.extend(
                known.power.as_ref().and_then(|before| cycled(subject, before, count, awake.as_ref(), at, &source)),
            );
            known.power = Some((count, at.utc, awake));
        }
        let same = known.reading.reasons == reading.reasons && known.reading.unread == reading.unread;
        if same {
            known.readings += 1;
        } else {
            if known.changes < CHANGES_MAX {
                self.kept.push(known.health(subject));
            }
            known.changes += 1;
            (known.since, known.source, known.readings) = (at.clone(), source, 1);
        }
        (known.last, known.last_by) = (at.clone(), by);
        known.asked = asked;
        known.boot = boot;
        known.reading = reading;
    }

    /// Which start of the machine it is.
    fn boot(&self) -> Option<String> {
        self.awake.as_ref()?.boot.clone()
    }
}

impl Known {
    /// How it was, for as long as it was read so.
    fn health(&self, subject: &Subject) -> Observation {
        let Reading { reasons, unread, .. } = &self.reading;
        let severity = reasons.iter().map(|reason| reason.severity).max().unwrap_or(Severity::Info);
        Observation {
            id: ObservationId::made("health", self.source.id),
            at: self.since.clone(),
            subject: subject.clone(),
            fact: Fact::Health {
                reasons: reasons.clone(),
                unread: unread.clone(),
                last: self.last.clone(),
                readings: self.readings,
                changed: self.changes > 0,
                asked: self.asked,
            },
            severity,
            evidence: Some(self.source.evidence.clone()),
            text: summary(reasons, unread.as_ref(), self.changes > 0),
        }
    }
}

/// In a line.
fn summary(reasons: &[Reason], unread: Option<&Unread>, changed: bool) -> String {
    let mut texts: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    texts.extend(unread.map(|unread| unread.text.as_str()));
    match (texts.is_empty(), changed) {
        (true, false) => "read, and nothing to tell".to_owned(),
        (true, true) => "read, and nothing to tell any more".to_owned(),
        (false, _) => texts.join("; "),
    }
}

/// Where a drive sits.
fn bay(reading: &Reading) -> Option<&Subject> {
    match &reading.thing {
        Thing::Drive(drive) => Some(&drive.bay),
        _ => None,
    }
}

/// A drive sits in its bay, still or from now on.
fn sit(
    stays: &mut BTreeMap<Subject, Vec<Stay>>,
    subject: &Subject,
    drive: &DriveRead,
    at: &When,
    source: &Source,
    returned: bool,
) {
    let serial = subject.serial().unwrap_or_default();
    let stays = stays.entry(drive.bay.clone()).or_default();
    match stays.last_mut().filter(|stay| stay.serial == serial && !returned) {
        Some(stay) => {
            stay.reports += 1;
            stay.last = at.clone();
            stay.read = Some(Box::new(drive.clone()));
        }
        None => stays.push(Stay {
            serial: serial.to_owned(),
            vendor: drive.vendor.clone(),
            model: drive.model.clone(),
            first: at.clone(),
            first_id: source.id,
            evidence: source.evidence.clone(),
            last: at.clone(),
            reports: 1,
            returned,
            read: Some(Box::new(drive.clone())),
        }),
    }
}
