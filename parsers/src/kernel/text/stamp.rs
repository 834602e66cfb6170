//! The time that a line begins with, in the forms that are in use.
//!
//! ```text
//! [   12.345678]                      dmesg: seconds since the start, by the kernel's clock (kernel/printk/printk.c, print_time)
//! [Mon Oct 14 08:38:12 2013]          dmesg -T: local time that dmesg reckons (util-linux, sys-utils/dmesg.c)
//! Oct 14 08:38:12                     RFC 3164, section 4.1.2: no year, no zone; journalctl -o short
//! Oct 14 08:38:12.345678              journalctl -o short-precise
//! 2026-01-02T03:04:05.678901+00:00    RFC 5424 and rsyslog's own; journalctl -o short-iso, short-iso-precise; dmesg --time-format iso
//! 2026-01-02 03:04:05                 as some daemons are told to write it
//! ```

use chrono::{NaiveDate, NaiveDateTime};

/// A time, as far as the text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time<'a> {
    /// A local time; with its offset from UTC, where that is written.
    Local(NaiveDateTime, Option<&'a str>),
    /// A local time of the year that was asked for, or, of a 29th of February, of the leap year before it.
    YearUnsaid(NaiveDateTime),
    /// Since the start of the kernel, microseconds.
    SinceStart(u64),
}

/// How the text of a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In brackets, as dmesg writes.
    Bracket,
    /// By month, day and time of day.
    MonthDay,
    /// As ISO 8601.
    Iso,
    /// As ISO 8601 with a comma before the fraction: only dmesg does.
    IsoComma,
}

/// Reads the time at the front: the time, its form, and how long its text is. `year` is that of times that do not say.
pub(super) fn stamp(line: &str, year: i32) -> Option<(Time<'_>, Form, usize)> {
    match line.as_bytes().first()? {
        b'[' => bracket(line),
        b'0'..=b'9' => iso(line),
        _ => month_day(line, year),
    }
}

/// What is left of a text, read from its front.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn byte(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    /// A number of exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let value = |value: Option<u32>, digit: &u8| {
            digit.is_ascii_digit().then_some(())?;
            value?.checked_mul(10)?.checked_add(u32::from(digit - b'0'))
        };
        self.0 = rest;
        number.iter().fold(Some(0), value)
    }

    /// A day of a month in two columns.
    fn day(&mut self) -> Option<u32> {
        if self.byte(b' ').is_some() { self.number(1) } else { self.number(2) }
    }

    /// `08:38:12`; a second of 60 is a leap second.
    fn clock(&mut self) -> Option<(u32, u32, u32)> {
        let hour = self.number(2)?;
        self.byte(b':')?;
        let minute = self.number(2)?;
        self.byte(b':')?;
        let second = self.number(2).filter(|second| *second <= 60)?;
        Some((hour, minute, second.min(59)))
    }

    /// `Oct`
    fn month(&mut self) -> Option<u32> {
        let (name, rest) = self.0.split_first_chunk::<3>()?;
        let month = MONTHS.iter().position(|month| *month == name)?;
        self.0 = rest;
        u32::try_from(month + 1).ok()
    }

    /// Digits, as many as there are.
    fn digits(&mut self) -> &[u8] {
        let length = self.0.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at_checked(length).unwrap_or((&[], self.0));
        self.0 = rest;
        digits
    }
}

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
const DAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// No clock that a machine with a kernel log ever had says a year beyond these.
fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| (1970..2100).contains(&year))
}

/// `[   12.345678]` or `[Mon Oct 14 08:38:12 2013]`.
fn bracket(line: &str) -> Option<(Time<'_>, Form, usize)> {
    let end = line.as_bytes().iter().take(BRACKET_MAX).position(|byte| *byte == b']')?;
    let inner = line.as_bytes().get(1..end)?;
    let time =
        since_start(inner).map(Time::SinceStart).or_else(|| ctime(inner).map(|local| Time::Local(local, None)))?;
    Some((time, Form::Bracket, end + 1))
}

/// The longest is that of dmesg -T.
const BRACKET_MAX: usize = 26;

/// `   12.345678`: the kernel writes six digits behind the point.
fn since_start(inner: &[u8]) -> Option<u64> {
    let inner = inner.trim_ascii_start();
    let (seconds, micros) = inner.split_at_checked(inner.iter().position(|byte| *byte == b'.')?)?;
    let mut micros = Cursor(micros.strip_prefix(b".").filter(|micros| micros.len() == 6)?);
    let micros = micros.number(6)?;
    let seconds = std::str::from_utf8(seconds).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    seconds.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(micros.into())
}

/// `Mon Oct 14 08:38:12 2013`
fn ctime(inner: &[u8]) -> Option<NaiveDateTime> {
    let (name, rest) = inner.split_first_chunk::<3>()?;
    DAYS.contains(&name).then_some(())?;
    let mut cursor = Cursor(rest);
    cursor.byte(b' ')?;
    let month = cursor.month()?;
    cursor.byte(b' ')?;
    let day = cursor.day()?;
    cursor.byte(b' ')?;
    let (hour, minute, second) = cursor.clock()?;
    cursor.byte(b' ')?;
    let year = i32::try_from(cursor.number(4)?).ok()?;
    cursor.0.is_empty().then_some(())?;
    date(year, month, day)?.and_hms_opt(hour, minute, second)
}

/// `Oct 14 08:38:12`
fn month_day(line: &str, year: i32) -> Option<(Time<'_>, Form, usize)> {
    let mut cursor = Cursor(line.as_bytes());
    let month = cursor.month()?;
    cursor.byte(b' ')?;
    let day = cursor.day()?;
    cursor.byte(b' ')?;
    let (hour, minute, second) = cursor.clock()?;
    let mut fraction = cursor;
    if fraction.byte(b'.').is_some() && !fraction.digits().is_empty() {
        cursor = fraction;
    }
    let of_year = |year| NaiveDate::from_ymd_opt(year, month, day);
    let date = of_year(year).or_else(|| of_year(year - year.rem_euclid(4)))?;
    let time = Time::YearUnsaid(date.and_hms_opt(hour, minute, second)?);
    Some((time, Form::MonthDay, line.len() - cursor.0.len()))
}

/// `2026-01-02T03:04:05.678901+00:00`
fn iso(line: &str) -> Option<(Time<'_>, Form, usize)> {
    let mut cursor = Cursor(line.as_bytes());
    let year = i32::try_from(cursor.number(4)?).ok()?;
    cursor.byte(b'-')?;
    let month = cursor.number(2)?;
    cursor.byte(b'-')?;
    let day = cursor.number(2)?;
    cursor.byte(b'T').or_else(|| cursor.byte(b' '))?;
    let (hour, minute, second) = cursor.clock()?;
    let mut form = Form::Iso;
    let mut fraction = cursor;
    let mark = fraction.byte(b'.').or_else(|| {
        fraction.byte(b',')?;
        form = Form::IsoComma;
        Some(())
    });
    if mark.is_some() {
        if fraction.digits().is_empty() {
            return None;
        }
        cursor = fraction;
    }
    let local = date(year, month, day)?.and_hms_opt(hour, minute, second)?;
    let at = line.len() - cursor.0.len();
    let offset = line.get(at..).map(offset).unwrap_or_default();
    let zone = line.get(at..at + offset).filter(|zone| !zone.is_empty());
    Some((Time::Local(local, zone), form, at + offset))
}

/// How long the offset from UTC at the front is: `Z`, `+00:00`, `-0700`.
fn offset(text: &str) -> usize {
    let mut cursor = Cursor(text.as_bytes());
    if cursor.byte(b'Z').is_some() {
        return 1;
    }
    let mut read = || {
        cursor.byte(b'+').or_else(|| cursor.byte(b'-'))?;
        cursor.number(2)?;
        let _ = cursor.byte(b':');
        cursor.number(2)?;
        Some(text.len() - cursor.0.len())
    };
    read().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[test]
    fn stamps() {
        let check = |line: &str, expect: &str| {
            let got = stamp(line, 2013).map_or("none".to_owned(), |(time, form, length)| {
                format!("{time:?} {form:?}, rest {:?}", line.get(length..).unwrap_or_default())
            });
            assert_eq!(got, expect, "{line}");
        };
        check("[   12.345678] sd", "SinceStart(12345678) Bracket, rest \" sd\"");
        check("[123456.000001] sd", "SinceStart(123456000001) Bracket, rest \" sd\"");
        check("[    0.00000] x", "none");
        check("[sda] x", "none");
        check("[99999999999999999999.000000] x", "none");
        check("[Mon Oct 14 08:38:12 2013] sd", "Local(2013-10-14T08:38:12, None) Bracket, rest \" sd\"");
        check("[Mon Oct  4 08:38:12 2013]", "Local(2013-10-04T08:38:12, None) Bracket, rest \"\"");
        check("Oct 14 08:38:12 db7 x", "YearUnsaid(2013-10-14T08:38:12) MonthDay, rest \" db7 x\"");
        check("Oct  4 08:38:60.123 db7 x", "YearUnsaid(2013-10-04T08:38:59) MonthDay, rest \" db7 x\"");
        check("Feb 29 08:38:12 db7", "YearUnsaid(2012-02-29T08:38:12) MonthDay, rest \" db7\"");
        check("Feb 30 08:38:12 db7", "none");
        check("Apr 31 08:38:12 db7", "none");
        check("Oct 14 24:38:12 db7", "none");
        check("October 14", "none");
        check(
            "2026-01-02T03:04:05.678901+00:00 db7",
            "Local(2026-01-02T03:04:05, Some(\"+00:00\")) Iso, rest \" db7\"",
        );
        check("2026-01-02T03:04:05,678901-0700 x", "Local(2026-01-02T03:04:05, Some(\"-0700\")) IsoComma, rest \" x\"");
        check("2026-01-02T03:04:05Z db7", "Local(2026-01-02T03:04:05, Some(\"Z\")) Iso, rest \" db7\"");
        check("2026-01-02 03:04:05 db7", "Local(2026-01-02T03:04:05, None) Iso, rest \" db7\"");
        check("2026-01-02", "none");
        check("", "none");
    }
}
