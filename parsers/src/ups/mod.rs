//! Uninterruptible power supplies, as the two programs that most people watch them with tell of them: NUT ([`upsc`], and its lines in
//! the system log, [`syslog`]) and apcupsd ([`apcaccess`], [`events`]).

pub mod apcaccess;
pub mod events;
pub mod phrases;
pub mod syslog;
pub mod upsc;
mod words;

pub use words::Word;

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
