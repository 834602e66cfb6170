use super::{About, event};

fn check(line: &str, expect: &str) {
    let got = event(line).map_or("nothing".to_owned(), |event| {
        let about = match &event.about {
            About::Unnamed => "-",
            About::Device(name) | About::Unit(name) | About::Array(name) | About::Pool(name) => name,
        };
        let values: Vec<String> = event.values.iter().map(|(field, value)| format!("{field:?} {value}")).collect();
        format!("{about} {:?}: {}", event.kind, values.join(", ")).trim_end_matches(": ").to_owned()
    });
    assert_eq!(got, expect, "{line}");
}

#[test]
fn cam() {
    check("(da3:mps0:0:11:0): CAM status: SCSI Status Error", "da3 CommandFailed");
    check("(da3:mps0:0:11:0): CAM status: Command timeout", "da3 CommandTimeout");
    check("(ada1:ahcich2:0:0:0): CAM status: Uncorrectable parity/CRC error", "ada1 TransportError");
    check("(da3:mps0:0:11:0): SCSI status: Check Condition", "da3 AtaStatus: Words Check Condition");
    check(
        "(da3:mps0:0:11:0): SCSI sense: MEDIUM ERROR asc:11,0 (Unrecovered read error)",
        "da3 SenseKey: Sense MEDIUM ERROR, Asc 11, Ascq 0, Words Unrecovered read error",
    );
    check(
        "(ada1:ahcich2:0:0:0): ATA status: 41 (DRDY ERR), error: 40 (UNC )",
        "ada1 AtaError: Code 41, State DRDY ERR, Opcode 40, Words UNC",
    );
    check("(ada1:ahcich2:0:0:0): ATA status: 00 ()", "ada1 AtaStatus: Code 00");
    check(
        "(da3:mps0:0:11:0): READ(10). CDB: 28 00 01 02 03 04 00 00 08 00 ",
        "da3 TaskFile: Words READ(10), Command 28 00 01 02 03 04 00 00 08 00",
    );
    check("(da3:mps0:0:11:0): Retrying command, 3 more tries remain", "da3 CommandRetried");
    check("(da3:mps0:0:11:0): Retrying command (per sense data)", "da3 CommandRetried");
    check("(da3:mps0:0:11:0): Error 5, Retries exhausted", "da3 IoError: Errno 5");
    check("(da3:mps0:0:11:0): lost device - 2 outstanding, 1 refs", "da3 DeviceRemoved");
    check("(da3:mps0:0:11:0): hums a tune", "da3 Other");
    check("(aprobe0:ahcich4:0:0:0): CAM status: Command timeout", "ahcich4 CommandTimeout");
    check("(udev-worker)/848 is trying to acquire lock:", "nothing");
    check("(a:b): c", "nothing");
}

#[test]
fn disks() {
    check("da3 at mps0 bus 0 scbus0 target 11 lun 0", "da3 DeviceAdded: Words mps0 bus 0 scbus0 target 11 lun 0");
    check(
        "da3: <EXAMPLE XD4000 A1B2> Fixed Direct Access SPC-4 SCSI device",
        "da3 Inventory: Model EXAMPLE XD4000 A1B2",
    );
    check("da3: Serial Number XS4A0001", "da3 Inventory: Serial XS4A0001");
    check("da3: Serial Number...", "da3 Inventory");
    check(
        "da3: <EXAMPLE XD4000 A1B2> s/n XS4A0001 detached",
        "da3 DeviceRemoved: Model EXAMPLE XD4000 A1B2, Serial XS4A0001",
    );
    check("da3: 600.000MB/s transfers", "da3 Inventory: Speed 600.000");
    check("mfid0: hard error cmd=read 71-86", "mfid0 IoError: Words read 71-86");
    check(
        "mfid0: 1907200MB (3905945600 sectors) RAID volume 'OS' is degraded",
        "mfid0 ArrayStarted: Speed 1907200, Count 3905945600, Words 'OS', State degraded",
    );
    check("em0: link state changed to UP", "nothing");
}

#[test]
fn controllers() {
    check("ahcich2: Timeout on slot 12 port 0", "ahcich2 CommandTimeout: Tag 12, Count 0");
    check(
        "ahcich2: AHCI reset: device not ready after 31000ms (tfd = 00000080)",
        "ahcich2 ResetFailed: Words 31000ms (tfd = 00000080)",
    );
    check(
        "mps0: Controller reported scsi ioc terminated tgt 11 SMID 87 loginfo 31110d00",
        "mps0 LogInfo: Handle 11, Tag 87, Loginfo 31110d00",
    );
    check(
        "nvme0: UNRECOVERED READ ERROR (02/81) sqid:3 cid:9 cdw0:0",
        "nvme0 IoError: Words UNRECOVERED READ ERROR, Sct 02, Sc 81, Queue 3",
    );
    check(
        "nvme0: async event occurred (type 0x1, info 0x01, page 0x02)",
        "nvme0 UnitAttention: Code 0x1, Opcode 0x01, Handle 0x02",
    );
    check("mrsas0: Initiating Target RESET because of SCSI IO timeout!", "mrsas0 CommandTimeout");
    check("ciss0: *** State change, logical drive 0, new state=OK", "ciss0 ControllerEvent: Slot 0, State OK");
    check(
        "ciss0: logical drive 0 (pass0) changed status recovering->OK, spare status 0x0",
        "ciss0 ControllerEvent: Slot 0, Words (pass0) changed status recovering, State OK, Code 0x0",
    );
    check(
        "ciss0: *** Hot-plug drive removed, Port=1I Box=1 Bay=2 SN=",
        "ciss0 DeviceRemoved: Words , Port=1I Box=1 Bay=2 SN=",
    );
    check(
        "twa0: ERROR: (0x04: 0x0002): Degraded unit: unit=0, port=3",
        "twa0 ControllerEvent: Class ERROR, Code 0x04, Opcode 0x0002, Words Degraded unit: unit=0, port=3",
    );
}

#[test]
fn geom_and_zfs() {
    check("GEOM_MIRROR: Device mirror/gm0 launched (1/2).", "gm0 ArrayStarted: Device mirror/gm0, Count 1, Of 2");
    check("GEOM_MIRROR: Device gm0: provider ada1 disconnected.", "gm0 MemberKicked: Device gm0, Member ada1");
    check("GEOM_MIRROR: Device gm0: rebuilding provider ada1.", "gm0 SyncStarted: Device gm0, Member ada1");
    check("GEOM_MIRROR: Device gm0: rebuilding provider ada1 finished.", "gm0 SyncDone: Device gm0, Member ada1");
    check(
        "GEOM_RAID: Intel-1a2b: Volume Vol0 state changed from STARTING to DEGRADED.",
        "Intel-1a2b/Vol0 ArrayStarted: Device Vol0, Action STARTING, State DEGRADED",
    );
    check(
        "g_vfs_done():gpt/rootfs[WRITE(offset=4096, length=8192)]error = 5",
        "gpt/rootfs IoError: Device gpt/rootfs, Words WRITE(offset=4096, length=8192), Errno 5",
    );
    check(
        "Solaris: WARNING: Pool 'tank' has encountered an uncorrectable I/O failure and has been suspended.",
        "tank ArrayFailed: Device tank",
    );
    check(
        "ZFS[2345]: vdev I/O failure, zpool=tank path=/dev/da3 offset=270336 size=8192 error=5",
        "tank ReadRetried: Device tank, Member /dev/da3",
    );
}
