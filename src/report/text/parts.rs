//! What several pages tell in the same words: the verdict, an array.

use super::investigate::{lasts, when};
use super::page::{BAD, DOUBTFUL, GOOD, Page};
use crate::diagnosis::{Conflict, Diagnosis};
use crate::model::{Array, ArrayState, CaseState, Drive, Verdict};
use crate::words::{clean, number_of};
use anstyle::Style;

/// The word for a verdict, and how it is shown.
pub(super) const fn verdict(verdict: Verdict) -> (Style, &'static str) {
    match verdict {
        Verdict::Critical => (BAD, "CRITICAL"),
        Verdict::Warning => (DOUBTFUL, "WARNING"),
        Verdict::Unknown => (DOUBTFUL, "CANNOT TELL"),
        Verdict::Healthy => (GOOD, "HEALTHY"),
    }
}

/// The verdict with the gravest that it rests on.
pub(super) fn headline(page: &mut Page, diagnosis: &Diagnosis, conflicts: &[Conflict]) {
    let conflict = conflicts.first().filter(|_| diagnosis.verdict < Verdict::Warning);
    let told = if conflict.is_some() { Verdict::Warning } else { diagnosis.verdict };
    let (style, word) = verdict(told);
    let on_probation = |case: &&crate::model::Case| case.state == CaseState::Repaired;
    let gravest = diagnosis.cases.iter().find(lasts).or(diagnosis.cases.iter().find(on_probation));
    let any_well = diagnosis.inventory.arrays.values().any(|array| array.state == ArrayState::Optimal);
    let bad = |array: &&Array| matches!(array.state, ArrayState::Degraded | ArrayState::Failed);
    let worst = diagnosis.inventory.arrays.values().filter(bad).max_by_key(|array| array.state == ArrayState::Failed);
    let rebuilding = diagnosis.inventory.arrays.values().find(|array| array.state == ArrayState::Rebuilding);
    let failed = diagnosis.failed_drives().next();
    let text = match (told, gravest) {
        _ if conflict.is_some() => {
            let serial = conflict.map(|conflict| clean(&conflict.serial)).unwrap_or_default();
            format!("serial number {serial} was listed in two bays at once: what is told of it may be of two drives")
        }
        (Verdict::Healthy, _) if diagnosis.inventory.arrays.is_empty() => {
            "every drive that was read is well; there is no array".to_owned()
        }
        (Verdict::Healthy, _) => "all arrays that the evidence names work with all their members".to_owned(),
        (_, Some(case)) => case.summary.clone(),
        (_, None) if worst.is_some() => {
            let state = worst.map(|array| array.state.code()).unwrap_or_default();
            let array = worst.map(|array| diagnosis.inventory.name(&array.id)).unwrap_or_default();
            format!("{array} is {state}, and no open case says so")
        }
        (_, None) if failed.is_some() => {
            let told = |drive: &Drive| {
                let bay = drive.bay.as_ref().map(|bay| diagnosis.inventory.bay_name(bay)).unwrap_or_default();
                format!("drive {} in {bay} failed, and no source says that it was replaced", clean(&drive.serial))
            };
            failed.map(told).unwrap_or_default()
        }
        (_, None) if rebuilding.is_some() => {
            let array = rebuilding.map(|array| diagnosis.inventory.name(&array.id)).unwrap_or_default();
            format!("{array} is being rebuilt, and is no better than degraded until that is done")
        }
        (_, None) if any_well => "what is known is well, but some things could not be judged".to_owned(),
        (_, None) => "no source says how the arrays are".to_owned(),
    };
    page.styled(0, &format!("{word}  "), style, &text);
}

/// An array: what it is, how it is, since when.
pub(super) fn array(page: &mut Page, array: &Array) {
    let level = array.level.as_deref().map(|level| format!("RAID {level}, ")).unwrap_or_default();
    let members = if array.members.is_empty() {
        match array.given_up.join(", ") {
            names if names.is_empty() => "members not known".to_owned(),
            names => format!("members not known; md gave up {names}"),
        }
    } else {
        number_of(array.members.len() as u64, "member", "members")
    };
    let state_style = match array.state {
        ArrayState::Optimal => GOOD,
        ArrayState::Degraded | ArrayState::Failed => BAD,
        ArrayState::Rebuilding | ArrayState::Unknown => DOUBTFUL,
    };
    let last = array.transitions.last().map(|last| format!(", since {}", when(&last.at))).unwrap_or_default();
    page.styled(2, &format!("{}  ", array.id), state_style, &format!("{level}{members}, {}{last}", array.state.code()));
}
