//! Writes a made-up log of any size, the same for the same seed.

use arraywatch_benches::dense::Dense;
use arraywatch_benches::input::Input;
use arraywatch_benches::log::{Plan, Spacing};
use clap::Parser;
use std::path::PathBuf;

/// Writes a made-up log, of Adaptec Storage Manager if no other family is named.
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
    /// The family, if it is another: every line is of a record.
    #[arg(long, value_enum, conflicts_with_all = ["spacing", "damage_every"])]
    family: Option<Dense>,
    /// Where to write it.
    output: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let Arguments { size, seed, spacing, damage_every, family, output } = Arguments::parse();
    let size = size * 1_000_000;
    let input = match family {
        Some(family) => Input::Dense(family, size, seed),
        None => Input::Log(Plan { size, seed, spacing, damage_every, ..Plan::BUSY }),
    };
    Ok(input.write(&output)?)
}
