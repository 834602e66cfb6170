//! What people say: notes, and where a case stands. Each becomes an observation of its own, with who said it.

mod cases;
mod things;

pub(super) use cases::{Judgement, judge};
pub(super) use things::{Maintenance, Note, Replaced, Retire, maintenance, note, replaced, retire};

use super::{Common, Exit, complain, print, print_json};
use crate::diagnosis::Inventory;
use crate::history::{Database, Trouble};
use crate::keep::{Saying, say, state};
use crate::model::{Case, Fact, Severity, Statement, Subject, When};
use crate::report::{json, text};
use crate::words::clean;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;

/// Clocks differ by so much.
const SLIP: TimeDelta = TimeDelta::minutes(5);

/// Who says it.
#[derive(Debug, Args)]
pub(super) struct By {
    /// Who says so [default: $SUDO_USER, else $USER]
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: Option<String>,
}

impl By {
    fn name(&self) -> String {
        let variables = ["SUDO_USER", "USER", "LOGNAME"];
        let by_itself =
            || variables.iter().filter_map(|variable| std::env::var(variable).ok()).find_map(|by| name(&by).ok());
        self.by.clone().or_else(by_itself).unwrap_or_else(|| "somebody".to_owned())
    }
}

/// A name that can stand in a line.
pub(in crate::commands) fn name(text: &str) -> Result<String, String> {
    let usable = !text.trim().is_empty() && text.len() <= 100 && !text.chars().any(char::is_control);
    if usable {
        Ok(text.trim().to_owned())
    } else {
        Err("a name of at most 100 bytes without control characters".to_owned())
    }
}

/// What cannot be kept, and why: the history, or what was asked.
pub(super) enum Refusal {
    Trouble(Trouble),
    /// What is wrong with what was asked, in a line, and the exit status.
    Asked(String, Exit),
    /// The same, and it has been said.
    Said(Exit),
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// Does it, or says why not.
fn done(result: Result<Exit, Refusal>) -> Exit {
    match result {
        Ok(exit) => exit,
        Err(Refusal::Trouble(trouble)) => super::troubled(&trouble),
        Err(Refusal::Said(exit)) => exit,
        Err(Refusal::Asked(why, exit)) => {
            complain(&why);
            exit
        }
    }
}

/// A statement of a person: the text, or what the fact says by itself.
fn statement(subject: Subject, fact: Fact, severity: Severity, said: Option<&str>, by: &str) -> Statement {
    let said = said.map(clean).filter(|said| !said.is_empty()).unwrap_or_else(|| fact.code().replace('-', " "));
    Statement { subject, fact, severity, text: format!("{said} ({})", clean(by)) }
}

/// Keeps it, and shows it with the cases that `of` picks.
fn keep(database: &Database, common: &Common, saying: &Saying, of: impl Fn(&Case) -> bool) -> Result<Exit, Refusal> {
    let history = database.connection();
    let now = common.now();
    let at = saying.at.utc;
    if at > now + SLIP || at < DateTime::UNIX_EPOCH {
        let why = format!("--at {at} is not of the past; what is to come cannot have been seen");
        return Err(Refusal::Asked(why, Exit::Usage));
    }
    let (observation, new) = say(history, saying, now).map_err(database.trouble("write the history"))?;
    let state = state(history, now, |_| true).map_err(database.trouble("read the history"))?;
    doubts(&state.diagnosis.inventory, &saying.statement).iter().for_each(|doubt| complain(doubt));
    let cases: Vec<&Case> = state.diagnosis.cases.iter().filter(|case| of(case)).collect();
    let said = json::Said {
        database: database.path(),
        observation: &observation,
        by: &saying.by,
        new,
        cases: &cases,
        observations: &state.observations,
    };
    if common.json {
        return Ok(print_json(&json::said(&said), Exit::Healthy));
    }
    Ok(print(&text::said(&said), Exit::Healthy))
}

/// What of a replacement does not fit what is known; it is kept nevertheless, for reports may lag.
fn doubts(inventory: &Inventory, statement: &Statement) -> Vec<String> {
    let (Fact::DriveReplaced { old, new }, bay) = (&statement.fact, &statement.subject) else { return Vec::new() };
    let sat_here = |old: &str| {
        let bay = inventory.bays.get(bay);
        bay.is_none_or(|bay| bay.occupants.iter().any(|one| one.reports > 0 && one.serial == old))
    };
    let doubt_old = old.as_deref().filter(|old| !sat_here(old));
    let doubt_old = doubt_old.map(|old| format!("no report lists {} in {bay}: kept as it was said", clean(old)));
    let doubt_new = new.as_deref().and_then(|new| {
        let elsewhere = inventory.bays.keys().find(|other| *other != bay && inventory.occupant(other) == Some(new))?;
        Some(format!("{} is known to sit in {elsewhere}: kept as it was said", clean(new)))
    });
    doubt_old.into_iter().chain(doubt_new).collect()
}

/// A time that a person gave, or the present one.
fn when(at: Option<DateTime<Utc>>, common: &Common) -> When {
    When::exactly(at.unwrap_or_else(|| common.now()))
}
