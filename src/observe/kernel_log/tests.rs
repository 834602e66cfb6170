use super::KernelLog;
use crate::model::{Fact, Said, Sink, Statement, Subject};
use crate::observe::families::Family as _;
use crate::observe::source::Options;
use chrono::{DateTime, Utc};
use std::ops::Range;

#[derive(Default)]
struct Told(Vec<String>);

impl Sink for Told {
    fn say(&mut self, _said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        let Statement { subject, fact, severity, .. } = statement();
        let fact = match &fact {
            Fact::State(state) => state.code(),
            fact => fact.code(),
        };
        self.0.push(format!("{subject} {fact} {}", severity.code()));
    }

    fn recant(&mut self, _: &Subject, _: u64, _: DateTime<Utc>, _: &Range<u64>) {}

    fn end(&mut self, _: &Subject, _: bool) {}
}

#[derive(Default)]
struct Facts(Vec<Fact>);

impl Sink for Facts {
    fn say(&mut self, _said: &Said<'_>, statement: &mut dyn FnMut() -> Statement) {
        self.0.push(statement().fact);
    }

    fn recant(&mut self, _: &Subject, _: u64, _: DateTime<Utc>, _: &Range<u64>) {}

    fn end(&mut self, _: &Subject, _: bool) {}
}

/// Lines of the kernel of `h`, and what they tell.
#[track_caller]
fn check(lines: &[&str], expect: &[&str]) {
    check_of("kernel", lines, expect);
}

/// Lines of a program of `h`, and what they tell.
#[track_caller]
fn check_of(program: &str, lines: &[&str], expect: &[&str]) {
    let log: String = lines.iter().map(|line| format!("2024-03-05T03:41:22+00:00 h {program}: {line}\n")).collect();
    let mut told = Told::default();
    let mut observer = KernelLog.observer("x".into(), log.as_bytes(), &Options::default());
    observer.push(log.as_bytes(), &mut told);
    observer.finish(&mut told);
    assert_eq!(told.0, expect, "{lines:#?}");
}

#[test]
fn a_drive_that_the_log_names_is_the_drive() {
    const ATTACHED: [&str; 2] = ["da3 at mps0 bus 0 scbus0 target 11 lun 0", "da3: Serial Number XS4A0003"];
    const LINK: &str = "(da3:mps0:0:11:0): CAM status: Uncorrectable parity/CRC error";
    check(&[ATTACHED[0], ATTACHED[1], LINK], &["drive:XS4A0003 link-trouble warning"]);
    // Before it is named, and of one whose number is masked.
    check(&[LINK], &["host:h link-trouble warning"]);
    check(&[ATTACHED[0], "da3: Serial Number *******", LINK], &["host:h link-trouble warning"]);
    check(&[ATTACHED[0], "da3: Serial Number...", LINK], &["host:h link-trouble warning"]);
    // Another one under its name.
    check(&[ATTACHED[0], ATTACHED[1], ATTACHED[0], LINK], &["host:h link-trouble warning"]);
    check(
        &[
            "ada1 at ahcich2 bus 0 scbus2 target 0 lun 0",
            "ada1: Serial Number XS4A0011",
            "ahcich2: Timeout on slot 3 port 0",
        ],
        &["drive:XS4A0011 command-timed-out warning"],
    );
    check(
        &["ada1: Serial Number XS4A0011", "g_vfs_done():ada1p2[WRITE(offset=4096, length=8192)]error = 5"],
        &["drive:XS4A0011 file-system-error warning"],
    );
    check(&["da3: <EXAMPLE XD4000 A1B2> s/n XS4A0003 detached"], &["drive:XS4A0003 device-gone warning"]);
    // What people take in and out.
    check(&["da4 at umass-sim0 bus 0 scbus7 target 0 lun 0", "da4: <EXAMPLE STICK> s/n XU1 detached"], &[]);
    check(&["(cd0:ahcich5:0:0:0): SCSI sense: MEDIUM ERROR asc:11,5 (L-EC uncorrectable error)"], &[]);
}

#[test]
fn what_freebsd_tells() {
    check(&["(da3:mps0:0:11:0): SCSI sense: NOT READY asc:3a,0 (Medium not present)"], &[]);
    check(&["(da3:mps0:0:11:0): SCSI sense: ILLEGAL REQUEST asc:20,0 (Invalid command operation code)"], &[]);
    check(&["(da3:mps0:0:11:0): Error 22, Unretryable error"], &[]);
    check(
        &["(da3:mps0:0:11:0): SCSI sense: UNIT ATTENTION asc:29,0 (Power on, reset, or bus device reset occurred)"],
        &[],
    );
    check(
        &[
            "(da3:mps0:0:11:0): SCSI sense: RECOVERED ERROR asc:5d,10 (Hardware impending failure general hard drive failure)",
        ],
        &["host:h failure-predicted critical"],
    );
    check(&["(da3:mps0:0:11:0): lost device - 1 outstanding"], &["host:h device-gone warning"]);
    check(&["mps0: IOC Fault 0x40002651, Resetting"], &["controller:h/mps0 controller-reset critical"]);
    check(&["nvme0: UNRECOVERED READ ERROR (02/81) sqid:3 cid:9 cdw0:0"], &["host:h medium-error warning"]);
    check(&["GEOM_MIRROR: Device mirror/gm0 launched (2/2)."], &[]);
    check(
        &["GEOM_MIRROR: Device mirror/gm0 launched (1/2).", "GEOM_MIRROR: Device mirror/gm0 launched (2/2)."],
        &["array:h/gm0 degraded critical", "array:h/gm0 optimal info"],
    );
    check(
        &["ciss0: *** State change, logical drive 1, new state=INTERIM_RECOVERY"],
        &["array:h/ciss0/l1 degraded critical"],
    );
    check(&["ciss0: *** State change, logical drive 1, new state=OK"], &[]);
    check(&["ciss0: *** State change, logical drive 1, new state=HUMMING"], &["array:h/ciss0/l1 thing-read warning"]);
    check(&["mfid0: 1907200MB (3905945600 sectors) RAID volume 'OS' is hoping"], &["array:h/mfid0 thing-read warning"]);
}

#[test]
fn entries_of_controllers() {
    let entry = |text: &str, expect: &[&str]| check(&[&format!("mfi0: 71 (653853226s/{text}")], expect);
    entry(
        "0x0002/info) - State change on PD 0b(e0x20/s11) from ONLINE(18) to FAILED(11)",
        &["bay:h/c0/e32/s11 drive-failed critical"],
    );
    entry(
        "0x0002/info) - State change on PD 0b(e0xff/s11) from OFFLINE(10) to REBUILD(14)",
        &["bay:h/c0/s11 rebuild-started warning"],
    );
    entry(
        "0x0002/info) - State change on PD 0b(e0x20/s11) from ONLINE(18) to NOVEL(77)",
        &["bay:h/c0/e32/s11 member-error warning"],
    );
    entry("0x0002/info) - State change on PD 0b(e0x20/s11) from UNCONFIGURED_GOOD(0) to HOT SPARE(2)", &[]);
    entry(
        "0x0001/info) - State change on VD 0a/10 from OPTIMAL(3) to DEGRADED(2)",
        &["array:h/c0/l10 degraded critical"],
    );
    entry("0x0001/CRIT) - VD 00/0 is now OFFLINE", &["array:h/c0/l0 failed critical"]);
    entry(
        "0x0002/info) - Unexpected sense: PD 02(e0x20/s2) Path 0, CDB: 28 00, Sense: 3/11/00",
        &["bay:h/c0/e32/s2 medium-error warning"],
    );
    entry("0x0002/info) - Unexpected sense: PD 02(e0x20/s2) Path 0, CDB: 12 00, Sense: 5/24/00", &[]);
    entry("0x0002/WARN) - PD 02(e0x20/s2) is not a certified drive", &[]);
    entry(
        "0x0008/FATAL) - Battery has failed and cannot support data retention. Please replace the battery",
        &["controller:h/c0 housing-trouble critical"],
    );
    entry("0x0002/FATAL) - Unable to access device PD 02(e0x20/s2)", &["bay:h/c0/e32/s2 drive-failed critical"]);
    // A learn cycle is no fault.
    entry("0x0008/info) - Battery relearn started", &[]);
    check(
        &["megaraid_sas 0000:03:00.0: 71 (653853226s/0x0002/WARN) - Predictive failure: PD 02(e0x20/s2)"],
        &["bay:h/pci-03-00.0/e32/s2 failure-predicted critical"],
    );
}

#[test]
fn what_linux_tells() {
    check(&["ata3: SATA link down (SStatus 0 SControl 300)"], &[]);
    check(
        &["ata3: SATA link up 6.0 Gbps (SStatus 133 SControl 300)", "ata3: SATA link down (SStatus 0 SControl 300)"],
        &["host:h link-trouble warning"],
    );
    check(&["sd 0:0:1:0: Power-on or device reset occurred", "sd 0:0:1:0: [sdb] Attached SCSI disk"], &[]);
    check(
        &["sd 0:0:1:0: [sdb] Attached SCSI disk", "sd 0:0:1:0: Power-on or device reset occurred"],
        &["host:h device-power-on warning"],
    );
    check(&["md/raid1:md0: Disk failure on sdc1, disabling device."], &["array:h/md0 drive-failed critical"]);
    check(&["md/raid1:md0: active with 2 out of 2 mirrors"], &[]);
    check(&["md/raid1:md0: active with 1 out of 2 mirrors"], &["array:h/md0 degraded critical"]);
    check(&["md: recovery of RAID array md0"], &["array:h/md0 rebuild-started warning"]);
    check(&["md: md0: recovery done."], &["array:h/md0 rebuild-completed info"]);
    check(&["md: md0: resync done."], &[]);
    // Which of those that it lacks is whole is not told.
    check(
        &["md/raid10:md0: active with 2 out of 4 devices", "md: md0: recovery done."],
        &["array:h/md0 degraded critical", "array:h/md0 degraded critical"],
    );
    check(
        &["md/raid10:md0: active with 3 out of 4 devices", "md: md0: recovery done."],
        &["array:h/md0 degraded critical", "array:h/md0 rebuild-completed info"],
    );
    check(&["md: resync of RAID array md0"], &[]);
    check(&["blk_update_request: I/O error, dev sr0, sector 0"], &[]);
    check(&["mpt3sas 0000:03:00.0: fault_state(0x2622)!"], &["controller:h/pci-03-00.0 controller-reset critical"]);
    check(&["systemd[1]: Started a service."], &[]);
}

#[test]
fn what_a_line_says_of_a_member_is_kept() {
    let check = |program: &str, line: &str, name: &str, level: Option<&str>, working: Option<u32>| {
        let log = format!("2024-03-05T03:41:22+00:00 h {program}: {line}\n");
        let mut facts = Facts::default();
        let mut observer = KernelLog.observer("x".into(), log.as_bytes(), &Options::default());
        observer.push(log.as_bytes(), &mut facts);
        observer.finish(&mut facts);
        let level = level.map(str::to_owned);
        assert_eq!(facts.0, [Fact::MemberFailed { name: name.to_owned(), level, working }], "{line}");
    };
    let kernel = |line, name, level, working| check("kernel", line, name, level, working);
    let continuing =
        "md/raid1:md0: Disk failure on sdc1, disabling device.#012md/raid1:md0: Operation continuing on 1 devices.";
    kernel(continuing, "sdc1", Some("1"), Some(1));
    kernel("md/raid10:md7: Disk failure on sdq, disabling device.", "sdq", Some("10"), None);
    kernel("md/raid:md7: Disk failure on sdq, disabling device.", "sdq", None, None);
    check("mdadm[988]", "Fail event detected on md device /dev/md0, component device /dev/sdc1", "sdc1", None, None);
}

#[test]
fn what_mdadm_tells() {
    let check = |event: &str, more: &str, expect: &[&str]| {
        check_of("mdadm[988]", &[&format!("{event} event detected on md device /dev/md0{more}")], expect);
    };
    check("Fail", ", component device /dev/sdc1", &["array:h/md0 drive-failed critical"]);
    check("FailSpare", ", component device /dev/sdd1", &["array:h/md0 rebuild-failed critical"]);
    check("DegradedArray", "", &["array:h/md0 degraded critical"]);
    check("DeviceDisappeared", "", &["array:h/md0 device-gone critical"]);
    check("DeviceDisappeared", ":  Wrong-Level", &["array:h/md0 event info"]);
    check("SparesMissing", "", &["array:h/md0 thing-read warning"]);
    check("SpareActive", ", component device /dev/sdd1", &["array:h/md0 rebuild-completed info"]);
    check("MoveSpare", ", component device /dev/md1", &["array:h/md0 event info"]);
    check("RebuildStarted", "", &["array:h/md0 event info"]);
    check("Rebuild40", "", &["array:h/md0 event info"]);
    check("RebuildFinished", ":  mismatches found: 128 (on raid level 10)", &["array:h/md0 event info"]);
    check("NewArray", "", &["array:h/md0 event info"]);
    check("Hummed", "", &["array:h/md0 event-not-understood warning"]);
    check("Hummed loudly", "", &[]);
}

#[test]
fn what_smartd_tells() {
    const BEGAN: &str = "smartd 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0-13-amd64] (local build)";
    const NAMED: &str =
        "Device: /dev/sda [SAT], EXAMPLE HDD 4000, S/N:XS4A0003, WWN:5-000000-00000000, FW:A1B2, 4.00 TB";
    const MASKED: &str =
        "Device: /dev/sda [SAT], EXAMPLE HDD 4000, S/N:XXXXXXXX, WWN:5-000000-00000000, FW:A1B2, 4.00 TB";
    const PENDING: &str = "Device: /dev/sda [SAT], 8 Currently unreadable (pending) sectors";
    let check = |lines: &[&str], expect: &[&str]| check_of("smartd[812]", lines, expect);
    check(&[BEGAN, NAMED, PENDING], &["drive:XS4A0003 medium-error warning"]);
    // Of which only a name is known, that another drive bore before or that is another's.
    check(&[PENDING], &["host:h medium-error warning"]);
    check(&[MASKED, PENDING], &["host:h medium-error warning"]);
    check(&[NAMED, MASKED, PENDING], &["host:h medium-error warning"]);
    check(&[NAMED, BEGAN, PENDING], &["host:h medium-error warning"]);
    check(
        &[NAMED, "Device: /dev/sdb [SAT], FAILED SMART self-check. BACK UP DATA NOW!"],
        &["host:h failure-predicted critical"],
    );
    let of = |text: &str, expect: &[&str]| check(&[NAMED, &format!("Device: /dev/sda [SAT], {text}")], expect);
    of("FAILED SMART self-check. BACK UP DATA NOW!", &["drive:XS4A0003 failure-predicted critical"]);
    of("Failed SMART usage Attribute: 9 Power_On_Hours.", &["drive:XS4A0003 failure-predicted warning"]);
    of("Self-Test Log error count increased from 0 to 1", &["drive:XS4A0003 failure-predicted warning"]);
    of("Critical Warning (0x01): LowSpare", &["drive:XS4A0003 failure-predicted warning"]);
    of("ATA error count increased from 0 to 1", &["drive:XS4A0003 command-failed warning"]);
    of("failed to read SMART Attribute Data", &["drive:XS4A0003 command-failed warning"]);
    of("open() of ATA device failed: No such device", &["drive:XS4A0003 device-gone warning"]);
    of(
        "Temperature 61 Celsius reached critical limit of 60 Celsius (Min/Max 21/61!)",
        &["drive:XS4A0003 housing-trouble warning"],
    );
    of("SMART Prefailure Attribute: 5 Reallocated_Sector_Ct changed from 100 to 99", &[]);
    of("it hums", &["drive:XS4A0003 event-not-understood info"]);
    check(&["smartd is exiting (exit status 0)"], &[]);
    // Not its word.
    check_of("sudo[812]", &[PENDING], &[]);
}
