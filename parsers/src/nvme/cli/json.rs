//! JSON, by the keys that it has.

use super::{Drive, Printed, add};
use crate::nvme::identify::Controller;
use crate::nvme::logs::errors::{ErrorEntry, Status};
use crate::nvme::logs::health::{CriticalWarning, Health};
use crate::smartctl::value::{at, list, number, text, wide};
use memchr::memmem::find;
use serde_json::{Deserializer, Value};
use xxhash_rust::xxh3::xxh3_64;

/// Keys of which an output of each command has all.
const MARKS: &[&[&[u8]]] = &[
    &[b"\"critical_warning\"", b"\"avail_spare\""],
    &[b"\"subnqn\"", b"\"oacs\""],
    &[b"\"error_count\"", b"\"sqid\"", b"\"parm_error_location\""],
    &[b"\"error_count\"", b"\"sqid\"", b"\"parm_err_loc\""],
    &[b"\"Devices\"", b"\"ModelNumber\""],
];

pub(super) fn recognise(bytes: &[u8]) -> bool {
    let object = bytes.trim_ascii_start().first() == Some(&b'{');
    object && MARKS.iter().any(|marks| marks.iter().all(|mark| find(bytes, mark).is_some()))
}

pub(super) fn read(bytes: &[u8]) -> Printed {
    let mut printed = Printed::default();
    for object in Deserializer::from_slice(bytes).into_iter::<Value>() {
        match object {
            Ok(value) => {
                let keys = value.as_object().map_or(0, |object| u64::try_from(object.len()).unwrap_or(u64::MAX));
                printed.tally.lines = printed.tally.lines.saturating_add(keys);
                one(&value, &mut printed.drives);
            }
            Err(error) => {
                let end = if error.is_eof() { "it ends within an object" } else { "what follows is no JSON" };
                printed.tally.cut(format!("{end} (line {})", error.line()));
                break;
            }
        }
    }
    printed
}

fn one(value: &Value, drives: &mut Vec<Drive>) {
    let fingerprint = xxh3_64(value.to_string().as_bytes());
    if value.get("avail_spare").is_some() {
        let mut drive = Drive { fingerprint, ..Drive::default() };
        drive.answers.health = Some(health(value));
        add(drives, drive);
    } else if value.get("subnqn").is_some() {
        let kelvins = |key| number(value, &[key]).and_then(|kelvins| u16::try_from(kelvins).ok()).filter(|k| *k > 0);
        let mut drive = Drive {
            serial: text(value, &["sn"]),
            model: text(value, &["mn"]),
            firmware: text(value, &["fr"]),
            bytes: number(value, &["tnvmcap"]).filter(|bytes| *bytes > 0),
            fingerprint,
            ..Drive::default()
        };
        drive.answers.controller = Some(Controller {
            warning_temperature: kelvins("wctemp"),
            critical_temperature: kelvins("cctemp"),
            ..Controller::parse(&[])
        });
        add(drives, drive);
    } else if value.get("errors").is_some() {
        let mut drive = Drive { fingerprint, ..Drive::default() };
        drive.answers.errors = Some(list(value, &["errors"]).filter_map(error).collect());
        add(drives, drive);
    } else {
        for device in list(value, &["Devices"]) {
            listed(device, drives);
        }
    }
}

/// Of `list`: until 2.10 a namespace a row, since then controllers below their subsystems.
fn listed(device: &Value, drives: &mut Vec<Drive>) {
    let drive = |of: &Value, device: Option<String>, bytes: Option<u64>| Drive {
        device,
        serial: text(of, &["SerialNumber"]),
        model: text(of, &["ModelNumber"]),
        firmware: text(of, &["Firmware"]),
        bytes,
        fingerprint: xxh3_64(of.to_string().as_bytes()),
        ..Drive::default()
    };
    if at(device, &["SerialNumber"]).is_some() {
        drives.push(drive(device, text(device, &["DevicePath"]), number(device, &["PhysicalSize"])));
    }
    for controller in list(device, &["Subsystems"]).flat_map(|subsystem| list(subsystem, &["Controllers"])) {
        let sizes: Option<Vec<u64>> =
            list(controller, &["Namespaces"]).map(|namespace| number(namespace, &["PhysicalSize"])).collect();
        let bytes = sizes.and_then(|sizes| sizes.into_iter().try_fold(0_u64, u64::checked_add));
        drives.push(drive(controller, text(controller, &["Controller"]), bytes.filter(|bytes| *bytes > 0)));
    }
}

fn health(log: &Value) -> Health {
    let byte = |key| number(log, &[key]).and_then(|number| u8::try_from(number).ok());
    let double = |key| number(log, &[key]).and_then(|number| u32::try_from(number).ok());
    let kelvins = |key: &str| number(log, &[key]).and_then(|kelvins| u16::try_from(kelvins).ok()).filter(|k| *k > 0);
    let wide = |key| wide(log, &[key]);
    // Of later versions the bits have a key each, below the byte.
    let warning = byte("critical_warning")
        .or_else(|| number(log, &["critical_warning", "value"]).and_then(|bits| u8::try_from(bits).ok()));
    Health {
        critical_warning: warning.map(CriticalWarning),
        temperature: kelvins("temperature"),
        available_spare: byte("avail_spare"),
        spare_threshold: byte("spare_thresh"),
        percentage_used: byte("percent_used"),
        endurance_group_warning: byte("endurance_grp_critical_warning_summary"),
        data_units_read: wide("data_units_read"),
        data_units_written: wide("data_units_written"),
        host_reads: wide("host_read_commands"),
        host_writes: wide("host_write_commands"),
        busy_minutes: wide("controller_busy_time"),
        power_cycles: wide("power_cycles"),
        power_on_hours: wide("power_on_hours"),
        unsafe_shutdowns: wide("unsafe_shutdowns"),
        media_errors: wide("media_errors"),
        error_log_entries: wide("num_err_log_entries"),
        warning_temperature_minutes: double("warning_temp_time"),
        critical_temperature_minutes: double("critical_comp_time"),
        sensors: (1..=8)
            .filter_map(|sensor| Some((sensor, kelvins(&format!("temperature_sensor_{sensor}"))?)))
            .collect(),
        thermal_transitions_1: double("thm_temp1_trans_count"),
        thermal_transitions_2: double("thm_temp2_trans_count"),
        thermal_seconds_1: double("thm_temp1_total_time"),
        thermal_seconds_2: double("thm_temp2_total_time"),
    }
}

fn error(row: &Value) -> Option<ErrorEntry> {
    let word = |key| number(row, &[key]).and_then(|number| u16::try_from(number).ok());
    let status = word("status_field")?;
    let shifted = row.get("phase_tag").is_some();
    let word_of = if shifted { status.checked_shl(1).filter(|_| status < 1 << 15)? } else { status };
    Some(ErrorEntry {
        error_count: number(row, &["error_count"]).filter(|count| *count > 0)?,
        queue: word("sqid"),
        command: word("cmdid"),
        status: Status::of_word(word_of),
        parameter: word("parm_error_location").unwrap_or(u16::MAX),
        lba: number(row, &["lba"]).unwrap_or(0),
        namespace: number(row, &["nsid"]).and_then(|nsid| u32::try_from(nsid).ok()).unwrap_or(u32::MAX),
        vendor_log: None,
        information: 0,
    })
}
