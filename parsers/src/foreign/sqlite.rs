//! SQLite databases.
//!
//! Source: sqlite.org/fileformat2.html, sections 1.3 (database header), 1.6 (b-tree pages) and 2.1 (records). The header
//! gives the page size and, unless a writer older than 3.7.0 touched it, the number of pages: the file's length.
//!
//! A page from the middle is told by its cells: each pointer of a leaf leads to a record whose columns, by the types in its
//! header, fill exactly the length that stands before it. Two such records are more than chance gives.

use super::Origin;
use super::bytes::{counted, grouped, size, size64, slice, tail, window};
use super::format::{Anchor, Find, Format, Work};
use nom::bytes::complete::{tag, take};
use nom::number::complete::{be_u8, be_u16, be_u32};
use nom::{IResult, Parser};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Sqlite,
    edges: &[Anchor { bytes: MAGIC, check: at_header }],
    anchors: &[],
    sweep: Some(sweep),
    dense: false,
    detail,
};

const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER: usize = 100;

struct Header {
    page: usize,
    pages: u32,
}

fn header(input: &[u8]) -> IResult<&[u8], Option<Header>> {
    // Versions, reserved space and the three payload fractions, the last of which are fixed; then the change counter.
    let (rest, (_, page, write, read, _, fractions, _, pages)) =
        (tag(MAGIC), be_u16, be_u8, be_u8, be_u8, take(3_usize), be_u32, be_u32).parse(input)?;
    let page = if page == 1 { 1 << 16 } else { usize::from(page) };
    let sane = page.is_power_of_two() && page >= 512;
    let sane = sane && matches!((write, read), (1 | 2, 1 | 2)) && fractions == [64, 32, 32];
    Ok((rest, sane.then_some(Header { page, pages })))
}

fn at_header(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let (_, header) = header(tail(region, at)).ok()?;
    let Header { page, pages } = header?;
    let end = at.saturating_add(page.saturating_mul(size(pages)));
    let find = if pages > 0 && end <= region.len() {
        Find::sized(at, end).closing()
    } else {
        Find::open(at..(at + HEADER).min(region.len()))
    };
    Some(find.opening())
}

/// Leaves of tables and of indexes; pages inside a tree hold too little to be sure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Table,
    Index,
}

fn sweep(bytes: &[u8], work: &mut Work) -> Vec<Find> {
    let mut finds = Vec::new();
    let mut free_from = 0;
    for at in memchr::memchr2_iter(0x0d, 0x0a, bytes) {
        if at < free_from {
            continue;
        }
        if let Some(len) = leaf(tail(bytes, at), work) {
            free_from = (at + len).min(bytes.len());
            finds.push(Find::sized(at, free_from).reaching_back());
        }
    }
    finds
}

type Fields = (u8, u16, u16, u16, u8);

/// Kind, first free block, number of cells, start of their content, fragmented bytes.
fn page_header(input: &[u8]) -> IResult<&[u8], Fields> {
    (be_u8, be_u16, be_u16, be_u16, be_u8).parse(input)
}

/// The length of the leaf page at the front, if it is one.
fn leaf(page: &[u8], work: &mut Work) -> Option<usize> {
    let (pointers, (kind, free_block, cells, content, fragments)) = page_header(page).ok()?;
    let kind = if kind == 0x0d { Leaf::Table } else { Leaf::Index };
    let (cells, content) = (usize::from(cells), usize::from(content));
    // The format allows at most 60 fragmented bytes.
    let sane = cells >= 2 && content >= 8 + 2 * cells && fragments <= 60 && free_block < 1 << 15;
    if !sane || !work.spend(1) {
        return None;
    }
    let mut checked = 0;
    let mut end = content;
    let mut last_row = None;
    for pointer in slice(pointers, 0, 2 * cells)?.chunks(2).take(CELLS) {
        let at = pointer.first_chunk().map_or(0, |at| usize::from(u16::from_be_bytes(*at)));
        if at < content || !work.spend(1) {
            return None;
        }
        // Beyond the bytes at hand: a page that is cut off.
        let Some(cell) = page.get(at..).filter(|cell| cell.len() >= 4) else { continue };
        let cell = record(cell, kind)?;
        if kind == Leaf::Table && last_row.is_some_and(|row| row >= cell.row) {
            return None;
        }
        last_row = Some(cell.row);
        end = end.max(at.saturating_add(cell.len));
        checked += usize::from(cell.whole);
    }
    let size = end.max(512).checked_next_power_of_two().filter(|size| *size <= 1 << 16)?;
    (checked >= 2).then_some(size)
}

/// As many cells as are looked at of one page.
const CELLS: usize = 32;

struct Cell {
    row: u64,
    len: usize,
    /// All columns lie within the page and fill the record.
    whole: bool,
}

/// The record at the front of a cell; `None` if it cannot be one.
fn record(cell: &[u8], kind: Leaf) -> Option<Cell> {
    let (after_payload, payload) = varint(cell)?;
    let (body, row) = if kind == Leaf::Table { varint(after_payload)? } else { (after_payload, 0) };
    let payload = size64(payload);
    let (mut types, header) = varint(body)?;
    let header = size64(header);
    if header > payload || header < 2 || payload > 1 << 24 {
        return None;
    }
    let prefix = cell.len() - body.len();
    let own = body.len() - types.len();
    types = window(types, 0..header.saturating_sub(own).min(256));
    if types.len() + own < header {
        // The types are cut off, or more than are worth reading.
        return Some(Cell { row, len: prefix, whole: false });
    }
    let mut filled = header;
    while !types.is_empty() {
        let (rest, serial) = varint(types)?;
        filled = filled.saturating_add(column(serial)?);
        types = rest;
    }
    // A record too long for its page continues on others, so what is left here is not measured.
    let whole = payload <= 400 && filled == payload;
    (filled == payload).then_some(Cell { row, len: if whole { prefix + payload } else { prefix }, whole })
}

/// The bytes that a column of this serial type takes; 10 and 11 are reserved.
fn column(serial: u64) -> Option<usize> {
    Some(match serial {
        0 | 8 | 9 => 0,
        1..=4 => size64(serial),
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => size64((serial - 12) / 2),
    })
}

/// A big-endian number of 7 bits a byte; the ninth byte would have 8, which no sane length here needs.
fn varint(bytes: &[u8]) -> Option<(&[u8], u64)> {
    let len = 1 + bytes.iter().take(8).take_while(|byte| **byte >= 0x80).count();
    let number = slice(bytes, 0, len)?.iter().fold(0, |number: u64, byte| number << 7 | u64::from(byte & 0x7f));
    (len <= 8).then_some((tail(bytes, len), number))
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    match header(piece) {
        Ok((_, Some(Header { page, pages }))) => {
            let pages = counted(size(pages), "page", "pages");
            format!("SQLite database of {pages} of {} bytes, {held} bytes here", grouped(page))
        }
        _ => format!("part of a SQLite database, {held} bytes"),
    }
}
