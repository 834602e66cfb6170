//! Whom a line of Linux is about, by the log alone: it tells no serial numbers.

use super::controller;
use crate::model::{ArrayState, Fact, Kind as Of, Severity, Subject, Trouble};
use crate::observe::machine::kernel::{Found, kinds};
use crate::probes::carries::whole;
use crate::probes::topology::pci_path;
use crate::words::clean;
use arraywatch_parsers::kernel::controller_event::ControllerEvent;
use arraywatch_parsers::kernel::storage::{About, Driver, Event, Field, Kind, ScsiAddress};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// What was heard of a host.
#[derive(Default)]
pub(super) struct Names {
    /// ATA ports whose link was up, or that had something to say.
    spoke: BTreeSet<u32>,
    /// Disks that were attached: what one says of being switched on before is part of every start.
    attached: BTreeSet<ScsiAddress>,
}

impl Names {
    /// What a line tells, and of what.
    pub(super) fn hear(&mut self, host: &str, event: &Event, text: &str) -> Option<(Subject, Found)> {
        if let (About::Scsi { address, .. }, Kind::DeviceAdded) = (&event.about, event.kind) {
            self.attached.insert(*address);
        }
        if let (Kind::ControllerEvent, About::Pci(address), Some(entry)) =
            (event.kind, &event.about, ControllerEvent::find(text))
        {
            return controller::hear(&Subject::within(Of::Controller, host, &pci_path(address)), &entry);
        }
        let found = of_array(event, text).or_else(|| kinds::of(event, text));
        if let About::Ata { port, .. } = &event.about {
            // An empty port says at every start that its link is down.
            let is_start = event.kind == Kind::LinkDown && !self.spoke.contains(port);
            if found.is_some() && !is_start || event.kind == Kind::LinkUp {
                self.spoke.insert(*port);
            }
            if is_start {
                return None;
            }
        }
        let found = found?;
        if let (About::Scsi { address, .. }, Fact::Trouble { kind: Trouble::PowerOn, .. }) = (&event.about, &found.fact)
            && !self.attached.contains(address)
        {
            return None;
        }
        Some((subject(host, event)?, found))
    }
}

/// What md says of an array as a whole. Where the machine is read, the array itself says it; a log has nothing else.
fn of_array(event: &Event, text: &str) -> Option<Found> {
    use Severity::{Critical, Info, Warning};
    if event.driver != Driver::Md {
        return None;
    }
    let is_recovery = event.text(Field::Action) == Some("recovery");
    let (fact, severity) = match event.kind {
        Kind::ArrayStarted => match event.number(Field::Count)?.cmp(&event.number(Field::Of)?) {
            Ordering::Less => (Fact::State(ArrayState::Degraded), Critical),
            _ => (Fact::State(ArrayState::Optimal), Info),
        },
        Kind::ArrayFailed => (Fact::State(ArrayState::Failed), Critical),
        Kind::MemberFailed => (given_up(event, text)?, Critical),
        Kind::SyncStarted if is_recovery => (Fact::RebuildStarted, Warning),
        Kind::SyncDone if is_recovery => (Fact::RebuildCompleted, Info),
        Kind::SyncInterrupted if is_recovery => (Fact::RebuildFailed, Critical),
        _ => return None,
    };
    Some(Found { fact, severity })
}

/// That it gave up a member, with what the line says of the array besides: `md/raid1:md0: …`, of RAID 4, 5 and 6 no more than
/// `md/raid:md0: …`, and behind it how many members work on (`raid1_error` in drivers/md/raid1.c).
fn given_up(event: &Event, text: &str) -> Option<Fact> {
    let level = text.strip_prefix("md/raid").and_then(|rest| Some(rest.split_once(':')?.0));
    let level = level.filter(|level| !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit()));
    // syslog writes the end of a line within a record so.
    let continues = text.split("#012").skip(1).flat_map(str::lines).find_map(|line| {
        let event = arraywatch_parsers::kernel::storage::event(line)?;
        if event.kind == Kind::Continuing { event.number(Field::Count)?.try_into().ok() } else { None }
    });
    let name = clean(event.text(Field::Member)?);
    Some(Fact::MemberFailed { name, level: level.map(str::to_owned), working: continues })
}

/// None of what is about removable media.
fn subject(host: &str, event: &Event) -> Option<Subject> {
    let array = |name: &str| Subject::within(Of::Array, host, whole(name));
    Some(match &event.about {
        About::Md(name) => array(name),
        About::Device(name) if name.starts_with("md") => array(name),
        About::Device(name) | About::Scsi { disk: Some(name), .. }
            if NO_DRIVES.iter().any(|no| name.starts_with(no)) =>
        {
            return None;
        }
        About::Pci(address) if CARDS.contains(&event.driver) => {
            Subject::within(Of::Controller, host, &pci_path(address))
        }
        _ => Subject::host(host),
    })
}

/// Removable media and what is made of files.
const NO_DRIVES: [&str; 3] = ["fd", "loop", "sr"];

/// Drivers of cards that several drives hang on.
const CARDS: [Driver; 4] = [Driver::Mpt, Driver::MegaraidSas, Driver::Hpsa, Driver::Aacraid];
