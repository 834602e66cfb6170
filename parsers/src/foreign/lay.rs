//! Tiles a region with what was found in it.

use super::bytes::{self, nul_runs, nuls_at_back, nuls_at_front, tail, window};
use super::scan::Found;
use super::{Origin, Piece, What, text};
use std::ops::Range;

/// From this many NULs on, a run outside binary structures is a piece of its own.
const NULS: usize = 4;
/// From this many NULs on, a run is a piece of its own even inside a binary structure: a whole sector of them.
const NULS_INSIDE: usize = 512;
/// From this many NULs on, a run at the end of a tightly packed structure whose end is unknown is not part of it.
const NULS_AFTER_DENSE: usize = 32;
/// Printable bytes in a row that a tightly packed structure does not hold: by chance, a run this long never comes.
const TEXT_AFTER_DENSE: usize = 96;
/// The longest detail, in characters.
const DETAIL: usize = 120;

/// What a run of bytes was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Nul,
    Of(Origin),
    Unknown,
}

/// The tiles so far; each begins where the one before ends.
struct Tiles<'a> {
    region: &'a [u8],
    /// Label, end, and whether a tile of the same label may not be joined to it.
    done: Vec<(Label, usize, bool)>,
}

pub(super) fn lay(region: &[u8], found: &[Found], before: Option<Origin>) -> Vec<Piece> {
    let mut tiles = Tiles { region, done: Vec::new() };
    tiles.push(Label::Nul, front_nuls(region));
    let mut owner = before;
    for Found { origin, find } in found {
        let back = Some(*origin).filter(|_| find.reaches_back);
        tiles.fill(find.start, owner.or(back), owner.is_none());
        if find.opens {
            tiles.cut();
        }
        tiles.claim(*origin, find.claim(region.len()));
        if find.closes {
            tiles.cut();
        }
        owner = if find.end_within(region.len()).is_some() { None } else { Some(*origin) };
    }
    tiles.fill(region.len(), owner, false);
    tiles.into_pieces()
}

/// The NULs at the front, which are never part of what follows; fewer than [`NULS`] are left to it, as a matter of taste.
pub(super) fn front_nuls(region: &[u8]) -> usize {
    Some(nuls_at_front(region)).filter(|nuls| *nuls >= NULS).unwrap_or(0)
}

impl Tiles<'_> {
    fn end(&self) -> usize {
        self.done.last().map_or(0, |(_, end, _)| *end)
    }

    /// Adds a tile up to `end`, or lengthens the last one.
    fn push(&mut self, label: Label, end: usize) {
        if end <= self.end() {
            return;
        }
        match self.done.last_mut() {
            Some((last, last_end, false)) if *last == label => *last_end = end,
            _ => self.done.push((label, end, false)),
        }
    }

    /// Keeps the next tile apart from the last one.
    fn cut(&mut self) {
        if let Some((_, _, apart)) = self.done.last_mut() {
            *apart = true;
        }
    }

    /// Tiles up to `to` that are surely of one kind, less the sectors of NULs.
    fn claim(&mut self, origin: Origin, to: usize) {
        let from = self.end();
        for run in nul_runs(window(self.region, from..to), NULS_INSIDE) {
            self.push(Label::Of(origin), from + run.start);
            self.push(Label::Nul, from + run.end);
        }
        self.push(Label::Of(origin), to);
    }

    /// Tiles up to `to` that hold no structure: the owner's as far as they can be, the rest loose.
    fn fill(&mut self, to: usize, owner: Option<Origin>, backwards: bool) {
        let from = self.end();
        let gap = window(self.region, from..to);
        let Some(origin) = owner else { return self.loose(to, None) };
        let Some(format) = origin.format().filter(|_| origin != Origin::GlibcLocale) else {
            return self.loose(to, Some(origin));
        };
        if !format.dense {
            return self.claim(origin, to);
        }
        let own = if backwards { dense_end(gap) } else { dense_start(gap) };
        let (before, after) = (from + own.start, from + own.end);
        self.loose(before, None);
        self.claim(origin, after);
        self.loose(to, None);
    }

    /// Tiles up to `to` with NULs, text and the unknown. `text_before` is the text that the first of it may continue.
    fn loose(&mut self, to: usize, text_before: Option<Origin>) {
        let from = self.end();
        let gap = window(self.region, from..to);
        let mut text_before = text_before;
        for run in nul_runs(gap, NULS) {
            self.printable(from + run.start, text_before.take());
            self.push(Label::Nul, from + run.end);
        }
        self.printable(to, text_before);
    }

    /// Tiles up to `to` with text and the unknown.
    fn printable(&mut self, to: usize, text_before: Option<Origin>) {
        let from = self.end();
        let part = window(self.region, from..to);
        for run in text::runs(part) {
            self.unknown(from + run.start);
            let continues = text_before.filter(|_| run.start == 0);
            let continues = continues.filter(|_| text::sort(window(part, run.clone())).is_none());
            self.push(Label::Of(continues.unwrap_or(Origin::Text)), from + run.end);
        }
        self.unknown(to);
    }

    /// Tiles up to `to` with the unknown; a few NULs between two pieces are no data.
    fn unknown(&mut self, to: usize) {
        let part = window(self.region, self.end()..to);
        let label = if nuls_at_front(part) == part.len() { Label::Nul } else { Label::Unknown };
        self.push(label, to);
    }

    fn into_pieces(self) -> Vec<Piece> {
        let mut start = 0;
        let mut pieces = Vec::with_capacity(self.done.len());
        for (label, end, _) in self.done {
            let what = what(label, window(self.region, start..end));
            pieces.push(Piece { start, end, what });
            start = end;
        }
        pieces
    }
}

/// The part at the front that a tightly packed structure, begun before, can claim.
fn dense_start(gap: &[u8]) -> Range<usize> {
    let end = text::long(gap, TEXT_AFTER_DENSE).next().map_or(gap.len(), |run| run.start);
    let nuls = nuls_at_back(window(gap, 0..end));
    0..if nuls >= NULS_AFTER_DENSE { end - nuls } else { end }
}

/// The part at the back that a tightly packed structure, going on after, can claim.
fn dense_end(gap: &[u8]) -> Range<usize> {
    let start = text::long(gap, TEXT_AFTER_DENSE).last().map_or(0, |run| run.end);
    let nuls = nuls_at_front(tail(gap, start));
    start + if nuls >= NULS_AFTER_DENSE { nuls } else { 0 }..gap.len()
}

fn what(label: Label, piece: &[u8]) -> What {
    let (origin, detail) = match label {
        Label::Nul => return What::Nul,
        Label::Of(origin) => {
            let detail = origin.format().map_or_else(|| text::detail(piece), |format| (format.detail)(piece));
            (Some(origin), detail)
        }
        Label::Unknown => (None, format!("{} of no known kind", bytes::counted(piece.len(), "byte", "bytes"))),
    };
    What::Foreign { origin, detail: bytes::quoted(detail.as_bytes(), DETAIL - 1) }
}
