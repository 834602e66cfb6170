//! /proc/mdstat, as somebody kept or sent it. It names devices and no drives, and says less than the machine itself ([`super::machine`]): a
//! member whose device is gone looks as well as any.

use super::machine::Read;
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

/// More slots than any metadata has (`super_1_validate` in drivers/md/md.c).
const SLOTS_MAX: u32 = 1920;

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
        let things = read.arrays.iter().filter(|array| !is_container(array)).map(|array| thing(host, array)).collect();
        Sheet { things, whole: vec![Subject::host(host)], events: Vec::new() }
    }
}

/// It holds arrays that are listed themselves.
fn is_container(array: &Array) -> bool {
    matches!(&array.metadata, Some(Metadata::External(kept)) if !kept.starts_with(['/', '-']))
}

fn thing(host: &str, array: &Array) -> Read {
    let geometry = geometry(array);
    let members = members(array, geometry.as_ref());
    let (state, text) = state(array, geometry.as_ref());
    let known = |member: &Member| member.unknown.is_empty();
    let unread = (!array.not_understood.is_empty() || !array.members.iter().all(known)).then(|| Unread {
        why: WhyUnread::NotUnderstood,
        text: format!("what /proc/mdstat says of {} is not understood, not all of it", clean(&array.name)),
    });
    let word = match &array.activity {
        Activity::Unknown(_) => vec![state_word(&text)],
        _ => Vec::new(),
    };
    let level = array.level.as_ref().map(level);
    let read = ArrayRead { state, level, members, carries: Vec::new() };
    Read {
        subject: Subject::within(Kind::Array, host, &array.name),
        reading: Reading { thing: Thing::Array(read), reasons: word, unread },
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

fn state(array: &Array, geometry: Option<&Geometry>) -> (ArrayState, String) {
    let missing = missing(array);
    let counted = array.slots.zip(array.working).map_or(0, |(slots, working)| slots.saturating_sub(working));
    let lost = counted.max(u32::try_from(missing.len()).unwrap_or(u32::MAX));
    let action = array.sync.as_ref().map(|sync| &sync.action);
    let written =
        matches!(action, Some(SyncAction::Recover | SyncAction::Resync | SyncAction::Reshape | SyncAction::Repair));
    let waits = matches!(array.sync.as_ref().map(|sync| &sync.progress), Some(Progress::Delayed | Progress::Pending));
    let title = match &array.level {
        Some(Level::Linear) => "linear array".to_owned(),
        Some(level) => format!("RAID {}", self::level(level)),
        None => "an array of unknown level".to_owned(),
    };
    let all = number_of(u64::from(slots(array)), "member", "members");
    let faulty: Vec<String> =
        array.members.iter().filter(|member| member.faulty).map(|member| clean(&member.name)).collect();
    let gave_up =
        if faulty.is_empty() { String::new() } else { format!("; md gave up {} as faulty", faulty.join(", ")) };
    match &array.activity {
        Activity::Unknown(word) => {
            (ArrayState::Unknown, format!("md calls its state \u{ab}{}\u{bb}, a word that is not known", clean(word)))
        }
        Activity::Broken => (ArrayState::Failed, "md says that it is broken: a member is gone".to_owned()),
        Activity::Inactive => {
            let there = number_of(array.members.len() as u64, "member", "members");
            (ArrayState::Failed, format!("assembled of {there} and not started"))
        }
        Activity::Active if geometry.is_some_and(|geometry| mirror::loses_data(geometry, &missing)) => {
            (ArrayState::Failed, format!("{title} of {all} has lost more than it bears: {lost}{gave_up}"))
        }
        Activity::Active if lost > 0 && written && !waits => {
            let what = number_of(u64::from(lost), "member", "members");
            (ArrayState::Rebuilding, format!("{title} of {all}: {what} being written anew{gave_up}"))
        }
        Activity::Active if lost > 0 => {
            (ArrayState::Degraded, format!("{title} of {all} works without {lost} of them{gave_up}"))
        }
        Activity::Active if matches!(action, Some(SyncAction::Resync)) => {
            let text = format!("{title} of {all} has all its members, and their copies are being made equal{gave_up}");
            (ArrayState::Rebuilding, text)
        }
        Activity::Active => (ArrayState::Optimal, format!("{title} of {all}, all of them at work{gave_up}")),
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
