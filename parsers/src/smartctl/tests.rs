//! Small outputs, each for one thing that is read.

use super::*;
use crate::ata::logs::self_test::Outcome;
use proptest::prelude::*;

const HEALTHY: &str = include_str!("../../../fixtures/smartctl/healthy");

#[test]
fn versions_and_what_is_no_output() {
    let check = |text: &str, expect| assert_eq!(recognise(text.as_bytes()), expect, "{text}");
    check("smartctl 7.2 2020-12-30 r5155 [FreeBSD 12.2-RELEASE amd64] (local build)\n", true);
    check("smartctl pre-7.4 2023-03-21 r5470 [x86_64-linux-6.2.7] (local build)\r\n", true);
    check("smartctl version 5.36 [i686-redhat-linux-gnu] Copyright (C) 2002-6 Bruce Allen\n", true);
    check("root@db7:~# smartctl -a /dev/sda\nsmartctl 7.2 2020-12-30 r5155 [x86_64-linux-5.10] (local build)\n", true);
    check("=== START OF READ SMART DATA SECTION ===\n", true);
    check("{\"json_format_version\": [1, 0], \"smartctl\": {}}", true);
    check("smartctl 7.2 is a good tool\n", false);
    check("smartd[812]: Device: /dev/sda [SAT], opened\n", false);
    check("{\"version\": 1}", false);
    check("Personalities : [raid1]\n", false);
    check("", false);
}

#[test]
fn a_loop_over_drives() {
    let other = HEALTHY.replace("EXA7H2K0MPLE", "EXA9SECOND");
    let text = format!("# smartctl -x -d megaraid,3 /dev/bus/0\n{HEALTHY}$ sudo smartctl -x /dev/sdb\n{other}");
    let printed = read(text.as_bytes());
    let told: Vec<_> = printed
        .drives
        .iter()
        .map(|drive| (drive.serial.as_deref(), drive.device.as_deref(), drive.way.as_deref()))
        .collect();
    assert_eq!(
        told,
        [(Some("EXA7H2K0MPLE"), Some("/dev/bus/0"), Some("megaraid,3")), (Some("EXA9SECOND"), Some("/dev/sdb"), None)]
    );
    assert_eq!((printed.tally.cut, printed.tally.not_understood), (None, Vec::new()));
    assert_ne!(printed.drives[0].fingerprint, printed.drives[1].fingerprint);
}

#[test]
fn line_ends_do_not_matter() {
    let (unix, dos) = (read(HEALTHY.as_bytes()), read(HEALTHY.replace('\n', "\r\n").as_bytes()));
    assert_eq!(unix, dos);
}

/// What an output of few options lacks, and that it is whole for what it is.
#[test]
fn few_options() {
    let banner = "smartctl 7.2 2020-12-30 r5155 [x86_64-linux-5.10] (local build)\n\n";
    let check =
        |text: &str, health: Option<HealthWord>, lacks: &[&str], troubles: &[TroubleKind], cut: Option<&str>| {
            let printed = read(format!("{banner}{text}").as_bytes());
            let [drive] = printed.drives.as_slice() else { panic!("one drive: {text}") };
            assert_eq!(drive.health, health, "{text}");
            assert_eq!(drive.lacks, lacks, "{text}");
            let kinds: Vec<TroubleKind> = drive.troubles.iter().map(|trouble| trouble.kind).collect();
            assert_eq!(kinds, troubles, "{text}");
            assert_eq!(printed.tally.cut.as_deref(), cut, "{text}");
        };
    let all = ["its attributes", "its error log", "its self-tests"];
    let passed = "=== START OF READ SMART DATA SECTION ===\nSMART overall-health self-assessment test result: ";
    check(&format!("{passed}PASSED\n\n"), Some(HealthWord::Passed), &all, &[], None);
    check(&format!("{passed}FAILED!\n\n"), Some(HealthWord::Failed), &all, &[], None);
    check(&format!("{passed}DOUBTFUL\n\n"), Some(HealthWord::Other("DOUBTFUL".to_owned())), &all, &[], None);
    check(&format!("{passed}PASSED"), Some(HealthWord::Passed), &all, &[], Some("its last line has no end"));
    check("Device is in STANDBY mode, exit(2)\n", None, &["how it is"], &[TroubleKind::Asleep], None);
    check(
        "Smartctl open device: /dev/sda failed: Permission denied\n",
        None,
        &["how it is"],
        &[TroubleKind::Denied],
        None,
    );
    check(
        "=== START OF READ SMART DATA SECTION ===\n",
        None,
        &["how it is"],
        &[],
        Some("what it says of the drive is missing"),
    );
}

#[test]
fn words_of_self_tests() {
    let check = |line: &str, expect: Option<(Outcome, u16, Option<u64>)>| {
        let text = format!(
            "smartctl 7.2 2020-12-30 r5155 [x] (x)\n=== START OF READ SMART DATA SECTION ===\nSMART Self-test log structure revision number 1\n{line}\n\n"
        );
        let printed = read(text.as_bytes());
        let Answers::Ata(ata) = &printed.drives[0].answers else { panic!("ATA") };
        let tests = &ata.self_tests.as_ref().expect("a log").tests;
        let read = tests.first().map(|test| (test.outcome, test.hours, test.failing_lba));
        assert_eq!((read, printed.drives[0].odd), (expect, u64::from(expect.is_none())), "{line}");
    };
    check(
        "# 1  Short offline       Completed: read failure       90%     13447         5326718",
        Some((Outcome::FailedRead, 13447, Some(5_326_718))),
    );
    check(
        "#12  Extended offline    Completed without error       00%      6850         -",
        Some((Outcome::Passed, 6850, None)),
    );
    check(
        "# 2  Vendor (0xff)       Completed without error       00%         1         -",
        Some((Outcome::Passed, 1, None)),
    );
    check("# 3 Short offline Interrupted (host reset) 00% 12 -", Some((Outcome::Interrupted, 12, None)));
    check("# 1  Short offline       Completed: strange failure    90%     13447         5326718", None);
    check("# 1  Short offline       Completed: read failure       90%     134", None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        recognise(&bytes);
        read(&bytes);
        let banner = b"smartctl 7.2 2020-12-30 r5155 [x] (x)\n=== START OF READ SMART DATA SECTION ===\n";
        read(&[&banner[..], &bytes].concat());
    }

    #[test]
    fn any_cut_and_any_change(at in 0..HEALTHY.len(), byte: u8) {
        let mut bytes = HEALTHY.as_bytes().to_vec();
        read(&bytes[..at]);
        bytes[at] = byte;
        read(&bytes);
    }

    #[test]
    fn any_lines(lines in proptest::collection::vec("(ID# ATTRIBUTE_NAME|Error [0-9]+ occurred at disk power-on lifetime: |read: |# [0-9]|0x0[0-9]|Status: |phy identifier = |Num |relative target port id = )?[ 0-9a-f:x%-]{0,40}", 0..20)) {
        for head in ["Vendor Specific SMART Attributes with Thresholds:", "SMART Error Log Version: 1", "Error counter log:", "Device Statistics (GP Log 0x04)", "Background scan results log", "Protocol Specific port log page for SAS SSP", "SMART/Health Information (NVMe Log 0x02)", "Error Information (NVMe Log 0x01, 1 of 1 entries)", "Self-test Log (NVMe Log 0x06)"] {
            read(format!("smartctl 7.2 [x]\n=== START OF READ SMART DATA SECTION ===\n{head}\n{}\n", lines.join("\n")).as_bytes());
        }
    }
}
