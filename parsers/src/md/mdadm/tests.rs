use super::*;
use crate::md::Level;
use crate::md::attributes::{ArrayState, Metadata};
use proptest::prelude::*;

/// A degraded array whose spare is being written, and a member that was given up.
const DETAIL: &str = "\
/dev/md7:
           Version : 1.2
     Creation Time : Mon Mar  2 09:10:11 2026
        Raid Level : raid10
        Array Size : 126976 (124.00 MiB 130.02 MB)
     Used Dev Size : 63488 (62.00 MiB 65.01 MB)
      Raid Devices : 4
     Total Devices : 5
       Persistence : Superblock is persistent

       Update Time : Tue Mar  3 10:11:12 2026
             State : active, degraded, recovering 
    Active Devices : 3
   Working Devices : 4
    Failed Devices : 1
     Spare Devices : 1

            Layout : near=2
        Chunk Size : 512K

Consistency Policy : resync

    Rebuild Status : 9% complete

              Name : mill:7  (local to host mill)
              UUID : 0011aabb:22334455:66778899:ccddeeff
            Events : 54

    Number   Major   Minor   RaidDevice State
       0       8        2        0      active sync set-A   /dev/sda2
       5       8       66        1      spare rebuilding   /dev/sde2
       2       8       34        2      active sync set-A   /dev/sdc2
       3       8       50        3      active sync set-B   /dev/sdd2

       4       8       18        -      faulty   missing
";

/// Of a member, version 1.2.
const EXAMINE: &str = "\
/dev/sdc2:
          Magic : a92b4efc
        Version : 1.2
    Feature Map : 0x2
     Array UUID : 0011aabb:22334455:66778899:ccddeeff
           Name : mill:7  (local to host mill)
  Creation Time : Mon Mar  2 09:10:11 2026
     Raid Level : raid10
   Raid Devices : 4

 Avail Dev Size : 126976 sectors (62.00 MiB 65.01 MB)
     Array Size : 126976 KiB (124.00 MiB 130.02 MB)
    Data Offset : 4096 sectors
   Super Offset : 8 sectors
Recovery Offset : 8192 sectors
   Unused Space : before=4016 sectors, after=0 sectors
          State : active
    Device UUID : 00000001:00000002:00000003:00000004

          Flags : write-mostly failfast
    Update Time : Tue Mar  3 10:11:12 2026
  Bad Block Log : 512 entries available at offset 16 sectors - bad blocks present.
       Checksum : 4730c7c0 - expected 4730c7c1
         Events : 54

         Layout : near=2
     Chunk Size : 512K

   Device Role : Active device 2
   Array State : A.RA ('A' == active, '.' == missing, 'R' == replacing)
";

/// Intel's, of two disks.
const IMSM: &str = "\
/dev/sda:
          Magic : Intel Raid ISM Cfg Sig.
        Version : 1.1.00
    Orig Family : 0a1b2c3d
         Family : 0a1b2c3d
     Generation : 0000001f
  Creation Time : Unknown
     Attributes : All supported
           UUID : 0011aabb:22334455:66778899:ccddeeff
       Checksum : 5ac1de55 correct
    MPB Sectors : 1
          Disks : 2
   RAID Devices : 1

  Disk00 Serial : MADEUP000001
          State : active
             Id : 00000000
    Usable Size : 1953518862 (931.51 GiB 1000.20 GB)

[Mirror]:
       Subarray : 0
           UUID : 00000001:00000002:00000003:00000004
     RAID Level : 1
        Members : 2
          Slots : [U_]
    Failed disk : 1
      This Slot : 0
    Sector Size : 512
     Array Size : 1953515520 (931.51 GiB 1000.20 GB)
   Per Dev Size : 1953515784 (931.51 GiB 1000.20 GB)
  Sector Offset : 0
    Num Stripes : 7630920
     Chunk Size : 64 KiB
       Reserved : 0
  Migrate State : idle
      Map State : degraded
    Dirty State : clean
     RWH Policy : off
      Volume ID : 1

  Disk01 Serial : MADEUP000002
          State : active failed
             Id : 00000001
    Usable Size : 1953518862 (931.51 GiB 1000.20 GB)
";

/// DDF, a volume that lost a disk.
const DDF: &str = "\
/dev/sda:
          Magic : de11de11
        Version : 01.02.00
Controller GUID : 4C696E75:782D4D44:20202020:20202020:20206D69:6C6C2020
                  (Linux-MD        mill)
 Container GUID : 4C696E75:782D4D44:DEADBEEF:00000000:502D0000:00000001
                  (Linux-MD 03/02/26 09:10:11)
            Seq : 0000000e
  Redundant hdr : yes
  Virtual Disks : 1

      VD GUID[0] : 4C696E75:782D4D44:DEADBEEF:00000000:502D0000:00000002
                  (Linux-MD 03/02/26 09:10:12)
         unit[0] : 127
        state[0] : Degraded, Consistent
   init state[0] : Fully Initialised
       access[0] : Read/Write
         Name[0] : vol0
 Raid Devices[0] : 2 (1@0K 0@0K)
   Raid Level[0] : RAID1
  Device Size[0] : 786432
   Array Size[0] : 786432

 Physical Disks : 1023
      Number    RefNo      Size       Device      Type/State
         0    d32b14d7    786432K /dev/sda        active/Online
         1    886a9f58    913408K                 active/Offline, Failed
";

/// What `--detail --export` and `--examine --export` say.
const EXPORT: &str = "\
MD_LEVEL=raid10
MD_DEVICES=4
MD_METADATA=1.2
MD_UUID=0011aabb:22334455:66778899:ccddeeff
MD_DEVNAME=mill:7
MD_NAME=mill:7
MD_DEVICE_dev_sda2_ROLE=0
MD_DEVICE_dev_sda2_DEV=/dev/sda2
MD_DEVICE_dev_sdb2_ROLE=spare
MD_DEVICE_dev_sdb2_DEV=/dev/sdb2
MD_DEVICE_dev_sdc2_ROLE=2
MD_DEVICE_dev_sdc2_DEV=/dev/sdc2
MD_LEVEL=raid10
MD_DEVICES=4
MD_NAME=mill:7
MD_ARRAY_SIZE=124.00MiB
MD_UUID=0011aabb:22334455:66778899:ccddeeff
MD_UPDATE_TIME=1772532672
MD_DEV_UUID=00000001:00000002:00000003:00000004
MD_EVENTS=54
";

const SCAN: &str = "\
ARRAY /dev/md/7 level=raid10 num-devices=4 metadata=1.2 name=mill:7 UUID=0011aabb:22334455:66778899:ccddeeff
   spares=1   devices=/dev/sda2,/dev/sdb2
INACTIVE-ARRAY /dev/md127 metadata=1.2 name=mill:8 UUID=00000001:00000002:00000003:00000004
ARRAY metadata=imsm UUID=00000001:00000002:00000003:00000005
ARRAY /dev/md/Mirror container=00000001:00000002:00000003:00000005 member=0 UUID=00000001:00000002:00000003:00000006
";

const ALL: [&str; 6] = [DETAIL, EXAMINE, IMSM, DDF, EXPORT, SCAN];

fn whole(text: &str) -> Mdadm {
    let read = read(text.as_bytes());
    assert_eq!((read.tally.not_understood.as_slice(), &read.tally.cut), ([].as_slice(), &None), "{text}");
    assert!(recognise(text.as_bytes()), "{text}");
    read
}

#[test]
fn an_array() {
    let read = whole(DETAIL);
    let [array] = read.details.as_slice() else { panic!("{read:?}") };
    assert_eq!((array.device.as_str(), array.level.as_ref()), ("/dev/md7", Some(&Level::Raid10)));
    assert_eq!(array.metadata, Some(Metadata::Version { major: 1, minor: 2 }));
    assert_eq!((array.slots, array.devices, array.active, array.failed), (Some(4), Some(5), Some(3), Some(1)));
    assert_eq!((array.size, array.chunk, array.events), (Some(126_976), Some(512), Some(54)));
    assert_eq!(array.progress, Some(Progress { what: "Rebuild".to_owned(), percent: 9 }));
    assert_eq!(array.name, Some(Name { name: "mill:7".to_owned(), local_to: Some("mill".to_owned()) }));
    assert!(array.recovers());
    let told = |row: &Row| format!("{:?} {:?} {:?} {:?}", row.number, row.slot, row.words, row.device);
    let rows: Vec<String> = array.members.iter().map(told).collect();
    assert_eq!(rows[1], "Some(5) Some(1) [Spare, Rebuilding] Some(\"/dev/sde2\")");
    assert_eq!(rows[3], "Some(3) Some(3) [Active, Sync, Set('B')] Some(\"/dev/sdd2\")");
    assert_eq!(rows[4], "Some(4) None [Faulty, Missing] None");
}

#[test]
fn states() {
    use Condition::*;
    let check = |text: &str, kernel: ArrayState, conditions: &[Condition], waits: Option<Waits>| {
        let expect = State { kernel: Some(kernel), conditions: conditions.to_vec(), waits };
        assert_eq!(State::read(text), expect, "{text}");
    };
    check("clean", ArrayState::Clean, &[], None);
    check("clean ", ArrayState::Clean, &[], None);
    check("active, FAILED", ArrayState::Active, &[Failed], None);
    check("clean, degraded, recovering", ArrayState::Clean, &[Degraded, Recovering], None);
    check("clean, resyncing (PENDING) ", ArrayState::Clean, &[Resyncing], Some(Waits::Pending));
    check("clean, degraded, resyncing (DELAYED)", ArrayState::Clean, &[Degraded, Resyncing], Some(Waits::Delayed));
    check("active, degraded, Not Started", ArrayState::Active, &[Degraded, NotStarted], None);
    check("dirty, degraded", ArrayState::Active, &[Degraded], None);
    check("inactive", ArrayState::Inactive, &[], None);
    check("clean, ailing", ArrayState::Clean, &[Other("ailing".to_owned())], None);
    check("ailing, degraded", ArrayState::Unknown("ailing".to_owned()), &[Degraded], None);
    assert_eq!(State::read("").kernel, None);
}

#[test]
fn rows() {
    let check = |text: &str, expect: &str| {
        let row = Row::read(text).map(|row| {
            format!("{:?} {:?}:{:?} {:?} {:?} {:?}", row.number, row.major, row.minor, row.slot, row.words, row.device)
        });
        let row = row.unwrap_or_else(|| "none".to_owned()).replace("Some(", "(").replace("None", "-");
        assert_eq!(row, expect, "{text}");
    };
    check("   -       0        0        1      removed", "- (0):(0) (1) [Removed] -");
    check("   1       0        0        1      faulty removed", "(1) (0):(0) (1) [Faulty, Removed] -");
    check("   1       0        0       -1      removed", "(1) (0):(0) - [Removed] -");
    check(
        "   2 254 2 1 writemostly failfast spare rebuilding /dev/vda2",
        "(2) (254):(2) (1) [WriteMostly, FailFast, Spare, Rebuilding] (\"/dev/vda2\")",
    );
    check("   4 259 7 1 active sync set-B   missing", "(4) (259):(7) (1) [Active, Sync, Set('B'), Missing] -");
    check("   0 8 1 0 dreaming   /dev/sda1", "(0) (8):(1) (0) [Other(\"dreaming\")] (\"/dev/sda1\")");
    check("   -     254        0        -        /dev/vda", "- (254):(0) - [] (\"/dev/vda\")");
    // What was cut and mixed is no row.
    check("   0 8 1 0 active sync   /dev/sda1[0]", "none");
    check("   0 8 1 0 active sync   /dev/sda1 sdb1", "none");
    check("   0 8", "none");
    check("   0 8 x 0 active sync", "none");
}

#[test]
fn a_superblock() {
    let read = whole(EXAMINE);
    let [superblock] = read.superblocks.as_slice() else { panic!("{read:?}") };
    assert_eq!((superblock.device.as_str(), superblock.events), ("/dev/sdc2", Some(54)));
    assert_eq!(superblock.role, Some(Role::Active(2)));
    use SlotState::{Active, Missing, Replacing};
    assert_eq!(superblock.states, [Active, Missing, Replacing, Active]);
    assert_eq!(
        (superblock.recovered, superblock.bad_blocks, superblock.checksum),
        (Some(8192), Some(true), Some(false))
    );
    assert_eq!(superblock.flags, ["write-mostly", "failfast"]);
    assert_eq!(superblock.clean, Some(Clean::Active));
}

/// Lines of superblocks in the place of their namesakes.
#[test]
fn lines_of_superblocks() {
    let check = |line: &str, expect: &str| {
        let (key, _) = pair(line).expect("a pair");
        let text: String =
            EXAMINE
                .lines()
                .map(|old| {
                    if pair(old).is_some_and(|(old, _)| old == key) { format!("{line}\n") } else { format!("{old}\n") }
                })
                .collect();
        let read = whole(&text);
        let said = format!("{:?}", read.superblocks.first());
        assert!(said.contains(expect), "{line}: {said}");
    };
    check("   Device Role : spare", "role: Some(Spare)");
    check("   Device Role : Journal", "role: Some(Journal)");
    check("   Device Role : Replacement device 1", "role: Some(Replacement(1))");
    check("   Device Role : dreamer", "role: Some(Other(\"dreamer\"))");
    check("   Array State : Uu_ 1 failed", "states: [Active, Active, Missing]");
    check("   Array State : A?", "states: [Active, Claimed]");
    check("       Checksum : 7fb4bb0e - correct", "checksum: Some(true)");
    check("  Bad Block Log : 512 entries available at offset 16 sectors", "bad_blocks: Some(false)");
    check("          State : ailing", "clean: Some(Other(\"ailing\"))");
}

#[test]
fn an_old_superblock() {
    let text = "\
/dev/sda1:
          Magic : a92b4efc
        Version : 0.90.00
           UUID : 0011aabb:22334455:66778899:ccddeeff (local to host mill)
  Creation Time : Mon Mar  2 09:10:11 2026
     Raid Level : raid1
  Used Dev Size : 102336 (99.94 MiB 104.79 MB)
     Array Size : 102336 (99.94 MiB 104.79 MB)
   Raid Devices : 2
  Total Devices : 1
Preferred Minor : 3

    Update Time : Tue Mar  3 10:11:12 2026
          State : clean
 Active Devices : 1
Working Devices : 1
 Failed Devices : 1
  Spare Devices : 0
       Checksum : 7fb4bb0e - correct
         Events : 18


      Number   Major   Minor   RaidDevice State
this     0       8        1        0      active sync   /dev/sda1

   0     0       8        1        0      active sync   /dev/sda1
   1     1       0        0        1      faulty removed
";
    let read = whole(text);
    let [superblock] = read.superblocks.as_slice() else { panic!("{read:?}") };
    assert!(superblock.is_old());
    assert_eq!((superblock.preferred_minor, superblock.failed, superblock.events), (Some(3), Some(1), Some(18)));
    assert_eq!(superblock.members.iter().map(|row| row.is(&Word::Removed)).collect::<Vec<_>>(), [false, true]);
    assert_eq!(superblock.name.as_ref().and_then(|name| name.local_to.as_deref()), Some("mill"));
}

#[test]
fn disks_of_firmware() {
    let read = whole(IMSM);
    let [external] = read.externals.as_slice() else { panic!("{read:?}") };
    let [volume] = external.volumes.as_slice() else { panic!("{external:?}") };
    assert_eq!((volume.name.as_deref(), &volume.state), (Some("Mirror"), &Some(VolumeState::Degraded)));
    assert_eq!((volume.in_sync.as_slice(), volume.migration.as_deref()), ([true, false].as_slice(), Some("idle")));
    let disks: Vec<_> = external.disks.iter().map(|disk| (disk.serial.as_deref(), disk.is_failed())).collect();
    assert_eq!(disks, [(Some("MADEUP000001"), false), (Some("MADEUP000002"), true)]);
    let read = whole(DDF);
    let [external] = read.externals.as_slice() else { panic!("{read:?}") };
    let [volume] = external.volumes.as_slice() else { panic!("{external:?}") };
    assert_eq!((volume.unit, volume.members, &volume.state), (Some(127), Some(2), &Some(VolumeState::Degraded)));
    let disks: Vec<_> = external.disks.iter().map(|disk| (disk.device.as_deref(), disk.is_failed())).collect();
    assert_eq!(disks, [(Some("/dev/sda"), false), (None, true)]);
}

#[test]
fn exports_and_lists() {
    let read = whole(EXPORT);
    let [array, member] = read.exports.as_slice() else { panic!("{read:?}") };
    assert!(!array.is_member() && member.is_member());
    assert_eq!(array.empty(), [1, 3]);
    assert_eq!((member.events, member.updated), (Some(54), Some(1_772_532_672)));
    let read = whole(SCAN);
    let told = |listed: &Listed| (listed.device.clone(), listed.inactive, listed.devices.len());
    let listed: Vec<_> = read.listed.iter().map(told).collect();
    let device = |name: &str| Some(name.to_owned());
    assert_eq!(
        listed,
        [
            (device("/dev/md/7"), false, 2),
            (device("/dev/md127"), true, 0),
            (None, false, 0),
            (device("/dev/md/Mirror"), false, 0)
        ]
    );
}

/// What is not whole says so, or at least what it is.
#[test]
fn what_is_missing_is_told() {
    let check = |text: String, expect: &str| {
        let read = read(text.as_bytes());
        assert_eq!(read.tally.cut.as_deref(), Some(expect), "{text}");
    };
    let without =
        |line: &str| DETAIL.lines().filter(|one| !one.contains(line)).map(|line| format!("{line}\n")).collect();
    check(without("faulty"), "/dev/md7 has 5 members, and 4 are listed");
    check(without("State : "), "the state of /dev/md7 is not told");
    check(without("Version"), "line 2 is of another text");
    check(without("Active Devices"), "/dev/md7 does not count its active members");
    check(DETAIL.split("    Number").next().unwrap_or_default().to_owned(), "/dev/md7 has no table of members");
    check(DETAIL.trim_end().to_owned(), "its last line has no end");
    check(format!("{DETAIL}unused devices: <none>\n"), "line 36 is of another text");
    check(format!("It says:\n{DETAIL}"), "line 1 is of another text");
    check(
        format!("{DETAIL}{}", DETAIL.replace("0011aabb", "0011aabc")),
        "/dev/md7 is listed twice, and is not the same array",
    );
    check(format!("{DETAIL}/dev/md8:\n"), "nothing is told of /dev/md8");
    check(
        EXAMINE.split("   Array State").next().unwrap_or_default().to_owned(),
        "the state of the array that /dev/sdc2 tells of is missing",
    );
    check(
        IMSM.split("\n  Disk01").next().unwrap_or_default().to_owned(),
        "/dev/sda tells of a volume of 2 disks, and 1 are listed",
    );
    check(EXPORT.lines().take(7).map(|line| format!("{line}\n")).collect(), "only half of dev_sda2 is told");
    check("ARRAY /dev/md0 metadata=1.2\n".to_owned(), "an ARRAY line has no UUID");
}

#[test]
fn asides_and_line_ends() {
    let text =
        format!("[root@mill ~]# mdadm -D /dev/md7\n{DETAIL}mill$ sudo /usr/sbin/mdadm --examine /dev/sdc2\n{EXAMINE}");
    let text = format!("{text}mdadm: No md superblock detected on /dev/sdd.\n").replace('\n', "\r\n");
    let read = whole(&text);
    assert_eq!((read.details.len(), read.superblocks.len()), (1, 1));
    // A configuration file with comments is none of it, and neither is what only names mdadm.
    assert!(!recognise(format!("# mdadm.conf\n#\n# by hand\n{SCAN}").as_bytes()));
    assert!(!recognise(b"systemd[1]: Started mdadm.\n/dev/md0:\nVersions : 3\n"));
}

/// A container, and one that was not started: both lack lines that others have.
#[test]
fn arrays_that_tell_less() {
    let text = "\
/dev/md127:
           Version : 1.2
        Raid Level : raid0
     Total Devices : 1
       Persistence : Superblock is persistent

             State : inactive
   Working Devices : 1

              Name : mill:8
              UUID : 00000001:00000002:00000003:00000004
            Events : 5

    Number   Major   Minor   RaidDevice

       -       8        1        -        /dev/sda1
/dev/md0:
           Version : ddf
        Raid Level : container
     Total Devices : 2

   Working Devices : 2

    Container GUID : 4C696E75:782D4D44:DEADBEEF:00000000:502D0000:00000001
                  (Linux-MD 03/02/26 09:10:11)
               Seq : 00000008
     Virtual Disks : 1

     Member Arrays : /dev/md/vol0

    Number   Major   Minor   RaidDevice

       -       8        0        -        /dev/sda
       -       8       16        -        /dev/sdb
";
    let read = whole(text);
    let [inactive, container] = read.details.as_slice() else { panic!("{read:?}") };
    assert_eq!(inactive.state.as_ref().and_then(|state| state.kernel.clone()), Some(ArrayState::Inactive));
    assert_eq!((container.level.as_ref(), container.arrays.len()), (Some(&Level::Container), 1));
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        let _ = (recognise(&bytes), read(&bytes));
    }

    /// Whatever is cut off, or put behind: nothing panics, and all lines are counted.
    #[test]
    fn any_cut(one in 0..ALL.len(), other in 0..ALL.len(), at: (prop::sample::Index, prop::sample::Index)) {
        let (one, other) = (ALL[one].as_bytes(), ALL[other].as_bytes());
        let text = [&one[..at.0.index(one.len())], &other[at.1.index(other.len())..]].concat();
        let read = read(&text);
        let lines = lines(&text).filter(|line| !line.text.trim().is_empty()).count();
        prop_assert_eq!(read.tally.lines, u64::try_from(lines).unwrap_or(0));
    }

    /// One that breaks off says so.
    #[test]
    fn a_cut_is_told(at: prop::sample::Index) {
        let cut = &DETAIL.as_bytes()[..at.index(DETAIL.trim_end().len())];
        prop_assert!(cut.is_empty() || read(cut).tally.cut.is_some() || read(cut).details.is_empty());
    }
}
