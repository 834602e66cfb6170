//! Readings of machines that are judged at once: told in the order of time, whatever the order of the files that hold them, so that
//! several captures of a machine are its history.

use crate::diagnosis::Digests;
use crate::model::{Observation, Said, Sink, Statement, Subject, When};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// What captures say, until all have been read.
#[derive(Default)]
pub(super) struct Readings {
    told: Vec<(Told, Statement)>,
    /// Entries of the machines' logs.
    entries: HashSet<(Subject, String)>,
}

/// That a statement was made, to keep.
struct Told {
    stream: Subject,
    key: u64,
    at: When,
    numbers: String,
    source: Arc<str>,
    span: Range<u64>,
}

impl Readings {
    /// What they come to.
    pub(super) fn observations(mut self) -> Vec<Observation> {
        // A stable sort: what is said in one second is in the order in which it was said.
        self.told.sort_by_key(|(told, _)| told.at.utc);
        let mut digests = Digests::default();
        for (told, statement) in self.told {
            let Told { stream, key, at, numbers, source, span } = told;
            let said = Said {
                stream: &stream,
                key,
                at: at.moment(),
                numbers: &numbers,
                ordinal: 0,
                source: &source,
                span,
                interrupted: false,
            };
            digests.say(&said, &mut || statement.clone());
        }
        digests.observations()
    }
}

impl Sink for Readings {
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        let told = Told {
            stream: said.stream.clone(),
            key: said.key,
            at: said.at.when(),
            numbers: said.numbers.to_owned(),
            source: Arc::clone(said.source),
            span: said.span.clone(),
        };
        self.told.push((told, statement()));
    }

    fn recant(&mut self, _stream: &Subject, _key: u64, _at: DateTime<Utc>, _span: &Range<u64>) {
        // A capture is not parsed line by line: nothing that it said turns out to be damaged later.
    }

    fn was_told(&mut self, stream: &Subject, entry: &str) -> bool {
        !self.entries.insert((stream.clone(), entry.to_owned()))
    }

    fn end(&mut self, _stream: &Subject, _interrupted: bool) {}
}
