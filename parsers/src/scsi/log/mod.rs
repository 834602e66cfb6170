//! Log pages, by LOG SENSE. SPC-5.
//!
//! All but page 00h are a list of parameters; [`page`] reads any of them, and each kind of page has its own function
//! here, `None` for a reply that is another page. A counter that a drive does not keep is `None`, never zero; one wider
//! than 64 bits is the greatest value.

mod background;
mod errors;
mod port;
mod self_test;
mod state;

pub use background::{BackgroundScan, MediumError, Reassigned, ScanStatus, background_scan};
pub use errors::{Counted, ErrorCounters, error_counters, non_medium_errors};
pub use port::{LinkRate, Phy, Port, Ports, ports};
pub use self_test::{SelfTest, SelfTestKind, SelfTestResult, SelfTests, self_tests};
pub use state::{
    Exceptions, Interval, StartStop, Statistics, Temperature, informational_exceptions, percentage_used, start_stop,
    statistics, temperature,
};

use crate::fields::Fields;

/// A log page of parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// PAGE CODE, 00h to 3Fh.
    pub code: u8,
    /// SUBPAGE CODE; 0 where the page has none.
    pub subpage: u8,
    /// In the order of the device.
    pub parameters: Vec<Parameter<'a>>,
    /// Bytes that the page says it has and that are no whole parameter here, missing ones counted: not 0 when the reply
    /// was cut.
    pub unread: usize,
}

/// A log parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// PARAMETER CODE
    pub code: u16,
    /// The control byte: saving, threshold comparison, format.
    pub control: u8,
    /// The value, of PARAMETER LENGTH bytes.
    pub value: &'a [u8],
}

impl<'a> Parameter<'a> {
    fn fields(&self) -> Fields<'a> {
        Fields(self.value)
    }

    /// A value that is one unsigned number. `None` of an empty one.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.fields().be(0, self.value.len()).filter(|_| !self.value.is_empty())
    }
}

/// Any log page but page 00h, which has no parameters. `None` if the reply is shorter than a header.
#[must_use]
pub fn page(bytes: &[u8]) -> Option<Page<'_>> {
    let (code, subpage, len, mut rest) = header(bytes)?;
    let mut parameters = Vec::new();
    let mut unread = len;
    while let (Some(code), Some(control), Some(len)) = (rest.be16(0), rest.u8(2), rest.u8(3).map(usize::from))
        && let Some(value) = rest.bytes(4, len)
    {
        parameters.push(Parameter { code, control, value });
        rest = rest.from(len.saturating_add(4));
        unread = unread.saturating_sub(len.saturating_add(4));
    }
    Some(Page { code, subpage, parameters, unread })
}

/// Code, subpage, the length that the page says and what is there of it.
fn header(bytes: &[u8]) -> Option<(u8, u8, usize, Fields<'_>)> {
    let reply = Fields(bytes);
    let first = reply.u8(0)?;
    let len = usize::from(reply.be16(2)?);
    // SPF. Without it byte 1 is reserved.
    let subpage = if first & 0x40 == 0 { 0 } else { reply.u8(1)? };
    Some((first & 0x3f, subpage, len, reply.from(4).front(len)))
}

/// The page, if it is the one of this code and has no subpage.
fn page_of(bytes: &[u8], code: u8) -> Option<Page<'_>> {
    page(bytes).filter(|page| (page.code, page.subpage) == (code, 0))
}

impl<'a> Page<'a> {
    /// The first parameter of a code: codes are unique in a page.
    #[must_use]
    pub fn parameter(&self, code: u16) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|parameter| parameter.code == code)
    }

    fn number(&self, code: u16) -> Option<u64> {
        self.parameter(code)?.number()
    }
}

/// Page 00h, or its subpage FFh: the pages that the device has, as code and subpage.
#[must_use]
pub fn supported(bytes: &[u8]) -> Option<Vec<(u8, u8)>> {
    let (code, subpage, _, list) = header(bytes)?;
    match (code, subpage) {
        (0x00, 0x00) => Some(list.0.iter().map(|code| (code & 0x3f, 0)).collect()),
        (0x00, 0xff) => Some(list.0.as_chunks().0.iter().map(|[code, subpage]| (code & 0x3f, *subpage)).collect()),
        _ => None,
    }
}
