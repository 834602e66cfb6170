//! What the kernel's log tells of storage.

use super::{Event, Seats};
use crate::probes::Topology;
use crate::probes::kernel::Log;
use chrono::{DateTime, Utc};

/// What it tells.
pub(super) fn events(_host: &str, _log: &Log, _topology: &Topology, _seats: &Seats, _at: DateTime<Utc>) -> Vec<Event> {
    Vec::new()
}
