//! Event logs of MegaRAID controllers, as MegaCli and storcli print them: what they come to, and that damage and missing records show.

use super::common::{json, root};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    root().join("fixtures/megaraid-events").join(name)
}

/// Verdict, the codes of the cases, records, lines that are none, and what is wrong with the bytes.
fn check(path: &Path, expect: (&str, &str, u64, u64, &str)) {
    let (answer, _) = json(&["investigate", "--host", "h", &path.to_string_lossy()]);
    let cases = answer["cases"].as_array().into_iter().flatten();
    let codes: Vec<&str> = cases.filter_map(|case| case["code"].as_str()).collect();
    let source = &answer["sources"][0];
    assert_eq!(source["format"].as_str(), Some("megaraid-events"));
    let odd = source["anomalies"].as_array().into_iter().chain(source["damage"].as_array()).flatten();
    let odd: Vec<&str> = odd.filter_map(|one| one["kind"].as_str()).collect();
    let got = (
        answer["verdict"].as_str().unwrap_or_default(),
        &*codes.join(" "),
        source["records"].as_u64().unwrap_or_default(),
        source["unrecognised"].as_u64().unwrap_or_default(),
        &*odd.join(" "),
    );
    assert_eq!(got, expect, "{}: {answer:#}", path.display());
}

#[test]
fn verdicts() {
    check(&fixture("healthy"), ("healthy", "", 12, 0, ""));
    check(&fixture("degraded"), ("critical", "array-degraded drive-failed", 12, 0, ""));
    check(&fixture("rebuilding"), ("critical", "array-degraded drive-failed", 16, 3, ""));
    check(&fixture("repaired"), ("warning", "array-degraded drive-failed", 20, 0, ""));
    check(&fixture("failed"), ("critical", "array-failed", 7, 0, ""));
    check(&fixture("new-word"), ("warning", "event-not-understood", 7, 0, ""));
    check(&fixture("gap"), ("unknown", "", 11, 0, "missing"));
}

/// The subjects of what is told, in order of the log.
#[test]
fn subjects_are_those_of_the_other_outputs() {
    let (answer, _) = json(&["investigate", "--host", "h", &fixture("degraded").to_string_lossy()]);
    let told = answer["observations"].as_array().into_iter().flatten();
    let told: Vec<String> = told
        .filter(|one| one["severity"] != "info")
        .map(|one| {
            format!("{} {}", one["fact"].as_str().unwrap_or_default(), one["subject"].as_str().unwrap_or_default())
        })
        .collect();
    let expect = [
        "medium-error bay:h/c0/e32/s1",
        "drive-failed bay:h/c0/e32/s1",
        "array-degraded array:h/c0/l0",
        "array-degraded array:h/c0/l0",
        "drive-removed bay:h/c0/e32/s1",
    ];
    assert_eq!(told, expect, "{answer:#}");
}

#[test]
fn damage_is_told() {
    let bytes = std::fs::read(fixture("repaired")).expect("a fixture");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let write = |bytes: &[u8]| std::fs::write(&path, bytes).expect("a file");
    // A sector of NULs in the middle: the records that it touches are gone, no other.
    let mut zeroed = bytes.clone();
    zeroed[1024..1536].fill(0);
    write(&zeroed);
    let (answer, _) = json(&["investigate", "--host", "h", &path.to_string_lossy()]);
    let source = &answer["sources"][0];
    let kinds: Vec<&str> =
        source["damage"].as_array().into_iter().flatten().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["torn", "torn", "nul-run", "foreign", "torn"], "{answer:#}");
    assert_eq!(source["records"].as_u64(), Some(17), "{source:#}");
    // The end is cut off.
    write(&bytes[..bytes.len() - 40]);
    check(&path, ("warning", "array-degraded drive-failed", 19, 0, "torn"));
}
