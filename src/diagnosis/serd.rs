//! N events in T: the soft error rate discrimination of illumos' fmd, keyed.
//!
//! A counter fires when the Nth event comes within T of the first of the last N. It is fed in event time and has no clock.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, VecDeque};

/// Counters of one kind, a counter a key.
#[derive(Debug, Clone)]
pub(super) struct Serd<K, E> {
    count: usize,
    within: TimeDelta,
    events: BTreeMap<K, VecDeque<(DateTime<Utc>, E)>>,
}

impl<K: Ord, E: Clone> Serd<K, E> {
    /// Fires on `count` events `within` a time.
    pub(super) fn new(count: usize, within: TimeDelta) -> Self {
        Self { count: count.max(1), within, events: BTreeMap::new() }
    }

    /// Counts an event; if the counter fires, the events that made it.
    pub(super) fn count(&mut self, key: K, at: DateTime<Utc>, event: E) -> Option<Vec<E>> {
        let events = self.events.entry(key).or_default();
        events.push_back((at, event));
        if events.len() > self.count {
            events.pop_front();
        }
        let first = events.front().map(|(first, _)| *first)?;
        let fires = events.len() == self.count && at - first <= self.within;
        fires.then(|| events.iter().map(|(_, event)| event.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fires of "3 in 10 s", by the second of each event.
    fn check(seconds: &[i64], expect: &[&[i64]]) {
        let mut serd = Serd::new(3, TimeDelta::seconds(10));
        let at = |second| DateTime::from_timestamp(second, 0).unwrap_or_default();
        let fired: Vec<Vec<i64>> = seconds.iter().filter_map(|second| serd.count((), at(*second), *second)).collect();
        assert_eq!(fired, expect, "{seconds:?}");
    }

    #[test]
    fn counters() {
        check(&[], &[]);
        check(&[1, 2], &[]);
        check(&[1, 2, 3], &[&[1, 2, 3]]);
        check(&[1, 2, 11], &[&[1, 2, 11]]);
        check(&[1, 2, 12], &[]);
        check(&[1, 2, 12, 12], &[&[2, 12, 12]]);
        check(&[1, 20, 30, 40, 50], &[]);
        check(&[1, 2, 3, 4], &[&[1, 2, 3], &[2, 3, 4]]);
    }

    #[test]
    fn keys_are_apart() {
        let mut serd = Serd::new(2, TimeDelta::seconds(10));
        let at = DateTime::from_timestamp(0, 0).unwrap_or_default();
        assert_eq!(serd.count("a", at, 1), None);
        assert_eq!(serd.count("b", at, 2), None);
        assert_eq!(serd.count("a", at, 3), Some(vec![1, 3]));
    }
}
