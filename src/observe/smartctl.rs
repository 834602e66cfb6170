//! What smartctl prints of drives. It names no bay.

use super::drives::{self, Asked, Is};
use super::machine::{Drive, says};
use super::output::{Sheet, Time, Tool};
use crate::model::{Ailment, Severity, Unread, WhyUnread};
use crate::words::{clean, number_of};
use arraywatch_parsers::output::Tally;
use arraywatch_parsers::smartctl::{self, Answers, HealthWord, Printed, TroubleKind};
use chrono::{DateTime, Utc};

/// Its outputs.
pub(super) struct Smartctl;

impl Tool for Smartctl {
    type Output = Printed;

    const NAME: &'static str = "smartctl";

    const OF_ONE_THING: bool = true;

    fn recognise(bytes: &[u8]) -> bool {
        smartctl::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Printed {
        smartctl::read(bytes)
    }

    fn tally(printed: &Printed) -> &Tally {
        &printed.tally
    }

    fn time(printed: &Printed) -> Option<Time> {
        match printed.drives.iter().find_map(|drive| drive.time.clone())? {
            smartctl::Time::Epoch(seconds) => DateTime::from_timestamp(seconds, 0).map(Time::Instant),
            smartctl::Time::Local { local, zone, written } => Some(Time::Local { local, zone, written }),
        }
    }

    fn sheet(printed: &Printed, host: &str, _at: DateTime<Utc>) -> Sheet {
        drives::sheet(host, printed.drives.iter().map(asked).collect())
    }
}

fn asked(told: &smartctl::Drive) -> Asked {
    let mut drive = match &told.answers {
        Answers::Ata(ata) => {
            let passed = match told.health {
                Some(HealthWord::Passed) => Some(true),
                Some(HealthWord::Failed) => Some(false),
                _ => None,
            };
            let (model, firmware) = (told.model.as_deref(), told.firmware.as_deref());
            drives::ata(&Is { model, firmware, smart: told.smart, passed }, ata)
        }
        Answers::Scsi(scsi) => drives::scsi(scsi),
        Answers::Nvme(nvme) => drives::nvme(nvme),
        Answers::Unknown => Drive::default(),
    };
    health(told, &mut drive);
    let text = |text: &Option<String>| text.as_ref().map(|text| clean(text));
    let unread = unread(told, drive.unread.take());
    let drive = Drive {
        serial: text(&told.serial),
        wwn: text(&told.wwn),
        vendor: text(&told.vendor),
        model: text(&told.model),
        firmware: text(&told.firmware),
        bytes: told.bytes,
        unread,
        ..drive
    };
    // A device behind a RAID card is shared by all of its drives.
    let way = told.way.as_ref().filter(|way| way.contains(','));
    let name = told.device.as_ref().map(|device| match way {
        Some(way) => format!("{} {}", clean(device), clean(way)),
        None => clean(device),
    });
    Asked { drive, names: name.into_iter().collect(), fingerprint: told.fingerprint }
}

/// A word on its health that is not known, or that nothing else of what it says explains.
fn health(told: &smartctl::Drive, drive: &mut Drive) {
    let explained = drive.reasons.iter().any(|reason| reason.severity >= Severity::Warning);
    match &told.health {
        Some(HealthWord::Other(word)) => {
            let text = format!("it calls its health «{}», a word that is not known", clean(word));
            drive.reasons.push(says(Ailment::FailurePredicted, "health-word", Severity::Warning, text));
        }
        Some(HealthWord::Failed) if !explained => {
            let text = "the drive itself says that it fails or soon will";
            drive.reasons.push(says(Ailment::FailurePredicted, "smart-status", Severity::Critical, text));
        }
        _ => {}
    }
}

/// Why it was not read, or not all of it; what weighs most comes first.
fn unread(told: &smartctl::Drive, own: Option<Unread>) -> Option<Unread> {
    let kind = |kind| match kind {
        TroubleKind::Asleep => WhyUnread::Asleep,
        TroubleKind::Denied => WhyUnread::Denied,
        TroubleKind::NotAnswering => WhyUnread::NotAnswering,
        TroubleKind::NoWay => WhyUnread::NoWay,
        TroubleKind::NotUnderstood | TroubleKind::Part => WhyUnread::NotUnderstood,
    };
    let trouble = told.troubles.iter().min_by_key(|trouble| trouble.kind);
    let why = |part| {
        let trouble = trouble.filter(|trouble| (trouble.kind == TroubleKind::Part) == part)?;
        Some(Unread { why: kind(trouble.kind), text: format!("smartctl says: {}", clean(&trouble.text)) })
    };
    let unavailable = || {
        let text = "it has no SMART, or what is before it does not let it through".to_owned();
        (told.smart.supported == Some(false)).then_some(Unread { why: WhyUnread::NoWay, text })
    };
    let lacks = || {
        let lacks = told.lacks.join(", ");
        let text = format!("the output does not have {lacks}: smartctl -x prints all");
        (!told.lacks.is_empty()).then(|| drives::not_understood(text))
    };
    let odd = || {
        let lines = number_of(told.odd, "line", "lines");
        (told.odd > 0).then(|| drives::not_understood(format!("{lines} of the output are not understood")))
    };
    // That it says nothing of its health does not follow from an output that was not to tell of it.
    let own = own.filter(|own| own.why != WhyUnread::NoWay || told.lacks.is_empty());
    why(false).or_else(unavailable).or(own).or_else(|| why(true)).or_else(lacks).or_else(odd)
}
