//! The kernel's log (`Documentation/ABI/testing/dev-kmsg`): each read gives a record.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;

/// The kernel's buffer is seldom larger; of a larger one the newest records are kept.
const RECORDS_MAX: usize = 50_000;

pub(super) fn read() -> io::Result<Vec<String>> {
    let flags = libc::O_NONBLOCK | libc::O_CLOEXEC;
    let mut log = File::options().read(true).custom_flags(flags).open("/dev/kmsg")?;
    let mut records = std::collections::VecDeque::new();
    let mut record = [0; 8_192 + 1_024];
    loop {
        match log.read(&mut record) {
            Ok(0) => break,
            Ok(len) => records.push_back(String::from_utf8_lossy(record.get(..len).unwrap_or_default()).into_owned()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            // The record that was to be read has been overwritten meanwhile; the next read goes on behind it.
            Err(error) if error.raw_os_error() == Some(libc::EPIPE) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if records.len() > RECORDS_MAX {
            records.pop_front();
        }
    }
    Ok(records.into())
}
