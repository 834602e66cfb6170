//! Compressed inputs, unpacked while they are read: gzip, xz and Zstandard, known by their first bytes.
//!
//! What must hold:
//! * **Every byte that can be unpacked is given out,** those before corrupt data included, and then what is wrong is told as a
//!   [`Trouble`]: a log that only seems to end is no healthy log.
//! * **All members are read:** `cat a.gz b.gz` is both logs, and so are the frames and streams of the other formats.
//! * **Memory is bounded** whatever a header asks for ([`MEMORY_LOG`]). The length of what comes out is not: it is streamed.
//! * **One layer.** A compressed file in a compressed file is not opened: nothing makes such logs but a mistake, or malice.
//!
//! The input is only read forwards, since it may be a pipe.

mod decoder;
mod gzip;
#[cfg(test)]
mod tests;
mod trouble;
mod unpacker;
mod window;
mod xz;
mod zstd;

pub use trouble::Trouble;
pub(super) use unpacker::Unpacker;

/// The most memory that unpacking takes, as a power of two: 128 MiB. It is what zstd itself keeps to unless told otherwise, and
/// twice what `xz -9` needs.
const MEMORY_LOG: u32 = 27;

/// A format of compressed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// RFC 1952.
    Gzip,
    /// The .xz file format of XZ Utils.
    Xz,
    /// RFC 8878.
    Zstd,
}

impl Packing {
    /// The formats.
    pub const ALL: [Self; 3] = [Self::Gzip, Self::Xz, Self::Zstd];

    /// Bytes by which each of the formats is known.
    pub(super) const MAGIC_MAX: usize = 6;

    /// The format that an input which begins so seems to be of.
    pub(super) fn of(front: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|packing| front.len() >= packing.magic().len() && packing.begins(front))
    }

    /// Its name, for people and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }

    /// What a part of such a file is called by its standard.
    const fn member(self) -> &'static str {
        match self {
            Self::Gzip => "member",
            Self::Xz => "stream",
            Self::Zstd => "frame",
        }
    }

    const fn magic(self) -> &'static [u8] {
        match self {
            // The third byte is the method, and there is only one.
            Self::Gzip => &[0x1f, 0x8b, 8],
            Self::Xz => b"\xfd7zXZ\0",
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
        }
    }

    /// Whether a member begins so, or would if the bytes went on.
    fn begins(self, bytes: &[u8]) -> bool {
        let same = |magic: &[u8]| bytes.iter().zip(magic).all(|(byte, magic)| byte == magic);
        // A skippable frame has one of sixteen first bytes. pzstd begins its files with one.
        let skippable = |first: u8| first & 0xf0 == 0x50 && same(&[first, 0x2a, 0x4d, 0x18]);
        same(self.magic()) || self == Self::Zstd && bytes.first().copied().is_some_and(skippable)
    }
}
