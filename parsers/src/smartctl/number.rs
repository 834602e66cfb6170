//! Numbers as tools write them for people: in groups of three digits, with the comma or point of the user's locale, and raw values of
//! SMART attributes in one of a dozen ways.

use crate::ata::attributes::Packing;

/// What parts groups of three digits in one locale or another: smartctl and nvme-cli take the system's.
const SEPARATORS: [char; 7] = [',', '.', ' ', '\'', '\u{2019}', '\u{a0}', '\u{202f}'];

/// The whole number that a text begins with: `1234`, `1,234,567`, `1.234.567`, `12 000 138`. What follows does not matter.
pub(crate) fn grouped(text: &str) -> Option<u128> {
    let text = text.trim_start();
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(text);
    let (mut number, mut rest) = text.split_at_checked(first).filter(|_| first > 0)?;
    let mut all = number.to_owned();
    // Three digits behind a longer group are the decimals of a number that is not grouped.
    while first <= 3
        && let Some(behind) = rest.strip_prefix(SEPARATORS).filter(|behind| digits(behind) == 3)
    {
        (number, rest) = behind.split_at_checked(3)?;
        all.push_str(number);
    }
    all.parse().ok()
}

/// The same, of 64 bits.
pub(crate) fn count(text: &str) -> Option<u64> {
    u64::try_from(grouped(text)?).ok()
}

/// A number of hexadecimal digits behind `0x`, or a decimal one.
pub(crate) fn hex_or_decimal(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Thousandths of a number with three decimals: `16772.475`, `38280,029`.
pub(crate) fn thousandths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once(['.', ','])?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (part.len() == 3 && is_digits(part) && is_digits(whole)).then(|| format!("{whole}{part}").parse().ok())?
}

/// The 48 bits that a raw value stands for, by the ways of smartctl's `ata_format_attr_raw_value` (atacmds.cpp, 5.40 to 7.5). Hours are
/// given back in the units of the packing that the attribute has: smartctl has unpacked them already.
pub(crate) fn raw48(text: &str, packing: Option<Packing>) -> Option<u64> {
    let (first, rest) = text.split_once(' ').map_or((text, ""), |(first, rest)| (first, rest.trim()));
    if let Some((hours, parts)) = first.split_once('h') {
        return time(hours.parse().ok()?, parts, packing);
    }
    if let Some((high, low)) = first.split_once('/') {
        let bits = if packing == Some(Packing::Rate) { 32 } else { 24 };
        let (high, low): (u64, u64) = (high.parse().ok()?, low.parse().ok()?);
        return high.checked_shl(bits).filter(|_| high < 1 << 24).map(|high| high | low);
    }
    let temperature = rest.strip_prefix("(Min/Max ").or_else(|| rest.strip_prefix("(Lifetime Min/Max "));
    if let Some(range) = temperature {
        let mut ends = range.split(|c: char| !c.is_ascii_digit() && c != '-').filter(|part| !part.is_empty());
        let byte = |text: &str| text.parse::<i8>().ok().map(|degrees| u64::from(degrees.to_le_bytes()[0]));
        let (now, low, high) = (byte(first)?, byte(ends.next()?)?, byte(ends.next()?)?);
        return Some(now | low << 16 | high << 32);
    }
    let number = match first.split_once(['.', ',']) {
        // Tenths of a degree.
        Some((whole, tenth)) if tenth.len() == 1 => format!("{whole}{tenth}").parse().ok()?,
        _ => hex_or_decimal(first)?,
    };
    let parts = rest.trim_start_matches('(').trim_end_matches(')').split_whitespace();
    let parts: Option<Vec<u64>> = parts.map(|part| part.parse().ok()).collect();
    match (parts.as_deref(), rest.starts_with('(')) {
        (Some([high, low]), false) => join(&[number, *high, *low], 16),
        (Some([b, c, d, e, f]), false) => join(&[number, *b, *c, *d, *e, *f], 8),
        (Some([high, low]), true) => Some(number)
            .filter(|number| *number < 1 << 16 && *high < 1 << 16)
            .map(|number| number | low << 16 | high << 32),
        (Some([high, mid, low]), true) if packing != Some(Packing::Temperature) => Some(number)
            .filter(|number| *number < 1 << 24 && *high < 1 << 8)
            .map(|number| number | low << 24 | mid << 32 | high << 40),
        // Behind the number stands what smartctl makes of the upper bytes: an average, counters of a thermometer.
        _ => Some(number),
    }
}

/// From the highest part down.
fn join(parts: &[u64], bits: u32) -> Option<u64> {
    parts.iter().try_fold(0_u64, |sum, part| (*part < 1 << bits).then_some(sum << bits | part))
}

fn time(hours: u64, parts: &str, packing: Option<Packing>) -> Option<u64> {
    let mut numbers = parts.split(['+', 'm', 's']).filter(|part| !part.is_empty());
    let minutes: u64 = numbers.next().map_or(Some(0), |minutes| minutes.parse().ok())?;
    let seconds: u64 = match numbers.next() {
        Some(seconds) => seconds.split(['.', ',']).next()?.parse().ok()?,
        None => 0,
    };
    let of_hours = |per_hour: u64, more: u64| hours.checked_mul(per_hour)?.checked_add(more);
    match packing {
        Some(Packing::Minutes) => of_hours(60, minutes),
        Some(Packing::HalfMinutes) => of_hours(120, minutes.checked_mul(2)?),
        Some(Packing::Seconds) => of_hours(3600, minutes.checked_mul(60)?.checked_add(seconds)?),
        _ => Some(hours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_in_groups() {
        let check = |text: &str, expect| assert_eq!(grouped(text), expect, "{text}");
        check("0", Some(0));
        check("1234", Some(1234));
        check("5,684,976 [2.91 TB]", Some(5_684_976));
        check("1.234.567 [6,32 TB]", Some(1_234_567));
        check("12\u{202f}000\u{202f}138\u{202f}625\u{202f}024 bytes", Some(12_000_138_625_024));
        check("12 000 138 bytes", Some(12_000_138));
        check("120 bytes [120 GB]", Some(120));
        check("38280,029", Some(38280));
        check("100%", Some(100));
        check("1.5", Some(1));
        check("", None);
        check("-", None);
    }

    #[test]
    fn decimals() {
        let check = |text: &str, expect| assert_eq!(thousandths(text), expect, "{text}");
        check("16772.475", Some(16_772_475));
        check("38280,029", Some(38_280_029));
        check("0.000", Some(0));
        check("16772", None);
        check("1.5", None);
    }

    #[test]
    fn raw_values() {
        let check = |text: &str, packing, expect| assert_eq!(raw48(text, packing), expect, "{text}");
        check("94490722326", Some(Packing::Words), Some(94_490_722_326));
        check("0x0123456789ab", None, Some(0x0123_4567_89ab));
        check("31 (Min/Max 20/45)", Some(Packing::Temperature), Some(31 | 20 << 16 | 45 << 32));
        check("-3 (Min/Max -10/45)", Some(Packing::Temperature), Some(0xfd | 0xf6 << 16 | 45 << 32));
        check("27 (0 21 0 0 0)", Some(Packing::Temperature), Some(27));
        check("25811 (188 208 0)", Some(Packing::Low24), Some(25811 | 208 << 32 | 188 << 40));
        check("22 22 22", Some(Packing::Words), Some(94_490_722_326));
        check("11 (0 3)", Some(Packing::Low16), Some(11 | 3 << 16));
        check("15 (Average 12)", Some(Packing::Low16), Some(15));
        check("2/66714750", Some(Packing::Rate), Some(2 << 32 | 66_714_750));
        check("2/667147", None, Some(2 << 24 | 667_147));
        check("6206h+47m+20.770s", Some(Packing::Low32), Some(6206));
        check("6206h+47m", Some(Packing::Minutes), Some(6206 * 60 + 47));
        check("6206h+47m", Some(Packing::HalfMinutes), Some(6206 * 120 + 94));
        check("10h+01m+02s", Some(Packing::Seconds), Some(36_062));
        check("30,5", None, Some(305));
        check("", None, None);
        check("many", None, None);
        check("1h+xm", None, None);
    }

    proptest! {
        #[test]
        fn any_text(text in "[0-9hms+/.,() a-zA-Z-]{0,30}|\\PC{0,20}") {
            grouped(&text);
            thousandths(&text);
            for packing in [None, Some(Packing::Minutes), Some(Packing::Rate), Some(Packing::Temperature)] {
                raw48(&text, packing);
            }
        }
    }
}
