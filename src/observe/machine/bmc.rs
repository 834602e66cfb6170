//! What the management controller says of supplies, fans, temperatures, and what its event log tells.

use super::{Event, Read};
use crate::probes::bmc::Answers;
use chrono::{DateTime, Utc};

/// What its sensors say.
pub(super) fn things(_host: &str, _answers: &Answers, _at: DateTime<Utc>) -> Vec<Read> {
    Vec::new()
}

/// What its event log tells.
pub(super) fn events(_host: &str, _answers: &Answers, _at: DateTime<Utc>) -> Vec<Event> {
    Vec::new()
}
