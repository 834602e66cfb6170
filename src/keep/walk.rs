//! All that is kept, piece by piece, in an order that does not depend on when it was read: the sources; stream by stream what was
//! summed up, by its begin, and what was said, by time; the samples of drives; what was told to people. In constant memory, as of one moment.

use crate::history::reader::{self, Known, Part, Source, Stream};
use crate::history::{Manner, Reason, SourceId, Written, outbox, samples};
use crate::model::{Sample, with_numbers};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Result};
use serde_json::Value;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io;

/// Statements remembered.
const KNOWN_MAX: usize = 50_000;

/// Seconds of samples that are in memory at a time.
const WEEK: i64 = 7 * 86_400;

/// A piece of what is kept.
#[derive(Debug)]
pub enum Item<'a> {
    /// First of all.
    Head(Head),
    /// A reading of a file or a pipe.
    Source(&'a Source),
    /// A stream; what follows is of it.
    Stream(&'a Stream, &'a [Part]),
    /// What was made of the stream before anything of it was summed up: its time and its digest.
    Base(&'a Stream, DateTime<Utc>, &'a Value),
    /// What was summed up.
    Summed(Summed<'a>),
    /// What was said.
    Told(Told<'a>),
    /// What was measured of a drive.
    Sample(&'a str, &'a Sample),
    /// Samples of a drive, from that time on, that cannot be read any more, and why.
    SamplesLost(&'a str, DateTime<Utc>, String),
    /// What was told to people, with its deliveries.
    Alert(&'a outbox::Sent),
}

/// Of the whole.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// The time before which observations are summed up.
    pub kept_from: Option<DateTime<Utc>>,
}

/// A summary with what it says.
#[derive(Debug, Clone, Copy)]
pub struct Summed<'a> {
    /// The stream.
    pub stream: &'a Stream,
    /// What was said.
    pub known: &'a Known,
    /// When and how often.
    pub summary: &'a reader::Summed,
}

/// A row with what it says.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The stream.
    pub stream: &'a Stream,
    /// What was said.
    pub known: &'a Known,
    /// When and where.
    pub said: &'a reader::Said,
    /// The time as it was written.
    pub written: Option<&'a str>,
    /// The name of the source.
    pub source: &'a str,
    /// In full, with the numbers of this time.
    pub text: &'a str,
}

/// Why not all was given.
#[derive(Debug)]
pub enum Stopped {
    /// It could not be read.
    Reading(Reason),
    /// Who took it could not take more.
    Taking(io::Error),
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::ToSqlConversionFailure(inner) => match inner.downcast::<io::Error>() {
                Ok(error) => Self::Taking(*error),
                Err(inner) => Self::Reading(rusqlite::Error::ToSqlConversionFailure(inner).into()),
            },
            error => Self::Reading(error.into()),
        }
    }
}

/// Gives all that is kept.
///
/// # Errors
/// If the history cannot be read, or `take` fails.
pub fn walk(
    history: &Connection,
    take: &mut dyn FnMut(Item<'_>) -> io::Result<()>,
) -> std::result::Result<(), Stopped> {
    // The readers know one kind of error; one of whoever takes travels in it.
    let mut give =
        |item: Item<'_>| take(item).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)));
    // All of it as of one moment, whatever a writer does meanwhile.
    let reading = history.unchecked_transaction()?;
    let kept_from = reader::kept_from(&reading)?.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    give(Item::Head(Head { kept_from }))?;
    let sources = reader::sources(&reading)?;
    sources.iter().try_for_each(|source| give(Item::Source(source)))?;
    let mut words = Words {
        history: &reading,
        manners: reader::manners(&reading)?,
        sources: sources.iter().map(|source| (source.id, source.name.as_str())).collect(),
        statements: HashMap::new(),
    };
    for stream in reader::streams(&reading)? {
        give(Item::Stream(&stream, &reader::parts(&reading, stream.id)?))?;
        if let Some((at, packed)) = reader::base(&reading, stream.id)? {
            // As JSON, of whatever version: what is exported need not be understood here.
            let digest = zstd::decode_all(packed.as_slice()).ok().and_then(|json| serde_json::from_slice(&json).ok());
            give(Item::Base(&stream, at, &digest.unwrap_or_default()))?;
        }
        words.stream(&stream, &mut give)?;
    }
    drives(&reading, &mut give)?;
    outbox::each(&reading, |sent| give(Item::Alert(sent)))?;
    Ok(())
}

type Give<'a> = dyn FnMut(Item<'_>) -> Result<()> + 'a;

/// What rows mean.
struct Words<'a> {
    history: &'a Connection,
    manners: BTreeMap<u32, Manner>,
    sources: HashMap<SourceId, &'a str>,
    statements: HashMap<i64, Known>,
}

impl Words<'_> {
    fn stream(&mut self, stream: &Stream, give: &mut Give<'_>) -> Result<()> {
        let history = self.history;
        reader::summaries(history, stream.id, |summary| {
            let known = self.known(summary.statement)?;
            give(Item::Summed(Summed { stream, known, summary }))
        })?;
        reader::said_after(history, stream.id, None, |said| self.said(stream, said, give))
    }

    fn said(&mut self, stream: &Stream, said: &reader::Said, give: &mut Give<'_>) -> Result<()> {
        let manner = |manner: &u32| self.manners.get(manner).and_then(|manner| manner.write(said.at));
        let written = match &said.written {
            Written::Not => None,
            Written::As(text) => Some(text.to_string()),
            Written::In(number) => manner(number),
        };
        let source = self.sources.get(&said.source).copied().unwrap_or_default();
        let known = self.known(said.statement)?;
        let text = with_numbers(&known.statement.text, &said.numbers);
        give(Item::Told(Told { stream, known, said, written: written.as_deref(), source, text: &text }))
    }

    fn known(&mut self, statement: i64) -> Result<&Known> {
        if self.statements.len() >= KNOWN_MAX {
            self.statements.clear();
        }
        match self.statements.entry(statement) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => Ok(new.insert(reader::statement(self.history, statement)?)),
        }
    }
}

/// The samples of all drives.
fn drives(history: &Connection, give: &mut Give<'_>) -> Result<()> {
    let plain = |error| match error {
        samples::Error::Database(error) => error,
        error => rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Integer, Box::new(error)),
    };
    let mut newest = Vec::new();
    let each = |drive, sample: std::result::Result<&Sample, samples::Damaged>| {
        newest.push((drive, sample.map_or_else(|damaged| damaged.at, |sample| sample.at)));
    };
    samples::newest(history, each).map_err(plain)?;
    for (drive, last) in newest {
        let name = reader::subject(history, drive)?.unwrap_or_else(|| format!("subject {drive}"));
        let mut from = 0;
        while from <= last {
            let week = samples::range(history, drive, from, from + WEEK - 1).map_err(plain)?;
            // A damaged chunk is met again in each week that it may reach into.
            for lost in week.damaged.iter().filter(|lost| lost.at >= from) {
                let at = DateTime::from_timestamp(lost.at, 0).unwrap_or_default();
                give(Item::SamplesLost(&name, at, lost.damage.to_string()))?;
            }
            week.samples.iter().try_for_each(|sample| give(Item::Sample(&name, sample)))?;
            from += WEEK;
        }
    }
    Ok(())
}
