//! What a SCSI drive answered.

use super::{asked, read};
use crate::probes::scsi::Answers;
use crate::words::clean;
use arraywatch_parsers::scsi::inquiry::{Inquiry, Kind};
use arraywatch_parsers::scsi::log::{
    BackgroundScan, ErrorCounters, LinkRate, MediumError, Phy, Reassigned, ScanStatus, SelfTest, SelfTestKind,
    SelfTestResult, Statistics,
};
use arraywatch_parsers::scsi::mode::{InformationalExceptions, Method};
use arraywatch_parsers::scsi::sense::{Additional, Sense};
use arraywatch_parsers::scsi::vpd::{Association, Characteristics, Designator, Identification, Name, Rotation};
use serde_json::{Value, json};

/// All of it.
pub fn scsi(answers: &Answers) -> Value {
    let mut all = object!({
        "inquiry": read(&answers.inquiry, inquiry),
        "vital_pages": read(&answers.vital, |pages| hex_list(pages)),
        "serial": read(&answers.serial, |serial| json!(clean(serial))),
        "identification": read(&answers.identification, identification),
        "translator": read(&answers.translator, |translator| object!({
            "vendor": text(translator.vendor.as_ref()),
            "product": text(translator.product.as_ref()),
            "revision": text(translator.revision.as_ref()),
        })),
        "characteristics": read(&answers.characteristics, characteristics),
        "is_ata": answers.is_ata(),
        "log_pages": read(&answers.logs, |pages| hex_list(pages)),
        "write_errors": read(&answers.writes, counters),
        "read_errors": read(&answers.reads, counters),
        "verify_errors": read(&answers.verifies, counters),
        "non_medium_errors": read(&answers.non_medium, |errors| json!(errors)),
        "temperature": read(&answers.temperature, |page| object!({
            "celsius": page.now, "reference_celsius": page.reference,
        })),
        "start_stop": read(&answers.start_stop, |page| object!({
            "made": page.made.as_ref().map(date),
            "accounted": page.accounted.as_ref().map(date),
            "cycles": page.cycles,
            "cycles_specified": page.cycles_specified,
            "load_unloads": page.loads,
            "load_unloads_specified": page.loads_specified,
        })),
        "self_tests": read(&answers.self_tests, |page| object!({
            "tests": page.tests.iter().map(self_test).collect::<Vec<_>>(), "not_understood": page.unread,
        })),
        "percentage_used": read(&answers.used, |used| json!(used)),
        "background_scan": read(&answers.background, background),
        "statistics": read(&answers.statistics, statistics),
    });
    let more = object!({
        "sas_ports": read(&answers.ports, |page| object!({
            "ports": page.ports.iter().map(|port| object!({
                "port": port.number,
                "generation": port.generation,
                "phys": port.phys.iter().map(phy).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "not_understood": page.unread,
        })),
        "informational_exceptions": read(&answers.exceptions, |page| object!({
            "additional_sense": page.additional.map(additional),
            "temperature_celsius": page.temperature,
            "trip_celsius": page.trip,
        })),
        "informational_exceptions_control": read(&answers.control, control),
        "request_sense": read(&answers.sense, sense),
        "said_with_an_answer": answers.said.map(additional),
    });
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    asked(&mut all, answers.tally, answers.stopped, &answers.missing());
    all
}

/// Text of a device.
pub(super) fn text(text: Option<&String>) -> Option<String> {
    text.map(|text| clean(text))
}

fn hex_list(pages: &[u8]) -> Value {
    pages.iter().map(|page| format!("{page:02x}")).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn date((year, week): &(String, String)) -> Value {
    object!({ "year": clean(year), "week": clean(week) })
}

/// An additional sense code with its words.
pub(super) fn additional(additional: Additional) -> Value {
    object!({ "asc": additional.code, "ascq": additional.qualifier, "words": additional.words() })
}

/// INQUIRY.
pub(super) fn inquiry(inquiry: &Inquiry) -> Value {
    let kind = match inquiry.kind {
        Kind::Disk => "disk".to_owned(),
        Kind::Tape => "tape".to_owned(),
        Kind::Processor => "processor".to_owned(),
        Kind::Optical => "optical".to_owned(),
        Kind::StorageArray => "storage array".to_owned(),
        Kind::Enclosure => "enclosure".to_owned(),
        Kind::SimplifiedDisk => "simplified disk".to_owned(),
        Kind::ZonedDisk => "zoned disk".to_owned(),
        Kind::Other(kind) => format!("type {kind:02x}h"),
    };
    object!({
        "type": kind,
        "qualifier": inquiry.qualifier,
        "version": inquiry.version,
        "enclosure_services": inquiry.enclosure_services,
        "vendor": text(inquiry.vendor.as_ref()),
        "product": text(inquiry.product.as_ref()),
        "revision": text(inquiry.revision.as_ref()),
        "vendor_specific": text(inquiry.vendor_area.as_ref()),
    })
}

/// VPD page 83h.
pub(super) fn identification(page: &Identification) -> Value {
    object!({
        "wwn": page.wwn().map(|wwn| format!("0x{wwn}")),
        "sas_address": page.sas_address().map(|address| format!("{address:016x}")),
        "designators": page.designators.iter().map(designator).collect::<Vec<_>>(),
    })
}

fn designator(designator: &Designator) -> Value {
    let of = match designator.of {
        Association::LogicalUnit => "logical-unit",
        Association::TargetPort => "target-port",
        Association::TargetDevice => "target-device",
        Association::Reserved => "reserved",
    };
    let (kind, value) = match &designator.name {
        Name::Vendor(bytes) => ("vendor", json!(hex(bytes))),
        Name::T10 { vendor, rest } => ("t10", json!([text(vendor.as_ref()), text(rest.as_ref())])),
        Name::Eui(bytes) => ("eui", json!(hex(bytes))),
        Name::Naa(naa) => ("naa", json!(format!("{naa:016x}"))),
        Name::NaaLong(naa) => ("naa", json!(format!("{naa:032x}"))),
        Name::RelativePort(port) => ("relative-port", json!(port)),
        Name::PortGroup(group) => ("port-group", json!(group)),
        Name::Text(name) => ("name", json!(clean(name))),
        Name::Other { bytes, .. } => ("other", json!(hex(bytes))),
    };
    object!({ "of": of, "protocol": designator.protocol, "kind": kind, "value": value })
}

fn characteristics(page: &Characteristics) -> Value {
    let (rpm, solid_state) = match page.rotation {
        Some(Rotation::SolidState) => (None, Some(true)),
        Some(Rotation::Rpm(rpm)) => (Some(rpm), Some(false)),
        Some(Rotation::NotReported | Rotation::Reserved(_)) | None => (None, None),
    };
    let zoned = page.zoned.filter(|zoned| *zoned != 0);
    object!({ "rotation_rpm": rpm, "solid_state": solid_state, "form_factor": page.form_factor_words(), "zoned": zoned })
}

fn counters(page: &ErrorCounters) -> Value {
    object!({
        "corrected_at_once": page.corrected_fast,
        "corrected_late": page.corrected_delayed,
        "retried": page.retried,
        "corrected": page.corrected,
        "correction_runs": page.algorithm_runs,
        "bytes_processed": page.bytes,
        "uncorrected": page.uncorrected,
        "vendor_parameters": page.unread,
    })
}

fn self_test(test: &SelfTest) -> Value {
    let kind = match test.kind {
        SelfTestKind::Default => "default".to_owned(),
        SelfTestKind::BackgroundShort => "background short".to_owned(),
        SelfTestKind::BackgroundExtended => "background extended".to_owned(),
        SelfTestKind::Abort => "abort".to_owned(),
        SelfTestKind::ForegroundShort => "foreground short".to_owned(),
        SelfTestKind::ForegroundExtended => "foreground extended".to_owned(),
        SelfTestKind::Reserved(kind) => format!("code {kind}"),
    };
    let result = match test.result {
        SelfTestResult::Passed => "passed".to_owned(),
        SelfTestResult::Aborted => "aborted".to_owned(),
        SelfTestResult::NotCompleted => "not completed".to_owned(),
        SelfTestResult::Failed => "failed".to_owned(),
        SelfTestResult::InProgress => "in progress".to_owned(),
        SelfTestResult::Reserved(result) => format!("code {result}"),
    };
    object!({
        "kind": kind,
        "result": result,
        "segment": test.segment,
        "power_on_hours": test.hours,
        "first_failure_lba": test.first_failure,
        "sense_key": test.key.words(),
        "additional_sense": additional(test.additional),
    })
}

fn background(scan: &BackgroundScan) -> Value {
    let status = scan.status.map(|status| match status {
        ScanStatus::Idle => "idle".to_owned(),
        ScanStatus::Scanning => "scanning".to_owned(),
        ScanStatus::PreScanning => "pre-scanning".to_owned(),
        ScanStatus::HaltedFatal => "halted: fatal error".to_owned(),
        ScanStatus::HaltedErrors => "halted: pattern of errors".to_owned(),
        ScanStatus::HaltedNoList => "halted: formatted without a list of defects".to_owned(),
        ScanStatus::HaltedVendor => "halted: the vendor's reason".to_owned(),
        ScanStatus::HaltedTemperature => "halted: temperature".to_owned(),
        ScanStatus::Waiting => "waiting".to_owned(),
        ScanStatus::Reserved(status) => format!("code {status}"),
    });
    object!({
        "status": status,
        "power_on_minutes": scan.minutes,
        "scans": scan.scans,
        "medium_scans": scan.medium_scans,
        "progress_percent": scan.progress.map(|progress| f64::from(progress) * 100.0 / 65_536.0),
        "errors": scan.errors.iter().map(medium_error).collect::<Vec<_>>(),
        "not_understood": scan.unread,
    })
}

fn medium_error(error: &MediumError) -> Value {
    let reassigned = match error.reassigned {
        Reassigned::Pending => "waits for a write".to_owned(),
        Reassigned::ByDrive => "by the drive".to_owned(),
        Reassigned::Failed => "failed".to_owned(),
        Reassigned::Rewritten => "not needed: rewritten".to_owned(),
        Reassigned::ByHost => "by the host, data valid".to_owned(),
        Reassigned::ByHostDataLost => "by the host, data lost".to_owned(),
        Reassigned::ByHostFailed => "by the host, failed".to_owned(),
        Reassigned::Reserved(status) => format!("code {status}"),
    };
    object!({
        "power_on_minutes": error.minutes,
        "reassigned": reassigned,
        "sense_key": error.key.words(),
        "additional_sense": additional(error.additional),
        "lba": error.lba,
    })
}

fn statistics(page: &Statistics) -> Value {
    // 10^-exponent seconds; one that is not of this world is none.
    let seconds = page.interval.and_then(|interval| {
        let exponent = i32::try_from(interval.exponent).ok().filter(|exponent| *exponent <= 18)?;
        Some(f64::from(interval.integer) * 10_f64.powi(-exponent))
    });
    object!({
        "read_commands": page.reads,
        "write_commands": page.writes,
        "blocks_read": page.blocks_read,
        "blocks_written": page.blocks_written,
        "read_intervals": page.read_intervals,
        "write_intervals": page.write_intervals,
        "idle_intervals": page.idle_intervals,
        "interval_seconds": seconds,
    })
}

fn phy(phy: &Phy) -> Value {
    let (state, gbps) = match phy.rate {
        LinkRate::Unknown => ("up".to_owned(), None),
        LinkRate::Disabled => ("disabled".to_owned(), None),
        LinkRate::ResetProblem => ("reset problem".to_owned(), None),
        LinkRate::SpinupHold => ("spinup hold".to_owned(), None),
        LinkRate::Resetting => ("resetting".to_owned(), None),
        LinkRate::HundredMegabits(rate) => ("up".to_owned(), Some(f64::from(rate) / 10.0)),
        LinkRate::Other(rate) => (format!("code {rate}"), None),
    };
    object!({
        "phy": phy.number,
        "attached_type": phy.attached_type,
        "link": state,
        "rate_gbps": gbps,
        "sas_address": format!("{:016x}", phy.address),
        "attached_sas_address": format!("{:016x}", phy.attached_address),
        "attached_phy": phy.attached_phy,
        "invalid_dwords": phy.invalid_dwords,
        "disparity_errors": phy.disparity_errors,
        "lost_sync": phy.sync_losses,
        "reset_problems": phy.reset_problems,
    })
}

fn control(page: &InformationalExceptions) -> Value {
    let method = page.method.map(|method| match method {
        Method::None => "none".to_owned(),
        Method::UnitAttention => "unit attention".to_owned(),
        Method::ConditionalRecovered => "recovered error, if allowed".to_owned(),
        Method::Recovered => "recovered error".to_owned(),
        Method::NoSense => "no sense".to_owned(),
        Method::OnRequest => "on request".to_owned(),
        Method::Other(method) => format!("code {method}"),
    });
    object!({
        "method": method,
        "disabled": page.disabled,
        "test": page.test,
        "warnings": page.warnings,
        "log": page.log,
        "background": page.background,
        "background_errors": page.background_errors,
        "performance": page.performance,
        "interval_100ms": page.interval,
        "report_count": page.report_count,
        "write_protected": page.write_protected,
    })
}

fn sense(sense: &Sense) -> Value {
    object!({
        "key": sense.key.words(),
        "additional_sense": sense.additional.map(additional),
        "deferred": sense.deferred,
        "progress_percent": sense.progress.map(|progress| f64::from(progress) * 100.0 / 65_536.0),
    })
}
