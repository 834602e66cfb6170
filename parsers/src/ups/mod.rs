//! Uninterruptible power supplies, as the two programs that most people watch them with tell of them: NUT ([`upsc`], and its lines in
//! the system log, [`syslog`]) and apcupsd ([`apcaccess`], [`events`]).

pub mod apcaccess;
pub mod events;
pub mod phrases;
pub mod syslog;
pub mod upsc;
mod words;

pub use words::Word;

use crate::printable::printable;
use chrono::{NaiveDate, NaiveTime};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The number of a month.
fn month(name: &str) -> Option<u32> {
    (1_u32..).zip(MONTHS).find_map(|(number, month)| (month == name).then_some(number))
}

/// The number of a few digits, by their bytes.
fn number(digits: &[u8]) -> Option<u32> {
    let more = |number: u32, byte: &u8| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(u32::from(digit))
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, more) }
}

/// `2013-10-26`
fn date(text: &[u8]) -> Option<NaiveDate> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text else { return None };
    let year = i32::try_from(number(&[y0, y1, y2, y3])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m0, m1])?, number(&[d0, d1])?)
}

/// `08:39:13`
fn clock(text: &[u8]) -> Option<NaiveTime> {
    let [h0, h1, b':', m0, m1, b':', s0, s1] = *text else { return None };
    NaiveTime::from_hms_opt(number(&[h0, h1])?, number(&[m0, m1])?, number(&[s0, s1])?)
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
