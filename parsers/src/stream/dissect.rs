//! Taking apart the bytes between two intact records.
//!
//! ```text
//!  region:   ...e 0, slot 2, S/N CV\0\0\0\0\0\0IGNORE;IGNORE\n;IGNORE #x\nosure 0, slot 3, S/N C64KGN (Vendor: ...)\n
//!            `-- fragment: torn --'`-- nul --'`-------- foreign --------'`-- fragment: torn ---------------------'
//! ```
//!
//! First come the headers and footers of other files, since many begin with printable bytes that a record's free text would
//! swallow. Between them the fragments of records are found, line by line, with the grammar's help; what is loose goes to
//! [`foreign`], which says whose bytes they are. Text is damage only where it touches damage: a whole line of text between
//! intact lines may have been written by somebody, and is unrecognised.

use super::grammar::{Grammar, Misfit};
use super::span::{Damage, DamageKind, What, bytes};
use crate::foreign::{self, Origin};
use crate::pager;
use std::ops::Range;

/// Up to this many changed bytes in the middle of a line leave it one garbled record; more are a piece of something else.
/// Half a record of the shortest real kind.
const GARBLED_MAX: usize = 64;

/// From this length on a run of NULs is damage of its own, also inside a record.
const NUL_RUN: usize = 4;

/// So many zeros may stand in the middle of a file; more of them between two pieces of binary data are a run of their own.
const NUL_OF_FILE_MAX: usize = 64;

/// A single line of text that touches damage and is no longer than this was torn; more is another file's.
const TORN_TEXT_MAX: usize = 200;

/// Text between two damaged places is another file's from this length on; less cannot be told from changed bytes.
const FOREIGN_MIN: usize = 16;

/// What stands before a region.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// Whether damage or the middle of a line does: the default is a clean line start.
    dirty: bool,
    /// What foreign bytes end there.
    before: Option<Origin>,
}

/// What stands behind a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// An intact record.
    Record,
    /// The end of the input.
    End,
    /// The rest of it: the region was cut because it is long.
    More,
}

/// A stretch of a region.
#[derive(Debug)]
pub(super) struct Piece {
    /// Offsets of the region as given.
    pub(super) given: Range<usize>,
    /// Offsets of the bytes it stands for, if it was written in a pager's notation.
    pub(super) decoded: Option<Range<usize>>,
    pub(super) what: What,
}

/// Takes a region apart; the pieces tile it.
pub(super) fn dissect<G: Grammar>(grammar: &G, region: &[u8], context: Context, next: Next) -> (Vec<Piece>, Context) {
    let notation = pager::decode(region);
    let bytes = notation.as_ref().map_or(region, |decoded| decoded.bytes.as_slice());
    let files = foreign::edges(bytes);
    let stretches = Dissection { grammar, bytes, files: &files, context, next }.run();
    let last = stretches.last();
    let context = Context {
        // A line of text that is only longer than a region is no damage so far.
        dirty: bytes.last() != Some(&b'\n') && !matches!(last, Some((_, What::Unrecognised { .. }))),
        before: last.and_then(|(_, what)| origin(what)),
    };
    let pieces = stretches
        .into_iter()
        .map(|(range, what)| match &notation {
            None => Piece { given: range, decoded: None, what },
            Some(decoded) => {
                Piece { given: decoded.given(range.start)..decoded.given(range.end), decoded: Some(range), what }
            }
        })
        .filter(|piece| !piece.given.is_empty())
        .collect();
    (pieces, context)
}

struct Dissection<'a, G> {
    grammar: &'a G,
    bytes: &'a [u8],
    /// Headers and footers of other files, or the whole of them.
    files: &'a [Range<usize>],
    context: Context,
    next: Next,
}

type Stretch = (Range<usize>, What);

/// A part of a line.
enum Part {
    /// The remains of a record.
    Fragment(Range<usize>, Damage),
    /// Not the remains of a record.
    Loose(Range<usize>),
}

impl<G: Grammar> Dissection<'_, G> {
    fn run(&self) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        let mut loose: Range<usize> = 0..0;
        for part in self.parts() {
            match part {
                Part::Loose(range) if range.is_empty() => {}
                Part::Loose(range) if loose.end == range.start && !loose.is_empty() => loose.end = range.end,
                Part::Loose(range) => loose = range,
                Part::Fragment(range, damage) => {
                    self.classify(std::mem::take(&mut loose), &mut stretches);
                    stretches.push((range, What::Damage(damage)));
                }
            }
        }
        self.classify(loose, &mut stretches);
        stretches
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut start = 0;
        for file in self.files {
            self.lines(start..file.start, &mut parts);
            // A record that begins within was written over the file.
            let end = self.grammar.next_head(self.slice(file), 1).map_or(file.end, |head| file.start + head);
            parts.push(Part::Loose(file.start..end));
            start = end;
        }
        self.lines(start..self.bytes.len(), &mut parts);
        parts
    }

    fn lines(&self, range: Range<usize>, parts: &mut Vec<Part>) {
        let mut start = range.start;
        while start < range.end {
            let rest = self.slice(&(start..range.end));
            let length = self.grammar.unit(rest, true).filter(|length| *length > 0).unwrap_or(rest.len());
            self.line(start..start + length, parts);
            start += length;
        }
    }

    /// One line of the region: split where heads stand in it, so that each stretch holds the remains of one record.
    fn line(&self, line: Range<usize>, parts: &mut Vec<Part>) {
        let content = self.content(&line);
        let mut start = 0;
        while let Some(head) = self.grammar.next_head(content, start + 1) {
            self.remains(line.start + start..line.start + head, parts);
            start = head;
        }
        self.remains(line.start + start..line.end, parts);
    }

    /// What may be left of a record between two places of a line.
    fn remains(&self, range: Range<usize>, parts: &mut Vec<Part>) {
        let content = self.content(&range);
        let terminated = content.len() < range.len();
        let tail = if terminated { self.grammar.tail(content) } else { None };
        let fragment =
            |to: usize, kind, detail: &str| Part::Fragment(range.start..range.start + to, Damage::new(kind, detail));
        let last = !terminated && self.next == Next::End && range.end == self.bytes.len();
        match self.grammar.parse(content) {
            // Its writer may be at it.
            Ok(_) if last => {
                let damage = Damage::new(DamageKind::Torn, "a record without its line end");
                return parts.push(Part::Fragment(range, Damage { unfinished: true, ..damage }));
            }
            Ok(_) => return parts.push(fragment(range.len(), DamageKind::Torn, "a record without its line end")),
            Err(Misfit::Flawed { .. }) if last => {
                // What contradicts itself may only lack what is cut off.
                return parts.push(Part::Fragment(range, Damage::unfinished()));
            }
            Err(Misfit::Flawed { kind, detail }) => return parts.push(fragment(range.len(), kind, &detail)),
            Err(Misfit::NoRecord) => {}
        }
        match self.front(&range, content) {
            0 => self.without_front(range, content, tail, parts),
            front => self.with_front(range, content, front, tail, parts),
        }
    }

    /// A record's front, followed by what does not follow from it.
    fn with_front(
        &self,
        range: Range<usize>,
        content: &[u8],
        front: usize,
        tail: Option<usize>,
        parts: &mut Vec<Part>,
    ) {
        let terminated = content.len() < range.len();
        // Parts of a head behind a whole one are another record's; behind the front of one they are its own.
        let second = self.grammar.trace(content.get(front..).unwrap_or_default()).map(|at| front + at);
        let joined = second.is_some() && self.grammar.next_head(content, 0) == Some(0);
        let tail = if terminated { second.into_iter().chain(tail).min() } else { None };
        let back = tail.unwrap_or(content.len()).max(front);
        let middle = content.get(front..back).unwrap_or_default();
        let whole = |kind, detail: String| Part::Fragment(range.clone(), Damage::new(kind, detail));
        if middle.is_empty() && tail.is_none() {
            let at_end = self.next == Next::End && range.end == self.bytes.len();
            parts.push(match terminated {
                true => whole(DamageKind::Torn, "a record that breaks off".to_owned()),
                false if at_end => Part::Fragment(range.clone(), Damage::unfinished()),
                false => whole(DamageKind::Torn, "a record without its end".to_owned()),
            });
        } else if terminated && is_change(middle) && (tail.is_some() || middle.len() < FOREIGN_MIN) {
            parts.push(match tail {
                Some(tail) if joined || self.disagree(content, front, tail) => {
                    whole(DamageKind::Spliced, "the head of one record with the tail of another".to_owned())
                }
                Some(_) if middle.is_empty() => {
                    whole(DamageKind::Garbled, "bytes are missing or changed inside a record".to_owned())
                }
                _ => whole(DamageKind::Garbled, format!("a record changed within {}", bytes(length(&(front..back))))),
            });
        } else {
            let to_region = |from: usize, to: usize| range.start + from..range.start + to;
            let torn = |range, detail: &str| Part::Fragment(range, Damage::new(DamageKind::Torn, detail));
            parts.push(torn(to_region(0, front), "a record without its end"));
            match tail {
                Some(_) => {
                    parts.push(Part::Loose(to_region(front, back)));
                    parts.push(torn(to_region(back, range.len()), "the end of a record without its front"));
                }
                None => parts.push(Part::Loose(to_region(front, range.len()))),
            }
        }
    }

    /// No whole head; perhaps the trace of one, or a record's tail.
    fn without_front(&self, range: Range<usize>, content: &[u8], tail: Option<usize>, parts: &mut Vec<Part>) {
        let trace = self.grammar.trace(content);
        let is_changed = trace.is_some_and(|at| content.get(..at).is_some_and(is_change)) && !has_nul_run(content);
        if is_changed && !self.follows_file(&range) {
            let damage = Damage::new(DamageKind::Garbled, "the head of a record is changed");
            return parts.push(Part::Fragment(range, damage));
        }
        match trace.into_iter().chain(tail).min() {
            Some(at) => {
                let start = self.back(&range, content, at);
                let end = at + text_length(content.get(at..).unwrap_or_default());
                let end = if end == content.len() { range.len() } else { end };
                let damage = Damage::new(DamageKind::Torn, "the end of a record without its front");
                parts.push(Part::Loose(range.start..range.start + start));
                parts.push(Part::Fragment(range.start + start..range.start + end, damage));
                parts.push(Part::Loose(range.start + end..range.end));
            }
            None => parts.push(Part::Loose(range)),
        }
    }

    /// The grammar's front, and the rest of a word that was cut: up to 16 bytes of text before bytes that are none, or before
    /// another file.
    fn front(&self, range: &Range<usize>, content: &[u8]) -> usize {
        let front = self.grammar.front(content);
        let rest = content.get(front..).unwrap_or_default();
        let word = text_length(rest);
        let end = range.start + content.len();
        let is_cut = if word < rest.len() {
            !is_change(rest)
        } else {
            self.files.binary_search_by_key(&end, |file| file.start).is_ok()
        };
        if front > 0 && word < FOREIGN_MIN && is_cut { front + word } else { front }
    }

    /// Where the end of a record begins that the grammar knows from `at` on. Text right behind another file is the record's; behind
    /// bytes that are no text, up to 16 bytes of it are: more may be the file's.
    fn back(&self, range: &Range<usize>, content: &[u8], at: usize) -> usize {
        let before = content.get(..at).unwrap_or_default();
        let word = text_length_at_back(before);
        let limit = match word == before.len() {
            true if self.follows_file(range) => TORN_TEXT_MAX,
            true => 0,
            false => FOREIGN_MIN,
        };
        if word < limit { at - word } else { at }
    }

    fn follows_file(&self, range: &Range<usize>) -> bool {
        self.files.binary_search_by_key(&range.start, |file| file.end).is_ok()
    }

    fn disagree(&self, content: &[u8], front: usize, tail: usize) -> bool {
        let front = content.get(..front).unwrap_or_default();
        self.grammar.disagree(front, content.get(tail..).unwrap_or_default())
    }

    /// Loose bytes between fragments.
    fn classify(&self, range: Range<usize>, stretches: &mut Vec<Stretch>) {
        if range.is_empty() {
            return;
        }
        let before = if range.start == 0 { self.context.before } else { None };
        let slice = self.slice(&range);
        for piece in binaries(slice, foreign::dissect(slice, before)) {
            let at = range.start + piece.start..range.start + piece.end;
            let damage = match piece.what {
                foreign::What::Nul => Damage::nul_run(length(&at)),
                foreign::What::Foreign { origin: Some(Origin::Text), detail } => {
                    let behind_file = stretches.last().map_or(self.context.before, |(_, what)| origin(what));
                    stretches.push((at.clone(), self.text(at, detail, behind_file.is_some_and(is_binary_file))));
                    continue;
                }
                foreign::What::Foreign { origin: None, .. } if at.len() < FOREIGN_MIN => {
                    Damage::new(DamageKind::Garbled, format!("{} of no text", bytes(length(&at))))
                }
                foreign::What::Foreign { origin: None, .. } => Damage::unknown(length(&at)),
                foreign::What::Foreign { origin, detail } => {
                    Damage { origin, ..Damage::new(DamageKind::Foreign, detail) }
                }
            };
            stretches.push((at, What::Damage(damage)));
        }
    }

    /// Text that is no record: unrecognised if it stands between intact line ends, damage if it touches damage.
    fn text(&self, range: Range<usize>, detail: String, behind_file: bool) -> What {
        let text = self.slice(&range);
        if text.trim_ascii().is_empty() {
            // Blanks before a record are how it was pasted.
            return What::Unrecognised { lines: 0 };
        }
        let front_lost = match range.start.checked_sub(1).and_then(|at| self.bytes.get(at)) {
            Some(before) => *before != b'\n',
            None => self.context.dirty,
        };
        // A line end that belongs to a binary file says nothing of the line behind it.
        let front_lost = front_lost || behind_file;
        let at_end = range.end == self.bytes.len();
        let end_lost = text.last() != Some(&b'\n') && !(at_end && self.next != Next::Record);
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        let one_line = lines <= 1 && text.len() <= TORN_TEXT_MAX;
        let torn = |detail: &str| Damage::new(DamageKind::Torn, detail);
        What::Damage(match (front_lost, end_lost) {
            (false, false) => return What::Unrecognised { lines: u64::try_from(lines).unwrap_or(u64::MAX) },
            (true, false) if one_line => torn("the end of a line without its front"),
            (false, true) if one_line => torn("the front of a line without its end"),
            (true, true) if text.len() < FOREIGN_MIN => {
                Damage::new(DamageKind::Garbled, format!("{} of text between damaged places", bytes(length(&range))))
            }
            _ => Damage { origin: Some(Origin::Text), ..Damage::new(DamageKind::Foreign, detail) },
        })
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// The range without its line end.
    fn content(&self, range: &Range<usize>) -> &[u8] {
        let text = self.slice(range);
        text.strip_suffix(b"\n").map_or(text, |text| text.strip_suffix(b"\r").unwrap_or(text))
    }
}

/// Joins what is one binary file's: its zeros and its strings are no damage of their own.
fn binaries(region: &[u8], pieces: Vec<foreign::Piece>) -> Vec<foreign::Piece> {
    let is_binary = |piece: &foreign::Piece| matches!(piece.what, foreign::What::Foreign { origin: None, .. });
    let is_part = |piece: &foreign::Piece| match piece.what {
        foreign::What::Nul => piece.end - piece.start < NUL_OF_FILE_MAX,
        foreign::What::Foreign { origin: Some(Origin::Text), .. } => {
            !region.get(piece.start..piece.end).is_some_and(|text| text.contains(&b'\n'))
        }
        foreign::What::Foreign { origin, .. } => origin.is_none(),
    };
    let mut joined: Vec<foreign::Piece> = Vec::new();
    // How many pieces at the end are parts that stand behind a binary one.
    let mut parts = 0;
    for piece in pieces {
        if is_binary(&piece) && joined.len().checked_sub(parts + 1).and_then(|at| joined.get(at)).is_some_and(is_binary)
        {
            joined.truncate(joined.len() - parts);
            parts = 0;
            if let Some(binary) = joined.last_mut() {
                binary.end = piece.end;
            }
            continue;
        }
        parts = if is_part(&piece) && !is_binary(&piece) { parts + 1 } else { 0 };
        joined.push(piece);
    }
    joined
}

/// What kind of file a stretch was taken from.
fn origin(what: &What) -> Option<Origin> {
    match what {
        What::Damage(damage) => damage.origin,
        What::Unrecognised { .. } => None,
    }
}

/// Whether the lines of such a file, if it has any, are no lines of text.
fn is_binary_file(origin: Origin) -> bool {
    !matches!(origin, Origin::Text | Origin::GlibcLocale)
}

/// Whether bytes in the middle of a line are a change to it, rather than a piece of something else.
fn is_change(middle: &[u8]) -> bool {
    middle.len() <= GARBLED_MAX && !has_nul_run(middle)
}

fn has_nul_run(bytes: &[u8]) -> bool {
    bytes.windows(NUL_RUN).any(|window| window.iter().all(|byte| *byte == 0))
}

/// How many bytes at the front are printable text, of one line or of several.
fn text_length(bytes: &[u8]) -> usize {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default(),
    };
    let ends_line = |at: usize| valid.get(at..).is_some_and(|rest| rest.starts_with('\n') || rest.starts_with("\r\n"));
    let other = |(at, c): &(usize, char)| c.is_control() && *c != '\t' && !ends_line(*at);
    valid.char_indices().find(other).map_or(valid.len(), |(at, _)| at)
}

/// How many bytes at the back are printable ASCII: a character that was cut in two is no text from behind.
fn text_length_at_back(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|byte| **byte == b'\t' || (b' '..0x7f).contains(*byte)).count()
}

fn length(range: &Range<usize>) -> u64 {
    u64::try_from(range.len()).unwrap_or(u64::MAX)
}
