//! The JSON of smartctl 7.0 to 7.5 (`-j`): an object a drive. Old versions lack fields; none of what is read here changed its meaning.

use super::value::{at, flag, list, mend, number, signed, text, wide};
use super::{
    Answers, Ata, Attribute, Drive, HealthWord, Nvme, Printed, Scsi, Time, Trouble, TroubleKind, WhenFailed,
    attribute::Raw, trouble::trouble,
};
use crate::ata::Checksum;
use crate::ata::logs::errors::{ErrorEntry, ErrorLog};
use crate::ata::logs::phy::{Counter, PhyEvents};
use crate::ata::logs::sct::SctStatus;
use crate::ata::logs::self_test::{Kind, Outcome, SelfTest, SelfTestLog};
use crate::ata::logs::statistics::{DeviceStatistics, Statistic};
use crate::nvme::identify::Controller;
use crate::nvme::logs::errors::{self, Status};
use crate::nvme::logs::health::{CriticalWarning, Health};
use crate::nvme::logs::self_test as nvme_test;
use crate::output::Odd;
use crate::scsi::log::{
    BackgroundScan, Counted, ErrorCounters, Phy, Port, Ports, ScanStatus, SelfTests, StartStop, Temperature,
};
use crate::scsi::sense::Additional;
use crate::smartctl::number::thousandths;
use memchr::memmem::find;
use serde_json::{Deserializer, Value};
use std::cell::Cell;
use xxhash_rust::xxh3::xxh3_64;

/// Keys of the outermost object, by their fronts. What is behind those that are not read here is not of a drive's health.
const KNOWN: &[&str] = &[
    "json_format_version",
    "smartctl",
    "device",
    "devices",
    "local_time",
    "model_family",
    "model_name",
    "serial_number",
    "wwn",
    "firmware_version",
    "user_capacity",
    "logical_block_size",
    "physical_block_size",
    "rotation_rate",
    "form_factor",
    "trim",
    "in_smartctl_database",
    "ata_",
    "sata_",
    "scsi_",
    "nvme_",
    "interface_speed",
    "smart_",
    "power_",
    "temperature",
    "vendor",
    "product",
    "revision",
    "logical_unit_id",
    "read_lookahead",
    "write_cache",
    "format_status",
    "spare_available",
    "endurance_used",
    "zoned_device",
    "read_cache",
    "farm_log",
    "seagate_farm_log",
];

/// The key that smartctl's JSON begins with, and no other tool's has.
pub(super) fn recognise(bytes: &[u8]) -> bool {
    let object = bytes.trim_ascii_start().first() == Some(&b'{');
    let has = |key: &[u8]| find(bytes, key).is_some();
    // The second, of what people made of it.
    object && (has(b"\"json_format_version\"") || has(b"\"info_name\"") && has(b"\"smart_status\""))
}

pub(super) fn read(bytes: &[u8]) -> Printed {
    let mut printed = Printed::default();
    let mut objects = Deserializer::from_slice(bytes).into_iter::<Value>();
    let mut from = 0;
    while let Some(object) = objects.next() {
        let to = objects.byte_offset();
        match object {
            Ok(value) if value.is_object() => {
                let part = bytes.get(from..to).unwrap_or_default();
                let odd = keys(&value, &mut printed);
                // A list of devices is of no drive.
                if value.get("devices").is_none() {
                    let drive = drive(&value);
                    let odd = odd + drive.odd;
                    printed.drives.push(Drive { fingerprint: xxh3_64(part), odd, ..drive });
                }
            }
            Ok(_) => printed.tally.cut("something else stands behind an object"),
            Err(error) => {
                let end = if error.is_eof() { "it ends within an object" } else { "what follows is no JSON" };
                printed.tally.cut(format!("{end} (line {})", error.line()));
                let rest = bytes.get(from..).unwrap_or_default();
                let left = mend(rest).filter(|left| left.get("devices").is_none());
                printed.drives.extend(left.map(|left| Drive { fingerprint: xxh3_64(rest), ..drive(&left) }));
                break;
            }
        }
        from = to;
    }
    printed
}

/// Counts the keys as lines; how many of them are not known.
fn keys(value: &Value, printed: &mut Printed) -> u64 {
    let mut odd = 0;
    for (key, _) in value.as_object().into_iter().flatten() {
        printed.tally.met();
        if !KNOWN.iter().any(|known| key.starts_with(known)) {
            odd += 1;
            let line = printed.tally.lines;
            printed.tally.not_understood.push(Odd { line, text: key.clone() });
        }
    }
    odd
}

/// The rows of a list, and how many of them were not understood.
struct Rows(Cell<u64>);

impl Rows {
    fn of<T>(&self, value: &Value, path: &[&str], read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
        let rows = list(value, path).map(read);
        rows.filter_map(|row| {
            self.0.set(self.0.get() + u64::from(row.is_none()));
            row
        })
        .collect()
    }
}

fn lacks(health: Option<&HealthWord>, answers: &Answers) -> Vec<&'static str> {
    let all = match answers {
        Answers::Unknown => vec![(false, "a word on its health")],
        Answers::Ata(ata) => {
            vec![(health.is_some(), "what it says of itself"), (ata.attributes.is_some(), "its attributes")]
        }
        Answers::Scsi(_) => vec![(health.is_some(), "what it says of itself")],
        Answers::Nvme(nvme) => vec![(nvme.health.is_some(), "its health log")],
    };
    all.into_iter().filter(|(there, _)| !there).map(|(_, what)| what).collect()
}

fn drive(value: &Value) -> Drive {
    let rows = Rows(Cell::new(0));
    let version: Vec<String> = list(value, &["smartctl", "version"]).map(Value::to_string).collect();
    let protocol = text(value, &["device", "protocol"]);
    let has = |key: &str| value.as_object().is_some_and(|object| object.keys().any(|name| name.starts_with(key)));
    let answers = match protocol.as_deref() {
        Some("NVMe") => Answers::Nvme(Box::new(nvme(value, &rows))),
        Some("ATA") => Answers::Ata(Box::new(ata(value, &rows))),
        Some("SCSI") if !has("ata_smart_attributes") => Answers::Scsi(Box::new(scsi(value))),
        _ if has("nvme_") => Answers::Nvme(Box::new(nvme(value, &rows))),
        _ if has("ata_") => Answers::Ata(Box::new(ata(value, &rows))),
        _ if has("scsi_") => Answers::Scsi(Box::new(scsi(value))),
        _ => Answers::Unknown,
    };
    let health = health(value);
    let mut smart = crate::ata::identify::Feature {
        supported: flag(value, &["smart_support", "available"]),
        enabled: flag(value, &["smart_support", "enabled"]),
    };
    if smart.supported == Some(false) {
        smart.enabled = None;
    }
    Drive {
        version: Some(version.join(".")).filter(|version| !version.is_empty()),
        device: text(value, &["device", "name"]),
        way: text(value, &["device", "type"]),
        time: signed(value, &["local_time", "time_t"]).map(Time::Epoch),
        vendor: text(value, &["scsi_vendor"]).or_else(|| text(value, &["vendor"])),
        model: text(value, &["model_name"])
            .or_else(|| text(value, &["scsi_product"]))
            .or_else(|| text(value, &["product"])),
        serial: text(value, &["serial_number"]),
        firmware: text(value, &["firmware_version"])
            .or_else(|| text(value, &["scsi_revision"]))
            .or_else(|| text(value, &["revision"])),
        wwn: wwn(value),
        bytes: number(value, &["user_capacity", "bytes"])
            .or_else(|| number(value, &["nvme_total_capacity"]))
            .filter(|bytes| *bytes > 0),
        smart,
        lacks: lacks(health.as_ref(), &answers),
        health,
        troubles: troubles(value),
        answers,
        odd: rows.0.get(),
        fingerprint: 0,
    }
}

fn wwn(value: &Value) -> Option<String> {
    let part = |key| number(value, &["wwn", key]);
    let naa = || Some(part("naa")? << 60 | part("oui")? << 36 | part("id")?);
    let whole = part("naa").is_none_or(|naa| naa < 1 << 4) && part("oui").is_none_or(|oui| oui < 1 << 24);
    if let Some(naa) = naa().filter(|_| whole) {
        return Some(format!("0x{naa:016x}"));
    }
    let namespace = list(value, &["nvme_namespaces"]).next();
    let eui = namespace.and_then(|namespace| {
        let oui = number(namespace, &["eui64", "oui"]).filter(|oui| *oui < 1 << 24)?;
        Some(oui << 40 | number(namespace, &["eui64", "ext_id"]).filter(|id| *id < 1 << 40)?)
    });
    let unit = text(value, &["logical_unit_id"]).filter(|unit| unit.starts_with("0x"));
    eui.filter(|eui| *eui != 0).map(|eui| format!("eui.{eui:016x}")).or(unit)
}

fn health(value: &Value) -> Option<HealthWord> {
    let status = value.get("smart_status")?;
    Some(match status.get("passed") {
        Some(Value::Bool(true)) => HealthWord::Passed,
        Some(Value::Bool(false)) => HealthWord::Failed,
        Some(other) => HealthWord::Other(other.to_string()),
        None => return None,
    })
}

/// Messages of severity error; and bit 1 of the exit status, that the device could not be opened, where none tells why.
fn troubles(value: &Value) -> Vec<Trouble> {
    let mut troubles: Vec<Trouble> = list(value, &["smartctl", "messages"])
        .filter(|message| text(message, &["severity"]).is_none_or(|severity| severity == "error"))
        .filter_map(|message| {
            let said = text(message, &["string"])?;
            Some(trouble(&said).unwrap_or(Trouble { kind: TroubleKind::Part, text: said }))
        })
        .collect();
    let exit = number(value, &["smartctl", "exit_status"]).unwrap_or(0);
    if troubles.is_empty() && exit & 2 != 0 {
        let text =
            format!("smartctl ended with status {exit}: the device could not be opened, or did not say what it is");
        troubles.push(Trouble { kind: TroubleKind::NotAnswering, text });
    }
    troubles
}

fn byte(value: &Value, path: &[&str]) -> Option<u8> {
    u8::try_from(number(value, path)?).ok()
}

fn word(value: &Value, path: &[&str]) -> Option<u16> {
    u16::try_from(number(value, path)?).ok()
}

fn double(value: &Value, path: &[&str]) -> Option<u32> {
    u32::try_from(number(value, path)?).ok()
}

fn ata(value: &Value, rows: &Rows) -> Ata {
    let attributes = value.get("ata_smart_attributes");
    let generation = |at: &str| match number(value, &["interface_speed", at, "units_per_second"])? {
        15 => Some(1),
        30 => Some(2),
        60 => Some(3),
        _ => None,
    };
    let log = |key: &str| ["extended", "standard", "summary"].iter().find_map(|kind| at(value, &[key, kind]));
    Ata {
        attributes: attributes.map(|table| rows.of(table, &["table"], attribute)),
        last_test: byte(value, &["ata_smart_data", "self_test", "status", "value"]).map(Outcome::of),
        errors: log("ata_smart_error_log").map(|log| ErrorLog {
            bad_pages: 0,
            version: byte(log, &["revision"]),
            count: number(log, &["count"]).map(|count| u16::try_from(count).unwrap_or(u16::MAX)),
            entries: rows.of(log, &["table"], error),
        }),
        self_tests: log("ata_smart_self_test_log").map(|log| SelfTestLog {
            bad_pages: 0,
            revision: word(log, &["revision"]),
            tests: rows.of(log, &["table"], self_test),
        }),
        statistics: value.get("ata_device_statistics").map(|pages| DeviceStatistics {
            listed: Vec::new(),
            statistics: list(pages, &["pages"]).flat_map(statistics).collect(),
            headless: 0,
        }),
        phy: value
            .get("sata_phy_event_counters")
            .map(|log| PhyEvents { checksum: Checksum::Good, counters: rows.of(log, &["table"], counter) }),
        sct: value.get("ata_sct_status").map(|status| sct(status, value)),
        speed: (generation("max"), generation("current")),
    }
}

fn attribute(row: &Value) -> Option<Attribute> {
    // Where the drive has no threshold, there is no key.
    Some(Attribute {
        id: byte(row, &["id"])?,
        name: text(row, &["name"]).unwrap_or_default(),
        flags: word(row, &["flags", "value"])?,
        value: byte(row, &["value"]),
        worst: byte(row, &["worst"]),
        threshold: byte(row, &["thresh"]),
        failed: WhenFailed::of(&text(row, &["when_failed"]).unwrap_or_default()),
        raw: match number(row, &["raw", "value"]) {
            Some(number) => Raw::Number(number),
            None => Raw::Text(text(row, &["raw", "string"])?),
        },
    })
}

fn error(row: &Value) -> Option<ErrorEntry> {
    let register = |name| number(row, &["completion_registers", name]);
    let byte = |name| register(name).and_then(|register| u8::try_from(register).ok());
    Some(ErrorEntry {
        number: word(row, &["error_number"]),
        hours: number(row, &["lifetime_hours"]).map_or(0, |hours| u16::try_from(hours).unwrap_or(u16::MAX)),
        state: self::byte(row, &["device_state", "value"]).unwrap_or(0),
        error: byte("error")?,
        status: byte("status")?,
        count: register("count").and_then(|count| u16::try_from(count).ok()).unwrap_or(0),
        lba: register("lba").unwrap_or(0),
        device: byte("device").unwrap_or(0),
        commands: Vec::new(),
    })
}

fn self_test(row: &Value) -> Option<SelfTest> {
    let kind = byte(row, &["type", "value"])?;
    let status = byte(row, &["status", "value"])?;
    Some(SelfTest {
        kind: Kind::of(kind),
        outcome: Outcome::of(status),
        left: (status & 0xf).saturating_mul(10),
        hours: number(row, &["lifetime_hours"]).map_or(0, |hours| u16::try_from(hours).unwrap_or(u16::MAX)),
        checkpoint: 0,
        failing_lba: number(row, &["lba"]),
    })
}

fn statistics(page: &Value) -> Vec<Statistic> {
    let Some(number) = byte(page, &["number"]) else { return Vec::new() };
    let read = |row: &Value| {
        let value = signed(row, &["value"]).unwrap_or(0);
        let flags = byte(row, &["flags", "value"]).unwrap_or(0xc0);
        let raw = u64::from_le_bytes(value.to_le_bytes()) & ((1 << 56) - 1);
        Some(Statistic { page: number, offset: word(row, &["offset"])?, flags, raw })
    };
    list(page, &["table"]).filter_map(read).collect()
}

fn counter(row: &Value) -> Option<Counter> {
    Some(Counter {
        id: word(row, &["id"])?,
        bytes: byte(row, &["size"]).unwrap_or(0),
        value: number(row, &["value"])?,
        saturated: flag(row, &["overflow"]).unwrap_or(false),
    })
}

fn sct(status: &Value, value: &Value) -> SctStatus {
    let degrees = |value: &Value, path: &[&str]| signed(value, path).and_then(|degrees| i8::try_from(degrees).ok());
    let limit =
        degrees(status, &["temperature", "op_limit_max"]).or_else(|| degrees(value, &["temperature", "op_limit_max"]));
    SctStatus {
        version: word(status, &["format_version"]),
        temperature: degrees(status, &["temperature", "current"]),
        temperature_limit: limit.filter(|limit| *limit != 0),
        ..SctStatus::parse(&[])
    }
}

fn scsi(value: &Value) -> Scsi {
    let code = |name| byte(value, &["smart_status", "scsi", name]);
    let exception = match health(value) {
        Some(HealthWord::Passed) => Some(Additional { code: 0, qualifier: 0 }),
        _ => code("asc").zip(code("ascq")).map(|(code, qualifier)| Additional { code, qualifier }),
    };
    let degrees = |path: &[&str]| byte(value, path).filter(|degrees| *degrees > 0);
    let temperature = value.get("temperature").map(|_| Temperature {
        now: degrees(&["temperature", "current"]),
        reference: degrees(&["temperature", "drive_trip"]),
    });
    let counters = [("read", Counted::Reads), ("write", Counted::Writes), ("verify", Counted::Verifies)];
    let cycles = |key| double(value, &["scsi_start_stop_cycle_counter", key]);
    Scsi {
        exception,
        temperature,
        counters: counters
            .into_iter()
            .filter_map(|(key, of)| at(value, &["scsi_error_counter_log", key]).map(|log| errors_counted(of, log)))
            .collect(),
        non_medium: number(value, &["scsi_error_counter_log", "non_medium_error", "count"])
            .or_else(|| number(value, &["scsi_non_medium_error_count"])),
        grown_defects: number(value, &["scsi_grown_defect_list"]),
        used: byte(value, &["scsi_percentage_used_endurance_indicator"])
            .or_else(|| byte(value, &["endurance_used", "current_percent"])),
        start_stop: value.get("scsi_start_stop_cycle_counter").map(|_| StartStop {
            made: None,
            accounted: None,
            cycles_specified: cycles("specified_cycle_count_over_device_lifetime"),
            cycles: cycles("accumulated_start_stop_cycles"),
            loads_specified: cycles("specified_load_unload_count_over_device_lifetime"),
            loads: cycles("accumulated_load_unload_cycles"),
        }),
        self_tests: scsi_tests(value),
        background: value.get("scsi_background_scan").map(background),
        ports: ports(value),
    }
}

fn errors_counted(of: Counted, log: &Value) -> ErrorCounters {
    let count = |key| number(log, &[key]);
    ErrorCounters {
        of,
        corrected_fast: count("errors_corrected_by_eccfast"),
        corrected_delayed: count("errors_corrected_by_eccdelayed"),
        retried: count("errors_corrected_by_rereads_rewrites"),
        corrected: count("total_errors_corrected"),
        algorithm_runs: count("correction_algorithm_invocations"),
        bytes: text(log, &["gigabytes_processed"])
            .and_then(|text| thousandths(&text))
            .and_then(|thousandths| thousandths.checked_mul(1_000_000)),
        uncorrected: count("total_uncorrected_errors"),
        unread: 0,
    }
}

/// `scsi_self_test_0` and on, the newest first.
fn scsi_tests(value: &Value) -> Option<SelfTests> {
    use crate::scsi::log::{SelfTest, SelfTestKind, SelfTestResult};
    use crate::scsi::sense::Key;
    let read = |row: &Value| {
        let result = byte(row, &["result", "value"])?;
        Some(SelfTest {
            kind: SelfTestKind::of(byte(row, &["code", "value"]).unwrap_or(0)),
            result: SelfTestResult::of(result),
            segment: byte(row, &["failed_segment", "value"]).unwrap_or(0),
            hours: number(row, &["power_on_time", "hours"]).map_or(0, |hours| u16::try_from(hours).unwrap_or(u16::MAX)),
            first_failure: number(row, &["lba_first_failure", "value"]),
            key: Key::of(byte(row, &["sense_key", "value"]).unwrap_or(0)),
            additional: Additional {
                code: byte(row, &["asc"]).unwrap_or(0),
                qualifier: byte(row, &["ascq"]).unwrap_or(0),
            },
        })
    };
    let rows: Vec<&Value> = (0..20).map_while(|number| value.get(format!("scsi_self_test_{number}"))).collect();
    let tests: Vec<SelfTest> = rows.iter().filter_map(|row| read(row)).collect();
    (!rows.is_empty()).then(|| SelfTests { unread: rows.len() - tests.len(), tests })
}

fn background(scan: &Value) -> BackgroundScan {
    BackgroundScan {
        status: byte(scan, &["status", "value"]).map(ScanStatus::of),
        minutes: double(scan, &["status", "power_on_time", "minutes"])
            .zip(double(scan, &["status", "power_on_time", "hours"]))
            .and_then(|(minutes, hours)| hours.checked_mul(60)?.checked_add(minutes)),
        scans: word(scan, &["status", "number_scans_performed"]),
        progress: None,
        medium_scans: word(scan, &["status", "number_medium_scans_performed"]),
        errors: Vec::new(),
        unread: 0,
    }
}

/// `scsi_sas_port_0` and on.
fn ports(value: &Value) -> Option<Ports> {
    let ports: Vec<Port> = (0..8)
        .map_while(|number| value.get(format!("scsi_sas_port_{number}")))
        .filter_map(|port| {
            let phys = (0..8).map_while(|number| port.get(format!("phy_{number}"))).filter_map(phy).collect();
            Some(Port {
                number: word(port, &["relative_target_port_id"])?,
                generation: byte(port, &["generation_code"]),
                phys,
            })
        })
        .collect();
    (!ports.is_empty()).then_some(Ports { ports, unread: 0 })
}

fn phy(row: &Value) -> Option<Phy> {
    let counted = |key| double(row, &[key]).unwrap_or(0);
    Some(Phy {
        number: byte(row, &["identifier"])?,
        attached_type: 0,
        rate: crate::scsi::log::LinkRate::Unknown,
        address: 0,
        attached_address: 0,
        attached_phy: 0,
        invalid_dwords: counted("invalid_dword_count"),
        disparity_errors: counted("running_disparity_error_count"),
        sync_losses: counted("loss_of_dword_synchronization_count"),
        reset_problems: counted("phy_reset_problem_count"),
    })
}

fn nvme(value: &Value, rows: &Rows) -> Nvme {
    let limit = |key| {
        let degrees = signed(value, &["nvme_composite_temperature_threshold", key])?;
        u16::try_from(degrees.checked_add(273)?).ok()
    };
    Nvme {
        controller: Some(Controller {
            warning_temperature: limit("warning"),
            critical_temperature: limit("critical"),
            total_capacity: wide(value, &["nvme_total_capacity"]),
            ..Controller::parse(&[])
        }),
        health: value.get("nvme_smart_health_information_log").map(nvme_health),
        errors: value.get("nvme_error_information_log").map(|log| rows.of(log, &["table"], nvme_error)),
        self_tests: value
            .get("nvme_self_test_log")
            .map(|log| nvme_test::SelfTestLog { running: None, results: rows.of(log, &["table"], nvme_self_test) }),
    }
}

fn nvme_health(log: &Value) -> Health {
    let kelvins = |degrees: i64| u16::try_from(degrees.checked_add(273)?).ok();
    let sensors = (1..).zip(list(log, &["temperature_sensors"]));
    Health {
        critical_warning: byte(log, &["critical_warning"]).map(CriticalWarning),
        temperature: signed(log, &["temperature"]).and_then(kelvins),
        available_spare: byte(log, &["available_spare"]),
        spare_threshold: byte(log, &["available_spare_threshold"]),
        percentage_used: number(log, &["percentage_used"]).map(|used| u8::try_from(used).unwrap_or(u8::MAX)),
        endurance_group_warning: None,
        data_units_read: wide(log, &["data_units_read"]),
        data_units_written: wide(log, &["data_units_written"]),
        host_reads: wide(log, &["host_reads"]),
        host_writes: wide(log, &["host_writes"]),
        busy_minutes: wide(log, &["controller_busy_time"]),
        power_cycles: wide(log, &["power_cycles"]),
        power_on_hours: wide(log, &["power_on_hours"]),
        unsafe_shutdowns: wide(log, &["unsafe_shutdowns"]),
        media_errors: wide(log, &["media_errors"]),
        error_log_entries: wide(log, &["num_err_log_entries"]),
        warning_temperature_minutes: double(log, &["warning_temp_time"]),
        critical_temperature_minutes: double(log, &["critical_comp_time"]),
        sensors: sensors.filter_map(|(sensor, value)| Some((sensor, kelvins(signed(value, &[])?)?))).collect(),
        thermal_transitions_1: double(log, &["thm_temp1_trans_count"]),
        thermal_transitions_2: double(log, &["thm_temp2_trans_count"]),
        thermal_seconds_1: double(log, &["thm_temp1_total_time"]),
        thermal_seconds_2: double(log, &["thm_temp2_total_time"]),
    }
}

fn nvme_error(row: &Value) -> Option<errors::ErrorEntry> {
    Some(errors::ErrorEntry {
        error_count: number(row, &["error_count"])?,
        queue: word(row, &["submission_queue_id"]),
        command: word(row, &["command_id"]),
        status: Status {
            code: byte(row, &["status_field", "status_code"])?,
            kind: byte(row, &["status_field", "status_code_type"])?,
            more: false,
            do_not_retry: flag(row, &["status_field", "do_not_retry"]).unwrap_or(false),
        },
        parameter: word(row, &["parm_error_location"]).unwrap_or(u16::MAX),
        lba: number(row, &["lba", "value"]).unwrap_or(0),
        namespace: double(row, &["nsid"]).unwrap_or(u32::MAX),
        vendor_log: None,
        information: 0,
    })
}

fn nvme_self_test(row: &Value) -> Option<nvme_test::SelfTest> {
    use nvme_test::{Kind, Outcome};
    Some(nvme_test::SelfTest {
        kind: Kind::of(byte(row, &["self_test_code", "value"])?),
        outcome: match byte(row, &["self_test_result", "value"])? {
            0 => Outcome::Passed,
            5 => Outcome::Fatal,
            6 => Outcome::FailedUnknown,
            7 => Outcome::FailedSegments,
            number @ (1..=4 | 8 | 9) => Outcome::Aborted(number),
            other => Outcome::Other(other),
        },
        segment: byte(row, &["segment"]),
        hours: number(row, &["power_on_hours"])?,
        namespace: double(row, &["nsid"]),
        failing_lba: number(row, &["lba"]),
        status_kind: byte(row, &["status_code_type"]),
        status_code: byte(row, &["status_code"]),
    })
}
