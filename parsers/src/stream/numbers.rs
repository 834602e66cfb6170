//! Numbers that are missing, in a log whose writer numbers its records.
//!
//! A number that is no new one begins another count: the writer was reset, or the log goes on with another writer's.

use super::grammar::Number;
use super::span::{Anomaly, AnomalyKind};
use crate::time::Resolved;

#[derive(Debug, Clone, Copy)]
struct Last {
    number: u32,
    at: Resolved,
}

/// The farthest number so far.
#[derive(Debug, Default)]
pub(super) struct Numbers(Option<Last>);

impl Numbers {
    /// Takes the next record, which begins at `start`. Where something else stands before it (`disturbed`), that tells what is missing.
    pub(super) fn see(&mut self, number: Number, at: Resolved, start: u64, disturbed: bool) -> Option<Anomaly> {
        let Number { value, descends, gapless } = number;
        let last = self.0.replace(Last { number: value, at })?;
        let (from, to) = if descends { (value, last.number) } else { (last.number, value) };
        let missing = to.checked_sub(from)?.checked_sub(1).filter(|missing| *missing > 0)?;
        if !gapless || disturbed {
            return None;
        }
        let (first, until) = if descends { (at, last.at) } else { (last.at, at) };
        let numbers = match missing {
            1 => format!("record {} is missing", from.saturating_add(1)),
            _ => format!("records {} to {} are missing", from.saturating_add(1), to.saturating_sub(1)),
        };
        Some(Anomaly {
            kind: AnomalyKind::Missing,
            at: first,
            written: None,
            until: Some(until.utc),
            detail: numbers,
            start,
            end: start,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Basis;
    use chrono::DateTime;

    /// What is found missing of numbers; `!` stands behind something that is no record.
    fn check(numbers: &str, descends: bool, expect: &str) {
        let mut seen = Numbers::default();
        let at = Resolved { utc: DateTime::UNIX_EPOCH, basis: Basis::Stated };
        let see = |word: &str| {
            let disturbed = word.starts_with('!');
            let value = word.trim_start_matches('!').parse().unwrap_or(0);
            let anomaly = seen.see(Number { value, descends, gapless: true }, at, 0, disturbed)?;
            anomaly.detail.split_once(" missing").map(|(front, _)| front.to_owned())
        };
        let found: Vec<String> = numbers.split_whitespace().filter_map(see).collect();
        assert_eq!(found.join("; "), expect, "{numbers}");
    }

    #[test]
    fn gaps() {
        check("1 2 3", false, "");
        check("1 3", false, "record 2 is");
        check("7 8 12 13 20", false, "records 9 to 11 are; records 14 to 19 are");
        check("7 !12 13", false, "");
        // Another count.
        check("100 101 1 2", false, "");
        check("9 8 5 4", true, "records 6 to 7 are");
        check("2 1 100 99", true, "");
        check("4294967295 0", false, "");
    }
}
