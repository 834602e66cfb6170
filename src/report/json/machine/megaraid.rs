//! What a MegaRAID controller answered.

use super::scsi::{identification, inquiry, scsi, text};
use super::{asked, ata, read, why};
use crate::probes::got::Missing;
use crate::probes::megaraid::{Answers, Drive, Info, NotTold, Told};
use arraywatch_parsers::megaraid::battery::Battery;
use arraywatch_parsers::megaraid::device::{Array, CachePolicy};
use arraywatch_parsers::megaraid::event::{Class, Event, Time};
use chrono::DateTime;
use serde_json::Value;

/// All of it.
pub fn megaraid(answers: &Answers) -> Value {
    let mut value = object!({
        "path": &answers.path,
        "controller": read(&answers.card, |card| object!({
            "product": text(card.product.as_ref()),
            "serial": text(card.serial.as_ref()),
            "package": text(card.package.as_ref()),
            "battery": card.battery,
            "memory_mb": card.memory,
            "memory_corrected": card.memory_corrected,
            "memory_uncorrected": card.memory_uncorrected,
            "arrays": card.arrays,
            "arrays_degraded": card.arrays_degraded,
            "arrays_offline": card.arrays_offline,
            "drives": card.drives,
            "drives_predicting_failure": card.drives_predicting_failure,
            "drives_failed": card.drives_failed,
        })),
        "battery": read(&answers.battery, battery),
        "drives": answers.drives.iter().map(drive).collect::<Vec<_>>(),
        "arrays": answers.arrays.iter().map(|(at, info)| object!({
            "target": at.target, "state": at.state.words(), "blocks": at.blocks, "info": read(info, array),
        })).collect::<Vec<_>>(),
        "passed_over": answers.passed_over,
        "log": read(&answers.log, |log| object!({
            "newest": log.newest,
            "oldest": log.oldest,
            "clear": log.clear,
            "shutdown": log.shutdown,
            "boot": log.boot,
        })),
        "events": answers.events.iter().map(event).collect::<Vec<_>>(),
        "events_cut": answers.events_cut.map(why),
    });
    let missing = [
        ("controller", answers.card.as_ref().err()),
        ("drives", answers.no_drives.as_ref()),
        ("arrays", answers.no_arrays.as_ref()),
        ("battery", answers.battery.as_ref().err()),
        ("event log", answers.log.as_ref().err()),
    ];
    let missing: Vec<(&str, Missing)> = missing.into_iter().filter_map(|(what, why)| Some((what, *why?))).collect();
    asked(&mut value, answers.tally, answers.stopped, &missing);
    value
}

fn battery(battery: &Battery) -> Value {
    object!({
        "type": battery.kind,
        "millivolts": battery.millivolts,
        "milliamperes": battery.milliamperes,
        "celsius": battery.temperature,
        "troubles": battery.troubles(),
        "does": battery.doings(),
        "not_understood": battery.unread(),
    })
}

fn drive(drive: &Drive) -> Value {
    let at = &drive.address;
    let told = match &drive.told {
        Told::Scsi(answers) => object!({ "scsi": scsi(answers) }),
        Told::Ata(answers) => object!({ "ata": ata(answers) }),
        Told::Nothing(NotTold::GivenUp) => object!({ "not_read": "the controller gave it up" }),
        Told::Nothing(NotTold::Number) => object!({ "not_read": "its number is too great for a pass-through command" }),
        Told::Nothing(NotTold::Stopped(missing)) => object!({ "not_read": missing.to_string() }),
    };
    object!({
        "id": at.id,
        "enclosure": (at.enclosure != u16::MAX).then_some(at.enclosure),
        "enclosure_index": at.enclosure_index,
        "slot": at.slot,
        "sas_addresses": at.addresses.iter().filter(|one| **one != 0).map(|one| format!("{one:016x}")).collect::<Vec<_>>(),
        "info": read(&drive.info, info),
        "answers": told,
    })
}

fn info(info: &Info) -> Value {
    object!({
        "inquiry": info.inquiry.as_ref().map(inquiry),
        "name": object!({
            "serial": text(info.name.serial.as_ref()),
            "model": text(info.name.model.as_ref()),
            "firmware": text(info.name.firmware.as_ref()),
        }),
        "identification": info.identification.as_ref().map(identification),
        "state": info.state.map(|state| state.words()),
        "media_errors": info.media_errors,
        "other_errors": info.other_errors,
        "predictions": info.predictions,
        "last_prediction_event": info.last_prediction,
        "foreign": info.foreign,
        "broken_paths": info.broken_paths,
        "raw_blocks": info.raw_blocks,
        "block_bytes": info.block,
        "rebuild_percent": info.rebuild.map(|done| f64::from(done) * 100.0 / 65_535.0),
        "bad_block_table_full": info.bad_block_table_full,
        "bad_blocks": info.bad_blocks,
        "media_type": info.media,
        "interface": info.interface,
        "celsius": info.temperature,
    })
}

fn array(array: &Array) -> Value {
    let cache = |cache: Option<CachePolicy>| {
        cache.map(|cache| {
            object!({
                "write_back": cache.write_back,
                "write_back_without_battery": cache.write_back_without_battery,
            })
        })
    };
    object!({
        "name": text(array.name.as_ref()),
        "ddf_level": array.level,
        "drives_of_a_span": array.drives,
        "spans": array.spans,
        "state": array.state.map(|state| state.words()),
        "consistent": array.consistent,
        "blocks": array.blocks,
        "cache_set": cache(array.cache_set),
        "cache_now": cache(array.cache_now),
    })
}

fn event(event: &Event) -> Value {
    /// Seconds from 1970-01-01 to 2000-01-01.
    const EPOCH: i64 = 946_684_800;
    let (written, since) = match event.time {
        Time::Clock(seconds) => {
            let local = DateTime::from_timestamp(EPOCH + i64::from(seconds), 0);
            (local.map(|local| local.format("%Y-%m-%d %H:%M:%S").to_string()), None)
        }
        Time::SinceBoot(seconds) => (None, Some(seconds)),
    };
    let class = match event.class {
        Class::Debug => "debug".to_owned(),
        Class::Progress => "progress".to_owned(),
        Class::Info => "info".to_owned(),
        Class::Warning => "warning".to_owned(),
        Class::Critical => "critical".to_owned(),
        Class::Fatal => "fatal".to_owned(),
        Class::Dead => "dead".to_owned(),
        Class::Unknown(class) => format!("class {class}"),
    };
    object!({
        "sequence": event.sequence,
        "written": written,
        "seconds_since_start": since,
        "code": event.code,
        "class": class,
        "locales": event.locales(),
        "drive": event.drive().map(|drive| drive.id),
        "array": event.array().map(|array| array.target),
        "text": text(event.text.as_ref()),
    })
}
