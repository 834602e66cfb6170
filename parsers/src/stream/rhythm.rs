//! Reports that come by a steady rhythm, and those that are missing.
//!
//! A report is one or more records of one key close together: a controller's daily list of its drives. The rhythm is learned
//! from the log: the shortest interval of which all others are multiples. It drifts (a timer that starts anew when the last
//! report is done runs some seconds late each day), so the phase is always that of the last report.

use super::order::duration;
use super::span::{Anomaly, AnomalyKind};
use crate::time::Resolved;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::ops::Range;

/// Records of one key within this time are one report.
const BURST: TimeDelta = TimeDelta::seconds(60);

/// How far an interval may be from a multiple of the period, as a part of the period: 29 minutes of a day. Wider than any drift
/// of a timer, narrower than the hour by which a clock change moves a report.
const TOLERANCE_DIVISOR: i32 = 50;

/// A report is missing when this part of a period more than one has passed: half.
const LATE_DIVISOR: i32 = 2;

/// Intervals remembered while no rhythm is known.
const REMEMBERED: usize = 16;

/// Different reports watched at once.
const KEYS_MAX: usize = 64;

/// A report that came by a steady rhythm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// The report's key, as [`super::Record::report`] gave it.
    pub report: u32,
    /// The time from one report to the next.
    pub period: TimeDelta,
    /// When the last report was written.
    pub last: Resolved,
    /// How many reports were read.
    pub reports: u64,
    /// Offset of the input where the last report ended.
    pub end: u64,
}

#[derive(Debug)]
struct Interval {
    from: Resolved,
    to: DateTime<Utc>,
    place: Range<u64>,
}

#[derive(Debug)]
struct State {
    /// The first record of the last report.
    report: Resolved,
    /// The last record.
    record: DateTime<Utc>,
    reports: u64,
    end: u64,
    intervals: Vec<Interval>,
    period: Option<TimeDelta>,
}

#[derive(Debug, Default)]
pub(super) struct Rhythms(BTreeMap<u32, State>);

impl Rhythms {
    /// Takes a record of a report; the gaps that it shows come back.
    pub(super) fn see(&mut self, key: u32, resolved: Resolved, span: &Range<u64>) -> Vec<Anomaly> {
        let at = resolved.utc;
        let Some(state) = self.0.get_mut(&key) else {
            if self.0.len() < KEYS_MAX {
                let (report, record, end) = (resolved, at, span.end);
                self.0.insert(key, State { report, record, reports: 1, end, intervals: Vec::new(), period: None });
            }
            return Vec::new();
        };
        let gaps = if (at - state.record).abs() <= BURST {
            Vec::new()
        } else {
            let interval = Interval { from: state.report, to: at, place: state.end..span.start };
            state.report = resolved;
            state.reports += 1;
            if interval.to > interval.from.utc { state.take(interval) } else { Vec::new() }
        };
        state.record = at;
        state.end = span.end;
        gaps
    }

    pub(super) fn so_far(&self) -> Vec<Rhythm> {
        let steady = self.0.iter().filter_map(|(report, state)| {
            let period = state.period?;
            Some(Rhythm { report: *report, period, last: state.report, reports: state.reports, end: state.end })
        });
        steady.collect()
    }
}

impl State {
    fn take(&mut self, interval: Interval) -> Vec<Anomaly> {
        match self.period {
            Some(period) => {
                let length = interval.to - interval.from.utc;
                if multiple(length, period) == Some(1) {
                    // Follows the drift without being thrown by one late report.
                    self.period = Some(period + (length - period) / 8);
                }
                interval.gap(period).into_iter().collect()
            }
            None => {
                self.intervals.push(interval);
                let Some(period) = steady(&self.intervals) else {
                    if self.intervals.len() > REMEMBERED {
                        self.intervals.remove(0);
                    }
                    return Vec::new();
                };
                self.period = Some(period);
                std::mem::take(&mut self.intervals).iter().filter_map(|interval| interval.gap(period)).collect()
            }
        }
    }
}

impl Interval {
    fn gap(&self, period: TimeDelta) -> Option<Anomaly> {
        let length = self.to - self.from.utc;
        if length < period + period / LATE_DIVISOR {
            return None;
        }
        let periods = length.num_seconds().checked_div(period.num_seconds())?;
        let rest = length - TimeDelta::seconds(periods.checked_mul(period.num_seconds())?);
        let missing = if rest < period / LATE_DIVISOR { periods - 1 } else { periods };
        let reports = if missing == 1 { "1 report is".to_owned() } else { format!("{missing} reports are") };
        Some(Anomaly {
            kind: AnomalyKind::Gap,
            at: Resolved { utc: self.from.utc + period, ..self.from },
            written: None,
            until: Some(self.to),
            detail: format!("{reports} missing: written every {} before", duration(period)),
            start: self.place.start,
            end: self.place.end,
        })
    }
}

/// The period of which all intervals are multiples, if two or more say so.
fn steady(intervals: &[Interval]) -> Option<TimeDelta> {
    let lengths: Vec<TimeDelta> = intervals.iter().map(|interval| interval.to - interval.from.utc).collect();
    let shortest = *lengths.iter().min()?;
    let fits = |length: &TimeDelta| multiple(*length, shortest).is_some();
    (lengths.len() >= 2 && shortest > BURST && lengths.iter().all(fits)).then_some(shortest)
}

/// How many periods an interval is, if it is a whole number of them.
fn multiple(length: TimeDelta, period: TimeDelta) -> Option<i64> {
    let (length, period, tolerance) =
        (length.num_seconds(), period.num_seconds(), (period / TOLERANCE_DIVISOR).num_seconds());
    let count = (length + period / 2).checked_div(period)?;
    (count > 0 && (length - count.checked_mul(period)?).abs() <= tolerance).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Basis;

    const DAY: i64 = 86_400;

    /// Seconds at which a report of one record is written; what the log shows, a gap by its end and its place in the input.
    fn check(seconds: &[i64], expect: &str) {
        let mut rhythms = Rhythms::default();
        let mut got = String::new();
        for (index, second) in (0_u64..).zip(seconds) {
            let utc = DateTime::from_timestamp(*second, 0).unwrap_or_default();
            let at = Resolved { utc, basis: Basis::Stated };
            for gap in rhythms.see(7, at, &(index * 10..index * 10 + 9)) {
                let due = (gap.at.utc.timestamp(), gap.until.unwrap_or_default().timestamp());
                got += &format!("due {}, came {}, {}..{}: {}; ", due.0, due.1, gap.start, gap.end, gap.detail);
            }
        }
        for rhythm in rhythms.so_far() {
            got += &format!("every {} s", rhythm.period.num_seconds());
        }
        assert_eq!(got, expect, "{seconds:?}");
    }

    #[test]
    fn rhythms() {
        check(&[], "");
        check(&[0, DAY], "");
        check(&[0, DAY, 2 * DAY], "every 86400 s");
        // The published log: 8:38:31, 8:38:34 on the next day, 8:39:13 after 24 more.
        check(
            &[0, DAY + 3, 25 * DAY + 42],
            "due 172806, came 2160042, 19..20: 23 reports are missing: written every 1 d before; every 86403 s",
        );
        check(
            &[0, 2 * DAY, 3 * DAY],
            "due 86400, came 172800, 9..10: 1 report is missing: written every 1 d before; every 86400 s",
        );
        check(
            &[0, DAY, 2 * DAY, 4 * DAY, 5 * DAY],
            "due 259200, came 345600, 29..30: 1 report is missing: written every 1 d before; every 86400 s",
        );
        // A clock change moves a report by an hour; a report at start-up stands beside the rhythm.
        check(&[0, DAY, 2 * DAY, 3 * DAY + 3600, 4 * DAY + 3600], "every 86400 s");
        check(&[0, DAY, 2 * DAY, 2 * DAY + 18_000, 3 * DAY], "every 86400 s");
        check(&[0, 1000, 180_500, 210_300], "");
        // A clock that was set back.
        check(&[0, DAY, 2 * DAY, DAY, 2 * DAY], "every 86400 s");
    }
}
