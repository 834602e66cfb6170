//! A glance: what the kernel knows of itself, read in files of its own (sysfs, procfs, its log). No device is asked, so no process and no
//! privilege is needed, and it takes milliseconds. It has a thread, since a file of an array may be waited for while that hangs.
//!
//! Of arrays that are known, what changes when something fails is read in a tenth of that: it is what the first message says.

use crate::machine::Entry;
use crate::machine::capture::Recorder;
use crate::machine::live::Live;
use crate::probes::md::Array;
use crate::probes::{carries, kernel, md, topology};
use std::io;
use std::thread;

/// Begins one; `done` gets what was read.
///
/// # Errors
/// If no thread can be started.
pub(super) fn start(done: impl FnOnce(Vec<Entry>) + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name("glance".to_owned()).spawn(|| done(read())).map(drop)
}

/// Begins to look at arrays that are known; `done` gets those that are still there. Those that are not are for a glance to find.
///
/// # Errors
/// If no thread can be started.
pub(super) fn start_arrays(known: Vec<Array>, done: impl FnOnce(Vec<Array>) + Send + 'static) -> io::Result<()> {
    let read = move || {
        let mut arrays = md::again(&mut Live::default(), &known);
        arrays.retain(|array| array.unread.is_none());
        done(arrays);
    };
    thread::Builder::new().name("arrays".to_owned()).spawn(read).map(drop)
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
