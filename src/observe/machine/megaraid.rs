//! What a MegaRAID controller says of itself, its drives and its logical drives, and what its event log tells.
//!
//! Event records, battery, logical drive information and ATA drives behind the controller are **not proven on hardware** (see
//! [`probes::megaraid`](crate::probes::megaraid)).

mod codes;
mod drive;
mod log;

pub(in crate::observe) use drive::{Counts, found};
pub(super) use log::events;

use super::reason::{counted, says};
use super::{Read, Seat, Seats};
use crate::machine::Failed;
use crate::model::{
    Ailment, ArrayRead, ArrayState, Kind, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread,
};
use crate::probes::Volume;
use crate::probes::got::Missing;
use crate::probes::megaraid::{Answers, Drive};
use crate::words::{clean, number_of};
use arraywatch_parsers::megaraid::battery::Battery;
use arraywatch_parsers::megaraid::device::{self, Array, ArrayRef, CachePolicy, DriveState};

/// Targets to a SCSI channel (`MEGASAS_MAX_DEV_PER_CHANNEL` of `megaraid_sas.h`); logical drives begin with channel 2
/// (`MEGASAS_MAX_PD_CHANNELS`).
const TARGETS: u32 = 128;
const FIRST_ARRAY_CHANNEL: u32 = 2;

/// What it says; the names of its drives that the host has are added to the seats.
pub(super) fn things(host: &str, answers: &Answers, seats: &mut Seats) -> Vec<Read> {
    let mut things = vec![card(host, answers)];
    for one in &answers.drives {
        let read = drive::read(host, answers, one);
        if let Thing::Drive(drive) = &read.reading.thing {
            let serial = read.subject.serial().unwrap_or_default().to_owned();
            let (bay, firmware, model) = (drive.bay.clone(), drive.firmware.clone(), drive.model.clone());
            let seat = Seat { serial, bay, firmware, model };
            seats.extend(drive.names.iter().map(|name| (name.clone(), seat.clone())));
        }
        things.push(read);
    }
    things.extend(answers.arrays.iter().map(|(at, info)| array(host, answers, at, info.as_ref().ok())));
    things
}

/// A count that is of interest when it rises, as bad as that then is.
fn rises(ailment: Ailment, key: &str, level: u64, rising: Severity, text: String) -> Option<Reason> {
    Some(Reason { rising: Some(rising), ..counted(ailment, key, level, text)? })
}

/// What the host has of a logical drive, or of a drive that is passed on.
fn shown(answers: &Answers, is_array: bool, number: u32) -> impl Iterator<Item = &Volume> + Clone {
    let of = move |channel: u32, target: u32| {
        let from = if is_array { channel.checked_sub(FIRST_ARRAY_CHANNEL) } else { Some(channel) };
        let kind = (channel >= FIRST_ARRAY_CHANNEL) == is_array;
        kind && from.map(|channel| channel.saturating_mul(TARGETS).saturating_add(target)) == Some(number)
    };
    answers.volumes.iter().filter(move |volume| of(volume.channel, volume.target))
}

/// `enclDeviceId` of a drive, unless it is in no enclosure.
fn enclosed(enclosure: u16) -> Option<u32> {
    (enclosure != u16::MAX).then_some(enclosure.into())
}

/// The place of a drive: `c0/e252/s4`; without an enclosure, `c0/s4`.
pub(in crate::observe) fn bay(host: &str, path: &str, enclosure: Option<u32>, slot: u32) -> Subject {
    match enclosure {
        Some(enclosure) => Subject::within(Kind::Bay, host, &format!("{path}/e{enclosure}/s{slot}")),
        None => Subject::within(Kind::Bay, host, &format!("{path}/s{slot}")),
    }
}

fn card(host: &str, answers: &Answers) -> Read {
    let card = answers.card.as_ref().ok();
    let model = card.and_then(|card| card.product.as_deref()).map(clean);
    let mut reasons = cache(answers);
    if let Some(card) = card {
        reasons.extend(memory(card.memory_uncorrected.map(u64::from), card.memory_corrected.map(u64::from)));
    }
    let (silent, unread) = access(answers);
    reasons.extend(silent);
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    let text = format!(
        "{}, {}, {}",
        model.as_deref().unwrap_or("RAID controller"),
        number_of(u64::try_from(answers.drives.len()).unwrap_or(0), "drive", "drives"),
        number_of(u64::try_from(answers.arrays.len()).unwrap_or(0), "logical drive", "logical drives"),
    );
    let thing = Thing::Controller { driver: answers.driver.clone(), model, raid: true };
    let subject = Subject::within(Kind::Controller, host, &answers.path);
    Read { subject, reading: Reading { thing, reasons, unread }, text, values: Vec::new() }
}

/// Errors of its memory.
pub(in crate::observe) fn memory(uncorrected: Option<u64>, corrected: Option<u64>) -> Vec<Reason> {
    let errors = uncorrected.unwrap_or(0);
    let text = format!(
        "{} of its cache that could not be corrected: data may be lost",
        number_of(errors, "memory error", "memory errors")
    );
    let lost = rises(Ailment::PartFailed, "megaraid-memory", errors, Severity::Critical, text);
    let errors = corrected.unwrap_or(0);
    let of = number_of(errors, "memory error", "memory errors");
    let text = format!("{of} of its cache that were corrected");
    lost.into_iter().chain(counted(Ailment::PartFailed, "megaraid-memory-corrected", errors, text)).collect()
}

/// Why it could not be read, and whether that is its fault.
fn access(answers: &Answers) -> (Option<Reason>, Option<Unread>) {
    let silent = |severity, text: &str| Some(says(Ailment::NotAnswering, "answer", severity, text));
    let (reason, why, text) = match answers.stopped {
        Some(Missing::Failed(Failed::NoAnswer)) => {
            let text = "its firmware was asked and did not answer while its reader was waited for".to_owned();
            (silent(Severity::Critical, &text), WhyUnread::NotAnswering, text)
        }
        Some(Missing::Failed(Failed::Quarantined)) => {
            let text = "its firmware did not answer before, and is left alone for a while".to_owned();
            (silent(Severity::Warning, &text), WhyUnread::Quarantined, text)
        }
        Some(Missing::Failed(Failed::NotAsked)) => (None, WhyUnread::ControllerBusy, "it was not asked".to_owned()),
        Some(Missing::Failed(failed)) if failed.is_denial() => {
            (None, WhyUnread::Denied, "whoever asks may not: arraywatch needs to be root for this".to_owned())
        }
        Some(failed) => (None, WhyUnread::NoWay, format!("its driver's node could not be opened: {failed}")),
        None => {
            let missing = [("what it is", answers.card.as_ref().err()), ("its drives", answers.no_drives.as_ref())];
            let arrays = ("its logical drives", answers.no_arrays.as_ref());
            let missing = missing.into_iter().chain([arrays]);
            let missing: Vec<String> = missing.filter_map(|(what, why)| Some(format!("{what} ({})", why?))).collect();
            if missing.is_empty() && answers.passed_over == 0 {
                return (None, None);
            }
            let mut text = format!("it does not tell {}", missing.join(", "));
            if missing.is_empty() {
                text = format!("its lists have {} entries that were not read", answers.passed_over);
            }
            (None, WhyUnread::NotUnderstood, text)
        }
    };
    (reason, Some(Unread { why, text }))
}

/// The battery, and what comes of it.
fn cache(answers: &Answers) -> Vec<Reason> {
    let battery = answers.battery.as_ref().ok();
    let learns = battery.is_some_and(learns);
    let troubles = battery.map(|battery| troubles(battery, learns)).unwrap_or_default();
    let written = |array: &Array| Written { target: array.target.into(), set: array.cache_set, now: array.cache_now };
    let written: Vec<Written> = answers.arrays.iter().filter_map(|(_, info)| info.as_ref().ok()).map(written).collect();
    unprotected(&troubles, learns, &written)
}

/// How a logical drive is written to.
pub(in crate::observe) struct Written {
    /// Its number.
    pub(in crate::observe) target: u32,
    /// What was set.
    pub(in crate::observe) set: Option<CachePolicy>,
    /// What is done.
    pub(in crate::observe) now: Option<CachePolicy>,
}

/// What comes of the troubles of a battery.
pub(in crate::observe) fn unprotected(troubles: &[impl AsRef<str>], learns: bool, arrays: &[Written]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !troubles.is_empty() {
        let keeps_on = arrays
            .iter()
            .any(|array| array.now.is_some_and(|cache| cache.write_back && cache.write_back_without_battery));
        let (severity, then) = if keeps_on {
            (Severity::Critical, "; it writes back all the same: what it calls written is lost with the power")
        } else {
            (Severity::Warning, "")
        };
        let troubles: Vec<&str> = troubles.iter().map(AsRef::as_ref).collect();
        let text = format!("the battery of its cache: {}{then}", troubles.join(", "));
        reasons.push(says(Ailment::CacheUnprotected, "megaraid-battery", severity, text));
    }
    let through = |array: &&Written| {
        let set = array.set.is_some_and(|cache| cache.write_back);
        set && array.now.is_some_and(|cache| !cache.write_back)
    };
    let through: Vec<String> = arrays.iter().filter(through).map(|array| format!("l{}", array.target)).collect();
    // During a learn cycle that is as it should be, and over by itself.
    if !through.is_empty() && !learns {
        let text = format!("it writes through where write-back is set: {}; writing is slow", through.join(", "));
        reasons.push(says(Ailment::CacheUnprotected, "megaraid-write-through", Severity::Warning, text));
    }
    reasons
}

/// Whether the battery learns its capacity, for which it is discharged.
pub(in crate::observe) fn learns(battery: &Battery) -> bool {
    battery.doings().contains(&"learn cycle active")
}

/// What is trouble; a battery that learns is low by intent.
pub(in crate::observe) fn troubles(battery: &Battery, learns: bool) -> Vec<&'static str> {
    battery.troubles().into_iter().filter(|trouble| !learns || !is_by_intent(trouble)).collect()
}

/// Whether a battery is so when it learns.
pub(in crate::observe) fn is_by_intent(trouble: &str) -> bool {
    matches!(trouble, "voltage low" | "remaining capacity low")
}

fn array(host: &str, answers: &Answers, at: &ArrayRef, info: Option<&Array>) -> Read {
    let target = at.target;
    let names: Vec<&str> = shown(answers, true, target.into()).map(|volume| volume.name.as_str()).collect();
    let state = match at.state {
        device::ArrayState::Optimal => ArrayState::Optimal,
        device::ArrayState::Offline => ArrayState::Failed,
        device::ArrayState::Unknown(_) => ArrayState::Unknown,
        device::ArrayState::PartiallyDegraded | device::ArrayState::Degraded if rebuilds(answers) => {
            ArrayState::Rebuilding
        }
        device::ArrayState::PartiallyDegraded | device::ArrayState::Degraded => ArrayState::Degraded,
    };
    let level = info.and_then(level);
    let name = info.and_then(|info| info.name.as_deref()).map(|name| format!(" \u{ab}{}\u{bb}", clean(name)));
    let shown = if names.is_empty() { String::new() } else { format!(", {}", names.join(", ")) };
    let text = format!(
        "logical drive {target}{}, RAID {}, {}{shown}",
        name.unwrap_or_default(),
        level.as_deref().unwrap_or("of a level that is not known"),
        at.state.words()
    );
    // The firmware's lists do not tell which drives are its members.
    let read = ArrayRead { state, level, members: Vec::new(), carries: Vec::new() };
    let subject = Subject::within(Kind::Array, host, &format!("{}/l{target}", answers.path));
    let reading = Reading { thing: Thing::Array(read), reasons: Vec::new(), unread: None };
    Read { subject, reading, text, values: Vec::new() }
}

/// Whether a drive is being rebuilt, and there is but one array that it can be for.
fn rebuilds(answers: &Answers) -> bool {
    let rebuilt = |drive: &Drive| drive.info.as_ref().is_ok_and(|info| info.state == Some(DriveState::Rebuild));
    let ill = answers.arrays.iter().filter(|(array, _)| array.state != device::ArrayState::Optimal);
    answers.drives.iter().any(rebuilt) && ill.count() == 1
}

/// The level as people write it, by the numbers of the DDF standard and the number of spans.
fn level(array: &Array) -> Option<String> {
    let [primary, ..] = array.level?;
    let base = match primary {
        0 | 1 | 3 | 4 | 5 | 6 => primary.to_string(),
        0x11 => "1E".to_owned(),
        _ => return None,
    };
    Some(if array.spans.unwrap_or(1) > 1 && primary != 0 { format!("{base}0") } else { base })
}

#[cfg(test)]
mod tests;
