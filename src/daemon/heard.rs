//! What a source said, to keep: handed from the thread that hears it to the one that writes it down.

use crate::model::{Moment, Said, Sample, Sink, Statement, Subject, When};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// A source, as the history knows it.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// Its name: a path, `scan`, or `command:` and a name.
    pub(super) name: Arc<str>,
    /// The family that reads it.
    pub(super) format: &'static str,
    /// The host that was given for it.
    pub(super) host: Option<String>,
    /// The zone that was given for it.
    pub(super) timezone: Option<&'static str>,
    /// Of what is read as a whole, and is corrected rather than added to (notes): its bytes.
    pub(super) whole: Option<Arc<[u8]>>,
    /// Whether it is a log that goes on: what is counted of it comes on top of what was.
    pub(super) goes_on: bool,
}

/// What one source said since it was listened to last.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) origin: Origin,
    pub(super) items: Vec<Item>,
    /// Whether it may have been said before: notes that were changed in part.
    pub(super) again: bool,
    /// Intact records and the like: of a log that goes on, those that were not told of yet.
    pub(super) so_far: crate::observe::SoFar,
}

/// One thing that it said.
#[derive(Debug)]
pub(super) enum Item {
    /// A statement.
    Said(Spoken),
    /// What was said there was damaged after all.
    Recant { stream: Subject, key: u64, at: DateTime<Utc>, span: Range<u64> },
    /// What was measured.
    Sample { drive: Subject, sample: Sample },
    /// What stands behind the last record.
    End { stream: Subject, interrupted: bool },
}

/// That a statement was made.
#[derive(Debug, Clone)]
pub(super) struct Spoken {
    pub(super) stream: Arc<Subject>,
    pub(super) statement: Arc<Statement>,
    key: u64,
    at: When,
    offset: Option<i32>,
    numbers: Box<str>,
    ordinal: u32,
    span: Range<u64>,
    interrupted: bool,
}

impl Spoken {
    pub(super) fn new(said: &Said<'_>, stream: Arc<Subject>, statement: Arc<Statement>) -> Self {
        Self {
            stream,
            statement,
            key: said.key,
            at: said.at.when(),
            offset: said.at.offset,
            numbers: said.numbers.into(),
            ordinal: said.ordinal,
            span: said.span.clone(),
            interrupted: said.interrupted,
        }
    }

    /// As it was said.
    pub(super) fn said<'a>(&'a self, source: &'a Arc<str>) -> Said<'a> {
        Said {
            stream: &self.stream,
            key: self.key,
            at: Moment { offset: self.offset, ..self.at.moment() },
            numbers: &self.numbers,
            ordinal: self.ordinal,
            source,
            span: self.span.clone(),
            interrupted: self.interrupted,
        }
    }
}

impl Heard {
    /// Says it again.
    pub(super) fn tell(&self, sink: &mut dyn Sink) {
        for item in &self.items {
            match item {
                Item::Said(spoken) => {
                    sink.say(&spoken.said(&self.origin.name), &mut || (*spoken.statement).clone());
                }
                Item::Recant { stream, key, at, span } => sink.recant(stream, *key, *at, span),
                Item::Sample { drive, sample } => sink.sample(drive, sample.clone()),
                Item::End { stream, interrupted } => sink.end(stream, *interrupted),
            }
        }
    }

    /// The streams that it is of.
    pub(super) fn streams(&self) -> BTreeSet<&Subject> {
        fn of(item: &Item) -> Option<&Subject> {
            match item {
                Item::Said(spoken) => Some(&spoken.stream),
                Item::Recant { stream, .. } | Item::End { stream, .. } => Some(stream),
                Item::Sample { .. } => None,
            }
        }
        self.items.iter().filter_map(of).collect()
    }
}
