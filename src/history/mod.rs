//! What happened is kept, in SQLite.
//!
//! [`Database`] opens the file, and is the only way to it; [`Trouble`] is all that can go wrong; [`MIGRATIONS`] make its tables.

mod check;
mod copy;
mod database;
mod header;
mod lock;
mod migrate;
mod place;
mod trouble;

#[cfg(test)]
mod tests;

pub use check::{Finding, UNREADABLE};
pub use database::{Access, Database};
pub use header::APPLICATION_ID;
pub use migrate::{MIGRATIONS, Migration, newest};
pub use place::{Surroundings, place};
pub use trouble::{Reason, Trouble};
