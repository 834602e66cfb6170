//! Which of the matches are told: the longest, with all that are as long.

use super::index::WINDOW;
use super::scan::{MATCH_MIN, Match};
use super::sought::{Sought, Stretch, Whose};
use std::cmp::Reverse;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Two matches are as long as each other if one lacks no more of the other at either end: so much can be the same by chance.
const SLACK: usize = 16;

/// A match of so many bytes speaks for itself: a sector, less what was written over its edges. A shorter one must hold all of a
/// damaged span, as the end of a file does.
const SECTOR_MOST: usize = 448;

/// Bytes that a match must come to when compressed: a table of zeros, or a line drawn of dashes, comes from anywhere.
const TELLING_MIN: usize = 64;

/// How much of a match is compressed to see that.
const TELLING_SAMPLE: usize = 64 * 1024;

/// Matches of a stretch that are kept while files are read, the longest.
const GROUPS_MAX: usize = 1024;

/// Contents that are listed for the same bytes; more are counted.
const HOLDERS_MAX: usize = 64;

/// Files of the same content that are listed.
const COPIES_MAX: usize = 16;

/// The sectors of every drive begin at multiples of this, and so do the blocks of file systems.
const SECTOR: u64 = 512;

/// Bytes of a log and the files that hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Files of different content that hold the bytes alike, those first in which blocks begin at the same bytes as in the log; if
    /// there are several, any of them, or none, is the origin.
    pub holders: Vec<Holder>,
    /// How many there are, also of those not listed.
    pub one_of: u64,
}

impl Finding {
    /// Where in the log, as given: the first match.
    pub fn span(&self) -> Range<u64> {
        self.holders.first().map_or(0..0, |holder| holder.span.clone())
    }
}

/// A file that holds bytes of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The file.
    pub path: PathBuf,
    /// Where in it.
    pub offset: u64,
    /// At how many places of it the same bytes stand.
    pub places: u64,
    /// Offsets of the log as given.
    pub span: Range<u64>,
    /// How many bytes are the same; in a log that was pasted from a pager, fewer than the span has.
    pub bytes: u64,
    /// Other files that are the same from the first byte to the last; the first 16.
    pub copies: Vec<PathBuf>,
    /// Copies beyond those listed.
    pub copies_not_listed: u64,
}

/// What a file holds, from the first byte to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) size: u64,
    pub(super) hash: u64,
}

/// The matches of one stretch.
#[derive(Debug, Default)]
pub(super) struct Matches {
    groups: Vec<Group>,
}

/// Matches of the same bytes.
#[derive(Debug)]
struct Group {
    range: Range<usize>,
    /// Without runs of one byte at its ends, of which any number can be the same.
    tells: Range<usize>,
    holders: Vec<Held>,
    more: u64,
}

#[derive(Debug, Clone)]
struct Held {
    content: Content,
    path: PathBuf,
    offset: u64,
    places: u64,
    copies: Vec<PathBuf>,
    copies_not_listed: u64,
}

impl Matches {
    /// Adds a match of a file.
    pub(super) fn add(&mut self, sought: &Sought, found: &Match, path: &Path, content: Content) {
        let known = self.groups.iter().position(|group| group.range == found.range);
        let group = match known.and_then(|index| self.groups.get_mut(index)) {
            Some(group) => group,
            None => {
                let tells = telling(sought, &found.range);
                if self.groups.iter().any(|group| exceeds(&group.tells, &tells)) {
                    return;
                }
                self.groups.retain(|group| !exceeds(&tells, &group.tells));
                if self.groups.len() >= GROUPS_MAX {
                    let shortest =
                        (0..self.groups.len()).min_by_key(|index| self.groups.get(*index).map(Group::length));
                    shortest.map(|shortest| self.groups.swap_remove(shortest));
                }
                self.groups.push(Group { range: found.range.clone(), tells, holders: Vec::new(), more: 0 });
                let Some(group) = self.groups.last_mut() else { return };
                group
            }
        };
        let log_start = sought.stretches.get(found.stretch).map_or(0, |stretch| stretch.given(&found.range).start);
        group.add(found.offset, log_start, path, content);
    }

    /// What is told of the stretch: the longest matches first, then those that hold enough of what is left.
    pub(super) fn choose(mut self, sought: &Sought, stretch: &Stretch) -> Vec<Finding> {
        self.groups.sort_by_key(|group| (Reverse(group.length()), group.range.start, Reverse(group.range.len())));
        let mut chosen: Vec<Vec<Group>> = Vec::new();
        for group in self.groups {
            let first =
                |rivals: &&mut Vec<Group>| rivals.first().is_some_and(|first| rivals_of(&first.tells, &group.tells));
            if let Some(rivals) = chosen.iter_mut().find(first) {
                rivals.push(group);
                continue;
            }
            let taken: Vec<&Range<usize>> = chosen.iter().flatten().map(|group| &group.range).collect();
            if convincing(sought, stretch, &left(&group.range, &taken)) {
                chosen.push(vec![group]);
            }
        }
        let mut findings: Vec<Finding> = chosen.into_iter().map(|rivals| finding(stretch, rivals)).collect();
        findings.sort_by_key(|finding| finding.span().start);
        findings
    }
}

impl Group {
    fn length(&self) -> usize {
        self.tells.len()
    }

    fn add(&mut self, offset: u64, log_start: u64, path: &Path, content: Content) {
        let room = self.holders.len() < HOLDERS_MAX;
        match self.holders.iter_mut().find(|held| held.content == content) {
            Some(held) if held.path == path => {
                held.places += 1;
                if !aligned(held.offset, log_start) && aligned(offset, log_start) {
                    held.offset = offset;
                }
            }
            Some(held) if held.copies.last().is_some_and(|last| last == path) => {}
            Some(held) if held.copies.len() < COPIES_MAX => held.copies.push(path.to_owned()),
            Some(held) => held.copies_not_listed += 1,
            None if room => self.holders.push(Held {
                content,
                path: path.to_owned(),
                offset,
                places: 1,
                copies: Vec::new(),
                copies_not_listed: 0,
            }),
            None => self.more += 1,
        }
    }
}

/// Whether sectors begin at the same bytes in the file and in the log.
fn aligned(offset: u64, log_start: u64) -> bool {
    offset % SECTOR == log_start % SECTOR
}

/// A range without the runs of one byte at its ends.
fn telling(sought: &Sought, range: &Range<usize>) -> Range<usize> {
    let bytes = sought.slice(range);
    let run = |mut bytes: std::iter::Copied<std::slice::Iter<'_, u8>>, back: bool| {
        let first = if back { bytes.next_back() } else { bytes.next() };
        let same = |byte: &u8| Some(*byte) == first;
        let length = if back { bytes.rev().take_while(same).count() } else { bytes.take_while(same).count() };
        if length >= SLACK { length + 1 } else { 0 }
    };
    let (front, back) = (run(bytes.iter().copied(), false), run(bytes.iter().copied(), true));
    let start = range.start + front;
    start..range.end.saturating_sub(back).max(start)
}

/// Whether the other match is as long as this one, give or take.
fn rivals_of(this: &Range<usize>, other: &Range<usize>) -> bool {
    other.start <= this.start + SLACK && this.end <= other.end + SLACK
}

/// Whether this match holds all of the other, and more than may be by chance.
fn exceeds(this: &Range<usize>, other: &Range<usize>) -> bool {
    this.start <= other.start && other.end <= this.end && !rivals_of(this, other)
}

/// The longest piece of a range that is not taken.
fn left(range: &Range<usize>, taken: &[&Range<usize>]) -> Range<usize> {
    let mut taken: Vec<&Range<usize>> = taken.iter().copied().filter(|taken| taken.end > range.start).collect();
    taken.sort_by_key(|taken| taken.start);
    let mut longest = range.start..range.start;
    let mut start = range.start;
    for (from, to) in taken.iter().map(|taken| (taken.start, taken.end)).chain([(range.end, range.end)]) {
        let from = from.clamp(start, range.end);
        if from - start > longest.len() {
            longest = start..from;
        }
        start = start.max(to).min(range.end);
    }
    longest
}

/// Whether bytes that stand in a file as well are enough to name it.
fn convincing(sought: &Sought, stretch: &Stretch, range: &Range<usize>) -> bool {
    let overlap = |of: &Range<usize>| of.end.min(range.end).saturating_sub(of.start.max(range.start));
    let own: usize =
        stretch.parts.iter().filter(|part| part.whose == Whose::Own).map(|part| overlap(&part.range)).sum();
    let other = |part: &&super::sought::Part| part.whose == Whose::Other && overlap(&part.range) > 0;
    let explains = |part: super::sought::Part| overlap(&part.range) + SLACK >= part.range.len();
    let explained = stretch.parts.iter().filter(other).cloned().any(explains);
    let long = range.len() >= SECTOR_MOST || range.len() >= MATCH_MIN && explained;
    long && own * 2 <= range.len() && says_enough(sought.slice(range))
}

/// Whether bytes say more than a few words could.
fn says_enough(bytes: &[u8]) -> bool {
    let sample = bytes.get(..TELLING_SAMPLE).unwrap_or(bytes);
    sample.len() >= WINDOW && zstd::bulk::compress(sample, 1).is_ok_and(|short| short.len() >= TELLING_MIN)
}

fn finding(stretch: &Stretch, rivals: Vec<Group>) -> Finding {
    let mut holders: Vec<(Content, Holder)> = Vec::new();
    let mut more = 0;
    for group in rivals {
        more += group.more;
        for held in group.holders {
            if holders.iter().any(|(content, _)| *content == held.content) {
                continue;
            }
            if holders.len() == HOLDERS_MAX {
                more += 1;
                continue;
            }
            let Held { content, path, offset, places, copies, copies_not_listed } = held;
            let (span, bytes) = (stretch.given(&group.range), group.range.len() as u64);
            holders.push((content, Holder { path, offset, places, span, bytes, copies, copies_not_listed }));
        }
    }
    let one_of = holders.len() as u64 + more;
    // A block that went astray went as a whole.
    holders.sort_by_key(|(_, holder)| !aligned(holder.offset, holder.span.start));
    Finding { holders: holders.into_iter().map(|(_, holder)| holder).collect(), one_of }
}
