//! Does what `arraywatch integrity FILE` will do: reads a log with full damage detection, and counts what it found.

use anyhow::Context as _;
use arraywatch_parsers::adaptec::storage_manager::StorageManager;
use arraywatch_parsers::stream::{Item, Reader, What};
use arraywatch_parsers::time::Resolver;
use std::fs::File;
use std::io::{self, Read};

/// Large enough that the system calls do not count, small enough to stay in a core's cache.
const CHUNK: usize = 256 * 1024;

#[derive(Debug, Default)]
struct Counts {
    records: u64,
    unrecognised: u64,
    damaged: u64,
    anomalies: u64,
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1).context("usage: read FILE")?;
    let mut file = File::open(&path).with_context(|| format!("{}", path.display()))?;
    let mut chunk = vec![0; CHUNK];
    let front = fill(&mut file, &mut chunk)?;
    let grammar = StorageManager::default().learn(&chunk[..front]);
    let mut reader = Reader::new(grammar, Resolver::new(None));
    let mut counts = Counts::default();
    let mut sink = |item: Item<'_, StorageManager>| match item {
        Item::Record { .. } => counts.records += 1,
        Item::Other { what: What::Unrecognised { .. }, .. } => counts.unrecognised += 1,
        Item::Other { what: What::Damage(_), .. } => counts.damaged += 1,
        Item::Recanted { .. } => {
            counts.records -= 1;
            counts.damaged += 1;
        }
        Item::Anomaly(_) => counts.anomalies += 1,
    };
    let mut length = front;
    while length > 0 {
        reader.push(&chunk[..length], &mut sink);
        length = fill(&mut file, &mut chunk)?;
    }
    reader.finish(&mut sink);
    let Counts { records, unrecognised, damaged, anomalies } = counts;
    println!("{records} records, {unrecognised} unrecognised, {damaged} damaged, {anomalies} anomalies");
    Ok(())
}

/// Reads until the chunk is full or the input ends.
fn fill(file: &mut File, chunk: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < chunk.len() {
        match file.read(&mut chunk[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}
