//! The spans of a log, for people.

use super::investigate::when;
use super::page::{BAD, DOUBTFUL, FAINT, GOOD, Page};
use crate::observe::{Source, Text};
use crate::origin::{Finding, Holder, Tally, Trace, Traced};
use crate::report::json::Unread;
use crate::words::{clean, count, number_of};
use std::path::Path;

/// Damage and anomalies shown one by one; JSON has more.
const SHOWN_MAX: usize = 200;

/// Files of a directory that are of no known format, shown one by one; JSON has all.
const UNREAD_SHOWN: usize = 12;

/// Files that hold the same bytes, shown one by one; JSON has more.
const HOLDERS_SHOWN: usize = 4;

/// Every source in turn, and what could not be read; with what was found of the damage, if a directory was searched for it.
pub fn integrity(sources: &[Source], not_read: &[Unread], traced: Option<(&Path, &Traced)>) -> String {
    let mut page = Page::new();
    for (index, source) in sources.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        of_source(&mut page, source, traced.and_then(|(_, traced)| traced.traces.get(index)));
    }
    if let Some((directory, traced)) = traced {
        page.blank();
        page.styled(0, "searched  ", FAINT, &searched(directory, &traced.tally));
    }
    if !not_read.is_empty() {
        page.blank();
    }
    unread(&mut page, 0, not_read);
    page.finish()
}

fn of_source(page: &mut Page, source: &Source, trace: Option<&Trace>) {
    let places = source.damage.len() as u64 + source.damage_not_listed;
    let (style, word) = match (places, source.anomalies.len()) {
        (0, 0) => (GOOD, "intact"),
        (0, _) => (DOUBTFUL, "odd"),
        _ => (BAD, "damaged"),
    };
    page.styled(0, &format!("{word}  "), style, &format!("{}: {}", source.path, summary(source)));
    for problem in &source.problems {
        page.styled(2, "! ", DOUBTFUL, problem);
    }
    if places > 0 || source.unrecognised > 0 {
        page.heading("spans (bytes from, to before)");
    }
    let mut damage = source.damage.iter();
    let mut told = Vec::new();
    let shown = source.spans.iter().filter(|_| places > 0 || source.unrecognised > 0);
    for span in shown.take(SHOWN_MAX) {
        let range = format!("{:>14} {:>14}  ", count(span.range.start), count(span.range.end));
        match span.text {
            Some(Text::Records) => page.styled(0, &range, FAINT, "records, intact"),
            Some(Text::Unrecognised) => page.styled(0, &range, DOUBTFUL, "text that is no record"),
            None => {
                let of = damage.next();
                let text = of.map(|of| format!("{}: {}", of.kind.code(), of.detail)).unwrap_or_default();
                page.styled(0, &range, BAD, &text);
            }
        }
        if span.text != Some(Text::Records) {
            for finding in trace.and_then(|trace| trace.of(&span.range)).into_iter().flatten() {
                if !told.contains(&finding.span()) {
                    page.item(0, &" ".repeat(range.len()), &found(finding));
                    told.push(finding.span());
                }
            }
        }
    }
    let more = source.spans.len().saturating_sub(SHOWN_MAX) as u64 + source.damage_not_listed;
    if more > 0 && places > 0 {
        page.item(2, "", &format!("and {} spans more (the first 5,000 are in --json)", count(more)));
    }
    if !source.anomalies.is_empty() {
        page.heading("oddities of intact records");
    }
    for anomaly in source.anomalies.iter().take(SHOWN_MAX) {
        let range = format!("{:>14} {:>14}  ", count(anomaly.span.start), count(anomaly.span.end));
        let text = format!("{}: {}, {}", anomaly.kind.code(), when(&anomaly.at), clean(&anomaly.detail));
        page.styled(0, &range, DOUBTFUL, &text);
    }
}

/// In which files bytes were found.
fn found(finding: &Finding) -> String {
    let place = |holder: &Holder| {
        let path = clean(&holder.path.to_string_lossy());
        let more =
            if holder.places > 1 { format!(" (and {} places more)", count(holder.places - 1)) } else { String::new() };
        let copies = holder.copies.len() as u64 + holder.copies_not_listed;
        let copies = match holder.copies.first() {
            Some(copy) if copies == 1 => format!(", and its copy {}", clean(&copy.to_string_lossy())),
            Some(copy) => format!(", and {} copies of it, as {}", count(copies), clean(&copy.to_string_lossy())),
            None => String::new(),
        };
        format!("{path} at {}{more}{copies}", count(holder.offset))
    };
    let span = finding.span();
    let bytes = finding.holders.first().map_or(0, |holder| holder.bytes);
    let bytes = format!("{} from {}", number_of(bytes, "byte", "bytes"), count(span.start));
    let places: Vec<String> = finding.holders.iter().take(HOLDERS_SHOWN).map(place).collect();
    let places = places.join("; ");
    if finding.one_of == 1 {
        return format!("found: {bytes} stand in {places}");
    }
    let rest = finding.one_of - finding.holders.len().min(HOLDERS_SHOWN) as u64;
    let rest = if rest > 0 { format!("; and {} more", count(rest)) } else { String::new() };
    format!("not told apart: {bytes} stand in {} files alike: {places}{rest}", count(finding.one_of))
}

/// What was searched for them.
fn searched(directory: &Path, tally: &Tally) -> String {
    let directory = clean(&directory.to_string_lossy());
    let mut parts = vec![format!(
        "{}, {} under {directory}",
        number_of(tally.files, "file", "files"),
        number_of(tally.bytes, "byte", "bytes")
    )];
    let mut add = |number: u64, one: &str, many: &str| {
        if number > 0 {
            parts.push(number_of(number, one, many));
        }
    };
    add(tally.unread, "file could not be read", "files could not be read");
    add(tally.passed_over.unlisted, "directory could not be listed", "directories could not be listed");
    add(tally.passed_over.other_systems, "other file system was not entered", "other file systems were not entered");
    parts.join("; ")
}

/// What was given and could not be read.
pub(super) fn unread<'u>(page: &mut Page, indent: usize, unread: impl IntoIterator<Item = &'u Unread>) {
    let unread: Vec<&Unread> = unread.into_iter().collect();
    for (path, failure) in unread.iter().take(UNREAD_SHOWN) {
        page.styled(indent, "not read  ", DOUBTFUL, &format!("{path}: {failure}"));
    }
    if unread.len() > UNREAD_SHOWN {
        let more = count((unread.len() - UNREAD_SHOWN) as u64);
        page.item(indent, "", &format!("and {more} more, all in --json"));
    }
}

/// What a source is and how it fared, in a line.
pub(super) fn summary(source: &Source) -> String {
    let format = source.format.unwrap_or("not understood");
    let bytes = count(source.bytes);
    let mut parts = vec![match source.packed {
        Some(packed) => format!("{format}, {packed}, {bytes} bytes unpacked"),
        None => format!("{format}, {bytes} bytes"),
    }];
    let records = count(source.records);
    let damaged = source.damage.len() as u64 + source.damage_not_listed;
    if source.format == Some("notes") {
        parts.push(number_of(source.records, "note", "notes"));
    } else if damaged > 0 {
        let bytes = if source.damage_not_listed > 0 {
            String::new()
        } else {
            format!(" of {} bytes", count(source.damaged_bytes()))
        };
        let spans =
            if damaged == 1 { "1 damaged span".to_owned() } else { format!("{} damaged spans", count(damaged)) };
        parts.push(format!("{spans}{bytes}"));
        parts.push(format!("all {records} intact records kept"));
    } else {
        parts.push(number_of(source.records, "record", "records"));
    }
    if source.unrecognised > 0 {
        parts.push(number_of(source.unrecognised, "line that is no record", "lines that are no records"));
    }
    if source.pager_notation {
        parts.push("pasted from a pager, decoded".to_owned());
    }
    parts.join("; ")
}
