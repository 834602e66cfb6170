//! What each receiver of JSON understands.

use super::json::{alert, time};
use crate::alerting::{Kind, Message};
use crate::config::Shape;
use crate::model::Severity;
use crate::words::clean;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

/// The message as a receiver understands it, in one request or in several that are made in this order. What breaks off between them is sent
/// again whole. `key` is PagerDuty's routing key.
pub(super) fn bodies(shape: Shape, message: &Message, key: &str) -> Vec<String> {
    match shape {
        Shape::Plain => vec![alert(message)],
        Shape::Slack => vec![slack(message).to_string()],
        Shape::PagerDuty => pagerduty(message, key).iter().map(Value::to_string).collect(),
        Shape::Alertmanager => vec![alertmanager(message).to_string()],
    }
}

/// The five lines, each with its word.
fn lines(message: &Message) -> [(&'static str, String); 5] {
    let lead = &message.lead;
    [
        ("what", clean(&lead.what)),
        ("where", clean(&lead.place)),
        ("why", clean(&lead.why)),
        ("risk", clean(&lead.stake)),
        ("do", clean(&lead.act)),
    ]
}

/// The first so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['\u{2026}']).collect()
}

/// Slack's incoming webhook (Slack API, "Sending messages using incoming webhooks" and "Block Kit"): `text` is what a notification shows;
/// a header has at most 150 characters, the text of a section 3000, a message 50 blocks.
fn slack(message: &Message) -> Value {
    // "Formatting text for app surfaces": these three are escaped, and then nothing calls a channel or a person.
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let section = |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": cut(&text, 3_000) } });
    let list = |name: &str, items: &[String]| {
        let items: Vec<String> = items.iter().map(|item| format!("\u{2022} {}", escaped(&clean(item)))).collect();
        (!items.is_empty()).then(|| section(format!("*{name}*\n{}", items.join("\n"))))
    };
    let lead = lines(message).map(|(name, line)| format!("*{name}* {}", escaped(&line))).join("\n");
    let evidence: Vec<String> =
        message.evidence.iter().map(|(at, text)| format!("{}  {text}", crate::words::instant(*at))).collect();
    let title = clean(&message.title);
    let mut blocks = vec![
        json!({ "type": "header", "text": { "type": "plain_text", "text": cut(&title, 150), "emoji": false } }),
        section(lead),
    ];
    let lists = [
        ("do next", &message.do_next),
        ("do not", &message.do_not),
        ("cases", &message.cases),
        ("evidence", &evidence),
        ("not known", &message.unknown),
        ("note", &message.remarks),
    ];
    blocks.extend(lists.iter().filter_map(|(name, items)| list(name, items)));
    let foot =
        format!("{} \u{b7} {} \u{b7} {}", message.severity.code(), clean(&message.subject), clean(&message.thread));
    blocks.push(
        json!({ "type": "context", "elements": [{ "type": "plain_text", "text": cut(&foot, 2_000), "emoji": false }] }),
    );
    json!({ "text": escaped(&title), "blocks": blocks })
}

/// A key of PagerDuty's is cut to so many characters, a front of the 255 that it may have, so that the number behind it fits.
const KEY_MAX: usize = 240;

/// What ends resolves so many incidents of its thread at most. Each but the last was resolved when the next was opened, unless that message
/// was refused or taken back.
const RESOLVED_MAX: usize = 8;

/// PagerDuty's Events API v2 ("Send an Alert Event"). By its documentation, what has the `dedup_key` of an incident that is open is added to
/// that, and calls nobody, least of all if it is acknowledged; with the key of one that is resolved, it opens another. So each news of a
/// thread is an incident of its own, and then the one before it is resolved: what got worse calls people, and they have one incident. What
/// explains it or reminds of it goes into that one. What is repaired calls nobody: failing again is news.
/// The news first: if nothing more arrives, people have two incidents and not none. A summary has at most 1024 characters.
fn pagerduty(message: &Message, key: &str) -> Vec<Value> {
    let event = |action: &str, news: u32| {
        let thread = cut(&clean(&message.thread), KEY_MAX);
        let dedup_key = if news == 0 { thread } else { format!("{thread}.{news}") };
        json!({ "routing_key": key, "event_action": action, "dedup_key": dedup_key })
    };
    let resolved = |news: u32| event("resolve", news);
    match message.kind {
        Kind::Acknowledged => vec![event("acknowledge", message.news)],
        Kind::Repaired | Kind::Resolved => (0..=message.news).rev().take(RESOLVED_MAX).map(resolved).collect(),
        kind => {
            let mut incident = event("trigger", message.news);
            if let Some(told) = incident.as_object_mut() {
                told.extend(payload(message));
            }
            let before = message.news.checked_sub(1).filter(|_| kind.is_news()).map(resolved);
            // Whoever tries has seen that it arrives, and nobody is to end it by hand.
            let tried = (kind == Kind::Test).then(|| resolved(message.news));
            std::iter::once(incident).chain(before).chain(tried).collect()
        }
    }
}

/// What an incident says.
fn payload(message: &Message) -> Map<String, Value> {
    let mut details: Map<String, Value> =
        lines(message).into_iter().map(|(name, line)| (name.to_owned(), line.into())).collect();
    let lists = [
        ("do next", &message.do_next),
        ("do not", &message.do_not),
        ("not known", &message.unknown),
        ("cases", &message.cases),
    ];
    for (name, items) in lists {
        let items: Vec<String> = items.iter().map(|item| clean(item)).collect();
        details.insert(name.to_owned(), items.into());
    }
    let evidence: Vec<String> =
        message.evidence.iter().map(|(at, text)| format!("{} {}", time(*at), clean(text))).collect();
    details.insert("evidence".to_owned(), evidence.into());
    let told = json!({
        "summary": cut(&clean(&message.title), 1_024),
        "source": clean(&message.host),
        "severity": message.severity.code(),
        "timestamp": time(message.at),
        "component": clean(&message.subject),
        "class": message.code.as_deref().map_or_else(|| message.kind.code().to_owned(), clean),
        "custom_details": details,
    });
    Map::from_iter([("client".to_owned(), "arraywatch".into()), ("payload".to_owned(), told)])
}

/// An alert that nobody ends is taken as over at `endsAt`, which would be a false all-clear: it is told to be far away. What is over is said.
const LASTS: TimeDelta = TimeDelta::days(3_650);

/// A test is over by itself.
const TEST_LASTS: TimeDelta = TimeDelta::minutes(5);

/// Alertmanager's API v2 (`api/v2/openapi.yaml`, `postableAlerts`). An alert is its labels, and with others it is another one, while the one
/// before fires on. So of a thread they do not change: what does (why it is said, the case's code, what it is about) is an annotation. But
/// for the severity, which is what routes go by: with each message those of the thread's other severities end.
fn alertmanager(message: &Message) -> Value {
    let ends = match message.kind {
        Kind::Resolved => message.at,
        Kind::Test => message.at + TEST_LASTS,
        _ => message.at.checked_add_signed(LASTS).unwrap_or(message.at),
    };
    let more = [
        ("summary", clean(&message.title)),
        ("kind", message.kind.code().to_owned()),
        ("code", message.code.as_deref().map(clean).unwrap_or_default()),
        ("subject", clean(&message.subject)),
    ];
    let annotations: Map<String, Value> =
        lines(message).into_iter().chain(more).map(|(name, text)| (name.to_owned(), text.into())).collect();
    let of = |severity: Severity| {
        let ends = if severity == message.severity { ends } else { message.at };
        json!({
            "labels": {
                "alertname": "arraywatch",
                "severity": severity.code(),
                "host": clean(&message.thread_host),
                "thread": clean(&message.thread),
            },
            "annotations": annotations,
            "startsAt": time(message.at),
            "endsAt": time(ends),
        })
    };
    Severity::ALL.map(of).to_vec().into()
}
