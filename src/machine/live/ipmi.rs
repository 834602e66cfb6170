//! Requests to the BMC (`include/uapi/linux/ipmi.h`).

use super::errno;
use crate::machine::{Answer, Failed, Reply, Status};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::ffi::{c_int, c_long, c_short, c_uchar, c_uint, c_ushort};
use std::os::fd::{AsRawFd, BorrowedFd};

/// `struct ipmi_system_interface_addr`.
#[repr(C)]
struct Address {
    addr_type: c_int,
    channel: c_short,
    lun: c_uchar,
}

/// `struct ipmi_msg`.
#[repr(C)]
struct Message {
    netfn: c_uchar,
    cmd: c_uchar,
    data_len: c_ushort,
    data: *mut c_uchar,
}

/// `struct ipmi_req`.
#[repr(C)]
struct Req {
    addr: *mut c_uchar,
    addr_len: c_uint,
    msgid: c_long,
    msg: Message,
}

/// `struct ipmi_recv`.
#[repr(C)]
struct Recv {
    recv_type: c_int,
    addr: *mut c_uchar,
    addr_len: c_uint,
    msgid: c_long,
    msg: Message,
}

const IPMI_SYSTEM_INTERFACE_ADDR_TYPE: c_int = 0x0c;
const IPMI_BMC_CHANNEL: c_short = 0xf;

mod sys {
    // The header has it as read, though it is the kernel that reads.
    nix::ioctl_read!(send, b'i', 13, super::Req);
    nix::ioctl_readwrite!(receive, b'i', 11, super::Recv);
}

/// The driver itself gives up and answers with a completion code long before.
const WAIT: PollTimeout = PollTimeout::MAX;

pub(super) fn ask(fd: BorrowedFd<'_>, netfn: u8, command: u8, data: &[u8]) -> Answer<Reply> {
    let mut address = Address { addr_type: IPMI_SYSTEM_INTERFACE_ADDR_TYPE, channel: IPMI_BMC_CHANNEL, lun: 0 };
    let mut data = data.to_vec();
    let addr_len = c_uint::try_from(size_of::<Address>()).unwrap_or(0);
    let mut request = Req {
        addr: (&raw mut address).cast(),
        addr_len,
        msgid: 1,
        msg: Message {
            netfn,
            cmd: command,
            data_len: c_ushort::try_from(data.len()).unwrap_or(0),
            data: data.as_mut_ptr(),
        },
    };
    #[expect(unsafe_code, reason = "an ioctl")]
    // SAFETY: the request says the lengths of what it points to, which lives until it returns.
    unsafe { sys::send(fd.as_raw_fd(), &raw mut request) }.map_err(errno)?;
    let mut wait = [PollFd::new(fd, PollFlags::POLLIN)];
    poll(&mut wait, WAIT).map_err(errno)?;
    let mut answer = [0_u8; 300];
    let mut from = [0_u8; 64];
    let mut received = Recv {
        recv_type: 0,
        addr: from.as_mut_ptr(),
        addr_len: c_uint::try_from(from.len()).unwrap_or(0),
        msgid: 0,
        msg: Message {
            netfn: 0,
            cmd: 0,
            data_len: c_ushort::try_from(answer.len()).unwrap_or(0),
            data: answer.as_mut_ptr(),
        },
    };
    #[expect(unsafe_code, reason = "an ioctl")]
    // SAFETY: as above; the kernel writes no more than the lengths say.
    unsafe { sys::receive(fd.as_raw_fd(), &raw mut received) }.map_err(errno)?;
    let answered = answer.get(..usize::from(received.msg.data_len)).unwrap_or_default();
    let Some((code, data)) = answered.split_first() else { return Err(Failed::System(libc::EIO)) };
    Ok(Reply { status: Status::Ipmi(*code), data: data.to_vec(), sense: Vec::new(), micros: 0 })
}
