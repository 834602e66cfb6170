//! A time and how well it is known.

use arraywatch_parsers::time::Basis;
use chrono::serde::{ts_seconds, ts_seconds_option};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Clocks differ by so much without being wrong.
pub const AHEAD: TimeDelta = TimeDelta::hours(1);

/// An instant, the text it was read from, and how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// The instant.
    #[serde(with = "ts_seconds")]
    pub utc: DateTime<Utc>,
    /// The text as written, where there was one.
    pub written: Option<String>,
    /// How the instant follows from the text.
    pub basis: Basis,
    /// Where only a range is known: it was not before `utc` and not after this.
    #[serde(with = "ts_seconds_option")]
    pub until: Option<DateTime<Utc>>,
    /// Where a person gave the time from memory: how far off it may be, either way.
    #[serde(with = "super::seconds::option")]
    pub within: Option<TimeDelta>,
}

impl When {
    /// An instant that is known as it is.
    pub const fn exactly(utc: DateTime<Utc>) -> Self {
        Self { utc, written: None, basis: Basis::Stated, until: None, within: None }
    }
}

/// A time as a source says it, while it is being read: [`When`] without memory of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment<'a> {
    /// The instant, whole seconds.
    pub utc: DateTime<Utc>,
    /// The text as written, where there was one.
    pub written: Option<&'a str>,
    /// Seconds from UTC to the local time that the text says, where that is known.
    pub offset: Option<i32>,
    /// How the instant follows from the text.
    pub basis: Basis,
    /// As in [`When`].
    pub until: Option<DateTime<Utc>>,
    /// As in [`When`].
    pub within: Option<TimeDelta>,
}

impl Moment<'_> {
    /// The same, to keep.
    pub fn when(&self) -> When {
        let Self { utc, written, basis, until, within, .. } = *self;
        When { utc, written: written.map(str::to_owned), basis, until, within }
    }
}

impl When {
    /// The same, to pass on.
    pub fn moment(&self) -> Moment<'_> {
        let Self { utc, written, basis, until, within } = self;
        Moment { utc: *utc, written: written.as_deref(), offset: None, basis: *basis, until: *until, within: *within }
    }
}
