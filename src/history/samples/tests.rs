//! Whatever is appended in whatever order, the tables say what a map of drive and time would say.

use super::*;
use crate::model::{Sample, Series};
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::BTreeMap;

const SCHEMA: &str = include_str!("../schema/0002.sql");

const DAY: i64 = 86_400;

/// Before this the drives of the tests were not read.
const START: i64 = 1_380_000_000;

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

fn put(connection: &mut Connection, drive: i64, samples: &[Sample]) -> Added {
    let transaction = connection.transaction().unwrap();
    let added = append(&transaction, drive, samples).unwrap();
    transaction.commit().unwrap();
    added
}

fn all(connection: &Connection, drive: i64) -> Range {
    range(connection, drive, i64::MIN, i64::MAX).unwrap()
}

/// The newest of all drives.
fn shown(connection: &Connection) -> Vec<(i64, Result<Sample, Damaged>)> {
    let mut shown = Vec::new();
    newest(connection, |drive, sample| shown.push((drive, sample.cloned()))).unwrap();
    shown
}

/// A sample with one value, by the day.
fn day(day: i64, value: u64) -> Sample {
    Sample::new(START + day * DAY, [(Series::NVME_POWER_CYCLES, value)])
}

/// How many samples each chunk of a drive has.
fn lengths(connection: &Connection) -> Vec<usize> {
    let mut statement = connection.prepare("SELECT place, samples FROM sample_chunk ORDER BY place").unwrap();
    let length = |row: &rusqlite::Row<'_>| {
        let bytes: Vec<u8> = row.get(1)?;
        Ok(codec::decode(place::Place::of(row.get(0)?), &bytes).unwrap().len())
    };
    statement.query_map([], length).unwrap().map(Result::unwrap).collect()
}

/// Damages the chunk or the newest sample.
fn harm(connection: &Connection, table: &str, key: &str, value: i64) {
    let changed = connection
        .execute(&format!("UPDATE {table} SET {} = zeroblob(40) WHERE {key} = ?1", blob(table)), [value])
        .unwrap();
    assert_eq!(changed, 1);
}

fn blob(table: &str) -> &str {
    if table == "sample_chunk" { "samples" } else { "sample" }
}

#[test]
fn the_first_stays() {
    let known = Added { known: 1, ..Added::default() };
    let differing = Added { differing: 1, ..Added::default() };
    let new = Added { new: 1, ..Added::default() };
    let nothing_read = Sample::new(day(1, 0).at, []);
    for (name, second, added, kept) in [
        ("the same", vec![day(1, 7)], known, vec![day(1, 7)]),
        ("another value", vec![day(1, 8)], differing, vec![day(1, 7)]),
        ("nothing read", vec![nothing_read], differing, vec![day(1, 7)]),
        ("later", vec![day(2, 8)], new, vec![day(1, 7), day(2, 8)]),
        ("earlier", vec![day(0, 8)], new, vec![day(0, 8), day(1, 7)]),
        ("at once", vec![day(2, 8), day(2, 9)], Added { new: 1, ..differing }, vec![day(1, 7), day(2, 8)]),
        ("none", vec![], Added::default(), vec![day(1, 7)]),
    ] {
        let mut connection = database();
        assert_eq!(put(&mut connection, 1, &[day(1, 7)]), new);
        assert_eq!(put(&mut connection, 1, &second), added, "{name}");
        assert_eq!(all(&connection, 1).samples, kept, "{name}");
        let newest = newest_of(&connection, 1).unwrap().unwrap();
        assert_eq!(newest.as_ref(), Ok(kept.last().unwrap()), "{name}");
    }
}

#[test]
fn chunks_are_bounded_and_not_left_empty() {
    let days = |range: std::ops::Range<i64>| range.map(|at| day(at, 0)).collect::<Vec<_>>();
    let backwards = |range| days(range).into_iter().rev().collect::<Vec<_>>();
    let late = || days(0..64).into_iter().chain([Sample::new(START + 1, [])]).collect::<Vec<_>>();
    for (name, one_by_one, samples, expected) in [
        ("in order", true, days(0..70), vec![32, 32, 6]),
        ("at once", false, days(0..70), vec![32, 32, 6]),
        ("at once, backwards", false, backwards(0..70), vec![32, 32, 6]),
        ("newest first", true, backwards(0..70), vec![6, 32, 32]),
        ("one late", true, late(), vec![17, 16, 32]),
    ] {
        let mut connection = database();
        if one_by_one {
            samples.iter().for_each(|sample| assert_eq!(put(&mut connection, 1, std::slice::from_ref(sample)).new, 1));
        } else {
            assert_eq!(put(&mut connection, 1, &samples).new, samples.len());
        }
        assert_eq!(lengths(&connection), expected, "{name}");
    }
}

#[test]
fn ranges_have_both_ends() {
    let mut connection = database();
    let samples: Vec<_> = (0..100).map(|at| day(at, 0)).collect();
    // Drives beside it must not show.
    for drive in [6, 7, 8] {
        put(&mut connection, drive, &samples);
    }
    for (from, to, days) in [
        (i64::MIN, i64::MAX, 0..100),
        (day(0, 0).at, day(99, 0).at, 0..100),
        (day(40, 0).at, day(41, 0).at, 40..42),
        (day(40, 0).at + 1, day(41, 0).at - 1, 0..0),
        (day(31, 0).at, day(31, 0).at, 31..32),
        (day(32, 0).at, day(32, 0).at, 32..33),
        (i64::MIN, day(0, 0).at - 1, 0..0),
        (day(99, 0).at + 1, i64::MAX, 0..0),
        (day(99, 0).at, day(0, 0).at, 0..0),
    ] {
        assert_eq!(range(&connection, 7, from, to).unwrap().samples, samples[days], "{from}..={to}");
    }
}

#[test]
fn courses_come_back() {
    let hour = 3_600;
    let counter = |values: &[u64]| {
        let sample = |(at, value): (i64, &u64)| Sample::new(START + at * hour, [(Series::NVME_MEDIA_ERRORS, *value)]);
        (0..).zip(values).map(sample).collect::<Vec<_>>()
    };
    let at = |times: &[i64]| times.iter().map(|at| Sample::new(START + at, [])).collect::<Vec<_>>();
    for (name, samples) in [
        ("a counter that wraps at 64 bits", counter(&[u64::MAX - 1, u64::MAX, 0, 1])),
        ("one that wraps at 48 bits", counter(&[(1 << 48) - 2, (1 << 48) - 1, 0, 1])),
        ("one that is reset", counter(&[1_000_000, 1_000_010, 0, 10])),
        ("one that is saturated", counter(&[u64::MAX, u64::MAX, u64::MAX])),
        ("hourly for a year", counter(&(0..8_760).collect::<Vec<_>>())),
        ("gaps", at(&[0, 1, DAY, 400 * DAY, 401 * DAY, 4_000 * DAY])),
        ("a clock set back", at(&[0, 3_600, 1_800, 5_400, -DAY, -1])),
        ("the first second and the last", vec![Sample::new(0, []), Sample::new((1 << 33) - 1, [])]),
        ("every series", vec![Sample::new(START, (0..Series::END).filter_map(Series::new).map(|id| (id, 1 << 40)))]),
    ] {
        let mut connection = database();
        for part in samples.chunks(100) {
            assert_eq!(put(&mut connection, 1, part).new, part.len(), "{name}");
        }
        let mut sorted = samples;
        sorted.sort_by_key(|sample| sample.at);
        let newest = newest_of(&connection, 1).unwrap().unwrap();
        assert_eq!(newest.as_ref(), Ok(sorted.last().unwrap()), "{name}");
        assert_eq!(all(&connection, 1), Range { samples: sorted, damaged: vec![] }, "{name}");
    }
}

#[test]
fn what_has_no_place_is_an_error_before_anything_is_kept() {
    for (drive, at) in [(-1, START), (1 << 30, START), (1, -1), (1, 1 << 33), (1, i64::MIN), (1, i64::MAX)] {
        let mut connection = database();
        let transaction = connection.transaction().unwrap();
        let samples = [day(0, 0), Sample::new(at, [])];
        assert!(matches!(append(&transaction, drive, &samples), Err(Error::OutOfRange(_))), "{drive} {at}");
        transaction.commit().unwrap();
        assert_eq!((lengths(&connection), shown(&connection)), (vec![], vec![]));
    }
}

#[test]
fn a_damaged_chunk_is_told_and_stays() {
    let mut connection = database();
    let samples: Vec<_> = (0..80).map(|at| day(at, 0)).collect();
    put(&mut connection, 1, &samples);
    let lost = place::Place::new(1, samples[32].at).unwrap();
    harm(&connection, "sample_chunk", "place", lost.key());
    let damaged = vec![Damaged { drive: 1, at: samples[32].at, damage: Damage::Check }];
    let left: Vec<_> = samples[..32].iter().chain(&samples[64..]).cloned().collect();
    assert_eq!(all(&connection, 1), Range { samples: left, damaged: damaged.clone() });

    // Samples that would have gone to it stand beside it; which of them it had already cannot be known.
    let again = put(&mut connection, 1, &samples);
    assert_eq!(again, Added { new: 31, known: 48, differing: 0, damaged: 1 });
    let left: Vec<_> = samples.iter().filter(|sample| sample.at != samples[32].at).cloned().collect();
    assert_eq!(all(&connection, 1), Range { samples: left, damaged });
}

#[test]
fn a_damaged_newest_is_told_until_there_is_a_newer_one() {
    let mut connection = database();
    put(&mut connection, 1, &[day(0, 0)]);
    put(&mut connection, 2, &[day(0, 0)]);
    harm(&connection, "sample_newest", "drive", 2);
    let damaged = Damaged { drive: 2, at: START, damage: Damage::Check };
    assert_eq!(newest_of(&connection, 2).unwrap(), Some(Err(damaged)));
    assert_eq!(shown(&connection), [(1, Ok(day(0, 0))), (2, Err(damaged))]);
    put(&mut connection, 2, &[day(1, 0)]);
    assert_eq!(shown(&connection), [(1, Ok(day(0, 0))), (2, Ok(day(1, 0)))]);
    assert_eq!(newest_of(&connection, 3).unwrap(), None);
}

/// As many late samples as the first chunk has, all before it: in equal parts one part is what the chunk was, whose row was taken away.
#[test]
fn a_chunk_that_late_samples_stand_before_is_kept() {
    let mut connection = database();
    let days = |range: std::ops::Range<i64>| range.map(|at| day(at, 0)).collect::<Vec<_>>();
    let late = Sample::new(day(100, 0).at + 1, []);
    put(&mut connection, 1, &days(100..164));
    put(&mut connection, 1, std::slice::from_ref(&late));
    assert_eq!(lengths(&connection), [17, 16, 32]);
    assert_eq!(put(&mut connection, 1, &days(50..67)).new, 17);
    let sorted = [days(50..67), days(100..101), vec![late], days(101..164)].concat();
    assert_eq!(all(&connection, 1).samples, sorted);
}

#[test]
fn a_transaction_that_is_given_up_leaves_nothing() {
    let mut connection = database();
    put(&mut connection, 1, &[day(0, 0)]);
    let transaction = connection.transaction().unwrap();
    append(&transaction, 1, &[day(1, 0)]).unwrap();
    transaction.rollback().unwrap();
    assert_eq!(all(&connection, 1).samples, [day(0, 0)]);
    assert_eq!(shown(&connection), [(1, Ok(day(0, 0)))]);
}

/// Samples of three drives within few seconds, or days, so that many are the same, late, or of one second.
fn batches() -> impl Strategy<Value = Vec<(i64, Vec<Sample>)>> {
    let at = prop_oneof![START..START + 300, (0..100_i64).prop_map(|day| START + day * DAY)];
    let id = prop_oneof![0..4_u16, 0..Series::END].prop_map(|id| Series::new(id).unwrap());
    let value = prop_oneof![0..3_u64, any::<u64>()];
    let values = proptest::collection::vec((id, value), 0..4);
    let sample = (at, values).prop_map(|(at, values)| Sample::new(at, values));
    let batch = prop_oneof![
        3 => proptest::collection::vec(sample.clone(), 1..3),
        1 => proptest::collection::vec(sample, 30..150),
    ];
    proptest::collection::vec((0..3_i64, batch), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_tables_say_what_a_map_says(batches in batches(), from in START - 1..START + 300, long in 0..100 * DAY) {
        let mut connection = database();
        let mut map = BTreeMap::new();
        for (drive, samples) in &batches {
            let mut expected = Added::default();
            for sample in samples {
                let kept = map.entry((*drive, sample.at)).or_insert_with(|| {
                    expected.new += 1;
                    (sample.clone(), true)
                });
                match kept {
                    (_, first @ true) => *first = false,
                    (kept, _) if kept == sample => expected.known += 1,
                    _ => expected.differing += 1,
                }
            }
            prop_assert_eq!(put(&mut connection, *drive, samples), expected);
        }
        for drive in 0..3 {
            let within = |from, to| map.range((drive, from)..=(drive, to)).map(|(_, (sample, _))| sample.clone()).collect();
            let (whole, part): (Vec<_>, Vec<_>) = (within(0, i64::MAX), within(from, from + long));
            prop_assert_eq!(newest_of(&connection, drive).unwrap().transpose().unwrap(), whole.last().cloned());
            prop_assert_eq!(all(&connection, drive), Range { samples: whole, damaged: vec![] });
            prop_assert_eq!(range(&connection, drive, from, from + long).unwrap().samples, part);
        }
        let last = map.iter().map(|((drive, _), (sample, _))| (*drive, Ok(sample.clone()))).collect::<BTreeMap<_, _>>();
        prop_assert_eq!(shown(&connection), last.into_iter().collect::<Vec<_>>());
        prop_assert!(lengths(&connection).into_iter().all(|length| (1..=CHUNK).contains(&length)));
    }
}
