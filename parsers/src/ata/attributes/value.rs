//! Raw values, unpacked.

use super::{Meaning, Packing};
use crate::fields::Fields;

/// A raw value, unpacked. Its unit is the meaning's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A count, or whole hours.
    Count(u64),
    /// Three counts, from the low word up.
    Words([u16; 3]),
    /// Errors in so many operations.
    Rate {
        /// Errors.
        errors: u16,
        /// Operations.
        operations: u32,
    },
    /// A temperature in degrees Celsius.
    Temperature {
        /// Now.
        now: i8,
        /// Lowest and highest, where the drive has them; since when differs from model to model.
        range: Option<(i8, i8)>,
    },
    /// The normalised value is what counts.
    Normalised,
    /// The raw value is none that the packing can hold: a temperature that no drive has, a count over 32 bits.
    Implausible,
}

impl Value {
    /// How many, or how long: what must not rise of a count, the errors of a rate, the greatest of three counts (each counts some
    /// of the same events).
    pub fn count(self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count),
            Self::Words(words) => words.into_iter().max().map(u64::from),
            Self::Rate { errors, .. } => Some(errors.into()),
            Self::Temperature { .. } | Self::Normalised | Self::Implausible => None,
        }
    }
}

/// Unpacks a raw value; only its low 48 bits are looked at.
pub fn decode(meaning: &Meaning, raw48: u64) -> Value {
    let raw = raw48 & 0xffff_ffff_ffff;
    let [a, b, c, d, e, f, _, _] = raw.to_le_bytes();
    match meaning.packing {
        Packing::Count if raw > u32::MAX.into() => Value::Implausible,
        Packing::Count => Value::Count(raw),
        Packing::Low16 => Value::Count(raw & 0xffff),
        Packing::Low24 => Value::Count(raw & 0xff_ffff),
        Packing::Low32 => Value::Count(raw & 0xffff_ffff),
        Packing::Words => {
            Value::Words([u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]), u16::from_le_bytes([e, f])])
        }
        Packing::Rate => {
            Value::Rate { errors: u16::from_le_bytes([e, f]), operations: u32::from_le_bytes([a, b, c, d]) }
        }
        Packing::Minutes => Value::Count(raw / 60),
        Packing::HalfMinutes => Value::Count(raw / 120),
        Packing::Seconds => Value::Count(raw / 3600),
        Packing::Temperature => temperature(raw),
        Packing::Normalised => Value::Normalised,
    }
}

/// What a drive may have, in degrees Celsius: industrial ones are specified for -40 to 85, and 120 is where silicon ends.
const PLAUSIBLE: std::ops::RangeInclusive<i8> = -60..=120;

/// Lowest and highest stand in bytes 2 and 3, or with a zero byte above each in 2 and 4, in either order (the layouts of smartctl's
/// tempminmax). A pair that does not hold the temperature is none.
fn temperature(raw: u64) -> Value {
    let bytes = raw.to_le_bytes();
    let fields = Fields(&bytes);
    let celsius = |at| fields.u8(at).map_or(0, |byte| i8::from_le_bytes([byte]));
    let now = celsius(0);
    if !PLAUSIBLE.contains(&now) {
        return Value::Implausible;
    }
    let wide = fields.u8(3) == Some(0) && fields.u8(5) == Some(0) && fields.u8(4) != Some(0);
    let pair = if wide { (celsius(2), celsius(4)) } else { (celsius(2), celsius(3)) };
    let (low, high) = (pair.0.min(pair.1), pair.0.max(pair.1));
    let told = fields.le48(0).is_some_and(|raw| raw >> 16 != 0);
    let holds = told && low <= now && now <= high && PLAUSIBLE.contains(&low) && PLAUSIBLE.contains(&high);
    Value::Temperature { now, range: holds.then_some((low, high)) }
}

#[cfg(test)]
mod tests {
    use super::super::Meanings;
    use super::{Value, decode};

    #[test]
    fn temperatures() {
        let check = |raw, expect| {
            let meaning = Meanings::of("NOBODY 1", "").get(194).expect("temperature");
            assert_eq!(decode(meaning, raw), expect, "{raw:#014x}");
        };
        let of = |now, range| Value::Temperature { now, range };
        check(0x25, of(37, None));
        // 31 (Min/Max 31/31), as smartctl has 190 of the lab's drive.
        check(0x0000_1f1f_001f, of(31, Some((31, 31))));
        check(0x0000_3314_0025, of(37, Some((20, 51))));
        check(0x0033_0014_0025, of(37, Some((20, 51))));
        check(0x0014_0033_0025, of(37, Some((20, 51))));
        check(0x0004_3314_0025, of(37, Some((20, 51))));
        check(0x0000_0a09_0025, of(37, None));
        check(0xfffb, of(-5, None));
        check(0x0000_0000_0080, Value::Implausible);
    }

    #[test]
    fn what_must_not_rise() {
        let check = |value: Value, expect| assert_eq!(value.count(), expect);
        check(Value::Count(7), Some(7));
        check(Value::Words([3, 1, 2]), Some(3));
        check(Value::Rate { errors: 2, operations: 9 }, Some(2));
        check(Value::Normalised, None);
    }
}
