//! The programs that are run, and what they say of their work.

use anyhow::{Context as _, ensure};
use arraywatch_benches::measure::{Cost, run};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the programs are.
#[derive(Debug)]
pub struct Programs {
    arraywatch: PathBuf,
    naive: PathBuf,
}

/// What a program did with a log.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// What it took.
    pub cost: Cost,
    /// The records that it read, if it had to read.
    pub records: u64,
    /// Those of them that it did not have.
    pub new: u64,
}

impl Programs {
    /// Finds them.
    pub fn find(arraywatch: Option<PathBuf>) -> anyhow::Result<Self> {
        let here = std::env::current_exe()?;
        let arraywatch = arraywatch.unwrap_or_else(|| here.with_file_name("arraywatch"));
        let naive = here.with_file_name("naive");
        for path in [&arraywatch, &naive] {
            ensure!(path.exists(), "{} is not built: cargo build --release --workspace", path.display());
        }
        Ok(Self { arraywatch, naive })
    }

    /// The product.
    pub fn arraywatch(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.arraywatch);
        command.args(arguments);
        command
    }

    /// Whether the product has a command.
    pub fn has(&self, verb: &str) -> anyhow::Result<bool> {
        let mut command = self.arraywatch(&[verb, "--help"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.status()?.success())
    }

    /// The product takes logs into its history.
    pub fn ingest(&self, database: &Path, logs: &[PathBuf]) -> anyhow::Result<Work> {
        let mut command = self.arraywatch(&["ingest", "--json", "--db"]);
        let (output, cost) = run(command.arg(database).args(logs))?;
        let sources = in_json(&output, "/sources")?;
        let sum = |key: &str| sources.iter().filter_map(|source| source.get(key)?.as_u64()).sum();
        Ok(Work { cost, records: sum("records"), new: sum("new") })
    }

    /// The product reads the log and keeps nothing.
    pub fn read(&self, log: &Path) -> anyhow::Result<Work> {
        let (output, cost) = run(self.arraywatch(&["integrity", "--json"]).arg(log))?;
        let records = in_json(&output, "/sources")?.iter().filter_map(|source| source.get("records")?.as_u64()).sum();
        Ok(Work { cost, records, new: 0 })
    }

    /// The naive history takes logs.
    pub fn naive(&self, database: &Path, logs: &[PathBuf]) -> anyhow::Result<Work> {
        let (output, cost) = run(Command::new(&self.naive).arg(database).args(logs))?;
        let mut numbers = output.split_whitespace().filter_map(|word| word.parse().ok());
        let mut number = || numbers.next().with_context(|| format!("naive wrote {output:?}"));
        Ok(Work { cost, records: number()?, new: number()? })
    }
}

/// The usual way with Python; it takes a log once.
pub fn python(database: &Path, log: &Path) -> anyhow::Result<Work> {
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/history.py")).arg(database).arg(log);
    let (output, cost) = run(&mut command)?;
    let records = output.trim().parse().with_context(|| format!("python3 wrote {output:?}"))?;
    Ok(Work { cost, records, new: records })
}

/// Bytes of a database. Its write-ahead log has gone into it when the last program closed it.
pub fn size(database: &Path) -> anyhow::Result<u64> {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    ensure!(!fs::exists(log)?, "{} was not closed", database.display());
    Ok(fs::metadata(database)?.len())
}

fn in_json(output: &str, pointer: &str) -> anyhow::Result<Vec<Value>> {
    let answer: Value = serde_json::from_str(output).context("the product wrote no JSON")?;
    Ok(answer.pointer(pointer).and_then(Value::as_array).context("the product read nothing")?.clone())
}
