//! SCSI commands by SG_IO (`include/uapi/scsi/sg.h`, interface version 3).

use super::{SCSI_TIMEOUT, errno, room};
use crate::machine::{Answer, Reply, Status};
use std::ffi::{c_int, c_uchar, c_uint, c_ushort, c_void};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::null_mut;

/// `struct sg_io_hdr`.
#[repr(C)]
struct Header {
    interface_id: c_int,
    direction: c_int,
    cmd_len: c_uchar,
    mx_sb_len: c_uchar,
    iovec_count: c_ushort,
    dxfer_len: c_uint,
    dxferp: *mut c_void,
    cmdp: *const c_uchar,
    sbp: *mut c_uchar,
    timeout: c_uint,
    flags: c_uint,
    pack_id: c_int,
    usr_ptr: *mut c_void,
    status: c_uchar,
    masked_status: c_uchar,
    msg_status: c_uchar,
    sb_len_wr: c_uchar,
    host_status: c_ushort,
    driver_status: c_ushort,
    resid: c_int,
    duration: c_uint,
    info: c_uint,
}

const SG_DXFER_NONE: c_int = -1;
const SG_DXFER_FROM_DEV: c_int = -3;

mod sys {
    nix::ioctl_readwrite_bad!(sg_io, 0x2285, super::Header);
}

pub(super) fn ask(fd: BorrowedFd<'_>, cdb: &[u8], len: u32) -> Answer<Reply> {
    let mut data = room(len);
    let mut sense = [0; 96];
    let mut header = Header {
        interface_id: c_int::from(b'S'),
        direction: if len == 0 { SG_DXFER_NONE } else { SG_DXFER_FROM_DEV },
        cmd_len: c_uchar::try_from(cdb.len()).unwrap_or(0),
        mx_sb_len: c_uchar::try_from(sense.len()).unwrap_or(0),
        iovec_count: 0,
        dxfer_len: len,
        dxferp: data.as_mut_ptr().cast(),
        cmdp: cdb.as_ptr(),
        sbp: sense.as_mut_ptr(),
        timeout: SCSI_TIMEOUT,
        flags: 0,
        pack_id: 0,
        usr_ptr: null_mut(),
        status: 0,
        masked_status: 0,
        msg_status: 0,
        sb_len_wr: 0,
        host_status: 0,
        driver_status: 0,
        resid: 0,
        duration: 0,
        info: 0,
    };
    #[expect(unsafe_code, reason = "an ioctl")]
    // SAFETY: the header says the lengths of the buffers that it points to, and they live until it returns.
    unsafe { sys::sg_io(fd.as_raw_fd(), &raw mut header) }.map_err(errno)?;
    // Bytes that the device did not send stay zero, and are not part of the answer.
    let missing = usize::try_from(header.resid).unwrap_or(0);
    data.truncate(data.len().saturating_sub(missing));
    let sense = sense.get(..usize::from(header.sb_len_wr)).unwrap_or_default().to_vec();
    let status = Status::Scsi { status: header.status, host: header.host_status, driver: header.driver_status };
    Ok(Reply { status, data, sense, micros: 0 })
}
