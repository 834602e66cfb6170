//! The error logs: summary (01h), comprehensive (02h), both of SMART with addresses of 28 bits, and extended comprehensive (03h) of
//! READ LOG EXT with 48. One shape for all.
//!
//! Source: ATA8-ACS, annex A: Summary SMART Error log, Comprehensive SMART Error log, Extended Comprehensive SMART Error log.
//!
//! Firmware that orders the bytes of addresses in log 03h otherwise exists (drivedb.h of smartmontools, `-F xerrorlba`: Intel 730 and
//! DC S3500, Seagate Momentus 5400.6, Barracuda LP and ES.2): of these, compare with the summary log before believing an address.

use super::super::{Checksum, PAGE, bad_pages, pages};
use super::self_test::latest_first;
use crate::fields::Fields;

/// An error log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorLog {
    /// Pages without a good checksum.
    pub bad_pages: usize,
    /// Version (byte 0); 1 in all standards.
    pub version: Option<u8>,
    /// Errors over the life of the drive, of which the log has the last; stays at 65535.
    pub count: Option<u16>,
    /// Errors, the latest first.
    pub entries: Vec<ErrorEntry>,
}

/// A command that failed, and those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorEntry {
    /// Number of the error over the life of the drive, from 1: the latest has the log's count. `None` if the count says less than
    /// there is or stands at its end, or the log was read in part and the latest is not in it.
    pub number: Option<u16>,
    /// Power-on hours, modulo 65536.
    pub hours: u16,
    /// State of the drive (bits 3:0), as [`ErrorEntry::state_name`] has it; bits 7:4 are the vendor's.
    pub state: u8,
    /// ERROR register.
    pub error: u8,
    /// STATUS register.
    pub status: u8,
    /// COUNT register.
    pub count: u16,
    /// First address that failed, where the error is about an address; 28 bits, or 48 in log 03h.
    pub lba: u64,
    /// DEVICE register.
    pub device: u8,
    /// Commands up to the one that failed, which is the last: at most 5.
    pub commands: Vec<Command>,
}

/// A command as the drive got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// COMMAND register.
    pub opcode: u8,
    /// FEATURE register.
    pub feature: u16,
    /// COUNT register.
    pub count: u16,
    /// Address; 28 bits, or 48 in log 03h.
    pub lba: u64,
    /// DEVICE register.
    pub device: u8,
    /// DEVICE CONTROL register; how it is filled depends on the transport.
    pub control: u8,
    /// Milliseconds since power-on, modulo 2^32 (49.7 days).
    pub milliseconds: u32,
}

/// What the ERROR register says, as libata names and chooses its bits (drivers/ata/libata-eh.c, ata_eh_link_report).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Bit 7, ICRC: the link garbled data: cable, backplane, port, power; not the medium.
    InterfaceCrc,
    /// Bit 6, UNC: the medium could not be read.
    Uncorrectable,
    /// Bit 4, IDNF: the address was not found: out of range, or the medium.
    IdNotFound,
    /// Bit 2, ABRT: the drive refused or gave up. Alone, it is most often a command that the drive does not have.
    Aborted,
    /// Bit 0, AMNF: the address mark was not found.
    AddressMarkNotFound,
}

impl ErrorKind {
    /// The word of the standard, as logs and smartctl have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::InterfaceCrc => "ICRC",
            Self::Uncorrectable => "UNC",
            Self::IdNotFound => "IDNF",
            Self::Aborted => "ABRT",
            Self::AddressMarkNotFound => "AMNF",
        }
    }
}

impl ErrorEntry {
    /// What the error was. Empty unless the status has ERR (bit 0): only then does the ERROR register say anything. Bits 1, 3 and 5
    /// are of removable media, and of no word here; the register is kept in [`ErrorEntry::error`].
    pub fn kinds(&self) -> Vec<ErrorKind> {
        if self.status & 1 == 0 {
            return Vec::new();
        }
        [
            (7, ErrorKind::InterfaceCrc),
            (6, ErrorKind::Uncorrectable),
            (4, ErrorKind::IdNotFound),
            (2, ErrorKind::Aborted),
            (0, ErrorKind::AddressMarkNotFound),
        ]
        .into_iter()
        .filter(|(bit, _)| self.error >> bit & 1 == 1)
        .map(|(_, kind)| kind)
        .collect()
    }

    /// The drive reported a fault of its own (STATUS bit 5, DF).
    pub fn device_fault(&self) -> bool {
        self.status >> 5 & 1 == 1
    }

    /// State of the drive when the command came (ATA8-ACS, table "State field values").
    pub fn state_name(&self) -> Option<&'static str> {
        match self.state & 0xf {
            0 => Some("unknown"),
            1 => Some("sleep"),
            2 => Some("standby"),
            3 => Some("active or idle"),
            4 => Some("off-line data collection or self-test"),
            _ => None,
        }
    }
}

impl ErrorLog {
    /// Reads log 01h or 02h: five entries of 90 bytes a page, the number of the latest in byte 1 of the first page.
    pub fn parse(log: &[u8]) -> Self {
        let log = Fields(log);
        let slots: Vec<_> = pages(log).flat_map(|page| page.from(2).front(5 * 90).0.chunks(90)).map(Fields).collect();
        Self::of(log, &slots, log.u8(1).map(usize::from), log.le16(452), short_entry)
    }

    /// Reads log 03h: four entries of 124 bytes a page, the number of the latest in bytes 2..=3 of the first page.
    pub fn parse_extended(log: &[u8]) -> Self {
        let log = Fields(log);
        let slots: Vec<_> = pages(log).flat_map(|page| page.from(4).front(4 * 124).0.chunks(124)).map(Fields).collect();
        Self::of(log, &slots, log.le16(2).map(usize::from), log.le16(500), long_entry)
    }

    fn of(
        log: Fields<'_>,
        slots: &[Fields<'_>],
        index: Option<usize>,
        count: Option<u16>,
        entry: fn(Fields<'_>) -> Option<ErrorEntry>,
    ) -> Self {
        // Only the latest has the count's number; where the log was read in part, the latest may not be here.
        let counted = count.filter(|count| *count != u16::MAX && index.is_some_and(|index| index <= slots.len()));
        let numbers = (1..=counted.unwrap_or(0)).rev().map(Some).chain(std::iter::repeat(None));
        Self {
            bad_pages: bad_pages(log).max(usize::from(Checksum::of(log.front(PAGE)) == Checksum::Cut)),
            version: log.u8(0),
            count,
            entries: latest_first(slots, index)
                .filter_map(entry)
                .zip(numbers)
                .map(|(entry, number)| ErrorEntry { number, ..entry })
                .collect(),
        }
    }
}

fn used(slot: Fields<'_>) -> bool {
    slot.0.iter().any(|byte| *byte != 0)
}

/// The address of the registers of old: 24 bits in three of them, 4 in the device register.
fn short_lba(slot: Fields<'_>, at: usize, device: u8) -> Option<u64> {
    let [low, mid, high] = slot.bytes(at, 3)?.try_into().ok()?;
    Some(u32::from_le_bytes([low, mid, high, device & 0xf]).into())
}

/// The address of registers that are each followed by the one that was written before it.
fn long_lba(slot: Fields<'_>, at: usize) -> Option<u64> {
    let [a, d, b, e, c, f] = slot.bytes(at, 6)?.try_into().ok()?;
    Some(u64::from_le_bytes([a, b, c, d, e, f, 0, 0]))
}

fn short_entry(slot: Fields<'_>) -> Option<ErrorEntry> {
    let error = slot.from(60);
    let device = error.u8(6)?;
    Some(ErrorEntry {
        number: None,
        hours: error.le16(28)?,
        state: error.u8(27)?,
        error: error.u8(1)?,
        status: error.u8(7)?,
        count: error.u8(2)?.into(),
        lba: short_lba(error, 3, device)?,
        device,
        commands: slot
            .front(60)
            .0
            .chunks(12)
            .map(Fields)
            .filter(|slot| used(*slot))
            .filter_map(short_command)
            .collect(),
    })
    .filter(|_| used(slot))
}

fn short_command(slot: Fields<'_>) -> Option<Command> {
    let device = slot.u8(6)?;
    Some(Command {
        opcode: slot.u8(7)?,
        feature: slot.u8(1)?.into(),
        count: slot.u8(2)?.into(),
        lba: short_lba(slot, 3, device)?,
        device,
        control: slot.u8(0)?,
        milliseconds: slot.le32(8)?,
    })
}

fn long_entry(slot: Fields<'_>) -> Option<ErrorEntry> {
    let error = slot.from(90);
    Some(ErrorEntry {
        number: None,
        hours: error.le16(32)?,
        state: error.u8(31)?,
        error: error.u8(1)?,
        status: error.u8(11)?,
        count: error.le16(2)?,
        lba: long_lba(error, 4)?,
        device: error.u8(10)?,
        commands: slot.front(90).0.chunks(18).map(Fields).filter(|slot| used(*slot)).filter_map(long_command).collect(),
    })
    .filter(|_| used(slot))
}

fn long_command(slot: Fields<'_>) -> Option<Command> {
    Some(Command {
        opcode: slot.u8(12)?,
        feature: slot.le16(1)?,
        count: slot.le16(3)?,
        lba: long_lba(slot, 5)?,
        device: slot.u8(11)?,
        control: slot.u8(0)?,
        milliseconds: slot.le32(14)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::tests::page;
    use super::{Command, ErrorEntry, ErrorKind, ErrorLog};

    #[test]
    fn a_summary_log_round_its_ring() {
        // Slot 2 is the latest of seven errors; slot 1 is before it, slot 5 before that; 3 and 4 were never used.
        let log = ErrorLog::parse(&page(&[
            (0, &[1, 2]),
            (2 + 60, &[0, 0x04, 0, 0, 0, 0, 0xa0, 0x51]),
            (2 + 60 + 27, &[3, 0x10, 0]),
            (92 + 48, &[0, 0xd0, 1, 0x34, 0x12, 0, 0xe1, 0xc8, 1, 2, 3, 4]),
            (92 + 60, &[0, 0x40, 1, 0x35, 0x12, 0, 0xe1, 0x51]),
            (92 + 60 + 27, &[0x93, 0xe8, 3]),
            (362 + 60, &[0, 0x84, 0, 0, 0, 0, 0, 0x51]),
            (452, &[7, 0]),
        ]));
        assert_eq!((log.bad_pages, log.version, log.count), (0, Some(1), Some(7)));
        let latest = ErrorEntry {
            number: Some(7),
            hours: 1000,
            state: 0x93,
            error: 0x40,
            status: 0x51,
            count: 1,
            lba: 0x0100_1235,
            device: 0xe1,
            commands: vec![Command {
                opcode: 0xc8,
                feature: 0xd0,
                count: 1,
                lba: 0x0100_1234,
                device: 0xe1,
                control: 0,
                milliseconds: 0x0403_0201,
            }],
        };
        assert_eq!(log.entries.first(), Some(&latest));
        assert_eq!(latest.state_name(), Some("active or idle"));
        assert_eq!(log.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [Some(7), Some(6), Some(5)]);
        let words: Vec<Vec<_>> =
            log.entries.iter().map(|entry| entry.kinds().into_iter().map(ErrorKind::word).collect()).collect();
        assert_eq!(words, [vec!["UNC"], vec!["ABRT"], vec!["ICRC", "ABRT"]]);
    }

    #[test]
    fn an_extended_log_over_two_pages() {
        let mut bytes = page(&[(0, &[1, 0, 5, 0]), (376 + 90 + 11, &[0x51]), (500, &[1, 0])]);
        bytes.extend(page(&[
            (4 + 72, &[0, 0x80, 0x70, 8, 0, 1, 4, 2, 5, 3, 6, 0x40, 0x60, 0, 9, 0, 0, 0]),
            (4 + 90, &[0, 0x10, 8, 0, 1, 4, 2, 5, 3, 6, 0x40, 0x61]),
            (4 + 90 + 31, &[0, 5, 1]),
        ]));
        let log = ErrorLog::parse_extended(&bytes);
        assert_eq!((log.bad_pages, log.count, log.entries.len()), (0, Some(1), 2));
        let [latest, older] = log.entries.as_slice() else { panic!("two entries") };
        assert_eq!((latest.number, older.number), (Some(1), None));
        assert_eq!((latest.hours, latest.lba, latest.count), (0x0105, 0x0605_0403_0201, 8));
        assert_eq!((latest.kinds(), latest.device_fault()), (vec![ErrorKind::IdNotFound], true));
        assert_eq!(
            latest.commands,
            [Command {
                opcode: 0x60,
                feature: 0x7080,
                count: 8,
                lba: 0x0605_0403_0201,
                device: 0x40,
                control: 0,
                milliseconds: 9
            }]
        );
    }

    #[test]
    fn an_error_register_without_an_error_says_nothing() {
        let log = ErrorLog::parse(&page(&[(1, &[1]), (62, &[0, 0xff, 0, 0, 0, 0, 0, 0x50])]));
        assert_eq!(log.entries.first().map(ErrorEntry::kinds), Some(vec![]));
    }

    #[test]
    fn numbers_are_of_the_latest_only() {
        let check = |index, count: u16, expect| {
            let log = ErrorLog::parse(&page(&[(0, &[1, index]), (62, &[0, 4]), (452, &count.to_le_bytes())]));
            assert_eq!(log.entries.first().map(|entry| entry.number), Some(expect), "{index} {count}");
        };
        check(1, 6, Some(6));
        check(1, 0, None);
        check(1, 65535, None);
        check(9, 9, None);
    }

    #[test]
    fn logs_that_are_empty_or_cut() {
        let check = |bytes: &[u8], entries, bad| {
            let log = ErrorLog::parse(bytes);
            assert_eq!((log.entries.len(), log.bad_pages), (entries, bad));
        };
        check(&page(&[(0, &[1])]), 0, 0);
        check(&page(&[(0, &[1, 5])]), 0, 0);
        check(&page(&[(0, &[1, 1]), (62, &[0, 4])])[..100], 1, 1);
        check(&page(&[(0, &[1, 1]), (62, &[0, 4])])[..80], 0, 1);
        check(&page(&[(0, &[1, 9]), (62, &[0, 4]), (452, &[9])]), 1, 0);
        check(&[], 0, 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..1200)) {
            for entry in ErrorLog::parse(&bytes).entries.into_iter().chain(ErrorLog::parse_extended(&bytes).entries) {
                entry.kinds();
                entry.state_name();
            }
        }
    }
}
