//! Error information, log 01h: 64 bytes an entry, the latest first.
//!
//! Source: Base, figures "Error Information Log Entry" and "Status Field", and the values of the latter; NVME_SC_* of
//! include/linux/nvme.h.

use crate::fields::Fields;

/// An entry: a command that was completed with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorEntry {
    /// Number of the error over the life of the controller, from 1 (0..=7): what is new has a greater one.
    pub error_count: u64,
    /// Submission queue (8); 0 is the admin queue. `None` where FFFFh: of no one command.
    pub queue: Option<u16>,
    /// Command id (10). `None` where FFFFh.
    pub command: Option<u16>,
    /// How the command ended (12).
    pub status: Status,
    /// Where in the command the wrong parameter is (14): bits 7:0 byte, 10:8 bit; FFFFh is nowhere.
    pub parameter: u16,
    /// First block that the error is about (16).
    pub lba: u64,
    /// Namespace (24).
    pub namespace: u32,
    /// Log page with more from the vendor (28). `None` where 0.
    pub vendor_log: Option<u8>,
    /// Information that depends on the command (32).
    pub information: u64,
}

/// The status field of a completion, bits 15:1 of its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Status code (8:1).
    pub code: u8,
    /// Status code type, 0..=7 (11:9): 0 generic, 1 command specific, 2 media and data integrity, 3 path, 7 vendor.
    pub kind: u8,
    /// More about it is in this log (14, M).
    pub more: bool,
    /// The same command would fail again (15, DNR).
    pub do_not_retry: bool,
}

/// Whom a status speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// The medium: media and data integrity errors other than a failed compare or refused access.
    Medium,
    /// The controller's inside: internal error.
    Controller,
    /// The way to it: data transfer error, path errors.
    Path,
    /// The power: commands aborted due to a power loss notification.
    Power,
    /// The command: the host asked for what cannot be, or took it back.
    Command,
    /// What only the vendor knows.
    Vendor,
}

impl Status {
    /// From the word of a completion, its lowest bit the phase tag.
    pub fn of_word(word: u16) -> Self {
        let [_, code, ..] = (u32::from(word) << 7).to_le_bytes();
        let [_, upper] = word.to_le_bytes();
        Self { code, kind: upper >> 1 & 7, more: upper >> 6 & 1 == 1, do_not_retry: upper >> 7 == 1 }
    }

    /// Whom it speaks of.
    pub fn concern(self) -> Concern {
        match (self.kind, self.code) {
            // 85h compare failure, 86h access denied, 87h deallocated or unwritten block: the drive did as it should.
            (2, 0x85..=0x87) => Concern::Command,
            // Aborted by the host (NVME_SC_HOST_ABORTED_CMD): a path was given up, not lost.
            (3, 0x71) => Concern::Command,
            (2, 0xc0..) | (0, 0xc0..) | (1, 0xc0..) | (7, _) => Concern::Vendor,
            (2, _) => Concern::Medium,
            (0, 0x06) => Concern::Controller,
            (0, 0x04) | (3, _) => Concern::Path,
            (0, 0x05) => Concern::Power,
            _ => Concern::Command,
        }
    }

    /// The drive itself is what it speaks of: its medium or its inside.
    ///
    /// Most entries of this log do not. A tool or a kernel that asks a drive for a field, an opcode, a log page, a feature or a
    /// namespace that it does not have gets an error, the drive logs it, and its count of errors rises at each boot or poll for
    /// the rest of its life: invalid opcode (0/01h), invalid field (0/02h), invalid namespace (0/0Bh), invalid log page (1/09h),
    /// and commands that the host aborted (0/07h, 0/08h). Alarms on the bare count are what users complain of.
    pub fn speaks_of_device(self) -> bool {
        matches!(self.concern(), Concern::Medium | Concern::Controller)
    }
}

/// Reads log page 01h. Entries that the controller has not filled (error count 0) are left out; a part of an entry at the end too.
pub fn parse(log: &[u8]) -> Vec<ErrorEntry> {
    log.chunks(64).filter_map(|chunk| entry(Fields(chunk))).collect()
}

fn entry(fields: Fields<'_>) -> Option<ErrorEntry> {
    fields.bytes(0, 64)?;
    let of_one = |id: &u16| *id != 0xffff;
    Some(ErrorEntry {
        error_count: fields.le64(0).filter(|count| *count != 0)?,
        queue: fields.le16(8).filter(of_one),
        command: fields.le16(10).filter(of_one),
        status: Status::of_word(fields.le16(12)?),
        parameter: fields.le16(14)?,
        lba: fields.le64(16)?,
        namespace: fields.le32(24)?,
        vendor_log: fields.u8(28).filter(|page| *page != 0),
        information: fields.le64(32)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Concern, ErrorEntry, Status, parse};

    #[test]
    fn entries_that_are_filled() {
        let mut log = vec![0; 64 * 3 + 10];
        log[..8].copy_from_slice(&[9, 0, 0, 0, 0, 0, 0, 1]);
        log[8..16].copy_from_slice(&[3, 0, 7, 0, 0x02, 0xc5, 0xff, 0xff]);
        log[16..29].copy_from_slice(&[1, 2, 3, 4, 5, 6, 0, 0, 1, 0, 0, 0, 0xca]);
        log[32] = 5;
        log[64] = 8;
        log[72..76].fill(0xff);
        log[192..].fill(1);
        let unread = ErrorEntry {
            error_count: 0x0100_0000_0000_0009,
            queue: Some(3),
            command: Some(7),
            status: Status { code: 0x81, kind: 2, more: true, do_not_retry: true },
            parameter: 0xffff,
            lba: 0x0605_0403_0201,
            namespace: 1,
            vendor_log: Some(0xca),
            information: 5,
        };
        let bare = ErrorEntry {
            error_count: 8,
            queue: None,
            command: None,
            status: Status { code: 0, kind: 0, more: false, do_not_retry: false },
            parameter: 0,
            lba: 0,
            namespace: 0,
            vendor_log: None,
            information: 0,
        };
        assert_eq!(parse(&log), [unread, bare]);
    }

    #[test]
    fn whom_a_status_speaks_of() {
        let check = |kind: u16, code: u16, concern, device| {
            // The word of a completion: the status above the phase tag.
            let status = Status::of_word((kind << 8 | code) << 1 | 1);
            assert_eq!((status.kind, status.code), (u8::try_from(kind).unwrap(), u8::try_from(code).unwrap()));
            assert_eq!((status.concern(), status.speaks_of_device()), (concern, device), "{kind}/{code:02x}");
        };
        check(2, 0x80, Concern::Medium, true); // write fault
        check(2, 0x81, Concern::Medium, true); // unrecovered read error
        check(2, 0x82, Concern::Medium, true); // guard check
        check(2, 0x85, Concern::Command, false); // compare failure
        check(2, 0x86, Concern::Command, false); // access denied
        check(0, 0x06, Concern::Controller, true); // internal error
        check(0, 0x04, Concern::Path, false); // data transfer error
        check(0, 0x05, Concern::Power, false); // aborted due to power loss notification
        check(0, 0x01, Concern::Command, false); // invalid opcode
        check(0, 0x02, Concern::Command, false); // invalid field
        check(0, 0x0b, Concern::Command, false); // invalid namespace or format
        check(1, 0x09, Concern::Command, false); // invalid log page
        check(0, 0x80, Concern::Command, false); // LBA out of range
        check(3, 0x00, Concern::Path, false); // internal path error
        check(3, 0x71, Concern::Command, false); // aborted by host
        check(7, 0x12, Concern::Vendor, false);
        check(2, 0xc1, Concern::Vendor, false);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for entry in parse(&bytes) {
                entry.status.speaks_of_device();
            }
        }
    }
}
