//! The kernel's log as a file: dmesg, syslog, journalctl, of Linux and of FreeBSD, with what programs say there that watch arrays, drives and
//! the power.
//!
//! What a line says is judged as where the machine is read ([`machine::kernel`](super::machine::kernel)). Whom it is about is known less
//! well here: a drive is the drive where the log itself tells its serial number, as FreeBSD's and smartd do; else what the line names that has a
//! name that stays (an array, a bay of a RAID card, a card); else the host. What says nothing of storage, and what every start says,
//! is counted.

mod controller;
mod daemons;
mod freebsd;
mod linux;
#[cfg(test)]
mod tests;

use super::families::{Family, Observer};
use super::log::{LogObserver, Says};
use super::machine::kernel::Found;
use super::source::Options;
use super::ups_log;
use crate::model::{ArrayState, Fact, Kind as Of, Severity, Statement, Subject, Trouble};
use crate::words::clean;
use arraywatch_parsers::kernel::storage::{Field, Kind};
use arraywatch_parsers::kernel::text::{KernelLog as Grammar, Record, Told};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// The family.
pub(super) struct KernelLog;

impl Family for KernelLog {
    fn name(&self) -> &'static str {
        "kernel-log"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        Grammar::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, front: &[u8], options: &Options) -> Box<dyn Observer> {
        let grammar = Grammar::new(options.modified).learn(front);
        Box::new(LogObserver::<_, Events>::new(grammar, self.name(), source, front, options))
    }
}

/// What is known of the things that the log speaks of, and what was heard last.
#[derive(Default)]
struct Events {
    hosts: BTreeMap<String, Names>,
    heard: Option<(Subject, Found)>,
}

/// Who is who on a host, since its last start.
#[derive(Default)]
struct Names {
    freebsd: freebsd::Names,
    linux: linux::Names,
    smartd: daemons::Names,
    /// The last controller that an entry named.
    controller: u32,
    /// Arrays that were told not to be as they should be.
    arrays: BTreeSet<Subject>,
    /// Arrays that were started without more than one of their members.
    lack_several: BTreeSet<Subject>,
}

impl Says<Grammar> for Events {
    fn host<'a>(record: &'a Record<'_>) -> Option<&'a str> {
        record.host
    }

    fn free_text<'a>(record: &'a Record<'_>) -> Option<&'a str> {
        Some(record.line)
    }

    fn hear(&mut self, host: &str, record: &Record<'_>) -> Option<u64> {
        self.heard = None;
        let told = &record.told()?;
        if !self.hosts.contains_key(host) {
            self.hosts.insert(host.to_owned(), Names::default());
        }
        let names = self.hosts.get_mut(host)?;
        let (subject, mut found) = match told {
            Told::Linux(event) => names.linux.hear(host, event, record.text)?,
            Told::FreeBsd(event) => names.freebsd.hear(host, event)?,
            Told::Controller(entry) => {
                names.controller = entry.controller.unwrap_or(names.controller);
                controller::hear(&controller::card(host, names.controller), entry)?
            }
            Told::Ups(told) => ups_log::heard(host, told),
            Told::Mdadm(alert) => daemons::mdadm(host, alert)?,
            Told::Smartd(said) => names.smartd.hear(host, said)?,
        };
        let has_drive = matches!(subject.kind(), Of::Drive | Of::Bay | Of::Array);
        if found.fact.is_failed_drive() && !has_drive {
            // Neither which drive it was nor of which array.
            found = Found::trouble(Trouble::Member, Severity::Critical);
        }
        if let Told::Linux(event) = told
            && event.kind == Kind::ArrayStarted
        {
            let lacks = event.number(Field::Of).zip(event.number(Field::Count)).map(|(of, has)| of.saturating_sub(has));
            let of_host = &mut self.hosts.get_mut(host)?.lack_several;
            if lacks > Some(1) {
                of_host.insert(subject.clone())
            } else {
                of_host.remove(&subject)
            };
        }
        // A rebuild that is done tells of one member at least, and not whether there was a spare for each: of an array that lacked
        // several it is no proof that none is missing. Where it gave them up one by one, the diagnosis counts them by name.
        if found.fact == Fact::RebuildCompleted && self.hosts.get(host)?.lack_several.contains(&subject) {
            found = Found { fact: Fact::State(ArrayState::Degraded), severity: Severity::Critical };
        }
        if let Fact::State(state) = &found.fact {
            // That an array is well is said at every start; it is news only of one that was not, and no proof that it still is.
            let was_known = if *state == ArrayState::Optimal {
                self.hosts.get_mut(host)?.arrays.remove(&subject)
            } else {
                self.hosts.get_mut(host)?.arrays.insert(subject.clone());
                true
            };
            was_known.then_some(())?;
        }
        let apart = xxh3_64(format!("{subject} {found:?}").as_bytes());
        self.heard = Some((subject, found));
        Some(apart)
    }

    fn statement(&self, host: &str, record: &Record<'_>, text: Option<&str>) -> Statement {
        // What is shown as a reading is shown apart from when it was said, so its numbers stay.
        let is_reading = matches!(&self.heard, Some((_, Found { fact: Fact::Read(_), .. })));
        let text = clean(text.filter(|_| !is_reading).unwrap_or(record.line).trim());
        match self.heard.clone() {
            Some((subject, Found { fact, severity })) => Statement { subject, fact, severity, text },
            None => Statement {
                subject: Subject::host(host),
                fact: Fact::Logged { number: 0 },
                severity: Severity::Info,
                text,
            },
        }
    }
}
