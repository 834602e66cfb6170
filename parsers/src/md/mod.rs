//! Linux md: what sysfs, /proc/mdstat and mdadm say of arrays, and which slots hold copies of the same data.

pub mod attributes;
pub mod mdadm;
pub mod mdstat;
pub mod mirror;
pub mod monitor;
mod words;

pub use words::{Level, SyncAction};

#[cfg(test)]
mod tests;
