//! A log that is written fast, and beside the daemon the pipe that anyone would build: `tail -F | grep -c`.

use super::daemon::{Daemon, Programs, history};
use super::followed;
use anyhow::Context as _;
use arraywatch_benches::kernel::{Lines, text};
use arraywatch_benches::process::{Memory, Process};
use arraywatch_benches::random::Random;
use arraywatch_benches::table;
use chrono::Utc;
use rusqlite::Connection;
use serde::Serialize;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Lines are written so often a second.
const TICKS: u64 = 100;

/// What a person would look for in a kernel's log.
const PATTERN: &str = "ata[0-9]+[.:]|\\[sd[a-z]+\\]|blk_update_request";

/// The host that the lines are of: no other log is of it.
const HOST: &str = "db9";

/// What came of one load.
#[derive(Debug, Serialize)]
pub struct Report {
    lines_are: &'static str,
    /// Lines written, and in how many seconds.
    lines: u64,
    seconds: f64,
    /// Lines that the peer found.
    found: u64,
    /// Percent of a core while lines were written.
    percent: f64,
    peer_percent: f64,
    /// Seconds of CPU for all of it, until the last of it was in the history.
    cpu: f64,
    peer_cpu: f64,
    /// Megabytes that were read but not kept when the last line was written.
    behind: f64,
    /// Seconds from the last line until all was in the history.
    after: f64,
    /// Things said that the history has of it, and that it has of the same file by `ingest`.
    events: i64,
    ingested: i64,
    memory: Memory,
}

/// The pipe.
struct Peer {
    tail: Child,
    grep: Child,
}

impl Peer {
    fn start(log: &Path) -> anyhow::Result<Self> {
        let mut tail = Command::new("tail");
        let mut tail = tail.args(["-n", "+1", "-F"]).arg(log).stdout(Stdio::piped()).spawn().context("tail")?;
        let from = tail.stdout.take().context("tail has no output")?;
        let mut grep = Command::new("grep");
        let grep = grep.env("LC_ALL", "C").args(["-cE", PATTERN]).stdin(from).stdout(Stdio::piped()).spawn();
        Ok(Self { tail, grep: grep.context("grep")? })
    }

    fn cpu(&self) -> anyhow::Result<Duration> {
        Ok(Process::of(self.tail.id())?.cpu()? + Process::of(self.grep.id())?.cpu()?)
    }

    /// Waits until it has nothing more to do, and gives what it took, and what it found.
    fn end(mut self) -> anyhow::Result<(Duration, u64)> {
        let mut cpu = self.cpu()?;
        loop {
            // tail looks once a second where it is not told.
            sleep(Duration::from_millis(1_500));
            let now = self.cpu()?;
            if now - cpu < Duration::from_millis(2) {
                break;
            }
            cpu = now;
        }
        self.tail.kill()?;
        self.tail.wait()?;
        let mut found = String::new();
        self.grep.stdout.take().context("grep has no output")?.read_to_string(&mut found)?;
        self.grep.wait()?;
        Ok((cpu, found.trim().parse()?))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // What was ended has been waited for, and then this does nothing.
        for child in [&mut self.tail, &mut self.grep] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn run(programs: &Programs, size: u64, lines_are: Lines, rate: u64, seconds: u64) -> anyhow::Result<Report> {
    let directory = programs.directory()?;
    let mut files = followed::write(directory.path(), size)?;
    let log = directory.path().join("fast.log");
    let mut writer = Writer::new(&log, lines_are)?;
    // Enough to know its format by.
    writer.write(10)?;
    files.push(log.clone());
    let daemon = Daemon::start(programs, directory.path(), &files)?;
    daemon.settle(&files)?;
    let peer = Peer::start(&log)?;
    sleep(Duration::from_millis(200));
    let (cpu_before, peer_before, began) = (daemon.process.cpu()?, peer.cpu()?, Instant::now());
    for tick in 0..seconds * TICKS {
        writer.write(rate * (tick + 1) / TICKS - rate * tick / TICKS)?;
        let next = Duration::from_millis((tick + 1) * 1_000 / TICKS);
        sleep(next.saturating_sub(began.elapsed()));
    }
    let (ended, wrote) = (Instant::now(), began.elapsed().as_secs_f64());
    let while_written = daemon.process.cpu()? - cpu_before;
    let peer_while_written = peer.cpu()? - peer_before;
    let behind = (log.metadata()?.len() - daemon.kept(&log)?) as f64 / 1e6;
    let after = (daemon.wait_until_kept(&log)? - ended).as_secs_f64();
    let cpu = (daemon.process.cpu()? - cpu_before).as_secs_f64();
    let memory = daemon.process.memory()?;
    let (peer_cpu, found) = peer.end()?;
    let events = events(&daemon.history()?)?;
    daemon.stop()?;
    let database = directory.path().join("ingested.db");
    programs.ingest(&log, &database)?;
    Ok(Report {
        lines_are: match lines_are {
            Lines::Usual => "1 in 500 of storage",
            Lines::Repeated => "of storage, repeated",
            Lines::New => "of storage, new text",
        },
        lines: writer.lines,
        seconds: wrote,
        found,
        percent: 100.0 * while_written.as_secs_f64() / wrote,
        peer_percent: 100.0 * peer_while_written.as_secs_f64() / wrote,
        cpu,
        peer_cpu: (peer_cpu.saturating_sub(peer_before)).as_secs_f64(),
        behind,
        after,
        events,
        ingested: self::events(&history(&database)?)?,
        memory,
    })
}

/// How much was said of the host: of equal lines of a second there is one row, that has their number.
fn events(history: &Connection) -> anyhow::Result<i64> {
    let sql = "SELECT coalesce(sum(abs(times)), 0) FROM observation o JOIN stream s ON s.id = o.stream
               WHERE s.name LIKE 'stream:' || ?1 || '/%'";
    Ok(history.query_row(sql, [HOST], |row| row.get(0))?)
}

/// Writes a kernel's syslog, line by line, as of now.
struct Writer {
    file: File,
    lines_are: Lines,
    lines: u64,
    random: Random,
    began: Instant,
    buffer: String,
}

impl Writer {
    fn new(log: &Path, lines_are: Lines) -> anyhow::Result<Self> {
        let (file, random) = (File::create(log)?, Random::new(7));
        Ok(Self { file, lines_are, lines: 0, random, began: Instant::now(), buffer: String::new() })
    }

    fn write(&mut self, lines: u64) -> anyhow::Result<()> {
        let Self { lines_are, random, buffer, .. } = self;
        buffer.clear();
        let head = Utc::now().format("%b %e %H:%M:%S").to_string();
        let millis = 100_000_000 + i64::try_from(self.began.elapsed().as_millis())?;
        for _ in 0..lines {
            self.lines += 1;
            writeln!(buffer, "{head} {HOST} {}", text(*lines_are, self.lines, millis, random))?;
        }
        Ok(self.file.write_all(buffer.as_bytes())?)
    }
}

pub fn print(reports: &[Report]) {
    for report in reports {
        let Report { lines_are, lines, seconds, found, .. } = report;
        println!("{lines_are}: {lines} lines in {seconds:.1} s, of which grep finds {found}");
    }
    println!();
    let header = [
        "lines",
        "CPU %",
        "the pipe %",
        "CPU s",
        "the pipe s",
        "behind MB",
        "all kept after s",
        "events",
        "by ingest",
        "resident MiB",
        "peak MiB",
    ];
    let row = |report: &Report| {
        [
            report.lines_are.to_owned(),
            format!("{:.1}", report.percent),
            format!("{:.1}", report.peer_percent),
            format!("{:.2}", report.cpu),
            format!("{:.2}", report.peer_cpu),
            format!("{:.1}", report.behind),
            format!("{:.2}", report.after),
            report.events.to_string(),
            report.ingested.to_string(),
            format!("{:.1}", report.memory.resident),
            format!("{:.1}", report.memory.peak),
        ]
    };
    table::print(header, reports.iter().map(row));
}
