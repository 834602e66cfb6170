//! `arraywatch db export`: all that is kept, to standard output, as it is read.

use super::{Common, Exit, complain};
use crate::history::{Database, Trouble};
use crate::keep::walk::{Stopped, walk};
use crate::keep::{Filter, Stop};
use crate::report::json;
use crate::words::printed;
use clap::ValueEnum;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

pub(super) const HELP: &str = "\
jsonl: one JSON object a line, by its kind: history, source, stream, digest, summary, observation, sample, alert; all that is needed to \
make the history anew. schemas/export.schema.json says what is what.
csv: a row an observation and a summary, by time: as arraywatch events --csv prints them.

Examples:
  arraywatch db export | jq -r 'select(.kind == \"observation\").text'
  arraywatch db export --format csv > history.csv";

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// All of it, one JSON object a line
    Jsonl,
    /// What was said, a row each
    Csv,
}

pub(super) fn run(path: &Path, format: Option<Format>, common: &Common) -> Result<Exit, Trouble> {
    if common.json && format == Some(Format::Csv) {
        complain("--json and --format csv contradict each other; give one of them");
        return Ok(Exit::Usage);
    }
    let database = Database::read(path)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let done = match format {
        Some(Format::Csv) => csv(&database, &mut out),
        Some(Format::Jsonl) | None => jsonl(&database, &mut out),
    };
    match done.and_then(|()| out.flush().map_err(Stopped::Taking)) {
        Ok(()) => Ok(Exit::Healthy),
        Err(Stopped::Reading(reason)) => Err(Trouble::new("read the history", path, reason)),
        // Whoever read the output has read enough: `| head` is no error.
        Err(Stopped::Taking(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Healthy),
        Err(Stopped::Taking(error)) => {
            complain(&format!("cannot print the result: {error}"));
            Ok(Exit::Io)
        }
    }
}

fn jsonl(database: &Database, out: &mut dyn Write) -> Result<(), Stopped> {
    walk(database.connection(), &mut |item| writeln!(out, "{}", printed(&json::line(&item).to_string())))
}

/// As `arraywatch events --csv` prints all of it.
fn csv(database: &Database, out: &mut impl Write) -> Result<(), Stopped> {
    super::events::as_csv(database.connection(), &Filter::default(), out).map_err(|stop| match stop {
        Stop::History(error) => Stopped::Reading(error.into()),
        Stop::Out(error) => Stopped::Taking(error),
    })
}
