//! Sections of an NVMe drive.

use super::info::kelvins;
use super::{Reader, Section, Speaks};
use crate::nvme::identify::Controller;
use crate::nvme::logs::errors::{ErrorEntry, Status};
use crate::nvme::logs::health::{CriticalWarning, Health};
use crate::nvme::logs::self_test::{Kind, SelfTest, SelfTestLog};
use crate::output::pair;
use crate::smartctl::number::{grouped, hex_or_decimal};
use crate::smartctl::phrases::{NVME_KINDS, NVME_OUTCOMES, front};

impl Reader {
    pub(super) fn controller(&mut self) -> &mut Controller {
        self.nvme.controller.get_or_insert_with(|| Controller::parse(&[]))
    }

    pub(super) fn nvme_heading(&mut self, text: &str) -> bool {
        if text.starts_with("SMART/Health Information (NVMe Log 0x02") {
            self.speaks(Speaks::Nvme);
            self.nvme.health = Some(Health::parse(&[]));
            return self.begin(Section::NvmeHealth, true);
        }
        if text.starts_with("Error Information (NVMe Log 0x01") {
            self.speaks(Speaks::Nvme);
            self.nvme.errors = Some(Vec::new());
            return self.begin(Section::NvmeErrors, true);
        }
        if text.starts_with("Self-test Log (NVMe Log 0x06") {
            self.nvme.self_tests = Some(SelfTestLog { running: None, results: Vec::new() });
            return self.begin(Section::NvmeTests, true);
        }
        if text == "Self-tests not supported" {
            return self.begin(Section::NvmeTests, false);
        }
        false
    }

    pub(super) fn nvme_detail(&mut self, text: &str) -> bool {
        match self.section {
            Section::NvmeHealth => self.health_line(text),
            Section::NvmeErrors => {
                if text == "No Errors Logged" {
                    self.open = false;
                    return true;
                }
                if text.starts_with("Num ") || text.starts_with("... (") {
                    return true;
                }
                let entry = error(text);
                let read = entry.is_some();
                self.nvme.errors.get_or_insert_default().extend(entry);
                read
            }
            _ => self.test_line(text),
        }
    }

    fn health_line(&mut self, text: &str) -> bool {
        let (Some((key, value)), Some(health)) = (pair(text), &mut self.nvme.health) else { return false };
        let key: Vec<&str> = key.split_whitespace().collect();
        let wide = grouped(value);
        let byte = wide.and_then(|number| u8::try_from(number).ok());
        let double = wide.and_then(|number| u32::try_from(number).ok());
        match key.as_slice() {
            ["Critical", "Warning"] => {
                let bits = value.split(' ').next().and_then(hex_or_decimal).and_then(|bits| u8::try_from(bits).ok());
                health.critical_warning = bits.map(CriticalWarning);
                return bits.is_some();
            }
            ["Temperature"] => {
                health.temperature = kelvins(value);
                return value == "-" || health.temperature.is_some();
            }
            ["Temperature", "Sensor", number] => {
                let sensor = number.parse().ok().zip(kelvins(value));
                health.sensors.extend(sensor);
                return sensor.is_some();
            }
            ["Available", "Spare"] => health.available_spare = byte,
            ["Available", "Spare", "Threshold"] => health.spare_threshold = byte,
            ["Percentage", "Used"] => health.percentage_used = byte,
            ["Data", "Units", "Read"] => health.data_units_read = wide,
            ["Data", "Units", "Written"] => health.data_units_written = wide,
            ["Host", "Read", "Commands"] => health.host_reads = wide,
            ["Host", "Write", "Commands"] => health.host_writes = wide,
            ["Controller", "Busy", "Time"] => health.busy_minutes = wide,
            ["Power", "Cycles"] => health.power_cycles = wide,
            ["Power", "On", "Hours"] => health.power_on_hours = wide,
            ["Unsafe", "Shutdowns"] => health.unsafe_shutdowns = wide,
            ["Media", "and", "Data", "Integrity", "Errors"] => health.media_errors = wide,
            ["Error", "Information", "Log", "Entries"] => health.error_log_entries = wide,
            ["Warning", "Comp.", "Temperature", "Time"] => health.warning_temperature_minutes = double,
            ["Critical", "Comp.", "Temperature", "Time"] => health.critical_temperature_minutes = double,
            ["Thermal", "Temp.", "1", "Transition", "Count"] => health.thermal_transitions_1 = double,
            ["Thermal", "Temp.", "2", "Transition", "Count"] => health.thermal_transitions_2 = double,
            ["Thermal", "Temp.", "1", "Total", "Time"] => health.thermal_seconds_1 = double,
            ["Thermal", "Temp.", "2", "Total", "Time"] => health.thermal_seconds_2 = double,
            _ => return false,
        }
        wide.is_some()
    }

    fn test_line(&mut self, text: &str) -> bool {
        if ["Num ", "No Self-tests Logged", "Self-test status: No self-test in progress"]
            .iter()
            .any(|front| text.starts_with(front))
        {
            self.open &= !text.starts_with("No ");
            return true;
        }
        // `Self-test status: Short self-test in progress (20% completed)`.
        if text.starts_with("Self-test status:") {
            return text.contains("in progress");
        }
        let test = test(text);
        let read = test.is_some();
        if let Some(tests) = &mut self.nvme.self_tests {
            tests.results.extend(test);
        }
        read
    }
}

/// `  0         16     1  0x00fa  0x0281      -     71035848     1     -  Message`.
fn error(text: &str) -> Option<ErrorEntry> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [number, count, queue, command, status, parameter, lba, namespace, vendor, ..] = words.as_slice() else {
        return None;
    };
    number.parse::<u16>().ok()?;
    // A dash is what the entry does not tell.
    let told = |word: &str| if word == "-" { Some(None) } else { hex_or_decimal(word).map(Some) };
    let word = |number: Option<u64>| number.map(u16::try_from).transpose().ok();
    Some(ErrorEntry {
        error_count: count.parse().ok()?,
        queue: word(told(queue)?)?,
        command: word(told(command)?)?,
        status: Status::of_word(u16::try_from(hex_or_decimal(status)?).ok()?),
        parameter: word(told(parameter)?)?.unwrap_or(u16::MAX),
        lba: told(lba)?.unwrap_or(0),
        namespace: told(namespace)?.and_then(|namespace| u32::try_from(namespace).ok()).unwrap_or(u32::MAX),
        vendor_log: told(vendor)?.and_then(|page| u8::try_from(page).ok()),
        information: 0,
    })
}

/// ` 2   Short             Completed: failed segments             7662            -     1   2   -    -`.
fn test(text: &str) -> Option<SelfTest> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let (kind, rest) = match front(rest, NVME_KINDS) {
        Some(found) => found,
        None => {
            let (number, rest) = rest.strip_prefix("Reserved (0x")?.split_once(')')?;
            (Kind::Other(u8::from_str_radix(number, 16).ok()?), rest.trim_start())
        }
    };
    let (outcome, rest) = front(rest, NVME_OUTCOMES)?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    // Before 7.4, and in some of its builds, without the segment.
    let (hours, lba, namespace, segment, status_kind, status_code) = match words.as_slice() {
        [hours, lba, namespace, segment, kind, code] => (hours, lba, namespace, *segment, kind, code),
        [hours, lba, namespace, kind, code] => (hours, lba, namespace, "-", kind, code),
        _ => return None,
    };
    let told = |word: &str| if word == "-" { Some(None) } else { hex_or_decimal(word).map(Some) };
    let byte = |word: &str| Some(told(word)?.and_then(|number| u8::try_from(number).ok()));
    Some(SelfTest {
        kind,
        outcome,
        segment: byte(segment)?,
        hours: hours.parse().ok()?,
        namespace: told(namespace)?.and_then(|namespace| u32::try_from(namespace).ok()),
        failing_lba: told(lba)?,
        status_kind: byte(status_kind)?,
        status_code: byte(status_code)?,
    })
}
