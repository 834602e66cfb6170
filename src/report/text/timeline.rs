//! What happened, line after line in the order of time: the day once, what is alike folded, long silence told.

use super::page::{BAD, DOUBTFUL, FAINT, Page};
use crate::chronicle::{Entry, Pace, Stay};
use crate::diagnosis::Inventory;
use crate::model::{Kind, Severity, Subject, When};
use crate::words::{clean, count, duration, instant, number_of};
use anstyle::Style;
use chrono::{DateTime, TimeDelta, Utc};

/// Silence that is told.
const SILENCE: TimeDelta = TimeDelta::days(7);

/// Lines shown; JSON and CSV have all.
const SHOWN_MAX: usize = 200;

/// From nothing to the most.
const BARS: [char; 5] = ['\u{2581}', '\u{2582}', '\u{2583}', '\u{2585}', '\u{2587}'];

struct Line<'a> {
    at: DateTime<Utc>,
    severity: Severity,
    text: String,
    /// The stay that begins or ends with it, by its place in the list.
    stay: Option<&'a Stay>,
}

/// The lines of a thing. Stays are told by `stays`, and not by what the entries say of them.
pub(super) fn timeline(page: &mut Page, own: &Subject, entries: &[Entry], stays: &[Stay], inventory: &Inventory) {
    let mut lines: Vec<Line<'_>> =
        entries.iter().filter(|one| one.bay.is_none()).map(|one| line(one, own, inventory)).collect();
    for stay in stays {
        let (one, where_) = match own.kind() {
            Kind::Drive => (String::new(), format!(" in {}", inventory.bay_name(&stay.bay))),
            _ => (format!("{} ", clean(&stay.serial)), String::new()),
        };
        let at = |when: &When, text| Line { at: when.utc, severity: Severity::Info, text, stay: Some(stay) };
        let word = if stay.reports == 0 { "put in" } else { "first listed" };
        lines.push(at(&stay.first, format!("{one}{word}{where_}{}", doubt(&stay.first))));
        if stay.reports > 1 {
            let reports = number_of(stay.reports, "report", "reports");
            lines.push(at(&stay.last, format!("{one}last listed{where_}, {reports} in all")));
        }
    }
    lines.sort_by_key(|line| line.at);
    // The newest matter most.
    let hidden = lines.len().saturating_sub(SHOWN_MAX);
    if hidden > 0 {
        page.styled(2, "\u{2026} ", FAINT, &format!("{} earlier, see --json or --csv", count(hidden as u64)));
    }
    let mut before: Option<&Line<'_>> = None;
    for line in lines.iter().skip(hidden) {
        let day = line.at.format("%Y-%m-%d").to_string();
        if let Some(before) = before.filter(|before| line.at - before.at >= SILENCE) {
            page.styled(14, "", FAINT, &silence(before, line));
        }
        let again = before.is_some_and(|before| before.at.date_naive() == line.at.date_naive());
        let day = if again { " ".repeat(day.len()) } else { day };
        let mark = match line.severity {
            Severity::Critical => "\u{d7}",
            Severity::Warning => "!",
            Severity::Info => " ",
        };
        let lead = format!("{day}  {} {mark} ", line.at.format("%H:%M"));
        page.styled(2, &lead, style(line.severity), &line.text);
        before = Some(line);
    }
}

fn line<'a>(entry: &Entry, own: &Subject, inventory: &Inventory) -> Line<'a> {
    let of = if entry.subject == *own { String::new() } else { format!("{}: ", place(&entry.subject, inventory)) };
    let said = if entry.text.is_empty() { entry.fact.to_owned() } else { clean(&entry.text) };
    let times = match entry.last {
        Some(last) if entry.times > 1 => format!(" ({} times from then to {})", count(entry.times), instant(last)),
        _ => String::new(),
    };
    let text = format!("{of}{said}{times}{}", doubt(&entry.at));
    Line { at: entry.at.utc, severity: entry.severity, text, stay: None }
}

fn place(subject: &Subject, inventory: &Inventory) -> String {
    if subject.kind() == Kind::Bay { inventory.bay_name(subject) } else { inventory.name(subject) }
}

/// `… 25 days, 24 reports`: what was said meanwhile, where that is known.
fn silence(before: &Line<'_>, line: &Line<'_>) -> String {
    let long = duration(line.at - before.at);
    match (before.stay, line.stay) {
        (Some(one), Some(other)) if std::ptr::eq(one, other) && one.reports > 2 => {
            format!("\u{2026} {long}, {}", number_of(one.reports - 2, "report", "reports"))
        }
        _ => format!("\u{2026} {long}"),
    }
}

/// How well a time is known, where that is not well.
pub(super) fn doubt(at: &When) -> String {
    let within = at.within.map(|within| format!(" (\u{b1}{})", duration(within))).unwrap_or_default();
    let until = at.until.map(|until| format!(" (until {})", instant(until))).unwrap_or_default();
    format!("{within}{until}{}", super::investigate::unsure(at.basis))
}

pub(super) fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => BAD,
        Severity::Warning => DOUBTFUL,
        Severity::Info => Style::new(),
    }
}

/// How often things happened, as a line of bars and in words.
pub(super) fn pace(page: &mut Page, pace: &Pace) {
    let Pace { unit, from, counts } = pace;
    let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
    let all = number_of(counts.iter().fold(0, |all: u64, one| all.saturating_add(*one)), "event", "events");
    let unit = unit.code();
    let words = if counts.len() > 1 {
        format!(
            "{} to {} a {unit} since {from}; {all} in all in logs and notes, reports and readings not counted",
            count(least),
            count(most)
        )
    } else {
        format!("{all} in logs and notes, reports and readings not counted")
    };
    if counts.len() > 1 {
        page.item(2, "", &bars(counts));
    }
    page.item(2, "", &words);
}

/// Each number as a bar as high as its share of the most; nothing is the lowest, and something never is.
fn bars(counts: &[u64]) -> String {
    let most = u128::from(counts.iter().max().copied().unwrap_or(0).max(1));
    let highest = (BARS.len() - 1) as u128;
    let bar = |count: &u64| (u128::from(*count) * highest).div_ceil(most);
    counts
        .iter()
        .map(|count| usize::try_from(bar(count)).ok().and_then(|bar| BARS.get(bar)).copied().unwrap_or(' '))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparklines() {
        let check = |counts: &[u64], expect: &str| assert_eq!(bars(counts), expect);
        check(&[], "");
        check(&[0, 0], "▁▁");
        check(&[0, 1], "▁▇");
        check(&[0, 1, 2, 3, 4], "▁▂▃▅▇");
        check(&[0, 1, 1_000_000], "▁▂▇");
        check(&[u64::MAX, 0], "▇▁");
    }
}
