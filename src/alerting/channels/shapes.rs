//! What each receiver of JSON understands.

use super::json::{alert, time};
use crate::alerting::{Kind, Message};
use crate::config::Shape;
use crate::model::Severity;
use crate::words::clean;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

/// The message as a receiver understands it. `key` is PagerDuty's routing key.
pub(super) fn body(shape: Shape, message: &Message, key: &str) -> String {
    match shape {
        Shape::Plain => alert(message),
        Shape::Slack => slack(message).to_string(),
        Shape::PagerDuty => pagerduty(message, key).to_string(),
        Shape::Alertmanager => alertmanager(message).to_string(),
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

/// PagerDuty's Events API v2 ("Send an Alert Event"): one incident a thread, by `dedup_key`. What is acknowledged or over needs no more.
/// A summary has at most 1024 characters, a key 255.
fn pagerduty(message: &Message, key: &str) -> Value {
    let dedup_key = cut(&clean(&message.thread), 255);
    let action = match message.kind {
        Kind::Acknowledged => "acknowledge",
        Kind::Resolved => "resolve",
        _ => "trigger",
    };
    if action != "trigger" {
        return json!({ "routing_key": key, "event_action": action, "dedup_key": dedup_key });
    }
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
    json!({
        "routing_key": key,
        "event_action": action,
        "dedup_key": dedup_key,
        "client": "arraywatch",
        "payload": {
            "summary": cut(&clean(&message.title), 1_024),
            "source": clean(&message.host),
            "severity": message.severity.code(),
            "timestamp": time(message.at),
            "component": clean(&message.subject),
            "class": message.code.as_deref().map_or_else(|| message.kind.code().to_owned(), clean),
            "custom_details": details,
        },
    })
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
