//! What is on hold: of which nothing is expected yet, or for which nobody is called, and why. Waiting on purpose looks like health
//! from outside, so all of it can be shown.

use super::cases::days;
use super::table::TABLE;
use crate::model::{Case, CaseState, Fact, Observation, ObservationId, Subject};
use crate::words::{clean, instant};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Why something is on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    /// Work is done on it.
    Maintenance,
    /// Somebody has taken its case.
    Acknowledged,
    /// It works again, and may yet fail again.
    Probation,
    /// Its next report may yet come.
    Report,
}

impl Waits {
    /// Every reason, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Maintenance, Self::Acknowledged, Self::Probation, Self::Report];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Acknowledged => "acknowledged",
            Self::Probation => "probation",
            Self::Report => "report",
        }
    }
}

/// Something that is on hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What for.
    pub waits: Waits,
    /// What it is.
    pub subject: Subject,
    /// Until when; none where that depends on somebody.
    pub until: Option<DateTime<Utc>>,
    /// In one sentence.
    pub why: String,
}

/// What is on hold at a time, of observations in order of time and the cases that they come to: people's doing first, then what
/// ends soonest.
pub fn holds(observations: &[Observation], cases: &[Case], now: DateTime<Utc>) -> Vec<Hold> {
    let by_id: BTreeMap<ObservationId, &Observation> = observations.iter().map(|one| (one.id, one)).collect();
    let of_cases = cases.iter().filter_map(|case| match case.state {
        CaseState::Acknowledged => Some(acknowledged(case, &by_id)),
        CaseState::Repaired => probation(case, &by_id),
        CaseState::Open | CaseState::Closed => None,
    });
    let mut holds: Vec<Hold> =
        maintenance(observations, now).into_iter().chain(of_cases).chain(reports(observations, now)).collect();
    holds.sort_by(|a, b| (a.waits, a.until, &a.subject).cmp(&(b.waits, b.until, &b.subject)));
    holds
}

/// The last that was said of a subject's maintenance holds: that is how it is ended early.
fn maintenance(observations: &[Observation], now: DateTime<Utc>) -> Vec<Hold> {
    let mut last: BTreeMap<&Subject, (&Observation, DateTime<Utc>)> = BTreeMap::new();
    for one in observations.iter().filter(|one| one.at.utc <= now) {
        if let Fact::Maintenance { until } = one.fact {
            last.insert(&one.subject, (one, until));
        }
    }
    let lasting = last.into_values().filter(|(_, until)| *until > now);
    let hold = |(one, until): (&Observation, DateTime<Utc>)| Hold {
        waits: Waits::Maintenance,
        subject: one.subject.clone(),
        until: Some(until),
        why: format!("work is done on it since {}: {}", instant(one.at.utc), clean(&one.text)),
    };
    lasting.map(hold).collect()
}

fn acknowledged(case: &Case, by_id: &BTreeMap<ObservationId, &Observation>) -> Hold {
    let said = case.observations.iter().rev().filter_map(|id| by_id.get(id)).find_map(|one| match &one.fact {
        Fact::Judged { state: CaseState::Acknowledged, by, .. } => Some((one.at.utc, by)),
        _ => None,
    });
    let who = said.map(|(at, by)| format!(" by {} on {}", clean(by), instant(at))).unwrap_or_default();
    Hold {
        waits: Waits::Acknowledged,
        subject: case.subject.clone(),
        until: None,
        why: format!(
            "case {} ({}) was acknowledged{who}: nobody is called until it gets worse, or somebody ends it",
            case.id,
            case.code.code()
        ),
    }
}

fn probation(case: &Case, by_id: &BTreeMap<ObservationId, &Observation>) -> Option<Hold> {
    let evidence = case.observations.iter().filter_map(|id| by_id.get(id));
    let repaired = evidence.map(|one| one.at.utc).max()?;
    Some(Hold {
        waits: Waits::Probation,
        subject: case.subject.clone(),
        until: Some(repaired + days("probation_days")),
        why: format!(
            "case {} ({}) was repaired on {}, and is on probation: failing again is a relapse",
            case.id,
            case.code.code(),
            instant(repaired)
        ),
    })
}

/// Reports whose next one is not overdue yet. It counts as missing by the same rule as in the fold of cases.
fn reports(observations: &[Observation], now: DateTime<Utc>) -> Vec<Hold> {
    let mut last: BTreeMap<&Subject, (&Observation, TimeDelta)> = BTreeMap::new();
    for one in observations {
        if let Fact::Rhythm { period, .. } = one.fact {
            last.insert(&one.subject, (one, period));
        }
    }
    // By host, since each report asks what was listed on its own alone.
    let mut listed: BTreeMap<Option<&str>, DateTime<Utc>> = BTreeMap::new();
    let mut retired: Vec<&Observation> = Vec::new();
    for one in observations {
        if let Fact::Occupies { bay, last, .. } = &one.fact {
            let newest = listed.entry(bay.host_name()).or_insert(last.utc);
            *newest = last.utc.max(*newest);
        }
        retired.extend((one.fact == Fact::Retired).then_some(one));
    }
    let hold = |(one, period): (&Observation, TimeDelta)| {
        let due = one.at.utc + period;
        let late = TimeDelta::seconds((period.num_seconds() as f64 * TABLE.constant("report_late")) as i64);
        let listed_again = listed.get(&one.subject.host_name()).is_some_and(|last| *last > one.at.utc + period / 2);
        let is_retired = |other: &&Observation| {
            let named = other.subject == one.subject || other.subject.holds(&one.subject);
            named && other.at.utc >= one.at.utc
        };
        let over = now > due + late || listed_again || retired.iter().any(is_retired);
        let why = format!("the next report is due at {}, and only late till then", instant(due));
        (!over).then(|| Hold { waits: Waits::Report, subject: one.subject.clone(), until: Some(due + late), why })
    };
    last.into_values().filter_map(hold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::diagnose;
    use crate::model::{ArrayState, Severity, When};

    const ARRAY: &str = "array:engine/c1";
    const STREAM: &str = "stream:engine/adaptec-storage-manager";

    fn at(text: &str) -> DateTime<Utc> {
        format!("2013-10-{text}:00Z").parse().expect("a time")
    }

    fn observed(time: &str, subject: &str, fact: Fact) -> Observation {
        Observation {
            id: ObservationId(time.replace(['T', ':'], "").parse().expect("digits")),
            at: When::exactly(at(time)),
            subject: subject.parse().expect("a subject"),
            fact,
            severity: Severity::Info,
            evidence: None,
            text: "in words".to_owned(),
        }
    }

    /// `expect`: what for, of what, until when.
    fn check(observations: Vec<Observation>, now: &str, expect: &[(Waits, &str, Option<&str>)]) {
        let mut observations = observations;
        observations.push(Observation { id: ObservationId(1), ..observed(now, "host:engine", Fact::Clock) });
        let cases = diagnose(&observations).cases;
        let got = holds(&observations, &cases, at(now));
        let got: Vec<_> = got.iter().map(|hold| (hold.waits, hold.subject.to_string(), hold.until)).collect();
        let expect: Vec<_> =
            expect.iter().map(|(waits, of, until)| (*waits, (*of).to_owned(), until.map(at))).collect();
        assert_eq!(got, expect, "at {now}");
    }

    fn maintained(time: &str, until: &str) -> Observation {
        observed(time, "host:engine", Fact::Maintenance { until: at(until) })
    }

    #[test]
    fn maintenance_holds_until_its_end() {
        let held = [(Waits::Maintenance, "host:engine", Some("05T14:00"))];
        check(vec![maintained("05T10:00", "05T14:00")], "05T09:59", &[]);
        check(vec![maintained("05T10:00", "05T14:00")], "05T10:00", &held);
        check(vec![maintained("05T10:00", "05T14:00")], "05T13:59", &held);
        check(vec![maintained("05T10:00", "05T14:00")], "05T14:00", &[]);
        check(vec![maintained("05T10:00", "05T20:00"), maintained("05T11:00", "05T14:00")], "05T12:00", &held);
        check(vec![maintained("05T10:00", "05T20:00"), maintained("05T11:00", "05T11:00")], "05T12:00", &[]);
    }

    #[test]
    fn repaired_is_on_probation() {
        let failed = || observed("01T10:00", ARRAY, Fact::State(ArrayState::Degraded));
        let course = || vec![failed(), observed("01T12:00", ARRAY, Fact::State(ArrayState::Optimal))];
        check(vec![failed()], "01T13:00", &[]);
        check(course(), "01T13:00", &[(Waits::Probation, ARRAY, Some("31T12:00"))]);
        check(course(), "31T12:00", &[(Waits::Probation, ARRAY, Some("31T12:00"))]);
        check(course(), "31T12:01", &[]);
    }

    #[test]
    fn who_acknowledged_is_told() {
        let failed = observed("01T10:00", ARRAY, Fact::State(ArrayState::Degraded));
        let case = diagnose(std::slice::from_ref(&failed)).cases.first().expect("a case").id.clone();
        let judged = Fact::Judged { case, state: CaseState::Acknowledged, by: "mei\u{1b}".to_owned(), seen: 1 };
        let all = vec![failed, observed("01T11:00", ARRAY, judged)];
        check(all.clone(), "01T13:00", &[(Waits::Acknowledged, ARRAY, None)]);
        let told = holds(&all, &diagnose(&all).cases, at("01T13:00"));
        assert!(
            told[0].why.ends_with(": nobody is called until it gets worse, or somebody ends it"),
            "{}",
            told[0].why
        );
        assert!(told[0].why.contains("acknowledged by mei\\u{1b} on 2013-10-01 11:00 UTC"), "{}", told[0].why);
    }

    #[test]
    fn a_report_is_awaited_until_it_is_overdue() {
        let rhythm =
            |time: &str| observed(time, STREAM, Fact::Rhythm { period: TimeDelta::days(1), stream_goes_on: false });
        let awaited = [(Waits::Report, STREAM, Some("06T20:00"))];
        check(vec![rhythm("05T08:00")], "05T09:00", &awaited);
        check(vec![rhythm("05T08:00")], "06T20:00", &awaited);
        check(vec![rhythm("05T08:00")], "06T20:01", &[]);
        check(vec![rhythm("04T08:00"), rhythm("05T08:00")], "05T09:00", &awaited);
        check(vec![rhythm("05T08:00"), observed("05T08:30", "host:engine", Fact::Retired)], "05T09:00", &[]);
        let listed = |last: &str| {
            let (bay, last) = ("bay:engine/c1/e0/s0".parse().expect("a subject"), When::exactly(at(last)));
            observed(
                "01T08:00",
                "drive:A",
                Fact::Occupies { bay, vendor: None, model: None, last, reports: 9, read: None },
            )
        };
        check(vec![listed("05T08:00"), rhythm("05T08:00")], "05T09:00", &awaited);
        check(vec![listed("06T08:00"), rhythm("05T08:00")], "06T09:00", &[]);
    }
}
