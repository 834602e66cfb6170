//! The battery of the cache: `-AdpBbuCmd`, with status, capacity, design and properties.

use super::read::number;
use crate::megaraid::battery;

/// A battery or a capacitor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Battery {
    /// `BatteryType`: `BBU`, `iBBU08`, `CVPM02` (a capacitor).
    pub kind: Option<String>,
    /// `Battery State`, as it stands; blank in some versions.
    pub state: Option<String>,
    /// `Voltage`, mV.
    pub millivolts: Option<u16>,
    /// `Current`, mA; negative while it discharges.
    pub milliamperes: Option<i16>,
    /// `Temperature`, degrees Celsius.
    pub temperature: Option<u16>,
    /// What the firmware's status says, as the bits that the live reader has for it.
    pub status: u32,
    /// What else is trouble, in words: what has no bit, and answers that are not known.
    pub troubles: Vec<String>,
    /// Whether the firmware's status was told to its last line that every version has.
    pub is_told: bool,
}

/// A line of the firmware's status: its name, the answer that is well, other answers with the bits that they stand for.
type Row = (&'static str, &'static str, &'static [(&'static str, u32)]);

/// Facts: the captures; the bits are those of [`battery::Battery`].
const STATUS: &[Row] = &[
    ("Charging Status", "None", &[("Charging", 3), ("Discharging", 4)]),
    ("Voltage", "OK", &[("Low", 1)]),
    ("Temperature", "OK", &[("High", 2)]),
    ("Learn Cycle Requested", "No", &[("Yes", 5)]),
    ("Learn Cycle Active", "No", &[("Yes", 6)]),
    ("Learn Cycle Status", "OK", &[("Failed", 7), ("Timeout", 8)]),
    ("Learn Cycle Timeout", "No", &[("Yes", 8)]),
    ("I2c Errors Detected", "No", &[("Yes", 9)]),
    ("Battery Pack Missing", "No", &[("Yes", 0)]),
    ("Battery Replacement required", "No", &[("Yes", 10)]),
    ("Remaining Capacity Low", "No", &[("Yes", 11)]),
    ("Periodic Learn Required", "No", &[("Yes", 12)]),
    ("No space to cache offload", "No", &[]),
    ("Pack is about to fail & should be replaced", "No", &[]),
    ("Cache Offload premium feature required", "No", &[]),
    ("Module microcode update required", "No", &[]),
    ("isSOHGood", "Yes", &[]),
    ("Over Temperature", "No", &[]),
    ("Over Charged", "No", &[]),
];

/// The last line of the status that every version has.
const LAST: &str = "Remaining Capacity Low";

/// States that are well, and that of a learn cycle, which is no trouble either.
const STATES: &[&str] = &["", "Optimal", "Operational", "Learning"];

impl Battery {
    /// Takes a line of it; false if it is not understood.
    pub(super) fn take(&mut self, key: &str, value: &str) -> bool {
        let measured = |unit: &str| value.strip_suffix(unit).map(str::trim);
        match (key, measured("mV"), measured("mA"), measured("C")) {
            ("Voltage", Some(value), ..) => {
                self.millivolts = value.parse().ok();
                return self.millivolts.is_some();
            }
            ("Current", _, Some(value), _) => {
                self.milliamperes = value.parse().ok();
                return self.milliamperes.is_some();
            }
            ("Temperature", .., Some(value)) => {
                self.temperature = value.parse().ok();
                return self.temperature.is_some();
            }
            _ => {}
        }
        if let Some((_, well, others)) = STATUS.iter().find(|(name, ..)| *name == key) {
            self.is_told |= key == LAST;
            match others.iter().find(|(answer, _)| *answer == value) {
                Some((_, bit)) => self.status |= 1 << bit,
                None if value == *well => {}
                None => self.troubles.push(format!("{key}: {value}")),
            }
            return true;
        }
        match key {
            "BatteryType" => self.kind = Some(value.to_owned()),
            "Battery State" | "Battery state" => {
                self.state = Some(value.to_owned());
                if !STATES.contains(&value) {
                    self.troubles.push(format!("its state is {value}"));
                }
            }
            _ => return ASIDE.contains(&key),
        }
        true
    }

    /// As the live reader has it.
    #[must_use]
    pub fn live(&self) -> battery::Battery {
        battery::Battery {
            kind: 0,
            millivolts: self.millivolts,
            milliamperes: self.milliamperes,
            temperature: self.temperature,
            status: Some(self.status),
        }
    }
}

/// Lines with `=` between key and value, as the capacity, design and properties have some.
pub(super) fn equation(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| EQUATIONS.contains(&key.trim()))
}

/// `BBU GasGauge Status: 0x0280`: the gauge's own bits, which say no more than the lines below.
pub(super) fn is_head(key: &str, value: &str) -> bool {
    let hexadecimal = value.strip_prefix("0x").is_some_and(|digits| u64::from_str_radix(digits, 16).is_ok());
    matches!(key, "BBU Firmware Status" | "GasGuageStatus" | "GasGaugeStatus") && value.is_empty()
        || key == "BBU GasGauge Status" && (hexadecimal || number(value).is_some())
}

const EQUATIONS: &[&str] = &[
    "App Data",
    "Max Error",
    "Module Version",
    "Remaining Capacity Alarm",
    "Remining Time Alarm",
    "Transparent Learn",
];

/// What is of no use here: what the gauge measures, and how it is set up.
const ASIDE: &[&str] = &[
    "Absolute State of charge",
    "Absolute state of charge",
    "Auto Learn Mode",
    "Auto Learn Period",
    "Auto-Learn Mode",
    "Average time to empty",
    "Battery FRU",
    "Battery backup charge time",
    "Charger Status",
    "Charger System Ctrl",
    "Charger System State",
    "Charging Terminated",
    "Charging current",
    "Cycle Count",
    "Date of Manufacture",
    "Design Capacity",
    "Design Mode",
    "Design Voltage",
    "Device Chemistry",
    "Device Name",
    "Discharge Terminated",
    "Discharging",
    "Estimated Time to full recharge",
    "Firmware Version",
    "Full Charge Capacity",
    "Fully Charged",
    "Fully Discharged",
    "Initialized",
    "Learn Delay Interval",
    "Manufacture Name",
    "Max Error",
    "Next Learn time",
    "Pack Stat Configuration",
    "Relative State of Charge",
    "Remaining Capacity",
    "Remaining Capacity Alarm",
    "Remaining Time Alarm",
    "Run time to empty",
    "Serial Number",
    "Specification Info",
    "Transparent Learn",
];
