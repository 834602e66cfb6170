//! The processes that talk to devices: one for each controller, and one for each other part of the machine that may keep its reader
//! waiting. They alone have privileges (the parent gives its own up as soon as they run), and they do nothing but ask; what they hear they
//! tell their parent, in lines of a
//! [`capture`](super::capture).
//!
//! ```text
//!   parent ── fork ──> broker ── reads the topology, then forks ──> a reader for each controller
//!      ^                  │                                             │
//!      └──── messages ────┴──────────────── messages ───────────────────┘
//! ```
//!
//! **A command that does not come back is left behind with its reader.** The parent stops waiting for a reader that has said nothing
//! for as long as its patience lasts, and can always exit: it waits for messages, never for a process. The command itself is not
//! cancelled; nothing of ours resets a controller.
//!
//! **At most one command is left behind on a controller** ([`Leash`]): while its reader lives, it holds a lock, whoever started it,
//! and the next reader of that controller goes away again and says whom it met. When the command does come back, its device is in
//! quarantine for a time that doubles with each such case.
//!
//! **A slow device is asked little** ([`Patient`]).

mod leash;
mod patient;
mod privileges;
mod standing;
#[cfg(test)]
mod tests;

pub use leash::Leash;
pub use patient::Patient;
pub use privileges::{Keep, relinquish};
pub use standing::{Standing, Told as Heard};

use super::capture::{Joined, Recorder};
use super::entry::End;
use super::{Entry, Host};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};
use nix::sys::wait::{WaitStatus, wait, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a reader does.
pub struct Task {
    /// Its name: also that of the lock that it holds.
    pub name: String,
    /// The asking.
    pub run: Run,
}

/// Asks a machine; what is heard of it goes to the parent by the host that it is given.
pub type Run = Box<dyn FnOnce(&mut dyn Host)>;

/// How reading is to go.
#[derive(Debug, Clone)]
pub struct Manner {
    /// A reader that says nothing for so long is left behind.
    pub patience: Duration,
    /// Where locks and quarantines are kept: a directory that does not outlive the machine's start, such as below `/run`.
    pub leashes: PathBuf,
    /// Between the starts of two readers, so that not all controllers are asked in the same moment. Much shorter than the patience: who
    /// waits to be started must not seem to be silent.
    pub stagger: Duration,
}

impl Manner {
    /// How it goes when somebody waits for the result.
    pub const fn at_once(patience: Duration, leashes: PathBuf) -> Self {
        Self { patience, leashes, stagger: Duration::from_millis(2) }
    }
}

/// What the readers told.
#[derive(Debug, Default)]
pub struct Told {
    /// By reader, in the order in which they were started.
    readers: Vec<(Joined, Option<Instant>)>,
}

/// A message is no longer: what the kernel lets a socket hold (`net.core.wmem_max`) is 212,992 bytes unless it was changed.
const MESSAGE_MAX: usize = 200_000;

/// Reads a machine: `first` is asked by the broker, and gives what is to be asked besides, each by a process of its own.
///
/// Must be called while this process has one thread: it forks. It gives its privileges up: see [`relinquish`].
///
/// # Errors
/// If no process or socket could be made.
pub fn read(
    machine: impl Fn() -> Box<dyn Host>,
    first: impl FnOnce(&mut dyn Host) -> Vec<Task>,
    manner: &Manner,
) -> io::Result<Vec<Entry>> {
    let flags = SockFlag::SOCK_CLOEXEC;
    let (from, to) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
    #[expect(unsafe_code, reason = "a fork")]
    // SAFETY: there is one thread, as the caller promises, so that the child may do whatever this process may.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(from);
            detach();
            broker(&to, machine, first, manner);
            exit(0);
        }
        ForkResult::Parent { child } => {
            drop(to);
            relinquish(Keep::Files);
            let told = listen(&from, manner.patience);
            // If it is at its end, it goes; if it waits for a reader, it is left behind with it.
            let _ = waitpid(child, Some(nix::sys::wait::WaitPidFlag::WNOHANG));
            Ok(told)
        }
    }
}

fn listen(from: &OwnedFd, patience: Duration) -> Vec<Entry> {
    let mut told = Told::default();
    let mut message = vec![0; MESSAGE_MAX + 64];
    while let Some(wait) = told.wait(patience) {
        let ready = nix::poll::PollTimeout::try_from(wait).unwrap_or(nix::poll::PollTimeout::MAX);
        let mut poll = [nix::poll::PollFd::new(std::os::fd::AsFd::as_fd(from), nix::poll::PollFlags::POLLIN)];
        match nix::poll::poll(&mut poll, ready) {
            Ok(0) | Err(nix::errno::Errno::EINTR) => {}
            Ok(_) => match recv(from.as_raw_fd(), &mut message, MsgFlags::MSG_DONTWAIT) {
                Ok(0) => break,
                Ok(len) => told.take(message.get(..len).unwrap_or_default()),
                Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EINTR) => {}
                Err(_) => break,
            },
            Err(_) => break,
        }
        told.leave_behind(patience);
    }
    told.lines()
}

impl Told {
    /// How long to wait for the next message; none when every reader has ended.
    fn wait(&self, patience: Duration) -> Option<Duration> {
        if self.readers.is_empty() {
            // The broker has not spoken yet: a machine that cannot even do that is waited for no longer than others.
            return Some(patience);
        }
        let first = self.readers.iter().filter_map(|(_, last)| *last).min()?;
        Some(patience.saturating_sub(first.elapsed()) + Duration::from_millis(1))
    }

    fn take(&mut self, message: &[u8]) {
        let Some((index, line)) = message.split_first_chunk::<4>() else { return };
        let index = usize::try_from(u32::from_le_bytes(*index)).unwrap_or(usize::MAX);
        let Ok(entry) = serde_json::from_slice::<Entry>(line) else { return };
        // The readers are told of by the broker, in order, before they run.
        if index == self.readers.len() {
            self.readers.push((Joined::default(), Some(Instant::now())));
        }
        if let Some((lines, last)) = self.readers.get_mut(index) {
            // What the broker says of a reader that has ended itself is no news.
            if last.is_some() {
                *last = entry.end.is_none().then(Instant::now);
                lines.take(entry);
            }
        }
    }

    fn leave_behind(&mut self, patience: Duration) {
        for (lines, last) in &mut self.readers {
            if last.is_some_and(|last| last.elapsed() >= patience) {
                *last = None;
                lines.take(Entry { end: Some(End::LeftBehind(patience.as_secs())), ..Entry::default() });
            }
        }
    }

    fn lines(self) -> Vec<Entry> {
        self.readers.into_iter().flat_map(|(joined, _)| joined.lines()).collect()
    }
}

/// Tells the parent. If that has gone, there is nobody to read for.
fn tell(to: &OwnedFd, index: u32, entry: &Entry) {
    let mut message = index.to_le_bytes().to_vec();
    if serde_json::to_writer(&mut message, entry).is_err() || message.len() > MESSAGE_MAX {
        let short =
            Entry { text: None, data: None, failed: Some(super::entry::Why::Errno(libc::E2BIG)), ..entry.clone() };
        message.truncate(4);
        let _ = serde_json::to_writer(&mut message, &short);
    }
    if send(to.as_raw_fd(), &message, MsgFlags::MSG_NOSIGNAL).is_err() {
        exit(0);
    }
}

fn broker(
    to: &OwnedFd,
    machine: impl Fn() -> Box<dyn Host>,
    first: impl FnOnce(&mut dyn Host) -> Vec<Task>,
    manner: &Manner,
) {
    tell(to, 0, &Entry { reader: Some("topology".to_owned()), ..Entry::default() });
    let mut host = machine();
    let tasks = first(&mut Recorder::new(host.as_mut(), &mut |entry| tell(to, 0, entry)));
    let mut running: HashMap<Pid, u32> = HashMap::new();
    for (index, task) in (1..).zip(tasks) {
        tell(to, index, &Entry { reader: Some(task.name.clone()), ..Entry::default() });
        #[expect(unsafe_code, reason = "a fork")]
        // SAFETY: this process has one thread.
        match unsafe { fork() } {
            Ok(ForkResult::Child) => {
                reader(to, index, machine().as_mut(), task, manner);
                exit(0);
            }
            Ok(ForkResult::Parent { child }) => {
                running.insert(child, index);
            }
            Err(errno) => tell(to, index, &ended(End::Died(errno as i32))),
        }
        std::thread::sleep(manner.stagger);
    }
    tell(to, 0, &ended(End::Done));
    while let Ok(status) = wait() {
        let (child, code) = match status {
            WaitStatus::Exited(child, code) => (child, code),
            WaitStatus::Signaled(child, signal, _) => (child, signal as i32),
            _ => continue,
        };
        // One that has said how it ended is not listened to any more.
        if let Some(index) = running.remove(&child) {
            tell(to, index, &ended(End::Died(code)));
        }
    }
}

fn reader(to: &OwnedFd, index: u32, machine: &mut dyn Host, task: Task, manner: &Manner) {
    let leash = match Leash::take(&manner.leashes, &task.name) {
        Ok(leash) => leash,
        Err(busy) => return tell(to, index, &ended(End::Busy(busy))),
    };
    // Should the parent go while it waits: the lock goes with the process, and what stands in the file is put right by `answered`.
    let mut patient = Patient::new(machine, leash, manner.patience);
    (task.run)(&mut Recorder::new(&mut patient, &mut |entry| tell(to, index, entry)));
    tell(to, index, &ended(End::Done));
}

fn ended(end: End) -> Entry {
    Entry { end: Some(end), ..Entry::default() }
}

/// Takes this process, and the readers that it will start, out of the parent's terminal and pipes: one that is left behind must not
/// keep whoever reads the parent's output waiting, and what is typed to the parent is not meant for them.
fn detach() {
    let _ = nix::unistd::setsid();
    let _ = nix::unistd::chdir("/");
    if let Ok(null) = std::fs::File::options().read(true).write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stdin(&null);
        let _ = nix::unistd::dup2_stdout(&null);
        let _ = nix::unistd::dup2_stderr(&null);
    }
}

/// Ends this process without running what its parent meant to run at its own end.
fn exit(code: i32) -> ! {
    #[expect(unsafe_code, reason = "no safe function ends a forked process without its parent's exit handlers")]
    // SAFETY: it does not return.
    unsafe {
        libc::_exit(code)
    }
}
