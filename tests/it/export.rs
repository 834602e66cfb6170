//! `arraywatch db export`: all that is kept, a line each.

use super::common::{Scene, command, finished, log, notes, raid10, run};
use super::json::fits;
use arraywatch::history::{Database, reader, samples};
use arraywatch::model::{Sample, Series};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Stdio;

const NOW: &str = "2013-10-31T20:00:00Z";

/// A history in which something is summed up, something is said by a person, and something is measured.
fn kept() -> Scene {
    let warning = "October 31, 2013 9:00:00 AM CDT WRN 30001:A01C-S--L00 [engine] Fan 2 at \"1200\" rpm, really.\n";
    let said = notes(Some("engine"), &raid10(true), &["9T15:00 | array:./c1 | array-degraded"]);
    let text = log("engine", 1..=31) + warning + warning + "\0\0\0\0";
    let scene = Scene::new().with("a.log", text).with("n.toml", said);
    let history = scene.arg("history.db");
    for arguments in [
        &["ingest", &scene.arg("a.log"), &scene.arg("n.toml")][..],
        &["note", "=1+1", "--subject", "host:engine", "--at", "2013-10-05", "--by", "ann"],
        &["db", "prune", "--older-than", "10d", "--now", NOW],
    ] {
        let run = run(&[arguments, &["--db", &history]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let mut database = Database::write(&scene.path("history.db")).expect("a history");
    database
        .transaction("keep samples in", |history| {
            let drive = "SELECT id FROM subject WHERE name LIKE 'drive:%' LIMIT 1";
            let drive = history.query_row(drive, [], |row| row.get(0))?;
            let measured = [1_380_000_000, 1_383_000_000].map(|at| Sample::new(at, [(Series::NVME_POWER_CYCLES, 7)]));
            assert_eq!(samples::append(history, drive, &measured).expect("they have a place").new, 2);
            Ok(())
        })
        .expect("a history");
    scene
}

fn export(scene: &Scene, more: &[&str]) -> String {
    let run = run(&[&["db", "export", "--db", &scene.arg("history.db")], more].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    run.out
}

#[test]
fn every_line_keeps_to_its_schema() {
    let scene = kept();
    let lines: Vec<Value> =
        export(&scene, &[]).lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &lines {
        fits("export", line);
        *kinds.entry(line["kind"].as_str().expect("a kind")).or_default() += 1;
    }
    let expected = [
        ("digest", 1),
        ("history", 1),
        ("observation", 46),
        ("sample", 2),
        ("source", 3),
        ("stream", 3),
        ("summary", 4),
    ];
    assert_eq!(kinds, expected.into());
    assert_eq!(lines[0]["kept_from"], "2013-10-21T20:00:00Z");
    let warned = lines.iter().find(|line| line["fact"] == "event-not-understood").expect("a warning");
    assert_eq!((&warned["times"], &warned["numbers"]), (&2.into(), &"2,1200".into()));
    assert_eq!(warned["text"], "Fan 2 at \"1200\" rpm, really.");
    // By stream, and in each by time.
    let told: Vec<(&str, &str)> = lines
        .iter()
        .filter(|line| line["kind"] == "observation")
        .map(|line| (line["stream"].as_str().expect("a stream"), line["at"].as_str().expect("a time")))
        .collect();
    assert!(told.is_sorted());
}

/// No observation is lost on the way: how often each statement was made, as the history has it and as the lines do.
#[test]
fn all_that_is_kept_is_there() {
    let scene = kept();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for line in export(&scene, &["--json"]).lines() {
        let line: Value = serde_json::from_str(line).expect("an object");
        if let (Some(key), Some(times)) = (line["key"].as_str(), line["times"].as_u64()) {
            *lines.entry(key.to_owned()).or_default() += times;
        }
    }
    let database = Database::read(&scene.path("history.db")).expect("a history");
    let history = database.connection();
    let mut kept: BTreeMap<String, u64> = BTreeMap::new();
    for stream in reader::streams(history).expect("streams") {
        let mut add = |statement, times| {
            let key = reader::statement(history, statement)?.key;
            *kept.entry(format!("{key:016x}")).or_default() += times;
            Ok(())
        };
        reader::said_after(history, stream.id, None, |said| add(said.statement, said.times.into())).expect("rows");
        reader::summaries(history, stream.id, |summary| add(summary.statement, summary.times)).expect("rows");
    }
    assert_eq!(lines, kept);
}

#[test]
fn as_a_table() {
    let scene = kept();
    let table = export(&scene, &["--format", "csv"]);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let head = rows.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|known| known == name).expect("a column");
    let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>().expect("rows of one width");
    assert_eq!(rows.len(), 50);
    let summed = rows.iter().find(|row| &row[column("times")] == "21").expect("what was summed up");
    let first = ["at", "as_written", "fact", "times", "until", "source"].map(|name| &summed[column(name)]);
    assert_eq!(first, ["2013-10-01T13:38:32Z", "", "drive-listed", "21", "2013-10-21T13:38:32Z", ""]);
    assert!(
        rows.iter()
            .any(|row| { &row[column("text")] == "Fan 2 at \"1200\" rpm, really." && &row[column("times")] == "2" })
    );
}

#[test]
fn nobody_reads_on() {
    let scene = kept();
    for format in ["jsonl", "csv"] {
        let mut command = command();
        command.args(["db", "export", "--format", format, "--db", &scene.arg("history.db")]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
        drop(child.stdout.take());
        let run = finished(child.wait_with_output().expect("it ends"));
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{format}");
    }
}

#[test]
fn what_cannot_be_exported() {
    let scene = Scene::new();
    let history = scene.arg("history.db");
    let missing = run(&["db", "export", "--db", &history]);
    assert_eq!((missing.code, missing.out.as_str()), (66, ""));
    assert!(missing.err.contains("there is no history yet"), "{}", missing.err);
    Database::write(&scene.path("history.db")).expect("a history");
    assert_eq!(export(&scene, &[]), "{\"kept_from\":null,\"kind\":\"history\",\"schema\":\"arraywatch.export/1\"}\n");
    assert_eq!(export(&scene, &["--format", "csv"]).lines().count(), 1);
    let both = run(&["db", "export", "--json", "--format", "csv", "--db", &history]);
    assert_eq!((both.code, both.out.as_str()), (64, ""));
}
