//! What a SMART attribute means, and how its raw value is packed: data, in `table.toml`, a source beside each row.
//!
//! ATA leaves attributes to the vendors. A number that is read wrong is worse than none (188 of a Seagate disk, 94490722326, is 22
//! timeouts, three times over), so what is not in the table has no meaning here: it is judged by its normalised value alone.

mod value;

use std::sync::LazyLock;

use serde::Deserialize;

pub use value::{Value, decode};

/// What an attribute of a model means: a row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// Attribute id, 1..=255.
    pub id: u8,
    /// What it counts or measures.
    pub what: What,
    /// How the raw value holds it.
    pub packing: Packing,
    /// Unit of what [`decode`] gives.
    pub unit: Unit,
    /// Where this is from.
    pub source: String,
}

/// What an attribute counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Sectors (of SSDs: blocks) that were replaced by spares.
    ReallocatedSectors,
    /// Sectors that wait to be written again or replaced; goes down when they are.
    PendingSectors,
    /// Sectors that a scan of the drive could not read.
    OfflineUncorrectable,
    /// Errors that were reported to the host as uncorrectable.
    ReportedUncorrectable,
    /// Commands that timed out, as the drive sees it: it aborted them.
    CommandTimeouts,
    /// Errors of the link: cable, backplane, port, power.
    InterfaceCrcErrors,
    /// Hours of power.
    PowerOnHours,
    /// Hours with the heads over the medium.
    HeadFlyingHours,
    /// Times that power came.
    PowerCycles,
    /// Times that power went with no notice: with the one before, the signature of a power fault.
    UnsafeShutdowns,
    /// Times that the spindle had to be started again.
    SpinRetries,
    /// Errors of reading, most of them corrected: no sign of failure by themselves.
    ReadErrors,
    /// Errors of seeking.
    SeekErrors,
    /// Temperature.
    Temperature,
    /// Life that is left: 100 when new, going down.
    LifeLeft,
    /// Mean number of times that a block was erased.
    EraseCycles,
    /// Spare blocks that are in use.
    ReserveBlocksUsed,
    /// Blocks that could not be programmed.
    ProgramFailures,
    /// Blocks that could not be erased.
    EraseFailures,
    /// Helium that is left.
    Helium,
}

/// How a raw value of 48 bits holds what it means. The names are those of the table; smartctl's are beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packing {
    /// All 48 bits are a count (raw48); one over 32 bits is packed otherwise, whatever the table says, and implausible.
    Count,
    /// The low 16 bits are the count (raw16(raw16)).
    Low16,
    /// The low 24 bits are the count (raw24(raw8)).
    Low24,
    /// The low 32 bits are the count (msec24hour32).
    Low32,
    /// Three counts of 16 bits (raw16).
    Words,
    /// High 16 bits errors, low 32 bits operations (raw24/raw32).
    Rate,
    /// Minutes, for hours (min2hour).
    Minutes,
    /// Half minutes, for hours (halfmin2hour).
    HalfMinutes,
    /// Seconds, for hours (sec2hour).
    Seconds,
    /// The low byte is the temperature now, others may be the lowest and highest (tempminmax).
    Temperature,
    /// The raw value does not hold it: the normalised value is what counts.
    Normalised,
}

/// Units of decoded values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Logical or physical sectors, as the maker counts.
    Sectors,
    /// Flash blocks.
    Blocks,
    /// Errors.
    Errors,
    /// Commands.
    Commands,
    /// Times.
    Times,
    /// Cycles of programming and erasing.
    Cycles,
    /// Hours.
    Hours,
    /// Degrees Celsius.
    Celsius,
    /// Percent.
    Percent,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    family: Vec<Family>,
}

/// Models that are alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    /// What the family is called: for who reads the table.
    #[cfg_attr(not(test), expect(dead_code, reason = "for who reads the table, and its tests"))]
    name: String,
    models: Vec<String>,
    #[serde(default)]
    firmware: Vec<String>,
    #[serde(default)]
    opaque: Vec<u8>,
    #[serde(default)]
    attribute: Vec<Meaning>,
    #[cfg_attr(not(test), expect(dead_code, reason = "for who reads the table, and its tests"))]
    source: String,
}

impl Family {
    fn holds(&self, model: &str, firmware: &str) -> bool {
        let any = |fronts: &[String], text| fronts.iter().any(|front| begins(text, front));
        any(&self.models, model) && (self.firmware.is_empty() || any(&self.firmware, firmware))
    }
}

/// The table is part of the program, and a test reads it; were it broken, nothing would have a meaning, and nothing a wrong one.
static TABLE: LazyLock<Vec<Family>> = LazyLock::new(|| read().map_or_else(|_| Vec::new(), |table| table.family));

fn read() -> Result<Table, toml::de::Error> {
    toml::from_str(include_str!("table.toml"))
}

/// What the attributes of a model mean.
#[derive(Debug)]
pub struct Meanings(Vec<&'static Family>);

impl Meanings {
    /// Of a drive. Model and firmware are as IDENTIFY has them.
    pub fn of(model: &str, firmware: &str) -> Self {
        Self(TABLE.iter().filter(|family| family.holds(model, firmware)).collect())
    }

    /// What an attribute means.
    pub fn get(&self, id: u8) -> Option<&'static Meaning> {
        for family in &self.0 {
            if let Some(meaning) = family.attribute.iter().find(|meaning| meaning.id == id) {
                return Some(meaning);
            }
            if family.opaque.contains(&id) {
                return None;
            }
        }
        None
    }
}

/// Whether a text begins with a front, in which `#` is one digit or more.
fn begins(text: &str, front: &str) -> bool {
    let mut rest = text;
    let mut parts = front.split('#');
    if let Some(first) = parts.next() {
        let Some(behind) = rest.strip_prefix(first) else { return false };
        rest = behind;
    }
    for part in parts {
        let digits = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        // What follows the digits may begin with digits itself, so as many as fit are tried.
        let Some(behind) = (1..=rest.len() - digits.len())
            .rev()
            .find_map(|length| rest.split_at_checked(length)?.1.strip_prefix(part))
        else {
            return false;
        };
        rest = behind;
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Meanings, Packing, Value, What, begins, decode, read};

    #[test]
    fn every_row_has_a_source_and_a_place() {
        let table = read().expect("the table is well-formed");
        for family in &table.family {
            assert!(!family.source.is_empty() && !family.models.is_empty(), "{}", family.name);
            let ids: Vec<_> =
                family.attribute.iter().map(|meaning| meaning.id).chain(family.opaque.iter().copied()).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{} has an id twice", family.name);
            assert!(!ids.is_empty(), "{} says nothing", family.name);
            assert!(family.attribute.iter().all(|meaning| meaning.source.len() > 5), "{}", family.name);
        }
        let everybody = table.family.last().map(|family| family.models.clone());
        assert_eq!(everybody, Some(vec![String::new()]));
    }

    #[test]
    fn raw_values_of_models() {
        let check = |model, id, raw, expect| {
            let read = Meanings::of(model, "").get(id).map(|meaning| (meaning.what, decode(meaning, raw)));
            assert_eq!(read, expect, "{model} {id}");
        };
        let hours = |hours| Some((What::PowerOnHours, Value::Count(hours)));
        check("ST3000DM001-1CH166", 188, 94_490_722_326, Some((What::CommandTimeouts, Value::Words([22, 22, 22]))));
        check("ST3500413AS", 188, 506_813_874_591, Some((What::CommandTimeouts, Value::Words([415, 118, 118]))));
        check("ST3000NM0033-9ZM178", 188, 17_180_131_332, Some((What::CommandTimeouts, Value::Words([4, 4, 4]))));
        let rate = |errors, operations| Some((What::SeekErrors, Value::Rate { errors, operations }));
        check("ST500DM002-1BD142", 7, 64_778_079_692, rate(15, 353_570_252));
        check("ST4000DM000-1F2168", 7, 8_643_715_094, rate(2, 53_780_502));
        check("ST32000644NS", 7, 52_383_508_216, rate(12, 843_900_664));
        check("ST750LM022 HN-M750MBB", 7, 46, None);
        check("ST4000DM004-2CV104", 9, 0xab12_0000_1234, hours(0x1234));
        check("ST4000DM000-1F2168", 9, 0xab12_0000_1234, hours(0x1234));
        check("ST4000DM000-1F2168", 5, 8, Some((What::ReallocatedSectors, Value::Count(8))));
        check("INTEL SSDSC2CW120A3", 9, 0xab12_0102_1234, hours(0x0102_1234));
        check("INTEL SSDSA2CW120G3", 192, 41, Some((What::UnsafeShutdowns, Value::Count(41))));
        check("INTEL SSDSA2CW120G3", 233, 0, Some((What::LifeLeft, Value::Normalised)));
        check("Samsung SSD 850 EVO 250GB", 177, 12, Some((What::LifeLeft, Value::Normalised)));
        check("Micron_5200_MTFDDAK960TDC", 202, 3, Some((What::LifeLeft, Value::Normalised)));
        check("CT500MX500SSD1", 174, 69, Some((What::UnsafeShutdowns, Value::Count(69))));
        check("Maxtor 96147H8", 9, 150, hours(2));
        check("SAMSUNG MP0804H", 9, 240, hours(2));
        check("FUJITSU MHV2080BH", 9, 7200, hours(2));
        check("FUJITSU MHY2120BH", 9, 7200, None);
        check("SAMSUNG SP1614C", 9, 240, None);
        check("SAMSUNG HD501LJ", 197, 3, None);
        check("MCCOE64GEMPP", 5, 0x24_5000, None);
        check("KINGSTON SA400S37240G", 197, 100, None);
        check("SandForce 1st Ed.", 198, 1, None);
        // A model that nobody knows: what all use the same way, and nothing else.
        check("NOBODY 1", 9, 100, hours(100));
        check("NOBODY 1", 12, 7, Some((What::PowerCycles, Value::Count(7))));
        check("NOBODY 1", 199, 7, Some((What::InterfaceCrcErrors, Value::Count(7))));
        check("NOBODY 1", 197, 0x6d4b_fd22_0002, Some((What::PendingSectors, Value::Implausible)));
        check("NOBODY 1", 1, 7, None);
        check("NOBODY 1", 7, 7, None);
        check("NOBODY 1", 188, 7, None);
        check("NOBODY 1", 233, 7, None);
        check("STEC M8IOPS", 188, 7, None);
    }

    #[test]
    fn the_firmware_may_decide() {
        let check = |model, firmware, expect: Option<Packing>| {
            assert_eq!(
                Meanings::of(model, firmware).get(9).map(|meaning| meaning.packing),
                expect,
                "{model} {firmware}"
            );
        };
        check("SAMSUNG SP8004H", "QW100-61", Some(Packing::HalfMinutes));
        check("SAMSUNG SP8004H", "QW100-99", None);
    }

    #[test]
    fn fronts() {
        let check = |text, front, expect| assert_eq!(begins(text, front), expect, "{text} {front}");
        check("ST4000DM000", "ST#", true);
        check("STEC", "ST#", false);
        check("ST", "ST#", false);
        check("ST750LM022", "ST#LM02", true);
        check("ST750LM022", "ST#LM01", false);
        check("MK1651GSY", "MK#51GSY", true);
        check("MK51GSY", "MK#51GSY", false);
        check("anything", "", true);
        check("", "x", false);
        check("1é2", "#é#", true);
    }

    proptest! {
        #[test]
        fn any_model_and_raw_value(model in "\\PC{0,20}|ST[0-9]{1,5}.{0,3}", id: u8, raw: u64) {
            if let Some(meaning) = Meanings::of(&model, "").get(id) {
                decode(meaning, raw).count();
            }
        }
    }
}
