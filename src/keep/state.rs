//! What all that is kept comes to, at a time.

use super::fold;
use crate::diagnosis::{Diagnosis, diagnose, once};
use crate::history::reader::{self, Source, Stream};
use crate::model::{Fact, Observation, ObservationId, Severity, Subject, When};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// What is kept and what it comes to.
#[derive(Debug)]
pub struct State {
    /// The diagnosis, at the time that was asked for.
    pub diagnosis: Diagnosis,
    /// What it rests on, in order of time.
    pub observations: Vec<Observation>,
    /// The streams that were asked for.
    pub streams: Vec<Stream>,
    /// All sources.
    pub sources: Vec<Source>,
    /// The time before which observations are summed up.
    pub kept_from: Option<DateTime<Utc>>,
}

/// Diagnoses what is kept: of the streams that `wanted` picks, as of `now`. Nothing is written.
///
/// # Errors
/// If the history cannot be read.
pub fn state(history: &Connection, now: DateTime<Utc>, wanted: impl Fn(&Stream) -> bool) -> Result<State> {
    // All of it as of one moment, whatever a writer does meanwhile.
    let reading = history.unchecked_transaction()?;
    let sources = reader::sources(&reading)?;
    let names: BTreeMap<String, Arc<str>> =
        sources.iter().map(|source| (source.id.to_string(), source.name.as_str().into())).collect();
    let mut streams: Vec<Stream> = Vec::new();
    let mut observations = Vec::new();
    for stream in reader::streams(&reading)?.into_iter().filter(wanted) {
        if reader::says_something(&reading, stream.id)? {
            let digested = fold::digest(&reading, &stream)?;
            observations.extend(digested.digest.observations(digested.interrupted));
            streams.push(stream);
        }
    }
    for evidence in observations.iter_mut().filter_map(|one: &mut Observation| one.evidence.as_mut()) {
        if let Some(name) = names.get(evidence.source.as_ref()) {
            evidence.source = Arc::clone(name);
        }
    }
    let hosts: BTreeSet<&str> = streams.iter().filter_map(|stream| stream.name.host_name()).collect();
    observations.extend(hosts.into_iter().map(|host| clock(host, now)));
    let observations: Vec<Observation> = once(&observations).into_iter().cloned().collect();
    let kept_from = reader::kept_from(&reading)?.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    Ok(State { diagnosis: diagnose(&observations), observations, streams, sources, kept_from })
}

/// That time passed on a host is an observation as well.
pub fn clock(host: &str, now: DateTime<Utc>) -> Observation {
    Observation {
        id: ObservationId(xxh3_64(format!("{host} {now}").as_bytes())),
        at: When::exactly(now),
        subject: Subject::host(host),
        fact: Fact::Clock,
        severity: Severity::Info,
        evidence: None,
        text: "the present time".to_owned(),
    }
}
