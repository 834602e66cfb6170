//! What the parent gives away once its readers run: it needs no device any more.

use caps::{CapSet, Capability, CapsHashSet};

/// What is kept: the history may lie in a directory of another user's.
const KEPT: [Capability; 4] =
    [Capability::CAP_DAC_OVERRIDE, Capability::CAP_DAC_READ_SEARCH, Capability::CAP_FOWNER, Capability::CAP_CHOWN];

/// Gives up, for good, every capability but those for files: raw commands, device nodes, and the rest of what root may do. Where that
/// fails, nothing is lost but a precaution.
pub(super) fn relinquish() {
    let Ok(permitted) = caps::read(None, CapSet::Permitted) else { return };
    let kept: CapsHashSet = permitted.intersection(&KEPT.into()).copied().collect();
    for set in [CapSet::Effective, CapSet::Inheritable, CapSet::Permitted] {
        let _ = caps::set(None, set, &kept);
    }
}
