//! What sources say, record by record, before anything is made of it.
//!
//! A log says the same thing day after day: that a drive sits in a bay, that a battery was tested. What is said is a
//! [`Statement`]; that it was said, where and when, is a [`Said`]. A reader gives both to a [`Sink`], which keeps them
//! (the history) or makes observations of them at once (the diagnosis).

use super::{Evidence, Fact, Moment, Observation, ObservationId, Sample, Severity, Subject, Thing};
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
    /// The source's own words, for people; no control characters. [`NUMBER`] stands for a number that is another each time.
    pub text: String,
}

/// Stands for a number in the text of a statement: "battery at 93 %" and "battery at 92 %" are one statement.
pub const NUMBER: char = '\u{fffc}';

/// Parts a text into what stays and its numbers, runs of digits separated by commas. None if the text holds [`NUMBER`] itself.
pub fn without_numbers(text: &str, kept: &mut String, numbers: &mut String) -> Option<()> {
    kept.clear();
    numbers.clear();
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte.is_ascii_digit()) {
        let (before, from) = rest.split_at_checked(at)?;
        let length = from.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(from.len());
        let (number, after) = from.split_at_checked(length)?;
        kept.push_str(before);
        kept.push(NUMBER);
        if !numbers.is_empty() {
            numbers.push(',');
        }
        numbers.push_str(number);
        rest = after;
    }
    kept.push_str(rest);
    (!text.contains(NUMBER)).then_some(())
}

/// The other way round.
pub fn with_numbers(text: &str, numbers: &str) -> String {
    if numbers.is_empty() {
        return text.to_owned();
    }
    let mut numbers = numbers.split(',');
    let mut parts = text.split(NUMBER);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str(numbers.next().unwrap_or("?"));
        whole.push_str(part);
    }
    whole
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
            Fact::Read(reading) => match &reading.thing {
                Thing::Drive(drive) => concerned.push(drive.bay.clone()),
                Thing::Array(array) => {
                    concerned.extend(array.members.iter().filter_map(|member| member.bay.clone()));
                    let serials = array.members.iter().filter_map(|member| member.serial.as_deref());
                    concerned.extend(serials.map(Subject::drive));
                }
                _ => {}
            },
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
    /// Names the statement: a hash of the stream and of the bytes, the time and the numbers left out.
    pub key: u64,
    /// When.
    pub at: Moment<'a>,
    /// The numbers that its text has this time.
    pub numbers: &'a str,
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
        ObservationId::of(self.key, self.at.utc, self.numbers, self.ordinal)
    }

    /// Where it stands.
    pub fn evidence(&self) -> Evidence {
        Evidence { source: Arc::clone(self.source), start: self.span.start, end: self.span.end }
    }

    /// With what it says.
    pub fn observation(&self, statement: &Statement) -> Observation {
        let Statement { subject, fact, severity, text } = statement.clone();
        let text = with_numbers(&text, self.numbers);
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

    /// What was said there, at that time and by that key, was damaged after all.
    fn recant(&mut self, stream: &Subject, key: u64, at: DateTime<Utc>, span: &Range<u64>);

    /// What was measured of a drive.
    fn sample(&mut self, _drive: &Subject, _sample: Sample) {}

    /// Whether an entry of a log that is read again and again was told before. What it is about and when it was are reckoned anew
    /// each time from what the machine knows of itself by then; what was told first holds.
    fn was_told(&mut self, _stream: &Subject, _entry: &str) -> bool {
        false
    }

    /// The source has ended, and after the last record of the stream something stands that is no record, or not.
    fn end(&mut self, stream: &Subject, interrupted: bool);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_apart_and_together() {
        let check = |text: &str, kept: &str, numbers: &str| {
            let (mut got, mut apart) = (String::new(), String::new());
            assert_eq!(without_numbers(text, &mut got, &mut apart), Some(()));
            assert_eq!((got.replace(NUMBER, "#").as_str(), apart.as_str()), (kept, numbers));
            assert_eq!(with_numbers(&got, &apart), text);
        };
        check("", "", "");
        check("no number", "no number", "");
        check("12", "#", "12");
        check("battery 007 at 93 %, 4é5", "battery # at # %, #é#", "007,93,4,5");
        assert_eq!(without_numbers("a\u{fffc}1", &mut String::new(), &mut String::new()), None);
    }
}
