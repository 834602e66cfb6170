//! What happens on the machine, as it happens: followed files, and what the kernel says of its own accord. Each watcher is a thread
//! that sends [`Event`]s; none of them knows what they mean.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

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
    /// All of it that is there was read. `cursor` is where it may be taken up again once all before that is kept.
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
    /// What could not be followed can be again.
    Found {
        /// The path.
        path: PathBuf,
    },
    /// The kernel wrote of storage.
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
    /// Which of the configured entries it was found by.
    pub entry: usize,
    /// Its first bytes, at most 1 MiB: by them its format is known. They come again as [`Event::Bytes`], but for a file that is taken up.
    pub front: Arc<[u8]>,
    /// Where it is read from: 0, or a little before the cursor.
    pub from: u64,
    /// Whether it goes on where another file ended (the new one of a rotation): the number of that.
    pub after: Option<u64>,
    /// When it was written last.
    pub modified: SystemTime,
}

/// How far a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The file's device.
    pub device: u64,
    /// Its inode.
    pub inode: u64,
    /// Its path.
    pub path: PathBuf,
    /// Bytes before this are read.
    pub offset: u64,
    /// Hash of its first bytes, and how many these are.
    pub front: (u64, u64),
    /// Hash of the bytes before the offset, and how many these are.
    pub tail: (u64, u64),
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
