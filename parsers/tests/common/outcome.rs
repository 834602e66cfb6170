//! What the reader made of a damaged log, held against what was done to it.

use super::injection::Damaged;
use super::log::Log;
use super::oracle::{Known, fields};
use super::{Found, read};
use arraywatch_parsers::stream::What;
use std::collections::BTreeSet;
use std::ops::Range;

#[derive(Debug, Default)]
pub struct Outcome {
    /// Untouched records that were not given out whole.
    pub lost: Vec<String>,
    pub untouched: usize,
    /// Touched records that could have been written as they stand: what is different about each.
    pub could: Vec<&'static str>,
    /// Lines that passed though they cannot have been written: why, and the line.
    pub undue: Vec<(&'static str, String)>,
    /// What the remains of each other touched record were found to be.
    pub fates: Vec<&'static str>,
}

pub fn outcome(log: &Log, damaged: &Damaged) -> Outcome {
    let Damaged { bytes, .. } = damaged;
    let found = read(bytes, [bytes.as_slice()]);
    judge(log, damaged, &found)
}

pub fn judge(log: &Log, damaged: &Damaged, found: &Found) -> Outcome {
    let mut outcome = Outcome::default();
    let mut known = Known::default();
    let mut expected = BTreeSet::new();
    let mut touched = Vec::new();
    for record in &log.records {
        match damaged.untouched(record) {
            Some(place) => {
                known.see(&log.bytes[record.clone()]);
                expected.insert((place.start, place.end));
            }
            None => touched.push(record.clone()),
        }
    }
    outcome.untouched = expected.len();
    let passed: BTreeSet<(usize, usize)> =
        found.spans.iter().filter(|(_, what)| what.is_none()).map(|(span, _)| range(span)).collect();
    for place in expected.difference(&passed) {
        outcome.lost.push(shown(&damaged.bytes[place.0..place.1]));
    }
    for place in passed.difference(&expected) {
        let line = &damaged.bytes[place.0..place.1];
        let same = log.records.iter().any(|record| content(&log.bytes[record.clone()]) == content(line));
        match known.objection(line).filter(|_| !same) {
            Some(objection) => outcome.undue.push((objection, shown(line))),
            None if same => outcome.could.push("as another record, or its line end only"),
            None => {
                let overlaps = |record: &&Range<usize>| {
                    let remains = damaged.remains(record);
                    remains.start < place.1 && place.0 < remains.end
                };
                let before = touched.iter().find(overlaps).map_or(&[][..], |record| &log.bytes[record.clone()]);
                outcome.could.push(difference(before, line));
            }
        }
    }
    for record in &touched {
        let remains = damaged.remains(record);
        let parts: Vec<_> = found
            .spans
            .iter()
            .filter(|(span, _)| range(span).0 < remains.end && remains.start < range(span).1)
            .collect();
        if parts.is_empty() {
            outcome.fates.push("nothing left");
        } else if !parts
            .iter()
            .any(|(span, what)| what.is_none() && passed.contains(&range(span)) && !expected.contains(&range(span)))
        {
            outcome.fates.push(fate(parts.into_iter().filter_map(|(_, what)| what.as_ref())));
        }
    }
    outcome
}

fn range(span: &Range<u64>) -> (usize, usize) {
    (usize::try_from(span.start).unwrap(), usize::try_from(span.end).unwrap())
}

fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

pub fn shown(line: &[u8]) -> String {
    line.escape_ascii().to_string()
}

/// The most telling of what was found.
fn fate<'a>(parts: impl Iterator<Item = &'a What>) -> &'static str {
    const ORDER: [&str; 6] = ["spliced", "garbled", "torn", "foreign", "nul-run", "unrecognised"];
    let code = |what: &What| match what {
        What::Unrecognised { .. } => "unrecognised",
        What::Damage(damage) => damage.kind.code(),
    };
    let rank = |code: &&str| ORDER.iter().position(|known| known == code).unwrap_or(ORDER.len());
    parts.map(code).min_by_key(rank).unwrap_or("unrecognised")
}

fn difference(before: &[u8], line: &[u8]) -> &'static str {
    let (Ok(old), Ok(new)) = (fields(before), fields(line)) else { return "other" };
    let differs = [
        (old.date != new.date, "date"),
        (old.time != new.time, "time of day"),
        (old.zone != new.zone, "zone"),
        (old.severity != new.severity, "severity"),
        (old.event != new.event, "event number"),
        (old.place != new.place, "location"),
        (old.host != new.host, "host"),
        (old.text != new.text && new.text.starts_with("Drive map"), "drive"),
        (old.text != new.text && old.text.starts_with(&new.text), "free text cut short"),
        (old.text != new.text, "free text"),
    ];
    match differs.iter().filter(|(differs, _)| *differs).map(|(_, name)| *name).collect::<Vec<_>>()[..] {
        [] => "width of a blank",
        [one] | [one, "free text"] => one,
        _ => "several fields",
    }
}
