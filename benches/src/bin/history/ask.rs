//! A fleet's history, and questions to it: each a process of its own, as people ask.

use crate::programs::{Programs, Work, size};
use anyhow::{Context as _, ensure};
use arraywatch_benches::fleet::{Drive, Fleet};
use arraywatch_benches::measure::{self, Cost};
use arraywatch_benches::random::Random;
use arraywatch_benches::table;
use chrono::{Days, NaiveDate};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is asked about all drives is asked once in so many questions about one.
const SELDOM: usize = 5;

/// A fleet's histories, and the questions to them that can be asked.
struct Asked<'a> {
    programs: &'a Programs,
    own: PathBuf,
    naive: PathBuf,
    /// Some hours after the last report.
    now: String,
    can: Can,
}

/// What the programs at hand know.
#[derive(Debug)]
struct Can {
    history: bool,
    events: bool,
    status: bool,
    sqlite3: bool,
}

/// What a question took, each time.
#[derive(Debug)]
struct Row {
    name: &'static str,
    costs: Vec<Cost>,
}

/// Makes a fleet's history, asks so many questions, and prints.
pub fn run(programs: &Programs, directory: &Path, fleet: Fleet, questions: usize) -> anyhow::Result<()> {
    let logs = directory.join("logs");
    std::fs::create_dir(&logs)?;
    let paths = fleet.write(&logs)?;
    let mut drives = Vec::new();
    for (host, log) in (1..).zip(&paths) {
        drives.extend(Drive::all(host, log)?);
    }
    let asked = Asked {
        programs,
        own: directory.join("arraywatch.db"),
        naive: directory.join("naive.db"),
        now: end(fleet)?,
        can: Can::find(programs)?,
    };
    println!("a fleet: {} hosts, {} drives, {} days", fleet.hosts, drives.len(), fleet.days);
    asked.ingest(&paths)?;

    let (mut random, mut rows) = (Random::new(fleet.seed), Vec::new());
    for number in 0..questions {
        asked.about(random.one_of(&drives), number % SELDOM == 0, &mut rows)?;
    }
    println!("{questions} questions");
    print(&rows);
    Ok(())
}

fn end(fleet: Fleet) -> anyhow::Result<String> {
    let first = NaiveDate::from_yo_opt(Fleet::YEAR, 1).context("no such year")?;
    let last = first.checked_add_days(Days::new(u64::try_from(fleet.days)?)).context("too many days")?;
    Ok(format!("{last}T12:00:00Z"))
}

impl Asked<'_> {
    fn ingest(&self, logs: &[PathBuf]) -> anyhow::Result<()> {
        let row = |name: &str, Work { cost, records, new }: Work, database: &Path| -> anyhow::Result<_> {
            Ok([
                name.to_owned(),
                format!("{:.2}", cost.wall),
                format!("{:.2}", cost.cpu),
                format!("{:.0}", records as f64 / cost.wall),
                format!("{:.0}", records as f64 / cost.cpu),
                format!("{:.0}", cost.peak_mib),
                format!("{:.1}", size(database)? as f64 / new as f64),
                format!("{:.0}", cost.written_mb),
            ])
        };
        let own = row("arraywatch", self.programs.ingest(&self.own, logs)?, &self.own)?;
        let naive = row("rust, a row a record", self.programs.naive(&self.naive, logs)?, &self.naive)?;
        let again = self.programs.ingest(&self.own, logs)?;
        let header = ["program", "wall s", "CPU s", "records/s", "by CPU", "peak MiB", "bytes a record", "written MB"];
        table::print(header, [own, naive]);
        println!("all of it again, unchanged: {:.3} s, {} new\n", again.cost.wall, again.new);
        Ok(())
    }

    /// Asks all programs about a drive, in turns.
    fn about(&self, drive: &Drive, all: bool, rows: &mut Vec<Row>) -> anyhow::Result<()> {
        let Drive { serial, bay } = drive;
        let mut ask = |name, command| Row::add(rows, name, command);
        ask("arraywatch --version", self.programs.arraywatch(&["--version"]))?;
        if self.can.history {
            ask("history drive", self.own(&["history", "drive", serial]))?;
            ask("history drive --json", self.own(&["history", "drive", "--json", serial]))?;
            ask("history bay", self.own(&["history", "bay", bay]))?;
        }
        if self.can.events {
            ask("events --subject drive", self.own(&["events", "--subject", &format!("drive:{serial}")]))?;
        }
        if self.can.status && all {
            ask("status --json", self.own(&["status", "--json"]))?;
        }
        if self.can.sqlite3 {
            ask("sqlite3, a row a record", self.sqlite3(serial))?;
        }
        ask("python, a row a record", self.python(serial))
    }

    fn own(&self, arguments: &[&str]) -> Command {
        let mut command = self.programs.arraywatch(arguments);
        command.args(["--now", &self.now, "--db"]).arg(&self.own);
        command
    }

    fn sqlite3(&self, serial: &str) -> Command {
        let mut command = Command::new("sqlite3");
        let question = format!("SELECT at, text FROM record WHERE drive = '{serial}' ORDER BY at");
        command.arg("-readonly").arg(&self.naive).arg(question);
        command
    }

    fn python(&self, serial: &str) -> Command {
        let mut command = Command::new("python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/drive.py")).arg(&self.naive).arg(serial);
        command
    }
}

impl Can {
    fn find(programs: &Programs) -> anyhow::Result<Self> {
        let sqlite3 = measure::run(Command::new("sqlite3").arg("-version")).is_ok();
        Ok(Self {
            history: programs.has("history")?,
            events: programs.has("events")?,
            status: programs.has("status")?,
            sqlite3,
        })
    }
}

impl Row {
    fn add(rows: &mut Vec<Self>, name: &'static str, mut command: Command) -> anyhow::Result<()> {
        let (output, cost) = measure::run(&mut command)?;
        ensure!(!output.is_empty(), "{name} said nothing");
        match rows.iter_mut().find(|row| row.name == name) {
            Some(row) => row.costs.push(cost),
            None => rows.push(Self { name, costs: vec![cost] }),
        }
        Ok(())
    }

    /// Milliseconds of all runs, the least first.
    fn sorted(&self, measure: impl Fn(&Cost) -> f64) -> Vec<f64> {
        let mut values: Vec<_> = self.costs.iter().map(|cost| measure(cost) * 1e3).collect();
        values.sort_by(f64::total_cmp);
        values
    }
}

fn print(rows: &[Row]) {
    let row = |row: &Row| {
        let (wall, cpu) = (row.sorted(|cost| cost.wall), row.sorted(|cost| cost.cpu));
        let (median, worst) = (wall.len() / 2, wall.len() - 1);
        let peak = row.costs.iter().map(|cost| cost.peak_mib).fold(0.0, f64::max);
        [
            row.name.to_owned(),
            wall.len().to_string(),
            format!("{:.1}", wall[median]),
            format!("{:.1}", wall[worst]),
            format!("{:.1}", cpu[median]),
            format!("{:.1}", cpu[worst]),
            format!("{peak:.0}"),
        ]
    };
    table::print(["process", "runs", "wall ms", "worst", "CPU ms", "worst", "peak MiB"], rows.iter().map(row));
}
