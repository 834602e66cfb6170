//! Lists of the event log, an entry a line: `ipmitool sel list`, `sel elist` (also with `-c`), and FreeIPMI's `ipmi-sel`.
//!
//! ```text
//!    1 | 11/08/2011 | 12:33:24 | Power Supply #0x50 | Power Supply AC lost | Asserted                  ipmitool 1.8.11 to 1.8.18
//!    2 | 11/08/11 | 12:33:24 CET | Temperature CPU1 Temp | Upper Critical going high | Asserted | Reading 91 > Threshold 90 degrees C
//!    3 |  Pre-Init  |0000000031| Fan #0x30 | Lower Critical going low  | Asserted
//!    4 | Pre-Init Time-stamp   | Power Unit #0x01 | AC lost | Asserted                                         1.8.8 and before
//!    5 | 11/08/2011 | 12:33:24 | OEM record dd | 000137 | 010000
//! ID  | Date        | Time     | Name       | Type         | State    | Event Direction   | Event              ipmi-sel 1.2 to 1.6
//! 1   | Nov-08-2011 | 04:33:24 | PS1 Status | Power Supply | Critical | Assertion Event   | Power Supply Failure detected
//! 2   | PostInit    | PostInit | PS1 Status | Power Supply | Critical | Assertion Event   | Power Supply Failure detected
//! ```
//!
//! FreeIPMI's columns state and direction are there if they were asked for. ipmitool numbers in hexadecimal, FreeIPMI in decimal; ids
//! are no order. Neither writes a zone (ipmitool does from 1.8.19 on). An entry from before the BMC's clock was set has no date.
//! Sources: `ipmi_sel_print_std_entry` in ipmitool's `lib/ipmi_sel.c`, and captures of ipmitool 1.8.11 and `ipmi-sel` 1.2.1.

use super::entry::{Entry, State, direction, is_direction};
use super::known::Known;
use super::words;
use crate::form;
use crate::printable::printable;
use crate::stream::{self, Claim, DamageKind, Grammar, Misfit};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use memchr::{memchr, memchr_iter, memchr2_iter};
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::tag,
    character::complete::{char, one_of},
    combinator::{map_opt, opt, recognize},
    error::{Error, ErrorKind},
    sequence::preceded,
};
use std::cell::Cell;

/// A record of the list. Texts are slices of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Record id.
    pub id: u32,
    /// Date and time as they stand there, the column between them included; empty of a record without them.
    pub written: &'a str,
    /// The local time that they say.
    pub local: Option<NaiveDateTime>,
    /// Zone abbreviation.
    pub zone: Option<&'a str>,
    /// What it says.
    pub body: Body<'a>,
    /// What a record counts at that has no date.
    undated: NaiveDateTime,
    /// Whether no more can follow.
    whole: bool,
}

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// Of a sensor.
    Sensor(Entry<'a>),
    /// Of the maker's own form (record types C0h to FFh), as it stands.
    Oem(&'a str),
}

/// Which tool wrote a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Ipmitool,
    Freeipmi,
}

/// The head of a record: all before what it is of.
#[derive(Debug, Clone, Copy)]
struct Head<'a> {
    id: &'a [u8],
    separator: u8,
    /// Where date and time begin.
    at: usize,
    when: When<'a>,
}

#[derive(Debug, Clone, Copy)]
struct When<'a> {
    tool: Tool,
    written: &'a [u8],
    local: Option<NaiveDateTime>,
    zone: Option<&'a [u8]>,
}

/// The grammar, with what a record without a date counts at if none stands before it.
#[derive(Debug, Clone)]
pub struct SelList {
    undated: NaiveDateTime,
    day: Cell<Day>,
    known: Known,
}

/// The day of the record before: that of most others.
#[derive(Debug, Clone, Copy)]
struct Day {
    date: (Tool, NaiveDate),
    /// Its column as written, with the separator and the blanks behind it, and how much of this that is.
    column: [u8; COLUMN],
    length: usize,
}

/// `Nov-08-2011 | `, and some blanks more.
const COLUMN: usize = 16;

impl Default for Day {
    fn default() -> Self {
        Self { date: (Tool::Ipmitool, NaiveDate::MIN), column: [0; COLUMN], length: 0 }
    }
}

impl Day {
    /// None in a column that is longer than any.
    fn new(date: (Tool, NaiveDate), written: &[u8]) -> Self {
        let mut column = [0; COLUMN];
        match column.get_mut(..written.len()) {
            Some(place) => place.copy_from_slice(written),
            None => return Self::default(),
        }
        Self { date, column, length: written.len() }
    }

    /// What is behind the column, if it is the same.
    fn of<'a>(&self, input: &'a [u8]) -> Option<&'a [u8]> {
        let column = self.column.get(..self.length).filter(|column| !column.is_empty())?;
        input.strip_prefix(column)
    }
}

impl SelList {
    /// Of a list that begins with these bytes. A record without a date that stands first counts at the time of the first that has one,
    /// or else at `otherwise`.
    #[must_use]
    pub fn learn(front: &[u8], otherwise: NaiveDateTime) -> Self {
        let heads = front.split(|byte| *byte == b'\n').filter_map(|line| head(line).ok());
        let first = heads.filter_map(|(_, head)| head.when.local).next();
        Self { undated: first.unwrap_or(otherwise), day: Cell::default(), known: Known::default() }
    }

    /// Whether bytes are of such a list: a record of it stands among the first lines, or the head of one with columns behind them.
    pub fn recognise(bytes: &[u8]) -> bool {
        let lines = bytes.split(|byte| *byte == b'\n').take(LINES_BEFORE);
        let mut lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        // A number, a date and a time with commas between them may stand in any text.
        let columns =
            |start| bytes.get(start..).and_then(|rest| head(rest).ok()).is_some_and(|(_, h)| h.separator == b'|');
        let grammar = Self { undated: NaiveDateTime::MIN, day: Cell::default(), known: Known::default() };
        lines.any(|line| grammar.read(line).is_ok())
            || next_head(bytes.get(..FRONT).unwrap_or(bytes), 0).is_some_and(columns)
    }

    fn read<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        let text = std::str::from_utf8(line).ok().filter(|text| printable(text));
        let text = text.ok_or(Misfit::NoRecord)?;
        let (rest, Head { id, separator, at, when }) = head_of(line, &self.day).map_err(|_| Misfit::NoRecord)?;
        // Behind all separators of its own head but the last stands what was just read as date and time, and no date.
        let behind = line.len() - rest.len();
        if head_by(line, 1, behind.saturating_sub(PADDING + 1)).is_some() {
            return Err(Misfit::NoRecord);
        }
        let radix = if when.tool == Tool::Ipmitool { 16 } else { 10 };
        let digit = |id: Option<u32>, byte: &u8| Some(id? * radix + char::from(*byte).to_digit(radix)?);
        let id = id.iter().fold(Some(0), digit).ok_or(Misfit::NoRecord)?;
        let rest = text.get(text.len() - rest.len()..).ok_or(Misfit::NoRecord)?;
        let (body, whole) = match when.tool {
            _ if rest.as_bytes().starts_with(OEM) => (Body::Oem(rest.trim_end()), false),
            Tool::Ipmitool => {
                ipmitool(rest, separator, &self.known).map(|(entry, whole)| (Body::Sensor(entry), whole))?
            }
            Tool::Freeipmi => freeipmi(rest, separator).map(|(entry, whole)| (Body::Sensor(entry), whole))?,
        };
        if let Body::Sensor(Entry { sensor_type: Some(of), kind: None, text, .. }) = body
            && words::is_of_others(of, text)
        {
            let detail = "what happened does not happen to a sensor of that kind".to_owned();
            return Err(Misfit::Flawed { kind: DamageKind::Spliced, detail });
        }
        let written = text.get(at..at + when.written.len()).ok_or(Misfit::NoRecord)?;
        let zone = when.zone.and_then(|zone| written.get(written.len() - zone.len()..));
        Ok(Record { id, written, local: when.local, zone, body, undated: self.undated, whole })
    }
}

/// Lines of a shell, of a mail, of the tool's own greeting may stand before a list.
const LINES_BEFORE: usize = 50;
/// A list that begins with bytes of another file.
const FRONT: usize = 64 * 1024;

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// More blanks pad no id.
const PADDING: usize = 8;

fn blanks(input: &[u8]) -> IResult<&[u8], &[u8]> {
    run(0, PADDING, is_blank).parse(input)
}

/// What stands behind the blanks that pad a column.
fn unpadded(input: &[u8]) -> &[u8] {
    let padding = input.iter().take(PADDING).take_while(|byte| is_blank(**byte)).count();
    input.get(padding..).unwrap_or_default()
}

/// So many bytes of a kind.
fn run<'a>(
    min: usize,
    max: usize,
    is: impl Fn(u8) -> bool,
) -> impl Parser<&'a [u8], Output = &'a [u8], Error = Error<&'a [u8]>> {
    move |input: &'a [u8]| {
        let length = input.iter().take(max).take_while(|byte| is(**byte)).count();
        let (run, rest) = input.split_at_checked(length).filter(|_| length >= min).ok_or_else(|| misfit(input))?;
        Ok((rest, run))
    }
}

/// A number of so many digits.
fn digits<'a>(min: usize, max: usize) -> impl Parser<&'a [u8], Output = u32, Error = Error<&'a [u8]>> {
    map_opt(run(min, max, |byte| byte.is_ascii_digit()), number)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number: u32, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(u32::from(digit))
    })
}

fn misfit(at: &[u8]) -> nom::Err<Error<&[u8]>> {
    nom::Err::Error(Error::new(at, ErrorKind::Verify))
}

/// `11/08/2011`, in some locales `11/08/11` or `08.11.2011`.
fn date_in_numbers(input: &[u8]) -> IResult<&[u8], NaiveDate> {
    let year = |short: u32| if short < 100 { 2000 + short } else { short };
    let (rest, (first, point, second, _, long)) =
        (digits(1, 2), one_of("/."), digits(1, 2), one_of("/."), digits(2, 4)).parse(input)?;
    let (month, day) = if point == '/' { (first, second) } else { (second, first) };
    date(year(long), month, day).map(|date| (rest, date)).ok_or_else(|| misfit(input))
}

/// `Nov-08-2011`; older versions of FreeIPMI `08-Nov-2011`.
fn date_with_month(input: &[u8]) -> IResult<&[u8], NaiveDate> {
    let month = || {
        map_opt(run(3, 3, |byte: u8| byte.is_ascii_alphabetic()), |name: &[u8]| {
            (1_u32..).zip(MONTHS).find_map(|(number, month)| (month == name).then_some(number))
        })
    };
    let month_first = (month(), char('-'), digits(1, 2), char('-'), digits(4, 4)).map(|(m, _, d, _, y)| (y, m, d));
    let day_first = (digits(1, 2), char('-'), month(), char('-'), digits(4, 4)).map(|(d, _, m, _, y)| (y, m, d));
    map_opt(alt((month_first, day_first)), |(year, month, day)| date(year, month, day)).parse(input)
}

fn date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    // No clock that a BMC ever had says a year beyond these.
    let year = i32::try_from(year).ok().filter(|year| (1970..2107).contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// `12:33:24`, `12:33:24 PM`.
fn time(input: &[u8]) -> IResult<&[u8], NaiveTime> {
    let [h0, h1, b':', m0, m1, b':', s0, s1, rest @ ..] = input else { return Err(misfit(input)) };
    let two = |tens, ones| number(&[tens, ones]).ok_or_else(|| misfit(input));
    let (hour, minute, second) = (two(*h0, *h1)?, two(*m0, *m1)?, two(*s0, *s1)?);
    let (rest, hour) = match rest {
        [b' ', b'A' | b'P', b'M', ..] if hour > 12 || hour == 0 => return Err(misfit(input)),
        [b' ', b'A', b'M', rest @ ..] => (rest, hour % 12),
        [b' ', b'P', b'M', rest @ ..] => (rest, hour % 12 + 12),
        _ => (rest, hour),
    };
    NaiveTime::from_hms_opt(hour, minute, second).map(|time| (rest, time)).ok_or_else(|| misfit(input))
}

fn zone(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let letters = run(1, 5, |byte: u8| byte.is_ascii_uppercase());
    let offset = recognize((one_of("+-"), run(2, 4, |byte: u8| byte.is_ascii_digit())));
    preceded(char(' '), alt((letters, offset))).parse(input)
}

/// A date and a time with a blank between them, and the zone if one follows: `11/08/2011 12:33:24 CET`.
pub(super) fn stamp(text: &str) -> Option<(NaiveDateTime, Option<&str>)> {
    let (_, (date, _, time, zone)) = (date_in_numbers, char(' '), time, opt(zone)).parse(text.as_bytes()).ok()?;
    Some((date.and_time(time), zone.and_then(|zone| std::str::from_utf8(zone).ok())))
}

/// The columns of date and time, or what stands in their place.
fn when<'a>(separator: u8, input: &'a [u8], day: &Cell<Day>) -> IResult<&'a [u8], When<'a>> {
    let between = || (blanks, char(char::from(separator)), blanks);
    let written = |rest: &[u8]| input.get(..input.len() - rest.len()).unwrap_or_default();
    let undated = |tool, written| When { tool, written, local: None, zone: None };
    let is_word = |byte: &u8| b"OPUN".contains(byte);
    if input.first().is_some_and(is_word) {
        if input.starts_with(OEM) {
            return Ok((input, undated(Tool::Ipmitool, b"")));
        }
        if let Ok((rest, _)) = tag::<_, _, Error<&[u8]>>(&b"Pre-Init Time-stamp"[..]).parse(input) {
            return Ok((rest, undated(Tool::Ipmitool, written(rest))));
        }
        if let Ok((rest, _)) = (tag(&b"Pre-Init"[..]), between(), digits(1, 10)).parse(input) {
            return Ok((rest, undated(Tool::Ipmitool, written(rest))));
        }
        for word in [&b"PostInit"[..], b"Pre-Init", b"Unspecified", b"N/A"] {
            if let Ok((rest, _)) = (tag::<_, _, Error<&[u8]>>(word), between(), tag(word)).parse(input) {
                return Ok((rest, undated(Tool::Freeipmi, written(rest))));
            }
        }
    }
    let known = day.get();
    let (rest, ((tool, date), time)) = match known.of(input).and_then(|rest| time(rest).ok()) {
        Some((rest, time)) => (rest, (known.date, time)),
        None => {
            let numbers = date_in_numbers.map(|date| (Tool::Ipmitool, date));
            let with_month = date_with_month.map(|date| (Tool::Freeipmi, date));
            let (behind, (date, _)) = (alt((numbers, with_month)), between()).parse(input)?;
            day.set(Day::new(date, written(behind)));
            time.map(|time| (date, time)).parse(behind)?
        }
    };
    let (rest, zone) = opt(zone).parse(rest)?;
    Ok((rest, When { tool, written: written(rest), local: Some(date.and_time(time)), zone }))
}

/// How the first column of a record without a time begins (`ipmi_sel_print_std_entry`, record types E0h and on).
const OEM: &[u8] = b"OEM record ";

/// `   1 | 11/08/2011 | 12:33:24 | `
fn head(input: &[u8]) -> IResult<&[u8], Head<'_>> {
    head_of(input, &Cell::default())
}

/// The same, of a line behind one of that day.
fn head_of<'a>(input: &'a [u8], day: &Cell<Day>) -> IResult<&'a [u8], Head<'a>> {
    let (rest, id) = id(unpadded(input))?;
    let [separator @ (b'|' | b','), rest @ ..] = unpadded(rest) else { return Err(misfit(rest)) };
    let (rest, separator) = (unpadded(rest), *separator);
    let at = input.len() - rest.len();
    let (rest, when) = when(separator, rest, day)?;
    // What has no time has no column of it either.
    let rest = match unpadded(rest) {
        _ if when.written.is_empty() => rest,
        [end, behind @ ..] if *end == separator => unpadded(behind),
        _ => return Err(misfit(rest)),
    };
    Ok((rest, Head { id, separator, at, when }))
}

fn id(input: &[u8]) -> IResult<&[u8], &[u8]> {
    run(1, 5, |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')).parse(input)
}

/// Where a head begins whose first separator is at `at`.
fn head_start(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes.get(..at)?;
    let back = |from: usize, most: usize, holds: fn(&u8) -> bool| {
        before.iter().rev().skip(from).take(most).take_while(|byte| holds(byte)).count()
    };
    let gap = back(0, PADDING, |byte| is_blank(*byte));
    let digits = back(gap, 5, |byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    let padding = back(gap + digits, PADDING, |byte| is_blank(*byte));
    (digits > 0).then(|| at - gap - digits - padding)
}

fn next_head(bytes: &[u8], from: usize) -> Option<usize> {
    head_by(bytes, from, from)
}

/// Where a head begins at or after `from` whose first separator is one of those at or after `separators`.
fn head_by(bytes: &[u8], from: usize, separators: usize) -> Option<usize> {
    let starts = memchr2_iter(b'|', b',', bytes.get(separators..)?).filter_map(|at| head_start(bytes, separators + at));
    // A record without a time is one only where its line begins: the time of another stands before its words as an id would.
    let timed = |start: &usize| {
        let rest = bytes.get(*start..);
        rest.is_some_and(|rest| head(rest).is_ok_and(|(_, head)| !head.when.written.is_empty()))
    };
    starts.filter(|start| *start >= from).find(timed)
}

/// The shapes of a head behind its id.
const SHAPES: [&[u8]; 5] = [
    b"99/99/9999 | 99:99:99 | ",
    b"99/99/99 | 99:99:99 | ",
    b"AAA-99-9999 | 99:99:99 | ",
    b"Pre-Init | 9999999999| ",
    b"PostInit | PostInit | ",
];

/// Less of a date could be anything.
const DATE_MIN: usize = 5;

/// `Power Supply #0x50 | Power Supply AC lost | Asserted | Reading …`. Versions before 1.8.13 leave the direction of thresholds out.
fn ipmitool<'a>(rest: &'a str, separator: u8, known: &Known) -> Result<(Entry<'a>, bool), Misfit> {
    let end = memchr(separator, rest.as_bytes()).ok_or(Misfit::NoRecord)?;
    let (sensor, rest) = (rest.get(..end).unwrap_or_default().trim_ascii(), rest.get(end + 1..).unwrap_or_default());
    if sensor.is_empty() {
        return Err(Misfit::NoRecord);
    }
    // An event may have a comma in it; its direction has none.
    let mut at = 0;
    for end in memchr_iter(separator, rest.as_bytes()).chain([rest.len()]) {
        if let Some(asserted) = rest.get(at..end).and_then(|column| direction(column.trim_ascii())) {
            let text = rest.get(..at.saturating_sub(1)).unwrap_or_default().trim_ascii();
            let behind = rest.get(end + 1..).map(str::trim_ascii);
            let entry = Entry { asserted: Some(asserted), ..known.of_sensor(sensor, text) };
            let whole = entry.is_known() && (entry.limit().is_none() || behind.is_some());
            return Ok((entry.with_values(behind.unwrap_or_default()), whole));
        }
        at = end + 1;
    }
    // None of the words of a direction, and none cut off either.
    if memchr(separator, rest.as_bytes()).is_some() {
        return Err(Misfit::NoRecord);
    }
    Ok((known.of_sensor(sensor, rest.trim_ascii()), false))
}

/// `PS1 Status | Power Supply | Critical | Assertion Event | Power Supply Failure detected ; OEM Event Data2 code = 01h`
fn freeipmi(rest: &str, separator: u8) -> Result<(Entry<'_>, bool), Misfit> {
    let mut columns = rest.split(char::from(separator)).map(str::trim);
    let (Some(name), Some(of), Some(third)) = (columns.next(), columns.next(), columns.next()) else {
        return Err(Misfit::NoRecord);
    };
    if name.is_empty() || of.is_empty() {
        return Err(Misfit::NoRecord);
    }
    let fourth = columns.next();
    let (state, way, event) = match (fourth, columns.next()) {
        (None, _) => (None, None, third),
        (Some(event), None) if is_direction(third) => (None, direction(third), event),
        (Some(event), None) => (Some(State::read(third)), None, event),
        (Some(way), Some(event)) if is_direction(way) => (Some(State::read(third)), direction(way), event),
        _ => return Err(Misfit::NoRecord),
    };
    // Of lists separated by commas the event may have one; what stands behind is of no column.
    let (text, values) = match event.split_once(" ; ") {
        Some((text, values)) => (text.trim(), values.trim()),
        None => (event, ""),
    };
    let number = name.strip_prefix("Sensor #").and_then(|number| number.parse().ok());
    let sensor = Some(name).filter(|_| number.is_none());
    let entry =
        Entry::new(words::sensor_type(of).filter(|(_, rest)| rest.is_empty()).map(|(of, _)| of), sensor, number, text);
    let whole = entry.is_known() && values.is_empty() && entry.limit().is_none();
    Ok((Entry { asserted: way, state, ..entry }.with_values(values), whole))
}

impl Grammar for SelList {
    type Record<'a> = Record<'a>;

    fn parse<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        self.read(line)
    }

    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize> {
        next_head(bytes, from)
    }

    fn front(&self, bytes: &[u8]) -> usize {
        match head(bytes) {
            Ok((rest, _)) => {
                let own = trace(rest).and_then(|other| rest.get(..other)).unwrap_or(rest);
                let text = own.iter().take_while(|byte| is_blank(**byte) || byte.is_ascii_graphic()).count();
                bytes.len() - rest.len() + text
            }
            Err(_) => {
                let Ok((rest, _)) = (blanks, id, blanks, one_of("|,"), blanks).parse(bytes) else { return 0 };
                let date = SHAPES.iter().map(|shape| form::follows(shape, rest)).max().unwrap_or(0);
                if date >= DATE_MIN { bytes.len() - rest.len() + date } else { 0 }
            }
        }
    }

    fn tail(&self, line: &[u8]) -> Option<usize> {
        let text = std::str::from_utf8(line).ok()?.trim_end();
        let directed = [" | Asserted", " | Deasserted"].iter().find_map(|end| text.strip_suffix(end));
        match directed {
            Some(before) => Some(words::tail(before.trim_end()).unwrap_or(before.len())),
            None => words::tail(text).filter(|at| text.get(..*at).is_some_and(|before| before.ends_with("| "))),
        }
    }

    fn trace(&self, line: &[u8]) -> Option<usize> {
        trace(line)
    }

    fn disagree(&self, _front: &[u8], _tail: &[u8]) -> bool {
        false
    }
}

/// Where a date and time stand, or most of them, between the columns of a line.
fn trace(line: &[u8]) -> Option<usize> {
    memchr_iter(b'|', line).find_map(|at| {
        // A date ends before the separator, and the time begins behind it.
        (blanks, time, opt(zone), blanks, char('|')).parse(line.get(at + 1..)?).ok()?;
        let dated = line.get(..at).unwrap_or_default();
        let is_date = |byte: &&u8| byte.is_ascii_alphanumeric() || b"/-. ".contains(byte);
        Some(at - dated.iter().rev().take_while(is_date).count())
    })
}

impl stream::Record for Record<'_> {
    fn written(&self) -> &str {
        self.written
    }

    fn local(&self) -> NaiveDateTime {
        self.local.unwrap_or(self.undated)
    }

    fn is_dated(&self) -> bool {
        self.local.is_some()
    }

    fn zone(&self) -> Option<&str> {
        self.zone
    }

    fn is_whole(&self) -> bool {
        self.whole
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
