//! Whether a line could have been written: said without the parser, by splitting at blanks and looking at one field after the
//! other.

use std::collections::BTreeMap;

/// What the untouched records of a log show of it.
#[derive(Debug, Default)]
pub struct Known {
    /// How often each event number stands before a drive map, and before a text that says so of the service's start.
    maps: BTreeMap<String, usize>,
    /// How often each statement about a place was made.
    statements: BTreeMap<(String, String), usize>,
}

/// A line in fields.
#[derive(Debug, PartialEq, Eq, Clone, Default)]
pub struct Fields {
    pub date: String,
    pub time: String,
    pub zone: String,
    pub severity: String,
    pub event: String,
    pub place: String,
    pub host: String,
    pub text: String,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Known {
    pub fn see(&mut self, line: &[u8]) {
        let Ok(fields) = fields(line) else { return };
        if is_map(&fields.text) {
            *self.maps.entry(fields.event.clone()).or_default() += 1;
            *self.statements.entry((fields.place, fields.text)).or_default() += 1;
        }
    }

    /// Why a line cannot have been written, if it cannot.
    pub fn objection(&self, line: &[u8]) -> Option<&'static str> {
        let fields = match fields(line) {
            Ok(fields) => fields,
            Err(objection) => return Some(objection),
        };
        let text = fields.text.as_str();
        if fields.host.contains(['[', ']']) || text.starts_with('[') || text.starts_with("db7] Drive map") {
            return Some("no host");
        }
        let holds_place = |word: &str| word.match_indices('A').any(|(at, _)| is_place(&word[at..]));
        if text.split([' ', '\t']).any(holds_place) {
            return Some("a head in the text");
        }
        if !is_map(text) {
            if self.maps.get(&fields.event).is_some_and(|count| *count >= 2) {
                return Some("the event number of another text");
            }
            if !self.maps.is_empty() && text.starts_with("Drive map: controller ") && fields.event == "423" {
                return Some("a drive map that is not whole");
            }
            return None;
        }
        let [controller, channel, device, again] =
            ["controller ", "channel ", "SCSI device ID ", ", controller "].map(|name| number_after(text, name));
        let code = |letter: char| fields.place.split_once(letter).and_then(|(_, rest)| number_after(rest, ""));
        if again != controller
            || code('A').is_some_and(|adapter| Some(adapter) != controller)
            || code('C').is_some_and(|code| Some(code) != channel)
            || code('S').is_some_and(|code| Some(code) != device)
        {
            return Some("contradicts itself");
        }
        let usual = self.maps.values().max().copied().unwrap_or(0);
        if usual >= 2 && self.maps.get(&fields.event).is_none_or(|count| *count < 2) {
            return Some("not the event number of a drive map");
        }
        let near_known = |((place, statement), count): (&(String, String), &usize)| {
            *count >= 2 && *place == fields.place && one_letter(statement.as_bytes(), text.as_bytes())
        };
        let repeated = self.statements.get(&(fields.place.clone(), text.to_owned())).is_some();
        if !repeated && self.statements.iter().any(near_known) {
            return Some("one letter away from what was known of the place");
        }
        None
    }
}

/// A line in fields, or why it is none.
pub fn fields(line: &[u8]) -> Result<Fields, &'static str> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
    if line.chars().any(|c| c.is_control() && c != '\t') {
        return Err("control characters");
    }
    let mut rest = line;
    let mut word = || {
        let (word, after) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        rest = after.trim_start_matches([' ', '\t']);
        word.to_owned()
    };
    let (month, day, year, time, half, zone) = (word(), word(), word(), word(), word(), word());
    let (severity, code) = (word(), word());
    let day_number = day.strip_suffix(',').and_then(digits).filter(|_| day.len() <= 3);
    let month_number = (1..).zip(MONTHS).find(|(_, name)| *name == month).map(|(number, _)| number);
    let year_number = digits(&year).filter(|year| (1970..2100).contains(year));
    let date = |(year, month, day)| chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    if year_number.zip(month_number).zip(day_number).and_then(|((y, m), d)| date((y, m, d))).is_none() {
        return Err("no date");
    }
    let clock: Vec<Option<u32>> = time.split(':').map(digits).collect();
    let [Some(1..=12), Some(0..=59), Some(0..=60)] = clock[..] else { return Err("no time") };
    if !matches!(half.as_str(), "AM" | "PM") {
        return Err("no half of the day");
    }
    if !zone.starts_with(|c: char| c.is_ascii_uppercase() || c == '+' || c == '-') || zone.len() > 11 {
        return Err("no zone");
    }
    if !matches!(severity.as_str(), "INF" | "WRN" | "ERR") {
        return Err("no severity");
    }
    let (event, place) = code.split_once(':').ok_or("no event number")?;
    if digits(event).is_none() || event.len() > 9 || !is_place(place) {
        return Err("no event number or location");
    }
    let (host, text) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, text)) if text.is_empty() || text.starts_with([' ', '\t']) => {
            (host, text.trim_start_matches([' ', '\t']))
        }
        Some(_) => return Err("a host that does not end"),
        None => match rest.find("Drive map: ").filter(|_| !rest.starts_with('[')) {
            Some(at) if rest[..at].ends_with([' ', '\t']) => (rest[..at].trim_end(), &rest[at..]),
            _ => ("", rest),
        },
    };
    Ok(Fields {
        date: format!("{month} {day} {year}"),
        time: format!("{time} {half}"),
        zone,
        severity,
        event: event.to_owned(),
        place: place.to_owned(),
        host: host.to_owned(),
        text: text.to_owned(),
    })
}

fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn number_after(text: &str, name: &str) -> Option<u32> {
    let (_, after) = text.split_once(name)?;
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}

fn is_place(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('A') else { return false };
    let parts: Vec<&str> = rest.split(['C', 'S', 'L']).collect();
    let letters: String = rest.chars().filter(char::is_ascii_alphabetic).collect();
    let part = |part: &&str| {
        let dashes = !part.is_empty() && part.bytes().all(|byte| byte == b'-');
        dashes || (digits(part).is_some() && part.len() <= 9)
    };
    letters == "CSL" && parts.len() == 4 && parts.iter().all(part)
}

/// Whether a text is a whole drive map.
fn is_map(text: &str) -> bool {
    let mut rest = text;
    let shape = [
        "Drive map: controller ",
        "#",
        ", channel ",
        "#",
        ", SCSI device ID ",
        "#",
        ", controller ",
        "#",
        ", enclosure ",
        "#",
        ", slot ",
        "#",
        ", S/N ",
        "w",
        " (Vendor: ",
        "t",
        " Model: ",
        "t",
        ")",
    ];
    for (index, part) in shape.iter().enumerate() {
        let length = match *part {
            "#" => rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b',').count(),
            "w" => rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_./:".contains(byte)).count(),
            "t" => rest.find(shape[index + 1]).filter(|at| *at <= 64).unwrap_or(0),
            literal if rest.starts_with(literal) => literal.len(),
            _ => 0,
        };
        // A number's comma belongs to the words that follow.
        let length = if *part == "#" { rest[..length].trim_end_matches(',').len() } else { length };
        if length == 0 {
            return false;
        }
        rest = &rest[length..];
    }
    rest.is_empty()
}

fn one_letter(a: &[u8], b: &[u8]) -> bool {
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    a != b && a.len().abs_diff(b.len()) <= 1 && front + back + 1 >= a.len().max(b.len())
}
