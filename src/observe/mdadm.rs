//! What mdadm printed of arrays and their members. It names devices and no drives.
//!
//! `--detail` says how an array runs. A superblock (`--examine`) says how it was when it was written: **nothing in it shows that an array is
//! well**, for one of a member that was given up says so for ever. So superblocks, exports and lists make a statement of an array only
//! where something is the matter; else they are an entry that tells what they say, and another source may know more.

mod detail;
mod external;
mod superblock;

use super::machine::{Event, Read};
use super::output::{Sheet, Tool};
use crate::model::{
    Ailment, ArrayRead, ArrayState, Fact, Kind, MemberRead, Reading, Reason, Role, Severity, Subject, Thing,
};
use crate::words::{clean, number_of};
use arraywatch_parsers::md::Level;
use arraywatch_parsers::md::mdadm as parser;
use arraywatch_parsers::md::mdadm::{Export, Listed};
use arraywatch_parsers::md::mirror::{self, Geometry};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The output.
pub(super) struct Mdadm;

impl Tool for Mdadm {
    type Output = parser::Mdadm;

    const NAME: &'static str = "mdadm";

    const OF_ONE_THING: bool = true;

    fn recognise(bytes: &[u8]) -> bool {
        parser::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        parser::read(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    /// mdadm says of an array that is at home on the host that it runs on. Of a member's superblock that is the host where it was read.
    fn host(output: &Self::Output) -> Option<String> {
        let of_arrays = output.details.iter().filter_map(|detail| detail.name.as_ref());
        let of_members = output.superblocks.iter().filter_map(|superblock| superblock.name.as_ref());
        of_arrays.chain(of_members).find_map(|name| name.local_to.clone())
    }

    fn sheet(output: &Self::Output, host: &str, at: DateTime<Utc>) -> Sheet {
        let names = Names::of(host, output);
        let mut said = Said::default();
        let is_array = |detail: &&parser::Detail| detail.level != Some(Level::Container);
        // What stands further down was asked later.
        let details = output.details.iter().rev().filter(is_array).map(|detail| detail::thing(&names, detail));
        let mut known = BTreeSet::new();
        said.things.extend(details.filter(|read| known.insert(read.subject.clone())));
        superblock::all(&names, at, &mut said);
        external::all(&names, at, &mut said);
        output.exports.iter().for_each(|export| of_export(&names, export, at, &mut said));
        output.listed.iter().for_each(|listed| of_list(&names, listed, at, &mut said));
        Sheet { things: merged(said.things), whole: Vec::new(), events: said.events }
    }
}

/// What an output comes to.
#[derive(Default)]
struct Said {
    things: Vec<Read>,
    events: Vec<Event>,
}

/// Each thing once. How an array runs stands before what describes it, of which only the reasons are added.
fn merged(things: Vec<Read>) -> Vec<Read> {
    let mut merged: BTreeMap<Subject, Read> = BTreeMap::new();
    for read in things {
        match merged.entry(read.subject.clone()) {
            Entry::Vacant(place) => {
                place.insert(read);
            }
            Entry::Occupied(mut known) => known.get_mut().reading.reasons.extend(read.reading.reasons),
        }
    }
    let mut things: Vec<Read> = merged.into_values().collect();
    for read in &mut things {
        let mut keys = BTreeSet::new();
        let reasons = &mut read.reading.reasons;
        reasons.retain(|reason| keys.insert(reason.key.clone()));
        reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    }
    things
}

/// What the arrays are called that an output tells of.
struct Names<'a> {
    host: &'a str,
    output: &'a parser::Mdadm,
    /// The devices of arrays, by UUID.
    devices: BTreeMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    fn of(host: &'a str, output: &'a parser::Mdadm) -> Self {
        let listed =
            output.listed.iter().filter_map(|listed| Some((listed.uuid.as_deref()?, listed.device.as_deref()?)));
        let details =
            output.details.iter().filter_map(|detail| Some((detail.uuid.as_deref()?, detail.device.as_str())));
        // What runs is called as it is asked for.
        Self { host, output, devices: listed.chain(details).collect() }
    }

    /// The array with that UUID: by its device, if the output tells it; else by the minor number that it is to have; else by the UUID.
    fn array(&self, uuid: Option<&str>, minor: Option<u32>, else_by: &str) -> Subject {
        let device = uuid.and_then(|uuid| self.devices.get(uuid)).map(|device| name_of(device));
        let by_uuid = || uuid.map(|uuid| clean(&uuid.replace(':', "-")));
        let name = device.or_else(|| minor.map(|minor| format!("md{minor}"))).or_else(by_uuid);
        Subject::within(Kind::Array, self.host, &name.unwrap_or_else(|| name_of(else_by)))
    }
}

/// As the kernel calls it: `/dev/sda1` is sda1.
fn name_of(device: &str) -> String {
    clean(device.strip_prefix("/dev/").unwrap_or(device))
}

/// How an array places its data, by the words of mdadm: `near=2`, `near=2, far=2`, `offset=2`. That of RAID 5 and 6 loses no more than
/// another.
fn geometry(level: Option<&Level>, layout: Option<&str>, slots: Option<u32>) -> Option<Geometry> {
    let copies = |name: &str| {
        let mut words = layout.into_iter().flat_map(|layout| layout.split([',', ' ']));
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok())
    };
    let (near, far, offset) = (copies("near"), copies("far"), copies("offset"));
    let count = |copies: Option<u32>| copies.unwrap_or(1).min(0xff);
    let layout = count(near) | count(offset.or(far)) << 8 | u32::from(offset.is_some()) << 16;
    Geometry::new(level?, layout, slots?)
}

/// Of each slot, which set of copies it is of; none where there are no such sets.
fn mirror_sets(geometry: Option<&Geometry>) -> BTreeMap<u32, u32> {
    let sets = geometry.and_then(mirror::mirror_sets).unwrap_or_default();
    (0..).zip(sets).flat_map(|(set, slots)| slots.into_iter().map(move |slot| (slot, set))).collect()
}

/// By slot; spares and failed ones behind.
fn sorted(mut members: Vec<MemberRead>) -> Vec<MemberRead> {
    members.sort_by_key(|member| member.slot.unwrap_or(u32::MAX));
    members
}

fn array_read(subject: Subject, state: ArrayState, level: Option<String>, text: String) -> Read {
    let array = ArrayRead { state, level, members: Vec::new(), carries: Vec::new() };
    let reading = Reading { thing: Thing::Array(array), reasons: Vec::new(), unread: None };
    Read { subject, reading, text, values: Vec::new() }
}

/// A reason to look at an array of which a member is not as it should be.
fn of_member(key: String, severity: Severity, text: String) -> Reason {
    Reason { ailment: Ailment::MemberErrors, key, severity, rising: None, level: None, text }
}

/// That something was told, which says nothing of how a thing is now.
fn entry(array: Subject, at: DateTime<Utc>, name: String, text: String) -> Event {
    Event {
        log: Mdadm::NAME,
        name: name.into_bytes(),
        at,
        written: None,
        subject: array,
        fact: Fact::Logged { number: 0 },
        severity: Severity::Info,
        text,
    }
}

/// An array of which some slots have nobody. Of one that has all its members it does not say whether they are in sync.
fn of_export(names: &Names<'_>, export: &Export, at: DateTime<Utc>, said: &mut Said) {
    let array = names.array(export.uuid.as_deref(), None, export.name.as_deref().unwrap_or("an array"));
    let missing: BTreeSet<u32> = export.empty().into_iter().collect();
    let slots = export.slots.unwrap_or(0);
    let events = export.events.map(|events| format!(", as of {}", number_of(events, "event", "events")));
    let text = match missing.len() as u64 {
        0 => format!("mdadm tells of {}{}", number_of(slots.into(), "slot", "slots"), events.unwrap_or_default()),
        lost => format!("{} of {slots} without a member", number_of(lost, "slot", "slots")),
    };
    let uuid = [&export.uuid, &export.device_uuid].map(|uuid| uuid.clone().unwrap_or_default());
    said.events.push(entry(array.clone(), at, format!("{} {text}", uuid.join(" ")), text.clone()));
    // Of an output that breaks off, what is not listed may have been.
    if missing.is_empty() || names.output.tally.cut.is_some() {
        return;
    }
    // It does not say how RAID10 places its copies.
    let level = export.level.as_ref().filter(|level| **level != Level::Raid10);
    let loses = geometry(level, None, export.slots).is_some_and(|geometry| mirror::loses_data(&geometry, &missing));
    let state = if loses { ArrayState::Failed } else { ArrayState::Degraded };
    let level = export.level.as_ref().map(super::machine::md_level);
    let mut read = array_read(array, state, level, text);
    if let Thing::Array(array) = &mut read.reading.thing {
        let member = |member: &parser::Member| {
            let slot = match member.role {
                Some(parser::ExportRole::Slot(slot)) => Some(slot),
                _ => None,
            };
            let role = if slot.is_some() { Role::Active } else { Role::Spare };
            let name = member.device.as_deref().map(name_of);
            MemberRead { slot, bay: None, serial: None, name, mirror_set: None, role }
        };
        let empty = |slot: &u32| empty(*slot, &BTreeMap::new());
        array.members = sorted(export.members.values().map(member).chain(missing.iter().map(empty)).collect());
    }
    said.things.push(read);
}

/// An array that is there. Of one that runs it does not say how.
fn of_list(names: &Names<'_>, listed: &Listed, at: DateTime<Utc>, said: &mut Said) {
    let array = names.array(listed.uuid.as_deref(), None, listed.name.as_deref().unwrap_or("an array"));
    let uuid = listed.uuid.as_deref().unwrap_or_default();
    let text = if listed.inactive { "assembled and not started" } else { "mdadm lists it" };
    said.events.push(entry(array.clone(), at, format!("{uuid} {text}"), text.to_owned()));
    if listed.inactive {
        said.things.push(array_read(array, ArrayState::Failed, None, text.to_owned()));
    }
}

/// A slot that nobody has.
fn empty(slot: u32, sets: &BTreeMap<u32, u32>) -> MemberRead {
    let mirror_set = sets.get(&slot).copied();
    MemberRead { slot: Some(slot), bay: None, serial: None, name: None, mirror_set, role: Role::Missing }
}

#[cfg(test)]
mod tests;
