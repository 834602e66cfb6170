//! `fake-disk DIR UIODEV`: a SCSI or SATA disk, or an enclosure, whose every answer is a file of DIR. To be started for a TCMU
//! device of 64 MiB in blocks of 512 bytes (`fake_disk` in lab/guest/tools/lib does all that is needed).
//!
//! The keys, all numbers in two hexadecimal digits (see the module `folder` for what a key's files are):
//!
//! | key | command |
//! | --- | --- |
//! | `inquiry`, `vpd-PP` | INQUIRY, and its vital product data page PP |
//! | `log-PP.SS` | LOG SENSE, page and subpage |
//! | `mode6-PP.SS`, `mode10-PP.SS` | MODE SENSE (6) and (10): the whole answer with its header |
//! | `diag-PP` | RECEIVE DIAGNOSTIC RESULTS, page (SES) |
//! | `ata-CC.FF.LL` | ATA PASS-THROUGH (16) or (12): command, low byte of the feature, low byte of the LBA |
//! | `ready` | TEST UNIT READY |
//! | `sense` | REQUEST SENSE |
//! | `read`, `write` | of any length; the data lie in memory |
//! | `op-OO` | anything else, by its operation code |
//!
//! Of a key `KEY.bin` is the data, and `KEY.sense` sense data that come with CHECK CONDITION; both may be there. Of a log that is
//! read in pages (`ata-2f..`, `ata-47..`: LBA bits 15:8 say from which page on) the file holds the whole log.
//!
//! Without a file: INQUIRY, VPD 00, capacity, an empty mode page 3F, reads and writes are answered so that the kernel takes the
//! disk; an ATA command is ABORTED; the rest is ILLEGAL REQUEST. An ATA command that asks for the registers (CK_COND) and has
//! data but no sense gets the registers of a command that succeeded.

use arraywatch_lab_fakes::bytes::{get_be, put_be, put_text};
use arraywatch_lab_fakes::folder::Folder;
use arraywatch_lab_fakes::tcmu::{Answer, Ring};
use std::path::Path;
use std::process::ExitCode;

const BLOCK: usize = 512;
const BLOCKS: usize = 131_072;
/// Sense keys and additional sense codes (SPC): what a command that has no answer gets.
const INVALID_FIELD_IN_CDB: [u8; 18] = fixed_sense(0x05, 0x24);
const INVALID_OPERATION_CODE: [u8; 18] = fixed_sense(0x05, 0x20);
const LBA_OUT_OF_RANGE: [u8; 18] = fixed_sense(0x05, 0x21);
/// ATA status and error registers (ACS): READY, and READY with ERROR and ABORT.
const ATA_SUCCEEDED: (u8, u8) = (0x50, 0x00);
const ATA_ABORTED: (u8, u8) = (0x51, 0x04);
/// CK_COND in byte 2 of both ATA PASS-THROUGH commands (SAT).
const CHECK_CONDITION_WANTED: u8 = 0x20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, device] = arguments.as_slice() else {
        eprintln!("usage: fake-disk DIR UIODEV");
        return ExitCode::from(2);
    };
    let result = Folder::open(folder).and_then(|folder| {
        let mut disk = Disk { folder, blocks: vec![0; BLOCK * BLOCKS] };
        Ring::open(Path::new(device))?.serve(|cdb, data| disk.answer(cdb, &data))
    });
    if let Err(error) = result {
        eprintln!("fake-disk: {device}: {error}");
    }
    ExitCode::FAILURE
}

struct Disk {
    folder: Folder,
    blocks: Vec<u8>,
}

impl Disk {
    fn answer(&mut self, cdb: &[u8], received: &[u8]) -> Answer {
        let key = key(cdb);
        self.folder.received(&key, &cdb[..length(cdb)]);
        let data = self.folder.read(&format!("{key}.bin"));
        let sense = self.folder.read(&format!("{key}.sense"));
        match (data, sense) {
            (None, None) => self.built_in(cdb, received),
            (Some(log), sense) if is_paged(cdb) => Answer {
                data: log.get(page(cdb) * BLOCK..).unwrap_or_default().to_vec(),
                sense: sense.unwrap_or_default(),
            },
            (Some(data), None) if registers_wanted(cdb) => Answer { data, sense: ata_sense(ATA_SUCCEEDED) },
            (data, sense) => Answer { data: data.unwrap_or_default(), sense: sense.unwrap_or_default() },
        }
    }

    fn built_in(&mut self, cdb: &[u8], received: &[u8]) -> Answer {
        let last_block = (BLOCKS - 1) as u64;
        let mut data = Vec::new();
        match cdb[0] {
            // TEST UNIT READY, START STOP UNIT, PREVENT REMOVAL, SYNCHRONIZE CACHE: done, there is nothing to do.
            0x00 | 0x1b | 0x1e | 0x35 | 0x91 => {}
            0x03 => {
                data.resize(18, 0);
                data.copy_from_slice(&fixed_sense(0, 0));
            }
            0x12 if cdb[1] & 1 == 0 => {
                data.resize(36, 0);
                data[2..5].copy_from_slice(&[6, 2, 31]);
                data[7] = 2;
                put_text(&mut data, 8, 28, "LAB     FAKE DISK       0001");
            }
            0x12 if cdb[2] == 0 => data = vec![0, 0, 0, 1, 0],
            0x1a if cdb[2] & 0x3f == 0x3f => data = vec![3, 0, 0, 0],
            0x5a if cdb[2] & 0x3f == 0x3f => data = vec![0, 6, 0, 0, 0, 0, 0, 0],
            0x25 => {
                data.resize(8, 0);
                put_be::<4>(&mut data, 0, last_block);
                put_be::<4>(&mut data, 4, BLOCK as u64);
            }
            0x9e if cdb[1] & 0x1f == 0x10 => {
                data.resize(32, 0);
                put_be::<8>(&mut data, 0, last_block);
                put_be::<4>(&mut data, 8, BLOCK as u64);
            }
            0x08 | 0x0a | 0x28 | 0x2a | 0x88 | 0x8a => return self.transfer(cdb, received),
            0x85 | 0xa1 => return Answer { data, sense: ata_sense(ATA_ABORTED) },
            0x12 | 0x1a | 0x5a | 0x4d | 0x1c => return Answer { data, sense: INVALID_FIELD_IN_CDB.to_vec() },
            _ => return Answer { data, sense: INVALID_OPERATION_CODE.to_vec() },
        }
        Answer { data, sense: Vec::new() }
    }

    fn transfer(&mut self, cdb: &[u8], received: &[u8]) -> Answer {
        let (first, count) = match cdb[0] {
            0x08 | 0x0a => {
                (get_be(&[cdb[1] & 0x1f, cdb[2], cdb[3]]), if cdb[4] == 0 { 256 } else { u64::from(cdb[4]) })
            }
            0x28 | 0x2a => (get_be(&cdb[2..6]), get_be(&cdb[7..9])),
            _ => (get_be(&cdb[2..10]), get_be(&cdb[10..14])),
        };
        let range = usize::try_from(first).ok().zip(usize::try_from(count).ok()).and_then(|(first, count)| {
            let end = first.checked_add(count)?;
            (end <= BLOCKS).then_some(first * BLOCK..end * BLOCK)
        });
        let Some(range) = range else {
            return Answer { data: Vec::new(), sense: LBA_OUT_OF_RANGE.to_vec() };
        };
        let blocks = &mut self.blocks[range];
        if matches!(cdb[0], 0x08 | 0x28 | 0x88) {
            return Answer { data: blocks.to_vec(), sense: Vec::new() };
        }
        let length = blocks.len().min(received.len());
        blocks[..length].copy_from_slice(&received[..length]);
        Answer::default()
    }
}

/// The name that a command's answers are filed under.
fn key(cdb: &[u8]) -> String {
    let page = cdb[2] & 0x3f;
    match cdb[0] {
        0x00 => "ready".to_owned(),
        0x03 => "sense".to_owned(),
        0x12 if cdb[1] & 1 == 1 => format!("vpd-{:02x}", cdb[2]),
        0x12 => "inquiry".to_owned(),
        0x1a => format!("mode6-{page:02x}.{:02x}", cdb[3]),
        0x5a => format!("mode10-{page:02x}.{:02x}", cdb[3]),
        0x1c => format!("diag-{:02x}", cdb[2]),
        0x4d => format!("log-{page:02x}.{:02x}", cdb[3]),
        0x85 => format!("ata-{:02x}.{:02x}.{:02x}", cdb[14], cdb[4], cdb[8]),
        0xa1 => format!("ata-{:02x}.{:02x}.{:02x}", cdb[9], cdb[3], cdb[5]),
        0x08 | 0x28 | 0x88 => "read".to_owned(),
        0x0a | 0x2a | 0x8a => "write".to_owned(),
        operation => format!("op-{operation:02x}"),
    }
}

/// How long a CDB is: the top three bits of the operation code say it (SPC, "Operation code").
fn length(cdb: &[u8]) -> usize {
    match cdb[0] >> 5 {
        0 => 6,
        1 | 2 => 10,
        4 => 16,
        5 => 12,
        _ => cdb.len(),
    }
}

/// Whether it is READ LOG EXT or READ LOG DMA EXT, which read a log from a page on.
fn is_paged(cdb: &[u8]) -> bool {
    cdb[0] == 0x85 && matches!(cdb[14], 0x2f | 0x47)
}

/// The page of READ LOG EXT: LBA bits 15:8, and 39:32 for the high byte.
fn page(cdb: &[u8]) -> usize {
    usize::from(cdb[9]) << 8 | usize::from(cdb[10])
}

fn registers_wanted(cdb: &[u8]) -> bool {
    matches!(cdb[0], 0x85 | 0xa1) && cdb[2] & CHECK_CONDITION_WANTED != 0
}

/// Descriptor sense with the ATA Status Return descriptor (SAT).
fn ata_sense((status, error): (u8, u8)) -> Vec<u8> {
    let (key, qualifier) = if (status, error) == ATA_SUCCEEDED { (0x01, 0x1d) } else { (0x0b, 0x00) };
    let mut sense = vec![0x72, key, 0, qualifier, 0, 0, 0, 14, 0x09, 12];
    sense.resize(22, 0);
    sense[11] = error;
    sense[21] = status;
    sense
}

/// Fixed-format sense data of a sense key and an additional sense code.
const fn fixed_sense(key: u8, code: u8) -> [u8; 18] {
    let mut sense = [0; 18];
    sense[0] = 0x70;
    sense[2] = key;
    sense[7] = 10;
    sense[12] = code;
    sense
}
