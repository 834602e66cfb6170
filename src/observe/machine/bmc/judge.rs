//! What sensors say now, and how bad a state of a sensor is.

use super::{
    Ailment, BATTERY, COOLING, CURRENT, FAN, Reason, SLOT, SUPPLY, SUPPLY_ENTITY, Sensed, Severity, TEMPERATURE, UNIT,
    VOLTAGE, name, quantity, says, states,
};
use arraywatch_parsers::ipmi::event::What;

/// Bits of a threshold sensor's states, the gravest first: which limit it is beyond, in words, and where its record has it.
pub(in crate::observe) const LIMITS: [(u16, Severity, &str, usize); 6] = [
    (1 << 5, Severity::Critical, "at or above its non-recoverable limit", 0),
    (1 << 2, Severity::Critical, "at or below its non-recoverable limit", 3),
    (1 << 4, Severity::Critical, "at or above its critical limit", 1),
    (1 << 1, Severity::Critical, "at or below its critical limit", 4),
    (1 << 3, Severity::Warning, "at or above its warning limit", 2),
    (1 << 0, Severity::Warning, "at or below its warning limit", 5),
];

/// What the matter is with what a sensor watches, as far as it says now. Nothing of a sensor that cannot be read: what is not there has
/// no reading.
pub(super) fn sensor(sensed: &Sensed) -> Vec<Reason> {
    let Some(bits) = sensed.reading.as_ref().ok().and_then(|reading| reading.states) else { return Vec::new() };
    let sensor = &sensed.sensor;
    let key = format!("ipmi-{:02x}", sensed.number);
    if sensor.kind == 0x01 {
        let beyond = LIMITS.iter().find(|(bit, ..)| bits & bit != 0);
        let told = beyond.map(|(_, severity, words, at)| {
            let raw = sensor.analog.as_ref().and_then(|analog| analog.thresholds.get(*at).copied().flatten());
            let limit = raw.and_then(|raw| quantity(sensor, raw));
            let limit = limit.map(|limit| format!(" ({limit})")).unwrap_or_default();
            let text = format!("{} is {words}{limit}, says the BMC", name(sensed));
            says(ailment(sensor.sensor_type, sensor.entity), &key, *severity, text)
        });
        return told.into_iter().collect();
    }
    let states = states(sensor.kind, sensor.sensor_type, bits);
    if is_empty_place(sensed) {
        let text = format!("{}: no supply is there, says the BMC", name(sensed));
        return vec![says(Ailment::SupplyFailed, &key, Severity::Info, text)];
    }
    let bad = states.into_iter().filter_map(|(what, words)| {
        // A sensor may be in several bad states at once, each with a key of its own.
        let state = words.unwrap_or("a state that is not known");
        let key = format!("{key}-{}", state.replace([' ', ','], "-"));
        if let Some(lacks) = record(what) {
            let text = format!("{}: {lacks}, says the BMC", name(sensed));
            return Some(says(Ailment::RecordIncomplete, &key, Severity::Warning, text));
        }
        let severity = severity(what, sensor.sensor_type)?;
        let text = format!("{}: {state}, says the BMC", name(sensed));
        Some(says(ailment(sensor.sensor_type, sensor.entity), &key, severity, text))
    });
    bad.collect()
}

/// Whether the sensor says that no supply is there: neither its presence nor any other state (IPMI 2.0, table 42-3, sensor type 08h).
pub(super) fn is_empty_place(sensed: &Sensed) -> bool {
    let bits = sensed.reading.as_ref().ok().and_then(|reading| reading.states);
    let sensor = &sensed.sensor;
    let is_of_supply = sensor.sensor_type == SUPPLY && sensor.kind == 0x6f;
    is_of_supply && bits.is_some_and(|bits| states(sensor.kind, sensor.sensor_type, bits).is_empty())
}

/// What the log lacks from now on; none of a state that does not say so of now, as that it was cleared.
pub(in crate::observe) const fn record(what: What) -> Option<&'static str> {
    Some(match what {
        What::LogDisabled => "its event log is switched off: what happens next is not told",
        What::LogFull => "its event log is full: what happens next is not told",
        What::LogAlmostFull => "its event log is almost full",
        _ => return None,
    })
}

/// What is the matter where a sensor of a type says that something is.
pub(in crate::observe) fn ailment(sensor_type: u8, entity: u8) -> Ailment {
    match (sensor_type, entity) {
        (SUPPLY | UNIT, _) | (_, SUPPLY_ENTITY) => Ailment::SupplyFailed,
        (TEMPERATURE, _) => Ailment::HousingHot,
        (VOLTAGE | CURRENT, _) => Ailment::VoltageOff,
        (FAN | COOLING, _) => Ailment::FanFailed,
        _ => Ailment::PartFailed,
    }
}

/// Whether the state is of the kind of things that arraywatch watches, so that an unknown one is at least a warning.
pub(in crate::observe) fn is_watched(sensor_type: u8) -> bool {
    [TEMPERATURE, VOLTAGE, CURRENT, FAN, SUPPLY, UNIT, COOLING, SLOT, BATTERY].contains(&sensor_type)
}

/// How bad a state is; none of one that is as it should be, or that says nothing of that.
pub(in crate::observe) fn severity(what: What, sensor_type: u8) -> Option<Severity> {
    use Severity::{Critical, Warning};
    Some(match what {
        What::SupplyFailed
        | What::SupplyInputLost
        | What::SupplyInputLostOrOutOfRange
        | What::UnitInputLost
        | What::UnitFailed
        | What::Unit240VoltsOff
        | What::NotRedundantInsufficient
        | What::SeverityCritical
        | What::SeverityNonRecoverable
        | What::DriveFault
        | What::DriveInFailedArray => Critical,
        What::SupplyPredictsFailure
        | What::SupplyInputOutOfRange
        | What::SupplyConfiguration
        | What::UnitInterlockOff
        | What::UnitSoftControlFailed
        | What::UnitPredictsFailure
        | What::RedundancyLost
        | What::RedundancyDegraded
        | What::RedundancyDegradedFromFull
        | What::RedundancyDegradedFromNone
        | What::NotRedundantSufficient
        | What::NotRedundantFromInsufficient
        | What::PredictedFailure
        | What::LimitExceeded
        | What::SeverityNonCritical
        | What::DrivePredictsFailure
        | What::DriveInCriticalArray
        | What::DriveRebuildAborted
        | What::BatteryLow
        | What::BatteryFailed
        | What::CableWrong
        | What::PciParityError
        | What::PciSystemError
        | What::BusUncorrectable
        | What::BusFatal
        | What::BusDegraded => Warning,
        What::Unknown if is_watched(sensor_type) => Warning,
        _ => return None,
    })
}
