//! All that is kept, for programs: a JSON object a line, by its `kind`.

use super::alerts::delivery;
use super::time;
use crate::history::outbox::{Alert, Delivery};
use crate::history::reader::{Part, Source, Stream};
use crate::keep::walk::{Item, Summed, Told};
use crate::model::{Sample, Series, Statement};
use crate::words::clean;
use serde_json::Value;

/// A line of `arraywatch.export/1`.
pub fn line(item: &Item<'_>) -> Value {
    match item {
        Item::Head(head) => {
            object!({ "kind": "history", "schema": "arraywatch.export/1", "kept_from": head.kept_from.map(time) })
        }
        Item::Source(source) => of_source(source),
        Item::Stream(stream, parts) => of_stream(stream, parts),
        Item::Base(stream, at, digest) => {
            object!({ "kind": "digest", "stream": stream.name.to_string(), "at": time(*at), "digest": digest })
        }
        Item::Summed(summed) => of_summary(summed),
        Item::Told(told) => of_observation(told),
        Item::Sample(drive, sample) => of_sample(drive, sample),
        Item::SamplesLost(drive, at, why) => {
            object!({ "kind": "samples-lost", "drive": drive, "at": time(*at), "why": why })
        }
        Item::Alert((alert, deliveries)) => of_alert(alert, deliveries),
    }
}

fn of_source(source: &Source) -> Value {
    object!({
        "kind": "source",
        "id": source.id,
        "path": clean(&source.name),
        "format": &source.format,
        "timezone": &source.timezone,
        "front": hash(source.front),
        "content": hash(source.content),
        "bytes": source.bytes,
        "fingerprint": source.fingerprint.map(hash),
        "records": source.records,
        "unrecognised": source.unrecognised,
        "damaged": source.damaged,
        "read_at": time(source.read_at),
        "whole": source.whole,
        "superseded_by": source.superseded_by,
    })
}

fn of_stream(stream: &Stream, parts: &[Part]) -> Value {
    let part = |part: &Part| {
        object!({
            "source": part.source,
            "first": time(part.first),
            "last": time(part.last),
            "interrupted": part.interrupted,
        })
    };
    object!({
        "kind": "stream",
        "stream": stream.name.to_string(),
        "parts": parts.iter().map(part).collect::<Vec<_>>(),
    })
}

fn of_summary(Summed { stream, known, summary }: &Summed<'_>) -> Value {
    let Statement { subject, fact, severity, text } = &known.statement;
    object!({
        "kind": "summary",
        "stream": stream.name.to_string(),
        "key": hash(known.key),
        "at": time(summary.first),
        "until": time(summary.last),
        "times": summary.times,
        "subject": subject.to_string(),
        "severity": severity.code(),
        "fact": fact.code(),
        "detail": fact,
        "text": text,
    })
}

fn of_observation(Told { stream, known, said, written, text, .. }: &Told<'_>) -> Value {
    let Statement { subject, fact, severity, .. } = &known.statement;
    object!({
        "kind": "observation",
        "stream": stream.name.to_string(),
        "id": known.id_of(said, 0).to_string(),
        "key": hash(known.key),
        "at": time(said.at),
        "as_written": written,
        "time_basis": said.basis.code(),
        "until": said.until.map(time),
        "within_seconds": said.within,
        "subject": subject.to_string(),
        "severity": severity.code(),
        "fact": fact.code(),
        "detail": fact,
        "text": text,
        "numbers": &said.numbers,
        "times": said.times,
        "source": said.source,
        "start": said.start,
        "end": said.end,
        "interrupted": said.interrupted,
    })
}

fn of_alert(alert: &Alert, deliveries: &[Delivery]) -> Value {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    object!({
        "kind": "alert",
        "id": alert.id,
        "thread": &alert.thread,
        "at": time(alert.at),
        "said": &alert.kind,
        "severity": alert.severity.code(),
        "standing": json(&alert.standing),
        "message": json(&alert.message),
        "deliveries": deliveries.iter().map(delivery).collect::<Vec<_>>(),
    })
}

fn of_sample(drive: &str, sample: &Sample) -> Value {
    let value =
        |(series, value): &(Series, u64)| object!({ "series": series.to_string(), "id": series.id(), "value": value });
    object!({
        "kind": "sample",
        "drive": drive,
        "at": chrono::DateTime::from_timestamp(sample.at, 0).map(time),
        "values": sample.values().iter().map(value).collect::<Vec<_>>(),
    })
}

/// A number of 64 bits, which not every reader of JSON could take as one.
fn hash(number: u64) -> String {
    format!("{number:016x}")
}
