//! What sources say, record by record, before anything is made of it.
//!
//! A log says the same thing day after day: that a drive sits in a bay, that a battery was tested. What is said is a
//! [`Statement`]; that it was said, where and when, is a [`Said`]. A reader gives both to a [`Sink`], which keeps them
//! (the history) or makes observations of them at once (the diagnosis).

use super::{Evidence, Fact, Moment, Observation, ObservationId, Severity, Subject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// What is said, without when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What it is about.
    pub subject: Subject,
    /// What is so.
    pub fact: Fact,
    /// As the source judges, or as the fact's nature says.
    pub severity: Severity,
    /// The source's own words, for people; no control characters.
    pub text: String,
}

impl Statement {
    /// Whom it concerns: its subject, and the bays and drives that it names besides.
    pub fn concerns(&self) -> Vec<Subject> {
        let mut concerned = vec![self.subject.clone()];
        match &self.fact {
            Fact::Listed { bay, .. } | Fact::Occupies { bay, .. } => concerned.push(bay.clone()),
            Fact::DriveReplaced { old, new } => {
                concerned.extend([old, new].into_iter().flatten().map(|serial| Subject::drive(serial)));
            }
            Fact::Layout(layout) => concerned.extend(layout.members.iter().map(|member| member.bay.clone())),
            _ => {}
        }
        concerned.sort();
        concerned.dedup();
        concerned
    }
}

/// That a statement was made, where and when.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// The log, whatever files it was read from.
    pub stream: &'a Subject,
    /// Names the statement: a hash of the stream and of the bytes, the time left out.
    pub key: u64,
    /// When.
    pub at: Moment<'a>,
    /// How often the source said it before, in the same second.
    pub ordinal: u32,
    /// The name of the source.
    pub source: &'a Arc<str>,
    /// The bytes that say so, as offsets of the source.
    pub span: Range<u64>,
    /// Whether something that is no record stands between this record of the stream and the one before it.
    pub interrupted: bool,
}

impl Said<'_> {
    /// Its identity as an observation.
    pub fn id(&self) -> ObservationId {
        ObservationId::of(self.key, self.at.utc, self.ordinal)
    }

    /// Where it stands.
    pub fn evidence(&self) -> Evidence {
        Evidence { source: Arc::clone(self.source), start: self.span.start, end: self.span.end }
    }

    /// With what it says.
    pub fn observation(&self, statement: &Statement) -> Observation {
        let Statement { subject, fact, severity, text } = statement.clone();
        Observation {
            id: self.id(),
            at: self.at.when(),
            subject,
            fact,
            severity,
            evidence: Some(self.evidence()),
            text,
        }
    }
}

/// Takes what a source says, in the order of the source.
pub trait Sink {
    /// A statement is made; what it is is asked for only where it is not known by its key.
    fn say(&mut self, said: &Said<'_>, statement: &mut dyn FnMut() -> Statement);

    /// What was said there, at that time, was damaged after all.
    fn recant(&mut self, stream: &Subject, at: DateTime<Utc>, span: &Range<u64>);

    /// The source has ended, and after the last record of the stream something stands that is no record, or not.
    fn end(&mut self, stream: &Subject, interrupted: bool);
}
