//! What a MegaRAID controller is asked of itself, its drives and its events, and what it answers.

use super::{Controller, Topology};
use crate::machine::Host;

/// What it answered.
#[derive(Debug, Clone, Default)]
pub struct Answers {}

/// Asks the card.
pub fn read(_host: &mut dyn Host, _controller: &Controller, _topology: &Topology) -> Answers {
    Answers::default()
}
