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
//! the log at hand does ([`StorageManager::learn`]): only a phrase that stands whole in it binds its event number, and only a
//! bound event number can show that a text is not what was written. A text that departs from its phrase more than once in the
//! same way is the program's own: damage does not strike the same letter twice.

mod head;
mod phrases;

pub use head::{Location, Severity};
pub use phrases::{Meaning, PHRASES, Phrase};

use crate::form::{Departure, Field, Form, Places, Values};
use crate::printable::printable;
use crate::stream::{self, Claim, DamageKind, Grammar, Misfit};
use chrono::NaiveDateTime;
use head::is_blank;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64_with_seed;

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
    /// Location and host together, from the one to the other: no two places have it in common.
    of: &'a str,
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
    /// For each form, the event numbers that it has in this log; none if it was not seen.
    events: Vec<Vec<u32>>,
    /// Hashes of the [shapes](shape) of texts that share a phrase's event number and are written so.
    variants: BTreeSet<u64>,
    reports: RefCell<Reports>,
    day: RefCell<head::Day>,
}

/// A record's time, as it stands in the line.
#[derive(Clone, Copy)]
struct Stamp<'a> {
    written: &'a str,
    local: NaiveDateTime,
    zone: &'a str,
}

/// What follows a location.
struct Words<'a> {
    host: &'a [u8],
    text: &'a [u8],
    /// The number of the phrase that the text is, if it is one, and its values.
    phrase: Option<(usize, Values<'a>)>,
}

/// What follows a record's time, by where it stands there.
#[derive(Debug, Clone)]
struct Body {
    severity: Severity,
    event: u32,
    location: Location,
    meaning: Option<Meaning>,
    place: Range<usize>,
    host: Range<usize>,
    text: Range<usize>,
    places: Places,
}

impl Body {
    fn record<'a>(&self, after: &'a str, stamp: Stamp<'a>) -> Option<Record<'a>> {
        let text = after.get(self.text.clone())?;
        Some(Record {
            written: stamp.written,
            local: stamp.local,
            zone: stamp.zone,
            severity: self.severity,
            event: self.event,
            location: self.location,
            place: after.get(self.place.clone())?,
            of: after.get(self.place.start..self.text.start)?,
            host: after.get(self.host.clone()).filter(|host| !host.is_empty()),
            text,
            meaning: self.meaning,
            values: self.places.of(text.as_bytes()),
        })
    }
}

/// A report says the same every day but for its time, and in the same order; what was understood once need not be understood
/// again. So a line is compared with the one that came next the last time.
#[derive(Debug, Clone, Default)]
struct Reports {
    lines: Vec<Reported>,
    /// The line that was read last.
    last: usize,
}

#[derive(Debug, Clone)]
struct Reported {
    line: Box<str>,
    body: Body,
    /// The line that came next.
    next: usize,
}

/// As many drives as a few controllers have; what changes more often is no such report.
const REPORTS_MAX: usize = 512;

impl Reports {
    fn get(&mut self, after: &str) -> Option<&Body> {
        let next = self.lines.get(self.last)?.next;
        let known = self.lines.get(next).filter(|known| *known.line == *after)?;
        self.last = next;
        Some(&known.body)
    }

    fn put(&mut self, after: &str, body: Body) {
        if self.lines.len() == REPORTS_MAX {
            self.lines.clear();
        }
        let known = self.lines.iter().position(|known| *known.line == *after);
        let at = known.unwrap_or(self.lines.len());
        if known.is_none() {
            self.lines.push(Reported { line: after.into(), body, next: 0 });
        }
        if let Some(last) = self.lines.get_mut(self.last) {
            last.next = at;
        }
        self.last = at;
    }
}

/// Shapes counted while learning.
const SHAPES_MAX: usize = 1024;

impl Default for StorageManager {
    fn default() -> Self {
        let forms = PHRASES.iter().map(|phrase| (Form::new(phrase.form), phrase.meaning)).collect();
        Self {
            forms,
            events: vec![Vec::new(); PHRASES.len()],
            variants: BTreeSet::new(),
            reports: RefCell::default(),
            day: RefCell::default(),
        }
    }
}

impl StorageManager {
    /// Whether a record of this log stands in the bytes.
    pub fn recognise(bytes: &[u8]) -> bool {
        head::next_head(bytes, 0).is_some()
    }

    /// Learns the dialect from the front of a log: which phrases occur with which event numbers, and what else does.
    #[must_use]
    pub fn learn(mut self, front: &[u8]) -> Self {
        let mut counts: Vec<BTreeMap<u32, u64>> = vec![BTreeMap::new(); self.forms.len()];
        let mut shapes: BTreeMap<u64, u64> = BTreeMap::new();
        for line in front.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let Ok((rest, head)) = head::head(line) else { continue };
            match self.words(rest).and_then(|words| words.phrase) {
                Some((index, _)) => {
                    if let Some(of) = counts.get_mut(index) {
                        *of.entry(head.event).or_default() += 1;
                    }
                }
                None if shapes.len() < SHAPES_MAX && std::str::from_utf8(rest).is_ok_and(printable) => {
                    *shapes.entry(shape(head.event, rest)).or_default() += 1;
                }
                None => {}
            }
        }
        self.events = counts.iter().map(|of| numbers(of, &counts)).collect();
        self.variants = shapes.into_iter().filter(|(_, count)| *count > 1).map(|(shape, _)| shape).collect();
        self
    }

    /// Host and text of what follows a location; none if a bracket opens and no host follows.
    fn words<'a>(&self, rest: &'a [u8]) -> Option<Words<'a>> {
        let rest = trim(rest);
        let words = |(host, text): (&'a [u8], &'a [u8])| Words { host, text, phrase: self.phrase(text) };
        let usual = words(split_host(rest)?);
        if usual.phrase.is_some() || !usual.host.is_empty() {
            return Some(usual);
        }
        let bare = bare_host(rest).map(words).filter(|bare| bare.phrase.is_some());
        Some(bare.unwrap_or(usual))
    }

    /// The number of the phrase that a text is, and its values.
    fn phrase<'a>(&self, text: &'a [u8]) -> Option<(usize, Values<'a>)> {
        let mut possible = self.forms.iter().enumerate().filter(|(_, (form, _))| form.may_begin(text));
        possible.find_map(|(index, (form, _))| Some((index, form.read(text).ok()?)))
    }

    /// The phrase that is bound to an event number.
    fn bound(&self, event: u32) -> Option<&Form> {
        self.forms.iter().zip(&self.events).find(|(_, events)| events.contains(&event)).map(|((form, _), _)| form)
    }

    /// Where a text leaves the phrase that its event number is bound to, if it begins like it.
    fn departs(&self, event: u32, text: &[u8]) -> Option<Departure> {
        self.bound(event)?.read(text).err().filter(|departure| departure.opened || departure.at >= OPENING_MIN)
    }

    /// Reads what follows a record's time.
    fn body<'a>(&self, after: &'a str, stamp: Stamp<'a>) -> Result<(Body, Record<'a>), Misfit> {
        let bytes = after.as_bytes();
        let (rest, head) = head::what(bytes).map_err(|_| Misfit::NoRecord)?;
        if !printable(after) {
            return Err(Misfit::NoRecord);
        }
        let Words { host, text, phrase } = self.words(rest).ok_or(Misfit::NoRecord)?;
        let (phrase, values) = phrase.unzip();
        let (at_rest, at_host, at_text) =
            (bytes.len() - rest.len(), bytes.len() - trim(rest).len(), bytes.len() - text.len());
        let brackets = usize::from(host.first() == Some(&b'['));
        let body = Body {
            severity: head.severity,
            event: head.event,
            location: head.location,
            meaning: phrase.and_then(|phrase| self.forms.get(phrase)).map(|(_, meaning)| *meaning),
            place: at_rest - head.place.len()..at_rest,
            host: at_host + brackets..at_host + host.len() - brackets,
            text: at_text..bytes.len(),
            places: values.unwrap_or_default().places(),
        };
        let record = body.record(after, stamp).ok_or(Misfit::NoRecord)?;
        let flaw = match phrase {
            Some(phrase) => self.flaw(&record, phrase),
            None => self.free_flaw(&record, bytes, rest),
        };
        flaw.map_or(Ok((body, record)), Err)
    }

    /// Why a record whose text is a known phrase cannot have been written.
    fn flaw(&self, record: &Record<'_>, phrase: usize) -> Option<Misfit> {
        let said = [Field::Vendor, Field::Model].map(|field| record.values.text(field).unwrap_or_default());
        if said.iter().any(|value| head::event_in(value.as_bytes())) {
            return Some(Misfit::NoRecord);
        }
        if contradicts(record.location, &record.values) {
            return Some(spliced(format!("the location {} contradicts the text", record.place)));
        }
        let known = self.events.get(phrase)?;
        let bound = self.bound(record.event).is_some();
        if known.contains(&record.event) || (known.is_empty() && !bound) {
            return None;
        }
        let detail = format!("event number {} does not go with the text", record.event);
        // Another text's number is another record's head; else it is this one with a digit changed.
        let other = bound || !known.iter().any(|known| one_digit(*known, record.event));
        Some(if other { spliced(detail) } else { garbled(detail) })
    }

    /// Why a record with a text of its own cannot have been written.
    fn free_flaw(&self, record: &Record<'_>, after: &[u8], rest: &[u8]) -> Option<Misfit> {
        let text = record.text.as_bytes();
        // No head begins inside of another.
        if head::event_in(rest) {
            return Some(Misfit::NoRecord);
        }
        if self.bound(record.event).is_some() {
            if self.variants.contains(&shape(record.event, rest)) {
                return None;
            }
            return Some(match self.departs(record.event, text) {
                Some(_) => Misfit::NoRecord,
                None => garbled(format!("the text is not that of event number {}", record.event)),
            });
        }
        // Another message may end as a phrase does, with the place that it speaks of; but not hold all of it, nor begin to
        // follow it in the middle of a word.
        let at = self.tail(text).filter(|at| *at > 0)?;
        let tail = text.get(at..)?;
        let front = after.get(..after.len() - tail.len()).unwrap_or_default();
        let joined = text.get(at - 1..=at).is_some_and(|pair| pair.iter().all(u8::is_ascii_alphanumeric));
        let whole = || self.forms.iter().any(|(form, _)| form.read(tail).is_ok());
        let splice =
            joined || whole() || head::what(front).is_ok_and(|(_, head)| speaks_of_another(head.location, tail));
        splice.then(|| spliced("the head of one record with the tail of another".to_owned()))
    }
}

/// Less of a phrase's first words could begin any text.
const OPENING_MIN: usize = 8;

fn spliced(detail: String) -> Misfit {
    Misfit::Flawed { kind: DamageKind::Spliced, detail }
}

fn garbled(detail: String) -> Misfit {
    Misfit::Flawed { kind: DamageKind::Garbled, detail }
}

/// The event numbers of a phrase, of how often each stands before each phrase: the usual one, and what stands more than once,
/// since one that stands once may have been changed; without those that stand more often before another phrase.
fn numbers(counts: &BTreeMap<u32, u64>, all: &[BTreeMap<u32, u64>]) -> Vec<u32> {
    let usual = counts.values().max().copied().unwrap_or(0);
    let elsewhere = |event: &u32| all.iter().filter_map(|of| of.get(event)).max().copied().unwrap_or(0);
    let own = |(event, count): &(&u32, &u64)| (**count > 1 || **count == usual) && **count == elsewhere(event);
    counts.iter().filter(own).map(|(event, _)| *event).collect()
}

/// An event number and its text with all numbers and names of drives alike, as a hash.
fn shape(event: u32, rest: &[u8]) -> u64 {
    let squeezed: Vec<u8> = rest.iter().copied().filter(|byte| !byte.is_ascii_digit()).collect();
    xxh3_64_with_seed(&squeezed, u64::from(event))
}

/// Whether one digit more, less or other makes one number the other.
fn one_digit(a: u32, b: u32) -> bool {
    let (a, b) = (a.to_string(), b.to_string());
    let front = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let back = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    a.len().abs_diff(b.len()) <= 1 && front + back + 1 >= a.len().max(b.len())
}

impl Grammar for StorageManager {
    type Record<'a> = Record<'a>;

    fn parse<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        let (after, stamp) = self.day.borrow_mut().stamp(line).map_err(|_| Misfit::NoRecord)?;
        let (written, after) = std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.split_at_checked(line.len() - after.len()))
            .ok_or(Misfit::NoRecord)?;
        let stamp = Stamp { written, local: stamp.local, zone: stamp.zone };
        let record = match self.reports.borrow_mut().get(after) {
            Some(body) => body.record(after, stamp),
            None => None,
        };
        if let Some(record) = record {
            return Ok(record);
        }
        let (body, record) = self.body(after, stamp)?;
        if stream::Record::report(&record).is_some() {
            self.reports.borrow_mut().put(after, body);
        }
        Ok(record)
    }

    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize> {
        head::next_head(bytes, from)
    }

    fn front(&self, bytes: &[u8]) -> usize {
        let followed = head::followed(bytes);
        let Ok((rest, head)) = head::head(bytes) else {
            // Less than a date could be anything, unless that is where the line ends.
            let ends = followed == bytes.len() && bytes.contains(&b',');
            return if followed > 12 || ends { followed } else { 0 };
        };
        let text = split_host(trim(rest)).map_or(trim(rest), |(_, text)| text);
        let at_text = bytes.len() - text.len();
        match self.departs(head.event, text) {
            Some(departure) => at_text + departure.at,
            None => {
                let own = head::trace(rest).and_then(|other| rest.get(..other)).unwrap_or(rest);
                followed + own.iter().take_while(|byte| **byte == b'\t' || (b' '..0x7f).contains(*byte)).count()
            }
        }
    }

    fn tail(&self, line: &[u8]) -> Option<usize> {
        let learned = self.forms.iter().zip(&self.events).filter(|(_, events)| !events.is_empty());
        learned.filter_map(|((form, _), _)| form.tail(line)).min()
    }

    fn trace(&self, line: &[u8]) -> Option<usize> {
        head::trace(line)
    }

    fn disagree(&self, front: &[u8], tail: &[u8]) -> bool {
        head::head(front).is_ok_and(|(_, head)| speaks_of_another(head.location, tail))
    }
}

/// Whether the tail of a text names another place than a location code.
fn speaks_of_another(location: Location, tail: &[u8]) -> bool {
    let number = |name: &[u8]| {
        let at = memchr::memmem::find(tail, name)? + name.len();
        head::number(1, 9)(tail.get(at..)?).ok().map(|(_, number)| number)
    };
    let differs = |known: Option<u32>, said: Option<u32>| known.zip(said).is_some_and(|(known, said)| known != said);
    differs(location.device, number(b"SCSI device ID ")) || differs(location.channel, number(b"channel "))
}

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
        self.meaning.is_some()
    }

    fn report(&self) -> Option<u32> {
        (self.meaning == Some(Meaning::DriveMap)).then_some(self.event)
    }

    fn claim(&self) -> Option<Claim<'_>> {
        self.report().map(|_| Claim { place: self.of.as_bytes(), statement: self.text.as_bytes() })
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

/// Host and text: `[host] text`, `host  text` with a wide blank, else no host. None if a bracket opens and no host follows.
fn split_host(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(inner) = rest.strip_prefix(b"[") {
        let length = inner.iter().take(HOST_MAX).position(|byte| *byte == b']')?;
        let (host, text) = rest.split_at(length + 2);
        let ends = text.first().is_none_or(|byte| is_blank(*byte));
        let named = inner.get(..length).is_some_and(|host| host.is_empty() || is_host(host));
        return (ends && named).then(|| (host, trim(text)));
    }
    let wide = rest.windows(2).position(|pair| pair.iter().all(|byte| is_blank(*byte)) || pair.first() == Some(&b'\t'));
    let (host, text) = rest.split_at(wide.unwrap_or(0));
    // Of several words it may be a text that broke off before a blank, with another text behind it.
    let named = is_host(host) && (host == LOCAL || !host.iter().any(|byte| is_blank(*byte)));
    if named { Some((host, trim(text))) } else { Some((&[], rest)) }
}

/// A bare host before a single blank, which only a known phrase after it tells from a text's first word.
fn bare_host(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let local = rest.strip_prefix(LOCAL).and_then(<[u8]>::first).is_some_and(|byte| is_blank(*byte));
    let length = if local { LOCAL.len() } else { rest.iter().position(|byte| is_blank(*byte))? };
    let (host, text) = rest.split_at(length);
    is_host(host).then(|| (host, trim(text)))
}

/// What stands for the machine that writes the log.
const LOCAL: &[u8] = b"Local only";

/// The longest name that the Internet's name system has.
const HOST_MAX: usize = 255;

/// A host's name, or a few words in its place: `Local only`.
fn is_host(name: &[u8]) -> bool {
    name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._ :".contains(byte))
}
