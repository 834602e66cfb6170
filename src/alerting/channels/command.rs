//! A program: the message on its standard input as text, its fields in the environment.

use super::{Blocking, Delivered, Failed, fields::fields, seconds};
use crate::alerting::{Message, render};
use crate::words::clean;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command as Program};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

/// So much of the end of what it prints is kept, to be told if it fails.
const TAIL: usize = 300;

/// What a program that has ended left in its pipes is read for so long. Longer, if something that it started keeps them open.
const REST: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Command {
    program: String,
    arguments: Vec<String>,
}

impl Command {
    pub(super) fn new(run: &[String]) -> Result<Self, String> {
        let (program, arguments) = run.split_first().ok_or("no program is named")?;
        if !program.starts_with('/') {
            return Err(format!("the program {} must be named by its whole path", clean(program)));
        }
        Ok(Self { program: program.clone(), arguments: arguments.to_vec() })
    }

    pub(super) async fn send(
        &self,
        message: &Message,
        blocking: &Blocking,
        until: Instant,
    ) -> Result<Delivered, Failed> {
        let name = clean(&self.program);
        let began = Instant::now();
        let mut program = Program::new(&self.program);
        program.args(&self.arguments).envs(fields(message)).current_dir("/");
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: what it started goes with it.
        program.process_group(0);
        // To start it is to read it from a disk.
        let started = timeout_at(until, blocking.run(&name, move || program.spawn()));
        let started = started.await.map_err(|_| Failed::for_now(format!("{name} could not be started in time")))?;
        let mut child = started?.map_err(|error| Failed::for_now(format!("cannot run {name}: {error}")))?;
        let group = Group::of(&child);
        let (said, talk) = talk(&mut child, render::text(message));
        let Ok(ended) = timeout_at(until, child.wait()).await else {
            drop(group);
            let after = seconds(began.elapsed());
            return Err(Failed::for_now(format!("{name} was killed after {after}{}", said.told())));
        };
        group.let_go();
        for task in talk {
            let stop = task.abort_handle();
            let _ = timeout(REST, task).await;
            stop.abort();
        }
        match ended {
            Ok(status) if status.success() => Ok(Delivered { to: name }),
            Ok(status) => Err(Failed::for_now(format!("{name} {}{}", how(status), said.told()))),
            Err(error) => Err(Failed::for_now(format!("{name}: {error}"))),
        }
    }
}

/// A running program with all that it started. Killed unless it is over: also if whoever waits for it gives up.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw))
    }

    fn let_go(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended by itself a moment ago.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}

/// The end of what it prints.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn take(&self, bytes: &[u8]) {
        let mut tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend_from_slice(bytes);
        let surplus = tail.len().saturating_sub(TAIL);
        tail.drain(..surplus);
    }

    fn told(&self) -> String {
        let tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&tail);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            "; it printed nothing".to_owned()
        } else {
            format!("; the end of what it printed: {}", clean(&words))
        }
    }
}

/// Writes the text to it and hears what it prints, at once: neither may wait for the other.
fn talk(child: &mut Child, text: String) -> (Said, Vec<JoinHandle<()>>) {
    let said = Said::default();
    let mut tasks = Vec::new();
    if let Some(mut stdin) = child.stdin.take() {
        // Whether it reads all of it is its own matter.
        tasks.push(tokio::spawn(async move { drop(stdin.write_all(text.as_bytes()).await) }));
    }
    tasks.extend(child.stdout.take().map(|out| tokio::spawn(hear(out, said.clone()))));
    tasks.extend(child.stderr.take().map(|err| tokio::spawn(hear(err, said.clone()))));
    (said, tasks)
}

async fn hear(mut from: impl AsyncRead + Unpin, said: Said) {
    let mut bytes = vec![0; 4_096];
    while let Ok(len @ 1..) = from.read(&mut bytes).await {
        said.take(bytes.get(..len).unwrap_or_default());
    }
}

fn how(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with exit status {code}"),
        None => format!("ended by {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, runtime};
    use super::*;
    use std::fs;
    use std::path::Path;

    fn run(script: &str, limit: Duration) -> Result<Delivered, Failed> {
        let command = Command::new(&["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()]).expect("a program");
        runtime().block_on(async { command.send(&message(), &Blocking::new(), Instant::now() + limit).await })
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn it_gets_the_text_and_the_fields() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name).to_str().expect("plain").to_owned();
        let script = format!("cat > {}; env | grep ^ARRAYWATCH_ > {}; ulimit -a > /dev/null", path("in"), path("env"));
        assert_eq!(run(&script, LONG).expect("it ends well").to, "/bin/sh");
        assert_eq!(fs::read_to_string(path("in")).expect("text"), render::text(&message()));
        let env = fs::read_to_string(path("env")).expect("text");
        assert!(env.lines().any(|line| line == "ARRAYWATCH_CODE=relapse"), "{env}");
        assert_eq!(env.lines().count(), fields(&message()).len(), "{env}");
    }

    #[test]
    fn how_it_failed_is_told() {
        let check = |script: &str, expect: &str| {
            let failed = run(script, LONG).expect_err(script);
            assert_eq!((failed.why.as_str(), failed.refused), (expect, false), "{script}");
        };
        check("exit 3", "/bin/sh ended with exit status 3; it printed nothing");
        check(
            "echo no; echo route >&2; exit 1",
            "/bin/sh ended with exit status 1; the end of what it printed: no route",
        );
        check("kill -9 $$", "/bin/sh ended by signal: 9 (SIGKILL); it printed nothing");
        let long = run("seq 100000; exit 1", LONG).expect_err("it fails").why;
        assert!(long.ends_with("99999 100000") && long.len() < 420, "{long}");
        let nothing = Command::new(&["/no/such".to_owned()]).expect("a path");
        let failed = runtime()
            .block_on(async { nothing.send(&message(), &Blocking::new(), Instant::now() + LONG).await })
            .expect_err("it is not there");
        assert!(failed.why.starts_with("cannot run /no/such: No such file"), "{failed:?}");
        assert!(Command::new(&["mail".to_owned()]).is_err() && Command::new(&[]).is_err());
    }

    #[test]
    fn one_that_reads_nothing_is_no_failure() {
        run("exec true", LONG).expect("it ends well");
    }

    #[test]
    fn what_it_leaves_behind_is_not_waited_for() {
        let began = Instant::now();
        run("sleep 30 & exit 0", LONG).expect("it ends well");
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn at_the_limit_it_is_killed_with_all_that_it_started() {
        let directory = tempfile::tempdir().expect("a directory");
        let pids = directory.path().join("pids");
        let script = format!("echo waiting; sleep 60 & echo $$ $! > {}; wait", pids.display());
        let failed = run(&script, Duration::from_millis(700)).expect_err("it takes too long");
        assert!(failed.why.contains("was killed after 0.") && failed.why.ends_with("printed: waiting"), "{failed:?}");
        let pids = fs::read_to_string(pids).expect("it ran");
        for pid in pids.split_whitespace() {
            let gone = || !fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
            let deadline = Instant::now() + Duration::from_secs(5);
            while !gone() {
                assert!(Instant::now() < deadline, "{pid} lives");
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        assert_eq!(pids.split_whitespace().count(), 2);
        assert!(Path::new("/proc/self/stat").exists());
    }
}
