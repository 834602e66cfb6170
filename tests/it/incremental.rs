//! Pieces of a log, in any order, again and again, broken off somewhere: what is kept is what the pieces say, each record once.

use super::common::{SERIALS, log, report_of};
use super::kept::{Kept, Key, Row, without_places};
use arraywatch::model::{Case, Code};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;
use std::ops::Range;

/// Cases of each property; more by an environment variable.
fn cases() -> ProptestConfig {
    let more = std::env::var("ARRAYWATCH_TEST_CASES").ok().and_then(|number| number.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 3_000,
        ..ProptestConfig::with_cases(more.unwrap_or(48))
    }
}

/// What stands in a log of a day.
#[derive(Debug, Clone)]
enum Line {
    /// A warning that no phrase explains, so often in a row.
    Warned { event: u8, times: u8 },
    /// An event that names no host.
    Numbered(u8),
    /// The service that records starts, or cannot.
    Service(bool),
    /// The report is written again.
    Again,
    /// No line at all.
    Nuls(u8),
    /// A line of something else.
    Other,
    /// A line that lacks its end.
    Torn(u8),
}

/// A day of a log.
#[derive(Debug, Clone)]
struct Day {
    /// Which bays the report lists; none if it is not written.
    listed: [bool; 4],
    /// The bay whose drive is another from now on.
    replaced: Option<u8>,
    lines: Vec<Line>,
}

fn record(day: usize, time: &str, rest: &str) -> String {
    let (month, day) = if day < 30 { ("September", day + 1) } else { ("October", day - 29) };
    format!("{month} {day}, 2013 {time} CDT {rest}\n")
}

/// How a log is written.
#[derive(Clone, Copy)]
struct Style {
    host: &'static str,
    /// How it names the host that it is written on, where that is all there is to say.
    local: &'static str,
    /// Whether serial numbers of new drives differ by a letter, so that they may be taken for damage until they are repeated.
    batch: bool,
}

const STYLE: Style = Style { host: "engine", local: "Local only", batch: false };

/// The log, and the lines of it that are records, each by its end.
fn written(Style { host, local, batch }: Style, days: &[Day]) -> (Vec<u8>, Vec<usize>) {
    let mut serials = SERIALS.map(str::to_owned);
    let (mut log, mut records) = (Vec::new(), Vec::new());
    for (number, day) in days.iter().enumerate() {
        if let Some(bay) = day.replaced {
            serials[usize::from(bay % 4)] = if batch {
                format!("REPLACED{number:03}X{bay}")
            } else {
                "ABCDEFGHIJ".get(number..=number).unwrap_or("Z").repeat(16)
            };
        }
        let mut say = |line: &str| {
            log.extend_from_slice(line.as_bytes());
            if line.ends_with('\n') && line.contains(" CDT ") {
                records.push(log.len());
            }
        };
        let report = |time: &str, say: &mut dyn FnMut(&str)| {
            for (slot, serial) in serials.iter().enumerate().filter(|(slot, _)| day.listed[*slot]) {
                let device = slot + 8;
                say(&record(
                    number,
                    time,
                    &format!(
                        "INF 423:A01C0S0{device}L-- [{host}] Drive map: controller 1, channel 0, SCSI device ID {device}, controller 1, \
                     enclosure 0, slot {slot}, S/N {serial} (Vendor: INTEL Model: SSDSA2SH064G1GC)"
                    ),
                ));
            }
        };
        report("8:38:31 AM", &mut say);
        for (hour, line) in day.lines.iter().enumerate() {
            let time = format!("{}:00:07 PM", hour + 1);
            match line {
                Line::Warned { event, times } => (0..*times).for_each(|_| {
                    say(&record(
                        number,
                        &time,
                        &format!("WRN 31{event:03}:A01C-S--L00 [{host}] Event {event} of a kind."),
                    ));
                }),
                Line::Numbered(temperature) => {
                    say(&record(number, &time, &format!("INF 77:A01C-S--L-- [{host}] Temperature: {temperature} C")));
                }
                Line::Service(true) => {
                    say(&record(
                        number,
                        &time,
                        &format!("WRN 30535:A00C-S--L-- [{local}] Adaptec Storage Manager started."),
                    ));
                }
                Line::Service(false) => say(&record(
                    number,
                    &time,
                    &format!(
                        "ERR 30529:A00C-S--L-- [{local}] Adaptec Storage Manager failed to start at port number 34,571."
                    ),
                )),
                Line::Again => report(&format!("11:5{hour}:00 PM"), &mut say),
                Line::Nuls(length) => say(&"\0".repeat(usize::from(*length))),
                Line::Other => say("checkpoint complete: wrote 23 buffers (0.1%)\n"),
                Line::Torn(length) => {
                    let line = record(number, &time, &format!("INF 77:A01C-S--L-- [{host}] Fan speed: 900"));
                    say(line.trim_end().get(..usize::from(*length)).unwrap_or_default());
                }
            }
        }
    }
    (log, records)
}

fn line(damaged: bool) -> BoxedStrategy<Line> {
    let intact = prop_oneof![
        (0_u8..3, 1_u8..4).prop_map(|(event, times)| Line::Warned { event, times }),
        (40_u8..43).prop_map(Line::Numbered),
        any::<bool>().prop_map(Line::Service),
        Just(Line::Again),
    ];
    if !damaged {
        return intact.boxed();
    }
    let damage = prop_oneof![(1_u8..80).prop_map(Line::Nuls), Just(Line::Other), (1_u8..60).prop_map(Line::Torn)];
    prop_oneof![2 => intact, 1 => damage].boxed()
}

fn days(damaged: bool) -> impl Strategy<Value = Vec<Day>> {
    let listed = prop_oneof![
        6 => Just([true; 4]),
        1 => Just([false; 4]),
        1 => (0_usize..4).prop_map(|absent| std::array::from_fn(|slot| slot != absent)),
    ];
    let replaced = prop_oneof![5 => Just(None), 1 => (0_u8..4).prop_map(Some)];
    let day = (listed, replaced, vec(line(damaged), 0..4));
    let day = day.prop_map(|(listed, replaced, lines)| Day { listed, replaced, lines });
    // Whose log it is stands in the first record.
    (Just(Day { listed: [true; 4], replaced: None, lines: Vec::new() }), vec(day, 1..9))
        .prop_map(|(first, days)| [vec![first], days].concat())
}

/// How a log is cut, and in which order its pieces come.
#[derive(Debug, Clone)]
struct Cuts {
    cuts: Vec<Index>,
    /// How far pieces reach into their neighbours: places that take the place of their beginnings and ends.
    reach: Vec<(Index, Index)>,
    /// Earlier versions of the log.
    earlier: Vec<Index>,
    /// Of the pieces.
    order: Vec<Index>,
    /// The run that is broken off, and where.
    crash: (Index, Index),
}

fn cuts() -> impl Strategy<Value = Cuts> {
    let index = any::<Index>;
    (vec(index(), 0..4), vec((index(), index()), 0..3), vec(index(), 0..3), vec(index(), 12), (index(), index()))
        .prop_map(|(cuts, reach, earlier, order, crash)| Cuts { cuts, reach, earlier, order, crash })
}

impl Cuts {
    /// The pieces, in the order in which they come, some of them twice; all of the log is in them. They are cut at `places`.
    fn pieces(&self, places: &[usize]) -> Vec<Range<usize>> {
        let end = *places.last().expect("a place");
        let mut cuts: Vec<usize> = self.cuts.iter().map(|cut| *cut.get(places)).chain([0, end]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut pieces: Vec<Range<usize>> = cuts.windows(2).map(|pair| pair[0]..pair[1]).collect();
        for (from, to) in &self.reach {
            let (from, to) = (*from.get(places), *to.get(places));
            pieces.push(from.min(to)..from.max(to));
        }
        pieces.extend(self.earlier.iter().map(|cut| 0..*cut.get(places)));
        pieces.retain(|piece| !piece.is_empty());
        let mut ordered = pieces.clone();
        for (from, to) in self.order.iter().zip(self.order.iter().skip(1)) {
            let (from, to) = (from.index(ordered.len()), to.index(ordered.len()));
            ordered.swap(from, to);
        }
        let again = self.order.first().map(|again| again.get(&pieces).clone());
        ordered.into_iter().chain(again).collect()
    }
}

/// Where a log may be cut so that each record is told apart from its equals, and its place in its second from those of others: at most
/// once in a second, by `choice`, and never between two equal records.
fn between_records(log: &[u8], ends: &[usize], choice: Index) -> Vec<usize> {
    let text = std::str::from_utf8(log).expect("text");
    let starts = [0].into_iter().chain(ends.iter().copied());
    let records: Vec<&str> = starts.zip(ends).map(|(start, end)| &text[start..*end]).collect();
    let second = |record: &str| record.split(" CDT ").next().unwrap_or_default().to_owned();
    let mut places = vec![0, log.len()];
    for group in (0..records.len()).collect::<Vec<_>>().chunk_by(|a, b| second(records[*a]) == second(records[*b])) {
        let may = |number: &&usize| records.get(**number + 1).is_none_or(|next| *next != records[**number]);
        let may: Vec<usize> = group.iter().filter(may).map(|number| ends[*number]).collect();
        places.push(*choice.get(&may));
    }
    // The first second begins where the log does, and the last ends there.
    let (first, last) = (second(records[0]), second(records[records.len() - 1]));
    let within = |place: usize| {
        second(&text[place..]) == first
            || second(text[..place].trim_end().rsplit('\n').next().unwrap_or_default()) == last
    };
    places.retain(|place| [0, log.len()].contains(place) || !within(*place));
    places.sort_unstable();
    places.dedup();
    places
}

/// Hands over the pieces, one of them once more in part before, as by a run that was broken off.
fn handed_over(log: &[u8], pieces: &[Range<usize>], crash: (Index, Index)) -> Kept {
    let kept = Kept::new();
    for (number, piece) in pieces.iter().enumerate() {
        if number == crash.0.index(pieces.len()) {
            kept.write(&log[piece.clone()], crash.1.index(60));
        }
        kept.take(&log[piece.clone()]);
    }
    kept
}

/// Of rows of pieces that were kept apart, what is kept of all: of equal records of a second, as many as one piece has.
fn together(pieces: impl IntoIterator<Item = BTreeMap<Key, Row>>) -> BTreeMap<Key, Row> {
    let mut all: BTreeMap<Key, Row> = BTreeMap::new();
    for (key, row) in pieces.into_iter().flatten() {
        let known = all.entry(key).or_insert_with(|| row.clone());
        known.times = known.times.max(row.times);
        known.interrupted &= row.interrupted;
    }
    all
}

/// What only the one has, and what only the other.
fn differing<T: std::fmt::Debug>(one: &impl Fn() -> Vec<T>, other: &impl Fn() -> Vec<T>) -> String {
    let told = |all: Vec<T>| all.iter().map(|one| format!("{one:#?}")).collect::<Vec<_>>();
    let (one, other) = (told(one()), told(other()));
    let only = |all: &[String], others: &[String]| {
        all.iter().filter(|one| !others.contains(one)).cloned().collect::<Vec<_>>().join("\n")
    };
    format!("only in the one:\n{}\nonly in the other:\n{}", only(&one, &other), only(&other, &one))
}

/// Both are the same.
macro_rules! same {
    ($one:expr, $other:expr) => {{
        let (one, other) = ($one, $other);
        let told = || differing(&|| one.iter().collect(), &|| other.iter().collect());
        prop_assert!(one == other, "{}", told());
    }};
}

proptest! {
    #![proptest_config(cases())]

    /// Wherever a log is cut, and be it within a line: of its records, what is kept is what each piece says alone.
    #[test]
    fn pieces_say_together_what_each_says_alone(days in days(true), cuts in cuts()) {
        let (log, _) = written(STYLE, &days);
        let places: Vec<usize> = (0..=log.len()).collect();
        let pieces = cuts.pieces(&places);
        let kept = handed_over(&log, &pieces, cuts.crash);
        let alone = pieces.iter().map(|piece| Kept::of([&log[piece.clone()]]).rows(false));
        same!(kept.rows(false), together(alone));
    }

    /// A log that is cut between intact lines is as it was: but not between equal records of a second, of which copies and repeats
    /// look the same, and not so that a piece names no host.
    #[test]
    fn pieces_of_whole_lines_are_the_log(days in days(false), cuts in cuts()) {
        let (log, records) = written(Style { local: "engine", ..STYLE }, &days);
        let pieces = cuts.pieces(&between_records(&log, &records, cuts.crash.1));
        let (kept, whole) = (handed_over(&log, &pieces, cuts.crash), Kept::of([log.as_slice()]));
        same!(kept.rows(false), whole.rows(false));
        let (kept, whole) = (kept.diagnosis(), whole.diagnosis());
        prop_assert_eq!(kept.inventory, whole.inventory);
        // A rhythm is found in one piece or not at all.
        let but_for_reports = |cases: Vec<Case>| {
            cases.into_iter().filter(|case| case.code != Code::ReportMissing).collect::<Vec<_>>()
        };
        same!(but_for_reports(kept.cases), but_for_reports(whole.cases));
    }

    /// The checkpoints do not show, however dense they are.
    #[test]
    fn folded_bit_by_bit_is_folded_at_once(days in days(true), cuts in cuts(), every in 1_u64..20) {
        let (log, _) = written(STYLE, &days);
        let places: Vec<usize> = (0..=log.len()).collect();
        let kept = Kept::new();
        for piece in cuts.pieces(&places) {
            kept.take_with(&log[piece], every);
            same!(kept.observations(), kept.folded_anew());
        }
    }

    /// A log that grows is the log, whatever was read of it before.
    #[test]
    fn a_longer_version_is_the_log(days in days(true), cuts in vec(any::<Index>(), 1..6)) {
        let (log, _) = written(Style { batch: true, ..STYLE }, &days);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(log.len())).collect();
        ends.sort_unstable();
        ends.push(log.len());
        let (kept, whole) = (Kept::of(ends.iter().map(|end| &log[..*end])), Kept::of([log.as_slice()]));
        same!(kept.rows(false), whole.rows(false));
        same!(kept.rows(true), whole.rows(true));
        same!(without_places(kept.observations()), without_places(whole.observations()));
        prop_assert_eq!(kept.diagnosis(), whole.diagnosis());
    }
}

/// A log of daily reports in which the last bay's drive is, on some days, another: one letter apart, as of one batch.
fn batch(days: std::ops::RangeInclusive<u32>, other: std::ops::RangeInclusive<u32>) -> Vec<u8> {
    let [first, second, third, fourth] = SERIALS;
    let new = fourth.replace("004D", "005D");
    let serials = |day| [first, second, third, if other.contains(&day) { new.as_str() } else { fourth }];
    days.flat_map(|day| report_of("engine", day, serials(day)).into_bytes()).collect()
}

/// Who sits in the last bay, one after the other.
fn sat(kept: &Kept) -> Vec<String> {
    let inventory = kept.diagnosis().inventory;
    let (_, bay) = inventory.bays.last_key_value().expect("four bays");
    bay.occupants.iter().map(|one| one.serial.clone()).collect()
}

/// A serial number that was listed once, a letter away from the one before, is damage; once it is listed again, it is a drive.
#[test]
fn what_was_taken_for_damage_is_heard_again() {
    let [.., old] = SERIALS;
    let new = old.replace("004D", "005D");
    let check = |pieces: &[Vec<u8>], expect: &[&str]| {
        let kept = Kept::of(pieces.iter().map(Vec::as_slice));
        assert_eq!(sat(&kept), expect);
        assert_eq!(kept.observations(), kept.folded_anew());
    };
    check(&[batch(1..=6, 6..=9)], &[old]);
    check(&[batch(1..=6, 6..=9), batch(1..=8, 6..=9)], &[old, &new]);
    check(&[batch(1..=5, 6..=9), batch(1..=6, 6..=9), batch(1..=8, 6..=9)], &[old, &new]);
    // Damage after all, in a copy that begins elsewhere, too: whichever is read first.
    check(&[batch(1..=9, 6..=6)], &[old]);
    check(&[batch(6..=6, 6..=6), batch(1..=9, 6..=6)], &[old]);
    check(&[batch(1..=9, 6..=6), batch(6..=6, 6..=6)], &[old]);
}

/// A piece that begins with records that name no host is of the host that it names behind them.
#[test]
fn a_piece_that_begins_with_local_records() {
    let started =
        "October 5, 2013 8:00:00 AM CDT WRN 30535:A00C-S--L-- [Local only] Adaptec Storage Manager started.\n";
    let [front, back] = [log("engine", 1..=4), started.to_owned() + &log("engine", 5..=9)];
    let whole = Kept::of([(front.clone() + &back).as_bytes()]);
    assert_eq!(Kept::of([front.as_bytes(), back.as_bytes()]).rows(false), whole.rows(false));
    assert_eq!(Kept::of([back.as_bytes(), front.as_bytes()]).rows(false), whole.rows(false));
}

/// Damage of the same length in two places is damage of two places: the one at the end has nothing behind it.
#[test]
fn each_damage_is_told_as_it_is() {
    let text = log("engine", 1..=4) + &"\0".repeat(64) + &log("engine", 5..=8) + &"\0".repeat(64);
    let kept = Kept::of([text.as_bytes()]);
    let remarks = kept.rows(true);
    let at_tail = remarks.keys().filter(|(_, _, word, ..)| word == "stream-damaged");
    let at_tail: Vec<bool> = at_tail.map(|(_, _, _, said, _)| said.contains("\"at_tail\":true")).collect();
    assert_eq!(at_tail, [false, true]);
    // And the log goes on.
    let longer = text + &log("engine", 9..=10);
    kept.take(longer.as_bytes());
    assert!(!kept.rows(true).keys().any(|(_, _, _, said, _)| said.contains("\"at_tail\":true")));
}
