//! `apcupsd.events`: what happened to the UPS, a record a line.
//!
//! ```text
//! 2013-10-26 08:39:13 -0500  Power failure.                              3.14
//! Sat Oct 26 08:39:13 CDT 2013  Power failure.                           3.10 and before
//! ```
//!
//! Source: `log_event` in apcupsd's `lib/apclog.c`: the time by `strftime` with `%Y-%m-%d %H:%M:%S %z`, before that with
//! `%a %b %d %X %Z %Y`, two blanks, and the text.

use super::phrases::{self, Meaning};
use super::{clock, date, month, number, printable};
use crate::stream::{self, Claim, Grammar, Misfit};
use chrono::{NaiveDate, NaiveDateTime};
use memchr::memchr_iter;

/// A record. Texts are slices of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The time as written.
    pub written: &'a str,
    /// The local time that it says.
    pub local: NaiveDateTime,
    /// Its offset or zone abbreviation.
    pub zone: &'a str,
    /// What happened, in words.
    pub text: &'a str,
    /// What they mean, if they are known.
    pub meaning: Option<Meaning>,
}

/// The grammar.
#[derive(Debug, Clone, Copy, Default)]
pub struct Events;

impl Events {
    /// Whether bytes are of such a log: a record stands among the first lines, and its text is known.
    pub fn recognise(bytes: &[u8]) -> bool {
        let known =
            |line: &[u8]| read(line).is_some_and(|record| record.meaning.is_some_and(|m| m != Meaning::Nothing));
        bytes
            .split(|byte| *byte == b'\n')
            .take(LINES_BEFORE)
            .any(|line| known(line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

/// A log whose first lines are all of texts that are not known, or damaged, is told by those behind.
const LINES_BEFORE: usize = 200;

/// From the front of a time to its first colon, in both manners.
const TO_COLON: usize = 13;

struct Stamp<'a> {
    written: &'a str,
    local: NaiveDateTime,
    zone: &'a str,
}

/// The time that a line begins with, and its text.
fn head(line: &str) -> Option<(Stamp<'_>, &str)> {
    if let Some((written, text)) = line.split_at_checked(ISO)
        && let (Some(text), Some((local, zone))) = (text.strip_prefix("  "), iso(written))
    {
        return Some((Stamp { written, local, zone }, text.trim_start()));
    }
    let (written, text) = line.split_once("  ")?;
    // Some locales pad the day with a blank.
    let (written, text) = match text.as_bytes().get(1) {
        Some(b' ') if written.len() == 7 => {
            let (rest, _) = text.split_once("  ")?;
            let length = written.len() + 2 + rest.len();
            (line.get(..length)?, line.get(length + 2..)?)
        }
        _ => (written, text),
    };
    let (local, zone) = named(written)?;
    Some((Stamp { written, local, zone }, text.trim_start()))
}

/// How long the newer manner is.
const ISO: usize = 25;

/// `2013-10-26 08:39:13 -0500`
fn iso(text: &str) -> Option<(NaiveDateTime, &str)> {
    let bytes = text.as_bytes();
    let local = date(bytes.get(..10)?)?.and_time(clock(bytes.get(11..19)?)?);
    let [b'+' | b'-', offset @ ..] = bytes.get(20..)? else { return None };
    number(offset)?;
    let zone = text.get(20..)?;
    (bytes.get(10) == Some(&b' ') && bytes.get(19) == Some(&b' ')).then_some((local, zone))
}

/// `Sat Oct 26 08:39:13 CDT 2013`
fn named(text: &str) -> Option<(NaiveDateTime, &str)> {
    let mut words = text.split_ascii_whitespace();
    let (_, name, day, time, zone, year) =
        (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let is_zone = (1..=5).contains(&zone.len()) && zone.bytes().all(|byte| byte.is_ascii_uppercase());
    let year = i32::try_from(number(year.as_bytes()).filter(|_| year.len() == 4)?).ok()?;
    let local = NaiveDate::from_ymd_opt(year, month(name)?, number(day.as_bytes())?)?.and_time(clock(time.as_bytes())?);
    (is_zone && words.next().is_none()).then_some((local, zone))
}

fn read(line: &[u8]) -> Option<Record<'_>> {
    let line = std::str::from_utf8(line).ok()?;
    let (Stamp { written, local, zone }, text) = head(line)?;
    let is_text = printable(text);
    let text = text.trim_end();
    let meaning = phrases::read(text).map(|(meaning, _)| meaning);
    (is_text && !text.is_empty()).then_some(Record { written, local, zone, text, meaning })
}

/// Where a time begins whose first colon is at `colon`, if a record follows from there.
fn starts(bytes: &[u8], colon: usize) -> Option<usize> {
    let start = colon.checked_sub(TO_COLON)?;
    let rest = bytes.get(start..)?;
    // A look at the places of digits is cheap, and no other colon stands so.
    STARTS.iter().find(|shape| crate::form::follows(shape, rest) >= TO_COLON + 6)?;
    head(super::head_at(bytes, start)?).map(|_| start)
}

fn next_head(bytes: &[u8], from: usize) -> Option<usize> {
    // A head that begins at or behind `from` has its first colon as far behind that.
    let first = from.saturating_add(TO_COLON);
    memchr_iter(b':', bytes.get(first..)?).find_map(|at| starts(bytes, first + at))
}

impl Grammar for Events {
    type Record<'a> = Record<'a>;

    fn parse<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        read(line).filter(|_| next_head(line, 1).is_none()).ok_or(Misfit::NoRecord)
    }

    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize> {
        next_head(bytes, from)
    }

    fn front(&self, bytes: &[u8]) -> usize {
        let text = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            from + rest.iter().take_while(|byte| **byte == b'\t' || (b' '..0x7f).contains(*byte)).count()
        };
        if next_head(bytes, 0) == Some(0) {
            return text(HEAD_MIN.min(bytes.len()));
        }
        let date = SHAPES.iter().map(|shape| crate::form::follows(shape, bytes)).max().unwrap_or(0);
        if date >= DATE_MIN { date } else { 0 }
    }

    fn tail(&self, line: &[u8]) -> Option<usize> {
        phrases::tail(std::str::from_utf8(line).ok()?)
    }

    fn trace(&self, line: &[u8]) -> Option<usize> {
        // A time of day with an offset and two blanks behind it.
        memchr_iter(b':', line).find_map(|colon| {
            let start = colon.checked_sub(2)?;
            let rest = line.get(start..)?;
            let ends = CLOCKS.iter().any(|shape| crate::form::follows(shape, rest) == shape.len());
            ends.then_some(start)
        })
    }

    fn disagree(&self, _front: &[u8], _tail: &[u8]) -> bool {
        false
    }
}

/// The shortest time is as long.
const HEAD_MIN: usize = 25;
/// Less of a date could be anything.
const DATE_MIN: usize = 8;
/// 9 is a digit, A a letter, + a sign.
const SHAPES: [&[u8]; 2] = [b"9999-99-99 99:99:99 +9999", b"AAA AAA 99 99:99:99 AAA 9999"];
const STARTS: [&[u8]; 3] = [b"9999-99-99 99:99:99", b"AAA AAA 99 99:99:99", b"AAA AAA 9 99:99:99"];
const CLOCKS: [&[u8]; 2] = [b"99:99:99 +9999", b"99:99:99 AAA 9999"];

impl stream::Record for Record<'_> {
    fn written(&self) -> &str {
        self.written
    }

    fn local(&self) -> NaiveDateTime {
        self.local
    }

    fn zone(&self) -> Option<&str> {
        Some(self.zone)
    }

    fn is_whole(&self) -> bool {
        phrases::is_whole(self.text)
    }

    fn report(&self) -> Option<u32> {
        None
    }

    fn claim(&self) -> Option<Claim<'_>> {
        None
    }
}

#[cfg(test)]
mod tests;
