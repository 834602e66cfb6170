//! Words, numbers and times in one manner, everywhere.

use crate::model::UNNAMED;
use arraywatch_parsers::foreign::Origin;
use arraywatch_parsers::stream::DamageKind;
use chrono::{DateTime, TimeDelta, Utc};

/// Texts from outside are cut to this many characters.
const TEXT_MAX: usize = 400;

/// A drive's serial number for people, who have no use for the name that stands for one.
pub fn serial_number(serial: &str) -> String {
    if serial.starts_with(UNNAMED) { "S/N not known".to_owned() } else { format!("S/N {}", clean(serial)) }
}

/// A text from outside, made safe to show: control characters (and what turns the direction of writing) are written as escapes,
/// and it is cut to a bound. No terminal, mail header or page gets them raw.
pub fn clean(text: &str) -> String {
    // Nearly all is short and plain.
    if text.len() <= TEXT_MAX && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut shown = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == TEXT_MAX {
            shown.push('\u{2026}');
            break;
        }
        if acts(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// Whether a terminal acts on a character instead of showing it, or it turns or hides what stands beside it.
fn acts(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    c.is_control() || turns
}

/// JSON as it is printed: the same, with the characters that [`clean`] escapes in JSON's own escapes.
pub fn printed(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    let mut rest = json;
    // `acts` is asked of what is not plain only: nearly all is.
    let candidate = |c: char| !matches!(c, ' '..='~' | '\n');
    while let Some(at) = rest.find(candidate) {
        let (plain, behind) = rest.split_at(at);
        let mut letters = behind.chars();
        shown.push_str(plain);
        match letters.next() {
            Some(c) if acts(c) => shown += &format!("\\u{:04x}", u32::from(c)),
            c => shown.extend(c),
        }
        rest = letters.as_str();
    }
    shown + rest
}

/// A number with separators.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A number of bytes as people and drive makers say it, in powers of a thousand: `2.0 TB`.
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let mut size = number as f64;
    let mut unit = 0;
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1_000.0;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    if unit == "bytes" || size >= 99.95 { format!("{size:.0} {unit}") } else { format!("{size:.1} {unit}") }
}

/// A number of things: "1 byte", "2,048 bytes".
pub fn number_of(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// What stands where records should: "NULs, pieces of other files (a time-zone file (TZif))".
pub fn damaged(kinds: &[DamageKind], origins: &[Origin]) -> String {
    let whose: Vec<&str> = origins.iter().map(|origin| origin.describe()).collect();
    let whose = if whose.is_empty() { String::new() } else { format!(" ({})", whose.join(", ")) };
    let told = |kind: &DamageKind| match kind {
        DamageKind::Foreign => format!("{}{whose}", kind.describe()),
        _ => kind.describe().to_owned(),
    };
    kinds.iter().map(told).collect::<Vec<_>>().join(", ")
}

/// An instant for people, in UTC, to the minute.
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A duration in its two largest units: "2 h 5 min", "13 years 26 days".
pub fn duration(delta: TimeDelta) -> String {
    const UNITS: [(i64, &str, &str); 5] = [
        (31_557_600, " year", " years"),
        (86_400, " day", " days"),
        (3_600, " h", " h"),
        (60, " min", " min"),
        (1, " s", " s"),
    ];
    let mut left = delta.num_seconds().abs();
    let first = UNITS.iter().position(|(size, ..)| left >= *size).unwrap_or(UNITS.len() - 1);
    let mut parts = Vec::new();
    for (size, one, many) in UNITS.iter().skip(first).take(2) {
        let units = left / size;
        left %= size;
        if units > 0 || parts.is_empty() && *size == 1 {
            parts.push(format!("{units}{}", if units == 1 { one } else { many }));
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let check = |seconds, expect: &str| assert_eq!(duration(TimeDelta::seconds(seconds)), expect);
        check(0, "0 s");
        check(59, "59 s");
        check(7_500, "2 h 5 min");
        check(7_200, "2 h");
        check(86_400, "1 day");
        check(90_000, "1 day 1 h");
        check(86_460, "1 day");
        check(400 * 86_400, "1 year 34 days");
        check(-60, "1 min");
    }

    #[test]
    fn counts_and_texts() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(clean("a\u{1b}[31m\tb\u{202e}"), "a\\u{1b}[31m\\u{9}b\\u{202e}");
        assert_eq!(clean(&"x".repeat(500)).chars().count(), 401);
    }
}
