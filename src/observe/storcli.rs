//! What `storcli` and `perccli` show, as somebody kept or sent it: the words of the live reader ([`super::machine::megaraid`]) for what is
//! said by another way, so that one drive in one bay is one.

use super::machine::Read;
use super::machine::megaraid::bay;
use super::machine::megaraid::judge::{self, Cache, Found};
use super::machine::reason::says;
use super::output::{Sheet, Time, Tool, is_serial, state_word, unnamed};
use crate::model::{
    Ailment, ArrayRead, ArrayState, DriveRead, Kind, MemberRead, Reading, Reason, Role, Severity, Subject, Thing,
    Unread, WhyUnread,
};
use crate::words::{clean, number_of};
use arraywatch_parsers::megaraid::battery;
use arraywatch_parsers::megaraid::device;
use arraywatch_parsers::megaraid::storcli::{
    self, Array, BatteryState, Controller, Drive, DriveState, Enclosure, Group, Overview, Place, Seat, WritePolicy,
};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, NaiveDateTime, Utc};

/// The tools.
pub(super) struct Storcli;

impl Tool for Storcli {
    type Output = storcli::Storcli;

    const NAME: &'static str = "storcli";

    fn recognise(bytes: &[u8]) -> bool {
        storcli::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        storcli::read(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn host(output: &Self::Output) -> Option<String> {
        output.host.clone()
    }

    fn time(output: &Self::Output) -> Option<Time> {
        let written = output.time.clone()?;
        let local = NaiveDateTime::parse_from_str(&written.replace(',', ""), "%m/%d/%Y %H:%M:%S").ok()?;
        Some(Time::Local { local, zone: None, written })
    }

    fn sheet(output: &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        let mut sheet = Sheet::default();
        // Where the tool finds no controller, what was behind one is gone.
        sheet.whole.extend(output.none_found.then(|| Subject::host(host)));
        for line in &output.overview {
            let told = output.controllers.iter().any(|controller| controller.number == line.number);
            sheet.things.extend((!told).then(|| summary(host, line)).flatten());
        }
        for controller in &output.controllers {
            let Some(number) = controller.number else { continue };
            let one = One { host, path: format!("c{number}"), controller };
            sheet.things.push(one.card());
            sheet.things.extend(controller.enclosures.iter().map(|enclosure| one.enclosure(enclosure)));
            sheet.things.extend(controller.drives.iter().map(|drive| one.drive(drive)));
            sheet.things.extend(controller.arrays.iter().filter_map(|array| one.array(array)));
            sheet.whole.extend(controller.listed.then(|| Subject::within(Kind::Controller, host, &one.path)));
        }
        sheet
    }
}

/// A line of the list of controllers.
fn summary(host: &str, line: &Overview) -> Option<Read> {
    let troubles = line.battery.iter().filter_map(trouble).collect();
    let mut reasons = judge::cache(&Cache { troubles, ..Cache::default() });
    reasons.extend(health(line.health.as_deref()));
    let arrays = line.arrays_not_optimal.unwrap_or(0);
    let not = arrays.max(line.groups_not_optimal.unwrap_or(0));
    if not > 0 {
        let text = format!("{} not optimal", number_of(not, "of its virtual drives is", "of its virtual drives are"));
        reasons.push(says(Ailment::PartFailed, "megaraid-arrays", Severity::Warning, text));
    }
    let model = line.model.as_deref().map(clean);
    let text = model.clone().unwrap_or_else(|| "RAID controller".to_owned());
    let thing = Thing::Controller { driver: String::new(), model, raid: true };
    let subject = Subject::within(Kind::Controller, host, &format!("c{}", line.number?));
    Some(Read { subject, reading: Reading { thing, reasons: sorted(reasons), unread: None }, text, values: Vec::new() })
}

/// A controller that does not call itself well.
fn health(word: Option<&str>) -> Option<Reason> {
    let severity = match word? {
        "Optimal" | "Opt" => return None,
        "Failed" | "Fld" => Severity::Critical,
        _ => Severity::Warning,
    };
    let text = format!("it calls its state \u{ab}{}\u{bb}", clean(word?));
    Some(says(Ailment::PartFailed, "megaraid-health", severity, text))
}

/// What the state of a battery or capacitor is, if that is trouble.
fn trouble(state: &BatteryState) -> Option<String> {
    match state {
        BatteryState::Optimal | BatteryState::Learning | BatteryState::Charging => None,
        BatteryState::Degraded => Some("degraded".to_owned()),
        BatteryState::Failed => Some("failed".to_owned()),
        BatteryState::Missing => Some("missing".to_owned()),
        BatteryState::Other(word) => {
            Some(format!("in the state \u{ab}{}\u{bb}, a word that is not known", clean(word)))
        }
    }
}

/// The gravest first.
fn sorted(mut reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    reasons
}

/// A controller of a host.
struct One<'a> {
    host: &'a str,
    path: String,
    controller: &'a Controller,
}

impl One<'_> {
    fn card(&self) -> Read {
        let Controller { model, driver, arrays, drives, errors, .. } = self.controller;
        let mut reasons = self.cache();
        let count = |errors: Option<u64>| errors.unwrap_or(0);
        let Controller { memory_uncorrected, memory_corrected, .. } = self.controller;
        reasons.extend(judge::memory(count(*memory_uncorrected), count(*memory_corrected)));
        reasons.extend(health(self.controller.health.as_deref()));
        if self.controller.cache_preserved == Some(true) {
            let text = "its cache holds data for a virtual drive that is not there";
            reasons.push(says(Ailment::CacheUnprotected, "megaraid-preserved", Severity::Critical, text));
        }
        if self.controller.safe_mode == Some(true) {
            let text = "it started in safe mode: its firmware met what it could not go on with";
            reasons.push(says(Ailment::PartFailed, "megaraid-safe-mode", Severity::Warning, text));
        }
        let foreign = self.controller.foreign.unwrap_or(0);
        if foreign > 0 {
            let groups = number_of(foreign, "group", "groups");
            let text = format!(
                "{groups} of drives behind it with another controller's configuration, of no use until that is imported or cleared"
            );
            reasons.push(says(Ailment::OutOfUse, "foreign", Severity::Warning, text));
        }
        let unread = self.controller.failed.then(|| Unread {
            why: WhyUnread::NotUnderstood,
            text: clean(&format!("the tool failed: {}", errors.join("; "))),
        });
        let model = model.as_deref().map(clean);
        let text = format!(
            "{}, {}, {}",
            model.as_deref().unwrap_or("RAID controller"),
            number_of(drives.len() as u64, "drive", "drives"),
            number_of(arrays.len() as u64, "virtual drive", "virtual drives"),
        );
        let driver = driver.as_deref().map(clean).unwrap_or_default();
        let thing = Thing::Controller { driver, model, raid: true };
        let subject = Subject::within(Kind::Controller, self.host, &self.path);
        Read { subject, reading: Reading { thing, reasons: sorted(reasons), unread }, text, values: Vec::new() }
    }

    fn enclosure(&self, enclosure: &Enclosure) -> Read {
        let state = enclosure.state.as_deref().filter(|word| *word != "OK");
        let text = |word: &str| format!("its controller has it in the state \u{ab}{}\u{bb}", clean(word));
        let reason = state.map(|word| says(Ailment::PartFailed, "megaraid-enclosure", Severity::Warning, text(word)));
        let model = enclosure.model.as_deref().map(clean);
        let text = model.clone().unwrap_or_else(|| "enclosure".to_owned());
        let reading =
            Reading { thing: Thing::Enclosure { model }, reasons: reason.into_iter().collect(), unread: None };
        let subject = Subject::within(Kind::Enclosure, self.host, &format!("{}/e{}", self.path, enclosure.number));
        Read { subject, reading, text, values: Vec::new() }
    }

    /// What keeps the cache, and what comes of it.
    fn cache(&self) -> Vec<Reason> {
        let told = self.controller.battery.as_ref();
        let status = self.controller.battery_bits;
        let bits = battery::Battery { kind: 1, millivolts: None, milliamperes: None, temperature: None, status };
        let state = told.and_then(|battery| battery.state.as_ref());
        let of_firmware = told.into_iter().flat_map(|battery| &battery.troubles).map(|trouble| clean(trouble));
        let through = |array: &&Array| {
            let set = array.write_set.is_some_and(|policy| policy != WritePolicy::Through);
            set && array.write == Some(WritePolicy::Through)
        };
        let arrays = &self.controller.arrays;
        let name = |array: &Array| array.number.map(|number| format!("l{number}"));
        judge::cache(&Cache {
            battery: Some(&bits),
            learns: told.is_some_and(|battery| battery.learns) || state == Some(&BatteryState::Learning),
            troubles: state.and_then(trouble).into_iter().chain(of_firmware).collect(),
            keeps_on: arrays.iter().any(|array| array.write == Some(WritePolicy::AlwaysBack)),
            through: arrays.iter().filter(through).filter_map(name).collect(),
        })
    }

    /// A drive's serial number, if it is one, and no other's.
    fn serial(&self, drive: &Drive) -> Option<String> {
        let serial = drive.serial.as_deref().map(clean).filter(|serial| is_serial(serial))?;
        let same = |other: &&Drive| other.serial.as_deref().map(clean).as_deref() == Some(serial.as_str());
        // Masked, as much of them as is left may be the same of several.
        (self.controller.drives.iter().filter(same).count() == 1).then_some(serial)
    }

    fn bay(&self, seat: Seat) -> Subject {
        bay(self.host, &self.path, seat.enclosure, seat.slot)
    }

    fn subject(&self, drive: &Drive) -> Subject {
        let place = drive.seat.map_or_else(|| self.path.clone(), |seat| self.bay(seat).path());
        self.serial(drive).map_or_else(|| unnamed(self.host, &place), |serial| Subject::drive(&serial))
    }

    fn drive(&self, drive: &Drive) -> Read {
        let subject = self.subject(drive);
        let serial = subject.serial().unwrap_or_default().to_owned();
        let bay = drive.seat.map_or_else(|| Subject::somewhere(self.host, &serial), |seat| self.bay(seat));
        let field = |text: &Option<String>| text.as_deref().map(clean);
        let read = DriveRead {
            bay,
            vendor: field(&drive.vendor).filter(|vendor| vendor != "ATA"),
            model: field(&drive.model),
            firmware: field(&drive.firmware),
            wwn: field(&drive.wwn)
                .filter(|wwn| wwn.chars().all(|c| c.is_ascii_hexdigit()))
                .map(|wwn| format!("0x{wwn}")),
            bytes: drive.bytes(),
            names: Vec::new(),
            power: None,
        };
        let reasons = sorted(self.against(drive));
        let unread = match &drive.state {
            Some(DriveState::NotTold) => {
                Some((WhyUnread::NoWay, "its controller passes it on, and keeps no state of it"))
            }
            None => Some((WhyUnread::NotUnderstood, "the output does not tell its state")),
            Some(_) => None,
        };
        let unread = unread.map(|(why, text)| Unread { why, text: text.to_owned() });
        let name = self.serial(drive).unwrap_or_else(|| "without a serial number".to_owned());
        let text = format!("{} {name}, {}", read.model.as_deref().unwrap_or("drive"), words(drive.state.as_ref()));
        let reading = Reading { thing: Thing::Drive(Box::new(read)), reasons, unread };
        Read { subject, reading, text, values: Vec::new() }
    }

    /// What the controller has against a drive.
    fn against(&self, drive: &Drive) -> Vec<Reason> {
        let state = drive.state.as_ref();
        let mut reasons = judge::drive(&Found {
            state: state.and_then(by_firmware),
            predictions: drive.predictions.unwrap_or(0),
            media: drive.media_errors.unwrap_or(0),
            other: drive.other_errors.unwrap_or(0),
            ..Found::default()
        });
        if drive.alert == Some(true) && drive.predictions.unwrap_or(0) == 0 {
            let text = "its controller heard it say that it will fail (S.M.A.R.T alert)";
            reasons.push(says(Ailment::FailurePredicted, "megaraid-predicted", Severity::Critical, text));
        }
        if drive.group == Some(Group::Foreign) || state == Some(&DriveState::Foreign) {
            let text =
                "it bears another controller's configuration, and is of no use until that is imported or cleared";
            reasons.push(says(Ailment::OutOfUse, "foreign", Severity::Warning, text));
        }
        let odd = match state {
            Some(DriveState::Other(_)) => Some("a word that is not known"),
            Some(DriveState::Shielded) => Some("it met errors, and its controller diagnoses it"),
            Some(DriveState::Unsupported) => Some("its controller does not support it"),
            Some(DriveState::Missing) => Some("the array has nothing in its place"),
            _ => None,
        };
        if let Some(odd) = odd {
            let text = format!("its controller has it {}: {odd}", words(state));
            reasons.push(says(Ailment::OutOfUse, "megaraid-state", Severity::Warning, text));
        }
        // Its array is, where the output tells of it.
        let told = |array: &Array| {
            array.group.map(Group::Number) == drive.group || array.members.iter().any(|seat| drive.seat == Some(*seat))
        };
        if state == Some(&DriveState::Rebuild) && !self.controller.arrays.iter().any(told) {
            let text = "it is being rebuilt, and of its array the output tells nothing";
            reasons.push(says(Ailment::MemberErrors, "rebuild", Severity::Warning, text));
        }
        reasons
    }

    fn array(&self, array: &Array) -> Option<Read> {
        let number = array.number?;
        let members = self.members(array);
        let (state, word) = state(array, &members);
        let level = array.level.as_deref().map(clean);
        let name = array.name.as_deref().map(|name| format!(" \u{ab}{}\u{bb}", clean(name)));
        let device = array.device.as_deref().map(|device| format!(", {}", clean(device)));
        let doing = array.operation.as_deref().map(|operation| operation.split('(').next().unwrap_or_default().trim());
        let text = format!(
            "virtual drive {number}{}, RAID {}, {word}{}{}",
            name.unwrap_or_default(),
            level.as_deref().unwrap_or("of a level that is not known"),
            doing.map(|doing| format!(", {}", clean(doing))).unwrap_or_default(),
            device.unwrap_or_default(),
        );
        let mut reasons = Vec::new();
        if matches!(array.state, Some(storcli::ArrayState::Recovery | storcli::ArrayState::Other(_))) {
            reasons.push(state_word(&text));
        }
        if array.bad_blocks == Some(true) {
            let text = "it has blocks that cannot be read: data in them are lost";
            reasons.push(says(Ailment::MemberErrors, "failed-stripes", Severity::Warning, text));
        }
        if let Some(access) = array.access.as_deref().filter(|access| !matches!(*access, "RW" | "RO" | "HD" | "TRANS"))
        {
            let text = format!("access to it is \u{ab}{}\u{bb}", clean(access));
            reasons.push(says(Ailment::MemberErrors, "access", Severity::Warning, text));
        }
        let unread = array.state.is_none().then(|| Unread {
            why: WhyUnread::NotUnderstood,
            text: format!("the output does not tell the state of virtual drive {number}"),
        });
        let read = ArrayRead { state, level, members, carries: Vec::new() };
        let subject = Subject::within(Kind::Array, self.host, &format!("{}/l{number}", self.path));
        let reading = Reading { thing: Thing::Array(read), reasons: sorted(reasons), unread };
        Some(Read { subject, reading, text, values: Vec::new() })
    }

    /// By the topology, else by the list below it.
    fn members(&self, array: &Array) -> Vec<MemberRead> {
        let places: Vec<&Place> = self
            .controller
            .topology
            .iter()
            .filter(|place| place.group.is_some() && place.group == array.group)
            .collect();
        let mirror = |place: &Place| match array.level.as_deref() {
            Some("1") => Some(0),
            // Of a span with more than two, nobody tells which are pairs.
            Some("10") => {
                let mates = places.iter().filter(|other| other.row.is_some() && other.span == place.span).count();
                place.span.filter(|_| mates == 2)
            }
            _ => None,
        };
        let by_seat = |seat: Seat| self.controller.drives.iter().find(|drive| drive.seat == Some(seat));
        if places.is_empty() {
            let listed = (0..).zip(&array.members).map(|(slot, seat)| {
                let drive = by_seat(*seat);
                let state = drive.and_then(|drive| drive.state.as_ref());
                self.member(Some(slot), Some(*seat), None, state.unwrap_or(&DriveState::NotTold))
            });
            return listed.collect();
        }
        let mut slots = 0..;
        let member = |place: &&Place| {
            let slot = if place.row.is_some() { slots.next() } else { None };
            let set = if place.row.is_some() { mirror(place) } else { None };
            self.member(slot, place.seat, set, &place.state)
        };
        places.iter().map(member).collect()
    }

    fn member(&self, slot: Option<u32>, seat: Option<Seat>, mirror_set: Option<u32>, state: &DriveState) -> MemberRead {
        let drive = self.controller.drives.iter().find(|drive| seat.is_some() && drive.seat == seat);
        let role = match state {
            DriveState::Rebuild => Role::Rebuilding,
            DriveState::Spare => Role::Spare,
            DriveState::Missing => Role::Missing,
            DriveState::Failed | DriveState::Offline | DriveState::UnconfiguredBad => Role::Failed,
            _ => Role::Active,
        };
        let serial = drive.and_then(|drive| self.serial(drive));
        MemberRead { slot, bay: seat.map(|seat| self.bay(seat)), serial, name: None, mirror_set, role }
    }
}

/// The state that the firmware has for what the tool says; none where it has no such state.
fn by_firmware(state: &DriveState) -> Option<device::DriveState> {
    match state {
        DriveState::Offline => Some(device::DriveState::Offline),
        DriveState::Failed => Some(device::DriveState::Failed),
        DriveState::UnconfiguredBad => Some(device::DriveState::UnconfiguredBad),
        _ => None,
    }
}

fn words(state: Option<&DriveState>) -> String {
    let word = match state {
        Some(DriveState::Online) => "online",
        Some(DriveState::Offline) => "offline",
        Some(DriveState::Failed) => "failed",
        Some(DriveState::UnconfiguredGood) => "unconfigured (good)",
        Some(DriveState::UnconfiguredBad) => "unconfigured (bad)",
        Some(DriveState::Unsupported) => "unsupported",
        Some(DriveState::Spare) => "hot spare",
        Some(DriveState::Rebuild) => "rebuild",
        Some(DriveState::Copyback) => "copyback",
        Some(DriveState::Jbod) => "JBOD",
        Some(DriveState::Missing) => "missing",
        Some(DriveState::Foreign) => "foreign",
        Some(DriveState::Sanitize) => "being erased",
        Some(DriveState::Shielded) => "shielded",
        Some(DriveState::Other(word)) => return format!("\u{ab}{}\u{bb}", clean(word)),
        Some(DriveState::NotTold) | None => "in a state that is not told",
    };
    word.to_owned()
}

/// How an array is, in words too: what its members show may be worse than what it says.
fn state(array: &Array, members: &[MemberRead]) -> (ArrayState, String) {
    let any = |of: &[Role]| members.iter().any(|member| of.contains(&member.role));
    let rebuilds = any(&[Role::Rebuilding]);
    let lost = any(&[Role::Failed, Role::Missing]);
    let (state, word) = match &array.state {
        Some(storcli::ArrayState::Offline) => (ArrayState::Failed, "offline"),
        Some(storcli::ArrayState::Optimal) if lost => (ArrayState::Degraded, "optimal by its word, without a member"),
        Some(storcli::ArrayState::Optimal) if rebuilds => {
            (ArrayState::Rebuilding, "optimal by its word, a member being rebuilt")
        }
        Some(storcli::ArrayState::Optimal) => (ArrayState::Optimal, "optimal"),
        Some(storcli::ArrayState::PartiallyDegraded) if rebuilds => {
            (ArrayState::Rebuilding, "partially degraded, a member being rebuilt")
        }
        Some(storcli::ArrayState::Degraded) if rebuilds => (ArrayState::Rebuilding, "degraded, a member being rebuilt"),
        Some(storcli::ArrayState::PartiallyDegraded) => (ArrayState::Degraded, "partially degraded"),
        Some(storcli::ArrayState::Degraded) => (ArrayState::Degraded, "degraded"),
        Some(storcli::ArrayState::Recovery) => (ArrayState::Unknown, "in recovery"),
        Some(storcli::ArrayState::Other(word)) => {
            let text = format!("in the state \u{ab}{}\u{bb}, a word that is not known", clean(word));
            return (ArrayState::Unknown, text);
        }
        None => (ArrayState::Unknown, "in a state that is not told"),
    };
    (state, word.to_owned())
}

#[cfg(test)]
mod tests;
