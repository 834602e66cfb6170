//! What happened is kept, in SQLite.

pub mod samples;
