//! `arraywatch ack`, `repaired`, `close`: where a case stands, as a person says.

use super::{Refusal, done, keep, statement, when};
use crate::commands::{Common, Exit};
use crate::history::Database;
use crate::keep::{Saying, state};
use crate::model::{Case, CaseState, Fact, Severity};
use crate::words::clean;
use clap::Args;

/// A case and who speaks of it.
#[derive(Debug, Args)]
pub(in crate::commands) struct Judgement {
    /// The case, by its id or the first letters of it
    case: String,
    /// Who says so
    #[arg(long, value_name = "NAME", value_parser = super::name)]
    by: String,
    /// Why, or what was done
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Says where a case stands.
pub(in crate::commands) fn judge(judgement: &Judgement, state: CaseState, common: &Common) -> Exit {
    done(run(judgement, state, common))
}

fn run(judgement: &Judgement, to: CaseState, common: &Common) -> Result<Exit, Refusal> {
    let Judgement { case, by, note } = judgement;
    let database = Database::write(&common.place()?)?;
    let state = state(database.connection(), common.now(), |_| true).map_err(database.trouble("read the history"))?;
    let case = find(&state.diagnosis.cases, case).map_err(|why| Refusal::Asked(why, Exit::NoInput))?;
    if case.state == CaseState::Closed {
        let why = format!("case {} is closed; what fails again opens a case of its own", case.id);
        return Err(Refusal::Asked(why, Exit::Usage));
    }
    let fact = Fact::Judged { case: case.id.clone(), state: to, by: by.clone() };
    let hosts = state.streams.iter().find_map(|stream| stream.name.host_name());
    let host = case.subject.host_name().or(hosts).unwrap_or("unnamed").to_owned();
    let statement = statement(case.subject.clone(), fact, Severity::Info, note.as_deref(), by);
    let saying = Saying { statement, at: when(None, common), by: by.clone(), host };
    keep(&database, common, &saying, |one| one.id == case.id)
}

/// The case whose id begins so.
///
/// # Errors
/// If there is none, or several, with those that come near.
pub(in crate::commands) fn find<'a>(cases: &'a [Case], id: &str) -> Result<&'a Case, String> {
    let matching: Vec<&Case> =
        cases.iter().filter(|case| !id.is_empty() && case.id.starts_with(&id.to_lowercase())).collect();
    let told = |cases: &[&Case]| {
        let told = cases.iter().take(5).map(|case| format!("{} ({})", case.id, case.code.code()));
        told.collect::<Vec<_>>().join(", ")
    };
    match matching.as_slice() {
        [only] => Ok(only),
        [] if cases.is_empty() => Err(format!("no case {}: the history has no case at all", clean(id))),
        [] => {
            let mut near: Vec<&Case> = cases.iter().collect();
            near.sort_by_key(|case| strsim::levenshtein(&case.id, id));
            Err(format!("no case {}; there are {}", clean(id), told(&near)))
        }
        several => Err(format!("{} may be one of {}", clean(id), told(several))),
    }
}
