//! What the types of elements say beyond their status. SES-3.

/// By type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// 01h and 17h.
    Slot {
        /// What the shelf and its host know of the slot.
        bits: SlotBits,
        /// SLOT ADDRESS, of 01h alone.
        address: Option<u8>,
    },
    /// 02h
    PowerSupply {
        /// FAIL
        fail: bool,
        /// AC FAIL: no power comes in. The cord, the outlet, the source.
        ac_fail: bool,
        /// DC FAIL: none goes out.
        dc_fail: bool,
        /// DC OVER VOLTAGE
        over_voltage: bool,
        /// DC UNDER VOLTAGE
        under_voltage: bool,
        /// DC OVER CURRENT
        over_current: bool,
        /// OVERTMP FAIL
        over_temperature: bool,
        /// TEMP WARN
        temperature_warning: bool,
        /// OFF
        off: bool,
    },
    /// 03h
    Fan {
        /// FAIL
        fail: bool,
        /// OFF
        off: bool,
        /// ACTUAL FAN SPEED, revolutions per minute in steps of 10; 0 of a running fan is a speed that is not measured.
        rpm: u16,
    },
    /// 04h
    Temperature {
        /// FAIL, of the sensor.
        fail: bool,
        /// TEMPERATURE, degrees Celsius, −19 to 235. `None` where it is reserved: no reading.
        degrees: Option<i16>,
        /// OT FAILURE
        over_failure: bool,
        /// OT WARNING
        over_warning: bool,
        /// UT FAILURE
        under_failure: bool,
        /// UT WARNING
        under_warning: bool,
    },
    /// 05h
    Door {
        /// FAIL
        fail: bool,
        /// OPEN
        open: bool,
        /// UNLOCKED
        unlocked: bool,
    },
    /// 07h, and of the same form 06h an alarm, 08h a SCC controller.
    Controller {
        /// FAIL
        fail: bool,
    },
    /// 0Bh
    Ups {
        /// BATTERY STATUS, minutes that remain; 255 is that or more, 0 not known.
        minutes: u8,
        /// AC LO, AC HI or AC QUAL: the source is out of its range.
        ac_bad: bool,
        /// AC FAIL
        ac_fail: bool,
        /// DC FAIL
        dc_fail: bool,
        /// UPS FAIL, FAIL or INTF FAIL.
        fail: bool,
        /// BATT FAIL
        battery_fail: bool,
        /// BPF: the battery predicts its failure.
        battery_predicts_failure: bool,
    },
    /// 0Eh: the shelf itself.
    Enclosure {
        /// FAILURE INDICATION: its lamp is lit.
        failure: bool,
        /// WARNING INDICATION
        warning: bool,
        /// TIME UNTIL POWER CYCLE, minutes; 0 is none planned.
        minutes_until_power_cycle: u8,
    },
    /// 12h
    Voltage {
        /// FAIL, of the sensor.
        fail: bool,
        /// VOLTAGE, mV in steps of 10.
        millivolts: i32,
        /// CRIT OVER or CRIT UNDER.
        critical: bool,
        /// WARN OVER or WARN UNDER.
        warning: bool,
    },
    /// 13h
    Current {
        /// FAIL, of the sensor.
        fail: bool,
        /// CURRENT, mA in steps of 10.
        milliamperes: i32,
        /// CRIT OVER
        critical: bool,
        /// WARN OVER
        warning: bool,
    },
    /// 18h and 19h.
    Link {
        /// FAIL
        fail: bool,
        /// OVERCURRENT, of a connector.
        over_current: bool,
    },
}

/// The bits of a slot. Those of arrays are none in a plain device slot (01h), and only as good as whoever set them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotBits {
    /// FAULT SENSED: the shelf sees a fault.
    pub fault_sensed: bool,
    /// FAULT REQSTD: the host has lit the fault lamp.
    pub fault_requested: bool,
    /// IDENT: the locate lamp is lit.
    pub locate: bool,
    /// RMV: the drive may be taken out.
    pub may_remove: bool,
    /// DO NOT REMOVE
    pub do_not_remove: bool,
    /// DEVICE OFF: the slot's power is off.
    pub off: bool,
    /// ENCLOSURE BYPASSED or DEVICE BYPASSED, A or B: the port is cut off.
    pub bypassed: bool,
    /// HOT SPARE
    pub hot_spare: bool,
    /// IN CRIT ARRAY
    pub in_critical_array: bool,
    /// IN FAILED ARRAY
    pub in_failed_array: bool,
    /// REBUILD/REMAP
    pub rebuild: bool,
    /// R/R ABORT
    pub rebuild_aborted: bool,
}

impl Detail {
    /// From the four bytes of an element's status.
    pub(super) fn of(kind: u8, [_, one, two, three]: [u8; 4]) -> Option<Self> {
        let bit = |byte: u8, bit: u8| byte & bit != 0;
        Some(match kind {
            0x01 => Self::Slot { bits: slot(0, two, three), address: Some(one) },
            0x17 => Self::Slot { bits: slot(one, two, three), address: None },
            0x02 => Self::PowerSupply {
                fail: bit(three, 0x40),
                ac_fail: bit(three, 0x02),
                dc_fail: bit(three, 0x01),
                over_voltage: bit(two, 0x08),
                under_voltage: bit(two, 0x04),
                over_current: bit(two, 0x02),
                over_temperature: bit(three, 0x08),
                temperature_warning: bit(three, 0x04),
                off: bit(three, 0x10),
            },
            0x03 => Self::Fan {
                fail: bit(three, 0x40),
                off: bit(three, 0x10),
                rpm: u16::from_be_bytes([one & 0x07, two]).saturating_mul(10),
            },
            0x04 => Self::Temperature {
                fail: bit(one, 0x40),
                degrees: (two != 0).then(|| i16::from(two).saturating_sub(20)),
                over_failure: bit(three, 0x08),
                over_warning: bit(three, 0x04),
                under_failure: bit(three, 0x02),
                under_warning: bit(three, 0x01),
            },
            0x05 => Self::Door { fail: bit(one, 0x40), open: bit(three, 0x02), unlocked: bit(three, 0x01) },
            0x06..=0x08 => Self::Controller { fail: bit(one, 0x40) },
            0x0b => Self::Ups {
                minutes: one,
                ac_bad: bit(two, 0xe0),
                ac_fail: bit(two, 0x10),
                dc_fail: bit(two, 0x08),
                fail: bit(two, 0x05) || bit(three, 0x40),
                battery_fail: bit(three, 0x02),
                battery_predicts_failure: bit(three, 0x01),
            },
            0x0e => Self::Enclosure {
                failure: bit(two, 0x02),
                warning: bit(two, 0x01),
                minutes_until_power_cycle: two >> 2,
            },
            0x12 => Self::Voltage {
                fail: bit(one, 0x40),
                millivolts: i32::from(i16::from_be_bytes([two, three])).saturating_mul(10),
                critical: bit(one, 0x03),
                warning: bit(one, 0x0c),
            },
            0x13 => Self::Current {
                fail: bit(one, 0x40),
                milliamperes: i32::from(i16::from_be_bytes([two, three])).saturating_mul(10),
                critical: bit(one, 0x02),
                warning: bit(one, 0x08),
            },
            0x18 => Self::Link { fail: bit(one, 0x40), over_current: false },
            0x19 => Self::Link { fail: bit(three, 0x40), over_current: bit(three, 0x20) },
            _ => return None,
        })
    }
}

fn slot(array: u8, two: u8, three: u8) -> SlotBits {
    SlotBits {
        fault_sensed: three & 0x40 != 0,
        fault_requested: three & 0x20 != 0,
        locate: two & 0x02 != 0,
        may_remove: two & 0x04 != 0,
        do_not_remove: two & 0x40 != 0,
        off: three & 0x10 != 0,
        bypassed: two & 0x30 != 0 || three & 0x0f != 0,
        hot_spare: array & 0x20 != 0,
        in_critical_array: array & 0x08 != 0,
        in_failed_array: array & 0x04 != 0,
        rebuild: array & 0x02 != 0,
        rebuild_aborted: array & 0x01 != 0,
    }
}
