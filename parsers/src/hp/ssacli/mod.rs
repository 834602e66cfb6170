//! What `ssacli`, `hpssacli` and `hpacucli` print: `ctrl all show [status|detail]`, `show config [detail]`, `ld` and `pd all show
//! [detail|status]`, one after another or alone.
//!
//! ```text
//! Smart Array P410i in Slot 0 (Embedded)    (sn: 50014380AAAA0001)
//!
//!    array A (SAS, Unused Space: 0  MB)
//!
//!       logicaldrive 1 (558.9 GB, RAID 1, OK)
//!
//!       physicaldrive 1I:1:1 (port 1I:box 1:bay 1, SAS, 600 GB, OK)
//! ```
//!
//! A head in the first column, then blocks, whose depth shows in blanks by threes; with `detail`, a line for each property. Every output ends
//! with a blank line. Facts: captures of hpacucli (P400, P410i), hpssacli (P840) and ssacli (P400i, P408i-a with 2.x to 6.x); the words
//! besides from the maker's guide, "HPE Smart Array SR User Guide", and from what programs that read these outputs look for.

mod read;
mod whole;
mod words;

#[cfg(test)]
mod tests;

use super::volume::VolumeState;
use crate::output::{Tally, lines};

pub use words::{BatteryState, CacheState, DriveState, Health};

/// An output, or several one after another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ssacli {
    /// The controllers, in the order of the output. One that several outputs tell of stands here as often.
    pub controllers: Vec<Controller>,
    /// What stands behind `Error:`, in one line each.
    pub errors: Vec<String>,
    /// How far it was understood.
    pub tally: Tally,
}

/// A controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controller {
    /// Its name: `Smart Array P410i`; empty in lists of states, which do not name it.
    pub model: String,
    /// What stands behind "in Slot": a number, 0 for one that is part of the board; `ATTR_VALUE_SLOT_UNKNOWN` where the tool could not tell.
    /// Of a list of states, that of the command above it, or empty.
    pub slot: String,
    /// What stands in parentheses behind it: `Embedded`, `HBA Mode`, `RAID Mode`.
    pub remarks: Vec<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Firmware version.
    pub firmware: Option<String>,
    /// The host's driver: `hpsa`, `smartpqi`, `cciss`.
    pub driver: Option<String>,
    /// `Controller Status`.
    pub state: Option<Health>,
    /// `Cache Status`.
    pub cache: Option<CacheState>,
    /// `Cache Status Details`: why.
    pub cache_details: Option<String>,
    /// `Battery/Capacitor Status`, in older versions `Battery Pack Status` or `Battery Status`.
    pub battery: Option<BatteryState>,
    /// `No-Battery Write Cache`: whether it writes back without a battery that works.
    pub writes_back_unprotected: Option<bool>,
    /// Other lines that name a status, of the controller.
    pub other_states: Vec<Named>,
    /// What it has to say before all else, in capitals: `CACHE STATUS PROBLEM DETECTED: …`, each in one line.
    pub notices: Vec<String>,
    /// Boxes that drives sit in.
    pub boxes: Vec<DriveBox>,
    /// Arrays, and drives that are in none.
    pub groups: Vec<Group>,
}

/// A line that names a status that has no field of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Before the colon.
    pub name: String,
    /// Behind it.
    pub text: String,
}

/// A cage or an external box.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriveBox {
    /// Its name: `Internal Drive Cage`, `MSA60`.
    pub name: String,
    /// The controller's port: `1I`, `2E`.
    pub port: String,
    /// The box of that port.
    pub number: String,
    /// How it is.
    pub state: Option<Health>,
    /// Lines that name a status of it: of supplies, fans, temperature.
    pub other_states: Vec<Named>,
    /// The drives that it lists.
    pub drives: Vec<Drive>,
}

/// What drives belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// What it is.
    pub of: Of,
    /// What stands in parentheses behind an array's letter: `SAS`, `Unused Space: 0  MB`, `Failed`.
    pub remarks: Vec<String>,
    /// `Status` of an array.
    pub state: Option<Health>,
    /// Other lines that name a status.
    pub other_states: Vec<Named>,
    /// Its logical drives: each is spread over all drives of the array.
    pub volumes: Vec<Volume>,
    /// Its drives, spares among them.
    pub drives: Vec<Drive>,
}

/// What a group of drives is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Of {
    /// An array, by its letter.
    Array(String),
    /// `unassigned`: in no array.
    Unassigned,
    /// `HBA Drives`: given to the host as they are.
    Hba,
    /// Lists of states have no headings.
    #[default]
    NotTold,
}

/// A logical drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Volume {
    /// Its number, from 1.
    pub number: Option<u32>,
    /// Its size as it stands, `558.9 GB`: rounded, and not said whether of 1000 or 1024.
    pub size: Option<String>,
    /// Its level as it stands: `1`, `1+0`, `5`, `6 (ADG)`.
    pub level: Option<String>,
    /// How it is.
    pub state: Option<VolumeState>,
    /// The same as it stands, with how far it is.
    pub state_text: String,
    /// How far it is in that, in hundredths of a percent, 0 to 10000.
    pub progress: Option<u32>,
    /// `Parity Initialization Status`: `Initialization Completed`, `In Progress`.
    pub initialization: Option<String>,
    /// `Unrecoverable Media Errors`: `None`, or that there are some.
    pub media_errors: Option<String>,
    /// `Disk Name`: the name that the host has for it, `/dev/sda`.
    pub disk: Option<String>,
    /// `Logical Drive Label`.
    pub label: Option<String>,
    /// Drives of each `Mirror Group`: one group has a copy of everything.
    pub mirrors: Vec<Vec<String>>,
    /// Other lines that name a status.
    pub other_states: Vec<Named>,
}

/// A drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drive {
    /// Port, box, and bay: `1I:1:4`; of parallel SCSI port and ID, `2:0`.
    pub location: String,
    /// Whether it has lines of its own rather than one.
    pub in_detail: bool,
    /// How it is.
    pub state: Option<DriveState>,
    /// The part that it has.
    pub part: Option<Part>,
    /// `Interface Type`, in lists also with the medium: `SAS`, `SATA HDD`, `Solid State SATA`.
    pub interface: Option<String>,
    /// Its size as it stands, `600 GB`: rounded.
    pub size: Option<String>,
    /// `Last Failure Reason`.
    pub last_failure: Option<String>,
    /// Firmware revision.
    pub firmware: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// `WWID`: of a SAS drive the address of the port that it is seen by, which is not its world-wide name.
    pub wwid: Option<String>,
    /// Vendor; `ATA` of any SATA drive.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// `Current Temperature (C)`, degrees Celsius.
    pub temperature: Option<u32>,
    /// `Power On Hours`.
    pub hours: Option<u64>,
    /// `Usage remaining` of an SSD: what is left of the life that its maker promises, in hundredths of a percent, 0 to 10000.
    pub life_left: Option<u32>,
    /// `SSD Smart Trip Wearout`: whether it says that its life is used up.
    pub worn_out: Option<bool>,
    /// Other lines that name a status.
    pub other_states: Vec<Named>,
}

/// The part that a drive has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// `Data Drive`.
    Data,
    /// `Spare Drive`, `spare`: waits.
    Spare,
    /// `active spare`, `active spare for 1I:1:6`: stands in for a drive that failed.
    ActiveSpare,
    /// `Unassigned Drive`.
    Unassigned,
    /// `HBA Mode Drive`.
    Hba,
    /// Words of no known part, as they stand.
    Other(String),
}

/// Before the slot in the head of a controller.
const IN_SLOT: &str = " in Slot ";

/// How the names of these controllers begin.
const MODELS: [&str; 6] = ["Smart ", "HP ", "HPE ", "Dynamic Smart ", "MSA", "RAID Array "];

/// What the tool answers where it has nothing to show: another program's `Error:` says something else.
const ANSWERS: [&str; 4] = [
    "Error: No controllers detected.",
    "Error: The specified device does not have any ",
    "Error: The controller must be identified by ",
    "Error: The specified controller does not have any ",
];

/// Whether bytes are of it: a controller's head, a line of a list of states, or an answer that there is none.
pub fn recognise(bytes: &[u8]) -> bool {
    let mut before_that = 0;
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        let text = line.text.trim_end();
        if MODELS.iter().any(|model| text.starts_with(model)) && read::head(text).is_some() {
            return true;
        }
        if ANSWERS.iter().any(|answer| text.starts_with(answer)) || read::is_of_states(text.trim_start()) {
            return true;
        }
        before_that += 1;
        // What people sent has a prompt before it, the banner of the tool, or the end of another command's output.
        if before_that > 20 {
            return false;
        }
    }
    false
}

/// Reads an output. Bytes that are not UTF-8 become U+FFFD.
pub fn ssacli(bytes: &[u8]) -> Ssacli {
    let mut reader = read::Reader::default();
    lines(bytes).for_each(|line| reader.line(&line));
    reader.finish()
}
