//! A copy of a database while it is in use.
//!
//! What must hold: the copy is of one moment, whatever a writer does meanwhile, and does not hold that writer up; it is one file that
//! needs no other beside it; it has its name only when it is complete, checked, and on the disk; it never takes the place of
//! anything; and of one that does not come about nothing is left.

use super::Reason;
use super::database::PATIENCE;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use tempfile::{Builder, TempDir, TempPath};

/// A copy that is complete, checked and on the disk, and that is thrown away unless it is settled.
pub(super) struct Unsettled {
    file: TempPath,
    /// Thrown away with whatever SQLite put beside the copy when something failed.
    _directory: TempDir,
}

impl Unsettled {
    /// Where it is for now.
    pub(super) fn path(&self) -> &Path {
        &self.file
    }
}

/// Copies the database of a connection to a new file, readable by its owner only.
pub(super) fn copy(from: &Connection, to: &Path) -> Result<(), Reason> {
    settle(prepare(from, to)?, to)
}

/// Makes the copy in the directory where it is to be.
pub(super) fn prepare(from: &Connection, to: &Path) -> Result<Unsettled, Reason> {
    if to.symlink_metadata().is_ok() {
        return Err(Reason::Exists);
    }
    let directory = Builder::new().prefix(".arraywatch-copy-").tempdir_in(directory_of(to)).map_err(placed)?;
    let path = directory.path().join("copy.db");
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    let unsettled = Unsettled { file: TempPath::try_from_path(&path)?, _directory: directory };
    let mut copy = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Nobody else opens it, and it is thrown away if anything fails: no locks, no journal, one sync at the end.
    copy.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;")?;
    pages(from, &mut copy)?;
    // The pages say that there is a write-ahead log. There is none beside a copy.
    set_journal_mode(&copy, "DELETE")?;
    copy.close().map_err(|(_, error)| error)?;
    file.sync_all()?;
    verify(&path)?;
    Ok(unsettled)
}

/// Reads a copy anew: what the connection that wrote it remembers is not what is in the file.
fn verify(path: &Path) -> Result<(), Reason> {
    let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let ask = |question| copy.query_row(question, [], |row| row.get::<_, String>(0));
    let journal = ask("PRAGMA journal_mode")?;
    if journal != "delete" {
        return Err(Reason::CopyUnsound("it would need a log beside it".to_owned()));
    }
    match ask("PRAGMA integrity_check(1)")?.as_str() {
        "ok" => Ok(()),
        found => Err(Reason::CopyUnsound(crate::words::clean(found))),
    }
}

/// Changes the journal mode, and tells the one that holds. The statement gives a row before it commits: whoever takes the row and
/// goes is not told that the commit failed.
pub(super) fn set_journal_mode(connection: &Connection, mode: &str) -> rusqlite::Result<String> {
    let mut statement = connection.prepare(&format!("PRAGMA journal_mode = {mode}"))?;
    let rows: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(rows.concat())
}

/// Gives a copy its name.
pub(super) fn settle(copy: Unsettled, to: &Path) -> Result<(), Reason> {
    copy.file.persist_noclobber(to).map_err(|error| placed(error.error))?;
    File::open(directory_of(to))?.sync_all()?;
    Ok(())
}

/// All pages at once: in one read transaction, which does not hold up a writer of a database with a write-ahead log. In steps, each
/// commit between two of them would start it over.
pub(super) fn pages(from: &Connection, to: &mut Connection) -> Result<(), Reason> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(Reason::Busy { holder: None, waited: PATIENCE.as_secs() }),
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
