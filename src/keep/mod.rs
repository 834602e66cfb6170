//! Keeping what sources say, and knowing what it comes to: the one place where reading, the history and the diagnosis meet.
//!
//! * [`Keeper`]: takes what a source says, record by record, and hands it to the writer.
//! * [`fold`]: makes the digests of the streams, from their checkpoints on.

pub mod fold;
mod keeper;

pub use keeper::{Keeper, Start, Wanted};
