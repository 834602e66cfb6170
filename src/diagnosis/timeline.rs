//! Observations in order of event time, each once.

use super::is_evidence;
use crate::model::{Fact, Observation, ObservationId, Subject};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Each observation once, in order. Of one that was read several times the fullest is taken, as a longer version of a log has it
/// (a drive's stay that goes on); of equals the first by its place, so that the order of reading does not show.
pub fn once(observations: &[Observation]) -> Vec<&Observation> {
    let last = |one: &Observation| match &one.fact {
        Fact::Occupies { last, .. } => Some(last.utc),
        _ => None,
    };
    let mut known: BTreeMap<ObservationId, &Observation> = BTreeMap::new();
    for one in observations {
        let known = known.entry(one.id).or_insert(one);
        if last(one).cmp(&last(known)).then(known.order().cmp(&one.order())).is_gt() {
            *known = one;
        }
    }
    let mut ordered: Vec<&Observation> = known.into_values().collect();
    ordered.sort_by_key(|one| one.order());
    ordered
}

pub(super) struct Timeline<'a>(Vec<&'a Observation>);

impl<'a> Timeline<'a> {
    pub(super) fn new(observations: &'a [Observation]) -> Self {
        let mut ordered = once(observations);
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

    /// The present time, where somebody said it.
    pub(super) fn now(&self) -> Option<DateTime<Utc>> {
        self.all().filter(|one| one.fact == Fact::Clock).map(|one| one.at.utc).max()
    }

    /// When the drives of a host were first listed again after a time, in this log or another; the time itself, or one before it,
    /// if they were listed throughout.
    pub(super) fn listed_again(&self, host: Option<&str>, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let listed = |one: &Observation| match &one.fact {
            Fact::Occupies { bay, last, .. } if bay.host_name() == host && last.utc > after => Some(one.at.utc),
            _ => None,
        };
        self.all().filter_map(listed).min()
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
