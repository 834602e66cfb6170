//! How an enclosure and its parts are.

use super::Read;
use crate::probes::Shelf;
use crate::probes::enclosure::Answers;

/// What its answers say.
pub(super) fn things(_host: &str, _shelf: &Shelf, _answers: &Answers) -> Vec<Read> {
    Vec::new()
}
