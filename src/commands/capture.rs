//! `arraywatch capture`: what this machine answers, written down.

use super::machine::{line, live};
use super::{Common, Exit, complain, print, print_json};
use crate::machine::capture::{Capture, FILE};
use crate::machine::mask;
use crate::words::{bytes, clean, number_of};
use clap::Args;
use serde_json::json;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What `capture` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The directory to write to; made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Replace serial numbers, world-wide names and the host's name by others, the same each time in this capture
    #[arg(long)]
    mask: bool,
    /// Stop waiting for a device that says nothing for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    patience: u64,
}

pub(super) fn run(arguments: &Arguments, common: &Common) -> Exit {
    captured(arguments, common).unwrap_or_else(|exit| exit)
}

fn captured(arguments: &Arguments, common: &Common) -> Result<Exit, Exit> {
    let entries = live(Duration::from_secs(arguments.patience), common)?;
    let mut text = Vec::new();
    entries.iter().for_each(|entry| line(&mut text, entry));
    if arguments.mask {
        text = mask::masked(&text);
    }
    let file = arguments.directory.join(FILE);
    let shown = clean(&file.display().to_string());
    write(&arguments.directory, &file, &text).map_err(|error| {
        complain(&format!("cannot write {shown}: {error}"));
        Exit::Io
    })?;
    let capture = Capture::read(&text);
    let commands: u64 = capture.readers.iter().map(|reader| reader.commands).sum();
    if common.json {
        let value = json!({
            "schema": "arraywatch.capture/1",
            "file": shown,
            "bytes": text.len(),
            "masked": arguments.mask,
            "readers": capture.readers.len(),
            "commands": commands,
        });
        return Ok(print_json(&value, Exit::Healthy));
    }
    let readers = number_of(capture.readers.len() as u64, "reader", "readers");
    let commands = number_of(commands, "command", "commands");
    let masked = if arguments.mask {
        ", names and serial numbers masked"
    } else {
        "; it names serial numbers: --mask replaces them"
    };
    let told = format!(
        "{shown}: {}, {readers}, {commands}{masked}\nRead it anywhere: arraywatch scan --replay {}\n",
        bytes(text.len() as u64),
        clean(&arguments.directory.display().to_string())
    );
    Ok(print(&told, Exit::Healthy))
}

fn write(directory: &Path, file: &Path, text: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    // It tells of serial numbers and of what the kernel said: it is its owner's to pass on.
    let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(text)?;
    file.sync_all()
}
