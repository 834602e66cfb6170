//! What was read of a machine, for programs: all values of each device, with their units in the names of their keys. What the device
//! does not keep is `null`; what could not be read is `{"not_read": "why"}` in its place.

pub mod bmc;
pub mod enclosure;
pub mod megaraid;
pub mod scsi;
