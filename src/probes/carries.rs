//! From a block device to what stands on it: partitions, device mapper, file systems, mount points, swap.
//!
//! The kernel says who holds a block device (`holders`), and where the file system of a device is mounted. Both together lead from
//! a drive or an array to the directories that are at stake. A file system of several devices (btrfs, ZFS) has no holder there: of
//! btrfs the device is found that it was mounted by, of ZFS none.

use super::Topology;
use crate::machine::{Host, text};
use crate::words::clean;
use arraywatch_parsers::kernel::proc::{self, Mount};
use std::collections::{BTreeMap, BTreeSet};

/// What stands on block devices.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// By name: whole devices, partitions, device mapper, md.
    blocks: BTreeMap<String, Block>,
}

/// A block device.
#[derive(Debug, Clone, Default)]
struct Block {
    /// As people call it, if that is another name: `vg0-data` for `dm-3`.
    name: Option<String>,
    /// What stands on it: its partitions, and who holds it.
    above: Vec<String>,
    /// Where its file system is mounted.
    mounts: Vec<Mounted>,
    /// Whether memory is swapped out to it.
    swap: bool,
}

#[derive(Debug, Clone)]
struct Mounted {
    at: String,
    fs_type: String,
}

/// Of one device, so many mount points are told: in containers, a file system is often mounted at dozens.
const MOUNTS_MAX: usize = 3;

/// Of what stands on a device, so much is told.
const TOLD_MAX: usize = 16;

/// Devices stand on devices to this depth; deeper is a loop, or nothing that a person would follow.
const DEPTH_MAX: usize = 12;

/// Block devices that are not made of drives.
const NO_DRIVES: [&str; 7] = ["fd", "loop", "mtd", "pmem", "ram", "sr", "zram"];

/// Reads it.
pub fn read(host: &mut dyn Host, topology: &Topology) -> Carried {
    let mut carried = Carried::default();
    let mut numbers = BTreeMap::new();
    let drives = topology.disks.iter().flat_map(|disk| &disk.names);
    let volumes = topology.volumes.iter().map(|volume| &volume.name);
    let others = topology.other_blocks.iter().filter(|name| !NO_DRIVES.iter().any(|other| name.starts_with(other)));
    let names: BTreeSet<&String> = drives.chain(volumes).chain(&topology.arrays).chain(others).collect();
    for name in names {
        let folder = format!("/sys/block/{name}");
        carried.block(host, &folder, name, &mut numbers);
        for part in host.list(&folder).unwrap_or_default().iter().filter(|part| is_partition(name, part)) {
            carried.block(host, &format!("{folder}/{part}"), part, &mut numbers);
            carried.blocks.entry(name.clone()).or_default().above.push(part.clone());
        }
    }
    carried.mounts(host, &numbers);
    carried.swaps(host);
    carried
}

impl Carried {
    fn block(&mut self, host: &mut dyn Host, folder: &str, name: &str, numbers: &mut BTreeMap<(u32, u32), String>) {
        let Ok(number) = text(host, &format!("{folder}/dev")) else { return };
        if let Some((major, minor)) = number.split_once(':')
            && let (Ok(major), Ok(minor)) = (major.parse(), minor.parse())
        {
            numbers.insert((major, minor), name.to_owned());
        }
        let above = host.list(&format!("{folder}/holders")).unwrap_or_default();
        let mapped = name.starts_with("dm-").then(|| text(host, &format!("{folder}/dm/name")).ok()).flatten();
        self.blocks.insert(name.to_owned(), Block { name: mapped, above, ..Block::default() });
    }

    /// The first process sees what the machine has mounted; who reads may see less.
    fn mounts(&mut self, host: &mut dyn Host, numbers: &BTreeMap<(u32, u32), String>) {
        let Ok(mounts) = host.file("/proc/1/mountinfo").or_else(|_| host.file("/proc/self/mountinfo")) else { return };
        for mount in proc::mountinfo(&mounts).items {
            // btrfs gives itself a number that is no device's.
            let named = || (mount.major == 0).then(|| self.named(host, &mount.source)).flatten();
            let name = numbers.get(&(mount.major, mount.minor)).cloned().or_else(named);
            if let Some(block) = name.and_then(|name| self.blocks.get_mut(&name)) {
                block.mount(mount);
            }
        }
        for block in self.blocks.values_mut() {
            block.mounts.sort_by_key(|mount| (mount.at.len(), mount.at.clone()));
        }
    }

    fn swaps(&mut self, host: &mut dyn Host) {
        let Ok(swaps) = host.file("/proc/swaps") else { return };
        for swap in proc::swaps(&swaps).items.into_iter().filter(|swap| swap.kind == "partition") {
            if let Some(block) = self.named(host, &swap.path).and_then(|name| self.blocks.get_mut(&name)) {
                block.swap = true;
            }
        }
    }

    /// The block device of a path: `/dev/sda2`, `/dev/mapper/vg0-data`, `/dev/md/data`.
    fn named(&self, host: &mut dyn Host, path: &[u8]) -> Option<String> {
        let path = std::str::from_utf8(path).ok()?;
        let name = path.strip_prefix("/dev/")?;
        if let Some(mapped) = name.strip_prefix("mapper/") {
            let is_it = |block: &Block| block.name.as_deref() == Some(mapped);
            return self.blocks.iter().find_map(|(name, block)| is_it(block).then(|| name.clone()));
        }
        if self.blocks.contains_key(name) {
            return Some(name.to_owned());
        }
        let target = host.link(path).ok()?;
        target.strip_prefix("/dev/").map(str::to_owned)
    }

    /// What would be lost with a block device, for people: `/var/lib/postgresql (ext4 on vg0-data)`, `swap`, `vg0-root`. File
    /// systems first, the root before all; then swap, then what nobody is known to use.
    pub fn on(&self, name: &str) -> Vec<String> {
        let mut found = Found::default();
        self.climb(name, name, 0, &mut found);
        let Found { mut mounts, swap, others, .. } = found;
        // "/" is the shortest path there is, and sorts before all.
        mounts.sort();
        let mut told: Vec<String> = mounts.into_iter().map(|(_, told)| told).collect();
        told.extend(swap.then(|| "swap".to_owned()));
        told.extend(others);
        let more = told.len().saturating_sub(TOLD_MAX);
        told.truncate(TOLD_MAX);
        told.extend((more > 0).then(|| format!("and {more} more")));
        told
    }

    fn climb(&self, asked: &str, name: &str, depth: usize, found: &mut Found) {
        if depth > DEPTH_MAX || !found.seen.insert(name.to_owned()) {
            return;
        }
        let empty = Block::default();
        let block = self.blocks.get(name).unwrap_or(&empty);
        let shown = clean(block.name.as_deref().unwrap_or(name));
        for mount in block.mounts.iter().take(MOUNTS_MAX) {
            let on = if name == asked { String::new() } else { format!(" on {shown}") };
            found.mounts.push((mount.at.clone(), format!("{} ({}{on})", clean(&mount.at), clean(&mount.fs_type))));
        }
        if let Some(more) = block.mounts.len().checked_sub(MOUNTS_MAX).filter(|more| *more > 0) {
            // Behind every path.
            found.mounts.push((String::from('\u{10ffff}'), format!("{shown} at {more} more mount points")));
        }
        found.swap |= block.swap;
        let idle = block.mounts.is_empty() && !block.swap && block.above.is_empty();
        if idle && name != asked && (block.name.is_some() || name.starts_with("md")) {
            found.others.insert(shown);
        }
        for above in &block.above {
            self.climb(asked, above, depth + 1, found);
        }
    }

    /// The drive that a block device stands on, by its name, if that is one alone: `sda` for `sda3`, and for a `dm-1` on it.
    pub fn drive_under(&self, name: &str) -> Option<String> {
        let mut name = name.to_owned();
        for _ in 0..DEPTH_MAX {
            let mut below = self.blocks.iter().filter(|(_, block)| block.above.contains(&name));
            match (below.next(), below.next()) {
                (Some((one, _)), None) => name = one.clone(),
                (None, _) => return Some(whole(&name).to_owned()),
                (Some(_), Some(_)) => return None,
            }
        }
        None
    }
}

impl Block {
    fn mount(&mut self, mount: Mount) {
        // A part of a file system that is mounted again somewhere says nothing new; a subvolume is mounted in no other way.
        if mount.root != b"/" && mount.fs_type != "btrfs" {
            return;
        }
        let at = String::from_utf8_lossy(&mount.mount_point).into_owned();
        if !self.mounts.iter().any(|known| known.at == at) {
            self.mounts.push(Mounted { at, fs_type: mount.fs_type });
        }
    }
}

#[derive(Default)]
struct Found {
    seen: BTreeSet<String>,
    /// Mount points, and how they are told.
    mounts: Vec<(String, String)>,
    swap: bool,
    others: BTreeSet<String>,
}

/// Whether a folder below that of a device is a partition's: `sda3` of `sda`, `nvme0n1p2` of `nvme0n1`.
fn is_partition(device: &str, part: &str) -> bool {
    part != device && whole(part) == device
}

/// The whole device of a partition, by its name alone: what is gone has no folder that would tell. A device ends in a digit if its
/// partitions have a `p` in front of theirs (`disk_name` in block/partitions/core.c).
pub fn whole(name: &str) -> &str {
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if stem.len() == name.len() {
        return name;
    }
    match stem.strip_suffix('p').filter(|device| device.ends_with(|letter: char| letter.is_ascii_digit())) {
        Some(device) => device,
        None if ["sd", "hd", "vd", "xvd"].iter().any(|disk| name.starts_with(disk)) => stem,
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Captured, Entry};

    /// Blocks, a line each: `sda 8:0 > sda1 md0`, with who holds it and, behind `=`, the name of device mapper; then mounts
    /// (`8:1 / ext4`, or with the device in place of the number) and swap.
    fn carried(blocks: &str, mounts: &[&str], swaps: &[&str]) -> Carried {
        let mut host = Captured::default();
        let mut tell = |path: String, text: &str| host.take(&Entry::of_file(&path, &Ok(text.as_bytes().to_vec())));
        let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut topology = Topology::default();
        for line in blocks.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (line, mapped) = line.split_once(" = ").map_or((line, None), |(line, name)| (line, Some(name)));
            let (head, holders) = line.split_once(" > ").unwrap_or((line, ""));
            let (name, number) = head.split_once(' ').unwrap_or((head, ""));
            let folder = if whole(name) == name {
                topology.other_blocks.push(name.to_owned());
                format!("/sys/block/{name}")
            } else {
                lists.entry(format!("/sys/block/{}", whole(name))).or_default().push(name.to_owned());
                format!("/sys/block/{}/{name}", whole(name))
            };
            tell(format!("{folder}/dev"), number);
            mapped.into_iter().for_each(|mapped| tell(format!("{folder}/dm/name"), mapped));
            lists.insert(format!("{folder}/holders"), holders.split_whitespace().map(str::to_owned).collect());
        }
        let mount = |line: &&str| {
            let words: Vec<&str> = line.split(' ').collect();
            let (device, at, fs) = (words.first()?, words.get(1)?, words.get(2)?);
            let (number, source) = if device.contains(':') { (*device, "none") } else { ("0:40", *device) };
            let root = words.get(3).unwrap_or(&"/");
            Some(format!("30 1 {number} {root} {at} rw,relatime shared:1 - {fs} {source} rw\n"))
        };
        tell("/proc/1/mountinfo".to_owned(), &mounts.iter().filter_map(mount).collect::<String>());
        let swap = |path: &&str| format!("{path} partition 1024 0 -2\n");
        let swaps: String = swaps.iter().map(swap).collect();
        tell("/proc/swaps".to_owned(), &format!("Filename Type Size Used Priority\n{swaps}"));
        lists.into_iter().for_each(|(path, names)| host.take(&Entry::of_list(&path, &Ok(names))));
        host.take(&Entry::of_link("/dev/md/data", &Ok("/dev/md1".to_owned())));
        read(&mut host, &topology)
    }

    #[test]
    fn from_an_array_to_its_directories() {
        let carried = carried(
            "sda 8:0
            sda1 8:1 > md0
            sda2 8:2 > md1
            sdb 8:16
            sdb1 8:17 > md0
            sdb2 8:18 > md1
            md0 9:0
            md1 9:1 > dm-0 dm-1 dm-2 dm-3
            dm-0 253:0 = vg0-root
            dm-1 253:1 = vg0-data
            dm-2 253:2 = vg0-swap
            dm-3 253:3 = vg0-spare",
            &[
                "253:1 /var/lib/postgresql ext4",
                "253:0 / ext4",
                "9:0 /boot ext2",
                "0:5 /proc proc",
                "253:1 /srv/container ext4 /part",
            ],
            &["/dev/mapper/vg0-swap"],
        );
        let data = ["/ (ext4 on vg0-root)", "/var/lib/postgresql (ext4 on vg0-data)", "swap", "vg0-spare"];
        assert_eq!(carried.on("md1"), data);
        assert_eq!(carried.on("md0"), ["/boot (ext2)"]);
        assert_eq!(carried.on("dm-1"), ["/var/lib/postgresql (ext4)"]);
        let mut all = data.to_vec();
        all.insert(1, "/boot (ext2 on md0)");
        assert_eq!(carried.on("sda"), all);
        assert_eq!(carried.on("sdz"), [""; 0]);
        let under = |name: &str| carried.drive_under(name);
        assert_eq!((under("sda1"), under("md0"), under("sdz3")), (Some("sda".into()), None, Some("sdz".into())));
    }

    /// What the number of a mount does not tell, its name does.
    #[test]
    fn by_the_names_of_devices() {
        let carried = carried(
            "md0 9:0\nmd1 9:1\nnvme0n1 259:0\nnvme0n1p2 259:2",
            &["/dev/md0 /data btrfs /@data", "/dev/md/data /more btrfs", "tmpfs /tmp tmpfs"],
            &["/dev/nvme0n1p2"],
        );
        assert_eq!(carried.on("md0"), ["/data (btrfs)"]);
        assert_eq!(carried.on("md1"), ["/more (btrfs)"]);
        assert_eq!(carried.on("nvme0n1"), ["swap"]);
    }

    /// Neither a loop nor a file system that is mounted everywhere fills a page.
    #[test]
    fn bounds() {
        let mounts: Vec<String> = (0..9).map(|number| format!("9:0 /m{number} xfs")).collect();
        let carried_ =
            carried("md0 9:0 > md1\nmd1 9:1 > md0", &mounts.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        assert_eq!(carried_.on("md0"), ["/m0 (xfs)", "/m1 (xfs)", "/m2 (xfs)", "md0 at 6 more mount points"]);
        assert_eq!(carried_.drive_under("md0"), None);
        let volumes: String = (0..40).map(|number| format!("dm-{number} 253:{number} = v{number:02}\n")).collect();
        let holders: String = (0..40).map(|number| format!(" dm-{number}")).collect();
        let told = carried(&format!("md0 9:0 >{holders}\n{volumes}"), &[], &[]).on("md0");
        assert_eq!((told.len(), told.last().map(String::as_str)), (17, Some("and 24 more")));
    }

    #[test]
    fn whole_devices() {
        for (name, expect) in [
            ("sda3", "sda"),
            ("sdab12", "sdab"),
            ("sda", "sda"),
            ("nvme0n1p2", "nvme0n1"),
            ("nvme0n1", "nvme0n1"),
            ("md0p1", "md0"),
            ("md127", "md127"),
            ("dm-3", "dm-3"),
            ("mmcblk0p1", "mmcblk0"),
            ("vdb1", "vdb"),
            ("", ""),
            ("7", "7"),
        ] {
            assert_eq!(whole(name), expect, "{name}");
        }
    }
}
