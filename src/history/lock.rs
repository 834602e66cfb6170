//! One writer, and one daemon: a lock on a file beside the database for each. Readers never take them.
//!
//! It is the system's lock (`flock`) and not the file that holds: a process that was killed holds nothing, and the file stays where
//! it is, since deleting it would let two processes hold two locks. SQLite has a lock of its own for each transaction; this one is
//! held from opening to closing, so that a run is one writer from reading what is known to committing what is new, and so that a
//! second one can be told who the first is.

use super::Reason;
use super::header::beside;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How often is asked again.
const PAUSE: Duration = Duration::from_millis(20);

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file gives the lock up")] File);

/// Whether a daemon watches, and keeps the history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Daemon {
    /// One runs, as this process if that is known.
    Runs(Option<u32>),
    /// None runs.
    None,
    /// Who asks may not know.
    #[default]
    Unknown,
}

/// The lock of the daemon has this behind the database's name.
const DAEMON: &str = ".daemon";

/// Takes the writer's lock of a database, and waits for it as long as told.
pub(super) fn take(database: &Path, patience: Duration) -> Result<Lock, Reason> {
    lock(&beside(database, ".writer"), patience)
}

/// Takes the daemon's lock of a database.
pub(super) fn watch(database: &Path) -> Result<Lock, Reason> {
    // Whoever looks whether it is taken has it for a moment.
    lock(&beside(database, DAEMON), Duration::from_secs(1)).map_err(|reason| match reason {
        Reason::Busy { holder, .. } => Reason::Watched { holder },
        other => other,
    })
}

/// Whether a daemon keeps the history of that path.
pub fn daemon(database: &Path) -> Daemon {
    let database = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let mut file = match File::open(beside(&database, DAEMON)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Daemon::None,
        Err(_) => return Daemon::Unknown,
    };
    match file.try_lock_shared() {
        Ok(()) => Daemon::None,
        Err(TryLockError::WouldBlock) => Daemon::Runs(holder(&mut file)),
        Err(TryLockError::Error(_)) => Daemon::Unknown,
    }
}

fn lock(path: &Path, patience: Duration) -> Result<Lock, Reason> {
    // Nothing is cut off before the lock is held, and a link is not followed: the name can be guessed, and this may be root.
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    let mut file = options.open(path)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(Reason::Busy { holder: holder(&mut file), waited: patience.as_secs() });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    // The number is only for the message of another: a full disk must not keep a writer from what needs no room.
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(Lock(file))
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    const SHORT: Duration = Duration::from_millis(60);

    #[test]
    fn the_second_is_told_who_the_first_is() {
        let scene = TempDir::new().expect("a temporary directory");
        let database = scene.path().join("history.db");
        let first = take(&database, SHORT).expect("nobody holds it");
        match take(&database, SHORT) {
            Err(Reason::Busy { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(first);
        take(&database, SHORT).expect("it was given up");
    }

    #[test]
    fn one_daemon_watches() {
        let scene = TempDir::new().expect("a temporary directory");
        let database = scene.path().join("history.db");
        assert_eq!(daemon(&database), Daemon::None);
        let first = watch(&database).expect("nobody watches");
        let own = Some(std::process::id());
        assert_eq!(daemon(&database), Daemon::Runs(own));
        assert!(matches!(watch(&database), Err(Reason::Watched { holder }) if holder == own));
        take(&database, SHORT).expect("writing is another thing");
        drop(first);
        assert_eq!(daemon(&database), Daemon::None);
        watch(&database).expect("it was given up");
    }

    #[test]
    fn who_waits_gets_it() {
        let scene = TempDir::new().expect("a temporary directory");
        let database = scene.path().join("history.db");
        let first = take(&database, SHORT).expect("nobody holds it");
        thread::scope(|scope| {
            let second = scope.spawn(|| take(&database, Duration::from_secs(60)));
            thread::sleep(SHORT);
            drop(first);
            second.join().expect("no panic").expect("it is given up within the minute");
        });
    }

    #[test]
    fn a_file_that_was_left_holds_nothing() {
        let scene = TempDir::new().expect("a temporary directory");
        let database = scene.path().join("history.db");
        fs::write(beside(&database, ".writer"), "4194304999\n").expect("a file");
        take(&database, SHORT).expect("nobody holds it");
        let told = fs::read_to_string(beside(&database, ".writer")).expect("a file");
        assert_eq!(told, format!("{}\n", std::process::id()));
    }

    #[test]
    fn a_link_is_not_followed() {
        let scene = TempDir::new().expect("a temporary directory");
        let target = scene.path().join("precious");
        fs::write(&target, "keep").expect("a file");
        std::os::unix::fs::symlink(&target, scene.path().join("history.db.writer")).expect("a link");
        take(&scene.path().join("history.db"), SHORT).expect_err("it is a link");
        assert_eq!(fs::read_to_string(&target).expect("a file"), "keep");
    }
}
