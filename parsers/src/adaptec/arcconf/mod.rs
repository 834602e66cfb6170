//! What `arcconf` prints, the command line tool of Adaptec's controllers (IBM ServeRAID, Adaptec series 2 to 8, Microsemi and Microchip
//! SmartRAID).
//!
//! ```text
//! Controllers found: 1
//! ----------------------------------------------------------------------
//! Controller information
//! ----------------------------------------------------------------------
//!    Controller Status                        : Optimal
//!    …
//! Command completed successfully.
//! ```
//!
//! Every output begins with the number of controllers and ends with `Command completed successfully.`; what stands between is one of
//! `getconfig` ([`config`]), `getstatus` ([`status`]), `phyerrorlog` ([`phy`]), `getlogs` ([`logs`]), or a short list. People keep
//! several outputs in one file, with their command lines, and lose the indentation: so lines are told by their words, and what they belong to
//! by the titles above them.
//!
//! Facts: the captures that check_raid, netdata, pyarcconf, zabbix-raidstat and Parse-Arcconf keep (arcconf 5.2 of 2007 to 4.x on
//! SmartRAID), and the "ARCCONF Command Line Utility User's Guide".

pub mod config;
pub mod logs;
pub mod phy;
pub mod place;
mod reader;
pub mod status;
mod whole;
pub mod words;
mod xml;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

use crate::output::{Tally, lines};
use config::{Array, Controller, Device, Logical};
use logs::{ControllerLog, Entry};
use memchr::memmem;
use phy::PhyLog;
use status::Task;
use std::ops::Range;

/// What it printed: one output, or several one behind the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The outputs, each from `Controllers found` on.
    pub runs: Vec<Run>,
    /// How far they were understood.
    pub tally: Tally,
}

/// One output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// Where it stands in the bytes, its first and last lines whole.
    pub span: Range<usize>,
    /// The controller that the command line before it names, from 1.
    pub asked: Option<u32>,
    /// `Controllers found`.
    pub found: Option<u32>,
    /// Whether it ends as it should.
    pub completed: bool,
    /// The controller.
    pub controller: Option<Controller>,
    /// The controllers of `arcconf list`.
    pub listed: Vec<Listed>,
    /// Whether it has the section of logical devices.
    pub lists_logical: bool,
    /// Logical devices; the device of a maxCache is one of them.
    pub logical: Vec<Logical>,
    /// Arrays (SmartRAID).
    pub arrays: Vec<Array>,
    /// Whether it has the section of physical devices.
    pub lists_devices: bool,
    /// Drives and enclosures.
    pub devices: Vec<Device>,
    /// What is being done.
    pub tasks: Vec<Task>,
    /// What phys count.
    pub phys: Vec<PhyLog>,
    /// Logs, without their entries.
    pub logs: Vec<ControllerLog>,
}

/// A line of `arcconf list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number, from 1.
    pub number: u32,
    /// How it is.
    pub state: words::Condition,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
}

impl Run {
    /// The controller that it is of, as arcconf counts, from 1: as the output says somewhere, or since there is only one.
    pub fn number(&self) -> Option<u32> {
        let segments = self.logical.iter().flat_map(|logical| &logical.segments);
        let by_segment = || segments.clone().find_map(|segment| segment.controller);
        let by_phys = || self.phys.iter().find_map(|log| log.controller);
        // The logs count from 0.
        let by_log = || self.logs.iter().find_map(|log| log.controller?.checked_add(1));
        let only = || (self.found == Some(1)).then_some(1);
        self.asked.or_else(by_segment).or_else(by_phys).or_else(by_log).or_else(only)
    }
}

/// Which command printed an output; those that tell more are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Command {
    /// `getstatus`.
    GetStatus,
    /// `phyerrorlog`.
    PhyErrorLog,
    /// `getlogs`.
    GetLogs,
    /// `getconfig`, and short lists: `list`, `getversion`.
    GetConfig,
}

const FOUND: &str = "Controllers found:";
const COMPLETED: &str = "Command completed successfully.";

/// What only arcconf writes. A file whose front is lost is told by the others.
const MARKS: [&[u8]; 6] = [
    b"Controllers found: ",
    b"ogical device number ",
    b"ogical Device number ",
    b"Device is a Hard drive",
    b"<ControllerLog ",
    b"driveErrorEntry",
];

/// Which command printed bytes, by what they hold: of several outputs, the one that tells most. `None` if they are not arcconf's.
pub fn recognise(bytes: &[u8]) -> Option<Command> {
    // Most bytes are of something else, and are not taken apart for that.
    if !MARKS.iter().any(|mark| memmem::find(bytes, mark).is_some()) {
        return None;
    }
    let (mut found, mut framed) = (None, false);
    for line in lines(bytes) {
        let text = line.text.trim();
        framed |= is_found(text);
        // What other programs might write as well counts within arcconf's own frame.
        let command = reader::command_of(text).filter(|(_, alone)| framed || *alone).map(|(command, _)| command);
        found = found.max(command);
        if framed && found == Some(Command::GetConfig) {
            break;
        }
    }
    found.or(framed.then_some(Command::GetConfig))
}

/// `Controllers found: 1`.
fn is_found(text: &str) -> bool {
    text.strip_prefix(FOUND).is_some_and(|number| number.trim().parse::<u32>().is_ok())
}

/// Reads it. The entries of its logs are told as they are met, each with the output that it stands in as far as that was read: the last of
/// its logs is the one that the entry is of. What comes of the bytes of one [`Run::span`] alone is that output again.
pub fn read(bytes: &[u8], each: &mut dyn FnMut(&Run, &Entry<'_>)) -> Output {
    reader::read(bytes, each)
}
