//! What the daemon is told: one TOML file, as plain types.
//!
//! * [`read()`]: from the text of the file to a [`Config`], purely; whatever is wrong with it is found at once ([`Wrong`]).
//! * [`load`]: the same of a file, which is where [`place()`] says.
//! * [`init()`]: the file that is written for a machine, of what it has ([`Seen`]).
//! * [`warnings`]: what a configuration that is right may still lack.

mod check;
mod duration;
mod init;
mod place;
mod read;
mod rules;
mod seen;
mod table;
mod wrong;

#[cfg(test)]
mod tests;

pub use check::{program, unfollowed, warnings};
pub use duration::written as written_duration;
pub use init::{init, write};
pub use place::{DEFAULT_PATH, Unusable, load, place, sound};
pub use read::read;
pub use seen::{Log, Seen, format_at};
pub use wrong::Wrong;

use crate::model::Severity;
use crate::words::clean;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// The facilities of the system log that a program may name, with their codes: those of RFC 5424, table 1, as `<syslog.h>` calls them, but
/// for the kernel's own.
pub const FACILITIES: [(&str, u8); 19] = [
    ("auth", 4),
    ("authpriv", 10),
    ("cron", 9),
    ("daemon", 3),
    ("ftp", 11),
    ("lpr", 6),
    ("mail", 2),
    ("news", 7),
    ("syslog", 5),
    ("user", 1),
    ("uucp", 8),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];

/// The configuration, with all defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// What this machine is called in the history; none: as it calls itself.
    pub host: Option<String>,
    /// The history; none: where every verb looks for it.
    pub database: Option<PathBuf>,
    /// How devices are read.
    pub read: Read,
    /// Files that are followed.
    pub follow: Vec<Follow>,
    /// Programs whose output is read.
    pub command: Vec<Command>,
    /// When people are told.
    pub tell: Tell,
    /// By what they are told, by name.
    pub channel: BTreeMap<String, Channel>,
}

/// How devices are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Whether this machine's devices are read at all. A machine that collects the logs of others need not.
    pub devices: bool,
    /// From one reading of all drives to the next, while nothing happens. At least 10 s.
    pub every: Duration,
    /// The same after something failed: failures come in bursts.
    pub every_after_failure: Duration,
    /// For how long it is read so after a failure.
    pub after_failure_for: Duration,
    /// The same while an array rebuilds or a drive answers slowly.
    pub every_while_busy: Duration,
    /// A reader that says nothing for so long is left behind.
    pub patience: Duration,
}

/// Files that are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// A file, a directory (all that is understood in it), or a pattern with `*`.
    pub path: PathBuf,
    /// Whose it is; none: what it says, or this machine.
    pub host: Option<String>,
    /// Of times that do not say their zone.
    pub timezone: Option<Tz>,
    /// A log that says nothing for so long is told of as quiet; none: as long as it likes.
    pub quiet: Option<Duration>,
    /// Whether the files lie where inotify sees nothing (NFS, FUSE): they are looked at each so often. None: found out by the file system.
    pub poll: Option<Duration>,
}

/// A program whose output is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// A name, unique, for people.
    pub name: String,
    /// The program, by its whole path, and its arguments. No shell.
    pub run: Vec<String>,
    /// From one run to the next.
    pub every: Duration,
    /// It is killed after so long.
    pub limit: Duration,
}

/// When people are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tell {
    /// After so long a case that nobody acknowledged is told of again; the last one repeats.
    pub remind: Vec<Duration>,
    /// More cases than this at once are one message that lists them.
    pub storm: usize,
    /// Within so long counts as at once: so long a case waits, if so many were told already.
    pub storm_within: Duration,
    /// What is less bad is not told. In the file: `severity`.
    pub from: Severity,
}

/// By what people are told.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// What is less bad is not told by it. In the file: `severity`, for `from` is a mail's sender there.
    pub from: Severity,
    /// An attempt is given up after so long.
    pub limit: Duration,
    /// What it is.
    pub by: By,
}

/// What a channel is.
#[derive(Debug, Clone, PartialEq)]
pub enum By {
    /// Mail.
    Smtp(Smtp),
    /// A POST of JSON.
    Webhook(Webhook),
    /// A program, with the message on standard input.
    Command {
        /// The program, by its whole path, and its arguments. No shell.
        run: Vec<String>,
    },
    /// The system log: a datagram to `/dev/log`.
    Syslog {
        /// The facility's word, one of [`FACILITIES`].
        facility: String,
    },
    /// The journal, with structured fields.
    Journal,
    /// Appended to a file, a line of JSON a message.
    File {
        /// The file.
        path: PathBuf,
    },
}

/// Mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Tried in order.
    pub relays: Vec<Relay>,
    /// The sender's address.
    pub from: String,
    /// Addresses.
    pub to: Vec<String>,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Certificates (PEM) that are trusted besides those of the system.
    pub authority: Option<PathBuf>,
    /// The user's name, and the file that holds nothing but the password.
    pub login: Option<(String, PathBuf)>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Implicit,
    /// By STARTTLS, or not at all sent.
    StartTls,
    /// Not: for a relay on this machine.
    None,
}

/// A POST of JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Where.
    pub url: String,
    /// What the receiver understands.
    pub shape: Shape,
    /// Certificates (PEM) that are trusted besides those of the system.
    pub authority: Option<PathBuf>,
    /// The file that holds what stands in the header `Authorization`.
    pub authorization: Option<PathBuf>,
    /// PagerDuty's routing key: the file that holds it.
    pub key: Option<PathBuf>,
}

/// What a receiver of JSON understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The message as it is (`schemas/alert.schema.json`).
    Plain,
    /// Slack's incoming webhook: blocks.
    Slack,
    /// PagerDuty's Events API v2: trigger, acknowledge and resolve by `dedup_key`.
    PagerDuty,
    /// Alertmanager's API v2, `POST /api/v2/alerts`.
    Alertmanager,
}

impl Default for Read {
    fn default() -> Self {
        Self {
            devices: true,
            every: Duration::from_secs(300),
            every_after_failure: Duration::from_secs(30),
            after_failure_for: Duration::from_secs(3_600),
            every_while_busy: Duration::from_secs(1_800),
            patience: Duration::from_secs(10),
        }
    }
}

impl Default for Tell {
    fn default() -> Self {
        Self {
            remind: [1, 2, 4].map(|days| Duration::from_secs(days * 86_400)).to_vec(),
            storm: 5,
            storm_within: Duration::from_secs(60),
            from: Severity::Warning,
        }
    }
}

impl By {
    /// The word for it in the file.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Smtp(_) => "smtp",
            Self::Webhook(_) => "webhook",
            Self::Command { .. } => "command",
            Self::Syslog { .. } => "syslog",
            Self::Journal => "journal",
            Self::File { .. } => "file",
        }
    }

    /// Where it goes, for people. Of an address on the web its host alone: what stands behind may be a secret.
    pub fn to(&self) -> String {
        let to = match self {
            Self::Smtp(smtp) => {
                let relays: Vec<String> =
                    smtp.relays.iter().map(|relay| format!("{}:{}", relay.host, relay.port)).collect();
                format!("{} by {}", smtp.to.join(", "), relays.join(", then "))
            }
            Self::Webhook(webhook) => {
                let mut parts = webhook.url.splitn(4, '/');
                let host: Vec<&str> = parts.by_ref().take(3).collect();
                format!("{}{}", host.join("/"), parts.next().filter(|rest| !rest.is_empty()).map_or("", |_| "/…"))
            }
            Self::Command { run } => run.join(" "),
            Self::Syslog { facility } => facility.clone(),
            Self::Journal => "the journal".to_owned(),
            Self::File { path } => path.to_string_lossy().into_owned(),
        };
        clean(&to)
    }
}
