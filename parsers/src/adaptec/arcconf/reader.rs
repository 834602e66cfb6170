//! Reads outputs line by line: which thing a line belongs to follows from the titles and heads above it.

use super::config::{Array, Controller, Device, Logical, is_of_no_matter};
use super::config::{ControllerBlock, DeviceBlock};
use super::logs::{self, ControllerLog, Entry};
use super::phy::PhyLog;
use super::status::Task;
use super::whole::{self, Head, Shape};
use super::words::Condition;
use super::xml::{self, Element, Tag};
use super::{COMPLETED, Command, FOUND, Listed, Output, Run};
use crate::output::{Line, Tally, lines, pair};
use memchr::memmem;

/// A tag that has no end in so many bytes is none.
const TAG_MAX: usize = 1 << 16;

/// What lines belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The output's first lines.
    Front,
    /// The controller.
    Controller(ControllerBlock),
    /// A list of controllers.
    List,
    /// Arrays.
    Array,
    /// Logical devices, maxCache.
    Logical,
    /// Physical devices.
    Device(DeviceBlock),
    /// Connectors, expanders, versions: things of no matter here.
    Rest,
    /// A task.
    Task,
    /// Phys.
    Phy,
    /// A log.
    Log,
    /// Below a title that is not known.
    Unknown,
}

impl Place {
    /// The command that writes such lines, if only one does.
    const fn command(self) -> Option<Command> {
        match self {
            Self::Controller(_) | Self::Array | Self::Logical | Self::Device(_) => Some(Command::GetConfig),
            Self::Task => Some(Command::GetStatus),
            Self::Phy => Some(Command::PhyErrorLog),
            Self::Log => Some(Command::GetLogs),
            Self::Front | Self::List | Self::Rest | Self::Unknown => None,
        }
    }
}

/// Titles, in small letters, and what stands below them.
const TITLES: &[(&str, Place)] = &[
    ("controller information", Place::Controller(ControllerBlock::Head)),
    ("controller version information", Place::Controller(ControllerBlock::Version)),
    ("controller battery information", Place::Controller(ControllerBlock::Battery)),
    ("controller zmm information", Place::Controller(ControllerBlock::Zmm)),
    ("controller cache backup unit information", Place::Controller(ControllerBlock::Version)),
    ("supercap information", Place::Controller(ControllerBlock::Supercap)),
    ("controller vital product data", Place::Controller(ControllerBlock::Version)),
    ("controller bios setting information", Place::Controller(ControllerBlock::Version)),
    ("raid properties", Place::Controller(ControllerBlock::Version)),
    ("power settings", Place::Controller(ControllerBlock::Version)),
    ("cache properties", Place::Controller(ControllerBlock::Version)),
    ("green backup information", Place::Controller(ControllerBlock::Version)),
    ("physical drive write cache policy information", Place::Controller(ControllerBlock::Version)),
    ("maxcache properties", Place::Controller(ControllerBlock::Version)),
    ("temperature sensors information", Place::Controller(ControllerBlock::Version)),
    ("out of band interface settings", Place::Controller(ControllerBlock::Version)),
    ("pbsi", Place::Controller(ControllerBlock::Version)),
    ("mctp", Place::Controller(ControllerBlock::Version)),
    ("array information", Place::Array),
    ("array logical device information", Place::Array),
    ("logical device information", Place::Logical),
    ("logical drive information", Place::Logical),
    ("logical device segment information", Place::Logical),
    ("logical drive segment information", Place::Logical),
    ("physical device information", Place::Device(DeviceBlock::Head)),
    ("device phy information", Place::Device(DeviceBlock::Phy)),
    ("device error counters", Place::Device(DeviceBlock::Counters)),
    ("runtime error counters", Place::Device(DeviceBlock::Counters)),
    ("connector information", Place::Rest),
    ("lane information", Place::Rest),
    ("lane sas phy information", Place::Rest),
];

/// Lines that say that a list is empty, or nothing of matter.
const EMPTY: [&str; 6] = [
    "no logical devices configured",
    "no logical drives configured",
    "no arrays configured",
    "no physical drives attached",
    "no maxcache array found",
    "life-time temperature recorded",
];

/// Which command writes such a line, and whether no other program does.
pub(super) fn command_of(text: &str) -> Option<(Command, bool)> {
    if text.starts_with('<') {
        return text.starts_with("<ControllerLog ").then_some((Command::GetLogs, true));
    }
    let small = text.to_ascii_lowercase();
    if head(&small).is_some_and(|(name, _)| name != "device #" && name != "connector #" && name != "lane #")
        || text == "Device is a Hard drive"
    {
        return Some((Command::GetConfig, true));
    }
    if logs::HEADS.iter().take(3).any(|head| *head == text) {
        return Some((Command::GetLogs, true));
    }
    if text == "Controller PHY Error Log:" || text == "SATA Phy Event Counters:" || text.starts_with(PORT_PAGE) {
        return Some((Command::PhyErrorLog, false));
    }
    if Task::head(text).is_some() || small.starts_with("current operation ") {
        return Some((Command::GetStatus, false));
    }
    TITLES.iter().any(|(title, _)| *title == small).then_some((Command::GetConfig, false))
}

/// Which command a line is of that is none of its titles, though its front be lost: what stands below one title alone.
fn trace_of(text: &str) -> Option<Command> {
    if text.starts_with('<') || text.ends_with("/>") || logs::dotted(text).is_some() {
        return Some(Command::GetLogs);
    }
    // The counters of a SATA drive.
    if text.starts_with("0x") {
        return Some(Command::PhyErrorLog);
    }
    let (key, _) = pair(text)?;
    let key = key.to_ascii_lowercase();
    TRACES.iter().find_map(|(trace, command)| key.ends_with(trace).then_some(*command))
}

/// Keys, in small letters, that only one command writes.
const TRACES: [(&str, Command); 7] = [
    ("task id", Command::GetStatus),
    ("current operation", Command::GetStatus),
    ("percentage complete", Command::GetStatus),
    ("invalid dword count", Command::PhyErrorLog),
    ("running disparity error count", Command::PhyErrorLog),
    ("loss of dword synchronization count", Command::PhyErrorLog),
    ("phy reset problem count", Command::PhyErrorLog),
];

const PORT_PAGE: &str = "Protocol Specific port log page";

/// `Logical device number 0`, in small letters: what it is the head of, and its number.
fn head(small: &str) -> Option<(&'static str, Option<u32>)> {
    let names = [
        "logical device number ",
        "logical drive number ",
        "maxcache device number ",
        "array number ",
        "device #",
        "connector #",
        "lane #",
    ];
    let (name, number) = names.into_iter().find_map(|name| Some((name, small.strip_prefix(name)?)))?;
    let number = number.trim();
    number.chars().all(|c| c.is_ascii_digit()).then(|| (name, number.parse().ok()))
}

/// Reads outputs, and tells the entries of their logs.
pub(super) fn read(bytes: &[u8], each: &mut dyn FnMut(&Run, &Entry<'_>)) -> Output {
    let mut reader = Reader {
        each,
        rule: memmem::Finder::new(RULE),
        runs: Vec::new(),
        tally: Tally::default(),
        inside: false,
        place: Place::Front,
        asked: None,
        after_rule: false,
        tag: String::new(),
        tag_is_quoted: false,
        element: None,
        log_is_open: false,
        shape: Shape::default(),
        last_is_odd: false,
    };
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        reader.tally.met();
        reader.last_is_odd = !reader.line(&line);
        if reader.last_is_odd {
            reader.tally.odd(&line);
        }
    }
    if reader.inside {
        reader.end(bytes.len(), &format!("\u{ab}{COMPLETED}\u{bb} is missing, which ends it"));
    }
    if reader.runs.is_empty() {
        reader.tally.cut(format!("\u{ab}{FOUND}\u{bb} is missing, which begins it"));
    }
    Output { runs: reader.runs, tally: reader.tally }
}

struct Reader<'e> {
    /// Who is told of entries.
    each: &'e mut dyn FnMut(&Run, &Entry<'_>),
    rule: memmem::Finder<'static>,
    runs: Vec<Run>,
    tally: Tally,
    /// Whether an output has begun and not ended.
    inside: bool,
    place: Place,
    /// The controller that a command line named.
    asked: Option<u32>,
    /// Whether the last line was a rule, as stands above a title.
    after_rule: bool,
    /// A tag whose end has not come yet.
    tag: String,
    /// Whether a value in it is open.
    tag_is_quoted: bool,
    /// An element of the tabular form, which goes on until the next.
    element: Option<Element<'static>>,
    /// Whether a log in XML has begun and not ended.
    log_is_open: bool,
    /// Which lines the things of the output have.
    shape: Shape,
    /// Whether the line before was not understood.
    last_is_odd: bool,
}

impl Reader<'_> {
    /// A line. Whether it was understood.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.trim();
        if let Some(number) = text.strip_prefix(FOUND) {
            if self.inside {
                self.end(line.start, "another output begins before it ends");
            }
            let found = number.trim().parse().ok();
            self.begin(line, found);
            if found.is_none() {
                self.tally.cut(format!("no number stands behind \u{ab}{FOUND}\u{bb}, which begins it"));
            }
            return found.is_some();
        }
        if text == COMPLETED && self.inside {
            if let Some(run) = self.runs.last_mut() {
                run.completed = true;
            }
            self.end(line.end, "");
            if self.last_is_odd {
                self.tally.cut("the line before its end is not one that arcconf writes");
            }
            return true;
        }
        if is_rule(text) {
            self.after_rule = true;
            return true;
        }
        if self.rule.find(text.as_bytes()).is_some() {
            self.tally.cut(format!("line {} is half a rule and half something else", line.number));
        }
        let after_rule = std::mem::take(&mut self.after_rule);
        if !self.inside {
            if let Some(asked) = command_line(text) {
                self.asked = asked;
                return true;
            }
            let is_inner = command_of(text).is_some()
                || text == COMPLETED
                || text.starts_with('<')
                || text.contains(" : ")
                || text.ends_with(" :")
                || logs::dotted(text).is_some();
            if !is_inner {
                return false;
            }
            self.begin(line, None);
            self.tally
                .cut(format!("its front is missing: \u{ab}{FOUND}\u{bb} does not stand before line {}", line.number));
            if text == COMPLETED {
                self.end(line.end, "");
                return true;
            }
        }
        self.inner(line, text, after_rule)
    }

    fn begin(&mut self, line: &Line<'_>, found: Option<u32>) {
        self.runs.push(Run { span: line.start..line.end, asked: self.asked.take(), found, ..Run::default() });
        (self.inside, self.place) = (true, Place::Front);
    }

    /// An output ends, where and `why` it is not whole, or nothing.
    fn end(&mut self, end: usize, why: &str) {
        self.flush();
        let Some(run) = self.runs.last_mut() else { return };
        run.span.end = end;
        if !why.is_empty() {
            self.tally.cut(why);
        }
        // Both, so that neither is of the next output.
        let tag_is_open = !std::mem::take(&mut self.tag).is_empty();
        if std::mem::take(&mut self.log_is_open) || tag_is_open {
            self.tally.cut("a log in it does not end");
        }
        if let Some(why) = std::mem::take(&mut self.shape).odd(run).or_else(|| whole::lacks(run)) {
            self.tally.cut(why);
        }
        self.inside = false;
    }

    fn run(&mut self) -> Option<&mut Run> {
        self.runs.last_mut()
    }

    /// A line between the first and the last of an output.
    fn inner(&mut self, line: &Line<'_>, text: &str, after_rule: bool) -> bool {
        let command = command_of(text).map(|(command, _)| command).or_else(|| trace_of(text));
        if command.zip(self.place.command()).is_some_and(|(found, known)| found != known) {
            self.tally.cut("lines of another output stand in it");
        }
        if text.starts_with('<') || !self.tag.is_empty() {
            return self.markup(text);
        }
        let small = text.to_ascii_lowercase();
        let small = small.trim_end_matches(':');
        if self.title(text, small) {
            return true;
        }
        if self.place == Place::Log {
            return self.tabular(text);
        }
        if EMPTY.contains(&small) {
            return true;
        }
        if let Some((key, value)) = pair(text) {
            if self.place != Place::Phy {
                self.shape.pair(line.number, &line.text);
            }
            return self.pair(key, value);
        }
        match self.place {
            Place::Logical => self.run().and_then(|run| run.logical.last_mut()).is_some_and(|last| last.drives(text)),
            Place::Phy => self.run().and_then(|run| run.phys.last_mut()).is_some_and(|last| last.sata(text)),
            Place::Device(_) if small.starts_with("status of enclosure") => {
                self.shape.section(small);
                true
            }
            Place::Device(_) => small.starts_with("initiator at scsi id "),
            _ if after_rule => {
                self.place = Place::Unknown;
                false
            }
            _ => false,
        }
    }

    /// Titles and heads: what follows belongs to another thing.
    fn title(&mut self, text: &str, small: &str) -> bool {
        if logs::HEADS.contains(&text) {
            self.place = Place::Log;
            self.flush();
            self.element = Some(Element { name: text.to_owned().into(), attributes: Vec::new() });
            return true;
        }
        let place = self.place;
        let Some(run) = self.runs.last_mut() else { return false };
        if let Some(task) = Task::head(text) {
            run.tasks.push(task);
            self.place = Place::Task;
            self.shape.begin(Head::Task);
            return true;
        }
        if text == "Controller PHY Error Log:" || text == "Physical Device Information:" {
            run.phys.push(PhyLog::default());
            self.place = Place::Phy;
            return true;
        }
        if place == Place::Phy && (text == "SATA Phy Event Counters:" || text.starts_with(PORT_PAGE)) {
            return true;
        }
        if let Some((name, number)) = head(small) {
            match name {
                "logical device number " | "logical drive number " | "maxcache device number " => {
                    let is_cache = name.starts_with("maxcache");
                    run.logical.push(Logical { number, is_cache, ..Logical::default() });
                    self.shape.begin(Head::Logical(number));
                    self.place = Place::Logical;
                }
                "array number " => {
                    run.arrays.push(Array { number, ..Array::default() });
                    self.place = Place::Array;
                    self.shape.begin(Head::Array(number));
                }
                "device #" => {
                    run.devices.push(Device { number, ..Device::default() });
                    self.place = Place::Device(DeviceBlock::Head);
                    self.shape.begin(Head::Device(number));
                }
                _ => self.place = Place::Rest,
            }
            return true;
        }
        if let Some(what) = text.strip_prefix("Device is a ").or_else(|| text.strip_prefix("Device is an ")) {
            return matches!(place, Place::Device(_))
                && run.devices.last_mut().map(|device| device.is_a(what)).is_some();
        }
        if matches!(place, Place::Device(_)) && small.starts_with("phy #") {
            self.place = Place::Device(DeviceBlock::Phy);
            self.shape.section(small);
            return true;
        }
        if matches!(place, Place::Device(_)) && small.starts_with("channel #") {
            self.place = Place::Device(DeviceBlock::Channel);
            self.shape.begin(Head::Channel);
            return true;
        }
        if small.starts_with("controller #") || small.starts_with("expander# ") || small.starts_with("expander list") {
            self.place = Place::Rest;
            return true;
        }
        // The drives of a SmartRAID array stand below the array, and below each logical device again.
        if small == "array physical device information" {
            self.shape.section(small);
            return matches!(place, Place::Array | Place::Logical);
        }
        let version = small.strip_prefix("maxcache").and_then(|rest| rest.strip_suffix("information"));
        let is_cache = version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || " .".contains(c)));
        let below = if is_cache { Some(Place::Logical) } else { below(small) };
        let Some(below) = below else { return false };
        match below {
            Place::Controller(block) => {
                if run.controller.is_none() || block == ControllerBlock::Head {
                    self.shape.begin(Head::Controller);
                }
                run.controller.get_or_insert_with(Controller::default);
            }
            // Not what stands below the segments of a maxCache.
            Place::Logical => run.lists_logical |= !is_cache && !small.contains("segment"),
            Place::Device(block) => run.lists_devices |= block == DeviceBlock::Head,
            _ => {}
        }
        self.place = below;
        self.shape.section(small);
        true
    }

    /// `Key : value`.
    fn pair(&mut self, name: &str, value: &str) -> bool {
        let key = name.to_ascii_lowercase().replace("logical drive", "logical device");
        let place = self.place;
        let Some(run) = self.runs.last_mut() else { return false };
        if matches!(place, Place::Controller(_) | Place::Array | Place::Logical | Place::Device(_) | Place::Task) {
            self.shape.field(&key);
        }
        if place == Place::Front && key == "current operation" {
            // Nothing is being done, or a task without a head.
            let mut task = Task::default();
            let understood = task.line(&key, value);
            if task.operation.is_some() {
                run.tasks.push(task);
                self.place = Place::Task;
            }
            return understood;
        }
        match place {
            Place::Controller(ControllerBlock::Head) if key == "controller id" && value.starts_with("Status,") => {
                (run.controller, self.place) = (None, Place::List);
                self.shape = Shape::default();
                true
            }
            Place::List => match listed(&key, value) {
                Some(listed) => {
                    run.listed.push(listed);
                    true
                }
                None => false,
            },
            Place::Controller(block) => {
                run.controller.as_mut().is_some_and(|controller| controller.line(block, name, &key, value))
            }
            Place::Array => run.arrays.last_mut().is_some_and(|array| array.line(&key, value)),
            Place::Logical => run.logical.last_mut().is_some_and(|logical| logical.line(&key, value)),
            Place::Device(DeviceBlock::Channel) => is_of_no_matter(&key),
            Place::Device(block) => run.devices.last_mut().is_some_and(|device| device.line(block, name, &key, value)),
            Place::Task => run.tasks.last_mut().is_some_and(|task| task.line(&key, value)),
            Place::Phy => run.phys.last_mut().is_some_and(|log| log.line(&key, value)),
            Place::Rest => {
                matches!(key.as_str(), "firmware" | "reported channel,device" | "reported location")
                    || is_of_no_matter(&key)
            }
            Place::Front | Place::Log | Place::Unknown => false,
        }
    }

    /// A line of XML; tags may go on in the next line.
    fn markup(&mut self, text: &str) -> bool {
        self.place = Place::Log;
        let mut joined = std::mem::take(&mut self.tag);
        let mut rest = text;
        if !joined.is_empty() {
            joined.push(' ');
            joined.push_str(text);
            // It is not read before its end is there: of many short lines each would be read as often as lines follow.
            if let Some(quoted) = xml::goes_on(text, self.tag_is_quoted) {
                return self.wait(joined, quoted);
            }
            rest = &joined;
        }
        while !rest.trim().is_empty() {
            let Some((behind, tag)) = xml::front(rest) else {
                return xml::begun(rest).is_some_and(|quoted| self.wait(rest.to_owned(), quoted));
            };
            if !self.tag_read(tag) {
                return false;
            }
            rest = behind;
        }
        true
    }

    /// Waits for the end of a tag, unless it is too long to be one.
    fn wait(&mut self, tag: String, quoted: bool) -> bool {
        if tag.len() >= TAG_MAX {
            return false;
        }
        (self.tag, self.tag_is_quoted) = (tag, quoted);
        true
    }

    fn tag_read(&mut self, tag: Tag<'_>) -> bool {
        match tag {
            Tag::Open(element) => {
                self.log_is_open |= element.name == "ControllerLog";
                self.put(&element)
            }
            Tag::Close(name) => {
                self.log_is_open &= name != "ControllerLog";
                true
            }
        }
    }

    /// `abortedCmds ..... 7`.
    fn tabular(&mut self, text: &str) -> bool {
        match (logs::dotted(text), &mut self.element) {
            (Some((name, value)), Some(element)) => {
                element.attributes.push((name.to_owned().into(), value.to_owned().into()));
                true
            }
            _ => false,
        }
    }

    /// The element of the tabular form is whole.
    fn flush(&mut self) {
        if let Some(element) = self.element.take() {
            self.put(&element);
        }
    }

    /// An element of a log.
    fn put(&mut self, element: &Element<'_>) -> bool {
        let Some(run) = self.runs.last_mut() else { return false };
        if let Some(log) = logs::head(element) {
            run.logs.push(log);
            return true;
        }
        match logs::entry(element) {
            Some(entry) => {
                if run.logs.is_empty() {
                    run.logs.push(ControllerLog::default());
                }
                (self.each)(run, &entry);
                true
            }
            None => element.name == "eventlog",
        }
    }
}

fn below(small: &str) -> Option<Place> {
    TITLES.iter().find(|(title, _)| *title == small).map(|(_, place)| *place)
}

/// So many dashes stand only in a rule.
const RULE: &str = "----------";

/// `-----`, `=====`.
fn is_rule(text: &str) -> bool {
    text.len() > 2 && (text.chars().all(|c| c == '-') || text.chars().all(|c| c == '='))
}

/// A command line, as it stands in what people paste: the controller that it names, if any.
fn command_line(text: &str) -> Option<Option<u32>> {
    let small = text.to_ascii_lowercase();
    let mut words = small.split(|c: char| !c.is_ascii_alphanumeric()).skip_while(|word| *word != "arcconf");
    words.next()?;
    let mut words = words.skip_while(|word| !["getconfig", "getstatus", "getlogs", "phyerrorlog"].contains(word));
    Some(words.nth(1).and_then(|number| number.parse().ok()))
}

/// `Controller 1:  : Optimal, Slot 0, RAID (Expose RAW), Adaptec 6805, 4B20136ACAE, 50000D1108189300`.
fn listed(key: &str, value: &str) -> Option<Listed> {
    let number = key.strip_prefix("controller ")?.parse().ok()?;
    let parts: Vec<&str> = value.trim_start_matches([':', ' ']).split(", ").map(str::trim).collect();
    let (state, rest) = parts.split_first()?;
    let text = |at: usize| rest.get(at).filter(|text| !text.is_empty()).map(|text| (*text).to_owned());
    Some(Listed { number, state: Condition::read(state), model: text(2), serial: text(3) })
}
