//! The event log of the controller.

use super::codes::{Says, says};
use super::{bay, enclosed};
use crate::model::{ArrayState, Fact, Kind, Severity, Subject, Trouble};
use crate::observe::machine::Event as Told;
use crate::probes::megaraid::Answers;
use crate::words::clean;
use arraywatch_parsers::megaraid::device::{self, DriveState};
use arraywatch_parsers::megaraid::event::{Args, Class, DriveArg, Event, Time};
use arraywatch_parsers::scsi::sense::{self, Meaning};
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The logs of the controllers of a host, by their number.
const LOGS: [&str; 16] = [
    "megaraid-c0",
    "megaraid-c1",
    "megaraid-c2",
    "megaraid-c3",
    "megaraid-c4",
    "megaraid-c5",
    "megaraid-c6",
    "megaraid-c7",
    "megaraid-c8",
    "megaraid-c9",
    "megaraid-c10",
    "megaraid-c11",
    "megaraid-c12",
    "megaraid-c13",
    "megaraid-c14",
    "megaraid-c15",
];

/// Seconds from 1970-01-01 to 2000-01-01, from which the controller counts.
const EPOCH: i64 = 946_684_800;

/// What its event log tells.
pub(in crate::observe::machine) fn events(host: &str, answers: &Answers, at: DateTime<Utc>) -> Vec<Told> {
    let number = answers.path.strip_prefix('c').and_then(|number| number.parse::<usize>().ok());
    // The number in the name would be lost of the seventeenth controller of a host, not the events.
    let log = number.and_then(|number| LOGS.get(number).copied()).unwrap_or("megaraid");
    let zone = answers.zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
    let clock = Clock { zone, events: &answers.events, at };
    let told = answers.events.iter().enumerate().map(|(index, event)| {
        let (at, written) = clock.when(index, event);
        let (fact, severity) = fact(event);
        let subject = subject(host, answers, event, &fact);
        let words = event.text.as_deref().map_or_else(|| format!("event {:04X}h", event.code), clean);
        let text = format!("{words} (event {})", event.sequence);
        Told { log, name: name(event), at, written: Some(written), subject, fact, severity, text }
    });
    told.collect()
}

/// The sequence number, the time and the code as the controller has them: for ever this event.
fn name(event: &Event) -> Vec<u8> {
    let time = match event.time {
        Time::Clock(seconds) => seconds,
        Time::SinceBoot(seconds) => seconds | 0xff00_0000,
    };
    [event.sequence, time, event.code].into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Tells the time of events.
struct Clock<'a> {
    zone: Tz,
    events: &'a [Event],
    at: DateTime<Utc>,
}

impl Clock<'_> {
    /// When an event was, and the time as the controller has it.
    fn when(&self, index: usize, event: &Event) -> (DateTime<Utc>, String) {
        match event.time {
            Time::Clock(seconds) => {
                let local = local(seconds);
                (
                    self.utc(seconds),
                    local.map(|local| local.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default(),
                )
            }
            Time::SinceBoot(seconds) => {
                (self.since_boot(index, seconds), format!("{seconds} s after the controller started"))
            }
        }
    }

    /// From the controller's clock, which its tools set to the host's local time. What is in the log has happened.
    fn utc(&self, seconds: u32) -> DateTime<Utc> {
        let Some(local) = local(seconds) else { return self.at };
        // An hour that there is twice is the first; one that there is not, as if it were UTC.
        let zoned = self.zone.from_local_datetime(&local).earliest().map(|zoned| zoned.to_utc());
        zoned.unwrap_or_else(|| local.and_utc()).min(self.at)
    }

    /// From the start of the controller on: the event that tells when its clock was set tells both times; else it was before the next
    /// event that has a time.
    fn since_boot(&self, index: usize, seconds: u32) -> DateTime<Utc> {
        for later in self.events.iter().skip(index) {
            if let Args::Time { clock: Time::Clock(clock), seconds: since } = later.args {
                let ago = TimeDelta::seconds(i64::from(since) - i64::from(seconds));
                return self.utc(clock).checked_sub_signed(ago).unwrap_or(self.at).min(self.at);
            }
            if let Time::Clock(clock) = later.time {
                return self.utc(clock);
            }
        }
        self.at
    }
}

fn local(seconds: u32) -> Option<NaiveDateTime> {
    Some(DateTime::from_timestamp(EPOCH.checked_add(seconds.into())?, 0)?.naive_utc())
}

/// What an event comes to: by its code, else by its class.
pub(in crate::observe) fn fact(event: &Event) -> (Fact, Severity) {
    let by_code = says(event.code).and_then(|says| match (says, &event.args) {
        (Says::Fact(fact, severity), _) => Some((fact, severity)),
        (Says::ArrayState, Args::ArrayState { to, .. }) => Some(array_state(*to)),
        (Says::DriveState, Args::DriveState { to, .. }) => {
            Some(drive_state(*to).unwrap_or((Fact::Logged { number: event.code }, Severity::Info)))
        }
        (Says::Sense, Args::Sense { sense, .. }) => {
            sense::parse(sense).and_then(|sense| answered(sense.additional?.meaning()?))
        }
        _ => None,
    });
    let number = event.code;
    by_code.unwrap_or(match event.class {
        Class::Debug | Class::Progress | Class::Info => (Fact::Logged { number }, Severity::Info),
        Class::Warning | Class::Unknown(_) => (Fact::Event { number, times: 1 }, Severity::Warning),
        Class::Critical | Class::Fatal | Class::Dead => (Fact::Event { number, times: 1 }, Severity::Critical),
    })
}

/// What an array's new state comes to.
pub(in crate::observe) fn array_state(to: device::ArrayState) -> (Fact, Severity) {
    match to {
        device::ArrayState::Optimal => (Fact::State(ArrayState::Optimal), Severity::Info),
        device::ArrayState::PartiallyDegraded | device::ArrayState::Degraded => {
            (Fact::State(ArrayState::Degraded), Severity::Critical)
        }
        device::ArrayState::Offline => (Fact::State(ArrayState::Failed), Severity::Critical),
        device::ArrayState::Unknown(_) => (Fact::State(ArrayState::Unknown), Severity::Warning),
    }
}

/// What a drive's new state comes to; none of one that it may well have.
pub(in crate::observe) fn drive_state(to: DriveState) -> Option<(Fact, Severity)> {
    match to {
        DriveState::Failed | DriveState::UnconfiguredBad => Some((Fact::DriveFailed, Severity::Critical)),
        DriveState::Rebuild => Some((Fact::RebuildStarted, Severity::Warning)),
        // By a person or by the firmware: the array works without it.
        DriveState::Offline | DriveState::Unknown(_) => {
            Some((Fact::Trouble { kind: Trouble::Member, times: 1 }, Severity::Warning))
        }
        _ => None,
    }
}

/// What a drive's answer comes to, by its additional sense code.
pub(in crate::observe) fn answered(meaning: Meaning) -> Option<(Fact, Severity)> {
    let trouble = |kind| (Fact::Trouble { kind, times: 1 }, Severity::Warning);
    Some(match meaning {
        Meaning::PredictsFailure => (Fact::FailurePredicted, Severity::Critical),
        Meaning::Medium => trouble(Trouble::Medium),
        Meaning::Hardware => trouble(Trouble::Command),
        Meaning::Link => trouble(Trouble::Link),
        Meaning::PowerOrReset => trouble(Trouble::PowerOn),
        _ => return None,
    })
}

/// What it is about: a bay rather than a drive, for nobody knows which drive sat there then; an array; else the controller.
fn subject(host: &str, answers: &Answers, event: &Event, fact: &Fact) -> Subject {
    let bay = event.drive().map(|drive| place(host, answers, drive));
    about(host, &answers.path, bay, event.array().map(|array| array.target), fact)
}

/// What an event of a controller is about: the bay or the array that it names, by what it says.
pub(in crate::observe) fn about(
    host: &str,
    path: &str,
    bay: Option<Subject>,
    array: Option<u16>,
    fact: &Fact,
) -> Subject {
    let array = array.map(|target| Subject::within(Kind::Array, host, &format!("{path}/l{target}")));
    let of_array = matches!(fact, Fact::State(_));
    match (bay, array) {
        (Some(bay), _) if !of_array => bay,
        (_, Some(array)) => array,
        // The number of the array is not told.
        _ if of_array => Subject::within(Kind::Array, host, path),
        _ if *fact == Fact::PowerEvent => Subject::within(Kind::Power, host, ""),
        _ => Subject::within(Kind::Controller, host, path),
    }
}

/// The bay of a drive. The event has the enclosure by its index, the list of drives has both: its index and its number.
fn place(host: &str, answers: &Answers, drive: DriveArg) -> Subject {
    let known = answers.drives.iter().map(|drive| &drive.address).chain(&answers.enclosures);
    let enclosure = known.filter(|known| known.enclosure_index == drive.enclosure_index).map(|known| known.enclosure);
    bay(host, &answers.path, enclosure.min().and_then(enclosed), drive.slot.into())
}
