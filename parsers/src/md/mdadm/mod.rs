//! What mdadm prints of arrays and their members: `--detail`, `--examine`, both with `--export` and `--scan`.
//!
//! | output | says | does not say |
//! | --- | --- | --- |
//! | `--detail` ([`Detail`]) | how the kernel runs an array | which drives its members are on |
//! | `--examine` ([`Superblock`], [`External`]) | what a member knew when it was written last | whether the array runs, and how |
//! | `--export` ([`Export`]) | who has which slot | who is in sync |
//! | `--scan` ([`Listed`]) | which arrays there are | how they are |
//!
//! One output may hold many of these, for arrays and members one after the other, with prompts and messages of mdadm between. No form has an
//! end marker: whether one is whole is known by what it counts and by what it always has.

mod detail;
mod examine;
mod export;
mod external;
mod rows;
mod scan;
mod values;

pub use detail::{Condition, Detail, Progress, State, Waits};
pub use examine::{Clean, Role, SlotState, Superblock};
pub use export::{Export, Member, Role as ExportRole};
pub use external::{Disk, External, Kind, Volume, VolumeState};
pub use rows::{Row, Word};
pub use scan::Listed;
pub use values::Name;

use crate::output::{Line, Tally, lines, pair};
use std::collections::BTreeMap;

/// What an output says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mdadm {
    /// `--detail`.
    pub details: Vec<Detail>,
    /// `--examine` of members with metadata of the kernel.
    pub superblocks: Vec<Superblock>,
    /// `--examine` of disks with metadata of a controller's firmware.
    pub externals: Vec<External>,
    /// `--export`.
    pub exports: Vec<Export>,
    /// `--scan`.
    pub listed: Vec<Listed>,
    /// How far it was understood, and whether it is whole.
    pub tally: Tally,
}

/// What a line belongs to.
enum Section {
    /// A line that names a device was met, and not yet what is told of it.
    Head(String),
    Detail(Detail),
    Superblock(Superblock),
    External(External),
    /// A partition table: the device is no member.
    Partitions,
    Export(Export),
    Listed(Listed),
}

/// So many lines that are not blank may stand before what mdadm printed: a prompt, messages.
const FRONT_MAX: usize = 8;

/// Whether bytes are of mdadm.
pub fn recognise(bytes: &[u8]) -> bool {
    let mut front =
        lines(bytes).filter(|line| !line.text.trim().is_empty()).filter(|line| !is_aside(&line.text)).peekable();
    if front.peek().is_some_and(|line| is_listing(&line.text)) {
        return true;
    }
    let front: Vec<Line<'_>> = front.take(FRONT_MAX).collect();
    let keys = front.iter().filter(|line| Export::is_line(&line.text)).count();
    let of_device = |pair: &[Line<'_>]| match pair {
        [head, next] => device_of(&head.text).is_some() && begins(&next.text),
        _ => false,
    };
    keys > 1 && front.first().is_some_and(|line| Export::is_line(&line.text)) || front.windows(2).any(of_device)
}

/// `ARRAY /dev/md0 metadata=1.2 …`.
fn is_listing(line: &str) -> bool {
    let is_identity = |word: &str| ["UUID=", "uuid=", "metadata=", "devices="].iter().any(|key| word.starts_with(key));
    Listed::begin(line).is_some() && line.split_whitespace().any(is_identity)
}

/// The line behind the name of a device.
fn begins(line: &str) -> bool {
    pair(line).is_some_and(|(key, _)| matches!(key, "Version" | "Container" | "Magic" | "MBR Magic"))
}

/// `/dev/md0:`.
fn device_of(line: &str) -> Option<&str> {
    line.trim_end().strip_suffix(':').filter(|device| values::is_device(device))
}

/// A prompt with a call of mdadm, or a message of its own.
fn is_aside(line: &str) -> bool {
    if line.starts_with("mdadm: ") {
        return true;
    }
    let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "sudo").collect();
    let calls = |words: &[&str]| match words {
        [prompt, call, option] => {
            let is_mdadm = *call == "mdadm" || call.ends_with("/mdadm");
            prompt.ends_with(['#', '$', '>', '%']) && is_mdadm && option.starts_with('-')
        }
        _ => false,
    };
    words.windows(3).any(calls)
}

/// Reads it. Bytes that are not UTF-8 become U+FFFD.
pub fn read(bytes: &[u8]) -> Mdadm {
    let mut read = Mdadm::default();
    let mut section: Option<Section> = None;
    for line in lines(bytes) {
        let text: &str = &line.text;
        if !text.trim().is_empty() {
            read.tally.met();
            match read.line(&mut section, text) {
                Some(true) => {}
                Some(false) => read.tally.odd(&line),
                None => {
                    read.tally.odd(&line);
                    read.tally.cut(format!("line {} is of another text", line.number));
                }
            }
        }
        if !line.ended {
            read.tally.cut("its last line has no end");
        }
    }
    read.close(section);
    if let Some(device) = read.is_of_two() {
        read.tally.cut(format!("{device} is listed twice, and is not the same array"));
    }
    read
}

impl Mdadm {
    /// A device that is another array further down: two outputs of two hosts in one. That of one array may stand there again.
    fn is_of_two(&self) -> Option<String> {
        let mut known: BTreeMap<&str, &Option<String>> = BTreeMap::new();
        self.details.iter().find_map(|detail| {
            let first = *known.entry(&detail.device).or_insert(&detail.uuid);
            (first != &detail.uuid).then(|| detail.device.clone())
        })
    }

    /// A line that is not blank. Whether it was understood; none if it is of another text.
    fn line(&mut self, section: &mut Option<Section>, text: &str) -> Option<bool> {
        if is_aside(text) {
            self.close(section.take());
            return Some(true);
        }
        if let Some(device) = device_of(text) {
            self.close(section.replace(Section::Head(device.to_owned())));
            return Some(true);
        }
        if let Some(listed) = Listed::begin(text) {
            let understood = listed.not_understood.is_empty();
            self.close(section.replace(Section::Listed(listed)));
            return Some(understood);
        }
        if Export::is_line(text) {
            let goes_on = matches!(section, Some(Section::Export(export)) if !export.begins_anew(text));
            if !goes_on {
                self.close(section.replace(Section::Export(Export::default())));
            }
        }
        if let Some(Section::Head(device)) = section {
            *section = Some(kind(device, text)?);
        }
        match section.as_mut()? {
            Section::Head(_) => None,
            Section::Detail(detail) => detail.line(text),
            Section::Superblock(superblock) => superblock.line(text),
            Section::External(external) => external.line(text),
            Section::Partitions => {
                let (key, _) = pair(text)?;
                Some(key == "MBR Magic" || key == "GPT Magic" || key == "GPT Revision" || key.starts_with("Partition["))
            }
            Section::Export(export) => export.line(text),
            Section::Listed(listed) => text.starts_with(char::is_whitespace).then(|| listed.go_on(text)),
        }
    }

    fn close(&mut self, section: Option<Section>) {
        let cut = match section {
            Some(Section::Head(device)) => Some(format!("nothing is told of {device}")),
            Some(Section::Detail(detail)) => {
                let cut = detail.cut();
                self.details.push(detail);
                cut
            }
            Some(Section::Superblock(superblock)) => {
                let cut = superblock.cut();
                self.superblocks.push(superblock);
                cut
            }
            Some(Section::External(external)) => {
                let cut = external.cut();
                self.externals.push(external);
                cut
            }
            Some(Section::Export(export)) => {
                let cut = export.cut();
                self.exports.push(export);
                cut
            }
            Some(Section::Listed(listed)) => {
                let cut = listed.cut();
                self.listed.push(listed);
                cut
            }
            Some(Section::Partitions) | None => None,
        };
        if let Some(why) = cut {
            self.tally.cut(why);
        }
    }
}

/// What is told of a device, by the first line of it.
fn kind(device: &str, line: &str) -> Option<Section> {
    let (key, value) = pair(line)?;
    Some(match (key, value) {
        ("Magic", "de11de11") => Section::External(External::new(device, Kind::Ddf)),
        ("Magic", value) if value.starts_with("Intel Raid ISM") => Section::External(External::new(device, Kind::Imsm)),
        ("Magic", _) => Section::Superblock(Superblock::new(device)),
        ("MBR Magic", _) => Section::Partitions,
        ("Version" | "Container", _) => Section::Detail(Detail::new(device)),
        _ => return None,
    })
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
