use super::*;
use crate::megaraid::device::{ArrayState, DriveState};
use proptest::prelude::*;

/// A drive as every version prints it, with more lines behind its state.
fn drive(slot: u32, state: &str, more: &str) -> String {
    format!(
        "Enclosure Device ID: 32\nSlot Number: {slot}\nDrive's position: DiskGroup: 0, Span: 0, Arm: {slot}\nDevice Id: {slot}\n\
         Media Error Count: 0\nOther Error Count: 0\nPredictive Failure Count: 0\nFirmware state: {state}\n{more}\n\n"
    )
}

const ARRAY: &str = "Virtual Drive: 0 (Target Id: 0)\nName                :data\n\
    RAID Level          : Primary-1, Secondary-0, RAID Level Qualifier-0\nSize                : 931,0 GB\n\
    State               : Optimal\nNumber Of Drives    : 2\nSpan Depth          : 1\n\
    Default Cache Policy: WriteBack, ReadAhead, Direct, No Write Cache if Bad BBU\n\
    Current Cache Policy: WriteBack, ReadAhead, Direct, Write Cache OK if Bad BBU\n";

#[test]
fn what_it_is() {
    let check = |text: &str, expect: Option<&str>| {
        let Parts { arrays, drives, controller } = parts(text.as_bytes());
        let words = [("arrays", arrays), ("drives", drives), ("controller", controller)];
        let words: Vec<&str> = words.into_iter().filter_map(|(word, is)| is.then_some(word)).collect();
        assert_eq!(words.join(" "), expect.unwrap_or_default(), "{text}");
        assert_eq!(recognise(text.as_bytes()), expect.is_some(), "{text}");
    };
    check("\r\n\r\nAdapter 0 -- Virtual Drive Information:\r\n", Some("arrays"));
    check("Adapter 1: No Virtual Drive Configured.", Some("arrays"));
    check("$ MegaCli -PDList -aALL\nAdapter #0\n\nEnclosure Device ID: N/A\nSlot Number: 0\n", Some("drives"));
    check("Adapter #0\n\nNumber of Virtual Disks: 1\nEnclosure Device ID: 8\nSlot Number: 0\n", Some("arrays drives"));
    check("BBU status for Adapter: 0\n", Some("controller"));
    check("Adapter 0: Get BBU Status Failed.\n", Some("controller"));
    check("FW Package Build: 12.12.0-0111\n", Some("controller"));
    check("", None);
    check("Exit Code: 0x00\n", None);
    check("Slot Number: 0\n", None);
    check("Adapter for 0 -- Virtual Drive Information:", None);
}

#[test]
fn states_of_drives() {
    let check = |text: &str, expect: Word<DriveState>| {
        let read = megacli(format!("Adapter #0\n{}Exit Code: 0x00", drive(0, text, "")).as_bytes());
        assert_eq!(read.adapters[0].drives[0].state, Some(expect), "{text}");
        assert_eq!(read.tally.cut, None, "{text}");
    };
    check("Online, Spun Up", Word::Known(DriveState::Online));
    check("Online", Word::Known(DriveState::Online));
    check("Unconfigured(good), Spun down", Word::Known(DriveState::UnconfiguredGood));
    check("Unconfigured(bad)", Word::Known(DriveState::UnconfiguredBad));
    check("Hotspare, Spun Up", Word::Known(DriveState::HotSpare));
    check("Failed", Word::Known(DriveState::Failed));
    check("Offline", Word::Known(DriveState::Offline));
    check("Rebuild", Word::Known(DriveState::Rebuild));
    check("Copyback", Word::Known(DriveState::Copyback));
    check("JBOD", Word::Known(DriveState::System));
    check("Shielded", Word::Other("Shielded".to_owned()));
}

/// Serial number, model, firmware, vendor.
#[test]
fn inquiry_data() {
    let check = |text: &str, expect: &str| {
        let more = format!("Inquiry Data: {text}");
        let read = megacli(format!("Adapter #0\n{}Exit Code: 0x00", drive(0, "Online", &more)).as_bytes());
        let one = &read.adapters[0].drives[0];
        let fields = [&one.serial, &one.model, &one.firmware, &one.vendor];
        let fields: Vec<&str> = fields.into_iter().map(|field| field.as_deref().unwrap_or("-")).collect();
        assert_eq!(fields.join("|"), expect, "{text}");
    };
    check(
        "      LABSER00000001LAB SOLID-1TB                           LB123456",
        "LABSER00000001|LAB SOLID-1TB|LB123456|-",
    );
    check("LABSER00000001      LAB SOLID-1TB                           LB12", "LABSER00000001|LAB SOLID-1TB|LB12|-");
    check("LABCO   SPIN-600        LB01S0001ABC            ", "S0001ABC|SPIN-600|LB01|LABCO");
    check("ATA     SPIN-500        LB02            S0002ABC", "S0002ABC|SPIN-500|LB02|-");
    check("LABCO   SPI", "-|SPI|-|LABCO");
    check("", "-|-|-|-");
}

#[test]
fn other_lines_of_a_drive() {
    let more = "WWN: 5000C500A1B2C3D4\nRaw Size: 931.512 GB [0x74706db0 Sectors]\nSector Size:  0\nForeign State: Foreign \n\
                Drive Temperature :38C (100.40 F)\nDrive has flagged a S.M.A.R.T alert : Yes\nPort-0 :\nPort status: Active\nPort-1 :\n\
                Port status: Active";
    let read = megacli(format!("Adapter #1\n{}Exit Code: 0x00", drive(3, "Online", more)).as_bytes());
    let one = &read.adapters[0].drives[0];
    assert_eq!(read.tally.odds(), 0, "{:?}", read.tally);
    assert_eq!(read.adapters[0].number, Some(1));
    assert_eq!(one.position, Some(Position { group: 0, span: 0, arm: 3 }));
    assert_eq!(one.wwn.as_deref(), Some("5000c500a1b2c3d4"));
    assert_eq!((one.blocks, one.block), (Some(0x7470_6db0), None));
    assert_eq!((one.foreign, one.alert, one.temperature), (Some(true), Some(true), Some(38)));
}

#[test]
fn logical_drives() {
    let read = megacli(format!("Adapter 0 -- Virtual Drive Information:\n{ARRAY}\nExit Code: 0x00").as_bytes());
    let array = &read.adapters[0].arrays[0];
    assert_eq!((read.tally.odds(), &read.tally.cut), (0, &None), "{:?}", read.tally);
    assert_eq!(array.state, Some(Word::Known(ArrayState::Optimal)));
    assert_eq!((array.level, array.width()), (Some([1, 0, 0]), Some(2)));
    assert_eq!(array.size.as_deref(), Some("931,0 GB"));
    assert_eq!(array.cache_set, Some(WritePolicy { write_back: true, without_battery: false }));
    assert_eq!(array.cache_now, Some(WritePolicy { write_back: true, without_battery: true }));
}

/// Drives by the spans that they are listed under: announced, then their places.
#[test]
fn spans() {
    let check = |text: &str, expect: &str| {
        let read = megacli(format!("{text}\nExit Code: 0x00").as_bytes());
        let of = |array: &Array| {
            let spans = array.spans.iter().map(|span| format!("{:?}{:?}", span.drives.unwrap_or(0), span.listed));
            spans.collect::<Vec<_>>().join(" ")
        };
        let arrays: Vec<String> = read.adapters.iter().flat_map(|adapter| adapter.arrays.iter().map(of)).collect();
        assert_eq!(arrays.join("; "), expect, "{text}");
        assert_eq!((read.tally.odds(), read.tally.cut), (0, None), "{text}");
    };
    let (zero, one) = (drive(0, "Online", ""), drive(1, "Online", ""));
    check(
        &format!(
            "Adapter #0\n\nNumber of Virtual Disks: 1\n{ARRAY}Number of Spans: 1\nSpan: 0 - Number of PDs: 2\n\nPD: 0 Information\n{zero}PD: 1 Information\n{one}"
        ),
        "2[0, 1]",
    );
    // One is missing: its head stands alone.
    check(
        &format!(
            "Adapter #0\n\nNumber of Virtual Disks: 1\n{ARRAY}Number of Spans: 1\nSpan: 0 - Number of PDs: 2\n\nPD: 0 Information\n\n\nPD: 1 Information\n{one}"
        ),
        "2[0]",
    );
    let second = ARRAY.replace("Virtual Drive: 0 (Target Id: 0)", "Virtual Drive: 1 (Target Id: 1)");
    check(
        &format!(
            "====\nAdapter: 0\nProduct Name: LAB 9000\nMemory: 512MB\nBBU: Present\nSerial No: LAB1\n====\nNumber of DISK GROUPS: 1\n\n\
             DISK GROUP: 0\nNumber of Spans: 1\nSPAN: 0\nSpan Reference: 0x00\nNumber of PDs: 2\nNumber of VDs: 2\n\
             Number of dedicated Hotspares: 0\nVirtual Drive Information:\n{ARRAY}{second}Physical Disk Information:\n\
             Physical Disk: 0\n{zero}Physical Disk: 1\n{one}"
        ),
        "2[0, 1]; 2[0, 1]",
    );
}

#[test]
fn batteries() {
    let check = |lines: &str, status: u32, troubles: &[&str]| {
        let text = format!(
            "BBU status for Adapter: 0\n\nBatteryType: BBU\nVoltage: 4067 mV\n{lines}\nRemaining Capacity Low : No\nExit Code: 0x00"
        );
        let read = megacli(text.as_bytes());
        let battery = read.adapters[0].battery.clone().unwrap_or_default();
        assert_eq!((battery.status, battery.millivolts), (status, Some(4067)), "{lines}");
        assert_eq!(battery.troubles, troubles, "{lines}");
        assert_eq!((read.tally.odds(), read.tally.cut), (0, None), "{lines}");
    };
    check("Battery State: Optimal\n  Voltage   : OK\n Learn Cycle Requested\t : No", 0, &[]);
    check("Learn Cycle Active : Yes\n Charging Status : Discharging", 1 << 6 | 1 << 4, &[]);
    check("Battery Replacement required : Yes", 1 << 10, &[]);
    check("Temperature : Warm", 0, &["Temperature: Warm"]);
    check("Pack is about to fail & should be replaced : Yes", 0, &["Pack is about to fail & should be replaced: Yes"]);
    check("Battery State: Failed", 0, &["its state is Failed"]);
    check("isSOHGood: No", 0, &["isSOHGood: No"]);
}

#[test]
fn what_is_not_whole() {
    let check = |text: &str, expect: Option<&str>| {
        let cut = megacli(text.as_bytes()).tally.cut;
        assert_eq!(cut.as_deref(), expect, "{text}");
    };
    let head = "Adapter 0 -- Virtual Drive Information:\n";
    let (zero, one) = (drive(0, "Online", ""), drive(1, "Online", ""));
    check(&format!("{head}{ARRAY}\nExit Code: 0x00\n"), None);
    check(&format!("{head}{ARRAY}\nExit Code: 0x00\r\n\r\nroot@engine:~# "), None);
    check(&format!("{head}{ARRAY}\nroot@engine:~# "), Some("the line with the exit code is missing, which ends it"));
    check(&format!("so\n{head}{ARRAY}\nExit Code: 0x00\r\n\r\n"), Some("it is mixed with other text"));
    check(&format!("{ARRAY}\nExit Code: 0x00"), Some("the line that names the controller is missing"));
    check(&format!("{head}{ARRAY}\nExit Code: 0x0"), Some("the line with the exit code is missing, which ends it"));
    check(
        &format!("{head}{}\nExit Code: 0x00", ARRAY.replace("State ", "Stated ")),
        Some("the state of logical drive 0 is not told"),
    );
    check(
        &format!("{head}{ARRAY}Adapter #0\n{zero}\nExit Code: 0x00"),
        Some("another output begins before the end of the one before it"),
    );
    check(&format!("{head}{ARRAY}Exit Code: 0x00\nAdapter #0\n{zero}\nExit Code: 0x00"), None);
    check(
        &format!("Adapter #0\n{}Slot Number: 1\nExit Code: 0x00", zero.trim_end().to_owned() + "\n"),
        Some("\u{ab}Slot Number\u{bb} stands twice: two things run into each other"),
    );
    check(
        &format!("Adapter #0\n{zero}{}Exit Code: 0x00", one.replace("Media", "Medium")),
        Some("the media errors of the drive listed as number 2 is not told"),
    );
    check(
        &format!("Adapter #0\nNumber of Virtual Disks: 2\n{ARRAY}\nExit Code: 0x00"),
        Some("it announces 2 logical drives and lists 1"),
    );
    // The front of one thing and the end of another.
    check(
        &format!("{head}{ARRAY}Slot Number: 0\nExit Code: 0x00"),
        Some("\u{ab}Slot Number\u{bb} stands in another thing than it is of"),
    );
    check(
        &format!("Adapter #0\n{}Disk Cache Policy: Enabled\nExit Code: 0x00", zero.trim_end().to_owned() + "\n"),
        Some("\u{ab}Disk Cache Policy\u{bb} stands in another thing than it is of"),
    );
    check(
        "BBU status for Adapter: 0\nBattery State: Optimal\nRaw Size: 931.5 GB\nExit Code: 0x00",
        Some("\u{ab}Raw Size\u{bb} stands in another thing than it is of"),
    );
    check("\nExit Code: 0x00\n", Some("it tells neither of drives nor of logical drives, a battery or the controller"));
    check("Adapter #0\n\nNumber of Virtual Disks: 0\n\nExit Code: 0x00", None);
}

#[test]
fn lines_that_are_not_understood() {
    let text = format!("Adapter #0\n{}Exit Code: 0x00", drive(0, "Online", "Mood: fair\nhm"));
    let odd: Vec<String> = megacli(text.as_bytes()).tally.not_understood.into_iter().map(|odd| odd.text).collect();
    assert_eq!(odd, ["Mood: fair", "hm"]);
}

/// Words and bytes that matter, so that chance meets more than the first head.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just(b"Adapter #0\n".to_vec()),
        Just(b"Adapter 0 -- Virtual Drive Information:\n".to_vec()),
        Just(b"Adapter: 1\n".to_vec()),
        Just(b"BBU status for Adapter: 0\n".to_vec()),
        Just(b"Exit Code: 0x00\n".to_vec()),
        Just(b"Number of Virtual Disks: 3\n".to_vec()),
        Just(b"DISK GROUP: 0\nNumber of PDs: 2\n".to_vec()),
        Just(ARRAY.as_bytes().to_vec()),
        Just(drive(1, "Rebuild", "Inquiry Data: \u{fc}").into_bytes()),
        proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(word, 0..12).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in soup()) {
        prop_assert_eq!(recognise(&bytes), parts(&bytes) != Parts::default());
        let read = megacli(&bytes);
        prop_assert!(read.tally.odds() <= read.tally.lines);
    }
}
