//! How long ago, as people write it: `90d`, `18 months`, `2y`.

use chrono::{DateTime, Months, TimeDelta, Utc};
use std::str::FromStr;

/// How long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// So long by the clock.
    Time(TimeDelta),
    /// So many months by the calendar.
    Months(Months),
}

impl Age {
    /// The instant that long before another; none if that is before all time that can be told.
    pub(super) fn before(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Time(time) => now.checked_sub_signed(time),
            Self::Months(months) => now.checked_sub_months(months),
        }
    }
}

impl Age {
    /// The instant that long after another; none if that is after all time that can be told.
    pub(super) fn after(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Time(time) => now.checked_add_signed(time),
            Self::Months(months) => now.checked_add_months(months),
        }
    }
}

const HOW: &str = "write a number and a unit: 12h, 90d, 52w, 18mo or \"18 months\", 2y";

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(end).ok_or(HOW)?;
        let unit = unit.trim_start();
        if number.is_empty() {
            return Err(format!("no number; {HOW}"));
        }
        let number: u32 = number.parse().map_err(|_| format!("too long a time; {HOW}"))?;
        let seconds = |unit: i64| TimeDelta::try_seconds(i64::from(number) * unit).map(Self::Time);
        let months = |unit: u32| number.checked_mul(unit).map(|months| Self::Months(Months::new(months)));
        let age = match unit {
            "s" | "sec" | "second" | "seconds" => seconds(1),
            "min" | "minute" | "minutes" => seconds(60),
            "h" | "hour" | "hours" => seconds(3_600),
            "d" | "day" | "days" => seconds(86_400),
            "w" | "week" | "weeks" => seconds(7 * 86_400),
            "mo" | "month" | "months" => months(1),
            "y" | "year" | "years" => months(12),
            "m" => return Err("m may be minutes or months; write min or mo".to_owned()),
            "" => return Err(format!("no unit; {HOW}")),
            _ => return Err(format!("no such unit; {HOW}")),
        };
        age.ok_or_else(|| format!("too long a time; {HOW}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let now: DateTime<Utc> = "2013-10-31T12:00:00Z".parse().expect("a time");
        let check = |text: &str, expect: Result<&str, &str>| match (text.parse::<Age>(), expect) {
            (Ok(age), Ok(expect)) => {
                let at = age.before(now).map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string());
                assert_eq!(at.as_deref(), Some(expect), "{text}");
            }
            (Err(told), Err(expect)) => assert!(told.starts_with(expect), "{text}: {told}"),
            (got, _) => panic!("{text}: {got:?}"),
        };
        check("90d", Ok("2013-08-02 12:00:00"));
        check("1 day", Ok("2013-10-30 12:00:00"));
        check(" 52w ", Ok("2012-11-01 12:00:00"));
        check("18 months", Ok("2012-04-30 12:00:00"));
        check("18mo", Ok("2012-04-30 12:00:00"));
        check("1 month", Ok("2013-09-30 12:00:00"));
        check("2y", Ok("2011-10-31 12:00:00"));
        check("12h", Ok("2013-10-31 00:00:00"));
        check("5min", Ok("2013-10-31 11:55:00"));
        check("0s", Ok("2013-10-31 12:00:00"));
        check("", Err("no number"));
        check("d", Err("no number"));
        check("-3d", Err("no number"));
        check("90", Err("no unit"));
        check("5m", Err("m may be minutes or months"));
        check("1.5y", Err("no such unit"));
        check("2 fortnights", Err("no such unit"));
        check("2y 3d", Err("no such unit"));
        check("٣d", Err("no number"));
        check("99999999999d", Err("too long"));
        check("4000000000y", Err("too long"));
    }

    #[test]
    fn before_all_time() {
        assert_eq!("4000000y".parse::<Age>().expect("an age").before(DateTime::UNIX_EPOCH), None);
    }
}
