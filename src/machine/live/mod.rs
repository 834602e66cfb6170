//! The machine that this runs on. The one place that issues commands, and that looks each up in [`allow`] before.
//!
//! **Timeouts.** When the kernel's own timeout of a command expires, it aborts the command and may reset the controller, under
//! everything else that uses it. So it is two minutes here (NVMe admin commands: the kernel's default), and never our deadline: at our
//! deadline the *process* that waits is left behind ([`readers`](super::readers)), not the command.

mod ipmi;
mod kmsg;
mod megaraid;
mod nvme;
mod scsi;

use super::{Answer, FILE_MAX, Failed, Host, Reply, Request, allow};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The timeout of a SCSI command, in milliseconds: longer than any healthy command takes, so that it is not our command whose
/// expiry resets a controller.
const SCSI_TIMEOUT: u32 = 120_000;

/// This machine. What was opened stays open until it is dropped.
#[derive(Debug, Default)]
pub struct Live {
    open: HashMap<String, File>,
}

impl Live {
    fn device(&mut self, path: &str) -> Answer<&File> {
        if !self.open.contains_key(path) {
            if sleeps(path) {
                return Err(Failed::Asleep);
            }
            // Read-only; and without waiting for a medium or a carrier.
            let file = File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC).open(path);
            self.open.insert(path.to_owned(), file.map_err(failed)?);
        }
        self.open.get(path).ok_or(Failed::NOT_THERE)
    }

    fn send(&mut self, device: &str, request: &Request) -> Answer<Reply> {
        if let Some(host) = device.strip_prefix("megaraid/") {
            let host = host.parse().map_err(|_| Failed::NOT_THERE)?;
            let node = megaraid::node()?;
            return megaraid::ask(self.device(&node)?.as_fd(), host, request);
        }
        let fd = self.device(device)?.as_fd();
        match request {
            Request::Scsi { cdb, len } => scsi::ask(fd, cdb, *len),
            Request::Nvme { opcode, nsid, cdw10, len } => nvme::ask(fd, *opcode, *nsid, cdw10, *len),
            Request::Ipmi { netfn, command, data } => ipmi::ask(fd, *netfn, *command, data),
            Request::Dcmd { .. } | Request::Behind { .. } => Err(Failed::NOT_THERE),
        }
    }
}

/// Whether a disk is suspended: opening it would resume it (`Documentation/power/runtime_pm.rst`).
fn sleeps(device: &str) -> bool {
    let Some(name) = device.strip_prefix("/dev/") else { return false };
    let paths = [
        format!("/sys/class/block/{name}/device/power/runtime_status"),
        format!("/sys/class/scsi_generic/{name}/device/power/runtime_status"),
    ];
    paths
        .iter()
        .any(|path| fs::read_to_string(path).is_ok_and(|status| matches!(status.trim(), "suspended" | "suspending")))
}

impl Host for Live {
    fn file(&mut self, path: &str) -> Answer<Vec<u8>> {
        let file = File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC).open(path);
        let mut bytes = Vec::new();
        let max = u64::try_from(FILE_MAX).unwrap_or(u64::MAX);
        file.map_err(failed)?.take(max).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    fn list(&mut self, path: &str) -> Answer<Vec<String>> {
        let entries = fs::read_dir(path).map_err(failed)?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort();
        Ok(names)
    }

    fn link(&mut self, path: &str) -> Answer<String> {
        let target = leads_to(Path::new(path)).map_err(failed)?;
        target.into_os_string().into_string().map_err(|_| Failed::NOT_THERE)
    }

    fn kernel_log(&mut self) -> Answer<Vec<String>> {
        kmsg::read().map_err(failed)
    }

    fn ask(&mut self, device: &str, request: &Request) -> Reply {
        if !allow::allows(request) {
            return Reply::failed(Failed::Forbidden);
        }
        let begin = Instant::now();
        let mut reply = self.send(device, request).unwrap_or_else(Reply::failed);
        reply.micros = begin.elapsed().as_micros().try_into().unwrap_or(u64::MAX);
        reply
    }
}

/// Where a path leads. The kernel is asked, which knows: realpath(3) asks it of each part of the path, and in sysfs those are many.
fn leads_to(path: &Path) -> io::Result<PathBuf> {
    let there = File::options().read(true).custom_flags(libc::O_PATH | libc::O_CLOEXEC).open(path)?;
    let known = fs::read_link(format!("/proc/self/fd/{}", there.as_raw_fd()));
    match known {
        // What is gone by now is called so (proc_pid_fd(5)).
        Ok(target) if !target.as_os_str().as_bytes().ends_with(b" (deleted)") => Ok(target),
        _ => path.canonicalize(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn failed(error: io::Error) -> Failed {
    Failed::System(error.raw_os_error().unwrap_or(libc::EIO))
}

fn errno(errno: nix::errno::Errno) -> Failed {
    Failed::System(errno as i32)
}

/// Room for an answer.
fn room(len: u32) -> Vec<u8> {
    vec![0; usize::try_from(len).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    #[test]
    fn links_lead_where_realpath_says() {
        let scene = TempDir::new().expect("a temporary directory");
        let at = |name: &str| scene.path().join(name);
        fs::create_dir_all(at("devices/pci/block/sda")).expect("a directory");
        fs::write(at("devices/file (deleted)"), "").expect("a file");
        symlink("devices/pci", at("short")).expect("a link");
        symlink("../short/block/sda", at("devices/sda")).expect("a link");
        symlink("nowhere", at("dangling")).expect("a link");
        symlink("round", at("round")).expect("a link");
        let errno = |found: io::Result<PathBuf>| found.map_err(|error| error.raw_os_error());
        for name in ["devices/sda", "short/block", "devices", "devices/file (deleted)", "dangling", "round", "nothing"]
        {
            assert_eq!(errno(leads_to(&at(name))), errno(at(name).canonicalize()), "{name}");
        }
    }
}
