//! What changed of an array from one reading to the next: its layout, its state, its members.

use super::Source;
use crate::model::{
    ArrayRead, ArrayState, Fact, Kind, Layout, LayoutMember, MemberRead, Observation, ObservationId, Role, Severity,
    Subject, When,
};
use crate::words::clean;

/// What changed of an array, or all of it if it was not known.
pub(super) fn changes(
    subject: &Subject,
    before: Option<&ArrayRead>,
    now: &ArrayRead,
    text: &str,
    at: &When,
    source: &Source,
) -> Vec<Observation> {
    let observation = |made: &str, subject: &Subject, fact: Fact, severity: Severity, text: String| Observation {
        id: ObservationId::made(&format!("{made} {subject}"), source.id),
        at: at.clone(),
        subject: subject.clone(),
        fact,
        severity,
        evidence: Some(source.evidence.clone()),
        text,
    };
    let mut changed = Vec::new();
    let layout = layout(subject, now);
    if before.map(|before| self::layout(subject, before)).as_ref() != Some(&layout) {
        let text = format!("RAID {} of {} drives", layout.level.as_deref().unwrap_or("?"), layout.members.len());
        changed.push(observation("layout", subject, Fact::Layout(layout), Severity::Info, clean(&text)));
    }
    let given_up = |serial: &Option<String>| {
        serial.is_some() && now.members.iter().any(|member| member.role == Role::Failed && member.serial == *serial)
    };
    for member in &now.members {
        let was = before.and_then(|before| before.members.iter().find(|was| is_same_place(was, member)));
        // That its place is empty says nothing more of a drive that was given up.
        let told = member.role == Role::Missing && was.is_some_and(|was| given_up(&was.serial));
        changed.extend(
            lost(subject, was.filter(|_| !told), member)
                .map(|(drive, text)| observation("lost", &drive, Fact::DriveFailed, Severity::Critical, text)),
        );
        if let Some((old, new)) = taken_over(was, member) {
            let text = format!("{} takes the place of {}", clean(new), clean(old));
            let fact = Fact::DriveReplaced { old: Some(old.to_owned()), new: Some(new.to_owned()) };
            changed.push(observation(&format!("taken over {new}"), subject, fact, Severity::Info, text));
        }
    }
    if before.is_none_or(|before| before.state != now.state) {
        let severity = match now.state {
            ArrayState::Optimal => Severity::Info,
            ArrayState::Rebuilding | ArrayState::Unknown => Severity::Warning,
            ArrayState::Degraded | ArrayState::Failed => Severity::Critical,
        };
        changed.push(observation("state", subject, Fact::State(now.state), severity, text.to_owned()));
    }
    changed
}

/// A place that is empty is the bay that its member sat in, and what was read of a member counts on when its device is gone: md
/// holds on to the name until the member is taken out. A drive that is read under another name is not that member.
pub(super) fn keep_places(before: &ArrayRead, now: &mut ArrayRead) {
    let read: Vec<String> = now.members.iter().filter_map(|member| member.serial.clone()).collect();
    for member in now.members.iter_mut().filter(|member| member.bay.is_none()) {
        let same_name = |was: &&MemberRead| member.name.is_some() && was.name == member.name;
        let was = match member.slot {
            Some(_) => before.members.iter().find(|was| was.slot == member.slot),
            None => before.members.iter().find(same_name),
        };
        let Some(was) = was else { continue };
        let named = member.name.is_none() || same_name(&was);
        let serial = was.serial.as_ref().filter(|serial| named && !read.contains(serial));
        member.serial = member.serial.take().or(serial.cloned());
        if member.slot.is_some() {
            member.mirror_set = member.mirror_set.or(was.mirror_set);
        }
        if member.slot.is_some() || serial.is_some() {
            member.bay = was.bay.clone();
        }
    }
}

/// A member without a place is known by its drive.
fn is_same_place(was: &MemberRead, member: &MemberRead) -> bool {
    match (was.slot, member.slot) {
        (Some(was), Some(now)) => was == now,
        (_, None) => was.serial.is_some() && was.serial == member.serial,
        (None, Some(_)) => false,
    }
}

/// The drive that an array lost, if it did: one that it gave up or whose device is gone, or one that worked and has left its place
/// empty.
fn lost(array: &Subject, was: Option<&MemberRead>, member: &MemberRead) -> Option<(Subject, String)> {
    let before = was.map(|was| was.role);
    let works = |role: Option<Role>| matches!(role, Some(Role::Active | Role::Rebuilding));
    let (drive, what) = match member.role {
        // Of one whose device was gone, that was told.
        Role::Failed if !matches!(before, Some(Role::Failed | Role::Gone)) => (member, "gave it up as faulty"),
        Role::Gone if before != Some(Role::Gone) => (member, "counts on it, and its device is gone"),
        Role::Missing if works(before) => (was?, "works without it"),
        _ => return None,
    };
    let subject = match &drive.serial {
        Some(serial) => Subject::drive(serial),
        None => place_of(array, drive)?,
    };
    let name = drive.name.as_deref().map(|name| format!(" ({})", clean(name))).unwrap_or_default();
    Some((subject, format!("{} {what}{name}", array.path())))
}

/// Another drive, in another bay, is in the place of one before.
fn taken_over<'a>(was: Option<&'a MemberRead>, member: &'a MemberRead) -> Option<(&'a str, &'a str)> {
    let was = was.filter(|was| was.bay != member.bay)?;
    let works = matches!(member.role, Role::Active | Role::Rebuilding);
    let (old, new) = (was.serial.as_deref()?, member.serial.as_deref()?);
    (works && old != new).then_some((old, new))
}

/// The bay of a member; of one whose device is gone, and whose bay nobody read before, its place in the array.
fn place_of(array: &Subject, member: &MemberRead) -> Option<Subject> {
    let slot = || {
        let path = format!("{}/slot{}", array.path(), member.slot?);
        Some(Subject::within(Kind::Bay, array.host_name()?, &path))
    };
    member.bay.clone().or_else(slot)
}

/// Places without a bay cannot be told of in a layout: their drive is not known.
fn layout(subject: &Subject, array: &ArrayRead) -> Layout {
    let is_place = |member: &&MemberRead| !matches!(member.role, Role::Spare | Role::Failed) || member.slot.is_some();
    let place = |member: &MemberRead| {
        Some(LayoutMember {
            bay: place_of(subject, member)?,
            mirror_set: member.mirror_set,
            // Of one that has left a bay the drive is told to be lost.
            empty: member.role == Role::Missing && member.bay.is_none(),
        })
    };
    let members = array.members.iter().filter(is_place).filter_map(place).collect();
    Layout { level: array.level.clone(), members, carries: array.carries.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Evidence;
    use chrono::DateTime;
    use std::sync::Arc;

    /// Members, a word each: slot or `-`, name, role; `=` and the serial number, which is also the bay's name.
    fn array(text: &str) -> ArrayRead {
        let member = |text: &str| {
            let (head, serial) = text.split_once('=').map_or((text, None), |(head, serial)| (head, Some(serial)));
            let words: Vec<&str> = head.split(':').collect();
            let word = |index: usize| words.get(index).copied().unwrap_or_default();
            MemberRead {
                slot: word(0).parse().ok(),
                bay: serial.map(|serial| Subject::within(Kind::Bay, "h", &serial.to_lowercase())),
                serial: serial.map(str::to_owned),
                name: Some(word(1).to_owned()).filter(|name| !name.is_empty()),
                mirror_set: None,
                role: Role::ALL.into_iter().find(|role| role.code() == word(2)).unwrap_or(Role::Active),
            }
        };
        let members = text.split_whitespace().map(member).collect();
        ArrayRead { state: ArrayState::Optimal, level: Some("1".to_owned()), members, carries: Vec::new() }
    }

    /// What each reading tells that the one before did not.
    #[test]
    fn what_became_of_members() {
        let check = |readings: &[&str], expect: &[&str]| {
            let source =
                Source { id: ObservationId(1), evidence: Evidence { source: Arc::from("x"), start: 0, end: 1 } };
            let (subject, at) = (Subject::within(Kind::Array, "h", "md0"), When::exactly(DateTime::default()));
            let mut before: Option<ArrayRead> = None;
            let mut told = Vec::new();
            for reading in readings {
                let mut now = array(reading);
                before.iter().for_each(|before| keep_places(before, &mut now));
                let of_first = before.is_none();
                for one in changes(&subject, before.as_ref(), &now, "", &at, &source) {
                    if !of_first {
                        told.push(format!("{} {} {}", one.subject, one.fact.code(), one.text).trim().to_owned());
                    }
                }
                before = Some(now);
            }
            assert_eq!(told, expect, "{readings:?}");
        };
        // Given up; then taken out, and another put in.
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sda:active=A 1::missing -:sdb:failed=B", "0:sda:active=A 1::missing"],
            &["drive:B drive-failed md0 gave it up as faulty (sdb)"],
        );
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sda:active=A 1::missing", "0:sda:active=A 1:sdc:rebuilding=C"],
            &[
                "drive:B drive-failed md0 works without it (sdb)",
                "array:h/md0 array-layout RAID 1 of 2 drives",
                "array:h/md0 drive-replaced C takes the place of B",
            ],
        );
        // Its device is gone, then md notices, and a spare takes its place.
        check(
            &[
                "0:sda:active=A 1:sdb:active=B -:sdc:spare=C",
                "0:sda:active=A 1:sdb:gone -:sdc:spare=C",
                "0:sda:active=A 1:sdc:rebuilding=C -:sdb:failed",
            ],
            &[
                "drive:B drive-failed md0 counts on it, and its device is gone (sdb)",
                "array:h/md0 array-layout RAID 1 of 2 drives",
                "array:h/md0 drive-replaced C takes the place of B",
            ],
        );
        // md noticed at once.
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sda:active=A 1::missing -:sdb:failed"],
            &["drive:B drive-failed md0 gave it up as faulty (sdb)"],
        );
        // The names changed since: nobody is blamed for another.
        check(
            &["0:sda:active=A 1:sdb:active=B", "0:sdb:active=A 1::missing -:sda:failed"],
            &["drive:B drive-failed md0 works without it (sdb)"],
        );
    }
}
