//! The history of one drive, bay or array, for people: what it is, how it stands now, who sat where, what happened, what is not known.

use super::investigate::when;
use super::page::{BAD, DOUBTFUL, FAINT, GOOD, Page};
use super::timeline::{doubt, pace, style, timeline};
use crate::chronicle::{ArrayHistory, BayHistory, Course, DriveHistory, Ending, Measured, Stay};
use crate::model::{ArrayState, CaseState, Drive, DriveState, Subject, Unit};
use crate::report::json::Shown;
use crate::words::{clean, count, duration, instant, number_of};
use anstyle::Style;
use chrono::{DateTime, Utc};

/// A drive's history.
pub fn history_drive(history: &DriveHistory<'_>, shown: Shown<'_>) -> String {
    let mut page = Page::new();
    let DriveHistory { serial, drive, stays, conflicts, measured, course } = history;
    let what = drive.map(model).unwrap_or_default();
    page.item(0, "drive ", &format!("{}{what}", clean(serial)));
    for conflict in conflicts {
        let [one, other] = conflict.bays.each_ref().map(|bay| place(bay, shown));
        let text = format!(
            "the same serial number was listed in two bays at once, {one} and {other}, from {} to {}: two drives bear it, or it was \
             read wrongly; what is told below may be of either",
            instant(conflict.from),
            instant(conflict.to)
        );
        page.styled(0, "CONFLICT  ", BAD, &text);
    }
    page.heading("NOW");
    match drive {
        Some(drive) => drive_now(&mut page, drive, stays.last(), shown),
        None => page.item(2, "", "it is named, and no report lists it"),
    }
    measured.iter().for_each(|measured| values(&mut page, measured));
    page.heading("WHERE IT SAT");
    if stays.is_empty() {
        page.item(2, "", "no source says");
    }
    for one in stays {
        stay(&mut page, &format!("{}  ", place(&one.bay, shown)), one, shown);
    }
    rest(page, &Subject::drive(serial), course, stays, shown)
}

/// What was measured: the values that moved, and those of the standards that stand still and are not zero.
fn values(page: &mut Page, measured: &Measured) {
    page.heading("MEASURED");
    let Measured { from, to, samples, values, days_left } = measured;
    let samples = number_of(*samples, "reading", "readings");
    page.styled(2, "", FAINT, &format!("{samples} from {} to {}", instant(*from), instant(*to)));
    if let Some(left) = days_left {
        let span = format!(
            "the life that its maker promises lasts {} days more, or {} to {}",
            left.likely, left.low, left.high
        );
        page.item(2, "wear  ", &span);
    }
    for (series, first, last) in values {
        let unit = series.entry().map(|entry| entry.unit);
        let is_shown = first != last || unit.is_some() && *last != 0;
        let shown = |value: u64| match unit {
            Some(Unit::Kelvin) => format!("{} \u{b0}C", value as i64 - 273),
            Some(unit) => format!("{} {}", count(value), unit.code()),
            None => count(value),
        };
        if is_shown {
            let change = if first == last { String::new() } else { format!(", was {}", shown(*first)) };
            page.item(2, &format!("{series}  "), &format!("{}{change}", shown(*last)));
        }
    }
}

/// A bay's history.
pub fn history_bay(history: &BayHistory<'_>, shown: Shown<'_>) -> String {
    let mut page = Page::new();
    let BayHistory { bay, stays, lost, failures, course, .. } = history;
    page.item(0, "", &format!("{} on host {}", shown.inventory.bay_name(bay), host(bay)));
    if lost.len() > 1 {
        let serials: Vec<String> = lost.iter().map(|serial| clean(serial)).collect();
        let text = format!(
            "{} drives failed in this bay ({}): suspect what they shared, its connector, cable and supply, before the next drive",
            lost.len(),
            serials.join(", ")
        );
        page.styled(0, "! ", BAD, &text);
    } else if *failures > 1 {
        page.styled(0, "! ", BAD, &format!("a drive failed in this bay {failures} times; which ones is not all known"));
    }
    page.heading("WHO SAT THERE");
    if stays.is_empty() {
        page.item(2, "", "no source says");
    }
    for one in stays {
        stay(&mut page, &format!("{}  ", clean(&one.serial)), one, shown);
    }
    rest(page, bay, course, stays, shown)
}

/// An array's history.
pub fn history_array(history: &ArrayHistory<'_>, shown: Shown<'_>) -> String {
    let mut page = Page::new();
    let ArrayHistory { array, spans, rebuilds, relapses, course, .. } = history;
    let level = array.level.as_deref().map(|level| format!(", RAID {}", clean(level))).unwrap_or_default();
    page.item(0, "", &format!("array {} on host {}{level}", array.id.path(), host(&array.id)));
    for case in relapses {
        page.styled(0, "RELAPSE  ", BAD, &format!("{}: {}", when(&case.opened), case.summary));
    }
    page.heading("STATES");
    if spans.is_empty() {
        page.item(2, "", "no source says how it is, or was");
    }
    for (index, span) in spans.iter().enumerate() {
        let long = duration(span.lasted(shown.now));
        let lasted = match (&span.to, index + 1 == spans.len()) {
            (None, true) => format!("since {}, {long} ago as far as is known", when(&span.from)),
            _ => format!("from {} for {long}", when(&span.from)),
        };
        page.styled(2, &format!("{:<10}  ", span.state.code()), state_style(span.state), &lasted);
    }
    page.heading("REBUILDS");
    if rebuilds.is_empty() {
        page.item(2, "", "none is known");
    }
    for rebuild in rebuilds {
        let text = match (&rebuild.started, &rebuild.ended, rebuild.completed) {
            (Some(from), Some(to), Some(true)) => {
                format!("{} for {}, done", when(from), duration(to.utc - from.utc))
            }
            (Some(from), Some(to), _) => format!("{} for {}, given up", when(from), duration(to.utc - from.utc)),
            (Some(from), None, _) => format!("{}; no source says that it ended", when(from)),
            (None, Some(to), Some(true)) => format!("done {}; when it began is not known", when(to)),
            (None, to, _) => format!("given up {}", to.as_ref().map(when).unwrap_or_default()),
        };
        page.item(2, "", &text);
    }
    members(&mut page, history, shown);
    rest(page, &array.id, course, &[], shown)
}

fn members(page: &mut Page, history: &ArrayHistory<'_>, shown: Shown<'_>) {
    let ArrayHistory { array, stays, .. } = history;
    if array.members.is_empty() {
        page.heading("DRIVES ON ITS CONTROLLER (its members are not known)");
    } else {
        page.heading("MEMBERS");
    }
    let mut bays: Vec<&Subject> = stays.iter().map(|stay| &stay.bay).collect();
    bays.extend(array.members.iter().filter_map(|member| member.bay.as_ref()));
    bays.sort();
    bays.dedup();
    for bay in bays {
        let member = array.members.iter().find(|member| member.bay.as_ref() == Some(bay));
        let mirror =
            member.and_then(|member| member.mirror_set).map(|set| format!(", mirror set {set}")).unwrap_or_default();
        let now = match member.map(|member| (&member.serial, member.state)) {
            Some((Some(serial), state)) => format!("{}, {}", clean(serial), state.code()),
            Some((None, _)) => "no drive is known there".to_owned(),
            None => stays.iter().rfind(|stay| stay.bay == *bay).map(|stay| clean(&stay.serial)).unwrap_or_default(),
        };
        page.item(2, "", &format!("{}{mirror}: {now}", place(bay, shown)));
        let here: Vec<&Stay> = stays.iter().filter(|stay| stay.bay == *bay).collect();
        for before in here.iter().rev().skip(1).rev() {
            stay(page, &format!("  before: {}  ", clean(&before.serial)), before, shown);
        }
    }
}

fn drive_now(page: &mut Page, drive: &Drive, last: Option<&Stay>, shown: Shown<'_>) {
    let (style, word) = match drive.state {
        DriveState::Healthy => (GOOD, "healthy"),
        DriveState::Unknown => (FAINT, "no source says how it is"),
        DriveState::Suspect => (DOUBTFUL, "works, and there are reasons to look at it"),
        DriveState::Failing => (DOUBTFUL, "will fail"),
        DriveState::Failed => (BAD, "failed"),
        DriveState::Removed => (FAINT, "taken out"),
    };
    let reasons: Vec<String> =
        drive.reasons.iter().filter(|reason| !reason.is_empty()).map(|reason| clean(reason)).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
    page.styled(2, "", style, &format!("{word}{reasons}"));
    if let Some(last) = last {
        page.item(2, "", &format!("{}, {}", place(&last.bay, shown), ended(last, shown)));
    }
    let seen = drive.last_seen.utc;
    page.item(2, "", &format!("last heard of {}, {}", when(&drive.last_seen), age(shown.now, seen)));
}

/// `SERIAL  from … to …, 26 reports; how it ended`
fn stay(page: &mut Page, lead: &str, stay: &Stay, shown: Shown<'_>) {
    let reports = if stay.reports == 0 { "no report".to_owned() } else { number_of(stay.reports, "report", "reports") };
    let failed = stay.failed.as_ref().map(|at| format!("; failed {}", when(at))).unwrap_or_default();
    let text = if stay.first.utc == stay.last.utc {
        format!("{}{}, {reports}", instant(stay.first.utc), doubt(&stay.first))
    } else {
        format!("{} to {}, {reports}", instant(stay.first.utc), instant(stay.last.utc))
    };
    let style = if stay.failed.is_some() { BAD } else { Style::new() };
    page.styled(2, lead, style, &format!("{text}{failed}; {}", ended(stay, shown)));
}

fn ended(stay: &Stay, shown: Shown<'_>) -> String {
    let at = stay.end.at.as_ref().map(|at| format!(" {}", when(at))).unwrap_or_default();
    let next = stay.end.next.as_ref().map(|next| clean(next));
    let then = next.as_ref().map(|next| format!(", then {next}")).unwrap_or_default();
    match stay.end.how {
        Ending::StillThere => "there at the last report".to_owned(),
        Ending::Moved => {
            let to = stay.end.to.as_ref().map(|to| place(to, shown)).unwrap_or_default();
            format!("listed in {to} from{at}")
        }
        Ending::Replaced => format!("replaced by {}{at}", next.unwrap_or_default()),
        Ending::Removed => format!("taken out{at}{then}"),
        Ending::NotListed => format!("in the reports no longer since{at}; nobody says why"),
        Ending::LastListed if stay.reports == 0 => "no report has listed it there yet".to_owned(),
        Ending::LastListed => format!("nothing is known after {}", instant(stay.last.utc)),
    }
}

/// What all three end with.
fn rest(mut page: Page, own: &Subject, course: &Course<'_>, stays: &[Stay], shown: Shown<'_>) -> String {
    page.heading("WHAT HAPPENED");
    if course.entries.is_empty() && stays.is_empty() {
        page.item(2, "", "nothing that is known");
    }
    if let Some(known) = &course.pace {
        pace(&mut page, known);
    }
    timeline(&mut page, own, &course.entries, stays, shown.inventory);
    if !course.cases.is_empty() {
        page.heading("CASES");
    }
    for case in &course.cases {
        let lead = format!("{}  {}  ", case.id, case.code.code());
        let style = if case.state == CaseState::Closed { FAINT } else { style(case.severity) };
        page.styled(
            2,
            &lead,
            style,
            &format!("{}, opened {}: {}", case.state.code(), when(&case.opened), case.summary),
        );
    }
    page.heading("NOT KNOWN");
    for unknown in &course.unknowns {
        page.item(2, "? ", &format!("{}: {}", unknown.subject, unknown.what));
    }
    for name in shown.broken_off {
        let text = format!("the rest of {}: reading it was broken off; ingest it again", clean(name));
        page.styled(2, "? ", DOUBTFUL, &text);
    }
    if let Some(from) = shown.kept_from {
        page.item(2, "? ", &format!("single events before {}: they are summed up", instant(from)));
    }
    let since = match shown.evidence_until {
        Some(until) => {
            format!("anything since {}: that is where the evidence ends, {}", instant(until), age(shown.now, until))
        }
        None => "anything: there is no evidence".to_owned(),
    };
    page.item(2, "? ", &since);
    page.finish()
}

fn model(drive: &Drive) -> String {
    let of = [&drive.vendor, &drive.model, &drive.firmware].into_iter().flatten().map(|text| clean(text));
    of.fold(String::new(), |all, text| format!("{all}{}{text}", if all.is_empty() { "  " } else { " " }))
}

fn place(bay: &Subject, shown: Shown<'_>) -> String {
    shown.inventory.bay_name(bay)
}

fn host(of: &Subject) -> String {
    Subject::host(of.host_name().unwrap_or_default()).path()
}

fn age(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    if at > now { format!("{} ahead of the clock", duration(at - now)) } else { format!("{} ago", duration(now - at)) }
}

const fn state_style(state: ArrayState) -> Style {
    match state {
        ArrayState::Optimal => GOOD,
        ArrayState::Rebuilding | ArrayState::Unknown => DOUBTFUL,
        ArrayState::Degraded | ArrayState::Failed => BAD,
    }
}
