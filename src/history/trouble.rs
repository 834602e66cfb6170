//! Why a history could not be read or written, for the person who meets it: what was tried, on what file, what went wrong, what to do.

use crate::words::clean;
use rusqlite::{ErrorCode, ffi};
use std::io;
use std::path::{Path, PathBuf};

/// Something that was tried on a history, and failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {tried} {}: {reason}", clean(&.path.to_string_lossy()))]
pub struct Trouble {
    /// What was tried: "open the history".
    pub tried: &'static str,
    /// The file.
    pub path: PathBuf,
    /// What went wrong.
    pub reason: Reason,
}

/// What went wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// There is no file, or nothing in it.
    #[error("there is no history yet; name another with --db, or let arraywatch keep one first")]
    Nothing,
    /// Nobody said where the history is.
    #[error("neither --db nor ARRAYWATCH_DB names it, and HOME is not set; give --db PATH")]
    Homeless,
    /// Not a file at all.
    #[error("is {0}; name a file with --db")]
    NotAFile(&'static str),
    /// A file of something else.
    #[error("is no SQLite database, and is left as it is; name another file with --db")]
    NotADatabase,
    /// A database of something else.
    #[error(
        "is the database of another program (application id {0:#010x}), and is left as it is; name another file with --db"
    )]
    NotOurs(u32),
    /// A database that a later arraywatch wrote.
    #[error(
        "was written by a newer arraywatch (version {found} of the database, {known} is the newest known here), and is left as it is; \
         install that arraywatch, or name another file with --db"
    )]
    Newer {
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Another file lies there than before.
    #[error(
        "another file lies there than when the watching began: it was moved away, restored or replaced. What happens is written to it from now on; \
         what was known before is known still, but not from it. Start the daemon again to begin with what this one knows"
    )]
    Another,
    /// Its log is there without it.
    #[error(
        "is missing or empty, but its write-ahead log (the file -wal beside it) is not; put the database back beside its log, or move the log away"
    )]
    LogAlone,
    /// Pages that contradict each other.
    #[error(
        "is damaged ({0}), and is left as it is; copy it together with its -wal file, look at the drive that it lies on, then restore a backup or name another file with --db"
    )]
    Corrupt(String),
    /// No permission.
    #[error(
        "no permission; run as its owner, or name another file with --db (the file and its directory must be writable to keep anything)"
    )]
    NotPermitted,
    /// The file system is mounted read-only.
    #[error(
        "its file system is read-only; if it became so by itself, look at the kernel's log, else name another file with --db"
    )]
    ReadOnly,
    /// No space left.
    #[error(
        "its file system is full, or the quota is; make room and run it again: what was being written is undone, all before is kept"
    )]
    Full,
    /// The machine said no.
    #[error("the machine could not do it ({0}); look at the drive that it lies on and the kernel's log")]
    Io(String),
    /// Shared memory is not to be had.
    #[error(
        "its file system lacks the shared memory that a write-ahead log needs (a network share?); keep the history on a local disk"
    )]
    NoSharing,
    /// Another process writes.
    #[error("{} for {waited} s; wait until it has ended, or end it", match .holder { Some(pid) => format!("process {pid} has been writing to it"), None => "another process has been writing to it".to_owned() })]
    Busy {
        /// Who, if that is known.
        holder: Option<u32>,
        /// How long was waited, in seconds.
        waited: u64,
    },
    /// A daemon watches already.
    #[error("{} watches already and keeps it; two would tell everything twice. End it first, or name another history with --db", match .holder { Some(pid) => format!("process {pid}"), None => "another process".to_owned() })]
    Watched {
        /// Who, if that is known.
        holder: Option<u32>,
    },
    /// A copy would overwrite something.
    #[error("exists already, and nothing is overwritten; give another name")]
    Exists,
    /// A copy was made, and is not sound.
    #[error(
        "the copy is not sound ({0}), and was thrown away; check the original with `arraywatch db check`, and the drive that the copy was to lie on"
    )]
    CopyUnsound(String),
    /// A migration did not go through.
    #[error("migrating it to version {version} failed ({detail}), and it is as before; this is a bug of arraywatch")]
    Migration {
        /// The version that was to be reached.
        version: u32,
        /// What SQLite said.
        detail: String,
    },
    /// What is left of summed up observations cannot be read.
    #[error("{0}")]
    BaseLost(BaseLost),
    /// Summing up old observations would have changed what is left.
    #[error("what {0} comes to would not be the same after, so nothing was changed; this is a bug of arraywatch")]
    Unfaithful(String),
    /// What only a wrong program can meet.
    #[error("SQLite said: {0}; this is a bug of arraywatch")]
    Bug(String),
}

/// Old observations of a stream were summed up, and the digest that was made of them before cannot be read. A diagnosis without it
/// would be a poorer one that does not show, so there is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "old observations of {stream} were summed up, and the digest of them is lost or of another version of arraywatch; \
     use the version that pruned it, restore a backup, or read the logs that you have into a new history (--db PATH)"
)]
pub struct BaseLost {
    /// The stream.
    pub stream: String,
}

impl From<BaseLost> for rusqlite::Error {
    fn from(lost: BaseLost) -> Self {
        Self::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(lost))
    }
}

impl Trouble {
    /// What went wrong when something was tried on a file.
    pub fn new(tried: &'static str, path: &Path, reason: impl Into<Reason>) -> Self {
        Self { tried, path: path.to_owned(), reason: reason.into() }
    }

    /// The exit status.
    pub const fn exit(&self) -> u8 {
        self.reason.exit()
    }

    /// The word for programs.
    pub const fn code(&self) -> &'static str {
        self.reason.code()
    }
}

impl Reason {
    /// The exit status.
    pub const fn exit(&self) -> u8 {
        match self {
            Self::Nothing | Self::Homeless => 66,
            Self::NotAFile(_)
            | Self::NotADatabase
            | Self::NotOurs(_)
            | Self::Newer { .. }
            | Self::Another
            | Self::LogAlone
            | Self::BaseLost(_)
            | Self::Corrupt(_) => 65,
            Self::NotPermitted
            | Self::ReadOnly
            | Self::Full
            | Self::Io(_)
            | Self::NoSharing
            | Self::Busy { .. }
            | Self::Watched { .. }
            | Self::Exists
            | Self::CopyUnsound(_) => 74,
            Self::Migration { .. } | Self::Unfaithful(_) | Self::Bug(_) => 70,
        }
    }

    /// The word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "no-history",
            Self::Homeless => "no-home",
            Self::NotAFile(_) => "not-a-file",
            Self::NotADatabase => "not-a-database",
            Self::NotOurs(_) => "not-ours",
            Self::Newer { .. } => "newer",
            Self::Another => "another",
            Self::LogAlone => "log-alone",
            Self::Corrupt(_) => "corrupt",
            Self::NotPermitted => "not-permitted",
            Self::ReadOnly => "read-only",
            Self::Full => "full",
            Self::Io(_) => "io-error",
            Self::NoSharing => "no-sharing",
            Self::Busy { .. } => "busy",
            Self::Watched { .. } => "watched",
            Self::Exists => "exists",
            Self::CopyUnsound(_) => "copy-unsound",
            Self::Migration { .. } => "migration",
            Self::BaseLost(_) => "base-lost",
            Self::Unfaithful(_) => "unfaithful",
            Self::Bug(_) => "bug",
        }
    }
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Nothing,
            io::ErrorKind::PermissionDenied => Self::NotPermitted,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::AlreadyExists => Self::Exists,
            io::ErrorKind::IsADirectory => Self::NotAFile("a directory"),
            io::ErrorKind::NotADirectory => Self::NotAFile("below something that is no directory"),
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<rusqlite::Error> for Reason {
    fn from(error: rusqlite::Error) -> Self {
        if let rusqlite::Error::FromSqlConversionFailure(_, _, reason) = &error
            && let Some(lost) = reason.downcast_ref::<BaseLost>()
        {
            return Self::BaseLost(lost.clone());
        }
        let told = clean(&error.to_string());
        let Some(sqlite) = error.sqlite_error() else { return Self::Bug(told) };
        match (sqlite.code, sqlite.extended_code) {
            (ErrorCode::DatabaseCorrupt, _) => Self::Corrupt(told),
            (ErrorCode::NotADatabase, _) => Self::NotADatabase,
            // Extending the shared index of the log fails this way if there is no room for it.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::Full,
            (ErrorCode::PermissionDenied | ErrorCode::ReadOnly, _) => Self::NotPermitted,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
                Self::Busy { holder: None, waited: super::database::PATIENCE.as_secs() }
            }
            (
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OutOfMemory,
                _,
            ) => Self::Io(told),
            _ => Self::Bug(told),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_says_is_told_in_our_words() {
        let check = |result, code, exit| {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(result), None);
            let trouble = Trouble::new("write the history", Path::new("/x/history.db"), error);
            assert_eq!((trouble.code(), trouble.exit()), (code, exit), "{result}");
            let told = trouble.to_string();
            assert!(told.starts_with("cannot write the history /x/history.db: "), "{told}");
            assert_eq!(told.lines().count(), 1);
        };
        check(ffi::SQLITE_CORRUPT, "corrupt", 65);
        check(ffi::SQLITE_CORRUPT_INDEX, "corrupt", 65);
        check(ffi::SQLITE_NOTADB, "not-a-database", 65);
        check(ffi::SQLITE_FULL, "full", 74);
        check(ffi::SQLITE_IOERR_SHMSIZE, "full", 74);
        check(ffi::SQLITE_IOERR_WRITE, "io-error", 74);
        check(ffi::SQLITE_CANTOPEN, "io-error", 74);
        check(ffi::SQLITE_READONLY, "not-permitted", 74);
        check(ffi::SQLITE_PERM, "not-permitted", 74);
        check(ffi::SQLITE_BUSY, "busy", 74);
        check(ffi::SQLITE_BUSY_SNAPSHOT, "busy", 74);
        check(ffi::SQLITE_CONSTRAINT_UNIQUE, "bug", 70);
    }

    #[test]
    fn what_the_system_says_is_told_in_our_words() {
        let check = |errno, code, exit| {
            let reason = Reason::from(io::Error::from_raw_os_error(errno));
            assert_eq!((reason.code(), reason.exit()), (code, exit), "{errno}");
        };
        check(libc::ENOENT, "no-history", 66);
        check(libc::EACCES, "not-permitted", 74);
        check(libc::EPERM, "not-permitted", 74);
        check(libc::EROFS, "read-only", 74);
        check(libc::ENOSPC, "full", 74);
        check(libc::EDQUOT, "full", 74);
        check(libc::EIO, "io-error", 74);
        check(libc::EEXIST, "exists", 74);
        check(libc::EISDIR, "not-a-file", 65);
    }

    #[test]
    fn a_name_with_control_characters_is_told_escaped() {
        let trouble = Trouble::new("open the history", Path::new("/x/\u{1b}[31m\n"), Reason::Nothing);
        assert!(trouble.to_string().starts_with("cannot open the history /x/\\u{1b}[31m\\u{a}: "), "{trouble}");
    }
}
