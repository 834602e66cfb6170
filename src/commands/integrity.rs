//! `arraywatch integrity`: what the bytes of a log are, and which file foreign ones came from.

use super::gather::{Gathered, Observing, gather};
use super::progress::Progress;
use super::{Common, Exit, complain, print, print_json};
use crate::model::Verdict;
use crate::observe::Source;
use crate::origin::{self, Log, Traced};
use crate::report::{json, text};
use crate::streams::{Failure, Tree};
use crate::words::{clean, number_of};
use std::path::{Path, PathBuf};

pub(super) fn run(paths: &[PathBuf], directory: Option<&Path>, common: &Common) -> Exit {
    // A directory that cannot be searched is said before hours go into reading logs.
    if let Some((directory, Err(failure))) = directory.map(|directory| (directory, Tree::new(directory))) {
        return unsearchable(directory, &failure);
    }
    let mut gathered = gather(paths, common, true, &mut Observing::default());
    let traced = match directory.map(|directory| (directory, trace(directory, &mut gathered))) {
        Some((directory, Err(failure))) => return unsearchable(directory, &failure),
        Some((directory, Ok(traced))) => Some((directory, traced)),
        None => None,
    };
    let traced = traced.as_ref().map(|(directory, traced)| (*directory, traced));
    let least = if gathered.doubtful { Verdict::Unknown } else { Verdict::Healthy };
    let verdict = gathered.sources.iter().map(verdict).max().unwrap_or(Verdict::Unknown).max(least);
    let exit = gathered.nothing().unwrap_or_else(|| verdict.into());
    if common.json {
        let value = json::integrity(verdict.code(), gathered.incomplete, &gathered.sources, &gathered.unread, traced);
        return print_json(&value, exit);
    }
    if gathered.sources.is_empty() {
        return exit;
    }
    print(&text::integrity(&gathered.sources, &gathered.unread, traced), exit)
}

fn unsearchable(directory: &Path, failure: &Failure) -> Exit {
    complain(&format!("--origin {}: {failure}", clean(&directory.to_string_lossy())));
    match failure.exit() {
        66 => Exit::NoInput,
        74 => Exit::Io,
        _ => Exit::Usage,
    }
}

/// Searches a directory for what is damaged. That a log's damage cannot be searched for is one of its problems.
fn trace(directory: &Path, gathered: &mut Gathered) -> Result<Traced, Failure> {
    let logs: Vec<Log<'_>> =
        gathered.names.iter().zip(&gathered.sources).map(|(name, source)| Log { name, source }).collect();
    let progress = Progress::new(format!("searching {}", clean(&directory.to_string_lossy())), None);
    let traced = origin::search(directory, &logs, &mut |bytes| progress.at(bytes));
    progress.finish();
    let traced = traced?;
    for (source, trace) in gathered.sources.iter_mut().zip(&traced.traces) {
        let refused = trace.not_searched.as_ref().map(|why| format!("its damage was not searched for: {why}"));
        let too_much = match trace.bytes_left_out {
            0 => None,
            bytes => Some(format!(
                "{} of what is not intact were not searched for: too many",
                number_of(bytes, "byte", "bytes")
            )),
        };
        for problem in refused.into_iter().chain(too_much) {
            complain(&format!("{}: {problem}", source.path));
            source.problems.push(problem);
            gathered.incomplete = true;
        }
    }
    Ok(traced)
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
