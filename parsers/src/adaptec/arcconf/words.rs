//! The words by which arcconf says how things are. Facts: the captures in which they stand (arcconf 5.2 to 7.10 on ServeRAID, series 2
//! to 8; 2.x to 4.x on SmartRAID), and the states that the "ARCCONF Command Line Utility User's Guide" and the "Adaptec Storage
//! Manager User's Guide" list.

/// How a logical device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogicalState {
    /// `Optimal`, `Okay`.
    Optimal,
    /// `Degraded`, `Critical` (before 2007), `Suboptimal, Fault Tolerant`, `Interim Recovery`: it works without a member.
    Degraded,
    /// `Degraded, Rebuilding`, `Rebuilding`, `Recovering`.
    Rebuilding,
    /// `Impacted`: all members are there, and their redundancy was not made or does not agree.
    Impacted,
    /// `Building`, `Initializing`, `Reconfiguring`, `Expanding`, `Transforming`: it is being made, or made another.
    Changing,
    /// `Failed`, `Offline`.
    Failed,
    /// A word of no known state, as it stands.
    Other(String),
}

impl LogicalState {
    /// By the word.
    pub fn read(text: &str) -> Self {
        let word = text.to_ascii_lowercase();
        match word.as_str() {
            "optimal" | "okay" | "ok" => Self::Optimal,
            "degraded"
            | "critical"
            | "suboptimal"
            | "suboptimal, fault tolerant"
            | "interim recovery"
            | "ready for recovery" => Self::Degraded,
            "degraded, rebuilding" | "rebuilding" | "recovering" => Self::Rebuilding,
            "impacted" => Self::Impacted,
            "building" | "initializing" | "reconfiguring" | "expanding" | "transforming" => Self::Changing,
            "failed" | "offline" => Self::Failed,
            _ => Self::Other(text.to_owned()),
        }
    }
}

/// How a physical device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceState {
    /// `Online`, `Optimal`: a member of an array.
    Online,
    /// `Ready`: free for an array, prepared for that.
    Ready,
    /// `Raw`, `Raw (Pass Through)`, `JBOD`: shown to the host as it is.
    Raw,
    /// `Hot Spare`, `Global Hot-Spare`, `Dedicated Hot-Spare`, the last with the array behind it at times.
    HotSpare,
    /// `Rebuilding`: it is being written anew.
    Rebuilding,
    /// `Failed`, `Dead`, `Defunct`.
    Failed,
    /// `Missing`.
    Missing,
    /// `Offline`.
    Offline,
    /// A word of no known state, as it stands.
    Other(String),
}

impl DeviceState {
    /// By the word.
    pub fn read(text: &str) -> Self {
        let word = text.to_ascii_lowercase().replace('-', " ");
        match word.as_str() {
            "online" | "optimal" => Self::Online,
            "ready" => Self::Ready,
            "raw" | "raw (pass through)" | "jbod" => Self::Raw,
            "rebuilding" => Self::Rebuilding,
            "failed" | "dead" | "defunct" => Self::Failed,
            "missing" => Self::Missing,
            "offline" => Self::Offline,
            _ if ["hot spare", "global hot spare", "dedicated hot spare"].iter().any(|spare| {
                word.strip_prefix(spare).is_some_and(|rest| rest.is_empty() || rest.starts_with(" for "))
            }) =>
            {
                Self::HotSpare
            }
            _ => Self::Other(text.to_owned()),
        }
    }
}

/// How a segment of a logical device is: the part of it that lies on one drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentState {
    /// `Present`.
    Present,
    /// `Rebuilding`.
    Rebuilding,
    /// `Inconsistent`: what it holds is not of the array any more.
    Inconsistent,
    /// `Missing`.
    Missing,
    /// `Failed`, `Defunct`.
    Failed,
    /// A word of no known state, as it stands.
    Other(String),
}

impl SegmentState {
    /// By the word.
    pub fn read(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "present" => Self::Present,
            "rebuilding" => Self::Rebuilding,
            "inconsistent" => Self::Inconsistent,
            "missing" => Self::Missing,
            "failed" | "defunct" => Self::Failed,
            _ => Self::Other(text.to_owned()),
        }
    }
}

/// How a thing is of which no more matters than whether it is well: a controller, a cache, a fan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `Optimal`, `Okay`, `Ok`, `Normal`, `Ready`, `Passed`, `No Error`.
    Good,
    /// `Not Installed`, `Not Present`, `Not Configured`, `Not Available`, `Not Applicable`, `Not Supported`, `None`.
    Absent,
    /// A battery that is charged, or learns its capacity and is discharged for that: `Charging`, `Not Fully Charged`,
    /// `Reconditioning`, `Calibrating`, `Learning`.
    Busy,
    /// `Unknown`: it is not told.
    Unknown,
    /// `Failed`, `Dead`, `Error`, and texts that begin with these words.
    Failed,
    /// Any other word, as it stands.
    Other(String),
}

impl Condition {
    /// By the word. A ZMM (the module that keeps the cache without a battery) has its name in front.
    pub fn read(text: &str) -> Self {
        let word = text.to_ascii_lowercase();
        let word = word.strip_prefix("zmm ").unwrap_or(&word);
        match word {
            "optimal" | "okay" | "ok" | "normal" | "ready" | "passed" | "no error" | "charged" | "fully charged" => {
                Self::Good
            }
            "not installed" | "not present" | "not configured" | "not available" | "not applicable"
            | "not supported" | "none" => Self::Absent,
            "charging" | "not fully charged" | "reconditioning" | "calibrating" | "learning" | "maintenance"
            | "learn cycle active" => Self::Busy,
            "unknown" => Self::Unknown,
            _ if ["failed", "failure", "dead", "error"].iter().any(|front| word.starts_with(front)) => Self::Failed,
            _ => Self::Other(text.to_owned()),
        }
    }
}
