//! `mdadm --export`: of `--detail` an array, of `--examine` a member, a value a line. Neither says how it is.

use super::super::attributes::Metadata;
use super::super::words::{Level, number};
use super::detail::set;
use super::values::{metadata, uuid};
use std::collections::{BTreeMap, BTreeSet};

/// What it says (`Detail` in Detail.c, `export_examine_super1` in super1.c of mdadm 4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// `MD_LEVEL`.
    pub level: Option<Level>,
    /// `MD_DEVICES`: slots; of a container, disks.
    pub slots: Option<u32>,
    /// `MD_METADATA`.
    pub metadata: Option<Metadata>,
    /// `MD_UUID`.
    pub uuid: Option<String>,
    /// `MD_NAME`: `lab:0`.
    pub name: Option<String>,
    /// `MD_DEVNAME`: the name below /dev/md, if it has one.
    pub devname: Option<String>,
    /// `MD_CONTAINER`: the container that it is in.
    pub container: Option<String>,
    /// `MD_DEV_UUID`: of a member, its UUID.
    pub device_uuid: Option<String>,
    /// `MD_UPDATE_TIME`: of a member, when its superblock was written last, in seconds from 1970, UTC.
    pub updated: Option<i64>,
    /// `MD_EVENTS`: of a member, how often.
    pub events: Option<u64>,
    /// Of an array, its members, by what their keys have in common: `dev_sda1`.
    pub members: BTreeMap<String, Member>,
}

/// A member of an array.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// `_ROLE`: its slot, or what is none.
    pub role: Option<Role>,
    /// `_DEV`: `/dev/sda1`.
    pub device: Option<String>,
}

/// The part that a member has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It has a slot. **Not that it is in sync.**
    Slot(u32),
    /// `spare`: it waits, or was given up; both are one here.
    Spare,
    /// A word of no known role, as it stands.
    Other(String),
}

impl Export {
    /// Whether it is of a member rather than of an array.
    pub fn is_member(&self) -> bool {
        self.device_uuid.is_some() || self.events.is_some() || self.updated.is_some()
    }

    /// The slots that nobody has, if it is of an array that has slots.
    pub fn empty(&self) -> Vec<u32> {
        let slot = |member: &Member| match member.role {
            Some(Role::Slot(slot)) => Some(slot),
            _ => None,
        };
        let told: BTreeSet<u32> = self.members.values().filter_map(slot).collect();
        let slots = self.slots.filter(|_| !self.is_member() && self.level != Some(Level::Container)).unwrap_or(0);
        (0..slots.min(SLOTS_MAX)).filter(|slot| !told.contains(slot)).collect()
    }

    /// Why it is not whole, if it is not.
    pub fn cut(&self) -> Option<String> {
        if self.is_member() {
            return self.events.is_none().then(|| "MD_EVENTS is missing".to_owned());
        }
        let half = self.members.iter().find(|(_, member)| member.role.is_none() || member.device.is_none());
        match half {
            Some((key, _)) => Some(format!("only half of {key} is told")),
            // What `--incremental` prints tells of no members, and neither does an array that they are hidden of.
            None => self.members.is_empty().then(|| "no members are told".to_owned()),
        }
    }

    /// Whether a line is of a new thing: its first key comes again.
    pub(super) fn begins_anew(&self, line: &str) -> bool {
        line.starts_with("MD_LEVEL=") && self.level.is_some()
    }

    /// Whether a line has the form of one.
    pub(super) fn is_line(line: &str) -> bool {
        line.starts_with("MD_") && line.contains('=')
    }

    /// A line that is not blank. Whether it was understood; none if it is of another text.
    pub(super) fn line(&mut self, line: &str) -> Option<bool> {
        let (key, value) = line.split_once('=')?;
        let key = key.strip_prefix("MD_")?;
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        if let Some(member) = key.strip_prefix("DEVICE_") {
            return Some(if let Some(member) = member.strip_suffix("_ROLE") {
                set(&mut self.member(member).role, text().map(role))
            } else if let Some(member) = member.strip_suffix("_DEV") {
                set(&mut self.member(member).device, text())
            } else {
                false
            });
        }
        Some(match key {
            "LEVEL" => set(&mut self.level, Level::read(value)),
            "DEVICES" => set(&mut self.slots, number(value)),
            "METADATA" => set(&mut self.metadata, metadata(value)),
            "UUID" => set(&mut self.uuid, uuid(value)),
            "NAME" => set(&mut self.name, text()),
            "DEVNAME" => set(&mut self.devname, text()),
            "CONTAINER" => set(&mut self.container, text()),
            "DEV_UUID" => set(&mut self.device_uuid, uuid(value)),
            "UPDATE_TIME" => set(&mut self.updated, number(value)),
            "EVENTS" => set(&mut self.events, number(value)),
            "ARRAY_SIZE" | "MEMBER" | "CREATION_TIME" | "RESHAPE_ACTIVE" | "STARTED" | "FOREIGN" | "DEVICE" => true,
            _ => false,
        })
    }

    fn member(&mut self, key: &str) -> &mut Member {
        self.members.entry(key.to_owned()).or_default()
    }
}

/// More slots than any metadata has (`super_1_validate` in drivers/md/md.c).
const SLOTS_MAX: u32 = 1920;

fn role(value: String) -> Role {
    match (value.as_str(), number(&value)) {
        (_, Some(slot)) => Role::Slot(slot),
        ("spare", _) => Role::Spare,
        _ => Role::Other(value),
    }
}
