//! The battery or capacitor that keeps the cache: the tables `BBU_Info`, `Cachevault_Info` and those of their firmware's status.

use super::words::BatteryState;

/// What keeps the content of the cache when the power is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// `BBU`: a battery.
    Battery,
    /// `Cachevault`: a capacitor, for as long as it takes to write to flash.
    Capacitor,
}

/// A battery or capacitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Battery {
    /// Which.
    pub keeper: Keeper,
    /// `Model` or `Type`.
    pub model: Option<String>,
    /// Its state.
    pub state: Option<BatteryState>,
    /// It learns its capacity, for which it is discharged.
    pub learns: bool,
    /// What its firmware says that is trouble, in the words of [`crate::megaraid::battery`].
    pub troubles: Vec<String>,
    /// The table of its firmware's status was read, to its end.
    pub judged: bool,
}

impl Keeper {
    /// By the key of a state.
    pub(super) fn of_key(key: &str) -> Self {
        if key.starts_with("BBU") { Self::Battery } else { Self::Capacitor }
    }
}

impl Battery {
    /// Nothing is known of it.
    pub(super) fn of(keeper: Keeper) -> Self {
        Self { keeper, model: None, state: None, learns: false, troubles: Vec::new(), judged: false }
    }

    /// A row of the status of its firmware. Whether it was understood.
    pub(super) fn flag(&mut self, property: &str, value: &str) -> bool {
        let Some((_, trouble)) = FLAGS.iter().find(|(name, _)| *name == property) else { return false };
        let well = matches!(value, "No" | "OK" | "None" | "N/A" | "NA" | "-" | "Charging" | "Discharging");
        match trouble {
            _ if property == LEARNS => self.learns |= value == "Yes",
            Some(trouble) if value == "Yes" || !well => {
                let is_word = !matches!(value, "Yes" | "Low" | "High" | "Failed");
                // A word that is not known may be the worst.
                let of = if is_word { format!(" ({value})") } else { String::new() };
                self.troubles.push(format!("{trouble}{of}"));
            }
            _ => {}
        }
        true
    }
}

const LEARNS: &str = "Learn Cycle Active";

/// What the firmware's status has, and what is the matter where it is not `No` or `OK`; nothing of what is no trouble.
const FLAGS: &[(&str, Option<&str>)] = &[
    ("Charging Status", None),
    ("Voltage", Some("voltage low")),
    ("Temperature", Some("temperature high")),
    ("Learn Cycle Requested", None),
    (LEARNS, None),
    ("Learn Cycle Status", Some("learn cycle failed")),
    ("Learn Cycle Timeout", Some("learn cycle timed out")),
    ("I2C Errors Detected", Some("I2C errors")),
    ("Battery Pack Missing", Some("pack missing")),
    ("Battery Replacement required", Some("replace the pack")),
    ("Replacement required", Some("replace the pack")),
    ("Remaining Capacity Low", Some("remaining capacity low")),
    ("Periodic Learn Required", None),
    ("Transparent Learn", None),
    ("NVCache State", Some("its flash is not well")),
    ("No space to cache offload", Some("no space to offload the cache to")),
    ("Pack is about to fail & should be replaced", Some("the pack is about to fail")),
    ("Cache Offload premium feature required", Some("offloading the cache is not licensed")),
    ("Module microcode update required", Some("its microcode must be updated")),
];
