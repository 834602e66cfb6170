//! The members of an array: which part each has, and where its drive sits.

use crate::model::{MemberRead, Role};
use crate::observe::machine::{Seat, Seats};
use crate::probes::carries::{Carried, whole};
use crate::probes::md::{Array, Member};
use crate::words::clean;
use arraywatch_parsers::md::attributes::{Flag, Slot};
use arraywatch_parsers::md::mirror::{self, Geometry};
use std::collections::BTreeSet;

/// A place of an array, or a member without one.
pub(super) struct Place<'a> {
    /// As it is told.
    pub read: MemberRead,
    /// Its files; none of an empty place.
    pub member: Option<&'a Member>,
    /// Its drive, if that is known.
    pub seat: Option<&'a Seat>,
    /// Whether it is the journal of RAID 4, 5 or 6.
    pub journal: bool,
}

/// All of an array.
pub(super) struct Members<'a> {
    /// By slot; journal, spares and failed ones behind.
    pub all: Vec<Place<'a>>,
}

impl<'a> Members<'a> {
    pub(super) fn of(array: &'a Array, geometries: &[Geometry], carried: &Carried, seats: &'a Seats) -> Self {
        let mut all: Vec<Place<'a>> =
            array.members.iter().map(|member| Place::of(member, geometries, carried, seats)).collect();
        let taken: BTreeSet<u32> = all.iter().filter_map(|place| place.read.slot).collect();
        let slots = array.attributes.raid_disks.map_or(0, |disks| disks.value).min(SLOTS_MAX);
        all.extend((0..slots).filter(|slot| !taken.contains(slot)).map(|slot| Place::empty(slot, geometries)));
        let order = |role: Role| match role {
            Role::Spare => 1,
            Role::Failed => 2,
            _ => 0,
        };
        all.sort_by(|a, b| {
            let key = |place: &Place<'_>| (place.read.slot.unwrap_or(u32::MAX), order(place.read.role));
            key(a).cmp(&key(b)).then_with(|| a.read.name.cmp(&b.read.name))
        });
        Self { all }
    }

    /// The slots whose data is not there: empty, being written anew, or of a drive that is gone.
    pub(super) fn missing(&self) -> BTreeSet<u32> {
        self.all.iter().filter(|place| place.read.role != Role::Active).filter_map(|place| place.read.slot).collect()
    }

    /// Who has a slot.
    pub(super) fn at(&self, slot: u32) -> Option<&Place<'a>> {
        self.all.iter().find(|place| place.read.slot == Some(slot))
    }
}

/// More slots than any metadata has (`super_1_validate` in drivers/md/md.c).
const SLOTS_MAX: u32 = 1920;

impl<'a> Place<'a> {
    fn of(member: &'a Member, geometries: &[Geometry], carried: &Carried, seats: &'a Seats) -> Self {
        let flags = member.attributes.state.as_ref().map(|state| state.flags.clone()).unwrap_or_default();
        let has = |flag| flags.contains(&flag);
        // Who takes the place of one that is still there has the same slot; it is not its own before the other is gone.
        let slot = match member.attributes.slot {
            Some(Slot::Number(slot)) if !has(Flag::Faulty) && !has(Flag::Replacement) => Some(slot),
            _ => None,
        };
        let journal = has(Flag::Journal) || member.attributes.slot == Some(Slot::Journal);
        let role = if has(Flag::Faulty) {
            Role::Failed
        } else if member.is_gone() {
            Role::Gone
        } else if has(Flag::InSync) || journal {
            Role::Active
        } else if slot.is_some() || matches!(member.attributes.slot, Some(Slot::Number(_))) {
            Role::Rebuilding
        } else {
            Role::Spare
        };
        let seat = seats.get(whole(&member.name)).or_else(|| seats.get(&carried.drive_under(&member.name)?));
        let read = MemberRead {
            slot,
            bay: seat.map(|seat| seat.bay.clone()),
            serial: seat.map(|seat| seat.serial.clone()),
            name: Some(clean(&member.name)),
            mirror_set: slot.and_then(|slot| mirror_set(geometries, slot)),
            role,
        };
        Self { read, member: Some(member), seat, journal }
    }

    fn empty(slot: u32, geometries: &[Geometry]) -> Self {
        let mirror_set = mirror_set(geometries, slot);
        let read =
            MemberRead { slot: Some(slot), bay: None, serial: None, name: None, mirror_set, role: Role::Missing };
        Self { read, member: None, seat: None, journal: false }
    }

    /// For people: `slot 1 (sdb, drive S, bay pci-00-1f.2/ata2)`.
    pub(super) fn told(&self) -> String {
        let MemberRead { slot, bay, serial, name, .. } = &self.read;
        let parts = [
            name.clone().filter(|_| slot.is_some() && !self.journal),
            serial.as_ref().map(|serial| format!("drive {}", clean(serial))),
            bay.as_ref().map(|bay| format!("bay {}", bay.path())),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let within = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
        match (slot, name) {
            (Some(slot), _) => format!("slot {slot}{within}"),
            (None, Some(name)) if self.journal => format!("journal {name}{within}"),
            (None, name) => format!("{}{within}", name.as_deref().unwrap_or("a member")),
        }
    }

    /// Names it among the reasons of its array: by its slot, or, without one, by its drive.
    pub(super) fn key(&self) -> String {
        match (self.read.slot, &self.read.serial, &self.read.name) {
            (Some(slot), ..) => format!("slot{slot}"),
            (None, Some(serial), _) => clean(serial),
            (None, None, name) => name.clone().unwrap_or_default(),
        }
    }
}

/// The set of slots that hold the same data. While an array is reshaped, or where the sets overlap, there are none.
fn mirror_set(geometries: &[Geometry], slot: u32) -> Option<u32> {
    let [geometry] = geometries else { return None };
    let sets = mirror::mirror_sets(geometry)?;
    sets.iter().position(|set| set.contains(&slot)).and_then(|index| u32::try_from(index).ok())
}
