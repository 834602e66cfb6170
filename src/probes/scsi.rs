//! What a SCSI drive is asked, and what it answers.
//!
//! **At most 22 commands a poll**, one at a time, and none that changes anything:
//!
//! | command | of what | times |
//! | --- | --- | --- |
//! | INQUIRY | standard data | 1 |
//! | INQUIRY, EVPD | 00h; of 80h, 83h, 89h, B1h those that 00h lists | 5 |
//! | LOG SENSE | 00h; of 02h, 03h, 05h, 06h, 0Dh, 0Eh, 10h, 11h, 15h, 18h, 19h, 2Fh those that 00h lists | 13 |
//! | MODE SENSE (6) | page 1Ch; where the drive has only (10), that | 2 |
//! | REQUEST SENSE | | 1 |
//!
//! A drive that does not know page 00h is asked for what nearly all have: VPD 80h and 83h, and log pages 2Fh and 0Dh. A unit attention
//! ends the first LOG SENSE after a reset; it is sent again, once, and takes the place of MODE SENSE (10). TEST UNIT READY is not asked:
//! it tells nothing that the others do not.
//!
//! When the drive cannot be asked (no answer, asleep, left alone, denied, gone), no more is.

use super::asker::Asker;
use super::got::{Got, Missing, Tally};
use crate::machine::commands::{inquiry, log_sense, mode_sense_6, mode_sense_10, request_sense, vital_product_data};
use crate::machine::{Failed, Host};
use arraywatch_parsers::scsi::inquiry::{self as standard, Inquiry, Kind};
use arraywatch_parsers::scsi::log::{
    self, BackgroundScan, ErrorCounters, Exceptions, Ports, SelfTests, StartStop, Statistics, Temperature,
};
use arraywatch_parsers::scsi::mode::{self, Header, InformationalExceptions};
use arraywatch_parsers::scsi::sense::{self, Additional, Key, Sense};
use arraywatch_parsers::scsi::vpd::{self, Characteristics, Identification};

/// So many commands are sent in a poll, at most.
pub const COMMANDS_MAX: u64 = 22;

/// What it answered: each thing, or why it is not known.
#[derive(Debug, Clone)]
pub struct Answers {
    /// INQUIRY.
    pub inquiry: Got<Inquiry>,
    /// VPD page 00h.
    pub vital: Got<Vec<u8>>,
    /// VPD page 80h.
    pub serial: Got<String>,
    /// VPD page 83h.
    pub identification: Got<Identification>,
    /// VPD page 89h: it is an ATA drive, behind a translator.
    pub translator: Got<Translator>,
    /// VPD page B1h.
    pub characteristics: Got<Characteristics>,
    /// Log page 00h: the pages that it has, without subpages.
    pub logs: Got<Vec<u8>>,
    /// Log page 02h.
    pub writes: Got<ErrorCounters>,
    /// Log page 03h.
    pub reads: Got<ErrorCounters>,
    /// Log page 05h.
    pub verifies: Got<ErrorCounters>,
    /// Log page 06h.
    pub non_medium: Got<u64>,
    /// Log page 0Dh.
    pub temperature: Got<Temperature>,
    /// Log page 0Eh.
    pub start_stop: Got<StartStop>,
    /// Log page 10h.
    pub self_tests: Got<SelfTests>,
    /// Log page 11h: percentage used of a solid state drive's endurance.
    pub used: Got<u8>,
    /// Log page 15h.
    pub background: Got<BackgroundScan>,
    /// Log page 18h.
    pub ports: Got<Ports>,
    /// Log page 19h.
    pub statistics: Got<Statistics>,
    /// Log page 2Fh.
    pub exceptions: Got<Exceptions>,
    /// Mode page 1Ch.
    pub control: Got<InformationalExceptions>,
    /// REQUEST SENSE.
    pub sense: Got<Sense>,
    /// What it said beside another answer: that it will fail, or a warning.
    pub said: Option<Additional>,
    /// What asking took.
    pub tally: Tally,
    /// Why it was asked no more.
    pub stopped: Option<Missing>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            inquiry: Err(Missing::NotAsked),
            vital: Err(Missing::NotAsked),
            serial: Err(Missing::NotAsked),
            identification: Err(Missing::NotAsked),
            translator: Err(Missing::NotAsked),
            characteristics: Err(Missing::NotAsked),
            logs: Err(Missing::NotAsked),
            writes: Err(Missing::NotAsked),
            reads: Err(Missing::NotAsked),
            verifies: Err(Missing::NotAsked),
            non_medium: Err(Missing::NotAsked),
            temperature: Err(Missing::NotAsked),
            start_stop: Err(Missing::NotAsked),
            self_tests: Err(Missing::NotAsked),
            used: Err(Missing::NotAsked),
            background: Err(Missing::NotAsked),
            ports: Err(Missing::NotAsked),
            statistics: Err(Missing::NotAsked),
            exceptions: Err(Missing::NotAsked),
            control: Err(Missing::NotAsked),
            sense: Err(Missing::NotAsked),
            said: None,
            tally: Tally::default(),
            stopped: None,
        }
    }
}

/// The translator between SCSI and an ATA drive (SAT-4, ATA Information page).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translator {
    /// SAT VENDOR IDENTIFICATION
    pub vendor: Option<String>,
    /// SAT PRODUCT IDENTIFICATION
    pub product: Option<String>,
    /// SAT PRODUCT REVISION LEVEL
    pub revision: Option<String>,
}

impl Answers {
    /// Whether it is an ATA drive behind a translator, whatever vendor the translator names.
    pub fn is_ata(&self) -> bool {
        self.translator.is_ok() || self.inquiry.as_ref().is_ok_and(Inquiry::is_ata)
    }

    /// All that is not known, and why; without what the drive says that it does not have.
    pub fn missing(&self) -> Vec<(&'static str, Missing)> {
        fn why<T>(got: &Got<T>) -> Option<Missing> {
            got.as_ref().err().copied().filter(|missing| *missing != Missing::Absent)
        }
        [
            ("identity", why(&self.inquiry)),
            ("list of VPD pages", why(&self.vital)),
            ("serial number", why(&self.serial)),
            ("world-wide name", why(&self.identification)),
            ("ATA information", why(&self.translator)),
            ("characteristics", why(&self.characteristics)),
            ("list of log pages", why(&self.logs)),
            ("write errors", why(&self.writes)),
            ("read errors", why(&self.reads)),
            ("verify errors", why(&self.verifies)),
            ("non-medium errors", why(&self.non_medium)),
            ("temperature", why(&self.temperature)),
            ("start-stop cycles", why(&self.start_stop)),
            ("self-tests", why(&self.self_tests)),
            ("endurance used", why(&self.used)),
            ("background scan", why(&self.background)),
            ("SAS phys", why(&self.ports)),
            ("statistics", why(&self.statistics)),
            ("informational exceptions", why(&self.exceptions)),
            ("informational exceptions control", why(&self.control)),
            ("sense data", why(&self.sense)),
        ]
        .into_iter()
        .filter_map(|(what, missing)| Some((what, missing?)))
        .collect()
    }

    /// What is missing of what the drive has, or could not say that it has: an optional command that it does not know is no gap.
    pub fn gaps(&self) -> Vec<(&'static str, Missing)> {
        let optional = |what: &str| match what {
            "list of VPD pages" | "list of log pages" | "informational exceptions control" | "sense data" => true,
            "serial number" | "world-wide name" => self.vital.is_err(),
            "temperature" | "informational exceptions" => self.logs.is_err(),
            _ => false,
        };
        // A blank serial number is parsed as none, and is none.
        let blank = |what: &str, missing: Missing| what == "serial number" && missing == Missing::Nonsense;
        let no_gap = |what, missing: Missing| optional(what) && missing.is_refusal() || blank(what, missing);
        let gaps = self.missing().into_iter();
        gaps.filter(|(what, missing)| *missing != Missing::NotAsked && !no_gap(what, *missing)).collect()
    }
}

/// Bytes that may come: of most pages; of VPD page 89h, which has a whole IDENTIFY DEVICE; of log pages 10h and 18h; of log page 15h,
/// which may list 2048 bad places and is cut.
const PAGE: u16 = 252;
const ATA_PAGE: u16 = 572;
const LONG_PAGE: u16 = 1_024;
const LIST_PAGE: u16 = 16_380;

/// Whether a drive says that it is in a standby condition (additional sense 5Eh), or stopped (04h/02h): T10's list of codes. One that idles
/// turns, and is asked.
fn sleeps(sense: &Sense) -> bool {
    let Some(Additional { code, qualifier }) = sense.additional else { return false };
    matches!((code, qualifier), (0x5e, 0x02 | 0x04 | 0x09 | 0x0a | 0x43) | (0x04, 0x02))
}

/// Asks the drive behind `device`.
pub fn read(host: &mut dyn Host, device: &str) -> Answers {
    let mut asker = Asker::new(host, device);
    let inquiry = asker.get(&inquiry(96), |data| standard::parse(data).filter(is_sense));
    // Before anything that a medium may be needed for: it is answered in every power condition, and changes none (SPC-5, 5.12).
    let sense = asker.get(&request_sense(252), sense::parse);
    if sense.as_ref().is_ok_and(sleeps) {
        asker.stopped = Some(Missing::Failed(Failed::Asleep));
    }
    let vital = asker.get(&vital_product_data(0x00, PAGE), vpd::supported);
    let has_vital = |page: u8| match &vital {
        Ok(pages) => pages.contains(&page),
        Err(_) => matches!(page, 0x80 | 0x83),
    };
    let mut drive = Drive { asker, logs: Err(Missing::Absent) };
    let serial = drive.vital(has_vital(0x80), 0x80, PAGE, vpd::serial);
    let identification = drive.vital(has_vital(0x83), 0x83, PAGE, vpd::identification);
    let translator = drive.vital(has_vital(0x89), 0x89, ATA_PAGE, |page| {
        vpd::ata_information(page).map(|page| Translator {
            vendor: page.translator_vendor,
            product: page.translator_product,
            revision: page.translator_revision,
        })
    });
    let characteristics = drive.vital(has_vital(0xb1), 0xb1, PAGE, vpd::characteristics);
    drive.log_pages();
    let exceptions = drive.log(0x2f, PAGE, log::informational_exceptions);
    let temperature = drive.log(0x0d, PAGE, log::temperature);
    let writes = drive.log(0x02, PAGE, log::error_counters);
    let reads = drive.log(0x03, PAGE, log::error_counters);
    let verifies = drive.log(0x05, PAGE, log::error_counters);
    let non_medium = drive.log(0x06, PAGE, log::non_medium_errors);
    let start_stop = drive.log(0x0e, PAGE, log::start_stop);
    let self_tests = drive.log(0x10, LONG_PAGE, log::self_tests);
    let used = drive.log(0x11, PAGE, log::percentage_used);
    let background = drive.log(0x15, LIST_PAGE, log::background_scan);
    let ports = drive.log(0x18, LONG_PAGE, log::ports);
    let statistics = drive.log(0x19, PAGE, log::statistics);
    let Drive { mut asker, logs } = drive;
    let control = control(&mut asker);
    let Asker { said, tally, stopped, .. } = asker;
    Answers {
        inquiry,
        vital,
        serial,
        identification,
        translator,
        characteristics,
        logs,
        writes,
        reads,
        verifies,
        non_medium,
        temperature,
        start_stop,
        self_tests,
        used,
        background,
        ports,
        statistics,
        exceptions,
        control,
        sense,
        said,
        tally,
        stopped,
    }
}

/// A drive has a name, and is there: all zeros are no answer (qualifier 0 and type 0 are those of a disk).
fn is_sense(inquiry: &Inquiry) -> bool {
    let named = inquiry.vendor.is_some() || inquiry.product.is_some();
    named && inquiry.qualifier == 0 && inquiry.kind != Kind::Other(0x1f)
}

struct Drive<'a> {
    asker: Asker<'a>,
    logs: Got<Vec<u8>>,
}

impl Drive<'_> {
    fn vital<T>(&mut self, has: bool, page: u8, len: u16, parse: impl Fn(&[u8]) -> Option<T>) -> Got<T> {
        if has { self.asker.get(&vital_product_data(page, len), parse) } else { Err(Missing::Absent) }
    }

    /// Which log pages there are. After a reset it is this command that ends with a unit attention.
    fn log_pages(&mut self) {
        let pages = |page: &[u8]| {
            let pages = log::supported(page)?;
            Some(pages.into_iter().filter(|(_, subpage)| *subpage == 0).map(|(code, _)| code).collect())
        };
        let request = log_sense(0x00, 0, PAGE);
        self.logs = self.asker.get(&request, pages);
        if matches!(self.logs, Err(Missing::Sense(Key::UnitAttention, _))) {
            self.logs = self.asker.get(&request, pages);
        }
    }

    fn log<T>(&mut self, page: u8, len: u16, parse: impl Fn(&[u8]) -> Option<T>) -> Got<T> {
        let has = match &self.logs {
            Ok(pages) => pages.contains(&page),
            Err(_) => matches!(page, 0x2f | 0x0d),
        };
        if has { self.asker.get(&log_sense(page, 0, len), parse) } else { Err(Missing::Absent) }
    }
}

/// Mode page 1Ch, by the command that the drive has.
fn control(asker: &mut Asker<'_>) -> Got<InformationalExceptions> {
    let six = asker.get(&mode_sense_6(0x1c, 252), |page| mode::informational_exceptions(page, Header::Six));
    if six.is_ok() || asker.stopped.is_some() || asker.tally.commands >= COMMANDS_MAX {
        return six;
    }
    asker.get(&mode_sense_10(0x1c, PAGE), |page| mode::informational_exceptions(page, Header::Ten))
}

#[cfg(test)]
pub(crate) mod tests;
