//! Arrays as the superblocks of their members have them: those that were written last count.

use super::{Names, Said, empty, entry, geometry, mirror_sets, name_of, of_member, sorted};
use crate::model::{ArrayRead, ArrayState, MemberRead, Reading, Reason, Role, Severity, Subject, Thing};
use crate::observe::machine::{Read, md_level};
use crate::observe::md::SLOTS_MAX;
use crate::observe::output::state_word;
use crate::words::{clean, number_of};
use arraywatch_parsers::md::mdadm::{Clean, Role as Part, SlotState, Superblock, Word};
use arraywatch_parsers::md::mirror;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn all(names: &Names<'_>, at: DateTime<Utc>, said: &mut Said) {
    let mut arrays: BTreeMap<Subject, Vec<&Superblock>> = BTreeMap::new();
    for superblock in &names.output.superblocks {
        let array = names.array(superblock.uuid.as_deref(), superblock.preferred_minor, &superblock.device);
        arrays.entry(array).or_default().push(superblock);
    }
    for (array, superblocks) in arrays {
        for superblock in &superblocks {
            let events = superblock.events.unwrap_or(0);
            let uuid = superblock.device_uuid.as_deref().unwrap_or(&superblock.device);
            let name = format!("{} {uuid} {events}", superblock.device);
            said.events.push(entry(array.clone(), at, name, told(superblock)));
        }
        said.things.extend(thing(array, &superblocks));
    }
}

/// What one says, in a line.
fn told(superblock: &Superblock) -> String {
    let part = match &superblock.role {
        Some(Part::Active(slot)) => format!(" of slot {slot}"),
        Some(Part::Replacement(slot)) => format!(" of the replacement for slot {slot}"),
        Some(Part::Spare) => " of a spare".to_owned(),
        Some(Part::Journal) => " of the journal".to_owned(),
        Some(Part::Other(_)) | None => String::new(),
    };
    let (there, slots) = (states(superblock), superblock.slots.unwrap_or(0));
    let there = there.values().filter(|state| **state == SlotState::Active).count();
    let events = number_of(superblock.events.unwrap_or(0), "event", "events");
    format!(
        "the superblock on {}{part} tells of {there} members in {slots} slots, as of {events}",
        name_of(&superblock.device)
    )
}

/// How each slot is, by one.
fn states(superblock: &Superblock) -> BTreeMap<u32, SlotState> {
    if !superblock.is_old() {
        return (0..SLOTS_MAX).zip(superblock.states.iter().copied()).collect();
    }
    let slots = superblock.slots.unwrap_or(0);
    let state = |works: bool| if works { SlotState::Active } else { SlotState::Missing };
    let rows = superblock.members.iter();
    rows.filter_map(|row| Some((row.slot.filter(|slot| *slot < slots)?, state(row.is(&Word::Sync))))).collect()
}

/// The array, if something is the matter with it.
fn thing(subject: Subject, superblocks: &[&Superblock]) -> Option<Read> {
    let newest = superblocks.iter().max_by_key(|superblock| superblock.events)?;
    let geometry = geometry(newest.level.as_ref(), newest.layout.as_deref(), newest.slots);
    let states = states(newest);
    let in_state = |wanted: SlotState| {
        states.iter().filter(move |(_, state)| **state == wanted).map(|(slot, _)| *slot).collect::<BTreeSet<u32>>()
    };
    let missing = in_state(SlotState::Missing);
    let is_written = |superblock: &&&Superblock| superblock.recovered.is_some() && superblock.events == newest.events;
    let written: Vec<String> =
        superblocks.iter().filter(is_written).map(|superblock| name_of(&superblock.device)).collect();
    let replaced = in_state(SlotState::Replacing);
    let reasons = reasons(superblocks);
    let (state, text) = if geometry.as_ref().is_some_and(|geometry| mirror::loses_data(geometry, &missing)) {
        (ArrayState::Failed, format!("by its superblocks it has lost more than it bears: {}", missing.len()))
    } else if !missing.is_empty() {
        let lost = number_of(missing.len() as u64, "slot", "slots");
        (ArrayState::Degraded, format!("by its superblocks nobody has {lost} of {}", states.len()))
    } else if !written.is_empty() || !replaced.is_empty() {
        let what = if written.is_empty() { "a member".to_owned() } else { written.join(", ") };
        (ArrayState::Rebuilding, format!("by its superblocks {what} is being written anew"))
    } else if !reasons.is_empty() {
        (ArrayState::Unknown, "its superblocks do not tell whether it runs".to_owned())
    } else {
        return None;
    };
    let sets = mirror_sets(geometry.as_ref());
    let mut members: Vec<MemberRead> =
        superblocks.iter().map(|superblock| member(superblock, &states, &sets)).collect();
    let taken: BTreeSet<u32> = members.iter().filter_map(|member| member.slot).collect();
    members.extend(missing.iter().filter(|slot| !taken.contains(slot)).map(|slot| empty(*slot, &sets)));
    let level = newest.level.as_ref().map(md_level);
    let read = ArrayRead { state, level, members: sorted(members), carries: Vec::new() };
    Some(Read {
        subject,
        reading: Reading { thing: Thing::Array(read), reasons, unread: None },
        text,
        values: Vec::new(),
    })
}

fn member(superblock: &Superblock, states: &BTreeMap<u32, SlotState>, sets: &BTreeMap<u32, u32>) -> MemberRead {
    let (slot, role) = match superblock.role {
        // It says so of a time before it was given up.
        Some(Part::Active(slot)) if states.get(&slot) == Some(&SlotState::Missing) => (Some(slot), Role::Failed),
        Some(Part::Active(slot)) if superblock.recovered.is_some() => (Some(slot), Role::Rebuilding),
        Some(Part::Active(slot)) => (Some(slot), Role::Active),
        Some(Part::Replacement(_)) => (None, Role::Rebuilding),
        Some(Part::Journal) => (None, Role::Active),
        Some(Part::Spare | Part::Other(_)) | None => (None, Role::Spare),
    };
    let mirror_set = slot.and_then(|slot| sets.get(&slot).copied());
    MemberRead { slot, bay: None, serial: None, name: Some(name_of(&superblock.device)), mirror_set, role }
}

fn reasons(superblocks: &[&Superblock]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for superblock in superblocks {
        let name = name_of(&superblock.device);
        if superblock.checksum == Some(false) {
            let text = format!("the superblock on {name} is damaged: its checksum is wrong");
            reasons.push(of_member(format!("{name}-superblock"), Severity::Warning, text));
        }
        if superblock.bad_blocks == Some(true) {
            let text = format!("of {name}, sectors cannot be trusted any more: its log of bad blocks is not empty");
            reasons.push(of_member(format!("{name}-bad-blocks"), Severity::Warning, text));
        }
        let claimed = superblock.states.contains(&SlotState::Claimed);
        let word = match (&superblock.role, &superblock.clean) {
            (Some(Part::Other(word)), _) | (_, Some(Clean::Other(word))) => Some(word.as_str()),
            _ if claimed => Some("?"),
            _ => None,
        };
        if let Some(word) = word {
            let word = clean(word);
            reasons.push(state_word(&format!(
                "the superblock on {name} says \u{ab}{word}\u{bb}, a word that is not known"
            )));
        }
    }
    reasons
}
