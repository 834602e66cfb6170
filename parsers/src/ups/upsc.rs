//! `upsc`: the variables of a UPS as NUT has them, and dummy-ups's files of the same form.
//!
//! ```text
//! battery.charge: 100
//! driver.name: usbhid-ups
//! ups.status: OL CHRG
//! ```
//!
//! They come sorted, each once (`sstate_infofree` and `state_getinfo` in NUT's `common/state.c` keep a tree by name, 2.2 to 2.8), and a
//! driver sets `ups.status` always. So a list without it, or out of order, is not whole, or is not one list. A file for dummy-ups is
//! written by hand: comments, any order, and `TIMER` lines between states that come one after another.

use super::Word;
use crate::output::{Line, Tally, lines};

/// The variables of a UPS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upsc {
    /// Name and value, in the order of the output.
    pub variables: Vec<(String, String)>,
    /// How far it was understood.
    pub tally: Tally,
}

impl Upsc {
    /// The value of a variable; blank is none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let last = self.variables.iter().rfind(|(known, value)| known == name && !value.is_empty());
        last.map(|(_, value)| value.as_str())
    }

    /// The words of its state; of a file with several states, the words of all.
    pub fn status(&self) -> Vec<Word> {
        let mut words: Vec<Word> = self.states().flat_map(Word::read).collect();
        words.sort();
        words.dedup();
        words
    }

    /// A number, whichever sign stands before its decimals.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.replace(',', ".").parse().ok()
    }

    fn states(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().filter(|(known, _)| known == STATUS).map(|(_, value)| value.as_str())
    }
}

const STATUS: &str = "ups.status";

/// The first parts of variables' names: `docs/nut-names.txt`, 2.2 to 2.8.
const DOMAINS: [&str; 11] =
    ["ambient", "battery", "bypass", "device", "driver", "experimental", "input", "outlet", "output", "server", "ups"];

/// Whether bytes are of it: the first line that is no comment is a variable, and so is the next.
pub fn recognise(bytes: &[u8]) -> bool {
    let mut content = lines(bytes).filter(|line| !is_silent(line)).take(2).map(|line| variable(&line.text).is_some());
    content.next() == Some(true) && content.next() == Some(true)
}

/// Reads an output.
pub fn upsc(bytes: &[u8]) -> Upsc {
    let mut read = Upsc::default();
    let mut by_hand = false;
    let mut whole_line = true;
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        read.tally.met();
        whole_line = line.ended;
        by_hand |= line.text.starts_with('#') || line.text.starts_with(TIMER);
        match variable(&line.text) {
            Some((name, value)) => read.variables.push((name.to_owned(), value.to_owned())),
            None if is_silent(&line) => {}
            None => read.tally.odd(&line),
        }
    }
    // A last line that is a state of known words is whole without its end.
    let last = read.variables.last().filter(|(name, _)| name == STATUS);
    let known = |word: &Word| !matches!(word, Word::Other(_));
    let told = by_hand && last.is_some_and(|(_, value)| Word::read(value).iter().all(known));
    if !whole_line && !told {
        read.tally.cut("its last line has no end");
    }
    if !read.variables.iter().any(|(name, _)| name == STATUS) {
        read.tally.cut(format!("{STATUS} is missing, which every driver sets"));
    }
    // usb drivers set both.
    let has = |name: &str| read.variables.iter().any(|(known, _)| known == name);
    if has("ups.productid") && !has("ups.vendorid") {
        read.tally.cut("ups.vendorid is missing, which stands behind ups.productid");
    }
    let names = || read.variables.iter().map(|(name, _)| name);
    let sorted = names().zip(names().skip(1)).find(|(one, next)| order(one) >= order(next));
    if let Some((one, next)) = sorted.filter(|_| !by_hand) {
        let why = format!("{next} stands behind {one}, and variables come sorted: these are two outputs");
        read.tally.cut(why);
    }
    read
}

/// As NUT compares names: without regard to capitals, numbers by digits.
fn order(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Between states in a file for dummy-ups: seconds to wait.
const TIMER: &str = "TIMER ";

fn is_silent(line: &Line<'_>) -> bool {
    let text = line.text.trim();
    text.is_empty()
        || text.starts_with('#')
        || text.starts_with("Init SSL without certificate database")
        || text.strip_prefix(TIMER).is_some_and(|seconds| seconds.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `battery.charge: 100`
fn variable(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let (domain, rest) = name.split_once('.')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let known = DOMAINS.contains(&domain) && !rest.is_empty() && rest.chars().all(plain);
    (known && (value.is_empty() || value.starts_with(' '))).then(|| (name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: &str = "battery.charge: 100\nbattery.runtime: 1800,5\ndriver.name: usbhid-ups\nups.productid: 0002\n\
                       ups.status: OL\nups.vendorid: 051d\n";

    fn check(text: &str, cut: Option<&str>, odds: u64) {
        let read = upsc(text.as_bytes());
        assert_eq!((read.tally.cut.as_deref(), read.tally.odds()), (cut, odds), "{text}");
    }

    #[test]
    fn whole_and_not() {
        check(ONE, None, 0);
        check(&ONE.replace('\n', "\r\n"), None, 0);
        check(ONE.trim_end(), Some("its last line has no end"), 0);
        check(
            &ONE.replace("ups.vendorid: 051d\n", ""),
            Some("ups.vendorid is missing, which stands behind ups.productid"),
            0,
        );
        check(&ONE.replace("ups.status: OL\n", ""), Some("ups.status is missing, which every driver sets"), 0);
        check(
            &[ONE, ONE].concat(),
            Some("battery.charge stands behind ups.vendorid, and variables come sorted: these are two outputs"),
            0,
        );
        check(&format!("{ONE}and more\n"), None, 1);
        check("# by hand\nups.status: OL\nTIMER 5\nups.status: OB LB\n", None, 0);
    }

    #[test]
    fn values() {
        let read = upsc(ONE.as_bytes());
        assert_eq!((read.number("battery.runtime"), read.number("driver.name")), (Some(1800.5), None));
        assert_eq!(read.status(), [Word::OnLine]);
        assert_eq!(upsc(b"ups.status: OL\nTIMER 5\nups.status: OB").status(), [Word::OnLine, Word::OnBattery]);
    }

    #[test]
    fn recognised() {
        let check = |text: &str, expect| assert_eq!(recognise(text.as_bytes()), expect, "{text}");
        check(ONE, true);
        check("Init SSL without certificate database\nbattery.charge: 100\nups.status: OL\n", true);
        check("battery.charge: 100\n", false);
        check("device.name: a\nnothing\n", false);
        check("driver:x\n", false);
        check("", false);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            recognise(&bytes);
            prop_assert!(upsc(&bytes).tally.cut.is_some());
        }

        #[test]
        fn any_cut_is_told(at in 0..ONE.len() - 1) {
            prop_assert!(upsc(&ONE.as_bytes()[..at]).tally.cut.is_some());
        }
    }
}
