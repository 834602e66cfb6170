//! The table of members that ends `--detail` and, of metadata 0.90, `--examine`.

use super::super::words::number;
use super::values::{is_device, or_dash};

/// A row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The number that the member has: not its slot once a member was replaced. None of an empty slot.
    pub number: Option<u32>,
    /// Major number of its device.
    pub major: Option<u32>,
    /// Minor number of its device.
    pub minor: Option<u32>,
    /// Its slot, from 0. None of a spare, of a journal and of one that was given up; old versions tell a spare's number here, beyond all
    /// slots.
    pub slot: Option<u32>,
    /// What it is, in the order of the output.
    pub words: Vec<Word>,
    /// Its device; none of an empty slot, and of a device that is gone.
    pub device: Option<String>,
}

/// What a member is (`Detail` in Detail.c, `examine_super0` in super0.c of mdadm 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It was given up.
    Faulty,
    /// It has a slot.
    Active,
    /// It holds all that it should.
    Sync,
    /// The slot is empty.
    Removed,
    /// It waits, or with [`Word::Rebuilding`] is being written.
    Spare,
    /// It is being written.
    Rebuilding,
    /// The journal of RAID 4, 5 or 6.
    Journal,
    /// It takes the place of another.
    Replacement,
    /// Writes wait until its failure is acknowledged.
    Blocked,
    /// It is read only if no other can be.
    WriteMostly,
    /// Requests to it fail at once instead of being retried.
    FailFast,
    /// Of RAID10, which set of copies it is of: `A`, `B`.
    Set(char),
    /// The name of its device is not there: the device is gone.
    Missing,
    /// A word of no known state, as it stands.
    Other(String),
}

impl Word {
    fn read(text: &str) -> Self {
        match text {
            "faulty" => Self::Faulty,
            "active" => Self::Active,
            "sync" => Self::Sync,
            "removed" => Self::Removed,
            "spare" => Self::Spare,
            "rebuilding" => Self::Rebuilding,
            "journal" => Self::Journal,
            "replacement" => Self::Replacement,
            "blocked" => Self::Blocked,
            "writemostly" | "write-mostly" => Self::WriteMostly,
            "failfast" => Self::FailFast,
            "missing" => Self::Missing,
            other => match other.strip_prefix("set-").map(str::chars).map(|mut set| (set.next(), set.next())) {
                Some((Some(set), None)) => Self::Set(set),
                _ => Self::Other(other.to_owned()),
            },
        }
    }
}

impl Row {
    /// Whether it is that.
    pub fn is(&self, word: &Word) -> bool {
        self.words.contains(word)
    }

    /// Reads `3   254   4   1   spare rebuilding   /dev/vda4`. Of containers there are no words, and of empty slots no device.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let mut row = Self {
            number: or_dash(words.next()?)?,
            major: number(words.next()?),
            minor: number(words.next()?),
            slot: or_dash(words.next()?)?,
            ..Self::default()
        };
        if row.major.is_none() || row.minor.is_none() {
            return None;
        }
        for word in words {
            if word.starts_with('/') {
                // Nothing stands behind the device.
                if row.device.is_some() || !is_device(word) {
                    return None;
                }
                row.device = Some(word.to_owned());
            } else if row.device.is_some() {
                return None;
            } else {
                row.words.push(Word::read(word));
            }
        }
        Some(row)
    }
}
