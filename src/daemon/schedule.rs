//! When the machine is read. Pure: time is given, as so long since the daemon began.
//!
//! * **All of it** each so often; denser for a while after something failed, since failures come in bursts; less often while an array
//!   rebuilds or a drive answers slowly. At once when a member has failed: what shares its line, its bay and its controller is looked at
//!   while the evidence is fresh.
//! * **A glance** (the list of devices, md, the kernel's log: files of the kernel's, no command to a device) whenever the kernel says
//!   something. What is read at one second is one reading, so after two of them the next waits for the next second.

use crate::config::Read;
use std::time::Duration;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
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

/// The first message leaves before all is looked at: on a machine that is busy, the two would be in each other's way.
const LEAVE: Duration = Duration::from_secs(1);

/// Glances are so far apart, but for the first two.
const APART: Duration = Duration::from_secs(1);

/// A look that has not come to its end after so many times the patience never will: another is started.
const GIVEN_UP: u32 = 6;

/// When what is looked at.
#[derive(Debug)]
pub(super) struct Schedule {
    read: Read,
    all: Turn,
    glance: Turn,
    /// Glances so far within `APART`.
    recent: [Option<Duration>; 2],
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
        let (all, glance) = (wanted(true), Turn::default());
        Self { read, all, glance, recent: [None; 2], dense_until: Duration::ZERO, is_busy: false }
    }

    /// The configuration is another.
    pub(super) fn reload(&mut self, read: Read) {
        self.read = read;
    }

    /// The kernel said something.
    pub(super) fn poke(&mut self, now: Duration) {
        self.glance.want(now);
    }

    /// A device came or went.
    pub(super) fn device_changed(&mut self, now: Duration) {
        self.poke(now);
        self.all.want(now + SETTLE);
    }

    /// Something failed, or got worse. All is looked at as soon as the message of it may have left.
    pub(super) fn failed(&mut self, now: Duration) {
        self.dense_until = now + self.read.after_failure_for;
        self.all.want(now + LEAVE);
        self.all.at_once = true;
    }

    /// Whether an array rebuilds or a drive is slow.
    pub(super) const fn busy(&mut self, is_busy: bool) {
        self.is_busy = is_busy;
    }

    /// A look has ended.
    pub(super) const fn ended(&mut self, look: Look) {
        match look {
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
        if self.glance_at().is_some_and(|at| at <= now) {
            self.glance.begin(now);
            self.recent = [self.recent[1], Some(now)];
            return Some(Look::Glance);
        }
        None
    }

    /// When something may be due next.
    pub(super) fn next(&self, now: Duration) -> Duration {
        [self.all_at(now), self.glance_at()].into_iter().flatten().min().unwrap_or(now + self.read.every)
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

    fn glance_at(&self) -> Option<Duration> {
        let wanted = self.glance.wanted.filter(|_| self.glance.since.is_none())?;
        Some(wanted.max(self.recent[0].map_or(Duration::ZERO, |recent| recent + APART)))
    }

    fn give_up(&mut self, now: Duration) {
        let limit = self.read.patience * GIVEN_UP + Duration::from_secs(10);
        for turn in [&mut self.all, &mut self.glance] {
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
        Device,
        Failed,
        Busy,
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
                    Do::Poke => schedule.poke(now),
                    Do::Device => schedule.device_changed(now),
                    Do::Failed => schedule.failed(now),
                    Do::Busy => schedule.busy(true),
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
    fn the_kernel_is_heard_at_once() {
        check(20, 100, &[(5, Do::Poke)], "A0 g50");
        // A second one follows at once, a third not before a second is over.
        check(20, 100, &[(5, Do::Poke), (6, Do::Poke), (7, Do::Poke)], "A0 g50 g60 g70");
    }

    #[test]
    fn a_device_that_comes_is_read_when_things_have_settled() {
        check(60, 100, &[(30, Do::Device)], "A0 g300 a320");
    }

    #[test]
    fn a_failure_is_looked_at_at_once_and_then_densely() {
        check(460, 500, &[(50, Do::Failed)], "A0 A510 a810 a1110 a1410 a4410");
    }

    #[test]
    fn failures_in_a_burst_do_not_pile_up() {
        let burst: Vec<(u64, Do)> = (50..60).map(|at| (at, Do::Failed)).collect();
        check(75, 500, &burst, "A0 A510 A610");
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
