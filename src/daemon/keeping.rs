//! The core's side of the history: what is to be kept, what is under way, and what becomes of it while the history cannot be written.
//!
//! * One batch is under way at a time, so that a slow disk makes batches larger and not more.
//! * How far a file was read is kept with, and never before, what was read before that.
//! * While the history fails, up to [`UNKEPT_MAX`] things wait in memory. What exceeds that is let go of and counted, with how far the files
//!   were read; when the history works again they are read again from where it knows them, so that nothing is missed.

use super::heard::Heard;
use super::keeper::{Batch, Order};
use crate::history::outbox::Change;
use crate::model::Subject;
use crate::watch::Cursor;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// Things said that may wait while the history cannot be written.
const UNKEPT_MAX: usize = 200_000;

/// So many may wait while it can: more would be read faster than it is written.
const BEHIND: usize = 40_000;

/// Handed over at once, about: a batch holds the writer's lock, and a person's `ack` waits for that.
const BATCH: usize = 20_000;

/// What could not be written is tried again after so long.
const AGAIN: Duration = Duration::from_secs(5);

/// Who writes is waited for so long before it is asked again whether he still does, which waits by itself.
const SOON: Duration = Duration::from_secs(1);

/// Trouble that lasts longer is a case.
const LONG: Duration = Duration::from_secs(300);

/// A history that has not answered for so long is as good as one that cannot be written.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was ordered and is not answered yet.
#[derive(Debug)]
pub(super) enum Ordered {
    /// To load what is known.
    Load,
    /// To keep a batch.
    Keep(Vec<Arc<Heard>>, Vec<Cursor>),
    /// To keep what is told.
    Store(Vec<Change>),
    /// To look whether others wrote.
    Look,
    /// To forget what is gone for long.
    Forget,
}

/// What waits to be kept.
pub(super) struct Keeping {
    orders: Sender<Order>,
    ordered: VecDeque<(Ordered, Instant)>,
    unkept: VecDeque<Arc<Heard>>,
    items: usize,
    cursors: BTreeMap<(u64, u64), Cursor>,
    /// Why the history cannot be written, if it cannot.
    failing: Option<String>,
    again_at: Option<Instant>,
    /// Since when something is in the way of keeping.
    in_trouble_since: Option<Instant>,
    /// Things said that were let go of.
    shed: u64,
    /// Whether what is known could not be had, and is to be asked for again.
    loads_again: bool,
}

impl Keeping {
    pub(super) const fn new(orders: Sender<Order>) -> Self {
        Self {
            orders,
            ordered: VecDeque::new(),
            unkept: VecDeque::new(),
            items: 0,
            cursors: BTreeMap::new(),
            failing: None,
            again_at: None,
            in_trouble_since: None,
            shed: 0,
            loads_again: false,
        }
    }

    /// Why the history cannot be written, if it cannot, or does not answer.
    pub(super) fn trouble(&self) -> Option<String> {
        let silent = || {
            let (_, since) = self.ordered.front().filter(|(_, since)| since.elapsed() > PATIENCE)?;
            Some(format!(
                "the history has not answered for {} s: the disk that it lies on may hang",
                since.elapsed().as_secs()
            ))
        };
        self.failing.clone().or_else(silent)
    }

    /// Whether that has been so for long: then it is told to people for its own sake. To be asked now and then.
    pub(super) fn is_long_in_trouble(&mut self) -> bool {
        self.in_trouble_since = self.trouble().and(self.in_trouble_since.or_else(|| Some(Instant::now())));
        self.in_trouble_since.is_some_and(|since| since.elapsed() > LONG)
    }

    /// Whether the history works and has so much to do that what files say may wait in the files.
    pub(super) fn is_behind(&self) -> bool {
        self.items > BEHIND && self.trouble().is_none()
    }

    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.ordered.is_empty() && self.unkept.is_empty() && self.cursors.is_empty()
    }

    /// When something may be tried again, or is as good as failed.
    pub(super) fn next(&self) -> Option<Instant> {
        let silent = self.ordered.front().map(|(_, since)| *since + PATIENCE + Duration::from_millis(1));
        let now = Instant::now();
        self.again_at.into_iter().chain(silent).filter(|at| *at > now).min()
    }

    /// Something was said.
    pub(super) fn heard(&mut self, heard: Heard) {
        self.items += heard.items.len();
        self.unkept.push_back(Arc::new(heard));
        while self.items > UNKEPT_MAX && self.trouble().is_some() {
            let Some(oldest) = self.unkept.pop_front() else { break };
            self.items -= oldest.items.len();
            self.shed += oldest.items.len() as u64;
            // Where the files were read to is not where they were kept to any more.
            self.cursors.clear();
        }
    }

    /// A file was read so far.
    pub(super) fn read_to(&mut self, cursor: Cursor) {
        if self.shed == 0 {
            self.cursors.insert((cursor.device, cursor.inode), cursor);
        }
    }

    /// What is not kept yet, in the order in which it was said.
    pub(super) fn pending(&self) -> Vec<&Heard> {
        let under_way = self.ordered.iter().filter_map(|(ordered, _)| match ordered {
            Ordered::Keep(heard, _) => Some(heard),
            _ => None,
        });
        under_way.flatten().chain(&self.unkept).map(Arc::as_ref).collect()
    }

    /// Orders what is to be done now. `doubtful`: streams whose digests are to come from the history.
    pub(super) fn order(&mut self, doubtful: impl FnOnce() -> BTreeSet<Subject>) {
        let waits = self.again_at.is_some_and(|at| Instant::now() < at);
        let is_busy = self.ordered.iter().any(|(ordered, _)| matches!(ordered, Ordered::Keep(..)));
        if waits || is_busy || self.unkept.is_empty() && self.cursors.is_empty() {
            return;
        }
        let (mut heard, mut items) = (Vec::new(), 0);
        while items < BATCH
            && let Some(next) = self.unkept.pop_front()
        {
            items += next.items.len();
            heard.push(next);
        }
        self.items -= items;
        // Files were read further than this batch goes, if it is not all there is.
        let cursors = if self.unkept.is_empty() { std::mem::take(&mut self.cursors) } else { BTreeMap::new() };
        let cursors: Vec<Cursor> = cursors.into_values().collect();
        let batch = Batch { heard: heard.clone(), cursors: cursors.clone(), doubtful: doubtful() };
        self.send(Order::Keep(batch), Ordered::Keep(heard, cursors));
    }

    /// Whether it is worth a try to have what is told kept: one is under way at a time, and what failed a moment ago fails again.
    pub(super) fn may_store(&self) -> bool {
        let is_busy = self.ordered.iter().any(|(ordered, _)| matches!(ordered, Ordered::Store(_)));
        !is_busy && self.again_at.is_none_or(|at| at <= Instant::now())
    }

    /// Orders what is told to people to be kept.
    pub(super) fn store(&mut self, changes: Vec<Change>) {
        self.send(Order::Store(changes.clone()), Ordered::Store(changes));
    }

    /// Orders all that is known, unless that is under way.
    pub(super) fn load(&mut self) {
        if !self.ordered.iter().any(|(ordered, _)| matches!(ordered, Ordered::Load)) {
            self.send(Order::Load, Ordered::Load);
        }
    }

    /// What is known could not be had yet, since somebody else writes: it is asked for again soon.
    pub(super) fn waits(&mut self) {
        self.ordered.pop_front();
        (self.again_at, self.loads_again) = (Some(Instant::now() + SOON), true);
    }

    /// Whether all that is known is to be ordered again now, since it could not be had.
    pub(super) fn loads_again(&mut self) -> bool {
        self.may_store() && std::mem::take(&mut self.loads_again)
    }

    /// Orders a look whether others wrote, if nothing else is under way.
    pub(super) fn look(&mut self) {
        if self.ordered.is_empty() {
            self.send(Order::Look, Ordered::Look);
        }
    }

    /// Orders to forget how far files were read that are gone for long; these are there.
    pub(super) fn forget(&mut self, present: Vec<(u64, u64)>) {
        self.send(Order::Forget(present), Ordered::Forget);
    }

    fn send(&mut self, order: Order, ordered: Ordered) {
        // The thread lives as long as the daemon.
        let _ = self.orders.send(order);
        self.ordered.push_back((ordered, Instant::now()));
    }

    /// An order was obeyed.
    pub(super) fn done(&mut self) -> Option<Ordered> {
        let (ordered, _) = self.ordered.pop_front()?;
        // That it could be looked at says nothing of whether it can be written.
        if matches!(ordered, Ordered::Keep(..) | Ordered::Store(_) | Ordered::Load) {
            (self.failing, self.again_at) = (None, None);
        }
        Some(ordered)
    }

    /// How much was let go of: it is to be read again.
    pub(super) const fn shed(&self) -> u64 {
        self.shed
    }

    /// What was let go of is read again from now on.
    pub(super) fn reads_again(&mut self) {
        self.shed = 0;
        self.cursors.clear();
    }

    /// An order could not be obeyed. What was to be kept waits again, in its old place. Gives what is told to people and is not kept.
    pub(super) fn failed(&mut self, why: String) -> Option<Ordered> {
        let (ordered, _) = self.ordered.pop_front()?;
        if matches!(ordered, Ordered::Look | Ordered::Forget) {
            return Some(ordered);
        }
        (self.failing, self.again_at) = (Some(why), Some(Instant::now() + AGAIN));
        self.loads_again |= matches!(ordered, Ordered::Load);
        match ordered {
            Ordered::Keep(heard, cursors) => {
                self.items += heard.iter().map(|heard| heard.items.len()).sum::<usize>();
                heard.into_iter().rev().for_each(|heard| self.unkept.push_front(heard));
                for cursor in cursors {
                    self.cursors.entry((cursor.device, cursor.inode)).or_insert(cursor);
                }
                None
            }
            other => Some(other),
        }
    }
}
