//! Answers that were wrong once: each is asked for by name.

use super::common::{SERIALS, Scene, case, cases, json, notes, raid10, report_of, root, suspects, texts};
use super::status::Kept;
use serde_json::Value;
use std::ops::RangeInclusive;
use std::time::{Duration, UNIX_EPOCH};

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

/// The cases of the second drive's bay that a log and notes come to, how the drive is, and what is not known of the bay.
fn said(log: &str, lines: &[&str], expect: &[&str], state: &str) -> String {
    let scene = Scene::new().with("a.log", log).with("n.toml", notes(Some("engine"), &raid10(true), lines));
    let (answer, _) = scene.investigate(&["--now", "2013-10-20T20:00:00Z"]);
    let told = cases(&answer);
    let told: Vec<&str> = told.iter().filter_map(|case| case.strip_suffix(" bay:engine/c1/e0/s1")).collect();
    assert_eq!(told, expect, "{lines:?}: {answer:#}");
    let drive = answer["drives"].as_array().into_iter().flatten().find(|drive| drive["serial"] == SERIALS[1]);
    assert_eq!(drive.expect("it is known")["state"], state, "{lines:?}: {answer:#}");
    let of_bay = answer["unknowns"].as_array().into_iter().flatten();
    let of_bay = of_bay.filter(|unknown| unknown["subject"] == "bay:engine/c1/e0/s1");
    of_bay.filter_map(|unknown| unknown["what"].as_str()).collect()
}

#[test]
fn what_was_taken_out_once_may_be_missing_later() {
    let gone = reports(1..=20, &[15..=20]);
    let bay = "bay:./c1/e0/s1";
    let note = |day: u32, fact: &str| format!("{day}T15:00 | {bay} | {fact}");
    said(&gone, &[&note(14, "drive-removed")], &[], "removed");
    said(&gone, &[&note(14, "drive-replaced")], &[], "removed");
    said(&gone, &[&note(10, "drive-removed")], &["drive-missing open"], "unknown");
    said(&gone, &[&note(10, "drive-replaced")], &["drive-missing open"], "unknown");
    // It was put back, and vanished then.
    said(&reports(1..=20, &[4..=6, 15..=20]), &[&note(3, "drive-removed")], &["drive-missing open"], "unknown");
    said(&reports(1..=20, &[4..=6]), &[&note(3, "drive-removed")], &[], "unknown");
}

#[test]
fn a_replacement_that_is_told_late_is_not_of_the_new_drive() {
    let log: String = (1..=20)
        .map(|day| {
            let [first, second, third, fourth] = SERIALS;
            report_of("engine", day, [first, if day < 5 { "OLDDRIVE1" } else { second }, third, fourth])
        })
        .collect();
    said(&log, &["5T20:00 | bay:./c1/e0/s1 | drive-replaced"], &[], "unknown");
    let failed = "4T15:00 | bay:./c1/e0/s1 | drive-failed";
    let unknown =
        said(&log, &[failed, "5T20:00 | bay:./c1/e0/s1 | drive-replaced"], &["drive-failed repaired"], "unknown");
    assert_eq!(unknown, "");
}

#[test]
fn a_replacement_that_the_controller_contradicts_repairs_nothing() {
    let log = reports(1..=20, &[]);
    let failed = "4T15:00 | bay:./c1/e0/s1 | drive-failed";
    let replaced =
        |day: u32| format!("{day}T15:00 | bay:./c1/e0/s1 | drive-replaced | old = \"{}\" | new = \"NEW1\"", SERIALS[1]);
    let unknown = said(&log, &[failed, &replaced(5)], &["drive-failed open"], "failed");
    assert!(unknown.contains("said to have been replaced on 2013-10-05 15:00 UTC, and its controller lists it still"));
    // Nothing was listed since.
    assert_eq!(said(&log, &[failed, &replaced(20)], &["drive-failed repaired"], "removed"), "");
}

/// A history of four drives with a well array, whose second drive failed on the 5th, if it did.
fn machine(days: RangeInclusive<u32>, failed: bool) -> Kept {
    let mut lines = vec!["2T15:00 | array:./c1 | array-optimal"];
    lines.extend(failed.then_some("5T15:00 | bay:./c1/e0/s1 | drive-failed"));
    let said = notes(Some("engine"), &raid10(true), &lines);
    let scene = Scene::new().with("a.log", reports(days, &[])).with("n.toml", said);
    let paths = [scene.arg("a.log"), scene.arg("n.toml")];
    Kept::of(scene, &paths.each_ref().map(String::as_str))
}

/// The verdict of all and of its only host, and what the page begins with.
fn verdict(kept: &Kept, now: &str, expect: &str, begins: &str) {
    let (answer, _) = kept.json(&["status", "--now", now]);
    assert_eq!(answer["verdict"], expect, "{answer:#}");
    let hosts: Vec<&Value> = answer["hosts"].as_array().into_iter().flatten().map(|host| &host["verdict"]).collect();
    assert!(hosts.iter().all(|host| **host == expect), "{answer:#}");
    let page = kept.run(&["status", "--now", now]).out;
    assert!(page.starts_with(begins), "{page}");
}

#[test]
fn what_is_retired_altogether_is_not_healthy() {
    let kept = machine(1..=9, false);
    verdict(&kept, "2013-10-09T20:00:00Z", "healthy", "HEALTHY");
    let retired = kept.run(&["retire", "array:engine/c1", "--by", "ann", "--now", "2013-10-09T20:00:00Z"]);
    assert_eq!(retired.code, 0, "{}", retired.err);
    verdict(&kept, "2013-10-09T20:00:00Z", "unknown", "CANNOT TELL");
}

#[test]
fn an_array_of_which_nothing_was_heard_for_long_is_not_known() {
    let kept = machine(1..=9, false);
    let state = |now: &str| kept.json(&["status", "--now", now]).0["arrays"][0]["state"].clone();
    assert_eq!(state("2014-01-07T00:00:00Z"), "optimal");
    assert_eq!(state("2014-01-08T00:00:00Z"), "unknown");
    let page = kept.run(&["status", "--now", "2014-01-08T00:00:00Z"]).out;
    assert!(page.contains("it was optimal on 2013-10-02"), "{page}");
}

#[test]
fn a_failed_drive_is_not_healthy_because_its_case_was_closed() {
    let now = "2013-10-09T20:00:00Z";
    let kept = machine(1..=9, true);
    let (answer, _) = kept.json(&["cases", "--now", now]);
    let id = answer["cases"][0]["id"].as_str().expect("a case").to_owned();
    let say = |arguments: &[&str]| {
        let run = kept.run(&[arguments, &["--by", "ann", "--now", now]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    };
    say(&["close", &id]);
    let failed = format!("WARNING  drive {} in bay c1/e0/s1 failed, and no source says", SERIALS[1]);
    verdict(&kept, now, "warning", &failed);
    let (answer, _) = kept.json(&["cases", "--all", "--now", now]);
    let summary = answer["cases"][0]["summary"].as_str().expect("a summary");
    assert!(summary.ends_with("failed; its case was closed by a person"), "{summary}");
    say(&["retire", &format!("drive:{}", SERIALS[1])]);
    verdict(&kept, now, "healthy", "HEALTHY");
}

#[test]
fn a_serial_number_in_two_places_is_told_by_status() {
    let two: String = (1..=9)
        .map(|day| {
            let [first, second, third, _] = SERIALS;
            report_of("engine", day, [first, second, third, second])
        })
        .collect();
    let said = notes(Some("engine"), &raid10(true), &["2T15:00 | array:./c1 | array-optimal"]);
    let scene = Scene::new().with("a.log", two).with("n.toml", said);
    let paths = [scene.arg("a.log"), scene.arg("n.toml")];
    let kept = Kept::of(scene, &paths.each_ref().map(String::as_str));
    let now = "2013-10-09T20:00:00Z";
    verdict(&kept, now, "warning", &format!("WARNING  serial number {} was listed in two bays at once", SERIALS[1]));
    let (answer, run) = kept.json(&["status", "--now", now]);
    let bays = ["bay:engine/c1/e0/s1", "bay:engine/c1/e0/s3"];
    assert_eq!((run.code, &answer["conflicts"][0]["bays"]), (1, &serde_json::json!(bays)));
    let none = machine(1..=9, false).json(&["status", "--now", now]).0;
    assert_eq!(none["conflicts"], serde_json::json!([]));
}

#[test]
fn a_replacement_that_does_not_fit_is_kept_and_doubted() {
    let kept = machine(1..=9, false);
    let check = |old: &str, new: &str, doubt: &str| {
        let drives = ["replaced", "--bay", BAY, "--old", old, "--new", new];
        let run = kept.run(&[&drives[..], &["--by", "ann", "--now", "2013-10-09T20:00:00Z"]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(if doubt.is_empty() { run.err.is_empty() } else { run.err.contains(doubt) }, "{}", run.err);
    };
    check("NOTHERE", "NEW1", "no report lists NOTHERE in bay:engine/c1/e0/s1");
    check(SERIALS[1], SERIALS[2], "is known to sit in bay:engine/c1/e0/s2");
    check(SERIALS[1], "NEW2", "");
}

/// A minute of 5 March 2026, and what it logged.
fn kernel_log(lines: &[(&str, &str)]) -> String {
    lines.iter().map(|(time, line)| format!("2026-03-05T{time}:00+00:00 db7 {line}\n")).collect()
}

const GAVE_UP: (&str, &str) = (
    "03:42",
    "kernel: md/raid1:md0: Disk failure on sdc1, disabling device.#012md/raid1:md0: Operation continuing on 1 devices.",
);
const FAIL: (&str, &str) =
    ("03:43", "mdadm[988]: Fail event detected on md device /dev/md0, component device /dev/sdc1");
const FAIL_OTHER: (&str, &str) =
    ("03:44", "mdadm[988]: Fail event detected on md device /dev/md0, component device /dev/sde1");

#[test]
fn a_log_that_names_the_member_is_believed() {
    let scene = Scene::new().with("kern.log", kernel_log(&[GAVE_UP, FAIL]));
    let log = scene.arg("kern.log");
    let kept = Kept::of(scene, &[&log]);
    let now = ["--now", "2026-03-05T04:00:00Z"];
    let ask = |of: &[&str]| kept.run(&[of, &now].concat()).out.split_whitespace().collect::<Vec<_>>().join(" ");
    let status = ask(&["status"]);
    assert!(status.contains("array:db7/md0 RAID 1, members not known; md gave up sdc1, degraded"), "{status}");
    let history = ask(&["history", "array", "md0"]);
    assert!(history.contains("STATES degraded since 2026-03-05 03:42 UTC"), "{history}");
    let (answer, run) = kept.json(&[&["cases"][..], &now].concat());
    assert_eq!(cases(&answer), ["array-degraded open array:db7/md0"], "{}", run.err);
    let not = texts(&case(&answer, "array-degraded")["do_not"])[0];
    assert!(not.starts_with("Do not pull, reseat or power-cycle any drive of array md0"), "{not}");
    // No reading will say that it works again: who repaired it does.
    let id = case(&answer, "array-degraded")["id"].as_str().expect("an id").to_owned();
    let run = kept.run(&[&["repaired", &id, "--by", "ann"][..], &now].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let status = ask(&["status"]);
    assert!(status.contains("array:db7/md0 RAID 1, members not known, optimal"), "{status}");
    let (answer, _) = Scene::new().with("kern.log", kernel_log(&[GAVE_UP, FAIL])).investigate(&now);
    let unknown = answer["unknowns"].to_string();
    assert!(unknown.contains("md called it sdc1 then") && !unknown.contains("whether it has arrays"), "{unknown}");
}

#[test]
fn a_rebuild_that_is_done_ends_the_loss_of_one_member_only() {
    let done = ("05:42", "kernel: md: md0: recovery done.");
    let spare = ("05:43", "mdadm[988]: SpareActive event detected on md device /dev/md0, component device /dev/sdd1");
    let finished = ("05:44", "mdadm[988]: RebuildFinished event detected on md device /dev/md0");
    let check = |lines: &[(&str, &str)], state: &str, expect: &str| {
        let (answer, _) =
            Scene::new().with("kern.log", kernel_log(lines)).investigate(&["--now", "2026-03-05T06:00:00Z"]);
        assert_eq!(cases(&answer), [format!("array-degraded {expect} array:db7/md0")], "{lines:?}");
        assert_eq!(answer["arrays"][0]["state"], state, "{lines:?}");
    };
    check(&[GAVE_UP, FAIL, done], "optimal", "repaired");
    check(&[GAVE_UP, FAIL, spare], "optimal", "repaired");
    // The sync thread ended, and nothing says how.
    check(&[GAVE_UP, FAIL, finished], "degraded", "open");
    // Of two that it gave up one is whole, if not both.
    check(&[GAVE_UP, FAIL, FAIL_OTHER, done, spare, finished], "degraded", "open");
}

#[test]
fn a_place_that_is_empty_is_what_failed() {
    let scan = |capture: &str| {
        let file = format!("fixtures/captures/relapse/{capture}.jsonl.zst");
        json(&["scan", "--replay", &file, "--now", "2026-11-22T10:00:00Z"]).0
    };
    let investigate =
        |file: &str| json(&["investigate", &format!("fixtures/{file}"), "--now", "2026-11-22T10:00:00Z"]).0;
    let check = |answer: Value, not: &str, unknown: &str| {
        let told = texts(&case(&answer, "array-degraded")["do_not"]);
        assert!(told[0].contains(not) && !told[0].contains("slot1"), "{told:?}");
        let known = answer["unknowns"].to_string();
        assert!(known.contains(unknown) && !known.contains("which member failed"), "{known}");
    };
    // The first reading of a machine that is degraded already.
    check(
        scan("3-degraded"),
        "the mirror partner: bay pcie/slot0, S/N LABNVME0.",
        "which drive was in slot 1 of array md0",
    );
    check(
        investigate("megacli/degraded"),
        "the mirror partner: bay c0/e32/s0,",
        "which drive was in slot 1 of array c0/l0",
    );
    check(
        investigate("storcli/degraded"),
        "any of these, for the array may not survive the loss of one more: bay c0/e252/s2, S/N not known; bay c0/e252/s3, S/N not known.",
        "which drive was in slot 2 of array c0/l1",
    );
    check(investigate("mdadm/degraded"), "the mirror partner: slot ", "of array md1");
}

#[test]
fn a_relapse_without_a_new_drive_is_the_drives_first() {
    let check = |answer: &Value, next: &str, not: &str| {
        let relapse = case(answer, "relapse");
        let told = texts(&relapse["do_next"]).join("\n");
        assert!(told.contains(next) && !told.contains('{'), "{told}");
        assert!(texts(&relapse["do_not"]).join("\n").contains(not), "{relapse:#}");
    };
    let again = (
        "06:42",
        "kernel: md/raid1:md0: Disk failure on sdc1, disabling device.#012md/raid1:md0: Operation continuing on 1 devices.",
    );
    let done = ("05:42", "kernel: md: md0: recovery done.");
    let (of_md, _) = Scene::new()
        .with("kern.log", kernel_log(&[GAVE_UP, done, again]))
        .investigate(&["--now", "2026-03-05T07:00:00Z"]);
    assert_eq!(suspects(&of_md, "relapse")[0], "drive");
    check(&of_md, "If it is the one that failed before, replace it", "Do not take the same drive back");
    check(&of_md, "(for example: mdadm --detail /dev/md0)", "");
    // With a new drive, what the drives share; nothing is tried while a card would rebuild onto it.
    let lines = [
        "1T10:00 | array:./c1 | array-degraded",
        "1T12:00 | array:./c1 | drive-replaced",
        "1T14:00 | array:./c1 | rebuild-completed",
        "1T16:00 | array:./c1 | array-degraded",
    ];
    let (of_card, _) = Scene::new().with("n.toml", notes(Some("db7"), &raid10(true), &lines)).investigate(&[]);
    check(
        &of_card,
        "stop the array and exchange what the drives share before another drive",
        "rebuild once more in the same place",
    );
    check(&of_card, "(for example: arcconf getconfig 1, or storcli /c1 show all)", "");
    let bay = texts(&case(&of_card, "relapse")["do_next"])
        .into_iter()
        .find(|check| check.starts_with("Bay: "))
        .map(str::to_owned);
    assert!(bay.is_some_and(|bay| bay.contains("only once a copy of the data is complete and the array is stopped")));
}

#[test]
fn a_ups_on_battery_is_no_supply_to_replace() {
    let check = |file: &str, summary: &str, on_battery: bool| {
        let (answer, _) = json(&["investigate", &format!("fixtures/{file}"), "--now", "2026-11-22T10:00:00Z"]);
        let case = case(&answer, "supply-failed");
        assert!(case["summary"].as_str().is_some_and(|told| told.contains(summary)), "{file}: {}", case["summary"]);
        let told = format!("{} {}", case["do_next"], case["do_not"]);
        assert_eq!(
            told.contains("stop it cleanly, and then the machine, before the battery ends"),
            on_battery,
            "{file}: {told}"
        );
        assert_eq!(told.contains("part number") || told.contains("5 V and 12 V"), !on_battery, "{file}: {told}");
    };
    check("kernel-log/power", "battery is low", true);
    check("upsc/on-battery", "which lasts 30 to 60 minutes by its own reckoning", true);
    check("upsc/failed", "", true);
    check("ipmi-sensors/degraded", "", false);
}

#[test]
fn a_member_that_is_known_is_named_and_not_asked_for() {
    let check = |answer: &Value, summary: &str, first: &str| {
        let case = case(answer, "array-degraded");
        assert_eq!(case["summary"], summary);
        let told = texts(&case["do_next"])[0];
        assert!(told.starts_with(first), "{told}");
    };
    let of = |file: &str| json(&["investigate", &format!("fixtures/{file}"), "--now", "2026-11-22T10:00:00Z"]).0;
    check(
        &of("cciss-vol-status/degraded"),
        "array c0/l1 (RAID 5) is degraded: bay c0/1I:1:2",
        "Check that S/N FAKE0002CV is the one in bay c0/1I:1:2 before anything is pulled (for example: storcli /c0 show all",
    );
    check(
        &of("arcconf-getconfig/degraded"),
        "array c1/l0 (RAID 10) is degraded: bay c1/e0/s2",
        "Check that the drive in bay c1/e0/s2 is the one that failed before anything is pulled",
    );
    check(
        &of("mdadm/degraded"),
        "array md1 (RAID 10) is degraded: slot 2",
        "Read which member failed, by bay and serial number (for example: mdadm --detail /dev/md1)",
    );
    check(&of("kernel-log/degraded"), "array md0 (RAID 1) is degraded: md gave up sdc1", "Read which member failed");
}

#[test]
fn a_list_of_the_controller_is_no_word_of_the_drive() {
    let fixture = |name: &str| std::fs::read_to_string(root().join("fixtures").join(name)).expect("a fixture");
    let healthy = fixture("arcconf-getconfig/healthy");
    // The array is without it, and the card lists it as online.
    let state = "Status of logical device                 : ";
    let segment = "Group 1, Segment 0                       : ";
    let degraded = healthy.replacen(&format!("{state}Optimal"), &format!("{state}Degraded"), 1).replacen(
        &format!("{segment}Present (Controller:1,Enclosure:0,Slot:2)      Z1W00A02"),
        &format!("{segment}Missing"),
        1,
    );
    let says_so = |outputs: &[(&str, String)]| {
        let scene = outputs.iter().fold(Scene::new(), |scene, (name, output)| scene.with(name, output));
        for ((name, _), hours) in outputs.iter().zip(0..) {
            let at = UNIX_EPOCH + Duration::from_secs(1_709_620_000 + 3_600 * hours);
            std::fs::File::options()
                .append(true)
                .open(scene.path(name))
                .and_then(|file| file.set_modified(at))
                .expect("a time");
        }
        let (answer, _) = scene.investigate(&["--host", "db7", "--now", "2024-03-05T12:00:00Z"]);
        case(&answer, "array-degraded")["suspects"]
            .to_string()
            .contains("the drive itself, read after it was dropped, until")
    };
    let listed = [("1", healthy.clone()), ("2", degraded.clone()), ("3", degraded.clone())];
    assert!(!says_so(&listed));
    let asked = fixture("smartctl/healthy").replace("EXA7H2K0MPLE", "Z1W00A02");
    assert!(says_so(&[("1", healthy), ("2", degraded), ("3", asked)]));
}

#[test]
fn a_state_that_is_rebuilding_is_a_rebuild() {
    let kept = Kept::of(Scene::new(), &["fixtures/mdstat/rebuilding"]);
    let answer = kept.json(&["history", "array", "md1", "--now", "2100-01-01T00:00:00Z"]).0;
    let rebuilds = answer["rebuilds"].as_array().expect("rebuilds");
    assert_eq!(rebuilds.len(), 1, "{answer:#}");
    assert!(rebuilds[0]["started"].is_string() && rebuilds[0]["ended"].is_null(), "{answer:#}");
    let told = kept.run(&["history", "array", "md1", "--now", "2100-01-01T00:00:00Z"]).out;
    assert!(told.contains("no source says that it ended") && !told.contains("none is known"), "{told}");
    // A state and an event that tell of one rebuild tell of one.
    let count = |lines: &[&str], expect: &[bool]| {
        let lines: Vec<String> =
            lines.iter().zip(10..).map(|(fact, hour)| format!("1T{hour}:00 | array:./c1 | {fact}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let scene = Scene::new().with("n.toml", notes(Some("db7"), &raid10(true), &lines));
        let said = scene.arg("n.toml");
        let answer = Kept::of(scene, &[&said]).json(&["history", "array", "c1"]).0;
        let ends = answer["rebuilds"].as_array().into_iter().flatten().map(|rebuild| &rebuild["completed"]);
        assert_eq!(ends.cloned().collect::<Vec<Value>>(), expect, "{lines:?}");
    };
    count(&["array-degraded", "array-rebuilding", "rebuild-completed", "array-optimal"], &[true]);
    count(&["array-degraded", "array-rebuilding", "array-optimal", "rebuild-completed"], &[true]);
    count(&["array-degraded", "rebuild-started", "array-rebuilding", "array-optimal"], &[true]);
    count(&["array-degraded", "array-rebuilding", "array-degraded"], &[false]);
    count(&["array-degraded", "rebuild-started", "array-degraded", "rebuild-completed"], &[true]);
}
