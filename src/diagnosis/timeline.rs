//! Observations in order of event time, each once, and each at its place: a drive that is named by its serial number is the bay
//! that it sat in when something happened to it, so that it does not matter which of the two a source names.

use super::is_evidence;
use super::listings::Listings;
use crate::model::AHEAD;
use crate::model::{Array, Fact, Kind, Observation, ObservationId, Subject};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

/// Each observation once, in order. Of one that was read several times the fullest is taken, as a longer version of a log has it
/// (a drive's stay that goes on, an absence that ended); of equals the first by its place, so that the order of reading does not show.
pub fn once(observations: &[Observation]) -> Vec<&Observation> {
    let last = |one: &Observation| match &one.fact {
        Fact::Occupies { last, .. } | Fact::Health { last, .. } => Some(last.utc),
        Fact::DriveMissing | Fact::NotWatched { .. } => one.at.until,
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

/// An observation, where it happened, and to which drive.
#[derive(Debug, Clone)]
pub(super) struct Placed<'a> {
    pub(super) one: &'a Observation,
    /// The subject; of a drive, the bay that it sat in then, if that is known.
    pub(super) place: Subject,
    /// The drive concerned, if there is one and it is known.
    pub(super) serial: Option<String>,
    /// Whether it tells of a drive that was replaced, and the reports after list that drive in the same bay.
    pub(super) contradicted: bool,
}

impl Deref for Placed<'_> {
    type Target = Observation;

    fn deref(&self) -> &Observation {
        self.one
    }
}

/// Who sits where, as time goes on.
#[derive(Default)]
struct Seats<'l> {
    listings: Listings<'l>,
    bays: BTreeMap<String, Subject>,
    drives: BTreeMap<Subject, String>,
}

impl Seats<'_> {
    fn place<'a>(&mut self, one: &'a Observation) -> Placed<'a> {
        let bay_of = |serial: Option<&str>| serial.and_then(|serial| self.bays.get(serial)).cloned();
        let (place, serial, contradicted) = match &one.fact {
            Fact::DriveReplaced { old, new } => {
                let named = one.subject.serial().or(old.as_deref());
                let place = if one.subject.kind() == Kind::Bay { None } else { bay_of(named) };
                let place = place.unwrap_or_else(|| one.subject.clone());
                let next = self.listings.next(&place, &one.at);
                let sits = self.drives.get(&place).map(String::as_str);
                let stays = sits.is_some() && sits == next;
                let other = new.is_some() && new.as_deref() != next;
                let contradicted = if named.is_some() { named == next } else { stays && other };
                // Who is listed afterwards is not the one that was taken out: said late, it may be the new one.
                let serial = named.or(sits.filter(|_| !stays || contradicted)).map(str::to_owned);
                (place, serial, contradicted)
            }
            _ => {
                let place = bay_of(one.subject.serial()).unwrap_or_else(|| one.subject.clone());
                let serial = one.subject.serial().map(str::to_owned).or_else(|| self.drives.get(&place).cloned());
                (place, serial, false)
            }
        };
        match &one.fact {
            Fact::Occupies { bay, .. } => self.sit(one.subject.serial(), bay),
            Fact::DriveReplaced { new, .. } if place.kind() == Kind::Bay && !contradicted => {
                self.drives.remove(&place);
                self.sit(new.as_deref(), &place);
            }
            _ => {}
        }
        Placed { one, place, serial, contradicted }
    }

    fn sit(&mut self, serial: Option<&str>, bay: &Subject) {
        if let Some(serial) = serial {
            self.bays.insert(serial.to_owned(), bay.clone());
            self.drives.insert(bay.clone(), serial.to_owned());
        }
    }
}

pub(super) struct Timeline<'a> {
    /// In the order of time.
    placed: Vec<Placed<'a>>,
    by_id: BTreeMap<ObservationId, usize>,
    /// What happened on a host, in order; of a drive whose host is not known, under none.
    by_host: BTreeMap<Option<String>, Vec<usize>>,
    several_hosts: bool,
    now: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    /// What is dated after the present.
    ahead: Vec<Placed<'a>>,
    /// What people said is no longer there, and of which nothing was heard since.
    retired: Vec<Subject>,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(observations: &'a [Observation]) -> Self {
        let mut ordered = once(observations);
        // What an array is made of and how a bay is labelled holds from the start, before what happens at the same time.
        ordered.sort_by_key(|one| (one.at.utc, !matches!(one.fact, Fact::Layout(_) | Fact::Label(_)), one.order()));
        let mut seats = Seats { listings: Listings::of(ordered.iter().copied()), ..Seats::default() };
        let placed: Vec<Placed<'_>> = ordered.into_iter().map(|one| seats.place(one)).collect();
        let hosts: BTreeSet<&str> = placed.iter().filter_map(|placed| placed.place.host_name()).collect();
        let several_hosts = hosts.len() > 1;
        // What is dated after the present is no fact yet: a clock that was wrong, or a slip of the pen.
        let now = placed.iter().filter(|one| one.fact == Fact::Clock).map(|one| one.at.utc).max();
        let ahead = |one: &Placed<'_>| now.is_some_and(|now| one.at.utc > now + AHEAD);
        let (ahead, placed): (Vec<_>, Vec<_>) = placed.into_iter().partition(|one| ahead(one));
        let by_id = placed.iter().enumerate().map(|(index, placed)| (placed.id, index)).collect();
        let end = placed.iter().filter(|one| is_evidence(&one.fact)).map(until).max();
        let end = end.map(|end| now.map_or(end, |now| end.min(now + AHEAD)));
        let mut by_host: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for (index, one) in placed.iter().enumerate() {
            let place = one.place.host_name();
            by_host.entry(place.map(str::to_owned)).or_default().push(index);
            // A drive that comes from another host is listed on this one.
            if let Fact::Occupies { bay, .. } = &one.fact
                && bay.host_name() != place
            {
                by_host.entry(bay.host_name().map(str::to_owned)).or_default().push(index);
            }
        }
        let retired = retired(&placed);
        Self { placed, ahead, by_id, by_host, several_hosts, now, end, retired }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Placed<'a>> + '_ {
        self.placed.iter()
    }

    pub(super) fn get(&self, id: ObservationId) -> Option<&Placed<'a>> {
        self.placed.get(*self.by_id.get(&id)?)
    }

    /// What is no longer there.
    pub(super) fn retired(&self) -> &[Subject] {
        &self.retired
    }

    /// Whether it, or what it is within, is no longer there.
    pub(super) fn is_retired(&self, subject: &Subject) -> bool {
        self.retired.iter().any(|retired| retired == subject || retired.holds(subject))
    }

    /// What is dated after the present time, and is not judged.
    pub(super) fn ahead(&self) -> &[Placed<'a>] {
        &self.ahead
    }

    /// The time of the latest evidence, and not after the present.
    pub(super) const fn end(&self) -> Option<DateTime<Utc>> {
        self.end
    }

    /// The present time, where somebody said it.
    pub(super) const fn now(&self) -> Option<DateTime<Utc>> {
        self.now
    }

    /// When an array, its controller or one of its members was told of last: as long as a controller writes reports, it would tell
    /// of its arrays, too.
    pub(super) fn confirmed(&self, array: &Array) -> Option<DateTime<Utc>> {
        let controller = array.id.enclosing(Kind::Controller, 1);
        let is_member = |place: &Subject| array.members.iter().any(|member| member.bay.as_ref() == Some(place));
        let concerns = |place: &Subject| {
            *place == array.id
                || is_member(place)
                || controller.as_ref().is_some_and(|controller| controller.holds(place))
        };
        let of = |one: &&Placed<'_>| match &one.fact {
            Fact::Occupies { bay, .. } => concerns(bay),
            fact => is_evidence(fact) && concerns(&one.place),
        };
        self.of(array.id.host_name()).filter(of).map(until).max()
    }

    /// When the drives of a host were first listed again after a time, in this log or another; the time itself, or one before it,
    /// if they were listed throughout.
    pub(super) fn listed_again(&self, host: Option<&str>, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let listed = |one: &Placed<'_>| match &one.fact {
            Fact::Occupies { bay, last, .. } if bay.host_name() == host && last.utc > after => Some(one.at.utc),
            _ => None,
        };
        self.of(host).filter_map(listed).min()
    }

    /// What happened on a host, or, of none, to drives whose host is not known.
    fn of(&self, host: Option<&str>) -> impl Iterator<Item = &Placed<'a>> + '_ {
        self.indexes(host).iter().filter_map(|index| self.placed.get(*index))
    }

    fn indexes(&self, host: Option<&str>) -> &[usize] {
        self.by_host.get(&host.map(str::to_owned)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The time until which time is known to have passed.
    pub(super) fn passed(&self) -> Option<DateTime<Utc>> {
        self.end.max(self.placed.last().map(|one| one.at.utc))
    }

    /// What happened on a host, or to a drive whose host is not known, from some time before until some time after.
    pub(super) fn around(
        &self,
        of: &Subject,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        around: TimeDelta,
    ) -> Vec<&Placed<'a>> {
        let related = |one: &Placed<'_>| match (of.host_name(), one.place.host_name()) {
            (Some(host), Some(other)) => host == other,
            _ => !self.several_hosts || one.place == *of,
        };
        let (from, to) = (from - around, to + around);
        let is_before = |one: &Placed<'_>| one.at.utc < from;
        let is_not_after = |one: &Placed<'_>| one.at.utc <= to;
        // What has a host concerns that host alone; what has none, and all of one, is looked at one by one. All are in the order of time.
        let mut found: Vec<usize> = match of.host_name() {
            Some(host) => {
                let within = |host: Option<&str>| {
                    let indexes = self.indexes(host);
                    let by = |is: &dyn Fn(&Placed<'a>) -> bool| {
                        indexes.partition_point(|index| self.placed.get(*index).is_some_and(is))
                    };
                    indexes.get(by(&is_before)..by(&is_not_after)).unwrap_or_default()
                };
                within(Some(host)).iter().chain(within(None)).copied().collect()
            }
            None => (self.placed.partition_point(is_before)..self.placed.partition_point(is_not_after)).collect(),
        };
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|index| self.placed.get(index)).filter(|one| related(one)).collect()
    }
}

/// Until when an observation tells of its subject.
fn until(one: &Placed<'_>) -> DateTime<Utc> {
    match &one.fact {
        Fact::Occupies { last, .. } | Fact::Health { last, .. } => last.utc,
        _ => one.at.utc,
    }
}

/// What was retired and did not show itself again: what comes back is there.
fn retired(placed: &[Placed<'_>]) -> Vec<Subject> {
    let heard_since = |subject: &Subject, since: DateTime<Utc>| {
        let shows = |one: &Placed<'_>| {
            let of = one.one.subject == *subject || subject.holds(&one.one.subject) || subject.holds(&one.place);
            is_evidence(&one.fact) && of && until(one) > since
        };
        placed.iter().any(shows)
    };
    let retired = placed.iter().filter(|one| one.fact == Fact::Retired);
    retired.filter(|one| !heard_since(&one.one.subject, one.at.utc)).map(|one| one.one.subject.clone()).collect()
}
