//! Runs the reader and its peers on one file, in turns, and prints what each took and how they compare.
//!
//! Only ratios of one run say anything: the machine, its load and its caches are the same for all.

use anyhow::{Context as _, ensure};
use arraywatch_benches::dense::Dense;
use arraywatch_benches::input::Input;
use arraywatch_benches::log::{Plan, Spacing};
use arraywatch_benches::measure::{Cost, run};
use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The head of a record, as somebody who looks for records would write it.
const HEAD: &str = "^[A-Z][a-z]+ +[0-9]{1,2}, +[0-9]{4} +[0-9]{1,2}:[0-9]{2}:[0-9]{2} +[AP]M +[A-Z]+ +(INF|WRN|ERR) \
                    +[0-9]+:A[0-9-]+C[0-9-]+S[0-9-]+L[0-9-]+ ";

/// The head of a line of syslog, likewise.
const SYSLOG_HEAD: &str = "^[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [^ ]+ ";

/// Runs the log reader and its peers side by side.
#[derive(Debug, Parser)]
struct Arguments {
    /// The log; without it one is made, and files that are hard to read too.
    log: Option<PathBuf>,
    /// Size of the files that are made, in MB (10^6 bytes).
    #[arg(long, default_value_t = 500)]
    size: u64,
    /// Seed of the logs that are made.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often each program runs; its best run counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// All that was measured.
#[derive(Debug, Serialize)]
struct Report {
    rounds: u32,
    files: Vec<FileReport>,
}

#[derive(Debug, Serialize)]
struct FileReport {
    file: String,
    bytes: u64,
    /// What the reader found.
    found: String,
    programs: Vec<ProgramReport>,
}

#[derive(Debug, Serialize)]
struct ProgramReport {
    program: &'static str,
    /// The records it counted, if it counts records.
    records: Option<u64>,
    mb_per_second: f64,
    /// The reader's speed as a multiple of this program's, by the clock and by CPU time.
    reader_is_faster_by: f64,
    reader_is_faster_by_cpu: f64,
    /// The best of each measure.
    best: Cost,
    runs: Vec<Cost>,
}

struct Program {
    name: &'static str,
    command: Command,
    counts_records: bool,
    output: String,
    runs: Vec<Cost>,
}

impl Program {
    fn new(name: &'static str, command: Command, counts_records: bool) -> Self {
        Self { name, command, counts_records, output: String::new(), runs: Vec::new() }
    }

    fn best(&self) -> anyhow::Result<Cost> {
        self.runs.iter().copied().reduce(Cost::least).context("no run")
    }

    /// The number that its output begins with.
    fn records(&self) -> anyhow::Result<Option<u64>> {
        let first = self.output.split_whitespace().next().unwrap_or_default();
        let number = || first.parse().with_context(|| format!("{} wrote {:?}", self.name, self.output));
        self.counts_records.then(number).transpose()
    }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let files = match &arguments.log {
        Some(log) => vec![compare("the log given", log, all(log)?, arguments.rounds)?],
        None => made(&arguments)?,
    };
    let report = Report { rounds: arguments.rounds, files };
    if arguments.json {
        serde_json::to_writer_pretty(io::stdout().lock(), &report)?;
        println!();
    } else {
        report.files.iter().for_each(print);
        println!(
            "Best of {} rounds with all programs in turn; where the reader ran alone, it ran once.",
            report.rounds
        );
    }
    for FileReport { file, found, programs, .. } in &report.files {
        // An intact log has the same records for all. Only the reader sees that a record is damaged behind its head.
        let mut counts = programs.iter().filter_map(|program| program.records);
        let same = counts.next().is_some_and(|first| counts.all(|other| other == first));
        ensure!(same || !found.contains(" 0 damaged"), "{file}: the programs do not agree on the number of records");
    }
    Ok(())
}

/// Makes the files, one at a time, and runs the programs on them.
fn made(arguments: &Arguments) -> anyhow::Result<Vec<FileReport>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("log");
    let size = arguments.size * 1_000_000;
    let plan = Plan { size, seed: arguments.seed, ..Plan::BUSY };
    let beside_peers = |name, input: Input| {
        input.write(&path)?;
        compare(name, &path, all(&path)?, arguments.rounds)
    };
    // Peers would not do the same work here. What counts is the memory, and that it ends.
    let once = |name, input: Input| {
        input.write(&path)?;
        compare(name, &path, alone(&path)?, 1)
    };
    let mut files = vec![
        beside_peers("an intact log", Input::Log(plan))?,
        beside_peers("a log in wide columns", Input::Log(Plan { spacing: Spacing::Wide, ..plan }))?,
        {
            Input::Kernel(size, arguments.seed).write(&path)?;
            compare(
                "a kernel's log, one line in 500 of storage",
                &path,
                counting(&path, SYSLOG_HEAD)?,
                arguments.rounds,
            )?
        },
        once("a log with every 10th line damaged", Input::Log(Plan { damage_every: Some(10), ..plan }))?,
        once("one line without end", Input::OneLine(size))?,
        once("nothing but NULs", Input::Nuls(size))?,
    ];
    for family in Dense::ALL {
        Input::Dense(family, size.min(family.size_max()), arguments.seed).write(&path)?;
        let mut python = Command::new("python3");
        python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/records.py")).arg(family.name()).arg(&path);
        let mut programs = counting(&path, family.head())?;
        programs.insert(2, Program::new("python re", python, true));
        files.push(compare(&format!("{}, every line of a record", family.name()), &path, programs, arguments.rounds)?);
    }
    Ok(files)
}

/// The product alone: the whole program, as a user runs it.
fn alone(log: &Path) -> anyhow::Result<Vec<Program>> {
    let path = std::env::current_exe()?.with_file_name("arraywatch");
    ensure!(path.exists(), "{} is not built: cargo build --release --workspace", path.display());
    let mut product = Command::new(path);
    product.args(["integrity", "--json"]).arg(log);
    Ok(vec![Program::new("arraywatch", product, true)])
}

/// What the product's JSON comes to, in a line that begins with the number of records, as the output of its peers does.
fn in_a_line(output: &str) -> anyhow::Result<String> {
    let answer: serde_json::Value = serde_json::from_str(output).context("the product wrote no JSON")?;
    let source = answer.pointer("/sources/0").context("the product read nothing")?;
    let number = |key: &str| source.get(key).and_then(serde_json::Value::as_u64).unwrap_or_default();
    let listed = |key: &str| source.get(key).and_then(serde_json::Value::as_array).map_or(0, Vec::len) as u64;
    let (damaged, odd) =
        (listed("damage") + number("damage_not_listed"), listed("anomalies") + number("anomalies_not_listed"));
    Ok(format!(
        "{} records, {} unrecognised, {damaged} damaged, {odd} anomalies",
        number("records"),
        number("unrecognised")
    ))
}

/// The reader and its peers.
fn all(log: &Path) -> anyhow::Result<Vec<Program>> {
    let mut python = Command::new("python3");
    python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/fields.py")).arg(log);
    let mut programs = counting(log, HEAD)?;
    programs.insert(2, Program::new("python re", python, true));
    Ok(programs)
}

/// The reader and those that count its records, by how they begin.
fn counting(log: &Path, head: &str) -> anyhow::Result<Vec<Program>> {
    let mut grep = Command::new("grep");
    grep.env("LC_ALL", "C").args(["-cE", head]).arg(log);
    let mut wc = Command::new("wc");
    wc.arg("-l").arg(log);
    let mut programs = alone(log)?;
    programs.push(Program::new("grep -cE", grep, true));
    programs.push(Program::new("wc -l", wc, false));
    Ok(programs)
}

fn compare(name: &str, log: &Path, mut programs: Vec<Program>, rounds: u32) -> anyhow::Result<FileReport> {
    // Reading the file once brings it into the system's cache.
    let bytes = io::copy(&mut fs::File::open(log)?, &mut io::sink())?;
    for _ in 0..rounds {
        for program in &mut programs {
            let (output, cost) = run(&mut program.command)?;
            program.output = if program.name == "arraywatch" { in_a_line(&output)? } else { output };
            program.runs.push(cost);
        }
    }
    let reader = programs.first().context("no program")?;
    let (found, own) = (reader.output.trim().to_owned(), reader.best()?);
    let reports = programs.into_iter().map(|program| {
        let best = program.best()?;
        Ok(ProgramReport {
            program: program.name,
            records: program.records()?,
            mb_per_second: bytes as f64 / 1e6 / best.wall,
            reader_is_faster_by: best.wall / own.wall,
            reader_is_faster_by_cpu: best.cpu / own.cpu,
            best,
            runs: program.runs,
        })
    });
    Ok(FileReport { file: name.to_owned(), bytes, found, programs: reports.collect::<anyhow::Result<_>>()? })
}

fn print(report: &FileReport) {
    println!("{}: {:.1} MB; the reader found {}", report.file, report.bytes as f64 / 1e6, report.found);
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(["program", "wall s", "CPU s", "MB/s", "peak MiB", "reader x", "by CPU", "records"]);
    for program in &report.programs {
        let Cost { wall, cpu, peak_mib, .. } = program.best;
        table.add_row([
            program.program.to_owned(),
            format!("{wall:.3}"),
            format!("{cpu:.3}"),
            format!("{:.0}", program.mb_per_second),
            format!("{peak_mib:.1}"),
            format!("{:.2}", program.reader_is_faster_by),
            format!("{:.2}", program.reader_is_faster_by_cpu),
            program.records.map_or(String::new(), |records| records.to_string()),
        ]);
    }
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    println!("{table}\n");
}
