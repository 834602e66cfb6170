//! Total parsers for what storage speaks.
//!
//! Bytes in, typed records out. Nothing in this crate does I/O, reads a clock or keeps global state, and nothing in it fails
//! or panics on any input: a parser returns what it understood and what it did not.
#![forbid(unsafe_code)]
#![deny(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::as_conversions
)]

pub mod adaptec;
pub mod ata;
mod fields;
pub mod foreign;
pub mod form;
pub mod hp;
pub mod ipmi;
pub mod kernel;
pub mod md;
pub mod megaraid;
pub mod notes;
pub mod nvme;
pub mod output;
pub mod pager;
mod printable;
pub mod scsi;
pub mod smartctl;
pub mod smartd;
pub mod stream;
mod tag;
pub mod time;
pub mod ups;
