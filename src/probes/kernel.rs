//! The kernel's log.

use crate::machine::Host;

/// The log.
#[derive(Debug, Clone, Default)]
pub struct Log {}

/// Reads it.
pub fn read(_host: &mut dyn Host) -> Log {
    Log::default()
}
