//! `mdadm --examine` of a disk with metadata of a controller's firmware: Intel's (imsm), or DDF.
//!
//! Both describe all volumes and all disks of a container, as the disk at hand has it.

use super::super::words::number;
use super::detail::set;
use super::values::{first, uuid};

/// What a disk says of its container (`examine_super_imsm` in super-intel.c, `examine_super_ddf` in super-ddf.c of mdadm 4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct External {
    /// The device that it stands on: `/dev/sda`.
    pub device: String,
    /// Whose it is.
    pub kind: Option<Kind>,
    /// Names the container: the GUID of ddf, the UUID of imsm.
    pub id: Option<String>,
    /// How often it was written: `Seq` of ddf, `Generation` of imsm, both hexadecimal.
    pub generation: Option<u64>,
    /// Whether its checksum is right; imsm only.
    pub checksum: Option<bool>,
    /// Volumes that it counts.
    pub counted: Option<u32>,
    /// The volumes.
    pub volumes: Vec<Volume>,
    /// The disks.
    pub disks: Vec<Disk>,
    /// ddf: whether the table of disks was met.
    table: bool,
}

/// Whose metadata it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Intel's Matrix RAID.
    Imsm,
    /// The Disk Data Format of SNIA.
    Ddf,
}

/// A volume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: Option<String>,
    /// GUID of ddf, UUID of imsm.
    pub id: Option<String>,
    /// ddf: the minor number that it had (`unit`).
    pub unit: Option<u32>,
    /// Level: `1`, `RAID1`.
    pub level: Option<String>,
    /// Its members.
    pub members: Option<u32>,
    /// How it is: of imsm `Map State`, of ddf `state`.
    pub state: Option<VolumeState>,
    /// imsm, by slot: whether the disk is there and in sync (`[U_]`).
    pub in_sync: Vec<bool>,
    /// imsm: what its firmware or the kernel does with it (`Migrate State`); `idle` is nothing.
    pub migration: Option<String>,
}

/// How a volume is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VolumeState {
    /// `normal`, `Optimal`.
    Optimal,
    /// `uninitialized`: its copies were not made equal yet.
    Uninitialised,
    /// `degraded`, `Degraded`, `Partially Optimal`.
    Degraded,
    /// `failed`, `Failed`, `Missing`, `Offline`, `Deleted`.
    Failed,
    /// A word of no known state, as it stands.
    Other(String),
}

/// A disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disk {
    /// imsm: its serial number, as far as 16 characters hold it.
    pub serial: Option<String>,
    /// ddf: its device, if it is the one at hand or was found.
    pub device: Option<String>,
    /// Its state, in the words of the output: `active`, `failed`, `spare`; of ddf `active/Online`, `active/Online, Failed`.
    pub state: Option<String>,
}

impl Disk {
    /// Whether one of its words says that it failed or is missing.
    pub fn is_failed(&self) -> bool {
        let is_bad = |word: &str| matches!(word, "failed" | "Failed" | "Missing" | "Offline");
        self.state.as_deref().is_some_and(|state| state.split([' ', '/', ',']).any(is_bad))
    }
}

impl External {
    pub(super) fn new(device: &str, kind: Kind) -> Self {
        Self { device: device.to_owned(), kind: Some(kind), ..Self::default() }
    }

    /// Why it is not whole, if it is not.
    pub fn cut(&self) -> Option<String> {
        let (device, listed) = (&self.device, self.volumes.len());
        let Some(counted) = self.counted else {
            return Some(format!("how many volumes {device} tells of is missing"));
        };
        if usize::try_from(counted).ok() != Some(listed) {
            return Some(format!("{device} counts {counted} volumes, and {listed} are listed"));
        }
        if self.volumes.iter().any(|volume| volume.state.is_none()) {
            return Some(format!("the state of a volume that {device} tells of is missing"));
        }
        let members = self.volumes.iter().filter_map(|volume| volume.members).max().unwrap_or(0);
        let disks = self.disks.len();
        let few = disks < usize::try_from(members).unwrap_or(usize::MAX);
        few.then(|| format!("{device} tells of a volume of {members} disks, and {disks} are listed"))
    }

    /// A line that is not blank. Whether it was understood; none if it is of another text.
    pub(super) fn line(&mut self, line: &str) -> Option<bool> {
        let text = line.trim();
        if let Some(name) = text.strip_prefix('[').and_then(|text| text.strip_suffix("]:")) {
            self.volumes.push(Volume { name: Some(name.to_owned()), ..Volume::default() });
            return Some(true);
        }
        if text.starts_with("Number") && text.ends_with("Type/State") {
            self.table = true;
            return Some(true);
        }
        if self.table {
            self.disks.push(ddf_disk(text)?);
            return Some(true);
        }
        // What a GUID means, behind it.
        if text.starts_with('(') && text.ends_with(')') {
            return Some(true);
        }
        let (key, value) = crate::output::pair(line)?;
        Some(match self.kind {
            Some(Kind::Ddf) => self.ddf(key, value),
            _ => self.imsm(key, value),
        })
    }

    fn ddf(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        let Some(key) = key.strip_suffix(']').and_then(|key| Some(key.split_once('[')?.0)) else {
            return match key {
                "Container GUID" => set(&mut self.id, text()),
                "Seq" => set(&mut self.generation, u64::from_str_radix(value, 16).ok()),
                "Virtual Disks" => set(&mut self.counted, number(value)),
                "Magic" | "Version" | "Controller GUID" | "Redundant hdr" | "Physical Disks" => true,
                _ => false,
            };
        };
        if key == "VD GUID" {
            self.volumes.push(Volume { id: text(), ..Volume::default() });
            return text().is_some();
        }
        let Some(volume) = self.volumes.last_mut() else { return false };
        match key {
            "unit" => set(&mut volume.unit, number(value)),
            "state" => {
                // Behind the comma stands whether the copies are equal.
                let word = value.split(',').next().unwrap_or_default().trim();
                set(&mut volume.state, text().map(|_| volume_state(word)))
            }
            "Name" => set(&mut volume.name, text()),
            "Raid Devices" => set(&mut volume.members, first(value)),
            "Raid Level" => set(&mut volume.level, text()),
            "init state" | "access" | "Device Size" | "Array Size" | "Chunk Size" | "Secondary Level"
            | "Secondary Position" => true,
            _ => false,
        }
    }

    fn imsm(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        let is_serial = |key: &str| key == "Disk Serial" || key.starts_with("Disk") && key.ends_with(" Serial");
        if is_serial(key) {
            self.disks.push(Disk { serial: text(), ..Disk::default() });
            return true;
        }
        // Volumes stand between the first disk, which is the one at hand, and the others.
        match (key, self.volumes.last_mut(), self.disks.last_mut()) {
            ("State", _, Some(disk)) => set(&mut disk.state, text()),
            (
                "Subarray" | "Sector Size" | "Array Size" | "Per Dev Size" | "Sector Offset" | "Num Stripes"
                | "Chunk Size" | "Reserved" | "Checkpoint" | "Dirty State" | "RWH Policy" | "Volume ID" | "Failed disk"
                | "This Slot",
                Some(_),
                _,
            ) => true,
            ("UUID", Some(volume), _) => set(&mut volume.id, uuid(value)),
            // While it is changed, what it was stands behind an arrow.
            ("RAID Level", Some(volume), _) => set(&mut volume.level, text()),
            ("Members", Some(volume), _) => set(&mut volume.members, first(value)),
            ("Slots", Some(volume), _) => {
                let slots = value.strip_prefix('[').and_then(|value| value.split_once(']')).map(|(slots, _)| slots);
                volume.in_sync = slots.into_iter().flat_map(str::chars).map(|slot| slot == 'U').collect();
                slots.is_some_and(|slots| slots.chars().all(|slot| matches!(slot, 'U' | '_')))
            }
            ("Migrate State", Some(volume), _) => set(&mut volume.migration, text()),
            ("Map State", Some(volume), _) => {
                let word = value.split("<--").next().unwrap_or_default().trim();
                set(&mut volume.state, text().map(|_| volume_state(word)))
            }
            ("UUID", None, _) => set(&mut self.id, uuid(value)),
            ("Generation", ..) => set(&mut self.generation, u64::from_str_radix(value, 16).ok()),
            ("Checksum", ..) => set(&mut self.checksum, value.split_whitespace().nth(1).map(|word| word == "correct")),
            ("RAID Devices", ..) => set(&mut self.counted, number(value)),
            (
                "Magic" | "Version" | "Orig Family" | "Family" | "Creation Time" | "Attributes" | "MPB Sectors"
                | "Disks" | "Id" | "Usable Size" | "Log Size" | "Signature" | "Entry Count",
                ..,
            ) => true,
            _ => false,
        }
    }
}

fn volume_state(word: &str) -> VolumeState {
    match word {
        "normal" | "Optimal" => VolumeState::Optimal,
        "uninitialized" => VolumeState::Uninitialised,
        "degraded" | "Degraded" | "Partially Optimal" => VolumeState::Degraded,
        "failed" | "Failed" | "Missing" | "Offline" | "Deleted" => VolumeState::Failed,
        other => VolumeState::Other(other.to_owned()),
    }
}

/// `0    d32b14d7    786432K /dev/vda        active/Online`; the device is told of the disk at hand, and of others that are there.
fn ddf_disk(text: &str) -> Option<Disk> {
    let mut words = text.split_whitespace();
    number::<u32>(words.next()?)?;
    u64::from_str_radix(words.next()?, 16).ok()?;
    number::<u64>(words.next()?.strip_suffix('K')?)?;
    let mut rest: Vec<&str> = words.collect();
    let device = rest.first().filter(|word| word.starts_with('/')).map(|word| (*word).to_owned());
    if device.is_some() {
        rest.remove(0);
    }
    let state = Some(rest.join(" ")).filter(|state| !state.is_empty());
    state.is_some().then_some(Disk { serial: None, device, state })
}
