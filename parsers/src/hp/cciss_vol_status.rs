//! What `cciss_vol_status` prints of Smart Array controllers.
//!
//! ```text
//! Controller: Smart Array P410i
//!   Board ID: 0x3245103c
//!   Logical drives: 1
//! /dev/sda: (Smart Array P410i) RAID 1 Volume 0 status: OK.
//!   Physical drives: 2
//!          connector 1I box 1 bay 1                 HP      EH0300FBQDD                          6XN0AAAA0000B1470000     HPD1 OK
//! ```
//!
//! Only the line of a logical drive stands in all outputs; the controller, its drives and its cache are told with `-V`. Facts: the manual and
//! the texts in the program of version 1.12a, captures of 1.09 to 1.12a. The count behind `Logical drives:` is wrong on some controllers (0 on a
//! P800 that has two), so nothing rests on it being low.

use super::volume::VolumeState;
use crate::output::{Keys, Line, Tally, lines};

/// An output: of each controller that was asked what was printed of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CcissVolStatus {
    /// The controllers in the order of the output. One that was asked by several of its devices stands here as often.
    pub controllers: Vec<Controller>,
    /// What the program complains of: devices that it could not open or ask, in one line each.
    pub complaints: Vec<String>,
    /// How far it was understood.
    pub tally: Tally,
}

/// A controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controller {
    /// Its name: `Smart Array P410i`.
    pub model: String,
    /// The number that the cciss driver gave it, from 0: of `/dev/cciss/c1d0` it is 1. Other drivers give none.
    pub number: Option<u32>,
    /// Whether it is told of with `-V`.
    pub in_detail: bool,
    /// Firmware that it runs; with `-V`.
    pub firmware: Option<String>,
    /// `Logical drives`: how many it says that it has, which may be less than there are; with `-V`.
    pub volumes_counted: Option<u32>,
    /// Its logical drives.
    pub volumes: Vec<Volume>,
    /// `Physical drives`: how many it has; with `-V`.
    pub drives_counted: Option<u32>,
    /// Its drives, with `-V`; with `-s` those that say that they will fail.
    pub drives: Vec<Drive>,
    /// Its enclosures.
    pub enclosures: Vec<Enclosure>,
    /// Its cache, from 1.11 on, with `-V`.
    pub cache: Option<Cache>,
}

/// A logical drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// The device by which the host has it, or its controller: `/dev/cciss/c0d0`, `/dev/sda`.
    pub device: String,
    /// Level, as it stands: `1`, `5`, `1(1+0)`, which is either.
    pub level: Option<String>,
    /// Its number, from 0: `ssacli` counts the same from 1.
    pub number: Option<u32>,
    /// How it is.
    pub state: VolumeState,
    /// The same as it stands.
    pub state_text: String,
    /// What is said of its spares.
    pub spares: Vec<Spares>,
    /// `Failed drives`.
    pub failed: Vec<Drive>,
    /// `'Replacement' drives`: put in for one that failed, and not written to the end yet.
    pub replacements: Vec<Drive>,
    /// `Drives currently substituted for by spares`: they failed.
    pub substituted: Vec<Drive>,
    /// `Total of n failed physical drives`.
    pub failed_counted: Option<u32>,
}

/// What is said of a logical drive's spares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spares {
    /// `At least one spare drive designated`, in older versions `At least one spare drive`.
    Designated,
    /// `At least one spare drive activated and currently rebuilding`.
    Rebuilding,
    /// `At least one activated on-line spare drive is completely rebuilt on this logical drive`: it stands in for a drive that failed.
    Rebuilt,
    /// `At least one spare drive has failed`.
    Failed,
    /// `At least one spare drive activated`.
    Activated,
    /// `At least one spare drive remains available`.
    Available,
    /// Words that are not known, as they stand.
    Other(String),
}

/// A drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drive {
    /// `connector`, the port: `1I`; `J1` of parallel SCSI. None where it is `??`.
    pub port: Option<String>,
    /// The box of that port.
    pub enclosure: Option<String>,
    /// The bay of that box.
    pub bay: Option<String>,
    /// Vendor; `ATA` of any SATA drive.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Firmware revision.
    pub firmware: Option<String>,
    /// How it is; nothing is said of drives that are listed as failed.
    pub state: Option<DriveState>,
}

/// How a drive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriveState {
    /// `OK`.
    Ok,
    /// `S.M.A.R.T. predictive failure.`
    PredictiveFailure,
    /// Any other words, as they stand.
    Other(String),
}

/// An enclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Model; that of an internal cage of some controllers is empty.
    pub model: Option<String>,
    /// Serial number, which may be garbage, as the manual says.
    pub serial: Option<String>,
    /// The bus that it is.
    pub bus: Option<u32>,
    /// The controller's port.
    pub port: String,
    /// How it is: `OK`, or `Fan failed`, `Temperature problem`, `Door alert`, `Power Supply Unit failed`, perhaps several; without the full stop.
    pub state: String,
}

/// The cache of a controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cache {
    /// `Cache configured`.
    pub configured: Option<bool>,
    /// `Write cache enabled`.
    pub writes_back: Option<bool>,
    /// `Flash backed cache present`.
    pub flash_backed: bool,
    /// `Write cache temporarily disabled`.
    pub temporarily_disabled: bool,
    /// `Write Cache permanently disabled`.
    pub permanently_disabled: bool,
    /// What else it says: why it is disabled, data that were lost, memory errors; each in one line.
    pub says: Vec<String>,
}

/// Whether bytes are of it: a line of a logical drive or of a controller, near the beginning.
pub fn recognise(bytes: &[u8]) -> bool {
    let mut lines = lines(bytes).filter(|line| !line.text.trim().is_empty()).take(20).peekable();
    while let Some(line) = lines.next() {
        let board = |next: &Line<'_>| next.text.starts_with("  Board ID: 0x");
        if volume(&line.text).is_some() || line.text.starts_with(CONTROLLER) && lines.peek().is_some_and(board) {
            return true;
        }
    }
    false
}

/// Reads an output. Bytes that are not UTF-8 become U+FFFD.
pub fn cciss_vol_status(bytes: &[u8]) -> CcissVolStatus {
    let mut reader = Reader::default();
    lines(bytes).for_each(|line| reader.line(&line));
    reader.finish()
}

const CONTROLLER: &str = "Controller: ";
const CACHE: &str = "Non-Volatile Cache status:";

/// What the drives are of whose lines follow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum List {
    /// None was announced: with `-s`, drives that will fail stand so.
    #[default]
    None,
    Physical,
    Failed,
    Replacements,
    Substituted,
}

#[derive(Debug, Default)]
struct Reader {
    read: CcissVolStatus,
    list: List,
    /// The cache is told of: what is indented, or goes on in the first column, is its.
    in_cache: bool,
    /// The lines of the cache that tell a value: each stands once.
    keys: Keys,
    /// Bays are padded to two places, which 1.12 began: it tells of the cache.
    tells_of_cache: bool,
    ended: bool,
    last_is_odd: bool,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>) {
        self.ended = line.ended;
        if line.text.trim().is_empty() {
            return;
        }
        self.read.tally.met();
        let understood = self.understood(line.text.trim_end());
        self.last_is_odd = !understood;
        if !understood {
            self.read.tally.odd(line);
            self.read.tally.cut(format!("line {} is not one that the tool writes", line.number));
        }
    }

    fn understood(&mut self, text: &str) -> bool {
        let words = text.trim_start();
        let first_column = words.len() == text.len();
        if let Some(model) = text.strip_prefix(CONTROLLER).or_else(|| (text == "Controller:").then_some("")) {
            self.read.controllers.push(Controller {
                model: model.trim().to_owned(),
                in_detail: true,
                ..Controller::default()
            });
            (self.list, self.in_cache) = (List::None, false);
            return true;
        }
        if let Some((model, volume)) = volume(text) {
            (self.list, self.in_cache) = (List::None, false);
            let known = !volume.state_text.is_empty();
            if let Some(controller) = self.of(&volume.device, model, volume.number) {
                controller.volumes.push(volume);
            }
            return known;
        }
        if let Some((device, model, enclosure)) = enclosure(text) {
            (self.list, self.in_cache) = (List::None, false);
            if let Some(controller) = self.of(device, model, None) {
                controller.enclosures.push(enclosure);
            }
            return true;
        }
        if first_column && text.ends_with(CACHE) {
            let Some(controller) = self.read.controllers.last_mut() else { return false };
            controller.cache = Some(Cache::default());
            (self.list, self.in_cache, self.keys) = (List::None, true, Keys::default());
            return true;
        }
        if first_column && (text.starts_with("cciss_vol_status") || text.starts_with("#cciss_vol_status")) {
            let is_version = text.contains(" version ");
            let complaint = text.trim_start_matches('#').to_owned();
            self.read.complaints.extend((!is_version && text.contains(": ")).then_some(complaint));
            return true;
        }
        // The command, perhaps behind a prompt.
        if first_column && !self.in_cache && text.contains("cciss_vol_status ") {
            return true;
        }
        let Some(controller) = self.read.controllers.last_mut() else { return false };
        if self.in_cache {
            let key = words.split_once(": ").map(|(key, _)| key).filter(|key| CACHE_LINES.contains(key));
            let again = key.is_some_and(|key| !self.keys.take(key));
            return !again && controller.cache.as_mut().is_some_and(|cache| cache.line(words, first_column));
        }
        if let Some((drive, padded)) = drive(words, self.list == List::Physical) {
            self.tells_of_cache |= padded;
            let of_volume = controller.volumes.last_mut();
            let list = match (self.list, of_volume) {
                (List::Failed, Some(volume)) => &mut volume.failed,
                (List::Replacements, Some(volume)) => &mut volume.replacements,
                (List::Substituted, Some(volume)) => &mut volume.substituted,
                _ => &mut controller.drives,
            };
            list.push(drive);
            return true;
        }
        if first_column {
            return false;
        }
        match words {
            "Failed drives:" => self.list = List::Failed,
            "'Replacement' drives:" => self.list = List::Replacements,
            "Drives currently substituted for by spares:" => self.list = List::Substituted,
            _ if words.starts_with("Total of ") => {
                let Some(volume) = controller.volumes.last_mut() else { return false };
                volume.failed_counted = words.split(' ').nth(2).and_then(|count| count.parse().ok());
                self.list = List::None;
                return volume.failed_counted.is_some();
            }
            _ => {
                let Some((name, value)) = words.split_once(": ") else { return false };
                match name {
                    "Board ID" | "ROM firmware" => {}
                    "Running firmware" => controller.firmware = Some(value.trim().to_owned()),
                    "Logical drives" => controller.volumes_counted = value.trim().parse().ok(),
                    "Physical drives" => {
                        controller.drives_counted = value.trim().parse().ok();
                        self.list = List::Physical;
                        return controller.drives_counted.is_some();
                    }
                    _ => return false,
                }
            }
        }
        true
    }

    /// The controller that a line is of: with `-V` the one whose head stands above. Else one of that name and of that number of the cciss
    /// driver; if it has a logical drive of the same number already, another one is meant.
    fn of(&mut self, device: &str, model: &str, volume: Option<u32>) -> Option<&mut Controller> {
        let number = cciss_number(device);
        let controllers = &mut self.read.controllers;
        let is_it = |one: &Controller| {
            let has = volume.is_some() && one.volumes.iter().any(|known| known.number == volume);
            one.in_detail || one.model == model && one.number == number && !has
        };
        if !controllers.last().is_some_and(is_it) {
            controllers.push(Controller { model: model.to_owned(), ..Controller::default() });
        }
        let last = controllers.last_mut()?;
        last.number = last.number.or(number);
        Some(last)
    }

    fn finish(mut self) -> CcissVolStatus {
        if let Some(why) = self.missing() {
            self.read.tally.cut(why);
        }
        self.read
    }

    /// What is missing; none if it is whole as far as can be seen. Without `-V`, nothing shows that there should be more lines.
    fn missing(&self) -> Option<String> {
        if !self.ended {
            return Some("its last line has no end".to_owned());
        }
        if self.last_is_odd {
            return Some("its last line is not one that the tool writes".to_owned());
        }
        self.read.controllers.iter().find_map(|controller| self.missing_of(controller))
    }

    fn missing_of(&self, controller: &Controller) -> Option<String> {
        let Controller { model, volumes, drives, cache, in_detail, .. } = controller;
        let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
        if controller.volumes_counted.is_some_and(|counted| counted > count(volumes.len())) {
            return Some(format!("fewer logical drives of the {model} are told of than it counts"));
        }
        if let Some(volume) = volumes.iter().find(|volume| {
            let listed = volume.failed.len() + volume.substituted.len();
            volume.failed_counted.is_none() && listed > 0
        }) {
            return Some(format!("the failed drives of volume {} are not counted", volume.number.unwrap_or(0)));
        }
        if *in_detail && controller.drives_counted.is_none_or(|counted| counted != count(drives.len())) {
            return Some(format!("other than so many drives of the {model} are told of as it counts"));
        }
        if drives.iter().any(|drive| drive.state.is_none()) {
            return Some(format!("the state of a drive of the {model} is not told"));
        }
        match cache {
            Some(cache) if cache.configured.is_none() => {
                Some(format!("the cache of the {model} is not told of to its end"))
            }
            Some(Cache { configured: Some(true), writes_back: None, .. }) => {
                Some(format!("the cache of the {model} is not told of to its end"))
            }
            None if *in_detail && self.tells_of_cache => Some(format!("the cache of the {model} is not told of")),
            _ => None,
        }
    }
}

/// Lines of a cache that tell a value.
const CACHE_LINES: [&str; 6] = [
    "Cache configured",
    "Write cache enabled",
    "Total cache memory",
    "Read cache memory",
    "Write cache memory",
    "Cache Ratio",
];

impl Cache {
    fn line(&mut self, words: &str, first_column: bool) -> bool {
        // A reason goes on in the first column.
        if first_column {
            let Some(last) = self.says.last_mut() else { return false };
            *last = format!("{last} {words}");
            return true;
        }
        let yes = |value: &str| match value {
            "Yes" => Some(true),
            "No" => Some(false),
            _ => None,
        };
        match words.split_once(": ") {
            Some(("Cache configured", value)) => {
                self.configured = yes(value);
                return self.configured.is_some();
            }
            Some(("Write cache enabled", value)) => {
                self.writes_back = yes(value);
                return self.writes_back.is_some();
            }
            Some(("Total cache memory" | "Read cache memory" | "Write cache memory", value)) => {
                return value.ends_with("MiB");
            }
            Some(("Cache Ratio", value)) => return value.ends_with("Write"),
            // What it says of a cache has neither drives nor states of volumes in it.
            _ if words.contains("connector ") || words.contains(" status: ") || words.ends_with("drives:") => {
                return false;
            }
            _ => match words {
                "Flash backed cache present" => self.flash_backed = true,
                "Write cache temporarily disabled" => self.temporarily_disabled = true,
                "Write Cache permanently disabled" => self.permanently_disabled = true,
                _ => self.says.push(words.to_owned()),
            },
        }
        true
    }
}

/// `/dev/cciss/c1d0`: 1.
fn cciss_number(device: &str) -> Option<u32> {
    device.strip_prefix("/dev/cciss/c")?.split('d').next()?.parse().ok()
}

/// `/dev/sda: (Smart Array P410i) RAID 5 Volume 0 status: OK.   At least one spare drive designated.`: the controller's model, the logical
/// drive.
fn volume(text: &str) -> Option<(&str, Volume)> {
    let (device, rest) = text.split_once(": (")?;
    let (model, rest) = rest.split_once(") ")?;
    let (head, states) = rest.split_once(" status: ").or_else(|| Some((rest.strip_suffix(" status:")?, "")))?;
    let (level, number) = head.split_once("Volume ")?;
    if !device.starts_with("/dev/") || device.contains(char::is_whitespace) {
        return None;
    }
    let digits = number.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(number.len());
    let mut states = states.split('.').map(str::trim).filter(|state| !state.is_empty());
    let state = states.next().unwrap_or_default();
    // "(Unknown RAID level (tolerance_type = 9)".
    let level = level.trim().strip_prefix("RAID ").map(|level| level.trim().to_owned());
    let volume = Volume {
        device: device.to_owned(),
        level,
        number: number.get(..digits).and_then(|number| number.parse().ok()),
        state: VolumeState::read(state),
        state_text: state.to_owned(),
        spares: states.map(Spares::read).collect(),
        failed: Vec::new(),
        replacements: Vec::new(),
        substituted: Vec::new(),
        failed_counted: None,
    };
    Some((model, volume))
}

impl Spares {
    fn read(text: &str) -> Self {
        match text {
            "At least one spare drive designated" | "At least one spare drive" => Self::Designated,
            "At least one spare drive activated and currently rebuilding" => Self::Rebuilding,
            "At least one activated on-line spare drive is completely rebuilt on this logical drive" => Self::Rebuilt,
            "At least one spare drive has failed" => Self::Failed,
            "At least one spare drive activated" => Self::Activated,
            "At least one spare drive remains available" => Self::Available,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// `/dev/cciss/c0d0: (Smart Array P800) Enclosure MSA60 (S/N: USP0000000) on Bus 2, Physical Port 1E status: OK.`
fn enclosure(text: &str) -> Option<(&str, &str, Enclosure)> {
    let (device, rest) = text.split_once(": (")?;
    let (model, rest) = rest.split_once(") Enclosure ")?;
    let (name, rest) = rest.split_once("(S/N: ")?;
    let (serial, rest) = rest.split_once(") on Bus ")?;
    let (bus, rest) = rest.split_once(", Physical Port ")?;
    let (port, state) = rest.split_once(" status: ")?;
    let named = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    device.starts_with("/dev/").then(|| {
        let enclosure = Enclosure {
            model: named(name),
            serial: named(serial),
            bus: bus.parse().ok(),
            port: port.trim().to_owned(),
            state: state.trim().trim_end_matches('.').to_owned(),
        };
        (device, model, enclosure)
    })
}

/// `connector 1I box 1 bay 1   HP      EH0300FBQDD     6XN0AAAA0000B1470000     HPD1 OK`, before it perhaps `b0t1`; and whether the bay
/// is padded to two places.
fn drive(words: &str, has_state: bool) -> Option<(Drive, bool)> {
    let (before, rest) = words.split_once("connector ")?;
    // Bus and target of parallel SCSI.
    if !before.trim().chars().all(|letter| matches!(letter, 'b' | 't') || letter.is_ascii_digit()) {
        return None;
    }
    let (port, rest) = rest.split_once(" box ")?;
    let (number, rest) = rest.split_once(" bay ")?;
    let at = rest.find(' ').unwrap_or(rest.len());
    let (bay, rest) = (rest.get(..at)?, rest.get(at..)?);
    let known = |text: &str| (!text.contains('?') && !text.is_empty()).then(|| text.to_owned());
    // A blank, then the vendor's eight characters and the model's sixteen at the end of forty.
    let padded = bay.len() == 1 && rest.find(|letter| letter != ' ') == Some(2 + 40 - 24);
    let rest = rest.trim();
    let (rest, state) = if let Some(rest) = rest.strip_suffix(" S.M.A.R.T. predictive failure.") {
        (rest, Some(DriveState::PredictiveFailure))
    } else if let Some(rest) = rest.strip_suffix(" OK").filter(|_| has_state) {
        (rest, Some(DriveState::Ok))
    } else if has_state {
        // The firmware is the first word behind the last gap, the state what follows.
        let (before, last) = rest.rsplit_once("  ")?;
        let (firmware, state) = last.split_once(' ').unwrap_or((last, ""));
        let state = (!state.is_empty()).then(|| DriveState::Other(state.to_owned()));
        (rest.get(..before.len() + 2 + firmware.len())?, state)
    } else {
        (rest, None)
    };
    let (rest, firmware) = match rest.trim_end().strip_suffix("unknown firmware rev") {
        Some(rest) => (rest, None),
        None => rest.trim_end().rsplit_once(' ').map(|(rest, firmware)| (rest, Some(firmware.to_owned())))?,
    };
    let (names, serial) = rest.trim_end().rsplit_once(' ')?;
    let (vendor, model) = match names.trim().split_once("  ") {
        Some((vendor, model)) => (Some(vendor.trim()), model.trim()),
        None => names.trim().split_once(' ').map_or((None, names.trim()), |(vendor, model)| (Some(vendor), model)),
    };
    let drive = Drive {
        port: known(port),
        enclosure: known(number),
        bay: known(bay),
        vendor: vendor.map(str::to_owned),
        model: Some(model.to_owned()).filter(|model| model != "unknown-model"),
        serial: Some(serial.to_owned()).filter(|serial| serial != "unknown-serial-no"),
        firmware,
        state,
    };
    Some((drive, padded))
}

#[cfg(test)]
mod tests;
