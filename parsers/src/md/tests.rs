use std::{collections::BTreeMap, fs, path::PathBuf};

use proptest::prelude::*;

use super::{
    attributes::{self, Array, Flag, Member, Slot},
    mdstat::{Activity, Mdstat, mdstat},
};

/// An array on one line: what differs from a plain active one.
fn told(read: &Mdstat) -> String {
    let mut text = String::new();
    for array in &read.arrays {
        let members: Vec<String> = array
            .members
            .iter()
            .map(|member| {
                let flags = [
                    (member.faulty, "F"),
                    (member.spare, "S"),
                    (member.write_mostly, "W"),
                    (member.journal, "J"),
                    (member.replacement, "R"),
                ];
                let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, letter)| *letter).collect();
                format!("{}{}{flags}{}", member.name, member.number, member.unknown.concat())
            })
            .collect();
        let in_sync: String = array.in_sync.iter().map(|slot| if *slot { 'U' } else { '_' }).collect();
        text += &format!(
            "{} {:?} {:?} {:?} {} blocks {:?} {:?} {:?}/{:?} {in_sync}",
            array.name,
            array.activity,
            array.access,
            array.level,
            members.join(","),
            array.blocks,
            array.metadata,
            array.slots,
            array.working
        );
        if let Some(sync) = &array.sync {
            text += &format!(" {:?} {:?}", sync.action, sync.progress);
        }
        if let Some(bitmap) = &array.bitmap {
            text += &format!(" {bitmap:?}");
        }
        if array.layout != Default::default() {
            text += &format!(" {:?}", array.layout);
        }
        if !array.not_understood.is_empty() {
            text += &format!(" ?{:?}", array.not_understood);
        }
    }
    text.replace("None", "-").replace("Some", "")
}

#[test]
fn arrays_of_mdstat() {
    let check = |input: &str, expect: &str| assert_eq!(told(&mdstat(input.as_bytes())), expect, "{input}");
    let no_layout = "chunk: -, rounding: -, level: -, algorithm: -, near_copies: -, far_copies: -, offset_copies: -, devices_per_set: -";
    let layout = |put: &[(&str, u32)]| {
        put.iter().fold(format!("Layout {{ {no_layout} }}"), |text, (name, value)| {
            text.replacen(&format!("{name}: -"), &format!("{name}: ({value})"), 1)
        })
    };
    check(
        "md0 : active raid10 nvq1[4](F) sdy[3] sdx[0]\n      4096 blocks super 1.2 512K chunks 2 near-copies [4/3] [U_UU]\n      \n",
        &format!(
            "md0 Active ReadWrite (Raid10) nvq14F,sdy3,sdx0 blocks (4096) (Version {{ major: 1, minor: 2 }}) (4)/(3) U_UU {}",
            layout(&[("chunk", 512), ("near_copies", 2)])
        ),
    );
    check(
        "md1 : active raid10 a[0] b[1]\n  8 blocks super 1.2 64K chunks 2 far-copies 2 devices per set [2/2] [UU]\n",
        &format!(
            "md1 Active ReadWrite (Raid10) a0,b1 blocks (8) (Version {{ major: 1, minor: 2 }}) (2)/(2) UU {}",
            layout(&[("chunk", 64), ("far_copies", 2), ("devices_per_set", 2)])
        ),
    );
    check(
        "md5 : active raid5 c[3](S) b[1](W) a[0](J) d[4](R)(X)\n      80 blocks level 5, 64k chunk, algorithm 2 [3/2] [UU_]\n      [==>....]  reshape = 56.1% (45/80) finish=1868.1min speed=7640K/sec\n      bitmap: 4/15 pages [16KB], 65536KB chunk, file: /b m\n",
        &format!(
            "md5 Active ReadWrite (Raid5) c3S,b1W,a0J,d4RX blocks (80) - (3)/(2) UU_ Reshape Running {{ per_mille: (561), done: (45), of: (80), finish: (18681), speed: (7640) }} Bitmap {{ pages: (4), of: (15), chunk: (65536), file: (\"/b m\") }} {}",
            layout(&[("chunk", 64), ("level", 5), ("algorithm", 2)])
        ),
    );
    check(
        "md2 : active (auto-read-only) raid1 b[1] a[0]\n 7 blocks super 1.0 [2/2] [UU]\n \tresync=PENDING\n",
        "md2 Active AutoReadOnly (Raid1) b1,a0 blocks (7) (Version { major: 1, minor: 0 }) (2)/(2) UU Resync Pending",
    );
    check(
        "md2 : active (read-only) raid1 a[0]\n 7 blocks [1/1] [U]\n\trecover=REMOTE\n",
        "md2 Active ReadOnly (Raid1) a0 blocks (7) - (1)/(1) U Recover Remote",
    );
    check(
        "md2 : active raid1 a[0]\n 7 blocks [1/1] [U]\n\tresync=DELAYED\n",
        "md2 Active ReadWrite (Raid1) a0 blocks (7) - (1)/(1) U Resync Delayed",
    );
    check(
        "md9 : inactive b[1](S) a[0](S)\n 5288 blocks super external:imsm\n",
        "md9 Inactive ReadWrite - b1S,a0S blocks (5288) (External(\"imsm\")) -/- ",
    );
    check("md9 : inactive", "md9 Inactive ReadWrite -  blocks - - -/- ");
    check(
        "md3 : broken linear a[0]\n 5 blocks super non-persistent 64k rounding\n",
        &format!("md3 Broken ReadWrite (Linear) a0 blocks (5) (-) -/-  {}", layout(&[("rounding", 64)])),
    );
    check(
        "md3 : asleep raid77 a[0]\n 5 blocks super 9.x 3 frob [1/1] [U?]\n frobnicating\n",
        "md3 Unknown(\"asleep\") ReadWrite (Unknown(\"raid77\")) a0 blocks (5) - (1)/(1)  ?[\"super\", \"9.x\", \"3\", \"frob\", \"[U?]\", \"frobnicating\"]",
    );
    check(
        "md3 : active raid1 a[0]\n 5 blocks [1/1] [U]\n [>..] check = soon\n",
        "md3 Active ReadWrite (Raid1) a0 blocks (5) - (1)/(1) U Check Unknown(\"soon\") ?[\"[>..] check = soon\"]",
    );
}

#[test]
fn lines_of_an_array_in_part() {
    let check = |line: &str, kept: bool| {
        let read = mdstat(format!("md3 : active raid1 a[0]\n 5 blocks [1/1] [U]\n {line}\n").as_bytes());
        let array = read.arrays.first().expect("an array");
        assert!(array.sync.is_some() || array.bitmap.is_some(), "{line}");
        assert_eq!(array.not_understood, if kept { vec![line] } else { Vec::new() });
    };
    check("[>..] check = 1.0% (1/2) finish=3.0min speed=4K/sec", false);
    check("[>..] check = 1.0% (1/2) finish=never speed=4K/sec", true);
    check("[>..] check = 1.0% finish=3.0min speed=4K/sec", true);
    check("bitmap: 4/15 pages [16KB], 512B chunk", false);
    check("bitmap: 4/15 pages [16KB]", true);
}

#[test]
fn rest_of_mdstat() {
    let read = mdstat(b"# cat /proc/mdstat\nPersonalities : [raid1] [raid10] \n  lost\nunused devices: sdq sdr \n");
    assert_eq!(read.personalities, ["raid1", "raid10"]);
    assert_eq!(read.unused, ["sdq", "sdr"]);
    assert_eq!(read.not_understood, ["# cat /proc/mdstat", "lost"]);
    assert_eq!(mdstat(b"Personalities : \nunused devices: <none>\n"), Mdstat::default());
}

#[test]
fn what_is_missing_of_mdstat_is_told() {
    let check = |text: &str, expect: Option<&str>| {
        let text = format!("Personalities : [raid1]\n{text}");
        assert_eq!(mdstat(text.as_bytes()).tally(text.as_bytes()).cut.as_deref(), expect, "{text}");
    };
    let array = "md3 : active raid1 a[0]\n 5 blocks [1/1] [U]\n";
    let no_end = Some("the line of unused devices is missing, which ends it");
    check(&format!("{array}unused devices: <none>\n"), None);
    check(&format!("{array}unused devices: sdq nvme0n1 \n"), None);
    check(array, no_end);
    check(&format!("{array}unused devices: <none>"), no_end);
    check(&format!("{array}unused devices:\n"), no_end);
    check(&format!("{array}unused devices: 3 8 50 /dev/sdd\n"), no_end);
    check("md3 : active raid1 a[0]\nunused devices: <none>\n", Some("the size of md3 is not told"));
    check(&format!("{array}{array}unused devices: <none>\n"), Some("md3 is listed twice"));
    check(&format!("{array}Status: fine\nunused devices: <none>\n"), Some("a line is of another text: Status: fine"));
    check(
        &format!("Personalities : [raid1] bitmap:\n{array}unused devices: <none>\n"),
        Some("a line is of another text: Personalities : [raid1] bitmap:"),
    );
    check(&format!("# cat /proc/mdstat\n{array}unused devices: <none>\n"), None);
}

#[test]
fn files_of_an_array() {
    let check = |file: &str, text: &str, expect: &str| {
        let read = Array::read(|name| (name == file).then_some(text));
        let said = format!("{read:?}");
        let said: Vec<&str> = said
            .trim_start_matches("Array { ")
            .trim_end_matches(" }")
            .split(", ")
            .filter(|field| !field.ends_with(": None") && !field.ends_with(": []"))
            .collect();
        assert_eq!(said.join(", "), expect, "{file} = {text:?}");
    };
    check("level", "raid10\n", "level: Some(Raid10)");
    check("level", "-1\n", "level: Some(Linear)");
    check("level", "", "");
    check("layout", "258 (513)\n", "layout: Some(Changing { value: 258, before: Some(513) })");
    check("raid_disks", "5 (4)\n", "raid_disks: Some(Changing { value: 5, before: Some(4) })");
    check("raid_disks", "five\n", "not_understood: [\"raid_disks\"]");
    check("array_state", "write-pending\n", "state: Some(WritePending)");
    check("array_state", "on fire\n", "state: Some(Unknown(\"on fire\"))");
    check("degraded", "1\n", "degraded: Some(1)");
    check("sync_action", "recover\n", "sync_action: Some(Recover)");
    check("last_sync_action", "recovery\n", "last_sync_action: Some(Recover)");
    check("sync_completed", "8064 / 126976\n", "sync_completed: Some(Sectors { done: 8064, of: 126976 })");
    check("sync_completed", "delayed\n", "sync_completed: Some(Delayed)");
    check("sync_completed", "none\n", "sync_completed: Some(None)");
    check("sync_speed", "none\n", "");
    check("sync_speed", "7552\n", "sync_speed: Some(7552)");
    check("mismatch_cnt", "18446744073709551615\n", "mismatch_cnt: Some(18446744073709551615)");
    check("metadata_version", "1.2\n", "metadata: Some(Version { major: 1, minor: 2 })");
    check("metadata_version", "external:-md127/0\n", "metadata: Some(External(\"-md127/0\"))");
    check("metadata_version", "none\n", "metadata: Some(None)");
    check("reshape_position", "none\n", "reshape_position: Some(None)");
    check("resync_start", "128\n", "resync_start: Some(Sector(128))");
}

#[test]
fn files_of_a_member() {
    let check = |text: &str, flags: &[Flag], unknown: &[&str]| {
        let state = attributes::member_state(text);
        assert_eq!(
            (state.flags.into_iter().collect::<Vec<_>>(), state.unknown),
            (flags.to_vec(), unknown.iter().map(|word| (*word).to_owned()).collect())
        );
    };
    check("\n", &[], &[]);
    check("in_sync,write_error,want_replacement\n", &[Flag::InSync, Flag::WriteError, Flag::WantReplacement], &[]);
    check("faulty,blocked,external_bbl\n", &[Flag::Faulty, Flag::Blocked, Flag::ExternalBbl], &[]);
    check("spare,dusty,replacement,failfast\n", &[Flag::Spare, Flag::Replacement, Flag::FailFast], &["dusty"]);
    check("journal,write_mostly\n", &[Flag::Journal, Flag::WriteMostly], &[]);

    let files = BTreeMap::from([
        ("slot", "journal\n"),
        ("errors", "1024\n"),
        ("bad_blocks", "16384 1\n20000 512\n3000"),
        ("recovery_start", "none\n"),
        ("offset", "2048\n"),
        ("size", "?\n"),
    ]);
    let member = Member::read(|name| files.get(name).copied());
    assert_eq!((member.slot, member.errors, member.offset), (Some(Slot::Journal), Some(1024), Some(2048)));
    assert_eq!(member.recovery_start, Some(attributes::Position::None));
    let runs: Vec<_> = member.bad_blocks.iter().map(|run| (run.sector, run.sectors)).collect();
    assert_eq!(runs, [(16384, 1), (20000, 512)]);
    assert_eq!(member.not_understood, ["bad_blocks", "size"]);
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>, text: String) {
        let _ = mdstat(&bytes);
        let _ = Array::read(|_| Some(&text));
        let _ = Member::read(|_| Some(&text));
    }

    #[test]
    fn nearly_mdstat(lines in proptest::collection::vec("(md0 : active | {6})[\\[\\](/)=%a-z0-9_UFS. >K:]{0,40}", 0..8)) {
        let _ = mdstat(lines.join("\n").as_bytes());
    }
}

/// Files of the folder beside the repository that hold captures, where it is.
fn shared(folder: &str, takes: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).join(folder);
    if !root.is_dir() {
        eprintln!("SKIPPED: no captures at {}; nothing of them was tested", root.display());
    }
    let (mut folders, mut files) = (vec![root], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if takes(&path.to_string_lossy()) {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn captured_mdstat() {
    let mut arrays = 0;
    for path in shared("data/lab-captures/raid10", |path| path.ends_with("/mdstat"))
        .into_iter()
        .chain(shared("corpora", |path| path.ends_with("mdstat") || path.contains("check_raid/data/mdstat/")))
    {
        let read = mdstat(&fs::read(&path).expect("a capture"));
        let lines: Vec<_> = read.not_understood.iter().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_empty(), "{}: {lines:?}", path.display());
        for array in &read.arrays {
            assert!(array.not_understood.is_empty(), "{}: {array:?}", path.display());
            assert!(!array.members.is_empty() && array.blocks.is_some(), "{}: {array:?}", path.display());
            assert!(!matches!(array.activity, Activity::Unknown(_)), "{}: {array:?}", path.display());
            arrays += 1;
        }
    }
    eprintln!("captured mdstat: {arrays} arrays, every line understood");
}

#[test]
fn captured_sysfs() {
    let (mut arrays, mut members) = (0, 0);
    for path in shared("data/lab-captures/raid10", |path| path.ends_with("/sysfs.txt")) {
        let text = fs::read_to_string(&path).expect("a capture");
        let files: BTreeMap<&str, &str> = text
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .map(|(name, value)| (name, value.trim_end_matches(';')))
            .collect();
        let array = Array::read(|name| files.get(name).copied());
        assert!(array.not_understood.is_empty() && array.state.is_some(), "{}: {array:?}", path.display());
        arrays += 1;
        for device in files.keys().filter_map(|name| name.strip_suffix("/state")) {
            let member = Member::read(|name| files.get(format!("{device}/{name}").as_str()).copied());
            let unknown = member.state.as_ref().is_none_or(|state| !state.unknown.is_empty());
            assert!(member.not_understood.is_empty() && !unknown, "{}: {member:?}", path.display());
            members += 1;
        }
    }
    eprintln!("captured sysfs: {arrays} arrays, {members} members, every file understood");
}
