//! What people are shown: the gravest first, in words, within the width of their terminal.

mod cases;
mod config;
mod coverage;
mod db;
mod events;
mod explain;
mod history;
mod ingest;
mod integrity;
mod investigate;
mod page;
mod parts;
mod prune;
mod said;
mod scan;
mod status;
mod tell;
mod timeline;
mod why;

pub use cases::cases;
pub use config::{config_check, config_init};
pub use coverage::coverage;
pub use db::{db_backup, db_check};
pub use events::Events;
pub use explain::{explain, list_codes};
pub use history::{history_array, history_bay, history_drive};
pub use ingest::ingest;
pub use integrity::integrity;
pub use investigate::{Investigation, investigate};
pub use prune::prune;
pub use said::said;
pub use scan::scan;
pub use status::status;
pub use tell::tell_test;
pub use why::why;
