//! `status` tells how all that is kept stands, and never more than that: of a history that is missing, empty, broken off, of
//! hundreds of hosts.

use super::common::{Run, SERIALS, Scene, json, log, notes, raid10, report_of, run};
use super::terminal::{fits, on_terminal};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const INCIDENT: &str = "fixtures/incidents/relapse-2013";
const NOW: &str = "2013-10-27T06:00:00Z";

/// A history in a directory of its own.
pub struct Kept(pub Scene);

impl Kept {
    pub fn of(scene: Scene, paths: &[&str]) -> Self {
        let kept = Self(scene);
        kept.ingest(paths);
        kept
    }

    pub fn incident() -> Self {
        Self::of(Scene::new(), &[INCIDENT])
    }

    pub fn ingest(&self, paths: &[&str]) {
        let run = self.run(&[&["ingest"], paths].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    }

    fn arguments<'a>(&self, arguments: &[&'a str], db: &'a str) -> Vec<&'a str> {
        let now: &[&str] = if arguments.contains(&"--now") { &[] } else { &["--now", NOW] };
        [&["--db", db], arguments, now].concat()
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        run(&self.arguments(arguments, &self.0.arg("history.db")))
    }

    pub fn json(&self, arguments: &[&str]) -> (Value, Run) {
        json(&self.arguments(arguments, &self.0.arg("history.db")))
    }

    /// Changes the database as no command does.
    fn alter(&self, sql: &str) {
        let database = rusqlite::Connection::open(self.0.path("history.db")).expect("a database");
        database.execute_batch(sql).expect("sound SQL");
    }
}

/// Those of a list, each by one of its keys.
fn each<'a>(value: &'a Value, list: &str, key: &str) -> Vec<&'a str> {
    value[list].as_array().into_iter().flatten().filter_map(|one| one[key].as_str()).collect()
}

#[test]
fn the_incident_word_for_word() {
    let kept = Kept::incident();
    let run = kept.run(&["status"]);
    assert_eq!((run.code, run.err.as_str()), (2, ""));
    insta::assert_snapshot!("status", run.out);
    if let Some(narrow) = on_terminal(60, "NO_COLOR=1", &["--db", &kept.0.arg("history.db"), "status", "--now", NOW]) {
        insta::assert_snapshot!("status_narrow", narrow);
    }
}

#[test]
fn pages_fit_the_terminal() {
    let kept = Kept::incident();
    for (columns, limit) in [(40, 40), (80, 80), (250, 110)] {
        for verb in [&["status"][..], &["cases", "--all"], &["why", "8cf5"]] {
            let db = kept.0.arg("history.db");
            let arguments = [&["--db", &db, "--now", NOW], verb].concat();
            let Some(text) = on_terminal(columns, "NO_COLOR=1", &arguments) else { return };
            assert!(text.lines().count() > 10, "{text}");
            fits(&text, limit);
        }
    }
}

#[test]
fn it_says_what_investigate_says() {
    let kept = Kept::incident();
    let (status, run) = kept.json(&["status"]);
    let (investigated, same) = json(&["investigate", INCIDENT, "--now", NOW]);
    assert_eq!(run.code, same.code);
    for key in ["verdict", "evidence_until", "arrays", "bays", "drives", "unknowns"] {
        assert_eq!(status[key], investigated[key], "{key}");
    }
    assert_eq!(each(&status, "open_cases", "code"), ["relapse", "stream-damaged", "sensor-contradicted"]);
    let first = &investigated["cases"][0]["suspects"][0];
    for key in ["cause", "subject", "probability"] {
        assert_eq!(status["open_cases"][0]["first_suspect"][key], first[key], "{key}");
    }
}

#[test]
fn options_stand_anywhere() {
    let kept = Kept::incident();
    let db = kept.0.arg("history.db");
    let expect = kept.run(&["status", "--host", "engine"]).out;
    for arguments in [
        ["status", "--host", "engine", "--db", &db, "--now", NOW],
        ["--host", "engine", "--now", NOW, "status", "--db", &db],
        ["--now", NOW, "--db", &db, "status", "--host", "engine"],
    ] {
        assert_eq!(run(&arguments).out, expect, "{arguments:?}");
    }
    assert_eq!(kept.run(&["status", "--host", "eng"]).out, expect, "a front is enough");
}

#[test]
fn no_history_and_an_empty_one() {
    let scene = Scene::new().with("empty.db", "").with("text.db", "not a database at all");
    for (db, code, words) in
        [("missing.db", 66, "there is no history yet"), ("empty.db", 66, "no history"), ("text.db", 65, "no SQLite")]
    {
        for verb in [&["status"][..], &["cases"], &["why", "8cf5"]] {
            let run = run(&[&["--db", &scene.arg(db)], verb].concat());
            assert_eq!((run.code, run.out.as_str()), (code, ""), "{db} {verb:?}");
            assert!(run.err.contains(words), "{}", run.err);
        }
    }
    let kept = Kept(Scene::new().with("nothing", "no log"));
    assert_eq!(kept.run(&["ingest", &kept.0.arg("nothing")]).code, 65, "which makes the history and keeps nothing");
    let (status, run) = kept.json(&["status"]);
    assert_eq!((run.code, &status["verdict"], &status["evidence_until"]), (3, &"unknown".into(), &Value::Null));
    assert!(kept.run(&["status"]).out.starts_with("CANNOT TELL  the history is empty: arraywatch ingest PATH"));
    assert_eq!(kept.json(&["cases"]).0["cases"], Value::Array(Vec::new()));
    assert_eq!(kept.run(&["why", "8cf5"]).code, 66);
}

#[test]
fn a_history_that_cannot_be_written_is_read() {
    let kept = Kept::incident();
    let expect = ["status", "cases"].map(|verb| kept.run(&[verb]).out);
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
    };
    mode(&kept.0.path("history.db"), 0o400);
    mode(kept.0.dir(), 0o500);
    let got = ["status", "cases"].map(|verb| kept.run(&[verb]).out);
    mode(kept.0.dir(), 0o700);
    assert_eq!(got, expect);
}

#[test]
fn a_run_that_was_broken_off_is_told_and_made_use_of() {
    let kept = Kept::incident();
    let (whole, _) = kept.json(&["status"]);
    assert!(!kept.run(&["status"]).out.contains("broken off"));
    kept.alter(
        "UPDATE stream SET stale_from = 0; DELETE FROM checkpoint; UPDATE source SET whole = 0 WHERE format = 'notes'",
    );
    let (broken, run) = kept.json(&["status"]);
    assert_eq!(run.code, 2);
    for key in ["open_cases", "on_hold", "hosts", "bays"] {
        assert_eq!(broken[key], whole[key], "{key}");
    }
    assert_eq!(broken["streams"][0]["broken_off"], true);
    let unread: Vec<&Value> =
        broken["sources"].as_array().into_iter().flatten().filter(|one| one["whole"] == false).collect();
    assert_eq!((unread.len(), &unread[0]["format"], &unread[0]["records"]), (1, &"notes".into(), &Value::Null));
    let out = kept.run(&["status"]).out;
    assert!(out.contains("a run was broken off") && out.contains("not read to its end"), "{out}");
}

#[test]
fn what_is_kept_no_longer_one_by_one_is_told() {
    let kept = Kept::incident();
    assert_eq!(kept.json(&["status"]).0["kept_from"], Value::Null);
    kept.alter("INSERT INTO setting VALUES ('kept_from', 1380585600)");
    assert_eq!(kept.json(&["status"]).0["kept_from"], "2013-10-01T00:00:00Z");
    assert!(kept.run(&["status"]).out.contains("before 2013-10-01 00:00 UTC is summed up"));
}

#[test]
fn that_nobody_watches_who_should_is_told() {
    let well = notes(Some("engine"), "", &["9T15:00 | array:./c1 | array-optimal"]);
    let scene = Scene::new().with("a.log", log("engine", 1..=9)).with("n.toml", well);
    let paths = ["a.log", "n.toml"].map(|name| scene.arg(name));
    let kept = Kept::of(scene, &[&paths[0], &paths[1]]);
    let now = ["--now", "2013-10-09T20:00:00Z"];
    let check = |name: &str, config: Option<&str>, (configured, channels): (bool, Option<u64>), code: i32| {
        let path = kept.0.arg(name);
        config.into_iter().for_each(|text| fs::write(&path, text).expect("a file"));
        let arguments = [&["status", "--config", &path][..], &now].concat();
        let (status, asked) = kept.json(&arguments);
        let daemon =
            serde_json::json!({ "runs": false, "process": null, "configured": configured, "channels": channels });
        assert_eq!((&status["daemon"], asked.code), (&daemon, code), "{config:?}");
        let page = kept.run(&arguments);
        let told = page.out.lines().nth(1).is_some_and(|line| line.starts_with("DAEMON   none runs: "));
        assert_eq!((told, page.code), (configured, code), "{config:?}: {}", page.out);
        // That nobody would be told is said wherever it is said how the watching stands.
        let coverage = kept.run(&[&["coverage", "--config", &path][..], &now].concat());
        for page in [&page.out, &coverage.out] {
            assert_eq!(page.contains("\nCHANNELS none is configured: nobody is told"), channels == Some(0), "{page}");
        }
        page.err
    };
    assert_eq!(kept.run(&[&["status"][..], &now].concat()).code, 0);
    let own = format!("database = \"{}\"\n", kept.0.arg("history.db"));
    assert_eq!(check("own.toml", Some(&own), (true, Some(0)), 3), "");
    assert_eq!(check("usual.toml", Some(""), (true, Some(0)), 3), "");
    assert_eq!(check("tells.toml", Some("[channel.log]\nby = \"syslog\"\n"), (true, Some(1)), 3), "");
    // Of another history this says nothing.
    assert_eq!(check("other.toml", Some("database = \"/elsewhere/history.db\"\n"), (false, None), 0), "");
    assert!(check("wrong.toml", Some("databse = \"/x\"\n"), (true, None), 3).contains("1 mistake in it"));
    assert!(check("none.toml", None, (false, None), 0).contains("there is no such file"));
    // What is worse than not to know is told by the exit status all the same.
    let failed = Kept::incident();
    let page = failed.run(&["status", "--config", &kept.0.arg("usual.toml")]);
    assert_eq!((page.code, page.out.matches("DAEMON   none runs").count()), (2, 1), "{}", page.out);
}

/// What is on hold at a time: why, of what, until when.
fn on_hold(kept: &Kept, now: &str) -> Vec<String> {
    let (status, _) = kept.json(&["status", "--now", now]);
    let told =
        |hold: &Value| ["waits", "subject", "until"].map(|key| hold[key].as_str().unwrap_or("-").to_owned()).join(" ");
    status["on_hold"].as_array().into_iter().flatten().map(told).collect()
}

#[test]
fn what_is_on_hold_and_until_when() {
    let said = notes(Some("engine"), &raid10(true), &["9T15:00 | array:./c1 | array-degraded"]);
    let scene = Scene::new().with("a.log", log("engine", 1..=10)).with("n.toml", said);
    let paths = ["a.log", "n.toml"].map(|name| scene.arg(name));
    let kept = Kept::of(scene, &[&paths[0], &paths[1]]);
    let report = "report stream:engine/adaptec-storage-manager 2013-10-12T01:38:42Z";
    assert_eq!(on_hold(&kept, "2013-10-10T20:00:00Z"), [report]);
    assert!(on_hold(&kept, "2013-10-12T02:00:00Z").is_empty(), "it is overdue");
    let (status, _) = kept.json(&["status", "--now", "2013-10-10T20:00:00Z"]);
    let id = status["open_cases"][0]["id"].as_str().expect("a case").to_owned();
    let say = |arguments: &[&str]| {
        let run = kept.run(&[arguments, &["--by", "ann", "--now", "2013-10-10T20:00:00Z"]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    };
    say(&["ack", &id]);
    say(&["maintenance", "host:engine", "--until", "2013-10-11T08:00:00Z"]);
    assert_eq!(
        on_hold(&kept, "2013-10-10T21:00:00Z"),
        ["maintenance host:engine 2013-10-11T08:00:00Z", "acknowledged array:engine/c1 -", report]
    );
    let out = kept.run(&["status", "--now", "2013-10-10T21:00:00Z"]).out;
    assert!(out.contains("by ann on 2013-10-10 20:00"), "{out}");
    say(&["repaired", &id]);
    assert_eq!(on_hold(&kept, "2013-10-11T09:00:00Z"), ["probation array:engine/c1 2013-11-09T20:00:00Z", report]);
    say(&["retire", "host:engine"]);
    let (status, _) = kept.json(&["status", "--now", "2013-11-20T00:00:00Z"]);
    assert_eq!((&status["retired"][0], each(&status, "hosts", "host").len()), (&"host:engine".into(), 0));
    assert!(kept.run(&["status"]).out.contains("RETIRED\n  no longer there, and not waited for\n  host:engine\n"));
}

#[test]
fn of_many_hosts_the_gravest_is_first() {
    let mut scene = Scene::new();
    for host in 0..60 {
        let serials: Vec<String> = SERIALS.iter().map(|serial| format!("{serial}{host:02}")).collect();
        let [a, b, c, d] = serials.iter().map(String::as_str).collect::<Vec<_>>().try_into().expect("four");
        let text: String = (1..=9).map(|day| report_of(&format!("db{host:02}"), day, [a, b, c, d])).collect();
        scene = scene.with(&format!("{host:02}.log"), text);
    }
    let failed = ["9T15:00 | array:./c1 | array-degraded", "9T14:00 | bay:./c1/e0/s2 | drive-failed"];
    scene = scene.with("bad.toml", notes(Some("db41"), &raid10(true), &failed));
    scene = scene.with("good.toml", notes(Some("db17"), "", &["9T15:00 | array:./c1 | array-optimal"]));
    let dir = scene.arg("");
    let kept = Kept::of(scene, &[&dir]);
    let now = ["--now", "2013-10-09T20:00:00Z"];
    let (status, run) = kept.json(&[&["status"][..], &now].concat());
    assert_eq!(run.code, 2);
    assert_eq!((each(&status, "hosts", "host").len(), &status["hosts"][0]["host"]), (60, &"db41".into()));
    assert_eq!(status["hosts"][0]["drives_unwell"], serde_json::json!(["CVEM0522003C064KGN41"]));
    assert_eq!(each(&status, "hosts", "verdict").iter().filter(|verdict| **verdict == "healthy").count(), 1);
    assert_eq!(status["drives"].as_array().map(Vec::len), Some(240));
    let out = kept.run(&[&["status"][..], &now].concat()).out;
    assert!(out.lines().count() < 70, "readable: {out}");
    assert!(out.contains("host:db41  4 bays, 4 drives") && out.contains("S/N CVEM0522003C064KGN41, failed"), "{out}");
    assert!(
        out.contains("58 hosts, 232 drives: nothing speaks against them")
            && out.contains("1 host, 4 drives: all arrays"),
        "{out}"
    );
    let one = kept.run(&[&["status", "--host", "db17"][..], &now].concat());
    assert_eq!(one.out.matches("bay:db17/c1/e0/s").count(), 4, "{}", one.out);
    assert!(!one.out.contains("db41"), "{}", one.out);
    for (typed, told) in
        [("db4", "several hosts begin with db4: db40, db41"), ("bd41", "no host bd41; nearest are db41")]
    {
        let missed = kept.run(&["status", "--host", typed]);
        assert_eq!((missed.code, missed.out.as_str()), (66, ""));
        assert!(missed.err.contains(told), "{}", missed.err);
    }
}
