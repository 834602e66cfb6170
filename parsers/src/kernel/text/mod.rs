//! The kernel's log as a file of text: dmesg, syslog, journalctl, of Linux and of FreeBSD.
//!
//! A record is a line with a time in front (`stamp`), and of syslog a host and a tag (`head`); of FreeBSD's dmesg, which writes no
//! times, any line. Records of programs that stand in the same file are intact and say nothing here, but for those that watch a UPS
//! ([`crate::ups::syslog`]), the drives ([`crate::smartd`]) or arrays of md ([`monitor`]): only what the kernel wrote is its word, and anybody may write what looks like a driver's line under
//! another name.
//!
//! Which of the two framings a log has, the year of times that say none, and the start of the kernel that others count from, are
//! [learned](KernelLog::learn) from its front.
//!
//! **What is no damage,** since it is what the writer wrote: a line of text without a head between two records (the kernel's texts
//! may hold line ends); bytes that firmware gave as its name and that the kernel printed as they were ([`FIRMWARE`]); lines of
//! FreeBSD's kernel that run into each other while it starts, see [`super::controller_event`].

mod head;
mod learn;
mod stamp;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

pub use head::Writer;

use super::controller_event::ControllerEvent;
use super::{freebsd, storage};
use crate::md::monitor;
use crate::printable::printable;
use crate::smartd;
use crate::stream::{self, Claim, Grammar, Misfit, Sequence};
use crate::time::Basis;
use crate::ups::syslog;
use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc};
use stamp::{Form, Time};

/// A record of the log. Texts are slices of the line, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// The front of the line, up to the end of its time; empty where there is none.
    pub written: &'a str,
    /// The local time that it says, or else that it follows from.
    pub local: NaiveDateTime,
    /// The offset from UTC.
    pub zone: Option<&'a str>,
    /// What makes the time less sure than its text does.
    basis: Option<Basis>,
    says_year: bool,
    sequence: Sequence,
    /// The host, if it is named.
    pub host: Option<&'a str>,
    /// Who wrote it.
    pub writer: Writer,
    /// What stands behind the head, with the time since the start where a kernel of syslog writes one.
    pub line: &'a str,
    /// The same without that.
    pub text: &'a str,
}

/// What a line says of storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// By Linux.
    Linux(storage::Event),
    /// By FreeBSD.
    FreeBsd(freebsd::Event),
    /// An entry of a MegaRAID controller's log.
    Controller(ControllerEvent),
    /// By a program that watches a UPS.
    Ups(syslog::Said),
    /// By mdadm.
    Mdadm(monitor::Alert),
    /// By smartd.
    Smartd(smartd::Said),
}

/// The grammar, with what was learned of the log.
#[derive(Debug, Clone)]
pub struct KernelLog {
    /// Whether lines have no heads.
    bare: bool,
    /// Of times that say none, and how sure it is.
    year: (i32, Option<Basis>),
    /// When the kernel started, UTC, and how sure that is.
    start: (NaiveDateTime, Option<Basis>),
    /// When the source was written last, UTC.
    modified: NaiveDateTime,
}

/// Beginnings of FreeBSD's lines that end in what firmware says, byte by byte (sys/kern/kern_environment.c, `init_static_kenv`;
/// sys/dev/acpica/acpi.c, `acpi_attach`).
pub const FIRMWARE: [&[u8]; 2] = [b"WARNING: too long kenv string, ignoring ", b"acpi0: <"];

impl Told {
    /// Whether it is more than a line that begins with a driver's name.
    pub fn is_understood(&self) -> bool {
        match self {
            Self::Linux(event) => event.kind != storage::Kind::Other,
            Self::FreeBsd(event) => event.kind != storage::Kind::Other,
            Self::Mdadm(alert) => !matches!(alert.event, monitor::Event::Other(_)),
            Self::Smartd(said) => !matches!(said, smartd::Said::Of { meaning: None, .. }),
            Self::Controller(_) | Self::Ups(_) => true,
        }
    }
}

impl Record<'_> {
    /// What it says of storage. Whether a line is intact does not depend on it, so it is found out only where it is asked for.
    #[must_use]
    pub fn told(&self) -> Option<Told> {
        if self.writer == Writer::Kernel { told(self.text) } else { of_others(self.text) }
    }
}

impl KernelLog {
    /// Of a source that was written last at that time.
    #[must_use]
    pub fn new(modified: DateTime<Utc>) -> Self {
        let modified = modified.naive_utc();
        let year = (modified.year(), Some(Basis::Assumed));
        Self { bare: false, year, start: (modified, Some(Basis::OfFile)), modified }
    }

    /// Reads a line with a head.
    fn headed<'a>(&self, line: &'a str) -> Option<Record<'a>> {
        let head = head::head(line, self.year.0).filter(|head| !head::has_second(line, head))?;
        let (local, zone, basis) = match head.time {
            Time::Local(local, zone) => (local, zone, None),
            Time::YearUnsaid(local) => (local, None, self.year.1),
            Time::SinceStart(micros) => {
                let since = i64::try_from(micros / 1_000_000).ok().and_then(TimeDelta::try_seconds);
                let local = since.and_then(|since| self.start.0.checked_add_signed(since)).unwrap_or(self.modified);
                // Whatever the clock of the start was set to, the log was not written later than its file.
                (if self.start.1.is_some() { local.min(self.modified) } else { local }, Some("UTC"), self.start.1)
            }
        };
        let says_year = !matches!(head.time, Time::YearUnsaid(_));
        let (written, host, writer, line, text) = (head.written, head.host, head.writer, head.line, head.text);
        let sequence = if head.form == Form::Bracket { Sequence::Strict } else { Sequence::MayRepeat };
        Some(Record { written, local, zone, basis, says_year, sequence, host, writer, line, text })
    }

    /// Reads a line of a program that writes another encoding than UTF-8, or colours for a terminal: its front, as far as it is text. The
    /// kernel writes neither.
    fn of_program<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let text = front_text(line);
        let is_letter = |byte: &u8| (b' '..0x7f).contains(byte) || *byte >= LATIN || matches!(*byte, b'\t' | ESCAPE);
        let record = self.headed(text).filter(|record| record.writer == Writer::Other && !record.text.is_empty())?;
        (line.iter().all(is_letter) && head::next_head(line, 1).is_none()).then_some(record)
    }

    /// Reads a line of a log that has no heads. Its time is the file's, but for entries that have their own.
    fn headless<'a>(&self, line: &'a str) -> Record<'a> {
        let own = if learn::may_tell(line) { controller_event(line) } else { None };
        let own = own.and_then(|event| own_time(&event)).filter(|own| *own <= self.modified + TimeDelta::days(1));
        Record {
            written: "",
            local: own.unwrap_or(self.modified),
            zone: if own.is_some() { None } else { Some("UTC") },
            basis: if own.is_some() { None } else { Some(Basis::OfFile) },
            says_year: true,
            sequence: Sequence::None,
            host: None,
            writer: Writer::Kernel,
            line,
            text: line,
        }
    }
}

/// The first letter of ISO 8859-1 beyond ASCII.
const LATIN: u8 = 0xa0;

/// Colours for a terminal begin with it.
const ESCAPE: u8 = 0x1b;

/// Local time by the clock of a controller, where it was set.
fn own_time(event: &ControllerEvent) -> Option<NaiveDateTime> {
    match event.when {
        storage::ControllerTime::Seconds(seconds) => {
            Some(DateTime::from_timestamp(SINCE_2000.checked_add(seconds.into())?, 0)?.naive_utc())
        }
        storage::ControllerTime::SinceBoot(_) => None,
    }
}

/// Seconds from 1970-01-01 to 2000-01-01, from which the controller counts.
const SINCE_2000: i64 = 946_684_800;

/// What a line of the kernel says of storage. Most say nothing, which their first bytes show.
fn told(text: &str) -> Option<Told> {
    if !learn::may_tell(text) {
        return None;
    }
    let text = first_line(text);
    if let Some(event) = controller_event(text) {
        return Some(Told::Controller(event));
    }
    // Both have an `ata3` and an `nvme0`; what they say of them tells whose it is.
    let freebsd = freebsd::event(text).map(Told::FreeBsd);
    if freebsd.as_ref().is_some_and(Told::is_understood) {
        return freebsd;
    }
    let linux = storage::event(text).map(Told::Linux);
    if linux.as_ref().is_some_and(Told::is_understood) { linux } else { freebsd.or(linux) }
}

/// rsyslog writes a line end within a record as its number; what stands behind it adds to what stands before.
fn first_line(text: &str) -> &str {
    memchr::memmem::find(text.as_bytes(), b"#012").and_then(|end| text.get(..end)).unwrap_or(text)
}

/// An entry of a controller's log. Linux' driver names the card before one.
fn controller_event(text: &str) -> Option<ControllerEvent> {
    let text = first_line(text);
    if text.starts_with("megaraid_sas ") { None } else { ControllerEvent::find(text) }
}

/// What programs say: devd passes on what the kernel tells it of ZFS; others watch arrays, drives, the power.
fn of_others(text: &str) -> Option<Told> {
    match text.as_bytes().first()? {
        b'Z' if text.starts_with("ZFS[") => freebsd::event(text).map(Told::FreeBsd),
        b'm' if text.starts_with("mdadm") => monitor::said(text).map(Told::Mdadm),
        b's' if text.starts_with("smartd") => smartd::said(text).map(Told::Smartd),
        _ => syslog::said(text).map(Told::Ups),
    }
}

impl Grammar for KernelLog {
    type Record<'a> = Record<'a>;

    fn parse<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Misfit> {
        if self.bare {
            return match std::str::from_utf8(line) {
                Ok(text) if printable(text) => Ok(self.headless(text)),
                // As much of it as is text; what firmware says is nothing that is understood.
                _ => firmware(line).map(|text| self.headless(text)).ok_or(Misfit::NoRecord),
            };
        }
        match std::str::from_utf8(line) {
            Ok(text) if printable(text) => self.headed(text).ok_or(Misfit::NoRecord),
            _ => self.of_program(line).ok_or(Misfit::NoRecord),
        }
    }

    fn next_head(&self, bytes: &[u8], from: usize) -> Option<usize> {
        if self.bare { None } else { head::next_head(bytes, from) }
    }

    fn front(&self, bytes: &[u8]) -> usize {
        let text = front_text(bytes);
        match stamp_of(text) {
            _ if self.bare => text.len(),
            // Less than a time could be anything.
            0 => 0,
            _ => text.len(),
        }
    }

    fn tail(&self, _line: &[u8]) -> Option<usize> {
        // A record ends in any text.
        None
    }

    fn trace(&self, line: &[u8]) -> Option<usize> {
        if self.bare { None } else { head::trace(line) }
    }

    fn disagree(&self, _front: &[u8], _tail: &[u8]) -> bool {
        false
    }
}

/// How long the time is that a text begins with, priority included; 0 if there is none.
fn stamp_of(text: &str) -> usize {
    let after = text.strip_prefix('<').and_then(|rest| rest.split_once('>')).map_or(text, |(_, rest)| rest);
    let after = after.strip_prefix("1 ").unwrap_or(after);
    stamp::stamp(after, 2000).map_or(0, |(_, _, length)| text.len() - after.len() + length)
}

/// The text at the front: up to the first byte that is none.
fn front_text(bytes: &[u8]) -> &str {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default(),
    };
    let end = text.find(|c: char| c.is_control() && c != '\t').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The text of a line that goes on with what firmware says.
fn firmware(line: &[u8]) -> Option<&str> {
    let spoken = FIRMWARE.iter().any(|beginning| line.starts_with(beginning));
    (spoken && !line.contains(&0)).then(|| front_text(line))
}

impl stream::Record for Record<'_> {
    fn written(&self) -> &str {
        self.written
    }

    fn local(&self) -> NaiveDateTime {
        self.local
    }

    fn says_year(&self) -> bool {
        self.says_year
    }

    fn basis(&self) -> Option<Basis> {
        self.basis
    }

    fn sequence(&self) -> Sequence {
        self.sequence
    }

    fn zone(&self) -> Option<&str> {
        self.zone
    }

    fn is_whole(&self) -> bool {
        // What is pasted or sent lacks its last line end more often than half a line.
        true
    }

    fn report(&self) -> Option<u32> {
        None
    }

    fn claim(&self) -> Option<Claim<'_>> {
        None
    }
}
