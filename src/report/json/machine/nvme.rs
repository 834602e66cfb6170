//! What an NVMe drive answered, as JSON. Values are in the units of `nvme smart-log -o json` and `smartctl -j`, temperatures in
//! degrees Celsius.

use super::{asked, read, wide};
use crate::probes::got::Got;
use crate::probes::nvme::Answers;
use crate::words::clean;
use arraywatch_parsers::nvme::identify::{Controller, Namespace};
use arraywatch_parsers::nvme::logs::commands::Commands;
use arraywatch_parsers::nvme::logs::errors::{Concern, ErrorEntry};
use arraywatch_parsers::nvme::logs::firmware::FirmwareSlots;
use arraywatch_parsers::nvme::logs::health::{CriticalWarning, Health, celsius};
use arraywatch_parsers::nvme::logs::self_test::{Kind, Outcome, SelfTest, SelfTestLog};
use serde_json::{Value, json};

/// All that it answered.
pub fn nvme(answers: &Answers) -> Value {
    let mut value = object!({
        "identity": read(&answers.controller, identity),
        "health": read(&answers.health, health),
        "error_log": read(&answers.errors, |entries| entries.iter().map(error).collect()),
        "firmware_slots": read(&answers.firmware, firmware),
        "supported_commands": read(&answers.commands, commands),
        "self_test_log": read(&answers.self_tests, self_tests),
        "namespace_ids": read(&answers.namespace_ids, |ids| json!(ids)),
        "namespaces": answers.namespaces.iter().map(namespace).collect::<Vec<_>>(),
    });
    asked(&mut value, answers.tally, answers.stopped, &answers.gaps());
    value
}

fn text(text: Option<&String>) -> Option<String> {
    text.map(|text| clean(text))
}

fn identity(controller: &Controller) -> Value {
    object!({
        "model": text(controller.model.as_ref()),
        "serial": text(controller.serial.as_ref()),
        "firmware": text(controller.firmware.as_ref()),
        "pci_vendor": controller.vendor,
        "pci_subsystem_vendor": controller.subsystem_vendor,
        "ieee_oui": controller.oui,
        "controller_id": controller.controller_id,
        "subsystem_name": text(controller.subsystem_name.as_ref()),
        "version": controller.version.map(|version| {
            let tertiary = if version.tertiary == 0 { String::new() } else { format!(".{}", version.tertiary) };
            format!("{}.{}{tertiary}", version.major, version.minor)
        }),
        "namespaces_max": controller.namespaces,
        "total_capacity_bytes": wide(controller.total_capacity),
        "unallocated_capacity_bytes": wide(controller.unallocated_capacity),
        "warning_temperature_celsius": controller.warning_temperature.map(celsius),
        "critical_temperature_celsius": controller.critical_temperature.map(celsius),
        "extended_self_test_minutes": controller.extended_self_test_minutes,
        "error_log_entries_max": controller.error_log_entries,
    })
}

fn health(health: &Health) -> Value {
    let warning = |warning: CriticalWarning| {
        object!({
            "value": warning.0,
            "spare_below_threshold": warning.spare(),
            "temperature": warning.temperature(),
            "reliability_degraded": warning.reliability(),
            "read_only": warning.read_only(),
            "volatile_backup_failed": warning.backup_failed(),
            "persistent_memory_unreliable": warning.persistent_memory(),
        })
    };
    let sensor = |(number, kelvins): &(u8, u16)| object!({ "sensor": number, "celsius": celsius(*kelvins) });
    object!({
        "critical_warning": health.critical_warning.map(warning),
        "endurance_group_warning": health.endurance_group_warning,
        "temperature_celsius": health.temperature.map(celsius),
        "available_spare_percent": health.available_spare,
        "spare_threshold_percent": health.spare_threshold,
        "percentage_used": health.percentage_used,
        "data_units_read": wide(health.data_units_read),
        "data_units_written": wide(health.data_units_written),
        "host_reads": wide(health.host_reads),
        "host_writes": wide(health.host_writes),
        "busy_minutes": wide(health.busy_minutes),
        "power_cycles": wide(health.power_cycles),
        "power_on_hours": wide(health.power_on_hours),
        "unsafe_shutdowns": wide(health.unsafe_shutdowns),
        "media_errors": wide(health.media_errors),
        "error_log_entries": wide(health.error_log_entries),
        "warning_temperature_minutes": health.warning_temperature_minutes,
        "critical_temperature_minutes": health.critical_temperature_minutes,
        "temperature_sensors": health.sensors.iter().map(sensor).collect::<Vec<_>>(),
        "thermal_transitions_1": health.thermal_transitions_1,
        "thermal_transitions_2": health.thermal_transitions_2,
        "thermal_seconds_1": health.thermal_seconds_1,
        "thermal_seconds_2": health.thermal_seconds_2,
    })
}

fn error(entry: &ErrorEntry) -> Value {
    object!({
        "error_count": entry.error_count,
        "submission_queue": entry.queue,
        "command": entry.command,
        "status": object!({
            "type": entry.status.kind,
            "code": entry.status.code,
            "more": entry.status.more,
            "do_not_retry": entry.status.do_not_retry,
            "concerns": match entry.status.concern() {
                Concern::Medium => "medium",
                Concern::Controller => "controller",
                Concern::Path => "path",
                Concern::Power => "power",
                Concern::Command => "command",
                Concern::Vendor => "vendor",
            },
        }),
        "parameter": entry.parameter,
        "lba": entry.lba,
        "namespace": entry.namespace,
        "vendor_log": entry.vendor_log,
        "command_specific": entry.information,
    })
}

fn firmware(firmware: &FirmwareSlots) -> Value {
    let slot = |(slot, revision): &(u8, String)| object!({ "slot": slot, "revision": clean(revision) });
    object!({
        "active": firmware.active,
        "next": firmware.next,
        "slots": firmware.slots.iter().map(slot).collect::<Vec<_>>(),
    })
}

fn commands(commands: &Commands) -> Value {
    object!({ "admin": &commands.admin, "io": &commands.io })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Short => "short",
        Kind::Extended => "extended",
        Kind::Vendor => "vendor",
        Kind::Other(_) => "unknown",
    }
}

fn self_tests(log: &SelfTestLog) -> Value {
    object!({
        "running": log.running.map(|(test, done)| object!({ "kind": kind(test), "done_percent": done })),
        "tests": log.results.iter().map(self_test).collect::<Vec<_>>(),
    })
}

fn self_test(test: &SelfTest) -> Value {
    object!({
        "kind": kind(test.kind),
        "outcome": match test.outcome {
            Outcome::Passed => "passed",
            Outcome::Aborted(_) => "aborted",
            Outcome::Fatal => "fatal",
            Outcome::FailedUnknown => "failed-unknown",
            Outcome::FailedSegments => "failed-segments",
            Outcome::Other(_) => "unknown",
        },
        "passed": match test.outcome {
            Outcome::Passed => Some(true),
            outcome => outcome.failed().then_some(false),
        },
        "segment": test.segment,
        "hours": test.hours,
        "namespace": test.namespace,
        "lba": test.failing_lba,
        "status_type": test.status_kind,
        "status_code": test.status_code,
    })
}

fn namespace((id, namespace): &(u32, Got<Namespace>)) -> Value {
    let mut value = read(namespace, |namespace| {
        object!({
            "blocks": namespace.blocks,
            "capacity_blocks": namespace.capacity_blocks,
            "used_blocks": namespace.used_blocks,
            "block_bytes": namespace.block_bytes,
            "metadata_bytes": namespace.metadata_bytes,
            "bytes": namespace.bytes(),
            "capacity_bytes": wide(namespace.nvm_capacity),
            "shared": namespace.shared,
            "write_protected": namespace.write_protected,
            "nguid": namespace.nguid.map(|nguid| format!("{nguid:032x}")),
            "eui64": namespace.eui64.map(|eui| format!("{eui:016x}")),
        })
    });
    value["id"] = json!(id);
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::nvme::read;
    use crate::probes::nvme::tests::{DEVICE, Flash};

    #[test]
    fn a_drive_that_tells_all() {
        let value = nvme(&read(&mut Flash::well().host(), DEVICE));
        let check = |pointer: &str, expect: Value| assert_eq!(value.pointer(pointer), Some(&expect), "{pointer}");
        check("/identity/model", json!("EXAMPLE DC NVME 2TB"));
        check("/identity/serial", json!("S1N0001"));
        check("/identity/version", json!("1.4"));
        check("/identity/warning_temperature_celsius", json!(70));
        check("/health/critical_warning/value", json!(0));
        check("/health/temperature_celsius", json!(38));
        check("/health/available_spare_percent", json!(100));
        check("/health/percentage_used", json!(3));
        check("/health/power_cycles", json!(77));
        check("/health/unsafe_shutdowns", json!(33));
        check("/health/temperature_sensors", json!([{ "sensor": 1, "celsius": 38 }]));
        check("/error_log/0/status/concerns", json!("command"));
        check("/firmware_slots/active", json!(1));
        check("/firmware_slots/slots/0/revision", json!("FW01"));
        check("/self_test_log/tests/0/outcome", json!("passed"));
        check("/namespace_ids", json!([1]));
        check("/namespaces/0/id", json!(1));
        check("/namespaces/0/bytes", json!(2_000_398_934_016_u64));
        check("/commands", json!(8));
        check("/missing", json!([]));
    }

    #[test]
    fn a_drive_that_tells_nothing() {
        let value = nvme(&Answers::default());
        assert_eq!(value.pointer("/health"), Some(&Value::Null));
        assert_eq!(value.pointer("/namespaces"), Some(&json!([])));
    }
}
