//! The bytes of an input as the system gives them, with a way back to the first of them.
//!
//! Whether an input is a compressed file is only known when some of it was read, and a pipe cannot be read twice. So the bytes at its
//! start are kept until more than [`HEAD`] of them were read.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};

/// How many bytes are kept of the start of an input.
const HEAD: usize = 256 * 1024;

/// An open file or pipe.
#[derive(Debug)]
pub(super) struct Raw {
    file: File,
    /// All bytes that the system gave, as long as they are kept.
    head: Option<Vec<u8>>,
    /// Bytes given out since the start.
    read: u64,
}

impl Raw {
    pub(super) const fn new(file: File) -> Self {
        Self { file, head: Some(Vec::new()), read: 0 }
    }

    /// Bytes given out since the start.
    pub(super) const fn read_so_far(&self) -> u64 {
        self.read
    }

    /// What the file system says of it now.
    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// The file's length now.
    pub(super) fn length(&self) -> Option<u64> {
        self.metadata().ok().map(|status| status.len())
    }

    /// The bytes from the start on that are kept: none if there were too many.
    pub(super) fn head(&self) -> &[u8] {
        self.head.as_deref().unwrap_or_default()
    }

    /// Goes back to the start.
    ///
    /// # Errors
    /// If what was read is no longer kept, and the system cannot go back.
    pub(super) fn back(&mut self) -> io::Result<()> {
        if self.head.is_none() {
            self.file.rewind()?;
        }
        self.read = 0;
        Ok(())
    }
}

impl Raw {
    /// Goes on at an offset. What was kept of the start is given up.
    ///
    /// # Errors
    /// If the system cannot.
    pub(super) fn seek(&mut self, offset: u64) -> io::Result<()> {
        self.head = None;
        self.read = self.file.seek(SeekFrom::Start(offset))?;
        Ok(())
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.read).unwrap_or(usize::MAX);
        let kept = self.head.as_ref().and_then(|head| head.get(at..)).filter(|kept| !kept.is_empty());
        let length = match kept {
            Some(mut kept) => kept.read(buffer)?,
            None => {
                let length = self.file.read(buffer)?;
                let head = self.head.take().filter(|head| head.len() + length <= HEAD);
                self.head = head.map(|mut head| {
                    head.extend_from_slice(buffer.get(..length).unwrap_or_default());
                    head
                });
                length
            }
        };
        self.read += length as u64;
        Ok(length)
    }
}

/// Fills the buffer as far as the input goes; fewer bytes than asked mean its end.
pub(super) fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
