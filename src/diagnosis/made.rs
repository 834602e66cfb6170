//! Of how many records an observation was made that stands in no log as it is: a stay, a drive that is listed no longer, another
//! drive in a bay, events that are too many to keep.

use crate::model::{Evidence, Fact, Observation};
use crate::words::{instant, number_of};
use chrono::{DateTime, Utc};

/// What an observation was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// How many records.
    pub of: u64,
    /// Which, and of which the bytes are that it is traced to.
    pub how: String,
}

/// What an observation was made of, by all there are; none if a record says it.
pub fn made(one: &Observation, all: &[Observation]) -> Option<Made> {
    match &one.fact {
        Fact::Occupies { reports, last, .. } => {
            let reported = number_of(*reports, "report", "reports");
            let how = format!(
                "made of {reported}, from {} to {}; these are the bytes of the first",
                instant(one.at.utc),
                instant(last.utc)
            );
            Some(Made { of: *reports, how })
        }
        Fact::DriveMissing => {
            let before = |stay: &Stay<'_>| stay.one.subject == one.subject && stay.last < one.at.utc;
            let stay = stays(all).filter(before).max_by_key(|stay| stay.last)?;
            let reported = number_of(stay.reports, "report that lists it", "reports that list it");
            let how = format!(
                "made of {reported}, the last of {}, and of those after, which do not; these are the bytes of the first of these",
                instant(stay.last)
            );
            Some(Made { of: stay.reports, how })
        }
        Fact::DriveReplaced { old: Some(old), .. } => {
            // A person's word for it stands in other bytes than a report.
            let place = |one: &Observation| {
                one.evidence.as_ref().map(|Evidence { source, start, .. }| (source.clone(), *start))
            };
            let new = stays(all).find(|stay| place(stay.one).is_some() && place(stay.one) == place(one))?;
            let before = stays(all)
                .filter(|stay| stay.one.subject.serial() == Some(old.as_str()))
                .max_by_key(|stay| stay.last)?;
            let reported = number_of(before.reports, "report of the one drive", "reports of the one drive");
            let how = format!(
                "made of {reported} and {} of the other; these are the bytes of the first of the other",
                new.reports
            );
            Some(Made { of: before.reports + new.reports, how })
        }
        Fact::Event { times, .. } if *times > 1 => {
            let until = one.at.until.map(|until| format!(", the last of {}", instant(until))).unwrap_or_default();
            let how = format!(
                "made of {}{until}; these are the bytes of the first",
                number_of(*times, "event", "equal events")
            );
            Some(Made { of: *times, how })
        }
        _ => None,
    }
}

struct Stay<'a> {
    one: &'a Observation,
    last: DateTime<Utc>,
    reports: u64,
}

fn stays(all: &[Observation]) -> impl Iterator<Item = Stay<'_>> {
    all.iter().filter_map(|one| match &one.fact {
        Fact::Occupies { last, reports, .. } => Some(Stay { one, last: last.utc, reports: *reports }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ObservationId, Severity, When};

    fn observed(day: u8, subject: &str, fact: Fact, start: u64) -> Observation {
        Observation {
            id: ObservationId(start),
            at: When::exactly(on(day)),
            subject: subject.parse().expect("a subject"),
            fact,
            severity: Severity::Info,
            evidence: Some(Evidence { source: "a.log".into(), start, end: start + 9 }),
            text: "in words".to_owned(),
        }
    }

    fn on(day: u8) -> DateTime<Utc> {
        format!("2013-10-{day:02}T08:00:00Z").parse().expect("a time")
    }

    fn stay(serial: &str, days: [u8; 2], reports: u64, start: u64) -> Observation {
        let bay = "bay:engine/c1/e0/s0".parse().expect("a subject");
        let fact =
            Fact::Occupies { bay, vendor: None, model: None, last: When::exactly(on(days[1])), reports, read: None };
        observed(days[0], &format!("drive:{serial}"), fact, start)
    }

    #[test]
    fn of_how_many_records() {
        let all = [stay("OLD", [1, 3], 3, 10), stay("OLD", [5, 6], 2, 20), stay("NEW", [7, 9], 4, 30)];
        let check = |one: Observation, expect: Option<(u64, &str)>| {
            let made = made(&one, &all);
            assert_eq!(made.as_ref().map(|made| made.of), expect.map(|(of, _)| of), "{one:?}");
            if let (Some(made), Some((_, how))) = (made, expect) {
                assert!(made.how.contains(how), "{}", made.how);
            }
        };
        let replaced = || Fact::DriveReplaced { old: Some("OLD".to_owned()), new: Some("NEW".to_owned()) };
        let events = |times| Fact::Event { number: 7, times };
        check(stay("OLD", [1, 3], 3, 10), Some((3, "3 reports, from 2013-10-01 08:00 UTC to 2013-10-03")));
        check(observed(7, "drive:OLD", Fact::DriveMissing, 40), Some((2, "the last of 2013-10-06")));
        check(observed(7, "drive:OTHER", Fact::DriveMissing, 40), None);
        check(observed(7, "bay:engine/c1/e0/s0", replaced(), 30), Some((6, "2 reports of the one drive and 4")));
        check(observed(7, "bay:engine/c1/e0/s0", replaced(), 99), None);
        check(observed(7, "controller:engine/c1", events(1), 50), None);
        check(observed(7, "controller:engine/c1", events(12), 50), Some((12, "12 equal events")));
        check(observed(7, "host:engine", Fact::Note, 50), None);
    }
}
