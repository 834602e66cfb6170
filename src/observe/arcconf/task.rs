//! What a controller does at present. It is told at the time of the output, as a log would: only `getconfig` says how an array is.

use super::Card;
use crate::model::{ArrayState, Fact, Kind, Severity, Subject};
use crate::observe::machine::Event;
use crate::words::clean;
use arraywatch_parsers::adaptec::arcconf::status::{Operation, Task, TaskStatus};
use chrono::{DateTime, Utc};

/// The stream of what it does.
pub(super) const LOG: &str = "arcconf-getstatus";

pub(super) fn events(card: &Card<'_>, at: DateTime<Utc>) -> Vec<Event> {
    let listed =
        |task: &&Task| card.logical().any(|logical| logical.number.is_some() && logical.number == task.logical);
    let tasks = card.runs.iter().flat_map(|run| &run.tasks).filter(|task| !listed(task));
    tasks.filter_map(|task| event(card, task, at)).collect()
}

fn event(card: &Card<'_>, task: &Task, at: DateTime<Utc>) -> Option<Event> {
    let (fact, severity) = fact(task)?;
    let subject = match (task.logical, &task.device) {
        (Some(number), _) => card.within(Kind::Array, &format!("l{number}")),
        (None, Some(place)) => card.bay(place),
        // The number of the array is not told.
        _ if matches!(fact, Fact::State(_)) => Subject::within(Kind::Array, card.host, card.path),
        _ => card.subject(),
    };
    let (operation, status) = (operation(task), status(task));
    // Without how far it is: the task is the same at the next look.
    let name = format!("{} {operation} {status} {:?}", subject, task.id).into_bytes();
    let text = format!("{operation}, {status}");
    Some(Event { log: LOG, name, at, written: None, subject, fact, severity, text })
}

fn fact(task: &Task) -> Option<(Fact, Severity)> {
    let state = |state, severity| Some((Fact::State(state), severity));
    match (task.operation.as_ref()?, &task.status) {
        (Operation::Rebuild, Some(TaskStatus::Failed)) => Some((Fact::RebuildFailed, Severity::Critical)),
        // Until it goes on, it works without a member.
        (Operation::Rebuild, Some(TaskStatus::Waiting | TaskStatus::Suspended)) => {
            state(ArrayState::Degraded, Severity::Critical)
        }
        (Operation::Rebuild | Operation::Build | Operation::Reconfiguration, _) => {
            state(ArrayState::Rebuilding, Severity::Warning)
        }
        (Operation::Verify | Operation::CopyBack, Some(TaskStatus::Failed | TaskStatus::Other(_))) => {
            Some((Fact::Event { number: 0, times: 1 }, Severity::Warning))
        }
        (Operation::Verify | Operation::CopyBack, _) => Some((Fact::Logged { number: 0 }, Severity::Info)),
        (Operation::Other(_), _) => Some((Fact::Event { number: 0, times: 1 }, Severity::Warning)),
    }
}

fn operation(task: &Task) -> String {
    match &task.operation {
        None => "nothing is done".to_owned(),
        Some(Operation::Rebuild) => "it is rebuilt".to_owned(),
        Some(Operation::CopyBack) => "its data are copied back to a drive that was replaced".to_owned(),
        Some(Operation::Verify) => "it is verified".to_owned(),
        Some(Operation::Build) => "its copies or parity are made".to_owned(),
        Some(Operation::Reconfiguration) => "it is made another".to_owned(),
        Some(Operation::Other(word)) => format!("\u{ab}{}\u{bb} is done to it, which is not known", clean(word)),
    }
}

fn status(task: &Task) -> String {
    match &task.status {
        None => "how it goes is not told".to_owned(),
        Some(TaskStatus::InProgress) => "in progress".to_owned(),
        Some(TaskStatus::Waiting) => "it has not begun".to_owned(),
        Some(TaskStatus::Suspended) => "suspended".to_owned(),
        Some(TaskStatus::Failed) => "failed".to_owned(),
        Some(TaskStatus::Other(word)) => format!("\u{ab}{}\u{bb}", clean(word)),
    }
}
