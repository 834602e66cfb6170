//! What people are told arrives, whole and once, at real mail servers and receivers; and where it does not, why is told.

use super::json::fits;
use super::servers::{Server, free_port};
use arraywatch::alerting::channels::{Channel, Delivered, Failed};
use arraywatch::alerting::{Kind, Lead, Message};
use arraywatch::config::{self, By, Relay, Shape, Smtp, Tls, Webhook};
use arraywatch::model::Severity;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// A message with something in each of its fields, some of it from outside and hostile.
pub fn message() -> Message {
    let words = |text: &str| text.to_owned();
    let at = "2013-10-26T20:30:00Z".parse().expect("a time");
    Message {
        id: 7,
        thread: words("8cf50a1b2c3d"),
        place_in_thread: 0,
        news: 0,
        kind: Kind::Relapse,
        at,
        host: words("db7"),
        thread_host: words("db7"),
        severity: Severity::Critical,
        case: Some(words("8cf50a1b2c3d")),
        code: Some(words("relapse")),
        subject: words("array:db7/c1/l0"),
        title: words("RELAPSE critical: array \u{201e}Gro\u{df}\u{201c} of db7 degraded 2 h after its repair"),
        lead: Lead {
            what: words("The array is degraded again, 2 h after its repair."),
            place: words("db7, c1/l0, /var/lib/pg, bay c1/e0/s3, S/N CVEM0641 <!channel> \u{1b}[31m"),
            why: words("62 % the power line, 21 % the bay: both drives lost power at once"),
            stake: words("One more failure of s2 loses the array."),
            act: words("Look at the power line. Do not pull s2."),
        },
        do_next: vec![words("Look at the power line.")],
        do_not: vec![words("Do not pull s2 & s3.")],
        suspects: vec![(62, words("the power line")), (21, words("the bay"))],
        evidence: vec![(at, words("the controller beeps"))],
        unknown: vec![words("what the sensor reads")],
        cases: Vec::new(),
        article: words("A relapse is a failure after a repair.\n\nIt is seldom the drive."),
        remarks: Vec::new(),
    }
}

fn channel(by: By, limit: Duration) -> Channel {
    Channel::new("test", &config::Channel { from: Severity::Info, limit, by }, "db7.example.org").expect("a channel")
}

fn send(channel: &Channel, message: &Message) -> Result<Delivered, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let sent = runtime.block_on(channel.send(message));
    runtime.shutdown_background();
    sent
}

const LONG: Duration = Duration::from_secs(20);

const TO: [&str; 2] = ["ann@ops.example", "Bob <bob@ops.example>"];

fn relay(server: &Server, tls: Tls) -> Relay {
    let authority = (tls != Tls::None).then(|| server.authority());
    Relay { host: "localhost".to_owned(), port: server.port, tls, authority, login: None }
}

fn smtp(relays: Vec<Relay>, limit: Duration) -> Channel {
    let to = TO.map(str::to_owned).to_vec();
    channel(By::Smtp(Smtp { relays, from: "arraywatch@db7.example.org".to_owned(), to }), limit)
}

fn header<'a>(mail: &'a Value, name: &str) -> Option<&'a str> {
    let headers = mail["headers"].as_array()?.iter();
    let values: Vec<&str> =
        headers.filter(|header| header[0] == name).filter_map(|header| header[1].as_str()).collect();
    assert!(values.len() < 2, "{name} stands twice: {values:?}");
    values.first().copied()
}

#[test]
fn mail_is_whole_and_protected_as_configured() {
    let check = |tls: Tls, word: Option<&str>, login: bool| {
        let mut wish = json!({ "tls": word });
        if login {
            wish["login"] = json!(["ann", "correct horse"]);
        }
        let Some(server) = Server::mail(&wish) else { return };
        let mut relay = relay(&server, tls);
        relay.login = login.then(|| ("ann".to_owned(), server.file("password", "correct horse\n")));
        let sent = send(&smtp(vec![relay], LONG), &message()).expect("it arrives");
        assert_eq!(sent.to, format!("relay localhost:{}", server.port));
        let mail = server.mail_that_arrived();
        assert_eq!(mail["starttls"], tls == Tls::StartTls);
        assert_eq!(mail["login"].as_str(), login.then_some("ann"));
        assert_eq!(mail["hello"], "db7.example.org");
        assert_eq!(
            (&mail["from"], &mail["to"]),
            (&json!("arraywatch@db7.example.org"), &json!(["ann@ops.example", "bob@ops.example"]))
        );
        assert_eq!(mail["defects"], json!([]));
        assert_eq!(mail["ascii"], true);
        assert!(mail["longest"].as_u64().is_some_and(|longest| longest <= 998), "RFC 5322, 2.1.1: {mail}");
        assert_eq!(mail["type"], "multipart/alternative");
        let (text, html) = (mail["text"].as_str().expect("text"), mail["html"].as_str().expect("HTML"));
        assert!(text.contains("The array is degraded again"), "{text}");
        assert!(text.contains("the controller beeps") && !text.contains('\u{1b}'), "{text}");
        assert!(html.contains("&lt;!channel&gt;") && !html.contains("<!channel>"), "{html}");
        assert_eq!(header(&mail, "Subject"), Some(message().title.as_str()));
        assert_eq!(header(&mail, "Date"), Some("Sat, 26 Oct 2013 20:30:00 +0000"));
        assert_eq!(header(&mail, "To"), Some("ann@ops.example, Bob <bob@ops.example>"));
        assert_eq!(header(&mail, "Auto-Submitted"), Some("auto-generated"));
        assert_eq!(header(&mail, "X-Arraywatch-Case"), Some("8cf50a1b2c3d"));
        assert_eq!(header(&mail, "X-Arraywatch-Code"), Some("relapse"));
        assert_eq!(header(&mail, "X-Arraywatch-Severity"), Some("critical"));
        assert_eq!((header(&mail, "Priority"), header(&mail, "Importance")), (Some("urgent"), Some("high")));
        assert_eq!((header(&mail, "References"), header(&mail, "In-Reply-To")), (None, None));
        server.nothing_arrived();
    };
    check(Tls::None, None, false);
    check(Tls::StartTls, Some("starttls"), false);
    check(Tls::StartTls, Some("starttls"), true);
    check(Tls::Implicit, Some("implicit"), false);
    check(Tls::Implicit, Some("implicit"), true);
}

#[test]
fn a_case_is_a_thread_and_a_repeat_is_the_same_mail() {
    let Some(server) = Server::mail(&json!({})) else { return };
    let channel = smtp(vec![relay(&server, Tls::None)], LONG);
    let arrived = |place, kind, severity| {
        let message = Message { place_in_thread: place, kind, severity, ..message() };
        send(&channel, &message).expect("it arrives");
        server.mail_that_arrived()
    };
    let first = arrived(0, Kind::Fact, Severity::Warning);
    let id = header(&first, "Message-ID").expect("it has one");
    assert!(id.ends_with(".0@db7.example.org>"), "{id}");
    assert_eq!((header(&first, "Priority"), header(&first, "References")), (None, None));
    let again = arrived(0, Kind::Fact, Severity::Warning);
    assert_eq!(header(&again, "Message-ID"), Some(id));
    let second = arrived(1, Kind::Verdict, Severity::Critical);
    assert_ne!(header(&second, "Message-ID"), Some(id));
    assert_eq!((header(&second, "References"), header(&second, "In-Reply-To")), (Some(id), Some(id)));
}

#[test]
fn text_from_outside_stays_in_its_header() {
    let Some(server) = Server::mail(&json!({})) else { return };
    let hostile = "x\r\nBcc: eve@evil.example\r\n\r\nSubject: all is well \u{202e}\u{fc} \u{1f4a5}";
    let message = Message {
        title: hostile.to_owned(),
        subject: hostile.to_owned(),
        host: hostile.to_owned(),
        thread: hostile.to_owned(),
        case: Some(hostile.to_owned()),
        code: Some(hostile.to_owned()),
        ..message()
    };
    send(&smtp(vec![relay(&server, Tls::None)], LONG), &message).expect("it arrives");
    let mail = server.mail_that_arrived();
    let shown =
        "x\\u{d}\\u{a}Bcc: eve@evil.example\\u{d}\\u{a}\\u{d}\\u{a}Subject: all is well \\u{202e}\u{fc} \u{1f4a5}";
    for name in ["Subject", "X-Arraywatch-Case", "X-Arraywatch-Code", "X-Arraywatch-Host", "X-Arraywatch-Subject"] {
        assert_eq!(header(&mail, name), Some(shown), "{name}");
    }
    assert_eq!((header(&mail, "Bcc"), &mail["defects"]), (None, &json!([])));
    assert_eq!(mail["to"], json!(["ann@ops.example", "bob@ops.example"]));
    assert!(mail["text"].as_str().is_some_and(|text| text.contains("The array is degraded")), "{mail}");
}

/// Sends by one relay that will not take it, and gives why.
fn fails(wish: &Value, tls: Tls, limit: Duration, change: impl Fn(&Server, &mut Relay)) -> Option<Failed> {
    let server = Server::mail(wish)?;
    let mut relay = relay(&server, tls);
    change(&server, &mut relay);
    let failed = send(&smtp(vec![relay], limit), &message()).expect_err(&wish.to_string());
    assert!(failed.why.starts_with(&format!("relay localhost:{}", server.port)), "{failed:?}");
    server.nothing_arrived();
    Some(failed)
}

#[test]
fn a_relay_that_is_not_who_it_says_gets_nothing() {
    for (tls, word) in [(Tls::StartTls, "starttls"), (Tls::Implicit, "implicit")] {
        let check = |certificate: &str, ours: bool, expect: &str| {
            let wish = json!({ "tls": word, "certificate": certificate });
            let forget = |_: &Server, relay: &mut Relay| relay.authority = relay.authority.take().filter(|_| ours);
            let Some(failed) = fails(&wish, tls, LONG, forget) else { return };
            assert!(failed.why.contains(expect) && !failed.refused, "{certificate}: {failed:?}");
        };
        check("expired", true, "certificate expired");
        check("another-name", true, "certificate not valid for name \"localhost\"");
        check("another-authority", true, "invalid peer certificate");
        check("good", false, "invalid peer certificate: UnknownIssuer");
    }
    // One that could do without must not be talked into it by whoever sits between.
    let plain = |server: &Server, relay: &mut Relay| relay.authority = Some(server.file("none.pem", ""));
    let Some(failed) = fails(&json!({}), Tls::StartTls, LONG, plain) else { return };
    assert!(failed.why.ends_with("none.pem holds no certificate in PEM form"), "{failed:?}");
    let none = |_: &Server, relay: &mut Relay| relay.authority = None;
    let Some(failed) = fails(&json!({}), Tls::StartTls, LONG, none) else { return };
    assert!(failed.why.ends_with("does not offer STARTTLS, so nothing was sent to it"), "{failed:?}");
}

#[test]
fn why_a_relay_did_not_take_it_is_told() {
    let short = Duration::from_secs(1);
    let check = |wish: Value, refused: bool, expect: &str| {
        let limit = if wish.get("hang").is_some() { short } else { LONG };
        let Some(failed) = fails(&wish, Tls::None, limit, |_, _| {}) else { return };
        assert_eq!(failed.refused, refused, "{failed:?}");
        assert!(failed.why.contains(expect), "{failed:?}");
    };
    let all = |answer: &str| json!({ "refuse": { "ann@ops.example": answer, "bob@ops.example": answer } });
    check(all("550 5.1.1 no such user"), true, "answered 550 5.1.1 no such user to RCPT TO:<ann@ops.example>; relay");
    check(all("450 4.2.1 greylisted"), false, "answered 450 4.2.1 greylisted to RCPT TO:<bob@ops.example>");
    check(json!({ "answer": "554 5.7.1 looks like spam" }), true, "answered 554 5.7.1 looks like spam to the mail");
    check(json!({ "answer": "451 4.3.0 disk full" }), false, "answered 451 4.3.0 disk full to the mail");
    check(json!({ "raw": ["421 too many of you"] }), false, "answered 421 too many of you to connecting");
    check(json!({ "raw": ["554 no mail here"] }), true, "answered 554 no mail here to connecting");
    check(json!({ "raw": ["220-begin"] }), false, "broke off at connecting");
    check(json!({ "raw": ["hello\u{7}"] }), false, "connecting: ");
    check(json!({ "raw": [], "hang": "greeting" }), false, "did not answer to connecting within 1 s");
    check(json!({ "hang": "answer" }), false, "did not answer to the mail within 1 s");
    check(json!({ "break_off": "mail" }), false, "the mail");
    check(json!({ "break_off": "answer" }), false, "the mail");
    let wrong = |server: &Server, relay: &mut Relay| {
        relay.login = Some(("ann".to_owned(), server.file("password", "wrong\n")));
    };
    let wish = json!({ "tls": "starttls", "login": ["ann", "right"] });
    let Some(failed) = fails(&wish, Tls::StartTls, LONG, wrong) else { return };
    assert!(
        failed.refused && failed.why.contains("answered 535") && failed.why.ends_with("to the login"),
        "{failed:?}"
    );
    let lost = |_: &Server, relay: &mut Relay| relay.login = Some(("ann".to_owned(), PathBuf::from("/no/password")));
    let Some(failed) = fails(&wish, Tls::StartTls, LONG, lost) else { return };
    assert!(failed.why.contains("cannot read /no/password: No such file"), "{failed:?}");
}

#[test]
fn a_password_that_was_put_right_is_read_again() {
    let Some(server) = Server::mail(&json!({ "tls": "starttls", "login": ["ann", "right"] })) else { return };
    let mut relay = relay(&server, Tls::StartTls);
    relay.login = Some(("ann".to_owned(), server.file("password", "wrong\n")));
    let channel = smtp(vec![relay], LONG);
    send(&channel, &message()).expect_err("the password is wrong");
    server.file("password", "right\n");
    send(&channel, &message()).expect("the password is right");
    assert_eq!(server.mail_that_arrived()["login"], "ann");
}

#[test]
fn the_second_relay_takes_what_the_first_does_not() {
    let firsts = [
        json!({ "answer": "451 4.3.0 disk full" }),
        json!({ "answer": "554 5.7.1 no relaying" }),
        json!({ "raw": [], "hang": "greeting" }),
        json!({ "break_off": "mail" }),
    ];
    for first in firsts {
        let (Some(dead), Some(alive)) = (Server::mail(&first), Server::mail(&json!({}))) else { return };
        let relays = vec![relay(&dead, Tls::None), relay(&alive, Tls::None)];
        let sent = send(&smtp(relays, Duration::from_secs(8)), &message()).expect("the second takes it");
        assert_eq!(sent.to, format!("relay localhost:{}", alive.port), "{first}");
        alive.mail_that_arrived();
    }
    let Some(alive) = Server::mail(&json!({})) else { return };
    let gone = Relay { port: free_port(), ..relay(&alive, Tls::None) };
    send(&smtp(vec![gone.clone(), relay(&alive, Tls::None)], LONG), &message()).expect("the second takes it");
    alive.mail_that_arrived();
    let failed = send(&smtp(vec![gone], LONG), &message()).expect_err("there is no second");
    assert!(failed.why.contains("connecting: Connection refused") && !failed.refused, "{failed:?}");
}

#[test]
fn an_address_that_is_refused_keeps_it_from_no_other() {
    let Some(server) = Server::mail(&json!({ "refuse": { "ann@ops.example": "550 5.1.1 no such user" } })) else {
        return;
    };
    let channel = smtp(vec![relay(&server, Tls::None)], LONG);
    for attempt in 0..2 {
        let failed = send(&channel, &message()).expect_err("ann has it not");
        assert!(
            failed.refused && failed.why.ends_with("to RCPT TO:<ann@ops.example>; 1 of 2 addresses have it"),
            "{failed:?}"
        );
        if attempt == 0 {
            assert_eq!(server.mail_that_arrived()["to"], json!(["bob@ops.example"]));
        }
        server.nothing_arrived();
    }
    // Another relay knows the address: it gets the mail for that one alone.
    let Some(other) = Server::mail(&json!({})) else { return };
    let sent = send(&smtp(vec![relay(&server, Tls::None), relay(&other, Tls::None)], LONG), &message());
    assert_eq!(
        sent.expect("all have it").to,
        format!("relay localhost:{}, relay localhost:{}", server.port, other.port)
    );
    assert_eq!(server.mail_that_arrived()["to"], json!(["bob@ops.example"]));
    assert_eq!(other.mail_that_arrived()["to"], json!(["ann@ops.example"]));
}

fn webhook(server: &Server, shape: Shape, path: &str) -> Webhook {
    let url = format!("http://localhost:{}{path}", server.port);
    let key = (shape == Shape::PagerDuty).then(|| server.file("key", "R0UT1NGK3Y\n"));
    Webhook { url, shape, authority: None, authorization: None, key }
}

/// Sends messages to a receiver that takes them, and gives what it got.
fn received(shape: Shape, messages: &[Message]) -> Option<Vec<Value>> {
    let server = Server::web(&json!({ "answers": [[202, {}, "ok"]] }))?;
    let channel = channel(By::Webhook(webhook(&server, shape, "/hook/secret")), LONG);
    let got = messages.iter().map(|message| {
        let sent = send(&channel, message).expect("it arrives");
        assert_eq!(sent.to, format!("http://localhost:{}", server.port), "no path: it may be a secret");
        let request = server.next()["request"].take();
        assert_eq!(
            (&request["path"], &request["headers"]["content-type"]),
            (&json!("/hook/secret"), &json!("application/json"))
        );
        serde_json::from_str(request["body"].as_str().expect("a body")).expect("JSON")
    });
    Some(got.collect())
}

/// Fails unless a value is as a receiver's documentation says.
fn documented(schema: &Value, value: &Value) {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let wrong: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?} in {value:#}");
}

fn kinds() -> Vec<Message> {
    Kind::ALL.map(|kind| Message { kind, ..message() }).to_vec()
}

#[test]
fn a_plain_receiver_gets_the_message_as_its_schema_says() {
    let Some(got) = received(Shape::Plain, &kinds()) else { return };
    got.iter().for_each(|alert| fits("alert", alert));
    let first = got.first().expect("the first");
    assert_eq!(first["lead"]["place"], "db7, c1/l0, /var/lib/pg, bay c1/e0/s3, S/N CVEM0641 <!channel> \\u{1b}[31m");
    assert_eq!(first["suspects"][0], json!({ "probability": 62, "text": "the power line" }));
    let over: Vec<&Value> = got.iter().filter(|alert| alert["over"] == true).map(|alert| &alert["kind"]).collect();
    assert_eq!(over, ["resolved"]);
}

/// What Slack documents of incoming webhooks and of the blocks that are used.
fn slack_schema() -> Value {
    let text = |kind: &str, most: u32| {
        json!({ "type": "object", "required": ["type", "text"], "additionalProperties": false, "properties": {
            "type": { "const": kind }, "text": { "type": "string", "minLength": 1, "maxLength": most }, "emoji": { "type": "boolean" } } })
    };
    let block = |kind: &str, rest: Value| {
        let name = rest.as_object().and_then(|rest| rest.keys().next()).expect("a key").clone();
        json!({ "type": "object", "required": ["type", name], "additionalProperties": false,
            "properties": { "type": { "const": kind }, name.clone(): rest[name.as_str()] } })
    };
    json!({ "type": "object", "required": ["text", "blocks"], "additionalProperties": false, "properties": {
        "text": { "type": "string", "minLength": 1, "maxLength": 40_000 },
        "blocks": { "type": "array", "minItems": 1, "maxItems": 50, "items": { "oneOf": [
            block("header", json!({ "text": text("plain_text", 150) })),
            block("section", json!({ "text": text("mrkdwn", 3_000) })),
            block("context", json!({ "elements": { "type": "array", "maxItems": 10, "items": text("plain_text", 3_000) } })),
        ] } },
    } })
}

#[test]
fn slack_gets_blocks_that_call_nobody() {
    let mut messages = kinds();
    let mut long = message();
    long.title = "x".repeat(500);
    long.do_next = vec!["<@U1> & ".repeat(200); 40];
    messages.push(long);
    let Some(got) = received(Shape::Slack, &messages) else { return };
    for body in got {
        documented(&slack_schema(), &body);
        let sections = body["blocks"].as_array().expect("blocks").iter().filter(|block| block["type"] == "section");
        for text in sections.filter_map(|section| section["text"]["text"].as_str()) {
            assert!(!text.contains('<') && !text.contains('>') && !text.contains('\u{1b}'), "{text}");
        }
        assert!(body["blocks"][1]["text"]["text"].as_str().is_some_and(|lead| lead.lines().count() == 5), "{body:#}");
    }
}

/// What PagerDuty documents of "Send an Alert Event".
fn pagerduty_schema() -> Value {
    let text = |most: u32| json!({ "type": "string", "minLength": 1, "maxLength": most });
    json!({
        "type": "object", "required": ["routing_key", "event_action", "dedup_key"], "additionalProperties": false,
        "properties": {
            "routing_key": { "const": "R0UT1NGK3Y" },
            "event_action": { "enum": ["trigger", "acknowledge", "resolve"] },
            "dedup_key": text(255),
            "client": text(255),
            "payload": {
                "type": "object", "required": ["summary", "source", "severity"], "additionalProperties": false,
                "properties": {
                    "summary": text(1_024), "source": text(1_024), "component": text(1_024), "group": text(1_024), "class": text(1_024),
                    "severity": { "enum": ["critical", "error", "warning", "info"] },
                    "timestamp": { "type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$" },
                    "custom_details": { "type": "object" },
                },
            },
        },
        "if": { "properties": { "event_action": { "const": "trigger" } } },
        "then": { "required": ["payload"] },
    })
}

/// The next request as PagerDuty takes it: what is to be done, and of which incident.
fn event(server: &Server) -> String {
    let request = server.next()["request"].take();
    let body: Value = serde_json::from_str(request["body"].as_str().expect("a body")).expect("JSON");
    documented(&pagerduty_schema(), &body);
    ["event_action", "dedup_key"].map(|key| body[key].as_str().unwrap_or_default()).join(" ")
}

#[test]
fn pagerduty_has_an_incident_a_thread_and_another_for_each_news_of_it() {
    let Some(server) = Server::web(&json!({ "answers": [[202, {}, "ok"]] })) else { return };
    let channel = channel(By::Webhook(webhook(&server, Shape::PagerDuty, "/v2/enqueue")), LONG);
    let check = |kind, news, expect: &[&str]| {
        send(&channel, &Message { kind, news, thread: "t".to_owned(), ..message() }).expect("it arrives");
        let got: Vec<String> = expect.iter().map(|_| event(&server)).collect();
        assert_eq!(got, expect, "{kind:?} {news}");
    };
    for kind in Kind::ALL {
        match kind {
            Kind::Acknowledged => check(kind, 0, &["acknowledge t"]),
            Kind::Repaired | Kind::Resolved => check(kind, 0, &["resolve t"]),
            Kind::Test => check(kind, 0, &["trigger t", "resolve t"]),
            _ => check(kind, 0, &["trigger t"]),
        }
    }
    check(Kind::Worse, 1, &["trigger t.1", "resolve t"]);
    check(Kind::Verdict, 1, &["trigger t.1"]);
    check(Kind::Reminder, 1, &["trigger t.1"]);
    check(Kind::Acknowledged, 1, &["acknowledge t.1"]);
    check(Kind::Worse, 2, &["trigger t.2", "resolve t.1"]);
    // Also what a message that was refused or taken back left open.
    check(Kind::Repaired, 2, &["resolve t.2", "resolve t.1", "resolve t"]);
    check(Kind::Fact, 3, &["trigger t.3", "resolve t.2"]);
    let many: Vec<String> = (93..=100).rev().map(|news| format!("resolve t.{news}")).collect();
    check(Kind::Resolved, 100, &many.iter().map(String::as_str).collect::<Vec<_>>());
    // The number fits behind the longest thread.
    let (kind, thread) = (Kind::Worse, "x".repeat(500));
    send(&channel, &Message { kind, news: u32::MAX, thread, ..message() }).expect("it arrives");
    let ends = [u32::MAX, u32::MAX - 1].map(|news| format!(".{news}"));
    assert!(ends.iter().all(|end| event(&server).ends_with(end)), "two incidents");
    server.nothing_arrived();
}

#[test]
fn what_breaks_off_between_two_requests_is_sent_again_whole() {
    let answers = json!([[202, {}, "ok"], [503, {}, ""], [202, {}, "ok"]]);
    let Some(server) = Server::web(&json!({ "answers": answers })) else { return };
    let channel = channel(By::Webhook(webhook(&server, Shape::PagerDuty, "/v2/enqueue")), LONG);
    let worse = Message { kind: Kind::Worse, news: 1, thread: "t".to_owned(), ..message() };
    assert!(send(&channel, &worse).is_err_and(|failed| failed.why.ends_with("answered 503") && !failed.refused));
    send(&channel, &worse).expect("it arrives");
    let got: Vec<String> = (0..4).map(|_| event(&server)).collect();
    assert_eq!(got, ["trigger t.1", "resolve t", "trigger t.1", "resolve t"]);
    server.nothing_arrived();
}

#[test]
fn what_a_receiver_says_is_told() {
    let answers = json!([[429, { "Retry-After": "30" }, "slow\ndown"], [503, {}, ""], [404, {}, "no_service"], [302, { "Location": "/elsewhere" }, ""], [200, {}, ""]]);
    let Some(server) = Server::web(&json!({ "answers": answers })) else { return };
    let authorization = Some(server.file("authorization", "Bearer s3cret\n"));
    let hook = Webhook { authorization, ..webhook(&server, Shape::Slack, "/T0/B0/s3cret") };
    let channel = channel(By::Webhook(hook), LONG);
    let name = format!("http://localhost:{}", server.port);
    let check = |expect: Result<(), (&str, bool, Option<u64>)>| {
        let sent = send(&channel, &message());
        let expect = expect.map_err(|(why, refused, pause)| Failed {
            why: format!("{name} {why}"),
            refused,
            again_after: pause.map(Duration::from_secs),
        });
        assert_eq!(sent.map(drop), expect);
        let request = server.next();
        assert_eq!(
            (&request["request"]["headers"]["authorization"], &request["request"]["path"]),
            (&json!("Bearer s3cret"), &json!("/T0/B0/s3cret"))
        );
    };
    check(Err(("answered 429: slow down", false, Some(30))));
    check(Err(("answered 503", false, None)));
    check(Err(("answered 404: no_service", true, None)));
    check(Err(("answered 302", true, None)));
    check(Ok(()));
    server.nothing_arrived();
}

#[test]
fn a_receiver_that_hangs_or_is_not_there_is_given_up() {
    let Some(server) = Server::web(&json!({ "answers": [[0, {}, ""]] })) else { return };
    let began = std::time::Instant::now();
    let hook = By::Webhook(webhook(&server, Shape::Plain, "/"));
    let failed = send(&channel(hook, Duration::from_secs(1)), &message()).expect_err("it hangs");
    assert!(failed.why.ends_with("no answer in time") && !failed.refused, "{failed:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    let gone = Webhook { url: format!("http://localhost:{}/", free_port()), ..webhook(&server, Shape::Plain, "/") };
    let failed = send(&channel(By::Webhook(gone), LONG), &message()).expect_err("nobody is there");
    assert!(failed.why.contains("Connection refused") && !failed.refused, "{failed:?}");
}

#[test]
fn a_receiver_must_be_who_it_says() {
    let check = |certificate: &str, ours: bool, expect: Result<(), &str>| {
        let wish = json!({ "answers": [[200, {}, ""]], "certificate": certificate });
        let Some(server) = Server::web(&wish) else { return };
        let authority = ours.then(|| server.authority());
        let url = format!("https://localhost:{}/", server.port);
        let hook = Webhook { url, authority, ..webhook(&server, Shape::Plain, "/") };
        match (send(&channel(By::Webhook(hook), LONG), &message()), expect) {
            (Ok(_), Ok(())) => {}
            (Err(failed), Err(expect)) => assert!(failed.why.contains(expect) && !failed.refused, "{failed:?}"),
            (sent, _) => panic!("{certificate} {ours}: {sent:?}"),
        }
    };
    check("good", true, Ok(()));
    check("good", false, Err("UnknownIssuer"));
    check("expired", true, Err("expired"));
    check("another-name", true, Err("not valid for name"));
    check("another-authority", true, Err("invalid peer certificate"));
}

#[test]
fn alertmanager_has_one_alert_a_thread_until_it_is_over() {
    let Some(server) = Server::alertmanager() else { return };
    let channel = channel(By::Webhook(webhook(&server, Shape::Alertmanager, "/api/v2/alerts")), LONG);
    let now = chrono::Utc::now();
    let tell = |kind, severity, seconds| {
        let at = now + chrono::TimeDelta::seconds(seconds);
        send(&channel, &Message { kind, severity, at, ..message() }).expect("it takes it");
        let alerts = server.get("/api/v2/alerts?active=true").expect("it answers");
        let alerts: Vec<Value> = serde_json::from_str(&alerts).expect("JSON");
        alerts
    };
    let active = |alerts: &[Value]| -> Vec<String> {
        let label = |alert: &Value, name: &str| alert["labels"][name].as_str().unwrap_or_default().to_owned();
        alerts.iter().map(|alert| format!("{} {}", label(alert, "thread"), label(alert, "severity"))).collect()
    };
    let told = tell(Kind::Fact, Severity::Warning, -60);
    assert_eq!(active(&told), ["8cf50a1b2c3d warning"]);
    let first = told.first().expect("the first");
    assert_eq!(first["annotations"]["summary"], message().title.as_str());
    assert_eq!(first["annotations"]["risk"], message().lead.stake.as_str());
    assert_eq!(first["annotations"]["subject"], "array:db7/c1/l0");
    assert_eq!(first["annotations"]["code"], "relapse");
    let ends: chrono::DateTime<chrono::Utc> = first["endsAt"].as_str().expect("a time").parse().expect("a time");
    assert!(ends > now + chrono::TimeDelta::days(365), "nobody says that it is over: {ends}");
    assert_eq!(active(&tell(Kind::Worse, Severity::Critical, -40)), ["8cf50a1b2c3d critical"]);
    assert_eq!(active(&tell(Kind::Reminder, Severity::Critical, -30)), ["8cf50a1b2c3d critical"]);
    assert_eq!(active(&tell(Kind::Resolved, Severity::Info, -20)), [""; 0]);
}
