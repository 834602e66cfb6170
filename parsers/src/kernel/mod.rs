//! The Linux kernel log, and small files of procfs.

pub mod kmsg;
pub mod proc;

#[cfg(test)]
mod tests;
