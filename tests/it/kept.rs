//! A history in memory, to which logs are handed in pieces.

use arraywatch::diagnosis::{Diagnosis, diagnose};
use arraywatch::history::{Entry, MIGRATIONS, writer};
use arraywatch::keep::{self, Keeper, Start, Wanted, fold};
use arraywatch::model::Observation;
use arraywatch::observe::{Options, recognise};
use chrono::{DateTime, Utc};
use rusqlite::Connection;
use rusqlite::backup::Backup;
use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;

/// A history.
pub struct Kept(pub Connection);

/// The present time of tests: long after what their logs tell.
pub fn now() -> DateTime<Utc> {
    "2013-11-30T12:00:00Z".parse().expect("a time")
}

/// What is kept of a row, but for where it was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Negative if it was damaged after all.
    pub times: i32,
    pub interrupted: bool,
    pub rest: String,
}

/// A row's place in time, and what it says.
pub type Key = (String, i64, String, String, String);

impl Kept {
    pub fn new() -> Self {
        let connection = Connection::open_in_memory().expect("memory");
        for migration in MIGRATIONS {
            connection.execute_batch(migration.sql).expect("the schema");
        }
        Self(connection)
    }

    /// A history that was handed these pieces, one run after the other.
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let kept = Self::new();
        pieces.into_iter().for_each(|piece| kept.take(piece));
        kept
    }

    /// Takes a piece of a log, as a run of `ingest` does.
    pub fn take(&self, piece: &[u8]) {
        self.write(piece, usize::MAX);
        fold::bring_up_to_date(&self.0).expect("a history");
    }

    /// The same, with so many observations from one checkpoint to the next.
    pub fn take_with(&self, piece: &[u8], every: u64) {
        self.write(piece, usize::MAX);
        fold::bring_up_to_date_every(&self.0, every).expect("a history");
    }

    /// Takes what a run writes that is killed after so many entries.
    pub fn write(&self, piece: &[u8], entries: usize) {
        let batches = entries_of(&self.0, piece).expect("a history");
        let whole = batches.into_iter().flatten().take(entries);
        writer::write(&self.0, [whole.collect()]).expect("a history");
    }

    /// The rows of records, or those of what is remarked of the bytes.
    pub fn rows(&self, remarks: bool) -> BTreeMap<Key, Row> {
        rows(&self.0, remarks)
    }

    /// What the diagnosis folds, with where it was read.
    pub fn observations(&self) -> Vec<Observation> {
        observations(&self.0)
    }

    /// What it comes to, but for where it was read.
    pub fn diagnosis(&self) -> Diagnosis {
        diagnose(&without_places(self.observations()))
    }

    /// The same, folded anew.
    pub fn folded_anew(&self) -> Vec<Observation> {
        let mut anew = Self::new();
        Backup::new(&self.0, &mut anew.0).and_then(|copy| copy.step(-1)).expect("memory");
        let forget = "DELETE FROM checkpoint; UPDATE stream SET stale_from = -9223372036854775808";
        anew.0.execute_batch(forget).expect("a history");
        anew.observations()
    }
}

/// What a run that reads a piece hands to the writer; nothing if it is of no known format.
pub fn entries_of(history: &Connection, piece: &[u8]) -> rusqlite::Result<Vec<Vec<Entry>>> {
    let Some(family) = recognise(piece) else { return Ok(Vec::new()) };
    let options = Options::default();
    let (to, from) = sync_channel(100_000);
    let mut keeper = Keeper::new(history, to, now())?;
    let start = Start {
        name: "a log",
        format: family.name(),
        path: None,
        host: None,
        timezone: None,
        front: piece,
        fingerprint: None,
        replaces: false,
        passing: false,
        goes_on: false,
    };
    assert_eq!(keeper.begin(&start), Wanted::Yes, "nothing is known of the file");
    let mut observer = family.observer("a log".into(), piece, &options);
    for chunk in piece.chunks(1_000) {
        keeper.bytes(chunk);
        observer.push(chunk, &mut keeper);
    }
    let source = observer.finish(&mut keeper);
    keeper.finish(&source, true);
    keeper.close();
    Ok(from.into_iter().collect())
}

/// Observations without where they were read.
pub fn without_places(mut observations: Vec<Observation>) -> Vec<Observation> {
    observations.iter_mut().for_each(|one| one.evidence = None);
    observations
}

/// What the diagnosis folds, with where it was read.
pub fn observations(history: &Connection) -> Vec<Observation> {
    keep::state(history, now(), |_| true).expect("a history").observations
}

/// The rows of records, or those of what is remarked of the bytes.
pub fn rows(history: &Connection, remarks: bool) -> BTreeMap<Key, Row> {
    let sql = "SELECT n.name, o.at, s.word, w.name || ' ' || s.fact || ' ' || s.severity || ' ' || s.text, o.numbers, o.times,
                     o.interrupted, concat_ws(' ', s.key, o.basis, coalesce(m.pattern || m.offset, o.written), o.until, o.within)
                   FROM observation o JOIN stream n ON n.id = o.stream JOIN statement s ON s.id = o.statement
                   JOIN subject w ON w.id = s.subject LEFT JOIN manner m ON typeof(o.written) = 'integer' AND m.id = o.written
                   WHERE o.times <> 0 AND ?1 = (s.word IN ('stream-damaged', 'report-missing', 'time-backwards', 'records-duplicated', 'records-missing', 'report-gap', 'report-rhythm'))";
    let mut query = history.prepare(sql).expect("a question");
    let rows = query.query_map([remarks], |row| {
        let key = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((key, Row { times: row.get(5)?, interrupted: row.get(6)?, rest: row.get(7)? }))
    });
    rows.expect("rows").collect::<Result<_, _>>().expect("rows")
}
