//! Mode page 1Ch, informational exceptions control: whether and how a drive says that it will fail. SPC-5.

use crate::fields::Fields;

/// By which command the reply came: their headers differ. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// MODE SENSE (6)
    Six,
    /// MODE SENSE (10)
    Ten,
}

/// Page 1Ch. SBC-4 has the bits of background scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InformationalExceptions {
    /// WP of the header: the medium is write protected.
    pub write_protected: Option<bool>,
    /// PERF: exceptions may not delay commands; the drive may then not notice them.
    pub performance: Option<bool>,
    /// EBF: background functions are on.
    pub background: Option<bool>,
    /// EWASC: warnings (0Bh) are reported.
    pub warnings: Option<bool>,
    /// DEXCPT: exceptions are switched off, so that a silent drive means nothing.
    pub disabled: Option<bool>,
    /// TEST: the drive was told to pretend to fail, by 5Dh/FFh.
    pub test: Option<bool>,
    /// EBACKERR: errors of background functions are reported.
    pub background_errors: Option<bool>,
    /// LOGERR: exceptions are logged.
    pub log: Option<bool>,
    /// METHOD OF REPORTING INFORMATIONAL EXCEPTIONS.
    pub method: Option<Method>,
    /// INTERVAL TIMER between reports of the same, in units of 100 ms; 0 is one report and FFFF_FFFFh the vendor's.
    pub interval: Option<u32>,
    /// REPORT COUNT; 0 is without limit.
    pub report_count: Option<u32>,
}

/// MRIE. SPC-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// 0h: the drive reports nothing; LOG SENSE 2Fh and REQUEST SENSE are silent.
    None,
    /// 2h: by unit attention.
    UnitAttention,
    /// 3h: by a recovered error, if the host allows such.
    ConditionalRecovered,
    /// 4h: by a recovered error.
    Recovered,
    /// 5h: by no sense.
    NoSense,
    /// 6h: to REQUEST SENSE alone.
    OnRequest,
    /// 1h (asynchronous events, obsolete), reserved, or the vendor's (Ch to Fh).
    Other(u8),
}

/// Page 1Ch of a reply that may have other pages before it. `None` if it is not there.
#[must_use]
pub fn informational_exceptions(bytes: &[u8], header: Header) -> Option<InformationalExceptions> {
    let reply = Fields(bytes);
    let (len, specific, descriptors, head) = match header {
        Header::Six => (usize::from(reply.u8(0)?).saturating_add(1), 2, usize::from(reply.u8(3)?), 4),
        Header::Ten => (usize::from(reply.be16(0)?).saturating_add(2), 3, usize::from(reply.be16(6)?), 8),
    };
    let write_protected = reply.bit(specific, 7);
    let mut rest = reply.front(len).from(head).from(descriptors);
    while let Some(first) = rest.u8(0) {
        let len = if first & 0x40 == 0 {
            usize::from(rest.u8(1)?).saturating_add(2)
        } else {
            usize::from(rest.be16(2)?).saturating_add(4)
        };
        if first & 0x7f == 0x1c {
            return Some(page(rest.front(len), write_protected));
        }
        rest = rest.from(len);
    }
    None
}

fn page(page: Fields<'_>, write_protected: Option<bool>) -> InformationalExceptions {
    InformationalExceptions {
        write_protected,
        performance: page.bit(2, 7),
        background: page.bit(2, 5),
        warnings: page.bit(2, 4),
        disabled: page.bit(2, 3),
        test: page.bit(2, 2),
        background_errors: page.bit(2, 1),
        log: page.bit(2, 0),
        method: page.u8(3).map(|byte| match byte & 0x0f {
            0 => Method::None,
            2 => Method::UnitAttention,
            3 => Method::ConditionalRecovered,
            4 => Method::Recovered,
            5 => Method::NoSense,
            6 => Method::OnRequest,
            other => Method::Other(other),
        }),
        interval: page.be32(4),
        report_count: page.be32(8),
    }
}
