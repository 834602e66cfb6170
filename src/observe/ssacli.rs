//! What `ssacli`, `hpssacli` and `hpacucli` print: controllers, arrays, drives and boxes.
//!
//! One file may hold several outputs, each of which tells of the same controller again: of a drive that stands in a list and in lines of
//! its own, both are read, and whichever finds fault counts.

use super::machine::Read;
use super::machine::reason::says;
use super::machine::wear::used_up;
use super::output::{Sheet, Tool, is_serial, state_word, unnamed};
use super::smart_array::{self, bay, cache, failed_stripes, once};
use crate::model::{
    Ailment, ArrayRead, ArrayState, DriveRead, Kind, MemberRead, Reading, Reason, Role, Severity, Subject, Thing,
    Unread, WhyUnread,
};
use crate::words::{clean, number_of};
use arraywatch_parsers::hp::ssacli::{
    self as parser, BatteryState, CacheState, Controller, Drive, DriveBox, DriveState, Group, Health, Named, Of, Part,
    Volume,
};
use arraywatch_parsers::hp::volume::VolumeState;
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// The tool.
pub(super) struct Ssacli;

impl Tool for Ssacli {
    type Output = parser::Ssacli;

    const NAME: &'static str = "ssacli";

    fn recognise(bytes: &[u8]) -> bool {
        parser::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        parser::ssacli(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn sheet(output: &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        let mut sheet = Sheet::default();
        let shared = shared_serials(output);
        for card in cards(output, host, &shared) {
            sheet.whole.extend(card.is_listed_whole().then(|| card.subject(Kind::Controller, "")));
            sheet.things.extend(card.things());
        }
        // What it says then holds of all controllers that were there before.
        if output.errors.iter().any(|error| error.starts_with("No controllers detected")) {
            sheet.whole.push(Subject::host(host));
            sheet.things.push(no_controller(host));
        }
        sheet
    }
}

/// Words that a line of a status may have while all is well, or that say no more than what is there.
const WELL: [&str; 12] = [
    "OK",
    "Enabled",
    "Disabled",
    "None",
    "N/A",
    "Not Applicable",
    "Not Supported",
    "Not Installed",
    "Redundant",
    "Not Redundant",
    "Initialization Completed",
    "Not Initialized",
];

/// A controller, by all records of it.
struct Card<'a> {
    host: &'a str,
    path: String,
    records: Vec<&'a Controller>,
    /// Serial numbers that stand in several bays: somebody hid them.
    shared: &'a BTreeSet<&'a str>,
}

/// A drive: what it belongs to, and all that is said of it.
struct Told<'a> {
    of: Option<&'a Of>,
    /// Whether its array's logical drives are told of.
    volumes_told: bool,
    says: Vec<&'a Drive>,
}

/// The tool finds none. Whether there should be one, it does not know: what was there before does.
fn no_controller(host: &str) -> Read {
    let text = "the tool finds no Smart Array controller".to_owned();
    let unread = Some(Unread { why: WhyUnread::NoWay, text: text.clone() });
    let reading = Reading { thing: Thing::Host, reasons: Vec::new(), unread };
    Read { subject: Subject::host(host), reading, text, values: Vec::new() }
}

fn shared_serials(output: &parser::Ssacli) -> BTreeSet<&str> {
    let mut bays: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for controller in &output.controllers {
        for drive in controller.groups.iter().flat_map(|group| &group.drives) {
            if let Some(serial) = drive.serial.as_deref() {
                bays.entry(serial).or_default().insert((&controller.slot, &drive.location));
            }
        }
    }
    bays.into_iter().filter(|(_, bays)| bays.len() > 1).map(|(serial, _)| serial).collect()
}

fn cards<'a>(output: &'a parser::Ssacli, host: &'a str, shared: &'a BTreeSet<&'a str>) -> Vec<Card<'a>> {
    let mut cards: Vec<Card<'_>> = Vec::new();
    for controller in &output.controllers {
        // What is not numbered is left out.
        let path = if controller.slot.is_empty() { String::new() } else { format!("c{}", controller.slot) };
        match cards.iter_mut().find(|card| card.path == path) {
            Some(card) => card.records.push(controller),
            None => cards.push(Card { host, path, records: vec![controller], shared }),
        }
    }
    cards
}

impl<'a> Card<'a> {
    fn subject(&self, kind: Kind, path: &str) -> Subject {
        Subject::within(kind, self.host, &format!("{}/{path}", self.path))
    }

    /// What the last record has that has it.
    fn last<T>(&self, field: impl Fn(&'a Controller) -> Option<T>) -> Option<T> {
        self.records.iter().rev().find_map(|record| field(record))
    }

    fn groups(&self) -> impl Iterator<Item = &'a Group> + use<'a, '_> {
        self.records.iter().flat_map(|record| &record.groups)
    }

    /// Whether an output lists all that it has: its configuration, rather than one kind of thing.
    fn is_listed_whole(&self) -> bool {
        let is_config = |group: &Group| {
            let unused = group.remarks.iter().any(|remark| remark.starts_with("Unused Space"));
            (unused || group.state.is_some()) && !group.drives.is_empty()
        };
        self.groups().any(is_config)
    }

    /// Its drives by their places.
    fn drives(&self) -> BTreeMap<&'a str, Told<'a>> {
        let mut drives: BTreeMap<&str, Told<'_>> = BTreeMap::new();
        let listed = self.records.iter().flat_map(|record| &record.boxes).flat_map(|one| &one.drives);
        let listed = listed.map(|drive| (None, drive));
        let grouped = self.groups().flat_map(|group| group.drives.iter().map(move |drive| (Some(&group.of), drive)));
        for (of, drive) in listed.chain(grouped) {
            let told = drives.entry(&drive.location);
            let told = told.or_insert_with(|| Told { of: None, volumes_told: false, says: Vec::new() });
            told.of = of.or(told.of);
            told.says.push(drive);
        }
        for told in drives.values_mut() {
            let is_its = |group: &&Group| told.of == Some(&Of::NotTold) || Some(&group.of) == told.of;
            told.volumes_told = self.groups().filter(is_its).any(|group| !group.volumes.is_empty());
        }
        drives
    }

    fn things(&self) -> Vec<Read> {
        let drives = self.drives();
        let mut things = vec![self.controller(&drives)];
        let mut boxes = BTreeMap::new();
        for drive_box in self.records.iter().flat_map(|record| &record.boxes) {
            boxes.insert((&drive_box.port, &drive_box.number), drive_box);
        }
        things.extend(boxes.into_values().map(|drive_box| self.drive_box(drive_box)));
        things.extend(drives.iter().map(|(location, told)| self.drive(location, told)));
        let mut volumes = BTreeMap::new();
        for group in self.groups() {
            volumes.extend(group.volumes.iter().map(|volume| (volume.number, (group, volume))));
        }
        things.extend(volumes.into_values().map(|(group, volume)| self.volume(group, volume, &drives)));
        things
    }

    fn controller(&self, drives: &BTreeMap<&str, Told<'_>>) -> Read {
        let model = self.last(|record| Some(clean(&record.model)).filter(|model| !model.is_empty()));
        let mut reasons = self.cache();
        let fails = |severity, text| says(Ailment::PartFailed, "controller-state", severity, text);
        reasons.extend(self.last(|record| record.state.as_ref()).and_then(|state| match state {
            Health::Ok => None,
            Health::Failed => Some(fails(Severity::Critical, "it says that it failed".to_owned())),
            Health::Other(words) => {
                Some(fails(Severity::Warning, format!("it calls its state \u{ab}{}\u{bb}", clean(words))))
            }
        }));
        let notices: BTreeSet<&String> = self.records.iter().flat_map(|record| &record.notices).collect();
        reasons.extend((1..).zip(notices).map(|(number, notice)| {
            says(
                Ailment::PartFailed,
                &format!("notice-{number}"),
                Severity::Warning,
                format!("it warns: {}", clean(notice)),
            )
        }));
        reasons.extend(self.records.iter().flat_map(|record| states(&record.other_states)));
        let volumes: BTreeSet<_> = self.groups().flat_map(|group| &group.volumes).map(|one| one.number).collect();
        let text = format!(
            "{}, {}, {}",
            model.as_deref().unwrap_or("RAID controller"),
            number_of(u64::try_from(drives.len()).unwrap_or(0), "drive", "drives"),
            number_of(u64::try_from(volumes.len()).unwrap_or(0), "logical drive", "logical drives"),
        );
        let driver = self.last(|record| record.driver.as_deref()).map_or_else(|| "not told".to_owned(), clean);
        let thing = Thing::Controller { driver, model, raid: true };
        let reading = Reading { thing, reasons: once(reasons), unread: None };
        Read { subject: self.subject(Kind::Controller, ""), reading, text, values: Vec::new() }
    }

    /// The cache and its battery, as [`super::machine`] judges those of other controllers: a battery that failed is a fault, one that is
    /// charged is none, and what is written through meanwhile is as it should be.
    fn cache(&self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let battery = self.last(|record| record.battery.as_ref());
        let recharges = battery == Some(&BatteryState::Recharging);
        let keeps_on = self.last(|record| record.writes_back_unprotected) == Some(true);
        match battery {
            None | Some(BatteryState::Ok | BatteryState::Recharging) => {}
            Some(BatteryState::Failed) if keeps_on => {
                let text = "the battery of its cache failed; it writes back all the same: what it calls written is lost with the power";
                reasons.push(cache("battery", Severity::Critical, text));
            }
            Some(BatteryState::Failed) => {
                reasons.push(cache("battery", Severity::Warning, "the battery of its cache failed"));
            }
            Some(BatteryState::Other(words)) => {
                let text = format!("it calls the state of its cache's battery \u{ab}{}\u{bb}", clean(words));
                reasons.push(cache("battery", Severity::Warning, text));
            }
        }
        let why = self.last(|record| record.cache_details.as_deref()).map(|why| format!(" ({})", clean(why)));
        let why = why.unwrap_or_default();
        match self.last(|record| record.cache.as_ref()) {
            None | Some(CacheState::Ok | CacheState::NotConfigured) => {}
            Some(CacheState::TemporarilyDisabled) => {
                let severity = if recharges { Severity::Info } else { Severity::Warning };
                let text = format!("its cache is disabled for the time being{why}; writing is slow");
                reasons.push(cache("write-through", severity, text));
            }
            Some(CacheState::PermanentlyDisabled) => {
                let text = format!("its cache is disabled for good{why}; writing is slow");
                reasons.push(cache("write-through", Severity::Warning, text));
            }
            Some(CacheState::Other(words)) => {
                let text = format!("it calls the state of its cache \u{ab}{}\u{bb}{why}", clean(words));
                reasons.push(cache("cache", Severity::Warning, text));
            }
        }
        reasons
    }

    fn drive_box(&self, drive_box: &DriveBox) -> Read {
        let DriveBox { name, port, number, state, other_states, .. } = drive_box;
        let mut reasons: Vec<Reason> = states(other_states).collect();
        let fails = |severity, text| says(Ailment::PartFailed, "state", severity, text);
        match state {
            None | Some(Health::Ok) => {}
            Some(Health::Failed) => {
                reasons.push(fails(Severity::Critical, "its controller says that it failed".to_owned()));
            }
            Some(Health::Other(words)) => {
                let text = format!("its controller calls its state \u{ab}{}\u{bb}", clean(words));
                reasons.push(fails(Severity::Warning, text));
            }
        }
        let text = format!("{}, port {}, box {}", clean(name), clean(port), clean(number));
        let reading =
            Reading { thing: Thing::Enclosure { model: Some(clean(name)) }, reasons: once(reasons), unread: None };
        Read { subject: self.subject(Kind::Enclosure, &format!("{port}:{number}")), reading, text, values: Vec::new() }
    }

    fn drive(&self, location: &str, told: &Told<'_>) -> Read {
        let last = |field: fn(&Drive) -> Option<&String>| told.says.iter().rev().find_map(|drive| field(drive));
        let name = |field: fn(&Drive) -> Option<&String>| last(field).map(|text| clean(text));
        let subject = self.drive_subject(location, told);
        let reasons: Vec<Reason> = told.says.iter().flat_map(|drive| found(drive)).collect();
        let state = told.says.iter().rev().find_map(|drive| drive.state.as_ref());
        let part = told.says.iter().rev().find_map(|drive| drive.part.as_ref());
        // Whether its array is whole, which such an output does not tell, is not to be taken from its own state.
        let in_array = matches!(told.of, Some(Of::Array(_) | Of::NotTold)) && !told.volumes_told;
        let unread = (in_array || state.is_none()).then(|| Unread {
            why: if state.is_none() { WhyUnread::NotUnderstood } else { WhyUnread::NoWay },
            text: "the output tells of it, and not how its array is".to_owned(),
        });
        let read = DriveRead {
            bay: bay(self.host, &self.path, location),
            vendor: name(|drive| drive.vendor.as_ref()).filter(|vendor| vendor != "ATA"),
            model: name(|drive| drive.model.as_ref()),
            firmware: name(|drive| drive.firmware.as_ref()),
            wwn: None,
            // The size is rounded.
            bytes: None,
            names: Vec::new(),
            power: None,
        };
        let words = match (state, part) {
            (Some(DriveState::Ok), Some(Part::Spare)) => "spare".to_owned(),
            (Some(DriveState::Ok), Some(Part::ActiveSpare)) => "stands in for a drive that failed".to_owned(),
            (Some(state), _) => words(state),
            (None, _) => "in a state that is not told".to_owned(),
        };
        let model = read.model.clone().unwrap_or_else(|| "drive".to_owned());
        let serial = subject.serial().unwrap_or_default();
        let text = format!("{model} {serial}, {words}");
        let reading = Reading { thing: Thing::Drive(Box::new(read)), reasons: once(reasons), unread };
        Read { subject, reading, text, values: Vec::new() }
    }

    fn drive_subject(&self, location: &str, told: &Told<'_>) -> Subject {
        let serial = told.says.iter().rev().find_map(|drive| drive.serial.as_deref());
        match serial.filter(|serial| is_serial(serial) && !self.shared.contains(serial)) {
            Some(serial) => Subject::drive(serial),
            None => unnamed(self.host, &format!("{}/{location}", self.path)),
        }
    }

    fn volume(&self, group: &Group, volume: &Volume, drives: &BTreeMap<&str, Told<'_>>) -> Read {
        let state = volume.state.clone().unwrap_or(VolumeState::Other(String::new()));
        let (mut array, reason) = smart_array::array(&state);
        let mut reasons: Vec<Reason> = reason.into_iter().collect();
        let mut notes = Vec::new();
        if let Some(words) = volume.media_errors.as_deref().filter(|words| *words != "None") {
            reasons.extend(failed_stripes(words));
        }
        // Until its redundancy was written for the first time, there is none.
        if let Some(words) = volume.initialization.as_deref().filter(|words| !WELL.contains(words)) {
            notes.push(format!("its parity: {}", clean(words)));
            match array {
                ArrayState::Optimal if words.contains("Progress") || words.contains("Queued") => {
                    array = ArrayState::Rebuilding;
                }
                ArrayState::Optimal => reasons.push(state_word(&format!("its parity: {}", clean(words)))),
                _ => {}
            }
        }
        if let Some(words) = self.ill_group(&group.of).filter(|_| array == ArrayState::Optimal) {
            reasons.push(state_word(&format!("the state of the array that it is on: {}", clean(&words))));
        }
        reasons.extend(states(&volume.other_states).chain(states(&group.other_states)));
        let number = volume.number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        let level = volume.level.as_deref().and_then(smart_array::level);
        let level_text = volume.level.as_deref().map_or("of a level that is not told".to_owned(), clean);
        let mut text = format!("logical drive {number}, RAID {level_text}, {}", clean(&volume.state_text));
        for note in notes {
            text = format!("{text}, {note}");
        }
        let read = ArrayRead { state: array, level, members: self.members(group, volume, drives), carries: Vec::new() };
        let reading = Reading { thing: Thing::Array(read), reasons: once(reasons), unread: None };
        Read { subject: self.subject(Kind::Array, &format!("l{number}")), reading, text, values: Vec::new() }
    }

    /// The state of an array of drives, if it is not OK.
    fn ill_group(&self, of: &Of) -> Option<String> {
        let of_it = self.groups().filter(|group| group.of == *of);
        of_it.filter_map(|group| group.state.as_ref()).find_map(|state| match state {
            Health::Ok => None,
            Health::Failed => Some("failed".to_owned()),
            Health::Other(words) => Some(words.clone()),
        })
    }

    /// The drives of its array: each logical drive is spread over all of them.
    fn members(&self, group: &Group, volume: &Volume, drives: &BTreeMap<&str, Told<'_>>) -> Vec<MemberRead> {
        // One drive in each group is a copy of the one in the other. Which of several are, is not said.
        let is_pair = volume.mirrors.len() > 1 && volume.mirrors.iter().all(|mirror| mirror.len() == 1);
        let is_mirrored = |location: &str| volume.mirrors.iter().flatten().any(|one| one == location);
        let mut members: Vec<MemberRead> = drives
            .iter()
            .filter(|(_, told)| told.of == Some(&group.of) && matches!(group.of, Of::Array(_)))
            .map(|(location, told)| MemberRead {
                slot: None,
                bay: Some(bay(self.host, &self.path, location)),
                serial: self.drive_subject(location, told).serial().map(str::to_owned),
                name: None,
                mirror_set: (is_pair && is_mirrored(location)).then_some(0),
                role: role(told),
            })
            .collect();
        smart_array::place(&mut members);
        members.sort_by_key(|member| (!matches!(member.role, Role::Active | Role::Rebuilding), member.slot));
        members
    }
}

/// The part that a drive has in its array.
fn role(told: &Told<'_>) -> Role {
    let is = |state: DriveState| told.says.iter().any(|drive| drive.state.as_ref() == Some(&state));
    let has = |part: Part| told.says.iter().any(|drive| drive.part.as_ref() == Some(&part));
    if is(DriveState::Failed) {
        Role::Failed
    } else if is(DriveState::Rebuilding) {
        Role::Rebuilding
    } else if has(Part::Spare) && !has(Part::ActiveSpare) {
        Role::Spare
    } else {
        Role::Active
    }
}

fn words(state: &DriveState) -> String {
    match state {
        DriveState::Ok => "OK".to_owned(),
        DriveState::Failed => "failed".to_owned(),
        DriveState::PredictiveFailure => "predictive failure".to_owned(),
        DriveState::Rebuilding => "being rebuilt".to_owned(),
        DriveState::Other(words) => format!("\u{ab}{}\u{bb}", clean(words)),
    }
}

/// What the controller has against a drive.
fn found(drive: &Drive) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = states(&drive.other_states).collect();
    let why = drive.last_failure.as_deref().map(|why| format!(", \u{ab}{}\u{bb}", clean(why))).unwrap_or_default();
    match &drive.state {
        None | Some(DriveState::Ok | DriveState::Rebuilding) => {}
        Some(DriveState::Failed) => {
            let text = format!("its controller gave it up: failed{why}");
            reasons.push(says(Ailment::OutOfUse, "state", Severity::Critical, text));
        }
        Some(DriveState::PredictiveFailure) => {
            let text = "its controller heard it say that it will fail (predictive failure)";
            reasons.push(says(Ailment::FailurePredicted, "predicted", Severity::Critical, text));
        }
        Some(DriveState::Other(words)) => {
            let text = format!("its controller calls its state \u{ab}{}\u{bb}, words that are not known", clean(words));
            reasons.push(says(Ailment::OutOfUse, "state", Severity::Warning, text));
        }
    }
    if drive.worn_out == Some(true) {
        let text = "it says that its life is used up (SSD Smart Trip Wearout)";
        reasons.push(says(Ailment::Worn, "wearout", Severity::Warning, text));
    }
    let used = drive.life_left.map(|left| u64::from((10_000 - left.min(10_000)) / 100));
    reasons.extend(used.and_then(|used| used_up("life", used, "ssacli, usage remaining")));
    reasons
}

/// Lines that name a status, and not one that is known as well.
fn states(states: &[Named]) -> impl Iterator<Item = Reason> {
    states.iter().filter(|state| !WELL.contains(&state.text.as_str())).map(|Named { name, text }| {
        let key = name.to_ascii_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let ailment = match name.as_str() {
            "Power Supply Status" | "Redundant Power Supply Status" => Ailment::SupplyFailed,
            "Fan Status" => Ailment::FanFailed,
            "Temperature Status" => Ailment::HousingHot,
            _ => Ailment::PartFailed,
        };
        says(ailment, &key, Severity::Warning, format!("{}: {}", clean(name), clean(text)))
    })
}
