//! What the kernel knows of the machine without asking a device: which drives there are, on which controllers, in which bays.
//!
//! It is read from sysfs and procfs alone, so that a drive that does not answer is listed all the same.

use crate::machine::{Answer, Host, text};
use std::collections::{BTreeMap, BTreeSet};

/// The machine, as its kernel has it.
#[derive(Debug, Clone, Default)]
pub struct Topology {
    /// Of this start of the machine (`/proc/sys/kernel/random/boot_id`).
    pub boot_id: Option<String>,
    /// `/proc/stat`, for its `btime`.
    pub boot_time: Option<i64>,
    /// Seconds since the start, sleep included (`/proc/uptime`).
    pub uptime: Option<u64>,
    /// How often the machine slept (`/sys/power/suspend_stats/success`).
    pub suspends: Option<u64>,
    /// What drives hang on, in the order of their names.
    pub controllers: Vec<Controller>,
    /// The drives, in the order of their names.
    pub disks: Vec<Disk>,
    /// What RAID cards show as disks.
    pub volumes: Vec<Volume>,
    /// Enclosures that answer SES, by their generic SCSI device: `/dev/sg3`.
    pub enclosures: Vec<Shelf>,
    /// Linux md arrays by name: `md0`.
    pub arrays: Vec<String>,
    /// The BMC's device, if the kernel has one: `/dev/ipmi0`.
    pub bmc: Option<String>,
    /// Block devices that stand on drives and are none: loop, dm, md and what else there is.
    pub other_blocks: Vec<String>,
    /// What else the kernel's log calls a drive, and its name: `ata7` and `6:0:0:0` are `sda`, `0000:03:00.0` is `nvme0`. Where a
    /// port has several drives, the name is empty.
    pub aliases: BTreeMap<String, String>,
}

/// What drives hang on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// Its path among the subjects of the host: `pci-03-00.0`, or `c0` of a RAID card, as its tools count; `pcie` stands for all
    /// that NVMe drives hang on.
    pub path: String,
    /// The kernel's driver: `ahci`, `mpt3sas`, `megaraid_sas`, `nvme`.
    pub driver: String,
    /// Its address, if it is a PCI device: `0000:03:00.0`.
    pub pci: Option<String>,
    /// Its SCSI hosts by number; AHCI has one for each port.
    pub hosts: Vec<u32>,
    /// How it can be read.
    pub way: Way,
}

/// How a controller can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Its drives are asked.
    Drives,
    /// It is a RAID card, and is asked itself and its drives through it.
    MegaRaid,
    /// It is a RAID card that nobody here knows how to ask: what its own tools print is read.
    None,
}

/// What a RAID card shows as a disk: one of its logical drives, or a drive that it passes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name as a block device: `sda`.
    pub name: String,
    /// The card's path.
    pub controller: String,
    /// The card's SCSI host.
    pub host: u32,
    /// SCSI channel. `megaraid_sas` has drives that are passed on in channels 0 and 1, and logical drives in 2 and 3
    /// (`MEGASAS_MAX_PD_CHANNELS`).
    pub channel: u32,
    /// SCSI target: with 128 targets to a channel, the card's number of the drive or of the logical drive.
    pub target: u32,
    /// Capacity in bytes.
    pub bytes: Option<u64>,
}

/// A drive that is asked itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// What is asked: `/dev/sda`, `/dev/nvme0`.
    pub device: String,
    /// Its names as a block device: `sda`; of an NVMe controller, its namespaces.
    pub names: Vec<String>,
    /// The controller's path.
    pub controller: String,
    /// The bay's path: the controller's, and the place there.
    pub bay: String,
    /// What it speaks.
    pub speaks: Speaks,
    /// As the kernel has it, from INQUIRY; `ATA` of a drive behind SAT.
    pub vendor: Option<String>,
    /// As the kernel has it. Of a SCSI device at most 16 letters.
    pub model: Option<String>,
    /// As the kernel has it. Of a SCSI device at most 4 letters.
    pub firmware: Option<String>,
    /// As the kernel has it.
    pub serial: Option<String>,
    /// World-wide name, as the kernel has it: `naa.5000c500a1b2c3d4`, `eui.…`, `t10.…`.
    pub wwn: Option<String>,
    /// Its address on SAS.
    pub sas_address: Option<u64>,
    /// Capacity in bytes; of an NVMe controller, that of its namespaces together.
    pub bytes: Option<u64>,
    /// The kernel's word for how it is (`running`, `offline`; `live`, `resetting`).
    pub state: Option<String>,
    /// The command that lights the lamp of its bay, where there is one. It is shown, and never run.
    pub locate: Option<String>,
}

/// What a drive speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// ATA, behind SAT.
    Ata,
    /// SCSI.
    Scsi,
    /// NVMe.
    Nvme,
}

/// An enclosure that answers SES.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// What is asked: `/dev/sg3`.
    pub device: String,
    /// The controller's path.
    pub controller: String,
    /// Vendor and model.
    pub model: Option<String>,
    /// Its logical identifier, as the kernel has it: `50050cc10203d2ff`.
    pub id: Option<String>,
}

/// Reads it.
pub fn read(host: &mut dyn Host) -> Topology {
    let mut topology = Topology {
        boot_id: text(host, "/proc/sys/kernel/random/boot_id").ok(),
        boot_time: text(host, "/proc/stat").ok().and_then(|stat| boot_time(&stat)),
        uptime: text(host, "/proc/uptime").ok().and_then(|uptime| uptime.split('.').next()?.parse().ok()),
        suspends: text(host, "/sys/power/suspend_stats/success").ok().and_then(|times| times.parse().ok()),
        ..Topology::default()
    };
    let slots = slots(host);
    let bays = bays(host);
    let mut reading = Reading { topology: &mut topology, slots, bays, cards: Vec::new() };
    reading.cards(host);
    for name in host.list("/sys/block").unwrap_or_default() {
        if name.starts_with("sd") {
            reading.scsi(host, &name);
        } else if name.starts_with("md") {
            reading.topology.arrays.push(name);
        } else if !name.starts_with("nvme") {
            reading.topology.other_blocks.push(name);
        }
    }
    for name in host.list("/sys/class/nvme").unwrap_or_default() {
        reading.nvme(host, &name);
    }
    for name in host.list("/sys/class/scsi_generic").unwrap_or_default() {
        reading.shelf(host, &name);
    }
    topology.bmc = host.list("/sys/class/ipmi").ok().and_then(|names| Some(format!("/dev/{}", names.first()?)));
    part_bays(&mut topology.disks);
    topology.controllers.sort_by(|a, b| a.path.cmp(&b.path));
    topology.disks.sort_by(|a, b| (a.device.len(), &a.device).cmp(&(b.device.len(), &b.device)));
    topology
}

/// A place that is known by more than its address.
#[derive(Debug, Clone)]
struct Bay {
    /// Its path within the controller's.
    path: String,
    /// The command that lights its lamp.
    locate: Option<String>,
}

struct Reading<'a> {
    topology: &'a mut Topology,
    /// PCI slots by address without function: `0000:03:00`.
    slots: BTreeMap<String, Bay>,
    /// Places in enclosures, by the SCSI device in them: `0:0:1:0`.
    bays: BTreeMap<String, Bay>,
    /// RAID cards by their PCI addresses, in the order in which their tools count them.
    cards: Vec<String>,
}

impl Reading<'_> {
    /// SCSI hosts: their drivers, and which of them are RAID cards.
    fn cards(&mut self, host: &mut dyn Host) {
        let mut hosts: Vec<(u32, String)> = host
            .list("/sys/class/scsi_host")
            .unwrap_or_default()
            .into_iter()
            .filter_map(|name| Some((name.strip_prefix("host")?.parse().ok()?, name)))
            .collect();
        hosts.sort();
        for (number, name) in hosts {
            let Ok(target) = host.link(&format!("/sys/class/scsi_host/{name}")) else { continue };
            let driver = text(host, &format!("/sys/class/scsi_host/{name}/proc_name")).unwrap_or_default();
            let way = match driver.as_str() {
                "megaraid_sas" => Way::MegaRaid,
                "hpsa" | "cciss" | "aacraid" | "3w-9xxx" | "3w-sas" | "arcmsr" | "ips" => Way::None,
                _ => Way::Drives,
            };
            let place = Place::of(&target);
            if way != Way::Drives {
                self.cards.push(place.pci.clone().unwrap_or_else(|| name.clone()));
            }
            let path = self.controller_path(&place);
            self.controller(&path, &driver, place.pci, way, Some(number));
        }
    }

    fn controller(&mut self, path: &str, driver: &str, pci: Option<String>, way: Way, host: Option<u32>) {
        let controllers = &mut self.topology.controllers;
        match controllers.iter_mut().find(|controller| controller.path == path) {
            Some(controller) => controller.hosts.extend(host),
            None => {
                let hosts = host.into_iter().collect();
                controllers.push(Controller { path: path.to_owned(), driver: driver.to_owned(), pci, hosts, way });
            }
        }
    }

    /// A RAID card is counted as its tools do; anything else is known by where it sits.
    fn controller_path(&self, place: &Place) -> String {
        let card = place.pci.as_ref().and_then(|pci| self.cards.iter().position(|card| card == pci));
        match (card, &place.pci) {
            (Some(index), _) => format!("c{index}"),
            (None, Some(pci)) => pci_path(pci),
            (None, None) => place.other.clone().unwrap_or_else(|| "host".to_owned()),
        }
    }

    fn scsi(&mut self, host: &mut dyn Host, name: &str) {
        let Ok(target) = host.link(&format!("/sys/block/{name}")) else { return };
        let place = Place::of(&target);
        if let Some(volume) = self.volume(host, name, &place) {
            return self.topology.volumes.push(volume);
        }
        for alias in place.hctl.iter().chain(&place.ata) {
            let several = |known: &mut String| known.clear();
            self.topology.aliases.entry(alias.clone()).and_modify(several).or_insert_with(|| name.to_owned());
        }
        let device = format!("/sys/block/{name}/device");
        let mut of = |file: &str| text(host, &format!("{device}/{file}")).ok().filter(|text| !text.is_empty());
        let vendor = of("vendor");
        let (model, firmware, state, wwn) = (of("model"), of("rev"), of("state"), of("wwid"));
        let serial = host.file(&format!("{device}/vpd_pg80")).ok().and_then(|page| serial(&page));
        let sas = place.end_device.as_ref().map(|end| format!("/sys/class/sas_device/{end}"));
        let mut of = |file: &str| text(host, &format!("{}/{file}", sas.as_ref()?)).ok();
        let sas_address = of("sas_address").as_deref().and_then(hexadecimal);
        let in_shelf = of("enclosure_identifier").as_deref().and_then(hexadecimal).filter(|id| *id != 0);
        let at_bay = of("bay_identifier").and_then(|bay| bay.parse::<u32>().ok());
        let controller = self.controller_path(&place);
        let hctl = place.hctl.clone().unwrap_or_default();
        let bay = self.bays.get(&hctl);
        let locate = bay.and_then(|bay| bay.locate.clone());
        let seat = match (bay, in_shelf, at_bay) {
            (Some(bay), ..) => bay.path.clone(),
            (None, Some(shelf), Some(bay)) => format!("e{shelf:x}/s{bay}"),
            (None, None, Some(bay)) => format!("s{bay}"),
            _ => match &place.ata {
                Some(ata) => {
                    let port = text(host, &format!("/sys/class/ata_port/{ata}/port_no"));
                    let port = port.map_or_else(|_| ata.clone(), |port| format!("ata{port}"));
                    // Behind a port multiplier the channel is its port; of a pair on one cable, the target tells them apart.
                    if scsi_seat(&hctl) == "t0" { port } else { format!("{port}{}", scsi_seat(&hctl)) }
                }
                None => match &place.usb {
                    Some(usb) => {
                        format!("usb{usb}{}", if scsi_seat(&hctl) == "t0" { String::new() } else { scsi_seat(&hctl) })
                    }
                    None => scsi_seat(&hctl),
                },
            },
        };
        self.topology.disks.push(Disk {
            device: format!("/dev/{name}"),
            names: vec![name.to_owned()],
            bay: format!("{controller}/{seat}"),
            controller,
            speaks: if vendor.as_deref() == Some("ATA") { Speaks::Ata } else { Speaks::Scsi },
            vendor,
            model,
            firmware,
            serial,
            wwn,
            sas_address,
            bytes: sectors(host, name),
            state,
            locate,
        });
    }

    fn volume(&self, host: &mut dyn Host, name: &str, place: &Place) -> Option<Volume> {
        self.cards.iter().find(|card| Some(*card) == place.pci.as_ref())?;
        let mut numbers = place.hctl.as_deref()?.split(':').filter_map(|number| number.parse().ok());
        let (scsi_host, channel, target) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let (name, bytes) = (name.to_owned(), sectors(host, name));
        Some(Volume { name, controller: self.controller_path(place), host: scsi_host, channel, target, bytes })
    }

    fn nvme(&mut self, host: &mut dyn Host, name: &str) {
        let base = format!("/sys/class/nvme/{name}");
        let Ok(target) = host.link(&base) else { return };
        let place = Place::of(&target);
        let mut of = |file: &str| text(host, &format!("{base}/{file}")).ok().filter(|text| !text.is_empty());
        let (model, firmware, serial, state) = (of("model"), of("firmware_rev"), of("serial"), of("state"));
        let names: Vec<String> = namespaces(name, host.list(&base));
        let wwn = names.first().and_then(|name| text(host, &format!("/sys/block/{name}/wwid")).ok());
        let bytes = names.iter().map(|name| sectors(host, name)).sum();
        if let Some(pci) = &place.pci {
            self.topology.aliases.insert(pci.clone(), name.to_owned());
        }
        let slot = place.pci.as_ref().and_then(|pci| self.slots.get(pci.rsplit_once('.')?.0));
        let locate = slot.and_then(|slot| slot.locate.clone());
        let seat = match (slot, &place.pci) {
            (Some(slot), _) => slot.path.clone(),
            (None, Some(pci)) => pci_path(pci),
            (None, None) => name.to_owned(),
        };
        let controller = if place.pci.is_some() { "pcie" } else { "fabric" };
        self.controller(controller, "nvme", None, Way::Drives, None);
        self.topology.disks.push(Disk {
            device: format!("/dev/{name}"),
            names,
            controller: controller.to_owned(),
            bay: format!("{controller}/{seat}"),
            speaks: Speaks::Nvme,
            vendor: None,
            model,
            firmware,
            serial,
            wwn,
            sas_address: None,
            bytes,
            state,
            locate,
        });
    }

    fn shelf(&mut self, host: &mut dyn Host, name: &str) {
        let device = format!("/sys/class/scsi_generic/{name}/device");
        // SCSI peripheral device type 0Dh (SPC-5, table 150).
        if text(host, &format!("{device}/type")).as_deref() != Ok("13") {
            return;
        }
        let Ok(target) = host.link(&device) else { return };
        let place = Place::of(&target);
        let mut of = |file: &str| text(host, &format!("{device}/{file}")).unwrap_or_default();
        let model = format!("{} {}", of("vendor"), of("model")).trim().to_owned();
        let hctl = place.hctl.clone().unwrap_or_default();
        let id = text(host, &format!("/sys/class/enclosure/{hctl}/id")).ok();
        self.topology.enclosures.push(Shelf {
            device: format!("/dev/{name}"),
            controller: self.controller_path(&place),
            model: Some(model).filter(|model| !model.is_empty()),
            id: id.map(|id| id.trim_start_matches("0x").to_owned()),
        });
    }
}

/// Where a path of sysfs says that a device is.
#[derive(Debug, Default, PartialEq, Eq)]
struct Place {
    /// The last PCI device on the way.
    pci: Option<String>,
    /// `ata1`: the port.
    ata: Option<String>,
    /// `end_device-8:0`.
    end_device: Option<String>,
    /// Host, channel, target and unit: `8:0:0:0`.
    hctl: Option<String>,
    /// Where there is no PCI device: what stands before the SCSI host.
    other: Option<String>,
    /// The port that a USB device hangs on: `1-2.4`.
    usb: Option<String>,
}

impl Place {
    fn of(path: &str) -> Self {
        let mut place = Self::default();
        let mut before = None;
        for part in path.split('/') {
            if is_pci(part) {
                place.pci = Some(part.to_owned());
            } else if is_usb_port(part) {
                place.usb = Some(part.to_owned());
            } else if numbered(part, "ata") {
                place.ata = Some(part.to_owned());
            } else if part.starts_with("end_device-") {
                place.end_device = Some(part.to_owned());
            } else if numbered(part, "host") {
                place.other = place.other.or_else(|| before.map(str::to_owned));
            } else if part.split(':').count() == 4 && part.split(':').all(is_number) {
                place.hctl = Some(part.to_owned());
            }
            before = Some(part);
        }
        place
    }
}

fn numbered(part: &str, name: &str) -> bool {
    part.strip_prefix(name).is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1-2.4`: bus, port, and the ports of hubs (`Documentation/ABI/stable/sysfs-bus-usb`).
fn is_usb_port(part: &str) -> bool {
    let Some((bus, ports)) = part.split_once('-') else { return false };
    is_number(bus) && ports.split('.').all(is_number)
}

/// `0000:03:00.0`: domain, bus, device, function.
fn is_pci(part: &str) -> bool {
    let (Some((address, function)), 12..) = (part.split_once('.'), part.len()) else { return false };
    let fields: Vec<&str> = address.split(':').collect();
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fields.len() == 3 && fields.iter().all(|field| hex(field)) && function.len() == 1
}

/// As a part of a subject: `pci-03-00.0`; the domain only where it is not the first.
pub fn pci_path(address: &str) -> String {
    format!("pci-{}", address.strip_prefix("0000:").unwrap_or(address).replace(':', "-"))
}

/// No two drives sit in one bay: where the way to them tells no more, who they are tells them apart.
fn part_bays(disks: &mut [Disk]) {
    let mut taken = BTreeSet::new();
    for disk in disks {
        if !taken.insert(disk.bay.clone()) {
            let own = disk.wwn.as_deref().or(disk.serial.as_deref()).unwrap_or(&disk.device);
            disk.bay = format!("{}-{}", disk.bay, own.trim_start_matches("/dev/").replace('/', "-"));
        }
    }
}

/// `6:0:1:0` is `t1`; the channel and the unit are told where they are not the first. The host's number changes from start to start.
fn scsi_seat(hctl: &str) -> String {
    let mut numbers = hctl.split(':').skip(1);
    let mut next = || numbers.next().unwrap_or("0");
    let (channel, target, unit) = (next(), next(), next());
    let channel = if channel == "0" { String::new() } else { format!("b{channel}") };
    let unit = if unit == "0" { String::new() } else { format!("l{unit}") };
    format!("{channel}t{target}{unit}")
}

/// Slots of the PCI hot plug controllers, by address.
fn slots(host: &mut dyn Host) -> BTreeMap<String, Bay> {
    let names = host.list("/sys/bus/pci/slots").unwrap_or_default();
    let slot = |name: String| {
        let base = format!("/sys/bus/pci/slots/{name}");
        let address = text(host, &format!("{base}/address")).ok()?;
        let lamp = host.list(&base).unwrap_or_default().iter().any(|file| file == "attention");
        let locate = lamp.then(|| format!("echo 1 > {base}/attention"));
        Some((address, Bay { path: format!("slot{name}"), locate }))
    };
    names.into_iter().filter_map(slot).collect()
}

/// Places in enclosures, as the kernel's `ses` driver has matched them with SCSI devices. No file is read that makes it ask the
/// enclosure (`status`, `fault`, `locate`, `power_status`).
fn bays(host: &mut dyn Host) -> BTreeMap<String, Bay> {
    let mut bays = BTreeMap::new();
    for enclosure in host.list("/sys/class/enclosure").unwrap_or_default() {
        let base = format!("/sys/class/enclosure/{enclosure}");
        let id = text(host, &format!("{base}/id")).unwrap_or_default();
        let id = id.trim_start_matches("0x");
        let id = if id.is_empty() { enclosure.as_str() } else { id };
        for component in host.list(&base).unwrap_or_default() {
            let Ok(target) = host.link(&format!("{base}/{component}/device")) else { continue };
            let slot = text(host, &format!("{base}/{component}/slot"));
            if let (Ok(slot), Some(hctl)) = (slot, Place::of(&target).hctl) {
                let locate = Some(format!("echo 1 > '{base}/{component}/locate'"));
                bays.insert(hctl, Bay { path: format!("e{id}/s{slot}"), locate });
            }
        }
    }
    bays
}

/// `nvme0` has `nvme0n1`, or, where several paths lead to a namespace, `nvme0c1n1` of the block device `nvme0n1`.
fn namespaces(controller: &str, names: Answer<Vec<String>>) -> Vec<String> {
    let mut blocks: Vec<String> = names
        .unwrap_or_default()
        .iter()
        .filter_map(|name| {
            let rest = name.strip_prefix("nvme")?;
            let (head, namespace) = rest.split_once('n').filter(|(_, namespace)| is_number(namespace))?;
            let (subsystem, path) = head.split_once('c').unwrap_or((head, ""));
            let own = name.starts_with(controller) && path.is_empty() || !path.is_empty();
            (own && is_number(subsystem)).then(|| format!("nvme{subsystem}n{namespace}"))
        })
        .collect();
    blocks.sort();
    blocks.dedup();
    blocks
}

/// `/sys/block/…/size` is in units of 512 bytes, whatever the drive's sectors are.
fn sectors(host: &mut dyn Host, block: &str) -> Option<u64> {
    text(host, &format!("/sys/block/{block}/size")).ok()?.parse::<u64>().ok()?.checked_mul(512)
}

/// The serial number of a page of vital product data (SPC-5, 7.7.17).
fn serial(page: &[u8]) -> Option<String> {
    let serial = String::from_utf8_lossy(page.get(4..)?).into_owned();
    let serial = serial.trim_matches([' ', '\0']);
    (!serial.is_empty()).then(|| crate::words::clean(serial))
}

fn hexadecimal(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}

fn boot_time(stat: &str) -> Option<i64> {
    stat.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let check = |path: &str, expect: [Option<&str>; 5]| {
            let place = Place::of(path);
            let got = [&place.pci, &place.ata, &place.end_device, &place.hctl, &place.other];
            assert_eq!(got.map(Option::as_deref), expect, "{path}");
        };
        check(
            "/sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda",
            [Some("0000:00:1f.2"), Some("ata1"), None, Some("0:0:0:0"), Some("ata1")],
        );
        check(
            "/sys/devices/pci0000:00/0000:00:04.0/host8/port-8:0/end_device-8:0/target8:0:0/8:0:0:0/block/sdf",
            [Some("0000:00:04.0"), None, Some("end_device-8:0"), Some("8:0:0:0"), Some("0000:00:04.0")],
        );
        check(
            "/sys/devices/tcm_loop_0/tcm_loop_adapter_0/host9/target9:0:1/9:0:1:0/block/sdg",
            [None, None, None, Some("9:0:1:0"), Some("tcm_loop_adapter_0")],
        );
        check(
            "/sys/devices/pci0000:00/0000:00:02.0/0000:01:00.0/nvme/nvme0",
            [Some("0000:01:00.0"), None, None, None, None],
        );
        check("/sys/devices/virtual/nvme-fabrics/ctl/nvme4", [None; 5]);
    }

    #[test]
    fn seats_and_names() {
        for (hctl, seat) in [("6:0:1:0", "t1"), ("6:2:1:3", "b2t1l3"), ("", "t0")] {
            assert_eq!(scsi_seat(hctl), seat);
        }
        assert_eq!(pci_path("0000:03:00.0"), "pci-03-00.0");
        assert_eq!(pci_path("10000:01:00.0"), "pci-10000-01-00.0");
        let names = ["hwmon1", "nvme0c1n2", "nvme1n1", "nvme1n1p1", "power", "ng1n1"].map(str::to_owned).to_vec();
        assert_eq!(namespaces("nvme1", Ok(names)), ["nvme0n2", "nvme1n1"]);
    }
}
