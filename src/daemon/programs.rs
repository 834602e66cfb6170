//! Configured programs: when each is run, and what it printed.

use crate::config::Command;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The programs.
#[derive(Default)]
pub(super) struct Programs {
    next: HashMap<String, Instant>,
    running: HashMap<u32, Run>,
}

/// A run of a program.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// The program's name in the configuration.
    pub(super) name: String,
    /// What it printed.
    pub(super) printed: Vec<u8>,
    /// What went wrong.
    pub(super) failed: Option<String>,
}

impl Programs {
    /// Those that are due. They count as begun; the first runs are spread, so that they do not all ask the same controller at once.
    pub(super) fn due(&mut self, commands: &[Command], now: Instant) -> Vec<String> {
        self.next.retain(|name, _| commands.iter().any(|command| command.name == *name));
        let mut due = Vec::new();
        for (place, command) in (0..).zip(commands) {
            let next = self.next.entry(command.name.clone()).or_insert(now + Duration::from_secs(place * 2));
            let runs = self.running.values().any(|run| run.name == command.name);
            if *next <= now && !runs {
                *next = now + command.every;
                due.push(command.name.clone());
            }
        }
        due
    }

    /// They are to be run at once: something failed.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.next.values_mut().for_each(|next| *next = now.min(*next));
    }

    /// When one is due next.
    pub(super) fn next(&self) -> Option<Instant> {
        let runs = |name: &str| self.running.values().any(|run| run.name == name);
        self.next.iter().filter(|(name, _)| !runs(name)).map(|(_, at)| *at).min()
    }

    pub(super) fn begin(&mut self, number: u32, name: String) {
        self.running.insert(number, Run { name, ..Run::default() });
    }

    pub(super) fn printed(&mut self, number: u32, bytes: &[u8]) {
        if let Some(run) = self.running.get_mut(&number) {
            run.printed.extend_from_slice(bytes);
        }
    }

    /// Something went wrong with it. Whether it was one of these.
    pub(super) fn failed(&mut self, number: u32, why: String) -> bool {
        let run = self.running.get_mut(&number);
        run.map(|run| run.failed = Some(why)).is_some()
    }

    pub(super) fn end(&mut self, number: u32) -> Option<Run> {
        self.running.remove(&number)
    }
}
