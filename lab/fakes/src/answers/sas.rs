//! A SAS hard disk. Layouts: SPC-5 (INQUIRY, log and mode pages), SBC-4 (pages 02 03 05 0E 15, VPD B1), SPL (page 18).
//!
//! | setting | is | healthy |
//! | --- | --- | --- |
//! | `vendor`, `model`, `serial`, `firmware`, `wwn` | who it is; the port's SAS address is `wwn` + 1 | `LAB`, `FAKE SAS DISK` |
//! | `temperature`, `power_cycles`, `power_on_hours` | °C; accumulated start-stops; hours | 36, 18, 20000 |
//! | `scsi.write.N`, `scsi.read.N`, `scsi.verify.N` | parameter N (0 to 6; 6: not corrected) of the error counters | 0; 5: bytes |
//! | `scsi.non_medium` | errors that are not of the medium | 0 |
//! | `scsi.wear` | percentage of the endurance used (page 11) | 0 |
//! | `scsi.asc`, `scsi.ascq` | informational exception (0x5d, 0x10: failure predicted) | 0 |
//! | `scsi.selftest` | result of the last self-test (7: failed) | 0 |
//! | `scsi.medium_errors` | defects that the background scan found | 0 |
//! | `scsi.invalid_dwords`, `scsi.disparity`, `scsi.sync_lost`, `scsi.reset_problems` | of phy 0 | 0 |

use super::ata::{characteristics, vpd};
use super::{File, Settings};
use crate::bytes::{put_be, put_text};

/// Parameter control bytes: a binary number, and a list (SPC-5, "Log parameter structure"): counters, lists.
const COUNTER: u8 = 0x02;
const LIST: u8 = 0x03;
const PAGES: [u8; 12] = [0x00, 0x02, 0x03, 0x05, 0x06, 0x0d, 0x0e, 0x10, 0x11, 0x15, 0x18, 0x19];

pub fn files(settings: &Settings) -> Vec<File> {
    let temperature = settings.byte("temperature", 36);
    let hours = settings.number("power_on_hours", 20_000);
    let pages = [
        (0x02, counters(settings, "write")),
        (0x03, counters(settings, "read")),
        (0x05, counters(settings, "verify")),
        (0x06, vec![(0, COUNTER, settings.number("scsi.non_medium", 0).to_be_bytes().to_vec())]),
        (0x0d, vec![(0, LIST, vec![0, temperature]), (1, LIST, vec![0, 68])]),
        (0x0e, start_stop(settings.number("power_cycles", 18))),
        (0x10, self_tests(settings, hours)),
        (0x11, vec![(1, LIST, vec![0, 0, 0, settings.byte("scsi.wear", 0)])]),
        (0x15, background_scan(settings, hours)),
        (0x18, vec![(1, LIST, port(settings))]),
        (0x19, vec![(1, LIST, general_statistics())]),
        (0x2f, vec![(0, LIST, vec![settings.byte("scsi.asc", 0), settings.byte("scsi.ascq", 0), temperature, 68])]),
    ];
    let mut files: Vec<File> = pages
        .into_iter()
        .map(|(page, parameters)| (format!("log-{page:02x}.00.bin"), log(page, &parameters)))
        .collect();
    let mut supported = vec![0x00, 0x00, 0x00, 13];
    supported.extend_from_slice(&PAGES);
    supported.push(0x2f);
    files.push(("log-00.00.bin".to_owned(), supported));
    files.push(("inquiry.bin".to_owned(), inquiry(settings)));
    files.push(("vpd-00.bin".to_owned(), vpd(0x00, &[0x00, 0x80, 0x83, 0xb1])));
    files.push(("vpd-80.bin".to_owned(), vpd(0x80, settings.serial().as_bytes())));
    files.push(("vpd-83.bin".to_owned(), vpd(0x83, &identification(settings))));
    files.push(("vpd-b1.bin".to_owned(), vpd(0xb1, &characteristics())));
    // Informational Exceptions Control: on request only (MRIE 6), no tests, report once.
    let control = [0x1c, 0x0a, 0x00, 0x06, 0, 0, 0, 0, 0, 0, 0, 1];
    files.push(("mode6-1c.00.bin".to_owned(), [&[15, 0, 0, 0], control.as_slice()].concat()));
    files.push(("mode10-1c.00.bin".to_owned(), [&[0, 18, 0, 0, 0, 0, 0, 0], control.as_slice()].concat()));
    files
}

/// A log page of parameters: code, control byte, value.
fn log(page: u8, parameters: &[(u16, u8, Vec<u8>)]) -> Vec<u8> {
    let mut data = vec![page, 0, 0, 0];
    for (code, control, value) in parameters {
        data.extend_from_slice(&code.to_be_bytes());
        data.extend_from_slice(&[*control, value.len().to_le_bytes()[0]]);
        data.extend_from_slice(value);
    }
    let length = data.len() as u64 - 4;
    put_be::<2>(&mut data, 2, length);
    data
}

/// Corrected without and with delay, repeated, corrected, correction runs, bytes, not corrected.
fn counters(settings: &Settings, of: &str) -> Vec<(u16, u8, Vec<u8>)> {
    let healthy = [0, 0, 0, 0, 0, 1_000_000_000_000, 0];
    (0..7)
        .zip(healthy)
        .map(|(code, healthy)| {
            (code, COUNTER, settings.number(&format!("scsi.{of}.{code}"), healthy).to_be_bytes().to_vec())
        })
        .collect()
}

/// Made in week 12 of 2021; start-stops and load-unloads, how many are specified and how many were.
fn start_stop(power_cycles: u64) -> Vec<(u16, u8, Vec<u8>)> {
    let count = |number: u64| number.to_be_bytes()[4..].to_vec();
    vec![
        (1, LIST, b"202112".to_vec()),
        (2, LIST, b"      ".to_vec()),
        (3, LIST, count(10_000)),
        (4, LIST, count(power_cycles)),
        (5, LIST, count(300_000)),
        (6, LIST, count(2400)),
    ]
}

/// 20 results, newest first: one background short test, ten hours ago; zeros are none.
fn self_tests(settings: &Settings, hours: u64) -> Vec<(u16, u8, Vec<u8>)> {
    let mut newest = vec![0; 16];
    newest[0] = 1 << 5 | settings.byte("scsi.selftest", 0) & 0x0f;
    put_be::<2>(&mut newest, 2, hours.saturating_sub(10));
    (1..=20).map(|code| (code, LIST, if code == 1 { newest.clone() } else { vec![0; 16] })).collect()
}

/// The scan's status (power-on minutes, idle, scans done), and a parameter for each defect found: not reassigned, 11/00.
fn background_scan(settings: &Settings, hours: u64) -> Vec<(u16, u8, Vec<u8>)> {
    let mut status = vec![0; 12];
    put_be::<4>(&mut status, 0, hours * 60);
    status[5] = 8;
    put_be::<2>(&mut status, 6, 150);
    let defect = |number: u64| {
        let mut data = vec![0; 20];
        put_be::<4>(&mut data, 0, hours * 60 - 30);
        data[4..7].copy_from_slice(&[0x13, 0x11, 0x00]);
        put_be::<8>(&mut data, 12, 0x1000 * number);
        data
    };
    let defects = (1..=settings.number("scsi.medium_errors", 0).min(100)).zip(1_u16..);
    std::iter::once((0, LIST, status)).chain(defects.map(|(number, code)| (code, LIST, defect(number)))).collect()
}

/// Port 1 with one phy: 12 Gb/s, to an expander; its error counters.
fn port(settings: &Settings) -> Vec<u8> {
    let mut data = vec![0; 4 + 48];
    data[..4].copy_from_slice(&[6, 0, 0, 1]);
    let phy = &mut data[4..];
    phy[3] = 44;
    phy[4] = 0x21;
    phy[5] = 0x0b;
    phy[6..8].copy_from_slice(&[0x00, 0x08]);
    put_be::<8>(phy, 8, settings.wwn() + 1);
    put_be::<8>(phy, 16, 0x5000_c500_ffff_0000);
    put_be::<4>(phy, 32, settings.number("scsi.invalid_dwords", 0));
    put_be::<4>(phy, 36, settings.number("scsi.disparity", 0));
    put_be::<4>(phy, 40, settings.number("scsi.sync_lost", 0));
    put_be::<4>(phy, 44, settings.number("scsi.reset_problems", 0));
    data
}

/// Reads, writes, blocks received and sent, processing intervals.
fn general_statistics() -> Vec<u8> {
    [5_000_000_u64, 4_000_000, 900_000_000, 800_000_000, 70_000, 60_000, 130_000, 9]
        .into_iter()
        .flat_map(u64::to_be_bytes)
        .collect()
}

fn inquiry(settings: &Settings) -> Vec<u8> {
    let mut data = vec![0; 96];
    data[2..5].copy_from_slice(&[6, 0x12, 91]);
    data[7] = 2;
    put_text(&mut data, 8, 8, &settings.text("vendor", "LAB"));
    put_text(&mut data, 16, 16, &settings.text("model", "FAKE SAS DISK"));
    put_text(&mut data, 32, 4, &settings.text("firmware", "FK01"));
    data
}

/// The logical unit's NAA name; the target port's, which is its SAS address, and which port it is.
fn identification(settings: &Settings) -> Vec<u8> {
    let mut data = vec![0x01, 0x03, 0, 8];
    data.extend_from_slice(&settings.wwn().to_be_bytes());
    data.extend_from_slice(&[0x61, 0x93, 0, 8]);
    data.extend_from_slice(&(settings.wwn() + 1).to_be_bytes());
    data.extend_from_slice(&[0x61, 0x94, 0, 4, 0, 0, 0, 1]);
    data
}
