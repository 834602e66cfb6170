//! What people are shown: the gravest first, in words, within the width of their terminal.

mod alerts;
mod cases;
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
mod timeline;
mod why;

pub use alerts::{alerts, withdrawn};
pub use cases::cases;
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
pub use why::why;
