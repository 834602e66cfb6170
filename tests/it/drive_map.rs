//! The daily list of drives: what differs from one report to the next, by damage or since drives changed.

use super::common::{SERIALS, Scene, case, cases, log, notes, report_of, run};
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

/// Reports of some days, the drives of each given by what of the report's lines is kept.
fn reports(days: std::ops::RangeInclusive<u32>, drives: impl Fn(u32) -> Vec<&'static str>) -> String {
    let kept = |day: u32| {
        let serials = drives(day);
        let four = std::array::from_fn(|slot| serials.get(slot).copied().unwrap_or_default());
        let lines = report_of("engine", day, four);
        lines.split_inclusive('\n').filter(|line| !line.contains("S/N  (")).map(str::to_owned).collect::<String>()
    };
    days.map(kept).collect()
}

/// Whether the second drive of four is told to be missing from a day on.
fn missing(text: &str, since: Option<&str>) {
    let (answer, _) = Scene::new().with("a.log", text).investigate(&[]);
    let told: Vec<(&str, &str)> = observed(&answer, "drive-missing")
        .iter()
        .map(|one| (one["subject"].as_str().unwrap_or_default(), one["at"].as_str().unwrap_or_default()))
        .collect();
    let subject = format!("drive:{}", SERIALS[1]);
    let expected: Vec<(&str, &str)> = since.iter().map(|since| (subject.as_str(), *since)).collect();
    assert_eq!(told, expected, "{text}");
    let of_missing = cases(&answer).into_iter().filter(|case| case.starts_with("drive-missing")).collect::<Vec<_>>();
    assert_eq!(of_missing.len(), told.len());
}

#[test]
fn a_drive_that_is_listed_no_longer() {
    let [first, second, third, fourth] = SERIALS;
    let without = move |from: u32, to: u32| {
        move |day| if (from..=to).contains(&day) { vec![first, "", third, fourth] } else { SERIALS.to_vec() }
    };
    let vanished = reports(1..=9, without(5, 9));
    missing(&vanished, Some("2013-10-05T13:38:36Z"));
    missing(&(vanished.clone() + "\0\0\0\0\0\0\0\0"), Some("2013-10-05T13:38:36Z"));
    missing(&reports(1..=9, without(4, 5)), Some("2013-10-04T13:38:35Z"));
    missing(&reports(1..=9, without(4, 4)), None);
    missing(&reports(1..=9, |_| SERIALS.to_vec()), None);
    // The last report alone: another drive stands behind the place of the missing one, or the log goes on.
    let last = reports(1..=9, without(9, 9));
    missing(&last, Some("2013-10-09T13:38:40Z"));
    missing(&(last.clone() + "\0\0\0\0\0\0\0\0"), None);
    missing(&changed(&last, 32, "Drive map", "\0\0\0\0\0\0\0\0"), None);
    let cut = reports(1..=8, |_| SERIALS.to_vec()) + &reports(9..=9, |_| vec![first]);
    missing(&cut, None);
    // A drive that sits elsewhere now is not missing; one listed once may not have been there.
    missing(
        &reports(1..=9, |day| if day < 5 { vec![first, second, third] } else { vec![first, "", third, second] }),
        None,
    );
    missing(&reports(1..=9, |day| if day == 5 { SERIALS.to_vec() } else { vec![first, "", third, fourth] }), None);
    let (answer, run) = Scene::new().with("a.log", &vanished).investigate(&[]);
    assert_eq!((run.code, cases(&answer)), (2, vec!["drive-missing open bay:engine/c1/e0/s1".to_owned()]));
    let summary = &case(&answer, "drive-missing")["summary"];
    assert_eq!(*summary, format!("drive {second} in bay c1/e0/s1 is no longer listed by its controller"));
    let span = ["start", "end"].map(|key| observed(&answer, "drive-missing")[0][key].as_u64().expect("an offset"));
    let place = vanished.get(span[0] as usize..span[1] as usize).expect("within the log");
    assert_eq!((place.lines().count(), place.contains("October 5,")), (3, true), "{place}");
}

#[test]
fn a_missing_drive_that_comes_back_or_is_explained() {
    let [first, second, third, fourth] = SERIALS;
    let vanished = reports(1..=9, |day| if day < 5 { SERIALS.to_vec() } else { vec![first, "", third, fourth] });
    let with = |other: (&str, String)| {
        let scene = Scene::new().with("a.log", &vanished).with(other.0, other.1);
        cases(&scene.investigate(&[]).0)
    };
    let of = |state: &str| vec![format!("drive-missing {state} bay:engine/c1/e0/s1")];
    assert_eq!(with(("b.log", log("engine", 10..=12))), of("repaired"));
    let noted = |line: &str| ("n.toml", notes(Some("engine"), "", &[line]));
    assert_eq!(with(noted("10T10:00 | bay:./c1/e0/s1 | drive-replaced | new = \"NEW1\"")), of("repaired"));
    assert!(with(noted(&format!("4T20:00 | bay:./c1/e0/s1 | drive-replaced | old = \"{second}\""))).is_empty());
    assert!(with(noted("4T20:00 | bay:./c1/e0/s1 | drive-replaced")).is_empty());
    assert_eq!(with(noted("4T20:00 | bay:./c1/e0/s1 | drive-failed")), ["drive-failed open bay:engine/c1/e0/s1"]);
}

#[test]
fn a_bay_with_another_drive() {
    let [first, second, third, fourth] = SERIALS;
    let replaced = |drives: fn(u32) -> Vec<&'static str>| {
        let (answer, _) = Scene::new().with("a.log", reports(1..=9, drives)).investigate(&[]);
        let told = |one: &&Value| format!("{} {} {}", one["at"], one["subject"], one["text"]).replace('"', "");
        assert!(cases(&answer).is_empty(), "{:?}", cases(&answer));
        (observed(&answer, "drive-replaced").iter().map(told).collect::<Vec<_>>(), answer)
    };
    let (told, answer) =
        replaced(|day| vec![SERIALS[0], if day < 5 { SERIALS[1] } else { "NEW" }, SERIALS[2], SERIALS[3]]);
    assert_eq!(told, [format!("2013-10-05T13:38:36Z bay:engine/c1/e0/s1 the drive map lists NEW where {second} was")]);
    let state = |serial: &str| {
        let drives = answer["drives"].as_array().into_iter().flatten();
        drives.filter(|drive| drive["serial"] == serial).map(|drive| drive["state"].clone()).collect::<Value>()
    };
    assert_eq!(
        [second, "NEW", first, third, fourth].map(|serial| state(serial)[0].clone()),
        ["removed", "unknown", "unknown", "unknown", "unknown"]
    );
    // Two drives that changed places: the occupancies tell it.
    let (told, _) =
        replaced(|day| if day < 5 { SERIALS.to_vec() } else { vec![SERIALS[1], SERIALS[0], SERIALS[2], SERIALS[3]] });
    assert!(told.is_empty(), "{told:?}");
}
