//! Writes a made-up log of any size, the same for the same seed.

use arraywatch_benches::input::Input;
use arraywatch_benches::log::{Plan, Spacing};
use clap::Parser;
use std::path::PathBuf;

/// Writes a made-up log of Adaptec Storage Manager.
#[derive(Debug, Parser)]
struct Arguments {
    /// Size in MB (10^6 bytes); the last line is written whole.
    #[arg(long, default_value_t = 500)]
    size: u64,
    /// The log is the same for the same seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How fields are set apart.
    #[arg(long, value_enum, default_value = "narrow")]
    spacing: Spacing,
    /// Damage one line in so many.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    damage_every: Option<u32>,
    /// Where to write it.
    output: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let Arguments { size, seed, spacing, damage_every, output } = Arguments::parse();
    Ok(Input::Log(Plan { size: size * 1_000_000, seed, spacing, damage_every, ..Plan::BUSY }).write(&output)?)
}
