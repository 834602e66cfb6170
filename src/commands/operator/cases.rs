//! `arraywatch ack`, `repaired`, `close`: where a case stands, as a person says.

use super::{Refusal, done, keep, statement, when};
use crate::commands::{Common, Exit, names};
use crate::history::Database;
use crate::keep::{Saying, state};
use crate::model::{CaseState, Fact, Severity};
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
    let case = names::case(&state.diagnosis.cases, case).map_err(Refusal::Said)?;
    if case.state == CaseState::Closed {
        let why = format!("case {} is closed; what fails again opens a case of its own", case.id);
        return Err(Refusal::Asked(why, Exit::Usage));
    }
    if to == CaseState::Acknowledged && case.state == CaseState::Repaired {
        let why = format!("case {} is repaired and on probation: there is nothing to acknowledge", case.id);
        return Err(Refusal::Asked(why, Exit::Usage));
    }
    let fact = Fact::Judged { case: case.id.clone(), state: to, by: by.clone(), seen: case.observations.len() as u64 };
    let hosts = state.streams.iter().find_map(|stream| stream.name.host_name());
    let host = case.subject.host_name().or(hosts).unwrap_or("unnamed").to_owned();
    let statement = statement(case.subject.clone(), fact, Severity::Info, note.as_deref(), by);
    let saying = Saying { statement, at: when(None, common), by: by.clone(), host };
    keep(&database, common, &saying, |one| one.id == case.id)
}
