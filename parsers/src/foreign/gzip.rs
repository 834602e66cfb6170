//! gzip streams.
//!
//! Source: RFC 1952, section 2.3. A member starts with `1f 8b`, method 8, flags of which the upper three are reserved, a
//! time, extra flags (0, 2 or 4) and the operating system. Its length is known only by inflating it.

use super::Origin;
use super::bytes::{grouped, is_name, quoted, string_of, tail};
use super::format::{Anchor, Find, Format, Work};
use nom::bytes::complete::tag;
use nom::number::complete::{le_u8, le_u32};
use nom::{IResult, Parser};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Gzip,
    edges: &[Anchor { bytes: b"\x1f\x8b\x08", check }],
    anchors: &[],
    sweep: None,
    dense: true,
    detail,
};

const HEADER: usize = 10;
const EXTRA: u8 = 0b0000_0100;
const NAME: u8 = 0b0000_1000;
/// A time within 1990 to 2038; 0 stands for none, and so does 1 from tools that build reproducibly.
const TIMES: std::ops::Range<u32> = 631_152_000..0x8000_0000;

struct Header {
    flags: u8,
    time: u32,
    extra_flags: u8,
    system: u8,
}

fn header(input: &[u8]) -> IResult<&[u8], Header> {
    let (rest, (_, flags, time, extra_flags, system)) =
        (tag(&b"\x1f\x8b\x08"[..]), le_u8, le_u32, le_u8, le_u8).parse(input)?;
    Ok((rest, Header { flags, time, extra_flags, system }))
}

fn check(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let (rest, Header { flags, time, extra_flags, system }) = header(tail(region, at)).ok()?;
    let sane = flags < 0b0010_0000
        && (time <= 1 || TIMES.contains(&time))
        && matches!(extra_flags, 0 | 2 | 4)
        && (system <= 13 || system == 255);
    let named = flags & NAME == 0 || flags & EXTRA != 0 || name(rest).is_some();
    (sane && named).then(|| Find::open(at..at + HEADER).opening())
}

/// The file's name, when it follows the header at once and is not endless.
fn name(rest: &[u8]) -> Option<&[u8]> {
    let name = string_of(super::bytes::head(rest, 256));
    is_name(name).then_some(name)
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    match header(piece) {
        Ok((rest, header)) if header.flags & (NAME | EXTRA) == NAME => {
            format!("gzip stream of \"{}\", first {held} bytes", quoted(name(rest).unwrap_or_default(), 60))
        }
        Ok(_) => format!("gzip stream, first {held} bytes"),
        Err(_) => format!("more of a gzip stream, {held} bytes"),
    }
}
