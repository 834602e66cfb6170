//! Events, for programs. They are printed one after the other, as they are read.

use super::time;
use crate::keep::Event;
use serde_json::Value;

/// `arraywatch.events/1`, before the first event.
pub const EVENTS_BEGIN: &str = "{\n  \"schema\": \"arraywatch.events/1\",\n  \"events\": [";

/// The same, behind the last.
pub const EVENTS_END: &str = "\n  ]\n}\n";

/// One of them.
pub fn event(event: &Event<'_>) -> Value {
    let Event { at, last, times, subject, severity, fact, text, place } = event;
    object!({
        "at": time(at.utc),
        "as_written": at.written,
        "time_basis": at.basis.code(),
        "until": last.or(at.until).map(time),
        "within_seconds": at.within.map(|within| within.num_seconds()),
        "subject": subject.to_string(),
        "severity": severity.code(),
        "fact": fact,
        "text": text,
        "times": times,
        "source": place.map(|(source, ..)| source),
        "start": place.map(|(_, start, _)| start),
        "end": place.map(|(.., end)| end),
    })
}
