//! How a UPS is, in the words of both programs.

/// A word of `ups.status` (NUT) or of `STATUS` (apcupsd).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// `OL`, `ONLINE`: on line power.
    OnLine,
    /// `OB`, `ONBATT`: on battery.
    OnBattery,
    /// `LB`, `LOWBATT`: the battery is low.
    LowBattery,
    /// `HB`: the battery's voltage is too high.
    HighBattery,
    /// `RB`, `REPLACEBATT`: the battery needs to be replaced.
    ReplaceBattery,
    /// `NOBATT`: there is no battery.
    NoBattery,
    /// `CHRG`
    Charging,
    /// `DISCHRG`
    Discharging,
    /// `BYPASS`: its load is on the line, unprotected.
    Bypass,
    /// `CAL`: it measures its battery's runtime, on battery, as it was told to.
    Calibration,
    /// `TEST`, `SELFTEST`: it tests its battery.
    SelfTest,
    /// `OFF`: it is on and gives no power.
    Off,
    /// `OVER`, `OVERLOAD`
    Overload,
    /// `TRIM`: it lowers the line's voltage.
    Trim,
    /// `BOOST`: it raises it.
    Boost,
    /// `FSD`, `SHUTTING`: the machines that it feeds are being shut down.
    ForcedShutdown,
    /// `ALARM`: `ups.alarm` says of what.
    Alarm,
    /// `WAIT`: its driver has not read it yet.
    Wait,
    /// `NOCOMM`, `COMMLOST`, `NETWORK ERROR`: nobody knows how it is.
    NoContact,
    /// `ECO`, `HE`: it feeds its load from the line to save power, and switches over if that fails.
    Eco,
    /// `SLAVE`, `SLAVEDOWN`: another machine talks to it.
    Secondary,
    /// A word of no known state, as it stands.
    Other(String),
}

impl Word {
    /// Reads the words of a state. NUT: `docs/new-drivers.txt`, `clients/status.h` (2.2 to 2.8); apcupsd: `lib/apcstatus.c` (3.14).
    pub fn read(text: &str) -> Vec<Self> {
        let mut words = Vec::new();
        let mut rest = text.split_whitespace().peekable();
        while let Some(word) = rest.next() {
            words.push(match word {
                "OL" | "ONLINE" => Self::OnLine,
                "OB" | "ONBATT" => Self::OnBattery,
                "LB" | "LOWBATT" => Self::LowBattery,
                "HB" => Self::HighBattery,
                "RB" | "REPLACEBATT" => Self::ReplaceBattery,
                "NOBATT" => Self::NoBattery,
                "CHRG" => Self::Charging,
                "DISCHRG" => Self::Discharging,
                "BYPASS" => Self::Bypass,
                "CAL" => Self::Calibration,
                "TEST" | "SELFTEST" => Self::SelfTest,
                "OFF" => Self::Off,
                "OVER" | "OVERLOAD" => Self::Overload,
                "TRIM" => Self::Trim,
                "BOOST" => Self::Boost,
                "FSD" => Self::ForcedShutdown,
                "SHUTTING" if rest.next_if_eq(&"DOWN").is_some() => Self::ForcedShutdown,
                "ALARM" => Self::Alarm,
                "WAIT" => Self::Wait,
                "NOCOMM" | "COMMLOST" => Self::NoContact,
                "NETWORK" if rest.next_if_eq(&"ERROR").is_some() => Self::NoContact,
                "ECO" | "HE" => Self::Eco,
                "SLAVE" | "SLAVEDOWN" => Self::Secondary,
                other => Self::Other(other.to_owned()),
            });
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states() {
        let check = |text: &str, expect: &[Word]| assert_eq!(Word::read(text), expect, "{text}");
        check("OL CHRG", &[Word::OnLine, Word::Charging]);
        check("OB LB DISCHRG", &[Word::OnBattery, Word::LowBattery, Word::Discharging]);
        check("ONLINE REPLACEBATT ", &[Word::OnLine, Word::ReplaceBattery]);
        check("SHUTTING DOWN", &[Word::ForcedShutdown]);
        check("SHUTTING", &[Word::Other("SHUTTING".to_owned())]);
        check("ol", &[Word::Other("ol".to_owned())]);
        check("", &[]);
    }
}
