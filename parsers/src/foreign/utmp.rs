//! Login records: utmp, wtmp and btmp.
//!
//! Source: utmp(5) and glibc's `bits/utmp.h`. On 64-bit Linux a record has 384 bytes: type (0 to 9) and padding, process,
//! line (32), id (4), user (32), host (256), exit status, session, seconds, microseconds, address, and 20 unused bytes.
//! There is no header, so the phase is found by trying: at some offset a record ends and the next one begins, and both halves
//! must fit.

use super::Origin;
use super::bytes::{counted, head, is_padded_string, is_printable, quoted, slice, string_of, tail, window};
use super::format::{Find, Format, Work};
use chrono::DateTime;

pub(super) const FORMAT: Format =
    Format { origin: Origin::Utmp, edges: &[], anchors: &[], sweep: Some(sweep), dense: false, detail };

const RECORD: usize = 384;
const LINE: usize = 8;
const USER: usize = 44;
const HOST: usize = 76;
/// Everything that tells a record lies before the host or from here on.
const EXIT: usize = 332;
const TIME: usize = 340;
/// The least of a record's end to be sure of it: microseconds, address, and the unused bytes.
const REST: usize = 40;
/// Linux gives no process a higher number.
const PROCESSES: i32 = 1 << 22;
/// From 1990 on; the field is signed and ends in 2038, or unsigned and ends in 2106.
const TIMES: std::ops::RangeFrom<u32> = 631_152_000..;

fn sweep(bytes: &[u8], _: &mut Work) -> Vec<Find> {
    let mut finds: Vec<Find> = Vec::new();
    // A record begins with a small number of four bytes, and much of what is swept is text.
    if memchr::memchr(0, bytes).is_none() {
        return finds;
    }
    let mut at = 0;
    while let Some(boundary) = boundary_from(bytes, at) {
        let front = head(bytes, boundary);
        let start = if finds.is_empty() && boundary < RECORD && is_end(front) { 0 } else { boundary };
        let end = end_from(bytes, boundary);
        finds.push(Find::sized(start, end));
        at = end;
    }
    finds
}

/// The first offset from `from` on where a record begins, and enough of it or of the one before is there to be sure.
fn boundary_from(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|at| {
        let record = tail(bytes, *at);
        // Most offsets are done with after two bytes.
        let begins = matches!(record, [1..=9, 0, 0, 0, ..]) && is_begin(record) && is_used(record);
        let before = window(bytes, from.max(at.saturating_sub(RECORD))..*at);
        begins && (record.len() >= RECORD && is_end(head(record, RECORD)) || before.len() >= REST && is_end(before))
    })
}

/// The end of the records that follow one another from `at`; the last may be cut off, and blank ones only come between.
fn end_from(bytes: &[u8], at: usize) -> usize {
    let (mut at, mut next) = (at, at);
    while let Some(record) = slice(bytes, next, RECORD).filter(|record| is_begin(record) && is_end(record)) {
        next += record.len();
        at = if is_blank(record) { at } else { next };
    }
    let rest = tail(bytes, at);
    let cut_off = rest.len() < RECORD && matches!(rest, [1..=9, ..]) && is_begin(rest);
    if cut_off { bytes.len() } else { at }
}

/// Whether these bytes begin as a record does, as far as they go.
fn is_begin(bytes: &[u8]) -> bool {
    let process = slice(bytes, 4, 4).and_then(|process| process.first_chunk()).map_or(0, |id| i32::from_le_bytes(*id));
    let kind = bytes.first().is_none_or(|kind| *kind <= 9) && window(bytes, 1..4).iter().all(|byte| *byte == 0);
    let id = window(bytes, 40..USER);
    kind && (0..PROCESSES).contains(&process)
        && is_padded_string(window(bytes, LINE..40))
        && (is_padded_string(id) || is_printable(id))
        && is_padded_string(window(bytes, USER..HOST))
        && is_padded_string(window(bytes, HOST..EXIT))
}

/// Whether the record says on which line, or whose it is.
fn is_used(record: &[u8]) -> bool {
    record.len() >= HOST && [LINE, USER].iter().any(|at| record.get(*at).is_some_and(|byte| *byte != 0))
}

/// Whether these bytes end as a record does: unused bytes of zero, a sane time, a host.
fn is_end(bytes: &[u8]) -> bool {
    let field = |at: usize| {
        let from_end = bytes.len().checked_sub(RECORD - at)?;
        slice(bytes, from_end, 4)?.first_chunk().map(|field| u32::from_le_bytes(*field))
    };
    let unused = tail(bytes, bytes.len().saturating_sub(20)).iter().all(|byte| *byte == 0);
    let seconds = field(TIME).is_none_or(|seconds| TIMES.contains(&seconds) || is_blank(bytes));
    let micros = field(TIME + 4).is_none_or(|micros| micros < 1_000_000);
    let host = head(bytes, (bytes.len() + EXIT).saturating_sub(RECORD));
    let host = tail(host, host.len().saturating_sub(EXIT - HOST));
    let host_tail = tail(host, host.iter().take_while(|byte| is_printable(&[**byte])).count());
    unused && seconds && micros && host_tail.iter().all(|byte| *byte == 0)
}

/// A slot that was never used.
fn is_blank(record: &[u8]) -> bool {
    record.iter().all(|byte| *byte == 0)
}

fn detail(piece: &[u8]) -> String {
    let boundary = boundary_from(piece, 0).unwrap_or_default();
    let records: Vec<&[u8]> = tail(piece, boundary).chunks_exact(RECORD).collect();
    let count = counted(records.len(), "whole login record", "whole login records");
    let user = records.iter().map(|record| string_of(window(record, USER..HOST))).find(|user| !user.is_empty());
    let user = user.map_or(String::new(), |user| format!(", user \"{}\"", quoted(user, 20)));
    let times = records.iter().filter_map(|record| slice(record, TIME, 4)?.first_chunk());
    let times = times.map(|time| i64::from(u32::from_le_bytes(*time))).filter(|time| *time > 0);
    let day = |time| DateTime::from_timestamp(time, 0).map(|time| time.format("%Y-%m-%d").to_string());
    let first = times.min().and_then(day).map_or(String::new(), |day| format!(", from {day} on"));
    format!("{count}{user}{first}")
}
