//! `arraywatch db prune`: old observations are summed up, none is dropped, and the diagnosis stays as it is.

use super::common::{SERIALS, Scene, json, log, notes, raid10, report_of, run};
use arraywatch::diagnosis::Digest;
use arraywatch::history::{Database, Trouble};
use arraywatch::keep::{prune, state};
use arraywatch::report;
use arraywatch_faults::{every_fault, install, with_fault};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const NOW: &str = "2013-10-31T20:00:00Z";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// All that is diagnosed of a history, and what it rests on.
fn diagnosed(path: &Path, now: &str) -> Value {
    let database = Database::read(path).expect("a history");
    let state = state(database.connection(), time(now), |_| true).expect("a state");
    report::json::investigate(&state.diagnosis, &[], &[], &state.observations, None)
}

fn ask<T: rusqlite::types::FromSql>(path: &Path, question: &str) -> T {
    let history = Connection::open(path).expect("a history");
    history.query_row(question, [], |row| row.get(0)).expect("an answer")
}

/// How often each statement was made, summed up or not.
fn times(path: &Path) -> BTreeMap<i64, i64> {
    let history = Connection::open(path).expect("a history");
    let sql = "SELECT s.key, sum(t.times) FROM statement s JOIN (
                 SELECT statement, times FROM observation UNION ALL SELECT statement, times FROM summary
               ) t ON t.statement = s.id GROUP BY s.key HAVING sum(t.times) > 0";
    let mut query = history.prepare(sql).expect("a question");
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<rusqlite::Result<_>>().expect("rows")
}

/// A scene with a history.
struct Kept(Scene);

impl Kept {
    fn new() -> Self {
        Self(Scene::new())
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path("history.db")
    }

    /// Writes a file, and reads it into the history. What became of it.
    fn ingest(&self, name: &str, content: &str) -> Value {
        fs::write(self.0.path(name), content).expect("a file");
        json(&["ingest", &self.0.arg(name), "--db", &self.0.arg("history.db")]).0
    }

    fn prune(&self, age: &str, more: &[&str]) -> Value {
        let history = self.0.arg("history.db");
        let all = [&["db", "prune", "--older-than", age, "--db", &history][..], more].concat();
        let all = if more.contains(&"--now") { all } else { [&all[..], &["--now", NOW]].concat() };
        let (answer, run) = json(&all);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        answer
    }
}

/// Reports of some days and what happens between them: warnings that no phrase explains, free texts with numbers, a drive that is
/// replaced, one that is gone, a block that stands twice, damage.
fn eventful(days: std::ops::RangeInclusive<u32>, what: u32) -> String {
    let [a, b, _, d] = SERIALS;
    let mut text = String::new();
    for day in days {
        let serials = if day > 5 + what % 17 { [a, b, "NEW1", d] } else { SERIALS };
        let report = report_of("engine", day, serials);
        // From some day on, a drive is not listed any more.
        let lines = if day > 24 + what % 5 { 3 } else { 4 };
        report.split_inclusive('\n').take(lines).for_each(|line| text.push_str(line));
        let head =
            |severity: &str, code| format!("October {day}, 2013 9:00:00 AM CDT {severity} {code}:A01C-S--L00 [engine]");
        let _ = writeln!(text, "{} Battery at {day} percent.", head("INF", 500 + what % 2));
        if (day + what).is_multiple_of(7) {
            let warning = format!("{} Something {day} happened.\n", head("WRN", 30_001));
            text.push_str(&warning.repeat(1 + usize::from(day.is_multiple_of(2))));
        }
        if day == 3 + what % 19 {
            text.push_str("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\n");
        }
        if day == 2 + what % 23 {
            text.push_str(&report_of("engine", day - 1, serials));
        }
    }
    text
}

fn said() -> String {
    let lines = [
        "2T15:00 | bay:./c1/e0/s3 | drive-failed",
        "2T15:00 | array:./c1 | array-degraded",
        "2T20:00 | array:./c1 | rebuild-completed",
        "9T21:00 | array:./c1 | array-degraded",
    ];
    notes(Some("engine"), &raid10(true), &lines)
}

#[test]
fn old_observations_become_summaries() {
    let kept = Kept::new();
    kept.ingest("a.log", &log("engine", 1..=31));
    let before = (diagnosed(&kept.path(), NOW), times(&kept.path()));
    let planned = kept.prune("10d", &["--dry-run"]);
    assert_eq!((&planned["dry_run"], &planned["space"]), (&true.into(), &Value::Null));
    assert_eq!(times(&kept.path()), before.1);
    let mut done = kept.prune("10d", &[]);
    assert_eq!(
        (&done["rows"], &done["summaries"], &done["kept_from"]),
        (&84.into(), &4.into(), &"2013-10-21T20:00:00Z".into())
    );
    assert_eq!(
        done["by_year"],
        serde_json::json!([{"year": 2013, "fact": "drive-listed", "rows": 84, "observations": 84}])
    );
    (done["dry_run"], done["space"]) = (true.into(), Value::Null);
    assert_eq!(done, planned, "what is done is what was planned");
    assert_eq!((diagnosed(&kept.path(), NOW), times(&kept.path())), before);
    let again = kept.prune("20d", &[]);
    assert_eq!((&again["rows"], &again["kept_from"]), (&0.into(), &done["kept_from"]), "nothing is taken apart");
    assert_eq!(run(&["db", "check", "--db", &kept.0.arg("history.db")]).code, 0);
}

#[test]
fn what_was_summed_up_is_not_read_again() {
    let kept = Kept::new();
    let text = log("engine", 1..=31);
    kept.ingest("a.log", &text);
    kept.prune("10d", &[]);
    let before = (diagnosed(&kept.path(), NOW), times(&kept.path()));
    let again = kept.ingest("b.log", &text);
    let written = ["new", "known", "too_old"].map(|key| again["sources"][0][key].clone());
    assert_eq!(written, [0, 41, 84].map(Value::from));
    assert_eq!(told(&diagnosed(&kept.path(), NOW)), told(&before.0));
    assert_eq!(times(&kept.path()), before.1);
}

/// A part of the log that is older than all that is kept one by one changes as little as it does where nothing was summed up.
#[test]
fn an_old_part_is_read_again() {
    let [pruned, whole] = [Kept::new(), Kept::new()];
    for kept in [&pruned, &whole] {
        kept.ingest("a.log", &eventful(1..=31, 3));
    }
    pruned.prune("5d", &[]);
    for kept in [&pruned, &whole] {
        assert_eq!(kept.ingest("old.log", &eventful(8..=14, 3))["sources"][0]["new"], 1, "its rhythm");
    }
    assert_eq!(told(&diagnosed(&pruned.path(), NOW)), told(&diagnosed(&whole.path(), NOW)));
    assert_eq!(times(&pruned.path()), times(&whole.path()));
}

/// An answer without the places that evidence was read from.
fn told(answer: &Value) -> Value {
    let mut told = answer.clone();
    for one in told["observations"].as_array_mut().into_iter().flatten() {
        let one = one.as_object_mut().expect("an observation");
        one.retain(|key, _| !["source", "start", "end"].contains(&key.as_str()));
    }
    told
}

#[test]
fn evidence_stays_until_the_case_is_over() {
    let kept = Kept::new();
    let warning = "October 2, 2013 9:00:00 AM CDT ERR 30001:A01C-S--L00 [engine] Something happened.\n";
    kept.ingest("a.log", &(log("engine", 1..=2) + warning + &log("engine", 3..=31)));
    let open = kept.prune("10d", &[]);
    assert_eq!(
        (&open["kept"]["evidence"], &open["kept"]["cases"][0]["state"]),
        (&1.into(), &"open".into()),
        "{open:#}"
    );
    let id = open["kept"]["cases"][0]["id"].as_str().expect("an id").to_owned();
    let closed = run(&["close", &id, "--by", "ann", "--db", &kept.0.arg("history.db"), "--now", NOW]);
    assert_eq!(closed.code, 0, "{}", closed.err);
    let before = (diagnosed(&kept.path(), NOW), times(&kept.path()));
    let over = kept.prune("10d", &[]);
    assert_eq!((&over["kept"]["evidence"], &over["rows"], &over["summaries"]), (&0.into(), &1.into(), &1.into()));
    assert_eq!((diagnosed(&kept.path(), NOW), times(&kept.path())), before);
}

/// What people say of a time that is summed up is taken, and a corrected file of notes takes back what it said.
#[test]
fn people_may_speak_of_old_times() {
    let kept = Kept::new();
    kept.ingest("a.log", &log("engine", 1..=31));
    kept.ingest("n.toml", &said());
    assert_eq!(kept.prune("5d", &[])["kept"]["people"], 5);
    let states = || {
        let answer = diagnosed(&kept.path(), NOW);
        answer["arrays"][0]["transitions"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(states(), 3);
    kept.ingest("n.toml", &said().replace("2013-10-09T21:00:00Z", "2013-10-08T21:00:00Z"));
    assert_eq!(states(), 3);
    let answer = diagnosed(&kept.path(), NOW);
    assert_eq!(answer["arrays"][0]["transitions"][2]["at"], "2013-10-08T21:00:00Z");
    let history = kept.0.arg("history.db");
    let note = ["note", "all well", "--subject", "array:engine/c1", "--fact", "array-optimal", "--by", "ann"];
    let noted = run(&[&note[..], &["--at", "2013-10-08T22:00:00Z", "--db", &history, "--now", NOW]].concat());
    assert_eq!((noted.code, states()), (0, 4), "{}", noted.err);
}

#[test]
fn a_broken_off_run_is_completed_first() {
    let kept = Kept::new();
    kept.ingest("a.log", &log("engine", 1..=31));
    let before = diagnosed(&kept.path(), NOW);
    let history = Connection::open(kept.path()).expect("a history");
    history.execute_batch("DELETE FROM checkpoint; UPDATE stream SET stale_from = 0").expect("it is writable");
    drop(history);
    assert_eq!(kept.prune("5d", &["--dry-run"])["rows"], 104);
    assert_eq!(kept.prune("5d", &[])["rows"], 104);
    assert_eq!(diagnosed(&kept.path(), NOW), before);
}

/// A diagnosis without what was summed up would be a poorer one that does not show.
#[test]
fn without_its_base_a_history_is_refused() {
    let kept = Kept::new();
    kept.ingest("a.log", &log("engine", 1..=31));
    kept.prune("5d", &[]);
    for spoil in ["UPDATE checkpoint SET digest = x'00'", "DELETE FROM checkpoint"] {
        Connection::open(kept.path()).expect("a history").execute_batch(spoil).expect("it is writable");
        let history = kept.0.arg("history.db");
        for arguments in [&["db", "prune", "--older-than", "3d"][..], &["retire", "host:engine", "--by", "ann"]] {
            let run = run(&[arguments, &["--now", NOW, "--db", &history]].concat());
            assert_eq!((run.code, run.out.as_str(), run.err.lines().count()), (65, "", 1));
            let told = "old observations of stream:engine/adaptec-storage-manager were summed up, and the digest of them is lost";
            assert!(run.err.contains(told), "{}", run.err);
        }
    }
}

/// Once written, a digest must be read by all later versions: where old records were summed up it is all that is left of them.
#[test]
fn the_first_digest_can_be_read() {
    let digest: Digest = serde_json::from_str(include_str!("../../fixtures/history/digest-1.json")).expect("a digest");
    let told: Vec<String> = digest
        .observations(false)
        .iter()
        .map(|one| format!("{} {} {} {}", one.at.utc.format("%F %T"), one.subject, one.fact.code(), one.text))
        .collect();
    insta::assert_snapshot!("first_digest", told.join("\n") + &format!("\n{} counted", digest.counted()));
}

#[test]
fn space_is_given_back_if_asked() {
    let kept = Kept::new();
    let many: String = (1..=31)
        .flat_map(|day| (0..60).map(move |minute| (day, minute)))
        .map(|(day, minute)| {
            format!("October {day}, 2013 9:{minute:02}:00 AM CDT INF 501:A01C-S--L00 [engine] Battery at {minute} percent.\n")
        })
        .collect();
    kept.ingest("a.log", &many);
    let free = |answer: &Value| answer["space"]["free"].as_u64().expect("a number");
    let file = |answer: &Value| answer["space"]["file"].as_u64().expect("a number");
    let pruned = kept.prune("3d", &[]);
    assert_eq!(pruned["summaries"], 1, "the numbers are lost, the number of times is not");
    assert!(free(&pruned) > 50_000, "{pruned:#}");
    let given_back = kept.prune("3d", &["--vacuum"]);
    assert_eq!((free(&given_back), file(&given_back) + 50_000 < file(&pruned)), (0, true), "{given_back:#}");
    assert_eq!(fs::metadata(kept.path()).expect("a file").len(), file(&given_back));
}

#[test]
fn what_people_are_told() {
    let kept = Kept::new();
    kept.ingest("a.log", &eventful(1..=31, 3));
    kept.ingest("n.toml", &said());
    let history = kept.0.arg("history.db");
    let pages: Vec<String> = [&["--dry-run"][..], &[], &[]]
        .iter()
        .map(|more| {
            let run = run(&[&["db", "prune", "--older-than", "10d", "--db", &history, "--now", NOW], *more].concat());
            assert_eq!((run.code, run.err.as_str()), (0, ""));
            run.out.replace(&history, "history.db")
        })
        .collect();
    insta::assert_snapshot!("prune", pages.join("\n"));
}

#[test]
fn what_cannot_be_pruned() {
    let scene = Scene::new().with("n.db", "no database");
    let check = |arguments: &[&str], code: i32, why: &str| {
        let run = run(&[&["db", "prune"], arguments].concat());
        assert_eq!((run.code, run.out.as_str(), run.err.contains(why)), (code, "", true), "{arguments:?}: {}", run.err);
    };
    let (missing, other) = (scene.arg("history.db"), scene.arg("n.db"));
    check(&["--older-than", "2y", "--db", &missing], 66, "there is no history yet");
    check(&["--older-than", "2y", "--dry-run", "--db", &missing], 66, "there is no history yet");
    assert!(!scene.path("history.db").exists(), "none is made");
    check(&["--older-than", "2y", "--db", &other], 65, "is no SQLite database");
    check(&["--db", &missing], 64, "--older-than");
    check(&["--older-than", "2", "--db", &missing], 64, "no unit");
    check(&["--older-than", "23h", "--db", &missing], 64, "younger than a day");
    check(&["--older-than", "4000000y", "--db", &missing], 64, "before all time");
    check(&["--older-than", "2y", "--dry-run", "--vacuum", "--db", &missing], 64, "cannot be used with");
}

#[test]
fn an_empty_history_has_nothing_to_sum_up() {
    let kept = Kept::new();
    Database::write(&kept.path()).expect("a history");
    assert_eq!(kept.prune("2y", &[])["rows"], 0);
}

/// The disk fails, at every place that it can: all is summed up or nothing, and the next run completes it.
#[test]
fn all_or_nothing() {
    install();
    let kept = Kept::new();
    kept.ingest("a.log", &eventful(1..=12, 3));
    let (before, now) = (time("2013-10-08T00:00:00Z"), time("2013-10-12T20:00:00Z"));
    let work = |path: &Path| -> Result<(), Trouble> {
        let database = Database::write(path)?;
        let pruned = prune::prune(database.connection(), before, now);
        pruned.map(drop).map_err(|reason| Trouble::new("sum up", path, reason))
    };
    let held = |path: &Path| -> [i64; 4] {
        let numbers = "SELECT (SELECT count(*) FROM observation) || ' ' || (SELECT count(*) FROM summary) || ' ' ||
                       (SELECT count(*) FROM setting) || ' ' || (SELECT sum(times) FROM (SELECT times FROM observation UNION ALL SELECT times FROM summary))";
        let numbers: String = ask(path, numbers);
        let mut numbers = numbers.split(' ').map(|number| number.parse().expect("a number"));
        std::array::from_fn(|_| numbers.next().expect("four"))
    };
    let copy = |name: &str| {
        let to = kept.0.path(name);
        fs::copy(kept.path(), &to).expect("a copy");
        to
    };
    let start = held(&kept.path());
    let whole = copy("whole.db");
    work(&whole).expect("a sound disk");
    let end = held(&whole);
    assert_eq!((start[3], start[1], start[2], end[2]), (end[3], 0, 0, 1));
    let expected = diagnosed(&kept.path(), NOW);
    let (mut undone, mut done) = (0, 0);
    every_fault(|fault| {
        let path = copy("history-with-faults.db");
        let (result, fired) = with_fault(fault, || work(&path));
        assert!(fired || result.is_ok(), "{fault:?}");
        let found = held(&path);
        assert!(found == start || found == end, "{fault:?}: {found:?}");
        assert!(result.is_err() || found == end, "{fault:?}: what is said to be done is done");
        if found == end {
            done += 1;
        } else {
            undone += 1;
        }
        work(&path).unwrap_or_else(|trouble| panic!("{fault:?}: {trouble}"));
        assert_eq!(held(&path), end);
        assert_eq!(diagnosed(&path, NOW), expected, "{fault:?}");
        fired
    });
    println!("{undone} faults left it as it was, after {done} it was done");
    assert!(undone > 20);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is summed up, once and again, and whatever is read after: nothing that is diagnosed changes, and nothing is lost.
    #[test]
    fn pruned_or_not_is_the_same(what in 0_u32..500, cut in 4_u32..30, ages in prop::array::uniform2(1_u32..30), noted in any::<bool>(), late in any::<bool>()) {
        let (first, all) = (eventful(1..=cut, what), eventful(1..=31, what));
        // Late, a day is all of the log.
        let now = if late { format!("2013-10-{:02}T15:00:00Z", cut + 1) } else { format!("2013-10-{cut:02}T20:00:00Z") };
        let [pruned, whole] = [Kept::new(), Kept::new()];
        for kept in [&pruned, &whole] {
            if noted {
                kept.ingest("n.toml", &said());
            }
            kept.ingest("a.log", &first);
        }
        for age in ages {
            pruned.prune(&format!("{age}d"), &["--now", &now]);
            prop_assert_eq!(told(&diagnosed(&pruned.path(), &now)), told(&diagnosed(&whole.path(), &now)));
            prop_assert_eq!(times(&pruned.path()), times(&whole.path()));
        }
        for kept in [&pruned, &whole] {
            kept.ingest("a.log", &all);
        }
        prop_assert_eq!(told(&diagnosed(&pruned.path(), NOW)), told(&diagnosed(&whole.path(), NOW)));
        prop_assert_eq!(times(&pruned.path()), times(&whole.path()));
        // Once is as good as twice.
        let once = Kept::new();
        fs::copy(whole.path(), once.path()).expect("a copy");
        for kept in [&pruned, &once] {
            kept.prune("1d", &[]);
        }
        let summaries = "SELECT group_concat(line, char(10)) FROM (SELECT s.key || ' ' || y.first || ' ' || y.last || ' ' || y.times AS line
                         FROM summary y JOIN statement s ON s.id = y.statement ORDER BY s.key, y.first)";
        prop_assert_eq!(ask::<Option<String>>(&pruned.path(), summaries), ask(&once.path(), summaries));
    }
}
