//! Records and lines of the kernel log: who wrote, when, and the text.
//!
//! Three shapes: a record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg), a line of dmesg, a line of syslog. Only
//! the first tells who wrote: user space may write to /dev/kmsg, under another facility than the kernel's; and anyone
//! may send syslog a line that is tagged `kernel:`.

use std::borrow::Cow;

/// How bad (`KERN_*` in include/linux/kern_levels.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 0: the system is unusable.
    Emergency,
    /// 1: action must be taken at once.
    Alert,
    /// 2.
    Critical,
    /// 3.
    Error,
    /// 4.
    Warning,
    /// 5: normal but significant.
    Notice,
    /// 6.
    Info,
    /// 7.
    Debug,
}

/// Who wrote, and how bad it is: syslog's priority, the facility times eight and the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority(u32);

impl Priority {
    /// 0 is the kernel itself; user space gets 1 at least (`devkmsg_write` in kernel/printk/printk.c).
    pub const fn facility(self) -> u32 {
        self.0 >> 3
    }

    /// How bad.
    pub const fn level(self) -> Level {
        match self.0 & 7 {
            0 => Level::Emergency,
            1 => Level::Alert,
            2 => Level::Critical,
            3 => Level::Error,
            4 => Level::Warning,
            5 => Level::Notice,
            6 => Level::Info,
            _ => Level::Debug,
        }
    }

    /// Whether the kernel itself wrote: only then is the text a kernel fact.
    pub const fn is_kernel(self) -> bool {
        self.facility() == 0
    }
}

/// A record of /dev/kmsg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who wrote, and how bad it is.
    pub priority: Priority,
    /// Counts records since boot, 64 bits; a gap is records that were overwritten before they were read.
    pub sequence: u64,
    /// Microseconds since boot, by the clock that stands still in suspend.
    pub micros: u64,
    /// Flag `c`, of old kernels also `+`; `-` is none: a piece of a line that others may interrupt.
    pub continuation: bool,
    /// Further fields before the `;`, as they stand: `caller=T123`.
    pub fields: Vec<String>,
    /// The text, escapes undone; it may hold control characters. What is not UTF-8 is U+FFFD.
    pub text: String,
    /// The dictionary: `SUBSYSTEM=scsi`, `DEVICE=+scsi:0:0:0:0`.
    pub dictionary: Vec<(String, String)>,
    /// Lines behind the text that are not of the dictionary, as they stand.
    pub not_understood: Vec<String>,
}

impl Record {
    /// The device the kernel names in the dictionary: `+scsi:0:0:0:0`, `b8:0` (block), `c4:64`, `+pci:0000:00:1f.2`.
    pub fn device(&self) -> Option<&str> {
        self.dictionary.iter().find_map(|(key, value)| (key == "DEVICE").then_some(value.as_str()))
    }
}

/// Reads what one read of /dev/kmsg gives; `None` if it does not begin as a record.
pub fn record(bytes: &[u8]) -> Option<Record> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once(';')?;
    let mut fields = head.split(',');
    let priority = Priority(fields.next()?.parse().ok()?);
    let sequence = fields.next()?.parse().ok()?;
    let micros = fields.next()?.parse().ok()?;
    let continuation = matches!(fields.next(), Some("c" | "+"));
    let mut lines = body.split('\n');
    let mut record = Record {
        priority,
        sequence,
        micros,
        continuation,
        fields: fields.map(str::to_owned).collect(),
        text: unescaped(lines.next().unwrap_or_default()),
        dictionary: Vec::new(),
        not_understood: Vec::new(),
    };
    for line in lines.filter(|line| !line.is_empty()) {
        match line.strip_prefix(' ').and_then(|line| line.split_once('=')) {
            Some((key, value)) => record.dictionary.push((unescaped(key), unescaped(value))),
            None => record.not_understood.push(line.to_owned()),
        }
    }
    Some(record)
}

/// Undoes `\x0a`: so stands every byte that is not printable ASCII, and the backslash itself.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.extend_from_slice(b"\\x");
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A line of dmesg or syslog that the kernel is said to have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Who wrote, and how bad it is, where the line has it (`dmesg --raw`).
    pub priority: Option<Priority>,
    /// Microseconds since boot, where the line has them.
    pub micros: Option<u64>,
    /// The wall clock as it stands: `Nov 21 08:42:51`, `2026-11-21T08:42:51.5+00:00`, `Sat Nov 21 08:42:51 2026`
    /// (`dmesg -T`).
    pub written: Option<&'a str>,
    /// The host that syslog names.
    pub host: Option<&'a str>,
    /// The text.
    pub text: Cow<'a, str>,
}

/// Reads a line of dmesg or syslog, without its line end. `None` if it is neither, or syslog's of another program.
pub fn line(bytes: &[u8]) -> Option<Line<'_>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => stamped(text).or_else(|| syslog(text)),
        // A name in the text may hold any byte: what stands before it is still read, and the text with its bad bytes
        // replaced.
        Err(error) => {
            let (front, back) = bytes.split_at_checked(error.valid_up_to())?;
            let front = std::str::from_utf8(front).ok()?;
            let mut line = stamped(front).or_else(|| syslog(front))?;
            line.text.to_mut().push_str(&String::from_utf8_lossy(back));
            Some(line)
        }
    }
}

/// `<6>[   12.345678][  T123] text`, the priority and the caller or not.
fn stamped(text: &str) -> Option<Line<'_>> {
    let (priority, rest) = match text.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((priority, rest)) => (Some(Priority(priority.parse().ok()?)), rest),
        None => (None, text),
    };
    let (stamp, rest) = rest.strip_prefix('[')?.split_once(']')?;
    let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((caller, rest)) if is_caller(caller.trim_start()) => rest,
        _ => rest,
    };
    let micros = micros(stamp);
    let written = (micros.is_none() && is_ctime(stamp)).then_some(stamp);
    if micros.is_none() && written.is_none() {
        return None;
    }
    let text = Cow::Borrowed(rest.strip_prefix(' ').unwrap_or(rest));
    Some(Line { priority, micros, written, host: None, text })
}

/// `Nov 21 08:42:51 host kernel: [   12.345678] text`, or an ISO time in front.
fn syslog(text: &str) -> Option<Line<'_>> {
    let (head, rest) = text.split_once(" kernel: ")?;
    let (written, host) = head.trim_end().rsplit_once(' ')?;
    let is_iso = || written.len() >= 19 && written.get(10..11) == Some("T") && !written.contains(' ');
    let is_clock = |word: &str| word.len() == 8 && word.bytes().filter(|byte| *byte == b':').count() == 2;
    if !is_iso() && !written.rsplit(' ').next().is_some_and(is_clock) {
        return None;
    }
    let line = match stamped(rest.trim_start()) {
        Some(line) if line.written.is_none() => line,
        _ => Line { priority: None, micros: None, written: None, host: None, text: Cow::Borrowed(rest) },
    };
    Some(Line { written: Some(written), host: Some(host), ..line })
}

/// `   12.345678`.
fn micros(stamp: &str) -> Option<u64> {
    let (seconds, fraction) = stamp.trim_start().split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() != 6 || !digits(fraction) || !digits(seconds) {
        return None;
    }
    seconds.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(fraction.parse().ok()?)
}

/// `T123` (a thread) or `C0` (a processor in an interrupt): `CONFIG_PRINTK_CALLER`.
fn is_caller(text: &str) -> bool {
    text.strip_prefix(['T', 'C'])
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `Sat Nov 21 08:42:51 2026`.
fn is_ctime(stamp: &str) -> bool {
    let words: Vec<&str> = stamp.split_whitespace().collect();
    matches!(words.as_slice(), [_, _, _, clock, year] if clock.len() == 8 && year.len() == 4 && clock.matches(':').count() == 2)
}
