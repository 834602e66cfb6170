//! What was read last of sensors and of what happened to them: a log says little that it did not say before, and looking words up in the
//! tables is a fifth of the time that a line takes.

use super::entry::Entry;
use crate::ipmi::event::What;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;

/// So many are remembered: of a machine's sensors few have much to say.
const REMEMBERED: usize = 32;

/// Entries by their words.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(RefCell<VecDeque<Words>>);

#[derive(Debug, Clone)]
struct Words {
    sensor: String,
    text: String,
    of: Option<u8>,
    /// Where the sensor's name stands.
    name: Option<Range<usize>>,
    number: Option<u8>,
    kind: Option<u8>,
    what: What,
}

impl Known {
    /// Does what [`Entry::of_sensor`] does.
    pub(super) fn of_sensor<'a>(&self, sensor: &'a str, text: &'a str) -> Entry<'a> {
        let mut all = self.0.borrow_mut();
        if let Some(known) = all.iter().find(|known| known.text == text && known.sensor == sensor) {
            return known.entry(sensor, text);
        }
        let entry = Entry::of_sensor(sensor, text);
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back(Words::of(&entry, sensor));
        entry
    }
}

impl Words {
    fn of(entry: &Entry<'_>, sensor: &str) -> Self {
        let name = entry.sensor.and_then(|name| Some((sensor.find(name)?, name.len())));
        Self {
            sensor: sensor.to_owned(),
            text: entry.text.to_owned(),
            of: entry.sensor_type,
            name: name.map(|(start, length)| start..start + length),
            number: entry.number,
            kind: entry.kind,
            what: entry.what,
        }
    }

    fn entry<'a>(&self, sensor: &'a str, text: &'a str) -> Entry<'a> {
        Entry {
            sensor_type: self.of,
            sensor: self.name.clone().and_then(|name| sensor.get(name)),
            number: self.number,
            kind: self.kind,
            what: self.what,
            asserted: None,
            state: None,
            text,
            values: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_read_as_before() {
        let known = Known::default();
        let texts = ["Power Supply AC lost", "Redundancy Lost", "went up in smoke", ""];
        let sensors = [
            "Power Supply PS1 Status",
            "Power Supply #0x50",
            "Fan a #0x07",
            "Unknown #0x17",
            "Unknown",
            "Fan",
            "Fan Fan",
        ];
        for number in 0..3 * REMEMBERED {
            let more = format!("Fan {}", number % (2 * REMEMBERED));
            for sensor in sensors.into_iter().chain([more.as_str()]) {
                for text in texts {
                    assert_eq!(known.of_sensor(sensor, text), Entry::of_sensor(sensor, text), "{sensor} | {text}");
                }
            }
        }
        assert_eq!(known.0.borrow().len(), REMEMBERED);
    }
}
