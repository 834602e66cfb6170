//! The threads: one a file system, and for a moment one for each path of which the file system is to be found out.

use super::super::{Cursor, Event};
use super::ear::Ear;
use super::look::{Root, base, nearest};
use super::out::{Out, Over};
use super::worker::Worker;
use crate::config::Follow;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A file that is written to without pause is read so often: fewer and longer reads cost less.
const GAP: Duration = Duration::from_millis(10);

/// What a thread is told.
#[derive(Debug, Clone)]
pub(super) enum Order {
    Root(Box<Root>),
    Entries(Arc<[Follow]>),
    Dismiss(u64),
    /// To see that it is over.
    Wake,
}

/// What the threads have in common.
pub(super) struct Shared {
    pub out: Out,
    pub wakeups: AtomicU64,
    cursors: Vec<Cursor>,
    roots: AtomicU64,
    entries: Mutex<Arc<[Follow]>>,
    threads: Mutex<BTreeMap<u64, Hand>>,
    present: Mutex<BTreeMap<u64, Vec<u64>>>,
}

/// How a thread is reached.
struct Hand {
    orders: Sender<Order>,
    wake: UnixStream,
    thread: JoinHandle<()>,
}

impl Shared {
    pub fn new(cursors: Vec<Cursor>, out: Out) -> Self {
        Self {
            out,
            wakeups: AtomicU64::new(0),
            cursors,
            roots: AtomicU64::new(0),
            entries: Mutex::new(Arc::from([])),
            threads: Mutex::default(),
            present: Mutex::default(),
        }
    }

    /// Tells all threads.
    pub fn order(&self, order: &Order) {
        for hand in locked(&self.threads).values_mut() {
            hand.tell(order.clone());
        }
    }

    pub fn present(&self) -> Vec<(u64, u64)> {
        let present = locked(&self.present);
        present.iter().flat_map(|(device, inodes)| inodes.iter().map(|inode| (*device, *inode))).collect()
    }

    /// How many threads did not end.
    pub fn running(&self) -> usize {
        locked(&self.threads).values().filter(|hand| !hand.thread.is_finished()).count()
    }
}

impl Hand {
    fn tell(&mut self, order: Order) {
        // A thread that ended needs no orders; one byte that waits is enough to wake it.
        let _ = self.orders.send(order);
        let _ = self.wake.write(&[0]);
    }
}

/// What is kept under the lock is whole at every moment, so a thread that panicked left nothing half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Follows these entries, and those of before no more.
pub(super) fn entries(shared: &Arc<Shared>, entries: Vec<Follow>) {
    let entries: Arc<[Follow]> = entries.into();
    let before = std::mem::replace(&mut *locked(&shared.entries), entries.clone());
    shared.order(&Order::Entries(entries.clone()));
    for (at, entry) in entries.iter().enumerate() {
        if !before.contains(entry) && entries.iter().position(|other| other == entry) == Some(at) {
            place(shared, entry.path.clone(), Arc::new(entry.clone()), false, None);
        }
    }
}

/// Finds the file system of a path, in a thread of its own: to ask may take for ever.
fn place(shared: &Arc<Shared>, path: PathBuf, follow: Arc<Follow>, found: bool, id: Option<u64>) {
    let id = id.unwrap_or_else(|| shared.roots.fetch_add(1, Ordering::Relaxed));
    let to = shared.clone();
    let placing = move || {
        let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        let link = fs::read_link(&path).ok();
        let status = fs::metadata(&path);
        // Links to directories may lead in a circle.
        if found && link.is_some() && status.as_ref().is_ok_and(|status| status.is_dir()) {
            return;
        }
        let device = match status {
            Ok(status) if status.is_dir() || status.is_file() => Some(status.dev()),
            _ => fs::metadata(nearest(&base(&path))).ok().map(|status| status.dev()),
        };
        let real = if link.is_some() { real } else { path.clone() };
        let Some(device) = device else { return };
        hand_to(&to, device, Root { id, follow, path, real, link, found, looked: false });
    };
    if let Err(error) = thread::Builder::new().name("follow: place".to_owned()).spawn(placing) {
        let why = format!("no thread can be started to follow it: {error}");
        let _ = shared.out.send(Event::Lost { path: PathBuf::new(), why });
    }
}

fn hand_to(shared: &Arc<Shared>, device: u64, root: Root) {
    let mut threads = locked(&shared.threads);
    // While it was being found out, the list may have become another.
    if !locked(&shared.entries).contains(&root.follow) {
        return;
    }
    let begun = match threads.entry(device) {
        Entry::Occupied(hand) => Ok(hand.into_mut()),
        Entry::Vacant(place) => begin(shared, device).map(|hand| place.insert(hand)),
    };
    match begun {
        Ok(hand) => hand.tell(Order::Root(Box::new(root))),
        Err(error) => {
            let why = format!("no thread can be started to follow it: {error}");
            // If nobody listens, nobody is to be told.
            let _ = shared.out.send(Event::Lost { path: root.path, why });
        }
    }
}

fn begin(shared: &Arc<Shared>, device: u64) -> std::io::Result<Hand> {
    let (orders, given) = channel();
    let (wake, woken) = UnixStream::pair()?;
    wake.set_nonblocking(true)?;
    woken.set_nonblocking(true)?;
    let to = shared.clone();
    let name = format!("follow: {device:x}");
    let thread = thread::Builder::new().name(name).spawn(move || {
        // It ends when it is told to, or when nobody listens.
        let _ = run(&to, device, &given, woken);
    })?;
    Ok(Hand { orders, wake, thread })
}

fn run(shared: &Arc<Shared>, device: u64, orders: &Receiver<Order>, mut woken: UnixStream) -> Result<(), Over> {
    let mut worker = Worker::new(device, &shared.cursors, shared.out.clone(), Instant::now());
    worker.rules = locked(&shared.entries).clone();
    match Ear::new() {
        Ok(ear) => worker.ear = Some(ear),
        Err(why) => worker.deaf(why),
    }
    loop {
        for order in orders.try_iter() {
            let now = Instant::now();
            match order {
                Order::Root(root) => worker.add(*root, now),
                Order::Entries(entries) => worker.entries(entries, now)?,
                Order::Dismiss(number) => worker.dismiss(number)?,
                Order::Wake => {}
            }
        }
        worker.turn(Instant::now())?;
        locked(&shared.present).insert(device, worker.present().into_iter().collect());
        for (path, follow) in worker.elsewhere.drain(..) {
            place(shared, path, follow, true, None);
        }
        for root in worker.moved.drain(..) {
            place(shared, root.path, root.follow, root.found, Some(root.id));
        }
        wait(&[woken.as_fd()], GAP);
        let pause = worker.next.saturating_duration_since(Instant::now());
        match &worker.ear {
            Some(ear) => wait(&[woken.as_fd(), ear.as_fd()], pause),
            None => wait(&[woken.as_fd()], pause),
        }
        shared.wakeups.fetch_add(1, Ordering::Relaxed);
        while woken.read(&mut [0; 64]).is_ok_and(|length| length > 0) {}
        let heard = worker.ear.as_mut().map(Ear::heard).unwrap_or_default();
        worker.heard(&heard, Instant::now());
    }
}

/// Waits until one can be read, or so long.
fn wait(on: &[BorrowedFd<'_>], pause: Duration) {
    let mut on: Vec<PollFd<'_>> = on.iter().map(|fd| PollFd::new(*fd, PollFlags::POLLIN)).collect();
    // Rounded up: a moment too early is a turn for nothing.
    let pause = pause.saturating_add(Duration::from_micros(999));
    // A signal wakes it early, and no harm is done.
    let _ = poll(&mut on, PollTimeout::try_from(pause.as_millis()).unwrap_or(PollTimeout::MAX));
}
