//! How long a drive's flash will last, by what was read of it before: wear is told in whole percent, so what counts is how long each
//! percent took.

use super::reason::says;
use crate::model::{Ailment, Reason, Severity};

/// A reason by the percentage that is used of the life that the maker promises; from 90 on it is told, from 100 on it is to be
/// looked at. 255 is 255 or more.
pub(in crate::observe) fn used_up(key: &str, used: u64, source: &str) -> Option<Reason> {
    let severity = match used {
        100.. => Severity::Warning,
        90.. => Severity::Info,
        _ => return None,
    };
    let text = format!("{used} % of the life that its maker promises is used ({source})");
    Some(Reason { level: Some(used), ..says(Ailment::Worn, key, severity, text) })
}

/// Days until all of the rated life is used, counted from the last sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaysLeft {
    /// At the earliest (one in forty comes before).
    pub low: u64,
    /// Most likely.
    pub likely: u64,
    /// At the latest (one in forty comes after).
    pub high: u64,
}

const DAY: f64 = 86_400.0;

/// When the life of a drive will be used up, from samples of its percentage used: seconds since 1970-01-01 UTC, and percent
/// (NVMe and ATA device statistics: 100 is all that the maker promises; drives go on beyond).
///
/// The percentages are taken for a walk with a steady drift: each percent took some time, and the percents to come take as long
/// on average, with the same scatter. The interval is what Student's distribution gives for so few of them. `None` unless three
/// percents were seen to begin, which makes two that were seen whole, or if the clock went backwards. What was before a fall
/// (another drive, another firmware, a secure erase of some) does not count.
pub fn days_left(samples: &[(i64, u64)]) -> Option<DaysLeft> {
    let begin =
        samples.windows(2).rposition(|pair| pair.first().map(|(_, used)| used) > pair.last().map(|(_, used)| used));
    let samples = samples.get(begin.map_or(0, |begin| begin + 1)..)?;
    let (now, used) = *samples.last()?;
    if used >= 100 {
        return Some(DaysLeft { low: 0, likely: 0, high: 0 });
    }
    let rises = rises(samples);
    // How long so many percent took.
    let took: Vec<(f64, f64)> = rises
        .windows(2)
        .filter_map(|pair| {
            let [(from, before, _), (to, after, _)] = pair else { return None };
            Some(((to - from) / DAY, after - before))
        })
        .collect();
    let count = took.len();
    let (days, percents) = took.iter().fold((0.0, 0.0), |(days, percents), (d, p)| (days + d, percents + p));
    if count < 2 || days <= 0.0 || took.iter().any(|(days, _)| *days < 0.0) {
        return None;
    }
    let (last, ..) = *rises.last()?;
    let running = (now as f64 - last) / DAY;
    // The percent that runs has lasted for so long at least: where that is more than the others took, it counts.
    let mean = (days / percents).max((days + running) / (percents + 1.0));
    let scatter: f64 = took.iter().map(|(days, percents)| (days - mean * percents).powi(2) / percents).sum();
    // A rise was somewhere between two samples, evenly: its time is known to a twelfth of their distance, squared. That blurs the
    // first and the last rise, not each percent: what one gains, the next loses.
    let grain: f64 = rises.iter().map(|(_, _, gap)| (gap / DAY).powi(2) / 12.0).sum::<f64>() / rises.len() as f64;
    let left = 100.0 - used as f64;
    let walk = scatter / (count - 1) as f64 * (left + left * left / percents);
    let blur = grain * (1.0 + 2.0 * (left / percents).powi(2));
    let spread = student(count - 1) * (walk + blur).sqrt();
    let likely = left * mean - running;
    let whole = |days: f64| days.max(0.0).round() as u64;
    Some(DaysLeft { low: whole(likely - spread), likely: whole(likely), high: whole(likely + spread) })
}

/// When a percentage was reached first, which, and how long before that the last sample was.
fn rises(samples: &[(i64, u64)]) -> Vec<(f64, f64, f64)> {
    samples
        .windows(2)
        .filter_map(|pair| {
            let [(from, before), (to, after)] = pair else { return None };
            let gap = *to as f64 - *from as f64;
            // In the middle between the samples.
            (after > before).then(|| (*to as f64 - gap / 2.0, *after as f64, gap))
        })
        .collect()
}

/// The 97.5th percentile of Student's distribution, by degrees of freedom; from 30 on, of the normal one, nearly.
fn student(freedom: usize) -> f64 {
    const TABLE: [f64; 12] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179];
    match freedom {
        0 => f64::INFINITY,
        13..=29 => 2.16,
        30.. => 2.04,
        few => TABLE.get(few - 1).copied().unwrap_or(2.16),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample a day from the day on that it is.
    fn daily(percents: impl IntoIterator<Item = u64>) -> Vec<(i64, u64)> {
        (0..).map(|day| 1_790_000_000 + day * 86_400).zip(percents).collect()
    }

    fn check(percents: impl IntoIterator<Item = u64>, expect: Option<(u64, u64, u64)>) {
        let got = days_left(&daily(percents)).map(|left| (left.low, left.likely, left.high));
        assert_eq!(got, expect);
    }

    #[test]
    fn what_does_not_move_has_no_end() {
        check([], None);
        check([3], None);
        check([3; 1000], None);
        check([3, 3, 4, 4, 4, 4], None);
        check([3, 4, 4, 5], None);
    }

    #[test]
    fn what_is_used_up_has_none_left() {
        check([100], Some((0, 0, 0)));
        check([255; 4], Some((0, 0, 0)));
    }

    #[test]
    fn an_even_pace_goes_on() {
        // Ten days a percent, 61 percent seen whole, 38 left and the 39th just begun.
        check((0..=620).map(|day| day / 10), Some((379, 380, 380)));
        // The same, sampled once in five days.
        let sparse: Vec<_> = daily((0..=620).map(|day| day / 10)).into_iter().step_by(5).collect();
        let left = days_left(&sparse);
        assert!(left.is_some_and(|left| left.low < 380 && 380 <= left.likely + 3 && left.high > 380), "{left:?}");
    }

    #[test]
    fn few_percents_make_a_wide_interval() {
        // Three percents seen to begin, 10 and 20 days apart.
        let uneven = (0..35).map(|day| {
            if day < 2 {
                4
            } else if day < 12 {
                5
            } else if day < 32 {
                6
            } else {
                7
            }
        });
        let left = days_left(&daily(uneven));
        assert!(left.is_some_and(|left| left.low == 0 && left.likely > 1_300 && left.high > 5_000), "{left:?}");
    }

    #[test]
    fn a_percent_that_lasts_longer_than_the_others_counts() {
        let paced = |rest: u64| (0..50).map(|day| day / 10).chain((0..rest).map(|_| 4)).collect::<Vec<_>>();
        let likely = |rest| days_left(&daily(paced(rest))).map(|left| left.likely);
        assert_eq!(likely(0), Some(951));
        assert!(likely(100) > Some(2_000));
    }

    #[test]
    fn what_was_before_a_fall_does_not_count() {
        check([50, 51, 52, 53, 54, 55, 1, 1, 1], None);
        let begun_anew = [90, 91, 92].into_iter().chain((0..=620).map(|day| day / 10));
        check(begun_anew, Some((379, 380, 380)));
    }

    #[test]
    fn nonsense_gives_nothing_or_something() {
        for samples in [
            vec![(i64::MAX, 1), (i64::MIN, 2), (0, 3), (1, 4)],
            vec![(0, 1), (0, 2), (0, 3)],
            vec![(0, u64::MAX), (1, 2)],
        ] {
            assert_eq!(days_left(&samples), None, "{samples:?}");
        }
    }
}
