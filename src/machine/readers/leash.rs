//! One reader a controller, and at most one command left behind on it.
//!
//! A file of the controller's name is locked (`flock`) while its reader lives, so the kernel itself keeps the promise, also between
//! runs that know nothing of each other. In the file stands what the reader waits for, and which devices are in quarantine.

use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Another run that is just reading is waited for.
const WAIT: Duration = Duration::from_secs(2);
const TRY: Duration = Duration::from_millis(50);

/// Where locks are kept if their place cannot be written to: memory as well, and gone with the machine's start.
const ELSEWHERE: &str = "/dev/shm/arraywatch/readers";

/// A quarantine begins with this and doubles with each time, up to a day.
const FIRST: u64 = 60;
const LONGEST: u64 = 86_400;

/// The lock, and what stands in its file.
#[derive(Debug)]
pub struct Leash {
    /// None where no file can be made: then the promise cannot be kept between runs.
    file: Option<Flock<File>>,
    state: State,
}

/// What stands in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    pid: u32,
    /// The device that is waited for, and since when.
    waits_for: Option<(String, u64)>,
    /// Devices that answered too late: how often in a row, and when last.
    late: BTreeMap<String, (u32, u64)>,
}

impl Leash {
    /// Takes the lock.
    ///
    /// # Errors
    /// Whom it met instead, for people.
    pub fn take(directory: &Path, name: &str) -> Result<Self, String> {
        let path = directory.join(format!("{}.reader", name.replace('/', "_")));
        let name = path.file_name().unwrap_or_default();
        let open = |directory: &Path| {
            fs::create_dir_all(directory).ok()?;
            File::options().read(true).write(true).create(true).truncate(false).open(directory.join(name)).ok()
        };
        let Some(mut file) = open(directory).or_else(|| open(Path::new(ELSEWHERE))) else {
            return Ok(Self { file: None, state: State::default() });
        };
        let mut waited = Duration::ZERO;
        loop {
            file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(lock) => return Ok(Self::of(lock)),
                Err((mut file, _)) if waited >= WAIT => return Err(met(&mut file)),
                Err((file, _)) => file,
            };
            sleep(TRY);
            waited += TRY;
        }
    }

    fn of(mut lock: Flock<File>) -> Self {
        let mut state = read(&mut lock);
        // A reader before that was killed while it waited: that the device was late is known all the same.
        if let Some((device, since)) = state.waits_for.take() {
            let times = state.late.get(&device).map_or(0, |(times, _)| *times);
            state.late.insert(device, (times.saturating_add(1), since));
        }
        state.pid = std::process::id();
        Self { file: Some(lock), state }
    }

    /// Whether a device is in quarantine still.
    pub fn is_quarantined(&self, device: &str) -> bool {
        let until = self.state.late.get(device).map(|(times, last)| last.saturating_add(length(*times)));
        until.is_some_and(|until| now() < until)
    }

    /// A command is sent to the device.
    pub fn sent(&mut self, device: &str) {
        self.state.waits_for = Some((device.to_owned(), now()));
        self.write();
    }

    /// It was answered, too late or not.
    pub fn answered(&mut self, device: &str, late: bool) {
        self.state.waits_for = None;
        match self.state.late.get_mut(device) {
            Some((times, last)) if late => (*times, *last) = (times.saturating_add(1), now()),
            None if late => drop(self.state.late.insert(device.to_owned(), (1, now()))),
            _ => {}
        }
        self.write();
    }

    /// All that was to be asked of the device was, in time.
    pub fn well(&mut self, device: &str) {
        if self.state.late.remove(device).is_some() {
            self.write();
        }
    }

    fn write(&mut self) {
        let Some(file) = &mut self.file else { return };
        let Ok(text) = serde_json::to_vec(&self.state) else { return };
        // In place: what stands there is read by others while it is written, and a broken text says nothing.
        let _ = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(&text))
            .and_then(|()| file.set_len(text.len() as u64));
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.state.waits_for = None;
        self.write();
    }
}

/// How long a quarantine is after so many times in a row, in seconds.
fn length(times: u32) -> u64 {
    FIRST.checked_shl(times.saturating_sub(1)).map_or(LONGEST, |length| length.min(LONGEST))
}

fn read(file: &mut File) -> State {
    let mut text = Vec::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(1 << 16).read_to_end(&mut text));
    read.ok().and_then(|_| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

fn met(file: &mut File) -> String {
    let state = read(file);
    match state.waits_for {
        Some((device, since)) => {
            format!("process {} waits for {device} for {} s", state.pid, now().saturating_sub(since))
        }
        None => format!("process {} reads it", state.pid),
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarantines_double_up_to_a_day() {
        for (times, expect) in [(1, 60), (2, 120), (5, 960), (11, 61_440), (12, 86_400), (80, 86_400)] {
            assert_eq!(length(times), expect, "{times}");
        }
    }

    #[test]
    fn one_at_a_time_and_what_was_late_is_remembered() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut first = Leash::take(directory.path(), "pci-1").expect("free");
        first.sent("/dev/sda");
        let met = Leash::take(directory.path(), "pci-1").expect_err("held");
        assert!(met.contains("waits for /dev/sda"), "{met}");
        assert!(Leash::take(directory.path(), "pci-2").is_ok());
        first.answered("/dev/sda", true);
        assert!(first.is_quarantined("/dev/sda") && !first.is_quarantined("/dev/sdb"));
        drop(first);
        let mut second = Leash::take(directory.path(), "pci-1").expect("free again");
        assert!(second.is_quarantined("/dev/sda"));
        second.well("/dev/sda");
        assert!(!second.is_quarantined("/dev/sda"));
    }
}
