//! What ipmitool and FreeIPMI print of a BMC: its event log as lists ([`sel`]) and record by record ([`verbose`]), and its sensors
//! ([`sensors`]).
//!
//! The tools have looked up names, types and states already, so what stands there is words, and `words` makes the numbers of the
//! specification of them again.

mod entry;
mod known;
pub mod sel;
pub mod sensors;
pub mod verbose;
mod words;

pub use entry::{Entry, State};

#[cfg(test)]
mod corpus;
