//! `arcconf getstatus`: what the controller does at present.
//!
//! ```text
//! Logical device Task:
//!    Logical device                 : 0
//!    Task ID                        : 102
//!    Current operation              : Rebuild
//!    Status                         : In Progress
//!    Percentage complete            : 1
//! ```
//!
//! Where it does nothing, there is one line: `Current operation : None`. Facts: captures of arcconf 5.2 to 4.x (SmartRAID).

use super::place::{Place, place};

/// Something that the controller does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// What it does it to, as its head has it: `Logical device`, `Physical device`.
    pub of: String,
    /// The logical device.
    pub logical: Option<u32>,
    /// The drive.
    pub device: Option<Place>,
    /// Its number.
    pub id: Option<u32>,
    /// What is done.
    pub operation: Option<Operation>,
    /// How it goes.
    pub status: Option<TaskStatus>,
    /// Whole percent done, 0 to 100.
    pub percent: Option<u32>,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// A member is written anew.
    Rebuild,
    /// The data move back to a drive that was replaced, and all copies are there meanwhile: `Copyback`.
    CopyBack,
    /// Copies or parity are compared: `Verify`, `Verify with fix`, `Background consistency check`.
    Verify,
    /// Copies or parity are made: `Build`, `Build/Verify`, `Initialize`, `Clear`.
    Build,
    /// `Reconfiguration`, `Expand`, `Migration`.
    Reconfiguration,
    /// A word of no known operation, as it stands.
    Other(String),
}

impl Operation {
    /// By the word; `None` of `None`.
    fn read(text: &str) -> Option<Self> {
        let word = text.to_ascii_lowercase();
        Some(match word.as_str() {
            "none" => return None,
            "rebuild" => Self::Rebuild,
            "copyback" | "copy back" => Self::CopyBack,
            "verify" | "verify with fix" | "background consistency check" | "consistency check" => Self::Verify,
            "build" | "build/verify" | "initialize" | "clear" | "build/clear" => Self::Build,
            "reconfiguration" | "reconfigure" | "expand" | "expansion" | "migration" => Self::Reconfiguration,
            _ => Self::Other(text.to_owned()),
        })
    }
}

/// How a task goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskStatus {
    /// `In Progress`.
    InProgress,
    /// `Queued`, `Pending`, `Scheduled`: it has not begun.
    Waiting,
    /// `Suspended`, `Paused`.
    Suspended,
    /// `Failed`, `Aborted`.
    Failed,
    /// A word of no known status, as it stands.
    Other(String),
}

impl TaskStatus {
    fn read(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "in progress" => Self::InProgress,
            "queued" | "pending" | "scheduled" => Self::Waiting,
            "suspended" | "paused" => Self::Suspended,
            "failed" | "aborted" => Self::Failed,
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl Task {
    /// The head of a task: `Logical device Task:`.
    pub(super) fn head(text: &str) -> Option<Self> {
        let of = text.strip_suffix(" Task:").or_else(|| text.strip_suffix(" task:"))?;
        Some(Self { of: of.to_owned(), ..Self::default() })
    }

    /// A line of it. The key is in small letters.
    pub(super) fn line(&mut self, key: &str, value: &str) -> bool {
        match key {
            "logical device" | "logical device number" => self.logical = value.parse().ok(),
            "device"
            | "physical device"
            | "reported channel,device"
            | "reported channel,device(t:l)"
            | "reported location" => self.device = self.device.take().or_else(|| place(value).place),
            "task id" => self.id = value.parse().ok(),
            "current operation" => self.operation = Operation::read(value),
            "status" => self.status = Some(TaskStatus::read(value)),
            "percentage complete" => self.percent = value.trim_end_matches(['%', ' ']).parse().ok(),
            "priority" | "controller" | "controller id" => {}
            _ => return false,
        }
        true
    }
}
