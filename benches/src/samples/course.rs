//! What happens to a drive from one poll to the next.

use super::{DAY, START};
use crate::random::Random;

/// Hundredths of a degree that a temperature swings from its mean by season, by day, and without a reason.
const SEASON: i64 = 500;
const HOURS_OF_DAY: i64 = 250;
const NOISE: i64 = 120;

/// Logical blocks that a usual day writes at most.
const DAILY: u64 = 100_000_000;

/// A drive as it is.
#[derive(Debug, Clone)]
pub(super) struct State {
    at: i64,
    /// Hundredths of a degree Celsius.
    mean: i64,
    /// Degrees Celsius now, and the least and most since it was switched on.
    pub(super) celsius: u64,
    pub(super) coldest: u64,
    pub(super) hottest: u64,
    /// The most ever.
    pub(super) hottest_ever: u64,
    /// Seconds under power.
    pub(super) powered: u64,
    pub(super) cycles: u64,
    pub(super) unsafe_stops: u64,
    pub(super) head_loads: u64,
    pub(super) written: u64,
    pub(super) read: u64,
    pub(super) commands_written: u64,
    pub(super) commands_read: u64,
    pub(super) reallocated: u64,
    pub(super) pending: u64,
    pub(super) uncorrectable: u64,
    pub(super) crc: u64,
    pub(super) link_errors: u64,
    pub(super) corrected: u64,
    /// Blocks that it may write before it is worn out.
    endurance: u64,
    /// Hundredths of a usual day's work.
    load: u64,
    failing: bool,
    bad_cable: bool,
    burst: bool,
}

impl State {
    pub(super) fn new(random: &mut Random) -> Self {
        let age = amount(random, 5 * 365 * 86_400);
        let load = 1 + amount(random, 100);
        let worked = age / 86_400 * DAILY / 200 * load;
        let mean = 2_800 + signed(amount(random, 1_400));
        Self {
            at: START,
            mean,
            celsius: mean.cast_unsigned() / 100,
            coldest: mean.cast_unsigned() / 100,
            hottest: mean.cast_unsigned() / 100,
            hottest_ever: mean.cast_unsigned() / 100 + 10,
            powered: age,
            cycles: 1 + amount(random, 60),
            unsafe_stops: amount(random, 20),
            head_loads: amount(random, 20_000),
            written: worked,
            read: worked * 3,
            commands_written: worked / 40,
            commands_read: worked / 12,
            reallocated: if random.below(10) == 0 { amount(random, 40) } else { 0 },
            pending: 0,
            uncorrectable: 0,
            crc: if random.below(20) == 0 { amount(random, 30) } else { 0 },
            link_errors: amount(random, 50),
            corrected: amount(random, 1_000_000_000),
            endurance: 2 * 365 * 5 * DAILY,
            load,
            failing: random.below(33) == 0,
            bad_cable: random.below(100) == 0,
            burst: false,
        }
    }

    /// Lets time pass until `at`.
    pub(super) fn advance(&mut self, at: i64, random: &mut Random) {
        let seconds = (at - self.at).max(0).cast_unsigned();
        self.at = at;
        self.powered += seconds;
        self.work(seconds, random);
        self.fail(seconds, random);
        self.heat(random);
        if happens(random, seconds, 120) {
            self.cycles += 1;
            self.unsafe_stops += amount(random, 2);
            (self.coldest, self.hottest) = (self.celsius, self.celsius);
        }
        self.head_loads += amount(random, 1 + seconds / 8_000);
    }

    fn work(&mut self, seconds: u64, random: &mut Random) {
        // A burst begins once a fortnight and lasts two days.
        let turns = if self.burst { happens(random, seconds, 2) } else { happens(random, seconds, 14) };
        self.burst ^= turns;
        let most = DAILY / 100 * self.load * if self.burst { 8 } else { 1 };
        let most = most / 86_400 * seconds;
        let (written, read) = (most / 2 + amount(random, most / 2), most + amount(random, 2 * most));
        self.written += written;
        self.read += read;
        self.commands_written += written / (30 + amount(random, 20));
        self.commands_read += read / (10 + amount(random, 5));
        self.corrected += read / (90 + amount(random, 20));
    }

    fn fail(&mut self, seconds: u64, random: &mut Random) {
        if self.failing && happens(random, seconds, 10) {
            self.pending += 1 + amount(random, 24);
            self.uncorrectable += amount(random, 4);
        }
        if self.pending > 0 && happens(random, seconds, 3) {
            // Some of them can be written again.
            let settled = 1 + amount(random, self.pending);
            self.pending -= settled;
            self.reallocated += amount(random, settled + 1);
        }
        if self.bad_cable && happens(random, seconds, 2) {
            self.crc += 1 + amount(random, 40);
        }
        if happens(random, seconds, 40) {
            self.link_errors += 1 + amount(random, 3);
        }
    }

    fn heat(&mut self, random: &mut Random) {
        let noise = signed(amount(random, 2 * NOISE.cast_unsigned())) - NOISE;
        let load = if self.burst { 200 } else { 0 };
        let swing = triangle(self.at, 365 * DAY, SEASON) + triangle(self.at, DAY, HOURS_OF_DAY);
        self.celsius = (self.mean + swing + noise + load).max(0).cast_unsigned() / 100;
        self.coldest = self.coldest.min(self.celsius);
        self.hottest = self.hottest.max(self.celsius);
        self.hottest_ever = self.hottest_ever.max(self.celsius);
    }

    pub(super) fn hours(&self) -> u64 {
        self.powered / 3_600
    }

    /// Per cent of the endurance that is used.
    pub(super) fn worn(&self) -> u64 {
        self.written / (self.endurance / 100)
    }

    /// Mean erase cycles of a block of flash.
    pub(super) fn erases(&self) -> u64 {
        self.written / (DAILY * 4)
    }
}

/// A number below `end`; 0 if that is 0.
pub(super) fn amount(random: &mut Random, end: u64) -> u64 {
    random.number() % end.max(1)
}

/// Whether what happens once in so many days happened in these seconds.
fn happens(random: &mut Random, seconds: u64, days: u64) -> bool {
    amount(random, days * 86_400) < seconds
}

/// A wave of straight lines between plus and minus `height`.
fn triangle(at: i64, period: i64, height: i64) -> i64 {
    let phase = at.rem_euclid(period);
    let up = if phase < period / 2 { phase } else { period - phase };
    4 * height * up / period - height
}

fn signed(number: u64) -> i64 {
    number.cast_signed()
}
