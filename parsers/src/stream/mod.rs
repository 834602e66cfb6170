//! Reading a log that may be damaged: bytes in, spans out.
//!
//! What must hold, whatever the bytes and however they are cut into chunks:
//!
//! * **The spans tile the input.** Every byte is in exactly one span, in order: a record, unrecognised text, or damage.
//! * **No intact record is lost.** After damage of any kind the reader finds the next record, also in the middle of a line.
//! * **Nothing damaged passes as intact,** unless what is left is a record that could have been written.
//! * **Memory is bounded** by [`LINE_MAX`] and [`REGION_MAX`], not by the input or its longest line.
//! * **Chunks do not show.** Decisions rest on the bytes and their offsets alone.
//!
//! A [`Grammar`] says what a record of one format looks like; everything here is the same for all logs of text. The reader
//! takes lines, or what the grammar takes for one; what is no record is collected until the next record and taken apart (`dissect`);
//! intact records pass four checks across records: `order` (time that goes backwards, blocks that stand twice), `rhythm` (reports that
//! are missing), `numbers` (numbers that are), and `claims` (what was said of a place before).
//!
//! One judgement comes late: whether a serial number that differs in one digit from the one known in a bay is damage or a new
//! drive shows when the next report repeats it or goes back to the old one. Then a record already given out is
//! [recanted](Item::Recanted), once.

mod claims;
mod dissect;
mod grammar;
mod numbers;
mod order;
mod rhythm;
mod span;
#[cfg(test)]
pub(crate) mod trial;

pub use grammar::{Claim, Grammar, Misfit, Number, Record, Sequence};
pub use rhythm::Rhythm;
pub use span::{Anomaly, AnomalyKind, Damage, DamageKind, What};

use crate::foreign::Origin;
use crate::time::{Basis, Resolved, Resolver, in_nearest_year};
use chrono::{DateTime, NaiveDateTime, Utc};
use dissect::{Context, Next};
use std::ops::Range;

/// No record is longer than this. Longer lines are searched for records in pieces.
pub const LINE_MAX: usize = 16 * 1024;

/// Bytes that are no records are taken apart in regions of this size at most.
pub const REGION_MAX: usize = 256 * 1024;

/// How much of a long line is looked at again with the piece that follows, so that a record's head is not cut in two.
const OVERLAP: usize = 1024;

/// What the reader found, in the order of the input (but for [`Item::Recanted`] and [`Item::Anomaly`], which speak of bytes that
/// came before).
#[derive(Debug)]
pub enum Item<'a, G: Grammar> {
    /// An intact record.
    Record {
        /// Offsets of the input, line end included.
        span: Range<u64>,
        /// The record's bytes, without its line end.
        line: &'a [u8],
        /// When it was written.
        at: Resolved,
        /// The local time that its text says, with the year that it does not say.
        local: NaiveDateTime,
        /// Its fields.
        record: G::Record<'a>,
    },
    /// A stretch that is no record.
    Other {
        /// Offsets of the input.
        span: Range<u64>,
        /// Where the text is in a pager's notation: offsets of the bytes that it stands for, in the log as it was before.
        decoded: Option<Range<u64>>,
        /// What it is.
        what: What,
    },
    /// A record given out before was damaged after all.
    Recanted {
        /// Offsets of the input, those of the record.
        span: Range<u64>,
        /// When it was written: its time is as intact as its statement is not.
        at: Resolved,
        /// The text of its time.
        written: String,
        /// What is wrong with it.
        damage: Damage,
    },
    /// Something odd about intact records.
    Anomaly(Anomaly),
}

/// What is known when the input has ended.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Bytes read.
    pub bytes: u64,
    /// Reports that came in a steady rhythm.
    pub rhythms: Vec<Rhythm>,
}

/// The incremental reader. Push chunks of any size, then [finish](Reader::finish).
#[derive(Debug)]
pub struct Reader<G> {
    grammar: G,
    resolver: Resolver,
    /// Offset of the first byte that was not consumed.
    offset: u64,
    /// The front of a line whose end was not seen yet.
    carry: Vec<u8>,
    /// By how many bytes the notation of a pager made the input longer so far.
    notation: u64,
    /// Bytes that are no record, up to where `offset` is.
    region: Vec<u8>,
    context: Context,
    /// The last stretch that is no record: it may grow.
    held: Option<Held>,
    previous: Option<DateTime<Utc>>,
    /// The local time of the last record whose place says something of its time.
    previous_local: Option<NaiveDateTime>,
    order: order::Order,
    rhythm: rhythm::Rhythms,
    claims: claims::Claims,
    numbers: numbers::Numbers,
}

#[derive(Debug)]
struct Held {
    span: Range<u64>,
    decoded: Option<Range<u64>>,
    what: What,
    /// Where the line begins that the stretch ends in the middle of, if it does.
    open: Option<u64>,
}

/// How the bytes in hand begin.
enum Frame {
    /// A line; `length` counts its line end.
    Line { length: usize, content: usize },
    /// [`LINE_MAX`] bytes without a line end.
    Long,
    /// The last line of the input, without a line end.
    Last,
    /// More bytes are needed.
    Partial,
}

impl<G: Grammar> Reader<G> {
    /// A reader at the start of an input.
    pub fn new(grammar: G, resolver: Resolver) -> Self {
        Self {
            grammar,
            resolver,
            offset: 0,
            notation: 0,
            carry: Vec::new(),
            region: Vec::new(),
            context: Context::default(),
            held: None,
            previous: None,
            previous_local: None,
            order: order::Order::default(),
            rhythm: rhythm::Rhythms::default(),
            claims: claims::Claims::default(),
            numbers: numbers::Numbers::default(),
        }
    }

    /// Reads on. Lines that lie whole in the chunk are read where they lie.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl for<'a> FnMut(Item<'a, G>)) {
        let mut carry = std::mem::take(&mut self.carry);
        let mut taken = 0;
        while let Some(rest) = chunk.get(taken..).filter(|rest| !carry.is_empty() && !rest.is_empty()) {
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1).min(LINE_MAX);
            carry.extend_from_slice(rest.get(..length).unwrap_or_default());
            taken += length;
            let consumed = self.consume(&carry, false, sink);
            let left = carry.len() - consumed;
            if left <= taken {
                // What is left lies whole in the chunk.
                taken -= left;
                carry.clear();
            } else {
                carry.drain(..consumed);
            }
        }
        if carry.is_empty() {
            let rest = chunk.get(taken..).unwrap_or_default();
            let consumed = self.consume(rest, false, sink);
            carry.extend_from_slice(rest.get(consumed..).unwrap_or_default());
        }
        self.carry = carry;
    }

    /// The reports that come in a steady rhythm, by what was read so far: of a log that goes on.
    pub fn rhythms(&self) -> Vec<Rhythm> {
        self.rhythm.so_far()
    }

    /// Reads what is left and says what the whole input showed.
    pub fn finish(mut self, sink: &mut impl for<'a> FnMut(Item<'a, G>)) -> Summary {
        let carry = std::mem::take(&mut self.carry);
        self.consume(&carry, true, sink);
        self.dissect(Next::End, sink);
        self.release(sink);
        for recanted in self.claims.finish() {
            sink(recanted.item());
        }
        if let Some(anomaly) = self.order.finish() {
            sink(Item::Anomaly(anomaly));
        }
        Summary { bytes: self.offset, rhythms: self.rhythm.so_far() }
    }

    fn consume(&mut self, bytes: &[u8], end: bool, sink: &mut impl for<'a> FnMut(Item<'a, G>)) -> usize {
        let mut consumed = 0;
        loop {
            let rest = bytes.get(consumed..).unwrap_or_default();
            let length = match self.frame(rest, end) {
                Frame::Line { length, content } => self.line(rest, length, content, sink),
                Frame::Long => {
                    let long = rest.get(..LINE_MAX).unwrap_or(rest);
                    let length = self.grammar.next_head(long, 1).unwrap_or(LINE_MAX - OVERLAP);
                    self.skip(rest, length, sink)
                }
                Frame::Last => self.line(rest, rest.len(), rest.len(), sink),
                Frame::Partial => return consumed,
            };
            consumed += length;
        }
    }

    fn frame(&self, rest: &[u8], end: bool) -> Frame {
        let window = rest.get(..LINE_MAX).unwrap_or(rest);
        match self.grammar.unit(window, end && window.len() == rest.len()) {
            Some(length) => {
                let line = rest.get(..length).unwrap_or_default();
                let content = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
                Frame::Line { length, content: content.len() }
            }
            None if rest.len() >= LINE_MAX => Frame::Long,
            None if end && !rest.is_empty() => Frame::Last,
            None => Frame::Partial,
        }
    }

    /// One line: a record, a record that begins in its middle, or none.
    fn line(
        &mut self,
        rest: &[u8],
        length: usize,
        content: usize,
        sink: &mut impl for<'a> FnMut(Item<'a, G>),
    ) -> usize {
        let terminated = content < length;
        let line = rest.get(..content).unwrap_or_default();
        // A line that lacks its end may lack more than that.
        let whole = |record: &G::Record<'_>| terminated || record.is_whole();
        match self.grammar.parse(line) {
            Ok(record) if whole(&record) => {
                self.record(length, line, record, sink);
                return length;
            }
            _ => {}
        }
        // A record holds no head but its own, so only the last of a line may begin one that ends where the line does.
        let mut last = None;
        while let Some(at) = self.grammar.next_head(line, last.map_or(1, |at| at + 1)) {
            last = Some(at);
        }
        let inner = last.and_then(|at| Some((at, line.get(at..)?)));
        if let Some((at, _)) = inner.filter(|(_, inner)| self.grammar.parse(inner).is_ok_and(|record| whole(&record))) {
            return self.skip(rest, at, sink);
        }
        self.skip(rest, length, sink)
    }

    fn record<'r>(
        &mut self,
        length: usize,
        line: &'r [u8],
        record: G::Record<'r>,
        sink: &mut impl for<'a> FnMut(Item<'a, G>),
    ) {
        let disturbed = !self.region.is_empty() || self.held.is_some();
        self.dissect(Next::Record, sink);
        self.release(sink);
        self.context = Context::default();
        let span = self.offset..self.advance(length);
        let (at, local) = self.time(&record);
        if let Some(claim) = record.claim() {
            for recanted in self.claims.see(claim, claims::Place::new(&span, at, record.written())) {
                sink(recanted.item());
            }
        }
        let (sequence, number) = (record.sequence(), record.number());
        if sequence != Sequence::None {
            // Of a log that has the newest record first, time goes back as it should.
            if !number.is_some_and(|number| number.descends)
                && let Some(anomaly) = self.order.see(at, record.written(), line, &span, sequence)
            {
                sink(Item::Anomaly(anomaly));
            }
            self.previous = Some(at.utc);
            self.previous_local = Some(local);
        }
        if let Some(number) = number.filter(|_| !self.order.is_copy())
            && let Some(anomaly) = self.numbers.see(number, at, span.start, disturbed)
        {
            sink(Item::Anomaly(anomaly));
        }
        // A report that stands a second time was written once.
        if let Some(report) = record.report().filter(|_| !self.order.is_copy()) {
            for anomaly in self.rhythm.see(report, at, &span) {
                sink(Item::Anomaly(anomaly));
            }
        }
        sink(Item::Record { span, line, at, local, record });
    }

    /// When a record was written, and the local time that its text says, with the year that it may not say.
    fn time(&mut self, record: &G::Record<'_>) -> (Resolved, NaiveDateTime) {
        let local = match self.previous_local {
            Some(previous) if !record.says_year() => in_nearest_year(record.local(), previous),
            _ => record.local(),
        };
        if !record.is_dated() {
            // It was written after the one before it.
            let utc = self.previous.unwrap_or_else(|| self.resolver.resolve(local, record.zone(), None).utc);
            return (Resolved { utc, basis: Basis::Assumed }, local);
        }
        let at = self.resolver.resolve(local, record.zone(), self.previous);
        let unsure = record.basis().filter(|_| at.basis == Basis::Stated);
        (Resolved { basis: unsure.unwrap_or(at.basis), ..at }, local)
    }

    fn advance(&mut self, length: usize) -> u64 {
        self.offset = self.offset.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        self.offset
    }

    fn skip(&mut self, rest: &[u8], length: usize, sink: &mut impl for<'a> FnMut(Item<'a, G>)) -> usize {
        let bytes = rest.get(..length).unwrap_or(rest);
        if self.region.len() + bytes.len() > REGION_MAX {
            self.dissect(Next::More, sink);
        }
        self.region.extend_from_slice(bytes);
        self.advance(bytes.len());
        bytes.len()
    }

    /// Takes the collected region apart and gives out its pieces, all but the last: that one may grow.
    fn dissect(&mut self, next: Next, sink: &mut impl for<'a> FnMut(Item<'a, G>)) {
        if self.region.is_empty() {
            return;
        }
        let region = std::mem::take(&mut self.region);
        let start = self.offset - u64::try_from(region.len()).unwrap_or(0);
        let (pieces, context) = dissect::dissect(&self.grammar, &region, self.context, next);
        self.context = context;
        let from = |start: u64, range: &Range<usize>| -> Range<u64> {
            let offset = |at: usize| start + u64::try_from(at).unwrap_or(u64::MAX);
            offset(range.start)..offset(range.end)
        };
        let decoded_start = start.saturating_sub(self.notation);
        for piece in pieces {
            let to_input = |range: &Range<usize>| from(start, range);
            if let Some(decoded) = &piece.decoded {
                self.notation += u64::try_from(piece.given.len().saturating_sub(decoded.len())).unwrap_or(0);
            }
            let text = region.get(piece.given.clone()).unwrap_or_default();
            let line = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
            let line = piece.given.start + line..piece.given.end;
            let held = Held {
                span: to_input(&piece.given),
                decoded: piece.decoded.as_ref().map(|range| from(decoded_start, range)),
                what: piece.what,
                open: (!line.is_empty()).then(|| to_input(&line).start),
            };
            self.hold(held, sink);
        }
        self.region = region;
        self.region.clear();
    }

    fn hold(&mut self, mut piece: Held, sink: &mut impl for<'a> FnMut(Item<'a, G>)) {
        match &mut self.held {
            Some(held) if joins(&held.what, &piece.what) => held.extend(piece),
            _ => {
                if let Some(held) = &mut self.held {
                    piece.take_line(held);
                }
                self.release(sink);
                self.held = Some(piece);
            }
        }
    }

    fn release(&mut self, sink: &mut impl for<'a> FnMut(Item<'a, G>)) {
        if let Some(Held { span, decoded, what, .. }) = self.held.take().filter(|held| !held.span.is_empty()) {
            sink(Item::Other { span, decoded, what });
        }
    }
}

impl Held {
    fn extend(&mut self, piece: Self) {
        let continues = self.open.is_some();
        self.open = piece.open.map(|line| self.open.filter(|_| line == piece.span.start).unwrap_or(line));
        self.span.end = piece.span.end;
        self.decoded = self.decoded.take().zip(piece.decoded).map(|(a, b)| a.start..b.end);
        match (&mut self.what, &piece.what) {
            (What::Unrecognised { lines }, What::Unrecognised { lines: more }) => {
                *lines += more.saturating_sub(u64::from(continues));
            }
            (What::Damage(damage), _) => damage.grow(self.span.end - self.span.start),
            _ => {}
        }
    }

    /// Takes the front of its first line away from the stretch before. A line that is longer than a region was taken for
    /// somebody's text until it turned out to be damaged.
    fn take_line(&mut self, before: &mut Self) {
        let is_text = matches!(&self.what, What::Damage(damage) if damage.origin == Some(Origin::Text));
        let (Some(line), What::Unrecognised { lines }) = (before.open, &mut before.what) else { return };
        if is_text && before.decoded.is_none() && self.decoded.is_none() {
            *lines = lines.saturating_sub(1);
            before.span.end = line;
            self.span.start = line;
        }
    }
}

/// Whether two neighbouring stretches are one: a file's block that is longer than a region is still one block.
fn joins(a: &What, b: &What) -> bool {
    match (a, b) {
        (What::Unrecognised { .. }, What::Unrecognised { .. }) => true,
        (What::Damage(a), What::Damage(b)) => {
            a.kind == b.kind && a.origin == b.origin && matches!(a.kind, DamageKind::NulRun | DamageKind::Foreign)
        }
        _ => false,
    }
}
