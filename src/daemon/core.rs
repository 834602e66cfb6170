//! The thread that knows everything: it hears what happens, says what that comes to, and never touches a disk.

mod hearing;
mod history;
mod inlets;
mod reading;
mod thinking;

use super::asking::Request;
use super::files::Files;
use super::glance;
use super::keeper::{self, WasRead};
use super::keeping::Keeping;
use super::known::Known;
use super::lines::{self, Notice, notify};
use super::looks::Looks;
use super::memory;
use super::programs::Programs;
use super::schedule::{Look, Schedule};
use super::speaking::Speaking;
use super::watching::Watching;
use crate::config::{Command, Config};
use crate::machine::readers::{Heard as FromReaders, Standing};
use crate::model::Severity;
use crate::watch::{self, Event};
use chrono::{DateTime, Utc};
use inlets::{Gate, In, WAITING, begun, kernel, spawn};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// Whether others wrote to the history is looked at each so often.
const OTHERS: Duration = Duration::from_secs(2);

/// Whether something that is followed has been quiet for too long is looked at each so often.
const QUIET: Duration = Duration::from_secs(5);

/// How far files were read that are gone for long is forgotten each so often ...
const FORGETS: Duration = Duration::from_secs(86_400);

/// ... and the first time so long after the start: all that is there was seen by then.
const FORGETS_FIRST: Duration = Duration::from_secs(3_600);

/// A message that leaves has the machine for itself for so long, if it is not delivered before: on a machine that is busy, reading more
/// would be in its way. What it rests on is written down meanwhile.
const LEAVE: Duration = Duration::from_millis(300);

/// Why the history is not watched any more. Without how long: a fact that changes each minute is another each minute.
const NOT_KEPT: &str =
    "the history cannot be written, or does not answer: what happens is told from memory, which ends with the daemon";

/// Events that are taken before it is thought about what they come to.
const AT_ONCE: usize = 256;

/// What a daemon begins with. Everything that needs one thread, or all privileges, was done before.
pub struct Setup {
    /// What this machine is called.
    pub host: String,
    /// The configuration.
    pub config: Config,
    /// Reads the configuration anew; says what is wrong with it and gives none if something is.
    pub reload: Reload,
    /// The history.
    pub history: PathBuf,
    /// The process that reads devices.
    pub standing: Standing,
    /// Signals, that wait to be heard.
    pub signals: watch::signals::Blocked,
    /// Its pauses between signs of life, if it is watched itself.
    pub watchdog: Option<Duration>,
}

/// Reads the configuration.
type Reload = Arc<dyn Fn() -> Option<Config> + Send + Sync>;

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// In a line for people, if it cannot begin, or cannot go on.
pub fn run(setup: Setup) -> Result<(), String> {
    let (to, from) = channel();
    let mut core = Core::new(setup, &to)?;
    let result = core.turn(&from);
    core.end(&from);
    lines::end();
    result
}

struct Core {
    host: String,
    config: Config,
    began: Instant,
    reload: Reload,
    standing: Standing,
    to: Sender<In>,
    gate: Arc<Gate>,
    /// Events of files whose readers were not let go on yet.
    held_back: usize,
    follower: Option<watch::files::Files>,
    to_followed: SyncSender<Event>,
    /// What hears the kernel, as long as it is here.
    _watchers: Vec<watch::Watcher>,
    known: Known,
    files: Files,
    looks: Looks,
    programs: Programs,
    schedule: Schedule,
    keeping: Keeping,
    speaking: Speaking,
    next_request: u32,
    /// The second that the machine was read last.
    read_last: Option<DateTime<Utc>>,
    /// Whether what the history knows was taken up, or is not to be had.
    is_loaded: bool,
    /// Whether the history is another one than at first.
    is_apart: bool,
    /// What was complained of last about the history, until it works again.
    complained: Option<String>,
    /// Which files the history has, until that is taken up.
    loaded: Option<Vec<WasRead>>,
    /// Whether files are to be read again from where the history knows them.
    reads_again: bool,
    is_news: bool,
    /// Whether memory may have been used and let go of since it was given back last.
    is_untidy: bool,
    /// When it was last thought about what all comes to, and how long that took.
    thought: Option<(Instant, Duration)>,
    /// How many times as long as that the next one waits.
    waits: u32,
    /// While a message leaves: until then nothing else is begun.
    leaves: Option<Instant>,
    others_at: Instant,
    quiet_at: Instant,
    forgets_at: Instant,
    /// By case that lasts, how bad it was found last.
    lasting: BTreeMap<String, Severity>,
    watching: Watching,
    watchdog: Option<(Duration, Instant)>,
    status: String,
    stops: bool,
}

impl Core {
    fn new(setup: Setup, to: &Sender<In>) -> Result<Self, String> {
        let Setup { host, config, reload, history, standing, signals, watchdog } = setup;
        let failed = |error: std::io::Error| format!("cannot start a thread: {error}");
        let (orders, ordered) = channel();
        let (answers, hears) = (to.clone(), to.clone());
        keeper::start(history, ordered, move |answer| drop(answers.send(In::Kept(answer)))).map_err(failed)?;
        let ear = standing.another().map_err(|error| format!("cannot hear the process that reads devices: {error}"))?;
        spawn("asked", move || {
            loop {
                let heard = ear.hear();
                let is_gone = heard == FromReaders::Gone;
                if hears.send(In::Asked(heard)).is_err() || is_gone {
                    return;
                }
            }
        })
        .map_err(failed)?;
        let gate = Arc::new(Gate::default());
        let (to_watched, watched) = sync_channel(WAITING);
        let events = to.clone();
        spawn("watched", move || {
            watched.into_iter().for_each(|event| drop(events.send(In::Watched(event))));
        })
        .map_err(failed)?;
        let (to_followed, followed) = sync_channel(WAITING);
        let (events, passes) = (to.clone(), Arc::clone(&gate));
        spawn("followed", move || {
            for event in followed {
                passes.enter();
                if events.send(In::Followed(event)).is_err() {
                    return;
                }
            }
        })
        .map_err(failed)?;
        signals.start(to_watched.clone()).map_err(failed)?;
        let watchers = if config.read.devices { kernel(&to_watched) } else { Vec::new() };
        let (outcomes, delivered) = channel();
        let tells = to.clone();
        spawn("delivered", move || {
            delivered.into_iter().for_each(|outcome| drop(tells.send(In::Delivered(outcome))));
        })
        .map_err(failed)?;
        let speaking = Speaking::new(&config, &host, outcomes)?;
        let mut keeping = Keeping::new(orders);
        keeping.load();
        let now = Instant::now();
        Ok(Self {
            schedule: Schedule::new(config.read.clone()),
            follower: None,
            host,
            config,
            began: now,
            reload,
            standing,
            to: to.clone(),
            gate,
            held_back: 0,
            to_followed,
            _watchers: watchers,
            known: Known::default(),
            files: Files::default(),
            looks: Looks::default(),
            programs: Programs::default(),
            keeping,
            speaking,
            next_request: 0,
            read_last: None,
            is_loaded: false,
            is_apart: false,
            complained: None,
            loaded: None,
            reads_again: false,
            is_news: false,
            is_untidy: true,
            thought: None,
            waits: 0,
            leaves: None,
            others_at: now,
            quiet_at: now + QUIET,
            forgets_at: now + FORGETS_FIRST,
            lasting: BTreeMap::new(),
            watching: Watching::default(),
            watchdog: watchdog.map(|pause| (pause / 2, now)),
            status: String::new(),
            stops: false,
        })
    }

    /// Hears and does, until it is told to stop.
    fn turn(&mut self, from: &Receiver<In>) -> Result<(), String> {
        while !self.stops {
            match from.recv_timeout(self.pause()) {
                Ok(first) => {
                    self.take(first)?;
                    for next in from.try_iter().take(AT_ONCE) {
                        self.take(next)?;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.act();
        }
        Ok(())
    }

    /// How long nothing is to be done, if nothing happens.
    fn pause(&self) -> Duration {
        let now = Instant::now();
        let mut at = vec![self.others_at + OTHERS];
        at.extend(self.is_loaded.then_some(self.quiet_at));
        if let Some(until) = self.leaves.filter(|until| *until > now) {
            at.push(until);
        } else {
            at.extend(self.config.read.devices.then(|| self.began + self.schedule.next(self.began.elapsed())));
            at.extend(self.programs.next());
        }
        at.extend(self.thinks_at());
        at.extend(self.watchdog.map(|(pause, last)| last + pause));
        at.extend(self.keeping.next());
        at.extend(self.speaking.next(Utc::now()).map(|wait| now + wait));
        let next = at.into_iter().min().unwrap_or(now);
        next.saturating_duration_since(now)
    }

    fn take(&mut self, what: In) -> Result<(), String> {
        match what {
            In::Watched(event) => self.watched(event),
            In::Followed(event) => {
                self.watched(event);
                self.held_back += 1;
            }
            In::Asked(FromReaders::Message(number, message)) => self.asked(number, &message),
            In::Asked(FromReaders::Done(number)) => self.ended(number),
            In::Asked(FromReaders::Gone) => {
                return Err("the process that reads devices has ended, and nothing can be read without it".to_owned());
            }
            In::Glanced(number, entries) => {
                self.looks.glanced(number, entries);
                self.ended(number);
            }
            In::Arrays(order, arrays) => self.arrays_read(order, arrays),
            In::Reloaded(config) => self.reloaded(*config),
            In::Kept(answer) => self.kept(answer),
            In::Delivered(outcome) => {
                self.leaves = None;
                self.speaking.delivered(&outcome, Utc::now());
            }
        }
        Ok(())
    }

    /// Does what is due.
    fn act(&mut self) {
        let now = Instant::now();
        let trouble = self.keeping.trouble();
        if trouble.is_some() {
            // Also of a history that hangs.
            self.goes_without();
        }
        let has_history = trouble.is_none() && !self.is_apart;
        self.is_news |= self.known.has_history(has_history);
        if !self.keeping.is_behind() {
            (0..std::mem::take(&mut self.held_back)).for_each(|_| self.gate.leave());
        }
        if self.is_loaded && self.quiet_at <= now {
            self.quiet_at = now + QUIET;
            if std::mem::take(&mut self.is_untidy) {
                memory::give_back();
            }
            if let Some(follower) = self.follower.as_ref().filter(|_| self.forgets_at <= now) {
                self.keeping.forget(follower.present());
                self.forgets_at = now + FORGETS;
            }
            self.files.counted().into_iter().for_each(|counted| self.heard(Some(counted)));
            let lacks = self.keeping.is_long_in_trouble().then_some(NOT_KEPT);
            self.watching.senses().history(lacks);
            let (follow, commands) = (&self.config.follow, &self.config.command);
            let heard = self.watching.say(&self.host, follow, commands, now, Utc::now(), &mut self.known);
            self.heard(heard);
        }
        if self.is_loaded && self.thinks_at().is_some_and(|at| at <= now) {
            self.think();
        }
        if self.is_loaded {
            // What is told to people goes before what was heard.
            self.store();
        }
        if self.keeping.loads_again() {
            self.keeping.load();
        }
        if self.is_loaded {
            self.keeping.order(|| self.known.doubtful());
            self.speaking.send(Utc::now());
        }
        if self.leaves.is_none_or(|until| until <= Instant::now()) {
            self.begin(now);
        }
        if self.others_at + OTHERS <= now {
            self.others_at = now;
            if self.is_loaded {
                self.keeping.look();
            }
        }
        if let Some((pause, last)) = &mut self.watchdog
            && *last + *pause <= now
        {
            *last = now;
            notify(Notice::Is(sd_notify::NotifyState::Watchdog));
        }
    }

    /// Begins what is due and can wait for a message that leaves.
    fn begin(&mut self, now: Instant) {
        while self.config.read.devices
            && let Some(look) = self.schedule.due(self.began.elapsed())
        {
            let number = match look {
                Look::Arrays => {
                    let (known, to, order) = (self.looks.arrays().to_vec(), self.to.clone(), self.looks.begin_arrays());
                    begun(glance::start_arrays(known, move |arrays| drop(to.send(In::Arrays(order, arrays)))));
                    continue;
                }
                Look::Glance => self.glance(),
                Look::All { stagger } => {
                    let patience = self.config.read.patience.as_millis() as u64;
                    self.request(&Request::Look { patience, stagger })
                }
            };
            self.looks.begin(number, look, Utc::now());
        }
        for run in self.programs.given_up(now) {
            self.printed(&run);
        }
        let due: Vec<Command> = self.programs.due(&self.config.command, now).into_iter().cloned().collect();
        for command in due {
            let number = self.request(&Request::Run { name: command.name.clone(), run: command.run.clone() });
            self.programs.begin(number, &command, now);
        }
    }

    /// Keeps what was heard, as far as that is done soon.
    fn end(&mut self, from: &Receiver<In>) {
        notify(Notice::Is(sd_notify::NotifyState::Stopping));
        self.follower = None;
        self.files.counted().into_iter().for_each(|counted| self.heard(Some(counted)));
        self.speaking.end();
        let end = Instant::now() + Duration::from_secs(5);
        while self.keeping.trouble().is_none() && Instant::now() < end {
            self.keeping.order(|| self.known.doubtful());
            self.store();
            if self.keeping.is_idle() && !self.speaking.is_sending() {
                return;
            }
            match from.recv_timeout(Duration::from_millis(100)) {
                // What is not taken now is read again, from where it was kept.
                Ok(In::Watched(_)) => {}
                Ok(In::Followed(_)) => self.gate.leave(),
                Ok(other) => drop(self.take(other)),
                Err(_) => {}
            }
        }
    }
}
