//! How a drive is by its answers.

use super::Drive;
use crate::probes::ata::Answers;

/// What its answers say.
pub(super) fn drive(_answers: &Answers) -> Drive {
    Drive::default()
}
