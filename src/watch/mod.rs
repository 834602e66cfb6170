//! What happens on the machine, as it happens: followed files, and what the kernel says of its own accord. Each watcher is a thread
//! that sends [`Event`]s; none of them knows what they mean.

pub mod arrays;
pub mod devices;
pub mod files;
pub mod kernel;
pub mod signals;
mod thread;

pub use crate::model::Cursor;
pub use thread::Watcher;

use crate::config::Follow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// A file that is taken up is read from so many bytes before its cursor on, in bytes, and there from a line's start: a record that was
/// being written then is seen whole, and so is what the records before it say of it.
pub const OVERLAP: u64 = 64 * 1024;

/// By what a file begins with (its first MiB at most): whether it is read as a whole, as the output of a tool is, or goes on, as a log
/// does; none if its format does not show.
pub type IsWhole = fn(&[u8]) -> Option<bool>;

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A followed file begins to be read, or is taken up again.
    Opened(Opened),
    /// It goes on.
    Bytes {
        /// Which, as [`Opened::file`].
        file: u64,
        /// Where the bytes begin.
        at: u64,
        /// They.
        bytes: Vec<u8>,
    },
    /// All of it that is there was read, or 4 MiB of it and there is more. `cursor` is where it may be taken up again once all before that is kept.
    Paused {
        /// Which.
        file: u64,
        /// How far it was read.
        cursor: Cursor,
    },
    /// Nothing more comes of it.
    Ended {
        /// Which.
        file: u64,
        /// Why.
        why: Why,
    },
    /// What should be followed cannot be.
    Lost {
        /// The path, as configured or found.
        path: PathBuf,
        /// For people.
        why: String,
    },
    /// What a configured entry finds was looked at for the first time: what is not there now was there before the daemon began, or never.
    Looked(Looked),
    /// What could not be followed is there no longer.
    Gone {
        /// The path.
        path: PathBuf,
    },
    /// What could not be followed can be again.
    Found {
        /// The path.
        path: PathBuf,
    },
    /// The kernel wrote of storage: the first time at once, and what it writes within 50 ms, or while the channel is full, is one more.
    Kernel {
        /// Records that were overwritten before they could be read.
        lost: u64,
    },
    /// A device came, went or changed.
    Device {
        /// `add`, `remove`, `change`, ...
        action: String,
        /// `block`, `nvme`, `scsi`, ...
        subsystem: String,
        /// Such as `sda`; empty if the kernel does not say.
        name: String,
    },
    /// An md array changed.
    Arrays,
    /// The configuration is to be read anew.
    Reload,
    /// The daemon is to end.
    Stop,
}

/// A followed file.
#[derive(Debug, Clone)]
pub struct Opened {
    /// A number of its own for as long as the daemon runs.
    pub file: u64,
    /// Its path.
    pub path: PathBuf,
    /// The configured entry that it was found by.
    pub follow: Arc<Follow>,
    /// Its first bytes, at most 1 MiB: by them its format is known. They come again as [`Event::Bytes`], but for a file that is taken up.
    pub front: Arc<[u8]>,
    /// Where it is read from: 0, or a little before the cursor.
    pub from: u64,
    /// Bytes before this were given out before, by this name or another, in this run or an earlier one: those between `from` and here come
    /// once more. A file of which nothing is new (a copy, or what was compressed) has all of it behind it, and is told for its cursor's sake.
    pub known: u64,
    /// Whether it goes on where another file ended (the new one of a rotation): the number of that. Nothing was added to that one for a
    /// second, or it was waited for it for five; what a slow writer still adds comes with its own number until that ends.
    pub after: Option<u64>,
    /// When it was written last.
    pub modified: SystemTime,
    /// Bytes before this were there by then; of a compressed file all of them.
    pub length: u64,
    /// Whether all of it that there is comes, from its start on, and then a pause: it is read as a whole. When it changes it ends, and
    /// begins anew.
    pub whole: bool,
}

/// What is there of a configured entry, or of a link or another file system that was found by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The path of the entry.
    pub entry: PathBuf,
    /// Where it was looked: the path of the entry, or of what was found by it.
    pub path: PathBuf,
    /// The files.
    pub there: Vec<PathBuf>,
    /// Links and other file systems, which are looked at by themselves.
    pub elsewhere: Vec<PathBuf>,
    /// Why that is not all, for people.
    pub not: Option<String>,
}

/// Why nothing more comes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was renamed, and another took its place.
    Rotated,
    /// It was cut off and begun anew.
    Truncated,
    /// It is there no longer.
    Vanished,
    /// It is not to be followed any more.
    Dismissed,
}
