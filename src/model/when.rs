//! A time and how well it is known.

use arraywatch_parsers::time::Basis;
use chrono::{DateTime, TimeDelta, Utc};

/// An instant, the text it was read from, and how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The instant.
    pub utc: DateTime<Utc>,
    /// The text as written, where there was one.
    pub written: Option<String>,
    /// How the instant follows from the text.
    pub basis: Basis,
    /// Where only a range is known: it was not before `utc` and not after this.
    pub until: Option<DateTime<Utc>>,
    /// Where a person gave the time from memory: how far off it may be, either way.
    pub within: Option<TimeDelta>,
}

impl When {
    /// An instant that is known as it is.
    pub const fn exactly(utc: DateTime<Utc>) -> Self {
        Self { utc, written: None, basis: Basis::Stated, until: None, within: None }
    }
}
