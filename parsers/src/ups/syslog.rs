//! What NUT's programs and apcupsd write to the system log.
//!
//! ```text
//! Oct 26 08:39:13 db7 upsmon[1234]: UPS ups@localhost on battery
//! <29>2013-10-26T08:39:13.123456-05:00 db7 usbhid-ups[99]: Power failure.
//! ```
//!
//! The first form (RFC 3164) has no year: that of the first record is [learned](Syslog::learn) from the front of the log, as of a kernel's,
//! and each other record is of the year that brings it nearest to the one before. A line of another program is no record. Sources of the texts: [`phrases`].

use super::phrases::{self, Meaning};
use super::{clock, month, number, printable};
use crate::stream::{self, Claim, Grammar, Misfit};
use crate::tag::tagged;
use crate::time::{Basis, Years};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use memchr::{memchr, memchr_iter};
use std::cell::Cell;

/// A record. Texts are slices of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The time as written.
    pub written: &'a str,
    /// The local time that it says.
    pub local: NaiveDateTime,
    says_year: bool,
    /// Its offset, if it is written.
    pub zone: Option<&'a str>,
    /// The severity that the program gave it, 0 to 7 (RFC 5424, 6.2.1), if it is written.
    pub severity: Option<u8>,
    /// The host that wrote it.
    pub host: &'a str,
    /// The program.
    pub program: &'a str,
    /// What happened, in words.
    pub text: &'a str,
    /// What they mean, if they are known.
    pub meaning: Option<Meaning>,
    /// The UPS, if the text names it.
    pub ups: Option<&'a str>,
}

/// The grammar.
#[derive(Debug, Clone)]
pub struct Syslog {
    /// Of times that say none.
    year: i32,
    /// The day of the record before, as written and as a date: that of most others.
    day: Cell<Option<([u8; DAY], NaiveDate)>>,
}

/// How long a day is that says no year: `Oct 26`.
const DAY: usize = 6;

/// Programs: NUT's clients and server, and its drivers for USB, serial lines and networks (2.2 to 2.8); apcupsd.
const PROGRAMS: [&str; 24] = [
    "apcupsd",
    "upsmon",
    "nut-monitor",
    "upsd",
    "nut-server",
    "upssched",
    "upslog",
    "upsdrvctl",
    "usbhid-ups",
    "nutdrv_qx",
    "nutdrv_atcl_usb",
    "blazer_usb",
    "blazer_ser",
    "bcmxcp",
    "bcmxcp_usb",
    "apcsmart",
    "apcupsd-ups",
    "snmp-ups",
    "netxml-ups",
    "dummy-ups",
    "genericups",
    "tripplite_usb",
    "richcomm_usb",
    "mge-shut",
];

/// What such a program says in the log of a whole machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What its words mean.
    pub meaning: Meaning,
    /// The UPS, if they name it: `rack-a@localhost`.
    pub ups: Option<String>,
}

/// Reads what stands behind the host in a line of syslog, `upsmon[812]: UPS rack-a@localhost on battery`; none of other programs, and of
/// words that are not known.
pub fn said(text: &str) -> Option<Said> {
    let (_, text) = tagged(text, &PROGRAMS)?;
    let (meaning, ups) = phrases::read(text.trim())?;
    Some(Said { meaning, ups: ups.map(str::to_owned) })
}

impl Syslog {
    /// Of a log that begins so and was written last at that time.
    #[must_use]
    pub fn learn(front: &[u8], written: NaiveDateTime) -> Self {
        let any = Self::of(written.year());
        let mut years = Years::default();
        for line in front.split(|byte| *byte == b'\n') {
            let record = any.read(line.strip_suffix(b"\r").unwrap_or(line));
            if let Some(record) = record.filter(|record| !record.says_year) {
                years.take(record.local);
            }
        }
        Self::of(years.first(written).unwrap_or(any.year))
    }

    const fn of(year: i32) -> Self {
        Self { year, day: Cell::new(None) }
    }

    /// Whether bytes are of such a log, and of these programs for the most part: the log of a whole machine is another family's.
    pub fn recognise(bytes: &[u8]) -> bool {
        let grammar = Self::of(LEAP);
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(LINES);
        let (mut all, mut ours) = (0_u32, 0_u32);
        for line in lines {
            all += 1;
            ours += u32::from(grammar.read(line.strip_suffix(b"\r").unwrap_or(line)).is_some());
        }
        ours > 0 && ours.saturating_mul(2) >= all
    }

    fn read<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let line = std::str::from_utf8(line).ok()?;
        let Head { severity, written, host, program, rest } = head(line)?;
        let text = rest.trim();
        let (local, zone) = self.time(written)?;
        let says_year = zone.is_some();
        let (meaning, ups) = phrases::read(text).unzip();
        let record =
            Record { written, local, says_year, zone, severity, host, program, text, meaning, ups: ups.flatten() };
        (printable(rest) && !text.is_empty()).then_some(record)
    }

    /// `Oct  6 08:39:13` or `2013-10-26T08:39:13.123456-05:00`.
    fn time<'a>(&self, written: &'a str) -> Option<(NaiveDateTime, Option<&'a str>)> {
        if written.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(time) = DateTime::parse_from_rfc3339(written)
        {
            let zone = written.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
            return Some((time.naive_local(), Some(zone)));
        }
        let (day, rest) = written.as_bytes().split_first_chunk()?;
        let time = clock(rest.strip_prefix(b" ")?)?;
        let date = match self.day.get() {
            Some((known, date)) if known == *day => date,
            _ => self.date(day)?,
        };
        self.day.set(Some((*day, date)));
        Some((date.and_time(time), None))
    }

    /// `Oct  6`
    fn date(&self, written: &[u8; DAY]) -> Option<NaiveDate> {
        let (name, day) = std::str::from_utf8(written).ok()?.split_once(' ')?;
        let (name, day) = (month(name)?, number(day.trim_ascii().as_bytes())?);
        let of_year = |year| NaiveDate::from_ymd_opt(year, name, day);
        // A 29th of February is of the leap year before.
        of_year(self.year).or_else(|| of_year(self.year - self.year.rem_euclid(4)))
    }
}

/// A year that has every day.
const LEAP: i32 = 2000;

/// Lines that tell whose a log is.
const LINES: usize = 500;

struct Head<'a> {
    severity: Option<u8>,
    written: &'a str,
    host: &'a str,
    program: &'a str,
    rest: &'a str,
}

/// All before the text.
fn head(line: &str) -> Option<Head<'_>> {
    let (severity, line) = match line.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((digits, rest)) => (Some(digits.parse::<u16>().ok().filter(|number| *number < 192)?), rest),
        None => (None, line),
    };
    let length = match line.as_bytes() {
        [b'A'..=b'Z', ..] if is_clock(line.get(7..15)?) => 15,
        [b'0'..=b'9', ..] if is_clock(line.get(11..19)?) => line.find(' ')?,
        _ => return None,
    };
    let (written, rest) = (line.get(..length)?, line.get(length..)?.strip_prefix(' ')?);
    let (host, rest) = rest.split_at_checked(memchr(b' ', rest.as_bytes())?)?;
    let (program, rest) = tagged(rest.strip_prefix(' ')?, &PROGRAMS)?;
    let severity = severity.and_then(|number| u8::try_from(number % 8).ok());
    (!host.is_empty()).then_some(Head { severity, written, host, program, rest })
}

/// `08:39:13`, whether there is such a time or not.
fn is_clock(text: &str) -> bool {
    let [h0, h1, b':', m0, m1, b':', s0, s1] = text.as_bytes() else { return false };
    [h0, h1, m0, m1, s0, s1].iter().all(|byte| byte.is_ascii_digit())
}

const STARTS: [&[u8]; 3] = [b"AAA 99 99:99:99", b"AAA 9 99:99:99", b"9999-99-99T99:99:99"];

/// Where a head begins, at or after `from`, whose first colon is at `colon`.
fn starts(bytes: &[u8], colon: usize, from: usize) -> Option<usize> {
    // Few colons have another one where that before the seconds stands.
    if bytes.get(colon + 3) != Some(&b':') {
        return None;
    }
    [AFTER_DAY, AFTER_DATE].into_iter().find_map(|back| {
        let start = colon.checked_sub(back).filter(|start| *start >= from)?;
        // A look at the places of digits is cheap, and few other colons stand so.
        let rest = bytes.get(start..)?;
        STARTS.iter().find(|shape| crate::form::follows(shape, rest) >= back + 6)?;
        let before = bytes.get(..start)?;
        // `<27>` before it.
        let digits = before
            .strip_suffix(b">")
            .map_or(0, |rest| rest.iter().rev().take(4).take_while(|byte| byte.is_ascii_digit()).count());
        let opens = start.checked_sub(digits + 2).and_then(|at| bytes.get(at)) == Some(&b'<');
        let priority = if digits > 0 && opens { digits + 2 } else { 0 };
        let start = (start - priority).ge(&from).then_some(start - priority)?;
        head(super::head_at(bytes, start)?).map(|_| start)
    })
}

/// From the front of a time to its first colon: `Oct 26 08:`, `2013-10-26T08:`.
const AFTER_DAY: usize = 9;
const AFTER_DATE: usize = 13;

fn next_head(bytes: &[u8], from: usize) -> Option<usize> {
    let first = from.saturating_add(AFTER_DAY);
    memchr_iter(b':', bytes.get(first..)?).find_map(|at| starts(bytes, first + at, from))
}

impl Grammar for Syslog {
    type Record<'a> = Record<'a>;

    fn parse<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        self.read(line).filter(|_| next_head(line, 1).is_none()).ok_or(Misfit::NoRecord)
    }

    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize> {
        next_head(bytes, from)
    }

    fn front(&self, bytes: &[u8]) -> usize {
        if next_head(bytes, 0) == Some(0) {
            return bytes.iter().take_while(|byte| **byte == b'\t' || (b' '..0x7f).contains(*byte)).count();
        }
        // A time alone may be any program's; with less than one of these programs behind it, it is no front.
        0
    }

    fn tail(&self, line: &[u8]) -> Option<usize> {
        let line = std::str::from_utf8(line).ok()?;
        // Another program's line may end with the same words.
        let dated = [7, 11].iter().any(|at| line.get(*at..at + 8).is_some_and(is_clock));
        phrases::tail(line).filter(|_| !dated)
    }

    fn trace(&self, line: &[u8]) -> Option<usize> {
        // `upsmon[1234]: `
        memchr_iter(b'[', line).find_map(|at| {
            let (before, behind) = line.split_at_checked(at)?;
            let program = PROGRAMS.iter().find(|known| before.ends_with(known.as_bytes()))?;
            let digits = behind.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
            behind.get(1 + digits..)?.starts_with(b"]: ").then(|| at - program.len())
        })
    }

    fn disagree(&self, _front: &[u8], _tail: &[u8]) -> bool {
        false
    }
}

impl stream::Record for Record<'_> {
    fn written(&self) -> &str {
        self.written
    }

    fn local(&self) -> NaiveDateTime {
        self.local
    }

    fn says_year(&self) -> bool {
        self.says_year
    }

    fn basis(&self) -> Option<Basis> {
        if self.says_year { None } else { Some(Basis::Assumed) }
    }

    fn zone(&self) -> Option<&str> {
        self.zone
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
