//! By what people are told. A channel renders a message and hands it over, once; whether and when it is tried again is the outbox's.
//!
//! **Invariant: an attempt ends.** Each has the limit that is configured for its channel, whatever the receiver does.
//! **Invariant: the thread that delivers never waits for a disk.** Names, certificates, passwords, programs and files may lie on the
//! very array that fails. All that touches them runs in threads of its own (`blocking.rs`), and what was read once is kept (`kept.rs`).
//! **Invariant: a message that is sent twice can be known as the same:** by its Message-ID in mail, by its number elsewhere.

mod blocking;
mod command;
mod fields;
mod file;
mod journal;
mod json;
mod kept;
mod mail;
mod shapes;
mod smtp;
mod syslog;
mod webhook;

use crate::alerting::Message;
use crate::config::{self, By};
use crate::words::clean;
use blocking::Blocking;
use kept::Kept;
use std::fs;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

pub use json::alert;

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// For people: what was tried, on what, what went wrong.
    pub why: String,
    /// Whether the receiver said that it will never take it (an address that it does not know, a request that it does not understand).
    /// It is tried again all the same, at the slowest pace, and told of at once.
    pub refused: bool,
    /// The receiver asked not to be tried again before so long (`Retry-After`). At most a day.
    pub again_after: Option<Duration>,
}

impl Failed {
    /// It may go better the next time.
    pub const fn for_now(why: String) -> Self {
        Self { why, refused: false, again_after: None }
    }

    /// The receiver will never take it.
    pub const fn refused(why: String) -> Self {
        Self { why, refused: true, again_after: None }
    }
}

/// How a message arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Whom it was handed to, for people: `relay mail.example:587`.
    pub to: String,
}

/// A channel, ready to be sent by. What it needs of the disk is read when it is needed first.
#[derive(Debug)]
pub struct Channel {
    limit: Duration,
    blocking: Blocking,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Smtp(smtp::Smtp),
    Webhook(webhook::Webhook),
    Command(command::Command),
    Syslog(syslog::Syslog),
    Journal(journal::Journal),
    File(file::File),
}

impl Channel {
    /// A channel as it is configured. `host` is what this machine is called: it signs what is sent.
    ///
    /// # Errors
    /// What is wrong with it, for people. Nothing outside of this process is asked: that a relay is down is no reason to have no channel.
    pub fn new(name: &str, channel: &config::Channel, host: &str) -> Result<Self, String> {
        let way = match &channel.by {
            By::Smtp(smtp) => smtp::Smtp::new(smtp, host).map(Way::Smtp),
            By::Webhook(webhook) => webhook::Webhook::new(webhook).map(Way::Webhook),
            By::Command { run } => command::Command::new(run).map(Way::Command),
            By::Syslog { facility } => syslog::Syslog::new(facility).map(Way::Syslog),
            By::Journal => Ok(Way::Journal(journal::Journal::new())),
            By::File { path } => Ok(Way::File(file::File::new(path))),
        };
        let way = way.map_err(|wrong| format!("channel {}: {wrong}", clean(name)))?;
        Ok(Self { limit: channel.limit, blocking: Blocking::new(), way })
    }

    /// Hands a message over, or gives up at the channel's limit. Needs a runtime of tokio with time and I/O.
    ///
    /// # Errors
    /// Why it did not arrive, as far as is known: what broke off late may have.
    pub async fn send(&self, message: &Message) -> Result<Delivered, Failed> {
        let until = Instant::now() + self.limit;
        let sent = async {
            match &self.way {
                Way::Smtp(smtp) => smtp.send(message, &self.blocking, until).await,
                Way::Webhook(webhook) => webhook.send(message, &self.blocking, until).await,
                Way::Command(command) => command.send(message, &self.blocking, until).await,
                Way::Syslog(syslog) => syslog.send(message).await,
                Way::Journal(journal) => journal.send(message).await,
                Way::File(file) => file.send(message, &self.blocking).await,
            }
        };
        // What waits by itself has the better words; it is given the time to say them.
        let last = until + Duration::from_millis(500);
        timeout_at(last, sent).await.unwrap_or_else(|_| Err(Failed::for_now(self.too_late())))
    }

    fn too_late(&self) -> String {
        let what = match &self.way {
            Way::Smtp(_) => "the relays",
            Way::Webhook(_) => "the receiver",
            Way::Command(_) => "the program",
            Way::Syslog(_) => "the system log",
            Way::Journal(_) => "the journal",
            Way::File(_) => "the file's disk",
        };
        format!("{what} did not answer within {}", seconds(self.limit))
    }
}

/// What stands in a file that holds a secret: its first line.
fn secret(path: &Path) -> Result<String, String> {
    let name = clean(&path.to_string_lossy());
    let text = fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    match text.lines().next().map(str::trim) {
        Some(secret) if !secret.is_empty() => Ok(secret.to_owned()),
        _ => Err(format!("{name} is empty")),
    }
}

/// A time for people, to a tenth of a second where that matters.
fn seconds(time: Duration) -> String {
    let tenths = (time.as_secs_f64() * 10.0).round() / 10.0;
    if tenths < 10.0 && tenths.fract() > 0.0 { format!("{tenths:.1} s") } else { format!("{tenths:.0} s") }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::alerting::{Kind, Lead};
    use crate::model::Severity;
    use tokio::runtime::{Builder, Runtime};

    /// A runtime as the courier has one.
    pub(super) fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().expect("a runtime")
    }

    /// A message with something in each of its fields.
    pub(in super::super) fn message() -> Message {
        let words = |text: &str| text.to_owned();
        Message {
            id: 7,
            thread: words("8cf50a1b"),
            place_in_thread: 2,
            news: 0,
            kind: Kind::Relapse,
            at: "2013-10-26T20:30:00Z".parse().expect("a time"),
            host: words("db7"),
            thread_host: words("db7"),
            severity: Severity::Critical,
            case: Some(words("8cf50a1b")),
            code: Some(words("relapse")),
            subject: words("array:db7/c1/l0"),
            title: words("RELAPSE critical: array c1/l0 of db7 degraded 2 h after its repair"),
            lead: Lead {
                what: words("The array is degraded again, 2 h after its repair."),
                place: words("db7, c1/l0, /var/lib/pg, bay c1/e0/s3, S/N CVEM0641"),
                why: words("62 % the power line, 21 % the bay: both drives lost power at once"),
                stake: words("One more failure of s2 loses the array."),
                act: words("Look at the power line. Do not pull s2."),
            },
            do_next: vec![words("Look at the power line.")],
            do_not: vec![words("Do not pull s2.")],
            suspects: vec![(62, words("the power line")), (21, words("the bay"))],
            evidence: vec![("2013-10-26T20:29:00Z".parse().expect("a time"), words("the controller beeps"))],
            unknown: vec![words("what the sensor reads")],
            cases: Vec::new(),
            article: words("A relapse is ..."),
            remarks: Vec::new(),
        }
    }

    #[test]
    fn times() {
        let check = |millis, expect: &str| assert_eq!(seconds(Duration::from_millis(millis)), expect);
        check(30_000, "30 s");
        check(1_000, "1 s");
        check(999, "1 s");
        check(700, "0.7 s");
        check(12_600, "13 s");
    }

    #[test]
    fn a_secret_is_the_first_line() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("secret");
        let check = |text: &str, expect: Option<&str>| {
            fs::write(&path, text).expect("a file");
            assert_eq!(secret(&path).ok().as_deref(), expect, "{text:?}");
        };
        check("hunter2\n", Some("hunter2"));
        check("hunter2", Some("hunter2"));
        check(" hunter 2 \r\nof ann", Some("hunter 2"));
        check("", None);
        check("\n", None);
        assert!(secret(&directory.path().join("none")).is_err_and(|told| told.starts_with("cannot read")));
    }
}
