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
//! What people say of a case ([`Fact::Judged`]) moves it the same way: acknowledged, repaired, closed. An acknowledgement binds to
//! what was seen: a case that gets worse is open again.
//!
//! What fails and is repaired is a *course*: an array, a bay or a drive, the service that records. A stream that is damaged and
//! a report that is missing have no repairing fact but the report's return: what was lost stays lost.

mod health;

use super::inventory::Inventory;
use super::serd::Serd;
use super::table::TABLE;
use super::timeline::{Placed, Timeline};
use super::{evidence, wording};
use crate::model::{
    ArrayState, Case, CaseState, Cause, Code, Fact, Kind, Member, ObservationId, Severity, Subject, Trouble, When,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// A case before it is weighed and worded.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) code: Code,
    class: Class,
    pub(super) subject: Subject,
    pub(super) severity: Severity,
    pub(super) state: CaseState,
    pub(super) opened: When,
    /// What it rests on, in order of time.
    pub(super) evidence: Vec<&'a Placed<'a>>,
    /// What people said of it.
    pub(super) judged: Vec<&'a Placed<'a>>,
    /// Whether the array does not work at all, and not only without some of its members.
    pub(super) array_failed: bool,
    /// Where its own evidence begins: of a relapse, that of the case before it comes first.
    own: usize,
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

struct Fold<'a> {
    timeline: &'a Timeline<'a>,
    inventory: &'a Inventory,
    drafts: Vec<Draft<'a>>,
    /// The case of each course and whether it lasts, by what fails.
    courses: BTreeMap<(Class, Subject), usize>,
    relapses: Serd<Subject, usize>,
    /// Of bays whose drive dropped out of its controller's reports.
    absences: Serd<Subject, usize>,
    /// How much of each reason there was when a thing was read last.
    levels: health::Levels,
    /// What was read before.
    read: BTreeSet<Subject>,
    /// How bad what was read last is if it does not rise.
    at_rest: BTreeMap<(Class, Subject), Severity>,
    /// What people said so far is no longer there.
    retired: Vec<Subject>,
    /// What people said of cases that were not open yet, or are made last.
    judged_early: Vec<&'a Placed<'a>>,
}

/// Cases of different classes run beside each other on one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Failure,
    Rebuild,
    Missing,
    Prediction,
    Damage,
    Report,
    Recorder,
    Event(u32),
    Watch,
    Sensor,
    Health(Code),
    Power,
}

/// Folds the observations into cases, the gravest first.
pub(super) fn fold<'a>(timeline: &'a Timeline<'a>, inventory: &'a Inventory) -> Vec<Case> {
    // Two failures of one array or bay within the probation of a repair, with the repair between them.
    let relapses = Serd::new(2, days("probation_days"));
    let absences = relapses.clone();
    let (drafts, courses, retired, judged_early) = (Vec::new(), BTreeMap::new(), Vec::new(), Vec::new());
    let (levels, read, at_rest) = Default::default();
    let mut fold =
        Fold { timeline, inventory, drafts, courses, relapses, absences, levels, read, at_rest, retired, judged_early };
    for observation in timeline.all() {
        fold.observe(observation);
    }
    fold.power_faults();
    fold.end_of_rises();
    fold.end_probations();
    // One thing that happened is one case: a member's failure is told in its array's, unless it alone is a relapse.
    let told_elsewhere = |draft: &Draft<'_>| {
        let array = draft.part_of.and_then(|array| fold.drafts.get(array));
        array.is_some_and(|array| array.code == Code::Relapse || draft.code != Code::Relapse)
    };
    let told = fold.drafts.iter().filter(|draft| !told_elsewhere(draft));
    let mut cases: Vec<Case> = told.map(|draft| weigh(draft, timeline, inventory)).collect();
    let mut sensors = contradicted_sensors(&cases, timeline, inventory);
    for one in &fold.judged_early {
        sensors.iter_mut().for_each(|case| judge_case(case, one));
    }
    cases.extend(sensors);
    cases.sort_by(|a, b| {
        let over = |case: &Case| matches!(case.state, CaseState::Closed);
        over(a)
            .cmp(&over(b))
            .then(b.severity.cmp(&a.severity))
            .then(a.code.cmp(&b.code))
            .then(a.opened.utc.cmp(&b.opened.utc))
            .then_with(|| a.subject.cmp(&b.subject))
            .then(a.id.cmp(&b.id))
    });
    cases
}

impl<'a> Fold<'a> {
    fn observe(&mut self, one: &'a Placed<'a>) {
        let is_array = one.place.kind() == Kind::Array;
        match &one.fact {
            Fact::State(ArrayState::Degraded) => self.fails(one, Code::ArrayDegraded),
            Fact::State(ArrayState::Failed) => self.fails(one, Code::ArrayFailed),
            Fact::DriveFailed | Fact::MemberFailed { .. } if is_array => self.fails(one, Code::ArrayDegraded),
            Fact::DriveFailed => {
                self.fails(one, Code::DriveFailed);
                self.tell_arrays(one);
            }
            // Which of them it tells of is not known, nor whether there was a spare for each.
            Fact::RebuildCompleted if self.lacks_several(&one.place) => {
                self.add(Class::Failure, &one.place, one);
                self.repaired(Class::Rebuild, &one.place, one);
            }
            Fact::State(ArrayState::Optimal) | Fact::RebuildCompleted => {
                self.repaired(Class::Failure, &one.place, one);
                self.repaired(Class::Rebuild, &one.place, one);
            }
            Fact::State(ArrayState::Rebuilding) | Fact::RebuildStarted => self.add(Class::Failure, &one.place, one),
            Fact::RebuildFailed => {
                self.add(Class::Failure, &one.place, one);
                self.open(Class::Rebuild, Code::RebuildFailed, one);
            }
            Fact::DriveReplaced { .. } => {
                if is_array || one.contradicted {
                    self.add(Class::Failure, &one.place, one);
                } else {
                    self.repaired(Class::Failure, &one.place, one);
                    self.repaired(Class::Missing, &one.place, one);
                    health::codes().into_iter().for_each(|code| self.repaired(health::class(code), &one.place, one));
                    self.tell_arrays(one);
                }
            }
            Fact::Trouble { kind: Trouble::Supply | Trouble::OnBattery, .. } => self.told(one, Code::SupplyFailed),
            Fact::Trouble { kind: Trouble::Housing, .. } if one.severity > Severity::Info => {
                self.told(one, Code::HousingFault);
            }
            Fact::Trouble { kind, .. } if one.severity > Severity::Info => self.trouble(one, *kind),
            Fact::PowerReading { fine: true } => self.repaired(health::class(Code::SupplyFailed), &one.place, one),
            Fact::Health { reasons, unread, .. } => self.health(one, reasons, unread.as_ref()),
            Fact::DriveRemoved => self.close(Class::Missing, &one.place),
            Fact::DriveMissing => self.missing(one),
            Fact::Occupies { bay, .. } => self.repaired(Class::Missing, bay, one),
            Fact::Judged { .. } => self.judge(one),
            Fact::Retired => self.retire(one),
            Fact::NotWatched { .. } => self.not_watched(one),
            Fact::Watched => {
                self.repaired(Class::Watch, &one.place, one);
                self.over(Class::Watch, &one.place);
            }
            Fact::FailurePredicted => self.open(Class::Prediction, Code::FailurePredicted, one),
            Fact::Damaged { unfinished: false, .. } => self.open(Class::Damage, Code::StreamDamaged, one),
            Fact::ReportMissing => {
                self.open(Class::Report, Code::ReportMissing, one);
                if one.at.until.is_some() {
                    self.close(Class::Report, &one.place);
                }
            }
            Fact::Rhythm { period, stream_goes_on } => self.report_due(one, *period, *stream_goes_on),
            Fact::Recorder { runs: false } => self.open(Class::Recorder, Code::RecorderStopped, one),
            Fact::Recorder { runs: true } => self.repaired(Class::Recorder, &one.place, one),
            Fact::Event { number, .. } => self.open(Class::Event(*number), Code::EventNotUnderstood, one),
            _ => {}
        }
    }

    fn lasting(&mut self, class: Class, subject: &Subject) -> Option<&mut Draft<'a>> {
        let index = *self.courses.get(&(class, subject.clone()))?;
        self.drafts.get_mut(index).filter(|draft| draft.lasts())
    }

    /// Whether an array gave up several members since it was whole, by their names.
    fn lacks_several(&mut self, array: &Subject) -> bool {
        let draft = self.lasting(Class::Failure, array);
        let own = draft.as_ref().map(|draft| draft.own_evidence()).unwrap_or_default();
        own.iter().filter_map(|one| one.fact.given_up()).collect::<BTreeSet<_>>().len() > 1
    }

    fn add(&mut self, class: Class, subject: &Subject, one: &'a Placed<'a>) {
        if let Some(draft) = self.lasting(class, subject) {
            draft.evidence.push(one);
        }
    }

    /// Opens a case, or adds to the one that lasts.
    fn open(&mut self, class: Class, code: Code, one: &'a Placed<'a>) {
        if let Some(draft) = self.lasting(class, &one.place) {
            draft.evidence.push(one);
            if draft.severity < one.severity || class == Class::Damage {
                draft.severity = draft.severity.max(one.severity);
                draft.worsens();
            }
            return;
        }
        self.courses.insert((class, one.place.clone()), self.drafts.len());
        self.drafts.push(Draft {
            code,
            class,
            subject: one.place.clone(),
            severity: one.severity,
            state: CaseState::Open,
            opened: one.at.clone(),
            evidence: vec![one],
            judged: Vec::new(),
            array_failed: one.fact == Fact::State(ArrayState::Failed),
            own: 0,
            before: None,
            part_of: None,
        });
        // Clocks differ: what was said of it may be of a moment before.
        for early in std::mem::take(&mut self.judged_early) {
            self.judge(early);
        }
    }

    fn repaired(&mut self, class: Class, subject: &Subject, one: &'a Placed<'a>) {
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
    fn fails(&mut self, one: &'a Placed<'a>, code: Code) {
        if let Some(draft) = self.lasting(Class::Failure, &one.place) {
            draft.evidence.push(one);
            let dead = one.fact == Fact::State(ArrayState::Failed) && !draft.array_failed;
            if dead && draft.code == Code::ArrayDegraded {
                draft.code = code;
            }
            draft.array_failed |= dead;
            // That the array lost a drive is news each time it is said; that it is degraded is not.
            if dead || one.fact.is_failed_drive() {
                draft.worsens();
            }
            return;
        }
        self.open(Class::Failure, code, one);
        let opened = self.drafts.len() - 1;
        if let Some(draft) = self.drafts.get_mut(opened) {
            draft.severity = Severity::Critical;
        }
        if let Some([earlier, _]) = self.relapses.count(one.place.clone(), one.at.utc, opened).as_deref() {
            self.relapses_after(*earlier, opened);
        }
        if one.place.kind() == Kind::Array {
            self.take_in_members(&one.place, opened);
        }
    }

    /// Members that had failed when their array said so are what it lost.
    fn take_in_members(&mut self, array: &Subject, case: usize) {
        let members = self.inventory.arrays.get(array).map(|array| array.members.as_slice()).unwrap_or_default();
        let is_member = |subject: &Subject| members.iter().any(|member| member.bay.as_ref() == Some(subject));
        let lasts = |index: &&usize| self.drafts.get(**index).is_some_and(Draft::lasts);
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

    /// A drive is no longer listed. That is no news of one that failed or was taken out since it was listed last.
    fn missing(&mut self, one: &'a Placed<'a>) {
        if let Some(draft) = self.lasting(Class::Failure, &one.place) {
            draft.evidence.push(one);
            return;
        }
        if self.was_taken_out(one) {
            return;
        }
        let lasts = self.lasting(Class::Missing, &one.place).is_some();
        self.open(Class::Missing, Code::DriveMissing, one);
        let opened = self.drafts.len() - 1;
        let drive = one.serial.as_ref().and_then(|serial| self.inventory.drives.get(serial));
        // Where its own controller lists it again, the new stay tells so.
        let listed_elsewhere = one.at.until.is_none() && drive.is_some_and(|drive| drive.last_seen.utc > one.at.utc);
        if let Some(draft) = self.lasting(Class::Missing, &one.place) {
            // An array without a member is degraded at best.
            draft.severity = Severity::Critical;
            if listed_elsewhere {
                draft.state = CaseState::Repaired;
            }
        }
        if !lasts && let Some([earlier, _]) = self.absences.count(one.place.clone(), one.at.utc, opened).as_deref() {
            self.relapses_after(*earlier, opened);
        }
    }

    /// Whether somebody or something said so, after the drive was listed last before it was missing.
    fn was_taken_out(&self, one: &Placed<'_>) -> bool {
        let listed = self.timeline.all().filter_map(|other| match &other.fact {
            Fact::Occupies { last, .. } if other.serial == one.serial && last.utc < one.at.utc => Some(last.utc),
            _ => None,
        });
        let last = listed.max();
        let taken_out = |other: &Placed<'_>| {
            // A time that people remember may be off.
            let at = other.at.until.unwrap_or(other.at.utc) + other.at.within.unwrap_or_default();
            let says_so = matches!(other.fact, Fact::DriveReplaced { .. } | Fact::DriveRemoved);
            says_so && other.serial == one.serial && other.at.utc <= one.at.utc && last.is_none_or(|last| at >= last)
        };
        self.timeline.all().any(taken_out)
    }

    /// The case that was just opened is the earlier one again: its repair did not hold.
    fn relapses_after(&mut self, earlier: usize, opened: usize) {
        let Some(earlier) = self.drafts.get_mut(earlier).filter(|earlier| earlier.state == CaseState::Repaired) else {
            return;
        };
        earlier.state = CaseState::Closed;
        let Some((told, before)) = Before::of(earlier) else { return };
        if let Some(draft) = self.drafts.get_mut(opened) {
            draft.code = Code::Relapse;
            draft.own = told.len();
            draft.evidence.splice(0..0, told);
            draft.before = Some(before);
        }
    }

    /// A bay or drive failed or was replaced: the arrays that it belongs to should know which member it was.
    fn tell_arrays(&mut self, one: &'a Placed<'a>) {
        let member = self.courses.get(&(Class::Failure, one.place.clone())).copied();
        let is_member = |member: &Member| member.bay.as_ref() == Some(&one.place);
        let arrays = self.inventory.arrays.values().filter(|array| array.members.iter().any(is_member));
        let arrays: Vec<Subject> = arrays.map(|array| array.id.clone()).collect();
        for array in arrays {
            self.add(Class::Failure, &array, one);
            if one.fact == Fact::DriveFailed
                && let Some(draft) = self.lasting(Class::Failure, &array)
            {
                draft.worsens();
            }
            let case = self.courses.get(&(Class::Failure, array.clone())).copied();
            let lasts = self.lasting(Class::Failure, &array).is_some();
            if let Some(draft) = member.and_then(|member| self.drafts.get_mut(member)).filter(|_| lasts) {
                draft.part_of = case;
            }
        }
    }

    /// A report was due after its last one: missing if time or the stream went on without it. Not so if the next piece of the log
    /// has it, or if it is not late yet by the present time.
    fn report_due(&mut self, one: &'a Placed<'a>, period: TimeDelta, stream_goes_on: bool) {
        if self.timeline.is_retired(&one.place) {
            return;
        }
        let due = one.at.utc + period;
        let late = TimeDelta::seconds((period.num_seconds() as f64 * TABLE.constant("report_late")) as i64);
        let listed_again = self.timeline.listed_again(one.place.host_name(), one.at.utc + period / 2);
        let came = listed_again.is_some_and(|again| again <= due + late);
        let not_due = self.timeline.now().is_some_and(|now| now <= due + late);
        if came || not_due {
            return;
        }
        let passed = self.timeline.passed().is_some_and(|passed| passed > due + late);
        if passed || stream_goes_on {
            self.open(Class::Report, Code::ReportMissing, one);
            if let Some(draft) = self.lasting(Class::Report, &one.place) {
                draft.opened = When::exactly(due);
                draft.severity = Severity::Warning;
            }
            if listed_again.is_some() {
                self.close(Class::Report, &one.place);
            }
        }
    }

    /// What a person says of a case.
    fn judge(&mut self, one: &'a Placed<'a>) {
        let Fact::Judged { case, state, seen, .. } = &one.fact else { return };
        let Some(draft) = self.drafts.iter_mut().find(|draft| draft.id() == *case) else {
            self.judged_early.push(one);
            return;
        };
        // It binds to what was seen: what has come to light since, of whatever time it is, has not been.
        let unseen = observations(draft).len() as u64 > *seen;
        draft.judged.push(one);
        match state {
            CaseState::Acknowledged | CaseState::Closed if unseen => {}
            CaseState::Repaired if draft.lasts() => {
                draft.evidence.push(one);
                draft.state = CaseState::Repaired;
            }
            CaseState::Acknowledged if draft.state == CaseState::Open => draft.state = CaseState::Acknowledged,
            CaseState::Closed => draft.state = CaseState::Closed,
            _ => {}
        }
    }

    /// What was watched is no longer. Of what people had taken away, that is no news.
    fn not_watched(&mut self, one: &'a Placed<'a>) {
        let said = self.retired.iter().any(|retired| *retired == one.place || retired.holds(&one.place));
        if !said || !self.timeline.is_retired(&one.place) {
            self.open(Class::Watch, Code::NotWatched, one);
        }
    }

    /// What is no longer there has no open case.
    fn retire(&mut self, one: &'a Placed<'a>) {
        let retired = &one.one.subject;
        self.retired.push(retired.clone());
        // An array that a drive was of is still there.
        let of_drive = |draft: &Draft<'_>| {
            let serial = retired.serial();
            let of_it = |evidence: &&Placed<'_>| evidence.serial.as_deref() == serial;
            serial.is_some() && draft.subject.kind() != Kind::Array && draft.evidence.iter().any(of_it)
        };
        let concerned =
            |draft: &Draft<'_>| draft.subject == *retired || retired.holds(&draft.subject) || of_drive(draft);
        for draft in self.drafts.iter_mut().filter(|draft| concerned(draft)) {
            draft.judged.push(one);
            draft.state = CaseState::Closed;
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

impl Draft<'_> {
    /// What it rests on, without what came before a relapse.
    pub(super) fn own_evidence(&self) -> &[&Placed<'_>] {
        self.evidence.get(self.own..).unwrap_or_default()
    }

    /// Whether it is neither repaired nor over.
    fn lasts(&self) -> bool {
        matches!(self.state, CaseState::Open | CaseState::Acknowledged)
    }

    /// Whoever acknowledged it has not seen this.
    fn worsens(&mut self) {
        if self.state == CaseState::Acknowledged {
            self.state = CaseState::Open;
        }
    }

    /// From what failed, whom it concerns, and the observation that opened it: the same evidence makes the same case, and more of
    /// it does not make it another, nor that it gets worse.
    fn id(&self) -> String {
        let first = self.evidence.get(self.own).map_or(0, |one| one.id.0);
        let named = format!("{:?} {} {first:x}", self.class, self.subject);
        format!("{:010x}", xxh3_64(named.as_bytes()) >> 24)
    }
}

impl Before {
    /// What of an earlier case tells of its relapse: the failure, the drive that was put in, what failed, and the repair.
    fn of<'a>(earlier: &Draft<'a>) -> Option<(Vec<&'a Placed<'a>>, Self)> {
        let own = earlier.evidence.get(earlier.own..)?;
        let (first, repair) = (*own.first()?, *own.last()?);
        let is_new = |one: &&Placed<'_>| matches!(one.fact, Fact::DriveReplaced { .. }) && !one.contradicted;
        let replaced = own.iter().copied().find(is_new);
        let failed = own.iter().copied().filter(|one| one.fact == Fact::DriveFailed);
        let mut told: Vec<&Placed<'_>> = std::iter::once(first).chain(failed).chain(replaced).chain([repair]).collect();
        told.sort_by_key(|one| one.order());
        told.dedup_by_key(|one| one.id);
        let before = Self {
            repaired: repair.at.utc,
            drive_replaced: replaced.map(|one| one.id),
            observations: told.iter().map(|one| one.id).collect(),
            bays: evidence::failed_bays(own),
        };
        Some((told, before))
    }
}

/// Weighs and words a case.
fn weigh<'a>(draft: &Draft<'a>, timeline: &'a Timeline<'a>, inventory: &Inventory) -> Case {
    let suspects = evidence::suspects(draft, timeline, inventory);
    let [do_next, checks, do_not] = wording::advice(draft, &suspects, inventory);
    Case {
        id: draft.id(),
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
        observations: observations(draft),
    }
}

/// What a case rests on, and what was said of it.
fn observations(draft: &Draft<'_>) -> Vec<ObservationId> {
    let mut ids: Vec<ObservationId> = draft.evidence.iter().map(|one| one.id).collect();
    let judged: Vec<ObservationId> = draft.judged.iter().map(|one| one.id).filter(|id| !ids.contains(id)).collect();
    ids.extend(judged);
    ids
}

/// What a person says of a case that is made last.
fn judge_case(case: &mut Case, one: &Placed<'_>) {
    if let Fact::Judged { case: named, state, .. } = &one.fact
        && *named == case.id
    {
        case.state = *state;
        case.observations.push(one.id);
    }
}

/// A sensor that read fine while the power line is the first of a failure's suspects.
fn contradicted_sensors<'a>(cases: &[Case], timeline: &'a Timeline<'a>, inventory: &Inventory) -> Vec<Case> {
    let suspected = cases.iter().filter(|case| {
        let first = case.suspects.first().map(|suspect| suspect.cause);
        matches!(case.state, CaseState::Open | CaseState::Acknowledged) && first == Some(Cause::PowerLine)
    });
    let mut contradicted: Vec<Case> = Vec::new();
    for case in suspected {
        let from = case.observations.iter().filter_map(|id| timeline.get(*id)).map(|one| one.at.utc).min();
        let related =
            timeline.around(&case.subject, from.unwrap_or(case.opened.utc), case.opened.utc, days("related_days"));
        let read = |one: &&Placed<'_>| matches!(one.fact, Fact::PowerReading { .. });
        let readings: Vec<&Placed<'_>> = related.into_iter().filter(read).collect();
        // What was read last counts: a sensor that says so itself by now is not contradicted.
        let last = readings.last().copied();
        let Some(last) = last.filter(|last| last.fact == Fact::PowerReading { fine: true }) else { continue };
        let fine: Vec<&Placed<'_>> =
            readings.into_iter().filter(|one| one.fact == Fact::PowerReading { fine: true }).collect();
        let draft = Draft {
            code: Code::SensorContradicted,
            class: Class::Sensor,
            subject: last.place.clone(),
            severity: Severity::Warning,
            state: CaseState::Open,
            opened: last.at.clone(),
            evidence: fine,
            judged: Vec::new(),
            array_failed: false,
            own: 0,
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
