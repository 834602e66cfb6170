//! Device statistics, log 04h: what makers agreed on, in place of attributes that each means otherwise.
//!
//! A page has a header of 8 bytes (revision in 0..=1, page number in 2) and statistics of 8 bytes each: flags in the highest, the
//! value below it. Page 00h lists the pages that there are.
//!
//! Source: ACS-4, Device Statistics log, a table a page; ACS-3 for what it has of them. The names are
//! smartctl's (`-l devstat`), so that the two can be laid side by side.

use super::super::pages;
use crate::fields::Fields;

/// The device statistics log, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceStatistics {
    /// Pages that the drive lists in page 00h, ascending. Empty where that page was not read.
    pub listed: Vec<u8>,
    /// Statistics that the drive has, in its order.
    pub statistics: Vec<Statistic>,
    /// Pages that begin with no header (revision 0): whose they are is not known, and nothing of them is read.
    pub headless: usize,
}

/// A statistic that the drive supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistic {
    /// Page, 1..=255; 255 is the vendor's.
    pub page: u8,
    /// Offset in the page in bytes, 8..=504, a multiple of 8.
    pub offset: u16,
    /// Flags, bits 63:56.
    pub flags: u8,
    /// Bits 55:0 as they came.
    pub raw: u64,
}

#[derive(Clone, Copy)]
enum Width {
    /// Unsigned, of so many bits.
    Bits(u32),
    /// A byte with a sign.
    Signed,
}

const BYTE: Width = Width::Bits(8);
const WORD: Width = Width::Bits(16);
const DOUBLE: Width = Width::Bits(32);
const LONG: Width = Width::Bits(48);
const ALL: Width = Width::Bits(56);
const SIGNED: Width = Width::Signed;

/// Page, offset, width, name, unit.
type Row = (u8, u16, Width, &'static str, &'static str);

const STATISTICS: [Row; 42] = [
    (1, 8, DOUBLE, "Lifetime Power-On Resets", "times"),
    (1, 16, DOUBLE, "Power-on Hours", "hours"),
    (1, 24, LONG, "Logical Sectors Written", "sectors"),
    (1, 32, LONG, "Number of Write Commands", "commands"),
    (1, 40, LONG, "Logical Sectors Read", "sectors"),
    (1, 48, LONG, "Number of Read Commands", "commands"),
    (1, 56, LONG, "Date and Time TimeStamp", "milliseconds"),
    (1, 64, DOUBLE, "Pending Error Count", "sectors"),
    (1, 72, WORD, "Workload Utilization", "packed"),
    // Three values in one.
    (1, 80, LONG, "Utilization Usage Rate", "packed"),
    (1, 88, ALL, "Resource Availability", "packed"),
    (1, 96, BYTE, "Random Write Resources Used", "%"),
    (2, 8, DOUBLE, "Number of Free-Fall Events Detected", "times"),
    (2, 16, DOUBLE, "Overlimit Shock Events", "times"),
    (3, 8, DOUBLE, "Spindle Motor Power-on Hours", "hours"),
    (3, 16, DOUBLE, "Head Flying Hours", "hours"),
    (3, 24, DOUBLE, "Head Load Events", "times"),
    (3, 32, DOUBLE, "Number of Reallocated Logical Sectors", "sectors"),
    (3, 40, DOUBLE, "Read Recovery Attempts", "times"),
    (3, 48, DOUBLE, "Number of Mechanical Start Failures", "times"),
    (3, 56, DOUBLE, "Number of Realloc. Candidate Logical Sectors", "sectors"),
    (3, 64, DOUBLE, "Number of High Priority Unload Events", "times"),
    (4, 8, DOUBLE, "Number of Reported Uncorrectable Errors", "errors"),
    (4, 16, DOUBLE, "Resets Between Cmd Acceptance and Completion", "times"),
    (4, 24, DOUBLE, "Physical Element Status Changed", "times"),
    (5, 8, SIGNED, "Current Temperature", "°C"),
    (5, 16, SIGNED, "Average Short Term Temperature", "°C"),
    (5, 24, SIGNED, "Average Long Term Temperature", "°C"),
    (5, 32, SIGNED, "Highest Temperature", "°C"),
    (5, 40, SIGNED, "Lowest Temperature", "°C"),
    (5, 48, SIGNED, "Highest Average Short Term Temperature", "°C"),
    (5, 56, SIGNED, "Lowest Average Short Term Temperature", "°C"),
    (5, 64, SIGNED, "Highest Average Long Term Temperature", "°C"),
    (5, 72, SIGNED, "Lowest Average Long Term Temperature", "°C"),
    (5, 80, DOUBLE, "Time in Over-Temperature", "minutes"),
    (5, 88, SIGNED, "Specified Maximum Operating Temperature", "°C"),
    (5, 96, DOUBLE, "Time in Under-Temperature", "minutes"),
    (5, 104, SIGNED, "Specified Minimum Operating Temperature", "°C"),
    (6, 8, DOUBLE, "Number of Hardware Resets", "times"),
    (6, 16, DOUBLE, "Number of ASR Events", "times"),
    (6, 24, DOUBLE, "Number of Interface CRC Errors", "errors"),
    (7, 8, BYTE, "Percentage Used Endurance Indicator", "%"),
];

impl Statistic {
    fn row(&self) -> Option<&'static Row> {
        STATISTICS.iter().find(|(page, offset, ..)| (*page, *offset) == (self.page, self.offset))
    }

    /// What it is. `None` for the vendor's, and for what is newer than the table.
    pub fn name(&self) -> Option<&'static str> {
        self.row().map(|(_, _, _, name, _)| *name)
    }

    /// Unit of its value; "packed" is in the standard's own way, left as it came.
    pub fn unit(&self) -> Option<&'static str> {
        self.row().map(|(_, _, _, _, unit)| *unit)
    }

    /// The value, if the drive says that it is valid (flag bit 62) and the table knows its width.
    pub fn value(&self) -> Option<i64> {
        if !self.valid() {
            return None;
        }
        let (_, _, width, _, _) = self.row()?;
        let [low, ..] = self.raw.to_le_bytes();
        match width {
            Width::Bits(bits) => i64::try_from(self.raw & ((1 << bits) - 1)).ok(),
            Width::Signed => Some(i8::from_le_bytes([low]).into()),
        }
    }

    /// The value is valid (bit 62).
    pub fn valid(&self) -> bool {
        self.flags & 0x40 != 0
    }

    /// The value is normalised (bit 61).
    pub fn normalized(&self) -> bool {
        self.flags & 0x20 != 0
    }

    /// The drive can notify of it (bit 60, DSN).
    pub fn notifies(&self) -> bool {
        self.flags & 0x10 != 0
    }

    /// The condition that is set for the notification is met (bit 59).
    pub fn monitored_condition(&self) -> bool {
        self.flags & 0x08 != 0
    }
}

impl DeviceStatistics {
    /// Reads pages of log 04h, one or more, in any order.
    pub fn parse(log: &[u8]) -> Self {
        let mut statistics = Self { listed: Vec::new(), statistics: Vec::new(), headless: 0 };
        for page in pages(Fields(log)) {
            match (page.le16(0), page.u8(2)) {
                (None | Some(0), _) | (_, None) => statistics.headless += 1,
                (_, Some(0)) => {
                    let count = page.u8(8).map_or(0, usize::from);
                    // The list has itself, page 00h, in it.
                    statistics.listed.extend(page.from(9).front(count).0.iter().filter(|page| **page != 0));
                }
                (_, Some(number)) => statistics.statistics.extend(supported(page, number)),
            }
        }
        statistics
    }

    /// The value of a statistic: `None` if the drive does not have it, or says that it is not valid.
    pub fn value(&self, page: u8, offset: u16) -> Option<i64> {
        self.statistics.iter().find(|statistic| (statistic.page, statistic.offset) == (page, offset))?.value()
    }
}

/// Those of a page that are supported (bit 63).
fn supported(page: Fields<'_>, number: u8) -> impl Iterator<Item = Statistic> {
    (8..=504u16).step_by(8).filter_map(move |offset| {
        let at = usize::from(offset);
        let flags = page.u8(at + 7).filter(|flags| flags & 0x80 != 0)?;
        Some(Statistic { page: number, offset, flags, raw: page.le64(at)? & ((1 << 56) - 1) })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DeviceStatistics, STATISTICS, Statistic};

    /// A page with statistics, by offset; it has no checksum.
    fn page(number: u8, statistics: &[(usize, [u8; 8])]) -> Vec<u8> {
        let mut page = vec![0; super::super::super::PAGE];
        page[..3].copy_from_slice(&[1, 0, number]);
        for (at, bytes) in statistics {
            page[*at..at + 8].copy_from_slice(bytes);
        }
        page
    }

    #[test]
    fn pages_in_a_row() {
        let mut log = page(0, &[(8, [4, 0, 1, 5, 0xff, 9, 9, 9])]);
        log.extend(page(1, &[(8, [7, 0, 0, 0, 0xaa, 0, 0, 0xc0]), (16, [0xe8, 3, 0, 0, 0, 0, 0, 0x80])]));
        log.extend(page(5, &[(8, [0xfb, 0xff, 0, 0, 0, 0, 0, 0xc8]), (24, [1, 0, 0, 0, 0, 0, 0, 0x40])]));
        log.extend(page(0xff, &[(504, [1, 0, 0, 0, 0, 0, 2, 0xf0])]));
        log.extend([0; 512]);
        let log = DeviceStatistics::parse(&log);
        assert_eq!(log.listed, [1, 5, 0xff]);
        assert_eq!(log.headless, 1);
        let of = |page, offset, flags, raw| Statistic { page, offset, flags, raw };
        assert_eq!(
            log.statistics,
            [
                of(1, 8, 0xc0, 0xaa_0000_0007),
                of(1, 16, 0x80, 1000),
                of(5, 8, 0xc8, 0xfffb),
                of(0xff, 504, 0xf0, 0x02_0000_0000_0001)
            ]
        );
        assert_eq!(log.value(1, 8), Some(7));
        assert_eq!(log.value(1, 16), None);
        assert_eq!(log.value(5, 8), Some(-5));
        assert_eq!(log.value(5, 24), None);
        assert_eq!(log.value(0xff, 504), None);
        let names: Vec<_> = log.statistics.iter().map(|statistic| (statistic.name(), statistic.unit())).collect();
        assert_eq!(names.first(), Some(&(Some("Lifetime Power-On Resets"), Some("times"))));
        assert_eq!(names.last(), Some(&(None, None)));
        let flags: Vec<_> = log
            .statistics
            .iter()
            .map(|of| (of.valid(), of.normalized(), of.notifies(), of.monitored_condition()))
            .collect();
        assert_eq!(
            flags,
            [
                (true, false, false, false),
                (false, false, false, false),
                (true, false, false, true),
                (true, true, true, false)
            ]
        );
    }

    #[test]
    fn a_page_that_is_cut() {
        let page = page(1, &[(8, [7, 0, 0, 0, 0, 0, 0, 0xc0]), (16, [1, 0, 0, 0, 0, 0, 0, 0xc0])]);
        let check = |len: usize, expect: usize, headless| {
            let log = DeviceStatistics::parse(&page[..len]);
            assert_eq!((log.statistics.len(), log.headless), (expect, headless));
        };
        check(24, 2, 0);
        check(23, 1, 0);
        check(2, 0, 1);
        check(0, 0, 0);
    }

    #[test]
    fn rows_are_in_order() {
        assert!(STATISTICS.windows(2).all(|rows| (rows[0].0, rows[0].1) < (rows[1].0, rows[1].1)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..1200)) {
            for statistic in DeviceStatistics::parse(&bytes).statistics {
                statistic.value();
            }
        }

        #[test]
        fn any_statistic_is_read(page in 0u8..9, offset in 0u16..120, raw: u64) {
            Statistic { page, offset, flags: 0xc0, raw }.value();
        }
    }
}
