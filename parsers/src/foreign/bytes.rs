//! Small tools over bytes that the formats share.

use std::ops::Range;

/// A length field as a length; one too large to address is too large to matter.
pub(super) fn size(field: u32) -> usize {
    usize::try_from(field).unwrap_or(usize::MAX)
}

/// As [`size`], for the 64-bit fields.
pub(super) fn size64(field: u64) -> usize {
    usize::try_from(field).unwrap_or(usize::MAX)
}

/// `len` bytes from `at`, if they are all there.
pub(super) fn slice(bytes: &[u8], at: usize, len: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(len)?)
}

/// Everything from `at`; nothing when `at` lies outside.
pub(super) fn tail(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// At most `len` bytes from the front.
pub(super) fn head(bytes: &[u8], len: usize) -> &[u8] {
    bytes.get(..len).unwrap_or(bytes)
}

/// The bytes of `range` that exist.
pub(super) fn window(bytes: &[u8], range: Range<usize>) -> &[u8] {
    head(tail(bytes, range.start), range.len())
}

/// Runs of at least `min` NULs, in order.
pub(super) fn nul_runs(bytes: &[u8], min: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + memchr::memchr(0, tail(bytes, at))?;
            at = start + nuls_at_front(tail(bytes, start));
            if at - start >= min {
                return Some(start..at);
            }
        }
    })
}

/// How many NULs the bytes start with.
pub(super) fn nuls_at_front(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == 0).count()
}

/// How many NULs the bytes end with.
pub(super) fn nuls_at_back(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|byte| **byte == 0).count()
}

/// Whether a fixed field is a string padded with NULs: printable ASCII, then nothing but NULs.
pub(super) fn is_padded_string(field: &[u8]) -> bool {
    let string = string_of(field);
    is_printable(string) && tail(field, string.len()).iter().all(|byte| *byte == 0)
}

/// The bytes before the first NUL.
pub(super) fn string_of(field: &[u8]) -> &[u8] {
    head(field, memchr::memchr(0, field).unwrap_or(field.len()))
}

/// Whether all of it is printable ASCII.
pub(super) fn is_printable(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether all of it could be a file's name: UTF-8 without control characters.
pub(super) fn is_name(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|name| !name.is_empty() && !name.chars().any(char::is_control))
}

/// A number for reading: `2043` is `2,043`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 line`, `2 lines`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Bytes quoted in a detail: printable, and at most `cap` characters.
pub(super) fn quoted(bytes: &[u8], cap: usize) -> String {
    let text = String::from_utf8_lossy(head(bytes, cap.saturating_mul(4)));
    let short: String = text.chars().take(cap).map(|c| if c.is_control() { '?' } else { c }).collect();
    let more = if text.chars().nth(cap).is_some() { "…" } else { "" };
    format!("{short}{more}")
}

/// The CRC-32 that gzip, zip, PNG and xz share (ISO 3309, reflected polynomial 0xEDB88320).
pub(super) fn crc32(parts: &[&[u8]]) -> u32 {
    let mut crc = u32::MAX;
    for byte in parts.iter().copied().flatten() {
        let [low, ..] = crc.to_le_bytes();
        let entry = CRC_TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default();
        crc = entry ^ (crc >> 8);
    }
    !crc
}

static CRC_TABLE: [u32; 256] = crc_table();

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    let mut seed: u32 = 0;
    while index < table.len() {
        let mut value = seed;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
        seed += 1;
    }
    table
}
