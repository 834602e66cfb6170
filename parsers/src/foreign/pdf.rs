//! PDF documents.
//!
//! Source: ISO 32000-1, section 7.5. A document is a header line, numbered objects (`12 0 obj … endobj`, with streams of
//! compressed data), a cross-reference table of 20-byte lines, and `startxref`, an offset and `%%EOF`. Words such as `endobj`
//! stand in any text about PDF, so each counts only with its neighbours.

use super::Origin;
use super::bytes::{grouped, head, slice, tail, window};
use super::format::{Anchor, Find, Format, Work};
use memchr::memmem;

pub(super) const FORMAT: Format = Format {
    origin: Origin::Pdf,
    edges: &[Anchor { bytes: b"%PDF-", check: at_header }, Anchor { bytes: b"startxref", check: at_trailer }],
    anchors: &[
        Anchor { bytes: b" obj", check: at_object },
        Anchor { bytes: b"endobj", check: at_object_end },
        Anchor { bytes: b"endstream", check: at_stream_end },
        Anchor { bytes: b" 00000 n", check: at_reference },
    ],
    sweep: None,
    dense: false,
    detail,
};

/// `%PDF-1.4` and the end of the line, as no string in a program has it; then an object or a line of binary bytes.
fn at_header(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let version = slice(region, at + 5, 4);
    let sane = version.is_none_or(|version| {
        matches!(version, [b'1', b'.', b'0'..=b'7', b'\r' | b'\n' | b' '] | [b'2', b'.', b'0', b'\r' | b'\n'])
    });
    let after = window(region, at + 9..at + 64);
    let goes_on = after.is_empty() || after.iter().any(|byte| *byte >= 0x80) || memmem::find(after, b" obj").is_some();
    (sane && goes_on).then(|| Find::open(at..(at + 9).min(region.len())).opening())
}

/// `12 0 obj`, then a dictionary, an array, or a number on a line of its own.
fn at_object(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let numbers = trailing(window(region, at.saturating_sub(16)..at), |byte| byte.is_ascii_digit() || byte == b' ');
    let sane = matches!(numbers.trim_ascii_start().split(|byte| *byte == b' ').collect::<Vec<_>>().as_slice(),
        [number, generation] if !number.is_empty() && (1..=5).contains(&generation.len()));
    let after = head(tail(region, at + 4), 8);
    let body = after.trim_ascii_start();
    let opened = body.starts_with(b"<<") || body.starts_with(b"[") || body.first().is_some_and(u8::is_ascii_digit);
    // In a text about PDF an object stands alone; in a document another word of PDF's is near.
    let next = window(region, at + 4..at + 260);
    let is_named =
        next.contains(&b'/') && (memmem::find(next, b">>").is_some() || next.iter().any(|byte| *byte >= 0x80));
    (sane && opened && is_named).then(|| Find::open(at - numbers.trim_ascii_start().len()..at + 4).reaching_back())
}

/// `endobj`, right before the next object, the cross-references or the end.
fn at_object_end(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let after = head(tail(region, at + 6), 32);
    let next = after.trim_ascii_start();
    let is_object = next.first().is_some_and(u8::is_ascii_digit) && memmem::find(next, b" obj").is_some();
    (is_object || next.starts_with(b"xref")).then(|| Find::open(at..at + 6).reaching_back())
}

/// `endstream`, right before `endobj`.
fn at_stream_end(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let after = head(tail(region, at + 9), 12);
    after.trim_ascii_start().starts_with(b"endobj").then(|| Find::open(at..at + 9).reaching_back())
}

/// Two lines of the cross-reference table: ten digits, five digits, `n`, an end of line of two bytes.
fn at_reference(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let start = at.checked_sub(10)?;
    let is_line = |line: &[u8]| line.iter().take(10).all(u8::is_ascii_digit) && line.get(16) == Some(&b' ');
    let two = slice(region, start, 40)?;
    two.chunks(20).all(is_line).then(|| Find::open(start..start + 20).reaching_back())
}

/// `startxref`, an offset, `%%EOF`; the document ends with that line.
fn at_trailer(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let after = window(region, at + 9..at + 48);
    let eof = memmem::find(after, b"%%EOF")?;
    let offset = head(after, eof).trim_ascii();
    let sane = !offset.is_empty() && offset.iter().all(u8::is_ascii_digit);
    let line_end = tail(after, eof + 5).iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    sane.then(|| Find::sized(at, at + 9 + eof + 5 + line_end).reaching_back())
}

/// The longest ending of which all bytes are `like`.
fn trailing(bytes: &[u8], like: fn(u8) -> bool) -> &[u8] {
    let len = bytes.iter().rev().take_while(|byte| like(**byte)).count();
    tail(bytes, bytes.len() - len)
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    let ended = piece.trim_ascii_end().ends_with(b"%%EOF");
    match (piece.starts_with(b"%PDF-"), ended) {
        (true, true) => format!("PDF document, whole, {held} bytes"),
        (true, false) => format!("PDF document, first {held} bytes"),
        (false, true) => format!("PDF document, last {held} bytes"),
        (false, false) => format!("part of a PDF document, {held} bytes"),
    }
}
