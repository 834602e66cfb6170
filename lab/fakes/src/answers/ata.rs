//! A SATA hard disk. Layouts: ATA/ATAPI Command Set 4 (ACS-4) and its SMART tables in ACS-3; SATA 3 for the Phy counters;
//! SAT-4 for what the SCSI side says of it.
//!
//! | setting | is | healthy |
//! | --- | --- | --- |
//! | `model`, `serial`, `firmware`, `wwn` | who it is | `LAB FAKE HDD`, `FAKE` and the folder's name, `FK01` |
//! | `smart.N`, `smart.N.value`, `.worst`, `.threshold` | attribute N: raw value (6 bytes), normalised ones | see `ATTRIBUTES` |
//! | `smart.status` | `ok` or `failing`: what SMART RETURN STATUS says | `ok` |
//! | `temperature` | °C: attribute 194, SCT status, statistics | 34 |
//! | `power_cycles` | attribute 12, statistics | 41 |
//! | `power_on_hours` | attribute 9, statistics | 12345 |
//! | `unsafe_shutdowns` | attribute 192 | 7 |
//! | `crc_errors` | attribute 199, statistics | 0 |
//! | `errors` | how many errors the error logs count; with any, the last one is an uncorrectable read | 0 |
//! | `selftest` | status byte of the last self-test (0x70: read failure) | 0 |
//! | `phy.N` | Phy event counter N | 0 |
//! | `power` | the count register of CHECK POWER MODE: 0xff active, 0x80 idle, 0 standby | 0xff |

use super::{File, Settings};
use crate::bytes::{put_ata_text, put_be, put_le, put_text, seal};

/// Attributes of a healthy drive: number, flags, normalised value, threshold, raw value. The order is that of the table.
const ATTRIBUTES: [(u8, u16, u8, u8, u64); 16] = [
    (1, 0x000f, 100, 44, 0),
    (3, 0x0003, 98, 0, 0),
    (4, 0x0032, 100, 20, 43),
    (5, 0x0033, 100, 10, 0),
    (7, 0x000f, 100, 45, 0),
    (9, 0x0032, 86, 0, 12345),
    (10, 0x0013, 100, 97, 0),
    (12, 0x0032, 100, 20, 41),
    (187, 0x0032, 100, 0, 0),
    (188, 0x0032, 100, 0, 0),
    (192, 0x0032, 100, 0, 7),
    (193, 0x0032, 99, 0, 2210),
    (194, 0x0022, 34, 0, 34),
    (197, 0x0012, 100, 0, 0),
    (198, 0x0010, 100, 0, 0),
    (199, 0x003e, 200, 0, 0),
];
/// Phy event counters: command failed by ICRC, PhyRdy lost, COMRESET, CRC error in a host-to-device frame.
const PHY_COUNTERS: [u64; 4] = [0x001, 0x009, 0x00a, 0x00b];
/// 64 MiB in sectors of 512 bytes.
const SECTORS: u64 = 131_072;

pub fn files(settings: &Settings) -> Vec<File> {
    let drive = Drive::new(settings);
    let (data, thresholds) = smart(settings, &drive);
    let sct = sct_status(&drive);
    let directory = directory(&[(0x03, 1), (0x04, 8), (0x07, 1), (0x11, 1), (0xe0, 1)]);
    let smart_directory = self::directory(&[(0x01, 1), (0x06, 1), (0xe0, 1)]);
    vec![
        ("inquiry.bin".to_owned(), inquiry(settings)),
        ("vpd-00.bin".to_owned(), vpd(0x00, &[0x00, 0x80, 0x83, 0x89, 0xb1])),
        ("vpd-80.bin".to_owned(), vpd(0x80, format!("{:>20}", settings.serial()).as_bytes())),
        ("vpd-83.bin".to_owned(), vpd(0x83, &identification(settings))),
        ("vpd-89.bin".to_owned(), vpd(0x89, &ata_information(settings))),
        ("vpd-b1.bin".to_owned(), vpd(0xb1, &characteristics())),
        ("ata-ec.00.00.bin".to_owned(), identify(settings)),
        ("ata-e5.00.00.sense".to_owned(), registers([settings.byte("power", 0xff), 0, 0, 0])),
        ("ata-b0.d0.00.bin".to_owned(), data),
        // The LBA's low byte is not used by this command: some set it to 1, as READ ATTRIBUTE THRESHOLDS once asked.
        ("ata-b0.d1.00.bin".to_owned(), thresholds.clone()),
        ("ata-b0.d1.01.bin".to_owned(), thresholds),
        ("ata-b0.da.00.sense".to_owned(), return_status(settings)),
        ("ata-b0.d5.00.bin".to_owned(), smart_directory),
        ("ata-b0.d5.01.bin".to_owned(), summary_error_log(&drive)),
        ("ata-b0.d5.06.bin".to_owned(), self_test_log(&drive)),
        ("ata-b0.d5.e0.bin".to_owned(), sct.clone()),
        ("ata-2f.00.00.bin".to_owned(), directory),
        ("ata-2f.00.03.bin".to_owned(), extended_error_log(&drive)),
        ("ata-2f.00.04.bin".to_owned(), statistics(&drive)),
        ("ata-2f.00.07.bin".to_owned(), extended_self_test_log(&drive)),
        ("ata-2f.00.11.bin".to_owned(), phy_counters(settings)),
        ("ata-2f.00.e0.bin".to_owned(), sct),
    ]
}

/// The settings that several answers tell of.
struct Drive {
    temperature: u64,
    power_cycles: u64,
    power_on_hours: u64,
    unsafe_shutdowns: u64,
    crc_errors: u64,
    errors: u64,
    self_test: u64,
    reallocated: u64,
}

impl Drive {
    fn new(settings: &Settings) -> Self {
        Self {
            temperature: settings.number("temperature", 34),
            power_cycles: settings.number("power_cycles", 41),
            power_on_hours: settings.number("power_on_hours", 12345),
            unsafe_shutdowns: settings.number("unsafe_shutdowns", 7),
            crc_errors: settings.number("crc_errors", 0),
            errors: settings.number("errors", 0),
            self_test: settings.number("selftest", 0),
            reallocated: settings.number("smart.5", 0),
        }
    }

    /// The raw value of an attribute that another setting decides.
    fn raw(&self, attribute: u8, healthy: u64) -> u64 {
        match attribute {
            9 => self.power_on_hours,
            12 => self.power_cycles,
            192 => self.unsafe_shutdowns,
            194 => self.temperature,
            199 => self.crc_errors,
            _ => healthy,
        }
    }
}

fn identify(settings: &Settings) -> Vec<u8> {
    let mut sector = vec![0; 512];
    let mut word = |number: usize, value: u64| put_le::<2>(&mut sector, 2 * number, value);
    word(0, 0x0040);
    word(49, 0x2f00);
    word(53, 0x0006);
    word(75, 31);
    // SATA up to 6 Gb/s, queueing, Phy event counters; now at 6 Gb/s.
    word(76, 0x050e);
    word(77, 0x0006);
    // ATA-4 to ACS-4.
    word(80, 0x0ff0);
    // Supported, and enabled: SMART, caches, 48-bit addresses, SMART logs and self-tests, general purpose logs, WWN.
    for (supported, enabled, value) in [(82, 85, 0x4061), (83, 86, 0x7400), (84, 87, 0x4123)] {
        word(supported, value);
        word(enabled, value);
    }
    word(206, 0x0001);
    word(217, 7200);
    word(222, 0x107f);
    put_le::<4>(&mut sector, 120, SECTORS);
    put_le::<8>(&mut sector, 200, SECTORS);
    for part in 0..4 {
        put_le::<2>(&mut sector, 216 + 2 * part, settings.wwn() >> (48 - 16 * part));
    }
    put_ata_text(&mut sector, 20, 20, &format!("{:>20}", settings.serial()));
    put_ata_text(&mut sector, 46, 8, &settings.text("firmware", "FK01"));
    put_ata_text(&mut sector, 54, 40, &settings.text("model", "LAB FAKE HDD"));
    sector[510] = 0xa5;
    seal(&mut sector);
    sector
}

/// SMART data and thresholds: 12 bytes an attribute, from byte 2 on.
fn smart(settings: &Settings, drive: &Drive) -> (Vec<u8>, Vec<u8>) {
    let (mut data, mut thresholds) = (vec![0; 512], vec![0; 512]);
    for (index, (attribute, flags, value, threshold, raw)) in ATTRIBUTES.into_iter().enumerate() {
        let at = 2 + 12 * index;
        let name = format!("smart.{attribute}");
        let value = settings.byte(&format!("{name}.value"), value);
        data[at] = attribute;
        put_le::<2>(&mut data, at + 1, flags.into());
        data[at + 3] = value;
        data[at + 4] = settings.byte(&format!("{name}.worst"), value);
        put_le::<6>(&mut data, at + 5, settings.number(&name, drive.raw(attribute, raw)));
        thresholds[at] = attribute;
        thresholds[at + 1] = settings.byte(&format!("{name}.threshold"), threshold);
    }
    data[0] = 16;
    thresholds[0] = 16;
    // Offline collection done; 600 s of it, 1 min a short and 120 min an extended self-test; both logs are kept.
    data[362] = 0x82;
    data[363] = drive.self_test.to_le_bytes()[0];
    put_le::<2>(&mut data, 364, 600);
    data[367] = 0x7b;
    put_le::<2>(&mut data, 368, 3);
    data[370..374].copy_from_slice(&[1, 0, 1, 120]);
    seal(&mut data);
    seal(&mut thresholds);
    (data, thresholds)
}

fn return_status(settings: &Settings) -> Vec<u8> {
    status_registers(settings.text("smart.status", "ok") == "ok")
}

/// SMART RETURN STATUS tells by the LBA's middle and high byte.
pub(super) fn status_registers(good: bool) -> Vec<u8> {
    registers(if good { [0, 0, 0x4f, 0xc2] } else { [0, 0, 0xf4, 0x2c] })
}

/// Descriptor sense with the ATA Status Return descriptor: count, and the LBA's low, middle and high byte.
pub(super) fn registers([count, low, middle, high]: [u8; 4]) -> Vec<u8> {
    vec![0x72, 1, 0, 0x1d, 0, 0, 0, 14, 9, 12, 0, 0, 0, count, 0, low, 0, middle, 0, high, 0, 0x50]
}

fn directory(logs: &[(usize, u64)]) -> Vec<u8> {
    let mut sector = vec![0; 512];
    sector[0] = 1;
    for &(log, pages) in logs {
        put_le::<2>(&mut sector, 2 * log, pages);
    }
    sector
}

/// Five entries of 90 bytes, used in turn: five commands of 12 bytes, then the error of 30.
fn summary_error_log(drive: &Drive) -> Vec<u8> {
    let mut sector = vec![0; 512];
    sector[0] = 1;
    if let Some(before) = drive.errors.checked_sub(1) {
        let index = before.to_le_bytes()[0] % 5;
        sector[1] = index + 1;
        let entry = &mut sector[2 + 90 * usize::from(index)..][..90];
        // READ DMA, LBA 0x1234; status ERROR, error UNCORRECTABLE; "active or idle"; the power-on hour.
        entry[48..56].copy_from_slice(&[0, 0, 8, 0x34, 0x12, 0, 0xe0, 0xc8]);
        entry[60..68].copy_from_slice(&[0, 0x40, 8, 0x34, 0x12, 0, 0xe0, 0x51]);
        entry[87] = 3;
        put_le::<2>(entry, 88, drive.power_on_hours);
    }
    put_le::<2>(&mut sector, 452, drive.errors);
    seal(&mut sector);
    sector
}

/// Four entries of 124 bytes, used in turn: five commands of 18 bytes, then the error of 34.
fn extended_error_log(drive: &Drive) -> Vec<u8> {
    let mut sector = vec![0; 512];
    sector[0] = 1;
    if let Some(before) = drive.errors.checked_sub(1) {
        let index = before.to_le_bytes()[0] % 4;
        sector[2] = index + 1;
        let (commands, error) = sector[4 + 124 * usize::from(index)..][..124].split_at_mut(90);
        // READ DMA EXT: count, the LBA (0x1234) in pairs of current and previous bytes, device, command.
        let command = &mut commands[72..];
        command[3] = 8;
        command[5] = 0x34;
        command[7] = 0x12;
        command[11..13].copy_from_slice(&[0xe0, 0x25]);
        error[1] = 0x40;
        error[2] = 8;
        error[4] = 0x34;
        error[6] = 0x12;
        error[10..12].copy_from_slice(&[0xe0, 0x51]);
        error[31] = 3;
        put_le::<2>(error, 32, drive.power_on_hours);
    }
    put_le::<2>(&mut sector, 500, drive.errors);
    seal(&mut sector);
    sector
}

/// 21 entries of 24 bytes from byte 2 on, the newest told by byte 508: one short test, ten hours ago.
fn self_test_log(drive: &Drive) -> Vec<u8> {
    let mut sector = vec![0; 512];
    sector[0] = 1;
    sector[2] = 1;
    sector[3] = drive.self_test.to_le_bytes()[0];
    put_le::<2>(&mut sector, 4, drive.power_on_hours.saturating_sub(10));
    sector[508] = 1;
    seal(&mut sector);
    sector
}

/// 19 entries of 26 bytes from byte 4 on.
fn extended_self_test_log(drive: &Drive) -> Vec<u8> {
    let mut sector = vec![0; 512];
    sector[0] = 1;
    sector[2] = 1;
    sector[4] = 1;
    sector[5] = drive.self_test.to_le_bytes()[0];
    put_le::<2>(&mut sector, 6, drive.power_on_hours.saturating_sub(10));
    seal(&mut sector);
    sector
}

/// Device Statistics: page 0 lists the pages; a statistic is 8 bytes, of which the last says "supported, valid".
fn statistics(drive: &Drive) -> Vec<u8> {
    let pages: [(u8, &[(usize, u64)]); 5] = [
        (
            1,
            &[
                (8, drive.power_cycles),
                (16, drive.power_on_hours),
                (24, 9_000_000),
                (32, 70_000),
                (40, 8_000_000),
                (48, 90_000),
            ],
        ),
        (3, &[(8, drive.power_on_hours), (32, drive.reallocated), (40, 0)]),
        (4, &[(8, drive.errors), (16, 0)]),
        (5, &[(8, drive.temperature)]),
        (6, &[(8, 12), (16, 2), (24, drive.crc_errors)]),
    ];
    let mut log = vec![0; 8 * 512];
    log[0] = 1;
    log[8] = 6;
    for (index, (page, values)) in pages.into_iter().enumerate() {
        log[10 + index] = page;
        let at = 512 * usize::from(page);
        log[at] = 1;
        log[at + 2] = page;
        for &(offset, value) in values {
            put_le::<6>(&mut log, at + offset, value);
            log[at + offset + 7] = 0xc0;
        }
    }
    log
}

/// A counter is its number, with its width in words in bits 14:12, and here 4 bytes; the number 0 ends the list.
fn phy_counters(settings: &Settings) -> Vec<u8> {
    let mut sector = vec![0; 512];
    for (index, counter) in PHY_COUNTERS.into_iter().enumerate() {
        put_le::<2>(&mut sector, 4 + 6 * index, 0x2000 | counter);
        put_le::<4>(&mut sector, 6 + 6 * index, settings.number(&format!("phy.{counter}"), 0));
    }
    seal(&mut sector);
    sector
}

fn sct_status(drive: &Drive) -> Vec<u8> {
    let mut sector = vec![0; 512];
    let temperature = drive.temperature.to_le_bytes()[0];
    put_le::<2>(&mut sector, 0, 3);
    put_le::<2>(&mut sector, 2, 0x0100);
    put_le::<2>(&mut sector, 4, 1);
    // Now; the lowest and highest since power-on, and ever.
    sector[200..205].copy_from_slice(&[temperature, 21, temperature.max(38), 15, temperature.max(47)]);
    sector
}

fn inquiry(settings: &Settings) -> Vec<u8> {
    disk_inquiry(&settings.text("model", "LAB FAKE HDD"), &settings.text("firmware", "FK01"))
}

/// Standard INQUIRY data of a SATA disk behind a translation layer.
pub(super) fn disk_inquiry(model: &str, firmware: &str) -> Vec<u8> {
    let mut data = vec![0; 96];
    data[2..5].copy_from_slice(&[6, 2, 91]);
    data[7] = 2;
    put_text(&mut data, 8, 8, "ATA");
    put_text(&mut data, 16, 16, model);
    put_text(&mut data, 32, 4, firmware);
    data
}

/// A vital product data page of a disk.
pub(super) fn vpd(page: u8, content: &[u8]) -> Vec<u8> {
    let mut data = vec![0, page, 0, 0];
    put_be::<2>(&mut data, 2, content.len() as u64);
    data.extend_from_slice(content);
    data
}

/// Of the logical unit: its NAA name, binary.
fn identification(settings: &Settings) -> Vec<u8> {
    let mut data = vec![0x01, 0x03, 0, 8];
    data.extend_from_slice(&settings.wwn().to_be_bytes());
    data
}

/// SAT's ATA Information: the layer, the registers after reset, the command, and what IDENTIFY DEVICE says.
fn ata_information(settings: &Settings) -> Vec<u8> {
    let mut data = vec![0; 568];
    put_text(&mut data, 4, 28, "LAB     FAKE SAT LAYER");
    data[32] = 0x34;
    data[52] = 0xec;
    data[56..].copy_from_slice(&identify(settings));
    data
}

/// 7200 revolutions a minute; form factor 3.5 inch.
pub(super) fn characteristics() -> Vec<u8> {
    let mut data = vec![0; 60];
    put_be::<2>(&mut data, 0, 7200);
    data[3] = 2;
    data
}
