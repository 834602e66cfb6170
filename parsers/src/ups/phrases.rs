//! What programs that watch a UPS write in logs: data, a row a text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The line power failed, be it for seconds.
    PowerFailed,
    /// The UPS feeds from its battery.
    OnBattery,
    /// The line power is back.
    PowerBack,
    /// The battery is almost empty.
    BatteryLow,
    /// The battery is to be replaced, failed, or is gone.
    BatteryBad,
    /// The battery is there again.
    BatteryBack,
    /// The machines that it feeds are being shut down.
    ShuttingDown,
    /// The UPS is not heard any more: nobody knows how it is.
    ContactLost,
    /// It is heard again.
    ContactBack,
    /// It bypasses its battery, is overloaded or off, or has an alarm.
    Unprotected,
    /// It does so no longer.
    Protected,
    /// A self-test or a calibration, which is on battery as it was told to.
    Tested,
    /// The program began to watch.
    Watching,
    /// The program ended: nobody watches.
    NotWatching,
    /// Of no interest here.
    Nothing,
}

/// A text: what stands before and behind the name of a UPS, if it names one.
struct Phrase(&'static str, Option<&'static str>, Meaning);

const fn of_ups(front: &'static str, back: &'static str, meaning: Meaning) -> Phrase {
    Phrase(front, Some(back), meaning)
}

const fn plain(text: &'static str, meaning: Meaning) -> Phrase {
    Phrase(text, None, meaning)
}

const PHRASES: &[Phrase] = &[
    // apcupsd 3.14, `event_msg` in src/action.c.
    plain("Power failure.", Meaning::PowerFailed),
    plain("Running on UPS batteries.", Meaning::OnBattery),
    plain("Battery power exhausted.", Meaning::BatteryLow),
    plain("Reached run time limit on batteries.", Meaning::BatteryLow),
    plain("Battery charge below low limit.", Meaning::BatteryLow),
    plain("Reached remaining time percentage limit on batteries.", Meaning::BatteryLow),
    plain("Failed to kill the power! Attempting a REBOOT!", Meaning::ShuttingDown),
    plain("Initiating system shutdown!", Meaning::ShuttingDown),
    plain("Power is back. UPS running on mains.", Meaning::PowerBack),
    plain("Mains returned. No longer on UPS batteries.", Meaning::PowerBack),
    plain("Users requested to logoff.", Meaning::Nothing),
    plain("Battery failure. Emergency.", Meaning::BatteryBad),
    plain("UPS battery must be replaced.", Meaning::BatteryBad),
    plain("Battery disconnected.", Meaning::BatteryBad),
    plain("Battery reattached.", Meaning::BatteryBack),
    plain("Remote shutdown requested.", Meaning::ShuttingDown),
    plain("Communications with UPS lost.", Meaning::ContactLost),
    plain("Communications with UPS restored.", Meaning::ContactBack),
    plain("UPS Self Test switch to battery.", Meaning::Tested),
    plain("UPS Self Test completed.", Meaning::Tested),
    plain("UPS Self Test completed: Battery OK", Meaning::Tested),
    plain("UPS Self Test completed: Failed", Meaning::BatteryBad),
    plain("UPS Self Test completed: Not enough battery capacity", Meaning::BatteryBad),
    plain("apcupsd shutdown succeeded", Meaning::NotWatching),
    // NUT 2.2 to 2.8, `notifylist` in clients/upsmon.h.
    of_ups("UPS ", " on line power", Meaning::PowerBack),
    of_ups("UPS ", " on battery", Meaning::OnBattery),
    of_ups("UPS ", " battery is low", Meaning::BatteryLow),
    of_ups("UPS ", ": forced shutdown in progress", Meaning::ShuttingDown),
    of_ups("Communications with UPS ", " established", Meaning::ContactBack),
    of_ups("Communications with UPS ", " lost", Meaning::ContactLost),
    plain("Auto logout and shutdown proceeding", Meaning::ShuttingDown),
    of_ups("UPS ", " battery needs to be replaced", Meaning::BatteryBad),
    of_ups("UPS ", " is unavailable", Meaning::ContactLost),
    plain("upsmon parent process died - shutdown impossible", Meaning::NotWatching),
    of_ups("UPS ", ": calibration in progress", Meaning::Tested),
    of_ups("UPS ", ": calibration finished", Meaning::Tested),
    of_ups("UPS ", ": administratively OFF or asleep", Meaning::Unprotected),
    of_ups("UPS ", ": no longer administratively OFF or asleep", Meaning::Protected),
    of_ups("UPS ", ": on bypass (powered, not protecting)", Meaning::Unprotected),
    of_ups("UPS ", ": no longer on bypass", Meaning::Protected),
    of_ups("UPS ", ": has at least one unclassified status token", Meaning::Unprotected),
    of_ups("UPS ", ": one or more active alarms", Meaning::Unprotected),
    of_ups("UPS ", ": no longer in an alarm state", Meaning::Protected),
    of_ups("UPS ", " is no longer overloaded", Meaning::Protected),
    of_ups("UPS ", " is overloaded", Meaning::Unprotected),
    // The same, clients/upsmon.c and server/sstate.c, upsd.c.
    of_ups("Poll UPS [", "] failed - Data stale", Meaning::ContactLost),
    of_ups("Poll UPS [", "] failed - Driver not connected", Meaning::ContactLost),
    of_ups("Data for UPS [", "] is stale - check driver", Meaning::ContactLost),
    of_ups("UPS [", "] data is no longer stale", Meaning::ContactBack),
    of_ups("UPS [", "] disconnected - check driver", Meaning::ContactLost),
    plain("Startup successful", Meaning::Watching),
    plain("Signal 15: exiting", Meaning::NotWatching),
];

/// How texts begin that have a number, a version or a user behind: the same sources.
const FRONTS: &[(&str, Meaning)] = &[
    ("apcupsd exiting, signal ", Meaning::NotWatching),
    ("Can't connect to UPS [", Meaning::ContactLost),
    ("Connected to UPS [", Meaning::ContactBack),
    ("Startup successful", Meaning::Watching),
    ("User ", Meaning::Nothing),
    ("Using power down flag file ", Meaning::Nothing),
    ("UPS: ", Meaning::Nothing),
    ("listening on ", Meaning::Nothing),
    ("mainloop: Interrupted system call", Meaning::Nothing),
];

/// How a program's start is told: `apcupsd 3.14.10 (13 September 2011) debian startup succeeded`.
const STARTED: (&str, &str) = ("apcupsd ", " startup succeeded");

/// The rows by the first and the last byte of their texts, which few have in common.
static BY_ENDS: LazyLock<BTreeMap<[u8; 2], Vec<&Phrase>>> = LazyLock::new(|| {
    let mut rows: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for phrase in PHRASES {
        let Phrase(front, back, _) = phrase;
        let ends = front.bytes().next().zip(back.unwrap_or(front).bytes().next_back());
        rows.entry(ends.map_or([0; 2], Into::into)).or_default().push(phrase);
    }
    rows
});

/// The row of a text, and the UPS that it names.
fn phrase(text: &str) -> Option<(&'static Phrase, Option<&str>)> {
    let ends = text.bytes().next().zip(text.bytes().next_back())?;
    BY_ENDS.get::<[u8; 2]>(&ends.into())?.iter().find_map(|phrase| match phrase {
        Phrase(front, None, _) => (*front == text).then_some((*phrase, None)),
        Phrase(front, Some(back), _) => {
            let name = text.strip_prefix(front)?.strip_suffix(back)?;
            is_name(name).then_some((*phrase, Some(name)))
        }
    })
}

/// What a text says, and of which UPS. `None` of a text that is not known.
pub fn read(text: &str) -> Option<(Meaning, Option<&str>)> {
    let whole = phrase(text).map(|(Phrase(.., meaning), ups)| (*meaning, ups));
    let (front, back) = STARTED;
    let started = || (text.starts_with(front) && text.ends_with(back)).then_some((Meaning::Watching, None));
    let begins = || FRONTS.iter().find(|(front, _)| text.starts_with(front)).map(|(_, meaning)| (*meaning, None));
    whole.or_else(started).or_else(begins)
}

/// Whether nothing more can follow a text.
pub(super) fn is_whole(text: &str) -> bool {
    PHRASES.iter().any(|Phrase(front, back, _)| match back {
        None => {
            *front == text
                && !PHRASES.iter().any(|Phrase(other, ..)| other.len() > text.len() && other.starts_with(text))
        }
        Some(back) => text.strip_prefix(front).and_then(|rest| rest.strip_suffix(back)).is_some_and(is_name),
    })
}

/// Where a known text begins that a line ends with, or the part of it behind the name of a UPS.
pub(super) fn tail(text: &str) -> Option<usize> {
    let ends = PHRASES.iter().filter_map(|Phrase(front, back, _)| {
        let end = back.unwrap_or(front);
        text.strip_suffix(end).map(str::len).filter(|_| end.len() >= TAIL_MIN)
    });
    ends.min()
}

/// Shorter texts could end any line.
const TAIL_MIN: usize = 8;

/// `ups@localhost:3493`
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let check = |text: &str, expect| assert_eq!(read(text), expect, "{text}");
        check("UPS ups@localhost on battery", Some((Meaning::OnBattery, Some("ups@localhost"))));
        check("UPS a b on battery", None);
        check("Power failure.", Some((Meaning::PowerFailed, None)));
        check("Power failure", None);
        check("apcupsd 3.14.10 (13 September 2011) debian startup succeeded", Some((Meaning::Watching, None)));
        check("UPS x is on fire", None);
        assert!(!is_whole("UPS Self Test completed"));
        assert!(is_whole("Power failure."));
        assert_eq!(tail("UPS a@b on battery"), Some(7));
        assert_eq!(tail("x Power failure."), Some(2));
        assert_eq!(tail("anything"), None);
    }
}
