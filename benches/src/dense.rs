//! Logs of one family in which every line, or every block of lines, is a record of it, as the tools write them: time and numbers go on.

use crate::random::Random;
use chrono::{DateTime, TimeDelta, Utc};
use std::io::{self, Write};

/// A family of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Dense {
    /// apcupsd's own log.
    ApcupsdEvents,
    /// `arcconf getlogs N event`.
    ArcconfGetlogs,
    /// `ipmitool sel list`.
    IpmiSel,
    /// The kernel's log in syslog's form, of storage alone.
    KernelLog,
    /// `MegaCli -AdpEventLog -GetEvents`.
    MegaraidEvents,
    /// NUT's lines in a log of their own.
    UpsSyslog,
}

impl Dense {
    /// Every family.
    pub const ALL: [Self; 6] = [
        Self::ApcupsdEvents,
        Self::ArcconfGetlogs,
        Self::IpmiSel,
        Self::KernelLog,
        Self::MegaraidEvents,
        Self::UpsSyslog,
    ];

    /// The longest log of it that is read: what is no log but a tool's output is kept in memory until it is whole.
    pub const fn size_max(self) -> u64 {
        match self {
            Self::ArcconfGetlogs => 60_000_000,
            _ => u64::MAX,
        }
    }

    /// The name that the family has in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApcupsdEvents => "apcupsd-events",
            Self::ArcconfGetlogs => "arcconf-getlogs",
            Self::IpmiSel => "ipmi-sel",
            Self::KernelLog => "kernel-log",
            Self::MegaraidEvents => "megaraid-events",
            Self::UpsSyslog => "ups-syslog",
        }
    }

    /// The head of a record, as somebody who looks for records would write it for `grep -E`.
    pub const fn head(self) -> &'static str {
        match self {
            Self::ApcupsdEvents => "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}  ",
            Self::ArcconfGetlogs => "^ *<event Date=\"[0-9]+\" ",
            Self::IpmiSel => {
                "^ *[0-9a-f]+ \\| [0-9]{2}/[0-9]{2}/[0-9]{4} \\| [0-9]{2}:[0-9]{2}:[0-9]{2} \\| [^|]+ \\| "
            }
            Self::KernelLog => {
                "^[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [^ ]+ kernel: \\[ *[0-9]+\\.[0-9]{6}\\] "
            }
            Self::MegaraidEvents => "^seqNum: 0x[0-9a-f]{8}$",
            Self::UpsSyslog => "^[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [^ ]+ [a-z-]+\\[[0-9]+\\]: ",
        }
    }

    /// Writes a log, from 2025 on, until so many bytes are written.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(self, size: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
        let mut random = Random::new(seed);
        let mut at = START;
        out.write_all(self.front().as_bytes())?;
        let (mut written, mut number) = (0, 0);
        while written < size {
            number += 1;
            at += TimeDelta::seconds(random.below(SECONDS_MAX) as i64);
            let record = self.record(number, at, &mut random);
            out.write_all(record.as_bytes())?;
            written += record.len() as u64;
        }
        out.write_all(self.end().as_bytes())
    }

    const fn front(self) -> &'static str {
        match self {
            Self::ArcconfGetlogs => {
                "Controllers found: 1\n<ControllerLog controllerID=\"0\" type=\"6\" time=\"1900000000\">\n    <eventlog>\n"
            }
            _ => "",
        }
    }

    const fn end(self) -> &'static str {
        match self {
            Self::ArcconfGetlogs => "    </eventlog>\n</ControllerLog>\n\n\n\nCommand completed successfully.\n",
            _ => "",
        }
    }

    fn record(self, number: u64, at: DateTime<Utc>, random: &mut Random) -> String {
        match self {
            Self::ApcupsdEvents => format!("{}  {}\n", at.format("%Y-%m-%d %H:%M:%S +0100"), random.one_of(&APCUPSD)),
            Self::ArcconfGetlogs => arcconf(at, random),
            Self::IpmiSel => {
                let reading = 86 + random.below(9);
                let text = random.one_of(&SEL).replace('#', &reading.to_string());
                format!("{:4x} | {} | {text}\n", number % 0x10000, at.format("%m/%d/%Y | %H:%M:%S"))
            }
            Self::KernelLog => {
                let sector = 10_000_000 + random.below(90_000_000);
                let text = random.one_of(&KERNEL).replace('#', &sector.to_string());
                let since = (at - START).num_seconds() + 1000;
                format!(
                    "{} db7 kernel: [{since:5}.{:06}] {text}\n",
                    at.format("%b %e %H:%M:%S"),
                    random.below(1_000_000)
                )
            }
            Self::MegaraidEvents => megaraid(number, at, random),
            Self::UpsSyslog => format!("{} db7 {}\n", at.format("%b %e %H:%M:%S"), random.one_of(&UPS)),
        }
    }
}

/// 2025-01-01.
const START: DateTime<Utc> = DateTime::from_timestamp(1_735_689_600, 0).expect("a time");

/// The longest time from one record to the next: so 500 MB of a log of short lines are of a year or two.
const SECONDS_MAX: usize = 12;

const APCUPSD: [&str; 9] = [
    "Power failure.",
    "Running on UPS batteries.",
    "Mains returned. No longer on UPS batteries.",
    "Power is back. UPS running on mains.",
    "Communications with UPS lost.",
    "Communications with UPS restored.",
    "UPS Self Test switch to battery.",
    "UPS Self Test completed: Battery OK",
    "apcupsd 3.14.14 (31 May 2016) debian startup succeeded",
];

const UPS: [&str; 10] = [
    "upsmon[812]: UPS rack-a@localhost on battery",
    "upsmon[812]: UPS rack-a@localhost on line power",
    "upsmon[812]: UPS rack-b@localhost on battery",
    "upsmon[812]: UPS rack-b@localhost on line power",
    "upsmon[812]: Communications with UPS rack-a@localhost lost",
    "upsmon[812]: Communications with UPS rack-a@localhost established",
    "upsmon[812]: Poll UPS [rack-b@localhost] failed - Data stale",
    "upsd[790]: Data for UPS [rack-a] is stale - check driver",
    "upsd[790]: UPS [rack-a] data is no longer stale",
    "usbhid-ups[77]: nut_libusb_get_report: Input/Output Error.",
];

const SEL: [&str; 10] = [
    "Power Supply PS2 Status | Power Supply AC lost | Asserted",
    "Power Supply PS2 Status | Power Supply AC lost | Deasserted",
    "Power Unit PS Redundancy | Redundancy Lost | Asserted",
    "Power Unit PS Redundancy | Fully Redundant | Asserted",
    "Temperature Exit Air Temp | Upper Critical going high | Asserted | Reading # > Threshold 85 degrees C",
    "Temperature Exit Air Temp | Upper Critical going high | Deasserted | Reading # < Threshold 99 degrees C",
    "Drive Slot / Bay Drive 1 | Drive Fault | Asserted",
    "Drive Slot / Bay Drive 3 | Rebuild In Progress | Asserted",
    "Fan #0x30 | Lower Critical going low  | Asserted",
    "Memory #0x08 | Correctable ECC | Asserted",
];

const KERNEL: [&str; 12] = [
    "ata3.00: exception Emask 0x0 SAct 0x200 SErr 0x0 action 0x0",
    "ata3.00: failed command: READ FPDMA QUEUED",
    "ata3.00: status: { DRDY ERR }",
    "ata3.00: error: { UNC }",
    "ata3: EH complete",
    "sd 2:0:0:0: [sdc] tag#9 FAILED Result: hostbyte=DID_OK driverbyte=DRIVER_OK cmd_age=3s",
    "sd 2:0:0:0: [sdc] tag#9 Sense Key : Medium Error [current] ",
    "sd 2:0:0:0: [sdc] tag#9 Add. Sense: Unrecovered read error - auto reallocate failed",
    "blk_update_request: I/O error, dev sdc, sector # op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0",
    "mpt3sas_cm0: log_info(0x31120303): originator(PL), code(0x12), sub_code(0x0303)",
    "md/raid1:md0: read error corrected (8 sectors at # on sdc1)",
    "nvme0n1: I/O Cmd(0x2) @ LBA #, 8 blocks, I/O Error (sct 0x2 / sc 0x81) DNR",
];

fn arcconf(at: DateTime<Utc>, random: &mut Random) -> String {
    let (date, device, block) = (at.timestamp(), random.below(12), random.below(256));
    let front = format!(
        "        <event Date=\"{date}\" eventType=\"FSA_EM_EXPANDED_EVENT\" eventCode=\"0x10000000\" \
                         groupType=\"FSA_EXE_SCSI_GROUP\" groupCode=\"2\" priority=\"3\""
    );
    let place = format!("lun=\"0\" controllerID=\"0\" channelID=\"0\" deviceID=\"{device}\"/>");
    match random.below(8) {
        0 => format!(
            "        <event Date=\"{date}\" eventType=\"FSA_EM_BATTERY_CHANGE\" eventCode=\"0x4000\" \
                      batteryEventType=\"FSA_BATTERY_GOOD\" batteryEventCode=\"4\" priorState=\"2\" currentState=\"3\" \
                      controllerID=\"0\"/>\n"
        ),
        1..4 => format!(
            "{front} subType=\"FSA_EXE_SCSI_COMMAND_TIMEOUT\" subTypeCode=\"13\" \
                      cdb=\"28 00 01 2f c8 {block:02x} 00 00 08 00 00 00\" {place}\n"
        ),
        _ => format!(
            "{front} subType=\"FSA_EXE_SCSI_SENSE_DATA\" subTypeCode=\"12\" \
                      cdb=\"28 00 00 00 00 {block:02x} 00 00 10 00 00 00\" \
                      data=\"70 00 03 00 00 00 00 0a 00 00 00 00 11 00 00 00 00 00\" {place}\n"
        ),
    }
}

fn megaraid(number: u64, at: DateTime<Utc>, random: &mut Random) -> String {
    let drive = random.below(12);
    let place = format!("PD {drive:02x}(e0x20/s{drive})");
    let data = format!("Device ID: {drive}\nEnclosure Index: 32\nSlot Number: {drive}\n");
    let (code, class, locale, text, data) = match random.below(8) {
        0 => (
            0x72,
            0,
            2,
            format!("State change on {place} from ONLINE(18) to FAILED(11)"),
            format!("{data}Previous state: 24\nNew state: 17\n"),
        ),
        1 => (0xfb, 2, 1, "VD 00/0 is now DEGRADED".to_owned(), "Target Id: 0\n".to_owned()),
        2 => (0x42, 0, 1, "Consistency Check started on VD 00/0".to_owned(), "Target Id: 0\n".to_owned()),
        3 => (0x93, 0, 8, "Battery started charging".to_owned(), "None\n".to_owned()),
        4 => (0x5b, 0, 2, format!("Inserted: {place}"), data),
        5 => (0x60, 1, 2, format!("Predictive failure: {place}"), data),
        _ => (
            0x71,
            0,
            2,
            format!(
                "Unexpected sense: {place} Path 5000c500a1b2c3d4, CDB: 28 00 01 2f c8 40 00 00 08 00, \
                                   Sense: 3/11/00"
            ),
            format!(
                "{data}CDB Length: 10\nCDB Data:\n0028 0000 0001 002f 00c8 0040 0000 0000 0008 0000 \
                       Sense Length: 18\nSense Data:\n00f0 0000 0003 0000 0000 0000 0000 000a 0000 0000 0000 0000 0011 \
                       0000 0000 0000 0000 0000 \n"
            ),
        ),
    };
    format!(
        "seqNum: 0x{number:08x}\nTime: {}\n\nCode: 0x{code:08x}\nClass: {class}\nLocale: 0x{locale:02x}\n\
             Event Description: {text}\nEvent Data:\n===========\n{data}\n\n",
        at.format("%a %b %e %H:%M:%S %Y")
    )
}
