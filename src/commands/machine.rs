//! The machine, for the verbs that read it: this one, or what another one answered.

use super::{Common, Exit, complain};
use crate::machine::capture::{self, Capture, FILE, Head};
use crate::machine::entry::End;
use crate::machine::live::Live;
use crate::machine::readers::{self, Manner};
use crate::machine::{Entry, Host};
use crate::observe::capture::Told;
use crate::probes;
use crate::streams::{Name, open};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How much of a capture is read.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// Where readers keep their locks and quarantines: gone when the machine starts anew, as the commands are that they tell of.
const LEASHES: &str = "/run/arraywatch/readers";

/// Reads this machine.
pub(super) fn live(patience: Duration, common: &Common) -> Result<Vec<Entry>, Exit> {
    let manner = Manner::at_once(patience, leashes());
    let at = common.now().timestamp();
    // Before anything else is in memory, and while there is one thread: it forks.
    let entries = readers::read(|| Box::new(Live::default()) as Box<dyn Host>, probes::tasks, &manner);
    let entries = entries.map_err(|error| {
        complain(&format!("cannot start the processes that read the machine: {error}"));
        Exit::Io
    })?;
    let denied =
        entries.iter().any(|entry| entry.failed.is_some_and(|why| crate::machine::Failed::from(why).is_denial()));
    if denied {
        complain("some devices may be read by root alone: run it as root to read them");
    }
    for left in entries.iter().filter_map(|entry| entry.end.as_ref()).filter(|end| matches!(end, End::LeftBehind(_))) {
        if let End::LeftBehind(seconds) = left {
            complain(&format!(
                "a device did not answer for {seconds} s: its reader was left behind, and goes when it answers"
            ));
        }
    }
    let own = || std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    let host = common.host.clone().unwrap_or_else(own);
    let head = Head { at, host: if host.is_empty() { "localhost".to_owned() } else { host }, masked: false };
    Ok(std::iter::once(head.entry()).chain(entries).collect())
}

/// Understands what this machine answered, or tells why not.
pub(super) fn understood(entries: &[Entry], common: &Common) -> Result<Told, Exit> {
    let mut capture = Capture::default();
    entries.iter().for_each(|entry| capture.take(entry));
    told(capture, 0, common, "this machine")
}

fn told(capture: Capture, bytes: u64, common: &Common, shown: &str) -> Result<Told, Exit> {
    Told::of(capture, bytes, common.host.as_deref()).map_err(|problem| {
        complain(&format!("{shown}: {problem}"));
        Exit::NotUnderstood
    })
}

/// A user who is not root has a place of their own.
pub(super) fn leashes() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR").filter(|_| !nix::unistd::geteuid().is_root()) {
        Some(directory) => Path::new(&directory).join("arraywatch/readers"),
        None => PathBuf::from(LEASHES),
    }
}

pub(super) fn line(bytes: &mut Vec<u8>, entry: &Entry) {
    // Writing to memory does not fail, and every entry is plain data.
    let _ = serde_json::to_writer(&mut *bytes, entry);
    let _ = bytes.write_all(b"\n");
}

/// Reads what a machine answered: a directory that `capture` wrote, or its file, compressed or not.
pub(super) fn replayed(path: &Path, common: &Common) -> Result<Told, Exit> {
    let file = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    let shown = crate::words::clean(&file.display().to_string());
    let failed = |failure: crate::streams::Failure| {
        complain(&format!("{shown}: {failure}"));
        match failure.exit() {
            66 => Exit::NoInput,
            74 => Exit::Io,
            _ => Exit::NotUnderstood,
        }
    };
    let name = if path == Path::new("-") { Name::Stdin } else { Name::Path(file) };
    let mut opened = open(&name).map_err(failed)?;
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        let length = opened.fill(&mut chunk).map_err(failed)?;
        bytes.extend_from_slice(chunk.get(..length).unwrap_or_default());
        if length < chunk.len() || bytes.len() > BYTES_MAX {
            break;
        }
    }
    if !capture::recognise(&bytes) {
        complain(&format!("{shown}: it is no capture of a machine; arraywatch capture DIR writes one"));
        return Err(Exit::NotUnderstood);
    }
    told(Capture::read(&bytes), bytes.len() as u64, common, &shown)
}
