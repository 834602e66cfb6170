//! A watcher's thread, and how it ends.

use super::Event;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A thread that watches. Dropped, it stops.
pub struct Watcher {
    /// Closed, it says that it is over.
    stop: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    pub(super) fn start(name: &str, run: impl FnOnce(Stop) -> Result<(), Over> + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = UnixStream::pair()?;
        // It ends when it is told to, or when nobody listens.
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _ = run(Stop(stopped));
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// Stops it, and waits for it.
    pub fn join(mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // What it panicked with is on standard error.
            let _ = thread.join();
        }
    }
}

/// It is to stop, or nobody listens any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Over;

/// By this a thread hears that it is to stop.
pub(super) struct Stop(UnixStream);

/// While the channel is full, it is tried so often.
const FULL: Duration = Duration::from_millis(10);

impl Stop {
    /// Waits until one of these can be read or is in a special state, or so long, none for ever: of each, whether it is.
    pub fn wait(&self, on: &[(BorrowedFd<'_>, PollFlags)], pause: Option<Duration>) -> Result<Vec<bool>, Over> {
        let mut all = vec![PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        all.extend(on.iter().map(|(fd, flags)| PollFd::new(*fd, *flags)));
        // Rounded up: a moment too early is a turn for nothing.
        let millis = |pause: Duration| pause.saturating_add(Duration::from_micros(999)).as_millis();
        let timeout =
            pause.map_or(PollTimeout::NONE, |pause| PollTimeout::try_from(millis(pause)).unwrap_or(PollTimeout::MAX));
        // A signal wakes it early, and no harm is done.
        let _ = poll(&mut all, timeout);
        let ready = |fd: &PollFd<'_>| fd.revents().is_some_and(|flags| !flags.is_empty());
        let mut ready = all.iter().map(ready);
        if ready.next() == Some(true) {
            return Err(Over);
        }
        Ok(ready.collect())
    }

    /// Sends what must not be lost: waits while the channel is full.
    pub fn send(&self, to: &SyncSender<Event>, mut event: Event) -> Result<(), Over> {
        loop {
            match to.try_send(event) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(Over),
                Err(TrySendError::Full(back)) => event = back,
            }
            self.wait(&[], Some(FULL))?;
        }
    }
}

/// Events that say no more when they are many: the first leaves at once, those that follow within a moment are one, and while the
/// channel is full one waits here.
pub(super) struct Poke {
    to: SyncSender<Event>,
    waits: Option<Event>,
    not_before: Option<Instant>,
}

/// A moment: what one failure makes the kernel write takes no longer.
const MOMENT: Duration = Duration::from_millis(50);

impl Poke {
    pub const fn new(to: SyncSender<Event>) -> Self {
        Self { to, waits: None, not_before: None }
    }

    /// Takes an event, with those that were not sent yet.
    pub fn take(&mut self, fold: impl FnOnce(Option<Event>) -> Event) {
        self.waits = Some(fold(self.waits.take()));
    }

    /// Sends what waits, if it is time: when it is to be called again.
    pub fn send(&mut self, now: Instant) -> Result<Option<Duration>, Over> {
        let Some(event) = self.waits.take() else { return Ok(None) };
        if let Some(wait) = self.not_before.map(|at| at.saturating_duration_since(now)).filter(|wait| !wait.is_zero()) {
            self.waits = Some(event);
            return Ok(Some(wait));
        }
        match self.to.try_send(event) {
            Ok(()) => {
                self.not_before = Some(now + MOMENT);
                Ok(None)
            }
            Err(TrySendError::Disconnected(_)) => Err(Over),
            Err(TrySendError::Full(back)) => {
                self.waits = Some(back);
                Ok(Some(FULL))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{TryRecvError, sync_channel};

    fn lost(event: &Event) -> u64 {
        match event {
            Event::Kernel { lost } => *lost,
            other => panic!("{other:?}"),
        }
    }

    fn one_more(before: Option<Event>) -> Event {
        Event::Kernel { lost: before.map_or(0, |event| lost(&event)) + 1 }
    }

    #[test]
    fn pokes_are_folded_and_none_is_lost() {
        let (to, events) = sync_channel(1);
        let mut poke = Poke::new(to);
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        poke.take(one_more);
        assert_eq!(poke.send(at(0)), Ok(None), "the first leaves at once");
        poke.take(one_more);
        poke.take(one_more);
        assert_eq!(poke.send(at(10)), Ok(Some(Duration::from_millis(40))), "the next ones wait for a moment");
        assert_eq!(poke.send(at(50)), Ok(Some(FULL)), "the channel is full");
        assert_eq!(events.recv().as_ref().map(lost), Ok(1));
        assert_eq!(poke.send(at(60)), Ok(None));
        assert_eq!(events.recv().as_ref().map(lost), Ok(2), "two are one");
        assert_eq!(events.try_recv().err(), Some(TryRecvError::Empty));
        assert_eq!(poke.send(at(500)), Ok(None), "there is nothing to send");
        drop(events);
        poke.take(one_more);
        assert_eq!(poke.send(at(900)), Err(Over));
    }

    #[test]
    fn it_stops_though_the_channel_is_full() {
        let (to, events) = sync_channel(0);
        let watcher = Watcher::start("test", move |stop| stop.send(&to, Event::Arrays));
        watcher.expect("a thread").join();
        drop(events);
    }
}
