//! What happened, for a timeline.

use crate::keep::{Event, Folded};
use crate::model::{Evidence, Fact, Observation, Severity, Subject, When};
use chrono::{DateTime, Utc};

/// One thing that happened, or the same several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When; the first time.
    pub at: When,
    /// The last time, of several.
    pub last: Option<DateTime<Utc>>,
    /// How often.
    pub times: u64,
    /// What it is about.
    pub subject: Subject,
    /// How bad.
    pub severity: Severity,
    /// The fact's word.
    pub fact: &'static str,
    /// The bay, of a drive that sat in one.
    pub bay: Option<Subject>,
    /// In the source's words.
    pub text: String,
    /// The bytes that say so, the first time.
    pub evidence: Option<Evidence>,
}

impl Entry {
    /// None of what is no happening: that time passed, what an array is made of, how a bay is labelled.
    pub(super) fn of(one: &Observation) -> Option<Self> {
        if !one.fact.is_happening() || matches!(one.fact, Fact::Rhythm { .. }) {
            return None;
        }
        let (last, times, bay) = match &one.fact {
            Fact::Occupies { bay, last, reports, .. } => (Some(last.utc), *reports, Some(bay.clone())),
            Fact::Health { last, readings, .. } => (Some(last.utc), *readings, None),
            Fact::Event { times, .. } | Fact::Trouble { times, .. } if *times > 1 => (one.at.until, *times, None),
            _ => (None, 1, None),
        };
        Some(Self {
            at: When { until: if last.is_some() { None } else { one.at.until }, ..one.at.clone() },
            last,
            times,
            subject: one.subject.clone(),
            severity: one.severity,
            fact: one.fact.code(),
            bay,
            text: one.text.clone(),
            evidence: one.evidence.clone(),
        })
    }

    pub(super) fn folded(folded: &Folded) -> Self {
        Self {
            at: When::exactly(folded.first),
            last: (folded.last > folded.first).then_some(folded.last),
            times: folded.times,
            subject: folded.subject.clone(),
            severity: folded.severity,
            fact: folded.fact,
            bay: None,
            text: folded.text.clone(),
            evidence: None,
        }
    }

    /// The same, as an event of the history is shown.
    pub fn event(&self) -> Event<'_> {
        Event {
            at: self.at.moment(),
            last: self.last,
            times: self.times,
            subject: &self.subject,
            severity: self.severity,
            fact: self.fact,
            text: self.text.clone(),
            place: self.evidence.as_ref().map(|place| (place.source.as_ref(), place.start, place.end)),
        }
    }

    /// Whether `other` is no news beside it.
    pub(super) fn tells(&self, other: &Self) -> bool {
        let meanwhile = other.at.utc <= self.at.utc && other.last.is_none_or(|last| self.at.utc <= last);
        meanwhile && (self.fact, &self.subject, &self.text) == (other.fact, &other.subject, &other.text)
    }
}
