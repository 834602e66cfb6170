//! Observations in order of event time, each once.

use super::is_evidence;
use crate::model::{Fact, Observation, ObservationId, Subject};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

pub(super) struct Timeline<'a>(Vec<&'a Observation>);

impl<'a> Timeline<'a> {
    pub(super) fn new(observations: &'a [Observation]) -> Self {
        let once: BTreeMap<_, &Observation> = observations.iter().map(|one| (one.id, one)).collect();
        let mut ordered: Vec<&Observation> = once.into_values().collect();
        // What an array is made of and how a bay is labelled holds from the start, before what happens at the same time.
        ordered.sort_by_key(|one| (one.at.utc, !matches!(one.fact, Fact::Layout(_) | Fact::Label(_)), one.order()));
        Self(ordered)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &'a Observation> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn get(&self, id: ObservationId) -> Option<&'a Observation> {
        self.all().find(|one| one.id == id)
    }

    /// The time of the latest evidence.
    pub(super) fn end(&self) -> Option<DateTime<Utc>> {
        let until = |one: &&Observation| match &one.fact {
            Fact::Occupies { last, .. } => last.utc,
            _ => one.at.utc,
        };
        self.all().filter(|one| is_evidence(&one.fact)).map(|one| until(&one)).max()
    }

    /// The time until which time is known to have passed.
    pub(super) fn passed(&self) -> Option<DateTime<Utc>> {
        self.end().max(self.all().map(|one| one.at.utc).max())
    }

    /// What happened on a host from `before` the one time until `after` the other.
    pub(super) fn around(
        &self,
        host: Option<&str>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        around: TimeDelta,
    ) -> Vec<&'a Observation> {
        let same_host =
            |subject: &Subject| host.is_none() || subject.host_name().is_none() || subject.host_name() == host;
        let in_time = |one: &Observation| one.at.utc >= from - around && one.at.utc <= to + around;
        self.all().filter(|one| same_host(&one.subject) && in_time(one)).collect()
    }
}
