//! What a SCSI drive is asked, and what it answers.

use crate::machine::Host;

/// What it answered.
#[derive(Debug, Clone, Default)]
pub struct Answers {}

/// Asks the drive behind `device`.
pub fn read(_host: &mut dyn Host, _device: &str) -> Answers {
    Answers::default()
}
