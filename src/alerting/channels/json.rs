//! A message for programs: what a plain webhook and a file get. Its shape is `schemas/alert.schema.json`.

use crate::alerting::{Lead, Message};
use crate::words::clean;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

/// `arraywatch.alert/1`. Its members are written in this order.
#[derive(Serialize)]
struct Alert<'a> {
    schema: &'static str,
    id: i64,
    thread: String,
    place_in_thread: u32,
    kind: &'static str,
    at: String,
    host: String,
    severity: &'static str,
    over: bool,
    case: Option<String>,
    code: Option<String>,
    subject: String,
    title: String,
    lead: Lead,
    do_next: Vec<String>,
    do_not: Vec<String>,
    suspects: Vec<Suspect>,
    evidence: Vec<Evidence>,
    unknown: Vec<String>,
    cases: Vec<String>,
    article: &'a str,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Suspect {
    /// In percent.
    probability: u8,
    text: String,
}

#[derive(Serialize)]
struct Evidence {
    at: String,
    text: String,
}

/// A message as JSON of one line, with nothing in it that a terminal acts on.
pub fn alert(message: &Message) -> String {
    let lead = &message.lead;
    let all = |texts: &[String]| texts.iter().map(|text| clean(text)).collect();
    let alert = Alert {
        schema: "arraywatch.alert/1",
        id: message.id,
        thread: clean(&message.thread),
        place_in_thread: message.place_in_thread,
        kind: message.kind.code(),
        at: time(message.at),
        host: clean(&message.host),
        severity: message.severity.code(),
        over: message.is_over(),
        case: message.case.as_deref().map(clean),
        code: message.code.as_deref().map(clean),
        subject: clean(&message.subject),
        title: clean(&message.title),
        lead: Lead {
            what: clean(&lead.what),
            place: clean(&lead.place),
            why: clean(&lead.why),
            stake: clean(&lead.stake),
            act: clean(&lead.act),
        },
        do_next: all(&message.do_next),
        do_not: all(&message.do_not),
        suspects: message
            .suspects
            .iter()
            .map(|(probability, text)| Suspect { probability: *probability, text: clean(text) })
            .collect(),
        evidence: message.evidence.iter().map(|(at, text)| Evidence { at: time(*at), text: clean(text) }).collect(),
        unknown: all(&message.unknown),
        cases: all(&message.cases),
        article: &message.article,
        remarks: all(&message.remarks),
    };
    // Strings and numbers alone: there is nothing in it that could not be written.
    let written = serde_json::to_string(&alert).unwrap_or_default();
    crate::words::printed(&written)
}

/// An instant as the schemas have it, to the second.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
