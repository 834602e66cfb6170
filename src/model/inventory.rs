//! What the evidence shows to exist: drives, bays, arrays. Drives and bays each have their own history.

use super::{ArrayState, Subject, When, WhyUnread};

/// How a drive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriveState {
    /// A source says that it works.
    Healthy,
    /// No source says: that it is listed is no statement on its health.
    Unknown,
    /// It works, and there are reasons to look at it.
    Suspect,
    /// It will fail.
    Failing,
    /// It failed.
    Failed,
    /// It was taken out.
    Removed,
}

impl DriveState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Healthy, Self::Unknown, Self::Suspect, Self::Failing, Self::Failed, Self::Removed];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unknown => "unknown",
            Self::Suspect => "suspect",
            Self::Failing => "failing",
            Self::Failed => "failed",
            Self::Removed => "removed",
        }
    }
}

/// The thing with a serial number.
#[derive(Debug, Clone, PartialEq)]
pub struct Drive {
    /// Its serial number, as reported.
    pub serial: String,
    /// World-wide name.
    pub wwn: Option<String>,
    /// Vendor, as reported.
    pub vendor: Option<String>,
    /// Model, as reported.
    pub model: Option<String>,
    /// Firmware at the last report.
    pub firmware: Option<String>,
    /// Capacity in bytes.
    pub bytes: Option<u64>,
    /// Why the machine that it is in could not read it the last time, if so.
    pub unread: Option<WhyUnread>,
    /// Where it sat last.
    pub bay: Option<Subject>,
    /// The names it goes by on its host.
    pub paths: Vec<String>,
    /// How it is.
    pub state: DriveState,
    /// Why that is said.
    pub reasons: Vec<String>,
    /// First report.
    pub first_seen: When,
    /// Last report.
    pub last_seen: When,
}

/// The place that a drive sits in.
#[derive(Debug, Clone, PartialEq)]
pub struct Bay {
    /// Which.
    pub id: Subject,
    /// The printed label, if an operator gave one.
    pub label: Option<String>,
    /// Who sat there, in order.
    pub occupants: Vec<Occupant>,
}

/// An occupancy, seen from the bay.
#[derive(Debug, Clone, PartialEq)]
pub struct Occupant {
    /// The drive.
    pub serial: String,
    /// First report of it there.
    pub first_seen: When,
    /// Last report of it there.
    pub last_seen: When,
    /// How many reports said so.
    pub reports: u64,
}

/// An array.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Which.
    pub id: Subject,
    /// RAID level.
    pub level: Option<String>,
    /// The last state that a source gave.
    pub state: ArrayState,
    /// Its members, as far as known.
    pub members: Vec<Member>,
    /// Its states in order of time.
    pub transitions: Vec<Transition>,
    /// What would be lost with it: file systems by their mount points, swap, volumes. Empty if no source says.
    pub carries: Vec<String>,
    /// Members that it gave up since it was whole, by the names that they bore then, where a log alone tells of it.
    pub given_up: Vec<String>,
    /// How many members worked on when it gave up the last of them, if the log says so.
    pub working: Option<u32>,
}

/// A member of an array.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The drive that sat there last.
    pub serial: Option<String>,
    /// Where.
    pub bay: Option<Subject>,
    /// Members with the same number hold the same data.
    pub mirror_set: Option<u32>,
    /// How the drive is.
    pub state: DriveState,
}

/// A change of an array's state.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// When.
    pub at: When,
    /// To what.
    pub state: ArrayState,
    /// In the source's words.
    pub text: String,
}
