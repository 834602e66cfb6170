//! `arraywatch why`: what a case rests on, back to the bytes.

use super::kept::{self, Kept};
use super::{Common, Exit, names, print, print_json};
use crate::diagnosis::made;
use crate::history::SourceId;
use crate::history::reader::Source;
use crate::keep::OPERATOR;
use crate::keep::trace::{Quote, origins, quote};
use crate::model::{Case, Observation, ObservationId};
use crate::report::why::{Told, Why};
use crate::report::{json, text};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(typed: &str, common: &Common) -> Exit {
    kept::read(common).and_then(|kept| show(typed, &kept, common)).unwrap_or_else(|exit| exit)
}

fn show(typed: &str, kept: &Kept, common: &Common) -> Result<Exit, Exit> {
    let cases = &kept.state.diagnosis.cases;
    let case = names::case(cases, typed)?;
    let observations = rests_on(case, &kept.state.observations);
    let failed = |error| super::troubled(&kept.database.trouble("read the history")(error));
    let origins = origins(kept.database.connection(), &kept.state.streams).map_err(failed)?;
    let sources: BTreeMap<SourceId, &Source> = kept.state.sources.iter().map(|source| (source.id, source)).collect();
    let source = |id: &ObservationId| origins.get(id).and_then(|source| sources.get(source).copied());
    let mut quotes = quotes(&observations, source);
    let told = observations.iter().map(|one| Told {
        one,
        made: made(one, &kept.state.observations),
        said_by: source(&one.id).filter(|source| source.format == OPERATOR).map(|source| source.name.as_str()),
        source: source(&one.id),
        quote: quotes.remove(&one.id).unwrap_or(Quote::Nowhere),
    });
    let why = Why { case, told: told.collect(), now: common.now() };
    let exit = Exit::Healthy;
    Ok(if common.json { print_json(&json::why(&why), exit) } else { print(&text::why(&why), exit) })
}

/// What a case and the terms of its suspects rest on, in order of time.
fn rests_on<'a>(case: &Case, observations: &'a [Observation]) -> Vec<&'a Observation> {
    let terms = case.suspects.iter().flat_map(|suspect| &suspect.terms);
    let ids: BTreeSet<ObservationId> =
        terms.flat_map(|term| &term.observations).chain(&case.observations).copied().collect();
    observations.iter().filter(|one| ids.contains(&one.id)).collect()
}

/// The bytes of each, every source read once.
fn quotes<'a>(
    observations: &[&Observation],
    source: impl Fn(&ObservationId) -> Option<&'a Source>,
) -> BTreeMap<ObservationId, Quote> {
    let mut of_sources: BTreeMap<SourceId, (&Source, Vec<&Observation>)> = BTreeMap::new();
    for one in observations.iter().filter(|one| one.evidence.is_some()) {
        if let Some(source) = source(&one.id) {
            of_sources.entry(source.id).or_insert_with(|| (source, Vec::new())).1.push(one);
        }
    }
    let mut quotes = BTreeMap::new();
    for (source, told) in of_sources.into_values() {
        let spans: Vec<_> =
            told.iter().filter_map(|one| one.evidence.as_ref()).map(|evidence| evidence.start..evidence.end).collect();
        quotes.extend(told.iter().map(|one| one.id).zip(quote(source, &spans)));
    }
    quotes
}
