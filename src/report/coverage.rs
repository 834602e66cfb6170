//! What is watched and what is not, by what was read last.

use crate::diagnosis::Diagnosis;
use crate::model::{Fact, Kind, Observation, Subject, WhyUnread};
use crate::words::{duration, instant};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// A thing that nobody read for so long is not watched.
const STALE: TimeDelta = TimeDelta::days(2);

/// What is watched and what is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// How many things of each kind were read, and are well read.
    pub watched: BTreeMap<Kind, u64>,
    /// What is not watched.
    pub not_watched: Vec<NotWatched>,
}

/// A thing that is not watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWatched {
    /// Which.
    pub subject: Subject,
    /// The kind of reason; none if it was read well and has not been since a time.
    pub why: Option<WhyUnread>,
    /// For people.
    pub text: String,
    /// When it was read last, to whatever end.
    pub last: DateTime<Utc>,
}

impl Coverage {
    /// By the observations of a history.
    pub fn of(observations: &[Observation], diagnosis: &Diagnosis, now: DateTime<Utc>) -> Self {
        let mut newest: BTreeMap<&Subject, &Observation> = BTreeMap::new();
        for one in observations.iter().filter(|one| matches!(one.fact, Fact::Health { .. })) {
            let newer = newest.get(&one.subject).is_none_or(|known| last(known) <= last(one));
            if newer {
                newest.insert(&one.subject, one);
            }
        }
        let is_retired =
            |subject: &Subject| diagnosis.retired.iter().any(|retired| retired == subject || retired.holds(subject));
        let mut coverage = Self { watched: BTreeMap::new(), not_watched: Vec::new() };
        for (subject, one) in newest.into_iter().filter(|(subject, _)| !is_retired(subject)) {
            let (Fact::Health { unread, .. }, last) = (&one.fact, last(one)) else { continue };
            let not = match unread {
                Some(unread) => Some((Some(unread.why), unread.text.clone())),
                None if now - last > STALE => Some((
                    None,
                    format!("it was read {} ago, on {}, and not since", duration(now - last), instant(last)),
                )),
                None => None,
            };
            match not {
                Some((why, text)) => {
                    coverage.not_watched.push(NotWatched { subject: subject.clone(), why, text, last });
                }
                None => *coverage.watched.entry(subject.kind()).or_default() += 1,
            }
        }
        coverage.listed_only(diagnosis);
        coverage
    }

    /// Drives that logs list and nobody read.
    fn listed_only(&mut self, diagnosis: &Diagnosis) {
        let read = |serial: &str| {
            let drive = Subject::drive(serial);
            self.not_watched.iter().any(|not| not.subject == drive)
        };
        let well_read = |drive: &crate::model::Drive| !drive.paths.is_empty() || drive.wwn.is_some();
        let drives = diagnosis.inventory.drives.values().filter(|drive| !well_read(drive) && !read(&drive.serial));
        let listed: Vec<NotWatched> = drives
            .map(|drive| NotWatched {
                subject: Subject::drive(&drive.serial),
                why: Some(WhyUnread::NoWay),
                text: "logs list it, and nobody reads the drive itself".to_owned(),
                last: drive.last_seen.utc,
            })
            .collect();
        self.not_watched.extend(listed);
    }
}

fn last(one: &Observation) -> DateTime<Utc> {
    match &one.fact {
        Fact::Health { last, .. } => last.utc,
        _ => one.at.utc,
    }
}
