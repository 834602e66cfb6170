//! The bytes whose origin is sought: stretches of logs, one behind the other.

use arraywatch_parsers::pager::Decoded;
use std::ops::Range;

/// A stretch of a log that is not intact. Places are offsets in [`Sought::bytes`].
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    /// Which of the logs.
    pub(super) log: usize,
    /// Where it begins in the log as given.
    pub(super) start: u64,
    /// With the margins: intact records before and behind it.
    pub(super) whole: Range<usize>,
    /// Without them.
    pub(super) core: Range<usize>,
    /// The spans in the core.
    pub(super) parts: Vec<Part>,
    /// How the core was shown, if it was pasted from a pager.
    pub(super) decoded: Option<Decoded>,
}

/// A span in a stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) range: Range<usize>,
    pub(super) whose: Whose,
}

/// Whose bytes a span holds, by what the reader found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// What is left of records.
    Own,
    /// Anything.
    Other,
    /// NULs, which stand in every file.
    Nobodys,
}

impl Stretch {
    /// Offsets of the log as given.
    pub(super) fn given(&self, range: &Range<usize>) -> Range<u64> {
        let at = |place: usize| {
            let within = place.saturating_sub(self.core.start);
            self.start + self.decoded.as_ref().map_or(within, |decoded| decoded.given(within)) as u64
        };
        at(range.start)..at(range.end)
    }
}

/// All that is sought.
#[derive(Debug, Default)]
pub(super) struct Sought {
    pub(super) bytes: Vec<u8>,
    /// In order of their places.
    pub(super) stretches: Vec<Stretch>,
}

impl Sought {
    /// Adds a stretch with its margins. Spans are offsets of the log as given.
    pub(super) fn add(
        &mut self,
        log: usize,
        start: u64,
        [before, core, behind]: [&[u8]; 3],
        decoded: Option<Decoded>,
        spans: &[(Range<u64>, Whose)],
    ) {
        let bytes = decoded.as_ref().map_or(core, |decoded| &decoded.bytes);
        let first = self.bytes.len();
        let at = first + before.len()..first + before.len() + bytes.len();
        let place = |offset: u64| {
            let given = usize::try_from(offset.saturating_sub(start)).unwrap_or(usize::MAX);
            let within = decoded.as_ref().map_or(given, |decoded| decoded.decoded(given));
            at.start + within.min(bytes.len())
        };
        let part =
            |(span, whose): &(Range<u64>, Whose)| Part { range: place(span.start)..place(span.end), whose: *whose };
        let parts = spans.iter().map(part).collect();
        for piece in [before, bytes, behind] {
            self.bytes.extend_from_slice(piece);
        }
        let whole = first..self.bytes.len();
        self.stretches.push(Stretch { log, start, whole, core: at, parts, decoded });
    }

    /// The stretch that a place is in, margins included, and which it is.
    pub(super) fn stretch(&self, place: usize) -> Option<(usize, &Stretch)> {
        let index = self.stretches.partition_point(|stretch| stretch.whole.end <= place);
        self.stretches.get(index).map(|stretch| (index, stretch))
    }

    pub(super) fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }
}
