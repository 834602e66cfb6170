//! Looks at the machine that are under way, and what devices answered last: a glance asks none, and needs to know who they are.
//!
//! A look reads the arrays in its first moment, and is told when its slowest device has answered. What was read of the arrays meanwhile, by a
//! look that began later, is newer, though it was told before: it stands.

use super::schedule::Look;
use crate::machine::Entry;
use crate::machine::capture::{Capture, Head};
use crate::observe::capture::Told;
use crate::probes::md::Array;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Readers of what the kernel knows of itself: what they heard is heard anew each time.
const OF_KERNEL: [&str; 4] = ["topology", "kernel", "md", "carries"];

/// The looks, by the number of the request.
#[derive(Default)]
pub(super) struct Looks {
    running: HashMap<u32, Running>,
    /// How many were begun.
    begun: u64,
    /// Which of them the arrays are known by, of those that were told the one that began last.
    newest: u64,
    /// By reader, what its devices answered last.
    answers: BTreeMap<String, Vec<Entry>>,
    /// How the machine was read last.
    last: Option<Told>,
}

/// A look that is under way.
struct Running {
    look: Look,
    /// The how manieth it is.
    order: u64,
    began: DateTime<Utc>,
    entries: Vec<Entry>,
}

/// A look that has ended.
pub(super) struct Ended {
    pub(super) look: Look,
    pub(super) began: DateTime<Utc>,
    pub(super) told: Option<Told>,
}

impl Looks {
    /// One begins, `now`. Another of its kind that has not ended was given up: what it says yet is not waited for.
    pub(super) fn begin(&mut self, number: u32, look: Look, now: DateTime<Utc>) {
        let kind = std::mem::discriminant(&look);
        self.running.retain(|_, other| std::mem::discriminant(&other.look) != kind);
        let order = self.begin_arrays();
        self.running.insert(number, Running { look, order, began: now, entries: Vec::new() });
    }

    /// One at the arrays that are known begins: the how manieth it is.
    pub(super) const fn begin_arrays(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    pub(super) fn take(&mut self, number: u32, entry: Entry) {
        if let Some(running) = self.running.get_mut(&number) {
            running.entries.push(entry);
        }
    }

    /// A glance has read all of this.
    pub(super) fn glanced(&mut self, number: u32, entries: Vec<Entry>) {
        if let Some(running) = self.running.get_mut(&number) {
            running.entries = entries;
        }
    }

    /// A look has ended `at` that time: which, when it began, and what it told of this host; nothing if it could not even begin.
    pub(super) fn end(&mut self, number: u32, host: &str, at: i64) -> Option<Ended> {
        let Running { look, order, began, entries } = self.running.remove(&number)?;
        if entries.is_empty() {
            return Some(Ended { look, began, told: None });
        }
        let mut capture = Capture::default();
        capture.take(&Head { at, host: host.to_owned(), masked: false }.entry());
        entries.iter().for_each(|entry| capture.take(entry));
        match look {
            Look::Arrays | Look::Glance => self.known(&entries).for_each(|entry| capture.take(entry)),
            Look::All { .. } => self.remember(entries),
        }
        let mut told = Told::of(capture, 0, Some(host)).ok();
        if order < self.newest
            && let (Some(told), Some(last)) = (&mut told, &self.last)
        {
            told.has_arrays(&last.machine.arrays);
        }
        self.newest = self.newest.max(order);
        Some(Ended { look, began, told })
    }

    /// The machine was read so.
    pub(super) fn read(&mut self, told: Told) {
        self.last = Some(told);
    }

    /// How the machine was read last.
    pub(super) const fn last(&self) -> Option<&Told> {
        self.last.as_ref()
    }

    /// The md arrays that are known, as they were read last.
    pub(super) fn arrays(&self) -> &[Array] {
        self.last.as_ref().map_or(&[], |told| &told.machine.arrays)
    }

    /// Whether what the look of that number says of the arrays is news.
    pub(super) const fn is_news(&self, order: u64) -> bool {
        order > self.newest
    }

    /// Arrays were read anew, by the look of that number.
    pub(super) fn arrays_read(&mut self, order: u64, arrays: Vec<Array>) {
        self.newest = order;
        let Some(told) = &mut self.last else { return };
        for read in arrays {
            if let Some(known) = told.machine.arrays.iter_mut().find(|known| known.name == read.name) {
                *known = read;
            }
        }
    }

    /// What devices answered that were not asked now.
    fn known(&self, fresh: &[Entry]) -> impl Iterator<Item = &Entry> {
        let paths = |entry: &Entry| [&entry.file, &entry.list, &entry.link].into_iter().flatten().next().cloned();
        let read: BTreeSet<String> = fresh.iter().filter_map(paths).collect();
        let entries = self.answers.values().flatten();
        entries.filter(move |entry| paths(entry).is_none_or(|path| !read.contains(&path)))
    }

    fn remember(&mut self, entries: Vec<Entry>) {
        self.answers.clear();
        let mut reader = String::new();
        for entry in entries {
            if let Some(name) = &entry.reader {
                reader.clone_from(name);
            }
            // The kernel's log is long, and is heard anew each time.
            if !OF_KERNEL.contains(&reader.as_str()) && entry.kernel.is_none() {
                self.answers.entry(reader.clone()).or_default().push(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Thing;
    use crate::observe::machine::Read;

    /// What a machine of the lab answered.
    fn answers(capture: &str) -> Vec<Entry> {
        let path = format!("{}/fixtures/captures/relapse/{capture}.jsonl.zst", env!("CARGO_MANIFEST_DIR"));
        let lines = zstd::decode_all(std::fs::File::open(path).expect("a fixture")).expect("zstd");
        let lines = String::from_utf8(lines).expect("JSON");
        lines.lines().skip(1).map(|line| serde_json::from_str(line).expect("an entry")).collect()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    fn arrays(told: Option<Told>) -> String {
        let state = |read: &Read| match &read.reading.thing {
            Thing::Array(array) => Some(array.state.code()),
            _ => None,
        };
        told.expect("it told").said.things.iter().filter_map(state).collect()
    }

    /// A drive holds a look up, a member fails meanwhile, and the look tells at last of the time before: it was told REPAIRED, and then a
    /// relapse that never was.
    #[test]
    fn arrays_are_as_the_look_that_began_last_has_them() {
        let (healthy, degraded) = (answers("1-healthy"), answers("3-degraded"));
        let all = Look::All { stagger: 0 };
        let end = |looks: &mut Looks, number: u32, entries: &[Entry]| {
            entries.iter().for_each(|entry| looks.take(number, entry.clone()));
            looks.end(number, "lab", 1_790_000_000).expect("it was begun").told
        };
        // What the kernel knows, that each but the first look is told; `first` is the look that was begun first, and ends last.
        let check = |first: Look, second: Look| {
            let mut looks = Looks::default();
            looks.begin(1, all, at(0));
            let told = end(&mut looks, 1, &healthy);
            looks.read(told.expect("it told"));
            looks.begin(2, first, at(0));
            if second == Look::Arrays {
                let order = looks.begin_arrays();
                let mut other = Looks::default();
                other.begin(9, all, at(0));
                let read = end(&mut other, 9, &degraded).expect("it told").machine.arrays;
                assert!(looks.is_news(order));
                looks.arrays_read(order, read);
            } else {
                looks.begin(3, second, at(0));
                let told = end(&mut looks, 3, &degraded);
                looks.read(told.expect("it told"));
            }
            assert_eq!(arrays(end(&mut looks, 2, &healthy)), "degraded", "{first:?} {second:?}");
            // The next one is news again.
            looks.begin(4, all, at(0));
            assert_eq!(arrays(end(&mut looks, 4, &healthy)), "optimal", "{first:?} {second:?}");
        };
        check(all, Look::Arrays);
        check(all, Look::Glance);
        check(Look::Glance, Look::Arrays);
        // A look at the arrays that hung.
        let mut looks = Looks::default();
        let order = looks.begin_arrays();
        looks.begin(1, Look::Glance, at(0));
        end(&mut looks, 1, &degraded);
        assert!(!looks.is_news(order));
    }

    #[test]
    fn a_look_that_never_ends_is_forgotten_when_the_next_begins() {
        let (mut looks, all) = (Looks::default(), |stagger| Look::All { stagger });
        for number in 0..10 {
            looks.begin(2 * number, Look::Glance, at(i64::from(number)));
            looks.begin(2 * number + 1, all(u64::from(number)), at(i64::from(number)));
        }
        assert_eq!(looks.running.len(), 2);
        assert!(looks.end(0, "db7", 0).is_none(), "what it says at last is of long ago");
        let mut end = |number| looks.end(number, "db7", 100).map(|ended| (ended.look, ended.began));
        // What failed while it was under way was not looked at by it: when it began counts.
        assert_eq!((end(18), end(19)), (Some((Look::Glance, at(9))), Some((all(9), at(9)))));
    }
}
