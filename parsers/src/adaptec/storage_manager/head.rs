//! The head of a record: everything before host and text.
//!
//! ```text
//! October 1, 2013 8:38:31 AM CDT INF 423:A01C0S010L-- [anon] Drive map: ...
//! `---- time as Java writes it -----' `-' `-' `---------'
//!                             severity event location
//! ```

use chrono::{NaiveDate, NaiveDateTime};
use memchr::memchr_iter;
use nom::{
    AsChar, IResult, Parser,
    branch::alt,
    bytes::complete::{take, take_while_m_n, take_while1},
    character::complete::char,
    combinator::{eof, map_opt, map_res, not, opt, peek, recognize, value, verify},
    error::{Error, ErrorKind},
    sequence::{preceded, terminated},
};

/// How bad the writer of the log found an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// `INF`
    Information,
    /// `WRN`
    Warning,
    /// `ERR`
    Error,
}

/// What an event is about, as numbers of the controller's own; none where the log has a dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Location {
    /// Adapter, from 1; 0 stands where no adapter is meant.
    pub adapter: Option<u32>,
    /// Channel, from 0.
    pub channel: Option<u32>,
    /// SCSI id.
    pub device: Option<u32>,
    /// Logical drive, from 0.
    pub logical: Option<u32>,
}

/// The head of a record, without its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub(super) severity: Severity,
    pub(super) event: u32,
    pub(super) location: Location,
    pub(super) place: &'a [u8],
}

/// The time of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp<'a> {
    pub(super) local: NaiveDateTime,
    pub(super) zone: &'a str,
}

const MONTHS: [&[u8]; 12] = [
    b"January",
    b"February",
    b"March",
    b"April",
    b"May",
    b"June",
    b"July",
    b"August",
    b"September",
    b"October",
    b"November",
    b"December",
];

pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn blanks(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let length = input.iter().take(64).take_while(|byte| is_blank(**byte)).count();
    match input.split_at_checked(length) {
        Some((blanks, rest)) if length > 0 => Ok((rest, blanks)),
        _ => Err(misfit(input)),
    }
}

/// A number of `min` to `max` digits, which are 9 at most.
pub(super) fn number(min: usize, max: usize) -> impl Fn(&[u8]) -> IResult<&[u8], u32> {
    move |input| {
        let (mut number, mut length) = (0, 0);
        for digit in input.iter().take(max.min(9)).take_while(|byte| byte.is_ascii_digit()) {
            number = number * 10 + u32::from(digit - b'0');
            length += 1;
        }
        match input.get(length..) {
            Some(rest) if length >= min => Ok((rest, number)),
            _ => Err(misfit(input)),
        }
    }
}

fn misfit(at: &[u8]) -> nom::Err<Error<&[u8]>> {
    nom::Err::Error(Error::new(at, ErrorKind::Verify))
}

fn month(input: &[u8]) -> IResult<&[u8], u32> {
    map_opt(take_while_m_n(3, 9, AsChar::is_alpha), |name: &[u8]| {
        // Three letters tell in one comparison of a word what most names are not.
        let is_name = |month: &[u8]| month.first_chunk::<3>() == name.first_chunk() && month == name;
        (1_u32..).zip(MONTHS).find_map(|(number, month)| is_name(month).then_some(number))
    })
    .parse(input)
}

fn date(input: &[u8]) -> IResult<&[u8], NaiveDate> {
    let (rest, (month, _, day, _, _, year)) =
        (month, blanks, number(1, 2), char(','), blanks, number(4, 4)).parse(input)?;
    // No clock that a controller or its host ever had says a year beyond these.
    let year = i32::try_from(year).ok().filter(|year| (1970..2100).contains(year));
    match year.and_then(|year| NaiveDate::from_ymd_opt(year, month, day)) {
        Some(date) => Ok((rest, date)),
        None => Err(misfit(input)),
    }
}

/// `8:38:31 AM`
fn time(input: &[u8]) -> IResult<&[u8], (u32, u32, u32)> {
    let hour = verify(number(1, 2), |hour| (1..=12).contains(hour));
    let half = map_opt(take(2_usize), |half: &[u8]| match half {
        b"AM" => Some(0),
        b"PM" => Some(12),
        _ => None,
    });
    let (rest, (hour, _, minute, _, second, _, half)) =
        (hour, char(':'), number(2, 2), char(':'), number(2, 2), blanks, half).parse(input)?;
    Ok((rest, (hour % 12 + half, minute, second)))
}

/// An offset from UTC: `+02:00`, `-03`.
fn offset(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let sign = take_while_m_n(1, 1, |byte| byte == b'+' || byte == b'-');
    recognize((sign, take_while_m_n(1, 5, |byte: u8| byte.is_ascii_digit() || byte == b':'))).parse(input)
}

/// An abbreviation, which begins with a capital, an offset, or both: `CDT`, `-03`, `GMT+02:00`.
fn zone(input: &[u8]) -> IResult<&[u8], &str> {
    let letters = take_while_m_n(1, 6, |byte: u8| byte.is_ascii_alphabetic());
    let name = verify(letters, |name: &[u8]| name.first().is_some_and(u8::is_ascii_uppercase));
    map_res(alt((recognize((name, opt(offset))), offset)), std::str::from_utf8).parse(input)
}

fn severity(input: &[u8]) -> IResult<&[u8], Severity> {
    map_opt(take(3_usize), |word: &[u8]| match word {
        b"INF" => Some(Severity::Information),
        b"WRN" => Some(Severity::Warning),
        b"ERR" => Some(Severity::Error),
        _ => None,
    })
    .parse(input)
}

/// Digits, or dashes where the part does not apply.
fn part(input: &[u8]) -> IResult<&[u8], Option<u32>> {
    alt((number(1, 9).map(Some), value(None, take_while1(|byte| byte == b'-')))).parse(input)
}

fn location(input: &[u8]) -> IResult<&[u8], Location> {
    let parts =
        (preceded(char('A'), part), preceded(char('C'), part), preceded(char('S'), part), preceded(char('L'), part));
    // The location is a field of its own: a blank or the line's end follows.
    let ends = peek(alt((eof, take_while_m_n(1, 1, is_blank))));
    terminated(parts, ends)
        .map(|(adapter, channel, device, logical)| Location { adapter, channel, device, logical })
        .parse(input)
}

/// `INF 423:A01C0S010L--`
fn event(input: &[u8]) -> IResult<&[u8], (Severity, u32, Location, &[u8])> {
    // Written as a number is: a zero in front of it is a changed byte.
    let number = preceded(not((char('0'), number(1, 1))), number(1, 9));
    let (rest, (severity, _, event, _)) = (severity, blanks, number, char(':')).parse(input)?;
    let (after, location) = location(rest)?;
    let place = rest.get(..rest.len() - after.len()).unwrap_or_default();
    Ok((after, (severity, event, location, place)))
}

/// Reads the time, zone included, that a record begins with.
pub(super) fn stamp(input: &[u8]) -> IResult<&[u8], Stamp<'_>> {
    let (rest, date) = date(input)?;
    clock(rest, date)
}

/// Reads what follows a date: time of day and zone.
fn clock(input: &[u8], date: NaiveDate) -> IResult<&[u8], Stamp<'_>> {
    let (rest, (_, (hour, minute, second), _, zone)) = (blanks, time, blanks, zone).parse(input)?;
    // A second of 60 is a leap second; no other is.
    match date.and_hms_opt(hour, minute, second.min(59)).filter(|_| second <= 60) {
        Some(local) => Ok((rest, Stamp { local, zone })),
        None => Err(misfit(input)),
    }
}

/// The date that was read last, as written: a log stays on a day for many records.
#[derive(Debug, Clone, Default)]
pub(super) struct Day {
    written: Vec<u8>,
    date: Option<NaiveDate>,
}

impl Day {
    /// Does what [`stamp`] does.
    pub(super) fn stamp<'a>(&mut self, input: &'a [u8]) -> IResult<&'a [u8], Stamp<'a>> {
        // A date has a fixed end, so what begins like one is read like it.
        if let (Some(date), Some(rest)) = (self.date, input.strip_prefix(&*self.written)) {
            return clock(rest, date);
        }
        let (rest, date) = date(input)?;
        self.written.clear();
        self.written.extend(input.iter().take(input.len() - rest.len()));
        self.date = Some(date);
        clock(rest, date)
    }
}

/// Reads what stands between the time and the host, blanks before it included.
pub(super) fn what(input: &[u8]) -> IResult<&[u8], Head<'_>> {
    let (rest, (severity, event, location, place)) = preceded(blanks, event).parse(input)?;
    Ok((rest, Head { severity, event, location, place }))
}

/// Reads a whole head.
pub(super) fn head(input: &[u8]) -> IResult<&[u8], Head<'_>> {
    preceded(stamp, what).parse(input)
}

/// How far a head can be followed; all of it, or to the field that does not fit.
pub(super) fn followed(input: &[u8]) -> usize {
    match head(input) {
        Ok((rest, _)) => input.len() - rest.len(),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => input.len() - error.input.len(),
        Err(nom::Err::Incomplete(_)) => 0,
    }
}

/// Where a date begins whose comma is at `comma`.
fn date_start(bytes: &[u8], comma: usize) -> Option<usize> {
    let before = bytes.get(..comma)?;
    let day = before.iter().rev().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    // Most commas are in texts, and no day stands before them.
    if day == 0 {
        return None;
    }
    let blanks = before.iter().rev().skip(day).take(64).take_while(|byte| is_blank(**byte)).count();
    let name = before.get(..comma - day - blanks)?;
    let last = name.last_chunk::<3>()?;
    let month = MONTHS.iter().find(|month| month.last_chunk() == Some(last) && name.ends_with(month))?;
    (blanks > 0).then(|| name.len() - month.len())
}

/// Where the next date begins that a head could follow from, at or after `from`, and whether it does.
pub(super) fn next_head(bytes: &[u8], from: usize) -> Option<usize> {
    let starts = memchr_iter(b',', bytes.get(from..)?).filter_map(|comma| date_start(bytes, from + comma));
    starts.filter(|start| *start >= from).find(|start| bytes.get(*start..).is_some_and(|rest| head(rest).is_ok()))
}

/// Parts of a head that stand in a line: any two of date, time of day, and event with location, or the last alone, since
/// nothing else looks like it. Where the first of them begins.
pub(super) fn trace(line: &[u8]) -> Option<usize> {
    let date = memchr_iter(b',', line)
        .filter_map(|comma| date_start(line, comma))
        .find(|start| line.get(*start..).is_some_and(|rest| date(rest).is_ok()));
    let clock = memchr_iter(b':', line).find_map(|colon| {
        let digits = line.get(..colon)?.iter().rev().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        let start = colon - digits;
        time(line.get(start..)?).is_ok().then_some(start)
    });
    let event = find_event(line);
    let place = find_place(line);
    let strong = event.is_some() || place.is_some();
    let marks = [date, clock, event.or(place)];
    (strong || marks.iter().flatten().count() >= 2).then(|| marks.into_iter().flatten().min())?
}

/// Where severity, event number and location stand in a line.
fn find_event(line: &[u8]) -> Option<usize> {
    memchr_iter(b':', line).find_map(|colon| event_start(line, colon))
}

/// Where an event begins whose number ends at `colon`.
fn event_start(line: &[u8], colon: usize) -> Option<usize> {
    let before = line.get(..colon)?;
    let digits = before.iter().rev().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let blanks = before.iter().rev().skip(digits).take(64).take_while(|byte| is_blank(**byte)).count();
    let start = (colon - digits - blanks).checked_sub(3)?;
    recognize(event).parse(line.get(start..)?).is_ok().then_some(start)
}

/// Where a location that names an adapter stands in a line.
fn find_place(line: &[u8]) -> Option<usize> {
    memchr_iter(b'A', line).find(|start| is_place(line, *start))
}

fn is_place(line: &[u8], start: usize) -> bool {
    let specific = |place: &Location| place.adapter.is_some();
    line.get(start..).is_some_and(|rest| location(rest).is_ok_and(|(_, place)| specific(&place)))
}

/// Whether a text holds what only a head holds: a location that names an adapter, or any after an event's number. Both have the
/// letter that a location begins with, which most texts lack, so a whole head costs no look of its own.
pub(super) fn event_in(text: &[u8]) -> bool {
    let ends_event = |start: usize| start.checked_sub(1).is_some_and(|colon| event_start(text, colon).is_some());
    memchr_iter(b'A', text).any(|start| is_place(text, start) || ends_event(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: &str) {
        let bytes = line.as_bytes();
        let got = match (stamp, what).parse(bytes) {
            Ok((rest, (stamp, head))) => format!(
                "{} {} {:?} {} {:?} rest {:?}",
                stamp.local,
                stamp.zone,
                head.severity,
                head.event,
                [head.location.adapter, head.location.channel, head.location.device, head.location.logical]
                    .map(|part| part.map_or(-1, i64::from)),
                String::from_utf8_lossy(rest),
            ),
            Err(_) => format!("none; followed {}; trace {:?}", followed(bytes), trace(bytes)),
        };
        assert_eq!(got, expect, "{line}");
    }

    #[test]
    fn heads() {
        check(
            "October 1, 2013 8:38:31 AM CDT INF 423:A01C0S010L-- [anon] Drive",
            "2013-10-01 08:38:31 CDT Information 423 [1, 0, 10, -1] rest \" [anon] Drive\"",
        );
        check(
            "February 12, 2008 4:25:14 PM GMT      WRN    30535:A00C-S--L--        Local only",
            "2008-02-12 16:25:14 GMT Warning 30535 [0, -1, -1, -1] rest \"        Local only\"",
        );
        check(
            "May 3, 2011 12:00:09 AM GMT+02:00\tERR\t1:A1C2S3L4",
            "2011-05-03 00:00:09 GMT+02:00 Error 1 [1, 2, 3, 4] rest \"\"",
        );
        check("October 32, 2013 8:38:31 AM CDT INF 423:A01C0S010L-- x", "none; followed 0; trace Some(17)");
        check("October 1, 2013 13:38:31 AM CDT INF 423:A01C0S010L-- x", "none; followed 16; trace Some(0)");
        check("October 1, 2013 8:38:31 AM CDT INF 423:A01C0S010L--x", "none; followed 51; trace Some(0)");
        check("Octobor 1, 2013 8:38:31 AM CDT INF 423:A01C0S010L-- x", "none; followed 0; trace Some(16)");
        check("ober 1, 2013 8:38:31 AM CDT INF 42", "none; followed 0; trace None");
        check("at 8:38:31 AM on October 1, 2013", "none; followed 0; trace Some(3)");
        check("3:A01C0S010L-- [anon] Drive map", "none; followed 0; trace Some(2)");
        check("plain text, 2013", "none; followed 0; trace None");
    }

    #[test]
    fn heads_in_a_line() {
        let line = b"GC)October 1, 2013 8:38:31 AM CDT INF 423:A01C0S8L-- xMay 1, 2013 8:38:31 AM CDT INF 1:A-C-S-L-";
        assert_eq!(next_head(line, 0), Some(3));
        assert_eq!(next_head(line, 4), Some(54));
        assert_eq!(next_head(line, 55), None);
    }
}
