//! How an array is, and what one more loss would do.

use super::member::{Members, Place};
use crate::model::{ArrayState, Role};
use crate::probes::md::Array;
use crate::words::{clean, number_of};
use arraywatch_parsers::md::mdstat::Activity;
use arraywatch_parsers::md::mirror::{self, Geometry};
use arraywatch_parsers::md::{Level, SyncAction, attributes};
use std::collections::BTreeSet;

/// The state, and a sentence or two for people. What changes while nothing happens (how far a rebuild is) is not in it.
pub(super) fn of(array: &Array, geometries: &[Geometry], members: &Members<'_>) -> (ArrayState, String) {
    if array.unread.is_some() {
        return (ArrayState::Unknown, "its files could not be read".to_owned());
    }
    let missing = members.missing();
    let loses = geometries.iter().any(|geometry| mirror::loses_data(geometry, &missing));
    let md = array.attributes.state.as_ref();
    let broken = array.mdstat.as_ref().is_some_and(|said| said.activity == Activity::Broken);
    let mut text = Vec::new();
    let state = match md {
        Some(attributes::ArrayState::Broken) => {
            text.push("md says that it is broken: a member is gone, and it has no redundancy".to_owned());
            ArrayState::Failed
        }
        _ if broken => {
            text.push("/proc/mdstat says that it is broken: a member is gone, and it has no redundancy".to_owned());
            ArrayState::Failed
        }
        Some(attributes::ArrayState::Inactive) => {
            let there = members.all.iter().filter(|place| place.member.is_some()).count() as u64;
            text.push(format!("assembled of {} and not started", number_of(there, "member", "members")));
            if loses { ArrayState::Failed } else { ArrayState::Unknown }
        }
        Some(attributes::ArrayState::Unknown(word)) => {
            text.push(format!("md calls its state \u{ab}{}\u{bb}, a word that is not known", clean(word)));
            ArrayState::Unknown
        }
        None => {
            text.push("md does not say how it is".to_owned());
            ArrayState::Unknown
        }
        Some(_) => of_members(array, members, &missing, loses),
    };
    text.extend(parts(array, members));
    if state == ArrayState::Optimal {
        let all =
            number_of(members.all.iter().filter(|place| place.read.slot.is_some()).count() as u64, "member", "members");
        text.insert(0, format!("{} of {all}, all of them at work", title(array)));
    } else if state == ArrayState::Rebuilding && missing.is_empty() {
        text.insert(0, format!("{} has all its members, and their copies are being made equal", title(array)));
    } else if loses {
        text.push("it has lost more than it bears".to_owned());
    } else if matches!(state, ArrayState::Degraded | ArrayState::Rebuilding) {
        let what = if missing.is_empty() && journal_lost(members) { "its journal".to_owned() } else { slots(&missing) };
        text.insert(0, format!("{} works without {what}", title(array)));
        text.extend(one_more(geometries, members, &missing, array.attributes.degraded.unwrap_or(0)));
    }
    (state, text.join("; "))
}

fn of_members(array: &Array, members: &Members<'_>, missing: &BTreeSet<u32>, loses: bool) -> ArrayState {
    let attributes = &array.attributes;
    let written = members.all.iter().any(|place| place.read.role == Role::Rebuilding && place.read.slot.is_some());
    let works = matches!(
        attributes.sync_action,
        Some(SyncAction::Recover | SyncAction::Resync | SyncAction::Reshape | SyncAction::Repair)
    );
    if loses {
        ArrayState::Failed
    } else if !missing.is_empty() && written && works {
        ArrayState::Rebuilding
    } else if !missing.is_empty() || attributes.degraded.is_some_and(|count| count > 0) || journal_lost(members) {
        ArrayState::Degraded
    } else if attributes.sync_action == Some(SyncAction::Resync) {
        ArrayState::Rebuilding
    } else {
        ArrayState::Optimal
    }
}

/// An array of parity that has a journal cannot be written without it.
fn journal_lost(members: &Members<'_>) -> bool {
    members.all.iter().any(|place| place.journal && matches!(place.read.role, Role::Failed | Role::Gone))
}

fn title(array: &Array) -> String {
    match &array.attributes.level {
        Some(level @ (Level::Linear | Level::Multipath | Level::Faulty)) => format!("{} array", super::level(level)),
        Some(level) => format!("RAID {}", super::level(level)),
        None => "an array of unknown level".to_owned(),
    }
}

fn slots(missing: &BTreeSet<u32>) -> String {
    match missing.iter().map(u32::to_string).collect::<Vec<_>>().as_slice() {
        // md counts fewer than it should, or the journal is lost.
        [] => "a member".to_owned(),
        [one] => format!("slot {one}"),
        many => format!("slots {}", many.join(", ")),
    }
}

/// What is the matter with which member.
fn parts(array: &Array, members: &Members<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    for place in &members.all {
        match place.read.role {
            Role::Gone if place.read.slot.is_some() => parts.push(gone(array, place)),
            Role::Gone => parts.push(format!("the device of {} is gone", place.told())),
            Role::Failed => parts.push(format!("md gave up {} as faulty", place.told())),
            Role::Rebuilding if place.read.slot.is_some() => {
                parts.push(format!("{} is being written anew", place.told()));
            }
            Role::Rebuilding => parts.push(format!("{} is to take the place of a member", place.told())),
            Role::Missing => parts.push(format!("nothing is in {}", place.told())),
            Role::Active | Role::Spare => {}
        }
    }
    parts
}

/// md says one thing, and it is another.
fn gone(array: &Array, place: &Place<'_>) -> String {
    let flags = array.mdstat.as_ref().map(|said| &said.in_sync).filter(|flags| !flags.is_empty());
    let says = flags.map(|flags| flags.iter().map(|works| if *works { 'U' } else { '_' }).collect::<String>());
    let says = says.map_or_else(|| "md counts on it".to_owned(), |says| format!("md says [{says}]"));
    format!("{says}, but the device of {} is gone", place.told())
}

/// What one more loss would do.
fn one_more(geometries: &[Geometry], members: &Members<'_>, missing: &BTreeSet<u32>, counted: u32) -> Option<String> {
    let slots: BTreeSet<u32> =
        geometries.iter().flat_map(|geometry| mirror::indispensable(geometry, missing)).collect();
    let there = members.all.iter().filter(|place| place.read.role == Role::Active && place.read.slot.is_some()).count();
    // The count of md may be ahead of its members' files: which of them it lost is not known then.
    if usize::try_from(counted).unwrap_or(usize::MAX) > missing.len() {
        return Some("which member that is, its files do not tell: the loss of any other may lose data".to_owned());
    }
    if slots.is_empty() {
        return (!geometries.is_empty()).then(|| "one more loss would not lose data".to_owned());
    }
    if slots.len() == there && there > 1 {
        return Some("the loss of any other member would lose data".to_owned());
    }
    let told: Vec<String> = slots.iter().filter_map(|slot| Some(members.at(*slot)?.told())).collect();
    Some(format!("the loss of {} would lose data", told.join(" or of ")))
}
