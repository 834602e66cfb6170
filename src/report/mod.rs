//! What people and programs are shown: words, numbers and times in one manner; JSON and text of the commands.

pub mod json;
pub mod text;
mod words;

pub use words::{clean, count, damaged, duration, instant, number_of, printed};
