//! Mails of `mdadm --monitor`: each tells an event, and how all arrays were then.

use super::machine::Event;
use super::mdstat;
use super::output::{Sheet, Time, Tool};
use crate::model::{Ailment, ArrayState, Fact, Kind, Reason, Severity, Subject, Trouble};
use crate::words::clean;
use arraywatch_parsers::md::monitor::{self as parser, Mail};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};

/// The mails of a file.
pub(super) struct MdadmMonitor;

impl Tool for MdadmMonitor {
    type Output = parser::Mails;

    const NAME: &'static str = "mdadm-monitor";

    const OF_ONE_THING: bool = true;

    fn recognise(bytes: &[u8]) -> bool {
        parser::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        parser::read(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn host(output: &Self::Output) -> Option<String> {
        output.mails.last()?.host.clone()
    }

    fn time(output: &Self::Output) -> Option<Time> {
        output.mails.last()?.sent.map(|sent| Time::Instant(sent.to_utc()))
    }

    /// How the arrays were by the last mail, and what happened by all.
    fn sheet(output: &Self::Output, host: &str, at: DateTime<Utc>) -> Sheet {
        let Some(last) = output.mails.last() else { return Sheet::default() };
        // A file may hold the mails of many machines.
        let of = |mail: &Mail| mail.host.clone().filter(|_| mail.host != last.host).unwrap_or_else(|| host.to_owned());
        let events = (0_u64..).zip(&output.mails).filter_map(|(place, mail)| event(&of(mail), at, place, mail));
        let mut things = mdstat::things(host, &last.mdstat);
        if last.event == Some(parser::Event::SparesMissing) {
            let array = last.device.as_deref().map(|device| array(host, device));
            let thing = things.iter_mut().find(|read| Some(&read.subject) == array.as_ref());
            thing.into_iter().for_each(|read| read.reading.reasons.push(spares_missing()));
        }
        Sheet { things, whole: Vec::new(), events: events.collect() }
    }
}

/// The array, as the kernel calls it.
pub(super) fn array(host: &str, device: &str) -> Subject {
    Subject::within(Kind::Array, host, &clean(device.strip_prefix("/dev/").unwrap_or(device)))
}

/// /proc/mdstat does not tell how many there should be.
pub(super) fn spares_missing() -> Reason {
    Reason {
        ailment: Ailment::MemberErrors,
        key: "spares-missing".to_owned(),
        severity: Severity::Warning,
        rising: None,
        level: None,
        text: "it has fewer spares than mdadm is told that it should have".to_owned(),
    }
}

fn event(host: &str, at: DateTime<Utc>, place: u64, mail: &Mail) -> Option<Event> {
    let told = mail.event.as_ref()?;
    let array = mail.device.as_deref().map_or_else(|| Subject::host(host), |device| array(host, device));
    let (fact, severity) = meaning(told, mail.extra.as_deref());
    let sent = mail.sent.map(|sent| sent.to_utc());
    let word = word(told);
    let more = [mail.component.as_deref(), mail.extra.as_deref()].into_iter().flatten().map(|more| format!(", {more}"));
    let text = format!("mdadm tells of {word} on {}{}", array.path(), more.collect::<String>());
    // Mails without a head of one event at one time are one.
    let when = sent.map_or_else(|| place.to_string(), |sent| sent.to_rfc3339());
    let name = format!("{when} {text}").into_bytes();
    Some(Event {
        log: MdadmMonitor::NAME,
        name,
        at: sent.unwrap_or(at),
        written: mail.sent.map(|sent| sent.to_rfc2822()),
        subject: array,
        fact,
        severity,
        text: clean(&text),
    })
}

/// What it says, and how bad that is (mdadm(8), MONITOR MODE). Which drive failed is for the reading of the array to say.
pub(super) fn meaning(event: &parser::Event, extra: Option<&str>) -> (Fact, Severity) {
    use Severity::{Critical, Info, Warning};
    use parser::Event as E;
    let trouble = |kind| Fact::Trouble { kind, times: 1 };
    match event {
        E::Fail => (trouble(Trouble::Member), Critical),
        E::FailSpare => (Fact::RebuildFailed, Critical),
        E::DegradedArray => (Fact::State(ArrayState::Degraded), Critical),
        // Of an array of a level that has nothing to watch mdadm says so once, and it is there.
        E::DeviceDisappeared if extra == Some("Wrong-Level") => (Fact::Logged { number: 0 }, Info),
        E::DeviceDisappeared => (trouble(Trouble::Gone), Critical),
        E::RebuildStarted => (Fact::RebuildStarted, Info),
        // It ends as well when it was given up, and is told of a check and a resync, too: that all is well again another event tells.
        E::RebuildFinished | E::Rebuild(_) | E::SpareActive | E::NewArray | E::MoveSpare | E::TestMessage => {
            (Fact::Logged { number: 0 }, Info)
        }
        E::SparesMissing => (Fact::Logged { number: 0 }, Warning),
        E::Other(_) => (Fact::Event { number: 0, times: 1 }, Warning),
    }
}

fn word(event: &parser::Event) -> String {
    match event {
        parser::Event::Rebuild(percent) => format!("Rebuild{percent:02}"),
        parser::Event::Other(word) => format!("\u{ab}{}\u{bb}, an event that is not known,", clean(word)),
        known => format!("{known:?}"),
    }
}
