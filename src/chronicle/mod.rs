//! What became of one thing: a drive, a bay, an array. Pure: made of a diagnosis and of what the history keeps besides.
//!
//! What must hold: a drive and a bay each have a history of their own, and each stay says how it ended; removal is not failure, and
//! neither is replacement; what is not known of an end is said so and not guessed.
//!
//! * `entry`: what happened, a line each; `stay`: who sat where, and how that ended; `pace`: how often things happened.
//! * `measured`: what was measured of a drive.
//! * `drive`, `bay`, `array`: the three histories.

mod array;
mod bay;
mod drive;
mod entry;
mod measured;
mod pace;
mod stay;

pub use array::{ArrayHistory, Rebuild, Span, array};
pub use bay::{BayHistory, bay};
pub use drive::{DriveHistory, asked, drive};
pub use entry::Entry;
pub use measured::Measured;
pub use pace::{Pace, Unit};
pub use stay::{End, Ending, Stay};

use crate::diagnosis::{Diagnosis, Unknown};
use crate::keep::Told;
use crate::model::{Case, Observation, ObservationId, Subject};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What all three are made of.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Of all streams of the hosts concerned.
    pub diagnosis: &'a Diagnosis,
    /// What it rests on, in order of time.
    pub observations: &'a [Observation],
    /// What is kept of the thing besides.
    pub told: &'a Told,
    /// The present time.
    pub now: DateTime<Utc>,
}

/// What all three tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Course<'a> {
    /// What happened, in order of time.
    pub entries: Vec<Entry>,
    /// How often.
    pub pace: Option<Pace>,
    /// The cases that it is part of, the gravest first.
    pub cases: Vec<&'a Case>,
    /// What the entries and the cases rest on, in order of time.
    pub observations: Vec<&'a Observation>,
    /// What is not known of it.
    pub unknowns: Vec<&'a Unknown>,
}

impl<'a> Course<'a> {
    /// From what tells of the thing, and of what it is part of. `others` are these: its bays, its arrays.
    fn new(ground: &Ground<'a>, own: &[&'a Observation], related: &[&'a Observation], subjects: &[Subject]) -> Self {
        let Ground { diagnosis, observations, told, .. } = *ground;
        let own_ids: BTreeSet<ObservationId> = own.iter().map(|one| one.id).collect();
        let is_part =
            |case: &&Case| subjects.contains(&case.subject) || case.observations.iter().any(|id| own_ids.contains(id));
        let cases: Vec<&Case> = diagnosis.cases.iter().filter(is_part).collect();
        let terms = |case: &'a Case| case.suspects.iter().flat_map(|suspect| &suspect.terms);
        let rests = |case: &'a Case| case.observations.iter().chain(terms(case).flat_map(|term| &term.observations));
        let mut ids: BTreeSet<ObservationId> = cases.iter().flat_map(|case| rests(case)).copied().collect();
        ids.extend(own.iter().chain(related).map(|one| one.id));
        let told_of: BTreeSet<ObservationId> = own.iter().chain(related).map(|one| one.id).collect();
        let of_it = observations.iter().filter(|one| told_of.contains(&one.id));
        let mut entries: Vec<Entry> = of_it.filter_map(Entry::of).collect();
        let folded = told.folded.iter().map(Entry::folded);
        // What was summed up may have been told by the digest already.
        let fresh: Vec<Entry> = folded.filter(|one| !entries.iter().any(|known| known.tells(one))).collect();
        entries.extend(fresh);
        entries.sort_by(|a, b| (a.at.utc, &a.subject, &a.text).cmp(&(b.at.utc, &b.subject, &b.text)));
        let concerns = |unknown: &&Unknown| {
            subjects.contains(&unknown.subject)
                || subjects
                    .iter()
                    .any(|subject| unknown.subject.kind() != subject.kind() && unknown.subject.holds(subject))
        };
        Self {
            pace: Pace::of(&told.days, entries.first().map(|one| one.at.utc), diagnosis.evidence_until),
            entries,
            cases,
            observations: observations.iter().filter(|one| ids.contains(&one.id)).collect(),
            unknowns: diagnosis.unknowns.iter().filter(concerns).collect(),
        }
    }
}
