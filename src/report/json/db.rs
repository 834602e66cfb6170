//! The history's database, for programs.

use crate::history::Finding;
use crate::model::Verdict;
use crate::words::clean;
use serde_json::Value;
use std::path::Path;

/// What a check of a database gave.
pub struct Checked<'a> {
    /// The file.
    pub path: &'a Path,
    /// The version that it is of; none if that cannot be read.
    pub version: Option<u32>,
    /// The newest version that is known.
    pub known: u32,
    /// What it comes to.
    pub verdict: Verdict,
    /// What is wrong.
    pub findings: &'a [Finding],
}

/// `arraywatch.db-check/1`
pub fn db_check(checked: &Checked<'_>) -> Value {
    let finding = |finding: &Finding| object!({ "check": finding.check, "detail": &finding.detail });
    object!({
        "schema": "arraywatch.db-check/1",
        "path": clean(&checked.path.to_string_lossy()),
        "verdict": checked.verdict.code(),
        "version": checked.version,
        "version_known": checked.known,
        "findings": checked.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// `arraywatch.db-backup/1`
pub fn db_backup(path: &Path, to: &Path, version: u32, bytes: u64) -> Value {
    object!({
        "schema": "arraywatch.db-backup/1",
        "path": clean(&path.to_string_lossy()),
        "to": clean(&to.to_string_lossy()),
        "version": version,
        "bytes": bytes,
    })
}
