//! The watching itself: a log that can be followed no longer, or that has been quiet for longer than it may be, is told as a fact about
//! its stream, once, and so is that it is heard again; and so it is of all else that is watched. What that comes to is for the diagnosis
//! to say.

mod senses;

use super::heard::{Heard, Item, Origin};
use super::known::Known;
use crate::config::{Command, Follow};
use crate::model::{Fact, Kind, Moment, Observation, Said, Severity, Sink as _, Statement, Subject, WATCH};
use crate::observe::SoFar;
use crate::words::{clean, duration};
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, TimeDelta, Utc};
use senses::Senses;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// What is watched.
#[derive(Default)]
pub(super) struct Watching {
    /// What is followed.
    paths: BTreeMap<PathBuf, Watched>,
    /// All else.
    senses: Senses,
    /// What was said of each stream: that it is not watched, and why.
    said: BTreeMap<Subject, Option<String>>,
}

/// A path that is followed.
#[derive(Debug, Default)]
struct Watched {
    /// The path of the configured entry that found it.
    entry: Option<PathBuf>,
    /// The streams that it told of.
    streams: BTreeSet<Subject>,
    /// When it said something last, or was opened: by a clock that nobody sets, and that stands still while the machine sleeps.
    last: Option<Instant>,
    /// Why it cannot be followed, if so.
    lost: Option<String>,
}

impl Watching {
    /// Takes up what the history has: which paths told of which streams, and what was said of the watching last.
    pub(super) fn load(&mut self, paths: Vec<(PathBuf, Subject)>, observations: &[Observation]) {
        for (path, stream) in paths {
            self.paths.entry(path).or_default().streams.insert(stream);
        }
        for one in observations {
            match &one.fact {
                Fact::NotWatched { why } if one.at.until.is_none() => {
                    self.said.insert(one.subject.clone(), Some(why.clone()));
                }
                Fact::Watched | Fact::NotWatched { .. } => {
                    self.said.insert(one.subject.clone(), None);
                }
                _ => {}
            }
        }
    }

    /// It is followed.
    pub(super) fn opened(&mut self, path: &Path, entry: &Follow, now: Instant) {
        let watched = self.paths.entry(path.to_owned()).or_default();
        (watched.entry, watched.lost) = (Some(entry.path.clone()), None);
        watched.last = watched.last.max(Some(now));
    }

    /// It said something. A log is heard when a line of it is read, also if that tells nothing.
    pub(super) fn heard(&mut self, path: &Path, heard: Option<&Heard>, now: Instant) {
        let Some(watched) = self.paths.get_mut(path) else { return };
        watched.last = watched.last.max(Some(now));
        for stream in heard.into_iter().flat_map(Heard::streams) {
            if !watched.streams.contains(stream) {
                watched.streams.insert(stream.clone());
            }
        }
    }

    /// It cannot be followed.
    pub(super) fn lost(&mut self, path: &Path, why: &str) {
        self.paths.entry(path.to_owned()).or_default().lost = Some(clean(why));
    }

    /// What is followed is another: what cannot be followed still is told again.
    pub(super) fn followed_anew(&mut self) {
        self.paths.values_mut().for_each(|watched| watched.lost = None);
    }

    /// It can be again.
    pub(super) fn found(&mut self, path: &Path, now: Instant) {
        if let Some(watched) = self.paths.get_mut(path) {
            (watched.lost, watched.last) = (None, watched.last.max(Some(now)));
        }
    }

    /// What is no file, to tell how it is.
    pub(super) fn senses(&mut self) -> &mut Senses {
        &mut self.senses
    }

    /// What is to be said of the watching now, which is `at` for people.
    pub(super) fn say(
        &mut self,
        host: &str,
        follow: &[Follow],
        commands: &[Command],
        now: Instant,
        at: DateTime<Utc>,
        known: &mut Known,
    ) -> Option<Heard> {
        let lost = self.said.iter().filter(|(stream, not)| not.is_some() && stream.host_name() == Some(host));
        let senses = self.senses.say(commands, lost.map(|(stream, _)| stream.path()), now);
        let senses: Vec<(Subject, Option<String>)> =
            senses.into_iter().map(|(name, not)| (Subject::within(Kind::Stream, host, &name), not)).collect();
        let mut streams: BTreeMap<&Subject, Option<String>> =
            senses.iter().map(|(stream, not)| (stream, not.clone())).collect();
        for (path, watched) in &self.paths {
            let not = watched.lost.as_ref().map(|why| format!("{} cannot be followed: {why}", path.display()));
            let not = not.or_else(|| {
                let silent = now.saturating_duration_since(watched.last?);
                let quiet = quiet(watched, follow).filter(|quiet| silent > *quiet)?;
                let quiet = TimeDelta::from_std(quiet).unwrap_or(TimeDelta::MAX);
                // Without how long it is: a fact that changes each minute is another each minute.
                Some(format!("{} has said nothing for more than {}", path.display(), duration(quiet)))
            });
            for stream in &watched.streams {
                // A stream of several files is heard while one of them is.
                let known = streams.entry(stream).or_insert_with(|| not.clone());
                *known = known.take().filter(|_| not.is_some());
            }
        }
        let news: Vec<(Subject, Option<String>)> = streams
            .into_iter()
            .filter(|(stream, not)| self.said.get(stream).unwrap_or(&None) != not)
            .map(|(stream, not)| (stream.clone(), not))
            .collect();
        if news.is_empty() {
            return None;
        }
        let name: Arc<str> = WATCH.into();
        let mut items: Vec<Item> = Vec::new();
        let mut ear = known.listen(&mut items, false);
        for (subject, not) in news {
            self.said.insert(subject.clone(), not.clone());
            let text = not.clone().unwrap_or_else(|| "it is heard again".to_owned());
            let (fact, severity) = match not {
                Some(why) => (Fact::NotWatched { why }, Severity::Warning),
                None => (Fact::Watched, Severity::Info),
            };
            say(&mut ear, host, &name, at, &Statement { subject, fact, severity, text });
        }
        let origin =
            Origin { name, format: WATCH, host: Some(host.to_owned()), timezone: None, whole: None, goes_on: false };
        let so_far = SoFar { records: items.len() as u64, ..SoFar::default() };
        Some(Heard { origin, items, again: false, so_far })
    }
}

/// How long it may be quiet, by what is configured now: an entry may be another since the file was found by it, or be gone.
fn quiet(watched: &Watched, follow: &[Follow]) -> Option<Duration> {
    let entry = watched.entry.as_ref()?;
    follow.iter().find(|follow| follow.path == *entry)?.quiet
}

fn say(ear: &mut super::known::Ear<'_>, host: &str, name: &Arc<str>, now: DateTime<Utc>, statement: &Statement) {
    let stream = Subject::within(Kind::Stream, host, WATCH);
    let bytes = serde_json::to_vec(statement).unwrap_or_default();
    let key = xxh3_64_with_seed(&bytes, xxh3_64(stream.to_string().as_bytes()));
    // Whole seconds, as all times are.
    let utc = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
    let at = Moment { utc, written: None, offset: None, basis: Basis::Stated, until: None, within: None };
    let said = Said { stream: &stream, key, at, numbers: "", ordinal: 0, source: name, span: 0..0, interrupted: false };
    ear.say(&said, &mut || statement.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60;

    fn follow(path: &str, minutes: Option<u64>) -> Follow {
        let quiet = minutes.map(|minutes| Duration::from_secs(minutes * MINUTE));
        Follow { path: path.into(), host: None, timezone: None, quiet, poll: None }
    }

    fn stream() -> Subject {
        Subject::within(Kind::Stream, "db7", "kernel-log")
    }

    /// What is said of the watching, a line each.
    fn said(heard: Option<Heard>) -> Vec<String> {
        let items = heard.map(|heard| heard.items).unwrap_or_default();
        let text = |item: &Item| match item {
            Item::Said(spoken) => spoken.statement.text.clone(),
            other => panic!("{other:?}"),
        };
        items.iter().map(text).collect()
    }

    #[test]
    fn a_limit_is_that_of_the_entry_by_which_a_log_was_found() {
        // Found by the first of the entries; ten minutes later these are configured.
        let check = |before: &[Follow], after: &[Follow], expect: &[&str]| {
            let now = Instant::now();
            let mut watching = Watching::default();
            watching.load(vec![("/log/x".into(), stream())], &[]);
            watching.opened(Path::new("/log/x"), &before[0], now);
            let later = now + Duration::from_secs(10 * MINUTE);
            let heard = watching.say("db7", after, &[], later, Utc::now(), &mut Known::default());
            assert_eq!(said(heard), expect, "{before:?} {after:?}");
        };
        let quiet = ["/log/x has said nothing for more than 1 min"];
        let (x, limited) = (follow("/log/x", None), follow("/log/x", Some(1)));
        let y = follow("/log/y", Some(1));
        check(std::slice::from_ref(&x), std::slice::from_ref(&x), &[]);
        check(std::slice::from_ref(&limited), std::slice::from_ref(&limited), &quiet);
        // Another entry stands in front of it now, or it stands alone.
        check(std::slice::from_ref(&x), &[y.clone(), x.clone()], &[]);
        check(&[x.clone(), y.clone()], std::slice::from_ref(&y), &[]);
        check(&[limited.clone(), x.clone()], &[follow("/log/y", None), limited.clone()], &quiet);
        // The limit is another.
        check(std::slice::from_ref(&x), std::slice::from_ref(&limited), &quiet);
        check(std::slice::from_ref(&limited), &[follow("/log/x", Some(20))], &[]);
        // It is not configured any more.
        check(&[limited], &[], &[]);
        check(&[follow("/log/*", Some(1))], &[follow("/log/*", Some(1))], &quiet);
    }

    /// A clock that is set, or a sleep of the machine, is no silence of a log.
    #[test]
    fn a_log_is_quiet_by_the_time_that_passed() {
        // Of a log that may be quiet for five minutes: after so many seconds, and at a wall clock that was set on by so many days.
        let check = |passed: u64, set: i64, expect: &[&str]| {
            let (begin, limited) = (Instant::now(), [follow("/log/x", Some(5))]);
            let (mut watching, mut known) = (Watching::default(), Known::default());
            watching.load(vec![("/log/x".into(), stream())], &[]);
            watching.opened(Path::new("/log/x"), &limited[0], begin);
            let (now, at) = (begin + Duration::from_secs(passed), Utc::now() + TimeDelta::days(set));
            assert_eq!(said(watching.say("db7", &limited, &[], now, at, &mut known)), expect, "{passed} {set}");
            watching.heard(Path::new("/log/x"), None, now);
            let again = said(watching.say("db7", &limited, &[], now, at, &mut known));
            assert_eq!(
                again.len(),
                expect.len(),
                "what was said is taken back when it is heard, and else nothing is: {again:?}"
            );
        };
        let quiet = ["/log/x has said nothing for more than 5 min"];
        check(10, 0, &[]);
        check(10, 30, &[]);
        check(10, -30, &[]);
        check(300, 0, &[]);
        check(301, 0, &quiet);
        check(301, 30, &quiet);
        check(301, -30, &quiet);
    }

    #[test]
    fn a_history_that_is_not_kept_is_not_watched() {
        let (mut watching, mut known) = (Watching::default(), Known::default());
        let mut check = |not_kept: Option<&str>, expect: &[&str]| {
            watching.senses().history(not_kept);
            let heard = watching.say("db7", &[], &[], Instant::now(), Utc::now(), &mut known);
            assert_eq!(said(heard), expect, "{not_kept:?}");
        };
        check(None, &[]);
        check(Some("it is full"), &["it is full"]);
        check(Some("it is full"), &[]);
        check(None, &["it is heard again"]);
        check(None, &[]);
    }
}
