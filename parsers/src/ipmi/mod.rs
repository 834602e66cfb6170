//! IPMI: the event log and the sensors of a BMC. IPMI specification v2.0 revision 1.1.
//!
//! [`text`] is what tools print of them. Every other parser takes the data of a response behind its completion code: a code other than 00h has no data, and is the
//! caller's to tell. Numbers are little-endian.

pub mod event;
pub mod sdr;
pub mod sel;
pub mod sensor;
pub mod text;

#[cfg(test)]
mod tests;
