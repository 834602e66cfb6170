//! The tag that a program puts before its text in the system log (RFC 3164, 5.3): `upsmon[1234]: `.

use memchr::memchr2;

/// One of the programs, and what it says.
pub(crate) fn tagged<'a>(text: &'a str, programs: &[&'static str]) -> Option<(&'static str, &'a str)> {
    let end = memchr2(b'[', b':', text.as_bytes())?;
    let (name, rest) = text.split_at_checked(end)?;
    let program = programs.iter().find(|known| **known == name)?;
    let (pid, rest) = rest.split_once(": ")?;
    let digits = pid.strip_prefix('[').and_then(|pid| pid.strip_suffix(']'));
    (pid.is_empty() || digits.is_some_and(|pid| pid.bytes().all(|byte| byte.is_ascii_digit())))
        .then_some((program, rest))
}
