//! What a MegaRAID controller says of itself, its drives and its logical drives, and what its event log tells.
//!
//! Event records, battery, logical drive information and ATA drives behind the controller are **not proven on hardware** (see
//! [`probes::megaraid`](crate::probes::megaraid)).

pub(in crate::observe) mod codes;
mod drive;
pub(in crate::observe) mod judge;
pub(in crate::observe) mod log;

pub(super) use log::events;

use super::reason::says;
use super::{Read, Seat, Seats};
use crate::machine::Failed;
use crate::model::{Ailment, ArrayRead, Kind, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread};
use crate::probes::Volume;
use crate::probes::got::Missing;
use crate::probes::megaraid::{Answers, Drive};
use crate::words::{clean, number_of};
use arraywatch_parsers::megaraid::device::{self, Array, ArrayRef, CachePolicy, DriveState};
use judge::Cache;

/// Targets to a SCSI channel (`MEGASAS_MAX_DEV_PER_CHANNEL` of `megaraid_sas.h`); logical drives begin with channel 2
/// (`MEGASAS_MAX_PD_CHANNELS`).
const TARGETS: u32 = 128;
const FIRST_ARRAY_CHANNEL: u32 = 2;

/// The driver of a controller of which a tool of its maker tells.
pub(in crate::observe) const MAKER: &str = "megaraid_sas";

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
pub(in crate::observe) fn enclosed(enclosure: u16) -> Option<u32> {
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
        reasons.extend(judge::memory(card.memory_uncorrected.unwrap_or(0), card.memory_corrected.unwrap_or(0)));
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
    let infos = || answers.arrays.iter().filter_map(|(_, info)| info.as_ref().ok());
    let on = |cache: CachePolicy| cache.write_back && cache.write_back_without_battery;
    let through = |array: &&Array| {
        let set = array.cache_set.is_some_and(|cache| cache.write_back);
        set && array.cache_now.is_some_and(|cache| !cache.write_back)
    };
    judge::cache(&Cache {
        battery: answers.battery.as_ref().ok(),
        keeps_on: infos().any(|array| array.cache_now.is_some_and(on)),
        through: infos().filter(through).map(|array| format!("l{}", array.target)).collect(),
        ..Cache::default()
    })
}

fn array(host: &str, answers: &Answers, at: &ArrayRef, info: Option<&Array>) -> Read {
    let target = at.target;
    let names: Vec<&str> = shown(answers, true, target.into()).map(|volume| volume.name.as_str()).collect();
    let state = judge::array(at.state, rebuilds(answers));
    let level = info.and_then(|info| judge::level(info.level?, info.spans.unwrap_or(1).into()));
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

#[cfg(test)]
mod tests;
