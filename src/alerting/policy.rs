//! What is said, and when. Pure: of the cases as they are, what was told of them, and the time.
//!
//! ```text
//!   a case that was not told                          a case that was told
//!   ------------------------                          --------------------
//!   work is done on it ............... held           work is done on it ......................... held
//!   less bad than what is told ....... held           over ....................................... over, once
//!   over, or somebody has it ......... held           repaired ................................... repaired, once
//!   failed again after a repair ...... RELAPSE        worse, and nobody has seen that yet ........ worse
//!   more than `storm` at once ........ one message    taken by somebody .......................... taken, once
//!   a message of many a moment ago ... held           another suspect is first ................... verdict
//!   else ............................. fact           all around looked at, and it says otherwise  verdict
//!                                                     open for as long as `remind` says .......... reminder
//! ```
//!
//! What must hold:
//!
//! * **One case, one alert.** What follows stands in the same thread. That a counter ticks is no news, nor that a look changed nothing.
//! * **A relapse is always its own alert,** the gravest there is, and is never listed among others.
//! * **Nothing is held silently:** what is not told, and until when, is listed by [`held`].
//! * **The alerts that are stored are all the memory there is** ([`Book`]): asked again with the same, nothing more is said.

use super::book::{Book, Thread};
use super::compose::{self, Ground, Storm, Telling};
use super::message::{Kind, Message};
use super::outbox::Alert;
use super::standing::{Standing, Stood, suspect};
use crate::config::{Channel, Tell};
use crate::diagnosis::{Diagnosis, Hold, Waits, holds};
use crate::model::{Case, CaseState, Code, Fact, Observation, ObservationId, Severity, Subject};
use crate::words::instant;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A first suspect is another one if it is more probable than the one that was told by so much: two that are nearly equal must not take
/// turns in people's mail.
const AHEAD: f64 = 0.05;

/// The first suspect is told anew after a look if it is more or less probable by so many points of a hundred.
const PERCENT_APART: u8 = 10;

/// What is critical waits no longer than this for others to be told with it, whatever is configured for the rest.
const CRITICAL: TimeDelta = TimeDelta::minutes(1);

/// What is so.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The machine that tells.
    pub host: &'a str,
    /// What it comes to.
    pub diagnosis: &'a Diagnosis,
    /// What that rests on, in order of time.
    pub observations: &'a [Observation],
    /// The hosts of which that is all that is known: of a case of another that is not there, nobody knows whether it is over.
    pub hosts: &'a BTreeSet<String>,
    /// When a look at all that shares line, bay and controller with what failed was done, by case.
    pub looked: &'a BTreeMap<String, DateTime<Utc>>,
    /// Since when this machine is watched. What was repaired before is old history; none: nothing is known to be.
    pub since: Option<DateTime<Utc>>,
    /// Whether what was heard last before this run was heard again: until then a case that is not there is not over.
    pub is_settled: bool,
}

/// Why something is not told, or not told again yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// Work is done on it.
    Maintenance,
    /// Many were told in one message a moment ago, or are about to be.
    Storm,
    /// It is less bad than what is told.
    NotSoBad,
    /// Somebody has taken it.
    Acknowledged,
    /// It works again, and did before anybody watched.
    Before,
    /// It was told; it is told again if nobody acknowledges it.
    Reminder,
    /// It was told, and works again; failing again is a relapse.
    Probation,
}

impl Because {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Maintenance,
        Self::Storm,
        Self::NotSoBad,
        Self::Acknowledged,
        Self::Before,
        Self::Reminder,
        Self::Probation,
    ];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Storm => "storm",
            Self::NotSoBad => "not-so-bad",
            Self::Acknowledged => "acknowledged",
            Self::Before => "before",
            Self::Reminder => "reminder",
            Self::Probation => "probation",
        }
    }
}

/// A case of which nothing is said for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The case.
    pub case: String,
    /// Its code.
    pub code: Code,
    /// What it is about.
    pub subject: Subject,
    /// Why.
    pub because: Because,
    /// Until when; none where that depends on somebody or something.
    pub until: Option<DateTime<Utc>>,
    /// In one sentence.
    pub why: String,
}

/// What is to be said now, relapses first, then the gravest. Whoever stores it takes it into the book.
pub fn decide(book: &Book, seen: &Seen<'_>, now: DateTime<Utc>, tell: &Tell) -> Vec<Alert> {
    decided(book, seen, now, tell).0
}

/// Of which cases nothing is said now, and why. The first of their times is when to decide again if nothing happens before.
pub fn held(book: &Book, seen: &Seen<'_>, now: DateTime<Utc>, tell: &Tell) -> Vec<Held> {
    decided(book, seen, now, tell).1
}

/// The channels by which something so bad is told.
pub fn channels(of: &BTreeMap<String, Channel>, severity: Severity) -> Vec<String> {
    of.iter().filter(|(_, channel)| channel.from <= severity).map(|(name, _)| name.clone()).collect()
}

fn decided(book: &Book, seen: &Seen<'_>, now: DateTime<Utc>, tell: &Tell) -> (Vec<Alert>, Vec<Held>) {
    let by_id: BTreeMap<ObservationId, &Observation> = seen.observations.iter().map(|one| (one.id, one)).collect();
    let holds = holds(seen.observations, &seen.diagnosis.cases, now);
    let maintained: Vec<Hold> = holds.into_iter().filter(|hold| hold.waits == Waits::Maintenance).collect();
    let ground = Ground { host: seen.host, diagnosis: seen.diagnosis, by_id: &by_id, now };
    let threads = Threads::of(book, &seen.diagnosis.cases);
    let mut policy = Policy {
        book,
        seen,
        tell,
        now,
        ground,
        maintained,
        threads,
        alerts: Vec::new(),
        held: Vec::new(),
        fresh: Vec::new(),
    };
    for case in &seen.diagnosis.cases {
        policy.case(case);
    }
    policy.fresh();
    policy.storms();
    if seen.is_settled {
        policy.gone();
    }
    let Policy { mut alerts, mut held, .. } = policy;
    let rank = |alert: &Alert| {
        (alert.message.kind != Kind::Relapse, alert.message.is_over(), std::cmp::Reverse(alert.message.severity))
    };
    alerts.sort_by_key(rank);
    held.sort_by(|a, b| (a.because, a.until, &a.case).cmp(&(b.because, b.until, &b.case)));
    (alerts, held)
}

/// In which thread each case was told.
struct Threads<'a> {
    /// By the case's id: the thread of its own, and how it stood.
    own: BTreeMap<&'a str, (&'a str, &'a Stood)>,
    /// The same of threads that list many.
    listed: BTreeMap<&'a str, (&'a str, &'a Stood)>,
    /// Threads of which the case is no more, and nothing goes on in its place.
    left: Vec<(&'a str, &'a Stood)>,
}

impl<'a> Threads<'a> {
    fn of(book: &'a Book, cases: &'a [Case]) -> Self {
        let known: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        let (mut own, mut listed) = (BTreeMap::new(), BTreeMap::new());
        // Threads of one case first: by them more was said.
        let mut left: Vec<(bool, &str, &Stood)> = Vec::new();
        for (name, thread) in &book.threads {
            for stood in thread.stood.values() {
                let of = if thread.storm { &mut listed } else { &mut own };
                if known.contains(stood.case.as_str()) {
                    of.insert(stood.case.as_str(), (name.as_str(), stood));
                } else if !thread.is_over() {
                    left.push((thread.storm, name, stood));
                }
            }
        }
        left.sort_by_key(|(storm, ..)| *storm);
        // A case whose id became another: by the same of the same, then by what it rests on.
        for continues in [is_same, takes_in] {
            for case in cases.iter().filter(|case| case.state != CaseState::Closed) {
                if own.contains_key(case.id.as_str()) || listed.contains_key(case.id.as_str()) {
                    continue;
                }
                if let Some(at) = left.iter().position(|(.., stood)| continues(stood, case)) {
                    let (storm, name, stood) = left.remove(at);
                    let of = if storm { &mut listed } else { &mut own };
                    of.insert(&case.id, (name, stood));
                }
            }
        }
        let left = left.into_iter().filter(|(storm, ..)| !storm).map(|(_, name, stood)| (name, stood)).collect();
        Self { own, listed, left }
    }
}

fn shares(stood: &Stood, case: &Case) -> bool {
    case.observations.iter().any(|id| stood.evidence.contains(id))
}

/// Whether it is the same case by another id. A relapse shares evidence with what was before it, and is none the less another.
fn is_same(stood: &Stood, case: &Case) -> bool {
    let same = stood.code == case.code.code() && stood.subject == case.subject;
    same && (stood.opened.timestamp() == case.opened.utc.timestamp()
        || case.code != Code::Relapse && shares(stood, case))
}

/// Whether it tells of the same in another case: a member's failure in that of its array.
fn takes_in(stood: &Stood, case: &Case) -> bool {
    case.code != Code::Relapse && stood.code != Code::Relapse.code() && shares(stood, case)
}

struct Policy<'a> {
    book: &'a Book,
    seen: &'a Seen<'a>,
    tell: &'a Tell,
    now: DateTime<Utc>,
    ground: Ground<'a>,
    maintained: Vec<Hold>,
    threads: Threads<'a>,
    alerts: Vec<Alert>,
    held: Vec<Held>,
    /// Cases that are told for the first time, if they are.
    fresh: Vec<&'a Case>,
}

impl<'a> Policy<'a> {
    fn case(&mut self, case: &'a Case) {
        if let Some(work) = self.maintained.iter().find(|hold| self.names(&hold.subject, case)) {
            if case.state != CaseState::Closed {
                let (until, why) = (work.until, work.why.clone());
                self.hold(case, Because::Maintenance, until, why);
            }
            return;
        }
        let own = self.threads.own.get(case.id.as_str()).copied();
        if let Some((name, stood)) = own
            && let Some(thread) = self.book.threads.get(name)
        {
            self.follow(case, name, thread, stood);
            return;
        }
        let Some((_, stood)) = self.threads.listed.get(case.id.as_str()).copied() else {
            self.meet(case);
            return;
        };
        // One of many: by itself it is told only if it gets worse.
        let now = Stood::of(case, self.seen.diagnosis, self.ground.by_id);
        let worse = stood.worse(&now);
        if case.state == CaseState::Open && !worse.is_empty() {
            self.say(Kind::Worse, case, &case.id, now, &worse);
        }
    }

    /// A case that was not told.
    fn meet(&mut self, case: &'a Case) {
        let relapse = case.code == Code::Relapse;
        let watched = self.seen.since.is_some_and(|since| case.opened.utc >= since);
        match case.state {
            CaseState::Closed => {}
            CaseState::Acknowledged => {
                self.hold(case, Because::Acknowledged, None, "somebody had taken it before it was told".to_owned());
            }
            CaseState::Repaired if !watched => {
                self.hold(case, Because::Before, None, "it was repaired before this machine was watched".to_owned());
            }
            _ if case.severity < self.tell.from && !relapse => {
                let why =
                    format!("it is {}, and told is what is {} or worse", case.severity.code(), self.tell.from.code());
                self.hold(case, Because::NotSoBad, None, why);
            }
            _ if relapse => {
                let stood = Stood { severity: Severity::Critical, ..self.stood(case) };
                self.say(Kind::Relapse, case, &case.id, stood, &[]);
            }
            _ => self.fresh.push(case),
        }
    }

    /// Cases for the first time: each by itself, or all in one message.
    fn fresh(&mut self) {
        let within = span(self.tell.storm_within);
        let recent: Vec<&Thread> = self
            .book
            .threads
            .values()
            .filter(|thread| thread.first_at <= self.now && self.now - thread.first_at < within)
            .collect();
        let storm =
            |recent: &[&Thread]| recent.iter().filter(|thread| thread.storm).map(|thread| thread.first_at).max();
        let singly = |recent: &[&Thread]| recent.iter().filter(|thread| !thread.storm).count();
        let gravest = recent.iter().flat_map(|thread| thread.stood.values()).map(|stood| stood.severity).max();
        let fresh = std::mem::take(&mut self.fresh);
        // What is less bad holds nothing up.
        let (graver, fresh): (Vec<&Case>, Vec<&Case>) =
            fresh.into_iter().partition(|case| gravest.is_some_and(|gravest| case.severity > gravest));
        self.tell_fresh(graver);
        // Until when it waits for others, and why: by what was told in the time for which one of that severity would.
        let many = fresh.len();
        let waits = |case: &Case| {
            let wait = if case.severity == Severity::Critical { within.min(CRITICAL) } else { within };
            let recent: Vec<&Thread> =
                recent.iter().copied().filter(|thread| self.now - thread.first_at < wait).collect();
            if let Some(storm) = storm(&recent) {
                let at = instant(storm);
                let why = format!("many were told in one message at {at}: what comes soon after waits for the next");
                return Some((storm + wait, why));
            }
            let singly = singly(&recent);
            let oldest = recent.iter().map(|thread| thread.first_at).min();
            let oldest = oldest.filter(|_| many == 1 && singly + many > self.tell.storm)?;
            let why = format!(
                "{singly} were told within {} s: one more is told with those that follow it, or alone then",
                wait.num_seconds()
            );
            Some((oldest + wait, why))
        };
        let (held, told): (Vec<_>, Vec<_>) =
            fresh.into_iter().map(|case| (case, waits(case))).partition(|(_, waits)| waits.is_some());
        for (case, (until, why)) in held.into_iter().filter_map(|(case, waits)| Some((case, waits?))) {
            self.hold(case, Because::Storm, Some(until), why);
        }
        let fresh: Vec<&Case> = told.into_iter().map(|(case, _)| case).collect();
        let is_storm = storm(&recent).is_some() || singly(&recent) + many > self.tell.storm;
        if fresh.len() > 1 && is_storm { self.tell_as_one(fresh) } else { self.tell_fresh(fresh) }
    }

    /// As many as may be are told each by itself, more as one.
    fn tell_fresh(&mut self, fresh: Vec<&'a Case>) {
        if fresh.len() > self.tell.storm {
            return self.tell_as_one(fresh);
        }
        for case in fresh {
            // What came and went between two looks is told once, as what it is by now.
            let kind = if case.state == CaseState::Repaired { Kind::Repaired } else { Kind::Fact };
            self.say(kind, case, &case.id, self.stood(case), &[]);
        }
    }

    fn tell_as_one(&mut self, mut cases: Vec<&'a Case>) {
        cases.sort_by_key(|case| std::cmp::Reverse(case.severity));
        let Some(first) = cases.first() else { return };
        let thread = format!("storm-{}-{}", self.now.timestamp(), first.id);
        self.say_many(Kind::Storm, &cases, &thread, 0);
    }

    /// A case that was told in a thread of its own.
    fn follow(&mut self, case: &'a Case, name: &'a str, thread: &Thread, told: &Stood) {
        let mut now = Stood { looked: told.looked, ..self.stood(case) };
        // Whoever was told how bad it was is told how it goes on.
        let severity = now.severity.max(told.severity);
        let kind = match case.state {
            CaseState::Closed if thread.is_over() => return,
            CaseState::Closed => Kind::Resolved,
            _ if thread.is_over() => Kind::Fact,
            CaseState::Repaired if told.state == CaseState::Repaired => {
                let why = "it was told, and works again; failing again is a relapse, and told at once".to_owned();
                self.hold(case, Because::Probation, None, why);
                return;
            }
            CaseState::Repaired => Kind::Repaired,
            CaseState::Acknowledged if told.state != CaseState::Acknowledged => Kind::Acknowledged,
            CaseState::Open if !told.worse(&now).is_empty() => Kind::Worse,
            _ if self.looked_since(case, thread.news_at) && !told.looked && says_otherwise(&now, told) => Kind::Verdict,
            _ if is_another(case, told) => Kind::Verdict,
            CaseState::Acknowledged => {
                self.hold(
                    case,
                    Because::Acknowledged,
                    None,
                    "somebody has taken it; it is told again if it gets worse".to_owned(),
                );
                return;
            }
            CaseState::Open => {
                if !self.reminds(case, thread) {
                    return;
                }
                Kind::Reminder
            }
        };
        now.looked = match kind {
            Kind::Fact | Kind::Worse => false,
            // Whatever else is said shows what the look came to.
            _ => told.looked || self.looked_since(case, thread.news_at),
        };
        now.severity = severity;
        let worse = if kind == Kind::Worse { told.worse(&now) } else { Vec::new() };
        self.say(kind, case, name, now, &worse);
    }

    /// Whether a reminder is due; if not, that is noted.
    fn reminds(&mut self, case: &Case, thread: &Thread) -> bool {
        let Some(after) = self.pause(thread) else { return false };
        let due = thread.last_at + after;
        if due > self.now {
            let why =
                format!("it was told on {}; again if nobody has acknowledged it by then", instant(thread.last_at));
            self.hold(case, Because::Reminder, Some(due), why);
        }
        due <= self.now
    }

    fn pause(&self, thread: &Thread) -> Option<TimeDelta> {
        let pauses = &self.tell.remind;
        pauses.get(thread.reminders).or_else(|| pauses.last()).map(|pause| span(*pause))
    }

    /// Threads that list many: what became of those that were not told by themselves since.
    fn storms(&mut self) {
        let storms: Vec<(&'a String, &'a Thread)> =
            self.book.threads.iter().filter(|(_, thread)| thread.storm && !thread.is_over()).collect();
        for (name, thread) in storms {
            let told_alone = |id: &str| {
                let now = self.alerts.iter().any(|alert| alert.message.case.as_deref() == Some(id));
                now || self.threads.own.contains_key(id)
            };
            let listed = |case: &&Case| self.threads.listed.get(case.id.as_str()).is_some_and(|(of, _)| of == name);
            let all: Vec<&'a Case> = self.seen.diagnosis.cases.iter().filter(listed).collect();
            let of_it: Vec<&'a Case> = all.iter().filter(|case| !told_alone(&case.id)).copied().collect();
            // Work is done on these: nothing is said of them, and not that all is over, before it ends.
            let is_silenced = |case: &&Case| self.maintained.iter().any(|hold| self.names(&hold.subject, case));
            let (silenced, of_it): (Vec<&'a Case>, Vec<&'a Case>) = of_it.into_iter().partition(is_silenced);
            let was_told = |case: &&Case, states: [CaseState; 2]| {
                let told = self.threads.listed.get(case.id.as_str());
                told.is_some_and(|(_, told)| states.contains(&told.state))
            };
            let lasts = [CaseState::Open, CaseState::Acknowledged];
            let silenced = silenced.len();
            let knows_all = thread.stood.values().all(|stood| self.knows(stood, thread));
            if silenced == 0 && knows_all && all.iter().all(|case| case.state == CaseState::Closed) {
                if self.seen.is_settled {
                    self.say_many(Kind::Resolved, &all, name, silenced);
                }
            } else if of_it.is_empty() {
                // Each is told by itself by now, or nothing is said of it.
            } else if !of_it.iter().any(|case| lasts.contains(&case.state)) {
                if knows_all && of_it.iter().any(|case| was_told(case, lasts)) {
                    self.say_many(Kind::Repaired, &of_it, name, silenced);
                }
            } else {
                let open: Vec<&'a Case> = of_it.into_iter().filter(|case| case.state == CaseState::Open).collect();
                let waiting: Vec<bool> = open.iter().map(|case| self.reminds(case, thread)).collect();
                if waiting.contains(&true) {
                    self.say_many(Kind::Reminder, &open, name, silenced);
                }
            }
        }
    }

    /// Whether it is known how it is with what was told: a case of a host of which nothing is known is not over because it is not there.
    fn knows(&self, stood: &Stood, thread: &Thread) -> bool {
        let is_there =
            self.threads.own.contains_key(stood.case.as_str()) || self.threads.listed.contains_key(stood.case.as_str());
        let host = stood.host().unwrap_or(&thread.host);
        is_there || host == self.seen.host || self.seen.hosts.contains(host)
    }

    /// Cases that were told and are no more.
    fn gone(&mut self) {
        for (name, stood) in std::mem::take(&mut self.threads.left) {
            if !self.book.threads.get(name).is_some_and(|thread| self.knows(stood, thread)) {
                continue;
            }
            let place = self.book.place(name);
            let message = compose::gone(&self.ground, stood, name, place);
            let stood = Stood { state: CaseState::Closed, ..stood.clone() };
            self.tell(message, vec![stood]);
        }
    }

    fn stood(&self, case: &Case) -> Stood {
        Stood::of(case, self.seen.diagnosis, self.ground.by_id)
    }

    fn looked_since(&self, case: &Case, news: DateTime<Utc>) -> bool {
        self.seen.looked.get(&case.id).is_some_and(|looked| *looked >= news)
    }

    fn say(&mut self, kind: Kind, case: &Case, thread: &str, stood: Stood, worse: &[String]) {
        let place = self.book.place(thread);
        let remarks = self.remarks(kind, case);
        let severity = stood.severity;
        let again = self.seen.diagnosis.cases.iter().find(|other| kind == Kind::Resolved && follows(other, case));
        let goes_on_as = again.map(|again| again.id.as_str());
        let telling = Telling { kind, case, thread, place, severity, worse, goes_on_as, remarks };
        let message = compose::of_case(&self.ground, telling);
        self.tell(message, vec![stood]);
    }

    fn tell(&mut self, mut message: Message, cases: Vec<Stood>) {
        let mut reminders = 0;
        if let Some(thread) = self.book.threads.get(&message.thread) {
            message.thread_host.clone_from(&thread.host);
            let is_news = message.kind.is_news();
            message.news = thread.news.saturating_add(u32::from(is_news));
            reminders = if is_news { 0 } else { thread.reminders + usize::from(message.kind == Kind::Reminder) };
        }
        let (place, host, news) = (message.place_in_thread, message.thread_host.clone(), message.news);
        let standing = Standing { place, host, reminders, news, cases };
        self.alerts.push(Alert { message, standing });
    }

    /// `silenced`: how many more were told with them of which nothing is said for now.
    fn say_many(&mut self, kind: Kind, cases: &[&Case], thread: &str, silenced: usize) {
        let place = self.book.place(thread);
        let told: Vec<&Stood> =
            self.book.threads.get(thread).into_iter().flat_map(|thread| thread.stood.values()).collect();
        // Whoever was told how bad it was is told how it goes on.
        let severities = told.iter().map(|stood| stood.severity).chain(cases.iter().map(|case| case.severity));
        let severity = severities.max().unwrap_or(Severity::Warning);
        let message =
            compose::storm(&self.ground, &Storm { kind, cases, told: &told, thread, place, severity, silenced });
        let mut cases: Vec<Stood> = cases.iter().map(|case| self.stood(case)).collect();
        for stood in &mut cases {
            let was = self.threads.listed.get(stood.case.as_str()).map(|(_, told)| told.severity);
            stood.severity = was.map_or(stood.severity, |was| was.max(stood.severity));
        }
        if cases.is_empty() {
            // None of them is a case any more: that is told, too, and once.
            cases.extend(told.iter().map(|stood| Stood { state: CaseState::Closed, ..(*stood).clone() }));
        }
        self.tell(message, cases);
    }

    /// What the reader must know of the message itself.
    fn remarks(&self, kind: Kind, case: &Case) -> Vec<String> {
        let mut remarks = Vec::new();
        let ended = |one: &&Observation| match one.fact {
            Fact::Maintenance { until } => {
                let then = one.at.utc <= case.opened.utc && case.opened.utc <= until;
                then && until <= self.now && self.names(&one.subject, case)
            }
            _ => false,
        };
        if matches!(kind, Kind::Fact | Kind::Relapse)
            && let Some(one) = self.seen.observations.iter().rev().find(ended)
        {
            remarks.push(format!(
                "It began while work was done ({}), and was held until that ended.",
                crate::words::clean(&one.text)
            ));
        }
        if let Some(before) = self.seen.diagnosis.cases.iter().find(|other| follows(case, other))
            && kind == Kind::Relapse
        {
            remarks.push(format!("The failure before the repair was case {}.", before.id));
        }
        remarks
    }

    fn hold(&mut self, case: &Case, because: Because, until: Option<DateTime<Utc>>, why: String) {
        let (code, subject) = (case.code, case.subject.clone());
        self.held.push(Held { case: case.id.clone(), code, subject, because, until, why });
    }

    /// Whether a person who named a thing named what the case is about. A drive is the bay that it sits in.
    fn names(&self, named: &Subject, case: &Case) -> bool {
        let bay = |subject: &Subject| {
            let drive = self.seen.diagnosis.inventory.drives.get(subject.serial()?)?;
            drive.bay.clone()
        };
        let place = bay(&case.subject);
        let of_bay = |place: &Subject| named.holds(place) || bay(named).as_ref() == Some(place);
        *named == case.subject || of_bay(&case.subject) || place.as_ref().is_some_and(of_bay)
    }
}

/// Whether a case is the relapse of another.
fn follows(relapse: &Case, before: &Case) -> bool {
    let same = relapse.code == Code::Relapse && relapse.subject == before.subject && relapse.id != before.id;
    same && before.opened.utc < relapse.opened.utc
        && before.observations.iter().any(|id| relapse.observations.contains(id))
}

/// Whether people would read otherwise of causes, how sure that is, and what to do, than they were told. Until something else is said, the
/// look that changed nothing is not stored: what changes first behind it is told once.
fn says_otherwise(now: &Stood, told: &Stood) -> bool {
    now.verdict != told.verdict || now.percent.abs_diff(told.percent) >= PERCENT_APART
}

/// Whether another suspect is first than was told, and clearly so.
fn is_another(case: &Case, told: &Stood) -> bool {
    let (Some(first), Some(was)) = (case.suspects.first(), &told.suspect) else { return false };
    if case.code == Code::EventNotUnderstood || suspect(case).as_ref() == Some(was) {
        return false;
    }
    // Which one it is may have become known: that is no other suspect.
    let cause = was.split(' ').next().unwrap_or_default();
    let of_told = case.suspects.iter().find(|suspect| suspect.cause.code() == cause);
    first.cause.code() != cause && of_told.is_none_or(|told| first.probability - told.probability >= AHEAD)
}

fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests;
