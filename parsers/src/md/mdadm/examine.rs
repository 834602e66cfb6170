//! `mdadm --examine` of a member with the kernel's own metadata: what its superblock says of it and of its array.
//!
//! **A superblock tells how the array was when it was written.** One of a member that was given up says that all is well, as of the time
//! before; and none says whether the array runs.

use super::super::attributes::Metadata;
use super::super::words::{Level, number};
use super::detail::{is_table_head, set};
use super::rows::Row;
use super::values::{Name, first, kib, name, time, uuid, version};
use chrono::NaiveDateTime;

/// A superblock (`examine_super0` in super0.c, `examine_super1` in super1.c of mdadm 4.2; captures of 3.0 to 4.3). What the output does not
/// say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Superblock {
    /// The device that it stands on: `/dev/sdb1`.
    pub device: String,
    /// Where on it.
    pub metadata: Option<Metadata>,
    /// UUID of the array.
    pub uuid: Option<String>,
    /// Name of the array; of metadata 0.90, at most the host that it is at home on.
    pub name: Option<Name>,
    /// When the array was made, local time.
    pub created: Option<NaiveDateTime>,
    /// Its level.
    pub level: Option<Level>,
    /// Its slots.
    pub slots: Option<u32>,
    /// What it holds, KiB.
    pub size: Option<u64>,
    /// Metadata 0.90: the minor number that it is to have.
    pub preferred_minor: Option<u32>,
    /// Whether it was shut down: `clean`, else writes may be under way or were; a word that is not known as it stands.
    pub clean: Option<Clean>,
    /// UUID of the member.
    pub device_uuid: Option<String>,
    /// Up to where it was written anew, in sectors of 512 bytes: it is not in sync.
    pub recovered: Option<u64>,
    /// `write-mostly`, `failfast`.
    pub flags: Vec<String>,
    /// When it was written last, local time.
    pub updated: Option<NaiveDateTime>,
    /// Whether its log of bad blocks holds any.
    pub bad_blocks: Option<bool>,
    /// Whether its checksum is right.
    pub checksum: Option<bool>,
    /// How often it was written: members of one array that are behind others were given up before.
    pub events: Option<u64>,
    /// How data is placed: `left-symmetric`, `near=2`.
    pub layout: Option<String>,
    /// Chunk, KiB.
    pub chunk: Option<u64>,
    /// The part that it has.
    pub role: Option<Role>,
    /// How each slot is, by this superblock, by slot.
    pub states: Vec<SlotState>,
    /// Metadata 0.90: members that are faulty.
    pub failed: Option<u32>,
    /// Metadata 0.90: the table, this member's own row not among them.
    pub members: Vec<Row>,
    /// Metadata 0.90: whether the table was met.
    table: bool,
}

/// Whether an array was shut down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clean {
    /// `clean`.
    Clean,
    /// `active`, `dirty`: it is written to, or was not shut down.
    Active,
    /// A word of no known state, as it stands.
    Other(String),
}

/// The part that a member has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It has a slot.
    Active(u32),
    /// It is to take over a slot that another still has.
    Replacement(u32),
    /// It waits, or was given up: in the superblock both are one.
    Spare,
    /// The journal of RAID 4, 5 or 6.
    Journal,
    /// A word of no known role, as it stands.
    Other(String),
}

/// How a slot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotState {
    /// `A`, of old versions `U` and `u` (of this member): somebody has it. **Not that it is in sync.**
    Active,
    /// `.`, of old versions `_`: nobody has it.
    Missing,
    /// `R`: it is being replaced.
    Replacing,
    /// `?`: more members say that it is theirs.
    Claimed,
}

impl Superblock {
    pub(super) fn new(device: &str) -> Self {
        Self { device: device.to_owned(), ..Self::default() }
    }

    /// Whether it is metadata 0.90.
    pub fn is_old(&self) -> bool {
        matches!(self.metadata, Some(Metadata::Version { major: 0, .. }))
    }

    /// Why it is not whole, if it is not.
    pub fn cut(&self) -> Option<String> {
        let device = &self.device;
        if self.events.is_none() {
            return Some(format!("how often the superblock of {device} was written is not told"));
        }
        if !self.is_old() {
            return self.states.is_empty().then(|| format!("the state of the array that {device} tells of is missing"));
        }
        let slots = self.slots.unwrap_or(0);
        let listed = self.members.iter().filter(|row| row.slot.is_some()).count();
        let all = self.table && listed >= usize::try_from(slots).unwrap_or(usize::MAX);
        (!all).then(|| format!("the array that {device} tells of has {slots} slots, and {listed} are listed"))
    }

    /// A line that is not blank. Whether it was understood; none if it is of another text.
    pub(super) fn line(&mut self, line: &str) -> Option<bool> {
        if is_table_head(line) {
            self.table = true;
            return Some(true);
        }
        if self.table {
            // In front stands the number of the row, and of the member itself a word.
            let (front, row) = line.trim_start().split_once(char::is_whitespace)?;
            let row = Row::read(row)?;
            if front != "this" {
                number::<u32>(front)?;
                self.members.push(row);
            }
            return Some(true);
        }
        let (key, value) = crate::output::pair(line)?;
        Some(self.put(key, value))
    }

    fn put(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        match key {
            "Version" => set(&mut self.metadata, version(value)),
            "UUID" => {
                let Some(said) = name(value) else { return false };
                if said.local_to.is_some() {
                    self.name = Some(Name { name: String::new(), local_to: said.local_to });
                }
                set(&mut self.uuid, uuid(&said.name))
            }
            "Array UUID" => set(&mut self.uuid, uuid(value)),
            "Name" => set(&mut self.name, name(value)),
            "Creation Time" => set(&mut self.created, time(value)),
            "Raid Level" => set(&mut self.level, Level::read(value)),
            "Raid Devices" => set(&mut self.slots, number(value)),
            "Array Size" => set(&mut self.size, first(value)),
            "Preferred Minor" => set(&mut self.preferred_minor, number(value)),
            "State" => set(&mut self.clean, text().map(clean)),
            "Device UUID" => set(&mut self.device_uuid, uuid(value)),
            "Recovery Offset" => set(&mut self.recovered, first(value)),
            "Flags" => {
                self.flags = value.split_whitespace().map(str::to_owned).collect();
                true
            }
            "Update Time" => set(&mut self.updated, time(value)),
            "Bad Block Log" => {
                let present = value.ends_with("bad blocks present.");
                set(&mut self.bad_blocks, (present || value.contains("entries available")).then_some(present))
            }
            "Checksum" => {
                let right = value.ends_with("correct");
                set(&mut self.checksum, (right || value.contains("expected")).then_some(right))
            }
            "Events" => set(&mut self.events, number(value)),
            "Layout" => set(&mut self.layout, text()),
            "Chunk Size" => set(&mut self.chunk, kib(value)),
            "Device Role" => set(&mut self.role, text().map(role)),
            "Array State" => {
                self.states = states(value).unwrap_or_default();
                !self.states.is_empty()
            }
            "Failed Devices" => set(&mut self.failed, number(value)),
            "Magic" | "Feature Map" | "Avail Dev Size" | "Used Dev Size" | "Data Offset" | "New Offset"
            | "Super Offset" | "Unused Space" | "Internal Bitmap" | "PPL" | "Journal" | "Cluster Name"
            | "Reshape pos'n" | "Delta Devices" | "New Level" | "New Layout" | "New Chunksize" | "Rounding"
            | "Total Devices" | "Active Devices" | "Working Devices" | "Spare Devices" | "Array Slot"
            | "Device Size" | "Eedk" => true,
            _ => false,
        }
    }
}

fn clean(value: String) -> Clean {
    match value.as_str() {
        "clean" => Clean::Clean,
        "active" | "dirty" => Clean::Active,
        _ => Clean::Other(value),
    }
}

fn role(value: String) -> Role {
    let slot = |front: &str| value.strip_prefix(front).and_then(number);
    match (value.as_str(), slot("Active device "), slot("Replacement device ")) {
        (_, Some(slot), _) => Role::Active(slot),
        (_, _, Some(slot)) => Role::Replacement(slot),
        ("spare", ..) => Role::Spare,
        ("Journal", ..) => Role::Journal,
        _ => Role::Other(value),
    }
}

/// `A.R ('A' == active, '.' == missing, 'R' == replacing)`; of versions before 3.1 `Uu_ 1 failed`, `u` being this member.
fn states(value: &str) -> Option<Vec<SlotState>> {
    value.split_whitespace().next()?.chars().map(state).collect()
}

fn state(letter: char) -> Option<SlotState> {
    Some(match letter {
        'A' | 'U' | 'u' => SlotState::Active,
        '.' | '_' => SlotState::Missing,
        'R' => SlotState::Replacing,
        '?' => SlotState::Claimed,
        _ => return None,
    })
}
