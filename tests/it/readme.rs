//! What the README shows is what the program prints.

use crate::common::{Scene, run};

#[test]
fn the_readme_shows_real_output() {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("```text\nCRITICAL").expect("the README shows the verdict");
    let (shown, _) = after.split_once("```").expect("the block ends");
    let incident = ["investigate", "--now", "2013-10-27T06:00:00Z", "fixtures/incidents/relapse-2013"];
    let printed = run(&incident).out;
    let shown = format!("CRITICAL{shown}");
    for line in shown.lines().filter(|line| *line != "...") {
        assert!(printed.lines().any(|printed| printed == line), "not printed any more: {line}");
    }
    assert!(shown.lines().count() > 30);
}

#[test]
fn so_is_what_it_shows_of_a_history() {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("```text\narray c1").expect("the README shows an array");
    let (shown, _) = after.split_once("```").expect("the block ends");
    let history = Scene::new();
    let with = |verb: &[&str]| {
        let history = history.arg("history.db");
        let more = ["--db", history.as_str(), "--now", "2013-10-27T06:00:00Z"];
        run(&[verb, &more].concat()).out
    };
    with(&["ingest", "fixtures/incidents/relapse-2013"]);
    let printed = with(&["history", "array", "c1"]);
    assert!(printed.starts_with(&format!("array c1{shown}")), "{printed}");
}

#[test]
fn so_is_what_it_shows_of_a_mistake() {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("none of it is in force\n").expect("the README shows a mistake");
    let (shown, _) = after.split_once("```").expect("the block ends");
    let scene =
        Scene::new().with("config.toml", "host = \"db7\"\n\n# how often drives are read\n[read]\nevry = \"5 min\"\n");
    let printed = run(&["config", "check", &scene.arg("config.toml")]).out;
    assert!(printed.ends_with(shown), "{printed}");
}
