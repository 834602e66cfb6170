//! smartctl of smartmontools, 5.3 to 7.5: what it prints of a drive, as text (`-a`, `-x`, `-H`, `-i`, `-A`, `-l`) and as JSON (`-j`).
//!
//! Both come to one [`Drive`], and that holds what the drive answered in the types of [`crate::ata`], [`crate::scsi`] and
//! [`crate::nvme`]: smartctl prints replies, and who judges them need not know how they came.
//!
//! Several outputs one behind the other, as a loop over all drives makes them, are several drives.
//!
//! **Whether an output is whole.** JSON is, or does not parse. Text has no end: it is whole if it begins with smartctl's banner (or the command before
//! it), its last line has an end, no table stands
//! open (a blank line closes each), and every section is there that its options print. Those are known by the first of them: what
//! prints "General SMART Values" (`-a`, `-x`) goes on to the selective self-test log, and what prints the log directory (`-x`) to the
//! SATA Phy counters; likewise of SCSI and NVMe (the head of text/mod.rs has the list).
//!
//! Sources: smartmontools 7.5 (ataprint.cpp, scsiprint.cpp, nvmeprint.cpp, atacmds.cpp), captures of 5.36 to 7.5.

mod attribute;
#[cfg(test)]
mod corpus;
mod json;
pub(crate) mod number;
mod phrases;
#[cfg(test)]
mod tests;
mod text;
mod trouble;
pub(crate) mod value;

pub use attribute::{Attribute, Raw, WhenFailed};
pub use trouble::{Trouble, TroubleKind};

use crate::ata::identify::Feature;
use crate::ata::logs::errors::ErrorLog;
use crate::ata::logs::phy::PhyEvents;
use crate::ata::logs::sct::SctStatus;
use crate::ata::logs::self_test::{self, SelfTestLog};
use crate::ata::logs::statistics::DeviceStatistics;
use crate::nvme::identify::Controller;
use crate::nvme::logs::errors::ErrorEntry;
use crate::nvme::logs::health::Health;
use crate::nvme::logs::self_test::SelfTestLog as NvmeSelfTestLog;
use crate::output::Tally;
use crate::scsi::log::{BackgroundScan, ErrorCounters, Ports, SelfTests, StartStop, Temperature};
use crate::scsi::sense::Additional;
use chrono::NaiveDateTime;

/// What was printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// Drives, in the order of the output.
    pub drives: Vec<Drive>,
    /// How far it was understood, and whether it is whole. Of JSON, lines are keys of the outermost object.
    pub tally: Tally,
}

/// A drive, as far as an output tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drive {
    /// The version of smartctl that printed it: `7.2`, `pre-7.4`.
    pub version: Option<String>,
    /// The device that was asked, if the output or the command line before it says: `/dev/sda`.
    pub device: Option<String>,
    /// How it was asked, likewise: `sat`, `megaraid,16`.
    pub way: Option<String>,
    /// When.
    pub time: Option<Time>,
    /// Vendor, as SCSI drives have one.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial number, as printed: people and tools hide it.
    pub serial: Option<String>,
    /// Firmware.
    pub firmware: Option<String>,
    /// World-wide name: `0x5000c500a1b2c3d4`, or the identifier of the first NVMe namespace: `eui.0025388500000001`.
    pub wwn: Option<String>,
    /// Capacity, bytes.
    pub bytes: Option<u64>,
    /// Whether the drive has SMART, and has it on.
    pub smart: Feature,
    /// What it says of itself.
    pub health: Option<HealthWord>,
    /// What kept smartctl from asking it, or from asking it all.
    pub troubles: Vec<Trouble>,
    /// What it answered.
    pub answers: Answers,
    /// What it takes to say that the drive is well, and the output does not have: it was printed with fewer options, or is cut. Words
    /// that follow "the output does not have".
    pub lacks: Vec<&'static str>,
    /// Lines (or keys, or rows) of it that were not understood, but for those that only say what it is.
    pub odd: u64,
    /// Hash of what the output has of it: tells drives apart that have no name.
    pub fingerprint: u64,
}

/// When an output was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Time {
    /// Seconds since 1970-01-01 UTC.
    Epoch(i64),
    /// Local time, and how its zone is called.
    Local {
        /// The time.
        local: NaiveDateTime,
        /// The zone's abbreviation; on Windows it may be a phrase.
        zone: Option<String>,
        /// As printed.
        written: String,
    },
}

/// What a drive says of itself: SMART RETURN STATUS, an informational exception, NVMe's critical warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthWord {
    /// `PASSED`, `OK`.
    Passed,
    /// `FAILED!`, or an exception: [`Scsi::exception`] says which.
    Failed,
    /// A word that is not known, as it stands.
    Other(String),
}

/// What a drive answered, by what it speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Answers {
    /// The output does not tell.
    #[default]
    Unknown,
    /// ATA.
    Ata(Box<Ata>),
    /// SCSI.
    Scsi(Box<Scsi>),
    /// NVMe.
    Nvme(Box<Nvme>),
}

/// What an ATA drive answered. What the output does not have is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ata {
    /// SMART attributes with their thresholds.
    pub attributes: Option<Vec<Attribute>>,
    /// Outcome of the last self-test, or that one runs.
    pub last_test: Option<self_test::Outcome>,
    /// Errors, without the commands before them.
    pub errors: Option<ErrorLog>,
    /// Self-tests.
    pub self_tests: Option<SelfTestLog>,
    /// Device statistics.
    pub statistics: Option<DeviceStatistics>,
    /// Counters of the link.
    pub phy: Option<PhyEvents>,
    /// Temperatures by SCT.
    pub sct: Option<SctStatus>,
    /// SATA generation that the drive can do, and that the link runs at, 1 to 3.
    pub speed: (Option<u8>, Option<u8>),
}

/// What a SCSI drive answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scsi {
    /// What it says of itself; 0/0 is nothing.
    pub exception: Option<Additional>,
    /// Temperatures; the reference is smartctl's "Drive Trip Temperature".
    pub temperature: Option<Temperature>,
    /// Error counters, a page each.
    pub counters: Vec<ErrorCounters>,
    /// Non-medium errors.
    pub non_medium: Option<u64>,
    /// Entries of the grown defect list.
    pub grown_defects: Option<u64>,
    /// Percentage used of a solid state drive's endurance.
    pub used: Option<u8>,
    /// Starts and stops.
    pub start_stop: Option<StartStop>,
    /// Self-tests.
    pub self_tests: Option<SelfTests>,
    /// Background scan.
    pub background: Option<BackgroundScan>,
    /// SAS ports.
    pub ports: Option<Ports>,
}

/// What an NVMe drive answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nvme {
    /// What the controller is.
    pub controller: Option<Controller>,
    /// How it is.
    pub health: Option<Health>,
    /// Commands that failed, the latest first.
    pub errors: Option<Vec<ErrorEntry>>,
    /// Self-tests.
    pub self_tests: Option<NvmeSelfTestLog>,
}

/// Whether bytes are an output of smartctl: its banner, or the head of one of its sections, stands among the first lines; of JSON, it has
/// the version of smartctl's own format.
pub fn recognise(bytes: &[u8]) -> bool {
    text::recognise(bytes) || json::recognise(bytes)
}

/// Reads outputs, one or several.
pub fn read(bytes: &[u8]) -> Printed {
    if json::recognise(bytes) { json::read(bytes) } else { text::read(bytes) }
}
