//! Programs, libraries and object files.
//!
//! Sources: the System V gABI, chapters 4 and 5 (header, sections, symbols), the psABI supplements for x86-64 and AArch64
//! (relocation types), and elf(5). The section header table stands at the end of the files that linkers write, so a file's
//! length is that table's end.
//!
//! Fragments without the header are told by the tables that only ELF has: names of sections, versions of glibc's symbols,
//! relative relocations, undefined symbols, a build ID. Machine code is not told: it has no structure that one can check.

use super::Origin;
use super::bytes::{grouped, size64, slice, tail, window};
use super::format::{Anchor, Find, Format, Work};
use nom::number::Endianness;
use nom::number::complete::{u16 as read_u16, u32 as read_u32, u64 as read_u64};
use nom::{IResult, Parser};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Elf,
    edges: &[Anchor { bytes: MAGIC, check: at_header }],
    anchors: &[
        Anchor { bytes: b".shstrtab\0", check: at_section_names },
        Anchor { bytes: b".dynsym\0", check: at_section_names },
        Anchor { bytes: b".eh_frame\0", check: at_section_names },
        Anchor { bytes: b"\0GLIBC_2.", check: at_symbol_version },
        Anchor { bytes: BUILD_ID, check: at_fixed },
        Anchor { bytes: b"\x08\0\0\0\0\0\0\0", check: at_relocation },
        Anchor { bytes: b"\x03\x04\0\0\0\0\0\0", check: at_relocation },
        Anchor { bytes: UNDEFINED_FUNCTION, check: at_symbol },
        Anchor { bytes: b"\0GCC: (", check: at_compiler },
        Anchor { bytes: UNWINDING, check: at_fixed },
    ],
    sweep: None,
    dense: false,
    detail,
};

const MAGIC: &[u8] = b"\x7fELF";
/// The note's sizes and type, and its owner.
const BUILD_ID: &[u8] = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0";
/// The common part of call frame records on x86-64, in every program's `.eh_frame`.
const UNWINDING: &[u8] = b"zR\0\x01x\x10\x01\x1b\x0c\x07\x08\x90\x01";
/// Info (global function), other, section, value and size of an `Elf64_Sym` that another library defines.
const UNDEFINED_FUNCTION: &[u8] = b"\x12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
/// `Elf64_Rela` and `Elf64_Sym` are both of this size.
const RECORD: usize = 24;

struct Header {
    is_64: bool,
    kind: u16,
    /// The end of the section header table, if there is one.
    end: Option<usize>,
}

/// The fields that the identification is followed by.
struct Fields {
    kind: u16,
    machine: u16,
    version: u32,
    sections_at: u64,
    sizes: [u16; 5],
}

fn fields(is_64: bool, order: Endianness) -> impl Fn(&[u8]) -> IResult<&[u8], Fields> {
    move |input| {
        let half = || read_u16(order);
        let (rest, (kind, machine, version)) = (half(), half(), read_u32(order)).parse(input)?;
        let (rest, sections_at) = if is_64 {
            let (rest, (_, _, at)) = (read_u64(order), read_u64(order), read_u64(order)).parse(rest)?;
            (rest, at)
        } else {
            let (rest, (_, _, at)) = (read_u32(order), read_u32(order), read_u32(order)).parse(rest)?;
            (rest, u64::from(at))
        };
        let (rest, (_, own, program_size, _, section_size, sections)) =
            (read_u32(order), half(), half(), half(), half(), half()).parse(rest)?;
        let sizes = [own, program_size, section_size, sections, 0];
        Ok((rest, Fields { kind, machine, version, sections_at, sizes }))
    }
}

fn header(bytes: &[u8]) -> Option<Header> {
    let [class, data, version, abi] = *bytes.strip_prefix(MAGIC)?.first_chunk::<4>()?;
    let order = match data {
        1 => Endianness::Little,
        2 => Endianness::Big,
        _ => return None,
    };
    let is_64 = class == 2;
    let padding = slice(bytes, 9, 7)?.iter().all(|byte| *byte == 0);
    let (_, fields) = fields(is_64, order)(tail(bytes, 16)).ok()?;
    let [own, program, section, sections, _] = fields.sizes;
    let expected = if is_64 { (64, 56, 64) } else { (52, 32, 40) };
    let sane = matches!(class, 1 | 2)
        && version == 1
        && (abi <= 18 || matches!(abi, 64 | 97 | 255))
        && padding
        && (1..=4).contains(&fields.kind)
        && fields.machine != 0
        && fields.version == 1
        && own == expected.0
        && (program == expected.1 || program == 0)
        && (section == expected.2 || section == 0);
    let table = usize::from(section) * usize::from(sections);
    let end = (fields.sections_at != 0).then(|| size64(fields.sections_at).saturating_add(table));
    sane.then_some(Header { is_64, kind: fields.kind, end })
}

fn at_header(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let header = header(tail(region, at))?;
    let checked = at + if header.is_64 { 64 } else { 52 };
    let find = match header.end.map(|end| at.saturating_add(end)) {
        Some(end) if end <= region.len() => Find::sized(at, end.max(checked)).closing(),
        _ => Find::open(at..checked.min(region.len())),
    };
    Some(find.opening())
}

/// The table of section names: at least three of them, each between NULs.
fn at_section_names(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    const NAMES: &[&[u8]] = &[
        b".text",
        b".data",
        b".bss",
        b".dynsym",
        b".dynstr",
        b".symtab",
        b".strtab",
        b".shstrtab",
        b".init",
        b".fini",
        b".rodata",
        b".eh_frame",
        b".eh_frame_hdr",
        b".gnu.hash",
        b".gnu.version",
        b".dynamic",
        b".comment",
        b".interp",
        b".rela.dyn",
        b".rela.plt",
        b".rela.text",
        b".init_array",
        b".fini_array",
        b".note.gnu.build-id",
    ];
    let around = window(region, at.saturating_sub(96)..at + 160);
    let known = around.split(|byte| *byte == 0).filter(|name| NAMES.contains(name)).count();
    (known >= 3).then(|| Find::open(at..at + 8).reaching_back())
}

/// `GLIBC_2.34` as a string of its own, in a table of strings.
fn at_symbol_version(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let digits = tail(region, at + 9).iter().take(8).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let ends = region.get(at + 9 + digits) == Some(&0);
    let before = window(region, at.saturating_sub(3)..at);
    let follows = before.len() == 3 && before.iter().all(|byte| byte.is_ascii_graphic());
    (digits > 0 && ends && follows).then(|| Find::open(at + 1..at + 9).reaching_back())
}

/// Byte strings that are long enough to need no check.
fn at_fixed(_: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    Some(Find::open(at..at + 13).reaching_back())
}

/// `GCC: (Debian 12.2.0-14) 12.2.0` and a NUL.
fn at_compiler(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let string = window(region, at + 1..at + 97);
    let (before, _) = string.split_at(memchr::memchr(0, string)?);
    let sane = super::bytes::is_printable(before) && before.last().is_some_and(u8::is_ascii_digit);
    sane.then(|| Find::open(at + 1..at + 7).reaching_back())
}

/// Relative relocations: offset, type, addend. Four in a row whose offsets rise are no accident.
fn at_relocation(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let start = at.checked_sub(8)?;
    let kind = slice(region, at, 8)?;
    let mut last = 0;
    for record in slice(region, start, 4 * RECORD)?.chunks(RECORD) {
        let offset = u64::from_le_bytes(*record.first_chunk()?);
        let sane = slice(record, 8, 8)? == kind && offset > last && offset < 1 << 40;
        last = if sane { offset } else { return None };
    }
    Some(Find::open(start..start + 4 * RECORD).reaching_back())
}

/// Three undefined functions in a row: a name's offset that is not zero, then the fixed bytes.
fn at_symbol(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let start = at.checked_sub(4)?;
    let is_undefined = |record: &[u8]| {
        let name = record.first_chunk().map_or(0, |name| u32::from_le_bytes(*name));
        (1..1 << 24).contains(&name) && record.ends_with(UNDEFINED_FUNCTION)
    };
    let sane = slice(region, start, 3 * RECORD)?.chunks(RECORD).all(is_undefined);
    sane.then(|| Find::open(start..start + 3 * RECORD).reaching_back())
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    let Some(header) = header(piece) else { return format!("part of an ELF file, {held} bytes") };
    let bits = if header.is_64 { "64" } else { "32" };
    let kind = match header.kind {
        1 => "object file",
        2 => "program",
        3 => "shared object or program",
        _ => "core dump",
    };
    let part = match header.end {
        Some(end) if end == piece.len() => format!("whole, {held} bytes"),
        Some(end) if end > piece.len() => format!("first {held} of {} bytes", grouped(end)),
        _ => format!("{held} bytes"),
    };
    format!("ELF {bits}-bit {kind}, {part}")
}
