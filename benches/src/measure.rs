//! Running a program and measuring it.

use anyhow::{Context as _, ensure};
use serde::Serialize;
use std::io::Read as _;
use std::mem::MaybeUninit;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// What one run of a program took.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Cost {
    /// Seconds from its start to its end.
    pub wall: f64,
    /// Seconds of CPU, its own and the kernel's for it.
    pub cpu: f64,
    /// The most memory that was resident at once, in MiB. What this program itself has resident when it starts another is the
    /// least that the system will tell, some 3 MiB.
    pub peak_mib: f64,
    /// Megabytes that it gave the system for disks, by the system's count: none where files are in memory.
    pub written_mb: f64,
}

impl Cost {
    /// The least of each.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        Self {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.min(other.cpu),
            peak_mib: self.peak_mib.min(other.peak_mib),
            written_mb: self.written_mb.min(other.written_mb),
        }
    }
}

/// Runs a program to its end; what it wrote comes back too.
///
/// # Errors
/// If it cannot be run, or says that it failed.
pub fn run(command: &mut Command) -> anyhow::Result<(String, Cost)> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot run {command:?}"))?;
    let mut output = String::new();
    child.stdout.take().context("no output")?.read_to_string(&mut output)?;
    let (status, usage) = wait(child)?;
    let wall = start.elapsed().as_secs_f64();
    // arraywatch tells its verdict by a status from 0 to 3, and grep by 1 that nothing was found.
    let ended = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) <= 3;
    ensure!(ended, "{command:?} ended with status {status}");
    let cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    let (peak_mib, written_mb) = (usage.ru_maxrss as f64 / 1024.0, usage.ru_oublock as f64 * 512.0 / 1e6);
    Ok((output, Cost { wall, cpu, peak_mib, written_mb }))
}

/// Waits for the end of a child. The standard library does not tell what one child used; the system call does.
#[expect(unsafe_code, reason = "wait4 has no safe wrapper")]
fn wait(child: Child) -> anyhow::Result<(libc::c_int, libc::rusage)> {
    let mut status = 0;
    let mut usage = MaybeUninit::zeroed();
    // SAFETY: both pointers are to places of the right type that live through the call, and all zeroes are a valid `rusage`.
    let (waited, usage) = unsafe {
        let waited = libc::wait4(child.id().cast_signed(), &raw mut status, 0, usage.as_mut_ptr());
        (waited, usage.assume_init())
    };
    ensure!(waited > 0, "wait4: {}", std::io::Error::last_os_error());
    Ok((status, usage))
}

fn seconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1e6
}
