//! What single values must be. A rule says what a value is not, and what would be right; who calls says of which key.

use super::table::{Not, Ruled, kind, nearest, text};
use super::{Relay, Tls, duration};
use crate::model::Severity;
use crate::words::clean;
use chrono_tz::{TZ_VARIANTS, Tz};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::DeValue;

/// Seconds of the units that ranges are written in.
pub(super) const MINUTE: u64 = 60;
pub(super) const HOUR: u64 = 3_600;
pub(super) const DAY: u64 = 86_400;

/// A duration within a range, in seconds.
pub(super) fn lasts(value: &DeValue<'_>, range: RangeInclusive<u64>) -> Ruled<Duration> {
    let [least, most] = [*range.start(), *range.end()].map(|seconds| duration::written(Duration::from_secs(seconds)));
    let instead = || format!("write a number and a unit (s, min, h, d) in quotes, from \"{least}\" to \"{most}\"");
    let written = text(value).map_err(|not| Not::new(format!("{}, not a duration", not.what), instead()))?;
    let lasts = duration::parse(written)
        .map_err(|what| Not::new(format!("is \"{}\", which {what}", clean(written)), instead()))?;
    if range.contains(&lasts.as_secs()) {
        return Ok(lasts);
    }
    let what = if lasts.is_zero() {
        "no time at all"
    } else if lasts.as_secs() < *range.start() {
        "too short"
    } else {
        "too long"
    };
    Err(Not::new(format!("is \"{}\", which is {what}", clean(written)), instead()))
}

/// One of a closed list of words.
pub(super) fn word<T: Copy>(value: &DeValue<'_>, words: &[(&str, T)]) -> Ruled<T> {
    let list = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let written = text(value).map_err(|not| Not::new(not.what, format!("write one of {list}")))?;
    let known = words.iter().find(|(word, _)| *word == written);
    known.map(|(_, meant)| *meant).ok_or_else(|| {
        let near = nearest(written, words.iter().map(|(word, _)| *word));
        let instead = match near {
            None => format!("write one of {list}"),
            Some(near) => format!("did you mean \"{near}\"? Write one of {list}"),
        };
        Not::new(format!("is \"{}\", which is none of the words known", clean(written)), instead)
    })
}

/// Whether it is so.
pub(super) fn yes_or_no(value: &DeValue<'_>) -> Ruled<bool> {
    match value {
        DeValue::Boolean(is_so) => Ok(*is_so),
        other => Err(Not::new(format!("is {}", kind(other)), "write true or false, without quotes")),
    }
}

/// How bad.
pub(super) fn severity(value: &DeValue<'_>) -> Ruled<Severity> {
    word(value, &Severity::ALL.map(|severity| (severity.code(), severity)))
}

/// A host's name.
pub(super) fn host(value: &DeValue<'_>) -> Ruled<String> {
    let name = text(value)?;
    if name.trim().is_empty() || name.len() > 255 || name.chars().any(char::is_control) {
        return Err(Not::new("is no name of a host", "write 1 to 255 characters, such as \"db7\""));
    }
    Ok(name.to_owned())
}

/// A zone of the IANA database.
pub(super) fn timezone(value: &DeValue<'_>) -> Ruled<Tz> {
    let name = text(value)?;
    name.parse().map_err(|_| {
        let near = nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let what = format!("is \"{}\", which is no zone of the IANA database", clean(name));
        let such = "write one such as \"America/Chicago\" or \"UTC\"".to_owned();
        Not::new(what, near.map_or(such, |near| format!("did you mean \"{near}\"?")))
    })
}

/// A path from the root on.
pub(super) fn path(value: &DeValue<'_>) -> Ruled<PathBuf> {
    let written = text(value)?;
    if written.contains('\0') {
        return Err(Not::new("has a NUL in it", "write the path as `ls` shows it"));
    }
    let path = Path::new(written);
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    let instead = match written {
        "" => "write the whole path, from / on".to_owned(),
        _ if written.starts_with("~") => {
            "write the whole path, from / on: no shell reads it, so ~ means nothing".to_owned()
        }
        _ => format!("write the whole path, from / on, such as \"/var/log/{}\"", clean(written)),
    };
    Err(Not::new(format!("is \"{}\", which does not begin at the root", clean(written)), instead))
}

/// A path that may be a pattern.
pub(super) fn pattern(value: &DeValue<'_>) -> Ruled<PathBuf> {
    let path = path(value)?;
    let written = path.to_string_lossy();
    if let Err(error) = glob::Pattern::new(&written) {
        let what = format!("is no pattern: {} at character {}", error.msg, error.pos + 1);
        return Err(Not::new(what, "write * for any part of a name; [ stands as [[]"));
    }
    // What stands there is no log: reading it may do something, or never end. The kernel is heard anyway.
    if ["/dev", "/proc", "/sys"].iter().any(|tree| path.starts_with(tree)) {
        let what = format!("is \"{}\", which is no file that a log is written to", clean(&written));
        return Err(Not::new(what, "leave it out: the kernel's log, devices and /proc/mdstat are watched anyway"));
    }
    Ok(path)
}

/// A program and its arguments.
pub(super) fn program(key: &str, run: &[String]) -> Result<(), Not> {
    let Some(program) = run.first() else {
        return Err(Not::new(format!("`{key}` is empty"), "write the program by its whole path, and its arguments"));
    };
    if Path::new(program).is_absolute() {
        return Ok(());
    }
    Err(Not::new(
        format!("`{key}` begins with \"{}\", which is no whole path", clean(program)),
        format!("write where the program is, such as \"/usr/sbin/{}\": `command -v` tells", clean(program)),
    ))
}

/// The list that a command line would be, for who wrote one text.
pub(super) fn as_list(line: &str) -> String {
    let parts: Vec<String> = line.split_whitespace().map(|part| format!("\"{}\"", clean(part))).collect();
    format!("[{}]", parts.join(", "))
}

/// An argument.
pub(super) fn argument(value: &DeValue<'_>) -> Ruled<Option<String>> {
    let argument = text(value)?;
    if argument.contains('\0') {
        Err(Not::new("has a NUL in it", "leave it out"))
    } else {
        Ok(Some(argument.to_owned()))
    }
}

/// A name of a channel or a command: what a command line, a metric and a file name take as it is.
pub(super) fn plain_name(name: &str) -> Ruled<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=64).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(());
    }
    Err(Not::new(
        format!("\"{}\" is no plain name", clean(name)),
        "take 1 to 64 letters from a to z, digits, - and _, such as \"mail\"",
    ))
}

/// A mail address, without the name of a person.
pub(super) fn address(value: &DeValue<'_>) -> Ruled<String> {
    let written = text(value)?;
    let right = written.parse::<lettre::Address>().is_ok();
    let instead = "write it as \"root@localhost\" or \"oncall@example.com\", without a person's name";
    if right {
        Ok(written.to_owned())
    } else {
        Err(Not::new(format!("is \"{}\", which is no mail address", clean(written)), instead))
    }
}

/// What an address on the network is made of.
struct Address<'w> {
    scheme: &'w str,
    host: &'w str,
    port: Option<u16>,
    /// All behind, from the slash on.
    rest: &'w str,
}

impl Address<'_> {
    /// The host, an address of six without its brackets.
    fn bare(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }
}

/// Whether a host is this machine, so that what is said to it meets no network: `localhost`, or a loopback address (RFC 1122, 3.2.1.3;
/// RFC 4291, 2.5.3).
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `scheme://host:port/rest`. What is wrong is said without the text if it may hold a password.
fn network<'w>(written: &'w str, instead: &str) -> Ruled<Address<'w>> {
    let not = |what: String| Not::new(what, instead);
    let (scheme, behind) =
        written.split_once("://").ok_or_else(|| not(format!("is \"{}\", which names no protocol", clean(written))))?;
    let end = behind.find(['/', '?', '#']).unwrap_or(behind.len());
    let (authority, rest) = behind.split_at_checked(end).unwrap_or((behind, ""));
    if authority.contains('@') {
        return Err(Not::new(
            "holds a user's name or a password",
            "leave all up to the @ out; a secret stands in a file of its own, which is named here",
        ));
    }
    let port_at = authority.rfind(':').filter(|at| !authority.get(*at..).unwrap_or_default().contains(']'));
    let (host, port) = port_at.map_or((authority, None), |at| {
        let (host, port) = authority.split_at_checked(at).unwrap_or((authority, ""));
        (host, Some(port.trim_start_matches(':')))
    });
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let six = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match six {
        Some(six) => six.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(usual),
    };
    if !is_host {
        return Err(not(format!("names \"{}\", which is no host", clean(host))));
    }
    let number = |port: &str| port.parse::<u16>().ok().filter(|port| *port > 0);
    let port = port.map(|port| {
        number(port).ok_or_else(|| not(format!("has the port \"{}\", which is none from 1 to 65535", clean(port))))
    });
    Ok(Address { scheme, host, port: port.transpose()?, rest })
}

const RELAY: &str = "write \"smtp://mail.example.com:587\" (STARTTLS), \"smtps://mail.example.com:465\" (TLS from the start) or \
                     \"smtp+plain://localhost:25\" (a relay on this machine)";

/// A mail server, without a login.
pub(super) fn relay(value: &DeValue<'_>) -> Ruled<Relay> {
    let written = text(value).map_err(|not| Not::new(not.what, RELAY))?;
    let address = network(written, RELAY)?;
    let (tls, usual) = match address.scheme {
        "smtp" => (Tls::StartTls, 587),
        "smtps" => (Tls::Implicit, 465),
        "smtp+plain" => (Tls::None, 25),
        _ => {
            return Err(Not::new(format!("begins with \"{}\", which is no way to mail", clean(address.scheme)), RELAY));
        }
    };
    if !matches!(address.rest, "" | "/") {
        return Err(Not::new(
            format!("ends in \"{}\", which a mail server has no use for", clean(address.rest)),
            RELAY,
        ));
    }
    let host = address.bare().to_owned();
    Ok(Relay { host, port: address.port.unwrap_or(usual), tls, authority: None, login: None })
}

impl Relay {
    /// Whether it is on this machine, so that what is said to it meets no network.
    pub fn is_here(&self) -> bool {
        is_here(&self.host)
    }
}

const URL: &str = "write it as \"https://example.com/hooks/storage\"";

/// Where a POST goes.
pub(super) fn url(value: &DeValue<'_>) -> Ruled<String> {
    let written = text(value).map_err(|not| Not::new(not.what, URL))?;
    let address = network(written, URL)?;
    if !matches!(address.scheme, "http" | "https") {
        return Err(Not::new(
            format!("begins with \"{}\", which is neither https nor http", clean(address.scheme)),
            URL,
        ));
    }
    if written.bytes().any(|byte| !byte.is_ascii_graphic()) {
        return Err(Not::new(
            "holds blanks or characters that an address on the web is written without",
            "write such a one as %20",
        ));
    }
    Ok(written.to_owned())
}

/// Whether what is sent there can be read on the way.
pub(super) fn is_open(url: &str) -> bool {
    network(url, URL).is_ok_and(|address| address.scheme == "http" && !is_here(address.bare()))
}
