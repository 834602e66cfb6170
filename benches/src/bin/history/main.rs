//! Runs the history and its peers on made-up logs, in turns, and prints what each took and how they compare.
//!
//! Only ratios of one run say anything: the machine, its load and its caches are the same for all.

mod ask;
mod ingest;
mod programs;

use arraywatch_benches::fleet::Fleet;
use clap::Parser;
use programs::Programs;
use std::path::PathBuf;

/// Runs the history and its peers side by side.
#[derive(Debug, Parser)]
struct Arguments {
    /// Size of the log that is ingested, in MB (10^6 bytes).
    #[arg(long, default_value_t = 500)]
    size: u64,
    /// How often each program ingests it; its best run counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Machines of the fleet, with 48 drives each.
    #[arg(long, default_value_t = 209, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    hosts: usize,
    /// Days that the fleet's logs cover.
    #[arg(long, default_value_t = 365, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    days: usize,
    /// Drives of the fleet that are asked for.
    #[arg(long, default_value_t = 50, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    questions: usize,
    /// Seed of the logs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where logs and databases are made, on the disk that is to be measured; without it, where temporary files are.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The arraywatch to measure; without it, the one beside this program.
    #[arg(long)]
    program: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let Arguments { size, rounds, hosts, days, questions, seed, dir, program } = Arguments::parse();
    let directory = dir.map_or_else(tempfile::tempdir, tempfile::tempdir_in)?;
    let programs = Programs::find(program)?;
    let log = directory.path().join("one");
    std::fs::create_dir(&log)?;
    ingest::run(&programs, &log, size * 1_000_000, seed, rounds)?;
    std::fs::remove_dir_all(&log)?;
    let fleet = Fleet { hosts, days, seed };
    let questioned = directory.path().join("fleet");
    std::fs::create_dir(&questioned)?;
    ask::run(&programs, &questioned, fleet, questions)
}
