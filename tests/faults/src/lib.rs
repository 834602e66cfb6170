//! A disk that fails on command, below SQLite: a VFS that wraps the default one and lets the Nth write, sync, truncation, opening,
//! deletion or reading fail.
//!
//! What must hold: with no fault armed, everything is as if the wrapper were not there; a fault strikes only the thread that armed
//! it, so that tests run beside each other; and code under test need not know of it, which is why the wrapper is the default VFS.
//!
//! A write that fails has written its first half: disks that fill up or break do so in the middle. What this does not show is a
//! loss of power, in which writes that were not synced are lost in any order.
//!
//! ```
//! use arraywatch_faults::{Fault, Operation, with_fault};
//!
//! arraywatch_faults::install();
//! let file = tempfile::NamedTempFile::new().unwrap();
//! let fault = Fault { operation: Operation::Write, nth: 1, full: true, lasting: false };
//! let (result, fired) = with_fault(fault, || {
//!     rusqlite::Connection::open(file.path())?.execute_batch("CREATE TABLE t (x)")
//! });
//! assert!(fired);
//! assert_eq!(result.unwrap_err().sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
//! ```

mod vfs;

pub use vfs::install;

use rusqlite::ffi;
use std::cell::Cell;
use std::ffi::c_int;

/// What SQLite asks of the machine, and what can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Opening a file: the database, its log, a journal, a temporary file.
    Open,
    /// Reading pages or frames.
    Read,
    /// Writing pages or frames.
    Write,
    /// Making sure that what was written is on the disk.
    Sync,
    /// Cutting a file short.
    Truncate,
    /// Deleting a journal or a log.
    Delete,
    /// The index of the log, which readers and the writer share in memory.
    Share,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Open, Self::Read, Self::Write, Self::Sync, Self::Truncate, Self::Delete, Self::Share];

    /// How SQLite is told that it failed.
    const fn error(self) -> c_int {
        match self {
            Self::Open => ffi::SQLITE_CANTOPEN,
            Self::Read => ffi::SQLITE_IOERR_READ,
            Self::Write => ffi::SQLITE_IOERR_WRITE,
            Self::Sync => ffi::SQLITE_IOERR_FSYNC,
            Self::Truncate => ffi::SQLITE_IOERR_TRUNCATE,
            Self::Delete => ffi::SQLITE_IOERR_DELETE,
            Self::Share => ffi::SQLITE_IOERR_SHMMAP,
        }
    }
}

/// What is to fail, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What fails.
    pub operation: Operation,
    /// Which of its kind, from 1, counted from when the fault is armed.
    pub nth: u64,
    /// Whether it fails for want of space instead of an I/O error.
    pub full: bool,
    /// Whether all later operations of its kind fail, too, the attempts to undo included.
    pub lasting: bool,
}

/// A fault, and what came of it.
#[derive(Clone, Copy)]
struct Armed {
    fault: Fault,
    seen: u64,
    fired: bool,
}

thread_local! {
    static ARMED: Cell<Option<Armed>> = const { Cell::new(None) };
}

/// Disarms also if the work panics: the thread may go on to the next test.
struct Disarm;

impl Drop for Disarm {
    fn drop(&mut self) {
        ARMED.set(None);
    }
}

/// Does the work with a fault armed. Whether the fault fired is told beside the result.
pub fn with_fault<T>(fault: Fault, work: impl FnOnce() -> T) -> (T, bool) {
    install();
    ARMED.set(Some(Armed { fault, seen: 0, fired: false }));
    let _disarm = Disarm;
    let result = work();
    (result, ARMED.get().is_some_and(|armed| armed.fired))
}

/// Tries every fault: of each operation the first, the second and so on, passing and lasting, until one does not fire any more,
/// which `attempt` tells. Gives the number of faults that fired.
///
/// # Panics
/// If they do not end: then the attempt does not start from the same state each time.
pub fn every_fault(mut attempt: impl FnMut(Fault) -> bool) -> u64 {
    const ENOUGH: u64 = 100_000;
    let mut fired = 0;
    for operation in Operation::ALL {
        for (full, lasting) in [(false, false), (false, true), (true, false), (true, true)] {
            if full && operation != Operation::Write {
                continue;
            }
            let mut nth = 1;
            while attempt(Fault { operation, nth, full, lasting }) {
                fired += 1;
                nth += 1;
                assert!(nth < ENOUGH, "{operation:?} goes on failing");
            }
        }
    }
    fired
}

/// Counts an operation, and gives the error that it is to end with.
fn strike(operation: Operation) -> Option<c_int> {
    let mut armed = ARMED.get().filter(|armed| armed.fault.operation == operation)?;
    armed.seen += 1;
    let fault = armed.fault;
    let strikes = armed.seen == fault.nth || fault.lasting && armed.seen > fault.nth;
    armed.fired |= strikes;
    ARMED.set(Some(armed));
    let error = if fault.full { ffi::SQLITE_FULL } else { operation.error() };
    strikes.then_some(error)
}
