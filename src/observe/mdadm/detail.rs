//! An array as `--detail` shows it.

use super::{Names, geometry, mirror_sets, name_of, of_member, sorted};
use crate::model::{ArrayRead, ArrayState, Kind, MemberRead, Reading, Reason, Role, Severity, Subject, Thing};
use crate::observe::machine::{Read, md_level, md_standing};
use crate::observe::md::{Running, SLOTS_MAX, Sync};
use crate::observe::output::state_word;
use crate::words::{clean, number_of};
use arraywatch_parsers::md::attributes::{self, ArrayState as Kernel};
use arraywatch_parsers::md::mdadm::{Condition, Detail, Row, State, Word};
use arraywatch_parsers::md::mirror::Geometry;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn thing(names: &Names<'_>, detail: &Detail) -> Read {
    // What was not started has no level yet that can be relied on.
    let level = detail.level.as_ref().filter(|_| !is_not_started(detail));
    let geometry = geometry(level, detail.layout.as_deref(), detail.slots);
    let running = running(detail, geometry.as_ref());
    let (state, text) = state(detail, &running);
    let mut reasons = reasons(detail);
    reasons.extend(running.given_up().filter(|_| state != ArrayState::Failed));
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    let (works, sets) = (in_sync(detail), mirror_sets(geometry.as_ref()));
    let members = detail.members.iter().map(|row| member(row, detail, &works, &sets));
    let members = sorted(members.collect());
    let read = ArrayRead { state, level: level.map(md_level), members, carries: Vec::new() };
    Read {
        subject: Subject::within(Kind::Array, names.host, &name_of(&detail.device)),
        reading: Reading { thing: Thing::Array(read), reasons, unread: None },
        text,
        values: Vec::new(),
    }
}

fn is_not_started(detail: &Detail) -> bool {
    detail.state.as_ref().is_some_and(|state| {
        matches!(state.kernel, Some(Kernel::Inactive | Kernel::Clear)) || state.is(&Condition::NotStarted)
    })
}

/// Whether md counts on a member whose device is not there any more.
fn is_gone(row: &Row) -> bool {
    row.is(&Word::Missing) || row.device.is_none() && !row.is(&Word::Removed)
}

/// Whether it holds what it should.
fn is_in_sync(row: &Row) -> bool {
    row.is(&Word::Sync) && !row.is(&Word::Faulty) && !is_gone(row)
}

/// The slots whose member holds what it should.
fn in_sync(detail: &Detail) -> BTreeSet<u32> {
    detail.members.iter().filter(|row| is_in_sync(row)).filter_map(|row| row.slot).collect()
}

fn running<'a>(detail: &'a Detail, geometry: Option<&Geometry>) -> Running<'a> {
    let slots = detail.slots.unwrap_or(0).min(SLOTS_MAX);
    let listed = detail.members.iter().filter_map(|row| row.slot).filter(|slot| *slot < slots);
    let works = in_sync(detail);
    let missing: BTreeSet<u32> = listed.filter(|slot| !works.contains(slot)).collect();
    let is = |condition: &Condition| detail.state.as_ref().is_some_and(|state| state.is(condition));
    let counted = detail.active.map_or(0, |active| slots.saturating_sub(active));
    let (recovers, equalises) = (is(&Condition::Recovering), is(&Condition::Resyncing));
    let waits = detail.state.as_ref().is_some_and(|state| state.waits.is_some());
    let writes = recovers || equalises || is(&Condition::Reshaping);
    let told = u32::from(is(&Condition::Degraded));
    Running {
        level: detail.level.as_ref(),
        slots,
        lost: counted.max(told).max(u32::try_from(missing.len()).unwrap_or(u32::MAX)),
        missing,
        geometry: geometry.cloned(),
        sync: if writes { Sync::Writes { recovers, equalises, waits } } else { Sync::Idle },
        faulty: detail.members.iter().filter(|row| row.is(&Word::Faulty)).map(told_of).collect(),
    }
}

fn told_of(row: &Row) -> String {
    row.device.as_deref().map_or_else(|| "a member whose device is gone".to_owned(), name_of)
}

fn state(detail: &Detail, running: &Running<'_>) -> (ArrayState, String) {
    let Some(state) = &detail.state else { return (ArrayState::Unknown, "its state is not told".to_owned()) };
    let journal_lost =
        detail.members.iter().any(|row| row.is(&Word::Journal) && (row.is(&Word::Faulty) || is_gone(row)));
    match &state.kernel {
        None => (ArrayState::Unknown, "its state is not told".to_owned()),
        Some(Kernel::Unknown(word)) => {
            (ArrayState::Unknown, format!("md calls its state \u{ab}{}\u{bb}, a word that is not known", clean(word)))
        }
        Some(Kernel::Broken) => (ArrayState::Failed, "md says that it is broken: a member is gone".to_owned()),
        Some(_) if is_not_started(detail) => {
            let there = number_of(detail.members.len() as u64, "member", "members");
            (ArrayState::Failed, format!("assembled of {there} and not started"))
        }
        Some(_) if state.is(&Condition::Failed) => {
            (ArrayState::Failed, format!("{}; mdadm says that it failed", running.state().1))
        }
        // An array of parity that has a journal cannot be written without it.
        Some(_) if journal_lost && running.lost == 0 => {
            (ArrayState::Degraded, "it works without its journal".to_owned())
        }
        // mdadm says that something is the matter, in a word that is not known.
        Some(_) if unknown(state).is_some() && running.state().0 == ArrayState::Optimal => {
            (ArrayState::Unknown, running.state().1)
        }
        Some(_) => running.state(),
    }
}

/// A condition that is not known.
fn unknown(state: &State) -> Option<&str> {
    state.conditions.iter().find_map(|condition| match condition {
        Condition::Other(word) => Some(word.as_str()),
        _ => None,
    })
}

fn reasons(detail: &Detail) -> Vec<Reason> {
    let kernel = detail.state.as_ref().and_then(|state| state.kernel.clone());
    let level = detail.level.clone().filter(|_| !is_not_started(detail));
    let mut reasons = md_standing(&attributes::Array { state: kernel, level, ..attributes::Array::default() });
    if let Some(word) = detail.state.as_ref().and_then(unknown) {
        reasons
            .push(state_word(&format!("mdadm calls its state \u{ab}{}\u{bb}, a word that is not known", clean(word))));
    }
    for row in &detail.members {
        let name = told_of(row);
        let word = row.words.iter().find_map(|word| match word {
            Word::Other(word) => Some(clean(word)),
            _ => None,
        });
        if let Some(word) = word {
            let text = format!("mdadm says of {name} a word that is not known, \u{ab}{word}\u{bb}");
            reasons.push(of_member(format!("{name}-word"), Severity::Warning, text));
        }
        if row.is(&Word::Blocked) {
            let text = format!("writes wait for {name} until somebody acknowledges its failure");
            reasons.push(of_member(format!("{name}-blocked"), Severity::Warning, text));
        }
    }
    reasons
}

fn member(row: &Row, detail: &Detail, works: &BTreeSet<u32>, sets: &BTreeMap<u32, u32>) -> MemberRead {
    // Who takes the place of one that is still there has the same slot; it is not its own before the other is gone.
    let replaces = !is_in_sync(row) && row.slot.is_some_and(|slot| works.contains(&slot));
    let slots = detail.slots.unwrap_or(0);
    let slot = row.slot.filter(|slot| *slot < slots && !replaces && !row.is(&Word::Journal));
    let role = if row.is(&Word::Faulty) {
        Role::Failed
    } else if row.is(&Word::Removed) {
        Role::Missing
    } else if is_gone(row) {
        Role::Gone
    } else if row.is(&Word::Sync) || row.is(&Word::Journal) {
        Role::Active
    } else if slot.is_some() || replaces {
        Role::Rebuilding
    } else {
        Role::Spare
    };
    let name = row.device.as_deref().map(name_of);
    MemberRead { slot, bay: None, serial: None, name, mirror_set: slot.and_then(|slot| sets.get(&slot).copied()), role }
}
