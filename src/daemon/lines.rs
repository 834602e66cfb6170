//! Lines for whoever started the daemon: to standard error, and to the service manager.
//!
//! Who reads standard error may read no more: the journal lies on a disk, too, and a terminal can be held. So a thread writes; what it
//! cannot write in time is dropped, and counted.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

/// So many lines wait.
const WAITING: usize = 256;

/// At the end those that wait are waited for so long.
const LAST: Duration = Duration::from_secs(1);

static TO: OnceLock<SyncSender<Line>> = OnceLock::new();
static DROPPED: AtomicU64 = AtomicU64::new(0);

enum Line {
    Text(String),
    /// All before it were written: it is said so.
    Written(Sender<()>),
}

/// Tells whoever started the daemon. That nobody listens is no trouble.
pub(super) fn notify(state: &[sd_notify::NotifyState<'_>]) {
    let _ = sd_notify::notify(state);
}

/// A line to standard error: the journal has it, or whoever started the daemon.
pub(super) fn complain(line: &str) {
    if to().is_none_or(|to| to.try_send(Line::Text(crate::words::clean(line))).is_err()) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits a little for what was said last.
pub(super) fn end() {
    let (done, written) = channel();
    if to().is_some_and(|to| to.try_send(Line::Written(done)).is_ok()) {
        let _ = written.recv_timeout(LAST);
    }
}

fn to() -> Option<&'static SyncSender<Line>> {
    if let Some(to) = TO.get() {
        return Some(to);
    }
    let (to, lines) = sync_channel(WAITING);
    std::thread::Builder::new()
        .name("lines".to_owned())
        .spawn(move || write(&lines, &DROPPED, &mut std::io::stderr()))
        .ok()?;
    // Another thread may have been first: then this one's ends at once.
    Some(TO.get_or_init(|| to))
}

fn write(lines: &Receiver<Line>, dropped: &AtomicU64, to: &mut impl std::io::Write) {
    for line in lines {
        let dropped = dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let _ = writeln!(to, "arraywatch: {dropped} lines before this one could not be written in time");
        }
        match line {
            Line::Text(text) => drop(writeln!(to, "arraywatch: {text}")),
            Line::Written(done) => drop(done.send(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_dropped_are_counted() {
        let (to, lines) = sync_channel(WAITING);
        let (done, written) = channel();
        for line in [Line::Text("one".to_owned()), Line::Written(done), Line::Text("two".to_owned())] {
            to.send(line).expect("there is room");
        }
        drop(to);
        let mut told = Vec::new();
        write(&lines, &AtomicU64::new(2), &mut told);
        let told = String::from_utf8(told).expect("text");
        assert_eq!(
            told,
            "arraywatch: 2 lines before this one could not be written in time\narraywatch: one\narraywatch: two\n"
        );
        assert_eq!(written.recv(), Ok(()));
    }
}
