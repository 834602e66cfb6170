//! What is told of one case: everything that it rests on, back to the bytes.

use crate::diagnosis::Made;
use crate::history::reader::Source;
use crate::keep::trace::Quote;
use crate::model::{Case, Observation};
use crate::words::clean;
use chrono::{DateTime, Utc};

/// A quote is cut to this many characters.
const QUOTE_MAX: usize = 200;

/// A case and what it rests on.
#[derive(Debug)]
pub struct Why<'a> {
    /// The case.
    pub case: &'a Case,
    /// What it and its suspects' terms rest on, in order of time.
    pub told: Vec<Told<'a>>,
    /// The time as of which it is diagnosed.
    pub now: DateTime<Utc>,
}

/// An observation, traced.
#[derive(Debug)]
pub struct Told<'a> {
    /// The observation.
    pub one: &'a Observation,
    /// Of how many records it was made, if no single one says it.
    pub made: Option<Made>,
    /// Who said it, if a person did.
    pub said_by: Option<&'a str>,
    /// The reading of a source that it is told from.
    pub source: Option<&'a Source>,
    /// Its bytes.
    pub quote: Quote,
}

/// The first line of some bytes, made safe to show; a run of one byte is counted.
pub fn line(bytes: &[u8]) -> String {
    if let [first, second, ..] = bytes
        && bytes.iter().all(|byte| byte == first)
        && first == second
    {
        return format!("byte {first:#04x}, over and over");
    }
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next().unwrap_or_default();
    let text = clean(&String::from_utf8_lossy(first));
    let more = lines.next().is_some() || text.chars().count() > QUOTE_MAX;
    let cut: String = text.chars().take(QUOTE_MAX).collect();
    format!("{}{}", cut.trim_end(), if more { " \u{2026}" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_on_one_line() {
        let check = |bytes: &[u8], expect: &str| assert_eq!(line(bytes), expect);
        check(b"", "");
        check(b"a record\n", "a record");
        check(b"a record\r\n", "a record\\u{d}");
        check(b"one\ntwo\n", "one \u{2026}");
        check(b"\n\n[[note]]\nfact = 1\n", "[[note]] \u{2026}");
        check(b"\0\0\0\0", "byte 0x00, over and over");
        check(b"\0", "\\u{0}");
        check(b"\x1b[31mred\xff", "\\u{1b}[31mred\u{fffd}");
        check(&[b"word ".as_slice(); 100].concat(), &("word ".repeat(40) + "\u{2026}"));
    }
}
