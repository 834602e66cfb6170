//! Words that /proc/mdstat, sysfs and the kernel log share.

/// Personality of an array.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Members one behind the other.
    Linear,
    /// Stripes without redundancy.
    Raid0,
    /// Every member holds everything.
    Raid1,
    /// Parity on one member.
    Raid4,
    /// Rotating parity.
    Raid5,
    /// Two rotating parities.
    Raid6,
    /// Copies, striped.
    Raid10,
    /// Several paths to one device (removed in Linux 6.8).
    Multipath,
    /// A layer that injects faults (removed in Linux 6.8).
    Faulty,
    /// No array but what holds arrays: external metadata (imsm, ddf).
    Container,
    /// A word of no known level, as it stands.
    Unknown(String),
}

impl Level {
    /// Reads a personality's name (`level_show` in drivers/md/md.c, second word of a line of /proc/mdstat) or, as an
    /// array that is not running has it, a number (`LEVEL_*` in drivers/md/md.h and md_p.h). `None` if nothing is
    /// written.
    pub fn read(text: &str) -> Option<Self> {
        Some(match text.trim() {
            "" => return None,
            "linear" | "-1" => Self::Linear,
            "raid0" | "0" => Self::Raid0,
            "raid1" | "1" => Self::Raid1,
            "raid4" | "4" => Self::Raid4,
            "raid5" | "5" => Self::Raid5,
            "raid6" | "6" => Self::Raid6,
            "raid10" | "10" => Self::Raid10,
            "multipath" | "-4" => Self::Multipath,
            "faulty" | "-5" => Self::Faulty,
            "container" => Self::Container,
            other => Self::Unknown(other.to_owned()),
        })
    }
}

/// What an array's sync thread does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncAction {
    /// Nothing.
    Idle,
    /// Nothing, and nothing may begin.
    Frozen,
    /// Makes copies or parity agree after an unclean stop, or at creation.
    Resync,
    /// Reads everything and counts what does not agree.
    Check,
    /// As a check, and writes what does not agree.
    Repair,
    /// Rebuilds a member.
    Recover,
    /// Changes level, layout or number of members.
    Reshape,
    /// A word of no known action, as it stands.
    Unknown(String),
}

impl SyncAction {
    /// Reads the word of sysfs `sync_action` (`action_show` in drivers/md/md.c), of `last_sync_action` and /proc/mdstat
    /// (`recovery`), or of the kernel log (`desc` in `md_do_sync`: `data-check`, `requested-resync`). `None` if nothing
    /// is written.
    pub fn read(text: &str) -> Option<Self> {
        Some(match text.trim() {
            "" => return None,
            "idle" | "none" => Self::Idle,
            "frozen" => Self::Frozen,
            "resync" => Self::Resync,
            "check" | "data-check" => Self::Check,
            "repair" | "requested-resync" => Self::Repair,
            "recover" | "recovery" => Self::Recover,
            "reshape" => Self::Reshape,
            other => Self::Unknown(other.to_owned()),
        })
    }
}

/// A number written in decimal, blanks around it.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}
