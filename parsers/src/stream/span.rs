//! What a stretch of a log is.

use crate::foreign::Origin;
use crate::time::Resolved;
use serde::{Deserialize, Serialize};

/// What a span of the input was found to be. The spans of a stream tile it: every byte is in exactly one, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Text that is no record of this log, and shows no sign of damage. `lines` does not count blank ones.
    Unrecognised {
        /// Lines that are not blank.
        lines: u64,
    },
    /// Bytes that are not what the writer of the log wrote.
    Damage(Damage),
}

/// Bytes that are not what the writer of the log wrote, or no longer all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Which of the kinds it is.
    pub kind: DamageKind,
    /// One phrase for a person; holds no control characters and no unbounded text of the input.
    pub detail: String,
    /// What kind of file foreign bytes came from, where that shows.
    pub origin: Option<Origin>,
    /// Whether it is no more than the input's last record without its end: its writer may be at it.
    pub unfinished: bool,
}

/// The kinds of damage: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DamageKind {
    /// A run of NUL bytes.
    NulRun,
    /// Bytes of another file.
    Foreign,
    /// A record cut off: its end or its front is missing.
    Torn,
    /// The head of one record with the tail of another.
    Spliced,
    /// Bytes changed inside a record.
    Garbled,
}

impl DamageKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::NulRun, Self::Foreign, Self::Torn, Self::Spliced, Self::Garbled];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NulRun => "nul-run",
            Self::Foreign => "foreign",
            Self::Torn => "torn",
            Self::Spliced => "spliced",
            Self::Garbled => "garbled",
        }
    }

    /// In a few words, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::NulRun => "NULs",
            Self::Foreign => "pieces of other files",
            Self::Torn => "records cut off",
            Self::Spliced => "records mixed with each other",
            Self::Garbled => "changed bytes",
        }
    }
}

impl Damage {
    /// Damage of a kind that has no origin.
    pub fn new(kind: DamageKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), origin: None, unfinished: false }
    }

    /// The input's last record, without its end.
    pub(super) fn unfinished() -> Self {
        let damage = Self::new(DamageKind::Torn, "the input ends in the middle of a record");
        Self { unfinished: true, ..damage }
    }

    /// A run of NULs.
    pub(super) fn nul_run(length: u64) -> Self {
        Self::new(DamageKind::NulRun, format!("{} NUL", bytes(length)))
    }

    /// Bytes of another file, of a kind that cannot be told.
    pub(super) fn unknown(length: u64) -> Self {
        Self::new(DamageKind::Foreign, format!("{} of no known kind", bytes(length)))
    }

    /// A stretch that was longer than could be seen at once is of this length now.
    pub(super) fn grow(&mut self, length: u64) {
        match (self.kind, self.origin) {
            (DamageKind::NulRun, _) => *self = Self::nul_run(length),
            (DamageKind::Foreign, None) => *self = Self::unknown(length),
            _ => {}
        }
    }
}

/// A number of bytes in words.
pub(super) fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

/// Something odd about intact records. It takes no bytes away from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// Which of the kinds it is.
    pub kind: AnomalyKind,
    /// When, by the log's own time: of a gap, when the first missing report was due; of missing records, that of the one before them.
    pub at: Resolved,
    /// The text of that time; none of a gap, or of missing records.
    pub written: Option<String>,
    /// Of a gap, when the report was written again; of missing records, the time of the one behind them; else none.
    pub until: Option<chrono::DateTime<chrono::Utc>>,
    /// One phrase for a person.
    pub detail: String,
    /// The records concerned, as offsets of the input; of a gap or of missing records, the place between the two.
    pub start: u64,
    /// End of the range, exclusive.
    pub end: u64,
}

/// The kinds of anomaly: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnomalyKind {
    /// The time of a record lies before that of the record above it.
    Backwards,
    /// A block of records stands in the log a second time. Its records still count.
    Duplicate,
    /// A report with a steady rhythm is missing.
    Gap,
    /// Of a log that numbers its records, some are missing.
    Missing,
}

impl AnomalyKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Backwards, Self::Duplicate, Self::Gap, Self::Missing];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Backwards => "backwards",
            Self::Duplicate => "duplicate",
            Self::Gap => "gap",
            Self::Missing => "missing",
        }
    }
}
