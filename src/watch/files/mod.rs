//! Follows logs: each byte once, whatever becomes of the file; and what is one statement as a whole, the output of a tool: all of it
//! whenever the file changed.
//!
//! * [`Files`] is what the daemon holds; a thread a file system does the work, so that one that does not answer (NFS whose server is
//!   gone, an array that hangs) holds up its own files alone. `place.rs` finds out, in a thread as well, which file system a path is on.
//! * `worker.rs` has the rules, `look.rs` finds the files, `names.rs` knows what rotation calls them, `content.rs` knows one again,
//!   `life.rs` reads, `ear.rs` listens, `out.rs` hands on.
//!
//! What rotation does, and how it is met: `logrotate(8)` renames and makes a new file (`create`), or copies and cuts off
//! (`copytruncate`, which loses what is written in between: nobody can read that), and compresses at once or a turn later
//! (`delaycompress`); the writer goes on with the old file until it is told.

mod content;
mod ear;
mod life;
mod look;
#[cfg(test)]
mod model;
mod names;
mod out;
mod place;
#[cfg(test)]
mod tests;
mod worker;

use super::{Cursor, Event, IsWhole};
use crate::config::Follow;
use out::Out;
use place::{Order, Shared};
use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

/// Whether a configured path finds a file: it is the file's, or that of a directory above it, or a pattern that fits. By the names alone.
pub fn finds(entry: &Path, path: &Path) -> bool {
    look::finds(entry, path)
}

/// The entry that counts for a file, if several find it: that of its own path, else the one that has most before its first star.
pub fn entry_for<'f>(entries: &'f [Follow], path: &Path) -> Option<&'f Follow> {
    look::entry_for(entries, path)
}

/// Whether a file is named as one that was rotated away.
pub fn is_rotated(path: &Path) -> bool {
    names::name_of(path).rotated
}

/// A log and what rotation made of it, as far as it is there: what was written last first.
pub fn parts(path: &Path) -> Vec<PathBuf> {
    let family = names::family(path);
    let beside = std::fs::read_dir(path.parent().unwrap_or(Path::new("/"))).into_iter().flatten().flatten();
    let parts = beside.map(|entry| entry.path()).filter(|part| names::family(part) == family);
    let written = |part: &PathBuf| std::fs::metadata(part).and_then(|status| status.modified()).ok();
    let mut parts: Vec<_> = parts.filter_map(|part| Some((Reverse(written(&part)?), part))).collect();
    parts.sort();
    parts.into_iter().map(|(_, part)| part).collect()
}

/// What a log was called before it was rotated away; none if a file is not named so.
pub fn rotated_from(path: &Path) -> Option<PathBuf> {
    is_rotated(path).then(|| names::family(path))
}

/// Files that are followed. Dropped, it stops.
pub struct Files {
    shared: Arc<Shared>,
}

/// Begins to follow. What is found at first is read from its start, rotated files beside it as well, unless a cursor says how far it
/// was read before.
///
/// The channel may be full: a reader of files then waits. Nothing is dropped.
///
/// `numbers` is the number of the last file that was followed, by this follower or one before it; `is_whole` is asked of what a file
/// begins with.
pub fn start(
    entries: Vec<Follow>,
    cursors: Vec<Cursor>,
    numbers: Arc<AtomicU64>,
    to: SyncSender<Event>,
    is_whole: IsWhole,
) -> Files {
    let out = Out { to, stop: Arc::default(), numbers, is_whole };
    let shared = Arc::new(Shared::new(cursors, out));
    let files = Files { shared };
    files.reload(entries);
    files
}

impl Files {
    /// Follows these entries from now on. Files of an entry that is in both lists are followed on as if nothing were;
    /// files of an entry that changed end, and are opened anew where they were left. What was told as lost before is to be forgotten: what still is will be told again.
    pub fn reload(&self, entries: Vec<Follow>) {
        place::entries(&self.shared, entries);
    }

    /// A file is not to be followed: nothing understands what it holds. It ends, and is opened again only if it becomes smaller or
    /// another, or after a restart.
    pub fn dismiss(&self, file: u64) {
        self.shared.order(&Order::Dismiss(file));
    }

    /// Device and inode of the files that are there, for [`forget`](crate::history::cursors::forget).
    pub fn present(&self) -> Vec<(u64, u64)> {
        self.shared.present()
    }

    /// How often a thread woke up.
    pub fn wakeups(&self) -> u64 {
        self.shared.wakeups.load(Ordering::Relaxed)
    }

    /// Stops. Events that wait for room in the channel are not sent any more.
    pub fn stop(&self) {
        self.shared.out.stop.store(true, Ordering::Relaxed);
        self.shared.order(&Order::Wake);
    }

    /// Stops, and waits for the threads, but not for those that hang in a file system: how many were left.
    pub fn join(self, patience: Duration) -> usize {
        self.stop();
        let until = Instant::now() + patience;
        loop {
            let left = self.shared.running();
            if left == 0 || Instant::now() >= until {
                return left;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.stop();
    }
}
