//! The same evidence gives the same answer, however and however often it is read.

use super::common::{SERIALS, Scene, cases, log, notes, raid10, report_of};
use arraywatch::diagnosis::{Digests, diagnose};
use arraywatch::model::{Observation, ObservationId};
use arraywatch::observe::{Options, recognise};
use arraywatch::report::json;
use proptest::prelude::*;
use serde_json::Value;

/// An incident of everything: a replaced drive, a relapse, warnings within one second, a damaged tail.
fn incident() -> (String, String) {
    let mut text = log("engine", 1..=9);
    for code in ["30001", "30002", "30003"] {
        text += &format!("October 9, 2013 9:00:00 AM CDT WRN {code}:A01C-S--L00 [engine] Something {code} happened.\n");
    }
    let [first, second, third, _] = SERIALS;
    text.extend((10..=14).map(|day| report_of("engine", day, [first, second, third, "NEWDRIVE"])));
    text += "\0\0\0\0\0\0\0\0";
    let said = notes(
        Some("engine"),
        &raid10(true),
        &[
            "9T15:00 | bay:./c1/e0/s3 | drive-failed",
            "9T15:00 | array:./c1 | array-degraded",
            "9T20:00 | bay:./c1/e0/s3 | drive-replaced | new = \"NEWDRIVE\"",
            "9T21:00 | array:./c1 | rebuild-completed",
            "11T21:00 | array:./c1 | array-degraded",
            "11T22:00 | power:. | power-fine",
        ],
    );
    (text, said)
}

fn observed(path: &str, bytes: &[u8]) -> Vec<Observation> {
    let options = Options { host: Some("engine".to_owned()), ..Options::default() };
    let family = recognise(bytes).expect("a known format");
    let mut observer = family.observer(path.into(), bytes, &options);
    let mut digests = Digests::default();
    observer.push(bytes, &mut digests);
    observer.finish(&mut digests);
    digests.observations()
}

fn answer(observations: &[Observation]) -> Value {
    json::investigate(&diagnose(observations), &[], &[], &[], None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Diagnosis is pure: order and repeats do not matter, nor do copies of a log that stand at other offsets.
    #[test]
    fn order_and_repeats_do_not_matter(seed in any::<u64>(), repeats in 0_usize..40, shift in 0_u64..3_000) {
        let (text, said) = incident();
        let once = [observed("a.log", text.as_bytes()), observed("n.toml", said.as_bytes())].concat();
        let expected = answer(&once);
        let mut mixed = once.clone();
        mixed.extend(once.iter().cycle().skip(usize::try_from(seed % 31).unwrap_or(0)).take(repeats).cloned().map(|mut copy| {
            if let Some(evidence) = &mut copy.evidence {
                evidence.start += shift;
                evidence.end += shift;
            }
            copy
        }));
        // A shuffle that follows from the seed alone.
        mixed.sort_by_key(|one| (one.id.0 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17));
        prop_assert_eq!(&answer(&mixed), &expected);
        mixed.reverse();
        prop_assert_eq!(&answer(&mixed), &expected);
    }
}

/// What of an answer does not say where it was read.
fn told(answer: &Value) -> Value {
    let mut told = answer.clone();
    let object = told.as_object_mut().expect("an object");
    for key in ["sources", "unread"] {
        object.remove(key);
    }
    let place = |one: &mut Value| {
        let one = one.as_object_mut().expect("an observation");
        for key in ["source", "start", "end"] {
            one.remove(key);
        }
    };
    object["observations"].as_array_mut().into_iter().flatten().for_each(place);
    told
}

fn written(files: &[(&str, &str)]) -> Value {
    files.iter().fold(Scene::new(), |scene, (name, content)| scene.with(name, content)).investigate(&[]).0
}

#[test]
fn the_same_log_twice_changes_nothing() {
    let (text, said) = incident();
    let once = written(&[("a.log", &text), ("n.toml", &said)]);
    let twice = written(&[("a.log", &text), ("b.log", &text), ("n.toml", &said), ("o.toml", &said)]);
    assert_eq!(told(&twice), told(&once));
    assert_eq!(twice["sources"].as_array().map(Vec::len), Some(4));
}

#[test]
fn the_order_of_files_does_not_matter() {
    let (text, said) = incident();
    let one = written(&[("a.log", &text), ("n.toml", &said)]);
    let other = written(&[("z.log", &text), ("a.toml", &said)]);
    assert_eq!(told(&one), told(&other));
}

/// A copy made earlier, beside the log as it is now: the later one tells more, and the earlier one nothing else.
#[test]
fn an_older_copy_beside_the_log() {
    let whole = log("engine", 1..=9);
    let older: String = whole.split_inclusive('\n').take(16).collect();
    let alone = written(&[("a.log", &whole)]);
    for files in
        [[("a.log", whole.as_str()), ("b.log", older.as_str())], [("a.log", older.as_str()), ("b.log", whole.as_str())]]
    {
        let both = written(&files);
        assert_eq!(cases(&both), cases(&alone));
        for key in ["drives", "bays", "arrays", "evidence_until", "verdict"] {
            assert_eq!(both[key], alone[key], "{key}");
        }
    }
}

/// A log that was rotated. What cannot be promised of two pieces: the identity of damage, which is made of its offsets, and so the
/// `id` of a case that it opens; a gap of reports that begins in the one and ends in the other is seen only if a drive's stay
/// begins behind it; a report is not missing behind damage of the next piece; and a block may stand twice, once in each.
#[test]
fn a_log_in_two_pieces() {
    let (text, said) = incident();
    let whole = written(&[("a.log", &text), ("n.toml", &said)]);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for cut in [1, 6, 8, 20, 36, 38, 50] {
        let (front, back) = lines.split_at(cut);
        let (front, back) = (front.concat(), back.concat());
        for names in [["a.log", "b.log"], ["b.log", "a.log"]] {
            let pieces = written(&[(names[0], &front), (names[1], &back), ("n.toml", &said)]);
            assert_eq!(cases(&pieces), cases(&whole), "cut after line {cut}");
            for key in ["verdict", "evidence_until", "hosts", "drives", "bays", "arrays"] {
                assert_eq!(pieces[key], whole[key], "{key}, cut after line {cut}");
            }
            let ranked = |answer: &Value| {
                answer["cases"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|case| {
                        case["suspects"]
                            .as_array()
                            .into_iter()
                            .flatten()
                            .map(|suspect| suspect["cause"].clone())
                            .collect::<Vec<_>>()
                    })
                    .collect::<Vec<_>>()
            };
            assert_eq!(ranked(&pieces), ranked(&whole), "cut after line {cut}");
        }
    }
}

/// A log that goes on is the same case.
#[test]
fn more_of_the_same_keeps_the_case() {
    let (text, said) = incident();
    let id = |answer: &Value| {
        answer["cases"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|case| (case["code"].clone(), case["id"].clone()))
            .find(|(code, _)| code == "relapse")
            .expect("a relapse")
            .1
    };
    let more = said.clone() + "\n[[note]]\nat = 2013-10-12T00:00:00Z\nsubject = \"power:.\"\nfact = \"power-event\"\n";
    let first = written(&[("a.log", &text), ("n.toml", &said)]);
    assert_eq!(id(&first), id(&written(&[("a.log", &text), ("n.toml", &more)])));
    assert_eq!(id(&first), id(&written(&[("n.toml", &said)])));
}

#[test]
fn identities_are_never_shared() {
    let (text, said) = incident();
    let all = [observed("a.log", text.as_bytes()), observed("n.toml", said.as_bytes())].concat();
    let mut ids: Vec<ObservationId> = all.iter().map(|one| one.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
}
