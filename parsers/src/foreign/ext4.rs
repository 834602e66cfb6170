//! Directory blocks of ext2, ext3 and ext4: the file system's own data.
//!
//! Source: "Directory Entries" in the ext4 documentation of the Linux kernel. A block is a chain of entries: inode (4 bytes),
//! record length (2, a multiple of 4), name length, file type, name. The last entry reaches to the block's end, or to an
//! entry without a name and of type 0xDE that holds the block's checksum. The first block of a directory starts with `.` and
//! `..`; in a hashed directory, `..` covers the rest of that block.

use super::Origin;
use super::bytes::{counted, head, is_name, quoted, slice, tail};
use super::format::{Anchor, Find, Format, Work};
use nom::number::complete::{le_u8, le_u16, le_u32};
use nom::{IResult, Parser};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Ext4Directory,
    edges: &[],
    anchors: &[Anchor { bytes: CHECKSUM_ENTRY, check: at_checksum }],
    sweep: Some(sweep),
    dense: false,
    detail,
};

const FIXED: usize = 8;
/// The largest block of the file systems that are in use.
const BLOCK: usize = 4_096;
/// The length of an entry with the longest name and no room wasted.
const LONGEST: usize = 264;
/// The type of the entry that holds the checksum.
const CHECKSUM: u8 = 0xDE;
/// Its bytes between the inode, which is 0, and the sum: length 12, no name, the type.
const CHECKSUM_ENTRY: &[u8] = &[12, 0, 0, CHECKSUM];
/// Entries in a row that are enough to be sure, from the middle of a block.
const SURE: usize = 4;

struct Entry<'a> {
    inode: u32,
    len: usize,
    kind: u8,
    name: &'a [u8],
}

fn fixed(input: &[u8]) -> IResult<&[u8], (u32, u16, u8, u8)> {
    (le_u32, le_u16, le_u8, le_u8).parse(input)
}

/// The entry at the front; an unused one has inode 0 and may have an old name.
fn entry(bytes: &[u8]) -> Option<Entry<'_>> {
    let (rest, (inode, len, name, kind)) = fixed(bytes).ok()?;
    let (len, name_len) = (usize::from(len), usize::from(name));
    let fits = len.is_multiple_of(4) && len >= FIXED + name_len.next_multiple_of(4) && (12..=BLOCK).contains(&len);
    // Before the name is looked at: in text hardly any length fits, and every byte of a region is asked for.
    if !fits {
        return None;
    }
    let name = slice(rest, 0, name_len)?;
    let named = is_name(name) && !name.contains(&b'/') && (1..=7).contains(&kind);
    let unused = inode == 0 && (name.is_empty() || named) && matches!(kind, 0..=7 | CHECKSUM);
    (unused || inode != 0 && named).then_some(Entry { inode, len, kind, name })
}

fn sweep(bytes: &[u8], _: &mut Work) -> Vec<Find> {
    let mut finds: Vec<Find> = Vec::new();
    // Text holds no byte that could be the type of a file, and much of what is swept is text.
    if !bytes.iter().any(|byte| *byte <= 7) {
        return finds;
    }
    let mut at = 0;
    while at + 12 <= bytes.len() {
        if !begins(tail(bytes, at)) {
            at += 1;
            continue;
        }
        // An entry that was cut in two at the front is at most one name long.
        let start = if finds.is_empty() && is_rest_of_entry(head(bytes, at)) { 0 } else { at };
        let end = chain_end(bytes, at);
        finds.push(Find::sized(start, end));
        at = end;
    }
    finds
}

/// The entry that ends a block, and may be all that is left of one.
fn at_checksum(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let start = at.checked_sub(4)?;
    let inode = slice(region, start, 4)?;
    let end = start + 12;
    (inode == [0; 4] && end <= region.len()).then(|| Find::sized(start, end))
}

/// Whether a chain of entries begins here: `.` and `..`, or several entries that waste no room, or fewer that end where the
/// bytes do.
fn begins(bytes: &[u8]) -> bool {
    if begins_directory(bytes) {
        return true;
    }
    let mut at = 0;
    let mut letters = 0;
    for count in 0..SURE {
        if count >= 2 && at == bytes.len() {
            break;
        }
        let Some(entry) = entry(tail(bytes, at)).filter(|entry| entry.inode != 0) else { return false };
        let is_last = count + 1 == SURE || at + entry.len == bytes.len();
        if entry.len > LONGEST && !is_last {
            return false;
        }
        letters += entry.name.len();
        at += entry.len;
    }
    letters >= 2 * SURE
}

fn begins_directory(bytes: &[u8]) -> bool {
    let dot = entry(bytes).filter(|entry| entry.len == 12 && entry.name == b"." && entry.kind == 2);
    dot.is_some() && entry(tail(bytes, 12)).is_some_and(|entry| entry.name == b".." && entry.kind == 2)
}

fn is_rest_of_entry(bytes: &[u8]) -> bool {
    // Its numbers come first, as far as they are left.
    bytes.len() < LONGEST && bytes.iter().skip(FIXED).all(|byte| *byte == 0 || *byte >= b' ')
}

/// The end of the chain from `at`; entries of the next block go on with it.
fn chain_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(entry) = entry(tail(bytes, at)) {
        at += entry.len;
    }
    at.min(bytes.len())
}

fn detail(piece: &[u8]) -> String {
    let start = (0..piece.len().min(LONGEST)).find(|at| begins(tail(piece, *at))).unwrap_or_default();
    let mut names = Vec::new();
    let mut at = start;
    while let Some(entry) = entry(tail(piece, at)) {
        if entry.inode != 0 && !matches!(entry.name, b"." | b"..") {
            names.push(entry.name);
        }
        at += entry.len;
    }
    let shown: Vec<String> = names.iter().take(3).map(|name| quoted(name, 20)).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    if names.is_empty() {
        return "directory block, the part without names".to_owned();
    }
    format!("directory block, {}: {}{more}", counted(names.len(), "name", "names"), shown.join(", "))
}
