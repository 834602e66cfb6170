//! The Linux kernel log, and small files of procfs.

pub mod kmsg;
pub mod proc;
pub mod storage;

#[cfg(test)]
mod tests;
