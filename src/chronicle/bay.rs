//! A bay's history: which drives sat there, and what happened in that place, whichever drive it happened to.

use super::stay::{self, Stay};
use super::{Course, Ground};
use crate::diagnosis::about;
use crate::model::{Fact, Observation, Subject};
use std::collections::BTreeSet;

/// A bay's history.
#[derive(Debug, Clone, PartialEq)]
pub struct BayHistory<'a> {
    /// Which.
    pub bay: Subject,
    /// The printed label.
    pub label: Option<&'a str>,
    /// Who sat there, in order.
    pub stays: Vec<Stay>,
    /// Drives that failed there: what points to the place, and not to the drives.
    pub lost: Vec<String>,
    /// How often a drive failed there, which one it was known or not.
    pub failures: usize,
    /// What happened.
    pub course: Course<'a>,
}

/// The history of a bay.
pub fn bay<'a>(ground: &Ground<'a>, bay: &Subject) -> BayHistory<'a> {
    let stays = stay::in_bay(ground, bay);
    let own: Vec<&Observation> = about(ground.observations, bay);
    let failures = own.iter().filter(|one| one.fact == Fact::DriveFailed);
    let failed: BTreeSet<(&Subject, i64)> = failures.map(|one| (&one.subject, one.at.utc.timestamp())).collect();
    let mut lost: Vec<String> = Vec::new();
    for stay in stays.iter().filter(|stay| stay.failed.is_some()) {
        if !lost.contains(&stay.serial) {
            lost.push(stay.serial.clone());
        }
    }
    let arrays = ground.diagnosis.inventory.arrays.values().filter(|array| super::drive::is_member(array, bay));
    let subjects: Vec<Subject> = std::iter::once(bay.clone()).chain(arrays.map(|array| array.id.clone())).collect();
    BayHistory {
        bay: bay.clone(),
        label: ground.diagnosis.inventory.bays.get(bay).and_then(|bay| bay.label.as_deref()),
        lost,
        failures: failed.len(),
        stays,
        course: Course::new(ground, &own, &[], &subjects),
    }
}
