//! What an NVMe drive is asked, and what it answers.
//!
//! **The commands of a poll, in order.** Admin commands do not stand in the queues of reads and writes; still nothing is asked that
//! Identify says is not there, and nothing after a command that got no answer.
//!
//! | | command | asked if |
//! | --- | --- | --- |
//! | 1 | Identify, controller | always |
//! | 2 | Get Log Page 02h, health | always |
//! | 3 | Get Log Page 01h, errors; at most 16 | always |
//! | 4 | Get Log Page 03h, firmware slots | always |
//! | 5 | Get Log Page 05h, commands | Identify says that there is one (LPA bit 1) |
//! | 6 | Get Log Page 06h, self-tests | Identify says that there are (OACS bit 4) |
//! | 7 | Identify, active namespaces | always |
//! | 8–15 | Identify, namespace; at most 8 | those that the list has |
//!
//! **15 commands at most.** Logs are those of the whole controller (namespace FFFFFFFFh). From version 1.3 on they are read with
//! the asynchronous event retained, so that the kernel, who waits for it, does not miss it; before, there is no such bit.

#[cfg(test)]
pub(crate) mod tests;

use super::got::{Got, Missing, Tally};
use crate::machine::commands::{nvme_identify, nvme_log};
use crate::machine::{Host, Request};
use arraywatch_parsers::nvme::identify::{Controller, Namespace, Version, active_namespaces};
use arraywatch_parsers::nvme::logs::commands::Commands;
use arraywatch_parsers::nvme::logs::errors::{self, ErrorEntry};
use arraywatch_parsers::nvme::logs::firmware::FirmwareSlots;
use arraywatch_parsers::nvme::logs::health::Health;
use arraywatch_parsers::nvme::logs::self_test::SelfTestLog;

/// So many of the latest errors are read.
const ERRORS: u16 = 16;
/// So many namespaces are asked for. Drives of servers have one.
const NAMESPACES: usize = 8;
/// All namespaces: the controller as a whole.
const ALL: u32 = u32::MAX;

/// What it answered.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What it is.
    pub controller: Got<Controller>,
    /// How it is.
    pub health: Got<Health>,
    /// Commands that failed, the latest first.
    pub errors: Got<Vec<ErrorEntry>>,
    /// Its firmware slots.
    pub firmware: Got<FirmwareSlots>,
    /// Commands that it has.
    pub commands: Got<Commands>,
    /// Its self-tests.
    pub self_tests: Got<SelfTestLog>,
    /// The ids of its active namespaces.
    pub namespace_ids: Got<Vec<u32>>,
    /// Namespaces by id, the first of them.
    pub namespaces: Vec<(u32, Got<Namespace>)>,
    /// What made an end of asking, if something did.
    pub stopped: Option<Missing>,
    /// What asking cost.
    pub tally: Tally,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            controller: Err(Missing::NotAsked),
            health: Err(Missing::NotAsked),
            errors: Err(Missing::NotAsked),
            firmware: Err(Missing::NotAsked),
            commands: Err(Missing::NotAsked),
            self_tests: Err(Missing::NotAsked),
            namespace_ids: Err(Missing::NotAsked),
            namespaces: Vec::new(),
            stopped: None,
            tally: Tally::default(),
        }
    }
}

impl Answers {
    /// What was asked for and is not there, each by the name of what it would have told.
    pub fn gaps(&self) -> Vec<(&'static str, Missing)> {
        let gap = |name: &'static str, missing: Option<Missing>| missing.map(|missing| (name, missing));
        [
            gap("identity", self.controller.as_ref().err().copied()),
            gap("health", self.health.as_ref().err().copied()),
            gap("error log", self.errors.as_ref().err().copied()),
            gap("firmware slots", self.firmware.as_ref().err().copied()),
            gap("list of commands", self.commands.as_ref().err().copied()),
            gap("self-test log", self.self_tests.as_ref().err().copied()),
            gap("namespaces", self.namespace_ids.as_ref().err().copied()),
            gap("namespaces", self.namespaces.iter().find_map(|(_, namespace)| namespace.as_ref().err().copied())),
        ]
        .into_iter()
        .flatten()
        .filter(|(_, missing)| !matches!(missing, Missing::Absent | Missing::NotAsked))
        .collect()
    }
}

struct Talk<'a> {
    host: &'a mut dyn Host,
    device: &'a str,
    stopped: Option<Missing>,
    tally: Tally,
}

impl Talk<'_> {
    /// The data that a command gives, whole.
    fn data(&mut self, request: &Request) -> Got<Vec<u8>> {
        if self.stopped.is_some() {
            return Err(Missing::NotAsked);
        }
        let reply = self.host.ask(self.device, request);
        self.tally.add(&reply);
        if let Some(missing) = Missing::of(&reply) {
            self.stopped = Some(missing).filter(|missing| missing.ends(self.tally));
            return Err(missing);
        }
        let whole = u32::try_from(reply.data.len()).is_ok_and(|len| len >= request.len());
        if whole { Ok(reply.data) } else { Err(Missing::Nonsense) }
    }
}

/// Asks the drive behind `device`.
pub fn read(host: &mut dyn Host, device: &str) -> Answers {
    let mut talk = Talk { host, device, stopped: None, tally: Tally::default() };
    let mut answers = Answers::default();
    ask(&mut talk, &mut answers);
    (answers.stopped, answers.tally) = (talk.stopped, talk.tally);
    answers
}

/// Whether a page can be one that a drive filled: shares are of a hundred, and no drive that answers is as cold or as hot as noise is.
fn can_be(health: &Health) -> bool {
    let share = |share: Option<u8>| share.is_none_or(|share| share <= 100);
    let kelvins = health.temperature.is_none_or(|kelvins| (173..=473).contains(&kelvins));
    share(health.available_spare) && share(health.spare_threshold) && kelvins
}

fn ask(talk: &mut Talk<'_>, answers: &mut Answers) {
    answers.controller = talk.data(&nvme_identify(1, 0)).and_then(|reply| {
        let controller = Controller::parse(&reply);
        // Model and serial number are mandatory and printable; a buffer that nobody filled has neither, and noise is not.
        let named = controller.model.is_some() || controller.serial.is_some();
        let names = reply.get(4..72).unwrap_or_default();
        let printable = names.iter().all(|byte| matches!(byte, 0 | b' '..=b'~'));
        if named && printable { Ok(controller) } else { Err(Missing::Nonsense) }
    });
    let Ok(controller) = answers.controller.clone() else { return };
    let retain = controller.version >= Some(Version { major: 1, minor: 3, tertiary: 0 });
    let mut log = |page, len| talk.data(&nvme_log(page, ALL, len, retain));
    answers.health = log(0x02, 512).and_then(|log| {
        let health = Health::parse(&log);
        if can_be(&health) { Ok(health) } else { Err(Missing::Nonsense) }
    });
    let entries = controller.error_log_entries.unwrap_or(1).min(ERRORS);
    answers.errors = log(0x01, u32::from(entries) * 64).map(|log| errors::parse(&log));
    answers.firmware = log(0x03, 512).map(|log| FirmwareSlots::parse(&log));
    let mut given =
        |has: Option<bool>, page, len| if has == Some(true) { log(page, len) } else { Err(Missing::Absent) };
    answers.commands = given(controller.commands_effects(), 0x05, 4_096).map(|log| Commands::parse(&log));
    answers.self_tests = given(controller.self_test(), 0x06, 564).map(|log| SelfTestLog::parse(&log));

    answers.namespace_ids = talk.data(&nvme_identify(2, 0)).map(|list| active_namespaces(&list));
    // Before version 1.1 there is no such list; then they are numbered from 1 on without gaps.
    let all = || (1..=controller.namespaces.unwrap_or(1)).collect();
    let refused = answers.namespace_ids.as_ref().is_err_and(|missing| missing.is_refusal());
    let ids: Vec<u32> = match &answers.namespace_ids {
        Ok(ids) => ids.iter().take(NAMESPACES).copied().collect(),
        Err(_) if refused && controller.namespaces.is_none_or(|count| count as usize <= NAMESPACES) => all(),
        Err(_) => Vec::new(),
    };
    for id in ids {
        let namespace = talk.data(&nvme_identify(0, id)).map(|reply| Namespace::parse(&reply));
        answers.namespaces.push((id, namespace));
    }
}
