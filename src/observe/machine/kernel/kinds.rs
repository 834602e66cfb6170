//! Which lines tell of trouble, and of which kind.

use super::Found;
use crate::model::{Fact, Severity, Trouble};
use arraywatch_parsers::kernel::storage::{About, Driver, Event, Field, Kind};

/// What a line comes to; nothing if it does not tell of trouble by itself.
pub(in crate::observe) fn of(event: &Event, text: &str) -> Option<Found> {
    if event.kind == Kind::MemberFailed {
        return Some(Found { fact: Fact::DriveFailed, severity: Severity::Critical });
    }
    let (kind, severity) = trouble(event, text)?;
    Some(Found::trouble(kind, severity))
}

fn trouble(event: &Event, text: &str) -> Option<(Trouble, Severity)> {
    use Severity::{Critical, Info, Warning};
    let found = match event.kind {
        Kind::AtaException => (by_error_mask(event.number(Field::Emask)?)?, Warning),
        // `res …`: the result of a command; of one that was not answered there is no other line.
        Kind::TaskFile if event.number(Field::Emask)? & AC_ERR_TIMEOUT != 0 => (Trouble::NoAnswer, Warning),
        Kind::AtaError => {
            let words = event.text(Field::Words).unwrap_or_default();
            let says = |bit: &str| words.split(' ').any(|word| word == bit);
            let kind = match (says("UNC"), says("ICRC")) {
                (true, _) => Trouble::Medium,
                (_, true) => Trouble::Link,
                _ => Trouble::Command,
            };
            (kind, Warning)
        }
        Kind::SataError | Kind::LinkDown | Kind::LinkSlow | Kind::LinkLimited | Kind::TransportError => {
            (Trouble::Link, Warning)
        }
        Kind::CommandFailed if event.driver == Driver::Ata && event.text(Field::Emask).is_some() => {
            (Trouble::Command, Warning)
        }
        Kind::CommandResult => (by_host_byte(event.text(Field::Hostbyte)?)?, Warning),
        Kind::SenseKey => (by_sense_key(event.text(Field::Sense)?)?, Warning),
        Kind::CommandTimeout | Kind::InterruptLost => (Trouble::NoAnswer, Warning),
        Kind::UnitAttention if text.contains("Power-on or device reset occurred") => (Trouble::PowerOn, Warning),
        Kind::IoError if event.driver == Driver::Nvme => (by_status_type(event.number(Field::Sct)?), Warning),
        Kind::UnitNotReady | Kind::IdentifyFailed | Kind::IoError | Kind::TargetError => (Trouble::Command, Warning),
        Kind::MediumError => (Trouble::Medium, Warning),
        Kind::Reset | Kind::ResetFailed => {
            let worse = if event.kind == Kind::ResetFailed { Critical } else { Warning };
            match event.driver {
                Driver::Ata => (Trouble::Link, Warning),
                // A SCSI command is aborted, or its device reset, because it was not answered.
                Driver::Scsi => (Trouble::NoAnswer, worse),
                Driver::Pcie => (Trouble::Bus, worse),
                _ => (Trouble::Controller, worse),
            }
        }
        // An empty device is one that is gone; one that got its size was attached.
        Kind::CapacityChanged => match (event.driver, event.number(Field::Count)?) {
            (Driver::Md, _) => return None,
            (Driver::Ata, _) => (Trouble::Command, Warning),
            (_, 0) => (Trouble::Gone, Warning),
            _ => return None,
        },
        // It is the head of the line that names the device.
        Kind::BeyondEnd if event.about == About::Unnamed => return None,
        Kind::DeviceRemoved | Kind::DeviceDisabled | Kind::RequestRejected | Kind::BeyondEnd => {
            (Trouble::Gone, Warning)
        }
        Kind::SlotLinkDown | Kind::SlotEmpty => (Trouble::Gone, Warning),
        Kind::ControllerFault | Kind::ControllerDead => (Trouble::Controller, Critical),
        Kind::ControllerEvent => return by_class(event.text(Field::Class)?, event.number(Field::Locale).unwrap_or(0)),
        Kind::MemberKicked | Kind::SuperblockError | Kind::Mismatch | Kind::ReadRetried => (Trouble::Member, Warning),
        Kind::ArrayFailed | Kind::ReadUnrecoverable => (Trouble::Member, Critical),
        Kind::ReadCorrected | Kind::ReadNotCorrected => (Trouble::Medium, Warning),
        Kind::PcieError => {
            let corrected = event.text(Field::Severity).is_some_and(|word| word.starts_with("Corrected"));
            (Trouble::Bus, if corrected { Info } else { Warning })
        }
        Kind::PcieNotRecovered | Kind::PcieContained => (Trouble::Bus, Critical),
        Kind::SlotPowerFault => (Trouble::Housing, Critical),
        Kind::FsError => (Trouble::FileSystem, Warning),
        Kind::FsReadOnly | Kind::FsShutdown => (Trouble::FileSystem, Critical),
        _ => return None,
    };
    Some(found)
}

/// `AC_ERR_*` in include/linux/libata.h.
const AC_ERR_HSM: u64 = 1 << 1;
const AC_ERR_TIMEOUT: u64 = 1 << 2;
const AC_ERR_MEDIA: u64 = 1 << 3;
const AC_ERR_ATA_BUS: u64 = 1 << 4;
const AC_ERR_HOST_BUS: u64 = 1 << 5;

/// Of a whole port; where it is 0, the lines that follow say what a command met.
fn by_error_mask(mask: u64) -> Option<Trouble> {
    let has = |bit| mask & bit != 0;
    Some(match () {
        () if mask == 0 => return None,
        () if has(AC_ERR_ATA_BUS) || has(AC_ERR_HSM) => Trouble::Link,
        () if has(AC_ERR_TIMEOUT) => Trouble::NoAnswer,
        () if has(AC_ERR_MEDIA) => Trouble::Medium,
        () if has(AC_ERR_HOST_BUS) => Trouble::Bus,
        () => Trouble::Command,
    })
}

/// Types of NVMe status codes (`NVME_SC_WRITE_FAULT`, `NVME_SC_INTERNAL_PATH_ERROR` in include/linux/nvme.h).
pub(in crate::observe) fn by_status_type(sct: u64) -> Trouble {
    match sct {
        2 => Trouble::Medium,
        3 => Trouble::Link,
        _ => Trouble::Command,
    }
}

/// `DID_*` in include/scsi/scsi_status.h.
fn by_host_byte(word: &str) -> Option<Trouble> {
    Some(match word {
        // The device answered, with sense data that the next line tells.
        "DID_OK" => return None,
        "DID_NO_CONNECT" | "DID_BAD_TARGET" => Trouble::Gone,
        "DID_TIME_OUT" => Trouble::NoAnswer,
        "DID_MEDIUM_ERROR" => Trouble::Medium,
        word if word.starts_with("DID_TRANSPORT_") => Trouble::Link,
        "DID_SOFT_ERROR" | "DID_BUS_BUSY" | "DID_PARITY" | "DID_RESET" | "DID_NEXUS_FAILURE" => Trouble::Link,
        _ => Trouble::Command,
    })
}

/// Names in drivers/scsi/constants.c; FreeBSD calls a hardware error a failure (sys/cam/scsi/scsi_all.c, `sense_key_table`). A drive that recovered, that tells of a change, or that does not know a command is in no
/// trouble.
pub(in crate::observe) fn by_sense_key(word: &str) -> Option<Trouble> {
    let word = word.trim().to_ascii_lowercase();
    Some(match word.as_str() {
        "medium error" => Trouble::Medium,
        "hardware error" | "hardware failure" | "aborted command" | "not ready" | "0x4" | "0xb" => Trouble::Command,
        _ => return None,
    })
}

/// Of a MegaRAID controller's own log (`megasas_evt_class`, `MR_EVT_LOCALE_*` in megaraid_sas.h). The controller's log has it whole;
/// here it counts as a sign.
pub(in crate::observe) fn by_class(class: &str, locale: u64) -> Option<(Trouble, Severity)> {
    const DRIVES: u64 = 0x1 | 0x2;
    /// Enclosures, and the battery.
    const HOUSING: u64 = 0x4 | 0x8;
    let severity = match class {
        "WARN" => Severity::Warning,
        "CRIT" | "FATAL" | "DEAD" => Severity::Critical,
        _ => return None,
    };
    let kind = match () {
        () if locale & DRIVES != 0 => Trouble::Member,
        () if locale & HOUSING != 0 => Trouble::Housing,
        () => Trouble::Controller,
    };
    Some((kind, severity))
}
