//! xz streams.
//!
//! Source: The .xz File Format, version 1.2.1, section 2.1. A stream starts with a header of 12 bytes (magic, flags, the
//! CRC-32 of the flags) and ends with a footer of 12 (CRC-32, backward size, flags, `YZ`), so both are sure when their sums
//! fit. The length between them is known only by decoding.

use super::Origin;
use super::bytes::{crc32, grouped, slice};
use super::format::{Anchor, Find, Format, Work};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Xz,
    edges: &[Anchor { bytes: MAGIC, check: at_header }, Anchor { bytes: b"YZ", check: at_footer }],
    anchors: &[],
    sweep: None,
    dense: true,
    detail,
};

const MAGIC: &[u8] = b"\xfd7zXZ\0";
const ENDS: usize = 12;

fn at_header(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let header = slice(region, at, ENDS)?;
    is_header(header).then(|| Find::open(at..at + ENDS).opening())
}

fn is_header(bytes: &[u8]) -> bool {
    let (Some(flags), Some(sum)) = (slice(bytes, MAGIC.len(), 2), slice(bytes, 8, 4)) else { return false };
    bytes.starts_with(MAGIC) && is_flags(flags) && crc32(&[flags]).to_le_bytes() == sum
}

fn at_footer(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let start = at.checked_sub(ENDS - 2)?;
    let footer = slice(region, start, ENDS)?;
    is_footer(footer).then(|| Find::sized(start, start + ENDS).closing().reaching_back())
}

fn is_footer(bytes: &[u8]) -> bool {
    let (Some(sum), Some(summed), Some(flags)) = (slice(bytes, 0, 4), slice(bytes, 4, 6), slice(bytes, 8, 2)) else {
        return false;
    };
    bytes.ends_with(b"YZ") && is_flags(flags) && crc32(&[summed]).to_le_bytes() == sum
}

/// A zero byte, then the kind of check: none, CRC-32, CRC-64 or SHA-256.
fn is_flags(flags: &[u8]) -> bool {
    matches!(flags, [0, 0x0 | 0x1 | 0x4 | 0xA])
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    let ended = piece.len().checked_sub(ENDS).and_then(|at| slice(piece, at, ENDS)).is_some_and(is_footer);
    match (is_header(piece), ended) {
        (true, true) => format!("xz stream, whole, {held} bytes"),
        (true, false) => format!("xz stream, first {held} bytes"),
        (false, true) => format!("xz stream, last {held} bytes"),
        (false, false) => format!("more of an xz stream, {held} bytes"),
    }
}
