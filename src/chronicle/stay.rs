//! Who sat where, from when to when, and how that ended.

use super::Ground;
use crate::model::{Fact, Kind, Observation, Occupant, Subject, When};
use chrono::{DateTime, TimeDelta, Utc};

/// A report takes no longer.
pub(super) const REPORT: TimeDelta = TimeDelta::seconds(60);

/// How a stay ended: a closed list. A failure is no end: a drive that failed sits there until somebody takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// It has not: the last report of its controller lists the drive there.
    StillThere,
    /// The drive was listed in another bay after.
    Moved,
    /// Another drive was listed, or put, there after.
    Replaced,
    /// Somebody took it out.
    Removed,
    /// Reports went on without it.
    NotListed,
    /// Nothing is known after its last report.
    LastListed,
}

impl Ending {
    /// Every ending.
    pub const ALL: [Self; 6] =
        [Self::StillThere, Self::Moved, Self::Replaced, Self::Removed, Self::NotListed, Self::LastListed];

    /// The word in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StillThere => "still-there",
            Self::Moved => "moved",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::NotListed => "not-listed",
            Self::LastListed => "last-listed",
        }
    }
}

/// How a stay ended, and what came then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// How.
    pub how: Ending,
    /// When that was seen.
    pub at: Option<When>,
    /// The bay that the drive moved to.
    pub to: Option<Subject>,
    /// The drive that sat there next.
    pub next: Option<String>,
}

/// A drive in a bay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The drive.
    pub serial: String,
    /// The bay.
    pub bay: Subject,
    /// The first report of it there, or when it was put there.
    pub first: When,
    /// The last.
    pub last: When,
    /// How many reports list it there; 0 if only people say so.
    pub reports: u64,
    /// When it failed there, if it did.
    pub failed: Option<When>,
    /// How it ended.
    pub end: End,
}

/// All stays in a bay, in order.
pub(super) fn in_bay(ground: &Ground<'_>, bay: &Subject) -> Vec<Stay> {
    let occupants = ground.diagnosis.inventory.bays.get(bay).map_or(&[][..], |bay| &bay.occupants);
    let tells = crate::diagnosis::about(ground.observations, bay);
    (0..occupants.len()).filter_map(|index| stay(ground, bay, occupants, index, &tells)).collect()
}

/// All stays of a drive, in order of time.
pub(super) fn of_drive(ground: &Ground<'_>, serial: &str) -> Vec<Stay> {
    let bays = &ground.diagnosis.inventory.bays;
    let sat_in = bays.values().filter(|bay| bay.occupants.iter().any(|one| one.serial == serial));
    let mut stays: Vec<Stay> =
        sat_in.flat_map(|bay| in_bay(ground, &bay.id)).filter(|stay| stay.serial == serial).collect();
    stays.sort_by(|a, b| (a.first.utc, a.last.utc, &a.bay).cmp(&(b.first.utc, b.last.utc, &b.bay)));
    stays
}

/// The stays of a drive that went away and came back to an empty bay, each by itself: runs of reports from one bay.
pub(super) fn split(stays: &[Stay], listed: &[(DateTime<Utc>, Subject)]) -> Vec<Stay> {
    let mut runs: Vec<Stay> = stays.iter().filter(|stay| stay.reports == 0).cloned().collect();
    let told = runs.len();
    for (at, bay) in listed {
        let Some(whole) = stays.iter().rfind(|stay| stay.bay == *bay && stay.first.utc <= *at && *at <= stay.last.utc)
        else {
            continue;
        };
        let of = |known: &When| if known.utc == *at { known.clone() } else { When::exactly(*at) };
        match runs.get_mut(told..).and_then(<[Stay]>::last_mut) {
            Some(run) if run.bay == *bay => {
                (run.last, run.reports) = (of(&whole.last), run.reports + 1);
                run.end = whole.end.clone();
            }
            before => {
                if let Some(run) = before {
                    let at = Some(When::exactly(*at));
                    run.end = End { how: Ending::Moved, at, to: Some(bay.clone()), next: None };
                }
                runs.push(Stay { first: of(&whole.first), last: of(&whole.first), reports: 1, ..whole.clone() });
            }
        }
    }
    runs.sort_by_key(|stay| stay.first.utc);
    runs
}

fn stay(
    ground: &Ground<'_>,
    bay: &Subject,
    occupants: &[Occupant],
    index: usize,
    tells: &[&Observation],
) -> Option<Stay> {
    let Occupant { serial, first_seen, last_seen, reports } = occupants.get(index)?;
    let next = occupants.get(index + 1);
    // What is told of the bay after the next drive was put there is the next one's.
    let within = |one: &&&Observation| {
        one.at.utc >= first_seen.utc
            && next.is_none_or(|next| one.at.utc < next.first_seen.utc || one.subject.serial() == Some(serial))
    };
    let said = |fact: Fact| tells.iter().filter(within).find(|one| one.fact == fact).map(|one| one.at.clone());
    let end = end(ground, bay, &occupants[index], next, said(Fact::DriveRemoved), said(Fact::DriveMissing));
    Some(Stay {
        serial: serial.clone(),
        bay: bay.clone(),
        first: first_seen.clone(),
        last: last_seen.clone(),
        reports: *reports,
        failed: said(Fact::DriveFailed),
        end,
    })
}

fn end(
    ground: &Ground<'_>,
    bay: &Subject,
    one: &Occupant,
    next: Option<&Occupant>,
    removed: Option<When>,
    missing: Option<When>,
) -> End {
    let bays = &ground.diagnosis.inventory.bays;
    let elsewhere = bays.values().filter(|other| other.id != *bay).flat_map(|other| {
        let later = |stay: &&Occupant| stay.serial == one.serial && stay.last_seen.utc > one.last_seen.utc + REPORT;
        other.occupants.iter().filter(later).map(|stay| (&other.id, stay))
    });
    // One that begins after this ended is where it went; one that spans this is where it came from, and went back to.
    let moved =
        elsewhere.min_by_key(|(_, stay)| (stay.first_seen.utc < one.last_seen.utc - REPORT, stay.first_seen.utc));
    let end = |how, at: Option<When>| End { how, at, to: None, next: next.map(|next| next.serial.clone()) };
    // It came back after reports that did not list it.
    if next.is_some_and(|next| next.serial == one.serial) {
        return end(if removed.is_some() { Ending::Removed } else { Ending::NotListed }, removed.or(missing));
    }
    match (removed, moved, next) {
        (Some(at), ..) => end(Ending::Removed, Some(at)),
        (None, Some((to, stay)), _) => {
            End { to: Some(to.clone()), ..end(Ending::Moved, Some(stay.first_seen.clone())) }
        }
        (None, None, Some(next)) => end(Ending::Replaced, Some(next.first_seen.clone())),
        (None, None, None) if missing.is_some() => end(Ending::NotListed, missing),
        (None, None, None) if one.reports > 0 && one.last_seen.utc + REPORT >= last_report(ground, bay) => {
            end(Ending::StillThere, None)
        }
        (None, None, None) => end(Ending::LastListed, None),
    }
}

/// When a drive of the bay's controller was listed last, whichever it was.
fn last_report(ground: &Ground<'_>, bay: &Subject) -> DateTime<Utc> {
    let of = |bay: &Subject| bay.enclosing(Kind::Controller, 1);
    let beside = ground.diagnosis.inventory.bays.values().filter(|other| of(&other.id) == of(bay));
    let last = beside.flat_map(|bay| bay.occupants.iter().filter(|one| one.reports > 0).map(|one| one.last_seen.utc));
    last.max().unwrap_or(DateTime::<Utc>::MIN_UTC)
}
