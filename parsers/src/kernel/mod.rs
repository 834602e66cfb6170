//! The kernel's log, of Linux and of FreeBSD, and small files of procfs.

pub mod controller_event;
pub mod freebsd;
pub mod kmsg;
pub mod proc;
pub mod storage;
pub mod text;

#[cfg(test)]
mod tests;
