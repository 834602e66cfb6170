//! What is handed to the writer, in order.

use super::checkpoint::New;
use crate::model::{Sample, Statement, Subject};

/// A number of a source, given by whoever reads: there is one writer.
pub type SourceId = i64;

/// One thing to write down.
#[derive(Debug)]
pub enum Entry {
    /// A source begins to be read.
    Begin(Begin),
    /// A statement, before it is said for the first time.
    Statement {
        /// Names it.
        key: u64,
        /// The log that says it.
        stream: Subject,
        /// What it is.
        statement: Box<Statement>,
    },
    /// A manner of writing times, before its first use.
    Manner {
        /// Its number.
        id: u32,
        /// As of strftime.
        pattern: String,
        /// Seconds from UTC to the time that it shows.
        offset: i32,
    },
    /// It is said.
    Said(Row),
    /// What was measured of a drive.
    Sample {
        /// Which.
        drive: Subject,
        /// When, and what.
        sample: Sample,
    },
    /// What was said there is taken back: it was damaged after all.
    Recant(Recant),
    /// The source has been read.
    End(Box<End>),
}

/// A record that was damaged after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recant {
    /// The statement that it made.
    pub key: u64,
    /// The second.
    pub at: i64,
}

/// What is said of the bytes of a source.
#[derive(Debug, Clone)]
pub struct Remark {
    /// The log.
    pub stream: Subject,
    /// What is said.
    pub statement: Statement,
    /// Where.
    pub row: Row,
}

/// That a statement was made.
#[derive(Debug, Clone)]
pub struct Row {
    /// The statement.
    pub key: u64,
    /// The second.
    pub at: i64,
    /// The numbers that its text has this time.
    pub numbers: Box<str>,
    /// How often in that second, so far.
    pub times: u32,
    /// By which source.
    pub source: SourceId,
    /// Where in it.
    pub start: u64,
    /// How many bytes say so.
    pub length: u64,
    /// Whether something that is no record stands before it.
    pub interrupted: bool,
    /// How sure the time is, by its place in `Basis::ALL`.
    pub basis: u8,
    /// How the time was written.
    pub written: Written,
    /// As in `model::When`, in seconds.
    pub until: Option<i64>,
    /// As in `model::When`, in seconds.
    pub within: Option<i64>,
}

/// How a time was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It was not.
    Not,
    /// In a manner, by its number.
    In(u32),
    /// In no known one: this is the text.
    As(Box<str>),
}

/// A source as it is known before it was read.
#[derive(Debug, Clone)]
pub struct Begin {
    /// Its number.
    pub id: SourceId,
    /// As given.
    pub name: String,
    /// The file, from the root on; none of a pipe.
    pub path: Option<String>,
    /// The family that reads it.
    pub format: &'static str,
    /// The zone that was given.
    pub timezone: Option<String>,
    /// The host that was given.
    pub host: Option<String>,
    /// Hash of its first bytes.
    pub front: u64,
    /// When it is read.
    pub read_at: i64,
}

/// A source as it is known when it was read.
#[derive(Debug)]
pub struct End {
    /// Its number.
    pub id: SourceId,
    /// Hash of all its bytes.
    pub content: u64,
    /// How many.
    pub bytes: u64,
    /// Hash of what the file system says of the file.
    pub fingerprint: Option<u64>,
    /// Intact records.
    pub records: u64,
    /// Lines that are none.
    pub unrecognised: u64,
    /// Damaged places.
    pub damaged: u64,
    /// A source with the same content that is known.
    pub same_as: Option<SourceId>,
    /// Sources that this is a longer or newer version of.
    pub supersedes: Vec<SourceId>,
    /// Whether all that those say holds no longer unless this one says it too, and not what they remark alone.
    pub replaces: bool,
    /// What it holds of which stream.
    pub parts: Vec<Part>,
    /// The checkpoints of streams that were read for the first time: they stand if nothing of what was written was known.
    pub checkpoints: Vec<(Subject, Vec<New>)>,
    /// Of one that replaces others, all that it says.
    pub said: Vec<Row>,
    /// What is said of its bytes.
    pub remarks: Vec<Remark>,
    /// Records that were damaged after all, as far as can be told from this version of it.
    pub recants: Vec<Recant>,
}

/// What a source holds of a stream.
#[derive(Debug, Clone)]
pub struct Part {
    /// The stream.
    pub stream: Subject,
    /// The second of its first record.
    pub first_at: i64,
    /// The second of its last.
    pub last_at: i64,
    /// Whether something that is no record stands behind that.
    pub interrupted: bool,
}
