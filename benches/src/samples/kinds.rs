//! Kinds of drives: which series each has, and what a series says of a drive's state.

use super::course::{State, amount};
use crate::random::Random;
use arraywatch::model::{Part, Series};

/// What is read of a kind of drive.
#[derive(Debug)]
pub(super) enum Kind {
    /// SMART attributes.
    Ata(&'static [Attribute]),
    /// Fields of the health log.
    Nvme(&'static [(Series, Quantity)]),
    /// Parameters of log pages.
    Scsi(&'static [(Series, Quantity)]),
}

/// An ATA attribute: its id, its threshold, its raw value, how its normalised value goes.
type Attribute = (u8, u64, Quantity, Norm);

/// What a value says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Quantity {
    Always(u64),
    Hours,
    Minutes,
    /// Hours, and parts of an hour in the upper bytes of a raw value.
    PackedHours,
    Cycles,
    UnsafeStops,
    HeadLoads,
    Celsius,
    Kelvin,
    /// The least and the most of the day above the temperature.
    PackedCelsius,
    BlocksWritten,
    BlocksRead,
    UnitsWritten,
    UnitsRead,
    BytesWritten,
    BytesRead,
    CommandsWritten,
    CommandsRead,
    BusyMinutes,
    Reallocated,
    Pending,
    Uncorrectable,
    Crc,
    LinkErrors,
    Corrected,
    Worn,
    Erases,
    /// A rate whose raw value means nothing by itself and never stands still.
    Wild,
    SeekErrors,
}

/// How a normalised value goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Norm {
    /// It stays.
    Fixed(u64),
    /// Less by one for each so many hours.
    Ages(u64),
    /// Less by the wear.
    Wears,
    /// This less the temperature.
    Cools(u64),
    /// Less by the sectors that failed.
    Fails,
    /// About this, more or less by a few.
    About(u64),
}

use Norm::{About, Ages, Cools, Fails, Fixed, Wears};
use Quantity as Q;

/// Two kinds of hard disk, two of SATA SSD, an NVMe SSD, a SAS disk.
pub(super) const KINDS: [Kind; 6] = [
    Kind::Ata(&[
        (1, 44, Q::Wild, About(80)),
        (3, 0, Q::Always(0), Fixed(97)),
        (4, 20, Q::Cycles, Fixed(100)),
        (5, 10, Q::Reallocated, Fails),
        (7, 45, Q::SeekErrors, About(88)),
        (9, 0, Q::Hours, Ages(900)),
        (10, 97, Q::Always(0), Fixed(100)),
        (12, 20, Q::Cycles, Fixed(100)),
        (184, 99, Q::Always(0), Fixed(100)),
        (187, 0, Q::Uncorrectable, Fails),
        (188, 0, Q::Always(0), Fixed(100)),
        (189, 0, Q::Always(0), Fixed(100)),
        (190, 40, Q::PackedCelsius, Cools(100)),
        (191, 0, Q::Always(212), Fixed(100)),
        (192, 0, Q::UnsafeStops, Fixed(100)),
        (193, 0, Q::HeadLoads, Fixed(94)),
        (194, 0, Q::PackedCelsius, Cools(66)),
        (195, 0, Q::Wild, About(30)),
        (197, 0, Q::Pending, Fails),
        (198, 0, Q::Pending, Fails),
        (199, 0, Q::Crc, Fixed(200)),
        (240, 0, Q::PackedHours, Fixed(100)),
        (241, 0, Q::BlocksWritten, Fixed(100)),
        (242, 0, Q::BlocksRead, Fixed(100)),
    ]),
    Kind::Ata(&[
        (1, 16, Q::Always(0), Fixed(100)),
        (2, 54, Q::Always(104), Fixed(132)),
        (3, 24, Q::Always(0x1_0198_01a6), Fixed(157)),
        (4, 0, Q::Cycles, Fixed(100)),
        (5, 5, Q::Reallocated, Fails),
        (7, 67, Q::Always(0), Fixed(100)),
        (8, 20, Q::Always(18), Fixed(128)),
        (9, 0, Q::Hours, Ages(1_700)),
        (10, 60, Q::Always(0), Fixed(100)),
        (12, 0, Q::Cycles, Fixed(100)),
        (192, 0, Q::HeadLoads, Fixed(99)),
        (193, 0, Q::HeadLoads, Fixed(99)),
        (194, 0, Q::PackedCelsius, Cools(190)),
        (196, 0, Q::Reallocated, Fails),
        (197, 0, Q::Pending, Fails),
        (198, 0, Q::Uncorrectable, Fails),
        (199, 0, Q::Crc, Fixed(200)),
    ]),
    Kind::Ata(&[
        (5, 10, Q::Reallocated, Fails),
        (9, 0, Q::Hours, Ages(1_000)),
        (12, 0, Q::Cycles, Fixed(99)),
        (177, 0, Q::Erases, Wears),
        (179, 10, Q::Reallocated, Fails),
        (181, 10, Q::Always(0), Fixed(100)),
        (182, 10, Q::Always(0), Fixed(100)),
        (183, 10, Q::Always(0), Fixed(100)),
        (187, 0, Q::Uncorrectable, Fails),
        (190, 0, Q::Celsius, Cools(100)),
        (195, 0, Q::Always(0), Fixed(200)),
        (199, 0, Q::Crc, Fixed(100)),
        (235, 0, Q::UnsafeStops, Fixed(99)),
        (241, 0, Q::BlocksWritten, Fixed(99)),
    ]),
    Kind::Ata(&[
        (5, 0, Q::Reallocated, Fails),
        (9, 0, Q::Hours, Fixed(100)),
        (12, 0, Q::Cycles, Fixed(100)),
        (170, 10, Q::Always(0), Fixed(100)),
        (171, 0, Q::Always(0), Fixed(100)),
        (172, 0, Q::Always(0), Fixed(100)),
        (174, 0, Q::UnsafeStops, Fixed(100)),
        (175, 10, Q::Always(0x1_0023_0289), Fixed(100)),
        (183, 0, Q::LinkErrors, Fixed(100)),
        (184, 90, Q::Always(0), Fixed(100)),
        (187, 0, Q::Uncorrectable, Fails),
        (190, 0, Q::PackedCelsius, Cools(100)),
        (192, 0, Q::UnsafeStops, Fixed(100)),
        (194, 0, Q::Celsius, Fixed(100)),
        (197, 0, Q::Pending, Fails),
        (199, 0, Q::Crc, Fixed(100)),
        (225, 0, Q::UnitsWritten, Fixed(100)),
        (226, 0, Q::Erases, Fixed(100)),
        (227, 0, Q::Always(75), Fixed(100)),
        (228, 0, Q::Minutes, Fixed(100)),
        (232, 10, Q::Always(0), Fixed(100)),
        (233, 0, Q::Always(0), Wears),
        (241, 0, Q::UnitsWritten, Fixed(100)),
        (242, 0, Q::UnitsRead, Fixed(100)),
    ]),
    Kind::Nvme(&[
        (Series::NVME_CRITICAL_WARNING, Q::Always(0)),
        (Series::NVME_TEMPERATURE, Q::Kelvin),
        (Series::NVME_AVAILABLE_SPARE, Q::Always(100)),
        (Series::NVME_SPARE_THRESHOLD, Q::Always(10)),
        (Series::NVME_PERCENTAGE_USED, Q::Worn),
        (Series::NVME_GROUP_WARNING, Q::Always(0)),
        (Series::NVME_DATA_UNITS_READ, Q::UnitsRead),
        (Series::NVME_DATA_UNITS_WRITTEN, Q::UnitsWritten),
        (Series::NVME_READ_COMMANDS, Q::CommandsRead),
        (Series::NVME_WRITE_COMMANDS, Q::CommandsWritten),
        (Series::NVME_BUSY_TIME, Q::BusyMinutes),
        (Series::NVME_POWER_CYCLES, Q::Cycles),
        (Series::NVME_POWER_ON_HOURS, Q::Hours),
        (Series::NVME_UNSAFE_SHUTDOWNS, Q::UnsafeStops),
        (Series::NVME_MEDIA_ERRORS, Q::Uncorrectable),
        (Series::NVME_ERROR_LOG_ENTRIES, Q::LinkErrors),
        (Series::NVME_WARM_TIME, Q::Always(0)),
        (Series::NVME_HOT_TIME, Q::Always(0)),
        (Series::NVME_SENSOR_1, Q::Kelvin),
        (Series::NVME_SENSOR_2, Q::Kelvin),
        (Series::NVME_THROTTLED_1, Q::Always(0)),
        (Series::NVME_THROTTLED_2, Q::Always(0)),
        (Series::NVME_THROTTLED_TIME_1, Q::Always(0)),
        (Series::NVME_THROTTLED_TIME_2, Q::Always(0)),
    ]),
    Kind::Scsi(&[
        (Series::SCSI_WRITE_CORRECTED_AT_ONCE, Q::Always(0)),
        (Series::SCSI_WRITE_CORRECTED_LATE, Q::Always(0)),
        (Series::SCSI_REWRITES, Q::Always(3)),
        (Series::SCSI_WRITE_CORRECTED, Q::Always(3)),
        (Series::SCSI_WRITE_CORRECTIONS, Q::CommandsWritten),
        (Series::SCSI_BYTES_WRITTEN, Q::BytesWritten),
        (Series::SCSI_WRITE_UNCORRECTED, Q::Always(0)),
        (Series::SCSI_READ_CORRECTED_AT_ONCE, Q::Corrected),
        (Series::SCSI_READ_CORRECTED_LATE, Q::LinkErrors),
        (Series::SCSI_REREADS, Q::Always(0)),
        (Series::SCSI_READ_CORRECTED, Q::Corrected),
        (Series::SCSI_READ_CORRECTIONS, Q::Corrected),
        (Series::SCSI_BYTES_READ, Q::BytesRead),
        (Series::SCSI_READ_UNCORRECTED, Q::Uncorrectable),
        (Series::SCSI_NON_MEDIUM_ERRORS, Q::LinkErrors),
        (Series::SCSI_TEMPERATURE, Q::Kelvin),
        (Series::SCSI_REFERENCE_TEMPERATURE, Q::Always(333)),
        (Series::SCSI_START_STOPS, Q::Cycles),
        (Series::SCSI_LOAD_UNLOADS, Q::HeadLoads),
        (Series::SCSI_POWER_ON_TIME, Q::Minutes),
        (Series::SCSI_GROWN_DEFECTS, Q::Reallocated),
        (Series::SCSI_INFORMATIONAL_EXCEPTION, Q::Always(0)),
        (Series::SAS_INVALID_DWORDS_1, Q::LinkErrors),
        (Series::SAS_DISPARITY_ERRORS_1, Q::LinkErrors),
        (Series::SAS_LOST_SYNC_1, Q::Always(2)),
        (Series::SAS_RESET_PROBLEMS_1, Q::Always(0)),
    ]),
];

impl Kind {
    pub(super) fn attributes(&self) -> usize {
        match self {
            Self::Ata(attributes) => attributes.len(),
            Self::Nvme(fields) | Self::Scsi(fields) => fields.len(),
        }
    }

    /// What a poll finds.
    pub(super) fn values(&self, state: &State, random: &mut Random) -> Vec<(Series, u64)> {
        match self {
            Self::Ata(attributes) => attributes
                .iter()
                .flat_map(|(id, threshold, raw, norm)| {
                    let (value, worst) = norm.of(state, random);
                    [
                        (Series::ata(*id, Part::Raw), raw.of(state, random)),
                        (Series::ata(*id, Part::Value), value),
                        (Series::ata(*id, Part::Worst), worst),
                        (Series::ata(*id, Part::Threshold), *threshold),
                    ]
                })
                .collect(),
            Self::Nvme(fields) | Self::Scsi(fields) => {
                fields.iter().map(|(series, quantity)| (*series, quantity.of(state, random))).collect()
            }
        }
    }
}

impl Quantity {
    fn of(self, state: &State, random: &mut Random) -> u64 {
        match self {
            Self::Always(value) => value,
            Self::Hours => state.hours(),
            Self::Minutes => state.powered / 60,
            Self::PackedHours => ((state.powered % 3_600) << 32) | state.hours(),
            Self::Cycles => state.cycles,
            Self::UnsafeStops => state.unsafe_stops,
            Self::HeadLoads => state.head_loads,
            Self::Celsius => state.celsius,
            Self::Kelvin => state.celsius + 273,
            Self::PackedCelsius => (state.hottest << 32) | (state.coldest << 16) | state.celsius,
            Self::BlocksWritten => state.written,
            Self::BlocksRead => state.read,
            Self::UnitsWritten => state.written / 1_000,
            Self::UnitsRead => state.read / 1_000,
            Self::BytesWritten => state.written * 512,
            Self::BytesRead => state.read * 512,
            Self::CommandsWritten => state.commands_written,
            Self::CommandsRead => state.commands_read,
            Self::BusyMinutes => state.commands_written / 20_000,
            Self::Reallocated => state.reallocated,
            Self::Pending => state.pending,
            Self::Uncorrectable => state.uncorrectable,
            Self::Crc => state.crc,
            Self::LinkErrors => state.link_errors,
            Self::Corrected => state.corrected,
            Self::Worn => state.worn(),
            Self::Erases => state.erases(),
            Self::Wild => amount(random, 240_000_000),
            Self::SeekErrors => state.commands_read % (1 << 32),
        }
    }
}

impl Norm {
    /// The value and the worst that it was.
    fn of(self, state: &State, random: &mut Random) -> (u64, u64) {
        match self {
            Self::Fixed(value) => (value, value),
            Self::Ages(hours) => both(100_u64.saturating_sub(state.hours() / hours).max(1)),
            Self::Wears => both(100_u64.saturating_sub(state.worn()).max(1)),
            Self::Cools(from) => (from.saturating_sub(state.celsius), from.saturating_sub(state.hottest_ever)),
            Self::Fails => both(100_u64.saturating_sub(state.reallocated / 40).max(1)),
            Self::About(value) => (value - amount(random, 4), value - 10),
        }
    }
}

fn both(value: u64) -> (u64, u64) {
    (value, value)
}
