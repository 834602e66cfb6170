//! Whether a drive's part of an output is whole, as far as such an output tells.

use super::{Reader, Section, Speaks};

/// Lines that end an output whole, even where nothing ends them.
const LAST: [&str; 4] =
    ["No Errors Logged", "Self-tests not supported", "No Self-tests Logged", "No Self-tests have been logged"];

impl Reader {
    /// Why it is not whole; none if it is.
    pub(super) fn cut(&self, last_ended: bool) -> Option<String> {
        let seen = |section| self.seen.contains(&section);
        let without = |first, then| seen(first) && !seen(then);
        let ends = self.section == Section::SelectiveEnd || self.last_line_ends;
        let tells_tests = self.drive.version.as_deref().and_then(number).is_some_and(|version| version >= (7, 4));
        let told = self.seen.len() >= 2 || self.drive.health.is_some() || !self.drive.troubles.is_empty();
        let of_scsi = self.speaks == Some(Speaks::Scsi) && self.drive.health.is_some();
        let rules = [
            (!last_ended && !ends, "its last line has no end"),
            (self.open, "a table in it has no end"),
            (self.twice, "what the drive is is told twice: two outputs run into each other"),
            (self.headless, "the head is missing of what the drive is"),
            (self.data && self.lost().is_some(), "lines of what the drive is are missing"),
            (self.data && !told, "what it says of the drive is missing"),
            (
                without(Section::Values, Section::SelectiveEnd),
                "the selective self-test log is missing, which follows the others",
            ),
            (without(Section::LogDirectory, Section::Phy), "the SATA Phy counters are missing, which end it"),
            (
                of_scsi && without(Section::Counters, Section::ScsiTests),
                "the self-tests are missing, which follow the counters",
            ),
            (
                without(Section::Caches, Section::Background),
                "the background scan is missing, which follows the self-tests",
            ),
            (
                self.sas && without(Section::Background, Section::Ports),
                "the log of the SAS ports is missing, which ends it",
            ),
            (self.phys_told < self.phys_announced, "the log of the SAS ports announces more phys than it tells of"),
            (without(Section::Capabilities, Section::NvmeErrors), "the error log is missing, which follows the others"),
            (
                tells_tests && without(Section::Capabilities, Section::NvmeTests),
                "the self-test log is missing, which ends it",
            ),
        ];
        rules.into_iter().find(|(broken, _)| *broken).map(|(_, why)| why.to_owned())
    }

    /// A line that every version prints of what a drive is, in one of its forms, and that is not there. Where the section was not asked for,
    /// none is.
    fn lost(&self) -> Option<&'static str> {
        let demanded: &[&str] = match self.speaks {
            Some(Speaks::Ata) => &["Device Model", "Serial Number", "Firmware Version", "Local Time is"],
            Some(Speaks::Nvme) => &["Model Number", "Serial Number", "Firmware Version", "Local Time is"],
            Some(Speaks::Scsi) | None => &[],
        };
        let lost = |key: &&&str| !self.keys.has(key);
        demanded.iter().find(lost).filter(|_| self.seen.contains(&Section::Info)).copied()
    }

    /// What it takes to say that the drive is well, and is not there.
    pub(super) fn lacks(&self) -> Vec<&'static str> {
        let seen = |section| self.seen.contains(&section);
        let all = match self.speaks {
            None => vec![(false, "a word on its health")],
            Some(Speaks::Ata) => vec![
                (self.drive.health.is_some(), "what it says of itself"),
                (self.ata.attributes.is_some(), "its attributes"),
                (seen(Section::Errors), "its error log"),
                (seen(Section::SelfTests), "its self-tests"),
            ],
            Some(Speaks::Scsi) => vec![
                (self.drive.health.is_some(), "what it says of itself"),
                (seen(Section::Counters), "its error counters"),
                (seen(Section::ScsiTests), "its self-tests"),
            ],
            Some(Speaks::Nvme) => {
                vec![(self.nvme.health.is_some(), "its health log"), (seen(Section::NvmeErrors), "its error log")]
            }
        };
        all.into_iter().filter(|(there, _)| !there).map(|(_, what)| what).collect()
    }

    /// Notes whether a line could be the last.
    pub(super) fn may_end(&mut self, text: &str) {
        self.last_line_ends = LAST.contains(&text);
    }
}

/// Major and minor of a version; none of one that was not released.
fn number(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
