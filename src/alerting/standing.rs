//! What was so when something was said: it is kept with the alert, and what comes later is compared with it. That a counter ticked
//! is not in it, so that a counter that ticks is no news.

use super::{compose, scope};
use crate::diagnosis::Diagnosis;
use crate::model::{Case, CaseState, Observation, ObservationId, Severity, Subject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Observations by which a case is known again whose id became another.
const EVIDENCE_KEPT: usize = 12;

/// What was so when an alert was said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The place of the message in its thread.
    pub place: u32,
    /// Of which host the first message of the thread was.
    pub host: String,
    /// Reminders since the last news, up to this message. Counted here, as what it is counted from may be deleted.
    #[serde(default)]
    pub reminders: usize,
    /// Of which news of the thread the message is, from 0 on.
    #[serde(default)]
    pub news: u32,
    /// Of each case that it tells of.
    pub cases: Vec<Stood>,
}

/// How a case stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// Its id.
    pub case: String,
    /// Its code, as a word.
    pub code: String,
    /// What it is about.
    pub subject: Subject,
    /// The host that it was of, where it was known: a drive's name does not say it.
    #[serde(default)]
    pub host: Option<String>,
    /// Since when.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub opened: DateTime<Utc>,
    /// How bad.
    pub severity: Severity,
    /// Where it stood.
    pub state: CaseState,
    /// What it rested on, the first of it.
    pub evidence: Vec<ObservationId>,
    /// How many members, drives or arrays had failed.
    pub lost: u32,
    /// How many more could have failed without loss, if that was known.
    pub left: Option<u32>,
    /// The first suspect: its word and, after a blank, which one, if that was known.
    pub suspect: Option<String>,
    /// How probable that was, in percent.
    #[serde(default)]
    pub percent: u8,
    /// A hash of what was said of causes and of what to do; none in what was stored by a version that did not write it.
    #[serde(default)]
    pub verdict: Option<u64>,
    /// Whether what was seen when all around it was looked at has been said.
    #[serde(default)]
    pub looked: bool,
}

impl Stood {
    /// How a case stands.
    pub fn of(case: &Case, diagnosis: &Diagnosis, by_id: &BTreeMap<ObservationId, &Observation>) -> Self {
        let scope = scope::of(case, diagnosis, by_id);
        Self {
            case: case.id.clone(),
            code: case.code.code().to_owned(),
            subject: case.subject.clone(),
            host: diagnosis.host_of(&case.subject).map(str::to_owned),
            opened: case.opened.utc,
            severity: case.severity,
            state: case.state,
            evidence: case.observations.iter().take(EVIDENCE_KEPT).copied().collect(),
            lost: scope.lost,
            left: scope.left,
            suspect: suspect(case),
            percent: case.suspects.first().map_or(0, |first| compose::percent(first.probability)),
            verdict: Some(compose::verdict(case)),
            looked: false,
        }
    }

    /// The host that it was of, if any.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref().or_else(|| self.subject.host_name())
    }

    /// In what a case is worse now, in a few words each. One that was acknowledged and is open again is worse, for the diagnosis binds an
    /// acknowledgement to what was seen.
    pub fn worse(&self, now: &Self) -> Vec<String> {
        let mut worse = Vec::new();
        if now.severity > self.severity {
            worse.push(format!("{}, was {}", now.severity.code(), self.severity.code()));
        }
        if now.code != self.code {
            worse.push(format!("{}, was {}", now.code, self.code));
        }
        if now.lost > self.lost {
            worse.push(format!("{} failed, was {}", now.lost, self.lost));
        }
        if let (Some(left), Some(was)) = (now.left, self.left)
            && left < was
        {
            worse.push(match left {
                0 => "no more failure may be survived".to_owned(),
                left => format!("{left} more may fail, was {was}"),
            });
        }
        if worse.is_empty() && self.state == CaseState::Acknowledged && now.state == CaseState::Open {
            worse.push("it got worse since it was acknowledged".to_owned());
        }
        if self.state == CaseState::Repaired && now.state == CaseState::Open {
            worse.push("it lasts again".to_owned());
        }
        worse
    }
}

/// The first suspect as it is compared.
pub fn suspect(case: &Case) -> Option<String> {
    case.suspects.first().map(|first| match &first.subject {
        Some(subject) => format!("{} {subject}", first.cause.code()),
        None => first.cause.code().to_owned(),
    })
}
