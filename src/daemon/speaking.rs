//! Speaking to people: asks the policy what is to be said, puts it into the outbox, hands what is due to the courier.

use super::keeper::{Told, WasRead};
use crate::alerting::courier::{Channels, Courier, Outcome, channels};
use crate::alerting::outbox::Outbox;
use crate::alerting::{Book, Seen, decide, held, policy};
use crate::config::{self, Config, Tell};
use crate::diagnosis::Diagnosis;
use crate::history::outbox::{Change, Delivery as Row, Stored};
use crate::model::{CaseState, Observation};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// A run that is killed may have told of what it had not written down yet: what it read last is read again within so long.
const SETTLES: Duration = Duration::from_secs(60);

/// Whether it is known what was told before this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing is said until it is.
    Awaited,
    /// Something may have been said without knowing it.
    Unknown,
    /// It is.
    Known,
}

/// What a message says of itself then.
const BEFORE_UNKNOWN: &str =
    "The history could not be read when this was said: people may have been told of it, and have taken it, before.";

/// What all that is known comes to.
pub(super) struct Thought {
    pub(super) diagnosis: Diagnosis,
    /// What that rests on.
    pub(super) observations: Vec<Observation>,
    /// The hosts of which it is known.
    pub(super) hosts: BTreeSet<String>,
}

/// What is said, and by what.
pub(super) struct Speaking {
    host: String,
    before: Before,
    /// When what the history knows was taken up, or done without: files are read from then on.
    began: Instant,
    book: Book,
    outbox: Outbox,
    courier: Courier,
    channels: BTreeMap<String, config::Channel>,
    /// Since when this machine is watched.
    since: Option<DateTime<Utc>>,
    /// By case, when it was found first in this run.
    found: BTreeMap<String, DateTime<Utc>>,
    /// By case, when all was looked at after that.
    looked: BTreeMap<String, DateTime<Utc>>,
    /// When all was looked at last.
    last_look: Option<DateTime<Utc>>,
    /// When the policy may decide otherwise though nothing happens.
    decides_at: Option<DateTime<Utc>>,
    /// Whether nothing more is sent.
    ends: bool,
}

impl Speaking {
    /// # Errors
    /// In a line for people, if a channel cannot be made of the configuration, or no thread could be started.
    pub(super) fn new(config: &Config, host: &str, outcomes: Sender<Outcome>) -> Result<Self, String> {
        let courier = Courier::start(made(config, host)?, outcomes);
        Ok(Self {
            host: host.to_owned(),
            before: Before::Awaited,
            began: Instant::now(),
            book: Book::default(),
            outbox: Outbox::default(),
            courier: courier.map_err(|error| format!("cannot start the thread that delivers: {error}"))?,
            channels: config.channel.clone(),
            since: None,
            found: BTreeMap::new(),
            looked: BTreeMap::new(),
            last_look: None,
            decides_at: None,
            ends: false,
        })
    }

    /// The configuration is another, and what waits is tried by it at once.
    ///
    /// # Errors
    /// In a line for people, if a channel cannot be made of it: then nothing is changed.
    pub(super) fn reload(&mut self, config: &Config, host: &str) -> Result<(), String> {
        self.courier.reload(made(config, host)?);
        self.channels.clone_from(&config.channel);
        self.outbox.reloaded(Utc::now());
        Ok(())
    }

    /// What was told before, and what of it waits, the first time that it is known: then, the files that were read.
    pub(super) fn load(&mut self, told: Told) -> Option<Vec<WasRead>> {
        match std::mem::replace(&mut self.before, Before::Known) {
            Before::Known => return None,
            Before::Awaited => self.outbox = Outbox::load(told.waiting, told.last, &self.host),
            Before::Unknown => self.outbox.take_up(told.waiting, &self.host),
        }
        self.began = Instant::now();
        let said = std::mem::replace(&mut self.book, Book::load(&told.standings));
        self.book.go_on(said);
        self.since = told.since;
        Some(told.files)
    }

    /// What was told before is not to be had for now. Numbers and places in threads begin beyond all that may have been given.
    pub(super) fn load_nothing(&mut self) {
        let now = Utc::now();
        (self.before, self.began) = (Before::Unknown, Instant::now());
        self.book = Book::unknown(now);
        self.outbox = Outbox::load(Vec::new(), now.timestamp_millis(), &self.host);
    }

    /// Persons took these back.
    pub(super) fn withdrawn(&mut self, rows: &[Row]) {
        rows.iter().for_each(|row| self.outbox.withdrawn(row.alert, &row.channel));
    }

    /// All was looked at, from then on.
    pub(super) const fn looked(&mut self, began: DateTime<Utc>) {
        self.last_look = Some(began);
    }

    /// What is to be said of what all comes to. Whether something is.
    pub(super) fn think(&mut self, thought: &Thought, now: DateTime<Utc>, tell: &Tell) -> bool {
        self.look_back(&thought.diagnosis, now);
        let alerts = decide(&self.book, &self.seen(thought), now, tell);
        let mut says = false;
        for mut alert in alerts {
            self.book.take(&alert);
            if self.before == Before::Unknown {
                alert.message.remarks.push(BEFORE_UNKNOWN.to_owned());
            }
            let channels = policy::channels(&self.channels, alert.message.severity);
            says |= !channels.is_empty();
            self.outbox.put(alert, &channels, Utc::now());
        }
        says
    }

    /// When that may have to be decided otherwise though nothing happens.
    pub(super) fn plan(&mut self, thought: &Thought, now: DateTime<Utc>, tell: &Tell) {
        let times = held(&self.book, &self.seen(thought), now, tell).into_iter().filter_map(|held| held.until);
        self.decides_at = times.filter(|at| *at > now).min();
    }

    fn seen<'a>(&'a self, thought: &'a Thought) -> Seen<'a> {
        let Thought { diagnosis, observations, hosts } = thought;
        let Self { host, looked, since, began, .. } = self;
        let is_settled = began.elapsed() >= SETTLES;
        Seen { host, diagnosis, observations, hosts, looked, since: *since, is_settled }
    }

    /// Which cases all was looked at for since they were found: what is of another host was not looked at.
    fn look_back(&mut self, diagnosis: &Diagnosis, now: DateTime<Utc>) {
        let lasts = |id: &String| diagnosis.cases.iter().any(|case| case.id == *id && case.state != CaseState::Closed);
        self.found.retain(|id, _| lasts(id));
        self.looked.retain(|id, _| lasts(id));
        for case in diagnosis.cases_of(&self.host).filter(|case| case.state != CaseState::Closed) {
            let found = *self.found.entry(case.id.clone()).or_insert(now);
            if let Some(look) = self.last_look.filter(|look| *look > found) {
                self.looked.entry(case.id.clone()).or_insert(look);
            }
        }
    }

    /// When it is to be thought about again, though nothing happened.
    pub(super) fn decides_in(&self, now: DateTime<Utc>) -> Option<Duration> {
        self.decides_at.map(|at| (at - now).to_std().unwrap_or_default())
    }

    /// What is to be stored.
    pub(super) fn changes(&mut self) -> Vec<Change> {
        self.outbox.changes()
    }

    pub(super) fn stored(&mut self, changes: &[Change], stored: &Stored) {
        self.outbox.stored(changes, stored);
    }

    pub(super) fn not_stored(&mut self, changes: Vec<Change>) {
        self.outbox.not_stored(changes);
    }

    /// Hands over what is due.
    pub(super) fn send(&mut self, now: DateTime<Utc>) {
        if self.ends {
            return;
        }
        self.outbox.due(now).into_iter().for_each(|delivery| self.courier.send(delivery));
    }

    /// What became of an attempt.
    pub(super) fn delivered(&mut self, outcome: &Outcome, now: DateTime<Utc>) {
        self.outbox.outcome(outcome.alert, &outcome.channel, outcome.became(), now, random());
    }

    /// It ends: nothing more is sent. What becomes of what is under way is heard on, so that it is stored and not sent again.
    pub(super) const fn end(&mut self) {
        self.ends = true;
    }

    /// Whether something was sent of which it is not known yet what became.
    pub(super) fn is_sending(&self) -> bool {
        self.outbox.is_sending()
    }

    /// How long until something may be due.
    pub(super) fn next(&self, now: DateTime<Utc>) -> Option<Duration> {
        let wait = |at: DateTime<Utc>| (at - now).max(TimeDelta::zero()).to_std().unwrap_or_default();
        self.outbox.next_due(now).map(wait)
    }

    /// How many deliveries wait.
    pub(super) fn waiting(&self) -> usize {
        self.outbox.waiting().count()
    }
}

fn made(config: &Config, host: &str) -> Result<Channels, String> {
    channels(&config.channel, host).map_err(|wrong| wrong.join("; "))
}

/// Any number from 0 to 1, another each time.
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
