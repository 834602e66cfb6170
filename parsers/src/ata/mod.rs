//! ATA: what a drive answers to IDENTIFY and SMART, and its logs.
//!
//! "ACS-4" is ATA Command Set 4 (INCITS 529), "ATA8-ACS" its ancestor (INCITS 452). What later standards made obsolete is read as
//! the last one that had it: drives stay in service for longer than a standard does. Sources name command, log, table and byte, not
//! sections: those differ from draft to draft.
//!
//! A reply whose checksum is bad is parsed nevertheless: firmwares exist that never fill it in, so [`Checksum`] stands in the
//! record, and who judges the drive decides.

pub mod attributes;
pub mod blob;
pub mod identify;
pub mod logs;
pub mod power;
pub mod smart;

#[cfg(test)]
mod corpus;

use crate::fields::Fields;

/// Bytes of a page: all that ATA answers comes in multiples of it (ACS-4, "log page").
pub const PAGE: usize = 512;

/// What the checksum of a page says: its last byte is such that all 512 sum up to 0 modulo 256 (ACS-4, IDENTIFY DEVICE word 255;
/// the same in all SMART structures).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// The bytes sum up to 0.
    Good,
    /// They do not.
    Bad,
    /// The page says that it has none (IDENTIFY: the signature A5h is not there).
    Absent,
    /// Fewer bytes than a page came.
    Cut,
}

impl Checksum {
    /// Of the page that these bytes begin with.
    fn of(page: Fields<'_>) -> Self {
        match page.bytes(0, PAGE) {
            None => Self::Cut,
            Some(bytes) if bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) == 0 => Self::Good,
            Some(_) => Self::Bad,
        }
    }
}

/// The pages of a log, the last one maybe cut.
fn pages(log: Fields<'_>) -> impl DoubleEndedIterator<Item = Fields<'_>> + ExactSizeIterator {
    log.0.chunks(PAGE).map(Fields)
}

/// How many of a log's pages have no good checksum.
fn bad_pages(log: Fields<'_>) -> usize {
    pages(log).filter(|page| Checksum::of(*page) != Checksum::Good).count()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Checksum, Fields, PAGE};

    /// A page with these bytes at these offsets and a good checksum: how the tests of this folder write a drive's answer.
    pub(crate) fn page(parts: &[(usize, &[u8])]) -> Vec<u8> {
        let mut page = vec![0; PAGE];
        for (at, bytes) in parts {
            page[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        page[PAGE - 1] = page[..PAGE - 1].iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
        page
    }

    #[test]
    fn the_checksum_is_over_a_whole_page() {
        let check = |bytes: &[u8], expect| assert_eq!(Checksum::of(Fields(bytes)), expect);
        let good = page(&[(3, &[200, 100])]);
        check(&good, Checksum::Good);
        check(&good[..511], Checksum::Cut);
        check(&[3; 513], Checksum::Good);
        check(&[&[4][..], &[3; 511]].concat(), Checksum::Bad);
        check(&[], Checksum::Cut);
    }
}
