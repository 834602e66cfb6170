use super::*;
use proptest::prelude::*;

/// Texts of a drive, each with the function of smartd.cpp (smartmontools 7.3) that writes it.
#[test]
fn texts_of_a_drive() {
    let check = |text: &str, expect: Option<Meaning>| {
        let line = format!("smartd[812]: Device: /dev/sda [SAT], {text}");
        let device = "/dev/sda [SAT]".to_owned();
        assert_eq!(said(&line), Some(Said::Of { device, meaning: expect }), "{text}");
    };
    let is = |meaning| Some(meaning);
    // check_pending
    check("8 Currently unreadable (pending) sectors", is(Meaning::Unreadable));
    check("16 Currently unreadable (pending) sectors (changed +8)", is(Meaning::Unreadable));
    check("8 Total unreadable (pending) sectors", is(Meaning::Unreadable));
    check("2 Offline uncorrectable sectors", is(Meaning::Unreadable));
    check("2 Total offline uncorrectable sectors (changed -1)", is(Meaning::Unreadable));
    check("some Currently unreadable (pending) sectors", None);
    // ATACheckDevice
    check("FAILED SMART self-check. BACK UP DATA NOW!", is(Meaning::Failing));
    check("FAILED SMART self-check. BACK UP DATA", None);
    check("not capable of SMART self-check", is(Meaning::Silent));
    check("failed to read SMART Attribute Data", is(Meaning::Silent));
    check("ATA error count increased from 0 to 12", is(Meaning::Errors));
    // check_attribute
    check("Failed SMART usage Attribute: 9 Power_On_Hours.", is(Meaning::Worn));
    check("Failed SMART usage Attribute: 190 Airflow_Temperature_Cel.", is(Meaning::Hot));
    check("SMART Prefailure Attribute: 5 Reallocated_Sector_Ct changed from 100 to 99", is(Meaning::News));
    check(
        "SMART Usage Attribute: 194 Temperature_Celsius changed from 110 [Raw 40] to 109 [Raw 41]",
        is(Meaning::News),
    );
    // SCSICheckDevice
    check("SMART Failure: DATA CHANNEL IMPENDING FAILURE GENERAL HARD DRIVE FAILURE", is(Meaning::Failing));
    check("failed to read SMART values", is(Meaning::Silent));
    // NVMeCheckDevice
    check("Critical Warning (0x02): Temperature", is(Meaning::Hot));
    check("Critical Warning (0x01): LowSpare", is(Meaning::SpareLow));
    check("Critical Warning (0x03): LowSpare, Temperature", is(Meaning::SpareLow));
    check("Critical Warning (0x05): LowSpare, Reliability", is(Meaning::Failing));
    check("Critical Warning (0x08): R/O", is(Meaning::Failing));
    check("number of Error Log entries increased from 3 to 4", is(Meaning::News));
    // CheckSelfTestLogs
    check("Self-Test Log error count increased from 0 to 1", is(Meaning::SelfTest));
    check("new Self-Test Log error at hour timestamp 20123", is(Meaning::SelfTest));
    check("Read SMART Self-Test Log Failed", is(Meaning::Silent));
    // log_self_test_exec_status
    check("previous self-test completed with error (read test element)", is(Meaning::SelfTest));
    check("previous self-test was aborted by the host", is(Meaning::News));
    // CheckTemperature
    check("Temperature 61 Celsius reached critical limit of 60 Celsius (Min/Max 21/61!)", is(Meaning::Hot));
    check("Temperature 51 Celsius reached limit of 50 Celsius (Min/Max 21/51)", is(Meaning::News));
    check("Temperature changed +3 Celsius to 41 Celsius (Min/Max 21/41)", is(Meaning::News));
    check("initial Temperature is 38 Celsius (Min/Max 21/41)", is(Meaning::News));
    // CheckDevicesOnce; older versions, and the mails of this one: "unable to open"
    check("open() of ATA device failed: No such device", is(Meaning::Gone));
    check("open() of ATA device failed: Permission denied", is(Meaning::Silent));
    check("unable to open ATA device", is(Meaning::Silent));
    check("removed ATA device: No such device", is(Meaning::News));
    // is_powermode_skip
    check("is in STANDBY mode, suspending checks", is(Meaning::News));
    // reset_warning_mail
    check("No more Currently unreadable (pending) sectors, warning condition reset after 1 email", is(Meaning::News));
    // Device scans
    check("found in smartd database 7.3/5319: Example HDD", is(Meaning::News));
    check("is SMART capable. Adding to \"monitor\" list.", is(Meaning::News));
    check("opened", is(Meaning::News));
    check("it hums", None);
}

#[test]
fn lines() {
    let check = |line: &str, expect: Option<Said>| assert_eq!(said(line), expect, "{line}");
    check("smartd[812]: smartd 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0-13-amd64] (local build)", Some(Said::Began));
    check("smartd[812]: smartd is exiting (exit status 0)", None);
    check("smartd[812]: Monitoring 2 ATA/SATA, 0 SCSI/SAS and 0 NVMe devices", None);
    check("smartd[812]: Device: sda, opened", None);
    check("smartd[812]: Device: /dev/sda, ", None);
    check("smartctl[812]: Device: /dev/sda [SAT], opened", None);
    check("smartd[x]: Device: /dev/sda [SAT], opened", None);
    let named = |line: &str, device: &str, serial: &str| {
        check(line, Some(Said::Named { device: device.to_owned(), serial: serial.to_owned() }));
    };
    // ATADeviceScan, SCSIDeviceScan, NVMeDeviceScan
    named(
        "smartd[812]: Device: /dev/sda [SAT], EXAMPLE HDD 4000, S/N:XS4A0003, WWN:5-000000-00000000, FW:A1B2, 4.00 TB",
        "/dev/sda [SAT]",
        "XS4A0003",
    );
    named(
        "smartd[812]: Device: /dev/bus/0 [megaraid_disk_05], [EXAMPLE  SAS4000  A1B2], lu id: 0x5000000000000000, S/N: XS4A0004, 4.00 TB",
        "/dev/bus/0 [megaraid_disk_05]",
        "XS4A0004",
    );
    named("smartd[9]: Device: /dev/nvme0, EXAMPLE SSD, S/N:XN0001, FW:1.0, 960 GB", "/dev/nvme0", "XN0001");
}

proptest! {
    #[test]
    fn any_text(text in "\\PC{0,60}") {
        said(&format!("smartd[1]: Device: /dev/sda, {text}"));
        said(&text);
    }

    /// Whatever the number is, and nothing else in its place.
    #[test]
    fn any_number(number: u64, word in "[a-z]{1,8}") {
        let text = |count: &str| format!("{count} Currently unreadable (pending) sectors");
        prop_assert_eq!(phrases::read(&text(&number.to_string())), Some(Meaning::Unreadable));
        prop_assert_eq!(phrases::read(&text(&word)), None);
    }
}
