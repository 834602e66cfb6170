//! Many machines, a log each, as one history has them.

use crate::input::Input;
use crate::log::{BAYS, DRIVES, Plan};
use anyhow::Context as _;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

/// What fleet to make.
#[derive(Debug, Clone, Copy)]
pub struct Fleet {
    /// Machines, with [`DRIVES`] drives each.
    pub hosts: usize,
    /// Days that their logs cover.
    pub days: usize,
    /// The fleet is the same for the same seed.
    pub seed: u64,
}

/// A drive, as the first report of its host has it.
#[derive(Debug, Clone)]
pub struct Drive {
    /// Its serial number.
    pub serial: String,
    /// Where it sits, as `db7/c1/e0/s3`.
    pub bay: String,
}

impl Fleet {
    /// The year with whose first day all logs begin.
    pub const YEAR: i32 = 2025;

    /// A machine in use has a handful of events a day beside its report.
    const EVENTS_A_DAY: usize = 4;

    /// Writes the logs, a folder a host.
    ///
    /// # Errors
    /// Those of the files.
    pub fn write(self, directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
        (1..=self.hosts).map(|host| self.write_host(host, directory)).collect()
    }

    fn write_host(self, host: usize, directory: &Path) -> anyhow::Result<PathBuf> {
        let folder = directory.join(format!("db{host}"));
        fs::create_dir(&folder)?;
        let path = folder.join("RaidEvt.log");
        let seed = self.seed.wrapping_mul(1_000_003).wrapping_add(host as u64);
        let (days, events_a_day, year) = (self.days, Self::EVENTS_A_DAY, Self::YEAR);
        Input::Log(Plan { seed, days, host, year, events_a_day, ..Plan::BUSY }).write(&path)?;
        Ok(path)
    }
}

impl Drive {
    /// The drives of a host's first report.
    ///
    /// # Errors
    /// If the log cannot be read, or does not begin with a report.
    pub fn all(host: usize, log: &Path) -> anyhow::Result<Vec<Self>> {
        let lines = BufReader::new(File::open(log)?).lines().take(DRIVES);
        let drive = |(at, line): (usize, io::Result<String>)| {
            let line = line?;
            let (_, rest) = line.split_once(" S/N ").context("no report in front")?;
            let serial = rest.split(' ').next().unwrap_or_default().to_owned();
            Ok(Self { serial, bay: format!("db{host}/c{}/e0/s{}", 1 + at / BAYS, at % BAYS) })
        };
        lines.enumerate().map(drive).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_drive_is_in_one_place() {
        let directory = tempfile::tempdir().expect("a directory");
        let fleet = Fleet { hosts: 3, days: 2, seed: 1 };
        let logs = fleet.write(directory.path()).expect("logs");
        let drives: Vec<_> =
            (1..).zip(&logs).flat_map(|(host, log)| Drive::all(host, log).expect("a report")).collect();
        let serials: BTreeSet<_> = drives.iter().map(|drive| &drive.serial).collect();
        let bays: BTreeSet<_> = drives.iter().map(|drive| &drive.bay).collect();
        assert_eq!((serials.len(), bays.len()), (3 * DRIVES, 3 * DRIVES));
        assert!(bays.contains(&"db3/c2/e0/s23".to_owned()));
    }
}
