//! What happened is kept, in SQLite.
