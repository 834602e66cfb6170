//! Reasons to look at an array that works: errors of members that md did not give up for them, copies that do not agree.

use super::member::{Members, Place};
use crate::model::{Ailment, Reason, Role, Severity};
use crate::probes::md::{Array, Member};
use crate::words::{clean, count, number_of};
use arraywatch_parsers::md::attributes::{Array as Attributes, ArrayState, Flag};
use arraywatch_parsers::md::{Level, SyncAction};
use std::collections::BTreeMap;

/// All of them.
pub(super) fn of(array: &Array, members: &Members<'_>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = members
        .all
        .iter()
        .filter_map(|place| Some((place, place.member?)))
        .flat_map(|(place, member)| of_member(place, member))
        .collect();
    reasons.extend(standing(&array.attributes));
    reasons.extend(mismatches(array));
    reasons.extend(firmware(members));
    reasons
}

/// What stands still, or is in a word that is not known: that is never well.
pub(in crate::observe) fn standing(attributes: &Attributes) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut tell = |key: &str, severity, text: String| {
        let (key, rising, level) = (key.to_owned(), None, None);
        reasons.push(Reason { ailment: Ailment::MemberErrors, key, severity, rising, level, text });
    };
    match &attributes.state {
        Some(ArrayState::Suspended) => {
            tell(
                "suspended",
                Severity::Critical,
                "all that is asked of it waits: it is suspended (array_state)".to_owned(),
            );
        }
        Some(ArrayState::Unknown(word)) => {
            tell(
                "state-word",
                Severity::Warning,
                format!("md says that it is \u{ab}{}\u{bb}, a word that is not known", clean(word)),
            );
        }
        _ => {}
    }
    match &attributes.sync_action {
        Some(SyncAction::Unknown(word)) => {
            tell(
                "action-word",
                Severity::Warning,
                format!("md does \u{ab}{}\u{bb}, a word that is not known (sync_action)", clean(word)),
            );
        }
        Some(SyncAction::Frozen) => {
            tell("frozen", Severity::Info, "no rebuild and no check may begin: sync_action is frozen".to_owned());
        }
        _ => {}
    }
    if let Some(Level::Unknown(word)) = &attributes.level {
        tell("level-word", Severity::Warning, format!("its level is \u{ab}{}\u{bb}, which is not known", clean(word)));
    }
    reasons
}

fn of_member(place: &Place<'_>, member: &Member) -> Vec<Reason> {
    // What md counted of a member before it gave it up stands in its state.
    if place.read.role == Role::Failed {
        return Vec::new();
    }
    let has = |flag| member.attributes.state.as_ref().is_some_and(|state| state.flags.contains(&flag));
    let (told, file) = (place.told(), |file: &str| format!("dev-{}/{file}", clean(&member.name)));
    let reason = |what: &str, severity, level, text| Reason {
        ailment: Ailment::MemberErrors,
        key: format!("{}-{what}", place.key()),
        severity,
        rising: (level > Some(0)).then_some(Severity::Warning),
        level,
        text,
    };
    let mut reasons = Vec::new();
    if has(Flag::Blocked) {
        let text = format!("writes wait for {told} until somebody acknowledges its failure ({})", file("state"));
        reasons.push(reason("blocked", Severity::Warning, None, text));
    }
    if let Some(unknown) = member.attributes.state.as_ref().and_then(|state| state.unknown.first()) {
        let text =
            format!("md says of {told} a word that is not known, \u{ab}{}\u{bb} ({})", clean(unknown), file("state"));
        reasons.push(reason("word", Severity::Warning, None, text));
    }
    if has(Flag::WriteError) {
        let text = format!("a write to {told} failed, and md keeps it all the same ({})", file("state"));
        reasons.push(reason("write-error", Severity::Warning, None, text));
    }
    if has(Flag::WantReplacement) {
        let text = format!("md wants {told} to be replaced as soon as there is a spare ({})", file("state"));
        reasons.push(reason("want-replacement", Severity::Warning, None, text));
    }
    let known = member.attributes.bad_blocks.iter().chain(&member.attributes.unacknowledged_bad_blocks);
    let sectors: u64 = known.map(|run| u64::from(run.sectors)).sum();
    if sectors > 0 {
        let at_least = if is_cut(member) { "at least " } else { "" };
        let told_of = number_of(sectors, "sector", "sectors");
        let text = format!("of {told}, {at_least}{told_of} cannot be trusted any more ({})", file("bad_blocks"));
        reasons.push(reason("bad-blocks", Severity::Warning, Some(sectors), text));
    }
    if let Some(errors) = member.attributes.errors.filter(|errors| *errors > 0) {
        let sectors = number_of(errors.into(), "sector", "sectors");
        let text = format!(
            "md could not read {sectors} of {told} since it was assembled, and wrote them anew from elsewhere ({})",
            file("errors")
        );
        reasons.push(reason("errors", Severity::Info, Some(errors.into()), text));
    }
    reasons
}

/// The kernel writes a page of them at most.
fn is_cut(member: &Member) -> bool {
    const PAGE: usize = 4096;
    ["bad_blocks", "unacknowledged_bad_blocks"]
        .iter()
        .filter_map(|file| member.files.get(*file))
        // The last line end is no part of the text.
        .any(|text| text.len() + 1 >= PAGE)
}

/// Sectors that did not agree in the last check. A repair and a resync count what they make agree.
fn mismatches(array: &Array) -> Option<Reason> {
    let attributes = &array.attributes;
    let sectors = attributes.mismatch_cnt.filter(|sectors| *sectors > 0)?;
    let action = match &attributes.sync_action {
        Some(action @ (SyncAction::Check | SyncAction::Repair | SyncAction::Resync)) => Some(action),
        _ => attributes.last_sync_action.as_ref(),
    };
    let what = match action {
        Some(SyncAction::Repair) => "repair",
        Some(SyncAction::Resync) => "resync",
        _ => "check",
    };
    let parity = matches!(attributes.level, Some(Level::Raid4 | Level::Raid5 | Level::Raid6));
    let (severity, say) = match (what, parity) {
        ("repair" | "resync", _) => (Severity::Info, "that did not agree; it made them agree"),
        (_, true) => (Severity::Warning, "whose parity does not agree with the data: one of both is wrong"),
        (_, false) => (
            Severity::Info,
            "that the mirrors do not agree in; swap, and writes that were given up half way, may do so without harm",
        ),
    };
    Some(Reason {
        ailment: Ailment::Mismatches,
        key: "mismatches".to_owned(),
        severity,
        rising: (what == "check").then_some(Severity::Warning),
        level: Some(sectors),
        text: format!("the last {what} found {} sectors {say} (mismatch_cnt)", count(sectors)),
    })
}

/// Drives of one model that mirror each other, and run different firmware: what one of them does wrong, the other may not. That is
/// told, and no fault.
fn firmware(members: &Members<'_>) -> Vec<Reason> {
    let mut sets: BTreeMap<(u32, &str), Vec<(&Place<'_>, &str)>> = BTreeMap::new();
    for place in &members.all {
        let seat = place.seat.and_then(|seat| Some((seat.model.as_deref()?, seat.firmware.as_deref()?)));
        if let (Some(set), Some((model, firmware))) = (place.read.mirror_set, seat) {
            sets.entry((set, model)).or_default().push((place, firmware));
        }
    }
    let differ = |drives: &[(&Place<'_>, &str)]| {
        drives.iter().any(|(_, one)| Some(*one) != drives.first().map(|(_, first)| *first))
    };
    let told = |drives: Vec<(&Place<'_>, &str)>| {
        let told = drives.iter().map(|(place, firmware)| format!("{} runs firmware {}", place.told(), clean(firmware)));
        told.collect::<Vec<_>>().join(", ")
    };
    sets.into_iter()
        .filter(|(_, drives)| differ(drives))
        .map(|((set, model), drives)| Reason {
            ailment: Ailment::FirmwareDiffers,
            key: format!("set{set}-{}", clean(model)),
            severity: Severity::Info,
            rising: None,
            level: None,
            text: format!("of the same model {}, {}", clean(model), told(drives)),
        })
        .collect()
}
