//! What must hold for any bytes, however they come.
//!
//! * The spans tile the input and, joined, give it back.
//! * No bytes make the reader panic.
//! * How the input is cut into chunks changes nothing.
//! * After damage of any kind, at any offset, of 1 byte to 64 KiB: every record that was not touched comes out whole, and no
//!   touched one passes as intact unless it could have been written as it stands (`common::oracle` says so, without the parser).
//!   A record is touched if one of its bytes, line end included, changed, went, or got another beside it.

mod common;

use common::injection::{Injection, Kind};
use common::log::{STYLES, log};
use common::outcome::judge;
use common::{Found, read};
use proptest::prelude::*;

/// The spans lie end to end, from the first byte to the last, and none is empty.
fn tiles(input: &[u8], found: &Found) {
    let mut at = 0;
    for (span, _) in &found.spans {
        assert_eq!(span.start, at, "a gap or an overlap in {:?}", found.spans);
        assert!(span.end > span.start, "an empty span in {:?}", found.spans);
        at = span.end;
    }
    assert_eq!(at, u64::try_from(input.len()).unwrap());
    assert_eq!(found.bytes, at);
}

/// Reads an input whole and in chunks of several sizes; all must say the same.
fn read_any_way(input: &[u8], chunk: usize) -> Found {
    let found = read(input, [input]);
    tiles(input, &found);
    for size in [chunk, chunk % 7 + 1, chunk * 97 + 1] {
        let chunked = read(input, input.chunks(size));
        assert_eq!(chunked, found, "in chunks of {size}");
    }
    found
}

/// Stretches of all that may stand in a file: parts of records among them.
fn stretch() -> impl Strategy<Value = Vec<u8>> {
    let whole = (0_usize..STYLES.len(), 0_u64..50).prop_map(|(style, seed)| log(1, STYLES[style], seed).bytes);
    let part =
        (0_usize..STYLES.len(), 0_u64..50, 0_usize..900, 1_usize..400).prop_map(|(style, seed, from, length)| {
            let bytes = log(2, STYLES[style], seed).bytes;
            let from = from.min(bytes.len());
            bytes[from..bytes.len().min(from + length)].to_vec()
        });
    let fragment = prop::sample::select(vec![
        "October 1, 2013 8:38:31 AM CDT INF 4",
        "October 1, ",
        ", 2013 8:38:31 AM",
        "423:A01C0S010L--",
        " INF 423:A01C0S010L-- [db7] ",
        "Drive map: controller 1",
        "Adaptec Storage Manager started.",
        "\r\n",
        "\n",
        "\r",
        "[",
        "^@^@^@^@<87>ESC",
        "\\x00\\x00\\x87",
        "M-^@M-^G^@^@",
        ";IGNORE;IGNORE;IGNORE # x\n",
        "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ])
    .prop_map(|text| text.as_bytes().to_vec());
    prop_oneof![
        3 => whole,
        3 => part,
        4 => fragment,
        2 => prop::collection::vec(any::<u8>(), 0..40),
        1 => (0_usize..300).prop_map(|length| vec![0; length]),
        1 => "[ -~\n]{0,80}".prop_map(String::into_bytes),
    ]
}

fn injection() -> impl Strategy<Value = Injection> {
    let size = (0_u32..=16, any::<prop::sample::Index>()).prop_map(|(bits, within)| {
        let top = 1_usize << bits;
        (top + within.index(top)).min(64 * 1024)
    });
    (prop::sample::select(Kind::ALL.to_vec()), any::<u32>(), size, any::<u64>())
        .prop_map(|(kind, at, size, seed)| Injection { kind, at: usize::try_from(at).unwrap(), size, seed })
}

fn config(cases: u32) -> ProptestConfig {
    // What is found becomes a case with a name in damage.rs, not a file of seeds.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..5000), chunk in 1_usize..200) {
        read_any_way(&bytes, chunk);
    }

    #[test]
    fn mixtures(stretches in prop::collection::vec(stretch(), 0..12), chunk in 1_usize..200) {
        read_any_way(&stretches.concat(), chunk);
    }

    /// No line ends, so that pieces of long lines and long regions meet.
    #[test]
    fn long_mixtures(stretch in stretch(), last in stretch(), times in 1_usize..400, chunk in 1_usize..5000) {
        let mut bytes = stretch.repeat(times);
        bytes.retain(|byte| *byte != b'\n');
        bytes.truncate(400_000);
        bytes.extend_from_slice(&last);
        let found = read(&bytes, [bytes.as_slice()]);
        tiles(&bytes, &found);
        prop_assert_eq!(&read(&bytes, bytes.chunks(chunk * 13)), &found);
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn damage_of_any_kind(style in 0..STYLES.len(), reports in 3_u64..10, seed in any::<u64>(), injection in injection()) {
        damaged(style, reports, seed, injection);
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn damage_of_any_size(style in 0..STYLES.len(), seed in any::<u64>(), injection in injection()) {
        damaged(style, 130, seed, injection);
    }
}

fn damaged(style: usize, reports: u64, seed: u64, injection: Injection) {
    let log = log(reports, STYLES[style], seed);
    let damaged = injection.apply(&log);
    let found = read(&damaged.bytes, [damaged.bytes.as_slice()]);
    tiles(&damaged.bytes, &found);
    assert_eq!(read(&damaged.bytes, damaged.bytes.chunks(4096 + injection.size % 1000)), found);
    let outcome = judge(&log, &damaged, &found);
    assert!(outcome.lost.is_empty(), "lost: {:#?}", outcome.lost);
    assert!(outcome.undue.is_empty(), "passed, and could not have been written: {:#?}", outcome.undue);
}

/// A log that nothing happened to has no damage, in any style, with any texts.
#[test]
fn nothing_is_found_in_an_intact_log() {
    for (seed, style) in (0..).zip(STYLES.repeat(20)) {
        let log = log(1 + seed % 30, style, seed);
        let found = read_any_way(&log.bytes, 1000);
        assert!(found.spans.iter().all(|(_, what)| what.is_none()), "{:?}", found.spans);
        assert_eq!(found.spans.len(), log.records.len());
        assert_eq!(found.anomalies, Vec::<String>::new());
    }
}

/// Inputs made to cost the reader much a byte: twice the input may not cost much more than twice the time.
#[test]
fn cost_is_linear() {
    let head = "October 1, 2013 8:38:31 AM CDT INF 4:A01C0S1L-- ";
    let patterns: [(&str, Vec<u8>); 12] = [
        ("heads", head.as_bytes().to_vec()),
        ("heads in lines", format!("{}\n", head.repeat(300)).into_bytes()),
        ("fronts of heads", b"October 1, 2013 8:38:31 AM CDT INF 4".to_vec()),
        ("commas", b",".to_vec()),
        ("blanks and commas", b"October                                                  1,".to_vec()),
        ("NULs", vec![0]),
        ("NULs and heads", [&[0; 9], head.as_bytes()].concat()),
        ("colons", b"1:".to_vec()),
        ("locations", b"A01C0S1L--,".to_vec()),
        ("short lines", b"x\n".to_vec()),
        (
            "torn reports",
            b"October 1, 2013 8:38:31 AM CDT INF 423:A01C0S08L-- Drive map: controller 1, chan\n".to_vec(),
        ),
        ("pager text", b"^@^@<87>ESC".to_vec()),
    ];
    let seconds = |pattern: &[u8], length: usize| {
        let bytes = pattern.repeat(length / pattern.len());
        let start = std::time::Instant::now();
        let found = read(&bytes[..100], [bytes.as_slice()]);
        assert_eq!(found.bytes, u64::try_from(bytes.len()).unwrap());
        start.elapsed().as_secs_f64()
    };
    for (name, pattern) in patterns {
        let (one, eight) = (seconds(&pattern, 1 << 15), seconds(&pattern, 1 << 18));
        // A quadratic reader takes 64 times as long; a busy machine may well make it 20.
        assert!(eight < 0.5 + one * 24.0, "{name}: {one:.3} s, eight times as much: {eight:.3} s");
        eprintln!("{name}: {one:.3} s, eight times as much: {eight:.3} s");
    }
}
