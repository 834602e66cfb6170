//! A kernel's log as syslog writes it, in which nearly all lines are of other things than storage.

use crate::random::Random;
use chrono::{DateTime, TimeDelta};
use std::fmt::Write as _;
use std::io::{self, Write};

/// What programs and the kernel say all day; `#` stands for a number.
const LINES: [&str; 9] = [
    "sshd[#]: Accepted publickey for deploy from 10.3.0.7 port # ssh2: ED25519 SHA256:examplesexamplesexamples",
    "CRON[#]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
    "systemd[1]: Started Session # of user deploy.",
    "postfix/smtpd[#]: connect from unknown[10.3.0.7]",
    "kernel: [@] IPv4: martian source 10.3.0.7 from 10.9.0.3, on dev eth0",
    "kernel: [@] audit: type=1400 audit(#.123:45): apparmor=\"STATUS\" operation=\"profile_load\"",
    "kernel: [@] eth0: renamed from veth#",
    "kernel: [@] TCP: request_sock_TCP: Possible SYN flooding on port #. Sending cookies.  Check SNMP counters.",
    "kernel: [@] br-0: port 7(veth#) entered blocking state",
];

/// What it says of storage, once in so many lines.
const OF_STORAGE: [&str; 3] = [
    "kernel: [@] ata3.00: exception Emask 0x0 SAct 0x200 SErr 0x0 action 0x0",
    "kernel: [@] ata3.00: error: { UNC }",
    "kernel: [@] blk_update_request: I/O error, dev sdc, sector #",
];

/// A line in words that are new, behind those that are known; `%` stands for a word.
const NEW: &str = "kernel: [@] blk_update_request: I/O error, dev sdc, sector # op 0x0:(READ) flags % %";

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

/// See [`OF_STORAGE`].
const STORAGE_ONE_IN: u64 = 500;

/// Of what the lines of a kernel's log are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Of anything; one in 500 is of storage.
    Usual,
    /// Every line is of storage, and they say the same few things with other numbers.
    Repeated,
    /// Every line is of storage, and has words that were never said before.
    New,
}

/// What a line says, behind the host. `number` is its place, from 1 on; `millis` is how long the machine runs.
pub fn text(lines: Lines, number: u64, millis: i64, random: &mut Random) -> String {
    let of_storage = lines != Lines::Usual || number.is_multiple_of(STORAGE_ONE_IN);
    let template = match lines {
        Lines::New => NEW,
        _ if of_storage => random.one_of(&OF_STORAGE),
        _ => random.one_of(&LINES),
    };
    let value = 10_000 + random.below(90_000);
    let mut text = String::with_capacity(template.len() + 32);
    for piece in template.split_inclusive(['@', '#', '%']) {
        let (before, sign) = piece.split_at(piece.len() - 1);
        text.push_str(before);
        let written = match sign {
            "@" => write!(text, "{:5}.{:06}", millis / 1000, millis % 1000 * 1000),
            "#" => write!(text, "{value}"),
            "%" => (0..8).try_for_each(|_| text.write_char(char::from(*random.one_of(LETTERS)))),
            _ => text.write_str(sign),
        };
        debug_assert!(written.is_ok(), "a text takes what is written to it");
    }
    text
}

/// Writes lines of a machine, from 2024 on, until so many bytes are written.
///
/// # Errors
/// Those of the output.
pub fn write(size: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut random = Random::new(seed);
    let start = DateTime::UNIX_EPOCH + TimeDelta::days(19_723);
    let (mut written, mut lines, mut millis) = (0, 0, 0_i64);
    while written < size {
        millis += i64::try_from(random.below(3_000)).unwrap_or(0);
        lines += 1;
        let text = text(Lines::Usual, lines, millis, &mut random);
        let line = format!("{} db7 {text}\n", (start + TimeDelta::milliseconds(millis)).format("%b %e %H:%M:%S"));
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
    }
    Ok(())
}
