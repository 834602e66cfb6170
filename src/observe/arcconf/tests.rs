use super::{Arcconf, GetConfig, GetLogs, GetStatus, PhyErrorLog};
use crate::model::{ArrayRead, Thing};
use crate::observe::output::{Sheet, Tool};
use chrono::DateTime;
use std::fmt::Write as _;

/// A fixture of `getconfig`, or of the command that it names.
fn fixture(name: &str) -> Vec<u8> {
    let (command, name) = name.split_once('/').unwrap_or(("getconfig", name));
    let path = format!("{}/fixtures/arcconf-{command}/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a fixture")
}

fn sheet<T: Tool>(bytes: &[u8]) -> Sheet {
    T::sheet(&T::read(bytes), "h", DateTime::default())
}

/// With the entries of logs, as far as there are any.
fn with_entries<T: Tool>(bytes: &[u8]) -> Sheet {
    let mut sheet = sheet::<T>(bytes);
    let (output, listed) = (T::read(bytes), sheet.events.len());
    T::entries(&output, bytes, "h", DateTime::default(), &mut |event| sheet.events.push(event.clone()));
    assert_eq!(T::entries_told(&output), (sheet.events.len() - listed) as u64);
    sheet
}

fn config(bytes: &[u8]) -> Sheet {
    sheet::<Arcconf<GetConfig>>(bytes)
}

/// An array with its members, each by bay, drive and role.
fn array(read: &ArrayRead) -> String {
    let mut text = format!("{} {}", read.state.code(), read.level.as_deref().unwrap_or("?"));
    for member in &read.members {
        let bay = member.bay.as_ref().map_or_else(|| "?".to_owned(), |bay| bay.path());
        let serial = member.serial.as_deref().unwrap_or("?");
        let set = member.mirror_set.map_or_else(String::new, |set| format!("/{set}"));
        let _ = write!(text, " {bay}={serial}:{}{set}", member.role.code());
    }
    text
}

/// What is the matter, and how the arrays are.
fn told(sheet: &Sheet) -> Vec<String> {
    let mut told = Vec::new();
    for read in &sheet.things {
        if let Thing::Array(read_array) = &read.reading.thing {
            told.push(format!("{}: {}", read.subject, array(read_array)));
        }
        for reason in &read.reading.reasons {
            let (severity, key) = (reason.severity.code(), &reason.key);
            told.push(format!("{}: {severity} {} {key}", read.subject, reason.ailment.code()));
        }
    }
    told
}

const DATA: &str = "array:h/c1/l0: optimal 10 c1/e0/s0=Z1W00A00:active/0 c1/e0/s1=Z1W00A01:active/0 \
                    c1/e0/s2=Z1W00A02:active/1 c1/e0/s3=Z1W00A03:active/1";
const LOGS: &str = "array:h/c1/l1: optimal 1 c1/e0/s4=Z1W00A04:active/0 c1/e0/s5=Z1W00A05:active/0";

#[test]
fn what_is_the_matter() {
    let check = |name: &str, expect: &[&str]| assert_eq!(told(&config(&fixture(name))), expect, "{name}");
    check("healthy", &[DATA, LOGS]);
    check("predicted", &["drive:Z1W00A03: critical failure-predicted arcconf-predicted", DATA, LOGS]);
    check("failed-stripes", &[DATA, "array:h/c1/l0: warning member-errors failed-stripes", LOGS]);
    check("new-drive-word", &["drive:Z1W00A01: warning out-of-use arcconf-state", DATA, LOGS]);
    check("fan-failed", &["enclosure:h/c1/e0: warning fan-failed fan-1-status", DATA, LOGS]);
    check("learning", &[DATA, LOGS]);
    check(
        "write-through",
        &[
            "controller:h/c1: warning cache-unprotected arcconf-battery",
            "controller:h/c1: warning cache-unprotected arcconf-write-through",
            DATA,
            LOGS,
        ],
    );
    check(
        "rebuilding",
        &[&DATA.replace("optimal", "rebuilding").replace("Z1W00A02:active", "Z1W00A07:rebuilding"), LOGS],
    );
    // One segment is missing, and one drive was given up: it is that one.
    let gone = "unnamed-h-c1-e0-s2";
    check(
        "degraded",
        &[
            &format!("drive:{gone}: critical out-of-use arcconf-state"),
            &DATA.replace("optimal", "degraded").replace("Z1W00A02:active", "?:failed"),
            LOGS,
        ],
    );
    check(
        "smartraid-foreign",
        &[
            "drive:EXF0000000A3: warning out-of-use foreign",
            "array:h/c1/l0: optimal 1 c1/s0=EXF0000000A1:active/0 c1/s1=EXF0000000A2:active/0",
        ],
    );
    check(
        "smartraid-media-errors",
        &[
            "drive:EXF0000000A2: info media-errors arcconf-hard-read-errors",
            "drive:EXF0000000A2: info media-errors arcconf-media-failures",
            "array:h/c1/l0: optimal 1 c1/s0=EXF0000000A1:active/0 c1/s1=EXF0000000A2:active/0",
        ],
    );
}

#[test]
fn drives_without_a_serial_number_are_told_apart() {
    let sheet = config(&fixture("masked"));
    let drives: Vec<String> = sheet.things.iter().filter_map(|read| read.subject.serial().map(str::to_owned)).collect();
    let expect: Vec<String> = (0..7).map(|slot| format!("unnamed-h-c1-e0-s{slot}")).collect();
    assert_eq!(drives, expect);
    // Where only the list of drives hides them, the segments tell.
    let text = String::from_utf8(fixture("healthy")).expect("text");
    let hidden =
        text.replace("Serial number                      : Z1W00A", "Serial number                      : *******");
    assert_ne!(text, hidden);
    let sheet = config(hidden.as_bytes());
    let drives: Vec<&str> = sheet.things.iter().filter_map(|read| read.subject.serial()).collect();
    assert_eq!(drives.first(), Some(&"Z1W00A00"));
    assert_eq!(drives.last(), Some(&"unnamed-h-c1-e0-s6"));
}

#[test]
fn what_all_was_listed() {
    let check = |bytes: &[u8], expect: &[&str]| {
        let whole: Vec<String> = config(bytes).whole.iter().map(ToString::to_string).collect();
        assert_eq!(whole, expect, "{}", String::from_utf8_lossy(bytes));
    };
    let healthy = fixture("healthy");
    check(&healthy, &["host:h"]);
    check(&fixture("none-found"), &["host:h"]);
    let of_two = String::from_utf8(healthy).expect("text").replace("found: 1", "found: 2");
    check(of_two.as_bytes(), &["controller:h/c1"]);
    let only_drives = of_two.replace("Logical device information", "");
    check(only_drives.as_bytes(), &[]);
}

#[test]
fn what_the_output_does_not_list() {
    let check = |lines: &str, expect: &[&str]| {
        let bytes = format!("Controllers found: 1\n{lines}\nCommand completed successfully.\n");
        assert_eq!(told(&config(bytes.as_bytes())), expect, "{lines}");
    };
    check("Controller information\nController Status : Optimal\nLogical devices/Failed/Degraded : 1/0/0", &[]);
    check(
        "Controller information\nController Status : Optimal\nLogical devices/Failed/Degraded : 2/0/1",
        &["array:h/c1: degraded ?"],
    );
    check(
        "Controller information\nController Status : Gloomy\nDefunct disk drive count : 1",
        &["controller:h/c1: warning out-of-use arcconf-defunct", "controller:h/c1: warning part-failed arcconf-state"],
    );
    let drive = |state: &str| {
        let place = "Reported Location : Enclosure 0, Slot 1\nSerial number : Z1";
        format!("Physical Device information\nDevice #0\nDevice is a Hard drive\nState : {state}\n{place}")
    };
    check(&drive("Online"), &["array:h/c1: unknown ?"]);
    check(&drive("Raw (Pass Through)"), &[]);
    check(&drive("Global Hot-Spare"), &[]);
    let optimal =
        "Logical device information\nLogical device number 0\nRAID level : 5\nStatus of logical device : Optimal\n";
    check(
        &format!("{optimal}Segment 0 : Present (0,1) Z1\nSegment 1 : Sulking (0,2) Z2"),
        &[
            "array:h/c1/l0: optimal 5 c1/channel0/d1=Z1:active c1/channel0/d2=Z2:active",
            "array:h/c1/l0: warning member-errors state-word",
        ],
    );
    check(
        &format!("{optimal}Segment 0 : Present (0,1) Z1\nSegment 1 : Missing"),
        &["array:h/c1/l0: degraded 5 c1/channel0/d1=Z1:active ?=?:missing"],
    );
}

#[test]
fn what_is_logged() {
    let events = |sheet: Sheet| -> Vec<String> {
        let line = |event: &super::super::machine::Event| {
            format!("{} {} {}", event.subject, event.severity.code(), event.fact.code())
        };
        sheet.events.iter().map(line).collect()
    };
    let logs = |name: &str| events(with_entries::<Arcconf<GetLogs>>(&fixture(name)));
    assert_eq!(
        logs("getlogs/device"),
        [
            "bay:h/c1/e0/s5 warning command-failed",
            "bay:h/c1/e0/s3 warning link-trouble",
            "bay:h/c1/e0/s3 warning command-failed",
            "bay:h/c1/e0/s3 warning medium-error",
        ]
    );
    // The battery was low for some minutes, and is charged again.
    assert_eq!(
        logs("getlogs/event"),
        [
            "bay:h/c1/channel0/d3 warning command-timed-out",
            "bay:h/c1/channel0/d3 warning medium-error",
            "controller:h/c1 info housing-trouble",
            "controller:h/c1 info event",
        ]
    );
    assert_eq!(logs("getlogs/dead"), ["drive:Z1W00A05 critical drive-failed"]);
    // The logs of one file, each with its own: where the battery is charged in one, in another it still is low.
    let low = fixture("getlogs/event");
    let low = String::from_utf8(low).expect("text").replace("FSA_BATTERY_GOOD", "FSA_PENDING");
    let both = [fixture("getlogs/event"), low.into_bytes()].concat();
    let power: Vec<_> = events(with_entries::<Arcconf<GetLogs>>(&both))
        .into_iter()
        .filter_map(|line| line.strip_suffix(" housing-trouble").map(str::to_owned))
        .collect();
    assert_eq!(power, ["controller:h/c1 info", "controller:h/c1 warning"]);
    let phys = |name: &str| events(with_entries::<Arcconf<PhyErrorLog>>(&fixture(name))).len();
    assert_eq!((phys("phyerrorlog/controller"), phys("phyerrorlog/sata")), (1, 1));
    let status = |name: &str| events(sheet::<Arcconf<GetStatus>>(&fixture(name)));
    assert_eq!(status("getstatus/idle"), [""; 0]);
    assert_eq!(status("getstatus/rebuild"), ["array:h/c1/l0 warning array-rebuilding"]);
    assert_eq!(status("getstatus/verify"), ["array:h/c1/l0 info event"]);
    assert_eq!(status("getstatus/new-word"), ["array:h/c1/l0 warning event-not-understood"]);
    // In one file with the configuration, what is done shows in the state of the array.
    let both = [fixture("getstatus/rebuild"), fixture("degraded")].concat();
    let sheet = config(&both);
    assert!(sheet.events.is_empty());
    assert!(told(&sheet).iter().any(|line| line.starts_with("array:h/c1/l0: rebuilding")), "{:?}", told(&sheet));
}
