//! MegaRAID: what the firmware of the controller answers by its management interface, and what its maker's tools print of that
//! ([`megacli`], [`events`]).
//!
//! Each of the other parsers takes the data of one firmware command (DCMD), whose code stands at it. All numbers are little-endian.
//! Offsets are those of the structures in Linux (drivers/scsi/megaraid/megaraid_sas.h) where a structure is named
//! without more, else those of FreeBSD's public sys/dev/mfi/mfireg.h, named there. QEMU's megasas device answers the
//! lists, controller and drive information; **the event log, array information and battery are not proven on
//! hardware**.

pub mod battery;
pub mod controller;
pub mod device;
pub mod event;
pub mod events;
pub mod megacli;
pub mod storcli;

#[cfg(test)]
mod tests;
