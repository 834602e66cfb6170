//! Which drive the reports list in a bay next after a time: what a person says was done there either shows, or is contradicted.
//!
//! Whoever is listed in a bay afterwards was not taken out of it, whatever was said; and a report in which another drive stands
//! before bears out that there was one.

use crate::model::{Fact, Observation, Subject, When};
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A drive, and from when until when it is listed.
type Stay<'a> = (DateTime<Utc>, DateTime<Utc>, &'a str);

/// By bay, the stays that reports tell of.
#[derive(Debug, Default)]
pub(super) struct Listings<'a>(BTreeMap<&'a Subject, Vec<Stay<'a>>>);

impl<'a> Listings<'a> {
    pub(super) fn of(observations: impl IntoIterator<Item = &'a Observation>) -> Self {
        let mut bays: BTreeMap<&Subject, Vec<Stay<'_>>> = BTreeMap::new();
        for one in observations {
            if let (Fact::Occupies { bay, last, reports: 1.., .. }, Some(serial)) = (&one.fact, one.subject.serial()) {
                bays.entry(bay).or_default().push((one.at.utc, last.utc, serial));
            }
        }
        Self(bays)
    }

    /// The drive that is listed in a bay next after something was done there.
    pub(super) fn next(&self, bay: &Subject, done: &When) -> Option<&'a str> {
        // A time that people remember may be off: until then the old drive may stand in reports.
        let after = done.until.unwrap_or(done.utc) + done.within.unwrap_or_default();
        let stays = self.0.get(bay)?.iter().filter(|(first, last, _)| *last > after || *first >= done.utc);
        stays.min_by_key(|(first, ..)| ((*first).max(after), Reverse(*first))).map(|(.., serial)| *serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ObservationId, Severity};

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(day * 86_400, 0).expect("a time")
    }

    fn bay() -> Subject {
        "bay:engine/c1/e0/s0".parse().expect("a bay")
    }

    fn stay((serial, first, last): &(&str, i64, i64)) -> Observation {
        let last = When::exactly(day(*last));
        Observation {
            id: ObservationId(0),
            at: When::exactly(day(*first)),
            subject: Subject::drive(serial),
            fact: Fact::Occupies { bay: bay(), vendor: None, model: None, last, reports: 2, read: None },
            severity: Severity::Info,
            evidence: None,
            text: String::new(),
        }
    }

    /// Stays, and who is listed next after a day.
    fn check(stays: &[(&str, i64, i64)], done: i64, next: Option<&str>) {
        let observations: Vec<Observation> = stays.iter().map(stay).collect();
        assert_eq!(Listings::of(&observations).next(&bay(), &When::exactly(day(done))), next, "{stays:?} {done}");
    }

    #[test]
    fn who_is_listed_next() {
        check(&[], 5, None);
        check(&[("A", 1, 5)], 5, None);
        check(&[("A", 1, 6)], 5, Some("A"));
        check(&[("A", 1, 4), ("B", 5, 5), ("A", 6, 9)], 5, Some("B"));
        check(&[("A", 1, 4), ("B", 6, 8), ("A", 9, 9)], 5, Some("B"));
        check(&[("A", 1, 4), ("A", 7, 9)], 5, Some("A"));
    }

    #[test]
    fn a_time_from_memory_may_be_off() {
        let stay = stay(&("A", 1, 6));
        let done = When { within: Some(chrono::TimeDelta::days(2)), ..When::exactly(day(5)) };
        assert_eq!(Listings::of([&stay]).next(&bay(), &done), None);
    }
}
