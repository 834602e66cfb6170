//! The thread that writes the history, and no other. It may be held up for as long as the disk is: nobody waits for it but whoever asks
//! for what it has.
//!
//! The writer's lock is held for a batch and no longer, so that a person's `ack` is not kept waiting.

use super::heard::Heard;
use super::known::Taken;
use crate::history::reach::last_said;
use crate::history::{Database, Reason, SourceId, Trouble, cursors, outbox, reader, writer};
use crate::keep::{Keeper, Start, fold};
use crate::model::Subject;
use crate::observe::Source;
use crate::watch::Cursor;
use chrono::{DateTime, Utc};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::SystemTime;

/// Batches of rows that may wait for the writer.
const WAITING: usize = 16;

/// So much of the history is kept in memory while it is open, in KiB: what a batch touches, and the system keeps the rest.
const CACHE: i64 = 2_048;

/// Logs of a machine's own whose entries are told once, though they are read again and again ...
const READ_AGAIN: [&str; 2] = ["kernel", "bmc"];

/// ... and those that there is one of for each controller: its number follows. A syslog file (`kernel-log`) is none of them: it goes on, and
/// has more entries than can be in memory.
const READ_AGAIN_OF: &str = "megaraid-c";

/// What the thread is to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Give all that is known, and what was told.
    Load,
    /// Keep what was said.
    Keep(Batch),
    /// Keep what was told to people, before it is sent.
    Store(Vec<outbox::Change>),
    /// Look whether others wrote; if so, give all that is known.
    Look,
    /// Forget how far files were read that are gone for long; these, by device and inode, are there.
    Forget(Vec<(u64, u64)>),
}

/// What is kept at once.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) heard: Vec<Arc<Heard>>,
    /// How far files were read, when all of this is kept.
    pub(super) cursors: Vec<Cursor>,
    /// Streams to give the digests of, when it is.
    pub(super) doubtful: BTreeSet<Subject>,
}

/// What was told before.
#[derive(Debug)]
pub(super) struct Told {
    /// Of all alerts, what was so then.
    pub(super) standings: Vec<outbox::Alert>,
    /// Those of which a delivery waits.
    pub(super) waiting: Vec<outbox::Sent>,
    /// The greatest number that was given.
    pub(super) last: i64,
    /// Since when this machine is watched.
    pub(super) since: Option<DateTime<Utc>>,
    /// Which files were read.
    pub(super) files: Vec<WasRead>,
}

/// A file that was read, and perhaps followed.
#[derive(Debug)]
pub(super) struct WasRead {
    /// Its path, from the root on.
    pub(super) path: PathBuf,
    /// The family that read it.
    pub(super) format: String,
    /// The streams that it told of: none of a log that said nothing of storage.
    pub(super) streams: Vec<Subject>,
}

/// What it answers.
#[derive(Debug)]
pub(super) enum Answer {
    /// To [`Order::Load`].
    Loaded { taken: Vec<Taken>, told: Told, cursors: Vec<Cursor> },
    /// The batch is kept, and these streams are so.
    Kept(Vec<Taken>),
    /// What was told is kept.
    Stored(outbox::Stored),
    /// Others wrote, and it is so now; and persons took back what waited.
    Changed(Vec<Taken>, Vec<outbox::Delivery>),
    /// Nobody wrote since, or nothing is to be told of it.
    Same,
    /// To [`Order::Load`]: another file lies there than at first. What it knows is not what is known here.
    Apart,
    /// Somebody else writes: it could not be done yet.
    Busy(String),
    /// It could not be done. What of the order was kept all the same is known when it is kept again.
    Failed(String),
}

/// Starts it. It ends when the orders do.
///
/// # Errors
/// If no thread could be started.
pub(super) fn start(
    path: PathBuf,
    orders: Receiver<Order>,
    answers: impl Fn(Answer) + Send + 'static,
) -> io::Result<()> {
    let work = move || {
        let mut history = History { path, open: None, file: None, is_apart: false, seen: None, is_foreign: false };
        for order in orders {
            answers(history.obey(order).unwrap_or_else(|trouble| match trouble.reason {
                Reason::Busy { .. } => Answer::Busy(trouble.to_string()),
                _ => Answer::Failed(trouble.to_string()),
            }));
            history.rest();
        }
    };
    thread::Builder::new().name("keeper".to_owned()).spawn(work).map(drop)
}

/// The history, as the thread has it.
struct History {
    path: PathBuf,
    /// Open, since what is told to people waits for it to be written; the lock is held for an order and no longer.
    open: Option<Database>,
    /// Which file it is, by device and inode.
    file: Option<(u64, u64)>,
    /// Another file lies at the path than at first: what that one knows is not what is known here.
    is_apart: bool,
    /// How it was when this thread had done with it.
    seen: Option<Signature>,
    /// Others wrote, and that was not looked at yet.
    is_foreign: bool,
}

impl History {
    fn obey(&mut self, order: Order) -> Result<Answer, Trouble> {
        match order {
            Order::Look => self.look(),
            Order::Load => self.write(|database, is_apart| {
                // Made if there was none, and brought to the newest version: what cannot be written is known from the start.
                if is_apart { Ok(Answer::Apart) } else { load(database) }
            }),
            Order::Keep(batch) => self.write(|database, is_apart| {
                let taken = keep(database, &batch)?;
                Ok(Answer::Kept(if is_apart { Vec::new() } else { taken }))
            }),
            Order::Forget(present) => self.write(|database, _| {
                let before = (Utc::now() - cursors::KEPT).timestamp();
                database.transaction("forget how far files were read", |transaction| {
                    cursors::forget(transaction, before, &present)
                })?;
                Ok(Answer::Same)
            }),
            Order::Store(changes) => self.write(|database, _| {
                let stored = outbox::store(database.connection(), &changes);
                Ok(Answer::Stored(stored.map_err(database.trouble("write what is told to"))?))
            }),
        }
    }

    /// Looks whether others wrote.
    fn look(&mut self) -> Result<Answer, Trouble> {
        let now = Signature::of(&self.path);
        if self.seen.is_some() && self.seen == now && !self.is_foreign {
            return Ok(Answer::Same);
        }
        let database = Database::read(&self.path)?;
        if self.file.is_some() && database.file() != self.file {
            // It is told when it is to be written.
            return Ok(Answer::Same);
        }
        let taken = if self.is_apart { Vec::new() } else { known(&database, |_| true)? };
        let withdrawn = outbox::withdrawn(database.connection()).map_err(database.trouble("read the history"))?;
        // Of before it was read: what is written meanwhile is looked at the next time.
        (self.seen, self.is_foreign) = (now, false);
        Ok(Answer::Changed(taken, withdrawn))
    }

    /// Works as the writer. After a failure it is opened anew: nobody knows what is left of it.
    fn write(&mut self, work: impl FnOnce(&mut Database, bool) -> Result<Answer, Trouble>) -> Result<Answer, Trouble> {
        let open = match self.open.take() {
            Some(mut open) => open.resume()?.then_some(open),
            None => None,
        };
        let mut database = match open {
            Some(open) => open,
            None => write(&self.path)?,
        };
        let file = database.file();
        if self.file.is_some() && self.file != file && !self.is_apart {
            (self.file, self.is_apart) = (file, true);
            return Err(Trouble::new("go on with the history", &self.path, Reason::Another));
        }
        self.file = file;
        // While this is the writer nobody else writes.
        self.is_foreign |= self.seen.is_some() && self.seen != Signature::of(&self.path);
        let answer = work(&mut database, self.is_apart)?;
        self.open = Some(database);
        Ok(answer)
    }

    /// Does what nobody waits for, and lets others write.
    fn rest(&mut self) {
        if let Some(open) = &mut self.open
            && open.is_writing()
        {
            open.settle();
            self.seen = Signature::of(&self.path);
            open.rest();
        }
    }
}

/// What the file system says of the history: when it is another, somebody wrote.
type Sizes = [Option<(u64, SystemTime)>; 2];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature(Sizes);

impl Signature {
    fn of(path: &Path) -> Option<Self> {
        let of = |path: &Path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        };
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        // An empty log is as good as none: who reads last takes it away.
        let log = of(Path::new(&log)).filter(|(length, _)| *length > 0);
        Some(Self([of(path), log]))
    }
}

/// Opens the history to write it, in little memory.
fn write(path: &Path) -> Result<Database, Trouble> {
    let database = Database::write(path)?;
    // Negative: in KiB and not in pages, by SQLite's documentation of the pragma.
    let small = database.connection().pragma_update(None, "cache_size", -CACHE);
    small.map_err(database.trouble("write the history"))?;
    Ok(database)
}

/// All streams, those of machines that are not this one among them: of each host something may have been told, or is held, and a case that is
/// not known would be told as over, or never.
fn load(database: &Database) -> Result<Answer, Trouble> {
    let trouble = |error| database.trouble("read the history")(error);
    let history = database.connection();
    let taken = known(database, |_| true)?;
    outbox::watch(history, Utc::now()).map_err(trouble)?;
    let told = Told {
        standings: outbox::standings(history).map_err(trouble)?,
        waiting: outbox::waiting(history).map_err(trouble)?,
        last: outbox::last(history).map_err(trouble)?,
        since: outbox::watched_since(history).map_err(trouble)?,
        files: files(history).map_err(trouble)?,
    };
    let cursors = cursors::load(history).map_err(trouble)?;
    Ok(Answer::Loaded { taken, told, cursors })
}

/// Files are sources whose names are whole paths.
fn files(history: &Connection) -> rusqlite::Result<Vec<WasRead>> {
    let mut streams: BTreeMap<SourceId, Vec<Subject>> = BTreeMap::new();
    for (source, stream) in reader::streams_of_sources(history)? {
        streams.entry(source).or_default().push(stream);
    }
    let sources = reader::sources(history)?.into_iter().filter(|source| source.name.starts_with('/'));
    let of = |source: reader::Source| WasRead {
        path: PathBuf::from(source.name),
        format: source.format,
        streams: streams.remove(&source.id).unwrap_or_default(),
    };
    Ok(sources.map(of).collect())
}

fn known(database: &Database, wanted: impl Fn(&reader::Stream) -> bool) -> Result<Vec<Taken>, Trouble> {
    take(database.connection(), wanted).map_err(|error| database.trouble("read the history")(error))
}

fn take(history: &Connection, wanted: impl Fn(&reader::Stream) -> bool) -> rusqlite::Result<Vec<Taken>> {
    let mut taken = Vec::new();
    for stream in reader::streams(history)?.into_iter().filter(wanted) {
        if !reader::says_something(history, stream.id)? {
            continue;
        }
        let digested = fold::digest(history, &stream)?;
        let entries =
            if is_read_again(&stream.name.path()) { reader::entries_told(history, &stream.name)? } else { Vec::new() };
        let last = last_said(history, stream.id)?;
        let (digest, interrupted) = (digested.digest, digested.interrupted);
        taken.push(Taken { stream: stream.name, digest, interrupted, last, entries });
    }
    Ok(taken)
}

fn is_read_again(log: &str) -> bool {
    READ_AGAIN.contains(&log) || log.starts_with(READ_AGAIN_OF)
}

/// Keeps what was said; gives those streams of it that are to be taken from the history.
fn keep(database: &mut Database, batch: &Batch) -> Result<Vec<Taken>, Trouble> {
    let (to, from) = sync_channel(WAITING);
    let keeper = Keeper::new(database.connection(), to, Utc::now());
    let mut keeper = keeper.map_err(database.trouble("read the history"))?;
    let connection = database.connection_mut();
    let written = thread::scope(|scope| {
        let writer = scope.spawn(move || writer::write(connection, from));
        batch.heard.iter().for_each(|heard| hand_over(heard, &mut keeper));
        keeper.close();
        writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    let written = written.map_err(|error| Trouble::new("write the history", database.path(), error))?;
    fold::bring_up_to_date(database.connection()).map_err(database.trouble("write the history"))?;
    if !batch.cursors.is_empty() {
        // Behind what was read before them: who is killed between reads that again, and it is known.
        database.transaction("write how far files were read", |transaction| {
            cursors::store(transaction, &batch.cursors, Utc::now().timestamp())
        })?;
    }
    // What was known before may have been counted twice in memory.
    let repeated = written.iter().any(|(_, tally)| tally.known + tally.too_old + tally.taken_back > 0);
    let said: BTreeSet<&Subject> = batch.heard.iter().flat_map(|heard| heard.streams()).collect();
    let wanted =
        |stream: &reader::Stream| batch.doubtful.contains(&stream.name) || repeated && said.contains(&stream.name);
    known(database, wanted)
}

fn hand_over(heard: &Heard, keeper: &mut Keeper) {
    let origin = &heard.origin;
    let start = Start {
        name: &origin.name,
        path: origin.whole.as_ref().map(|_| origin.name.as_ref()),
        format: origin.format,
        timezone: origin.timezone,
        host: origin.host.as_deref(),
        front: origin.whole.as_deref().unwrap_or_default(),
        fingerprint: None,
        replaces: origin.whole.is_some(),
        // A log that goes on has no end to be known by: what it says is known by what it is.
        passing: origin.whole.is_none(),
        goes_on: origin.goes_on,
    };
    keeper.begin(&start);
    keeper.bytes(origin.whole.as_deref().unwrap_or_default());
    heard.tell(keeper);
    let hosts: BTreeSet<&str> = heard.streams().into_iter().filter_map(Subject::host_name).collect();
    let source = Source {
        path: origin.name.to_string(),
        format: Some(origin.format),
        hosts: hosts.into_iter().map(str::to_owned).collect(),
        bytes: heard.so_far.bytes,
        records: heard.so_far.records,
        unrecognised: heard.so_far.unrecognised,
        damage_not_listed: heard.so_far.damaged,
        ..Source::default()
    };
    keeper.finish(&source, true);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A followed syslog file is no log of the machine's own: at each start all that it ever said would be read into memory.
    #[test]
    fn logs_that_are_read_again() {
        let check = |log: &str, expect| assert_eq!(is_read_again(log), expect, "{log}");
        check("kernel", true);
        check("bmc", true);
        check("megaraid-c0", true);
        check("megaraid-c12", true);
        check("kernel-log", false);
        check("ipmi-sel", false);
        check("watch", false);
    }
}
