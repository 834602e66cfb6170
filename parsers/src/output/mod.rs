//! Outputs of tools: text that a program printed once, from its first line to its last, and that is read whole.
//!
//! Files and mails hold them as they were pasted: with CR LF, without their end, with another output behind. So a reader of one says
//! besides its records how far it understood it ([`Tally`]): what is missing may be what matters, and an output that breaks off
//! is of no thing that is well.

use memchr::memchr;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Lines that were not understood are kept so far; more are counted.
const ODD_MAX: usize = 100;

/// A line of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Where it begins in the bytes.
    pub start: usize,
    /// Where the next begins.
    pub end: usize,
    /// Without its end; bytes that are no UTF-8 are replaced.
    pub text: Cow<'a, str>,
    /// Whether it has an end: the last one may be cut off.
    pub ended: bool,
}

/// The lines of an output, whatever ends them: LF, CR LF, or nothing.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut rest = Some(bytes).filter(|bytes| !bytes.is_empty());
    (1..).map_while(move |number| {
        let left = rest?;
        let (text, behind) = match memchr(b'\n', left) {
            Some(end) => (left.get(..end)?, left.get(end + 1..)),
            None => (left, None),
        };
        rest = behind.filter(|behind| !behind.is_empty());
        let (start, end) = (bytes.len() - left.len(), bytes.len() - behind.map_or(0, <[u8]>::len));
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        // Most is text, and that is found faster so.
        let text = std::str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed);
        Some(Line { number, start, end, text, ended: behind.is_some() })
    })
}

/// Whether some lines end in LF and others in CR LF. A program ends all of one output alike, and so does whoever changes them: of 1,600
/// captures that people published, none of a format that is read here is mixed.
pub fn ends_differ(bytes: &[u8]) -> bool {
    let is_crlf = |end: usize| end.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r');
    let mut ends = memchr::memchr_iter(b'\n', bytes).map(is_crlf);
    ends.next().is_some_and(|first| ends.any(|other| other != first))
}

/// A line that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// Its number, from 1.
    pub line: u64,
    /// As it stands.
    pub text: String,
}

/// How far an output was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that are not blank.
    pub lines: u64,
    /// Those that were not understood, the first of them.
    pub not_understood: Vec<Odd>,
    /// How many more there are.
    pub more: u64,
    /// Why it is not whole, in words that follow "it breaks off: "; none if it is, as far as such an output tells.
    pub cut: Option<String>,
}

impl Tally {
    /// A line that is not blank was met.
    pub fn met(&mut self) {
        self.lines += 1;
    }

    /// It was not understood.
    pub fn odd(&mut self, line: &Line<'_>) {
        self.odd_at(line.number, &line.text);
    }

    /// A line was not understood: its number, from 1, and its text.
    pub fn odd_at(&mut self, line: u64, text: &str) {
        if self.not_understood.len() < ODD_MAX {
            self.not_understood.push(Odd { line, text: text.to_owned() });
        } else {
            self.more += 1;
        }
    }

    /// It is not whole. What was found out first counts.
    pub fn cut(&mut self, why: impl Into<String>) {
        self.cut.get_or_insert_with(|| why.into());
    }

    /// How many lines were not understood.
    pub fn odds(&self) -> u64 {
        u64::try_from(self.not_understood.len()).unwrap_or(u64::MAX).saturating_add(self.more)
    }
}

/// A line that says what something is: `Key : value`, of which either may be blank, without the blanks around them. The first
/// colon with a blank or nothing behind it parts them, so that times and addresses stay whole.
pub fn pair(text: &str) -> Option<(&str, &str)> {
    let at = text.match_indices(':').map(|(at, _)| at).find(|at| {
        let behind = text.get(at + 1..).unwrap_or_default();
        behind.is_empty() || behind.starts_with(char::is_whitespace)
    })?;
    Some((text.get(..at)?.trim(), text.get(at + 1..)?.trim()))
}

/// `root@engine:~#`, behind an output: what was typed next was not copied.
pub(crate) fn is_waiting(text: &str) -> bool {
    let text = text.trim();
    text.len() < PROMPT_MAX && text.ends_with(['#', '$', '>'])
}

/// Longer is no prompt.
const PROMPT_MAX: usize = 80;

/// The keys of the lines of one thing. One that stands twice shows that two things run into each other, as where one output was cut and joined
/// to the end of another; and so does one that a thing lacks and its like have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys(BTreeSet<String>);

impl Keys {
    /// Takes a key; whether it is the first of its kind.
    pub fn take(&mut self, key: &str) -> bool {
        self.0.insert(key.to_owned())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has one.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains(key)
    }

    /// A key that one of two things has and the other has not, but for some that not all have.
    pub fn differ<'a>(&'a self, other: &'a Self, but_for: &[&str]) -> Option<&'a str> {
        self.0.symmetric_difference(&other.0).map(String::as_str).find(|key| !but_for.contains(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_in_many_ways() {
        let check = |bytes: &[u8], expect: &[(&str, bool)]| {
            let read: Vec<_> = lines(bytes).map(|line| (line.text.into_owned(), line.ended)).collect();
            let expect: Vec<_> = expect.iter().map(|(text, ended)| ((*text).to_owned(), *ended)).collect();
            assert_eq!(read, expect, "{bytes:?}");
        };
        check(b"", &[]);
        check(b"a\nb", &[("a", true), ("b", false)]);
        check(b"a\r\n\r\nb\r", &[("a", true), ("", true), ("b", false)]);
        check(b"\xffa\n", &[("\u{fffd}a", true)]);
        check(b"\n", &[("", true)]);
    }

    #[test]
    fn lines_end_alike() {
        let check = |bytes: &[u8], expect| assert_eq!(ends_differ(bytes), expect, "{bytes:?}");
        check(b"", false);
        check(b"a\nb", false);
        check(b"a\n\nb\n", false);
        check(b"a\r\n\r\nb", false);
        check(b"a\r\n\nb", true);
        check(b"\na\r\n", true);
    }

    #[test]
    fn pairs() {
        let check = |text: &str, expect| assert_eq!(pair(text), expect, "{text}");
        check("   Status of Logical Device   : Optimal", Some(("Status of Logical Device", "Optimal")));
        check("Slot Number: 3", Some(("Slot Number", "3")));
        check("Battery :", Some(("Battery", "")));
        check(
            "Reported Location : Enclosure 0, Slot 1(Connector 0:1)",
            Some(("Reported Location", "Enclosure 0, Slot 1(Connector 0:1)")),
        );
        check("8:45:12 up", None);
        check("at 8:45:12 : fine", Some(("at 8:45:12", "fine")));
        check("none", None);
    }

    #[test]
    fn keys() {
        let of = |keys: &[&str]| {
            let mut all = Keys::default();
            let firsts: Vec<bool> = keys.iter().map(|key| all.take(key)).collect();
            (all, firsts)
        };
        let ((one, firsts), (other, _)) = (of(&["a", "b", "a"]), of(&["a", "c"]));
        assert_eq!(firsts, [true, true, false]);
        assert_eq!((one.differ(&other, &[]), one.differ(&other, &["b"])), (Some("b"), Some("c")));
        assert_eq!(one.differ(&other, &["b", "c"]), None);
    }

    proptest! {
        #[test]
        fn any_text_has_its_lines(bytes: Vec<u8>) {
            let mut tally = Tally::default();
            for line in lines(&bytes) {
                pair(&line.text);
                tally.odd(&line);
            }
            prop_assert_eq!(tally.odds(), lines(&bytes).last().map_or(0, |line| line.number));
            let spans: Vec<_> = lines(&bytes).map(|line| line.start..line.end).collect();
            let whole: Vec<&[u8]> = spans.iter().map(|span| &bytes[span.clone()]).collect();
            prop_assert_eq!(whole, bytes.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>());
        }
    }
}
