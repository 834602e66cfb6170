//! Who or what an observation is about, written one way everywhere.
//!
//! ```text
//! drive:SERIAL               a drive, wherever it sits
//! host:HOST                  a machine
//! bay:HOST/c1/e0/s3          controller 1, enclosure 0, slot 3; parts that a source does not number are left out
//! bay:HOST/somewhere/SERIAL  where a drive sits of which nobody says where
//! array:HOST/c1/l0           logical drive 0 of controller 1; array:HOST/c1 where its number is not known; array:HOST/md0
//! controller:HOST/c1         enclosure:HOST/c1/e0
//! power:HOST                 what feeds the host; power:HOST/psu1
//! stream:HOST/FORMAT         one log
//! ```
//!
//! A part that holds anything but letters, digits and `-_.+@` has those bytes written as `%XX`: a subject has no blanks, no
//! control characters, and no slash that is not a separator.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The stream of what readings of a machine say: the last part of its subject.
pub const MACHINE: &str = "machine";

/// The stream of what the daemon says of its own watching, likewise.
pub const WATCH: &str = "watch";

/// What the daemon watches by and is no log, by the names of their streams: the history, ...
pub const HISTORY: &str = "history";
/// ... the kernel's log, as readings of the machine call it, ...
pub const KERNEL: &str = "kernel";
/// ... the kernel's notices of devices that come and go (uevents), ...
pub const DEVICES: &str = "devices";
/// ... and, before its name, a configured command.
pub const COMMANDS: &str = "command/";

/// Before the name of a configured command: so its outputs are called as a source.
pub const COMMAND: &str = "command:";

/// How the name begins of what nothing names: of a host a fingerprint follows, of a drive where it sits.
pub const UNNAMED: &str = "unnamed-";

/// What stands for the serial number of a drive of which none is known: its place, so that two are not taken for one.
pub fn unnamed_serial(host: &str, place: &str) -> String {
    let host = host.strip_prefix(UNNAMED).unwrap_or(host);
    format!("{UNNAMED}{host}-{}", place.replace('/', "-"))
}

/// Stands in a bay where its place would.
const SOMEWHERE: &str = "somewhere";

/// The kinds of subject: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The thing with a serial number.
    Drive,
    /// A machine.
    Host,
    /// The place that a drive sits in.
    Bay,
    /// An md array, a controller's logical drive, a pool.
    Array,
    /// An HBA or RAID card.
    Controller,
    /// A backplane or shelf.
    Enclosure,
    /// A supply, a UPS, a feed.
    Power,
    /// A log being read.
    Stream,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] =
        [Self::Drive, Self::Host, Self::Bay, Self::Array, Self::Controller, Self::Enclosure, Self::Power, Self::Stream];

    /// The word before the colon.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Drive => "drive",
            Self::Host => "host",
            Self::Bay => "bay",
            Self::Array => "array",
            Self::Controller => "controller",
            Self::Enclosure => "enclosure",
            Self::Power => "power",
            Self::Stream => "stream",
        }
    }
}

/// A subject. Two subjects are the same thing if and only if they are written the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject {
    kind: Kind,
    /// The parts, not escaped: serial number, or host and then the path within it.
    parts: Vec<String>,
}

impl Subject {
    /// A drive by its serial number.
    pub fn drive(serial: &str) -> Self {
        Self { kind: Kind::Drive, parts: vec![serial.to_owned()] }
    }

    /// A machine.
    pub fn host(host: &str) -> Self {
        Self { kind: Kind::Host, parts: vec![host.to_owned()] }
    }

    /// Something within a machine; `path` has its parts separated by slashes and may be empty.
    pub fn within(kind: Kind, host: &str, path: &str) -> Self {
        let parts = std::iter::once(host).chain(path.split('/').filter(|part| !part.is_empty()));
        Self { kind, parts: parts.map(str::to_owned).collect() }
    }

    /// The bay of a drive of which nobody says where it sits: each has one of its own.
    pub fn somewhere(host: &str, serial: &str) -> Self {
        Self { kind: Kind::Bay, parts: [host, SOMEWHERE, serial].map(str::to_owned).to_vec() }
    }

    /// Whether it is no place that anybody named.
    pub fn is_somewhere(&self) -> bool {
        self.serial_somewhere().is_some()
    }

    /// The drive that sits in a bay that nobody named.
    pub fn serial_somewhere(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [_, somewhere, serial] if self.kind == Kind::Bay && somewhere == SOMEWHERE => Some(serial),
            _ => None,
        }
    }

    /// What kind of thing it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The host it belongs to; a drive belongs to none.
    pub fn host_name(&self) -> Option<&str> {
        if self.kind == Kind::Drive { None } else { self.parts.first().map(String::as_str) }
    }

    /// A drive's serial number.
    pub fn serial(&self) -> Option<&str> {
        if self.kind == Kind::Drive { self.parts.first().map(String::as_str) } else { None }
    }

    /// The path within the host: `c1/e0/s3`. Of a drive, the serial number; of a host, its name.
    pub fn path(&self) -> String {
        let skip = usize::from(!matches!(self.kind, Kind::Drive | Kind::Host));
        self.parts.iter().skip(skip).map(|part| escape(part)).collect::<Vec<_>>().join("/")
    }

    /// The path as people write it, `c0/1I:1:1`: no identity, for a part may hold a slash, and shown only if made safe to show.
    pub fn plain_path(&self) -> String {
        let skip = usize::from(!matches!(self.kind, Kind::Drive | Kind::Host));
        self.parts.iter().skip(skip).map(String::as_str).collect::<Vec<_>>().join("/")
    }

    /// A subject of another kind on the same host whose path is the front of this one's.
    #[must_use]
    pub fn enclosing(&self, kind: Kind, parts: usize) -> Option<Self> {
        let host = self.host_name()?;
        let path = self.parts.get(1..=parts)?.join("/");
        Some(Self::within(kind, host, &path))
    }

    /// Whether things of a kind can lie within it.
    pub fn may_hold(&self, kind: Kind) -> bool {
        let holds_others = matches!(self.kind, Kind::Host | Kind::Controller | Kind::Enclosure | Kind::Array);
        holds_others && kind != Kind::Drive || self.kind == kind
    }

    /// Whether `other` is this or lies within it: a controller `c1` holds the bay `c1/e0/s3`. What feeds a host, or is logged of it,
    /// holds nothing but its own parts.
    pub fn holds(&self, other: &Self) -> bool {
        self.may_hold(other.kind)
            && self.host_name().is_some()
            && self.host_name() == other.host_name()
            && other.parts.starts_with(&self.parts)
    }
}

fn escape(part: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+@".contains(&byte);
    // Nearly every part is, and is asked for as often as records are told.
    if part.bytes().all(plain) {
        return part.into();
    }
    let write = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    part.bytes().map(write).collect()
}

fn unescape(part: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.code())?;
        f.write_str(":")?;
        self.parts.iter().enumerate().try_for_each(|(at, part)| {
            f.write_str(if at == 0 { "" } else { "/" })?;
            f.write_str(&escape(part))
        })
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl TryFrom<String> for Subject {
    type Error = NotASubject;

    fn try_from(text: String) -> Result<Self, NotASubject> {
        text.parse()
    }
}

/// A text that is no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "«{0}» is no subject: write it as drive:SERIAL, host:HOST, bay:HOST/c1/e0/s3, array:HOST/c1/l0, controller:HOST/c1, power:HOST or stream:HOST/NAME"
)]
pub struct NotASubject(String);

impl Subject {
    /// Whether it is the stream of something that the daemon watches by and that is no log.
    pub fn is_sense(&self) -> bool {
        let path = self.path();
        self.kind == Kind::Stream && ([HISTORY, KERNEL, DEVICES].contains(&path.as_str()) || path.starts_with(COMMANDS))
    }

    /// The name of the configured command that it is the stream of, if it is of one.
    pub fn command(&self) -> Option<String> {
        let path = self.path();
        path.strip_prefix(COMMANDS).filter(|_| self.kind == Kind::Stream).map(str::to_owned)
    }
}

impl FromStr for Subject {
    type Err = NotASubject;

    fn from_str(text: &str) -> Result<Self, NotASubject> {
        let wrong = || NotASubject(text.chars().filter(|c| !c.is_control()).take(80).collect());
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        let kind = Kind::ALL.into_iter().find(|known| known.code() == kind).ok_or_else(wrong)?;
        let parts = rest.split('/').map(unescape).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        let fits = match kind {
            Kind::Drive | Kind::Host => parts.len() == 1,
            Kind::Power => true,
            _ => parts.len() > 1,
        };
        if !fits || parts.iter().any(|part| part.is_empty() || part == "." || part == "..") {
            return Err(wrong());
        }
        Ok(Self { kind, parts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<(&str, &str)>) {
        let got = text.parse::<Subject>().ok();
        let seen = got.as_ref().map(|subject| (subject.to_string(), subject.path()));
        assert_eq!(seen, expect.map(|(text, path)| (text.to_owned(), path.to_owned())), "{text}");
    }

    #[test]
    fn subjects() {
        check("drive:CVEM04620027064KGN", Some(("drive:CVEM04620027064KGN", "CVEM04620027064KGN")));
        check("bay:db7/c1/e0/s3", Some(("bay:db7/c1/e0/s3", "c1/e0/s3")));
        check("array:db7/md0", Some(("array:db7/md0", "md0")));
        check("power:db7", Some(("power:db7", "")));
        check("host:Local%20only", Some(("host:Local%20only", "Local%20only")));
        check("drive:WD %0a", Some(("drive:WD%20%0A", "WD%20%0A")));
        check("drive:a/b", None);
        check("drive:", None);
        check("disk:a", None);
        check("bay:db7//s1", None);
        check("array:db7", None);
        check("bay:db7/../s1", None);
        check("bay:%4", None);
        check("", None);
    }

    #[test]
    fn a_path_as_people_write_it() {
        let check = |text: &str, expect: &str| {
            assert_eq!(text.parse::<Subject>().map(|subject| subject.plain_path()).as_deref(), Ok(expect), "{text}");
        };
        check("bay:db7/c0/1I%3A1%3A1", "c0/1I:1:1");
        check("bay:db7/c1/e0/s3", "c1/e0/s3");
        check("host:Local%20only", "Local only");
    }

    #[test]
    fn what_holds_what() {
        let bay = Subject::within(Kind::Bay, "db7", "c1/e0/s3");
        assert!(Subject::within(Kind::Controller, "db7", "c1").holds(&bay));
        assert!(!Subject::within(Kind::Controller, "db8", "c1").holds(&bay));
        assert!(!Subject::within(Kind::Controller, "db7", "c10").holds(&bay));
        assert!(!Subject::within(Kind::Power, "db7", "").holds(&bay));
        assert!(Subject::within(Kind::Power, "db7", "").holds(&Subject::within(Kind::Power, "db7", "psu1")));
        assert_eq!(bay.enclosing(Kind::Enclosure, 2), Some(Subject::within(Kind::Enclosure, "db7", "c1/e0")));
    }
}
