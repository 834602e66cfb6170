//! Who read each thing last.

use super::State;
use super::fold;
use crate::model::Subject;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Result};
use std::collections::BTreeMap;

/// When a thing was read last, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastReading {
    /// The thing.
    pub subject: Subject,
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The stream that the reading is in: of which host, and by which family or tool.
    pub stream: Subject,
    /// The name of the source: a file, `scan`, `command:` and a name. Two commands may print what is of one stream. Empty if it is not known.
    pub source: String,
}

/// Of each thing, its last reading in each stream.
///
/// # Errors
/// If the history cannot be read.
pub fn last_readings(history: &Connection, state: &State) -> Result<Vec<LastReading>> {
    let names: BTreeMap<String, &str> =
        state.sources.iter().map(|source| (source.id.to_string(), source.name.as_str())).collect();
    let mut readings = Vec::new();
    for stream in &state.streams {
        let digest = fold::digest(history, stream)?.digest;
        readings.extend(digest.last_readings().map(|(subject, at, source)| {
            let source = source.and_then(|source| names.get(source.as_ref()).copied()).unwrap_or_default().to_owned();
            LastReading { subject, at, stream: stream.name.clone(), source }
        }));
    }
    Ok(readings)
}
