//! How what is kept stands.

use super::alerts::held;
use super::coverage::watch;
use super::history::conflict;
use super::{array, bay, brief_case, drive, time, unknown};
use crate::diagnosis::{Hold, Host};
use crate::history::outbox::Refused;
use crate::history::reader::Source;
use crate::model::{Case, CaseState};
use crate::report::status::{Reach, Status, lasts};
use crate::words::clean;
use serde_json::Value;

/// `arraywatch.status/1`
pub fn status(status: &Status<'_>) -> Value {
    let diagnosis = &status.state.diagnosis;
    let inventory = &diagnosis.inventory;
    object!({
        "schema": "arraywatch.status/1",
        "db": clean(&status.database.to_string_lossy()),
        "verdict": status.verdict().code(),
        "incomplete": diagnosis.incomplete,
        "now": time(status.now),
        "evidence_until": diagnosis.evidence_until.map(time),
        "kept_from": status.state.kept_from.map(time),
        "daemon": watch(status.watch),
        "open_cases": status.lasting().map(brief).collect::<Vec<_>>(),
        "on_hold": status.holds.iter().map(hold).collect::<Vec<_>>(),
        "alerts_waiting": status.backlog.map(|(count, oldest)| object!({ "count": count, "oldest": time(oldest) })),
        "alerts_refused": status.refused.iter().map(refused).collect::<Vec<_>>(),
        "not_told": status.not_told.iter().map(held).collect::<Vec<_>>(),
        "hosts": status.hosts.iter().map(host).collect::<Vec<_>>(),
        "arrays": inventory.arrays.values().map(array).collect::<Vec<_>>(),
        "bays": inventory.bays.values().map(bay).collect::<Vec<_>>(),
        "drives": inventory.drives.values().map(drive).collect::<Vec<_>>(),
        "streams": status.reach.iter().map(|reach| stream(reach, status)).collect::<Vec<_>>(),
        "sources": status.sources().map(source).collect::<Vec<_>>(),
        "conflicts": status.conflicts.iter().map(conflict).collect::<Vec<_>>(),
        "unknowns": diagnosis.unknowns.iter().map(unknown).collect::<Vec<_>>(),
        "retired": diagnosis.retired.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn refused(one: &Refused) -> Value {
    object!({
        "channel": clean(&one.channel),
        "since": time(one.since),
        "count": one.count,
        "failure": clean(&one.failure),
    })
}

fn brief(case: &Case) -> Value {
    let first = case.suspects.first().map(|suspect| {
        object!({
            "cause": suspect.cause.code(),
            "subject": suspect.subject.as_ref().map(ToString::to_string),
            "probability": suspect.probability,
        })
    });
    let mut value = brief_case(case);
    value["first_suspect"] = first.unwrap_or(Value::Null);
    value
}

fn hold(hold: &Hold) -> Value {
    object!({
        "waits": hold.waits.code(),
        "subject": hold.subject.to_string(),
        "until": hold.until.map(time),
        "why": &hold.why,
    })
}

fn host(host: &Host<'_>) -> Value {
    let repaired = host.cases.iter().filter(|case| case.state == CaseState::Repaired).count();
    object!({
        "host": host.name,
        "verdict": host.verdict.code(),
        "open_cases": host.cases.iter().filter(|case| lasts(case)).count(),
        "repaired_cases": repaired,
        "arrays": host.arrays.len(),
        "bays": host.bays.len(),
        "drives": host.drives.len(),
        "drives_unwell": host.unwell().map(|drive| &drive.serial).collect::<Vec<_>>(),
    })
}

fn stream(reach: &Reach<'_>, status: &Status<'_>) -> Value {
    object!({
        "stream": reach.stream.to_string(),
        "last": reach.last.map(time),
        "age_seconds": reach.last.map(|last| (status.now - last).num_seconds()),
        "broken_off": reach.broken_off,
    })
}

fn source(source: &Source) -> Value {
    object!({
        "path": &source.name,
        "format": &source.format,
        "whole": source.whole,
        "bytes": source.whole.then_some(source.bytes),
        "records": source.whole.then_some(source.records),
        "unrecognised": source.whole.then_some(source.unrecognised),
        "damaged": source.whole.then_some(source.damaged),
        "read_at": time(source.read_at),
    })
}
