//! From an observation back to the bytes that say so.
//!
//! The history keeps where a record stands and not the record: what is shown is read again, and only if the file still is, up to
//! the end of what was read, what was read. Bytes that may be others are never shown as evidence. What a log said that is followed is looked
//! for in it and in what rotation made of it, and is shown where the very record is found.

mod followed;

pub use followed::Found;

use super::{OPERATOR, State, fold};
use crate::diagnosis::{Made, made};
use crate::history::SourceId;
use crate::history::reader::{self, Source, Stream};
use crate::model::{COMMAND, Case, Observation, ObservationId, Subject, WATCH};
use crate::observe::log_of;
use crate::streams::{Failure, Name, Opened, open};
use followed::is_followed;
use rusqlite::{Connection, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use xxhash_rust::xxh3::Xxh3;

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// How much of a span is quoted.
const QUOTED_MAX: u64 = 2_048;

/// What became of the bytes of an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quote {
    /// They stand there, and begin so.
    Bytes(Vec<u8>),
    /// There is no such file any more, or not from where this was run.
    Gone,
    /// What was read of the file is no longer what is in it.
    Changed,
    /// It was read from a pipe.
    Pipe,
    /// The log was followed, and the record stands there now.
    Found(Found),
    /// The log was followed, and the record is not in it any more, nor in what rotation made of it.
    NotFound,
    /// The file was followed and read as a whole whenever it changed: what stood in it then is not kept.
    Followed,
    /// A command of the configuration printed it, by its name there.
    Printed(String),
    /// The daemon says it of its own watching.
    Watching,
    /// It was not read to its end, so there is nothing to know it by.
    NotWhole,
    /// The system cannot read it.
    Unreadable(String),
    /// A person said it to arraywatch.
    Said,
    /// No bytes say so: time passed, or the source is not known.
    Nowhere,
}

impl Quote {
    /// The word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bytes(_) => "unchanged",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Pipe => "pipe",
            Self::Found(_) => "found",
            Self::NotFound => "not-found",
            Self::Followed => "followed",
            Self::Printed(_) => "printed",
            Self::Watching => "watching",
            Self::NotWhole => "not-whole",
            Self::Unreadable(_) => "unreadable",
            Self::Said => "said",
            Self::Nowhere => "nowhere",
        }
    }
}

/// An observation, traced.
#[derive(Debug)]
pub struct Traced<'a> {
    /// The observation.
    pub one: &'a Observation,
    /// Of how many records it was made, if no single one says it.
    pub made: Option<Made>,
    /// The reading of a source that it is told from.
    pub source: Option<&'a Source>,
    /// Its bytes.
    pub quote: Quote,
}

impl Traced<'_> {
    /// Who said it, if a person did.
    pub fn said_by(&self) -> Option<&str> {
        self.source.filter(|source| source.format == OPERATOR).map(|source| source.name.as_str())
    }
}

/// Traces what a case and the terms of its suspects rest on, in order of time. Every source is read once.
///
/// # Errors
/// If the history cannot be read.
pub fn trace<'a>(history: &Connection, state: &'a State, case: &Case) -> Result<Vec<Traced<'a>>> {
    let terms = case.suspects.iter().flat_map(|suspect| &suspect.terms);
    let ids: BTreeSet<ObservationId> =
        terms.flat_map(|term| &term.observations).chain(&case.observations).copied().collect();
    let told: Vec<&Observation> = state.observations.iter().filter(|one| ids.contains(&one.id)).collect();
    let origins = origins(history, &state.streams)?;
    let sources: BTreeMap<SourceId, &Source> = state.sources.iter().map(|source| (source.id, source)).collect();
    let source = |one: &Observation| origins.get(&one.id).and_then(|(source, _)| sources.get(source).copied());
    let mut of_sources: BTreeMap<SourceId, Vec<(ObservationId, Range<u64>)>> = BTreeMap::new();
    let mut of_followed: BTreeMap<(SourceId, &Subject), Vec<&Observation>> = BTreeMap::new();
    for one in &told {
        if let (Some(source), Some(evidence)) = (source(one), &one.evidence) {
            match origins.get(&one.id) {
                Some((_, stream)) if is_followed(source) && log_of(&source.format).is_some() => {
                    of_followed.entry((source.id, &stream.name)).or_default().push(one);
                }
                _ => of_sources.entry(source.id).or_default().push((one.id, evidence.start..evidence.end)),
            }
        }
    }
    let mut quotes: BTreeMap<ObservationId, Quote> = BTreeMap::new();
    for ((source, stream), told) in of_followed {
        let (Some(source), Some(stream)) = (sources.get(&source), state.streams.iter().find(|one| one.name == *stream))
        else {
            continue;
        };
        quotes.extend(in_followed(history, source, stream, &told)?);
    }
    for (source, told) in of_sources {
        let (ids, spans): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        let quoted = sources.get(&source).map(|source| quote(source, &spans)).unwrap_or_default();
        quotes.extend(ids.into_iter().zip(quoted));
    }
    let traced = |one: &'a Observation| Traced {
        one,
        made: made(one, &state.observations),
        source: source(one),
        quote: quotes.remove(&one.id).unwrap_or(Quote::Nowhere),
    };
    Ok(told.into_iter().map(traced).collect())
}

/// Looks for what a followed log said, in it as it is.
fn in_followed(
    history: &Connection,
    source: &Source,
    stream: &Stream,
    told: &[&Observation],
) -> Result<Vec<(ObservationId, Quote)>> {
    // What was made of records is known by the record that it begins with.
    let mut records: BTreeMap<ObservationId, Vec<ObservationId>> = BTreeMap::new();
    for one in told {
        let start = one.evidence.as_ref().map_or(0, |evidence| evidence.start);
        let at_its_place = reader::records_at(history, stream.id, one.at.utc, source.id, start)?;
        records.insert(one.id, std::iter::once(one.id).chain(at_its_place).collect());
    }
    let found = followed::find(source, stream.name.host_name(), &records.values().flatten().copied().collect());
    let quote = |(id, records): (ObservationId, Vec<ObservationId>)| {
        let found = records.iter().find_map(|record| found.get(record));
        (id, found.map_or(Quote::NotFound, |found| Quote::Found(found.clone())))
    };
    Ok(records.into_iter().map(quote).collect())
}

/// Of each observation of some streams, from which source it is told, and its stream: their names may be those of several.
fn origins<'s>(history: &Connection, streams: &'s [Stream]) -> Result<BTreeMap<ObservationId, (SourceId, &'s Stream)>> {
    let mut origins = BTreeMap::new();
    for stream in streams {
        let digested = fold::digest(history, stream)?;
        for one in digested.digest.observations(digested.interrupted) {
            if let Some(source) = one.evidence.and_then(|evidence| evidence.source.parse().ok()) {
                origins.insert(one.id, (source, stream));
            }
        }
    }
    Ok(origins)
}

/// Quotes spans of a source, in the order in which they are given.
fn quote(source: &Source, spans: &[Range<u64>]) -> Vec<Quote> {
    let all = |quote: Quote| vec![quote; spans.len()];
    if source.format == OPERATOR {
        return all(Quote::Said);
    }
    if !source.whole {
        return all(Quote::NotWhole);
    }
    if let Some(command) = source.name.strip_prefix(COMMAND) {
        return all(Quote::Printed(command.to_owned()));
    }
    if source.format == WATCH {
        return all(Quote::Watching);
    }
    if is_followed(source) {
        return all(Quote::Followed);
    }
    if source.fingerprint.is_none() {
        return all(Quote::Pipe);
    }
    match read(source, spans) {
        Ok(Some(quoted)) => quoted.into_iter().map(Quote::Bytes).collect(),
        Ok(None) => all(Quote::Changed),
        Err(failure) if failure.code() == "not-found" => all(Quote::Gone),
        Err(failure) => all(Quote::Unreadable(failure.to_string())),
    }
}

fn read(source: &Source, spans: &[Range<u64>]) -> std::result::Result<Option<Vec<Vec<u8>>>, Failure> {
    let mut opened = open(&Name::Path(source.name.clone().into()))?;
    let quoted = read_as_known(&mut opened, source, spans)?;
    // A log that begins as a compressed file may have been read as it is.
    if quoted.is_none() && opened.packing().is_some() && opened.as_it_is() {
        return read_as_known(&mut opened, source, spans);
    }
    Ok(quoted)
}

/// The spans, if all that was read of the source is what stands there now. A log that was added to since has the same front.
fn read_as_known(
    opened: &mut Opened,
    source: &Source,
    spans: &[Range<u64>],
) -> std::result::Result<Option<Vec<Vec<u8>>>, Failure> {
    let mut quoted = vec![Vec::new(); spans.len()];
    let (mut hash, mut at) = (Xxh3::new(), 0);
    let mut chunk = vec![0; CHUNK];
    while at < source.bytes {
        let room = usize::try_from(source.bytes - at).unwrap_or(CHUNK).min(CHUNK);
        let length = opened.fill(chunk.get_mut(..room).unwrap_or_default())?;
        let read = chunk.get(..length).unwrap_or_default();
        hash.update(read);
        for (span, quoted) in spans.iter().zip(&mut quoted) {
            let end = span.end.min(span.start.saturating_add(QUOTED_MAX));
            let within = |offset: u64| usize::try_from(offset.saturating_sub(at)).unwrap_or(length).min(length);
            quoted.extend_from_slice(read.get(within(span.start)..within(end)).unwrap_or_default());
        }
        at += length as u64;
        if length < room {
            break;
        }
    }
    Ok((at == source.bytes && hash.digest() == source.content).then_some(quoted))
}
