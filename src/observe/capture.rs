//! Captures: what a machine answered. A format among others, so that a machine that was read here, or one whose owner sent what it
//! answered, is judged and kept the same way as a log.

use super::families::{Family, Observer};
use super::machine::{self, Event, Read};
use super::source::{Options, Source};
use crate::machine::capture::{self, Capture};
use crate::machine::entry::End;
use crate::model::{
    ArrayState, Fact, Kind, Moment, Reading, Said, Sample, Severity, Sink, Statement, Subject, Thing, without_numbers,
};
use crate::probes;
use crate::words::clean;
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// A capture of a host with hundreds of drives has some MiB.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// The stream of what readings of a machine say: the last part of its subject.
pub const MACHINE: &str = "machine";

/// The reader that lists what there is.
const TOPOLOGY: &str = "topology";

/// The family.
pub(super) struct Captures;

impl Family for Captures {
    fn name(&self) -> &'static str {
        "capture"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        capture::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, _front: &[u8], options: &Options) -> Box<dyn Observer> {
        Box::new(Collected { source, options: options.clone(), bytes: Vec::new(), dropped: 0 })
    }
}

/// The family, for whoever reads a machine and not a file.
pub fn family() -> &'static dyn Family {
    &Captures
}

struct Collected {
    source: Arc<str>,
    options: Options,
    bytes: Vec<u8>,
    dropped: u64,
}

impl Observer for Collected {
    fn push(&mut self, chunk: &[u8], _sink: &mut dyn Sink) {
        let room = BYTES_MAX.saturating_sub(self.bytes.len()).min(chunk.len());
        self.bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
        self.dropped += (chunk.len() - room) as u64;
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> Source {
        let mut capture = Capture::read(&self.bytes);
        let mut source = Source {
            path: self.source.to_string(),
            format: Some("capture"),
            bytes: self.bytes.len() as u64 + self.dropped,
            unrecognised: capture.not_understood,
            ..Source::default()
        };
        let Some(head) = capture.head.clone() else {
            source.problems.push("it does not say which host it is of, and when".to_owned());
            return source;
        };
        let Some(at) = DateTime::from_timestamp(head.at, 0) else {
            source.problems.push("its time is none".to_owned());
            return source;
        };
        if self.dropped > 0 {
            source.problems.push(format!("longer than a capture may be: {} bytes were not read", self.dropped));
        }
        if capture.not_understood > 0 {
            source.problems.push(format!("{} of its lines are none of a capture", capture.not_understood));
        }
        let host = self.options.host.clone().unwrap_or(head.host);
        source.hosts = vec![host.clone()];
        let machine = probes::machine(&mut capture.machine);
        let mut said = machine::said(&host, &machine, at);
        machine::not_read(&host, &mut said, &capture.readers);
        source.records = (said.things.len() + said.events.len()) as u64;
        if self.options.bytes_only {
            return source;
        }
        let mut telling = Telling { host: &host, at, source: &self.source, bytes: self.bytes.len() as u64, sink };
        let whole = capture.readers.iter().any(|ran| ran.name == TOPOLOGY && ran.end == Some(End::Done));
        let controllers = said.things.iter().filter(|read| read.subject.kind() == Kind::Controller);
        let not_read =
            controllers.filter(|read| read.reading.unread.is_some()).map(|read| read.subject.clone()).collect();
        said.things.into_iter().for_each(|read| telling.thing(read));
        if whole {
            telling.whole(&machine.topology, not_read);
        } else {
            source.problems.push(
                "the machine's list of devices is not whole: nothing is concluded from what is not in it".to_owned(),
            );
        }
        said.events.iter().for_each(|event| telling.event(event));
        source
    }
}

/// Tells what a capture says.
struct Telling<'a> {
    host: &'a str,
    at: DateTime<Utc>,
    source: &'a Arc<str>,
    bytes: u64,
    sink: &'a mut dyn Sink,
}

impl Telling<'_> {
    /// A thing, as it was read at the time of the capture.
    fn thing(&mut self, read: Read) {
        let Read { subject, reading, text, values } = read;
        if !values.is_empty() {
            self.sink.sample(&subject, Sample::new(self.at.timestamp(), values));
        }
        let severity = worst(&reading);
        let reasons: Vec<&str> = reading.reasons.iter().map(|reason| reason.text.as_str()).collect();
        // An array's line says what is the matter with it already.
        let told = !reasons.is_empty() && subject.kind() != Kind::Array;
        let text = if told { format!("{text}: {}", reasons.join("; ")) } else { text };
        let statement = Statement { subject, fact: Fact::Read(Box::new(reading)), severity, text: clean(&text) };
        self.say(MACHINE, &statement, self.at, None, "");
    }

    /// That nothing else is there, but for what controllers may hold that were not read.
    fn whole(&mut self, topology: &probes::Topology, but_for: Vec<Subject>) {
        let (boot, suspends) = (topology.boot_id.clone(), topology.suspends);
        let subject = Subject::host(self.host);
        let fact = Fact::ReadWhole { boot, suspends, but_for };
        let text = "all that the machine has was listed".to_owned();
        self.say(MACHINE, &Statement { subject, fact, severity: Severity::Info, text }, self.at, None, "");
    }

    /// An entry of a log, unless it was told when it was read first.
    fn event(&mut self, event: &Event) {
        let name = format!("{:016x}", xxh3_64(&event.name));
        if self.sink.was_told(&Subject::within(Kind::Stream, self.host, event.log), &name) {
            return;
        }
        let (mut text, mut numbers) = (String::new(), String::new());
        let words = clean(&event.text);
        if without_numbers(&words, &mut text, &mut numbers).is_none() {
            (text, numbers) = (words, String::new());
        }
        // The entry's name stands behind the numbers of its text: two entries that say the same are two.
        numbers = format!("{numbers},{name}");
        let Event { subject, fact, severity, .. } = event.clone();
        self.say(event.log, &Statement { subject, fact, severity, text }, event.at, event.written.as_deref(), &numbers);
    }

    fn say(&mut self, log: &str, statement: &Statement, at: DateTime<Utc>, written: Option<&str>, numbers: &str) {
        let stream = Subject::within(Kind::Stream, self.host, log);
        let bytes = serde_json::to_vec(statement).unwrap_or_default();
        let key = xxh3_64_with_seed(&bytes, xxh3_64(stream.to_string().as_bytes()));
        let said = Said {
            stream: &stream,
            key,
            at: Moment { utc: at, written, offset: None, basis: Basis::Stated, until: None, within: None },
            numbers,
            ordinal: 0,
            source: self.source,
            span: 0..self.bytes,
            interrupted: false,
        };
        self.sink.say(&said, &mut || statement.clone());
    }
}

fn worst(reading: &Reading) -> Severity {
    let state = match &reading.thing {
        Thing::Array(array) => match array.state {
            ArrayState::Degraded | ArrayState::Failed => Severity::Critical,
            ArrayState::Rebuilding | ArrayState::Unknown => Severity::Warning,
            ArrayState::Optimal => Severity::Info,
        },
        _ => Severity::Info,
    };
    reading.reasons.iter().map(|reason| reason.severity).max().unwrap_or(Severity::Info).max(state)
}
