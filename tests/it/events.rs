//! `arraywatch events`: every record once, in order, by any filter, in any form.

use super::common::{SERIALS, Scene, command, json, log, notes, report_of, run};
use super::history::{incident, kept};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::process::Stdio;

fn events(scene: &Scene, options: &[&str]) -> Vec<Value> {
    let db = scene.arg("h.db");
    let (mut value, run) = json(&[&["events", "--db", &db], options].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let Value::Array(events) = value["events"].take() else { panic!("a list") };
    let times: Vec<&str> = events.iter().filter_map(|one| one["at"].as_str()).collect();
    assert!(times.is_sorted(), "in order of time");
    events
}

/// CSV has the rows of the list, and in them what JSON has; a formula has an apostrophe before it.
pub fn agree(csv: &str, list: &Value) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let columns = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let list = list.as_array().expect("a list");
    assert_eq!(rows.len(), list.len());
    for (row, one) in rows.iter().zip(list) {
        assert_eq!(columns.len(), one.as_object().map_or(0, serde_json::Map::len));
        for (column, cell) in columns.iter().zip(row) {
            let expect = match &one[column] {
                Value::Null => String::new(),
                Value::String(text) if text.starts_with(['=', '+', '-', '@']) => format!("'{text}"),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, expect, "{column}");
        }
    }
}

#[test]
fn filters() {
    let scene = incident();
    let check = |options: &[&str], count: usize| assert_eq!(events(&scene, options).len(), count, "{options:?}");
    let listed = ["--fact", "drive-listed", "--now", "2013-10-27T06:00:00Z"];
    let check_listed = |options: &[&str], count: usize| check(&[options, &listed].concat(), count);
    check(&[], 114);
    check_listed(&[], 104);
    check(&["--fact", "no-such-fact"], 0);
    check(&["--severity", "info"], 114);
    check(&["--severity", "critical"], 3);
    check_listed(&["--since", "2013-10-26T13:39:13Z"], 4);
    check_listed(&["--since", "2013-10-26T13:39:14Z"], 0);
    check_listed(&["--until", "2013-10-01T13:38:31Z"], 4);
    check_listed(&["--until", "2013-10-01T13:38:30Z"], 0);
    check_listed(&["--since", "24h"], 4);
    check_listed(&["--since", "2d", "--until", "1d"], 4);
    check(&["--subject", "CVEM0712"], 26);
    check(&["--subject", "drive:CVEM0712004A064KGN"], 26);
    check_listed(&["--subject", "c1/e0/s0"], 26);
    check_listed(&["--subject", "controller:engine/c1"], 104);
    check(&["--subject", "engine"], 114);
    check(&["--subject", "host:engine"], 114);
    check(&["--subject", "power:engine"], 1);
    check_listed(&["--source", "RaidEvt.log"], 104);
    check_listed(&["--source", "fixtures/incidents/relapse-2013/RaidEvt.log"], 104);
    check(&["--source", "Evt.log"], 0);
    check(&["--host", "engine"], 114);
    check(&["--host", "standby"], 0);
}

#[test]
fn wrong_usage() {
    let scene = incident();
    let db = scene.arg("h.db");
    let check = |options: &[&str], code: i32| {
        assert_eq!(run(&[&["events", "--db", &db], options].concat()).code, code, "{options:?}");
    };
    check(&["--since", "yesterday"], 64);
    check(&["--severity", "bad"], 64);
    check(&["--csv", "--json"], 64);
    check(&["--subject", "CVEM"], 64);
    check(&["--subject", "nobody"], 66);
    assert_eq!(run(&["events", "--db", &scene.arg("none.db")]).code, 66);
}

#[test]
fn csv_and_json_agree() {
    let said = [
        "4T10:00 | host:. | note | text = \"=1+1, \\\"quoted\\\"\"",
        "4T11:00 | host:. | note | text = \"@x\\ny\"",
        "4T12:00 | host:. | note | text = \"a=b\"",
    ];
    let scene = kept(&[("a.log", log("engine", 1..=3)), ("n.toml", notes(Some("engine"), "", &said))]);
    let csv = run(&["events", "--csv", "--db", &scene.arg("h.db")]).out;
    assert!(csv.contains("\"'=1+1, \"\"quoted\"\"") && csv.contains(",'@x") && csv.contains(",a=b"), "{csv}");
    agree(&csv, &Value::Array(events(&scene, &[])));
}

#[test]
fn a_history_that_holds_nothing() {
    let scene = Scene::new();
    drop(arraywatch::history::Database::write(&scene.path("h.db")).expect("a new history"));
    assert_eq!(events(&scene, &[]), Vec::<Value>::new());
    assert_eq!(run(&["events", "--db", &scene.arg("h.db")]).out, "");
}

#[test]
fn several_in_one_second_and_what_is_summed_up() {
    let record = "October 5, 2013 9:00:00 AM CDT WRN 30001:A01C-S--L00 [engine] odd\n";
    let scene = kept(&[("a.log", format!("{}{record}{record}", log("engine", 1..=3)))]);
    let odd = events(&scene, &["--severity", "warning"]);
    assert_eq!((odd.len(), &odd[0]["times"]), (1, &2.into()));
    let database = arraywatch::history::Database::write(&scene.path("h.db")).expect("the history");
    let sql = "INSERT INTO summary (statement, first, last, times)
               SELECT id, 1000000000, 1100000000, 77 FROM statement WHERE severity > 0;
               INSERT INTO setting VALUES ('kept_from', 1200000000)";
    database.connection().execute_batch(sql).expect("what is too old");
    drop(database);
    let odd = events(&scene, &["--severity", "warning"]);
    assert_eq!((odd.len(), &odd[0]["times"], &odd[0]["source"]), (2, &77.into(), &Value::Null));
    assert_eq!((&odd[0]["at"], &odd[0]["until"]), (&"2001-09-09T01:46:40Z".into(), &"2004-11-09T11:33:20Z".into()));
    assert_eq!(events(&scene, &["--severity", "warning", "--since", "2005-01-01"]).len(), 1);
    assert_eq!(events(&scene, &["--severity", "warning", "--until", "2003-01-01"]).len(), 1);
    assert!(run(&["events", "--db", &scene.arg("h.db")]).out.contains("77 times"));
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let scene = kept(&[("a.log", log("engine", 1..=28))]);
    for form in ["--json", "--csv", "--host=engine"] {
        let mut command = command();
        command.args(["events", form, "--db", &scene.arg("h.db")]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
        assert_eq!((child.wait().expect("it ends").code(), err.as_str()), (Some(0), ""), "{form}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever a log says, and however often, each of its records is an event once, and its bytes are where the event says.
    #[test]
    fn every_record_comes_once(lines in proptest::collection::vec((1u32..28, 0u32..3, 0usize..4, 1usize..3), 1..40)) {
        let mut lines = lines;
        lines.sort_unstable();
        let records = |(day, second, what, times): &(u32, u32, usize, usize)| {
            let report = report_of("engine", *day, SERIALS);
            let listed = report.lines().nth(*what).unwrap_or_default();
            let odd = format!("October {day}, 2013 9:00:0{second} AM CDT WRN 3000{what}:A01C-S--L00 [engine] odd thing {second}\n");
            format!("{listed}\n{}", odd.repeat(*times))
        };
        let text: String = lines.iter().map(records).collect();
        let scene = kept(&[("a.log", text.clone())]);
        let mut expect: BTreeMap<&str, u64> = BTreeMap::new();
        for line in text.lines() {
            *expect.entry(line).or_default() += 1;
        }
        let mut got: BTreeMap<&str, u64> = BTreeMap::new();
        for event in events(&scene, &[]) {
            if ["drive-listed", "event-not-understood"].contains(&event["fact"].as_str().unwrap_or_default()) {
                let at = |key: &str| event[key].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or_default();
                let bytes = text.get(at("start")..at("end")).unwrap_or_default();
                *got.entry(bytes.trim_end_matches('\n')).or_default() += event["times"].as_u64().unwrap_or_default();
            }
        }
        prop_assert_eq!(got, expect);
    }
}
