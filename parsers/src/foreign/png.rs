//! PNG images.
//!
//! Source: Portable Network Graphics (Third Edition), W3C, sections 5.2 and 5.3. A signature of 8 bytes, then chunks: length,
//! type of four letters, data, the CRC-32 of type and data. So a fragment is sure where one chunk's sum fits, and a whole
//! image is measured chunk by chunk up to IEND.

use super::Origin;
use super::bytes::{crc32, grouped, size, slice, tail, window};
use super::format::{Anchor, Find, Format, Work};
use nom::number::complete::be_u32;
use nom::{IResult, Parser};

pub(super) const FORMAT: Format = Format {
    origin: Origin::Png,
    edges: &[Anchor { bytes: SIGNATURE, check: at_signature }],
    anchors: &[
        Anchor { bytes: b"IHDR", check: at_chunk },
        Anchor { bytes: b"IDAT", check: at_chunk },
        Anchor { bytes: b"IEND", check: at_chunk },
        Anchor { bytes: b"PLTE", check: at_chunk },
        Anchor { bytes: b"tEXt", check: at_chunk },
    ],
    sweep: None,
    dense: true,
    detail,
};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Length, type and sum.
const FRAME: usize = 12;
/// A chunk of image data that is cut off is believed up to this length; encoders write 8 KiB, or the whole image at once.
const BELIEVED: usize = 16 << 20;

/// A chunk whose sum fits.
struct Chunk<'a> {
    kind: &'a [u8],
    len: usize,
}

/// The chunk at the front: `Ok(None)` when it is cut off.
fn chunk<'a>(bytes: &'a [u8], work: &mut Work) -> Result<Option<Chunk<'a>>, ()> {
    let (Some(length), Some(kind)) = (slice(bytes, 0, 4), slice(bytes, 4, 4)) else { return Ok(None) };
    let length = be_u32::<_, nom::error::Error<&[u8]>>(length).map_or(0, |(_, length)| size(length));
    if length >= 1 << 31 || !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(());
    }
    let (Some(data), Some(sum)) = (slice(bytes, 8, length), slice(bytes, 8 + length, 4)) else { return Ok(None) };
    let fits = work.spend(length / 8 + 1) && crc32(&[kind, data]).to_be_bytes() == sum;
    if fits { Ok(Some(Chunk { kind, len: length + FRAME })) } else { Err(()) }
}

/// Goes over the chunks from `at`; gives the end of the last whole one, and whether that was IEND.
fn walk(bytes: &[u8], at: usize, work: &mut Work) -> (usize, bool) {
    let mut at = at;
    while let Ok(Some(chunk)) = chunk(tail(bytes, at), work) {
        at += chunk.len;
        if chunk.kind == b"IEND" {
            return (at, true);
        }
    }
    (at, false)
}

fn find(start: usize, (end, ended): (usize, bool)) -> Find {
    if ended { Find::sized(start, end).closing() } else { Find::open(start..end) }
}

fn at_signature(region: &[u8], at: usize, work: &mut Work) -> Option<Find> {
    let first = at + SIGNATURE.len();
    // Eight fixed bytes, two of which no text holds, are enough when nothing but they is left.
    let kind = slice(region, first + 4, 4);
    kind.is_none_or(|kind| kind == b"IHDR").then(|| find(at, walk(region, first, work)).opening())
}

fn at_chunk(region: &[u8], at: usize, work: &mut Work) -> Option<Find> {
    let start = at.checked_sub(4)?;
    match chunk(tail(region, start), work) {
        Ok(Some(_)) => Some(find(start, walk(region, start, work)).reaching_back()),
        Ok(None) if is_cut_image_data(tail(region, start)) => Some(Find::open(start..at + 4).reaching_back()),
        _ => None,
    }
}

/// The head of a chunk of image data that goes on beyond the bytes at hand.
fn is_cut_image_data(bytes: &[u8]) -> bool {
    let length = slice(bytes, 0, 4).and_then(|length| <[u8; 4]>::try_from(length).ok());
    let length = length.map_or(usize::MAX, |length| size(u32::from_be_bytes(length)));
    // What is compressed has as many bytes above 0x7f as below; a program that names the chunk has text there, or zeros.
    let high = window(bytes, 8..40).iter().filter(|byte| **byte > 0x7f).count();
    bytes.get(4..8) == Some(b"IDAT") && length <= BELIEVED && high >= 8
}

fn dimensions(input: &[u8]) -> IResult<&[u8], (u32, u32)> {
    (be_u32, be_u32).parse(input)
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    if !piece.starts_with(SIGNATURE) {
        return format!("part of a PNG image, {held} bytes");
    }
    let size = dimensions(tail(piece, SIGNATURE.len() + 8)).map(|(_, (width, height))| format!(" of {width}x{height}"));
    let (end, ended) = walk(piece, SIGNATURE.len(), &mut Work::for_region(piece.len()));
    let part = if ended && end == piece.len() { "whole" } else { "first part" };
    format!("PNG image{}, {part}, {held} bytes", size.unwrap_or_default())
}
