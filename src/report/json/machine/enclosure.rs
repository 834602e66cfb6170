//! What an enclosure answered.

use super::scsi::text;
use super::{asked, read};
use crate::probes::enclosure::Answers;
use crate::probes::got::Missing;
use arraywatch_parsers::scsi::ses::{Detail, Element, Enclosure, Slot, Status, StatusCode};
use serde_json::Value;

/// All of it.
pub fn enclosure(answers: &Answers) -> Value {
    let missing: Vec<(&str, Missing)> = answers.missing.iter().map(|(page, why)| (page_name(*page), *why)).collect();
    let mut value = object!({ "enclosure": read(&answers.enclosure, whole) });
    asked(&mut value, answers.tally, answers.stopped, &missing);
    value
}

fn page_name(page: u8) -> &'static str {
    match page {
        0x01 => "configuration",
        0x02 => "status",
        0x07 => "element descriptors",
        0x0a => "additional element status",
        _ => "page",
    }
}

fn whole(enclosure: &Enclosure) -> Value {
    let parts = enclosure.parts.iter().map(|part| {
        object!({
            "subenclosure": part.id,
            "logical_id": format!("{:016x}", part.logical_id),
            "vendor": text(part.vendor.as_ref()),
            "product": text(part.product.as_ref()),
            "revision": text(part.revision.as_ref()),
        })
    });
    let condition = enclosure.condition.map(|all| {
        object!({
            "info": all.info,
            "non_critical": all.non_critical,
            "critical": all.critical,
            "unrecoverable": all.unrecoverable,
        })
    });
    object!({
        "subenclosures": parts.collect::<Vec<_>>(),
        "condition": condition,
        "consistent": enclosure.consistent,
        "elements": enclosure.elements.iter().map(element).collect::<Vec<_>>(),
        "slots": enclosure.slots.iter().map(slot).collect::<Vec<_>>(),
        "not_understood": enclosure.unread,
    })
}

fn element(element: &Element) -> Value {
    object!({
        "type": element.type_words().map_or_else(|| format!("type {:02x}h", element.kind), str::to_owned),
        "index": element.index,
        "subenclosure": element.subenclosure,
        "type_text": text(element.type_text.as_ref()),
        "text": text(element.text.as_ref()),
        "status": element.status.map(status),
        "detail": element.detail.map(detail),
    })
}

fn status(status: Status) -> Value {
    let code = match status.code {
        StatusCode::Unsupported => "unsupported".to_owned(),
        StatusCode::Ok => "ok".to_owned(),
        StatusCode::Critical => "critical".to_owned(),
        StatusCode::NonCritical => "non-critical".to_owned(),
        StatusCode::Unrecoverable => "unrecoverable".to_owned(),
        StatusCode::NotInstalled => "not installed".to_owned(),
        StatusCode::Unknown => "unknown".to_owned(),
        StatusCode::NotAvailable => "not available".to_owned(),
        StatusCode::NoAccess => "no access".to_owned(),
        StatusCode::Reserved(code) => format!("code {code}"),
    };
    object!({
        "code": code,
        "predicts_failure": status.predicts_failure,
        "disabled": status.disabled,
        "swapped": status.swapped,
    })
}

fn detail(detail: Detail) -> Value {
    match detail {
        Detail::Slot { bits, address } => object!({
            "address": address,
            "fault_sensed": bits.fault_sensed,
            "fault_requested": bits.fault_requested,
            "locate": bits.locate,
            "may_remove": bits.may_remove,
            "do_not_remove": bits.do_not_remove,
            "off": bits.off,
            "bypassed": bits.bypassed,
            "hot_spare": bits.hot_spare,
            "in_critical_array": bits.in_critical_array,
            "in_failed_array": bits.in_failed_array,
            "rebuild": bits.rebuild,
            "rebuild_aborted": bits.rebuild_aborted,
        }),
        Detail::PowerSupply {
            fail,
            ac_fail,
            dc_fail,
            over_voltage,
            under_voltage,
            over_current,
            over_temperature,
            temperature_warning,
            off,
        } => object!({
            "fail": fail,
            "ac_fail": ac_fail,
            "dc_fail": dc_fail,
            "over_voltage": over_voltage,
            "under_voltage": under_voltage,
            "over_current": over_current,
            "over_temperature": over_temperature,
            "temperature_warning": temperature_warning,
            "off": off,
        }),
        Detail::Fan { fail, off, rpm } => object!({ "fail": fail, "off": off, "rpm": rpm }),
        Detail::Temperature { fail, degrees, over_failure, over_warning, under_failure, under_warning } => object!({
            "fail": fail,
            "celsius": degrees,
            "over_failure": over_failure,
            "over_warning": over_warning,
            "under_failure": under_failure,
            "under_warning": under_warning,
        }),
        Detail::Door { fail, open, unlocked } => object!({ "fail": fail, "open": open, "unlocked": unlocked }),
        Detail::Controller { fail } => object!({ "fail": fail }),
        Detail::Ups { minutes, ac_bad, ac_fail, dc_fail, fail, battery_fail, battery_predicts_failure } => object!({
            "battery_minutes": minutes,
            "ac_bad": ac_bad,
            "ac_fail": ac_fail,
            "dc_fail": dc_fail,
            "fail": fail,
            "battery_fail": battery_fail,
            "battery_predicts_failure": battery_predicts_failure,
        }),
        Detail::Enclosure { failure, warning, minutes_until_power_cycle } => object!({
            "failure": failure, "warning": warning, "minutes_until_power_cycle": minutes_until_power_cycle,
        }),
        Detail::Voltage { fail, millivolts, critical, warning } => object!({
            "fail": fail, "volts": f64::from(millivolts) / 1_000.0, "critical": critical, "warning": warning,
        }),
        Detail::Current { fail, milliamperes, critical, warning } => object!({
            "fail": fail, "amperes": f64::from(milliamperes) / 1_000.0, "critical": critical, "warning": warning,
        }),
        Detail::Link { fail, over_current } => object!({ "fail": fail, "over_current": over_current }),
    }
}

fn slot(slot: &Slot) -> Value {
    object!({
        "slot": slot.number,
        "subenclosure": slot.subenclosure,
        "text": text(slot.text.as_ref()),
        "sas_addresses": slot.addresses.iter().map(|address| format!("{address:016x}")).collect::<Vec<_>>(),
        "nvme": slot.nvme.as_ref().map(|device| object!({
            "pci_vendor": format!("{:04x}", device.vendor),
            "serial": text(device.serial.as_ref()),
            "model": text(device.model.as_ref()),
        })),
        "status": slot.status.map(status),
    })
}
