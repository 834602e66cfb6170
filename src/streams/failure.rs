//! Why an input could not be read, for the person who gave it.

use super::Trouble;
use std::io;

/// What was wrong with an input.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such file.
    #[error("there is no such file or directory")]
    NotFound,
    /// It may not be read.
    #[error("no permission to read it; run as a user who may, or give a copy")]
    NotPermitted,
    /// A FIFO without a writer.
    #[error("is a FIFO that nobody has written to for {0} s; start the writer first, or pipe it in and give -")]
    NoWriter(u64),
    /// Not a file at all.
    #[error("is {0}; give a file, a directory, or - for standard input")]
    NotAFile(&'static str),
    /// Standard input is a terminal.
    #[error("standard input is a terminal; pipe a log into it, or give a file")]
    Terminal,
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// No format is recognised.
    #[error("holds no format that arraywatch knows ({0})")]
    NotUnderstood(String),
    /// A compressed file of which not enough could be unpacked to know what it holds.
    #[error("holds no format that arraywatch knows; {0}")]
    NotUnpacked(Trouble),
    /// A directory with nothing of use.
    #[error("holds no file that arraywatch understands ({0} looked at)")]
    NothingKnown(usize),
    /// It was read before, and its times were read otherwise.
    #[error("was read {} before: give the same, or its records would be kept twice", .0.as_ref().map_or("without --timezone".to_owned(), |zone| format!("with --timezone {zone}")))]
    OtherZone(Option<String>),
    /// It was read before, as of another host.
    #[error("was read {} before: give the same, or its records would be kept for two hosts; to begin anew, name another history with --db", .0.as_ref().map_or("without --host".to_owned(), |host| format!("with --host {}", crate::words::clean(host))))]
    OtherHost(Option<String>),
    /// The machine said no.
    #[error("reading it failed at byte {at}: {error}")]
    Read {
        /// Bytes read before.
        at: u64,
        /// What the system said.
        error: io::Error,
    },
}

impl Failure {
    /// What an error of the system means for an input.
    pub fn of(error: io::Error, at: u64) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound,
            io::ErrorKind::PermissionDenied => Self::NotPermitted,
            _ => Self::Read { at, error },
        }
    }

    /// The exit status if nothing else could be judged.
    pub const fn exit(&self) -> u8 {
        match self {
            Self::NotFound | Self::NoWriter(_) | Self::Terminal => 66,
            Self::OtherZone(_) | Self::OtherHost(_) => 64,
            Self::NotAFile(_) | Self::Empty | Self::NotUnderstood(_) | Self::NotUnpacked(_) | Self::NothingKnown(_) => {
                65
            }
            Self::NotPermitted | Self::Read { .. } => 74,
        }
    }

    /// The word in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NotPermitted => "not-permitted",
            Self::NoWriter(_) => "no-writer",
            Self::NotAFile(_) => "not-a-file",
            Self::Terminal => "terminal",
            Self::Empty => "empty",
            Self::NotUnderstood(_) => "not-understood",
            Self::NotUnpacked(_) => "not-unpacked",
            Self::NothingKnown(_) => "nothing-known",
            Self::OtherZone(_) => "other-timezone",
            Self::OtherHost(_) => "other-host",
            Self::Read { .. } => "read-error",
        }
    }
}
