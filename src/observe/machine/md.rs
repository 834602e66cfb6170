//! How the kernel's own arrays are, which is at times worse than what they say.
//!
//! md learns that a drive is gone when it writes to it, or when somebody tells it. Until then it calls the member in sync and the
//! array whole; so the state here is made of the members as they are: one that md counts on and whose device is gone is as good as
//! lost. And md works on with members that it met errors of, and says so only in the files of the member.

mod member;
mod reasons;
mod state;

use super::{Read, Seats};
use crate::model::{ArrayRead, Kind, Reading, Subject, Thing, Unread, WhyUnread};
use crate::probes::carries::Carried;
use crate::probes::md::Array;
use arraywatch_parsers::md::attributes::{ArrayState, Metadata};
use arraywatch_parsers::md::{Level, mirror};
use member::Members;
pub(in crate::observe) use reasons::standing;

/// What their files say.
pub(super) fn things(host: &str, arrays: &[Array], carried: &Carried, seats: &Seats) -> Vec<Read> {
    arrays.iter().filter(|array| is_array(array)).map(|array| thing(host, array, carried, seats)).collect()
}

/// A container holds arrays that are listed themselves, and what is clear has no members yet, or no more.
fn is_array(array: &Array) -> bool {
    let container = match &array.attributes.metadata {
        Some(Metadata::External(kept)) => !kept.starts_with(['/', '-']),
        _ => false,
    };
    !container && array.attributes.level != Some(Level::Container) && array.attributes.state != Some(ArrayState::Clear)
}

fn thing(host: &str, array: &Array, carried: &Carried, seats: &Seats) -> Read {
    let geometries = geometries(array);
    let members = Members::of(array, geometries.as_slice(), carried, seats);
    let (state, text) = state::of(array, geometries.as_slice(), &members);
    let mut reasons = reasons::of(array, &members);
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    let read = ArrayRead {
        state,
        level: array.attributes.level.as_ref().map(level),
        members: members.all.into_iter().map(|member| member.read).collect(),
        carries: carried.on(&array.name),
    };
    Read {
        subject: Subject::within(Kind::Array, host, &array.name),
        reading: Reading { thing: Thing::Array(read), reasons, unread: unread(array) },
        text,
        values: Vec::new(),
    }
}

/// As people write it.
pub(in crate::observe) fn level(level: &Level) -> String {
    match level {
        Level::Linear => "linear",
        Level::Raid0 => "0",
        Level::Raid1 => "1",
        Level::Raid4 => "4",
        Level::Raid5 => "5",
        Level::Raid6 => "6",
        Level::Raid10 => "10",
        Level::Multipath => "multipath",
        Level::Faulty => "faulty",
        Level::Container => "container",
        Level::Unknown(word) => return crate::words::clean(word),
    }
    .to_owned()
}

/// How it places its data; while it is reshaped, part of it is placed in the old way. None where that is not known.
fn geometries(array: &Array) -> Vec<mirror::Geometry> {
    let attributes = &array.attributes;
    let (Some(level), Some(disks)) = (&attributes.level, attributes.raid_disks) else { return Vec::new() };
    let layout = attributes.layout;
    let now = mirror::Geometry::new(level, layout.map_or(0, |layout| layout.value), disks.value);
    let changes = disks.before.is_some() || layout.is_some_and(|layout| layout.before.is_some());
    let before = changes.then(|| {
        let layout = layout.map_or(0, |layout| layout.before.unwrap_or(layout.value));
        mirror::Geometry::new(level, layout, disks.before.unwrap_or(disks.value))
    });
    now.into_iter().chain(before.flatten()).collect()
}

fn unread(array: &Array) -> Option<Unread> {
    if let Some(failed) = array.unread {
        let why = if failed.is_denial() { WhyUnread::Denied } else { WhyUnread::NotAnswering };
        return Some(Unread { why, text: format!("the files of {} could not be read: {failed}", array.name) });
    }
    let members = array
        .members
        .iter()
        .flat_map(|member| member.attributes.not_understood.iter().map(|file| format!("dev-{}/{file}", member.name)));
    let words = array
        .members
        .iter()
        .filter(|member| member.attributes.state.as_ref().is_some_and(|state| !state.unknown.is_empty()));
    let mut files: Vec<String> = array.attributes.not_understood.iter().map(|file| (*file).to_owned()).collect();
    files.extend(members.chain(words.map(|member| format!("dev-{}/state", member.name))));
    if let Some(ArrayState::Unknown(_)) = &array.attributes.state {
        files.push("array_state".to_owned());
    }
    files.sort();
    files.dedup();
    let text = || format!("what {} of {} say is not understood", files.join(", "), array.name);
    (!files.is_empty()).then(|| Unread { why: WhyUnread::NotUnderstood, text: crate::words::clean(&text()) })
}

#[cfg(test)]
mod tests;
