//! Damages intact logs at random, a great many times, and counts what the reader makes of it. The same on every run.
//!
//! ```text
//! cargo run --release -p arraywatch-parsers --example injections [number]
//! ```
//!
//! A touched record is one of whose bytes, line end included, one changed, went, or got another beside it. It may pass as
//! intact only if it could have been written as it stands, which an oracle says that shares no code with the parser.

#[path = "../tests/common/mod.rs"]
mod common;

use common::injection::{Injection, Kind};
use common::log::{Log, STYLES, log};
use common::outcome::outcome;
use common::random::Random;
use std::collections::BTreeMap;

const FATES: [&str; 7] = ["nul-run", "foreign", "torn", "spliced", "garbled", "unrecognised", "nothing left"];

#[derive(Default)]
struct Row {
    runs: usize,
    untouched: usize,
    lost: usize,
    fates: BTreeMap<&'static str, usize>,
    could: BTreeMap<&'static str, usize>,
    undue: BTreeMap<&'static str, usize>,
}

fn main() {
    let number: usize = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(200_000);
    let mut random = Random::new(2013_10_26);
    let mut rows: BTreeMap<Kind, Row> = BTreeMap::new();
    let mut examples = 0;
    // Small logs for most, since each run reads the whole; long ones where the damage may be long.
    let small: Vec<Log> =
        (0..60).map(|seed| log(4 + seed % 9, STYLES[usize::try_from(seed % 6).unwrap()], seed)).collect();
    let large: Vec<Log> = (0..6).map(|seed| log(150, STYLES[usize::try_from(seed).unwrap()], seed)).collect();
    for run in 0..number {
        let kind = Kind::ALL[run % Kind::ALL.len()];
        let big = random.below(16) == 0;
        let logs = if big { &large } else { &small };
        let log = &logs[random.below(logs.len())];
        let size = random.size(if big { 64 * 1024 } else { 1024 });
        let at = random.below(log.bytes.len());
        let injection = Injection { kind, at, size, seed: random.next() };
        let outcome = outcome(log, &injection.apply(log));
        if (!outcome.lost.is_empty() || !outcome.undue.is_empty()) && examples < 25 {
            examples += 1;
            eprintln!("{injection:?}\n  lost {:?}\n  undue {:?}", outcome.lost, outcome.undue);
        }
        let row = rows.entry(kind).or_default();
        row.runs += 1;
        row.untouched += outcome.untouched;
        row.lost += outcome.lost.len();
        for fate in outcome.fates {
            *row.fates.entry(fate).or_default() += 1;
        }
        for reason in outcome.could {
            *row.could.entry(reason).or_default() += 1;
        }
        for (reason, _) in outcome.undue {
            *row.undue.entry(reason).or_default() += 1;
        }
    }
    print(&rows);
}

fn print(rows: &BTreeMap<Kind, Row>) {
    println!(
        "| injected | runs | untouched records | of them lost | {} | passed, could have been written | passed, should not have |",
        FATES.join(" | ")
    );
    println!("|-|{}", "-:|".repeat(5 + FATES.len()));
    for (kind, row) in rows {
        let fates = FATES.map(|fate| row.fates.get(fate).copied().unwrap_or(0).to_string());
        let (could, undue): (usize, usize) = (row.could.values().sum(), row.undue.values().sum());
        println!(
            "| {kind:?} | {} | {} | {} | {} | {could} | {undue} |",
            row.runs,
            row.untouched,
            row.lost,
            fates.join(" | ")
        );
    }
    println!(
        "\nWhat is different about those that could have been written:\n\n| injected | difference: records |\n|-|-|"
    );
    for (kind, row) in rows.iter().filter(|(_, row)| !row.could.is_empty()) {
        let mut reasons: Vec<_> = row.could.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{reason}: {count}")).collect();
        println!("| {kind:?} | {} |", reasons.join("; "));
    }
    let undue: Vec<String> = rows
        .iter()
        .flat_map(|(kind, row)| row.undue.iter().map(move |(reason, count)| format!("{kind:?}: {reason}: {count}")))
        .collect();
    println!("\nShould not have passed: {}", if undue.is_empty() { "none".to_owned() } else { undue.join("; ") });
}
