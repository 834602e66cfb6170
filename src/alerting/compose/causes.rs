//! What a message says of causes: which are suspected, how sure that is, and by what.

use super::{LINE_MAX, fit};
use crate::model::{Case, Cause, Code, Suspect, Term};
use crate::words::clean;
use xxhash_rust::xxh3::xxh3_64;

/// Suspects named in the lead.
const SUSPECTS_NAMED: usize = 3;

/// Those less probable than this, in percent, are not named there.
const PERCENT_NAMED: u8 = 5;

/// A suspect that is less probable than this is hardly one.
const LITTLE: f64 = 0.1;

/// More probable than all others together: worth a word in a title.
pub(super) const LIKELY: f64 = 0.5;

/// Suspects less probable than this, in percent, are not told.
const PROBABILITY_TOLD: u8 = 1;

pub(super) fn suspects(case: &Case) -> Vec<(u8, String)> {
    // What is not understood points nowhere.
    let points = case.code != Code::EventNotUnderstood;
    let told = case.suspects.iter().filter(|_| points).map(|suspect| {
        let which = suspect.subject.as_ref().map(|subject| format!(" [{subject}]")).unwrap_or_default();
        (percent(suspect.probability), format!("{}{which}", suspect.cause.describe()))
    });
    told.filter(|(percent, _)| *percent >= PROBABILITY_TOLD).collect()
}

/// In whole percent, as it is told.
pub(in crate::alerting) fn percent(probability: f64) -> u8 {
    // In range by the clamp.
    (probability * 100.0).round().clamp(0.0, 100.0) as u8
}

/// The suspects that have a word in the lead.
fn named(case: &Case) -> impl Iterator<Item = &Suspect> {
    let worth_a_word = |suspect: &&Suspect| percent(suspect.probability) >= PERCENT_NAMED;
    case.suspects.iter().filter(worth_a_word).take(SUSPECTS_NAMED)
}

/// How sure a cause is that is so probable.
fn surety(probability: f64) -> &'static str {
    match probability {
        most if most >= 0.8 => "Quite sure",
        most if most >= LIKELY => "Likely",
        _ => "Not sure",
    }
}

/// A hash of what a message says of causes, how sure that is, and of what to do and to leave alone: whoever was told that needs no message
/// that says the same. How probable each is in percent is not in it.
pub(in crate::alerting) fn verdict(case: &Case) -> u64 {
    let suspects = named(case).map(|suspect| suspect.cause.code());
    let sure = case.suspects.first().map(|first| surety(first.probability));
    let advice = case.do_next.iter().chain(&case.checks).chain(&case.do_not).map(String::as_str);
    let said: Vec<&str> = suspects.chain(sure).chain(advice).collect();
    xxh3_64(said.join("\n").as_bytes())
}

/// How sure it is, and why.
pub(super) fn why(case: &Case) -> String {
    if case.code == Code::EventNotUnderstood {
        return "Not known: the controller's words are not in arraywatch's tables. Nothing is suspected.".to_owned();
    }
    let Some(first) = case.suspects.first() else { return "As it was read: no cause is weighed for this.".to_owned() };
    let shown = |suspect: &Suspect| format!("{} {} %", suspect.cause.describe(), percent(suspect.probability));
    let suspects: Vec<String> = named(case).map(shown).collect();
    // That it is hardly the drive keeps a person from pulling one.
    let drive = case.suspects.iter().find(|suspect| suspect.cause == Cause::Drive);
    let drive = drive.filter(|drive| case.code == Code::Relapse && drive.probability < LITTLE);
    let hardly = drive.map(|drive| format!(", hardly the drive ({} %)", percent(drive.probability)));
    let (stands, because) = match heaviest(case) {
        None => ("; ".to_owned(), "by experience alone, nothing seen here points at one".to_owned()),
        Some((of, term)) => {
            let stands = match (of.cause == first.cause, term.weight > 0.0) {
                (true, true) => "; ".to_owned(),
                (false, true) => format!("; for {}: ", of.cause.describe()),
                (_, false) if hardly.is_some() && of.cause == Cause::Drive => ": ".to_owned(),
                (_, false) => format!("; against {}: ", of.cause.describe()),
            };
            (stands, clean(&term.because))
        }
    };
    let hardly = hardly.unwrap_or_default();
    let front = |named: usize| {
        let named: Vec<&str> = suspects.iter().take(named).map(String::as_str).collect();
        format!("{}: {}{hardly}{stands}", surety(first.probability), named.join(", "))
    };
    let room = |front: &str| LINE_MAX.saturating_sub(front.chars().count());
    // All suspects stand below, and why it is so stands here alone: what is reckoned from it gives way first.
    let fact = because.split(": ").next().unwrap_or_default();
    for because in [because.as_str(), fact].map(|because| format!("{because}.")) {
        let fits = |front: &String| because.chars().count() <= room(front);
        if let Some(front) = (2..=suspects.len()).rev().map(front).find(fits) {
            return format!("{front}{because}");
        }
    }
    let front = front(1);
    let because = cut(&format!("{because}."), room(&front), &format!("arraywatch why {}", case.id));
    format!("{front}{because}")
}

/// Cut to so many characters; of a sentence that is cut off, it is said where the rest stands.
pub(super) fn cut(text: &str, max: usize, rest: &str) -> String {
    let whole = fit(text, max);
    if !whole.ends_with('\u{2026}') {
        return whole;
    }
    let rest = format!(" (see {rest})");
    let mut whole = fit(text, max.saturating_sub(rest.chars().count()));
    // No bracket is left open.
    if let Some(at) = whole.rfind(" (").filter(|at| !whole.get(*at..).is_some_and(|open| open.contains(')'))) {
        whole.truncate(at);
        whole.push('\u{2026}');
    }
    format!("{whole}{rest}")
}

/// What was seen that moved the numbers most, to one side or the other, and whose: of equal weights what speaks for the first suspect.
fn heaviest(case: &Case) -> Option<(&Suspect, &Term)> {
    let seen = case.suspects.iter().flat_map(|suspect| suspect.terms.iter().map(move |term| (suspect, term)));
    let seen = seen.filter(|(_, term)| !term.observations.is_empty() && term.weight != 0.0);
    seen.rev().max_by(|(_, a), (_, b)| a.weight.abs().total_cmp(&b.weight.abs()).then(a.weight.total_cmp(&b.weight)))
}
