//! Compiled time-zone files.
//!
//! Source: RFC 9636 (and RFC 8536 before it), section 3. A file is a header and a data block with 32-bit times; from version
//! 2 on, a second header and block with 64-bit times follow, then a footer: a TZ string between two newlines. A header is
//! `TZif`, a version (NUL, `2`, `3`, `4`), 15 reserved bytes, and six counts that give the length of the block.

use super::Origin;
use super::bytes::{grouped, head, quoted, size, slice, tail, window};
use super::format::{Anchor, Find, Format, Work};
use memchr::memmem;
use nom::bytes::complete::{tag, take};
use nom::number::complete::be_u32;
use nom::{IResult, Parser};
use std::ops::Range;

pub(super) const FORMAT: Format = Format {
    origin: Origin::Tzif,
    edges: &[Anchor { bytes: b"TZif", check: at_header }],
    anchors: &[Anchor { bytes: b"LMT\0", check: at_first_abbreviation }],
    sweep: Some(sweep),
    dense: true,
    detail,
};

const HEADER: usize = 44;
/// A TZ string is some 60 characters at the longest in practice; `<+1030>-10:30<+11>-11,M10.1.0,M4.1.0` is 37.
const FOOTER: usize = 128;
/// The zones with the longest history have some 240 changes; "fat" files about 400.
const TIMES: u32 = 4_000;
/// A change is to one of at most 256 types, by an index of one byte.
const TYPES: u32 = 256;

/// The counts of a header, as its first check left them: each plausible.
struct Header {
    version: u8,
    ut: u32,
    std: u32,
    leap: u32,
    time: u32,
    kind: u32,
    chars: u32,
}

impl Header {
    /// The length of the block after this header, when times take `time` bytes.
    fn block(&self, time: usize) -> usize {
        let [ut, std, leap] = [self.ut, self.std, self.leap].map(size);
        let [times, kinds, chars] = [self.time, self.kind, self.chars].map(size);
        times * (time + 1) + kinds * 6 + chars + leap * (time + 4) + std + ut
    }

    /// Where the block's abbreviations stand, from the header's first byte.
    fn abbreviations(&self, time: usize) -> Range<usize> {
        let start = HEADER + size(self.time) * (time + 1) + size(self.kind) * 6;
        start..start + size(self.chars)
    }
}

fn fields(input: &[u8]) -> IResult<&[u8], Header> {
    let counts = (be_u32, be_u32, be_u32, be_u32, be_u32, be_u32);
    let (rest, (_, version, _, (ut, std, leap, time, kind, chars))) =
        (tag(&b"TZif"[..]), take(1_usize), take(15_usize), counts).parse(input)?;
    let version = version.first().copied().unwrap_or_default();
    Ok((rest, Header { version, ut, std, leap, time, kind, chars }))
}

fn header(bytes: &[u8]) -> Option<Header> {
    let (_, header) = fields(bytes).ok()?;
    let Header { version, ut, std, leap, time, kind, chars } = header;
    let is_flag_count = |count| count == 0 || count == kind;
    let sane = matches!(version, 0 | b'2'..=b'4')
        && (1..=TYPES).contains(&kind)
        && (1..=512).contains(&chars)
        && time <= TIMES
        && leap <= 100
        && is_flag_count(ut)
        && is_flag_count(std);
    sane.then_some(header)
}

/// How far a file that begins with a header reaches.
enum Reach {
    /// To this length.
    Whole(usize),
    /// The bytes end before the file does; it is at least this long, and its last header ends at `checked`.
    CutOff { least: usize, checked: usize },
    /// The second header or the footer is not where it should be: bytes were lost within.
    Lost { checked: usize },
}

fn reach(bytes: &[u8], first: &Header) -> Reach {
    let second_at = HEADER + first.block(4);
    if first.version == 0 {
        let cut_off = Reach::CutOff { least: second_at, checked: HEADER };
        return if second_at <= bytes.len() { Reach::Whole(second_at) } else { cut_off };
    }
    let Some(second) = header(tail(bytes, second_at)) else {
        let is_cut = bytes.len() < second_at + HEADER;
        // Where bytes were lost, the second header comes early. It is not another file's.
        let early = memmem::find(window(bytes, HEADER..second_at), b"TZif").map(|at| HEADER + at);
        return match early.filter(|at| header(tail(bytes, *at)).is_some()) {
            Some(at) if !is_slim(first) => Reach::Lost { checked: at + HEADER },
            _ if is_cut => Reach::CutOff { least: second_at + HEADER, checked: HEADER },
            _ => Reach::Lost { checked: HEADER },
        };
    };
    let checked = second_at + HEADER;
    let footer_at = checked + second.block(8);
    match footer(tail(bytes, footer_at)) {
        Some(footer) => Reach::Whole(footer_at + footer),
        None if bytes.len() < footer_at + FOOTER => Reach::CutOff { least: footer_at + 2, checked },
        None => Reach::Lost { checked },
    }
}

/// The first block of a file that leaves it to the second to hold all that matters, as zic writes since 2020.
fn is_slim(header: &Header) -> bool {
    header.time == 0
}

/// The length of the footer at the front, with both newlines.
fn footer(bytes: &[u8]) -> Option<usize> {
    let string = head(bytes, FOOTER).strip_prefix(b"\n")?;
    let len = memchr::memchr(b'\n', string)?;
    let is_tz = |byte: &u8| byte.is_ascii_alphanumeric() || b"<>+-:,./".contains(byte);
    head(string, len).iter().all(is_tz).then_some(len + 2)
}

fn at_header(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let bytes = tail(region, at);
    let header = header(bytes)?;
    // The reserved bytes are zero in every file; damage by a pager did not touch them either.
    let reserved = slice(bytes, 5, 15)?.iter().all(|byte| *byte == 0);
    match reach(bytes, &header) {
        _ if !reserved => None,
        Reach::Whole(len) => Some(Find::sized(at, at + len).opening().closing()),
        Reach::CutOff { checked, .. } => Some(Find::open(at..at + checked).opening()),
        // A file of which only the second half is left begins with its second header.
        Reach::Lost { checked } => Some(match footer(tail(bytes, HEADER + header.block(8))) {
            Some(footer) => Find::sized(at, at + HEADER + header.block(8) + footer).closing().reaching_back(),
            None => Find::open(at..at + checked).opening(),
        }),
    }
}

/// The middle of a file: a row of transition times, in 8 or in 4 bytes each.
fn sweep(bytes: &[u8], _: &mut Work) -> Vec<Find> {
    let mut finds = Vec::new();
    let mut at = 0;
    while at + 4 * TIMES_SURE <= bytes.len() {
        let row = [8, 4].iter().find_map(|width| times(tail(bytes, at), *width));
        if let Some(len) = row {
            finds.push(Find::open(at..at + len).reaching_back());
        }
        at += row.unwrap_or(1);
    }
    finds
}

/// So many transition times in a row are no accident.
const TIMES_SURE: usize = 8;

/// The length of the row of transition times at the front: they rise, by ten days to 130 years, and clocks are changed at a
/// whole minute (all but the first times, when towns left their local mean time).
fn times(bytes: &[u8], width: usize) -> Option<usize> {
    let mut last: Option<i64> = None;
    let mut last_step = None;
    let (mut count, mut whole, mut even) = (0, 0, 0);
    for time in bytes.chunks_exact(width).map_while(time) {
        let step = last.map(|last| time - last);
        if step.is_some_and(|step| !(864_000..4_102_444_800).contains(&step)) {
            break;
        }
        count += 1;
        whole += usize::from(time % 60 == 0);
        even += usize::from(step.is_some() && step == last_step);
        if count == 2 && whole == 0 {
            return None;
        }
        (last, last_step) = (Some(time), step);
    }
    // Numbers at even steps are another table, read at a wrong phase.
    (count >= TIMES_SURE && whole + 2 >= count && even * 4 <= count).then_some(count * width)
}

/// A time of 1850 to 2100, in 4 or 8 bytes.
fn time(field: &[u8]) -> Option<i64> {
    let time = match field.first_chunk::<8>() {
        Some(field) => i64::from_be_bytes(*field),
        None => i64::from(i32::from_be_bytes(*field.first_chunk()?)),
    };
    (-3_786_912_000..4_102_444_800).contains(&time).then_some(time)
}

/// Local mean time is the first abbreviation of nearly every zone, right after the types of local time.
fn at_first_abbreviation(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let list = abbreviations_at(tail(region, at));
    let types = slice(region, at.checked_sub(12)?, 12)?;
    let fits = types.chunks(6).all(is_local_time_type) && list.len() >= 4;
    let end = at + list.len();
    fits.then(|| match end_after(tail(region, end)) {
        Some(rest) => Find::sized(at - 12, end + rest).closing().reaching_back(),
        None => Find::open(at - 12..end).reaching_back(),
    })
}

/// Offset from UT in seconds (at most 26 hours), is-DST, index of the abbreviation.
fn is_local_time_type(bytes: &[u8]) -> bool {
    let [a, b, c, d, dst, index] = bytes else { return false };
    let offset = i32::from_be_bytes([*a, *b, *c, *d]);
    (-93_600..=93_600).contains(&offset) && *dst <= 1 && *index < 64
}

/// After the abbreviations: flags of one byte each, at most two for each type, then a footer.
fn end_after(bytes: &[u8]) -> Option<usize> {
    let flags = head(bytes, 64).iter().take_while(|byte| **byte <= 1).count();
    footer(tail(bytes, flags)).map(|footer| flags + footer)
}

/// The NUL-ended abbreviations at the front, as bytes.
fn abbreviations_at(bytes: &[u8]) -> &[u8] {
    let mut end = 0;
    for name in head(bytes, 512).split_inclusive(|byte| *byte == 0) {
        match name.strip_suffix(b"\0") {
            Some(name) if is_abbreviation(name) => end += name.len() + 1,
            _ => break,
        }
    }
    head(bytes, end)
}

/// RFC 9636 asks for at least three of these characters; more than six is unheard of.
fn is_abbreviation(name: &[u8]) -> bool {
    (3..=6).contains(&name.len()) && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(byte))
}

fn detail(piece: &[u8]) -> String {
    let zone = zone(piece);
    let held = grouped(piece.len());
    let Some(header) = header(piece) else { return format!("part of a time-zone file, {held} bytes{zone}") };
    let version = if header.version == 0 { String::new() } else { quoted(&[header.version], 1) };
    let size = match reach(piece, &header) {
        Reach::Whole(len) if len == piece.len() => format!("whole, {held} bytes"),
        Reach::CutOff { least, .. } if least > piece.len() => {
            format!("cut off after {held} of at least {} bytes", grouped(least))
        }
        _ => format!("damaged, {held} bytes"),
    };
    format!("time-zone file (TZif{version}), {size}{zone}")
}

/// `; abbreviations LMT, CET`, as far as there are any.
fn zone(piece: &[u8]) -> String {
    let names = header(piece).and_then(|header| names_by(piece, &header)).unwrap_or_else(|| names_by_look(piece));
    match names.as_slice() {
        [] => String::new(),
        names => format!("; abbreviations {}", head_of(names).join(", ")),
    }
}

fn head_of(names: &[String]) -> &[String] {
    names.get(..6).unwrap_or(names)
}

/// The abbreviations where the headers say they are: in the second block, since the first of a file may hold none that tell
/// ("slim" files), or in the first, where the second is cut off.
fn names_by(piece: &[u8], first: &Header) -> Option<Vec<String>> {
    let second_at = HEADER + first.block(4);
    let second = header(tail(piece, second_at)).map(|second| second.abbreviations(8));
    let second = second.map(|range| range.start + second_at..range.end + second_at);
    second.into_iter().chain([first.abbreviations(4)]).find_map(|at| {
        let names = piece.get(at)?.strip_suffix(b"\0")?.split(|byte| *byte == 0);
        names.map(|name| is_abbreviation(name).then(|| quoted(name, 6))).collect()
    })
}

/// The abbreviations wherever they are, for a file that lost bytes: names between NULs, one right after another.
fn names_by_look(piece: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut last: &[u8] = b"";
    for part in piece.split(|byte| *byte == 0) {
        // A pager shows a line's end where there was none.
        let name = part.trim_ascii_end();
        if is_abbreviation(name) && is_abbreviation(ending(last)) {
            names.extend([ending(last), name].map(|name| quoted(name, 6)));
        }
        last = name;
    }
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The letters that a part ends with: what stands before them is the table's last byte.
fn ending(part: &[u8]) -> &[u8] {
    let letters = part.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(byte)).count();
    window(part, part.len() - letters..part.len())
}
