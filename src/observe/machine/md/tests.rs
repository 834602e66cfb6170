//! Arrays as a lab's kernel had them, each a table: a RAID 10 of four drives that was made to lose and to get back its members.

use super::things;
use crate::machine::capture::Recorder;
use crate::machine::{Captured, Entry, Failed};
use crate::model::{Kind, Subject, Thing};
use crate::observe::machine::{Seat, Seats};
use crate::probes::{Topology, carries, md};
use std::collections::BTreeMap;

/// A machine with `md0`: lines `file = value` of its folder, then its members, a line each: `sda 2 in_sync`, with what else their
/// folders say, `gone` where the device is.
fn machine(table: &str) -> Captured {
    let mut host = Captured::default();
    let mut list: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let folder = "/sys/block/md0/md";
    let mut file = |list: &mut BTreeMap<String, Vec<String>>, folder: &str, name: &str, text: &str| {
        list.entry(folder.to_owned()).or_default().push(name.to_owned());
        host.take(&Entry::of_file(&format!("{folder}/{name}"), &Ok(format!("{text}\n").into_bytes())));
    };
    let mut links = Vec::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(" = ").filter(|(name, _)| !name.contains(' ')) {
            file(&mut list, folder, name, value);
            continue;
        }
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap_or_default();
        let (name, slot, state) = (word(), word(), word());
        let member = format!("{folder}/dev-{name}");
        list.entry(folder.to_owned()).or_default().push(format!("dev-{name}"));
        file(&mut list, &member, "slot", slot);
        file(&mut list, &member, "state", if state == "-" { "" } else { state });
        let mut block = Ok(format!("/sys/devices/somewhere/block/{name}"));
        for word in words {
            match word.split_once('=') {
                Some((name, value)) => file(&mut list, &member, name, &value.replace('+', " ")),
                None => block = Err(Failed::NOT_THERE),
            }
        }
        links.push((format!("{member}/block"), block));
        if slot != "none" && slot != "journal" {
            list.entry(folder.to_owned()).or_default().push(format!("rd{slot}"));
            links.push((format!("{folder}/rd{slot}"), Ok(member)));
        }
    }
    links.iter().for_each(|(path, target)| host.take(&Entry::of_link(path, target)));
    list.into_iter().for_each(|(path, names)| host.take(&Entry::of_list(&path, &Ok(names))));
    host
}

/// Two mirrors of two; the second of the first mirror runs other firmware if asked for.
fn seats(firmware: &str) -> Seats {
    ["nvme0n1", "nvme1n1", "sda", "sdb", "nvme2n1"]
        .into_iter()
        .map(|name| {
            let firmware = if name == "nvme1n1" { firmware } else { "1.0" };
            let seat = Seat {
                serial: name.to_uppercase(),
                bay: Subject::within(Kind::Bay, "lab", &format!("c/{name}")),
                firmware: Some(firmware.to_owned()),
                model: Some("M".to_owned()),
            };
            (name.to_owned(), seat)
        })
        .collect()
}

/// In lines: the state and its text; a line a member; a line a reason; what could not be read.
fn told(host: &mut Captured, seats: &Seats) -> String {
    let arrays = md::read(host, &["md0".to_owned()]);
    let mut lines = Vec::new();
    for read in things("lab", &arrays, &carries::Carried::default(), seats) {
        let Thing::Array(array) = &read.reading.thing else { panic!("{read:?}") };
        let level = array.level.as_deref().unwrap_or("?");
        lines.push(format!("{} RAID {level}: {}", array.state.code(), read.text));
        for member in &array.members {
            let slot = member.slot.map_or("-".to_owned(), |slot| slot.to_string());
            let set = member.mirror_set.map_or("-".to_owned(), |set| set.to_string());
            let (name, serial) = (member.name.as_deref().unwrap_or("-"), member.serial.as_deref().unwrap_or("-"));
            lines.push(format!("{slot} {} {name} {serial} {set}", member.role.code()));
        }
        for reason in &read.reading.reasons {
            let rising = reason.rising.map_or(String::new(), |rising| format!("+{rising:?}"));
            let level = reason.level.map_or(String::new(), |level| format!(" {level}"));
            lines.push(format!("{:?}{rising} {}{level}: {}", reason.severity, reason.key, reason.text));
        }
        lines.extend(read.reading.unread.iter().map(|unread| format!("unread: {}", unread.text)));
    }
    lines.join("\n")
}

const RAID10: &str = "level = raid10\nlayout = 258\nraid_disks = 4\nmetadata_version = 1.2\n";

fn check(table: &str, expect: &str) {
    let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(told(&mut machine(table), &seats("1.0")), lines(expect), "{table}");
}

fn raid10(table: &str, expect: &str) {
    check(&format!("{RAID10}{table}"), expect);
}

#[test]
fn whole() {
    for state in ["active", "clean", "readonly", "read-auto", "write-pending", "active-idle"] {
        raid10(
            &format!(
                "array_state = {state}
                degraded = 0
                sync_action = idle
                nvme0n1 0 in_sync errors=0 bad_blocks=
                nvme1n1 1 in_sync
                sda 2 in_sync
                sdb 3 in_sync
                nvme2n1 none spare"
            ),
            "optimal RAID 10: RAID 10 of 4 members, all of them at work
            0 active nvme0n1 NVME0N1 0
            1 active nvme1n1 NVME1N1 0
            2 active sda SDA 1
            3 active sdb SDB 1
            - spare nvme2n1 NVME2N1 -",
        );
    }
    // A check finds out; after a stop without warning the copies may differ until a resync is done.
    let whole = "RAID 10 of 4 members, all of them at work";
    let resync = "RAID 10 has all its members, and their copies are being made equal";
    for (action, state, text) in
        [("check", "optimal", whole), ("repair", "optimal", whole), ("resync", "rebuilding", resync)]
    {
        raid10(
            &format!(
                "array_state = clean\nsync_action = {action}\nsync_completed = 8064 / 126976
                nvme0n1 0 in_sync\nnvme1n1 1 in_sync\nsda 2 in_sync\nsdb 3 in_sync"
            ),
            &format!(
                "{state} RAID 10: {text}
            0 active nvme0n1 NVME0N1 0
            1 active nvme1n1 NVME1N1 0
            2 active sda SDA 1
            3 active sdb SDB 1"
            ),
        );
    }
}

#[test]
fn without_a_member() {
    raid10(
        "array_state = clean
        degraded = 1
        sync_action = idle
        nvme0n1 0 in_sync
        nvme1n1 none faulty
        sda 2 in_sync
        sdb 3 in_sync",
        "degraded RAID 10: RAID 10 works without slot 1; nothing is in slot 1; md gave up nvme1n1 (drive NVME1N1, bay c/nvme1n1) as faulty; the loss of slot 0 (nvme0n1, drive NVME0N1, bay c/nvme0n1) would lose data
        0 active nvme0n1 NVME0N1 0
        1 missing - - 0
        2 active sda SDA 1
        3 active sdb SDB 1
        - failed nvme1n1 NVME1N1 -",
    );
    raid10(
        "array_state = clean\ndegraded = 1\nsync_action = idle\nnvme0n1 0 in_sync\nsda 2 in_sync\nsdb 3 in_sync",
        "degraded RAID 10: RAID 10 works without slot 1; nothing is in slot 1; the loss of slot 0 (nvme0n1, drive NVME0N1, bay c/nvme0n1) would lose data
        0 active nvme0n1 NVME0N1 0
        1 missing - - 0
        2 active sda SDA 1
        3 active sdb SDB 1",
    );
    // Two, of different mirrors; then both of one.
    raid10(
        "array_state = clean\nsync_action = idle\nnvme0n1 0 in_sync\nsdb 3 in_sync",
        "degraded RAID 10: RAID 10 works without slots 1, 2; nothing is in slot 1; nothing is in slot 2; the loss of any other member would lose data
        0 active nvme0n1 NVME0N1 0
        1 missing - - 0
        2 missing - - 1
        3 active sdb SDB 1",
    );
    raid10(
        "array_state = clean\nsync_action = idle\nsda 2 in_sync\nsdb 3 in_sync",
        "failed RAID 10: nothing is in slot 0; nothing is in slot 1; it has lost more than it bears
        0 missing - - 0
        1 missing - - 0
        2 active sda SDA 1
        3 active sdb SDB 1",
    );
}

#[test]
fn while_a_member_is_written_anew() {
    let members = "nvme0n1 0 in_sync\nnvme2n1 1 spare recovery_start=32256\nsda 2 in_sync\nsdb 3 in_sync";
    let told = "RAID 10 works without slot 1; slot 1 (nvme2n1, drive NVME2N1, bay c/nvme2n1) is being written anew; the loss of slot 0 (nvme0n1, drive NVME0N1, bay c/nvme0n1) would lose data
        0 active nvme0n1 NVME0N1 0
        1 rebuilding nvme2n1 NVME2N1 0
        2 active sda SDA 1
        3 active sdb SDB 1";
    raid10(
        &format!(
            "array_state = clean\ndegraded = 1\nsync_action = recover\nsync_completed = 32256 / 126976\n{members}"
        ),
        &format!("rebuilding RAID 10: {told}"),
    );
    // How far it is says nothing new.
    raid10(
        &format!(
            "array_state = active\ndegraded = 1\nsync_action = recover\nsync_completed = 64512 / 126976\n{members}"
        ),
        &format!("rebuilding RAID 10: {told}"),
    );
    raid10(
        &format!("array_state = active\ndegraded = 1\nsync_action = frozen\n{members}"),
        &format!("degraded RAID 10: {told}\nInfo frozen: no rebuild and no check may begin: sync_action is frozen"),
    );
    // The device of a member that was given up is gone, and a spare has its place.
    raid10(
        "array_state = clean
        degraded = 1
        sync_action = recover
        nvme0n1 0 in_sync
        nvme2n1 1 spare
        nvme9n1 none faulty gone
        sda 2 in_sync
        sdb 3 in_sync",
        "rebuilding RAID 10: RAID 10 works without slot 1; slot 1 (nvme2n1, drive NVME2N1, bay c/nvme2n1) is being written anew; md gave up nvme9n1 as faulty; the loss of slot 0 (nvme0n1, drive NVME0N1, bay c/nvme0n1) would lose data
        0 active nvme0n1 NVME0N1 0
        1 rebuilding nvme2n1 NVME2N1 0
        2 active sda SDA 1
        3 active sdb SDB 1
        - failed nvme9n1 - -",
    );
}

/// md notices that a drive is gone when it writes to it, and not before.
#[test]
fn a_member_that_is_gone_while_md_counts_on_it() {
    let mut host = machine(&format!(
        "{RAID10}array_state = clean
        degraded = 0
        sync_action = idle
        nvme0n1 0 in_sync
        nvme9n1 1 in_sync gone
        nvme2n1 none spare
        sda 2 in_sync
        sdb 3 in_sync"
    ));
    let mdstat = "Personalities : [raid10] \nmd0 : active raid10 nvme2n1[5](S) nvme9n1[4] sdb[3] sda[2] nvme0n1[0]\n      126976 blocks super 1.2 512K chunks 2 near-copies [4/4] [UUUU]\n      \nunused devices: <none>\n";
    host.take(&Entry::of_file("/proc/mdstat", &Ok(mdstat.as_bytes().to_vec())));
    assert_eq!(
        told(&mut host, &seats("1.0")),
        "degraded RAID 10: RAID 10 works without slot 1; md says [UUUU], but the device of slot 1 (nvme9n1) is gone; the loss of slot 0 (nvme0n1, drive NVME0N1, bay c/nvme0n1) would lose data\n\
        0 active nvme0n1 NVME0N1 0\n1 gone nvme9n1 - 0\n2 active sda SDA 1\n3 active sdb SDB 1\n- spare nvme2n1 NVME2N1 -"
    );
    raid10(
        "array_state = clean\ndegraded = 0\nsync_action = idle\nnvme8n1 0 in_sync gone\nnvme9n1 1 in_sync gone\nsda 2 in_sync\nsdb 3 in_sync",
        "failed RAID 10: md counts on it, but the device of slot 0 (nvme8n1) is gone; md counts on it, but the device of slot 1 (nvme9n1) is gone; it has lost more than it bears
        0 gone nvme8n1 - 0
        1 gone nvme9n1 - 0
        2 active sda SDA 1
        3 active sdb SDB 1",
    );
    check(
        "level = raid0\nraid_disks = 2\narray_state = clean\nsda1 0 in_sync\nsdc1 1 in_sync gone",
        "failed RAID 0: md counts on it, but the device of slot 1 (sdc1) is gone; it has lost more than it bears
        0 active sda1 SDA -
        1 gone sdc1 - -",
    );
}

#[test]
fn members_that_md_met_errors_of() {
    raid10(
        "array_state = active
        degraded = 0
        sync_action = idle
        nvme0n1 0 in_sync errors=8
        nvme1n1 1 in_sync,write_error,want_replacement bad_blocks=8192+8
        sda 2 in_sync
        sdb 3 in_sync",
        "optimal RAID 10: RAID 10 of 4 members, all of them at work
        0 active nvme0n1 NVME0N1 0
        1 active nvme1n1 NVME1N1 0
        2 active sda SDA 1
        3 active sdb SDB 1
        Warning+Warning slot1-bad-blocks 8: of slot 1 (nvme1n1, drive NVME1N1, bay c/nvme1n1), 8 sectors cannot be trusted any more (dev-nvme1n1/bad_blocks)
        Warning slot1-want-replacement: md wants slot 1 (nvme1n1, drive NVME1N1, bay c/nvme1n1) to be replaced as soon as there is a spare (dev-nvme1n1/state)
        Warning slot1-write-error: a write to slot 1 (nvme1n1, drive NVME1N1, bay c/nvme1n1) failed, and md keeps it all the same (dev-nvme1n1/state)
        Info+Warning slot0-errors 8: md could not read 8 sectors of slot 0 (nvme0n1, drive NVME0N1, bay c/nvme0n1) since it was assembled, and wrote them anew from elsewhere (dev-nvme0n1/errors)",
    );
}

#[test]
fn copies_that_do_not_agree() {
    let of = |level: &str, more: &str, expect: &str| {
        let table = format!(
            "level = {level}\nraid_disks = 3\narray_state = clean\nmismatch_cnt = 256\n{more}\nsda 0 in_sync\nsdb 1 in_sync\nnvme2n1 2 in_sync"
        );
        let text = told(&mut machine(&table), &seats("1.0"));
        assert_eq!(text.lines().last(), Some(expect), "{text}");
    };
    of(
        "raid5",
        "last_sync_action = check",
        "Warning+Warning mismatches 256: the last check found 256 sectors whose parity does not agree with the data: one of both is wrong (mismatch_cnt)",
    );
    of(
        "raid1",
        "last_sync_action = check",
        "Info+Warning mismatches 256: the last check found 256 sectors that the mirrors do not agree in; swap, and writes that were given up half way, may do so without harm (mismatch_cnt)",
    );
    of(
        "raid6",
        "last_sync_action = repair",
        "Info mismatches 256: the last repair found 256 sectors that did not agree; it made them agree (mismatch_cnt)",
    );
    of(
        "raid5",
        "sync_action = resync\nlast_sync_action = check",
        "Info mismatches 256: the last resync found 256 sectors that did not agree; it made them agree (mismatch_cnt)",
    );
}

#[test]
fn firmware_of_a_mirror() {
    let table =
        format!("{RAID10}array_state = clean\nnvme0n1 0 in_sync\nnvme1n1 1 in_sync\nsda 2 in_sync\nsdb 3 in_sync");
    let text = told(&mut machine(&table), &seats("2.0"));
    let expect = "Info set0-M: of the same model M, slot 0 (nvme0n1, drive NVME0N1, bay c/nvme0n1) runs firmware 1.0, slot 1 (nvme1n1, drive NVME1N1, bay c/nvme1n1) runs firmware 2.0";
    assert_eq!(text.lines().last(), Some(expect));
}

#[test]
fn what_does_not_work() {
    check(
        "level = raid0\nraid_disks = 2\narray_state = broken\nsda1 0 in_sync\nsdb1 1 in_sync",
        "failed RAID 0: md says that it is broken: a member is gone, and it has no redundancy
        0 active sda1 SDA -
        1 active sdb1 SDB -",
    );
    check(
        "array_state = inactive\nraid_disks = 0\nsda1 none spare",
        "unknown RAID ?: assembled of 1 member and not started
        - spare sda1 SDA -",
    );
    check(
        "array_state = inactive\nlevel = raid5\nlayout = 2\nraid_disks = 3\nsda1 0 in_sync",
        "failed RAID 5: assembled of 1 member and not started; nothing is in slot 1; nothing is in slot 2; it has lost more than it bears
        0 active sda1 SDA -
        1 missing - - -
        2 missing - - -",
    );
    check(
        "array_state = dozing\nlevel = raid1\nraid_disks = 1\nsda1 0 in_sync,merry",
        "unknown RAID 1: md calls its state «dozing», a word that is not known
        0 active sda1 SDA 0
        Warning slot0-word: md says of slot 0 (sda1, drive SDA, bay c/sda) a word that is not known, «merry» (dev-sda1/state)
        Warning state-word: md says that it is «dozing», a word that is not known
        unread: what array_state, dev-sda1/state of md0 say is not understood",
    );
    check("array_state = clear", "");
    check("array_state = inactive\nmetadata_version = external:imsm\nsda none spare\nsdb none spare", "");
    check(
        "array_state = active\nmetadata_version = external:/md127/0\nlevel = raid1\nraid_disks = 2\nsda 0 in_sync\nsdb 1 in_sync",
        "optimal RAID 1: RAID 1 of 2 members, all of them at work
        0 active sda SDA 0
        1 active sdb SDB 0",
    );
    // Nobody answered.
    let text = told(&mut Captured::default(), &Seats::new());
    assert_eq!(
        text,
        "unknown RAID ?: its files could not be read\nunread: the files of md0 could not be read: it was not asked"
    );
}

#[test]
fn other_members() {
    // A replacement has no place of its own yet; a journal has none at all.
    check(
        "level = raid5\nlayout = 2\nraid_disks = 3\narray_state = clean\nsync_action = recover\nsda 0 in_sync\nsdb 1 in_sync,want_replacement\nnvme0n1 2 in_sync\nnvme1n1 1 spare,replacement\nnvme2n1 journal journal",
        "optimal RAID 5: RAID 5 of 3 members, all of them at work; nvme1n1 (drive NVME1N1, bay c/nvme1n1) is to take the place of a member
        0 active sda SDA -
        1 active sdb SDB -
        2 active nvme0n1 NVME0N1 -
        - rebuilding nvme1n1 NVME1N1 -
        - active nvme2n1 NVME2N1 -
        Warning slot1-want-replacement: md wants slot 1 (sdb, drive SDB, bay c/sdb) to be replaced as soon as there is a spare (dev-sdb/state)",
    );
    check(
        "level = raid5\nlayout = 2\nraid_disks = 2\narray_state = clean\nsda 0 in_sync\nsdb 1 in_sync\nnvme9n1 journal journal gone",
        "degraded RAID 5: RAID 5 works without its journal; the device of journal nvme9n1 is gone; one more loss would not lose data
        0 active sda SDA -
        1 active sdb SDB -
        - gone nvme9n1 - -",
    );
}

/// A member that stands on device mapper sits where the drive below does.
#[test]
fn a_member_above_a_drive() {
    let mut host = machine("level = raid1\nraid_disks = 1\narray_state = clean\ndm-0 0 in_sync");
    for (path, names) in [("/sys/block/sda", vec!["sda1"]), ("/sys/block/sda/sda1/holders", vec!["dm-0"])] {
        host.take(&Entry::of_list(path, &Ok(names.into_iter().map(str::to_owned).collect())));
    }
    for (path, number) in
        [("/sys/block/sda/dev", "8:0"), ("/sys/block/sda/sda1/dev", "8:1"), ("/sys/block/dm-0/dev", "253:0")]
    {
        host.take(&Entry::of_file(path, &Ok(number.as_bytes().to_vec())));
    }
    let names = ["sda", "dm-0"].map(str::to_owned).to_vec();
    let carried = carries::read(&mut host, &Topology { other_blocks: names, ..Topology::default() });
    let arrays = md::read(&mut host, &["md0".to_owned()]);
    let read = things("lab", &arrays, &carried, &seats("1.0"));
    let Some(Thing::Array(array)) = read.first().map(|read| &read.reading.thing) else { panic!("{read:?}") };
    assert_eq!(array.members.first().and_then(|member| member.serial.as_deref()), Some("SDA"));
}

/// What is read twice is not of one time, and costs twice.
#[test]
fn no_file_is_read_twice() {
    let mut host = machine(&format!("{RAID10}array_state = clean\nnvme0n1 0 in_sync\nsda 2 in_sync errors=0"));
    let mut asked = Vec::new();
    let mut told = |entry: &Entry| asked.push((entry.file.clone(), entry.list.clone(), entry.link.clone()));
    let mut recorder = Recorder::new(&mut host, &mut told);
    let names = ["md0".to_owned()];
    md::read(&mut recorder, &names);
    carries::read(&mut recorder, &Topology { arrays: names.to_vec(), ..Topology::default() });
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!((asked.len(), all > 20), (all, true), "{asked:?}");
}
