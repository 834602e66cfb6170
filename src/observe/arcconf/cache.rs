//! What keeps the cache of a controller when the power is lost, and what it does without.

use super::{Card, bad};
use crate::model::{Ailment, Reason, Severity};
use crate::observe::machine::reason::says;
use crate::words::clean;
use arraywatch_parsers::adaptec::arcconf::config::{BackupPart, Logical};
use arraywatch_parsers::adaptec::arcconf::words::{Condition, LogicalState};

pub(super) fn reasons(card: &Card<'_>) -> Vec<Reason> {
    let parts: Vec<&BackupPart> = card.controllers().flat_map(|controller| &controller.backup).collect();
    // One that is charged, or discharged to learn its capacity, is no fault, and over by itself.
    let busy = parts.iter().any(|part| part.condition == Condition::Busy);
    let absent = !parts.is_empty() && parts.iter().all(|part| part.condition == Condition::Absent);
    let troubles: Vec<String> = parts
        .iter()
        .filter(|part| part.condition != Condition::Busy)
        .filter_map(|part| Some(format!("{} {}", clean(&part.name), bad(&part.condition)?)))
        .collect();
    let back = |logical: &&Logical| logical.write_cache.now == Some(true);
    let mut reasons = Vec::new();
    if !troubles.is_empty() {
        let (severity, then) = if card.logical().any(|logical| back(&logical)) {
            (Severity::Critical, "; it writes back all the same: what it calls written is lost with the power")
        } else {
            (Severity::Warning, "")
        };
        let text = format!("what keeps its cache: {}{then}", troubles.join(", "));
        reasons.push(says(Ailment::CacheUnprotected, "arcconf-battery", severity, text));
    } else if absent && card.logical().any(|logical| back(&logical)) {
        // Somebody set it so.
        let text = "it writes back and has nothing that keeps its cache: what it calls written is lost with the power";
        reasons.push(says(Ailment::CacheUnprotected, "arcconf-no-battery", Severity::Info, text));
    }
    for word in card.controllers().filter_map(|controller| bad(controller.cache.as_ref()?)) {
        let severity = if busy { Severity::Info } else { Severity::Warning };
        let text = format!("its cache is {word}");
        reasons.push(says(Ailment::CacheUnprotected, "arcconf-cache", severity, text));
    }
    let through = |logical: &&Logical| {
        let cache = logical.write_cache;
        // Without a battery, that it waits for one is how it always is; and what has failed is not written at all.
        let is_so = absent && cache.if_protected || logical.state == Some(LogicalState::Failed);
        cache.set == Some(true) && cache.now == Some(false) && !is_so
    };
    let through: Vec<String> =
        card.logical().filter(through).map(|logical| format!("l{}", logical.number.unwrap_or(0))).collect();
    if !through.is_empty() && !busy {
        let text = format!("it writes through where write-back is set: {}; writing is slow", through.join(", "));
        reasons.push(says(Ailment::CacheUnprotected, "arcconf-write-through", Severity::Warning, text));
    }
    reasons
}
