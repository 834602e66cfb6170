//! What the description of an event says in numbers, and the data below it.

use super::block;
use crate::megaraid::event::Time;
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use memchr::{memchr, memchr_iter};

/// A drive, as descriptions name it: `PD 0b(e0x20/s11)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number to ask for it by.
    pub id: u16,
    /// The enclosure's own number, as MegaCli and storcli count; FFFFh is none.
    pub enclosure: u16,
    /// From 0.
    pub slot: u8,
}

/// What a description says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) place: Option<Place>,
    /// The target of `VD 00/0`.
    pub(super) array: Option<u16>,
    pub(super) from: Option<u32>,
    pub(super) to: Option<u32>,
    /// Key, additional code and qualifier of `Sense: 6/29/02`.
    pub(super) sense: Option<[u8; 3]>,
}

/// `code`: that of the event; sense data are in one kind alone.
pub(super) fn said(code: u32, description: &str) -> Said {
    let change = || {
        let (_, states) = description.split_once(" from ")?;
        let (from, to) = states.split_once(" to ")?;
        Some((state(from)?, state(to)?))
    };
    let change = if description.starts_with("State change ") { change() } else { None };
    let mut said = Said { from: change.map(|(from, _)| from), to: change.map(|(_, to)| to), ..Said::default() };
    let bytes = description.as_bytes();
    for at in memchr_iter(b'D', bytes) {
        let front = at.checked_sub(2).and_then(|before| bytes.get(before));
        let alone = front.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let kind = at.checked_sub(1).and_then(|before| bytes.get(before)).filter(|_| alone);
        let Some(rest) = description.get(at + 1..).and_then(|rest| rest.strip_prefix(' ')) else { continue };
        match kind {
            Some(b'P') => said.place = said.place.or_else(|| place(rest)),
            Some(b'V') => said.array = said.array.or_else(|| array(rest)),
            _ => {}
        }
    }
    if code == SENSE {
        said.sense = description.rsplit_once("Sense: ").and_then(|(_, rest)| sense(rest));
    }
    said
}

/// `Unexpected sense`
const SENSE: u32 = 0x71;

/// `0b(e0x20/s11)`
fn place(text: &str) -> Option<Place> {
    let (id, rest) = text.split_once('(')?;
    let (enclosure, rest) = rest.strip_prefix("e0x")?.split_once('/')?;
    let (slot, _) = rest.strip_prefix('s')?.split_once(')')?;
    Some(Place { id: hexadecimal(id)?, enclosure: hexadecimal(enclosure)?, slot: slot.parse().ok()? })
}

/// `00/0`
fn array(text: &str) -> Option<u16> {
    let (target, rest) = text.split_once('/')?;
    rest.starts_with(|c: char| c.is_ascii_digit()).then(|| hexadecimal(target))?
}

/// `ONLINE(18)`
fn state(text: &str) -> Option<u32> {
    let (_, number) = text.split_once('(')?;
    let (number, _) = number.split_once(')')?;
    u32::from_str_radix(number, 16).ok()
}

/// `6/29/02`
fn sense(text: &str) -> Option<[u8; 3]> {
    let end = text.find(|c: char| !c.is_ascii_hexdigit() && c != '/').unwrap_or(text.len());
    let mut parts = text.get(..end)?.split('/').map(|part| u8::from_str_radix(part, 16).ok());
    let sense = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(sense)
}

fn hexadecimal(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(text, 16).ok().filter(|_| digits)
}

/// What the data say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Data {
    pub(super) id: Option<u32>,
    pub(super) enclosure: Option<u32>,
    pub(super) slot: Option<u32>,
    pub(super) target: Option<u32>,
    pub(super) from: Option<u32>,
    pub(super) to: Option<u32>,
    /// Whether it says something twice.
    pub(super) repeats: bool,
}

/// Reads the data; none if there are none, or a line is none of them.
pub(super) fn data(text: &str) -> Option<Data> {
    let mut data = Data::default();
    if text.is_empty() {
        return None;
    }
    for (line, _) in block::lines(text.as_bytes()) {
        if !block::is_data(line) {
            return None;
        }
        let Some((key, value)) =
            memchr(b':', line).and_then(|colon| Some((line.get(..colon)?, line.get(colon + 1..)?)))
        else {
            continue;
        };
        let known = match key.trim_ascii() {
            b"Device ID" => &mut data.id,
            b"Enclosure Index" | b"Enclosure Device ID" => &mut data.enclosure,
            b"Slot Number" => &mut data.slot,
            b"Target Id" => &mut data.target,
            b"Previous state" => &mut data.from,
            b"New state" => &mut data.to,
            _ => continue,
        };
        let before = known.take();
        *known = std::str::from_utf8(value.trim_ascii()).ok().and_then(|value| value.parse().ok());
        // The enclosure may stand there by its index and by its id.
        data.repeats |= before.is_some() && !key.trim_ascii().starts_with(b"Enclosure");
    }
    Some(data)
}

impl Data {
    /// An array's target.
    pub(super) fn array(&self) -> Option<u16> {
        u16::try_from(self.target?).ok()
    }

    /// A drive that the description does not name.
    pub(super) fn place(&self) -> Option<Place> {
        Some(Place {
            id: u16::try_from(self.id?).ok()?,
            enclosure: u16::try_from(self.enclosure?).ok()?,
            slot: u8::try_from(self.slot?).ok()?,
        })
    }
}

/// `Tue Dec  4 12:26:23 2012`; none if the day of the week is not that of the date.
pub(super) fn clock(text: &str) -> Option<NaiveDateTime> {
    Day::default().clock(text)
}

/// The day of the record before, as written and as a date: that of most others.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Day {
    date: Option<NaiveDate>,
    /// `Tue Dec  4 `
    front: [u8; FRONT],
    /// ` 2012`
    back: [u8; BACK],
}

/// How long a day is before the time, with its blanks.
const FRONT: usize = 11;
/// How long the year is behind it, likewise.
const BACK: usize = 5;

impl Day {
    /// Does what [`clock`] does.
    pub(super) fn clock(&mut self, text: &str) -> Option<NaiveDateTime> {
        let parts = || {
            let (front, rest) = text.as_bytes().split_first_chunk()?;
            let (time, back) = rest.split_last_chunk()?;
            Some((*front, time, *back))
        };
        if let Some((front, time, back)) = parts()
            && (front, back) == (self.front, self.back)
            && let Some(date) = self.date
        {
            return hours(date, time);
        }
        let mut words = text.split_ascii_whitespace();
        let (weekday, month, day) = (words.next()?, words.next()?, words.next()?);
        let (time, year) = (words.next()?, words.next().filter(|year| year.len() == 4)?);
        let month = MONTHS.iter().zip(1..).find_map(|(name, number)| (*name == month).then_some(number))?;
        let date = NaiveDate::from_ymd_opt(digits(year.as_bytes())?.try_into().ok()?, month, digits(day.as_bytes())?)?;
        let time = hours(date, time.as_bytes())?;
        let number = usize::try_from(date.weekday().num_days_from_monday()).ok()?;
        if WEEKDAYS.get(number) != Some(&weekday) || words.next().is_some() {
            return None;
        }
        // Of one that is padded in another way, the time does not stand between.
        if let Some((front, _, back)) = parts().filter(|(_, between, _)| hours(date, between) == Some(time)) {
            *self = Self { date: Some(date), front, back };
        }
        Some(time)
    }
}

/// `12:26:23` of a day.
fn hours(date: NaiveDate, text: &[u8]) -> Option<NaiveDateTime> {
    let [h0, h1, b':', m0, m1, b':', s0, s1] = *text else { return None };
    date.and_hms_opt(digits(&[h0, h1])?, digits(&[m0, m1])?, digits(&[s0, s1])?)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

pub(super) fn digits(text: &[u8]) -> Option<u32> {
    let more = |number: u32, byte: &u8| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(u32::from(digit))
    };
    if text.is_empty() { None } else { text.iter().try_fold(0, more) }
}

/// As the firmware counts.
pub(super) fn since_2000(local: NaiveDateTime) -> Time {
    let seconds = super::epoch().map_or(0, |epoch| (local - epoch).num_seconds());
    Time::Clock(u32::try_from(seconds).unwrap_or(0))
}

/// `Controller = 0`, as storcli has it before or behind its events; `Adapter: 0`, as MegaCli has it before.
pub(super) fn controller(line: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(line).ok()?;
    let number = text.strip_prefix("Controller = ").or_else(|| text.strip_prefix("Adapter: "))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
