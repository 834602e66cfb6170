//! The log directory, log 00h: which logs there are, and how long they are.
//!
//! Source: ACS-4, General Purpose Log Directory and SMART Log Directory: bits 15:8 of a word are reserved there.

use super::super::PAGE;
use crate::fields::Fields;

/// The log directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Version (word 0), 1 in the standard. A SMART directory of version 0 is one of single pages.
    pub version: Option<u16>,
    /// Log address and its pages of 512 bytes, those that there are.
    pub logs: Vec<(u8, u16)>,
}

impl Directory {
    /// Reads the directory that READ LOG EXT gives.
    pub fn parse(log: &[u8]) -> Self {
        Self::with(log, 0xffff)
    }

    /// Reads the directory that SMART READ LOG gives.
    pub fn parse_smart(log: &[u8]) -> Self {
        Self::with(log, 0x00ff)
    }

    fn with(log: &[u8], mask: u16) -> Self {
        let fields = Fields(log).front(PAGE);
        Self {
            version: fields.le16(0),
            logs: (1..=255u8)
                .filter_map(|log| Some((log, fields.le16(usize::from(log) * 2)? & mask)))
                .filter(|(_, pages)| *pages != 0)
                .collect(),
        }
    }

    /// Pages of a log; 0 where the drive does not have it.
    pub fn pages(&self, log: u8) -> u16 {
        self.logs.iter().find(|(address, _)| *address == log).map_or(0, |(_, pages)| *pages)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Directory;

    #[test]
    fn both_forms() {
        let mut log = vec![0; 512];
        log[..8].copy_from_slice(&[1, 0, 1, 0, 5, 0, 0x2c, 1]);
        log[0xe0 * 2] = 1;
        let wide = Directory::parse(&log);
        assert_eq!(wide.version, Some(1));
        assert_eq!(wide.logs, [(1, 1), (2, 5), (3, 300), (0xe0, 1)]);
        assert_eq!(Directory::parse_smart(&log).pages(3), 44);
        assert_eq!((wide.pages(0xe0), wide.pages(4)), (1, 0));
        assert_eq!(Directory::parse(&log[..5]).logs, [(1, 1)]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            Directory::parse(&bytes).pages(4);
            Directory::parse_smart(&bytes);
        }
    }
}
