//! An operator's notes: what people saw and did, which no log holds.
//!
//! ```toml
//! arraywatch = "notes/1"        # this line makes the file a file of notes
//! host = "db7"                  # whose machine; a "." in a subject stands for it
//! by = "night shift"            # who writes
//! timezone = "America/Chicago"  # of times without an offset
//!
//! [[array]]                     # what an array is made of, as far as people know
//! subject = "array:./c1"
//! level = "10"
//! bays = ["c1/e0/s0", "c1/e0/s1", "c1/e0/s2", "c1/e0/s3"]
//! mirrors = [["c1/e0/s0", "c1/e0/s1"], ["c1/e0/s2", "c1/e0/s3"]]
//!
//! [[bay]]                       # the printed label of a bay
//! subject = "bay:./c1/e0/s0"
//! label = "A1"
//!
//! [[note]]                      # one observation
//! at = 2013-10-26T15:30:00Z
//! within = "30 min"             # how far off the time may be
//! subject = "array:./c1"
//! fact = "array-degraded"
//! text = "the controller beeps"
//! ```
//!
//! A note of the fact `drive-replaced` may name the serial numbers `old` and `new`. The facts an operator may state are listed
//! where notes become observations. A note that cannot be read is a [`Problem`]; it takes none of the others with it.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::Spanned;

/// The value of the key that makes a file a file of notes.
pub const VERSION: &str = "notes/1";

/// Files of notes are written by hand; a longer one is none.
pub const BYTES_MAX: usize = 1024 * 1024;

/// What a file of notes says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notes {
    /// Whose machine.
    pub host: Option<String>,
    /// Who writes.
    pub by: Option<String>,
    /// Zone of times without an offset.
    pub timezone: Option<String>,
    /// Arrays.
    pub arrays: Vec<Stated<Array>>,
    /// Labels of bays.
    pub bays: Vec<Stated<Bay>>,
    /// The observations.
    pub notes: Vec<Stated<Note>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A statement and where it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated<T> {
    /// What is said.
    pub value: T,
    /// Offsets of the file.
    pub span: Range<usize>,
}

/// A place of the file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Offsets of the file.
    pub span: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
}

/// What an array is made of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Array {
    /// Which.
    pub subject: String,
    /// RAID level.
    pub level: Option<String>,
    /// Paths of the bays it takes.
    #[serde(default)]
    pub bays: Vec<String>,
    /// Bays that hold the same data.
    #[serde(default)]
    pub mirrors: Vec<Vec<String>>,
}

/// The printed label of a bay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bay {
    /// Which.
    pub subject: String,
    /// What is printed there.
    pub label: String,
}

/// One observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// When.
    pub at: At,
    /// How far off the time may be, either way.
    pub within: Option<TimeDelta>,
    /// What it is about.
    pub subject: Option<String>,
    /// What was so; free text alone has none.
    pub fact: Option<String>,
    /// In the operator's words.
    pub text: Option<String>,
    /// Serial number of a drive taken out.
    pub old: Option<String>,
    /// Serial number of a drive put in.
    pub new: Option<String>,
}

/// A time as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The text.
    pub written: String,
    /// The local time it says.
    pub local: NaiveDateTime,
    /// The offset it says.
    pub offset: Option<FixedOffset>,
}

#[derive(Deserialize)]
struct File {
    arraywatch: String,
    host: Option<String>,
    by: Option<String>,
    timezone: Option<String>,
    #[serde(default)]
    array: Vec<Spanned<toml::Table>>,
    #[serde(default)]
    bay: Vec<Spanned<toml::Table>>,
    #[serde(default)]
    note: Vec<Spanned<toml::Table>>,
    #[serde(flatten)]
    others: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNote {
    at: toml::value::Datetime,
    within: Option<String>,
    subject: Option<String>,
    fact: Option<String>,
    text: Option<String>,
    old: Option<String>,
    new: Option<String>,
}

/// Whether a file is one of notes: the key stands in a line of its own, also if the rest of the file has mistakes.
pub fn recognise(bytes: &[u8]) -> bool {
    let states = |line: &[u8]| {
        let Some((key, value)) = line.split_at_checked(line.iter().position(|byte| *byte == b'=').unwrap_or(0)) else {
            return false;
        };
        key.trim_ascii() == b"arraywatch" && value.trim_ascii_start().strip_prefix(b"=").is_some_and(is_version)
    };
    bytes.split(|byte| *byte == b'\n').take(200).any(states)
}

fn is_version(value: &[u8]) -> bool {
    value.trim_ascii_start().starts_with(b"\"notes/")
}

/// Reads a file of notes.
pub fn parse(bytes: &[u8]) -> Notes {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            return problem(at..bytes.len(), "not text in UTF-8 from here on");
        }
    };
    let file = match toml::from_str::<File>(text) {
        Ok(file) => file,
        Err(error) => return problem(error.span().unwrap_or(0..bytes.len()), error.message()),
    };
    let mut notes = Notes { host: file.host, by: file.by, timezone: file.timezone, ..Notes::default() };
    if file.arraywatch != VERSION {
        return problem(
            0..bytes.len(),
            &format!("notes of version \"{}\"; this program reads \"{VERSION}\"", file.arraywatch),
        );
    }
    for key in file.others.keys() {
        let message = format!("unknown key \"{}\"; known are host, by, timezone, array, bay, note", key.escape_debug());
        notes.problems.push(Problem { span: 0..0, message });
    }
    let tables = [&file.array, &file.bay, &file.note].into_iter().flatten();
    let ends = Ends::new(text, tables.map(Spanned::span));
    notes.arrays = read(file.array, &ends, &mut notes.problems, Ok);
    notes.bays = read(file.bay, &ends, &mut notes.problems, Ok);
    notes.notes = read(file.note, &ends, &mut notes.problems, note);
    notes
}

/// Where tables end: the reader of TOML gives the place of a table's head alone, and a table is all up to the next, less blank
/// lines and comments before that.
struct Ends<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Ends<'a> {
    fn new(text: &'a str, heads: impl Iterator<Item = Range<usize>>) -> Self {
        let mut starts: Vec<usize> = heads.map(|head| head.start).collect();
        starts.sort_unstable();
        Self { text, starts }
    }

    fn table(&self, head: Range<usize>) -> Range<usize> {
        let next = self.starts.iter().find(|start| **start > head.start).copied().unwrap_or(self.text.len());
        let mut table = self.text.get(head.start..next).unwrap_or_default().trim_end();
        while let Some((before, last)) = table.rsplit_once('\n') {
            if !last.trim_start().starts_with('#') {
                break;
            }
            table = before.trim_end();
        }
        head.start..head.end.max(head.start + table.len())
    }
}

fn problem(span: Range<usize>, message: &str) -> Notes {
    let message = message.lines().next().unwrap_or_default().to_owned();
    Notes { problems: vec![Problem { span, message }], ..Notes::default() }
}

fn read<R: DeserializeOwned, T>(
    tables: Vec<Spanned<toml::Table>>,
    ends: &Ends<'_>,
    problems: &mut Vec<Problem>,
    then: impl Fn(R) -> Result<T, String>,
) -> Vec<Stated<T>> {
    let mut stated = Vec::new();
    for table in tables {
        let span = ends.table(table.span());
        let raw: Result<R, _> = table.into_inner().try_into();
        match raw.map_err(|error| error.message().to_owned()).and_then(&then) {
            Ok(value) => stated.push(Stated { value, span }),
            Err(message) => problems.push(Problem { span, message: message.lines().collect::<Vec<_>>().join(" ") }),
        }
    }
    stated
}

fn note(raw: RawNote) -> Result<Note, String> {
    let written = raw.at.to_string();
    let at = if raw.at.offset.is_some() {
        let time = DateTime::parse_from_rfc3339(&written).map_err(|_| format!("no such time: {written}"))?;
        At { written, local: time.naive_local(), offset: Some(*time.offset()) }
    } else {
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
        let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(&written, format).ok());
        At {
            local: local.ok_or_else(|| format!("a note needs a date and a time, not {written}"))?,
            written,
            offset: None,
        }
    };
    let within = raw.within.as_deref().map(within).transpose()?;
    let RawNote { subject, fact, text, old, new, .. } = raw;
    if fact.is_none() && text.is_none() {
        return Err("a note needs a fact or a text".to_owned());
    }
    Ok(Note { at, within, subject, fact, text, old, new })
}

/// `30 min`, `2 h`, `1 d`.
fn within(written: &str) -> Result<TimeDelta, String> {
    let wrong = || format!("\"{}\" is no duration such as \"30 min\", \"2 h\" or \"1 d\"", written.escape_debug());
    let (number, unit) = written.trim().split_once(' ').ok_or_else(wrong)?;
    let seconds = match unit.trim() {
        "s" => 1,
        "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let number: i64 = number.parse().ok().filter(|number| (0..=36_500).contains(number)).ok_or_else(wrong)?;
    TimeDelta::try_seconds(number * seconds).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let bytes = format!("arraywatch = \"notes/1\"\n{text}");
        assert!(recognise(bytes.as_bytes()));
        let notes = parse(bytes.as_bytes());
        let shown = |span: &Range<usize>| {
            bytes.get(span.clone()).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
        };
        let mut got: Vec<String> = notes
            .notes
            .iter()
            .map(|note| {
                let Note { at, within, subject, fact, .. } = &note.value;
                let minutes = within.map_or(-1, |within| within.num_minutes());
                format!(
                    "{}: {} {:?} {minutes} {subject:?} {fact:?}",
                    shown(&note.span),
                    at.written,
                    at.offset.map(|o| o.local_minus_utc())
                )
            })
            .collect();
        got.extend(
            notes.problems.iter().map(|problem| format!("problem at {}: {}", shown(&problem.span), problem.message)),
        );
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn notes() {
        check("", &[]);
        check(
            "[[note]]\nat = 2013-10-26T15:30:00Z\nwithin = \"2 h\"\nsubject = \"array:./c1\"\nfact = \"array-degraded\"\n",
            &[r#"[[note]]: 2013-10-26T15:30:00Z Some(0) 120 Some("array:./c1") Some("array-degraded")"#],
        );
        check(
            "[[note]]\nat = 2013-10-26 15:30:00\ntext = \"x\"\n[[note]]\nat = 2013-10-26\ntext = \"y\"\n[[note]]\nat = 2013-10-27T01:00:00+02:00\ntext = \"z\"\n",
            &[
                "[[note]]: 2013-10-26T15:30:00 None -1 None None",
                "[[note]]: 2013-10-27T01:00:00+02:00 Some(7200) -1 None None",
                "problem at [[note]]: a note needs a date and a time, not 2013-10-26",
            ],
        );
        check("[[note]]\nat = 2013-10-26T15:30:00Z\n", &["problem at [[note]]: a note needs a fact or a text"]);
        check(
            "[[note]]\nat = 2013-10-26T15:30:00Z\nfct = \"x\"\n",
            &[
                "problem at [[note]]: unknown field `fct`, expected one of `at`, `within`, `subject`, `fact`, `text`, `old`, `new`",
            ],
        );
        check(
            "[[note]]\nat = 2013-10-26T15:30:00Z\ntext=\"x\"\nwithin = \"soon\"\n",
            &["problem at [[note]]: \"soon\" is no duration such as \"30 min\", \"2 h\" or \"1 d\""],
        );
        check("zone = 1\n", &["problem at : unknown key \"zone\"; known are host, by, timezone, array, bay, note"]);
        check("[[note]\n", &["problem at : unclosed array table, expected `]`"]);
    }

    #[test]
    fn other_files() {
        assert!(!recognise(b"arraywatch = 3\n"));
        assert!(!recognise(b"[package]\nname = \"arraywatch\"\n"));
        assert!(!recognise(b""));
        assert_eq!(parse(b"arraywatch = \"notes/9\"").problems.len(), 1);
        assert_eq!(parse(b"arraywatch = \"notes/1\"\n\xff").problems.len(), 1);
    }
}
