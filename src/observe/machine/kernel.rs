//! What the kernel's log tells of storage: trouble with a drive, with what drives share, with an array.
//!
//! A line becomes an event if it says by itself that something went wrong; lines that only add to another (registers, sense codes,
//! how a reset ended) and lines of a start are counted where the log is read. What is said of `sda` is said of the drive that bore
//! that name then: of another, if one was attached under it since.

pub(in crate::observe) mod kinds;
mod whose;

use super::{Event, Seats};
use crate::model::{Fact, Kind, Severity, Trouble};
use crate::probes::Topology;
use crate::probes::kernel::Log;
use crate::words::clean;
use chrono::{DateTime, TimeDelta, Utc};
use whose::Whose;

/// What its stream is called.
pub(in crate::observe) const LOG: &str = "kernel";

/// What it tells.
pub(super) fn events(host: &str, log: &Log, topology: &Topology, seats: &Seats, at: DateTime<Utc>) -> Vec<Event> {
    let mut whose = Whose::new(host, log, topology, seats);
    let boot = topology.boot_id.as_deref().unwrap_or("an unnamed start");
    let started = topology.boot_time.and_then(|start| DateTime::from_timestamp(start, 0));
    let mut events = Vec::new();
    for told in &log.told {
        // Whether a link was up before and what the line before was about is known of what was passed over, too.
        let found = kinds::of(&told.event, &told.text);
        let Some(subject) = whose.subject(told, found.as_ref()) else { continue };
        let Some(mut found) = found else { continue };
        if found.fact == Fact::DriveFailed && subject.kind() != Kind::Drive {
            // The drive is gone, and which it was is for the reading of the array to say, which knows its serial number.
            found.fact = Fact::Trouble { kind: Trouble::Member, times: 1 };
        }
        let since = i64::try_from(told.micros).map(TimeDelta::microseconds).unwrap_or_default();
        let when = started.and_then(|started| started.checked_add_signed(since)).unwrap_or(at);
        let line = if told.line == 0 { String::new() } else { format!(" {}", told.line) };
        events.push(Event {
            log: LOG,
            name: format!("{boot} {}{line}", told.sequence).into_bytes(),
            // Both clocks are set by people.
            at: when.min(at),
            written: Some(format!("[{:5}.{:06}]", told.micros / 1_000_000, told.micros % 1_000_000)),
            subject,
            fact: found.fact,
            severity: found.severity,
            text: clean(told.text.trim()),
        });
    }
    events
}

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::observe) struct Found {
    /// What is so.
    pub(in crate::observe) fact: Fact,
    /// How bad it is.
    pub(in crate::observe) severity: Severity,
}

impl Found {
    /// Trouble of a kind.
    pub(in crate::observe) const fn trouble(kind: Trouble, severity: Severity) -> Self {
        Self { fact: Fact::Trouble { kind, times: 1 }, severity }
    }
}

#[cfg(test)]
mod tests;
