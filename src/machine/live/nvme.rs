//! NVMe admin commands (`include/uapi/linux/nvme_ioctl.h`).

use super::{errno, room};
use crate::machine::{Answer, Reply, Status};
use std::os::fd::{AsRawFd, BorrowedFd};

/// `struct nvme_passthru_cmd`.
#[repr(C)]
#[derive(Default)]
struct Command {
    opcode: u8,
    flags: u8,
    rsvd1: u16,
    nsid: u32,
    cdw2: u32,
    cdw3: u32,
    metadata: u64,
    addr: u64,
    metadata_len: u32,
    data_len: u32,
    cdw10: [u32; 6],
    /// 0: the kernel's default, 60 s. A shorter one would end in a reset of the controller.
    timeout_ms: u32,
    result: u32,
}

mod sys {
    nix::ioctl_readwrite!(nvme_admin, b'N', 0x41, super::Command);
}

pub(super) fn ask(fd: BorrowedFd<'_>, opcode: u8, nsid: u32, cdw10: &[u32; 6], len: u32) -> Answer<Reply> {
    let mut data = room(len);
    let addr = data.as_mut_ptr() as u64;
    let mut command = Command { opcode, nsid, addr, data_len: len, cdw10: *cdw10, ..Command::default() };
    #[expect(unsafe_code, reason = "an ioctl")]
    // SAFETY: the command says the length of the buffer that it points to, which lives until it returns.
    let status = unsafe { sys::nvme_admin(fd.as_raw_fd(), &raw mut command) }.map_err(errno)?;
    // The ioctl gives the status field without the phase bit.
    let status = u16::try_from(status).unwrap_or(u16::MAX);
    if status != 0 {
        data.clear();
    }
    Ok(Reply { status: Status::Nvme { status, result: command.result }, data, sense: Vec::new(), micros: 0 })
}
