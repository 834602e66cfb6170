//! Small outputs, each for one thing that is read.

use super::*;
use crate::ata::logs::self_test::Outcome;
use proptest::prelude::*;

const HEALTHY: &str = include_str!("../../../fixtures/smartctl/healthy");

const FIXTURES: [&str; 6] = [
    HEALTHY,
    include_str!("../../../fixtures/smartctl/degraded"),
    include_str!("../../../fixtures/smartctl/old"),
    include_str!("../../../fixtures/smartctl/sas-failed"),
    include_str!("../../../fixtures/smartctl/nvme-failed"),
    include_str!("../../../fixtures/smartctl/json-failed"),
];

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
    check("Device is in STANDBY mode, exit(2)\n", None, &["a word on its health"], &[TroubleKind::Asleep], None);
    check(
        "Smartctl open device: /dev/sda failed: Permission denied\n",
        None,
        &["a word on its health"],
        &[TroubleKind::Denied],
        None,
    );
    check(
        "=== START OF READ SMART DATA SECTION ===\n",
        None,
        &["a word on its health"],
        &[],
        Some("what it says of the drive is missing"),
    );
    // The banner of one output, and another one from its middle on.
    check(
        &format!("Serial Number:    EXA7H2K0MPLE\n\n{passed}PASSED\n\n"),
        Some(HealthWord::Passed),
        &all,
        &[],
        Some("the head is missing of what the drive is"),
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

fn only(text: &str) -> Drive {
    let printed = read(text.as_bytes());
    assert_eq!((&printed.tally.cut, &printed.tally.not_understood), (&None, &Vec::new()));
    let [drive] = printed.drives.as_slice() else { panic!("one drive: {printed:#?}") };
    assert_eq!((drive.odd, drive.lacks.as_slice(), drive.troubles.as_slice()), (0, &[][..], &[][..]));
    drive.clone()
}

#[test]
fn text_and_json_say_the_same() {
    let (text, json) = (only(HEALTHY), only(include_str!("../../../fixtures/smartctl/json")));
    assert_eq!((&text.model, &text.wwn, text.bytes, &text.smart), (&json.model, &json.wwn, json.bytes, &json.smart));
    assert_eq!(text.health, json.health);
    let (Answers::Ata(text), Answers::Ata(json)) = (&text.answers, &json.answers) else { panic!("ATA") };
    for row in json.attributes.iter().flatten() {
        let same = text.attributes.iter().flatten().find(|other| other.id == row.id).expect("the same attributes");
        // The upper bytes of hours are other numbers, which text has and JSON of these fixtures has in part.
        let bits = |row: &Attribute| row.raw.bits(None).map(|bits| bits & 0xff_ffff);
        let told = |row: &Attribute| (row.value, row.worst, row.threshold, row.failed.clone(), bits(row));
        assert_eq!(told(row), told(same), "{}", row.id);
    }
    let last = |ata: &Ata| ata.self_tests.as_ref().and_then(|log| log.tests.first().copied());
    assert_eq!(last(text), last(json));
    assert_eq!((text.speed, text.errors.is_some()), (json.speed, json.errors.is_some()));
}

/// It was cut off behind the blank with which the first self-test begins: the head of the table, and a blank line that ended it.
#[test]
fn text_that_breaks_off_within_the_blanks_of_a_row() {
    let whole = include_str!("../../../fixtures/smartctl/nvme");
    let row = whole.rfind("\n 0   Extended").expect("a self-test");
    let cut = |end: usize| read(&whole.as_bytes()[..end]).tally.cut;
    assert_eq!(cut(row + 2).as_deref(), Some("a table in it has no end"));
    assert_eq!(read(format!("{whole}   ").as_bytes()).tally.cut, None, "blanks behind the whole");
}

#[test]
fn json_that_breaks_off() {
    let whole = include_str!("../../../fixtures/smartctl/json-failed");
    let at = whole.find("ata_smart_self_test_log").expect("a log of self-tests");
    let printed = read(&whole.as_bytes()[..at]);
    assert!(printed.tally.cut.is_some());
    let [drive] = printed.drives.as_slice() else { panic!("one drive: {printed:#?}") };
    assert_eq!((drive.serial.as_deref(), &drive.health), (Some("EXA7J6F0MPLE"), &Some(HealthWord::Failed)));
}

#[test]
fn an_ata_drive_that_fails_its_tests() {
    let drive = only(include_str!("../../../fixtures/smartctl/degraded"));
    let Answers::Ata(ata) = &drive.answers else { panic!("ATA") };
    let errors = ata.errors.as_ref().expect("errors");
    let told: Vec<_> = errors.entries.iter().map(|entry| (entry.number, entry.hours, entry.state)).collect();
    assert_eq!(told, [(Some(2), 25602, 3), (Some(1), 25602, 3)]);
    let told: Vec<_> = errors.entries.iter().map(|entry| (entry.error, entry.status, entry.count, entry.lba)).collect();
    assert_eq!(told, [(0x40, 0x51, 8, 0xc303_2b00); 2]);
    assert_eq!((errors.count, ata.last_test), (Some(2), Some(Outcome::FailedRead)));
    let value = |page, offset| ata.statistics.as_ref().and_then(|statistics| statistics.value(page, offset));
    assert_eq!((value(1, 0x18), value(5, 0x28), value(5, 0x58)), (Some(30_119_203_312), Some(-2), Some(60)));
    let counters = ata.phy.iter().flat_map(|phy| &phy.counters);
    let phy: Vec<_> = counters.map(|counter| (counter.id, counter.value)).collect();
    assert_eq!(phy, [(0x0a, 12), (1, 0), (3, 0), (4, 0)]);
    let sct = ata.sct.as_ref().map(|sct| (sct.temperature, sct.temperature_limit));
    assert_eq!(sct, Some((Some(31), Some(60))));
}

#[test]
fn a_sas_drive() {
    use crate::scsi::log::{Reassigned, ScanStatus, SelfTestResult};
    let drive = only(include_str!("../../../fixtures/smartctl/sas-failed"));
    assert_eq!((drive.way.as_deref(), drive.health), (Some("megaraid,13"), Some(HealthWord::Failed)));
    let Answers::Scsi(scsi) = &drive.answers else { panic!("SCSI") };
    assert_eq!(scsi.exception, Some(Additional { code: 0x5d, qualifier: 0x10 }));
    assert_eq!(scsi.temperature.map(|heat| (heat.now, heat.reference)), Some((Some(40), Some(85))));
    let told: Vec<_> = scsi.counters.iter().map(|page| (page.corrected, page.bytes, page.uncorrected)).collect();
    assert_eq!(
        told,
        [
            (Some(8), Some(16_772_475_000_000), Some(0)),
            (Some(211), Some(574_543_134_000_000), Some(3)),
            (Some(73), Some(3_464_820_000_000), Some(0)),
        ]
    );
    assert_eq!((scsi.non_medium, scsi.grown_defects), (Some(0), Some(412)));
    let tests = scsi.self_tests.iter().flat_map(|log| &log.tests);
    let tests: Vec<_> = tests.map(|test| (test.result, test.segment, test.first_failure)).collect();
    assert_eq!(tests, [(SelfTestResult::Failed, 6, Some(1_234_567_890))]);
    let scan = scsi.background.as_ref().expect("a scan");
    let told = (scan.status, scan.minutes, scan.medium_scans);
    assert_eq!(told, (Some(ScanStatus::Waiting), Some(1_175_301), Some(151)));
    let places: Vec<_> = scan.errors.iter().map(|error| (error.reassigned, error.lba)).collect();
    assert_eq!(places, [(Reassigned::Pending, 0x4996_a2d2)]);
    assert_eq!(scsi.ports.as_ref().map(|ports| ports.ports.len()), Some(1));
}

/// Until 6.0 a SCSI drive was one line.
#[test]
fn an_old_scsi_drive() {
    let drive = only(
        "smartctl version 5.38 [i386-portbld-freebsd7.0] Copyright (C) 2002-8 Bruce Allen
Home page is https://www.smartmontools.org/

Device: SEAGATE  ST3146854LC      Version: 0005
Serial number: EXASCSI0
Device type: disk
Transport protocol: Parallel SCSI (SPI-4)
Local Time is: Mon Nov  3 20:11:02 2008 CET
Device supports SMART and is Enabled
Temperature Warning Disabled or Not Supported
SMART Health Status: OK

Current Drive Temperature:     35 C
Drive Trip Temperature:        68 C
Elements in grown defect list: 2

Error counter log:
           Errors Corrected by           Total   Correction     Gigabytes    Total
               EEC          rereads/    errors   algorithm      processed    uncorrected
           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors
read:    1012131       12         0   1012143    1012143      11402.341           0
write:         0        0         0         0          0       2011.909           0

Non-medium error count:        3
No self-tests have been logged
",
    );
    let told = (drive.vendor.as_deref(), drive.model.as_deref(), drive.firmware.as_deref(), drive.serial.as_deref());
    assert_eq!(told, (Some("SEAGATE"), Some("ST3146854LC"), Some("0005"), Some("EXASCSI0")));
    assert!(matches!(drive.time, Some(Time::Local { zone: Some(zone), .. }) if zone == "CET"));
    let Answers::Scsi(scsi) = &drive.answers else { panic!("SCSI") };
    assert_eq!((scsi.grown_defects, scsi.non_medium, scsi.counters.len()), (Some(2), Some(3), 2));
}

#[test]
fn an_nvme_drive() {
    use crate::nvme::logs::self_test::Outcome;
    let drive = only(include_str!("../../../fixtures/smartctl/nvme-failed"));
    assert_eq!((drive.wwn.as_deref(), drive.bytes), (Some("eui.0025380a1b2c3d4e"), Some(960_197_124_096)));
    let Answers::Nvme(nvme) = &drive.answers else { panic!("NVMe") };
    let health = nvme.health.as_ref().expect("a health log");
    assert_eq!(health.critical_warning.map(|bits| bits.0), Some(0x0c));
    assert_eq!((health.temperature, health.available_spare, health.media_errors), (Some(314), Some(2), Some(112)));
    assert_eq!((health.host_writes, health.sensors.as_slice()), (Some(1_137_800_871), &[(1, 314), (2, 322)][..]));
    assert_eq!(nvme.controller.as_ref().map(|controller| controller.warning_temperature), Some(Some(350)));
    let errors = nvme.errors.iter().flatten();
    let errors: Vec<_> = errors.map(|entry| (entry.error_count, entry.status.kind, entry.status.code)).collect();
    assert_eq!(errors, [(1, 0, 0x02), (2, 2, 0x81)]);
    let tests = nvme.self_tests.iter().flat_map(|log| &log.results);
    let tests: Vec<_> = tests.map(|test| (test.outcome, test.segment, test.failing_lba)).collect();
    assert_eq!(tests, [(Outcome::FailedSegments, Some(7), Some(146_935_160))]);
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
    fn any_cut_and_any_change(one in 0..FIXTURES.len(), at: proptest::sample::Index, byte: u8, more: Vec<u8>) {
        let mut bytes = FIXTURES[one].as_bytes().to_vec();
        let at = at.index(bytes.len());
        read(&bytes[..at]);
        bytes[at] = byte;
        read(&bytes);
        bytes.splice(at..at, more);
        read(&bytes);
    }

    #[test]
    fn any_lines(lines in proptest::collection::vec("(ID# ATTRIBUTE_NAME|Error [0-9]+ occurred at disk power-on lifetime: |read: |# [0-9]|0x0[0-9]|Status: |phy identifier = |Num |relative target port id = )?[ 0-9a-f:x%-]{0,40}", 0..20)) {
        for head in ["Vendor Specific SMART Attributes with Thresholds:", "SMART Error Log Version: 1", "Error counter log:", "Device Statistics (GP Log 0x04)", "Background scan results log", "Protocol Specific port log page for SAS SSP", "SMART/Health Information (NVMe Log 0x02)", "Error Information (NVMe Log 0x01, 1 of 1 entries)", "Self-test Log (NVMe Log 0x06)"] {
            read(format!("smartctl 7.2 [x]\n=== START OF READ SMART DATA SECTION ===\n{head}\n{}\n", lines.join("\n")).as_bytes());
        }
    }
}
