//! Which slots of an array hold copies of the same data, and which losses lose data.
//!
//! Everything follows from **copy groups**: a group is the slots that hold one chunk. RAID10 places chunk after chunk
//! by a rule that repeats (`__raid10_find_phys` in drivers/md/raid10.c), so the groups of one period are all there are.
//! Data is lost exactly when all slots of a group are. The chunk size moves no chunk to another slot, so it is no part
//! of the geometry.

use std::collections::BTreeSet;

use super::Level;

/// Most members an array has: `max_disks` of metadata 1.x (`super_1_validate` in drivers/md/md.c).
const MAX_DISKS: u32 = (4096 - 256) / 2;

/// How an array places its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Geometry {
    disks: u32,
    placing: Placing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Placing {
    /// Every chunk stands on all slots of one of these groups; each is sorted, none occurs twice.
    Copies(BTreeSet<BTreeSet<u32>>),
    /// Computed redundancy: as many slots as this may be lost, whichever they are.
    Parity(usize),
}

impl Geometry {
    /// From the sysfs files `level`, `layout` and `raid_disks` (1 to 1920). `layout` only matters for RAID10. `None` if
    /// md itself would refuse it (`setup_geo` and `setup_conf` in drivers/md/raid10.c), or the level has no geometry
    /// (container, unknown).
    ///
    /// While an array is reshaped, part of its data stands in the old geometry and part in the new: ask both.
    pub fn new(level: &Level, layout: u32, raid_disks: u32) -> Option<Self> {
        if !(1..=MAX_DISKS).contains(&raid_disks) {
            return None;
        }
        let placing = match level {
            Level::Raid1 | Level::Multipath => Placing::Copies(BTreeSet::from([(0..raid_disks).collect()])),
            Level::Raid10 => Placing::Copies(raid10(layout, raid_disks)?),
            Level::Linear | Level::Raid0 | Level::Faulty => Placing::Parity(0),
            Level::Raid4 | Level::Raid5 => Placing::Parity(1),
            Level::Raid6 => Placing::Parity(2),
            Level::Container | Level::Unknown(_) => return None,
        };
        Some(Self { disks: raid_disks, placing })
    }

    /// Number of slots.
    pub const fn raid_disks(&self) -> u32 {
        self.disks
    }
}

/// The copy groups of RAID10.
///
/// `layout`: bits 0-7 near copies, 8-15 far copies, 16 far copies in adjacent stripes (offset: other sectors, same
/// slots), 17 and 18 which sets the far copies stay in (drivers/md/raid10.c, head comment and `setup_geo`).
fn raid10(layout: u32, disks: u32) -> Option<BTreeSet<BTreeSet<u32>>> {
    let near = layout & 0xff;
    let far = layout >> 8 & 0xff;
    if !(2..=disks).contains(&(near * far)) {
        return None;
    }
    let far_set = match layout >> 17 {
        0 => disks,
        1 => disks / far,
        2 => far * near,
        _ => return None,
    };
    let copies = usize::try_from(far).ok()?;
    // A chunk begins at slot chunk * near modulo disks; after as many chunks as there are slots, that repeats.
    let group = |chunk: u32| {
        let nears = (0..near).map(move |copy| (chunk * near + copy) % disks);
        nears
            .flat_map(|slot| {
                std::iter::successors(Some(slot), |at| Some(next_far(*at, near, far_set, disks))).take(copies)
            })
            .collect()
    };
    Some((0..disks).map(group).collect())
}

/// The slot of the next far copy: as many slots on as there are near copies, around within the set. Where the sets do
/// not divide the slots, the last is longer by the rest; that what comes to lie beyond its first slot counts as in it
/// is as the kernel has it.
fn next_far(slot: u32, near: u32, far_set: u32, disks: u32) -> u32 {
    let rest = disks % far_set;
    let last_start = disks - rest - far_set;
    let next = slot + near;
    if rest > 0 && next > last_start {
        (next - last_start) % (far_set + rest) + last_start
    } else {
        next % far_set + slot / far_set * far_set
    }
}

/// The slots that hold a copy of some of a slot's data, without itself. None for levels that keep no copies (parity is
/// no copy).
pub fn partners(geometry: &Geometry, slot: u32) -> BTreeSet<u32> {
    match &geometry.placing {
        Placing::Parity(_) => BTreeSet::new(),
        Placing::Copies(groups) => groups
            .iter()
            .filter(|group| group.contains(&slot))
            .flatten()
            .copied()
            .filter(|other| *other != slot)
            .collect(),
    }
}

/// Whether data is lost when these slots are. A slot whose member is still being rebuilt is missing, too; slots that
/// the array does not have count for nothing.
pub fn loses_data(geometry: &Geometry, missing: &BTreeSet<u32>) -> bool {
    match &geometry.placing {
        Placing::Parity(bears) => missing.range(..geometry.disks).count() > *bears,
        Placing::Copies(groups) => groups.iter().any(|group| group.is_subset(missing)),
    }
}

/// The slots that must not be lost as well, where these are missing: each of them alone would lose data. Empty if data
/// is lost already.
pub fn indispensable(geometry: &Geometry, missing: &BTreeSet<u32>) -> BTreeSet<u32> {
    if loses_data(geometry, missing) {
        return BTreeSet::new();
    }
    match &geometry.placing {
        Placing::Parity(bears) if missing.range(..geometry.disks).count() < *bears => BTreeSet::new(),
        Placing::Parity(_) => (0..geometry.disks).filter(|slot| !missing.contains(slot)).collect(),
        Placing::Copies(groups) => groups
            .iter()
            .filter_map(|group| {
                let mut left = group.difference(missing);
                left.next().filter(|_| left.next().is_none()).copied()
            })
            .collect(),
    }
}

/// The mirror sets, each sorted, in the order of their first slot, if every slot belongs to exactly one. `None` where
/// the groups overlap (near=2 over 3 members, far without sets), or the level keeps no copies.
pub fn mirror_sets(geometry: &Geometry) -> Option<Vec<Vec<u32>>> {
    let Placing::Copies(groups) = &geometry.placing else { return None };
    let slots: BTreeSet<u32> = groups.iter().flatten().copied().collect();
    let members: usize = groups.iter().map(BTreeSet::len).sum();
    (slots.len() == members).then(|| groups.iter().map(|group| group.iter().copied().collect()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(slots: &[u32]) -> BTreeSet<u32> {
        slots.iter().copied().collect()
    }

    #[test]
    fn sets_and_partners() {
        let check = |level: Level, layout, disks, expect: &str| {
            let said = Geometry::new(&level, layout, disks).map_or("refused".to_owned(), |geometry| {
                let partners: Vec<_> =
                    (0..disks).map(|slot| partners(&geometry, slot).into_iter().collect::<Vec<_>>()).collect();
                mirror_sets(&geometry).map_or_else(|| format!("partners {partners:?}"), |sets| format!("sets {sets:?}"))
            });
            assert_eq!(said, expect, "{level:?} layout {layout:#x} over {disks}");
        };
        check(Level::Raid1, 0, 3, "sets [[0, 1, 2]]");
        check(Level::Raid10, 0x102, 4, "sets [[0, 1], [2, 3]]");
        check(Level::Raid10, 0x103, 6, "sets [[0, 1, 2], [3, 4, 5]]");
        check(Level::Raid10, 0x102, 2, "sets [[0, 1]]");
        check(Level::Raid10, 0x102, 3, "partners [[1, 2], [0, 2], [0, 1]]");
        check(Level::Raid10, 0x102, 5, "partners [[1, 4], [0, 2], [1, 3], [2, 4], [0, 3]]");
        // far=2 without sets: the neighbour on either side.
        check(Level::Raid10, 0x201, 4, "partners [[1, 3], [0, 2], [1, 3], [0, 2]]");
        check(Level::Raid10, 0x1_0201, 4, "partners [[1, 3], [0, 2], [1, 3], [0, 2]]");
        // With sets, as the picture in the head of raid10.c has them: [A B] [C D], and [A B] [C D E].
        check(Level::Raid10, 0x4_0201, 4, "sets [[0, 1], [2, 3]]");
        check(Level::Raid10, 0x4_0201, 5, "partners [[1], [0], [3, 4], [2, 4], [2, 3]]");
        check(Level::Raid10, 0x2_0201, 4, "sets [[0, 1], [2, 3]]");
        check(Level::Raid10, 0x202, 4, "sets [[0, 1, 2, 3]]");
        check(Level::Raid5, 2, 3, "partners [[], [], []]");
        check(Level::Raid10, 0x101, 4, "refused");
        check(Level::Raid10, 0x105, 4, "refused");
        check(Level::Raid10, 0x8_0102, 4, "refused");
        check(Level::Raid10, 0, 4, "refused");
        check(Level::Raid1, 0, 0, "refused");
        check(Level::Raid1, 0, u32::MAX, "refused");
        check(Level::Container, 0, 2, "refused");
    }

    #[test]
    fn losses() {
        let check = |level: Level, layout, disks, missing: &[u32], loses, then: &[u32]| {
            let geometry = Geometry::new(&level, layout, disks).expect("a geometry");
            assert_eq!(loses_data(&geometry, &set(missing)), loses, "{level:?} {layout:#x} {missing:?}");
            assert_eq!(indispensable(&geometry, &set(missing)), set(then), "{level:?} {layout:#x} {missing:?}");
        };
        check(Level::Raid10, 0x102, 4, &[1], false, &[0]);
        check(Level::Raid10, 0x102, 4, &[1, 2], false, &[0, 3]);
        check(Level::Raid10, 0x102, 4, &[0, 1], true, &[]);
        check(Level::Raid10, 0x102, 3, &[1], false, &[0, 2]);
        check(Level::Raid1, 0, 2, &[], false, &[]);
        check(Level::Raid1, 0, 2, &[0, 7], false, &[1]);
        check(Level::Raid1, 0, 1, &[], false, &[0]);
        check(Level::Raid0, 0, 2, &[], false, &[0, 1]);
        check(Level::Linear, 0, 2, &[1], true, &[]);
        check(Level::Raid4, 0, 3, &[2], false, &[0, 1]);
        check(Level::Raid5, 2, 3, &[1, 2], true, &[]);
        check(Level::Raid6, 2, 4, &[1], false, &[]);
        check(Level::Raid6, 2, 4, &[1, 9], false, &[]);
        check(Level::Raid6, 2, 4, &[1, 2], false, &[0, 3]);
    }

    /// Where the kernel puts the copies of chunk after chunk: slot and chunk on the slot, by the arithmetic of
    /// `__raid10_find_phys` in whole chunks, for as many chunks as two periods of the near copies have.
    fn placed(layout: u32, disks: u32) -> Vec<Vec<(u32, u32)>> {
        let (near, far) = (layout & 255, layout >> 8 & 255);
        let set_size = [disks, disks / far, far * near][usize::try_from(layout >> 17).expect("small")];
        let offset = layout & 1 << 16 != 0;
        let chunks = disks * 2;
        let stride = if offset { 1 } else { chunks * near / disks + 1 };
        let last_start = (disks / set_size - 1) * set_size;
        let last_size = set_size + disks % set_size;
        (0..chunks)
            .map(|chunk| {
                let (mut stripe, mut first) = (chunk * near / disks, chunk * near % disks);
                if offset {
                    stripe *= far;
                }
                let mut copies = Vec::new();
                for _ in 0..near {
                    let (mut slot, mut at) = (first, stripe);
                    copies.push((slot, at));
                    for _ in 1..far {
                        let set = slot / set_size;
                        slot += near;
                        if !disks.is_multiple_of(set_size) && slot > last_start {
                            slot = (slot - last_start) % last_size + last_start;
                        } else {
                            slot = slot % set_size + set_size * set;
                        }
                        at += stride;
                        copies.push((slot, at));
                    }
                    first += 1;
                    if first >= disks {
                        first = 0;
                        stripe += 1;
                    }
                }
                copies
            })
            .collect()
    }

    #[test]
    fn agrees_with_what_the_kernel_places() {
        let mut compared = 0;
        for disks in 2..=9_u32 {
            for (near, far) in (1..=4).flat_map(|near| (1..=4).map(move |far| (near, far))) {
                for flags in [0, 1 << 16, 1 << 17, 3 << 16, 1 << 18, 5 << 16] {
                    let layout: u32 = near | far << 8 | flags;
                    let Some(geometry) = Geometry::new(&Level::Raid10, layout, disks) else { continue };
                    let placed = placed(layout, disks);
                    for slot in 0..disks {
                        let sharing = placed.iter().filter(|copies| copies.iter().any(|(at, _)| *at == slot));
                        let expect: BTreeSet<u32> =
                            sharing.flatten().map(|(at, _)| *at).filter(|at| *at != slot).collect();
                        assert_eq!(partners(&geometry, slot), expect, "{layout:#x} over {disks}, slot {slot}");
                    }
                    for bits in 0..1_u32 << disks {
                        let missing: BTreeSet<u32> = (0..disks).filter(|slot| bits >> slot & 1 == 1).collect();
                        let lost = placed.iter().any(|copies| copies.iter().all(|(at, _)| missing.contains(at)));
                        assert_eq!(loses_data(&geometry, &missing), lost, "{layout:#x} over {disks}, {missing:?}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 10_000, "{compared}");
    }

    /// The simulation itself is sound only if no place is given away twice.
    #[test]
    fn no_place_holds_two_chunks() {
        for (layout, disks) in [(0x102, 4), (0x102, 3), (0x103, 5), (0x201, 4), (0x4_0201, 5), (0x202, 5)] {
            let mut seen = BTreeSet::new();
            for place in placed(layout, disks).into_iter().flatten() {
                assert!(seen.insert(place), "{layout:#x} over {disks}: {place:?} twice");
            }
        }
    }

    proptest! {
        #[test]
        fn any_numbers(layout: u32, disks in 0_u32..3000, slot: u32, missing: BTreeSet<u32>) {
            if let Some(geometry) = Geometry::new(&Level::Raid10, layout & 0x7_1fff, disks.min(64)) {
                let more: BTreeSet<u32> = indispensable(&geometry, &missing);
                for one in more {
                    let mut missing = missing.clone();
                    missing.insert(one);
                    prop_assert!(loses_data(&geometry, &missing));
                }
                partners(&geometry, slot);
            }
            let _ = Geometry::new(&Level::Raid10, layout, disks);
        }
    }
}
