//! What was summed up, for programs.

use super::time;
use crate::history::prune::Count;
use crate::keep::prune;
use crate::model::Case;
use crate::words::clean;
use serde_json::Value;
use std::path::Path;

/// What was summed up, or would be.
pub struct Pruned<'a> {
    /// The history.
    pub database: &'a Path,
    /// What it is.
    pub pruned: &'a prune::Pruned,
    /// What that makes of the file; none if nothing was done.
    pub space: Option<Space>,
}

/// The size of the database, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Before.
    pub file_before: u64,
    /// Now.
    pub file: u64,
    /// Of these, free for what comes next.
    pub free: u64,
}

/// `arraywatch.db-prune/1`
pub fn prune(pruned: &Pruned<'_>) -> Value {
    let prune::Pruned { kept_from, kept_from_before, summed, of_people, alerts, cases } = pruned.pruned;
    let year = |((year, fact), count): (&(i32, String), &Count)| object!({ "year": year, "fact": fact, "rows": count.rows, "observations": count.observations });
    let case = |case: &Case| object!({ "id": &case.id, "code": case.code.code(), "state": case.state.code(), "subject": case.subject.to_string() });
    let space = |space: Space| object!({ "file_before": space.file_before, "file": space.file, "free": space.free });
    let all = summed.all();
    object!({
        "schema": "arraywatch.db-prune/1",
        "db": clean(&pruned.database.to_string_lossy()),
        "dry_run": pruned.space.is_none(),
        "kept_from": time(*kept_from),
        "kept_from_before": kept_from_before.map(time),
        "rows": all.rows,
        "observations": all.observations,
        "summaries_before": summed.runs_before,
        "summaries": summed.runs_after,
        "alerts": *alerts,
        "by_year": summed.by_year.iter().map(year).collect::<Vec<_>>(),
        "kept": object!({
            "evidence": summed.evidence,
            "remarks": summed.remarks,
            "people": of_people,
            "cases": cases.iter().map(case).collect::<Vec<_>>(),
        }),
        "space": pruned.space.map(space),
    })
}
