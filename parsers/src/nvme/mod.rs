//! NVMe: what a controller answers to Identify and Get Log Page. All little-endian.
//!
//! "Base" is the NVM Express Base Specification 2.0c (the same offsets in 1.4, where the field is there); offsets are also those of
//! include/linux/nvme.h of Linux 6.1. A field that an older version reserves is 0 there, and read as it stands.

pub mod cli;
pub mod identify;
pub mod logs;
