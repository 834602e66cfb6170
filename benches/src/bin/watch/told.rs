//! How long it takes from a line that an array is degraded to the message. Each time it is a daemon of its own: several arrays at once are a
//! storm, which is told otherwise.

use super::daemon::{Daemon, Programs};
use anyhow::ensure;
use arraywatch_benches::table;
use chrono::Utc;
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// So long is waited for a message.
const PATIENCE: Duration = Duration::from_secs(30);

/// Milliseconds from the line to the message.
#[derive(Debug, Serialize)]
pub struct Report {
    millis: Vec<f64>,
    /// How many were in the outbox, on the disk, when they were seen.
    committed: usize,
}

pub fn run(programs: &Programs, times: u32) -> anyhow::Result<Report> {
    let (mut millis, mut committed) = (Vec::new(), 0);
    for _ in 0..times {
        let (took, is_committed) = once(programs)?;
        millis.push(took.as_secs_f64() * 1e3);
        committed += usize::from(is_committed);
    }
    millis.sort_by(f64::total_cmp);
    Ok(Report { millis, committed })
}

fn once(programs: &Programs) -> anyhow::Result<(Duration, bool)> {
    let directory = programs.directory()?;
    let log = directory.path().join("kern.log");
    let line = |text: &str| format!("{} db7 kernel: [900000.100000] {text}\n", Utc::now().format("%b %e %H:%M:%S"));
    let mut file = File::create(&log)?;
    file.write_all(line("usb 1-4: new high-speed USB device number 7 using xhci_hcd").repeat(3).as_bytes())?;
    let daemon = Daemon::start(programs, directory.path(), std::slice::from_ref(&log))?;
    daemon.settle(std::slice::from_ref(&log))?;
    let told = daemon.told();
    let says = line("md/raid1:md0: Disk failure on sdc1, disabling device.")
        + &line("md/raid1:md0: Operation continuing on 1 devices.");
    let mut file = OpenOptions::new().append(true).open(&log)?;
    let began = Instant::now();
    file.write_all(says.as_bytes())?;
    let text = loop {
        let text = fs::read_to_string(&told).unwrap_or_default();
        if text.ends_with('\n') {
            break text;
        }
        ensure!(began.elapsed() < PATIENCE, "nothing was told: {}", daemon.errors());
        sleep(Duration::from_micros(500));
    };
    let took = began.elapsed();
    ensure!(text.contains("array-degraded"), "something else was told: {text}");
    let stored: i64 = daemon.history()?.query_row("SELECT count(*) FROM alert", [], |row| row.get(0))?;
    daemon.stop()?;
    Ok((took, stored > 0))
}

pub fn print(report: &Report) {
    let Report { millis, committed } = report;
    println!("from a line to its message, and whether that was in the outbox on the disk when it was seen:");
    let ms = |at: usize| millis.get(at).map_or_else(String::new, |ms| format!("{ms:.1}"));
    let (median, worst) = (ms(millis.len() / 2), ms(millis.len().saturating_sub(1)));
    let row = ["array degraded".to_owned(), millis.len().to_string(), ms(0), median, worst, committed.to_string()];
    table::print(["line", "times", "best ms", "median ms", "worst ms", "committed"], [row]);
}
