//! The kernel's log, from now on: that it wrote of storage. What it wrote is read from the log itself, by those who diagnose.
//!
//! `/dev/kmsg` (Documentation/ABI/testing/dev-kmsg): each read gives a record; `SEEK_END` goes behind the last; `EPIPE` says that
//! records were overwritten before they were read, and the next read gives the oldest that is left.

use super::Event;
use super::thread::{Over, Poke, Stop, Watcher};
use arraywatch_parsers::kernel::{kmsg, storage};
use nix::poll::PollFlags;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

/// More than a record can have: 8 KiB (`PRINTKRB_RECORD_MAX` in kernel/printk/printk.c, `CONSOLE_EXT_LOG_MAX` before Linux 6.4).
const RECORD: usize = 16 * 1024;

/// After an error that is none of the known ones it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Begins to watch it.
///
/// # Errors
/// If the log cannot be opened: for that `kernel.dmesg_restrict` asks for `CAP_SYSLOG`.
pub fn start(to: SyncSender<Event>) -> io::Result<Watcher> {
    let mut log = File::options().read(true).custom_flags(libc::O_NONBLOCK).open("/dev/kmsg")?;
    log.seek(SeekFrom::End(0))?;
    Watcher::start("kernel", move |stop| watch(log, to, &stop))
}

fn watch(mut log: File, to: SyncSender<Event>, stop: &Stop) -> Result<(), Over> {
    let mut poke = Poke::new(to);
    let mut ear = Ear::default();
    let mut record = vec![0; RECORD];
    loop {
        let pause = match log.read(&mut record) {
            Ok(length) => {
                if let Some(lost) = ear.hear(record.get(..length).unwrap_or_default()) {
                    poke.take(|before| more(before, lost));
                }
                continue;
            }
            Err(error) if error.raw_os_error() == Some(libc::EPIPE) => {
                ear.overwritten = true;
                continue;
            }
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => continue,
                ErrorKind::WouldBlock => None,
                _ => Some(AGAIN),
            },
        };
        let later = poke.send(Instant::now())?;
        // The descriptor that fails would wake it at once, without end.
        match pause {
            None => stop.wait(&[(log.as_fd(), PollFlags::POLLIN)], later)?,
            Some(pause) => stop.wait(&[], Some(pause))?,
        };
    }
}

fn more(before: Option<Event>, lost: u64) -> Event {
    let before = if let Some(Event::Kernel { lost }) = before { lost } else { 0 };
    Event::Kernel { lost: before.saturating_add(lost) }
}

/// Hears what the records tell.
#[derive(Debug, Default)]
struct Ear {
    /// The number of the last record.
    last: Option<u64>,
    /// Whether the kernel said that some were overwritten since.
    overwritten: bool,
}

impl Ear {
    /// Whether to look: the record tells of storage, or some before it are gone, which may have; so many.
    fn hear(&mut self, bytes: &[u8]) -> Option<u64> {
        let record = kmsg::record(bytes)?;
        let gap = self.last.map(|last| record.sequence.saturating_sub(last).saturating_sub(1));
        self.last = Some(record.sequence);
        let overwritten = std::mem::take(&mut self.overwritten);
        // Of those before the first that was read nobody knows how many there were.
        let lost = if overwritten { gap.unwrap_or(1).max(1) } else { 0 };
        let told = record.priority.is_kernel() && record.text.lines().any(|line| storage::event(line).is_some());
        (told || lost > 0).then_some(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_kernels_word_of_storage_is_heard() {
        let check =
            |bytes: &str, expect: Option<u64>| assert_eq!(Ear::default().hear(bytes.as_bytes()), expect, "{bytes}");
        check(
            "2,1000,5140900,-;md/raid10:md0: Disk failure on sda, disabling device.\\x0amd/raid10:md0: Operation continuing\n",
            Some(0),
        );
        check(
            "3,1001,5140900,-;blk_update_request: I/O error, dev sdb, sector 2048 op 0x0:(READ) flags 0x0\n",
            Some(0),
        );
        check("6,1002,5140900,-;usb 1-1: new high-speed USB device number 2\n", None);
        // Facility 1: a program wrote it.
        check("11,1003,5140900,-;md/raid10:md0: Disk failure on sda, disabling device.\n", None);
        check("no record", None);
        check("", None);
    }

    #[test]
    fn what_was_overwritten_is_counted() {
        let mut ear = Ear::default();
        let record = |sequence: u64| format!("6,{sequence},5140900,-;usb 1-1: new device\n");
        assert_eq!(ear.hear(record(10).as_bytes()), None);
        // A gap of which the kernel says nothing is of records that are not for this reader.
        assert_eq!(ear.hear(record(12).as_bytes()), None);
        ear.overwritten = true;
        assert_eq!(ear.hear(record(20).as_bytes()), Some(7));
        assert_eq!(ear.hear(record(21).as_bytes()), None);
        let mut ear = Ear { overwritten: true, ..Ear::default() };
        assert_eq!(ear.hear(record(10).as_bytes()), Some(1));
    }

    #[test]
    fn the_log_of_this_machine() {
        let (to, events) = std::sync::mpsc::sync_channel(4);
        match start(to) {
            Ok(watcher) => {
                watcher.join();
                // What is in the log already is not of now.
                assert!(events.try_iter().count() <= 1);
            }
            Err(error) => eprintln!("SKIPPED: /dev/kmsg cannot be read here: {error}"),
        }
    }
}
