//! What a machine is asked, in which order, and what its answers say: the one place that knows both.
//!
//! A probe is a function of a [`Host`]. In a reader process the host is the live machine and the answers matter only for what is
//! asked next; in the parent the host is what the readers told ([`Captured`](crate::machine::Captured)), and the same function gives
//! what was read. So what is understood of a capture is what was understood of the machine.
//!
//! A probe never fails: what was not answered is not there, and says why.

pub mod asker;
pub mod ata;
pub mod bmc;
pub mod carries;
pub mod enclosure;
pub mod got;
pub mod kernel;
pub mod md;
pub mod megaraid;
pub mod nvme;
pub mod scsi;
pub mod topology;

pub use topology::{Controller, Disk, Shelf, Speaks, Topology, Volume, Way};

use crate::machine::Host;
use crate::machine::readers::{Run, Task};

/// All that was read of a machine.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// What there is.
    pub topology: Topology,
    /// What each drive of [`Topology::disks`] answered, in the same order.
    pub disks: Vec<Answers>,
    /// What each enclosure of [`Topology::enclosures`] answered, in the same order.
    pub enclosures: Vec<enclosure::Answers>,
    /// MegaRAID controllers.
    pub cards: Vec<megaraid::Answers>,
    /// Linux md arrays.
    pub arrays: Vec<md::Array>,
    /// What stands on which block device.
    pub carried: carries::Carried,
    /// The BMC, if there is one.
    pub bmc: Option<bmc::Answers>,
    /// The kernel's log.
    pub kernel: kernel::Log,
}

/// What a drive answered.
#[derive(Debug, Clone)]
pub enum Answers {
    /// By ATA.
    Ata(Box<ata::Answers>),
    /// By SCSI.
    Scsi(Box<scsi::Answers>),
    /// By NVMe.
    Nvme(Box<nvme::Answers>),
}

/// Asks a drive.
pub fn disk(host: &mut dyn Host, disk: &Disk) -> Answers {
    match disk.speaks {
        Speaks::Ata => Answers::Ata(Box::new(ata::read(host, &disk.device))),
        Speaks::Scsi => Answers::Scsi(Box::new(scsi::read(host, &disk.device))),
        Speaks::Nvme => Answers::Nvme(Box::new(nvme::read(host, &disk.device))),
    }
}

/// What is to be asked, by a reader each: what may keep its reader waiting is apart from all else.
pub fn tasks(host: &mut dyn Host) -> Vec<Task> {
    let topology = topology::read(host);
    let mut tasks = Vec::new();
    let mut task = |name: &str, run: Run| tasks.push(Task { name: name.to_owned(), run });
    task("kernel", Box::new(|host| drop(kernel::read(host))));
    let (arrays, blocks) = (topology.arrays.clone(), topology.clone());
    task("md", Box::new(move |host| drop(md::read(host, &arrays))));
    task("carries", Box::new(move |host| drop(carries::read(host, &blocks))));
    if let Some(device) = topology.bmc.clone() {
        task("bmc", Box::new(move |host| drop(bmc::read(host, &device))));
    }
    for controller in &topology.controllers {
        let disks: Vec<Disk> =
            topology.disks.iter().filter(|disk| disk.controller == controller.path).cloned().collect();
        let shelves: Vec<Shelf> =
            topology.enclosures.iter().filter(|shelf| shelf.controller == controller.path).cloned().collect();
        if controller.way == Way::MegaRaid {
            let (controller, topology) = (controller.clone(), topology.clone());
            task(&controller.path.clone(), Box::new(move |host| drop(megaraid::read(host, &controller, &topology))));
        } else if controller.path == "pcie" || controller.path == "fabric" {
            // Each NVMe drive is a controller of its own.
            for disk in disks {
                task(&disk.bay.clone(), Box::new(move |host| drop(self::disk(host, &disk))));
            }
        } else if !disks.is_empty() || !shelves.is_empty() {
            task(
                &controller.path,
                Box::new(move |host| {
                    disks.iter().for_each(|disk| drop(self::disk(host, disk)));
                    shelves.iter().for_each(|shelf| drop(enclosure::read(host, &shelf.device)));
                }),
            );
        }
    }
    tasks
}

/// Understands what a machine answered.
pub fn machine(host: &mut dyn Host) -> Machine {
    let topology = topology::read(host);
    let kernel = kernel::read(host);
    let arrays = md::read(host, &topology.arrays);
    let carried = carries::read(host, &topology);
    let bmc = topology.bmc.clone().map(|device| bmc::read(host, &device));
    let disks = topology.disks.iter().map(|disk| self::disk(host, disk)).collect();
    let enclosures = topology.enclosures.iter().map(|shelf| enclosure::read(host, &shelf.device)).collect();
    let cards = topology.controllers.iter().filter(|controller| controller.way == Way::MegaRaid);
    let cards = cards.map(|controller| megaraid::read(host, controller, &topology)).collect();
    Machine { topology, disks, enclosures, cards, arrays, carried, bmc, kernel }
}
