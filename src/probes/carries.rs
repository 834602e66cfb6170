//! From a block device to what stands on it: partitions, device mapper, file systems, mount points, swap.

use super::Topology;
use crate::machine::Host;

/// What stands on block devices.
#[derive(Debug, Clone, Default)]
pub struct Carried {}

/// Reads it.
pub fn read(_host: &mut dyn Host, _topology: &Topology) -> Carried {
    Carried::default()
}
