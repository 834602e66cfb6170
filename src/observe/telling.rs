//! Telling what was read at one time: how each thing is, that there is no other, and entries of logs that came with it.

use super::machine::{Event, Read};
use crate::model::{
    ArrayState, Fact, Kind, Moment, Reading, Said, Sample, Severity, Sink, Statement, Subject, Thing, without_numbers,
};
use crate::words::clean;
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// A time, as a source states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    /// The instant.
    pub(super) utc: DateTime<Utc>,
    /// The text, if there is one.
    pub(super) written: Option<String>,
    /// How the instant follows from it.
    pub(super) basis: Basis,
}

/// Tells it.
pub(super) struct Telling<'a> {
    /// Of which host.
    pub(super) host: &'a str,
    /// The last part of the name of the stream of readings.
    pub(super) stream: &'a str,
    /// When it was read.
    pub(super) at: Stated,
    /// The source's name.
    pub(super) source: &'a Arc<str>,
    /// Who is told.
    pub(super) sink: &'a mut dyn Sink,
}

impl Telling<'_> {
    /// A thing, as it was read.
    pub(super) fn thing(&mut self, read: &Read) {
        let Read { subject, reading, text, values } = read.clone();
        if !values.is_empty() {
            self.sink.sample(&subject, Sample::new(self.at.utc.timestamp(), values));
        }
        let severity = worst(&reading);
        let reasons: Vec<&str> = reading.reasons.iter().map(|reason| reason.text.as_str()).collect();
        // An array's line says what is the matter with it already.
        let told = !reasons.is_empty() && subject.kind() != Kind::Array;
        let text = if told { format!("{text}: {}", reasons.join("; ")) } else { text };
        let statement = Statement { subject, fact: Fact::Read(Box::new(reading)), severity, text: clean(&text) };
        self.reading(&statement);
    }

    /// That nothing else is there.
    pub(super) fn whole(&mut self, subject: Subject, fact: Fact, text: &str) {
        self.reading(&Statement { subject, fact, severity: Severity::Info, text: text.to_owned() });
    }

    fn reading(&mut self, statement: &Statement) {
        let (stream, at) = (self.stream, self.at.clone());
        self.say(stream, statement, &at, "", 0);
    }

    /// An entry of a log, unless it was told when it was read first.
    pub(super) fn event(&mut self, event: &Event, place: u64) {
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
        let at = Stated { utc: event.at, written: event.written.clone(), basis: Basis::Stated };
        self.say(event.log, &Statement { subject, fact, severity, text }, &at, &numbers, place);
    }

    fn say(&mut self, log: &str, statement: &Statement, at: &Stated, numbers: &str, place: u64) {
        let stream = Subject::within(Kind::Stream, self.host, log);
        let bytes = serde_json::to_vec(statement).unwrap_or_default();
        let key = xxh3_64_with_seed(&bytes, xxh3_64(stream.to_string().as_bytes()));
        let said = Said {
            stream: &stream,
            key,
            at: Moment {
                utc: at.utc,
                written: at.written.as_deref(),
                offset: None,
                basis: at.basis,
                until: None,
                within: None,
            },
            numbers,
            ordinal: 0,
            source: self.source,
            // Entries of a log keep its order; of what one reading says of things, none is before another.
            span: place..place,
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
