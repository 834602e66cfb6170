//! What a machine has no longer.

use super::{Known, Machine, Source, bay};
use crate::model::{ArrayState, Fact, Kind, Observation, ObservationId, Severity, Subject, Thing, When};
use crate::words::instant;
use std::collections::BTreeSet;

/// The management controller, as a part of its host.
const BMC: &str = "bmc";

/// What a reading has, and of what that is all.
pub(super) struct Whole {
    pub(super) at: When,
    /// Who says that it is all, and of what: of the host, of a controller.
    pub(super) by: Vec<(Subject, Source)>,
    /// Controllers that could not be read.
    pub(super) but_for: Vec<Subject>,
    pub(super) here: BTreeSet<Subject>,
    /// The bays in which drives sit.
    pub(super) seats: Vec<Subject>,
    /// Whether it is of the machine itself, rather than what a tool printed.
    pub(super) of_machine: bool,
    /// Whether the machine had just been started: what was there before that may come yet.
    pub(super) starting: bool,
}

impl Machine {
    /// What was there before, and should be in the reading, is missing from it.
    pub(super) fn lacks(&mut self, whole: &Whole) {
        let Whole { at, by, but_for, here, seats, of_machine, starting } = whole;
        let boot = self.boot();
        // What hangs on a controller that is gone is gone with it, and told so by the controller; arrays and drives are told each.
        let is_controller = |known: &Known| matches!(known.reading.thing, Thing::Controller { .. });
        let lost = self.things.iter().filter(|(subject, known)| is_controller(known) && !here.contains(subject));
        let lost: Vec<Subject> = lost.map(|(subject, _)| subject.clone()).collect();
        let silent: BTreeSet<Subject> =
            self.things.keys().filter(|subject| !self.is_told(subject, here)).cloned().collect();
        for (all_of, source) in by {
            let gone = self.things.iter_mut().filter(|(subject, known)| {
                // Another drive in its place tells that it was replaced.
                let replaced = bay(&known.reading).is_some_and(|bay| seats.contains(bay));
                let behind = |controller: &Subject| {
                    controller == *subject
                        || controller.holds(subject)
                        || bay(&known.reading).is_some_and(|bay| controller.holds(bay))
                };
                let of_it = all_of.kind() == Kind::Host || behind(all_of);
                let unread =
                    but_for.iter().any(behind) || but_for.contains(&watched_as(subject)) || silent.contains(subject);
                let may_come = *starting && (known.boot.is_none() || known.boot != boot);
                known.missing.is_none() && of_it && !here.contains(subject) && !replaced && !unread && !may_come
            });
            for (subject, known) in gone {
                if let Thing::Array(_) = known.reading.thing {
                    self.kept.push(unknown(subject, at, source));
                }
                let hangs_on = |controller: &Subject| *of_machine && controller.holds(subject);
                let with_it = matches!(known.reading.thing, Thing::Enclosure { .. }) && lost.iter().any(hangs_on);
                known.missing = missing(subject, known, at, source, *of_machine && !with_it);
            }
        }
    }

    /// Whether that it is not in the reading says anything of it. A supply is told of by its shelf or by the management controller, if that
    /// could be read. What feeds the host as a whole is no part that could be taken out.
    fn is_told(&self, subject: &Subject, here: &BTreeSet<Subject>) -> bool {
        let Some(host) = subject.host_name().filter(|_| subject.kind() == Kind::Power) else { return true };
        let path = subject.path();
        let is_shelf = |shelf: &&Subject| {
            let id = shelf.path();
            shelf.kind() == Kind::Enclosure
                && shelf.host_name() == Some(host)
                && path.split_once('/').is_some_and(|(of, _)| id.rsplit('/').next() == Some(of))
        };
        let by = self.things.keys().find(is_shelf).cloned().unwrap_or_else(|| Subject::host(host));
        let is_read = here.contains(&by) && self.things.get(&by).is_some_and(|known| known.reading.unread.is_none());
        !path.is_empty() && is_read
    }
}

/// A thing that was there is there no longer.
fn missing(subject: &Subject, known: &Known, at: &When, source: &Source, watched: bool) -> Option<Observation> {
    let last = instant(known.last.utc);
    let (made, fact, text) = match &known.reading.thing {
        Thing::Drive(drive) => {
            let text = format!("the machine does not have it any more; it was in {}", drive.bay.path());
            ("missing", Fact::DriveMissing, text)
        }
        _ if !watched => return None,
        Thing::Array(_) | Thing::Controller { .. } | Thing::Enclosure { .. } | Thing::Power => {
            let why = format!("the machine had it on {last}, and has it no longer");
            ("not watched", Fact::NotWatched { why: why.clone() }, why)
        }
        Thing::Host => {
            let why = format!("the machine's management controller (BMC) answered on {last}, and is there no longer");
            ("not watched", Fact::NotWatched { why: why.clone() }, why)
        }
    };
    Some(Observation {
        id: ObservationId::made(&format!("{made} {subject}"), source.id),
        at: at.clone(),
        subject: watched_as(subject),
        fact,
        severity: Severity::Warning,
        evidence: Some(source.evidence.clone()),
        text,
    })
}

/// What a management controller tells is told of its host; that it is gone is told of itself: the host is there, and is not to be retired.
fn watched_as(subject: &Subject) -> Subject {
    match subject.host_name() {
        Some(host) if subject.kind() == Kind::Host => Subject::within(Kind::Controller, host, BMC),
        _ => subject.clone(),
    }
}

/// Nobody knows how an array is that is there no longer.
fn unknown(subject: &Subject, at: &When, source: &Source) -> Observation {
    Observation {
        id: ObservationId::made(&format!("missing {subject}"), source.id),
        at: at.clone(),
        subject: subject.clone(),
        fact: Fact::State(ArrayState::Unknown),
        severity: Severity::Warning,
        evidence: Some(source.evidence.clone()),
        text: "the machine does not have it any more".to_owned(),
    }
}
