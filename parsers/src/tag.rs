//! The tag that a program puts before its text in the system log (RFC 3164, 5.3): `upsmon[1234]: `.

use memchr::memchr2;

/// One of the programs, and what it says.
pub(crate) fn tagged<'a>(text: &'a str, programs: &[&'static str]) -> Option<(&'static str, &'a str)> {
    let end = memchr2(b'[', b':', text.as_bytes())?;
    let (name, rest) = text.split_at_checked(end)?;
    let program = programs.iter().find(|known| **known == name)?;
    let rest = match rest.strip_prefix('[') {
        Some(pid) => pid.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(']')?,
        None => rest,
    };
    Some((program, rest.strip_prefix(": ")?))
}
