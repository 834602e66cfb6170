//! The same serial number in two places at once. One drive cannot sit in two bays: a serial number was read wrongly or damaged, two
//! drives bear the same, or one log is taken for that of another host. Whichever it is, what is said of "the drive" is then said of
//! two, and people must know.
//!
//! A stay is told by its first and last report, and a drive that went elsewhere and came back to an empty bay has one stay there
//! that spans the other. So stays that overlap are a suspicion; whether both places list the drive in turns decides.

use super::inventory::Inventory;
use crate::model::{Occupant, Subject};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// A report takes no longer: a drive that is moved while it is written stands in it twice.
const REPORT: TimeDelta = TimeDelta::seconds(60);

/// How often at least the places must take turns. Once is a move, and so is there and back if it takes longer than a report's period.
const TURNS_MIN: usize = 2;

/// A serial number that was listed in two bays at overlapping times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The serial number.
    pub serial: String,
    /// The two places, in the order of their names.
    pub bays: [Subject; 2],
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
}

/// Stays of one serial number that overlap by more than a report: of all drives, or of one.
pub fn overlapping(inventory: &Inventory, serial: Option<&str>) -> Vec<Conflict> {
    let mut stays: BTreeMap<&str, Vec<(&Subject, &Occupant)>> = BTreeMap::new();
    for (bay, occupant) in inventory.bays.iter().flat_map(|(id, bay)| bay.occupants.iter().map(move |one| (id, one))) {
        if serial.is_none_or(|serial| serial == occupant.serial) {
            stays.entry(&occupant.serial).or_default().push((bay, occupant));
        }
    }
    let mut found = Vec::new();
    for (serial, stays) in stays {
        for (index, (bay, one)) in stays.iter().enumerate() {
            for (other_bay, other) in stays.iter().skip(index + 1).filter(|(other, _)| other != bay) {
                let from = one.first_seen.utc.max(other.first_seen.utc);
                let to = one.last_seen.utc.min(other.last_seen.utc);
                if to - from > REPORT {
                    let bays = [(*bay).clone(), (*other_bay).clone()];
                    found.push(Conflict { serial: serial.to_owned(), bays, from, to });
                }
            }
        }
    }
    found
}

impl Conflict {
    /// Whether the two places listed the drive in turns, by all their reports of it in order of time: if the one listed it, then the
    /// other, then the one again, and so as often as the place that has fewer reports has them.
    pub fn holds(&self, listed: &[(DateTime<Utc>, Subject)]) -> bool {
        let meanwhile = |at: DateTime<Utc>| at >= self.from - REPORT && at <= self.to + REPORT;
        let places: Vec<usize> = listed
            .iter()
            .filter(|(at, _)| meanwhile(*at))
            .filter_map(|(_, bay)| self.bays.iter().position(|one| one == bay))
            .collect();
        let turns = places.windows(2).filter(|pair| pair.first() != pair.last()).count();
        let fewer = places.iter().sum::<usize>().min(places.iter().filter(|place| **place == 0).count());
        turns >= TURNS_MIN && turns >= fewer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bay, When};
    use proptest::prelude::*;

    const DAY: i64 = 86_400;

    fn time(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_380_000_000 + seconds, 0).expect("a time")
    }

    fn bay(slot: char) -> Subject {
        format!("bay:engine/c1/e0/s{slot}").parse().expect("a bay")
    }

    /// An inventory of one drive that was listed there and then, a stay a bay.
    fn inventory(listed: &[(DateTime<Utc>, Subject)]) -> Inventory {
        let mut inventory = Inventory::default();
        for (at, bay) in listed {
            let stays = &mut inventory
                .bays
                .entry(bay.clone())
                .or_insert_with(|| Bay { id: bay.clone(), label: None, occupants: Vec::new() })
                .occupants;
            match stays.last_mut() {
                Some(stay) => (stay.last_seen, stay.reports) = (When::exactly(*at), stay.reports + 1),
                None => stays.push(Occupant {
                    serial: "S".to_owned(),
                    first_seen: When::exactly(*at),
                    last_seen: When::exactly(*at),
                    reports: 1,
                }),
            }
        }
        inventory
    }

    fn conflicts(listed: &[(DateTime<Utc>, Subject)]) -> Vec<Conflict> {
        overlapping(&inventory(listed), None).into_iter().filter(|conflict| conflict.holds(listed)).collect()
    }

    /// A letter a report: the places that list the drive that day, in that order; a dot for none.
    fn check(days: &str, conflict: bool) {
        let listed: Vec<_> = days
            .split(' ')
            .zip(0..)
            .flat_map(|(day, number)| day.chars().zip(0..).map(move |(slot, second)| (number * DAY + second, slot)))
            .filter(|(_, slot)| *slot != '.')
            .map(|(at, slot)| (time(at), bay(slot)))
            .collect();
        assert_eq!(!conflicts(&listed).is_empty(), conflict, "{days}");
    }

    #[test]
    fn moves_and_conflicts() {
        check("a a a", false);
        check("a a b b", false);
        check("a ab b b", false);
        check("a a b b a a", false);
        check("a a b a a", false);
        check("a a a b b b a a a b b b", false);
        check("a . b . a", false);
        check("ab ab", true);
        check("ab ba ab", true);
        check("a ab ab a", true);
        check("a a a a ab ab ab", true);
        check("a b a b a b", true);
        check("abc abc", true);
    }

    #[test]
    fn two_hosts_with_rhythms_of_their_own() {
        let hourly = (0..240).map(|hour| (time(hour * 3_600), bay('a')));
        let daily = (2..8).map(|day| (time(day * DAY + 1_800), bay('b')));
        let mut listed: Vec<_> = hourly.chain(daily).collect();
        listed.sort();
        let found = conflicts(&listed);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].to), (time(2 * DAY + 1_800), time(7 * DAY + 1_800)));
    }

    proptest! {
        /// A drive that is only ever in one place at a time, for at least three reports each, is never a conflict.
        #[test]
        fn moves_are_no_conflict(stays in proptest::collection::vec((0usize..3, 3i64..9), 1..12)) {
            let mut day = 0;
            let mut listed = Vec::new();
            for (slot, days) in stays {
                for _ in 0..days {
                    listed.push((time(day * DAY), bay(['a', 'b', 'c'][slot])));
                    day += 1;
                }
            }
            prop_assert_eq!(conflicts(&listed), []);
        }
    }
}
