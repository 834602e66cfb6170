//! What was wrong with a compressed file.

use super::Packing;
use crate::words::count;
use std::fmt;

/// Why a compressed file is not all unpacked. Offsets are of the file as it is, since nothing else can be looked at with other tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It ends before its data does.
    CutOff {
        /// What it is.
        packing: Packing,
        /// Its length.
        at: u64,
    },
    /// It cannot be unpacked further.
    Failed {
        /// What it is.
        packing: Packing,
        /// How far it was read.
        at: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// Behind its data stands something else.
    Trailing {
        /// What it is.
        packing: Packing,
        /// Where its data ends.
        at: u64,
        /// How many bytes follow.
        bytes: u64,
        /// Whether they are all NUL.
        nul: bool,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CutOff { packing, at } => {
                write!(
                    f,
                    "unpacking failed at byte {} of the file: it ends before its {} data does",
                    count(at),
                    packing.name()
                )
            }
            Self::Failed { at, why, .. } => {
                write!(f, "unpacking failed at byte {} of the file: {why}; what follows it is not read", count(at))
            }
            Self::Trailing { packing, at, bytes, nul } => {
                let what = if nul { "NUL bytes" } else { "bytes that are none" };
                let (name, member) = (packing.name(), packing.member());
                write!(
                    f,
                    "behind the last {name} {member}, from byte {} of the file, {} {what} are not read",
                    count(at),
                    count(bytes)
                )
            }
        }
    }
}

impl Trouble {
    /// Whether the data itself is wrong, not what stands behind it.
    pub(in crate::streams) const fn is_of_the_data(&self) -> bool {
        !matches!(self, Self::Trailing { .. })
    }
}
