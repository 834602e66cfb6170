//! The daily list of drives: what differs from one report to the next, by damage or since drives changed.

use super::common::{SERIALS, Scene, case, cases, log, run};
use serde_json::Value;

/// A record of a log, counted from 0, with a part of it changed.
fn changed(text: &str, record: usize, from: &str, to: &str) -> String {
    let lines = text.split_inclusive('\n').enumerate();
    lines.map(|(index, line)| if index == record { line.replacen(from, to, 1) } else { line.to_owned() }).collect()
}

/// The observations of a fact.
fn observed<'a>(answer: &'a Value, fact: &str) -> Vec<&'a Value> {
    answer["observations"].as_array().into_iter().flatten().filter(|one| one["fact"] == fact).collect()
}

/// A digit of a serial number that is not that of all other reports shows late to be damage; the place of it is where it
/// stands, and other damage stays what it is.
#[test]
fn a_changed_digit_amid_the_log() {
    let text = changed(&log("engine", 1..=26), 40, SERIALS[0], &SERIALS[0].replace("711", "741"));
    let (answer, _) = Scene::new().with("a.log", &text).investigate(&[]);
    assert_eq!(cases(&answer), ["stream-damaged open stream:engine/adaptec-storage-manager"]);
    let summary = case(&answer, "stream-damaged")["summary"].as_str().expect("a summary");
    assert!(summary.starts_with("the log is damaged in 1 place:") && !summary.contains("nothing intact"), "{summary}");
    let damaged = observed(&answer, "stream-damaged");
    let times: Vec<[&Value; 3]> =
        damaged.iter().map(|one| ["at", "as_written", "until"].map(|key| &one[key])).collect();
    assert_eq!(times, [[&"2013-10-11T13:38:42Z".into(), &"October 11, 2013 8:38:42 AM CDT".into(), &Value::Null]]);
    assert_eq!(answer["sources"][0]["records"], 103);
    // Told after the next report's line, where another place is open.
    let torn = changed(&text, 43, "enclosure 0, slot 3,", "\0\0\0\0\0\0\0\0");
    let (answer, _) = Scene::new().with("a.log", torn).investigate(&[]);
    let damaged = observed(&answer, "stream-damaged");
    assert_eq!(damaged.len(), 2);
    assert!(damaged[1]["until"] == "2013-10-12T13:38:43Z", "{damaged:#?}");
    // At the very end nothing follows NULs, whatever is recanted then.
    let tail = changed(&log("engine", 1..=26), 100, SERIALS[0], &SERIALS[0].replace("711", "741")) + "\0\0\0\0\0\0\0\0";
    let (answer, _) = Scene::new().with("a.log", tail).investigate(&[]);
    assert_eq!(observed(&answer, "stream-damaged").len(), 2);
    let summary = case(&answer, "stream-damaged")["summary"].as_str().expect("a summary");
    assert!(summary.contains("in 2 places:") && summary.contains("nothing intact follows"), "{summary}");
}

/// What no log says of its zone is marked as assumed, wherever a time of it is told.
#[test]
fn assumed_zones_are_marked() {
    let text = log("engine", 1..=9).replace("CDT", "XQZ");
    let text: String =
        text.split_inclusive('\n').enumerate().filter(|(index, _)| index / 4 != 5).map(|(_, line)| line).collect();
    let again = text.split_inclusive('\n').take(4).collect::<String>();
    let scene = Scene::new().with("a.log", text + &again);
    let (answer, _) = scene.investigate(&[]);
    for fact in ["report-missing", "records-duplicated", "report-rhythm"] {
        assert_eq!(observed(&answer, fact)[0]["time_basis"], "assumed", "{fact}");
    }
    let anomalies = answer["sources"][0]["anomalies"].as_array().expect("a list");
    let written: Vec<&Value> = anomalies.iter().map(|one| &one["as_written"]).collect();
    assert_eq!(written, [&Value::Null, &"October 1, 2013 8:38:32 AM XQZ".into()]);
    let page = run(&["investigate", &scene.arg("a.log"), "--now", "2013-10-09T20:00:00Z"]).out;
    assert!(page.contains("the evidence ends 2013-10-09 08:38 UTC (zone assumed), 11 h 21 min ago"), "{page}");
}
