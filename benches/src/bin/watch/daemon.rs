//! The daemon under measurement, in a directory of its own.

use anyhow::{Context as _, bail, ensure};
use arraywatch_benches::process::Process;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rusqlite::{Connection, OpenFlags};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What must come is waited for no longer.
const PATIENCE: Duration = Duration::from_secs(300);

/// It has settled when it took less than this ...
const SETTLED: Duration = Duration::from_millis(3);
/// ... in so long a time.
const SETTLING: Duration = Duration::from_millis(500);

/// Where the program is, and where it may write.
#[derive(Debug)]
pub struct Programs {
    arraywatch: PathBuf,
    dir: Option<PathBuf>,
}

impl Programs {
    /// Finds it.
    pub fn find(arraywatch: Option<PathBuf>, dir: Option<PathBuf>) -> anyhow::Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("arraywatch");
        let arraywatch = arraywatch.unwrap_or(beside);
        ensure!(arraywatch.exists(), "{} is not built: cargo build --release --workspace", arraywatch.display());
        Ok(Self { arraywatch, dir })
    }

    /// A directory that goes when it is let go of.
    pub fn directory(&self) -> anyhow::Result<TempDir> {
        Ok(self.dir.as_ref().map_or_else(tempfile::tempdir, tempfile::tempdir_in)?)
    }

    /// Reads a log into a history at once.
    pub fn ingest(&self, log: &Path, database: &Path) -> anyhow::Result<()> {
        let mut command = Command::new(&self.arraywatch);
        let output = command.args(["ingest", "--json", "--db"]).arg(database).arg(log).output()?;
        let why = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.code().is_some_and(|code| code <= 3), "ingest of {}: {why}", log.display());
        Ok(())
    }
}

/// A daemon that runs.
pub struct Daemon {
    child: Child,
    /// The daemon itself.
    pub process: Process,
    /// The process that would read devices, were it allowed to.
    pub reader: Process,
    directory: PathBuf,
}

impl Daemon {
    /// Starts it in a directory, to follow these files; it tells people by a file, [`Self::told`].
    pub fn start(programs: &Programs, directory: &Path, follow: &[PathBuf]) -> anyhow::Result<Self> {
        let (database, told) = (directory.join("history.db"), directory.join("told"));
        let mut text = format!("host = \"db7\"\ndatabase = {database:?}\n[read]\ndevices = false\n");
        write!(text, "[channel.file]\nby = \"file\"\npath = {told:?}\n")?;
        for path in follow {
            write!(text, "[[follow]]\npath = {path:?}\ntimezone = \"UTC\"\n")?;
        }
        let configuration = directory.join("config.toml");
        fs::write(&configuration, text)?;
        let errors = File::create(directory.join("errors"))?;
        let mut command = Command::new(&programs.arraywatch);
        command.args(["run", "--config"]).arg(configuration).stdout(Stdio::null()).stderr(errors);
        let child = command.spawn().context("cannot run arraywatch")?;
        let process = Process::of(child.id())?;
        let end = Instant::now() + PATIENCE;
        let reader = loop {
            match process.children()?.first() {
                Some(reader) => break *reader,
                None if Instant::now() < end => sleep(Duration::from_millis(1)),
                None => bail!("arraywatch started no process that reads devices"),
            }
        };
        Ok(Self { child, process, reader, directory: directory.to_owned() })
    }

    /// Where its messages appear.
    pub fn told(&self) -> PathBuf {
        self.directory.join("told")
    }

    /// Its history, to be read.
    pub fn history(&self) -> anyhow::Result<Connection> {
        history(&self.directory.join("history.db"))
    }

    /// Waits until it has nothing more to do: all files are read as far as they go, and kept.
    pub fn settle(&self, files: &[PathBuf]) -> anyhow::Result<()> {
        for file in files {
            self.wait_until_kept(file)?;
        }
        let end = Instant::now() + PATIENCE;
        let (mut quiet, mut before) = (0, self.process.cpu()?);
        while quiet < 2 {
            ensure!(Instant::now() < end, "arraywatch never has nothing to do: {}", self.errors());
            sleep(SETTLING);
            let now = self.process.cpu()?;
            quiet = if now - before < SETTLED { quiet + 1 } else { 0 };
            before = now;
        }
        Ok(())
    }

    /// Waits until all of a file is read and in the history, and gives since when that is so.
    pub fn wait_until_kept(&self, file: &Path) -> anyhow::Result<Instant> {
        let end = Instant::now() + PATIENCE;
        loop {
            let length = fs::metadata(file)?.len();
            if self.kept(file).is_ok_and(|kept| kept == length) {
                return Ok(Instant::now());
            }
            self.process.cpu().context(self.errors())?;
            ensure!(Instant::now() < end, "{} is not kept: {}", file.display(), self.errors());
            sleep(Duration::from_millis(20));
        }
    }

    /// How much of a file is in the history.
    pub fn kept(&self, file: &Path) -> anyhow::Result<u64> {
        let of = |row: &rusqlite::Row<'_>| row.get(0);
        let offset: i64 =
            self.history()?.query_row("SELECT offset FROM cursor WHERE path = ?1", [&file.to_string_lossy()], of)?;
        Ok(offset.try_into()?)
    }

    /// What it complained of.
    pub fn errors(&self) -> String {
        fs::read_to_string(self.directory.join("errors")).unwrap_or_default()
    }

    /// Stops it as a service manager does.
    pub fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM)?;
        let status = self.child.wait()?;
        ensure!(status.success(), "arraywatch ended with {status}: {}", self.errors());
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // One that was stopped has been waited for, and then this does nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A history, to be read.
pub fn history(path: &Path) -> anyhow::Result<Connection> {
    Ok(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}
