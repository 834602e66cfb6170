//! The text of smartctl: banner, sections by their heads, lines by their section.
//!
//! Sections that must follow, once another was printed (`ataPrintMain`, `scsiPrintMain`, `nvmePrintMain`):
//!
//! | if there is | then there is |
//! | --- | --- |
//! | `General SMART Values` (-c) | the end of the selective self-test log, or that it is not supported |
//! | the log directory (-x) | SATA Phy counters, or that they are not supported |
//! | `SMART Health Status` (SCSI) | self-tests, or that there are none |
//! | whether its caches are on (SCSI, -x) | the background scan, or that there is none |
//! | the background scan of a SAS drive | the port log |
//! | what an NVMe controller can do (-c) | the error log, and from 7.4 on the self-test log |

mod ata;
mod info;
mod nvme;
mod scsi;
mod whole;

use super::{Answers, Drive, HealthWord, Printed, Trouble, TroubleKind, attribute, trouble::trouble};
use crate::output::{Keys, is_waiting, lines};
use crate::smartctl::{Ata, Nvme, Scsi};
use std::collections::BTreeSet;
use xxhash_rust::xxh3::Xxh3Default;

/// A banner stands among the first lines; before it may be prompts and the command.
const FRONT: usize = 8;

/// A section of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    /// Before any: the copyright, messages.
    Head,
    /// What it is.
    Info,
    /// What it says of itself, and whatever line follows that is of no section.
    Health,
    /// General SMART Values.
    Values,
    Attributes,
    LogDirectory,
    Errors,
    SelfTests,
    Selective,
    /// The last line of that, or that there is none.
    SelectiveEnd,
    Sct,
    Statistics,
    Defects,
    Phy,
    /// Lines of `key: value` of a SCSI drive.
    Scsi,
    Counters,
    ScsiTests,
    Background,
    Ports,
    /// Vendors' lines of a SCSI drive.
    Vendor,
    /// That its caches are told, which `-x` does.
    Caches,
    /// What an NVMe controller can do.
    Capabilities,
    NvmeHealth,
    NvmeErrors,
    NvmeTests,
}

/// What a drive speaks, as its output shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaks {
    Ata,
    Scsi,
    Nvme,
}

/// One drive's part of an output, while it is read.
struct Reader {
    drive: Drive,
    speaks: Option<Speaks>,
    ata: Ata,
    scsi: Scsi,
    nvme: Nvme,
    section: Section,
    seen: BTreeSet<Section>,
    /// A table that no blank line has closed yet.
    open: bool,
    /// Whether it began a section that tells how the drive is.
    data: bool,
    /// Whether it is a SAS drive.
    sas: bool,
    /// Phys that its ports are said to have.
    phys_announced: u32,
    /// Phys of which all counters are told.
    phys_told: u32,
    /// Whether the line that was met last is one that may end it, whatever ends the line.
    last_line_ends: bool,
    /// What the section on what it is told: nothing is told twice.
    keys: Keys,
    twice: bool,
    /// Lines of that section stand before its head.
    headless: bool,
    hash: Xxh3Default,
}

pub(super) fn recognise(bytes: &[u8]) -> bool {
    let front = bytes.get(..64 * 1024).unwrap_or(bytes);
    let first = || lines(front).filter(|line| !line.text.trim().is_empty()).take(FRONT);
    first().any(|line| version(&line.text).is_some() || is_start(&line.text))
}

/// The version in a banner: `smartctl 7.2 2020-12-30 r5155 [FreeBSD 12.2 amd64] (local build)`; in 5.x `smartctl version 5.36 [i686-…`.
fn version(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("smartctl ")?;
    let version = rest.strip_prefix("version ").unwrap_or(rest).split(' ').next()?;
    let number = version.strip_prefix("pre-").unwrap_or(version);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.contains('.');
    (is_number && rest.contains('[')).then_some(version)
}

/// `=== START OF INFORMATION SECTION ===` and others.
fn is_start(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("=== START OF ") && line.ends_with(" SECTION ===")
}

/// A command line that somebody pasted: prompt, `smartctl`, options, device.
fn command(line: &str) -> Option<(Option<String>, Option<String>)> {
    let (prompt, arguments) = line.split_once("smartctl ")?;
    let ends = ["#", "$", ">", "%", "sudo", "/"];
    Some(prompt.trim()).filter(|prompt| prompt.is_empty() || ends.iter().any(|end| prompt.ends_with(end)))?;
    let words: Vec<&str> = arguments.split_whitespace().collect();
    words.first().filter(|word| word.starts_with('-') || word.starts_with('/'))?;
    let device = words.iter().rev().find(|word| word.starts_with("/dev/")).map(|word| (*word).to_owned());
    let way = words.windows(2).find_map(|pair| match pair {
        ["-d", way] => Some((*way).to_owned()),
        _ => None,
    });
    Some((device, way))
}

pub(super) fn read(bytes: &[u8]) -> Printed {
    let mut printed = Printed::default();
    let mut pending = None;
    let mut reader: Option<Reader> = None;
    let mut last_ended = true;
    let mut last_is_odd = false;
    for line in lines(bytes) {
        let blank = line.text.trim().is_empty();
        // What was cut off behind the blanks with which a row begins is no blank line, by which a table ends.
        if blank && !line.ended {
            continue;
        }
        if !blank {
            printed.tally.met();
            (last_ended, last_is_odd) = (line.ended, false);
        }
        if let Some(version) = version(&line.text) {
            end(&mut printed, reader.take(), true);
            reader = Some(Reader::new(Some(version.to_owned()), pending.take()));
            continue;
        }
        if let Some(words) = command(&line.text) {
            end(&mut printed, reader.take(), true);
            pending = Some(words);
            continue;
        }
        // What was pasted without its banner begins with its first section.
        let again = reader.as_ref().is_some_and(|reader| reader.data) && line.text.contains("START OF INFORMATION");
        if is_start(&line.text) && (reader.is_none() || again) {
            end(&mut printed, reader.take(), true);
            printed.tally.cut("its first line is missing, which names the program");
            reader = Some(Reader::new(None, pending.take()));
        }
        match &mut reader {
            Some(reader) => {
                if !reader.line(&line.text) {
                    let said = matches!(reader.section, Section::Head | Section::Info);
                    reader.drive.odd += u64::from(!said);
                    printed.tally.odd(&line);
                    last_is_odd = !is_waiting(&line.text);
                }
            }
            None if blank => {}
            None => {
                printed.tally.odd(&line);
                printed.tally.cut("something else stands before it");
            }
        }
    }
    end(&mut printed, reader, last_ended);
    if last_is_odd {
        printed.tally.cut("its last line is not one that smartctl writes");
    }
    printed
}

/// A drive's part is over: it is whole, or it is not.
fn end(printed: &mut Printed, reader: Option<Reader>, last_ended: bool) {
    let Some(reader) = reader else { return };
    if let Some(why) = reader.cut(last_ended) {
        printed.tally.cut(why);
    }
    printed.drives.push(reader.drive());
}

impl Reader {
    fn new(version: Option<String>, command: Option<(Option<String>, Option<String>)>) -> Self {
        let (device, way) = command.unwrap_or_default();
        Self {
            drive: Drive { version, device, way, ..Drive::default() },
            speaks: None,
            ata: Ata::default(),
            scsi: Scsi::default(),
            nvme: Nvme::default(),
            section: Section::Head,
            seen: BTreeSet::new(),
            open: false,
            data: false,
            sas: false,
            phys_announced: 0,
            phys_told: 0,
            last_line_ends: false,
            keys: Keys::default(),
            twice: false,
            headless: false,
            hash: Xxh3Default::new(),
        }
    }

    fn drive(self) -> Drive {
        let lacks = self.lacks();
        let mut drive = self.drive;
        drive.fingerprint = self.hash.digest();
        drive.lacks = lacks;
        drive.answers = match self.speaks {
            Some(Speaks::Ata) => Answers::Ata(Box::new(self.ata)),
            Some(Speaks::Scsi) => Answers::Scsi(Box::new(self.scsi)),
            Some(Speaks::Nvme) => Answers::Nvme(Box::new(self.nvme)),
            None => Answers::Unknown,
        };
        drive
    }

    fn speaks(&mut self, speaks: Speaks) {
        self.speaks.get_or_insert(speaks);
    }

    /// A section begins; `open` if it is a table, which a blank line must close.
    fn begin(&mut self, section: Section, open: bool) -> bool {
        self.section = section;
        self.seen.insert(section);
        self.open = open;
        true
    }

    /// Whether a line was understood.
    fn line(&mut self, line: &str) -> bool {
        self.hash.update(line.as_bytes());
        let text = line.trim();
        if text.is_empty() {
            self.open = false;
            return true;
        }
        self.may_end(text);
        if let Some(trouble) = trouble(text) {
            // Once it was asked, a message about one question is of that.
            let part = self.data && trouble.kind == TroubleKind::NotAnswering;
            self.told_by(text);
            let device = text.strip_prefix("Smartctl open device: ").and_then(|rest| rest.split(' ').next());
            if self.drive.device.is_none() {
                self.drive.device = device.map(str::to_owned);
            }
            self.drive.troubles.push(if part { Trouble { kind: TroubleKind::Part, ..trouble } } else { trouble });
            return true;
        }
        if ["Warning! SMART ", "Warning! Drive Identity Structure", "Warning: NVMe Get Log truncated"]
            .iter()
            .any(|front| text.starts_with(front))
        {
            return true;
        }
        self.start(text) || self.health(text) || self.heading(text) || self.detail(line, text)
    }

    /// A message in the place of a section.
    fn told_by(&mut self, text: &str) {
        let section = [
            ("SATA Phy Event Counters", Section::Phy),
            ("Selective Self-test Log", Section::SelectiveEnd),
            ("Selective Self-Test Log", Section::SelectiveEnd),
            ("Error Information Log", Section::NvmeErrors),
            ("Read Self-test Log failed", Section::NvmeTests),
            ("SMART Error Log", Section::Errors),
            ("Comprehensive Error Log", Section::Errors),
            ("SMART Self-test Log", Section::SelfTests),
            ("Extended Self-test Log", Section::SelfTests),
        ];
        let told = section.iter().filter(|(words, _)| text.contains(words)).map(|(_, section)| *section);
        self.seen.extend(told);
    }

    fn start(&mut self, text: &str) -> bool {
        if !is_start(text) {
            return false;
        }
        match text {
            "=== START OF INFORMATION SECTION ===" => return self.begin(Section::Info, false),
            "=== START OF SMART DATA SECTION ===" => self.speaks(Speaks::Nvme),
            // Options that enable things; and sections of versions to come.
            _ => {}
        }
        self.data = true;
        self.begin(Section::Health, false);
        text.contains(" SMART DATA ") || text.contains("ENABLE/DISABLE") || text.contains("OFFLINE IMMEDIATE")
    }

    /// What it says of itself.
    fn health(&mut self, text: &str) -> bool {
        let overall = text.strip_prefix("SMART overall-health self-assessment test result:");
        if let Some(word) = overall {
            let word = word.trim();
            self.speaks(Speaks::Ata);
            self.drive.health = Some(match word {
                "PASSED" => HealthWord::Passed,
                "FAILED!" | "FAILED" => HealthWord::Failed,
                other => HealthWord::Other(other.to_owned()),
            });
            return self.begin(Section::Health, false);
        }
        match text.strip_prefix("SMART Health Status:") {
            Some(word) => {
                self.speaks(Speaks::Scsi);
                self.scsi_health(word.trim());
                self.begin(Section::Scsi, false)
            }
            None => false,
        }
    }

    fn heading(&mut self, text: &str) -> bool {
        self.ata_heading(text) || self.nvme_heading(text) || self.scsi_heading(text)
    }

    fn detail(&mut self, line: &str, text: &str) -> bool {
        match self.section {
            // Until 6.0, what a SCSI drive is has no head.
            Section::Head if text.starts_with("Device: ") => self.begin(Section::Info, false) && self.info(text),
            Section::Head => {
                self.headless |= info::is_of_it(text);
                ["Copyright (C)", "Home page is"].iter().any(|front| text.starts_with(front))
                    || text.contains("Bruce Allen")
                    || text.contains(": Device of type ")
            }
            Section::Info => self.info(text),
            Section::Capabilities | Section::Caches => true,
            Section::Health
            | Section::Values
            | Section::Attributes
            | Section::LogDirectory
            | Section::Errors
            | Section::SelfTests
            | Section::Selective
            | Section::SelectiveEnd
            | Section::Sct
            | Section::Statistics
            | Section::Defects
            | Section::Phy => self.ata_detail(line, text),
            Section::Scsi
            | Section::Counters
            | Section::ScsiTests
            | Section::Background
            | Section::Ports
            | Section::Vendor => self.scsi_detail(text),
            Section::NvmeHealth | Section::NvmeErrors | Section::NvmeTests => self.nvme_detail(text),
        }
    }
}
