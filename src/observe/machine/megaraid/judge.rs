//! How a drive, an array or the cache of a controller is, by what its firmware has of it: the same whether the firmware was asked or a tool
//! printed its answer.

use crate::model::{Ailment, ArrayState, Reason, Severity};
use crate::observe::machine::reason::{counted, says};
use crate::words::number_of;
use arraywatch_parsers::megaraid::battery::Battery;
use arraywatch_parsers::megaraid::device::{self, DriveState};
use std::collections::BTreeSet;

/// What the firmware has of a drive. What it does not tell counts as none.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::observe) struct Found {
    pub(in crate::observe) state: Option<DriveState>,
    /// How often the drive said that it will fail.
    pub(in crate::observe) predictions: u32,
    pub(in crate::observe) media: u32,
    /// Errors that are not of the medium.
    pub(in crate::observe) other: u32,
    pub(in crate::observe) bad_block_table_full: bool,
    pub(in crate::observe) path_broken: bool,
}

/// What the controller has against it.
pub(in crate::observe) fn drive(found: &Found) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(state) = found.state {
        let told = match state {
            DriveState::Failed | DriveState::UnconfiguredBad => {
                Some((Severity::Critical, format!("its controller gave it up: {}", state.words())))
            }
            // Of an array that is without it, the array's own state tells more; of none, nothing says why.
            DriveState::Offline => {
                let text = "its controller has it offline, so no array uses it: the firmware or a person took it out, or it was never put in";
                Some((Severity::Warning, text.to_owned()))
            }
            DriveState::Unknown(number) => Some((
                Severity::Warning,
                format!("its controller has it in a state that is not known here ({number:02X}h)"),
            )),
            _ => None,
        };
        reasons.extend(told.map(|(severity, text)| says(Ailment::OutOfUse, "megaraid-state", severity, text)));
    }
    let predictions = found.predictions;
    if predictions > 0 {
        let times = number_of(predictions.into(), "time", "times");
        let text = format!("its controller heard it say {times} that it will fail (predictive failure count)");
        let reason = says(Ailment::FailurePredicted, "megaraid-predicted", Severity::Critical, text);
        reasons.push(Reason { level: Some(predictions.into()), ..reason });
    }
    let media = found.media;
    let text = format!("its controller counts {}", number_of(media.into(), "media error", "media errors"));
    reasons.extend(counted(Ailment::MediaErrors, "megaraid-media", media.into(), text));
    let other = found.other;
    let errors = number_of(other.into(), "error", "errors");
    let text = format!("its controller counts {errors} that are not of the medium: time-outs, resets, the link");
    reasons.extend(counted(Ailment::LinkErrors, "megaraid-other", other.into(), text));
    if found.bad_block_table_full {
        let text = "its controller can note no more bad blocks of it: the table is full";
        reasons.push(says(Ailment::MediaErrors, "megaraid-bad-blocks", Severity::Critical, text));
    }
    if found.path_broken {
        let text = "one of its paths to the controller is broken";
        reasons.push(says(Ailment::LinkErrors, "megaraid-path", Severity::Warning, text));
    }
    reasons
}

/// A count that is of interest when it rises, as bad as that then is.
fn rises(ailment: Ailment, key: &str, level: u64, rising: Severity, text: String) -> Option<Reason> {
    Some(Reason { rising: Some(rising), ..counted(ailment, key, level, text)? })
}

/// Errors of the cache's memory.
pub(in crate::observe) fn memory(
    uncorrected: impl Into<u64>,
    corrected: impl Into<u64>,
) -> impl Iterator<Item = Reason> {
    let errors = uncorrected.into();
    let of = number_of(errors, "memory error", "memory errors");
    let text = format!("{of} of its cache that could not be corrected: data may be lost");
    let lost = rises(Ailment::PartFailed, "megaraid-memory", errors, Severity::Critical, text);
    let errors = corrected.into();
    let of = number_of(errors, "memory error", "memory errors");
    let text = format!("{of} of its cache that were corrected");
    lost.into_iter().chain(counted(Ailment::PartFailed, "megaraid-memory-corrected", errors, text))
}

/// What the firmware has of a cache.
#[derive(Debug, Default)]
pub(in crate::observe) struct Cache<'a> {
    pub(in crate::observe) battery: Option<&'a Battery>,
    /// Whether the battery learns its capacity, for which it is discharged, whatever its status says.
    pub(in crate::observe) learns: bool,
    /// What is the matter with the battery by the words of a tool.
    pub(in crate::observe) troubles: Vec<String>,
    /// Whether an array writes back even if the battery is bad.
    pub(in crate::observe) keeps_on: bool,
    /// Arrays that write through where write-back is set.
    pub(in crate::observe) through: Vec<String>,
}

/// The battery, and what comes of it.
pub(in crate::observe) fn cache(cache: &Cache<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let learns = cache.learns || cache.battery.is_some_and(|battery| battery.doings().contains(&"learn cycle active"));
    let of_status = cache.battery.map(Battery::troubles).unwrap_or_default();
    let mut troubles: Vec<&str> = cache.troubles.iter().map(String::as_str).chain(of_status).collect();
    // A battery that learns is low by intent.
    troubles.retain(|trouble| !learns || !matches!(*trouble, "voltage low" | "remaining capacity low"));
    let mut told = BTreeSet::new();
    troubles.retain(|trouble| told.insert(*trouble));
    if !troubles.is_empty() {
        let (severity, then) = if cache.keeps_on {
            (Severity::Critical, "; it writes back all the same: what it calls written is lost with the power")
        } else {
            (Severity::Warning, "")
        };
        let text = format!("the battery of its cache: {}{then}", troubles.join(", "));
        reasons.push(says(Ailment::CacheUnprotected, "megaraid-battery", severity, text));
    }
    // During a learn cycle that is as it should be, and over by itself.
    if !cache.through.is_empty() && !learns {
        let through = cache.through.join(", ");
        let text = format!("it writes through where write-back is set: {through}; writing is slow");
        reasons.push(says(Ailment::CacheUnprotected, "megaraid-write-through", Severity::Warning, text));
    }
    reasons
}

/// How an array is by its firmware's state. `rebuilds`: a drive of it is being written anew.
pub(in crate::observe) fn array(state: device::ArrayState, rebuilds: bool) -> ArrayState {
    match state {
        device::ArrayState::Optimal => ArrayState::Optimal,
        device::ArrayState::Offline => ArrayState::Failed,
        device::ArrayState::Unknown(_) => ArrayState::Unknown,
        device::ArrayState::PartiallyDegraded | device::ArrayState::Degraded if rebuilds => ArrayState::Rebuilding,
        device::ArrayState::PartiallyDegraded | device::ArrayState::Degraded => ArrayState::Degraded,
    }
}

/// The level as people write it, by the numbers of the DDF standard (primary, qualifier, secondary) and the number of spans.
pub(in crate::observe) fn level([primary, ..]: [u8; 3], spans: u32) -> Option<String> {
    let base = match primary {
        0 | 1 | 3 | 4 | 5 | 6 => primary.to_string(),
        0x11 => "1E".to_owned(),
        _ => return None,
    };
    Some(if spans > 1 && primary != 0 { format!("{base}0") } else { base })
}
