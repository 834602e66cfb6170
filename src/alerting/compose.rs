//! From a case to a message: five lines that a phone shows, then all that is needed to understand it without a second tool.

mod causes;

use self::causes::{LIKELY, cut, suspects, why};
pub(super) use self::causes::{percent, verdict};
use super::message::{Kind, LINE_MAX, Lead, Message, TITLE_MAX, fit};
use super::scope::{self, Scope};
use super::standing::Stood;
use crate::diagnosis::{Article, Diagnosis, article, line};
use crate::model::{
    Array, ArrayState, Case, CaseState, Cause, Code, Fact, Kind as Thing, Member, Observation, ObservationId, Severity,
    Subject,
};
use crate::words::{clean, duration, instant, number_of, serial_number};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Of what is not to be touched, so many characters beside what is to be done.
const NOT_MAX: usize = 90;

/// Characters of a host's name in a title.
const HOST_TITLED: usize = 40;

/// What happened first and last, of much.
const EVIDENCE_FIRST: usize = 6;
const EVIDENCE_LAST: usize = 10;

/// What is not known, of much.
const UNKNOWN_MAX: usize = 6;

/// Cases listed in a storm.
const STORM_LISTED: usize = 40;

/// The sections of an article, by the lines that stand before them.
pub(super) const SECTIONS: [&str; 4] = ["What it means", "What is at stake", "What to do", "What not to do"];

/// Where the summary of a case goes on with its suspects: they have a line of their own.
const SUSPECTS_FOLLOW: &str = "; the drive is probably not the cause";

/// What all messages of one moment are made from.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The machine that tells: of what belongs to no other.
    pub host: &'a str,
    /// What is so.
    pub diagnosis: &'a Diagnosis,
    /// What that rests on.
    pub by_id: &'a BTreeMap<ObservationId, &'a Observation>,
    /// The present time.
    pub now: DateTime<Utc>,
}

/// A message to be made of a case.
#[derive(Debug)]
pub struct Telling<'a> {
    /// Why.
    pub kind: Kind,
    /// The case.
    pub case: &'a Case,
    /// The thread, and the place in it.
    pub thread: &'a str,
    /// From 0 on.
    pub place: u32,
    /// How bad: a case that was told as bad is told to be over to the same people.
    pub severity: Severity,
    /// In what it got worse.
    pub worse: &'a [String],
    /// The relapse as which it goes on, of a case that is over because it failed again.
    pub goes_on_as: Option<&'a str>,
    /// What the reader must know of the message itself.
    pub remarks: Vec<String>,
}

/// A message of a case.
pub fn of_case(ground: &Ground<'_>, telling: Telling<'_>) -> Message {
    let Telling { kind, case, thread, place, severity, worse, goes_on_as, remarks } = telling;
    let scope = scope::of(case, ground.diagnosis, ground.by_id);
    let host = host_of(&case.subject, ground);
    let goes_on = goes_on(case);
    let lead = Lead {
        what: what(ground, kind, case, worse),
        place: place_of(ground, case, &scope, &host),
        why: if goes_on { why(case) } else { ended(ground, case) },
        stake: stake(ground, case, &scope, &host),
        act: act(ground, case, &scope),
    };
    let lead = match goes_on_as {
        Some(relapse) => Lead {
            what: with_time(
                &format!("It failed again, and goes on as the relapse {relapse}. {}", sentence(&head(case))),
                &since(ground, case),
            ),
            act: format!("Act on the relapse: arraywatch why {relapse}. This thread ends."),
            ..lead
        },
        None => lead,
    };
    let next = case.do_next.iter().chain(&case.checks).map(|advice| clean(advice)).collect();
    Message {
        id: 0,
        thread: thread.to_owned(),
        place_in_thread: place,
        news: 0,
        kind,
        at: ground.now,
        severity,
        case: Some(case.id.clone()),
        code: Some(case.code.code().to_owned()),
        subject: case.subject.to_string(),
        title: title(ground, kind, case, severity, &host, goes_on_as),
        lead,
        do_next: if goes_on { next } else { Vec::new() },
        do_not: if goes_on { case.do_not.iter().map(|advice| clean(advice)).collect() } else { Vec::new() },
        suspects: if goes_on { suspects(case) } else { Vec::new() },
        evidence: evidence(ground, case),
        unknown: if goes_on { unknown(ground, case, &scope, &host) } else { Vec::new() },
        cases: Vec::new(),
        article: if goes_on { plain(&article(case.code)) } else { String::new() },
        remarks,
        thread_host: host.clone(),
        host,
    }
}

/// A message to be made of many cases.
#[derive(Debug)]
pub struct Storm<'a> {
    /// Why.
    pub kind: Kind,
    /// The cases, the gravest first.
    pub cases: &'a [&'a Case],
    /// How all that were told in the thread stood then: some may be no cases any more.
    pub told: &'a [&'a Stood],
    /// The thread, and the place in it.
    pub thread: &'a str,
    /// From 0 on.
    pub place: u32,
    /// How bad: the worst that was told in the thread, or is.
    pub severity: Severity,
    /// How many more were told with them, on which work is done.
    pub silenced: usize,
}

/// A message of many cases at once.
pub fn storm(ground: &Ground<'_>, storm: &Storm<'_>) -> Message {
    let Storm { kind, cases, told, thread, place, severity, silenced } = *storm;
    let is_same = |case: &Case, stood: &Stood| {
        case.id == stood.case || case.subject == stood.subject && case.code.code() == stood.code
    };
    let is_case = |stood: &&&Stood| cases.iter().any(|case| is_same(case, stood));
    // What ended is told of all, also of what is no case any more.
    let mut gone: Vec<&Stood> = match kind {
        Kind::Resolved => told.iter().filter(|stood| !is_case(stood)).copied().collect(),
        _ => Vec::new(),
    };
    gone.sort_by_key(|stood| (std::cmp::Reverse(stood.severity), stood.host(), &stood.subject));
    let host_told = |stood: &Stood| clean(stood.host().unwrap_or(ground.host));
    let of_cases = cases.iter().map(|case| host_of(&case.subject, ground));
    let mut hosts: Vec<String> = of_cases.chain(gone.iter().map(|stood| host_told(stood))).collect();
    hosts.sort();
    hosts.dedup();
    // Arrays of one name are on many hosts: where there are several, each thing is told with its own.
    let several = hosts.len() > 1;
    let of = |host: &str, told: String| if several { format!("{host}: {told}") } else { told };
    let on = match hosts.as_slice() {
        [one] => one.clone(),
        [] => clean(ground.host),
        several => number_of(several.len() as u64, "host", "hosts"),
    };
    let count = number_of(cases.len() as u64, "case", "cases");
    let mut codes: BTreeMap<Code, u64> = BTreeMap::new();
    cases.iter().for_each(|case| *codes.entry(case.code).or_default() += 1);
    let codes: Vec<String> = codes.iter().map(|(code, count)| format!("{count} {}", code.code())).collect();
    let gravest = cases.first();
    let gravest_host = gravest.map(|case| host_of(&case.subject, ground)).unwrap_or_default();
    let first = gravest.map(|case| of(&gravest_host, head(case))).unwrap_or_default();
    let name = |subject: &Subject| ground.diagnosis.inventory.name(subject);
    let first_named = match (gravest, gone.first()) {
        (Some(case), _) => of(&gravest_host, name(&case.subject)),
        (None, Some(stood)) => of(&host_told(stood), name(&stood.subject)),
        (None, None) => String::new(),
    };
    let mut shared: Vec<Cause> = cases.iter().filter_map(|case| Some(case.suspects.first()?.cause)).collect();
    shared.sort();
    shared.dedup();
    let (front, told, why) = match kind {
        Kind::Resolved => {
            let why = "Each is over, or is no case any more.";
            ("OVER".to_owned(), "all cases that were told together".to_owned(), why.to_owned())
        }
        Kind::Repaired => {
            let why = "Each is repaired or over. What was repaired is on probation: failing again is a relapse.";
            let all = if silenced == 0 { "all " } else { "" };
            ("REPAIRED".to_owned(), format!("{all}{count} that were told together"), why.to_owned())
        }
        Kind::Reminder => {
            let why = "Nobody has acknowledged these: arraywatch ack CASE --by NAME ends the reminders of a case.";
            (format!("STILL OPEN, {}", severity.code()), format!("{count}, first: {first}"), why.to_owned())
        }
        _ => {
            let why = match shared.as_slice() {
                [one] => format!(
                    "So many at once point at what they share. Each by itself would suspect first: {}.",
                    one.describe()
                ),
                _ => "So many at once point at what they share: power, backplane, controller; or at what reads them."
                    .to_owned(),
            };
            (format!("STORM, {}", severity.code()), format!("{count} at once, first: {first}"), why)
        }
    };
    let act = match kind {
        Kind::Resolved | Kind::Repaired => "Nothing by these. arraywatch cases --all shows them.".to_owned(),
        _ => "Look first at what they share, then at each: arraywatch cases. Pull no drive before it is known what failed.".to_owned(),
    };
    let lead = Lead {
        what: match kind {
            Kind::Resolved => "All cases that were told together are over.".to_owned(),
            Kind::Repaired => {
                fit(&format!("{}, told together, repaired by now: {}.", capital(&count), codes.join(", ")), LINE_MAX)
            }
            Kind::Reminder => {
                fit(&format!("{}, told together, last: {}.", capital(&count), codes.join(", ")), LINE_MAX)
            }
            _ => fit(&format!("{count} at once: {}.", codes.join(", ")), LINE_MAX),
        },
        place: fit(&format!("{}. First: {first_named}.", hosts_told(&hosts)), LINE_MAX),
        why: fit(&why, LINE_MAX),
        stake: gravest.map_or_else(
            || "Nothing by these cases.".to_owned(),
            |case| {
                let scope = scope::of(case, ground.diagnosis, ground.by_id);
                fit(&of(&gravest_host, stake(ground, case, &scope, &gravest_host)), LINE_MAX)
            },
        ),
        act: fit(&act, LINE_MAX),
    };
    let listed = |case: &&Case| {
        let told = format!("{} {}: {} [{}]", case.severity.code(), case.code.code(), head(case), case.id);
        of(&host_of(&case.subject, ground), told)
    };
    let listed_gone = |stood: &&Stood| {
        let told = format!("{} {}: {} [{}]", stood.severity.code(), stood.code, name(&stood.subject), stood.case);
        of(&host_told(stood), told)
    };
    let all = cases.len() + gone.len();
    let mut listing: Vec<String> =
        cases.iter().map(listed).chain(gone.iter().map(listed_gone)).take(STORM_LISTED).collect();
    if all > STORM_LISTED {
        listing.push(format!("and {} more: arraywatch cases", all - STORM_LISTED));
    }
    let remarks = (silenced > 0).then(|| {
        let more = number_of(silenced as u64, "more case that was", "more cases that were");
        format!("Work is done on {more} told with these: nothing is said of that before it ends.")
    });
    let goes_on = !matches!(kind, Kind::Resolved | Kind::Repaired);
    let mut not: Vec<(String, Vec<String>)> = Vec::new();
    for case in cases.iter().filter(|_| goes_on) {
        let Some(advice) = case.do_not.first().map(|advice| clean(advice)) else { continue };
        let host = host_of(&case.subject, ground);
        match not.iter_mut().find(|(other, _)| *other == advice) {
            Some((_, of)) if of.contains(&host) => {}
            Some((_, of)) => of.push(host),
            None => not.push((advice, vec![host])),
        }
    }
    let advised = |(advice, of): (String, Vec<String>)| match of.len() == hosts.len() {
        true => advice,
        false => format!("{}: {advice}", hosts_told(&of)),
    };
    let not: Vec<String> = not.into_iter().take(UNKNOWN_MAX).map(advised).collect();
    Message {
        place_in_thread: place,
        title: titled(&front, &on, &told, &first_named, ""),
        lead,
        do_not: not,
        cases: listing,
        remarks: remarks.into_iter().collect(),
        ..Message::of_no_case(ground.host, kind, severity, thread, ground.now)
    }
}

/// That a case is no more which was told: what it rested on is known otherwise by now.
pub fn gone(ground: &Ground<'_>, stood: &Stood, thread: &str, place: u32) -> Message {
    let name = ground.diagnosis.inventory.name(&stood.subject);
    let host = host_of(&stood.subject, ground);
    let lead = Lead {
        what: fit(&format!("The case {} of {name} is no more.", stood.code), LINE_MAX),
        place: fit(&format!("Host {host}; {name}; told since {}.", instant(stood.opened)), LINE_MAX),
        why: "What it rested on is known otherwise now: other evidence came, or it is told in another case.".to_owned(),
        stake: "Nothing by this case. What lasts is told in others.".to_owned(),
        act: "See what lasts: arraywatch cases.".to_owned(),
    };
    Message {
        place_in_thread: place,
        case: Some(stood.case.clone()),
        code: Some(stood.code.clone()),
        subject: stood.subject.to_string(),
        title: titled("OVER", &host, &format!("the case {} of {name} is no more", stood.code), &name, ""),
        lead,
        ..Message::of_no_case(&host, Kind::Resolved, stood.severity, thread, ground.now)
    }
}

/// The host that a subject is of; of what belongs to none, the one that tells.
pub fn host_of(subject: &Subject, ground: &Ground<'_>) -> String {
    clean(ground.diagnosis.host_of(subject).unwrap_or(ground.host))
}

/// A case in a few words: its summary without its suspects.
fn head(case: &Case) -> String {
    let summary = case.summary.split(SUSPECTS_FOLLOW).next().unwrap_or_default();
    clean(summary)
}

fn title(
    ground: &Ground<'_>,
    kind: Kind,
    case: &Case,
    severity: Severity,
    host: &str,
    goes_on_as: Option<&str>,
) -> String {
    let severity = severity.code();
    let front = match kind {
        Kind::Relapse => format!("RELAPSE, {severity}"),
        Kind::Worse => format!("WORSE, {severity}"),
        Kind::Verdict => format!("VERDICT, {severity}"),
        Kind::Reminder => format!("STILL OPEN after {}, {severity}", largest(ground.now - case.opened.utc)),
        Kind::Acknowledged => format!("TAKEN{}, {severity}", by(ground, case)),
        Kind::Repaired => "REPAIRED".to_owned(),
        Kind::Resolved if goes_on_as.is_some() => "GOES ON AS A RELAPSE".to_owned(),
        Kind::Resolved => "OVER".to_owned(),
        _ => severity.to_uppercase(),
    };
    // A verdict says whom it names, if it is one: what is less probable than all else together is none.
    let first = case.suspects.first().filter(|first| kind == Kind::Verdict && first.probability >= LIKELY);
    let first = first.map(|first| format!(": {} {} %", first.cause.describe(), percent(first.probability)));
    // That it is one is said first, whatever else is.
    let relapse = if case.code == Code::Relapse && goes_on(case) && kind != Kind::Relapse { "RELAPSE, " } else { "" };
    let name = ground.diagnosis.inventory.name(&case.subject);
    titled(&format!("{relapse}{front}"), host, &head(case), &name, &first.unwrap_or_default())
}

/// A title of at most [`TITLE_MAX`] characters: what happened, on which host, to what, and what else is said. Where not all fits, what is
/// said of the thing is cut, then the host's name, and never that of the thing if that stands in the text.
pub(super) fn titled(front: &str, host: &str, text: &str, name: &str, tail: &str) -> String {
    let length = |text: &str| text.chars().count();
    let needed = text.find(name).map_or(0, |at| length(text.get(..at).unwrap_or_default()) + length(name));
    let short = fit(host, HOST_TITLED);
    for (host, tail) in [(host, tail), (host, ""), (short.as_str(), "")] {
        let front = format!("{front} on {host}: ");
        let room = TITLE_MAX.saturating_sub(length(&front) + length(tail));
        let cut = fit(text, room);
        if length(cut.trim_end_matches('\u{2026}')) >= needed {
            return format!("{front}{cut}{tail}");
        }
        if needed < room {
            let kept: String = text.chars().take(needed).collect();
            return format!("{front}{kept}\u{2026}{tail}");
        }
    }
    fit(&format!("{front} on {short}: {text}"), TITLE_MAX)
}

/// A duration in its largest unit.
fn largest(delta: chrono::TimeDelta) -> String {
    let whole = duration(delta);
    whole.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

/// Who took it, if that was said.
fn by(ground: &Ground<'_>, case: &Case) -> String {
    let said = case.observations.iter().rev().filter_map(|id| ground.by_id.get(id));
    let who = said.filter_map(|one| match &one.fact {
        Fact::Judged { state: CaseState::Acknowledged, by, .. } => Some(format!(" by {}", clean(by))),
        _ => None,
    });
    who.take(1).collect()
}

fn what(ground: &Ground<'_>, kind: Kind, case: &Case, worse: &[String]) -> String {
    let mut told = sentence(&head(case));
    let since = since(ground, case);
    match kind {
        Kind::Worse if !worse.is_empty() => told = format!("Worse: {}. {told}", worse.join("; ")),
        Kind::Acknowledged => told = format!("Taken{}. {told}", by(ground, case)),
        _ => {}
    }
    with_time(&told, &since)
}

/// When it was is told where it fits whole; the evidence has it besides.
fn with_time(told: &str, time: &str) -> String {
    let fits = told.chars().count() + time.chars().count() <= LINE_MAX;
    if fits { format!("{told}{time}") } else { fit(told, LINE_MAX) }
}

/// Since when; of what is repaired or over, from when to when.
fn since(ground: &Ground<'_>, case: &Case) -> String {
    let from = instant(case.opened.utc);
    if goes_on(case) {
        return format!(" Since {from}.");
    }
    match end(ground, case).map(|end| instant(end.at.utc)) {
        Some(to) if to != from => format!(" From {from} to {to}."),
        _ => format!(" On {from}."),
    }
}

/// Whether it is neither repaired nor over.
const fn goes_on(case: &Case) -> bool {
    matches!(case.state, CaseState::Open | CaseState::Acknowledged)
}

/// Begins with a capital letter, and ends with a full stop.
fn sentence(text: &str) -> String {
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{end}", capital(text))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// Host, array with what is mounted, bay with its label, serial number; what matters most for a person with a screwdriver first where not
/// all fits.
fn place_of(ground: &Ground<'_>, case: &Case, scope: &Scope<'_>, host: &str) -> String {
    let mut parts = vec![format!("Host {host}")];
    for array in scope.arrays.iter().take(2) {
        parts.push(array_named(ground, array));
    }
    if scope.arrays.is_empty() && !matches!(case.subject.kind(), Thing::Bay | Thing::Drive | Thing::Host) {
        parts.push(ground.diagnosis.inventory.name(&case.subject).trim_end().to_owned());
    }
    let inventory = &ground.diagnosis.inventory;
    let named = |(bay, serial): &(Subject, Option<String>)| {
        let serial = serial.as_deref();
        // What is over is of the drive that sits there now; of one that lasts, the drive that failed is looked for.
        let now = inventory.occupant(bay).filter(|now| !goes_on(case) && serial != Some(now));
        let serial = match (now, serial) {
            (Some(now), Some(was)) => format!(", {} (was {})", serial_number(now), clean(was)),
            (now, serial) => now.or(serial).map(|serial| format!(", {}", serial_number(serial))).unwrap_or_default(),
        };
        format!("{}{serial}", inventory.bay_name(bay))
    };
    let failed: Vec<String> = scope.failed.iter().take(3).map(named).collect();
    if !failed.is_empty() {
        let more = scope.failed.len().saturating_sub(failed.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("{}{more}", failed.join(" and ")));
    } else if case.subject.kind() == Thing::Array {
        let named = ground.diagnosis.inventory.given_up(&case.subject);
        parts.push(named.map_or_else(
            || "which member is not known".to_owned(),
            |names| format!("md gave up {names} (its name at that time: look at its serial number)"),
        ));
    }
    let whole = format!("{}.", parts.join("; "));
    // What is mounted gives way to the bay.
    if whole.chars().count() > LINE_MAX {
        let short = |array: &&Array| ground.diagnosis.inventory.name(&array.id);
        for (part, array) in parts.iter_mut().skip(1).zip(scope.arrays.iter().take(2)) {
            *part = short(array);
        }
    }
    fit(&format!("{}.", parts.join("; ")), LINE_MAX)
}

fn array_named(ground: &Ground<'_>, array: &Array) -> String {
    let level = array.level.as_deref().map(|level| format!(" (RAID {})", clean(level))).unwrap_or_default();
    let carries = match carried(array) {
        carries if carries.is_empty() => String::new(),
        carries => format!(", {carries}"),
    };
    format!("{}{level}{carries}", ground.diagnosis.inventory.name(&array.id))
}

/// What is mounted on an array, the first of it.
fn carried(array: &Array) -> String {
    let more = array.carries.len().saturating_sub(1);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    array.carries.first().map(|first| format!("{}{more}", clean(first))).unwrap_or_default()
}

fn hosts_told(hosts: &[String]) -> String {
    match hosts {
        [one] => format!("Host {one}"),
        several => {
            let named: Vec<&str> = several.iter().take(4).map(String::as_str).collect();
            let more = several.len().saturating_sub(named.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("Hosts {}{more}", named.join(", "))
        }
    }
}

/// Of what is repaired or over: by what it ended.
fn ended(ground: &Ground<'_>, case: &Case) -> String {
    let told = end(ground, case);
    let told = told.map(|one| format!("Last: {}, {}", instant(one.at.utc), line(one, &ground.diagnosis.inventory)));
    fit(&sentence(&told.unwrap_or_else(|| "It ended.".to_owned())), LINE_MAX)
}

/// What was heard last of what is repaired or over. A person's judgement is that only if it ended the case: that somebody had taken it says
/// nothing of how it ended.
fn end<'a>(ground: &Ground<'a>, case: &Case) -> Option<&'a Observation> {
    let ends = |one: &&&Observation| match &one.fact {
        Fact::Judged { state, .. } => *state == case.state,
        fact => happened(fact),
    };
    case.observations.iter().filter_map(|id| ground.by_id.get(id)).filter(ends).max_by_key(|one| one.order()).copied()
}

/// Whether it is something that happened: where a drive sits, and what time it is, go without saying.
const fn happened(fact: &Fact) -> bool {
    !matches!(fact, Fact::Clock | Fact::Occupies { .. })
}

/// What one more failure would do.
fn stake(ground: &Ground<'_>, case: &Case, scope: &Scope<'_>, host: &str) -> String {
    let of_code = || match case.code {
        Code::NotWatched if !goes_on(case) => "What happened to it meanwhile may not have been noticed.".to_owned(),
        code => sentence(first_sentence(&unfolded(article(code).at_stake))),
    };
    // Where several are concerned, the one that can least afford a failure is told.
    let Some(array) = scope.arrays.iter().min_by_key(|array| scope::left(array, &scope.failed).unwrap_or(1)) else {
        return fit(&of_code(), LINE_MAX);
    };
    let name = ground.diagnosis.inventory.name(&array.id);
    let with = match carried(array) {
        carried if carried.is_empty() => name.clone(),
        carried => format!("{name} with {carried}"),
    };
    let told = match scope::left(array, &scope.failed) {
        _ if array.state == ArrayState::Failed => format!("It has happened: {with} on {host} does not work."),
        None => format!(
            "Not known: of {name} neither level nor members are known. Take it that the next failure loses {with}."
        ),
        Some(0) => match partners(array, scope).as_slice() {
            [] => format!("One more failure may lose {with}: which member holds the only copy is not known."),
            [one] => format!("If {} fails too, {with} is lost.", member_named(ground, one)),
            several => format!("If any one of {} more drives fails, {with} is lost.", several.len()),
        },
        Some(left) => {
            let more = number_of(left.into(), "more failure", "more failures");
            let what = if with == name { "it".to_owned() } else { with };
            format!("{} survives {more}; the next may lose {what}.", capital(&name))
        }
    };
    fit(&told, LINE_MAX)
}

/// The members that hold the only copy of what a lost one held; none if it is not known which.
fn partners<'a>(array: &'a Array, scope: &Scope<'_>) -> Vec<&'a Member> {
    let (lost, left): (Vec<&Member>, Vec<&Member>) =
        array.members.iter().partition(|member| scope::is_lost(array, member, &scope.failed));
    let sets: Vec<u32> = lost.iter().filter_map(|member| member.mirror_set).collect();
    let mirrored = array.members.iter().any(|member| member.mirror_set.is_some())
        || array.level.as_deref().is_some_and(|level| level.starts_with('1') || level.contains("1+0"));
    if lost.is_empty() && mirrored {
        return Vec::new();
    }
    let is_partner = |member: &&Member| !mirrored || member.mirror_set.is_some_and(|set| sets.contains(&set));
    left.into_iter().filter(is_partner).collect()
}

fn member_named(ground: &Ground<'_>, member: &Member) -> String {
    let inventory = &ground.diagnosis.inventory;
    let bay = member.bay.as_ref().map_or_else(|| "a member".to_owned(), |bay| inventory.bay_name(bay));
    let serial = member.serial.as_deref().map(|serial| format!(" ({})", serial_number(serial))).unwrap_or_default();
    format!("{bay}{serial}")
}

/// What not to touch, and what to do.
fn act(ground: &Ground<'_>, case: &Case, scope: &Scope<'_>) -> String {
    if !goes_on(case) {
        return match case.state {
            CaseState::Repaired => "Watch it: failing again is a relapse, and would be told at once.".to_owned(),
            _ => "Nothing more for this case.".to_owned(),
        };
    }
    let array = scope
        .arrays
        .iter()
        .find(|array| scope::left(array, &scope.failed) == Some(0) && array.state != ArrayState::Optimal);
    let not = match array {
        Some(array) if array.state == ArrayState::Rebuilding => {
            format!("Pull no drive of {} while it rebuilds.", ground.diagnosis.inventory.name(&array.id))
        }
        Some(array) => match partners(array, scope).as_slice() {
            [one] => format!("Leave {} alone: the only copy.", member_named(ground, one)),
            _ => {
                format!("Pull no drive of {}: any may hold the only copy.", ground.diagnosis.inventory.name(&array.id))
            }
        },
        None => case.do_not.first().map(|advice| cut(&clean(advice), NOT_MAX, "DO NOT")).unwrap_or_default(),
    };
    let room = LINE_MAX.saturating_sub(not.chars().count() + 1);
    let next = match replace_only(ground, case, scope) {
        Some(next) => fit(&next, room),
        None => case.do_next.first().map(|advice| cut(&clean(advice), room, "DO NEXT")).unwrap_or_default(),
    };
    format!("{not} {next}").trim().to_owned()
}

/// Where it is known which member failed, and the drive is suspected first, nobody need find that out.
fn replace_only(ground: &Ground<'_>, case: &Case, scope: &Scope<'_>) -> Option<String> {
    let first = case.suspects.first().map(|suspect| suspect.cause);
    let rebuilds = scope.arrays.iter().any(|array| array.state == ArrayState::Rebuilding);
    let [(bay, serial)] = scope.failed.as_slice() else { return None };
    if case.code != Code::ArrayDegraded || first != Some(Cause::Drive) || rebuilds {
        return None;
    }
    let serial = serial.as_deref().map(|serial| format!(" ({})", serial_number(serial))).unwrap_or_default();
    Some(format!("Make sure of a backup, then replace only {}{serial}.", ground.diagnosis.inventory.bay_name(bay)))
}

/// What happened, in order of time: of much, the first and the last.
fn evidence(ground: &Ground<'_>, case: &Case) -> Vec<(DateTime<Utc>, String)> {
    let told = |one: &&&Observation| happened(&one.fact);
    let mut all: Vec<&Observation> =
        case.observations.iter().filter_map(|id| ground.by_id.get(id)).filter(told).copied().collect();
    all.sort_by_key(|one| one.order());
    let said = |one: &&Observation| (one.at.utc, line(one, &ground.diagnosis.inventory));
    if all.len() <= EVIDENCE_FIRST + EVIDENCE_LAST {
        return all.iter().map(said).collect();
    }
    let (first, rest) = all.split_at(EVIDENCE_FIRST);
    let (between, last) = rest.split_at(rest.len() - EVIDENCE_LAST);
    let left_out = format!("(and {} more until the next: arraywatch why {})", between.len(), case.id);
    let at = between.first().map_or(ground.now, |one| one.at.utc);
    first.iter().map(said).chain([(at, left_out)]).chain(last.iter().map(said)).collect()
}

fn unknown(ground: &Ground<'_>, case: &Case, scope: &Scope<'_>, host: &str) -> Vec<String> {
    let concerned = |subject: &Subject| {
        *subject == case.subject
            || scope.arrays.iter().any(|array| array.id == *subject)
            || scope.failed.iter().any(|(bay, _)| bay == subject)
            || subject.kind() == Thing::Host && subject.host_name() == Some(host)
    };
    let of_case = ground.diagnosis.unknowns.iter().filter(|unknown| concerned(&unknown.subject));
    of_case.take(UNKNOWN_MAX).map(|unknown| format!("{}: {}", unknown.subject, clean(&unknown.what))).collect()
}

/// An article as plain paragraphs.
fn plain(article: &Article) -> String {
    let texts = [article.means, article.at_stake, article.to_do, article.not_to_do];
    let told = SECTIONS.iter().zip(texts).map(|(heading, text)| format!("{heading}\n{}", unfolded(text)));
    format!("{}\n\n{}", article.title, told.collect::<Vec<_>>().join("\n\n"))
}

/// Lines of a paragraph or of an item are one line each.
fn unfolded(text: &str) -> String {
    let mut whole = String::new();
    for line in text.lines() {
        let begins = line.trim().is_empty() || line.starts_with("- ");
        let after_blank = whole.is_empty() || whole.ends_with('\n');
        if begins {
            whole.push('\n');
        } else if !after_blank {
            whole.push(' ');
        }
        whole.push_str(line.trim());
        if line.trim().is_empty() {
            whole.push('\n');
        }
    }
    whole.trim().replace("\n\n\n", "\n\n")
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or_else(|| text.lines().next().unwrap_or_default(), |(first, _)| first)
}

#[cfg(test)]
mod tests;
