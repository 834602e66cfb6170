//! The digests of streams that are read for the first time, made while they are read: what is written in the order of time need
//! not be read back to be folded. As soon as that order does not hold, the digest is given up, and made from what was written.

use super::fold::{EVERY, packed};
use crate::diagnosis::Digest;
use crate::history::checkpoint::New;
use crate::model::{Said, Statement, Subject};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

/// Statements remembered; a log in which every record says something else is folded from what was written.
const KNOWN_MAX: usize = 20_000;

/// Streams whose digests are made while they are read.
pub(super) struct Live {
    /// Streams that were known before.
    known: HashSet<Subject>,
    streams: Vec<(Subject, Stream)>,
    statements: HashMap<u64, Statement>,
}

/// A stream that is read for the first time.
struct Stream {
    digest: Digest,
    last: DateTime<Utc>,
    since: u64,
    checkpoints: Vec<New>,
    /// Whether it was in the order of time so far.
    in_order: bool,
}

impl Live {
    pub(super) fn new(known: HashSet<Subject>) -> Self {
        Self { known, streams: Vec::new(), statements: HashMap::new() }
    }

    /// Whether what a stream says is worth telling here.
    pub(super) fn follows(&self, stream: &Subject) -> bool {
        match self.streams.iter().find(|(known, _)| known == stream) {
            Some((_, stream)) => stream.in_order,
            None => !self.known.contains(stream),
        }
    }

    /// Something is said, for the first time by that key if the statement is given.
    pub(super) fn say(&mut self, said: &Said<'_>, statement: Option<&Statement>) {
        if let Some(statement) = statement.filter(|_| self.statements.len() < KNOWN_MAX) {
            self.statements.insert(said.key, statement.clone());
        }
        let at = self.streams.iter().position(|(stream, _)| stream == said.stream).unwrap_or_else(|| {
            let (digest, last) = (Digest::default(), said.at.utc);
            let stream = Stream { digest, last, since: 0, checkpoints: Vec::new(), in_order: true };
            self.streams.push((said.stream.clone(), stream));
            self.streams.len() - 1
        });
        let Some((_, stream)) = self.streams.get_mut(at) else { return };
        match self.statements.get(&said.key) {
            Some(statement) => stream.say(said, statement),
            None => stream.in_order = false,
        }
    }

    /// Something was taken back.
    pub(super) fn recant(&mut self, stream: &Subject) {
        if let Some((_, stream)) = self.streams.iter_mut().find(|(known, _)| known == stream) {
            stream.in_order = false;
        }
    }

    /// The source has ended: the checkpoints of the streams that were in order all through.
    pub(super) fn finish(&mut self) -> Vec<(Subject, Vec<New>)> {
        self.statements.clear();
        self.known.extend(self.streams.iter().map(|(stream, _)| stream.clone()));
        let finished = std::mem::take(&mut self.streams).into_iter().filter(|(_, stream)| stream.in_order);
        finished.map(|(subject, stream)| (subject, stream.finish())).collect()
    }
}

impl Stream {
    fn say(&mut self, said: &Said<'_>, statement: &Statement) {
        let at = said.at.utc;
        if statement.fact.is_remark() {
            // It is told late: what was kept up to its time lacks it.
            self.checkpoints.retain(|checkpoint| checkpoint.at < at.timestamp());
        } else {
            // Of equal records of a second, one place is kept; which, the writer knows.
            if at < self.last || said.ordinal > 0 {
                self.in_order = false;
            } else if self.since >= EVERY && self.last < at {
                self.since = 0;
                self.checkpoints.push(packed(self.last, &self.digest));
            }
            self.since += 1;
            self.last = at;
        }
        if self.in_order {
            self.digest.take(said, statement);
        }
    }

    fn finish(mut self) -> Vec<New> {
        self.checkpoints.push(packed(self.last, &self.digest));
        self.checkpoints.dedup_by_key(|checkpoint| checkpoint.at);
        self.checkpoints
    }
}
