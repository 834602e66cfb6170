use super::*;
use crate::stream::{AnomalyKind, Item, LINE_MAX, Reader, Record as _, What};
use crate::time::Resolver;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::ops::Range;

/// A record as both tools print it.
fn record(number: u32, time: &str, code: u32, description: &str, data: &str) -> String {
    format!(
        "seqNum: {number:#010x}\n{time}\n\nCode: {code:#010x}\nClass: 0\nLocale: 0x02\nEvent Description: {description}\n\
         Event Data:\n===========\n{data}\n\n\n"
    )
}

/// A log of a drive that fails and is rebuilt, over and over.
fn log(records: u32) -> String {
    let mut text = String::new();
    for number in 0..records {
        let time = match number % 5 {
            0 => format!("Seconds since last reboot: {number}"),
            _ => {
                let at = NaiveDate::from_ymd_opt(2012, 12, 4).unwrap().and_hms_opt(12, 0, 0).unwrap();
                let at = at + chrono::TimeDelta::minutes(number.into());
                at.format("Time: %a %b %e %H:%M:%S %Y").to_string()
            }
        };
        let drive = "Device ID: 6\nEnclosure Index: 252\nSlot Number: 4\n";
        text += &match number % 4 {
            0 => record(
                number + 100,
                &time,
                0x72,
                "State change on PD 06(e0xfc/s4) from ONLINE(18) to FAILED(11)",
                &format!("{drive}Previous state: 24\nNew state: 17"),
            ),
            1 => record(
                number + 100,
                &time,
                0x51,
                "State change on VD 00/0 from OPTIMAL(3) to DEGRADED(2)",
                "Target Id: 0\nPrevious state: 3\nNew state: 2",
            ),
            2 => record(
                number + 100,
                &time,
                0x71,
                "Unexpected sense: PD 06(e0xfc/s4) Path 5000c500a1b2c3d4, CDB: 2e 00, Sense: 3/11/00",
                &format!("{drive}CDB Length: 10\nCDB Data:\n002e 0000 Sense Length: 18\nSense Data:\n0070 0000 0003"),
            ),
            _ => record(number + 100, &time, 0x27, "Patrol Read started", "None"),
        };
    }
    text
}

/// What a reader finds: each span, and in a word what it is.
fn read(grammar: &EventLog, bytes: &[u8], chunk: usize) -> Vec<(Range<u64>, String)> {
    let mut found: Vec<(Range<u64>, String)> = Vec::new();
    let mut reader = Reader::new(grammar.clone(), Resolver::new(None));
    let mut take = |item: Item<'_, EventLog>| match item {
        Item::Record { span, record, at, .. } => {
            found.push((span, format!("{:#x} {}", record.event.sequence, at.utc.format("%F %T"))));
        }
        Item::Other { span, what: What::Unrecognised { lines }, .. } => found.push((span, format!("{lines} lines"))),
        Item::Other { span, what: What::Damage(damage), .. } => found.push((span, damage.kind.code().to_owned())),
        Item::Recanted { .. } => {}
        Item::Anomaly(anomaly) => found.push((anomaly.start..anomaly.start, anomaly.detail)),
    };
    for chunk in bytes.chunks(chunk.max(1)) {
        reader.push(chunk, &mut take);
    }
    reader.finish(&mut take);
    let mut end = 0;
    for (span, what) in found.iter().filter(|(span, _)| !span.is_empty()) {
        assert_eq!(span.start, end, "a gap or an overlap before {what}");
        end = span.end;
    }
    assert_eq!(end, u64::try_from(bytes.len()).unwrap());
    found
}

fn words(bytes: &[u8]) -> String {
    let found = read(&EventLog::default().learn(bytes), bytes, usize::MAX);
    found.into_iter().map(|(_, what)| what).collect::<Vec<_>>().join("; ")
}

#[test]
fn events() {
    let check = |text: &str, expect: &str| {
        let grammar = EventLog::default().learn(text.as_bytes());
        let got = match grammar.parse(text.as_bytes()) {
            Ok(Record { event, place, array, .. }) => {
                let mut got = format!("{} {:x}h {:?} {:?}", event.sequence, event.code, event.class, event.args);
                let _ = place.map(|place| write!(got, ", e{} s{}", place.enclosure, place.slot));
                let _ = array.map(|array| write!(got, ", l{array}"));
                got
            }
            Err(misfit) => format!("{misfit:?}"),
        };
        assert_eq!(got, expect, "{text}");
    };
    let time = "Time: Tue Dec  4 12:26:23 2012";
    let drive = "Device ID: 11\nEnclosure Index: 32\nSlot Number: 11";
    let failed = "State change on PD 0b(e0x20/s11) from ONLINE(18) to FAILED(11)";
    check(
        &record(1, time, 0x72, failed, &format!("{drive}\nPrevious state: 24\nNew state: 17")),
        "1 72h Info DriveState { drive: DriveArg { id: 11, enclosure_index: 32, slot: 11 }, from: Online, to: Failed }, e32 s11",
    );
    check(
        &record(2, time, 0x51, "State change on VD 1f/0 from OPTIMAL(3) to DEGRADED(2)", "Target Id: 31"),
        "2 51h Info ArrayState { array: ArrayArg { target: 31, index: 0 }, from: Optimal, to: Degraded }, l31",
    );
    check(
        &record(3, time, 0x71, "Unexpected sense: PD 0b(e0x20/s11), CDB: 00, Sense: b/4b/04", "None"),
        "3 71h Info Sense { drive: DriveArg { id: 11, enclosure_index: 32, slot: 11 }, cdb: [], sense: [112, 0, 11, 0, 0, 0, 0, 10, 0, 0, 0, 0, 75, 4, 0, 0, 0, 0] }, e32 s11",
    );
    check(&record(4, "Seconds since last reboot: 17", 0, "Firmware initialization started", "None"), "4 0h Info None");
    check(
        &record(5, time, 0x70, "Removed: PD 0b", drive),
        "5 70h Info Drive(DriveArg { id: 11, enclosure_index: 32, slot: 11 }), e32 s11",
    );
    check(
        &record(6, time, 0x72, failed, "Device ID: 12"),
        "Flawed { kind: Spliced, detail: \"the description is of another thing than the data\" }",
    );
    check(
        &record(7, time, 0x72, failed, "Previous state: 24\nNew state: 24"),
        "Flawed { kind: Garbled, detail: \"the states in the description are others than in the data\" }",
    );
    check(
        &record(8, "Time: Wed Dec  4 12:26:23 2012", 0x27, "x", "None"),
        "Flawed { kind: Garbled, detail: \"there is no such time\" }",
    );
    check(
        &record(9, time, 0x72, failed, "Device ID: 11\nDevice ID: 11"),
        "Flawed { kind: Spliced, detail: \"the data are of two events\" }",
    );
    check(&record(10, time, 0x27, "x", ""), "NoRecord");
    check(&record(11, time, 0x27, "x", "None").replace("Class: 0", "Class: -1"), "11 27h Progress None");
    check(&record(12, time, 0x27, "x", "None").replace("Class: 0", "Class: 9"), "12 27h Unknown(9) None");
    check(&record(13, time, 0x27, "x", "None").replace('\n', "\r\n"), "13 27h Info None");
    check(&record(14, time, 0x27, "x", "None").replace("Locale", "Local"), "NoRecord");
}

#[test]
fn what_it_is() {
    let check = |text: &str, expect| assert_eq!(EventLog::recognise(text.as_bytes()), expect, "{text}");
    check(&log(1), true);
    check("# MegaCli -AdpEventLog\n\nseqNum: 0x00000001\nSeconds since last reboot: 1\n", true);
    check("seqNum: 0x00000001\nTime: soon\n", false);
    check("seqNum: 1\nTime: Tue Dec  4 12:26:23 2012\n", false);
    check("", false);
}

#[test]
fn a_log() {
    let text = log(7);
    let record = |number: u32, time: &str| format!("{:#x} 2012-12-04 {time}", number + 100);
    // Before the first time is known it is the first of the log; else the one before.
    let all = [
        record(0, "12:01:00"),
        record(1, "12:01:00"),
        record(2, "12:02:00"),
        record(3, "12:03:00"),
        record(4, "12:04:00"),
        record(5, "12:04:00"),
        record(6, "12:06:00"),
    ];
    assert_eq!(words(text.as_bytes()), all.join("; "));
    let header = "Controller = 0\nStatus = Success\n\n";
    let framed = format!("{header}{text}Controller = 0\nStatus = Success\nDescription = None\n");
    assert_eq!(words(framed.as_bytes()), format!("2 lines; {}; 3 lines", all.join("; ")));
    assert_eq!(words(text.trim_end().as_bytes()), format!("{}; torn", all[..6].join("; ")));
    let unfinished = text.replace("CDB Length", "\0\0\0\0\0\0");
    assert!(words(unfinished.as_bytes()).contains("nul-run"), "{}", words(unfinished.as_bytes()));
}

#[test]
fn damage() {
    let text = log(7);
    let blocks: Vec<&str> = text.split_inclusive("\n\n\n").collect();
    let ok = |numbers: &[usize]| {
        let found = words(numbers.iter().map(|at| blocks[*at]).collect::<String>().as_bytes());
        found.split("; ").map(str::to_owned).collect::<Vec<_>>()
    };
    let check = |damaged: String, expect: &str| {
        let short: Vec<String> = words(damaged.as_bytes())
            .split("; ")
            .map(|word| word.split_once(' ').map_or(word, |(front, _)| front).to_owned())
            .collect();
        assert_eq!(short.join(" "), expect, "{damaged}");
    };
    assert_eq!(ok(&[1, 2]).len(), 2);
    // A number that is missing; a filtered log leaves many out.
    check([blocks[1], blocks[2], blocks[3], blocks[4], blocks[5], blocks[6]].concat(), "0x65 0x66 0x67 0x68 0x69 0x6a");
    let long = log(30);
    let mut many: Vec<&str> = long.split_inclusive("\n\n\n").collect();
    many.remove(11);
    assert!(words(many.concat().as_bytes()).contains("record 111 is missing"));
    let some: String = many.iter().step_by(3).copied().collect();
    assert!(!words(some.as_bytes()).contains("missing"));
    // The newest first is no time that goes backwards.
    many.reverse();
    assert!(!words(many.concat().as_bytes()).contains("earlier"), "{}", words(many.concat().as_bytes()));
    // The end of one record behind the front of another; the front lost; the end lost; other text between.
    let (front, back) = (blocks[1].split_once("Event Data").unwrap().0, blocks[4].split_once("Event Data").unwrap().1);
    check(format!("{}{front}Event Data{back}{}", blocks[0], blocks[6]), "0x64 spliced 0x6a");
    let tail = blocks[2].split_once("Class").unwrap().1;
    check(format!("{}Class{tail}{}", blocks[1], blocks[3]), "0x65 torn 0x67");
    check(format!("{}{}{}", blocks[1], &blocks[2][..60], blocks[3]), "0x65 torn 0x67");
    check(format!("{}so it was\n{}", blocks[1], blocks[3]), "0x65 1 0x67");
    // A record that begins in the middle of a line.
    check(format!("{}\u{1}\u{2}\u{3}{}", blocks[1], blocks[2]), "0x65 garbled 0x66");
    check(format!("{}{}{}", blocks[1], "\0".repeat(3 * LINE_MAX), blocks[2]), "0x65 nul-run 0x66");
}

#[test]
fn records_behind_long_lines_are_found() {
    let text = log(3);
    let blocks: Vec<&str> = text.split_inclusive("\n\n\n").collect();
    let bytes = format!("{}{}\n{}", blocks[1], "x".repeat(40_000), blocks[2]);
    assert!(words(bytes.as_bytes()).contains("0x65") && words(bytes.as_bytes()).contains("0x66"));
}

#[test]
fn missing_records_are_an_anomaly() {
    let text = log(40);
    let kept: String =
        text.split_inclusive("\n\n\n").enumerate().filter(|(at, _)| *at != 20).map(|(_, one)| one).collect();
    let mut kinds = Vec::new();
    let mut reader = Reader::new(EventLog::default().learn(kept.as_bytes()), Resolver::new(None));
    let mut take = |item: Item<'_, EventLog>| {
        if let Item::Anomaly(anomaly) = item {
            kinds.push(anomaly.kind);
        }
    };
    reader.push(kept.as_bytes(), &mut take);
    reader.finish(&mut take);
    assert_eq!(kinds, [AnomalyKind::Missing]);
}

/// Where the records of a log stand.
fn places(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let place = |block: &str| {
        at += block.len();
        at - block.len()..at
    };
    text.split_inclusive("\n\n\n").map(place).collect()
}

/// The day of the record before is not read anew: what follows is read as if nothing had been.
#[test]
fn days_that_follow_each_other() {
    let times = [
        "Tue Dec  4 12:26:23 2012",
        "Tue Dec  4 12:26:24 2012",
        "Tue Dec  4 25:26:24 2012",
        "Tue Dec 04 12:26:23 2012",
        "Tue Dec 4  12:26:23 2012",
        "Tue Dec  4  12:26:23 2012",
        "Tue Dec  4 12:26:23  2012",
        "Wed Dec  4 12:26:23 2012",
        "Tue Dec  4 12:26:23 2013",
        "Wed Dec  4 12:26:23 2013",
        "Tue Dec  4 12:26:23 2012 ",
        "Tue Dec 4 12:26:23 2012",
        "",
    ];
    let mut day = text::Day::default();
    for time in times.iter().chain(times.iter().rev()) {
        assert_eq!(day.clock(time), text::clock(time), "{time}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_untouched_record_is_lost(
        at: prop::sample::Index,
        length in 0_usize..3000,
        with in prop_oneof![
            Just(Vec::new()),
            (1_usize..20_000).prop_map(|length| vec![0; length]),
            prop::collection::vec(any::<u8>(), 1..3000),
            "[ -~\n]{1,300}".prop_map(String::into_bytes),
        ],
    ) {
        let text = log(24);
        let bytes = text.as_bytes();
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        let damaged = [&bytes[..start], &with, &bytes[end..]].concat();
        let grammar = EventLog::default().learn(bytes);
        let found = read(&grammar, &damaged, usize::MAX);
        for place in places(&text) {
            let moved = if place.end <= start {
                Some(place.clone())
            } else if place.start >= end {
                Some(place.start - end + start + with.len()..place.end - end + start + with.len())
            } else {
                None
            };
            let Some(moved) = moved else { continue };
            let number = grammar.parse(&bytes[place]).expect("an intact record").number().map(|number| number.value);
            let stands = |(span, what): &(Range<u64>, String)| {
                let begins = span.start == u64::try_from(moved.start).unwrap();
                begins && number.is_some_and(|number| what.starts_with(&format!("{number:#x} ")))
            };
            prop_assert!(found.iter().any(stands), "{moved:?} of {found:?}");
        }
    }

    #[test]
    fn chunks_do_not_show(at: prop::sample::Index, with in prop::collection::vec(any::<u8>(), 0..200), chunk in 1_usize..900) {
        let mut bytes = log(12).into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..at, with);
        let grammar = EventLog::default().learn(&bytes);
        prop_assert_eq!(read(&grammar, &bytes, chunk), read(&grammar, &bytes, usize::MAX));
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&EventLog::default().learn(&bytes), &bytes, 7);
    }
}
