//! The event log of the controller as its maker's tools print it: MegaCli (`-AdpEventLog -GetEvents`) and storcli or perccli
//! (`/cx show events`), which print the same.
//!
//! ```text
//! seqNum: 0x00000d33
//! Time: Tue Dec  4 12:26:23 2012
//!
//! Code: 0x00000072
//! Class: 0
//! Locale: 0x02
//! Event Description: State change on PD 06(e0xfc/s4) from ONLINE(18) to FAILED(11)
//! Event Data:
//! ===========
//! Device ID: 6
//! Enclosure Index: 252
//! Slot Number: 4
//! Previous state: 24
//! New state: 17
//! ```
//!
//! A record is such a block, with the blank lines behind it. Instead of `Time:`, which is local, events before the clock is set say
//! `Seconds since last reboot:`. There is no published grammar; the numbers are those of `struct megasas_evt_detail` ([`super::event`]),
//! which these tools print. In the description a drive's id and its enclosure are hexadecimal, its slot is decimal, and so are states
//! hexadecimal, which the data below have in decimals: what contradicts itself was not written so.
//!
//! Records have numbers, one after the other. Tools can be asked for events of some classes alone; so whether a number that is left out
//! is missing shows in the front of a log ([`EventLog::learn`]), as does whether the newest stands first.

mod block;
mod text;

#[cfg(test)]
mod tests;

pub use text::Place;

use super::device::{ArrayState, DriveState};
use super::event::{Args, ArrayArg, Class, DriveArg, Event, Time};
use crate::stream::{self, Claim, DamageKind, Grammar, Misfit, Number};
use block::Block;
use chrono::{NaiveDate, NaiveDateTime};
use std::cell::Cell;

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its time as written; of one since the start, the whole line.
    pub written: &'a str,
    /// As the firmware has it. What the text does not tell is as if the firmware had not told it.
    pub event: Event,
    /// Where its drive sits, if it is about one.
    pub place: Option<Place>,
    /// The array that it is about: its target.
    pub array: Option<u16>,
    /// The controller that the log is of, by its tool's number, where the log says it.
    pub controller: Option<u32>,
    local: NaiveDateTime,
    is_whole: bool,
    number: Number,
}

/// The grammar, with what was learned of the log.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    controller: Option<u32>,
    /// The first time in its front.
    first: Option<NaiveDateTime>,
    descends: bool,
    gapless: bool,
    day: Cell<text::Day>,
}

/// Of so many numbers in the front of a log that follow each other, all but one are the next: then none is left out by intent.
const NEXT_MIN: u32 = 8;

impl EventLog {
    /// Whether a record of such a log stands in the bytes.
    #[must_use]
    pub fn recognise(bytes: &[u8]) -> bool {
        block::next_head(bytes, 0).is_some()
    }

    /// Learns from the front of a log in which order it is, whether it leaves numbers out, and which controller it is of.
    #[must_use]
    pub fn learn(mut self, front: &[u8]) -> Self {
        let (mut up, mut down, mut next) = (0_u32, 0_u32, 0_u32);
        let mut last: Option<u32> = None;
        for line in front.split(|byte| *byte == b'\n') {
            let line = line.trim_ascii();
            if let Some(number) = block::head(line) {
                match last {
                    Some(last) if number > last => up += 1,
                    Some(last) if number < last => down += 1,
                    _ => {}
                }
                next += u32::from(last.is_some_and(|last| last.abs_diff(number) == 1));
                last = Some(number);
            }
            let stated = || text::clock(std::str::from_utf8(line.strip_prefix(block::TIME)?).ok()?);
            self.first = self.first.or_else(stated);
            self.controller = self.controller.or_else(|| text::controller(line));
        }
        self.descends = down > up;
        let steps = up.saturating_add(down);
        self.gapless = steps > 0 && next.saturating_add(steps / NEXT_MIN) >= steps;
        self
    }

    fn record<'a>(&self, block: &Block<'a>) -> Result<Record<'a>, Misfit> {
        let garbled = |detail: &str| Misfit::Flawed { kind: DamageKind::Garbled, detail: detail.to_owned() };
        let spliced = |detail: &str| Misfit::Flawed { kind: DamageKind::Spliced, detail: detail.to_owned() };
        let data = text::data(block.data).ok_or(Misfit::NoRecord)?;
        let (local, time) = match block.time {
            Time::SinceBoot(_) => (self.first.or_else(epoch).unwrap_or_default(), block.time),
            Time::Clock(_) => {
                let mut day = self.day.get();
                let local = day.clock(block.written).ok_or_else(|| garbled("there is no such time"))?;
                self.day.set(day);
                (local, text::since_2000(local))
            }
        };
        let said = text::said(block.code, block.description);
        let differs = |said: Option<u32>, data: Option<u32>| said.zip(data).is_some_and(|(said, data)| said != data);
        if data.repeats {
            return Err(spliced("the data are of two events"));
        }
        let (place, array) = (said.place.or(data.place()), said.array.or(data.array()));
        let named = (said.array.is_some(), said.place.is_some());
        let by_data = (data.array().is_some(), data.id.is_some());
        if matches!((named, by_data), ((true, false), (false, true)) | ((false, true), (true, false)))
            || differs(said.place.map(|place| place.id.into()), data.id)
            || differs(said.place.map(|place| place.slot.into()), data.slot)
            || differs(said.array.map(u32::from), data.target)
        {
            return Err(spliced("the description is of another thing than the data"));
        }
        if differs(said.from, data.from) || differs(said.to, data.to) {
            return Err(garbled("the states in the description are others than in the data"));
        }
        let (from, to) = (said.from.or(data.from), said.to.or(data.to));
        let event = Event {
            sequence: block.number,
            time,
            code: block.code,
            locale: block.locale,
            class: Class::of(block.class),
            args: args(place, array, from.zip(to), said.sense),
            text: Some(block.description.to_owned()),
        };
        let number = Number { value: block.number, descends: self.descends, gapless: self.gapless };
        let (written, controller, is_whole) = (block.written, self.controller, block.data == "None");
        Ok(Record { written, event, place, array, controller, local, is_whole, number })
    }
}

/// What the event is about, as the firmware would have it.
fn args(place: Option<Place>, array: Option<u16>, states: Option<(u32, u32)>, sense: Option<[u8; 3]>) -> Args {
    let drive = place.map(|place| DriveArg {
        id: place.id,
        // The text has the enclosure itself, not its index.
        enclosure_index: u8::try_from(place.enclosure).unwrap_or(u8::MAX),
        slot: place.slot,
    });
    let array = array.map(|target| ArrayArg { target, index: 0 });
    match (drive, array, states) {
        (Some(drive), _, Some((from, to))) => {
            Args::DriveState { drive, from: DriveState::of(from), to: DriveState::of(to) }
        }
        (Some(drive), ..) => match sense {
            Some(sense) => Args::Sense { drive, cdb: Vec::new(), sense: fixed_sense(sense) },
            None => Args::Drive(drive),
        },
        (None, Some(array), Some((from, to))) => {
            Args::ArrayState { array, from: ArrayState::of(from), to: ArrayState::of(to) }
        }
        (None, Some(array), None) => Args::Array(array),
        (None, None, _) => Args::None,
    }
}

/// Sense data of fixed format (SPC) that say what the description has of them: key, additional code and qualifier.
fn fixed_sense([key, code, qualifier]: [u8; 3]) -> Vec<u8> {
    let mut sense = vec![0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier];
    sense.resize(18, 0);
    sense
}

/// From which the controller counts.
fn epoch() -> Option<NaiveDateTime> {
    NaiveDate::from_ymd_opt(2000, 1, 1)?.and_hms_opt(0, 0, 0)
}

impl Grammar for EventLog {
    type Record<'a> = Record<'a>;

    fn unit(&self, bytes: &[u8], end: bool) -> Option<usize> {
        block::unit(bytes, end)
    }

    fn parse<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        self.record(&block::block(line).ok_or(Misfit::NoRecord)?)
    }

    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize> {
        block::next_head(bytes, from)
    }

    fn front(&self, bytes: &[u8]) -> usize {
        block::front(bytes)
    }

    fn tail(&self, line: &[u8]) -> Option<usize> {
        block::is_tail(line).then_some(0)
    }

    fn trace(&self, line: &[u8]) -> Option<usize> {
        memchr::memmem::find(line, block::HEAD)
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

    fn is_dated(&self) -> bool {
        matches!(self.event.time, Time::Clock(_))
    }

    fn zone(&self) -> Option<&str> {
        None
    }

    fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn report(&self) -> Option<u32> {
        None
    }

    fn claim(&self) -> Option<Claim<'_>> {
        None
    }

    fn number(&self) -> Option<Number> {
        Some(self.number)
    }
}
