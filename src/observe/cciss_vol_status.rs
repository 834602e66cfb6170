//! What `cciss_vol_status` prints: logical drives, and with `-V` the drives, the enclosures and the cache.
//!
//! **Which controller it is:** of the cciss driver the number in `/dev/cciss/c0d0`, else the place in the output, from 0; the slot, by which
//! `ssacli` counts, is not told. Of a machine with one controller, which sits on the board, both are 0. Logical drives are counted from
//! 0 here and from 1 there (volume 0 is the `logicaldrive 1` whose disk is `/dev/cciss/c0d0`), and named as there.

use super::machine::Read;
use super::machine::reason::says;
use super::output::{Sheet, Tool, is_serial, state_word, unnamed};
use super::smart_array::{self, bay, cache, once};
use crate::model::{
    Ailment, ArrayRead, ArrayState, DriveRead, Kind, MemberRead, Reading, Reason, Role, Severity, Subject, Thing,
};
use crate::words::{clean, number_of};
use arraywatch_parsers::hp::cciss_vol_status::{
    self as parser, Cache, CcissVolStatus as Output, Controller, Drive, DriveState, Enclosure, Spares, Volume,
};
use arraywatch_parsers::hp::volume::VolumeState;
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// The tool.
pub(super) struct CcissVolStatus;

impl Tool for CcissVolStatus {
    type Output = Output;

    const NAME: &'static str = "cciss-vol-status";

    fn recognise(bytes: &[u8]) -> bool {
        parser::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        parser::cciss_vol_status(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn sheet(output: &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        let cards = cards(output, host);
        let things = cards.iter().flat_map(Card::things).collect();
        let listed = cards.iter().filter(|card| card.controller.in_detail && !card.controller.volumes.is_empty());
        let whole = listed.map(|card| card.subject(Kind::Controller, "")).collect();
        Sheet { things, whole, events: Vec::new() }
    }
}

/// A controller by the name that it has here.
struct Card<'a> {
    host: &'a str,
    path: String,
    controller: &'a Controller,
}

/// What a list says of the drives in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    There,
    Failed,
    /// Failed, and its logical drive lacks nothing.
    FailedSpare,
    Replacement,
}

/// The controllers, each once: one that was asked by several of its devices was told of as often.
fn cards<'a>(output: &'a Output, host: &'a str) -> Vec<Card<'a>> {
    let mut cards: Vec<Card<'_>> = Vec::new();
    for controller in &output.controllers {
        let is_it = |card: &Card<'_>| {
            let Controller { model, number, volumes, drives, .. } = card.controller;
            (model, number, volumes, drives)
                == (&controller.model, &controller.number, &controller.volumes, &controller.drives)
        };
        if cards.iter().any(is_it) {
            continue;
        }
        let taken = |path: &String| cards.iter().any(|card| card.path == *path);
        let own = controller.number.map(|number| format!("c{number}")).filter(|path| !taken(path));
        let path = own.or_else(|| (0..u32::MAX).map(|number| format!("c{number}")).find(|path| !taken(path)));
        cards.push(Card { host, path: path.unwrap_or_default(), controller });
    }
    cards
}

impl Card<'_> {
    fn subject(&self, kind: Kind, path: &str) -> Subject {
        Subject::within(kind, self.host, &format!("{}/{path}", self.path))
    }

    fn things(&self) -> Vec<Read> {
        let mut things = vec![self.card()];
        things.extend(self.controller.enclosures.iter().map(|enclosure| self.enclosure(enclosure)));
        things.extend(self.drives().into_iter().map(|(subject, told)| self.drive(subject, &told)));
        things.extend(self.controller.volumes.iter().map(|volume| self.volume(volume)));
        things
    }

    /// Its drives, each once, with the lists that it stands in.
    fn drives(&self) -> BTreeMap<Subject, Vec<(&Drive, Listed)>> {
        let mut drives: BTreeMap<Subject, Vec<(&Drive, Listed)>> = BTreeMap::new();
        let lists = self.controller.volumes.iter().flat_map(of_volume);
        let there = self.controller.drives.iter().map(|drive| (drive, Listed::There));
        for (drive, listed) in there.chain(lists) {
            drives.entry(self.drive_subject(drive)).or_default().push((drive, listed));
        }
        drives
    }

    fn bay(&self, drive: &Drive) -> Option<Subject> {
        let location = format!("{}:{}:{}", drive.port.as_ref()?, drive.enclosure.as_ref()?, drive.bay.as_ref()?);
        Some(bay(self.host, &self.path, &location))
    }

    fn drive_subject(&self, drive: &Drive) -> Subject {
        let all = || self.controller.drives.iter();
        let is_shared = |serial: &&str| all().filter(|one| one.serial.as_deref() == Some(serial)).count() > 1;
        match drive.serial.as_deref().filter(|serial| is_serial(serial) && !is_shared(serial)) {
            Some(serial) => Subject::drive(serial),
            None => {
                let place = |part: &Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
                let location = [&drive.port, &drive.enclosure, &drive.bay].map(place).join(":");
                unnamed(self.host, &format!("{}/{location}", self.path))
            }
        }
    }

    fn card(&self) -> Read {
        let Controller { model, volumes, drives, .. } = self.controller;
        let reasons = self.controller.cache.as_ref().map(of_cache).unwrap_or_default();
        let model = clean(model);
        let text = format!(
            "{model}, {}, {}",
            number_of(u64::try_from(drives.len()).unwrap_or(0), "drive", "drives"),
            number_of(u64::try_from(volumes.len()).unwrap_or(0), "logical drive", "logical drives"),
        );
        let driver = if self.controller.number.is_some() { "cciss" } else { "hpsa" };
        let thing = Thing::Controller { driver: driver.to_owned(), model: Some(model), raid: true };
        let reading = Reading { thing, reasons: once(reasons), unread: None };
        Read { subject: self.subject(Kind::Controller, ""), reading, text, values: Vec::new() }
    }

    fn enclosure(&self, enclosure: &Enclosure) -> Read {
        let Enclosure { model, bus, port, state, .. } = enclosure;
        let reasons = state.split([',', '.']).map(str::trim).filter_map(part).collect();
        let model = model.as_deref().map(clean);
        let text = format!("{}, port {}", model.as_deref().unwrap_or("enclosure"), clean(port));
        let path = bus.map_or_else(|| port.clone(), |bus| format!("e{bus}"));
        let reading = Reading { thing: Thing::Enclosure { model }, reasons: once(reasons), unread: None };
        Read { subject: self.subject(Kind::Enclosure, &path), reading, text, values: Vec::new() }
    }

    fn drive(&self, subject: Subject, told: &[(&Drive, Listed)]) -> Read {
        let name = |field: fn(&Drive) -> Option<&String>| {
            told.iter().find_map(|(drive, _)| field(drive)).map(|text| clean(text))
        };
        let serial = subject.serial().unwrap_or_default().to_owned();
        let read = DriveRead {
            bay: told
                .iter()
                .find_map(|(drive, _)| self.bay(drive))
                .unwrap_or_else(|| Subject::somewhere(self.host, &serial)),
            vendor: name(|drive| drive.vendor.as_ref()).filter(|vendor| vendor != "ATA"),
            model: name(|drive| drive.model.as_ref()),
            firmware: name(|drive| drive.firmware.as_ref()),
            wwn: None,
            bytes: None,
            names: Vec::new(),
            power: None,
        };
        let reasons: Vec<Reason> = told.iter().filter_map(|(drive, listed)| found(drive, *listed)).collect();
        let text = format!("{} {serial}", read.model.as_deref().unwrap_or("drive"));
        let reading = Reading { thing: Thing::Drive(Box::new(read)), reasons: once(reasons), unread: None };
        Read { subject, reading, text, values: Vec::new() }
    }

    fn volume(&self, volume: &Volume) -> Read {
        let (mut state, reason) = smart_array::array(&volume.state);
        let mut reasons: Vec<Reason> = reason.into_iter().collect();
        let told = |key: &str, text: &str| says(Ailment::MemberErrors, key, Severity::Warning, text);
        for spares in &volume.spares {
            match spares {
                Spares::Designated | Spares::Available => {}
                // The drive that it stands in for is missed until it is written to the end.
                Spares::Rebuilding if matches!(state, ArrayState::Optimal | ArrayState::Degraded) => {
                    state = ArrayState::Rebuilding;
                }
                Spares::Rebuilding => {}
                Spares::Rebuilt => {
                    reasons
                        .push(told("spare-active", "a spare stands in for a drive that failed, and is needed there"));
                }
                Spares::Activated => reasons.push(told("spare-active", "a spare stands in for a drive that failed")),
                Spares::Failed => reasons.push(told("spare-failed", "a spare drive failed: nothing will stand in")),
                Spares::Other(words) => reasons.push(state_word(&format!("its spares: \u{ab}{}\u{bb}", clean(words)))),
            }
        }
        let failed = volume.failed_counted.unwrap_or(0);
        if failed > 0 && state == ArrayState::Optimal {
            let text = format!("{} of it failed", number_of(u64::from(failed), "drive", "drives"));
            reasons.push(told("failed-drives", &text));
        }
        let level_text =
            volume.level.as_deref().map_or("of an unknown level".to_owned(), |level| format!("RAID {}", clean(level)));
        let number = volume.number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        let device = clean(&volume.device);
        let text = format!("volume {number}, {level_text}, {}, {device}", clean(&volume.state_text));
        let level = volume.level.as_deref().and_then(smart_array::level);
        let read = ArrayRead { state, level, members: self.members(volume), carries: Vec::new() };
        // As ssacli counts.
        let path = volume.number.map_or(number, |number| number.saturating_add(1).to_string());
        let reading = Reading { thing: Thing::Array(read), reasons: once(reasons), unread: None };
        Read { subject: self.subject(Kind::Array, &format!("l{path}")), reading, text, values: Vec::new() }
    }

    /// Which drives are of which logical drive is said of those alone that failed or were put in for them; of the only logical drive
    /// of a controller that has no spares, all are.
    fn members(&self, volume: &Volume) -> Vec<MemberRead> {
        let member = |drive: &Drive, role| MemberRead {
            slot: None,
            bay: self.bay(drive),
            serial: self.drive_subject(drive).serial().map(str::to_owned),
            name: None,
            mirror_set: None,
            role,
        };
        let mut members: Vec<MemberRead> = Vec::new();
        let named: Vec<(&Drive, Listed)> = of_volume(volume).collect();
        if self.controller.volumes.len() == 1 && volume.spares.is_empty() {
            let is_named = |drive: &Drive| named.iter().any(|(one, _)| one.serial == drive.serial);
            let others = self.controller.drives.iter().filter(|drive| !is_named(drive));
            members.extend(others.map(|drive| member(drive, Role::Active)));
        }
        // A spare that failed was no member.
        let named = named.into_iter().filter(|(_, listed)| *listed != Listed::FailedSpare);
        members.extend(named.map(|(drive, listed)| {
            let role = match listed {
                Listed::Replacement => Role::Rebuilding,
                Listed::There | Listed::Failed | Listed::FailedSpare => Role::Failed,
            };
            member(drive, role)
        }));
        smart_array::place(&mut members);
        members.sort_by_key(|member| member.slot);
        members
    }
}

/// Drives that are named with a logical drive.
fn of_volume(volume: &Volume) -> impl Iterator<Item = (&Drive, Listed)> {
    let lacks_nothing = volume.state == VolumeState::Ok && volume.spares.contains(&Spares::Failed);
    let failed = if lacks_nothing { Listed::FailedSpare } else { Listed::Failed };
    let failed = volume.failed.iter().map(move |drive| (drive, failed));
    let failed = failed.chain(volume.substituted.iter().map(|drive| (drive, Listed::Failed)));
    failed.chain(volume.replacements.iter().map(|drive| (drive, Listed::Replacement)))
}

fn found(drive: &Drive, listed: Listed) -> Option<Reason> {
    let failed = |severity, text| Some(says(Ailment::OutOfUse, "state", severity, text));
    match listed {
        Listed::Failed => return failed(Severity::Critical, "its controller gave it up: failed"),
        Listed::FailedSpare => return failed(Severity::Warning, "a spare, which its controller gave up: failed"),
        Listed::There | Listed::Replacement => {}
    }
    match drive.state.as_ref()? {
        DriveState::Ok => None,
        DriveState::PredictiveFailure => {
            let text = "its controller heard it say that it will fail (S.M.A.R.T. predictive failure)";
            Some(says(Ailment::FailurePredicted, "predicted", Severity::Critical, text))
        }
        DriveState::Other(words) => {
            let text = format!("its controller calls its state \u{ab}{}\u{bb}, words that are not known", clean(words));
            Some(says(Ailment::OutOfUse, "state", Severity::Warning, text))
        }
    }
}

/// What an enclosure says of itself.
fn part(words: &str) -> Option<Reason> {
    let (ailment, key, severity) = match words {
        "OK" | "" => return None,
        "Fan failed" => (Ailment::FanFailed, "fan", Severity::Warning),
        "Temperature problem" => (Ailment::HousingHot, "temperature", Severity::Warning),
        "Power Supply Unit failed" => (Ailment::SupplyFailed, "supply", Severity::Critical),
        "Door alert" => (Ailment::PartFailed, "door", Severity::Warning),
        _ => (Ailment::PartFailed, "state", Severity::Warning),
    };
    Some(says(ailment, key, severity, format!("its controller says: {}", clean(words))))
}

fn of_cache(told: &Cache) -> Vec<Reason> {
    let why: Vec<String> = told.says.iter().map(|words| clean(words)).collect();
    let why = why.join(" ");
    // What somebody chose is no fault.
    let by_intent = why.contains("disabled by the user");
    let lost = why.contains("data loss circumstance") && !why.contains("not a data loss");
    let mut reasons = Vec::new();
    let disabled = told.configured != Some(false) && told.writes_back == Some(false);
    if told.permanently_disabled || told.temporarily_disabled || disabled {
        let severity = match () {
            () if lost => Severity::Critical,
            () if by_intent => Severity::Info,
            () => Severity::Warning,
        };
        let how_long = if told.permanently_disabled { "for good" } else { "for the time being" };
        let text = format!(
            "its write cache is disabled {how_long}: {}",
            if why.is_empty() { "nobody says why" } else { &why }
        );
        reasons.push(cache("write-through", severity, text));
    } else if !told.says.is_empty() {
        reasons.push(cache("cache", Severity::Warning, format!("of its cache it says: {why}")));
    }
    reasons
}
