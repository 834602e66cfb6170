//! What is known, in memory: the digest of each stream, taken from the history at the start and gone on with as things are said. So a
//! diagnosis needs no disk, which may be the very one that hangs.
//!
//! What must hold: it is what a fold of the history gives, as soon as the history has all that was said. Where that cannot be kept up (what
//! is said is of an earlier time than what was known, or may have been said before), the stream is *doubtful*: its digest is left as it is,
//! and taken from the history when that has it. Where there is no history to take it from, what is said is believed at once.

use super::heard::{Heard, Item, Spoken};
use crate::diagnosis::Digest;
use crate::model::{Observation, Said, Sample, Sink, Statement, Subject};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Statements remembered by their key; when there are more, they are made anew.
const STATEMENTS_MAX: usize = 20_000;

/// A stream as the history has it.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) stream: Subject,
    pub(super) digest: Digest,
    pub(super) interrupted: bool,
    /// The time of its last record.
    pub(super) last: Option<DateTime<Utc>>,
    /// Entries of it that were told, if it is a log of the machine's that is read again and again.
    pub(super) entries: Vec<String>,
}

/// What is known.
#[derive(Default)]
pub(super) struct Known {
    streams: BTreeMap<Subject, Stream>,
    statements: HashMap<u64, (Arc<Subject>, Arc<Statement>)>,
    /// Whether there is a history that doubtful streams can be taken from.
    pub(super) has_history: bool,
}

#[derive(Default)]
struct Stream {
    digest: Digest,
    interrupted: bool,
    last: Option<DateTime<Utc>>,
    doubtful: bool,
    entries: HashSet<String>,
}

impl Known {
    /// The history has it so. `pending` was said since, and is not in the history yet.
    pub(super) fn take(&mut self, taken: Taken, pending: &[&Heard]) {
        let Taken { stream, digest, interrupted, last, entries } = taken;
        let mut entries: HashSet<String> = entries.into_iter().collect();
        if let Some(known) = self.streams.remove(&stream) {
            entries.extend(known.entries);
        }
        self.streams.insert(stream.clone(), Stream { digest, interrupted, last, doubtful: false, entries });
        for heard in pending {
            for spoken in heard.items.iter().filter_map(|item| match item {
                Item::Said(spoken) if *spoken.stream == stream => Some(spoken),
                _ => None,
            }) {
                self.hear(&spoken.said(&heard.origin.name), &spoken.statement, heard.again);
            }
        }
    }

    /// Hosts of which something is known.
    pub(super) fn hosts(&self) -> BTreeSet<String> {
        self.streams.keys().filter_map(Subject::host_name).map(str::to_owned).collect()
    }

    /// The time of the last record of a stream.
    pub(super) fn last(&self, stream: &Subject) -> Option<DateTime<Utc>> {
        self.streams.get(stream)?.last
    }

    /// Streams whose digests are to be taken from the history.
    pub(super) fn doubtful(&self) -> BTreeSet<Subject> {
        let doubtful = self.streams.iter().filter(|(_, stream)| stream.doubtful);
        doubtful.map(|(subject, _)| subject.clone()).collect()
    }

    /// All of it, as observations, in order.
    pub(super) fn observations(&self) -> Vec<Observation> {
        let of = |stream: &Stream| stream.digest.observations(stream.interrupted);
        let mut observations: Vec<Observation> = self.streams.values().flat_map(of).collect();
        observations.sort_by_key(Observation::order);
        observations
    }

    /// Listens to a source. What it says is known at once, and goes into `items` to be kept. `again` says that it may have been said
    /// before.
    pub(super) fn listen<'a>(&'a mut self, items: &'a mut Vec<Item>, again: bool) -> Ear<'a> {
        Ear { known: self, items, again }
    }

    fn hear(&mut self, said: &Said<'_>, statement: &Statement, again: bool) {
        let has_history = self.has_history;
        let is_new = !self.streams.contains_key(said.stream);
        let stream = self.streams.entry(said.stream.clone()).or_default();
        let is_remark = statement.fact.is_remark();
        let is_late = !is_remark && stream.last.is_some_and(|last| said.at.utc < last);
        // Of a stream that was not known the history may know.
        stream.doubtful |= again || is_late || is_new || said.ordinal > 0;
        let waits = has_history && (again || is_late || (stream.doubtful && is_remark));
        if !waits {
            stream.digest.take(said, statement);
        }
        if !is_remark {
            stream.last = stream.last.max(Some(said.at.utc));
        }
    }
}

/// Hears a source.
pub(super) struct Ear<'a> {
    known: &'a mut Known,
    items: &'a mut Vec<Item>,
    again: bool,
}

impl Sink for Ear<'_> {
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        if self.known.statements.len() >= STATEMENTS_MAX {
            self.known.statements.clear();
        }
        let (stream, statement) = match self.known.statements.get(&said.key) {
            Some((stream, statement)) => (Arc::clone(stream), Arc::clone(statement)),
            None => {
                let (stream, statement) = (Arc::new(said.stream.clone()), Arc::new(statement()));
                // Of a remark, what is said changes while it is about the same place.
                if !statement.fact.is_remark() {
                    self.known.statements.insert(said.key, (Arc::clone(&stream), Arc::clone(&statement)));
                }
                (stream, statement)
            }
        };
        self.known.hear(said, &statement, self.again);
        self.items.push(Item::Said(Spoken::new(said, stream, statement)));
    }

    fn recant(&mut self, stream: &Subject, key: u64, at: DateTime<Utc>, span: &Range<u64>) {
        self.known.streams.entry(stream.clone()).or_default().doubtful = true;
        self.items.push(Item::Recant { stream: stream.clone(), key, at, span: span.clone() });
    }

    fn sample(&mut self, drive: &Subject, sample: Sample) {
        self.items.push(Item::Sample { drive: drive.clone(), sample });
    }

    fn was_told(&mut self, stream: &Subject, entry: &str) -> bool {
        let stream = self.known.streams.entry(stream.clone()).or_default();
        !stream.entries.insert(entry.to_owned())
    }

    fn end(&mut self, stream: &Subject, interrupted: bool) {
        if let Some(known) = self.known.streams.get_mut(stream) {
            known.interrupted = interrupted;
        }
        self.items.push(Item::End { stream: stream.clone(), interrupted });
    }
}
