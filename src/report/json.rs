//! What programs are shown: the contract that `schemas/` writes down. Keys do not change within a version; what is unknown is
//! `null`; times are RFC 3339 in UTC, with the text as written beside; offsets are of the input as given, or of what a compressed one
//! holds, `end` exclusive.

/// An object with its members, as `serde_json::json!` makes it; but what is a [`Value`] already is moved into it, not copied: a drive
/// that answered in full stands five objects deep, and would be copied as often.
macro_rules! object {
    ({ $($name:literal : $value:expr),* $(,)? }) => {{
        #[allow(unused_imports, reason = "where all members are values already")]
        use $crate::report::json::member::Member as _;
        let mut members = ::serde_json::Map::new();
        $( members.insert($name.to_owned(), $crate::report::json::member::Of($value).value()); )*
        ::serde_json::Value::Object(members)
    }};
}

mod alerts;
mod cases;
mod config;
mod coverage;
mod db;
mod event;
mod export;
mod history;
pub mod machine;
mod member;
mod prune;
mod scan;
mod status;
mod tell;
mod why;

pub use alerts::{Alerts, alerts, withdrawn};
pub use cases::cases;
pub use config::{Checking, config_check, config_init};
pub use coverage::coverage;
pub use db::{Checked, db_backup, db_check};
pub use event::{EVENTS_BEGIN, EVENTS_END, event};
pub use export::line;
pub use history::{Shown, history_array, history_bay, history_drive};
pub use prune::{Pruned, Space, prune};
pub use scan::{Scan, scan};
pub use status::status;
pub use tell::tell_test;
pub use why::why;

use crate::diagnosis::{Article, Diagnosis, Unknown};
use crate::history::writer::Tally as Written;
use crate::model::{Array, Bay, Case, Drive, Observation, ObservationId, Suspect, When};
use crate::observe::{self, Source, Text};
use crate::origin::{Finding, Holder, Tally, Trace, Traced};
use crate::streams::Failure;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// An input that gave nothing.
pub type Unread = (String, Failure);

/// `arraywatch.investigate/1`
pub fn investigate(
    diagnosis: &Diagnosis,
    sources: &[Source],
    unread: &[Unread],
    observations: &[Observation],
    now: Option<DateTime<Utc>>,
) -> Value {
    let inventory = &diagnosis.inventory;
    let mut hosts: Vec<&String> = sources.iter().flat_map(|source| &source.hosts).collect();
    hosts.sort();
    hosts.dedup();
    object!({
        "schema": "arraywatch.investigate/1",
        "verdict": diagnosis.verdict.code(),
        "incomplete": diagnosis.incomplete,
        "evidence_until": diagnosis.evidence_until.map(time),
        "now": now.map(time),
        "sources": sources.iter().map(source).collect::<Vec<_>>(),
        "unread": unread.iter().map(failure).collect::<Vec<_>>(),
        "hosts": hosts,
        "drives": inventory.drives.values().map(drive).collect::<Vec<_>>(),
        "bays": inventory.bays.values().map(bay).collect::<Vec<_>>(),
        "arrays": inventory.arrays.values().map(array).collect::<Vec<_>>(),
        "cases": diagnosis.cases.iter().map(case).collect::<Vec<_>>(),
        "unknowns": diagnosis.unknowns.iter().map(unknown).collect::<Vec<_>>(),
        "observations": observations.iter().map(observation).collect::<Vec<_>>(),
    })
}

/// What was read into the history.
pub struct Ingested<'a> {
    /// The history.
    pub database: &'a Path,
    /// What was read.
    pub sources: &'a [Source],
    /// What was written of each.
    pub tallies: &'a [Written],
    /// What is as it was when it was read last.
    pub unchanged: &'a [String],
    /// What could not be read.
    pub unread: &'a [Unread],
}

/// `arraywatch.ingest/1`
pub fn ingest(ingested: &Ingested<'_>) -> Value {
    let one = |(source, written): (&Source, &Written)| {
        object!({
            "path": &source.path,
            "hosts": &source.hosts,
            "format": source.format,
            "compression": source.packed,
            "bytes": source.bytes,
            "records": source.records,
            "unrecognised": source.unrecognised,
            "damaged": source.damage.len() as u64 + source.damage_not_listed,
            "problems": &source.problems,
            "new": written.new,
            "known": written.known,
            "too_old": written.too_old,
            "taken_back": written.taken_back,
        })
    };
    object!({
        "schema": "arraywatch.ingest/1",
        "db": crate::words::clean(&ingested.database.to_string_lossy()),
        "sources": ingested.sources.iter().zip(ingested.tallies).map(one).collect::<Vec<_>>(),
        "unchanged": ingested.unchanged,
        "unread": ingested.unread.iter().map(failure).collect::<Vec<_>>(),
    })
}

/// What a person said, and what it changed.
pub struct Said<'a> {
    /// The history.
    pub database: &'a Path,
    /// What was said.
    pub observation: &'a Observation,
    /// By whom.
    pub by: &'a str,
    /// Whether the history did not have it.
    pub new: bool,
    /// The cases that it concerns, as they are now.
    pub cases: &'a [&'a Case],
    /// What these rest on, and more.
    pub observations: &'a [Observation],
}

/// `arraywatch.said/1`
pub fn said(said: &Said<'_>) -> Value {
    object!({
        "schema": "arraywatch.said/1",
        "db": crate::words::clean(&said.database.to_string_lossy()),
        "by": said.by,
        "new": said.new,
        "observation": observation(said.observation),
        "cases": said.cases.iter().map(|one| case(one)).collect::<Vec<_>>(),
        "observations": rests_on(said.cases, said.observations).map(observation).collect::<Vec<_>>(),
    })
}

/// The observations that cases and the weights of their suspects rest on.
fn rests_on<'a>(cases: &[&Case], all: &'a [Observation]) -> impl Iterator<Item = &'a Observation> {
    let terms = |case: &Case| {
        let terms = case.suspects.iter().flat_map(|suspect| &suspect.terms);
        terms.flat_map(|term| term.observations.clone()).chain(case.observations.clone()).collect::<Vec<_>>()
    };
    let wanted: BTreeSet<ObservationId> = cases.iter().flat_map(|case| terms(case)).collect();
    all.iter().filter(move |one| wanted.contains(&one.id))
}

/// `arraywatch.integrity/1`; with what was found of the damage, if a directory was searched for it.
pub fn integrity(
    verdict: &str,
    incomplete: bool,
    sources: &[Source],
    unread: &[Unread],
    traced: Option<(&Path, &Traced)>,
) -> Value {
    let with_spans = |(index, read): (usize, &Source)| {
        let trace = traced.and_then(|(_, traced)| traced.traces.get(index));
        let mut value = source(read);
        if let Some(object) = value.as_object_mut() {
            let found = |of: &observe::Damage| {
                let mut value = damage(of);
                value["found_in"] = found_in(trace, &of.span);
                value
            };
            object.insert("damage".to_owned(), read.damage.iter().map(found).collect());
            object.insert("spans".to_owned(), read.spans.iter().map(|one| span(one, trace)).collect());
        }
        value
    };
    object!({
        "schema": "arraywatch.integrity/1",
        "verdict": verdict,
        "incomplete": incomplete,
        "sources": sources.iter().enumerate().map(with_spans).collect::<Vec<_>>(),
        "unread": unread.iter().map(failure).collect::<Vec<_>>(),
        "origin": traced.map(|(directory, traced)| tally(directory, &traced.tally)),
    })
}

/// `arraywatch.explain/1`
pub fn explain(articles: &[Article]) -> Value {
    let article = |article: &Article| {
        object!({
            "code": article.code.code(),
            "title": article.title,
            "means": article.means,
            "at_stake": article.at_stake,
            "do": article.to_do,
            "do_not": article.not_to_do,
        })
    };
    object!({ "schema": "arraywatch.explain/1", "articles": articles.iter().map(article).collect::<Vec<_>>() })
}

pub(in crate::report) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn source(source: &Source) -> Value {
    object!({
        "path": &source.path,
        "host": source.hosts.first(),
        "format": source.format,
        "compression": source.packed,
        "bytes": source.bytes,
        "records": source.records,
        "unrecognised": source.unrecognised,
        "damage": source.damage.iter().map(damage).collect::<Vec<_>>(),
        "damage_not_listed": source.damage_not_listed,
        "anomalies": source.anomalies.iter().map(anomaly).collect::<Vec<_>>(),
        "anomalies_not_listed": source.anomalies_not_listed,
        "events_counted": source.events_counted,
        "pager_notation": source.pager_notation,
        "problems": &source.problems,
    })
}

fn damage(damage: &observe::Damage) -> Value {
    object!({
        "start": damage.span.start,
        "end": damage.span.end,
        "kind": damage.kind.code(),
        "detail": &damage.detail,
        "origin": damage.origin.map(|origin| origin.code()),
        "decoded_start": damage.decoded.as_ref().map(|decoded| decoded.start),
        "decoded_end": damage.decoded.as_ref().map(|decoded| decoded.end),
    })
}

fn anomaly(anomaly: &observe::Anomaly) -> Value {
    object!({
        "kind": anomaly.kind.code(),
        "at": time(anomaly.at.utc),
        "as_written": &anomaly.at.written,
        "until": anomaly.at.until.map(time),
        "detail": &anomaly.detail,
        "start": anomaly.span.start,
        "end": anomaly.span.end,
    })
}

fn span(span: &observe::Span, trace: Option<&Trace>) -> Value {
    let kind = match span.text {
        Some(Text::Records) => "records",
        Some(Text::Unrecognised) => "unrecognised",
        None => "damage",
    };
    let sought = trace.filter(|_| span.text == Some(Text::Unrecognised));
    object!({ "start": span.range.start, "end": span.range.end, "kind": kind, "found_in": found_in(sought, &span.range) })
}

fn found_in(trace: Option<&Trace>, span: &Range<u64>) -> Value {
    let Some(findings) = trace.and_then(|trace| trace.of(span)) else { return Value::Null };
    let held = |finding: &&Finding| finding.holders.iter().map(|one| holder(one, finding.one_of)).collect::<Vec<_>>();
    findings.iter().flat_map(held).collect()
}

fn holder(holder: &Holder, one_of: u64) -> Value {
    object!({
        "path": holder.path.to_string_lossy(),
        "offset": holder.offset,
        "log_start": holder.span.start,
        "log_end": holder.span.end,
        "bytes": holder.bytes,
        "places": holder.places,
        "one_of": one_of,
        "copies": holder.copies.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
        "copies_not_listed": holder.copies_not_listed,
    })
}

fn tally(directory: &Path, tally: &Tally) -> Value {
    object!({
        "directory": directory.to_string_lossy(),
        "files": tally.files,
        "bytes": tally.bytes,
        "unread": tally.unread,
        "unlisted": tally.passed_over.unlisted,
        "other_systems": tally.passed_over.other_systems,
    })
}

fn failure((path, failure): &Unread) -> Value {
    object!({ "path": path, "reason": failure.code(), "message": failure.to_string() })
}

pub(in crate::report) fn drive(drive: &Drive) -> Value {
    object!({
        "serial": &drive.serial,
        "wwn": &drive.wwn,
        "vendor": &drive.vendor,
        "model": &drive.model,
        "firmware": &drive.firmware,
        "bay": drive.bay.as_ref().map(ToString::to_string),
        "paths": &drive.paths,
        "state": drive.state.code(),
        "reasons": &drive.reasons,
        "first_seen": time(drive.first_seen.utc),
        "first_seen_as_written": &drive.first_seen.written,
        "last_seen": time(drive.last_seen.utc),
        "last_seen_as_written": &drive.last_seen.written,
    })
}

fn bay(bay: &Bay) -> Value {
    let occupant = |occupant: &crate::model::Occupant| {
        object!({
            "serial": &occupant.serial,
            "first_seen": time(occupant.first_seen.utc),
            "first_seen_as_written": &occupant.first_seen.written,
            "last_seen": time(occupant.last_seen.utc),
            "last_seen_as_written": &occupant.last_seen.written,
            "reports": occupant.reports,
        })
    };
    object!({ "id": bay.id.to_string(), "label": &bay.label, "occupants": bay.occupants.iter().map(occupant).collect::<Vec<_>>() })
}

pub(in crate::report) fn array(array: &Array) -> Value {
    let member = |member: &crate::model::Member| {
        object!({
            "serial": &member.serial,
            "bay": member.bay.as_ref().map(ToString::to_string),
            "mirror_set": member.mirror_set,
            "state": member.state.code(),
        })
    };
    let transition = |transition: &crate::model::Transition| {
        object!({
            "at": time(transition.at.utc),
            "as_written": &transition.at.written,
            "state": transition.state.code(),
            "text": &transition.text,
        })
    };
    object!({
        "id": array.id.to_string(),
        "level": &array.level,
        "state": array.state.code(),
        "members": array.members.iter().map(member).collect::<Vec<_>>(),
        "transitions": array.transitions.iter().map(transition).collect::<Vec<_>>(),
    })
}

pub(in crate::report) fn case(case: &Case) -> Value {
    let mut value = brief_case(case);
    value["do_next"] = case.do_next.iter().chain(&case.checks).cloned().collect();
    value["do_not"] = case.do_not.iter().cloned().collect();
    value["suspects"] = case.suspects.iter().map(suspect).collect();
    value["observations"] = ids(&case.observations).into_iter().collect();
    value
}

/// What a case is, without what it rests on.
fn brief_case(case: &Case) -> Value {
    object!({
        "id": &case.id,
        "code": case.code.code(),
        "severity": case.severity.code(),
        "state": case.state.code(),
        "opened": time(case.opened.utc),
        "opened_as_written": &case.opened.written,
        "subject": case.subject.to_string(),
        "summary": &case.summary,
    })
}

fn suspect(suspect: &Suspect) -> Value {
    let term = |term: &crate::model::Term| object!({ "weight": term.weight, "because": &term.because, "source": &term.source, "observations": ids(&term.observations) });
    object!({
        "cause": suspect.cause.code(),
        "subject": suspect.subject.as_ref().map(ToString::to_string),
        "probability": suspect.probability,
        "terms": suspect.terms.iter().map(term).collect::<Vec<_>>(),
    })
}

fn ids(ids: &[ObservationId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

pub(in crate::report) fn unknown(unknown: &Unknown) -> Value {
    object!({ "subject": unknown.subject.to_string(), "what": &unknown.what })
}

pub(in crate::report) fn observation(one: &Observation) -> Value {
    let When { utc, written, basis, until, within } = &one.at;
    object!({
        "id": one.id.to_string(),
        "at": time(*utc),
        "as_written": written,
        "time_basis": basis.code(),
        "until": until.map(time),
        "within_seconds": within.map(|within| within.num_seconds()),
        "subject": one.subject.to_string(),
        "severity": one.severity.code(),
        "fact": one.fact.code(),
        "text": &one.text,
        "source": one.evidence.as_ref().map(|evidence| evidence.source.to_string()),
        "start": one.evidence.as_ref().map(|evidence| evidence.start),
        "end": one.evidence.as_ref().map(|evidence| evidence.end),
    })
}
