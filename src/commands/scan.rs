//! `arraywatch scan`: the machine in, a verdict out, and what was read into the history.

use super::machine::{live, replayed, understood};
use super::{Common, Exit, complain, print, print_json};
use crate::diagnosis::{Digests, diagnose, once};
use crate::history::reach::last_said;
use crate::history::writer;
use crate::history::{Database, Trouble, reader};
use crate::keep::{Keeper, Start, clock, fold, state};
use crate::machine::entry::End;
use crate::model::{Kind, Observation, Subject, Verdict};
use crate::observe::Source;
use crate::observe::capture::{self, Told};
use crate::report::{json, text};
use chrono::{DateTime, Utc};
use clap::Args;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

/// What `scan` takes.
#[derive(Debug, Args)]
pub(super) struct Scan {
    /// Read a capture as if it were the host: a directory that `capture` wrote, or its file; kept only if --db is given
    #[arg(long, value_name = "PATH")]
    replay: Option<PathBuf>,
    /// Stop waiting for a device that says nothing for so many seconds; what it was asked is not cancelled
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    patience: u64,
    /// Show what was read without writing it to the history
    #[arg(long)]
    dry_run: bool,
}

/// Batches that may wait for the writer.
const WAITING: usize = 16;

/// What all readings of machines are called as a source.
const NAME: &str = "scan";

pub(super) fn run(scan: &Scan, common: &Common) -> Exit {
    let read = match &scan.replay {
        Some(path) => replayed(path, common),
        None => live(Duration::from_secs(scan.patience), common).and_then(|entries| understood(&entries, common)),
    };
    read.map(|told| show(scan, told, common)).unwrap_or_else(|exit| exit)
}

fn show(scan: &Scan, mut told: Told, common: &Common) -> Exit {
    let read_at = told.at;
    // Time stands still in a capture, unless somebody says otherwise.
    let now = common.now.unwrap_or(if scan.replay.is_some() { read_at } else { Utc::now() });
    let keeps = !scan.dry_run && (scan.replay.is_none() || common.db.is_some());
    let kept = keeps.then(|| kept(scan, &mut told, common, now));
    let not_kept = kept.as_ref().and_then(|kept| kept.as_ref().err()).map(ToString::to_string);
    if let Some(trouble) = &not_kept {
        complain(&format!("{trouble}; what follows is of this reading alone"));
    }
    let (source, observations, mut diagnosis) = match kept {
        Some(Ok(kept)) => kept,
        _ => alone(&told, now),
    };
    source.problems.iter().for_each(|problem| complain(problem));
    // What a reader did not come to may be anything.
    let unread = told.readers.iter().any(|reader| reader.end != Some(End::Done));
    diagnosis.incomplete |= unread || !source.problems.is_empty();
    if unread || told.is_empty() {
        diagnosis.verdict = diagnosis.verdict.max(Verdict::Unknown);
    }
    let exit = diagnosis.verdict.into();
    let shown = json::Scan {
        diagnosis: &diagnosis,
        sources: std::slice::from_ref(&source),
        observations: &observations,
        told: &told,
        read_at,
        not_kept: not_kept.as_deref(),
        now,
    };
    if common.json { print_json(&json::scan(&shown), exit) } else { print(&text::scan(&shown), exit) }
}

type Known = (Source, Vec<Observation>, crate::diagnosis::Diagnosis);

/// What this reading alone says.
fn alone(told: &Told, now: DateTime<Utc>) -> Known {
    let mut digests = Digests::default();
    let source = told.tell(&NAME.into(), false, &mut digests);
    let mut observations = digests.observations();
    observations.push(clock(&told.host, now));
    let observations: Vec<Observation> = once(&observations).into_iter().cloned().collect();
    let diagnosis = diagnose(&observations);
    (source, observations, diagnosis)
}

/// What it says together with all that was said before of the host.
fn kept(scan: &Scan, told: &mut Told, common: &Common, now: DateTime<Utc>) -> Result<Known, Trouble> {
    let place = common.place()?;
    let mut database = Database::write(&place)?;
    let last = last_reading(database.connection(), &told.host).map_err(database.trouble("read the history"))?;
    let at = if scan.replay.is_none() { capture::reading_at(told.at, last) } else { told.at };
    if at != told.at {
        told.is_of(at);
    }
    let told = &*told;
    let (to, from) = sync_channel(WAITING);
    let keeper = Keeper::new(database.connection(), to, now);
    let mut keeper = keeper.map_err(database.trouble("read the history"))?;
    keeper.look_up_in(Database::read(&place)?);
    let path = database.path().to_owned();
    let connection = database.connection_mut();
    let (source, written) = thread::scope(|scope| {
        let writer = scope.spawn(move || writer::write(connection, from));
        keeper.begin(&Start {
            name: NAME,
            path: None,
            format: "capture",
            timezone: None,
            host: Some(&told.host),
            front: &[],
            fingerprint: None,
            replaces: false,
            passing: true,
        });
        let source = told.tell(&NAME.into(), false, &mut keeper);
        keeper.finish(&source, true);
        keeper.close();
        (source, writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    written.map_err(|error| Trouble::new("write the history", &path, error))?;
    fold::bring_up_to_date(database.connection()).map_err(database.trouble("write the history"))?;
    let wanted = |stream: &reader::Stream| stream.name.host_name() == Some(told.host.as_str());
    let state = state(database.connection(), now, wanted).map_err(database.trouble("read the history"))?;
    Ok((source, state.observations, state.diagnosis))
}

/// When the machine was read last.
fn last_reading(history: &rusqlite::Connection, host: &str) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let name = Subject::within(Kind::Stream, host, capture::MACHINE);
    let stream = reader::streams(history)?.into_iter().find(|stream| stream.name == name);
    Ok(stream.map(|stream| last_said(history, stream.id)).transpose()?.flatten())
}
