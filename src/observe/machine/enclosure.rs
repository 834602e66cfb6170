//! How an enclosure and its parts are.

use super::Read;
use crate::machine::Failed;
use crate::model::{Ailment, Kind, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread};
use crate::probes::Shelf;
use crate::probes::enclosure::Answers;
use crate::probes::got::Missing;
use crate::words::clean;
use arraywatch_parsers::scsi::ses::{Condition, Detail, Element, Enclosure, StatusCode};
use std::collections::BTreeMap;

/// ELEMENT TYPE of power supplies (SES-3).
const POWER_SUPPLY: u8 = 0x02;

/// The shelf in paths: the same by every way that leads to it.
fn path(shelf: &Shelf, answers: &Answers) -> String {
    let part = answers.enclosure.as_ref().ok().and_then(|enclosure| enclosure.parts.first());
    match (part.map(|part| part.logical_id).filter(|id| *id != 0), &shelf.id) {
        (Some(id), _) => format!("e{id:x}"),
        (None, Some(id)) => format!("e{}", id.trim_start_matches('0')),
        (None, None) => shelf.device.trim_start_matches("/dev/").to_owned(),
    }
}

/// Which SAS address sits in which of its slots: the bay's path.
pub(super) fn slots(shelf: &Shelf, answers: &Answers) -> Vec<(u64, String)> {
    let id = path(shelf, answers);
    let slots = answers.enclosure.iter().flat_map(|enclosure| &enclosure.slots);
    slots
        .filter_map(|slot| Some((format!("{}/{id}/s{}", shelf.controller, slot.number?), &slot.addresses)))
        .flat_map(|(path, addresses)| addresses.iter().map(move |address| (*address, path.clone())))
        .collect()
}

/// What its answers say: the shelf, and each of its supplies.
pub(super) fn things(host: &str, shelf: &Shelf, answers: &Answers) -> Vec<Read> {
    let enclosure = answers.enclosure.as_ref().ok();
    let part = enclosure.and_then(|enclosure| enclosure.parts.first());
    let id = path(shelf, answers);
    let model = part.map(|part| {
        let names = [&part.vendor, &part.product].into_iter().flatten();
        names.map(|name| clean(name)).collect::<Vec<_>>().join(" ")
    });
    let model = model.filter(|model| !model.is_empty()).or_else(|| shelf.model.as_deref().map(clean));
    let mut reasons = Vec::new();
    let mut things = Vec::new();
    for element in enclosure.iter().flat_map(|enclosure| &enclosure.elements) {
        let Some(index) = element.index else { continue };
        let reason = judged(element, index);
        // A place without a supply is none, as a bay without a drive is none: one that was there is missed.
        let is_empty = element.status.is_some_and(|status| status.code == StatusCode::NotInstalled);
        if element.kind == POWER_SUPPLY && !is_empty {
            things.push(supply(host, &id, element, index, reason));
        } else {
            reasons.extend(reason);
        }
    }
    let parts_tell =
        |things: &[Read]| things.iter().flat_map(|read| &read.reading.reasons).map(|one| one.severity).max();
    let told = parts_tell(&things).max(reasons.iter().map(|one| one.severity).max());
    let (silent, unread) = access(answers);
    reasons.extend(silent);
    reasons.extend(enclosure.and_then(|enclosure| enclosure.condition).and_then(|all| condition(all, told)));
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    let slots = enclosure.map(|enclosure| format!(", {} slots", enclosure.slots.len())).unwrap_or_default();
    let text = format!("enclosure {}{slots}", model.as_deref().unwrap_or("of a model that it does not tell"));
    let subject = Subject::within(Kind::Enclosure, host, &format!("{}/{id}", shelf.controller));
    let reading = Reading { thing: Thing::Enclosure { model }, reasons, unread };
    things.insert(0, Read { subject, reading, text, values: Vec::new() });
    things
}

/// Why it could not be read, and whether that is its fault.
fn access(answers: &Answers) -> (Option<Reason>, Option<Unread>) {
    let silent = |severity, text: &str| {
        let (ailment, key) = (Ailment::NotAnswering, "answer".to_owned());
        Some(Reason { ailment, key, severity, rising: None, level: None, text: text.to_owned() })
    };
    let status = answers.missing.iter().any(|(code, _)| *code == 0x02);
    let (reason, why, text) = match (answers.stopped, &answers.enclosure) {
        (Some(Missing::Failed(Failed::NoAnswer)), _) => {
            let text = "it was asked and did not answer while its reader was waited for";
            (silent(Severity::Critical, text), WhyUnread::NotAnswering, text)
        }
        (Some(Missing::Failed(Failed::Quarantined)), _) => {
            let text = "it did not answer before, and is left alone for a while";
            (silent(Severity::Warning, text), WhyUnread::Quarantined, text)
        }
        (Some(Missing::Failed(Failed::Asleep)), _) => (None, WhyUnread::Asleep, "it sleeps and was not woken"),
        (Some(Missing::Failed(Failed::NotAsked)), _) => {
            (None, WhyUnread::ControllerBusy, "it was not asked: its controller has not answered an earlier command")
        }
        (Some(Missing::Failed(failed)), _) if failed.is_denial() => {
            (None, WhyUnread::Denied, "whoever asks may not: arraywatch needs to be root for this")
        }
        (Some(_), _) => {
            let text = "the kernel lists it and cannot open it: the device is offline or gone";
            (silent(Severity::Warning, text), WhyUnread::NotAnswering, text)
        }
        (None, Err(_)) => {
            (None, WhyUnread::NotUnderstood, "it gave no configuration page that is understood (SES, 01h)")
        }
        (None, Ok(_)) if status => (None, WhyUnread::NotAnswering, "it gave no status page (SES, 02h)"),
        (None, Ok(Enclosure { consistent: false, .. })) => {
            (None, WhyUnread::NotUnderstood, "it changed while it was read: its pages are not of one configuration")
        }
        (None, Ok(_)) => return (None, None),
    };
    (reason, Some(Unread { why, text: text.to_owned() }))
}

/// The shelf says that something is wrong, and no part of it does.
fn condition(condition: Condition, told: Option<Severity>) -> Option<Reason> {
    let (severity, words) = match condition {
        Condition { unrecoverable: true, .. } => (Severity::Critical, "unrecoverable"),
        Condition { critical: true, .. } => (Severity::Critical, "critical"),
        Condition { non_critical: true, .. } => (Severity::Warning, "not critical"),
        _ => return None,
    };
    // Less is told of a part than of the whole.
    (told < Some(Severity::Warning)).then(|| Reason {
        ailment: Ailment::PartFailed,
        key: "condition".to_owned(),
        severity,
        rising: None,
        level: None,
        text: format!("it says that its condition is {words}, and of no part why (SES, status page)"),
    })
}

fn supply(host: &str, shelf: &str, element: &Element, index: u8, reason: Option<Reason>) -> Read {
    let sub = if element.subenclosure == 0 { String::new() } else { format!("{}-", element.subenclosure) };
    let subject = Subject::within(Kind::Power, host, &format!("{shelf}/psu{sub}{index}"));
    let text = format!("{} of an enclosure", name(element, index));
    let reading = Reading { thing: Thing::Power, reasons: reason.into_iter().collect(), unread: None };
    Read { subject, reading, text, values: Vec::new() }
}

/// The part's name for people: as the shelf names it, with its type and number.
fn name(element: &Element, index: u8) -> String {
    let kind = element.type_words().unwrap_or("part of the maker's own type");
    match &element.text {
        Some(text) => format!("{kind} {index} ({})", clean(text)),
        None => format!("{kind} {index}"),
    }
}

fn key(element: &Element, index: u8) -> String {
    let kind = match element.type_words() {
        Some(words) => words.to_ascii_lowercase().replace(' ', "-"),
        None => format!("type-{:02x}", element.kind),
    };
    let sub = if element.subenclosure == 0 { String::new() } else { format!("{}-", element.subenclosure) };
    format!("{kind}-{sub}{index}")
}

/// What is the matter with a part, if anything.
fn judged(element: &Element, index: u8) -> Option<Reason> {
    let (by_status, said) = status(element);
    let Details { ailment, severity: by_detail, says } = detail(element);
    let severity = by_status.max(by_detail)?;
    let mut words: Vec<String> = said.into_iter().collect();
    words.extend(says.into_iter().map(str::to_owned));
    let text = format!("{}: {} (SES)", name(element, index), words.join(", "));
    Some(Reason { ailment, key: key(element, index), severity, rising: None, level: None, text })
}

/// What the status that every element has says.
fn status(element: &Element) -> (Option<Severity>, Option<String>) {
    let Some(status) = element.status else { return (None, None) };
    let is_slot = matches!(element.kind, 0x01 | 0x17);
    let (severity, words) = match status.code {
        StatusCode::Critical => (Some(Severity::Critical), "critical".to_owned()),
        StatusCode::Unrecoverable => (Some(Severity::Critical), "failed, and not to be recovered".to_owned()),
        StatusCode::NonCritical => (Some(Severity::Warning), "a fault that is not critical".to_owned()),
        StatusCode::Reserved(code) => (Some(Severity::Warning), format!("a status that is not known, {code:X}h")),
        StatusCode::NotInstalled if element.kind == POWER_SUPPLY => (Some(Severity::Info), "not installed".to_owned()),
        // Slots without a drive say so on many a shelf.
        StatusCode::Unknown if !is_slot => (Some(Severity::Info), "its status is not known to the shelf".to_owned()),
        StatusCode::NotAvailable if element.kind == POWER_SUPPLY => {
            (Some(Severity::Info), "not switched on".to_owned())
        }
        _ => (None, String::new()),
    };
    let predicts = status.predicts_failure.then_some(Severity::Warning);
    let words = match (words.is_empty(), predicts) {
        (true, None) => None,
        (true, Some(_)) => Some("predicts its failure".to_owned()),
        (false, None) => Some(words),
        (false, Some(_)) => Some(format!("{words}, predicts its failure")),
    };
    (severity.max(predicts), words)
}

/// What the type of an element says beyond its status.
struct Details {
    ailment: Ailment,
    severity: Option<Severity>,
    says: Vec<&'static str>,
}

fn detail(element: &Element) -> Details {
    use Severity::{Critical, Info, Warning};
    let not_there = element.status.is_some_and(|status| status.code == StatusCode::NotInstalled);
    let (ailment, said): (Ailment, Vec<(bool, Severity, &'static str)>) = match element.detail {
        Some(Detail::PowerSupply {
            fail,
            ac_fail,
            dc_fail,
            over_voltage,
            under_voltage,
            over_current,
            over_temperature,
            temperature_warning,
            off,
        }) => (
            Ailment::SupplyFailed,
            vec![
                (fail, Critical, "failed"),
                (ac_fail, Critical, "no power comes in"),
                (dc_fail, Critical, "no power goes out"),
                (over_voltage, Warning, "voltage too high"),
                (under_voltage, Warning, "voltage too low"),
                (over_current, Warning, "current too high"),
                (over_temperature, Critical, "too hot"),
                (temperature_warning, Warning, "warm"),
                (off, Info, "switched off"),
            ],
        ),
        Some(Detail::Fan { fail, off, .. }) => {
            (Ailment::FanFailed, vec![(fail, Warning, "failed"), (off, Info, "switched off")])
        }
        Some(Detail::Temperature { fail, over_failure, over_warning, under_failure, under_warning, .. }) => (
            Ailment::HousingHot,
            vec![
                (fail, Warning, "the sensor failed"),
                (over_failure, Critical, "above its critical limit"),
                (over_warning && !over_failure, Warning, "above its warning limit"),
                (under_failure, Critical, "below its critical limit"),
                (under_warning && !under_failure, Warning, "below its warning limit"),
            ],
        ),
        Some(Detail::Voltage { fail, critical, warning, .. } | Detail::Current { fail, critical, warning, .. }) => (
            Ailment::VoltageOff,
            vec![
                (fail, Warning, "the sensor failed"),
                (critical, Critical, "beyond its critical limit"),
                (warning && !critical, Warning, "beyond its warning limit"),
            ],
        ),
        Some(Detail::Ups { ac_bad, ac_fail, dc_fail, fail, battery_fail, battery_predicts_failure, .. }) => (
            Ailment::SupplyFailed,
            vec![
                (ac_fail, Critical, "no power comes in"),
                (ac_bad, Warning, "what comes in is out of its range"),
                (dc_fail, Critical, "no power goes out"),
                (fail, Critical, "failed"),
                (battery_fail, Warning, "its battery failed"),
                (battery_predicts_failure, Warning, "its battery predicts its failure"),
            ],
        ),
        Some(Detail::Enclosure { failure, warning, .. }) => (
            Ailment::PartFailed,
            vec![(failure, Warning, "its failure lamp is lit"), (warning, Info, "its warning lamp is lit")],
        ),
        Some(Detail::Slot { bits, .. }) => (
            Ailment::PartFailed,
            vec![
                (bits.fault_sensed, Warning, "the shelf senses a fault of the drive"),
                (bits.bypassed, Warning, "the drive is cut off"),
                (bits.off, Info, "its power is off"),
            ],
        ),
        Some(Detail::Door { fail, open, .. }) => {
            (Ailment::PartFailed, vec![(fail, Warning, "failed"), (open, Info, "open")])
        }
        Some(Detail::Controller { fail }) => (Ailment::PartFailed, vec![(fail, Warning, "failed")]),
        Some(Detail::Link { fail, over_current }) => {
            (Ailment::PartFailed, vec![(fail, Warning, "failed"), (over_current, Warning, "current too high")])
        }
        None => (Ailment::PartFailed, Vec::new()),
    };
    // Bits of a part that is not there mean nothing.
    let said: BTreeMap<usize, _> = said.into_iter().enumerate().filter(|(_, (is, ..))| *is && !not_there).collect();
    let severity = said.values().map(|(_, severity, _)| *severity).max();
    Details { ailment, severity, says: said.into_values().map(|(_, _, says)| says).collect() }
}

#[cfg(test)]
mod tests;
