//! Which drives lost their power since they were read before.

use super::Source;
use crate::model::{Fact, Observation, ObservationId, PowerCount, Reading, Severity, Subject, Thing, When};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which start of a machine, and how often it slept since. As long as it is the same, no drive lost its power by the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Awake {
    pub(super) boot: Option<String>,
    pub(super) suspends: Option<u64>,
}

/// What a drive counted of its power, if it does.
pub(super) fn count(reading: &Reading) -> Option<PowerCount> {
    match &reading.thing {
        Thing::Drive(drive) => drive.power,
        _ => None,
    }
}

/// A drive was switched on since it was read before.
pub(super) fn cycled(
    subject: &Subject,
    (before, since, was_awake): &(PowerCount, DateTime<Utc>, Option<Awake>),
    now: PowerCount,
    awake: Option<&Awake>,
    at: &When,
    source: &Source,
) -> Option<Observation> {
    let cycles = now.cycles.checked_sub(before.cycles)?;
    let stops = now.unsafe_shutdowns.zip(before.unsafe_shutdowns).and_then(|(now, before)| now.checked_sub(before));
    if cycles == 0 && stops.unwrap_or(0) == 0 {
        return None;
    }
    // Without knowing how the machine was at both times, nothing is said against it.
    let known = |awake: Option<&Awake>| awake.is_some_and(|awake| awake.boot.is_some());
    let explained = !known(was_awake.as_ref()) || !known(awake) || was_awake.as_ref() != awake;
    let while_ = if explained { "while the machine restarted or slept" } else { "while the machine ran on" };
    let stops_told = stops.map(|stops| format!(", {stops} of them without warning")).unwrap_or_default();
    let times = if cycles == 1 { "once".to_owned() } else { format!("{cycles} times") };
    Some(Observation {
        id: ObservationId::made("power cycled", source.id),
        at: When { until: Some(at.utc), ..When::exactly(*since) },
        subject: subject.clone(),
        fact: Fact::PowerCycled { cycles, unsafe_shutdowns: stops, explained },
        severity: if explained { Severity::Info } else { Severity::Warning },
        evidence: Some(source.evidence.clone()),
        text: format!("lost its power and was switched on again {times}{stops_told}, {while_}"),
    })
}
