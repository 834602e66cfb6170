//! Cases of what readings of a machine find: a reason that is bad enough opens one, that it is gone repairs it, that it is counted
//! and rises opens it again or keeps it open.
//!
//! A level that stands still is no news: a drive that counted fifty link errors in its youth and none since has no case.

use super::{Class, Draft, Fold, days};
use crate::diagnosis::timeline::Placed;
use crate::model::{Ailment, CaseState, Code, Fact, Kind, Reason, Severity, Subject, Trouble, Unread, WhyUnread};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// What was read of a thing before: how much of each reason there was.
pub(super) type Levels = BTreeMap<(Subject, Ailment, String), u64>;

/// The class of the cases of a code that readings open.
pub(super) fn class(code: Code) -> Class {
    // What a controller's log predicts and what the drive says itself is one case.
    if code == Code::FailurePredicted { Class::Prediction } else { Class::Health(code) }
}

/// The codes that readings open cases of.
pub(super) fn codes() -> BTreeSet<Code> {
    Ailment::ALL.into_iter().filter_map(Ailment::case).collect()
}

/// Whether that it is gone is the end of it: what was hot is cool, what was silent speaks. What was repaired, or healed by itself, is
/// on probation.
const fn is_passing(code: Code) -> bool {
    matches!(code, Code::DriveHot | Code::HousingFault | Code::DriveSilent)
}

impl<'a> Fold<'a> {
    /// A thing was read.
    pub(super) fn health(&mut self, one: &'a Placed<'a>, reasons: &[Reason], unread: Option<&Unread>) {
        // Whatever is not read is as it was before.
        let read = unread.is_none_or(|unread| unread.why == WhyUnread::NotUnderstood);
        for code in codes() {
            let of_code: Vec<&Reason> = reasons.iter().filter(|reason| reason.ailment.case() == Some(code)).collect();
            let at_rest = of_code.iter().map(|reason| reason.severity).max();
            let now = of_code.iter().map(|reason| self.severity(&one.one.subject, reason)).max();
            let class = class(code);
            if let Some(severity) = now.filter(|severity| *severity > Severity::Info) {
                self.ails(class, code, one, severity);
            } else if at_rest.is_none() && read && self.rests_on_readings(class, &one.place) {
                self.repaired(class, &one.place, one);
                if is_passing(code) {
                    self.over(class, &one.place);
                }
            }
            self.at_rest.insert((class, one.place.clone()), at_rest.unwrap_or(Severity::Info));
        }
        self.read.insert(one.one.subject.clone());
        for reason in reasons {
            let level = reason.level.unwrap_or(0);
            self.levels.insert((one.one.subject.clone(), reason.ailment, reason.key.clone()), level);
        }
    }

    /// How bad a reason is, given how much of it there was before. The first reading has nothing before it: then the level says
    /// nothing of today.
    fn severity(&self, subject: &Subject, reason: &Reason) -> Severity {
        let before = self.levels.get(&(subject.clone(), reason.ailment, reason.key.clone()));
        let was_read = self.read.contains(subject);
        let rose = match (before, reason.level) {
            (Some(before), Some(now)) => now > *before,
            // It was none before: a thing that was read and had no such reason.
            (None, Some(now)) => was_read && now > 0,
            _ => false,
        };
        let rising = reason.rising.filter(|_| rose);
        rising.map_or(reason.severity, |rising| rising.max(reason.severity))
    }

    /// Whether what a case rests on last was read of the thing: what a log told of it, no reading takes back.
    fn rests_on_readings(&mut self, class: Class, subject: &Subject) -> bool {
        let last = self.lasting(class, subject).and_then(|draft| draft.evidence.last().copied());
        last.is_some_and(|last| {
            !matches!(last.fact, Fact::Trouble { .. }) || class == Class::Health(Code::SupplyFailed)
        })
    }

    /// A case that was repaired is over.
    pub(super) fn over(&mut self, class: Class, subject: &Subject) {
        let case = self.courses.get(&(class, subject.clone())).copied();
        if let Some(draft) =
            case.and_then(|case| self.drafts.get_mut(case)).filter(|draft| draft.state == CaseState::Repaired)
        {
            draft.state = CaseState::Closed;
        }
    }

    fn ails(&mut self, class: Class, code: Code, one: &'a Placed<'a>, severity: Severity) {
        // That the drive failed was told by a log before.
        if code == Code::DriveFailed
            && let Some(draft) = self.lasting(Class::Failure, &one.place)
        {
            draft.evidence.push(one);
            return;
        }
        let lasts = self.lasting(class, &one.place).is_some();
        self.open(class, code, one);
        if let Some(draft) = self.lasting(class, &one.place) {
            if !lasts {
                draft.severity = severity;
            } else if draft.severity < severity {
                draft.severity = severity;
                draft.worsens();
            }
        }
    }

    /// A log says that a supply failed, or a fan. How it is by now, its sensor says, if there is one: without, it is over when nothing was
    /// heard of it for a time.
    pub(super) fn told(&mut self, one: &'a Placed<'a>, code: Code) {
        let class = class(code);
        self.open(class, code, one);
        self.at_rest.entry((class, one.place.clone())).or_insert(Severity::Info);
    }

    /// The kernel or a controller tells of trouble with a drive. What a controller or the host did besides is evidence, and no case.
    pub(super) fn trouble(&mut self, one: &'a Placed<'a>, kind: Trouble) {
        let code = match kind {
            Trouble::Medium => Code::MediaErrors,
            Trouble::Link => Code::LinkErrors,
            Trouble::NoAnswer | Trouble::Gone => Code::DriveSilent,
            _ => return,
        };
        if one.serial.is_some() {
            self.told(one, code);
        }
    }

    /// Several drives of a host lost their power in one interval, while it ran on: that is what they share, not they.
    pub(super) fn power_faults(&mut self) {
        let mut together: BTreeMap<(String, DateTime<Utc>), Vec<&'a Placed<'a>>> = BTreeMap::new();
        for one in self.timeline.all() {
            let Fact::PowerCycled { explained: false, .. } = one.fact else { continue };
            if let (Some(host), Some(until)) = (one.place.host_name(), one.at.until) {
                together.entry((host.to_owned(), until)).or_default().push(one);
            }
        }
        for ((host, _), drives) in together {
            let several: BTreeSet<_> = drives.iter().filter_map(|one| one.serial.as_ref()).collect();
            if several.len() < 2 {
                continue;
            }
            let power = Subject::within(Kind::Power, &host, "");
            let known = self.courses.get(&(Class::Power, power.clone())).copied();
            if let Some(draft) = known.and_then(|known| self.drafts.get_mut(known)) {
                draft.evidence.extend(drives);
                draft.worsens();
                continue;
            }
            let Some(first) = drives.first() else { continue };
            self.courses.insert((Class::Power, power.clone()), self.drafts.len());
            self.drafts.push(Draft {
                code: Code::PowerFault,
                class: Class::Power,
                subject: power,
                severity: Severity::Critical,
                state: CaseState::Open,
                opened: first.at.clone(),
                evidence: drives,
                judged: Vec::new(),
                array_failed: false,
                own: 0,
                before: None,
                part_of: None,
            });
        }
    }

    /// What rose once and has stood still since is over after a time; so is a loss of power that did not come again.
    pub(super) fn end_of_rises(&mut self) {
        // Not by the clock: silence is no good news where nobody looked.
        let Some(passed) = self.timeline.end() else { return };
        for draft in self.drafts.iter_mut().filter(|draft| draft.lasts()) {
            let rests = self.at_rest.get(&(draft.class, draft.subject.clone()));
            let rose = rests.is_some_and(|severity| *severity <= Severity::Info) || draft.class == Class::Power;
            let last = draft.evidence.last().map(|one| one.at.until.unwrap_or(one.at.utc));
            if rose && last.is_some_and(|last| passed - last > days("quiet_days")) {
                draft.state = CaseState::Closed;
            }
        }
    }
}
