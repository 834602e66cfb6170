//! A file: a line of JSON a message, on the disk before it counts as delivered.

use super::{Blocking, Delivered, Failed, json};
use crate::alerting::Message;
use crate::words::clean;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
}

impl File {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(super) async fn send(&self, message: &Message, blocking: &Blocking) -> Result<Delivered, Failed> {
        let path = clean(&self.path.to_string_lossy());
        let (to, line) = (self.path.clone(), json::alert(message));
        let written = blocking.run(&path, move || append(&to, &line)).await?;
        written.map_err(|error| Failed::for_now(format!("cannot append to {path}: {error}")))?;
        Ok(Delivered { to: path })
    }
}

/// Appends a line in one write, so that lines of several writers stay whole; ours wait for each other, or one would look for half a line in
/// the midst of another's write. The lock is advisory: who reads the file is not in the way.
fn append(path: &Path, line: &str) -> io::Result<()> {
    // Without O_NONBLOCK, a FIFO that nobody reads would keep the thread for ever.
    let mut options = OpenOptions::new();
    options.read(true).append(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    let (mut file, new) = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => (options.create(true).mode(0o640).open(path)?, true),
        opened => (opened?, false),
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    // Not every file system has locks.
    let _ = file.lock();
    // A disk that was full, or a machine that went down, may have left half a line.
    let torn = file.metadata()?.len() > 0 && {
        let mut last = [b'\n'];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        last != *b"\n"
    };
    let line = format!("{}{line}\n", if torn { "\n" } else { "" });
    file.write_all(line.as_bytes())?;
    file.sync_data()?;
    if new && let Some(directory) = path.parent() {
        fs::File::open(directory)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn lines_are_whole_whatever_was_left_there() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("alerts.jsonl");
        append(&path, "{1}").expect("a new file");
        let mode = fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o137, 0, "{mode:o}: readable for the group at most");
        append(&path, "{2}").expect("a file");
        fs::write(&path, "{1}\n{2}\n{half").expect("a file");
        append(&path, "{3}").expect("a file");
        assert_eq!(fs::read_to_string(&path).expect("text"), "{1}\n{2}\n{half\n{3}\n");
    }

    /// One looked for half a line while another was in the midst of its own, and put an empty line between them.
    #[test]
    fn who_appends_at_the_same_time_waits() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("alerts.jsonl");
        let held = OpenOptions::new().create(true).append(true).open(&path).expect("a new file");
        held.lock().expect("a lock");
        let other = std::thread::spawn({
            let path = path.clone();
            move || append(&path, "{2}")
        });
        (&held).write_all(b"{").expect("half a line");
        std::thread::sleep(std::time::Duration::from_millis(100));
        (&held).write_all(b"1}\n").expect("the rest");
        held.unlock().expect("it was locked");
        other.join().expect("no panic").expect("a file");
        assert_eq!(fs::read_to_string(&path).expect("text"), "{1}\n{2}\n");
    }

    #[test]
    fn what_is_no_file_is_told() {
        let directory = tempfile::tempdir().expect("a directory");
        let fifo = directory.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
        for path in [&fifo, directory.path(), Path::new("/dev/null"), &directory.path().join("none/alerts")] {
            append(path, "{}").expect_err(&path.to_string_lossy());
        }
    }
}
