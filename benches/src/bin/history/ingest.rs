//! One long log: into a fresh history, and then again, a copy of it, and the log grown.

use crate::programs::{Programs, Work, python, size};
use anyhow::{Context as _, ensure};
use arraywatch_benches::input::Input;
use arraywatch_benches::log::Plan;
use arraywatch_benches::measure::Cost;
use arraywatch_benches::table;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::slice;

/// The best of what a program took for one thing.
#[derive(Debug)]
struct Row {
    name: &'static str,
    best: Work,
    /// Of the database, if there is one.
    bytes: Option<u64>,
}

/// The log, as it is and as it will be.
#[derive(Debug)]
struct Log {
    path: PathBuf,
    copy: PathBuf,
    length: u64,
    /// What comes after a while.
    rest: PathBuf,
}

/// Ingests a log of `size` bytes by all programs, and prints.
pub fn run(programs: &Programs, directory: &Path, size: u64, seed: u64, rounds: u32) -> anyhow::Result<()> {
    let log = Log::write(directory, Plan { size, seed, ..Plan::BUSY })?;
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        round(programs, directory, &log, &mut first, &mut later)?;
    }
    let records = first.first().context("no round")?.best.records;
    for row in &first {
        ensure!(row.best.records == records, "{} found {} records, not {records}", row.name, row.best.records);
    }
    println!("one log into a fresh history: {:.1} MB, {records} records", log.length as f64 / 1e6);
    print_first(&first)?;
    println!("and again");
    print_later(&later);
    println!("Best of {rounds} rounds with all programs in turn.\n");
    Ok(())
}

/// Each program once.
fn round(
    programs: &Programs,
    directory: &Path,
    log: &Log,
    first: &mut Vec<Row>,
    later: &mut Vec<Row>,
) -> anyhow::Result<()> {
    log.shrink()?;
    let database = |name: &str| directory.join(name);
    let (own, naive, of_python) = (database("arraywatch.db"), database("naive.db"), database("python.db"));
    add(first, "arraywatch", programs.ingest(&own, slice::from_ref(&log.path))?, Some(size(&own)?));
    add(first, "rust, a row a record", programs.naive(&naive, slice::from_ref(&log.path))?, Some(size(&naive)?));
    add(first, "python re, sqlite3", python(&of_python, &log.path)?, Some(size(&of_python)?));
    add(first, "read, not kept", programs.read(&log.path)?, None);

    let mut both = |ours, theirs, log: &PathBuf| -> anyhow::Result<u64> {
        let work = programs.ingest(&own, slice::from_ref(log))?;
        add(later, ours, work, None);
        add(later, theirs, programs.naive(&naive, slice::from_ref(log))?, None);
        Ok(work.new)
    };
    let unchanged = both("unchanged", "unchanged, a row a record", &log.path)?;
    let copied = both("a copy", "a copy, a row a record", &log.copy)?;
    ensure!(unchanged + copied == 0, "{unchanged} and {copied} records were kept twice");
    log.grow()?;
    ensure!(both("grown by 1 %", "grown, a row a record", &log.path)? > 0, "nothing of what came was kept");
    for database in [own, naive, of_python] {
        fs::remove_file(database)?;
    }
    Ok(())
}

/// Adds a run of a program, the best of which counts.
fn add(rows: &mut Vec<Row>, name: &'static str, work: Work, bytes: Option<u64>) {
    match rows.iter_mut().find(|row| row.name == name) {
        Some(row) => row.best.cost = row.best.cost.least(work.cost),
        None => rows.push(Row { name, best: work, bytes }),
    }
}

fn print_first(rows: &[Row]) -> anyhow::Result<()> {
    let own = rows.first().context("no program")?.best.cost;
    let row = |Row { name, best: Work { cost, records, .. }, bytes }: &Row| {
        let Cost { wall, cpu, peak_mib, written_mb } = cost;
        let records = *records as f64;
        [
            (*name).to_owned(),
            format!("{wall:.2}"),
            format!("{cpu:.2}"),
            format!("{:.0}", records / wall),
            format!("{:.0}", records / cpu),
            format!("{peak_mib:.0}"),
            bytes.map_or(String::new(), |bytes| format!("{:.1}", bytes as f64 / records)),
            format!("{written_mb:.0}"),
            format!("{:.2}", wall / own.wall),
            format!("{:.2}", cpu / own.cpu),
        ]
    };
    let header = [
        "program",
        "wall s",
        "CPU s",
        "records/s",
        "by CPU",
        "peak MiB",
        "bytes a record",
        "written MB",
        "arraywatch x",
        "by CPU",
    ];
    table::print(header, rows.iter().map(row));
    Ok(())
}

fn print_later(rows: &[Row]) {
    let row = |Row { name, best: Work { cost, records, new }, .. }: &Row| {
        [
            (*name).to_owned(),
            format!("{:.3}", cost.wall),
            format!("{:.3}", cost.cpu),
            format!("{:.0}", cost.peak_mib),
            format!("{:.0}", cost.written_mb),
            records.to_string(),
            new.to_string(),
        ]
    };
    table::print(["log", "wall s", "CPU s", "peak MiB", "written MB", "read", "new"], rows.iter().map(row));
}

impl Log {
    /// Makes it, and with that brings it into the system's cache.
    fn write(directory: &Path, plan: Plan) -> anyhow::Result<Self> {
        let path = directory.join("RaidEvt.log");
        let (copy, rest) = (directory.join("copy.log"), directory.join("rest"));
        Input::Log(plan).write(&path)?;
        let length = fs::copy(&path, &copy)?;
        let longer = directory.join("longer");
        Input::Log(Plan { size: plan.size + plan.size / 100, ..plan }).write(&longer)?;
        let mut tail = File::open(&longer)?;
        tail.seek(SeekFrom::Start(length))?;
        io::copy(&mut tail, &mut File::create(&rest)?)?;
        fs::remove_file(longer)?;
        Ok(Self { path, copy, length, rest })
    }

    fn grow(&self) -> io::Result<()> {
        io::copy(&mut File::open(&self.rest)?, &mut OpenOptions::new().append(true).open(&self.path)?).map(drop)
    }

    fn shrink(&self) -> io::Result<()> {
        OpenOptions::new().write(true).open(&self.path)?.set_len(self.length)
    }
}
