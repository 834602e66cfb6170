//! The tool's words for states. Source: the legends that it prints below its tables, versions 1.0 to 8.4.

/// State of a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriveState {
    /// `Onln`: works in an array.
    Online,
    /// `Offln`: taken out of its array.
    Offline,
    /// `Failed`
    Failed,
    /// `UGood`: of no array.
    UnconfiguredGood,
    /// `UBad`: of no array, and found bad.
    UnconfiguredBad,
    /// `UGUnsp` and `UBUnsp`: the controller does not support it.
    Unsupported,
    /// `DHS`, `GHS`: spare of some arrays, or of all.
    Spare,
    /// `Rbld`
    Rebuild,
    /// `Cpybck`: its content is being copied to or from a spare.
    Copyback,
    /// `JBOD`: given to the host as it is.
    Jbod,
    /// `Msng`: there is nothing in its place.
    Missing,
    /// `Frgn`: carries another controller's configuration.
    Foreign,
    /// `Sntze`: is being erased.
    Sanitize,
    /// `UGShld`, `HSPShld`, `CFShld`, `CBShld`: met errors, and is being diagnosed.
    Shielded,
    /// `-`: the controller keeps no states of drives, it only passes them on.
    NotTold,
    /// A word of no known state, as it stands: at least a warning.
    Other(String),
}

impl DriveState {
    /// From the word.
    pub fn read(word: &str) -> Self {
        match word {
            // The second words are those of storcli2 and perccli2, in their column Status.
            "Onln" | "Online" => Self::Online,
            "Offln" | "Offline" => Self::Offline,
            "Failed" => Self::Failed,
            "UGood" | "Good" => Self::UnconfiguredGood,
            "UBad" | "Bad" => Self::UnconfiguredBad,
            "UGUnsp" | "UBUnsp" => Self::Unsupported,
            "DHS" | "GHS" => Self::Spare,
            "Rbld" | "Rebuild" => Self::Rebuild,
            "Cpybck" => Self::Copyback,
            "JBOD" => Self::Jbod,
            "Msng" | "Missing" => Self::Missing,
            "Frgn" => Self::Foreign,
            "Sntze" => Self::Sanitize,
            "UGShld" | "HSPShld" | "CFShld" | "CBShld" => Self::Shielded,
            "-" => Self::NotTold,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// State of a virtual drive, or of the group of drives that it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArrayState {
    /// `Optl`
    Optimal,
    /// `Pdgd`: of two redundancies one is lost.
    PartiallyDegraded,
    /// `Dgrd`
    Degraded,
    /// `OfLn`
    Offline,
    /// `Rec`: it is being recovered.
    Recovery,
    /// A word of no known state, as it stands: at least a warning.
    Other(String),
}

impl ArrayState {
    /// From the word.
    pub fn read(word: &str) -> Self {
        match word {
            "Optl" => Self::Optimal,
            "Pdgd" => Self::PartiallyDegraded,
            "Dgrd" => Self::Degraded,
            "OfLn" | "Offln" => Self::Offline,
            "Rec" => Self::Recovery,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What is done with what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WritePolicy {
    /// `WT`: it is told as done once the drives have it.
    Through,
    /// `WB`: once the cache has it, as long as its battery keeps it.
    Back,
    /// `AWB`: so even without a battery.
    AlwaysBack,
}

impl WritePolicy {
    /// From a cell such as `RWBD`, `NRAWBD`, `NR,WB`, or the words of a virtual drive's properties.
    pub fn read(word: &str) -> Option<Self> {
        let word = word.replace([' ', '-'], "").to_ascii_lowercase();
        let has = |part: &str| word.contains(part);
        if has("awb") || has("alwayswb") || has("alwayswriteback") || has("forcewriteback") {
            Some(Self::AlwaysBack)
        } else if has("wb") || has("writeback") {
            Some(Self::Back)
        } else if has("wt") || has("writethrough") {
            Some(Self::Through)
        } else {
            None
        }
    }
}

/// State of the battery or capacitor of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatteryState {
    /// `Optimal`
    Optimal,
    /// It learns its capacity, for which it is discharged.
    Learning,
    /// It is being charged.
    Charging,
    /// `Degraded`, and words that begin with `Dgd`.
    Degraded,
    /// `Failed`
    Failed,
    /// `Missing`
    Missing,
    /// A word of no known state, as it stands: at least a warning.
    Other(String),
}

impl BatteryState {
    /// From the word.
    pub fn read(word: &str) -> Self {
        match word {
            "Optimal" | "Opt" => Self::Optimal,
            "Learning" | "Learn" => Self::Learning,
            "Charging" | "Chrg" => Self::Charging,
            "Degraded" => Self::Degraded,
            "Failed" | "Fld" => Self::Failed,
            "Missing" | "Msng" | "Absent" => Self::Missing,
            dgd if dgd.starts_with("Dgd") => Self::Degraded,
            other => Self::Other(other.to_owned()),
        }
    }
}
