//! The closed lists of the schemas are those of the program: what the one has and the other lacks is a broken contract.

use super::json::{COMMON, SCHEMAS, parsed, schema};
use arraywatch::chronicle::{Ending, Unit};
use arraywatch::diagnosis::Waits;
use arraywatch::model::{
    Ailment, ArrayState, CaseState, Cause, Code, DriveState, Kind, Role, Severity, Verdict, WhyUnread,
};
use arraywatch::observe::FAMILIES;
use arraywatch_parsers::foreign::Origin;
use arraywatch_parsers::stream::{AnomalyKind, DamageKind};
use arraywatch_parsers::time::Basis;
use serde_json::Value;
use std::collections::BTreeSet;

fn words(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let list = schema.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("{pointer}"));
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn check(schema: &Value, pointer: &str, program: impl IntoIterator<Item = impl AsRef<str>>) {
    let program: BTreeSet<String> = program.into_iter().map(|word| word.as_ref().to_owned()).collect();
    assert_eq!(words(schema, pointer), program, "{pointer}");
}

/// The words that a function of a source file gives, between its head and its end: for lists whose values carry data and can
/// have no constant that holds them all.
fn given_by(source: &str, function: &str) -> BTreeSet<String> {
    let body = source.split_once(function).expect("the function").1;
    let end = ["\n    }\n", "\n}\n"].iter().filter_map(|end| body.find(end)).min().expect("its end");
    let body = body.get(..end).unwrap_or_default();
    let words = body.lines().filter_map(|line| line.split_once("=> \"")?.1.split_once('"'));
    words.map(|(word, _)| word.to_owned()).collect()
}

#[test]
fn closed_lists() {
    let common = parsed(COMMON);
    check(&common, "/$defs/verdict/enum", Verdict::ALL.map(Verdict::code));
    check(&common, "/$defs/severity/enum", Severity::ALL.map(Severity::code));
    check(&common, "/$defs/code/enum", Code::ALL.map(Code::code));
    check(&common, "/$defs/format/enum", FAMILIES.iter().map(|family| family.name()));
    check(&common, "/$defs/origin/enum", Origin::ALL.map(Origin::code));
    check(&common, "/$defs/damage_kind/enum", DamageKind::ALL.map(DamageKind::code));
    check(&common, "/$defs/anomaly_kind/enum", AnomalyKind::ALL.map(AnomalyKind::code));
    let reasons = given_by(include_str!("../../src/streams/failure.rs"), "fn code(&self)");
    check(&common, "/$defs/unread/properties/reason/enum", reasons);
    check(&common, "/$defs/drive_state/enum", DriveState::ALL.map(DriveState::code));
    check(&common, "/$defs/array_state/enum", ArrayState::ALL.map(ArrayState::code));
    check(&common, "/$defs/case_state/enum", CaseState::ALL.map(CaseState::code));
    check(&common, "/$defs/cause/enum", Cause::ALL.map(Cause::code));
    check(&common, "/$defs/time_basis/enum", Basis::ALL.map(Basis::code));
    let facts = given_by(include_str!("../../src/model/observation.rs"), "pub const fn code(&self)");
    check(&common, "/$defs/fact/enum", facts);
    check(&common, "/$defs/stay/properties/ended/enum", Ending::ALL.map(Ending::code));
    check(&common, "/$defs/pace/properties/unit/enum", Unit::ALL.map(Unit::code));
    let db_check = schema("db-check");
    check(&db_check, "/$defs/finding/properties/check/enum", arraywatch::history::Finding::checks());
    check(&schema("status"), "/$defs/hold/properties/waits/enum", Waits::ALL.map(Waits::code));
    let quotes = given_by(include_str!("../../src/keep/trace.rs"), "pub const fn code(&self)");
    check(&schema("why"), "/$defs/trace/properties/bytes/enum", quotes);
    check(&schema("scan"), "/$defs/why_unread/enum", WhyUnread::ALL.map(WhyUnread::code));
    check(&schema("scan"), "/$defs/ailment/enum", Ailment::ALL.map(Ailment::code));
    check(&schema("scan"), "/$defs/role/enum", Role::ALL.map(Role::code));
    check(
        &schema("alert"),
        "/properties/kind/enum",
        arraywatch::alerting::Kind::ALL.map(arraywatch::alerting::Kind::code),
    );
    let spans = given_by(include_str!("../../src/report/json.rs"), "fn span(");
    check(&schema("integrity"), "/$defs/span/properties/kind/enum", spans);
}

#[test]
fn subjects_of_every_kind_fit_their_pattern() {
    let common = parsed(COMMON);
    let pattern = |name: &str| jsonschema::validator_for(&common["$defs"][name]).expect("a schema");
    let subject = pattern("subject");
    for kind in Kind::ALL {
        let path = if matches!(kind, Kind::Drive | Kind::Host) { "" } else { "/c1" };
        assert!(subject.is_valid(&format!("{}:A%20b-1{path}", kind.code()).into()), "{}", kind.code());
    }
    assert!(subject.is_valid(&"power:db7".into()));
    for wrong in
        ["", "drive:", "drive:a/b", "disk:a", "bay:db7", "bay:db7//s1", "bay:db 7/c1", "drive:a%0a", "drive:a\n"]
    {
        assert!(!subject.is_valid(&wrong.into()), "{wrong}");
    }
    let time = pattern("time");
    assert!(time.is_valid(&"2013-10-26T13:39:13Z".into()));
    for wrong in ["2013-10-26", "2013-10-26T13:39:13+00:00", "2013-13-26T13:39:13Z", "2013-10-26T13:39:13.5Z", ""] {
        assert!(!time.is_valid(&wrong.into()), "{wrong}");
    }
}

#[test]
fn schemas_are_schemas_and_closed() {
    for (name, schema) in SCHEMAS.iter().chain([("common", COMMON)].iter()) {
        let schema = parsed(schema);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        objects(&schema, &mut |object| {
            assert_eq!(object["additionalProperties"], false, "{name}: {object}");
            let keys: BTreeSet<&String> = object["properties"].as_object().expect("properties").keys().collect();
            let required = words(object, "/required");
            assert_eq!(required.iter().collect::<BTreeSet<_>>(), keys, "{name}");
        });
    }
}

/// Visits every schema of an object.
fn objects(value: &Value, visit: &mut impl FnMut(&Value)) {
    if value.get("type").is_some_and(|kind| kind == "object") {
        visit(value);
    }
    let within: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(items) => items.values().collect(),
        _ => Vec::new(),
    };
    within.into_iter().for_each(|value| objects(value, visit));
}
