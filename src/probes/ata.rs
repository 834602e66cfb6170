//! What an ATA drive is asked, and what it answers.
//!
//! **The commands of a poll, in order.** Each stalls the drive's queue for as long as it takes, so nothing is asked that IDENTIFY or
//! the log directory says is not there, and nothing after a command that got no answer.
//!
//! | | command | asked if |
//! | --- | --- | --- |
//! | 1 | CHECK POWER MODE | always, and first: it does not wake a drive. Asleep: nothing else is asked |
//! | 2 | IDENTIFY DEVICE | the drive is awake |
//! | 3 | SMART READ DATA | SMART is not off |
//! | 4 | SMART READ ATTRIBUTE THRESHOLDS | it gave that |
//! | 5 | SMART RETURN STATUS | SMART is not off |
//! | 6 | READ LOG EXT 00h, directory | general purpose logging |
//! | 7 | READ LOG EXT 03h, errors; at most 16 pages of it | the directory has it, SMART is not off |
//! | | or SMART READ LOG 01h, summary of errors | there is no 03h, and errors are logged |
//! | 8 | READ LOG EXT 07h, self-tests; at most 4 pages | the directory has it, SMART is not off |
//! | | or SMART READ LOG 06h | there is no 07h, and there are self-tests |
//! | 9 | READ LOG EXT 04h page 0, list of statistics | the directory has it |
//! | 10–15 | READ LOG EXT 04h pages 1 3 4 5 6 7 | those that the list has |
//! | 16 | READ LOG EXT 11h, Phy counters | IDENTIFY and the directory have it |
//! | 17 | SMART READ LOG E0h, SCT status; SMART off: READ LOG EXT E0h | IDENTIFY has SCT |
//!
//! **17 commands at most**, 7 of a drive without general purpose logging. A bridge that does not know PASS-THROUGH (16) costs one
//! more, and so does each unit attention, at most once a command.
//!
//! A drive whose bridge keeps its registers to itself cannot be told asleep from awake: if its disk turns, or may, IDENTIFY is all
//! that it is asked. (IDENTIFY is answered from memory.)

mod talk;

#[cfg(test)]
pub(crate) mod tests;

use super::got::{Got, Missing, Tally};
use crate::machine::Host;
use crate::machine::commands::Ata;
use arraywatch_parsers::ata::identify::{Feature, Identify, Rotation};
use arraywatch_parsers::ata::logs::directory::Directory;
use arraywatch_parsers::ata::logs::errors::ErrorLog;
use arraywatch_parsers::ata::logs::phy::PhyEvents;
use arraywatch_parsers::ata::logs::sct::SctStatus;
use arraywatch_parsers::ata::logs::self_test::SelfTestLog;
use arraywatch_parsers::ata::logs::statistics::DeviceStatistics;
use arraywatch_parsers::ata::power::PowerMode;
use arraywatch_parsers::ata::smart::{Data, Status, Thresholds};
use arraywatch_parsers::ata::{Checksum, PAGE};
use talk::Talk;

/// So much of an error log is read: 64 errors.
const ERROR_PAGES: u16 = 16;
/// So much of a self-test log: 76 tests.
const TEST_PAGES: u16 = 4;
/// Pages of device statistics that say something of health, power or use.
const STATISTICS: [u8; 6] = [1, 3, 4, 5, 6, 7];

/// What it answered.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Whether it sleeps.
    pub power: Got<PowerMode>,
    /// What it is.
    pub identify: Got<Identify>,
    /// Attributes, and the outcome of the last self-test.
    pub smart: Got<Data>,
    /// Thresholds of attributes.
    pub thresholds: Got<Thresholds>,
    /// What it says of itself.
    pub status: Got<Status>,
    /// Logs that READ LOG EXT has.
    pub directory: Got<Directory>,
    /// Errors: log 03h, else the summary.
    pub errors: Got<ErrorLog>,
    /// Whether the errors are those of log 03h, with addresses of 48 bits.
    pub errors_extended: bool,
    /// Self-tests: log 07h, else 06h.
    pub self_tests: Got<SelfTestLog>,
    /// Whether the self-tests are those of log 07h.
    pub self_tests_extended: bool,
    /// Device statistics; [`Answers::statistics_missing`] has the pages that were asked for and did not come.
    pub statistics: Got<DeviceStatistics>,
    /// Pages of the device statistics that did not come, and why.
    pub statistics_missing: Vec<(u8, Missing)>,
    /// Counters of the link.
    pub phy: Got<PhyEvents>,
    /// Temperatures by SCT.
    pub sct: Got<SctStatus>,
    /// Whether it knows PASS-THROUGH (12) only: then there are no logs of READ LOG EXT.
    pub by_12: bool,
    /// What made an end of asking, if something did.
    pub stopped: Option<Missing>,
    /// What asking cost.
    pub tally: Tally,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            power: Err(Missing::NotAsked),
            identify: Err(Missing::NotAsked),
            smart: Err(Missing::NotAsked),
            thresholds: Err(Missing::NotAsked),
            status: Err(Missing::NotAsked),
            directory: Err(Missing::NotAsked),
            errors: Err(Missing::NotAsked),
            errors_extended: false,
            self_tests: Err(Missing::NotAsked),
            self_tests_extended: false,
            statistics: Err(Missing::NotAsked),
            statistics_missing: Vec::new(),
            phy: Err(Missing::NotAsked),
            sct: Err(Missing::NotAsked),
            by_12: false,
            stopped: None,
            tally: Tally::default(),
        }
    }
}

impl Answers {
    /// Whether it sleeps, or has not spun up since it was switched on.
    pub fn asleep(&self) -> bool {
        self.power.is_ok_and(PowerMode::asleep)
            || self.identify.as_ref().is_ok_and(|identify| identify.incomplete == Some(true))
    }

    /// Whether it may sleep, and the bridge before it does not tell.
    pub fn may_sleep(&self) -> bool {
        self.power == Err(Missing::Nonsense)
            && self.identify.as_ref().is_ok_and(|identify| identify.rotation != Some(Rotation::SolidState))
    }

    /// Whether SMART is there and switched off.
    pub fn smart_is_off(&self) -> bool {
        self.identify
            .as_ref()
            .is_ok_and(|identify| identify.smart.supported != Some(false) && identify.smart.enabled == Some(false))
    }

    /// What was asked for and is not there, each by the name of what it would have told.
    pub fn gaps(&self) -> Vec<(&'static str, Missing)> {
        let gap = |name: &'static str, missing: Option<Missing>| missing.map(|missing| (name, missing));
        let pages = self.statistics_missing.first().map(|(_, missing)| *missing);
        let power = self.power.err().filter(|missing| !missing.is_refusal() && *missing != Missing::Nonsense);
        [
            gap("power mode", power),
            gap("identity", self.identify.as_ref().err().copied()),
            gap("attributes", self.smart.as_ref().err().copied()),
            gap("thresholds", self.thresholds.as_ref().err().copied()),
            gap("SMART status", self.status.as_ref().err().copied()),
            gap("log directory", self.directory.as_ref().err().copied()),
            gap("error log", self.errors.as_ref().err().copied()),
            gap("self-test log", self.self_tests.as_ref().err().copied()),
            gap("device statistics", self.statistics.as_ref().err().copied().or(pages)),
            gap("link counters", self.phy.as_ref().err().copied()),
            gap("SCT status", self.sct.as_ref().err().copied()),
        ]
        .into_iter()
        .flatten()
        .filter(|(_, missing)| !matches!(missing, Missing::Absent | Missing::NotAsked | Missing::NoWay))
        .collect()
    }
}

/// Asks the drive behind `device`.
pub fn read(host: &mut dyn Host, device: &str) -> Answers {
    let mut talk = Talk::new(host, device);
    let mut answers = Answers::default();
    ask(&mut talk, &mut answers);
    (answers.by_12, answers.stopped, answers.tally) = talk.end();
    answers
}

fn ask(talk: &mut Talk<'_>, answers: &mut Answers) {
    answers.power = talk.registers(Ata::CHECK_POWER_MODE).map(|registers| {
        let [count, _] = registers.count.to_le_bytes();
        PowerMode::of(count)
    });
    // A drive that does not have the command has no modes to be in.
    let known = match answers.power {
        Ok(mode) if mode.asleep() => return,
        Ok(_) => true,
        Err(Missing::Nonsense) => false,
        Err(missing) if missing.is_refusal() => true,
        Err(_) => return,
    };
    answers.identify = talk.identify();
    let Ok(identify) = answers.identify.clone() else { return };
    let turns = identify.rotation != Some(Rotation::SolidState);
    if identify.packet == Some(true) || identify.incomplete == Some(true) || turns && !known {
        return;
    }
    let watches = is_not_off(identify.smart);
    smart(talk, answers, watches);
    logs(talk, answers, &identify, watches);
    answers.sct = sct(talk, answers, identify.sct == Some(true), watches);
}

fn sct(talk: &mut Talk<'_>, answers: &Answers, has: bool, watches: bool) -> Got<SctStatus> {
    // Where SMART is off, its commands are aborted; READ LOG EXT may have the same page.
    let by_ext = answers.directory.as_ref().is_ok_and(|directory| directory.pages(0xe0) > 0);
    given(has && (watches || by_ext))?;
    let log = if watches { Ata::smart_log(0xe0, 1) } else { Ata::log_ext(0xe0, 0, 1) };
    let status = SctStatus::parse(&talk.data(log)?);
    sane(status.version.is_some_and(|version| version != 0), status)
}

fn smart(talk: &mut Talk<'_>, answers: &mut Answers, watches: bool) {
    answers.smart = given(watches).and_then(|()| {
        let data = Data::parse(&talk.data(Ata::SMART_DATA)?);
        // Drives without attributes exist; a page of zeros sums up as well.
        let told = data.checksum == Checksum::Good && data.revision != Some(0);
        sane(told || !data.attributes.is_empty(), data)
    });
    answers.thresholds = given(answers.smart.is_ok()).and_then(|()| {
        let thresholds = Thresholds::parse(&talk.data(Ata::SMART_THRESHOLDS)?);
        let told = thresholds.checksum == Checksum::Good && thresholds.revision != Some(0);
        sane(told || !thresholds.thresholds.is_empty(), thresholds)
    });
    answers.status = given(watches).and_then(|()| {
        let [_, mid, high, ..] = talk.registers(Ata::SMART_STATUS)?.lba.to_le_bytes();
        match Status::of(mid, high) {
            Status::Unknown(_) => Err(Missing::Nonsense),
            status => Ok(status),
        }
    });
}

fn logs(talk: &mut Talk<'_>, answers: &mut Answers, identify: &Identify, watches: bool) {
    answers.directory = given(has(identify.general_purpose_log)).and_then(|()| {
        let directory = Directory::parse(&talk.data(Ata::log_ext(0, 0, 1))?);
        sane(directory.version.is_some_and(|version| version != 0), directory)
    });
    let pages = |answers: &Answers, log| answers.directory.as_ref().map_or(0, |directory| directory.pages(log));

    // SMART data says of the old logs what IDENTIFY of some drives does not.
    let data = answers.smart.as_ref().ok();
    let logs_errors = data.and_then(|data| data.error_log).unwrap_or(false) || has(identify.error_log);
    let tests = data.and_then(|data| data.offline_capability).is_some_and(|bits| bits >> 4 & 1 == 1);
    let tests = tests || has(identify.self_test);

    let extended = pages(answers, 0x03).min(ERROR_PAGES);
    answers.errors_extended = watches && extended > 0;
    answers.errors = if answers.errors_extended {
        talk.data(Ata::log_ext(0x03, 0, extended)).map(|log| ErrorLog::parse_extended(&log))
    } else {
        given(watches && logs_errors).and_then(|()| talk.data(Ata::smart_log(0x01, 1)).map(|log| ErrorLog::parse(&log)))
    };

    let extended = pages(answers, 0x07).min(TEST_PAGES);
    answers.self_tests_extended = watches && extended > 0;
    answers.self_tests = if answers.self_tests_extended {
        talk.data(Ata::log_ext(0x07, 0, extended)).map(|log| SelfTestLog::parse_extended(&log))
    } else {
        given(watches && tests).and_then(|()| talk.data(Ata::smart_log(0x06, 1)).map(|log| SelfTestLog::parse(&log)))
    };

    answers.statistics =
        given(pages(answers, 0x04) > 0).and_then(|()| statistics(talk, &mut answers.statistics_missing));
    let counts = identify.phy_event_counters != Some(false) && pages(answers, 0x11) > 0;
    answers.phy = given(counts).and_then(|()| {
        let events = PhyEvents::parse(&talk.data(Ata::log_ext(0x11, 0, 1))?);
        sane(!events.counters.is_empty(), events)
    });
}

fn statistics(talk: &mut Talk<'_>, missing: &mut Vec<(u8, Missing)>) -> Got<DeviceStatistics> {
    let list = talk.data(Ata::log_ext(0x04, 0, 1))?;
    let listed = DeviceStatistics::parse(&list).listed;
    let mut log = list.get(..PAGE).unwrap_or(&list).to_vec();
    for page in STATISTICS.into_iter().filter(|page| listed.contains(page)) {
        match talk.data(Ata::log_ext(0x04, page.into(), 1)) {
            // A page of another number is not what was asked for.
            Ok(data) if data.get(2) == Some(&page) => log.extend(data.iter().take(PAGE)),
            Ok(_) => missing.push((page, Missing::Nonsense)),
            Err(why) => missing.push((page, why)),
        }
    }
    let statistics = DeviceStatistics::parse(&log);
    sane(!statistics.listed.is_empty(), statistics)
}

/// `Ok` if there is something to ask for.
fn given(asked: bool) -> Got<()> {
    if asked { Ok(()) } else { Err(Missing::Absent) }
}

fn sane<T>(sane: bool, read: T) -> Got<T> {
    if sane { Ok(read) } else { Err(Missing::Nonsense) }
}

/// The drive says that it has it.
fn has(feature: Feature) -> bool {
    feature.supported == Some(true) || feature.enabled == Some(true)
}

/// Drives before ATA-3 do not tell.
fn is_not_off(feature: Feature) -> bool {
    feature.supported != Some(false) && feature.enabled != Some(false)
}
