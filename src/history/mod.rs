//! What happened is kept, in SQLite.
//!
//! * `schema/`: the tables, a file a version. What was said is kept once (`statement`), and that it was said, where and when, a
//!   row a second (`observation`).
//! * [`Database`] opens the file, and is the only way to it; [`Trouble`] is all that can go wrong; [`MIGRATIONS`] make its tables.
//! * [`writer`]: entries in, rows out; the one that writes.
//! * [`reader`]: what is kept, read back; [`find`]: what of it a person means.
//! * [`samples`]: what was measured of drives, in little space.
//! * [`reach`]: how far a stream reaches.
//! * [`prune`]: what is old, summed up.
//! * [`cursors`]: how far followed files were read.
//! * [`outbox`]: what was told to people, and what of it waits.
//! * [`checkpoint`]: what was made of a stream so far, so that not all of it need be read again.
//!
//! This layer knows the words of the model and nothing of what is diagnosed from them.

mod attach;
mod check;
pub mod checkpoint;
mod copy;
pub mod cursors;
mod database;
mod entry;
pub mod find;
mod header;
mod lasting;
mod lock;
mod manner;
mod migrate;
pub mod outbox;
mod place;
pub mod prune;
pub mod reach;
pub mod reader;
pub mod samples;
mod trouble;
pub mod writer;

#[cfg(test)]
mod tests;

pub use check::{Finding, UNREADABLE};
pub use database::{Access, Database, be_daemon};
pub use entry::{Begin, End, Entry, Part, Recant, Remark, Row, SourceId, Written};
pub use header::APPLICATION_ID;
pub use lasting::is_of_people;
pub use lock::{Daemon, daemon};
pub use manner::Manner;
pub use migrate::{MIGRATIONS, Migration, newest};
pub use place::{Surroundings, place};
pub use trouble::{BaseLost, Reason, Trouble};
