//! Whom a line is about: the drive that bore the name then, the array, the controller, or, where none is certain, the host.

use super::Found;
use crate::model::{Fact, Kind as Of, Subject, Trouble};
use crate::observe::machine::Seats;
use crate::probes::carries::whole;
use crate::probes::kernel::{Log, Told};
use crate::probes::{Topology, Way};
use arraywatch_parsers::kernel::storage::{About, Driver, Field, Kind, ScsiAddress};
use std::collections::{BTreeMap, BTreeSet};

/// Who is who, while a log is gone through from its front.
pub(super) struct Whose<'a> {
    host: &'a str,
    topology: &'a Topology,
    seats: &'a Seats,
    /// Records in which a drive of that name was attached.
    attached: BTreeMap<String, Vec<u64>>,
    /// Whether the log reaches back to the start.
    from_start: bool,
    /// ATA ports whose link was up, or that had something to say.
    spoke: BTreeSet<u32>,
    /// What the last line of libata was about: the result of a command does not name it.
    ata: About,
    /// NVMe controllers by their PCI addresses, as the log named them.
    controllers: BTreeMap<String, String>,
}

impl<'a> Whose<'a> {
    pub(super) fn new(host: &'a str, log: &'a Log, topology: &'a Topology, seats: &'a Seats) -> Self {
        let mut attached: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut controllers = BTreeMap::new();
        for told in &log.told {
            let name = match &told.event.about {
                _ if !told.is_attached() => continue,
                About::Nvme(number) => format!("nvme{number}"),
                About::Scsi { disk, .. } => match disk.as_deref().or_else(|| told.event.text(Field::Device)) {
                    Some(disk) => disk.to_owned(),
                    None => continue,
                },
                _ => continue,
            };
            if let Some(pci) = told.event.text(Field::Words).filter(|_| told.event.driver == Driver::Nvme) {
                controllers.insert(pci.trim_start_matches("pci function ").to_owned(), name.clone());
            }
            attached.entry(name).or_default().push(told.sequence);
        }
        let from_start = log.records.is_some_and(|(first, _)| first == 0) && log.counts.lost == 0;
        let (spoke, ata) = (BTreeSet::new(), About::Unnamed);
        Self { host, topology, seats, attached, from_start, spoke, ata, controllers }
    }

    /// Whom a line is about, if it is to be told. It is asked of every line, in order.
    pub(super) fn subject(&mut self, told: &Told, found: Option<&Found>) -> Option<Subject> {
        let about = match &told.event.about {
            About::Unnamed if told.event.driver == Driver::Ata => self.ata.clone(),
            about => about.clone(),
        };
        if told.event.driver == Driver::Ata {
            self.ata = about.clone();
        }
        let spoke = match (&about, told.event.kind) {
            // An empty port says at every start that its link is down.
            (About::Ata { port, .. }, Kind::LinkDown) => self.spoke.contains(port),
            (About::Ata { port, .. }, kind) => {
                if found.is_some() || kind == Kind::LinkUp {
                    self.spoke.insert(*port);
                }
                true
            }
            _ => true,
        };
        let found = found.filter(|_| spoke)?;
        // What md says of a member is the member's, if it is known; what it says of itself, the array's.
        let of_member = matches!(
            told.event.kind,
            Kind::MemberFailed
                | Kind::MemberKicked
                | Kind::SuperblockError
                | Kind::ReadCorrected
                | Kind::ReadNotCorrected
        );
        let member = told.event.text(Field::Member).filter(|_| of_member).map(|member| head(whole(member)));
        let name = member.or_else(|| self.drive_name(&about));
        // Of those, what happens before there is a name is part of every start.
        let is_start = matches!(found.fact, Fact::Trouble { kind: Trouble::PowerOn, .. });
        if let Some(name) = name {
            if NO_DRIVES.iter().any(|other| name.starts_with(other)) {
                return None;
            }
            let drive = self.drive(&name, told.sequence);
            if is_start && self.is_before_attached(&name, told.sequence) {
                return None;
            }
            return Some(
                drive.or_else(|| self.array(&about)).or_else(|| self.card(&name)).unwrap_or_else(|| self.host()),
            );
        }
        Some(self.array(&about).or_else(|| self.controller(&about, told.event.driver)).unwrap_or_else(|| self.host()))
    }

    fn host(&self) -> Subject {
        Subject::host(self.host)
    }

    /// The kernel's name of the drive: `sda`, `nvme0n1`, `nvme0`.
    fn drive_name(&self, about: &About) -> Option<String> {
        let alias = |alias: &str| self.topology.aliases.get(alias).filter(|name| !name.is_empty()).cloned();
        match about {
            About::Device(name) if name.starts_with("md") => None,
            About::Device(name) => Some(head(whole(name))),
            About::Nvme(number) => Some(format!("nvme{number}")),
            About::Scsi { disk: Some(disk), .. } => Some(disk.clone()),
            About::Scsi { address: ScsiAddress { host, channel, id, lun }, disk: None } => {
                alias(&format!("{host}:{channel}:{id}:{lun}"))
            }
            About::ScsiTarget { host, channel, id } => alias(&format!("{host}:{channel}:{id}:0")),
            About::Ata { port, .. } => alias(&format!("ata{port}")),
            // An NVMe controller by its driver's name for it, then by what the log said.
            About::Pci(address) => alias(address).or_else(|| self.controllers.get(address).cloned()),
            _ => None,
        }
    }

    /// The drive that bore the name when the record was written, as far as that is certain.
    fn drive(&self, name: &str, sequence: u64) -> Option<Subject> {
        let seat = self.seats.get(name)?;
        let name = if name.starts_with("nvme") { controller(name) } else { name };
        let certain = match self.attached.get(name).map(Vec::as_slice) {
            // It was attached before the log begins.
            None => true,
            Some([only]) => sequence >= *only || self.from_start,
            Some([.., last]) => sequence >= *last,
            Some([]) => true,
        };
        certain.then(|| Subject::drive(&seat.serial))
    }

    fn is_before_attached(&self, name: &str, sequence: u64) -> bool {
        self.attached.get(name).and_then(|all| all.last()).is_some_and(|last| sequence < *last)
    }

    fn array(&self, about: &About) -> Option<Subject> {
        match about {
            About::Md(name) => Some(Subject::within(Of::Array, self.host, name)),
            About::Device(name) if name.starts_with("md") => Some(Subject::within(Of::Array, self.host, whole(name))),
            _ => None,
        }
    }

    /// The RAID card that shows a logical drive as a disk of that name.
    fn card(&self, name: &str) -> Option<Subject> {
        let volume = self.topology.volumes.iter().find(|volume| volume.name == name)?;
        Some(Subject::within(Of::Controller, self.host, &volume.controller))
    }

    /// The controller, if the line names it, or if there is only one that the driver can mean.
    fn controller(&self, about: &About, driver: Driver) -> Option<Subject> {
        let all = &self.topology.controllers;
        let by_driver = |names: &[&str]| {
            let mut found = all.iter().filter(|one| names.contains(&one.driver.as_str()));
            found.next().filter(|_| found.next().is_none())
        };
        let found = match about {
            About::Pci(address) => all.iter().find(|one| one.pci.as_deref() == Some(address)),
            About::ScsiHost(host) | About::ScsiTarget { host, .. } => all.iter().find(|one| one.hosts.contains(host)),
            About::Scsi { address, .. } => {
                all.iter().find(|one| one.hosts.contains(&address.host) && one.way != Way::Drives)
            }
            _ => match driver {
                Driver::Mpt => by_driver(&["mpt3sas", "mpt2sas", "mptsas", "mptspi"]),
                Driver::MegaraidSas => by_driver(&["megaraid_sas"]),
                Driver::Hpsa => by_driver(&["hpsa", "smartpqi"]),
                Driver::Aacraid => by_driver(&["aacraid"]),
                _ => None,
            },
        };
        found.map(|one| Subject::within(Of::Controller, self.host, &one.path))
    }
}

/// Removable media and what is made of files: that an empty floppy drive cannot be read is no trouble.
const NO_DRIVES: [&str; 3] = ["fd", "loop", "sr"];

/// Of a path to a namespace, the namespace: `nvme0c1n1` is a path to `nvme0n1`.
fn head(name: &str) -> String {
    let parts = name.strip_prefix("nvme").and_then(|rest| rest.split_once('c'));
    match parts.and_then(|(subsystem, path)| Some((subsystem, path.split_once('n')?.1))) {
        Some((subsystem, namespace)) => format!("nvme{subsystem}n{namespace}"),
        None => name.to_owned(),
    }
}

/// `nvme0` of `nvme0n1`.
fn controller(name: &str) -> &str {
    let rest = name.strip_prefix("nvme").unwrap_or_default();
    let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    name.get(..4 + digits).unwrap_or(name)
}
