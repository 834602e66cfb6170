//! What a person says is an observation like others: kept with who said it, and folded at its time.

use super::fold;
use crate::history::writer;
use crate::history::{Begin, End, Entry, Part, Row, Written, reader};
use crate::model::{Kind, Observation, ObservationId, Statement, Subject, When};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Result};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The format of sources that are people.
pub const OPERATOR: &str = "operator";

/// What a person says.
#[derive(Debug, Clone)]
pub struct Saying {
    /// What.
    pub statement: Statement,
    /// Of when.
    pub at: When,
    /// Who.
    pub by: String,
    /// On which host.
    pub host: String,
}

/// Keeps what a person says. Gives the observation, and whether it is new: the same said of the same time is the same.
///
/// # Errors
/// If the history cannot be read or written.
pub fn say(history: &Connection, saying: &Saying, now: DateTime<Utc>) -> Result<(Observation, bool)> {
    let Saying { statement, at, by, host } = saying;
    let stream = Subject::within(Kind::Stream, host, OPERATOR);
    let json = serde_json::to_string(statement).unwrap_or_default();
    let key = xxh3_64_with_seed(format!("{by} {json}").as_bytes(), xxh3_64(stream.to_string().as_bytes()));
    let id = ObservationId::of(key, at.utc, "", 0);
    let sources = reader::sources(history)?;
    let source = sources.iter().map(|source| source.id).max().unwrap_or(0) + 1;
    let said = |known: &&reader::Source| known.format == OPERATOR && known.content == id.0;
    let begin = Begin {
        id: source,
        name: by.clone(),
        path: None,
        format: OPERATOR,
        timezone: None,
        host: None,
        front: id.0,
        read_at: now.timestamp(),
    };
    let second = at.utc.timestamp();
    let row = Row {
        key,
        at: second,
        numbers: "".into(),
        times: 1,
        source,
        start: 0,
        length: 0,
        interrupted: false,
        basis: at.basis as u8,
        written: at.written.as_deref().map_or(Written::Not, |written| Written::As(written.into())),
        until: at.until.map(|until| until.timestamp()),
        within: at.within.map(|within| within.num_seconds()),
    };
    let end = End {
        id: source,
        content: id.0,
        bytes: 0,
        fingerprint: None,
        records: 1,
        unrecognised: 0,
        damaged: 0,
        same_as: sources.iter().find(said).map(|known| known.id),
        supersedes: Vec::new(),
        replaces: false,
        parts: vec![Part { stream: stream.clone(), first_at: second, last_at: second, interrupted: false }],
        checkpoints: Vec::new(),
        said: Vec::new(),
        remarks: Vec::new(),
        recants: Vec::new(),
    };
    let statement = Box::new(statement.clone());
    let entries = vec![
        Entry::Begin(begin),
        Entry::Statement { key, stream, statement },
        Entry::Said(row),
        Entry::End(Box::new(end)),
    ];
    let written = writer::write(history, [entries])?;
    fold::bring_up_to_date(history)?;
    let Statement { subject, fact, severity, text } = saying.statement.clone();
    let observation = Observation { id, at: at.clone(), subject, fact, severity, evidence: None, text };
    Ok((observation, written.iter().any(|(_, tally)| tally.new > 0)))
}
