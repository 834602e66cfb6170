//! Volumes as the metadata of a controller's firmware has them, and disks that it calls failed.

use super::{Names, Said, array_read, empty, entry, name_of, sorted};
use crate::model::{Ailment, ArrayState, DriveRead, MemberRead, Reading, Reason, Role, Severity, Subject, Thing};
use crate::observe::machine::Read;
use crate::observe::output::{is_serial, state_word, unnamed};
use crate::words::clean;
use arraywatch_parsers::md::mdadm::{Disk, External, Volume, VolumeState};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

pub(super) fn all(names: &Names<'_>, at: DateTime<Utc>, said: &mut Said) {
    // Each disk describes all of its container: the one that was written last counts.
    let mut externals: Vec<&External> = names.output.externals.iter().collect();
    externals.sort_by_key(|external| std::cmp::Reverse(external.generation));
    for external in externals {
        for volume in &external.volumes {
            let name = volume.name.as_deref().unwrap_or(&external.device);
            let array = names.array(volume.id.as_deref(), volume.unit, name);
            let device = name_of(&external.device);
            let text = format!("the metadata on {device} tells of volume {}: {}", clean(name), told(volume));
            let id = volume.id.as_deref().unwrap_or_default();
            let key = format!("{device} {id} {}", external.generation.unwrap_or(0));
            said.events.push(entry(array.clone(), at, key, text));
            said.things.extend(thing(array, volume));
        }
        let failed = external.disks.iter().filter(|disk| disk.is_failed());
        said.things.extend(failed.filter_map(|disk| drive(names.host, disk)));
    }
}

fn told(volume: &Volume) -> &'static str {
    match volume.state {
        Some(VolumeState::Optimal) => "it has all its members",
        Some(VolumeState::Uninitialised) => "its copies were not made equal yet",
        Some(VolumeState::Degraded) => "it is degraded",
        Some(VolumeState::Failed) => "it failed",
        Some(VolumeState::Other(_)) | None => "its state is not known",
    }
}

/// The array, if something is the matter with it.
fn thing(array: Subject, volume: &Volume) -> Option<Read> {
    let rebuilds = volume.migration.as_deref() == Some("rebuild");
    let (state, word) = match &volume.state {
        Some(VolumeState::Failed) => (ArrayState::Failed, None),
        _ if rebuilds => (ArrayState::Rebuilding, None),
        Some(VolumeState::Degraded) => (ArrayState::Degraded, None),
        Some(VolumeState::Other(word)) => (ArrayState::Unknown, Some(clean(word))),
        Some(VolumeState::Optimal | VolumeState::Uninitialised) | None => return None,
    };
    let word = word
        .map(|word| state_word(&format!("its firmware calls its state \u{ab}{word}\u{bb}, a word that is not known")));
    let level = volume.level.as_deref().map(|level| clean(level.trim_start_matches("RAID")));
    let mut read = array_read(array, state, level, format!("by the metadata of its firmware, {}", told(volume)));
    read.reading.reasons.extend(word);
    if let Thing::Array(read) = &mut read.reading.thing {
        let works = |(slot, works): (u32, &bool)| {
            if !*works {
                return empty(slot, &BTreeMap::new());
            }
            MemberRead { slot: Some(slot), bay: None, serial: None, name: None, mirror_set: None, role: Role::Active }
        };
        read.members = sorted((0..).zip(&volume.in_sync).map(works).collect());
    }
    Some(read)
}

/// A disk that the firmware gave up. Of one that it calls well nothing is known but that.
fn drive(host: &str, disk: &Disk) -> Option<Read> {
    let serial = disk.serial.as_deref().map(str::trim)?;
    let subject = if is_serial(serial) { Subject::drive(serial) } else { unnamed(host, serial) };
    let state = clean(disk.state.as_deref().unwrap_or_default());
    let text = format!("the metadata of its firmware calls it {state}");
    let reason = Reason {
        ailment: Ailment::OutOfUse,
        key: "firmware-state".to_owned(),
        severity: Severity::Critical,
        rising: None,
        level: None,
        text,
    };
    let drive = DriveRead {
        bay: Subject::somewhere(host, subject.serial().unwrap_or_default()),
        vendor: None,
        model: None,
        firmware: None,
        wwn: None,
        bytes: None,
        names: disk.device.clone().into_iter().collect(),
        power: None,
    };
    let reading = Reading { thing: Thing::Drive(Box::new(drive)), reasons: vec![reason], unread: None };
    Some(Read { subject, reading, text: "drive of a container".to_owned(), values: Vec::new() })
}
