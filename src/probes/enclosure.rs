//! What an enclosure is asked by SES, and what it answers.
//!
//! **At most 6 commands a poll**, all RECEIVE DIAGNOSTIC RESULTS: page 00h, 01h, 02h; 07h and 0Ah where it has them; and 02h once more if
//! the pages are not of one configuration (a part was put in or taken out between the commands).

use super::asker::Asker;
use super::got::{Got, Missing, Tally};
use crate::machine::Host;
use crate::machine::commands::receive_diagnostic;
use arraywatch_parsers::scsi::ses::{self, Enclosure};

/// What it answered.
#[derive(Debug, Clone)]
pub struct Answers {
    /// All that its pages say together.
    pub enclosure: Got<Enclosure>,
    /// Page 00h: which pages it has.
    pub pages: Got<Vec<u8>>,
    /// Pages that could not be read, and why: `(2, …)` is the status, without which there is nothing to judge by.
    pub missing: Vec<(u8, Missing)>,
    /// What asking took.
    pub tally: Tally,
    /// Why it was asked no more.
    pub stopped: Option<Missing>,
}

/// Bytes that may come of a page. The longest of a shelf of 100 drives is below 12 KiB.
const PAGE: u16 = 32_768;

/// Asks the enclosure behind `device`.
pub fn read(host: &mut dyn Host, device: &str) -> Answers {
    let mut asker = Asker::new(host, device);
    let pages = asker.get(&receive_diagnostic(0x00, PAGE), ses::supported);
    let mut missing = Vec::new();
    let mut page = |asker: &mut Asker<'_>, code: u8| {
        let has = pages.as_ref().map_or(true, |pages| pages.contains(&code));
        let got = if has { asker.ask(&receive_diagnostic(code, PAGE)) } else { Err(Missing::Absent) };
        got.map_err(|why| missing.push((code, why))).unwrap_or_default()
    };
    let [configuration, status, descriptors, additional] = [0x01, 0x02, 0x07, 0x0a].map(|code| page(&mut asker, code));
    let mut enclosure = ses::enclosure(&configuration, &status, &descriptors, &additional);
    if enclosure.as_ref().is_some_and(|enclosure| !enclosure.consistent) {
        let again = page(&mut asker, 0x02);
        let again = ses::enclosure(&configuration, &again, &descriptors, &additional);
        enclosure = again.filter(|again| again.condition.is_some()).or(enclosure);
    }
    let why = missing.iter().find(|(code, _)| *code == 0x01).map_or(Missing::Nonsense, |(_, why)| *why);
    let Asker { tally, stopped, .. } = asker;
    Answers { enclosure: enclosure.ok_or(why), pages, missing, tally, stopped }
}

#[cfg(test)]
pub(crate) mod tests;
