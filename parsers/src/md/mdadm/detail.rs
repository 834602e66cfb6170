//! `mdadm --detail`: an array as the kernel runs it.

use super::super::attributes::{self, ArrayState, Metadata};
use super::super::words::{Level, number};
use super::rows::{Row, Word};
use super::values::{Name, events, first, kib, name, time, uuid, version};
use crate::output::{Keys, pair};
use chrono::NaiveDateTime;
use std::collections::BTreeSet;

/// An array (Detail.c of mdadm 4.2; captures of 3.2 to 4.3). What the output does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// As it was asked for: `/dev/md0`, `/dev/md/home`.
    pub device: String,
    /// The container that it is in, and its number there (`/dev/md0, member 1`).
    pub container: Option<(String, Option<u32>)>,
    /// Where its metadata stands.
    pub metadata: Option<Metadata>,
    /// When it was made, local time.
    pub created: Option<NaiveDateTime>,
    /// Its level. **Of one that was not started it says whatever the kernel began with, at times raid0.**
    pub level: Option<Level>,
    /// What it holds, KiB.
    pub size: Option<u64>,
    /// What it uses of each member, KiB.
    pub used: Option<u64>,
    /// Slots; one that was not started may not tell.
    pub slots: Option<u32>,
    /// Members that the kernel knows, faulty ones and spares among them.
    pub devices: Option<u32>,
    /// Metadata 0.90: the minor number that it is to have.
    pub preferred_minor: Option<u32>,
    /// Whether it has a superblock.
    pub persistent: Option<bool>,
    /// Where its write-intent bitmap is: `Internal`, or the name of a file.
    pub bitmap: Option<String>,
    /// When its superblock was written last, local time. That may be long before the output was printed.
    pub updated: Option<NaiveDateTime>,
    /// How it is.
    pub state: Option<State>,
    /// Members in sync.
    pub active: Option<u32>,
    /// Members that are not faulty.
    pub working: Option<u32>,
    /// Members that are faulty and not yet taken out.
    pub failed: Option<u32>,
    /// Members that wait or are being written.
    pub spares: Option<u32>,
    /// How it places its data: `left-symmetric`, `near=2`.
    pub layout: Option<String>,
    /// Chunk, KiB.
    pub chunk: Option<u64>,
    /// Linear's rounding, KiB.
    pub rounding: Option<u64>,
    /// What keeps its copies equal after an unclean stop: `none`, `resync`, `bitmap`, `journal`, `ppl`.
    pub policy: Option<String>,
    /// How far the sync thread is.
    pub progress: Option<Progress>,
    /// What a reshape under way changes, as it stands: `Delta Devices`, `New Level`, `New Layout`, `New Chunksize`.
    pub reshape: Vec<(String, String)>,
    /// Its name.
    pub name: Option<Name>,
    /// Its UUID; of a container with metadata ddf, its GUID.
    pub uuid: Option<String>,
    /// How often its superblock was written.
    pub events: Option<u64>,
    /// Of a container, the arrays in it.
    pub arrays: Vec<String>,
    /// The table, in the order of the output.
    pub members: Vec<Row>,
    /// Whether the head of the table was met.
    table: bool,
    /// What was told so far: nothing is told twice.
    keys: Keys,
}

/// How far the sync thread is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// `Rebuild`, `Resync`, `Reshape` or `Check`.
    pub what: String,
    /// 0 to 100.
    pub percent: u32,
}

/// How an array is: the kernel's word, and what mdadm adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The kernel's word.
    pub kernel: Option<ArrayState>,
    /// What mdadm adds, in the order of the output.
    pub conditions: Vec<Condition>,
    /// What the sync thread waits for.
    pub waits: Option<Waits>,
}

/// What mdadm adds to the kernel's word (`Detail` in Detail.c).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `FAILED`: not enough members are left.
    Failed,
    /// A slot is empty or not in sync.
    Degraded,
    /// A member is being written.
    Recovering,
    /// Copies or parity are being made equal.
    Resyncing,
    /// Level, layout or slots are being changed.
    Reshaping,
    /// All is read and compared.
    Checking,
    /// It has no size: it was assembled and not started.
    NotStarted,
    /// A word of no known condition, as it stands.
    Other(String),
}

/// What the sync thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// `(DELAYED)`: for another array on the same devices.
    Delayed,
    /// `(PENDING)`: until the array is written.
    Pending,
    /// `(REMOTE)`: another node of the cluster does it.
    Remote,
}

const WAITS: [(&str, Waits); 3] =
    [("(DELAYED)", Waits::Delayed), ("(PENDING)", Waits::Pending), ("(REMOTE)", Waits::Remote)];

impl State {
    /// Reads `clean, degraded, recovering (DELAYED)`.
    pub fn read(text: &str) -> Self {
        let waits = WAITS.iter().find(|(word, _)| text.contains(word));
        let text = waits.map_or_else(|| text.to_owned(), |(word, _)| text.replace(word, ""));
        let mut state = Self { waits: waits.map(|(_, waits)| *waits), ..Self::default() };
        let mut words = text.split(',').map(str::trim);
        state.kernel = words.next().and_then(|word| match word {
            // Before kernels told by sysfs, mdadm said it of the superblock.
            "dirty" => Some(ArrayState::Active),
            word => attributes::array_state(word),
        });
        state.conditions = words.filter(|word| !word.is_empty()).map(Condition::read).collect();
        state
    }

    /// Whether it is that.
    pub fn is(&self, condition: &Condition) -> bool {
        self.conditions.contains(condition)
    }
}

impl Condition {
    fn read(word: &str) -> Self {
        match word {
            "FAILED" => Self::Failed,
            "degraded" => Self::Degraded,
            "recovering" => Self::Recovering,
            "resyncing" => Self::Resyncing,
            "reshaping" => Self::Reshaping,
            "checking" => Self::Checking,
            "Not Started" => Self::NotStarted,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Whether a line begins the table.
pub(super) fn is_table_head(line: &str) -> bool {
    line.split_whitespace().take(4).eq(["Number", "Major", "Minor", "RaidDevice"])
}

impl Detail {
    pub(super) fn new(device: &str) -> Self {
        Self { device: device.to_owned(), ..Self::default() }
    }

    /// Whether the sync thread writes a member, and does not wait.
    pub fn recovers(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.is(&Condition::Recovering) && state.waits.is_none())
    }

    /// Why it is not whole, if it is not: what such an output always has is missing, or it lists fewer members than it counts.
    pub fn cut(&self) -> Option<String> {
        let device = &self.device;
        if !self.table {
            return Some(format!("{device} has no table of members"));
        }
        let container = self.level == Some(Level::Container);
        if self.state.is_none() && !container {
            return Some(format!("the state of {device} is not told"));
        }
        if self.metadata.is_none() && self.container.is_none() {
            return Some(format!("the version of {device} is not told"));
        }
        let listed = self.members.iter().filter(|row| !row.is(&Word::Removed)).count();
        let Some(devices) = self.devices else { return Some(format!("{device} does not count its members")) };
        if listed < usize::try_from(devices).unwrap_or(usize::MAX) {
            return Some(format!("{device} has {devices} members, and {listed} are listed"));
        }
        let told: BTreeSet<u32> = self.members.iter().filter_map(|row| row.slot).collect();
        if self.members.iter().any(|row| row.words.is_empty() && row.device.is_none()) {
            return Some(format!("of a member of {device} is told neither what it is nor its device"));
        }
        let slots = self.slots.unwrap_or(0);
        if slots > SLOTS_MAX {
            return Some(format!("{device} has {slots} slots, which no array has"));
        }
        if let Some(slot) = (0..slots).find(|slot| !told.contains(slot)) {
            return Some(format!("slot {slot} of {device} is not listed"));
        }
        let active = self.members.iter().filter(|row| row.is(&Word::Active)).count();
        if self.active.is_some_and(|counted| usize::try_from(counted).is_ok_and(|counted| counted != active)) {
            return Some(format!("{device} counts other than the {active} active members that it lists"));
        }
        let counted = self.active.is_some() && self.working.is_some();
        (self.slots.is_some() && !counted).then(|| format!("{device} does not count its active members"))
    }

    /// A line that is not blank. Whether it was understood; none if it is of another text.
    pub(super) fn line(&mut self, line: &str) -> Option<bool> {
        if is_table_head(line) {
            self.table = true;
            return Some(true);
        }
        if self.table {
            self.members.push(Row::read(line)?);
            return Some(true);
        }
        // The time that a GUID was made at, behind it.
        if self.uuid.is_some() && line.trim_start().starts_with("(Linux-MD ") {
            return Some(true);
        }
        let (key, value) = pair(line).filter(|(key, _)| self.keys.take(key))?;
        Some(self.put(key, value))
    }

    fn put(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        match key {
            "Container" => {
                let (device, member) = value.split_once(", member ").unwrap_or((value, ""));
                set(&mut self.container, Some((device.to_owned(), number(member))))
            }
            "Version" => set(&mut self.metadata, version(value)),
            "Creation Time" => set(&mut self.created, time(value)),
            "Raid Level" => set(&mut self.level, Level::read(value)),
            "Array Size" => set(&mut self.size, first(value)),
            "Used Dev Size" | "Device Size" => value == "unknown" || set(&mut self.used, first(value)),
            "Raid Devices" => set(&mut self.slots, number(value)),
            "Total Devices" => set(&mut self.devices, number(value)),
            "Preferred Minor" => set(&mut self.preferred_minor, number(value)),
            "Persistence" => match value {
                "Superblock is persistent" => set(&mut self.persistent, Some(true)),
                "Superblock is not persistent" => set(&mut self.persistent, Some(false)),
                _ => false,
            },
            "Intent Bitmap" => set(&mut self.bitmap, text()),
            "Update Time" => set(&mut self.updated, time(value)),
            "State" => set(&mut self.state, text().map(|value| State::read(&value))),
            "Active Devices" => set(&mut self.active, number(value)),
            "Working Devices" => set(&mut self.working, number(value)),
            "Failed Devices" => set(&mut self.failed, number(value)),
            "Spare Devices" => set(&mut self.spares, number(value)),
            "Layout" => set(&mut self.layout, text()),
            "Chunk Size" => set(&mut self.chunk, kib(value)),
            "Rounding" => set(&mut self.rounding, kib(value)),
            "Consistency Policy" => set(&mut self.policy, text()),
            "Rebuild Status" | "Resync Status" | "Reshape Status" | "Check Status" => {
                let percent = value.strip_suffix("complete").and_then(|value| number(value.trim().strip_suffix('%')?));
                let what = key.trim_end_matches(" Status").to_owned();
                set(&mut self.progress, percent.map(|percent| Progress { what, percent }))
            }
            "Reshape pos'n" | "Delta Devices" | "New Level" | "New Layout" | "New Chunksize" => {
                self.reshape.push((key.to_owned(), value.to_owned()));
                true
            }
            "Name" => set(&mut self.name, name(value)),
            "UUID" => {
                let Some(said) = name(value) else { return false };
                // Of metadata 0.90, which has no names, the host stands here.
                if let Some(host) = said.local_to {
                    self.name.get_or_insert_default().local_to = Some(host);
                }
                set(&mut self.uuid, uuid(&said.name))
            }
            "Container GUID" => set(&mut self.uuid, text()),
            "Events" => set(&mut self.events, events(value)),
            "Member Arrays" => {
                self.arrays = value.split_whitespace().map(str::to_owned).collect();
                true
            }
            "Cluster Name" | "Seq" | "Virtual Disks" | "RWH Policy" => true,
            _ => false,
        }
    }
}

/// More slots than any metadata has (`super_1_validate` in drivers/md/md.c).
const SLOTS_MAX: u32 = 1920;

/// Keeps a value; whether there was one.
pub(super) fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    if understood {
        *place = value;
    }
    understood
}
