//! Commands to the firmware of MegaRAID controllers, and through it to their drives (`struct megasas_iocpacket` of
//! `drivers/scsi/megaraid/megaraid_sas.h`).

use super::{errno, failed, room};
use crate::machine::{Answer, Failed, Reply, Request, Status};
use std::fs;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::Path;

/// The node that udev makes nowhere: the driver registers a character device of this name, and a tool makes the node.
const NAME: &str = "megaraid_sas_ioctl";
const NODE: &str = "/dev/megaraid_sas_ioctl_node";

/// `struct megasas_iocpacket`: the frame of 128 bytes lies at offset 20.
#[repr(C, packed)]
struct Packet {
    host_no: u16,
    pad: u16,
    sgl_off: u32,
    sge_count: u32,
    sense_off: u32,
    sense_len: u32,
    frame: [u8; 128],
    sgl: [libc::iovec; 16],
}

mod sys {
    nix::ioctl_readwrite!(firmware, b'M', 1, super::Packet);
}

const CMD_PD_SCSI_IO: u8 = 4;
const CMD_DCMD: u8 = 5;
const FRAME_DIR_READ: u16 = 0x10;
const FRAME_DIR_NONE: u16 = 0;

/// The node, made if it is not there.
pub(super) fn node() -> Answer<String> {
    if !Path::new(NODE).exists() {
        let devices = fs::read_to_string("/proc/devices").map_err(failed)?;
        let line = devices.lines().find_map(|line| line.trim().strip_suffix(NAME));
        let major: u64 = line.and_then(|major| major.trim().parse().ok()).ok_or(Failed::NOT_THERE)?;
        let mode = nix::sys::stat::Mode::from_bits_truncate(0o600);
        let made = nix::sys::stat::mknod(
            NODE,
            nix::sys::stat::SFlag::S_IFCHR,
            mode,
            libc::makedev(u32::try_from(major).map_err(|_| Failed::NOT_THERE)?, 0),
        );
        // Another reader may have made it in the meantime.
        if !matches!(made, Ok(()) | Err(nix::errno::Errno::EEXIST)) {
            made.map_err(errno)?;
        }
    }
    Ok(NODE.to_owned())
}

pub(super) fn ask(fd: BorrowedFd<'_>, host_no: u16, request: &Request) -> Answer<Reply> {
    let len = request.len();
    let mut data = room(len);
    let mut sense = [0_u8; 96];
    let mut frame = Frame([0; 128]);
    let (sgl_off, sense_off) = match request {
        Request::Dcmd { opcode, mbox, .. } => {
            frame.put(0x00, &[CMD_DCMD]);
            frame.put(0x18, &opcode.to_le_bytes());
            frame.put(0x1c, mbox);
            (0x28, 0)
        }
        Request::Behind { drive, cdb, .. } => {
            let cdb_len = u8::try_from(cdb.len()).ok().filter(|len| *len <= 16).ok_or(Failed::Forbidden)?;
            let sense_len = u8::try_from(sense.len()).unwrap_or(0);
            frame.put(0x00, &[CMD_PD_SCSI_IO, sense_len, 0xff, 0, *drive, 0, cdb_len]);
            frame.put(0x18, &(sense.as_mut_ptr() as u64).to_ne_bytes());
            frame.put(0x20, cdb);
            (0x30, 0x18)
        }
        _ => return Err(Failed::NOT_THERE),
    };
    frame.put(0x07, &[u8::from(len > 0)]);
    frame.put(0x10, &if len > 0 { FRAME_DIR_READ } else { FRAME_DIR_NONE }.to_le_bytes());
    frame.put(0x14, &len.to_le_bytes());
    let none = libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 };
    let mut sgl = [none; 16];
    sgl[0] = libc::iovec { iov_base: data.as_mut_ptr().cast(), iov_len: data.len() };
    let mut packet = Packet {
        host_no,
        pad: 0,
        sgl_off,
        sge_count: u32::from(len > 0),
        sense_off,
        sense_len: if sense_off > 0 { u32::try_from(sense.len()).unwrap_or(0) } else { 0 },
        frame: frame.0,
        sgl,
    };
    #[expect(unsafe_code, reason = "an ioctl")]
    // SAFETY: the packet says the lengths of the buffers that it and its frame point to, and they live until it returns.
    unsafe { sys::firmware(fd.as_raw_fd(), &raw mut packet) }.map_err(errno)?;
    // `cmd_status` is all that the driver gives back of the frame.
    let frame = packet.frame;
    let status = Status::Firmware(frame.get(2).copied().unwrap_or(0xff));
    let sense = if sense.iter().any(|byte| *byte != 0) { sense.to_vec() } else { Vec::new() };
    Ok(Reply { status, data, sense, micros: 0 })
}

struct Frame([u8; 128]);

impl Frame {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0.iter_mut().skip(at).zip(bytes).for_each(|(to, byte)| *to = *byte);
    }
}
