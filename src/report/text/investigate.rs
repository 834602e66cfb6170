//! The whole answer, for a tired person: the verdict, what not to touch, what to do; then the cases with their reasons, what
//! happened, the logs, drives and bays; and what is not known.

use super::integrity::{summary, unread};
use super::page::{BAD, DOUBTFUL, FAINT, Page};
use super::parts::{self, headline};
use crate::diagnosis::{Diagnosis, line};
use crate::model::{Case, CaseState, Cause, Code, Fact, Kind, Observation, ObservationId, Severity, Suspect, When};
use crate::observe::Source;
use crate::report::json::Unread;
use crate::words::{clean, count, duration, instant, number_of, serial_number};
use anstyle::Style;
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Lines of what happened; JSON has all.
const EVENTS_SHOWN: usize = 40;

/// Damaged spans shown of a source.
const DAMAGE_SHOWN: usize = 12;

/// Advice taken from a case that is not the gravest.
const NEXT_OF_OTHERS: usize = 1;
const NOT_OF_OTHERS: usize = 2;

/// Suspects less probable than this are told in one line.
const PROBABILITY_SHOWN: f64 = 0.01;

/// Weights from which an argument speaks strongly (20 to 1) or clearly (2.7 to 1).
const STRONG: f64 = 3.0;
const CLEAR: f64 = 1.0;

/// Arguments lighter than this are not shown.
const WEIGHT_SHOWN: f64 = 0.05;

/// What was found, and from what.
#[derive(Debug, Clone, Copy)]
pub struct Investigation<'a> {
    /// The answer.
    pub diagnosis: &'a Diagnosis,
    /// What was read.
    pub sources: &'a [Source],
    /// What could not be read.
    pub unread: &'a [Unread],
    /// What the sources say.
    pub observations: &'a [Observation],
    /// The time against which the evidence's age is told.
    pub now: DateTime<Utc>,
}

/// The page.
pub fn investigate(investigation: Investigation<'_>) -> String {
    let mut writer = Writer::new(investigation);
    writer.verdict();
    writer.advice();
    writer.cases();
    writer.events();
    writer.logs();
    writer.places();
    writer.unknowns();
    writer.page.finish()
}

pub(super) struct Writer<'a> {
    pub(super) page: Page,
    pub(super) of: Investigation<'a>,
    /// The numbers by which arguments name observations.
    numbers: BTreeMap<ObservationId, usize>,
}

fn is_event(one: &&Observation) -> bool {
    one.fact.is_happening() && !matches!(one.fact, Fact::Occupies { .. })
}

fn numbers(observations: &[Observation]) -> BTreeMap<ObservationId, usize> {
    observations.iter().filter(is_event).enumerate().map(|(index, one)| (one.id, index + 1)).collect()
}

pub(super) fn lasts(case: &&Case) -> bool {
    matches!(case.state, CaseState::Open | CaseState::Acknowledged)
}

pub(super) fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => BAD,
        Severity::Warning => DOUBTFUL,
        Severity::Info => Style::new(),
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(of: Investigation<'a>) -> Self {
        Self { page: Page::new(), numbers: numbers(of.observations), of }
    }

    pub(super) fn verdict(&mut self) {
        let diagnosis = self.of.diagnosis;
        headline(&mut self.page, diagnosis, &[]);
        let mut hosts: Vec<&str> =
            self.of.sources.iter().flat_map(|source| &source.hosts).map(String::as_str).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let mut facts = Vec::new();
        if !hosts.is_empty() {
            facts.push(format!("host {}", hosts.into_iter().map(clean).collect::<Vec<_>>().join(", ")));
        }
        if let Some(until) = diagnosis.evidence_until {
            let last = |at: &&When| at.utc == until && !unsure(at.basis).is_empty();
            let mut times = self.of.observations.iter().map(|one| match &one.fact {
                Fact::Occupies { last, .. } => last,
                _ => &one.at,
            });
            let doubt = times.find(last).map_or("", |at| unsure(at.basis));
            facts.push(format!("the evidence ends {}{doubt}, {}", instant(until), age(self.of.now, until)));
        }
        if diagnosis.incomplete {
            facts.push("some things could not be judged, see the end".to_owned());
        }
        self.page.styled(0, "", FAINT, &facts.join("; "));
    }

    pub(super) fn advice(&mut self) {
        let (mut next, mut not): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let several = self.of.diagnosis.cases.iter().filter(lasts).count() > 1;
        for (index, case) in self.of.diagnosis.cases.iter().filter(lasts).enumerate() {
            let take = |of_others| if index == 0 { usize::MAX } else { of_others };
            // Among advice on other things, "it" must say what it is.
            let of_it = several && case.subject.kind() == Kind::Bay;
            let whose = if of_it {
                format!("{}: ", self.of.diagnosis.inventory.bay_name(&case.subject))
            } else {
                String::new()
            };
            let told = |advice: &String| format!("{whose}{advice}");
            let fresh =
                case.do_next.iter().take(take(NEXT_OF_OTHERS)).map(told).filter(|advice| !next.contains(advice));
            next.extend(fresh.collect::<Vec<_>>());
            let fresh = case.do_not.iter().take(take(NOT_OF_OTHERS)).map(told).filter(|advice| !not.contains(advice));
            not.extend(fresh.collect::<Vec<_>>());
        }
        if !not.is_empty() {
            self.page.heading("DO NOT");
        }
        for advice in not {
            self.page.styled(2, "\u{00d7} ", BAD, &advice);
        }
        if !next.is_empty() {
            self.page.heading("DO NEXT");
        }
        for (index, advice) in next.iter().enumerate() {
            self.page.item(2, &format!("{:>2}. ", index + 1), advice);
        }
    }

    pub(super) fn cases(&mut self) {
        let (over, others): (Vec<&Case>, Vec<&Case>) =
            self.of.diagnosis.cases.iter().partition(|case| case.state == CaseState::Closed);
        for case in others {
            self.page.heading(&format!("CASE {}  {}", case.id, case.code.code()));
            let state = format!("{}, {}; ", case.severity.code(), case.state.code());
            self.page.styled(
                2,
                &state,
                style(case.severity),
                &format!("opened {}{}", when(&case.opened), as_written(&case.opened)),
            );
            self.page.item(2, "", &case.summary);
            // What is not understood points nowhere.
            if case.code != Code::EventNotUnderstood {
                self.suspects(case);
            }
            for (index, check) in case.checks.iter().enumerate() {
                self.page.item(4, if index == 0 { "check  " } else { "then   " }, check);
            }
        }
        if !over.is_empty() {
            self.page.heading("CASES THAT ARE OVER");
        }
        for case in over {
            let lead = format!("{}  {}  ", case.id, case.code.code());
            self.page.item(2, &lead, &format!("opened {}: {}", when(&case.opened), case.summary));
        }
    }

    fn suspects(&mut self, case: &Case) {
        let first = case.suspects.first().map_or(1.0, |suspect| suspect.probability);
        let (shown, improbable): (Vec<&Suspect>, Vec<&Suspect>) =
            case.suspects.iter().partition(|suspect| suspect.probability >= PROBABILITY_SHOWN);
        for suspect in shown {
            let share = format!("{:>4.0} %  ", suspect.probability * 100.0);
            let bar = "\u{2588}".repeat((suspect.probability / first * 12.0).round() as usize);
            let which = suspect.subject.as_ref().map(|subject| format!(" [{subject}]")).unwrap_or_default();
            self.page.item(2, &share, &format!("{bar:<12} {}{which}", suspect.cause.describe()));
        }
        let improbable: Vec<&str> = improbable.iter().map(|suspect| suspect.cause.describe()).collect();
        if !improbable.is_empty() {
            self.page.item(2, "  <1 %  ", &format!("{:<12} {}", "", improbable.join(", ")));
        }
        for argument in arguments(&case.suspects) {
            let told = argument.observations.iter().filter_map(|id| self.numbers.get(id)).map(ToString::to_string);
            let told = told.collect::<Vec<_>>().join(", ");
            let told = if told.is_empty() { told } else { format!(" ({told})") };
            self.page.item(4, "\u{b7} ", &format!("{}{told}: {}", argument.because, argument.weighed()));
        }
    }

    fn events(&mut self) {
        let events: Vec<&Observation> = self.of.observations.iter().filter(is_event).collect();
        if events.is_empty() {
            return;
        }
        self.page.heading("WHAT HAPPENED");
        for (index, one) in events.iter().take(EVENTS_SHOWN).enumerate() {
            // Of damage only the record before it tells a time.
            let after = if matches!(one.fact, Fact::Damaged { .. }) { "after " } else { "" };
            let lead = format!("({:>2}) {after}{}  ", index + 1, when(&one.at));
            let told = line(one, &self.of.diagnosis.inventory);
            self.page.styled(2, &lead, style(one.severity), &format!("{told}{}", as_written(&one.at)));
        }
        if events.len() > EVENTS_SHOWN {
            let more = count((events.len() - EVENTS_SHOWN) as u64);
            self.page.item(2, "", &format!("and {more} more, all in --json"));
        }
    }

    fn logs(&mut self) {
        self.page.heading("SOURCES");
        for source in self.of.sources {
            self.page.item(2, "", &format!("{}: {}", source.path, summary(source)));
            for problem in &source.problems {
                self.page.styled(4, "! ", DOUBTFUL, problem);
            }
            for damage in source.damage.iter().take(DAMAGE_SHOWN) {
                let range = format!("{} to {}  ", count(damage.span.start), count(damage.span.end));
                self.page.styled(4, &range, BAD, &format!("{}: {}", damage.kind.code(), damage.detail));
            }
            let more = source.damage.len().saturating_sub(DAMAGE_SHOWN) as u64 + source.damage_not_listed;
            if more > 0 {
                self.page.item(4, "", &format!("and {} more: arraywatch integrity shows them", count(more)));
            }
            for anomaly in source.anomalies.iter().take(DAMAGE_SHOWN) {
                self.page.styled(
                    4,
                    "odd  ",
                    DOUBTFUL,
                    &format!("{}: {}, {}", anomaly.kind.code(), when(&anomaly.at), clean(&anomaly.detail)),
                );
            }
            if source.events_counted > 0 {
                self.page.item(
                    4,
                    "",
                    &format!("{} events of no known meaning, counted only", count(source.events_counted)),
                );
            }
        }
        unread(&mut self.page, 2, self.of.unread);
    }

    fn places(&mut self) {
        let inventory = &self.of.diagnosis.inventory;
        if inventory.arrays.is_empty() && inventory.bays.is_empty() && inventory.drives.is_empty() {
            return;
        }
        self.page.heading("ARRAYS, BAYS, DRIVES");
        for array in inventory.arrays.values() {
            parts::array(&mut self.page, array);
        }
        for bay in inventory.bays.values() {
            let label =
                bay.label.as_deref().map(|label| format!(" \u{201c}{}\u{201d}", clean(label))).unwrap_or_default();
            let occupants: Vec<String> = bay
                .occupants
                .iter()
                .map(|occupant| {
                    let drive = inventory.drives.get(&occupant.serial);
                    let model = drive
                        .and_then(|drive| drive.model.as_deref())
                        .map(|model| format!(" {}", clean(model)))
                        .unwrap_or_default();
                    let state = drive.map_or("unknown", |drive| drive.state.code());
                    let (first, last) = (occupant.first_seen.utc.format("%Y-%m-%d"), instant(occupant.last_seen.utc));
                    let listed = if occupant.reports > 0 {
                        format!("listed {} {first} to {last}", number_of(occupant.reports, "time", "times"))
                    } else {
                        format!("put in {last}")
                    };
                    format!("{}{model}, {listed}, state {state}", serial_number(&occupant.serial))
                })
                .collect();
            let mirror = inventory
                .arrays
                .values()
                .flat_map(|array| &array.members)
                .find(|member| member.bay.as_ref() == Some(&bay.id))
                .and_then(|member| member.mirror_set);
            let mirror = mirror.map(|set| format!("; mirror set {set}")).unwrap_or_default();
            let drives = if occupants.is_empty() { "no drive known".to_owned() } else { occupants.join("; then ") };
            self.page.item(2, &format!("{}{label}  ", bay.id), &format!("{drives}{mirror}"));
        }
        let placed = |serial: &String| {
            inventory.bays.values().any(|bay| bay.occupants.iter().any(|occupant| occupant.serial == *serial))
        };
        for drive in inventory.drives.values().filter(|drive| !placed(&drive.serial)) {
            self.page.item(
                2,
                &format!("drive:{}  ", clean(&drive.serial)),
                &format!("bay not known, state {}", drive.state.code()),
            );
        }
    }

    pub(super) fn unknowns(&mut self) {
        if self.of.diagnosis.unknowns.is_empty() {
            return;
        }
        self.page.heading("NOT KNOWN");
        for unknown in &self.of.diagnosis.unknowns {
            self.page.item(2, "? ", &format!("{}: {}", unknown.subject, unknown.what));
        }
        if let Some(until) = self.of.diagnosis.evidence_until {
            self.page.item(
                2,
                "? ",
                &format!(
                    "anything since {}: that is where the evidence ends, {}",
                    instant(until),
                    age(self.of.now, until)
                ),
            );
        }
    }
}

pub(super) fn age(now: DateTime<Utc>, until: DateTime<Utc>) -> String {
    if now >= until {
        format!("{} ago", duration(now - until))
    } else {
        format!("{} ahead of the clock", duration(until - now))
    }
}

/// A time as a log wrote it in its own zone.
pub(super) fn as_written(at: &When) -> String {
    let own = at.written.as_deref().filter(|written| written.starts_with(|c: char| c.is_alphabetic()));
    own.map(|written| format!(" [{}]", clean(written))).unwrap_or_default()
}

/// A time with how well it is known.
pub(super) fn when(at: &When) -> String {
    let within = at.within.map(|within| format!(" \u{b1}{}", duration(within))).unwrap_or_default();
    format!("{}{within}{}", instant(at.utc), unsure(at.basis))
}

/// What makes a time unsure by hours and more.
pub(super) const fn unsure(basis: Basis) -> &'static str {
    match basis {
        Basis::Assumed => " (zone assumed)",
        Basis::OfFile => " (time of the file)",
        _ => "",
    }
}

/// A reason, what it weighs for which suspect, and what it rests on.
struct Argument<'a> {
    because: &'a str,
    weights: Vec<(f64, Cause)>,
    observations: &'a [ObservationId],
}

/// Each argument once, with what it adds to or takes from each suspect.
fn arguments(suspects: &[Suspect]) -> Vec<Argument<'_>> {
    let mut arguments: Vec<Argument<'_>> = Vec::new();
    for suspect in suspects {
        for term in
            suspect.terms.iter().filter(|term| !term.observations.is_empty() && term.weight.abs() >= WEIGHT_SHOWN)
        {
            let weight = (term.weight, suspect.cause);
            match arguments.iter_mut().find(|argument| argument.because == term.because) {
                Some(argument) => argument.weights.push(weight),
                None => arguments.push(Argument {
                    because: &term.because,
                    weights: vec![weight],
                    observations: &term.observations,
                }),
            }
        }
    }
    // The decisive ones first.
    arguments.sort_by(|a, b| b.most().total_cmp(&a.most()));
    arguments
}

impl Argument<'_> {
    fn most(&self) -> f64 {
        self.weights.iter().map(|(weight, _)| weight.abs()).fold(0.0, f64::max)
    }

    /// `strongly against the drive itself (−4.0); slightly for power line (+0.2), controller (+0.1)`
    fn weighed(&self) -> String {
        let mut told: Vec<(String, Vec<String>)> = Vec::new();
        for (weight, cause) in &self.weights {
            let strength = match weight.abs() {
                weight if weight >= STRONG => "strongly",
                weight if weight >= CLEAR => "clearly",
                _ => "slightly",
            };
            let (side, sign) = if *weight < 0.0 { ("against", '\u{2212}') } else { ("for", '+') };
            let head = format!("{strength} {side}");
            let one = format!("{} ({sign}{:.1})", cause.describe(), weight.abs());
            match told.iter_mut().find(|(known, _)| *known == head) {
                Some((_, causes)) => causes.push(one),
                None => told.push((head, vec![one])),
            }
        }
        told.iter().map(|(head, causes)| format!("{head} {}", causes.join(", "))).collect::<Vec<_>>().join("; ")
    }
}
