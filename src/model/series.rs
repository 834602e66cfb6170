//! What a value of a sample is a value of: the register of series.
//!
//! An id says the same for ever: it stands in histories. A row may be added with an id that was never used; none may be given
//! another meaning, and one that nothing writes any more stays. An id without a row was written by a newer arraywatch: it is
//! kept and shown by its number.
//!
//! ```text
//! 0x000..0x400   ATA SMART attributes: attribute << 2 | part
//! 0x400..0x500   ATA Device Statistics
//! 0x500..0x600   NVMe SMART / Health Information
//! 0x600..0x700   SCSI log pages
//! 0x700..0x1000  free
//! ```
//!
//! **A temperature of a standard is in kelvins** here, also where the standard counts degrees Celsius with a sign (add 273), so
//! that a value below the freezing point is a value like others. What ATA calls attributes is stored as it was read.
//!
//! **ATA SMART attributes are vendor specific.** ATA8-ACS (T13/1699-D) gives SMART READ DATA (B0h/D0h) 362 bytes that it does not
//! describe, and later ACS the same. That an entry has an id, flags, a normalised value, the worst of it and 48 bits of raw value
//! is from SFF-8035i revision 2, which makers go by; what an id and its raw value mean is known by model. So these series are
//! named by the number of the attribute and not by a meaning.
//!
//! Pages and parameters of the other standards are cited by title and code: their clauses are renumbered with each revision.

use std::fmt;

/// A series, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series(u16);

/// The part of an ATA SMART attribute (SFF-8035i revision 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// 48 bits of the vendor's own.
    Raw,
    /// The normalised value: less is worse.
    Value,
    /// The least that the normalised value ever was.
    Worst,
    /// At or below which the maker predicts failure; from SMART READ ATTRIBUTE THRESHOLDS (B0h/D1h), which is obsolete in ACS.
    Threshold,
}

impl Part {
    /// Every part, in the order of its id.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Value, Self::Worst, Self::Threshold];

    const fn code(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Value => "value",
            Self::Worst => "worst",
            Self::Threshold => "threshold",
        }
    }

    const fn id(self) -> u16 {
        match self {
            Self::Raw => 0,
            Self::Value => 1,
            Self::Worst => 2,
            Self::Threshold => 3,
        }
    }
}

/// What one of a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A number of things that happened.
    Count,
    /// Bits, each with its own meaning.
    Flags,
    /// Hundredths; a wear indicator may pass 100.
    Percent,
    /// Kelvins.
    Kelvin,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Logical blocks, of the size that the drive is formatted to.
    Blocks,
    /// Thousands of 512 bytes, rounded up.
    DataUnits,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 10] = [
        Self::Count,
        Self::Flags,
        Self::Percent,
        Self::Kelvin,
        Self::Hours,
        Self::Minutes,
        Self::Seconds,
        Self::Bytes,
        Self::Blocks,
        Self::DataUnits,
    ];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count => "times",
            Self::Flags => "flags",
            Self::Percent => "%",
            Self::Kelvin => "K",
            Self::Hours => "h",
            Self::Minutes => "min",
            Self::Seconds => "s",
            Self::Bytes => "bytes",
            Self::Blocks => "blocks",
            Self::DataUnits => "x 512,000 bytes",
        }
    }
}

/// A row of the register.
#[derive(Debug)]
pub struct Entry {
    /// What it is about.
    pub series: Series,
    /// What it is called in output.
    pub name: &'static str,
    /// What one of its values is.
    pub unit: Unit,
    /// Where the standard has it.
    pub source: &'static str,
}

impl Series {
    /// No id is as great. What is read from a history cannot name more series, so the memory for it is bounded.
    pub const END: u16 = 0x1000;

    /// The series of an id, known or not.
    pub const fn new(id: u16) -> Option<Self> {
        if id < Self::END { Some(Self(id)) } else { None }
    }

    /// Its number in a history.
    pub const fn id(self) -> u16 {
        self.0
    }

    /// A part of an ATA SMART attribute.
    pub const fn ata(attribute: u8, part: Part) -> Self {
        // `u16::from` is not const.
        Self((attribute as u16) << 2 | part.id())
    }

    /// The ATA SMART attribute that it is a part of.
    pub fn attribute(self) -> Option<(u8, Part)> {
        let attribute = u8::try_from(self.0 >> 2).ok()?;
        Part::ALL.into_iter().find(|part| Self::ata(attribute, *part) == self).map(|part| (attribute, part))
    }

    /// Its row, if it has one. ATA SMART attributes have none.
    pub fn entry(self) -> Option<&'static Entry> {
        REGISTER.iter().find(|entry| entry.series == self)
    }
}

impl fmt::Display for Series {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.attribute(), self.entry()) {
            (Some((attribute, part)), _) => write!(out, "ata-{attribute}-{}", part.code()),
            (None, Some(entry)) => out.write_str(entry.name),
            (None, None) => write!(out, "series-{}", self.0),
        }
    }
}

/// Makes of each row, below the page of the standard that has it, a constant and an entry of the register.
macro_rules! register {
    ($($page:literal { $($name:ident = $id:literal, $text:literal, $unit:ident, $field:literal;)* })*) => {
        impl Series {
            $($(
                #[doc = concat!("`", $text, "`: ", $page, ", ", $field, ".")]
                pub const $name: Self = Self($id);
            )*)*
        }

        /// Every series but the ATA SMART attributes, by id.
        pub const REGISTER: &[Entry] = &[
            $($(Entry {
                series: Series::$name,
                name: $text,
                unit: Unit::$unit,
                source: concat!($page, ", ", $field),
            },)*)*
        ];
    };
}

register! {
    "ACS-4, Device Statistics log (04h), General Statistics (01h)" {
        ATA_POWER_ON_RESETS = 0x400, "ata-power-on-resets", Count, "lifetime power-on resets";
        ATA_POWER_ON_HOURS = 0x401, "ata-power-on-hours", Hours, "power-on hours";
        ATA_SECTORS_WRITTEN = 0x402, "ata-sectors-written", Blocks, "logical sectors written";
        ATA_WRITE_COMMANDS = 0x403, "ata-write-commands", Count, "number of write commands";
        ATA_SECTORS_READ = 0x404, "ata-sectors-read", Blocks, "logical sectors read";
        ATA_READ_COMMANDS = 0x405, "ata-read-commands", Count, "number of read commands";
    }
    "ACS-4, Device Statistics log (04h), Rotating Media Statistics (03h)" {
        ATA_HEAD_FLYING_HOURS = 0x406, "ata-head-flying-hours", Hours, "head flying hours";
        ATA_HEAD_LOADS = 0x407, "ata-head-loads", Count, "head load events";
        ATA_REALLOCATED_SECTORS = 0x408, "ata-reallocated-sectors", Blocks, "number of reallocated logical sectors";
        ATA_REALLOCATION_CANDIDATES = 0x409, "ata-reallocation-candidates", Blocks,
            "number of reallocation candidate logical sectors";
    }
    "ACS-4, Device Statistics log (04h), General Errors Statistics (04h)" {
        ATA_REPORTED_UNCORRECTABLE = 0x40a, "ata-reported-uncorrectable", Count,
            "number of reported uncorrectable errors";
        ATA_RESETS_DURING_COMMANDS = 0x40b, "ata-resets-during-commands", Count,
            "number of resets between command acceptance and command completion";
    }
    "ACS-4, Device Statistics log (04h), Temperature Statistics (05h)" {
        ATA_TEMPERATURE = 0x40c, "ata-temperature", Kelvin, "current temperature";
    }
    "ACS-4, Device Statistics log (04h), Transport Statistics (06h)" {
        ATA_INTERFACE_CRC_ERRORS = 0x40d, "ata-interface-crc-errors", Count, "number of interface CRC errors";
    }
    "ACS-4, Device Statistics log (04h), Solid State Device Statistics (07h)" {
        ATA_ENDURANCE_USED = 0x40e, "ata-endurance-used", Percent, "percentage used endurance indicator";
    }
    "NVMe Base Specification, SMART / Health Information (02h)" {
        NVME_CRITICAL_WARNING = 0x500, "nvme-critical-warning", Flags, "byte 0";
        NVME_TEMPERATURE = 0x501, "nvme-temperature", Kelvin, "bytes 2:1, composite temperature";
        NVME_AVAILABLE_SPARE = 0x502, "nvme-available-spare", Percent, "byte 3";
        NVME_SPARE_THRESHOLD = 0x503, "nvme-spare-threshold", Percent, "byte 4";
        NVME_PERCENTAGE_USED = 0x504, "nvme-percentage-used", Percent, "byte 5; 255 is 255 or more";
        NVME_GROUP_WARNING = 0x505, "nvme-group-warning", Flags, "byte 6, endurance group critical warning summary";
        NVME_DATA_UNITS_READ = 0x506, "nvme-data-units-read", DataUnits, "bytes 47:32";
        NVME_DATA_UNITS_WRITTEN = 0x507, "nvme-data-units-written", DataUnits, "bytes 63:48";
        NVME_READ_COMMANDS = 0x508, "nvme-read-commands", Count, "bytes 79:64, host read commands";
        NVME_WRITE_COMMANDS = 0x509, "nvme-write-commands", Count, "bytes 95:80, host write commands";
        NVME_BUSY_TIME = 0x50a, "nvme-busy-time", Minutes, "bytes 111:96, controller busy time";
        NVME_POWER_CYCLES = 0x50b, "nvme-power-cycles", Count, "bytes 127:112";
        NVME_POWER_ON_HOURS = 0x50c, "nvme-power-on-hours", Hours, "bytes 143:128";
        NVME_UNSAFE_SHUTDOWNS = 0x50d, "nvme-unsafe-shutdowns", Count, "bytes 159:144";
        NVME_MEDIA_ERRORS = 0x50e, "nvme-media-errors", Count, "bytes 175:160, media and data integrity errors";
        NVME_ERROR_LOG_ENTRIES = 0x50f, "nvme-error-log-entries", Count, "bytes 191:176";
        NVME_WARM_TIME = 0x510, "nvme-warm-time", Minutes, "bytes 195:192, warning composite temperature time";
        NVME_HOT_TIME = 0x511, "nvme-hot-time", Minutes, "bytes 199:196, critical composite temperature time";
        NVME_SENSOR_1 = 0x512, "nvme-sensor-1", Kelvin, "bytes 201:200; 0 is no sensor and is not stored";
        NVME_SENSOR_2 = 0x513, "nvme-sensor-2", Kelvin, "bytes 203:202; 0 is no sensor and is not stored";
        NVME_SENSOR_3 = 0x514, "nvme-sensor-3", Kelvin, "bytes 205:204; 0 is no sensor and is not stored";
        NVME_SENSOR_4 = 0x515, "nvme-sensor-4", Kelvin, "bytes 207:206; 0 is no sensor and is not stored";
        NVME_SENSOR_5 = 0x516, "nvme-sensor-5", Kelvin, "bytes 209:208; 0 is no sensor and is not stored";
        NVME_SENSOR_6 = 0x517, "nvme-sensor-6", Kelvin, "bytes 211:210; 0 is no sensor and is not stored";
        NVME_SENSOR_7 = 0x518, "nvme-sensor-7", Kelvin, "bytes 213:212; 0 is no sensor and is not stored";
        NVME_SENSOR_8 = 0x519, "nvme-sensor-8", Kelvin, "bytes 215:214; 0 is no sensor and is not stored";
        NVME_THROTTLED_1 = 0x51a, "nvme-throttled-1", Count,
            "bytes 219:216, thermal management temperature 1 transition count";
        NVME_THROTTLED_2 = 0x51b, "nvme-throttled-2", Count,
            "bytes 223:220, thermal management temperature 2 transition count";
        NVME_THROTTLED_TIME_1 = 0x51c, "nvme-throttled-time-1", Seconds,
            "bytes 227:224, total time for thermal management temperature 1";
        NVME_THROTTLED_TIME_2 = 0x51d, "nvme-throttled-time-2", Seconds,
            "bytes 231:228, total time for thermal management temperature 2";
    }
    "SPC-5, Write Error Counters (02h)" {
        SCSI_WRITE_CORRECTED_AT_ONCE = 0x600, "scsi-write-corrected-at-once", Count,
            "parameter 0000h, corrected without substantial delay";
        SCSI_WRITE_CORRECTED_LATE = 0x601, "scsi-write-corrected-late", Count,
            "parameter 0001h, corrected with possible delays";
        SCSI_REWRITES = 0x602, "scsi-rewrites", Count, "parameter 0002h, total rewrites";
        SCSI_WRITE_CORRECTED = 0x603, "scsi-write-corrected", Count, "parameter 0003h, total errors corrected";
        SCSI_WRITE_CORRECTIONS = 0x604, "scsi-write-corrections", Count,
            "parameter 0004h, times the correction algorithm was used";
        SCSI_BYTES_WRITTEN = 0x605, "scsi-bytes-written", Bytes, "parameter 0005h, total bytes processed";
        SCSI_WRITE_UNCORRECTED = 0x606, "scsi-write-uncorrected", Count, "parameter 0006h, total uncorrected errors";
    }
    "SPC-5, Read Error Counters (03h)" {
        SCSI_READ_CORRECTED_AT_ONCE = 0x608, "scsi-read-corrected-at-once", Count,
            "parameter 0000h, corrected without substantial delay";
        SCSI_READ_CORRECTED_LATE = 0x609, "scsi-read-corrected-late", Count,
            "parameter 0001h, corrected with possible delays";
        SCSI_REREADS = 0x60a, "scsi-rereads", Count, "parameter 0002h, total rereads";
        SCSI_READ_CORRECTED = 0x60b, "scsi-read-corrected", Count, "parameter 0003h, total errors corrected";
        SCSI_READ_CORRECTIONS = 0x60c, "scsi-read-corrections", Count,
            "parameter 0004h, times the correction algorithm was used";
        SCSI_BYTES_READ = 0x60d, "scsi-bytes-read", Bytes, "parameter 0005h, total bytes processed";
        SCSI_READ_UNCORRECTED = 0x60e, "scsi-read-uncorrected", Count, "parameter 0006h, total uncorrected errors";
    }
    "SPC-5, Verify Error Counters (05h)" {
        SCSI_VERIFY_CORRECTED_AT_ONCE = 0x610, "scsi-verify-corrected-at-once", Count,
            "parameter 0000h, corrected without substantial delay";
        SCSI_VERIFY_CORRECTED_LATE = 0x611, "scsi-verify-corrected-late", Count,
            "parameter 0001h, corrected with possible delays";
        SCSI_REVERIFIES = 0x612, "scsi-reverifies", Count, "parameter 0002h, total rereads to verify";
        SCSI_VERIFY_CORRECTED = 0x613, "scsi-verify-corrected", Count, "parameter 0003h, total errors corrected";
        SCSI_VERIFY_CORRECTIONS = 0x614, "scsi-verify-corrections", Count,
            "parameter 0004h, times the correction algorithm was used";
        SCSI_BYTES_VERIFIED = 0x615, "scsi-bytes-verified", Bytes, "parameter 0005h, total bytes processed";
        SCSI_VERIFY_UNCORRECTED = 0x616, "scsi-verify-uncorrected", Count, "parameter 0006h, total uncorrected errors";
    }
    "SPC-5, Non-Medium Error (06h)" {
        SCSI_NON_MEDIUM_ERRORS = 0x618, "scsi-non-medium-errors", Count, "parameter 0000h";
    }
    "SPC-5, Temperature (0Dh)" {
        SCSI_TEMPERATURE = 0x619, "scsi-temperature", Kelvin, "parameter 0000h; FFh is not known and is not stored";
        SCSI_REFERENCE_TEMPERATURE = 0x61a, "scsi-reference-temperature", Kelvin,
            "parameter 0001h; FFh is not known and is not stored";
    }
    "SPC-5, Start-Stop Cycle Counter (0Eh)" {
        SCSI_START_STOPS = 0x61b, "scsi-start-stops", Count, "parameter 0004h, accumulated start-stop cycles";
        SCSI_LOAD_UNLOADS = 0x61c, "scsi-load-unloads", Count, "parameter 0006h, accumulated load-unload cycles";
    }
    "SBC-4, Solid State Media (11h)" {
        SCSI_ENDURANCE_USED = 0x61d, "scsi-endurance-used", Percent,
            "parameter 0001h, percentage used endurance indicator; 255 is 255 or more";
    }
    "SBC-4, Background Scan (15h)" {
        SCSI_POWER_ON_TIME = 0x61e, "scsi-power-on-time", Minutes, "parameter 0000h, accumulated power on minutes";
        SCSI_MEDIUM_SCANS = 0x61f, "scsi-medium-scans", Count,
            "parameter 0000h, number of background medium scans performed";
    }
    "SBC-4, READ DEFECT DATA" {
        SCSI_GROWN_DEFECTS = 0x620, "scsi-grown-defects", Count, "entries of the grown defect list";
    }
    "SPC-5, Informational Exceptions (2Fh)" {
        SCSI_INFORMATIONAL_EXCEPTION = 0x621, "scsi-informational-exception", Flags,
            "parameter 0000h, additional sense code << 8 | its qualifier; 0 is none";
    }
    "SPL-4, Protocol-Specific Port (18h)" {
        SAS_INVALID_DWORDS_1 = 0x628, "sas-invalid-dwords-1", Count,
            "relative target port 1, first phy, invalid dword count";
        SAS_DISPARITY_ERRORS_1 = 0x629, "sas-disparity-errors-1", Count,
            "relative target port 1, first phy, running disparity error count";
        SAS_LOST_SYNC_1 = 0x62a, "sas-lost-sync-1", Count,
            "relative target port 1, first phy, loss of dword synchronization count";
        SAS_RESET_PROBLEMS_1 = 0x62b, "sas-reset-problems-1", Count,
            "relative target port 1, first phy, phy reset problem count";
        SAS_INVALID_DWORDS_2 = 0x62c, "sas-invalid-dwords-2", Count,
            "relative target port 2, first phy, invalid dword count";
        SAS_DISPARITY_ERRORS_2 = 0x62d, "sas-disparity-errors-2", Count,
            "relative target port 2, first phy, running disparity error count";
        SAS_LOST_SYNC_2 = 0x62e, "sas-lost-sync-2", Count,
            "relative target port 2, first phy, loss of dword synchronization count";
        SAS_RESET_PROBLEMS_2 = 0x62f, "sas-reset-problems-2", Count,
            "relative target port 2, first phy, phy reset problem count";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_ascend_below_the_end_and_names_are_given_once() {
        assert!(REGISTER.is_sorted_by(|a, b| a.series < b.series));
        let names: BTreeSet<_> = REGISTER.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), REGISTER.len());
        for entry in REGISTER {
            assert_eq!(Series::new(entry.series.id()), Some(entry.series));
            assert_eq!(entry.series.attribute(), None, "{} lies among the ATA attributes", entry.name);
        }
    }

    #[test]
    fn a_series_is_shown_by_its_name() {
        for (id, shown) in [
            (0, "ata-0-raw"),
            (0x14, "ata-5-raw"),
            (0x3ff, "ata-255-threshold"),
            (0x400, "ata-power-on-resets"),
            (0x50c, "nvme-power-on-hours"),
            (0x606, "scsi-write-uncorrected"),
            (0x607, "series-1543"),
            (0xfff, "series-4095"),
        ] {
            assert_eq!(Series::new(id).map(|series| series.to_string()).as_deref(), Some(shown));
        }
        assert_eq!(Series::new(Series::END), None);
    }

    #[test]
    fn an_attribute_and_its_part_make_an_id_and_come_back() {
        for (attribute, part, id) in
            [(1, Part::Raw, 4), (5, Part::Value, 21), (194, Part::Worst, 778), (255, Part::Threshold, 1023)]
        {
            let series = Series::ata(attribute, part);
            assert_eq!((series.id(), series.attribute()), (id, Some((attribute, part))));
        }
    }
}
