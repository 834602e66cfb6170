//! Which terms the observations around a case give.

mod machine;

use super::cases::{Before, Draft, days};
use super::inventory::Inventory;
use super::table::TABLE;
use super::timeline::{Placed, Timeline};
use super::weigh::Scale;
use crate::model::{Cause, Code, Fact, Kind, ObservationId, Subject, Suspect};
use crate::words::duration;
use arraywatch_parsers::stream::DamageKind;
use chrono::TimeDelta;

/// The suspects of a case, ranked.
pub(super) fn suspects(draft: &Draft<'_>, timeline: &Timeline<'_>, inventory: &Inventory) -> Vec<Suspect> {
    let first = draft.evidence.first().map_or(draft.opened.utc, |one| one.at.utc.min(draft.opened.utc));
    let last = draft.evidence.last().map_or(draft.opened.utc, |one| one.at.utc);
    let around = timeline.around(&draft.subject, first, last, days("related_days"));
    let mut scale = Scale::new(draft.code);
    match draft.code {
        Code::Relapse
        | Code::ArrayFailed
        | Code::ArrayDegraded
        | Code::RebuildFailed
        | Code::DriveFailed
        | Code::DriveMissing
        | Code::FailurePredicted
        | Code::PowerFault
        | Code::MediaErrors
        | Code::MemberErrors
        | Code::LinkErrors
        | Code::DriveWorn
        | Code::DriveHot
        | Code::DriveSilent => {
            name(&mut scale, draft);
            if let Some(before) = &draft.before {
                relapse(&mut scale, draft, before, inventory);
            }
            power(&mut scale, &around);
            prediction(&mut scale, draft, &around);
            damaged_log(&mut scale, &around);
            machine::lay(&mut scale, draft, &around);
        }
        Code::StreamDamaged => damage(&mut scale, draft, &around),
        Code::ReportMissing => {
            lay_if(&mut scale, "damage-where-report-was-due", &around, |fact| {
                matches!(fact, Fact::Damaged { at_tail: true, unfinished: false, .. })
            });
            lay_if(&mut scale, "stopped-when-report-was-due", &around, |fact| *fact == Fact::MachineStopped);
        }
        // Why a command fails, or a supply was taken out, nothing that is known of arrays says.
        Code::NotWatched if draft.subject.is_sense() || draft.subject.kind() == Kind::Power => return Vec::new(),
        Code::NotWatched => {
            let term = if draft.subject.kind() == Kind::Stream {
                "a-log-went-silent"
            } else {
                "a-part-of-the-machine-vanished"
            };
            lay_if(&mut scale, term, &draft.evidence, |fact| matches!(fact, Fact::NotWatched { .. }));
            lay_if(&mut scale, "stopped-when-watch-was-lost", &around, |fact| *fact == Fact::MachineStopped);
        }
        Code::SupplyFailed
        | Code::HousingFault
        | Code::CacheUnprotected
        | Code::SensorContradicted
        | Code::RecorderStopped
        | Code::EventNotUnderstood => {}
    }
    scale.rank()
}

/// The suspects of a contradicted sensor where the failure was a relapse.
pub(super) fn sensor_after_relapse(observations: &[ObservationId]) -> Vec<Suspect> {
    let mut scale = Scale::new(Code::SensorContradicted);
    scale.lay("relapse-unexplained", &[], observations);
    scale.rank()
}

/// Bays that failures are known to have been in.
pub(super) fn failed_bays(evidence: &[&Placed<'_>]) -> Vec<Subject> {
    let of = |one: &&Placed<'_>| {
        matches!(one.fact, Fact::DriveFailed | Fact::DriveReplaced { .. }) && one.place.kind() == Kind::Bay
    };
    let mut bays: Vec<Subject> = evidence.iter().filter(|one| of(one)).map(|one| one.place.clone()).collect();
    bays.dedup();
    bays
}

/// Names the bay and drive that are meant, where they are known.
fn name(scale: &mut Scale, draft: &Draft<'_>) {
    let bay = match draft.subject.kind() {
        Kind::Bay => Some(draft.subject.clone()),
        _ => failed_bays(&draft.evidence).pop(),
    };
    // The drive that failed, which need not be the one that sits there by now.
    let failed = draft.evidence.iter().rfind(|one| matches!(one.fact, Fact::DriveFailed | Fact::FailurePredicted));
    let replaced = draft.evidence.iter().rfind(|one| matches!(one.fact, Fact::DriveReplaced { .. }));
    let drive = failed.or(replaced).and_then(|one| one.serial.as_deref()).map(Subject::drive);
    let controller = bay.as_ref().unwrap_or(&draft.subject).enclosing(Kind::Controller, 1);
    let on_controller = controller.filter(|controller| controller.path().starts_with('c'));
    // Where drives hang on the card itself, the second part of a bay's path is no enclosure.
    let enclosure = bay.as_ref().and_then(|bay| bay.enclosing(Kind::Enclosure, 2));
    scale.name(Cause::Backplane, enclosure.filter(|shelf| shelf.path().contains("/e")));
    scale.name(Cause::Controller, on_controller);
    scale.name(
        Cause::PowerLine,
        bay.as_ref().unwrap_or(&draft.subject).host_name().map(|host| Subject::within(Kind::Power, host, "")),
    );
    scale.name(Cause::Bay, bay);
    scale.name(Cause::Drive, drive);
}

fn relapse(scale: &mut Scale, draft: &Draft<'_>, before: &Before, inventory: &Inventory) {
    let after = draft.opened.utc - before.repaired;
    let failure = draft.evidence.iter().filter(|one| one.at.utc > before.repaired).map(|one| one.id);
    let mut observations: Vec<ObservationId> = before.observations.iter().copied().chain(failure).collect();
    observations.dedup();
    let told = ("after", duration(after));
    if before.drive_replaced.is_some() {
        let drives = drives_of(&draft.subject, inventory);
        let alone = chance(drives, after, TABLE.constant("burst_factor"));
        let of_a_batch = chance(drives, after, TABLE.constant("batch_factor"));
        let drives = ("drives", drives.to_string());
        let fill = [told, drives, ("odds", round(1.0 / alone)), ("batch_odds", round(1.0 / of_a_batch))];
        for (cause, chance) in [(Cause::Drive, alone), (Cause::Batch, of_a_batch)] {
            let weight = (chance / TABLE.constant("shared_cause_recurs")).ln().min(0.0);
            scale.lay_computed("relapse-with-new-drive", cause, weight, &fill, &observations);
        }
    } else {
        scale.lay("relapse-same-drive", &[told], &observations);
    }
    let now =
        failed_bays(&draft.evidence.iter().filter(|one| one.at.utc > before.repaired).copied().collect::<Vec<_>>());
    if let (Some(then), Some(now)) = (before.bays.first(), now.first()) {
        let bays = format!("{} and {}", inventory.bay_name(then), inventory.bay_name(now));
        let term = if then == now { "same-bay-again" } else { "other-bay" };
        scale.lay(term, &[("bays", bays)], &observations);
    }
}

/// The probability that one of some drives fails by itself within a time.
fn chance(drives: usize, within: TimeDelta, factor: f64) -> f64 {
    // A failure in the same minute is no certainty of another cause; less than a minute is a minute.
    let years = within.num_minutes().max(1) as f64 / (365.25 * 24.0 * 60.0);
    (drives as f64 * TABLE.constant("drive_failures_per_year") * years * factor).clamp(1e-9, 1.0)
}

/// The drives that could have failed: those of the array, else those of the controller, else as few as an array has.
fn drives_of(subject: &Subject, inventory: &Inventory) -> usize {
    let members = inventory.arrays.get(subject).map_or(0, |array| array.members.len());
    let place = subject.enclosing(Kind::Controller, 1);
    let on_controller =
        inventory.bays.keys().filter(|bay| place.as_ref().is_some_and(|place| place.holds(bay))).count();
    if members > 0 { members } else { on_controller.max(2) }
}

/// Two significant digits, with separators: odds are no more exact than that.
fn round(odds: f64) -> String {
    let scale = 10_f64.powf(odds.log10().floor() - 1.0).max(1.0);
    crate::words::count(((odds / scale).round() * scale) as u64)
}

fn power(scale: &mut Scale, around: &[&Placed<'_>]) {
    lay_if(scale, "power-event", around, |fact| *fact == Fact::PowerEvent);
    lay_if(scale, "power-read-bad", around, |fact| *fact == Fact::PowerReading { fine: false });
    lay_if(scale, "power-read-fine", around, |fact| *fact == Fact::PowerReading { fine: true });
}

fn prediction(scale: &mut Scale, draft: &Draft<'_>, around: &[&Placed<'_>]) {
    if draft.code == Code::FailurePredicted {
        return;
    }
    let bays = failed_bays(&draft.evidence);
    let meant = |one: &&&Placed<'_>| one.place == draft.subject || bays.contains(&one.place);
    let before: Vec<&Placed<'_>> = around.iter().filter(meant).copied().collect();
    lay_if(scale, "prediction-before", &before, |fact| *fact == Fact::FailurePredicted);
}

fn damaged_log(scale: &mut Scale, around: &[&Placed<'_>]) {
    let stopped = around.iter().any(|one| one.fact == Fact::MachineStopped);
    let term = if stopped { "log-damaged-but-stopped" } else { "log-damaged-too" };
    let damaged = |fact: &Fact| matches!(fact, Fact::Damaged { unfinished: false, .. });
    let meant = |one: &&&Placed<'_>| damaged(&one.fact) || one.fact == Fact::MachineStopped;
    if around.iter().any(|one| damaged(&one.fact)) {
        let observations: Vec<ObservationId> = around.iter().filter(meant).map(|one| one.id).collect();
        scale.lay(term, &[], &observations);
    }
}

fn damage(scale: &mut Scale, draft: &Draft<'_>, around: &[&Placed<'_>]) {
    let evidence = &draft.evidence;
    let has = |wanted: &[DamageKind]| {
        let kinds = wanted.to_vec();
        move |fact: &Fact| matches!(fact, Fact::Damaged { kinds: found, .. } if found.iter().any(|kind| kinds.contains(kind)))
    };
    let at_tail = |fact: &Fact| matches!(fact, Fact::Damaged { at_tail: true, .. });
    lay_if(scale, "damage-at-tail", evidence, at_tail);
    lay_if(scale, "damage-amid", evidence, |fact| !at_tail(fact));
    lay_if(scale, "damage-nuls", evidence, has(&[DamageKind::NulRun]));
    lay_if(scale, "damage-foreign", evidence, has(&[DamageKind::Foreign]));
    lay_if(scale, "damage-changed-bytes", evidence, has(&[DamageKind::Garbled]));
    lay_if(scale, "damage-pasted", evidence, |fact| matches!(fact, Fact::Damaged { pasted: true, .. }));
    let aligned = |one: &&Placed<'_>| matches!(one.fact, Fact::Damaged { aligned: true, .. });
    let blocks = |one: &&Placed<'_>| has(&[DamageKind::NulRun, DamageKind::Foreign])(&one.fact);
    let of_blocks: Vec<&Placed<'_>> = evidence.iter().filter(|one| blocks(one)).copied().collect();
    let term = if of_blocks.iter().any(aligned) { "damage-aligned" } else { "damage-not-aligned" };
    lay_if(scale, term, &of_blocks, |_| true);
    lay_if(scale, "machine-stopped", around, |fact| *fact == Fact::MachineStopped);
    lay_if(scale, "array-failed-near", around, |fact| {
        use crate::model::ArrayState::{Degraded, Failed};
        matches!(fact, Fact::State(Degraded | Failed))
    });
}

fn lay_if(scale: &mut Scale, term: &str, observations: &[&Placed<'_>], speaks: impl Fn(&Fact) -> bool) {
    let speaking: Vec<ObservationId> = observations.iter().filter(|one| speaks(&one.fact)).map(|one| one.id).collect();
    if !speaking.is_empty() {
        scale.lay(term, &[], &speaking);
    }
}
