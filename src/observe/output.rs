//! Outputs of tools: how the things of a host are, as a program printed it at one time.
//!
//! Most say neither of which host they are nor of when. The host is the one that is given, else the one that the output names, else
//! the only one that other sources of the same call are of, unless that one has an output of the same tool already: two outputs of one
//! tool may be of two hosts. The time is that of the output, else when its file was written last.
//!
//! **An output that breaks off is of no thing that is well:** what is missing may be what matters. Each of its things then counts as not
//! read whole.

use super::families::{Family, Observer};
use super::machine::{Event, Read};
use super::source::{Options, Source, Text, UNNAMED};
use super::telling::{Stated, Telling};
use crate::model::{
    Ailment, ArrayState, COMMAND, Fact, Reason, Severity, Sink, Subject, Thing, Unread, WhyUnread, unnamed_serial,
};
use crate::words::clean;
use arraywatch_parsers::output::{Tally, ends_differ};
use arraywatch_parsers::time::{Basis, Resolver};
use chrono::{DateTime, NaiveDateTime, Utc};
use std::marker::PhantomData;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// An output of a host with hundreds of drives has some MiB.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// A tool that prints how things are.
pub(super) trait Tool: Sync + 'static {
    /// Its output, read.
    type Output;

    /// The family's name, and the last part of its stream's subject.
    const NAME: &'static str;

    /// Whether one output is of one thing, so that several of them may well be of one host.
    const OF_ONE_THING: bool = false;

    /// Whether bytes are of it.
    fn recognise(bytes: &[u8]) -> bool;

    /// Reads an output.
    fn read(bytes: &[u8]) -> Self::Output;

    /// How far it was understood.
    fn tally(output: &Self::Output) -> &Tally;

    /// The host that it names.
    fn host(_output: &Self::Output) -> Option<String> {
        None
    }

    /// The time that it names.
    fn time(_output: &Self::Output) -> Option<Time> {
        None
    }

    /// What it says of a host's things.
    fn sheet(output: &Self::Output, host: &str, at: DateTime<Utc>) -> Sheet;

    /// How many entries of logs [`entries`](Self::entries) tells.
    fn entries_told(_output: &Self::Output) -> u64 {
        0
    }

    /// The entries of a log that it is, one by one, from the bytes that it was read from: they may be hundreds of thousands, so they are not
    /// kept, and nobody needs them to know of which host they are.
    fn entries(_output: &Self::Output, _bytes: &[u8], _host: &str, _at: DateTime<Utc>, _each: &mut dyn FnMut(&Event)) {}
}

/// A time as an output has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Time {
    /// An instant.
    Instant(DateTime<Utc>),
    /// Local time, with the abbreviation of its zone if there is one.
    Local {
        /// The time.
        local: NaiveDateTime,
        /// The zone.
        zone: Option<String>,
        /// As written.
        written: String,
    },
}

/// What an output says.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Things, each once.
    pub(super) things: Vec<Read>,
    /// What all is listed of: of a controller, of the host. What was listed there before and is not any more is missing.
    pub(super) whole: Vec<Subject>,
    /// Entries of logs that it holds.
    pub(super) events: Vec<Event>,
}

impl Sheet {
    /// None of it was read whole.
    fn cut(&mut self, why: &str) {
        self.whole.clear();
        for read in &mut self.things {
            let text = format!("the output that tells of it breaks off: {why}");
            read.reading.unread.get_or_insert(Unread { why: WhyUnread::NotUnderstood, text: clean(&text) });
            if let Thing::Array(array) = &mut read.reading.thing
                && array.state == ArrayState::Optimal
            {
                array.state = ArrayState::Unknown;
            }
        }
    }
}

/// The family of a tool.
pub(super) struct Of<T>(PhantomData<T>);

impl<T> Of<T> {
    pub(super) const FAMILY: Self = Self(PhantomData);
}

impl<T: Tool> Family for Of<T> {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        T::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, _front: &[u8], options: &Options) -> Box<dyn Observer> {
        let (bytes, dropped, tool) = (Vec::new(), 0, PhantomData);
        Box::new(Collected::<T> { source, options: options.clone(), bytes, dropped, tool })
    }

    fn is_reading(&self) -> bool {
        true
    }

    fn is_of_one_thing(&self) -> bool {
        T::OF_ONE_THING
    }
}

struct Collected<T> {
    source: Arc<str>,
    options: Options,
    bytes: Vec<u8>,
    dropped: u64,
    tool: PhantomData<T>,
}

impl<T: Tool> Observer for Collected<T> {
    fn push(&mut self, chunk: &[u8], _sink: &mut dyn Sink) {
        let room = BYTES_MAX.saturating_sub(self.bytes.len()).min(chunk.len());
        self.bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
        self.dropped += (chunk.len() - room) as u64;
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> Source {
        let output = T::read(&self.bytes);
        let tally = T::tally(&output);
        let bytes = self.bytes.len() as u64 + self.dropped;
        let mut source = Source { path: self.source.to_string(), format: Some(T::NAME), bytes, ..Source::default() };
        source.span(0..bytes, Some(Text::Records));
        source.unrecognised = tally.odds();
        let cut = match self.dropped {
            // Bytes that are no text have no lines.
            0 if tally.lines > 0 && ends_differ(&self.bytes) => {
                let why = "some of its lines end in CR LF and others in LF, as those of one output do not";
                Some(tally.cut.clone().unwrap_or_else(|| why.to_owned()))
            }
            0 => tally.cut.clone(),
            dropped => Some(format!("it is longer than an output may be, and {dropped} bytes were not read")),
        };
        let is_run = self.source.starts_with(COMMAND);
        let at = stated(T::time(&output), &self.options, is_run);
        let host = self.host(&output, at.utc, &mut source.problems);
        let mut sheet = T::sheet(&output, &host, at.utc);
        source.hosts = vec![host.clone()];
        if let Some(why) = cut {
            sheet.cut(&why);
            source.problems.push(format!("it breaks off: {}", clean(&why)));
        }
        let utc = at.utc;
        let mut events = sheet.events.len() as u64;
        source.records = sheet.things.len() as u64 + events + T::entries_told(&output);
        let mut telling = Telling { host: &host, stream: T::NAME, at, source: &self.source, sink };
        if !self.options.bytes_only {
            sheet.things.iter().for_each(|read| telling.thing(read));
            for subject in sheet.whole {
                let text = format!("all of {} {} was listed", subject.kind().code(), subject.path());
                let (boot, suspends, but_for, starting) = (None, None, Vec::new(), false);
                telling.whole(subject, Fact::ReadWhole { boot, suspends, but_for, starting }, &text);
            }
            (1..).zip(&sheet.events).for_each(|(place, event)| telling.event(event, place));
            T::entries(&output, &self.bytes, &host, utc, &mut |event| {
                events += 1;
                telling.event(event, events);
            });
        }
        source
    }
}

impl<T: Tool> Collected<T> {
    fn host(&self, output: &T::Output, at: DateTime<Utc>, problems: &mut Vec<String>) -> String {
        if let Some(host) = self.options.host.clone().or_else(|| T::host(output)) {
            return host;
        }
        if let [host] = self.options.hosts_known.as_slice() {
            return host.clone();
        }
        let several = self.options.hosts_known.len() > 1;
        if several {
            problems.push("it does not say of which host it is; --host NAME says it".to_owned());
        }
        // By its drives, so that tomorrow's output is of the same host.
        let sheet = T::sheet(output, UNNAMED, at);
        let mut serials: Vec<&str> = sheet.things.iter().filter_map(|read| read.subject.serial()).collect();
        serials.retain(|serial| !serial.starts_with(UNNAMED));
        serials.sort_unstable();
        let names = serials.join("\n");
        let hash = xxh3_64(if names.is_empty() { &self.bytes } else { names.as_bytes() });
        format!("{UNNAMED}{:08x}", hash >> 32)
    }
}

/// When it was so. `is_run`: it is what a program printed just now, whose time is known, and no file.
fn stated(time: Option<Time>, options: &Options, is_run: bool) -> Stated {
    match time {
        Some(Time::Instant(utc)) => Stated { utc, written: None, basis: Basis::Stated },
        Some(Time::Local { local, zone, written }) => {
            let resolved = Resolver::new(options.timezone).resolve(local, zone.as_deref(), None);
            Stated { utc: resolved.utc, written: Some(clean(&written)), basis: resolved.basis }
        }
        None if is_run => Stated { utc: options.modified, written: None, basis: Basis::Stated },
        None => Stated { utc: options.modified, written: None, basis: Basis::OfFile },
    }
}

/// An array whose state is a word that is not known: somebody is to look at it.
pub(super) fn state_word(text: &str) -> Reason {
    Reason {
        ailment: Ailment::MemberErrors,
        key: "state-word".to_owned(),
        severity: Severity::Warning,
        rising: None,
        level: None,
        text: text.to_owned(),
    }
}

/// The name of a drive that has none, or whose serial number is masked: by its place, so that two are not taken for one.
pub(super) fn unnamed(host: &str, place: &str) -> Subject {
    Subject::drive(&unnamed_serial(host, place))
}

/// Whether a serial number is one: not empty, not made of the characters that people and tools hide one with, nor of one letter alone, nor
/// the word for it.
pub(super) fn is_serial(text: &str) -> bool {
    let hides = |c: char| matches!(c, 'X' | 'x' | '0' | '-' | '#' | '.' | ' ');
    let alike = text.chars().all(|c| text.starts_with(c));
    let word = ["redacted", "[redacted]", "masked", "hidden", "unknown", "none", "n/a"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    !text.contains('*') && !text.chars().all(hides) && !alike && !word
}
