//! The diagnosis: a pure function of observations. No I/O, no clock of its own.
//!
//! Observations are put in order of event time, each once; then folded. The order in which they were read, and how often, does
//! not matter: feeding them one by one and asking at the end, or all at once, gives the same cases. That time passed is an
//! observation as well ([`Fact::Clock`]): a log that ends is no fact about the host.
//!
//! * `digest`: from what a stream says, record by record, to observations.
//! * `listings`: which drive the reports list in a bay after what was said to be done there.
//! * `inventory`: what exists, drives and bays each with a history of their own.
//! * `cases`: the fold that opens, repairs and closes cases, by a state machine and counters.
//! * `evidence`: which terms the observations around a case give; `weigh`: what these come to.
//! * `causes.toml`, read by `table`: every number, with its source or reason; every piece of advice.
//! * `unknowns`: what cannot be told; `holds`: what is waited for, and why; `hosts`: how each host stands.
//! * `said`: an observation in a line.
//! * `made`: of how many records an observation was made.
//! * `unknowns`: what cannot be told; `conflicts`: the same serial number in two places.
//! * `somewhere`: drives of which a source does not say where they sit.
//! * `about`: which observations tell of one thing.

mod about;
mod articles;
mod cases;
mod conflicts;
mod digest;
mod evidence;
mod holds;
mod hosts;
mod inventory;
mod listings;
mod made;
mod said;
mod serd;
mod somewhere;
mod table;
mod timeline;
mod unknowns;
mod weigh;
mod wording;

pub use about::{about, of_arrays};
pub use articles::{Article, article};
pub use conflicts::{Conflict, overlapping};
pub use digest::{Digest, Digests};
pub use holds::{Hold, Waits, holds};
pub use hosts::{Host, hosts};
pub use inventory::Inventory;
pub use made::{Made, made};
pub use said::line;
pub use timeline::once;
pub use unknowns::Unknown;

use crate::model::{
    Array, ArrayState, Case, CaseState, Drive, DriveState, Fact, Observation, Subject, Verdict, WhyUnread,
};
use chrono::{DateTime, Utc};
use timeline::Timeline;

/// What the observations come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    /// The worst that was found.
    pub verdict: Verdict,
    /// Whether something could not be judged.
    pub incomplete: bool,
    /// The time of the latest observation.
    pub evidence_until: Option<DateTime<Utc>>,
    /// The gravest first.
    pub cases: Vec<Case>,
    /// What exists.
    pub inventory: Inventory,
    /// What is not known.
    pub unknowns: Vec<Unknown>,
    /// What is no longer there, as people said.
    pub retired: Vec<Subject>,
}

impl Diagnosis {
    /// Drives that failed and sit in their bays still.
    pub fn failed_drives(&self) -> impl Iterator<Item = &Drive> {
        let is_retired = |subject: &Subject| self.retired.iter().any(|one| one == subject || one.holds(subject));
        let is_there = move |drive: &&Drive| {
            !is_retired(&Subject::drive(&drive.serial)) && drive.bay.as_ref().is_none_or(|bay| !is_retired(bay))
        };
        self.inventory.sitting().filter(|drive| drive.state == DriveState::Failed).filter(is_there)
    }

    /// The host that a subject is of; a drive is of that of its bay. None of a drive that was seen in none.
    pub fn host_of<'s>(&'s self, subject: &'s Subject) -> Option<&'s str> {
        let bay = || self.inventory.drives.get(subject.serial()?)?.bay.as_ref()?.host_name();
        subject.host_name().or_else(bay)
    }

    /// The cases of what that host has, or may have.
    pub fn cases_of<'s>(&'s self, host: &'s str) -> impl Iterator<Item = &'s Case> {
        self.cases.iter().filter(move |case| self.host_of(&case.subject).is_none_or(|of| of == host))
    }
}

/// Diagnoses.
pub fn diagnose(observations: &[Observation]) -> Diagnosis {
    let observations = somewhere::settled(observations);
    let timeline = Timeline::new(&observations);
    let mut inventory = Inventory::of(timeline.all());
    if let Some(now) = timeline.now() {
        inventory.forget_stale(now - cases::days("evidence_stale_days"), |array| timeline.confirmed(array));
    }
    let cases = cases::fold(&timeline, &inventory);
    let unknowns = unknowns::list(&timeline, &inventory, &cases);
    Diagnosis {
        verdict: verdict(&inventory, &cases, |subject| timeline.is_retired(subject)),
        incomplete: !unknowns.is_empty(),
        evidence_until: timeline.end(),
        cases,
        inventory,
        unknowns,
        retired: timeline.retired().to_vec(),
    }
}

/// The worst of the cases that are not over and of the arrays' states. Where no array is known to be well, nothing is healthy.
fn verdict(inventory: &Inventory, cases: &[Case], is_retired: impl Fn(&Subject) -> bool) -> Verdict {
    let there: Vec<&Array> = inventory.arrays.values().filter(|array| !is_retired(&array.id)).collect();
    let is_there = |drive: &&Drive| {
        !is_retired(&Subject::drive(&drive.serial)) && drive.bay.as_ref().is_none_or(|bay| !is_retired(bay))
    };
    let drives: Vec<&Drive> = inventory.sitting().filter(is_there).collect();
    // A machine without arrays is well if its drives say that they are.
    let read_well = drives.iter().any(|drive| drive.state == DriveState::Healthy);
    // Of one that is there and could not be read, nobody knows; of one that nobody can ever ask, `coverage` tells.
    let not_read =
        |drive: &&Drive| drive.state == DriveState::Unknown && drive.unread.is_some_and(|why| why != WhyUnread::NoWay);
    let read_well = read_well && !drives.iter().any(not_read);
    let some_unread = if drives.iter().any(not_read) { Verdict::Unknown } else { Verdict::Healthy };
    let none_known = if there.is_empty() && !read_well { Verdict::Unknown } else { Verdict::Healthy };
    worst(cases, there, drives).max(none_known).max(some_unread)
}

/// The worst of some cases, of some arrays' states and of the drives that sit in their bays.
fn worst<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
    arrays: impl IntoIterator<Item = &'a Array>,
    drives: impl IntoIterator<Item = &'a Drive>,
) -> Verdict {
    // Whatever was said of its case, it is as it was until somebody takes it out.
    let of_drive = |drive: &Drive| match drive.state {
        DriveState::Failed => Verdict::Warning,
        _ => Verdict::Healthy,
    };
    let of_case = |case: &Case| match case.state {
        CaseState::Closed => Verdict::Healthy,
        // It works again, and is on probation.
        CaseState::Repaired => Verdict::Warning,
        CaseState::Open | CaseState::Acknowledged => case.severity.into(),
    };
    let of_state = |array: &Array| match array.state {
        ArrayState::Optimal => Verdict::Healthy,
        ArrayState::Unknown => Verdict::Unknown,
        ArrayState::Rebuilding => Verdict::Warning,
        ArrayState::Degraded | ArrayState::Failed => Verdict::Critical,
    };
    let (cases, arrays) = (cases.into_iter().map(of_case), arrays.into_iter().map(of_state));
    cases.chain(arrays).chain(drives.into_iter().map(of_drive)).max().unwrap_or(Verdict::Healthy)
}

/// Whether a fact tells of the host at its time; the passing of time does not, nor what people say of cases and plans.
fn is_evidence(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::Clock
            | Fact::Layout(_)
            | Fact::Label(_)
            | Fact::Judged { .. }
            | Fact::Retired
            | Fact::NotWatched { .. }
            | Fact::Maintenance { .. }
            | Fact::Note
    )
}
