//! What the SMART attributes of a drive are a reason for: each against its maker's threshold, and, where the table knows what the
//! raw value counts, by that.

use super::super::reason::{counted, says, standing};
use crate::model::{Ailment, Reason, Severity};
use crate::probes::ata::Answers;
use crate::words::number_of;
use arraywatch_parsers::ata::attributes::{Meaning, Meanings, What, decode};
use arraywatch_parsers::ata::smart::{Attribute, Standing};

/// An attribute, with what it means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoded {
    attribute: Attribute,
    meaning: Option<&'static Meaning>,
    threshold: Option<u8>,
    /// How many or how long, if the raw value tells.
    pub(super) count: Option<u64>,
}

impl Decoded {
    pub(super) fn what(&self) -> Option<What> {
        self.meaning.map(|meaning| meaning.what)
    }
}

/// All attributes, each id once.
pub(super) fn decoded(answers: &Answers) -> Vec<Decoded> {
    let (Ok(data), Ok(identify)) = (&answers.smart, &answers.identify) else { return Vec::new() };
    let model = identify.model.as_deref().unwrap_or_default();
    let firmware = identify.firmware.as_deref().unwrap_or_default();
    let meanings = Meanings::of(model, firmware);
    let mut decoded: Vec<Decoded> = Vec::new();
    for attribute in &data.attributes {
        if decoded.iter().any(|known| known.attribute.id == attribute.id) {
            continue;
        }
        let meaning = meanings.get(attribute.id);
        decoded.push(Decoded {
            attribute: *attribute,
            meaning,
            threshold: answers.thresholds.as_ref().ok().and_then(|thresholds| thresholds.of(attribute.id)),
            count: meaning.and_then(|meaning| decode(meaning, attribute.raw).count()),
        });
    }
    decoded
}

/// What an attribute counts or measures, for people.
pub const fn name_of(what: What) -> &'static str {
    match what {
        What::ReallocatedSectors => "reallocated sectors",
        What::PendingSectors => "pending sectors",
        What::OfflineUncorrectable => "sectors that a scan could not read",
        What::ReportedUncorrectable => "reported uncorrectable errors",
        What::CommandTimeouts => "command timeouts",
        What::InterfaceCrcErrors => "interface CRC errors",
        What::PowerOnHours => "power-on hours",
        What::HeadFlyingHours => "head flying hours",
        What::PowerCycles => "power cycles",
        What::UnsafeShutdowns => "unsafe shutdowns",
        What::SpinRetries => "spin retries",
        What::ReadErrors => "read errors",
        What::SeekErrors => "seek errors",
        What::Temperature => "temperature",
        What::LifeLeft => "life left",
        What::EraseCycles => "erase cycles",
        What::ReserveBlocksUsed => "reserve blocks used",
        What::ProgramFailures => "program failures",
        What::EraseFailures => "erase failures",
        What::Helium => "helium",
    }
}

/// What speaks for looking at the drive.
pub(super) fn reasons(one: &Decoded) -> impl Iterator<Item = Reason> {
    [against_threshold(one), by_count(one), by_life(one)].into_iter().flatten()
}

fn against_threshold(one: &Decoded) -> Option<Reason> {
    let Decoded { attribute, threshold, .. } = one;
    let threshold = (*threshold)?;
    let stands = attribute.standing(threshold)?;
    let id = attribute.id;
    let name = one.what().map_or_else(String::new, |what| format!(" ({})", name_of(what)));
    // The temperature as an attribute is far from its threshold when it is cool.
    let (ailment, severity) = match (stands, one.what(), attribute.prefailure()) {
        (Standing::Above, ..) => return None,
        (Standing::BelowOnce, Some(What::Temperature), _) => (Ailment::Hot, Severity::Info),
        (Standing::BelowOnce, ..) => (Ailment::FailurePredicted, Severity::Info),
        (Standing::Below, Some(What::Temperature), _) => (Ailment::Hot, Severity::Warning),
        (Standing::Below, _, true) => (Ailment::FailurePredicted, Severity::Critical),
        (Standing::Below, Some(What::LifeLeft | What::ReserveBlocksUsed), false) => (Ailment::Worn, Severity::Warning),
        (Standing::Below, _, false) => (Ailment::FailurePredicted, Severity::Warning),
    };
    let below = format!("at or below its maker's threshold of {threshold}");
    let text = match (stands, ailment, attribute.prefailure()) {
        (Standing::BelowOnce, ..) => format!("attribute {id}{name} was once {below}, and is above it now"),
        (_, Ailment::Hot, _) => format!("attribute {id}{name} is {below}: it is too hot"),
        (_, _, true) => format!("attribute {id}{name} is {below}: the drive predicts that it fails"),
        (_, _, false) => format!("attribute {id}{name} is {below}: it is past its design life"),
    };
    Some(says(ailment, &format!("ata-{id}-threshold"), severity, text))
}

fn by_count(one: &Decoded) -> Option<Reason> {
    let (level, id) = (one.count?, one.attribute.id);
    let key = format!("ata-{id}");
    let tell = |one: &str, many: &str| format!("{} (attribute {id})", number_of(level, one, many));
    let lasting = |text| counted(Ailment::MediaErrors, &key, level, text);
    let for_now = |text| standing(Ailment::MediaErrors, &key, level, text);
    match one.what()? {
        What::ReallocatedSectors => {
            lasting(tell("sector was replaced by a spare one", "sectors were replaced by spare ones"))
        }
        What::ReportedUncorrectable => {
            lasting(tell("error could not be corrected by the drive", "errors could not be corrected by the drive"))
        }
        What::ProgramFailures => {
            lasting(tell("block of flash could not be written", "blocks of flash could not be written"))
        }
        What::EraseFailures => {
            lasting(tell("block of flash could not be erased", "blocks of flash could not be erased"))
        }
        What::PendingSectors => for_now(tell(
            "sector cannot be read and waits to be replaced",
            "sectors cannot be read and wait to be replaced",
        )),
        What::OfflineUncorrectable => for_now(tell(
            "sector could not be read when the drive scanned itself",
            "sectors could not be read when the drive scanned itself",
        )),
        What::InterfaceCrcErrors => {
            let text = tell(
                "transfer between controller and drive was garbled: cable, backplane or port",
                "transfers between controller and drive were garbled: cable, backplane or port",
            );
            counted(Ailment::LinkErrors, &key, level, text)
        }
        _ => None,
    }
}

/// Life that is left, as a normalised value: 100 of a new drive, 1 or 0 of one that is used up.
fn by_life(one: &Decoded) -> Option<Reason> {
    let left = one.attribute.value;
    let severity = match (one.what()?, left) {
        (What::LifeLeft, 0 | 1) => Severity::Warning,
        (What::LifeLeft, 2..=10) => Severity::Info,
        _ => return None,
    };
    let id = one.attribute.id;
    Some(Reason {
        level: Some(100 - u64::from(left)),
        ..says(Ailment::Worn, &format!("ata-{id}"), severity, format!("{left} % of its life is left (attribute {id})"))
    })
}
