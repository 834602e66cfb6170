//! A machine that was read, as JSON: all that `investigate` has, and under `machine` every value that was read.

use super::{investigate, machine as values, time};
use crate::diagnosis::Diagnosis;
use crate::machine::entry::End;
use crate::model::{ArrayRead, DriveRead, Observation, Reason, Thing};
use crate::observe::Source;
use crate::observe::machine::Read;
use crate::probes::{Answers, Disk, Speaks};
use crate::report::machine::{NotWatched, Told};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// What was read and what it comes to.
pub struct Scan<'a> {
    /// The answer, with all that the history knows of the host.
    pub diagnosis: &'a Diagnosis,
    /// The reading, as a source.
    pub sources: &'a [Source],
    /// What the answer rests on.
    pub observations: &'a [Observation],
    /// The machine.
    pub told: &'a Told,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// Why it could not be kept, if it could not.
    pub not_kept: Option<&'a str>,
    /// The present time.
    pub now: DateTime<Utc>,
}

/// `arraywatch.scan/1`
pub fn scan(scan: &Scan<'_>) -> Value {
    let mut value = investigate(scan.diagnosis, scan.sources, &[], scan.observations, Some(scan.now));
    value["schema"] = json!("arraywatch.scan/1");
    value["read_at"] = json!(time(scan.read_at));
    value["not_kept"] = json!(scan.not_kept);
    value["machine"] = told(scan.told);
    value["not_watched"] = scan.told.not_watched().iter().map(not_watched).collect();
    value
}

/// Something that is not watched.
pub(super) fn not_watched(not: &NotWatched) -> Value {
    object!({ "what": &not.what, "why": not.why.code(), "text": &not.text })
}

fn told(told: &Told) -> Value {
    let topology = &told.machine.topology;
    let reader = |reader: &crate::machine::capture::Ran| {
        object!({
            "name": &reader.name,
            "end": reader.end.as_ref().map(end),
            "waits_for": &reader.waits_for,
            "commands": reader.commands,
            "slowest_ms": milliseconds(reader.slowest),
        })
    };
    object!({
        "boot_id": &topology.boot_id,
        "boot_time": topology.boot_time,
        "uptime_seconds": topology.uptime,
        "suspends": topology.suspends,
        "commands": told.commands(),
        "slowest_ms": milliseconds(told.slowest()),
        "readers": told.readers.iter().map(reader).collect::<Vec<_>>(),
        "things": told.said.things.iter().map(thing).collect::<Vec<_>>(),
        "md_arrays": told.machine.arrays.iter().map(values::array).collect::<Vec<_>>(),
        "kernel_log": values::log(&told.machine.kernel),
        "disks": topology.disks.iter().zip(&told.machine.disks).map(disk).collect::<Vec<_>>(),
        "controllers": topology.controllers.iter().map(|controller| object!({
            "path": &controller.path,
            "driver": &controller.driver,
            "pci": &controller.pci,
            "scsi_hosts": &controller.hosts,
        })).collect::<Vec<_>>(),
        "raid_controllers": told.machine.cards.iter().map(values::megaraid).collect::<Vec<_>>(),
        "enclosures": topology.enclosures.iter().zip(&told.machine.enclosures).map(|(shelf, answers)| object!({
            "device": &shelf.device,
            "controller": &shelf.controller,
            "model": &shelf.model,
            "answers": values::enclosure(answers),
        })).collect::<Vec<_>>(),
        "bmc": told.machine.bmc.as_ref().map(values::bmc),
    })
}

/// A drive that was asked, and every value that it answered.
fn disk((disk, answers): (&Disk, &Answers)) -> Value {
    object!({
        "device": &disk.device,
        "names": &disk.names,
        "controller": &disk.controller,
        "bay": &disk.bay,
        "state": &disk.state,
        "locate": &disk.locate,
        "speaks": match disk.speaks {
            Speaks::Ata => "ata",
            Speaks::Scsi => "scsi",
            Speaks::Nvme => "nvme",
        },
        "answers": match answers {
            Answers::Ata(answers) => values::ata(answers),
            Answers::Nvme(answers) => values::nvme(answers),
            Answers::Scsi(answers) => values::scsi(answers),
        },
    })
}

fn thing(read: &Read) -> Value {
    let mut value = object!({
        "subject": read.subject.to_string(),
        "text": &read.text,
        "reasons": read.reading.reasons.iter().map(reason).collect::<Vec<_>>(),
        "unread": read.reading.unread.as_ref().map(|unread| object!({ "why": unread.why.code(), "text": &unread.text })),
    });
    match &read.reading.thing {
        Thing::Drive(drive) => value["drive"] = self::drive(drive),
        Thing::Array(array) => value["array"] = self::array(array),
        Thing::Controller { driver, model, raid } => {
            value["controller"] = object!({ "driver": driver, "model": model, "raid": raid });
        }
        Thing::Enclosure { model } => value["enclosure"] = object!({ "model": model }),
        Thing::Power | Thing::Host => {}
    }
    value
}

fn drive(drive: &DriveRead) -> Value {
    object!({
        "bay": drive.bay.to_string(),
        "vendor": &drive.vendor,
        "model": &drive.model,
        "firmware": &drive.firmware,
        "wwn": &drive.wwn,
        "bytes": drive.bytes,
        "names": &drive.names,
        "power_cycles": drive.power.map(|power| power.cycles),
        "unsafe_shutdowns": drive.power.and_then(|power| power.unsafe_shutdowns),
    })
}

fn array(array: &ArrayRead) -> Value {
    let member = |member: &crate::model::MemberRead| {
        object!({
            "slot": member.slot,
            "bay": member.bay.as_ref().map(ToString::to_string),
            "serial": &member.serial,
            "name": &member.name,
            "mirror_set": member.mirror_set,
            "role": member.role.code(),
        })
    };
    object!({
        "state": array.state.code(),
        "level": &array.level,
        "members": array.members.iter().map(member).collect::<Vec<_>>(),
        "carries": &array.carries,
    })
}

fn reason(reason: &Reason) -> Value {
    object!({
        "ailment": reason.ailment.code(),
        "key": &reason.key,
        "severity": reason.severity.code(),
        "rising": reason.rising.map(|severity| severity.code()),
        "level": reason.level,
        "text": &reason.text,
    })
}

fn end(end: &End) -> Value {
    match end {
        End::Done => json!("done"),
        End::LeftBehind(_) => json!("left-behind"),
        End::Busy(_) => json!("busy"),
        End::Died(_) => json!("died"),
    }
}

/// Of microseconds, to a thousandth.
fn milliseconds(micros: u64) -> Value {
    json!(micros as f64 / 1_000.0)
}
