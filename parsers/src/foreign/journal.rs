//! Binary journals of systemd.
//!
//! Source: systemd's "Journal File Format" document. The header begins with `LPKSHHRH` and gives its own size and the arena's:
//! together the file's length. The arena is objects, each aligned to 8 bytes: type (1 data, 2 field, 3 entry, 4 and 5 hash
//! tables, 6 entry array, 7 tag), flags, six reserved bytes, size. A data object's payload, at byte 64 (72 in compact files),
//! is `FIELD=value`, so a fragment is told by one of these and the object after it.

use super::Origin;
use super::bytes::{counted, grouped, quoted, size64, slice, tail, window};
use super::format::{Anchor, Find, Format, Work};
use memchr::memmem;
use nom::bytes::complete::{tag, take};
use nom::number::complete::{le_u8, le_u32, le_u64};
use nom::{IResult, Parser};

pub(super) const FORMAT: Format = Format {
    origin: Origin::SystemdJournal,
    edges: &[Anchor { bytes: MAGIC, check: at_header }],
    anchors: &[],
    sweep: Some(sweep),
    dense: false,
    detail,
};

const MAGIC: &[u8] = b"LPKSHHRH";
/// The oldest header; later ones are longer.
const HEADER: u64 = 208;
const DATA: u8 = 1;
/// Where the payload of a data object starts, in plain and in compact files.
const PAYLOADS: [usize; 2] = [64, 72];
/// journald stores no larger field unless it is told to.
const LARGEST: u64 = 64 << 20;

fn header(input: &[u8]) -> IResult<&[u8], Option<usize>> {
    // Compatible flags, then incompatible; four IDs of 16 bytes after the reserved ones.
    let (rest, (_, _, incompatible, state, reserved, _, size, arena)) =
        (tag(MAGIC), le_u32, le_u32, le_u8, take(7_usize), take(64_usize), le_u64, le_u64).parse(input)?;
    let sane = incompatible < 64 && state <= 2 && reserved == [0; 7] && (HEADER..=1_024).contains(&size);
    Ok((rest, sane.then(|| size64(size.saturating_add(arena)))))
}

fn at_header(region: &[u8], at: usize, _: &mut Work) -> Option<Find> {
    let len = header(tail(region, at)).ok()?.1?;
    let end = at.saturating_add(len);
    let find = if end <= region.len() { Find::sized(at, end).closing() } else { Find::open(at..at + MAGIC.len()) };
    Some(find.opening())
}

/// An object's header.
struct Object {
    kind: u8,
    size: u64,
}

fn object(input: &[u8]) -> IResult<&[u8], Object> {
    let (rest, (kind, _, _, size)) = (le_u8, le_u8, tag(&[0; 6][..]), le_u64).parse(input)?;
    Ok((rest, Object { kind, size }))
}

fn sane_object(bytes: &[u8]) -> Option<Object> {
    let (_, object) = object(bytes).ok()?;
    let least = match object.kind {
        1 | 3 => 64,
        2 => 41,
        4..=6 => 24,
        7 => 64,
        _ => return None,
    };
    ((least..LARGEST).contains(&object.size) && bytes.get(1)? & !0b111 == 0).then_some(object)
}

fn sweep(bytes: &[u8], work: &mut Work) -> Vec<Find> {
    let mut finds = Vec::new();
    let mut free_from = 0;
    for at in candidates(bytes) {
        if at >= free_from
            && let Some(end) = objects(bytes, at, work)
        {
            free_from = end;
            finds.push(Find::open(at..end).reaching_back());
        }
    }
    finds
}

/// Where objects may begin: the kind and the flags, of which the flags may be zero too, stand before six zeros.
fn candidates(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memmem::find_iter(bytes, &[0; 6]).flat_map(|zeros| [zeros.checked_sub(2), zeros.checked_sub(1)]).flatten()
}

/// The end of the objects from `at`, if they begin with a field's data and another object, or nothing, follows it.
fn objects(bytes: &[u8], at: usize, work: &mut Work) -> Option<usize> {
    let first = sane_object(tail(bytes, at)).filter(|object| object.kind == DATA)?;
    field(tail(bytes, at))?;
    let second = next(at, &first);
    let mut end = second;
    while let Some(object) = sane_object(tail(bytes, end)).filter(|_| work.spend(1)) {
        end = next(end, &object);
    }
    (end > second || second >= bytes.len()).then(|| end.min(bytes.len()))
}

/// Where the object after this one begins.
fn next(at: usize, object: &Object) -> usize {
    // Counted from the object, as the region may begin anywhere. Sizes are below 64 MiB, so this does not overflow.
    at.saturating_add(size64(object.size).next_multiple_of(8))
}

/// The name of the field that a data object holds.
fn field(object: &[u8]) -> Option<&[u8]> {
    PAYLOADS.iter().find_map(|at| {
        let payload = window(object, *at..*at + 65);
        let name = payload.split_at_checked(memchr::memchr(b'=', payload)?)?.0;
        let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
        (name.len() >= 3 && name.iter().all(is_name)).then_some(name)
    })
}

fn detail(piece: &[u8]) -> String {
    let held = grouped(piece.len());
    let mut fields = candidates(piece)
        .map(|at| tail(piece, at))
        .filter(|object| sane_object(object).is_some_and(|object| object.kind == DATA))
        .filter_map(field);
    let first = fields.next().map(|name| quoted(name, 30));
    let count = counted(fields.count() + usize::from(first.is_some()), "field", "fields");
    let begun = if slice(piece, 0, MAGIC.len()) == Some(MAGIC) { "" } else { "part of a " };
    let named = first.map_or(String::new(), |name| format!(", {count}, first {name}"));
    format!("{begun}systemd journal, {held} bytes{named}")
}
