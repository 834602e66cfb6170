//! What the words of the Smart Array tools come to, whichever of them says so.

use super::machine::reason::says;
use super::output::state_word;
use crate::model::{Ailment, ArrayState, Kind, MemberRead, Reason, Role, Severity, Subject};
use crate::words::clean;
use arraywatch_parsers::hp::volume::VolumeState;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A logical drive by its state: how the array is, and what is to be looked at besides.
pub(super) fn array(state: &VolumeState) -> (ArrayState, Option<Reason>) {
    let hot = |severity, text: &str| Some(says(Ailment::HousingHot, "overheated", severity, text));
    match state {
        VolumeState::Ok => (ArrayState::Optimal, None),
        VolumeState::Failed | VolumeState::WrongDriveReplaced | VolumeState::NotConnected => (ArrayState::Failed, None),
        // Of a rebuild that has not begun, redundancy is as far away as without one.
        VolumeState::InterimRecovery | VolumeState::ReadyForRecovery => (ArrayState::Degraded, None),
        VolumeState::Recovering | VolumeState::Expanding | VolumeState::QueuedForExpansion => {
            (ArrayState::Rebuilding, None)
        }
        VolumeState::NotConfigured | VolumeState::NotYetAvailable => (ArrayState::Unknown, None),
        VolumeState::Overheating => {
            (ArrayState::Unknown, hot(Severity::Critical, "its controller says that the hardware is too hot"))
        }
        VolumeState::Overheated => {
            (ArrayState::Unknown, hot(Severity::Warning, "its controller says that the hardware was too hot"))
        }
        VolumeState::Other(words) => {
            let text = format!("its controller calls its state \u{ab}{}\u{bb}, words that are not known", clean(words));
            (ArrayState::Unknown, Some(state_word(&text)))
        }
    }
}

/// The level as people write it. `1(1+0)` is either, so neither.
pub(super) fn level(text: &str) -> Option<String> {
    // "6 (ADG)" has two parities as any, "1 (ADM)" three copies.
    let level = text.split_whitespace().next()?;
    match level {
        "1+0" => Some("10".to_owned()),
        "1ADM" => Some("1".to_owned()),
        "10ADM" => Some("10".to_owned()),
        _ => level.chars().all(|digit| digit.is_ascii_digit()).then(|| level.to_owned()),
    }
}

/// Errors of the medium that nothing could correct: a stripe has lost data, whatever the array calls itself.
pub(super) fn failed_stripes(text: &str) -> Option<Reason> {
    let text = format!("it has errors of the medium that could not be corrected ({}): data are lost", clean(text));
    Some(says(Ailment::MemberErrors, "failed-stripes", Severity::Warning, text))
}

/// The cache of a controller does not do what it is set to do.
pub(super) fn cache(key: &str, severity: Severity, text: impl Into<String>) -> Reason {
    says(Ailment::CacheUnprotected, key, severity, text)
}

/// The place of a drive: `c0/1I:1:4`.
pub(super) fn bay(host: &str, controller: &str, location: &str) -> Subject {
    Subject::within(Kind::Bay, host, &format!("{controller}/{location}"))
}

/// The gravest first, each once: of several texts the one that says most.
pub(super) fn once(mut reasons: Vec<Reason>) -> Vec<Reason> {
    let rank = |reason: &Reason| (Reverse(reason.severity), reason.key.clone(), Reverse(reason.text.len()));
    reasons.sort_by_key(rank);
    reasons.dedup_by(|more, known| more.ailment == known.ailment && more.key == known.key);
    reasons
}

/// Gives the members of an array their places, by which a failed one is told from one that waits. No tool numbers them; the number of the bay
/// stays when a drive is replaced, and tells the drives of an array apart unless they sit in several boxes.
pub(super) fn place(members: &mut [MemberRead]) {
    let number = |member: &MemberRead| -> Option<u32> {
        let path = member.bay.as_ref()?.to_string();
        path.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    };
    let numbers: Vec<Option<u32>> = members.iter().map(number).collect();
    let several: BTreeSet<u32> = numbers.iter().flatten().copied().collect();
    if several.len() != members.len() {
        return;
    }
    for (member, number) in members.iter_mut().zip(numbers) {
        member.slot = number.filter(|_| member.role != Role::Spare);
    }
}
