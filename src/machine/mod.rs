//! The machine that is being read: its files of sysfs and procfs, its kernel's log, and the devices that answer commands.
//!
//! Nothing here knows what an answer means; [`probes`](crate::probes) ask and understand. What is here keeps three promises:
//!
//! * **One place issues commands** ([`live`]), and before it does, the whole command is looked up in [`allow`]: an opcode alone does
//!   not tell whether a command does harm.
//! * **What was answered is all that is known of it.** Every question and every answer is an [`Entry`] of a [`capture`]: a reader
//!   process speaks to its parent in captures, a user sends one with a report, a test reads one. The parent never talks to a device:
//!   it asks the same questions of the capture ([`Captured`]).
//! * **One hung device blocks nothing but itself** ([`readers`]): the processes that talk to devices are children, one for each
//!   controller, and a child that does not come back is left behind.
//!
//! ```text
//!   probes ── ask ──> Host ┬ Live      ioctl, read, readlink      (in a reader process only)
//!                          ├ Captured  what some machine answered
//!                          └ Scripted  a machine that fails on cue, for tests
//! ```

pub mod allow;
pub mod capture;
mod captured;
pub mod commands;
pub mod entry;
pub mod live;
pub mod mask;
pub mod readers;
mod reply;
mod request;
mod scripted;

pub use captured::Captured;
pub use entry::Entry;
pub use reply::{Reply, Status};
pub use request::Request;
pub use scripted::Scripted;

use std::fmt;

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failed {
    /// The system refused, with that number (`errno`).
    System(i32),
    /// Nobody asked: a reader was left behind before it came to it, or the capture does not have it.
    NotAsked,
    /// It was asked, and no answer came while the reader was waited for.
    NoAnswer,
    /// The drive sleeps, and asking would have woken it.
    Asleep,
    /// It answered too late the last time, and is left alone for a while.
    Quarantined,
    /// The command is none of those that are allowed. That is a mistake in arraywatch.
    Forbidden,
}

impl Failed {
    /// There is no such file or device.
    pub const NOT_THERE: Self = Self::System(libc::ENOENT);

    /// Whether it is because there is no such thing.
    pub const fn is_absence(self) -> bool {
        matches!(self, Self::System(libc::ENOENT | libc::ENODEV | libc::ENXIO | libc::ENOTDIR))
    }

    /// Whether it is because who asks may not.
    pub const fn is_denial(self) -> bool {
        matches!(self, Self::System(libc::EACCES | libc::EPERM))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(errno) => f.write_str(nix::errno::Errno::from_raw(*errno).desc()),
            Self::NotAsked => f.write_str("it was not asked"),
            Self::NoAnswer => f.write_str("it did not answer"),
            Self::Asleep => f.write_str("it sleeps and was not woken"),
            Self::Quarantined => f.write_str("it answered too late before and is left alone for a while"),
            Self::Forbidden => f.write_str("the command is not allowed"),
        }
    }
}

/// An answer, or why there is none.
pub type Answer<T> = Result<T, Failed>;

/// A machine that can be asked. Paths are those of the machine, from the root on.
pub trait Host {
    /// The content of a small file of sysfs or procfs; at most [`FILE_MAX`] bytes of it.
    fn file(&mut self, path: &str) -> Answer<Vec<u8>>;

    /// The names in a directory, sorted.
    fn list(&mut self, path: &str) -> Answer<Vec<String>>;

    /// Where a path leads when all links are followed.
    fn link(&mut self, path: &str) -> Answer<String>;

    /// The records that the kernel's log holds, the newest last, as `/dev/kmsg` has them.
    fn kernel_log(&mut self) -> Answer<Vec<String>>;

    /// Sends a command to a device: `/dev/sda`, `/dev/nvme0`, `/dev/ipmi0`, or `megaraid/7` for the controller that is SCSI host 7.
    fn ask(&mut self, device: &str, request: &Request) -> Reply;
}

/// So much of a file is read.
pub const FILE_MAX: usize = 96 * 1024;

/// What the files of sysfs usually hold: a line of text.
pub fn text(host: &mut dyn Host, path: &str) -> Answer<String> {
    Ok(String::from_utf8_lossy(&host.file(path)?).trim_matches(['\n', ' ', '\0']).to_owned())
}
