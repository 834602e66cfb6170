//! `arraywatch investigate`: a log in, a verdict out.

use super::gather::{Observing, gather};
use super::{Common, Exit, print, print_json};
use crate::diagnosis::{diagnose, once};
use crate::keep::clock;
use crate::model::{Observation, Verdict};
use crate::report::{json, text};
use chrono::Utc;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) fn run(paths: &[PathBuf], common: &Common) -> Exit {
    let mut taker = Observing::default();
    let gathered = gather(paths, common, false, &mut taker);
    let mut observations = taker.into_observations();
    // Time passes only if somebody says so: a log that ends years ago is no fact about the host of today.
    let hosts: BTreeSet<&String> = gathered.sources.iter().flat_map(|source| &source.hosts).collect();
    observations.extend(common.now.into_iter().flat_map(|now| hosts.iter().map(move |host| clock(host, now))));
    let observations: Vec<Observation> = once(&observations).into_iter().cloned().collect();
    let mut diagnosis = diagnose(&observations);
    diagnosis.incomplete |= gathered.incomplete;
    if gathered.doubtful {
        diagnosis.verdict = diagnosis.verdict.max(Verdict::Unknown);
    }
    let exit = gathered.nothing().unwrap_or_else(|| diagnosis.verdict.into());
    if common.json {
        let value = json::investigate(&diagnosis, &gathered.sources, &gathered.unread, &observations, common.now);
        return print_json(&value, exit);
    }
    if gathered.sources.is_empty() {
        return exit;
    }
    let now = common.now.unwrap_or_else(Utc::now);
    let page = text::investigate(text::Investigation {
        diagnosis: &diagnosis,
        sources: &gathered.sources,
        unread: &gathered.unread,
        observations: &observations,
        now,
    });
    print(&page, exit)
}
