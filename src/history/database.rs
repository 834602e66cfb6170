//! Opening the history.
//!
//! What must hold: a file that is not ours, is newer, or is damaged is never written to; what was committed survives a process that
//! is killed and a machine that loses power; there is one writer, and readers neither wait for it nor hold it up; and a history that
//! cannot be written can still be read, whatever is wrong with its directory.
//!
//! ```text
//!  write:  look at the header ─ lock ─ look again ─ (nothing: create) ─ version ─ WAL ─ steps that are missing, each behind a copy
//!  read:   look at the header ─ open read-only ──────────────────────── version ─ (older: into memory, steps there)
//!                                  └ not possible ─ no log beside it: immutable
//!                                                 └ a log: a copy of both
//! ```

use super::attach::{ALWAYS, attach, connect};
use super::header::{APPLICATION_ID, Looked, Open, look, open};
use super::lock::{Lock, take, watch};
use super::migrate::{MIGRATIONS, Migration, keep, migrate, newest, version};
use super::{Reason, Trouble, copy};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// How long is waited for another writer, and for a lock of SQLite's: a batch takes no longer, and people wait no longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Set on a writer's connection.
/// * `FULL`: the log is synced at each commit. With `NORMAL`, the usual choice beside a log, a loss of power takes back the last
///   commits, and power is what this program suspects. Batches are large and few, so a sync for each costs little.
/// * The log goes into the database each 1,000 pages (4 MiB), and is cut to 16 MiB after a large batch.
const WRITING: &str =
    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 16777216;";

/// What a history was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing is written, not even by mistake.
    Read,
    /// This is the writer.
    Write,
}

/// An open history.
#[derive(Debug)]
pub struct Database {
    // Dropped in this order: the connection before what it stands on.
    connection: Connection,
    open: Option<Open>,
    lock: Option<Lock>,
    _copied: Option<TempDir>,
    path: PathBuf,
    access: Access,
    notices: Vec<String>,
    migrations: &'static [Migration],
}

impl Database {
    /// Opens the history to write it; makes it if there is none, and brings it to the newest version.
    ///
    /// # Errors
    /// If it is not ours, newer, damaged, being written to by another process, or cannot be written.
    pub fn write(path: &Path) -> Result<Self, Trouble> {
        Self::write_with(path, MIGRATIONS)
    }

    /// The same with other migrations.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub fn write_with(path: &Path, migrations: &'static [Migration]) -> Result<Self, Trouble> {
        writer(path, migrations).map_err(|reason| Trouble::new("write the history", path, reason))
    }

    /// Opens the history to read it, in the newest version: one of an older version is copied into memory and migrated there.
    ///
    /// # Errors
    /// If there is none, or it is not ours, newer, damaged, or cannot be read.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        Self::read_with(path, MIGRATIONS)
    }

    /// The same with other migrations.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub fn read_with(path: &Path, migrations: &'static [Migration]) -> Result<Self, Trouble> {
        let read = || modern(reader(path, migrations)?);
        read().map_err(|reason| Trouble::new("read the history", path, reason))
    }

    /// Opens the history to read it in the version that it is of: to check it or to copy it, not to ask it anything.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub fn read_as_it_is(path: &Path) -> Result<Self, Trouble> {
        reader(path, MIGRATIONS).map_err(|reason| Trouble::new("read the history", path, reason))
    }

    /// The connection.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection, for transactions.
    pub const fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The file, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it was opened for.
    pub const fn access(&self) -> Access {
        self.access
    }

    /// What people should know of how it was opened.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The migrations that it was opened with.
    pub const fn migrations(&self) -> &'static [Migration] {
        self.migrations
    }

    /// The version that it is of.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn version(&self) -> Result<u32, Trouble> {
        version(&self.connection).map_err(self.trouble("read the history"))
    }

    /// Does a batch of work: all of it is kept, or nothing of it.
    ///
    /// # Errors
    /// If the work fails, or keeping it does.
    pub fn transaction<T>(
        &mut self,
        tried: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Trouble> {
        let attempt = |connection: &mut Connection| -> rusqlite::Result<T> {
            // A transaction that reads first and writes then could find that it may not write.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        attempt(&mut self.connection).map_err(|error| Trouble::new(tried, &self.path, error))
    }

    /// Which file it is, by device and inode: another one at the same path is another history.
    pub fn file(&self) -> Option<(u64, u64)> {
        self.open.as_ref().map(Open::file)
    }

    /// Leaves nothing in the log, so that the file can be copied and replaced as if nobody had it open.
    pub fn settle(&self) {
        // If a reader is on the log, it stays until the next time.
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory;");
    }

    /// Lets others write, and stays open: who writes a little now and then need not open it each time.
    pub fn rest(&mut self) {
        self.lock = None;
    }

    /// Whether it is the writer now.
    pub const fn is_writing(&self) -> bool {
        self.lock.is_some()
    }

    /// Is the writer again, after a rest. `false`: there is another file now, or one of another version; it is to be opened anew.
    ///
    /// # Errors
    /// If it is being written to by another process, or cannot be read.
    pub fn resume(&mut self) -> Result<bool, Trouble> {
        let trouble = |reason| Trouble::new("write the history", &self.path, reason);
        let path = real(&self.path).map_err(trouble)?;
        if self.lock.is_none() {
            self.lock = Some(take(&path, PATIENCE).map_err(trouble)?);
        }
        if !self.open.as_ref().is_some_and(|open| open.is_at(&path)) {
            // The log that is called after this file is the other's by now: closing must not take it away.
            let kept = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            return kept.map(|_| false).map_err(self.trouble("close the history"));
        }
        Ok(self.version()? == newest(self.migrations))
    }

    /// Says of an error of SQLite what was tried, and on what file.
    pub fn trouble(&self, tried: &'static str) -> impl Fn(rusqlite::Error) -> Trouble + '_ {
        move |error| Trouble::new(tried, &self.path, error)
    }

    /// Copies the history as it is at this moment to a new file, also while a writer is at work.
    ///
    /// # Errors
    /// If the file exists, or cannot be written, or the copy is not sound.
    pub fn backup(&self, to: &Path) -> Result<(), Trouble> {
        copy::copy(&self.connection, to).map_err(|reason| Trouble::new("copy the history to", to, reason))
    }
}

/// Is the daemon that keeps this history, for as long as what is given lives. Its directory is made if there is none.
///
/// # Errors
/// If another daemon is, or no lock can be had beside the history.
pub fn be_daemon(given: &Path) -> Result<Lock, Trouble> {
    let attempt = || {
        make_directory(given)?;
        watch(&real(given)?)
    };
    attempt().map_err(|reason| Trouble::new("watch for the history", given, reason))
}

fn make_directory(given: &Path) -> Result<(), Reason> {
    let mut directories = DirBuilder::new();
    directories.recursive(true).mode(0o700).create(directory_of(given)).map_err(not_about_a_history)
}

fn writer(given: &Path, migrations: &'static [Migration]) -> Result<Database, Reason> {
    let known = newest(migrations);
    if look(given, known)? == Looked::Nothing {
        make_directory(given)?;
    }
    let path = real(given)?;
    let lock = take(&path, PATIENCE)?;
    // Empty, it is nothing yet: whatever ends the process before the next step leaves what is found now.
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    match created {
        Ok(_) => File::open(directory_of(&path))?.sync_all()?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.into()),
    }
    let (looked, open) = open(&path, known)?;
    let mut connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Until it is known to be of a version of ours, closing must not move the log into the database.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if connection.is_readonly("main")? {
        return Err(Reason::NotPermitted);
    }
    let found = version(&connection)?;
    if found > known {
        return Err(Reason::Newer { found, known });
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    if looked == Looked::Nothing || found == 0 {
        // Before there is a log, so that the file itself tells whose it is, also after a crash.
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    if copy::set_journal_mode(&connection, "WAL")? != "wal" {
        return Err(Reason::NoSharing);
    }
    connection.execute_batch(WRITING)?;
    migrate(&mut connection, migrations, |connection, version| keep(connection, &path, version))?;
    Ok(Database {
        connection,
        open: Some(open),
        lock: Some(lock),
        _copied: None,
        path: given.to_owned(),
        access: Access::Write,
        notices: Vec::new(),
        migrations,
    })
}

fn reader(given: &Path, migrations: &'static [Migration]) -> Result<Database, Reason> {
    let known = newest(migrations);
    if look(given, known)? == Looked::Nothing {
        return Err(Reason::Nothing);
    }
    let path = real(given)?;
    let (_, open) = open(&path, known)?;
    let (connection, copied) = attach(&path)?;
    // A process that died while it made the file leaves one that says whose it is, and a journal that takes that back.
    match connection.query_row("PRAGMA application_id", [], |row| row.get(0))? {
        APPLICATION_ID => {}
        0 => return Err(Reason::Nothing),
        other => return Err(Reason::NotOurs(other)),
    }
    let found = version(&connection)?;
    if found > known {
        return Err(Reason::Newer { found, known });
    }
    connection.pragma_update(None, "query_only", true)?;
    Ok(Database {
        connection,
        open: Some(open),
        lock: None,
        _copied: copied,
        path: given.to_owned(),
        access: Access::Read,
        notices: Vec::new(),
        migrations,
    })
}

/// A reader's database in the newest version, in memory if it is older.
fn modern(mut database: Database) -> Result<Database, Reason> {
    let (found, known) = (version(&database.connection)?, newest(database.migrations));
    if found == known {
        return Ok(database);
    }
    let mut memory = Connection::open_in_memory()?;
    copy::pages(&database.connection, &mut memory)?;
    memory.execute_batch(ALWAYS)?;
    migrate(&mut memory, database.migrations, |_, _| Ok(()))?;
    memory.pragma_update(None, "query_only", true)?;
    database.notices.push(format!(
        "the history is of version {found}, {known} is the newest: it is read as if migrated, and left as it is"
    ));
    database.connection = memory;
    Ok(database)
}

/// The file without links: the log and the lock lie beside it, by whatever name it is opened.
fn real(path: &Path) -> Result<PathBuf, Reason> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if path.symlink_metadata().is_ok() {
                return Err(Reason::NotAFile("a link that leads nowhere"));
            }
            let name = path.file_name().ok_or(Reason::NotAFile("no name of a file"))?;
            Ok(fs::canonicalize(directory_of(path)).map_err(not_about_a_history)?.join(name))
        }
        path => Ok(path?),
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What an error means for the directory of a history that is to be made.
fn not_about_a_history(error: std::io::Error) -> Reason {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
            Reason::NotAFile("below something that is no directory")
        }
        _ => error.into(),
    }
}
