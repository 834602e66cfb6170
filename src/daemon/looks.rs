//! Looks at the machine that are under way, and what devices answered last: a glance asks none, and needs to know who they are.

use super::schedule::Look;
use crate::machine::Entry;
use crate::machine::capture::{Capture, Head};
use crate::observe::capture::Told;
use crate::probes::md::Array;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Readers of what the kernel knows of itself: what they heard is heard anew each time.
const OF_KERNEL: [&str; 4] = ["topology", "kernel", "md", "carries"];

/// The looks, by the number of the request.
#[derive(Default)]
pub(super) struct Looks {
    running: HashMap<u32, (Look, Vec<Entry>)>,
    /// By reader, what its devices answered last.
    answers: BTreeMap<String, Vec<Entry>>,
    /// How the machine was read last.
    last: Option<Told>,
}

impl Looks {
    /// One begins. Another of its kind that has not ended was given up: what it says yet is not waited for.
    pub(super) fn begin(&mut self, number: u32, look: Look) {
        let kind = std::mem::discriminant(&look);
        self.running.retain(|_, (other, _)| std::mem::discriminant(other) != kind);
        self.running.insert(number, (look, Vec::new()));
    }

    pub(super) fn take(&mut self, number: u32, entry: Entry) {
        if let Some((_, entries)) = self.running.get_mut(&number) {
            entries.push(entry);
        }
    }

    /// A glance has read all of this.
    pub(super) fn glanced(&mut self, number: u32, entries: Vec<Entry>) {
        if let Some((_, known)) = self.running.get_mut(&number) {
            *known = entries;
        }
    }

    /// A look has ended: which, and what it told of this host at that time; nothing if it could not even begin.
    pub(super) fn end(&mut self, number: u32, host: &str, at: i64) -> Option<(Look, Option<Told>)> {
        let (look, entries) = self.running.remove(&number)?;
        if entries.is_empty() {
            return Some((look, None));
        }
        let mut capture = Capture::default();
        capture.take(&Head { at, host: host.to_owned(), masked: false }.entry());
        entries.iter().for_each(|entry| capture.take(entry));
        match look {
            Look::Arrays | Look::Glance => self.known(&entries).for_each(|entry| capture.take(entry)),
            Look::All { .. } => self.remember(entries),
        }
        Some((look, Told::of(capture, 0, Some(host)).ok()))
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

    /// Arrays were read anew.
    pub(super) fn arrays_read(&mut self, arrays: Vec<Array>) {
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

    #[test]
    fn a_look_that_never_ends_is_forgotten_when_the_next_begins() {
        let (mut looks, all) = (Looks::default(), |stagger| Look::All { stagger });
        for number in 0..10 {
            looks.begin(2 * number, Look::Glance);
            looks.begin(2 * number + 1, all(u64::from(number)));
        }
        assert_eq!(looks.running.len(), 2);
        assert!(looks.end(0, "db7", 0).is_none(), "what it says at last is of long ago");
        assert_eq!(looks.end(18, "db7", 0).map(|(look, _)| look), Some(Look::Glance));
        assert_eq!(looks.end(19, "db7", 0).map(|(look, _)| look), Some(all(9)));
    }
}
