//! What a line of FreeBSD tells, and of whom. It tells serial numbers when it attaches drives, so that most trouble has its drive.
//!
//! **A volume that the kernel calls `mfid0` and the array that the card calls `c0/l0` are told as two.** The number of an `mfid` is the next
//! one that is free when it attaches (`device_add_child(…, "mfid", -1)` in sys/dev/mfi/mfi.c), over all cards, and no line of the driver
//! says which target it is: `mfid0 on mfi0` has the card, and the line behind it the size, the name that somebody gave the volume, and
//! its state. Names and sizes may be those of two volumes, so nothing in a log proves which is which, and a wrong guess would tell of
//! one array what is of another. The entries of the card itself have the target: `VD 00/0`.

use crate::model::{ArrayRead, ArrayState, Fact, Kind as Of, Reading, Severity, Subject, Thing, Trouble};
use crate::observe::machine::kernel::{Found, kinds};
use crate::observe::machine::megaraid::log::answered;
use crate::observe::output::{is_serial, state_word};
use crate::words::clean;
use arraywatch_parsers::kernel::freebsd::{About, Event};
use arraywatch_parsers::kernel::storage::{Field, Kind};
use arraywatch_parsers::scsi::sense::Additional;
use std::collections::{BTreeMap, BTreeSet};

/// Who is who since the drives were attached.
#[derive(Default)]
pub(super) struct Names {
    /// Serial numbers by the names of disks.
    serials: BTreeMap<String, String>,
    /// Disks by what they are attached to: `ahcich2`, `nvme0`.
    attached: BTreeMap<String, String>,
    /// Disks on USB: that one is pulled out is no trouble.
    removable: BTreeSet<String>,
}

impl Names {
    /// What a line tells, and of what.
    pub(super) fn hear(&mut self, host: &str, event: &Event) -> Option<(Subject, Found)> {
        self.learn(event);
        let found = found(event);
        let subject = found.is_some().then(|| self.subject(host, event)).flatten();
        if event.kind == Kind::DeviceRemoved
            && let About::Device(name) = &event.about
        {
            self.serials.remove(name);
        }
        Some((subject?, found?))
    }

    fn learn(&mut self, event: &Event) {
        let name = match &event.about {
            About::Device(name) | About::Unit(name) => name,
            _ => return,
        };
        if event.kind == Kind::DeviceAdded {
            // Another drive may get the name.
            self.serials.remove(name);
            self.removable.remove(name);
            let to = event.text(Field::Words).and_then(|words| words.split(' ').next()).unwrap_or_default();
            if to.starts_with("umass") {
                self.removable.insert(name.clone());
            }
            self.attached.insert(to.to_owned(), name.clone());
        }
        if let Some(serial) = event.text(Field::Serial).filter(|serial| is_serial(serial)) {
            self.serials.insert(name.clone(), serial.trim().to_owned());
        }
    }

    /// None of what is about media that people take in and out.
    fn subject(&self, host: &str, event: &Event) -> Option<Subject> {
        let within = |kind, path: &str| Subject::within(kind, host, path);
        let drive = |name: &str| self.serials.get(name).map(|serial| Subject::drive(serial));
        Some(match &event.about {
            About::Device(name) => {
                // `ada0p2`, `nda0p1`: a part of a disk.
                let disk = name.find('p').and_then(|at| name.get(..at)).filter(|disk| self.serials.contains_key(*disk));
                let disk = disk.unwrap_or(name);
                if NO_DRIVES.iter().any(|no| disk.starts_with(no)) || self.removable.contains(disk) {
                    return None;
                }
                let is_array = ["mfid", "aacd"].iter().any(|array| disk.starts_with(array));
                drive(disk).unwrap_or_else(|| if is_array { within(Of::Array, disk) } else { Subject::host(host) })
            }
            About::Unit(name) => {
                let only = || self.attached.get(name).and_then(|disk| drive(disk));
                let card = |name: &str| match CARDS.iter().find(|card| name.starts_with(**card)) {
                    // The tools count MegaRAID cards as FreeBSD does.
                    Some(_) if name.starts_with("mfi") || name.starts_with("mrsas") => {
                        let number = name.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
                        within(Of::Controller, &format!("c{number}"))
                    }
                    Some(_) => array_of_card(event, host, name).unwrap_or_else(|| within(Of::Controller, name)),
                    None => Subject::host(host),
                };
                let shared = CARDS.iter().any(|card| name.starts_with(card));
                drive(name).or_else(|| if shared { None } else { only() }).unwrap_or_else(|| card(name))
            }
            About::Array(name) | About::Pool(name) => within(Of::Array, name),
            About::Unnamed => Subject::host(host),
        })
    }
}

/// A logical drive that a card speaks of.
fn array_of_card(event: &Event, host: &str, card: &str) -> Option<Subject> {
    event.text(Field::State)?;
    let path = format!("{card}/l{}", event.text(Field::Slot)?);
    Some(Subject::within(Of::Array, host, &path))
}

/// Optical drives, and file systems that lie on them.
const NO_DRIVES: [&str; 2] = ["cd", "iso9660/"];

/// Drivers of cards that several drives hang on.
const CARDS: [&str; 9] = ["mfi", "mrsas", "mps", "mpr", "mpt", "ciss", "aac", "twa", "tws"];

/// What a line tells of trouble by itself; lines that only add to another, and those of a start, tell nothing.
fn found(event: &Event) -> Option<Found> {
    use Severity::{Critical, Info, Warning};
    let unit = match &event.about {
        About::Device(name) | About::Unit(name) | About::Array(name) | About::Pool(name) => name.as_str(),
        About::Unnamed => "",
    };
    let (kind, severity) = match event.kind {
        Kind::CommandTimeout | Kind::InterruptLost => (Trouble::NoAnswer, Warning),
        Kind::TransportError => (Trouble::Link, Warning),
        Kind::SenseKey => return by_sense(event),
        Kind::AtaError => {
            let says =
                |bit: &str| event.text(Field::Words).is_some_and(|words| words.split(' ').any(|word| word == bit));
            let kind = match (says("UNC"), says("ICRC")) {
                (true, _) => Trouble::Medium,
                (_, true) => Trouble::Link,
                _ => Trouble::Command,
            };
            (kind, Warning)
        }
        Kind::IoError => by_error(event)?,
        Kind::DeviceRemoved | Kind::DeviceDisabled | Kind::RequestRejected => (Trouble::Gone, Warning),
        Kind::Reset | Kind::ResetFailed if is_channel(unit) => (Trouble::Link, Warning),
        Kind::Reset => (Trouble::Controller, Warning),
        Kind::ResetFailed | Kind::ControllerFault | Kind::ControllerDead => (Trouble::Controller, Critical),
        Kind::AdminError => (Trouble::Controller, Warning),
        Kind::IdentifyFailed => (Trouble::Command, Warning),
        Kind::PcieError => (Trouble::Bus, Info),
        Kind::ReadRetried if matches!(event.about, About::Pool(_)) => (Trouble::Member, Warning),
        Kind::ReadRetried => (Trouble::Medium, Warning),
        Kind::MemberKicked | Kind::Mismatch | Kind::SyncInterrupted => (Trouble::Member, Warning),
        Kind::MemberFailed => return Some(Found { fact: Fact::DriveFailed, severity: Critical }),
        Kind::ArrayFailed => return Some(state(ArrayState::Failed)),
        Kind::SyncStarted => return Some(Found { fact: Fact::RebuildStarted, severity: Warning }),
        Kind::SyncDone => return Some(Found { fact: Fact::RebuildCompleted, severity: Info }),
        Kind::ArrayStarted => return by_start(event),
        Kind::Continuing => return by_member(event.text(Field::State)?),
        Kind::UnitAttention => return by_asynchronous_event(event),
        Kind::ControllerEvent => return by_own_words(event),
        _ => return None,
    };
    Some(Found::trouble(kind, severity))
}

/// A state, and how bad it is.
fn state(state: ArrayState) -> Found {
    let severity = match state {
        ArrayState::Optimal => Severity::Info,
        ArrayState::Rebuilding | ArrayState::Unknown => Severity::Warning,
        ArrayState::Degraded | ArrayState::Failed => Severity::Critical,
    };
    Found { fact: Fact::State(state), severity }
}

/// Ports that one drive hangs on.
fn is_channel(unit: &str) -> bool {
    ["ahcich", "siisch", "mvsch", "ata"].iter().any(|channel| unit.starts_with(channel))
}

/// By the additional code, else by the key. That there is no medium is no trouble.
fn by_sense(event: &Event) -> Option<Found> {
    let byte = |field| event.number(field).and_then(|number| u8::try_from(number).ok());
    let additional = byte(Field::Asc).zip(byte(Field::Ascq)).map(|(code, qualifier)| Additional { code, qualifier });
    if additional.is_some_and(|additional| additional.code == NO_MEDIUM) {
        return None;
    }
    let by_code = additional.and_then(Additional::meaning).and_then(answered);
    let key = event.text(Field::Sense)?.trim_start_matches("Deferred error: ");
    let by_key = || Some(Found::trouble(kinds::by_sense_key(key)?, Severity::Warning));
    // A drive says after every start that it was switched on.
    let is_start = |found: &Found| matches!(found.fact, Fact::Trouble { kind: Trouble::PowerOn, .. });
    let by_code = by_code.map(|(fact, severity)| Found { fact, severity });
    by_code.filter(|found| !is_start(found)).or_else(by_key)
}

/// MEDIUM NOT PRESENT (SPC-4, annex on additional sense codes).
const NO_MEDIUM: u8 = 0x3a;

/// `Error 5, Retries exhausted`; an NVMe status; a request of a file system.
fn by_error(event: &Event) -> Option<(Trouble, Severity)> {
    if let Some(sct) = event.number(Field::Sct) {
        return Some((kinds::by_status_type(sct), Severity::Warning));
    }
    let of_file_system = event.text(Field::Device).is_some();
    Some(match event.number(Field::Errno) {
        // sys/sys/errno.h: invalid argument, not supported: a drive need not know every command.
        Some(22 | 45) => return None,
        // Device not configured: it is gone.
        Some(6) => (Trouble::Gone, Severity::Warning),
        _ if of_file_system => (Trouble::FileSystem, Severity::Warning),
        _ => (Trouble::Command, Severity::Warning),
    })
}

/// With how many members a mirror starts; in which state a volume is.
fn by_start(event: &Event) -> Option<Found> {
    if let Some((count, of)) = event.number(Field::Count).zip(event.number(Field::Of)) {
        return Some(state(if count < of { ArrayState::Degraded } else { ArrayState::Optimal }));
    }
    let word = event.text(Field::State)?;
    Some(state(match word.to_ascii_lowercase().as_str() {
        "optimal" => ArrayState::Optimal,
        "degraded" | "partially degraded" | "suboptimal" => ArrayState::Degraded,
        "offline" | "broken" => ArrayState::Failed,
        "starting" | "stopped" => return None,
        _ => return Some(unknown_word(word)),
    }))
}

/// States of disks and subdisks (`g_raid_disk_state2str`, `g_raid_subdisk_state2str` in sys/geom/raid/g_raid.c).
fn by_member(word: &str) -> Option<Found> {
    Some(match word {
        "ACTIVE" | "SPARE" | "NONE" | "NEW" => return None,
        "REBUILD" | "RESYNC" | "NEW_SYNC" => Found { fact: Fact::RebuildStarted, severity: Severity::Warning },
        "FAILED" => Found::trouble(Trouble::Member, Severity::Critical),
        _ => Found::trouble(Trouble::Member, Severity::Warning),
    })
}

/// NVM Express 1.4, figures 146 to 148: type 0 is an error, type 1 the drive's health.
fn by_asynchronous_event(event: &Event) -> Option<Found> {
    Some(match (event.number(Field::Code)?, event.number(Field::Opcode)?) {
        (1, 1) => Found::trouble(Trouble::Housing, Severity::Warning),
        (1, _) => Found { fact: Fact::FailurePredicted, severity: Severity::Critical },
        (0, _) => Found::trouble(Trouble::Command, Severity::Warning),
        _ => return None,
    })
}

/// What a controller itself words. Words that are not known are a warning.
fn by_own_words(event: &Event) -> Option<Found> {
    let words = event.text(Field::Words).unwrap_or_default();
    if let Some(word) = event.text(Field::State) {
        return Some(by_logical_drive(word));
    }
    if event.about == About::Unnamed {
        return None;
    }
    Some(match event.text(Field::Class) {
        // 3ware's.
        Some("INFO" | "DEBUG") => return None,
        Some(_) if words.starts_with("Degraded unit") => state(ArrayState::Degraded),
        Some("ERROR") => Found::trouble(Trouble::Member, Severity::Critical),
        Some(_) => Found::trouble(Trouble::Member, Severity::Warning),
        None if words.contains("temperature") => Found::trouble(Trouble::Housing, Severity::Warning),
        None if matches!(&event.about, About::Unit(name) if name.starts_with("nvme")) => {
            Found { fact: Fact::FailurePredicted, severity: Severity::Critical }
        }
        None => Found { fact: Fact::Event { number: 0, times: 1 }, severity: Severity::Warning },
    })
}

/// States of a logical drive of a Smart Array (`ciss_name_ldisk_status` in sys/dev/ciss/ciss.c; the controller writes underscores).
fn by_logical_drive(word: &str) -> Found {
    match word.to_ascii_lowercase().replace('_', " ").as_str() {
        "ok" => state(ArrayState::Optimal),
        "failed" => state(ArrayState::Failed),
        "interim recovery"
        | "ready for recovery"
        | "wrong physical drive replaced"
        | "physical drive not properly connected" => state(ArrayState::Degraded),
        "recovering" => state(ArrayState::Rebuilding),
        "hardware is overheating" | "hardware has overheated" => Found::trouble(Trouble::Housing, Severity::Critical),
        _ => unknown_word(word),
    }
}

/// A state in a word that nobody knows: at least a warning, as of the outputs of tools.
fn unknown_word(word: &str) -> Found {
    let text = format!("its state is \u{ab}{}\u{bb}, which is not known", clean(word));
    let array = ArrayRead { state: ArrayState::Unknown, level: None, members: Vec::new(), carries: Vec::new() };
    let reading = Reading { thing: Thing::Array(array), reasons: vec![state_word(&text)], unread: None };
    Found { fact: Fact::Read(Box::new(reading)), severity: Severity::Warning }
}
