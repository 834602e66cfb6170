//! `arraywatch integrity`: what the bytes of a log are.

use super::gather::{Observing, gather};
use super::{Common, Exit, print, print_json};
use crate::model::Verdict;
use crate::observe::Source;
use crate::report::{json, text};
use std::path::PathBuf;

pub(super) fn run(paths: &[PathBuf], common: &Common) -> Exit {
    let gathered = gather(paths, common, true, &mut Observing::default());
    let least = if gathered.doubtful { Verdict::Unknown } else { Verdict::Healthy };
    let verdict = gathered.sources.iter().map(verdict).max().unwrap_or(Verdict::Unknown).max(least);
    let exit = gathered.nothing().unwrap_or_else(|| verdict.into());
    if common.json {
        let value = json::integrity(verdict.code(), gathered.incomplete, &gathered.sources, &gathered.unread);
        return print_json(&value, exit);
    }
    if gathered.sources.is_empty() {
        return exit;
    }
    print(&text::integrity(&gathered.sources, &gathered.unread), exit)
}

/// Damage is critical here, whatever left it: this command is asked whether the bytes are right. Oddities and text that is no
/// record are worth a look.
fn verdict(source: &Source) -> Verdict {
    match source {
        source if !source.damage.is_empty() => Verdict::Critical,
        source if !source.anomalies.is_empty() || source.unrecognised > 0 => Verdict::Warning,
        _ => Verdict::Healthy,
    }
}
