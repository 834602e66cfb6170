//! The words of ipmitool and FreeIPMI for what sections 42.1 and 42.2 of the specification number: data, a source a table.
//!
//! Both tools print the tables' texts in a manner of their own, which changed a little from version to version: capitals, blanks
//! and punctuation tell nothing and are not compared.

use crate::ipmi::event::{What, what};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The event type of a threshold.
pub(super) const THRESHOLD: u8 = 0x01;
/// The event type of the states that a sensor type has of its own.
const SPECIFIC: u8 = 0x6f;

/// Sensor types: `generic_sensor_type_vals` in ipmitool's `ipmi_sel.h` and `sensor_type_desc` of its older versions (1.8.11 to 1.8.19);
/// `ipmi_sensor_types` in FreeIPMI's `ipmi-sensor-types.c` (1.2.1 to 1.6). A name that is the front of another stands behind it.
const TYPES: &[(u8, &[&str])] = &[
    (0x01, &["Temperature"]),
    (0x02, &["Voltage"]),
    (0x03, &["Current"]),
    (0x04, &["Fan"]),
    (0x05, &["Physical Security"]),
    (0x06, &["Platform Security Violation Attempt", "Platform Security"]),
    (0x07, &["Processor"]),
    (0x08, &["Power Supply"]),
    (0x09, &["Power Unit"]),
    (0x0a, &["Cooling Device"]),
    (0x0b, &["Other Units Based Sensor", "Other Units-based Sensor"]),
    (0x0c, &["Memory"]),
    (0x0d, &["Drive Slot / Bay", "Drive Slot"]),
    (0x0e, &["POST Memory Resize"]),
    (0x0f, &["System Firmware Progress", "System Firmware Error", "System Firmwares", "System Firmware"]),
    (0x10, &["Event Logging Disabled"]),
    (0x11, &["Watchdog 1", "Watchdog1"]),
    (0x12, &["System Event"]),
    (0x13, &["Critical Interrupt"]),
    (0x14, &["Button/Switch", "Button"]),
    (0x15, &["Module / Board", "Module/Board"]),
    (0x16, &["Microcontroller/Coprocessor", "Microcontroller"]),
    (0x17, &["Add-in Card", "Add In Card"]),
    (0x18, &["Chassis"]),
    (0x19, &["Chip Set"]),
    (0x1a, &["Other FRU"]),
    (0x1b, &["Cable / Interconnect", "Cable/Interconnect"]),
    (0x1c, &["Terminator"]),
    (0x1d, &["System Boot Initiated"]),
    (0x1e, &["Boot Error"]),
    (0x1f, &["OS Boot"]),
    (0x20, &["OS Critical Stop", "OS Stop / Shutdown", "OS Stop/Shutdown"]),
    (0x21, &["Slot / Connector", "Slot/Connector"]),
    (0x22, &["System ACPI Power State"]),
    (0x23, &["Watchdog 2", "Watchdog2"]),
    (0x24, &["Platform Alert"]),
    (0x25, &["Entity Presence"]),
    (0x26, &["Monitor ASIC/IC", "Monitor ASIC"]),
    (0x27, &["LAN"]),
    (0x28, &["Management Subsystem Health", "Management Subsys Health"]),
    (0x29, &["Battery"]),
    (0x2a, &["Session Audit"]),
    (0x2b, &["Version Change"]),
    (0x2c, &["FRU State"]),
];

/// A text: event type, sensor type whose own table it is (or any), offset.
struct Row {
    kind: u8,
    of: Option<u8>,
    offset: u8,
    text: &'static str,
}

const fn generic(kind: u8, offset: u8, text: &'static str) -> Row {
    Row { kind, of: None, offset, text }
}

const fn specific(of: u8, offset: u8, text: &'static str) -> Row {
    Row { kind: SPECIFIC, of: Some(of), offset, text }
}

/// Texts: `generic_event_types` and `sensor_specific_event_types` in ipmitool's `ipmi_sel.h` (1.8.11 to 1.8.19), then FreeIPMI's
/// `ipmi-sensor-and-event-code-tables.c` (1.2.1 to 1.6), where they differ in more than punctuation.
const ROWS: &[Row] = &[
    generic(0x01, 0x0, "Lower Non-critical going low"),
    generic(0x01, 0x1, "Lower Non-critical going high"),
    generic(0x01, 0x2, "Lower Critical going low"),
    generic(0x01, 0x3, "Lower Critical going high"),
    generic(0x01, 0x4, "Lower Non-recoverable going low"),
    generic(0x01, 0x5, "Lower Non-recoverable going high"),
    generic(0x01, 0x6, "Upper Non-critical going low"),
    generic(0x01, 0x7, "Upper Non-critical going high"),
    generic(0x01, 0x8, "Upper Critical going low"),
    generic(0x01, 0x9, "Upper Critical going high"),
    generic(0x01, 0xa, "Upper Non-recoverable going low"),
    generic(0x01, 0xb, "Upper Non-recoverable going high"),
    generic(0x03, 0, "State Deasserted"),
    generic(0x03, 1, "State Asserted"),
    generic(0x04, 0, "Predictive Failure Deasserted"),
    generic(0x04, 1, "Predictive Failure Asserted"),
    generic(0x05, 0, "Limit Not Exceeded"),
    generic(0x05, 1, "Limit Exceeded"),
    generic(0x07, 0, "Transition to OK"),
    generic(0x07, 1, "Transition to Non-critical from OK"),
    generic(0x07, 2, "Transition to Critical from less severe"),
    generic(0x07, 3, "Transition to Non-recoverable from less severe"),
    generic(0x07, 4, "Transition to Non-critical from more severe"),
    generic(0x07, 5, "Transition to Critical from Non-recoverable"),
    generic(0x07, 6, "Transition to Non-recoverable"),
    generic(0x08, 0, "Device Absent"),
    generic(0x08, 0, "Device Removed/Device Absent"),
    generic(0x08, 1, "Device Present"),
    generic(0x08, 1, "Device Inserted/Device Present"),
    generic(0x09, 0, "Device Disabled"),
    generic(0x09, 1, "Device Enabled"),
    generic(0x0b, 0, "Fully Redundant"),
    generic(0x0b, 0, "Fully Redundant (formerly \"Redundancy Regained\")"),
    generic(0x0b, 0, "Redundancy Regained"),
    generic(0x0b, 1, "Redundancy Lost"),
    generic(0x0b, 2, "Redundancy Degraded"),
    generic(0x0b, 3, "Non-Redundant: Sufficient from Redundant"),
    generic(0x0b, 3, "Non-redundant:Sufficient Resources from Redundant"),
    generic(0x0b, 3, "Entered from Redundancy Degraded or Fully Redundant"),
    generic(0x0b, 4, "Non-Redundant: Sufficient from Insufficient"),
    generic(0x0b, 4, "Non-redundant:Sufficient Resources from Insufficient Resources"),
    generic(0x0b, 4, "Entered from Non-redundant:Insufficient Resources"),
    generic(0x0b, 5, "Non-Redundant: Insufficient Resources"),
    generic(0x0b, 6, "Redundancy Degraded from Fully Redundant"),
    generic(0x0b, 7, "Redundancy Degraded from Non-Redundant"),
    specific(0x05, 0, "General Chassis intrusion"),
    specific(0x05, 1, "Drive Bay intrusion"),
    specific(0x08, 0, "Presence detected"),
    specific(0x08, 1, "Failure detected"),
    specific(0x08, 1, "Power Supply Failure detected"),
    specific(0x08, 2, "Predictive failure"),
    specific(0x08, 3, "Power Supply AC lost"),
    specific(0x08, 3, "Power Supply input lost (AC/DC)"),
    specific(0x08, 3, "Power Supply input lost"),
    specific(0x08, 3, "Input Lost (AC/DC)"),
    specific(0x08, 4, "AC lost or out-of-range"),
    specific(0x08, 4, "Power Supply input lost or out-of-range"),
    specific(0x08, 4, "Input Lost or Out-Of-Range"),
    specific(0x08, 5, "AC out-of-range, but present"),
    specific(0x08, 5, "Power Supply input out-of-range, but present"),
    specific(0x08, 5, "Input Out-Of-Range, But Present"),
    specific(0x08, 6, "Config Error"),
    specific(0x08, 6, "Config Error: Vendor Mismatch"),
    specific(0x08, 6, "Config Error: Revision Mismatch"),
    specific(0x08, 6, "Config Error: Processor Missing"),
    specific(0x08, 6, "Config Error: Power Supply Rating Mismatch"),
    specific(0x08, 6, "Config Error: Voltage Rating Mismatch"),
    specific(0x08, 6, "Configuration error"),
    specific(0x08, 7, "Power Supply Inactive"),
    specific(0x08, 7, "Power Supply Inactive (in standby state)"),
    specific(0x09, 0, "Power off/down"),
    specific(0x09, 0, "Power Off/Power Down"),
    specific(0x09, 1, "Power cycle"),
    specific(0x09, 1, "Power Cycle/Reset"),
    specific(0x09, 2, "240VA power down"),
    specific(0x09, 3, "Interlock power down"),
    specific(0x09, 4, "AC lost"),
    specific(0x09, 4, "AC lost/Power input lost"),
    specific(0x09, 5, "Soft-power control failure"),
    specific(0x09, 5, "Soft Power Control Failure (unit did not respond to request to turn on)"),
    specific(0x09, 6, "Failure detected"),
    specific(0x09, 6, "Power Unit Failure detected"),
    specific(0x09, 7, "Predictive failure"),
    specific(0x0d, 0, "Drive Present"),
    specific(0x0d, 0, "Drive Presence"),
    specific(0x0d, 1, "Drive Fault"),
    specific(0x0d, 2, "Predictive Failure"),
    specific(0x0d, 3, "Hot Spare"),
    specific(0x0d, 4, "Parity Check In Progress"),
    specific(0x0d, 4, "Consistency Check / Parity Check in progress"),
    specific(0x0d, 5, "In Critical Array"),
    specific(0x0d, 6, "In Failed Array"),
    specific(0x0d, 7, "Rebuild In Progress"),
    specific(0x0d, 7, "Rebuild/Remap in progress"),
    specific(0x0d, 8, "Rebuild Aborted"),
    specific(0x0d, 8, "Rebuild/Remap Aborted (was not completed normally)"),
    specific(0x0d, 8, "Rebuild/Remap Aborted"),
    specific(0x10, 0, "Correctable memory error logging disabled"),
    specific(0x10, 1, "Event logging disabled"),
    specific(0x10, 1, "Event Type Logging Disabled"),
    specific(0x10, 2, "Log area reset/cleared"),
    specific(0x10, 3, "All event logging disabled"),
    specific(0x10, 4, "Log full"),
    specific(0x10, 4, "SEL Full"),
    specific(0x10, 5, "Log almost full"),
    specific(0x10, 5, "SEL Almost Full"),
    specific(0x10, 6, "Correctable Machine Check Error Logging Disabled"),
    specific(0x12, 0, "System Reconfigured"),
    specific(0x12, 1, "OEM System boot event"),
    specific(0x12, 2, "Undetermined system hardware failure"),
    specific(0x12, 3, "Entry added to auxiliary log"),
    specific(0x12, 4, "PEF Action"),
    specific(0x12, 5, "Timestamp Clock Sync"),
    specific(0x12, 5, "Timestamp Clock Synch"),
    specific(0x13, 0x0, "NMI/Diag Interrupt"),
    specific(0x13, 0x0, "Front Panel NMI/Diagnostic Interrupt"),
    specific(0x13, 0x1, "Bus Timeout"),
    specific(0x13, 0x2, "I/O Channel check NMI"),
    specific(0x13, 0x3, "Software NMI"),
    specific(0x13, 0x4, "PCI PERR"),
    specific(0x13, 0x5, "PCI SERR"),
    specific(0x13, 0x6, "EISA failsafe timeout"),
    specific(0x13, 0x6, "EISA Fail Safe Timeout"),
    specific(0x13, 0x7, "Bus Correctable error"),
    specific(0x13, 0x8, "Bus Uncorrectable error"),
    specific(0x13, 0x9, "Fatal NMI"),
    specific(0x13, 0xa, "Bus Fatal Error"),
    specific(0x13, 0xb, "Bus Degraded"),
    specific(0x13, 0xb, "Bus Degraded (bus operating in a degraded performance state)"),
    specific(0x1b, 0, "Connected"),
    specific(0x1b, 0, "Cable/Interconnect is connected"),
    specific(0x1b, 1, "Config Error"),
    specific(0x1b, 1, "Configuration Error - Incorrect cable connected / Incorrect interconnection"),
    specific(0x29, 0, "Low"),
    specific(0x29, 0, "battery low (predictive failure)"),
    specific(0x29, 1, "Failed"),
    specific(0x29, 1, "battery failed"),
    specific(0x29, 2, "Presence Detected"),
    specific(0x29, 2, "battery presence detected"),
];

/// Sensor types all of whose states stand in the table, so that a known text of another type is none of theirs.
const COMPLETE: [u8; 8] = [0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0d, 0x29];

/// A text, as a state of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The event type.
    pub(super) kind: u8,
    /// What came or went.
    pub(super) what: What,
}

/// Numbers and names of sensor types.
type Names = Vec<(u8, &'static str)>;

/// Names of sensor types by their first two letters.
static NAMES: LazyLock<BTreeMap<[u8; 2], Names>> = LazyLock::new(|| {
    let mut by_letters: BTreeMap<_, Names> = BTreeMap::new();
    for (number, name) in TYPES.iter().flat_map(|(number, names)| names.iter().map(move |name| (*number, *name))) {
        by_letters.entry(first_letters(name).unwrap_or_default()).or_default().push((number, name));
    }
    by_letters
});

fn first_letters(text: &str) -> Option<[u8; 2]> {
    text.as_bytes().first_chunk().map(|letters: &[u8; 2]| letters.map(|letter| letter.to_ascii_lowercase()))
}

/// The number of a sensor type, and what follows its name.
pub(super) fn sensor_type(text: &str) -> Option<(u8, &str)> {
    let names = NAMES.get(&first_letters(text)?)?.iter();
    names
        .filter_map(|(number, name)| {
            let rest = strip(text, name)?;
            (rest.is_empty() || rest.starts_with([' ', '#'])).then_some((*number, rest.trim_start()))
        })
        .min_by_key(|(_, rest)| rest.len())
}

fn strip<'a>(text: &'a str, front: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(front.len())?;
    (head == front || head.eq_ignore_ascii_case(front)).then_some(rest)
}

/// The rows by their [`look`]: comparing with all texts letter by letter takes long.
static BY_LOOK: LazyLock<BTreeMap<Look, Vec<&Row>>> = LazyLock::new(|| {
    let mut rows: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in ROWS {
        rows.entry(look(row.text)).or_default().push(row);
    }
    rows
});

/// The rows of a text.
fn rows(text: &str) -> impl Iterator<Item = &'static Row> {
    let same = BY_LOOK.get(&look(text)).map(Vec::as_slice).unwrap_or_default();
    same.iter().copied().filter(move |row| is_alike(row.text, text))
}

/// What a text says of a sensor of a type. `None` of a text that is in no table.
pub(super) fn meaning(of: Option<u8>, text: &str) -> Option<Meaning> {
    let row = rows(text).find(|row| row.of.is_none_or(|specific| Some(specific) == of))?;
    Some(Meaning { kind: row.kind, what: what(row.kind, of.unwrap_or_default(), row.offset) })
}

/// Whether a text that means nothing of a sensor of a type cannot be of it: it is known, and of others only.
pub(super) fn is_of_others(of: u8, text: &str) -> bool {
    COMPLETE.contains(&of) && rows(text).next().is_some()
}

/// Whether a text ends as an event does, and where that end begins.
pub(super) fn tail(text: &str) -> Option<usize> {
    let ends = ROWS.iter().map(|row| row.text).filter(|known| known.len() >= TAIL_MIN);
    let end = |known: &str| {
        let at = text.len().checked_sub(known.len())?;
        strip(text.get(at..)?, known).map(|_| at)
    };
    ends.filter_map(end).min()
}

/// Shorter texts could end any line.
const TAIL_MIN: usize = 8;

/// Equal but for capitals, blanks and punctuation.
pub(super) fn is_alike(a: &str, b: &str) -> bool {
    a == b || letters(a).eq(letters(b))
}

fn letters(text: &str) -> impl DoubleEndedIterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}

/// How many letters a text has, the first of them and the last.
type Look = (usize, Option<u8>, Option<u8>);

/// The same of texts that are alike, and of few others.
fn look(text: &str) -> Look {
    // Not by `letters`: so the compiler looks at many bytes at once.
    let count = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    (count, letters(text).next(), letters(text).next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        let check = |text: &str, expect| assert_eq!(sensor_type(text), expect, "{text}");
        check("Power Supply #0x50", Some((0x08, "#0x50")));
        check("Temperature CPU1 Temp", Some((0x01, "CPU1 Temp")));
        check("Drive Slot / Bay Drive 3", Some((0x0d, "Drive 3")));
        check("Drive Slot", Some((0x0d, "")));
        check("System Firmware Error #0x06", Some((0x0f, "#0x06")));
        check("power supply", Some((0x08, "")));
        check("Fans", None);
        check("OEM Reserved", None);
        check("", None);
    }

    #[test]
    fn meanings() {
        let check =
            |of, text: &str, expect| assert_eq!(meaning(of, text).map(|meaning| meaning.what), expect, "{text}");
        check(Some(0x08), "Power Supply AC lost", Some(What::SupplyInputLost));
        check(Some(0x08), "Power Supply input lost (AC/DC)", Some(What::SupplyInputLost));
        check(Some(0x08), "Failure detected", Some(What::SupplyFailed));
        check(Some(0x09), "Failure detected", Some(What::UnitFailed));
        check(Some(0x01), "Failure detected", None);
        check(Some(0x0d), "Drive Fault", Some(What::DriveFault));
        check(None, "Fully Redundant", Some(What::RedundancyFull));
        check(Some(0x08), "went up in smoke", None);
        assert!(is_of_others(0x01, "Power Supply AC lost"));
        assert!(!is_of_others(0x01, "went up in smoke"));
        assert!(!is_of_others(0x0c, "Presence detected"));
    }

    /// Each text is found where it stands, and the threshold forms of both tools are one.
    #[test]
    fn every_text_means_its_row() {
        for Row { kind, of, offset, text, .. } in ROWS {
            let expect = Meaning { kind: *kind, what: what(*kind, of.unwrap_or_default(), *offset) };
            assert_eq!(meaning(*of, text), Some(expect), "{text}");
            assert_ne!(expect.what, What::Unknown, "{text}");
        }
        assert_eq!(
            meaning(Some(0x01), "Upper Critical - going high"),
            meaning(Some(0x01), "Upper Critical going high")
        );
    }
}
