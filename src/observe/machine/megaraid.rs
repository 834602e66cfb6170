//! What a MegaRAID controller says of itself, its drives and its logical drives, and what its event log tells.

use super::{Event, Read, Seats};
use crate::probes::megaraid::Answers;
use chrono::{DateTime, Utc};

/// What it says; the names of its drives that the host has are added to the seats.
pub(super) fn things(_host: &str, _answers: &Answers, _seats: &mut Seats) -> Vec<Read> {
    Vec::new()
}

/// What its event log tells.
pub(super) fn events(_host: &str, _answers: &Answers, _at: DateTime<Utc>) -> Vec<Event> {
    Vec::new()
}
