//! Terms of what was read of the machine itself: who lost power with whom, on which ways there were errors, how the drive is that
//! was dropped.
//!
//! What a case of its own code rests on is in its prior already, and lays no term.

use super::{Draft, Placed, Scale};
use crate::model::{Ailment, Code, Fact, Kind, ObservationId, Reason, Severity, Subject, Trouble};
use crate::words::instant;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn lay(scale: &mut Scale, draft: &Draft<'_>, around: &[&Placed<'_>]) {
    let place = super::failed_bays(&draft.evidence).pop().unwrap_or_else(|| draft.subject.clone());
    let serial = draft.evidence.iter().rev().find_map(|one| one.serial.as_deref());
    if draft.code != Code::PowerFault {
        power(scale, &place, around);
    }
    links(scale, &place, around);
    let at_place = |one: &&&Placed<'_>| one.place == place || serial.is_some() && one.serial.as_deref() == serial;
    let ill = |ailment: Ailment| move |reason: &Reason| reason.ailment == ailment && reason.severity > Severity::Info;
    if draft.code != Code::MediaErrors {
        let counted = around.iter().filter(at_place).filter(|one| has(one, ill(Ailment::MediaErrors)));
        let told = around.iter().filter(at_place).filter(|one| is(one, Trouble::Medium));
        lay_of(scale, "media-errors-seen", counted.chain(told));
    }
    if draft.code != Code::DriveSilent {
        let silent = around.iter().filter(at_place).filter(|one| has(one, ill(Ailment::NotAnswering)));
        lay_of(scale, "drive-silent", silent);
    }
    if draft.code != Code::SupplyFailed {
        let read = around.iter().filter(|one| has(one, ill(Ailment::SupplyFailed)));
        let told = around.iter().filter(|one| is(one, Trouble::Supply) || is(one, Trouble::OnBattery));
        lay_of(scale, "supply-lost", read.chain(told));
    }
    if draft.code != Code::DriveHot {
        let hot =
            |one: &&&Placed<'_>| has(one, ill(Ailment::HousingHot)) || at_place(one) && has(one, ill(Ailment::Hot));
        lay_of(scale, "too-hot", around.iter().filter(hot));
    }
    lay_of(scale, "controller-reset", around.iter().filter(|one| is(one, Trouble::Controller)));
    let fails = matches!(
        draft.code,
        Code::Relapse | Code::ArrayDegraded | Code::ArrayFailed | Code::DriveFailed | Code::RebuildFailed
    );
    if let Some((well, until)) =
        serial.filter(|_| fails).and_then(|serial| well_since(serial, draft.opened.utc, around))
    {
        scale.lay("drive-well", &[("until", instant(until))], &[well]);
    }
}

fn lay_of<'p>(scale: &mut Scale, term: &str, found: impl Iterator<Item = &'p &'p Placed<'p>>) {
    let ids: Vec<ObservationId> = found.map(|one| one.id).collect();
    if !ids.is_empty() {
        scale.lay(term, &[], &ids);
    }
}

fn has(one: &Placed<'_>, reason: impl Fn(&Reason) -> bool) -> bool {
    matches!(&one.fact, Fact::Health { reasons, .. } if reasons.iter().any(reason))
}

fn is(one: &Placed<'_>, trouble: Trouble) -> bool {
    matches!(one.fact, Fact::Trouble { kind, .. } if kind == trouble)
}

/// Drives that lost their power while the machine ran on: this one with others, or alone.
fn power(scale: &mut Scale, place: &Subject, around: &[&Placed<'_>]) {
    let mut intervals: BTreeMap<DateTime<Utc>, Vec<&Placed<'_>>> = BTreeMap::new();
    for one in around {
        if let (Fact::PowerCycled { explained: false, .. }, Some(until)) = (&one.fact, one.at.until) {
            intervals.entry(until).or_default().push(one);
        }
    }
    let together = intervals
        .values()
        .filter(|drives| drives.iter().filter_map(|one| one.serial.as_ref()).collect::<BTreeSet<_>>().len() > 1);
    let together: Vec<ObservationId> = together.flatten().map(|one| one.id).collect();
    let alone = intervals.values().filter(|drives| drives.len() == 1).flatten();
    let alone: Vec<ObservationId> = alone.filter(|one| one.place == *place).map(|one| one.id).collect();
    if !together.is_empty() {
        scale.lay("power-cycled-together", &[], &together);
    } else if !alone.is_empty() {
        scale.lay("power-cycled-alone", &[], &alone);
    }
}

/// Errors on the way to this drive alone, or to several of its controller.
fn links(scale: &mut Scale, place: &Subject, around: &[&Placed<'_>]) {
    let mut places: BTreeMap<&Subject, Vec<ObservationId>> = BTreeMap::new();
    let mut levels: BTreeMap<(&Subject, &str), u64> = BTreeMap::new();
    for one in around.iter().filter(|one| one.place.kind() == Kind::Bay) {
        if is(one, Trouble::Link) {
            places.entry(&one.place).or_default().push(one.id);
        }
        let Fact::Health { reasons, .. } = &one.fact else { continue };
        for reason in reasons.iter().filter(|reason| reason.ailment == Ailment::LinkErrors) {
            let level = reason.level.unwrap_or(0);
            let before = levels.insert((&one.one.subject, &reason.key), level);
            if before.is_some_and(|before| level > before) {
                places.entry(&one.place).or_default().push(one.id);
            }
        }
    }
    let controller = place.enclosing(Kind::Controller, 1);
    places.retain(|other, _| other.enclosing(Kind::Controller, 1) == controller);
    let ids = |places: &BTreeMap<&Subject, Vec<ObservationId>>| places.values().flatten().copied().collect::<Vec<_>>();
    if places.len() > 1 {
        scale.lay("link-errors-several", &[], &ids(&places));
    } else if places.contains_key(place) {
        scale.lay("link-errors-one", &[], &ids(&places));
    }
}

/// The drive, read after it was dropped, with nothing to tell, and when last. That its controller lists it as well is no word of its own.
fn well_since(serial: &str, since: DateTime<Utc>, around: &[&Placed<'_>]) -> Option<(ObservationId, DateTime<Utc>)> {
    let of_it = around
        .iter()
        .rev()
        .find(|one| one.one.subject.serial() == Some(serial) && matches!(one.fact, Fact::Health { asked: true, .. }))?;
    match &of_it.fact {
        Fact::Health { reasons, unread: None, last, .. }
            if last.utc >= since && reasons.iter().all(|reason| reason.severity == Severity::Info) =>
        {
            Some((of_it.id, last.utc))
        }
        _ => None,
    }
}
