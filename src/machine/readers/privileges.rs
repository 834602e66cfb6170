//! What the parent gives away once its readers run: it needs no device any more.

use caps::{CapSet, Capability, CapsHashSet};

/// What is kept: the history may lie in a directory of another user's.
const FOR_FILES: [Capability; 4] =
    [Capability::CAP_DAC_OVERRIDE, Capability::CAP_DAC_READ_SEARCH, Capability::CAP_FOWNER, Capability::CAP_CHOWN];

/// What is kept by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What files need.
    Files,
    /// That, and what hearing the kernel's log needs, where only root may.
    FilesAndKernelLog,
}

/// Gives up, for good, every capability but those: raw commands, device nodes, and the rest of what root may do. Where that fails,
/// nothing is lost but a precaution. It holds for this thread and those that it will start.
pub fn relinquish(keep: Keep) {
    let Ok(permitted) = caps::read(None, CapSet::Permitted) else { return };
    let mut wanted: CapsHashSet = FOR_FILES.into();
    if keep == Keep::FilesAndKernelLog {
        wanted.insert(Capability::CAP_SYSLOG);
    }
    let kept: CapsHashSet = permitted.intersection(&wanted).copied().collect();
    for set in [CapSet::Effective, CapSet::Inheritable, CapSet::Permitted] {
        let _ = caps::set(None, set, &kept);
    }
}
