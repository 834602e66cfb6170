//! Lines in both manners, and logs that are damaged.

use super::*;
use crate::stream::trial::spans;
use chrono::NaiveDate;
use proptest::prelude::*;

/// What a log tells that begins so and was written last in February 2014.
fn grammar(front: &str) -> Syslog {
    let written = NaiveDate::from_ymd_opt(2014, 2, 1).and_then(|date| date.and_hms_opt(0, 0, 0)).unwrap();
    Syslog::learn(front.as_bytes(), written)
}

#[track_caller]
fn check(line: &str, expect: &str) {
    let got = grammar(line).parse(line.as_bytes()).map_or("none".to_owned(), |record| {
        let Record { written, local, zone, severity, host, program, text, meaning, ups, .. } = record;
        format!("[{written}] {local} {zone:?} {severity:?} {host} {program} {meaning:?} {ups:?} \u{ab}{text}\u{bb}")
    });
    assert_eq!(got, expect, "{line}");
}

#[test]
fn lines() {
    check(
        "Oct 26 08:39:13 db7 upsmon[1234]: UPS ups@localhost on battery",
        "[Oct 26 08:39:13] 2013-10-26 08:39:13 None None db7 upsmon Some(OnBattery) Some(\"ups@localhost\") «UPS ups@localhost on battery»",
    );
    check(
        "<27>Jan  6 08:39:13 db7 upsd: Data for UPS [ups] is stale - check driver",
        "[Jan  6 08:39:13] 2014-01-06 08:39:13 None Some(3) db7 upsd Some(ContactLost) Some(\"ups\") «Data for UPS [ups] is stale - check driver»",
    );
    check(
        "2013-10-26T08:39:13.123456-05:00 db7 usbhid-ups[9]: nut_libusb_get_report: Input/Output Error",
        "[2013-10-26T08:39:13.123456-05:00] 2013-10-26 08:39:13.123456 Some(\"-05:00\") None db7 usbhid-ups None None \
         «nut_libusb_get_report: Input/Output Error»",
    );
    check(
        "Oct 26 08:39:13 db7 apcupsd[1]: Power failure.",
        "[Oct 26 08:39:13] 2013-10-26 08:39:13 None None db7 apcupsd Some(PowerFailed) None «Power failure.»",
    );
    check(
        "Feb 29 08:39:13 db7 apcupsd[1]: Power failure.",
        "[Feb 29 08:39:13] 2012-02-29 08:39:13 None None db7 apcupsd Some(PowerFailed) None «Power failure.»",
    );
    check("Oct 26 08:39:13 db7 sshd[1]: Power failure.", "none");
    check("Oct 26 08:39:13 db7 upsmon[x]: Power failure.", "none");
    check("Oct 26 08:39:13 db7 upsmon[1]:", "none");
    check("<999>Oct 26 08:39:13 db7 upsmon[1]: x", "none");
}

#[test]
fn whose_it_is() {
    let check = |text: &str, expect| assert_eq!(Syslog::recognise(text.as_bytes()), expect, "{text}");
    check(LOG, true);
    check(&LOG.replace("upsmon", "sshd"), false);
    check(&[LOG, &LOG.replace("upsmon", "sshd").repeat(2)].concat(), false);
    check("", false);
}

const LOG: &str = "Oct 26 08:39:13 db7 upsmon[1234]: UPS ups@localhost on battery\n\
                   Oct 26 08:40:13 db7 upsmon[1234]: UPS ups@localhost battery is low\n\
                   Oct 26 08:41:13 db7 upsmon[1234]: UPS ups@localhost on line power\n";

#[test]
fn logs() {
    let check =
        |log: &str, expect: &str| assert_eq!(spans(&grammar(log), log.as_bytes(), 100).trim(), expect.trim(), "{log}");
    let [one, two, three] =
        ["08:39:13", "08:40:13", "08:41:13"].map(|clock| format!("record of \"Oct 26 {clock}\", 2013-10-26 {clock}\n"));
    check(LOG, &format!("{one}{two}{three}"));
    check(LOG.trim_end(), &format!("{one}{two}{three}"));
    check(&LOG[..LOG.len() - 6], &format!("{one}{two}torn: a record without its line end"));
    check(
        &LOG.replace("40:13 db7 upsmon[1234]", "40:13 db7 sshd[1234]"),
        &format!("{one}1 lines unrecognised\n{three}"),
    );
    check(&LOG.replace("y is low\n", ""), &format!("{one}torn: a record without its line end\n{three}"));
}

/// A log of a leap year, read in a later one: time never goes back in it.
#[test]
fn leap_days() {
    let line = |day: &str| format!("{day} 08:39:13 db7 apcupsd[1]: Power failure.\n");
    let check = |days: &[&str], expect: &[&str]| {
        let log: String = days.iter().map(|day| line(day)).collect();
        let expect: String = std::iter::zip(days, expect)
            .map(|(day, date)| format!("record of \"{day} 08:39:13\", {date} 08:39:13\n"))
            .collect();
        assert_eq!(spans(&grammar(&log), log.as_bytes(), log.len()), expect, "{days:?}");
    };
    check(&["Feb 28", "Feb 29", "Mar  1"], &["2012-02-28", "2012-02-29", "2012-03-01"]);
    check(&["Feb 29", "Mar  1"], &["2012-02-29", "2012-03-01"]);
    check(&["Nov  3", "Jan 20", "Feb 29"], &["2011-11-03", "2012-01-20", "2012-02-29"]);
    check(&["Feb 28", "Mar  1"], &["2013-02-28", "2013-03-01"]);
    check(&["Nov  3", "Jan 20"], &["2013-11-03", "2014-01-20"]);
}

/// The day of the line before is not read anew: what follows is read as by a grammar that has seen nothing.
#[test]
fn days_that_follow_each_other() {
    let days = [
        "Oct 26 ", "Oct 26 ", "Oct  6 ", "Oct 16 ", "Oct 6 ", "Oct 6  ", "Oct 36 ", "Oct 26\t", "oct 26 ", "Feb 29 ",
        "Feb 29 ",
    ];
    let behind = grammar("");
    for line in days.iter().flat_map(|day| ["08:39:13", "8:39:13", "25:39:13"].map(|time| format!("{day}{time}"))) {
        let line = format!("{line} db7 upsmon[12]: UPS a@localhost on battery");
        assert_eq!(behind.parse(line.as_bytes()), grammar("").parse(line.as_bytes()), "{line}");
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>, chunk in 1_usize..50) {
        Syslog::recognise(&bytes);
        prop_assert_eq!(spans(&grammar(LOG), &bytes, chunk), spans(&grammar(LOG), &bytes, bytes.len()));
    }

    #[test]
    fn any_damage(at in 0..LOG.len(), length in 0_usize..60, with in "[ -~\n]{0,40}|\0{4,20}", chunk in 1_usize..50) {
        let end = (at + length).min(LOG.len());
        let damaged = [&LOG.as_bytes()[..at], with.as_bytes(), &LOG.as_bytes()[end..]].concat();
        prop_assert_eq!(spans(&grammar(LOG), &damaged, chunk), spans(&grammar(LOG), &damaged, damaged.len()));
    }

    /// An intact record is never lost, whatever stands before it.
    #[test]
    fn records_behind_damage(bytes: Vec<u8>) {
        let damaged = [&bytes[..], LOG.as_bytes()].concat();
        let found = spans(&grammar(LOG), &damaged, damaged.len());
        prop_assert_eq!(found.matches("record of").count(), 3, "{}", found);
    }
}
