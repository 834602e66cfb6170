//! `arraywatch history`: what became of one drive, bay or array.

use super::names::chosen;
use super::{Common, Exit, complain, print, print_json, troubled};
use crate::chronicle::{self, Course, Entry, Ground};
use crate::diagnosis::overlapping;
use crate::history::find::find;
use crate::history::{Database, Trouble, reader, samples};
use crate::keep::{self, Asked, State};
use crate::model::{Kind, Sample, Subject};
use crate::report::json::Shown;
use crate::report::{csv as table, json, text};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use std::collections::BTreeSet;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Where a drive sat and when, what happened, what became of it
    Drive {
        /// Its serial number, or the front of it
        serial: String,
        #[command(flatten)]
        format: Format,
    },
    /// Which drives sat in a bay, and what happened in that place
    Bay {
        /// As c1/e0/s3, engine/c1/e0/s3 or bay:engine/c1/e0/s3, or its printed label; the front of it is enough
        bay: String,
        #[command(flatten)]
        format: Format,
    },
    /// An array's states over time, rebuilds, relapses, members then and now
    Array {
        /// As c1/l0, md0, engine/md0 or array:engine/md0; the front of it is enough
        array: String,
        #[command(flatten)]
        format: Format,
    },
}

#[derive(Debug, Args)]
pub(super) struct Format {
    /// Print what happened as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

pub(super) fn run(verb: &Verb, common: &Common) -> Exit {
    let (kind, typed, format) = match verb {
        Verb::Drive { serial, format } => (Kind::Drive, serial, format),
        Verb::Bay { bay, format } => (Kind::Bay, bay, format),
        Verb::Array { array, format } => (Kind::Array, array, format),
    };
    show(kind, typed, format, common).unwrap_or_else(|trouble| troubled(&trouble))
}

fn show(kind: Kind, typed: &str, format: &Format, common: &Common) -> Result<Exit, Trouble> {
    let database = Database::read(&common.place()?)?;
    let cannot = || database.trouble("read the history");
    let history = database.connection();
    let found = find(history, kind, typed, common.host.as_deref()).map_err(cannot())?;
    let subject = match chosen(found, kind, typed) {
        Ok(subject) => subject,
        Err(exit) => return Ok(exit),
    };
    // Of a fleet only the hosts that know it are looked at.
    let hosts = hosts(history, &subject).map_err(cannot())?;
    let on_them = |stream: &reader::Stream| stream.name.host_name().is_some_and(|host| hosts.contains(host));
    let state = keep::state(history, common.now(), on_them).map_err(cannot())?;
    let told = keep::told(history, &asked(&state, &subject)).map_err(cannot())?;
    let State { diagnosis, observations, .. } = &state;
    let ground = Ground { diagnosis, observations, told: &told, now: common.now() };
    let broken_off: Vec<String> = state
        .sources
        .iter()
        .filter(|source| !source.whole && source.superseded_by.is_none())
        .map(|source| source.name.clone())
        .collect();
    let shown = Shown {
        inventory: &diagnosis.inventory,
        now: common.now(),
        evidence_until: diagnosis.evidence_until,
        kept_from: state.kept_from,
        broken_off: &broken_off,
    };
    let wanted = if format.csv {
        Output::Csv
    } else if common.json {
        Output::Json
    } else {
        Output::Text
    };
    if let Some(serial) = subject.serial() {
        let conflicts = keep::conflicts(history, &diagnosis.inventory, Some(serial)).map_err(cannot())?;
        // It went away and came back: only report by report can be told when.
        let returned = conflicts.is_empty() && !overlapping(&diagnosis.inventory, Some(serial)).is_empty();
        let listed = if returned { keep::listed(history, serial).map_err(cannot())? } else { Vec::new() };
        let samples = measured(history, &subject).map_err(cannot())?;
        let drive = chronicle::drive(&ground, serial, conflicts, &listed, &samples);
        return Ok(wanted.put(
            &drive.course,
            || json::history_drive(&drive, shown),
            || text::history_drive(&drive, shown),
        ));
    }
    if kind == Kind::Bay {
        let bay = chronicle::bay(&ground, &subject);
        return Ok(wanted.put(&bay.course, || json::history_bay(&bay, shown), || text::history_bay(&bay, shown)));
    }
    let Some(array) = chronicle::array(&ground, &subject) else {
        complain(&format!("{subject} is named, and nothing says what it is"));
        return Ok(Exit::NoInput);
    };
    Ok(wanted.put(&array.course, || json::history_array(&array, shown), || text::history_array(&array, shown)))
}

/// What was measured of a drive. What cannot be read any more of it is said in a line.
fn measured(history: &rusqlite::Connection, drive: &Subject) -> rusqlite::Result<Vec<Sample>> {
    let Some(id) = reader::subject_id(history, drive)? else { return Ok(Vec::new()) };
    match samples::range(history, id, 0, samples::LAST) {
        Ok(range) => {
            for lost in &range.damaged {
                complain(&format!("samples of {drive} from second {} on cannot be read: {}", lost.at, lost.damage));
            }
            Ok(range.samples)
        }
        Err(samples::Error::Database(error)) => Err(error),
        // A number beyond all drives has no samples.
        Err(samples::Error::OutOfRange(_)) => Ok(Vec::new()),
    }
}

fn hosts(history: &rusqlite::Connection, subject: &Subject) -> rusqlite::Result<BTreeSet<String>> {
    if let Some(host) = subject.host_name() {
        return Ok(BTreeSet::from([host.to_owned()]));
    }
    let streams = reader::streams_about(history, subject)?;
    Ok(streams.iter().filter_map(|stream| stream.name.host_name()).map(str::to_owned).collect())
}

fn asked(state: &State, subject: &Subject) -> Vec<Asked> {
    match subject.serial() {
        Some(serial) => chronicle::asked(&state.diagnosis, serial),
        None => vec![(subject.clone(), DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC)],
    }
}

#[derive(Clone, Copy)]
enum Output {
    Text,
    Json,
    Csv,
}

impl Output {
    fn put(self, course: &Course<'_>, json: impl FnOnce() -> serde_json::Value, text: impl FnOnce() -> String) -> Exit {
        match self {
            Self::Text => print(&text(), Exit::Healthy),
            Self::Json => print_json(&json(), Exit::Healthy),
            Self::Csv => print(&rows(&course.entries), Exit::Healthy),
        }
    }
}

fn rows(entries: &[Entry]) -> String {
    let mut to = csv::Writer::from_writer(Vec::new());
    let written =
        table::header(&mut to).and_then(|()| entries.iter().try_for_each(|one| table::event(&mut to, &one.event())));
    debug_assert!(written.is_ok(), "memory takes what is written to it");
    String::from_utf8(to.into_inner().unwrap_or_default()).unwrap_or_default()
}
