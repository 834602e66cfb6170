//! The files of /sys/block/mdX/md, as strings, typed.
//!
//! What is not written, or not understood, is `None`; [`Array::read`] and [`Member::read`] name the files whose text
//! was not understood. Facts: the `*_show` functions of drivers/md/md.c, Documentation/admin-guide/md.rst.

use std::collections::BTreeSet;

use super::{Level, SyncAction, words::number};

/// State of an array (`array_state`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArrayState {
    /// No devices, no size.
    Clear,
    /// May have devices, not running.
    Inactive,
    /// All requests block.
    Suspended,
    /// Read only, by request.
    Readonly,
    /// Read only until the first write.
    ReadAuto,
    /// No write pending, marked clean.
    Clean,
    /// Marked dirty, writes may be under way.
    Active,
    /// A write waits until the array is marked dirty.
    WritePending,
    /// As active, but nothing was written for a while.
    ActiveIdle,
    /// RAID0 or linear with a member gone.
    Broken,
    /// A word of no known state, as it stands.
    Unknown(String),
}

/// Reads `array_state`.
pub fn array_state(text: &str) -> Option<ArrayState> {
    Some(match text.trim() {
        "" => return None,
        "clear" => ArrayState::Clear,
        "inactive" => ArrayState::Inactive,
        "suspended" => ArrayState::Suspended,
        "readonly" => ArrayState::Readonly,
        "read-auto" => ArrayState::ReadAuto,
        "clean" => ArrayState::Clean,
        "active" => ArrayState::Active,
        "write-pending" => ArrayState::WritePending,
        "active-idle" => ArrayState::ActiveIdle,
        "broken" => ArrayState::Broken,
        other => ArrayState::Unknown(other.to_owned()),
    })
}

/// A number that a reshape changes: `5 (4)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changing {
    /// What holds, or will hold when the reshape under way is done.
    pub value: u32,
    /// What held before the reshape under way.
    pub before: Option<u32>,
}

/// Reads `raid_disks`, `layout` (a number, see [`super::mirror`]) or `chunk_size` (bytes).
pub fn changing(text: &str) -> Option<Changing> {
    match text.trim().split_once(" (") {
        None => Some(Changing { value: number(text)?, before: None }),
        Some((value, before)) => {
            Some(Changing { value: number(value)?, before: Some(number(before.strip_suffix(')')?)?) })
        }
    }
}

/// How far the sync thread is (`sync_completed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncCompleted {
    /// It does not run.
    None,
    /// It waits for another array on the same devices.
    Delayed,
    /// It runs.
    Sectors {
        /// Sectors of 512 bytes done.
        done: u64,
        /// Sectors of 512 bytes in all: of a member for a recovery, else as the level counts.
        of: u64,
    },
}

/// Reads `sync_completed`.
pub fn sync_completed(text: &str) -> Option<SyncCompleted> {
    match text.trim() {
        "none" => Some(SyncCompleted::None),
        "delayed" => Some(SyncCompleted::Delayed),
        numbers => {
            let (done, of) = numbers.split_once('/')?;
            Some(SyncCompleted::Sectors { done: number(done)?, of: number(of)? })
        }
    }
}

/// A place where something stands still, or nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// `none`: nothing is left to do.
    None,
    /// Sectors of 512 bytes that are done.
    Sector(u64),
}

/// Reads a member's `recovery_start` (how far it is rebuilt), or an array's `reshape_position` and `resync_start`.
pub fn position(text: &str) -> Option<Position> {
    if text.trim() == "none" { Some(Position::None) } else { number(text).map(Position::Sector) }
}

/// Where an array's metadata stands (`metadata_version`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metadata {
    /// None on the members.
    None,
    /// The kernel's own.
    Version {
        /// 0 or 1.
        major: u32,
        /// 90; 0, 1 or 2 by where the superblock stands.
        minor: u32,
    },
    /// Kept by a program in user space: `imsm`, `ddf`, `/md127/0` (a member array of the container md127; with `-` in
    /// the place of the first slash it must not be started).
    External(String),
}

/// Reads `metadata_version`, or what follows `super ` in /proc/mdstat.
pub fn metadata(text: &str) -> Option<Metadata> {
    let text = text.trim();
    if matches!(text, "none" | "non-persistent") {
        return Some(Metadata::None);
    }
    if let Some(kept) = text.strip_prefix("external:") {
        return Some(Metadata::External(kept.to_owned()));
    }
    let (major, minor) = text.split_once('.')?;
    Some(Metadata::Version { major: number(major)?, minor: number(minor)? })
}

/// What an array's folder says. `T` is `None` where the file is absent, empty or not understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Array {
    /// `level`.
    pub level: Option<Level>,
    /// `layout`.
    pub layout: Option<Changing>,
    /// `raid_disks`: slots.
    pub raid_disks: Option<Changing>,
    /// `chunk_size`, bytes; 0 where the level has none.
    pub chunk_size: Option<Changing>,
    /// `array_state`.
    pub state: Option<ArrayState>,
    /// `degraded`: slots without a member that is in sync.
    pub degraded: Option<u32>,
    /// `sync_action`.
    pub sync_action: Option<SyncAction>,
    /// `last_sync_action`.
    pub last_sync_action: Option<SyncAction>,
    /// `sync_completed`.
    pub sync_completed: Option<SyncCompleted>,
    /// `sync_speed`, KiB/s; `None` when nothing runs.
    pub sync_speed: Option<u64>,
    /// `mismatch_cnt`: sectors that did not agree in the last check or repair.
    pub mismatch_cnt: Option<u64>,
    /// `metadata_version`.
    pub metadata: Option<Metadata>,
    /// `uuid`, as it stands; all zeros for metadata without one. The digits are those of `mdadm --detail`, grouped
    /// otherwise.
    pub uuid: Option<String>,
    /// `component_size`: KiB of each member in use.
    pub component_size: Option<u64>,
    /// `max_read_errors`: corrected read errors after which RAID1 and RAID10 fail a member; they halve every hour.
    pub max_read_errors: Option<u32>,
    /// `reshape_position`.
    pub reshape_position: Option<Position>,
    /// `resync_start`.
    pub resync_start: Option<Position>,
    /// Names of files that hold text that was not understood.
    pub not_understood: Vec<&'static str>,
}

impl Array {
    /// Reads an array; `file` gives the text of a file of /sys/block/mdX/md by its name, `None` where there is none.
    pub fn read<'a>(file: impl Fn(&str) -> Option<&'a str>) -> Self {
        let mut files = Files { file, not_understood: Vec::new() };
        Self {
            level: files.get("level", Level::read),
            layout: files.get("layout", changing),
            raid_disks: files.get("raid_disks", changing),
            chunk_size: files.get("chunk_size", changing),
            state: files.get("array_state", array_state),
            degraded: files.get("degraded", number),
            sync_action: files.get("sync_action", SyncAction::read),
            last_sync_action: files.get("last_sync_action", SyncAction::read),
            sync_completed: files.get("sync_completed", sync_completed),
            sync_speed: files
                .get("sync_speed", |text| if text == "none" { Some(None) } else { number(text).map(Some) })
                .flatten(),
            mismatch_cnt: files.get("mismatch_cnt", number),
            metadata: files.get("metadata_version", metadata),
            uuid: files.get("uuid", |text| Some(text.to_owned())),
            component_size: files.get("component_size", number),
            max_read_errors: files.get("max_read_errors", number),
            reshape_position: files.get("reshape_position", position),
            resync_start: files.get("resync_start", position),
            not_understood: files.not_understood,
        }
    }
}

struct Files<F> {
    file: F,
    not_understood: Vec<&'static str>,
}

impl<'a, F: Fn(&str) -> Option<&'a str>> Files<F> {
    fn get<T>(&mut self, name: &'static str, read: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let text = (self.file)(name)?.trim();
        let value = read(text);
        if value.is_none() && !text.is_empty() {
            self.not_understood.push(name);
        }
        value
    }
}

/// A word of a member's `state` (`state_show` in drivers/md/md.c).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Kicked out, or has bad blocks not yet acknowledged by metadata in user space.
    Faulty,
    /// Holds all its data.
    InSync,
    /// The journal of RAID4, 5 or 6.
    Journal,
    /// Read only if no other can be.
    WriteMostly,
    /// Writes wait until user space acknowledges a failure.
    Blocked,
    /// Working but not in sync: a spare, or being rebuilt where it has a slot.
    Spare,
    /// A write to it failed.
    WriteError,
    /// Is to be replaced as soon as a spare is there.
    WantReplacement,
    /// Takes the place of another, which is still there.
    Replacement,
    /// Its bad blocks are kept by user space.
    ExternalBbl,
    /// Requests to it fail at once instead of being retried.
    FailFast,
}

/// The words of a member's `state`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberState {
    /// The known ones.
    pub flags: BTreeSet<Flag>,
    /// The others, as they stand.
    pub unknown: Vec<String>,
}

/// Reads a member's `state`; an empty text is a member without any flag.
pub fn member_state(text: &str) -> MemberState {
    let mut state = MemberState::default();
    for word in text.trim().split(',').filter(|word| !word.is_empty()) {
        let flag = match word {
            "faulty" => Flag::Faulty,
            "in_sync" => Flag::InSync,
            "journal" => Flag::Journal,
            "write_mostly" | "writemostly" => Flag::WriteMostly,
            "blocked" => Flag::Blocked,
            "spare" => Flag::Spare,
            "write_error" => Flag::WriteError,
            "want_replacement" => Flag::WantReplacement,
            "replacement" => Flag::Replacement,
            "external_bbl" => Flag::ExternalBbl,
            "failfast" => Flag::FailFast,
            other => {
                state.unknown.push(other.to_owned());
                continue;
            }
        };
        state.flags.insert(flag);
    }
    state
}

/// Where in the array a member stands (`slot`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// Nowhere: a spare or a faulty member.
    None,
    /// It is the journal.
    Journal,
    /// In this slot, from 0.
    Number(u32),
}

/// Reads a member's `slot`.
pub fn slot(text: &str) -> Option<Slot> {
    match text.trim() {
        "none" => Some(Slot::None),
        "journal" => Some(Slot::Journal),
        text => number(text).map(Slot::Number),
    }
}

/// A run of sectors that cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadBlocks {
    /// First sector of 512 bytes, from the start of the member's data.
    pub sector: u64,
    /// How many, 1 to 512 (`BB_MAX_LEN` in include/linux/badblocks.h).
    pub sectors: u32,
}

/// Reads `bad_blocks` or `unacknowledged_bad_blocks`: the runs, and the lines that are none. The kernel writes at most
/// a page: a text of 4096 bytes has lost its end, and possibly half of its last line.
pub fn bad_blocks(text: &str) -> (Vec<BadBlocks>, Vec<String>) {
    let mut runs = Vec::new();
    let mut not_understood = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let run = line
            .split_once(' ')
            .and_then(|(sector, sectors)| Some(BadBlocks { sector: number(sector)?, sectors: number(sectors)? }));
        match run {
            Some(run) => runs.push(run),
            None => not_understood.push(line.to_owned()),
        }
    }
    (runs, not_understood)
}

/// What a member's folder (`dev-XXX`) says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// `state`.
    pub state: Option<MemberState>,
    /// `slot`.
    pub slot: Option<Slot>,
    /// `errors`: sectors whose read errors were corrected by writing them anew, since the array was assembled; 0 again
    /// once faulty.
    pub errors: Option<u32>,
    /// `bad_blocks`: what metadata knows.
    pub bad_blocks: Vec<BadBlocks>,
    /// `unacknowledged_bad_blocks`: what metadata does not know yet.
    pub unacknowledged_bad_blocks: Vec<BadBlocks>,
    /// `offset`: sectors of 512 bytes before its data.
    pub offset: Option<u64>,
    /// `size`: KiB in use.
    pub size: Option<u64>,
    /// `recovery_start`.
    pub recovery_start: Option<Position>,
    /// Names of files that hold text that was not understood.
    pub not_understood: Vec<&'static str>,
}

impl Member {
    /// Reads a member; `file` gives the text of a file of /sys/block/mdX/md/dev-XXX by its name, `None` where there is
    /// none.
    pub fn read<'a>(file: impl Fn(&str) -> Option<&'a str>) -> Self {
        let mut files = Files { file, not_understood: Vec::new() };
        let mut runs = |name| {
            let (runs, not_understood) = files.get(name, |text| Some(bad_blocks(text))).unwrap_or_default();
            if !not_understood.is_empty() {
                files.not_understood.push(name);
            }
            runs
        };
        let (bad_blocks, unacknowledged_bad_blocks) = (runs("bad_blocks"), runs("unacknowledged_bad_blocks"));
        Self {
            state: files.get("state", |text| Some(member_state(text))),
            slot: files.get("slot", slot),
            errors: files.get("errors", number),
            bad_blocks,
            unacknowledged_bad_blocks,
            offset: files.get("offset", number),
            size: files.get("size", number),
            recovery_start: files.get("recovery_start", position),
            not_understood: files.not_understood,
        }
    }
}
