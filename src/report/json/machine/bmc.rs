//! What the management controller answered.

use super::scsi::text;
use super::{asked, read};
use crate::probes::bmc::{Answers, Cut, Entry, Sensed};
use crate::words::clean;
use arraywatch_parsers::ipmi::event::{Event, sensor_words, states};
use arraywatch_parsers::ipmi::sdr::Body as Record;
use arraywatch_parsers::ipmi::sel::{Body, Time};
use arraywatch_parsers::ipmi::sensor::unit_words;
use chrono::DateTime;
use serde_json::{Value, json};

/// All of it.
pub fn bmc(answers: &Answers) -> Value {
    let cut = answers.entries_cut.map(|cut| match cut {
        Cut::Why(why) => why.to_string(),
        Cut::Loop => "the entries lead back to where they came from".to_owned(),
        Cut::Long => "there are too many, or they take too long".to_owned(),
    });
    let mut value = object!({
        "device": read(&answers.device, |device| {
            let (major, minor) = device.firmware;
            object!({
                "id": device.id,
                "revision": device.revision,
                "firmware": format!("{major}.{minor:02x}"),
                "updating": device.updating,
                "ipmi": format!("{}.{}", device.ipmi & 0x0f, device.ipmi >> 4),
                "manufacturer": device.manufacturer,
                "product": device.product,
            })
        }),
        "chassis": read(&answers.chassis, |chassis| object!({
            "on": chassis.on,
            "overload": chassis.overload,
            "interlock": chassis.interlock,
            "power_fault": chassis.power_fault,
            "control_fault": chassis.control_fault,
            "last_power_event": last_event(chassis.last_event),
            "intrusion": chassis.intrusion,
            "drive_fault": chassis.drive_fault,
            "cooling_fault": chassis.cooling_fault,
        })),
        "log": read(&answers.log, |log| object!({
            "version": format!("{}.{}", log.version & 0x0f, log.version >> 4),
            "entries": log.entries,
            "free_bytes": log.free,
            "last_added": log.added.map(time),
            "last_erased": log.erased.map(time),
            "overflow": log.overflow,
        })),
        "clock": read(&answers.clock, |clock| time(*clock)),
        "sensors": answers.sensors.iter().map(sensor).collect::<Vec<_>>(),
        "sensors_passed_over": answers.sensors_passed_over,
        "parts": answers.records.iter().filter_map(|record| match &record.body {
            Record::Locator(part) => Some(object!({
                "name": text(part.name.as_ref()), "entity": part.entity, "instance": part.instance,
            })),
            _ => None,
        }).collect::<Vec<_>>(),
        "records": answers.records.len(),
        "records_cut": answers.records_cut.map(|why| why.to_string()),
        "entries": answers.entries.iter().map(|one| entry(answers, one)).collect::<Vec<_>>(),
        "entries_cut": cut,
    });
    asked(&mut value, answers.tally, answers.stopped, &answers.missing());
    value
}

/// Why the power went off last.
fn last_event(bits: u8) -> Value {
    let words = ["AC failed", "overload", "interlock", "power fault", "by command"];
    words.into_iter().zip(0_u8..).filter(|(_, bit)| bits >> bit & 1 == 1).map(|(words, _)| words).collect()
}

fn time(time: Time) -> Value {
    match time {
        Time::Unset => json!(null),
        Time::SinceStart(seconds) => object!({ "seconds_since_start": seconds }),
        Time::Clock(seconds) => {
            let written = DateTime::from_timestamp(seconds.into(), 0);
            object!({ "written": written.map(|written| written.format("%Y-%m-%d %H:%M:%S").to_string()) })
        }
    }
}

fn sensor(sensed: &Sensed) -> Value {
    let sensor = &sensed.sensor;
    let analog = sensor.analog.as_ref();
    let convert = |raw: u8| analog.and_then(|analog| analog.factors.convert(raw));
    let [unr, ucr, unc, lnr, lcr, lnc] =
        analog.map_or([None; 6], |analog| analog.thresholds.map(|raw| raw.and_then(convert)));
    let reading = read(&sensed.reading, |reading| {
        let bits = reading.states.unwrap_or(0);
        let words = states(sensor.kind, sensor.sensor_type, bits);
        object!({
            "value": reading.raw.and_then(convert),
            "raw": reading.raw,
            "states": reading.states,
            "states_words": words.into_iter().map(|(_, words)| words).collect::<Vec<_>>(),
            "scanning": reading.scanning,
            "unavailable": reading.unavailable,
        })
    });
    object!({
        "number": sensed.number,
        "name": text(sensor.name.as_ref()),
        "type": sensor_words(sensor.sensor_type),
        "entity": sensor.entity,
        "instance": sensor.instance,
        "unit": analog.and_then(|analog| unit_words(analog.unit)),
        "percent": analog.map(|analog| analog.percent),
        "reading": reading,
        "limits": object!({
            "upper_non_recoverable": unr,
            "upper_critical": ucr,
            "upper_non_critical": unc,
            "lower_non_recoverable": lnr,
            "lower_critical": lcr,
            "lower_non_critical": lnc,
        }),
    })
}

fn entry(answers: &Answers, entry: &Entry) -> Value {
    let bytes: String = entry.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let Some(record) = &entry.record else { return object!({ "bytes": bytes }) };
    let (at, said) = match &record.body {
        Body::System { time: at, generator, event, .. } => (Some(*at), event_of(answers, event, *generator)),
        Body::OemTimed { time: at, manufacturer, .. } => (Some(*at), object!({ "manufacturer": manufacturer })),
        Body::Oem(_) | Body::Other(_) => (None, json!(null)),
    };
    object!({ "id": record.id, "type": record.kind, "time": at.map(time), "event": said, "bytes": bytes })
}

fn event_of(answers: &Answers, event: &Event, generator: u16) -> Value {
    let sensor = answers.records.iter().find_map(|record| match &record.body {
        Record::Sensor(sensor) if event.number.wrapping_sub(sensor.number) < sensor.shared => Some(sensor),
        _ => None,
    });
    let analog = sensor.and_then(|sensor| sensor.analog.as_ref());
    let convert = |raw: Option<u8>| raw.zip(analog).and_then(|(raw, analog)| analog.factors.convert(raw));
    object!({
        "sensor": event.number,
        "sensor_name": sensor.and_then(|sensor| sensor.name.as_deref()).map(clean),
        "sensor_type": event.sensor_words(),
        "generator": generator,
        "words": event.words(),
        "asserted": event.asserted,
        "value": convert(event.reading()),
        "limit": convert(event.threshold()),
        "unit": analog.and_then(|analog| unit_words(analog.unit)),
        "data": event.data,
    })
}
