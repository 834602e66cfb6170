//! An enclosure with its fans, supplies and sensors.

use super::{Card, bad, gravest_first};
use crate::model::{Ailment, Kind, Reading, Reason, Severity, Thing};
use crate::observe::machine::Read;
use crate::observe::machine::reason::says;
use crate::words::clean;
use arraywatch_parsers::adaptec::arcconf::config::{Device, DeviceKind, Part};
use arraywatch_parsers::adaptec::arcconf::words::Condition;

pub(super) fn things(card: &Card<'_>) -> Vec<Read> {
    let devices = card.runs.iter().flat_map(|run| &run.devices);
    let mut things: Vec<Read> = Vec::new();
    for device in devices.filter(|device| device.kind == DeviceKind::Enclosure) {
        let read = thing(card, device);
        // One that is reached by two channels is listed twice.
        if things.iter().all(|known| known.subject != read.subject) {
            things.push(read);
        }
    }
    things
}

fn thing(card: &Card<'_>, device: &Device) -> Read {
    let path = match (device.enclosure, device.channel) {
        (Some(number), _) => format!("e{number}"),
        (None, Some((channel, device))) => format!("channel{channel}/d{device}"),
        (None, None) => "e".to_owned(),
    };
    let names = [&device.vendor, &device.model].into_iter().flatten().map(|name| clean(name.trim()));
    let model = Some(names.collect::<Vec<_>>().join(" ")).filter(|model| !model.is_empty());
    let mut reasons: Vec<Reason> = device.parts.iter().filter_map(reason).collect();
    gravest_first(&mut reasons);
    let text = format!("enclosure {}", model.as_deref().unwrap_or("of a model that is not told"));
    let reading = Reading { thing: Thing::Enclosure { model }, reasons, unread: None };
    Read { subject: card.within(Kind::Enclosure, &path), reading, text, values: Vec::new() }
}

/// What is the matter with a part, if anything.
fn reason(part: &Part) -> Option<Reason> {
    let condition = part.condition.as_ref()?;
    let word = bad(condition)?;
    let name = clean(part.name.trim_end_matches(" status").trim_end_matches(" Status"));
    let small = part.name.to_ascii_lowercase();
    let ailment = match small.split(' ').next() {
        Some("fan") => Ailment::FanFailed,
        Some("power") => Ailment::SupplyFailed,
        Some("temperature") => Ailment::HousingHot,
        _ => Ailment::PartFailed,
    };
    let severity = match condition {
        // Sockets without a fan say so.
        Condition::Unknown => Severity::Info,
        Condition::Failed if ailment == Ailment::SupplyFailed => Severity::Critical,
        _ => Severity::Warning,
    };
    Some(says(ailment, &small.replace(' ', "-"), severity, format!("{name}: {word}")))
}
