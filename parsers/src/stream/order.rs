//! Time that goes backwards, and blocks of records that stand twice.
//!
//! Both show in the same place: a block that is written again takes time back to where it stood first. So only a record older
//! than the one above it, or as old, is looked up among those seen; a log that only moves on costs one hash a record.

use super::grammar::Sequence;
use super::span::{Anomaly, AnomalyKind};
use crate::time::Resolved;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// Records remembered; a block repeated from further back shows only as time going backwards.
const REMEMBERED: usize = 16 * 1024;

/// A block that does not take time back must have this many different records: fewer may be real repeats within a second.
const SAME_SECOND_MIN: usize = 3;

/// Records of one time that are compared, so that a log that writes one time only does not cost more for each line.
const SAME_TIME_MAX: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: DateTime<Utc>,
    hash: u64,
}

/// A block being read that stood in the log before.
#[derive(Debug)]
struct Copy {
    /// The record, counted from the first of the log, that is expected next.
    next: u64,
    records: usize,
    may_repeat: bool,
    back: TimeDelta,
    at: Resolved,
    written: String,
    span: Range<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Order {
    seen: VecDeque<Seen>,
    /// Records that were remembered and are forgotten.
    forgotten: u64,
    latest: Option<DateTime<Utc>>,
    copy: Option<Copy>,
}

impl Order {
    /// Takes the next record; an anomaly that ends before it, or is it, comes back.
    pub(super) fn see(
        &mut self,
        resolved: Resolved,
        written: &str,
        line: &[u8],
        span: &Range<u64>,
        sequence: Sequence,
    ) -> Option<Anomaly> {
        let at = resolved.utc;
        let hash = xxh3_64(line);
        if let Some(copy) = &mut self.copy
            && self.seen.get(index(copy.next, self.forgotten)).is_some_and(|seen| seen.hash == hash)
        {
            copy.next += 1;
            copy.records += 1;
            copy.span.end = span.end;
            return None;
        }
        let ended = self.copy.take().and_then(Copy::anomaly);
        let latest = self.latest.unwrap_or(at);
        if at <= latest
            && let Some(first) = self.find(at, hash)
        {
            let (at, written, span) = (resolved, written.to_owned(), span.clone());
            let (records, back, may_repeat) = (1, latest - at.utc, sequence == Sequence::MayRepeat);
            self.copy = Some(Copy { next: first + 1, records, may_repeat, back, at, written, span });
            return ended;
        }
        let backwards = (at < latest).then(|| {
            // What stood before has no order with what follows: look-ups need one.
            self.forgotten += u64::try_from(self.seen.len()).unwrap_or(0);
            self.seen.clear();
            Anomaly {
                kind: AnomalyKind::Backwards,
                at: resolved,
                written: Some(written.to_owned()),
                until: None,
                detail: format!("{} earlier than the record before it", duration(latest - at)),
                start: span.start,
                end: span.end,
            }
        });
        self.remember(at, hash);
        ended.or(backwards)
    }

    /// Whether the last record stood in the log before.
    pub(super) fn is_copy(&self) -> bool {
        self.copy.is_some()
    }

    pub(super) fn finish(&mut self) -> Option<Anomaly> {
        self.copy.take().and_then(Copy::anomaly)
    }

    fn remember(&mut self, at: DateTime<Utc>, hash: u64) {
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
            self.forgotten += 1;
        }
        self.seen.push_back(Seen { at, hash });
        self.latest = Some(at);
    }

    /// A remembered record of that time and content.
    fn find(&self, at: DateTime<Utc>, hash: u64) -> Option<u64> {
        let end =
            if self.latest == Some(at) { self.seen.len() } else { self.seen.partition_point(|seen| seen.at <= at) };
        let of_this_time = self.seen.range(..end).rev().take(SAME_TIME_MAX).take_while(|seen| seen.at == at);
        let back = of_this_time.map(|seen| seen.hash).position(|seen| seen == hash)?;
        Some(self.forgotten + u64::try_from(end - 1 - back).ok()?)
    }
}

fn index(ordinal: u64, forgotten: u64) -> usize {
    ordinal.checked_sub(forgotten).and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX)
}

impl Copy {
    fn anomaly(self) -> Option<Anomaly> {
        let repeated_block = self.back > TimeDelta::zero() || (!self.may_repeat && self.records >= SAME_SECOND_MIN);
        repeated_block.then(|| Anomaly {
            kind: AnomalyKind::Duplicate,
            at: self.at,
            written: Some(self.written),
            until: None,
            detail: match self.records {
                1 => "a record that stands in the log before".to_owned(),
                records => format!("{records} records that stand in the log before, in the same order"),
            },
            start: self.span.start,
            end: self.span.end,
        })
    }
}

/// A duration in its two largest units, for a person: "2 h 5 min".
pub(super) fn duration(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds().max(0);
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(3);
    let mut left = seconds;
    let mut parts = Vec::new();
    for (size, name) in units.iter().skip(first).take(2) {
        if left / size > 0 {
            parts.push(format!("{} {name}", left / size));
        }
        left %= size;
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}
