//! How a time is written. A log writes all its times in one manner, so that the text need not be kept with every record.

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::Write as _;

/// Manners that logs are known to write in; what follows the time, such as the zone, is found in the text.
const PATTERNS: [&str; 8] = [
    "%B %-d, %Y %-I:%M:%S %p",
    "%B %e, %Y %-I:%M:%S %p",
    "%B %d, %Y %I:%M:%S %p",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%a %b %e %H:%M:%S %Y",
    "%b %e %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
];

/// A manner of writing a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// As of strftime.
    pub pattern: String,
    /// Seconds from UTC to the time that is shown.
    pub offset: i32,
    items: Vec<Item<'static>>,
}

impl Manner {
    /// From how it is kept; none if it is no pattern.
    pub fn new(pattern: &str, offset: i32) -> Option<Self> {
        let items = StrftimeItems::new(pattern).parse_to_owned().ok()?;
        Some(Self { pattern: pattern.to_owned(), offset, items })
    }

    /// The manner that `written` is in, if it is one that writes exactly that.
    pub fn of(at: DateTime<Utc>, written: &str, offset: i32) -> Option<Self> {
        let found = |pattern: &&str| {
            let front = Self::new(pattern, offset)?.write(at)?;
            let rest = written.strip_prefix(front.as_str())?;
            Self::new(&format!("{pattern}{}", rest.replace('%', "%%")), offset)
        };
        PATTERNS.iter().find_map(found).filter(|manner| manner.write(at).as_deref() == Some(written))
    }

    /// The text of a time.
    pub fn write(&self, at: DateTime<Utc>) -> Option<String> {
        let mut text = String::new();
        self.write_to(at, &mut text)?;
        Some(text)
    }

    /// The same, behind what stands in `text`.
    pub fn write_to(&self, at: DateTime<Utc>, text: &mut String) -> Option<()> {
        let local = at.naive_utc().checked_add_signed(TimeDelta::seconds(i64::from(self.offset)))?;
        write!(text, "{}", local.format_with_items(self.items.iter())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(utc: &str, written: &str, offset: i32, expect: Option<&str>) {
        let at: DateTime<Utc> = utc.parse().expect("a time");
        let manner = Manner::of(at, written, offset);
        assert_eq!(manner.as_ref().map(|manner| manner.pattern.as_str()), expect, "{written}");
        if let Some(manner) = manner {
            assert_eq!(manner.write(at).as_deref(), Some(written));
            assert_eq!(Manner::new(&manner.pattern, offset), Some(manner));
        }
    }

    #[test]
    fn manners() {
        let at = "2013-10-01T13:38:31Z";
        check(at, "October 1, 2013 8:38:31 AM CDT", -18_000, Some("%B %-d, %Y %-I:%M:%S %p CDT"));
        check(at, "October  1, 2013 8:38:31 AM CDT", -18_000, Some("%B %e, %Y %-I:%M:%S %p CDT"));
        check(at, "October 01, 2013 08:38:31 AM", -18_000, Some("%B %d, %Y %I:%M:%S %p"));
        check(at, "2013-10-01 13:38:31 100%", 0, Some("%Y-%m-%d %H:%M:%S 100%%"));
        check(at, "2013-10-01T13:38:31Z", 0, Some("%Y-%m-%dT%H:%M:%SZ"));
        check(at, "October 1, 2013 8:38:32 AM CDT", -18_000, None);
        check(at, "October 1, 2013 8:38:31 AM CDT", 0, None);
        check(at, "about noon", 0, None);
        check("1969-12-31T23:59:59Z", "1969-12-31 23:59:59", 0, Some("%Y-%m-%d %H:%M:%S"));
    }
}
