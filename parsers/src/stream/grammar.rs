//! What a log format tells the reader about its records. Framing, resynchronising and damage need no more than this.

use super::span::DamageKind;
use crate::time::Basis;
use chrono::NaiveDateTime;

/// A log format of text, a line a record or several.
///
/// Where records have several lines, "line" means all lines of one in what follows: [`unit`](Self::unit) says how many those are.
///
/// All methods are total. Lines come without their line end (LF or CR LF). None of them may look at more than its argument,
/// so that the result does not depend on how the input was cut into chunks.
pub trait Grammar {
    /// A record, borrowing from its line.
    type Record<'a>: Record;

    /// How long the line at the front of `bytes` is, its end included; none if that does not show yet, for the bytes end before it does.
    /// `end`: nothing follows.
    fn unit(&self, bytes: &[u8], _end: bool) -> Option<usize> {
        memchr::memchr(b'\n', bytes).map(|at| at + 1)
    }

    /// Reads one whole line.
    ///
    /// # Errors
    /// [`Misfit::Flawed`] if the line is a record whose fields contradict each other, [`Misfit::NoRecord`] if it is none.
    fn parse<'a>(&self, line: &'a [u8]) -> Result<Self::Record<'a>, Misfit>;

    /// Where the head of a record begins, at or after `from`. A head is enough to know a record by: no record that
    /// [`parse`](Self::parse) returns holds a second one.
    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize>;

    /// How many bytes at the front of `bytes` are the front of a record, as far as the grammar can follow; 0 if they are none.
    /// Where the text of a record is free, it is followed to the first byte that is no text.
    fn front(&self, bytes: &[u8]) -> usize;

    /// Where the end of a record begins, if `line` ends as a record does though it does not begin as one.
    fn tail(&self, line: &[u8]) -> Option<usize>;

    /// Where the first part of a record's head stands in a line that holds no whole one. Such a line was a record once.
    fn trace(&self, line: &[u8]) -> Option<usize>;

    /// Whether a front and a tail cannot be of one record, since fields of theirs contradict each other.
    fn disagree(&self, front: &[u8], tail: &[u8]) -> bool;
}

/// What the checks across records need to know of one.
pub trait Record {
    /// The text of date, time and zone.
    fn written(&self) -> &str;
    /// The local time that it says.
    fn local(&self) -> NaiveDateTime;
    /// Whether it says one. A record that does not was written after the one before it, and counts at that one's time;
    /// [`local`](Self::local) is then only where the log begins with it.
    fn is_dated(&self) -> bool {
        true
    }
    /// Whether the text says the year. Of one that does not, the year of [`local`](Self::local) holds for the first record; of
    /// all others it is the one that brings them nearest to the record before.
    fn says_year(&self) -> bool {
        true
    }
    /// How sure the time is, where something other than its zone makes it less sure.
    fn basis(&self) -> Option<Basis> {
        None
    }
    /// What the place of a record among others says of its time.
    fn sequence(&self) -> Sequence {
        Sequence::Strict
    }
    /// The zone as written.
    fn zone(&self) -> Option<&str>;
    /// Whether the record cannot be the front of a longer one. Asked at the end of an input that lacks its last line end.
    fn is_whole(&self) -> bool;
    /// A report repeats by a rhythm; records of one report share the key.
    fn report(&self) -> Option<u32>;
    /// What the record says of a place, if it repeats what stood in every report before it.
    fn claim(&self) -> Option<Claim<'_>>;
    /// The number that its writer gave it, if it numbers its records.
    fn number(&self) -> Option<Number> {
        None
    }
}

/// The number of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// One more, or one less, than that of the record written before.
    pub value: u32,
    /// Whether the log has the newest record first: then its time goes back from record to record as it should.
    pub descends: bool,
    /// Whether the log at hand leaves no number out, as far as is known: one that has records of some kinds alone does.
    pub gapless: bool,
}

/// What the place of a record among others says of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    /// Time moves on from record to record, and nobody writes a block of records twice within a second.
    Strict,
    /// Time moves on, and a block of records may well be written twice within a second: a command that is tried again.
    MayRepeat,
    /// Nothing: it says no time, or one that is not of its writing.
    None,
}

/// A statement about a place that is repeated by rhythm, such as which drive sits in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The place, as the record's head names it.
    pub place: &'a [u8],
    /// All that is said of it.
    pub statement: &'a [u8],
}

/// Why a line is no intact record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It does not follow the grammar.
    NoRecord,
    /// It follows the grammar and cannot have been written.
    Flawed {
        /// [`DamageKind::Spliced`] or [`DamageKind::Garbled`].
        kind: DamageKind,
        /// One phrase for a person.
        detail: String,
    },
}
