//! What `arcconf` prints of Adaptec's controllers: their configuration, what they do at present, what they count and log.
//!
//! Its commands are families of their own, for `getconfig` and `getstatus` of one call are of one host, and two `getconfig` may be of two.
//! What several of them have in one file is read together all the same.
//!
//! **Only `getconfig` says how things are.** What logs and phys count becomes events at the time of the log: a drive of which a log tells
//! nothing bad is not well for that, and the log of errors takes back nothing that the controller says of a drive.

mod array;
mod cache;
mod drive;
mod enclosure;
mod log;
mod task;

#[cfg(test)]
mod tests;

use super::machine::reason::says;
use super::machine::{Event, Read};
use super::output::{Sheet, Time, Tool};
use crate::model::{Ailment, Kind, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread};
use crate::words::{clean, number_of};
use arraywatch_parsers::adaptec::arcconf::config::{Controller, Device, DeviceKind, Logical};
use arraywatch_parsers::adaptec::arcconf::place::Place;
use arraywatch_parsers::adaptec::arcconf::words::Condition;
use arraywatch_parsers::adaptec::arcconf::{self, Command, Listed, Output, Run};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// Which of its commands.
pub(super) trait Which: Sync + 'static {
    /// The command.
    const COMMAND: Command;
    /// The family's name.
    const NAME: &'static str;
}

/// `getconfig`, and short lists.
pub(super) struct GetConfig;
/// `getstatus`.
pub(super) struct GetStatus;
/// `phyerrorlog`.
pub(super) struct PhyErrorLog;
/// `getlogs`.
pub(super) struct GetLogs;

impl Which for GetConfig {
    const COMMAND: Command = Command::GetConfig;
    const NAME: &'static str = "arcconf-getconfig";
}

impl Which for GetStatus {
    const COMMAND: Command = Command::GetStatus;
    const NAME: &'static str = task::LOG;
}

impl Which for PhyErrorLog {
    const COMMAND: Command = Command::PhyErrorLog;
    const NAME: &'static str = log::PHYS;
}

impl Which for GetLogs {
    const COMMAND: Command = Command::GetLogs;
    const NAME: &'static str = log::LOGS;
}

/// A command's output.
pub(super) struct Arcconf<W>(PhantomData<W>);

/// An output, and what has to be known of all entries of its logs before one is told.
pub(super) struct Heard {
    output: Output,
    entries: log::Sum,
}

impl<W: Which> Tool for Arcconf<W> {
    type Output = Heard;

    const NAME: &'static str = W::NAME;

    fn recognise(bytes: &[u8]) -> bool {
        arcconf::recognise(bytes) == Some(W::COMMAND)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        let mut entries = log::Sum::default();
        let output = arcconf::read(bytes, &mut |run, entry| entries.hear(run, entry));
        Heard { output, entries }
    }

    fn tally(heard: &Self::Output) -> &Tally {
        &heard.output.tally
    }

    fn time(heard: &Self::Output) -> Option<Time> {
        let logs = heard.output.runs.iter().flat_map(|run| &run.logs);
        logs.filter_map(|log| DateTime::from_timestamp(log.time?, 0)).max().map(Time::Instant)
    }

    fn sheet(Heard { output, .. }: &Self::Output, host: &str, at: DateTime<Utc>) -> Sheet {
        let mut sheet = Sheet::default();
        for (path, runs) in &cards(output) {
            let card = Card::new(host, path, runs);
            sheet.things.extend(card.things());
            sheet.events.extend(task::events(&card, at));
            sheet.whole.extend(card.is_whole().then(|| card.subject()));
        }
        for listed in output.runs.iter().flat_map(|run| &run.listed) {
            sheet.things.push(self::listed(host, listed));
        }
        // Where no controller is found, whatever was behind one is gone; and where all that are found are listed, there are no others.
        let found = output.runs.iter().filter_map(|run| run.found).max();
        let all = u32::try_from(sheet.whole.len()).ok();
        let none = found == Some(0) && output.runs.iter().all(|run| run.completed);
        if none || found == all && !sheet.whole.is_empty() {
            sheet.whole = vec![Subject::host(host)];
        }
        sheet
    }

    fn entries_told(heard: &Self::Output) -> u64 {
        heard.entries.told(&heard.output.runs)
    }

    fn entries(heard: &Self::Output, bytes: &[u8], host: &str, at: DateTime<Utc>, each: &mut dyn FnMut(&Event)) {
        for (path, runs) in &cards(&heard.output) {
            log::entries(&Card::new(host, path, runs), bytes, &heard.entries, at, each);
        }
    }
}

/// What was printed of each controller, by its path.
fn cards(output: &Output) -> BTreeMap<String, Vec<&Run>> {
    let mut cards: BTreeMap<String, Vec<&Run>> = BTreeMap::new();
    for run in &output.runs {
        cards.entry(path(run)).or_default().push(run);
    }
    cards
}

/// The path of a controller among the subjects of its host: `c1`, as arcconf counts. Where an output does not say which of several it
/// is, its serial number tells it from the others.
fn path(run: &Run) -> String {
    let serial = || run.controller.as_ref()?.serial.as_deref().map(|serial| clean(serial).replace('/', "-"));
    match (run.number(), serial()) {
        (Some(number), _) => format!("c{number}"),
        (None, Some(serial)) => format!("c-{serial}"),
        (None, None) => "c".to_owned(),
    }
}

/// A controller, by all that was printed of it.
struct Card<'a> {
    host: &'a str,
    path: &'a str,
    runs: &'a [&'a Run],
    /// The drives, each with the name that it goes by.
    drives: Vec<(Subject, &'a Device)>,
}

impl<'a> Card<'a> {
    fn new(host: &'a str, path: &'a str, runs: &'a [&'a Run]) -> Self {
        let mut card = Self { host, path, runs, drives: Vec::new() };
        let devices = runs.iter().flat_map(|run| &run.devices).filter(|device| device.kind != DeviceKind::Enclosure);
        card.drives = devices.map(|device| (drive::subject(&card, device), device)).collect();
        card
    }

    fn subject(&self) -> Subject {
        Subject::within(Kind::Controller, self.host, self.path)
    }

    /// Something of it.
    fn within(&self, kind: Kind, path: &str) -> Subject {
        Subject::within(kind, self.host, &format!("{}/{path}", self.path))
    }

    fn bay(&self, place: &Place) -> Subject {
        let path = match place {
            Place::Slot { enclosure: Some(enclosure), slot } => format!("e{enclosure}/s{slot}"),
            Place::Slot { enclosure: None, slot } => format!("s{slot}"),
            Place::Connector { connector, device } => format!("connector{}/d{device}", connector.replace('/', "-")),
            Place::Channel { channel, device } => format!("channel{channel}/d{device}"),
        };
        self.within(Kind::Bay, &path)
    }

    fn logical(&self) -> impl Iterator<Item = &'a Logical> + Clone {
        self.runs.iter().flat_map(|run| &run.logical)
    }

    fn controllers(&self) -> impl Iterator<Item = &'a Controller> {
        self.runs.iter().filter_map(|run| run.controller.as_ref())
    }

    /// Whether all of it was listed.
    fn is_whole(&self) -> bool {
        self.runs.iter().any(|run| run.completed && run.controller.is_some() && run.lists_logical && run.lists_devices)
    }

    fn things(&self) -> Vec<Read> {
        let mut things: Vec<Read> = self.controller().into_iter().collect();
        for read in drive::things(self) {
            match things.iter_mut().find(|known| known.subject == read.subject) {
                // Controllers with two channels list what is on both twice.
                Some(known) => {
                    for reason in read.reading.reasons {
                        let same = |known: &Reason| known.ailment == reason.ailment && known.key == reason.key;
                        if !known.reading.reasons.iter().any(same) {
                            known.reading.reasons.push(reason);
                        }
                    }
                }
                None => things.push(read),
            }
        }
        things.extend(enclosure::things(self));
        things.extend(array::things(self));
        things
    }

    /// The controller itself, if anything tells of it.
    fn controller(&self) -> Option<Read> {
        let controller = self.controllers().next()?;
        let mut reasons: Vec<Reason> = controller.state.as_ref().and_then(state).into_iter().collect();
        reasons.extend(cache::reasons(self));
        reasons.extend(self.controllers().flat_map(|controller| self.defunct(controller)));
        if let Some(condition) = controller.heat.as_ref().and_then(|heat| heat.condition.as_ref())
            && let Some(word) = bad(condition)
        {
            let text = format!("it calls its temperature {word}");
            reasons.push(says(Ailment::HousingHot, "arcconf-temperature", Severity::Warning, text));
        }
        if let Some(word) = controller.settings.as_ref().and_then(bad) {
            let text = format!("the memory of its settings does not check: {word}");
            reasons.push(says(Ailment::PartFailed, "arcconf-settings", Severity::Warning, text));
        }
        gravest_first(&mut reasons);
        let unread = controller
            .state
            .is_none()
            .then(|| Unread { why: WhyUnread::NotUnderstood, text: "its tool does not tell how it is".to_owned() });
        let model = controller.model.as_deref().map(clean);
        let text = format!(
            "{}, {}, {}",
            model.as_deref().unwrap_or("RAID controller"),
            number_of(self.drives.len() as u64, "drive", "drives"),
            number_of(self.logical().count() as u64, "logical device", "logical devices"),
        );
        // All that do not name their driver are of before SmartRAID, and Linux has one for them.
        let driver = controller.driver.as_deref().map_or_else(|| "aacraid".to_owned(), clean);
        let raid = controller.mode.as_deref() != Some("HBA");
        let reading = Reading { thing: Thing::Controller { driver, model, raid }, reasons, unread };
        Some(Read { subject: self.subject(), reading, text, values: Vec::new() })
    }

    /// Drives that it counts as given up, beyond those that it lists as such.
    fn defunct(&self, controller: &Controller) -> Option<Reason> {
        let listed = self.drives.iter().filter(|(_, device)| drive::is_given_up(device)).count();
        let counted = controller.defunct.unwrap_or(0);
        let text = format!("it counts {} that it gave up", number_of(counted.into(), "drive", "drives"));
        let reason = says(Ailment::OutOfUse, "arcconf-defunct", Severity::Warning, text);
        usize::try_from(counted).is_ok_and(|counted| counted > listed).then_some(reason)
    }
}

/// A controller of `arcconf list`.
fn listed(host: &str, listed: &Listed) -> Read {
    let model = listed.model.as_deref().map(clean);
    let text = model.clone().unwrap_or_else(|| "RAID controller".to_owned());
    let reasons = state(&listed.state).into_iter().collect();
    let thing = Thing::Controller { driver: String::new(), model, raid: true };
    let subject = Subject::within(Kind::Controller, host, &format!("c{}", listed.number));
    Read { subject, reading: Reading { thing, reasons, unread: None }, text, values: Vec::new() }
}

/// What a controller's own word comes to.
fn state(condition: &Condition) -> Option<Reason> {
    let severity = if *condition == Condition::Failed { Severity::Critical } else { Severity::Warning };
    let word = match condition {
        Condition::Good => return None,
        condition => bad(condition).unwrap_or_else(|| "absent".to_owned()),
    };
    let text = format!("it calls its own state {word}");
    Some(says(Ailment::PartFailed, "arcconf-state", severity, text))
}

/// A condition that is neither good nor that of something that is not there, for people.
fn bad(condition: &Condition) -> Option<String> {
    match condition {
        Condition::Good | Condition::Absent => None,
        Condition::Busy => Some("busy".to_owned()),
        Condition::Unknown => Some("unknown".to_owned()),
        Condition::Failed => Some("failed".to_owned()),
        Condition::Other(word) => Some(format!("\u{ab}{}\u{bb}", clean(word))),
    }
}

fn gravest_first(reasons: &mut [Reason]) {
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
}
