//! What people and programs are shown: JSON, CSV and text of the commands.

pub mod csv;
pub mod json;
pub mod text;
