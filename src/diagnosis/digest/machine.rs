//! What readings of a machine come to: which drive sat in which bay from when to when, what changed of each thing, what is there no
//! longer, which drives lost their power.
//!
//! A machine is read at one time: what is said of its things at the same second is one reading. It is closed when the next one
//! begins, or when the digest is asked.

use super::Stay;
use crate::model::{
    ArrayRead, ArrayState, DriveRead, Evidence, Fact, Kind, Layout, LayoutMember, MACHINE, MemberRead, Observation,
    ObservationId, PowerCount, Reading, Reason, Role, Said, Severity, Statement, Subject, Thing, UNNAMED, Unread, When,
};
use crate::words::{clean, instant};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Of one thing, so many changes are kept; of those after, the last.
const CHANGES_MAX: u32 = 200;

/// What readings of a machine said so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Machine {
    /// The reading that may go on.
    reading: Option<Pending>,
    things: BTreeMap<Subject, Known>,
    /// Of the host at the last whole reading: which start, how often it slept.
    awake: Option<Awake>,
    /// What came of the readings before.
    kept: Vec<Observation>,
}

/// Which start of a machine, and how often it slept since. As long as it is the same, no drive lost its power by the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Awake {
    boot: Option<String>,
    suspends: Option<u64>,
}

/// A reading of a machine, while it is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Pending {
    at: When,
    /// Whether all that is there is in it.
    whole: Option<Awake>,
    /// Who says so, and of what: of the host, of a controller.
    whole_by: Vec<(Subject, Source)>,
    /// Controllers that could not be read.
    but_for: Vec<Subject>,
    things: BTreeMap<Subject, Told>,
    /// Whether it is of the machine itself, rather than what a tool printed: what it lacks is watched no longer.
    #[serde(default)]
    of_machine: bool,
}

/// What is said of a thing, by whom, and in a line.
type Told = (Source, Reading, String);

/// The management controller, as a part of its host.
const BMC: &str = "bmc";

/// How a serial number begins that stands for one that is not known: a world-wide name, as the kernel or the drive has it.
const WORLD_WIDE: [&str; 4] = ["naa.", "eui.", "t10.", "0x5"];

/// Who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    id: ObservationId,
    evidence: Evidence,
}

/// A thing, as it was read last.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    reading: Reading,
    /// The reading that was the first to find it as well or ill as it is.
    since: When,
    source: Source,
    last: When,
    readings: u64,
    changes: u32,
    /// What it counted of its power, when, and how the machine was then.
    power: Option<(PowerCount, DateTime<Utc>, Option<Awake>)>,
    /// That it was there no longer, if so.
    missing: Option<Observation>,
}

impl Machine {
    /// Takes what is said of a thing, or that all was said.
    pub(super) fn take(&mut self, said: &Said<'_>, statement: &Statement, stays: &mut BTreeMap<Subject, Vec<Stay>>) {
        if self.reading.as_ref().is_some_and(|reading| reading.at.utc != said.at.utc) {
            self.close(stays);
        }
        let reading = self.reading.get_or_insert_with(|| Pending {
            at: said.at.when(),
            whole: None,
            whole_by: Vec::new(),
            but_for: Vec::new(),
            things: BTreeMap::new(),
            of_machine: said.stream.path() == MACHINE,
        });
        let source = Source { id: said.id(), evidence: said.evidence() };
        match &statement.fact {
            Fact::Read(read) => {
                let told = (source, (**read).clone(), statement.text.clone());
                reading.things.insert(statement.subject.clone(), told);
            }
            Fact::ReadWhole { boot, suspends, but_for } => {
                reading.but_for.clone_from(but_for);
                reading.whole = Some(Awake { boot: boot.clone(), suspends: *suspends });
                reading.whole_by.push((statement.subject.clone(), source));
            }
            _ => {}
        }
    }

    /// What it comes to by now; the stays are told by the digest.
    pub(super) fn observations(mut self, stays: &mut BTreeMap<Subject, Vec<Stay>>) -> Vec<Observation> {
        self.close(stays);
        let Self { things, mut kept, .. } = self;
        for (subject, known) in things {
            kept.extend(known.missing.clone());
            kept.push(known.health(&subject));
        }
        kept
    }

    /// The reading is over.
    fn close(&mut self, stays: &mut BTreeMap<Subject, Vec<Stay>>) {
        let Some(pending) = self.reading.take() else { return };
        if let Some(awake) = &pending.whole {
            self.awake = Some(awake.clone());
        }
        let Pending { at, whole_by, but_for, things, of_machine, .. } = pending;
        let things = one_in_a_bay(self.recognised(things));
        self.named(&things, stays);
        let seats: Vec<Subject> = things.values().filter_map(|(_, reading, _)| bay(reading).cloned()).collect();
        let here: Vec<Subject> = things.keys().cloned().collect();
        for (subject, (source, reading, text)) in things {
            if let Thing::Drive(drive) = &reading.thing {
                let returned = self.things.get(&subject).is_some_and(|known| known.missing.is_some());
                sit(stays, &subject, drive, &at, &source, returned);
            }
            self.read(&subject, reading, &text, &at, source);
        }
        // What hangs on a controller that is gone is gone with it, and told so by the controller; arrays and drives are told each.
        let is_controller = |known: &Known| matches!(known.reading.thing, Thing::Controller { .. });
        let lost = self.things.iter().filter(|(subject, known)| is_controller(known) && !here.contains(subject));
        let lost: Vec<Subject> = lost.map(|(subject, _)| subject.clone()).collect();
        for (all_of, source) in whole_by {
            let gone = self.things.iter_mut().filter(|(subject, known)| {
                // Another drive in its place tells that it was replaced.
                let replaced = bay(&known.reading).is_some_and(|bay| seats.contains(bay));
                let behind = |controller: &Subject| {
                    controller == *subject
                        || controller.holds(subject)
                        || bay(&known.reading).is_some_and(|bay| controller.holds(bay))
                };
                let of_it = all_of.kind() == Kind::Host || behind(&all_of);
                let unread = but_for.iter().any(behind) || but_for.contains(&watched_as(subject));
                known.missing.is_none() && of_it && !here.contains(subject) && !replaced && !unread
            });
            for (subject, known) in gone {
                if let Thing::Array(_) = known.reading.thing {
                    self.kept.push(unknown(subject, &at, &source));
                }
                let hangs_on = |controller: &Subject| of_machine && controller.holds(subject);
                let with_it = matches!(known.reading.thing, Thing::Enclosure { .. }) && lost.iter().any(hangs_on);
                known.missing = missing(subject, known, &at, &source, of_machine && !with_it);
            }
        }
    }

    /// The same things, by the names by which they were known.
    fn recognised(&self, things: BTreeMap<Subject, Told>) -> BTreeMap<Subject, Told> {
        let here: BTreeSet<Subject> = things.keys().cloned().collect();
        let known = |(subject, (source, mut reading, text)): (Subject, Told)| {
            let known = self.known_as(&subject, &reading).filter(|(known, _)| !here.contains(*known));
            let Some((known, was)) = known else { return (subject, (source, reading, text)) };
            if let Thing::Drive(drive) = &mut reading.thing {
                // Of the drive itself is known what it said when it could be asked.
                let DriveRead { vendor, model, firmware, wwn, bytes, .. } = was.clone();
                drive.vendor = vendor.or(drive.vendor.take());
                drive.model = model.or(drive.model.take());
                drive.firmware = firmware.or(drive.firmware.take());
                drive.wwn = wwn.or(drive.wwn.take());
                drive.bytes = bytes.or(drive.bytes);
            }
            (known.clone(), (source, reading, text))
        };
        things.into_iter().map(known).collect()
    }

    /// A drive that could not be asked may be named by less than before: by its world-wide name, the beginning of its serial number, or
    /// the bay. It is the one that was read last with that world-wide name; else the one that was read last in that bay, if nothing
    /// tells them apart.
    fn known_as(&self, subject: &Subject, reading: &Reading) -> Option<(&Subject, &DriveRead)> {
        let (Thing::Drive(drive), None) = (&reading.thing, self.things.get(subject)) else { return None };
        let serial = subject.serial().filter(|serial| reading.unread.is_some() || serial.starts_with(UNNAMED))?;
        let drives = self.things.iter().filter_map(|(subject, known)| match &known.reading.thing {
            Thing::Drive(was) => Some((subject, &**was, known.last.utc)),
            _ => None,
        });
        let named = |was: &DriveRead| drive.wwn.is_some() && was.wwn == drive.wwn;
        let apart = |was: &DriveRead| drive.wwn.is_some() && was.wwn.is_some() || models_differ(was, drive);
        let nameless = serial.starts_with(UNNAMED) || WORLD_WIDE.iter().any(|front| serial.starts_with(front));
        let cut = |was: &Subject| nameless || was.serial().is_some_and(|was| was.starts_with(serial));
        let by_name = drives.clone().filter(|(_, was, _)| named(was)).max_by_key(|(.., last)| *last);
        // One that was missing may have come back, or not.
        let there = |subject: &Subject| self.things.get(subject).is_some_and(|known| known.missing.is_none());
        let in_bay = drives.filter(|(subject, was, _)| was.bay == drive.bay && there(subject));
        let in_bay = in_bay.max_by_key(|(.., last)| *last);
        let in_bay = in_bay.filter(|(subject, was, _)| cut(subject) && !apart(was));
        by_name.or(in_bay).map(|(subject, was, _)| (subject, was))
    }

    /// A drive without a name, for what told of it told none, has one now. One that was ill may have been replaced by it.
    fn named(&mut self, things: &BTreeMap<Subject, Told>, stays: &mut BTreeMap<Subject, Vec<Stay>>) {
        for (subject, (_, reading, _)) in things {
            let (Thing::Drive(drive), false) = (&reading.thing, is_nameless(subject)) else { continue };
            let same = |(known, was): (&Subject, &Known)| {
                let Thing::Drive(read) = &was.reading.thing else { return None };
                let well = was.reading.reasons.iter().all(|reason| reason.severity == Severity::Info);
                let there = was.missing.is_none() && read.bay == drive.bay && !things.contains_key(known);
                (is_nameless(known) && there && well && !models_differ(read, drive)).then(|| known.clone())
            };
            let was = self.things.iter().find_map(same).filter(|_| !self.things.contains_key(subject));
            let Some((was, known)) = was.and_then(|was| self.things.remove_entry(&was)) else { continue };
            self.things.insert(subject.clone(), known);
            let stay = stays.get_mut(&drive.bay).and_then(|stays| stays.last_mut());
            if let Some(stay) = stay.filter(|stay| Some(stay.serial.as_str()) == was.serial()) {
                stay.serial = subject.serial().unwrap_or_default().to_owned();
            }
        }
    }

    /// A thing is as this reading says.
    fn read(&mut self, subject: &Subject, mut reading: Reading, text: &str, at: &When, source: Source) {
        if let Thing::Array(array) = &mut reading.thing {
            let known = self.things.get(subject);
            let before = known.and_then(|known| match &known.reading.thing {
                // Nobody knew how it was while it was not there: that it is as before is news.
                Thing::Array(before) if known.missing.is_some() => {
                    Some(ArrayRead { state: ArrayState::Unknown, ..before.clone() })
                }
                Thing::Array(before) => Some(before.clone()),
                _ => None,
            });
            let before = before.as_ref();
            before.into_iter().for_each(|before| keep_places(before, array));
            self.kept.extend(changes(subject, before, array, text, at, &source));
        }
        let awake = self.awake.clone();
        let Some(known) = self.things.get_mut(subject) else {
            let power = count(&reading).map(|count| (count, at.utc, awake));
            let known = Known {
                reading,
                since: at.clone(),
                source,
                last: at.clone(),
                readings: 1,
                changes: 0,
                power,
                missing: None,
            };
            self.things.insert(subject.clone(), known);
            return;
        };
        if let Some(mut missing) = known.missing.take() {
            missing.at.until = Some(at.utc);
            if let Fact::NotWatched { .. } = missing.fact {
                self.kept.push(Observation {
                    id: ObservationId::made(&format!("watched {subject}"), source.id),
                    at: at.clone(),
                    subject: missing.subject.clone(),
                    fact: Fact::Watched,
                    severity: Severity::Info,
                    evidence: Some(source.evidence.clone()),
                    text: "the machine has it again".to_owned(),
                });
            }
            self.kept.push(missing);
        }
        if let Some(count) = count(&reading) {
            self.kept.extend(
                known.power.as_ref().and_then(|before| cycled(subject, before, count, awake.as_ref(), at, &source)),
            );
            known.power = Some((count, at.utc, awake));
        }
        let same = known.reading.reasons == reading.reasons && known.reading.unread == reading.unread;
        if same {
            known.readings += 1;
        } else {
            if known.changes < CHANGES_MAX {
                self.kept.push(known.health(subject));
            }
            known.changes += 1;
            (known.since, known.source, known.readings) = (at.clone(), source, 1);
        }
        known.last = at.clone();
        known.reading = reading;
    }
}

impl Known {
    /// How it was, for as long as it was read so.
    fn health(&self, subject: &Subject) -> Observation {
        let Reading { reasons, unread, .. } = &self.reading;
        let severity = reasons.iter().map(|reason| reason.severity).max().unwrap_or(Severity::Info);
        Observation {
            id: ObservationId::made("health", self.source.id),
            at: self.since.clone(),
            subject: subject.clone(),
            fact: Fact::Health {
                reasons: reasons.clone(),
                unread: unread.clone(),
                last: self.last.clone(),
                readings: self.readings,
                changed: self.changes > 0,
            },
            severity,
            evidence: Some(self.source.evidence.clone()),
            text: summary(reasons, unread.as_ref(), self.changes > 0),
        }
    }
}

/// In a line.
fn summary(reasons: &[Reason], unread: Option<&Unread>, changed: bool) -> String {
    let mut texts: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    texts.extend(unread.map(|unread| unread.text.as_str()));
    match (texts.is_empty(), changed) {
        (true, false) => "read, and nothing to tell".to_owned(),
        (true, true) => "read, and nothing to tell any more".to_owned(),
        (false, _) => texts.join("; "),
    }
}

fn is_nameless(drive: &Subject) -> bool {
    drive.serial().is_some_and(|serial| serial.starts_with(UNNAMED))
}

/// Whether the models tell two drives apart; the controller may have the beginning only.
fn models_differ(one: &DriveRead, other: &DriveRead) -> bool {
    let models = one.model.as_deref().zip(other.model.as_deref());
    models.is_some_and(|(one, other)| !one.starts_with(other) && !other.starts_with(one))
}

/// Of two commands of one time, one names the drives and one does not: what is in one bay is one drive.
fn one_in_a_bay(things: BTreeMap<Subject, Told>) -> BTreeMap<Subject, Told> {
    let (nameless, mut things): (BTreeMap<_, _>, BTreeMap<_, _>) =
        things.into_iter().partition(|(subject, _)| is_nameless(subject));
    for (subject, told) in nameless {
        let Thing::Drive(drive) = &told.1.thing else { continue };
        let same = |(_, reading, _): &&mut Told| matches!(&reading.thing, Thing::Drive(named) if named.bay == drive.bay && !models_differ(named, drive));
        let Some((_, named, _)) = things.values_mut().find(same) else {
            things.insert(subject, told);
            continue;
        };
        for reason in told.1.reasons {
            if !named.reasons.iter().any(|known| known.ailment == reason.ailment && known.key == reason.key) {
                named.reasons.push(reason);
            }
        }
        named.reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    }
    things
}

fn bay(reading: &Reading) -> Option<&Subject> {
    match &reading.thing {
        Thing::Drive(drive) => Some(&drive.bay),
        _ => None,
    }
}

fn count(reading: &Reading) -> Option<PowerCount> {
    match &reading.thing {
        Thing::Drive(drive) => drive.power,
        _ => None,
    }
}

/// A drive sits in its bay, still or from now on.
fn sit(
    stays: &mut BTreeMap<Subject, Vec<Stay>>,
    subject: &Subject,
    drive: &DriveRead,
    at: &When,
    source: &Source,
    returned: bool,
) {
    let serial = subject.serial().unwrap_or_default();
    let stays = stays.entry(drive.bay.clone()).or_default();
    match stays.last_mut().filter(|stay| stay.serial == serial && !returned) {
        Some(stay) => {
            stay.reports += 1;
            stay.last = at.clone();
            stay.read = Some(Box::new(drive.clone()));
        }
        None => stays.push(Stay {
            serial: serial.to_owned(),
            vendor: drive.vendor.clone(),
            model: drive.model.clone(),
            first: at.clone(),
            first_id: source.id,
            evidence: source.evidence.clone(),
            last: at.clone(),
            reports: 1,
            returned,
            read: Some(Box::new(drive.clone())),
        }),
    }
}

/// A thing that was there is there no longer. Of a supply, whatever it is part of tells.
fn missing(subject: &Subject, known: &Known, at: &When, source: &Source, watched: bool) -> Option<Observation> {
    let last = instant(known.last.utc);
    let (made, fact, text) = match &known.reading.thing {
        Thing::Drive(drive) => {
            let text = format!("the machine does not have it any more; it was in {}", drive.bay.path());
            ("missing", Fact::DriveMissing, text)
        }
        Thing::Array(_) | Thing::Controller { .. } | Thing::Enclosure { .. } if watched => {
            let why = format!("the machine had it on {last}, and has it no longer");
            ("not watched", Fact::NotWatched { why: why.clone() }, why)
        }
        Thing::Host if watched => {
            let why = format!("the machine's management controller (BMC) answered on {last}, and is there no longer");
            ("not watched", Fact::NotWatched { why: why.clone() }, why)
        }
        _ => return None,
    };
    Some(Observation {
        id: ObservationId::made(&format!("{made} {subject}"), source.id),
        at: at.clone(),
        subject: watched_as(subject),
        fact,
        severity: Severity::Warning,
        evidence: Some(source.evidence.clone()),
        text,
    })
}

/// What a management controller tells is told of its host; that it is gone is told of itself: the host is there, and is not to be retired.
fn watched_as(subject: &Subject) -> Subject {
    match subject.host_name() {
        Some(host) if subject.kind() == Kind::Host => Subject::within(Kind::Controller, host, BMC),
        _ => subject.clone(),
    }
}

/// Nobody knows how an array is that is there no longer.
fn unknown(subject: &Subject, at: &When, source: &Source) -> Observation {
    Observation {
        id: ObservationId::made(&format!("missing {subject}"), source.id),
        at: at.clone(),
        subject: subject.clone(),
        fact: Fact::State(ArrayState::Unknown),
        severity: Severity::Warning,
        evidence: Some(source.evidence.clone()),
        text: "the machine does not have it any more".to_owned(),
    }
}

/// A drive was switched on since it was read before.
fn cycled(
    subject: &Subject,
    (before, since, was_awake): &(PowerCount, DateTime<Utc>, Option<Awake>),
    now: PowerCount,
    awake: Option<&Awake>,
    at: &When,
    source: &Source,
) -> Option<Observation> {
    let cycles = now.cycles.checked_sub(before.cycles)?;
    let stops = now.unsafe_shutdowns.zip(before.unsafe_shutdowns).and_then(|(now, before)| now.checked_sub(before));
    if cycles == 0 && stops.unwrap_or(0) == 0 {
        return None;
    }
    // Without knowing how the machine was at both times, nothing is said against it.
    let known = |awake: Option<&Awake>| awake.is_some_and(|awake| awake.boot.is_some());
    let explained = !known(was_awake.as_ref()) || !known(awake) || was_awake.as_ref() != awake;
    let while_ = if explained { "while the machine restarted or slept" } else { "while the machine ran on" };
    let stops_told = stops.map(|stops| format!(", {stops} of them without warning")).unwrap_or_default();
    let times = if cycles == 1 { "once".to_owned() } else { format!("{cycles} times") };
    Some(Observation {
        id: ObservationId::made("power cycled", source.id),
        at: When { until: Some(at.utc), ..When::exactly(*since) },
        subject: subject.clone(),
        fact: Fact::PowerCycled { cycles, unsafe_shutdowns: stops, explained },
        severity: if explained { Severity::Info } else { Severity::Warning },
        evidence: Some(source.evidence.clone()),
        text: format!("lost its power and was switched on again {times}{stops_told}, {while_}"),
    })
}

/// What changed of an array, or all of it if it was not known.
fn changes(
    subject: &Subject,
    before: Option<&ArrayRead>,
    now: &ArrayRead,
    text: &str,
    at: &When,
    source: &Source,
) -> Vec<Observation> {
    let observation = |made: &str, subject: &Subject, fact: Fact, severity: Severity, text: String| Observation {
        id: ObservationId::made(&format!("{made} {subject}"), source.id),
        at: at.clone(),
        subject: subject.clone(),
        fact,
        severity,
        evidence: Some(source.evidence.clone()),
        text,
    };
    let mut changed = Vec::new();
    let layout = layout(subject, now);
    if before.map(|before| self::layout(subject, before)).as_ref() != Some(&layout) {
        let text = format!("RAID {} of {} drives", layout.level.as_deref().unwrap_or("?"), layout.members.len());
        changed.push(observation("layout", subject, Fact::Layout(layout), Severity::Info, clean(&text)));
    }
    let given_up = |serial: &Option<String>| {
        serial.is_some() && now.members.iter().any(|member| member.role == Role::Failed && member.serial == *serial)
    };
    for member in &now.members {
        let was = before.and_then(|before| before.members.iter().find(|was| is_same_place(was, member)));
        // That its place is empty says nothing more of a drive that was given up.
        let told = member.role == Role::Missing && was.is_some_and(|was| given_up(&was.serial));
        changed.extend(
            lost(subject, was.filter(|_| !told), member)
                .map(|(drive, text)| observation("lost", &drive, Fact::DriveFailed, Severity::Critical, text)),
        );
        if let Some((old, new)) = taken_over(was, member) {
            let text = format!("{} takes the place of {}", clean(new), clean(old));
            let fact = Fact::DriveReplaced { old: Some(old.to_owned()), new: Some(new.to_owned()) };
            changed.push(observation(&format!("taken over {new}"), subject, fact, Severity::Info, text));
        }
    }
    if before.is_none_or(|before| before.state != now.state) {
        let severity = match now.state {
            ArrayState::Optimal => Severity::Info,
            ArrayState::Rebuilding | ArrayState::Unknown => Severity::Warning,
            ArrayState::Degraded | ArrayState::Failed => Severity::Critical,
        };
        changed.push(observation("state", subject, Fact::State(now.state), severity, text.to_owned()));
    }
    changed
}

/// A place that is empty is the bay that its member sat in, and what was read of a member counts on when its device is gone: md
/// holds on to the name until the member is taken out. A drive that is read under another name is not that member.
fn keep_places(before: &ArrayRead, now: &mut ArrayRead) {
    let read: Vec<String> = now.members.iter().filter_map(|member| member.serial.clone()).collect();
    for member in now.members.iter_mut().filter(|member| member.bay.is_none()) {
        let same_name = |was: &&MemberRead| member.name.is_some() && was.name == member.name;
        let was = match member.slot {
            Some(_) => before.members.iter().find(|was| was.slot == member.slot),
            None => before.members.iter().find(same_name),
        };
        let Some(was) = was else { continue };
        let named = member.name.is_none() || same_name(&was);
        let serial = was.serial.as_ref().filter(|serial| named && !read.contains(serial));
        member.serial = member.serial.take().or(serial.cloned());
        if member.slot.is_some() {
            member.mirror_set = member.mirror_set.or(was.mirror_set);
        }
        if member.slot.is_some() || serial.is_some() {
            member.bay = was.bay.clone();
        }
    }
}

/// A member without a place is known by its drive.
fn is_same_place(was: &MemberRead, member: &MemberRead) -> bool {
    match (was.slot, member.slot) {
        (Some(was), Some(now)) => was == now,
        (_, None) => was.serial.is_some() && was.serial == member.serial,
        (None, Some(_)) => false,
    }
}

/// The drive that an array lost, if it did: one that it gave up or whose device is gone, or one that worked and has left its place
/// empty.
fn lost(array: &Subject, was: Option<&MemberRead>, member: &MemberRead) -> Option<(Subject, String)> {
    let before = was.map(|was| was.role);
    let works = |role: Option<Role>| matches!(role, Some(Role::Active | Role::Rebuilding));
    let (drive, what) = match member.role {
        // Of one whose device was gone, that was told.
        Role::Failed if !matches!(before, Some(Role::Failed | Role::Gone)) => (member, "gave it up as faulty"),
        Role::Gone if before != Some(Role::Gone) => (member, "counts on it, and its device is gone"),
        Role::Missing if works(before) => (was?, "works without it"),
        _ => return None,
    };
    let subject = match &drive.serial {
        Some(serial) => Subject::drive(serial),
        None => place_of(array, drive)?,
    };
    let name = drive.name.as_deref().map(|name| format!(" ({})", clean(name))).unwrap_or_default();
    Some((subject, format!("{} {what}{name}", array.path())))
}

/// Another drive, in another bay, is in the place of one before.
fn taken_over<'a>(was: Option<&'a MemberRead>, member: &'a MemberRead) -> Option<(&'a str, &'a str)> {
    let was = was.filter(|was| was.bay != member.bay)?;
    let works = matches!(member.role, Role::Active | Role::Rebuilding);
    let (old, new) = (was.serial.as_deref()?, member.serial.as_deref()?);
    (works && old != new).then_some((old, new))
}

/// The bay of a member; of one whose device is gone, and whose bay nobody read before, its place in the array.
fn place_of(array: &Subject, member: &MemberRead) -> Option<Subject> {
    let slot = || {
        let path = format!("{}/slot{}", array.path(), member.slot?);
        Some(Subject::within(Kind::Bay, array.host_name()?, &path))
    };
    member.bay.clone().or_else(slot)
}

/// Places without a bay cannot be told of in a layout: their drive is not known.
fn layout(subject: &Subject, array: &ArrayRead) -> Layout {
    let is_place = |member: &&MemberRead| !matches!(member.role, Role::Spare | Role::Failed) || member.slot.is_some();
    let members = array
        .members
        .iter()
        .filter(is_place)
        .filter_map(|member| Some(LayoutMember { bay: place_of(subject, member)?, mirror_set: member.mirror_set }));
    Layout { level: array.level.clone(), members: members.collect(), carries: array.carries.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, WhyUnread};
    use std::sync::Arc;

    /// Members, a word each: slot or `-`, name, role; `=` and the serial number, which is also the bay's name.
    fn array(text: &str) -> ArrayRead {
        let member = |text: &str| {
            let (head, serial) = text.split_once('=').map_or((text, None), |(head, serial)| (head, Some(serial)));
            let words: Vec<&str> = head.split(':').collect();
            let word = |index: usize| words.get(index).copied().unwrap_or_default();
            MemberRead {
                slot: word(0).parse().ok(),
                bay: serial.map(|serial| Subject::within(Kind::Bay, "h", &serial.to_lowercase())),
                serial: serial.map(str::to_owned),
                name: Some(word(1).to_owned()).filter(|name| !name.is_empty()),
                mirror_set: None,
                role: Role::ALL.into_iter().find(|role| role.code() == word(2)).unwrap_or(Role::Active),
            }
        };
        let members = text.split_whitespace().map(member).collect();
        ArrayRead { state: ArrayState::Optimal, level: Some("1".to_owned()), members, carries: Vec::new() }
    }

    /// What each reading tells that the one before did not.
    #[test]
    fn what_became_of_members() {
        let check = |readings: &[&str], expect: &[&str]| {
            let source =
                Source { id: ObservationId(1), evidence: Evidence { source: Arc::from("x"), start: 0, end: 1 } };
            let (subject, at) = (Subject::within(Kind::Array, "h", "md0"), When::exactly(DateTime::default()));
            let mut before: Option<ArrayRead> = None;
            let mut told = Vec::new();
            for reading in readings {
                let mut now = array(reading);
                before.iter().for_each(|before| keep_places(before, &mut now));
                let of_first = before.is_none();
                for one in changes(&subject, before.as_ref(), &now, "", &at, &source) {
                    if !of_first {
                        told.push(format!("{} {} {}", one.subject, one.fact.code(), one.text).trim().to_owned());
                    }
                }
                before = Some(now);
            }
            assert_eq!(told, expect, "{readings:?}");
        };
        // Given up; then taken out, and another put in.
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sda:active=A 1::missing -:sdb:failed=B", "0:sda:active=A 1::missing"],
            &["drive:B drive-failed md0 gave it up as faulty (sdb)"],
        );
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sda:active=A 1::missing", "0:sda:active=A 1:sdc:rebuilding=C"],
            &[
                "drive:B drive-failed md0 works without it (sdb)",
                "array:h/md0 array-layout RAID 1 of 2 drives",
                "array:h/md0 drive-replaced C takes the place of B",
            ],
        );
        // Its device is gone, then md notices, and a spare takes its place.
        check(
            &[
                "0:sda:active=A 1:sdb:active=B -:sdc:spare=C",
                "0:sda:active=A 1:sdb:gone -:sdc:spare=C",
                "0:sda:active=A 1:sdc:rebuilding=C -:sdb:failed",
            ],
            &[
                "drive:B drive-failed md0 counts on it, and its device is gone (sdb)",
                "array:h/md0 array-layout RAID 1 of 2 drives",
                "array:h/md0 drive-replaced C takes the place of B",
            ],
        );
        // md noticed at once.
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sda:active=A 1::missing -:sdb:failed"],
            &["drive:B drive-failed md0 gave it up as faulty (sdb)"],
        );
        // The names changed since: nobody is blamed for another.
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sdb:active=A 1::missing -:sda:failed"],
            &["drive:B drive-failed md0 works without it (sdb)"],
        );
    }

    /// A drive in a bay: serial number, model, world-wide name; `?` behind it if it could not be asked.
    fn drive(text: &str) -> (Subject, Reading) {
        let (text, unread) = text.strip_suffix('?').map_or((text, false), |text| (text, true));
        let mut words = text.split_whitespace().map(|word| Some(word.to_owned()).filter(|word| word != "-"));
        let mut word = || words.next().flatten();
        let (bay, serial) = (word().unwrap_or_default(), word().unwrap_or_default());
        let read = DriveRead {
            bay: Subject::within(Kind::Bay, "h", &bay),
            vendor: None,
            model: word(),
            firmware: None,
            wwn: word(),
            bytes: None,
            names: Vec::new(),
            power: None,
        };
        let unread = unread.then(|| Unread { why: WhyUnread::NoWay, text: "given up".to_owned() });
        (Subject::drive(&serial), Reading { thing: Thing::Drive(Box::new(read)), reasons: Vec::new(), unread })
    }

    /// Who is read to sit in the bays, by the names by which they were known.
    #[test]
    fn drives_that_cannot_be_asked_are_known_by_what_was_read_before() {
        #[track_caller]
        fn check(readings: &[&[&str]], expect: &str) {
            let source =
                Source { id: ObservationId(1), evidence: Evidence { source: Arc::from("x"), start: 0, end: 1 } };
            let (mut machine, mut stays) = (Machine::default(), BTreeMap::new());
            for (second, reading) in (0..).zip(readings) {
                let told = |text: &&str| {
                    let (subject, reading) = drive(text);
                    (subject, (source.clone(), reading, String::new()))
                };
                let at = When::exactly(DateTime::from_timestamp(second, 0).unwrap_or_default());
                let things = reading.iter().map(told).collect();
                let whole = Some(Awake { boot: None, suspends: None });
                machine.reading = Some(Pending {
                    at,
                    whole,
                    whole_by: vec![(Subject::host("h"), source.clone())],
                    but_for: Vec::new(),
                    things,
                    of_machine: true,
                });
                machine.close(&mut stays);
            }
            let told = |(bay, stays): (&Subject, &Vec<Stay>)| {
                format!(
                    "{}={}",
                    bay.path(),
                    stays.iter().map(|stay| stay.serial.as_str()).collect::<Vec<_>>().join(",")
                )
            };
            assert_eq!(stays.iter().map(told).collect::<Vec<_>>().join(" "), expect, "{readings:?}");
        }
        let well = ["s0 SERIAL-0000A MODEL-LONG 0x5a", "s1 SERIAL-0000B MODEL-LONG 0x5b"];
        for one in [
            "s0 0x5a MODEL 0x5a?",
            "s0 SERIAL-0 MODEL 0x5a?",
            "s0 SERIAL-0000A MODEL 0x5a?",
            "s0 SERIAL-0 MODEL -?",
            "s0 unnamed-h-s0 - -?",
        ] {
            check(&[&well, &[one, well[1]], &well], "s0=SERIAL-0000A s1=SERIAL-0000B");
        }
        // What told of it first told no name; one of that model, and of another.
        check(&[&["s0 unnamed-h-s0 MODEL -"], &well[..1], &["s0 unnamed-h-s0 MODEL -"]], "s0=SERIAL-0000A");
        check(&[&["s0 unnamed-h-s0 OTHER -"], &well[..1]], "s0=unnamed-h-s0,SERIAL-0000A");
        check(&[&["s0 unnamed-h-s0 MODEL -", well[0]]], "s0=SERIAL-0000A");
        check(&[&["s0 unnamed-h-s0 MODEL -", well[1]]], "s0=unnamed-h-s0 s1=SERIAL-0000B");
        // It moved; another name, serial number or model; one that can be asked says who it is.
        check(&[&well[..1], &["s3 0x5a MODEL 0x5a?"]], "s0=SERIAL-0000A s3=SERIAL-0000A");
        check(&[&well[..1], &["s0 0x5c MODEL 0x5c?"]], "s0=SERIAL-0000A,0x5c");
        check(&[&well[..1], &["s0 OTHER-1 MODEL -?"]], "s0=SERIAL-0000A,OTHER-1");
        check(&[&well[..1], &["s0 unnamed-h-s0 OTHER -?"]], "s0=SERIAL-0000A,unnamed-h-s0");
        check(&[&well[..1], &["s0 SERIAL-0 MODEL 0x5a"]], "s0=SERIAL-0000A,SERIAL-0");
        // It is in another bay in the same reading.
        check(
            &[&well[..1], &["s0 unnamed-h-s0 - -?", "s3 SERIAL-0000A MODEL-LONG 0x5a"]],
            "s0=SERIAL-0000A,unnamed-h-s0 s3=SERIAL-0000A",
        );
        // The one that sat there last, not the one before it.
        let next = "s0 SERIAL-0000C MODEL-LONG 0x5c";
        check(&[&well[..1], &[next], &["s0 unnamed-h-s0 - -?"]], "s0=SERIAL-0000A,SERIAL-0000C");
    }
}
