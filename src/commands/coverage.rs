//! `arraywatch coverage`: what is not watched, and why.

use super::kept::{self, Kept};
use super::{Common, Exit, print, print_json};
use crate::report::coverage::Coverage;
use crate::report::{json, text};

pub(super) fn run(common: &Common) -> Exit {
    kept::read(common).map(|kept| show(&kept, common)).unwrap_or_else(|exit| exit)
}

fn show(kept: &Kept, common: &Common) -> Exit {
    let coverage = Coverage::of(&kept.state.observations, &kept.state.diagnosis, kept.now);
    let all = coverage.not_watched.is_empty() && !coverage.watched.is_empty();
    let exit = if all { Exit::Healthy } else { Exit::Unknown };
    if common.json {
        return print_json(&json::coverage(&coverage, kept.database.path(), kept.now), exit);
    }
    print(&text::coverage(&coverage, kept.now), exit)
}
