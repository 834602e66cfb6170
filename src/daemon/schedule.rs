//! When the machine is read. Pure: time is given, as so long since the daemon began.
//!
//! * **All of it** each so often; denser for a while after something failed, since failures come in bursts; less often while an array
//!   rebuilds or a drive answers slowly. At once when a member has failed: what shares its line, its bay and its controller is looked at
//!   while the evidence is fresh.
//! * **The arrays** that are known, whenever the kernel says something: a few files, and all that the first message needs.
//! * **A glance** (the list of devices, md, the kernel's log: files of the kernel's, no command to a device) a moment after that, or at
//!   once where there are no arrays.
//!
//! What is read at one second is one reading, so after three of them the next waits for the next second.

use crate::config::Read;
use std::time::Duration;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The md arrays that are known.
    Arrays,
    /// What the kernel knows of itself.
    Glance,
    /// Every device; the starts of the readers so far apart.
    All {
        /// In milliseconds.
        stagger: u64,
    },
}

/// How far apart readers are started when nobody waits for them.
const STAGGER: Duration = Duration::from_millis(200);

/// Devices that come and go do so several at once; they are read when that is over.
const SETTLE: Duration = Duration::from_secs(2);

/// The arrays are looked at, and what they say is thought about, before all else: on a machine that is busy, the two would be in each
/// other's way.
const FIRST: Duration = Duration::from_millis(100);

/// Looks at what the kernel knows are so far apart, but for the first three.
const APART: Duration = Duration::from_secs(1);

/// A look that has not come to its end after so many times the patience never will: another is started.
const GIVEN_UP: u32 = 6;

/// When what is looked at.
#[derive(Debug)]
pub(super) struct Schedule {
    read: Read,
    all: Turn,
    arrays: Turn,
    glance: Turn,
    /// When the last looks at what the kernel knows began.
    recent: [Option<Duration>; 3],
    /// Until then it is read densely.
    dense_until: Duration,
    /// Whether an array rebuilds or a drive is slow.
    is_busy: bool,
}

/// One kind of look.
#[derive(Debug, Default)]
struct Turn {
    /// Since when one is running.
    since: Option<Duration>,
    /// When the last one began.
    began: Option<Duration>,
    /// When one is wanted besides, if so.
    wanted: Option<Duration>,
    /// Whether somebody waits for it.
    at_once: bool,
}

impl Schedule {
    pub(super) fn new(read: Read) -> Self {
        let wanted = |at_once| Turn { wanted: Some(Duration::ZERO), at_once, ..Turn::default() };
        let (arrays, glance) = (Turn::default(), Turn::default());
        Self { read, all: wanted(true), arrays, glance, recent: [None; 3], dense_until: Duration::ZERO, is_busy: false }
    }

    /// The configuration is another.
    pub(super) fn reload(&mut self, read: Read) {
        self.read = read;
    }

    /// The kernel said something, and has arrays or not.
    pub(super) fn poke(&mut self, now: Duration, has_arrays: bool) {
        if has_arrays {
            self.arrays.want(now);
            self.glance.want(now + FIRST);
        } else {
            self.glance.want(now);
        }
    }

    /// A device came or went.
    pub(super) fn device_changed(&mut self, now: Duration) {
        self.glance.want(now);
        self.all.want(now + SETTLE);
    }

    /// The machine has just been started, and will be up in so long: then all is looked at.
    pub(super) fn started(&mut self, now: Duration, up_in: Duration) {
        self.all.want(now + up_in);
    }

    /// Something failed, or got worse. All is looked at.
    pub(super) fn failed(&mut self, now: Duration) {
        self.dense_until = now + self.read.after_failure_for;
        self.all.want(now);
        self.all.at_once = true;
    }

    /// Whether an array rebuilds or a drive is slow.
    pub(super) const fn busy(&mut self, is_busy: bool) {
        self.is_busy = is_busy;
    }

    /// A look has ended.
    pub(super) const fn ended(&mut self, look: Look) {
        match look {
            Look::Arrays => self.arrays.since = None,
            Look::Glance => self.glance.since = None,
            Look::All { .. } => self.all.since = None,
        }
    }

    /// How long from one reading of all to the next, as things are.
    pub(super) fn period(&self, now: Duration) -> Duration {
        match (now < self.dense_until, self.is_busy) {
            (true, false) => self.read.every_after_failure.min(self.read.every),
            (true, true) => self.read.every,
            (false, true) => self.read.every_while_busy.max(self.read.every),
            (false, false) => self.read.every,
        }
    }

    /// What is to be looked at now; it counts as begun.
    pub(super) fn due(&mut self, now: Duration) -> Option<Look> {
        self.give_up(now);
        if self.all_at(now).is_some_and(|at| at <= now) {
            let stagger = if std::mem::take(&mut self.all.at_once) { Duration::from_millis(2) } else { STAGGER };
            self.all.begin(now);
            return Some(Look::All { stagger: stagger.as_millis() as u64 });
        }
        let is_due = |turn: &Turn| self.soon(turn).is_some_and(|at| at <= now);
        let look = if is_due(&self.arrays) {
            self.arrays.begin(now);
            Look::Arrays
        } else if self.arrays.since.is_none_or(|since| now > since + APART) && is_due(&self.glance) {
            self.glance.begin(now);
            Look::Glance
        } else {
            return None;
        };
        self.recent = [self.recent[1], self.recent[2], Some(now)];
        Some(look)
    }

    /// When something may be due next.
    pub(super) fn next(&self, now: Duration) -> Duration {
        // It waits for the arrays, but not for those that hang.
        let arrays = self.arrays.since.map(|since| since + APART + Duration::from_millis(1));
        let glance = self.soon(&self.glance).map(|at| arrays.map_or(at, |arrays| at.max(arrays)));
        let at = [self.all_at(now), self.soon(&self.arrays), glance];
        at.into_iter().flatten().min().unwrap_or(now + self.read.every)
    }

    fn all_at(&self, now: Duration) -> Option<Duration> {
        if self.all.since.is_some() {
            return None;
        }
        let by_rule = self.all.began.map_or(Duration::ZERO, |began| began + self.period(now));
        // Even what is wanted at once does not follow upon itself: a drive that fails each second is no reason to ask all others each second.
        let apart = self
            .all
            .began
            .map_or(Duration::ZERO, |began| began + self.read.every_after_failure.min(self.read.every) / 3);
        Some(match self.all.wanted {
            // Somebody waits for it, and knows when it is best: the rule may have been due for long.
            Some(wanted) if self.all.at_once => wanted.max(apart),
            Some(wanted) => wanted.max(apart).min(by_rule),
            None => by_rule,
        })
    }

    /// When a look at what the kernel knows is due.
    fn soon(&self, turn: &Turn) -> Option<Duration> {
        let wanted = turn.wanted.filter(|_| turn.since.is_none())?;
        Some(wanted.max(self.recent[0].map_or(Duration::ZERO, |recent| recent + APART)))
    }

    fn give_up(&mut self, now: Duration) {
        let limit = self.read.patience * GIVEN_UP + Duration::from_secs(10);
        for turn in [&mut self.all, &mut self.arrays, &mut self.glance] {
            if turn.since.is_some_and(|since| now > since + limit) {
                turn.since = None;
            }
        }
    }
}

impl Turn {
    fn want(&mut self, at: Duration) {
        self.wanted = Some(self.wanted.map_or(at, |wanted| wanted.min(at)));
    }

    const fn begin(&mut self, now: Duration) {
        (self.since, self.began, self.wanted) = (Some(now), Some(now), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens, at which second.
    #[derive(Clone, Copy)]
    enum Do {
        Poke,
        /// The same on a machine with arrays.
        Array,
        Device,
        Failed,
        Busy,
        /// It was read that the machine will be up in 150 s.
        Starts,
    }

    /// The looks of so many seconds, each of which takes `takes` ms: a letter and its time in tenths of a second.
    fn check(until: u64, takes: u64, happens: &[(u64, Do)], expect: &str) {
        let read = Read {
            devices: true,
            every: Duration::from_secs(300),
            every_after_failure: Duration::from_secs(30),
            after_failure_for: Duration::from_secs(120),
            every_while_busy: Duration::from_secs(900),
            patience: Duration::from_secs(10),
        };
        let mut schedule = Schedule::new(read);
        let mut running: Vec<(u64, Look)> = Vec::new();
        let mut looks = Vec::new();
        for tick in 0..until * 10 {
            let now = Duration::from_millis(tick * 100);
            for (_, what) in happens.iter().filter(|(at, _)| *at * 10 == tick) {
                match what {
                    Do::Poke => schedule.poke(now, false),
                    Do::Array => schedule.poke(now, true),
                    Do::Device => schedule.device_changed(now),
                    Do::Failed => schedule.failed(now),
                    Do::Busy => schedule.busy(true),
                    Do::Starts => schedule.started(now, Duration::from_secs(150)),
                }
            }
            running.retain(|(ends, look)| {
                let over = *ends <= tick * 100;
                if over {
                    schedule.ended(*look);
                }
                !over
            });
            while let Some(look) = schedule.due(now) {
                running.push((tick * 100 + takes, look));
                let name = match look {
                    Look::Arrays => "r",
                    Look::Glance => "g",
                    Look::All { stagger: 2 } => "A",
                    Look::All { .. } => "a",
                };
                looks.push(format!("{name}{tick}"));
            }
        }
        assert_eq!(looks.join(" "), expect);
    }

    #[test]
    fn all_is_read_by_the_clock() {
        check(700, 500, &[], "A0 a3000 a6000");
    }

    #[test]
    fn a_machine_that_starts_is_looked_at_when_it_is_up() {
        check(320, 500, &[(5, Do::Starts)], "A0 a1550");
    }

    #[test]
    fn the_kernel_is_heard_at_once() {
        check(20, 100, &[(5, Do::Poke)], "A0 g50");
        check(20, 100, &[(5, Do::Poke), (6, Do::Poke), (7, Do::Poke)], "A0 g50 g60 g70");
    }

    #[test]
    fn arrays_are_looked_at_before_all_else() {
        check(20, 100, &[(5, Do::Array)], "A0 r50 g51");
        // What comes while one is under way is looked at behind it; a fourth waits until a second is over since the first.
        check(20, 100, &[(5, Do::Array), (5, Do::Array), (6, Do::Array)], "A0 r50 g51 r60 g61");
        check(8, 300, &[(5, Do::Array), (5, Do::Array)], "A0 r50 g53");
        check(20, 100, &[(15, Do::Device)], "A0 g150 a170");
        // An array that hangs does not hold the glance up for long, though it may hang itself.
        check(20, 10_000_000, &[(5, Do::Array)], "A0 r50 g61");
    }

    #[test]
    fn a_device_that_comes_is_read_when_things_have_settled() {
        check(60, 100, &[(30, Do::Device)], "A0 g300 a320");
    }

    #[test]
    fn a_failure_is_looked_at_at_once_and_then_densely() {
        check(460, 500, &[(50, Do::Failed)], "A0 A500 a800 a1100 a1400 a4400");
    }

    #[test]
    fn failures_in_a_burst_do_not_pile_up() {
        let burst: Vec<(u64, Do)> = (50..60).map(|at| (at, Do::Failed)).collect();
        check(75, 500, &burst, "A0 A500 A600");
    }

    #[test]
    fn a_machine_that_rebuilds_is_left_alone() {
        check(1_500, 500, &[(10, Do::Busy)], "A0 a9000");
    }

    #[test]
    fn a_look_that_never_ends_is_given_up() {
        check(400, 10_000_000, &[], "A0 a3000");
    }
}
