//! `arraywatch cases`: the cases that last, or all.

use super::{Common, Exit, kept, print, print_json};
use crate::model::{Case, CaseState};
use crate::report::{json, text};

pub(super) fn run(all: bool, common: &Common) -> Exit {
    let kept = match kept::read(common) {
        Ok(kept) => kept,
        Err(exit) => return exit,
    };
    let wanted = |case: &&Case| all || case.state != CaseState::Closed;
    let cases: Vec<&Case> = kept.state.diagnosis.cases.iter().filter(wanted).collect();
    let exit = Exit::Healthy;
    if common.json { print_json(&json::cases(&cases, kept.now), exit) } else { print(&text::cases(&cases, all), exit) }
}
