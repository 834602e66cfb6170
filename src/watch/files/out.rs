//! What a follower's threads have in common: the way out, a channel that may be full, with an end that may be wanted meanwhile; and
//! whoever knows formats.

use super::super::{Event, IsWhole};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

/// The channel's reader is behind: for so long nothing is tried. Only a backlog is read so fast.
const FULL: Duration = Duration::from_millis(2);

/// It is over: the follower is to stop, or nobody listens any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Over;

/// Where events go, and who is asked.
#[derive(Clone)]
pub(super) struct Out {
    pub to: SyncSender<Event>,
    pub stop: Arc<AtomicBool>,
    /// The number of the last file.
    pub numbers: Arc<AtomicU64>,
    pub is_whole: IsWhole,
}

impl Out {
    /// Waits while the channel is full, but not beyond the end.
    pub fn send(&self, mut event: Event) -> Result<(), Over> {
        loop {
            if self.stopped() {
                return Err(Over);
            }
            match self.to.try_send(event) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(Over),
                Err(TrySendError::Full(back)) => event = back,
            }
            thread::sleep(FULL);
        }
    }

    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// A number for a file.
    pub fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }
}
