//! Sections of a SCSI drive.

use super::{Reader, Section, Speaks};
use crate::output::pair;
use crate::scsi::log::{
    BackgroundScan, Counted, ErrorCounters, LinkRate, MediumError, Phy, Port, Ports, SelfTest, SelfTestResult,
    SelfTests, StartStop, Temperature,
};
use crate::scsi::sense::{Additional, Key};
use crate::smartctl::HealthWord;
use crate::smartctl::number::{count, hex_or_decimal, thousandths};
use crate::smartctl::phrases::{REASSIGNED, SCANS, SCSI_KINDS, SCSI_RESULTS, front};

/// Lines without a value that is kept.
const REMARKS: &[&str] = &[
    "Grown defects during certification",
    "Total blocks reassigned during format",
    "Total new blocks reassigned",
    "Power on minutes since format",
    "Manufactured in week",
    "defect list format",
    "Elements in primary defect list",
    "number of hours powered up",
    "number of minutes until next internal SMART test",
    "Blocks sent to initiator",
    "Blocks received from initiator",
    "Blocks read from cache and sent to initiator",
    "Number of read and write commands whose size",
    "[GLTSD (Global Logging Target Save Disable) set",
    "Errors Corrected by",
    "ECC ",
    "fast | delayed",
    "EEC ",
    "Warning: log page",
    "Read defect list",
    "scsiPrint",
    "Long (extended) Self-test duration",
    "Long (extended) Self Test duration",
    "Pending defect count",
    "Accumulated power on time",
    "Accumulated power-on time",
    "Environmental Reporting",
    "Power Cycle Min/Max",
    "Lifetime Min/Max",
    "Specified cycle count over device lifetime",
    "Specified load-unload count over device lifetime",
    "Host Managed",
    "TapeAlert",
];

/// Lines of the port log without a value that is kept: what the phy is joined to, and events, which tell its counters again.
const PORT_REMARKS: &[&str] = &[
    "attached ",
    "reason:",
    "negotiated logical link rate:",
    "Phy event descriptors:",
    "Invalid word count:",
    "Running disparity error count:",
    "Loss of dword synchronization count:",
    "Phy reset problem count:",
    "Elasticity buffer",
    "Received ",
    "Transmitted ",
    "Broadcast",
    "Connections ",
    "Peak value",
    "SAS ",
    "Unknown ",
    "Peak ",
    "Open ",
    "Rx ",
];

impl Reader {
    /// `OK`, or `FAILURE PREDICTION THRESHOLD EXCEEDED [asc=5d, ascq=10]`.
    pub(super) fn scsi_health(&mut self, word: &str) {
        let code = word.split_once("[asc=").and_then(|(_, rest)| {
            let (code, rest) = rest.split_once(',')?;
            let (_, qualifier) = rest.split_once("ascq=")?;
            let qualifier = qualifier.split(']').next()?;
            Some(Additional {
                code: u8::from_str_radix(code.trim(), 16).ok()?,
                qualifier: u8::from_str_radix(qualifier.trim(), 16).ok()?,
            })
        });
        self.scsi.exception = if word == "OK" { Some(Additional { code: 0, qualifier: 0 }) } else { code };
        self.drive.health = Some(match (word, code) {
            ("OK", _) => HealthWord::Passed,
            (_, Some(_)) => HealthWord::Failed,
            (other, None) => HealthWord::Other(other.to_owned()),
        });
    }

    pub(super) fn scsi_heading(&mut self, text: &str) -> bool {
        let (section, open) = match text {
            "Error counter log:" => (Section::Counters, true),
            "Error Counter logging not supported" | "Device does not support Error Counter logging" => {
                (Section::Counters, false)
            }
            "SMART Self-test log" => (Section::ScsiTests, true),
            "No self-tests have been logged"
            | "No Self-tests have been logged"
            | "Device does not support Self Test logging" => (Section::ScsiTests, false),
            "Background scan results log" => (Section::Background, true),
            text if text.starts_with("Device does not support Background scan results logging") => {
                (Section::Background, false)
            }
            text if text.starts_with("Protocol Specific port log page for SAS") => (Section::Ports, true),
            // Without the option that prints its health, its values come first.
            text if self.section == Section::Health && self.page(text) => (Section::Scsi, false),
            text if text.starts_with("Vendor (Seagate") => (Section::Vendor, false),
            text if text.starts_with("Non-medium error count:") => (Section::Scsi, false),
            _ => return false,
        };
        self.speaks(Speaks::Scsi);
        match section {
            Section::Background if open => self.scsi.background = Some(no_scan()),
            Section::Ports if open => self.scsi.ports = Some(Ports { ports: Vec::new(), unread: 0 }),
            Section::ScsiTests => self.scsi.self_tests = Some(SelfTests { tests: Vec::new(), unread: 0 }),
            Section::Scsi if text.starts_with("Non-medium") => {
                self.scsi.non_medium = pair(text).and_then(|(_, value)| count(value));
            }
            _ => {}
        }
        self.begin(section, open)
    }

    pub(super) fn scsi_detail(&mut self, text: &str) -> bool {
        let known = match self.section {
            Section::Counters => self.counters(text),
            Section::ScsiTests => self.scsi_test(text),
            Section::Background => self.scan(text),
            Section::Ports => self.port(text),
            _ => self.page(text),
        };
        known || self.page(text) || REMARKS.iter().any(|remark| text.starts_with(remark))
    }

    fn page(&mut self, text: &str) -> bool {
        let Some((key, value)) = pair(text) else { return false };
        let degrees = |text: &str| text.split(' ').next()?.parse::<u8>().ok();
        let cycles = |text: &str| count(text).and_then(|cycles| u32::try_from(cycles).ok());
        match key {
            "Current Drive Temperature" => self.heat().now = degrees(value),
            "Drive Trip Temperature" => self.heat().reference = degrees(value),
            "Percentage used endurance indicator" | "SS Media used endurance indicator" => {
                self.scsi.used = count(value).map(|used| u8::try_from(used).unwrap_or(u8::MAX));
                return self.scsi.used.is_some();
            }
            "Elements in grown defect list" => {
                self.scsi.grown_defects = count(value);
                return value.starts_with('[') || self.scsi.grown_defects.is_some();
            }
            "Accumulated start-stop cycles" => self.starts().cycles = cycles(value),
            "Accumulated load-unload cycles" => self.starts().loads = cycles(value),
            "Specified cycle count over device lifetime" => self.starts().cycles_specified = cycles(value),
            "Specified load-unload count over device lifetime" => self.starts().loads_specified = cycles(value),
            _ => return false,
        }
        true
    }

    fn heat(&mut self) -> &mut Temperature {
        self.scsi.temperature.get_or_insert(Temperature { now: None, reference: None })
    }

    fn starts(&mut self) -> &mut StartStop {
        let none = StartStop {
            made: None,
            accounted: None,
            cycles_specified: None,
            cycles: None,
            loads_specified: None,
            loads: None,
        };
        self.scsi.start_stop.get_or_insert(none)
    }

    /// `read:    0        8         0         8      60614      16772.475           0`.
    fn counters(&mut self, text: &str) -> bool {
        let Some((key, rest)) = text.split_once(':') else { return false };
        let of = match key {
            "read" => Counted::Reads,
            "write" => Counted::Writes,
            "verify" => Counted::Verifies,
            _ => return false,
        };
        let words: Vec<&str> = rest.split_whitespace().collect();
        let [fast, delayed, retried, corrected, runs, gigabytes, uncorrected] = words.as_slice() else { return false };
        let counters = ErrorCounters {
            of,
            corrected_fast: fast.parse().ok(),
            corrected_delayed: delayed.parse().ok(),
            retried: retried.parse().ok(),
            corrected: corrected.parse().ok(),
            algorithm_runs: runs.parse().ok(),
            // 10^9 bytes with three decimals: the last digits are lost.
            bytes: thousandths(gigabytes).and_then(|thousandths| thousandths.checked_mul(1_000_000)),
            uncorrected: uncorrected.parse().ok(),
            unread: 0,
        };
        let read = counters.uncorrected.is_some();
        self.scsi.counters.push(counters);
        read
    }

    /// `# 1  Background short  Completed                   -     302                 - [-   -    -]`.
    fn scsi_test(&mut self, text: &str) -> bool {
        if !text.starts_with('#') {
            return ["Num ", "Description", "Self-test execution status", "No "]
                .iter()
                .any(|front| text.starts_with(front));
        }
        let test = test(text);
        let read = test.is_some();
        self.scsi.self_tests.get_or_insert(SelfTests { tests: Vec::new(), unread: 0 }).tests.extend(test);
        read
    }

    fn scan(&mut self, text: &str) -> bool {
        let scan = self.scsi.background.get_or_insert_with(no_scan);
        if let Some(words) = text.strip_prefix("Status:") {
            scan.status = front(words.trim(), SCANS).map(|(status, _)| status);
            return scan.status.is_some()
                || words.trim().starts_with("background scan enabled")
                || words.trim().starts_with("unknown [0x");
        }
        if let Some(time) = text.strip_prefix("Accumulated power on time, hours:minutes") {
            let minutes = time.split_once('[').and_then(|(_, minutes)| count(minutes));
            scan.minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok());
            return minutes.is_some();
        }
        if let Some(number) = text.strip_prefix("Number of background medium scans performed:") {
            scan.medium_scans = number.trim().parse().ok();
            return scan.medium_scans.is_some();
        }
        if let Some(number) = text.strip_prefix("Number of background scans performed:") {
            scan.scans = number.split(',').next().and_then(|number| number.trim().parse().ok());
            return scan.scans.is_some();
        }
        match bad_place(text) {
            Some(error) => scan.errors.push(error),
            None => return text.starts_with("# ") || text.starts_with("scan progress") || text.starts_with("..."),
        }
        true
    }

    fn port(&mut self, text: &str) -> bool {
        let Some(ports) = &mut self.scsi.ports else { return false };
        let (key, value) = match text.split_once(" = ") {
            Some((key, value)) => (key, value.trim()),
            None => return PORT_REMARKS.iter().any(|front| text.starts_with(front)),
        };
        if key == "relative target port id" {
            let number = value.parse().ok();
            ports.ports.extend(number.map(|number| Port { number, generation: None, phys: Vec::new() }));
            return number.is_some();
        }
        let Some(port) = ports.ports.last_mut() else { return false };
        match key {
            "generation code" => port.generation = value.parse().ok(),
            "phy identifier" => {
                let number = value.parse().ok();
                port.phys.extend(number.map(phy));
                return number.is_some();
            }
            "number of phys" => self.phys_announced += value.parse::<u32>().unwrap_or(0),
            "attached phy identifier" | "attached device type" => {}
            _ => {
                let Some(phy) = port.phys.last_mut() else { return false };
                let Some(number) = hex_or_decimal(value) else { return false };
                let counted = u32::try_from(number).unwrap_or(u32::MAX);
                match key {
                    "Invalid DWORD count" => phy.invalid_dwords = counted,
                    "Running disparity error count" => phy.disparity_errors = counted,
                    "Loss of DWORD synchronization" | "Loss of DWORD synchronization count" => {
                        phy.sync_losses = counted;
                    }
                    "Phy reset problem" | "Phy reset problem count" => {
                        phy.reset_problems = counted;
                        // The last of its counters; what follows is told twice.
                        self.phys_told += 1;
                    }
                    "SAS address" => phy.address = number,
                    "attached SAS address" => phy.attached_address = number,
                    _ => return false,
                }
            }
        }
        true
    }
}

fn no_scan() -> BackgroundScan {
    BackgroundScan {
        status: None,
        minutes: None,
        scans: None,
        progress: None,
        medium_scans: None,
        errors: Vec::new(),
        unread: 0,
    }
}

/// A phy of which nothing is told yet.
fn phy(number: u8) -> Phy {
    Phy {
        number,
        attached_type: 0,
        rate: LinkRate::Unknown,
        address: 0,
        attached_address: 0,
        attached_phy: 0,
        invalid_dwords: 0,
        disparity_errors: 0,
        sync_losses: 0,
        reset_problems: 0,
    }
}

/// `[3,11,0]`, or `[0x3 0x11 0x0]`; dashes are none.
fn sense(text: &str) -> Option<(Key, Additional)> {
    let inner = text.split_once('[')?.1.split_once(']')?.0;
    let mut bytes = inner.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| {
        let digits = part.strip_prefix("0x").unwrap_or(part);
        if digits == "-" { Some(0) } else { u8::from_str_radix(digits, 16).ok() }
    });
    let mut next = || bytes.next()?;
    Some((Key::of(next()?), Additional { code: next()?, qualifier: next()? }))
}

fn test(text: &str) -> Option<SelfTest> {
    let rest = text.strip_prefix('#')?.trim_start();
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let (kind, rest) = front(rest, SCSI_KINDS)?;
    let (result, rest) = front(rest, SCSI_RESULTS)?;
    let mut words = rest.split_whitespace();
    let segment = words.next()?.parse().unwrap_or(0);
    let hours = match words.next()? {
        "NOW" => 0,
        hours => hours.parse::<u64>().ok()?,
    };
    let first_failure = match words.next()? {
        "-" => None,
        lba => Some(hex_or_decimal(lba)?),
    };
    let (key, additional) = sense(rest).unwrap_or((Key::NoSense, Additional { code: 0, qualifier: 0 }));
    // An incomplete row is a failure that is not told in full.
    let told = rest.contains(']') || result == SelfTestResult::InProgress;
    told.then(|| SelfTest {
        kind,
        result,
        segment,
        hours: u16::try_from(hours).unwrap_or(u16::MAX),
        first_failure,
        key,
        additional,
    })
}

/// `   1   2345:30  000000000001e240  [3,11,0]   Require Write or Reassign Blocks command`.
fn bad_place(text: &str) -> Option<MediumError> {
    let mut words = text.split_whitespace();
    words.next()?.parse::<u16>().ok()?;
    let (hours, minutes) = words.next()?.split_once(':')?;
    let minutes = hours.parse::<u32>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
    let lba = u64::from_str_radix(words.next()?, 16).ok()?;
    let (key, additional) = sense(text)?;
    let (_, words) = text.split_once(']')?;
    let (reassigned, _) = front(words.trim(), REASSIGNED)?;
    Some(MediumError { minutes, reassigned, key, additional, lba })
}
