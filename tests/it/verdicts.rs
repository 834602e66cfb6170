//! Logs and notes in; exit status, verdict, cases and the order of suspects out.

use super::common::{Scene, case, cases, log, notes, probability, raid10, report_of, suspects, texts};
use serde_json::Value;

/// Notes alone on host `db7`, with an array whose mirrors are known.
fn noted(lines: &[&str]) -> Value {
    let (answer, _) = Scene::new().with("n.toml", notes(Some("db7"), &raid10(true), lines)).investigate(&[]);
    answer
}

struct Row<'a> {
    log: Option<String>,
    notes: &'a [&'a str],
    exit: i32,
    verdict: &'a str,
    cases: &'a [&'a str],
}

fn check(row: &Row<'_>) {
    let scene = match &row.log {
        Some(log) => Scene::new().with("a.log", log),
        None => Scene::new(),
    };
    let scene =
        if row.notes.is_empty() { scene } else { scene.with("n.toml", notes(Some("db7"), &raid10(true), row.notes)) };
    let (answer, run) = scene.investigate(&[]);
    assert_eq!(run.err, "", "{:?}", row.notes);
    assert_eq!(cases(&answer), row.cases, "{:?}", row.notes);
    assert_eq!((run.code, answer["verdict"].as_str()), (row.exit, Some(row.verdict)), "{:?}", row.notes);
}

const FAILED: &str = "1T10:00 | array:./c1 | array-degraded";
const REBUILT: &str = "1T14:00 | array:./c1 | rebuild-completed";
const REPLACED: &str = "1T12:00 | array:./c1 | drive-replaced";
const AGAIN: &str = "1T16:00 | array:./c1 | array-degraded";

#[test]
fn verdicts() {
    let unknown = |lines| Row { log: None, notes: lines, exit: 3, verdict: "unknown", cases: &[] };
    let critical = |lines, cases| Row { log: None, notes: lines, exit: 2, verdict: "critical", cases };
    let warning = |lines, cases| Row { log: None, notes: lines, exit: 1, verdict: "warning", cases };
    // Healthy is only what somebody said to be.
    check(&Row {
        log: None,
        notes: &["1T10:00 | array:./c1 | array-optimal"],
        exit: 0,
        verdict: "healthy",
        cases: &[],
    });
    check(&unknown(&["1T10:00 | host:. | machine-started"]));
    check(&Row { log: Some(log("db7", 1..=5)), notes: &[], exit: 3, verdict: "unknown", cases: &[] });
    check(&Row {
        log: Some(log("db7", 1..=5)),
        notes: &["5T10:00 | array:./c1 | array-optimal"],
        exit: 0,
        verdict: "healthy",
        cases: &[],
    });
    // A failure, its repair, and the end of the probation.
    check(&critical(&[FAILED], &["array-degraded open array:db7/c1"]));
    check(&critical(&[FAILED, "1T11:00 | array:./c1 | array-failed"], &["array-failed open array:db7/c1"]));
    check(&critical(&["1T11:00 | array:./c1 | array-failed"], &["array-failed open array:db7/c1"]));
    check(&warning(&[FAILED, REBUILT], &["array-degraded repaired array:db7/c1"]));
    check(&warning(&[FAILED, "1T14:00 | array:./c1 | array-optimal"], &["array-degraded repaired array:db7/c1"]));
    check(&warning(&["1T14:00 | array:./c1 | array-rebuilding"], &[]));
    check(&critical(
        &[FAILED, "1T13:00 | array:./c1 | rebuild-started", "1T14:00 | array:./c1 | rebuild-failed"],
        &["array-degraded open array:db7/c1", "rebuild-failed open array:db7/c1"],
    ));
    // A relapse, with and without a new drive.
    check(&critical(&[FAILED, REBUILT, AGAIN], &["relapse open array:db7/c1", "array-degraded closed array:db7/c1"]));
    check(&critical(
        &[FAILED, REPLACED, REBUILT, AGAIN],
        &["relapse open array:db7/c1", "array-degraded closed array:db7/c1"],
    ));
    check(&critical(&[FAILED, AGAIN], &["array-degraded open array:db7/c1"]));
    check(&warning(
        &[FAILED, REBUILT, AGAIN, "1T20:00 | array:./c1 | rebuild-completed"],
        &["relapse repaired array:db7/c1", "array-degraded closed array:db7/c1"],
    ));
    // Drives and bays.
    check(&critical(&["1T10:00 | drive:ABC | drive-failed"], &["drive-failed open drive:ABC"]));
    check(&warning(&["1T10:00 | drive:ABC | failure-predicted"], &["failure-predicted open drive:ABC"]));
    check(&warning(
        &["1T10:00 | bay:./c1/e0/s1 | drive-failed", "1T11:00 | bay:./c1/e0/s1 | drive-replaced"],
        &["drive-failed repaired bay:db7/c1/e0/s1"],
    ));
    check(&warning(&["1T10:00 | host:. | recorder-stopped"], &["recorder-stopped open host:db7"]));
}

#[test]
fn verdicts_of_logs() {
    let check = |log: String, exit, verdict, expected: &[&str]| {
        check(&Row { log: Some(log), notes: &[], exit, verdict, cases: expected });
    };
    let damaged = "stream-damaged open stream:db7/adaptec-storage-manager";
    let missing = "report-missing open stream:db7/adaptec-storage-manager";
    let whole = log("db7", 1..=8);
    check(whole.clone() + &"\0".repeat(400), 1, "warning", &[damaged, missing]);
    let foreign = format!("{whole}{}\x7fELF\x02\x01\x01{}", "\0".repeat(400), "\0\x03\0\x3e\0\x01".repeat(90));
    check(foreign, 2, "critical", &[damaged, missing]);
    // The writer may be at the last line.
    let unfinished = whole.get(..whole.len() - 40).expect("longer").to_owned();
    check(unfinished, 3, "unknown", &[]);
    let amid = log("db7", 1..=4) + &"\0".repeat(400) + "\n" + &log("db7", 5..=8);
    check(amid, 1, "warning", &[damaged]);
    check(
        log("db7", 1..=4) + &log("db7", 7..=8),
        3,
        "unknown",
        &["report-missing closed stream:db7/adaptec-storage-manager"],
    );
    let event = |severity| {
        format!("{whole}October 8, 2013 9:00:00 AM CDT {severity} 30001:A01C-S--L00 [db7] Something happened.\n")
    };
    check(event("INF"), 3, "unknown", &[]);
    check(event("WRN"), 1, "warning", &["event-not-understood open array:db7/c1/l0"]);
    check(event("ERR"), 2, "critical", &["event-not-understood open array:db7/c1/l0"]);
    let other = |say: &str| {
        format!("{whole}October 8, 2013 9:00:00 AM CDT WRN 30535:A00C-S--L--        Local only      {say}\n")
    };
    check(
        other("Adaptec Storage Manager failed to start at port number 34,571."),
        1,
        "warning",
        &["recorder-stopped open host:db7"],
    );
}

/// A report is missing only by a time that somebody told.
#[test]
fn what_is_due() {
    let scene = Scene::new().with("a.log", log("db7", 1..=8));
    let of = |options: &[&str]| cases(&scene.investigate(options).0);
    let missing = ["report-missing open stream:db7/adaptec-storage-manager"];
    assert!(of(&[]).is_empty());
    assert!(of(&["--now", "2013-10-09T13:00:00Z"]).is_empty(), "due, and not late yet");
    assert_eq!(of(&["--now", "2013-10-10T13:00:00Z"]), missing);
    let tail = Scene::new().with("a.log", log("db7", 1..=8) + &"\0".repeat(400));
    assert_eq!(cases(&tail.investigate(&[]).0).len(), 2, "the log went on without it");
    assert_eq!(cases(&tail.investigate(&["--now", "2013-10-08T20:00:00Z"]).0).len(), 1, "it is not due at this time");
    assert_eq!(cases(&tail.investigate(&["--now", "2013-10-11T20:00:00Z"]).0).len(), 2);
}

#[test]
fn a_relapse_is_one_within_the_probation() {
    let again = |day: &str| {
        let later = format!("{day}T16:00 | array:./c1 | array-degraded");
        suspects_or_none(&noted(&[FAILED, REPLACED, REBUILT, &later]))
    };
    assert!(again("2"));
    assert!(again("29"));
    // October has 31 days; the repair was on the 1st.
    assert!(!again("31"), "after more than thirty days it is a failure of its own");
    let (later, _) = Scene::new()
        .with("n.toml", notes(Some("db7"), &raid10(true), &[FAILED, REBUILT]))
        .investigate(&["--now", "2013-11-20T00:00:00Z"]);
    assert_eq!(cases(&later), ["array-degraded closed array:db7/c1"]);
    assert_eq!(later["verdict"], "healthy");
}

fn suspects_or_none(answer: &Value) -> bool {
    cases(answer).iter().any(|case| case.starts_with("relapse open"))
}

fn before(answer: &Value, code: &str, first: &str, then: &[&str]) {
    for cause in then {
        let (a, b) = (probability(answer, code, first), probability(answer, code, cause));
        assert!(a > b, "{first} {a} before {cause} {b}: {:?}", suspects(answer, code));
    }
}

/// The incident that the program exists for: a new drive, and the same again within hours.
#[test]
fn after_a_new_drive_the_drive_is_the_last_to_suspect() {
    let answer = noted(&[FAILED, REPLACED, REBUILT, AGAIN]);
    for shared in ["power-line", "bay", "backplane", "controller", "cable"] {
        before(&answer, "relapse", shared, &["drive", "batch"]);
    }
    let case = case(&answer, "relapse");
    assert!(
        case["summary"].as_str().expect("text").contains("failed again 2 h after a repair with a new drive"),
        "{case}"
    );
    assert!(texts(&case["do_not"]).iter().any(|not| not.contains("rebuild once more")), "{case}");
    // Long after, the drive may be it again.
    let late = noted(&[FAILED, REPLACED, REBUILT, "28T16:00 | array:./c1 | array-degraded"]);
    assert!(probability(&late, "relapse", "drive") > probability(&answer, "relapse", "drive"));
    // Without a new one, the old one may still be in.
    let same = noted(&[FAILED, REBUILT, AGAIN]);
    before(&same, "relapse", "drive", &["power-line", "backplane", "controller"]);
}

const IN_BAY: [&str; 4] = [
    "1T10:00 | bay:./c1/e0/s1 | drive-failed",
    "1T10:01 | array:./c1 | array-degraded",
    "1T12:00 | bay:./c1/e0/s1 | drive-replaced | old = \"OLD\"\nnew = \"NEW\"",
    "1T14:00 | array:./c1 | rebuild-completed",
];

fn relapse_in(bay: &str) -> Value {
    let failed = format!("1T16:00 | bay:./c1/e0/{bay} | drive-failed");
    noted(&[&IN_BAY[..], &[&failed, "1T16:01 | array:./c1 | array-degraded"]].concat())
}

#[test]
fn the_same_bay_again_with_another_drive() {
    let answer = relapse_in("s1");
    assert_eq!(cases(&answer)[0], "relapse open array:db7/c1");
    assert_eq!(suspects(&answer, "relapse")[0], "bay");
    let bay = &case(&answer, "relapse")["suspects"][0];
    assert_eq!(bay["subject"], "bay:db7/c1/e0/s1");
}

#[test]
fn another_bay_points_at_what_they_share() {
    let answer = relapse_in("s2");
    for shared in ["power-line", "backplane", "controller"] {
        before(&answer, "relapse", shared, &["bay", "drive"]);
    }
    let named = |cause: &str| {
        case(&answer, "relapse")["suspects"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|suspect| suspect["cause"] == cause)
            .map(|suspect| suspect["subject"].clone())
    };
    assert_eq!(named("power-line"), Some("power:db7".into()));
    assert_eq!(named("controller"), Some("controller:db7/c1".into()));
    assert_eq!(named("backplane"), Some("enclosure:db7/c1/e0".into()));
}

#[test]
fn a_drive_that_predicted_its_failure() {
    let answer = noted(&["1T09:00 | bay:./c1/e0/s1 | failure-predicted", IN_BAY[0], IN_BAY[1]]);
    assert_eq!(suspects(&answer, "array-degraded")[0], "drive");
    assert!(probability(&answer, "array-degraded", "drive") > 0.8);
    let plain = noted(&IN_BAY[..2]);
    assert!(probability(&answer, "array-degraded", "drive") > probability(&plain, "array-degraded", "drive"));
}

#[test]
fn power_speaks_for_and_against() {
    let of = |line: &str| {
        let lines = [FAILED, REPLACED, REBUILT, AGAIN, line];
        probability(&noted(&lines), "relapse", "power-line")
    };
    let nothing = of("1T09:00 | host:. | note | text = \"x\"");
    assert!(of("1T15:00 | power:. | power-bad") > nothing);
    assert!(of("1T15:00 | power:. | power-event") > nothing);
    assert!(of("1T15:00 | power:. | power-fine") < nothing);
    assert!(of("1T15:00 | power:. | power-fine") > nothing * 0.7, "a sensor that reads fine clears nothing");
    // Months before, it is no evidence.
    let then = noted(&["1T15:00 | power:. | power-event", "28T10:00 | array:./c1 | array-degraded"]);
    let never = noted(&["28T10:00 | array:./c1 | array-degraded"]);
    let power = |answer| probability(answer, "array-degraded", "power-line");
    assert!((power(&then) - power(&never)).abs() < 1e-9);
}

#[test]
fn a_sensor_is_contradicted_only_if_the_power_line_is_the_first_suspect() {
    let relapse = |fine: &str| noted(&[FAILED, REPLACED, REBUILT, AGAIN, "1T15:00 | power:. | power-event", fine]);
    let contradicted = "sensor-contradicted open power:db7".to_owned();
    assert!(cases(&relapse("1T20:00 | power:. | power-fine")).contains(&contradicted));
    assert!(!cases(&relapse("1T20:00 | power:. | power-bad")).contains(&contradicted));
    assert!(!cases(&noted(&[FAILED, "1T20:00 | power:. | power-fine"])).contains(&contradicted));
}

/// Whose the only copy is, by bay and serial number.
#[test]
fn the_mirror_partner_is_named() {
    let scene = |mirrors, lines: &[&str]| {
        let scene =
            Scene::new().with("a.log", log("db7", 1..=2)).with("n.toml", notes(Some("db7"), &raid10(mirrors), lines));
        let (answer, _) = scene.investigate(&[]);
        texts(&case(&answer, "array-degraded")["do_not"])[0].to_owned()
    };
    let failed = ["3T10:00 | bay:./c1/e0/s1 | drive-failed", "3T10:01 | array:./c1 | array-degraded"];
    assert_eq!(
        scene(true, &failed),
        "Do not pull, reseat or power-cycle the mirror partner: bay c1/e0/s0, S/N CVEM0711000A064KGN. \
         It holds the only copy of the failed member's data."
    );
    let unknown = scene(false, &failed);
    assert!(unknown.contains("it is not known which holds the failed member's only copy"), "{unknown}");
    assert!(
        unknown.contains("s0") && !unknown.contains("s1,") && unknown.contains("s2") && unknown.contains("s3"),
        "{unknown}"
    );
    let nothing = scene(true, &["3T10:00 | array:./c1 | array-degraded"]);
    assert!(nothing.contains("until it is known which member failed") && nothing.contains("s1"), "{nothing}");
}

/// A drive that moves takes its history along, and a bay keeps its own.
#[test]
fn drives_and_bays_have_their_own_histories() {
    let [a, b, c, d] = super::common::SERIALS;
    let text: String = (1..=3)
        .map(|day| report_of("db7", day, [a, b, c, d]))
        .chain((4..=6).map(|day| report_of("db7", day, [b, a, c, d])))
        .collect();
    let (answer, _) = Scene::new().with("a.log", text).investigate(&[]);
    let occupants = |slot: usize| {
        answer["bays"][slot]["occupants"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| one["serial"].as_str().expect("one"))
            .collect::<Vec<_>>()
    };
    assert_eq!((occupants(0), occupants(1)), (vec![a, b], vec![b, a]));
    let drive = answer["drives"].as_array().into_iter().flatten().find(|drive| drive["serial"] == a).expect("listed");
    assert_eq!(
        (&drive["bay"], &drive["first_seen"], &drive["last_seen"]),
        (&"bay:db7/c1/e0/s1".into(), &"2013-10-01T13:38:32Z".into(), &"2013-10-06T13:38:37Z".into())
    );
    assert_eq!(answer["drives"].as_array().map(Vec::len), Some(4));
}

#[test]
fn an_event_that_comes_often_is_counted_and_not_kept_each_time() {
    let line = |minute: u32| {
        let (hour, minute) = (1 + minute / 60, minute % 60);
        format!("October 1, 2013 {hour}:{minute:02}:00 AM CDT WRN 777:A01C-S--L-- [db7] The fan is slow.\n")
    };
    let log: String = (0..300).map(line).collect();
    let (answer, run) = Scene::new().with("RaidEvt.log", log).investigate(&[]);
    assert_eq!(run.code, 1);
    let summary = case(&answer, "event-not-understood")["summary"].as_str().expect("a sentence").to_owned();
    assert!(summary.ends_with("The fan is slow. (the first of 300 such events)"), "{summary}");
    let kept = answer["observations"].as_array().expect("a list");
    assert_eq!(kept.len(), 101);
    let rest = kept.last().expect("one for the rest");
    assert_eq!(
        (rest["at"].as_str(), rest["until"].as_str()),
        (Some("2013-10-01T07:40:00Z"), Some("2013-10-01T10:59:00Z"))
    );
}

/// A failure told by the drive's serial number and its repair told by the bay are one course, as is the failure after it.
#[test]
fn a_drive_and_the_bay_it_sits_in_are_one() {
    let [_, _, serial, _] = super::common::SERIALS;
    let told = |lines: &[String]| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let notes = notes(Some("db7"), &raid10(true), &lines);
        Scene::new().with("a.log", log("db7", 1..=2)).with("n.toml", notes).investigate(&[]).0
    };
    let failed = format!("3T10:00 | drive:{serial} | drive-failed");
    let replaced = "3T12:00 | bay:./c1/e0/s2 | drive-replaced | new = \"NEW1\"".to_owned();
    let well = "3T13:00 | array:./c1 | array-optimal".to_owned();
    let repaired = told(&[failed.clone(), replaced.clone(), well.clone()]);
    assert_eq!(cases(&repaired), ["drive-failed repaired bay:db7/c1/e0/s2"], "{repaired:#}");
    assert_eq!(repaired["verdict"], "warning");
    let again = told(&[failed, replaced, well, "3T15:00 | drive:NEW1 | drive-failed".to_owned()]);
    assert_eq!(suspects(&again, "relapse")[0], "bay");
    assert!(texts(&case(&again, "relapse")["do_not"])[0].contains("bay c1/e0/s3, S/N"), "{again:#}");
}

/// Whatever was told of one host is no evidence on another, and two arrays of one name are told apart.
#[test]
fn hosts_do_not_leak_into_each_other() {
    let [serial, ..] = super::common::SERIALS;
    let of = |host: &str, lines: &[&str]| notes(Some(host), "", lines);
    let answer = Scene::new()
        .with("a.log", log("db7", 1..=2))
        .with("a.toml", of("db7", &[&format!("3T10:00 | drive:{serial} | drive-failed")]))
        .with("b.toml", of("db8", &["3T09:00 | power:. | power-event", "3T09:00 | array:./c1 | array-degraded"]))
        .investigate(&[])
        .0;
    let failed = case(&answer, "drive-failed");
    assert_eq!(probability(&answer, "drive-failed", "power-line"), 0.14, "{failed:#}");
    assert_eq!(
        case(&answer, "array-degraded")["summary"].as_str().map(|text| text.contains("array c1 of db8")),
        Some(true)
    );
}

/// The id of a case is its own, also of the third relapse, and each rests on its own failure.
#[test]
fn relapses_after_relapses() {
    let lines: Vec<String> = (1..=4)
        .flat_map(|day| {
            [("10", "array-degraded"), ("14", "rebuild-completed")]
                .map(|(hour, fact)| format!("{day}T{hour}:00 | array:./c1 | {fact}"))
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let answer = noted(&lines);
    let ids: std::collections::BTreeSet<&str> =
        answer["cases"].as_array().expect("a list").iter().filter_map(|case| case["id"].as_str()).collect();
    assert_eq!(ids.len(), 4, "{answer:#}");
    for case in answer["cases"].as_array().expect("a list") {
        assert!(case["observations"].as_array().is_some_and(|told| told.len() <= 4), "{case:#}");
    }
}

/// What must not be touched follows from the level and from what is left.
#[test]
fn what_must_be_left_alone() {
    let do_not = |head: &str, lines: &[&str], code: &str| {
        let (answer, _) = Scene::new().with("n.toml", notes(Some("db7"), head, lines)).investigate(&[]);
        texts(&case(&answer, code)["do_not"])[0].to_owned()
    };
    let of = |level: &str| raid10(false).replace("\"10\"", &format!("\"{level}\""));
    let degraded = ["3T10:00 | bay:./c1/e0/s1 | drive-failed", "3T10:01 | array:./c1 | array-degraded"];
    let raid5 = do_not(&of("5"), &degraded, "array-degraded");
    assert!(raid5.contains("may not survive the loss of one more") && !raid5.contains("s1"), "{raid5}");
    let both = [
        "3T10:00 | bay:./c1/e0/s0 | drive-failed",
        "3T10:01 | bay:./c1/e0/s1 | drive-failed",
        "3T10:02 | array:./c1 | array-failed",
    ];
    let both = do_not(&raid10(true), &both, "array-failed");
    assert!(
        both.contains("both halves of a mirror have failed") && both.contains("s2") && !both.contains("s0"),
        "{both}"
    );
}

#[test]
fn events_of_one_number_that_say_different_things_are_not_told_as_the_same() {
    let event =
        |hour: u32, says: &str| format!("October 1, 2013 {hour}:00:00 AM CDT WRN 777:A01C-S--L-- [db7] {says}\n");
    let log = event(1, "The fan is slow.") + &event(2, "The fan stopped.");
    let (answer, _) = Scene::new().with("RaidEvt.log", log).investigate(&[]);
    let summary = case(&answer, "event-not-understood")["summary"].as_str().expect("a sentence").to_owned();
    assert!(summary.ends_with("The fan is slow. (the first of 2 events of this number)"), "{summary}");
}
