//! Where samples stand: the drive and the time in one integer, in the order of both.

/// Bits of the time.
const TIME: u32 = 33;

/// The last second that has a place, in seconds since 1970-01-01 UTC (the year 2242).
pub const LAST: i64 = (1 << TIME) - 1;

/// The first second that does not fit.
const TIMES: i64 = 1 << TIME;

/// The first drive that does not fit.
const DRIVES: i64 = 1 << (i64::BITS - 1 - TIME);

/// A drive and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(i64);

/// A drive or a time has no place in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfRange {
    /// The id of the drive.
    #[error("drive {0} is not among 0..{DRIVES}")]
    Drive(i64),
    /// The time of a sample.
    #[error("the time {0} s is not among 0..{TIMES}: set the clock of the host that read the drive")]
    Time(i64),
}

impl Place {
    pub(super) fn new(drive: i64, at: i64) -> Result<Self, OutOfRange> {
        if !(0..DRIVES).contains(&drive) {
            return Err(OutOfRange::Drive(drive));
        }
        if !(0..TIMES).contains(&at) {
            return Err(OutOfRange::Time(at));
        }
        Ok(Self(drive << TIME | at))
    }

    /// The place of a row's key. A key below 0 was not written here, and is that of a drive below 0.
    pub(super) const fn of(key: i64) -> Self {
        Self(key)
    }

    /// The first and the last place of a drive.
    pub(super) fn all_of(drive: i64) -> Result<(Self, Self), OutOfRange> {
        Ok((Self::new(drive, 0)?, Self::new(drive, TIMES - 1)?))
    }

    /// The same drive at the nearest time that has a place.
    pub(super) const fn moved_to(self, at: i64) -> Self {
        let at = if at < 0 {
            0
        } else if at < TIMES {
            at
        } else {
            TIMES - 1
        };
        Self(self.0 - self.start() + at)
    }

    pub(super) const fn key(self) -> i64 {
        self.0
    }

    /// The time.
    pub(super) const fn start(self) -> i64 {
        self.0 & (TIMES - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_the_order_of_drive_and_time() {
        let places = [(0, 0), (0, 1), (0, TIMES - 1), (1, 0), (7, 1_400_000_000), (DRIVES - 1, TIMES - 1)];
        let keys = places.map(|(drive, at)| Place::new(drive, at).map(Place::key));
        assert!(keys.is_sorted_by(|a, b| a.unwrap() < b.unwrap()), "{keys:?}");
        assert_eq!(keys.last(), Some(&Ok(i64::MAX)));
        for ((_, at), key) in places.into_iter().zip(keys) {
            assert_eq!(Place::of(key.unwrap()).start(), at);
        }
    }

    #[test]
    fn what_has_no_place_is_told() {
        for (drive, at, error) in [
            (-1, 0, OutOfRange::Drive(-1)),
            (DRIVES, 0, OutOfRange::Drive(DRIVES)),
            (0, -1, OutOfRange::Time(-1)),
            (0, TIMES, OutOfRange::Time(TIMES)),
        ] {
            assert_eq!(Place::new(drive, at), Err(error));
        }
    }

    #[test]
    fn a_range_ends_within_its_drive() {
        let place = Place::new(7, 100).unwrap();
        for (at, start) in [(i64::MIN, 0), (-1, 0), (0, 0), (99, 99), (TIMES, TIMES - 1), (i64::MAX, TIMES - 1)] {
            assert_eq!(Ok(place.moved_to(at)), Place::new(7, start), "{at}");
        }
    }
}
