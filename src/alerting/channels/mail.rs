//! A message as a mail: what stands in its headers, and its two parts.

use crate::alerting::{Message, render};
use crate::model::Severity;
use crate::words::clean;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use std::time::{Duration, SystemTime};
use xxhash_rust::xxh3::xxh3_64;

/// The last second of the year 9999: a mail's date has four digits for the year (RFC 5322, 3.3).
const LAST: i64 = 253_402_300_799;

/// A mail, ready to be sent.
pub(super) struct Mail {
    /// Its Message-ID.
    pub id: String,
    /// All of it, of ASCII alone.
    pub bytes: Vec<u8>,
}

/// Makes it. The mails of a thread hang together by `References` to its first, which need not have been sent by this channel.
pub(super) fn compose(message: &Message, from: &Mailbox, to: &[Mailbox], host: &str) -> Result<Mail, String> {
    let id = message_id(&message.thread, message.place_in_thread, host);
    let seconds = message.at.timestamp().clamp(0, LAST).unsigned_abs();
    let mut mail = lettre::Message::builder()
        .from(from.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(id.clone()))
        .subject(clean(&message.title));
    for to in to {
        mail = mail.to(to.clone());
    }
    if message.place_in_thread > 0 {
        let first = message_id(&message.thread, 0, host);
        mail = mail.in_reply_to(first.clone()).references(first);
    }
    for (name, value) in headers(message) {
        mail = mail.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
    }
    let parts = MultiPart::alternative_plain_html(render::text(message), render::html(message));
    let mail = mail.multipart(parts).map_err(|error| format!("cannot make a mail: {error}"))?;
    Ok(Mail { id, bytes: mail.formatted() })
}

/// The same for the same message, whenever and however often it is sent.
fn message_id(thread: &str, place: u32, host: &str) -> String {
    format!("<{:016x}.{place}@{}>", xxh3_64(thread.as_bytes()), domain(host))
}

/// A host's name where a domain must stand (RFC 5321, 4.1.2), whatever people call it.
pub(super) fn domain(host: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let labels = host.split('.').map(|label| label.chars().map(plain).take(63).collect::<String>());
    let labels: Vec<String> =
        labels.map(|label| label.trim_matches('-').to_owned()).filter(|label| !label.is_empty()).collect();
    if labels.is_empty() { "localhost".to_owned() } else { labels.join(".") }
}

fn headers(message: &Message) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        // RFC 3834, 5: whoever answers by himself (on holiday) is not to answer this. Exchange heeds the second alone (MS-OXCMAIL, 2.1.3.2.16).
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("X-Arraywatch-Kind", message.kind.code().to_owned()),
        ("X-Arraywatch-Severity", message.severity.code().to_owned()),
        ("X-Arraywatch-Host", clean(&message.host)),
        ("X-Arraywatch-Subject", clean(&message.subject)),
    ];
    headers.extend(message.case.as_deref().map(|case| ("X-Arraywatch-Case", clean(case))));
    headers.extend(message.code.as_deref().map(|code| ("X-Arraywatch-Code", clean(code))));
    if message.severity == Severity::Critical {
        // RFC 2156, 5.3.4 and 5.3.6, and what clients that know neither show.
        headers.push(("Importance", "high".to_owned()));
        headers.push(("Priority", "urgent".to_owned()));
        headers.push(("X-Priority", "1".to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::super::tests::message;
    use super::*;

    fn mail(message: &Message) -> String {
        let address = |text: &str| text.parse::<Mailbox>().expect("an address");
        let mail = compose(message, &address("arraywatch@db7"), &[address("Ann <ann@ops.example>")], "db7");
        String::from_utf8(mail.expect("a mail").bytes).expect("ASCII")
    }

    #[test]
    fn text_from_outside_makes_no_header() {
        let mut message = message();
        message.thread = "a\r\nBcc: eve@evil.example".to_owned();
        message.title = "x\r\nBcc: eve@evil.example\r\n\r\n<script>".to_owned();
        message.subject = "drive:a\nX-Evil: 1".to_owned();
        message.host = "db7\r\nX-Evil: 1".to_owned();
        message.case = Some("1\nX-Evil: 1".to_owned());
        message.code = Some("\r\n\r\nbody".to_owned());
        let mail = mail(&message);
        let head = mail.split("\r\n\r\n").next().expect("a head");
        let names: Vec<&str> = head
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| Some(line.split_once(':')?.0))
            .collect();
        assert!(!names.contains(&"Bcc") && !names.contains(&"X-Evil"), "{head}");
        assert!(names.contains(&"X-Arraywatch-Code") && names.contains(&"Subject"), "{head}");
        assert!(mail.is_ascii() && !mail.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn sent_twice_it_is_known_as_the_same() {
        let message = message();
        let id = |mail: &str| mail.lines().find(|line| line.starts_with("Message-ID")).map(str::to_owned);
        assert_eq!(id(&mail(&message)), id(&mail(&message)));
        let mut next = message.clone();
        next.place_in_thread += 1;
        assert_ne!(id(&mail(&message)), id(&mail(&next)));
    }

    #[test]
    fn any_host_is_a_domain() {
        let check = |host: &str, expect: &str| assert_eq!(domain(host), expect, "{host}");
        check("db7.example.org", "db7.example.org");
        check("d\u{fc}sen 7", "d-sen-7");
        check("a>\r\nb", "a---b");
        check("..", "localhost");
        check("", "localhost");
        check(&"x".repeat(80), &"x".repeat(63));
    }

    #[test]
    fn any_time_is_a_date() {
        for at in ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "+12000-01-01T00:00:00Z"] {
            let mut message = message();
            message.at = at.parse().expect("a time");
            assert!(mail(&message).contains("Date: "));
        }
    }
}
