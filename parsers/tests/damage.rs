//! Damage of every kind, found to the byte: the whole reader with the grammar of Storage Manager logs.

mod common;

use arraywatch_parsers::stream::What;
use common::{Found, read, record};
use std::fmt::Write as _;

/// Writes what was found, a line a span; runs of records are folded.
fn describe(input: &[u8], found: &Found) -> String {
    let mut text = String::new();
    let mut records = 0;
    for (index, (span, what)) in found.spans.iter().enumerate() {
        records += usize::from(what.is_none());
        let next = found.spans.get(index + 1).map(|(_, what)| what);
        match what {
            None if next.is_some_and(Option::is_none) => {}
            None => {
                let _ = writeln!(text, "{records} records to {}", span.end);
                records = 0;
            }
            Some(What::Unrecognised { lines }) => {
                let _ = writeln!(text, "{}..{} unrecognised, {lines} lines", span.start, span.end);
            }
            Some(What::Damage(damage)) => {
                let origin = damage.origin.map(|origin| format!(" [{}]", origin.code())).unwrap_or_default();
                let _ =
                    writeln!(text, "{}..{} {}{origin}: {}", span.start, span.end, damage.kind.code(), damage.detail);
            }
        }
    }
    for anomaly in &found.anomalies {
        let _ = writeln!(text, "{anomaly}");
    }
    assert_eq!(found.bytes, input.len() as u64);
    text
}

fn check(input: &[u8], expect: &str) {
    let found = read(input, [input]);
    let text = describe(input, &found);
    println!("{text}");
    assert_eq!(text.trim(), expect.trim());
}

fn log(days: std::ops::RangeInclusive<u32>) -> String {
    days.flat_map(|day| (0..4).map(move |device| record(day, device))).collect()
}

#[test]
fn intact() {
    check(log(1..=3).as_bytes(), "12 records to 2508");
    check(b"", "");
}
