//! From a path to a connection that answers.
//!
//! What must hold: whoever may read the files gets answers, whatever is wrong with the directory; and nothing is changed by asking.
//! A database with a write-ahead log is read through an index of that log, which readers and the writer share in a file beside it.
//! Where that file is not there and cannot be made, there are two ways left: without a log the file is read as one that nobody
//! changes, and with one, a copy of both is opened instead.

use super::Reason;
use super::database::PATIENCE;
use super::header::{beside, holds_something};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::thread;
use tempfile::TempDir;

/// Set on every connection.
/// * Functions in a schema are not run, for a file from elsewhere may hold one; pages are checked as they are read.
/// * Pages are not mapped into memory: an I/O error would be a signal that kills the process, not an error of a statement.
/// * 16 MiB of pages are kept in memory: the indexes of a long history fit, a small machine does not notice.
pub(super) const ALWAYS: &str =
    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
    PRAGMA cache_size = -16384;";

/// Prepared statements kept: all that a run uses.
const STATEMENTS: usize = 64;

/// How often a copy of a file that changes meanwhile is tried.
const COPY_TRIES: u32 = 3;

/// Opens a file, with what every connection has set.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    // A plan is made once for a statement, not anew for each value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(ALWAYS)?;
    Ok(connection)
}

/// Opens for reading, by the first way that works.
pub(super) fn attach(path: &Path) -> Result<(Connection, Option<TempDir>), Reason> {
    // Opening reads nothing; the first question does.
    let asked = |connection: Connection| {
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
        Ok::<_, Reason>(connection)
    };
    let plain = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(Reason::from).and_then(asked);
    match plain {
        // Readers share an index of the log, in a file beside the database. Where that cannot be made, SQLite does not open it.
        Err(Reason::Io(_) | Reason::NotPermitted | Reason::Full) => {}
        other => return Ok((other?, None)),
    }
    if ["-wal", "-journal"].iter().any(|suffix| holds_something(&beside(path, suffix))) {
        let (directory, copy) = copied(path)?;
        let connection = connect(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(Reason::from).and_then(asked)?;
        return Ok((connection, Some(directory)));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Ok((connect(Path::new(&immutable(path)), flags).map_err(Reason::from).and_then(asked)?, None))
}

/// Copies a database and its log to where they can be opened. A copy of which a part changed meanwhile is none.
fn copied(path: &Path) -> Result<(TempDir, PathBuf), Reason> {
    let files = ["", "-wal", "-journal"].map(|suffix| beside(path, suffix));
    let stamp = || {
        files.each_ref().map(|file| fs::metadata(file).and_then(|status| Ok((status.len(), status.modified()?))).ok())
    };
    for _ in 0..COPY_TRIES {
        let directory = TempDir::with_prefix("arraywatch-")?;
        let before = stamp();
        for file in files.iter().filter(|file| holds_something(file)) {
            if let Some(name) = file.file_name() {
                fs::copy(file, directory.path().join(name))?;
            }
        }
        if stamp() == before {
            let copy = directory.path().join(path.file_name().unwrap_or_default());
            return Ok((directory, copy));
        }
        thread::sleep(PATIENCE / COPY_TRIES);
    }
    Err(Reason::Busy { holder: None, waited: PATIENCE.as_secs() })
}

/// The address of a file that nobody changes. Any byte of a path may stand in it, escaped.
fn immutable(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => address.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            byte => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address + "?immutable=1"
}
