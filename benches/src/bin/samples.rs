//! Builds histories of SMART samples in several shapes and measures their size, the writing and the reading.

use anyhow::{Context as _, ensure};
use arraywatch::model::Sample;
use arraywatch_benches::samples::{DAY, Drive};
use arraywatch_benches::shapes::{Attributes, Chunks, Shape, Wide};
use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use nix::time::{ClockId, clock_gettime};
use rusqlite::{Connection, config::DbConfig};
use std::collections::BTreeSet;
use std::path::Path;

/// Drives whose years are read.
const READ: usize = 500;

/// Times that the newest of all drives are read; the median counts.
const ROUNDS: usize = 51;

/// Measures samples in the history, beside other shapes.
#[derive(Debug, Parser)]
struct Arguments {
    /// Drives.
    #[arg(long, default_value_t = 10_000)]
    drives: i64,
    /// Days that each is polled.
    #[arg(long, default_value_t = 365)]
    days: usize,
    /// Drives where shapes are compared: the others are too slow and too large for all.
    #[arg(long, default_value_t = 1_000)]
    peer_drives: i64,
    /// The drives are the same for the same seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// How samples come.
#[derive(Debug, Clone, Copy)]
enum Order {
    /// A poll of all drives at a time, each in a transaction.
    Polled,
    /// All samples of a drive at once, a transaction each.
    Imported,
}

/// What was measured of a shape.
#[derive(Debug)]
struct Measured {
    name: String,
    drives: i64,
    samples: usize,
    bytes: f64,
    written: f64,
    rate: f64,
    cold: Spread,
    warm: Spread,
    newest_cold: f64,
    newest: f64,
}

/// Milliseconds.
#[derive(Debug, Clone, Copy)]
struct Spread {
    median: f64,
    worst: f64,
}

fn main() -> anyhow::Result<()> {
    let Arguments { drives, days, peer_drives, seed } = Arguments::parse();
    let attributes: usize = (0..drives).map(|number| Drive::new(seed, number, DAY).attributes()).sum();
    println!("{days} days, {:.1} attributes a drive", attributes as f64 / drives as f64);
    let run = |shape: &dyn Shape, drives, order| measure(shape, seed, drives, days, order);
    let whole = [run(&Chunks, drives, Order::Polled)?, run(&Chunks, drives, Order::Imported)?];
    print(&whole);
    let compared = [
        run(&Chunks, peer_drives, Order::Polled)?,
        run(&Wide, peer_drives, Order::Polled)?,
        run(&Attributes, peer_drives, Order::Polled)?,
    ];
    print(&compared);
    print_ratios(&compared);
    Ok(())
}

fn measure(shape: &dyn Shape, seed: u64, drives: i64, days: usize, order: Order) -> anyhow::Result<Measured> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("history");
    let mut fleet: Vec<_> = (0..drives).map(|number| (number, Drive::new(seed, number, DAY))).collect();
    let widths: Vec<_> = fleet.iter().map(|(number, drive)| (*number, width(drive))).collect();
    let mut connection = open(&path)?;
    let tables: BTreeSet<_> = widths.iter().map(|(_, width)| *width).collect();
    connection.execute_batch(&shape.schema(&tables.into_iter().collect::<Vec<_>>()))?;

    let (mut cpu, written_before) = (0.0, written()?);
    let mut put = |batch: &[(i64, Vec<Sample>)]| -> anyhow::Result<()> {
        let start = cpu_seconds()?;
        let transaction = connection.transaction()?;
        for (drive, samples) in batch {
            shape.put(&transaction, *drive, samples)?;
        }
        transaction.commit()?;
        cpu += cpu_seconds()? - start;
        Ok(())
    };
    match order {
        Order::Polled => {
            for _ in 0..days {
                let batch: Vec<_> =
                    fleet.iter_mut().map(|(number, drive)| (*number, drive.take(1).collect())).collect();
                put(&batch)?;
            }
        }
        Order::Imported => {
            for (number, drive) in &mut fleet {
                put(&[(*number, drive.take(days).collect())])?;
            }
        }
    }
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    drop(connection);
    let samples = widths.len() * days;
    let bytes = std::fs::metadata(&path)?.len() as f64 / samples as f64;
    let written = (written()? - written_before) / samples as f64;

    // Drives spread over the file, in an order that is not that of the file.
    let chosen: Vec<_> = (0..READ).map(|at| widths[at * 7_919 % widths.len()]).collect();
    let cold = spread(&chosen, |(drive, width)| {
        let connection = open(&path)?;
        timed(|| shape.all(&connection, drive, width)).map(|(time, found)| (time, found.len() == days))
    })?;
    let connection = open(&path)?;
    let mut read = |(drive, width)| {
        timed(|| shape.all(&connection, drive, width)).map(|(time, found)| (time, found.len() == days))
    };
    spread(&chosen, &mut read)?;
    let warm = spread(&chosen, read)?;

    let connection = open(&path)?;
    let values = widths.iter().map(|(_, width)| *width).sum::<usize>();
    let mut newest = |()| timed(|| shape.newest(&connection, &widths)).map(|(time, found)| (time, found == values));
    let newest_cold = spread(&[()], &mut newest)?.median;
    let newest = spread(&[(); ROUNDS], newest)?.median;
    let name = format!("{}{}", shape.name(), if matches!(order, Order::Imported) { ", imported" } else { "" });
    let rate = samples as f64 / cpu;
    Ok(Measured { name, drives, samples, bytes, written, rate, cold, warm, newest_cold, newest })
}

/// As the history has it: a log beside the file, and no waiting for the disk at each commit.
fn open(path: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;")?;
    // Without this SQLite as it is built here plans a statement anew each time that a value of an index is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn width(drive: &Drive) -> usize {
    drive.clone().next().map_or(0, |sample| sample.values().len())
}

/// Median and worst of what reading takes, which has to find all there is.
fn spread<T: Copy>(given: &[T], mut read: impl FnMut(T) -> anyhow::Result<(f64, bool)>) -> anyhow::Result<Spread> {
    let mut times = Vec::with_capacity(given.len());
    for one in given {
        let (time, whole) = read(*one)?;
        ensure!(whole, "not all samples were found");
        times.push(time);
    }
    times.sort_by(f64::total_cmp);
    let (median, worst) = (times.get(times.len() / 2), times.last());
    Ok(Spread { median: *median.context("none read")?, worst: *worst.context("none read")? })
}

/// Milliseconds of CPU. The files are in the system's cache, so that is what they take by the clock where nothing else runs.
fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let start = cpu_seconds()?;
    let done = work()?;
    Ok(((cpu_seconds()? - start) * 1e3, done))
}

fn cpu_seconds() -> anyhow::Result<f64> {
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    Ok(time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9)
}

/// Bytes that this process has written, by the system's count.
fn written() -> anyhow::Result<f64> {
    let counts = std::fs::read_to_string("/proc/self/io")?;
    let line = counts.lines().find_map(|line| line.strip_prefix("wchar: ")).context("no wchar")?;
    Ok(line.trim().parse()?)
}

fn print(rows: &[Measured]) {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header([
        "shape",
        "drives",
        "samples",
        "bytes",
        "written",
        "samples/s",
        "cold ms",
        "worst",
        "warm ms",
        "worst",
        "newest cold ms",
        "newest ms",
    ]);
    for row in rows {
        table.add_row([
            row.name.clone(),
            row.drives.to_string(),
            row.samples.to_string(),
            format!("{:.1}", row.bytes),
            format!("{:.0}", row.written),
            format!("{:.0}", row.rate),
            format!("{:.3}", row.cold.median),
            format!("{:.3}", row.cold.worst),
            format!("{:.3}", row.warm.median),
            format!("{:.3}", row.warm.worst),
            format!("{:.2}", row.newest_cold),
            format!("{:.2}", row.newest),
        ]);
    }
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    println!("{table}\n");
}

/// What the others take as multiples of the first.
fn print_ratios(rows: &[Measured]) {
    let Some((own, others)) = rows.split_first() else { return };
    for other in others {
        println!(
            "{}: {:.1} times the bytes, {:.1} times the CPU to write, {:.1} to read a drive cold, {:.1} warm, {:.1} the newest",
            other.name,
            other.bytes / own.bytes,
            own.rate / other.rate,
            other.cold.median / own.cold.median,
            other.warm.median / own.warm.median,
            other.newest / own.newest,
        );
    }
}
