//! A logical device. It is as its members are, which is at times worse than its own word.

use super::{Card, bad, drive};
use crate::model::{
    Ailment, ArrayRead, ArrayState, Kind, MemberRead, Reading, Reason, Role, Severity, Subject, Thing, UNNAMED,
};
use crate::observe::machine::Read;
use crate::observe::machine::reason::says;
use crate::observe::output::{is_serial, state_word};
use crate::words::{clean, number_of};
use arraywatch_parsers::adaptec::arcconf::config::{Array, Device, Logical, Segment};
use arraywatch_parsers::adaptec::arcconf::place::Place;
use arraywatch_parsers::adaptec::arcconf::status::{Operation, TaskStatus};
use arraywatch_parsers::adaptec::arcconf::words::{DeviceState, LogicalState, SegmentState};

pub(super) fn things(card: &Card<'_>) -> Vec<Read> {
    let mut listed: Vec<Logical> = card.logical().cloned().collect();
    // An output of arrays alone names the logical devices on them.
    for array in card.runs.iter().flat_map(|run| &run.arrays) {
        for (number, state) in &array.logical {
            if listed.iter().all(|known| known.number != Some(*number)) {
                let (number, state) = (Some(*number), Some(state.clone()));
                let segments = array.devices.clone();
                listed.push(Logical { number, state, segments, array: array.number, ..Logical::default() });
            }
        }
    }
    let mut things: Vec<Read> = Vec::new();
    for logical in &listed {
        let read = thing(card, logical);
        match things.iter_mut().find(|known| known.subject == read.subject) {
            // Two that bear one number: which is which, nobody can tell.
            Some(known) if known.reading != read.reading => unclear(known),
            Some(_) => {}
            None => things.push(read),
        }
    }
    things.extend(not_listed(card, &listed));
    things
}

/// An array of which two things are said.
fn unclear(read: &mut Read) {
    if let Thing::Array(array) = &mut read.reading.thing
        && array.state == ArrayState::Optimal
    {
        array.state = ArrayState::Unknown;
    }
}

/// What stands for logical devices that must be there and are not in the list: the controller counts some as failed or degraded and lists
/// them otherwise, or drives are at work in arrays, and only drives are listed.
fn not_listed(card: &Card<'_>, listed: &[Logical]) -> Option<Read> {
    let counted = card.controllers().filter_map(|controller| controller.announced);
    let (failed, degraded) = counted.map(|counted| (counted.failed, counted.degraded)).max().unwrap_or_default();
    let ill = listed.iter().filter(|logical| logical.state != Some(LogicalState::Optimal)).count();
    let more = usize::try_from(failed.saturating_add(degraded)).is_ok_and(|counted| counted > ill);
    let at_work = card.drives.iter().any(|(_, device)| device.state == Some(DeviceState::Online));
    let (state, text) = if more {
        let state = if failed > 0 { ArrayState::Failed } else { ArrayState::Degraded };
        let of = number_of(failed.into(), "logical device", "logical devices");
        let text =
            format!("the controller counts {of} that failed and {degraded} that lack a member, not listed as such");
        (state, text)
    } else if at_work && listed.is_empty() {
        (ArrayState::Unknown, "drives are at work in logical devices that the output does not list".to_owned())
    } else {
        return None;
    };
    let read = ArrayRead { state, level: None, members: Vec::new(), carries: Vec::new() };
    let reading = Reading { thing: Thing::Array(read), reasons: Vec::new(), unread: None };
    let subject = Subject::within(Kind::Array, card.host, card.path);
    Some(Read { subject, reading, text, values: Vec::new() })
}

fn thing(card: &Card<'_>, logical: &Logical) -> Read {
    let members = members(card, logical);
    let (state, word) = state(card, logical, &members);
    let level = logical.level.as_deref().map(level);
    let name = logical.name.as_deref().map(|name| format!(" \u{ab}{}\u{bb}", clean(name))).unwrap_or_default();
    let number = logical.number.map_or_else(String::new, |number| format!(" {number}"));
    let text = format!(
        "{}{number}{name}, RAID {}, {word}",
        if logical.is_cache { "maxCache" } else { "logical device" },
        level.as_deref().unwrap_or("of a level that is not told"),
    );
    let path = logical.number.map(|number| format!("l{number}")).unwrap_or_default();
    let reasons = reasons(card, logical, &text);
    let read = ArrayRead { state, level, members, carries: Vec::new() };
    let reading = Reading { thing: Thing::Array(read), reasons, unread: None };
    Read { subject: card.within(Kind::Array, &path), reading, text, values: Vec::new() }
}

/// As people write it: `6 Reed-Solomon` is RAID 6.
fn level(text: &str) -> String {
    let number = text.split(' ').next().filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    clean(number.unwrap_or(text))
}

fn reasons(card: &Card<'_>, logical: &Logical, text: &str) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut tell = |ailment, key: &str, text: &str| reasons.push(says(ailment, key, Severity::Warning, text));
    if logical.failed_stripes == Some(true) {
        tell(Ailment::MemberErrors, "failed-stripes", "some of its stripes could not be kept: what lay there is lost");
    }
    if logical.state == Some(LogicalState::Impacted) {
        tell(Ailment::Mismatches, "arcconf-impacted", "its copies or parity were not made, or do not agree");
    }
    if let Some(LogicalState::Other(_)) = &logical.state {
        reasons.push(state_word(text));
    } else if let Some(word) = logical.segments.iter().find_map(|segment| match &segment.state {
        Some(SegmentState::Other(word)) => Some(word),
        _ => None,
    }) {
        reasons.push(state_word(&format!("one of its segments is in the state \u{ab}{}\u{bb}", clean(word))));
    }
    let arrays = card.runs.iter().flat_map(|run| &run.arrays);
    let mine = |array: &&Array| array.number.is_some() && array.number == logical.array;
    if let Some(word) = arrays.filter(mine).find_map(|array| bad(array.state.as_ref()?)) {
        reasons.push(says(
            Ailment::MemberErrors,
            "arcconf-array-state",
            Severity::Warning,
            format!("the array that it lies in calls its state {word}"),
        ));
    }
    reasons
}

/// How it is, and that for people.
fn state(card: &Card<'_>, logical: &Logical, members: &[MemberRead]) -> (ArrayState, String) {
    let has = |role: Role| members.iter().any(|member| member.role == role);
    let lacks = has(Role::Failed) || has(Role::Missing) || logical.defunct_segments == Some(true);
    let rebuilds = has(Role::Rebuilding) || is_rebuilt(card, logical);
    let worse = |state: ArrayState| match state {
        ArrayState::Optimal | ArrayState::Degraded if rebuilds => ArrayState::Rebuilding,
        ArrayState::Optimal if lacks => ArrayState::Degraded,
        state => state,
    };
    let unknown = if lacks { ArrayState::Degraded } else { ArrayState::Unknown };
    let (own, word) = match &logical.state {
        Some(LogicalState::Optimal) => (ArrayState::Optimal, "optimal"),
        Some(LogicalState::Degraded) => (ArrayState::Degraded, "degraded"),
        Some(LogicalState::Rebuilding) => (ArrayState::Rebuilding, "being rebuilt"),
        Some(LogicalState::Impacted) => (ArrayState::Optimal, "impacted"),
        Some(LogicalState::Changing) => (ArrayState::Rebuilding, "being made, or made another"),
        Some(LogicalState::Failed) => (ArrayState::Failed, "failed"),
        Some(LogicalState::Other(word)) => {
            let text = format!("in the state \u{ab}{}\u{bb}, a word that is not known", clean(word));
            return (unknown, text);
        }
        None => return (unknown, "in a state that is not told".to_owned()),
    };
    let state = worse(own);
    let text = match state {
        _ if state == own => word.to_owned(),
        ArrayState::Rebuilding => format!("{word}, a member being written anew"),
        _ => format!("by its own word {word}, and without one of its members"),
    };
    (state, text)
}

/// Whether the controller says that it rebuilds it now.
fn is_rebuilt(card: &Card<'_>, logical: &Logical) -> bool {
    let mut tasks = card.runs.iter().flat_map(|run| &run.tasks);
    tasks.any(|task| {
        let runs = task.operation == Some(Operation::Rebuild) && task.status == Some(TaskStatus::InProgress);
        runs && logical.number.is_some() && task.logical == logical.number
    })
}

fn members(card: &Card<'_>, logical: &Logical) -> Vec<MemberRead> {
    let mirrored = logical.level.as_deref().map(level);
    let set = |segment: &Segment| match mirrored.as_deref() {
        Some("1") => Some(0),
        Some("10") => segment.group,
        _ => None,
    };
    let member = |(slot, segment): (u32, &Segment)| {
        let known = device(card, segment);
        // Of one that bears no serial number, its bay tells which drive it was.
        let serial = known.and_then(|(subject, _)| subject.serial()).filter(|serial| !serial.starts_with(UNNAMED));
        let serial = serial.map(str::to_owned);
        let told = segment.serial.as_deref().map(clean).filter(|serial| is_serial(serial));
        let place = known.and_then(|(_, device)| drive::place(device)).or_else(|| segment.place.clone());
        MemberRead {
            slot: Some(slot),
            bay: place.map(|place| card.bay(&place)),
            serial: serial.or(told),
            name: None,
            mirror_set: set(segment),
            role: role(segment, known.map(|(_, device)| *device)),
        }
    };
    let mut members: Vec<MemberRead> = (0..).zip(&logical.segments).map(member).collect();
    members.extend(logical.spares.iter().filter_map(|(channel, device)| {
        let (subject, device) = card.drives.iter().find(|(_, known)| known.channel == Some((*channel, *device)))?;
        Some(MemberRead {
            slot: None,
            bay: drive::place(device).map(|place| card.bay(&place)),
            serial: subject.serial().map(str::to_owned),
            name: None,
            mirror_set: None,
            role: Role::Spare,
        })
    }));
    members
}

/// The drive that a segment lies on: by its serial number, else by its place; where one segment is missing and one drive was given up
/// that no other segment names, that one.
fn device<'c, 'a>(card: &'c Card<'a>, segment: &Segment) -> Option<&'c (Subject, &'a Device)> {
    let missing = |segment: &&Segment| segment.state == Some(SegmentState::Missing) && segment.place.is_none();
    let segments = card.logical().flat_map(|logical| &logical.segments);
    if missing(&segment) && segments.clone().filter(missing).count() == 1 {
        let named =
            |drive: &&(Subject, &Device)| segments.clone().filter_map(|one| placed(card, one)).any(|one| one == *drive);
        let mut given_up =
            card.drives.iter().filter(|(_, device)| drive::is_given_up(device)).filter(|one| !named(one));
        return given_up.next().filter(|_| given_up.next().is_none());
    }
    placed(card, segment)
}

fn placed<'c, 'a>(card: &'c Card<'a>, segment: &Segment) -> Option<&'c (Subject, &'a Device)> {
    let serial = segment.serial.as_deref().map(clean).filter(|serial| is_serial(serial));
    let named = |(subject, _): &&(Subject, &Device)| serial.is_some() && subject.serial() == serial.as_deref();
    let here = |(_, device): &&(Subject, &Device)| {
        let channel = device.channel.map(|(channel, device)| Place::Channel { channel, device });
        segment.place.is_some() && (segment.place == device.place || segment.place == channel)
    };
    card.drives.iter().find(named).or_else(|| card.drives.iter().find(|drive| serial.is_none() && here(drive)))
}

/// The part that a segment has, by its own word and by the state of its drive, whichever is worse.
fn role(segment: &Segment, device: Option<&Device>) -> Role {
    match (&segment.state, device.and_then(|device| device.state.as_ref())) {
        (Some(SegmentState::Missing), None) => Role::Missing,
        (Some(SegmentState::Failed | SegmentState::Inconsistent | SegmentState::Missing), _) => Role::Failed,
        (_, Some(DeviceState::Failed | DeviceState::Missing | DeviceState::Offline)) => Role::Failed,
        (Some(SegmentState::Rebuilding), _) | (_, Some(DeviceState::Rebuilding)) => Role::Rebuilding,
        (Some(SegmentState::Present | SegmentState::Other(_)) | None, _) => Role::Active,
    }
}
