//! How far a followed file was read.

use std::path::PathBuf;

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
    /// Hash (XXH3) of its first bytes, and how many these are.
    pub front: (u64, u64),
    /// Hash of the bytes before the offset, and how many these are. Of a compressed file that was read to its end, whose offset is of what
    /// it holds: its size as it is, and 0.
    pub tail: (u64, u64),
}
