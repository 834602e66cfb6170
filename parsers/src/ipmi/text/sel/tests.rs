//! Lines of either tool, and logs that are damaged.

use super::*;
use crate::stream::trial::spans;
use chrono::DateTime;
use proptest::prelude::*;

fn grammar() -> SelList {
    SelList { undated: DateTime::UNIX_EPOCH.naive_utc(), day: Cell::default(), known: Known::default() }
}

#[track_caller]
fn check(line: &str, expect: &str) {
    let got = match grammar().parse(line.as_bytes()) {
        Ok(Record { id, written, local, zone, body, whole, .. }) => {
            let local = local.map_or("undated".to_owned(), |local| local.to_string());
            let zone = zone.map(|zone| format!(" {zone}")).unwrap_or_default();
            let body = match body {
                Body::Oem(text) => format!("oem {text}"),
                Body::Sensor(Entry { sensor_type, sensor, number, what, asserted, state, text, values, .. }) => {
                    let or = |text: Option<&str>| text.unwrap_or("-").to_owned();
                    let (of, number) = (sensor_type.unwrap_or(0xff), number.unwrap_or(0xff));
                    let (sensor, values) = (or(sensor), or(values));
                    let state = state.map(|state| format!(" {state:?}")).unwrap_or_default();
                    format!("{of:02x} {sensor} {number:02x} {what:?} {asserted:?}{state} \u{ab}{text}\u{bb} {values}")
                }
            };
            format!("{id} [{written}] {local}{zone} {body}{}", if whole { " whole" } else { "" })
        }
        Err(Misfit::NoRecord) => "none".to_owned(),
        Err(Misfit::Flawed { kind, detail }) => format!("{}: {detail}", kind.code()),
    };
    assert_eq!(got, expect, "{line}");
}

#[test]
fn ipmitool() {
    check(
        "  1a | 11/08/2011 | 12:33:24 | Power Supply #0x50 | Power Supply AC lost | Asserted",
        "26 [11/08/2011 | 12:33:24] 2011-11-08 12:33:24 08 - 50 SupplyInputLost Some(true) «Power Supply AC lost» - whole",
    );
    check(
        "   2 | 11/08/11 | 12:33:24 CET | Temperature CPU1 Temp | Upper Critical going high | Asserted | Reading 91 > Threshold 90 degrees C",
        "2 [11/08/11 | 12:33:24 CET] 2011-11-08 12:33:24 CET 01 CPU1 Temp ff Threshold { limit: UpperCritical, rising: true } \
         Some(true) «Upper Critical going high» Reading 91 > Threshold 90 degrees C whole",
    );
    check(
        "   2 | 11/08/2011 | 02:33:24 PM UTC | Fan #0x30 | Fully Redundant | Deasserted",
        "2 [11/08/2011 | 02:33:24 PM UTC] 2011-11-08 14:33:24 UTC 04 - 30 RedundancyFull Some(false) «Fully Redundant» - whole",
    );
    check(
        "   3 |  Pre-Init  |0000000031| Fan #0x30 | Lower Critical going low  | Asserted",
        "3 [Pre-Init  |0000000031] undated 04 - 30 Threshold { limit: LowerCritical, rising: false } Some(true) \
         «Lower Critical going low» -",
    );
    check(
        "   4 | Pre-Init Time-stamp   | Power Unit #0x01 | AC lost | Asserted",
        "4 [Pre-Init Time-stamp] undated 09 - 01 UnitInputLost Some(true) «AC lost» - whole",
    );
    check(
        "   5 | 11/08/2011 | 12:33:24 | OEM record dd | 000137 | 010000",
        "5 [11/08/2011 | 12:33:24] 2011-11-08 12:33:24 oem OEM record dd | 000137 | 010000",
    );
    check("   6 | OEM record f0 | 0000004b65726e656c", "6 [] undated oem OEM record f0 | 0000004b65726e656c");
    check(
        " 143 | 03/15/2012 | 09:40:16 | Unknown #0x17 | ",
        "323 [03/15/2012 | 09:40:16] 2012-03-15 09:40:16 ff Unknown 17 Unknown None «» -",
    );
    check(
        "1,11/08/2011,12:33:24,Power Supply #0x50,AC out-of-range, but present,Asserted",
        "1 [11/08/2011,12:33:24] 2011-11-08 12:33:24 08 - 50 SupplyInputOutOfRange Some(true) «AC out-of-range, but present» - whole",
    );
    check(
        "   1 | 11/08/2011 | 12:33:24 | Temperature #0x30 | Power Supply AC lost | Asserted",
        "spliced: what happened does not happen to a sensor of that kind",
    );
    check("   1 | 11/08/2011 | 12:33:24 | Temperature #0x30 | Upper Critical going high | Asse", "none");
    check("   1 | 13/08/2011 | 12:33:24 | Temperature #0x30 | Upper Critical going high | Asserted", "none");
    check(
        "   1 | 11/08/2011 | 12:33:24 | Temp   2 | 11/08/2011 | 12:33:24 | Fan #0x30 | Limit Exceeded | Asserted",
        "none",
    );
    check("Fan1 | 4200 RPM | ok", "none");
    check("", "none");
}

#[test]
fn freeipmi() {
    check(
        "1   | Nov-08-2011 | 04:33:24 | PS1 Status | Power Supply | Configuration error ; OEM Event Data2 code = 01h",
        "1 [Nov-08-2011 | 04:33:24] 2011-11-08 04:33:24 08 PS1 Status ff SupplyConfiguration None «Configuration error» \
         OEM Event Data2 code = 01h",
    );
    check(
        "12  | PostInit    | PostInit | PS2 Status | Power Supply | Critical | Power Supply Failure detected",
        "12 [PostInit    | PostInit] undated 08 PS2 Status ff SupplyFailed None Critical «Power Supply Failure detected» - whole",
    );
    check(
        "12  | Nov-08-2011 | 04:33:24 | Sensor #80 | Power Supply | Nominal | Deassertion Event | Power Supply input lost (AC/DC)",
        "12 [Nov-08-2011 | 04:33:24] 2011-11-08 04:33:24 08 - 50 SupplyInputLost Some(false) Nominal \
         «Power Supply input lost (AC/DC)» - whole",
    );
    check(
        "9,Nov-08-2011,04:33:24,Exit Air Temp,Temperature,Upper Critical - going high ; Sensor Reading = 90.00 C ; Threshold = 85.00 C",
        "9 [Nov-08-2011,04:33:24] 2011-11-08 04:33:24 01 Exit Air Temp ff Threshold { limit: UpperCritical, rising: true } \
         Some(true) «Upper Critical - going high» Sensor Reading = 90.00 C ; Threshold = 85.00 C",
    );
    check("12  | Nov-08-2011 | 04:33:24 | PS1 Status | Power Supply", "none");
    check("ID  | Date        | Time     | Name       | Type         | Event", "none");
}

const LOG: &str = "   1 | 11/08/2011 | 12:33:24 | Power Supply #0x50 | Power Supply AC lost | Asserted\n   \
                      2 | Pre-Init Time-stamp   | Fan #0x30 | Lower Critical going low  | Asserted\n   \
                      3 | 11/08/2011 | 12:35:00 | Power Supply #0x50 | Power Supply AC lost | Deasserted\n";

#[track_caller]
fn check_log(log: impl AsRef<[u8]>, expect: &str) {
    let got = spans(&SelList::learn(log.as_ref(), DateTime::UNIX_EPOCH.naive_utc()), log.as_ref(), 1000);
    assert_eq!(got.trim(), expect.trim(), "{}", log.as_ref().escape_ascii());
}

#[test]
fn logs() {
    let [one, two, three] = [
        "record of \"11/08/2011 | 12:33:24\", 2011-11-08 12:33:24\n",
        "record of \"Pre-Init Time-stamp\", 2011-11-08 12:33:24\n",
        "record of \"11/08/2011 | 12:35:00\", 2011-11-08 12:35:00\n",
    ];
    check_log(LOG, &format!("{one}{two}{three}"));
    check_log(LOG.replace('\n', "\r\n"), &format!("{one}{two}{three}"));
    check_log(LOG.trim_end(), &format!("{one}{two}{three}"));
    check_log(&LOG[..LOG.len() - 8], &format!("{one}{two}torn: the input ends in the middle of a record"));
    check_log(
        LOG.replace("| Fan #0x30 | ", "\0\0\0\0\0\0"),
        &format!(
            "{one}torn: a record without its end\nnul-run: 6 bytes NUL\ntorn: the end of a record without its front\n{three}"
        ),
    );
    check_log(
        LOG.replace("   2 | Pre-Init Time-stamp   | Fan #0x30 | Lower", "Lower"),
        &format!("{one}torn: the end of a record without its front\n{three}"),
    );
    check_log(
        LOG.replace("AC lost | Asserted\n   2 |", "   2 |"),
        &format!("torn: a record without its line end\n{two}{three}"),
    );
    check_log(["ipmitool version 1.8.11\n", LOG].concat(), &format!("1 lines unrecognised\n{one}{two}{three}"));
    // The first that has no date counts at the first date there is.
    check_log(
        &LOG[LOG.find("   2").unwrap()..],
        "record of \"Pre-Init Time-stamp\", 2011-11-08 12:35:00\n\
        record of \"11/08/2011 | 12:35:00\", 2011-11-08 12:35:00",
    );
}

#[test]
fn whose_it_is() {
    let check = |text: &str, expect| assert_eq!(SelList::recognise(text.as_bytes()), expect, "{text}");
    check(LOG, true);
    check(&["$ ipmitool sel list\n", LOG].concat(), true);
    check(&["\0".repeat(100).as_str(), "re #0x50 | Power", LOG].concat(), true);
    check("1,11/08/2011,12:33:24,Fan #0x30,Limit Exceeded,Asserted\n", true);
    check("the meeting of 3, 11/08/2011, 12:33:24, was moved\n", false);
    check("CPU1 Temp | 45 degrees C | ok\n", false);
    check("", false);
}

/// The day of the line before is not read anew: what follows is read as by a grammar that has seen nothing.
#[test]
fn days_that_follow_each_other() {
    let days = [
        "11/08/2011 | ",
        "11/08/2011 | ",
        "11/08/2011 |  ",
        "11/08/2011 |",
        "11/08/2011|",
        "11/08/20 | ",
        "11/08/20 | ",
        "11/08/2011 | ",
        "11/09/2011 | ",
        "08.11.2011 | ",
        "Nov-08-2011 | ",
        "Nov-08-2011 | ",
        "13/08/2011 | ",
        "11/08/2011 , ",
        "11/08/2011            | ",
        "11/08/2011            | ",
    ];
    let behind = grammar();
    for line in days
        .iter()
        .flat_map(|day| ["12:33:24", " 12:33:25", "12:33:24 PM", "25:33:24"].map(|time| format!("{day}{time}")))
    {
        let line = format!("   1 | {line} | Power Supply #0x50 | Power Supply AC lost | Asserted");
        assert_eq!(behind.parse(line.as_bytes()), grammar().parse(line.as_bytes()), "{line}");
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>, chunk in 1_usize..50) {
        SelList::recognise(&bytes);
        let whole = spans(&grammar(), &bytes, bytes.len());
        prop_assert_eq!(spans(&grammar(), &bytes, chunk), whole);
    }

    #[test]
    fn any_damage(at in 0..LOG.len(), length in 0_usize..60, with in "[ -~\n]{0,40}|\0{4,20}", chunk in 1_usize..50) {
        let end = (at + length).min(LOG.len());
        let damaged = [&LOG.as_bytes()[..at], with.as_bytes(), &LOG.as_bytes()[end..]].concat();
        let whole = spans(&grammar(), &damaged, damaged.len());
        prop_assert_eq!(spans(&grammar(), &damaged, chunk), whole);
    }

    /// An intact record is never lost, whatever stands before it.
    #[test]
    fn records_behind_damage(bytes: Vec<u8>) {
        let damaged = [&bytes[..], LOG.as_bytes()].concat();
        let found = spans(&grammar(), &damaged, damaged.len());
        prop_assert_eq!(found.matches("record of").count(), 3, "{}", found);
    }
}
