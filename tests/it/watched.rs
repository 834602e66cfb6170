//! What was watched and is no longer is a case, until it is watched again or retired.

use super::common::{Scene, json, run};
use arraywatch::diagnosis::{Diagnosis, Digest, diagnose};
use arraywatch::model::{
    ArrayRead, ArrayState, Case, CaseState, Code, Fact, Moment, Observation, ObservationId, Reading, Said, Severity,
    Statement, Subject, Thing, When,
};
use chrono::{DateTime, Utc};
use std::sync::Arc;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + 60 * minute, 0).expect("a time")
}

fn subject(text: &str) -> Subject {
    text.parse().expect("a subject")
}

/// A digest takes what a stream says at a minute; the digest is kept and taken up again between.
fn say(digest: &mut Digest, stream: &str, minute: i64, about: &str, fact: Fact) {
    let (stream, source) = (subject(stream), Arc::from("x"));
    let key = u64::try_from(minute).expect("small") * 1_000 + about.bytes().map(u64::from).sum::<u64>();
    let moment = When::exactly(at(minute));
    let said = Said {
        stream: &stream,
        key,
        at: Moment { utc: moment.utc, written: None, offset: None, basis: moment.basis, until: None, within: None },
        numbers: "",
        ordinal: 0,
        source: &source,
        span: 0..1,
        interrupted: false,
    };
    let text = "as it is".to_owned();
    digest.take(&said, &Statement { subject: subject(about), fact, severity: Severity::Warning, text });
    *digest = serde_json::from_value(serde_json::to_value(&digest).expect("plain data")).expect("it was written");
}

fn retired(minute: i64, about: &str) -> Observation {
    let id = ObservationId(u64::try_from(minute).expect("small"));
    let text = "gone".to_owned();
    let at = When::exactly(at(minute));
    Observation { id, at, subject: subject(about), fact: Fact::Retired, severity: Severity::Info, evidence: None, text }
}

/// The cases of the code, a word each: what about, how it stands, since which minute.
fn told(diagnosis: &Diagnosis) -> Vec<String> {
    let cases = diagnosis.cases.iter().filter(|case| case.code == Code::NotWatched);
    let minute = |case: &Case| (case.opened.utc - at(0)).num_minutes();
    let mut told: Vec<String> =
        cases.map(|case| format!("{} {} {}", case.subject, case.state.code(), minute(case))).collect();
    told.sort();
    told
}

const LOG: &str = "stream:db7/kernel-log";

#[test]
fn what_the_daemon_says_of_its_watching() {
    // A minute each: - not watched, + watched, . nothing; x retired.
    let check = |course: &str, expect: &[&str]| {
        let mut digest = Digest::default();
        let mut more = Vec::new();
        for (minute, letter) in (0..).zip(course.chars()) {
            match letter {
                '-' => {
                    let why = "there is no such file".to_owned();
                    say(&mut digest, "stream:db7/watch", minute, LOG, Fact::NotWatched { why });
                }
                '+' => say(&mut digest, "stream:db7/watch", minute, LOG, Fact::Watched),
                'x' => more.push(retired(minute, LOG)),
                _ => {}
            }
        }
        let mut observations = digest.observations(false);
        observations.extend(more);
        let diagnosis = diagnose(&observations);
        assert_eq!(told(&diagnosis), expect, "{course}");
        let lasts = |case: &Case| matches!(case.state, CaseState::Open | CaseState::Acknowledged);
        if diagnosis.cases.iter().any(lasts) {
            assert!(diagnosis.verdict >= arraywatch::model::Verdict::Warning, "{course}");
            let summary = &diagnosis.cases[0].summary;
            assert_eq!(summary, "stream kernel-log is no longer watched: there is no such file");
        }
        // One by one or at once, in any order, and twice.
        let mut twice: Vec<Observation> = observations.iter().rev().cloned().collect();
        twice.extend(observations.clone());
        assert_eq!(diagnose(&twice).cases, diagnosis.cases, "{course}");
    };
    check("", &[]);
    check("+", &[]);
    check("-", &["stream:db7/kernel-log open 0"]);
    check("+-", &["stream:db7/kernel-log open 1"]);
    // A restart of the daemon says it anew; that is the same case.
    check("+---", &["stream:db7/kernel-log open 1"]);
    check("+-+", &["stream:db7/kernel-log closed 1"]);
    check("+-+-", &["stream:db7/kernel-log closed 1", "stream:db7/kernel-log open 3"]);
    check("+-+-+", &["stream:db7/kernel-log closed 1", "stream:db7/kernel-log closed 3"]);
    check("+-x", &["stream:db7/kernel-log closed 1"]);
    check("+-x-", &["stream:db7/kernel-log closed 1"]);
    check("+x-", &[]);
    check("+-x+-", &["stream:db7/kernel-log closed 1", "stream:db7/kernel-log open 4"]);
}

fn thing(about: &str) -> Fact {
    let thing = match about.split(':').next() {
        Some("controller") => Thing::Controller { driver: "mpt3sas".to_owned(), model: None, raid: false },
        Some("enclosure") => Thing::Enclosure { model: None },
        Some("array") => {
            let (state, level) = (ArrayState::Optimal, Some("1".to_owned()));
            Thing::Array(ArrayRead { state, level, members: Vec::new(), carries: Vec::new() })
        }
        Some("power") => Thing::Power,
        _ => Thing::Host,
    };
    Fact::Read(Box::new(Reading { thing, reasons: Vec::new(), unread: None }))
}

/// Readings of a machine, a line each: what it has, by name; `!` before a controller that could not be read. `2>` in front: of that start of
/// the machine; `2?>`: and right behind it.
fn machine(stream: &str, readings: &[&str], more: &[Observation]) -> Diagnosis {
    let mut digest = Digest::default();
    for (minute, reading) in (0..).zip(readings) {
        let (boot, starting, reading) = match reading.split_once('>') {
            Some((boot, reading)) => (Some(boot.trim_end_matches('?').to_owned()), boot.ends_with('?'), reading),
            None => (None, false, *reading),
        };
        let (unread, things): (Vec<&str>, Vec<&str>) =
            reading.split_whitespace().partition(|name| name.starts_with('!'));
        for name in things {
            say(&mut digest, stream, minute, name, thing(name));
        }
        let but_for = unread.iter().map(|name| subject(&name[1..])).collect();
        let whole = Fact::ReadWhole { boot, suspends: None, but_for, starting };
        say(&mut digest, stream, minute, "host:db7", whole);
    }
    let mut observations = digest.observations(false);
    observations.extend_from_slice(more);
    diagnose(&observations)
}

#[test]
fn what_a_machine_has_no_longer() {
    let check = |readings: &[&str], expect: &[&str]| {
        assert_eq!(told(&machine("stream:db7/machine", readings, &[])), expect, "{readings:?}");
        // What a tool prints lists what it was asked for; that is no proof that the rest is gone.
        assert_eq!(told(&machine("stream:db7/storcli", readings, &[])), [""; 0], "{readings:?}");
    };
    let all = "controller:db7/c0 enclosure:db7/c0/e1 array:db7/c0/l0 array:db7/md0 power:db7/psu1 host:db7";
    check(&[all, all], &[]);
    let without_array = "controller:db7/c0 enclosure:db7/c0/e1 array:db7/c0/l0 power:db7/psu1 host:db7";
    check(&[all, without_array], &["array:db7/md0 open 1"]);
    let without_shelf = "controller:db7/c0 array:db7/c0/l0 array:db7/md0 power:db7/psu1 host:db7";
    check(&[all, without_shelf], &["enclosure:db7/c0/e1 open 1"]);
    // What hangs on a controller is gone with it; each array is told by itself.
    check(&[all, "array:db7/md0 power:db7/psu1 host:db7"], &["array:db7/c0/l0 open 1", "controller:db7/c0 open 1"]);
    // One that could not be read may be there all the same, with all that it holds.
    check(&[all, "!controller:db7/c0 array:db7/md0 power:db7/psu1 host:db7"], &[]);
    check(
        &[all, "controller:db7/c0 enclosure:db7/c0/e1 array:db7/c0/l0 array:db7/md0"],
        &["controller:db7/bmc open 1"],
    );
    let without_bmc = "!controller:db7/bmc controller:db7/c0 enclosure:db7/c0/e1 array:db7/c0/l0 array:db7/md0";
    check(&[all, without_bmc], &[]);
    // A supply that was taken out, or that the BMC knows no longer; not while the BMC, or the shelf it is of, says nothing.
    let without = "controller:db7/c0 enclosure:db7/c0/e1 array:db7/c0/l0 array:db7/md0 host:db7";
    check(&[all, without, without], &["power:db7/psu1 open 1"]);
    check(&[all, without, all], &["power:db7/psu1 closed 1"]);
    let (shelf, supply) = ("enclosure:db7/c0/e1", "power:db7/e1/psu0");
    check(&[&format!("{shelf} {supply}"), shelf], &["power:db7/e1/psu0 open 1"]);
    check(&[&format!("{shelf} {supply}"), ""], &["enclosure:db7/c0/e1 open 1"]);
    // That the host's power has a fault is no part that could be taken out.
    check(&["host:db7 power:db7", "host:db7"], &[]);
    // It stays listed, however often it is not there, until it is.
    check(&["array:db7/md0", "", "", ""], &["array:db7/md0 open 1"]);
    check(&["array:db7/md0", "", "array:db7/md0"], &["array:db7/md0 closed 1"]);
    check(&["array:db7/md0", "", "array:db7/md0", ""], &["array:db7/md0 closed 1", "array:db7/md0 open 3"]);
}

/// Drives behind an HBA are probed when the daemon runs already: each start of the machine was a case, and the second a relapse.
#[test]
fn what_a_machine_that_starts_does_not_have_yet() {
    let check = |readings: &[&str], expect: &[&str]| {
        assert_eq!(told(&machine("stream:db7/machine", readings, &[])), expect, "{readings:?}");
    };
    let gone = ["array:db7/md0 open 2"];
    check(&["1>array:db7/md0", "2?>", "2>array:db7/md0"], &[]);
    check(&["1>array:db7/md0", "2?>", "2?>", "2>array:db7/md0", "3?>", "3?>array:db7/md0", "3>array:db7/md0"], &[]);
    // It did not come.
    check(&["1>array:db7/md0", "2?>", "2>"], &gone);
    // It came, and went while the machine was still starting.
    check(&["1>array:db7/md0", "2?>array:db7/md0", "2?>"], &gone);
    // Nobody knows of which start the last reading was.
    check(&["array:db7/md0", "2?>", "2>"], &gone);
}

#[test]
fn an_array_that_comes_back_as_it_was_is_known_again() {
    let state = |readings: &[&str]| {
        let diagnosis = machine("stream:db7/machine", readings, &[]);
        diagnosis.inventory.arrays.get(&subject("array:db7/md0")).map(|array| array.state)
    };
    assert_eq!(state(&["array:db7/md0", ""]), Some(ArrayState::Unknown));
    assert_eq!(state(&["array:db7/md0", "", "array:db7/md0"]), Some(ArrayState::Optimal));
}

#[test]
fn what_is_retired_is_asked_for_no_more() {
    let gone = |more: &[Observation]| told(&machine("stream:db7/machine", &["controller:db7/c0", "", ""], more));
    assert_eq!(gone(&[]), ["controller:db7/c0 open 1"]);
    assert_eq!(gone(&[retired(2, "controller:db7/c0")]), ["controller:db7/c0 closed 1"]);
    assert_eq!(gone(&[retired(2, "host:db7")]), ["controller:db7/c0 closed 1"]);
    assert_eq!(gone(&[retired(2, "controller:db7/c1")]), ["controller:db7/c0 open 1"]);
}

#[test]
fn coverage_compares_with_the_configuration() {
    let log = super::common::log("db7", 1..=10);
    let config = |dir: &str| {
        format!(
            "[[follow]]\npath = \"{dir}/raid.log\"\nquiet = \"1 d\"\n[[follow]]\npath = \"{dir}/none.log\"\n\
             [[follow]]\npath = \"{dir}/strange\"\n[[command]]\nname = \"tool\"\nrun = [\"/none/tool\"]\nevery = \"1 h\"\n"
        )
    };
    let scene = Scene::new().with("raid.log", log).with("strange", "nobody knows\n");
    let scene_dir = scene.arg("");
    let scene = scene.with("config.toml", config(scene_dir.trim_end_matches('/')));
    let database = scene.arg("history.db");
    let ingested = run(&["ingest", &scene.arg("raid.log"), "--db", &database]);
    assert!(ingested.code < 4, "{}", ingested.err);
    let ask = |more: &[&str]| json(&[&["coverage", "--db", &database], more].concat());
    let (alone, _) = ask(&[]);
    assert_eq!((&alone["not_followed"], &alone["not_run"]), (&serde_json::json!([]), &serde_json::json!([])));
    let (answer, asked) = ask(&["--config", &scene.arg("config.toml"), "--now", "2030-01-01T00:00:00Z"]);
    assert_eq!(asked.code, 3);
    let texts = |list: &str| {
        let texts = answer[list].as_array().into_iter().flatten().filter_map(|one| one["text"].as_str());
        texts.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(texts("not_run"), ["the command tool: there is no program /none/tool"]);
    let [none, strange] = &texts("not_followed")[..] else { panic!("{answer:#}") };
    assert!(none.contains("no ") && none.contains("none.log yet"), "{none}");
    assert!(strange.ends_with("strange is there, and is of no format that is known"), "{strange}");
    let quiet: Vec<&serde_json::Value> =
        answer["not_watched"].as_array().into_iter().flatten().filter(|not| not["why"] == "quiet").collect();
    assert_eq!(quiet.len(), 1, "{answer:#}");
    assert!(quiet[0]["text"].as_str().is_some_and(|text| text.contains("1 day are usual")), "{answer:#}");
    let missing = run(&["coverage", "--db", &database, "--config", &scene.arg("no.toml")]);
    assert!(missing.err.contains("there is no such file"), "{}", missing.err);
}

/// Two tools beside each other: each misses only what it had itself. What a card's tool lists is watched by that, and coverage says so.
#[test]
fn what_one_tool_reads_another_does_not_miss() {
    let scene = Scene::new();
    let database = scene.arg("history.db");
    let mut times = (0..)
        .map(|minute| std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_790_000_000 + 60 * minute));
    for name in ["arcconf-getconfig/healthy", "upsc/healthy"] {
        let path = scene.path("output");
        std::fs::copy(super::common::root().join("fixtures").join(name), &path).expect("a fixture");
        let file = std::fs::File::options().write(true).open(&path).expect("a file");
        file.set_modified(times.next().expect("there are many")).expect("it is ours");
        let ingested = run(&["ingest", &scene.arg("output"), "--host", "db7", "--db", &database]);
        assert!(ingested.code < 4, "{}{}", ingested.out, ingested.err);
    }
    let now = ["--now", "2026-09-21T15:00:00Z", "--db", &database];
    let (answer, _) = json(&[&["coverage"][..], &now].concat());
    let not = answer["not_watched"].as_array().into_iter().flatten();
    let told: std::collections::BTreeSet<&str> = not.filter_map(|not| not["text"].as_str()).collect();
    let listed = "its controller lists it, by which it is counted as watched; nobody reads the drive itself";
    assert_eq!(told.into_iter().collect::<Vec<_>>(), [listed], "{answer:#}");
    let page = run(&[&["coverage"][..], &now].concat()).out;
    assert!(page.starts_with("WATCHED  "), "{page}");
    assert!(page.contains(" drives, ") && page.contains("1 power supply"), "{page}");
}

#[test]
fn a_format_that_is_half_understood() {
    let mut log = super::common::log("db7", 1..=10);
    let scene = Scene::new().with("whole.log", &log);
    log.push_str(&"words that no phrase explains\n".repeat(40));
    let head = format!("kept by ann\n{}", super::common::log("db7", 1..=2));
    let scene = scene.with("half.log", &log).with("head.log", head);
    let half = |name: &str| {
        let database = scene.arg(&format!("{name}.db"));
        run(&["ingest", &scene.arg(name), "--db", &database]);
        let (answer, _) = json(&["coverage", "--db", &database]);
        answer["half_understood"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((half("whole.log"), half("half.log"), half("head.log")), (0, 1, 0));
}
