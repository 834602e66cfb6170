//! An NVMe solid-state drive. Layouts: NVM Express Base Specification 1.4 (linux/nvme.h names the same fields).
//!
//! | setting | is | healthy |
//! | --- | --- | --- |
//! | `model`, `serial`, `firmware` | who it is | `LAB FAKE NVME`, `FAKE` and the folder's name, `FK01` |
//! | `temperature` | °C (WCTEMP is 70 °C, CCTEMP 80 °C) | 37 |
//! | `power_cycles`, `power_on_hours`, `unsafe_shutdowns` | of the health log | 25, 8760, 3 |
//! | `nvme.critical_warning` | the health log's bit field | 0 |
//! | `nvme.spare`, `nvme.spare_threshold`, `nvme.used` | percent | 100, 10, 2 |
//! | `nvme.media_errors`, `nvme.error_entries` | counters of the health log | 0 |
//! | `nvme.status` | with error entries, the status (SCT << 8 \| SC) of the newest in log 01 | 0x281: read error |
//! | `nvme.selftest` | result of the last device self-test (7: failed) | 0 |
//! | `nvme.warning_minutes`, `nvme.critical_minutes` | minutes over WCTEMP and over CCTEMP | 0 |

use super::{File, Settings};
use crate::bytes::{put_le, put_text};

/// 64 MiB, and the kelvins at 0 °C (NVMe counts in whole ones).
const CAPACITY: u64 = 64 << 20;
const ZERO_CELSIUS: u64 = 273;
/// How many entries the error log holds.
const ERROR_ENTRIES: usize = 64;

pub fn files(settings: &Settings) -> Vec<File> {
    vec![
        ("identify-01.bin".to_owned(), identify(settings)),
        ("log-01.bin".to_owned(), errors(settings)),
        ("log-02.bin".to_owned(), health(settings)),
        ("log-03.bin".to_owned(), firmware(settings)),
        ("log-05.bin".to_owned(), effects()),
        ("log-06.bin".to_owned(), self_tests(settings)),
    ]
}

fn identify(settings: &Settings) -> Vec<u8> {
    let mut data = vec![0; 4096];
    put_le::<2>(&mut data, 0, 0x1b36);
    put_le::<2>(&mut data, 2, 0x1af4);
    put_text(&mut data, 4, 20, &settings.serial());
    put_text(&mut data, 24, 40, &settings.text("model", "LAB FAKE NVME"));
    put_text(&mut data, 64, 8, &settings.text("firmware", "FK01"));
    // MDTS 2^5 pages; controller 1; version 1.4; an I/O controller.
    data[77] = 5;
    put_le::<2>(&mut data, 78, 1);
    put_le::<4>(&mut data, 80, 0x0001_0400);
    data[111] = 1;
    // OACS: device self-test.
    put_le::<2>(&mut data, 256, 0x10);
    data[258..264].copy_from_slice(&[3, 3, 0x02, 0x06, 63, 0]);
    put_le::<2>(&mut data, 266, 70 + ZERO_CELSIUS);
    put_le::<2>(&mut data, 268, 80 + ZERO_CELSIUS);
    put_le::<8>(&mut data, 280, CAPACITY);
    // A self-test takes 10 minutes; keep-alive every 10 s at the finest.
    put_le::<2>(&mut data, 316, 10);
    put_le::<2>(&mut data, 320, 100);
    data[512] = 0x66;
    data[513] = 0x44;
    put_le::<2>(&mut data, 514, 64);
    put_le::<4>(&mut data, 516, 1);
    // SGLs are supported, as a fabric needs; the subsystem's name, ended by zeros.
    put_le::<4>(&mut data, 536, 1);
    let name = format!("nqn.2026-01.lab:{}", settings.serial());
    data[768..768 + name.len()].copy_from_slice(name.as_bytes());
    // Capsules of 64 bytes for commands, 16 for completions.
    put_le::<4>(&mut data, 1792, 4);
    put_le::<4>(&mut data, 1796, 1);
    data
}

fn health(settings: &Settings) -> Vec<u8> {
    let mut page = vec![0; 512];
    let kelvin = settings.number("temperature", 37) + ZERO_CELSIUS;
    page[0] = settings.byte("nvme.critical_warning", 0);
    put_le::<2>(&mut page, 1, kelvin);
    page[3] = settings.byte("nvme.spare", 100);
    page[4] = settings.byte("nvme.spare_threshold", 10);
    page[5] = settings.byte("nvme.used", 2);
    let counters = [
        (32, 1_500_000),
        (48, 2_500_000),
        (64, 40_000_000),
        (80, 50_000_000),
        (96, 600),
        (112, settings.number("power_cycles", 25)),
        (128, settings.number("power_on_hours", 8760)),
        (144, settings.number("unsafe_shutdowns", 3)),
        (160, settings.number("nvme.media_errors", 0)),
        (176, settings.number("nvme.error_entries", 0)),
    ];
    for (at, value) in counters {
        put_le::<8>(&mut page, at, value);
    }
    put_le::<4>(&mut page, 192, settings.number("nvme.warning_minutes", 0));
    put_le::<4>(&mut page, 196, settings.number("nvme.critical_minutes", 0));
    put_le::<2>(&mut page, 200, kelvin);
    page
}

/// The newest entry, where there is any: a command on queue 1, at LBA 0x1234 of namespace 1.
fn errors(settings: &Settings) -> Vec<u8> {
    let mut page = vec![0; 64 * ERROR_ENTRIES];
    let count = settings.number("nvme.error_entries", 0);
    let status = settings.number("nvme.status", 0x281);
    if count > 0 {
        put_le::<8>(&mut page, 0, count);
        put_le::<2>(&mut page, 8, 1);
        put_le::<2>(&mut page, 10, 0x12);
        put_le::<2>(&mut page, 12, status << 1);
        put_le::<2>(&mut page, 14, 0xffff);
        put_le::<8>(&mut page, 16, 0x1234);
        put_le::<4>(&mut page, 24, 1);
    }
    page
}

/// Slot 1 is active, and the only one.
fn firmware(settings: &Settings) -> Vec<u8> {
    let mut page = vec![0; 512];
    page[0] = 1;
    put_text(&mut page, 8, 8, &settings.text("firmware", "FK01"));
    page
}

/// Commands Supported and Effects: admin commands from 0 on, I/O commands from 1024 on; a write changes the content.
fn effects() -> Vec<u8> {
    let mut page = vec![0; 4096];
    for opcode in [0x02, 0x06, 0x08, 0x09, 0x0a, 0x0c, 0x18] {
        put_le::<4>(&mut page, 4 * opcode, 1);
    }
    for (opcode, effects) in [(0x00, 1), (0x01, 3), (0x02, 1)] {
        put_le::<4>(&mut page, 1024 + 4 * opcode, effects);
    }
    page
}

/// 20 results of 28 bytes, newest first: one short test, an hour ago; code 15 is an entry not used.
fn self_tests(settings: &Settings) -> Vec<u8> {
    let mut page = vec![0; 564];
    for entry in page[4..].chunks_exact_mut(28) {
        entry[0] = 0x0f;
    }
    page[4] = 1 << 4 | settings.byte("nvme.selftest", 0) & 0x0f;
    let hours = settings.number("power_on_hours", 8760);
    put_le::<8>(&mut page, 8, hours.saturating_sub(1));
    page
}
