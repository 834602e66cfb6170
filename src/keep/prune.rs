//! What is old is summed up, but for what a case that is not over rests on.
//!
//! What must hold: the diagnosis is the same after as before. The records that go are all in the base of their stream, from which
//! everything is folded from then on; this is tried before anything is committed, and if it fails, nothing is changed.

use super::fold::{self, Digested};
use super::state::{State, state};
use crate::history::prune::{Spans, Summed, rows_before, set_kept_from, sum_up, survey};
use crate::history::reader::{self, Stream};
use crate::history::{Reason, SourceId, checkpoint, is_of_people, outbox};
use crate::model::{Case, CaseState, Observation, ObservationId};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::BTreeSet;

/// What was summed up, or would be.
#[derive(Debug)]
pub struct Pruned {
    /// Observations are kept one by one from then on.
    pub kept_from: DateTime<Utc>,
    /// From when on they were before, if any were summed up.
    pub kept_from_before: Option<DateTime<Utc>>,
    /// What of logs.
    pub summed: Summed,
    /// Old rows that people said, which stay.
    pub of_people: u64,
    /// Alerts of old that nobody needs any more: they arrived, and their thread is over or went on.
    pub alerts: u64,
    /// Cases that are not over, which the rest of the rows that stay is evidence of.
    pub cases: Vec<Case>,
}

/// What would be summed up of what is older than `before`, as of `now`. Nothing is written.
///
/// # Errors
/// If the history cannot be read.
pub fn plan(history: &Connection, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<Pruned, Reason> {
    let (mut pruned, plans) = prepare(history, before, now)?;
    for Plan { digested, but } in &plans {
        pruned.summed.add(survey(history, digested.stream.id, pruned.kept_from.timestamp(), but)?);
    }
    Ok(pruned)
}

/// Sums up what is older than `before`, all of it or, if that fails, nothing.
///
/// # Errors
/// If the history cannot be read or written, or the diagnosis would not be the same.
pub fn prune(history: &Connection, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<Pruned, Reason> {
    fold::bring_up_to_date(history)?;
    let (mut pruned, plans) = prepare(history, before, now)?;
    let before = pruned.kept_from.timestamp();
    let transaction = Transaction::new_unchecked(history, TransactionBehavior::Immediate)?;
    for Plan { digested: Digested { stream, .. }, but } in &plans {
        let base = fold::base(&transaction, stream, before)?;
        pruned.summed.add(sum_up(&transaction, stream.id, before, but)?);
        checkpoint::set_base(&transaction, stream.id, &base)?;
    }
    for stream in reader::streams(&transaction)?.iter().filter(|stream| is_of_people(&stream.name)) {
        checkpoint::drop_before(&transaction, stream.id, before.saturating_sub(1))?;
    }
    set_kept_from(&transaction, before)?;
    pruned.alerts = outbox::prune(&transaction, pruned.kept_from)?;
    for Plan { digested, .. } in &plans {
        let after = fold::anew(&transaction, &digested.stream)?;
        if told(&after) != told(digested) {
            return Err(Reason::Unfaithful(digested.stream.name.to_string()));
        }
    }
    transaction.commit()?;
    Ok(pruned)
}

/// What a digest comes to.
fn told(digested: &Digested) -> (Vec<Observation>, u64) {
    (digested.digest.observations(digested.interrupted), digested.digest.counted())
}

/// What is to be done with a stream.
struct Plan {
    digested: Digested,
    /// What stays.
    but: Spans,
}

fn prepare(history: &Connection, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<(Pruned, Vec<Plan>), Reason> {
    let State { diagnosis, streams, kept_from, .. } = state(history, now, |_| true)?;
    // What was summed up is not taken apart again. But cases may be over since whose evidence stayed.
    let before = before.max(kept_from.unwrap_or(before));
    let cases: Vec<Case> = diagnosis.cases.into_iter().filter(|case| case.state != CaseState::Closed).collect();
    let evidence: BTreeSet<ObservationId> = cases.iter().flat_map(rests_on).collect();
    let (people, logs): (Vec<Stream>, Vec<Stream>) = streams.into_iter().partition(|stream| is_of_people(&stream.name));
    let mut plans = Vec::new();
    for stream in logs {
        let digested = fold::digest(history, &stream)?;
        plans.push(Plan { but: spans(&digested, &evidence), digested });
    }
    let of_people = people.iter().map(|stream| rows_before(history, stream.id, before.timestamp()));
    let of_people = of_people.sum::<rusqlite::Result<u64>>()?;
    let alerts = outbox::needless(history, before)?;
    let summed = Summed::default();
    let pruned = Pruned { kept_from: before, kept_from_before: kept_from, summed, of_people, alerts, cases };
    Ok((pruned, plans))
}

/// All that a case and the weights of its suspects rest on.
fn rests_on(case: &Case) -> impl Iterator<Item = ObservationId> {
    let terms = case.suspects.iter().flat_map(|suspect| &suspect.terms);
    terms.flat_map(|term| &term.observations).chain(&case.observations).copied()
}

/// Where the rows stand that evidence was made of: an observation of a whole report points to all of its bytes.
fn spans(digested: &Digested, evidence: &BTreeSet<ObservationId>) -> Spans {
    let observations = digested.digest.observations(digested.interrupted);
    let wanted = observations.into_iter().filter(|one| evidence.contains(&one.id)).filter_map(|one| one.evidence);
    // In a digest, sources go by their numbers.
    wanted.filter_map(|at| Some((at.source.parse::<SourceId>().ok()?, at.start..at.end))).collect()
}
