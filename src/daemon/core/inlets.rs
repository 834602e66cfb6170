//! What comes to the core, and the threads that bring it.

use crate::alerting::courier::Outcome;
use crate::config::Config;
use crate::daemon::keeper::Answer;
use crate::daemon::lines::complain;
use crate::machine::Entry;
use crate::machine::readers::Heard as FromReaders;
use crate::probes::md::Array;
use crate::watch::{self, Event};
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Events of watchers that may wait: a file's reader waits for the core, and the file keeps what it has.
pub(super) const WAITING: usize = 64;

/// What comes to the core.
pub(super) enum In {
    /// A watcher saw something.
    Watched(Event),
    /// A followed file says something. Its reader waits while too many of these do.
    Followed(Event),
    /// The process that reads devices says something.
    Asked(FromReaders),
    /// A glance has ended.
    Glanced(u32, Vec<Entry>),
    /// The arrays that are known were read anew, by the look of that number.
    Arrays(u64, Vec<Array>),
    /// The configuration was read anew, and is sound.
    Reloaded(Box<Config>),
    /// The keeper answers.
    Kept(Answer),
    /// A message was delivered, or not.
    Delivered(Outcome),
}

/// Watchers wait while the core is behind with what they saw.
#[derive(Default)]
pub(super) struct Gate {
    waiting: Mutex<usize>,
    room: Condvar,
}

impl Gate {
    pub(super) fn enter(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while *waiting >= WAITING {
            waiting = self.room.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        *waiting += 1;
    }

    pub(super) fn leave(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.saturating_sub(1);
        self.room.notify_one();
    }
}

/// Begins to hear the kernel. What cannot be heard is said, and found out by the clock.
pub(super) fn kernel(to: &SyncSender<Event>) -> Vec<watch::Watcher> {
    let started = [
        ("the kernel's log", watch::kernel::start(to.clone())),
        ("that devices come and go", watch::devices::start(to.clone())),
        ("md arrays", watch::arrays::start(to.clone())),
    ];
    let heard = |(what, watcher): (&str, std::io::Result<watch::Watcher>)| {
        let why = |error| complain(&format!("cannot hear {what}: {error}; it is looked at by the clock"));
        watcher.map_err(why).ok()
    };
    started.into_iter().filter_map(heard).collect()
}

/// Says if a thread could not be started.
pub(super) fn begun(started: std::io::Result<()>) {
    if let Err(error) = started {
        complain(&format!("cannot start a thread: {error}"));
    }
}

pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}
