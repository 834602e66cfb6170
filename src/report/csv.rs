//! Observations as rows of a table, for spreadsheets and databases. A summary is a row, too, `at` its begin and `until` its end; it
//! has no place in a source.

use crate::keep::{Summed, Told};
use crate::model::{NUMBER, Statement};
use crate::words::clean;
use chrono::{DateTime, SecondsFormat, Utc};

/// The columns.
pub const COLUMNS: [&str; 11] =
    ["at", "as_written", "subject", "severity", "fact", "text", "times", "until", "source", "start", "end"];

/// What was said.
pub fn told(Told { known, said, written, source, text, .. }: &Told<'_>) -> [String; 11] {
    let Statement { subject, fact, severity, .. } = &known.statement;
    [
        time(said.at),
        clean(written.unwrap_or_default()),
        subject.to_string(),
        severity.code().to_owned(),
        fact.code().to_owned(),
        clean(text),
        said.times.to_string(),
        said.until.map(time).unwrap_or_default(),
        clean(source),
        said.start.to_string(),
        said.end.to_string(),
    ]
}

/// What was summed up.
pub fn summed(Summed { known, summary, .. }: &Summed<'_>) -> [String; 11] {
    let Statement { subject, fact, severity, text } = &known.statement;
    let none = String::new;
    [
        time(summary.first),
        none(),
        subject.to_string(),
        severity.code().to_owned(),
        fact.code().to_owned(),
        clean(&text.replace(NUMBER, "\u{2026}")),
        summary.times.to_string(),
        time(summary.last),
        none(),
        none(),
        none(),
    ]
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
