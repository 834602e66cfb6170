//! What is said of a case to people: plain data that every channel renders in its own way, and that is kept as it is until all have it.

use crate::model::Severity;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Its place in the thread, from 0 on.
    pub place_in_thread: u32,
    /// Why it is said.
    pub kind: Kind,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Of which host.
    pub host: String,
    /// How bad.
    pub severity: Severity,
    /// The case's id, if it is of one.
    pub case: Option<String>,
    /// The case's code, if it is of one: the article of `arraywatch explain`.
    pub code: Option<String>,
    /// What it is about, as `model::Subject` writes it.
    pub subject: String,
    /// The line that a mail's subject, a page's title and a notification are: at most 120 characters.
    pub title: String,
    /// What a phone shows.
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
    /// Whether receivers that keep a state may take the trouble as over.
    pub const fn is_over(&self) -> bool {
        matches!(self.kind, Kind::Resolved)
    }
}
