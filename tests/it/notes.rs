//! Operators' notes: what they say counts, each by itself, and a mistake takes none of the others with it.

use super::common::{Scene, cases, json, log, notes, raid10, run};
use serde_json::Value;

fn observations(answer: &Value) -> Vec<String> {
    let told =
        |one: &Value| ["fact", "subject", "text"].map(|key| one[key].as_str().unwrap_or_default().to_owned()).join(" ");
    let of_notes = |one: &&Value| one["source"].as_str().is_some_and(|source| source.ends_with(".toml"));
    answer["observations"].as_array().into_iter().flatten().filter(of_notes).map(told).collect()
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["observations"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect()
}

/// Two people write a file each; what the one saw does not hide what the other saw.
#[test]
fn two_files_of_notes() {
    let day = notes(Some("engine"), "by = \"day\"\n", &["4T10:00 | bay:./c1/e0/s3 | drive-failed"]);
    let night = notes(Some("engine"), "by = \"night\"\n", &["4T22:00 | power:. | power-event"]);
    let scene = Scene::new().with("day.toml", day).with("night.toml", night);
    let (answer, run) = scene.investigate(&[]);
    assert_eq!(
        observations(&answer),
        ["drive-failed bay:engine/c1/e0/s3 drive failed (day)", "power-event power:engine power event (night)"]
    );
    assert_eq!((run.code, cases(&answer)), (2, vec!["drive-failed open bay:engine/c1/e0/s3".to_owned()]));
}

#[test]
fn the_same_note_twice_is_one() {
    let line = "4T10:00 | bay:./c1/e0/s3 | drive-failed";
    let scene = Scene::new()
        .with("a.toml", notes(Some("engine"), "", &[line]))
        .with("b.toml", notes(Some("engine"), "# a copy\n", &["3T10:00 | power:. | power-fine", line]));
    assert_eq!(observations(&scene.investigate(&[]).0).len(), 2);
}

/// A note written later, before or between the others, changes none of their identities, and so no case's.
#[test]
fn a_note_more_changes_no_other() {
    let lines = [
        "4T10:00 | array:./c1 | array-degraded",
        "4T12:00 | array:./c1 | rebuild-completed",
        "4T14:00 | array:./c1 | array-degraded",
    ];
    let answer =
        |lines: &[&str]| Scene::new().with("n.toml", notes(Some("engine"), &raid10(true), lines)).investigate(&[]).0;
    let before = answer(&lines);
    let after = answer(
        &[&["1T10:00 | host:. | machine-stopped"], &lines[..1], &["4T11:00 | power:. | power-bad"], &lines[1..]]
            .concat(),
    );
    assert!(ids(&before).iter().all(|id| ids(&after).contains(id)), "{:?} {:?}", ids(&before), ids(&after));
    let of_cases = |answer: &Value| {
        answer["cases"].as_array().into_iter().flatten().map(|case| case["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of_cases(&before), of_cases(&after));
}

/// The evidence is the note itself, for whoever looks it up.
#[test]
fn a_note_is_found_by_its_offsets() {
    let text = notes(
        Some("engine"),
        &raid10(true),
        &["4T10:00 | array:./c1 | array-degraded", "4T12:00 | array:./c1 | rebuild-started"],
    );
    let (answer, _) = Scene::new().with("n.toml", &text).investigate(&[]);
    let said: Vec<&str> = answer["observations"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let offset = |key: &str| one[key].as_u64().and_then(|at| usize::try_from(at).ok()).expect("an offset");
            text.get(offset("start")..offset("end")).expect("within the file")
        })
        .collect();
    assert_eq!(said.len(), 3);
    assert!(said[0].starts_with("[[array]]\n") && said[0].ends_with("[\"c1/e0/s2\", \"c1/e0/s3\"]]"), "{}", said[0]);
    assert_eq!(said[1], "[[note]]\nat = 2013-10-04T10:00:00Z\nsubject = \"array:./c1\"\nfact = \"array-degraded\"");
    assert_eq!(said[2], "[[note]]\nat = 2013-10-04T12:00:00Z\nsubject = \"array:./c1\"\nfact = \"rebuild-started\"");
}

#[test]
fn every_mistake_is_one_line_and_takes_no_note_with_it() {
    let text = "arraywatch = \"notes/1\"\nhost = \"engine\"\nzone = \"?\"\n\
        [[note]]\nat = 2013-10-04T10:00:00Z\nfact = \"drive-exploded\"\n\
        [[note]]\nat = 2013-10-04T10:00:00Z\nsubject = \"disk:3\"\nfact = \"drive-failed\"\n\
        [[note]]\nat = 2013-10-04\ntext = \"no time\"\n\
        [[note]]\nat = 2013-10-04T10:00:00Z\nwithin = \"soon\"\ntext = \"x\"\n\
        [[bay]]\nsubject = \"array:./c1\"\nlabel = \"A1\"\n\
        [[note]]\nat = 2013-10-04T10:00:00Z\nsubject = \"bay:./c1/e0/s3\"\nfact = \"drive-failed\"\n";
    let scene = Scene::new().with("n.toml", text);
    let (answer, run) = json(&["investigate", &scene.arg("n.toml")]);
    let lines: Vec<&str> = run.err.lines().map(|line| line.split_once("n.toml: ").expect("its name").1).collect();
    assert_eq!(lines.len(), 6, "{lines:#?}");
    for said in [
        "unknown key \"zone\"",
        "line 4: unknown fact \"drive-exploded\"; known are array-optimal, ",
        "line 7: «disk:3» is no subject",
        "line 11: a note needs a date and a time, not 2013-10-04",
        "line 14: \"soon\" is no duration",
        "line 18: array:engine/c1 is no bay",
    ] {
        assert!(lines.iter().any(|line| line.contains(said)), "{said}: {lines:#?}");
    }
    assert_eq!((run.code, &answer["incomplete"]), (2, &true.into()));
    assert_eq!(cases(&answer), ["drive-failed open bay:engine/c1/e0/s3"]);
}

#[test]
fn notes_that_are_no_toml() {
    for (text, line) in [
        ("arraywatch = \"notes/1\"\n[[note]\n", "n.toml: line 2: unclosed array table"),
        ("arraywatch = \"notes/2\"\n", "n.toml: line 1: notes of version \"notes/2\"; this program reads \"notes/1\""),
        ("arraywatch = \"notes/1\"\ntext = \"\u{7f}\"\n", "n.toml: line 2: "),
    ] {
        let scene = Scene::new().with("n.toml", text);
        let run = run(&["investigate", &scene.arg("n.toml")]);
        assert!(run.err.contains(line) && run.err.lines().count() == 1, "{}", run.err);
        assert_eq!(run.code, 3);
    }
}

#[test]
fn times_of_notes() {
    let text = "arraywatch = \"notes/1\"\nhost = \"engine\"\ntimezone = \"America/Chicago\"\n\
        [[note]]\nat = 2013-10-04T10:00:00\ntext = \"local\"\nwithin = \"2 h\"\n\
        [[note]]\nat = 2013-10-04T10:00:00+02:00\ntext = \"offset\"\n";
    let scene = Scene::new().with("n.toml", text);
    let (answer, _) = scene.investigate(&[]);
    let told: Vec<_> = ["at", "as_written", "time_basis", "within_seconds"]
        .map(|key| {
            answer["observations"].as_array().into_iter().flatten().map(|one| one[key].clone()).collect::<Vec<_>>()
        })
        .into_iter()
        .collect();
    assert_eq!(told[0], ["2013-10-04T08:00:00Z", "2013-10-04T15:00:00Z"]);
    assert_eq!(told[1], ["2013-10-04T10:00:00+02:00", "2013-10-04T10:00:00"]);
    assert_eq!(told[2], ["stated", "stated"]);
    assert_eq!(told[3], [Value::Null, 7200.into()]);
    let (answer, _) =
        Scene::new().with("n.toml", text.replace("timezone = \"America/Chicago\"\n", "")).investigate(&[]);
    assert_eq!(answer["observations"][1]["time_basis"], "assumed");
    assert_eq!(answer["observations"][1]["at"], "2013-10-04T10:00:00Z");
}

#[test]
fn labels_are_shown_beside_the_place() {
    let head = raid10(true) + "\n[[bay]]\nsubject = \"bay:./c1/e0/s1\"\nlabel = \"left 2\"\n";
    let said =
        notes(None, &head, &["4T10:00 | bay:./c1/e0/s0 | drive-failed", "4T10:01 | array:./c1 | array-degraded"]);
    let (answer, run) = Scene::new().with("a.toml", said).with("b.log", log("engine", 1..=4)).investigate(&[]);
    assert_eq!(run.code, 2);
    let label = answer["bays"].as_array().into_iter().flatten().find(|bay| bay["id"] == "bay:engine/c1/e0/s1");
    assert_eq!(label.expect("it is listed")["label"], "left 2");
    let not = super::common::texts(&super::common::case(&answer, "array-degraded")["do_not"]).join("\n");
    assert!(not.contains("bay left 2 (c1/e0/s1), S/N CVEM9310021B064KGN"), "{not}");
}
