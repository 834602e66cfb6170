//! Entries of a MegaRAID controller's log in the kernel's words: no codes, but the texts that belong to them.

use crate::model::{Fact, Kind, Severity, Subject};
use crate::observe::machine::kernel::{Found, kinds};
use crate::observe::machine::megaraid::codes::{Says, says};
use crate::observe::machine::megaraid::log;
use arraywatch_parsers::kernel::controller_event::{ControllerEvent, Place};
use arraywatch_parsers::megaraid::device::{ArrayState, DriveState};
use arraywatch_parsers::scsi::sense::Additional;

/// The code of an entry whose text begins so, from the maker's list of event messages (MegaRAID SAS Software User Guide, appendix on
/// events). What is not here is judged by its class.
const CODES: [(&str, u32); 16] = [
    ("State change on VD", 0x51),
    ("Error on PD", 0x57),
    ("Patrol Read corrected medium error on PD", 0x5d),
    ("Predictive failure: PD", 0x60),
    ("Rebuild complete on VD", 0x63),
    ("Rebuild complete on PD", 0x64),
    ("Rebuild failed on PD", 0x66),
    ("Rebuild started on PD", 0x69),
    ("Rebuild automatically started on PD", 0x6a),
    ("Unrecoverable medium error during recovery on PD", 0x6d),
    ("Corrected medium error during recovery on PD", 0x6e),
    ("Removed: PD", 0x70),
    ("Unexpected sense: PD", 0x71),
    ("State change on PD", 0x72),
    ("PD missing: ", 0x70),
    ("Command timeout on PD", 0x10b),
];

/// The same, of texts that end so.
const ENDS: [(&str, u32); 4] = [
    (" is now OPTIMAL", 0xf9),
    (" is now PARTIALLY DEGRADED", 0xfa),
    (" is now DEGRADED", 0xfb),
    (" is now OFFLINE", 0xfc),
];

/// Warnings that something is not of the maker's choice: the entry says no more than that.
const NO_TROUBLE: [&str; 1] = [" is not a certified drive"];

/// A controller: FreeBSD counts them as the tools do.
pub(super) fn card(host: &str, number: u32) -> Subject {
    Subject::within(Kind::Controller, host, &format!("c{number}"))
}

/// What an entry tells, and of what: a bay, since nobody knows which drive sat there then; an array; else the controller.
pub(super) fn hear(card: &Subject, entry: &ControllerEvent) -> Option<(Subject, Found)> {
    let found = found(entry)?;
    let host = card.host_name()?;
    let path = card.path();
    let subject = match entry.place() {
        Some(Place::Drive { enclosure: Some(enclosure), slot, .. }) => {
            Subject::within(Kind::Bay, host, &format!("{path}/e{enclosure}/s{slot}"))
        }
        Some(Place::Drive { enclosure: None, slot, .. }) => {
            Subject::within(Kind::Bay, host, &format!("{path}/s{slot}"))
        }
        Some(Place::Array { target }) => Subject::within(Kind::Array, host, &format!("{path}/l{target}")),
        None => card.clone(),
    };
    Some((subject, found))
}

fn found(entry: &ControllerEvent) -> Option<Found> {
    let begins = CODES.iter().find(|(text, _)| entry.text.starts_with(text));
    let code = begins.or_else(|| ENDS.iter().find(|(text, _)| entry.text.ends_with(text))).map(|(_, code)| *code);
    let by_code = match code.and_then(says) {
        Some(Says::Fact(fact, severity)) => Some((fact, severity)),
        Some(Says::ArrayState) => return Some(pair(log::array_state(ArrayState::of(entry.new_state()?)))),
        Some(Says::DriveState) => return log::drive_state(DriveState::of(entry.new_state()?)).map(pair),
        Some(Says::Sense) => {
            let (_, code, qualifier) = entry.sense()?;
            return Additional { code, qualifier }.meaning().and_then(log::answered).map(pair);
        }
        None => None,
    };
    if let Some(by_code) = by_code {
        return Some(pair(by_code));
    }
    if NO_TROUBLE.iter().any(|text| entry.text.ends_with(text)) {
        return None;
    }
    let (kind, severity) = kinds::by_class(&entry.class, entry.locale.into())?;
    // The classes from critical on say that a part failed: without loss of data, with it, or the controller itself.
    let of_drive = matches!(entry.place(), Some(Place::Drive { .. }));
    if of_drive && severity == Severity::Critical {
        return Some(Found { fact: Fact::DriveFailed, severity });
    }
    Some(Found::trouble(kind, severity))
}

fn pair((fact, severity): (Fact, Severity)) -> Found {
    Found { fact, severity }
}
