//! `arraywatch scan`: the machine in, a verdict out, and what was read into the history.

use super::gather::{Observing, Taker};
use super::machine::{Read, live, replayed};
use super::{Common, Exit, complain, print, print_json};
use crate::diagnosis::{diagnose, once};
use crate::history::reach::last_said;
use crate::history::writer;
use crate::history::{Database, Trouble, reader};
use crate::keep::{Keeper, Start, clock, fold, state};
use crate::machine::entry::End;
use crate::model::{Kind, Observation, Subject, Verdict};
use crate::observe::{Options, Source, capture};
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

/// Readings so many seconds apart, and no more, may be of one moment.
const SOON: i64 = 5;

/// What all readings of machines are called as a source.
const NAME: &str = "scan";

pub(super) fn run(scan: &Scan, common: &Common) -> Exit {
    let read = match &scan.replay {
        Some(path) => replayed(path),
        None => live(Duration::from_secs(scan.patience), common),
    };
    read.and_then(|read| show(scan, &read, common)).unwrap_or_else(|exit| exit)
}

fn show(scan: &Scan, read: &Read, common: &Common) -> Result<Exit, Exit> {
    let host = common.host.clone().unwrap_or_else(|| read.head.host.clone());
    let read_at = DateTime::from_timestamp(read.head.at, 0).unwrap_or_default();
    // Time stands still in a capture, unless somebody says otherwise.
    let now = common.now.unwrap_or(if scan.replay.is_some() { read_at } else { Utc::now() });
    let keeps = !scan.dry_run && (scan.replay.is_none() || common.db.is_some());
    let kept = keeps.then(|| kept(scan, read, &host, common, now));
    let not_kept = kept.as_ref().and_then(|kept| kept.as_ref().err()).map(ToString::to_string);
    if let Some(trouble) = &not_kept {
        complain(&format!("{trouble}; what follows is of this reading alone"));
    }
    let (source, observations, mut diagnosis) = match kept {
        Some(Ok(kept)) => kept,
        _ => alone(read, &host, now),
    };
    source.problems.iter().for_each(|problem| complain(problem));
    diagnosis.incomplete |= !source.problems.is_empty();
    let told = read.told(&host);
    // What a reader did not come to may be anything.
    let unread = told.readers.iter().any(|reader| reader.end != Some(End::Done));
    diagnosis.incomplete |= unread;
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
    Ok(if common.json { print_json(&json::scan(&shown), exit) } else { print(&text::scan(&shown), exit) })
}

type Known = (Source, Vec<Observation>, crate::diagnosis::Diagnosis);

/// What this reading alone says.
fn alone(read: &Read, host: &str, now: DateTime<Utc>) -> Known {
    let mut observing = Observing::default();
    let mut source = observed(read, host, &mut observing);
    observing.finish(&mut source, true);
    let mut observations = observing.into_observations();
    observations.push(clock(host, now));
    let observations: Vec<Observation> = once(&observations).into_iter().cloned().collect();
    let diagnosis = diagnose(&observations);
    (source, observations, diagnosis)
}

/// What it says together with all that was said before of the host.
fn kept(scan: &Scan, read: &Read, host: &str, common: &Common, now: DateTime<Utc>) -> Result<Known, Trouble> {
    let place = common.place()?;
    let mut database = Database::write(&place)?;
    let last = last_reading(database.connection(), host).map_err(database.trouble("read the history"))?;
    // What is read at one second is one reading: a second one in the same second is told as of the next.
    // A history that is further ahead was written by a clock that was wrong: what is read now has its own time.
    let at_once = |last: &i64| scan.replay.is_none() && (0..SOON).contains(&(*last - read.head.at));
    let read = &match last.filter(at_once) {
        Some(last) => read.as_of(last + 1),
        None => read.clone(),
    };
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
            host: Some(host),
            front: &[],
            fingerprint: None,
            replaces: false,
            passing: true,
        });
        let mut keeping = Keeping(keeper);
        let source = observed(read, host, &mut keeping);
        keeping.0.finish(&source, true);
        keeping.0.close();
        (source, writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    written.map_err(|error| Trouble::new("write the history", &path, error))?;
    fold::bring_up_to_date(database.connection()).map_err(database.trouble("write the history"))?;
    let wanted = |stream: &reader::Stream| stream.name.host_name() == Some(host);
    let state = state(database.connection(), now, wanted).map_err(database.trouble("read the history"))?;
    Ok((source, state.observations, state.diagnosis))
}

/// When the machine was read last, in seconds since 1970-01-01 UTC.
fn last_reading(history: &rusqlite::Connection, host: &str) -> rusqlite::Result<Option<i64>> {
    let name = Subject::within(Kind::Stream, host, capture::MACHINE);
    let stream = reader::streams(history)?.into_iter().find(|stream| stream.name == name);
    let last = stream.map(|stream| last_said(history, stream.id)).transpose()?.flatten();
    Ok(last.map(|last| last.timestamp()))
}

/// Hands what the reading says to the keeper.
struct Keeping(Keeper);

impl Taker for Keeping {
    fn bytes(&mut self, chunk: &[u8]) {
        self.0.bytes(chunk);
    }

    fn sink(&mut self) -> &mut dyn crate::model::Sink {
        &mut self.0
    }

    fn finish(&mut self, _source: &mut Source, _whole: bool) {}
}

fn observed(read: &Read, host: &str, taker: &mut dyn Taker) -> Source {
    let options = Options { host: Some(host.to_owned()), ..Options::default() };
    let mut observer = capture::family().observer(NAME.into(), &[], &options);
    taker.bytes(&read.bytes);
    observer.push(&read.bytes, taker.sink());
    observer.finish(taker.sink())
}
