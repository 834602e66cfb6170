//! The event log of Adaptec Storage Manager (`RaidEvt.log`), about 2004 to 2013.
//!
//! One record a line: local date and time with a zone abbreviation, severity, event number, location code, host, text; any run
//! of blanks between the fields. The host is in brackets, bare, with blanks in it (`Local only`: the event concerns the machine
//! that writes), or absent; where the fields are set apart by single blanks only, a bare host cannot be told from the text
//! unless the text is a known phrase, and then stays part of the text.
//!
//! There is no public grammar. The format is known from two published captures: the log of the outage of October 2013, and a
//! few lines of 2008 that have the wide form. What both have in common is required; what only one has is optional.
//!
//! Event numbers and the exact words of a phrase may differ between versions of the program. So the reader is told first what
//! the log at hand does ([`StorageManager::learn`]): only a phrase that stands whole in it may show, by a line that begins like
//! it and then departs, that the line is damaged.

mod head;
mod phrases;

pub use head::{Location, Severity};
pub use phrases::{Meaning, PHRASES, Phrase};

use crate::form::{Departure, Field, Form, Values};
use crate::stream::{self, Claim, DamageKind, Grammar, Misfit};
use chrono::NaiveDateTime;
use head::is_blank;
use std::collections::BTreeMap;

/// A record of the log. Texts are slices of the line, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Date, time and zone.
    pub written: &'a str,
    /// The local time that they say.
    pub local: NaiveDateTime,
    /// The zone abbreviation.
    pub zone: &'a str,
    /// As the writer judged.
    pub severity: Severity,
    /// The writer's number for this kind of event.
    pub event: u32,
    /// What it is about.
    pub location: Location,
    /// The location as written.
    pub place: &'a str,
    /// The host that the event is of, if it is named.
    pub host: Option<&'a str>,
    /// What happened, in words.
    pub text: &'a str,
    /// What the text means, if it is a known phrase.
    pub meaning: Option<Meaning>,
    /// The phrase's values.
    pub values: Values<'a>,
}

/// The grammar, with what was learned of the dialect.
#[derive(Debug, Clone)]
pub struct StorageManager {
    forms: Vec<(Form, Meaning)>,
    /// For each form, the event number that it has in this log; none if it was not seen.
    events: Vec<Option<u32>>,
}

impl Default for StorageManager {
    fn default() -> Self {
        let forms = PHRASES.iter().map(|phrase| (Form::new(phrase.form), phrase.meaning)).collect();
        Self { forms, events: vec![None; PHRASES.len()] }
    }
}

impl StorageManager {
    /// Whether a record of this log stands in the bytes.
    pub fn recognise(bytes: &[u8]) -> bool {
        head::next_head(bytes, 0).is_some()
    }

    /// Learns the dialect from the front of a log: which phrases occur, and with which event number mostly.
    #[must_use]
    pub fn learn(mut self, front: &[u8]) -> Self {
        let mut counts: Vec<BTreeMap<u32, u64>> = vec![BTreeMap::new(); self.forms.len()];
        for line in front.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let Ok((rest, head)) = head::head(line) else { continue };
            let Some((index, ..)) = self.phrase(rest) else { continue };
            if let Some(count) = counts.get_mut(index).map(|counts| counts.entry(head.event).or_default()) {
                *count += 1;
            }
        }
        self.events =
            counts.iter().map(|of| of.iter().max_by_key(|(_, count)| **count).map(|(event, _)| *event)).collect();
        self
    }

    /// Host and text, where the text is a known phrase: its number, the host, the text, its values.
    fn phrase<'a>(&self, rest: &'a [u8]) -> Option<(usize, &'a [u8], &'a [u8], Values<'a>)> {
        let rest = trim(rest);
        let (host, text) = split_host(rest);
        let found = |host, text: &'a [u8]| {
            let mut possible = self.forms.iter().enumerate().filter(|(_, (form, _))| form.may_begin(text));
            possible.find_map(|(index, (form, _))| Some((index, host, text, form.read(text).ok()?)))
        };
        found(host, text).or_else(|| {
            // A bare host before single blanks.
            let blank = rest.iter().position(|byte| is_blank(*byte)).filter(|_| host.is_empty())?;
            let (host, text) = rest.split_at(blank);
            found(host, trim(text))
        })
    }

    /// The learned phrase that a text begins like, though it is not it.
    fn departs(&self, text: &[u8]) -> Option<Departure> {
        let learned = self.forms.iter().zip(&self.events).filter(|(_, event)| event.is_some());
        let learned = learned.filter(|((form, _), _)| form.may_begin(text));
        let departures = learned.filter_map(|((form, _), _)| form.read(text).err());
        departures.filter(|departure| departure.opened || departure.at >= 8).max_by_key(|departure| departure.at)
    }

    fn record<'a>(&self, line: &'a [u8]) -> Option<(Record<'a>, Option<usize>)> {
        let (rest, head) = head::head(line).ok()?;
        let whole = printable(line)?;
        let (index, host, text, values) = match self.phrase(rest) {
            Some((index, host, text, values)) => (Some(index), host, text, values),
            None => {
                let (host, text) = split_host(trim(rest));
                (None, host, text, Values::default())
            }
        };
        // Known to be text as a whole, so that its parts need not be checked again.
        let part = |from: usize, length: usize| whole.get(from..from + length);
        let (after_head, at_host) = (line.len() - rest.len(), line.len() - trim(rest).len());
        let host = part(at_host, host.len())?;
        let record = Record {
            written: part(0, head.time)?,
            local: head.local,
            zone: head.zone,
            severity: head.severity,
            event: head.event,
            location: head.location,
            place: part(after_head - head.place.len(), head.place.len())?,
            host: host
                .split_once('[')
                .map_or(Some(host), |(_, host)| host.strip_suffix(']'))
                .filter(|host| !host.is_empty()),
            text: part(line.len() - text.len(), text.len())?,
            meaning: index.and_then(|index| self.forms.get(index)).map(|(_, meaning)| *meaning),
            values,
        };
        Some((record, index))
    }
}

impl Grammar for StorageManager {
    type Record<'a> = Record<'a>;

    fn parse<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        let (record, phrase) = self.record(line).ok_or(Misfit::NoRecord)?;
        let garbled = |detail: String| Err(Misfit::Flawed { kind: DamageKind::Garbled, detail });
        match phrase {
            Some(index) => {
                if contradicts(record.location, &record.values) {
                    let detail = format!("the location {} contradicts the text", record.place);
                    return Err(Misfit::Flawed { kind: DamageKind::Spliced, detail });
                }
                if self.events.get(index).copied().flatten().is_some_and(|event| event != record.event) {
                    return garbled(format!("event number {} does not go with the text", record.event));
                }
            }
            None => {
                // No head begins inside of another's date.
                if head::next_head(line, record.written.len()).is_some() || self.departs(record.text.as_bytes()).is_some() {
                    return Err(Misfit::NoRecord);
                }
                if self.events.contains(&Some(record.event)) {
                    return garbled(format!("the text does not go with event number {}", record.event));
                }
            }
        }
        Ok(record)
    }

    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize> {
        head::next_head(bytes, from)
    }

    fn front(&self, bytes: &[u8]) -> usize {
        let followed = head::followed(bytes);
        let Ok((rest, _)) = head::head(bytes) else {
            // Less than a date could be anything.
            return if followed > 12 { followed } else { 0 };
        };
        let text = split_host(trim(rest)).1;
        let at_text = bytes.len() - text.len();
        match self.departs(text) {
            Some(departure) => at_text + departure.at,
            None => followed + rest.iter().take_while(|byte| **byte == b'\t' || (b' '..0x7f).contains(*byte)).count(),
        }
    }

    fn tail(&self, line: &[u8]) -> Option<usize> {
        let learned = self.forms.iter().zip(&self.events).filter(|(_, event)| event.is_some());
        learned.filter_map(|((form, _), _)| form.tail(line)).min()
    }

    fn trace(&self, line: &[u8]) -> Option<usize> {
        head::trace(line)
    }

    fn disagree(&self, front: &[u8], tail: &[u8]) -> bool {
        let Ok((_, head)) = head::head(front) else { return false };
        let number = |name: &[u8]| {
            let at = memchr::memmem::find(tail, name)? + name.len();
            head::number(1, 9)(tail.get(at..)?).ok().map(|(_, number)| number)
        };
        let differs =
            |known: Option<u32>, said: Option<u32>| known.zip(said).is_some_and(|(known, said)| known != said);
        differs(head.location.device, number(b"SCSI device ID ")) || differs(head.location.channel, number(b"channel "))
    }
}

impl stream::Record for Record<'_> {
    fn local(&self) -> NaiveDateTime {
        self.local
    }

    fn zone(&self) -> Option<&str> {
        Some(self.zone)
    }

    fn is_whole(&self) -> bool {
        self.meaning.is_some()
    }

    fn report(&self) -> Option<u32> {
        (self.meaning == Some(Meaning::DriveMap)).then_some(self.event)
    }

    fn claim(&self) -> Option<Claim<'_>> {
        self.report().map(|_| Claim { place: self.place.as_bytes(), statement: self.text.as_bytes() })
    }
}

/// Whether the location code names another place than the text.
fn contradicts(location: Location, values: &Values<'_>) -> bool {
    let differs = |code: Option<u32>, field| code.zip(values.number(field)).is_some_and(|(code, said)| code != said);
    differs(location.adapter, Field::Controller)
        || differs(location.channel, Field::Channel)
        || differs(location.device, Field::Device)
}

fn trim(bytes: &[u8]) -> &[u8] {
    let front = bytes.iter().take_while(|byte| is_blank(**byte)).count();
    bytes.get(front..).unwrap_or_default()
}

/// Host and text: `[host] text`, `host  text` with a wide blank, else no host.
fn split_host(rest: &[u8]) -> (&[u8], &[u8]) {
    if rest.first() == Some(&b'[') {
        if let Some(end) = memchr::memchr(b']', rest) {
            let (host, text) = rest.split_at(end + 1);
            return (host, trim(text));
        }
    }
    let wide = rest.windows(2).position(|pair| pair.iter().all(|byte| is_blank(*byte)) || pair.first() == Some(&b'\t'));
    match wide {
        Some(at) => {
            let (host, text) = rest.split_at(at);
            (host, trim(text))
        }
        None => (&[], rest),
    }
}

/// Printable text: ASCII, or UTF-8 without control characters.
fn printable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    // No early exit: so the compiler looks at many bytes at once.
    let plain = |plain, byte: &u8| plain & (*byte == b'\t' || (b' '..0x7f).contains(byte));
    let is_plain = bytes.iter().fold(true, plain);
    (is_plain || !text.chars().any(|c| c.is_control() && c != '\t')).then_some(text)
}
