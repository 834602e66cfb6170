//! Lines of the kernel, and what they come to.

use super::events;
use crate::machine::{Captured, Entry, Failed};
use crate::model::{Kind, Subject};
use crate::observe::machine::{Seat, Seats};
use crate::probes::{Controller, Topology, Volume, Way, kernel};
use chrono::DateTime;

/// A host with two SATA drives at ports 1 and 2, two NVMe drives, an HBA and a RAID card that shows `sdv`.
fn topology() -> Topology {
    let controller = |path: &str, driver: &str, pci: &str, hosts: &[u32], way| Controller {
        path: path.to_owned(),
        driver: driver.to_owned(),
        pci: Some(pci.to_owned()),
        hosts: hosts.to_vec(),
        way,
    };
    let aliases = [
        ("ata1", "sda"),
        ("0:0:0:0", "sda"),
        ("ata2", "sdb"),
        ("1:0:0:0", "sdb"),
        ("ata3", ""),
        ("0000:01:00.0", "nvme0"),
        ("0000:02:00.0", "nvme1"),
    ];
    Topology {
        boot_id: Some("b".to_owned()),
        boot_time: Some(1_000),
        controllers: vec![
            controller("pci-00-1f.2", "ahci", "0000:00:1f.2", &[0, 1], Way::Drives),
            controller("pci-03-00.0", "mpt3sas", "0000:03:00.0", &[2], Way::Drives),
            controller("c0", "megaraid_sas", "0000:04:00.0", &[3], Way::MegaRaid),
        ],
        volumes: vec![Volume {
            name: "sdv".to_owned(),
            controller: "c0".to_owned(),
            host: 3,
            channel: 2,
            target: 0,
            bytes: None,
        }],
        aliases: aliases.map(|(alias, name)| (alias.to_owned(), name.to_owned())).into_iter().collect(),
        ..Topology::default()
    }
}

fn seats() -> Seats {
    let seat = |serial: &str| Seat {
        serial: serial.to_owned(),
        bay: Subject::within(Kind::Bay, "h", "b"),
        firmware: None,
        model: None,
    };
    let names = [("sda", "A"), ("sdb", "B"), ("nvme0", "N"), ("nvme0n1", "N"), ("nvme1", "M"), ("nvme1n1", "M")];
    names.map(|(name, serial)| (name.to_owned(), seat(serial))).into_iter().collect()
}

/// Records of the kernel; a line that begins with a number is the record of that number, and one with `user ` is a program's.
fn log(lines: &str) -> kernel::Log {
    let mut records = Vec::new();
    let mut next = 0;
    for line in lines.lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).filter(|line| !line.is_empty())
    {
        let (number, line) = match line.split_once('|').and_then(|(number, line)| Some((number.parse().ok()?, line))) {
            Some((number, line)) => (number, line),
            None => (next, line),
        };
        next = number + 1;
        let (priority, line) = line.strip_prefix("user ").map_or((4, line), |line| (12, line));
        records.push(format!("{priority},{number},{}000000,-;{line}\n", number + 1));
    }
    let mut host = Captured::default();
    host.take(&Entry { kernel: Some(records), ..Entry::default() });
    kernel::read(&mut host)
}

fn told(log: &kernel::Log) -> Vec<String> {
    let now = DateTime::from_timestamp(5_000, 0).unwrap_or_default();
    events("h", log, &topology(), &seats(), now)
        .iter()
        .map(|event| format!("{} {} {:?}", event.subject, event.fact.code(), event.severity))
        .collect()
}

fn check(lines: &str, expect: &[&str]) {
    assert_eq!(told(&log(lines)), expect, "{lines}");
}

#[test]
fn drives() {
    check(
        "ata1.00: exception Emask 0x0 SAct 0x10 SErr 0x0 action 0x0
        ata1.00: failed command: READ FPDMA QUEUED
        ata1.00: cmd 60/08:20:00:08:00/00:00:00:00:00/40 tag 4 ncq dma 4096 in
                 res 41/40:00:00:08:00/00:00:00:00:00/40 Emask 0x409 (media error) <F>
        ata1.00: status: { DRDY ERR }
        ata1.00: error: { UNC }
        sd 0:0:0:0: [sda] tag#4 FAILED Result: hostbyte=DID_OK driverbyte=DRIVER_OK cmd_age=0s
        sd 0:0:0:0: [sda] tag#4 Sense Key : Medium Error [current]
        sd 0:0:0:0: [sda] tag#4 Add. Sense: Unrecovered read error - auto reallocate failed
        critical medium error, dev sda, sector 2048 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2
        ata1: EH complete",
        &["drive:A medium-error Warning"; 3],
    );
    check(
        "ata2.00: exception Emask 0x10 SAct 0x0 SErr 0x280100 action 0x6 frozen
        ata2: SError: { UnrecovData 10B8B BadCRC }
        ata2.00: failed command: WRITE DMA
        ata2.00: cmd ca/00:08:00:00:00/00:00:00:00:00/e0 tag 1 dma 4096 out
                 res 40/00:00:00:00:00/00:00:00:00:00/00 Emask 0x4 (timeout)
        ata2: hard resetting link
        ata2: SATA link up 6.0 Gbps (SStatus 133 SControl 300)
        ata2.00: qc timeout (cmd 0xec)
        ata2: limiting SATA link speed to 3.0 Gbps
        ata2: SATA link down (SStatus 0 SControl 300)
        ata2.00: disabled
        ata2.00: detaching (SCSI 1:0:0:0)
        sd 1:0:0:0: [sdb] Synchronizing SCSI cache
        sd 1:0:0:0: rejecting I/O to offline device",
        &[
            "drive:B link-trouble Warning",
            "drive:B link-trouble Warning",
            "drive:B command-timed-out Warning",
            "drive:B link-trouble Warning",
            "drive:B command-timed-out Warning",
            "drive:B link-trouble Warning",
            "drive:B link-trouble Warning",
            "drive:B device-gone Warning",
            "drive:B device-gone Warning",
            "drive:B device-gone Warning",
        ],
    );
    check(
        "nvme nvme0: I/O 12 QID 3 timeout, aborting
        nvme nvme0: I/O 12 QID 3 timeout, reset controller
        nvme0c0n1: I/O Cmd(0x1) @ LBA 8, 1 blocks, I/O Error (sct 0x2 / sc 0x80) 
        critical medium error, dev nvme0c0n1, sector 8 op 0x1:(WRITE) flags 0x4029800 phys_seg 1 prio class 2
        I/O error, dev nvme1n1p2, sector 8 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2
        nvme 0000:01:00.0: enabling device (0000 -> 0002)
        nvme 0000:01:00.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)
        nvme nvme0: Removing after probe failure status: -19",
        &[
            "drive:N command-timed-out Warning",
            "drive:N controller-reset Warning",
            "drive:N medium-error Warning",
            "drive:N medium-error Warning",
            "drive:M command-failed Warning",
            "drive:N bus-error Info",
            "drive:N controller-reset Critical",
        ],
    );
    // A floppy drive without a disk; a disk that nobody knows; a logical drive of a card.
    check(
        "I/O error, dev fd0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2
        I/O error, dev sdq, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2
        I/O error, dev dm-0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2
        I/O error, dev sdv, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
        &["host:h command-failed Warning", "host:h command-failed Warning", "controller:h/c0 command-failed Warning"],
    );
}

#[test]
fn a_start_is_no_trouble() {
    check(
        "ata1: SATA max UDMA/133 abar m4096@0xfebf1000 port 0xfebf1100 irq 26
        ata1: SATA link up 6.0 Gbps (SStatus 133 SControl 300)
        ata4: SATA link down (SStatus 0 SControl 300)
        ata1.00: ATA-7: QEMU HARDDISK, 2.5+, max UDMA/100
        sd 0:0:0:0: Power-on or device reset occurred
        sd 0:0:0:0: [sda] 131072 512-byte logical blocks: (67.1 MB/64.0 MiB)
        sd 0:0:0:0: [sda] Attached SCSI disk
        nvme nvme0: pci function 0000:01:00.0
        md/raid10:md0: active with 4 out of 4 devices
        md0: detected capacity change from 0 to 253952
        usb 1-1: new high-speed USB device
        PM: suspend entry (deep)
        sd 0:0:0:0: [sda] Stopping disk
        sd 0:0:0:0: [sda] Starting disk",
        &[],
    );
    // Later on, it is.
    check(
        "sd 0:0:0:0: [sda] Attached SCSI disk
        ata4: SATA link up 6.0 Gbps (SStatus 133 SControl 300)
        sd 0:0:0:0: Power-on or device reset occurred
        ata4: SATA link down (SStatus 0 SControl 300)",
        &["drive:A device-power-on Warning", "host:h link-trouble Warning"],
    );
}

#[test]
fn a_name_that_was_another_drives() {
    let error = "I/O error, dev sda, sector 8 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2";
    let attached = "sd 0:0:0:0: [sda] Attached SCSI disk";
    let (of_drive, of_host) = ("drive:A command-failed Warning", "host:h command-failed Warning");
    check(&format!("{attached}\n{error}\n{attached}\n{error}"), &[of_host, of_drive]);
    check(error, &[of_drive]);
    // Attached once: while it was being attached, if the log has all; else perhaps another.
    check(&format!("{error}\n{attached}\n{error}"), &[of_drive, of_drive]);
    check(&format!("100|{error}\n{attached}\n{error}"), &[of_host, of_drive]);
    check(&format!("usb 1-1: new\n100|{error}\n{attached}\n{error}"), &[of_host, of_drive]);
    let error = "nvme0n1: I/O Cmd(0x1) @ LBA 8, 1 blocks, I/O Error (sct 0x2 / sc 0x80) ";
    check(
        &format!("nvme nvme0: pci function 0000:01:00.0\n{error}\nnvme nvme0: pci function 0000:02:00.0\n{error}"),
        &["host:h medium-error Warning", "drive:N medium-error Warning"],
    );
}

#[test]
fn arrays() {
    check(
        "md: super_written gets error=-5
        md/raid10:md0: Disk failure on sda3, disabling device.\\x0amd/raid10:md0: Operation continuing on 3 devices.
        md/raid10:md0: Disk failure on sdq, disabling device.
        md/raid1:md1: read error corrected (8 sectors at 2048 on sdb1)
        md/raid1:md1: sdb1: unrecoverable I/O read error for block 2048
        md/raid1:md1: redirecting sector 2048 to other mirror: sda1
        md: recovery of RAID array md0
        md: md0: recovery done.
        md: kicking non-fresh sdb1 from array!
        md0: detected capacity change from 253952 to 0
        md0_raid10: attempt to access beyond end of device\\x0asdb: rw=432129, sector=8, nr_sectors = 1 limit=0",
        &[
            "host:h member-error Warning",
            "drive:A drive-failed Critical",
            "array:h/md0 member-error Critical",
            "drive:B medium-error Warning",
            "array:h/md1 member-error Critical",
            "array:h/md1 member-error Warning",
            "drive:B member-error Warning",
            "drive:B device-gone Warning",
        ],
    );
    check(
        "EXT4-fs error (device md0): ext4_find_entry:1463: inode #2: comm ls: reading directory lblock 0
        EXT4-fs (md0): Remounting filesystem read-only
        Buffer I/O error on dev md0, logical block 1, lost async page write
        XFS (sda1): metadata I/O error in \"x\" at daddr 0x1 len 1 error 5",
        &[
            "array:h/md0 file-system-error Warning",
            "array:h/md0 file-system-error Critical",
            "array:h/md0 command-failed Warning",
            "drive:A file-system-error Warning",
        ],
    );
}

#[test]
fn controllers() {
    check(
        "mpt3sas_cm0: fault_state(0x2667)!
        mpt3sas_cm0: sending diag reset !!
        mpt3sas_cm0: log_info(0x31110e03): originator(PL), code(0x11), sub_code(0x0e03)
        megaraid_sas 0000:04:00.0: 1234 (653853226s/0x0002/WARN) - PD 01(e0x20/s1) Path error
        megaraid_sas 0000:04:00.0: 1235 (653853226s/0x0020/info) - Time established
        megaraid_sas 0000:04:00.0: 1236 (653853226s/0x0008/CRIT) - Battery has failed
        sd 3:2:0:0: [sdv] tag#1 timing out command, waited 180s
        pcieport 0000:00:1c.0: AER: Uncorrected (Non-Fatal) error received: 0000:03:00.0
        pcieport 0000:00:1c.0: pciehp: Slot(3): Power fault",
        &[
            "controller:h/pci-03-00.0 controller-reset Critical",
            "controller:h/pci-03-00.0 controller-reset Warning",
            "controller:h/c0 member-error Warning",
            "controller:h/c0 housing-trouble Critical",
            "controller:h/c0 command-timed-out Warning",
            "host:h bus-error Warning",
            "host:h housing-trouble Critical",
        ],
    );
}

#[test]
fn only_the_kernels_words_count() {
    let log = log("user I/O error, dev sda, sector 8 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2
        usb 1-1: new high-speed USB device
        ata1.00: configured for UDMA/133
        8|ata1.00: hums a tune
        ata1: hard resetting link");
    assert_eq!(told(&log), ["drive:A link-trouble Warning"]);
    let expect =
        kernel::Counts { told: 1, inventory: 1, not_understood: 1, other: 1, programs: 1, no_records: 0, lost: 5 };
    assert_eq!((log.counts, log.records), (expect, Some((0, 9))));
    let mut host = Captured::default();
    assert_eq!(kernel::read(&mut host).unread, Some(Failed::NotAsked));
    host.take(&Entry { kernel: Some(vec!["no record".to_owned()]), ..Entry::default() });
    assert_eq!(kernel::read(&mut host).counts.no_records, 1);
}

/// What names an entry, and when it was.
#[test]
fn names_and_times() {
    let log = log("ata1: hard resetting link\\x0aata2: hard resetting link\n6000|ata1: hard resetting link");
    let now = DateTime::from_timestamp(5_000, 0).unwrap_or_default();
    let events = events("h", &log, &topology(), &seats(), now);
    let shown = |event: &super::Event| {
        let name = String::from_utf8_lossy(&event.name).into_owned();
        format!("{name}, {}, {}", event.at.timestamp(), event.written.as_deref().unwrap_or_default())
    };
    // The clock of the log says that the last is yet to come: then it is as old as its reading at most.
    assert_eq!(
        events.iter().map(shown).collect::<Vec<_>>(),
        ["b 0, 1001, [    1.000000]", "b 0 1, 1001, [    1.000000]", "b 6000, 5000, [ 6001.000000]"]
    );
}
