//! Two hosts' "controller 1, slot 3" never become one, and this machine's name is nobody's.

use super::common::{Scene, cases, json, log, notes, report_of, texts};
use serde_json::Value;

fn bays(answer: &Value) -> Vec<&str> {
    answer["bays"].as_array().into_iter().flatten().filter_map(|bay| bay["id"].as_str()).collect()
}

/// A log in the form that names no host.
fn nameless(first: u32) -> String {
    (first..first + 3).map(|day| report_of("engine", day, super::common::SERIALS).replace("[engine] ", "")).collect()
}

fn hosts(scene: &Scene, options: &[&str]) -> Vec<String> {
    let (answer, _) = scene.investigate(options);
    texts(&answer["hosts"]).into_iter().map(str::to_owned).collect()
}

#[test]
fn two_hosts_stay_apart() {
    let other = ["A1", "A2", "A3", "A4"];
    let scene = Scene::new()
        .with("a.log", log("engine", 1..=3))
        .with("b.log", (1..=3).map(|day| report_of("standby", day, other)).collect::<String>())
        .with("n.toml", notes(Some("standby"), "", &["4T10:00 | bay:./c1/e0/s3 | drive-failed"]));
    let (answer, _) = scene.investigate(&[]);
    assert_eq!(texts(&answer["hosts"]), ["engine", "standby"]);
    let slots = |host| (0..4).map(move |slot| format!("bay:{host}/c1/e0/s{slot}"));
    assert_eq!(bays(&answer), slots("engine").chain(slots("standby")).collect::<Vec<_>>());
    assert!(
        answer["bays"].as_array().into_iter().flatten().all(|bay| bay["occupants"].as_array().map(Vec::len) == Some(1))
    );
    assert_eq!(cases(&answer), ["drive-failed open bay:standby/c1/e0/s3"]);
    let failed: Vec<&Value> =
        answer["drives"].as_array().into_iter().flatten().filter(|drive| drive["state"] == "failed").collect();
    assert_eq!((failed.len(), &failed[0]["serial"]), (1, &"A4".into()));
}

#[test]
fn a_log_that_names_no_host_has_a_fingerprint() {
    let short = hosts(&Scene::new().with("log", nameless(1)), &[]);
    let longer = hosts(&Scene::new().with("other-name", nameless(1) + &nameless(4)), &[]);
    let another = hosts(&Scene::new().with("log", nameless(2)), &[]);
    assert!(short[0].starts_with("unnamed-") && short.len() == 1, "{short:?}");
    assert_eq!(short, longer);
    assert_ne!(short, another);
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    assert_ne!(short[0], own.trim());
}

#[test]
fn damage_before_the_first_record_is_of_the_same_host() {
    let damaged = |host| format!("{}{}", "\0".repeat(600), log(host, 1..=3));
    let scene = Scene::new().with("a", damaged("engine")).with("b", damaged("standby"));
    let (answer, _) = scene.investigate(&[]);
    assert_eq!(
        cases(&answer),
        [
            "stream-damaged open stream:engine/adaptec-storage-manager",
            "stream-damaged open stream:standby/adaptec-storage-manager",
        ]
    );
}

#[test]
fn logs_without_an_intact_record_stay_apart() {
    let garbled = |day: u32| report_of("engine", day, super::common::SERIALS).replace("Drive map", "Drive\u{1}map");
    let scene = Scene::new().with("a", garbled(1)).with("b", garbled(2));
    let (answer, _) = scene.investigate(&[]);
    let subjects: Vec<String> = cases(&answer);
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(!subjects.iter().any(|case| case.ends_with("stream:unnamed/adaptec-storage-manager")), "{subjects:?}");
}

#[test]
fn the_host_that_is_given_overrules() {
    let scene = Scene::new().with("a.log", log("engine", 1..=3)).with("b.log", nameless(4));
    assert_eq!(hosts(&scene, &["--host", "db7"]), ["db7"]);
    let (answer, _) = scene.investigate(&["--host", "db 7/a"]);
    assert_eq!(bays(&answer)[0], "bay:db%207%2Fa/c1/e0/s0", "a name is one part of a subject");
}

#[test]
fn notes_without_a_host_speak_of_the_only_one() {
    let said = notes(None, "", &["4T10:00 | bay:./c1/e0/s3 | drive-failed"]);
    let scene = Scene::new().with("a.toml", &said).with("z.log", log("engine", 1..=3));
    assert_eq!(hosts(&scene, &[]), ["engine"]);
    let scene =
        scene.with("y.log", (1..=3).map(|day| report_of("standby", day, ["1", "2", "3", "4"])).collect::<String>());
    let known = hosts(&scene, &[]);
    assert_eq!(known.len(), 3, "of two it cannot be told which: {known:?}");
}

#[test]
fn integrity_names_the_host_as_investigate_does() {
    let scene = Scene::new()
        .with("a.log", log("engine", 1..=3))
        .with("b.toml", notes(None, "", &["4T10:00 | host:. | machine-stopped"]));
    for verb in ["investigate", "integrity"] {
        let (answer, _) = json(&[verb, &scene.arg("")]);
        assert_eq!(
            (&answer["sources"][0]["host"], &answer["sources"][1]["host"]),
            (&"engine".into(), &"engine".into()),
            "{verb}"
        );
    }
}
