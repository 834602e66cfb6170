//! The zone abbreviations found in server logs, as data.
//!
//! The source of every row is the IANA time zone database, in the edition that `chrono-tz` carries
//! (`chrono_tz::IANA_TZDB_VERSION`; 2025b when this was written). A test asks the database about every row, and the
//! database about every abbreviation that is missing here.
//!
//! Order counts where an abbreviation has several rows: the first row whose zones use it on the date is the one that is
//! assumed. Order counts among a row's zones too: the first zone leads, and says whether a local time was repeated or
//! skipped; a later one only vouches for a date on which those before it do not use the abbreviation (Phoenix for MST in
//! July).
//!
//! Left out on purpose: PST for the Philippines (UTC+8, so written by the database only since its edition of 2024; a log
//! with it wants the time zone configured) and CDT for Cuba (configured as well), since either would make the commonest
//! abbreviations of the United States doubtful; AST for Arabia and EST for Australia, which the database does not know.

use chrono_tz::{Africa, America, Asia, Atlantic, Australia, Europe, Pacific, Tz};

/// One meaning of one abbreviation.
#[derive(Debug)]
pub struct Meaning {
    /// As logs write it.
    pub abbreviation: &'static str,
    /// Minutes east of UTC that it stands for today. Where a zone of the row had another offset under the same
    /// abbreviation (MSK was UTC+4 from 2011 to 2014), the zone's history counts and not this number.
    pub minutes: i32,
    /// The zones that use it; the first leads.
    pub zones: &'static [Tz],
    /// Who writes the abbreviation: the database too, or only logs and people.
    pub writer: Writer,
    /// What it is short for, and whatever else is worth knowing.
    pub note: &'static str,
}

/// Whether the database still writes an abbreviation. Since 2017 it has dropped those that it had made up itself; older
/// systems write them all the same, and then only the offset can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The database: its abbreviation for the date must be equal.
    Database,
    /// Only logs: the zone's offset for the date must be equal.
    LogsOnly,
}

use Writer::{Database, LogsOnly};

const fn row(
    abbreviation: &'static str,
    minutes: i32,
    zones: &'static [Tz],
    writer: Writer,
    note: &'static str,
) -> Meaning {
    Meaning { abbreviation, minutes, zones, writer, note }
}

/// Every meaning of every abbreviation, besides UTC, GMT and numbers, which need no table.
#[rustfmt::skip]
pub static MEANINGS: &[Meaning] = &[
    // North America. The second zones keep one time all year, so that the abbreviation fits in summer too.
    row("EST",  -300, &[America::New_York, America::Panama],     Database, "Eastern Standard Time; Panama, Jamaica, Cancun all year"),
    row("EDT",  -240, &[America::New_York],                      Database, "Eastern Daylight Time"),
    row("CST",  -360, &[America::Chicago, America::Regina],      Database, "Central Standard Time; Regina, Costa Rica all year. First: the commonest in English logs"),
    row("CST",   480, &[Asia::Shanghai, Asia::Taipei],           Database, "China Standard Time"),
    row("CST",  -300, &[America::Havana],                        Database, "Cuba Standard Time"),
    row("CDT",  -300, &[America::Chicago],                       Database, "Central Daylight Time; Cuba's only where Cuba is configured"),
    row("MST",  -420, &[America::Denver, America::Phoenix],      Database, "Mountain Standard Time; Arizona all year"),
    row("MDT",  -360, &[America::Denver],                        Database, "Mountain Daylight Time"),
    row("PST",  -480, &[America::Los_Angeles],                   Database, "Pacific Standard Time"),
    row("PDT",  -420, &[America::Los_Angeles],                   Database, "Pacific Daylight Time"),
    row("AKST", -540, &[America::Anchorage],                     Database, "Alaska Standard Time"),
    row("AKDT", -480, &[America::Anchorage],                     Database, "Alaska Daylight Time"),
    row("HST",  -600, &[Pacific::Honolulu],                      Database, "Hawaii Standard Time"),
    row("HDT",  -540, &[America::Adak],                          Database, "Hawaii-Aleutian Daylight Time"),
    row("AST",  -240, &[America::Halifax, America::Puerto_Rico], Database, "Atlantic Standard Time; Puerto Rico all year"),
    row("ADT",  -180, &[America::Halifax],                       Database, "Atlantic Daylight Time"),
    row("NST",  -210, &[America::St_Johns],                      Database, "Newfoundland Standard Time"),
    row("NDT",  -150, &[America::St_Johns],                      Database, "Newfoundland Daylight Time"),
    // South America.
    row("BRT",  -180, &[America::Sao_Paulo],                     LogsOnly, "Brasilia Time"),
    row("BRST", -120, &[America::Sao_Paulo],                     LogsOnly, "Brasilia Summer Time, until 2019"),
    row("ART",  -180, &[America::Argentina::Buenos_Aires],       LogsOnly, "Argentina Time"),
    row("CLT",  -240, &[America::Santiago],                      LogsOnly, "Chile Time"),
    row("CLST", -180, &[America::Santiago],                      LogsOnly, "Chile Summer Time"),
    // Europe.
    row("WET",     0, &[Europe::Lisbon],                         Database, "Western European Time"),
    row("WEST",   60, &[Europe::Lisbon],                         Database, "Western European Summer Time"),
    row("CET",    60, &[Europe::Berlin, Africa::Algiers],        Database, "Central European Time; Algeria all year"),
    row("CEST",  120, &[Europe::Berlin],                         Database, "Central European Summer Time"),
    row("EET",   120, &[Europe::Helsinki, Africa::Tripoli],      Database, "Eastern European Time; Libya all year"),
    row("EEST",  180, &[Europe::Helsinki, Asia::Beirut],         Database, "Eastern European Summer Time"),
    row("MSK",   180, &[Europe::Moscow],                         Database, "Moscow Time; UTC+4 from March 2011 to October 2014"),
    row("MSD",   240, &[Europe::Moscow],                         Database, "Moscow Summer Time, until 2010"),
    row("BST",    60, &[Europe::London],                         Database, "British Summer Time, and British Standard Time 1968 to 1971"),
    row("BST",   360, &[Asia::Dhaka],                            LogsOnly, "Bangladesh Standard Time"),
    // Asia.
    row("IST",   330, &[Asia::Kolkata],                          Database, "India Standard Time. First: the most machines"),
    row("IST",   120, &[Asia::Jerusalem],                        Database, "Israel Standard Time"),
    row("IST",    60, &[Europe::Dublin],                         Database, "Irish Standard Time, the one of summer"),
    row("IDT",   180, &[Asia::Jerusalem],                        Database, "Israel Daylight Time"),
    row("JST",   540, &[Asia::Tokyo],                            Database, "Japan Standard Time"),
    row("KST",   540, &[Asia::Seoul],                            Database, "Korea Standard Time"),
    row("HKT",   480, &[Asia::Hong_Kong],                        Database, "Hong Kong Time"),
    row("SGT",   480, &[Asia::Singapore],                        LogsOnly, "Singapore Time"),
    row("PHT",   480, &[Asia::Manila],                           LogsOnly, "Philippine Time; the database now writes PST"),
    row("PKT",   300, &[Asia::Karachi],                          Database, "Pakistan Time"),
    row("PKST",  360, &[Asia::Karachi],                          Database, "Pakistan Summer Time, 2002, 2008 and 2009"),
    row("ICT",   420, &[Asia::Bangkok, Asia::Ho_Chi_Minh],       LogsOnly, "Indochina Time"),
    row("WIB",   420, &[Asia::Jakarta],                          Database, "Western Indonesia Time"),
    row("WITA",  480, &[Asia::Makassar],                         Database, "Central Indonesia Time"),
    row("WIT",   540, &[Asia::Jayapura],                         Database, "Eastern Indonesia Time"),
    // Australia and the Pacific. The second zones keep no summer time.
    row("AEST",  600, &[Australia::Sydney, Australia::Brisbane], Database, "Australian Eastern Standard Time; Brisbane all year"),
    row("AEDT",  660, &[Australia::Sydney],                      Database, "Australian Eastern Daylight Time"),
    row("ACST",  570, &[Australia::Adelaide, Australia::Darwin], Database, "Australian Central Standard Time; Darwin all year"),
    row("ACDT",  630, &[Australia::Adelaide],                    Database, "Australian Central Daylight Time"),
    row("AWST",  480, &[Australia::Perth],                       Database, "Australian Western Standard Time"),
    row("AWDT",  540, &[Australia::Perth],                       Database, "Australian Western Daylight Time, until 2009"),
    row("NZST",  720, &[Pacific::Auckland],                      Database, "New Zealand Standard Time"),
    row("NZDT",  780, &[Pacific::Auckland],                      Database, "New Zealand Daylight Time"),
    row("ChST",  600, &[Pacific::Guam],                          Database, "Chamorro Standard Time"),
    row("SST",  -660, &[Pacific::Pago_Pago],                     Database, "Samoa Standard Time"),
    // Africa and the Atlantic.
    row("SAST",  120, &[Africa::Johannesburg],                   Database, "South Africa Standard Time"),
    row("EAT",   180, &[Africa::Nairobi],                        Database, "East Africa Time"),
    row("CAT",   120, &[Africa::Maputo],                         Database, "Central Africa Time"),
    row("WAT",    60, &[Africa::Lagos],                          Database, "West Africa Time"),
    row("AZOT",  -60, &[Atlantic::Azores],                       LogsOnly, "Azores Time"),
];
