use super::*;
use chrono::{Datelike, Duration, NaiveDate, NaiveTime};
use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().expect(text)
}

/// `case` is "local time | abbreviation or - | configured zone or - | previous or -", `expect` is "instant basis".
fn check(case: &str, expect: &str) {
    let optional = |text: &str| (text != "-").then(|| text.to_owned());
    let fields: Vec<_> = case.split('|').map(str::trim).collect();
    let [time, abbreviation, zone, previous] = fields[..] else { panic!("four fields: {case}") };
    let zone = optional(zone).map(|name| name.parse::<Tz>().expect(case));
    let previous = optional(previous).map(|text| utc(&text));
    let mut resolver = Resolver::new(zone);
    let fresh = resolver.resolve(local(time), optional(abbreviation).as_deref(), previous);
    assert_eq!(format!("{} {}", fresh.utc.format("%FT%TZ"), fresh.basis.code()), expect, "{case}");
    let again = resolver.resolve(local(time), optional(abbreviation).as_deref(), previous);
    assert_eq!(fresh, again, "the second answer of {case}");
}

#[test]
fn abbreviations_of_one_meaning() {
    check("2013-10-26T08:39:13 | CDT | - | -", "2013-10-26T13:39:13Z stated");
    check("2013-10-26T08:39:13 | cdt | - | -", "2013-10-26T13:39:13Z stated");
    check("2013-10-26T08:39:13 | (CDT) | - | -", "2013-10-26T13:39:13Z stated");
    check("2013-10-26T08:39:13 | CDT | America/Chicago | -", "2013-10-26T13:39:13Z stated");
    check("2013-10-26T08:39:13 | CDT | Europe/Berlin | -", "2013-10-26T13:39:13Z stated");
    check("2013-01-15T12:00:00 | EST | - | -", "2013-01-15T17:00:00Z stated");
    check("2013-07-15T12:00:00 | AKDT | - | -", "2013-07-15T20:00:00Z stated");
    check("2013-07-15T12:00:00 | NDT | - | -", "2013-07-15T14:30:00Z stated");
    check("2013-07-15T12:00:00 | CEST | - | -", "2013-07-15T10:00:00Z stated");
    check("2013-01-15T12:00:00 | ACDT | - | -", "2013-01-15T01:30:00Z stated");
    check("2013-07-15T12:00:00 | JST | - | -", "2013-07-15T03:00:00Z stated");
    check("2013-07-15T12:00:00 | BRT | - | -", "2013-07-15T15:00:00Z stated");
    check("2013-07-15T12:00:00 | PHT | Asia/Manila | -", "2013-07-15T04:00:00Z stated");
}

#[test]
fn utc_and_numbers_need_no_zone() {
    for written in ["UTC", "GMT", "Z", "z", "UT", "UCT", "+00", "-0000", "GMT+0", "gmt"] {
        check(&format!("2013-07-15T12:00:00 | {written} | - | -"), "2013-07-15T12:00:00Z stated");
        check(&format!("2013-07-15T12:00:00 | {written} | Europe/London | -"), "2013-07-15T12:00:00Z stated");
    }
    check("2013-07-15T12:00:00 | +0300 | - | -", "2013-07-15T09:00:00Z stated");
    check("2013-07-15T12:00:00 | -05 | America/Chicago | -", "2013-07-15T17:00:00Z stated");
    check("2013-07-15T12:00:00 | +05:30 | - | -", "2013-07-15T06:30:00Z stated");
    check("2013-07-15T12:00:00 | +5:30 | - | -", "2013-07-15T06:30:00Z stated");
    check("2013-07-15T12:00:00 | GMT+2 | - | -", "2013-07-15T10:00:00Z stated");
    check("2013-07-15T12:00:00 | UTC+02:00 | - | -", "2013-07-15T10:00:00Z stated");
    check("2013-07-15T12:00:00 | UTC-3 | - | -", "2013-07-15T15:00:00Z stated");
    check("2013-07-15T23:00:00 | -1200 | - | -", "2013-07-16T11:00:00Z stated");
    for damaged in ["+", "+1:2", "+123", "+99", "+0360", "+05:30:00", "+03O0", "UTC2", "GMT+", "Z+1", "+ 3"] {
        check(&format!("2013-07-15T12:00:00 | {damaged} | - | -"), "2013-07-15T12:00:00Z assumed");
    }
}

#[test]
fn an_hour_that_happens_twice() {
    check("2013-11-03T01:30:00 | CDT | - | -", "2013-11-03T06:30:00Z repeated");
    check("2013-11-03T01:30:00 | CDT | America/Chicago | -", "2013-11-03T06:30:00Z repeated");
    check("2013-11-03T01:30:00 | CST | America/Chicago | -", "2013-11-03T07:30:00Z repeated");
    // The abbreviation counts and the order does not.
    check("2013-11-03T01:30:00 | CDT | America/Chicago | 2013-11-03T07:45:00Z", "2013-11-03T06:30:00Z repeated");
    // Right, but that it is not China's is a guess without a zone.
    check("2013-11-03T01:30:00 | CST | - | -", "2013-11-03T07:30:00Z assumed");
    check("2013-11-03T01:30:00 | EST | - | -", "2013-11-03T06:30:00Z repeated");
    // Only the order is left.
    check("2013-11-03T01:30:00 | - | America/Chicago | -", "2013-11-03T06:30:00Z repeated");
    check("2013-11-03T01:30:00 | - | America/Chicago | 2013-11-03T06:29:00Z", "2013-11-03T06:30:00Z repeated");
    check("2013-11-03T01:30:00 | - | America/Chicago | 2013-11-03T06:30:00Z", "2013-11-03T06:30:00Z repeated");
    check("2013-11-03T01:30:00 | - | America/Chicago | 2013-11-03T06:30:40Z", "2013-11-03T06:30:00Z repeated");
    check("2013-11-03T01:30:00 | - | America/Chicago | 2013-11-03T06:59:00Z", "2013-11-03T07:30:00Z repeated");
    check("2013-11-03T01:30:00 | - | America/Chicago | 2013-11-03T07:29:00Z", "2013-11-03T07:30:00Z repeated");
    check("2013-11-03T00:59:59 | - | America/Chicago | -", "2013-11-03T05:59:59Z stated");
    check("2013-11-03T02:00:00 | - | America/Chicago | -", "2013-11-03T08:00:00Z stated");
    // Both sides have one name.
    check("2014-10-26T01:30:00 | MSK | - | -", "2014-10-25T21:30:00Z repeated");
    check("2014-10-26T01:30:00 | MSK | - | 2014-10-25T22:20:00Z", "2014-10-25T22:30:00Z repeated");
}

#[test]
fn an_hour_that_never_happens() {
    check("2013-03-10T02:30:00 | CST | America/Chicago | -", "2013-03-10T08:30:00Z skipped");
    check("2013-03-10T02:30:00 | CDT | America/Chicago | -", "2013-03-10T07:30:00Z skipped");
    check("2013-03-10T02:30:00 | CDT | - | -", "2013-03-10T07:30:00Z skipped");
    check("2013-03-10T02:30:00 | CST | - | -", "2013-03-10T08:30:00Z assumed");
    check("2013-03-10T02:30:00 | - | America/Chicago | -", "2013-03-10T08:30:00Z skipped");
    check("2013-03-10T03:00:00 | - | America/Chicago | -", "2013-03-10T08:00:00Z stated");
    // Samoa went without a whole day.
    check("2011-12-30T12:00:00 | - | Pacific/Apia | -", "2011-12-30T22:00:00Z skipped");
}

#[test]
fn out_of_season_the_offset_counts() {
    check("2013-01-15T12:00:00 | CDT | - | -", "2013-01-15T17:00:00Z out-of-season");
    check("2013-01-15T12:00:00 | CDT | America/Chicago | -", "2013-01-15T17:00:00Z out-of-season");
    check("2013-07-15T12:00:00 | CST | America/Chicago | -", "2013-07-15T18:00:00Z out-of-season");
    check("2013-07-15T12:00:00 | PST | - | -", "2013-07-15T20:00:00Z out-of-season");
    check("2013-07-15T12:00:00 | IST | Asia/Jerusalem | -", "2013-07-15T10:00:00Z out-of-season");
    check("2013-07-15T12:00:00 | MSD | - | -", "2013-07-15T08:00:00Z out-of-season");
    // Somewhere it is the season all year.
    check("2013-07-15T12:00:00 | MST | - | -", "2013-07-15T19:00:00Z stated");
    check("2013-07-15T12:00:00 | AEST | - | -", "2013-07-15T02:00:00Z stated");
    check("2013-01-15T12:00:00 | AEST | - | -", "2013-01-15T02:00:00Z stated");
}

#[test]
fn abbreviations_of_several_meanings() {
    check("2013-01-15T12:00:00 | CST | - | -", "2013-01-15T18:00:00Z assumed");
    check("2013-01-15T12:00:00 | CST | America/Chicago | -", "2013-01-15T18:00:00Z stated");
    check("2013-01-15T12:00:00 | CST | Asia/Shanghai | -", "2013-01-15T04:00:00Z stated");
    check("2013-01-15T12:00:00 | CST | America/Havana | -", "2013-01-15T17:00:00Z stated");
    check("2013-07-15T12:00:00 | CDT | America/Havana | -", "2013-07-15T16:00:00Z stated");
    check("2013-01-15T12:00:00 | CST | Europe/Berlin | -", "2013-01-15T18:00:00Z assumed");
    check("2025-01-15T12:00:00 | PST | Asia/Manila | -", "2025-01-15T04:00:00Z stated");
    check("2025-01-15T12:00:00 | PST | - | -", "2025-01-15T20:00:00Z stated");

    // In January BST cannot be British, except from 1968 to 1971.
    check("2013-07-15T12:00:00 | BST | - | -", "2013-07-15T11:00:00Z assumed");
    check("2013-07-15T12:00:00 | BST | Europe/London | -", "2013-07-15T11:00:00Z stated");
    check("2013-07-15T12:00:00 | BST | Asia/Dhaka | -", "2013-07-15T06:00:00Z stated");
    check("2013-01-15T12:00:00 | BST | - | -", "2013-01-15T06:00:00Z stated");
    check("2013-01-15T12:00:00 | BST | Europe/London | -", "2013-01-15T11:00:00Z out-of-season");
    check("1970-01-15T12:00:00 | BST | - | -", "1970-01-15T11:00:00Z assumed");
    check("1970-01-15T12:00:00 | BST | Europe/London | -", "1970-01-15T11:00:00Z stated");

    check("2013-07-15T12:00:00 | IST | - | -", "2013-07-15T06:30:00Z assumed");
    check("2013-07-15T12:00:00 | IST | Asia/Calcutta | -", "2013-07-15T06:30:00Z stated");
    check("2013-07-15T12:00:00 | IST | Europe/Dublin | -", "2013-07-15T11:00:00Z stated");
    check("2013-01-15T12:00:00 | IST | Asia/Jerusalem | -", "2013-01-15T10:00:00Z stated");
    // For two days of March 2013 Israel had summer time already and Ireland had not.
    check("2013-03-30T12:00:00 | IST | - | -", "2013-03-30T06:30:00Z stated");
}

#[test]
fn the_history_of_a_zone_counts() {
    check("2010-01-15T12:00:00 | MSK | - | -", "2010-01-15T09:00:00Z stated");
    check("2013-01-15T12:00:00 | MSK | - | -", "2013-01-15T08:00:00Z stated");
    check("2016-01-15T12:00:00 | MSK | Europe/Moscow | -", "2016-01-15T09:00:00Z stated");
}

#[test]
fn unknown_or_missing() {
    check("2013-07-15T12:00:00 | XYZT | - | -", "2013-07-15T12:00:00Z assumed");
    check("2013-07-15T12:00:00 | XYZT | Europe/Berlin | -", "2013-07-15T10:00:00Z assumed");
    check("2013-11-03T01:30:00 | XYZT | America/Chicago | 2013-11-03T07:29:00Z", "2013-11-03T07:30:00Z assumed");
    check("2013-07-15T12:00:00 | - | - | -", "2013-07-15T12:00:00Z assumed");
    check("2013-07-15T12:00:00 |  | Europe/Berlin | -", "2013-07-15T10:00:00Z stated");
    check("2013-07-15T12:00:00 | CDTCDTCDTCDTCDT | Europe/Berlin | -", "2013-07-15T10:00:00Z assumed");
    check("2013-07-15T12:00:00 | ÅÖÜ+1 | - | -", "2013-07-15T12:00:00Z assumed");
}

#[test]
fn far_years() {
    check("1901-12-14T12:00:00 | CST | America/Chicago | -", "1901-12-14T18:00:00Z stated");
    check("1901-07-14T12:00:00 | CDT | - | -", "1901-07-14T17:00:00Z out-of-season");
    check("1850-01-01T12:00:00 | GMT | - | -", "1850-01-01T12:00:00Z stated");
    check("2099-07-15T12:00:00 | CDT | - | -", "2099-07-15T17:00:00Z stated");
    check("2099-07-15T12:00:00 | - | Europe/Berlin | -", "2099-07-15T10:00:00Z stated");
    // Behind the end of the database: the offset is right all the same.
    check("2150-07-15T12:00:00 | CDT | - | -", "2150-07-15T17:00:00Z out-of-season");
}

#[test]
fn the_ends_of_time() {
    for (time, limit) in
        [(NaiveDateTime::MIN, DateTime::<Utc>::MIN_UTC), (NaiveDateTime::MAX, DateTime::<Utc>::MAX_UTC)]
    {
        for row in MEANINGS {
            for zone in [None, Some(Tz::America__Chicago), Some(Tz::Asia__Tokyo)] {
                for previous in [None, Some(DateTime::<Utc>::MIN_UTC), Some(DateTime::<Utc>::MAX_UTC)] {
                    let found = Resolver::new(zone).resolve(time, Some(row.abbreviation), previous);
                    assert!((found.utc - limit).abs() <= TimeDelta::hours(16), "{}: {found:?}", row.abbreviation);
                }
            }
        }
    }
}

#[test]
fn one_resolver_keeps_its_questions_apart() {
    let mut resolver = Resolver::new(Some(Tz::America__Chicago));
    let time = local("2013-11-03T01:30:00");
    let mut ask = |written, previous: Option<&str>| resolver.resolve(time, written, previous.map(utc)).utc;
    assert_eq!(ask(Some("CDT"), None), utc("2013-11-03T06:30:00Z"));
    assert_eq!(ask(Some("CST"), None), utc("2013-11-03T07:30:00Z"));
    assert_eq!(ask(None, None), utc("2013-11-03T06:30:00Z"));
    assert_eq!(ask(None, Some("2013-11-03T07:29:00Z")), utc("2013-11-03T07:30:00Z"));
    assert_eq!(ask(Some("CDTCDTCDTCDTCDTCDT"), None), utc("2013-11-03T06:30:00Z"));
    assert_eq!(ask(Some("CST"), None), utc("2013-11-03T07:30:00Z"));
}

/// (abbreviation, seconds east, zone) of everything the database writes, every nine days of the years.
fn written_by_database(
    years: std::ops::Range<i32>,
    zones: impl Iterator<Item = Tz>,
) -> BTreeSet<(String, i32, &'static str)> {
    let noon = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a year").and_hms_opt(12, 0, 0).expect("noon");
    let mut found = BTreeSet::new();
    for zone in zones {
        let mut date = noon(years.start);
        while date < noon(years.end) {
            let offset = zone.offset_from_utc_datetime(&date);
            let name = offset.abbreviation().unwrap_or("number").to_owned();
            found.insert((name, seconds_of(&offset), zone.name()));
            date += Duration::days(9);
        }
    }
    found
}

#[test]
fn every_row_is_what_the_database_says() {
    for row in MEANINGS {
        let found = written_by_database(1970..2031, row.zones.iter().copied());
        for zone in row.zones {
            let named = found.contains(&(row.abbreviation.to_owned(), row.minutes * 60, zone.name()));
            let by_offset = found.iter().any(|(_, seconds, at)| (*seconds, at) == (row.minutes * 60, &zone.name()));
            let ok = match row.writer {
                Writer::Database => named,
                Writer::LogsOnly => by_offset && !named,
            };
            assert!(ok, "{row:?} of {zone} in {}", chrono_tz::IANA_TZDB_VERSION);
        }
    }
}

/// What the database has written since 2000 and the table does not have, each left out on purpose. A new edition of the
/// database that brings a new meaning fails here.
#[test]
fn nothing_is_missing_but_by_choice() {
    let mut missing = BTreeMap::new();
    for (name, seconds, zone) in written_by_database(2000..2031, TZ_VARIANTS.iter().copied()) {
        let in_table = MEANINGS.iter().any(|row| row.abbreviation == name && row.minutes * 60 == seconds);
        if name != "number" && !in_table && number(&name).is_none() {
            missing.entry(format!("{name} {}", seconds / 60)).or_insert(zone);
        }
    }
    let expect = [
        ("CDT -240", "America/Havana"), // see the table's head
        ("GST 600", "Pacific/Guam"),    // until December 2000
        ("KST 510", "Asia/Pyongyang"),  // 2015 to 2018
        ("MSK 240", "Europe/Kirov"),    // by the history of Europe/Moscow
        ("PST 480", "Asia/Manila"),     // see the table's head
    ];
    assert_eq!(missing, expect.map(|(name, zone)| (name.to_owned(), zone)).into());
}

proptest! {
    #[test]
    fn never_panics(
        seconds in any::<i64>(),
        written in proptest::option::of("\\PC{0,14}|[A-Z]{2,4}|(UTC|GMT)?[+-][0-9:]{0,6}"),
        zone in proptest::option::of(proptest::sample::select(&TZ_VARIANTS[..])),
        previous in proptest::option::of(any::<i64>()),
    ) {
        // The whole range of chrono is a small part of an i64.
        let instant = |seconds: i64| DateTime::from_timestamp(seconds >> 21, 0);
        if let Some(time) = instant(seconds) {
            let previous = previous.and_then(instant);
            Resolver::new(zone).resolve(time.naive_utc(), written.as_deref(), previous);
        }
    }

    /// What a zone writes comes back as the instant it was, for every zone there is.
    #[test]
    fn what_a_zone_writes_comes_back(
        zone in proptest::sample::select(&TZ_VARIANTS[..]),
        seconds in 631_152_000..2_145_916_800_i64, // 1990 to 2037
        step in 0..50_i64,
    ) {
        let instant = DateTime::from_timestamp(seconds, 0).expect("in range");
        let there = instant.with_timezone(&zone);
        let written = there.offset().to_string();
        let mut resolver = Resolver::new(Some(zone));
        let previous = Some(instant - Duration::seconds(step));
        let found = resolver.resolve(there.naive_local(), Some(&written), previous);
        prop_assert_eq!(found.utc, instant, "{} {}", there.naive_local(), written);
        let found = resolver.resolve(there.naive_local(), None, previous);
        prop_assert_eq!(found.utc, instant, "{} without abbreviation", there.naive_local());
    }

    /// The hours around the changes of the clock, which random instants seldom meet.
    #[test]
    fn so_do_the_hours_around_a_change(
        zone in proptest::sample::select(&TZ_VARIANTS[..]),
        seconds in 631_152_000..2_145_916_800_i64,
        around in -7200..7200_i64,
        step in 0..50_i64,
    ) {
        let seconds = next_change(zone, seconds) + around;
        let instant = DateTime::from_timestamp(seconds, 0).expect("in range");
        let there = instant.with_timezone(&zone);
        let previous = Some(instant - Duration::seconds(step));
        let written = there.offset().to_string();
        for written in [Some(written.as_str()), None] {
            let found = Resolver::new(Some(zone)).resolve(there.naive_local(), written, previous);
            prop_assert_eq!(found.utc, instant, "{} {:?}", there.naive_local(), written);
            prop_assert!(matches!(found.basis, Basis::Stated | Basis::Repeated));
        }
    }
}

/// The first second, from `from` on, in which the zone has another offset than on the day before; `from` if there is none
/// within a year.
fn next_change(zone: Tz, from: i64) -> i64 {
    let offset = |seconds| {
        let instant = DateTime::from_timestamp(seconds, 0).expect("in range");
        seconds_of(&zone.offset_from_utc_datetime(&instant.naive_utc()))
    };
    let day = 86_400;
    let Some(start) = (0..366).map(|n| from + n * day).find(|at| offset(*at) != offset(at + day)) else { return from };
    let (mut before, mut after) = (start, start + day);
    while after - before > 1 {
        let middle = before.midpoint(after);
        if offset(middle) == offset(start) { before = middle } else { after = middle }
    }
    after
}

/// A day is remembered by its two ends: no time between them may have another answer.
fn check_days(year: i32, zone: Option<Tz>) {
    let abbreviations: BTreeSet<_> = MEANINGS.iter().map(|row| row.abbreviation).collect();
    let dates =
        || NaiveDate::from_ymd_opt(year, 1, 1).expect("a date").iter_days().take_while(|date| date.year() == year);
    for written in abbreviations.into_iter().map(Some).chain([None]) {
        let resolver = Resolver::new(zone);
        for day in dates().filter_map(|date| resolver.day(date, written)) {
            // Clocks are changed at night.
            for minutes in (0..=240).step_by(30) {
                let local = day.date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes);
                let answer = resolver.answer(local, written);
                assert_eq!(answer.second, None, "{local} {written:?} {zone:?}");
                assert_eq!(
                    (answer.first, answer.basis),
                    (at(local, day.seconds), day.basis),
                    "{local} {written:?} {zone:?}"
                );
            }
        }
    }
}

#[test]
fn a_day_has_one_answer() {
    // In 2011 the United States, Europe and the south changed their clocks, Moscow for good, and Samoa its date.
    check_days(2011, None);
    check_days(2011, Some(Tz::America__Chicago));
}
