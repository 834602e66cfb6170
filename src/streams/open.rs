//! Opening one input.

use super::Failure;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fmt;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// How long a FIFO may be without a writer, in seconds: a script that starts both ends needs no more.
const WRITER_WAIT: u64 = 5;

/// What an input is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A file.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", crate::words::clean(&path.to_string_lossy())),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

/// An input being read.
#[derive(Debug)]
pub struct Opened {
    file: File,
    /// Size when it was opened; none of a pipe.
    pub size: Option<u64>,
    read: u64,
}

/// How an input ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As it was when it was opened, or a pipe.
    Whole,
    /// It became longer while it was read, by this many bytes that were not read.
    Grew(u64),
    /// It became shorter: this many bytes could not be read any more.
    Shrank(u64),
}

/// Opens an input for reading. It waits for the writer of a FIFO, but not for ever.
///
/// # Errors
/// If it cannot be opened or is no file.
pub fn open(name: &Name) -> Result<Opened, Failure> {
    let file = match name {
        Name::Stdin => {
            if io::stdin().is_terminal() {
                return Err(Failure::Terminal);
            }
            // A descriptor of its own, so that dropping the input does not close standard input.
            File::from(io::stdin().as_fd().try_clone_to_owned().map_err(|error| Failure::of(error, 0))?)
        }
        Name::Path(path) => {
            // Opening a device can do harm: it starts a watchdog's countdown, or rewinds a tape. So look before.
            refuse(fs::metadata(path).map_err(|error| Failure::of(error, 0))?.file_type())?;
            // Without O_NONBLOCK, opening a FIFO that nobody writes to would wait for ever.
            let mut options = OpenOptions::new();
            options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
            options.open(path).map_err(|error| Failure::of(error, 0))?
        }
    };
    let status = file.metadata().map_err(|error| Failure::of(error, 0))?;
    let kind = status.file_type();
    // Behind standard input may stand a socket, as with ssh, or a device of characters, as /dev/null is.
    if *name != Name::Stdin || kind.is_dir() || kind.is_block_device() {
        refuse(kind)?;
    }
    if kind.is_fifo() && *name != Name::Stdin {
        wait_for_writer(&file)?;
    }
    let size = kind.is_file().then_some(status.len());
    Ok(Opened { file, size, read: 0 })
}

/// Opens a regular file for reading, and nothing else: no pipe is waited for, and none is emptied.
///
/// # Errors
/// If it cannot be opened or is no regular file.
pub fn open_file(path: &Path) -> Result<Opened, Failure> {
    let regular = fs::metadata(path).map_err(|error| Failure::of(error, 0))?.is_file();
    if !regular {
        return Err(Failure::NotAFile("no regular file"));
    }
    let mut options = OpenOptions::new();
    // What was a file a moment ago may be a FIFO by now.
    options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    let file = options.open(path).map_err(|error| Failure::of(error, 0))?;
    let status = file.metadata().map_err(|error| Failure::of(error, 0))?;
    if !status.is_file() {
        return Err(Failure::NotAFile("no regular file"));
    }
    Ok(Opened { file, size: Some(status.len()), read: 0 })
}

/// Refuses what is no file and no pipe.
fn refuse(kind: FileType) -> Result<(), Failure> {
    match kind {
        kind if kind.is_dir() => Err(Failure::NotAFile("a directory")),
        kind if kind.is_block_device() || kind.is_char_device() => Err(Failure::NotAFile("a device")),
        kind if kind.is_socket() => Err(Failure::NotAFile("a socket")),
        _ => Ok(()),
    }
}

fn wait_for_writer(file: &File) -> Result<(), Failure> {
    let timeout = PollTimeout::try_from(WRITER_WAIT * 1000).unwrap_or(PollTimeout::MAX);
    let mut waiting = [PollFd::new(file.as_fd(), PollFlags::POLLIN)];
    let io_error = |error: nix::Error| Failure::of(io::Error::from(error), 0);
    if poll(&mut waiting, timeout).map_err(io_error)? == 0 {
        return Err(Failure::NoWriter(WRITER_WAIT));
    }
    let flags = OFlag::from_bits_truncate(fcntl(file, FcntlArg::F_GETFL).map_err(io_error)?);
    fcntl(file, FcntlArg::F_SETFL(flags.difference(OFlag::O_NONBLOCK))).map_err(io_error)?;
    Ok(())
}

impl Opened {
    /// Fills the buffer as far as the input goes; fewer bytes than asked mean its end.
    ///
    /// # Errors
    /// If the system cannot read it.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read(rest) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::of(error, self.read + filled as u64)),
            }
        }
        self.read += filled as u64;
        Ok(filled)
    }

    /// Goes back to the start, if the input can.
    ///
    /// # Errors
    /// If the system cannot.
    pub fn rewind(&mut self) -> Result<(), Failure> {
        self.file.rewind().map_err(|error| Failure::of(error, self.read))?;
        self.read = 0;
        Ok(())
    }

    /// Goes on at an offset, if the input can.
    ///
    /// # Errors
    /// If the system cannot.
    pub fn seek(&mut self, offset: u64) -> Result<(), Failure> {
        self.read = self.file.seek(SeekFrom::Start(offset)).map_err(|error| Failure::of(error, self.read))?;
        Ok(())
    }

    /// Which file it is, whatever its name: device and inode.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn identity(&self) -> Result<(u64, u64), Failure> {
        let status = self.file.metadata().map_err(|error| Failure::of(error, self.read))?;
        Ok((status.dev(), status.ino()))
    }

    /// How it ended; asked when all was read.
    pub fn status(&self) -> Status {
        let now = self.file.metadata().map_or(self.read, |status| status.len());
        match self.size {
            Some(size) if self.read < size => Status::Shrank(size - self.read),
            Some(_) if now > self.read => Status::Grew(now - self.read),
            _ => Status::Whole,
        }
    }
}
