//! Enclosure services, by RECEIVE DIAGNOSTIC RESULTS: what a shelf knows of its slots, supplies, fans and sensors.
//! SES-3.
//!
//! The pages lean on each other: the configuration page (01h) says how many elements of which type there are, and the
//! status (02h), descriptor (07h) and additional element status (0Ah) pages then go through them in that order. So they
//! are read together, by [`enclosure`]. All have the generation code of the configuration that they were written for;
//! where they differ, the shelf was rebuilt between the commands, and what is read here is to be read anew
//! ([`Enclosure::consistent`]).

mod additional;
mod detail;

use std::iter;

pub use additional::NvmeDevice;
pub use detail::{Detail, SlotBits};

use crate::fields::Fields;
use additional::{Additional, Kind};

/// Page 00h: the pages that the shelf has.
#[must_use]
pub fn supported(bytes: &[u8]) -> Option<Vec<u8>> {
    page(bytes, 0x00).map(|page| page.body.from(4).0.to_vec())
}

/// An enclosure, with all that its pages say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// The primary subenclosure, then the others.
    pub parts: Vec<Part>,
    /// The conditions of the whole. `None` without a status page.
    pub condition: Option<Condition>,
    /// In the order of the pages; of each type first the one that stands for all of it.
    pub elements: Vec<Element>,
    /// Those elements that drives sit in.
    pub slots: Vec<Slot>,
    /// Whether all pages are of one configuration.
    pub consistent: bool,
    /// What the pages have and this has not: type headers and descriptors that are cut, additional statuses of no slot
    /// (those of expanders and ports are among them: not 0 on many a shelf that is well), elements beyond what a page
    /// can hold.
    pub unread: usize,
}

/// A subenclosure: a processor of its own. SES-3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// SUBENCLOSURE IDENTIFIER; 0 is the primary.
    pub id: u8,
    /// ENCLOSURE LOGICAL IDENTIFIER, an NAA: the same by every path, hence the name of the shelf.
    pub logical_id: u64,
    /// ENCLOSURE VENDOR IDENTIFICATION
    pub vendor: Option<String>,
    /// PRODUCT IDENTIFICATION
    pub product: Option<String>,
    /// PRODUCT REVISION LEVEL
    pub revision: Option<String>,
}

/// The first bits of the status page. SES-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// INFO: something changed since it was last read by this initiator.
    pub info: bool,
    /// NON-CRIT
    pub non_critical: bool,
    /// CRIT
    pub critical: bool,
    /// UNRECOV
    pub unrecoverable: bool,
}

/// A part of a shelf that has a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// ELEMENT TYPE; [`Element::type_words`] has its name.
    pub kind: u8,
    /// From 0 within its type; `None` is the one that stands for the whole type.
    pub index: Option<u8>,
    /// SUBENCLOSURE IDENTIFIER
    pub subenclosure: u8,
    /// TYPE DESCRIPTOR TEXT, the same for all of a type header.
    pub type_text: Option<String>,
    /// The element's own DESCRIPTOR, as "SLOT 01".
    pub text: Option<String>,
    /// `None` without a status page.
    pub status: Option<Status>,
    /// What its type says beyond that.
    pub detail: Option<Detail>,
}

/// What every element's status has. SES-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// ELEMENT STATUS CODE
    pub code: StatusCode,
    /// PRDFAIL: it predicts its failure.
    pub predicts_failure: bool,
    /// DISABLED
    pub disabled: bool,
    /// SWAP: it was taken out and put in again since it was last read.
    pub swapped: bool,
}

/// ELEMENT STATUS CODE. SES-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusCode {
    /// 0h: the element gives no status.
    Unsupported,
    /// 1h
    Ok,
    /// 2h
    Critical,
    /// 3h
    NonCritical,
    /// 4h
    Unrecoverable,
    /// 5h
    NotInstalled,
    /// 6h: the sensor failed, or the status is not known.
    Unknown,
    /// 7h: installed, no known errors, not turned on or set into operation.
    NotAvailable,
    /// 8h: this initiator may not see it.
    NoAccess,
    /// Any other.
    Reserved(u8),
}

/// A place for a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// DEVICE SLOT NUMBER of the additional element status, else the SLOT ADDRESS of a device slot's status. Printed
    /// labels often count from another number.
    pub number: Option<u8>,
    /// SUBENCLOSURE IDENTIFIER
    pub subenclosure: u8,
    /// Of the element, as "SLOT 01".
    pub text: Option<String>,
    /// The SAS addresses of the ports of what sits here, each once: VPD page 83h of the drive has one of them.
    pub addresses: Vec<u64>,
    /// What sits here, by NVMe.
    pub nvme: Option<NvmeDevice>,
    /// As of the element.
    pub status: Option<Status>,
    /// As of the element.
    pub bits: Option<SlotBits>,
}

/// DEVICE SLOT
const DEVICE_SLOT: u8 = 0x01;
/// ARRAY DEVICE SLOT
const ARRAY_DEVICE_SLOT: u8 = 0x17;

struct Page<'a> {
    /// Byte 1, of a use that differs from page to page.
    flags: u8,
    generation: Option<u32>,
    /// From the page's first byte on, so that offsets are those of the standard.
    body: Fields<'a>,
}

fn page(bytes: &[u8], code: u8) -> Option<Page<'_>> {
    let reply = Fields(bytes);
    if reply.u8(0)? != code {
        return None;
    }
    let body = reply.front(usize::from(reply.be16(2)?).saturating_add(4));
    Some(Page { flags: reply.u8(1)?, generation: body.be32(4), body })
}

/// TYPE DESCRIPTOR HEADER. SES-3.
struct Type {
    kind: u8,
    count: u8,
    subenclosure: u8,
    text: Option<String>,
}

/// As many as a status page, whose length is of 16 bits, can have; a configuration page can claim 250 times that.
const ELEMENTS_AT_MOST: usize = 0x1_0000 / 4;

/// Pages 01h, 02h, 07h and 0Ah, read in one go; an empty one is one that the shelf lacks. `None` without a
/// configuration page.
#[must_use]
pub fn enclosure(configuration: &[u8], status: &[u8], descriptors: &[u8], additional: &[u8]) -> Option<Enclosure> {
    let configuration = page(configuration, 0x01)?;
    let status = page(status, 0x02);
    let descriptors = page(descriptors, 0x07);
    let additional = page(additional, 0x0a);
    let consistent = [&status, &descriptors, &additional]
        .into_iter()
        .flatten()
        .all(|page| page.generation == configuration.generation);

    let (parts, types, mut unread) = parts_and_types(&configuration);
    let mut statuses = status.as_ref().map_or(Fields(&[]), |page| page.body.from(8));
    let mut texts = descriptors.as_ref().map_or(Fields(&[]), |page| page.body.from(8));
    let all =
        types.iter().flat_map(|kind| iter::once(None).chain((0..kind.count).map(Some)).map(move |index| (kind, index)));
    let claimed = types.iter().fold(0_usize, |sum, kind| sum.saturating_add(usize::from(kind.count)).saturating_add(1));
    unread = unread.saturating_add(claimed.saturating_sub(ELEMENTS_AT_MOST));
    let elements: Vec<Element> = all
        .take(ELEMENTS_AT_MOST)
        .map(|(kind, index)| {
            let element = element(kind, index, statuses, texts);
            statuses = statuses.from(4);
            texts = texts.from(text_len(texts));
            element
        })
        .collect();
    let (additional, cut) = additional.map_or((Vec::new(), 0), |page| additional::list(page.body.from(8)));
    let (slots, strays) = slots(&elements, additional);
    unread = unread.saturating_add(cut).saturating_add(strays);
    let condition = status.map(|page| Condition {
        info: page.flags & 0x08 != 0,
        non_critical: page.flags & 0x04 != 0,
        critical: page.flags & 0x02 != 0,
        unrecoverable: page.flags & 0x01 != 0,
    });
    Some(Enclosure { parts, condition, elements, slots, consistent, unread })
}

/// SES-3: the subenclosures, then the type headers of all, then their texts.
fn parts_and_types(configuration: &Page<'_>) -> (Vec<Part>, Vec<Type>, usize) {
    let mut rest = configuration.body.from(8);
    let (mut parts, mut types, mut unread) = (Vec::new(), Vec::new(), 0_usize);
    let mut headers = 0_usize;
    // NUMBER OF SECONDARY SUBENCLOSURES
    for _ in 0..=configuration.flags {
        let Some((part, count)) = part(rest) else {
            unread = unread.saturating_add(1);
            break;
        };
        parts.push(part);
        headers = headers.saturating_add(usize::from(count));
        rest = rest.from(rest.u8(3).map_or(usize::MAX, |len| usize::from(len).saturating_add(4)));
    }
    let mut text = rest.from(headers.saturating_mul(4));
    for _ in 0..headers {
        let (Some(kind), Some(count), Some(subenclosure), Some(len)) = (rest.u8(0), rest.u8(1), rest.u8(2), rest.u8(3))
        else {
            unread = unread.saturating_add(1);
            continue;
        };
        let len = usize::from(len);
        types.push(Type { kind, count, subenclosure, text: text.text(0, len) });
        rest = rest.from(4);
        text = text.from(len);
    }
    (parts, types, unread)
}

/// An enclosure descriptor, and its number of type headers.
fn part(descriptor: Fields<'_>) -> Option<(Part, u8)> {
    let part = Part {
        id: descriptor.u8(1)?,
        logical_id: descriptor.be64(4)?,
        vendor: descriptor.text(12, 8),
        product: descriptor.text(20, 16),
        revision: descriptor.text(36, 4),
    };
    Some((part, descriptor.u8(2)?))
}

fn element(kind: &Type, index: Option<u8>, status: Fields<'_>, text: Fields<'_>) -> Element {
    let bytes: Option<[u8; 4]> = status.bytes(0, 4).and_then(|bytes| bytes.try_into().ok());
    let len = text_len(text).saturating_sub(4);
    Element {
        kind: kind.kind,
        index,
        subenclosure: kind.subenclosure,
        type_text: kind.text.clone(),
        text: text.text(4, len),
        status: bytes.map(Status::of),
        detail: bytes.and_then(|bytes| Detail::of(kind.kind, bytes)),
    }
}

/// The length of the element descriptor that stands in front. SES-3.
fn text_len(descriptor: Fields<'_>) -> usize {
    descriptor.be16(2).map_or(0, |len| usize::from(len).saturating_add(4))
}

/// The slots, each with its additional status, and how many additional statuses belong to none.
fn slots(elements: &[Element], additional: Vec<Additional>) -> (Vec<Slot>, usize) {
    let mut of: Vec<Option<Kind>> = Vec::new();
    of.resize_with(elements.len(), || None);
    let mut strays = 0_usize;
    let mut unindexed = elements.iter().enumerate().filter(|(_, element)| element.has_additional());
    let singles: Vec<usize> =
        (0..).zip(elements).filter(|(_, element)| element.index.is_some()).map(|(at, _)| at).collect();
    for one in additional {
        let at = match one.index {
            // EIIOE: whether the elements that stand for a type are counted.
            Some((index, true)) => Some(usize::from(index)),
            Some((index, false)) => singles.get(usize::from(index)).copied(),
            None => unindexed.next().map(|(at, _)| at),
        };
        // Some shelves give every expander the index of a slot: what does not fit the element's type is none of it.
        let fits =
            at.and_then(|at| elements.get(at)).is_some_and(|element| element.is_slot() && element.index.is_some());
        match at.and_then(|at| of.get_mut(at)).filter(|of| fits && one.kind.is_slot() && of.is_none()) {
            Some(of) => *of = Some(one.kind),
            None => strays = strays.saturating_add(1),
        }
    }
    let slots = elements.iter().zip(of).filter(|(element, _)| element.is_slot() && element.index.is_some());
    (slots.map(|(element, additional)| slot(element, additional)).collect(), strays)
}

fn slot(element: &Element, additional: Option<Kind>) -> Slot {
    let (bits, address) = match &element.detail {
        Some(Detail::Slot { bits, address }) => (Some(*bits), *address),
        _ => (None, None),
    };
    let (number, addresses, nvme) = match additional {
        Some(Kind::SasSlot { number, addresses }) => (number, addresses, None),
        Some(Kind::NvmeSlot { number, device }) => (number, Vec::new(), device),
        Some(Kind::Other) | None => (None, Vec::new(), None),
    };
    Slot {
        number: number.or(address),
        subenclosure: element.subenclosure,
        text: element.text.clone(),
        addresses,
        nvme,
        status: element.status,
        bits,
    }
}

impl Element {
    fn is_slot(&self) -> bool {
        matches!(self.kind, DEVICE_SLOT | ARRAY_DEVICE_SLOT)
    }

    /// The types that have an additional status, which goes through them in order where it names no index
    /// (SES-3; Linux goes through the same in drivers/scsi/ses.c).
    fn has_additional(&self) -> bool {
        self.index.is_some() && matches!(self.kind, 0x01 | 0x07 | 0x14 | 0x15 | 0x17 | 0x18)
    }

    /// ELEMENT TYPE in words. `None` for the vendor's own (80h and on) and reserved ones. SES-3.
    #[must_use]
    pub fn type_words(&self) -> Option<&'static str> {
        Some(match self.kind {
            0x00 => "unspecified",
            0x01 => "device slot",
            0x02 => "power supply",
            0x03 => "cooling",
            0x04 => "temperature sensor",
            0x05 => "door",
            0x06 => "audible alarm",
            0x07 => "enclosure services controller",
            0x08 => "SCC controller",
            0x09 => "nonvolatile cache",
            0x0a => "invalid operation reason",
            0x0b => "uninterruptible power supply",
            0x0c => "display",
            0x0d => "key pad entry",
            0x0e => "enclosure",
            0x0f => "SCSI port or transceiver",
            0x10 => "language",
            0x11 => "communication port",
            0x12 => "voltage sensor",
            0x13 => "current sensor",
            0x14 => "SCSI target port",
            0x15 => "SCSI initiator port",
            0x16 => "simple subenclosure",
            0x17 => "array device slot",
            0x18 => "SAS expander",
            0x19 => "SAS connector",
            _ => return None,
        })
    }
}

impl Status {
    fn of([first, ..]: [u8; 4]) -> Self {
        Self {
            code: match first & 0x0f {
                0 => StatusCode::Unsupported,
                1 => StatusCode::Ok,
                2 => StatusCode::Critical,
                3 => StatusCode::NonCritical,
                4 => StatusCode::Unrecoverable,
                5 => StatusCode::NotInstalled,
                6 => StatusCode::Unknown,
                7 => StatusCode::NotAvailable,
                8 => StatusCode::NoAccess,
                reserved => StatusCode::Reserved(reserved),
            },
            predicts_failure: first & 0x40 != 0,
            disabled: first & 0x20 != 0,
            swapped: first & 0x10 != 0,
        }
    }
}

#[cfg(test)]
mod tests;
