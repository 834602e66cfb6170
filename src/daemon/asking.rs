//! What the process that has all privileges does when it is asked: reads the machine, or runs a configured program. It knows the
//! programs from the configuration, which it reads itself: whoever takes the daemon over can have them run, and no others. Nor is one run
//! that the daemon does not ask for yet, since the configuration was changed and not read anew.

use crate::config::Command;
use crate::machine::live::Live;
use crate::machine::readers::{self, Manner};
use crate::machine::{Entry, Host};
use crate::probes;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::os::fd::AsFd as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// An output is no longer; what exceeds it is not read.
const OUTPUT_MAX: usize = 16 * 1024 * 1024;

/// How much of an output goes into a message.
const PIECE: usize = 100_000;

/// Why a program is not run.
const CHANGED: &str =
    "the configuration has it no longer, or otherwise, and was not read anew; `arraywatch config check`, then SIGHUP";

/// What is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// To read the machine.
    Look {
        /// As [`Manner`], in milliseconds.
        patience: u64,
        stagger: u64,
    },
    /// To run a program.
    Run {
        /// Its name in the configuration.
        name: String,
        /// As [`Command::run`].
        run: Vec<String>,
    },
}

/// What is answered, message by message.
#[derive(Debug)]
pub(super) enum Answer {
    /// Of a look.
    Entry(Box<Entry>),
    /// Of a program: a piece of its output.
    Output(Vec<u8>),
    /// Of a program: the status with which it ended, other than 0. Vendors' tools tell by it how an array is, too.
    Status(i32),
    /// Why it did not go as it should.
    Failed(String),
}

impl Answer {
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Entry(entry) => [b"e".to_vec(), serde_json::to_vec(entry).unwrap_or_default()].concat(),
            Self::Output(bytes) => [b"o", bytes.as_slice()].concat(),
            Self::Status(status) => [b"s".as_slice(), status.to_string().as_bytes()].concat(),
            Self::Failed(why) => [b"f", why.as_bytes()].concat(),
        }
    }

    /// None of what is no answer.
    pub(super) fn decode(message: &[u8]) -> Option<Self> {
        let (kind, rest) = message.split_first()?;
        match kind {
            b'e' => serde_json::from_slice(rest).ok().map(Self::Entry),
            b'o' => Some(Self::Output(rest.to_vec())),
            b's' => std::str::from_utf8(rest).ok()?.parse().ok().map(Self::Status),
            b'f' => Some(Self::Failed(String::from_utf8_lossy(rest).into_owned())),
            _ => None,
        }
    }
}

/// Does what is asked, in a process of its own ([`Standing::start`](crate::machine::readers::Standing::start)). `leashes` is where readers
/// keep their locks; `commands` are those of the configuration, as it is and as it was at the start.
pub fn serve(request: &[u8], leashes: &Path, commands: impl Fn() -> Vec<Command>, tell: &mut dyn FnMut(&[u8])) {
    let mut tell = |answer: Answer| tell(&answer.encode());
    match serde_json::from_slice(request) {
        Ok(Request::Look { patience, stagger }) => look(patience, stagger, leashes, &mut tell),
        Ok(Request::Run { name, run: asked }) => {
            match commands().into_iter().find(|command| (&command.name, &command.run) == (&name, &asked)) {
                Some(command) => run(&command, &mut tell),
                None => tell(Answer::Failed(CHANGED.to_owned())),
            }
        }
        Err(_) => tell(Answer::Failed("the request was not understood; this is a bug of arraywatch".to_owned())),
    }
}

fn look(patience: u64, stagger: u64, leashes: &Path, tell: &mut impl FnMut(Answer)) {
    let manner = Manner {
        patience: Duration::from_millis(patience),
        leashes: leashes.to_owned(),
        stagger: Duration::from_millis(stagger),
    };
    match readers::read(|| Box::new(Live::default()) as Box<dyn Host>, probes::tasks, &manner) {
        Ok(entries) => entries.into_iter().for_each(|entry| tell(Answer::Entry(Box::new(entry)))),
        Err(error) => tell(Answer::Failed(format!("cannot start the processes that read the machine: {error}"))),
    }
}

/// Runs a program in a process group of its own, which is killed when its time is over.
fn run(command: &Command, tell: &mut impl FnMut(Answer)) {
    let Command { run, limit, .. } = command;
    let Some((program, arguments)) = run.split_first() else {
        return tell(Answer::Failed("it has no program".to_owned()));
    };
    let mut started = std::process::Command::new(program);
    started.args(arguments).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = match started.process_group(0).spawn() {
        Ok(child) => child,
        Err(error) => return tell(Answer::Failed(format!("cannot run {program}: {error}"))),
    };
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
    let end = Instant::now() + *limit;
    let mut length = 0;
    if let Some(mut out) = child.stdout.take() {
        let mut piece = vec![0; PIECE];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let mut fds = [PollFd::new(out.as_fd(), PollFlags::POLLIN)];
            let wait = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            if left.is_zero() || matches!(poll(&mut fds, wait), Ok(0)) {
                break;
            }
            match out.read(&mut piece) {
                Ok(0) => break,
                Ok(read) if length + read <= OUTPUT_MAX => {
                    length += read;
                    tell(Answer::Output(piece.get(..read).unwrap_or_default().to_vec()));
                }
                Ok(_) => {
                    tell(Answer::Failed(format!("it printed more than {OUTPUT_MAX} bytes; the rest was not read")));
                    break;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
    }
    match wait(&mut child, end) {
        Some(status) if status.success() => {}
        Some(status) => tell(match (status.code(), status.signal()) {
            (Some(code), _) => Answer::Status(code),
            (None, Some(signal)) => Answer::Failed(format!("it was ended by signal {signal}")),
            (None, None) => Answer::Failed("it ended".to_owned()),
        }),
        None => {
            let _ = killpg(group, Signal::SIGKILL);
            tell(Answer::Failed(format!("it was not done after {} s, and was killed", limit.as_secs())));
        }
    }
}

/// How it ended; none if it did not in time.
fn wait(child: &mut std::process::Child, end: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(5)),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program's run tells.
    fn check(script: &str, limit: u64, output: &str, failure: Option<&str>) {
        let command = Command {
            name: "it".to_owned(),
            run: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            every: Duration::from_secs(60),
            limit: Duration::from_millis(limit),
        };
        let told = asked(std::slice::from_ref(&command), &command);
        assert_eq!((told.0.as_str(), told.1.as_deref()), (output, failure), "{script}");
    }

    /// What is told when one is asked for; these are those of the configuration.
    fn asked(commands: &[Command], command: &Command) -> (String, Option<String>) {
        let (name, run) = (command.name.clone(), command.run.clone());
        let request = serde_json::to_vec(&Request::Run { name, run }).expect("JSON");
        let (mut printed, mut failed) = (Vec::new(), None);
        serve(&request, Path::new("/nowhere"), || commands.to_vec(), &mut |message| match Answer::decode(message)
            .expect("an answer")
        {
            Answer::Output(bytes) => printed.extend(bytes),
            Answer::Failed(why) => failed = Some(why),
            Answer::Status(status) => failed = Some(format!("status {status}")),
            Answer::Entry(_) => panic!("no machine was asked for"),
        });
        (String::from_utf8_lossy(&printed).into_owned(), failed)
    }

    /// A file that somebody edits is not in force before it was read anew: the edited line was run all the same.
    #[test]
    fn what_the_daemon_does_not_ask_for_is_not_run() {
        let echo = |text: &str| Command {
            name: "it".to_owned(),
            run: ["/bin/echo", text].map(str::to_owned).to_vec(),
            every: Duration::from_secs(60),
            limit: Duration::from_secs(5),
        };
        let (known, edited) = (echo("known"), echo("edited"));
        assert_eq!(asked(&[edited.clone(), known.clone()], &known), ("known\n".to_owned(), None));
        assert_eq!(asked(std::slice::from_ref(&edited), &known), (String::new(), Some(CHANGED.to_owned())));
        assert_eq!(asked(&[], &known), (String::new(), Some(CHANGED.to_owned())));
    }

    #[test]
    fn programs_are_run_in_time() {
        check("echo one; echo two", 5_000, "one\ntwo\n", None);
        check("echo part; exit 3", 5_000, "part\n", Some("status 3"));
        check("kill -9 $$", 5_000, "", Some("it was ended by signal 9"));
        check("echo part; sleep 30 & sleep 30", 300, "part\n", Some("it was not done after 0 s, and was killed"));
        // One that closes its output and goes on is waited for no longer.
        check("echo part; exec >&-; sleep 30", 300, "part\n", Some("it was not done after 0 s, and was killed"));
    }
}
