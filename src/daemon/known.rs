//! What is known, in memory: the digest of each stream, taken from the history at the start and gone on with as things are said. So a
//! diagnosis needs no disk, which may be the very one that hangs.
//!
//! What must hold: it is what a fold of the history gives, as soon as the history has all that was said. Where that cannot be kept up (what
//! is said is of an earlier time than what was known, or may have been said before), the stream is *doubtful*: its digest is left as it is,
//! and taken from the history when that has it. Where there is no history to take it from, what is said is believed at once.

use super::heard::{Heard, Item, Spoken};
use crate::diagnosis::Digest;
use crate::model::{AHEAD, Moment, Observation, Said, Sample, Sink, Statement, Subject};
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
        Ear { known: self, items, again, was_set_back: false }
    }

    /// Listens to a log that is read as it is written, `now`.
    pub(super) fn listen_live<'a>(&'a mut self, items: &'a mut Vec<Item>, again: bool, now: DateTime<Utc>) -> Ear<'a> {
        let ahead = |stream: &Stream| stream.last.is_some_and(|last| now < last);
        let was_set_back = !again && self.streams.values().any(ahead);
        Ear { known: self, items, again, was_set_back }
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
    /// Whether a log that is read as it is written has records of after the present time: the clock of who writes it was set back.
    was_set_back: bool,
}

impl Ear<'_> {
    /// What is written after a record is of no time before it, though the clock was set back between: a member that fails after a repair
    /// would have failed before it, and a relapse would be none. As with readings, a clock that was further ahead was wrong.
    fn at(&self, said: &Said<'_>) -> DateTime<Utc> {
        let at = said.at.utc;
        let last = || self.known.last(said.stream).filter(|last| at < *last && *last - at <= AHEAD);
        if self.was_set_back { last().unwrap_or(at) } else { at }
    }
}

impl Sink for Ear<'_> {
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        let at = Moment { utc: self.at(said), ..said.at };
        let said = &Said { at, span: said.span.clone(), ..*said };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArrayState, Fact, Severity};
    use arraywatch_parsers::time::Basis;
    use chrono::TimeDelta;

    /// A log is read as it is written, a word each: the minute by the clock of who reads, the minute that is written, what the array is said
    /// to be. Gives the minutes that are told.
    fn told(words: &[(i64, i64, ArrayState)], again: bool) -> Vec<i64> {
        let (mut known, stream) = (Known::default(), "stream:db7/kernel-log".parse().expect("a stream"));
        let (start, source) = (DateTime::from_timestamp(1_790_000_000, 0).expect("a time"), Arc::from("log"));
        let mut told = Vec::new();
        for (number, (clock, written, state)) in (0..).zip(words) {
            let utc = start + TimeDelta::minutes(*written);
            let at = Moment { utc, written: None, offset: None, basis: Basis::Stated, until: None, within: None };
            let (stream, span) = (&stream, number..number + 1);
            let said =
                Said { stream, key: number, at, numbers: "", ordinal: 0, source: &source, span, interrupted: false };
            let mut items = Vec::new();
            let mut ear = known.listen_live(&mut items, again, start + TimeDelta::minutes(*clock));
            ear.say(&said, &mut || Statement {
                subject: "array:db7/md0".parse().expect("a subject"),
                fact: Fact::State(*state),
                severity: Severity::Critical,
                text: "as it is".to_owned(),
            });
            for item in items {
                let Item::Said(spoken) = item else { panic!("{item:?}") };
                told.push((spoken.said(&source).at.utc - start).num_minutes());
            }
        }
        told
    }

    /// The clock was set back by 24 minutes between a repair and the next failure, and the relapse was no case.
    #[test]
    fn what_is_written_later_happened_later() {
        use ArrayState::{Degraded, Optimal};
        let course = |back: i64| [(0, 0, Degraded), (29, 29, Optimal), (31 - back, 31 - back, Degraded)];
        assert_eq!(told(&course(0), false), [0, 29, 31]);
        assert_eq!(told(&course(24), false), [0, 29, 29]);
        assert_eq!(told(&course(24), true), [0, 29, 7]);
        // It was days ahead: that was wrong.
        assert_eq!(told(&course(2_000), false), [0, 29, -1_969]);
        // A log of long ago, whose records are not in order, is as it is written.
        assert_eq!(told(&[(9_000, 0, Degraded), (9_000, 29, Optimal), (9_000, 7, Degraded)], false), [0, 29, 7]);
    }
}
