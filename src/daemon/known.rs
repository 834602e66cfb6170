//! What is known, in memory: the digest of each stream, taken from the history at the start and gone on with as things are said. So a
//! diagnosis needs no disk, which may be the very one that hangs.
//!
//! What must hold: it is what a fold of the history gives, as soon as the history has all that was said. Where that cannot be kept up (what
//! is said is of an earlier time than what was known, or may have been said before), the stream is *doubtful*: its digest is left as it is,
//! and taken from the history when that has it. Where there is no history to take it from, or none any more, what is said is believed at
//! once: a thing that is counted twice is better than one that nobody is told of.

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
    has_history: bool,
}

#[derive(Default)]
struct Stream {
    digest: Digest,
    interrupted: bool,
    last: Option<DateTime<Utc>>,
    doubtful: bool,
    entries: HashSet<String>,
    /// Seconds that were written behind a later one, and those as of which they were told.
    set_back: BTreeMap<i64, i64>,
    /// What was said and is not believed before the history tells where it belongs, and by which source.
    waits: Vec<(Arc<str>, Spoken)>,
}

impl Known {
    /// The history has it so. `pending` was said since, and is not in the history yet.
    pub(super) fn take(&mut self, taken: Taken, pending: &[&Heard]) {
        let Taken { stream, digest, interrupted, last, entries } = taken;
        let known = self.streams.remove(&stream).unwrap_or_default();
        let (mut all, set_back) = (known.entries, known.set_back);
        all.extend(entries);
        let taken = Stream { digest, interrupted, last, doubtful: false, entries: all, set_back, waits: Vec::new() };
        self.streams.insert(stream.clone(), taken);
        for heard in pending {
            for spoken in heard.items.iter().filter_map(|item| match item {
                Item::Said(spoken) if *spoken.stream == stream => Some(spoken),
                _ => None,
            }) {
                self.hear(&heard.origin.name, spoken, heard.again);
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

    /// There is a history, or there is none now: then what waited for it is believed. Whether something was.
    pub(super) fn has_history(&mut self, has: bool) -> bool {
        self.has_history = has;
        let mut believed = false;
        for stream in self.streams.values_mut().filter(|stream| !has && !stream.waits.is_empty()) {
            believed = true;
            let mut waits = std::mem::take(&mut stream.waits);
            waits.sort_by_key(|(source, spoken)| spoken.said(source).at.utc);
            for (source, spoken) in waits {
                stream.digest.take(&spoken.said(&source), &spoken.statement);
            }
        }
        believed
    }

    /// Listens to a source. What it says is known at once, and goes into `items` to be kept. `again` says that it may have been said
    /// before.
    pub(super) fn listen<'a>(&'a mut self, items: &'a mut Vec<Item>, again: bool) -> Ear<'a> {
        Ear { known: self, items, again, taken_up: false, live: None }
    }

    /// Listens to a log that is read as it is written, `now`. `taken_up` says that it was read before up to here: a record of several
    /// lines may be said once more.
    pub(super) fn listen_live<'a>(
        &'a mut self,
        items: &'a mut Vec<Item>,
        taken_up: bool,
        now: DateTime<Utc>,
    ) -> Ear<'a> {
        Ear { known: self, items, again: false, taken_up, live: Some(now) }
    }

    fn hear(&mut self, source: &Arc<str>, spoken: &Spoken, again: bool) {
        let (said, statement) = (spoken.said(source), &spoken.statement);
        let has_history = self.has_history;
        let is_new = !self.streams.contains_key(said.stream);
        let stream = self.streams.entry(said.stream.clone()).or_default();
        let is_remark = statement.fact.is_remark();
        let is_late = !is_remark && stream.last.is_some_and(|last| said.at.utc < last);
        // Of a stream that was not known the history may know.
        stream.doubtful |= again || is_late || is_new || said.ordinal > 0;
        if has_history && (again || is_late || (stream.doubtful && is_remark)) {
            stream.waits.push((Arc::clone(source), spoken.clone()));
        } else {
            stream.digest.take(&said, statement);
        }
        if !is_remark {
            stream.last = stream.last.max(Some(said.at.utc));
        }
    }
}

impl Stream {
    /// As of when something is told that is written in a log, which is read `now`.
    ///
    /// What is written after a record is of no time before it, though the clock was set back between: a member that fails after a repair
    /// would have failed before it, and a relapse would be none. It is told as of the second after the last one, and what is written next as
    /// of the one after that, until the clock has caught up. That it was set back is known by a last record of after the present; what
    /// comes behind one of before may have been on its way for long. As with readings, a clock that was further ahead was wrong.
    fn told_at(&mut self, at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let Some(last) = self.last.filter(|last| at < *last && now < *last && *last - at <= AHEAD) else {
            if self.last.is_none_or(|last| last <= at) {
                self.set_back.clear();
            }
            return at;
        };
        let told = match self.set_back.get(&at.timestamp()) {
            Some(told) if *told == last.timestamp() => *told,
            _ => last.timestamp() + 1,
        };
        self.set_back.insert(at.timestamp(), told);
        DateTime::from_timestamp(told, at.timestamp_subsec_nanos()).unwrap_or(at)
    }

    /// As of when something was told that is written so.
    fn was_told_at(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let told = self.set_back.get(&at.timestamp());
        told.and_then(|told| DateTime::from_timestamp(*told, at.timestamp_subsec_nanos())).unwrap_or(at)
    }
}

/// Hears a source.
pub(super) struct Ear<'a> {
    known: &'a mut Known,
    items: &'a mut Vec<Item>,
    again: bool,
    taken_up: bool,
    /// The present time, where a log is read as it is written.
    live: Option<DateTime<Utc>>,
}

/// Hears what was heard before: a log is taken up a little before where it was left, for how it is written.
pub(super) struct Deaf;

impl Sink for Deaf {
    fn say(&mut self, _: &Said<'_>, _: &mut dyn FnMut() -> Statement) {}

    fn recant(&mut self, _: &Subject, _: u64, _: DateTime<Utc>, _: &Range<u64>) {}

    fn end(&mut self, _: &Subject, _: bool) {}
}

impl Sink for Ear<'_> {
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        let stream = self.live.and_then(|now| Some((self.known.streams.get_mut(said.stream)?, now)));
        let utc = stream.map_or(said.at.utc, |(stream, now)| stream.told_at(said.at.utc, now));
        let at = Moment { utc, ..said.at };
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
        let spoken = Spoken::new(said, stream, statement);
        self.known.hear(said.source, &spoken, self.again);
        if self.taken_up
            && let Some(stream) = self.known.streams.get_mut(said.stream)
        {
            stream.doubtful = true;
        }
        self.items.push(Item::Said(spoken));
    }

    fn recant(&mut self, stream: &Subject, key: u64, at: DateTime<Utc>, span: &Range<u64>) {
        let known = self.known.streams.entry(stream.clone()).or_default();
        known.doubtful = true;
        let at = if self.live.is_some() { known.was_told_at(at) } else { at };
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

    /// A log is read as it is written, a word each: the second by the clock of who reads, the second that is written, what the array is said
    /// to be. Gives the seconds that are told.
    fn told(words: &[(i64, i64, ArrayState)]) -> Vec<i64> {
        let (mut known, stream) = (Known::default(), "stream:db7/kernel-log".parse().expect("a stream"));
        let (start, source) = (DateTime::from_timestamp(1_790_000_000, 0).expect("a time"), Arc::from("log"));
        // Of another host, whose clock is ahead by ten minutes for ever: no concern of this one.
        let other = Stream { last: Some(start + TimeDelta::days(1)), ..Stream::default() };
        known.streams.insert("stream:db8/kernel-log".parse().expect("a stream"), other);
        let mut told = Vec::new();
        for (number, (clock, written, state)) in (0..).zip(words) {
            let utc = start + TimeDelta::seconds(*written);
            let at = Moment { utc, written: None, offset: None, basis: Basis::Stated, until: None, within: None };
            let (stream, span) = (&stream, number..number + 1);
            let said =
                Said { stream, key: number, at, numbers: "", ordinal: 0, source: &source, span, interrupted: false };
            let mut items = Vec::new();
            let mut ear = known.listen_live(&mut items, false, start + TimeDelta::seconds(*clock));
            ear.say(&said, &mut || Statement {
                subject: "array:db7/md0".parse().expect("a subject"),
                fact: Fact::State(*state),
                severity: Severity::Critical,
                text: "as it is".to_owned(),
            });
            ear.recant(stream, number, utc, &(0..1));
            let mut items = items.into_iter();
            let (Some(Item::Said(spoken)), Some(Item::Recant { at, .. })) = (items.next(), items.next()) else {
                panic!("said, and taken back")
            };
            assert_eq!(spoken.said(&source).at.utc, at, "what was told is what is taken back");
            told.push((at - start).num_seconds());
        }
        told
    }

    /// A line that was a second older than the one before it waited for the history, and a disk that hung kept it for ever: nobody was told.
    #[test]
    fn what_waits_for_the_history_is_believed_when_there_is_none() {
        let check = |has: bool, again: bool, written: i64, expect: [usize; 2]| {
            let (mut known, stream) = (Known::default(), "stream:db7/kernel-log".parse().expect("a stream"));
            let (start, source) = (DateTime::from_timestamp(1_790_000_000, 0).expect("a time"), Arc::from("log"));
            known.has_history(has);
            let mut items = Vec::new();
            for (number, second, array) in [(0, 0, "array:db7/md0"), (1, written, "array:db7/md1")] {
                let utc = start + TimeDelta::seconds(second);
                let at = Moment { utc, written: None, offset: None, basis: Basis::Stated, until: None, within: None };
                let (stream, span, source) = (&stream, 0..1, &source);
                let said = Said { stream, key: number, at, numbers: "", ordinal: 0, source, span, interrupted: false };
                known.listen(&mut items, again && number > 0).say(&said, &mut || Statement {
                    subject: array.parse().expect("a subject"),
                    fact: Fact::State(ArrayState::Degraded),
                    severity: Severity::Critical,
                    text: "as it is".to_owned(),
                });
            }
            let before = known.observations().len();
            let believed = known.has_history(false);
            assert_eq!([before, known.observations().len()], expect, "{has} {again} {written}");
            assert_eq!(believed, before < known.observations().len());
            assert!(!known.has_history(false), "once");
        };
        check(true, false, 1, [2, 2]);
        check(true, false, -1, [1, 2]);
        check(true, true, 1, [1, 2]);
        check(false, false, -1, [2, 2]);
    }

    /// The clock was set back by 24 minutes between a repair and the next failure, and the relapse was no case. Then it was told as of the
    /// second of the repair, and of two that failed in the same words one was no failure.
    #[test]
    fn what_is_written_later_happened_later() {
        use ArrayState::{Degraded, Optimal};
        let minute = |minutes: i64| minutes * 60;
        let course = |back: i64| {
            let again = minute(31 - back);
            [(0, 0, Degraded), (minute(29), minute(29), Optimal), (again, again, Degraded), (again, again, Degraded)]
        };
        let repaired = minute(29);
        assert_eq!(told(&course(0)), [0, repaired, minute(31), minute(31)]);
        assert_eq!(told(&course(24)), [0, repaired, repaired + 1, repaired + 1]);
        // What is written next comes next, until the clock has caught up.
        let mut longer = course(24).to_vec();
        longer.extend([8, 9, 9, 30].map(|minutes| (minute(minutes), minute(minutes), Optimal)));
        assert_eq!(told(&longer)[2..], [1, 1, 2, 3, 3, 60].map(|seconds| repaired + seconds));
        // It was set back twice.
        longer.truncate(6);
        longer.extend([8, 9].map(|minutes| (minute(minutes), minute(minutes), Optimal)));
        assert_eq!(told(&longer)[4..], [2, 3, 4, 5].map(|seconds| repaired + seconds));
        // It was days ahead: that was wrong.
        assert_eq!(told(&course(2_000))[2..], [minute(-1_969); 2]);
        // A log of long ago, whose records are not in order, and what was on its way for long: as it is written.
        let late = [(9_000, 0, Degraded), (9_000, minute(29), Optimal), (9_000, minute(7), Degraded)];
        assert_eq!(told(&late), [0, minute(29), minute(7)]);
    }
}
