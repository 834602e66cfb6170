//! What the system tells of a process that runs: its CPU, its memory, how often it woke.

use anyhow::{Context as _, ensure};
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;
use serde::Serialize;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// A process that somebody waits for, so that its number stays its own.
#[derive(Debug, Clone, Copy)]
pub struct Process {
    pid: u32,
    clock: ClockId,
}

/// What a process has in memory, in MiB. By `/proc/PID/smaps_rollup`, which counts the pages; the numbers of `/proc/PID/status` are gathered
/// from what each processor or thread has counted for itself, and may be some MiB off (proc_pid_status(5), "inaccurate").
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Memory {
    /// `Rss`: all that is resident, files that are mapped among it.
    pub resident: f64,
    /// `Anonymous`: what is its own, and of no file.
    pub own: f64,
    /// `VmHWM` of `/proc/PID/status`: about the most that was resident at once.
    pub peak: f64,
}

impl Process {
    /// Looks at a process.
    ///
    /// # Errors
    /// If there is none of that number.
    pub fn of(pid: u32) -> anyhow::Result<Self> {
        let clock = clock_getcpuclockid(Pid::from_raw(pid.cast_signed()));
        Ok(Self { pid, clock: clock.with_context(|| format!("no CPU clock of process {pid}"))? })
    }

    /// The CPU that all its threads took so far, those that have ended among them: `utime` and `stime`, but to the nanosecond.
    ///
    /// # Errors
    /// If it has ended.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let now = self.clock.now().with_context(|| format!("process {} has ended", self.pid))?;
        Ok(now.into())
    }

    /// Its memory.
    ///
    /// # Errors
    /// If it has ended.
    pub fn memory(&self) -> anyhow::Result<Memory> {
        let (pages, status) = (self.read("smaps_rollup")?, self.read("status")?);
        let mib = |text: &str, name: &str| field(text, name).map(|kib| kib as f64 / 1024.0);
        Ok(Memory { resident: mib(&pages, "Rss")?, own: mib(&pages, "Anonymous")?, peak: mib(&status, "VmHWM")? })
    }

    /// How often its threads gave up the CPU to wait for something: each is a time that it woke.
    ///
    /// # Errors
    /// If it has ended.
    pub fn waits(&self) -> anyhow::Result<u64> {
        let mut waits = 0;
        for thread in fs::read_dir(self.path("task"))? {
            // A thread may end meanwhile.
            if let Ok(status) = fs::read_to_string(thread?.path().join("status")) {
                waits += field(&status, "voluntary_ctxt_switches")?;
            }
        }
        Ok(waits)
    }

    /// How many threads it has.
    ///
    /// # Errors
    /// If it has ended.
    pub fn threads(&self) -> anyhow::Result<u64> {
        field(&self.read("status")?, "Threads")
    }

    /// The processes that it started.
    ///
    /// # Errors
    /// If it has ended.
    pub fn children(&self) -> anyhow::Result<Vec<Self>> {
        let mut children = Vec::new();
        for thread in fs::read_dir(self.path("task"))? {
            let numbers = fs::read_to_string(thread?.path().join("children")).unwrap_or_default();
            for number in numbers.split_whitespace() {
                children.push(Self::of(number.parse()?)?);
            }
        }
        Ok(children)
    }

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.pid))
    }

    fn read(&self, name: &str) -> anyhow::Result<String> {
        let path = self.path(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }
}

/// The number behind `NAME:`.
fn field(status: &str, name: &str) -> anyhow::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    ensure!(number.is_some(), "no {name} in the status of a process: it has ended");
    Ok(number.unwrap_or_default().parse()?)
}
