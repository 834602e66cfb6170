//! Text: heads, and `key : value` below them; of `list`, a table with a ruler.

use super::{Drive, Printed, add};
use crate::nvme::identify::Controller;
use crate::nvme::logs::errors::{ErrorEntry, Status};
use crate::nvme::logs::health::{CriticalWarning, Health};
use crate::output::{Keys, Line, lines};
use crate::smartctl::number::{count, grouped, hex_or_decimal};
use xxhash_rust::xxh3::Xxh3Default;

/// A head stands among the first lines; before it may be prompts and the command.
const FRONT: usize = 8;

/// What is being read.
enum Part {
    Health {
        health: Health,
        whole: bool,
    },
    Controller(Controller),
    Errors {
        entries: Vec<Entry>,
        announced: Option<usize>,
    },
    /// Columns of the table, as offsets in characters; none before its ruler.
    List(Option<Vec<(usize, usize)>>),
}

/// An entry of the error log while it is read.
#[derive(Default)]
struct Entry {
    count: Option<u64>,
    queue: Option<u16>,
    command: Option<u16>,
    status: Option<u16>,
    /// Whether the phase tag has a line of its own, and is not in the status.
    tagged: bool,
    lba: u64,
    namespace: u32,
}

struct Reader {
    part: Part,
    drive: Drive,
    names: Vec<String>,
    /// What was told so far: nothing is told twice.
    keys: Keys,
    hash: Xxh3Default,
}

pub(super) fn recognise(bytes: &[u8]) -> bool {
    let front = bytes.get(..64 * 1024).unwrap_or(bytes);
    let mut first = lines(front).filter(|line| !line.text.trim().is_empty()).take(FRONT);
    first.any(|line| head(&line.text).is_some())
}

/// The head of an output, with the device that it names.
fn head(line: &str) -> Option<(Part, Option<String>)> {
    let line = line.trim_end();
    let device = |rest: &str| rest.split_whitespace().next().map(str::to_owned);
    if let Some(rest) = line.strip_prefix("Smart Log for NVME device:") {
        return Some((Part::Health { health: Health::parse(&[]), whole: false }, device(rest)));
    }
    if line == "NVME Identify Controller:" {
        return Some((Part::Controller(Controller::parse(&[])), None));
    }
    if let Some(rest) = line.strip_prefix("Error Log Entries for device:") {
        let announced = rest.split_once("entries:").and_then(|(_, number)| number.trim().parse().ok());
        return Some((Part::Errors { entries: Vec::new(), announced }, device(rest)));
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_list = words.starts_with(&["Node", "SN", "Model"]) || words.starts_with(&["Node", "Generic", "SN", "Model"]);
    is_list.then_some((Part::List(None), None))
}

pub(super) fn read(bytes: &[u8]) -> Printed {
    let mut printed = Printed::default();
    let mut reader: Option<Reader> = None;
    let mut ended = true;
    for line in lines(bytes) {
        let text = line.text.trim_end();
        if text.is_empty() {
            continue;
        }
        printed.tally.met();
        ended = line.ended;
        if let Some((part, device)) = head(text) {
            end(&mut printed, reader.take());
            let names = match &part {
                Part::List(_) => text.split_whitespace().map(str::to_owned).collect(),
                _ => Vec::new(),
            };
            let drive = Drive { device, ..Drive::default() };
            reader = Some(Reader { part, drive, names, keys: Keys::default(), hash: Xxh3Default::new() });
            continue;
        }
        let understood = match &mut reader {
            Some(reader) => reader.line(&line, &mut printed),
            None => false,
        };
        if !understood {
            printed.tally.odd(&line);
        }
    }
    end(&mut printed, reader);
    if !ended {
        printed.tally.cut("its last line has no end");
    }
    if printed.tally.odds() > 0 {
        printed.tally.cut("lines of something else stand in it");
    }
    printed
}

fn end(printed: &mut Printed, reader: Option<Reader>) {
    let Some(Reader { part, mut drive, keys, hash, .. }) = reader else { return };
    drive.fingerprint = hash.digest();
    match part {
        Part::Health { health, whole } => {
            if !whole {
                printed.tally.cut("the last line of the health log is missing");
            }
            let told = [
                health.critical_warning.is_some(),
                health.temperature.is_some(),
                health.available_spare.is_some(),
                health.spare_threshold.is_some(),
                health.percentage_used.is_some(),
                health.power_on_hours.is_some(),
                health.media_errors.is_some(),
                health.error_log_entries.is_some(),
            ];
            if told.contains(&false) {
                printed.tally.cut("lines of the health log are missing");
            }
            drive.answers.health = Some(health);
        }
        Part::Controller(controller) => {
            // It has some thirty lines; the last ones are power states.
            if let Some(lost) = DEMANDED.iter().find(|key| !keys.has(key)) {
                printed.tally.cut(format!("\u{ab}{lost}\u{bb} is missing in what the controller is"));
            }
            if controller.subsystem_name.is_none() {
                printed.tally.cut("the end of what the controller is is missing");
            }
            drive.answers.controller = Some(controller);
        }
        Part::Errors { entries, announced } => {
            if announced.is_some_and(|announced| announced != entries.len()) {
                printed.tally.cut("the error log announces more entries than there are");
            }
            drive.answers.errors = Some(entries.iter().filter_map(Entry::read).collect());
        }
        Part::List(_) => return,
    }
    add(&mut printed.drives, drive);
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, printed: &mut Printed) -> bool {
        let text = line.text.trim_end();
        self.hash.update(text.as_bytes());
        match &mut self.part {
            Part::List(None) => {
                let ruler = text.trim().chars().all(|c| c == '-' || c == ' ');
                self.part = Part::List(ruler.then(|| columns(text)));
                ruler
            }
            Part::List(Some(columns)) => match row(text, columns, &self.names) {
                Some(drive) => {
                    printed.drives.push(drive);
                    true
                }
                None => false,
            },
            Part::Health { health, whole } => {
                let Some((key, value)) = text.split_once(':') else { return false };
                *whole |= key.trim() == LAST && line.ended;
                self.keys.take(key.trim()) && health_line(health, key.trim(), value.trim())
            }
            Part::Controller(controller) => {
                let Some((key, value)) = text.split_once(':') else { return text.starts_with(' ') };
                // Power states go on in lines of their own.
                if text.starts_with(' ') {
                    return true;
                }
                let (key, value) = (key.trim(), value.trim());
                if !self.keys.take(key) {
                    return false;
                }
                let said = Some(value.to_owned()).filter(|value| !value.is_empty());
                let number = hex_or_decimal(value.split(' ').next().unwrap_or_default());
                let kelvins = number.and_then(|number| u16::try_from(number).ok()).filter(|kelvins| *kelvins > 0);
                match key {
                    "sn" => self.drive.serial = said,
                    "mn" => self.drive.model = said,
                    "fr" => self.drive.firmware = said,
                    "wctemp" => controller.warning_temperature = kelvins,
                    "cctemp" => controller.critical_temperature = kelvins,
                    "tnvmcap" => self.drive.bytes = count(value).filter(|bytes| *bytes > 0),
                    "subnqn" => controller.subsystem_name = said,
                    _ => {}
                }
                true
            }
            Part::Errors { entries, .. } => {
                if text.trim().chars().all(|c| c == '.') {
                    return true;
                }
                if text.trim_start().starts_with("Entry[") {
                    entries.push(Entry::default());
                    return true;
                }
                let (Some((key, value)), Some(entry)) = (text.split_once(':'), entries.last_mut()) else {
                    return false;
                };
                entry.line(key.trim(), value.trim())
            }
        }
    }
}

impl Entry {
    fn line(&mut self, key: &str, value: &str) -> bool {
        let digits = value.split(['(', ' ']).next().unwrap_or_default();
        let number = hex_or_decimal(digits);
        let word = number.and_then(|number| u16::try_from(number).ok());
        match key {
            "error_count" => self.count = number,
            "sqid" => self.queue = word,
            "cmdid" => self.command = word,
            "status_field" => self.status = word,
            "phase_tag" => self.tagged = true,
            "lba" => self.lba = number.unwrap_or(0),
            "nsid" => self.namespace = number.and_then(|nsid| u32::try_from(nsid).ok()).unwrap_or(u32::MAX),
            "parm_err_loc" | "vs" | "trtype" | "cs" | "trtype_spec_info" | "cid" | "opcode" | "csi"
            | "log_page_version" => {}
            _ => return false,
        }
        number.is_some() || !matches!(key, "error_count" | "status_field")
    }

    /// An entry that was never used counts no error.
    fn read(&self) -> Option<ErrorEntry> {
        let status = self.status?;
        let word = if self.tagged { status.checked_shl(1).filter(|_| status < 1 << 15)? } else { status };
        Some(ErrorEntry {
            error_count: self.count.filter(|count| *count > 0)?,
            queue: self.queue,
            command: self.command,
            status: Status::of_word(word),
            parameter: u16::MAX,
            lba: self.lba,
            namespace: self.namespace,
            vendor_log: None,
            information: 0,
        })
    }
}

/// Lines of a controller that every version has (`nvme_show_id_ctrl` in nvme-print.c).
const DEMANDED: [&str; 9] = ["vid", "ssvid", "sn", "mn", "fr", "ver", "oacs", "elpe", "nn"];

/// The last line of the health log.
const LAST: &str = "Thermal Management T2 Total Time";

/// Keys changed their case and their blanks between versions.
fn health_line(health: &mut Health, key: &str, value: &str) -> bool {
    let key = key.to_ascii_lowercase().replace(' ', "_");
    let wide = grouped(value);
    let byte = wide.and_then(|number| u8::try_from(number).ok());
    let double = wide.and_then(|number| u32::try_from(number).ok());
    match key.as_str() {
        "critical_warning" => {
            // Of -H, bits follow in words.
            let bits = value.split(' ').next().and_then(hex_or_decimal).and_then(|bits| u8::try_from(bits).ok());
            health.critical_warning = bits.map(CriticalWarning);
            return bits.is_some();
        }
        "temperature" => {
            health.temperature = kelvins(value);
            return health.temperature.is_some();
        }
        "available_spare" => health.available_spare = byte,
        "available_spare_threshold" => health.spare_threshold = byte,
        "percentage_used" => health.percentage_used = byte,
        "endurance_group_critical_warning_summary" => {
            health.endurance_group_warning =
                value.split(' ').next().and_then(hex_or_decimal).and_then(|bits| u8::try_from(bits).ok());
        }
        "data_units_read" => health.data_units_read = wide,
        "data_units_written" => health.data_units_written = wide,
        "host_read_commands" => health.host_reads = wide,
        "host_write_commands" => health.host_writes = wide,
        "controller_busy_time" => health.busy_minutes = wide,
        "power_cycles" => health.power_cycles = wide,
        "power_on_hours" => health.power_on_hours = wide,
        "unsafe_shutdowns" => health.unsafe_shutdowns = wide,
        "media_errors" => health.media_errors = wide,
        "num_err_log_entries" => health.error_log_entries = wide,
        "warning_temperature_time" => health.warning_temperature_minutes = double,
        "critical_composite_temperature_time" => health.critical_temperature_minutes = double,
        "thermal_management_t1_trans_count" => health.thermal_transitions_1 = double,
        "thermal_management_t2_trans_count" => health.thermal_transitions_2 = double,
        "thermal_management_t1_total_time" => health.thermal_seconds_1 = double,
        "thermal_management_t2_total_time" => health.thermal_seconds_2 = double,
        key => {
            let sensor =
                key.strip_prefix("temperature_sensor_").and_then(|number| number.parse().ok()).zip(kelvins(value));
            health.sensors.extend(sensor);
            return sensor.is_some();
        }
    }
    wide.is_some()
}

/// `37 °C (310 K)`, `37 C`, `98 °F (310 K)`.
fn kelvins(text: &str) -> Option<u16> {
    if let Some((_, rest)) = text.split_once('(') {
        return rest.split(' ').next()?.trim_end_matches(['K', ')']).parse().ok();
    }
    let degrees: i32 = text.split(|c: char| !c.is_ascii_digit() && c != '-').next()?.parse().ok()?;
    u16::try_from(degrees.checked_add(273)?).ok()
}

/// The stretches of dashes of a ruler, in characters.
fn columns(ruler: &str) -> Vec<(usize, usize)> {
    let mut columns: Vec<(usize, usize)> = Vec::new();
    for (at, _) in ruler.chars().enumerate().filter(|(_, c)| *c == '-') {
        match columns.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => columns.push((at, at + 1)),
        }
    }
    columns
}

/// A row of `list`: its columns are as wide as the ruler, but for the last.
fn row(text: &str, columns: &[(usize, usize)], names: &[String]) -> Option<Drive> {
    let letters: Vec<char> = text.chars().collect();
    let column = |name: &str| {
        let at = names.iter().position(|known| known == name)?;
        let (from, to) = columns.get(at)?;
        let text: String = letters.get(*from..(*to).min(letters.len()))?.iter().collect();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let device = column("Node").filter(|node| node.starts_with("/dev/"))?;
    let (from, to) = columns.last()?;
    let firmware: String = letters.get(*from..(*to).min(letters.len()))?.iter().collect();
    Some(Drive {
        fingerprint: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
        device: Some(device),
        serial: column("SN"),
        model: column("Model"),
        firmware: Some(firmware.trim().to_owned()).filter(|firmware| !firmware.is_empty()),
        ..Drive::default()
    })
}
