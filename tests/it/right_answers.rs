//! Answers that were wrong once: each is asked for by name.

use super::common::{SERIALS, Scene, cases, report_of};
use super::status::Kept;
use serde_json::Value;
use std::ops::RangeInclusive;

const BAY: &str = "c1/e0/s1";

/// Daily reports of October 2013; those of `gaps` do not list the second drive.
fn reports(days: RangeInclusive<u32>, gaps: &[RangeInclusive<u32>]) -> String {
    let listed = |day: u32, line: &&str| !line.contains(SERIALS[1]) || !gaps.iter().any(|gap| gap.contains(&day));
    let report = |day| {
        let report = report_of("engine", day, SERIALS);
        report.split_inclusive('\n').filter(|line| listed(day, line)).map(str::to_owned).collect::<String>()
    };
    days.map(report).collect()
}

fn history(content: &str, now: &str, ask: &[&str]) -> Value {
    let scene = Scene::new().with("a.log", content);
    let log = scene.arg("a.log");
    let kept = Kept::of(scene, &[&log]);
    kept.json(&[ask, &["--now", now]].concat()).0
}

/// The cases of the second drive that a log comes to, as the history has them and as they are without one.
fn absences(days: RangeInclusive<u32>, gaps: &[RangeInclusive<u32>], expect: &[&str]) {
    let now = format!("2013-10-{:02}T20:00:00Z", days.end());
    let log = reports(days, gaps);
    let kept = history(&log, &now, &["cases", "--all"]);
    let (read, _) = Scene::new().with("a.log", &log).investigate(&["--now", &now]);
    for answer in [kept, read] {
        let told = cases(&answer);
        let told: Vec<&str> = told.iter().filter_map(|case| case.strip_suffix(" bay:engine/c1/e0/s1")).collect();
        assert_eq!(told, expect, "{gaps:?}: {answer:#}");
    }
}

#[test]
fn a_drive_that_drops_out_and_comes_back_is_not_forgotten() {
    absences(1..=9, &[], &[]);
    absences(1..=9, &[4..=4], &[]);
    absences(1..=9, &[4..=5], &["drive-missing repaired"]);
    absences(1..=9, &[4..=9], &["drive-missing open"]);
    absences(1..=31, &[4..=5], &["drive-missing repaired"]);
    absences(1..=20, &[4..=5, 10..=12], &["relapse repaired", "drive-missing closed"]);
    absences(1..=20, &[4..=5, 10..=20], &["relapse open", "drive-missing closed"]);
    absences(1..=20, &[4..=5, 10..=12, 16..=20], &["relapse open", "relapse closed", "drive-missing closed"]);
}

#[test]
fn an_absence_that_is_over_is_told_with_its_end() {
    let log = reports(1..=20, &[4..=5, 10..=12]);
    let answer = history(&log, "2013-10-20T20:00:00Z", &["history", "bay", BAY]);
    let told = |stay: &Value| {
        ["first_seen", "last_seen"]
            .map(|key| stay[key].as_str().unwrap_or_default().get(..10).unwrap_or_default().to_owned())
    };
    let stays: Vec<_> = answer["stays"].as_array().into_iter().flatten().map(told).collect();
    let days = |from: u32, to: u32| [format!("2013-10-{from:02}"), format!("2013-10-{to:02}")];
    assert_eq!(stays, [days(1, 3), days(6, 9), days(13, 20)], "{answer:#}");
    let summary = history(&log, "2013-10-20T20:00:00Z", &["cases"]);
    let summary = summary["cases"][0]["summary"].as_str().unwrap_or_default().to_owned();
    assert!(summary.contains("was not listed by its controller again, 4 d"), "{summary}");
}
