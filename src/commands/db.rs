//! `arraywatch db`: the history's database. What it says of a history is in other verbs; here it is a file to look after.

use super::age::Age;
use super::{Common, Exit, export, print, print_json, prune, troubled};
use crate::history::{Database, Finding, MIGRATIONS, Reason, Trouble, UNREADABLE, newest};
use crate::model::Verdict;
use crate::report::{json, text};
use clap::Subcommand;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Whether the database is sound; it is not changed, and a writer is not held up
    Check,
    /// Copy the history as it is at this moment to a new file, also while it is written
    Backup {
        /// The file to make; nothing is overwritten
        #[arg(value_name = "FILE")]
        to: PathBuf,
    },
    /// Sum up what is old: what was said, from when to when, and how often
    #[command(after_help = prune::HELP)]
    Prune {
        /// What is older is summed up, such as 90d, 52w, "18 months" or 2y; at least a day
        #[arg(long, value_name = "AGE", value_parser = prune::age)]
        older_than: Age,
        /// Show what would be summed up, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Give the space back to the file system; needs room for a second database meanwhile
        #[arg(long, conflicts_with = "dry_run")]
        vacuum: bool,
    },
    /// Print all that is kept
    #[command(after_help = export::HELP)]
    Export {
        /// How [default: jsonl]
        #[arg(long, value_enum)]
        format: Option<export::Format>,
    },
}

pub(super) fn run(verb: &Verb, common: &Common) -> Exit {
    let done = common.place().and_then(|path| match verb {
        Verb::Check => check(&path, common),
        Verb::Backup { to } => backup(&path, to, common),
        Verb::Prune { older_than, dry_run, vacuum } => {
            prune::run(&path, &prune::Wish { older_than, dry_run: *dry_run, vacuum: *vacuum }, common)
        }
        Verb::Export { format } => export::run(&path, *format, common),
    });
    done.unwrap_or_else(|trouble| troubled(&trouble))
}

fn check(path: &Path, common: &Common) -> Result<Exit, Trouble> {
    let (version, findings) = match Database::read_as_it_is(path) {
        Ok(database) => (Some(database.version()?), database.check()?),
        // Whether it is sound was asked: that it is too damaged to be opened answers it.
        Err(Trouble { reason: Reason::Corrupt(detail), .. }) => (None, vec![Finding { check: UNREADABLE, detail }]),
        Err(trouble) => return Err(trouble),
    };
    let verdict = if findings.is_empty() { Verdict::Healthy } else { Verdict::Critical };
    let checked = json::Checked { path, version, known: newest(MIGRATIONS), verdict, findings: &findings };
    Ok(if common.json {
        print_json(&json::db_check(&checked), verdict.into())
    } else {
        print(&text::db_check(&checked), verdict.into())
    })
}

fn backup(path: &Path, to: &Path, common: &Common) -> Result<Exit, Trouble> {
    let database = Database::read_as_it_is(path)?;
    database.backup(to)?;
    let bytes = to.metadata().map_err(|error| Trouble::new("look at the copy", to, error))?.len();
    Ok(if common.json {
        print_json(&json::db_backup(path, to, database.version()?, bytes), Exit::Healthy)
    } else {
        print(&text::db_backup(path, to, bytes), Exit::Healthy)
    })
}
