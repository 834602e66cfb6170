//! A copy of a database while it is in use.
//!
//! What must hold: the copy is of one moment, whatever a writer does meanwhile, and does not hold that writer up; it is one file that
//! needs no other beside it; it has its name only when it is complete, checked, and on the disk; and it never takes the place of
//! anything.

use super::Reason;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::io;
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// Copies the database of a connection to a new file, readable by its owner only.
pub(super) fn copy(from: &Connection, to: &Path) -> Result<(), Reason> {
    let copy = prepare(from, to)?;
    settle(copy, to)
}

/// Makes the copy, checked and on the disk, under a name that is thrown away unless it is settled.
pub(super) fn prepare(from: &Connection, to: &Path) -> Result<NamedTempFile, Reason> {
    if to.symlink_metadata().is_ok() {
        return Err(Reason::Exists);
    }
    let unfinished = Builder::new().prefix(".arraywatch-copy-").tempfile_in(directory_of(to)).map_err(placed)?;
    let mut copy = Connection::open_with_flags(unfinished.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Until it has its name nobody else opens it, and it is thrown away if anything fails: no locks, no journal, one sync at the end.
    copy.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;")?;
    pages(from, &mut copy)?;
    // The pages say that there is a write-ahead log. There is none beside a copy.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let sound: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(Reason::CopyUnsound(crate::words::clean(&sound)));
    }
    copy.close().map_err(|(_, error)| error)?;
    unfinished.as_file().sync_all()?;
    Ok(unfinished)
}

/// Gives a copy its name.
pub(super) fn settle(copy: NamedTempFile, to: &Path) -> Result<(), Reason> {
    copy.persist_noclobber(to).map_err(|error| placed(error.error))?;
    File::open(directory_of(to))?.sync_all()?;
    Ok(())
}

/// All pages at once: in one read transaction, which does not hold up a writer of a database with a write-ahead log. In steps, each
/// commit between two of them would start it over.
pub(super) fn pages(from: &Connection, to: &mut Connection) -> Result<(), Reason> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(Reason::Busy { holder: None, waited: 0 }),
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What an error means for the place of a copy: that something is missing is not about a history.
fn placed(error: io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::NotFound => Reason::NotAFile("in a directory that does not exist"),
        _ => error.into(),
    }
}
