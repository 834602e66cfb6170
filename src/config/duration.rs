//! Durations as people write them: `30 s`, `5 min`, `26 h`, `4 d`.

use std::time::Duration;

/// The units, the largest first: seconds, and how they may be written; the first is how they are shown.
const UNITS: [(u64, &[&str]); 5] = [
    (604_800, &["w", "week", "weeks"]),
    (86_400, &["d", "day", "days"]),
    (3_600, &["h", "hour", "hours"]),
    (60, &["min", "minute", "minutes"]),
    (1, &["s", "sec", "second", "seconds"]),
];

/// A whole number and a unit. An error says what is wrong with the text.
pub(super) fn parse(text: &str) -> Result<Duration, &'static str> {
    let text = text.trim();
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).unwrap_or_default();
    let unit = unit.trim_start();
    if number.is_empty() {
        return Err("has no number");
    }
    let number: u64 = number.parse().map_err(|_| "is longer than anything lasts")?;
    let size = UNITS.iter().find(|(_, names)| names.contains(&unit)).map(|(size, _)| *size);
    let size = size.ok_or(match unit {
        "" => "has no unit",
        "m" => "may be minutes or months",
        unit if unit.starts_with(['.', ',']) => "is no whole number",
        _ => "has no unit that is known",
    })?;
    number.checked_mul(size).map(Duration::from_secs).ok_or("is longer than anything lasts")
}

/// In the largest unit that it is a whole number of: what is read back as the same. Weeks are shown as days.
pub fn written(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let whole = |(size, _): &&(u64, &[&str])| *size < 604_800 && seconds.is_multiple_of(*size);
    let (size, names) = UNITS.iter().find(whole).filter(|_| seconds > 0).unwrap_or(&(1, &["s"]));
    format!("{} {}", seconds / size, names.first().unwrap_or(&"s"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations() {
        let check = |text: &str, expect: Result<u64, &str>| {
            assert_eq!(parse(text).map(|duration| duration.as_secs()), expect, "{text}");
        };
        check("30 s", Ok(30));
        check("30s", Ok(30));
        check(" 5 min ", Ok(300));
        check("26 h", Ok(93_600));
        check("4 d", Ok(345_600));
        check("1 day", Ok(86_400));
        check("2 weeks", Ok(1_209_600));
        check("0 s", Ok(0));
        check("", Err("has no number"));
        check("min", Err("has no number"));
        check("-5 min", Err("has no number"));
        check("5", Err("has no unit"));
        check("5 m", Err("may be minutes or months"));
        check("1.5 h", Err("is no whole number"));
        check("5 fortnights", Err("has no unit that is known"));
        check("1 h 30 min", Err("has no unit that is known"));
        check("99999999999999999999 s", Err("is longer than anything lasts"));
        check("9999999999999999999 d", Err("is longer than anything lasts"));
        check("٣ d", Err("has no number"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in 0_u64..400 * 86_400) {
            let duration = Duration::from_secs(seconds);
            prop_assert_eq!(parse(&written(duration)), Ok(duration));
        }

        #[test]
        fn any_text_is_read(text in ".{0,20}") {
            let _ = parse(&text);
        }
    }
}
