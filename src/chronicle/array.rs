//! An array's history: its states and how long each lasted, its rebuilds, its relapses, its members then and now.

use super::drive::is_member;
use super::stay::{self, Stay};
use super::{Course, Ground};
use crate::diagnosis::about;
use crate::model::{Array, ArrayState, Case, Code, Fact, Observation, Subject, When};
use chrono::{DateTime, Utc};

/// An array's history.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayHistory<'a> {
    /// What is known of it.
    pub array: &'a Array,
    /// Its states, each as long as it lasted.
    pub spans: Vec<Span>,
    /// Its rebuilds, in order.
    pub rebuilds: Vec<Rebuild>,
    /// It failed again after a repair.
    pub relapses: Vec<&'a Case>,
    /// Who sat in its places, by place, in order. Where its members are not known, in all places of its controller.
    pub stays: Vec<Stay>,
    /// What happened.
    pub course: Course<'a>,
}

/// A state, as long as it lasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The state.
    pub state: ArrayState,
    /// From when.
    pub from: When,
    /// Until when; none of the last.
    pub to: Option<When>,
    /// In the source's words.
    pub text: String,
}

/// A rebuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuild {
    /// When it began, if that was told.
    pub started: Option<When>,
    /// When it ended.
    pub ended: Option<When>,
    /// Whether it was done; none as long as that is not known.
    pub completed: Option<bool>,
}

/// The history of an array; none if there is no such array.
pub fn array<'a>(ground: &Ground<'a>, id: &Subject) -> Option<ArrayHistory<'a>> {
    let array = ground.diagnosis.inventory.arrays.get(id)?;
    let own = about(ground.observations, id);
    let places: Vec<&Subject> = ground.diagnosis.inventory.bays.keys().filter(|bay| is_member(array, bay)).collect();
    let mut related: Vec<&Observation> = Vec::new();
    for bay in &places {
        related.extend(about(ground.observations, bay).into_iter().filter(|one| of_member(&one.fact)));
    }
    let cases = ground.diagnosis.cases.iter();
    Some(ArrayHistory {
        array,
        spans: spans(array),
        rebuilds: rebuilds(own.iter().chain(&related).copied()),
        relapses: cases.filter(|case| case.code == Code::Relapse && case.subject == *id).collect(),
        stays: places.iter().flat_map(|bay| stay::in_bay(ground, bay)).collect(),
        course: Course::new(ground, &own, &related, std::slice::from_ref(id)),
    })
}

/// What happens to a member and matters to its array.
const fn of_member(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::DriveFailed
            | Fact::FailurePredicted
            | Fact::DriveMissing
            | Fact::DriveRemoved
            | Fact::DriveReplaced { .. }
            | Fact::RebuildStarted
            | Fact::RebuildCompleted
            | Fact::RebuildFailed
    )
}

/// Two sources that tell the same state tell of one span.
fn spans(array: &Array) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for to in &array.transitions {
        match spans.last_mut() {
            Some(last) if last.state == to.state => {}
            last => {
                if let Some(last) = last {
                    last.to = Some(to.at.clone());
                }
                spans.push(Span { state: to.state, from: to.at.clone(), to: None, text: to.text.clone() });
            }
        }
    }
    spans
}

/// As they are told, and as the array's states show them: a reading tells of a state and not of its beginning.
fn rebuilds<'a>(told: impl Iterator<Item = &'a Observation>) -> Vec<Rebuild> {
    let mut told: Vec<&Observation> = told.collect();
    told.sort_by_key(|one| one.order());
    let mut rebuilds: Vec<Rebuild> = Vec::new();
    // Whether a state was the last that told of one.
    let mut by_state = false;
    for one in told {
        let at = Some(one.at.clone());
        let goes_on = rebuilds.last().is_some_and(|last| last.ended.is_none());
        let completed = match &one.fact {
            Fact::RebuildStarted | Fact::State(ArrayState::Rebuilding) => None,
            // The state that it came to was told before.
            Fact::RebuildCompleted | Fact::RebuildFailed if by_state && !goes_on => continue,
            Fact::RebuildCompleted => Some(true),
            Fact::RebuildFailed => Some(false),
            Fact::State(ArrayState::Optimal) if goes_on => Some(true),
            // A log says so at each start of a machine, also while it goes on.
            Fact::State(ArrayState::Degraded | ArrayState::Failed) if goes_on && by_state => Some(false),
            _ => continue,
        };
        by_state = matches!(one.fact, Fact::State(_));
        match (completed, rebuilds.last_mut().filter(|last| last.ended.is_none())) {
            // Told twice, by a log and by a person.
            (None, Some(_)) => {}
            (None, None) => rebuilds.push(Rebuild { started: at, ended: None, completed }),
            (_, Some(last)) => (last.ended, last.completed) = (at, completed),
            (_, None) => rebuilds.push(Rebuild { started: None, ended: at, completed }),
        }
    }
    rebuilds
}

impl Span {
    /// How long it lasted, or has lasted by a time.
    pub fn lasted(&self, now: DateTime<Utc>) -> chrono::TimeDelta {
        self.to.as_ref().map_or(now, |to| to.utc) - self.from.utc
    }
}
