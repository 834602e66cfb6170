//! How a UPS is, as NUT's `upsc` and apcupsd's `apcaccess` print it.

use super::machine::Read;
use super::machine::bmc::sort;
use super::machine::reason::says;
use super::output::{Sheet, Time, Tool};
use crate::model::{Ailment, Kind, Reading, Reason, Severity, Subject, Thing, Unread, WhyUnread};
use crate::words::clean;
use arraywatch_parsers::output::Tally;
use arraywatch_parsers::ups::{Word, apcaccess, upsc};
use chrono::{DateTime, Utc};

/// What feeds the host through a UPS of which no name is known.
pub(super) const UPS: &str = "ups";

/// NUT's variables.
pub(super) struct Upsc;

impl Tool for Upsc {
    type Output = upsc::Upsc;

    const NAME: &'static str = "upsc";

    fn recognise(bytes: &[u8]) -> bool {
        upsc::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        upsc::upsc(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn sheet(output: &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        let words = output.status();
        let left = output.number("battery.runtime").map(|seconds| seconds / 60.0);
        let mut reasons = reasons(&words, left);
        if let Some(alarm) = output.get("ups.alarm") {
            reasons.retain(|reason| reason.key != ALARM);
            let text = format!("the UPS has an alarm: {}", clean(alarm));
            reasons.push(says(Ailment::SupplyFailed, ALARM, Severity::Warning, text));
        }
        reasons.extend(test(output.get("ups.test.result")));
        let get = |name| output.get(&format!("ups.{name}")).or(output.get(&format!("device.{name}")));
        let model = [get("mfr"), get("model")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let state = output.get("ups.status").unwrap_or("no state");
        Sheet { things: vec![thing(host, &model, state, reasons, &words, &output.tally)], ..Sheet::default() }
    }
}

/// apcupsd's report.
pub(super) struct Apcaccess;

impl Tool for Apcaccess {
    type Output = apcaccess::Apcaccess;

    const NAME: &'static str = "apcaccess";

    fn recognise(bytes: &[u8]) -> bool {
        apcaccess::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        apcaccess::apcaccess(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn host(output: &Self::Output) -> Option<String> {
        output.get("HOSTNAME").map(str::to_owned)
    }

    fn time(output: &Self::Output) -> Option<Time> {
        output.time().map(Time::Instant)
    }

    fn sheet(output: &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        let words = output.status();
        let left = output.get("TIMELEFT").and_then(|left| left.split(' ').next()?.parse().ok());
        let mut reasons = reasons(&words, left);
        reasons.extend(test(output.get("SELFTEST")));
        let (model, state) = (output.get("MODEL").unwrap_or_default(), output.get("STATUS").unwrap_or("no state"));
        Sheet { things: vec![thing(host, model, state, reasons, &words, &output.tally)], ..Sheet::default() }
    }
}

const ALARM: &str = "ups-alarm";

fn thing(host: &str, model: &str, state: &str, mut reasons: Vec<Reason>, words: &[Word], tally: &Tally) -> Read {
    sort(&mut reasons);
    let silent = words.iter().any(|word| matches!(word, Word::NoContact | Word::Wait));
    let unread = if silent {
        Some((WhyUnread::NotAnswering, "the UPS does not answer the program that watches it"))
    } else if words.is_empty() {
        Some((WhyUnread::NotUnderstood, "the output does not tell the state of the UPS"))
    } else if tally.odds() > 0 {
        Some((WhyUnread::NotUnderstood, "not all of what the output says of the UPS is understood"))
    } else {
        None
    };
    let unread = unread.map(|(why, text)| Unread { why, text: text.to_owned() });
    let model = if model.is_empty() { String::new() } else { format!(" {}", clean(model)) };
    let text = format!("UPS{model}, {}", clean(state));
    let reading = Reading { thing: Thing::Power, reasons, unread };
    Read { subject: Subject::within(Kind::Power, host, UPS), reading, text, values: Vec::new() }
}

/// How long a battery lasts by the reckoning of its UPS, in steps: a reading does not change from minute to minute.
fn lasts(minutes: f64) -> &'static str {
    match minutes {
        minutes if minutes < 5.0 => "less than 5 minutes",
        minutes if minutes < 15.0 => "5 to 15 minutes",
        minutes if minutes < 30.0 => "15 to 30 minutes",
        minutes if minutes < 60.0 => "30 to 60 minutes",
        _ => "more than an hour",
    }
}

/// Reasons to look at a UPS, by the words of its state, and by how many minutes its battery is said to last.
fn reasons(words: &[Word], left: Option<f64>) -> Vec<Reason> {
    use Severity::{Critical, Info, Warning};
    let has = |word: &Word| words.contains(word);
    // It measures or tests its battery as it was told to.
    let tested = has(&Word::Calibration) || has(&Word::SelfTest);
    let on_battery = has(&Word::OnBattery) && !tested;
    let told = |word: &Word| {
        let (key, severity, text) = match word {
            Word::OnBattery if tested => ("on-battery", Info, "it is on battery, for a test"),
            Word::OnBattery => ("on-battery", Warning, "it has no line power and is on battery"),
            Word::LowBattery if on_battery => ("battery-low", Critical, "it is on battery, and the battery is low"),
            Word::LowBattery => ("battery-low", Warning, "its battery is low"),
            Word::HighBattery => ("battery-high", Warning, "the voltage of its battery is too high"),
            Word::ReplaceBattery => ("battery", Warning, "its battery is to be replaced"),
            Word::NoBattery => ("battery", Warning, "it has no battery"),
            Word::Bypass => ("bypass", Warning, "its load is on the line and not protected (bypass)"),
            Word::Off => ("off", Critical, "it is switched off and feeds nothing"),
            Word::Overload => ("overload", Warning, "it is overloaded"),
            Word::ForcedShutdown => ("shutdown", Critical, "what it feeds is being shut down"),
            Word::Alarm => ("alarm", Warning, "it has an alarm"),
            Word::Trim => ("trim", Info, "the line voltage is high, and it lowers it"),
            Word::Boost => ("boost", Info, "the line voltage is low, and it raises it"),
            Word::Other(word) => {
                let text = format!("the UPS is in the state \u{ab}{}\u{bb}, a word that is not known", clean(word));
                return Some(says(Ailment::SupplyFailed, "ups-state-word", Warning, text));
            }
            Word::OnLine
            | Word::Charging
            | Word::Discharging
            | Word::Calibration
            | Word::SelfTest
            | Word::Wait
            | Word::NoContact
            | Word::Eco
            | Word::Secondary => return None,
        };
        let left = left.filter(|_| on_battery && matches!(word, Word::OnBattery | Word::LowBattery)).map(lasts);
        let left = left.map(|left| format!(", which lasts {left} by its own reckoning")).unwrap_or_default();
        Some(says(Ailment::SupplyFailed, &format!("ups-{key}"), severity, format!("the UPS: {text}{left}")))
    };
    words.iter().filter_map(told).collect()
}

/// The result of its last self-test: `ups.test.result` in the words of NUT's drivers, `SELFTEST` in apcupsd's two letters
/// (`lib/apcstatus.c`).
fn test(result: Option<&str>) -> Option<Reason> {
    let result = result?;
    let lower = result.to_ascii_lowercase();
    let failed = ["fail", "error", "warning", "bad", "replace"].iter().any(|word| lower.contains(word));
    let text = match result {
        "NG" => "it failed",
        "BT" => "the battery has not enough capacity",
        "WN" => "it ended with a warning",
        _ if failed => result,
        _ => return None,
    };
    let text = format!("the last self-test of the UPS: {}", clean(text));
    Some(says(Ailment::SupplyFailed, "ups-test", Severity::Warning, text))
}
