//! What was told so far: made from the stored alerts alone, one after the other.

use super::message::{Kind, UNCOUNTED};
use super::outbox::Alert;
use super::standing::{Standing, Stood};
use crate::history::outbox as rows;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// What was told, by thread.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub(super) threads: BTreeMap<String, Thread>,
    /// The place of what is said first in a thread.
    first: u32,
}

/// What was told in a thread.
#[derive(Debug, Clone)]
pub(super) struct Thread {
    /// Of which host its first message was.
    pub(super) host: String,
    /// When it began.
    pub(super) first_at: DateTime<Utc>,
    /// When something was said in it last.
    pub(super) last_at: DateTime<Utc>,
    /// When something happened in it last: that it was told, that it got worse.
    pub(super) news_at: DateTime<Utc>,
    /// What was said last, reminders aside.
    pub(super) last: Kind,
    /// The place of what is said next.
    pub(super) next: u32,
    /// Reminders since the last news.
    pub(super) reminders: usize,
    /// How often there was news after the first.
    pub(super) news: u32,
    /// Whether it lists many.
    pub(super) storm: bool,
    /// How the cases stood when they were told of last, by id.
    pub(super) stood: BTreeMap<String, Stood>,
}

impl Thread {
    /// Whether it was told that all of it is over.
    pub(super) fn is_over(&self) -> bool {
        self.last == Kind::Resolved
    }
}

impl Book {
    /// From what the history holds.
    pub fn load(alerts: &[rows::Alert]) -> Self {
        let read = |alert: &'_ rows::Alert| {
            let kind = Kind::ALL.into_iter().find(|kind| kind.code() == alert.kind)?;
            // What cannot be read says nothing of a case: it will be told again rather than not at all.
            Some((kind, serde_json::from_str::<Standing>(&alert.standing).ok()?))
        };
        let mut told: Vec<_> = alerts.iter().filter_map(|alert| Some((alert, read(alert)?))).collect();
        // One whose number another had bears a later one than those behind it.
        told.sort_by_key(|(_, (_, standing))| standing.place);
        let mut book = Self::default();
        for (alert, (kind, standing)) in told {
            book.enter(&alert.thread, kind, alert.at, &standing);
        }
        book
    }

    /// Where it is not known what was said before: nothing of this is at a place that it may have had.
    pub fn unknown(now: DateTime<Utc>) -> Self {
        // In range until 2106. A clock that says 1970 knows nothing.
        let first = u32::try_from(now.timestamp()).unwrap_or(UNCOUNTED).max(UNCOUNTED);
        Self { first, ..Self::default() }
    }

    /// The place of what is said next in a thread.
    pub(super) fn place(&self, thread: &str) -> u32 {
        self.threads.get(thread).map_or(self.first, |thread| thread.next)
    }

    /// What is told now.
    pub fn take(&mut self, alert: &Alert) {
        self.enter(&alert.message.thread, alert.message.kind, alert.message.at, &alert.standing);
    }

    /// What was told without knowing this came after it.
    pub fn go_on(&mut self, said: Self) {
        for (name, mut thread) in said.threads {
            if let Some(before) = self.threads.get(&name) {
                (thread.first_at, thread.host) = (before.first_at, before.host.clone());
                thread.next = thread.next.max(before.next);
                thread.news = thread.news.max(before.news);
            }
            self.threads.insert(name, thread);
        }
    }

    fn enter(&mut self, thread: &str, kind: Kind, at: DateTime<Utc>, standing: &Standing) {
        if standing.cases.is_empty() {
            return;
        }
        let known = self.threads.entry(thread.to_owned()).or_insert_with(|| Thread {
            host: standing.host.clone(),
            first_at: at,
            last_at: at,
            news_at: at,
            last: kind,
            next: 0,
            reminders: 0,
            news: 0,
            storm: kind == Kind::Storm,
            stood: BTreeMap::new(),
        });
        known.last_at = at;
        known.next = known.next.max(standing.place.saturating_add(1));
        match kind {
            Kind::Reminder => known.reminders += 1,
            _ if kind.is_news() => (known.news_at, known.reminders, known.last) = (at, 0, kind),
            _ => known.last = kind,
        }
        known.reminders = known.reminders.max(standing.reminders);
        known.news = known.news.max(standing.news);
        if !known.storm {
            // One case, whose id may have become another.
            known.stood.clear();
        }
        for stood in &standing.cases {
            known.stood.insert(stood.case.clone(), stood.clone());
        }
    }
}
