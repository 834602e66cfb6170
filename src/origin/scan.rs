//! One file, chunk by chunk: which of its bytes stand in what is sought.

use super::index::{Index, WINDOW};
use super::sought::Sought;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// Shorter matches are chance, or what many files have in common.
pub(super) const MATCH_MIN: usize = 128;

/// So many bytes of the records beside the damage show that a file is a copy of the log.
const RECORD_MIN: usize = 32;

/// Matches of one file that are kept, the longest.
const MATCHES_MAX: usize = 4096;

/// Matches that are followed from one chunk to the next.
const OPEN_MAX: usize = 1024;

/// Shifts that are remembered; beyond, those are forgotten that lie behind.
const SHIFTS_MAX: usize = 65_536;

/// Bytes that stand in a file and in what is sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// Which stretch.
    pub(super) stretch: usize,
    /// Where in what is sought.
    pub(super) range: Range<usize>,
    /// Where in the file.
    pub(super) offset: u64,
}

/// The reading of one file.
pub(super) struct Scan<'a> {
    sought: &'a Sought,
    index: &'a Index,
    /// The next window.
    next: u64,
    /// How far the file was compared, by how far it is shifted against what is sought.
    compared: HashMap<u64, u64>,
    /// Matches that go on at the end of what was read.
    open: Vec<Match>,
    matches: Vec<Match>,
    /// Logs that the file is a copy of.
    copy_of: BTreeSet<usize>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(sought: &'a Sought, index: &'a Index) -> Self {
        Self {
            sought,
            index,
            next: 0,
            compared: HashMap::new(),
            open: Vec::new(),
            matches: Vec::new(),
            copy_of: BTreeSet::new(),
        }
    }

    /// Looks at what was read: `bytes` are those of the file from `base` on, of which the first `known` were there the last time
    /// as well.
    pub(super) fn push(&mut self, bytes: &[u8], base: u64, known: usize) {
        for open in std::mem::take(&mut self.open) {
            self.follow(open, bytes, base, known);
        }
        while let Ok(at) = usize::try_from(self.next.saturating_sub(base)) {
            let Some(window) = bytes.get(at..at + WINDOW) else { break };
            for place in self.index.places(window) {
                self.compare(bytes, base, at, place);
            }
            self.next += WINDOW as u64;
        }
    }

    fn compare(&mut self, bytes: &[u8], base: u64, at: usize, place: usize) {
        let Some((stretch, of)) = self.sought.stretch(place) else { return };
        let shift = (base + at as u64).wrapping_sub(place as u64);
        if self.compared.get(&shift).is_some_and(|to| base + at as u64 <= *to) {
            return;
        }
        let before = self.sought.slice(&(of.whole.start..place));
        let back = bytes.get(..at).unwrap_or_default().iter().rev().zip(before.iter().rev());
        let back = back.take_while(|(one, other)| one == other).count();
        let found = Match { stretch, range: place - back..place, offset: base + (at - back) as u64 };
        self.follow(found, bytes, base, at);
    }

    /// Extends a match whose end is at `at` as far as it goes on.
    fn follow(&mut self, mut found: Match, bytes: &[u8], base: u64, at: usize) {
        let Some(of) = self.sought.stretches.get(found.stretch) else { return };
        let ahead = self.sought.slice(&(found.range.end..of.whole.end));
        let rest = bytes.get(at..).unwrap_or_default();
        let same = common(rest, ahead);
        found.range.end += same;
        let shift = found.offset.wrapping_sub(found.range.start as u64);
        if self.compared.len() >= SHIFTS_MAX {
            let here = self.next;
            self.compared.retain(|_, to| *to >= here);
        }
        self.compared.insert(shift, base + (at + same) as u64);
        if same == rest.len() && same < ahead.len() && self.open.len() < OPEN_MAX {
            self.open.push(found);
        } else {
            self.keep(found);
        }
    }

    /// Keeps a match as far as it lies in what is not intact, unless it shows that the file is a copy of the log.
    fn keep(&mut self, mut found: Match) {
        let Some(of) = self.sought.stretches.get(found.stretch) else { return };
        let before = of.core.start.saturating_sub(found.range.start);
        let behind = found.range.end.saturating_sub(of.core.end);
        if before.max(behind) >= RECORD_MIN {
            self.copy_of.insert(of.log);
            return;
        }
        found.range = found.range.start + before..found.range.end - behind;
        found.offset += before as u64;
        if found.range.len() < MATCH_MIN {
            return;
        }
        self.matches.push(found);
        if self.matches.len() > 2 * MATCHES_MAX {
            self.drop_short();
        }
    }

    fn drop_short(&mut self) {
        self.matches.sort_by_key(|found| std::cmp::Reverse(found.range.len()));
        self.matches.truncate(MATCHES_MAX);
    }

    /// What was found, when all was read.
    pub(super) fn finish(mut self) -> Vec<Match> {
        for open in std::mem::take(&mut self.open) {
            self.keep(open);
        }
        let log_of = |found: &Match| self.sought.stretches.get(found.stretch).map(|stretch| stretch.log);
        self.matches.retain(|found| log_of(found).is_none_or(|log| !self.copy_of.contains(&log)));
        self.matches.sort_by_key(|found| (found.range.start, found.offset));
        self.matches
    }
}

/// How many bytes are the same from the start.
fn common(one: &[u8], other: &[u8]) -> usize {
    const STEP: usize = 64;
    let steps = one.chunks_exact(STEP).zip(other.chunks_exact(STEP)).take_while(|(one, other)| one == other).count();
    let (one, other) = (one.get(steps * STEP..).unwrap_or_default(), other.get(steps * STEP..).unwrap_or_default());
    steps * STEP + one.iter().zip(other).take_while(|(one, other)| one == other).count()
}
