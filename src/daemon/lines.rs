//! Lines for whoever started the daemon: to standard error, and to the service manager.
//!
//! Who reads standard error may read no more: the journal lies on a disk, too, and a terminal can be held. And a service manager whose disk
//! hangs hears no notices. So a thread writes to each; what it cannot write in time is dropped, and lines are counted.

use sd_notify::NotifyState;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// So many lines wait.
const WAITING: usize = 256;

/// At the end those that wait are waited for so long.
const LAST: Duration = Duration::from_secs(1);

static LINES: OnceLock<SyncSender<Line>> = OnceLock::new();
static NOTICES: OnceLock<SyncSender<Line>> = OnceLock::new();
static DROPPED: AtomicU64 = AtomicU64::new(0);

enum Line {
    Text(String),
    Notice(Notice),
    /// All before it were written: it is said so.
    Written(Sender<()>),
}

/// What the service manager is told.
#[derive(Debug)]
pub(super) enum Notice {
    /// It is ready, or lives, or stops.
    Is(NotifyState<'static>),
    /// How things stand.
    Status(String),
}

/// Tells the service manager. That nobody listens is no trouble.
pub(super) fn notify(notice: Notice) {
    let _ = to(&NOTICES, "notices").map(|to| to.try_send(Line::Notice(notice)));
}

/// A line to standard error: the journal has it, or whoever started the daemon.
pub(super) fn complain(line: &str) {
    if to(&LINES, "lines").is_none_or(|to| to.try_send(Line::Text(crate::words::clean(line))).is_err()) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits a little for what was said last.
pub(super) fn end() {
    let all = [to(&NOTICES, "notices"), to(&LINES, "lines")];
    let written = all.into_iter().flatten().filter_map(|to| {
        let (done, written) = channel();
        to.try_send(Line::Written(done)).is_ok().then_some(written)
    });
    let end = Instant::now() + LAST;
    for written in written.collect::<Vec<_>>() {
        let _ = written.recv_timeout(end.saturating_duration_since(Instant::now()));
    }
}

fn to(writer: &'static OnceLock<SyncSender<Line>>, name: &str) -> Option<&'static SyncSender<Line>> {
    if let Some(to) = writer.get() {
        return Some(to);
    }
    let (to, lines) = sync_channel(WAITING);
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || write(&lines, &DROPPED, &mut std::io::stderr()))
        .ok()?;
    // Another thread may have been first: then this one's ends at once.
    Some(writer.get_or_init(|| to))
}

fn write(lines: &Receiver<Line>, dropped: &AtomicU64, to: &mut impl std::io::Write) {
    for line in lines {
        match line {
            Line::Text(text) => {
                let dropped = dropped.swap(0, Ordering::Relaxed);
                if dropped > 0 {
                    let _ = writeln!(to, "arraywatch: {dropped} lines before this one could not be written in time");
                }
                drop(writeln!(to, "arraywatch: {text}"));
            }
            Line::Notice(Notice::Is(state)) => drop(sd_notify::notify(&[state])),
            Line::Notice(Notice::Status(text)) => drop(sd_notify::notify(&[NotifyState::Status(&text)])),
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
