//! Whose bytes are these: takes a damaged region of a log apart into NULs and pieces of other files.
//!
//! A log that lost its blocks to other files shows what the drive or its controller handed back in place of them: a run of
//! NULs, the middle of a locale table, the head of a time-zone file. What those bytes *are* tells where they came from, so
//! an operator can name the file system, the kind of file, and sometimes the file.
//!
//! # How
//!
//! 1. [`scan`] looks for the byte strings that formats register (a [`format::Anchor`] each) and lets the format check the
//!    structure behind each hit. A magic number alone is never enough: random bytes hold any 3 bytes once in 16 MiB.
//! 2. Bytes no anchor explained are given to the formats that can be told without one (a chain of directory entries, login
//!    records at any phase, lines of a locale).
//! 3. [`lay`] tiles the region with what was found. A structure that knows its length claims at most that; one that is cut
//!    off, or that lost bytes, claims all up to the next find.
//! 4. What is left is NULs, text ([`text`]) or binary data of no kind we know.
//!
//! **Invariant:** total. Any bytes give pieces that tile the region; nothing panics, and nothing is allocated beyond a small
//! multiple of the region.
//!
//! **Invariant:** about linear. A check at one place reads a bounded number of bytes or spends from one [`format::Work`]
//! shared by the whole region; when that is spent, structures are taken as cut off rather than measured.
//!
//! **Absent on purpose:** nothing is decompressed, and nothing is guessed from the statistics of bytes. The middle of a
//! compressed stream or of machine code has no structure to check and is reported as of no known kind.
//!
//! FIGURES

mod bytes;
mod elf;
mod ext4;
mod format;
mod gzip;
mod journal;
mod lay;
mod locale;
mod pdf;
mod png;
mod scan;
mod sqlite;
#[cfg(test)]
mod tests;
mod text;
mod tzif;
mod utmp;
mod xz;
mod zip;
mod zstd;

use format::Format;

/// A kind of file that a run of bytes was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// A compiled time-zone file.
    Tzif,
    /// A program, a library or an object file.
    Elf,
    /// A gzip stream.
    Gzip,
    /// An xz stream.
    Xz,
    /// A Zstandard frame.
    Zstd,
    /// A SQLite database.
    Sqlite,
    /// A PNG image.
    Png,
    /// A PDF document.
    Pdf,
    /// A ZIP archive, and so a JAR, a wheel or an office document.
    Zip,
    /// Login records: utmp, wtmp or btmp.
    Utmp,
    /// A binary journal of systemd.
    SystemdJournal,
    /// A block of a directory on ext2, ext3 or ext4: the file system's own data, not a file's.
    Ext4Directory,
    /// The source of a glibc locale.
    GlibcLocale,
    /// Printable text of no other kind.
    Text,
}

impl Origin {
    /// Every kind, in the order of declaration.
    pub const ALL: [Origin; 14] = [
        Origin::Tzif,
        Origin::Elf,
        Origin::Gzip,
        Origin::Xz,
        Origin::Zstd,
        Origin::Sqlite,
        Origin::Png,
        Origin::Pdf,
        Origin::Zip,
        Origin::Utmp,
        Origin::SystemdJournal,
        Origin::Ext4Directory,
        Origin::GlibcLocale,
        Origin::Text,
    ];

    /// The name that machines read; it never changes.
    pub fn code(self) -> &'static str {
        match self {
            Origin::Tzif => "tzif",
            Origin::Elf => "elf",
            Origin::Gzip => "gzip",
            Origin::Xz => "xz",
            Origin::Zstd => "zstd",
            Origin::Sqlite => "sqlite",
            Origin::Png => "png",
            Origin::Pdf => "pdf",
            Origin::Zip => "zip",
            Origin::Utmp => "utmp",
            Origin::SystemdJournal => "systemd-journal",
            Origin::Ext4Directory => "ext4-directory",
            Origin::GlibcLocale => "glibc-locale",
            Origin::Text => "text",
        }
    }

    /// The kind in words, with its article, to stand in a sentence.
    pub fn describe(self) -> &'static str {
        match self {
            Origin::Tzif => "a time-zone file (TZif)",
            Origin::Elf => "a program or library (ELF)",
            Origin::Gzip => "a gzip stream",
            Origin::Xz => "an xz stream",
            Origin::Zstd => "a Zstandard frame",
            Origin::Sqlite => "a SQLite database",
            Origin::Png => "a PNG image",
            Origin::Pdf => "a PDF document",
            Origin::Zip => "a ZIP archive",
            Origin::Utmp => "login records (utmp or wtmp)",
            Origin::SystemdJournal => "a systemd journal",
            Origin::Ext4Directory => "a directory block of ext4",
            Origin::GlibcLocale => "the source of a glibc locale",
            Origin::Text => "text",
        }
    }

    /// How the kind is recognised; text is what is left, so it has no format.
    fn format(self) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.origin == self)
    }
}

/// All formats. Where two find something at the same place, the earlier one is asked first.
static FORMATS: [Format; 13] = [
    tzif::FORMAT,
    elf::FORMAT,
    gzip::FORMAT,
    xz::FORMAT,
    zstd::FORMAT,
    sqlite::FORMAT,
    png::FORMAT,
    pdf::FORMAT,
    zip::FORMAT,
    utmp::FORMAT,
    journal::FORMAT,
    ext4::FORMAT,
    locale::FORMAT,
];

/// What a piece of a damaged region is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// NUL bytes: a hole in a file, a block never written, or one that was discarded.
    Nul,
    /// Bytes of something else.
    Foreign {
        /// The kind of file they were taken from; `None` is binary data of no kind we know.
        origin: Option<Origin>,
        /// One short phrase for an operator: printable, at most 120 characters.
        detail: String,
    },
}

/// A run of bytes of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The offset of its first byte in the region.
    pub start: usize,
    /// The offset after its last byte.
    pub end: usize,
    /// What it is.
    pub what: What,
}

/// Takes a damaged region apart. Pieces tile the region, in order, and none is empty (an empty region gives none).
///
/// `before` is what the foreign bytes right before this region were, if any: a region may continue a longer one, and bytes
/// at its front that nothing else explains are then taken for more of the same.
pub fn dissect(region: &[u8], before: Option<Origin>) -> Vec<Piece> {
    let nuls = lay::front_nuls(region);
    let found = scan::scan(region, nuls);
    lay::lay(region, &found, before)
}
