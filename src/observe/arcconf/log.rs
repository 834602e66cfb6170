//! What a controller and its phys count and log.

use super::Card;
use crate::model::{Fact, Kind, Severity, Subject, Trouble};
use crate::observe::machine::Event;
use crate::observe::output::is_serial;
use crate::words::{clean, number_of};
use arraywatch_parsers::adaptec::arcconf::logs::{self, ControllerLog, Count, DeadDrive, DriveErrors, Entry, Which};
use arraywatch_parsers::adaptec::arcconf::phy::PhyLog;
use arraywatch_parsers::adaptec::arcconf::place::Place;
use arraywatch_parsers::adaptec::arcconf::{self, Run};
use arraywatch_parsers::scsi::sense::{self, Meaning};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// The stream of its logs.
pub(super) const LOGS: &str = "arcconf-getlogs";

/// The stream of what phys count.
pub(super) const PHYS: &str = "arcconf-phyerrorlog";

/// The channel of enclosures; drives are on lower ones.
const ENCLOSURES: u32 = 2;

/// Errors that SATA phys count by the standard (ACS-4, phy event counters); 09h and 0Ah count resets, which no error need cause.
const SATA_ERRORS: [u32; 12] = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0b, 0x0d, 0x0f, 0x12];

/// Names of what a battery does begin so.
const BATTERY: &str = "FSA_BATTERY_";

/// It is charged.
const CHARGED: &str = "FSA_BATTERY_GOOD";

/// What an entry comes to.
struct Says {
    fact: Fact,
    severity: Severity,
    text: String,
}

fn trouble(kind: Trouble, times: u64, severity: Severity, text: String) -> Says {
    Says { fact: Fact::Trouble { kind, times }, severity, text }
}

/// What has to be known of all entries of logs before one is told.
#[derive(Debug, Default)]
pub(super) struct Sum {
    /// How many events they come to.
    events: u64,
    /// When a log says last that the battery is charged: by where the log's output begins, and the number of logs up to this one in it.
    charged: BTreeMap<(usize, usize), i64>,
}

impl Sum {
    /// Hears an entry of the last log of an output.
    pub(super) fn hear(&mut self, run: &Run, entry: &Entry<'_>) {
        self.events += match entry {
            Entry::DriveErrors(errors) => counted(errors).len() as u64,
            Entry::DeadDrive(_) | Entry::Event(_) => 1,
        };
        if let Some(at) = charged_at(entry) {
            let last = self.charged.entry((run.span.start, run.logs.len())).or_insert(at);
            *last = at.max(*last);
        }
    }

    /// How many events [`entries`] tells of the outputs whose entries it heard.
    pub(super) fn told(&self, runs: &[Run]) -> u64 {
        let phys = runs.iter().flat_map(|run| &run.phys).map(|log| errors(log).count() as u64);
        self.events + phys.sum::<u64>()
    }
}

/// Tells what its logs and its phys' counters say. Entries are read anew from the bytes of their output.
pub(super) fn entries(card: &Card<'_>, bytes: &[u8], sum: &Sum, at: DateTime<Utc>, each: &mut dyn FnMut(&Event)) {
    for run in card.runs.iter().filter(|run| !run.logs.is_empty()) {
        let bytes = bytes.get(run.span.clone()).unwrap_or_default();
        arcconf::read(bytes, &mut |again, entry| {
            let Some(log) = again.logs.last() else { return };
            let charged = sum.charged.get(&(run.span.start, again.logs.len())).copied();
            of_entry(card, log, entry, charged, at).iter().for_each(&mut *each);
        });
    }
    for log in card.runs.iter().flat_map(|run| &run.phys) {
        of_phys(card, log, at).iter().for_each(&mut *each);
    }
}

/// What an entry says. `charged`: when the log says last that the battery is.
fn of_entry(
    card: &Card<'_>,
    log: &ControllerLog,
    entry: &Entry<'_>,
    charged: Option<i64>,
    at: DateTime<Utc>,
) -> Vec<Event> {
    let read_at = log.time.and_then(|time| DateTime::from_timestamp(time, 0)).unwrap_or(at);
    let (which, said, time, written) = match entry {
        Entry::DriveErrors(errors) => (errors.which.clone(), counted(errors), read_at, None),
        Entry::DeadDrive(dead) => {
            // The zone of the controller's clock is not told, and what is in the log has happened.
            let time = dead.at.map_or(read_at, |clock| clock.and_utc().min(read_at));
            (dead.which.clone(), vec![given_up(dead)], time, dead.at.map(|clock| clock.to_string()))
        }
        Entry::Event(event) => {
            let happened_at = event.time();
            let time = happened_at.and_then(|time| DateTime::from_timestamp(time, 0)).unwrap_or(read_at);
            let mut said = happened(event);
            // A battery that is charged again was low for a time: after a power cut, or since it learned its capacity.
            if is_battery(event) && charged.is_some_and(|charged| Some(charged) >= happened_at) {
                said.severity = Severity::Info;
            }
            (event.which(), vec![said], time, None)
        }
    };
    let subject = subject(card, &which);
    // What tells an entry from another that says the same.
    let apart = match entry {
        Entry::Event(event) => format!("{:016x}", event.fingerprint()),
        other => format!("{other:?}"),
    };
    let told = said.into_iter().map(|Says { fact, severity, text }| {
        // A counter that stands still says nothing new; an event is what it is at its time.
        let when = if matches!(entry, Entry::DriveErrors(_)) { 0 } else { time.timestamp() };
        let name = format!("{subject} {when} {text} {apart}").into_bytes();
        Event { log: LOGS, name, at: time, written: written.clone(), subject: subject.clone(), fact, severity, text }
    });
    told.collect()
}

/// What an entry is about: the drive, if it is named; else its bay, for nobody knows which drive sat there then.
fn subject(card: &Card<'_>, which: &Which) -> Subject {
    if let Some(serial) = which.serial.as_deref().map(clean).filter(|serial| is_serial(serial)) {
        return Subject::drive(&serial);
    }
    match (which.channel, which.slot, which.device) {
        (Some(ENCLOSURES..), _, device) => {
            let number = which.enclosure.or(device).unwrap_or(0);
            card.within(Kind::Enclosure, &format!("e{number}"))
        }
        (_, Some(slot), _) => card.bay(&Place::Slot { enclosure: which.enclosure, slot }),
        (Some(channel), None, Some(device)) => card.bay(&Place::Channel { channel, device }),
        _ => card.subject(),
    }
}

/// What the controller counts of a drive since its log was cleared.
fn counted(errors: &DriveErrors) -> Vec<Says> {
    use Severity::{Critical, Warning};
    let mut said: Vec<Says> = Vec::new();
    for (count, times) in errors.counts.iter().filter(|(_, times)| *times > 0) {
        let times = *times;
        let (one, many) = match count {
            Count::Parity => ("parity error", "parity errors"),
            Count::Link => ("failure of the link", "failures of the link"),
            Count::Hardware => ("error of its hardware", "errors of its hardware"),
            Count::Aborted => ("command that was given up", "commands that were given up"),
            Count::Medium => ("medium error", "medium errors"),
            Count::SmartWarning => ("warning that it will fail", "warnings that it will fail"),
        };
        let text = format!("its controller counts {}", number_of(times, one, many));
        said.push(match count {
            Count::Parity | Count::Link => trouble(Trouble::Link, times, Warning, text),
            Count::Hardware | Count::Aborted => trouble(Trouble::Command, times, Warning, text),
            Count::Medium => trouble(Trouble::Medium, times, Warning, text),
            Count::SmartWarning => Says { fact: Fact::FailurePredicted, severity: Critical, text },
        });
    }
    if errors.smart_error == Some(true) {
        let text = "its controller heard it say that it fails".to_owned();
        said.push(Says { fact: Fact::FailurePredicted, severity: Critical, text });
    }
    said
}

fn given_up(dead: &DeadDrive) -> Says {
    let place = match (dead.which.enclosure, dead.which.slot) {
        (Some(enclosure), Some(slot)) => format!(" in enclosure {enclosure}, slot {slot}"),
        _ => String::new(),
    };
    let reason = dead.reason.map(|reason| format!(", reason {reason:08X}h")).unwrap_or_default();
    let text = format!("its controller gave it up{place}{reason}");
    Says { fact: Fact::DriveFailed, severity: Severity::Critical, text }
}

/// An event, by its name: the names are those of the firmware (`FSA_…`), and say what they mean.
fn happened(event: &logs::Event<'_>) -> Says {
    use Severity::{Info, Warning};
    let kind = event.kind().unwrap_or("an event without a name");
    let name = event.sub_kind().unwrap_or(kind);
    let text = clean(&if name == kind { kind.to_owned() } else { format!("{name} ({kind})") });
    let number = event.code().unwrap_or(0);
    let logged = |text| Says { fact: Fact::Logged { number }, severity: Info, text };
    match name {
        "FSA_EXE_SCSI_COMMAND_TIMEOUT" => return trouble(Trouble::NoAnswer, 1, Warning, text),
        "FSA_EXE_SCSI_SENSE_DATA" => {
            let additional = sense::parse(&event.sense()).and_then(|sense| sense.additional);
            return match additional.and_then(sense::Additional::meaning) {
                Some(Meaning::PredictsFailure) => {
                    Says { fact: Fact::FailurePredicted, severity: Severity::Critical, text }
                }
                Some(Meaning::Medium) => trouble(Trouble::Medium, 1, Warning, text),
                Some(Meaning::Hardware) => trouble(Trouble::Command, 1, Warning, text),
                Some(Meaning::Link) => trouble(Trouble::Link, 1, Warning, text),
                // After a reset every drive says so.
                _ => logged(text),
            };
        }
        CHARGED | "FSA_EXE_CT_PPI_UPDATE" | "FSA_EM_ENHANCED_BATTERY_CHANGE" => return logged(text),
        _ if name.starts_with(BATTERY) => return trouble(Trouble::Housing, 1, Warning, text),
        _ => {}
    }
    let warns =
        ["FAIL", "ERROR", "DEAD", "DEGRADED", "OFFLINE", "MISSING", "CRITICAL", "BAD", "LOST", "TIMEOUT", "WARN"];
    if warns.iter().any(|word| name.contains(word)) {
        return Says { fact: Fact::Event { number, times: 1 }, severity: Warning, text };
    }
    logged(text)
}

fn is_battery(event: &logs::Event<'_>) -> bool {
    event.sub_kind().is_some_and(|name| name.starts_with(BATTERY))
}

/// When a battery was charged, of an entry that says so.
fn charged_at(entry: &Entry<'_>) -> Option<i64> {
    let Entry::Event(event) = entry else { return None };
    if event.sub_kind() == Some(CHARGED) { event.time() } else { None }
}

/// What phys count: a few are of every start and every plugging in, so they are kept and no case.
fn of_phys(card: &Card<'_>, log: &PhyLog, at: DateTime<Utc>) -> Vec<Event> {
    let serial = log.serial.as_deref().map(clean).filter(|serial| is_serial(serial));
    let channel = log.channel.zip(log.device).map(|(channel, device)| Place::Channel { channel, device });
    let subject = match (serial, channel) {
        (Some(serial), _) => Subject::drive(&serial),
        (None, Some(place)) => card.bay(&place),
        (None, None) => card.subject(),
    };
    let event = |(times, text): (u64, String)| {
        let name = format!("{subject} {text}").into_bytes();
        let Says { fact, severity, text } = trouble(Trouble::Link, times, Severity::Info, text);
        Event { log: PHYS, name, at, written: None, subject: subject.clone(), fact, severity, text }
    };
    errors(log).map(event).collect()
}

/// What phys count, as far as it is errors: how many, and in words.
fn errors(log: &PhyLog) -> impl Iterator<Item = (u64, String)> {
    let phys = log.phys.iter().filter_map(|phy| {
        let count = |count: Option<u64>| count.unwrap_or(0);
        let (words, losses) = (count(phy.invalid_words), count(phy.losses_of_sync));
        let resets = count(phy.reset_problems);
        let all = [words, count(phy.disparity_errors), losses, resets].into_iter().fold(0, u64::saturating_add);
        let text = format!(
            "phy {}: {}, {}, {}",
            phy.number.unwrap_or(0),
            number_of(words, "invalid dword", "invalid dwords"),
            number_of(losses, "loss of synchronization", "losses of synchronization"),
            number_of(resets, "reset problem", "reset problems"),
        );
        (all > 0).then_some((all, text))
    });
    let errors = log.sata.iter().filter(|counter| counter.value > 0 && SATA_ERRORS.contains(&counter.id));
    let sata = errors.map(|counter| (counter.value, format!("{}: {}", clean(&counter.text), counter.value)));
    phys.chain(sata)
}
