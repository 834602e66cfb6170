//! Which log a file is, whatever its name and its inode: known by samples of its front and of what stands before the place to which
//! it was read. A compressed file is what it holds.

use super::super::Cursor;
use crate::streams::{self, Failure, Trouble};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of a sample. The lines of a log have times, so that a few of them are of no other log.
pub(super) const SAMPLE: usize = 4096;

/// How much is unpacked at once.
const CHUNK: usize = 256 * 1024;

/// A sample as cursors have it: its hash and its length.
pub(super) fn sample(bytes: &[u8]) -> (u64, u64) {
    (xxh3_64(bytes), bytes.len() as u64)
}

/// A length that is at most that of a buffer.
pub(super) fn clamped(length: u64, most: usize) -> usize {
    usize::try_from(length).unwrap_or(most).min(most)
}

/// Reads from a place on until the buffer is full or the file ends.
pub(super) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, at + filled as u64) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// At most so many bytes from a place on.
pub(super) fn bytes_at(file: &File, at: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let filled = read_at(file, &mut bytes, at)?;
    bytes.truncate(filled);
    Ok(bytes)
}

/// What a file holds.
pub(super) struct Content {
    path: PathBuf,
    /// The file, if it is not compressed.
    plain: Option<File>,
    /// Bytes, unpacked.
    pub length: u64,
    /// Whether it is compressed and breaks off: perhaps it is being written.
    pub cut: bool,
    front: Vec<u8>,
}

impl Content {
    /// Looks at a file; one that is compressed is unpacked from its start to its end.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let mut opened = streams::open_file(path)?.unpacked()?;
        let mut front = vec![0; SAMPLE];
        let filled = opened.fill(&mut front)?;
        front.truncate(filled);
        let mut content = Self { path: path.to_owned(), plain: None, length: filled as u64, cut: false, front };
        if opened.packing().is_none() {
            let file = File::open(path).map_err(|error| Failure::of(error, 0))?;
            content.length = file.metadata().map_err(|error| Failure::of(error, 0))?.len();
            content.plain = Some(file);
            return Ok(content);
        }
        let mut passed = vec![0; CHUNK];
        loop {
            let filled = opened.fill(&mut passed)?;
            content.length += filled as u64;
            if filled < passed.len() {
                break;
            }
        }
        content.cut = matches!(opened.trouble(), Some(Trouble::CutOff { .. }));
        Ok(content)
    }

    /// Whether a compressed file is, as it seems without unpacking all of it, the one that was read to its end.
    pub fn is_over(path: &Path, size: u64, cursor: &Cursor) -> Result<bool, Failure> {
        if !is_packed_and_over(cursor) || cursor.tail.0 != size {
            return Ok(false);
        }
        let mut front = vec![0; clamped(cursor.front.1, SAMPLE)];
        let filled = streams::open_file(path)?.unpacked()?.fill(&mut front)?;
        front.truncate(filled);
        Ok(sample(&front) == cursor.front)
    }

    /// Whether it is compressed.
    pub const fn packed(&self) -> bool {
        self.plain.is_none()
    }

    /// The bytes before a place.
    fn before(&self, end: u64, length: u64) -> Result<Vec<u8>, Failure> {
        let (at, length) = (end.saturating_sub(length), clamped(length, SAMPLE));
        if let Some(file) = &self.plain {
            return bytes_at(file, at, length).map_err(|error| Failure::of(error, at));
        }
        let mut opened = streams::open_file(&self.path)?.unpacked()?;
        opened.seek(at)?;
        let mut bytes = vec![0; length];
        let filled = opened.fill(&mut bytes)?;
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// How much of it was read, if it is what the cursor was of: all of it, or as far as the cursor is.
    pub fn known_to(&self, cursor: &Cursor) -> Result<Option<u64>, Failure> {
        let front = self.front.get(..clamped(cursor.front.1, SAMPLE)).filter(|front| !front.is_empty());
        if front.map(sample) != Some(cursor.front) {
            return Ok(None);
        }
        // What is shorter is a copy of the front of what was read. Of that the sample of the front is whole, so this is no guess.
        if self.length <= cursor.offset && (self.length < cursor.offset || is_packed_and_over(cursor)) {
            return Ok(Some(self.length));
        }
        if is_packed_and_over(cursor) {
            return Ok(None);
        }
        let tail = self.before(cursor.offset, cursor.tail.1)?;
        Ok((sample(&tail) == cursor.tail).then_some(cursor.offset))
    }
}

/// Whether a cursor is of a compressed file that was read to its end. Nothing is ever appended to it that would have to be told from what
/// was, so in the place of the tail's hash stands its size, packed, and it need not be unpacked to know it again.
pub(super) const fn is_packed_and_over(cursor: &Cursor) -> bool {
    cursor.tail.1 == 0
}
