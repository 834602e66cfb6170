//! Thinking: when it is thought about what all that is known comes to, and what then is said.

use super::{Core, LEAVE};
use crate::daemon::lines::{Notice, notify};
use crate::daemon::speaking::Thought;
use crate::diagnosis::{Diagnosis, diagnose, once};
use crate::keep::clock;
use crate::model::{CaseState, Observation, Severity};
use chrono::Utc;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// That time passed is thought about each so often.
const CLOCK: Duration = Duration::from_secs(60);

/// While there is news without end, a diagnosis waits for so many times as long as the last one took: thinking takes no more than a
/// seventeenth of the time. What comes after a pause is thought about at once, and waits double with each that follows.
const THINKING: u32 = 16;

/// A pause without news of so long is one.
const PAUSE: Duration = Duration::from_secs(2);

impl Core {
    /// When it is to be thought about what all comes to.
    pub(super) fn thinks_at(&self) -> Option<Instant> {
        let Some((last, took)) = self.thought else { return self.is_loaded.then_some(self.began) };
        if self.is_news {
            return Some(last + took * self.waits);
        }
        let decides = self.speaking.decides_in(Utc::now()).unwrap_or(CLOCK).max(Duration::from_secs(1));
        Some(last + CLOCK.min(decides))
    }

    /// What all that is known comes to, and what is to be said of it.
    pub(super) fn think(&mut self) {
        let began = Instant::now();
        self.is_news = false;
        // A reading may be told as of the second that comes.
        let now = self.read_last.map_or(Utc::now(), |read| read.max(Utc::now()));
        let mut observations = self.known.observations();
        let hosts = self.known.hosts();
        observations.extend(hosts.iter().map(|host| clock(host, now)));
        let observations: Vec<Observation> = once(&observations).into_iter().cloned().collect();
        let diagnosis = diagnose(&observations);
        let thought = Thought { diagnosis, observations, hosts };
        if self.is_worse(&thought.diagnosis) {
            self.schedule.failed(self.began.elapsed());
            self.programs.hurry(&self.config.command, Instant::now());
        }
        if self.speaking.think(&thought, now, &self.config.tell) {
            self.leaves = Some(Instant::now() + LEAVE);
        }
        self.store();
        self.speaking.plan(&thought, now, &self.config.tell);
        self.tell_status(&thought.diagnosis);
        let is_after_pause = self.thought.is_none_or(|(last, _)| last + PAUSE < began);
        self.waits = if is_after_pause { 0 } else { (self.waits * 2).clamp(1, THINKING) };
        self.thought = Some((Instant::now(), began.elapsed()));
        self.is_untidy = true;
    }

    /// Whether a case of this host is new, or graver than it was: then all that is near is looked at, while it is fresh.
    fn is_worse(&mut self, diagnosis: &Diagnosis) -> bool {
        let lasts = diagnosis.cases_of(&self.host);
        let lasts = lasts.filter(|case| matches!(case.state, CaseState::Open | CaseState::Acknowledged));
        let lasting: BTreeMap<String, Severity> = lasts.map(|case| (case.id.clone(), case.severity)).collect();
        let before = std::mem::replace(&mut self.lasting, lasting);
        // What lasted when the daemon began is looked at by its first reading.
        self.thought.is_some()
            && self.lasting.iter().any(|(id, severity)| before.get(id).is_none_or(|before| before < severity))
    }

    fn tell_status(&mut self, diagnosis: &Diagnosis) {
        let lasts = diagnosis.cases.iter().filter(|case| case.state != CaseState::Closed).count();
        let status = format!(
            "{}; {} arrays, {} drives, {lasts} cases; {} messages wait{}",
            diagnosis.verdict.code(),
            diagnosis.inventory.arrays.len(),
            diagnosis.inventory.sitting().count(),
            self.speaking.waiting(),
            self.keeping.trouble().map(|why| format!("; {why}")).unwrap_or_default()
        );
        if self.status != status {
            notify(Notice::Status(status.clone()));
            if self.status.is_empty() {
                notify(Notice::Is(sd_notify::NotifyState::Ready));
            }
            self.status = status;
        }
    }
}
