//! The lines of a record, each in its place.

use super::text;
use crate::megaraid::event::Time;
use crate::printable::is_plain;
use crate::stream::LINE_MAX;
use memchr::{memchr, memmem, memrchr};
use std::str::from_utf8;

/// What a record begins with.
pub(super) const HEAD: &[u8] = b"seqNum: 0x";

/// A record by its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block<'a> {
    pub(super) number: u32,
    pub(super) time: Time,
    /// The time as written; of one since the start, the whole line.
    pub(super) written: &'a str,
    pub(super) code: u32,
    pub(super) class: i8,
    pub(super) locale: u16,
    pub(super) description: &'a str,
    /// The lines below `Event Data`, without blank ones behind them.
    pub(super) data: &'a str,
}

/// The lines, in their order. Of data there are several; blank lines are behind them and may be behind the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Head,
    Time,
    Gap,
    Code,
    Class,
    Locale,
    Description,
    DataHead,
    Rule,
    Data,
    End,
}

impl Step {
    /// Whether a line that is of it has no room for anything else: a number, or always the same.
    fn is_full(self) -> bool {
        matches!(
            self,
            Self::Head | Self::Gap | Self::Code | Self::Class | Self::Locale | Self::DataHead | Self::Rule | Self::End
        )
    }
}

/// Which step a line is behind that of the line before it; none if it is of another record or of none.
fn step(before: Option<Step>, line: &[u8]) -> Option<Step> {
    let is = |step, fits: bool| fits.then_some(step);
    match before {
        None => alone(line),
        Some(Step::Head) => is(Step::Time, time(line).is_some()),
        Some(Step::Time) if line.is_empty() => Some(Step::Gap),
        Some(Step::Time | Step::Gap) => is(Step::Code, hexadecimal(line, b"Code: 0x", 8).is_some()),
        Some(Step::Code) => is(Step::Class, class(line).is_some()),
        Some(Step::Class) => is(Step::Locale, hexadecimal(line, b"Locale: 0x", 4).is_some()),
        Some(Step::Locale) => is(Step::Description, is_description(line)),
        Some(Step::Description) => is(Step::DataHead, line == DATA_HEAD),
        Some(Step::DataHead) => is(Step::Rule, !line.is_empty() && line.iter().all(|byte| *byte == b'=')),
        Some(Step::Rule) => is(Step::Data, is_data(line)),
        Some(Step::Data) if line.is_empty() => Some(Step::End),
        Some(Step::Data) => is(Step::Data, is_data(line)),
        Some(Step::End) => is(Step::End, line.is_empty()),
    }
}

/// The same of a line that begins a record, or the rest of one whose front is lost. Few have their first letter in common.
fn alone(line: &[u8]) -> Option<Step> {
    let first = line.first()?;
    let (step, fits) = match first {
        b's' => (Step::Head, head(line).is_some()),
        b'L' => (Step::Locale, hexadecimal(line, b"Locale: 0x", 4).is_some()),
        b'C' if line.starts_with(b"Co") => (Step::Code, hexadecimal(line, b"Code: 0x", 8).is_some()),
        b'C' if line.starts_with(b"Cl") => (Step::Class, class(line).is_some()),
        b'E' if line == DATA_HEAD => (Step::DataHead, true),
        b'E' if line.starts_with(b"Ev") => (Step::Description, is_description(line)),
        _ => (Step::Data, DATA_KEYS.iter().any(|key| key.first() == Some(first) && line.starts_with(key))),
    };
    fits.then_some(step)
}

/// Keys of data that only events have.
const DATA_KEYS: [&[u8]; 9] = [
    b"Device ID: ",
    b"Enclosure Index: ",
    b"Slot Number: ",
    b"Target Id: ",
    b"Previous state: ",
    b"New state: ",
    b"CDB Length: ",
    b"CDB Data:",
    b"Sense Data:",
];

const DATA_HEAD: &[u8] = b"Event Data:";

/// The lines of bytes, and where each ends, the line end included; none of a last one without end.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (&[u8], Option<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let (line, end) = match memchr(b'\n', rest) {
            Some(length) => (rest.get(..length)?, Some(at + length + 1)),
            None => (rest, None),
        };
        at = end.unwrap_or(bytes.len());
        Some((trim(line), end))
    })
}

/// Without blanks and the return at its end: some versions write them.
fn trim(line: &[u8]) -> &[u8] {
    line.trim_ascii_end()
}

/// How long the record at the front is, or the rest of one whose front is lost, or the line that is neither.
pub(super) fn unit(bytes: &[u8], end: bool) -> Option<usize> {
    let (mut before, mut length) = (None, 0);
    for (line, ends) in lines(bytes) {
        let next = step(before, line);
        let may_hold_more = ends.is_some() && !next.is_some_and(Step::is_full);
        if let Some(inner) = if may_hold_more { inner(line) } else { None } {
            // What stands before it is the record's whose lines those were, or of nobody's.
            let own = next.is_some() || before != Some(Step::End) && line.get(..inner).is_some_and(begins);
            return Some(if length == 0 || own { length + inner } else { length });
        }
        match (ends, next) {
            // Whether a line that has no end is of it does not show, but that one that is longer than any is not.
            (None, _) if !end => return (bytes.len() >= LINE_MAX && length > 0).then_some(length),
            (_, None) if length > 0 => return Some(length),
            (Some(ends), None) => return Some(ends),
            (Some(ends), Some(_)) => length = ends,
            (None, _) => return None,
        }
        before = next;
    }
    // Complete lines to the last byte: more of it may follow.
    (end && length > 0).then_some(length)
}

/// Where a record begins in the middle of a line that was damaged.
fn inner(line: &[u8]) -> Option<usize> {
    // A letter that few lines have tells that most of them hold no head.
    let at = memrchr(b'q', line)?.checked_sub(2).filter(|at| *at > 0)?;
    line.get(at..).is_some_and(is_head).then_some(at)
}

fn is_head(line: &[u8]) -> bool {
    head(line).is_some()
}

pub(super) const TIME: &[u8] = b"Time: ";

/// `seqNum: 0x00000d33`
pub(super) fn head(line: &[u8]) -> Option<u32> {
    hexadecimal(line, HEAD, 8)
}

/// `Time: Tue Dec  4 12:26:23 2012` or `Seconds since last reboot: 17`: the first as far as its form goes.
pub(super) fn time(line: &[u8]) -> Option<Time> {
    if let Some(text) = line.strip_prefix(TIME) {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b':');
        return ((20..=28).contains(&text.len()) && text.iter().all(plain)).then_some(Time::Clock(0));
    }
    let seconds = from_utf8(line.strip_prefix(b"Seconds since last reboot: ")?).ok()?;
    seconds.bytes().all(|byte| byte.is_ascii_digit()).then(|| seconds.parse().ok().map(Time::SinceBoot))?
}

fn hexadecimal(line: &[u8], key: &[u8], digits: usize) -> Option<u32> {
    let value = line.strip_prefix(key).filter(|value| (1..=digits).contains(&value.len()))?;
    value.iter().try_fold(0, |sum: u32, byte| Some(sum.checked_mul(16)? + char::from(*byte).to_digit(16)?))
}

fn class(line: &[u8]) -> Option<i8> {
    let value = line.strip_prefix(b"Class: ")?;
    let (sign, digits) = value.strip_prefix(b"-").map_or((1, value), |digits| (-1, digits));
    i32::try_from(text::digits(digits)?).ok()?.checked_mul(sign)?.try_into().ok()
}

const DESCRIPTION: &[u8] = b"Event Description: ";

fn is_description(line: &[u8]) -> bool {
    line.strip_prefix(DESCRIPTION).is_some_and(is_text)
}

/// Whether bytes are text without control characters.
fn is_text(bytes: &[u8]) -> bool {
    is_plain(bytes) && memchr(b'\t', bytes).is_none()
        || from_utf8(bytes).is_ok_and(|text| !text.chars().any(char::is_control))
}

/// Whether a line is one of the data: `None`, `Device ID: 11`, or a row of hexadecimal numbers, behind which the next key may stand in the same line.
pub(super) fn is_data(line: &[u8]) -> bool {
    if line == b"None" {
        return true;
    }
    if let Some(step) = alone(line) {
        return step == Step::Data && is_text(line);
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" ()#/-_.".contains(byte);
    match memchr(b':', line) {
        Some(colon) => {
            let keyed = (1..=KEY_MAX).contains(&colon) && line.iter().take(colon).all(plain) && is_text(line);
            keyed && time(line).is_none()
        }
        None => !line.is_empty() && line.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b' '),
    }
}

/// The longest key of the data, and a row of hexadecimal numbers that stands before one.
const KEY_MAX: usize = 128;

/// Where the next two lines begin, at or after `from`, that nothing but a record begins with.
pub(super) fn next_head(bytes: &[u8], from: usize) -> Option<usize> {
    memmem::find_iter(bytes.get(from..)?, HEAD).map(|at| from + at).find(|at| {
        let mut lines = lines(bytes.get(*at..).unwrap_or_default()).map(|(line, _)| line);
        lines.next().is_some_and(is_head) && lines.next().is_some_and(|line| time(line).is_some())
    })
}

/// How far the front of a record can be followed, to the end of the last line that is in its place, or of the line that was cut.
pub(super) fn front(bytes: &[u8]) -> usize {
    let (mut before, mut length) = (None, 0);
    for (line, ends) in lines(bytes) {
        before = match step(before, line) {
            Some(step) if length == 0 && step != Step::Head => return 0,
            Some(step) => Some(step),
            None if ends.is_none() && begins(line) => return bytes.len(),
            None => return length,
        };
        length = ends.unwrap_or(bytes.len());
    }
    length
}

/// Whether a line that was cut may be one of a record.
fn begins(line: &[u8]) -> bool {
    let keys: [&[u8]; 9] = [
        HEAD,
        TIME,
        b"Seconds since last reboot: ",
        b"Code: 0x",
        b"Class: ",
        b"Locale: 0x",
        DESCRIPTION,
        DATA_HEAD,
        b"Device ID: ",
    ];
    is_text(line) && keys.iter().any(|key| line.starts_with(key) || key.starts_with(line) && line.len() >= CUT_MIN)
}

/// Less of a key could begin any line.
const CUT_MIN: usize = 3;

/// Whether a line, or several, are the rest of a record whose front is lost.
pub(super) fn is_tail(bytes: &[u8]) -> bool {
    let first = lines(bytes).next().map(|(line, _)| line).unwrap_or_default();
    alone(first).is_some_and(|step| step != Step::Head)
}

/// Reads a record; none if a line above its data is missing or out of its place.
pub(super) fn block(bytes: &[u8]) -> Option<Block<'_>> {
    let mut lines = lines(bytes);
    let mut next = || lines.next().map(|(line, _)| line);
    let number = head(next()?)?;
    let line = next()?;
    let (time, written) = (time(line)?, from_utf8(line.strip_prefix(TIME).unwrap_or(line)).ok()?);
    let line = next()?;
    let line = if line.is_empty() { next()? } else { line };
    let code = hexadecimal(line, b"Code: 0x", 8)?;
    let class = class(next()?)?;
    let locale = hexadecimal(next()?, b"Locale: 0x", 4).and_then(|locale| u16::try_from(locale).ok())?;
    let line = next().filter(|line| is_description(line))?;
    let description = from_utf8(line.strip_prefix(DESCRIPTION)?).ok()?;
    (next()? == DATA_HEAD).then_some(())?;
    let (rule, end) = lines.next()?;
    (!rule.is_empty() && rule.iter().all(|byte| *byte == b'=')).then_some(())?;
    let data = from_utf8(bytes.get(end?..)?).ok()?.trim_end();
    Some(Block { number, time, written, code, class, locale, description, data })
}
