use super::*;
use crate::observe::output::Tool;
use std::path::PathBuf;

fn sheet(text: &[u8]) -> Sheet {
    let output = parser::read(text);
    Mdadm::sheet(&output, "h", DateTime::default())
}

/// The arrays that an output tells of, each with its state, its members, and what is the matter.
fn told(text: &[u8]) -> Vec<String> {
    let array = |read: Read| {
        let Thing::Array(array) = &read.reading.thing else { return read.subject.to_string() };
        let member = |member: &MemberRead| {
            let slot = member.slot.map(|slot| slot.to_string()).unwrap_or_default();
            format!(
                "{slot}{}={}",
                member.name.clone().map(|name| format!(":{name}")).unwrap_or_default(),
                member.role.code()
            )
        };
        let members: Vec<String> = array.members.iter().map(member).collect();
        let reasons: Vec<&str> = read.reading.reasons.iter().map(|reason| reason.key.as_str()).collect();
        let parts = [read.subject.path(), array.state.code().to_owned(), members.join(" "), reasons.join(" ")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    sheet(text).things.into_iter().map(array).collect()
}

/// `--detail` of a mirror of two with a state, counts and rows.
fn mirror(state: &str, active: u32, devices: usize, rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("   {row}\n")).collect();
    format!(
        "/dev/md0:\n Version : 1.2\n Raid Level : raid1\n Raid Devices : 2\n Total Devices : {devices}\n State : {state} \n \
         Active Devices : {active}\n Working Devices : 2\n\n    Number   Major   Minor   RaidDevice State\n{rows}"
    )
}

const A: &str = "0 8 1 0 active sync /dev/sda1";
const B: &str = "1 8 17 1 active sync /dev/sdb1";

#[test]
fn arrays() {
    let check = |state: &str, active: u32, devices: usize, rows: &[&str], expect: &str| {
        assert_eq!(told(mirror(state, active, devices, rows).as_bytes()), [expect], "{state} {rows:?}");
    };
    check("clean", 2, 2, &[A, B], "md0 optimal 0:sda1=active 1:sdb1=active");
    check("clean", 2, 3, &[A, B, "2 8 33 - spare /dev/sdc1"], "md0 optimal 0:sda1=active 1:sdb1=active :sdc1=spare");
    check("clean, degraded", 1, 1, &[A, "- 0 0 1 removed"], "md0 degraded 0:sda1=active 1=missing");
    check(
        "clean, degraded",
        1,
        2,
        &[A, "- 0 0 1 removed", "1 8 17 - faulty /dev/sdb1"],
        "md0 degraded 0:sda1=active 1=missing :sdb1=failed",
    );
    // Of old versions a member that was given up has a slot that is none.
    check(
        "clean, degraded",
        1,
        2,
        &[A, "1 0 0 1 removed", "2 8 17 2 faulty spare /dev/sdb1"],
        "md0 degraded 0:sda1=active 1=missing :sdb1=failed",
    );
    check("clean, FAILED", 0, 0, &["- 0 0 0 removed", "- 0 0 1 removed"], "md0 failed 0=missing 1=missing");
    // It counts on a member whose device is gone.
    check("clean", 2, 2, &[A, "1 8 17 1 active sync missing"], "md0 degraded 0:sda1=active 1=gone");
    check("clean", 2, 2, &[A, "1 8 17 1 active sync"], "md0 degraded 0:sda1=active 1=gone");
    let rebuilt = "2 8 33 1 spare rebuilding /dev/sdc1";
    check("clean, degraded, recovering", 1, 2, &[A, rebuilt], "md0 rebuilding 0:sda1=active 1:sdc1=rebuilding");
    check("clean, degraded, resyncing (DELAYED)", 1, 2, &[A, rebuilt], "md0 degraded 0:sda1=active 1:sdc1=rebuilding");
    check("active, recovering", 2, 3, &[A, B, rebuilt], "md0 rebuilding 0:sda1=active 1:sdb1=active :sdc1=rebuilding");
    check("active, resyncing", 2, 2, &[A, B], "md0 rebuilding 0:sda1=active 1:sdb1=active");
    check("active, checking", 2, 2, &[A, B], "md0 optimal 0:sda1=active 1:sdb1=active");
    check("active, Not Started", 2, 2, &[A, B], "md0 failed 0:sda1=active 1:sdb1=active");
    check("broken", 2, 2, &[A, B], "md0 failed 0:sda1=active 1:sdb1=active");
    // What md says of itself is too good.
    check("clean", 1, 2, &[A, B], "md0 degraded 0:sda1=active 1:sdb1=active");
    check("clean, degraded", 2, 2, &[A, B], "md0 degraded 0:sda1=active 1:sdb1=active");
    check(
        "clean",
        2,
        3,
        &[A, B, "2 8 33 - faulty /dev/sdc1"],
        "md0 optimal 0:sda1=active 1:sdb1=active :sdc1=failed given-up",
    );
    // New words.
    check("dozing", 2, 2, &[A, B], "md0 unknown 0:sda1=active 1:sdb1=active state-word");
    check("clean, dozing", 2, 2, &[A, B], "md0 unknown 0:sda1=active 1:sdb1=active state-word");
    check("clean, degraded, dozing", 1, 1, &[A, "- 0 0 1 removed"], "md0 degraded 0:sda1=active 1=missing state-word");
    check("suspended", 2, 2, &[A, B], "md0 optimal 0:sda1=active 1:sdb1=active suspended");
    check(
        "clean",
        2,
        2,
        &[A, "1 8 17 1 active sync blocked dozing /dev/sdb1"],
        "md0 optimal 0:sda1=active 1:sdb1=active sdb1-blocked sdb1-word",
    );
    check(
        "clean",
        2,
        3,
        &[A, B, "2 8 33 - faulty journal /dev/sdc1"],
        "md0 degraded 0:sda1=active 1:sdb1=active :sdc1=failed given-up",
    );
}

/// Asked before and after.
#[test]
fn what_was_asked_last_counts() {
    let (well, ill) = (mirror("clean", 2, 2, &[A, B]), mirror("clean, degraded", 1, 1, &[A, "- 0 0 1 removed"]));
    assert_eq!(told(format!("{well}{ill}").as_bytes()), ["md0 degraded 0:sda1=active 1=missing"]);
    assert_eq!(told(format!("{ill}{well}").as_bytes()), ["md0 optimal 0:sda1=active 1:sdb1=active"]);
}

#[test]
fn raid10_by_its_layout() {
    let four = |layout: &str| {
        let text = mirror(
            "clean, degraded",
            2,
            2,
            &[A, "- 0 0 1 removed", "- 0 0 2 removed", "3 8 49 3 active sync /dev/sdd1"],
        );
        text.replace("raid1", "raid10").replace("Raid Devices : 2", &format!("Raid Devices : 4\n Layout : {layout}"))
    };
    let state = |layout: &str| told(four(layout).as_bytes()).concat().split(' ').nth(1).map(str::to_owned);
    assert_eq!(state("near=2").as_deref(), Some("degraded"));
    assert_eq!(state("far=2").as_deref(), Some("failed"));
    assert_eq!(state("offset=2").as_deref(), Some("failed"));
    assert_eq!(state("near=2, far=2").as_deref(), Some("degraded"));
    assert_eq!(state("dozing").as_deref(), Some("degraded"));
}

/// A superblock of an array of three.
fn superblock(device: &str, slot: u32, states: &str, events: u64, more: &str) -> String {
    format!(
        "/dev/{device}:\n Magic : a92b4efc\n Version : 1.2\n Array UUID : 00000000:00000000:00000000:00000007\n \
         Raid Level : raid5\n Raid Devices : 3\n State : clean\n{more} Events : {events}\n Device Role : Active device {slot}\n \
         Array State : {states} ('A' == active, '.' == missing, 'R' == replacing)\n"
    )
}

#[test]
fn superblocks() {
    let check = |superblocks: &[String], expect: &[&str]| {
        let expect: Vec<String> =
            expect.iter().map(|expect| format!("00000000-00000000-00000000-00000007 {expect}")).collect();
        assert_eq!(told(superblocks.concat().as_bytes()), expect, "{superblocks:?}");
    };
    let of = |device: &str, slot, states: &str, events| superblock(device, slot, states, events, "");
    // What says that all is well may have been given up since.
    check(&[of("sda1", 0, "AAA", 5)], &[]);
    check(&[of("sda1", 0, "AAA", 5), of("sdb1", 1, "AAA", 5), of("sdc1", 2, "AAA", 5)], &[]);
    check(&[of("sda1", 0, "A.A", 5)], &["degraded 0:sda1=active 1=missing"]);
    check(&[of("sda1", 0, "A..", 5)], &["failed 0:sda1=active 1=missing 2=missing"]);
    // The newest counts, wherever it stands.
    check(
        &[of("sdb1", 1, "AAA", 4), of("sda1", 0, "A.A", 9), of("sdc1", 2, "A.A", 9)],
        &["degraded 0:sda1=active 1:sdb1=failed 2:sdc1=active"],
    );
    check(&[of("sda1", 0, "ARA", 5)], &["rebuilding 0:sda1=active"]);
    check(&[superblock("sda1", 0, "AAA", 5, " Recovery Offset : 8 sectors\n")], &["rebuilding 0:sda1=rebuilding"]);
    check(
        &[superblock("sda1", 0, "AAA", 5, " Checksum : 1 - expected 2\n")],
        &["unknown 0:sda1=active sda1-superblock"],
    );
    check(&[superblock("sda1", 0, "A?A", 5, "")], &["unknown 0:sda1=active state-word"]);
    check(&[superblock("sda1", 0, "AAA", 5, " State : dozing\n")], &["unknown 0:sda1=active state-word"]);
    // Beside the array itself, they add what they know.
    let detail = mirror("clean", 2, 2, &[A, B])
        .replace("Version : 1.2", "Version : 1.2\n UUID : 00000000:00000000:00000000:00000007");
    let bad = superblock(
        "sda1",
        0,
        "A.A",
        5,
        " Bad Block Log : 512 entries available at offset 8 sectors - bad blocks present.\n",
    );
    assert_eq!(told((bad + &detail).as_bytes()), ["md0 optimal 0:sda1=active 1:sdb1=active sda1-bad-blocks"]);
}

/// What people published, by what the names of the files say that they are of: never well where it is not.
#[test]
fn captures_by_their_names() {
    let corpora = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
    let Ok(manifest) = std::fs::read_to_string(corpora.join("MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {} is absent, so no capture of others was judged", corpora.display());
        return;
    };
    let (mut agree, mut of, mut otherwise) = (0, 0, Vec::new());
    for row in manifest.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [path, kind, _, _, expected @ ("OK" | "DEGRADED" | "RESYNC" | "FAILED"), ..] = columns.as_slice() else {
            continue;
        };
        if !kind.starts_with("mdadm-") {
            continue;
        }
        let things = sheet(&std::fs::read(corpora.join(path)).expect("a file of the corpora")).things;
        let state = things.first().and_then(|read| match &read.reading.thing {
            Thing::Array(array) if read.reading.reasons.is_empty() => Some(array.state.code()),
            Thing::Array(array) if array.state == ArrayState::Optimal => Some("optimal, with reasons to look at it"),
            Thing::Array(array) => Some(array.state.code()),
            _ => None,
        });
        let state = state.unwrap_or(NOTHING);
        let agrees = match *expected {
            "OK" => state == "optimal",
            "DEGRADED" => matches!(state, "degraded" | "rebuilding"),
            "RESYNC" => state == "rebuilding",
            _ => state == "failed",
        };
        of += 1;
        agree += u32::from(agrees);
        let known = OTHERWISE.iter().find(|(end, ..)| path.ends_with(end)).map(|(_, state, _)| *state);
        otherwise.extend((!agrees && known != Some(state)).then(|| format!("{path}: {state}, {expected} by its name")));
        assert!(*expected == "OK" || state != "optimal", "{path} is not well");
    }
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
    eprintln!("captures by their names: {agree} of {of} agree");
}

/// Where we say something else than the name of the file: its end, what we say, why.
const OTHERWISE: &[(&str, &str, &str)] = &[
    ("examine-raid0-ok.out", NOTHING, SUPERBLOCK),
    ("examine-raid1-ok.out", NOTHING, SUPERBLOCK),
    ("examine-raid1-0-90-ok.out", NOTHING, SUPERBLOCK),
    ("examine-raid5-ok.out", NOTHING, SUPERBLOCK),
    ("examine-raid0-offline.out", NOTHING, "the superblock is the same as that of the array that runs"),
    ("examine-raid1-faulty2.out", NOTHING, "it is of the member that was given up, and was not written since"),
    ("examine-raid1-syncing.out", NOTHING, "superblocks of 1.x do not tell of a resync"),
    (
        "query-raid1-failed-and-flags.out",
        "optimal, with reasons to look at it",
        "both slots are in sync, and a third member was given up: that is a warning, and no degraded array",
    ),
];

const NOTHING: &str = "nothing told";

const SUPERBLOCK: &str = "a superblock does not tell whether its array runs, nor whether its member was given up since";
