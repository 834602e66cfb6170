//! From a local time with a zone abbreviation, as logs write it, to an instant.
//!
//! "October 26, 2013 8:39:13 AM CDT" names no instant by itself. What must hold:
//!
//! - Every record gets an instant: a record without one could not be put in order with the others. How sure the instant is
//!   stands beside it ([`Basis`]), because a report must not lean on a guess as on a fact.
//! - What the log states outweighs what is configured, except where the configured zone itself uses the stated
//!   abbreviation: then it says which of several meanings is meant.
//! - The history of the zones decides, not today's rules: the IANA database is asked about the date in question.
//!
//! How an abbreviation is read, first answer wins:
//!
//! 1. UTC, GMT, Z and numbers ("+0300", "-05", "+05:30", "GMT+2", "UTC+02:00") say all there is to say. "GMT+2" is two
//!    hours *ahead* of UTC, as people write it; the opposite sign of POSIX occurs only in `TZ` variables.
//! 2. The configured zone used the abbreviation at that local time.
//! 3. The configured zone used the abbreviation in another season: its offset is taken, out of season.
//! 4. The table ([`MEANINGS`]): the meanings that were in use at that local time; the first of them, if there are several.
//! 5. The configured zone, whatever it calls its time; at last UTC.
//!
//! When two things are uncertain at once, [`Basis`] names the worse: `Assumed` hides `Repeated`, for a wrong meaning is
//! wrong by many hours and a wrong side by one.
//!
//! The database that comes with `chrono-tz` ends with the year 2099. A later summer is taken for winter.

mod zones;

pub use zones::{MEANINGS, Meaning, Writer};

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, OffsetName, Tz, TzOffset};
use serde::{Deserialize, Serialize};

/// How sure an instant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The abbreviation has one meaning that fits the date, or the configured zone uses it there; or the log writes no
    /// abbreviation and the configured zone had that local time once.
    Stated,
    /// The abbreviation has several meanings that fit the date and none was configured: the first of the table was taken.
    /// Or it is unknown, or there is none and no zone is configured either. Or the text says no year, and nothing in the source
    /// does: it is the last in which the source could have been written.
    Assumed,
    /// The abbreviation's offset was taken, though its zone did not use it on that date (CDT in January).
    OutOfSeason,
    /// The local time happened twice (the clock was set back): the side was taken by the abbreviation, or else by the order
    /// in the file.
    Repeated,
    /// The local time never happened (the clock was set forward).
    Skipped,
    /// The source says no time: it is that of its file.
    OfFile,
}

impl Basis {
    /// Every degree.
    pub const ALL: [Basis; 6] =
        [Basis::Stated, Basis::Assumed, Basis::OutOfSeason, Basis::Repeated, Basis::Skipped, Basis::OfFile];

    /// The name in reports. Stable: stored records hold it.
    pub fn code(self) -> &'static str {
        match self {
            Basis::Stated => "stated",
            Basis::Assumed => "assumed",
            Basis::OutOfSeason => "out-of-season",
            Basis::OfFile => "of-file",
            Basis::Repeated => "repeated",
            Basis::Skipped => "skipped",
        }
    }
}

/// An instant, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// The instant.
    pub utc: DateTime<Utc>,
    /// How sure it is.
    pub basis: Basis,
}

/// How far back a record may step against the one before it and still count as the same side of a repeated hour. Logs of
/// several writers are out of order by seconds; the step back of the clock is at least half an hour everywhere, so the two
/// do not meet.
const OUT_OF_ORDER: TimeDelta = TimeDelta::seconds(60);

/// The longest abbreviation that is worth a look: "UTC+02:00" has nine characters, no zone has more than six. Whatever is
/// longer is unknown, and the text of a damaged log can be as long as the log.
const LONGEST_ABBREVIATION: usize = 12;

/// Turns local times into instants.
#[derive(Debug, Clone)]
pub struct Resolver {
    timezone: Option<Tz>,
    /// The day of the last question: a log stays on a day for many records, and few days see a clock change.
    day: Option<Day>,
}

/// A day on which an abbreviation means one offset from its first second to its last.
#[derive(Debug, Clone)]
struct Day {
    date: NaiveDate,
    abbreviation: Option<String>,
    seconds: i32,
    basis: Basis,
}

impl Resolver {
    /// `timezone` is what the user configured.
    pub fn new(timezone: Option<Tz>) -> Self {
        Resolver { timezone, day: None }
    }

    /// The instant of a local time.
    ///
    /// `abbreviation` is None where the log writes no zone. `previous` is the instant of the record before, in the order of
    /// the file, which is taken to be the order of time: it decides a repeated hour when the abbreviation does not. Without
    /// it the first time round is taken.
    ///
    /// There is always an answer. Without an abbreviation that is known and without a zone it is the local time taken for
    /// UTC; an instant beyond what can be expressed is the last that can.
    pub fn resolve(
        &mut self,
        local: NaiveDateTime,
        abbreviation: Option<&str>,
        previous: Option<DateTime<Utc>>,
    ) -> Resolved {
        if let Some(day) = &self.day
            && day.date == local.date()
            && day.abbreviation.as_deref() == abbreviation
        {
            return Resolved { utc: at(local, day.seconds), basis: day.basis };
        }
        self.day = self.day(local.date(), abbreviation);
        self.answer(local, abbreviation).side(previous)
    }

    /// The day, if its first and its last second have the same answer from the same zone. Then so has all between, since no
    /// zone changes its clocks twice in a day.
    fn day(&self, date: NaiveDate, abbreviation: Option<&str>) -> Option<Day> {
        if abbreviation.is_some_and(|text| text.len() > LONGEST_ABBREVIATION) {
            return None;
        }
        let ends = [date.and_hms_opt(0, 0, 0)?, date.and_hms_opt(23, 59, 59)?];
        let [first, last] = ends.map(|local| {
            let Answer { first, second, basis, zone } = self.answer(local, abbreviation);
            (local.and_utc() - first, second, basis, zone)
        });
        let (ahead, _, basis, _) = (first == last && first.1.is_none()).then_some(first)?;
        let seconds = i32::try_from(ahead.num_seconds()).ok()?;
        Some(Day { date, abbreviation: abbreviation.map(str::to_owned), seconds, basis })
    }

    fn answer(&self, local: NaiveDateTime, abbreviation: Option<&str>) -> Answer {
        match abbreviation.map(bare).filter(|text| !text.is_empty()) {
            None => self.unwritten(local),
            Some(text) if text.len() > LONGEST_ABBREVIATION => self.unknown(local),
            Some(text) => self.written(local, text),
        }
    }

    fn written(&self, local: NaiveDateTime, text: &str) -> Answer {
        if let Some(seconds) = number(text) {
            return Answer::one(at(local, seconds), Basis::Stated);
        }
        let configured = self.timezone.and_then(|zone| {
            in_zone(zone, local, |offset| is_called(offset, text)).or_else(|| in_other_season(zone, local, text))
        });
        configured.or_else(|| self.by_table(local, text)).unwrap_or_else(|| self.unknown(local))
    }

    fn by_table(&self, local: NaiveDateTime, text: &str) -> Option<Answer> {
        let rows = || MEANINGS.iter().filter(|row| row.abbreviation.eq_ignore_ascii_case(text));
        // The configured zone may be one of those whose abbreviation the database does not write (BST in Dhaka): its row is
        // meant then. For all other zones the question has been answered before.
        let own = self.timezone.and_then(|zone| rows().find(|row| row.zones.contains(&zone)));
        if let Some(row) = own {
            return Some(use_of(row, local).unwrap_or_else(|| out_of_season(local, row)));
        }
        let first = rows().next()?;
        let mut fitting = rows().filter_map(|row| use_of(row, local));
        Some(match (fitting.next(), fitting.next()) {
            (Some(only), None) => only,
            (Some(one), Some(_)) => one.but(Basis::Assumed),
            (None, _) if rows().nth(1).is_some() => out_of_season(local, first).but(Basis::Assumed),
            (None, _) => out_of_season(local, first),
        })
    }

    fn unwritten(&self, local: NaiveDateTime) -> Answer {
        self.timezone
            .and_then(|zone| in_zone(zone, local, |_| true))
            .unwrap_or_else(|| Answer::one(at(local, 0), Basis::Assumed))
    }

    fn unknown(&self, local: NaiveDateTime) -> Answer {
        self.unwritten(local).but(Basis::Assumed)
    }
}

/// An answer before the order in the file has been looked at.
#[derive(Debug, Clone, Copy)]
struct Answer {
    first: DateTime<Utc>,
    /// The second time round, where nothing but the order can decide.
    second: Option<DateTime<Utc>>,
    basis: Basis,
    /// Whose clock was asked.
    zone: Option<Tz>,
}

impl Answer {
    fn one(first: DateTime<Utc>, basis: Basis) -> Self {
        Answer { first, second: None, basis, zone: None }
    }

    fn but(self, basis: Basis) -> Self {
        Answer { basis, ..self }
    }

    fn side(&self, previous: Option<DateTime<Utc>>) -> Resolved {
        let utc = match (self.second, previous) {
            // The difference, not the sum: an instant near the end of what can be expressed must not overflow.
            (Some(second), Some(previous)) if previous - self.first > OUT_OF_ORDER => second,
            _ => self.first,
        };
        Resolved { utc, basis: self.basis }
    }
}

/// The same day and time in the year that brings it nearest to another: of a log that writes no year. A 29th of February that
/// none of the three years has stays as it is.
pub fn in_nearest_year(local: NaiveDateTime, other: NaiveDateTime) -> NaiveDateTime {
    // Within half a year of the other, no other year brings it nearer.
    let near = |same: &NaiveDateTime| same.ordinal().abs_diff(other.ordinal()) < 182;
    let same = local.with_year(other.year()).filter(near);
    if let Some(same) = same {
        return same;
    }
    let years = [other.year() - 1, other.year(), other.year() + 1];
    let near = years.into_iter().filter_map(|year| local.with_year(year));
    near.min_by_key(|candidate| (*candidate - other).abs()).unwrap_or(local)
}

/// The year of a log's first time, of a log that writes none: the last in which all its days were and in which it had not gone beyond
/// the day on which it was written last. A 29th of February tells more than that day does: it needs a leap year.
#[derive(Debug, Clone, Default)]
pub struct Years {
    /// The last time, in years counted from [`Self::FIRST`].
    last: Option<NaiveDateTime>,
    /// In which year after the first a 29th of February was, if one was.
    leap: Option<i32>,
}

impl Years {
    /// Stands for the year of the first time until it is known.
    const FIRST: i32 = 2000;

    /// Takes the next time of the log, of any year; how many years after the first it was comes back.
    pub fn take(&mut self, local: NaiveDateTime) -> i32 {
        // Every year has the 28th.
        let is_leap = local.month() == 2 && local.day() == 29;
        let day = if is_leap { local.with_day(28).unwrap_or(local) } else { local };
        let place = match self.last {
            Some(last) => in_nearest_year(day, last),
            None => day.with_year(Self::FIRST).unwrap_or(day),
        };
        self.last = Some(place);
        let since = place.year() - Self::FIRST;
        if is_leap {
            self.leap.get_or_insert(since);
        }
        since
    }

    /// The year of the first time, of a log that was written last at that time; none if it has no times. Clocks may differ by a day.
    pub fn first(&self, written: NaiveDateTime) -> Option<i32> {
        let last = self.last?;
        let bound = written.checked_add_days(Days::new(1)).unwrap_or(written);
        let fits = |year: &i32| {
            let in_time = last.with_year(last.year() - Self::FIRST + year).is_some_and(|last| last <= bound);
            in_time && self.leap.is_none_or(|since| NaiveDate::from_ymd_opt(year + since, 2, 29).is_some())
        };
        let latest = bound.year() - (last.year() - Self::FIRST);
        // From one 29th of February to the next it is eight years at most.
        (latest - 9..=latest).rev().find(fits)
    }
}

/// The abbreviation without what is set around it: "(CDT)".
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '(' || c == ')')
}

/// The instant of a local time that is `seconds` east of UTC.
fn at(local: NaiveDateTime, seconds: i32) -> DateTime<Utc> {
    let beyond = if seconds > 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    local.checked_sub_signed(TimeDelta::seconds(i64::from(seconds))).map_or(beyond, |utc| utc.and_utc())
}

fn seconds_of(offset: &TzOffset) -> i32 {
    offset.fix().local_minus_utc()
}

fn is_called(offset: &TzOffset, text: &str) -> bool {
    offset.abbreviation().is_some_and(|name| name.eq_ignore_ascii_case(text))
}

/// What the zone makes of the local time, looking only at those sides of it that are meant. None if none is.
fn in_zone(zone: Tz, local: NaiveDateTime, meant: impl Fn(&TzOffset) -> bool) -> Option<Answer> {
    let taken = |offset: &TzOffset, basis| {
        Some(Answer { zone: Some(zone), ..Answer::one(at(local, seconds_of(offset)), basis) })
    };
    match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) if meant(&offset) => taken(&offset, Basis::Stated),
        LocalResult::Single(_) => None,
        LocalResult::Ambiguous(first, second) => match (meant(&first), meant(&second)) {
            // Moscow in 2014 called both sides MSK.
            (true, true) => {
                Some(Answer { second: Some(at(local, seconds_of(&second))), ..taken(&first, Basis::Repeated)? })
            }
            (true, false) => taken(&first, Basis::Repeated),
            (false, true) => taken(&second, Basis::Repeated),
            (false, false) => None,
        },
        LocalResult::None => {
            let gap = GapInfo::new(&local, &zone)?;
            // Before the gap first: a clock that nobody has set forward yet shows such a time.
            let before = gap.begin.map(|(_, offset)| offset);
            let after = gap.end.map(|instant| *instant.offset());
            let side = [before, after].into_iter().flatten().find(meant)?;
            taken(&side, Basis::Skipped)
        }
    }
}

/// The configured zone's offset under an abbreviation that it uses, but not at this time of the year. Otherwise CST in July
/// would become China's with a zone of the United States configured.
fn in_other_season(zone: Tz, local: NaiveDateTime, text: &str) -> Option<Answer> {
    // A quarter at a time meets every season but the odd summer time of a few weeks, which the table then answers.
    let quarters = [91, 182, 273].map(Days::new);
    let dates = quarters.into_iter().flat_map(|days| [local.checked_sub_days(days), local.checked_add_days(days)]);
    let other =
        dates.flatten().map(|date| zone.offset_from_utc_datetime(&date)).find(|offset| is_called(offset, text))?;
    Some(Answer::one(at(local, seconds_of(&other)), Basis::OutOfSeason))
}

/// The answer of the first of the row's zones that uses the abbreviation at this local time.
fn use_of(row: &Meaning, local: NaiveDateTime) -> Option<Answer> {
    let meant = |offset: &TzOffset| match row.writer {
        Writer::Database => is_called(offset, row.abbreviation),
        Writer::LogsOnly => seconds_of(offset) == row.minutes * 60,
    };
    row.zones.iter().find_map(|zone| in_zone(*zone, local, meant))
}

fn out_of_season(local: NaiveDateTime, row: &Meaning) -> Answer {
    Answer::one(at(local, row.minutes * 60), Basis::OutOfSeason)
}

/// Seconds east of UTC, of what names them outright: "Z", "UTC", "+0300", "-05", "+05:30", "GMT+2".
fn number(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("Z") {
        return Some(0);
    }
    let named = ["UTC", "GMT", "UCT", "UT"].into_iter().find_map(|name| {
        let head = text.get(..name.len())?;
        head.eq_ignore_ascii_case(name).then(|| &text[name.len()..])
    });
    match named {
        Some("") => Some(0),
        Some(rest) => signed(rest),
        None => signed(text),
    }
}

/// The farthest that a civil time has been from UTC is under 16 hours; a larger number is damage, and no offset.
const FARTHEST_HOURS: i32 = 16;

fn signed(text: &str) -> Option<i32> {
    let (sign, rest) = match text.as_bytes() {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i32::from(*byte - b'0'));
    let (hours, minutes) = match rest {
        [h] => (digit(h)?, 0),
        [h, g] => (digit(h)? * 10 + digit(g)?, 0),
        [h, b':', m, n] => (digit(h)?, digit(m)? * 10 + digit(n)?),
        [h, g, b':', m, n] | [h, g, m, n] => (digit(h)? * 10 + digit(g)?, digit(m)? * 10 + digit(n)?),
        _ => return None,
    };
    (hours <= FARTHEST_HOURS && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

#[cfg(test)]
mod tests;
