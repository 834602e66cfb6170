//! A drive, as its controller has it.

use super::{Card, gravest_first};
use crate::model::{Ailment, DriveRead, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread};
use crate::observe::machine::Read;
use crate::observe::machine::reason::{counted, says};
use crate::observe::machine::wear::used_up;
use crate::observe::output::{is_serial, unnamed};
use crate::words::{clean, number_of};
use arraywatch_parsers::adaptec::arcconf::config::{Device, Segment};
use arraywatch_parsers::adaptec::arcconf::place::Place;
use arraywatch_parsers::adaptec::arcconf::words::DeviceState;

/// Counters that tell of a drive's health, by their names in small letters: of old versions ("… count") and of SmartRAID. What was
/// recovered, and what counts use, says nothing.
const COUNTERS: [(&str, Ailment, &str); 12] = [
    ("medium error count", Ailment::MediaErrors, "medium errors"),
    ("media failures", Ailment::MediaErrors, "media failures"),
    ("hard read errors", Ailment::MediaErrors, "reads that failed for good"),
    ("hard write errors", Ailment::MediaErrors, "writes that failed for good"),
    ("failed read recovers", Ailment::MediaErrors, "recoveries of reads that failed"),
    ("failed write recovers", Ailment::MediaErrors, "recoveries of writes that failed"),
    ("hardware error count", Ailment::MediaErrors, "errors of its hardware"),
    ("hardware errors", Ailment::MediaErrors, "errors of its hardware"),
    ("parity error count", Ailment::LinkErrors, "parity errors"),
    ("link failure count", Ailment::LinkErrors, "failures of the link"),
    ("scsi bus faults", Ailment::LinkErrors, "faults of the bus"),
    ("other time out errors", Ailment::LinkErrors, "time-outs"),
];

/// Commands that the controller gave up, mostly since no answer came: of the way to the drive as much as of the drive.
const ABORTED: [&str; 2] = ["aborted command count", "aborted commands"];

/// How often a drive said that it will fail.
const PREDICTIONS: [&str; 2] = ["smart warning count", "predictive failures"];

/// The name by which a drive goes: its serial number. Where that is hidden, a segment in the same place may tell it.
pub(super) fn subject(card: &Card<'_>, device: &Device) -> Subject {
    let serial = |serial: &Option<String>| serial.as_deref().map(clean).filter(|serial| is_serial(serial));
    let here = |segment: &&Segment| segment.place.is_some() && segment.place == device.place;
    let mut segments = card.logical().flat_map(|logical| &logical.segments).filter(here);
    if let Some(serial) = serial(&device.serial).or_else(|| segments.find_map(|segment| serial(&segment.serial))) {
        return Subject::drive(&serial);
    }
    let place = place(device)
        .map_or_else(|| format!("{}/device{}", card.path, device.number.unwrap_or(0)), |place| card.bay(&place).path());
    unnamed(card.host, &place)
}

/// Where a drive sits: its slot, or what else there is.
pub(super) fn place(device: &Device) -> Option<Place> {
    let channel = || device.channel.map(|(channel, device)| Place::Channel { channel, device });
    device.place.clone().or_else(channel)
}

/// Whether the controller gave it up.
pub(super) fn is_given_up(device: &Device) -> bool {
    matches!(device.state, Some(DeviceState::Failed | DeviceState::Missing))
}

pub(super) fn things(card: &Card<'_>) -> Vec<Read> {
    card.drives.iter().map(|(subject, device)| thing(card, subject, device)).collect()
}

fn thing(card: &Card<'_>, subject: &Subject, device: &Device) -> Read {
    let serial = subject.serial().unwrap_or_default();
    let bay = place(device).map_or_else(|| Subject::somewhere(card.host, serial), |place| card.bay(&place));
    let (vendor, model) = names(device);
    let word = match &device.state {
        Some(state) => words(state),
        None => "in a state that is not told".to_owned(),
    };
    let text = format!("{} {serial}, {word}", model.as_deref().unwrap_or("drive"));
    let unread = device
        .state
        .is_none()
        .then(|| Unread { why: WhyUnread::NotUnderstood, text: "its controller does not tell how it is".to_owned() });
    let mut reasons = found(device);
    gravest_first(&mut reasons);
    let read = DriveRead {
        bay,
        vendor,
        model,
        firmware: device.firmware.as_deref().map(clean),
        wwn: device.wwn.as_deref().and_then(wwn),
        bytes: device.bytes.filter(|bytes| *bytes > 0),
        names: device.disk_name.iter().map(|name| clean(name.trim_start_matches("/dev/"))).collect(),
        power: None,
    };
    let reading = Reading { thing: Thing::Drive(Box::new(read)), reasons, unread };
    Read { subject: subject.clone(), reading, text, values: Vec::new() }
}

/// Vendor and model. Firmware of before 2009 cuts the model of an ATA drive in two, and writes its first eight characters as the vendor
/// (`ST310003`, `40NS`); what stands for a drive that is gone is no name.
fn names(device: &Device) -> (Option<String>, Option<String>) {
    let text = |text: &Option<String>| text.as_deref().map(|text| clean(text.trim()));
    let (vendor, model) = (text(&device.vendor), text(&device.model).filter(|model| !model.is_empty()));
    match (vendor, model) {
        (Some(vendor), Some(model)) if vendor.len() == 8 && vendor.contains(|c: char| c.is_ascii_digit()) => {
            (None, Some(format!("{vendor}{model}")))
        }
        (vendor, model) => (vendor.filter(|vendor| vendor != "ATA" && !vendor.contains('*')), model),
    }
}

/// The world-wide name of the drive itself. Those that the controller makes up for SATA drives are of NAA 3, or have the number of
/// Adaptec (0000D1).
fn wwn(text: &str) -> Option<String> {
    let own = text.len() == 16 && text.chars().all(|c| c.is_ascii_hexdigit());
    let name = text.to_ascii_lowercase();
    (own && name.starts_with('5') && !name.starts_with("50000d1")).then(|| format!("0x{name}"))
}

fn words(state: &DeviceState) -> String {
    let word = match state {
        DeviceState::Online => "in use",
        DeviceState::Ready => "not in use",
        DeviceState::Raw => "shown to the host as it is",
        DeviceState::HotSpare => "a hot spare",
        DeviceState::Rebuilding => "being written anew",
        DeviceState::Failed => "failed",
        DeviceState::Missing => "missing",
        DeviceState::Offline => "offline",
        DeviceState::Other(word) => return format!("in the state \u{ab}{}\u{bb}", clean(word)),
    };
    word.to_owned()
}

/// What the controller has against it.
fn found(device: &Device) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut tell = |ailment, key: &str, severity, text: String| reasons.push(says(ailment, key, severity, text));
    match &device.state {
        Some(state @ (DeviceState::Failed | DeviceState::Missing)) => {
            let text = format!("its controller gave it up: {}", words(state));
            tell(Ailment::OutOfUse, "arcconf-state", Severity::Critical, text);
        }
        Some(DeviceState::Offline) => {
            let text = "its controller has it offline, so no array uses it";
            tell(Ailment::OutOfUse, "arcconf-state", Severity::Warning, text.to_owned());
        }
        Some(DeviceState::Other(word)) => {
            let text =
                format!("its controller has it in the state \u{ab}{}\u{bb}, which is not known here", clean(word));
            tell(Ailment::OutOfUse, "arcconf-state", Severity::Warning, text);
        }
        _ => {}
    }
    if let Some(reason) = &device.last_failure {
        let text = format!("its controller gave it up before: {}", clean(reason));
        tell(Ailment::OutOfUse, "arcconf-last-failure", Severity::Info, text);
    }
    if device.stale == Some(true) {
        let text =
            "it bears the configuration of another array (stale RIS data), and is not used before somebody decides";
        tell(Ailment::OutOfUse, "foreign", Severity::Warning, text.to_owned());
    }
    if device.worn_out == Some(true) {
        let text = "it says that its flash is written out (SSD Smart Trip Wearout)";
        tell(Ailment::Worn, "arcconf-worn", Severity::Warning, text.to_owned());
    }
    if device.worn_out_soon == Some(true) {
        let text = "its flash will be written out within 56 days, as it is written now";
        tell(Ailment::Worn, "arcconf-worn-soon", Severity::Warning, text.to_owned());
    }
    if let Some((now, limit)) = device.celsius.zip(device.celsius_max)
        && limit > 0
        && now > limit
    {
        let text = format!("it is above the {limit} degrees C that its maker allows");
        tell(Ailment::Hot, "arcconf-temperature", Severity::Warning, text);
    }
    let used = device.life_left.map(|left| 100_u64.saturating_sub(left.into()));
    reasons.extend(used.and_then(|used| used_up("arcconf-life", used, "arcconf, Usage Remaining")));
    reasons.extend(predicted(device));
    reasons.extend(counters(device));
    reasons
}

/// That it says that it will fail.
fn predicted(device: &Device) -> Option<Reason> {
    let count =
        |name: &&str| device.counters.iter().find(|counter| counter.name == **name).map(|counter| counter.count);
    let times = PREDICTIONS.iter().filter_map(count).chain(device.predictions).max().unwrap_or(0);
    if times == 0 && device.predicts != Some(true) {
        return None;
    }
    let times_told = if times == 0 { String::new() } else { format!(" {}", number_of(times, "time", "times")) };
    let text = format!("its controller heard it say{times_told} that it will fail (S.M.A.R.T.)");
    let reason = says(Ailment::FailurePredicted, "arcconf-predicted", Severity::Critical, text);
    Some(Reason { level: (times > 0).then_some(times), ..reason })
}

/// What the controller counts; of interest when it rises.
fn counters(device: &Device) -> Vec<Reason> {
    let reason = |(name, count): (&str, u64)| {
        let key = format!("arcconf-{}", name.replace(' ', "-"));
        let known = COUNTERS.iter().find(|(known, ..)| *known == name);
        let (ailment, what) = match known {
            Some((_, ailment, what)) => (*ailment, *what),
            None if ABORTED.contains(&name) => (Ailment::LinkErrors, "commands that were given up"),
            None => return None,
        };
        counted(ailment, &key, count, format!("its controller counts {what}: {count}"))
    };
    device.counters.iter().map(|counter| (counter.name.as_str(), counter.count)).filter_map(reason).collect()
}
