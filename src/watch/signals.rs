//! What the daemon is told by signals: SIGHUP, to read its configuration anew; SIGTERM and SIGINT, to end.

use super::Event;
use nix::sys::signal::{SigSet, Signal};
use std::io;
use std::sync::mpsc::SyncSender;
use std::thread::{self, JoinHandle};

/// Signals that are blocked, so that they wait until they are asked for.
#[derive(Debug)]
pub struct Blocked(SigSet);

/// Blocks them, for this thread and those that it starts: before any is started, or one of them would be ended by a signal, and the
/// process with it. Programs that are run begin without: `std::process::Command` empties the mask.
///
/// # Errors
/// If the system does not.
pub fn block() -> io::Result<Blocked> {
    let mut set = SigSet::empty();
    for signal in [Signal::SIGHUP, Signal::SIGTERM, Signal::SIGINT] {
        set.add(signal);
    }
    set.thread_block()?;
    Ok(Blocked(set))
}

impl Blocked {
    /// Waits for them in a thread, which ends when a signal comes and nobody listens.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(self, to: SyncSender<Event>) -> io::Result<JoinHandle<()>> {
        thread::Builder::new().name("signals".to_owned()).spawn(move || self.tell(&to))
    }

    /// Waits and tells, until nobody listens.
    fn tell(&self, to: &SyncSender<Event>) {
        // It fails for a signal that does not exist, and those do.
        while let Ok(signal) = self.0.wait() {
            let event = if signal == Signal::SIGHUP { Event::Reload } else { Event::Stop };
            if to.send(event).is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::signal::raise;
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;

    /// The signals are sent to one thread alone: the others of this process do not block them.
    #[test]
    fn signals_become_events() {
        let (to, events) = sync_channel(4);
        thread::spawn(move || {
            let blocked = block().expect("they are blocked");
            for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
                raise(signal).expect("a signal");
            }
            blocked.tell(&to);
        });
        // Those that wait come in the order of their numbers.
        let next = || events.recv_timeout(Duration::from_secs(10)).expect("an event");
        assert!(matches!(next(), Event::Reload));
        assert!(matches!(next(), Event::Stop));
        assert!(matches!(next(), Event::Stop));
    }
}
