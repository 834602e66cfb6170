//! Logs of the programs that watch a UPS: apcupsd's own, and what apcupsd and NUT write to the system log.

use super::families::{Family, Observer};
use super::ipmi_sel::path;
use super::log::{LogObserver, Says};
use super::machine::kernel::Found;
use super::source::Options;
use super::ups::UPS;
use crate::model::{Fact, Kind, Severity, Statement, Subject, Trouble};
use crate::words::clean;
use arraywatch_parsers::ups::phrases::Meaning;
use arraywatch_parsers::ups::{events, syslog};
use std::sync::Arc;

/// `apcupsd.events`.
#[derive(Default)]
pub(super) struct Events;

impl Family for Events {
    fn name(&self) -> &'static str {
        "apcupsd-events"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        events::Events::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, front: &[u8], options: &Options) -> Box<dyn Observer> {
        Box::new(LogObserver::<_, Self>::new(events::Events, self.name(), source, front, options))
    }
}

impl Says<events::Events> for Events {
    fn host<'a>(_record: &'a events::Record<'_>) -> Option<&'a str> {
        None
    }

    fn free_text<'a>(record: &'a events::Record<'_>) -> Option<&'a str> {
        record.meaning.is_none().then_some(record.text)
    }

    fn statement(&self, host: &str, record: &events::Record<'_>, text: Option<&str>) -> Statement {
        said(host, UPS, record.meaning, None, text.unwrap_or(record.text))
    }
}

/// Lines of the system log.
#[derive(Default)]
pub(super) struct Syslog;

impl Family for Syslog {
    fn name(&self) -> &'static str {
        "ups-syslog"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        syslog::Syslog::recognise(bytes)
    }

    fn observer(&self, source: Arc<str>, front: &[u8], options: &Options) -> Box<dyn Observer> {
        let grammar = syslog::Syslog::learn(front, options.modified.naive_utc());
        Box::new(LogObserver::<_, Self>::new(grammar, self.name(), source, front, options))
    }
}

impl Says<syslog::Syslog> for Syslog {
    fn host<'a>(record: &'a syslog::Record<'_>) -> Option<&'a str> {
        Some(record.host)
    }

    fn free_text<'a>(record: &'a syslog::Record<'_>) -> Option<&'a str> {
        record.meaning.is_none().then_some(record.text)
    }

    fn statement(&self, host: &str, record: &syslog::Record<'_>, text: Option<&str>) -> Statement {
        // A state that newer versions tell of: whatever it is, it is of a UPS.
        let of_ups = record.text.starts_with("UPS ").then_some(Severity::Warning);
        let by_writer = match record.severity {
            Some(0..=2) => Some(Severity::Critical),
            Some(3 | 4) => Some(Severity::Warning),
            _ => None,
        };
        let text = text.unwrap_or(record.text);
        said(host, &name(record.ups), record.meaning, by_writer.max(of_ups), text)
    }
}

/// A UPS as a subject names it: `rack-a` of `rack-a@localhost`.
fn name(ups: Option<&str>) -> String {
    let name = ups.map(|ups| ups.split('@').next().unwrap_or(ups)).filter(|name| !name.is_empty());
    name.map_or_else(|| UPS.to_owned(), path)
}

/// What a line in the log of a whole machine says.
pub(super) fn heard(host: &str, told: &syslog::Said) -> (Subject, Found) {
    let Statement { subject, fact, severity, .. } =
        said(host, &name(told.ups.as_deref()), Some(told.meaning), None, "");
    (subject, Found { fact, severity })
}

/// What a text says of a UPS of a host; one that is not known is as bad as it is said to be.
fn said(host: &str, ups: &str, meaning: Option<Meaning>, unknown: Option<Severity>, text: &str) -> Statement {
    use Severity::{Critical, Info, Warning};
    let of = |part: &str| Subject::within(Kind::Power, host, &format!("{ups}/{part}"));
    let whole = Subject::within(Kind::Power, host, ups);
    let supply = || Fact::Trouble { kind: Trouble::Supply, times: 1 };
    let on_battery = || Fact::Trouble { kind: Trouble::OnBattery, times: 1 };
    let fine = || Fact::PowerReading { fine: true };
    let logged = || Fact::Logged { number: 0 };
    let (subject, fact, severity) = match meaning {
        Some(Meaning::PowerFailed) => (whole, Fact::PowerEvent, Warning),
        Some(Meaning::OnBattery) => (whole, on_battery(), Warning),
        Some(Meaning::BatteryLow | Meaning::ShuttingDown) => (whole, on_battery(), Critical),
        Some(Meaning::PowerBack) => (whole, fine(), Info),
        // That the line power is back mends no battery.
        Some(Meaning::BatteryBad) => (of("battery"), supply(), Warning),
        Some(Meaning::BatteryBack) => (of("battery"), fine(), Info),
        Some(Meaning::Unprotected) => (of("protection"), supply(), Warning),
        Some(Meaning::Protected) => (of("protection"), fine(), Info),
        // Nobody knows of the power until it is heard again.
        Some(Meaning::ContactLost) => (whole, Fact::Recorder { runs: false }, Warning),
        Some(Meaning::ContactBack) => (whole, Fact::Recorder { runs: true }, Info),
        Some(Meaning::NotWatching) => (Subject::host(host), Fact::Recorder { runs: false }, Warning),
        Some(Meaning::Watching) => (Subject::host(host), Fact::Recorder { runs: true }, Info),
        Some(Meaning::Tested | Meaning::Nothing) => (whole, logged(), Info),
        None => match unknown {
            Some(severity) => (whole, Fact::Event { number: 0, times: 1 }, severity),
            None => (whole, logged(), Info),
        },
    };
    Statement { subject, fact, severity, text: clean(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arraywatch_parsers::stream::Grammar as _;
    use chrono::DateTime;

    #[test]
    fn lines_come_to() {
        let check = |line: &str, expect: &str| {
            let grammar = syslog::Syslog::learn(b"", DateTime::UNIX_EPOCH.naive_utc());
            let record = grammar.parse(line.as_bytes()).expect("a record");
            let Statement { subject, fact, severity, .. } = Syslog.statement("db7", &record, None);
            assert_eq!(format!("{subject} {} {}", fact.code(), severity.code()), expect, "{line}");
        };
        let head = |text: &str| format!("Oct 26 08:39:13 db7 upsmon[12]: {text}");
        check(&head("UPS a@localhost on battery"), "power:db7/a supply-trouble warning");
        check(&head("UPS a@localhost battery is low"), "power:db7/a supply-trouble critical");
        check(&head("UPS a@localhost on line power"), "power:db7/a power-fine info");
        check(&head("UPS a@localhost battery needs to be replaced"), "power:db7/a/battery supply-trouble warning");
        check(&head("Communications with UPS a@localhost lost"), "power:db7/a recorder-stopped warning");
        check(&head("Communications with UPS a@localhost established"), "power:db7/a recorder-started info");
        check(&head("UPS a@localhost: calibration in progress"), "power:db7/a event info");
        check(&head("UPS a@localhost is humming"), "power:db7/ups event-not-understood warning");
        check(&head("epoll said so"), "power:db7/ups event info");
        check("<11>Oct 26 08:39:13 db7 upsd[9]: epoll said so", "power:db7/ups event-not-understood warning");
        check("Oct 26 08:39:13 db7 apcupsd[9]: Power failure.", "power:db7/ups power-event warning");
        check("Oct 26 08:39:13 db7 apcupsd[9]: apcupsd exiting, signal 15", "host:db7 recorder-stopped warning");
    }
}
