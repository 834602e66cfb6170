//! What is watched and what is not, as JSON.

use super::time;
use crate::history::Daemon;
use crate::history::reader::Source;
use crate::report::coverage::{Command, Coverage, NotWatched, Watch};
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
            "why": not.why.code(),
            "text": &not.text,
            "last_read": time(not.last),
        })
    };
    let not_followed = |(path, text): &(String, String)| object!({ "path": path, "text": text });
    let not_run = |(name, text): &(String, String)| object!({ "name": name, "text": text });
    let command = |command: &Command| {
        object!({
            "name": &command.name,
            "every_seconds": command.every.num_seconds(),
            "last_read": command.read.map(time),
            "late": command.is_late(now),
        })
    };
    let half = |source: &Source| {
        object!({
            "source": crate::words::clean(&source.name),
            "format": &source.format,
            "records": source.records,
            "unrecognised": source.unrecognised,
        })
    };
    object!({
        "schema": "arraywatch.coverage/1",
        "db": crate::words::clean(&database.to_string_lossy()),
        "now": time(now),
        "daemon": watch(coverage.watch),
        "watched": watched,
        "not_watched": coverage.not_watched.iter().map(not).collect::<Vec<_>>(),
        "not_followed": coverage.not_followed.iter().map(not_followed).collect::<Vec<_>>(),
        "not_run": coverage.not_run.iter().map(not_run).collect::<Vec<_>>(),
        "commands": coverage.commands.iter().map(command).collect::<Vec<_>>(),
        "half_understood": coverage.half_understood.iter().map(half).collect::<Vec<_>>(),
    })
}

/// Whether anybody watches.
pub(super) fn watch(watch: Watch) -> Value {
    let (runs, process) = match watch.daemon {
        Daemon::Runs(process) => (Some(true), process),
        Daemon::None => (Some(false), None),
        Daemon::Unknown => (None, None),
    };
    object!({
        "runs": runs,
        "process": process,
        "configured": watch.is_configured,
        "channels": watch.channels,
    })
}
