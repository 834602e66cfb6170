//! How an array of the kernel is by what an output lists of it: the same for /proc/mdstat and for mdadm.

use super::machine::md_level;
use crate::model::{Ailment, ArrayState, Reason, Severity};
use crate::words::number_of;
use arraywatch_parsers::md::Level;
use arraywatch_parsers::md::mirror::{self, Geometry};
use std::collections::BTreeSet;

/// More slots than any metadata has (`super_1_validate` in drivers/md/md.c).
pub(super) const SLOTS_MAX: u32 = 1920;

/// An array that runs, as an output lists it.
#[derive(Debug, Clone, Default)]
pub(super) struct Running<'a> {
    /// Its level.
    pub(super) level: Option<&'a Level>,
    /// How many slots it has.
    pub(super) slots: u32,
    /// The slots whose member is not in sync, as far as is told which.
    pub(super) missing: BTreeSet<u32>,
    /// How many there are at least.
    pub(super) lost: u32,
    /// How it places its data.
    pub(super) geometry: Option<Geometry>,
    /// What the sync thread does.
    pub(super) sync: Sync,
    /// Names of members that md gave up and that nobody took out.
    pub(super) faulty: Vec<String>,
}

/// What the sync thread does that changes anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sync {
    /// Nothing, or it reads only.
    #[default]
    Idle,
    /// Something that writes members, or waits to.
    Writes {
        /// It writes a whole member.
        recovers: bool,
        /// It makes copies or parity equal.
        equalises: bool,
        /// It does not yet.
        waits: bool,
    },
}

impl Running<'_> {
    /// How it is, and in a sentence for people.
    pub(super) fn state(&self) -> (ArrayState, String) {
        let title = match self.level {
            Some(Level::Linear) => "linear array".to_owned(),
            Some(level) => format!("RAID {}", md_level(level)),
            None => "an array of unknown level".to_owned(),
        };
        let all = number_of(u64::from(self.slots), "member", "members");
        let lost = self.lost.max(u32::try_from(self.missing.len()).unwrap_or(u32::MAX));
        let (writes, recovers, equalises) = match self.sync {
            Sync::Idle => (false, false, false),
            Sync::Writes { recovers, equalises, waits } => (!waits, recovers, equalises),
        };
        let loses = self.geometry.as_ref().is_some_and(|geometry| mirror::loses_data(geometry, &self.missing));
        let (state, text) = if loses {
            (ArrayState::Failed, format!("{title} of {all} has lost more than it bears: {lost}"))
        } else if lost > 0 && writes {
            let what = number_of(u64::from(lost), "member", "members");
            (ArrayState::Rebuilding, format!("{title} of {all}: {what} being written anew"))
        } else if lost > 0 {
            (ArrayState::Degraded, format!("{title} of {all} works without {lost} of them"))
        } else if equalises {
            let text = format!("{title} of {all} has all its members, and their copies are being made equal");
            (ArrayState::Rebuilding, text)
        } else if recovers {
            (ArrayState::Rebuilding, format!("{title} of {all} has all its members, and one is being replaced"))
        } else {
            (ArrayState::Optimal, format!("{title} of {all}, all of them at work"))
        };
        let gave_up = match self.faulty.as_slice() {
            [] => String::new(),
            names => format!("; md gave up {} as faulty", names.join(", ")),
        };
        (state, text + &gave_up)
    }

    /// An array that is whole again may still hold on to a member that it gave up: that one failed.
    pub(super) fn given_up(&self) -> Option<Reason> {
        let whole = self.lost == 0 && self.missing.is_empty() && !self.faulty.is_empty();
        whole.then(|| Reason {
            ailment: Ailment::MemberErrors,
            key: "given-up".to_owned(),
            severity: Severity::Warning,
            rising: None,
            level: None,
            text: format!("md gave up {} as faulty, and holds on to what is left of it", self.faulty.join(", ")),
        })
    }
}
