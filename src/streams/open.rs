//! Opening one input, and reading it; a compressed file is read as what it holds.

use super::Failure;
use super::packed::{Packing, Trouble, Unpacker};
use super::raw::{Raw, fill};
use chrono::{DateTime, Utc};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fmt;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64;

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

impl Name {
    /// The file without links and from the root on, whatever way it was named; none of what is no file, such as a pipe. Bytes that
    /// are no text are escaped.
    pub fn place(&self) -> Option<String> {
        let Self::Path(path) = self else { return None };
        let path = path.canonicalize().ok().filter(|path| path.is_file())?.into_os_string();
        Some(path.into_string().unwrap_or_else(|path| path.as_bytes().escape_ascii().to_string()))
    }
}

/// An input being read.
pub struct Opened {
    raw: Raw,
    /// Size when it was opened, packed if it is; none of a pipe.
    pub size: Option<u64>,
    unpacker: Option<Unpacker>,
    /// Why it is read as it is, though it begins as a compressed file.
    not_unpacked: Option<Trouble>,
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
    let mut opened = Opened { raw: Raw::new(file), size, unpacker: None, not_unpacked: None };
    opened.look_for_packing()?;
    Ok(opened)
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
    Ok(Opened { raw: Raw::new(file), size: Some(status.len()), unpacker: None, not_unpacked: None })
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
    /// A hash of what the file system says of the file: another if it was written to, moved to another place, or replaced. None of
    /// a pipe.
    pub fn fingerprint(&self) -> Option<u64> {
        self.size?;
        let status = self.raw.metadata().ok()?;
        let times = [status.mtime(), status.mtime_nsec(), status.ctime(), status.ctime_nsec()].map(i64::cast_unsigned);
        let facts = [status.dev(), status.ino(), status.len()].into_iter().chain(times);
        Some(xxh3_64(&facts.flat_map(u64::to_le_bytes).collect::<Vec<u8>>()))
    }

    /// When the file was written last; none of a pipe.
    pub fn modified(&self) -> Option<DateTime<Utc>> {
        self.size?;
        DateTime::from_timestamp(self.raw.metadata().ok()?.mtime(), 0)
    }

    /// By content, as all formats: a compressed file may have any name.
    fn look_for_packing(&mut self) -> Result<(), Failure> {
        let mut front = [0; Packing::MAGIC_MAX];
        let length = fill(&mut self.raw, &mut front).map_err(|error| self.failure(error))?;
        self.raw.back().map_err(|error| self.failure(error))?;
        let packing = Packing::of(front.get(..length).unwrap_or_default());
        self.unpacker = packing.map(Unpacker::new).transpose().map_err(|error| self.failure(error))?;
        Ok(())
    }

    /// Fills the buffer as far as the input goes; fewer bytes than asked mean its end. Of a compressed file these are the bytes that it
    /// holds, unless not one of them can be unpacked: a log that foreign bytes were written over may begin as anything.
    ///
    /// # Errors
    /// If the system cannot read it.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        if let Some(unpacker) = &mut self.unpacker {
            let filled = unpacker.fill(&mut self.raw, buffer);
            let nothing = unpacker.nothing_came_out();
            let filled = filled.map_err(|error| self.failure(error))?;
            if !nothing || !self.as_it_is() {
                return Ok(filled);
            }
        }
        fill(&mut self.raw, buffer).map_err(|error| self.failure(error))
    }

    /// Goes back to the start, if the input can.
    ///
    /// # Errors
    /// If the system cannot.
    pub fn rewind(&mut self) -> Result<(), Failure> {
        self.raw.back().map_err(|error| self.failure(error))?;
        let packing = self.packing();
        self.unpacker = packing.map(Unpacker::new).transpose().map_err(|error| self.failure(error))?;
        Ok(())
    }

    /// Goes back to the start, to read a compressed file that has a [trouble](Self::trouble) as the bytes that it is; false if it can not,
    /// which is so of a pipe that much was read of.
    pub fn as_it_is(&mut self) -> bool {
        let back = self.raw.back().is_ok();
        if back {
            self.not_unpacked = self.unpacker.take().and_then(|unpacker| unpacker.trouble().cloned());
        }
        back
    }

    /// Bytes from its start on as they are, as far as they were read; none when that were many.
    pub fn head(&self) -> &[u8] {
        self.raw.head()
    }

    /// The format that it is unpacked from.
    pub fn packing(&self) -> Option<Packing> {
        self.unpacker.as_ref().map(Unpacker::packing)
    }

    /// What is wrong with the compressed file that it is unpacked from, as far as it was read.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.unpacker.as_ref().and_then(Unpacker::trouble)
    }

    /// Why it is read [as it is](Self::as_it_is), if it begins as a compressed file.
    pub const fn not_unpacked(&self) -> Option<&Trouble> {
        self.not_unpacked.as_ref()
    }

    /// Bytes read of [its size](Self::size): packed, if it is.
    pub const fn read_so_far(&self) -> u64 {
        self.raw.read_so_far()
    }

    /// Goes on at an offset of what it gives, if the input can.
    ///
    /// # Errors
    /// If the system cannot.
    pub fn seek(&mut self, offset: u64) -> Result<(), Failure> {
        if self.unpacker.is_none() {
            return self.raw.seek(offset).map_err(|error| self.failure(error));
        }
        // What is packed has no places: all before must be unpacked once more.
        self.rewind()?;
        let mut left = offset;
        let mut passed = vec![0; 64 * 1024];
        while left > 0 {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(passed.len());
            let filled = self.fill(passed.get_mut(..length).unwrap_or_default())?;
            left -= filled as u64;
            if filled < length {
                break;
            }
        }
        Ok(())
    }

    /// A compressed file, opened [as it is](open_file), as what it holds.
    ///
    /// # Errors
    /// If the system cannot read it.
    pub fn unpacked(mut self) -> Result<Self, Failure> {
        self.look_for_packing()?;
        Ok(self)
    }

    /// Which file it is, whatever its name: device and inode.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn identity(&self) -> Result<(u64, u64), Failure> {
        let status = self.raw.metadata().map_err(|error| Failure::of(error, 0))?;
        Ok((status.dev(), status.ino()))
    }

    /// How it ended; asked when all was read.
    pub fn status(&self) -> Status {
        // Data that cannot be unpacked is not read further, and the file is no shorter for it.
        let read = match (self.trouble(), self.size) {
            (Some(Trouble::Failed { .. }), Some(size)) => size.min(self.raw.length().unwrap_or(size)),
            _ => self.raw.read_so_far(),
        };
        let now = self.raw.length().unwrap_or(read);
        match self.size {
            Some(size) if read < size => Status::Shrank(size - read),
            Some(_) if now > read => Status::Grew(now - read),
            _ => Status::Whole,
        }
    }

    fn failure(&self, error: io::Error) -> Failure {
        Failure::of(error, self.raw.read_so_far())
    }
}
