//! The contract of `--json`: the schemas, and what a schema cannot say.

use super::common::{Scene, json, log, notes, raid10, run};
use jsonschema::{Registry, Validator};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The schema files, by what stands for the command in `schema`.
pub const SCHEMAS: &[(&str, &str)] = &[
    ("investigate", include_str!("../../schemas/investigate.schema.json")),
    ("scan", include_str!("../../schemas/scan.schema.json")),
    ("capture", include_str!("../../schemas/capture.schema.json")),
    ("coverage", include_str!("../../schemas/coverage.schema.json")),
    ("config-check", include_str!("../../schemas/config-check.schema.json")),
    ("config-init", include_str!("../../schemas/config-init.schema.json")),
    ("integrity", include_str!("../../schemas/integrity.schema.json")),
    ("explain", include_str!("../../schemas/explain.schema.json")),
    ("db-check", include_str!("../../schemas/db-check.schema.json")),
    ("db-backup", include_str!("../../schemas/db-backup.schema.json")),
    ("db-prune", include_str!("../../schemas/db-prune.schema.json")),
    ("export", include_str!("../../schemas/export.schema.json")),
    ("ingest", include_str!("../../schemas/ingest.schema.json")),
    ("status", include_str!("../../schemas/status.schema.json")),
    ("cases", include_str!("../../schemas/cases.schema.json")),
    ("alerts", include_str!("../../schemas/alerts.schema.json")),
    ("withdrawn", include_str!("../../schemas/withdrawn.schema.json")),
    ("why", include_str!("../../schemas/why.schema.json")),
    ("said", include_str!("../../schemas/said.schema.json")),
    ("events", include_str!("../../schemas/events.schema.json")),
    ("alert", include_str!("../../schemas/alert.schema.json")),
    ("tell-test", include_str!("../../schemas/tell-test.schema.json")),
    ("history-drive", include_str!("../../schemas/history-drive.schema.json")),
    ("history-bay", include_str!("../../schemas/history-bay.schema.json")),
    ("history-array", include_str!("../../schemas/history-array.schema.json")),
];

/// The schema of a command.
pub fn schema(command: &str) -> Value {
    let found = SCHEMAS.iter().find(|(known, _)| *known == command);
    parsed(found.unwrap_or_else(|| panic!("no schema of {command}")).1)
}

/// What they have in common.
pub const COMMON: &str = include_str!("../../schemas/common.schema.json");

pub fn parsed(schema: &str) -> Value {
    serde_json::from_str(schema).expect("a schema is JSON")
}

static VALIDATORS: LazyLock<BTreeMap<&'static str, Validator>> = LazyLock::new(|| {
    let common = parsed(COMMON);
    let id = common["$id"].as_str().expect("it has one").to_owned();
    let registry = Registry::new().add(&id, common).expect("an address").prepare().expect("no other schema is needed");
    let validator = |schema| jsonschema::options().with_registry(&registry).build(&parsed(schema)).expect("a schema");
    SCHEMAS.iter().map(|(command, schema)| (*command, validator(schema))).collect()
});

/// Fails unless a value keeps to the schema of a command.
pub fn fits(command: &str, value: &Value) {
    let wrong: Vec<String> =
        VALIDATORS[command].iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?} in {value:#}");
}

/// Fails unless the output keeps to its schema, and to what no schema can say.
pub fn keeps_the_contract(value: &Value) {
    let schema = value["schema"].as_str().expect("every output names its schema");
    let (command, version) =
        schema.strip_prefix("arraywatch.").and_then(|name| name.split_once('/')).expect("its form");
    assert_eq!(version, "1");
    let wrong: Vec<String> =
        VALIDATORS[command].iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    list(value, "sources").iter().filter(|source| source.get("damage").is_some()).for_each(source);
    let cases: Vec<&Value> = list(value, "cases").iter().chain(value.get("case")).collect();
    cases.iter().copied().for_each(case);
    fits(command, value);
    list(value, "sources").iter().for_each(source);
    list(value, "cases").iter().for_each(case);
    let times: Vec<&str> = list(value, "observations").iter().filter_map(|one| one["at"].as_str()).collect();
    assert!(times.is_sorted(), "observations are in order of time");
    let known: Vec<&Value> = list(value, "observations").iter().map(|one| &one["id"]).collect();
    let unique: std::collections::BTreeSet<String> = known.iter().map(ToString::to_string).collect();
    assert_eq!(known.len(), unique.len(), "an observation is listed once");
    if value.get("observations").is_none() {
        return;
    }
    let told = cases.into_iter().flat_map(|case| {
        let terms = list(case, "suspects").iter().flat_map(|suspect| list(suspect, "terms"));
        terms.chain([case]).flat_map(|rests| list(rests, "observations")).collect::<Vec<_>>()
    });
    told.for_each(|id| assert!(known.contains(&id), "{id} can be looked up"));
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} of {value}"))
}

fn source(source: &Value) {
    if source["whole"] == false {
        // It was not read to its end, and nothing is known of that.
        return;
    }
    let bytes = number(source, "bytes");
    let mut end = 0;
    for damage in list(source, "damage") {
        assert!(number(damage, "start") >= end, "damage is in order and does not overlap: {damage}");
        assert!(number(damage, "start") < number(damage, "end"), "{damage}");
        end = number(damage, "end");
    }
    assert!(end <= bytes);
    let mut end = 0;
    for span in list(source, "spans") {
        assert_eq!(number(span, "start"), end, "the spans tile the input: {span}");
        assert!(number(span, "start") < number(span, "end"), "{span}");
        end = number(span, "end");
    }
    if !list(source, "spans").is_empty() && list(source, "spans").len() < 5_000 {
        assert_eq!(end, bytes, "the spans tile the whole input");
        let damaged = list(source, "spans").iter().filter(|span| span["kind"] == "damage");
        let pair = |of: &Value| (number(of, "start"), number(of, "end"));
        assert_eq!(damaged.map(pair).collect::<Vec<_>>(), list(source, "damage").iter().map(pair).collect::<Vec<_>>());
    }
}

fn case(case: &Value) {
    let probability = |suspect: &Value| suspect["probability"].as_f64().expect("a number");
    let suspects = list(case, "suspects");
    if suspects.is_empty() {
        assert_eq!(case["code"], "not-watched", "of all else causes are weighed");
        return;
    }
    let sum: f64 = suspects.iter().map(probability).sum();
    assert!((sum - 1.0).abs() < 1e-9, "probabilities sum to 1, not {sum}");
    assert!(suspects.is_sorted_by(|a, b| probability(a) >= probability(b)), "the most probable first");
    let score = |suspect: &Value| list(suspect, "terms").iter().filter_map(|term| term["weight"].as_f64()).sum::<f64>();
    let total: f64 = suspects.iter().map(|suspect| score(suspect).exp()).sum();
    for suspect in suspects {
        let by_hand = score(suspect).exp() / total;
        assert!((by_hand - probability(suspect)).abs() < 1e-9, "the terms add up to the probability: {suspect}");
    }
}

#[test]
fn every_command_keeps_to_its_schema() {
    let noted = notes(
        Some("engine"),
        &(raid10(true) + "\n[[bay]]\nsubject = \"bay:./c1/e0/s0\"\nlabel = \"A1\"\n"),
        &[
            "5T10:00 | bay:./c1/e0/s0 | failure-predicted",
            "6T10:00 | bay:./c1/e0/s0 | drive-failed | within = \"1 h\"",
            "6T10:01 | array:./c1 | array-degraded",
            "6T12:00 | bay:./c1/e0/s0 | drive-replaced | new = \"NEW1\"",
            "6T13:00 | array:./c1 | rebuild-failed",
            "7T13:00 | array:./c1 | array-failed",
            "8T13:00 | host:. | recorder-stopped",
            "8T14:00 | power:. | power-fine",
            "9T14:00 | drive:LOOSE | drive-failed",
        ],
    );
    let damaged = log("engine", 1..=12).replacen("slot 2, S/N C", "slot 2, S/N \0\0\0\0", 3) + "\0\0\0\0\0\0\0\0";
    let scene = Scene::new().with("a.log", damaged).with("b.toml", noted).with("c.txt", "neither").with("d", "");
    let all = ["a.log", "b.toml", "c.txt", "d", "missing"].map(|name| scene.arg(name));
    for command in ["investigate", "integrity"] {
        let (value, run) = json(&[&[command.to_owned()], all.as_slice()].concat());
        assert_eq!(run.code, 2, "{}", run.err);
        assert_eq!(value["incomplete"], true);
        assert_eq!(list(&value, "unread").len(), 3);
    }
    for code in arraywatch::model::Code::ALL {
        json(&["explain", code.code()]);
    }
    assert_eq!(list(&json(&["explain"]).0, "articles").len(), arraywatch::model::Code::ALL.len());
}

#[test]
fn nothing_readable_is_one_object_still() {
    let (value, run) = json(&["investigate", "no-such-file"]);
    assert_eq!((run.code, &value["verdict"], &value["incomplete"]), (66, &"unknown".into(), &true.into()));
    let (value, run) = json(&["integrity", "no-such-file"]);
    assert_eq!((run.code, &value["verdict"], &value["incomplete"]), (66, &"unknown".into(), &true.into()));
}

#[test]
fn times_stand_beside_the_text_as_written() {
    let scene = Scene::new().with("a.log", log("engine", 1..=3));
    let (value, _) = scene.investigate(&[]);
    let drive = &value["drives"][0];
    assert_eq!(drive["first_seen"], "2013-10-01T13:38:32Z");
    assert_eq!(drive["first_seen_as_written"], "October 1, 2013 8:38:32 AM CDT");
    assert_eq!(drive["last_seen"], "2013-10-03T13:38:34Z");
    assert_eq!(drive["last_seen_as_written"], "October 3, 2013 8:38:34 AM CDT");
}

#[test]
fn colour_and_progress_stay_out_of_json() {
    let run = run(&["investigate", "--json", "fixtures/incidents/relapse-2013"]);
    assert!(!run.out.contains('\u{1b}') && run.err.is_empty(), "{}", run.err);
}
