//! /proc/mdstat of any kernel since 2.4.
//!
//! A line that begins in the first column is `Personalities :`, `unused devices:` or the head of an array; indented
//! lines belong to the array above. Whatever word or line is not understood is kept. Facts: `md_seq_show`,
//! `status_resync` and `status_unused` in drivers/md/md.c, the `*_status` functions of the personalities,
//! `md_bitmap_status` in drivers/md/md-bitmap.c.

use super::{
    Level, SyncAction,
    attributes::{Metadata, metadata},
    words::number,
};
use crate::output::{Tally, lines};
use std::collections::BTreeSet;

/// What /proc/mdstat says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mdstat {
    /// Names of the personalities the kernel has loaded.
    pub personalities: Vec<String>,
    /// The arrays, in the order of the file.
    pub arrays: Vec<Array>,
    /// Devices that belong to no array yet.
    pub unused: Vec<String>,
    /// Lines that are none of these, as they stand.
    pub not_understood: Vec<String>,
}

/// Whether an array runs: the word before its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity {
    /// It runs.
    Active,
    /// It is assembled but does not run.
    Inactive,
    /// RAID0 or linear with a member gone (Linux 6.5 and later say so here).
    Broken,
    /// A word of no known state, as it stands.
    Unknown(String),
}

/// Whether an array can be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Access {
    /// It can.
    #[default]
    ReadWrite,
    /// `(read-only)`.
    ReadOnly,
    /// `(auto-read-only)`: becomes writable with the first write.
    AutoReadOnly,
}

/// An array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// Kernel name: `md0`, `md_d0`, `md_home`.
    pub name: String,
    /// Whether it runs.
    pub activity: Activity,
    /// Whether it can be written.
    pub access: Access,
    /// Personality; an inactive array has none.
    pub level: Option<Level>,
    /// The members, in the order of the file.
    pub members: Vec<Member>,
    /// Size in blocks of 1 KiB; of an inactive array, the sum of its members.
    pub blocks: Option<u64>,
    /// Metadata; `None` as the file has nothing for 0.90.
    pub metadata: Option<Metadata>,
    /// How it places its data.
    pub layout: Layout,
    /// `[n/m]`: slots.
    pub slots: Option<u32>,
    /// `[n/m]`: slots whose member is in sync; of RAID5 and 6, slots less `degraded`.
    pub working: Option<u32>,
    /// `[UU_U]`: per slot, whether its member is in sync.
    pub in_sync: Vec<bool>,
    /// What the sync thread does, if anything.
    pub sync: Option<Syncing>,
    /// The write-intent bitmap.
    pub bitmap: Option<Bitmap>,
    /// Words of this array that were not understood, and lines of which something was not, as they stand.
    pub not_understood: Vec<String>,
}

/// A member of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Kernel name of the device: `sda1`, `nvme0n1`.
    pub name: String,
    /// The number in brackets: of metadata 0.90 the slot, of 1.x a number given when it was added, which is **not** the
    /// slot once a member was replaced (`desc_nr` in drivers/md/md.h).
    pub number: i32,
    /// `(F)`.
    pub faulty: bool,
    /// `(S)`: has no slot. A faulty member is shown without it.
    pub spare: bool,
    /// `(W)`: read only if no other can be.
    pub write_mostly: bool,
    /// `(J)`: the journal of RAID4, 5 or 6.
    pub journal: bool,
    /// `(R)`: takes the place of another that is still there.
    pub replacement: bool,
    /// Other letters in parentheses.
    pub unknown: Vec<String>,
}

/// What the personality says of how data is placed; what it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Chunk, KiB.
    pub chunk: Option<u64>,
    /// Linear's rounding, KiB.
    pub rounding: Option<u64>,
    /// RAID4, 5, 6: the level, as a number.
    pub level: Option<u32>,
    /// RAID5 and 6: the algorithm (`ALGORITHM_*` in drivers/md/raid5.h).
    pub algorithm: Option<u32>,
    /// RAID10: copies next to each other.
    pub near_copies: Option<u32>,
    /// RAID10: copies far apart.
    pub far_copies: Option<u32>,
    /// RAID10: copies in adjacent stripes.
    pub offset_copies: Option<u32>,
    /// RAID10: devices among which far or offset copies stay.
    pub devices_per_set: Option<u32>,
}

/// What the sync thread does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syncing {
    /// The action.
    pub action: SyncAction,
    /// How far it is.
    pub progress: Progress,
}

/// How far the sync thread is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// `DELAYED`: waits for another array on the same devices.
    Delayed,
    /// `PENDING`: waits until the array is written.
    Pending,
    /// `REMOTE`: another node of the cluster does it.
    Remote,
    /// It runs.
    Running {
        /// Thousandths done, 0 to 1000.
        per_mille: Option<u32>,
        /// Blocks of 1 KiB done.
        done: Option<u64>,
        /// Blocks of 1 KiB in all: of a member for a recovery, else as the level counts.
        of: Option<u64>,
        /// Minutes left, in tenths, at the present speed.
        finish: Option<u64>,
        /// KiB/s since the last mark, some seconds ago.
        speed: Option<i64>,
    },
    /// A word of no known state, as it stands.
    Unknown(String),
}

impl Progress {
    /// Whether everything that a line of the sync thread has was understood.
    fn is_whole(&self) -> bool {
        match self {
            Self::Delayed | Self::Pending | Self::Remote => true,
            Self::Running { per_mille, done, of, finish, speed } => {
                per_mille.is_some() && done.is_some() && of.is_some() && finish.is_some() && speed.is_some()
            }
            Self::Unknown(_) => false,
        }
    }
}

/// The write-intent bitmap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Pages in memory that hold a dirty bit.
    pub pages: Option<u64>,
    /// Pages in all.
    pub of: Option<u64>,
    /// What a bit stands for, KiB (the file's `B` is rounded down).
    pub chunk: Option<u64>,
    /// The file it stands in, if in no member.
    pub file: Option<String>,
}

impl Mdstat {
    /// How far a file was understood that somebody sent, and whether it is whole: its last line tells of unused devices, each array has a
    /// line that tells its size and is listed once, and nothing else stands in it but a prompt.
    pub fn tally(&self, text: &[u8]) -> Tally {
        let of_arrays = self.arrays.iter().flat_map(|array| &array.not_understood);
        // Whole lines, and single words of some.
        let odd: BTreeSet<&str> = self.not_understood.iter().chain(of_arrays).map(String::as_str).collect();
        let is_odd = |line: &str| {
            let mut words = line.split_whitespace().map(|word| word.trim_end_matches(','));
            odd.contains(line.trim()) || words.any(|word| odd.contains(word))
        };
        let mut tally = Tally::default();
        for line in lines(text).filter(|line| !line.text.trim().is_empty()) {
            tally.met();
            if is_odd(&line.text) {
                tally.odd(&line);
            }
        }
        let is_prompt = |line: &&String| line.ends_with(" /proc/mdstat");
        if let Some(line) = self.not_understood.iter().find(|line| !is_prompt(line)) {
            tally.cut(format!("a line is of another text: {line}"));
        }
        let mut names = BTreeSet::new();
        if let Some(array) = self.arrays.iter().find(|array| !names.insert(&array.name)) {
            tally.cut(format!("{} is listed twice", array.name));
        }
        if let Some(array) = self.arrays.iter().find(|array| array.blocks.is_none()) {
            tally.cut(format!("the size of {} is not told", array.name));
        }
        if let Some(why) = self.arrays.iter().find_map(Array::miscounts) {
            tally.cut(why);
        }
        let last = lines(text).filter(|line| !line.text.trim().is_empty()).last();
        if !last.is_some_and(|line| line.ended && line.text.strip_prefix(UNUSED).is_some_and(is_of_unused)) {
            tally.cut("the line of unused devices is missing, which ends it");
        }
        tally
    }
}

/// Whether a text may stand behind `unused devices:`: that there is none, or names of devices (`status_unused`).
fn is_of_unused(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_!".contains(&byte))
    };
    let mut names = text.split_whitespace().peekable();
    names.peek().is_some() && (text.trim() == "<none>" || names.all(is_name))
}

/// Whether bytes are of /proc/mdstat: it begins with the personalities, in what people sent perhaps behind a prompt.
pub fn recognise(bytes: &[u8]) -> bool {
    lines(bytes).take(3).any(|line| line.text.starts_with(PERSONALITIES))
}

const PERSONALITIES: &str = "Personalities :";
const UNUSED: &str = "unused devices:";

/// Reads /proc/mdstat. Bytes that are not UTF-8 become U+FFFD.
pub fn mdstat(text: &[u8]) -> Mdstat {
    let mut read = Mdstat::default();
    for line in String::from_utf8_lossy(text).lines() {
        let indented = line.starts_with([' ', '\t']);
        let line = line.trim();
        if line.is_empty() {
        } else if indented {
            match read.arrays.last_mut() {
                Some(array) => array.detail(line),
                None => read.not_understood.push(line.to_owned()),
            }
        } else if let Some(names) = line.strip_prefix(PERSONALITIES) {
            let name = |word: &str| Some(word.strip_prefix('[')?.strip_suffix(']')?.to_owned());
            read.personalities = names.split_whitespace().filter_map(name).collect();
            if read.personalities.len() < names.split_whitespace().count() {
                read.not_understood.push(line.to_owned());
            }
        } else if let Some(names) = line.strip_prefix(UNUSED) {
            read.unused = names.split_whitespace().filter(|name| *name != "<none>").map(str::to_owned).collect();
        } else if let Some(array) = head(line) {
            read.arrays.push(array);
        } else {
            read.not_understood.push(line.to_owned());
        }
    }
    read
}

/// `md0 : active (read-only) raid1 sdb1[1](F) sda1[0]`.
fn head(line: &str) -> Option<Array> {
    let (name, rest) = line.split_once(" : ")?;
    let mut words = rest.split_whitespace();
    let activity = match words.next()? {
        "active" => Activity::Active,
        "inactive" => Activity::Inactive,
        "broken" => Activity::Broken,
        other => Activity::Unknown(other.to_owned()),
    };
    let mut array = Array {
        name: name.to_owned(),
        activity,
        access: Access::default(),
        level: None,
        members: Vec::new(),
        blocks: None,
        metadata: None,
        layout: Layout::default(),
        slots: None,
        working: None,
        in_sync: Vec::new(),
        sync: None,
        bitmap: None,
        not_understood: Vec::new(),
    };
    for word in words {
        match word {
            "(read-only)" => array.access = Access::ReadOnly,
            "(auto-read-only)" => array.access = Access::AutoReadOnly,
            _ => match member(word) {
                Some(member) => array.members.push(member),
                None if array.level.is_none() && array.members.is_empty() => array.level = Level::read(word),
                None => array.not_understood.push(word.to_owned()),
            },
        }
    }
    Some(array)
}

impl Array {
    /// Where the slots that it counts are not those of its members: the kernel counts those of each array with copies or parity that runs
    /// (`raid1_status`, `raid5_status`, `raid10_status`), and a member without a flag has a slot (`md_seq_show`).
    fn miscounts(&self) -> Option<String> {
        let Self { name, level, activity, slots, .. } = self;
        let has_copies =
            matches!(level, Some(Level::Raid1 | Level::Raid4 | Level::Raid5 | Level::Raid6 | Level::Raid10));
        if !has_copies || *activity != Activity::Active {
            return None;
        }
        let is_plain = |member: &&Member| {
            let Member { faulty, spare, journal, replacement, unknown, .. } = member;
            !(*faulty || *spare || *journal || *replacement || !unknown.is_empty())
        };
        let plain = self.members.iter().filter(is_plain).count();
        let Some(slots) = slots else { return Some(format!("{name} does not count its members")) };
        usize::try_from(*slots)
            .is_ok_and(|slots| plain > slots)
            .then(|| format!("{name} has {plain} members that work, and counts {slots} slots"))
    }
}

/// `sdb1[1](W)(F)`.
fn member(word: &str) -> Option<Member> {
    let (name, rest) = word.split_once('[')?;
    let (at, flags) = rest.split_once(']')?;
    let mut member = Member {
        name: name.to_owned(),
        number: number(at)?,
        faulty: false,
        spare: false,
        write_mostly: false,
        journal: false,
        replacement: false,
        unknown: Vec::new(),
    };
    for flag in flags.split(['(', ')']).filter(|flag| !flag.is_empty()) {
        match flag {
            "F" => member.faulty = true,
            "S" => member.spare = true,
            "W" => member.write_mostly = true,
            "J" => member.journal = true,
            "R" => member.replacement = true,
            other => member.unknown.push(other.to_owned()),
        }
    }
    Some(member)
}

impl Array {
    /// An indented line, trimmed.
    fn detail(&mut self, line: &str) {
        if let Some(bitmap) = line.strip_prefix("bitmap:") {
            let bitmap = self::bitmap(bitmap);
            if bitmap.pages.is_none() || bitmap.of.is_none() || bitmap.chunk.is_none() {
                self.not_understood.push(line.to_owned());
            }
            self.bitmap = Some(bitmap);
        } else if let Some(sync) = sync(line) {
            if !sync.progress.is_whole() {
                self.not_understood.push(line.to_owned());
            }
            self.sync = Some(sync);
        } else if self.blocks.is_none() && line.split_whitespace().nth(1) == Some("blocks") {
            self.size(line);
        } else {
            self.not_understood.push(line.to_owned());
        }
    }

    /// `126976 blocks super 1.2 512K chunks 2 near-copies [4/3] [U_UU]`: values before their names, except four.
    fn size(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
        let mut rest = words.as_slice();
        loop {
            rest = match rest {
                [] => break,
                [blocks, "blocks", rest @ ..] if self.blocks.is_none() && number::<u64>(blocks).is_some() => {
                    self.blocks = number(blocks);
                    rest
                }
                ["super", version, rest @ ..] if metadata(version).is_some() => {
                    self.metadata = metadata(version);
                    rest
                }
                ["level", level, rest @ ..] if number::<u32>(level).is_some() => {
                    self.layout.level = number(level);
                    rest
                }
                ["algorithm", algorithm, rest @ ..] if number::<u32>(algorithm).is_some() => {
                    self.layout.algorithm = number(algorithm);
                    rest
                }
                [devices, "devices", "per", "set", rest @ ..] if number::<u32>(devices).is_some() => {
                    self.layout.devices_per_set = number(devices);
                    rest
                }
                [value, name, rest @ ..] if self.layout.put(value, name) => rest,
                [word, rest @ ..] => {
                    if !self.slots(word) {
                        self.not_understood.push((*word).to_owned());
                    }
                    rest
                }
            }
        }
    }

    /// `[4/3]` or `[U_UU]`.
    fn slots(&mut self, word: &str) -> bool {
        let Some(inner) = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')) else { return false };
        if let Some((slots, working)) = inner.split_once('/') {
            (self.slots, self.working) = (number(slots), number(working));
            return self.slots.is_some() && self.working.is_some();
        }
        let in_sync: Option<Vec<bool>> = inner
            .chars()
            .map(|slot| match slot {
                'U' => Some(true),
                '_' => Some(false),
                _ => None,
            })
            .collect();
        let understood = in_sync.is_some();
        self.in_sync = in_sync.unwrap_or_default();
        understood
    }
}

impl Layout {
    fn put(&mut self, value: &str, name: &str) -> bool {
        let kib = || number(value.strip_suffix(['k', 'K'])?);
        let (place, value) = match name {
            "chunk" | "chunks" => {
                self.chunk = kib();
                return self.chunk.is_some();
            }
            "rounding" => {
                self.rounding = kib();
                return self.rounding.is_some();
            }
            "near-copies" => (&mut self.near_copies, number(value)),
            "far-copies" => (&mut self.far_copies, number(value)),
            "offset-copies" => (&mut self.offset_copies, number(value)),
            _ => return false,
        };
        *place = value;
        value.is_some()
    }
}

/// `[=>......]  recovery =  6.4% (4096/63488) finish=0.2min speed=4096K/sec`, or `resync=DELAYED`.
fn sync(line: &str) -> Option<Syncing> {
    let line = match line.strip_prefix('[') {
        Some(bar) => bar.split_once(']')?.1.trim_start(),
        None => line,
    };
    let (action, rest) = line.split_once('=')?;
    let action = SyncAction::read(action).filter(|action| !matches!(action, SyncAction::Unknown(_)))?;
    let rest = rest.trim();
    let progress = match rest {
        "DELAYED" => Progress::Delayed,
        "PENDING" => Progress::Pending,
        "REMOTE" => Progress::Remote,
        _ => running(rest).unwrap_or_else(|| Progress::Unknown(rest.to_owned())),
    };
    Some(Syncing { action, progress })
}

fn running(text: &str) -> Option<Progress> {
    let (percent, rest) = text.split_once('%')?;
    let (done, of) = rest
        .trim_start()
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')')?.0.split_once('/'))
        .map_or((None, None), |(done, of)| (number(done), number(of)));
    let value =
        |name: &str, unit: &str| rest.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_suffix(unit));
    Some(Progress::Running {
        per_mille: tenths(percent),
        done,
        of,
        finish: value("finish=", "min").and_then(tenths),
        speed: value("speed=", "K/sec").and_then(number),
    })
}

/// A number with one digit behind the point, times ten.
fn tenths<T: std::str::FromStr>(text: &str) -> Option<T> {
    let (whole, tenth) = text.trim().split_once('.')?;
    (tenth.len() == 1).then(|| number(&format!("{whole}{tenth}")))?
}

/// `2/4 pages [8KB], 65536KB chunk, file: /var/md0.bitmap`.
fn bitmap(text: &str) -> Bitmap {
    let mut bitmap = Bitmap { pages: None, of: None, chunk: None, file: None };
    let (text, file) = match text.split_once(", file: ") {
        Some((text, file)) => (text, Some(file.to_owned())),
        None => (text, None),
    };
    bitmap.file = file;
    if let Some((pages, of)) = text.split_whitespace().next().and_then(|word| word.split_once('/')) {
        (bitmap.pages, bitmap.of) = (number(pages), number(of));
    }
    bitmap.chunk = text.split(',').find_map(|part| {
        let size = part.trim().strip_suffix(" chunk")?;
        let bytes = || number::<u64>(size.strip_suffix('B')?).map(|bytes| bytes / 1024);
        size.strip_suffix("KB").and_then(number).or_else(bytes)
    });
    bitmap
}
