//! The ring that the kernel's TCMU shares with a user-side device (linux/target_core_user.h, version 2 of the mailbox).
//!
//! The only module of the project's own drives that needs `unsafe`: it maps the ring. What must hold: every access is checked
//! against the size of the mapping, because offsets in the ring are the kernel's word and this side has no way to know better;
//! the entry at `cmd_tail` is ours from the moment `cmd_head` passed it until `cmd_tail` is moved on.
#![allow(unsafe_code)]

use crate::bytes::get_le;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// `struct tcmu_mailbox`: where its fields are.
const FLAGS: usize = 2;
const RING_OFFSET: usize = 4;
const RING_SIZE: usize = 8;
const HEAD: usize = 12;
const TAIL: usize = 64;
const READ_LENGTH_IS_KNOWN: u64 = 1 << 1;
/// `struct tcmu_cmd_entry`: the header, then either the request or the response. Only the outer struct is packed: the request pads
/// before its 8-byte offset of the CDB.
const OPERATION_MASK: u64 = 7;
const OPERATION_PAD: u64 = 0;
const OPERATION_COMMAND: u64 = 1;
const USER_FLAGS: usize = 7;
const UNKNOWN_OPERATION: u8 = 1;
const READ_LENGTH_IS_SET: u8 = 2;
const REQUEST_PIECES: usize = 8;
const REQUEST_CDB: usize = 24;
const REQUEST_IOVEC: usize = 48;
const RESPONSE: usize = 8;
const SENSE_BYTES: usize = 96;
/// The longest command that SPC knows and TCMU hands over.
const CDB_BYTES: usize = 32;
/// SAM status codes.
const CHECK_CONDITION: u8 = 2;

/// What a command is answered with.
#[derive(Debug, Default)]
pub struct Answer {
    /// Data for the initiator; a command that writes has none.
    pub data: Vec<u8>,
    /// Sense data: with any, the status is CHECK CONDITION.
    pub sense: Vec<u8>,
}

/// A device that TCMU asks.
#[derive(Debug)]
pub struct Ring {
    device: File,
    map: *mut u8,
    length: usize,
}

impl Ring {
    /// Opens a user-side device, `/dev/uioN`.
    ///
    /// # Errors
    ///
    /// When there is no such device, or it cannot be mapped.
    pub fn open(device: &Path) -> io::Result<Self> {
        let name = device.file_name().unwrap_or_default().to_string_lossy();
        let size = fs::read_to_string(format!("/sys/class/uio/{name}/maps/map0/size"))?;
        let length = usize::from_str_radix(size.trim().trim_start_matches("0x"), 16).map_err(io::Error::other)?;
        let device = OpenOptions::new().read(true).write(true).open(device)?;
        // SAFETY: a new mapping at an address of the kernel's choice; its length is what the kernel says of map 0.
        let map = unsafe {
            libc::mmap(
                ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                device.as_raw_fd(),
                0,
            )
        };
        if map == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { device, map: map.cast(), length })
    }

    /// Answers every command with what `device` makes of its CDB and the data that came with it. The data of a command that reads
    /// is whatever the buffer held.
    ///
    /// # Errors
    ///
    /// When the kernel takes the device away.
    pub fn serve(&mut self, mut device: impl FnMut(&[u8], Vec<u8>) -> Answer) -> io::Result<()> {
        let (ring, size) = (self.number::<4>(RING_OFFSET), self.number::<4>(RING_SIZE));
        loop {
            while self.cursor(TAIL).load(Ordering::Relaxed) != self.cursor(HEAD).load(Ordering::Acquire) {
                let tail = self.number::<4>(TAIL);
                let entry = ring + tail;
                let header = self.number::<4>(entry);
                match header as u64 & OPERATION_MASK {
                    OPERATION_PAD => {}
                    OPERATION_COMMAND => self.answer(entry, &mut device),
                    _ => self.write(entry + USER_FLAGS, &[UNKNOWN_OPERATION]),
                }
                let next = (tail + (header & !7)) % size;
                self.cursor(TAIL).store(u32::try_from(next).unwrap_or_default(), Ordering::Release);
            }
            // Four bytes written say that the ring was seen to; four bytes read come when there is more in it.
            self.device.write_all(&[0; 4])?;
            self.device.read_exact(&mut [0; 4])?;
        }
    }

    fn answer(&mut self, entry: usize, device: &mut impl FnMut(&[u8], Vec<u8>) -> Answer) {
        let pieces: Vec<(usize, usize)> = (0..self.number::<4>(entry + REQUEST_PIECES))
            .map(|piece| entry + REQUEST_IOVEC + 16 * piece)
            .map(|iovec| (self.number::<8>(iovec), self.number::<8>(iovec + 8)))
            .collect();
        let cdb = self.read(self.number::<8>(entry + REQUEST_CDB), CDB_BYTES);
        let received = pieces.iter().flat_map(|&(at, length)| self.read(at, length)).collect();
        let answer = device(&cdb, received);

        let mut rest = answer.data.as_slice();
        for (at, length) in pieces {
            let (piece, after) = rest.split_at(length.min(rest.len()));
            self.write(at, piece);
            rest = after;
        }
        let sent = answer.data.len() - rest.len();
        // The response takes the place of the request: from here on the request cannot be read.
        self.write(entry + RESPONSE, &[0; 8 + SENSE_BYTES]);
        if self.number::<2>(FLAGS) as u64 & READ_LENGTH_IS_KNOWN != 0 {
            self.write(entry + RESPONSE + 4, &sent.to_le_bytes()[..4]);
            self.write(entry + USER_FLAGS, &[READ_LENGTH_IS_SET]);
        }
        if !answer.sense.is_empty() {
            self.write(entry + RESPONSE, &[CHECK_CONDITION]);
            self.write(entry + RESPONSE + 8, &answer.sense[..answer.sense.len().min(SENSE_BYTES)]);
        }
    }

    fn number<const WIDTH: usize>(&self, at: usize) -> usize {
        usize::try_from(get_le(&self.read(at, WIDTH))).unwrap_or(usize::MAX)
    }

    /// Where the kernel (head) or this side (tail) is in the ring: the two words that both sides use at the same time.
    fn cursor(&self, at: usize) -> &AtomicU32 {
        assert!(self.holds(at, size_of::<u32>()), "the mapping is too small for a mailbox");
        // SAFETY: the word lies in the mapping, which lives as long as `self`; HEAD and TAIL are aligned, as the mapping is.
        unsafe { AtomicU32::from_ptr(self.map.add(at).cast()) }
    }

    /// Bytes of the mapping; what would lie outside reads as zero.
    fn read(&self, at: usize, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length.min(self.length)];
        if self.holds(at, bytes.len()) {
            // SAFETY: `holds` says that the place is in the mapping; the kernel leaves an entry alone while it is ours.
            unsafe { ptr::copy_nonoverlapping(self.map.add(at), bytes.as_mut_ptr(), bytes.len()) };
        }
        bytes
    }

    /// Writes into the mapping; what would lie outside is not written.
    fn write(&mut self, at: usize, bytes: &[u8]) {
        if self.holds(at, bytes.len()) {
            // SAFETY: as in `read`.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.map.add(at), bytes.len()) };
        }
    }

    fn holds(&self, at: usize, length: usize) -> bool {
        at.checked_add(length).is_some_and(|end| end <= self.length)
    }
}
