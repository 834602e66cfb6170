//! Whose bytes are these: takes a damaged region of a log apart into NULs and pieces of other files.
//!
//! A log that lost its blocks to other files shows what the drive or its controller handed back in place of them: a run of
//! NULs, the middle of a locale table, the head of a time-zone file. What those bytes *are* tells where they came from, so
//! an operator can name the file system, the kind of file, and sometimes the file.
//!
//! # How
//!
//! 1. `scan` looks for the byte strings that formats register (a `format::Anchor` each) and lets the format check the
//!    structure behind each hit. A magic number alone is never enough: random bytes hold any 3 bytes once in 16 MiB.
//! 2. Bytes no anchor explained are given to the formats that can be told without one (a chain of directory entries, login
//!    records at any phase, lines of a locale).
//! 3. `lay` tiles the region with what was found. A structure that knows its length claims at most that; one that is cut
//!    off, or that lost bytes, claims all up to the next find.
//! 4. What is left is NULs, text (`text`) or binary data of no kind we know.
//!
//! **Invariant:** total. Any bytes give pieces that tile the region; nothing panics, and nothing is allocated beyond a small
//! multiple of the region.
//!
//! **Invariant:** about linear. A check at one place reads a bounded number of bytes or spends from one `format::Work`
//! shared by the whole region; when that is spent, structures are taken as cut off rather than measured.
//!
//! **Absent on purpose:** nothing is decompressed, and nothing is guessed from the statistics of bytes. The middle of a
//! compressed stream or of machine code has no structure to check and is reported as of no known kind.
//!
//! # How well
//!
//! Measured by hand on one Debian 12 machine: blocks of 512, 1,024 and 4,096 bytes at multiples of their size, the first of
//! each file and some at random, out of the machine's files. (It had no journals, logins or databases of its own: journals
//! were made by systemd-journal-remote, databases by SQLite, directories by mke2fs, login records by a script.) *Told* means
//! that nine in ten bytes or more, not counting NULs, got the right name; *partly*, that some did and the rest is of no known
//! kind; *text*, that most of the block was taken for text, which much of it is. Blocks of NULs are left out.
//!
//! Each cell is told / partly told / text / of how many blocks.
//!
//! | kind | 512 | 1,024 | 4,096 | what is not told |
//! | --- | --- | --- | --- | --- |
//! | tzif | 1,083 / 5 / 10 / 1,124 | 729 / 2 / 7 / 762 | 447 / 0 / 0 / 447 | the last bytes of a file |
//! | elf | 668 / 0 / 248 / 4,069 | 701 / 0 / 269 / 4,088 | 912 / 0 / 248 / 4,186 | machine code, constants |
//! | gzip | 295 / 0 / 0 / 870 | 284 / 0 / 0 / 674 | 221 / 0 / 0 / 426 | all but the front |
//! | xz | 20 / 0 / 0 / 200 | 22 / 0 / 0 / 200 | 25 / 0 / 0 / 200 | all but the front and the end |
//! | zstd | 20 / 0 / 0 / 200 | 21 / 0 / 1 / 200 | 24 / 0 / 0 / 200 | all but the front |
//! | sqlite | 130 / 0 / 118 / 597 | 299 / 0 / 75 / 598 | 594 / 2 / 0 / 600 | parts of pages, long values |
//! | png | 820 / 0 / 0 / 1,367 | 765 / 0 / 0 / 1,018 | 511 / 6 / 0 / 620 | the midst of a chunk |
//! | pdf | 27 / 0 / 0 / 200 | 44 / 0 / 0 / 200 | 51 / 0 / 0 / 100 | the midst of a stream |
//! | zip | 797 / 591 / 0 / 2,400 | 785 / 735 / 0 / 2,202 | 883 / 659 / 0 / 1,742 | the midst of an entry |
//! | utmp | 500 / 0 / 0 / 500 | 500 / 0 / 0 / 500 | 188 / 0 / 0 / 188 |  |
//! | systemd-journal | 201 / 0 / 33 / 524 | 180 / 0 / 38 / 605 | 221 / 0 / 5 / 655 | hash tables, compressed or long values |
//! | glibc-locale | 1,880 / 0 / 82 / 2,083 | 1,574 / 0 / 36 / 1,692 | 657 / 0 / 18 / 686 | stretches of comments |
//! | text | 6,000 / 0 / 0 / 6,000 | 5,704 / 0 / 0 / 5,704 | 4,399 / 0 / 0 / 4,399 |  |
//! | ext4-directory | 155 / 0 / 0 / 165 | 219 / 10 / 0 / 230 | 402 / 4 / 0 / 406 | parts of a nearly empty block |
//!
//! The first block of a file of a kind with a header was told in 98 of 100 cases or more, for each kind. No block of these was
//! mostly given the name of another binary kind, nor was any of 50,000 further blocks of programs, and none of 60,000 blocks
//! of random bytes was given any name. That is no proof: a program that handles a format holds its signatures, and some will
//! pass the checks.
//!
//! # Known weaknesses
//!
//! - Machine code, compressed data and the pixels of an image are of no known kind unless a header, a footer or a table of
//!   their file is in the same region.
//! - A find that knows its file began earlier takes all bytes before it that nothing explains, however many.
//! - What is embedded in a file that is cut off (an image in a program) ends the file's piece.
//! - Where one text ends and another begins is known only for the source of a locale, and there to the line.

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
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A kind of file that a run of bytes was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// Where files begin or end within a region, in order: headers, footers, and whole files where a header tells the length. None
/// overlaps another.
pub(crate) fn edges(region: &[u8]) -> Vec<Range<usize>> {
    scan::edges(region)
}
