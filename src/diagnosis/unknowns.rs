//! What cannot be told from the evidence, said as plainly as what can.

use super::inventory::Inventory;
use super::timeline::{Placed, Timeline};
use super::wording::{is_mirrored, is_out};
use crate::model::{ArrayState, Case, CaseState, Code, Drive, DriveState, Fact, Kind, Member, Subject};
use crate::words::{clean, instant, number_of};
use std::collections::BTreeMap;

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Of what.
    pub subject: Subject,
    /// What is not known of it, in one sentence.
    pub what: String,
}

/// Lists what is not known.
pub(super) fn list(timeline: &Timeline<'_>, inventory: &Inventory, cases: &[Case]) -> Vec<Unknown> {
    let mut unknowns = Vec::new();
    let mut say = |subject: &Subject, what: String| unknowns.push(Unknown { subject: subject.clone(), what });
    for case in cases.iter().filter(|case| matches!(case.state, CaseState::Open | CaseState::Acknowledged)) {
        let evidence: Vec<&Placed<'_>> = case.observations.iter().filter_map(|id| timeline.get(*id)).collect();
        match case.code {
            Code::Relapse | Code::ArrayDegraded | Code::ArrayFailed => {
                let repairs = |fact: &Fact| matches!(fact, Fact::RebuildCompleted | Fact::State(ArrayState::Optimal));
                let repaired = evidence.iter().rposition(|one| repairs(&one.fact)).unwrap_or(0);
                let is_member = |one: &&Placed<'_>| one.place.kind() != Kind::Array;
                if !evidence.iter().skip(repaired).any(|one| one.fact == Fact::DriveFailed && is_member(one)) {
                    let when = instant(case.opened.utc);
                    let members = inventory.arrays.get(&case.subject).map(|array| array.members.as_slice());
                    let lost: Vec<&Member> =
                        members.unwrap_or_default().iter().filter(|member| is_out(member)).collect();
                    let what = match inventory.given_up(&case.subject) {
                        _ if lost.iter().any(|member| member.serial.is_some()) => None,
                        _ if !lost.is_empty() => {
                            let places: Vec<_> = lost
                                .iter()
                                .filter_map(|member| Some(inventory.bay_name(member.bay.as_ref()?)))
                                .collect();
                            Some(format!(
                                "which drive was in {}: nothing is there, and it was not read before",
                                places.join(", ")
                            ))
                        }
                        Some(names) => Some(format!(
                            "which drive failed on {when}: md called it {names} then, which another may be called by now; look at serial numbers"
                        )),
                        None => Some(format!("which member failed on {when}")),
                    };
                    what.into_iter().for_each(|what| say(&case.subject, what));
                }
                let several = inventory.arrays.get(&case.subject).is_some_and(|array| array.given_up.len() > 1);
                if several && evidence.iter().any(|one| one.fact == Fact::RebuildCompleted) {
                    let what = "whether it has all its members again: it gave up several, and a rebuild that is done tells of one at least";
                    say(
                        &case.subject,
                        format!("{what} (mdadm --detail says it; arraywatch repaired {} ends the case)", case.id),
                    );
                }
                let replaced = |one: &&Placed<'_>| matches!(one.fact, Fact::DriveReplaced { .. });
                if evidence.iter().any(|one| replaced(one) && !is_member(one)) {
                    let what = "which drive was replaced, and by which: the drives listed are those of the last report";
                    say(&case.subject, what.to_owned());
                }
            }
            Code::StreamDamaged => {
                let since = evidence.first().map(|one| instant(one.at.utc)).unwrap_or_default();
                say(
                    &case.subject,
                    format!("what was written where the log is damaged; the record before is of {since}"),
                );
            }
            Code::NotWatched => {
                say(&case.subject, format!("how it is since {}: nobody watches it", instant(case.opened.utc)));
            }
            Code::ReportMissing => say(&case.subject, "what the missing reports would have said".to_owned()),
            _ => {}
        }
    }
    if let Some(first) = timeline.ahead().first() {
        let ahead = number_of(timeline.ahead().len() as u64, "observation that is", "observations that are");
        say(&first.one.subject, format!("{ahead} dated after the present time, the first {}", instant(first.at.utc)));
    }
    for one in timeline.all() {
        if let Fact::Judged { case, by, .. } = &one.fact
            && cases.iter().all(|known| known.id != *case)
        {
            let said = one.fact.code().replace('-', " ");
            let what = format!(
                "what {} said of case {case} ({said}): there is no such case any more, for what it rested on is known otherwise now",
                clean(by)
            );
            say(&one.one.subject, what);
        }
    }
    for one in timeline.all().filter(|one| one.contradicted) {
        let drive = one.serial.as_deref().map(clean).unwrap_or_default();
        let what = format!(
            "whether {drive} was replaced: it is said to have been replaced on {}, and its controller lists it still",
            instant(one.at.utc)
        );
        say(&one.place, what);
    }
    for array in inventory.arrays.values() {
        if array.state == ArrayState::Unknown {
            let was = array.transitions.last().filter(|last| last.state == ArrayState::Optimal);
            let what = was.map_or_else(
                || "no source says it".to_owned(),
                |was| format!("it was optimal on {}, and nothing has told of it for long", instant(was.at.utc)),
            );
            say(&array.id, format!("the state of the array: {what}"));
        }
        if array.members.is_empty() {
            say(&array.id, "which drives it is made of, and which mirror which".to_owned());
        } else if array.members.iter().all(|member| member.mirror_set.is_none()) && is_mirrored(array.level.as_deref())
        {
            say(&array.id, "which of its members mirror which".to_owned());
        }
    }
    // A machine that was read has none if it names none.
    if inventory.arrays.is_empty() && inventory.drives.values().all(|drive| drive.paths.is_empty()) {
        let host = timeline.all().find_map(|one| one.subject.host_name()).unwrap_or("unnamed");
        say(&Subject::host(host), "whether it has arrays, and how they are: no source says it".to_owned());
    }
    for (host, drives) in by_host(inventory) {
        let unknown = drives.iter().filter(|drive| drive.state == DriveState::Unknown).count() as u64;
        if unknown > 0 {
            let of = number_of(drives.len() as u64, "drive", "drives");
            let what = format!("the health of {unknown} of {of}: listed, and no source says how they are");
            say(&Subject::host(host), what);
        }
    }
    unknowns
}

/// Drives by the host of the bay that they sat in last.
fn by_host(inventory: &Inventory) -> BTreeMap<&str, Vec<&Drive>> {
    let mut hosts: BTreeMap<&str, Vec<&Drive>> = BTreeMap::new();
    for drive in inventory.drives.values() {
        let host = drive.bay.as_ref().and_then(Subject::host_name);
        hosts.entry(host.unwrap_or("unnamed")).or_default().push(drive);
    }
    hosts
}
