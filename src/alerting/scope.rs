//! How much is lost in a case, and what one more failure would do: by what the arrays are made of.

use crate::diagnosis::{Diagnosis, Inventory};
use crate::model::{
    Array, ArrayState, Case, CaseState, Code, DriveState, Fact, Kind, Member, Observation, ObservationId, Subject,
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// How far a case reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope<'a> {
    /// What failed, as far as it is known: bays (drives, where nobody names the bay), each with the drive that sat there.
    pub failed: Vec<(Subject, Option<String>)>,
    /// How many failed: that an array lost a member may be known before which one.
    pub lost: u32,
    /// The arrays that are concerned.
    pub arrays: Vec<&'a Array>,
    /// How many more may fail without loss, in the array that can least afford it; none if that is not known.
    pub left: Option<u32>,
}

/// How far a case reaches by now.
pub fn of<'a>(case: &Case, diagnosis: &'a Diagnosis, by_id: &BTreeMap<ObservationId, &Observation>) -> Scope<'a> {
    let inventory = &diagnosis.inventory;
    let evidence = || case.observations.iter().filter_map(|id| by_id.get(id));
    // Of a relapse, what failed before the repair is in its evidence as well.
    let since = if case.code == Code::Relapse { Some(case.opened.utc) } else { None };
    let own = || evidence().filter(|one| since.is_none_or(|since| one.at.until.unwrap_or(one.at.utc) >= since));
    let fails = |one: &&&Observation| {
        matches!(one.fact, Fact::DriveFailed | Fact::DriveMissing | Fact::FailurePredicted | Fact::PowerCycled { .. })
    };
    let members = own().filter(fails).filter(|one| one.subject.kind() != Kind::Array);
    let mut failed: BTreeMap<Subject, Option<String>> = BTreeMap::new();
    for one in members {
        let bay = place(&one.subject, inventory);
        let serial = one.subject.serial().map(str::to_owned).or_else(|| sat(&bay, one.at.utc, inventory));
        failed.entry(bay).or_insert(serial);
    }
    if matches!(case.subject.kind(), Kind::Drive | Kind::Bay) {
        let bay = place(&case.subject, inventory);
        let serial = sat(&bay, case.opened.utc, inventory);
        failed.entry(bay).or_insert(serial);
    }
    let unnamed = own().filter(|one| one.subject.kind() == Kind::Array && one.fact == Fact::DriveFailed).count();
    // The kernel and mdadm both tell of one member, by one name.
    let names: BTreeSet<&str> = own().filter_map(|one| one.fact.given_up()).collect();
    let arrays: Vec<&Array> = inventory.arrays.values().filter(|array| concerns(array, case, &failed)).collect();
    // What an array says of its members counts as well: a log may tell of none of them, and a first reading finds a place empty.
    if failed.is_empty() && matches!(case.state, CaseState::Open | CaseState::Acknowledged) {
        let own = arrays.iter().filter(|array| array.id == case.subject).flat_map(|array| &array.members);
        let lost = own.filter(|member| matches!(member.state, DriveState::Failed | DriveState::Removed));
        failed.extend(lost.filter_map(|member| Some((member.bay.clone()?, member.serial.clone()))));
    }
    let failed: Vec<(Subject, Option<String>)> = failed.into_iter().collect();
    let of_arrays: u32 = arrays.iter().filter(|array| array.id == case.subject).map(|array| lost(array, &failed)).sum();
    let lost = u32::try_from(failed.len().max(unnamed).max(names.len())).unwrap_or(u32::MAX).max(of_arrays);
    let left = arrays.iter().filter_map(|array| left(array, &failed)).min();
    Scope { failed, lost, arrays, left }
}

/// A drive's bay, so that a failure told by serial number and by bay is one.
fn place(subject: &Subject, inventory: &Inventory) -> Subject {
    let drive = subject.serial().and_then(|serial| inventory.drives.get(serial));
    drive.and_then(|drive| drive.bay.clone()).unwrap_or_else(|| subject.clone())
}

/// The drive that sat in a bay at a time.
fn sat(bay: &Subject, at: DateTime<Utc>, inventory: &Inventory) -> Option<String> {
    let occupants = inventory.bays.get(bay)?.occupants.iter();
    occupants.rev().find(|one| one.first_seen.utc <= at).map(|one| one.serial.clone())
}

fn concerns(array: &Array, case: &Case, failed: &BTreeMap<Subject, Option<String>>) -> bool {
    let is_member = |member: &Member| member.bay.as_ref().is_some_and(|bay| failed.contains_key(bay));
    array.id == case.subject || array.members.iter().any(is_member)
}

/// Bays that are known to have failed, with the drives that sat there.
pub type Failed = [(Subject, Option<String>)];

/// Whether a member of an array does not count: its drive failed or is out, or it failed by the evidence of the case and what is in its
/// place by now is not written yet.
pub fn is_lost(array: &Array, member: &Member, failed: &Failed) -> bool {
    let told = || member.bay.as_ref().is_some_and(|bay| failed.iter().any(|(one, _)| one == bay));
    let whole = matches!(array.state, ArrayState::Optimal | ArrayState::Unknown);
    matches!(member.state, DriveState::Failed | DriveState::Removed) || !whole && told()
}

/// How many members an array is without, as far as it shows; one that is rebuilt is not there yet.
fn lost(array: &Array, failed: &Failed) -> u32 {
    let failed = array.members.iter().filter(|member| is_lost(array, member, failed)).count().max(array.given_up.len());
    let least = match array.state {
        ArrayState::Degraded | ArrayState::Rebuilding | ArrayState::Failed => 1,
        ArrayState::Optimal | ArrayState::Unknown => 0,
    };
    u32::try_from(failed).unwrap_or(u32::MAX).max(least)
}

/// How many more members any of which may fail without loss of data: the worst that can happen counts. None if the level or the members
/// are not known.
pub fn left(array: &Array, failed: &Failed) -> Option<u32> {
    if array.state == ArrayState::Failed {
        return Some(0);
    }
    let lost = lost(array, failed);
    let level = array.level.as_deref()?;
    let members = match u32::try_from(array.members.len()).ok()? {
        // A log that tells which it gave up names no others; where it does not say either how many work on, one is taken to be the last.
        0 if !array.given_up.is_empty() => array.working.unwrap_or(1).saturating_add(lost),
        0 => return None,
        members => members,
    };
    let parity = match level {
        "5" | "50" | "5E" | "5EE" => 1,
        "6" | "60" => 2,
        "0" | "linear" | "JBOD" => 0,
        "1" | "1E" => members.saturating_sub(1),
        level if level.contains("10") || level.contains("1+0") => return Some(mirrors(array, lost, failed)),
        _ => return None,
    };
    Some(parity.saturating_sub(lost))
}

/// Of mirrors: where it is known which hold the same, the set that has the fewest left decides; else the worst is assumed.
fn mirrors(array: &Array, lost: u32, failed: &Failed) -> u32 {
    let mut sets: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for member in &array.members {
        let Some(set) = member.mirror_set else { return 1_u32.saturating_sub(lost) };
        let (all, gone) = sets.entry(set).or_default();
        *all += 1;
        *gone += u32::from(is_lost(array, member, failed));
    }
    let named: u32 = sets.values().map(|(_, gone)| gone).sum();
    // One that nobody names may be of the set that can least afford it.
    let unnamed = lost.saturating_sub(named);
    let left = sets.values().map(|(all, gone)| (all - gone).saturating_sub(1)).min().unwrap_or_default();
    left.saturating_sub(unnamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `members`: a letter each, `+` works, `-` failed; a blank between mirror sets.
    fn array(level: &str, state: ArrayState, members: &str, sets: bool) -> Array {
        let member = |(set, c): (u32, char)| Member {
            serial: None,
            bay: None,
            mirror_set: sets.then_some(set),
            state: if c == '-' { DriveState::Failed } else { DriveState::Healthy },
        };
        let places = (0..).zip(members.split(' ')).flat_map(|(set, of)| of.chars().map(move |c| (set, c)));
        Array {
            id: Subject::within(Kind::Array, "h", "md0"),
            level: Some(level.to_owned()),
            state,
            members: places.map(member).collect(),
            transitions: Vec::new(),
            carries: Vec::new(),
            given_up: Vec::new(),
            working: None,
        }
    }

    #[test]
    fn what_a_log_says_of_an_array_is_at_stake() {
        let check = |level: Option<&str>, names: &[&str], working: Option<u32>, expect: Option<u32>| {
            let heard = Array {
                level: level.map(str::to_owned),
                members: Vec::new(),
                given_up: names.iter().map(|name| (*name).to_owned()).collect(),
                working,
                ..array("1", ArrayState::Degraded, "", false)
            };
            assert_eq!(left(&heard, &[]), expect, "{level:?} without {names:?}, {working:?} left");
        };
        check(Some("1"), &["sdc1"], Some(1), Some(0));
        check(Some("1"), &["sdc1"], Some(2), Some(1));
        check(Some("1"), &["sdc1"], None, Some(0));
        check(Some("10"), &["sdc1"], Some(3), Some(0));
        check(Some("6"), &["sdc1"], Some(3), Some(1));
        // The head of the line says only that it has parity.
        check(None, &["sdc1"], Some(3), None);
        check(Some("1"), &[], None, None);
    }

    #[test]
    fn what_may_fail_yet() {
        use ArrayState::{Degraded, Failed, Optimal, Rebuilding};
        let check = |level: &str, state, members: &str, expect: Option<u32>| {
            assert_eq!(left(&array(level, state, members, true), &[]), expect, "{level} {members}");
        };
        check("1", Optimal, "++", Some(1));
        check("1", Optimal, "+++", Some(2));
        check("1", Degraded, "+-", Some(0));
        check("1", Degraded, "++-", Some(1));
        check("5", Optimal, "+++", Some(1));
        check("5", Degraded, "++-", Some(0));
        check("6", Degraded, "+++-", Some(1));
        check("6", Degraded, "++--", Some(0));
        check("0", Optimal, "++", Some(0));
        check("10", Optimal, "++ ++", Some(1));
        check("10", Degraded, "+- ++", Some(0));
        check("10", Degraded, "++- +++", Some(1));
        // Which one failed is not known; a new one is being written.
        check("10", Degraded, "++ ++", Some(0));
        check("5", Rebuilding, "+++", Some(0));
        check("10", Failed, "++ ++", Some(0));
        check("raidz2", Optimal, "+++", None);
        check("5", Optimal, "", None);
        assert_eq!(left(&array("10", Optimal, "++++", false), &[]), Some(1));
        assert_eq!(left(&array("10", Degraded, "++++", false), &[]), Some(0));
    }
}
