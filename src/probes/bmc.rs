//! What the management controller is asked by IPMI, and what it answers.
//!
//! **A poll sends at most 5 requests, then one for each record of the SDR repository (1024 at most), one for each sensor that matters
//! here (128 at most), one for each entry of the system event log (4096 at most)**, and one more for its newest entry if not all were
//! read. No reservation is taken: it would take that of whoever has one; so a record comes whole or not at all. A BMC behind a slow
//! interface takes tens of milliseconds for each answer: after [`PATIENCE`] microseconds the log is left at that.

mod replies;

pub use replies::{Chassis, Device};

use super::asker::Asker;
use super::got::{Got, Missing, Tally};
use crate::machine::commands::ipmi;
use crate::machine::{Host, Request};
use arraywatch_parsers::ipmi::sdr::{self, Body, Sensor};
use arraywatch_parsers::ipmi::sel::{self, Info, Time};
use arraywatch_parsers::ipmi::sensor;
use std::collections::BTreeSet;

/// What it answered.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Get Device ID.
    pub device: Got<Device>,
    /// Get Chassis Status.
    pub chassis: Got<Chassis>,
    /// Get SEL Info.
    pub log: Got<Info>,
    /// Get SEL Time: its clock, at the time of the reading.
    pub clock: Got<Time>,
    /// The sensor data records, and why they are not all.
    pub records: Vec<sdr::Record>,
    /// Why reading the records ended before their end.
    pub records_cut: Option<Missing>,
    /// Sensors of supplies, power units, voltages, temperatures, fans, drive slots, batteries.
    pub sensors: Vec<Sensed>,
    /// Sensors of these kinds that were not asked: of another controller than the BMC, or too many.
    pub sensors_passed_over: usize,
    /// The entries of the system event log, in the order of the BMC.
    pub entries: Vec<Entry>,
    /// Why reading the log ended before its end.
    pub entries_cut: Option<Cut>,
    /// What asking took.
    pub tally: Tally,
    /// Why it was asked no more.
    pub stopped: Option<Missing>,
}

impl Answers {
    /// What is not known, and why.
    pub fn missing(&self) -> Vec<(&'static str, Missing)> {
        let sensors = self.sensors.iter().filter_map(|sensed| sensed.reading.as_ref().err());
        let all = [
            ("device", self.device.as_ref().err()),
            ("chassis", self.chassis.as_ref().err()),
            ("event log", self.log.as_ref().err()),
            ("clock", self.clock.as_ref().err()),
            ("list of sensors", self.records_cut.as_ref()),
        ];
        let sensors = sensors.map(|missing| ("sensor", *missing));
        all.into_iter().filter_map(|(what, missing)| Some((what, *missing?))).chain(sensors).collect()
    }
}

/// A sensor and what it reads.
#[derive(Debug, Clone)]
pub struct Sensed {
    /// Its record.
    pub sensor: Sensor,
    /// Its number: sensors may share a record.
    pub number: u8,
    /// Get Sensor Reading.
    pub reading: Got<sensor::Reading>,
}

/// An entry of the system event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its 16 bytes, or what came of them.
    pub bytes: Vec<u8>,
    /// As understood.
    pub record: Option<sel::Record>,
}

/// Why a chain of records was not followed to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The BMC did not give an entry.
    Why(Missing),
    /// It leads back to where it came from.
    Loop,
    /// There are more than are read, or they take too long.
    Long,
}

/// The last record's id to ask for next; as an id to ask for, the newest entry.
const LAST: u16 = 0xffff;
const RECORDS_MAX: usize = 1_024;
const SENSORS_MAX: usize = 128;
const ENTRIES_MAX: usize = 4_096;

/// After so long, in microseconds, no more entries of the log are asked for but the newest.
pub const PATIENCE: u64 = 60_000_000;

/// Sensor types that matter here: temperature, voltage, current, fan, supply, power unit, cooling, drive slot, event log, battery.
const TYPES: [u8; 10] = [0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0a, 0x0d, 0x10, 0x29];

/// The BMC as the owner of a sensor (IPMI 2.0, 43.1).
const BMC: u8 = 0x20;

/// Record type 03h: of a sensor that cannot be read, and only sends events.
const EVENT_ONLY: u8 = 0x03;

/// Asks the management controller behind `device`.
pub fn read(host: &mut dyn Host, device: &str) -> Answers {
    let mut asker = Asker::new(host, device);
    let identity = asker.get(&ipmi(0x06, 0x01, []), replies::device);
    let chassis = asker.get(&ipmi(0x00, 0x01, []), replies::chassis);
    let log = asker.get(&ipmi(0x0a, 0x40, []), sel::info);
    let clock = asker.get(&ipmi(0x0a, 0x48, []), sel::time);
    let (records, records_cut) = records(&mut asker);
    let (sensors, sensors_passed_over) = sensors(&mut asker, &records);
    let (entries, entries_cut) = match &log {
        Ok(info) if info.entries > 0 => entries(&mut asker),
        Ok(_) => (Vec::new(), None),
        Err(why) => (Vec::new(), Some(Cut::Why(*why))),
    };
    let Asker { tally, stopped, .. } = asker;
    Answers {
        device: identity,
        chassis,
        log,
        clock,
        records,
        records_cut,
        sensors,
        sensors_passed_over,
        entries,
        entries_cut,
        tally,
        stopped,
    }
}

/// Get SEL Entry (43h) and Get SDR (23h) have the same arguments: no reservation, the id, from the first byte on, all.
fn whole(command: u8, id: u16) -> Request {
    let [low, high] = id.to_le_bytes();
    ipmi(0x0a, command, [0, 0, low, high, 0, 0xff])
}

fn records(asker: &mut Asker<'_>) -> (Vec<sdr::Record>, Option<Missing>) {
    let (mut records, mut seen, mut next) = (Vec::new(), BTreeSet::new(), 0);
    while next != LAST && seen.insert(next) && seen.len() <= RECORDS_MAX {
        match asker.get(&whole(0x23, next), sdr::entry) {
            Ok(entry) => {
                seen.extend(entry.record.as_ref().map(|record| record.id));
                records.extend(entry.record);
                next = entry.next;
            }
            Err(why) => return (records, Some(why)),
        }
    }
    (records, (next != LAST).then_some(Missing::Nonsense))
}

fn sensors(asker: &mut Asker<'_>, records: &[sdr::Record]) -> (Vec<Sensed>, usize) {
    let mut passed_over = 0;
    let mut sensors = Vec::new();
    for record in records.iter().filter(|record| record.kind != EVENT_ONLY) {
        let Body::Sensor(sensor) = &record.body else { continue };
        if !TYPES.contains(&sensor.sensor_type) {
            continue;
        }
        for offset in 0..sensor.shared {
            // A request says the number alone: that is the BMC's own, of its first unit.
            if sensors.len() >= SENSORS_MAX || sensor.owner != BMC || sensor.lun != 0 {
                passed_over += 1;
                continue;
            }
            let number = sensor.number.wrapping_add(offset);
            let reading = asker.get(&ipmi(0x04, 0x2d, [number]), sensor::reading);
            sensors.push(Sensed { sensor: (**sensor).clone(), number, reading });
        }
    }
    (sensors, passed_over)
}

fn entries(asker: &mut Asker<'_>) -> (Vec<Entry>, Option<Cut>) {
    let (mut entries, mut seen, mut next) = (Vec::new(), BTreeSet::new(), 0);
    let cut = loop {
        if next == LAST {
            break None;
        }
        if !seen.insert(next) {
            break Some(Cut::Loop);
        }
        if entries.len() >= ENTRIES_MAX || asker.total > PATIENCE {
            break Some(Cut::Long);
        }
        match entry(asker, next) {
            Ok((after, entry)) => {
                // The first is asked for as number 0, whatever its number is.
                seen.extend(entry.record.as_ref().map(|record| record.id));
                entries.push(entry);
                next = after;
            }
            Err(why) => break Some(Cut::Why(why)),
        }
    };
    // What happened last matters most.
    if cut.is_some()
        && let Ok((_, newest)) = entry(asker, LAST)
        && !entries.contains(&newest)
    {
        entries.push(newest);
    }
    (entries, cut)
}

fn entry(asker: &mut Asker<'_>, id: u16) -> Got<(u16, Entry)> {
    asker.get(&whole(0x43, id), |data| {
        let entry = sel::entry(data)?;
        let bytes = data.iter().skip(2).take(16).copied().collect();
        Some((entry.next, Entry { bytes, record: entry.record }))
    })
}

#[cfg(test)]
pub(crate) mod tests;
