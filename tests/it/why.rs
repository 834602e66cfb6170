//! `cases` and `why`: every number can be added up by hand, and every observation leads to the bytes that say it.

use super::common::{Scene, log, notes, raid10, run};
use super::status::Kept;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("{key}"))
}

/// The ids of all cases, those that are over, too.
fn ids(kept: &Kept) -> Vec<String> {
    let (cases, _) = kept.json(&["cases", "--all"]);
    list(&cases, "cases").iter().filter_map(|case| case["id"].as_str()).map(str::to_owned).collect()
}

#[test]
fn the_incident_word_for_word() {
    let kept = Kept::incident();
    for (name, arguments) in
        [("cases", &["cases"][..]), ("cases_all", &["cases", "--all"]), ("why", &["why", "8cf5c7c41e"])]
    {
        let run = kept.run(arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        insta::assert_snapshot!(name, run.out);
    }
}

#[test]
fn cases_are_those_of_investigate() {
    let kept = Kept::incident();
    let (investigated, _) =
        super::common::json(&["investigate", "fixtures/incidents/relapse-2013", "--now", "2013-10-27T06:00:00Z"]);
    let (all, _) = kept.json(&["cases", "--all"]);
    assert_eq!(all["cases"], investigated["cases"]);
    let (lasting, _) = kept.json(&["cases"]);
    let over = |case: &&Value| case["state"] == "closed";
    assert_eq!(list(&all, "cases").iter().filter(over).count(), 1);
    assert_eq!(list(&lasting, "cases").len() + 1, list(&all, "cases").len());
    for (case, id) in list(&all, "cases").iter().zip(ids(&kept)) {
        assert_eq!(kept.json(&["why", &id]).0["case"], *case);
    }
}

#[test]
fn json_adds_up() {
    let kept = Kept::incident();
    for id in ids(&kept) {
        let (why, _) = kept.json(&["why", &id]);
        let mut total = 0.0;
        for (suspect, score) in list(&why["case"], "suspects").iter().zip(list(&why, "scores")) {
            let sum: f64 = list(suspect, "terms").iter().filter_map(|term| term["weight"].as_f64()).sum();
            assert_eq!(suspect["cause"], score["cause"]);
            assert!((sum - score["score"].as_f64().expect("a number")).abs() < 1e-9);
            total += sum.exp();
        }
        assert!((total - why["total"].as_f64().expect("a number")).abs() < 1e-9);
        for suspect in list(&why["case"], "suspects") {
            let sum: f64 = list(suspect, "terms").iter().filter_map(|term| term["weight"].as_f64()).sum();
            let probability = suspect["probability"].as_f64().expect("a number");
            assert!((sum.exp() / total - probability).abs() < 1e-9, "{suspect}");
        }
    }
}

/// A number as it is printed, in units of its last decimal: sums of these are exact.
fn units(printed: &str, decimals: usize) -> i64 {
    let (whole, fraction) = printed.split_once('.').expect("a decimal point");
    assert_eq!(fraction.len(), decimals, "{printed}");
    let digits: String = whole.chars().chain(fraction.chars()).filter(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().expect("a number");
    if printed.starts_with('\u{2212}') { -number } else { number }
}

#[test]
fn what_is_printed_adds_up() {
    let kept = Kept::incident();
    for id in ids(&kept) {
        let out = kept.run(&["why", &id]).out;
        let (_, sums) = out.split_once("\nSUSPECTS\n").expect("the suspects");
        let (sums, _) = sums.split_once("\nWHERE THE WEIGHTS COME FROM\n").expect("their sources");
        let joined = sums.split_whitespace().collect::<Vec<_>>().join(" ");
        let (mut sum, mut raised, mut suspects) = (0, 0, 0);
        for line in sums.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [score, "score;", power, "=", shown, _, "/", _, "=", percent, "%"] => {
                    assert_eq!(units(score, 4), sum, "{line}");
                    assert_eq!(format!("e^{}", score.trim_start_matches('+')), power.replace("e^+", "e^"), "{line}");
                    let exact = (sum as f64 / 1e4).exp();
                    let shown = units(shown.trim_end_matches(';'), 6);
                    assert!((exact * 1e6 - shown as f64).abs() <= 0.5 + 1e-6, "{line}");
                    let total = joined.rsplit(' ').next().map(|total| units(total, 6)).expect("a total");
                    let share = shown as f64 / total as f64 * 100.0;
                    assert!((share - percent.parse::<f64>().expect("a number")).abs() < 0.06, "{line}");
                    (sum, raised, suspects) = (0, raised + shown, suspects + 1);
                }
                [weight, ..] if weight.starts_with(['+', '\u{2212}']) => sum += units(weight, 4),
                _ => {}
            }
        }
        assert!(suspects >= 3, "{out}");
        assert_eq!(raised, joined.rsplit(' ').next().map(|total| units(total, 6)).expect("a total"));
    }
}

/// Words of a text that a record would have, too.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 4)
}

#[test]
fn every_observation_leads_to_its_bytes() {
    let kept = Kept::incident();
    let mut traced = BTreeMap::new();
    for id in ids(&kept) {
        let (why, _) = kept.json(&["why", &id]);
        for (one, trace) in list(&why, "observations").iter().zip(list(&why, "traces")) {
            assert_eq!(one["id"], trace["id"]);
            assert_eq!(trace["bytes"], "unchanged", "{one}");
            let offset = |key: &str| usize::try_from(one[key].as_u64().expect("an offset")).expect("small");
            let source = fs::read(super::common::root().join(one["source"].as_str().expect("a path"))).expect("a file");
            let bytes = source.get(offset("start")..offset("end")).expect("within the file");
            let said = String::from_utf8_lossy(bytes);
            if one["fact"] == "stream-damaged" {
                // Its text is a description.
                assert!(bytes.starts_with(b"\0\0\0\0") && said.contains("TZif"), "{one}");
            } else {
                let text = one["text"].as_str().expect("a text").trim_end_matches(" (operator)");
                assert!(words(text).count() > 0);
                for word in words(text) {
                    assert!(said.contains(word), "{word} of {one} is not in {said}");
                }
            }
            let quote = trace["quote"].as_str().expect("a quote").trim_end_matches('\u{2026}');
            traced.insert(one["id"].to_string(), quote.to_owned());
        }
    }
    assert!(traced.len() > 6, "{traced:?}");
    assert!(traced.values().any(|quote| quote.starts_with("\u{ab}00 \u{d7} 438\u{bb}")), "{traced:?}");
    assert!(traced.values().any(|quote| quote.contains("fact = \"array-degraded\"")), "{traced:?}");
}

/// A drive that failed is replaced, and one is listed no longer.
fn derived() -> Kept {
    let without = |day: u32, slot: &str| -> String {
        super::common::report_of("engine", day, super::common::SERIALS)
            .lines()
            .filter(|line| !line.contains(slot))
            .map(|line| format!("{line}\n"))
            .collect()
    };
    let text = log("engine", 1..=5) + &(6..=9).map(|day| without(day, "slot 2,")).collect::<String>();
    let scene = Scene::new().with("a.log", text);
    let path = scene.arg("a.log");
    Kept::of(scene, &[&path])
}

/// The traces of the first case.
fn traces(kept: &Kept) -> Vec<Value> {
    let (why, _) = kept.json(&["why", &ids(kept)[0]]);
    list(&why, "traces").to_vec()
}

#[test]
fn what_was_made_of_reports_says_of_how_many() {
    let kept = derived();
    let traces = traces(&kept);
    let made: Vec<&Value> = traces.iter().filter(|trace| !trace["made_of"].is_null()).collect();
    assert_eq!(made.len(), 1, "{traces:?}");
    assert_eq!(made[0]["made_of"]["records"], 5);
    let quote = made[0]["quote"].as_str().expect("a quote");
    assert!(quote.starts_with("October 6, 2013") && !quote.contains("slot 2,"), "the first report without it: {quote}");
    let out = kept.run(&["why", &ids(&kept)[0]]).out;
    assert!(out.contains("made of 5 reports that list it"), "{out}");
}

#[test]
fn bytes_that_may_be_others_are_not_shown() {
    let check = |change: &dyn Fn(&Scene), expect: &str| {
        let kept = derived();
        change(&kept.0);
        let traces = traces(&kept);
        let told: Vec<&Value> = traces.iter().map(|trace| &trace["bytes"]).collect();
        assert!(!told.is_empty() && told.iter().all(|told| **told == expect), "{expect}: {told:?}");
        assert!(traces.iter().all(|trace| trace["quote"].is_string() == (expect == "unchanged")), "{traces:?}");
    };
    let text = |scene: &Scene| fs::read_to_string(scene.path("a.log")).expect("a log");
    let write = |scene: &Scene, text: String| fs::write(scene.path("a.log"), text).expect("a log");
    check(&|_| {}, "unchanged");
    check(&|scene| write(scene, text(scene) + "more of it\n"), "unchanged");
    check(&|scene| write(scene, text(scene)), "unchanged");
    check(&|scene| write(scene, text(scene).replacen("8:38", "8:39", 1)), "changed");
    check(&|scene| write(scene, text(scene)[1..].to_owned()), "changed");
    check(&|scene| write(scene, String::new()), "changed");
    check(&|scene| fs::remove_file(scene.path("a.log")).expect("a log"), "gone");
    check(
        &|scene| {
            fs::remove_file(scene.path("a.log")).expect("a log");
            fs::create_dir(scene.path("a.log")).expect("a directory");
        },
        "unreadable",
    );
}

#[test]
fn a_compressed_log_and_a_pipe() {
    let (plain, damaged) = (log("engine", 1..=5), log("engine", 6..=9).replacen("Drive map", "Drive\u{1}map", 1));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all((plain.clone() + &damaged).as_bytes()).expect("memory");
    let scene = Scene::new().with("a.log.gz", packer.finish().expect("memory"));
    let path = scene.arg("a.log.gz");
    let told = traces(&Kept::of(scene, &[&path]));
    assert!(
        told.iter().any(|trace| trace["quote"].as_str().is_some_and(|quote| quote.contains("Drive\\u{1}map"))),
        "{told:?}"
    );

    let kept = Kept(Scene::new());
    let mut command = super::common::command();
    command
        .args(["ingest", "-", "--db", &kept.0.arg("history.db"), "--now", "2013-10-10"])
        .stdin(std::process::Stdio::piped());
    let mut child = command.stdout(std::process::Stdio::null()).spawn().expect("the program");
    child.stdin.take().expect("a pipe").write_all((plain + &damaged).as_bytes()).expect("it reads");
    assert!(child.wait().expect("it ends").success());
    assert!(traces(&kept).iter().all(|trace| trace["bytes"] == "pipe"));
}

#[test]
fn what_a_person_said_is_told_with_who_and_when() {
    let said = notes(Some("engine"), &raid10(true), &["9T15:00 | array:./c1 | array-degraded"]);
    let scene = Scene::new().with("n.toml", said);
    let path = scene.arg("n.toml");
    let kept = Kept::of(scene, &[&path]);
    let id = ids(&kept)[0].clone();
    let run = kept.run(&["ack", &id, "--by", "ann", "--note", "I see to it", "--now", "2013-10-10T20:00:00Z"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let told = traces(&kept);
    let said: Vec<&Value> = told.iter().filter(|trace| trace["bytes"] == "said").collect();
    assert_eq!(said.len(), 1, "{told:?}");
    assert_eq!((&said[0]["said_by"], &said[0]["read_at"]), (&"ann".into(), &"2013-10-10T20:00:00Z".into()));
    let out = kept.run(&["why", &id]).out;
    assert!(out.contains("I see to it") && out.contains("said by ann on 2013-10-10 20:00 UTC"), "{out}");
}

#[test]
fn a_front_of_an_id_is_enough_and_a_wrong_one_gets_the_nearest() {
    let kept = Kept::incident();
    let whole = kept.run(&["why", "8cf5c7c41e"]).out;
    let check = |typed: &str, code: i32, told: &str| {
        let run = kept.run(&["why", typed]);
        assert_eq!(run.code, code, "{typed}: {}", run.err);
        assert_eq!(run.out, if code == 0 { whole.as_str() } else { "" });
        assert!(run.err.contains(told), "{typed}: {}", run.err);
    };
    check("8cf5c7c41e", 0, "");
    check("8cf5", 0, "");
    check("8CF5", 0, "");
    check("", 66, "several cases begin with");
    check("8cf5c7c41e0", 66, "nearest are 8cf5c7c41e");
    check("zzz", 66, "no case zzz");
    check("\u{1b}[31m", 66, "no case \\u{1b}[31m");
    assert_eq!(run(&["why"]).code, 64, "a case must be named");
}
