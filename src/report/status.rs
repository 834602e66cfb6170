//! What is told of the present: how what is kept stands, and how far it can be relied on.

use super::coverage::Watch;
use crate::alerting::Held;
use crate::diagnosis::{Conflict, Hold, Host};
use crate::history::outbox::Refused;
use crate::history::reader::Source;
use crate::keep::{OPERATOR, State};
use crate::model::{Case, CaseState, Subject, Verdict};
use chrono::{DateTime, Utc};
use std::path::Path;

/// How all that is kept stands.
#[derive(Debug)]
pub struct Status<'a> {
    /// The history.
    pub database: &'a Path,
    /// What is kept and what it comes to.
    pub state: &'a State,
    /// The only host that was asked for, if one was.
    pub host: Option<&'a str>,
    /// Whether anybody watches.
    pub watch: Watch,
    /// The hosts, the gravest first.
    pub hosts: Vec<Host<'a>>,
    /// Serial numbers in two places at once.
    pub conflicts: Vec<Conflict>,
    /// What is on hold.
    pub holds: Vec<Hold>,
    /// Cases of which people are not told for now; none if this machine was never watched.
    pub not_told: Vec<Held>,
    /// How many deliveries of alerts wait, and since when the oldest alert does, if any.
    pub backlog: Option<(u64, DateTime<Utc>)>,
    /// Channels whose receivers say that they will never take something that waits.
    pub refused: Vec<Refused>,
    /// The streams, those that have been silent for longest first.
    pub reach: Vec<Reach<'a>>,
    /// The present time.
    pub now: DateTime<Utc>,
}

/// How far a stream reaches.
#[derive(Debug)]
pub struct Reach<'a> {
    /// The stream.
    pub stream: &'a Subject,
    /// The time of the last that it said.
    pub last: Option<DateTime<Utc>>,
    /// Whether a run was broken off before all that it wrote was made use of.
    pub broken_off: bool,
}

impl Status<'_> {
    /// The worst that was found. Where a serial number is that of two drives, what is told of either may be the other's.
    pub fn verdict(&self) -> Verdict {
        let least = if self.conflicts.is_empty() { Verdict::Healthy } else { Verdict::Warning };
        self.state.diagnosis.verdict.max(least)
    }

    /// The worst that was found on a host.
    pub fn verdict_of(&self, host: &Host<'_>) -> Verdict {
        let concerned = |conflict: &Conflict| conflict.bays.iter().any(|bay| bay.host_name() == host.name);
        let least = if self.conflicts.iter().any(concerned) { Verdict::Warning } else { Verdict::Healthy };
        host.verdict.max(least)
    }

    /// The cases that are neither repaired nor over, the gravest first.
    pub fn lasting(&self) -> impl Iterator<Item = &Case> {
        self.state.diagnosis.cases.iter().filter(|case| lasts(case))
    }

    /// What of the sources counts: of one that was read again as a longer one, only that; people are none.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.state.sources.iter().filter(|source| source.superseded_by.is_none() && source.format != OPERATOR)
    }
}

/// Whether a case is neither repaired nor over.
pub fn lasts(case: &Case) -> bool {
    matches!(case.state, CaseState::Open | CaseState::Acknowledged)
}
