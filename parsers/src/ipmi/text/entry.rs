//! What an entry of the event log says, whichever tool printed it in whichever form.

use super::words::{THRESHOLD, is_alike, meaning, sensor_type};
use crate::ipmi::event::{Limit, What};
use memchr::memrchr;

/// An entry. Texts are slices of what was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The sensor's type (table 42-3), if its name is known.
    pub sensor_type: Option<u8>,
    /// The sensor's name, if it is printed.
    pub sensor: Option<&'a str>,
    /// The sensor's number, if it is printed in its place.
    pub number: Option<u8>,
    /// EVENT TYPE, as far as the text tells; see [`crate::ipmi::event::Event::kind`].
    pub kind: Option<u8>,
    /// What came or went.
    pub what: What,
    /// Whether it came rather than went. FreeIPMI prints that only if asked to; of a threshold the reading tells.
    pub asserted: Option<bool>,
    /// FreeIPMI's judgement, if it prints one.
    pub state: Option<State<'a>>,
    /// What happened, in the tool's words; empty where it had none.
    pub text: &'a str,
    /// The reading that crossed a threshold, and the threshold, as printed.
    pub values: Option<&'a str>,
}

/// How bad FreeIPMI finds an entry (`--output-event-state`, 0.8 and later).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State<'a> {
    /// `Nominal`
    Nominal,
    /// `Warning`
    Warning,
    /// `Critical`
    Critical,
    /// `N/A`: it has no judgement of such.
    None,
    /// A word of no known state, as it stands.
    Other(&'a str),
}

impl<'a> State<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        match text {
            "Nominal" => Self::Nominal,
            "Warning" => Self::Warning,
            "Critical" => Self::Critical,
            "N/A" | "NA" => Self::None,
            other => Self::Other(other),
        }
    }
}

impl<'a> Entry<'a> {
    /// Of a sensor's type, its name or number, and what happened.
    pub(super) fn new(of: Option<u8>, sensor: Option<&'a str>, number: Option<u8>, text: &'a str) -> Self {
        let meaning = meaning(of, text);
        Self {
            sensor_type: of,
            sensor,
            number,
            kind: meaning.map(|meaning| meaning.kind),
            what: meaning.map_or(What::Unknown, |meaning| meaning.what),
            asserted: None,
            state: None,
            text,
            values: None,
        }
    }

    /// ipmitool's `Power Supply #0x50` and `Power Supply PS1 Status`, with what happened.
    pub(super) fn of_sensor(sensor: &'a str, text: &'a str) -> Self {
        let (of, rest) = sensor_type(sensor).map_or((None, sensor), |(of, rest)| (Some(of), rest));
        let last = memrchr(b'#', rest.as_bytes()).and_then(|at| rest.split_at_checked(at));
        let (front, number) = match last.and_then(|(front, rest)| Some((front, rest.strip_prefix("#0x")?))) {
            Some((front, digits)) => (front, u8::from_str_radix(digits, 16).ok()),
            None => (rest, None),
        };
        let name = Some(if number.is_some() { front.trim_end() } else { rest }).filter(|name| !name.is_empty());
        Self::new(of, name, number, text)
    }

    /// Whether the text says all that is known of it.
    pub(super) fn is_known(&self) -> bool {
        self.what != What::Unknown
    }

    /// With the values behind an event: `Sensor Reading = 1.07 V ; Threshold = 0.96 V`, `Reading 85 > Threshold 80 degrees C`.
    pub(super) fn with_values(mut self, values: &'a str) -> Self {
        self.values = Some(values).filter(|values| !values.is_empty());
        if let (None, Some(THRESHOLD), What::Threshold { rising, .. }) = (self.asserted, self.kind, self.what) {
            let (reading, threshold) = (number_behind(values, "Reading"), number_behind(values, "Threshold"));
            self.asserted = reading.zip(threshold).map(|(reading, threshold)| match rising {
                true => reading >= threshold,
                false => reading <= threshold,
            });
        }
        self
    }

    /// The threshold that was crossed.
    pub fn limit(&self) -> Option<Limit> {
        match self.what {
            What::Threshold { limit, .. } => Some(limit),
            _ => None,
        }
    }
}

/// Whether an entry came or went, by the word of either tool.
pub(super) fn direction(text: &str) -> Option<bool> {
    match text {
        "Asserted" | "Assertion Event" => Some(true),
        "Deasserted" | "Deassertion Event" => Some(false),
        _ => None,
    }
}

/// Whether a column is such a word, or says that there is none.
pub(super) fn is_direction(text: &str) -> bool {
    direction(text).is_some() || is_alike(text, "Unknown Event Direction")
}

/// The number behind a word: `Threshold = 0,96 V`.
fn number_behind(text: &str, word: &str) -> Option<f64> {
    let (_, rest) = text.split_once(word)?;
    let rest = rest.trim_start_matches([' ', '=', ':']);
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '.' | ',')).unwrap_or(rest.len());
    rest.get(..end)?.replace(',', ".").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensors() {
        let check = |sensor: &str, expect| {
            let entry = Entry::of_sensor(sensor, "");
            assert_eq!((entry.sensor_type, entry.sensor, entry.number), expect, "{sensor}");
        };
        check("Power Supply #0x50", (Some(0x08), None, Some(0x50)));
        check("Power Supply PS1 Status", (Some(0x08), Some("PS1 Status"), None));
        check("Unknown #0x17", (None, Some("Unknown"), Some(0x17)));
        check("Fan #0xzz", (Some(0x04), Some("#0xzz"), None));
        check("Button", (Some(0x14), None, None));
    }

    #[test]
    fn thresholds_tell_their_direction() {
        let check = |text: &'static str, values: &'static str, expect| {
            let entry = Entry::new(Some(0x02), None, None, text).with_values(values);
            assert_eq!(entry.asserted, expect, "{text} {values}");
        };
        check("Lower Critical - going low", "Sensor Reading = -0.01 V ; Threshold = 0.94 V", Some(true));
        check("Lower Critical - going low", "Sensor Reading = 1,07 V ; Threshold = 0,94 V", Some(false));
        check("Upper Critical going high", "Reading 85 > Threshold 80 degrees C", Some(true));
        check("Upper Critical going high", "Reading 79 < Threshold 80 degrees C", Some(false));
        check("Upper Critical going high", "Reading warm", None);
        check("State Asserted", "Reading 85 > Threshold 80", None);
    }
}
