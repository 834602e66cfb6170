//! The fold that opens, repairs and closes cases.
//!
//! ```text
//!             a failing fact             a repairing fact            the probation passes
//!   (no case) --------------> open ---------------------> repaired ----------------------> closed
//!                              |  ^                            |
//!              acknowledgement |  | it gets worse              | a failing fact, again, within the probation:
//!                              v  |                            v a counter of two fires
//!                          acknowledged                     closed; a case of its own opens: relapse
//! ```
//!
//! What fails and is repaired is a *course*: an array, a bay or a drive, the service that records. A stream that is damaged and
//! a report that is missing have no repairing fact but the report's return: what was lost stays lost.

use super::inventory::Inventory;
use super::serd::Serd;
use super::table::TABLE;
use super::timeline::Timeline;
use super::{evidence, wording};
use crate::model::{
    ArrayState, Case, CaseState, Cause, Code, Fact, Kind, Observation, ObservationId, Severity, Subject, When,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// A case before it is weighed and worded.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) code: Code,
    pub(super) subject: Subject,
    pub(super) severity: Severity,
    pub(super) state: CaseState,
    pub(super) opened: When,
    /// What it rests on, in order of time.
    pub(super) evidence: Vec<&'a Observation>,
    /// Of a relapse: the case before it.
    pub(super) before: Option<Before>,
    /// The case of the array that this one, of a member, is told in.
    part_of: Option<usize>,
}

/// What came before a relapse.
#[derive(Debug, Clone)]
pub(super) struct Before {
    pub(super) repaired: DateTime<Utc>,
    /// Whether a drive was replaced between.
    pub(super) drive_replaced: Option<ObservationId>,
    /// The failure and the repair.
    pub(super) observations: Vec<ObservationId>,
    /// Bays that are known to have failed then.
    pub(super) bays: Vec<Subject>,
}

/// A number of days from the table.
pub(super) fn days(constant: &str) -> TimeDelta {
    let seconds = TABLE.constant(constant) * 86_400.0;
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|days| TimeDelta::from_std(days).ok())
        .unwrap_or_default()
}

struct Fold<'a, 't> {
    timeline: &'t Timeline<'a>,
    inventory: &'t Inventory,
    drafts: Vec<Draft<'a>>,
    /// The case of each course and whether it lasts, by what fails.
    courses: BTreeMap<(Class, Subject), usize>,
    relapses: Serd<Subject, usize>,
}

/// Cases of different classes run beside each other on one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Failure,
    Rebuild,
    Missing,
    Prediction,
    Damage,
    Report,
    Recorder,
    Event(u32),
}

/// Folds the observations into cases, the gravest first.
pub(super) fn fold(timeline: &Timeline<'_>, inventory: &Inventory) -> Vec<Case> {
    // Two failures of one array or bay within the probation of a repair, with the repair between them.
    let relapses = Serd::new(2, days("probation_days"));
    let mut fold = Fold { timeline, inventory, drafts: Vec::new(), courses: BTreeMap::new(), relapses };
    for observation in timeline.all() {
        fold.observe(observation);
    }
    fold.end_probations();
    // One thing that happened is one case: a member's failure is told in its array's, unless it alone is a relapse.
    let told_elsewhere = |draft: &Draft<'_>| {
        let array = draft.part_of.and_then(|array| fold.drafts.get(array));
        array.is_some_and(|array| array.code == Code::Relapse || draft.code != Code::Relapse)
    };
    let told = fold.drafts.iter().filter(|draft| !told_elsewhere(draft));
    let mut cases: Vec<Case> = told.map(|draft| weigh(draft, timeline, inventory)).collect();
    cases.extend(contradicted_sensors(&cases, timeline, inventory));
    cases.sort_by(|a, b| {
        let over = |case: &Case| matches!(case.state, CaseState::Closed);
        over(a)
            .cmp(&over(b))
            .then(b.severity.cmp(&a.severity))
            .then(a.code.cmp(&b.code))
            .then(a.opened.utc.cmp(&b.opened.utc))
            .then(a.id.cmp(&b.id))
    });
    cases
}

impl<'a> Fold<'a, '_> {
    fn observe(&mut self, one: &'a Observation) {
        let is_array = one.subject.kind() == Kind::Array;
        match &one.fact {
            Fact::State(ArrayState::Degraded) => self.fails(one, Code::ArrayDegraded),
            Fact::State(ArrayState::Failed) => self.fails(one, Code::ArrayFailed),
            Fact::DriveFailed if is_array => self.fails(one, Code::ArrayDegraded),
            Fact::DriveFailed => {
                self.fails(one, Code::DriveFailed);
                self.tell_arrays(one);
            }
            Fact::State(ArrayState::Optimal) | Fact::RebuildCompleted => {
                self.repaired(Class::Failure, &one.subject, one);
                self.repaired(Class::Rebuild, &one.subject, one);
            }
            Fact::State(ArrayState::Rebuilding) | Fact::RebuildStarted => self.add(Class::Failure, &one.subject, one),
            Fact::RebuildFailed => {
                self.add(Class::Failure, &one.subject, one);
                self.open(Class::Rebuild, Code::RebuildFailed, one);
            }
            Fact::DriveReplaced { old, .. } => {
                self.missing_replaced(one, old.as_deref());
                if is_array {
                    self.add(Class::Failure, &one.subject, one);
                } else {
                    self.repaired(Class::Failure, &one.subject, one);
                    self.repaired(Class::Prediction, &one.subject, one);
                    self.tell_arrays(one);
                }
            }
            Fact::DriveMissing => self.missing(one),
            Fact::FailurePredicted => self.open(Class::Prediction, Code::FailurePredicted, one),
            Fact::Damaged { unfinished: false, .. } => self.open(Class::Damage, Code::StreamDamaged, one),
            Fact::ReportMissing => {
                self.open(Class::Report, Code::ReportMissing, one);
                if one.at.until.is_some() {
                    self.close(Class::Report, &one.subject);
                }
            }
            Fact::Rhythm { period, stream_goes_on } => self.report_due(one, *period, *stream_goes_on),
            Fact::Recorder { runs: false } => self.open(Class::Recorder, Code::RecorderStopped, one),
            Fact::Recorder { runs: true } => self.repaired(Class::Recorder, &one.subject, one),
            Fact::Event { number, .. } => self.open(Class::Event(*number), Code::EventNotUnderstood, one),
            _ => {}
        }
    }

    fn lasting(&mut self, class: Class, subject: &Subject) -> Option<&mut Draft<'a>> {
        let index = *self.courses.get(&(class, subject.clone()))?;
        self.drafts.get_mut(index).filter(|draft| matches!(draft.state, CaseState::Open | CaseState::Acknowledged))
    }

    fn add(&mut self, class: Class, subject: &Subject, one: &'a Observation) {
        if let Some(draft) = self.lasting(class, subject) {
            draft.evidence.push(one);
        }
    }

    /// Opens a case, or adds to the one that lasts.
    fn open(&mut self, class: Class, code: Code, one: &'a Observation) {
        if let Some(draft) = self.lasting(class, &one.subject) {
            draft.evidence.push(one);
            draft.severity = draft.severity.max(one.severity);
            return;
        }
        self.courses.insert((class, one.subject.clone()), self.drafts.len());
        self.drafts.push(Draft {
            code,
            subject: one.subject.clone(),
            severity: one.severity,
            state: CaseState::Open,
            opened: one.at.clone(),
            evidence: vec![one],
            before: None,
            part_of: None,
        });
    }

    fn repaired(&mut self, class: Class, subject: &Subject, one: &'a Observation) {
        if let Some(draft) = self.lasting(class, subject) {
            draft.evidence.push(one);
            draft.state = CaseState::Repaired;
        }
    }

    fn close(&mut self, class: Class, subject: &Subject) {
        if let Some(draft) = self.lasting(class, subject) {
            draft.state = CaseState::Closed;
        }
    }

    /// An array, bay or drive fails: worse than before, for the first time, or again after a repair.
    fn fails(&mut self, one: &'a Observation, code: Code) {
        if let Some(draft) = self.lasting(Class::Failure, &one.subject) {
            draft.evidence.push(one);
            if code == Code::ArrayFailed && draft.code == Code::ArrayDegraded {
                draft.code = code;
            }
            return;
        }
        self.open(Class::Failure, code, one);
        let opened = self.drafts.len() - 1;
        if let Some(draft) = self.drafts.get_mut(opened) {
            draft.severity = Severity::Critical;
        }
        if let Some([earlier, _]) = self.relapses.count(one.subject.clone(), one.at.utc, opened).as_deref() {
            self.relapses_after(*earlier, opened);
        }
        if one.subject.kind() == Kind::Array {
            self.take_in_members(&one.subject, opened);
        }
    }

    /// Members that had failed when their array said so are what it lost.
    fn take_in_members(&mut self, array: &Subject, case: usize) {
        let members = self.inventory.arrays.get(array).map(|array| array.members.as_slice()).unwrap_or_default();
        let is_member = |subject: &Subject| {
            let bay = self.bay_of(subject);
            bay.is_some() && members.iter().any(|member| member.bay == bay)
        };
        let lasts = |index: &&usize| self.drafts.get(**index).is_some_and(|draft| draft.state == CaseState::Open);
        let failed = self.courses.iter().filter(|((class, subject), _)| *class == Class::Failure && is_member(subject));
        let failed: Vec<usize> = failed.map(|(_, index)| index).filter(lasts).copied().collect();
        for member in failed {
            let failure = self.drafts.get_mut(member).and_then(|draft| {
                draft.part_of = Some(case);
                draft.evidence.iter().rfind(|one| one.fact == Fact::DriveFailed).copied()
            });
            if let Some(draft) = self.drafts.get_mut(case) {
                draft.evidence.extend(failure);
            }
        }
    }

    /// A drive is no longer listed. That is no news of one that failed or was taken out, and over when it is listed again.
    fn missing(&mut self, one: &'a Observation) {
        let drive = one.subject.serial().and_then(|serial| self.inventory.drives.get(serial));
        let bay = drive.and_then(|drive| drive.bay.clone());
        for subject in [Some(&one.subject), bay.as_ref()].into_iter().flatten() {
            if let Some(draft) = self.lasting(Class::Failure, subject) {
                draft.evidence.push(one);
                return;
            }
        }
        let seen = drive.map(|drive| drive.last_seen.utc);
        let taken_out = |other: &Observation| match &other.fact {
            Fact::DriveReplaced { old: Some(old), .. } => one.subject.serial() == Some(old),
            Fact::DriveReplaced { old: None, .. } => Some(&other.subject) == bay.as_ref() && Some(other.at.utc) > seen,
            _ => false,
        };
        if self.timeline.all().any(|other| other.at.utc <= one.at.utc && taken_out(other)) {
            return;
        }
        self.open(Class::Missing, Code::DriveMissing, one);
        if let Some(draft) = self.lasting(Class::Missing, &one.subject) {
            // An array without a member is degraded at best.
            draft.severity = Severity::Critical;
            if seen > Some(one.at.utc) {
                draft.state = CaseState::Repaired;
            }
        }
    }

    /// A drive was replaced that may have been missing.
    fn missing_replaced(&mut self, one: &'a Observation, old: Option<&str>) {
        let meant = |subject: &Subject| match old {
            Some(old) => subject.serial() == Some(old),
            None => self.bay_of(subject).as_ref() == Some(&one.subject),
        };
        let missing = self.courses.keys().filter(|(class, subject)| *class == Class::Missing && meant(subject));
        for (class, subject) in missing.cloned().collect::<Vec<_>>() {
            self.repaired(class, &subject, one);
        }
    }

    fn bay_of(&self, subject: &Subject) -> Option<Subject> {
        match subject.kind() {
            Kind::Bay => Some(subject.clone()),
            _ => subject.serial().and_then(|serial| self.inventory.drives.get(serial)?.bay.clone()),
        }
    }

    /// The case that was just opened is the earlier one again: its repair did not hold.
    fn relapses_after(&mut self, earlier: usize, opened: usize) {
        let Some(earlier) = self.drafts.get_mut(earlier).filter(|earlier| earlier.state == CaseState::Repaired) else {
            return;
        };
        earlier.state = CaseState::Closed;
        let (evidence, before) = (earlier.evidence.clone(), Before::of(earlier));
        if let Some(draft) = self.drafts.get_mut(opened) {
            draft.code = Code::Relapse;
            draft.evidence.splice(0..0, evidence);
            draft.before = before;
        }
    }

    /// A bay or drive failed or was replaced: the arrays that it belongs to should know which member it was.
    fn tell_arrays(&mut self, one: &'a Observation) {
        let bay = self.bay_of(&one.subject);
        let member = self.courses.get(&(Class::Failure, one.subject.clone())).copied();
        let arrays = self
            .inventory
            .arrays
            .values()
            .filter(|array| array.members.iter().any(|member| member.bay == bay && bay.is_some()));
        let arrays: Vec<Subject> = arrays.map(|array| array.id.clone()).collect();
        for array in arrays {
            self.add(Class::Failure, &array, one);
            let case = self.courses.get(&(Class::Failure, array.clone())).copied();
            let lasts = self.lasting(Class::Failure, &array).is_some();
            if let Some(draft) = member.and_then(|member| self.drafts.get_mut(member)).filter(|_| lasts) {
                draft.part_of = case;
            }
        }
    }

    /// A report was due after its last one: missing if time or the stream went on without it. Not so if the next piece of the log
    /// has it, or if it is not late yet by the present time.
    fn report_due(&mut self, one: &'a Observation, period: TimeDelta, stream_goes_on: bool) {
        let due = one.at.utc + period;
        let late = TimeDelta::seconds((period.num_seconds() as f64 * TABLE.constant("report_late")) as i64);
        let listed_again = self.timeline.listed_again(one.subject.host_name(), one.at.utc + period / 2);
        let came = listed_again.is_some_and(|again| again <= due + late);
        let not_due = self.timeline.now().is_some_and(|now| now <= due + late);
        if came || not_due {
            return;
        }
        let passed = self.timeline.passed().is_some_and(|passed| passed > due + late);
        if passed || stream_goes_on {
            self.open(Class::Report, Code::ReportMissing, one);
            if let Some(draft) = self.lasting(Class::Report, &one.subject) {
                draft.opened = When::exactly(due);
                draft.severity = Severity::Warning;
            }
            if listed_again.is_some() {
                self.close(Class::Report, &one.subject);
            }
        }
    }

    fn end_probations(&mut self) {
        let Some(passed) = self.timeline.passed() else { return };
        for draft in self.drafts.iter_mut().filter(|draft| draft.state == CaseState::Repaired) {
            let repaired = draft.evidence.last().map(|one| one.at.utc);
            if repaired.is_some_and(|repaired| passed - repaired > days("probation_days")) {
                draft.state = CaseState::Closed;
            }
        }
    }
}

impl Before {
    fn of(earlier: &Draft<'_>) -> Option<Self> {
        let repair = earlier.evidence.last()?;
        let replaced = earlier.evidence.iter().find(|one| matches!(one.fact, Fact::DriveReplaced { .. }));
        let told = [earlier.evidence.first(), replaced, Some(repair)];
        Some(Self {
            repaired: repair.at.utc,
            drive_replaced: replaced.map(|one| one.id),
            observations: told.into_iter().flatten().map(|one| one.id).collect(),
            bays: evidence::failed_bays(&earlier.evidence),
        })
    }
}

/// Weighs and words a case.
fn weigh(draft: &Draft<'_>, timeline: &Timeline<'_>, inventory: &Inventory) -> Case {
    let suspects = evidence::suspects(draft, timeline, inventory);
    let [do_next, checks, do_not] = wording::advice(draft, &suspects, inventory);
    Case {
        id: case_id(draft.code, &draft.subject, draft.evidence.iter().map(|one| one.id)),
        code: draft.code,
        severity: draft.severity,
        state: draft.state,
        opened: draft.opened.clone(),
        subject: draft.subject.clone(),
        summary: wording::summary(draft, &suspects, inventory),
        do_next,
        checks,
        do_not,
        suspects,
        observations: draft.evidence.iter().map(|one| one.id).collect(),
    }
}

/// From what the case is, whom it concerns, and the observation that opened it: the same evidence makes the same case, and more
/// of it does not make it another.
fn case_id(code: Code, subject: &Subject, mut evidence: impl Iterator<Item = ObservationId>) -> String {
    let first = evidence.next().map_or(0, |id| id.0);
    format!("{:010x}", xxh3_64(format!("{} {subject} {first:x}", code.code()).as_bytes()) >> 24)
}

/// A sensor that read fine while the power line is the first of a failure's suspects.
fn contradicted_sensors(cases: &[Case], timeline: &Timeline<'_>, inventory: &Inventory) -> Vec<Case> {
    let suspected = cases.iter().filter(|case| {
        let first = case.suspects.first().map(|suspect| suspect.cause);
        matches!(case.state, CaseState::Open | CaseState::Acknowledged) && first == Some(Cause::PowerLine)
    });
    let mut contradicted: Vec<Case> = Vec::new();
    for case in suspected {
        let from = case.observations.iter().filter_map(|id| timeline.get(*id)).map(|one| one.at.utc).min();
        let host = case.subject.host_name();
        let related = timeline.around(host, from.unwrap_or(case.opened.utc), case.opened.utc, days("related_days"));
        let fine: Vec<&Observation> =
            related.into_iter().filter(|one| one.fact == Fact::PowerReading { fine: true }).collect();
        let Some(last) = fine.last() else { continue };
        let draft = Draft {
            code: Code::SensorContradicted,
            subject: last.subject.clone(),
            severity: Severity::Warning,
            state: CaseState::Open,
            opened: last.at.clone(),
            evidence: fine.clone(),
            before: None,
            part_of: None,
        };
        let mut sensor = weigh(&draft, timeline, inventory);
        if case.code == Code::Relapse {
            sensor.suspects = evidence::sensor_after_relapse(&case.observations);
        }
        sensor.observations.extend(&case.observations);
        if contradicted.iter().all(|known| known.id != sensor.id) {
            contradicted.push(sensor);
        }
    }
    contradicted
}
