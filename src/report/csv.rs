//! Events as CSV (RFC 4180): a header, and a row each. The columns are the keys of the JSON, times as there; what is not known is an
//! empty cell.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, also one behind a tab or a line's end, and logs can
//! be written by others. Such a cell gets an apostrophe before it, which spreadsheets take for "this is text". Programs that want the
//! bytes take `--json`.

use crate::keep::Event;
use crate::words::printed;
use chrono::{DateTime, SecondsFormat, Utc};
use std::borrow::Cow;
use std::io::Write;

/// The names of the columns.
pub const COLUMNS: [&str; 13] = [
    "at",
    "as_written",
    "time_basis",
    "until",
    "within_seconds",
    "subject",
    "severity",
    "fact",
    "text",
    "times",
    "source",
    "start",
    "end",
];

/// Writes the header.
///
/// # Errors
/// If it cannot be written; so the next.
pub fn header<W: Write>(to: &mut csv::Writer<W>) -> csv::Result<()> {
    to.write_record(COLUMNS)
}

/// Writes an event.
pub fn event<W: Write>(to: &mut csv::Writer<W>, event: &Event<'_>) -> csv::Result<()> {
    let Event { at, last, times, subject, severity, fact, text, place } = event;
    let (source, start, end) = match place {
        Some((source, start, end)) => (printed(source), start.to_string(), end.to_string()),
        None => Default::default(),
    };
    to.write_record([
        time(at.utc).as_str(),
        &guarded(&printed(at.written.unwrap_or_default())),
        at.basis.code(),
        &last.or(at.until).map(time).unwrap_or_default(),
        &at.within.map(|within| within.num_seconds().to_string()).unwrap_or_default(),
        &guarded(&subject.to_string()),
        severity.code(),
        fact,
        &guarded(&printed(text)),
        &times.to_string(),
        &guarded(&source),
        &start,
        &end,
    ])
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A text from outside, as no spreadsheet takes it for a formula.
fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas() {
        let check = |text, expect| assert_eq!(guarded(text), expect);
        check("", "");
        check("drive failed", "drive failed");
        check("a=b", "a=b");
        check("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\t=1", "'\t=1");
    }
}
