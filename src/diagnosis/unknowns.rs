//! What cannot be told from the evidence, said as plainly as what can.

use super::inventory::Inventory;
use super::timeline::Timeline;
use crate::model::{ArrayState, Case, CaseState, Code, Fact, Kind, Observation, Subject};
use crate::report::instant;

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
        let evidence: Vec<&Observation> = case.observations.iter().filter_map(|id| timeline.get(*id)).collect();
        match case.code {
            Code::Relapse | Code::ArrayDegraded | Code::ArrayFailed => {
                let repairs = |fact: &Fact| matches!(fact, Fact::RebuildCompleted | Fact::State(ArrayState::Optimal));
                let repaired = evidence.iter().rposition(|one| repairs(&one.fact)).unwrap_or(0);
                let is_member = |one: &&Observation| one.subject.kind() != Kind::Array;
                if !evidence.iter().skip(repaired).any(|one| one.fact == Fact::DriveFailed && is_member(one)) {
                    say(&case.subject, format!("which member failed on {}", instant(case.opened.utc)));
                }
                let replaced = |one: &&Observation| matches!(one.fact, Fact::DriveReplaced { .. });
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
            Code::ReportMissing => say(&case.subject, "what the missing reports would have said".to_owned()),
            _ => {}
        }
    }
    for array in inventory.arrays.values() {
        if array.state == ArrayState::Unknown {
            say(&array.id, "the state of the array: no source says it".to_owned());
        }
        if array.members.is_empty() {
            say(&array.id, "which drives it is made of, and which mirror which".to_owned());
        } else if array.members.iter().all(|member| member.mirror_set.is_none()) && is_mirrored(array.level.as_deref())
        {
            say(&array.id, "which of its members mirror which".to_owned());
        }
    }
    if inventory.arrays.is_empty() {
        let host = timeline.all().find_map(|one| one.subject.host_name()).unwrap_or("unnamed");
        say(&Subject::host(host), "whether it has arrays, and how they are: no source says it".to_owned());
    }
    let health = inventory.drives.values().filter(|drive| drive.state == crate::model::DriveState::Unknown).count();
    if health > 0 {
        let host = inventory.bays.keys().next().and_then(Subject::host_name).unwrap_or("unnamed");
        let what = format!(
            "the health of {health} of {} drives: they are listed, and no source says how they are",
            inventory.drives.len()
        );
        say(&Subject::host(host), what);
    }
    unknowns
}

fn is_mirrored(level: Option<&str>) -> bool {
    level.is_some_and(|level| level.starts_with('1') || level.contains("10") || level.contains("1+0"))
}
