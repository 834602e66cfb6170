//! Keeping what sources say, and knowing what it comes to: the one place where reading, the history and the diagnosis meet.
//!
//! * [`Keeper`]: takes what a source says, record by record, and hands it to the writer.
//! * [`fold`]: makes the digests of the streams, from their checkpoints on; `live` while a new stream is read.
//! * [`say()`]: keeps what a person says.
//! * [`state()`]: what all that is kept comes to, at a time.
//! * [`trace`]: from an observation back to the bytes that say so.
//! * [`told()`]: what is kept of one thing besides; [`conflicts()`]: serial numbers in two places at once.
//! * [`last_readings()`]: who read each thing last.
//! * [`events()`]: all that was said, row by row; [`walk`]: all that is kept, piece by piece.
//! * [`prune`]: sums up what is old.

mod conflicts;
mod events;
pub mod fold;
mod keeper;
mod live;
pub mod prune;
mod readings;
mod say;
mod state;
mod told;
pub mod trace;
pub mod walk;

pub use conflicts::conflicts;
pub use events::{Event, Filter, Stop, events};
pub use keeper::{Keeper, Start, Wanted};
pub use readings::{LastReading, last_readings};
pub use say::{OPERATOR, Saying, say};
pub use state::{State, clock, state};
pub use told::{Asked, Folded, Told, listed, told};
