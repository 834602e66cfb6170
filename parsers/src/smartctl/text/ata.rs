//! Sections of an ATA drive.

use super::{Reader, Section, Speaks, attribute::row};
use crate::ata::Checksum;
use crate::ata::logs::errors::{ErrorEntry, ErrorLog};
use crate::ata::logs::phy::{Counter, PhyEvents};
use crate::ata::logs::sct::SctStatus;
use crate::ata::logs::self_test::{Kind, Outcome, SelfTest, SelfTestLog};
use crate::ata::logs::statistics::{DeviceStatistics, Statistic};
use crate::ata::smart::Status;
use crate::output::pair;
use crate::smartctl::number::{count, hex_or_decimal};
use crate::smartctl::phrases::{ATA_KINDS, ATA_OUTCOMES, front, numbered};

/// Heads of sections: what the line begins with, whether the section is a table that a blank line must close, and what it is.
const HEADS: &[(&str, bool, Section)] = &[
    ("General SMART Values:", false, Section::Values),
    ("SMART Attributes Data Structure revision number:", false, Section::Attributes),
    ("Vendor Specific SMART Attributes with Thresholds:", true, Section::Attributes),
    ("Failed Attributes:", true, Section::Attributes),
    ("Please note the following marginal Attributes:", true, Section::Attributes),
    ("General Purpose Log Directory", false, Section::LogDirectory),
    ("Log Directories not read due to", false, Section::LogDirectory),
    ("SMART           Log Directory Version", true, Section::LogDirectory),
    ("SMART Log Directory", true, Section::LogDirectory),
    ("Log Directory ", false, Section::LogDirectory),
    ("SMART Error Log Version:", true, Section::Errors),
    ("SMART Extended Comprehensive Error Log Version:", true, Section::Errors),
    ("SMART Self-test log structure revision number", true, Section::SelfTests),
    ("SMART Extended Self-test Log Version:", true, Section::SelfTests),
    ("SMART Selective self-test log data structure revision number", true, Section::Selective),
    ("If Selective self-test is pending on power-up, resume after", false, Section::SelectiveEnd),
    ("SCT Status Version:", true, Section::Sct),
    ("SCT Temperature History Version:", true, Section::Sct),
    ("SCT Error Recovery Control:", true, Section::Sct),
    ("SCT Data Table", false, Section::Sct),
    ("Device Statistics (", true, Section::Statistics),
    ("Pending Defects log (", true, Section::Defects),
    ("SATA Phy Event Counters (", true, Section::Phy),
];

/// What a drive does not have, which ends the section as well.
const NONE: &[(&str, Section)] = &[
    ("SMART Error Log not supported", Section::Errors),
    ("SMART Extended Comprehensive Error Log (GP Log 0x03) not supported", Section::Errors),
    ("Device does not support Error Logging", Section::Errors),
    ("SMART Self-test Log not supported", Section::SelfTests),
    ("SMART Extended Self-test Log size", Section::SelfTests),
    ("SMART Extended Self-test Log (GP Log 0x07) not supported", Section::SelfTests),
    ("Device does not support Self Test logging", Section::SelfTests),
    ("Selective Self-tests/Logging not supported", Section::SelectiveEnd),
    ("Device does not support Selective Self Tests/Logging", Section::SelectiveEnd),
    ("SCT Commands not supported", Section::Sct),
    ("SCT (Get) Error Recovery Control command failed", Section::Sct),
    ("SCT Error Recovery Control command not supported", Section::Sct),
    ("SCT Status not supported", Section::Sct),
    ("Unexpected SCT status", Section::Sct),
    ("Another SCT command is executing", Section::Sct),
    ("(SCT ext_status_code", Section::Sct),
    ("Device Statistics (GP/SMART Log 0x04) not supported", Section::Statistics),
    ("Device Statistics (SMART Log 0x04) not supported", Section::Statistics),
    ("Pending Defects log (GP Log 0x0c) not supported", Section::Defects),
    ("SATA Phy Event Counters (GP Log 0x11) not supported", Section::Phy),
    ("SATA Phy Event Counters not supported", Section::Phy),
];

/// Lines that stand below the word on its health, or between sections.
const REMARKS: &[&str] = &[
    "SMART Status not supported:",
    "Warning: This result is based on",
    "See vendor-specific Attribute list",
    "Drive failure expected in less than 24 hours.",
    "No failed Attributes found.",
    "The above only provides legacy SMART information",
    "- ",
];

impl Reader {
    pub(super) fn ata_heading(&mut self, text: &str) -> bool {
        if let Some((_, section)) = NONE.iter().find(|(head, _)| text.starts_with(head)) {
            // A SCSI drive says some of it in the same words.
            if self.speaks == Some(Speaks::Scsi) {
                return false;
            }
            return self.begin(*section, false);
        }
        let Some((_, open, section)) = HEADS.iter().find(|(head, ..)| text.starts_with(head)) else { return false };
        self.speaks(Speaks::Ata);
        let last = *section == Section::SelectiveEnd && !text.ends_with("minute delay.");
        if last {
            // Cut within its last line.
            return self.begin(Section::Selective, true);
        }
        match section {
            Section::Attributes if *open => drop(self.ata.attributes.get_or_insert_default()),
            Section::Errors => drop(self.errors()),
            Section::SelfTests => drop(self.tests()),
            Section::Phy => self.ata.phy = Some(PhyEvents { checksum: Checksum::Good, counters: Vec::new() }),
            Section::Statistics => {
                let none = DeviceStatistics { listed: Vec::new(), statistics: Vec::new(), headless: 0 };
                self.ata.statistics.get_or_insert(none);
            }
            Section::Sct => return self.begin(*section, *open) && self.sct(text),
            _ => {}
        }
        self.begin(*section, *open)
    }

    pub(super) fn ata_detail(&mut self, line: &str, text: &str) -> bool {
        match self.section {
            Section::Values => self.value(text),
            Section::Attributes => self.attribute(text),
            Section::LogDirectory => {
                text.starts_with("0x") || text.starts_with("Address ") || text.contains(" Log Directory ")
            }
            Section::Errors => self.error(line, text),
            Section::SelfTests => self.test(text),
            Section::Selective => {
                let fronts = ["SPAN ", "Selective self-test flags", "After scanning selected spans", "Note: "];
                fronts.iter().any(|front| text.starts_with(front)) || text.starts_with(|c: char| c.is_ascii_digit())
            }
            Section::SelectiveEnd | Section::Health => REMARKS.iter().any(|remark| text.starts_with(remark)),
            Section::Sct => self.sct(text),
            Section::Statistics => self.statistic(text),
            Section::Defects => {
                let fronts = ["No Defects Logged", "Index ", "Pending Defect", "... ("];
                fronts.iter().any(|front| text.starts_with(front)) || text.starts_with(|c: char| c.is_ascii_digit())
            }
            Section::Phy => self.counter(text),
            _ => false,
        }
    }

    /// `Self-test execution status:      ( 121) The previous self-test completed having`. The rest is words for bits.
    fn value(&mut self, text: &str) -> bool {
        let status = text.strip_prefix("Self-test execution status:").and_then(|rest| rest.split_once('('));
        if let Some((_, status)) = status {
            let number = status.split(')').next().and_then(|number| number.trim().parse::<u8>().ok());
            self.ata.last_test = number.map(Outcome::of);
            return number.is_some();
        }
        true
    }

    fn attribute(&mut self, text: &str) -> bool {
        let is_head =
            text.starts_with("ID# ATTRIBUTE_NAME") || text.starts_with('|') || text.starts_with("Vendor Specific");
        if is_head {
            return true;
        }
        match row(text) {
            Some(attribute) => self.ata.attributes.get_or_insert_default().push(attribute),
            None => return REMARKS.iter().any(|remark| text.starts_with(remark)),
        }
        true
    }

    fn errors(&mut self) -> &mut ErrorLog {
        let none = ErrorLog { bad_pages: 0, version: None, count: None, entries: Vec::new() };
        self.ata.errors.get_or_insert(none)
    }

    /// A line of the error log. Registers stand below their names; the commands before the one that failed are not kept.
    fn error(&mut self, line: &str, text: &str) -> bool {
        let counted = text.strip_prefix("ATA Error Count:").or_else(|| text.strip_prefix("Device Error Count:"));
        if let Some(number) = counted {
            let number = count(number.trim());
            self.errors().count = number.map(|number| u16::try_from(number).unwrap_or(u16::MAX));
            return number.is_some();
        }
        if let Some(rest) =
            text.strip_prefix("Error ").filter(|rest| rest.contains("occurred at disk power-on lifetime"))
        {
            self.open = true;
            return self.error_head(rest);
        }
        if let Some(state) = text.strip_prefix("When the command that caused the error occurred, the device was ") {
            if let Some(entry) = self.errors().entries.last_mut() {
                entry.state = state_of(state);
            }
            return true;
        }
        if text.starts_with("After command completion") || text.starts_with("Commands leading to") {
            self.open = true;
            return true;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let bytes: Option<Vec<u8>> = match words.as_slice() {
            [error, "--", rest @ ..] => hex([*error].iter().chain(rest.iter().take(10))),
            words => hex(words.iter().take(7)),
        };
        if let Some(bytes) = bytes {
            // Commands begin with hexadecimal numbers as well, and are one longer.
            if let Some(entry) = self.errors().entries.last_mut().filter(|entry| entry.status == 0) {
                registers(entry, &bytes);
            }
            return true;
        }
        line.starts_with(['\t', ' '])
            || [
                "Powered_Up_Time",
                "DDd+hh",
                "SS=sec",
                "No Errors Logged",
                "Warning: ATA",
                "Error Log ",
                "Error: ",
                "[Error log",
                "...",
                "Invalid Error Log",
            ]
            .iter()
            .any(|front| text.starts_with(front))
            || text.contains("log entry is empty")
            || text.contains("entry contains invalid")
            || text.contains("(log entry")
    }

    /// `31 [6] occurred at disk power-on lifetime: 7296 hours (304 days + 0 hours)`.
    fn error_head(&mut self, text: &str) -> bool {
        let number = text.split(' ').next().and_then(|number| number.parse::<u16>().ok());
        let hours = text.split_once("lifetime: ").and_then(|(_, hours)| count(hours));
        let entry = ErrorEntry {
            number,
            hours: hours.and_then(|hours| u16::try_from(hours).ok()).unwrap_or_default(),
            state: 0,
            error: 0,
            status: 0,
            count: 0,
            lba: 0,
            device: 0,
            commands: Vec::new(),
        };
        self.errors().entries.push(entry);
        hours.is_some()
    }

    fn tests(&mut self) -> &mut SelfTestLog {
        let none = SelfTestLog { bad_pages: 0, revision: None, tests: Vec::new() };
        self.ata.self_tests.get_or_insert(none)
    }

    fn test(&mut self, text: &str) -> bool {
        if text.starts_with('#') {
            let test = test(text);
            let read = test.is_some();
            self.tests().tests.extend(test);
            return read;
        }
        let fronts = [
            "Num ",
            "No self-tests have been logged",
            "Note: ",
            "Warning: ",
            "SMART Self-test log",
            "[To run self-tests",
        ];
        fronts.iter().any(|front| text.starts_with(front))
            || text.ends_with("outdated by newer successful extended offline self-test")
            || text.contains(" are outdated by ")
            || text.contains(" is outdated by ")
    }

    fn sct(&mut self, text: &str) -> bool {
        let Some((key, value)) = pair(text) else {
            // Rows of the history of temperatures.
            return text.starts_with("Index ")
                || text.starts_with("...")
                || text.starts_with(|c: char| c.is_ascii_digit())
                || text.starts_with("SCT ");
        };
        let sct = self.ata.sct.get_or_insert_with(|| SctStatus::parse(&[]));
        let degrees = |text: &str| text.split([' ', '/']).find_map(|word| word.parse::<i8>().ok());
        match key {
            "SCT Status Version" => sct.version = value.parse().ok(),
            "Current Temperature" => sct.temperature = degrees(value),
            "Specified Max Operating Temperature" => sct.temperature_limit = degrees(value),
            "SMART Status" => {
                sct.smart_status = value
                    .strip_prefix("0x")
                    .and_then(|digits| u16::from_str_radix(digits.get(..4)?, 16).ok())
                    .map(Status::of_word);
            }
            _ => {}
        }
        true
    }

    /// `0x01  0x008  4               5  ---  Lifetime Power-On Resets`; until 6.3 `  1  0x008  4              23~ Lifetime …`.
    fn statistic(&mut self, text: &str) -> bool {
        if text.starts_with("Page ") || text.starts_with('|') || text.contains(" == ") || text.contains("=====") {
            return true;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let [page, offset, size, value, flags, ..] = words.as_slice() else { return false };
        let read = || {
            let page = u8::try_from(hex_or_decimal(page)?).ok()?;
            let offset = u16::try_from(hex_or_decimal(offset)?).ok()?;
            size.parse::<u8>().ok()?;
            let (value, normalized) = value.strip_suffix('~').map_or((*value, false), |value| (value, true));
            let number = if value == "-" { None } else { Some(value.parse::<i64>().ok()?) };
            let set = |letter, bit: u8| if flags.len() <= 4 && flags.contains(letter) { bit } else { 0 };
            let valid = if number.is_some() { 0x40 } else { 0 };
            let flags = 0x80 | valid | if normalized { 0x20 } else { set('N', 0x20) } | set('D', 0x10) | set('C', 0x08);
            let raw = u64::from_le_bytes(number.unwrap_or(0).to_le_bytes()) & ((1 << 56) - 1);
            Some(Statistic { page, offset, flags, raw })
        };
        let statistic = read();
        let is = statistic.is_some();
        if let Some(statistics) = &mut self.ata.statistics {
            statistics.statistics.extend(statistic);
        }
        is
    }

    /// `0x0001  2            0  Command failed due to ICRC error`; a `+` behind the value says that it counts no further.
    fn counter(&mut self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words == ["ID", "Size", "Value", "Description"] || text.starts_with('|') {
            return true;
        }
        let [id, size, value, description @ ..] = words.as_slice() else { return false };
        let is_known = COUNTERS.contains(&description.join(" ").as_str());
        let read = || {
            let (number, saturated) = value.strip_suffix('+').map_or((*value, false), |number| (number, true));
            let id = u16::try_from(hex_or_decimal(id)?).ok()?;
            Some(Counter { id, bytes: size.parse().ok()?, value: number.parse().ok()?, saturated })
        };
        let counter = read();
        let is = counter.is_some() && is_known;
        if let Some(phy) = &mut self.ata.phy {
            phy.counters.extend(counter);
        }
        is
    }
}

/// What counters of a SATA phy are called (smartmontools' ataprint.cpp, and captures of 5.40 to 7.x); the last three by older versions.
const COUNTERS: [&str; 21] = [
    "Command failed due to ICRC error",
    "R_ERR response for data FIS",
    "R_ERR response for device-to-host data FIS",
    "R_ERR response for host-to-device data FIS",
    "R_ERR response for non-data FIS",
    "R_ERR response for device-to-host non-data FIS",
    "R_ERR response for host-to-device non-data FIS",
    "Device-to-host non-data FIS retries",
    "Transition from drive PhyRdy to drive PhyNRdy",
    "Device-to-host register FISes sent due to a COMRESET",
    "CRC errors within host-to-device FIS",
    "Non-CRC errors within host-to-device FIS",
    "R_ERR response for host-to-device data FIS, CRC",
    "R_ERR response for host-to-device data FIS, non-CRC",
    "R_ERR response for host-to-device non-data FIS, CRC",
    "R_ERR response for host-to-device non-data FIS, non-CRC",
    "Vendor specific",
    "Unknown",
    "Register device to host FISes sent due to a COMRESET",
    "CRC errors within a host-to-device FIS",
    "Non-CRC errors within a host-to-device FIS",
];

fn hex<'a>(words: impl Iterator<Item = &'a &'a str>) -> Option<Vec<u8>> {
    let bytes: Option<Vec<u8>> =
        words.map(|word| (word.len() == 2).then(|| u8::from_str_radix(word, 16).ok())?).collect();
    bytes.filter(|bytes| bytes.len() >= 7)
}

/// `40 51 00 08 f5 7e 02`: ER ST SC SN CL CH DH; or, without its dashes, ER ST COUNT LBA_48 LH LM LL DV.
fn registers(entry: &mut ErrorEntry, bytes: &[u8]) {
    match bytes {
        [error, status, count, low, mid, high, device] => {
            let lba = u32::from_le_bytes([*low, *mid, *high, device & 0xf]);
            (entry.error, entry.status, entry.count, entry.device, entry.lba) =
                (*error, *status, u16::from(*count), *device, u64::from(lba));
        }
        [error, status, upper, lower, f, e, d, c, b, a, device] => {
            let lba = u64::from_le_bytes([*a, *b, *c, *d, *e, *f, 0, 0]);
            (entry.error, entry.status, entry.count, entry.device, entry.lba) =
                (*error, *status, u16::from_be_bytes([*upper, *lower]), *device, lba);
        }
        _ => {}
    }
}

/// `in standby mode.` and others, as [`ErrorEntry::state_name`] has them.
fn state_of(words: &str) -> u8 {
    let states = [("sleep", 1), ("standby", 2), ("active or idle", 3), ("doing SMART Offline", 4), ("running", 4)];
    states.iter().find(|(word, _)| words.contains(word)).map_or(0, |(_, state)| *state)
}

/// `# 1  Short offline       Completed: read failure       90%     13447         5326718`.
fn test(text: &str) -> Option<SelfTest> {
    let rest = text.strip_prefix('#')?.trim_start();
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let (kind, rest) = match front(rest, ATA_KINDS) {
        Some(found) => found,
        None => numbered(rest).map(|(number, rest)| (Kind::Other(number), rest))?,
    };
    let (outcome, rest) = match front(rest, ATA_OUTCOMES) {
        Some(found) => found,
        None => {
            let (number, rest) = rest.strip_prefix("Unknown status (0x")?.split_once(')')?;
            (Outcome::Other(u8::from_str_radix(number, 16).ok()?), rest.trim_start())
        }
    };
    let mut words = rest.split_whitespace();
    let left = words.next()?.strip_suffix('%')?.parse().ok()?;
    let hours: u64 = words.next()?.parse().ok()?;
    let failing_lba = match words.next()? {
        "-" => None,
        lba => Some(hex_or_decimal(lba)?),
    };
    Some(SelfTest { kind, outcome, left, hours: u16::try_from(hours).unwrap_or(u16::MAX), checkpoint: 0, failing_lba })
}
