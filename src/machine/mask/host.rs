//! The host's name.
//!
//! It is of another length when masked: `host-` and four digits, as it would be a name that somebody could bear otherwise. It is
//! replaced as a whole word only, in what the kernel said and in the content of files (a volume group is often called after its
//! host). A host that is called as something that the kernel has or says (`md0`, `raid`) is replaced only where a host is named.

use super::Random;
use std::collections::HashSet;

/// Names of hosts that a capture has.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    names: Vec<String>,
}

/// Words of the kernel's that decide how a line is understood.
const WORDS: [&str; 24] = [
    "array", "ata", "block", "clean", "disk", "drive", "error", "failed", "host", "kernel", "linear", "linux", "live",
    "md", "none", "nvme", "raid", "root", "running", "scsi", "sd", "sync", "system", "usb",
];

/// How systemd says to the kernel's log what the host is called.
const NAMED: &str = "Hostname set to <";

impl Hosts {
    pub(super) fn take(&mut self, name: &str) {
        if !matches!(name, "" | "localhost" | "(none)") && !self.names.iter().any(|other| other == name) {
            self.names.push(name.to_owned());
        }
    }

    pub(super) fn in_text(&mut self, text: &str) {
        if let Some((name, _)) = text.split_once(NAMED).and_then(|(_, rest)| rest.split_once('>')) {
            self.take(name);
        }
    }

    pub(super) fn masked(self, random: &mut Random, parts: &HashSet<Vec<u8>>) -> Masked {
        let mut hosts: Vec<(String, String, bool)> = Vec::new();
        for name in self.names {
            let label = name.split('.').next().unwrap_or(&name).to_owned();
            // A host is the same with and without its domain.
            let known = hosts.iter().find(|(other, ..)| *other == label || other.split('.').next() == Some(&label));
            let mask = known.map_or_else(
                || format!("host-{}", (0..4).map(|_| char::from(random.one_of(b"0123456789"))).collect::<String>()),
                |(_, mask, _)| mask.clone(),
            );
            for name in [name, label] {
                let common = parts.contains(name.as_bytes()) || WORDS.contains(&name.to_ascii_lowercase().as_str());
                let common = common || name.bytes().all(|byte| byte.is_ascii_digit()) || name.len() < 2;
                if !hosts.iter().any(|(other, ..)| *other == name) {
                    hosts.push((name, mask.clone(), !common));
                }
            }
        }
        hosts.sort_by_key(|(name, ..)| std::cmp::Reverse(name.len()));
        Masked { hosts }
    }
}

/// What becomes of them.
#[derive(Debug)]
pub(super) struct Masked {
    /// Name, mask, and whether it is replaced in any text; the longest first.
    hosts: Vec<(String, String, bool)>,
}

impl Masked {
    /// Of a host's name.
    pub(super) fn of(&self, name: &str) -> String {
        let known = self.hosts.iter().find(|(other, ..)| other == name);
        known.map_or_else(|| name.to_owned(), |(_, mask, _)| mask.clone())
    }

    /// Of a line that is a host's name.
    pub(super) fn line(&self, line: &str) -> String {
        let name = line.trim();
        line.replace(name, &self.of(name))
    }

    /// Of a text that may have it.
    pub(super) fn in_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, mask, anywhere) in &self.hosts {
            if *anywhere {
                text = words_replaced(&text, name, mask);
            } else {
                text = text.replace(&format!("{NAMED}{name}>"), &format!("{NAMED}{mask}>"));
            }
        }
        text
    }
}

/// The text with a word replaced. Words end where letters and digits end.
fn words_replaced(text: &str, word: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some((head, tail)) = rest.split_once(word) {
        before = head.chars().next_back().or(before);
        let whole =
            !before.is_some_and(char::is_alphanumeric) && !tail.chars().next().is_some_and(char::is_alphanumeric);
        out.push_str(head);
        out.push_str(if whole { by } else { word });
        before = word.chars().next_back();
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let check = |text: &str, expect: &str| assert_eq!(words_replaced(text, "db7", "host-1"), expect);
        check("db7", "host-1");
        check("db7db7 db7", "db7db7 host-1");
        check("xdb7 db71 db7-root /db7/", "xdb7 db71 host-1-root /host-1/");
        check("", "");
    }

    #[test]
    fn hosts() {
        let check = |name: &str, text: &str, expect: &str| {
            let mut hosts = Hosts::default();
            hosts.take(name);
            let parts = HashSet::from([b"md0".to_vec()]);
            let masked = hosts.masked(&mut Random::new([3; 16]), &parts);
            assert_eq!(masked.in_text(text).replace(&masked.of(name), "MASK"), expect, "{name}");
        };
        check("db7", "Hostname set to <db7>. vg db7-root", "Hostname set to <MASK>. vg MASK-root");
        check("db7.lan", "db7.lan: hello from db7", "MASK: hello from MASK");
        check("md0", "Hostname set to <md0>. md0: detected", "Hostname set to <MASK>. md0: detected");
        check("raid", "md/raid:md0: not clean", "md/raid:md0: not clean");
        check("localhost", "localhost", "MASK");
    }
}
