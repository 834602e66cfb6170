//! The search: every file of a directory once, in chunks.

use super::choose::{Content, Finding, Matches};
use super::index::Index;
use super::read_back::read_back;
use super::scan::Scan;
use super::sought::Sought;
use crate::observe::Source;
use crate::streams::{Failure, Name, Opened, PassedOver, Tree, open_file};
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use xxhash_rust::xxh3::Xxh3Default;

/// How much of a file is read at once.
const CHUNK: usize = 512 * 1024;

/// How much of a file is kept behind what was looked at: a match is followed back into it.
const CARRY: usize = 64 * 1024;

/// A log that was read, and what was found in it.
#[derive(Debug, Clone, Copy)]
pub struct Log<'a> {
    /// How to open it.
    pub name: &'a Name,
    /// What was found.
    pub source: &'a Source,
}

/// What a search gave.
#[derive(Debug, Default)]
pub struct Traced {
    /// What was searched.
    pub tally: Tally,
    /// Of each log, in the order given.
    pub traces: Vec<Trace>,
}

/// What was searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Files read.
    pub files: u64,
    /// Bytes read of them.
    pub bytes: u64,
    /// Files that could not be read, or not to their end.
    pub unread: u64,
    /// Further names of files that were read, and the logs themselves.
    pub again: u64,
    /// What else the directory holds.
    pub passed_over: PassedOver,
}

/// What was found of one log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The offsets that were searched for.
    pub searched: Vec<Range<u64>>,
    /// What was found of them, in order.
    pub findings: Vec<Finding>,
    /// Why nothing was searched for that should be.
    pub not_searched: Option<String>,
    /// Bytes that were not searched for, since there are too many.
    pub bytes_left_out: u64,
}

impl Trace {
    /// What was found of a span; none if it was not searched for.
    pub fn of(&self, span: &Range<u64>) -> Option<Vec<&Finding>> {
        let touches = |range: &Range<u64>| range.start < span.end && span.start < range.end;
        let found: Vec<&Finding> = self.findings.iter().filter(|finding| touches(&finding.span())).collect();
        let searched = self.searched.iter().any(|range| range.start <= span.start && span.end <= range.end);
        (searched || !found.is_empty()).then_some(found)
    }
}

/// Searches a directory for the damaged bytes of logs, and for their text that is no record. `progress` is told the bytes read.
///
/// # Errors
/// If the directory cannot be searched at all.
pub fn search(directory: &Path, logs: &[Log<'_>], progress: &mut dyn FnMut(u64)) -> Result<Traced, Failure> {
    let mut tree = Tree::new(directory)?;
    let mut traced = Traced { traces: vec![Trace::default(); logs.len()], ..Traced::default() };
    let (sought, identities) = read_back(logs, &mut traced.traces);
    let index = Index::new(&sought);
    if index.is_empty() {
        return Ok(traced);
    }
    let mut search = Search {
        sought: &sought,
        index: &index,
        seen: identities.into_iter().collect(),
        matches: sought.stretches.iter().map(|_| Matches::default()).collect(),
        buffer: vec![0; CARRY + CHUNK],
        tally: Tally::default(),
    };
    for path in tree.by_ref() {
        if search.file(&path, progress).is_err() {
            search.tally.unread += 1;
        }
    }
    traced.tally = Tally { passed_over: tree.passed_over, ..search.tally };
    for (matches, stretch) in search.matches.into_iter().zip(&sought.stretches) {
        if let Some(trace) = traced.traces.get_mut(stretch.log) {
            trace.findings.extend(matches.choose(&sought, stretch));
        }
    }
    for trace in &mut traced.traces {
        trace.findings.sort_by_key(|finding| finding.span().start);
    }
    Ok(traced)
}

struct Search<'a> {
    sought: &'a Sought,
    index: &'a Index,
    /// Files that were read, and the logs.
    seen: HashSet<(u64, u64)>,
    /// Of each stretch.
    matches: Vec<Matches>,
    buffer: Vec<u8>,
    tally: Tally,
}

impl Search<'_> {
    fn file(&mut self, path: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), Failure> {
        let mut opened = open_file(path)?;
        if !self.seen.insert(opened.identity()?) {
            self.tally.again += 1;
            return Ok(());
        }
        let mut scan = Scan::new(self.sought, self.index);
        let read = self.read(&mut opened, &mut scan, progress);
        let found = scan.finish();
        if let (Ok(content), false) = (&read, found.is_empty()) {
            for found in &found {
                if let Some(matches) = self.matches.get_mut(found.stretch) {
                    matches.add(self.sought, found, path, *content);
                }
            }
        }
        read.map(|_| self.tally.files += 1)
    }

    /// Reads a file to the end that it had when it was opened.
    fn read(
        &mut self,
        opened: &mut Opened,
        scan: &mut Scan<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Content, Failure> {
        let size = opened.size.unwrap_or(0);
        let mut hasher = Xxh3Default::new();
        let (mut read, mut known) = (0, 0);
        while read < size {
            let want = usize::try_from(size - read).unwrap_or(CHUNK).min(CHUNK);
            let length = opened.fill(self.buffer.get_mut(known..known + want).unwrap_or_default())?;
            let bytes = self.buffer.get(..known + length).unwrap_or_default();
            hasher.update(bytes.get(known..).unwrap_or_default());
            scan.push(bytes, read - known as u64, known);
            read += length as u64;
            self.tally.bytes += length as u64;
            progress(self.tally.bytes);
            if length < want {
                break;
            }
            let carry = bytes.len().min(CARRY);
            self.buffer.copy_within(known + length - carry..known + length, 0);
            known = carry;
        }
        Ok(Content { size: read, hash: hasher.digest() })
    }
}
