//! Entries of a MegaRAID controller's own log as kernels print them.
//!
//! `mfi0: 6332 (653853226s/0x0020/info) - Patrol Read started`: FreeBSD's mfi (sys/dev/mfi/mfi.c, `mfi_decode_evt`) and Linux'
//! megaraid_sas (`megasas_decode_evt`) write sequence number, time, locale and class alike.
//!
//! FreeBSD's kernel does not keep lines of two processors apart while it starts, and this driver writes while others do: so an
//! entry may stand behind the front of another's line, or without its driver's name, which then stands in the line before. That is
//! how it was written: it is no damage. What another line cut in two stays as far as it goes.
//!
//! That numbers are missing says nothing here: FreeBSD prints entries of class info and above (`hw.mfi.event_class`), and the progress
//! of a rebuild has a class and many numbers of its own.

use super::storage::ControllerTime;

/// An entry of a controller's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerEvent {
    /// The driver's number of the controller, where its name stands before the entry.
    pub controller: Option<u32>,
    /// One more for each entry, over all starts.
    pub sequence: u32,
    /// By the controller's clock.
    pub when: ControllerTime,
    /// `MR_EVT_LOCALE_*` in megaraid_sas.h: 1 array, 2 drive, 4 enclosure, 8 battery, 10h SAS, 20h controller, 40h configuration.
    pub locale: u32,
    /// `info`, `WARN`, `CRIT`, `FATAL`, `DEAD`, `progress`, `debug`.
    pub class: String,
    /// In the firmware's words.
    pub text: String,
    /// What stands before it in the line and is not of it.
    pub before: String,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `PD 0b(e0x20/s11)`: id and enclosure are hexadecimal, the slot is decimal. An enclosure of FFh or FFFFh is none.
    Drive {
        /// `device_id`
        id: u32,
        /// The number of the enclosure, where the drive sits in one.
        enclosure: Option<u32>,
        /// From 0.
        slot: u32,
    },
    /// `VD 00/0`: the target's number, hexadecimal, by which the tools name it.
    Array {
        /// `target_id`
        target: u32,
    },
}

impl ControllerEvent {
    /// The entry that a line holds, if it holds one.
    pub fn find(line: &str) -> Option<Self> {
        line.match_indices(" (").find_map(|(at, _)| Self::at(line, at))
    }

    /// The entry whose number ends at `at`.
    fn at(line: &str, at: usize) -> Option<Self> {
        let (before, rest) = line.split_at_checked(at)?;
        let (head, text) = rest.strip_prefix(" (")?.split_once(") - ")?;
        let mut parts = head.split('/');
        let (when, locale, class) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !CLASSES.contains(&class) {
            return None;
        }
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (before, sequence) = before.split_at_checked(before.len() - digits)?;
        let (before, controller) = named(before);
        Some(Self {
            controller,
            sequence: sequence.parse().ok()?,
            when: ControllerTime::read(when)?,
            locale: u32::from_str_radix(locale.strip_prefix("0x")?, 16).ok()?,
            class: class.to_owned(),
            text: text.trim_end().to_owned(),
            before: before.to_owned(),
        })
    }

    /// What it is about; none of what is about the controller.
    pub fn place(&self) -> Option<Place> {
        let drive = || {
            let (_, rest) = self.text.split_once("PD ")?;
            let (id, rest) = rest.split_once("(e0x")?;
            let (enclosure, rest) = rest.split_once("/s")?;
            let (slot, _) = rest.split_once(')')?;
            let enclosure = u32::from_str_radix(enclosure, 16).ok()?;
            let id = u32::from_str_radix(id, 16).ok()?;
            let enclosure = Some(enclosure).filter(|number| !matches!(number, 0xff | 0xffff));
            Some(Place::Drive { id, enclosure, slot: slot.parse().ok()? })
        };
        let array = || {
            let (_, rest) = self.text.split_once("VD ")?;
            let (target, _) = rest.split_once('/')?;
            Some(Place::Array { target: u32::from_str_radix(target, 16).ok()? })
        };
        drive().or_else(array)
    }

    /// The state that a change of state ends in, by the firmware's number (`MR_PD_STATE_*`, `MR_LD_STATE_*`): 11h of `FAILED(11)`.
    /// A word without a number that can be read is `u32::MAX`, which no state is.
    pub fn new_state(&self) -> Option<u32> {
        let (_, to) = self.text.strip_prefix("State change on ")?.rsplit_once(" to ")?;
        let number = to.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        Some(number.and_then(|(number, _)| u32::from_str_radix(number, 16).ok()).unwrap_or(u32::MAX))
    }

    /// Sense key, additional sense code and its qualifier of what the drive answered.
    pub fn sense(&self) -> Option<(u8, u8, u8)> {
        let (_, sense) = self.text.strip_prefix("Unexpected sense: ")?.rsplit_once("Sense: ")?;
        let mut bytes = sense.split('/').map(|byte| u8::from_str_radix(byte.get(..2).unwrap_or(byte), 16).ok());
        Some((bytes.next()??, bytes.next()??, bytes.next()??))
    }
}

/// Of the driver's `format_class`.
const CLASSES: [&str; 7] = ["debug", "progress", "info", "WARN", "CRIT", "FATAL", "DEAD"];

/// What stands before a driver's name at the end of a text, and the number in it.
fn named(text: &str) -> (&str, Option<u32>) {
    let found = || {
        let rest = text.strip_suffix(": ")?;
        let digits = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (name, number) = rest.split_at_checked(rest.len() - digits)?;
        Some((name.strip_suffix("mfi").or_else(|| name.strip_suffix("mrsas"))?, number.parse().ok()?))
    };
    found().map_or((text, None), |(before, number)| (before, Some(number)))
}

#[cfg(test)]
mod tests {
    use super::ControllerEvent;

    #[test]
    fn entries() {
        let check = |line: &str, expect: &str| {
            let got = ControllerEvent::find(line).map_or("none".to_owned(), |event| {
                let (controller, place, state) = (event.controller, event.place(), event.new_state());
                let ControllerEvent { sequence, when, locale, class, text, before, .. } = &event;
                let sense = event.sense();
                format!("{before:?} {controller:?} {sequence} {when:?} {locale:x} {class} {text:?} {place:?} {state:?} {sense:?}")
            });
            assert_eq!(got, expect, "{line}");
        };
        check(
            "mfi0: 71 (653853226s/0x0020/info) - Patrol Read started",
            "\"\" Some(0) 71 Seconds(653853226) 20 info \"Patrol Read started\" None None None",
        );
        check(
            "pci8: mfi1: 72 (boot + 42s/0x0002/WARN) - Predictive failure: PD 0b(e0x20/s11)",
            "\"pci8: \" Some(1) 72 SinceBoot(42) 2 WARN \"Predictive failure: PD 0b(e0x20/s11)\" \
             Some(Drive { id: 11, enclosure: Some(32), slot: 11 }) None None",
        );
        check(
            "73 (9s/0x0002/info) - State change on PD 01(e0xff/s1) from ONLINE(18) to FAILED(11)",
            "\"\" None 73 Seconds(9) 2 info \"State change on PD 01(e0xff/s1) from ONLINE(18) to FAILED(11)\" \
             Some(Drive { id: 1, enclosure: None, slot: 1 }) Some(17) None",
        );
        check(
            "mfi0: 74 (9s/0x0001/CRIT) - VD 0a/10 is now DEGRADED",
            "\"\" Some(0) 74 Seconds(9) 1 CRIT \"VD 0a/10 is now DEGRADED\" Some(Array { target: 10 }) None None",
        );
        check(
            "mfi0: 75 (9s/0x0002/info) - Unexpected sense: PD 02(e0x20/s2) Path 0, CDB: 28 00, Sense: 3/11/00",
            "\"\" Some(0) 75 Seconds(9) 2 info \"Unexpected sense: PD 02(e0x20/s2) Path 0, CDB: 28 00, Sense: 3/11/00\" \
             Some(Drive { id: 2, enclosure: Some(32), slot: 2 }) None Some((3, 17, 0))",
        );
        check("mfi0: Using MSI (x/y/z) - x", "none");
        check("mfi0: 76 (9s/0x0002/odd) - x", "none");
        check("mfi0: (9s/0x0002/info) - x", "none");
    }
}
