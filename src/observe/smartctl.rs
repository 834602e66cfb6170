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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Subject, Thing};
    use std::collections::BTreeSet;

    const HEALTHY: &str = include_str!("../../fixtures/smartctl/healthy");

    fn things(text: &str) -> Vec<super::super::machine::Read> {
        Smartctl::sheet(&Smartctl::read(text.as_bytes()), "h", DateTime::UNIX_EPOCH).things
    }

    /// The healthy fixture, with one text in place of another.
    fn with(from: &str, to: &str) -> String {
        assert!(HEALTHY.contains(from), "{from}");
        HEALTHY.replace(from, to)
    }

    #[test]
    fn why_it_was_not_read() {
        let check = |text: &str, expect: Option<WhyUnread>| {
            let things = things(text);
            let [read] = things.as_slice() else { panic!("one drive: {text}") };
            assert_eq!(read.reading.unread.as_ref().map(|unread| unread.why), expect, "{text}");
        };
        let told = |line: &str| format!("smartctl 7.2 2020-12-30 r5155 [x86_64-linux-5.10] (local build)\n\n{line}\n");
        check(HEALTHY, None);
        check(&told("Device is in STANDBY mode, exit(2)"), Some(WhyUnread::Asleep));
        check(&told("Smartctl open device: /dev/sda failed: Permission denied"), Some(WhyUnread::Denied));
        check(&told("Smartctl open device: /dev/sda failed: No such device"), Some(WhyUnread::NotAnswering));
        check(&told("Read Device Identity failed: Input/output error"), Some(WhyUnread::NotAnswering));
        check(&told("/dev/sdb: Unknown USB bridge [0x0bda:0x9210 (0xf200)]"), Some(WhyUnread::NoWay));
        let enabled = "SMART support is: Enabled";
        check(&with(enabled, "SMART support is: Disabled"), Some(WhyUnread::NotUnderstood));
        let available = "SMART support is: Available - device has SMART capability.\nSMART support is: Enabled";
        check(
            &with(available, "SMART support is: Unavailable - device lacks SMART capability."),
            Some(WhyUnread::NoWay),
        );
        let error_log = "SMART Extended Comprehensive Error Log Version: 1 (5 sectors)\nNo Errors Logged\n";
        check(&with(error_log, "Read SMART Extended Comprehensive Error Log failed\n"), Some(WhyUnread::NotUnderstood));
        check(&with(error_log, ""), Some(WhyUnread::NotUnderstood));
        check(&with("No Errors Logged", "No Errors Logged\nAn error was not logged"), Some(WhyUnread::NotUnderstood));
    }

    #[test]
    fn reasons() {
        let check = |text: &str, expect: &[(&str, Severity)]| {
            let things = things(text);
            let reasons = things.iter().flat_map(|read| &read.reading.reasons);
            let told: Vec<(&str, Severity)> = reasons.map(|reason| (reason.key.as_str(), reason.severity)).collect();
            assert_eq!(told, expect, "{text}");
        };
        check(HEALTHY, &[]);
        check(&with("PASSED", "FAILED!"), &[("smart-status", Severity::Critical)]);
        check(&with("PASSED", "WELL ENOUGH"), &[("health-word", Severity::Warning)]);
        // Raw values that smartctl printed unpacked: 22 time-outs are no reason, nor is the greatest temperature.
        check(&with("0 0 0\n", "22 22 22\n"), &[]);
        check(&with("0 0 0\n", "94490722326\n"), &[]);
        check(
            &with("PO--CK   100   100   010    -    0", "PO--CK   100   100   010    -    8"),
            &[("ata-5", Severity::Info)],
        );
        check(
            &with("-O--C-   100   100   000    -    0", "-O--C-   100   100   000    -    8"),
            &[("ata-197", Severity::Warning)],
        );
        check(
            &with("-O--C-   100   100   000    -    0", "-O--C-   100   100   000    ODD  0"),
            &[("ata-197-threshold", Severity::Warning)],
        );
        check(
            &with("-O--C-   100   100   000    -    0", "-O--C-   100   100   ---    NOW  0"),
            &[("ata-197-threshold", Severity::Warning)],
        );
        check(&with("069   055   040    -", "069   039   040    Past"), &[("ata-190-threshold", Severity::Info)]);
        check(&with("(current: 6.0 Gb/s)", "(current: 3.0 Gb/s)"), &[("sata-speed", Severity::Info)]);
        check(&with("0x0001  2            0", "0x0001  2            7"), &[("ata-phy", Severity::Info)]);
        check(
            &with("                    31 Celsius", "                    61 Celsius"),
            &[("ata-temperature", Severity::Warning)],
        );
    }

    #[test]
    fn which_drive_it_is() {
        let serial = "EXA7H2K0MPLE";
        let [read] = things(HEALTHY).try_into().expect("one drive");
        assert_eq!(read.subject, Subject::drive(serial));
        let Thing::Drive(drive) = read.reading.thing else { panic!("a drive") };
        assert_eq!(drive.bay, Subject::somewhere("h", serial));
        // A mask leaves the world-wide name; without that, every output is of a drive of its own.
        let named = |text: &str| things(text).into_iter().map(|read| read.subject).collect::<BTreeSet<_>>();
        let masks = ["*******", "--", "XXXXXXXX", "[REDACTED]", "REDACTED", ""];
        for mask in masks {
            assert_eq!(named(&with(serial, mask)), BTreeSet::from([Subject::drive("0x5000c500a1b2c3d4")]), "{mask}");
        }
        let nameless = with(serial, "*******").replace("LU WWN Device Id: 5 000c50 0a1b2c3d4\n", "");
        let two = [nameless.clone(), nameless.replace("25812", "25813")].concat();
        assert_eq!((named(&nameless).len(), named(&two).len()), (1, 2));
        let by_slot =
            ["megaraid,3", "megaraid,4"].map(|way| format!("# smartctl -x -d {way} /dev/bus/0\n{nameless}")).concat();
        assert_eq!(named(&by_slot).len(), 2);
        // The same drive twice is one drive.
        assert_eq!(named(&[HEALTHY, HEALTHY].concat()).len(), 1);
    }
}
