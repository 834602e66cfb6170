//! What is watched and what is not, as JSON.

use super::time;
use crate::report::coverage::{Coverage, NotWatched};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use std::path::Path;

/// `arraywatch.coverage/1`
pub fn coverage(coverage: &Coverage, database: &Path, now: DateTime<Utc>) -> Value {
    let watched: Map<String, Value> =
        coverage.watched.iter().map(|(kind, number)| (kind.code().to_owned(), json!(number))).collect();
    let not = |not: &NotWatched| {
        object!({
            "subject": not.subject.to_string(),
            "why": not.why.map_or("not-read-lately", |why| why.code()),
            "text": &not.text,
            "last_read": time(not.last),
        })
    };
    object!({
        "schema": "arraywatch.coverage/1",
        "db": crate::words::clean(&database.to_string_lossy()),
        "now": time(now),
        "watched": watched,
        "not_watched": coverage.not_watched.iter().map(not).collect::<Vec<_>>(),
    })
}
