//! Linux md: what sysfs and /proc/mdstat say of arrays, and which slots hold copies of the same data.

pub mod attributes;
pub mod mdstat;
pub mod mirror;
mod words;

pub use words::{Level, SyncAction};

#[cfg(test)]
mod tests;
