//! From lines to things. What a line is shows in its words; what a property belongs to, in what stood last above it.

use super::super::volume::{VolumeState, progress};
use super::words::{BatteryState, CacheState, DriveState, Health};
use super::{Controller, Drive, DriveBox, Group, IN_SLOT, Named, Of, Part, Ssacli, Volume, whole};
use crate::output::{Keys, Line, pair};

/// Blanks before what belongs to a controller itself.
const OF_CONTROLLER: usize = 3;

/// Lines that not all drives of a model have: what the host or an array made of the drive, or what takes time to know.
const OF_SOME: [&str; 4] =
    ["Disk Name", "Mount Points", "Last Failure Reason", "Estimated Life Remaining based on workload to date"];

/// By how many blanks a thing's lines are indented behind those of what it is in; so in all captures, of hpacucli and ssacli.
const INDENT: usize = 3;

/// What was told of last, so that the next property is its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Block {
    #[default]
    Nothing,
    Error,
    Notice,
    Controller,
    /// A port, a sensor, what is not known: nothing in it is kept.
    Aside,
    Box,
    Group,
    Volume,
    /// Drives that hold one copy of a logical drive.
    Mirror,
    /// Drives of a logical drive that share their parity.
    Parity,
    Drive,
    /// Storage enclosure processor or expander: the last that a controller has to tell.
    Processor,
}

/// Reads lines one after another.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) read: Ssacli,
    pub(super) block: Block,
    /// How deep the head of the block stands: its properties stand deeper.
    depth: usize,
    /// Names of the last properties of drives that were told of in detail, the last drive's last.
    pub(super) last_names: Vec<String>,
    pub(super) ended: bool,
    pub(super) blank: bool,
    pub(super) last_is_odd: bool,
    /// The last line that is not blank.
    pub(super) last_words: String,
    /// The head of the last processor.
    pub(super) processor: String,
    /// The slot that the last command names, until a controller is told of.
    asked: Option<String>,
    /// The lines of the block: none stands twice.
    keys: Keys,
    /// Those of the controller, which go on behind its blocks.
    keys_of_controller: Keys,
    /// Those of the drives of this controller that were told of in detail, the last drive's last.
    keys_of_drives: Vec<Keys>,
}

/// `Smart Array P410i in Slot 0 (Embedded)    (sn: 50014380AAAA0001)`: name, slot, what stands in parentheses.
pub(super) fn head(text: &str) -> Option<(&str, &str, Vec<&str>)> {
    let (model, rest) = text.split_once(IN_SLOT)?;
    let at = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (slot, rest) = (rest.get(..at)?, rest.get(at..)?);
    let mut remarks = Vec::new();
    let mut rest = rest.trim();
    while !rest.is_empty() {
        let (remark, behind) = rest.strip_prefix('(')?.split_once(')')?;
        remarks.push(remark.trim());
        rest = behind.trim_start();
    }
    let is_name = model.starts_with(|first: char| first.is_ascii_uppercase()) && !model.contains([':', '#']);
    (is_name && !slot.is_empty()).then_some((model, slot, remarks))
}

/// What stands in parentheses, its parts between commas, and what stands behind; `(3.3 TB, RAID 6 (ADG), OK)`. A comma without a blank behind
/// it is one of a number.
fn parenthesised(text: &str) -> Option<(Vec<&str>, &str)> {
    let (inner, behind) = text.trim().strip_prefix('(')?.rsplit_once(')')?;
    Some((inner.split(", ").map(str::trim).collect(), behind.trim()))
}

/// The state that stands behind the parentheses (`…): OK`) or as one of their parts.
fn state_behind<'a>(behind: &'a str, part: Option<&&'a str>) -> Option<&'a str> {
    behind.strip_prefix(':').map(str::trim).or_else(|| part.copied()).filter(|state| !state.is_empty())
}

fn text(value: &str) -> Option<String> {
    (!value.is_empty() && value != "???").then(|| value.to_owned())
}

impl Reader {
    pub(super) fn line(&mut self, line: &Line<'_>) {
        self.ended = line.ended;
        let words = line.text.trim();
        if words.is_empty() {
            self.blank = true;
            return;
        }
        self.read.tally.met();
        let depth = line.text.len() - line.text.trim_start().len();
        let understood = if depth == 0 { self.first_column(words) } else { self.indented(depth, words) };
        self.last_is_odd = !understood;
        words.clone_into(&mut self.last_words);
        self.blank = false;
        if !understood {
            // Whose the properties are that follow is not known.
            (self.block, self.depth) = (Block::Aside, depth);
            self.read.tally.odd(line);
            // What is indented may be news of a newer version. This is of another output, or damaged.
            if depth == 0 || whole::names_a_thing(words) {
                self.read.tally.cut(format!("line {} is not one that the tool writes", line.number));
            }
        }
    }

    /// Drives of one model that work have the same lines.
    fn leave_controller(&mut self) {
        self.keys_of_controller = Keys::default();
        let keys = std::mem::take(&mut self.keys_of_drives);
        let Some(controller) = self.read.controllers.last() else { return };
        let drives = controller.groups.iter().flat_map(|group| &group.drives).filter(|drive| drive.in_detail);
        let drives: Vec<_> = drives.zip(&keys).filter(|(drive, _)| drive.state == Some(DriveState::Ok)).collect();
        let odd = drives.iter().enumerate().find_map(|(before, (drive, keys))| {
            let mut like = drives.iter().take(before).filter(|(other, _)| other.model == drive.model);
            like.find_map(|(_, other)| keys.differ(other, &OF_SOME)).map(|key| (key, &drive.location))
        });
        if let Some((key, location)) = odd {
            self.read.tally.cut(format!("\u{ab}{key}\u{bb} stands in some drives like {location}, and not in all"));
        }
    }

    /// All lines were read.
    pub(super) fn finish(mut self) -> Ssacli {
        self.leave_controller();
        if let Some(why) = whole::missing(&self) {
            self.read.tally.cut(why);
        }
        self.read
    }

    fn first_column(&mut self, words: &str) -> bool {
        if let Some(error) = words.strip_prefix("Error:") {
            self.read.errors.push(error.trim().to_owned());
            self.block = Block::Error;
        } else if let Some((model, slot, remarks)) = head(words) {
            let mut controller = Controller { model: model.to_owned(), slot: slot.to_owned(), ..Controller::default() };
            for remark in remarks {
                match remark.strip_prefix("sn:") {
                    Some(serial) => controller.serial = text(serial.trim()),
                    None => controller.remarks.push(remark.to_owned()),
                }
            }
            self.read.controllers.push(controller);
            (self.block, self.depth, self.asked) = (Block::Controller, 0, None);
            self.leave_controller();
        } else if is_notice(words) {
            let Some(controller) = self.read.controllers.last_mut() else { return false };
            controller.notices.push(words.to_owned());
            self.block = Block::Notice;
        } else if is_asked(words) {
            let slot = words.split_whitespace().find_map(|word| word.strip_prefix("slot="));
            (self.block, self.asked) = (Block::Nothing, Some(slot.unwrap_or_default().to_owned()));
        } else {
            return is_banner(words);
        }
        true
    }

    fn indented(&mut self, depth: usize, words: &str) -> bool {
        // An error and a notice go on in lines that are indented.
        let goes_on = match self.block {
            Block::Error => self.read.errors.last_mut(),
            Block::Notice if !self.blank => {
                self.read.controllers.last_mut().and_then(|controller| controller.notices.last_mut())
            }
            _ => None,
        };
        if let Some(text) = goes_on {
            *text = format!("{text} {words}");
            return true;
        }
        if !depth.is_multiple_of(INDENT) {
            self.read.tally.cut(format!("\u{ab}{words}\u{bb} is not indented as the tool does it"));
        }
        if is_of_states(words) && (self.asked.is_some() || self.read.controllers.is_empty()) {
            let slot = self.asked.take().unwrap_or_default();
            self.read.controllers.push(Controller { slot, ..Controller::default() });
        }
        let Some(controller) = self.read.controllers.last_mut() else { return false };
        if let Some(rest) = words.strip_prefix("physicaldrive ") {
            return self.drive(depth, rest);
        }
        if let Some(rest) = words.strip_prefix("logicaldrive ") {
            return self.volume(depth, rest);
        }
        if let Some(number) = words.strip_prefix("Logical Drive:") {
            let number = number.trim().parse().ok();
            if let Some(group) = group(controller) {
                group.volumes.push(Volume { number, ..Volume::default() });
            }
            (self.block, self.depth, self.keys) = (Block::Volume, depth, Keys::default());
            return number.is_some();
        }
        if let Some(of) = group_head(words) {
            controller.groups.push(of);
            (self.block, self.depth, self.keys) = (Block::Group, depth, Keys::default());
            return true;
        }
        if let Some(drive_box) = drive_box(words) {
            controller.boxes.push(drive_box);
            (self.block, self.depth, self.keys) = (Block::Box, depth, Keys::default());
            return true;
        }
        if let Some(block) = other_head(words) {
            if block == Block::Mirror {
                let Some(volume) = controller.groups.last_mut().and_then(|group| group.volumes.last_mut()) else {
                    return false;
                };
                volume.mirrors.push(Vec::new());
            }
            if block == Block::Processor {
                words.clone_into(&mut self.processor);
            }
            // These are parts of a logical drive, whose properties go on behind them.
            if !matches!(block, Block::Mirror | Block::Parity | Block::Volume) {
                (self.depth, self.keys) = (depth, Keys::default());
            }
            self.block = block;
            return true;
        }
        if matches!(words, "None attached" | "Physical Drives") {
            return self.block == Block::Box;
        }
        let Some((name, value)) = pair(words) else { return false };
        self.property(depth, name, value);
        true
    }

    /// `1I:1:4 (port 1I:box 1:bay 4, SAS, 600 GB, OK, spare)`, or, with lines of its own, `1I:1:4`.
    fn drive(&mut self, depth: usize, rest: &str) -> bool {
        let Some(controller) = self.read.controllers.last_mut() else { return false };
        let (location, parts) = rest.split_once('(').map_or((rest, None), |(location, _)| (location, Some(())));
        let location = location.trim().to_owned();
        if location.is_empty() || location.contains(char::is_whitespace) {
            return false;
        }
        let mut drive = Drive { location, in_detail: parts.is_none(), ..Drive::default() };
        if parts.is_some() {
            let Some((parts, behind)) = rest.find('(').and_then(|at| parenthesised(rest.get(at..)?)) else {
                return false;
            };
            // Of an output of states, the size is the last part and the state stands behind.
            let stands_behind = behind.starts_with(':');
            let (interface, size) =
                if stands_behind && parts.len() < 3 { (None, parts.get(1)) } else { (parts.get(1), parts.get(2)) };
            drive.interface = interface.and_then(|interface| text(interface));
            drive.size = size.and_then(|size| text(size));
            drive.state = state_behind(behind, parts.get(3)).map(DriveState::read);
            let flags = parts.get(if stands_behind { 3 } else { 4 }..).unwrap_or_default();
            drive.part = flags.iter().find(|flag| !flag.contains('%')).map(|flag| Part::read(flag));
            if drive.state.is_none() {
                return false;
            }
        }
        match self.block {
            Block::Box if !drive.in_detail => {
                if let Some(drive_box) = controller.boxes.last_mut() {
                    drive_box.drives.push(drive);
                }
            }
            Block::Mirror if !drive.in_detail => {
                let volume = controller.groups.last_mut().and_then(|group| group.volumes.last_mut());
                if let Some(mirror) = volume.and_then(|volume| volume.mirrors.last_mut()) {
                    mirror.push(drive.location);
                }
            }
            // It has its own place among the drives of its array.
            Block::Parity if !drive.in_detail => {}
            _ => {
                if drive.in_detail {
                    (self.block, self.depth) = (Block::Drive, depth);
                    self.last_names.push(String::new());
                    self.keys_of_drives.push(Keys::default());
                } else {
                    // A line that is all that is told of it.
                    (self.block, self.depth) = (Block::Aside, depth);
                }
                if let Some(group) = group(controller) {
                    group.drives.push(drive);
                }
            }
        }
        true
    }

    /// `1 (558.9 GB, RAID 1, OK)`.
    fn volume(&mut self, depth: usize, rest: &str) -> bool {
        let Some(controller) = self.read.controllers.last_mut() else { return false };
        let Some((number, rest)) = rest.split_once(' ') else { return false };
        let Some((parts, behind)) = parenthesised(rest) else { return false };
        let mut volume = Volume { number: number.parse().ok(), ..Volume::default() };
        volume.size = parts.first().and_then(|size| text(size));
        volume.level = parts.get(1).and_then(|level| text(level.strip_prefix("RAID ").unwrap_or(level)));
        let Some(state) = state_behind(behind, parts.get(2)) else { return false };
        volume.state = Some(VolumeState::read(state));
        volume.progress = parts.get(3..).unwrap_or_default().iter().find_map(|part| progress(part));
        volume.state_text = state.to_owned();
        if !behind.starts_with(':') {
            volume.state_text = parts.get(2..).unwrap_or_default().join(", ");
        }
        let known = volume.number.is_some();
        if let Some(group) = group(controller) {
            group.volumes.push(volume);
        }
        (self.block, self.depth) = (Block::Aside, depth);
        known
    }

    fn property(&mut self, depth: usize, name: &str, value: &str) {
        // What stands no deeper than the head of the block is not its own. Of the controller there may be more.
        if depth <= self.depth && !matches!(self.block, Block::Nothing | Block::Error) {
            (self.block, self.depth) =
                if depth <= OF_CONTROLLER { (Block::Controller, 0) } else { (Block::Aside, depth) };
        }
        let block = self.block;
        let keys = match block {
            Block::Notice | Block::Controller => Some(&mut self.keys_of_controller),
            Block::Box | Block::Group | Block::Volume | Block::Mirror | Block::Parity => Some(&mut self.keys),
            Block::Drive => self.keys_of_drives.last_mut(),
            Block::Nothing | Block::Error | Block::Aside | Block::Processor => None,
        };
        if keys.is_some_and(|keys| !keys.take(name)) {
            self.read.tally.cut(format!("\u{ab}{name}\u{bb} stands twice: two things run into each other"));
        }
        let Some(controller) = self.read.controllers.last_mut() else { return };
        match block {
            Block::Notice if depth <= OF_CONTROLLER => {
                self.block = Block::Controller;
                controller.property(name, value);
            }
            Block::Controller => controller.property(name, value),
            Block::Box => {
                if let Some(drive_box) = controller.boxes.last_mut() {
                    state(&mut drive_box.other_states, name, value);
                }
            }
            Block::Group => {
                if let Some(group) = group(controller) {
                    group.property(name, value);
                }
            }
            Block::Volume | Block::Mirror | Block::Parity => {
                if let Some(volume) = controller.groups.last_mut().and_then(|group| group.volumes.last_mut()) {
                    volume.property(name, value);
                }
            }
            Block::Drive => {
                if let Some(drive) = controller.groups.last_mut().and_then(|group| group.drives.last_mut()) {
                    drive.property(name, value);
                }
                if let Some(last) = self.last_names.last_mut() {
                    name.clone_into(last);
                }
            }
            Block::Nothing | Block::Error | Block::Notice | Block::Aside | Block::Processor => {}
        }
    }
}

/// The group that stands last; drives and logical drives without a heading are in one of their own.
fn group(controller: &mut Controller) -> Option<&mut Group> {
    if controller.groups.is_empty() {
        controller.groups.push(Group::default());
    }
    controller.groups.last_mut()
}

/// A line of a list of states, which stands below no head: `logicaldrive 1 (558.9 GB, RAID 1): OK`.
pub(super) fn is_of_states(words: &str) -> bool {
    let names = ["logicaldrive ", "physicaldrive "].iter().any(|name| words.starts_with(name));
    names && words.contains(" (") && words.contains("): ")
}

/// The command that was asked, perhaps behind a prompt.
fn is_asked(words: &str) -> bool {
    let word = |one: &str| words.split_whitespace().any(|word| word == one);
    let of_it = ["ssacli", "hpssacli", "hpacucli"].iter().any(|tool| words.contains(tool)) || words.starts_with("=>");
    of_it && (word("show") || words.trim_end() == "=>")
}

/// What the tool says before it is asked.
fn is_banner(words: &str) -> bool {
    let begins =
        ["Smart Storage Administrator CLI", "HP Array Configuration Utility CLI", "HPE Smart Storage Administrator"];
    begins.iter().any(|begin| words.starts_with(begin))
        || words.starts_with("Detecting Controllers")
        || words.starts_with("Type \"help\"")
        || words.starts_with("Type \"exit\"")
}

/// What a controller has to say before all else: `CACHE STATUS PROBLEM DETECTED: The cache on this controller has a problem.`
fn is_notice(words: &str) -> bool {
    let (title, _) = words.split_once(':').unwrap_or((words, ""));
    let shouts = |word: &str| word.chars().all(|letter| letter.is_ascii_uppercase() || matches!(letter, '-' | '/'));
    words.starts_with("Warning:") || title.split_whitespace().count() > 1 && title.split_whitespace().all(shouts)
}

/// `array A (SAS, Unused Space: 0  MB)`, `Array: A`, `unassigned`, `HBA Drives`.
fn group_head(words: &str) -> Option<Group> {
    let (of, remarks) = match words.trim_end_matches(':') {
        "unassigned" | "Unassigned" | "Unassigned Drives" | "unassigned drives" => (Of::Unassigned, Vec::new()),
        "HBA Drives" | "HBA drives" => (Of::Hba, Vec::new()),
        _ => {
            let rest = words.strip_prefix("array ").or_else(|| words.strip_prefix("Array "));
            let rest = rest.or_else(|| words.strip_prefix("Array:"))?.trim();
            let (letter, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let is_letter = (1..=3).contains(&letter.len()) && letter.chars().all(|one| one.is_ascii_uppercase());
            if !is_letter {
                return None;
            }
            let remarks = if rest.trim().is_empty() { Vec::new() } else { parenthesised(rest)?.0 };
            (Of::Array(letter.to_owned()), remarks)
        }
    };
    let state = remarks.contains(&"Failed").then_some(Health::Failed);
    let remarks = remarks.into_iter().map(str::to_owned).collect();
    Some(Group { of, remarks, state, ..Group::default() })
}

/// `Internal Drive Cage at Port 1I, Box 1, OK`.
fn drive_box(words: &str) -> Option<DriveBox> {
    let (name, rest) = words.split_once(" at Port ")?;
    let (port, rest) = rest.split_once(", Box ")?;
    let (number, state) = rest.split_once(',').map_or((rest, None), |(number, state)| (number, Some(state.trim())));
    Some(DriveBox {
        name: name.trim().to_owned(),
        port: port.trim().to_owned(),
        number: number.trim().to_owned(),
        state: state.map(Health::read),
        ..DriveBox::default()
    })
}

/// The heads of what has no record.
fn other_head(words: &str) -> Option<Block> {
    let begins = |heads: &[&str]| heads.iter().any(|head| words.starts_with(head));
    if begins(&["SEP (", "Enclosure SEP (", "Expander "]) {
        Some(Block::Processor)
    } else if begins(&["Mirror Group "]) && words.ends_with(':') {
        Some(Block::Mirror)
    } else if begins(&["Parity Group "]) && words.ends_with(':') {
        Some(Block::Parity)
    } else if begins(&["Port Name:", "Sensor ID:"]) {
        Some(Block::Aside)
    } else if words == "Disk Partition Information" {
        Some(Block::Volume)
    } else {
        None
    }
}

/// A property that names a status and has no field.
fn state(states: &mut Vec<Named>, name: &str, value: &str) {
    if name == "Status" || name.ends_with(" Status") {
        states.push(Named { name: name.to_owned(), text: value.to_owned() });
    }
}

impl Controller {
    fn property(&mut self, name: &str, value: &str) {
        match name {
            "Serial Number" => self.serial = text(value),
            "Firmware Version" => self.firmware = text(value),
            "Driver Name" => self.driver = text(value),
            "Controller Status" => self.state = Some(Health::read(value)),
            "Cache Status" => self.cache = Some(CacheState::read(value)),
            "Cache Status Details" => self.cache_details = text(value),
            "Battery/Capacitor Status" | "Battery Pack Status" | "Battery Status" => {
                self.battery = Some(BatteryState::read(value));
            }
            "No-Battery Write Cache" => self.writes_back_unprotected = Some(value == "Enabled"),
            // A licence, not how the controller is.
            "RAID 6 (ADG) Status" | "RAID 6 Status" => {}
            _ => state(&mut self.other_states, name, value),
        }
    }
}

impl Group {
    fn property(&mut self, name: &str, value: &str) {
        match name {
            "Status" if self.state.is_none() => self.state = Some(Health::read(value)),
            _ => state(&mut self.other_states, name, value),
        }
    }
}

impl Volume {
    fn property(&mut self, name: &str, value: &str) {
        match name {
            "Size" => self.size = text(value),
            "Fault Tolerance" => self.level = text(value.strip_prefix("RAID ").unwrap_or(value)),
            "Status" if self.state.is_none() => {
                self.state = Some(VolumeState::read(value));
                self.progress = progress(value);
                value.clone_into(&mut self.state_text);
            }
            "Parity Initialization Status" => self.initialization = text(value),
            "Unrecoverable Media Errors" => self.media_errors = text(value),
            "Disk Name" => self.disk = text(value),
            "Logical Drive Label" => self.label = text(value),
            // Whether the host uses it.
            "OS Status" => {}
            _ => state(&mut self.other_states, name, value),
        }
    }
}

impl Drive {
    fn property(&mut self, name: &str, value: &str) {
        match name {
            "Status" if self.state.is_none() => self.state = Some(DriveState::read(value)),
            "Drive Type" => self.part = Some(Part::read(value)),
            "Interface Type" => self.interface = text(value),
            "Size" => self.size = text(value),
            "Last Failure Reason" => self.last_failure = text(value),
            "Firmware Revision" => self.firmware = text(value),
            "Serial Number" => self.serial = text(value),
            "WWID" => self.wwid = text(value),
            // The vendor's field of INQUIRY has eight characters.
            "Model" => match value.char_indices().nth(8).and_then(|(at, _)| value.split_at_checked(at)) {
                Some((vendor, model)) => (self.vendor, self.model) = (text(vendor.trim()), text(model.trim())),
                None => self.model = text(value),
            },
            "Current Temperature (C)" => self.temperature = value.parse().ok(),
            "Power On Hours" => self.hours = value.parse().ok(),
            "Usage remaining" => self.life_left = progress(value),
            "SSD Smart Trip Wearout" => self.worn_out = Some(value != "False"),
            _ => state(&mut self.other_states, name, value),
        }
    }
}

impl Part {
    fn read(text: &str) -> Self {
        match text {
            "Data Drive" => Self::Data,
            "Spare Drive" | "spare" | "Dedicated Spare Drive" => Self::Spare,
            "Unassigned Drive" => Self::Unassigned,
            "HBA Mode Drive" | "HBA Drive" => Self::Hba,
            active if active.starts_with("active spare") || active.starts_with("Active Spare") => Self::ActiveSpare,
            other => Self::Other(other.to_owned()),
        }
    }
}
