//! The watching itself: a log that can be followed no longer, or that has been quiet for longer than it may be, is told as a fact about
//! its stream, once, and so is that it is heard again; and so it is of all else that is watched. What that comes to is for the diagnosis
//! to say.

mod senses;

use super::heard::{Heard, Item, Origin};
use super::keeper::WasRead;
use super::known::Known;
use crate::config::{Command, Follow};
use crate::model::{Fact, Kind, Moment, Observation, Said, Severity, Sink as _, Statement, Subject, WATCH};
use crate::observe::{SoFar, is_text, log_of};
use crate::watch::files::{entry_for, finds, is_rotated, rotated_from};
use crate::watch::{Looked, Opened};
use crate::words::{clean, duration};
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, TimeDelta, Utc};
use senses::Senses;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// What is not there when it is looked for is told of after so long: a rotation takes less.
const MISSING: Duration = Duration::from_secs(5);

/// A log that was quiet for too long already when the daemon began is given so long to speak: whoever writes it may begin with this machine.
const BEGINS: Duration = Duration::from_secs(30);

/// Why a log is lost that was there.
const GONE: &str = "it is there no longer";

/// What is watched.
#[derive(Default)]
pub(super) struct Watching {
    /// What is followed.
    paths: BTreeMap<PathBuf, Watched>,
    /// All else.
    senses: Senses,
    /// What was said of each stream: that it is not watched, and why.
    said: BTreeMap<Subject, Option<String>>,
    /// What was found at first, until it is known what was there before.
    looked: Vec<Looked>,
    /// Whether that is known.
    is_loaded: bool,
}

/// A path that is followed, or was once.
#[derive(Debug, Default)]
struct Watched {
    /// The path of the configured entry that found it, in this run.
    entry: Option<PathBuf>,
    /// The streams that it told of, and the one that it is.
    streams: BTreeSet<Subject>,
    /// The host that its entry names.
    host: Option<String>,
    /// Whether it was read as a log.
    is_log: bool,
    /// Whether it is lines of text.
    is_text: bool,
    /// When it was opened last, in this run.
    opened: Option<Instant>,
    /// When something was written to it last: by a clock that nobody sets, and that stands still while the machine sleeps.
    last: Option<Instant>,
    /// Why it cannot be followed, if so.
    lost: Option<String>,
    /// It is there no longer, and from when on that is told.
    gone: Option<Instant>,
}

/// How it is with a path.
enum State {
    /// Nobody asks for it, or it was not found yet, or may be about to speak: what was said of it stands.
    NotKnown,
    /// It is watched; or it is not, and why.
    Watched(Option<String>),
}

impl Watching {
    /// Takes up what the history has: which files told of which streams, and what was said of the watching last.
    pub(super) fn load(&mut self, files: Vec<WasRead>, observations: &[Observation], now: Instant) {
        for file in files {
            let watched = self.paths.entry(file.path).or_default();
            watched.is_log |= log_of(&file.format).is_some();
            watched.streams.extend(file.streams);
        }
        self.is_loaded = true;
        for looked in std::mem::take(&mut self.looked) {
            self.looked(looked, now);
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
    pub(super) fn opened(&mut self, opened: &Opened, now: Instant) {
        let watched = self.paths.entry(opened.path.clone()).or_default();
        let entry = &opened.follow;
        (watched.entry, watched.host) = (Some(entry.path.clone()), entry.host.clone());
        (watched.lost, watched.gone, watched.opened) = (None, None, Some(now));
        watched.is_text = is_text(&opened.front);
        // Nothing was written to it since, or the clock was set.
        let age = opened.modified.elapsed().unwrap_or_default();
        watched.last = watched.last.max(now.checked_sub(age));
    }

    /// It is a log, of this stream.
    pub(super) fn is_log(&mut self, path: &Path, stream: Subject) {
        let watched = self.paths.entry(path.to_owned()).or_default();
        watched.is_log = true;
        watched.streams.insert(stream);
    }

    /// It said something; and when, if that was written while it was followed. A log is heard when a line of it is read, also if that
    /// tells nothing.
    pub(super) fn heard(&mut self, path: &Path, heard: Option<&Heard>, written: Option<Instant>) {
        let Some(watched) = self.paths.get_mut(path) else { return };
        watched.last = watched.last.max(written);
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

    /// It is there no longer.
    pub(super) fn gone(&mut self, path: &Path, now: Instant) {
        self.paths.entry(path.to_owned()).or_default().gone = Some(now);
    }

    /// What could not be followed is there no longer. Of a rotated log the oldest go; it is missed by its own name.
    pub(super) fn vanished(&mut self, path: &Path, now: Instant) {
        let Some(watched) = self.paths.get_mut(path) else { return };
        if is_rotated(path) && watched.entry.as_deref() != Some(path) {
            self.paths.remove(path);
        } else {
            (watched.lost, watched.gone) = (None, Some(now));
        }
    }

    /// What there is of an entry was looked at for the first time. What was read by a daemon before this one and is not there is lost.
    pub(super) fn looked(&mut self, looked: Looked, now: Instant) {
        if !self.is_loaded {
            return self.looked.push(looked);
        }
        let Looked { entry, path: at, there, elsewhere, not } = &looked;
        let there: BTreeSet<&PathBuf> = there.iter().collect();
        for (path, watched) in self.paths.iter_mut().filter(|(_, watched)| watched.opened.is_none()) {
            let is_another = path.as_path() != at && elsewhere.iter().any(|other| path.starts_with(other));
            let is_here = at == entry || path.starts_with(at);
            // Of a rotated log the oldest go; it is missed by its own name.
            let is_part = path != entry && is_rotated(path);
            if !finds(entry, path) || !is_here || is_another || is_part {
                continue;
            }
            match not {
                _ if there.contains(path) => watched.gone = None,
                Some(why) => watched.lost = Some(clean(why)),
                None => watched.gone = Some(now + MISSING),
            }
        }
    }

    /// It can be again.
    pub(super) fn found(&mut self, path: &Path, now: Instant) {
        if let Some(watched) = self.paths.get_mut(path) {
            (watched.lost, watched.gone, watched.last) = (None, None, watched.last.max(Some(now)));
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
        let by_path: Vec<Subject> = self.paths.iter().map(|(path, watched)| watched.by_path(path, host)).collect();
        for ((path, watched), own) in self.paths.iter().zip(&by_path) {
            // What was rotated away is read to its end, and tells nothing of the log that it was.
            if rotated_from(path).is_some_and(|log| self.paths.contains_key(&log)) {
                continue;
            }
            let state = watched.state(path, follow, now);
            let told_by_path = watched.streams.is_empty() && watched.is_to_speak(path, follow);
            for stream in watched.streams.iter().chain(told_by_path.then_some(own)) {
                match &state {
                    State::NotKnown => {}
                    State::Watched(not) => {
                        // A stream of several files is heard while one of them is.
                        let known = streams.entry(stream).or_insert_with(|| not.clone());
                        *known = known.take().filter(|_| not.is_some());
                    }
                }
            }
            // What was told of the path is told of the stream, as soon as that is known and heard; it is not taken back because nobody asks
            // for it any more, or because it is not known yet what a lost file would be.
            let has_stream = !watched.streams.is_empty() && matches!(state, State::Watched(_));
            if has_stream && self.said.contains_key(own) {
                streams.entry(own).or_default();
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

impl Watched {
    /// What it is called among the streams while it is not known which one it is.
    fn by_path(&self, path: &Path, host: &str) -> Subject {
        Subject::within(Kind::Stream, self.host.as_deref().unwrap_or(host), &path.to_string_lossy())
    }

    /// The entry that finds it, by what is configured now: that may be another since it was found, or be gone.
    fn entry<'f>(&self, path: &Path, follow: &'f [Follow]) -> Option<&'f Follow> {
        match &self.entry {
            Some(entry) => follow.iter().find(|follow| follow.path == *entry),
            None => entry_for(follow, path),
        }
    }

    /// Whether it is missed though it has told of no stream: a log that said nothing of storage yet; or text that somebody asked for by its
    /// name, or by a pattern of which he says how long its files may be quiet. In a directory lies much that nobody writes to.
    fn is_to_speak(&self, path: &Path, follow: &[Follow]) -> bool {
        let Some(entry) = self.entry(path, follow) else { return false };
        let is_asked_for = entry.path == path || entry.quiet.is_some() && !path.starts_with(&entry.path);
        (entry.path == path || !is_rotated(path)) && (self.is_log || self.is_text && is_asked_for)
    }

    fn state(&self, path: &Path, follow: &[Follow], now: Instant) -> State {
        let Some(entry) = self.entry(path, follow) else { return State::NotKnown };
        let gone = self.gone.filter(|from| *from <= now).map(|_| GONE);
        if let Some(why) = gone.or(self.lost.as_deref()) {
            return State::Watched(Some(format!("{} cannot be followed: {why}", path.display())));
        }
        let Some(opened) = self.opened else { return State::NotKnown };
        let silent = self.last.map(|last| now.saturating_duration_since(last)).unwrap_or_default();
        let is_quiet = entry.quiet.filter(|quiet| silent > *quiet);
        if is_quiet.is_some() && now.saturating_duration_since(opened) < BEGINS {
            return State::NotKnown;
        }
        let quiet = is_quiet.map(|quiet| {
            let quiet = TimeDelta::from_std(quiet).unwrap_or(TimeDelta::MAX);
            // Without how long it is: a fact that changes each minute is another each minute.
            format!("{} has said nothing for more than {}", path.display(), duration(quiet))
        });
        State::Watched(quiet)
    }
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
    use std::time::SystemTime;

    const MINUTE: u64 = 60;

    fn follow(path: &str, minutes: Option<u64>) -> Follow {
        let quiet = minutes.map(|minutes| Duration::from_secs(minutes * MINUTE));
        Follow { path: path.into(), host: None, timezone: None, quiet, poll: None }
    }

    fn stream() -> Subject {
        Subject::within(Kind::Stream, "db7", "kernel-log")
    }

    /// That a log was read there, and told of a stream, or of nothing.
    fn was_read(path: &str, streams: &[Subject]) -> WasRead {
        WasRead { path: path.into(), format: "kernel-log".to_owned(), streams: streams.to_vec() }
    }

    /// A file that was written last so many minutes ago.
    fn file(path: &str, entry: &Follow, minutes: u64) -> Opened {
        Opened {
            file: 1,
            path: path.into(),
            follow: Arc::new(entry.clone()),
            front: b"words\n".as_slice().into(),
            from: 0,
            known: 0,
            after: None,
            // In a moment, so that none passes.
            modified: SystemTime::now() + Duration::from_secs(1) - Duration::from_secs(minutes * MINUTE),
            length: 6,
            whole: false,
        }
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
            watching.load(vec![was_read("/log/x", &[stream()])], &[], now);
            watching.opened(&file("/log/x", &before[0], 0), now);
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

    /// A daemon started anew said that what it had not found, or heard, yet was heard again; and so did one whose configuration asked for it
    /// no longer.
    #[test]
    fn what_was_said_stands_until_it_is_heard() {
        let limited = [follow("/log/x", Some(5))];
        let lost = |why: &str| {
            let id = crate::model::ObservationId(1);
            let (at, subject) = (crate::model::When::exactly(Utc::now()), stream());
            let (fact, text) = (Fact::NotWatched { why: why.to_owned() }, why.to_owned());
            [Observation { id, at, subject, fact, severity: Severity::Warning, evidence: None, text }]
        };
        let begin = Instant::now();
        let check = |why: &str, found: Option<u64>, after: u64, follow: &[Follow], expect: &[&str]| {
            let mut watching = Watching::default();
            watching.load(vec![was_read("/log/x", &[stream()])], &lost(why), begin);
            if let Some(minutes) = found {
                watching.opened(&file("/log/x", &limited[0], minutes), begin);
            }
            let later = begin + Duration::from_secs(after);
            let heard = watching.say("db7", follow, &[], later, Utc::now(), &mut Known::default());
            assert_eq!(said(heard), expect, "{why} {found:?} {after}");
        };
        let (gone, quiet) =
            ("/log/x cannot be followed: it is there no longer", "/log/x has said nothing for more than 5 min");
        check(gone, None, 5, &limited, &[]);
        check(gone, Some(0), 5, &limited, &["it is heard again"]);
        check(quiet, Some(60), 5, &limited, &[]);
        check(quiet, Some(60), 40, &limited, &[]);
        check(quiet, Some(0), 5, &limited, &["it is heard again"]);
        // Nobody asks for it any more, and nobody retired it.
        check(gone, None, 5, &[], &[]);
        check(quiet, Some(60), 40, &[], &[]);
    }

    /// A clock that is set, or a sleep of the machine, is no silence of a log.
    #[test]
    fn a_log_is_quiet_by_the_time_that_passed() {
        // Of a log that may be quiet for five minutes: after so many seconds, and at a wall clock that was set on by so many days.
        let check = |passed: u64, set: i64, expect: &[&str]| {
            let (begin, limited) = (Instant::now(), [follow("/log/x", Some(5))]);
            let (mut watching, mut known) = (Watching::default(), Known::default());
            watching.load(vec![was_read("/log/x", &[stream()])], &[], begin);
            watching.opened(&file("/log/x", &limited[0], 0), begin);
            let (now, at) = (begin + Duration::from_secs(passed), Utc::now() + TimeDelta::days(set));
            assert_eq!(said(watching.say("db7", &limited, &[], now, at, &mut known)), expect, "{passed} {set}");
            watching.heard(Path::new("/log/x"), None, Some(now));
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

    /// How it is with the stream of a log that nobody heard of before it was opened: `words` is its path for text of no known format.
    #[test]
    fn a_log_that_says_nothing_of_storage_may_be_quiet_too_long_as_well() {
        // By the path of the entry; whether the log is known as one; written so many minutes ago; after so many seconds.
        let check = |entry: &str, minutes: Option<u64>, is_log: bool, age: u64, passed: u64, expect: &[&str]| {
            let (begin, limited) = (Instant::now(), [follow(entry, minutes)]);
            let (mut watching, mut known) = (Watching::default(), Known::default());
            watching.load(Vec::new(), &[], begin);
            watching.opened(&file("/log/x", &limited[0], age), begin);
            if is_log {
                watching.is_log(Path::new("/log/x"), stream());
            }
            let now = begin + Duration::from_secs(passed);
            let heard = watching.say("db7", &limited, &[], now, Utc::now(), &mut known);
            let of = heard.iter().flat_map(|heard| &heard.items).map(|item| match item {
                Item::Said(spoken) => spoken.statement.subject.to_string(),
                other => panic!("{other:?}"),
            });
            assert_eq!(of.collect::<Vec<_>>(), expect, "{entry} {minutes:?} {is_log} {age} {passed}");
        };
        let (log, words) = (["stream:db7/kernel-log"], ["stream:db7/log/x"]);
        check("/log/x", Some(5), true, 0, 299, &[]);
        check("/log/x", Some(5), true, 0, 301, &log);
        check("/log/x", Some(5), false, 0, 301, &words);
        check("/log/*", Some(5), false, 0, 301, &words);
        check("/log", Some(5), false, 0, 301, &[]);
        check("/log", Some(5), true, 0, 301, &log);
        // It was quiet for longer already when the daemon began; then it is given a moment.
        check("/log/x", Some(5), true, 6, 29, &[]);
        check("/log/x", Some(5), true, 6, 31, &log);
        check("/log/x", Some(5), true, 3, 119, &[]);
        check("/log/x", Some(5), true, 3, 123, &log);
    }

    /// What was told of a path is taken back when it shows which stream it is.
    #[test]
    fn a_path_has_a_stream_when_that_shows() {
        let (begin, limited) = (Instant::now(), [follow("/log/x", Some(5))]);
        let (mut watching, mut known) = (Watching::default(), Known::default());
        watching.opened(&file("/log/x", &limited[0], 6), begin);
        let later = begin + Duration::from_secs(60);
        let mut say = |watching: &mut Watching| said(watching.say("db7", &limited, &[], later, Utc::now(), &mut known));
        assert_eq!(say(&mut watching), ["/log/x has said nothing for more than 5 min"]);
        watching.is_log(Path::new("/log/x"), stream());
        watching.heard(Path::new("/log/x"), None, Some(later));
        assert_eq!(say(&mut watching), ["it is heard again"]);
        assert_eq!(say(&mut watching), [""; 0]);
    }

    /// A new log that nobody else may read is deleted: it was heard again.
    #[test]
    fn what_could_not_be_read_and_is_deleted_is_not_heard_again() {
        let check = |path: &str, expect: &[&str]| {
            let (begin, pattern) = (Instant::now(), [follow("/log/*", None)]);
            let (mut watching, mut known, path) = (Watching::default(), Known::default(), Path::new(path));
            watching.load(vec![was_read(&path.to_string_lossy(), &[stream()])], &[], begin);
            watching.opened(&file(&path.to_string_lossy(), &pattern[0], 0), begin);
            watching.lost(path, "Permission denied");
            let mut say =
                |watching: &mut Watching| said(watching.say("db7", &pattern, &[], begin, Utc::now(), &mut known));
            let lost = say(&mut watching);
            assert_eq!(lost, [format!("{} cannot be followed: Permission denied", path.display())]);
            watching.vanished(path, begin);
            assert_eq!(say(&mut watching), expect, "{path:?}");
        };
        check("/log/x", &["/log/x cannot be followed: it is there no longer"]);
        check("/log/x.1", &[]);
    }

    /// A daemon started anew, which could not know yet what a lost file would be, said that it was heard again; and so did one whose
    /// configuration asked for it no longer.
    #[test]
    fn what_was_told_of_a_path_stands_until_that_is_heard() {
        let (begin, named) = (Instant::now(), [follow("/log/x", None)]);
        let (path, gone) = (Path::new("/log/x"), "/log/x cannot be followed: it is there no longer");
        let mut known = Known::default();
        let check = |watching: &mut Watching, known: &mut Known, follow: &[Follow], expect: &[&str]| {
            let heard = watching.say("db7", follow, &[], begin + Duration::from_secs(60), Utc::now(), known);
            assert_eq!(said(heard), expect, "{follow:?}");
        };
        let mut before = Watching::default();
        before.load(vec![], &[], begin);
        before.opened(&file("/log/x", &named[0], 0), begin);
        before.gone(path, begin);
        check(&mut before, &mut known, &named, &[gone]);
        check(&mut before, &mut known, &[], &[]);
        let mut after = Watching::default();
        after.load(vec![was_read("/log/x", &[])], &known.observations(), begin);
        after.lost(path, "no such file");
        check(&mut after, &mut known, &[], &[]);
        let mut unread = Watching::default();
        unread.load(vec![], &known.observations(), begin);
        unread.lost(path, "no such file");
        check(&mut unread, &mut known, &named, &[]);
        unread.vanished(path, begin);
        check(&mut unread, &mut known, &named, &[]);
        unread.found(path, begin);
        unread.opened(&file("/log/x", &named[0], 0), begin);
        check(&mut unread, &mut known, &named, &["it is heard again"]);
    }

    #[test]
    fn a_log_that_vanished_while_nobody_watched_is_missed() {
        // The entry; what the history has (`-` behind what told of nothing) and was there before; what is there now (`/` behind another file
        // system), or why that is not known; after so many seconds.
        let check = |entry: &str, had: &str, there: &str, not: Option<&str>, passed: u64, expect: &[&str]| {
            let (begin, follow) = (Instant::now(), [follow(entry, None)]);
            let (mut watching, mut known) = (Watching::default(), Known::default());
            let of = |word: &str| match word.strip_suffix('-') {
                Some(path) => was_read(path, &[]),
                None => {
                    was_read(word, &[Subject::within(Kind::Stream, word.rsplit('/').next().unwrap_or(word), "log")])
                }
            };
            let (elsewhere, there): (Vec<&str>, Vec<&str>) = there.split_whitespace().partition(|at| at.ends_with('/'));
            let paths = |words: &[&str]| words.iter().map(PathBuf::from).collect();
            let looked = Looked {
                entry: entry.into(),
                path: entry.into(),
                there: paths(&there),
                elsewhere: paths(&elsewhere),
                not: not.map(str::to_owned),
            };
            watching.load(had.split_whitespace().map(of).collect(), &[], begin);
            watching.looked(looked, begin);
            for path in there {
                watching.opened(&file(path, &follow[0], 0), begin);
            }
            let now = begin + Duration::from_secs(passed);
            let heard = watching.say("db7", &follow, &[], now, Utc::now(), &mut known);
            assert_eq!(said(heard), expect, "{entry} {had}");
        };
        let gone = ["/l/b.log cannot be followed: it is there no longer"];
        check("/l/*.log", "/l/a.log /l/b.log", "/l/a.log", None, 6, &gone);
        check("/l/*.log", "/l/a.log /l/b.log-", "/l/a.log", None, 6, &gone);
        check("/l", "/l/a.log /l/b.log", "/l/a.log", None, 6, &gone);
        check("/l/b.log", "/l/b.log", "", None, 6, &gone);
        // It may be about to be made anew.
        check("/l/*.log", "/l/a.log /l/b.log", "/l/a.log", None, 4, &[]);
        check("/l/*.log", "/l/a.log /l/b.log", "/l/a.log /l/b.log", None, 6, &[]);
        // Nobody asks for it, or another looks for it; of a rotated one the oldest go.
        check("/l/a*", "/l/a.log /l/b.log", "/l/a.log", None, 6, &[]);
        check("/l", "/l/a.log /l/m/b.log", "/l/a.log /l/m/", None, 6, &[]);
        check("/l/*", "/l/a.log /l/a.log.4.gz", "/l/a.log", None, 6, &[]);
        let not = ["/l/b.log cannot be followed: it cannot be listed"];
        check("/l/*.log", "/l/b.log", "", Some("it cannot be listed"), 0, &not);
    }

    /// Rotated parts that were read by a daemon before, and a copy that a person had read, speak no more and are no sign of life.
    #[test]
    fn what_is_not_followed_keeps_no_log_from_being_quiet() {
        let (begin, limited) = (Instant::now(), [follow("/log/x", Some(5))]);
        let (mut watching, mut known) = (Watching::default(), Known::default());
        let paths = ["/log/x", "/log/x.2.gz", "/home/ann/copy"];
        watching.load(paths.map(|path| was_read(path, &[stream()])).into(), &[], begin);
        watching.opened(&file("/log/x", &limited[0], 0), begin);
        let later = begin + Duration::from_secs(301);
        let heard = watching.say("db7", &limited, &[], later, Utc::now(), &mut known);
        assert_eq!(said(heard), ["/log/x has said nothing for more than 5 min"]);
    }

    /// Of a log beside which a rotated part was read, packed or not, nobody was told that it was gone.
    #[test]
    fn a_rotated_part_is_not_the_log() {
        let check = |part: &str, entry: &str, expect: &[&str]| {
            let (begin, follow) = (Instant::now(), [follow(entry, None)]);
            let (mut watching, mut known) = (Watching::default(), Known::default());
            watching.load(vec![], &[], begin);
            for path in [part, "/log/x"] {
                watching.opened(&file(path, &follow[0], 0), begin);
                watching.is_log(Path::new(path), stream());
            }
            watching.gone(Path::new("/log/x"), begin);
            let heard = watching.say("db7", &follow, &[], begin, Utc::now(), &mut known);
            assert_eq!(said(heard), expect, "{part} {entry}");
        };
        let gone = ["/log/x cannot be followed: it is there no longer"];
        check("/log/x.1", "/log/x", &gone);
        check("/log/x.1", "/log/*", &gone);
        check("/log/x.2.gz", "/log/x", &gone);
        check("/log/x-20261121", "/log", &gone);
        // Another log of the same stream.
        check("/log/y", "/log/*", &[]);
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
