//! Drives by their own tools, whatever printed it: from what they answered to how they are, by the judgement of [`super::machine`].

use super::machine::{self, Drive, Read, counted, says};
use super::output::{Sheet, is_serial, unnamed};
use crate::model::{Ailment, DriveRead, Reading, Reason, Series, Severity, Subject, Thing, Unread, WhyUnread};
use crate::probes::got::Missing;
use crate::probes::{ata, nvme, scsi};
use crate::words::{clean, number_of};
use arraywatch_parsers::ata::attributes::Meanings;
use arraywatch_parsers::ata::identify::{Feature, Identify};
use arraywatch_parsers::ata::smart::{Attribute as Told, Data, Standing, Status, Thresholds};
use arraywatch_parsers::scsi::log::{Counted, Exceptions};
use arraywatch_parsers::smartctl::{Ata, Attribute, Nvme, Scsi, WhenFailed};

/// A drive that somebody's tool asked.
pub(super) struct Asked {
    /// How it is.
    pub(super) drive: Drive,
    /// By what its host knows it.
    pub(super) names: Vec<String>,
    /// Tells it apart where it has no name of its own.
    pub(super) fingerprint: u64,
}

/// Drives as a sheet, each once.
pub(super) fn sheet(host: &str, drives: Vec<Asked>) -> Sheet {
    let reads = drives.into_iter().map(|asked| read(host, asked));
    Sheet { things: machine::each_once(reads), whole: Vec::new(), events: Vec::new() }
}

fn read(host: &str, asked: Asked) -> (Read, u64) {
    let Asked { mut drive, names, fingerprint } = asked;
    let serial = drive.serial.take().filter(|serial| is_serial(serial)).or_else(|| drive.wwn.clone());
    // Names of devices change, but tell drives of one day apart; without one, what was printed of it does.
    let place = || match names.as_slice() {
        [] => format!("{}-{fingerprint:016x}", drive.model.as_deref().unwrap_or("drive")),
        names => names.join("-").replace(' ', "-"),
    };
    let subject =
        serial.map_or_else(|| unnamed(host, place().trim_start_matches('/')), |serial| Subject::drive(&serial));
    let serial = subject.serial().unwrap_or_default().to_owned();
    let told: Vec<&str> = [drive.model.as_deref(), Some(serial.as_str())].into_iter().flatten().collect();
    let text = [&[told.join(" ")][..], names.as_slice()].concat().join(", ");
    let thing = DriveRead {
        bay: Subject::somewhere(host, &serial),
        vendor: drive.vendor,
        model: drive.model,
        firmware: drive.firmware,
        wwn: drive.wwn,
        bytes: drive.bytes,
        names,
        power: drive.power,
    };
    let mut reasons = drive.reasons;
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    let reading = Reading { thing: Thing::Drive(Box::new(thing)), reasons, unread: drive.unread };
    (Read { subject, reading, text, values: drive.values }, fingerprint)
}

/// What an ATA drive is, as far as its attributes are to be understood by it, and what it says of itself.
pub(super) struct Is<'a> {
    /// By these the meaning of an attribute is found.
    pub(super) model: Option<&'a str>,
    /// The same.
    pub(super) firmware: Option<&'a str>,
    /// Whether it has SMART, and has it on.
    pub(super) smart: Feature,
    /// Whether it says that no threshold is exceeded.
    pub(super) passed: Option<bool>,
}

/// How an ATA drive is by what a tool printed.
pub(super) fn ata(is: &Is<'_>, told: &Ata) -> Drive {
    let (model, firmware) = (is.model.unwrap_or_default(), is.firmware.unwrap_or_default());
    let meanings = Meanings::of(model, firmware);
    let bits = |row: &Attribute| row.raw.bits(meanings.get(row.id).map(|meaning| meaning.packing));
    let rows = told.attributes.as_ref().ok_or(Missing::NotAsked);
    let attributes = rows.map(|rows| rows.iter().map(|row| attribute(row, bits(row).unwrap_or(0))).collect());
    let thresholds = rows.map(|rows| rows.iter().filter_map(|row| Some((row.id, row.threshold?))).collect());
    let answers = ata::Answers {
        identify: Ok(Identify {
            model: is.model.map(str::to_owned),
            firmware: is.firmware.map(str::to_owned),
            smart: is.smart,
            sata_generation_max: told.speed.0,
            sata_generation: told.speed.1,
            ..Identify::parse(&[])
        }),
        smart: attributes.map(|attributes| Data { attributes, self_test: told.last_test, ..Data::parse(&[]) }),
        thresholds: thresholds.map(|thresholds| Thresholds { thresholds, ..Thresholds::parse(&[]) }),
        status: match is.passed {
            Some(true) => Ok(Status::Passed),
            Some(false) => Ok(Status::ThresholdExceeded),
            None => Err(Missing::NotAsked),
        },
        errors: told.errors.clone().ok_or(Missing::NotAsked),
        self_tests: told.self_tests.clone().ok_or(Missing::NotAsked),
        statistics: told.statistics.clone().ok_or(Missing::NotAsked),
        phy: told.phy.clone().ok_or(Missing::NotAsked),
        sct: told.sct.clone().ok_or(Missing::NotAsked),
        ..ata::Answers::default()
    };
    let mut drive = machine::ata_drive(&answers);
    drive.reasons.extend(told.attributes.iter().flatten().filter_map(when_failed));
    let odd = told.attributes.iter().flatten().find(|row| bits(row).is_none());
    let odd = odd.map(|row| not_understood(format!("the raw value of attribute {} is not understood", row.id)));
    drive.unread = drive.unread.or(odd);
    drive
}

/// An attribute as the drive has it. A normalised value of 0 says nothing.
fn attribute(row: &Attribute, raw: u64) -> Told {
    Told {
        id: row.id,
        flags: row.flags,
        value: row.value.unwrap_or(0),
        worst: row.worst.unwrap_or(0),
        raw: raw & 0xffff_ffff_ffff,
        reserved: 0,
    }
}

/// What the tool says of an attribute, where the numbers beside it do not say it.
fn when_failed(row: &Attribute) -> Option<Reason> {
    let told = attribute(row, 0);
    let below = row.threshold.and_then(|threshold| told.standing(threshold)) == Some(Standing::Below);
    let (id, name) = (row.id, clean(&row.name));
    let key = format!("ata-{id}-threshold");
    match &row.failed {
        WhenFailed::Now if !below => {
            let severity = if told.prefailure() { Severity::Critical } else { Severity::Warning };
            let text = format!("attribute {id} ({name}) is called failing now");
            Some(says(Ailment::FailurePredicted, &key, severity, text))
        }
        WhenFailed::Other(word) => {
            let text = format!("attribute {id} ({name}) is called «{}», a word that is not known", clean(word));
            Some(says(Ailment::FailurePredicted, &key, Severity::Warning, text))
        }
        _ => None,
    }
}

/// How a SCSI drive is by what a tool printed.
pub(super) fn scsi(told: &Scsi) -> Drive {
    let counters = |of: Counted| told.counters.iter().find(|page| page.of == of).copied().ok_or(Missing::NotAsked);
    let exceptions = told.exception.map(|code| Exceptions { additional: Some(code), temperature: None, trip: None });
    let answers = scsi::Answers {
        exceptions: exceptions.ok_or(Missing::NotAsked),
        temperature: told.temperature.ok_or(Missing::NotAsked),
        writes: counters(Counted::Writes),
        reads: counters(Counted::Reads),
        verifies: counters(Counted::Verifies),
        non_medium: told.non_medium.ok_or(Missing::NotAsked),
        used: told.used.ok_or(Missing::NotAsked),
        start_stop: told.start_stop.clone().ok_or(Missing::NotAsked),
        self_tests: told.self_tests.clone().ok_or(Missing::NotAsked),
        background: told.background.clone().ok_or(Missing::NotAsked),
        ports: told.ports.clone().ok_or(Missing::NotAsked),
        ..scsi::Answers::default()
    };
    let mut drive = machine::scsi_drive(&answers);
    let grown = told.grown_defects.unwrap_or(0);
    let text = format!("{} in its list of grown defects", number_of(grown, "place", "places"));
    drive.reasons.extend(counted(Ailment::MediaErrors, "scsi-grown-defects", grown, text));
    drive.values.extend(told.grown_defects.map(|grown| (Series::SCSI_GROWN_DEFECTS, grown)));
    drive
}

/// How an NVMe drive is by what a tool printed.
pub(super) fn nvme(told: &Nvme) -> Drive {
    let answers = nvme::Answers {
        controller: told.controller.clone().ok_or(Missing::NotAsked),
        health: told.health.clone().ok_or(Missing::NotAsked),
        errors: told.errors.clone().ok_or(Missing::NotAsked),
        self_tests: told.self_tests.clone().ok_or(Missing::NotAsked),
        ..nvme::Answers::default()
    };
    machine::nvme_drive(&answers)
}

/// Something of an output was not understood.
pub(super) fn not_understood(text: impl Into<String>) -> Unread {
    Unread { why: WhyUnread::NotUnderstood, text: text.into() }
}
