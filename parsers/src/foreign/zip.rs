//! ZIP archives.
//!
//! Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.4. An archive is entries, each a local header, a name and data,
//! then the central directory with a header for each entry, then its end record. The size of an entry's data is in its
//! header, unless bit 3 of the flags says that it follows the data.

use super::Origin;
use super::bytes::{counted, grouped, is_name, quoted, size, slice, tail};
use super::format::{Anchor, Find, Format, Work};
use memchr::memmem;
use nom::bytes::complete::{tag, take};
use nom::number::complete::{le_u16, le_u32};
use nom::{IResult, Parser};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Zip,
    edges: &[Anchor { bytes: LOCAL, check: at_local }, Anchor { bytes: END, check: at_end }],
    anchors: &[Anchor { bytes: CENTRAL, check: at_central }],
    sweep: None,
    dense: false,
    detail,
};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const LOCAL_HEADER: usize = 30;
const CENTRAL_HEADER: usize = 46;
/// The size follows the data.
const STREAMED: u16 = 1 << 3;
/// APPNOTE 4.4.3: 63 is the highest version ever needed.
const VERSIONS: std::ops::RangeInclusive<u16> = 10..=63;

/// What local and central headers share.
struct Entry {
    version: u16,
    flags: u16,
    method: u16,
    packed: u32,
    name: u16,
    extra: u16,
}

fn entry(input: &[u8]) -> IResult<&[u8], Entry> {
    // Between the method and the sizes: time, date and CRC-32.
    let (rest, (version, flags, method, _, packed, _, name, extra)) =
        (le_u16, le_u16, le_u16, take(8_usize), le_u32, le_u32, le_u16, le_u16).parse(input)?;
    Ok((rest, Entry { version, flags, method, packed, name, extra }))
}

impl Entry {
    fn is_sane(&self) -> bool {
        let method = matches!(self.method, 0 | 8 | 9 | 12 | 14 | 93 | 95 | 98 | 99);
        // Java and old tools need version 0 for a stored entry.
        let version = VERSIONS.contains(&self.version) || self.version == 0;
        version && method && (1..=1_024).contains(&self.name) && self.extra <= 4_096
    }

    /// Whether the name stands at `at`, as far as the bytes go.
    fn is_named_at(&self, bytes: &[u8], at: usize) -> bool {
        let rest = tail(bytes, at);
        match slice(rest, 0, usize::from(self.name)) {
            Some(name) => is_name(name) || !name.iter().any(|byte| *byte < b' '),
            None => !rest.iter().any(|byte| *byte < b' '),
        }
    }

    /// Whether the data's size is in the header, in 32 bits.
    fn is_measured(&self) -> bool {
        self.flags & STREAMED == 0 && self.packed < u32::MAX
    }

    fn after_header(&self, header: usize) -> usize {
        header + usize::from(self.name) + usize::from(self.extra)
    }
}

fn local(bytes: &[u8]) -> Option<Entry> {
    let (rest, _) = tag::<_, _, nom::error::Error<&[u8]>>(LOCAL).parse(bytes).ok()?;
    let (_, entry) = entry(rest).ok()?;
    (entry.is_sane() && entry.is_named_at(bytes, LOCAL_HEADER)).then_some(entry)
}

fn at_local(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let bytes = tail(region, at);
    let entry = local(bytes)?;
    let data = at + entry.after_header(LOCAL_HEADER);
    let end = data.saturating_add(size(entry.packed));
    // What follows an entry is another, or the directory; if not, bytes were lost and its length is worth nothing.
    let fits = slice(region, end, 2).is_none_or(|next| next == b"PK");
    let checked = at..data.min(region.len());
    Some(if entry.is_measured() && fits && end <= region.len() { Find::sized(at, end) } else { Find::open(checked) })
}

fn at_central(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let bytes = tail(region, at);
    let (_, entry) = entry(slice(bytes, 6, CENTRAL_HEADER - 6)?).ok()?;
    let comment = le_u16::<_, nom::error::Error<&[u8]>>(tail(bytes, 32)).map_or(0, |(_, len)| usize::from(len));
    let sane = entry.is_sane() && comment <= 4_096 && entry.is_named_at(bytes, CENTRAL_HEADER);
    let end = at + entry.after_header(CENTRAL_HEADER) + comment;
    sane.then(|| if end <= region.len() { Find::sized(at, end) } else { Find::open(at..at + CENTRAL_HEADER) })
        .map(Find::reaching_back)
}

/// Disk numbers, entry counts, size and offset of the directory, length of the comment.
fn at_end(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let fields = (le_u16, le_u16, le_u16, le_u16, le_u32, le_u32, le_u16);
    let (_, (disk, first_disk, here, total, directory, _, comment)) =
        tuple_of(fields).parse(tail(region, at + END.len())).ok()?;
    let one_disk = disk == first_disk && (disk == 0 || disk == u16::MAX) && here == total;
    // An empty archive is nothing but zeros after the signature: too little to be told from a program that writes one.
    let sane = one_disk && total > 0 && size(directory) > CENTRAL_HEADER * usize::from(total) && comment <= 4_096;
    sane.then(|| Find::sized(at, (at + 22 + usize::from(comment)).min(region.len())).closing().reaching_back())
}

/// Fixes the error type, which the caller does not look at.
fn tuple_of<'a, O, P>(parser: P) -> impl Parser<&'a [u8], Output = O, Error = nom::error::Error<&'a [u8]>>
where
    P: Parser<&'a [u8], Output = O, Error = nom::error::Error<&'a [u8]>>,
{
    parser
}

fn detail(piece: &[u8]) -> String {
    let entries = memmem::find_iter(piece, LOCAL).filter_map(|at| Some((at, local(tail(piece, at))?)));
    let mut names = entries.filter_map(|(at, entry)| slice(piece, at + LOCAL_HEADER, usize::from(entry.name)));
    let first = names.next();
    let held = grouped(piece.len());
    let directory = if memmem::find(piece, END).is_some() { ", with its directory's end" } else { "" };
    match first {
        Some(name) => {
            let count = counted(1 + names.count(), "entry", "entries");
            format!("ZIP archive, {count} in {held} bytes{directory}; first \"{}\"", quoted(name, 40))
        }
        None => format!("part of a ZIP archive, {held} bytes{directory}"),
    }
}
