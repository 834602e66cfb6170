//! Digests of a source that is read and not kept.

use super::Digest;
use crate::model::{Evidence, Observation, Said, Sink, Statement, Subject};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Statements remembered by their key. A log in which every record says something else would fill the memory.
const KNOWN_MAX: usize = 10_000;

/// A digest for each stream of a source.
#[derive(Default)]
pub struct Digests {
    streams: Vec<Stream>,
    known: HashMap<u64, Statement>,
    source: Option<Arc<str>>,
}

struct Stream {
    subject: Subject,
    digest: Digest,
    interrupted: bool,
}

impl Digests {
    /// The observations of all streams.
    pub fn observations(&self) -> Vec<Observation> {
        let of = |stream: &Stream| stream.digest.observations(stream.interrupted);
        let mut observations: Vec<Observation> = self.streams.iter().flat_map(of).collect();
        observations.sort_by_key(Observation::order);
        observations
    }

    /// Records that say no more than their severity, of information only.
    pub fn counted(&self) -> u64 {
        self.streams.iter().map(|stream| stream.digest.counted()).sum()
    }

    fn stream(&mut self, subject: &Subject) -> Option<&mut Stream> {
        let at = self.streams.iter().position(|stream| stream.subject == *subject);
        let at = at.unwrap_or_else(|| {
            let digest = Digest::default();
            self.streams.push(Stream { subject: subject.clone(), digest, interrupted: false });
            self.streams.len() - 1
        });
        self.streams.get_mut(at)
    }
}

impl Sink for Digests {
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        let mut known = std::mem::take(&mut self.known);
        let statement = known.entry(said.key).or_insert_with(statement);
        if let Some(stream) = self.stream(said.stream) {
            stream.digest.take(said, statement);
        }
        self.known = known;
        if self.source.is_none() {
            self.source = Some(Arc::clone(said.source));
        }
    }

    fn recant(&mut self, stream: &Subject, _key: u64, _at: DateTime<Utc>, span: &Range<u64>) {
        let Some(source) = self.source.clone() else { return };
        let evidence = Evidence { source, start: span.start, end: span.end };
        if let Some(stream) = self.stream(stream) {
            stream.digest.recant(&evidence);
        }
    }

    fn end(&mut self, stream: &Subject, interrupted: bool) {
        if let Some(stream) = self.stream(stream) {
            stream.interrupted = interrupted;
        }
    }
}
