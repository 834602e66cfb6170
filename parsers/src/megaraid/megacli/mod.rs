//! What MegaCli prints of controllers: `-LDInfo`, `-PDList`, `-LdPdInfo`, `-CfgDsply`, `-AdpAllInfo`, `-AdpBbuCmd`, one or several of
//! them in any order.
//!
//! There is no published grammar. Facts: captures of versions 1 to 8.07 that users of Nagios, Netdata and Zabbix plugins sent in, and
//! the states of the firmware as [`super::device`] has them, whose words MegaCli prints. Lines are `key : value`; which thing they are of
//! follows from the head above them. An output ends with `Exit Code: 0x00`, but for those of the oldest versions: of these nobody can
//! tell whether they are whole.

mod array;
mod battery;
mod card;
mod drive;
mod read;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

pub use array::{Array, Span, WritePolicy};
pub use battery::Battery;
pub use card::Card;
pub use drive::{Drive, Position};
pub use read::megacli;

use crate::output::{Tally, lines, pair};

/// What an output says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MegaCli {
    /// By number, each once.
    pub adapters: Vec<Adapter>,
    /// What MegaCli could not do, in its words.
    pub failures: Vec<String>,
    /// How far it was understood.
    pub tally: Tally,
}

/// A controller, of which any part may not be in the output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adapter {
    /// MegaCli's number, from 0; none where drives stand without the head that names it (`-PDInfo`).
    pub number: Option<u32>,
    /// `-AdpAllInfo`, or the head of `-CfgDsply`.
    pub card: Option<Card>,
    /// The logical drives.
    pub arrays: Vec<Array>,
    /// Says that it has none.
    pub no_arrays: bool,
    /// The drives, as listed: one stands here once for each list that has it.
    pub drives: Vec<Drive>,
    /// `-AdpBbuCmd`
    pub battery: Option<Battery>,
    /// It was asked for its battery, and could not tell.
    pub battery_failed: bool,
}

/// A word for a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word<T> {
    /// One that is known.
    Known(T),
    /// Any other, as it stands: at least a warning.
    Other(String),
}

/// Which parts an output has, by the heads in its front.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    /// Logical drives, or that there are none.
    pub arrays: bool,
    /// Drives.
    pub drives: bool,
    /// A battery, or the controller itself.
    pub controller: bool,
}

/// One of these stands in every head.
const MARKS: [&str; 6] = [
    "Adapter",
    "Number of Virtual Disks:",
    "Number of DISK GROUPS:",
    "Enclosure Device ID:",
    "for Controller",
    "FW Package Build",
];

/// The parts of an output; all are false if it is no output of MegaCli. Drives are known by two lines that follow each other: no other
/// tool has both.
#[must_use]
pub fn parts(front: &[u8]) -> Parts {
    let mut parts = Parts::default();
    // Most of what is asked about is something else.
    if !MARKS.iter().any(|mark| memchr::memmem::find(front, mark.as_bytes()).is_some()) {
        return parts;
    }
    let mut enclosure = false;
    for line in lines(front) {
        let text = line.text.trim();
        let adapter = text.strip_prefix("Adapter ").and_then(read::number_and_rest).map(|(_, rest)| rest.trim());
        let numbered = |head: &str| text.strip_prefix(head).is_some_and(|rest| read::number(rest).is_some());
        parts.arrays |= adapter
            .is_some_and(|rest| rest == "-- Virtual Drive Information:" || rest == ": No Virtual Drive Configured.")
            || numbered("Number of Virtual Disks:")
            || numbered("Number of DISK GROUPS:");
        parts.controller |= adapter == Some(": Get BBU Status Failed.")
            || ["BBU status for Adapter:", "BBU Capacity Info for Adapter:", "BBU Design Info for Adapter:"]
                .into_iter()
                .chain(["BBU Properties for Adapter:", "PCI information for Controller"])
                .any(numbered)
            || pair(text).is_some_and(|(key, _)| key == "FW Package Build");
        parts.drives |= enclosure && text.starts_with("Slot Number:");
        enclosure = text.starts_with("Enclosure Device ID:");
    }
    parts
}

/// Whether bytes are an output of MegaCli.
#[must_use]
pub fn recognise(bytes: &[u8]) -> bool {
    parts(bytes) != Parts::default()
}
