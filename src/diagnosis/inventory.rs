//! What the observations show to exist: drives, bays, arrays, each with its history.

use super::timeline::Placed;
use crate::model::{
    Array, ArrayState, Bay, CaseState, Code, Drive, DriveState, Fact, Kind, Member, Observation, Occupant, Reason,
    Severity, Subject, Transition, UNNAMED, Unread, When, WhyUnread,
};
use crate::words::clean;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was seen, by subject.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inventory {
    /// Drives by serial number.
    pub drives: BTreeMap<String, Drive>,
    /// Bays.
    pub bays: BTreeMap<Subject, Bay>,
    /// Arrays.
    pub arrays: BTreeMap<Subject, Array>,
    /// By serial number, when a drive that was not listed for a time was listed again.
    returns: BTreeMap<String, Vec<DateTime<Utc>>>,
    /// Bays whose drives were read by the machine that they are in: it tells of its arrays as well.
    read: BTreeSet<Subject>,
    /// Arrays that are degraded because they are said to have lost a drive, and for no other reason.
    heard_failed: BTreeSet<Subject>,
}

impl Inventory {
    /// Folds observations, which must be in order of time.
    pub(super) fn of<'a>(observations: impl IntoIterator<Item = &'a Placed<'a>>) -> Self {
        let mut inventory = Self::default();
        for observation in observations {
            inventory.fold(observation);
        }
        inventory.forget_stand_ins();
        inventory.name_unknown_arrays();
        inventory.fill_members();
        inventory
    }

    /// The drive that sat in a bay last.
    pub fn occupant(&self, bay: &Subject) -> Option<&str> {
        self.bays.get(bay)?.occupants.last().map(|occupant| occupant.serial.as_str())
    }

    /// The drives that sit in a bay.
    pub fn sitting(&self) -> impl Iterator<Item = &Drive> {
        let sits = |drive: &&Drive| drive.bay.as_ref().and_then(|bay| self.occupant(bay)) == Some(&drive.serial);
        self.drives.values().filter(sits)
    }

    /// That an array was well says nothing of today if nothing was told of it since a time: its state is not known then.
    pub(super) fn forget_stale(&mut self, since: DateTime<Utc>, confirmed: impl Fn(&Array) -> Option<DateTime<Utc>>) {
        for array in self.arrays.values_mut().filter(|array| array.state == ArrayState::Optimal) {
            if confirmed(array).is_none_or(|confirmed| confirmed < since) {
                array.state = ArrayState::Unknown;
            }
        }
        for drive in self.drives.values_mut().filter(|drive| drive.state == DriveState::Healthy) {
            if drive.last_seen.utc < since {
                drive.state = DriveState::Unknown;
            }
        }
    }

    /// A bay for people: its label, if it has one, and its place.
    pub fn bay_name(&self, bay: &Subject) -> String {
        if bay.is_somewhere() {
            return format!("a bay that nobody names{}", self.of_host(bay));
        }
        if let Some((array, slot)) = self.slot(bay) {
            return format!("{slot} of {}", self.name(&array));
        }
        match self.bays.get(bay).and_then(|bay| bay.label.as_deref()) {
            Some(label) => format!("bay {label} ({}){}", clean(&bay.plain_path()), self.of_host(bay)),
            None => self.name(bay),
        }
    }

    /// Of a place that is known by no more than its number in an array: which, and the number in words.
    pub(super) fn slot(&self, bay: &Subject) -> Option<(Subject, String)> {
        let path = bay.path();
        let (_, slot) = path.rsplit_once("/slot")?;
        let array = bay.enclosing(Kind::Array, path.split('/').count().checked_sub(1)?)?;
        self.arrays.contains_key(&array).then(|| (array, format!("slot {slot}")))
    }

    /// A subject for people: with its host, where there are several.
    pub fn name(&self, subject: &Subject) -> String {
        if let Some(serial) = subject.serial_somewhere() {
            return format!("drive {}{}", clean(&Subject::drive(serial).plain_path()), self.of_host(subject));
        }
        if let Some(serial) = subject.serial().filter(|serial| serial.starts_with(UNNAMED)) {
            let bay = self.drives.get(serial).and_then(|drive| drive.bay.as_ref());
            return bay.map_or_else(
                || "a drive of unknown number".to_owned(),
                |bay| format!("drive in {}", self.bay_name(bay)),
            );
        }
        if let Some(command) = subject.command() {
            return format!("the command {command}{}", self.of_host(subject));
        }
        format!("{} {}{}", subject.kind().code(), clean(&subject.plain_path()), self.of_host(subject))
            .replace("  ", " ")
    }

    /// The members that an array gave up, of which no more than a name is known.
    pub fn given_up(&self, array: &Subject) -> Option<String> {
        let names = self.arrays.get(array).map(|array| array.given_up.as_slice()).filter(|names| !names.is_empty())?;
        Some(names.join(", "))
    }

    fn of_host(&self, subject: &Subject) -> String {
        let hosts = self.bays.keys().chain(self.arrays.keys()).filter_map(Subject::host_name);
        let own = subject.host_name().filter(|_| subject.kind() != Kind::Host);
        match own {
            Some(own) if hosts.into_iter().any(|host| host != own) => {
                format!(" of {}", clean(&Subject::host(own).plain_path()))
            }
            _ => String::new(),
        }
    }

    fn fold(&mut self, placed: &Placed<'_>) {
        let observation = placed.one;
        let Observation { subject, at, .. } = observation;
        match &observation.fact {
            Fact::Occupies { bay, vendor, model, last, reports, read } => {
                let serial = observation.subject.serial().unwrap_or_default().to_owned();
                self.read.extend(read.is_some().then(|| bay.clone()));
                let drive = self.drive(&serial, at);
                drive.vendor = vendor.clone().or(drive.vendor.take());
                drive.model = model.clone().or(drive.model.take());
                drive.bay = Some(bay.clone());
                if let Some(read) = read {
                    drive.wwn = read.wwn.clone().or(drive.wwn.take());
                    drive.firmware = read.firmware.clone().or(drive.firmware.take());
                    drive.paths = read.names.iter().map(|name| format!("/dev/{name}")).collect();
                    drive.bytes = read.bytes.or(drive.bytes);
                }
                if drive.state == DriveState::Removed {
                    drive.state = DriveState::Unknown;
                }
                if drive.last_seen.utc < last.utc {
                    drive.last_seen = last.clone();
                }
                let occupant = Occupant { serial, first_seen: at.clone(), last_seen: last.clone(), reports: *reports };
                self.occupy(bay, occupant);
            }
            Fact::State(state) if subject.kind() == Kind::Array => self.transition(subject, *state, observation),
            Fact::RebuildStarted if subject.kind() == Kind::Array => {
                self.transition(subject, ArrayState::Rebuilding, observation);
            }
            // Of an array that gave up several members it tells of one of them at least, and not of all: it is no better than degraded
            // until something says how it is.
            Fact::RebuildCompleted if subject.kind() == Kind::Array => {
                let several = self.arrays.get(subject).is_some_and(|array| array.given_up.len() > 1);
                let state = if several { ArrayState::Degraded } else { ArrayState::Optimal };
                self.transition(subject, state, observation);
            }
            Fact::RebuildFailed if subject.kind() == Kind::Array => {
                self.transition(subject, ArrayState::Degraded, observation);
            }
            Fact::Layout(layout) => {
                let array = self.array(subject);
                array.level = layout.level.clone().or(array.level.take());
                let member = |place: &crate::model::LayoutMember| Member {
                    serial: None,
                    bay: Some(place.bay.clone()),
                    mirror_set: place.mirror_set,
                    state: if place.empty { DriveState::Removed } else { DriveState::Unknown },
                };
                array.members = layout.members.iter().map(member).collect();
                // What was mounted when it worked is what is at stake when it does not.
                if !layout.carries.is_empty() {
                    array.carries.clone_from(&layout.carries);
                }
                for place in &layout.members {
                    self.bay(&place.bay);
                }
            }
            Fact::Label(label) => self.bay(subject).label = Some(label.clone()),
            Fact::DriveMissing => {
                if let (Some(serial), Some(until)) = (subject.serial(), at.until) {
                    self.returns.entry(serial.to_owned()).or_default().push(until);
                }
                // How it was is no statement on how it is.
                let drive = subject.serial().and_then(|serial| self.drives.get_mut(serial));
                let gone = drive.filter(|drive| at.until.is_none() && drive.unread.is_none());
                if let Some(drive) =
                    gone.filter(|drive| matches!(drive.state, DriveState::Healthy | DriveState::Suspect))
                {
                    drive.state = DriveState::Unknown;
                    drive.reasons.push(observation.text.clone());
                }
            }
            Fact::Health { reasons, unread, last, .. } => self.health(subject, at, reasons, unread.as_ref(), last),
            Fact::DriveFailed if subject.kind() == Kind::Array => self.lost(subject, observation),
            Fact::DriveFailed => self.judge(subject, DriveState::Failed, observation),
            Fact::MemberFailed { name, level, working } => {
                self.lost(subject, observation);
                let array = self.array(subject);
                array.level = array.level.take().or(level.clone());
                // mdadm tells of the same member, and not how many are left.
                let same = array.given_up.contains(name);
                array.working = working.or(array.working.filter(|_| same));
                if !same {
                    array.given_up.push(name.clone());
                }
            }
            // A log alone told that it failed, and no reading will tell that it works: who repaired it says so.
            Fact::Judged { state: CaseState::Repaired, .. } if self.heard_failed.contains(subject) => {
                self.transition(subject, ArrayState::Optimal, observation);
            }
            Fact::FailurePredicted => self.judge(subject, DriveState::Failing, observation),
            Fact::DriveRemoved => self.judge(subject, DriveState::Removed, observation),
            Fact::DriveReplaced { new, .. } => self.replace(placed, new.as_deref()),
            _ => {}
        }
    }

    fn drive(&mut self, serial: &str, at: &When) -> &mut Drive {
        self.drives.entry(serial.to_owned()).or_insert_with(|| Drive {
            serial: serial.to_owned(),
            wwn: None,
            vendor: None,
            model: None,
            firmware: None,
            bytes: None,
            unread: None,
            bay: None,
            paths: Vec::new(),
            state: DriveState::Unknown,
            reasons: Vec::new(),
            first_seen: at.clone(),
            last_seen: at.clone(),
        })
    }

    fn bay(&mut self, bay: &Subject) -> &mut Bay {
        self.bays.entry(bay.clone()).or_insert_with(|| Bay { id: bay.clone(), label: None, occupants: Vec::new() })
    }

    /// A stay, or more of the one that lasts: a log that was rotated tells it in pieces, and a person before any log. A drive that
    /// came back after an absence has another one.
    fn occupy(&mut self, bay: &Subject, stay: Occupant) {
        let came_back = self.returns.get(&stay.serial).is_some_and(|returns| returns.contains(&stay.first_seen.utc));
        let occupants = &mut self.bay(bay).occupants;
        match occupants.last_mut().filter(|last| last.serial == stay.serial && !came_back) {
            Some(last) => {
                // Where pieces overlap, it is not known how many reports stand in both.
                let apart = stay.first_seen.utc > last.last_seen.utc;
                last.reports = if apart { last.reports + stay.reports } else { last.reports.max(stay.reports) };
                if last.last_seen.utc < stay.last_seen.utc {
                    last.last_seen = stay.last_seen;
                }
            }
            None => occupants.push(stay),
        }
    }

    fn array(&mut self, array: &Subject) -> &mut Array {
        self.arrays.entry(array.clone()).or_insert_with(|| Array {
            id: array.clone(),
            level: None,
            state: ArrayState::Unknown,
            members: Vec::new(),
            transitions: Vec::new(),
            carries: Vec::new(),
            given_up: Vec::new(),
            working: None,
        })
    }

    fn transition(&mut self, array: &Subject, state: ArrayState, observation: &Observation) {
        self.heard_failed.remove(array);
        let array = self.array(array);
        array.state = state;
        if state == ArrayState::Optimal {
            (array.given_up, array.working) = (Vec::new(), None);
        }
        array.transitions.push(Transition { at: observation.at.clone(), state, text: observation.text.clone() });
    }

    /// An array lost a drive, and that is all that is said: it is degraded at best, if it worked by what was known of it.
    fn lost(&mut self, array: &Subject, observation: &Observation) {
        if matches!(self.array(array).state, ArrayState::Optimal | ArrayState::Unknown) {
            self.transition(array, ArrayState::Degraded, observation);
            self.heard_failed.insert(array.clone());
        }
    }

    fn judge(&mut self, subject: &Subject, state: DriveState, observation: &Observation) {
        if subject.kind() == Kind::Bay {
            self.bay(subject);
        }
        let serial = match subject.kind() {
            Kind::Drive => subject.serial().map(str::to_owned),
            Kind::Bay => self.occupant(subject).map(str::to_owned),
            _ => None,
        };
        if let Some(serial) = serial {
            let at = &observation.at;
            let drive = self.drive(&serial, at);
            // Who is listed afterwards is there.
            let until = at.until.unwrap_or(at.utc) + at.within.unwrap_or_default();
            if state == DriveState::Removed && drive.last_seen.utc > until {
                return;
            }
            drive.state = state;
            drive.reasons.push(observation.text.clone());
        }
    }

    /// How a drive was read. One that an array gave up stays failed, however well it feels.
    fn health(&mut self, subject: &Subject, at: &When, reasons: &[Reason], unread: Option<&Unread>, last: &When) {
        let Some(serial) = subject.serial() else { return };
        let drive = self.drive(serial, at);
        if drive.last_seen.utc < last.utc {
            drive.last_seen = last.clone();
        }
        drive.unread = unread.map(|unread| unread.why);
        let fails = |reason: &Reason| match reason.ailment.case() {
            Some(Code::FailurePredicted) => reason.severity > Severity::Info,
            Some(Code::DriveFailed) => reason.severity == Severity::Critical,
            _ => false,
        };
        let worst = reasons.iter().map(|reason| reason.severity).max();
        let state = if reasons.iter().any(fails) {
            DriveState::Failing
        } else if worst > Some(Severity::Info) {
            DriveState::Suspect
        } else if unread.is_some() {
            DriveState::Unknown
        } else {
            DriveState::Healthy
        };
        let texts = reasons.iter().map(|reason| reason.text.clone()).chain(unread.map(|unread| unread.text.clone()));
        // It was not woken: it is as it was before.
        let asleep = unread.is_some_and(|unread| unread.why == WhyUnread::Asleep);
        if matches!(drive.state, DriveState::Failed | DriveState::Removed)
            || asleep && drive.state != DriveState::Unknown
        {
            drive.reasons.extend(texts);
            drive.reasons.dedup();
        } else {
            drive.state = state;
            drive.reasons = texts.collect();
        }
    }

    fn replace(&mut self, placed: &Placed<'_>, new: Option<&str>) {
        if placed.contradicted {
            return;
        }
        let bay = Some(&placed.place).filter(|place| place.kind() == Kind::Bay).cloned();
        let old = placed.serial.as_deref();
        if let Some(old) = old {
            let (at, observation) = (&placed.at, placed.one);
            let drive = self.drive(old, at);
            // A person and a log may both tell it.
            if drive.state != DriveState::Removed {
                drive.state = DriveState::Removed;
                drive.reasons.push(observation.text.clone());
            }
        }
        if let Some(new) = new {
            let at = &placed.at;
            let drive = self.drive(new, at);
            if drive.state == DriveState::Removed {
                drive.state = DriveState::Unknown;
            }
            drive.bay = bay.clone().or(drive.bay.take());
            if let Some(bay) = bay {
                let occupant =
                    Occupant { serial: new.to_owned(), first_seen: at.clone(), last_seen: at.clone(), reports: 0 };
                self.occupy(&bay, occupant);
            }
        }
    }

    /// A RAID controller with drives has arrays on them; where no source says which, one of unknown number and state stands for
    /// them, so that what is not known is not forgotten. A machine that was read tells of all that it has.
    fn name_unknown_arrays(&mut self) {
        let listed = self.bays.keys().filter(|bay| !self.read.contains(bay));
        let controllers = listed.filter_map(|bay| bay.enclosing(Kind::Array, 1));
        let unnamed: Vec<Subject> =
            controllers.filter(|controller| !self.arrays.keys().any(|array| controller.holds(array))).collect();
        for controller in unnamed {
            self.array(&controller);
        }
    }

    /// An output that lists drives alone has an array of no number for those that the drives are of. Where another source numbers them,
    /// nothing is left for it to stand for.
    fn forget_stand_ins(&mut self) {
        let known: Vec<Subject> = self.arrays.keys().cloned().collect();
        let numbered = |array: &Subject| known.iter().any(|other| other != array && array.holds(other));
        self.arrays.retain(|id, array| array.state != ArrayState::Unknown || !numbered(id));
    }

    fn fill_members(&mut self) {
        let mut arrays = std::mem::take(&mut self.arrays);
        for member in arrays.values_mut().flat_map(|array| array.members.iter_mut()) {
            member.serial = member.bay.as_ref().and_then(|bay| self.occupant(bay)).map(str::to_owned);
            let drive = member.serial.as_ref().and_then(|serial| self.drives.get(serial));
            // A place that was read to be empty has no drive to say how it is.
            member.state = drive.map_or(member.state, |drive| drive.state);
        }
        self.arrays = arrays;
    }
}
