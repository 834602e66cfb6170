//! Zstandard frames.
//!
//! Source: RFC 8878, section 3.1.1. A frame is a magic number, a header whose first byte tells its size and has a reserved
//! bit, then blocks, each with a header of 3 bytes that gives its size, then the checksum if the first byte says so. So the
//! length of a frame is known without decompressing it.

use super::Origin;
use super::bytes::{grouped, size, slice, tail};
use super::format::{Anchor, Find, Format, Work};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Zstd,
    edges: &[Anchor { bytes: MAGIC, check }],
    anchors: &[],
    sweep: None,
    dense: true,
    detail,
};

const MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";
/// No block is larger, whatever the window.
const BLOCK: usize = 128 << 10;

/// What the byte after the magic says.
struct Descriptor {
    header: usize,
    checksum: usize,
}

fn descriptor(frame: &[u8]) -> Option<Descriptor> {
    let byte = *frame.strip_prefix(MAGIC)?.first()?;
    if byte & 0b0000_1000 != 0 {
        return None;
    }
    let single_segment = byte & 0b0010_0000 != 0;
    let window = if single_segment { 0 } else { 1 };
    let dictionary = match byte & 0b11 {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    let content = match byte >> 6 {
        0 => usize::from(single_segment),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let checksum = if byte & 0b100 == 0 { 0 } else { 4 };
    // A window above 128 MiB is refused by the usual tools unless they are told otherwise.
    let window_log = frame.get(MAGIC.len() + 1).map_or(0, |window| 10 + (window >> 3));
    let sane = single_segment || window_log <= 31;
    sane.then_some(Descriptor { header: MAGIC.len() + 1 + window + dictionary + content, checksum })
}

/// A block's length with its header, and whether it is the last; `None` for the reserved kind.
fn block(bytes: &[u8]) -> Option<(usize, bool)> {
    let [a, b, c] = *bytes.first_chunk::<3>()?;
    let header = u32::from_le_bytes([a, b, c, 0]);
    let len = size(header >> 3);
    let stored = match (header >> 1) & 0b11 {
        0 | 2 => len,
        1 => 1,
        _ => return None,
    };
    (len <= BLOCK).then_some((3 + stored, header & 1 == 1))
}

/// The length of the frame as far as its blocks tell, or `None` when they lead astray or the budget is spent.
fn measure(frame: &[u8], work: &mut Work) -> Option<usize> {
    let Descriptor { header, checksum } = descriptor(frame)?;
    let mut at = header;
    loop {
        let Some(next) = slice(frame, at, 3) else { return Some(usize::MAX) };
        let (len, last) = block(next).filter(|_| work.spend(1))?;
        at += len;
        if last {
            return Some(at + checksum);
        }
    }
}

fn check(region: &[u8], at: usize, work: &mut Work) -> Option<Find> {
    let frame = tail(region, at);
    let header = descriptor(frame)?.header;
    let first = tail(frame, header);
    let sane = first.len() < 3 || block(first).is_some_and(|(len, last)| len > 3 || last);
    sane.then(|| match measure(frame, work) {
        Some(len) if len <= frame.len() => Find::sized(at, at + len).opening().closing(),
        _ => Find::open(at..at + MAGIC.len() + 1).opening(),
    })
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    match measure(piece, &mut Work::for_region(piece.len())) {
        Some(len) if len == piece.len() => format!("Zstandard frame, whole, {held} bytes"),
        _ if piece.starts_with(MAGIC) => format!("Zstandard frame, first {held} bytes"),
        _ => format!("more of a Zstandard frame, {held} bytes"),
    }
}
