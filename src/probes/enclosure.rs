//! What an enclosure is asked by SES, and what it answers.

use crate::machine::Host;

/// What it answered.
#[derive(Debug, Clone, Default)]
pub struct Answers {}

/// Asks the enclosure behind `device`.
pub fn read(_host: &mut dyn Host, _device: &str) -> Answers {
    Answers::default()
}
