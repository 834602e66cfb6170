use super::*;

/// What an answer of one controller comes to: each thing with what is held against it, and a question mark if it was not read.
#[track_caller]
fn check(response: &str, expect: &[&str]) {
    let json = format!(
        r#"{{"Controllers":[{{"Command Status":{{"Controller":0,"Status":"Success"}},"Response Data":{{{response}}}}}]}}"#
    );
    let sheet = Storcli::sheet(&Storcli::read(json.as_bytes()), "h", DateTime::default());
    let told = |read: &Read| {
        let reasons = read.reading.reasons.iter().map(|one| format!(" {} {}", one.severity.code(), one.key));
        let of = match &read.reading.thing {
            Thing::Drive(drive) => format!(" in {}", drive.bay.path()),
            Thing::Array(array) => format!(" {} {}", array.state.code(), members(array)),
            _ => String::new(),
        };
        let unread = if read.reading.unread.is_some() { "?" } else { "" };
        let name = read.subject.serial().map_or_else(|| read.subject.path(), str::to_owned);
        format!("{name}{of}{}{unread}", reasons.collect::<String>()).trim_end().to_owned()
    };
    assert_eq!(sheet.things.iter().map(told).collect::<Vec<_>>(), expect, "{response}");
}

/// Slot, mirror set and role of each.
fn members(array: &ArrayRead) -> String {
    let number = |number: Option<u32>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let one = |one: &MemberRead| format!("{}/{}/{}", number(one.slot), number(one.mirror_set), one.role.code());
    array.members.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn drive(slot: &str, state: &str, group: &str) -> String {
    format!(r#"{{"EID:Slt":"{slot}","State":"{state}","DG":"{group}","Model":"M"}}"#)
}

#[test]
fn states_of_drives() {
    let one = |state: &str, group: &str, expect: &str| {
        check(&format!(r#""Drive Information":[{}]"#, drive("252:4", state, group)), &["c0", expect]);
    };
    one("Onln", "0", "unnamed-h-c0-e252-s4 in c0/e252/s4");
    one("GHS", "-", "unnamed-h-c0-e252-s4 in c0/e252/s4");
    one("DHS", "0", "unnamed-h-c0-e252-s4 in c0/e252/s4");
    one("UGood", "-", "unnamed-h-c0-e252-s4 in c0/e252/s4");
    one("JBOD", "-", "unnamed-h-c0-e252-s4 in c0/e252/s4");
    one("UGood", "F", "unnamed-h-c0-e252-s4 in c0/e252/s4 warning foreign");
    one("UBad", "-", "unnamed-h-c0-e252-s4 in c0/e252/s4 critical megaraid-state");
    one("Failed", "0", "unnamed-h-c0-e252-s4 in c0/e252/s4 critical megaraid-state");
    one("Offln", "0", "unnamed-h-c0-e252-s4 in c0/e252/s4 warning megaraid-state");
    one("Rbld", "0", "unnamed-h-c0-e252-s4 in c0/e252/s4 warning rebuild");
    one("Nvrsn", "0", "unnamed-h-c0-e252-s4 in c0/e252/s4 warning megaraid-state");
    one("-", "-", "unnamed-h-c0-e252-s4 in c0/e252/s4?");
    // Attached directly.
    check(&format!(r#""PD LIST":[{}]"#, drive(" :4", "Onln", "0")), &["c0", "unnamed-h-c0-s4 in c0/s4"]);
}

#[test]
fn serial_numbers() {
    let detail = |slot: u32, serial: &str| {
        format!(
            r#""Drive /c0/e1/s{slot}":[{}],"Drive /c0/e1/s{slot} - Detailed Information":{{"Drive /c0/e1/s{slot} Device attributes":{{"SN":"{serial}"}}}}"#,
            drive(&format!("1:{slot}"), "Onln", "0")
        )
    };
    let two = |one: &str, other: &str, expect: [&str; 2]| {
        check(&format!("{},{}", detail(0, one), detail(1, other)), &["c0", expect[0], expect[1]]);
    };
    two("  EX-A ", "EX-B", ["EX-A in c0/e1/s0", "EX-B in c0/e1/s1"]);
    two("*******", "*******", ["unnamed-h-c0-e1-s0 in c0/e1/s0", "unnamed-h-c0-e1-s1 in c0/e1/s1"]);
    two("xxxL", "xxxL", ["unnamed-h-c0-e1-s0 in c0/e1/s0", "unnamed-h-c0-e1-s1 in c0/e1/s1"]);
}

#[test]
fn states_of_virtual_drives() {
    let one = |state: &str, level: &str, members: &[(u32, &str)], expect: &str| {
        let row = |(row, (span, state)): (usize, &(u32, &str))| {
            format!(r#"{{"DG":0,"Arr":{span},"Row":{row},"EID:Slot":"1:{row}","Type":"DRIVE","State":"{state}"}}"#)
        };
        let rows: Vec<String> = members.iter().enumerate().map(row).collect();
        let vd = format!(r#"{{"DG/VD":"0/3","TYPE":"{level}","State":"{state}","Access":"RW","Cache":"RWTD"}}"#);
        check(&format!(r#""TOPOLOGY":[{}],"VD LIST":[{vd}]"#, rows.join(",")), &["c0", expect]);
    };
    one("Optl", "RAID1", &[(0, "Onln"), (0, "Onln")], "c0/l3 optimal 0/0/active 1/0/active");
    one("Dgrd", "RAID1", &[(0, "Onln"), (0, "Offln")], "c0/l3 degraded 0/0/active 1/0/failed");
    one("Pdgd", "RAID6", &[(0, "Onln"), (0, "Msng")], "c0/l3 degraded 0/-/active 1/-/missing");
    one("Dgrd", "RAID5", &[(0, "Onln"), (0, "Rbld")], "c0/l3 rebuilding 0/-/active 1/-/rebuilding");
    one("OfLn", "RAID0", &[(0, "Onln"), (0, "Failed")], "c0/l3 failed 0/-/active 1/-/failed");
    one(
        "Optl",
        "RAID10",
        &[(0, "Onln"), (0, "Onln"), (1, "Onln"), (1, "Onln")],
        "c0/l3 optimal 0/0/active 1/0/active 2/1/active 3/1/active",
    );
    // What it shows is worse than what it says.
    one("Optl", "RAID5", &[(0, "Onln"), (0, "Msng")], "c0/l3 degraded 0/-/active 1/-/missing");
    one("Rec", "RAID5", &[], "c0/l3 unknown  warning state-word");
    one("Nvrsn", "RAID5", &[], "c0/l3 unknown  warning state-word");
}

#[test]
fn caches() {
    let one = |now: &str, set: &str, battery: &str, expect: &str| {
        let vd = format!(r#"{{"DG/VD":"0/0","TYPE":"RAID1","State":"Optl","Access":"RW","Cache":"{now}"}}"#);
        let properties = format!(r#""VD0 Properties":{{"Write Cache(initial setting)":"{set}"}}"#);
        check(
            &format!(r#""/c0/v0":[{vd}],{properties},"BBU_Info":[{{"State":"{battery}"}}]"#),
            &[expect, "c0/l0 optimal"],
        );
    };
    one("RWBD", "WriteBack", "Optimal", "c0");
    one("RWTD", "WriteThrough", "Optimal", "c0");
    one("RWTD", "WriteBack", "Optimal", "c0 warning megaraid-write-through");
    one("RWTD", "WriteBack", "Failed", "c0 warning megaraid-battery warning megaraid-write-through");
    one("RAWBD", "WriteBack", "Failed", "c0 critical megaraid-battery");
    one("RWBD", "WriteBack", "Nvrsn", "c0 warning megaraid-battery");
    // A learn cycle is no fault.
    one("RWTD", "WriteBack", "Learning", "c0");
}
