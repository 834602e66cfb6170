//! The Linux kernel log, and small files of procfs.
