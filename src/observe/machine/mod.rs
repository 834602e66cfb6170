//! What a machine's answers say: how each thing is, with every reason to look at it; what was measured; what its logs tell.
//!
//! A file a kind. Nothing here asks anything or knows what was before: what changed is for the digest to see, what is behind it
//! for the diagnosis.

mod answered;
mod ata;
pub(super) mod bmc;
mod enclosure;
pub(super) mod kernel;
mod md;
pub(super) mod megaraid;
mod nvme;
pub(super) mod reason;
mod scsi;
pub mod wear;

pub(super) use ata::drive as ata_drive;
pub use ata::name_of as attribute_name;
pub use bmc::NO_SENSORS;
pub(super) use md::{level as md_level, standing as md_standing};
pub(super) use nvme::drive as nvme_drive;
pub(super) use reason::{counted, says};
pub(super) use scsi::drive as scsi_drive;

pub use wear::{DaysLeft, days_left};

use crate::machine::capture::Ran;
use crate::machine::entry::End;
use crate::model::{
    Ailment, DriveRead, Fact, Kind, PowerCount, Reading, Reason, Series, Severity, Subject, Thing, Unread, WhyUnread,
    unnamed_serial,
};
use crate::probes::md::Array;
use crate::probes::{Answers, Machine, Way};
use arraywatch_parsers::scsi::vpd::Identification;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// A drive, by its own answers. What it does not say is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drive {
    /// Serial number, whole: the kernel's may be cut off.
    pub serial: Option<String>,
    /// World-wide name: `0x5000c500a1b2c3d4`.
    pub wwn: Option<String>,
    /// Vendor; of ATA and NVMe there is none.
    pub vendor: Option<String>,
    /// Model, whole.
    pub model: Option<String>,
    /// Firmware.
    pub firmware: Option<String>,
    /// Capacity.
    pub bytes: Option<u64>,
    /// What it counts of its power.
    pub power: Option<PowerCount>,
    /// Reasons to look at it.
    pub reasons: Vec<Reason>,
    /// Why it could not be read, or not whole.
    pub unread: Option<Unread>,
    /// What was measured.
    pub values: Vec<(Series, u64)>,
}

/// A thing, as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Which.
    pub subject: Subject,
    /// How it is.
    pub reading: Reading,
    /// In a line, for people.
    pub text: String,
    /// What was measured, of a drive.
    pub values: Vec<(Series, u64)>,
}

/// An entry of a log that the machine keeps: its kernel's, its controller's, its BMC's.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The log: the last part of its stream's subject.
    pub log: &'static str,
    /// Names the entry in its log for ever: read again, it is the same.
    pub name: Vec<u8>,
    /// When, as far as can be told now; where it was read before, the time that was told then counts.
    pub at: DateTime<Utc>,
    /// The time as the log has it, if that is another clock's.
    pub written: Option<String>,
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub fact: Fact,
    /// How bad.
    pub severity: Severity,
    /// In its own words.
    pub text: String,
}

/// All that a machine's answers say.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The things, each once.
    pub things: Vec<Read>,
    /// What its logs tell.
    pub events: Vec<Event>,
    /// Where names of the host lead.
    pub seats: Seats,
}

/// Where a name of the host leads: to which drive, in which bay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its serial number, or what stands for it.
    pub serial: String,
    /// Where it sits.
    pub bay: Subject,
    /// Firmware, to compare with that of its mirror.
    pub firmware: Option<String>,
    /// Model, likewise.
    pub model: Option<String>,
}

/// Drives by the names of their block devices (`sda`, `nvme0n1`), and of NVMe controllers (`nvme0`).
pub type Seats = BTreeMap<String, Seat>;

/// What a machine of that name says, read at that time.
pub fn said(host: &str, machine: &Machine, at: DateTime<Utc>) -> Said {
    let mut things = BTreeMap::new();
    let mut seats = Seats::new();
    drives(host, machine, &mut things, &mut seats);
    for card in &machine.cards {
        add(&mut things, megaraid::things(host, card, &mut seats));
    }
    for controller in &machine.topology.controllers {
        let subject = Subject::within(Kind::Controller, host, &controller.path);
        let unread = (controller.way == Way::None).then(|| Unread {
            why: WhyUnread::NoWay,
            text: format!("{} is not read live; what its own tools and logs say is read from files", controller.driver),
        });
        let raid = controller.way != Way::Drives;
        let thing = Thing::Controller { driver: controller.driver.clone(), model: None, raid };
        let text = format!("controller, driver {}", controller.driver);
        let reading = Reading { thing, reasons: Vec::new(), unread };
        // What a card says of itself is more.
        if !things.contains_key(&subject) {
            add(&mut things, [Read { subject, reading, text, values: Vec::new() }]);
        }
    }
    for (shelf, answers) in machine.topology.enclosures.iter().zip(&machine.enclosures) {
        add(&mut things, enclosure::things(host, shelf, answers));
    }
    add(&mut things, md::things(host, &machine.arrays, &machine.carried, &seats));
    let mut events = kernel::events(host, &machine.kernel, &machine.topology, &seats, at);
    if let Some(bmc) = &machine.bmc {
        add(&mut things, bmc::things(host, bmc, at));
        events.extend(bmc::events(host, bmc, at));
    }
    for card in &machine.cards {
        events.extend(megaraid::events(host, card, at));
    }
    Said { things: things.into_values().collect(), events, seats }
}

/// What arrays say that were read anew, on a machine that is otherwise as it was.
pub(super) fn arrays(host: &str, arrays: &[Array], machine: &Machine, said: &Said) -> Vec<Read> {
    md::things(host, arrays, &machine.carried, &said.seats)
}

/// A controller whose reader did not come to its end is not watched, however well its drives were before.
pub fn not_read(host: &str, said: &mut Said, readers: &[Ran]) {
    for reader in readers {
        let (why, text) = match &reader.end {
            Some(End::Done) => continue,
            // Without how long: a reading is the same while nothing changes.
            Some(End::Busy(_)) => {
                (WhyUnread::ControllerBusy, "a command to it has not come back; it is not asked meanwhile".to_owned())
            }
            Some(End::LeftBehind(_)) => (WhyUnread::NotAnswering, "a command to it did not come back".to_owned()),
            Some(End::Died(_)) | None => (WhyUnread::NotUnderstood, "its reader ended before it was done".to_owned()),
        };
        let controller = Subject::within(Kind::Controller, host, &reader.name);
        if let Some(read) = said.things.iter_mut().find(|read| read.subject == controller) {
            read.reading.unread.get_or_insert(Unread { why, text });
        }
    }
}

/// Whether two readings with one serial number are of two drives: paths to one drive agree in all that it says.
fn is_another(known: &Reading, more: &Reading) -> bool {
    let (Thing::Drive(known), Thing::Drive(more)) = (&known.thing, &more.thing) else { return false };
    let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
    differ(&known.wwn, &more.wwn) || differ(&known.model, &more.model)
}

/// Of two paths to a drive one answers and the other does not: it is the path that fails.
fn one_path_is_dead(known: &mut Reading, more: &mut Reading) {
    let silent = |reading: &Reading| reading.reasons.iter().any(|reason| reason.ailment == Ailment::NotAnswering);
    let dead = match (silent(known), silent(more)) {
        (true, false) => known,
        (false, true) => more,
        _ => return,
    };
    dead.reasons.retain(|reason| reason.ailment != Ailment::NotAnswering);
    dead.unread = None;
    let names = match &dead.thing {
        Thing::Drive(drive) => drive.names.join(", "),
        _ => return,
    };
    let text = format!("one of the paths to it is dead ({names}): it answers by another");
    let key = "path".to_owned();
    dead.reasons.push(Reason {
        ailment: Ailment::LinkErrors,
        key,
        severity: Severity::Warning,
        rising: None,
        level: None,
        text,
    });
}

/// A thing that is seen by two ways is one thing: what both tell is told once.
fn add(things: &mut BTreeMap<Subject, Read>, more: impl IntoIterator<Item = Read>) {
    for mut read in more {
        let Some(known) = things.get_mut(&read.subject) else {
            things.insert(read.subject.clone(), read);
            continue;
        };
        one_path_is_dead(&mut known.reading, &mut read.reading);
        for reason in read.reading.reasons {
            let same = |known: &Reason| known.ailment == reason.ailment && known.key == reason.key;
            if !known.reading.reasons.iter().any(same) {
                known.reading.reasons.push(reason);
            }
        }
        if let (Thing::Drive(known), Thing::Drive(more)) = (&mut known.reading.thing, read.reading.thing) {
            known.names.extend(more.names);
        }
        if known.values.is_empty() {
            known.values = read.values;
        }
        known.reading.unread = known.reading.unread.take().filter(|_| read.reading.unread.is_some());
        known.reading.reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    }
}

/// Drives, each once. What two say with one serial number is of two drives if they contradict each other; the number tells them apart
/// then.
pub(super) fn each_once(reads: impl IntoIterator<Item = (Read, u64)>) -> Vec<Read> {
    let mut things = BTreeMap::new();
    for (mut read, number) in reads {
        let known: Option<&Read> = things.get(&read.subject);
        if known.is_some_and(|known| is_another(&known.reading, &read.reading)) {
            let serial = read.subject.serial().unwrap_or_default();
            read.subject = Subject::drive(&format!("{serial}-{number:016x}"));
        }
        add(&mut things, [read]);
    }
    things.into_values().collect()
}

fn drives(host: &str, machine: &Machine, things: &mut BTreeMap<Subject, Read>, seats: &mut Seats) {
    let shelves = machine.topology.enclosures.iter().zip(&machine.enclosures);
    let slots: BTreeMap<u64, String> = shelves.flat_map(|(shelf, answers)| enclosure::slots(shelf, answers)).collect();
    for (disk, answers) in machine.topology.disks.iter().zip(&machine.disks) {
        let drive = match answers {
            Answers::Ata(answers) => ata::drive(answers),
            Answers::Scsi(answers) => scsi::drive(answers),
            Answers::Nvme(answers) => nvme::drive(answers),
        };
        // A shelf that says whose address is in which slot knows better than the order in which they answered.
        let by_port = match answers {
            Answers::Scsi(answers) => answers.identification.as_ref().ok().and_then(Identification::sas_address),
            _ => None,
        };
        let slot = disk.sas_address.or(by_port).and_then(|address| slots.get(&address));
        let bay = Subject::within(Kind::Bay, host, slot.unwrap_or(&disk.bay));
        // The kernel writes naa.5000c500a1b2c3d4 where the drive's own is written 0x5000c500a1b2c3d4.
        let by_kernel = |wwn: &String| wwn.strip_prefix("naa.").map_or_else(|| wwn.clone(), |naa| format!("0x{naa}"));
        let wwn = drive.wwn.clone().or_else(|| disk.wwn.as_ref().map(by_kernel));
        // The kernel's serial number comes from a page that some drives cut off; the drive's own counts.
        let serial = drive.serial.clone().or_else(|| disk.serial.clone()).or_else(|| wwn.clone());
        let serial = serial.unwrap_or_else(|| unnamed_serial(host, &disk.bay));
        let model = drive.model.clone().or_else(|| disk.model.clone());
        let firmware = drive.firmware.clone().or_else(|| disk.firmware.clone());
        let seat = Seat { serial: serial.clone(), bay: bay.clone(), firmware: firmware.clone(), model: model.clone() };
        let controller = disk.device.strip_prefix("/dev/").filter(|_| disk.device.contains("nvme"));
        for name in disk.names.iter().map(String::as_str).chain(controller) {
            seats.insert(name.to_owned(), seat.clone());
        }
        let read = DriveRead {
            bay,
            vendor: drive.vendor.or_else(|| disk.vendor.clone().filter(|vendor| vendor != "ATA")),
            model,
            firmware,
            wwn,
            bytes: drive.bytes.or(disk.bytes),
            names: disk.names.clone(),
            power: drive.power,
        };
        let text = format!("{} {}, {}", read.model.as_deref().unwrap_or("drive"), serial, disk.names.join(", "));
        let mut reasons = drive.reasons;
        reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
        let reading = Reading { thing: Thing::Drive(Box::new(read)), reasons, unread: drive.unread };
        let mut subject = Subject::drive(&serial);
        if things.get(&subject).is_some_and(|known| is_another(&known.reading, &reading)) {
            // Two drives that bear one serial number: cheap bridges have the same in all of them.
            subject = Subject::drive(&format!("{serial}-{}", disk.bay.replace('/', "-")));
            for name in &disk.names {
                if let Some(seat) = seats.get_mut(name) {
                    seat.serial = subject.serial().unwrap_or_default().to_owned();
                }
            }
        }
        add(things, [Read { subject, reading, text, values: drive.values }]);
    }
}
