//! What people and programs are shown: JSON and text of the commands.
//!
//! `status` and `why` are what both of these tell of the present and of a case; `sums` is the arithmetic of its probabilities.
//! What people and programs are shown: JSON, CSV and text of the commands.

pub mod coverage;
pub mod csv;
pub mod json;
pub mod machine;
pub mod status;
pub mod sums;
pub mod text;
pub mod why;
