//! Whose file is it? Told from its first bytes, before SQLite touches it: SQLite rolls back, truncates and rewrites what it opens,
//! and a file that is not ours is left as it is.
//!
//! Closing any descriptor of a file gives up all locks that this process holds on it, those of SQLite's connections included (that
//! is how POSIX has it). So a file is looked at only while no connection of this process is on it, and [`Open`] counts those.

use super::Reason;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// `arwa`: what makes a SQLite database one of ours. `file` and others show it.
pub const APPLICATION_ID: u32 = 0x6172_7761;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Bytes of the header of a database.
const HEADER: usize = 100;

/// Where in it the version is, in big endian.
const VERSION_AT: usize = 60;

/// Where in it the application is.
const APPLICATION_AT: usize = 68;

/// Files that connections of this process are on, by device and inode.
static OPEN: Mutex<BTreeMap<(u64, u64), usize>> = Mutex::new(BTreeMap::new());

/// What a file is, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    /// There is none, or nothing in it.
    Nothing,
    /// It is ours. A log beside it may hold a later version than its header.
    Ours,
}

/// Held as long as a connection is on a file.
#[derive(Debug)]
pub(super) struct Open((u64, u64));

impl Open {
    /// The file, by device and inode.
    pub(super) const fn file(&self) -> (u64, u64) {
        self.0
    }

    /// Whether the file lies at that path still.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|status| (status.dev(), status.ino()) == self.0)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = counted();
        match open.get_mut(&self.0) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.0)),
        }
    }
}

fn counted() -> MutexGuard<'static, BTreeMap<(u64, u64), usize>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at a file, and refuses what is not ours.
pub(super) fn look(path: &Path, known: u32) -> Result<Looked, Reason> {
    look_unless_open(path, known, &counted())
}

/// Looks at a file that a connection is about to be on. It exists.
pub(super) fn open(path: &Path, known: u32) -> Result<(Looked, Open), Reason> {
    let mut open = counted();
    let looked = look_unless_open(path, known, &open)?;
    let status = fs::metadata(path)?;
    let file = (status.dev(), status.ino());
    *open.entry(file).or_default() += 1;
    Ok((looked, Open(file)))
}

fn look_unless_open(path: &Path, known: u32, open: &BTreeMap<(u64, u64), usize>) -> Result<Looked, Reason> {
    let status = match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return nothing(path),
        status => status?,
    };
    let kind = status.file_type();
    match kind {
        kind if kind.is_dir() => return Err(Reason::NotAFile("a directory")),
        kind if kind.is_block_device() || kind.is_char_device() => return Err(Reason::NotAFile("a device")),
        kind if kind.is_fifo() => return Err(Reason::NotAFile("a FIFO")),
        kind if kind.is_socket() => return Err(Reason::NotAFile("a socket")),
        _ => {}
    }
    if open.contains_key(&(status.dev(), status.ino())) {
        return Ok(Looked::Ours);
    }
    let mut header = Vec::with_capacity(HEADER);
    File::open(path)?.take(HEADER as u64).read_to_end(&mut header)?;
    match header.as_slice() {
        [] => nothing(path),
        header => judge(header, known).map(|()| Looked::Ours),
    }
}

/// A log without its database may be all that is left of a history: SQLite would throw it away.
fn nothing(path: &Path) -> Result<Looked, Reason> {
    if holds_something(&beside(path, "-wal")) { Err(Reason::LogAlone) } else { Ok(Looked::Nothing) }
}

/// Judges the first bytes of a file that has some.
fn judge(header: &[u8], known: u32) -> Result<(), Reason> {
    let number = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    if !header.starts_with(MAGIC) {
        return Err(Reason::NotADatabase);
    }
    match (number(APPLICATION_AT), number(VERSION_AT)) {
        (Some(APPLICATION_ID), Some(found)) if found > known => Err(Reason::Newer { found, known }),
        (Some(APPLICATION_ID), Some(_)) => Ok(()),
        (Some(other), _) => Err(Reason::NotOurs(other)),
        (None, _) => Err(Reason::Corrupt("it ends within its header".to_owned())),
    }
}

/// Whether a file is there and has bytes.
pub(super) fn holds_something(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|status| status.len() > 0)
}

/// A file beside the database, named after it.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(version: u32, application: u32) -> Vec<u8> {
        let mut header = MAGIC.to_vec();
        header.resize(VERSION_AT, 0);
        header.extend(version.to_be_bytes());
        header.resize(APPLICATION_AT, 0);
        header.extend(application.to_be_bytes());
        header.resize(HEADER, 0);
        header
    }

    #[test]
    fn headers() {
        let check = |header: &[u8], expect| assert_eq!(judge(header, 3).map_err(|reason| reason.code()), expect);
        check(&header(0, APPLICATION_ID), Ok(()));
        check(&header(3, APPLICATION_ID), Ok(()));
        check(&header(4, APPLICATION_ID), Err("newer"));
        check(&header(u32::MAX, APPLICATION_ID), Err("newer"));
        check(&header(3, 0), Err("not-ours"));
        check(&header(9, 0x4747_5031), Err("not-ours"));
        check(b"October 26, 2013 8:38:31 AM CDT INF 423:A01C0S08L--", Err("not-a-database"));
        check(&[0; 4096], Err("not-a-database"));
        check(header(3, APPLICATION_ID).get(..40).expect("it is longer"), Err("corrupt"));
        check(b"S", Err("not-a-database"));
    }

    proptest! {
        #[test]
        fn other_bytes_are_never_ours(bytes in prop::collection::vec(any::<u8>(), 1..200)) {
            prop_assume!(!bytes.starts_with(MAGIC));
            prop_assert!(judge(&bytes, 3).is_err());
        }

        #[test]
        fn a_cut_header_is_never_ours(length in 1_usize..APPLICATION_AT + 4) {
            prop_assert!(judge(header(1, APPLICATION_ID).get(..length).expect("it is longer"), 3).is_err());
        }
    }
}
