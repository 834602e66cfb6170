//! What people say is kept, moves cases, and is undone by what happens after.

use super::common::{Run, Scene, case, cases, json, log, notes, raid10, run};
use serde_json::Value;

/// A history of a machine whose array is degraded since the 9th.
struct Kept(Scene);

impl Kept {
    fn new() -> Self {
        let said = notes(Some("engine"), &raid10(true), &["9T15:00 | array:./c1 | array-degraded"]);
        let kept = Self(Scene::new().with("a.log", log("engine", 1..=10)).with("n.toml", said));
        kept.ingest("a.log");
        kept.ingest("n.toml");
        kept
    }

    fn arguments(&self, arguments: &[&str]) -> Vec<String> {
        let mut all: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        all.extend(["--db".to_owned(), self.0.arg("history.db")]);
        if !arguments.contains(&"--now") {
            all.extend(["--now".to_owned(), "2013-10-10T20:00:00Z".to_owned()]);
        }
        all
    }

    fn ingest(&self, file: &str) {
        assert_eq!(self.run(&["ingest", &self.0.arg(file)]).code, 0);
    }

    /// Reads all files of another scene.
    fn ingest_of(&self, other: &Scene, now: &str) {
        let run = self.run(&["ingest", &other.arg(""), "--now", now]);
        assert_eq!(run.code, 0, "{}", run.err);
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(&self.arguments(arguments))
    }

    /// Says something; the cases that it concerns.
    fn say(&self, arguments: &[&str]) -> Value {
        let (answer, run) = json(&self.arguments(arguments));
        assert_eq!(run.code, 0, "{}", run.err);
        answer
    }

    /// The cases of the array, asked by a note that says nothing new.
    fn array(&self, now: &str) -> Vec<String> {
        let asked = ["note", "?", "--subject", "array:engine/c1", "--at", "2013-10-01", "--by", "x", "--now", now];
        cases(&self.say(&asked))
    }

    fn id(&self) -> String {
        let answer = self.say(&["note", "?", "--subject", "array:engine/c1", "--at", "2013-10-01", "--by", "x"]);
        case(&answer, "array-degraded")["id"].as_str().expect("an id").to_owned()
    }
}

#[test]
fn a_case_is_acknowledged_repaired_and_closed() {
    let kept = Kept::new();
    let id = kept.id();
    for (verb, state) in [("ack", "acknowledged"), ("repaired", "repaired"), ("close", "closed")] {
        let answer = kept.say(&[verb, &id[..4], "--by", "ann", "--note", "I see to it"]);
        assert_eq!(cases(&answer), [format!("array-degraded {state} array:engine/c1")]);
        assert_eq!(answer["observation"]["text"], "I see to it (ann)");
        let rests_on = answer["cases"][0]["observations"].as_array().expect("a list");
        assert!(rests_on.contains(&answer["observation"]["id"]), "{answer:#}");
    }
    let closed = kept.run(&["ack", &id, "--by", "ann"]);
    assert_eq!((closed.code, closed.err.contains("is closed")), (64, true), "{}", closed.err);
}

#[test]
fn an_acknowledgement_binds_to_what_was_seen() {
    let kept = Kept::new();
    kept.say(&["ack", &kept.id(), "--by", "ann"]);
    let failed = |fact: &str, subject: &str, at: &str| {
        kept.say(&["note", "and now?", "--subject", subject, "--fact", fact, "--at", at, "--by", "bob", "--now", at])
    };
    // The same again is no news; that it is worse is.
    failed("array-degraded", "array:engine/c1", "2013-10-10T21:00:00Z");
    assert_eq!(kept.array("2013-10-11"), ["array-degraded acknowledged array:engine/c1"]);
    failed("array-failed", "array:engine/c1", "2013-10-10T22:00:00Z");
    assert_eq!(kept.array("2013-10-11"), ["array-failed open array:engine/c1"]);
}

#[test]
fn what_was_repaired_by_hand_relapses() {
    let kept = Kept::new();
    kept.say(&["repaired", &kept.id(), "--by", "ann"]);
    let again = ["note", "degraded again", "--subject", "array:engine/c1", "--fact", "array-degraded"];
    kept.say(&[&again[..], &["--at", "2013-10-10T22:00:00Z", "--by", "bob", "--now", "2013-10-11"]].concat());
    let cases = kept.array("2013-10-11");
    assert_eq!(cases, ["relapse open array:engine/c1", "array-degraded closed array:engine/c1"]);
}

/// At night one types how long it will take.
#[test]
fn maintenance_lasts_until_a_time_or_for_so_long() {
    let kept = Kept::new();
    let check = |until: &str, code: i32, expect: &str| {
        let run = kept.run(&["maintenance", "host:engine", "--until", until, "--now", "2013-10-11T00:00:00Z"]);
        assert_eq!(run.code, code, "{}", run.err);
        assert!(format!("{}{}", run.out, run.err).contains(expect), "{until}: {}{}", run.out, run.err);
    };
    check("2h", 0, "maintenance until 2013-10-11 02:00 UTC");
    check("1 day", 0, "maintenance until 2013-10-12 00:00 UTC");
    check("2013-10-11T05:00:00Z", 0, "maintenance until 2013-10-11 05:00 UTC");
    check("0s", 64, "is over already");
    check("yesterday", 64, "or for how long: no number");
}

#[test]
fn what_is_retired_is_not_waited_for() {
    let kept = Kept::new();
    let answer = kept.say(&["retire", "host:engine", "--by", "ann"]);
    assert_eq!(cases(&answer), ["array-degraded closed array:engine/c1"]);
    // The daily report is overdue since the 11th, but nobody expects it.
    let all = |now: &str| {
        cases(&kept.say(&["note", "?", "--subject", "host:engine", "--at", "2013-10-01", "--by", "x", "--now", now]))
    };
    assert_eq!(all("2013-11-01"), ["array-degraded closed array:engine/c1"]);
    // What shows itself again is there.
    let later = Scene::new().with("b.log", log("engine", 1..=20));
    assert_eq!(kept.run(&["ingest", &later.arg("b.log")]).code, 0);
    assert!(all("2013-11-01").contains(&"report-missing open stream:engine/adaptec-storage-manager".to_owned()));
}

#[test]
fn a_drive_that_is_replaced_by_hand() {
    let kept = Kept::new();
    let [.., serial] = super::common::SERIALS;
    let replaced = ["replaced", "--bay", "c1/e0/s3", "--old", serial, "--new", "NEW1", "--at", "2013-10-10T19:00:00Z"];
    let answer = kept.say(&replaced);
    assert_eq!(answer["observation"]["fact"], "drive-replaced");
    assert_eq!((&answer["observation"]["subject"], &answer["new"]), (&"bay:engine/c1/e0/s3".into(), &true.into()));
    assert_eq!(kept.say(&replaced)["new"], false, "the same said again is the same");
}

#[test]
fn what_cannot_be_said() {
    let kept = Kept::new();
    let check = |arguments: &[&str], code: i32, why: &str| {
        let run = kept.run(arguments);
        assert_eq!((run.code, run.err.contains(why)), (code, true), "{arguments:?}: {}", run.err);
    };
    check(&["ack", "ffffffffff", "--by", "ann"], 66, "no case ffffffffff; nearest are");
    check(&["ack", "", "--by", "ann"], 66, "several cases begin with");
    check(&["ack", "1"], 64, "--by");
    check(&["note", "x", "--subject", "bay:engine/c1/e0/s3", "--fact", "broken"], 64, "unknown fact");
    check(&["note", "x", "--subject", "drive:A", "--fact", "array-degraded"], 64, "cannot be said of");
    check(&["note", "x", "--subject", "nothing"], 66, "knows no");
    check(&["replaced", "--bay", "c1/e0", "--old", "A", "--new", "B"], 64, "may be several bays");
    check(&["maintenance", "host:engine", "--until", "2013-10-01"], 64, "is over already");
    let hosts = "c1/e0/s3";
    check(&["retire", hosts, "--host", "other"], 66, "knows no");
}

/// An ack binds to what was seen, whatever time what comes after is of.
#[test]
fn what_was_not_seen_is_not_acknowledged() {
    let kept = Kept::new();
    // A relapse that becomes a dead array.
    kept.say(&["repaired", &kept.id(), "--by", "ann"]);
    let note = |fact: &str, at: &str| {
        kept.say(&[
            "note",
            "seen",
            "--subject",
            "array:engine/c1",
            "--fact",
            fact,
            "--at",
            at,
            "--by",
            "bob",
            "--now",
            at,
        ])
    };
    let relapse = note("array-degraded", "2013-10-10T21:00:00Z");
    let id = case(&relapse, "relapse")["id"].as_str().expect("an id").to_owned();
    kept.say(&["ack", &id, "--by", "ann", "--now", "2013-10-10T22:00:00Z"]);
    let dead = note("array-failed", "2013-10-10T23:00:00Z");
    let relapse = case(&dead, "relapse");
    assert_eq!(relapse["state"], "open");
    assert!(relapse["summary"].as_str().is_some_and(|told| told.contains("does not work at all")), "{relapse:#}");
    // New damage, of a time before the acknowledgement.
    let log = log("engine", 1..=10);
    let damaged = |to: usize| Scene::new().with("a.log", format!("{}{}", &log[..to], "\0".repeat(600)));
    let first = damaged(log.len());
    kept.ingest_of(&first, "2013-10-11T00:00:00Z");
    let asked =
        ["note", "?", "--subject", "host:engine", "--at", "2013-10-01", "--by", "x", "--now", "2013-10-11T00:00:00Z"];
    let damage = |state: &str| format!("stream-damaged {state} stream:engine/adaptec-storage-manager");
    let all = kept.say(&asked);
    assert!(cases(&all).contains(&damage("open")), "{:?}", cases(&all));
    let id = case(&all, "stream-damaged")["id"].as_str().expect("an id").to_owned();
    kept.say(&["ack", &id, "--by", "ann", "--now", "2013-10-11T03:00:00Z"]);
    assert!(cases(&kept.say(&asked)).contains(&damage("open")), "asked of before it was acknowledged");
    let later =
        ["note", "?", "--subject", "host:engine", "--at", "2013-10-01", "--by", "x", "--now", "2013-10-11T04:00:00Z"];
    assert!(cases(&kept.say(&later)).contains(&damage("acknowledged")));
    let half = log.len() / 2;
    let line = log[..half].rfind('\n').expect("lines") + 1;
    kept.ingest_of(&damaged(line), "2013-10-11T04:00:00Z");
    assert!(!cases(&kept.say(&later)).contains(&damage("acknowledged")), "{:?}", cases(&kept.say(&later)));
}

#[test]
fn a_drive_that_is_retired_leaves_its_array_degraded() {
    let said = notes(
        Some("engine"),
        &raid10(true),
        &["9T15:00 | bay:./c1/e0/s3 | drive-failed", "9T15:00 | array:./c1 | array-degraded"],
    );
    let kept = Kept(Scene::new().with("a.log", log("engine", 1..=10)).with("n.toml", said));
    kept.ingest("a.log");
    kept.ingest("n.toml");
    let [.., serial] = super::common::SERIALS;
    kept.say(&["retire", &format!("drive:{serial}"), "--by", "ann"]);
    assert_eq!(kept.array("2013-10-10T20:00:00Z"), ["array-degraded open array:engine/c1"]);
}

#[test]
fn what_is_dated_ahead_is_no_fact_yet() {
    let kept = Kept::new();
    let ahead =
        ["note", "all is well", "--subject", "array:engine/c1", "--fact", "array-optimal", "--at", "2031-10-10"];
    let run = kept.run(&[&ahead[..], &["--by", "x"]].concat());
    assert_eq!((run.code, run.err.contains("is not of the past")), (64, true), "{}", run.err);
    let said = notes(Some("engine"), "", &["30T15:00 | array:./c1 | array-optimal"]);
    let more = Scene::new().with("more.toml", said);
    kept.ingest_of(&more, "2013-10-10T20:00:00Z");
    assert_eq!(kept.array("2013-10-10T20:00:00Z"), ["array-degraded open array:engine/c1"]);
    assert_eq!(kept.array("2013-10-31T20:00:00Z"), ["array-degraded repaired array:engine/c1"]);
}

/// Clocks differ: what is said of a case may be of a moment before it opened, and binds to it as it opens.
#[test]
fn said_a_moment_early() {
    let kept = Kept::new();
    let id = kept.id();
    kept.say(&["ack", &id, "--by", "ann", "--now", "2013-10-09T14:59:00Z"]);
    assert_eq!(kept.array("2013-10-10T20:00:00Z"), ["array-degraded acknowledged array:engine/c1"]);
    let worse =
        ["note", "dead", "--subject", "array:engine/c1", "--fact", "array-failed", "--at", "2013-10-10T19:00:00Z"];
    assert_eq!(cases(&kept.say(&[&worse[..], &["--by", "x"]].concat())), ["array-failed open array:engine/c1"]);
}
