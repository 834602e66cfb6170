//! A glance: what the kernel knows of itself, read in files of its own (sysfs, procfs, its log). No device is asked, so no process and no
//! privilege is needed, and it takes milliseconds. It has a thread, since a file of an array may be waited for while that hangs. While two
//! of a kind hang no other is begun: threads without end would leave none for who tells of it.
//!
//! Of arrays that are known, what changes when something fails is read in a tenth of that: it is what the first message says.

use crate::machine::Entry;
use crate::machine::capture::Recorder;
use crate::machine::live::Live;
use crate::probes::md::Array;
use crate::probes::{carries, kernel, md, topology};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// So many threads of a kind may hang.
const HANGING_MAX: usize = 2;

static GLANCES: Threads = Threads::new();
static ARRAYS: Threads = Threads::new();

/// Begins one; `done` gets what was read.
///
/// # Errors
/// If no thread can be started, or two hang.
pub(super) fn start(done: impl FnOnce(Vec<Entry>) + Send + 'static) -> io::Result<()> {
    GLANCES.start("glance", || done(read()))
}

/// Begins to look at arrays that are known; `done` gets those that are still there. Those that are not are for a glance to find.
///
/// # Errors
/// If no thread can be started, or two hang.
pub(super) fn start_arrays(known: Vec<Array>, done: impl FnOnce(Vec<Array>) + Send + 'static) -> io::Result<()> {
    let read = move || {
        let mut arrays = md::again(&mut Live::default(), &known);
        arrays.retain(|array| array.unread.is_none());
        done(arrays);
    };
    ARRAYS.start("arrays", read)
}

/// Threads of one kind, of which there are no more than [`HANGING_MAX`].
struct Threads(AtomicUsize);

/// One of them, until it ends in whatever way.
struct Running(&'static Threads);

impl Threads {
    const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    fn start(&'static self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        let running = Running(self);
        if before >= HANGING_MAX {
            return Err(io::Error::other(format!("{before} of the name {name} hang: what they read does not answer")));
        }
        let work = move || {
            let _running = running;
            work();
        };
        thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn read() -> Vec<Entry> {
    let (mut entries, mut live) = (Vec::new(), Live::default());
    let mut told = |entry: &Entry| entries.push(entry.clone());
    let mut host = Recorder::new(&mut live, &mut told);
    let topology = topology::read(&mut host);
    md::read(&mut host, &topology.arrays);
    carries::read(&mut host, &topology);
    kernel::read(&mut host);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::{Duration, Instant};

    #[test]
    fn no_more_than_two_hang() {
        static HANG: Threads = Threads::new();
        let (end, hangs) = channel();
        let hanging = |hangs: Receiver<()>| {
            move || {
                let _ = hangs.recv();
            }
        };
        let (other_end, also_hangs) = channel();
        assert!(HANG.start("one", hanging(hangs)).is_ok());
        assert!(HANG.start("two", hanging(also_hangs)).is_ok());
        for _ in 0..5 {
            let refused = HANG.start("three", || panic!("it is not begun")).map_err(|error| error.to_string());
            assert_eq!(refused, Err("2 of the name three hang: what they read does not answer".to_owned()));
        }
        // One ends, and there is room for another; one that panics leaves its place, too.
        drop(end);
        for _ in 0..5 {
            let until = Instant::now() + Duration::from_secs(60);
            while HANG.0.load(Ordering::Relaxed) > 1 {
                assert!(Instant::now() < until, "it ends");
                thread::sleep(Duration::from_millis(1));
            }
            assert!(HANG.start("three", || std::panic::resume_unwind(Box::new("it fails"))).is_ok());
        }
        drop(other_end);
    }
}
