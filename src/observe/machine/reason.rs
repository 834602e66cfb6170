//! Reasons to look at a thing, by how they weigh.

use crate::model::{Ailment, Reason, Severity};

/// What is as bad as it is for as long as it is said.
pub(in crate::observe) fn says(ailment: Ailment, key: &str, severity: Severity, text: impl Into<String>) -> Reason {
    Reason { ailment, key: key.to_owned(), severity, rising: None, level: None, text: text.into() }
}

/// What was counted and never goes back: of interest when it rises. `None` of nothing.
pub(in crate::observe) fn counted(ailment: Ailment, key: &str, level: u64, text: impl Into<String>) -> Option<Reason> {
    let rising = Some(Severity::Warning);
    let reason = Reason { rising, level: Some(level), ..says(ailment, key, Severity::Info, text) };
    (level > 0).then_some(reason)
}

/// What goes back to none once it is mended: until then it is to be looked at. `None` of nothing.
pub(super) fn standing(ailment: Ailment, key: &str, level: u64, text: impl Into<String>) -> Option<Reason> {
    let reason = Reason { level: Some(level), ..says(ailment, key, Severity::Warning, text) };
    (level > 0).then_some(reason)
}
