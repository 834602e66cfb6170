//! What is said of a case: one sentence, what to do next, what to leave alone.

use super::cases::Draft;
use super::evidence::failed_bays;
use super::inventory::Inventory;
use super::table::TABLE;
use crate::model::{Array, CaseState, Cause, Code, Fact, Kind, Subject, Suspect};
use crate::report::{count, damaged, duration, instant, number_of};

/// Suspects named in a sentence.
const SUSPECTS_NAMED: usize = 3;

/// Suspects whose checks are told with a case, and the least probability to be one.
const SUSPECTS_TOLD: usize = 4;
const PROBABILITY_TOLD: f64 = 0.05;

/// A case in one sentence.
pub(super) fn summary(draft: &Draft<'_>, suspects: &[Suspect], inventory: &Inventory) -> String {
    let what = subject(&draft.subject, inventory);
    let over = matches!(draft.state, CaseState::Repaired | CaseState::Closed);
    match draft.code {
        Code::Relapse => {
            let after =
                draft.before.as_ref().map_or_else(Default::default, |before| draft.opened.utc - before.repaired);
            let replaced = draft.before.as_ref().is_some_and(|before| before.drive_replaced.is_some());
            let repair = if replaced { "a repair with a new drive" } else { "a repair" };
            // Times that people remember are no exact ones.
            let about = if draft.opened.within.is_some() { "about " } else { "" };
            format!("{what} failed again {about}{} after {repair}{}", duration(after), likely(suspects))
        }
        Code::ArrayFailed if over => format!("{what} had failed"),
        Code::ArrayFailed => format!("{what} has failed{}", likely(suspects)),
        Code::ArrayDegraded if over => format!("{what} was degraded"),
        Code::ArrayDegraded => format!("{what} is degraded{}", likely(suspects)),
        Code::DriveFailed if over => format!("{what} failed and was replaced"),
        Code::DriveFailed => format!("{what} failed{}", likely(suspects)),
        Code::DriveMissing if over => format!("{what} was no longer listed, and is again or was replaced"),
        Code::DriveMissing => format!("{what} is no longer listed by its controller{}", likely(suspects)),
        Code::RebuildFailed => format!("the rebuild of {what} was given up"),
        Code::FailurePredicted => format!("{what} is predicted to fail"),
        Code::StreamDamaged => damage(draft),
        Code::ReportMissing => {
            let last = draft.evidence.first().map(|one| instant(one.at.utc)).unwrap_or_default();
            let until = draft.evidence.first().and_then(|one| one.at.until);
            match until {
                Some(until) => format!(
                    "a steady report stopped when it was due on {}, and came again on {}",
                    instant(draft.opened.utc),
                    instant(until)
                ),
                None => format!(
                    "a steady report was last written on {last} and is missing since {}, when it was due",
                    instant(draft.opened.utc)
                ),
            }
        }
        Code::SensorContradicted => {
            "power was read as fine, while the evidence points at the power line first".to_owned()
        }
        Code::RecorderStopped if over => {
            "the service that records the controller's events did not run, and runs again".to_owned()
        }
        Code::RecorderStopped => {
            "the service that records the controller's events does not run: nobody keeps them".to_owned()
        }
        Code::EventNotUnderstood => {
            let text = draft.evidence.first().map(|one| one.text.as_str()).unwrap_or_default();
            let times = draft.evidence.iter().map(|one| match one.fact {
                Fact::Event { times, .. } => times,
                _ => 0,
            });
            let same = draft.evidence.iter().all(|one| one.text == text);
            let times = match times.sum() {
                1 => String::new(),
                times if !same => format!(" (the first of {} events of this number)", count(times)),
                times => format!(" (the first of {} such events)", count(times)),
            };
            format!("the controller says, in words that arraywatch does not know: {text}{times}")
        }
    }
}

/// A subject for a sentence.
fn subject(subject: &Subject, inventory: &Inventory) -> String {
    match subject.kind() {
        Kind::Array => {
            let level = inventory.arrays.get(subject).and_then(|array| array.level.as_deref());
            let level = level.map(|level| format!(" (RAID {level})")).unwrap_or_default();
            format!("array {}{level}", subject.path())
        }
        Kind::Bay => {
            let drive = inventory.occupant(subject).map(|serial| format!(", drive {serial},")).unwrap_or_default();
            format!("{}{drive}", inventory.bay_name(subject))
        }
        Kind::Drive => {
            let bay = subject.serial().and_then(|serial| inventory.drives.get(serial)?.bay.as_ref());
            let bay = bay.map(|bay| format!(" in {}", inventory.bay_name(bay))).unwrap_or_default();
            format!("drive {}{bay}", subject.path())
        }
        kind => format!("{} {}", kind.code(), subject.path()),
    }
}

/// The first suspects, where the evidence moved them ahead of the drive.
fn likely(suspects: &[Suspect]) -> String {
    let named = suspects.iter().filter(|suspect| !matches!(suspect.cause, Cause::Nothing | Cause::Unknown));
    let ahead = named.take_while(|suspect| suspect.cause != Cause::Drive).map(|suspect| suspect.cause.describe());
    match ahead.take(SUSPECTS_NAMED).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        causes => format!("; the drive is probably not the cause, suspect first: {}", causes.join(", ")),
    }
}

fn damage(draft: &Draft<'_>) -> String {
    let (mut total, mut places, mut at_tail) = (0, 0, false);
    let (mut all_kinds, mut all_origins) = (Vec::new(), Vec::new());
    for one in &draft.evidence {
        if let Fact::Damaged { kinds, origins, bytes, places: here, at_tail: tail, .. } = &one.fact {
            total += bytes;
            places += here;
            at_tail |= tail;
            all_kinds.extend(kinds.iter().filter(|kind| !all_kinds.contains(*kind)).copied().collect::<Vec<_>>());
            all_origins.extend(origins.iter().filter(|one| !all_origins.contains(*one)).copied().collect::<Vec<_>>());
        }
    }
    let tail = if at_tail { ", and nothing intact follows" } else { "" };
    format!(
        "the log is damaged in {}: {} overwritten with {}{tail}; every intact record was kept",
        number_of(places, "place", "places"),
        number_of(total, "byte", "bytes"),
        damaged(&all_kinds, &all_origins),
    )
}

/// What to do next, which checks tell the suspects apart, and what to leave alone.
pub(super) fn advice(draft: &Draft<'_>, suspects: &[Suspect], inventory: &Inventory) -> [Vec<String>; 3] {
    let (next, not) = TABLE.advice(draft.code.code());
    let mut not = not.to_vec();
    let of_causes = suspects.iter().filter(|suspect| suspect.probability >= PROBABILITY_TOLD).take(SUSPECTS_TOLD);
    // What is not understood points nowhere.
    let of_causes = of_causes.filter(|_| draft.code != Code::EventNotUnderstood);
    let checks = of_causes.flat_map(|suspect| TABLE.advice(suspect.cause.code()).0.iter().cloned()).collect();
    if matches!(
        draft.code,
        Code::Relapse
            | Code::ArrayDegraded
            | Code::ArrayFailed
            | Code::RebuildFailed
            | Code::DriveFailed
            | Code::DriveMissing
    ) {
        not.splice(0..0, partners(draft, inventory));
    }
    [next.to_vec(), checks, not]
}

/// The drives that hold the only copy of a failed member's data.
fn partners(draft: &Draft<'_>, inventory: &Inventory) -> Vec<String> {
    let failed = match draft.subject.kind() {
        Kind::Bay => vec![draft.subject.clone()],
        Kind::Drive => {
            draft.subject.serial().and_then(|serial| inventory.drives.get(serial)?.bay.clone()).into_iter().collect()
        }
        // Of a relapse only what failed since the repair: the member that was repaired has its partner again.
        _ => {
            let since = draft.before.as_ref().map(|before| before.repaired);
            let late: Vec<_> =
                draft.evidence.iter().filter(|one| since.is_none_or(|since| one.at.utc > since)).copied().collect();
            failed_bays(&late)
        }
    };
    let touches = |array: &&Array| {
        array.id == draft.subject
            || array.members.iter().any(|member| member.bay.as_ref().is_some_and(|bay| failed.contains(bay)))
    };
    inventory.arrays.values().filter(touches).map(|array| partners_in(array, &failed, inventory)).collect()
}

fn partners_in(array: &Array, failed: &[Subject], inventory: &Inventory) -> String {
    let name = |bay: &Subject| {
        let drive = inventory.occupant(bay).map(|serial| format!(", S/N {serial}")).unwrap_or_default();
        format!("{}{drive}", inventory.bay_name(bay))
    };
    let is_failed = |bay: &Option<Subject>| bay.as_ref().is_some_and(|bay| failed.contains(bay));
    let sets: Vec<u32> =
        array.members.iter().filter(|member| is_failed(&member.bay)).filter_map(|member| member.mirror_set).collect();
    let members = array.members.iter().filter(|member| !is_failed(&member.bay));
    let partner = |member: &&crate::model::Member| member.mirror_set.is_some_and(|set| sets.contains(&set));
    let partners: Vec<String> =
        members.clone().filter(partner).filter_map(|member| member.bay.as_ref().map(name)).collect();
    let all: Vec<String> = members.filter_map(|member| member.bay.as_ref().map(name)).collect();
    match (partners.as_slice(), all.as_slice(), failed) {
        ([], [], _) => format!(
            "Do not pull, reseat or power-cycle any drive of array {}: its members are not known, so any of them may hold the only copy.",
            array.id.path()
        ),
        ([], all, []) => format!(
            "Do not pull, reseat or power-cycle any of these until it is known which member failed, for the others may hold the only copy: {}.",
            all.join("; ")
        ),
        ([], all, _) => format!(
            "Do not pull, reseat or power-cycle any of these, for it is not known which holds the failed member's only copy: {}.",
            all.join("; ")
        ),
        (partners, ..) => format!(
            "Do not pull, reseat or power-cycle the mirror partner: {}. It holds the only copy of the failed member's data.",
            partners.join("; ")
        ),
    }
}
