//! `apcaccess`: how apcupsd finds its UPS.
//!
//! ```text
//! APC      : 001,036,0873
//! DATE     : 2013-10-26 08:39:13 -0500
//! STATUS   : ONLINE
//! END APC  : 2013-10-26 08:39:20 -0500
//! ```
//!
//! Source: `output_status` in apcupsd's `lib/apcstatus.c` (3.14): the head has the numbers of lines and bytes, and the last line is
//! always `END APC`.

use super::Word;
use crate::output::{Tally, lines, pair};
use chrono::{DateTime, Utc};

/// What it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Apcaccess {
    /// Key and value, in the order of the output.
    pub values: Vec<(String, String)>,
    /// How far it was understood.
    pub tally: Tally,
}

impl Apcaccess {
    /// The value of a key; `N/A` and blank are none.
    pub fn get(&self, key: &str) -> Option<&str> {
        let value = self.values.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty() && *value != "N/A")
    }

    /// The words of its state.
    pub fn status(&self) -> Vec<Word> {
        self.get("STATUS").map(Word::read).unwrap_or_default()
    }

    /// When apcupsd last asked its UPS.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        let date = DateTime::parse_from_str(self.get("DATE")?, "%Y-%m-%d %H:%M:%S %z").ok()?;
        Some(date.to_utc())
    }
}

const FIRST: &str = "APC";
const LAST: &str = "END APC";

/// Whether bytes are of it.
pub fn recognise(bytes: &[u8]) -> bool {
    let is_head = |text: &str| {
        let numbers = pair(text).filter(|(key, _)| *key == FIRST).map(|(_, value)| value);
        numbers.is_some_and(|value| value.split(',').filter(|part| part.parse::<u32>().is_ok()).count() == 3)
    };
    lines(bytes).take(5).any(|line| is_head(&line.text))
}

/// Reads an output.
pub fn apcaccess(bytes: &[u8]) -> Apcaccess {
    let mut read = Apcaccess::default();
    let mut ended = false;
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        read.tally.met();
        // Keys are capitals.
        let known = pair(&line.text).filter(|(key, _)| key.chars().all(|c| !c.is_ascii_lowercase()) && !key.is_empty());
        let Some((key, value)) = known else {
            read.tally.odd(&line);
            continue;
        };
        if ended || read.values.iter().any(|(known, _)| known == key) {
            read.tally.cut(format!("{key} stands in it a second time: these are two outputs"));
        }
        ended = key == LAST && value.len() >= DATE_LENGTH;
        read.values.push((key.to_owned(), value.to_owned()));
    }
    if !ended {
        read.tally.cut(format!("its last line is missing, {LAST}"));
    }
    for key in [FIRST, "STATUS"] {
        if !read.values.iter().any(|(known, _)| known == key) {
            read.tally.cut(format!("{key} is missing"));
        }
    }
    read
}

/// `2013-10-26 08:39:20 -0500`
const DATE_LENGTH: usize = 25;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: &str = "APC      : 001,006,0160\nDATE     : 2013-10-26 08:39:13 -0500\nHOSTNAME : db7\nSTATUS   : ONBATT LOWBATT \n\
                       LINEV    : N/A\nEND APC  : 2013-10-26 08:39:20 -0500\n";

    #[test]
    fn an_output() {
        assert!(recognise(ONE.as_bytes()));
        let read = apcaccess(ONE.as_bytes());
        assert_eq!((&read.tally.cut, read.tally.odds()), (&None, 0));
        assert_eq!(read.status(), [Word::OnBattery, Word::LowBattery]);
        assert_eq!((read.get("HOSTNAME"), read.get("LINEV")), (Some("db7"), None));
        assert_eq!(read.time().map(|time| time.to_rfc3339()).as_deref(), Some("2013-10-26T13:39:13+00:00"));
        let twice = apcaccess([ONE, ONE].concat().as_bytes());
        assert_eq!(twice.tally.cut.as_deref(), Some("APC stands in it a second time: these are two outputs"));
        assert!(!recognise(b"APC : 1,2\n"));
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            recognise(&bytes);
            prop_assert!(apcaccess(&bytes).tally.cut.is_some());
        }

        #[test]
        fn any_cut_is_told(at in 0..ONE.len() - 1) {
            prop_assert!(apcaccess(&ONE.as_bytes()[..at]).tally.cut.is_some());
        }
    }
}
