//! What kept smartctl from asking a drive: its messages.

/// Something that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What kind.
    pub kind: TroubleKind,
    /// smartctl's words.
    pub text: String,
}

/// Kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TroubleKind {
    /// It sleeps, and `-n` said not to wake it.
    Asleep,
    /// Who asked may not.
    Denied,
    /// It did not answer: input/output error, no such device, inquiry failed.
    NotAnswering,
    /// Nobody knows how to ask it: an unknown bridge, a RAID card's volume.
    NoWay,
    /// It has no SMART, or refused.
    NotUnderstood,
    /// A part of what it was asked could not be read; the rest was.
    Part,
}

/// Phrases, in the order in which they count: a line may hold several.
const PHRASES: &[(&str, TroubleKind)] = &[
    ("Device is in STANDBY", TroubleKind::Asleep),
    ("Device is in SLEEP", TroubleKind::Asleep),
    ("Device is in IDLE", TroubleKind::Asleep),
    ("Permission denied", TroubleKind::Denied),
    ("Operation not permitted", TroubleKind::Denied),
    ("Unknown USB bridge", TroubleKind::NoWay),
    ("Unsupported USB bridge", TroubleKind::NoWay),
    ("Unable to detect device type", TroubleKind::NoWay),
    ("Please specify device type with the -d option", TroubleKind::NoWay),
    ("please try adding '-d", TroubleKind::NoWay),
    ("DELL or MegaRaid controller", TroubleKind::NoWay),
    ("Smartctl open device", TroubleKind::NotAnswering),
    ("Read Device Identity failed", TroubleKind::NotAnswering),
    ("Standard Inquiry", TroubleKind::NotAnswering),
    ("Short INQUIRY response", TroubleKind::NotAnswering),
    ("INQUIRY failed", TroubleKind::NotAnswering),
    ("Read NVMe Identify Controller failed", TroubleKind::NotAnswering),
    ("Terminate command early due to bad response", TroubleKind::NotUnderstood),
    ("A mandatory SMART command failed", TroubleKind::NotUnderstood),
    ("SMART Disabled. Use option -s with argument 'on' to enable it.", TroubleKind::NotUnderstood),
    ("Device does not support SMART", TroubleKind::NotUnderstood),
    ("Permissive option", TroubleKind::NotUnderstood),
];

/// What smartctl says when it could not read one thing. That a page does not sum up is no such thing: firmwares exist that never fill
/// the sum in.
const PARTS: &[&str] = &[
    "SMART Status command failed",
    "Error SMART",
    "Error Read",
    "Error Write",
    "Read SMART",
    "Read NVMe",
    "Read SCT",
    "Read GP Log",
    "Read GPL Log",
    "Read SATA Phy",
    "Read Self-test Log failed",
    "Read Device Statistics",
    "Read Pending Defects",
    "Read defect list",
    "Read Error Information Log failed",
    "ATA_READ_LOG_EXT",
    "ATA_SMART_READ_LOG failed",
    "SMART READ ",
    "scsiPrint",
    "scsi_error",
    "Error Counter logging failed",
    "Invalid ",
];

/// The trouble that a line tells of.
pub(super) fn trouble(line: &str) -> Option<Trouble> {
    let line = line.trim();
    let found = PHRASES.iter().find(|(phrase, _)| line.contains(phrase)).map(|(_, kind)| *kind);
    let part = || {
        let failed = ["failed", "error:"].iter().any(|word| line.contains(word));
        (failed && PARTS.iter().any(|part| line.starts_with(part))).then_some(TroubleKind::Part)
    };
    let read = line.starts_with("Read ") && line.contains(" failed");
    let kind = found.or_else(part).or_else(|| read.then_some(TroubleKind::Part))?;
    Some(Trouble { kind, text: line.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_tell_of_trouble() {
        let check = |line: &str, expect| assert_eq!(trouble(line).map(|trouble| trouble.kind), expect, "{line}");
        check("Device is in STANDBY mode, exit(2)", Some(TroubleKind::Asleep));
        check("Smartctl open device: /dev/sdb [SAT] failed: Permission denied", Some(TroubleKind::Denied));
        check("Smartctl open device: /dev/sdq failed: No such device", Some(TroubleKind::NotAnswering));
        check("Read Device Identity failed: Input/output error", Some(TroubleKind::NotAnswering));
        check("/dev/sdb: Unknown USB bridge [0x0bda:0x9210 (0xf200)]", Some(TroubleKind::NoWay));
        check("Read NVMe SMART/Health Information failed: NVMe Status 0x2002", Some(TroubleKind::Part));
        check("Read Self-test Log failed: Invalid Field in Command (0x002)", Some(TroubleKind::Part));
        check("SMART overall-health self-assessment test result: PASSED", None);
        check("", None);
    }
}
