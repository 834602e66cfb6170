//! Cases that are kept, a block each.

use super::investigate::{as_written, style, when};
use super::page::{FAINT, Page};
use crate::model::{Case, Code};

/// Suspects told of a case.
const SUSPECTS_SHOWN: usize = 3;

/// The cases, in the order in which they are given. `over` says whether those that are over were asked for.
pub fn cases(cases: &[&Case], over: bool) -> String {
    let mut page = Page::new();
    if cases.is_empty() {
        page.item(0, "", if over { "no case was ever opened" } else { "no case lasts; those that are over: --all" });
    }
    for (index, case) in cases.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        head(&mut page, case);
        page.item(2, "", &case.summary);
        // What is not understood points nowhere.
        if case.code != Code::EventNotUnderstood && !case.suspects.is_empty() {
            let told: Vec<String> = case.suspects.iter().take(SUSPECTS_SHOWN).map(suspect).collect();
            page.item(2, "suspects: ", &told.join(", "));
        }
    }
    if let Some(case) = cases.first() {
        page.blank();
        page.styled(0, "", FAINT, &format!("arraywatch why {} shows what a case rests on", case.id));
    }
    page.finish()
}

/// Which case it is, how bad, and since when.
pub(super) fn head(page: &mut Page, case: &Case) {
    page.styled(0, &format!("{}  ", case.id), style(case.severity), &format!("{}  {}", case.code.code(), case.subject));
    let state = format!("{}, {}; ", case.severity.code(), case.state.code());
    page.styled(2, &state, style(case.severity), &format!("opened {}{}", when(&case.opened), as_written(&case.opened)));
}

/// A suspect and how probable it is.
pub(super) fn suspect(suspect: &crate::model::Suspect) -> String {
    format!("{} {:.0} %", suspect.cause.describe(), suspect.probability * 100.0)
}
