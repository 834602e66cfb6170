//! Uninterruptible power supplies, as the two programs that most people watch them with tell of them: NUT ([`upsc`], and its lines in
//! the system log, [`syslog`]) and apcupsd ([`apcaccess`], [`events`]).

pub mod apcaccess;
pub mod events;
pub mod phrases;
pub mod syslog;
pub mod upsc;
mod words;

pub use words::Word;

use chrono::{NaiveDate, NaiveTime};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The number of a month.
fn month(name: &str) -> Option<u32> {
    (1_u32..).zip(MONTHS).find_map(|(number, month)| (month == name).then_some(number))
}

/// The number of a few digits.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// `2013-10-26`
fn date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.strip_prefix('-')?.split_once('-')?;
    let year = i32::try_from(number(year)?).ok()?;
    (text.len() == 10).then(|| NaiveDate::from_ymd_opt(year, number(month)?, number(day)?))?
}

/// `08:39:13`
fn clock(text: &str) -> Option<NaiveTime> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    (text.len() == 8).then(|| NaiveTime::from_hms_opt(number(hour)?, number(minute)?, number(second)?))?
}

/// Bytes of a head: the longest name of a host, and the rest.
const HEAD_MAX: usize = 360;

/// The text at the front of some bytes in which a head of a record must stand, to the end of the line at most.
fn head_at(bytes: &[u8], start: usize) -> Option<&str> {
    let line = bytes.get(start..)?;
    let line = line.get(..HEAD_MAX).unwrap_or(line).split(|byte| *byte == b'\n').next()?;
    match std::str::from_utf8(line) {
        Ok(text) => Some(text),
        Err(error) => std::str::from_utf8(line.get(..error.valid_up_to())?).ok(),
    }
}
