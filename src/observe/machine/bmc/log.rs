//! The system event log of the management controller.

use super::{CLOCK_OFF, Event as Sensed, SLOT, judge, named, quantity, sensor, supply};
use crate::model::{Fact, Kind, Severity, Subject, Trouble};
use crate::observe::machine::Event;
use crate::probes::bmc::{Answers, Entry};
use arraywatch_parsers::ipmi::event::{Limit, What};
use arraywatch_parsers::ipmi::sel::{Body, Time};
use chrono::{DateTime, TimeDelta, Utc};

/// What its event log tells.
pub(in crate::observe::machine) fn events(host: &str, answers: &Answers, at: DateTime<Utc>) -> Vec<Event> {
    let clock = answers.clock.as_ref().ok().copied();
    answers.entries.iter().filter_map(|entry| event(host, answers, entry, clock, at)).collect()
}

fn event(host: &str, answers: &Answers, entry: &Entry, clock: Option<Time>, at: DateTime<Utc>) -> Option<Event> {
    let record = entry.record.as_ref()?;
    let maker = |time: Option<Time>| {
        let bytes: String = entry.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("an entry of the maker's own, of type {:02X}h: {bytes}", record.kind);
        let fact = Fact::Logged { number: record.kind.into() };
        Said { time, subject: Subject::host(host), fact, severity: Severity::Info, text }
    };
    let said = match &record.body {
        Body::System { time, event, .. } => said(host, answers, event, *time),
        Body::OemTimed { time, .. } => maker(Some(*time)),
        Body::Oem(_) | Body::Other(_) => maker(None),
    };
    let (at, written) = when(said.time.unwrap_or(Time::Unset), clock, at);
    let Said { subject, fact, severity, text, .. } = said;
    Some(Event { log: "bmc", name: entry.bytes.clone(), at, written, subject, fact, severity, text })
}

struct Said {
    time: Option<Time>,
    subject: Subject,
    fact: Fact,
    severity: Severity,
    text: String,
}

/// When it was, as far as can be told by the BMC's clock now, and the time as it is written.
fn when(time: Time, clock: Option<Time>, at: DateTime<Utc>) -> (DateTime<Utc>, Option<String>) {
    match time {
        Time::Clock(seconds) => {
            let written = DateTime::from_timestamp(seconds.into(), 0).unwrap_or(at);
            let off = match clock {
                Some(Time::Clock(now)) => i64::from(now) - at.timestamp(),
                _ => 0,
            };
            let off = if off.abs() > CLOCK_OFF { off } else { 0 };
            // What is in the log has happened.
            let utc = written.checked_sub_signed(TimeDelta::seconds(off)).unwrap_or(at).min(at);
            (utc, Some(written.format("%Y-%m-%d %H:%M:%S").to_string()))
        }
        Time::SinceStart(seconds) => {
            let ago = match clock {
                Some(Time::SinceStart(now)) => i64::from(now.saturating_sub(seconds)),
                _ => 0,
            };
            let utc = at.checked_sub_signed(TimeDelta::seconds(ago)).unwrap_or(at);
            (utc, Some(format!("{seconds} s after the BMC started")))
        }
        Time::Unset => (at, Some("no time".to_owned())),
    }
}

/// What an event of a sensor says.
fn said(host: &str, answers: &Answers, event: &Sensed, time: Time) -> Said {
    let sensor = sensor(answers, event.number);
    let supply = supply(event.sensor_type, event.kind, event.number, sensor);
    let (fact, severity) = judged(event.sensor_type, event.what, event.asserted, supply.is_some());
    let subject = match supply {
        Some(path) => Subject::within(Kind::Power, host, &path),
        None => Subject::host(host),
    };
    let words =
        event.words().map_or_else(|| format!("event {:02x?} of type {:02X}h", event.data, event.kind), str::to_owned);
    let value = |raw: Option<u8>| sensor.zip(raw).and_then(|(sensor, raw)| quantity(sensor, raw));
    let read = value(event.reading()).map(|value| format!(", {value}")).unwrap_or_default();
    let limit = value(event.threshold()).map(|value| format!(", the limit is {value}")).unwrap_or_default();
    let over = over(event.what, event.asserted);
    let text = format!("{}: {words}{over}{read}{limit}", named(event.sensor_type, event.number, sensor));
    Said { time: Some(time), subject, fact, severity, text }
}

/// What it comes to that a state of a sensor came, or went, and how bad that is.
pub(in crate::observe) fn judged(sensor_type: u8, what: What, asserted: bool, of_supply: bool) -> (Fact, Severity) {
    let severity = severity(sensor_type, what, asserted);
    let number = u32::from(sensor_type);
    let trouble = |kind| Fact::Trouble { kind, times: 1 };
    let fact = match (severity, what) {
        (None, what) if is_of_power(what) || of_supply && (is_redundancy(what) || what == What::RedundancyFull) => {
            Fact::PowerReading { fine: true }
        }
        (None, _) => Fact::Logged { number },
        (Some(_), What::Unknown) => Fact::Event { number, times: 1 },
        (Some(_), what) if is_of_power(what) || of_supply && is_redundancy(what) => trouble(Trouble::Supply),
        // The slot is empty.
        (Some(_), What::DrivePresent) => trouble(Trouble::Gone),
        (Some(_), _) if sensor_type == SLOT => trouble(Trouble::Member),
        (Some(_), _) if sensor_type == 0x13 => trouble(Trouble::Bus),
        (Some(_), _) => trouble(Trouble::Housing),
    };
    (fact, severity.unwrap_or(Severity::Info))
}

/// What is to be said behind a state that came, or went.
pub(in crate::observe) fn over(what: What, asserted: bool) -> &'static str {
    match (asserted, what) {
        (false, _) => ": no longer",
        (true, What::LogCleared) => ": what it held before is gone",
        (true, What::LogDisabled | What::LogFull) => ": what happens next is not told",
        (true, _) => "",
    }
}

/// How bad it is that the state came, or went. None where it is as it should be.
fn severity(sensor_type: u8, what: What, asserted: bool) -> Option<Severity> {
    match (asserted, what) {
        (true, What::Threshold { limit, rising }) => limit_severity(limit, rising),
        (false, What::DrivePresent) => Some(Severity::Warning),
        // The log says that it lacks something.
        (true, What::LogFull | What::LogAlmostFull | What::LogDisabled | What::LogCleared) => None,
        (true, what) => judge::severity(what, sensor_type),
        (false, _) => None,
    }
}

/// Rising through an upper limit and falling through a lower one are the bad ones.
fn limit_severity(limit: Limit, rising: bool) -> Option<Severity> {
    let (upper, severity) = match limit {
        Limit::UpperNonCritical => (true, Severity::Warning),
        Limit::UpperCritical | Limit::UpperNonRecoverable => (true, Severity::Critical),
        Limit::LowerNonCritical => (false, Severity::Warning),
        Limit::LowerCritical | Limit::LowerNonRecoverable => (false, Severity::Critical),
    };
    (upper == rising).then_some(severity)
}

/// There is less to lose before all is lost.
fn is_redundancy(what: What) -> bool {
    matches!(
        what,
        What::RedundancyLost
            | What::RedundancyDegraded
            | What::RedundancyDegradedFromFull
            | What::NotRedundantSufficient
            | What::NotRedundantInsufficient
    )
}

/// Power was lost or disturbed.
fn is_of_power(what: What) -> bool {
    matches!(
        what,
        What::SupplyFailed
            | What::SupplyInputLost
            | What::SupplyInputLostOrOutOfRange
            | What::SupplyInputOutOfRange
            | What::UnitInputLost
            | What::UnitFailed
            | What::Unit240VoltsOff
            | What::UnitInterlockOff
    )
}
