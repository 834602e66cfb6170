//! A row of the table of SMART attributes, old format or brief.

use super::number::raw48;
use crate::ata::attributes::Packing;

/// An attribute, as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// 1 to 255.
    pub id: u8,
    /// As smartctl's table of drives calls it, which differs from version to version.
    pub name: String,
    /// Flags of SFF-8035i, as [`crate::ata::smart::Attribute::flags`].
    pub flags: u16,
    /// Normalised value; none where the drive has none that is valid (`---`).
    pub value: Option<u8>,
    /// Lowest normalised value so far.
    pub worst: Option<u8>,
    /// Threshold; none where the drive gave none.
    pub threshold: Option<u8>,
    /// What smartctl says of the three.
    pub failed: WhenFailed,
    /// Raw value, as printed or as a number.
    pub raw: Raw,
}

/// A raw value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// 48 bits (64 where the format has so many), as JSON has them.
    Number(u64),
    /// As text has it, unpacked as smartctl's table of drives says.
    Text(String),
}

/// Whether an attribute is, or was, at or below its threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhenFailed {
    /// `-`: never.
    Never,
    /// `FAILING_NOW`, `NOW`.
    Now,
    /// `In_the_past`, `Past`.
    Past,
    /// A word that is not known, as it stands.
    Other(String),
}

impl Raw {
    /// Its 48 bits, packed as a drive of this packing has them. `None` if the text is of no way that is known.
    pub fn bits(&self, packing: Option<Packing>) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => raw48(text, packing),
        }
    }
}

impl WhenFailed {
    pub(super) fn of(word: &str) -> Self {
        match word {
            "-" | "" => Self::Never,
            "FAILING_NOW" | "NOW" | "now" => Self::Now,
            "In_the_past" | "Past" | "past" => Self::Past,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Letters of the brief format, from bit 0 on; behind them stand as many `+` as other bits are set.
const FLAGS: [char; 6] = ['P', 'O', 'S', 'R', 'C', 'K'];

pub(super) fn row(line: &str) -> Option<Attribute> {
    let mut rest = line.trim();
    let mut word = || {
        let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = behind.trim_start();
        Some(word).filter(|word| !word.is_empty())
    };
    let id = word()?.parse().ok().filter(|id| *id != 0)?;
    let name = word()?.to_owned();
    let flags = word()?;
    let (flags, brief) = match flags.strip_prefix("0x") {
        Some(digits) => (u16::from_str_radix(digits, 16).ok()?, false),
        None => (letters(flags)?, true),
    };
    let number = |word: &str| if word == "---" { Some(None) } else { word.parse::<u8>().ok().map(Some) };
    let (value, worst, threshold) = (number(word()?)?, number(word()?)?, number(word()?)?);
    if !brief {
        // Pre-fail or old age, and when it is updated: both stand in the flags.
        word().filter(|kind| ["Pre-fail", "Old_age"].contains(kind))?;
        word().filter(|updated| ["Always", "Offline"].contains(updated))?;
    }
    let failed = WhenFailed::of(word()?);
    let raw = Raw::Text(Some(rest).filter(|raw| raw48(raw, None).is_some())?.to_owned());
    Some(Attribute { id, name, flags, value, worst, threshold, failed, raw })
}

fn letters(text: &str) -> Option<u16> {
    let (letters, more) = text.split_at_checked(FLAGS.len())?;
    let mut flags = 0;
    for (bit, (letter, expect)) in letters.chars().zip(FLAGS).enumerate() {
        match letter {
            '-' => {}
            letter if letter == expect => flags |= 1 << bit,
            _ => return None,
        }
    }
    more.chars().all(|letter| letter == '+').then_some(flags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows() {
        type Row<'r> = (u8, u16, [Option<u8>; 3], WhenFailed, &'r str);
        let check = |line: &str, expect: Option<Row<'_>>| {
            let read = row(line).map(|read| {
                let Raw::Text(raw) = read.raw else { panic!("text") };
                (read.id, read.flags, [read.value, read.worst, read.threshold], read.failed, raw)
            });
            let expect = expect.map(|(id, flags, values, failed, raw)| (id, flags, values, failed, raw.to_owned()));
            assert_eq!(read, expect, "{line}");
        };
        check(
            "  5 Reallocated_Sector_Ct   0x0033   100   099   036    Pre-fail  Always       -       8",
            Some((5, 0x33, [Some(100), Some(99), Some(36)], WhenFailed::Never, "8")),
        );
        check(
            "184 End-to-End_Error        0x0032   099   099   099    Old_age   Always   FAILING_NOW 1",
            Some((184, 0x32, [Some(99); 3], WhenFailed::Now, "1")),
        );
        check(
            "190 Airflow_Temperature_Cel -O---K   062   040   045    Past 38 (Min/Max 25/41 #1)",
            Some((190, 0x22, [Some(62), Some(40), Some(45)], WhenFailed::Past, "38 (Min/Max 25/41 #1)")),
        );
        check(
            "  1 Raw_Read_Error_Rate     PO----+  100   100   ---    NOPE 0",
            Some((1, 3, [Some(100), Some(100), None], WhenFailed::Other("NOPE".to_owned()), "0")),
        );
        check("  5 Reallocated_Sector_Ct   0x0033   100   099   036    Pre-fail  Always       -       ", None);
        check("  5 Reallocated_Sector_Ct   0x0033   100   099   036    Pre-fail  Alw", None);
        check("  5 Reallocated_Sector_Ct   XO--CK   100   099   036    -    8", None);
        check("  0 None                    PO--CK   100   099   036    -    8", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn any_line(line in "[ 0-9a-zA-Z_x+/()-]{0,90}|\\PC{0,40}") {
            row(&line);
        }
    }
}
