//! Words for how things are.

/// How a thing is that has but one word for being well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// `OK`.
    Ok,
    /// `Failed`.
    Failed,
    /// Any other words, as they stand.
    Other(String),
}

impl Health {
    /// Reads the words.
    pub fn read(text: &str) -> Self {
        match text.trim() {
            "OK" => Self::Ok,
            "Failed" | "FAILED" => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// How a controller's cache is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheState {
    /// `OK`.
    Ok,
    /// `Not Configured`: nobody wants it to cache writes.
    NotConfigured,
    /// `Temporarily Disabled`: until its battery is charged, or what else hinders it is over; the details say.
    TemporarilyDisabled,
    /// `Permanently Disabled`: until somebody repairs it.
    PermanentlyDisabled,
    /// Any other words, as they stand.
    Other(String),
}

impl CacheState {
    /// Reads the words.
    pub fn read(text: &str) -> Self {
        match text.trim() {
            "OK" => Self::Ok,
            "Not Configured" => Self::NotConfigured,
            "Temporarily Disabled" => Self::TemporarilyDisabled,
            "Permanently Disabled" => Self::PermanentlyDisabled,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// How the battery or capacitor is that keeps the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatteryState {
    /// `OK`.
    Ok,
    /// `Recharging`: low by intent or after an outage, and on its way.
    Recharging,
    /// `Failed (Replace Batteries)`, `Failed (Replace Batteries/Capacitors)`, `Failed`.
    Failed,
    /// Any other words, as they stand.
    Other(String),
}

impl BatteryState {
    /// Reads the words.
    pub fn read(text: &str) -> Self {
        match text.trim() {
            "OK" => Self::Ok,
            "Recharging" | "Charging" => Self::Recharging,
            "Failed" => Self::Failed,
            failed if failed.starts_with("Failed (Replace ") => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// How a drive is, as its controller has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriveState {
    /// `OK`.
    Ok,
    /// `Failed`.
    Failed,
    /// `Predictive Failure`: it works, and says that it will not for long.
    PredictiveFailure,
    /// `Rebuilding`: being written anew.
    Rebuilding,
    /// Any other words, as they stand.
    Other(String),
}

impl DriveState {
    /// Reads the words; what stands behind a comma (how far it is) does not count.
    pub fn read(text: &str) -> Self {
        match text.split_once(',').map_or(text, |(words, _)| words).trim() {
            "OK" => Self::Ok,
            "Failed" | "FAILED" => Self::Failed,
            "Predictive Failure" | "Predictive failure" => Self::PredictiveFailure,
            "Rebuilding" => Self::Rebuilding,
            _ => Self::Other(text.trim().to_owned()),
        }
    }
}
