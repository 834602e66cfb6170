//! `arraywatch status`: how what is kept stands.

use super::alerts::held_now;
use super::configured::watched;
use super::kept::{self, Kept};
use super::{Common, Exit, print, print_json};
use crate::diagnosis::{holds, hosts};
use crate::history::outbox::{backlog, refused};
use crate::history::reach::last_said;
use crate::keep::{OPERATOR, conflicts};
use crate::report::status::{Reach, Status};
use crate::report::{json, text};
use std::collections::BTreeSet;

pub(super) fn run(common: &Common) -> Exit {
    kept::read(common).and_then(|kept| show(&kept, common)).unwrap_or_else(|exit| exit)
}

fn show(kept: &Kept, common: &Common) -> Result<Exit, Exit> {
    let Kept { database, state, host, now } = kept;
    let mut reaches = Vec::new();
    // What people say comes when they say it, and no log ends with it.
    for stream in state.streams.iter().filter(|stream| stream.name.path() != OPERATOR) {
        let last = last_said(database.connection(), stream.id);
        let last = last.map_err(|error| super::troubled(&database.trouble("read the history")(error)))?;
        reaches.push(Reach { stream: &stream.name, last, broken_off: stream.stale_from.is_some() });
    }
    reaches.sort_by_key(|reach| reach.last);
    let known: BTreeSet<&str> = state.streams.iter().filter_map(|stream| stream.name.host_name()).collect();
    let conflicts = conflicts(database.connection(), &state.diagnosis.inventory, None);
    let conflicts = conflicts.map_err(|error| super::troubled(&database.trouble("read the history")(error)))?;
    let backlog = backlog(database.connection());
    let backlog = backlog.map_err(|error| super::troubled(&database.trouble("read the history")(error)))?;
    let refused = refused(database.connection());
    let refused = refused.map_err(|error| super::troubled(&database.trouble("read the history")(error)))?;
    let (not_told, since) = held_now(kept, common)?;
    let not_told = if since.is_some() { not_told } else { Vec::new() };
    let (_, watch) = watched(common, database.path());
    let mut status = Status {
        database: database.path(),
        state,
        host: host.as_deref(),
        watch,
        hosts: hosts(&state.diagnosis, &known),
        conflicts,
        holds: holds(&state.observations, &state.diagnosis.cases, *now),
        not_told,
        backlog,
        refused,
        reach: reaches,
        now: *now,
    };
    let verdicts: Vec<_> = status.hosts.iter().map(|host| status.verdict_of(host)).collect();
    status.hosts.iter_mut().zip(verdicts).for_each(|(host, verdict)| host.verdict = verdict);
    // Stable: those of one verdict stay in their order.
    status.hosts.sort_by_key(|host| std::cmp::Reverse(host.verdict));
    let exit = match status.verdict().into() {
        // Since nobody watches, it may be otherwise by now.
        Exit::Healthy if watch.is_missing() => Exit::Unknown,
        exit => exit,
    };
    Ok(if common.json { print_json(&json::status(&status), exit) } else { print(&text::status(&status), exit) })
}
