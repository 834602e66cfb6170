//! What was read of one drive at one time.

use super::Series;

/// A reading of a drive: some values, each of its series. A series that is not among them was not read; that is not zero.
///
/// The values are in the order of their series and no series is there twice, so that two samples are equal if and only if they
/// say the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sample {
    /// When, in seconds since 1970-01-01 UTC, by the clock of the host that read the drive.
    pub at: i64,
    values: Vec<(Series, u64)>,
}

impl Sample {
    /// A sample of values in any order. Of two values of one series the first counts.
    pub fn new(at: i64, values: impl IntoIterator<Item = (Series, u64)>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        // A stable sort, so that the first stays the first.
        values.sort_by_key(|(series, _)| *series);
        values.dedup_by_key(|(series, _)| *series);
        Self { at, values }
    }

    /// Makes it another sample, without values yet and with room for so many. What memory it has is used again.
    pub(crate) fn clear(&mut self, at: i64, values: usize) {
        self.at = at;
        self.values.clear();
        self.values.reserve_exact(values);
    }

    /// Adds a value of a series that is beyond all that are there.
    #[inline]
    pub(crate) fn push(&mut self, series: Series, value: u64) {
        debug_assert!(self.values.last().is_none_or(|(last, _)| *last < series));
        self.values.push((series, value));
    }

    /// The values in the order of their series.
    pub fn values(&self) -> &[(Series, u64)] {
        &self.values
    }

    /// The value of a series, if it was read.
    pub fn get(&self, series: Series) -> Option<u64> {
        let at = self.values.binary_search_by_key(&series, |(series, _)| *series).ok()?;
        self.values.get(at).map(|(_, value)| *value)
    }
}

/// A counter of 128 bits, as NVMe has them, as a value. One that does not fit is the greatest value: a drive would have to
/// write for millions of years, so it is nonsense of the firmware, and has to stay visibly so instead of wrapping to a likely
/// number.
pub fn saturated(counter: u128) -> u64 {
    u64::try_from(counter).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Series = Series::NVME_POWER_CYCLES;
    const B: Series = Series::NVME_POWER_ON_HOURS;
    const C: Series = Series::NVME_UNSAFE_SHUTDOWNS;

    #[test]
    fn values_are_in_order_and_once() {
        for (given, kept) in [
            (vec![], vec![]),
            (vec![(B, 2), (A, 1)], vec![(A, 1), (B, 2)]),
            (vec![(B, 2), (A, 1), (B, 3), (A, 0)], vec![(A, 1), (B, 2)]),
        ] {
            assert_eq!(Sample::new(0, given).values(), kept);
        }
    }

    #[test]
    fn what_was_not_read_is_not_zero() {
        let sample = Sample::new(0, [(A, 0), (C, 7)]);
        assert_eq!([A, B, C].map(|series| sample.get(series)), [Some(0), None, Some(7)]);
    }

    #[test]
    fn wide_counters_do_not_wrap() {
        let most = u128::from(u64::MAX);
        for (counter, value) in
            [(0, 0), (1 << 63, 1 << 63), (most, u64::MAX), (most + 1, u64::MAX), (u128::MAX, u64::MAX)]
        {
            assert_eq!(saturated(counter), value, "{counter}");
        }
    }
}
