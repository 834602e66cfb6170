//! Memory, and what it does while nothing happens.

use super::daemon::{Daemon, Programs};
use super::followed;
use arraywatch_benches::process::{Memory, Process};
use arraywatch_benches::table;
use serde::Serialize;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What one process took.
#[derive(Debug, Serialize)]
pub struct Row {
    process: &'static str,
    threads: u64,
    memory: Memory,
    /// Seconds of CPU until it had read all there was.
    began_cpu: f64,
    /// Percent of a core while nothing happened.
    idle_percent: f64,
    /// Times a second that it woke then.
    wakes: f64,
}

/// Both processes.
#[derive(Debug, Serialize)]
pub struct Report {
    files: usize,
    /// Bytes of all files.
    bytes: u64,
    /// Seconds until all was read and kept, and there was nothing more to do.
    settled: f64,
    /// Seconds that were looked at then.
    seconds: f64,
    processes: Vec<Row>,
}

pub fn run(programs: &Programs, size: u64, lasts: Duration) -> anyhow::Result<Report> {
    let directory = programs.directory()?;
    let files = followed::write(directory.path(), size)?;
    let bytes = files.iter().map(|file| Ok(file.metadata()?.len())).sum::<std::io::Result<u64>>()?;
    let began = Instant::now();
    let daemon = Daemon::start(programs, directory.path(), &files)?;
    daemon.settle(&files)?;
    let settled = began.elapsed().as_secs_f64();
    let all = [("arraywatch run", daemon.process), ("its reader of devices", daemon.reader)];
    let now = |process: &Process| anyhow::Ok((process.cpu()?, process.waits()?));
    let (began, before) = (Instant::now(), all.map(|(_, process)| now(&process)));
    sleep(lasts);
    let (seconds, after) = (began.elapsed().as_secs_f64(), all.map(|(_, process)| now(&process)));
    let mut processes = Vec::new();
    for (((name, process), before), after) in all.into_iter().zip(before).zip(after) {
        let ((cpu_before, waits_before), (cpu, waits)) = (before?, after?);
        processes.push(Row {
            process: name,
            threads: process.threads()?,
            memory: process.memory()?,
            began_cpu: cpu_before.as_secs_f64(),
            idle_percent: 100.0 * (cpu - cpu_before).as_secs_f64() / seconds,
            wakes: (waits - waits_before) as f64 / seconds,
        });
    }
    daemon.stop()?;
    Ok(Report { files: files.len(), bytes, settled, seconds, processes })
}

pub fn print(report: &Report) {
    let Report { files, bytes, settled, seconds, processes } = report;
    let mb = *bytes as f64 / 1e6;
    println!("{files} files, {mb:.1} MB, read and kept in {settled:.1} s; then idle for {seconds:.0} s");
    let header =
        ["process", "threads", "resident MiB", "its own", "peak", "CPU s to read all", "idle CPU %", "wakes a second"];
    let row = |row: &Row| {
        let Row { process, threads, memory, began_cpu, idle_percent, wakes } = row;
        let mib = |mib: f64| format!("{mib:.1}");
        let (cpu, idle, wakes) = (format!("{began_cpu:.2}"), format!("{idle_percent:.3}"), format!("{wakes:.1}"));
        let memory = [mib(memory.resident), mib(memory.own), mib(memory.peak)];
        let [resident, own, peak] = memory;
        [(*process).to_owned(), threads.to_string(), resident, own, peak, cpu, idle, wakes]
    };
    table::print(header, processes.iter().map(row));
}
