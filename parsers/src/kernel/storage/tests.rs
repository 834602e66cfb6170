use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use proptest::prelude::*;

use super::{ControllerTime, Event, Field, Kind, event};
use crate::kernel::kmsg;

fn told(event: Option<Event>) -> String {
    let Some(event) = event else { return "nothing".to_owned() };
    let values: Vec<String> = event.values.iter().map(|(field, value)| format!("{field:?} {value}")).collect();
    format!("{:?} {:?}: {}", event.about, event.kind, values.join(", ")).trim_end_matches(": ").to_owned()
}

fn check(line: &str, expect: &str) {
    assert_eq!(told(event(line)), expect, "{line}");
}

#[test]
fn ata() {
    let of = |line: &str, expect: &str| {
        check(&format!("ata7.00: {line}"), &format!("Ata {{ port: 7, device: Some(0) }} {expect}"));
    };
    of(
        "exception Emask 0x10 SAct 0x4000000 SErr 0x280100 action 0x6 frozen",
        "AtaException: Emask 0x10, Code 0x4000000, Serr 0x280100, Words 0x6 frozen",
    );
    of("failed command: READ FPDMA QUEUED", "CommandFailed: Command READ FPDMA QUEUED");
    of("status: { DRDY ERR }", "AtaStatus: Words DRDY ERR");
    of("error: { UNC }", "AtaError: Words UNC");
    of(
        "cmd 60/08:d0:a8:88:d0/00:00:0c:00:00/40 tag 26 ncq dma 4096 in",
        "TaskFile: Command 60/08:d0:a8:88:d0/00:00:0c:00:00/40, Tag 26",
    );
    of("qc timeout (cmd 0xec)", "CommandTimeout: Opcode 0xec");
    of("qc timeout after 5000 msecs (cmd 0x27)", "CommandTimeout: Count 5000, Opcode 0x27");
    of("failed to IDENTIFY (I/O error, err_mask=0x4)", "IdentifyFailed: Words I/O error, err_mask=0x4");
    of("revalidation failed (errno=-5)", "IdentifyFailed: Errno -5");
    of("disabled", "DeviceDisabled");
    of("disable device", "DeviceDisabled");
    of("detaching (SCSI 6:0:0:0)", "DeviceRemoved: Address 6:0:0:0");
    of("limiting speed to UDMA/100:PIO4", "LinkLimited: Words UDMA/100:PIO4");
    of("configured for UDMA/133", "Inventory: Words UDMA/133");
    of("hums a tune", "Other");
    let port = |line: &str, expect: &str| {
        check(&format!("ata7: {line}"), &format!("Ata {{ port: 7, device: None }} {expect}"));
    };
    port("SError: { RecovComm BadCRC }", "SataError: Words RecovComm BadCRC");
    port("SATA link up 6.0 Gbps (SStatus 133 SControl 300)", "LinkUp: Speed 6.0");
    port("SATA link up <unknown> (SStatus 5 SControl 300)", "LinkUp");
    port("SATA link down (SStatus 0 SControl 300)", "LinkDown");
    port("link is slow to respond, please be patient (ready=0)", "LinkSlow");
    port("hard resetting link", "Reset");
    port("COMRESET failed (errno=-16)", "ResetFailed: Errno -16");
    port("softreset failed (device not ready)", "ResetFailed: Words device not ready");
    port("limiting SATA link speed to 3.0 Gbps", "LinkLimited: Speed 3.0");
    port("disabling LPM on the link", "Inventory");
    port("failed to recover link after 5 tries, disabling", "DeviceDisabled: Count 5");
    port("EH complete", "RecoveryDone");
    check(
        "         res 41/40:08:a8:88:d0/00:00:0c:00:00/00 Emask 0x409 (media error) <F>",
        "Unnamed TaskFile: Command 41/40:08:a8:88:d0/00:00:0c:00:00/00, Emask 0x409, Words media error",
    );
}

#[test]
fn scsi() {
    let sdq = "Scsi { address: ScsiAddress { host: 6, channel: 0, id: 1, lun: 2 }, disk: Some(\"sdq\") }";
    let of = |line: &str, expect: &str| check(&format!("sd 6:0:1:2: [sdq] {line}"), &format!("{sdq} {expect}"));
    of(
        "tag#26 FAILED Result: hostbyte=DID_OK driverbyte=DRIVER_SENSE cmd_age=3s",
        "CommandResult: Words FAILED, Hostbyte DID_OK, Driverbyte DRIVER_SENSE",
    );
    of(
        "tag#0 UNKNOWN(0x2003) Result: hostbyte=0x04 driverbyte=DRIVER_OK",
        "CommandResult: Words UNKNOWN(0x2003), Hostbyte 0x04, Driverbyte DRIVER_OK",
    );
    of(
        "Synchronize Cache(10) failed: Result: hostbyte=DID_NO_CONNECT driverbyte=DRIVER_OK",
        "CommandResult: Command Synchronize Cache(10), Hostbyte DID_NO_CONNECT, Driverbyte DRIVER_OK",
    );
    of("tag#26 Sense Key : Medium Error [current] ", "SenseKey: Sense Medium Error, Words current");
    of("tag#26 Sense Key : Hardware Error", "SenseKey: Sense Hardware Error");
    of(
        "tag#26 Add. Sense: Unrecovered read error - auto reallocate failed",
        "AdditionalSense: Words Unrecovered read error - auto reallocate failed",
    );
    of(
        "tag#26 CDB: Read(10) 28 00 0c d0 88 a8 00 00 08 00",
        "CommandFailed: Command Read(10) 28 00 0c d0 88 a8 00 00 08 00",
    );
    of("Attached SCSI disk", "DeviceAdded: Words disk");
    of("Synchronizing SCSI cache", "CacheFlushed");
    let none = sdq.replace("Some(\"sdq\")", "None");
    let of = |line: &str, expect: &str| check(&format!("sd 6:0:1:2: {line}"), &format!("{none} {expect}"));
    of("rejecting I/O to offline device", "RequestRejected");
    of("Device offlined - not ready after error recovery", "DeviceDisabled");
    of("Power-on or device reset occurred", "UnitAttention");
    of("attempting task abort!scmd(0x00000000aaaabbbb), outstanding for 30528 ms & timeout 30000 ms", "Reset");
    of("attempting task abort! scmd(00000000aaaabbbb)", "Reset");
    of("task abort: SUCCESS scmd(0x00000000aaaabbbb)", "ResetResult: Result SUCCESS");
    of("hums a tune", "Other");
    check("scsi host6: ahci", "ScsiHost(6) Inventory");
    check(
        "scsi target6:0:1: enclosure logical id(0x500aa00000000010), slot(3) ",
        "ScsiTarget { host: 6, channel: 0, id: 1 } EnclosureSlot: Enclosure 0x500aa00000000010, Slot 3",
    );
    check("sd card inserted", "nothing");
}

#[test]
fn block() {
    check(
        "blk_update_request: I/O error, dev sdq, sector 214993064 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0",
        "Device(\"sdq\") IoError: Device sdq, Sector 214993064, Opcode 0x0, Direction READ",
    );
    check(
        "end_request: I/O error, dev sdq, sector 18446744073709551615",
        "Device(\"sdq\") IoError: Device sdq, Sector 18446744073709551615",
    );
    check(
        "print_req_error: critical target error, dev sdq, sector 8",
        "Device(\"sdq\") TargetError: Device sdq, Sector 8",
    );
    check(
        "critical medium error, dev nvme1c1n1, sector 8192 op 0x0:(READ) flags 0x4000000",
        "Device(\"nvme1c1n1\") MediumError: Device nvme1c1n1, Sector 8192, Opcode 0x0, Direction READ",
    );
    check(
        "Buffer I/O error on dev dm-3, logical block 77, lost async page write",
        "Device(\"dm-3\") IoError: Device dm-3, Block 77",
    );
    check(
        "sdq: detected capacity change from 512 to 0",
        "Device(\"sdq\") CapacityChanged: Device sdq, Of 512, Count 0",
    );
    check("dd: attempt to access beyond end of device", "Unnamed BeyondEnd: Words dd");
    assert_eq!(event("I/O error, dev sdq, sector 12").and_then(|event| event.sector()), Some(12));
}

#[test]
fn nvme() {
    check("nvme nvme2: I/O 12 QID 3 timeout, aborting", "Nvme(2) CommandTimeout: Tag 12, Queue 3");
    check(
        "nvme nvme2: I/O 12 (I/O Cmd) QID 3 timeout, aborting",
        "Nvme(2) CommandTimeout: Tag 12, Words I/O Cmd, Queue 3",
    );
    check(
        "nvme nvme2: I/O tag 12 (b00c) opcode 0x2 (I/O Cmd) QID 3 timeout, reset controller",
        "Nvme(2) Reset: Tag 12, Words b00c) opcode 0x2 (I/O Cmd, Queue 3",
    );
    check("nvme nvme2: I/O 12 QID 3 timeout, completion polled", "Nvme(2) InterruptLost: Tag 12, Queue 3");
    check("nvme nvme2: Abort status: 0x0", "Nvme(2) ResetResult: Code 0x0");
    check(
        "nvme nvme2: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10",
        "Nvme(2) ControllerFault: Csts 0xffffffff, Words PCI_STATUS=0x10",
    );
    check("nvme nvme2: Device not ready; aborting reset, CSTS=0x1", "Nvme(2) ControllerFault: Words reset, Csts 0x1");
    check("nvme nvme2: Removing after probe failure status: -19", "Nvme(2) ControllerDead");
    check(
        "nvme2n1: I/O Cmd(0x2) @ LBA 8192, 1024 blocks, I/O Error (sct 0x2 / sc 0x81) MORE DNR ",
        "Device(\"nvme2n1\") IoError: Command I/O Cmd, Opcode 0x2, Lba 8192, Count 1024, Words I/O Error, Sct 0x2, Sc 0x81",
    );
    check(
        "nvme2: Identify(0x6), Invalid Field in Command (sct 0x0 / sc 0x2) DNR",
        "Nvme(2) AdminError: Command Identify, Opcode 0x6, Words Invalid Field in Command, Sct 0x0, Sc 0x2",
    );
    check("nvme 0000:81:00.0: enabling device (0000 -> 0002)", "Pci(\"0000:81:00.0\") Inventory");
    check("nvme nvme2: hums a tune", "Nvme(2) Other");
}

#[test]
fn md() {
    check("md/raid10:md7: Disk failure on sdq, disabling device.", "Md(\"md7\") MemberFailed: Member sdq");
    check("md/raid10:md7: Operation continuing on 3 devices.", "Md(\"md7\") Continuing: Count 3");
    check("md/raid1:md7: active with 1 out of 2 mirrors", "Md(\"md7\") ArrayStarted: Count 1, Of 2");
    check(
        "md/raid:md7: raid level 6 active with 4 out of 5 devices, algorithm 2",
        "Md(\"md7\") ArrayStarted: Code 6, Count 4, Of 5",
    );
    check("md/raid1:md7: not clean -- starting background reconstruction", "Md(\"md7\") NotClean");
    check(
        "md/raid1:md7: read error corrected (8 sectors at 4096 on sdq)",
        "Md(\"md7\") ReadCorrected: Count 8, Sector 4096, Member sdq",
    );
    check(
        "md/raid:md7: read error NOT corrected!! (sector 4096 on sdq).",
        "Md(\"md7\") ReadNotCorrected: Sector 4096, Member sdq",
    );
    check(
        "md/raid10:md7: sdq: unrecoverable I/O read error for block 640",
        "Md(\"md7\") ReadUnrecoverable: Member sdq, Sector 640",
    );
    check(
        "md/raid10:md7: sdq: redirecting sector 640 to another mirror",
        "Md(\"md7\") ReadRetried: Member sdq, Sector 640",
    );
    check(
        "md/raid1:md7: redirecting sector 640 to other mirror: sdr",
        "Md(\"md7\") ReadRetried: Sector 640, Member sdr",
    );
    check("md/raid10:md7: not enough operational mirrors.", "Md(\"md7\") ArrayFailed: Words mirrors.");
    check(
        "md/raid:md7: Cannot continue operation (3/5 failed).",
        "Md(\"md7\") ArrayFailed: Words operation (3/5 failed).",
    );
    check("md/raid0md7: Disk failure on sdq detected, failing array.", "Md(\"md7\") ArrayFailed: Member sdq");
    check("md: super_written gets error=-5", "Unnamed SuperblockError: Errno -5");
    check("md: recovery of RAID array md7", "Md(\"md7\") SyncStarted: Action recovery, Device md7");
    check("md: data-check of RAID array md7", "Md(\"md7\") SyncStarted: Action data-check, Device md7");
    check("md: md7: recovery done.", "Md(\"md7\") SyncDone: Action recovery");
    check("md: md7: recovery interrupted.", "Md(\"md7\") SyncInterrupted: Action recovery");
    check(
        "md: delaying resync of md7 until md8 has finished (they share one or more physical units)",
        "Md(\"md7\") SyncDelayed: Action resync, Device md7, Words md8",
    );
    check("md: kicking non-fresh sdq from array!", "Unnamed MemberKicked: Member sdq");
    check("md7: mismatch sector in range 8-16", "Md(\"md7\") Mismatch: Words 8-16");
    check("md: md7 stopped.", "Md(\"md7\") ArrayStopped: Device md7");
    check("md7: detected capacity change from 0 to 253952", "Md(\"md7\") CapacityChanged: Of 0, Count 253952");
    check("md/raid10:md7: hums a tune", "Md(\"md7\") Other");
    check("mdadm: sending ioctl 800c0910 to a partition!", "nothing");
}

#[test]
fn controllers() {
    check(
        "mpt2sas_cm1: log_info(0x31110d00): originator(PL), code(0x11), sub_code(0x0d00)",
        "Mpt(1) LogInfo: Loginfo 0x31110d00",
    );
    check("mpt3sas0: fault_state(0x5862)!", "Mpt(0) ControllerFault: Code 0x5862");
    check("mpt3sas_cm0: sending diag reset !!", "Mpt(0) Reset");
    check("mpt3sas_cm0: diag reset: SUCCESS", "Mpt(0) ResetResult: Result SUCCESS");
    check(
        "mpt3sas_cm0: removing handle(0x0009), sas_addr(0x500bb00000000001)",
        "Mpt(0) DeviceRemoved: Handle 0x0009, Sas 0x500bb00000000001",
    );
    check(
        "mpt3sas_cm0: enclosure logical id(0x500aa00000000010), slot( 3)",
        "Mpt(0) EnclosureSlot: Enclosure 0x500aa00000000010, Slot 3",
    );
    check("mpt3sas_cm0: hums a tune", "Mpt(0) Other");
    check("mptbase: ioc0: LogInfo(0x31110700): Originator={PL}, Code={Reset}", "Mpt(0) LogInfo: Loginfo 0x31110700");
    let pci = "Pci(\"0000:03:00.0\")";
    check(
        "megaraid_sas 0000:03:00.0: 6332 (653853226s/0x0020/info) - Controller hot plug detected",
        &format!(
            "{pci} ControllerEvent: Sequence 6332, When 653853226s, Locale 0x0020, Class info, Words Controller hot plug detected"
        ),
    );
    check(
        "megaraid_sas 0000:03:00.0: 12 (boot + 9s/0x0002/CRIT) - PD 04(e0x20/s4) is not - well",
        &format!(
            "{pci} ControllerEvent: Sequence 12, When boot + 9s, Locale 0x0002, Class CRIT, Words PD 04(e0x20/s4) is not - well"
        ),
    );
    check(
        "megaraid_sas 0000:03:00.0: FW in FAULT state Fault code:0x10000 subcode:0x0 func:megasas_wait_for_outstanding_fusion",
        &format!("{pci} ControllerFault: Code 0x10000"),
    );
    check(
        "megaraid_sas 0000:03:00.0: Found FW in FAULT state, will reset adapter scsi0.",
        &format!("{pci} ControllerFault: Words Found FW in"),
    );
    check("megaraid_sas 0000:03:00.0: resetting fusion adapter scsi0.", &format!("{pci} Reset: Host 0"));
    check(
        "hpsa 0000:03:00.0: scsi 0:1:0:2: resetting logical  Direct-Access     HP       LOGICAL VOLUME   RAID-1(+0)",
        &format!("{pci} Reset: Address 0:1:0:2, Words logical  Direct-Access     HP       LOGICAL VOLUME   RAID-1(+0)"),
    );
    check(
        "hpsa 0000:03:00.0: Controller lockup detected: 0x00130000 after 30",
        &format!("{pci} ControllerFault: Code 0x00130000"),
    );
    check("aacraid: Host adapter abort request (0,0,2,0)", "Unnamed Reset: Address 0,0,2,0");
    check("aacraid: Host bus reset request. SCSI hang ?", "Unnamed Reset");
    check("AAC0: adapter kernel panic'd ff.", "Aac(0) ControllerFault: Code ff");
}

#[test]
fn pci_express() {
    let port = "Pci(\"0000:00:1c.0\")";
    check(
        "pcieport 0000:00:1c.0: AER: Corrected error received: 0000:02:00.0",
        &format!("{port} PcieError: Severity Corrected, Address 0000:02:00.0"),
    );
    check(
        "pcieport 0000:00:1c.0: AER: Multiple Uncorrected (Non-Fatal) error message received from 0000:02:00.0",
        &format!("{port} PcieError: Severity Multiple Uncorrected (Non-Fatal), Address 0000:02:00.0"),
    );
    check(
        "nvme 0000:02:00.0: PCIe Bus Error: severity=Uncorrected (Fatal), type=Transaction Layer, (Receiver ID)",
        "Pci(\"0000:02:00.0\") PcieError: Severity Uncorrected (Fatal), Layer Transaction Layer, Agent Receiver ID",
    );
    check(
        "pcieport 0000:00:1c.0: AER: PCIe Bus Error: severity=Corrected, type=Physical Layer, id=00e0(Transmitter ID)",
        &format!("{port} PcieError: Severity Corrected, Layer Physical Layer, Words 00e0, Agent Transmitter ID"),
    );
    check(
        "pcieport 0000:00:1c.0:   device [8086:9d14] error status/mask=00000001/00002000",
        &format!("{port} PcieDetail: Words 8086:9d14, Code 00000001"),
    );
    check("pcieport 0000:00:1c.0: AER: device recovery failed", &format!("{port} PcieNotRecovered"));
    check("pcieport 0000:00:1c.0: pciehp: Slot(0-3): Link Down", &format!("{port} SlotLinkDown: Slot 0-3"));
    check("pciehp 0000:00:1c.0:pcie004: Slot(3): Card not present", &format!("{port} SlotEmpty: Slot 3"));
    check("pcieport 0000:00:1c.0: pciehp: Slot(3): Card present", &format!("{port} SlotOccupied: Slot 3"));
    check("e1000e 0000:02:00.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)", "nothing");
}

#[test]
fn file_systems() {
    check(
        "EXT4-fs error (device md7): ext4_find_entry:1455: inode #2: comm db: reading directory lblock 0",
        "Device(\"md7\") FsError: Device md7, Words ext4_find_entry:1455: inode #2: comm db: reading directory lblock 0",
    );
    check("EXT4-fs (dm-0): Remounting filesystem read-only", "Device(\"dm-0\") FsReadOnly");
    check("Aborting journal on device md7-8.", "Device(\"md7\") FsShutdown: Device md7-8");
    check("Aborting journal on device dm-8.", "Device(\"dm-8\") FsShutdown: Device dm-8");
    check(
        "XFS (md7): metadata I/O error in \"xfs_trans_read_buf_map\" at daddr 0x1 len 1 error 5",
        "Device(\"md7\") FsError",
    );
    check("XFS (md7): Log I/O Error Detected.  Shutting down filesystem", "Device(\"md7\") FsShutdown");
    check("EXT4-fs (md7): error count since last fsck: 3", "Device(\"md7\") FsError: Count 3");
    check("XFS (md7): hums a tune", "Device(\"md7\") Other");
}

#[test]
fn of_no_driver_of_storage() {
    for line in [
        "",
        "usb 1-1: new high-speed USB device",
        "random: crng init done",
        "systemd[1]: md0: hello",
        "atari: joystick",
        "megaraid",
    ] {
        check(line, "nothing");
    }
}

#[test]
fn clocks_of_controllers() {
    let check = |text: &str, expect| assert_eq!(ControllerTime::read(text), expect, "{text}");
    check("653853226s", Some(ControllerTime::Seconds(653_853_226)));
    check("boot + 12s", Some(ControllerTime::SinceBoot(12)));
    check("boot + s", None);
    check("12", None);
}

#[test]
fn values_as_numbers() {
    let line = event("mpt2sas_cm0: log_info(0x31110d00): originator(PL), code(0x11), sub_code(0x0d00)");
    assert_eq!(line.as_ref().and_then(|event| event.number(Field::Loginfo)), Some(0x3111_0d00));
    assert_eq!(line.and_then(|event| event.number(Field::Sector)), None);
}

proptest! {
    #[test]
    fn any_text(text: String) {
        let _ = event(&text);
    }

    #[test]
    fn nearly_a_line(
        head in "(ata[0-9.]{0,3}|sd [0-9:]{0,9}|scsi (host|target)[0-9:]{0,5}|nvme nvme[0-9]{0,2}|nvme[0-9a-z]{0,4}|md|md/raid[0-9:md]{0,6}|mpt3sas_cm[0-9]{0,2}|megaraid_sas 0000:0[0-9]:00.[0-9]|XFS \\(|EXT4-fs error|         res )",
        rest in "(: )?[\\[\\]() :a-zA-Z0-9#<>=/,.é]{0,60}",
    ) {
        let _ = event(&format!("{head}{rest}"));
    }
}

/// What the captures beside the repository hold, where they are; how much of it is understood is printed.
#[test]
fn captured() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    if !root.is_dir() {
        eprintln!("SKIPPED: no captures at {}; nothing of them was tested", root.display());
    }
    let (mut understood, mut other, mut nothing, mut kinds) = (0, BTreeSet::new(), 0, BTreeMap::new());
    let mut folders =
        vec![root.join("data/lab-captures"), root.join("corpora/bsdhw-Dmesg"), root.join("corpora/corrupted-logs")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for line in fs::read(&path).unwrap_or_default().split(|byte| *byte == b'\n') {
                let Some(line) = kmsg::line(line) else { continue };
                match event(&line.text) {
                    Some(event) if event.kind == Kind::Other => {
                        other.insert(line.text.into_owned());
                    }
                    Some(event) => {
                        understood += 1;
                        *kinds.entry(event.kind).or_insert(0) += 1;
                    }
                    None => nothing += 1,
                }
            }
        }
    }
    eprintln!(
        "captured kernel lines: {understood} understood, {} of a known driver not, {nothing} of no driver of storage",
        other.len()
    );
    eprintln!("{kinds:?}");
    for line in other {
        eprintln!("  not understood: {}", line.escape_debug());
    }
}
