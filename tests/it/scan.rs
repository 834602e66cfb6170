//! A machine is read: what some machines answered, in the hardware lab, is read again as if it were this one
//! (`fixtures/captures/make`). The machine that the tests run on is not read: its drives are somebody's.

use super::common::{Scene, case, cases, json, root, run, suspects, texts};
use serde_json::Value;
use std::fs;
use std::io::Write as _;

fn fixture(name: &str) -> String {
    format!("fixtures/captures/{name}.jsonl.zst")
}

/// Reads captures one after the other into one history, and gives what is said after each.
fn readings(names: &[&str]) -> Vec<(Value, i32)> {
    let scene = Scene::new();
    let database = scene.arg("history.db");
    let scan = |name: &&str| {
        let (answer, run) = json(&["scan", "--replay", &fixture(name), "--db", &database]);
        (answer, run.code)
    };
    names.iter().map(scan).collect()
}

const RELAPSE: [&str; 6] = [
    "relapse/1-healthy",
    "relapse/2-unplugged",
    "relapse/3-degraded",
    "relapse/4-rebuilding",
    "relapse/5-rebuilt",
    "relapse/6-degraded-again",
];

#[test]
fn a_relapse_step_by_step() {
    let steps = readings(&RELAPSE);
    let told: Vec<(i32, &str, &str)> = steps
        .iter()
        .map(|(answer, code)| {
            let word = |value: &'_ Value| value.as_str().map(|text| &*text.to_owned().leak()).unwrap_or_default();
            (*code, word(&answer["verdict"]), word(&answer["arrays"][0]["state"]))
        })
        .collect();
    assert_eq!(
        told,
        [
            (0, "healthy", "optimal"),
            (2, "critical", "degraded"),
            (2, "critical", "degraded"),
            (2, "critical", "rebuilding"),
            (1, "warning", "optimal"),
            (2, "critical", "degraded"),
        ]
    );
    let (last, _) = steps.last().expect("a last step");
    let relapse = case(last, "relapse");
    assert_eq!(suspects(last, "relapse")[0], "bay", "{relapse:#}");
    let not = texts(&relapse["do_not"]).join(" ");
    assert!(not.contains("LABNVME0") && not.contains("bay pcie/slot0"), "the mirror partner: {not}");
}

/// md itself says of the second step that all is well.
#[test]
fn what_md_hides_is_seen_by_one_reading() {
    let (answer, run) = json(&["scan", "--replay", &fixture("relapse/2-unplugged")]);
    assert_eq!(run.code, 2);
    let array = answer["machine"]["things"].as_array().into_iter().flatten().find(|thing| thing["array"].is_object());
    let array = array.expect("the array");
    let text = array["text"].as_str().expect("a text");
    assert!(text.contains("md says [UUUU], but the device of slot 1 (nvme1n1) is gone"), "{text}");
    let roles: Vec<&str> =
        array["array"]["members"].as_array().into_iter().flatten().filter_map(|one| one["role"].as_str()).collect();
    assert_eq!(roles, ["active", "gone", "active", "active"]);
}

#[test]
fn what_ails_drives_is_told_with_reasons() {
    let steps = readings(&["drives/1-healthy", "drives/2-ailing"]);
    let (answer, code) = &steps[1];
    assert_eq!(*code, 2);
    let told = cases(answer);
    for expect in ["media-errors open", "drive-worn open", "drive-missing open"] {
        assert!(told.iter().any(|case| case.starts_with(expect)), "{expect}: {told:?}");
    }
    let summary = case(answer, "media-errors")["summary"].as_str().expect("a summary");
    assert!(summary.contains("8 sectors cannot be read"), "{summary}");
}

#[test]
fn drives_that_lose_power_together_point_at_the_line() {
    let steps = readings(&["power/1-healthy", "power/2-cycled"]);
    assert_eq!(cases(&steps[0].0), [] as [&str; 0]);
    let (answer, code) = &steps[1];
    assert_eq!((*code, cases(answer)), (2, vec!["power-fault open power:lab".to_owned()]));
    assert_eq!(suspects(answer, "power-fault")[0], "power-line");
}

#[test]
fn reading_the_same_again_changes_nothing() {
    let once = readings(&RELAPSE);
    let twice = readings(&RELAPSE.map(|name| [name, name]).concat());
    let told = |(answer, code): &(Value, i32)| (cases(answer), answer["observations"].clone(), *code);
    assert_eq!(told(&once[5]), told(&twice[11]));
}

/// A capture is a log among others: read by hand, it gives the same cases.
#[test]
fn ingest_and_scan_agree() {
    let scene = Scene::new();
    let database = scene.arg("history.db");
    let files: Vec<String> = RELAPSE.iter().map(|name| fixture(name)).collect();
    let mut arguments = vec!["ingest", "--db", &database];
    arguments.extend(files.iter().map(String::as_str));
    assert_eq!(run(&arguments).code, 0);
    let (kept, _) = json(&["cases", "--db", &database, "--host", "lab", "--now", "2026-11-21T18:00:00Z"]);
    let steps = readings(&RELAPSE);
    let open = |answer: &Value| cases(answer).into_iter().filter(|case| case.contains(" open ")).collect::<Vec<_>>();
    assert_eq!(open(&kept), open(&steps[5].0));
}

/// What is kept and what is judged at once come to the same, in whatever order the captures are given.
#[test]
fn investigate_agrees_with_the_history() {
    let steps = readings(&RELAPSE);
    let told = |answer: &Value| (cases(answer), suspects(answer, "relapse").join(" "));
    let mut files: Vec<String> = RELAPSE.iter().map(|name| fixture(name)).collect();
    for _ in 0..2 {
        let mut arguments = vec!["investigate"];
        arguments.extend(files.iter().map(String::as_str));
        assert_eq!(told(&json(&arguments).0), told(&steps[5].0));
        files.reverse();
    }
}

/// What was cut off is not concluded from: no drive is missing for that, and nothing is healthy.
#[test]
fn a_capture_that_is_cut_off_anywhere_is_never_healthy() {
    let packed = fs::read(root().join(fixture("relapse/1-healthy"))).expect("the fixture");
    let whole = zstd::decode_all(packed.as_slice()).expect("it is packed");
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    for kept in (2..lines.len()).step_by(lines.len() / 12) {
        let mut cut = lines[..kept].concat();
        cut.truncate(cut.len() - 7);
        let scene = Scene::new().with("capture.jsonl", cut);
        let (answer, run) = json(&["scan", "--replay", &scene.arg("capture.jsonl")]);
        assert_ne!(answer["verdict"], "healthy", "{kept} of {} lines", lines.len());
        assert_ne!(run.code, 0);
        assert!(!cases(&answer).iter().any(|case| case.starts_with("drive-missing")), "{:?}", cases(&answer));
    }
}

#[test]
fn what_is_no_capture_is_said_so() {
    let scene = Scene::new().with("log", "nothing of the kind\n").with("empty", "");
    for (name, code) in [("log", 65), ("empty", 65), ("not-there", 66)] {
        let run = run(&["scan", "--replay", &scene.arg(name)]);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{name}: {}", run.err);
        assert!(run.err.starts_with("arraywatch: "), "{}", run.err);
    }
}

/// A history that cannot be written is no reason not to answer.
#[test]
fn without_a_history_the_reading_alone_is_judged() {
    let scene = Scene::new().with("history.db", "another program's file, of some length");
    let (answer, run) = json(&["scan", "--replay", &fixture("relapse/3-degraded"), "--db", &scene.arg("history.db")]);
    assert_eq!((run.code, answer["verdict"].as_str()), (2, Some("critical")));
    assert!(answer["not_kept"].is_string() && run.err.contains("this reading alone"), "{}", run.err);
}

#[test]
fn coverage_tells_what_is_not_watched() {
    let scene = Scene::new();
    let database = scene.arg("history.db");
    for name in ["drives/1-healthy", "drives/2-ailing"] {
        run(&["scan", "--replay", &fixture(name), "--db", &database]);
    }
    let now = ["--now", "2026-11-21T18:00:00Z"];
    let (answer, run) = json(&["coverage", "--db", &database, now[0], now[1]]);
    assert_eq!(run.code, 3);
    let not: Vec<&str> =
        answer["not_watched"].as_array().into_iter().flatten().filter_map(|not| not["subject"].as_str()).collect();
    assert!(not.contains(&"drive:FAKED"), "{not:?}");
    assert!(answer["watched"]["drive"].as_u64() > Some(3), "{answer:#}");
}

/// What was measured is in the drive's history.
#[test]
fn samples_are_kept_and_shown() {
    let scene = Scene::new();
    let database = scene.arg("history.db");
    for name in RELAPSE {
        run(&["scan", "--replay", &fixture(name), "--db", &database]);
    }
    let (answer, _) = json(&["history", "drive", "LABNVME0", "--db", &database]);
    let measured = &answer["measured"];
    assert_eq!(measured["samples"], 6, "{measured:#}");
    let series =
        |name: &str| measured["values"].as_array().into_iter().flatten().find(|one| one["series"] == name).cloned();
    assert_eq!(series("nvme-temperature").expect("a temperature")["unit"], "K");
}

/// Masked on the way: what is left tells nobody's serial number, and the answer is the same.
#[test]
fn a_capture_in_another_compression_or_as_a_directory() {
    let packed = fs::read(root().join(fixture("relapse/3-degraded"))).expect("the fixture");
    let plain = zstd::decode_all(packed.as_slice()).expect("it is packed");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).expect("memory");
    let scene = Scene::new().with("capture.jsonl", &plain).with("capture.gz", gzip.finish().expect("memory"));
    let told = |path: &str| cases(&json(&["scan", "--replay", path]).0);
    let expect = told(&fixture("relapse/3-degraded"));
    assert_eq!((told(&scene.arg("")), told(&scene.arg("capture.gz"))), (expect.clone(), expect));
}

#[test]
fn pages() {
    let page = |arguments: &[&str]| run(arguments).out;
    let scene = Scene::new();
    let database = scene.arg("history.db");
    let pages = RELAPSE.map(|name| page(&["scan", "--replay", &fixture(name), "--db", &database]));
    insta::assert_snapshot!("scan_healthy", pages[0]);
    insta::assert_snapshot!("scan_relapse", pages[5]);
    insta::assert_snapshot!("scan_drives", page(&["scan", "--replay", &fixture("drives/2-ailing")]));
    insta::assert_snapshot!("scan_power", page(&["scan", "--replay", &fixture("power/2-cycled")]));
}

/// What the kernel says of a drive counts, though the drive itself says nothing.
#[test]
fn the_kernel_is_heard() {
    let packed = fs::read(root().join(fixture("power/1-healthy"))).expect("the fixture");
    let whole = String::from_utf8(zstd::decode_all(packed.as_slice()).expect("it is packed")).expect("text");
    let check = |record: &str, expect: &[&str]| {
        let line = serde_json::json!({ "kernel": [record] }).to_string();
        let scene = Scene::new().with("capture.jsonl", format!("{whole}{line}\n"));
        let (answer, _) = json(&["scan", "--replay", &scene.arg("capture.jsonl")]);
        let told: Vec<String> =
            cases(&answer).iter().map(|case| case.rsplit_once(' ').map_or("", |case| case.0).to_owned()).collect();
        assert_eq!(told, expect, "{record}");
    };
    let medium = "critical medium error, dev sdb, sector 1234 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2\n";
    check(&format!("3,9999,9000000,-;{medium}"), &["media-errors open"]);
    // Not the kernel's own word: another program wrote it (facility 1).
    check(&format!("11,9999,9000000,-;{medium}"), &[]);
}

/// Nobody knows how a drive is that was not read; that is not well.
#[test]
fn a_drive_that_refuses_everything_is_not_healthy() {
    let packed = fs::read(root().join(fixture("relapse/1-healthy"))).expect("the fixture");
    let whole = String::from_utf8(zstd::decode_all(packed.as_slice()).expect("it is packed")).expect("text");
    let refused = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(mut entry) if entry["ask"] == "/dev/nvme1" => {
            entry["status"] = serde_json::json!([0x2002, 0]);
            entry.as_object_mut().expect("an object").remove("data");
            format!("{entry}\n")
        }
        _ => format!("{line}\n"),
    };
    let scene = Scene::new().with("capture.jsonl", whole.lines().map(refused).collect::<String>());
    let (answer, run) = json(&["scan", "--replay", &scene.arg("capture.jsonl")]);
    assert_eq!((run.code, answer["verdict"].as_str()), (3, Some("unknown")));
}
