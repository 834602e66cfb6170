//! Keeping what sources say, and knowing what it comes to: the one place where reading, the history and the diagnosis meet.
//!
//! * [`Keeper`]: takes what a source says, record by record, and hands it to the writer.
//! * [`fold`]: makes the digests of the streams, from their checkpoints on.
//! * [`prune`]: sums up what is old.
//! * [`say()`]: keeps what a person says.
//! * [`state()`]: what all that is kept comes to, at a time.
//! * [`walk()`]: all that is kept, piece by piece.

pub mod fold;
mod keeper;
pub mod prune;
mod say;
mod state;
mod walk;

pub use keeper::{Keeper, Start, Wanted};
pub use say::{OPERATOR, Saying, say};
pub use state::{State, clock, state};
pub use walk::{Head, Item, Stopped, Summed, Told, walk};
