//! A process that stays, for whoever reads a machine again and again: it is forked first of all, while there is one thread and all
//! privileges, and forks a process for each request. So the one who asks can give its privileges up, and have threads.
//!
//! ```text
//!   asker ──request──> standing ── forks, for each request ──> server ── (readers::read) ──> broker ──> readers
//!     ^                                                           │
//!     └───────────────────────── messages ────────────────────────┘
//! ```
//!
//! It ends when the asker does: its socket tells it.

use super::{detach, exit};
use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// Messages are as those of readers: what the kernel lets a socket hold is more.
pub(super) const MESSAGE_MAX: usize = super::MESSAGE_MAX + 64;

/// How often is looked for servers that have ended.
const LOOK: u16 = 1_000;

/// The way to the process.
#[derive(Debug)]
pub struct Standing {
    socket: OwnedFd,
}

/// What it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A message, of the request with that number.
    Message(u32, Vec<u8>),
    /// The request is done.
    Done(u32),
    /// The process is gone: nothing more comes, nothing more can be asked.
    Gone,
}

impl Standing {
    /// Forks it. `serve` is run for each request, in a process of its own, and tells what it finds.
    ///
    /// Must be called while this process has one thread.
    ///
    /// # Errors
    /// If no process or socket could be made.
    pub fn start(serve: impl Fn(&[u8], &mut dyn FnMut(&[u8]))) -> io::Result<Self> {
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        #[expect(unsafe_code, reason = "a fork")]
        // SAFETY: there is one thread, as the caller promises, so that the child may do whatever this process may.
        match unsafe { fork() }? {
            ForkResult::Child => {
                drop(ours);
                detach();
                let _ = prctl::set_name(c"arraywatch-read");
                // What is meant to end the daemon is not meant for it: it ends with the socket.
                let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None);
                stand(&theirs, &serve);
                exit(0);
            }
            ForkResult::Parent { .. } => Ok(Self { socket: ours }),
        }
    }

    /// Asks for something, by a number of the asker's.
    ///
    /// # Errors
    /// If the process is gone, or has more requests than it takes.
    pub fn ask(&self, number: u32, request: &[u8]) -> io::Result<()> {
        let message = [&number.to_le_bytes(), request].concat();
        send(self.socket.as_raw_fd(), &message, MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT)?;
        Ok(())
    }

    /// Waits for what it tells next.
    pub fn hear(&self) -> Told {
        let mut message = vec![0; MESSAGE_MAX];
        loop {
            return match recv(self.socket.as_raw_fd(), &mut message, MsgFlags::empty()) {
                Err(Errno::EINTR) => continue,
                Ok(0) | Err(_) => Told::Gone,
                Ok(length) => {
                    message.truncate(length);
                    let Some((number, rest)) = message.split_first_chunk::<4>() else { continue };
                    let number = u32::from_le_bytes(*number);
                    if rest.is_empty() { Told::Done(number) } else { Told::Message(number, rest.to_vec()) }
                }
            };
        }
    }

    /// The same way once more, so that one thread may ask and another hear.
    ///
    /// # Errors
    /// If the process has too many open files.
    pub fn another(&self) -> io::Result<Self> {
        Ok(Self { socket: self.socket.try_clone()? })
    }
}

fn stand(socket: &OwnedFd, serve: &impl Fn(&[u8], &mut dyn FnMut(&[u8]))) {
    let mut message = vec![0; MESSAGE_MAX];
    let mut running: HashMap<nix::unistd::Pid, u32> = HashMap::new();
    loop {
        let mut poll = [nix::poll::PollFd::new(socket.as_fd(), nix::poll::PollFlags::POLLIN)];
        // While nothing runs it sleeps until it is asked.
        let wait = if running.is_empty() { nix::poll::PollTimeout::NONE } else { LOOK.into() };
        let ready = nix::poll::poll(&mut poll, wait);
        while let Ok(status @ (WaitStatus::Exited(child, _) | WaitStatus::Signaled(child, ..))) =
            waitpid(None, Some(WaitPidFlag::WNOHANG))
        {
            // One that came to its end has said so itself.
            let died = !matches!(status, WaitStatus::Exited(_, 0));
            if let Some(number) = running.remove(&child).filter(|_| died) {
                tell(socket, number, &[]);
            }
        }
        if !matches!(ready, Ok(ready) if ready > 0) {
            continue;
        }
        match recv(socket.as_raw_fd(), &mut message, MsgFlags::MSG_DONTWAIT) {
            Ok(0) => return,
            Ok(length) => {
                let asked = message.get(..length).unwrap_or_default();
                let Some((number, request)) = asked.split_first_chunk::<4>() else { continue };
                let number = u32::from_le_bytes(*number);
                #[expect(unsafe_code, reason = "a fork")]
                // SAFETY: this process has one thread.
                match unsafe { fork() } {
                    Ok(ForkResult::Child) => {
                        // One that is stuck with its readers must not outlive what it was asked for by much.
                        let _ = prctl::set_pdeathsig(Signal::SIGTERM);
                        serve(request, &mut |told| tell(socket, number, told));
                        tell(socket, number, &[]);
                        exit(0);
                    }
                    Ok(ForkResult::Parent { child }) => {
                        running.insert(child, number);
                    }
                    Err(_) => tell(socket, number, &[]),
                }
            }
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(_) => return,
        }
    }
}

/// A message that is too long is told short by whoever makes it; here it would be lost, and the request still ends.
fn tell(socket: &OwnedFd, number: u32, told: &[u8]) {
    let message = [&number.to_le_bytes(), told].concat();
    if send(socket.as_raw_fd(), &message, MsgFlags::MSG_NOSIGNAL) == Err(Errno::EPIPE) {
        exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is told until so many requests are done, a line each.
    fn check(requests: &[&str], serve: impl Fn(&[u8], &mut dyn FnMut(&[u8])), expect: &[(u32, &[&str])]) {
        let standing = Standing::start(serve).expect("a process");
        for (number, request) in (0..).zip(requests) {
            standing.ask(number, request.as_bytes()).expect("it is asked");
        }
        let mut told: HashMap<u32, Vec<String>> = HashMap::new();
        let mut done = 0;
        while done < requests.len() {
            match standing.hear() {
                Told::Message(number, text) => {
                    told.entry(number).or_default().push(String::from_utf8(text).expect("text"));
                }
                Told::Done(number) => {
                    told.entry(number).or_default();
                    done += 1;
                }
                Told::Gone => panic!("it is gone"),
            }
        }
        for (number, lines) in expect {
            assert_eq!(
                told.get(number).map(|told| told.iter().map(String::as_str).collect::<Vec<_>>()),
                Some(lines.to_vec())
            );
        }
    }

    fn echo(request: &[u8], tell: &mut dyn FnMut(&[u8])) {
        for word in request.split(|byte| *byte == b' ') {
            tell(word);
        }
    }

    #[test]
    fn each_request_is_served() {
        check(&["one two", "three"], echo, &[(0, &["one", "two"]), (1, &["three"])]);
    }

    #[test]
    fn one_that_waits_holds_up_no_other() {
        let slow = |request: &[u8], tell: &mut dyn FnMut(&[u8])| {
            if request == b"slow" {
                std::thread::sleep(std::time::Duration::from_millis(300));
            }
            tell(request);
        };
        let standing = Standing::start(slow).expect("a process");
        standing.ask(0, b"slow").expect("it is asked");
        standing.ask(1, b"fast").expect("it is asked");
        assert_eq!(standing.hear(), Told::Message(1, b"fast".to_vec()));
    }

    #[test]
    fn one_that_dies_ends_its_request() {
        let dies = |request: &[u8], tell: &mut dyn FnMut(&[u8])| {
            tell(request);
            exit(3);
        };
        check(&["last words"], dies, &[(0, &["last words"])]);
    }
}
