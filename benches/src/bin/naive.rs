//! A history as one would write it first: a row for each record with its text, a unique hash so that nothing is kept twice, and an
//! index by drive and time. The reader is that of arraywatch, so that only the keeping differs.

use anyhow::Context as _;
use arraywatch_parsers::adaptec::storage_manager::StorageManager;
use arraywatch_parsers::form::Field;
use arraywatch_parsers::stream::{Item, Reader};
use arraywatch_parsers::time::Resolver;
use clap::Parser;
use rusqlite::{CachedStatement, Connection, params};
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes that are read at once.
const CHUNK: usize = 256 * 1024;

/// A commit each so many chunks: some 100,000 records, as in the peer in Python.
const CHUNKS: usize = 64;

/// The reader learns the log's dialect from its first MiB.
const FRONT: u64 = 1024 * 1024;

/// Generous where it costs safety: the disk is waited for only where the write-ahead log goes into the file.
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -65536;
    CREATE TABLE IF NOT EXISTS record (hash INTEGER NOT NULL UNIQUE, at INTEGER NOT NULL, drive TEXT, text TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS record_drive ON record (drive, at);";

/// Keeps the records of logs, a row each.
#[derive(Debug, Parser)]
struct Arguments {
    /// The database; it is made if there is none.
    database: PathBuf,
    /// The logs.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
}

/// What became of the records so far.
#[derive(Debug, Default)]
struct Tally {
    records: usize,
    new: usize,
    failed: Option<rusqlite::Error>,
}

fn main() -> anyhow::Result<()> {
    let Arguments { database, logs } = Arguments::parse();
    let connection = Connection::open(database)?;
    connection.execute_batch(SCHEMA)?;
    let mut tally = Tally::default();
    for log in &logs {
        keep(&connection, log, &mut tally).with_context(|| log.display().to_string())?;
    }
    println!("{} records, {} new", tally.records, tally.new);
    Ok(())
}

fn keep(connection: &Connection, log: &Path, tally: &mut Tally) -> anyhow::Result<()> {
    let mut file = File::open(log)?;
    let mut front = Vec::new();
    file.by_ref().take(FRONT).read_to_end(&mut front)?;
    file.rewind()?;
    let mut reader = Reader::new(StorageManager::default().learn(&front), Resolver::new(None));
    let mut chunk = vec![0; CHUNK];
    loop {
        let transaction = connection.unchecked_transaction()?;
        let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO record VALUES (?1, ?2, ?3, ?4)")?;
        let mut sink = |item: Item<'_, StorageManager>| tally.take(&mut insert, &item);
        let mut length = 0;
        for _ in 0..CHUNKS {
            length = file.read(&mut chunk)?;
            reader.push(&chunk[..length], &mut sink);
        }
        if length > 0 {
            tally.commit(transaction)?;
            continue;
        }
        reader.finish(&mut sink);
        return tally.commit(transaction);
    }
}

impl Tally {
    fn take(&mut self, insert: &mut CachedStatement<'_>, item: &Item<'_, StorageManager>) {
        let Item::Record { line, at, record, .. } = item else { return };
        let drive = record.values.text(Field::Serial);
        let row = params![xxh3_64(line).cast_signed(), at.utc.timestamp(), drive, record.text];
        self.records += 1;
        match insert.execute(row) {
            Ok(new) => self.new += new,
            Err(error) => self.failed = Some(error),
        }
    }

    fn commit(&mut self, transaction: rusqlite::Transaction<'_>) -> anyhow::Result<()> {
        self.failed.take().map_or(Ok(()), Err)?;
        Ok(transaction.commit()?)
    }
}
