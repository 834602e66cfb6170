//! What reaches a terminal: no colours where they do not belong, no line wider than the terminal, and nothing raw from a log.

use super::common::{Scene, command, finished, json, log, notes, raid10, run};
use std::process::Command;

const INCIDENT: [&str; 4] = ["investigate", "fixtures/incidents/relapse-2013", "--now", "2013-10-27T06:00:00Z"];

/// Runs the program on a terminal of a width. None where this machine has no `script`.
pub fn on_terminal(columns: usize, environment: &str, arguments: &[&str]) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_arraywatch");
    let line = format!("stty cols {columns} rows 50; TERM=xterm {environment} '{program}' {}", arguments.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(super::common::root()).env_remove("NO_COLOR");
    match script.stdin(std::process::Stdio::null()).output() {
        Ok(output) => Some(String::from_utf8(output.stdout).expect("text").replace("\r\n", "\n")),
        Err(error) => {
            eprintln!("SKIPPED: no terminal can be made without script(1): {error}");
            None
        }
    }
}

/// The text without colours.
fn plain(text: &str) -> String {
    text.split('\u{1b}')
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('m').expect("a colour").1 })
        .collect()
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    assert!(!run(&INCIDENT).out.contains('\u{1b}'), "a pipe gets none");
    let Some(coloured) = on_terminal(100, "", &INCIDENT) else { return };
    assert!(coloured.contains("\u{1b}[31m") || coloured.contains("\u{1b}[1m"), "{coloured}");
    assert!(!on_terminal(100, "NO_COLOR=1", &INCIDENT).expect("as before").contains('\u{1b}'));
    assert_eq!(plain(&coloured), run(&INCIDENT).out, "the words are the same");
    let mut forced = command();
    forced.args(INCIDENT).env("NO_COLOR", "1");
    assert!(!finished(forced.output().expect("the program")).out.contains('\u{1b}'));
}

/// Fails if a line is wider than it may be.
pub fn fits(text: &str, limit: usize) {
    for line in text.lines().filter(|line| line.chars().count() > limit) {
        // Paths and subjects are there to be copied, and not broken.
        let longest = line.split_whitespace().map(str::len).max().unwrap_or_default();
        assert!(longest + 8 > limit, "{limit} columns: {line}");
    }
    assert!(text.lines().all(|line| line.trim_end() == line), "no blanks at the ends of lines: {text}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (columns, limit) in [(40, 40), (60, 60), (80, 80), (100, 100), (250, 110)] {
        for arguments in
            [&INCIDENT[..], &["integrity", "fixtures/incidents/relapse-2013"], &["explain", "relapse"], &["explain"]]
        {
            let Some(text) = on_terminal(columns, "NO_COLOR=1", arguments) else { return };
            fits(&text, limit);
        }
    }
}

#[test]
fn a_pipe_has_a_width_of_its_own() {
    let mut narrow = command();
    narrow.args(INCIDENT).env("COLUMNS", "20");
    assert_eq!(finished(narrow.output().expect("the program")).out, run(&INCIDENT).out);
    assert!(run(&INCIDENT).out.lines().all(|line| line.chars().count() <= 100));
}

const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\rHEALTHY\u{8}\u{9b}31m\u{202e}txet\u{2066}\u{feff}\u{7f}";

/// Everything that a terminal acts on, or that hides or turns what it shows.
fn is_harmless(text: &str) {
    let harmful = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let found: Vec<char> = text.chars().filter(|c| harmful(*c)).collect();
    assert!(found.is_empty(), "{found:?} in {text}");
}

#[test]
fn hostile_text_is_never_shown_raw() {
    let toml: String = HOSTILE.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect();
    let head = format!(
        "by = \"{toml}\"\n\"{toml}\" = 1\n\n[[array]]\nsubject = \"array:./c1\"\nlevel = \"{toml}\"\nbays = [\"c1/{toml}\"]\n\n\
         [[bay]]\nsubject = \"bay:./c1/e0/s0\"\nlabel = \"{toml}\"\n"
    );
    let text = format!("text = \"{toml}{}\"", "long ".repeat(2_000));
    let said = notes(
        Some(&toml),
        &head,
        &[
            &format!("4T10:00 | array:./c1 | array-degraded | {text}"),
            &format!("4T10:00 | drive:{toml} | drive-failed | {text}"),
            &format!("4T10:00 | bay:./c1/e0/s0 | drive-replaced | old = \"{toml}\"\nnew = \"{toml}\""),
            &format!("4T10:00 | array:./c1 | {toml}"),
            &format!("4T10:00 | {toml} | drive-failed"),
            &format!("4T10:00 | host:. | note | within = \"{toml}\"\n{text}"),
        ],
    );
    let record =
        |text: &str| format!("October 5, 2013 9:00:00 AM CDT ERR 30001:A01C-S--L00 [en{HOSTILE}gine] {text}\n");
    let bidi = "October 5, 2013 9:00:00 AM CDT ERR 30001:A01C-S--L00 [\u{202e}engine] \u{2066}text\u{feff}\n";
    let map = log("engine", 6..=6).replace("INTEL", "IN\u{202e}TEL").replace("CVEM", "CV\u{feff}M");
    let text = [log("engine", 1..=4), record("x"), record(HOSTILE), bidi.to_owned(), map, HOSTILE.to_owned()].concat();
    let scene = Scene::new().with("a.log", text).with("n.toml", said).with(&format!("{HOSTILE}.log"), "x");
    for verb in ["investigate", "integrity"] {
        for options in [&[][..], &["--host", "db7"], &["--host", "\u{202e}db7"]] {
            let run = run(&[&[verb, &scene.arg("")], options].concat());
            is_harmless(&run.out);
            is_harmless(&run.err);
            assert!(run.out.lines().count() < 400, "long texts are cut");
        }
        let (_, run) = json(&[verb, &scene.arg("")]);
        is_harmless(&run.out);
    }
    let db = scene.arg("history.db");
    run(&["ingest", &scene.arg("a.log"), &scene.arg("n.toml"), "--db", &db]);
    let (kept, _) = json(&["cases", "--all", "--db", &db]);
    let ids: Vec<&str> =
        kept["cases"].as_array().into_iter().flatten().filter_map(|case| case["id"].as_str()).collect();
    assert!(!ids.is_empty());
    let of_cases = ids.iter().map(|id| vec!["why", id]);
    for verb in of_cases.chain([
        vec!["status"],
        vec!["cases", "--all"],
        vec!["why", HOSTILE],
        vec!["status", "--host", "\u{202e}"],
    ]) {
        for form in [&[][..], &["--json"]] {
            let run = run(&[&verb, form, &["--db", &db]].concat());
            is_harmless(&run.out);
            is_harmless(&run.err);
        }
    }
    let named = run(&["investigate", &format!("{HOSTILE}.log")]);
    is_harmless(&named.err);
    is_harmless(&run(&["explain", HOSTILE]).err);
}

#[test]
fn long_texts_are_cut() {
    let said = notes(
        Some("engine"),
        &raid10(false),
        &[&format!("4T10:00 | array:./c1 | array-degraded | text = \"{}\"", "word ".repeat(20_000))],
    );
    let scene = Scene::new().with("n.toml", said);
    let out = run(&["investigate", &scene.arg("n.toml")]).out;
    assert!(out.len() < 10_000, "{} bytes", out.len());
}
