//! The event log record by record: `ipmitool sel list -v`, `sel elist -v`, `sel get`.
//!
//! ```text
//! SEL Record ID          : 0002
//!  Record Type           : 02
//!  Timestamp             : 11/08/2011 12:33:24
//!  Sensor Type           : Power Supply
//!  Sensor Number         : 51
//!  Event Type            : Sensor-specific Discrete
//!  Event Direction       : Assertion Event
//!  Event Data            : 03ffff
//!  Description           : Power Supply AC lost
//! ```
//!
//! Source: `ipmi_sel_print_std_entry_verbose` and `ipmi_sel_print_extended_entry_verbose` in ipmitool's `lib/ipmi_sel.c`, 1.8.11 to 1.8.19.

use super::entry::{Entry, direction};
use super::{sel, words};
use crate::output::{Line, Tally, lines, pair};
use chrono::NaiveDateTime;

/// The records, and how far they were understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verbose {
    /// In the order of the output.
    pub records: Vec<Record>,
    /// How far.
    pub tally: Tally,
}

/// A record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Record id.
    pub id: Option<u32>,
    /// RECORD TYPE: 02h of a sensor, C0h to FFh of the maker.
    pub kind: Option<u8>,
    /// Date and time as written.
    pub written: Option<String>,
    /// The local time that they say; none from before the BMC's clock was set.
    pub local: Option<NaiveDateTime>,
    /// Zone abbreviation; 1.8.19 writes one.
    pub zone: Option<String>,
    /// The sensor's type, as written.
    pub sensor_type: Option<String>,
    /// The sensor's name.
    pub sensor: Option<String>,
    /// The sensor's number.
    pub number: Option<u8>,
    /// Whether the state came rather than went.
    pub asserted: Option<bool>,
    /// EVENT DATA, hexadecimal.
    pub data: Option<String>,
    /// What happened, in words; empty if the tool had none.
    pub description: Option<String>,
}

impl Record {
    /// What it says. `None` of a maker's own record.
    pub fn entry(&self) -> Option<Entry<'_>> {
        let of = words::sensor_type(self.sensor_type.as_deref()?).map(|(of, _)| of);
        let entry =
            Entry::new(of, self.sensor.as_deref(), self.number, self.description.as_deref().unwrap_or_default());
        Some(Entry { asserted: self.asserted, ..entry })
    }
}

const FIRST: &str = "SEL Record ID";
/// The last line of a record of a sensor in every version; some print more behind it.
const LAST: &str = "Description";

/// Whether bytes are of such an output.
pub fn recognise(bytes: &[u8]) -> bool {
    let starts = |line: &Line<'_>| pair(&line.text).is_some_and(|(key, value)| key == FIRST && hex(value).is_some());
    lines(bytes).take(20).any(|line| starts(&line))
}

fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim_start_matches("0x").trim_end_matches('h'), 16).ok()
}

fn byte(text: &str) -> Option<u8> {
    hex(text).and_then(|number| u8::try_from(number).ok())
}

/// Reads an output.
pub fn verbose(bytes: &[u8]) -> Verbose {
    let mut read = Verbose::default();
    let mut unended = false;
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        read.tally.met();
        unended = !line.ended;
        let Some((key, value)) = pair(&line.text) else {
            read.tally.odd(&line);
            continue;
        };
        if key == FIRST {
            read.records.push(Record { id: hex(value), ..Record::default() });
        } else if !read.records.last_mut().is_some_and(|record| record.takes(key, value)) {
            read.tally.odd(&line);
        }
    }
    let finished = |record: &Record| record.kind != Some(0x02) || record.description.is_some();
    if unended {
        read.tally.cut("its last line has no end");
    }
    if let Some(record) = read.records.iter().find(|record| !finished(record) || record.kind.is_none()) {
        read.tally.cut(format!("record {:x} has no {LAST}", record.id.unwrap_or_default()));
    }
    read
}

impl Record {
    fn takes(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned());
        match key {
            "Record Type" => self.kind = byte(value),
            "Timestamp" => {
                self.written = text().filter(|written| !written.is_empty());
                let stamp = sel::stamp(value);
                self.local = stamp.map(|(local, _)| local);
                self.zone = stamp.and_then(|(_, zone)| zone).map(str::to_owned);
            }
            "Sensor Type" | "Sensor Type (Threshold)" | "Sensor Type (Discrete)" => self.sensor_type = text(),
            "Sensor Number" => self.number = byte(value),
            "Sensor ID" => {
                let (name, number) = value.rsplit_once(" (0x").unwrap_or((value, ""));
                self.sensor = Some(name.to_owned());
                self.number = byte(number.trim_end_matches(')')).or(self.number);
            }
            "Event Direction" => self.asserted = direction(value),
            "Event Data" | "Event Data (RAW)" => self.data = text(),
            LAST => self.description = text(),
            _ => return SILENT.contains(&key),
        }
        true
    }
}

/// Lines that are known and say nothing that is asked here.
const SILENT: [&str; 15] = [
    "Generator ID",
    "EvM Revision",
    "Event Type",
    "Event Interpretation",
    "Entity ID",
    "Trigger Reading",
    "Trigger Threshold",
    "Sensor Reading",
    "Status",
    "Manufactacturer ID",
    "Manufacturer ID",
    "OEM Defined",
    "Additional Info",
    "Event Enable",
    "Assertions Enabled",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipmi::event::What;
    use proptest::prelude::*;

    const ONE: &str = "SEL Record ID          : 001f\n Record Type           : 02\n Timestamp             : 11/08/2011 12:33:24\n \
                       Generator ID          : 0020\n EvM Revision          : 04\n Sensor Type           : Power Supply\n \
                       Sensor Number         : 51\n Event Type            : Sensor-specific Discrete\n \
                       Event Direction       : Assertion Event\n Event Data            : 03ffff\n \
                       Description           : Power Supply AC lost\n\n";

    #[test]
    fn a_record() {
        assert!(recognise(ONE.as_bytes()));
        let read = verbose(ONE.as_bytes());
        assert_eq!((read.tally.lines, read.tally.odds(), &read.tally.cut), (11, 0, &None));
        let entry = read.records[0].entry().unwrap();
        assert_eq!((entry.what, entry.asserted, entry.number), (What::SupplyInputLost, Some(true), Some(0x51)));
        assert_eq!(read.records[0].local.unwrap().to_string(), "2011-11-08 12:33:24");
        let undated = verbose(ONE.replace("11/08/2011 12:33:24", "Pre-Init Time-stamp").as_bytes());
        assert_eq!(undated.records[0].local, None);
        assert_eq!(undated.records[0].written.as_deref(), Some("Pre-Init Time-stamp"));
    }

    #[test]
    fn what_breaks_off_is_told() {
        let two = [ONE, ONE].concat();
        for end in 0..two.trim_end().len() {
            let read = verbose(&two.as_bytes()[..end]);
            // Between two records nothing shows.
            let between = two[..end].ends_with('\n') && two[..end].trim_end().ends_with("AC lost") || end == 0;
            assert_eq!(read.tally.cut.is_some(), !between, "{}", &two[..end]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>, at in 0..ONE.len()) {
            let damaged = [&ONE.as_bytes()[..at], &bytes, &ONE.as_bytes()[at..]].concat();
            recognise(&damaged);
            for record in verbose(&damaged).records {
                record.entry();
            }
        }
    }
}
