//! What an event of a sensor means: the tables of section 42, for those that speak of power, heat, drives and the log
//! itself.

/// An event, as in a system event record (section 32.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// SENSOR TYPE; [`Event::sensor_words`] has its name.
    pub sensor_type: u8,
    /// SENSOR NUMBER, of the generator's own counting: an SDR says which part it is.
    pub number: u8,
    /// EVENT TYPE: 01h a threshold, 02h to 0Ch generic, 6Fh of the sensor type's own table, 70h to 7Fh the maker's.
    pub kind: u8,
    /// Whether the state came, rather than went. A drive slot whose presence went is an empty slot.
    pub asserted: bool,
    /// What came or went.
    pub what: What,
    /// EVENT DATA 1 to 3.
    pub data: [u8; 3],
}

/// A threshold of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The mildest, below.
    LowerNonCritical,
    /// Below.
    LowerCritical,
    /// The part may be damaged.
    LowerNonRecoverable,
    /// The mildest, above.
    UpperNonCritical,
    /// Above.
    UpperCritical,
    /// The part may be damaged.
    UpperNonRecoverable,
}

/// What came (or went, if not asserted). [`Event::words`] says each in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A reading crossed a threshold. Rising with an upper limit and falling with a lower one are the bad ones, when
    /// asserted.
    Threshold {
        /// Which.
        limit: Limit,
        /// The reading went up through it.
        rising: bool,
    },
    /// Event type 03h, offset 0h: state deasserted.
    StateInactive,
    /// Event type 03h, offset 1h: state asserted.
    StateActive,
    /// Event type 04h, offset 0h: no failure predicted.
    NoPredictedFailure,
    /// Event type 04h, offset 1h: failure predicted.
    PredictedFailure,
    /// Event type 05h, offset 0h: limit not exceeded.
    LimitNotExceeded,
    /// Event type 05h, offset 1h: limit exceeded.
    LimitExceeded,
    /// Event type 07h, offset 0h: became well.
    SeverityOk,
    /// Event type 07h, offset 1h and 4h: became non-critical.
    SeverityNonCritical,
    /// Event type 07h, offset 2h and 5h: became critical.
    SeverityCritical,
    /// Event type 07h, offset 3h and 6h: became non-recoverable.
    SeverityNonRecoverable,
    /// Event type 08h, offset 0h: device absent.
    DeviceAbsent,
    /// Event type 08h, offset 1h: device present.
    DevicePresent,
    /// Event type 09h, offset 0h: device disabled.
    DeviceDisabled,
    /// Event type 09h, offset 1h: device enabled.
    DeviceEnabled,
    /// Event type 0Bh, offset 0h: fully redundant.
    RedundancyFull,
    /// Event type 0Bh, offset 1h: redundancy lost.
    RedundancyLost,
    /// Event type 0Bh, offset 2h: redundancy degraded.
    RedundancyDegraded,
    /// Event type 0Bh, offset 3h: not redundant, sufficient resources, from redundant.
    NotRedundantSufficient,
    /// Event type 0Bh, offset 4h: not redundant, sufficient resources, from insufficient.
    NotRedundantFromInsufficient,
    /// Event type 0Bh, offset 5h: not redundant, insufficient resources.
    NotRedundantInsufficient,
    /// Event type 0Bh, offset 6h: redundancy degraded, from full.
    RedundancyDegradedFromFull,
    /// Event type 0Bh, offset 7h: redundancy degraded, from none.
    RedundancyDegradedFromNone,
    /// Sensor type 05h, offset 0h: chassis opened.
    IntrusionChassis,
    /// Sensor type 05h, offset 1h: drive bay opened.
    IntrusionDriveBay,
    /// Sensor type 08h, offset 0h: power supply present.
    SupplyPresent,
    /// Sensor type 08h, offset 1h: power supply failed.
    SupplyFailed,
    /// Sensor type 08h, offset 2h: power supply predicts failure.
    SupplyPredictsFailure,
    /// Sensor type 08h, offset 3h: power supply input lost.
    SupplyInputLost,
    /// Sensor type 08h, offset 4h: power supply input lost or out of range.
    SupplyInputLostOrOutOfRange,
    /// Sensor type 08h, offset 5h: power supply input out of range, but present.
    SupplyInputOutOfRange,
    /// Sensor type 08h, offset 6h: power supply configuration error.
    SupplyConfiguration,
    /// Sensor type 08h, offset 7h: power supply inactive, in standby.
    SupplyInactive,
    /// Sensor type 09h, offset 0h: power off.
    UnitOff,
    /// Sensor type 09h, offset 1h: power cycle.
    UnitCycled,
    /// Sensor type 09h, offset 2h: 240 VA power down.
    Unit240VoltsOff,
    /// Sensor type 09h, offset 3h: interlock power down.
    UnitInterlockOff,
    /// Sensor type 09h, offset 4h: AC lost, or power input lost.
    UnitInputLost,
    /// Sensor type 09h, offset 5h: soft power control failure.
    UnitSoftControlFailed,
    /// Sensor type 09h, offset 6h: power unit failure.
    UnitFailed,
    /// Sensor type 09h, offset 7h: power unit predicts failure.
    UnitPredictsFailure,
    /// Sensor type 0Dh, offset 0h: drive present.
    DrivePresent,
    /// Sensor type 0Dh, offset 1h: drive fault.
    DriveFault,
    /// Sensor type 0Dh, offset 2h: drive predicts failure.
    DrivePredictsFailure,
    /// Sensor type 0Dh, offset 3h: hot spare.
    DriveHotSpare,
    /// Sensor type 0Dh, offset 4h: consistency or parity check in progress.
    DriveConsistencyCheck,
    /// Sensor type 0Dh, offset 5h: in a critical array.
    DriveInCriticalArray,
    /// Sensor type 0Dh, offset 6h: in a failed array.
    DriveInFailedArray,
    /// Sensor type 0Dh, offset 7h: rebuild or remap in progress.
    DriveRebuild,
    /// Sensor type 0Dh, offset 8h: rebuild or remap aborted.
    DriveRebuildAborted,
    /// Sensor type 10h, offset 0h: logging of correctable memory errors disabled.
    LogMemoryErrorsDisabled,
    /// Sensor type 10h, offset 1h: logging of an event type disabled.
    LogEventTypeDisabled,
    /// Sensor type 10h, offset 2h: log cleared.
    LogCleared,
    /// Sensor type 10h, offset 3h: all event logging disabled.
    LogDisabled,
    /// Sensor type 10h, offset 4h: log full.
    LogFull,
    /// Sensor type 10h, offset 5h: log almost full.
    LogAlmostFull,
    /// Sensor type 10h, offset 6h: logging of correctable machine checks disabled.
    LogMachineChecksDisabled,
    /// Sensor type 12h, offset 0h: system reconfigured.
    SystemReconfigured,
    /// Sensor type 12h, offset 1h: OEM system boot event.
    SystemBoot,
    /// Sensor type 12h, offset 2h: undetermined system hardware failure.
    SystemHardwareFailure,
    /// Sensor type 12h, offset 3h: entry added to the auxiliary log.
    SystemAuxiliaryLog,
    /// Sensor type 12h, offset 4h: action of a platform event filter.
    SystemFilterAction,
    /// Sensor type 12h, offset 5h: clock of the log set.
    SystemClockSynchronised,
    /// Sensor type 13h, offset 0h: front panel NMI.
    InterruptFrontPanel,
    /// Sensor type 13h, offset 1h: bus timeout.
    InterruptBusTimeout,
    /// Sensor type 13h, offset 2h: I/O channel check NMI.
    InterruptIoChannelCheck,
    /// Sensor type 13h, offset 3h: software NMI.
    InterruptSoftware,
    /// Sensor type 13h, offset 4h: PCI parity error.
    PciParityError,
    /// Sensor type 13h, offset 5h: PCI system error.
    PciSystemError,
    /// Sensor type 13h, offset 6h: EISA fail safe timeout.
    EisaTimeout,
    /// Sensor type 13h, offset 7h: bus correctable error.
    BusCorrectable,
    /// Sensor type 13h, offset 8h: bus uncorrectable error.
    BusUncorrectable,
    /// Sensor type 13h, offset 9h: fatal NMI.
    InterruptFatal,
    /// Sensor type 13h, offset Ah: bus fatal error.
    BusFatal,
    /// Sensor type 13h, offset Bh: bus degraded.
    BusDegraded,
    /// Sensor type 1Bh, offset 0h: cable connected.
    CableConnected,
    /// Sensor type 1Bh, offset 1h: cable configuration error.
    CableWrong,
    /// Sensor type 29h, offset 0h: battery low.
    BatteryLow,
    /// Sensor type 29h, offset 1h: battery failed.
    BatteryFailed,
    /// Sensor type 29h, offset 2h: battery present.
    BatteryPresent,
    /// Not in the table: event type, sensor type and data have it all.
    Unknown,
}

/// An event type, the sensor type whose own table it is (6Fh) or any, an offset, and what that is.
struct Row(u8, Option<u8>, u8, What, &'static str);

const GENERIC_REDUNDANCY: u8 = 0x0b;
const SPECIFIC: u8 = 0x6f;

const fn threshold(offset: u8, limit: Limit, rising: bool, words: &'static str) -> Row {
    Row(0x01, None, offset, What::Threshold { limit, rising }, words)
}

const fn generic(kind: u8, offset: u8, what: What, words: &'static str) -> Row {
    Row(kind, None, offset, what, words)
}

const fn specific(sensor_type: u8, offset: u8, what: What, words: &'static str) -> Row {
    Row(SPECIFIC, Some(sensor_type), offset, what, words)
}

const ROWS: &[Row] = &[
    // Table 42-2, event type 01h.
    threshold(0x0, Limit::LowerNonCritical, false, "lower non-critical going low"),
    threshold(0x1, Limit::LowerNonCritical, true, "lower non-critical going high"),
    threshold(0x2, Limit::LowerCritical, false, "lower critical going low"),
    threshold(0x3, Limit::LowerCritical, true, "lower critical going high"),
    threshold(0x4, Limit::LowerNonRecoverable, false, "lower non-recoverable going low"),
    threshold(0x5, Limit::LowerNonRecoverable, true, "lower non-recoverable going high"),
    threshold(0x6, Limit::UpperNonCritical, false, "upper non-critical going low"),
    threshold(0x7, Limit::UpperNonCritical, true, "upper non-critical going high"),
    threshold(0x8, Limit::UpperCritical, false, "upper critical going low"),
    threshold(0x9, Limit::UpperCritical, true, "upper critical going high"),
    threshold(0xa, Limit::UpperNonRecoverable, false, "upper non-recoverable going low"),
    threshold(0xb, Limit::UpperNonRecoverable, true, "upper non-recoverable going high"),
    // Table 42-2, the other generic types.
    generic(0x03, 0, What::StateInactive, "state deasserted"),
    generic(0x03, 1, What::StateActive, "state asserted"),
    generic(0x04, 0, What::NoPredictedFailure, "no failure predicted"),
    generic(0x04, 1, What::PredictedFailure, "failure predicted"),
    generic(0x05, 0, What::LimitNotExceeded, "limit not exceeded"),
    generic(0x05, 1, What::LimitExceeded, "limit exceeded"),
    generic(0x07, 0, What::SeverityOk, "became well"),
    generic(0x07, 1, What::SeverityNonCritical, "became non-critical, from well"),
    generic(0x07, 2, What::SeverityCritical, "became critical, from less severe"),
    generic(0x07, 3, What::SeverityNonRecoverable, "became non-recoverable, from less severe"),
    generic(0x07, 4, What::SeverityNonCritical, "became non-critical, from more severe"),
    generic(0x07, 5, What::SeverityCritical, "became critical, from non-recoverable"),
    generic(0x07, 6, What::SeverityNonRecoverable, "became non-recoverable"),
    generic(0x08, 0, What::DeviceAbsent, "device absent"),
    generic(0x08, 1, What::DevicePresent, "device present"),
    generic(0x09, 0, What::DeviceDisabled, "device disabled"),
    generic(0x09, 1, What::DeviceEnabled, "device enabled"),
    generic(GENERIC_REDUNDANCY, 0, What::RedundancyFull, "fully redundant"),
    generic(GENERIC_REDUNDANCY, 1, What::RedundancyLost, "redundancy lost"),
    generic(GENERIC_REDUNDANCY, 2, What::RedundancyDegraded, "redundancy degraded"),
    generic(GENERIC_REDUNDANCY, 3, What::NotRedundantSufficient, "not redundant, sufficient resources, from redundant"),
    generic(
        GENERIC_REDUNDANCY,
        4,
        What::NotRedundantFromInsufficient,
        "not redundant, sufficient resources, from insufficient",
    ),
    generic(GENERIC_REDUNDANCY, 5, What::NotRedundantInsufficient, "not redundant, insufficient resources"),
    generic(GENERIC_REDUNDANCY, 6, What::RedundancyDegradedFromFull, "redundancy degraded, from full"),
    generic(GENERIC_REDUNDANCY, 7, What::RedundancyDegradedFromNone, "redundancy degraded, from none"),
    // Table 42-3 from here on. 05h, physical security.
    specific(0x05, 0, What::IntrusionChassis, "chassis opened"),
    specific(0x05, 1, What::IntrusionDriveBay, "drive bay opened"),
    // 08h, power supply.
    specific(0x08, 0, What::SupplyPresent, "power supply present"),
    specific(0x08, 1, What::SupplyFailed, "power supply failed"),
    specific(0x08, 2, What::SupplyPredictsFailure, "power supply predicts failure"),
    specific(0x08, 3, What::SupplyInputLost, "power supply input lost"),
    specific(0x08, 4, What::SupplyInputLostOrOutOfRange, "power supply input lost or out of range"),
    specific(0x08, 5, What::SupplyInputOutOfRange, "power supply input out of range, but present"),
    specific(0x08, 6, What::SupplyConfiguration, "power supply configuration error"),
    specific(0x08, 7, What::SupplyInactive, "power supply inactive, in standby"),
    // 09h, power unit.
    specific(0x09, 0, What::UnitOff, "power off"),
    specific(0x09, 1, What::UnitCycled, "power cycle"),
    specific(0x09, 2, What::Unit240VoltsOff, "240 VA power down"),
    specific(0x09, 3, What::UnitInterlockOff, "interlock power down"),
    specific(0x09, 4, What::UnitInputLost, "AC lost, or power input lost"),
    specific(0x09, 5, What::UnitSoftControlFailed, "soft power control failure"),
    specific(0x09, 6, What::UnitFailed, "power unit failure"),
    specific(0x09, 7, What::UnitPredictsFailure, "power unit predicts failure"),
    // 0Dh, drive slot.
    specific(0x0d, 0, What::DrivePresent, "drive present"),
    specific(0x0d, 1, What::DriveFault, "drive fault"),
    specific(0x0d, 2, What::DrivePredictsFailure, "drive predicts failure"),
    specific(0x0d, 3, What::DriveHotSpare, "hot spare"),
    specific(0x0d, 4, What::DriveConsistencyCheck, "consistency or parity check in progress"),
    specific(0x0d, 5, What::DriveInCriticalArray, "in a critical array"),
    specific(0x0d, 6, What::DriveInFailedArray, "in a failed array"),
    specific(0x0d, 7, What::DriveRebuild, "rebuild or remap in progress"),
    specific(0x0d, 8, What::DriveRebuildAborted, "rebuild or remap aborted"),
    // 10h, event logging disabled.
    specific(0x10, 0, What::LogMemoryErrorsDisabled, "logging of correctable memory errors disabled"),
    specific(0x10, 1, What::LogEventTypeDisabled, "logging of an event type disabled"),
    specific(0x10, 2, What::LogCleared, "log cleared"),
    specific(0x10, 3, What::LogDisabled, "all event logging disabled"),
    specific(0x10, 4, What::LogFull, "log full"),
    specific(0x10, 5, What::LogAlmostFull, "log almost full"),
    specific(0x10, 6, What::LogMachineChecksDisabled, "logging of correctable machine checks disabled"),
    // 12h, system event.
    specific(0x12, 0, What::SystemReconfigured, "system reconfigured"),
    specific(0x12, 1, What::SystemBoot, "OEM system boot event"),
    specific(0x12, 2, What::SystemHardwareFailure, "undetermined system hardware failure"),
    specific(0x12, 3, What::SystemAuxiliaryLog, "entry added to the auxiliary log"),
    specific(0x12, 4, What::SystemFilterAction, "action of a platform event filter"),
    specific(0x12, 5, What::SystemClockSynchronised, "clock of the log set"),
    // 13h, critical interrupt.
    specific(0x13, 0x0, What::InterruptFrontPanel, "front panel NMI"),
    specific(0x13, 0x1, What::InterruptBusTimeout, "bus timeout"),
    specific(0x13, 0x2, What::InterruptIoChannelCheck, "I/O channel check NMI"),
    specific(0x13, 0x3, What::InterruptSoftware, "software NMI"),
    specific(0x13, 0x4, What::PciParityError, "PCI parity error"),
    specific(0x13, 0x5, What::PciSystemError, "PCI system error"),
    specific(0x13, 0x6, What::EisaTimeout, "EISA fail safe timeout"),
    specific(0x13, 0x7, What::BusCorrectable, "bus correctable error"),
    specific(0x13, 0x8, What::BusUncorrectable, "bus uncorrectable error"),
    specific(0x13, 0x9, What::InterruptFatal, "fatal NMI"),
    specific(0x13, 0xa, What::BusFatal, "bus fatal error"),
    specific(0x13, 0xb, What::BusDegraded, "bus degraded"),
    // 1Bh, cable or interconnect.
    specific(0x1b, 0, What::CableConnected, "cable connected"),
    specific(0x1b, 1, What::CableWrong, "cable configuration error"),
    // 29h, battery.
    specific(0x29, 0, What::BatteryLow, "battery low"),
    specific(0x29, 1, What::BatteryFailed, "battery failed"),
    specific(0x29, 2, What::BatteryPresent, "battery present"),
];

fn row(kind: u8, sensor_type: u8, offset: u8) -> Option<&'static Row> {
    ROWS.iter().find(|Row(of, specific, at, ..)| {
        (*of, *at) == (kind, offset) && specific.is_none_or(|specific| specific == sensor_type)
    })
}

/// What an offset of an event type means, of a sensor of a type.
pub(super) fn what(kind: u8, sensor_type: u8, offset: u8) -> What {
    row(kind, sensor_type, offset).map_or(What::Unknown, |Row(_, _, _, what, _)| *what)
}

impl Event {
    /// From the bytes of an event message: EVENT DIR and EVENT TYPE stand in `kind` together.
    #[must_use]
    pub fn of(sensor_type: u8, number: u8, kind: u8, data: [u8; 3]) -> Self {
        let mut event =
            Self { sensor_type, number, kind: kind & 0x7f, asserted: kind & 0x80 == 0, what: What::Unknown, data };
        event.what = what(event.kind, sensor_type, event.offset());
        event
    }

    fn row(&self) -> Option<&'static Row> {
        row(self.kind, self.sensor_type, self.offset())
    }

    /// The offset into the table of its event type: the state that came or went.
    #[must_use]
    pub fn offset(&self) -> u8 {
        let [first, ..] = self.data;
        first & 0x0f
    }

    /// What came or went, in words. `None` for what is not in the table: show the bytes.
    #[must_use]
    pub fn words(&self) -> Option<&'static str> {
        self.row().map(|Row(_, _, _, _, words)| *words)
    }

    /// Of a threshold event, the raw reading that triggered it, where the sender gives it (section 29.7, table 29-6).
    /// The sensor's record converts it.
    #[must_use]
    pub fn reading(&self) -> Option<u8> {
        let [first, second, _] = self.data;
        (self.kind == 0x01 && first & 0xc0 == 0x40).then_some(second)
    }

    /// Of a threshold event, the raw threshold that was crossed.
    #[must_use]
    pub fn threshold(&self) -> Option<u8> {
        let [first, _, third] = self.data;
        (self.kind == 0x01 && first & 0x30 == 0x10).then_some(third)
    }

    /// The sensor type in words. `None` for the maker's own (C0h and on) and reserved ones.
    #[must_use]
    pub fn sensor_words(&self) -> Option<&'static str> {
        sensor_words(self.sensor_type)
    }
}

/// What is true of a discrete sensor now, by its states: bit n is offset n of the tables. Unknown ones are
/// [`What::Unknown`]. Of a sensor with thresholds nothing: its bits are others.
#[must_use]
pub fn states(kind: u8, sensor_type: u8, states: u16) -> Vec<(What, Option<&'static str>)> {
    let offsets = (0_u8..15).filter(|offset| kind != 0x01 && states >> offset & 1 == 1);
    offsets
        .map(|offset| {
            row(kind, sensor_type, offset)
                .map_or((What::Unknown, None), |Row(_, _, _, what, words)| (*what, Some(*words)))
        })
        .collect()
}

/// A sensor type in words. Table 42-3.
#[must_use]
pub fn sensor_words(sensor_type: u8) -> Option<&'static str> {
    Some(match sensor_type {
        0x01 => "temperature",
        0x02 => "voltage",
        0x03 => "current",
        0x04 => "fan",
        0x05 => "physical security",
        0x06 => "platform security",
        0x07 => "processor",
        0x08 => "power supply",
        0x09 => "power unit",
        0x0a => "cooling device",
        0x0b => "other units-based sensor",
        0x0c => "memory",
        0x0d => "drive slot",
        0x0e => "POST memory resize",
        0x0f => "system firmware progress",
        0x10 => "event logging disabled",
        0x11 => "watchdog 1",
        0x12 => "system event",
        0x13 => "critical interrupt",
        0x14 => "button or switch",
        0x15 => "module or board",
        0x16 => "microcontroller",
        0x17 => "add-in card",
        0x18 => "chassis",
        0x19 => "chip set",
        0x1a => "other FRU",
        0x1b => "cable or interconnect",
        0x1c => "terminator",
        0x1d => "system boot initiated",
        0x1e => "boot error",
        0x1f => "OS boot",
        0x20 => "OS critical stop",
        0x21 => "slot or connector",
        0x22 => "ACPI power state",
        0x23 => "watchdog 2",
        0x24 => "platform alert",
        0x25 => "entity presence",
        0x26 => "monitor ASIC",
        0x27 => "LAN",
        0x28 => "management subsystem health",
        0x29 => "battery",
        0x2a => "session audit",
        0x2b => "version change",
        0x2c => "FRU state",
        _ => return None,
    })
}
