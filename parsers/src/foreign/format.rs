//! What a format registers, and what it answers.

use super::Origin;
use std::ops::Range;

/// How one kind of file is recognised.
pub(super) struct Format {
    pub(super) origin: Origin,
    /// Byte strings at a file's front or its end. Where one passes its check, other bytes than the file's end or begin.
    pub(super) edges: &'static [Anchor],
    /// Other byte strings that make a closer look worth while.
    pub(super) anchors: &'static [Anchor],
    /// Looks through bytes that no anchor explained, in one pass.
    pub(super) sweep: Option<Sweep>,
    /// Packed tightly: a long run of NULs or of text is not part of it.
    pub(super) dense: bool,
    /// One phrase about a piece, which may be any part of a file.
    pub(super) detail: fn(&[u8]) -> String,
}

impl Format {
    /// Those at the edges, and the others.
    pub(super) fn all_anchors(&'static self) -> impl Iterator<Item = &'static Anchor> {
        self.edges.iter().chain(self.anchors)
    }
}

/// Looks through bytes for structures; the finds are in order and do not overlap.
pub(super) type Sweep = fn(&[u8], &mut Work) -> Vec<Find>;

/// A byte string, and the check of the structure around it.
pub(super) struct Anchor {
    pub(super) bytes: &'static [u8],
    /// Gets the region, the offset of the byte string, and the region's budget.
    pub(super) check: fn(&[u8], usize, &mut Work) -> Option<Find>,
}

/// A structure that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Find {
    pub(super) start: usize,
    /// Up to here the bytes were checked; a signature before this is no other file's.
    pub(super) solid: usize,
    /// Where the structure ends, if that is known. Beyond the region for one that is cut off by the region's end.
    pub(super) end: Option<usize>,
    /// A file begins here, even right after a piece of its kind.
    pub(super) opens: bool,
    /// A file ends here, even right before a piece of its kind.
    pub(super) closes: bool,
    /// The file began earlier: bytes right before that nothing explains are its own.
    pub(super) reaches_back: bool,
}

impl Find {
    /// A structure of known length.
    pub(super) fn sized(start: usize, end: usize) -> Find {
        Find { start, solid: end, end: Some(end), opens: false, closes: false, reaches_back: false }
    }

    /// A structure that goes on for an unknown length after the checked bytes.
    pub(super) fn open(checked: Range<usize>) -> Find {
        Find { end: None, ..Find::sized(checked.start, checked.end) }
    }

    pub(super) fn opening(self) -> Find {
        Find { opens: true, ..self }
    }

    pub(super) fn closing(self) -> Find {
        Find { closes: true, ..self }
    }

    pub(super) fn reaching_back(self) -> Find {
        Find { reaches_back: true, ..self }
    }

    /// Where it surely ends within a region of this length; `None` when it is cut off or its end is unknown.
    pub(super) fn end_within(&self, len: usize) -> Option<usize> {
        self.end.filter(|end| *end <= len)
    }

    /// The end of what it claims by itself.
    pub(super) fn claim(&self, len: usize) -> usize {
        self.end_within(len).unwrap_or(self.solid).min(len)
    }

    /// The same find in a region that has `by` more bytes in front.
    pub(super) fn shifted(self, by: usize) -> Find {
        Find { start: self.start + by, solid: self.solid + by, end: self.end.map(|end| end.saturating_add(by)), ..self }
    }
}

/// What all checks of one region may spend together, so that no arrangement of bytes makes them quadratic.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// Enough to go over the region a few dozen times, which no honest file comes near.
    pub(super) fn for_region(len: usize) -> Work {
        Work { left: len.saturating_mul(32).saturating_add(1 << 16) }
    }

    /// Takes `steps` from the budget; `false` (and nothing taken) when they are not there.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let rest = self.left.checked_sub(steps);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }
}
