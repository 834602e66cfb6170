//! From the version that a database is of to the newest, a step at a time.
//!
//! What must hold: a step happens as a whole or not at all, its number included; before the first byte of a step is written there is
//! a copy of what was; and a step, once released, is never edited, only followed by another. The list is data, so that tests bring
//! their own.

use super::header::beside;
use super::{Reason, copy};
use rusqlite::{Connection, TransactionBehavior};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A step.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version that it leads to, from the one below.
    pub version: u32,
    /// What it does, in one transaction that is begun and ended around it. Foreign keys are not enforced within, so that a table can
    /// be built anew, and are checked at its end.
    pub sql: &'static str,
}

/// The steps of the history, in order, from version 1 on.
pub const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, sql: include_str!("schema/0001.sql") },
    Migration { version: 2, sql: include_str!("schema/0002.sql") },
    Migration { version: 3, sql: include_str!("schema/0003.sql") },
];

/// Copies of what was before one step: more are not made, a service that fails to start would fill the disk.
const COPIES_MAX: u32 = 9;

/// The version that a list leads to.
pub fn newest(migrations: &[Migration]) -> u32 {
    migrations.last().map_or(0, |last| last.version)
}

/// The version that a database is of; 0 if it holds nothing yet.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i32>(0)).map(i32::cast_unsigned)
}

/// Takes the steps that are missing. `before` is called with the version that a step leads to, and the step is not taken if it fails.
pub(super) fn migrate(
    connection: &mut Connection,
    migrations: &[Migration],
    mut before: impl FnMut(&Connection, u32) -> Result<(), Reason>,
) -> Result<(), Reason> {
    let from = version(connection)?;
    for step in migrations.iter().filter(|step| step.version > from) {
        // A database of version 0 holds nothing that a copy could keep, and neither does what the first steps made of it.
        if from > 0 {
            before(connection, step.version)?;
        }
        connection.pragma_update(None, "foreign_keys", false)?;
        let taken = take(connection, step);
        connection.pragma_update(None, "foreign_keys", true)?;
        taken?;
    }
    Ok(())
}

fn take(connection: &mut Connection, step: &Migration) -> Result<(), Reason> {
    let failed = |reason| match reason {
        Reason::Bug(detail) => Reason::Migration { version: step.version, detail },
        other => other,
    };
    let work = |connection: &mut Connection| -> Result<bool, rusqlite::Error> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step.sql)?;
        if transaction.prepare("PRAGMA foreign_key_check")?.exists([])? {
            return Ok(false);
        }
        transaction.pragma_update(None, "user_version", step.version)?;
        transaction.commit()?;
        Ok(true)
    };
    match work(connection) {
        Ok(true) => Ok(()),
        Ok(false) => Err(failed(Reason::Bug("rows would refer to rows that are not there".to_owned()))),
        Err(error) => Err(failed(error.into())),
    }
}

/// Keeps what is, beside the database, before a step. A copy that is there already is left; if it is the same, it is enough.
pub(super) fn keep(connection: &Connection, database: &Path, version: u32) -> Result<(), Reason> {
    let name = |number: u32| -> PathBuf {
        let number = if number == 1 { String::new() } else { format!(".{number}") };
        beside(database, &format!(".before-v{version}{number}"))
    };
    let mut names = (1..=COPIES_MAX).map(name);
    let (taken, free): (Vec<PathBuf>, Vec<PathBuf>) = names.by_ref().partition(|name| name.symlink_metadata().is_ok());
    let to = free.first().ok_or(Reason::Exists)?;
    let copied = copy::prepare(connection, to)?;
    for earlier in taken {
        if same(&earlier, copied.path())? {
            return Ok(());
        }
    }
    copy::settle(copied, to)
}

/// Whether two files hold the same bytes.
fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    const CHUNK: u64 = 1 << 20;
    loop {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let read = one.by_ref().take(CHUNK).read_to_end(&mut left)?;
        other.by_ref().take(CHUNK).read_to_end(&mut right)?;
        if left != right || read == 0 {
            return Ok(left == right);
        }
    }
}
