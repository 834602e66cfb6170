//! How often something happened, day by day, week by week or month by month: what a line of text can show.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use std::collections::BTreeMap;

/// Numbers in a line; more do not fit beside their words.
const SHOWN_MAX: usize = 48;

/// Beyond this the times are wrong, and there is nothing to show.
const YEARS_MAX: i32 = 400;

/// What one number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// From midnight to midnight, UTC.
    Day,
    /// From Monday.
    Week,
    /// Of the calendar.
    Month,
    /// Of the calendar.
    Year,
}

impl Unit {
    const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// The word in JSON and for people.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    fn begin(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Self::Month => day.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        }
    }

    fn next(self, begin: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => begin.succ_opt(),
            Self::Week => begin.checked_add_days(Days::new(7)),
            Self::Month => begin.checked_add_months(Months::new(1)),
            Self::Year => begin.checked_add_months(Months::new(12)),
        }
    }
}

/// Counts one after the other, without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// What one counts.
    pub unit: Unit,
    /// The first day of the first.
    pub from: NaiveDate,
    /// The counts.
    pub counts: Vec<u64>,
}

impl Pace {
    /// Of what was counted by the day, from a time to a time, or as far as there is something. None if nothing happened.
    pub(super) fn of(
        days: &BTreeMap<NaiveDate, u64>,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let (first, last) = (*days.keys().next()?, *days.keys().next_back()?);
        let from = from.map_or(first, |from| first.min(from.date_naive()));
        let to = to.map_or(last, |to| last.max(to.date_naive()));
        if to.year() - from.year() > YEARS_MAX {
            return None;
        }
        Unit::ALL.into_iter().find_map(|unit| {
            Self::by(unit, days, from, to).filter(|pace| pace.counts.len() <= SHOWN_MAX || unit == Unit::Year)
        })
    }

    fn by(unit: Unit, days: &BTreeMap<NaiveDate, u64>, from: NaiveDate, to: NaiveDate) -> Option<Self> {
        let from = unit.begin(from)?;
        let mut counts = Vec::new();
        let mut begin = from;
        while begin <= to {
            let next = unit.next(begin)?;
            counts.push(days.range(begin..next).map(|(_, count)| count).sum());
            begin = next;
        }
        Some(Self { unit, from, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn check(days: &[(&str, u64)], from: &str, to: &str, expect: Option<(Unit, &str, &[u64])>) {
        let days = days.iter().map(|(at, count)| (day(at), *count)).collect();
        let at = |text: &str| Some(day(text).and_hms_opt(12, 0, 0).expect("noon").and_utc());
        let pace = Pace::of(&days, at(from), at(to));
        let expect = expect.map(|(unit, from, counts)| Pace { unit, from: day(from), counts: counts.to_vec() });
        assert_eq!(pace, expect);
    }

    #[test]
    fn units() {
        check(&[], "2013-10-01", "2013-10-05", None);
        check(&[("2013-10-02", 3)], "2013-10-01", "2013-10-04", Some((Unit::Day, "2013-10-01", &[0, 3, 0, 0])));
        check(&[("2013-10-02", 3)], "2013-10-02", "2013-10-02", Some((Unit::Day, "2013-10-02", &[3])));
        let weeks = [1, 0, 0, 0, 0, 0, 0, 2];
        check(
            &[("2013-10-01", 1), ("2013-11-20", 2)],
            "2013-10-01",
            "2013-11-20",
            Some((Unit::Week, "2013-09-30", &weeks)),
        );
        let months = [0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 7];
        check(
            &[("2013-10-31", 5), ("2014-01-01", 7)],
            "2013-01-31",
            "2014-01-02",
            Some((Unit::Month, "2013-01-01", &months)),
        );
    }

    proptest! {
        #[test]
        fn every_event_is_counted_once(events in proptest::collection::btree_map(0u64..9_000, 1u64..9, 1..20)) {
            let start = day("2000-02-29");
            let days: BTreeMap<NaiveDate, u64> = events.iter().map(|(at, count)| (start + Days::new(*at), *count)).collect();
            let pace = Pace::of(&days, None, None).expect("something happened");
            prop_assert_eq!(pace.counts.iter().sum::<u64>(), events.values().sum::<u64>());
            prop_assert!(pace.counts.len() <= SHOWN_MAX);
        }
    }
}
