//! Everything before the text of a line: who wrote it, when, on which host.
//!
//! ```text
//! <4>[   12.345678] sd 0:0:1:0: …                                  dmesg -r, /proc/kmsg
//! kern  :warn  : [   12.345678] sd 0:0:1:0: …                      dmesg -x
//! Oct 14 08:38:12 db7 kernel: [   12.345678] sd 0:0:1:0: …         RFC 3164; the bracket only where the kernel writes one
//! Oct 14 08:38:12 <kern.crit> db7 kernel: da0: …                   FreeBSD's syslogd -v (usr.sbin/syslogd/syslogd.c)
//! Oct 14 08:38:12 db7 kern.warn kernel: sd 0:0:1:0: …              busybox
//! Oct 14 08:38:12 db7 kernel - - da0: …                            FreeBSD 12 and later, of what its kernel wrote before syslogd
//! <4>1 2026-01-02T03:04:05.678901+00:00 db7 kernel - - - sd …      RFC 5424
//! [   12.345678] db7 kernel: sd 0:0:1:0: …                         journalctl -o short-monotonic
//! ```

use super::stamp::{Form, Time, stamp};
use memchr::memchr2_iter;

/// Who wrote a line, as far as its head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The kernel. Of dmesg without priorities this is what is assumed: what programs wrote to /dev/kmsg looks the same there.
    Kernel,
    /// A program, or somebody who calls himself kernel under another facility.
    Other,
}

/// A head and the text behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// The front of the line, up to the end of its time.
    pub(super) written: &'a str,
    pub(super) time: Time<'a>,
    pub(super) form: Form,
    pub(super) host: Option<&'a str>,
    pub(super) writer: Writer,
    /// Since the start of the kernel, microseconds, where a bracket stands behind the tag.
    pub(super) since_start: Option<u64>,
    /// All behind the tag.
    pub(super) line: &'a str,
    /// The same without the time since the start. Of a program, with its name in front.
    pub(super) text: &'a str,
}

/// Reads a line; none if it begins with no head. `year` is that of times that do not say.
pub(super) fn head(line: &str, year: i32) -> Option<Head<'_>> {
    let (facility, at) = priority(line);
    let (time, form, length) = stamp(line.get(at..)?, year)?;
    let (written, rest) = line.split_at_checked(at + length)?;
    let is_kernel = facility.is_none_or(|facility| facility == KERNEL);
    let writer = |says_kernel: bool| if says_kernel && is_kernel { Writer::Kernel } else { Writer::Other };
    let make = |host, writer, line| {
        let (since_start, text) = if writer == Writer::Kernel { inner(line) } else { (None, line) };
        Head { written, time, form, host, writer, since_start, line, text }
    };
    if matches!(form, Form::Bracket | Form::IsoComma) {
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        if let Some((host, text)) = rest.split_once(' ').and_then(|(host, rest)| Some((host, tag(rest)?)))
            && is_host(host)
        {
            return Some(make(Some(host), writer(true), text));
        }
        return Some(make(None, writer(true), rest));
    }
    let rest = rest.strip_prefix(' ')?;
    let rest = match rest.strip_prefix('<').and_then(|rest| rest.split_once("> ")) {
        Some((said, rest)) if said.contains('.') && is_host(said) => rest,
        _ => rest,
    };
    // A line without a host: the tag stands in its place.
    if let Some(text) = tag(rest) {
        return Some(make(None, writer(true), text));
    }
    let (host, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    if !is_host(host) {
        return None;
    }
    let rest = match rest.split_once(' ') {
        Some((said, rest)) if said.starts_with("kern.") => rest,
        _ => rest,
    };
    let text = tag(rest);
    Some(make(Some(host), writer(text.is_some()), text.unwrap_or(rest)))
}

/// The kernel's own facility (RFC 5424, table 1).
const KERNEL: u32 = 0;

/// Names of facilities as `dmesg -x` pads them (util-linux, sys-utils/dmesg.c, `facility_names`); the first is the kernel's.
const FACILITIES: [&str; 12] =
    ["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"];

/// The facility that a line begins with, and how long its text is: `<6>`, `<165>1 `, `kern  :info  : `.
fn priority(line: &str) -> (Option<u32>, usize) {
    let in_angles = || {
        let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
        let number: u32 = number.parse().ok()?;
        let rest =
            rest.strip_prefix("1 ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(rest);
        Some((Some(number >> 3), line.len() - rest.len()))
    };
    let decoded = || {
        let (facility, rest) = line.split_once(':').filter(|(facility, _)| facility.len() >= 6)?;
        let (level, rest) = rest.split_once(": ")?;
        let number = FACILITIES.iter().position(|name| *name == facility.trim_end())?;
        (level.len() >= 6 && level.trim_end().bytes().all(|byte| byte.is_ascii_lowercase())).then_some(())?;
        Some((u32::try_from(number).ok(), line.len() - rest.len()))
    };
    match line.as_bytes().first() {
        Some(b'<') => in_angles().unwrap_or((None, 0)),
        Some(b'a'..=b'z') => decoded().unwrap_or((None, 0)),
        _ => (None, 0),
    }
}

/// What follows the kernel's tag.
fn tag(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix("kernel")?;
    if let Some(text) = rest.strip_prefix(':') {
        return Some(text.strip_prefix(' ').unwrap_or(text));
    }
    // RFC 5424: process, message and structured data, of which FreeBSD leaves one out in its files.
    let text =
        rest.strip_prefix("[0]: ").or_else(|| rest.strip_prefix(" - - - ")).or_else(|| rest.strip_prefix(" - - "))?;
    Some(text)
}

/// What the kernel itself writes before its text: the time since its start, and who of it wrote (`CONFIG_PRINTK_CALLER`).
fn inner(text: &str) -> (Option<u64>, &str) {
    let (since_start, text) = match stamp(text, 2000) {
        Some((Time::SinceStart(micros), _, length)) if text.starts_with('[') => {
            let rest = text.get(length..).unwrap_or_default();
            (Some(micros), rest.strip_prefix(' ').unwrap_or(rest))
        }
        _ => (None, text),
    };
    (since_start, caller(text).unwrap_or(text))
}

/// The text behind `[    T848] `, `[   C3] `.
fn caller(text: &str) -> Option<&str> {
    let (caller, rest) = text.strip_prefix('[')?.split_once("] ")?;
    let number = caller.trim_start().strip_prefix(['T', 'C'])?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
}

/// A host's name or address: no blanks and nothing that cannot be printed. RFC 3164 says no more of it.
fn is_host(name: &str) -> bool {
    (1..=HOST_MAX).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The longest name that the Internet's name system has.
const HOST_MAX: usize = 255;

/// Where a head begins within a line, at or after `from`.
///
/// A line may well speak of another's time, so within one a head is only what cannot be quoted: in what the kernel wrote, since it
/// quotes none; elsewhere, behind something that no quotation begins with. Of a log of hosts it is one of the same host.
pub(super) fn next_head(bytes: &[u8], from: usize) -> Option<usize> {
    let outer = front(bytes, HEAD_MAX).and_then(|line| head(line, 2000));
    let is_own = |begin: usize| begin == 0 && from == 0;
    heads(bytes, from)
        .find(|(begin, form)| is_own(*begin) || stands(bytes, *begin, *form, outer.as_ref()))
        .map(|(begin, _)| begin)
}

/// Whether a second head stands in the text of a line.
pub(super) fn has_second(line: &str, outer: &Head<'_>) -> bool {
    let from = line.len() - outer.text.len();
    heads(line.as_bytes(), from).any(|(begin, form)| stands(line.as_bytes(), begin, form, Some(outer)))
}

/// Where times stand that a head may begin with, at or after `from`.
fn heads(bytes: &[u8], from: usize) -> impl Iterator<Item = (usize, Form)> {
    let start = from.saturating_sub(START_MAX);
    // A priority may begin before.
    let marks = memchr2_iter(b':', b'[', bytes.get(start..).unwrap_or_default());
    marks.filter_map(move |at| begin(bytes, start + at)).filter(move |(begin, _)| *begin >= from)
}

/// From where a head begins to the byte that it is found by: `<165>1 2026-01-02T03`.
const START_MAX: usize = 24;

/// Where a stamp begins that has a time of day with its first colon at `at`, or a bracket there.
fn begin(bytes: &[u8], at: usize) -> Option<(usize, Form)> {
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    if bytes.get(at) == Some(&b'[') {
        // Six digits stand behind the point, and most brackets hold a word.
        if !digit(Some(at + 1)) && bytes.get(at + 1) != Some(&b' ') {
            return None;
        }
        let found = stamp(front(bytes.get(at..)?, STAMP_MAX)?, 2000);
        return matches!(found, Some((Time::SinceStart(_), Form::Bracket, length)) if length >= BRACKET_MIN)
            .then(|| (prioritised(bytes, at), Form::Bracket));
    }
    if bytes.get(at + 3) != Some(&b':') || !digit(at.checked_sub(1)) || !digit(Some(at + 1)) {
        return None;
    }
    // Before the hour's two digits: `Oct 14 `, `2026-01-02T`, `[Mon Oct 14 `.
    [9, 13, 14].into_iter().find_map(|before| {
        let begin = at.checked_sub(before)?;
        let (_, form, _) = stamp(front(bytes.get(begin..)?, STAMP_MAX)?, 2000)?;
        Some((prioritised(bytes, begin), form))
    })
}

/// `[    0.000000]`: the kernel pads the seconds to five columns.
const BRACKET_MIN: usize = 14;

/// Where the priority before a stamp begins, if there is one.
fn prioritised(bytes: &[u8], stamp: usize) -> usize {
    let before = bytes.get(..stamp).unwrap_or_default();
    let angle = before.strip_suffix(b"1 ").unwrap_or(before);
    let found = || {
        let digits = angle.strip_suffix(b">")?;
        let count = digits.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let start = digits.len().checked_sub(count + 1)?;
        ((1..=3).contains(&count) && digits.get(start) == Some(&b'<')).then_some(start)
    };
    found().unwrap_or(stamp)
}

/// The text at the front, as far as is asked for.
fn front(bytes: &[u8], length: usize) -> Option<&str> {
    let window = bytes.get(..bytes.len().min(length))?;
    match std::str::from_utf8(window) {
        Ok(text) => Some(text),
        Err(error) => std::str::from_utf8(window.get(..error.valid_up_to())?).ok(),
    }
}

/// Priority, time, and the longest host and tag.
const HEAD_MAX: usize = 400;

/// The longest time.
const STAMP_MAX: usize = 40;

/// Whether a stamp in the middle of a line begins a record that was written there.
fn stands(bytes: &[u8], begin: usize, form: Form, outer: Option<&Head<'_>>) -> bool {
    let Some(inner) = bytes.get(begin..).and_then(|rest| front(rest, HEAD_MAX)).and_then(|text| head(text, 2000))
    else {
        return false;
    };
    let before = begin.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(b'\n');
    let glued = !before.is_ascii() || before.is_ascii_control() || before.is_ascii_alphanumeric() || before == b')';
    let quotes_none = outer.is_some_and(|outer| outer.writer == Writer::Kernel);
    if form == Form::Bracket || form == Form::IsoComma {
        // Behind the tag of a line of syslog the kernel's own bracket stands.
        return outer.map_or(glued, |outer| outer.form == form && outer.host == inner.host);
    }
    // Nothing but a tag tells a host from a word.
    let tagged = inner.writer == Writer::Kernel || inner.text.split(' ').next().is_some_and(|word| word.ends_with(':'));
    let same_log = outer.is_none_or(|outer| outer.host == inner.host);
    tagged && same_log && (glued || quotes_none)
}

/// Where the rest of a head stands in a line that has lost its front: a time of day, or its end, a host and the kernel's tag; or the tag and the
/// kernel's bracket.
pub(super) fn trace(line: &[u8]) -> Option<usize> {
    let tag = memchr::memmem::find(line, b" kernel: ")?;
    let rest = front(line.get(tag + 1..)?, HEAD_MAX)?;
    let (since_start, _) = inner(rest.strip_prefix("kernel: ")?);
    let before = line.get(..tag)?;
    let host = before.iter().rev().position(|byte| !byte.is_ascii_graphic()).map_or(0, |length| before.len() - length);
    let clock = line.get(..host)?.strip_suffix(b" ").and_then(|before| {
        let digits = |byte: &&u8| byte.is_ascii_digit() || **byte == b':';
        let start = before.len() - before.iter().rev().take(8).take_while(digits).count();
        // Seconds, with the colon before them.
        let [.., b':', tens, ones] = before.get(start..)? else { return None };
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then_some(start)
    });
    clock.or(since_start.map(|_| host))
}

#[cfg(test)]
mod tests {
    use super::{head, next_head, trace};

    #[test]
    fn heads() {
        let check = |line: &str, expect: &str| {
            let got = head(line, 2013).map_or("none".to_owned(), |head| {
                let since = head.since_start.map_or(String::new(), |micros| format!(" {micros}"));
                format!("{:?} {}{since} {:?}", head.writer, head.host.unwrap_or("-"), head.text)
            });
            assert_eq!(got, expect, "{line}");
        };
        check("[   12.345678] sd 0:0:1:0: [sdb] x", "Kernel - \"sd 0:0:1:0: [sdb] x\"");
        check("[   12.345678] [    T848] md: x", "Kernel - \"md: x\"");
        check("<4>[   12.345678] md: x", "Kernel - \"md: x\"");
        check("<30>[   12.345678] systemd[1]: x", "Other - \"systemd[1]: x\"");
        check("kern  :warn  : [   12.345678] md: x", "Kernel - \"md: x\"");
        check("daemon:info  : [   12.345678] systemd[1]: x", "Other - \"systemd[1]: x\"");
        check("[   12.345678] db7 kernel: md: x", "Kernel db7 \"md: x\"");
        check("Oct 14 08:38:12 db7 kernel: [   12.345678] md: x", "Kernel db7 12345678 \"md: x\"");
        check("Oct 14 08:38:12 db7 kernel: da0: x", "Kernel db7 \"da0: x\"");
        check("Oct 14 08:38:12 <kern.crit> db7 kernel: da0: x", "Kernel db7 \"da0: x\"");
        check("Oct 14 08:38:12 db7 kern.warn kernel: md: x", "Kernel db7 \"md: x\"");
        check("Oct 14 08:38:12 db7 kernel - - da0: x", "Kernel db7 \"da0: x\"");
        check("Oct 14 08:38:12 kernel: da0: x", "Kernel - \"da0: x\"");
        check("Oct 14 08:38:12 db7 kerneloops[7]: x", "Other db7 \"kerneloops[7]: x\"");
        check("Oct 14 08:38:12 db7 smartd[7]: x", "Other db7 \"smartd[7]: x\"");
        check("Oct 14 08:38:12 2001:db8::1 sshd: x", "Other 2001:db8::1 \"sshd: x\"");
        check("Oct 14 08:38:12 db7", "Other db7 \"\"");
        check("<4>Oct 14 08:38:12 db7 kernel: md: x", "Kernel db7 \"md: x\"");
        // Anybody may call himself kernel.
        check("<14>Oct 14 08:38:12 db7 kernel: md: x", "Other db7 \"md: x\"");
        check("<4>1 2026-01-02T03:04:05.678901+00:00 db7 kernel - - - md: x", "Kernel db7 \"md: x\"");
        check("2026-01-02T03:04:05+0000 db7 kernel: md: x", "Kernel db7 \"md: x\"");
        check("2026-01-02T03:04:05,678901+00:00 md: x", "Kernel - \"md: x\"");
        check("Oct 14 08:38:12", "none");
        check("md: x", "none");
        check("", "none");
    }

    #[test]
    fn heads_within_a_line() {
        let check = |line: &str, expect: Option<usize>| assert_eq!(next_head(line.as_bytes(), 1), expect, "{line}");
        check("Oct 14 08:38:12 db7 kernel: sd 0:0:1:Oct 14 08:38:13 db7 kernel: x", Some(37));
        check("Oct 14 08:38:12 db7 kernel: sd 0:0:1: Oct 14 08:38:13 db7 kernel: x", Some(38));
        check("Oct 14 08:38:12 db7 kernel: sd 0:0:1:Oct 14 08:38:13 db8 kernel: x", None);
        check("Oct 14 08:38:12 db7 cron[7]: (rootOct 14 08:38:13 db7 cron[8]: x", Some(34));
        check("Oct 14 08:38:12 db7 cron[7]: saw Oct 14 08:38:13 db7 cron[8]: x", None);
        check("Oct 14 08:38:12 db7 cron[7]: \"Oct 14 08:38:13 db7 cron[8]: x\"", None);
        check("Oct 14 08:38:12 db7 kernel: [   12.345678] md: x", None);
        check("Oct 14 08:38:12 db7 backup: db-2026-01-02T03:04:05 is done", None);
        check("[   12.345678] sd 0:0:[   12.345679] md: x", Some(22));
        check("[   12.345678] <4>[   12.345679] md: x", Some(15));
        check("x\0\0\0\0Oct 14 08:38:13 db7 kernel: x", Some(5));
        check("2026-01-02T03:04:05+0000 db7 kernel: m2026-01-02T03:04:06+0000 db7 kernel: md: x", Some(38));
    }

    #[test]
    fn traces() {
        let check = |line: &str, expect: Option<usize>| assert_eq!(trace(line.as_bytes()), expect, "{line}");
        check("t 14 08:38:12 db7 kernel: md: x", Some(5));
        check("12 db7 kernel: [   12.345678] md: x", Some(3));
        check("the kernel: a history", None);
    }
}
