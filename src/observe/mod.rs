//! From records to observations: one file per family of formats, and what is the same for all.
//!
//! A source is read once, in chunks, by the [`Observer`] of the family that recognised it by its content. The observer keeps what
//! its records say and what its bytes show: damage, gaps, repeats.

pub mod capture;
mod drives;
mod families;
mod log;
pub mod machine;
mod mdstat;
mod notes;
mod nvme_cli;
mod ordinals;
mod output;
mod smart_blob;
mod smartctl;
mod source;
mod storage_manager;
mod telling;

pub use families::{FAMILIES, Family, Observer, recognise};
pub use notes::{FACTS, severity, stated};
pub use source::{Anomaly, Damage, Options, Source, Span, Text, UNNAMED};
