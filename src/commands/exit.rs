//! Exit status: documented in `--help` and the README, and stable.

use crate::history::Trouble;
use crate::model::Verdict;
use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Healthy,
    /// To look at soon.
    Warning,
    /// To act on now.
    Critical,
    /// It cannot be told.
    Unknown,
    /// The command line is wrong.
    Usage,
    /// Nothing of the input was understood.
    NotUnderstood,
    /// There is no such input.
    NoInput,
    /// A bug of ours.
    Bug,
    /// Reading or printing failed.
    Io,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
            Self::Usage => 64,
            Self::NotUnderstood => 65,
            Self::NoInput => 66,
            Self::Bug => 70,
            Self::Io => 74,
        }
    }

    /// How the program ends if nothing could be done for a trouble with the history.
    pub(super) const fn of(trouble: &Trouble) -> Self {
        match trouble.exit() {
            65 => Self::NotUnderstood,
            66 => Self::NoInput,
            74 => Self::Io,
            _ => Self::Bug,
        }
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Healthy => Self::Healthy,
            Verdict::Warning => Self::Warning,
            Verdict::Critical => Self::Critical,
            Verdict::Unknown => Self::Unknown,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
