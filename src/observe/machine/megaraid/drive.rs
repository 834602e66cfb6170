//! A drive behind the controller: what it says itself, and what the controller has of it.
//!
//! **Who it is**, it says itself (VPD page 80h, IDENTIFY). One that cannot be asked is named by what the controller keeps: the serial
//! number in its inquiry data, which may be cut short; else its world-wide name; else its bay. Such a name alone is not the one that
//! it had: the digest of the history finds the drive that was read before by the world-wide name, or in the bay, and holds it to be
//! that one. What nobody can tell: whether a drive that was put in and given up between two readings is another one, if the controller
//! has neither name of it; and whether the drive that is read for the first time after it was given up, and answers later, is the same.

use super::judge::{self, Found};
use super::{bay, enclosed, shown};
use crate::machine::Failed;
use crate::model::{DriveRead, Reading, Subject, Thing, Unread, WhyUnread, unnamed_serial};
use crate::observe::machine::{Drive as Own, Read, ata, scsi};
use crate::probes::got::Missing;
use crate::probes::megaraid::{Answers, Drive, Info, NotTold, Told};
use crate::words::clean;
use arraywatch_parsers::megaraid::device::DriveState;

pub(super) fn read(host: &str, answers: &Answers, one: &Drive) -> Read {
    let info = one.info.as_ref().ok();
    let own = match &one.told {
        Told::Scsi(answers) => scsi::drive(answers),
        Told::Ata(answers) => ata::drive(answers),
        Told::Nothing(why) => Own { unread: Some(not_told(*why)), ..Own::default() },
    };
    let bay = bay(host, &answers.path, enclosed(one.address.enclosure), one.address.slot.into());
    let inquiry = info.and_then(|info| info.inquiry.as_ref());
    let field = |text: Option<&String>| text.map(|text| clean(text));
    let wwn = own.wwn.or_else(|| Some(format!("0x{}", info?.identification.as_ref()?.wwn()?)));
    let name = info.map(|info| info.name.clone()).unwrap_or_default();
    let serial = own.serial.or(name.serial).or_else(|| wwn.clone());
    let serial = serial.unwrap_or_else(|| unnamed_serial(host, &bay.path()));
    let vendor = own.vendor.or_else(|| field(inquiry.and_then(|inquiry| inquiry.vendor.as_ref())));
    let volumes = shown(answers, false, one.address.id.into());
    let mut reasons = own.reasons;
    reasons.extend(info.map(found).iter().flat_map(judge::drive));
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    let read = DriveRead {
        bay,
        vendor: vendor.filter(|vendor| vendor != "ATA"),
        model: own.model.or_else(|| field(name.model.as_ref())),
        firmware: own.firmware.or_else(|| field(name.firmware.as_ref())),
        wwn,
        // Where the firmware does not tell the length of its blocks, the host knows the capacity of what it was given.
        bytes: own.bytes.or_else(|| info?.bytes()).or_else(|| volumes.clone().find_map(|volume| volume.bytes)),
        names: volumes.clone().map(|volume| volume.name.clone()).collect(),
        power: own.power,
    };
    let state = info.and_then(|info| info.state).map_or("in a state that is not known", DriveState::words);
    let text = format!("{} {serial}, {state}", read.model.as_deref().unwrap_or("drive"));
    let unread = own.unread.or_else(|| {
        let why = one.info.as_ref().err()?;
        Some(Unread { why: WhyUnread::NotUnderstood, text: format!("its controller does not tell how it is: {why}") })
    });
    let reading = Reading { thing: Thing::Drive(Box::new(read)), reasons, unread };
    Read { subject: Subject::drive(&serial), reading, text, values: own.values }
}

fn not_told(why: NotTold) -> Unread {
    let (why, text) = match why {
        NotTold::GivenUp => (WhyUnread::NoWay, "its controller gave it up, so it was not asked through it"),
        NotTold::Number => {
            (WhyUnread::NoWay, "its number does not fit into a command that goes through the controller")
        }
        NotTold::Stopped(Missing::Failed(failed)) if failed.is_denial() => {
            (WhyUnread::Denied, "whoever asks may not: arraywatch needs to be root for this")
        }
        NotTold::Stopped(Missing::Failed(Failed::Quarantined)) => {
            (WhyUnread::Quarantined, "its controller did not answer before, and is left alone for a while")
        }
        NotTold::Stopped(_) => {
            (WhyUnread::ControllerBusy, "it was not asked: its controller has not answered an earlier command")
        }
    };
    Unread { why, text: text.to_owned() }
}

/// What the controller has of it.
fn found(info: &Info) -> Found {
    Found {
        state: info.state,
        predictions: info.predictions.unwrap_or(0),
        media: info.media_errors.unwrap_or(0),
        other: info.other_errors.unwrap_or(0),
        bad_block_table_full: info.bad_block_table_full == Some(true),
        path_broken: info.broken_paths.is_some_and(|paths| paths != 0),
    }
}
