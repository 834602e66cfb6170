//! Reading an output line by line: heads say what the lines below them are of.

use super::array::{Array, Span};
use super::battery::{self, Battery};
use super::card::{self, Card};
use super::drive::Drive;
use super::{Adapter, MegaCli};
use crate::output::{Line, is_waiting, lines};

/// Reads an output.
#[must_use]
pub fn megacli(bytes: &[u8]) -> MegaCli {
    let mut reading = Reading::default();
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        reading.output.tally.met();
        if is_waiting(&line.text) {
            continue;
        }
        reading.exit = None;
        if !reading.line(&line) {
            reading.output.tally.odd(&line);
            // Within a thing, a line may be a newer version's; outside of all, it is of something else.
            if reading.at == At::Nothing {
                reading.output.tally.cut("it is mixed with other text");
            }
        }
    }
    reading.finish()
}

/// A number that is all of a text.
pub(super) fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

/// `0 -- Virtual Drive Information:`
pub(super) fn number_and_rest(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    Some((digits.parse().ok()?, rest))
}

/// The commands, as far as their outputs differ. Of one command for all controllers there is one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    /// `-LDInfo`
    Arrays,
    /// `-PDList`, `-LdPdInfo`, `-AdpAllInfo`: all begin with `Adapter #0`.
    Sharp,
    /// `-CfgDsply`
    Configuration,
    /// `-AdpBbuCmd`
    Battery,
    /// `-AdpGetPciInfo`
    Pci,
}

/// What the lines are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    #[default]
    Nothing,
    Array,
    Drive,
    /// What a spare is for, below the spare.
    Spare,
    Battery,
    Card,
    Pci,
    /// Why something could not be done.
    Failure,
}

#[derive(Debug, Default)]
struct Reading {
    output: MegaCli,
    at: At,
    /// The adapter, by its place in the list.
    adapter: Option<usize>,
    /// The logical drive or the drive being read, likewise.
    thing: usize,
    /// The command whose end was not seen yet.
    command: Option<Command>,
    /// Logical drives of which the drives that follow are: by their place in the list.
    arrays: Vec<usize>,
    /// The spans of the disk group.
    spans: Vec<Span>,
    /// Whether drives that follow are of these.
    within: bool,
    /// Keys of the thing being read: each stands once.
    keys: Vec<String>,
    /// Of the last line that is not blank, if it is an end.
    exit: Option<u32>,
    /// How many logical drives the adapter says that it has, and how many were listed since.
    announced: Option<(u32, u32)>,
}

impl Reading {
    fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.trim();
        let (key, raw) = text.split_once(':').unwrap_or((text, ""));
        // Blanks at the front are part of what a drive says of itself.
        let raw = line.text.split_once(':').map_or(raw, |(_, raw)| raw);
        let (key, value) = (key.trim(), raw.trim());
        self.end(text)
            || self.head(text, key, value)
            || self.head_of_thing(text, key, value)
            || self.field(text, key, value, raw)
            || card::is_rule(text)
            || is_prompt(text)
    }

    /// `Exit Code: 0x00`
    fn end(&mut self, text: &str) -> bool {
        let code = text.strip_prefix("Exit Code: 0x").filter(|digits| digits.len() >= 2);
        let Some(code) = code.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else { return false };
        if code != 0 && self.output.failures.is_empty() {
            self.output.failures.push(format!("exit code {code:#04x}"));
        }
        self.close();
        (self.command, self.adapter, self.exit) = (None, None, Some(code));
        true
    }

    /// The head of an adapter's part.
    fn head(&mut self, text: &str, key: &str, value: &str) -> bool {
        if let Some((number, rest)) = text.strip_prefix("Adapter ").and_then(number_and_rest) {
            match rest.trim() {
                "-- Virtual Drive Information:" => self.begin(Command::Arrays, number, At::Nothing),
                ": No Virtual Drive Configured." => {
                    self.begin(self.command.unwrap_or(Command::Arrays), number, At::Nothing);
                    self.adapter().into_iter().for_each(|adapter| adapter.no_arrays = true);
                }
                ": Get BBU Status Failed." => {
                    self.begin(Command::Battery, number, At::Failure);
                    self.adapter().into_iter().for_each(|adapter| adapter.battery_failed = true);
                    self.output.failures.push(text.to_owned());
                }
                rest if rest.starts_with(':') => {
                    self.begin(self.command.unwrap_or(Command::Sharp), number, At::Failure);
                    self.output.failures.push(text.to_owned());
                }
                _ => return false,
            }
            return true;
        }
        let numbered = number(value);
        match (key, numbered) {
            ("Adapter", Some(number)) => self.begin(Command::Configuration, number, At::Card),
            ("BBU status for Adapter", Some(number)) => {
                self.begin(Command::Battery, number, At::Battery);
                self.adapter().into_iter().for_each(|adapter| adapter.battery = Some(Battery::default()));
            }
            (
                "BBU Capacity Info for Adapter" | "BBU Design Info for Adapter" | "BBU Properties for Adapter",
                Some(number),
            ) => {
                self.begin(Command::Battery, number, At::Battery);
            }
            _ => {
                if let Some(number) = text.strip_prefix("Adapter #").and_then(number) {
                    self.begin(Command::Sharp, number, At::Nothing);
                } else if let Some(number) = text.strip_prefix("PCI information for Controller ").and_then(number) {
                    self.begin(Command::Pci, number, At::Pci);
                } else {
                    return false;
                }
            }
        }
        true
    }

    fn begin(&mut self, command: Command, number: u32, at: At) {
        self.close();
        if self.command.is_some_and(|open| open != command) {
            self.output.tally.cut("another output begins before the end of the one before it");
        }
        self.command = Some(command);
        self.at = at;
        let known = self.output.adapters.iter().position(|adapter| adapter.number == Some(number));
        self.adapter = Some(known.unwrap_or(self.output.adapters.len()));
        if known.is_none() {
            self.output.adapters.push(Adapter { number: Some(number), ..Adapter::default() });
        }
    }

    /// The adapter being read; drives may stand without one.
    fn adapter(&mut self) -> Option<&mut Adapter> {
        let adapters = &mut self.output.adapters;
        let at = self.adapter.unwrap_or_else(|| {
            adapters.push(Adapter::default());
            adapters.len() - 1
        });
        self.adapter = Some(at);
        adapters.get_mut(at)
    }

    /// The head of a logical drive, a drive, or of a list of them.
    fn head_of_thing(&mut self, text: &str, key: &str, value: &str) -> bool {
        let count = number(value);
        match (key, count) {
            ("Number of Virtual Disks", Some(count)) => {
                (self.within, self.announced) = (true, Some((count, 0)));
                self.adapter().into_iter().for_each(|adapter| adapter.no_arrays |= count == 0);
            }
            ("Number of DISK GROUPS", Some(count)) => {
                self.within = true;
                self.at = At::Nothing;
                self.adapter().into_iter().for_each(|adapter| adapter.no_arrays |= count == 0);
            }
            ("DISK GROUP", Some(_)) => self.leave_arrays(),
            ("Number of PDs", Some(count)) => self.span(Some(count)),
            ("SPAN" | "Number of VDs" | "Number of dedicated Hotspares" | "Physical Disk", Some(_)) => {
                self.at = At::Nothing;
            }
            ("Number of Spans", Some(_)) => {}
            ("Span Reference", _) if value.starts_with("0x") => {}
            ("Virtual Drive Information" | "Physical Disk Information", _) if value.is_empty() => {}
            ("Hotspare Information", _) if value.is_empty() && self.at == At::Drive => self.at = At::Spare,
            ("Span", _) => match value.split_once(" - Number of PDs:") {
                Some((span, count)) if number(span).is_some() && number(count).is_some() => self.span(number(count)),
                _ => return false,
            },
            ("PD", _) if value.strip_suffix(" Information").and_then(number).is_some() => self.at = At::Nothing,
            ("Virtual Drive" | "Virtual Disk" | "CacheCade Virtual Drive", _) => {
                let Some(target) = target(value) else { return false };
                self.array(target, key.starts_with("CacheCade"));
            }
            ("Enclosure Device ID", _) if count.is_some() || value == "N/A" => self.drive(count),
            ("Product Name", _) if self.command == Some(Command::Sharp) => self.card(key, value),
            ("FW error description", _) => self.at = At::Failure,
            _ if text == "Versions" && self.command == Some(Command::Sharp) => self.card("", ""),
            _ if self.command.is_none() && is_failure(text) => self.output.failures.push(text.to_owned()),
            _ => return false,
        }
        true
    }

    fn card(&mut self, key: &str, value: &str) {
        self.at = At::Card;
        let card = self.adapter().map(|adapter| adapter.card.get_or_insert_with(Card::default));
        card.into_iter().for_each(|card| _ = card.take(key, value));
    }

    fn array(&mut self, target: u32, is_cache: bool) {
        if self.command != Some(Command::Configuration) {
            self.leave_arrays();
        }
        if let Some((_, listed)) = &mut self.announced {
            *listed += 1;
        }
        let spans = self.spans.clone();
        let Some(adapter) = self.adapter() else { return };
        let known = adapter.arrays.iter().position(|array| array.target == target);
        let at = known.unwrap_or(adapter.arrays.len());
        if known.is_none() {
            adapter.arrays.push(Array { target, is_cache, spans, ..Array::default() });
        }
        if !self.arrays.contains(&at) {
            self.arrays.push(at);
        }
        self.next_thing(At::Array, at);
    }

    /// A span of the arrays of a disk group. In `-CfgDsply` it stands above the first of them.
    fn span(&mut self, drives: Option<u32>) {
        self.at = At::Nothing;
        let span = Span { drives, listed: Vec::new() };
        self.spans.push(span.clone());
        let arrays = self.arrays.clone();
        let Some(adapter) = self.adapter() else { return };
        for at in arrays {
            if let Some(array) = adapter.arrays.get_mut(at) {
                array.spans.push(span.clone());
            }
        }
    }

    fn drive(&mut self, enclosure: Option<u32>) {
        let (arrays, within) = (self.arrays.clone(), self.within);
        let Some(adapter) = self.adapter() else { return };
        let at = adapter.drives.len();
        adapter.drives.push(Drive { enclosure, ..Drive::default() });
        for array in arrays.into_iter().filter(|_| within) {
            let Some(array) = adapter.arrays.get_mut(array) else { continue };
            if array.spans.is_empty() {
                array.spans.push(Span::default());
            }
            if let Some(span) = array.spans.last_mut() {
                span.listed.push(at);
            }
        }
        self.next_thing(At::Drive, at);
    }

    fn next_thing(&mut self, at: At, thing: usize) {
        self.keys.clear();
        (self.at, self.thing) = (at, thing);
    }

    fn leave_arrays(&mut self) {
        self.arrays.clear();
        self.spans.clear();
        self.at = At::Nothing;
    }

    /// Ends the part of an adapter.
    fn close(&mut self) {
        self.leave_arrays();
        self.keys.clear();
        self.within = false;
        if let Some((count, listed)) = self.announced.take().filter(|(count, listed)| count != listed) {
            self.output.tally.cut(format!("it announces {count} logical drives and lists {listed}"));
        }
    }

    fn field(&mut self, text: &str, key: &str, value: &str, raw: &str) -> bool {
        let is_pair = text.contains(':');
        let (at, thing) = (self.at, self.thing);
        // The battery's status has some of what is measured again, in words.
        let measured = ["mV", "mA", "C"].iter().any(|unit| value.ends_with(unit));
        let key_of = if at == At::Battery && measured { format!("{key}, measured") } else { key.to_owned() };
        let repeated = matches!(at, At::Array | At::Drive | At::Battery) && is_pair && self.is_repeated(&key_of);
        if repeated {
            self.output.tally.cut(format!("\u{ab}{key}\u{bb} stands twice: two things run into each other"));
            return false;
        }
        let strays = match at {
            At::Drive | At::Spare | At::Battery if OF_ARRAYS.contains(&key) => true,
            At::Array | At::Battery => OF_DRIVES.contains(&key),
            _ => false,
        };
        if strays {
            self.output.tally.cut(format!("\u{ab}{key}\u{bb} stands in another thing than it is of"));
        }
        let adapter = self.adapter;
        let adapter = adapter.and_then(|at| self.output.adapters.get_mut(at));
        let Some(adapter) = adapter else { return false };
        match at {
            At::Array => adapter.arrays.get_mut(thing).is_some_and(|array| is_pair && array.take(key, value)),
            At::Drive => adapter.drives.get_mut(thing).is_some_and(|drive| {
                let progress = text.starts_with("Rebuild Progress") || text.starts_with("Copyback Progress");
                if progress {
                    drive.doing = Some(text.to_owned());
                }
                progress || is_pair && drive.take(key, value, raw)
            }),
            At::Spare => matches!(key, "Type" | "Array #" | "Dedicated to"),
            At::Battery => adapter.battery.get_or_insert_with(Battery::default).line(text, key, value),
            At::Card => {
                let card = adapter.card.get_or_insert_with(Card::default);
                if is_pair && !text.ends_with(':') { card.take(key, value) } else { is_pair || card::is_text(text) }
            }
            At::Pci => is_pair || card::is_text(text),
            At::Failure => {
                self.output.failures.push(text.to_owned());
                true
            }
            At::Nothing => false,
        }
    }

    /// Whether a thing has a line of that key already. Those of its ports stand once for each of them.
    fn is_repeated(&mut self, key: &str) -> bool {
        let repeats = self.keys.iter().any(|known| known == key);
        if !repeats && !key.starts_with("Port") {
            self.keys.push(key.to_owned());
        }
        repeats
    }

    fn finish(mut self) -> MegaCli {
        let exit = self.exit;
        self.close();
        let MegaCli { adapters, failures, tally } = &mut self.output;
        for adapter in adapters.iter() {
            if adapter.number.is_none() {
                tally.cut("the line that names the controller is missing");
            }
            let lacks = |of: &str, what: &str| format!("the {what} of {of} is not told");
            for array in adapter.arrays.iter().filter(|array| !array.is_cache) {
                if array.state.is_none() || array.cache_now.is_none() {
                    tally.cut(lacks(&format!("logical drive {}", array.target), "state"));
                }
            }
            for (number, drive) in (1..).zip(&adapter.drives) {
                if let Some(what) = drive.lacks() {
                    tally.cut(lacks(&format!("the drive listed as number {number}"), what));
                }
            }
            if adapter.battery.as_ref().is_some_and(|battery| !battery.is_told) {
                tally.cut(lacks("the battery", "status"));
            }
            if let Some(what) = adapter.card.as_ref().and_then(Card::lacks) {
                tally.cut(lacks("the controller", what));
            }
        }
        if exit.is_none() {
            tally.cut("the line with the exit code is missing, which ends it");
        }
        let told = |adapter: &Adapter| {
            let Adapter { number: _, card, arrays, no_arrays, drives, battery, battery_failed } = adapter;
            card.is_some()
                || !arrays.is_empty()
                || *no_arrays
                || !drives.is_empty()
                || battery.is_some()
                || *battery_failed
        };
        if !adapters.iter().any(told) {
            let why = failures.first().map_or_else(String::new, |why| format!(": {why}"));
            tally.cut(format!("it tells neither of drives nor of logical drives, a battery or the controller{why}"));
        }
        self.output
    }
}

impl Battery {
    fn line(&mut self, text: &str, key: &str, value: &str) -> bool {
        battery::equation(text) || battery::is_head(key, value) || self.take(key, value)
    }
}

/// Lines of logical drives alone.
const OF_ARRAYS: &[&str] = &[
    "RAID Level",
    "Number Of Drives",
    "Default Cache Policy",
    "Current Cache Policy",
    "Default Access Policy",
    "Current Access Policy",
    "Disk Cache Policy",
    "Encryption Type",
    "Bad Blocks Exist",
];

/// Lines of drives alone.
const OF_DRIVES: &[&str] = &[
    "Slot Number",
    "Raw Size",
    "Coerced Size",
    "Firmware state",
    "Inquiry Data",
    "Foreign State",
    "Device Speed",
    "Link Speed",
    "Media Type",
    "Drive has flagged a S.M.A.R.T alert",
];

/// `0 (Target Id: 0)`
fn target(value: &str) -> Option<u32> {
    let (_, rest) = number_and_rest(value)?;
    let rest = rest.trim().strip_prefix("(Target Id:").or_else(|| rest.trim().strip_prefix("(target id:"))?;
    number(rest.strip_suffix(')')?)
}

/// `h001 ~ # MegaCli -LdInfo -LALL -aALL`: people paste what they typed.
fn is_prompt(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.split_once("megacli").is_some_and(|(before, after)| {
        let ends = matches!(before.chars().next_back(), None | Some(' ' | '/' | '#' | '$' | '>'));
        ends && after.contains(" -")
    })
}

/// What it prints where there is nothing to print.
fn is_failure(text: &str) -> bool {
    ["User specified controller is not present", "Failed to ", "Invalid ", "Error "]
        .iter()
        .any(|front| text.starts_with(front))
}
