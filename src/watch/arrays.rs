//! The states of md arrays, as the kernel says that they changed: poll(2) with `POLLPRI` on `/proc/mdstat` (`mdstat_poll` in
//! drivers/md/md.c) and on the attributes that it notifies of (`sysfs_notify`; Documentation/admin-guide/md.rst). Each must be read anew
//! after it woke somebody, or it wakes at once again.

use super::Event;
use super::thread::{Over, Poke, Stop, Watcher};
use nix::poll::PollFlags;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

/// What of an array is notified of.
const ATTRIBUTES: [&str; 3] = ["array_state", "sync_action", "degraded"];

/// Without md's list, as long as its module is not loaded, it is looked for each so often.
const ABSENT: Duration = Duration::from_secs(30);

/// What is read of a file: it is the reading that counts.
const LENGTH: u64 = 1024 * 1024;

/// Begins to watch. That there is no md is no error: it may come.
///
/// # Errors
/// If no thread can be started.
pub fn start(to: SyncSender<Event>) -> io::Result<Watcher> {
    Watcher::start("arrays", move |stop| watch(Path::new("/"), to, &stop))
}

fn watch(root: &Path, to: SyncSender<Event>, stop: &Stop) -> Result<(), Over> {
    let mut poke = Poke::new(to);
    let mut open = Open::default();
    open.renew(root);
    loop {
        let later = poke.send(Instant::now())?;
        let pause = later.or_else(|| (!open.has_list(root)).then_some(ABSENT));
        let on: Vec<_> = open.0.values().map(|file| (file.as_fd(), PollFlags::POLLPRI)).collect();
        let woken = stop.wait(&on, pause)?;
        let known = open.0.len();
        let mut changed = woken.contains(&true);
        if changed || later.is_none() {
            open.renew(root);
            changed |= open.0.len() > known;
        }
        if changed {
            poke.take(|_| Event::Arrays);
            poke.send(Instant::now())?;
            // An array that stops wakes often.
            stop.wait(&[], Some(Duration::from_millis(10)))?;
        }
    }
}

/// The files that tell, open.
#[derive(Debug, Default)]
struct Open(BTreeMap<PathBuf, File>);

impl Open {
    fn has_list(&self, root: &Path) -> bool {
        self.0.contains_key(&list(root))
    }

    /// Reads all, closes those that cannot be read any more, and opens those that are new.
    fn renew(&mut self, root: &Path) {
        self.0.retain(|_, file| read(file).is_ok());
        for path in told_by(root) {
            if self.0.contains_key(&path) {
                continue;
            }
            if let Ok(mut file) = File::open(&path)
                && read(&mut file).is_ok()
            {
                self.0.insert(path, file);
            }
        }
    }
}

fn read(file: &mut File) -> io::Result<u64> {
    file.rewind()?;
    io::copy(&mut file.take(LENGTH), &mut io::sink())
}

fn list(root: &Path) -> PathBuf {
    root.join("proc/mdstat")
}

/// The files that may tell.
fn told_by(root: &Path) -> Vec<PathBuf> {
    let devices = fs::read_dir(root.join("sys/block")).into_iter().flatten().flatten();
    let arrays = devices.map(|device| device.path().join("md")).filter(|md| md.is_dir());
    let attributes = arrays.flat_map(|md| ATTRIBUTES.map(|name| md.join(name)));
    std::iter::once(list(root)).chain(attributes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn arrays_that_come_and_go() {
        let root = TempDir::new().expect("a temporary directory");
        let at = |path: &str| root.path().join(path);
        let mut open = Open::default();
        let check = |open: &mut Open, expect: &[&str]| {
            open.renew(root.path());
            assert_eq!(
                open.0.keys().cloned().collect::<Vec<_>>(),
                expect.iter().map(|path| at(path)).collect::<Vec<_>>()
            );
        };
        check(&mut open, &[]);
        assert!(!open.has_list(root.path()), "without md it is looked for now and then");
        for directory in ["proc", "sys/block/sda", "sys/block/md0/md"] {
            fs::create_dir_all(at(directory)).expect("a directory");
        }
        fs::write(at("proc/mdstat"), "Personalities :\n").expect("a file");
        check(&mut open, &["proc/mdstat"]);
        // RAID 0 has neither `sync_action` nor `degraded`.
        fs::write(at("sys/block/md0/md/array_state"), "clean\n").expect("a file");
        check(&mut open, &["proc/mdstat", "sys/block/md0/md/array_state"]);
        assert!(open.has_list(root.path()));
    }

    #[test]
    fn without_md_it_waits_and_stops() {
        let root = TempDir::new().expect("a temporary directory");
        let path = root.path().to_owned();
        let (to, events) = std::sync::mpsc::sync_channel(1);
        let watcher = Watcher::start("arrays", move |stop| watch(&path, to, &stop)).expect("a thread");
        std::thread::sleep(Duration::from_millis(50));
        watcher.join();
        assert_eq!(events.try_iter().count(), 0);
    }
}
