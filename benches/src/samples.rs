//! Drives as they are polled: what their counters and gauges would say over the years, the same for the same seed on every
//! machine, so without floating point.
//!
//! What makes samples cost bytes is which values move and by how much, so that is what is taken after life: temperatures with a
//! swing by day and by season and noise, hours that tick, blocks written and read in bursts, wear; sectors that fail in bursts on
//! drives that are failing, pending ones that come and go, a cable that gives CRC errors, restarts. Raw values that makers pack
//! or let run wild are among them. Polls are jittered, days are missing. The sets of series are those of kinds of drives, not of
//! any maker's model.

mod course;
mod kinds;

use crate::random::Random;
use arraywatch::model::Sample;
use course::State;
use kinds::{KINDS, Kind};

/// The first day, in seconds since 1970-01-01 UTC.
pub const START: i64 = 1_380_000_000;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Seconds that a poll may be early or late.
const JITTER: i64 = 300;

/// One poll in this many does not happen.
const MISSED_ONE_IN: usize = 60;

/// A drive that is polled: its samples without end, in the order of time.
#[derive(Debug, Clone)]
pub struct Drive {
    kind: &'static Kind,
    state: State,
    random: Random,
    /// When it was to be polled last, but for the jitter.
    due: i64,
    every: i64,
}

impl Drive {
    /// The drive of a number, which is polled each `every` seconds.
    pub fn new(seed: u64, number: i64, every: i64) -> Self {
        let mut random = Random::new(Random::new(seed).number() ^ number.cast_unsigned());
        let kind = random.one_of(&KINDS);
        let state = State::new(&mut random);
        let due = START + random.below(usize::try_from(every).unwrap_or(1)).cast_signed() as i64;
        Self { kind, state, random, due, every }
    }

    /// How many attributes, fields or parameters a sample has. An ATA attribute counts as one, though it has four values.
    pub fn attributes(&self) -> usize {
        self.kind.attributes()
    }
}

impl Iterator for Drive {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        loop {
            self.due += self.every;
            let missed = self.random.below(MISSED_ONE_IN) == 0;
            let jitter = self.random.below(JITTER as usize).cast_signed() as i64;
            let at = self.due + jitter.min(self.every / 2);
            self.state.advance(at, &mut self.random);
            if !missed {
                return Some(Sample::new(at, self.kind.values(&self.state, &mut self.random)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_seed_and_a_number_name_a_drive() {
        let year = |seed, number| Drive::new(seed, number, DAY).take(365).collect::<Vec<_>>();
        assert_eq!(year(1, 1), year(1, 1));
        assert_ne!(year(1, 1), year(2, 1));
        assert_ne!(year(1, 1), year(1, 2));
    }

    #[test]
    fn drives_have_some_twenty_attributes() {
        let all: Vec<_> = (0..1_000).map(|number| Drive::new(1, number, DAY).attributes()).collect();
        let mean = all.iter().sum::<usize>() / all.len();
        assert!((18..=24).contains(&mean), "{mean}");
    }

    #[test]
    fn time_goes_on_and_days_are_missing() {
        for every in [DAY, 3_600] {
            let times: Vec<_> = Drive::new(1, 1, every).take(1_000).map(|sample| sample.at).collect();
            let gaps: BTreeSet<_> = times.windows(2).map(|pair| (pair[1] - pair[0] + every / 2) / every).collect();
            assert!(gaps.iter().all(|gap| (1..=4).contains(gap)) && gaps.contains(&1) && gaps.contains(&2), "{gaps:?}");
        }
    }
}
