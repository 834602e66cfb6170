//! A drive's history: where it sat and when, what happened, what became of it.

use super::stay::{self, Stay};
use super::{Course, Ground, Measured};
use crate::diagnosis::{Conflict, Diagnosis, about, of_arrays};
use crate::keep::Asked;
use crate::model::{Drive, Observation, Sample, Subject};
use chrono::{DateTime, Utc};

/// A drive's history.
#[derive(Debug, Clone, PartialEq)]
pub struct DriveHistory<'a> {
    /// Its serial number.
    pub serial: String,
    /// What is known of it; none if it is named and was never listed.
    pub drive: Option<&'a Drive>,
    /// Where it sat, in order.
    pub stays: Vec<Stay>,
    /// Where else its serial number was at the same time.
    pub conflicts: Vec<Conflict>,
    /// What was measured of it, if it was read.
    pub measured: Option<Measured>,
    /// What happened.
    pub course: Course<'a>,
}

/// What is to be asked of the history about a drive: itself, and its bays while it sat there.
pub fn asked(diagnosis: &Diagnosis, serial: &str) -> Vec<Asked> {
    let mut asked = vec![(Subject::drive(serial), DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC)];
    for bay in diagnosis.inventory.bays.values() {
        for (index, _) in bay.occupants.iter().enumerate().filter(|(_, one)| one.serial == serial) {
            let from = bay.occupants.get(index).map_or(DateTime::<Utc>::MIN_UTC, |one| one.first_seen.utc);
            let to = bay.occupants.get(index + 1).map_or(DateTime::<Utc>::MAX_UTC, |next| next.first_seen.utc);
            asked.push((bay.id.clone(), from, to));
        }
    }
    asked
}

/// The history of a drive. `listed` has every report of it, where stays overlap that are no conflict.
pub fn drive<'a>(
    ground: &Ground<'a>,
    serial: &str,
    conflicts: Vec<Conflict>,
    listed: &[(DateTime<Utc>, Subject)],
    samples: &[Sample],
) -> DriveHistory<'a> {
    let whole = stay::of_drive(ground, serial);
    let stays = if listed.is_empty() { whole } else { stay::split(&whole, listed) };
    let own = about(ground.observations, &Subject::drive(serial));
    let mut related: Vec<&Observation> = Vec::new();
    let mut subjects = vec![Subject::drive(serial)];
    for stay in &stays {
        let to = stay.end.at.as_ref().map_or(ground.now, |at| at.utc);
        let arrays = ground.diagnosis.inventory.arrays.values();
        let of = |array: &Subject| arrays.clone().any(|one| one.id == *array && is_member(one, &stay.bay));
        related.extend(of_arrays(ground.observations, of, stay.first.utc, to));
    }
    if let Some(last) = stays.last() {
        subjects.push(last.bay.clone());
        let arrays = ground.diagnosis.inventory.arrays.values().filter(|array| is_member(array, &last.bay));
        subjects.extend(arrays.map(|array| array.id.clone()));
    }
    DriveHistory {
        serial: serial.to_owned(),
        drive: ground.diagnosis.inventory.drives.get(serial),
        stays,
        conflicts,
        measured: Measured::of(samples),
        course: Course::new(ground, &own, &related, &subjects),
    }
}

/// Whether a bay belongs to an array: one of its members, or of the controller that an array without a number stands for.
pub(super) fn is_member(array: &crate::model::Array, bay: &Subject) -> bool {
    let listed = array.members.iter().any(|member| member.bay.as_ref() == Some(bay));
    listed || array.members.is_empty() && array.id.holds(bay)
}
