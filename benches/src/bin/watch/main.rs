//! What `arraywatch run` costs: its memory, its CPU while nothing happens, whether it keeps up with a log that is written fast, and how long
//! it takes from a line to a message. The drives of the machine that this runs on are somebody's, and are not read.

mod daemon;
mod followed;
mod idle;
mod load;
mod told;

use arraywatch_benches::kernel::Lines;
use clap::Parser;
use daemon::Programs;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// Measures the daemon.
#[derive(Debug, Parser)]
struct Arguments {
    /// Seconds for which it is left idle.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    idle: u64,
    /// Seconds for which lines are written to a log.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    load: u64,
    /// Lines a second.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u64).range(100..))]
    rate: u64,
    /// How often the time from a line to its message is taken, by a daemon of its own each.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    messages: u32,
    /// Size of each followed log, in kB (10^3 bytes); those of events alone are a fortieth of it.
    #[arg(long, default_value_t = 2_000)]
    size: u64,
    /// Where files and the history are made, on the disk that is to be measured; without it, where temporary files are.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The arraywatch to measure; without it, the one beside this program.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// All that was measured.
#[derive(Debug, Serialize)]
struct Report {
    idle: idle::Report,
    loads: Vec<load::Report>,
    told: told::Report,
}

fn main() -> anyhow::Result<()> {
    let Arguments { idle, load, rate, messages, size, dir, program, json } = Arguments::parse();
    let programs = Programs::find(program, dir)?;
    let size = size * 1_000;
    let idle = idle::run(&programs, size, Duration::from_secs(idle))?;
    if !json {
        idle::print(&idle);
    }
    let loads = [Lines::Usual, Lines::Repeated, Lines::New];
    let loads: Vec<load::Report> =
        loads.iter().map(|lines| load::run(&programs, size, *lines, rate, load)).collect::<anyhow::Result<_>>()?;
    if !json {
        load::print(&loads);
    }
    let told = told::run(&programs, messages)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&Report { idle, loads, told })?);
    } else {
        told::print(&told);
    }
    Ok(())
}
