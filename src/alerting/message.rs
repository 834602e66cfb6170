//! What is said of a case to people: plain data that every channel renders in its own way, and that is kept as it is until all have it.

use crate::model::{Severity, Subject};
use crate::words::clean;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Characters of a title: what a mail reader and a lock screen show of one.
pub const TITLE_MAX: usize = 120;

/// Characters of one of the five lines: two or three lines of a phone.
pub const LINE_MAX: usize = 160;

/// Places in threads from here on are no counts. Where it is not known what was said in a thread, a message takes the seconds since 1970 as
/// its place: one that no message before can have, so that no receiver takes it for that one. It is 2004 in such seconds.
pub const UNCOUNTED: u32 = 1 << 30;

/// Why something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something happened: told on the fact, whatever the verdict will be.
    Fact,
    /// What is behind it, now that more was looked at; or it is another than was said.
    Verdict,
    /// It got worse.
    Worse,
    /// Failed again after a repair: always told by itself.
    Relapse,
    /// It lasts, and nobody has said that they know.
    Reminder,
    /// Somebody has taken it.
    Acknowledged,
    /// It works again, and may yet fail again.
    Repaired,
    /// It is over.
    Resolved,
    /// Many at once, listed.
    Storm,
    /// About the watching itself: what is no longer watched, what could not be kept.
    Watching,
    /// A person tries whether messages arrive.
    Test,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Fact,
        Self::Verdict,
        Self::Worse,
        Self::Relapse,
        Self::Reminder,
        Self::Acknowledged,
        Self::Repaired,
        Self::Resolved,
        Self::Storm,
        Self::Watching,
        Self::Test,
    ];

    /// Whether something happened, of which nobody knew. All else explains what is known, reminds of it, or says how it ends.
    pub const fn is_news(self) -> bool {
        matches!(self, Self::Fact | Self::Worse | Self::Relapse | Self::Storm)
    }

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Verdict => "verdict",
            Self::Worse => "worse",
            Self::Relapse => "relapse",
            Self::Reminder => "reminder",
            Self::Acknowledged => "acknowledged",
            Self::Repaired => "repaired",
            Self::Resolved => "resolved",
            Self::Storm => "storm",
            Self::Watching => "watching",
            Self::Test => "test",
        }
    }
}

/// What a phone shows: five lines, no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// What happened.
    pub what: String,
    /// Where: host, array, mount point, bay with its label, serial number.
    pub place: String,
    /// How sure it is, and why: the first suspects.
    pub why: String,
    /// What one more failure would do.
    pub stake: String,
    /// What to do, and what not to touch.
    pub act: String,
}

/// A message. Its texts are of one line each where nothing else is said, and hold no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its number in the outbox: a message that arrives twice bears the same.
    pub id: i64,
    /// All messages of a case have the same; also the key by which receivers fold them.
    pub thread: String,
    /// Its place in the thread, from 0 on; no count from [`UNCOUNTED`] on.
    pub place_in_thread: u32,
    /// Of which news of its thread it is: 0 as long as there is but what the thread began with, and one more each time that it got worse. By
    /// this a receiver that calls people knows that it must call them again.
    #[serde(default)]
    pub news: u32,
    /// Why it is said.
    pub kind: Kind,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Of which host.
    pub host: String,
    /// Of which host the first message of its thread was. A case may come to be another's, and receivers that keep a state know an alert by
    /// what does not change.
    pub thread_host: String,
    /// How bad.
    pub severity: Severity,
    /// The case's id, if it is of one.
    pub case: Option<String>,
    /// The case's code, if it is of one: the article of `arraywatch explain`.
    pub code: Option<String>,
    /// What it is about, as `model::Subject` writes it.
    pub subject: String,
    /// The line that a mail's subject, a page's title and a notification are: at most [`TITLE_MAX`] characters.
    pub title: String,
    /// What a phone shows: lines of at most [`LINE_MAX`] characters.
    pub lead: Lead,
    /// What to do, in order.
    pub do_next: Vec<String>,
    /// What to leave alone, and why.
    pub do_not: Vec<String>,
    /// The suspects, the most probable first: a probability from 0 to 100 and a name.
    pub suspects: Vec<(u8, String)>,
    /// What happened, with its time, in order.
    pub evidence: Vec<(DateTime<Utc>, String)>,
    /// What is not known.
    pub unknown: Vec<String>,
    /// The cases that a storm lists.
    pub cases: Vec<String>,
    /// The article of the code, in plain paragraphs.
    pub article: String,
    /// What the reader must know of the message itself: that the history could not be written, that it was held.
    pub remarks: Vec<String>,
}

impl Message {
    /// One that is of no case, about a host as a whole, the first of its thread; nothing is said in it yet.
    pub fn of_no_case(host: &str, kind: Kind, severity: Severity, thread: &str, at: DateTime<Utc>) -> Self {
        Self {
            id: 0,
            thread: thread.to_owned(),
            place_in_thread: 0,
            news: 0,
            kind,
            at,
            host: clean(host),
            thread_host: clean(host),
            severity,
            case: None,
            code: None,
            subject: Subject::host(host).to_string(),
            title: String::new(),
            lead: Lead::default(),
            do_next: Vec::new(),
            do_not: Vec::new(),
            suspects: Vec::new(),
            evidence: Vec::new(),
            unknown: Vec::new(),
            cases: Vec::new(),
            article: String::new(),
            remarks: Vec::new(),
        }
    }

    /// Whether receivers that keep a state may take the trouble as over.
    pub const fn is_over(&self) -> bool {
        matches!(self.kind, Kind::Resolved)
    }
}

/// Cut to so many characters, at the end of a sentence if most of it fits, else of a word; what is cut off is marked.
pub fn fit(text: &str, max: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let room: String = text.chars().take(max.saturating_sub(1)).collect();
    let far = |at: &usize| *at * 2 > room.len();
    if let Some(at) = room.rfind(". ").filter(far) {
        return room.get(..=at).unwrap_or(&room).to_owned();
    }
    let at = ["; ", ": ", ", ", " "].iter().find_map(|mark| room.rfind(mark).filter(far));
    let cut = room.get(..at.unwrap_or(room.len())).unwrap_or(&room);
    format!("{}\u{2026}", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_cut_where_it_reads_well() {
        let check = |text: &str, max: usize, expect: &str| assert_eq!(fit(text, max), expect);
        check("All of it.", 20, "All of it.");
        check("The first sentence. And the second one.", 30, "The first sentence.");
        check("Read which member failed, by bay and number", 34, "Read which member failed\u{2026}");
        check("The first. And the second one is longer", 30, "The first. And the second\u{2026}");
        check("wordsthatdonotend", 8, "wordsth\u{2026}");
        check("", 8, "");
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(text in "\\PC{0,400}", max in 2_usize..200) {
            prop_assert!(fit(&text, max).chars().count() <= max);
        }
    }
}
