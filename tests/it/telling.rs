//! What people are told of what happened: whole messages, word for word, as a person reads them on a phone; and that they are said once.

use super::common::{Scene, json, notes, run};
use super::servers::Server;
use arraywatch::alerting::channels::Channel;
use arraywatch::alerting::{Alert, Book, Kind, Message, Outbox, Seen, decide, outbox, render};
use arraywatch::config::{self, By, Shape, Tell, Webhook};
use arraywatch::history::{Database, outbox as rows};
use arraywatch::keep::state;
use arraywatch::model::Severity;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// A machine that is watched: a history, and what was told of it.
struct Watched {
    scene: Scene,
    /// When it was watched first.
    since: &'static str,
    /// By case, when all around it was looked at.
    looked: BTreeMap<String, DateTime<Utc>>,
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

impl Watched {
    fn new(since: &'static str) -> Self {
        Self { scene: Scene::new(), since, looked: BTreeMap::new() }
    }

    fn history(&self) -> String {
        self.scene.arg("history.db")
    }

    fn ingest(&self, paths: &[&str]) {
        let history = self.history();
        let run = run(&[&["ingest", "--db", &history][..], paths].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    }

    fn replay(&self, capture: &str) {
        let path = format!("fixtures/captures/relapse/{capture}.jsonl.zst");
        let run = run(&["scan", "--db", &self.history(), "--replay", &path]);
        assert!(run.code < 4, "{}", run.err);
    }

    /// What is said at a time; it is stored, and then nothing more is said.
    fn tell(&self, now: DateTime<Utc>) -> Vec<Alert> {
        let alerts = self.decided(now);
        let database = Database::write(&self.scene.path("history.db")).expect("a history");
        let history = database.connection();
        rows::watch(history, time(self.since)).expect("written");
        let mut sent =
            Outbox::load(rows::waiting(history).expect("read"), rows::last(history).expect("read"), "watcher");
        for alert in &alerts {
            sent.put(alert.clone(), &["mail".to_owned()], now);
        }
        let changes = sent.changes();
        let stored = rows::store(history, &changes).expect("stored");
        sent.stored(&changes, &stored);
        for one in sent.due(now) {
            sent.outcome(one.alert, &one.channel, outbox::Became::Delivered, now, 0.5);
        }
        rows::store(history, &sent.changes()).expect("stored");
        drop(database);
        assert!(self.decided(now).is_empty(), "said once");
        alerts
    }

    fn decided(&self, now: DateTime<Utc>) -> Vec<Alert> {
        let database = Database::read(&self.scene.path("history.db")).expect("a history");
        let history = database.connection();
        let state = state(history, now, |_| true).expect("a state");
        let hosts = state.streams.iter().filter_map(|stream| stream.name.host_name()).map(str::to_owned).collect();
        let seen = Seen {
            host: "watcher",
            diagnosis: &state.diagnosis,
            observations: &state.observations,
            hosts: &hosts,
            looked: &self.looked,
            since: rows::watched_since(history).expect("read").or(Some(time(self.since))),
            is_settled: true,
        };
        decide(&Book::load(&rows::standings(history).expect("read")), &seen, now, &Tell::default())
    }
}

fn kinds(alerts: &[Alert]) -> Vec<&'static str> {
    alerts.iter().map(|alert| alert.message.kind.code()).collect()
}

/// As it stands in a mail, with its subject; the article, which `explain` has, left out.
fn mail(alert: &Alert) -> String {
    let mut message = alert.message.clone();
    let article = std::mem::take(&mut message.article);
    let text = render::text(&message);
    for line in text.lines().chain([message.title.as_str()]) {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    let lead = [&message.lead.what, &message.lead.place, &message.lead.why, &message.lead.stake, &message.lead.act];
    for line in lead {
        assert!((10..=160).contains(&line.chars().count()), "{line}");
    }
    assert!(message.title.chars().count() <= 120, "{}", message.title);
    assert_eq!(article.is_empty(), message.do_next.is_empty(), "what is to be done is explained");
    format!("Subject: {}\n\n{text}\n{}\n", message.title, render::line(&message))
}

fn one_of(alerts: &[Alert], kind: Kind) -> &Alert {
    let mut of_kind = alerts.iter().filter(|alert| alert.message.kind == kind);
    let one = of_kind.next().unwrap_or_else(|| panic!("no {} in {:?}", kind.code(), kinds(alerts)));
    assert!(of_kind.next().is_none());
    one
}

#[test]
fn the_incident_of_2013() {
    let watched = Watched::new("2013-01-01T00:00:00Z");
    watched.ingest(&["fixtures/incidents/relapse-2013"]);
    let alerts = watched.tell(time("2013-10-27T06:00:00Z"));
    assert_eq!(kinds(&alerts), ["relapse", "fact", "fact"]);
    insta::assert_snapshot!("told_relapse_2013", mail(one_of(&alerts, Kind::Relapse)));
    insta::assert_snapshot!("told_damaged_log", mail(&alerts[1]));
    insta::assert_snapshot!("told_sensor", mail(&alerts[2]));
    let alerts = watched.tell(time("2013-10-28T06:00:00Z"));
    // By then the daily report is missing.
    assert_eq!(kinds(&alerts), ["reminder", "reminder", "reminder", "fact"]);
    insta::assert_snapshot!("told_reminder", mail(&alerts[0]));
}

#[test]
fn a_mirror_that_fails_again_after_its_repair() {
    let mut watched = Watched::new("2026-11-01T00:00:00Z");
    let mut now = time("2026-11-21T18:00:00Z");
    let mut told = |watched: &Watched, capture: &str, expect: &[&str]| {
        watched.replay(capture);
        now += TimeDelta::minutes(1);
        let alerts = watched.tell(now);
        assert_eq!(kinds(&alerts), expect, "{capture}");
        alerts
    };
    told(&watched, "1-healthy", &[]);
    let first = told(&watched, "2-unplugged", &["fact"]);
    insta::assert_snapshot!("told_fact", mail(&first[0]));
    told(&watched, "3-degraded", &[]);
    watched.looked.insert(first[0].message.thread.clone(), now_after(&first));
    let verdict = told(&watched, "4-rebuilding", &["verdict"]);
    insta::assert_snapshot!("told_verdict", mail(&verdict[0]));
    let repaired = told(&watched, "5-rebuilt", &["repaired"]);
    insta::assert_snapshot!("told_repaired", mail(&repaired[0]));
    let again = told(&watched, "6-degraded-again", &["relapse", "resolved"]);
    insta::assert_snapshot!("told_relapse", mail(&again[0]));
    insta::assert_snapshot!("told_resolved", mail(&again[1]));
    // One case is one thread; a relapse is another.
    assert!([&verdict, &repaired].iter().all(|alerts| alerts[0].message.thread == first[0].message.thread));
    assert_ne!(again[0].message.thread, first[0].message.thread);
}

fn now_after(alerts: &[Alert]) -> DateTime<Utc> {
    alerts[0].message.at + TimeDelta::seconds(5)
}

#[test]
fn a_degraded_md_array() {
    let watched = Watched::new("2013-10-01T00:00:00Z");
    watched.ingest(&["--host", "mill", "--now", "2013-10-27T06:00:00Z", "fixtures/mdstat/degraded"]);
    let alerts = watched.tell(Utc::now());
    let alert = one_of(&alerts, Kind::Fact);
    // When the file was written is the time of what it says.
    let mut told = mail(alert);
    for (at, name) in [(alert.standing.cases[0].opened, "opened"), (alert.message.at, "now")] {
        for form in ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"] {
            told = told.replace(&at.format(form).to_string(), name);
        }
    }
    insta::assert_snapshot!("told_md", told);
}

#[test]
fn many_arrays_at_once() {
    let watched = Watched::new("2013-10-01T00:00:00Z");
    let lines: Vec<String> =
        (0..8).map(|array| format!("26T12:0{array} | array:./md{array} | array-degraded")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    std::fs::write(watched.scene.path("a.notes.toml"), notes(Some("db7"), "", &lines)).expect("a file");
    watched.ingest(&[&watched.scene.arg("a.notes.toml")]);
    let alerts = watched.tell(time("2013-10-26T12:10:00Z"));
    assert_eq!(kinds(&alerts), ["storm"]);
    insta::assert_snapshot!("told_storm", mail(&alerts[0]));
}

/// What Alertmanager says that fires, after it was told of these.
fn fires(server: &Server, channel: &Channel, alerts: &[Alert], seconds: i64) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for alert in alerts {
        // It would take what was told in 2013 as over by now.
        let at = Utc::now() + TimeDelta::seconds(seconds);
        runtime.block_on(channel.send(&Message { at, ..alert.message.clone() })).expect("it takes it");
    }
    let answer = server.get("/api/v2/alerts?active=true").expect("it answers");
    let alerts: Vec<serde_json::Value> = serde_json::from_str(&answer).expect("JSON");
    alerts.iter().map(|alert| alert["annotations"]["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn nothing_fires_at_alertmanager_when_all_is_over() {
    let Some(server) = Server::alertmanager() else { return };
    let url = format!("http://localhost:{}/api/v2/alerts", server.port);
    let webhook = Webhook { url, shape: Shape::Alertmanager, authority: None, authorization: None, key: None };
    let (from, limit) = (Severity::Info, std::time::Duration::from_secs(20));
    let channel = config::Channel { from, limit, by: By::Webhook(webhook) };
    let channel = Channel::new("test", &channel, "watcher").expect("a channel");
    let watched = Watched::new("2013-10-01T00:00:00Z");
    let note = |name: &str, text: &str| {
        std::fs::write(watched.scene.path(name), text).expect("a file");
        watched.ingest(&[&watched.scene.arg(name)]);
    };
    let arrays = |day: &str, code: &str| {
        let lines: Vec<String> =
            (0..8).map(|array| format!("{day}T12:0{array} | array:./md{array} | {code}")).collect();
        notes(Some("db7"), "", &lines.iter().map(String::as_str).collect::<Vec<_>>())
    };
    note("a.notes.toml", &arrays("01", "array-degraded"));
    let tell = |day: &str| watched.tell(time(&format!("2013-{day}T12:10:00Z")));
    let storm = tell("10-01");
    assert_eq!((kinds(&storm), fires(&server, &channel, &storm, -60)), (vec!["storm"], vec!["storm".to_owned()]));
    let reminder = tell("10-02");
    assert_eq!(kinds(&reminder), ["reminder"]);
    assert_eq!(fires(&server, &channel, &reminder, -50), ["reminder"]);
    note("b.notes.toml", &arrays("03", "array-optimal"));
    let repaired = tell("10-03");
    assert_eq!(kinds(&repaired), ["repaired"]);
    assert_eq!(fires(&server, &channel, &repaired, -40), ["repaired"]);
    let over = tell("12-01");
    assert_eq!(kinds(&over), ["resolved"]);
    assert_eq!(fires(&server, &channel, &over, -30), [""; 0]);
}

/// What PagerDuty does with events, as it documents them.
#[derive(Default)]
struct Pager {
    /// Incidents that are not resolved, and whether somebody has taken them.
    incidents: BTreeMap<String, bool>,
    /// How often people were called.
    called: usize,
}

impl Pager {
    fn take(&mut self, event: &serde_json::Value) {
        let key = event["dedup_key"].as_str().expect("a key").to_owned();
        match event["event_action"].as_str().expect("an action") {
            "trigger" if self.incidents.contains_key(&key) => {}
            "trigger" => {
                self.incidents.insert(key, false);
                self.called += 1;
            }
            "acknowledge" => drop(self.incidents.get_mut(&key).map(|taken| *taken = true)),
            "resolve" => drop(self.incidents.remove(&key)),
            other => panic!("{other}"),
        }
    }
}

/// What got worse was silent there, and what was repaired called people.
#[test]
fn pagerduty_calls_people_for_news_and_for_nothing_else() {
    let Some(server) = Server::web(&serde_json::json!({ "answers": [[202, {}, "ok"]] })) else { return };
    let url = format!("http://localhost:{}/v2/enqueue", server.port);
    let key = Some(server.file("key", "R0UT1NGK3Y\n"));
    let webhook = Webhook { url, shape: Shape::PagerDuty, authority: None, authorization: None, key };
    let (from, limit) = (Severity::Info, std::time::Duration::from_secs(20));
    let channel = config::Channel { from, limit, by: By::Webhook(webhook) };
    let channel = Channel::new("test", &channel, "watcher").expect("a channel");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let watched = Watched::new("2013-10-01T00:00:00Z");
    let mut pager = Pager::default();
    let mut tell = |now: &str, fact: Option<&str>, expect: &str, requests: usize| {
        if let Some(fact) = fact {
            let name = format!("{fact}.notes.toml");
            let line = format!("{} | array:./md0 | {fact}", &now[8..16]);
            std::fs::write(watched.scene.path(&name), notes(Some("db7"), "", &[&line])).expect("a file");
            watched.ingest(&[&watched.scene.arg(&name)]);
        }
        let alerts = watched.tell(time(now));
        assert_eq!(kinds(&alerts), [expect], "at {now}");
        let before = pager.called;
        runtime.block_on(channel.send(&alerts[0].message)).expect("it takes it");
        for _ in 0..requests {
            let body = server.next()["request"]["body"].take();
            pager.take(&serde_json::from_str(body.as_str().expect("a body")).expect("JSON"));
        }
        let taken: Vec<bool> = pager.incidents.values().copied().collect();
        (pager.called - before, taken)
    };
    assert_eq!(tell("2013-10-01T12:00:00Z", Some("array-degraded"), "fact", 1), (1, vec![false]));
    assert_eq!(tell("2013-10-02T12:00:00Z", None, "reminder", 1), (0, vec![false]));
    let (cases, _) = json(&["cases", "--db", &watched.history(), "--now", "2013-10-02T12:30:00Z"]);
    let case = cases["cases"][0]["id"].as_str().expect("a case").to_owned();
    let taken = run(&["ack", &case, "--by", "ann", "--db", &watched.history(), "--now", "2013-10-02T12:30:00Z"]);
    assert_eq!(taken.code, 0, "{}", taken.err);
    assert_eq!(tell("2013-10-02T12:31:00Z", None, "acknowledged", 1), (0, vec![true]));
    assert_eq!(tell("2013-10-02T13:00:00Z", Some("array-failed"), "worse", 2), (1, vec![false]));
    assert_eq!(tell("2013-10-02T14:00:00Z", Some("array-optimal"), "repaired", 2), (0, vec![]));
    assert_eq!(tell("2013-12-01T12:00:00Z", None, "resolved", 2), (0, vec![]));
    server.nothing_arrived();
}

#[test]
fn what_was_told_is_listed_and_can_be_taken_back() {
    let watched = Watched::new("2013-01-01T00:00:00Z");
    watched.ingest(&["fixtures/incidents/relapse-2013"]);
    let now = "2013-10-27T06:00:00Z";
    let history = watched.history();
    let verb = |more: &[&str]| json(&[&["alerts", "--db", &history, "--now", now][..], more].concat());
    assert_eq!(verb(&[]).0["alerts"].as_array().map(Vec::len), Some(0));
    let alerts = watched.tell(time(now));
    // One more, that no relay takes.
    let database = Database::write(&watched.scene.path("history.db")).expect("a history");
    let connection = database.connection();
    let mut sent =
        Outbox::load(rows::waiting(connection).expect("read"), rows::last(connection).expect("read"), "watcher");
    let id = sent.put(alerts[0].clone(), &["mail".to_owned(), "pager".to_owned()], time(now));
    let changes = sent.changes();
    let stored = rows::store(connection, &changes).expect("stored");
    sent.stored(&changes, &stored);
    let failed =
        outbox::Became::Failed { why: "relay.example: 451 try later \u{1b}[31m", refused: false, again_after: None };
    sent.due(time(now));
    sent.outcome(id, "mail", failed, time(now), 1.0);
    // One more in its thread, that waits for it by mail; and one that its receiver will never take.
    let next = Message { place_in_thread: 1, ..alerts[0].message.clone() };
    sent.put(Alert { message: next, ..alerts[0].clone() }, &["mail".to_owned()], time(now));
    let refused = sent.put(alerts[1].clone(), &["pager".to_owned()], time(now));
    let changes = sent.changes();
    let stored = rows::store(connection, &changes).expect("stored");
    sent.stored(&changes, &stored);
    sent.due(time(now));
    let why = "https://pager.example answered 404: no such service";
    let failed = outbox::Became::Failed { why, refused: true, again_after: None };
    sent.outcome(refused, "pager", failed, time(now), 1.0);
    rows::store(connection, &sent.changes()).expect("stored");
    drop(database);

    assert_eq!(json(&["status", "--db", &history, "--now", now]).0["not_told"].as_array().map(Vec::len), Some(3));
    let (told, listed) = verb(&[]);
    assert_eq!(listed.code, 1, "a delivery that failed waits");
    let states: Vec<Vec<&str>> = told["alerts"].as_array().expect("alerts").iter().map(states).collect();
    let [delivered, waiting] = [vec!["delivered"], vec!["waiting"]];
    let expect = [&delivered, &delivered, &delivered, &vec!["waiting", "waiting"], &waiting, &waiting];
    assert_eq!(states.iter().collect::<Vec<_>>(), expect);
    assert_eq!(told["alerts"][5]["deliveries"][0]["refused_since"], "2013-10-27T06:00:00Z");
    assert_eq!(told["held"].as_array().map(Vec::len), Some(3), "each is told again some day");
    let text = run(&["alerts", "--db", &history, "--now", now]).out;
    assert!(text.starts_with("WAITING"), "{text}");
    insta::assert_snapshot!("alerts", text);
    let status = run(&["status", "--db", &history, "--now", now]).out;
    assert!(
        status.contains("4 deliveries of alerts wait, the oldest since 2013-10-27 06:00 UTC: arraywatch alerts"),
        "{status}"
    );
    assert!(
        status.contains("pager refused since 2013-10-27 06:00 UTC: https://pager.example answered 404"),
        "{status}"
    );

    assert_eq!(run(&["alerts", "withdraw", "99", "--by", "ann", "--db", &history]).code, 66);
    let id = id.to_string();
    let (back, taken) = json(&["alerts", "withdraw", &id, "--by", "ann", "--db", &history]);
    assert_eq!((taken.code, back["deliveries"].as_u64()), (0, Some(2)));
    let (told, listed) = verb(&[]);
    assert_eq!((listed.code, states_of(&told, 3)), (1, vec!["withdrawn", "withdrawn"]));
    let withdraw = |more: &[&str]| run(&[&["alerts", "withdraw", "--by", "ann", "--db", &history], more].concat());
    assert_eq!(withdraw(&[&(refused - 1).to_string()]).code, 0);
    assert_eq!(withdraw(&[]).code, 64, "of what is not said");
    let none = withdraw(&["--channel", "old"]);
    assert_eq!((none.code, none.err.contains("by a channel old")), (66, true), "{}", none.err);
    // A channel that was taken out of the configuration: no number is needed.
    let (back, taken) = json(&["alerts", "withdraw", "--channel", "pager", "--by", "ann", "--db", &history]);
    assert_eq!((taken.code, back["deliveries"].as_u64(), &back["alert"]), (0, Some(1), &serde_json::Value::Null));
    assert_eq!(verb(&[]).1.code, 0);
    let (status, _) = json(&["status", "--db", &history, "--now", now]);
    assert_eq!(status["alerts_refused"], serde_json::json!([]));
}

fn states(alert: &serde_json::Value) -> Vec<&str> {
    let deliveries = alert["deliveries"].as_array().expect("deliveries");
    deliveries.iter().map(|one| one["state"].as_str().expect("a word")).collect()
}

fn states_of(told: &serde_json::Value, index: usize) -> Vec<&str> {
    states(&told["alerts"][index])
}

#[test]
fn old_alerts_are_pruned_and_all_are_exported() {
    let watched = Watched::new("2013-01-01T00:00:00Z");
    watched.ingest(&["fixtures/incidents/relapse-2013"]);
    watched.tell(time("2013-10-27T06:00:00Z"));
    watched.tell(time("2013-10-28T06:00:00Z"));
    watched.tell(time("2013-10-30T06:00:00Z"));
    let history = watched.history();
    let export = run(&["db", "export", "--db", &history]);
    let lines: Vec<serde_json::Value> =
        export.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let alerts: Vec<&serde_json::Value> = lines.iter().filter(|line| line["kind"] == "alert").collect();
    assert_eq!(alerts.len(), 11);
    alerts.iter().for_each(|line| super::json::fits("export", line));
    // A thread that goes on keeps the first and the last that was said in it.
    let prune = ["db", "prune", "--older-than", "2d", "--db", &history, "--now", "2013-11-20T00:00:00Z"];
    let (plan, _) = json(&[&prune[..], &["--dry-run"]].concat());
    let (done, _) = json(&prune);
    assert_eq!((plan["alerts"].as_u64(), done["alerts"].as_u64()), (Some(3), Some(3)));
    assert_eq!(run(&["db", "check", "--db", &history]).code, 0);
    let (left, _) = json(&["alerts", "--all", "--db", &history, "--now", "2013-11-20T00:00:00Z"]);
    assert_eq!(left["alerts"].as_array().map(Vec::len), Some(8));
    assert_eq!(kinds(&watched.decided(time("2013-10-30T07:00:00Z"))), [""; 0]);
    // How often people were reminded is known: the next reminder is four days after the second, not one.
    assert_eq!(kinds(&watched.decided(time("2013-10-31T07:00:00Z"))), [""; 0]);
}
