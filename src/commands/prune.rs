//! `arraywatch db prune`: what is old is summed up.

use super::age::Age;
use super::{Common, Exit, complain, print, print_json};
use crate::history::{Database, Trouble};
use crate::keep::prune;
use crate::report::json::{Pruned, Space};
use crate::report::{json, text};
use chrono::{DateTime, SubsecRound as _, TimeDelta};
use std::path::Path;

pub(super) const HELP: &str = "\
What a log said before becomes, of each statement, from when to when it was said and how often. Lost are the times between, the \
numbers in free texts, such as a temperature, and the places in the files. Kept as it is: what cases that are not over rest on, \
what is told of damage, what people said, and what was measured of drives (samples).
The diagnosis stays the same. Reading an old log again does not bring back what was summed up. All of it is done or nothing; \
meanwhile there must be room for as much again as is summed up.

Examples:
  arraywatch db prune --older-than 2y --dry-run
  arraywatch db prune --older-than '18 months' --vacuum";

/// The newest record of a log may be taken back by the one that follows: what is younger is not summed up.
const AGE_MIN: TimeDelta = TimeDelta::days(1);

pub(super) fn age(text: &str) -> Result<Age, String> {
    let age: Age = text.parse()?;
    match age.before(DateTime::UNIX_EPOCH) {
        Some(at) if DateTime::UNIX_EPOCH - at < AGE_MIN => {
            Err("nothing is summed up that is younger than a day".to_owned())
        }
        _ => Ok(age),
    }
}

/// What is asked for.
pub(super) struct Wish<'a> {
    pub(super) older_than: &'a Age,
    pub(super) dry_run: bool,
    pub(super) vacuum: bool,
}

pub(super) fn run(path: &Path, wish: &Wish<'_>, common: &Common) -> Result<Exit, Trouble> {
    let now = common.now().trunc_subsecs(0);
    let Some(before) = wish.older_than.before(now) else {
        complain("--older-than reaches back before all time; give a shorter one");
        return Ok(Exit::Usage);
    };
    // The writer would make a history where there is none.
    let database = Database::read(path)?;
    let (pruned, space) = if wish.dry_run {
        let planned = prune::plan(database.connection(), before, now);
        (planned.map_err(|reason| Trouble::new("read the history", path, reason))?, None)
    } else {
        drop(database);
        let database = Database::write(path)?;
        let space = || space(&database).map_err(database.trouble("read the history"));
        let file_before = space()?.file;
        let pruned = prune::prune(database.connection(), before, now);
        let pruned = pruned.map_err(|reason| Trouble::new("sum up what is old in the history", path, reason))?;
        if wish.vacuum {
            // What the log of changes holds is not yet in the file.
            let shrink = "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)";
            let done = database.connection().execute_batch(shrink);
            done.map_err(database.trouble("give back the space of what was summed up in the history"))?;
        }
        (pruned, Some(Space { file_before, ..space()? }))
    };
    let pruned = Pruned { database: path, pruned: &pruned, space };
    Ok(if common.json {
        print_json(&json::prune(&pruned), Exit::Healthy)
    } else {
        print(&text::prune(&pruned), Exit::Healthy)
    })
}

/// How large the database is, and how much of that is free for what comes next.
fn space(database: &Database) -> rusqlite::Result<Space> {
    let ask = |question: &str| -> rusqlite::Result<u64> {
        let answer: i64 = database.connection().query_row(&format!("PRAGMA {question}"), [], |row| row.get(0))?;
        Ok(answer.cast_unsigned())
    };
    let page = ask("page_size")?;
    let file = ask("page_count")?.saturating_mul(page);
    Ok(Space { file_before: file, file, free: ask("freelist_count")?.saturating_mul(page) })
}
