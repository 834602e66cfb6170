//! /proc/mdstat, as somebody kept or sent it. It names devices and no drives, and says less than the machine itself ([`super::machine`]): a
//! member whose device is gone looks as well as any.

use super::machine::Read;
use super::md::{Running, SLOTS_MAX, Sync};
use super::output::{Sheet, Tool, state_word};
use crate::model::{ArrayRead, ArrayState, Kind, MemberRead, Reading, Role, Subject, Thing, Unread, WhyUnread};
use crate::words::{clean, number_of};
use arraywatch_parsers::md::attributes::Metadata;
use arraywatch_parsers::md::mdstat::{self, Activity, Array, Member, Progress};
use arraywatch_parsers::md::mirror::{self, Geometry};
use arraywatch_parsers::md::{Level, SyncAction};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The file.
pub(super) struct Mdstat;

impl Tool for Mdstat {
    type Output = (mdstat::Mdstat, Tally);

    const NAME: &'static str = "mdstat";

    fn recognise(bytes: &[u8]) -> bool {
        mdstat::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        let read = mdstat::mdstat(bytes);
        let tally = read.tally(bytes);
        (read, tally)
    }

    fn tally((_, tally): &Self::Output) -> &Tally {
        tally
    }

    fn sheet((read, _): &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        Sheet { things: things(host, read), whole: vec![Subject::host(host)], events: Vec::new() }
    }
}

/// The arrays that it lists.
pub(super) fn things(host: &str, read: &mdstat::Mdstat) -> Vec<Read> {
    read.arrays.iter().filter(|array| !is_container(array)).map(|array| thing(host, array)).collect()
}

/// It holds arrays that are listed themselves.
fn is_container(array: &Array) -> bool {
    matches!(&array.metadata, Some(Metadata::External(kept)) if !kept.starts_with(['/', '-']))
}

fn thing(host: &str, array: &Array) -> Read {
    let geometry = geometry(array);
    let members = members(array, geometry.as_ref());
    let running = running(array, geometry.as_ref());
    let (mut state, text) = state(array, &running);
    let known = |member: &Member| member.unknown.is_empty();
    let unread = (!array.not_understood.is_empty() || !array.members.iter().all(known)).then(|| Unread {
        why: WhyUnread::NotUnderstood,
        text: format!("what /proc/mdstat says of {} is not understood, not all of it", clean(&array.name)),
    });
    // What is not understood may be what matters.
    if unread.is_some() && state == ArrayState::Optimal {
        state = ArrayState::Unknown;
    }
    let reason = match &array.activity {
        Activity::Unknown(_) => Some(state_word(&text)),
        Activity::Active => running.given_up(),
        _ => None,
    };
    let level = array.level.as_ref().map(level);
    let read = ArrayRead { state, level, members, carries: Vec::new() };
    Read {
        subject: Subject::within(Kind::Array, host, &array.name),
        reading: Reading { thing: Thing::Array(read), reasons: reason.into_iter().collect(), unread },
        text,
        values: Vec::new(),
    }
}

fn level(level: &Level) -> String {
    super::machine::md_level(level)
}

fn slots(array: &Array) -> u32 {
    let flags = u32::try_from(array.in_sync.len()).unwrap_or(u32::MAX);
    let listed = array.members.iter().filter(|member| !member.spare && !member.faulty && !member.journal).count();
    let counted = array.slots.unwrap_or(u32::try_from(listed).unwrap_or(u32::MAX));
    counted.max(flags).min(SLOTS_MAX)
}

fn geometry(array: &Array) -> Option<Geometry> {
    let (near, far) = (array.layout.near_copies, array.layout.far_copies);
    let offset = array.layout.offset_copies;
    let copies = |copies: Option<u32>| copies.unwrap_or(1).min(0xff);
    let layout = copies(near) | copies(offset.or(far)) << 8 | u32::from(offset.is_some()) << 16;
    Geometry::new(array.level.as_ref()?, layout, slots(array))
}

/// The slots whose member is not in sync, as far as the file tells which.
fn missing(array: &Array) -> BTreeSet<u32> {
    (0..).zip(&array.in_sync).filter(|(_, works)| !**works).map(|(slot, _)| slot).collect()
}

/// The array, were it running.
fn running<'a>(array: &'a Array, geometry: Option<&Geometry>) -> Running<'a> {
    let missing = missing(array);
    let counted = array.slots.zip(array.working).map_or(0, |(slots, working)| slots.saturating_sub(working));
    let action = array.sync.as_ref().map(|sync| &sync.action);
    let waits = matches!(array.sync.as_ref().map(|sync| &sync.progress), Some(Progress::Delayed | Progress::Pending));
    let (recovers, equalises) = (action == Some(&SyncAction::Recover), action == Some(&SyncAction::Resync));
    let sync = match action {
        Some(SyncAction::Recover | SyncAction::Resync | SyncAction::Reshape | SyncAction::Repair) => {
            Sync::Writes { recovers, equalises, waits }
        }
        _ => Sync::Idle,
    };
    Running {
        level: array.level.as_ref(),
        slots: slots(array),
        lost: counted.max(u32::try_from(missing.len()).unwrap_or(u32::MAX)),
        missing,
        geometry: geometry.cloned(),
        sync,
        faulty: array.members.iter().filter(|member| member.faulty).map(|member| clean(&member.name)).collect(),
    }
}

fn state(array: &Array, running: &Running<'_>) -> (ArrayState, String) {
    match &array.activity {
        Activity::Unknown(word) => {
            (ArrayState::Unknown, format!("md calls its state \u{ab}{}\u{bb}, a word that is not known", clean(word)))
        }
        Activity::Broken => (ArrayState::Failed, "md says that it is broken: a member is gone".to_owned()),
        Activity::Inactive => {
            let there = number_of(array.members.len() as u64, "member", "members");
            (ArrayState::Failed, format!("assembled of {there} and not started"))
        }
        Activity::Active => running.state(),
    }
}

/// The members by slot. The number in brackets is the slot where it fits all flags: once a member was replaced it need not be.
fn members(array: &Array, geometry: Option<&Geometry>) -> Vec<MemberRead> {
    let sets = geometry.and_then(mirror::mirror_sets).unwrap_or_default();
    let set = |slot: u32| sets.iter().position(|set| set.contains(&slot)).and_then(|set| u32::try_from(set).ok());
    let works = |member: &&Member| !member.faulty && !member.spare && !member.journal && !member.replacement;
    let slot = |member: &Member| u32::try_from(member.number).ok().filter(|slot| *slot < slots(array));
    let flag = |slot: u32| usize::try_from(slot).ok().and_then(|slot| array.in_sync.get(slot)).copied();
    let at_work: Vec<u32> =
        array.members.iter().filter(works).filter_map(slot).filter(|slot| flag(*slot) != Some(false)).collect();
    let ups = array.in_sync.iter().filter(|works| **works).count();
    let told = at_work.iter().collect::<BTreeSet<_>>().len() == at_work.len()
        && at_work.len() == if array.in_sync.is_empty() { array.members.iter().filter(works).count() } else { ups };
    let mut members = Vec::new();
    for member in &array.members {
        // One that was given up keeps its number, and had that slot if it is empty now.
        let gave_up = |slot: &u32| member.faulty && flag(*slot) == Some(false) && !at_work.contains(slot);
        let of_faulty = slot(member).filter(gave_up);
        let slot = Some(member).filter(works).and_then(slot).or(of_faulty).filter(|_| told);
        let role = match slot.and_then(flag) {
            _ if member.faulty => Role::Failed,
            _ if member.spare => Role::Spare,
            Some(false) => Role::Rebuilding,
            _ => Role::Active,
        };
        let name = Some(clean(&member.name));
        members.push(MemberRead { slot, bay: None, serial: None, name, mirror_set: slot.and_then(set), role });
    }
    let taken: BTreeSet<u32> = members.iter().filter_map(|member| member.slot).collect();
    for slot in missing(array).into_iter().filter(|slot| told && !taken.contains(slot)) {
        let (name, role) = (None, Role::Missing);
        members.push(MemberRead { slot: Some(slot), bay: None, serial: None, name, mirror_set: set(slot), role });
    }
    members.sort_by_key(|member| member.slot.unwrap_or(u32::MAX));
    members
}
