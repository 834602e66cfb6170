//! From sections to controllers, and whether all is there that must be.

use super::battery::{Battery, Keeper};
use super::pairs::is_total;
use super::sheet::{Answer, COMMAND_STATUS, Entry, Section, Sheet, cell};
use super::words::WritePolicy;
use super::{Controller, Drive, Seat, Storcli};
use crate::output::{Tally, lines};
use std::collections::BTreeSet;

/// What a block of the output announced.
#[derive(Debug, Default)]
pub(super) struct Announced {
    pub(super) arrays: Option<u64>,
    pub(super) drives: Option<u64>,
    pub(super) enclosures: Option<u64>,
    pub(super) groups: Option<u64>,
    pub(super) controllers: Option<u64>,
}

/// What was counted against it.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) arrays: u64,
    pub(super) drives: u64,
    pub(super) enclosures: u64,
}

/// An answer, while it is read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) one: Controller,
    pub(super) announced: Announced,
    pub(super) counted: Counted,
}

/// Whether a command succeeded.
#[derive(Debug, Default)]
struct Status {
    /// `Success`, or what it says else.
    word: Option<String>,
    /// `Description`
    text: Option<String>,
}

/// The output, while it is understood.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) read: Storcli,
    pub(super) draft: Draft,
    odd: BTreeSet<u64>,
    cut: Option<String>,
}

/// Understands a sheet.
pub(super) fn build(sheet: Sheet, bytes: &[u8]) -> Storcli {
    let mut builder = Builder { odd: sheet.odd.into_iter().collect(), cut: sheet.cut, ..Builder::default() };
    for answer in &sheet.answers {
        builder.answer(answer, sheet.ends);
    }
    if sheet.answers.is_empty() {
        builder.cut("it has no answer of a controller");
    }
    let titles = sheet.answers.iter().flat_map(|answer| &answer.sections).map(|section| &section.title);
    let in_parts = titles.into_iter().any(|title| title.starts_with("Drive /c") || title.starts_with("/c"));
    let Builder { mut read, odd, cut, .. } = builder;
    if !sheet.ends && in_parts && !read.controllers.iter().all(is_announced) {
        read.tally
            .cut("a text does not say how many drives there are, nor where it ends; the JSON of the tool (J) does");
    }
    let mut tally = Tally { cut: cut.or(read.tally.cut.take()), ..Tally::default() };
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        tally.met();
        if odd.contains(&line.number) {
            tally.odd(&line);
        }
    }
    read.tally = tally;
    read
}

/// Whether everything of a controller that has sections of its own is announced by a list.
fn is_announced(controller: &Controller) -> bool {
    let detailed = controller.drives.iter().filter(|drive| drive.detailed).count();
    controller.listed && (detailed == 0 || detailed == controller.drives.len())
}

impl Builder {
    pub(super) fn cut(&mut self, why: impl Into<String>) {
        self.cut.get_or_insert_with(|| why.into());
    }

    fn answer(&mut self, answer: &Answer, ends: bool) {
        self.draft = Draft::default();
        let mut status = Status::default();
        for section in &answer.sections {
            if let Some(keeper) = keeper(&section.title) {
                self.draft.one.battery.get_or_insert_with(|| Battery::of(keeper));
            }
            for (line, entry) in &section.entries {
                let known = match entry {
                    Entry::Pair(key, value) if section.title == COMMAND_STATUS => {
                        self.head(&mut status, key.trim(), value.trim())
                    }
                    Entry::Pair(key, value) => self.pair(&section.title, key.trim(), value.trim()),
                    Entry::Row(cells) => self.row(section, cells),
                };
                if !known {
                    self.odd.insert(*line);
                }
            }
        }
        if status.word.is_none() {
            self.cut("it does not say whether the command succeeded");
        }
        if status.text.as_deref().is_some_and(|text| text.starts_with("No Controller found")) {
            self.read.none_found = true;
            return;
        }
        self.failed(&status);
        let Draft { mut one, announced, counted } = std::mem::take(&mut self.draft);
        self.judge(&mut one, &announced, &counted, answer, ends);
        self.merge(one, announced.controllers);
    }

    /// A pair of an answer's head.
    fn head(&mut self, status: &mut Status, key: &str, value: &str) -> bool {
        match key {
            "Controller" => self.draft.one.number = value.parse().ok(),
            "Status" => status.word = Some(value.to_owned()),
            "Description" => status.text = Some(value.to_owned()).filter(|text| !is_none(text)),
            _ => return matches!(key, "CLI Version" | "Operating system" | "Status Code"),
        }
        true
    }

    /// Whether the command failed, and what is meant by that.
    fn failed(&mut self, status: &Status) {
        let one = &mut self.draft.one;
        one.failed = status.word.as_deref() != Some("Success");
        one.errors.extend(status.text.clone().filter(|_| one.failed));
        one.errors.dedup();
        // That there is none is an answer.
        if one.errors.iter().any(|text| text.starts_with("No foreign configuration")) {
            one.failed = false;
            one.foreign = Some(0);
            one.errors.clear();
        }
        if one.errors.iter().any(|error| is_foreign(error)) {
            one.foreign = one.foreign.or(Some(1));
        }
        // Asked for a battery where there is a capacitor, it says how to ask.
        let harmless = |text: &String| is_foreign(text) || text.starts_with("use /cx/");
        if one.failed && (one.errors.is_empty() || !one.errors.iter().all(harmless)) {
            let why = format!("the tool failed: {}", one.errors.join("; "));
            self.cut(why);
        }
    }

    /// Whether what was announced is there.
    fn judge(&mut self, one: &mut Controller, announced: &Announced, counted: &Counted, answer: &Answer, ends: bool) {
        let mut check = |what: &str, announced: Option<u64>, counted: u64| {
            if let Some(announced) = announced.filter(|announced| *announced != counted) {
                self.cut(format!("it announces {announced} {what} and lists {counted}"));
            }
        };
        check("virtual drives", announced.arrays, counted.arrays);
        check("drives", announced.drives, counted.drives);
        check("enclosures", announced.enclosures, counted.enclosures);
        one.listed = announced.drives.is_some() && (announced.arrays.is_some() || announced.groups.unwrap_or(0) == 0);
        if ends {
            return;
        }
        let is_list = one.model.is_some();
        if is_list && announced.drives.is_none() {
            self.cut("its list of drives is missing");
        }
        if is_list && announced.groups.is_some_and(|groups| groups > 0) && announced.arrays.is_none() {
            self.cut("its list of virtual drives is missing");
        }
        let written = one.arrays.iter().any(|array| array.write == Some(WritePolicy::Back));
        if is_list && written && one.battery.is_none() {
            self.cut("a virtual drive writes back, and of what keeps the cache nothing is told");
        }
        let properties = |section: &Section| section.title.ends_with("Properties") && !section.entries.is_empty();
        let sections = |of: fn(&Section) -> bool| answer.sections.iter().any(of);
        if sections(|section| keeper(&section.title).is_some() && has_properties(section)) {
            let judged = one.battery.as_ref().is_some_and(|battery| battery.judged);
            if !judged || !answer.sections.iter().any(properties) {
                self.cut("what the firmware says of the battery is missing");
            }
        }
        let filled = sections(|section| section.title != COMMAND_STATUS && !section.entries.is_empty());
        if !one.failed && one.foreign.is_none() && !filled {
            self.cut("nothing stands behind its head");
        }
        let foreign = sections(|section| section.title == FOREIGN);
        let total = |(_, entry): &(u64, Entry)| matches!(entry, Entry::Pair(key, _) if is_total(key));
        if foreign && !answer.sections.iter().flat_map(|section| &section.entries).any(total) {
            self.cut("the number of foreign groups is missing, which ends it");
        }
    }
}

const FOREIGN: &str = "FOREIGN CONFIGURATION";

/// Whether an error is about another controller's configuration that drives bear.
fn is_foreign(error: &str) -> bool {
    error.to_ascii_lowercase().contains("foreign configuration")
}

/// Whether a value says that there is none.
pub(super) fn is_none(value: &str) -> bool {
    matches!(value, "" | "-" | "N/A" | "NA" | "None")
}

/// Whose table it is, if it tells of a battery or a capacitor.
pub(super) fn keeper(title: &str) -> Option<Keeper> {
    match title {
        "BBU_Info" => Some(Keeper::Battery),
        "Cachevault_Info" | "CacheVault_Info" | "Energy_Pack_Info" => Some(Keeper::Capacitor),
        _ => None,
    }
}

fn has_properties(section: &Section) -> bool {
    section.entries.iter().any(|(_, entry)| matches!(entry, Entry::Row(cells) if cell(cells, "Property").is_some()))
}

/// The drive of that place.
pub(super) fn drive_at(drives: &mut Vec<Drive>, seat: Seat) -> Option<&mut Drive> {
    if !drives.iter().any(|drive| drive.seat == Some(seat)) {
        drives.push(Drive { seat: Some(seat), ..Drive::default() });
    }
    drives.iter_mut().find(|drive| drive.seat == Some(seat))
}
