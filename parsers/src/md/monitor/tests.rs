use super::*;
use proptest::prelude::*;

const MDSTAT: &str = "\
Personalities : [raid1] 
md0 : active raid1 sdb1[1](F) sda1[0]
      524224 blocks super 1.2 [2/1] [U_]
      
unused devices: <none>
";

/// As mdadm 4.2 writes it.
fn mail(event: &str, more: &str) -> String {
    format!(
        "Date: Tue, 03 Mar 2026 10:11:12 +0100\nFrom: mdadm monitoring <root@mill>\nTo: root\nSubject: {event} event on /dev/md0:mill\n\n\
         This is an automatically generated mail message from mdadm\nrunning on mill\n\n\
         A {event} event had been detected on md device /dev/md0.\n\n{more}Faithfully yours, etc.\n\n\
         P.S. The /proc/mdstat file currently contains the following:\n\n{MDSTAT}"
    )
}

fn told(read: &Mails) -> String {
    let told = |mail: &Mail| {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {}",
            mail.host,
            mail.event,
            mail.device,
            mail.component,
            mail.extra,
            mail.mdstat.arrays.len()
        )
    };
    let all: Vec<String> = read.mails.iter().map(told).collect();
    all.join("; ").replace("Some", "").replace("None", "-")
}

#[test]
fn mails() {
    let check = |text: &str, expect: &str| {
        let read = read(text.as_bytes());
        assert!(recognise(text.as_bytes()), "{text}");
        assert_eq!((told(&read).as_str(), &read.tally.cut, read.tally.odds()), (expect, &None, 0), "{text}");
    };
    let component = "It could be related to component device /dev/sdb1.\n\n";
    let fail = mail("Fail", component);
    check(&fail, "(\"mill\") (Fail) (\"/dev/md0\") (\"/dev/sdb1\") - 1");
    check(&fail.replace('\n', "\r\n"), "(\"mill\") (Fail) (\"/dev/md0\") (\"/dev/sdb1\") - 1");
    check(
        &mail("RebuildFinished", "Extra information: mismatches found: 128 (on raid level 1).\n\n"),
        "(\"mill\") (RebuildFinished) (\"/dev/md0\") - (\"mismatches found: 128 (on raid level 1)\") 1",
    );
    // Without a head, as somebody copied it.
    let (_, body) = fail.split_once("\n\n").expect("a head");
    check(body, "(\"mill\") (Fail) (\"/dev/md0\") (\"/dev/sdb1\") - 1");
    // Since 4.3 the machine stands in the subject alone.
    let new = format!(
        "Subject: DegradedArray event on /dev/md0:mill\n\nThis is an automatically generated mail message.\n\
         DegradedArray event detected on md device /dev/md0\n\nFaithfully yours, etc.\n\n\
         P.S. The /proc/mdstat file currently contains the following:\n\n{MDSTAT}"
    );
    check(&new, "(\"mill\") (DegradedArray) (\"/dev/md0\") - - 1");
    // A file of mails.
    let two = format!(
        "From root@mill Tue Mar  3 10:11:12 2026\n{fail}\nFrom root@mill Tue Mar  3 10:12:12 2026\n{}",
        mail("FailSpare", "")
    );
    check(&two, "(\"mill\") (Fail) (\"/dev/md0\") (\"/dev/sdb1\") - 1; (\"mill\") (FailSpare) (\"/dev/md0\") - - 1");
}

#[test]
fn events() {
    let check = |word: &str, expect: Event| assert_eq!(Event::read(word), expect, "{word}");
    check("Rebuild24", Event::Rebuild(24));
    check("RebuildStarted", Event::RebuildStarted);
    check("SparesMissing", Event::SparesMissing);
    check("RebuildDreamt", Event::Other("RebuildDreamt".to_owned()));
    let check = |text: &str, expect: &str| {
        let told = super::told(text)
            .map(|told| format!("({:?}) {:?} {:?} {:?}", told.event, told.device, told.component, told.extra));
        assert_eq!(told.unwrap_or_default().replace("Some", "").replace("None", "-"), expect, "{text}");
    };
    check(
        "Fail event detected on md device /dev/md0, component device /dev/sdb1",
        "(Fail) (\"/dev/md0\") (\"/dev/sdb1\") -",
    );
    check(
        "RebuildFinished event detected on md device /dev/md0, component device  mismatches found: 128 (on raid level 10)",
        "(RebuildFinished) (\"/dev/md0\") - (\"mismatches found: 128 (on raid level 10)\")",
    );
    check(
        "DeviceDisappeared event detected on md device /dev/md/home: Wrong-Level",
        "(DeviceDisappeared) (\"/dev/md/home\") - (\"Wrong-Level\")",
    );
    check("No event detected on md devices", "");
}

/// Lines of the system's log: mdadm 4.2, Monitor.c, `alert` and its callers.
#[test]
fn lines_of_syslog() {
    let check = |text: &str, expect: &str| {
        let told =
            said(text).map(|told| format!("{:?} {:?} {:?} {:?}", told.event, told.device, told.component, told.extra));
        assert_eq!(told.unwrap_or_default().replace("Some", "").replace("None", "-"), expect, "{text}");
    };
    let of = |text: &str, expect: &str| check(&format!("mdadm[988]: {text}"), expect);
    // check_array
    of(
        "Fail event detected on md device /dev/md0, component device /dev/sdc1",
        "Fail (\"/dev/md0\") (\"/dev/sdc1\") -",
    );
    of(
        "FailSpare event detected on md device /dev/md0, component device /dev/sdd1",
        "FailSpare (\"/dev/md0\") (\"/dev/sdd1\") -",
    );
    of(
        "SpareActive event detected on md device /dev/md0, component device /dev/sdd1",
        "SpareActive (\"/dev/md0\") (\"/dev/sdd1\") -",
    );
    of("DegradedArray event detected on md device /dev/md0", "DegradedArray (\"/dev/md0\") - -");
    of("RebuildStarted event detected on md device /dev/md0", "RebuildStarted (\"/dev/md0\") - -");
    of("Rebuild40 event detected on md device /dev/md0", "Rebuild(40) (\"/dev/md0\") - -");
    of(
        "RebuildFinished event detected on md device /dev/md0, component device  mismatches found: 128 (on raid level 10)",
        "RebuildFinished (\"/dev/md0\") - (\"mismatches found: 128 (on raid level 10)\")",
    );
    of(
        "RebuildFinished event detected on md device /dev/md0:  mismatches found: 128 (on raid level 10)",
        "RebuildFinished (\"/dev/md0\") - (\"mismatches found: 128 (on raid level 10)\")",
    );
    of("SparesMissing event detected on md device /dev/md0", "SparesMissing (\"/dev/md0\") - -");
    of("DeviceDisappeared event detected on md device /dev/md0", "DeviceDisappeared (\"/dev/md0\") - -");
    of(
        "DeviceDisappeared event detected on md device /dev/md9:  Wrong-Level",
        "DeviceDisappeared (\"/dev/md9\") - (\"Wrong-Level\")",
    );
    // add_new_arrays
    of("NewArray event detected on md device /dev/md127", "NewArray (\"/dev/md127\") - -");
    // try_spare_migration
    of(
        "MoveSpare event detected on md device /dev/md0, component device /dev/md1",
        "MoveSpare (\"/dev/md0\") (\"/dev/md1\") -",
    );
    of("TestMessage event detected on md device /dev/md0", "TestMessage (\"/dev/md0\") - -");
    of("Hummed event detected on md device /dev/md0", "Other(\"Hummed\") (\"/dev/md0\") - -");
    check("mdadm: DegradedArray event detected on md device /dev/md0", "DegradedArray (\"/dev/md0\") - -");
    check("sudo[988]: DegradedArray event detected on md device /dev/md0", "");
    check("mdadm[x]: DegradedArray event detected on md device /dev/md0", "");
    of("a DegradedArray event detected on md device /dev/md0", "");
    of("DegradedArray event detected on md device md0", "");
    of("DegradedArray event detected on md device /dev/md0 of db8", "");
    of("Monitor using email address \"root\" from config file", "");
}

#[test]
fn what_is_missing_is_told() {
    let check =
        |text: &str, expect: &str| assert_eq!(read(text.as_bytes()).tally.cut.as_deref(), Some(expect), "{text}");
    let fail = mail("Fail", "");
    check(fail.split("\nP.S.").next().unwrap_or_default(), "/proc/mdstat, which ends it, is not quoted");
    check(fail.split("A Fail").next().unwrap_or_default(), "no event is told");
    check(fail.split("unused").next().unwrap_or_default(), "the line of unused devices is missing, which ends it");
    check(fail.trim_end(), "its last line has no end");
    // What stands before it may have been another output.
    check(&format!("md1 : active raid1\n{fail}"), "line 1 is of another text");
    check(&fail.replace("Faithfully yours", "Yours"), "line 11 is of another text");
    // Half a head behind half of another output: mdadm writes its sender and what happened.
    check(&fail.replace("Subject: Fail event on /dev/md0:mill\n", ""), "lines of its head are missing");
    let (_, behind) = fail.split_once("To: root\n").expect("a head");
    check(&format!(" [2/2] [UU]\n{behind}"), "line 1 is of another text");
    check(&format!("0x50: 1\n{behind}"), "line 1 is of another text");
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>, at: prop::sample::Index) {
        let _ = (recognise(&bytes), read(&bytes));
        let fail = mail("Fail", "");
        let cut = &fail.as_bytes()[..at.index(fail.trim_end().len())];
        prop_assert!(read(cut).tally.cut.is_some());
        let _ = read(&[cut, &bytes].concat());
    }
}
