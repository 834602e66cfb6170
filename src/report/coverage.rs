//! What is watched and what is not: by what was read last, by what was lost, and by what the configuration asks for.

use super::status::lasts;
use crate::diagnosis::Diagnosis;
use crate::history::Daemon;
use crate::history::reader::Source;
use crate::keep::LastReading;
use crate::model::{COMMAND, Code, Fact, Kind, Observation, Subject, WhyUnread};
use crate::observe::is_of_one_thing;
use crate::words::{clean, duration, instant};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// A thing that nobody read for so long is not watched.
const STALE: TimeDelta = TimeDelta::days(2);

/// What is watched and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many things of each kind were read, and are well read.
    pub watched: BTreeMap<Kind, u64>,
    /// What is not watched.
    pub not_watched: Vec<NotWatched>,
    /// Paths of the configuration that nothing is followed at, with why.
    pub not_followed: Vec<(String, String)>,
    /// Commands of the configuration that cannot be run, with why.
    pub not_run: Vec<(String, String)>,
    /// Commands of the configuration, and when the output of each was read last.
    pub commands: Vec<Command>,
    /// Sources of which too much is not understood.
    pub half_understood: Vec<Source>,
    /// Whether a daemon watches.
    pub watch: Watch,
}

/// Whether anybody watches, and should.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watch {
    /// Whether a daemon keeps the history.
    pub daemon: Daemon,
    /// Whether one is to: it is configured.
    pub is_configured: bool,
    /// By how many channels it is to tell people; none if it is not configured, or that cannot be read.
    pub channels: Option<usize>,
}

impl Watch {
    /// Whether nobody watches who should.
    pub fn is_missing(self) -> bool {
        self.is_configured && self.daemon == Daemon::None
    }

    /// Whether nobody is told, whoever watches.
    pub fn tells_nobody(self) -> bool {
        self.channels == Some(0)
    }
}

/// A command of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name there.
    pub name: String,
    /// From one run to the next, as it is configured.
    pub every: TimeDelta,
    /// When an output of it was read last.
    pub read: Option<DateTime<Utc>>,
}

impl Command {
    /// Whether runs came and went, and nothing was read of them: of three one should have been.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.read.is_none_or(|read| now - read > self.every * 3)
    }
}

/// Why a thing is not watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It could not be read.
    Unread(WhyUnread),
    /// It was read well, and has not been since a time.
    NotReadLately,
    /// It was watched, and is no longer: there is a case.
    Lost,
    /// It says nothing for longer than the configuration has it.
    Quiet,
}

impl Why {
    /// The word in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unread(why) => why.code(),
            Self::NotReadLately => "not-read-lately",
            Self::Lost => "lost",
            Self::Quiet => "quiet",
        }
    }
}

/// More lines than one of so many that no phrase explains, and a format is half understood.
const UNDERSTOOD: u64 = 50;

/// So few lines may be a head and a remark of whoever kept the file, whatever their share.
const FEW: u64 = 5;

/// A thing that is not watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWatched {
    /// Which.
    pub subject: Subject,
    /// The kind of reason.
    pub why: Why,
    /// For people.
    pub text: String,
    /// When it was read last, to whatever end.
    pub last: DateTime<Utc>,
}

impl Coverage {
    /// By the observations of a history, and the last readings of it.
    pub fn of(
        observations: &[Observation],
        readings: &[LastReading],
        diagnosis: &Diagnosis,
        now: DateTime<Utc>,
    ) -> Self {
        let mut newest: BTreeMap<&Subject, &Observation> = BTreeMap::new();
        for one in observations.iter().filter(|one| matches!(one.fact, Fact::Health { .. })) {
            let newer = newest.get(&one.subject).is_none_or(|known| last(known) <= last(one));
            if newer {
                newest.insert(&one.subject, one);
            }
        }
        // What a management controller told stands under its host, and it may be retired alone.
        let alone = |subject: &Subject| match (subject.kind(), subject.host_name()) {
            (Kind::Host, Some(host)) => Some(Subject::within(Kind::Controller, host, "bmc")),
            _ => None,
        };
        let is_retired = |subject: &Subject| {
            let of = |retired: &Subject| retired == subject || retired.holds(subject);
            diagnosis.retired.iter().any(|retired| of(retired) || alone(subject).as_ref() == Some(retired))
        };
        let lost = lost(observations, diagnosis);
        let is_lost = |subject: &Subject| {
            lost.iter().any(|not| not.subject == *subject || Some(&not.subject) == alone(subject).as_ref())
        };
        let gone = gone(readings);
        let mut coverage = Self::default();
        for (subject, one) in newest.into_iter().filter(|(subject, _)| !is_retired(subject) && !is_lost(subject)) {
            let (Fact::Health { unread, .. }, last) = (&one.fact, last(one)) else { continue };
            let not = match unread {
                Some(unread) => Some((Why::Unread(unread.why), unread.text.clone())),
                None if gone.contains(subject) => {
                    Some((Why::NotReadLately, format!("the machine had it on {}, and has it no longer", instant(last))))
                }
                None if now - last > STALE => Some((
                    Why::NotReadLately,
                    format!("it was read {} ago, on {}, and not since", duration(now - last), instant(last)),
                )),
                None => None,
            };
            match not {
                Some((why, text)) => {
                    coverage.not_watched.push(NotWatched { subject: subject.clone(), why, text, last });
                }
                None => *coverage.watched.entry(subject.kind()).or_default() += 1,
            }
        }
        coverage.not_watched.extend(lost);
        coverage.listed_only(readings, diagnosis);
        coverage
    }

    /// Whether all that is known is watched.
    pub fn is_whole(&self, now: DateTime<Utc>) -> bool {
        let is_late = self.commands.iter().any(|command| command.is_late(now));
        let nothing_lacks =
            self.not_watched.is_empty() && self.not_followed.is_empty() && self.not_run.is_empty() && !is_late;
        !self.watch.is_missing() && nothing_lacks && self.half_understood.is_empty() && !self.watched.is_empty()
    }

    /// Sources of whose lines more than 2 % are of no phrase that is known. What was read again as a longer one does not count.
    pub fn judge_sources<'s>(&mut self, sources: impl Iterator<Item = &'s Source>) {
        let half = |source: &&Source| {
            let lines = source.records.saturating_add(source.unrecognised);
            let several = source.superseded_by.is_none() && source.unrecognised > FEW;
            several && source.unrecognised.saturating_mul(UNDERSTOOD) > lines
        };
        self.half_understood.extend(sources.filter(half).cloned());
    }

    /// A stream that says nothing for longer than it may; what is lost already is told once.
    pub fn quiet(&mut self, stream: &Subject, last: DateTime<Utc>, limit: TimeDelta, now: DateTime<Utc>) {
        if now - last > limit && !self.not_watched.iter().any(|not| not.subject == *stream) {
            let text = format!("it has said nothing for {}; {} are usual", duration(now - last), duration(limit));
            self.not_watched.push(NotWatched { subject: stream.clone(), why: Why::Quiet, text, last });
        }
    }

    /// Drives that logs list and nobody read.
    fn listed_only(&mut self, readings: &[LastReading], diagnosis: &Diagnosis) {
        let read_of = |serial: &str| readings.iter().any(|reading| reading.subject == Subject::drive(serial));
        let read = |serial: &str| {
            let drive = Subject::drive(serial);
            self.not_watched.iter().any(|not| not.subject == drive)
        };
        let well_read = |drive: &crate::model::Drive| !drive.paths.is_empty() || drive.wwn.is_some();
        let drives = diagnosis.inventory.drives.values().filter(|drive| !well_read(drive) && !read(&drive.serial));
        let listed: Vec<NotWatched> = drives
            .map(|drive| NotWatched {
                subject: Subject::drive(&drive.serial),
                why: Why::Unread(WhyUnread::NoWay),
                text: if read_of(&drive.serial) {
                    "its controller lists it, by which it is counted as watched; nobody reads the drive itself"
                        .to_owned()
                } else {
                    "logs list it, and nobody reads the drive itself".to_owned()
                },
                last: drive.last_seen.utc,
            })
            .collect();
        self.not_watched.extend(listed);
    }
}

/// Things that whoever read them has read without since. A thing is missed by those alone that had it: what one tool prints says nothing of
/// what another does, nor what one command does of another, be it the same tool; nor an output of one drive of the others.
fn gone(readings: &[LastReading]) -> BTreeSet<&Subject> {
    let by = |reading: &LastReading| {
        let is_alone = reading.source.starts_with(COMMAND);
        (reading.stream.clone(), is_alone.then(|| reading.source.clone()))
    };
    let readings = || readings.iter().filter(|reading| !is_of_one_thing(&reading.stream.path()));
    let mut read_last: BTreeMap<_, DateTime<Utc>> = BTreeMap::new();
    for reading in readings() {
        let known = read_last.entry(by(reading)).or_insert(reading.at);
        *known = reading.at.max(*known);
    }
    let is_missed = |reading: &LastReading| match reading.source.as_str() {
        // What was read before sources were kept, and by none since that has one.
        "" => readings().any(|other| other.stream == reading.stream && reading.at < other.at),
        _ => read_last.get(&by(reading)).is_some_and(|read| reading.at < *read),
    };
    let (missed, there): (Vec<_>, Vec<_>) = readings().partition(|reading| is_missed(reading));
    let there: BTreeSet<&Subject> = there.into_iter().map(|reading| &reading.subject).collect();
    missed.into_iter().map(|reading| &reading.subject).filter(|subject| !there.contains(subject)).collect()
}

/// What cases tell that it was watched and is no longer.
fn lost(observations: &[Observation], diagnosis: &Diagnosis) -> Vec<NotWatched> {
    let of = |case: &crate::model::Case| {
        let told = observations.iter().rev().find_map(|one| match &one.fact {
            Fact::NotWatched { why } if case.observations.contains(&one.id) => Some((clean(why), one.subject.clone())),
            _ => None,
        });
        let (text, subject) = told?;
        Some(NotWatched { subject, why: Why::Lost, text, last: case.opened.utc })
    };
    diagnosis.cases.iter().filter(|case| case.code == Code::NotWatched && lasts(case)).filter_map(of).collect()
}

fn last(one: &Observation) -> DateTime<Utc> {
    match &one.fact {
        Fact::Health { last, .. } => last.utc,
        _ => one.at.utc,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_missed_by_whoever_had_it() {
        // A line is a reading: minute, tool, command or file, things.
        let check = |course: &[&str], expect: &[&str]| {
            let mut readings: Vec<LastReading> = Vec::new();
            for line in course {
                let mut words = line.split_whitespace();
                let minutes: i64 = words.next().and_then(|word| word.parse().ok()).expect("a minute");
                let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes);
                let stream = Subject::within(Kind::Stream, "db7", words.next().expect("a tool"));
                let source = words.next().expect("a source");
                for thing in words {
                    let subject: Subject = thing.parse().expect("a subject");
                    readings.retain(|known| (&known.subject, &known.stream) != (&subject, &stream));
                    readings.push(LastReading {
                        subject,
                        at,
                        stream: stream.clone(),
                        source: source.trim_matches('-').to_owned(),
                    });
                }
            }
            let gone: Vec<String> = gone(&readings).into_iter().map(Subject::to_string).collect();
            assert_eq!(gone, expect, "{course:?}");
        };
        let (card, ups) = ("1 arcconf-getconfig command:card drive:A drive:B", "2 upsc command:ups power:db7/ups");
        check(&[card, ups], &[]);
        check(&[card, ups, "3 arcconf-getconfig command:card drive:A"], &["drive:B"]);
        // Two commands of one tool, each of its own card, or with some in common.
        check(&[card, "3 arcconf-getconfig command:second drive:C"], &[]);
        check(&[card, "3 arcconf-getconfig command:second drive:A"], &[]);
        // It may be elsewhere by now, or be read by another.
        check(&[card, "3 arcconf-getconfig command:card drive:A", "3 storcli command:other drive:B"], &[]);
        // Outputs that are kept as files, one a day; and of one drive each.
        check(&["1 storcli day1 drive:A drive:B", "9 storcli day2 drive:A"], &["drive:B"]);
        check(&["1 smartctl a drive:A", "9 smartctl b drive:B"], &[]);
        // It was read before sources were kept.
        check(&["1 storcli - drive:A drive:B", "9 storcli command:a drive:A"], &["drive:B"]);
        check(&["1 machine scan drive:A drive:B", "9 machine scan drive:A"], &["drive:B"]);
    }
}
