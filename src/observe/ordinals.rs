//! Which of equal records of one second a record is, so that real repeats stay apart and copies of a log do not.

use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Records of so many seconds are remembered together: 2^6.
const BUCKET: u32 = 6;

/// So many buckets are remembered: records of a second stand near each other, though not always side by side.
const BUCKETS: usize = 2;

/// Counts equal records of a second. What it says depends on the records near by alone, not on where the source begins.
///
/// The buckets stand in the order of their last use, the latest at the end, and the one at the front is forgotten: by time, a record
/// dated into the future would keep its bucket for ever and push out that of every record behind it.
#[derive(Debug, Default)]
pub(super) struct Ordinals(Vec<(i64, Counts)>);

/// How often each key was said in a second.
type Counts = HashMap<(u64, i64), u32>;

impl Ordinals {
    /// How often `key` was said before in that second, with these numbers.
    pub(super) fn next(&mut self, key: u64, second: i64, numbers: &str) -> u32 {
        let key = if numbers.is_empty() { key } else { xxh3_64_with_seed(numbers.as_bytes(), key) };
        let bucket = second >> BUCKET;
        let bucket = match self.0.iter().position(|(known, _)| *known == bucket) {
            Some(known) => self.0.remove(known),
            None => (bucket, Counts::new()),
        };
        self.0.push(bucket);
        self.0.drain(..self.0.len().saturating_sub(BUCKETS));
        let Some((_, counts)) = self.0.last_mut() else { return 0 };
        let count = counts.entry((key, second)).or_insert(0);
        let ordinal = *count;
        *count = count.saturating_add(1);
        ordinal
    }
}

#[cfg(test)]
mod tests {
    use super::Ordinals;

    #[test]
    fn equals_of_a_second_are_counted() {
        let check = |said: &[(u64, i64)], expect: &[u32]| {
            let mut ordinals = Ordinals::default();
            let got: Vec<u32> = said.iter().map(|(key, second)| ordinals.next(*key, *second, "")).collect();
            assert_eq!(got, expect, "{said:?}");
        };
        check(&[(1, 5), (1, 5), (2, 5), (1, 5)], &[0, 1, 0, 2]);
        check(&[(1, 5), (1, 6), (1, 5)], &[0, 0, 1]);
        check(&[(1, 5), (1, 1_000), (1, 2_000), (1, 5)], &[0, 0, 0, 0]);
        check(&[(1, -1), (1, -1), (1, 0)], &[0, 1, 0]);
        // Records dated into the future stand among the others, which are told apart as before.
        check(&[(9, 1_000), (9, 2_000), (1, 5), (1, 5), (1, 6), (1, 5)], &[0, 0, 0, 1, 0, 2]);
        check(&[(1, 5), (9, 2_000), (1, 5), (9, 3_000), (1, 5)], &[0, 0, 1, 0, 2]);
    }
}
