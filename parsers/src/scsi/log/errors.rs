//! Pages 02h, 03h, 05h: errors that were corrected and that were not. Page 06h: errors that are not of the medium.

use super::{page, page_of};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Page 02h
    Writes,
    /// Page 03h
    Reads,
    /// Page 05h
    Verifies,
}

/// Error counters since they were last cleared, often in the factory. SPC-5. What "substantial delay" and a count
/// mean is the vendor's to define: compare a drive with its own past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCounters {
    /// Which page.
    pub of: Counted,
    /// Parameter 0000h: errors corrected without substantial delay.
    pub corrected_fast: Option<u64>,
    /// 0001h: with possible delays.
    pub corrected_delayed: Option<u64>,
    /// 0002h: corrected by rereads or rewrites.
    pub retried: Option<u64>,
    /// 0003h: all errors corrected.
    pub corrected: Option<u64>,
    /// 0004h: how often the correction algorithm ran.
    pub algorithm_runs: Option<u64>,
    /// 0005h: bytes processed.
    pub bytes: Option<u64>,
    /// 0006h: errors not corrected: data lost.
    pub uncorrected: Option<u64>,
    /// Parameters of other codes; 8000h and on are the vendor's.
    pub unread: usize,
}

/// Page 02h, 03h or 05h.
#[must_use]
pub fn error_counters(bytes: &[u8]) -> Option<ErrorCounters> {
    let page = page(bytes)?;
    let of = match (page.code, page.subpage) {
        (0x02, 0) => Counted::Writes,
        (0x03, 0) => Counted::Reads,
        (0x05, 0) => Counted::Verifies,
        _ => return None,
    };
    Some(ErrorCounters {
        of,
        corrected_fast: page.number(0),
        corrected_delayed: page.number(1),
        retried: page.number(2),
        corrected: page.number(3),
        algorithm_runs: page.number(4),
        bytes: page.number(5),
        uncorrected: page.number(6),
        unread: page.parameters.iter().filter(|parameter| parameter.code > 6).count(),
    })
}

/// Page 06h, parameter 0000h: errors that are not of reads, writes or verifies, as of the link. SPC-5.
#[must_use]
pub fn non_medium_errors(bytes: &[u8]) -> Option<u64> {
    page_of(bytes, 0x06)?.number(0)
}
