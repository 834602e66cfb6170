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
            let stay = stays(all).filter(|stay| stay.one.subject == one.subject).max_by_key(|stay| stay.last)?;
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
