//! What people are shown: the gravest first, in words, within the width of their terminal.

mod db;
mod explain;
mod ingest;
mod integrity;
mod investigate;
mod page;
mod prune;
mod said;

pub use db::{db_backup, db_check};
pub use explain::{explain, list_codes};
pub use ingest::ingest;
pub use integrity::integrity;
pub use investigate::{Investigation, investigate};
pub use prune::prune;
pub use said::said;
