//! `arraywatch history`: where a drive sat, who sat in a bay, how an array was; and what people may type for these.

use super::common::{Scene, json, log, notes, raid10, report_of, run, texts};
use super::terminal::on_terminal;
use serde_json::Value;
use std::ops::RangeInclusive;

const NOW: [&str; 2] = ["--now", "2013-10-27T06:00:00Z"];

/// A history of what files hold, named `h.db` beside them.
pub fn kept(files: &[(&str, String)]) -> Scene {
    let scene = files.iter().fold(Scene::new(), |scene, (name, content)| scene.with(name, content));
    let db = scene.arg("h.db");
    for (name, _) in files {
        let run = run(&["ingest", &scene.arg(name), "--db", &db]);
        assert!(run.code == 0 || run.code == 3, "{}", run.err);
    }
    scene
}

/// A history of the incident that the program exists for.
pub fn incident() -> Scene {
    let scene = Scene::new();
    assert_eq!(run(&["ingest", "fixtures/incidents/relapse-2013", "--db", &scene.arg("h.db")]).code, 0);
    scene
}

fn history(scene: &Scene, of: &[&str]) -> Value {
    let db = scene.arg("h.db");
    let (value, run) = json(&[&["history"], of, &["--db", &db], &NOW].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    value
}

/// The stays, as `SERIAL BAY FIRST..LAST REPORTS ENDED WHEN NEXT`.
fn stays(value: &Value) -> Vec<String> {
    let told = |stay: &Value| {
        let text = |key: &str| stay[key].as_str().unwrap_or("-").to_owned();
        let day = |key: &str| text(key).get(5..10).unwrap_or("-").to_owned();
        let bay = text("bay").replace("bay:", "");
        let (first, last, end) = (day("first_seen"), day("last_seen"), day("ended_at"));
        let (serial, ended, next) = (text("serial"), text("ended"), text("next"));
        format!("{serial} {bay} {first}..{last} {} {ended} {end} {next}", stay["reports"])
    };
    value["stays"].as_array().expect("stays").iter().map(told).collect()
}

/// Reports of a host, a letter a drive by its slot; a dot is an empty bay.
fn reports(host: &str, days: &[(RangeInclusive<u32>, &str)]) -> String {
    let mut text = String::new();
    for (days, drives) in days {
        for day in days.clone() {
            let names: Vec<String> = drives.chars().map(|drive| format!("DRIVE-{drive}")).collect();
            let report = report_of(host, day, std::array::from_fn(|slot| names[slot].as_str()));
            text.extend(report.lines().filter(|line| !line.contains("DRIVE-.")).map(|line| format!("{line}\n")));
        }
    }
    text
}

#[test]
fn the_incident_at_80_columns() {
    let scene = incident();
    let db = scene.arg("h.db");
    for (name, of) in [("drive", "CVEM0712"), ("bay", "c1/e0/s3"), ("array", "c1")] {
        let arguments = [&["history", name, of, "--db", &db][..], &NOW].concat();
        let Some(text) = on_terminal(80, "NO_COLOR=1", &arguments) else { return };
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(format!("history_{name}"), text);
    }
}

#[test]
fn how_stays_end() {
    let check = |days: &[(RangeInclusive<u32>, &str)], said: &[&str], expect: &[&str]| {
        let said = notes(Some("engine"), "", said);
        let scene = kept(&[("a.log", reports("engine", days)), ("n.toml", said)]);
        let value = history(&scene, &["drive", "DRIVE-A"]);
        assert_eq!(stays(&value), expect);
        assert_eq!(value["conflicts"], Value::Array(Vec::new()));
    };
    check(&[(1..=5, "ABCD")], &[], &["DRIVE-A engine/c1/e0/s0 10-01..10-05 5 still-there - -"]);
    let replaced = "DRIVE-A engine/c1/e0/s0 10-01..10-03 3 replaced 10-04 DRIVE-E";
    check(&[(1..=3, "ABCD"), (4..=6, "EBCD")], &[], &[replaced]);
    let missing = [(1..=3, "ABCD"), (4..=6, ".BCD")];
    check(&missing, &[], &["DRIVE-A engine/c1/e0/s0 10-01..10-03 3 not-listed 10-04 -"]);
    // Taken out is neither failed nor replaced.
    let removed = "DRIVE-A engine/c1/e0/s0 10-01..10-03 3 removed 10-03 -";
    check(&missing, &["3T20:00 | bay:./c1/e0/s0 | drive-removed"], &[removed]);
    let moved = "DRIVE-A engine/c1/e0/s0 10-01..10-03 3 moved 10-04 -";
    check(&[(1..=3, "ABC."), (4..=6, ".BCA")], &[], &[moved, "DRIVE-A engine/c1/e0/s3 10-04..10-06 3 still-there - -"]);
    // It went away and came back: the same drive, and no conflict.
    check(
        &[(1..=3, "ABC."), (4..=6, ".BCA"), (7..=9, "ABC.")],
        &[],
        &[
            moved,
            "DRIVE-A engine/c1/e0/s3 10-04..10-06 3 moved 10-07 -",
            "DRIVE-A engine/c1/e0/s0 10-07..10-09 3 still-there - -",
        ],
    );
}

#[test]
fn a_drive_that_failed_was_not_taken_out() {
    let said = notes(Some("engine"), "", &["3T20:00 | bay:./c1/e0/s0 | drive-failed"]);
    let scene = kept(&[("a.log", reports("engine", &[(1..=5, "ABCD")])), ("n.toml", said)]);
    let value = history(&scene, &["drive", "DRIVE-A"]);
    let stay = &value["stays"][0];
    assert_eq!((&value["drive"]["state"], &value["cases"][0]["code"]), (&"failed".into(), &"drive-failed".into()));
    assert_eq!((&stay["ended"], &stay["failed"]), (&"still-there".into(), &"2013-10-03T20:00:00Z".into()));
    assert_eq!(history(&scene, &["drive", "DRIVE-B"])["stays"][0]["failed"], Value::Null);
}

#[test]
fn a_place_that_loses_drives_is_named() {
    let said = ["2T20:00 | bay:./c1/e0/s0 | drive-failed", "5T20:00 | bay:./c1/e0/s0 | drive-failed"];
    let log = reports("engine", &[(1..=3, "ABCD"), (4..=6, "EBCD"), (7..=9, "FBCD")]);
    let scene = kept(&[("a.log", log), ("n.toml", notes(Some("engine"), "", &said))]);
    let value = history(&scene, &["bay", "c1/e0/s0"]);
    assert_eq!(texts(&value["drives_failed"]), ["DRIVE-A", "DRIVE-E"]);
    assert_eq!(value["failures"], 2);
    assert_eq!(
        stays(&value),
        [
            "DRIVE-A engine/c1/e0/s0 10-01..10-03 3 replaced 10-04 DRIVE-E",
            "DRIVE-E engine/c1/e0/s0 10-04..10-06 3 replaced 10-07 DRIVE-F",
            "DRIVE-F engine/c1/e0/s0 10-07..10-09 3 still-there - -",
        ]
    );
    let text = run(&["history", "bay", "c1/e0/s0", "--db", &scene.arg("h.db")]).out;
    assert!(text.contains("2 drives failed in this bay (DRIVE-A, DRIVE-E)"), "{text}");
    assert_eq!(history(&scene, &["bay", "c1/e0/s1"])["failures"], 0);
}

#[test]
fn the_same_serial_number_twice_at_once() {
    let scene =
        kept(&[("a.log", reports("engine", &[(1..=6, "ABCD")])), ("b.log", reports("standby", &[(3..=8, "AXYZ")]))]);
    let value = history(&scene, &["drive", "DRIVE-A"]);
    assert_eq!(texts(&value["conflicts"][0]["bays"]), ["bay:engine/c1/e0/s0", "bay:standby/c1/e0/s0"]);
    assert!(run(&["history", "drive", "DRIVE-A", "--db", &scene.arg("h.db")]).out.contains("CONFLICT"));
    assert_eq!(history(&scene, &["drive", "DRIVE-B"])["conflicts"], Value::Array(Vec::new()));
    // One after the other, on two hosts: it was moved.
    let scene =
        kept(&[("a.log", reports("engine", &[(1..=3, "ABCD")])), ("b.log", reports("standby", &[(4..=8, "AXYZ")]))]);
    let value = history(&scene, &["drive", "DRIVE-A"]);
    assert_eq!(value["conflicts"], Value::Array(Vec::new()));
    assert_eq!(
        stays(&value),
        [
            "DRIVE-A engine/c1/e0/s0 10-01..10-03 3 moved 10-04 -",
            "DRIVE-A standby/c1/e0/s0 10-04..10-08 5 still-there - -",
        ]
    );
}

#[test]
fn equal_bays_of_two_hosts_stay_apart() {
    let scene =
        kept(&[("a.log", reports("engine", &[(1..=3, "ABCD")])), ("b.log", reports("standby", &[(1..=3, "WXYZ")]))]);
    let db = scene.arg("h.db");
    let both = run(&["history", "bay", "c1/e0/s0", "--db", &db]);
    assert_eq!(both.code, 64);
    assert!(both.err.contains("bay:engine/c1/e0/s0") && both.err.contains("bay:standby/c1/e0/s0"), "{}", both.err);
    for arguments in [
        ["history", "bay", "c1/e0/s0", "--host", "standby", "--db", &db],
        ["--host", "standby", "--db", &db, "history", "bay", "c1/e0/s0"],
        ["history", "--db", &db, "--host", "standby", "bay", "c1/e0/s0"],
    ] {
        assert_eq!(stays(&json(&arguments).0), ["DRIVE-W standby/c1/e0/s0 10-01..10-03 3 still-there - -"]);
    }
}

#[test]
fn a_log_that_was_rotated_is_one_history() {
    let (old, new) = (reports("engine", &[(1..=4, "ABCD")]), reports("engine", &[(3..=8, "ABCD")]));
    for order in [[("a.log.1", &old), ("a.log", &new)], [("a.log", &new), ("a.log.1", &old)]] {
        let scene = kept(&order.map(|(name, text)| (name, text.clone())));
        let value = history(&scene, &["drive", "DRIVE-A"]);
        assert_eq!(stays(&value), ["DRIVE-A engine/c1/e0/s0 10-01..10-08 8 still-there - -"]);
    }
}

#[test]
fn an_array_over_time() {
    let said = [
        "2T10:00 | array:./c1 | array-degraded",
        "2T11:00 | array:./c1 | rebuild-started",
        "2T13:05 | array:./c1 | rebuild-completed",
        "2T15:10 | array:./c1 | array-degraded",
    ];
    let scene = kept(&[("a.log", log("engine", 1..=4)), ("n.toml", notes(Some("engine"), &raid10(true), &said))]);
    let value = history(&scene, &["array", "c1"]);
    let told = |span: &Value| format!("{} {}", span["state"].as_str().unwrap_or_default(), span["seconds"]);
    let spans: Vec<String> = value["spans"].as_array().expect("spans").iter().map(told).collect();
    assert_eq!(spans, ["degraded 3600", "rebuilding 7500", "optimal 7500", "degraded null"]);
    let rebuild =
        serde_json::json!({ "started": "2013-10-02T11:00:00Z", "ended": "2013-10-02T13:05:00Z", "completed": true });
    assert_eq!(value["rebuilds"], Value::Array(vec![rebuild]));
    assert_eq!(value["relapses"].as_array().map(Vec::len), Some(1));
    let text = run(&["history", "array", "c1", "--db", &scene.arg("h.db")]).out;
    assert!(text.contains("optimal     from 2013-10-02 13:05 UTC for 2 h 5 min"), "{text}");
    assert!(text.contains("mirror set"), "{text}");
}

#[test]
fn csv_and_json_agree() {
    let scene = incident();
    let db = scene.arg("h.db");
    for of in [["drive", "CVEM0712"], ["bay", "c1/e0/s3"], ["array", "c1"]] {
        let value = history(&scene, &of);
        let csv = run(&[&["history"], &of[..], &["--csv", "--db", &db], &NOW].concat()).out;
        super::events::agree(&csv, &value["timeline"]);
    }
}

#[test]
fn names_that_do_not_fit() {
    let scene = incident();
    let db = scene.arg("h.db");
    let check = |of: [&str; 2], code: i32, says: &str| {
        let run = run(&["history", of[0], of[1], "--db", &db]);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{of:?}");
        assert!(run.err.contains(says), "{}", run.err);
    };
    check(["drive", "CVEM"], 64, "drive:CVEM0712004A064KGN");
    check(["drive", "CVEM0721004A064KGN"], 66, "the nearest:\n  drive:CVEM0712004A064KGN");
    check(["drive", "\u{1b}[2J"], 66, "\\u{1b}[2J");
    check(["bay", "c1/e0/s9"], 66, "bay:engine/c1/e0/s0");
    check(["array", "md7"], 66, "no array");
}

#[test]
fn histories_that_hold_nothing() {
    let scene = Scene::new();
    let db = scene.arg("h.db");
    assert_eq!(run(&["history", "drive", "X", "--db", &db]).code, 66, "there is none");
    drop(arraywatch::history::Database::write(&scene.path("h.db")).expect("a new history"));
    for kind in ["drive", "bay", "array"] {
        let run = run(&["history", kind, "X", "--db", &db]);
        assert_eq!((run.code, run.out.as_str()), (66, ""), "{}", run.err);
    }
}

#[test]
fn a_run_that_was_broken_off_is_said_and_its_rows_are_told() {
    let scene = kept(&[("a.log", log("engine", 1..=4))]);
    let database = arraywatch::history::Database::write(&scene.path("h.db")).expect("the history");
    let sql = "UPDATE source SET whole = 0; UPDATE stream SET stale_from = 0; DELETE FROM checkpoint";
    database.connection().execute_batch(sql).expect("as a run that was killed leaves it");
    drop(database);
    let value = history(&scene, &["drive", "CVEM0711"]);
    assert_eq!(texts(&value["broken_off"]), [scene.arg("a.log")]);
    assert_eq!(value["stays"][0]["reports"], 4);
}

/// What is polled says the same each time; that is a reading, and no event.
#[test]
fn readings_are_no_events() {
    let scene = Scene::new();
    let db = scene.arg("h.db");
    for minute in 0..3 {
        let path = scene.path("output");
        std::fs::copy(super::common::root().join("fixtures/arcconf-getconfig/healthy"), &path).expect("a fixture");
        let file = std::fs::File::options().write(true).open(&path).expect("a file");
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_380_000_000 + 60 * minute);
        file.set_modified(time).expect("it is ours");
        assert!(run(&["ingest", &scene.arg("output"), "--host", "db7", "--db", &db]).code < 4);
    }
    let told = history(&scene, &["array", "c1/l0"]);
    assert!(told["pace"].is_null(), "{told:#}");
}

/// A name that was made up for a drive is explained where it is shown.
#[test]
fn a_drive_without_a_number_is_explained_among_the_events() {
    let scene = Scene::new();
    let db = scene.arg("h.db");
    run(&["ingest", "fixtures/arcconf-getconfig/masked", "--host", "db7", "--db", &db]);
    let out = run(&["events", "--db", &db]).out;
    let first = out.split("drive:unnamed-").nth(1).expect("serial numbers are masked there");
    assert!(first.contains("(named by its bay: nobody told its serial number)"), "{out}");
}
