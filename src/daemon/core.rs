//! The thread that knows everything: it hears what happens, says what that comes to, and never touches a disk.

use super::asking::{Answer as Asked, Request};
use super::files::{self, Files, whole_of};
use super::glance;
use super::heard::{Heard, Item, Origin};
use super::keeper::{self, Answer};
use super::keeping::{Keeping, Ordered};
use super::known::Known;
use super::looks::Looks;
use super::memory;
use super::programs::{Programs, Run};
use super::schedule::{Look, Schedule};
use super::speaking::Speaking;
use super::watching::Watching;
use crate::alerting::courier::Outcome;
use crate::config::Config;
use crate::diagnosis::{Diagnosis, diagnose, once};
use crate::keep::clock;
use crate::machine::Entry;
use crate::machine::readers::{Heard as FromReaders, Standing};
use crate::model::{ArrayState, CaseState, Kind, MACHINE, Observation, Severity, Subject};
use crate::observe::capture::{self, Told};
use crate::observe::{Options, SoFar, recognise};
use crate::probes::md::Array;
use crate::watch::{self, Event};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What all readings of machines are called as a source.
const SCAN: &str = "scan";

/// That time passed is thought about each so often.
const CLOCK: Duration = Duration::from_secs(60);

/// Whether others wrote to the history is looked at each so often.
const OTHERS: Duration = Duration::from_secs(2);

/// Whether something that is followed has been quiet for too long is looked at each so often.
const QUIET: Duration = Duration::from_secs(5);

/// How far files were read that are gone for long is forgotten each so often ...
const FORGETS: Duration = Duration::from_secs(86_400);

/// ... and the first time so long after the start: all that is there was seen by then.
const FORGETS_FIRST: Duration = Duration::from_secs(3_600);

/// A message that leaves has the machine for itself for so long, if it is not delivered before: on a machine that is busy, reading more
/// and writing it down would be in its way.
const LEAVE: Duration = Duration::from_millis(300);

/// Events that are taken before it is thought about what they come to.
const AT_ONCE: usize = 256;

/// While there is news without end, a diagnosis waits for so many times as long as the last one took: thinking takes no more than a
/// seventeenth of the time. What comes after a pause is thought about at once, and waits double with each that follows.
const THINKING: u32 = 16;

/// A pause without news of so long is one.
const PAUSE: Duration = Duration::from_secs(2);

/// A command that takes longer makes a drive a slow one, in microseconds.
const SLOW: u64 = 1_000_000;

/// Events of watchers that may wait: a file's reader waits for the core, and the file keeps what it has.
const WAITING: usize = 64;

/// What comes to the core.
enum In {
    /// A watcher saw something.
    Watched(Event),
    /// A followed file says something. Its reader waits while too many of these do.
    Followed(Event),
    /// The process that reads devices says something.
    Asked(FromReaders),
    /// A glance has ended.
    Glanced(u32, Vec<Entry>),
    /// The arrays that are known were read anew.
    Arrays(Vec<Array>),
    /// The configuration was read anew, and is sound.
    Reloaded(Box<Config>),
    /// The keeper answers.
    Kept(Answer),
    /// A message was delivered, or not.
    Delivered(Outcome),
}

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

/// Watchers wait while the core is behind with what they saw.
#[derive(Default)]
struct Gate {
    waiting: Mutex<usize>,
    room: Condvar,
}

impl Gate {
    fn enter(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while *waiting >= WAITING {
            waiting = self.room.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        *waiting += 1;
    }

    fn leave(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.saturating_sub(1);
        self.room.notify_one();
    }
}

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// In a line for people, if it cannot begin, or cannot go on.
pub fn run(setup: Setup) -> Result<(), String> {
    let (to, from) = channel();
    let mut core = Core::new(setup, &to)?;
    let result = core.turn(&from);
    core.end(&from);
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
    /// Hosts of which all that the history has was asked for.
    hosts: BTreeSet<String>,
    /// What was complained of last about the history, until it works again.
    complained: Option<String>,
    /// Which files told of which streams, until that is taken up.
    loaded: Option<Vec<(PathBuf, Subject)>>,
    /// Whether files are to be read again from where the history knows them.
    reads_again: bool,
    is_news: bool,
    /// Whether memory may have been used and let go of since it was given back last.
    is_untidy: bool,
    /// Whether what starting took was given back.
    is_settled: bool,
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
        let hosts = BTreeSet::from([host.clone()]);
        keeping.load(hosts.clone());
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
            hosts,
            complained: None,
            loaded: None,
            reads_again: false,
            is_news: false,
            is_untidy: true,
            is_settled: false,
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
            In::Arrays(arrays) => self.arrays_read(arrays),
            In::Reloaded(config) => self.reloaded(*config),
            In::Kept(answer) => self.kept(answer),
            In::Delivered(outcome) => {
                self.leaves = None;
                self.speaking.delivered(&outcome, Utc::now());
            }
        }
        Ok(())
    }

    /// Has the configuration read anew. It lies on a disk, so a thread waits for it.
    fn reload(&self) {
        let (reload, to) = (Arc::clone(&self.reload), self.to.clone());
        begun(spawn("reload", move || {
            if let Some(config) = reload() {
                drop(to.send(In::Reloaded(Box::new(config))));
            }
        }));
    }

    /// Something happened on the machine.
    fn watched(&mut self, event: Event) {
        let now = self.began.elapsed();
        let heard = match event {
            Event::Opened(opened) => {
                self.watching.opened(&opened.path, &opened.follow, Instant::now());
                self.files.opened(opened, &self.host);
                None
            }
            Event::Bytes { file, at, bytes } => {
                let heard = self.files.bytes(file, at, &bytes, &mut self.known);
                if let Some(path) = self.files.path(file) {
                    self.watching.heard(&path, heard.as_ref(), Instant::now());
                }
                if let (Some(path), Some(follower)) = (self.files.is_nothing(file), &self.follower) {
                    complain(&format!("{}: it is of no format that is known, and not read on", path.display()));
                    follower.dismiss(file);
                }
                heard
            }
            Event::Paused { file, cursor } => {
                let heard = self.files.paused(file, &cursor, &mut self.known);
                if heard.is_some() {
                    self.watching.heard(&cursor.path, heard.as_ref(), Instant::now());
                }
                if self.files.is_read(file) {
                    self.keeping.read_to(cursor);
                }
                heard
            }
            Event::Ended { file, why } => {
                if let (watch::Why::Vanished, Some(path)) = (why, self.files.path(file))
                    && !self.files.is_succeeded(file, &path)
                {
                    self.watching.lost(&path, "it is there no longer");
                }
                self.files.ended(file, why, &mut self.known)
            }
            Event::Lost { path, why } => {
                complain(&format!("cannot follow {}: {why}", path.display()));
                self.watching.lost(&path, &why);
                None
            }
            Event::Found { path } => {
                self.watching.found(&path, Instant::now());
                None
            }
            Event::Kernel { lost } => {
                if lost > 0 {
                    complain(&format!("{lost} records of the kernel's log were overwritten before they could be read"));
                }
                self.schedule.poke(now, !self.looks.arrays().is_empty());
                None
            }
            Event::Arrays => {
                self.schedule.poke(now, !self.looks.arrays().is_empty());
                None
            }
            Event::Device { action, .. } => {
                match action.as_str() {
                    "add" | "remove" | "overflow" => self.schedule.device_changed(now),
                    _ => self.schedule.poke(now, !self.looks.arrays().is_empty()),
                }
                None
            }
            Event::Reload => {
                self.reload();
                None
            }
            Event::Stop => {
                self.stops = true;
                None
            }
        };
        self.heard(heard);
    }

    fn heard(&mut self, heard: Option<Heard>) {
        if let Some(heard) = heard {
            // What was counted and says nothing is no news.
            self.is_news |= !heard.items.is_empty();
            self.keeping.heard(heard);
            self.is_untidy = true;
        }
    }

    /// The configuration is another, and sound.
    fn reloaded(&mut self, config: Config) {
        // Nothing is swapped that could not be swapped whole.
        if let Err(why) = self.speaking.reload(&config, &self.host) {
            return complain(&format!("{why}; the configuration is as it was before"));
        }
        let kept = |config: &Config| (config.host.clone(), config.database.clone(), config.read.devices);
        if kept(&config) != kept(&self.config) {
            complain("`host`, `database` and `devices` of the new configuration take a restart");
        }
        self.schedule.reload(config.read.clone());
        if let Some(follower) = &self.follower {
            self.watching.followed_anew();
            follower.reload(config.follow.clone());
        }
        self.config = config;
        self.is_news = true;
        complain("the configuration was read anew");
    }

    /// The process that reads devices tells something.
    fn asked(&mut self, number: u32, message: &[u8]) {
        match Asked::decode(message) {
            Some(Asked::Entry(entry)) => self.looks.take(number, *entry),
            Some(Asked::Output(bytes)) => self.programs.printed(number, &bytes),
            Some(Asked::Failed(why)) if !self.programs.failed(number, why.clone()) => complain(&why),
            Some(Asked::Failed(_)) | None => {}
        }
    }

    /// It has done what it was asked.
    fn ended(&mut self, number: u32) {
        if let Some(run) = self.programs.end(number) {
            return self.printed(&run);
        }
        let Some((look, told)) = self.looks.end(number, &self.host, Utc::now().timestamp()) else { return };
        self.schedule.ended(look);
        let Some(mut told) = told else { return };
        let at = self.read_at(told.at);
        if at != told.at {
            told.is_of(at);
        }
        let (mut items, name) = (Vec::new(), Arc::from(SCAN));
        let mut ear = self.known.listen(&mut items, false);
        match look {
            Look::Arrays | Look::Glance => told.tell_glance(&name, &mut ear),
            Look::All { .. } => {
                let source = told.tell(&name, false, &mut ear);
                source.problems.iter().for_each(|problem| complain(problem));
            }
        }
        if let Look::All { .. } = look {
            self.schedule.busy(is_busy(&told));
            self.speaking.looked(told.at);
        }
        self.looks.read(told);
        self.read_says(name, items);
    }

    /// The arrays that are known were read anew.
    fn arrays_read(&mut self, arrays: Vec<Array>) {
        self.schedule.ended(Look::Arrays);
        let at = self.read_at(DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap_or_default());
        let (mut items, name) = (Vec::new(), Arc::from(SCAN));
        if let Some(told) = self.looks.last() {
            told.tell_arrays(&arrays, at, &name, &mut self.known.listen(&mut items, false));
        }
        self.looks.arrays_read(arrays);
        self.read_says(name, items);
    }

    /// As of when a reading is told.
    fn read_at(&mut self, at: DateTime<Utc>) -> DateTime<Utc> {
        let known = self.known.last(&Subject::within(Kind::Stream, &self.host, MACHINE));
        let at = capture::reading_at(at, self.read_last.max(known));
        self.read_last = Some(at);
        at
    }

    /// A reading of the machine says all of this.
    fn read_says(&mut self, name: Arc<str>, items: Vec<Item>) {
        let origin = Origin {
            name,
            format: capture::family().name(),
            host: Some(self.host.clone()),
            timezone: None,
            whole: None,
            goes_on: false,
        };
        let so_far = SoFar { records: items.len() as u64, ..SoFar::default() };
        self.heard(Some(Heard { origin, items, again: false, so_far }));
    }

    /// A configured program has ended.
    fn printed(&mut self, run: &Run) {
        if let Some(why) = &run.failed {
            complain(why);
        }
        let Some(family) = recognise(&run.printed) else {
            if run.failed.is_none() {
                complain(&format!("the output of {} is of no format that is known", run.name));
            }
            return;
        };
        let options = Options { host: Some(self.host.clone()), modified: Utc::now(), ..Options::default() };
        let name = Arc::from(format!("command:{}", run.name));
        let heard = whole_of(&name, family, &run.printed, &options, false, &mut self.known);
        self.heard(Some(heard));
    }

    /// The keeper answers.
    fn kept(&mut self, answer: Answer) {
        let taken = match answer {
            Answer::Failed(why) => return self.not_kept(why),
            Answer::Loaded { taken, told, cursors } => {
                self.wrote();
                if let Some(paths) = self.speaking.load(told) {
                    self.loaded = Some(paths);
                }
                if !std::mem::replace(&mut self.is_loaded, true) || std::mem::take(&mut self.reads_again) {
                    self.follow(cursors);
                }
                taken
            }
            Answer::Apart => {
                self.keeping.done();
                self.is_apart = true;
                return;
            }
            Answer::Kept(taken) => {
                self.wrote();
                taken
            }
            Answer::Changed(taken, withdrawn) => {
                self.keeping.done();
                self.speaking.withdrawn(&withdrawn);
                taken
            }
            Answer::Stored(stored) => {
                if let Some(Ordered::Store(changes)) = self.wrote() {
                    self.speaking.stored(&changes, &stored);
                }
                return;
            }
            Answer::Same => {
                self.keeping.done();
                return;
            }
        };
        self.is_news |= !taken.is_empty();
        let pending = self.keeping.pending();
        taken.into_iter().for_each(|taken| self.known.take(taken, &pending));
        if let Some(paths) = self.loaded.take() {
            self.watching.load(paths, &self.known.observations());
        }
    }

    /// Something was written. If that could not be done before, all that the history knows is taken up, and what was let go of is read again.
    fn wrote(&mut self) -> Option<Ordered> {
        let was_in_trouble = self.keeping.trouble().is_some();
        let ordered = self.keeping.done()?;
        if was_in_trouble {
            let shed = match self.keeping.shed() {
                0 => String::new(),
                shed => format!("; {shed} things that were said meanwhile are read again from their files"),
            };
            complain(&format!("the history can be written again{shed}"));
            self.complained = None;
        }
        let shed = self.keeping.shed() > 0 && !self.reads_again;
        if shed || was_in_trouble && !matches!(ordered, Ordered::Load) {
            self.reads_again |= shed;
            self.keeping.load(self.known.hosts());
        }
        Some(ordered)
    }

    fn not_kept(&mut self, why: String) {
        if self.complained.replace(why.clone()).as_ref() != Some(&why) {
            complain(&format!("{why}; alerts go out from memory meanwhile"));
        }
        match self.keeping.failed(why) {
            Some(Ordered::Store(changes)) => self.speaking.not_stored(changes),
            Some(Ordered::Load) => self.goes_without(),
            _ => {}
        }
        self.is_news = true;
    }

    /// What the history knows is not to be had: what happens from now on is known all the same. What it knows is taken up when it can be.
    fn goes_without(&mut self) {
        if !std::mem::replace(&mut self.is_loaded, true) {
            self.speaking.load_nothing();
            self.follow(Vec::new());
        }
    }

    /// Begins to follow, from where files were read to.
    fn follow(&mut self, cursors: Vec<watch::Cursor>) {
        // The one before stops when it is let go of.
        self.follower = None;
        self.keeping.reads_again();
        let (follow, to) = (self.config.follow.clone(), self.to_followed.clone());
        let follower = watch::files::start(follow, cursors, self.files.begin_anew(), to, files::is_whole);
        self.follower = Some(follower);
    }

    /// Does what is due.
    fn act(&mut self) {
        let now = Instant::now();
        let trouble = self.keeping.trouble();
        if trouble.is_some() {
            // Also of a history that hangs.
            self.goes_without();
        }
        self.known.has_history = trouble.is_none() && !self.is_apart;
        if !self.keeping.is_behind() {
            (0..std::mem::take(&mut self.held_back)).for_each(|_| self.gate.leave());
        }
        let hosts = self.known.hosts();
        if self.is_loaded && !hosts.is_subset(&self.hosts) {
            // A followed log is of a host that was not known: what the history has of it counts, too.
            self.hosts.extend(hosts.iter().cloned());
            self.keeping.load(hosts);
        }
        if self.is_loaded && self.quiet_at <= now {
            self.quiet_at = now + QUIET;
            if std::mem::take(&mut self.is_untidy) {
                memory::give_back();
            }
            if !std::mem::replace(&mut self.is_settled, true) {
                memory::give_back_code();
            }
            if let Some(follower) = self.follower.as_ref().filter(|_| self.forgets_at <= now) {
                self.keeping.forget(follower.present());
                self.forgets_at = now + FORGETS;
            }
            self.files.counted().into_iter().for_each(|counted| self.heard(Some(counted)));
            let heard = self.watching.say(&self.host, &self.config.follow, now, Utc::now(), &mut self.known);
            self.heard(heard);
        }
        if self.is_loaded && self.thinks_at().is_some_and(|at| at <= now) {
            self.think();
        }
        if self.is_loaded {
            // What is told to people goes before what was heard.
            self.store();
            self.speaking.send(Utc::now());
        }
        if self.leaves.is_none_or(|until| until <= Instant::now()) {
            self.begin(now);
        }
        if self.others_at + OTHERS <= now {
            self.others_at = now;
            self.keeping.look(self.known.hosts());
        }
        if let Some((pause, last)) = &mut self.watchdog
            && *last + *pause <= now
        {
            *last = now;
            notify(&[sd_notify::NotifyState::Watchdog]);
        }
    }

    /// Begins what is due and can wait for a message that leaves.
    fn begin(&mut self, now: Instant) {
        if self.is_loaded {
            if self.keeping.loads_again() {
                self.keeping.load(self.known.hosts());
            }
            self.keeping.order(|| self.known.doubtful());
        }
        while self.config.read.devices
            && let Some(look) = self.schedule.due(self.began.elapsed())
        {
            let number = match look {
                Look::Arrays => {
                    let (known, to) = (self.looks.arrays().to_vec(), self.to.clone());
                    begun(glance::start_arrays(known, move |arrays| drop(to.send(In::Arrays(arrays)))));
                    continue;
                }
                Look::Glance => self.glance(),
                Look::All { stagger } => {
                    let patience = self.config.read.patience.as_millis() as u64;
                    self.request(&Request::Look { patience, stagger })
                }
            };
            self.looks.begin(number, look);
        }
        for run in self.programs.given_up(now) {
            self.printed(&run);
        }
        for name in self.programs.due(&self.config.command, now) {
            let number = self.request(&Request::Run(name.clone()));
            self.programs.begin(number, name, now);
        }
    }

    /// Has what is told kept, before it is sent.
    fn store(&mut self) {
        if self.keeping.may_store() {
            let changes = self.speaking.changes();
            if !changes.is_empty() {
                self.keeping.store(changes);
            }
        }
    }

    /// Begins a glance, and gives its number.
    fn glance(&mut self) -> u32 {
        self.next_request = self.next_request.wrapping_add(1);
        let (number, to) = (self.next_request, self.to.clone());
        begun(glance::start(move |entries| drop(to.send(In::Glanced(number, entries)))));
        number
    }

    fn request(&mut self, request: &Request) -> u32 {
        self.next_request = self.next_request.wrapping_add(1);
        let bytes = serde_json::to_vec(request).unwrap_or_default();
        if let Err(error) = self.standing.ask(self.next_request, &bytes) {
            // It is answered here, or it would be waited for.
            let failed = Asked::Failed(format!("cannot ask the process that reads devices: {error}")).encode();
            let answers = [FromReaders::Message(self.next_request, failed), FromReaders::Done(self.next_request)];
            answers.into_iter().for_each(|answer| drop(self.to.send(In::Asked(answer))));
        }
        self.next_request
    }

    /// When it is to be thought about what all comes to.
    fn thinks_at(&self) -> Option<Instant> {
        let Some((last, took)) = self.thought else { return self.is_loaded.then_some(self.began) };
        if self.is_news {
            return Some(last + took * self.waits);
        }
        let decides = self.speaking.decides_in(Utc::now()).unwrap_or(CLOCK).max(Duration::from_secs(1));
        Some(last + CLOCK.min(decides))
    }

    /// What all that is known comes to, and what is to be said of it.
    fn think(&mut self) {
        let began = Instant::now();
        self.is_news = false;
        // A reading may be told as of the second that comes.
        let now = self.read_last.map_or(Utc::now(), |read| read.max(Utc::now()));
        let mut observations = self.known.observations();
        observations.extend(self.known.hosts().iter().map(|host| clock(host, now)));
        let observations: Vec<Observation> = once(&observations).into_iter().cloned().collect();
        let diagnosis = diagnose(&observations);
        if self.is_worse(&diagnosis) {
            self.schedule.failed(self.began.elapsed());
            self.programs.hurry(Instant::now());
        }
        if self.speaking.think(&diagnosis, &observations, now, &self.config.tell) {
            self.leaves = Some(Instant::now() + LEAVE);
        }
        self.store();
        self.speaking.plan(&diagnosis, &observations, now, &self.config.tell);
        self.tell_status(&diagnosis);
        let is_after_pause = self.thought.is_none_or(|(last, _)| last + PAUSE < began);
        self.waits = if is_after_pause { 0 } else { (self.waits * 2).clamp(1, THINKING) };
        self.thought = Some((Instant::now(), began.elapsed()));
        self.is_untidy = true;
    }

    /// Whether a case is new, or graver than it was: then all that is near is looked at, while it is fresh.
    fn is_worse(&mut self, diagnosis: &Diagnosis) -> bool {
        let lasts =
            diagnosis.cases.iter().filter(|case| matches!(case.state, CaseState::Open | CaseState::Acknowledged));
        let lasting: BTreeMap<String, Severity> = lasts.map(|case| (case.id.clone(), case.severity)).collect();
        let before = std::mem::replace(&mut self.lasting, lasting);
        // What lasted when the daemon began is looked at by its first reading.
        self.thought.is_some()
            && self.lasting.iter().any(|(id, severity)| before.get(id).is_none_or(|before| before < severity))
    }

    fn tell_status(&mut self, diagnosis: &Diagnosis) {
        let lasts = diagnosis.cases.iter().filter(|case| case.state != CaseState::Closed).count();
        let status = format!(
            "{}; {} arrays, {} drives, {lasts} cases; {} messages wait{}",
            diagnosis.verdict.code(),
            diagnosis.inventory.arrays.len(),
            diagnosis.inventory.sitting().count(),
            self.speaking.waiting(),
            self.keeping.trouble().map(|why| format!("; {why}")).unwrap_or_default()
        );
        if self.status != status {
            let first = self.status.is_empty();
            let ready = sd_notify::NotifyState::Ready;
            notify(&[sd_notify::NotifyState::Status(&status)]);
            if first {
                notify(&[ready]);
            }
            self.status = status;
        }
    }

    /// Keeps what was heard, as far as that is done soon.
    fn end(&mut self, from: &Receiver<In>) {
        notify(&[sd_notify::NotifyState::Stopping]);
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

/// Begins to hear the kernel. What cannot be heard is said, and found out by the clock.
fn kernel(to: &SyncSender<Event>) -> Vec<watch::Watcher> {
    let started = [
        ("the kernel's log", watch::kernel::start(to.clone())),
        ("that devices come and go", watch::devices::start(to.clone())),
        ("md arrays", watch::arrays::start(to.clone())),
    ];
    let heard = |(what, watcher): (&str, std::io::Result<watch::Watcher>)| {
        let why = |error| complain(&format!("cannot hear {what}: {error}; it is looked at by the clock"));
        watcher.map_err(why).ok()
    };
    started.into_iter().filter_map(heard).collect()
}

/// Whether an array rebuilds, or a drive is slow.
fn is_busy(told: &Told) -> bool {
    let rebuilds = told.said.things.iter().any(|read| match &read.reading.thing {
        crate::model::Thing::Array(array) => array.state == ArrayState::Rebuilding,
        _ => false,
    });
    rebuilds || told.readers.iter().any(|reader| reader.slowest > SLOW)
}

/// Says if a thread could not be started.
fn begun(started: std::io::Result<()>) {
    if let Err(error) = started {
        complain(&format!("cannot start a thread: {error}"));
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// Tells whoever started the daemon. That nobody listens is no trouble.
fn notify(state: &[sd_notify::NotifyState<'_>]) {
    let _ = sd_notify::notify(state);
}

/// A line to standard error: the journal has it, or whoever started the daemon.
fn complain(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "arraywatch: {}", crate::words::clean(line));
}
