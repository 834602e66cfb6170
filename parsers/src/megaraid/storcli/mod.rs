//! `storcli`, `perccli` and their second versions: what they show of controllers, virtual drives, drives, batteries and foreign
//! configurations, as text and as JSON (`J`).
//!
//! One answer a controller, in either form: whether the command succeeded, then sections with pairs and tables.
//! What a table is of, its columns tell, since its title differs by command. Answers about one controller in one file are
//! put together, drives by their place.
//!
//! Facts: captures of versions 7.1017 to 7.3703 and 8.4 (JSON) by several projects; the text after the tool's own manual (StorCLI
//! Reference Manual, chapter on commands) and the legends below its tables. **No capture of text was at hand.**
//!
//! # Whether it is whole
//!
//! JSON is if it is closed. Of text, tables are closed by a rule and lists announce their length (`Physical Drives = 8`); a virtual
//! drive that writes back has a battery or a capacitor behind it, so the output that lists it tells of that further down. Detail of
//! drives and virtual drives (`show all`) announces nothing: as text, it is not known to be whole unless the list stands in the same file.
//! **What cannot be told:** whether of two controllers' answers the second one is missing.

mod battery;
mod build;
mod json;
mod merge;
mod pairs;
mod rows;
mod sheet;
mod text;
mod words;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

pub use battery::{Battery, Keeper};
pub use words::{ArrayState, BatteryState, DriveState, WritePolicy};

use crate::output::Tally;

/// What an output says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Storcli {
    /// `Host Name` of `show`.
    pub host: Option<String>,
    /// The time of the machine as the first controller tells it, local: `11/15/2019 12:33:46`, month first.
    pub time: Option<String>,
    /// `System Overview` of `show`: a line a controller.
    pub overview: Vec<Overview>,
    /// The controllers, by the order of the output.
    pub controllers: Vec<Controller>,
    /// The tool found no controller.
    pub none_found: bool,
    /// How far it was understood.
    pub tally: Tally,
}

/// A line of `System Overview`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// `Ctl`
    pub number: Option<u32>,
    /// `Model`
    pub model: Option<String>,
    /// `DNOpt`: drive groups that are not optimal.
    pub groups_not_optimal: Option<u64>,
    /// `VNOpt`: virtual drives that are not optimal.
    pub arrays_not_optimal: Option<u64>,
    /// `Hlth`: `Opt`, `NdAtn` needs attention, `Fld` failed, and others.
    pub health: Option<String>,
    /// `BBU`: state of the battery or capacitor; none where there is none.
    pub battery: Option<BatteryState>,
}

/// A controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controller {
    /// The number by which the tool counts it.
    pub number: Option<u32>,
    /// `Status` of the command is not `Success`.
    pub failed: bool,
    /// What the tool says of that.
    pub errors: Vec<String>,
    /// As it names itself.
    pub model: Option<String>,
    /// Of the firmware that it runs.
    pub firmware: Option<String>,
    /// The kernel's driver.
    pub driver: Option<String>,
    /// `Controller Status`: `Optimal`, and others.
    pub health: Option<String>,
    /// Errors of its memory that were corrected.
    pub memory_corrected: Option<u64>,
    /// Errors of its memory that could not be.
    pub memory_uncorrected: Option<u64>,
    /// What the cache holds cannot be written: its virtual drive is not there.
    pub cache_preserved: Option<bool>,
    /// It started with as little as it can.
    pub safe_mode: Option<bool>,
    /// `BBU Status`: the bits of [`super::battery::Battery`]; none where there is no battery.
    pub battery_bits: Option<u32>,
    /// The battery or capacitor of its cache.
    pub battery: Option<Battery>,
    /// Virtual drives.
    pub arrays: Vec<Array>,
    /// `TOPOLOGY`
    pub topology: Vec<Place>,
    /// Drives.
    pub drives: Vec<Drive>,
    /// Enclosures.
    pub enclosures: Vec<Enclosure>,
    /// Groups of drives with another controller's configuration; none if it was not asked for them.
    pub foreign: Option<u64>,
    /// Its drives and virtual drives are listed, and all of them.
    pub listed: bool,
}

/// An enclosure, or what stands for one where drives are attached directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// `EID`
    pub number: u32,
    /// `State`: `OK`, and others.
    pub state: Option<String>,
    /// `ProdID`, which old versions do not tell.
    pub model: Option<String>,
}

/// Where a drive sits: `252:4`, without an enclosure ` :4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// `EID`: the enclosure's number. It is given anew when the enclosures are found.
    pub enclosure: Option<u32>,
    /// `Slt`
    pub slot: u32,
}

impl Seat {
    /// From `252:4`; of `-` there is none.
    pub fn read(text: &str) -> Option<Self> {
        let (enclosure, slot) = text.split_once(':')?;
        Some(Self { enclosure: enclosure.trim().parse().ok(), slot: slot.trim().parse().ok()? })
    }

    /// From `/c0/e252/s4` or `/c0/s4`, with the controller's number.
    fn of_path(path: &str) -> Option<(u32, Self)> {
        let (controller, path) = path.strip_prefix("/c")?.split_once('/')?;
        let (enclosure, slot) = match path.strip_prefix('e') {
            Some(path) => path.split_once('/').map(|(enclosure, slot)| (Some(enclosure), slot))?,
            None => (None, path),
        };
        let enclosure = enclosure.map(str::parse).transpose().ok()?;
        Some((controller.parse().ok()?, Self { enclosure, slot: slot.strip_prefix('s')?.parse().ok()? }))
    }
}

/// A row of `TOPOLOGY` that is of a drive, or of nothing where one is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `DG`: drive group.
    pub group: Option<u32>,
    /// `Arr`: the span.
    pub span: Option<u32>,
    /// `Row`: place in the span.
    pub row: Option<u32>,
    /// The drive; none of one that is missing.
    pub seat: Option<Seat>,
    /// Its state.
    pub state: DriveState,
}

/// A virtual drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Array {
    /// `DG`: the group of drives that it is on.
    pub group: Option<u32>,
    /// Its number.
    pub number: Option<u32>,
    /// `TYPE`: level as people write it: `1`, `10`. Others as they stand: `Cac1`.
    pub level: Option<String>,
    /// Its state.
    pub state: Option<ArrayState>,
    /// `Access`: `RW`, `RO`, `Blkd`, …
    pub access: Option<String>,
    /// What is done with what is written.
    pub write: Option<WritePolicy>,
    /// What was set.
    pub write_set: Option<WritePolicy>,
    /// As an operator gave it.
    pub name: Option<String>,
    /// `OS Drive Name`: `/dev/sda`.
    pub device: Option<String>,
    /// `Active Operations`, if there is one: `Consistency Check (36%)`.
    pub operation: Option<String>,
    /// It has blocks that cannot be read.
    pub bad_blocks: Option<bool>,
    /// Its drives, where they are listed with it.
    pub members: Vec<Seat>,
}

/// What of a drive's configuration is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// `-`: of no group.
    None,
    /// A number.
    Number(u32),
    /// `F`: of another controller's configuration.
    Foreign,
}

/// A drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drive {
    /// Where it sits.
    pub seat: Option<Seat>,
    /// `DID`, or `PID`: the number by which the controller knows it. It is given anew when a drive is put in.
    pub device: Option<u32>,
    /// Its state.
    pub state: Option<DriveState>,
    /// `DG`
    pub group: Option<Group>,
    /// `Model`, cut short by some versions; of its detail, whole.
    pub model: Option<String>,
    /// `Manufacturer Id`; `ATA` of a SATA drive.
    pub vendor: Option<String>,
    /// `SN`
    pub serial: Option<String>,
    /// `WWN`, without `0x`.
    pub wwn: Option<String>,
    /// `Firmware Revision`
    pub firmware: Option<String>,
    /// `Raw size`, in sectors.
    pub sectors: Option<u64>,
    /// `Logical Sector Size`, bytes.
    pub sector: Option<u64>,
    /// `Media Error Count`
    pub media_errors: Option<u32>,
    /// `Other Error Count`: timeouts, resets, of the link rather than of the medium.
    pub other_errors: Option<u32>,
    /// `Predictive Failure Count`: how often it said that it will fail.
    pub predictions: Option<u32>,
    /// `S.M.A.R.T alert flagged by drive`
    pub alert: Option<bool>,
    /// `Drive Temperature`, degrees Celsius.
    pub temperature: Option<u32>,
    /// `Drive position`: group, span, row.
    pub position: Option<(u32, u32, u32)>,
    /// Its detail (`show all`) was told, or begun to be.
    pub detailed: bool,
}

impl Drive {
    /// Its capacity, in bytes.
    pub fn bytes(&self) -> Option<u64> {
        self.sectors?.checked_mul(self.sector?)
    }
}

/// Whether bytes are of these tools; their event logs are not.
pub fn recognise(bytes: &[u8]) -> bool {
    json::recognise(bytes) || text::recognise(bytes)
}

/// Reads an output.
pub fn read(bytes: &[u8]) -> Storcli {
    let sheet = if json::recognise(bytes) { json::read(bytes) } else { text::read(bytes) };
    build::build(sheet, bytes)
}
