//! Mails of `mdadm --monitor`: an event, the array, the machine, and /proc/mdstat as it was then.
//!
//! The same event it writes to the system's log: [`said`].
//!
//! Facts: `alert` in Monitor.c of mdadm 4.2. Later versions tell the event in the line that 4.2 writes to the system's log, and name the
//! machine in the subject alone; no capture of these was seen.

use super::mdstat::{Mdstat, mdstat};
use crate::output::{Keys, Line, Tally, lines};
use crate::tag::tagged;
use chrono::{DateTime, FixedOffset};

/// The mails of a file, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mails {
    /// The mails.
    pub mails: Vec<Mail>,
    /// How far they were understood, and whether the last is whole.
    pub tally: Tally,
}

/// A mail. What it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// When it was sent, if its head is there (`Date`).
    pub sent: Option<DateTime<FixedOffset>>,
    /// The machine that mdadm runs on.
    pub host: Option<String>,
    /// What happened.
    pub event: Option<Event>,
    /// The array: `/dev/md0`.
    pub device: Option<String>,
    /// The member that it is about.
    pub component: Option<String>,
    /// What mdadm adds: `mismatches found: 128 (on raid level 10)`, `Wrong-Level`.
    pub extra: Option<String>,
    /// Whether /proc/mdstat is announced.
    pub quotes: bool,
    /// /proc/mdstat as it was then; it may have ended in the mail before its last line did.
    pub mdstat: Mdstat,
}

/// An event, as a line of its own tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What happened.
    pub event: Event,
    /// The array: `/dev/md0`.
    pub device: Option<String>,
    /// The member that it is about; of a spare that was moved, the array that it came from.
    pub component: Option<String>,
    /// What mdadm adds: `mismatches found: 128 (on raid level 10)`, `Wrong-Level`.
    pub extra: Option<String>,
}

/// What happened (mdadm(8), MONITOR MODE).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An array that was there is not any more.
    DeviceDisappeared,
    /// A member began to be written.
    RebuildStarted,
    /// It is written to so many per cent; each multiple of the increment that mdadm was started with is told.
    Rebuild(u32),
    /// The sync thread ended, finished or not.
    RebuildFinished,
    /// A member was given up.
    Fail,
    /// A spare was given up while it was being written.
    FailSpare,
    /// A spare took the place of a member.
    SpareActive,
    /// An array came.
    NewArray,
    /// An array was without a member when mdadm began to watch.
    DegradedArray,
    /// A spare was moved from one array to another.
    MoveSpare,
    /// An array has fewer spares than are configured.
    SparesMissing,
    /// Somebody tried whether mails arrive.
    TestMessage,
    /// A word of no known event, as it stands.
    Other(String),
}

impl Event {
    /// Reads its word.
    pub fn read(word: &str) -> Self {
        match word {
            "DeviceDisappeared" => Self::DeviceDisappeared,
            "RebuildStarted" => Self::RebuildStarted,
            "RebuildFinished" => Self::RebuildFinished,
            "Fail" => Self::Fail,
            "FailSpare" => Self::FailSpare,
            "SpareActive" => Self::SpareActive,
            "NewArray" => Self::NewArray,
            "DegradedArray" => Self::DegradedArray,
            "MoveSpare" => Self::MoveSpare,
            "SparesMissing" => Self::SparesMissing,
            "TestMessage" => Self::TestMessage,
            other => match other.strip_prefix("Rebuild").and_then(|percent| percent.parse().ok()) {
                Some(percent) => Self::Rebuild(percent),
                None => Self::Other(other.to_owned()),
            },
        }
    }
}

const FIRST: &str = "This is an automatically generated mail message";
const QUOTE: &str = "P.S. The /proc/mdstat file currently contains the following";

/// A mail may have a head so long.
const HEAD_MAX: usize = 200;

/// Whether bytes are of it: the first line of its text, and the event behind it.
pub fn recognise(bytes: &[u8]) -> bool {
    let mut text = lines(bytes).take(HEAD_MAX).skip_while(|line| !line.text.starts_with(FIRST));
    let first = text.next();
    first.is_some_and(|line| line.text.contains("mdadm"))
        || text.take(3).any(|line| told(line.text.trim()).is_some_and(|mail| mail.device.is_some()))
}

/// Where in a mail a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Body,
    Quote,
}

/// Reads them. Bytes that are not UTF-8 become U+FFFD.
pub fn read(bytes: &[u8]) -> Mails {
    let mut read = Mails::default();
    let mut mail = Mail::default();
    let mut part = Part::Head;
    let mut quote = Quote::default();
    let mut names = Keys::default();
    for line in lines(bytes) {
        let text = line.text.trim_end();
        let ends = part == Part::Quote && (text.starts_with("From ") || is_header(text));
        if ends || part != Part::Head && text.starts_with(FIRST) {
            let whole = std::mem::take(&mut mail).with(&std::mem::take(&mut quote), &mut read.tally);
            read.mails.push(whole);
            part = Part::Head;
        }
        if !text.is_empty() {
            read.tally.met();
        }
        part = match part {
            Part::Head => {
                if !is_of_head(text) || is_rest(text) && names.is_empty() {
                    other(&line, &mut read.tally);
                }
                if !is_rest(text) {
                    text.split_once(": ").into_iter().for_each(|(name, _)| _ = names.take(name));
                }
                let next = mail.head(text);
                // mdadm writes both (`alert` in Monitor.c); mail programs add others, and people copy the subject alone.
                let alone = || names.len() == 1 && names.has("Subject");
                let both = || names.has("From") && names.has("Subject");
                if next == Part::Body && !names.is_empty() && !alone() && !both() {
                    read.tally.cut("lines of its head are missing");
                }
                if next == Part::Body {
                    names = Keys::default();
                }
                next
            }
            Part::Body => mail.body(&line, text, &mut read.tally),
            Part::Quote => {
                quote.push(&line);
                Part::Quote
            }
        };
        if !line.ended {
            read.tally.cut("its last line has no end");
        }
    }
    if mail.event.is_none() {
        read.tally.cut("no event is told");
    } else if !mail.quotes {
        read.tally.cut("/proc/mdstat, which ends it, is not quoted");
    }
    let mail = mail.with(&quote, &mut read.tally);
    read.mails.push(mail);
    read
}

/// What a mail quotes.
#[derive(Default)]
struct Quote {
    text: String,
    /// The number of its first line in the file.
    first: u64,
}

impl Quote {
    fn push(&mut self, line: &Line<'_>) {
        if self.text.is_empty() {
            self.first = line.number;
        }
        self.text.push_str(&line.text);
        self.text.push('\n');
    }
}

/// A line that no mail of mdadm has.
fn other(line: &Line<'_>, tally: &mut Tally) {
    tally.odd(line);
    tally.cut(format!("line {} is of another text", line.number));
}

/// Whether a line may stand in a mail's head: `Name: value`, the rest of one, or the line between mails of a file.
fn is_of_head(text: &str) -> bool {
    let is_name = |name: &str| {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let of_several = name.contains('-') && name.starts_with(|first: char| first.is_ascii_alphabetic());
        plain && (of_several || NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)))
    };
    let is_line = text.split_once(':').is_some_and(|(name, _)| is_name(name));
    text.is_empty() || is_rest(text) || text.starts_with("From ") || text.starts_with(FIRST) || is_line
}

/// Names of fields that are one word (RFC 5322, 3.6; RFC 4021, 2.1; `Status` of mail boxes): those of several are made up by programs, those of one are not.
const NAMES: [&str; 19] = [
    "Approved",
    "Bcc",
    "Cc",
    "Comments",
    "Date",
    "Expires",
    "From",
    "Importance",
    "Keywords",
    "Lines",
    "Organization",
    "Precedence",
    "Priority",
    "Received",
    "References",
    "Sender",
    "Status",
    "Subject",
    "To",
];

/// Whether a line is the rest of the one before it, which is indented.
fn is_rest(text: &str) -> bool {
    text.starts_with([' ', '\t'])
}

/// `Return-Path: <root@h>` and the like, with which the next mail begins. Lines of /proc/mdstat have a blank before the colon.
fn is_header(text: &str) -> bool {
    let key = text.split_once(": ").map(|(key, _)| key);
    key.is_some_and(|key| {
        matches!(key, "From" | "To" | "Return-Path" | "Received" | "Subject" | "Date" | "Delivered-To")
    })
}

impl Mail {
    /// With what it quotes.
    fn with(mut self, quote: &Quote, tally: &mut Tally) -> Self {
        if self.quotes {
            let text = quote.text.as_bytes();
            self.mdstat = mdstat(text);
            let of_quote = self.mdstat.tally(text);
            for odd in of_quote.not_understood {
                let number = quote.first.saturating_add(odd.line).saturating_sub(1);
                tally.odd_at(number, &odd.text);
            }
            tally.more += of_quote.more;
            if let Some(why) = of_quote.cut {
                tally.cut(why);
            }
        }
        self
    }

    fn head(&mut self, text: &str) -> Part {
        if text.starts_with(FIRST) {
            return Part::Body;
        }
        match text.split_once(": ") {
            Some(("Date", date)) => self.sent = DateTime::parse_from_rfc2822(date.trim()).ok(),
            // `Fail event on /dev/md0:lab`.
            Some(("Subject", subject)) => {
                let host = subject.split_once(" event on ").and_then(|(_, rest)| rest.rsplit_once(':'));
                self.host = host.map(|(_, host)| host.trim().to_owned()).filter(|host| !host.is_empty());
            }
            _ => {}
        }
        Part::Head
    }

    fn body(&mut self, line: &Line<'_>, text: &str, tally: &mut Tally) -> Part {
        if text.starts_with(QUOTE) {
            self.quotes = true;
            return Part::Quote;
        }
        if let Some(host) = text.strip_prefix("running on ") {
            self.host = Some(host.trim().to_owned());
        } else if let Some(told) = told(text) {
            (self.event, self.device) = (Some(told.event), told.device);
            self.component = told.component.or(self.component.take());
            self.extra = told.extra.or(self.extra.take());
        } else if let Some(device) = text.strip_prefix("It could be related to component device ") {
            self.component = Some(device.trim_end_matches('.').to_owned());
        } else if let Some(extra) = text.strip_prefix("Extra information:") {
            self.extra = Some(extra.trim().trim_end_matches('.').to_owned());
        } else if !text.is_empty() && text != "Faithfully yours, etc." {
            other(line, tally);
        }
        Part::Body
    }
}

/// Reads what stands behind the host in a line of syslog, `mdadm[988]: Fail event detected on md device /dev/md0, component device
/// /dev/sdc1`; none of other programs, and of anything else that mdadm says.
pub fn said(text: &str) -> Option<Alert> {
    let (_, text) = tagged(text, &["mdadm"])?;
    let is_path = |alert: &Alert| {
        alert.device.as_deref().is_some_and(|device| device.starts_with("/dev/") && !device.contains(' '))
    };
    alert(text.split_once(LOGGED)?).filter(is_path)
}

/// How the system's log has it, and mails since 4.3.
const LOGGED: &str = " event detected on md device ";

/// `A Fail event had been detected on md device /dev/md0.`, or as the system's log has it.
fn told(text: &str) -> Option<Alert> {
    let mailed = || text.strip_prefix("A ")?.split_once(" event had been detected on md device ");
    alert(mailed().or_else(|| text.split_once(LOGGED))?)
}

/// The word of an event, and what stands behind `on md device `: `/dev/md0, component device /dev/sdb1`, `/dev/md0:  Wrong-Level`.
fn alert((word, rest): (&str, &str)) -> Option<Alert> {
    let rest = rest.trim_end().trim_end_matches('.');
    let (device, more) = rest.split_once([',', ':']).unwrap_or((rest, ""));
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let component = more.trim().strip_prefix("component device");
    let (component, extra) = match component {
        Some(device) if device.trim_start().starts_with('/') => (some(device), None),
        Some(extra) => (None, some(extra)),
        None => (None, some(more)),
    };
    let event = Event::read(word);
    (!word.is_empty() && !word.contains(' ')).then(|| Alert { event, device: some(device), component, extra })
}

#[cfg(test)]
mod tests;
