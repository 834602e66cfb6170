//! What is told of one case: everything that it rests on, back to the bytes.

use crate::keep::trace::Traced;
use crate::model::Case;
use crate::words::clean;
use chrono::{DateTime, Utc};

/// A quote is cut to this many characters.
const QUOTE_MAX: usize = 200;

/// So many equal bytes are a run.
const RUN_MIN: usize = 4;

/// A case and what it rests on.
#[derive(Debug)]
pub struct Why<'a> {
    /// The case.
    pub case: &'a Case,
    /// What it and its suspects' terms rest on, in order of time.
    pub told: Vec<Traced<'a>>,
    /// The time as of which it is diagnosed.
    pub now: DateTime<Utc>,
}

/// Bytes on one line, made safe to show: ends of lines are marked, runs of a byte that is no text are counted, and it is cut.
pub fn line(bytes: &[u8]) -> String {
    let mut text = String::new();
    for run in bytes.trim_ascii().chunk_by(|a, b| is_run(*a) == is_run(*b) && (!is_run(*a) || a == b)) {
        match run {
            [first, ..] if is_run(*first) && run.len() >= RUN_MIN => {
                text += &format!("\u{ab}{first:02X} \u{d7} {}\u{bb}", run.len());
            }
            run => text += &String::from_utf8_lossy(run),
        }
    }
    let lines: Vec<String> = text.lines().filter(|line| !line.trim().is_empty()).map(clean).collect();
    let joined = lines.join(" \u{23ce} ");
    let cut: String = joined.chars().take(QUOTE_MAX).collect();
    if cut == joined { joined } else { format!("{}\u{2026}", cut.trim_end()) }
}

/// Whether many of it in a row tell nothing: a control character, but for ends of lines.
const fn is_run(byte: u8) -> bool {
    matches!(byte, 0..=9 | 11..=31 | 127 | 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_on_one_line() {
        let check = |bytes: &[u8], expect: &str| assert_eq!(line(bytes), expect);
        check(b"", "");
        check(b"a record\n", "a record");
        check(b"a record\r\n", "a record");
        check(b"one\n\ntwo\n", "one \u{23ce} two");
        check(b"a\0\0\0b", "a\\u{0}\\u{0}\\u{0}b");
        check(b"a\0\0\0\0\x01b", "a\u{ab}00 \u{d7} 4\u{bb}\\u{1}b");
        check(&[0; 438], "\u{ab}00 \u{d7} 438\u{bb}");
        check(b"\x1b[31mred\xfe", "\\u{1b}[31mred\u{fffd}");
        check(&[b"word ".as_slice(); 100].concat(), &(["word"; 40].join(" ") + "\u{2026}"));
    }
}
