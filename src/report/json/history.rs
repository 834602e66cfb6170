//! The history of one drive, bay or array, for programs.

use super::{array, case, drive, event, observation, time, unknown};
use crate::chronicle::{ArrayHistory, BayHistory, Course, DriveHistory, Entry, Measured, Pace, Rebuild, Span, Stay};
use crate::diagnosis::{Conflict, Inventory};
use crate::model::{Series, Subject};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What is shown beside a history.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// What exists on its hosts.
    pub inventory: &'a Inventory,
    /// The present time.
    pub now: DateTime<Utc>,
    /// The time of the latest evidence of its hosts.
    pub evidence_until: Option<DateTime<Utc>>,
    /// The time before which observations are summed up.
    pub kept_from: Option<DateTime<Utc>>,
    /// Sources whose reading was broken off.
    pub broken_off: &'a [String],
}

/// `arraywatch.history-drive/1`
pub fn history_drive(history: &DriveHistory<'_>, shown: Shown<'_>) -> Value {
    let own = object!({
        "schema": "arraywatch.history-drive/1",
        "subject": Subject::drive(&history.serial).to_string(),
        "drive": history.drive.map(drive),
        "stays": history.stays.iter().map(stay).collect::<Vec<_>>(),
        "conflicts": history.conflicts.iter().map(conflict).collect::<Vec<_>>(),
        "measured": history.measured.as_ref().map(measured),
    });
    with(own, &history.course, shown)
}

/// `arraywatch.history-bay/1`
pub fn history_bay(history: &BayHistory<'_>, shown: Shown<'_>) -> Value {
    let own = object!({
        "schema": "arraywatch.history-bay/1",
        "subject": history.bay.to_string(),
        "label": history.label,
        "stays": history.stays.iter().map(stay).collect::<Vec<_>>(),
        "failures": history.failures,
        "drives_failed": &history.lost,
    });
    with(own, &history.course, shown)
}

/// `arraywatch.history-array/1`
pub fn history_array(history: &ArrayHistory<'_>, shown: Shown<'_>) -> Value {
    let own = object!({
        "schema": "arraywatch.history-array/1",
        "subject": history.array.id.to_string(),
        "array": array(history.array),
        "spans": history.spans.iter().map(span).collect::<Vec<_>>(),
        "rebuilds": history.rebuilds.iter().map(rebuild).collect::<Vec<_>>(),
        "relapses": history.relapses.iter().map(|case| &case.id).collect::<Vec<_>>(),
        "stays": history.stays.iter().map(stay).collect::<Vec<_>>(),
    });
    with(own, &history.course, shown)
}

fn measured(measured: &Measured) -> Value {
    let value = |(series, first, last): &(Series, u64, u64)| {
        let unit = series.entry().map(|entry| entry.unit.code());
        object!({ "series": series.to_string(), "unit": unit, "first": first, "last": last })
    };
    object!({
        "from": time(measured.from),
        "to": time(measured.to),
        "samples": measured.samples,
        "values": measured.values.iter().map(value).collect::<Vec<_>>(),
        "days_left": measured.days_left.map(|left| object!({ "low": left.low, "likely": left.likely, "high": left.high })),
    })
}

/// Adds what all three have.
fn with(mut own: Value, course: &Course<'_>, shown: Shown<'_>) -> Value {
    let common = object!({
        "now": time(shown.now),
        "evidence_until": shown.evidence_until.map(time),
        "kept_from": shown.kept_from.map(time),
        "broken_off": shown.broken_off,
        "timeline": course.entries.iter().map(Entry::event).map(|one| event(&one)).collect::<Vec<_>>(),
        "pace": course.pace.as_ref().map(pace),
        "cases": course.cases.iter().map(|one| case(one)).collect::<Vec<_>>(),
        "observations": course.observations.iter().map(|one| observation(one)).collect::<Vec<_>>(),
        "unknowns": course.unknowns.iter().map(|one| unknown(one)).collect::<Vec<_>>(),
    });
    if let (Some(own), Value::Object(common)) = (own.as_object_mut(), common) {
        own.extend(common);
    }
    own
}

fn stay(stay: &Stay) -> Value {
    object!({
        "serial": &stay.serial,
        "bay": stay.bay.to_string(),
        "first_seen": time(stay.first.utc),
        "first_seen_as_written": &stay.first.written,
        "last_seen": time(stay.last.utc),
        "last_seen_as_written": &stay.last.written,
        "reports": stay.reports,
        "failed": stay.failed.as_ref().map(|at| time(at.utc)),
        "ended": stay.end.how.code(),
        "ended_at": stay.end.at.as_ref().map(|at| time(at.utc)),
        "moved_to": stay.end.to.as_ref().map(ToString::to_string),
        "next": &stay.end.next,
    })
}

pub(super) fn conflict(conflict: &Conflict) -> Value {
    object!({
        "serial": &conflict.serial,
        "bays": conflict.bays.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "from": time(conflict.from),
        "to": time(conflict.to),
    })
}

fn span(span: &Span) -> Value {
    object!({
        "state": span.state.code(),
        "from": time(span.from.utc),
        "from_as_written": &span.from.written,
        "to": span.to.as_ref().map(|to| time(to.utc)),
        "seconds": span.to.as_ref().map(|to| (to.utc - span.from.utc).num_seconds()),
        "text": &span.text,
    })
}

fn rebuild(rebuild: &Rebuild) -> Value {
    object!({
        "started": rebuild.started.as_ref().map(|at| time(at.utc)),
        "ended": rebuild.ended.as_ref().map(|at| time(at.utc)),
        "completed": rebuild.completed,
    })
}

fn pace(pace: &Pace) -> Value {
    object!({ "unit": pace.unit.code(), "from": pace.from.to_string(), "counts": &pace.counts })
}
