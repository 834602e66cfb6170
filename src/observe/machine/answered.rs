//! Whether a drive answered: what is to be said of one that did not, not all, or late.

use super::reason::says;
use crate::machine::Failed;
use crate::model::{Ailment, Reason, Severity, Unread, WhyUnread};
use crate::probes::got::{Missing, Tally};

/// A command that takes longer than this is slow, in microseconds: a second is what a busy disk may take.
const SLOW: u64 = 5_000_000;

/// Without these nobody can say how a drive is; of the rest it is enough to say that they could not be read.
const JUDGED_BY: [&str; 2] = ["health", "attributes"];

/// What is to be said of a drive by what stopped the asking, by what did not come, and by what asking cost.
pub(super) fn answered(
    stopped: Option<Missing>,
    gaps: &[(&'static str, Missing)],
    tally: Tally,
) -> (Vec<Reason>, Option<Unread>) {
    let mut reasons = Vec::new();
    if let Some((severity, text)) = stopped.and_then(silence) {
        reasons.push(says(Ailment::NotAnswering, "answer", severity, text));
    }
    if tally.slowest > SLOW {
        let text = "it answered, but took more than 5 s for a command".to_owned();
        reasons.push(says(Ailment::NotAnswering, "slow", Severity::Warning, text));
    }
    if gaps.iter().any(|(name, missing)| *name == "identity" && *missing == Missing::Nonsense) {
        let text = "it answers with nonsense when it is asked what it is".to_owned();
        reasons.push(says(Ailment::NotAnswering, "identity", Severity::Warning, text));
    }
    let others: Vec<&str> = gaps
        .iter()
        .filter(|(name, missing)| JUDGED_BY.contains(name) && *missing == Missing::Nonsense)
        .map(|(name, _)| *name)
        .collect();
    if !others.is_empty() {
        let text = format!("it answers with nonsense when it is asked for its {}", others.join(", "));
        reasons.push(says(Ailment::NotAnswering, "nonsense", Severity::Warning, text));
    }
    let unread = stopped.map(|missing| unread(missing, missing.to_string()));
    (reasons, unread.or_else(|| gap(gaps)))
}

fn silence(missing: Missing) -> Option<(Severity, String)> {
    match missing {
        Missing::Failed(Failed::Quarantined) => {
            Some((Severity::Warning, "it answered too late before, and is left alone for a while".to_owned()))
        }
        Missing::Failed(Failed::NoAnswer) => {
            Some((Severity::Critical, "it does not answer: a command was sent, and nothing came back".to_owned()))
        }
        missing if missing.is_silence() => Some((Severity::Critical, format!("it does not answer: {missing}"))),
        _ => None,
    }
}

fn unread(missing: Missing, text: String) -> Unread {
    let why = match missing {
        Missing::Failed(Failed::Asleep) => WhyUnread::Asleep,
        Missing::Failed(Failed::Quarantined) => WhyUnread::Quarantined,
        Missing::Failed(Failed::NotAsked) => WhyUnread::ControllerBusy,
        Missing::Failed(failed) if failed.is_denial() => WhyUnread::Denied,
        Missing::Failed(Failed::Forbidden) | Missing::Nonsense => WhyUnread::NotUnderstood,
        missing if missing.is_refusal() => WhyUnread::NotUnderstood,
        _ => WhyUnread::NotAnswering,
    };
    Unread { why, text }
}

/// What may come the next time counts more than what never comes: as long as it is missing, nothing it would tell is over.
fn gap(gaps: &[(&'static str, Missing)]) -> Option<Unread> {
    let lasting = |missing: &Missing| missing.is_refusal() || *missing == Missing::Nonsense;
    let (_, missing) = gaps.iter().find(|(_, missing)| !lasting(missing)).or_else(|| gaps.first())?;
    let alike = |other: &&(&str, Missing)| lasting(&other.1) == lasting(missing);
    let mut names: Vec<&str> = gaps.iter().filter(alike).map(|(name, _)| *name).collect();
    names.dedup();
    Some(unread(*missing, format!("not read: {} ({missing})", names.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arraywatch_parsers::scsi::sense::Key;

    #[test]
    fn what_is_said() {
        let check =
            |stopped, gaps: &[(&'static str, Missing)], slowest, keys: &[&str], told: Option<(WhyUnread, &str)>| {
                let (reasons, unread) = answered(stopped, gaps, Tally { commands: 1, slowest });
                let got: Vec<&str> = reasons.iter().map(|reason| reason.key.as_str()).collect();
                assert_eq!(got, keys, "{stopped:?} {gaps:?}");
                assert_eq!(unread.as_ref().map(|unread| (unread.why, unread.text.as_str())), told);
            };
        let failed = |failed| Some(Missing::Failed(failed));
        check(None, &[], SLOW, &[], None);
        check(None, &[], SLOW + 1, &["slow"], None);
        check(failed(Failed::NoAnswer), &[], 0, &["answer"], Some((WhyUnread::NotAnswering, "it did not answer")));
        check(
            failed(Failed::Quarantined),
            &[],
            0,
            &["answer"],
            Some((WhyUnread::Quarantined, "it answered too late before and is left alone for a while")),
        );
        check(failed(Failed::NotAsked), &[], 0, &[], Some((WhyUnread::ControllerBusy, "it was not asked")));
        check(failed(Failed::Asleep), &[], 0, &[], Some((WhyUnread::Asleep, "it sleeps and was not woken")));
        check(failed(Failed::System(libc::EPERM)), &[], 0, &[], Some((WhyUnread::Denied, "Operation not permitted")));
        check(
            Some(Missing::Host(1)),
            &[],
            0,
            &["answer"],
            Some((WhyUnread::NotAnswering, "the host adapter cannot reach the drive")),
        );
        let refused = Missing::Sense(Key::IllegalRequest, None);
        let medium = Missing::Sense(Key::Medium, None);
        check(
            None,
            &[("attributes", refused), ("SCT status", refused)],
            0,
            &[],
            Some((WhyUnread::NotUnderstood, "not read: attributes, SCT status (the drive answered: illegal request)")),
        );
        check(
            None,
            &[("attributes", refused), ("error log", medium)],
            0,
            &[],
            Some((WhyUnread::NotAnswering, "not read: error log (the drive answered: medium error)")),
        );
        check(
            None,
            &[("identity", Missing::Nonsense)],
            0,
            &["identity"],
            Some((WhyUnread::NotUnderstood, "not read: identity (the answer makes no sense)")),
        );
    }
}
