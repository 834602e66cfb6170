//! Lines in both manners, and logs that are damaged.

use super::*;
use crate::stream::trial::spans;
use proptest::prelude::*;

#[track_caller]
fn check(line: &str, expect: &str) {
    let got = Events.parse(line.as_bytes()).map_or("none".to_owned(), |record| {
        let Record { written, local, zone, text, meaning } = record;
        format!("[{written}] {local} {zone} {meaning:?} \u{ab}{text}\u{bb}")
    });
    assert_eq!(got, expect, "{line}");
}

#[test]
fn lines() {
    check(
        "2013-10-26 08:39:13 -0500  Power failure.",
        "[2013-10-26 08:39:13 -0500] 2013-10-26 08:39:13 -0500 Some(PowerFailed) «Power failure.»",
    );
    check(
        "Sat Oct 26 08:39:13 CDT 2013  Running on UPS batteries.",
        "[Sat Oct 26 08:39:13 CDT 2013] 2013-10-26 08:39:13 CDT Some(OnBattery) «Running on UPS batteries.»",
    );
    check(
        "Sat Oct  6 08:39:13 CDT 2013  the dog unplugged it",
        "[Sat Oct  6 08:39:13 CDT 2013] 2013-10-06 08:39:13 CDT None «the dog unplugged it»",
    );
    check("2013-10-26 08:39:13 -0500  ", "none");
    check("2013-10-26 08:39:13  Power failure.", "none");
    check("2013-13-26 08:39:13 -0500  Power failure.", "none");
    check("2013-10-26 08:39:13 -0500  Power f2013-10-26 08:39:13 -0500  Power failure.", "none");
}

const LOG: &str = "2013-10-26 08:39:13 -0500  Power failure.\n2013-10-26 08:39:19 -0500  Running on UPS batteries.\n\
                   2013-10-26 08:41:02 -0500  Mains returned. No longer on UPS batteries.\n";

#[track_caller]
fn check_log(log: impl AsRef<[u8]>, expect: &str) {
    assert_eq!(spans(&Events, log.as_ref(), 1000).trim(), expect.trim(), "{}", log.as_ref().escape_ascii());
}

#[test]
fn logs() {
    let [one, two, three] = ["08:39:13", "08:39:19", "08:41:02"].map(|clock| {
        let utc = clock.replace("08:", "13:");
        format!("record of \"2013-10-26 {clock} -0500\", 2013-10-26 {utc}\n")
    });
    check_log(LOG, &format!("{one}{two}{three}"));
    check_log(LOG.trim_end(), &format!("{one}{two}{three}"));
    check_log(&LOG[..LOG.len() - 6], &format!("{one}{two}torn: a record without its line end"));
    check_log(
        LOG.replace("2013-10-26 08:39:19 -0500  Running", "Running"),
        &format!("{one}torn: the end of a record without its front\n{three}"),
    );
    check_log(LOG.replace("ower failure.\n", ""), &format!("torn: a record without its line end\n{two}{three}"));
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>, chunk in 1_usize..50) {
        Events::recognise(&bytes);
        prop_assert_eq!(spans(&Events, &bytes, chunk), spans(&Events, &bytes, bytes.len()));
    }

    #[test]
    fn any_damage(at in 0..LOG.len(), length in 0_usize..60, with in "[ -~\n]{0,40}|\0{4,20}", chunk in 1_usize..50) {
        let end = (at + length).min(LOG.len());
        let damaged = [&LOG.as_bytes()[..at], with.as_bytes(), &LOG.as_bytes()[end..]].concat();
        prop_assert_eq!(spans(&Events, &damaged, chunk), spans(&Events, &damaged, damaged.len()));
    }

    /// An intact record is never lost, whatever stands before it.
    #[test]
    fn records_behind_damage(bytes: Vec<u8>) {
        let damaged = [&bytes[..], LOG.as_bytes()].concat();
        let found = spans(&Events, &damaged, damaged.len());
        prop_assert_eq!(found.matches("record of").count(), 3, "{}", found);
    }
}
