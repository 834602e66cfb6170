//! The folder of a fake: files that are its answers, read afresh for each command, and the log of what it was asked.
//!
//! A *key* names what is asked; which keys there are, each program says. Of a key or of all of them:
//!
//! | file | is |
//! | --- | --- |
//! | `KEY.bin` | the data of the answer, as it is: short, long or garbage |
//! | `KEY.hang`, `hang` | while it is there no answer is given; its content does not matter |
//! | `KEY.delay_ms`, `delay_ms` | milliseconds to wait before the answer, in decimal |
//! | `log` | written by the fake: for each command a line `MILLISECONDS KEY HEX`, the time being CLOCK_MONOTONIC's |

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    log: Mutex<File>,
}

impl Folder {
    /// Opens a folder and its log, to which is appended.
    ///
    /// # Errors
    ///
    /// When the log cannot be opened.
    pub fn open(path: impl Into<PathBuf>) -> std::io::Result<Self> {
        let path = path.into();
        let log = OpenOptions::new().create(true).append(true).open(path.join("log"))?;
        Ok(Self { path, log: Mutex::new(log) })
    }

    /// The content of a file.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path.join(name)).ok()
    }

    /// The text of a file, without white space around it.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        Some(String::from_utf8_lossy(&self.read(name)?).trim().to_owned())
    }

    /// Whether a file is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }

    /// Writes down a command, then waits for as long as the folder says.
    pub fn received(&self, key: &str, command: &[u8]) {
        let mut line = format!("{} {key} ", monotonic_ms());
        for byte in command {
            let _ = write!(line, "{byte:02x}");
        }
        line.push('\n');
        if let Ok(mut log) = self.log.lock() {
            // One write, so that lines of several connections do not mix. A full disk must not stop the drive.
            let _ = log.write_all(line.as_bytes());
        }
        let delay = self.text(&format!("{key}.delay_ms")).or_else(|| self.text("delay_ms"));
        if let Some(milliseconds) = delay.and_then(|text| text.parse().ok()) {
            sleep(Duration::from_millis(milliseconds));
        }
        while self.has("hang") || self.has(&format!("{key}.hang")) {
            sleep(Duration::from_millis(50));
        }
    }
}

/// Replaces a file in one step: a fake that reads it meanwhile sees all of the old or all of the new.
///
/// # Errors
///
/// When the folder cannot be written.
pub fn replace(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let temporary = folder.join(format!(".{name}.new"));
    fs::write(&temporary, content)?;
    fs::rename(temporary, folder.join(name))
}

/// The guest's monotonic clock, which is also the one of its kernel log, in milliseconds.
fn monotonic_ms() -> u64 {
    // /proc/uptime is CLOCK_BOOTTIME, which is CLOCK_MONOTONIC where nothing is ever suspended, in seconds with two decimals.
    let uptime = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds = uptime.split(' ').next().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    Duration::from_secs_f64(seconds).as_millis().try_into().unwrap_or(u64::MAX)
}
