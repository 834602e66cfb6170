//! What happened is kept, in SQLite.
//!
//! * `schema/`: the tables, a file a version. What was said is kept once (`statement`), and that it was said, where and when, a
//!   row a second (`observation`).
//! * [`writer`]: entries in, rows out; the one that writes.
//! * [`reader`]: what is kept, read back.
//! * [`checkpoint`]: what was made of a stream so far, so that not all of it need be read again.
//!
//! This layer knows the words of the model and nothing of what is diagnosed from them.

pub mod checkpoint;
mod entry;
mod manner;
pub mod reader;
pub mod writer;

pub use entry::{Begin, End, Entry, Part, Row, SourceId, Written};
pub use manner::Manner;
