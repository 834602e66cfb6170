//! What was told to people, for programs.

use super::time;
use crate::alerting::Held;
use crate::history::outbox::{Alert, Delivery, Sent};
use crate::words::clean;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::path::Path;

/// What was told, and what is held.
pub struct Alerts<'a> {
    /// The history.
    pub database: &'a Path,
    /// The present time.
    pub now: DateTime<Utc>,
    /// In the order in which they were said.
    pub alerts: &'a [Sent],
    /// Cases of which nothing is said for now.
    pub held: &'a [Held],
}

/// `arraywatch.alerts/1`
pub fn alerts(told: &Alerts<'_>) -> Value {
    object!({
        "schema": "arraywatch.alerts/1",
        "db": clean(&told.database.to_string_lossy()),
        "now": time(told.now),
        "alerts": told.alerts.iter().map(sent).collect::<Vec<_>>(),
        "held": told.held.iter().map(held).collect::<Vec<_>>(),
    })
}

/// `arraywatch.withdrawn/1`
pub fn withdrawn(database: &Path, alert: Option<i64>, channel: Option<&str>, by: &str, deliveries: usize) -> Value {
    object!({
        "schema": "arraywatch.withdrawn/1",
        "db": clean(&database.to_string_lossy()),
        "alert": alert,
        "channel": channel.map(clean),
        "by": clean(by),
        "deliveries": deliveries,
    })
}

fn sent((alert, deliveries): &Sent) -> Value {
    let Alert { id, thread, at, kind, severity, message, .. } = alert;
    // Of one that cannot be read, what stands beside it is told.
    let message: Value = serde_json::from_str(message).unwrap_or_default();
    let word = |name: &str| message.get(name).and_then(Value::as_str).map(clean);
    object!({
        "id": *id,
        "thread": clean(thread),
        "place": message.get("place_in_thread").and_then(Value::as_u64),
        "at": time(*at),
        "said": clean(kind),
        "severity": severity.code(),
        "title": word("title"),
        "host": word("host"),
        "case": word("case"),
        "deliveries": deliveries.iter().map(delivery).collect::<Vec<_>>(),
    })
}

/// How a delivery stands.
pub(in crate::report) fn delivery(one: &Delivery) -> Value {
    object!({
        "channel": clean(&one.channel),
        "state": state(one),
        "attempts": one.attempts,
        "next_at": one.next_at.map(time),
        "delivered_at": one.delivered_at.map(time),
        "withdrawn_by": one.withdrawn_by.as_deref().map(clean),
        "failure": one.failure.as_deref().map(clean),
        "refused_since": one.refused_since.map(time),
    })
}

fn state(one: &Delivery) -> &'static str {
    match (&one.withdrawn_by, one.next_at) {
        (Some(_), _) => "withdrawn",
        (None, Some(_)) => "waiting",
        (None, None) => "delivered",
    }
}

/// A case of which nothing is said for now.
pub(super) fn held(held: &Held) -> Value {
    object!({
        "case": &held.case,
        "code": held.code.code(),
        "subject": held.subject.to_string(),
        "because": held.because.code(),
        "until": held.until.map(time),
        "why": &held.why,
    })
}
