//! Drives of which a source does not say where they sit: they sit where another source saw them on the same host.

use crate::model::{Fact, Observation, Subject};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The observations, with every drive at a place that somebody named, if anybody did.
pub(super) fn settled(observations: &[Observation]) -> Cow<'_, [Observation]> {
    let stay = |one: &Observation| match &one.fact {
        Fact::Occupies { bay, .. } | Fact::Listed { bay, .. } => Some((one.subject.serial()?.to_owned(), bay.clone())),
        _ => None,
    };
    if !observations.iter().filter_map(stay).any(|(_, bay)| bay.is_somewhere()) {
        return Cow::Borrowed(observations);
    }
    let mut places: BTreeMap<String, Vec<(DateTime<Utc>, Subject)>> = BTreeMap::new();
    for one in observations {
        if let Some((serial, bay)) = stay(one).filter(|(_, bay)| !bay.is_somewhere()) {
            places.entry(serial).or_default().push((one.at.utc, bay));
        }
    }
    places.values_mut().for_each(|places| places.sort());
    let settle = |one: &Observation| {
        let mut one = one.clone();
        let places = one.subject.serial().and_then(|serial| places.get(serial));
        if let (Fact::Occupies { bay, .. } | Fact::Listed { bay, .. }, Some(places)) = (&mut one.fact, places)
            && bay.is_somewhere()
        {
            let here = || places.iter().filter(|(_, place)| place.host_name() == bay.host_name());
            // Where it was then, or else where it came first.
            let then = here().rfind(|(from, _)| *from <= one.at.utc).or_else(|| here().next());
            if let Some((_, place)) = then {
                *bay = place.clone();
            }
        }
        one
    };
    Cow::Owned(observations.iter().map(settle).collect())
}
