//! The system log: one line, in one datagram to `/dev/log`, with the head that glibc's `syslog(3)` writes (`misc/syslog.c`):
//! `<PRI>Mmm dd hh:mm:ss TAG[PID]: `. That is RFC 3164 without the host, which the daemon that listens there adds.

use super::{Delivered, Failed};
use crate::alerting::{Message, render};
use crate::config::FACILITIES;
use crate::model::Severity;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::fs;
use std::path::{Path, PathBuf};
use tokio::net::UnixDatagram;

/// RFC 3164, 4.1: a packet is of 1024 bytes at most. Whoever takes more does not mind less.
const PACKET: usize = 1_024;

#[derive(Debug)]
pub(super) struct Syslog {
    facility: u8,
    zone: Tz,
    socket: PathBuf,
}

impl Syslog {
    pub(super) fn new(facility: &str) -> Result<Self, String> {
        let code = FACILITIES.iter().find(|(word, _)| *word == facility).map(|(_, code)| *code);
        let known = || FACILITIES.map(|(word, _)| word).join(", ");
        let facility = code.ok_or_else(|| format!("no such facility of syslog; known are {}", known()))?;
        Ok(Self { facility, zone: local(), socket: PathBuf::from("/dev/log") })
    }

    pub(super) async fn send(&self, message: &Message) -> Result<Delivered, Failed> {
        let to = self.socket.to_string_lossy();
        let packet = packet(message, self.facility, self.zone, Utc::now());
        let sent = async {
            let socket = UnixDatagram::unbound()?;
            socket.connect(&self.socket)?;
            socket.send(packet.as_bytes()).await
        };
        sent.await
            .map_err(|error| Failed::for_now(format!("cannot write to {to}: {error}; does a syslog daemon run?")))?;
        Ok(Delivered { to: to.into_owned() })
    }
}

/// The zone of this machine: heads of lines are in local time. UTC where it is not a zone's name that `/etc/localtime` points to.
fn local() -> Tz {
    let named = || {
        let link = fs::read_link(Path::new("/etc/localtime")).ok()?;
        link.to_str()?.split_once("/zoneinfo/")?.1.parse().ok()
    };
    named().unwrap_or(Tz::UTC)
}

fn packet(message: &Message, facility: u8, zone: Tz, now: DateTime<Utc>) -> String {
    let priority = facility * 8 + level(message.severity);
    let at = now.with_timezone(&zone).format("%b %e %H:%M:%S");
    let mut packet = format!("<{priority}>{at} arraywatch[{}]: {}", std::process::id(), render::line(message));
    if packet.len() > PACKET {
        let end = packet.floor_char_boundary(PACKET - '\u{2026}'.len_utf8());
        packet.truncate(end);
        packet.push('\u{2026}');
    }
    packet
}

/// The level of `syslog(3)`: LOG_CRIT, LOG_WARNING, LOG_INFO. The journal has the same.
pub(super) const fn level(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 2,
        Severity::Warning => 4,
        Severity::Info => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, runtime};
    use super::*;

    #[test]
    fn the_head_is_that_of_glibc() {
        let at = "2013-10-06T08:05:09Z".parse().expect("a time");
        let packet = packet(&message(), 3, Tz::America__Chicago, at);
        let head = format!("<26>Oct  6 03:05:09 arraywatch[{}]: ", std::process::id());
        assert!(packet.starts_with(&head), "{packet}");
        assert!(!packet.contains(['\n', '\0']), "{packet}");
    }

    #[test]
    fn a_long_line_is_cut_between_letters() {
        for more in 0..4 {
            let mut message = message();
            message.title = format!("{}{}", "x".repeat(more), "\u{20ac}".repeat(390));
            message.lead.act = "\u{20ac}".repeat(390);
            let packet = packet(&message, 3, Tz::UTC, Utc::now());
            assert!(packet.len() <= PACKET && packet.ends_with('\u{2026}'), "{}", packet.len());
        }
    }

    #[test]
    fn it_is_sent_or_told_why_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut syslog = Syslog::new("local3").expect("a facility");
        syslog.socket = directory.path().join("log");
        let failed = runtime().block_on(syslog.send(&message())).expect_err("nobody listens");
        assert!(failed.why.contains("does a syslog daemon run?") && !failed.refused, "{failed:?}");
        let listener = std::os::unix::net::UnixDatagram::bind(&syslog.socket).expect("a socket");
        runtime().block_on(syslog.send(&message())).expect("somebody listens");
        let mut got = [0; 2_000];
        let len = listener.recv(&mut got).expect("a datagram");
        let got = String::from_utf8_lossy(got.get(..len).expect("its length"));
        assert!(got.starts_with("<154>") && got.contains("RELAPSE"), "{got}");
        assert!(Syslog::new("deamon").expect_err("a slip").contains("known are auth, authpriv, cron, daemon"));
    }
}
