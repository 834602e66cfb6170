//! What smartd writes to the system log of the drives that it asks in turn.
//!
//! ```text
//! Mar  5 03:40:11 db7 smartd[812]: Device: /dev/sda [SAT], EXAMPLE HDD 4000, S/N:XS4A0003, WWN:5-000000-00000000, FW:A1B2, 4.00 TB
//! Mar  5 04:10:12 db7 smartd[812]: Device: /dev/sda [SAT], 8 Currently unreadable (pending) sectors
//! ```
//!
//! Sources of the texts: [`phrases`].

pub mod phrases;

use crate::tag::tagged;
use phrases::Meaning;

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// smartd began: what a name stands for may be another drive than before.
    Began,
    /// It says which drive a name stands for.
    Named {
        /// As smartd names the drive: `/dev/sda [SAT]`, `/dev/bus/0 [megaraid_disk_05]`.
        device: String,
        /// The serial number that the drive tells.
        serial: String,
    },
    /// It says something of a drive.
    Of {
        /// As smartd names it.
        device: String,
        /// What; none of a text that is not known.
        meaning: Option<Meaning>,
    },
}

/// Reads what stands behind the host in a line of syslog, `smartd[812]: Device: /dev/sda [SAT], SMART Failure: …`; none of other
/// programs, and of what smartd says of itself.
pub fn said(text: &str) -> Option<Said> {
    let (_, text) = tagged(text, &["smartd"])?;
    let text = text.trim();
    // `smartd 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0] (local build)` (`format_version_info` in utility.cpp)
    if text.strip_prefix("smartd ").is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit())) {
        return Some(Said::Began);
    }
    let (device, text) = text.strip_prefix("Device: ")?.split_once(", ")?;
    let device = Some(device.to_owned()).filter(|device| device.starts_with('/'))?;
    Some(match serial(text) {
        Some(serial) => Said::Named { device, serial: serial.to_owned() },
        None => Said::Of { device, meaning: phrases::read(text) },
    })
}

/// In a drive's description (`ATADeviceScan`, `SCSIDeviceScan`, `NVMeDeviceScan`): `EXAMPLE HDD 4000, S/N:XS4A0003, FW:A1B2, 4.00 TB`,
/// `[EXAMPLE  SAS4000  A1B2], lu id: 0x5000000000000000, S/N: XS4A0003, 4.00 TB`.
fn serial(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(", S/N:")?;
    let serial = rest.split(", ").next()?.trim();
    (!serial.is_empty()).then_some(serial)
}

#[cfg(test)]
mod tests;
