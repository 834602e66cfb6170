//! What people see, word for word: `cargo insta review` shows what a change does to it.

use super::common::{json, run};
use serde_json::{Value, json};

const DIRECTORY: &str = "fixtures/incidents/relapse-2013";
const LOG: &str = "fixtures/incidents/relapse-2013/RaidEvt.log";
const NOTES: &str = "fixtures/incidents/relapse-2013/operator.notes.toml";

fn page(arguments: &[&str], code: i32) -> String {
    let run = run(arguments);
    assert_eq!((run.code, run.err.as_str()), (code, ""));
    run.out
}

#[test]
fn the_incident() {
    insta::assert_snapshot!("incident", page(&["investigate", DIRECTORY, "--now", "2013-10-27T06:00:00Z"], 2));
}

#[test]
fn the_log_alone() {
    insta::assert_snapshot!("log_alone", page(&["investigate", LOG, "--now", "2013-10-30T06:00:00Z"], 2));
    let (answer, run) = json(&["investigate", LOG]);
    assert_eq!((run.code, &answer["verdict"], &answer["incomplete"]), (2, &"critical".into(), &true.into()));
    assert_eq!(
        super::common::cases(&answer),
        [
            "stream-damaged open stream:engine/adaptec-storage-manager",
            "report-missing open stream:engine/adaptec-storage-manager",
        ]
    );
    assert_eq!(
        (&answer["arrays"][0]["id"], &answer["arrays"][0]["state"]),
        (&"array:engine/c1".into(), &"unknown".into())
    );
}

#[test]
fn the_notes_alone() {
    insta::assert_snapshot!("notes_alone", page(&["investigate", NOTES, "--now", "2013-10-27T06:00:00Z"], 2));
}

#[test]
fn integrity() {
    insta::assert_snapshot!("integrity", page(&["integrity", DIRECTORY], 2));
}

#[test]
fn explain() {
    insta::assert_snapshot!("explain", page(&["explain"], 0));
    insta::assert_snapshot!("explain_relapse", page(&["explain", "relapse"], 0));
}

#[test]
fn help() {
    insta::assert_snapshot!("help", page(&["--help"], 0));
    let verbs = [
        "investigate",
        "scan",
        "capture",
        "coverage",
        "ingest",
        "integrity",
        "explain",
        "status",
        "cases",
        "why",
        "history",
        "events",
        "note",
        "ack",
        "replaced",
        "retire",
        "maintenance",
        "config",
        "tell",
        "db",
    ];
    for verb in verbs {
        let help = page(&[verb, "--help"], 0);
        assert!(help.contains("Examples:\n"), "{help}");
        insta::assert_snapshot!(format!("help_{verb}"), help);
    }
}

/// The JSON of the incident, reduced to what a program would act on.
#[test]
fn the_incident_for_programs() {
    let (answer, run) = json(&["investigate", DIRECTORY, "--now", "2013-10-27T06:00:00Z"]);
    assert_eq!(run.code, 2);
    let each =
        |list: &Value, pick: fn(&Value) -> Value| list.as_array().into_iter().flatten().map(pick).collect::<Value>();
    let reduced = json!({
        "verdict": answer["verdict"], "incomplete": answer["incomplete"], "evidence_until": answer["evidence_until"],
        "hosts": answer["hosts"],
        "sources": each(&answer["sources"], |source| json!([source["path"], source["format"], source["bytes"], source["records"],
            source["damage"].as_array().into_iter().flatten().map(|damage| format!("{}..{} {} {}", damage["start"], damage["end"], damage["kind"], damage["origin"])).collect::<Vec<_>>()])),
        "arrays": each(&answer["arrays"], |array| json!([array["id"], array["level"], array["state"],
            array["transitions"].as_array().into_iter().flatten().map(|to| format!("{} {}", to["at"], to["state"])).collect::<Vec<_>>()])),
        "cases": each(&answer["cases"], |case| json!({
            "id": case["id"], "code": case["code"], "state": case["state"], "opened": case["opened"], "subject": case["subject"],
            "summary": case["summary"],
            "suspects": case["suspects"].as_array().into_iter().flatten().map(|suspect| {
                let percent = suspect["probability"].as_f64().unwrap_or_default() * 100.0;
                format!("{percent:.0} % {} {}", suspect["cause"], suspect["subject"])
            }).collect::<Vec<_>>(),
        })),
        "unknowns": answer["unknowns"],
    });
    insta::assert_snapshot!("incident_json", format!("{reduced:#}"));
}
