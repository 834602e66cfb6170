//! Linux md arrays, by sysfs and `/proc/mdstat`.
//!
//! Every file is read once, and what it says is kept beside what was understood of it. Whether the device of a member is still
//! there is a question of its own: md goes on calling a member in sync whose device is gone, until it writes to it.

use crate::machine::{Failed, Host, text};
use arraywatch_parsers::md::{attributes, mdstat};
use std::collections::BTreeMap;

/// An array.
#[derive(Debug, Clone, Default)]
pub struct Array {
    /// The kernel's name: `md0`.
    pub name: String,
    /// What its folder says.
    pub attributes: attributes::Array,
    /// The files of its folder, as they stand, by name: `array_state`.
    pub files: BTreeMap<String, String>,
    /// `/sys/block/mdX/size`, in bytes: what the array holds.
    pub bytes: Option<u64>,
    /// What `/proc/mdstat` says of it.
    pub mdstat: Option<mdstat::Array>,
    /// The members, by name.
    pub members: Vec<Member>,
    /// Why its folder could not be read.
    pub unread: Option<Failed>,
}

/// A member of an array.
#[derive(Debug, Clone)]
pub struct Member {
    /// The kernel's name of its device: `sda3`.
    pub name: String,
    /// What its folder says.
    pub attributes: attributes::Member,
    /// The files of its folder, as they stand, by name.
    pub files: BTreeMap<String, String>,
    /// Where its `block` leads: to the folder of the device in sysfs, or nowhere.
    pub block: Result<String, Failed>,
    /// The number of the `rdN` that leads to it. A member that was given up has none.
    pub rd: Option<u32>,
}

impl Member {
    /// Whether its device is gone.
    pub fn is_gone(&self) -> bool {
        self.block.as_ref().is_err_and(|failed| failed.is_absence())
    }
}

/// Files of an array that can be read. `sync_completed` and `sync_speed` change as one looks, and are no part of a reading.
const ARRAY: [&str; 28] = [
    "array_size",
    "array_state",
    "chunk_size",
    "component_size",
    "consistency_policy",
    "degraded",
    "group_thread_cnt",
    "journal_mode",
    "last_sync_action",
    "layout",
    "level",
    "max_read_errors",
    "metadata_version",
    "mismatch_cnt",
    "raid_disks",
    "reshape_direction",
    "reshape_position",
    "resync_start",
    "safe_mode_delay",
    "serialize_policy",
    "stripe_cache_size",
    "sync_action",
    "sync_completed",
    "sync_force_parallel",
    "sync_speed",
    "sync_speed_max",
    "sync_speed_min",
    "uuid",
];

/// Files of the write-intent bitmap.
const BITMAP: [&str; 7] = ["backlog", "chunksize", "location", "max_backlog_used", "metadata", "space", "time_base"];

/// Files of a member that can be read.
const MEMBER: [&str; 11] = [
    "bad_blocks",
    "errors",
    "new_offset",
    "offset",
    "ppl_sector",
    "ppl_size",
    "recovery_start",
    "size",
    "slot",
    "state",
    "unacknowledged_bad_blocks",
];

/// What of an array and of its members changes when a member fails, is taken out, or is rebuilt.
const CHANGES: [&str; 11] = [
    "array_state",
    "bad_blocks",
    "degraded",
    "errors",
    "last_sync_action",
    "mismatch_cnt",
    "raid_disks",
    "recovery_start",
    "slot",
    "state",
    "sync_action",
];

/// Reads the arrays of these names.
pub fn read(host: &mut dyn Host, names: &[String]) -> Vec<Array> {
    let before: Vec<Array> = names.iter().map(|name| Array { name: name.clone(), ..Array::default() }).collect();
    again(host, &before)
}

/// Reads arrays that were read before: what changes when something fails, and what was not there. The rest is as it was.
pub fn again(host: &mut dyn Host, before: &[Array]) -> Vec<Array> {
    // Without md there is no such file, and nobody who misses it.
    if before.is_empty() {
        return Vec::new();
    }
    let mdstat = host.file("/proc/mdstat").map(|text| mdstat::mdstat(&text)).unwrap_or_default();
    before
        .iter()
        .map(|before| {
            let said = mdstat.arrays.iter().find(|array| array.name == before.name).cloned();
            array(host, before, said)
        })
        .collect()
}

fn array(host: &mut dyn Host, before: &Array, mdstat: Option<mdstat::Array>) -> Array {
    let name = &before.name;
    let folder = format!("/sys/block/{name}/md");
    let bytes = before.bytes.or_else(|| {
        let sectors = text(host, &format!("/sys/block/{name}/size")).ok()?.parse::<u64>().ok()?;
        sectors.checked_mul(512)
    });
    let mut array = Array { name: name.clone(), bytes, mdstat, ..Array::default() };
    let names = match host.list(&folder) {
        Ok(names) => names,
        Err(failed) => {
            array.unread = Some(failed);
            return array;
        }
    };
    array.files = files(host, &folder, &names, &ARRAY, &before.files);
    if names.iter().any(|name| name == "bitmap") {
        let known: BTreeMap<String, String> = before
            .files
            .iter()
            .filter(|(name, _)| name.starts_with("bitmap/"))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        array.files.extend(if known.is_empty() { bitmap(host, &folder) } else { known });
    }
    array.attributes = attributes::Array::read(|name| array.files.get(name).map(String::as_str));
    let mut slots = BTreeMap::new();
    for rd in &names {
        let Some(slot) = rd.strip_prefix("rd").and_then(|number| number.parse::<u32>().ok()) else { continue };
        if let Ok(target) = host.link(&format!("{folder}/{rd}"))
            && let Some((_, member)) = target.rsplit_once("/dev-")
        {
            slots.insert(member.to_owned(), slot);
        }
    }
    let known = |name: &str| before.members.iter().find(|member| name.strip_prefix("dev-") == Some(&member.name));
    array.members = names.iter().filter_map(|name| member(host, &folder, name, known(name), &slots)).collect();
    array
}

fn bitmap(host: &mut dyn Host, folder: &str) -> BTreeMap<String, String> {
    let bitmap = format!("{folder}/bitmap");
    let names = host.list(&bitmap).unwrap_or_default();
    let files = files(host, &bitmap, &names, &BITMAP, &BTreeMap::new());
    files.into_iter().map(|(name, text)| (format!("bitmap/{name}"), text)).collect()
}

/// A member that was taken out since the folder was listed is none.
fn member(
    host: &mut dyn Host,
    folder: &str,
    name: &str,
    before: Option<&Member>,
    slots: &BTreeMap<String, u32>,
) -> Option<Member> {
    let folder = format!("{folder}/{name}");
    let name = name.strip_prefix("dev-")?;
    let names = host.list(&folder).ok()?;
    let nothing = BTreeMap::new();
    let files = files(host, &folder, &names, &MEMBER, before.map_or(&nothing, |before| &before.files));
    let attributes = attributes::Member::read(|name| files.get(name).map(String::as_str));
    attributes.state.as_ref()?;
    let block = host.link(&format!("{folder}/block"));
    Some(Member { name: name.to_owned(), attributes, files, block, rd: slots.get(name).copied() })
}

/// Those of the files that are there and can be read; of those that do not change, what they said before.
fn files(
    host: &mut dyn Host,
    folder: &str,
    names: &[String],
    wanted: &[&str],
    before: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let there = wanted.iter().filter(|name| names.iter().any(|there| there == *name));
    let mut read = |name: &str| match before.get(name) {
        Some(before) if !CHANGES.contains(&name) => Some(before.clone()),
        _ => text(host, &format!("{folder}/{name}")).ok(),
    };
    there.filter_map(|name| Some(((*name).to_owned(), read(name)?))).collect()
}
