//! The log that an operator published after the outage of October 2013, read where it lies beside the workspace. None of it is
//! part of this project; where it is absent these tests say so and pass.

use super::common::{cases, json};
use serde_json::Value;
use std::path::PathBuf;

fn beside(path: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if path.is_file() {
        return path.to_str().map(str::to_owned);
    }
    eprintln!("SKIPPED: {} is not here", path.display());
    None
}

fn read(name: &str) -> Option<(Value, Value)> {
    let path = beside(&format!("data/adaptec-2013/{name}"))?;
    Some((json(&["investigate", &path]).0, json(&["integrity", &path]).0))
}

/// Damage as `kind origin`, in order of the input.
fn damage(answer: &Value) -> Vec<String> {
    let damage = answer["sources"][0]["damage"].as_array().expect("a list");
    damage.iter().map(|one| format!("{} {}", one["kind"], one["origin"]).replace('"', "")).collect()
}

const FOREIGN: [&str; 3] = ["nul-run null", "foreign glibc-locale", "foreign tzif"];
const DAMAGED: &str = "stream-damaged open stream:anon/adaptec-storage-manager";

#[test]
fn whole() {
    let Some((answer, bytes)) = read("full.log") else { return };
    assert_eq!(damage(&bytes), FOREIGN);
    assert_eq!((&answer["verdict"], &answer["sources"][0]["records"]), (&"critical".into(), &12.into()));
    let missing = "report-missing open stream:anon/adaptec-storage-manager";
    assert_eq!(cases(&answer).get(..2).unwrap_or_default(), [DAMAGED, missing]);
    assert_eq!(answer["arrays"][0]["state"], "unknown");
    assert_eq!(answer["drives"].as_array().map(Vec::len), Some(4));
    // The published pieces leave out the days between.
    assert_eq!(bytes["sources"][0]["anomalies"][0]["kind"], "gap");
}

#[test]
fn its_end_in_bytes() {
    let Some((answer, bytes)) = read("abnormal.bytes.log") else { return };
    assert_eq!(damage(&bytes), FOREIGN);
    assert_eq!((cases(&answer), &answer["sources"][0]["records"]), (vec![DAMAGED.to_owned()], &4.into()));
}

/// As a pager showed it: offsets are those of the text, and beside them those of the bytes it stands for.
#[test]
fn its_end_as_a_pager_showed_it() {
    let Some((answer, bytes)) = read("abnormal.as-published.log") else { return };
    let source = &bytes["sources"][0];
    assert_eq!((damage(&bytes), &source["pager_notation"]), (FOREIGN.map(str::to_owned).to_vec(), &true.into()));
    assert_eq!((cases(&answer), &source["records"]), (vec![DAMAGED.to_owned()], &4.into()));
    let nuls = &source["damage"][0];
    let length = |start: &str, end: &str| nuls[end].as_u64().zip(nuls[start].as_u64()).map(|(end, start)| end - start);
    assert_eq!(
        length("start", "end"),
        length("decoded_start", "decoded_end").map(|bytes| bytes * 2),
        "^@ for each NUL"
    );
    let suspects = super::common::suspects(&answer, "stream-damaged");
    assert!(suspects.contains(&"copying"), "{suspects:?}");
}

#[test]
fn its_intact_part() {
    let Some((answer, bytes)) = read("normal.log") else { return };
    assert_eq!((&bytes["verdict"], &bytes["sources"][0]["records"]), (&"healthy".into(), &8.into()));
    assert_eq!((&answer["verdict"], cases(&answer).len()), (&"unknown".into(), 0), "intact bytes are no healthy array");
}

#[test]
fn a_log_of_2008() {
    let Some(path) = beside("corpora/excerpts/adaptec-storage-manager-raidevt.txt") else { return };
    let (answer, run) = json(&["investigate", &path]);
    assert_eq!((run.code, &answer["sources"][0]["records"]), (1, &2.into()));
    assert!(cases(&answer)[0].starts_with("recorder-stopped open host:unnamed-"), "{:?}", cases(&answer));
}

/// Logs of other formats are refused in a line each, and not taken for a known one.
#[test]
fn other_formats() {
    for name in ["redfish-hpe-iml-bay3-2020.txt", "NOTE.txt"] {
        let Some(path) = beside(&format!("corpora/excerpts/{name}")) else { continue };
        let run = super::common::run(&["investigate", &path]);
        assert_eq!((run.code, run.err.lines().count()), (65, 1), "{}", run.err);
    }
}
