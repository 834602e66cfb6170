//! What is said of a case: one sentence, what to do next, what to leave alone.

use super::cases::Draft;
use super::evidence::failed_bays;
use super::inventory::Inventory;
use super::table::TABLE;
use crate::model::{
    Array, ArrayState, CaseState, Cause, Code, DriveState, Fact, Kind, Member, Severity, Subject, Suspect, Trouble,
    UNNAMED,
};
use crate::words::{clean, count, damaged, duration, instant, number_of, serial_number};

/// The advice on an array that is being rebuilt: the new drive is in, and nothing is to be pulled.
const REBUILDING: &str = "array-rebuilding";

/// The advice on a relapse of which the drive is suspected first.
const RELAPSE_OF_THE_DRIVE: &str = "relapse-drive";

/// The advice on a UPS that feeds the machine from its battery: no part is to be replaced, and there is little time.
const ON_BATTERY: &str = "on-battery";

/// What to do of a member, by whether it is known, and of its drive, by whether it is suspected.
const MEMBER_KNOWN: &str = "member-known";
const MEMBER_UNKNOWN: &str = "member-unknown";
const REPLACE_DRIVE: &str = "replace-drive";
const REPLACE_DOUBTED: &str = "replace-doubted";

/// Advice that is neither of a code nor of a cause.
#[cfg(test)]
pub(super) const OF_STATES: [&str; 8] = [
    REBUILDING,
    RELAPSE_OF_THE_DRIVE,
    ON_BATTERY,
    MEMBER_KNOWN,
    MEMBER_UNKNOWN,
    REPLACE_DRIVE,
    REPLACE_DOUBTED,
    COMMAND_SILENT,
];

/// Suspects named in a sentence.
const SUSPECTS_NAMED: usize = 3;

/// Members named in a sentence.
const MEMBERS_NAMED: usize = 2;

/// Suspects whose checks are told with a case, and the least probability to be one.
const SUSPECTS_TOLD: usize = 4;
const PROBABILITY_TOLD: f64 = 0.05;

/// The advice on a configured command of which nothing can be read.
const COMMAND_SILENT: &str = "not-watched-command";

/// A case in one sentence.
pub(super) fn summary(draft: &Draft<'_>, suspects: &[Suspect], inventory: &Inventory) -> String {
    let what = subject(draft, inventory);
    let over = matches!(draft.state, CaseState::Repaired | CaseState::Closed);
    match draft.code {
        Code::Relapse if is_absence(draft) => {
            let back = draft.before.as_ref().map_or_else(Default::default, |before| draft.opened.utc - before.repaired);
            let is = if over { "was" } else { "is" };
            let after = duration(back);
            format!("{what} {is} not listed by its controller again, {after} after it came back{}", likely(suspects))
        }
        Code::Relapse => {
            let after =
                draft.before.as_ref().map_or_else(Default::default, |before| draft.opened.utc - before.repaired);
            let replaced = draft.before.as_ref().is_some_and(|before| before.drive_replaced.is_some());
            let repair = if replaced { "a repair with a new drive" } else { "a repair" };
            // Times that people remember are no exact ones.
            let about = if draft.opened.within.is_some() { "about " } else { "" };
            let dead = if draft.array_failed { ", and does not work at all" } else { "" };
            format!("{what} failed again {about}{} after {repair}{dead}{}", duration(after), likely(suspects))
        }
        Code::ArrayFailed if over => format!("{what} had failed"),
        Code::ArrayFailed => format!("{what} has failed{}", likely(suspects)),
        Code::ArrayDegraded if over => format!("{what} was degraded"),
        Code::ArrayDegraded if is_rebuilding(draft, inventory) => {
            format!("{what} is being rebuilt, and is degraded until that is done{}", likely(suspects))
        }
        Code::ArrayDegraded => format!("{what} is degraded{}{}", whom(draft, inventory), likely(suspects)),
        Code::DriveFailed if is_read(draft) => read(draft, &what),
        Code::DriveFailed if over => format!("{what} failed{}", ended(draft)),
        Code::DriveFailed => format!("{what} failed{}", likely(suspects)),
        Code::RebuildFailed if over => format!("the rebuild of {what} had been given up, and {what} works again"),
        Code::DriveMissing if over => format!("{what} was no longer listed, and is again or was replaced"),
        Code::DriveMissing => format!("{what} is no longer listed by its controller{}", likely(suspects)),
        Code::RebuildFailed => format!("the rebuild of {what} was given up"),
        Code::FailurePredicted if over => format!("{what} was predicted to fail{}", ended(draft)),
        Code::FailurePredicted => match reasons(draft) {
            Some(reasons) => format!("{what} is predicted to fail: {reasons}"),
            None => format!("{what} is predicted to fail"),
        },
        Code::PowerFault
        | Code::MediaErrors
        | Code::MemberErrors
        | Code::LinkErrors
        | Code::DriveWorn
        | Code::DriveHot
        | Code::DriveSilent
        | Code::SupplyFailed
        | Code::HousingFault
        | Code::CacheUnprotected => read(draft, &what),
        Code::StreamDamaged => damage(draft),
        Code::ReportMissing => {
            let last = draft.evidence.first().map(|one| instant(one.at.utc)).unwrap_or_default();
            let until = draft.evidence.first().and_then(|one| one.at.until);
            match until {
                Some(until) => format!(
                    "a steady report stopped when it was due on {}, and came again on {}",
                    instant(draft.opened.utc),
                    instant(until)
                ),
                None => format!(
                    "a steady report was last written on {last} and is missing since {}, when it was due",
                    instant(draft.opened.utc)
                ),
            }
        }
        Code::SensorContradicted => {
            "power was read as fine, while the evidence points at the power line first".to_owned()
        }
        Code::RecorderStopped if reasons(draft).is_some() => read(draft, &what),
        Code::RecorderStopped if over => {
            "the service that records the controller's events did not run, and runs again".to_owned()
        }
        Code::RecorderStopped => {
            "the service that records the controller's events does not run: nobody keeps them".to_owned()
        }
        Code::NotWatched => {
            let why = draft.evidence.iter().rev().find_map(|one| match &one.fact {
                Fact::NotWatched { why } => Some(clean(why)),
                _ => None,
            });
            // The reason of a file names it, whatever its stream is called.
            let names_itself = why.as_ref().is_some_and(|why| why.starts_with('/'));
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            let again = draft.evidence.iter().any(|one| one.fact == Fact::Watched);
            match draft.state {
                // It may never have been: all that is known is that it tells nothing.
                CaseState::Open | CaseState::Acknowledged if draft.subject.command().is_some() => {
                    let own = format!(": nothing can be read of {what}");
                    format!("{what} tells nothing{}", why.strip_prefix(&own).unwrap_or(&why))
                }
                CaseState::Open | CaseState::Acknowledged if names_itself => format!("no longer watched{why}"),
                CaseState::Open | CaseState::Acknowledged => format!("{what} is no longer watched{why}"),
                _ if again => format!("{what} was not watched for a time, and is again"),
                _ => format!("{what} was no longer watched{}", ended(draft)),
            }
        }
        Code::EventNotUnderstood => {
            let text = draft.evidence.first().map(|one| one.text.as_str()).unwrap_or_default();
            let times = draft.evidence.iter().map(|one| match one.fact {
                Fact::Event { times, .. } => times,
                _ => 0,
            });
            let same = draft.evidence.iter().all(|one| one.text == text);
            let times = match times.sum() {
                1 => String::new(),
                times if !same => format!(" (the first of {} events of this number)", count(times)),
                times => format!(" (the first of {} such events)", count(times)),
            };
            format!("the controller says, in words that arraywatch does not know: {text}{times}")
        }
    }
}

/// Whether what was said or read last is that a UPS is on its battery.
fn is_on_battery(draft: &Draft<'_>) -> bool {
    let last = draft.evidence.iter().rev().find_map(|one| match &one.fact {
        Fact::Trouble { kind, .. } => Some(*kind == Trouble::OnBattery),
        Fact::Health { reasons, .. } => Some(reasons.iter().any(|reason| {
            reason.severity > Severity::Info
                && ["ups-on-battery", "ups-battery-low", "ups-shutdown"].contains(&reason.key.as_str())
        })),
        _ => None,
    });
    last.unwrap_or(false)
}

/// Whether nobody says that it failed but how it was read.
fn is_read(draft: &Draft<'_>) -> bool {
    draft.evidence.iter().all(|one| one.fact != Fact::DriveFailed)
}

/// What was read, in its own words; of drives that lost their power, how many.
fn read(draft: &Draft<'_>, what: &str) -> String {
    if draft.code == Code::PowerFault {
        let drives: std::collections::BTreeSet<_> =
            draft.evidence.iter().filter_map(|one| one.serial.as_ref()).collect();
        let first = draft.evidence.first();
        let (from, to) = first.map_or_else(Default::default, |one| (one.at.utc, one.at.until.unwrap_or(one.at.utc)));
        let drives = number_of(drives.len() as u64, "drive", "drives");
        let when = match (instant(from), instant(to)) {
            (from, to) if from == to => format!("within the minute of {from}"),
            (from, to) => format!("between {from} and {to}"),
        };
        return format!("{drives} lost their power {when}, while the machine ran on");
    }
    let over = matches!(draft.state, CaseState::Repaired | CaseState::Closed);
    let was = if over { " (it is so no longer)" } else { "" };
    let told = || draft.evidence.last().map(|one| clean(&one.text)).unwrap_or_default();
    format!("{what}: {}{was}", reasons(draft).unwrap_or_else(told))
}

/// The reasons of a case, as they were read last: all that are bad, and those that rose.
fn reasons(draft: &Draft<'_>) -> Option<String> {
    draft.evidence.iter().rev().find_map(|one| match &one.fact {
        Fact::Health { reasons, .. } => {
            let of_code = reasons.iter().filter(|reason| reason.ailment.case() == Some(draft.code));
            let worst = of_code.clone().map(|reason| reason.severity).max()?;
            // Beside what is bad, what is only counted is no news.
            let told = of_code.filter(|reason| reason.severity == worst).map(|reason| reason.text.as_str());
            Some(clean(&told.collect::<Vec<_>>().join("; ")))
        }
        _ => None,
    })
}

fn is_rebuilding(draft: &Draft<'_>, inventory: &Inventory) -> bool {
    inventory.arrays.get(&draft.subject).is_some_and(|array| array.state == ArrayState::Rebuilding)
}

/// Which member an array is without, where that is known: a phone shows no more than a title.
fn whom(draft: &Draft<'_>, inventory: &Inventory) -> String {
    let lost = lost(draft, inventory);
    // That a slot is one of this array need not be said again.
    let name = |(place, _): &(Subject, Option<String>)| {
        inventory.slot(place).map_or_else(|| inventory.bay_name(place), |(_, slot)| slot)
    };
    let shown: Vec<String> = lost.iter().take(MEMBERS_NAMED).map(name).collect();
    match (lost.len().saturating_sub(MEMBERS_NAMED), inventory.given_up(&draft.subject)) {
        (_, Some(names)) if lost.is_empty() => format!(": md gave up {names}"),
        _ if lost.is_empty() => String::new(),
        (0, _) => format!(": {}", shown.join(", ")),
        (more, _) => format!(": {} and {more} more", shown.join(", ")),
    }
}

/// What a case is about, for a sentence: of a bay with the drive that failed there, of an array with its level.
fn subject(draft: &Draft<'_>, inventory: &Inventory) -> String {
    let subject = &draft.subject;
    match subject.kind() {
        Kind::Array => {
            let level = inventory.arrays.get(subject).and_then(|array| array.level.as_deref());
            let level = level.map(|level| format!(" (RAID {level})")).unwrap_or_default();
            format!("{}{level}", inventory.name(subject))
        }
        Kind::Bay => {
            let serial = draft.evidence.iter().rev().find_map(|one| one.serial.as_deref().filter(|_| fails(&one.fact)));
            // One that nobody names is the one in that bay.
            let drive = serial.map(|serial| match serial.starts_with(UNNAMED) {
                true => "drive in ".to_owned(),
                false => format!("drive {} in ", clean(serial)),
            });
            let drive = drive.unwrap_or_default();
            format!("{drive}{}", inventory.bay_name(subject))
        }
        _ => inventory.name(subject),
    }
}

/// What a case of a drive ended by, as far as somebody or something said so.
fn ended(draft: &Draft<'_>) -> &'static str {
    let own = draft.own_evidence();
    if own.iter().any(|one| matches!(one.fact, Fact::DriveReplaced { .. }) && !one.contradicted) {
        return " and was replaced";
    }
    let said = own.iter().chain(&draft.judged).rev().find_map(|one| match &one.fact {
        Fact::Judged { state: CaseState::Repaired, .. } => Some(" and is said to be repaired"),
        Fact::Judged { state: CaseState::Closed, .. } => Some("; its case was closed by a person"),
        Fact::Retired => Some(" and is no longer there, as a person said"),
        _ => None,
    });
    said.unwrap_or(", and works again")
}

/// Whether what came again is that a drive is no longer listed.
fn is_absence(draft: &Draft<'_>) -> bool {
    let first = draft.evidence.iter().find(|one| one.at.utc >= draft.opened.utc);
    first.is_some_and(|one| one.fact == Fact::DriveMissing)
}

fn fails(fact: &Fact) -> bool {
    matches!(fact, Fact::DriveFailed | Fact::FailurePredicted | Fact::DriveMissing | Fact::Health { .. })
}

/// The first suspects, where the evidence moved them ahead of the drive.
fn likely(suspects: &[Suspect]) -> String {
    let ahead =
        named(suspects).take_while(|suspect| suspect.cause != Cause::Drive).map(|suspect| suspect.cause.describe());
    match ahead.take(SUSPECTS_NAMED).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        causes => format!("; the drive is probably not the cause, suspect first: {}", causes.join(", ")),
    }
}

/// The suspects that are something.
fn named(suspects: &[Suspect]) -> impl Iterator<Item = &Suspect> {
    suspects.iter().filter(|suspect| !matches!(suspect.cause, Cause::Nothing | Cause::Unknown))
}

/// An advice with its braces filled.
fn filled(advice: &str, draft: &Draft<'_>, suspects: &[Suspect], inventory: &Inventory) -> String {
    let of = |of: &str| TABLE.advice(of).0.first().cloned().unwrap_or_default();
    let first = named(suspects).next().map(|first| first.cause);
    let members = lost(draft, inventory);
    // One without a bay is not to be found by it.
    let named = |(bay, serial): &(Subject, Option<String>)| {
        if bay.kind() != Kind::Bay || bay.is_somewhere() || inventory.slot(bay).is_some() {
            return None;
        }
        let bay = inventory.bay_name(bay);
        Some(match serial.as_ref().filter(|serial| !serial.starts_with(UNNAMED)) {
            Some(serial) => format!("{} is the one in {bay}", serial_number(serial)),
            None => format!("the drive in {bay} is the one that failed"),
        })
    };
    let known: Vec<String> = members.iter().filter_map(named).collect();
    let member = if known.is_empty() || known.len() < members.len() { MEMBER_UNKNOWN } else { MEMBER_KNOWN };
    let replace = if first.is_none_or(|first| first == Cause::Drive) { REPLACE_DRIVE } else { REPLACE_DOUBTED };
    advice
        .replace("{member}", &of(member))
        .replace("{replace}", &of(replace))
        .replace("{members}", &known.join(" and "))
        .replace("{first}", first.map(Cause::describe).unwrap_or_default())
        .replace("{ask}", &ask(&draft.subject))
        .replace("{subject}", &for_shell(&draft.subject.to_string()))
}

/// A word of a command line.
fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:%@+,".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// The members that a case is about, as far as they are known: what failed since the last repair, each with the drive that sat there; else
/// the places that the array is without.
fn lost(draft: &Draft<'_>, inventory: &Inventory) -> Vec<(Subject, Option<String>)> {
    let since = draft.before.as_ref().map(|before| before.repaired);
    let late = draft.evidence.iter().filter(|one| since.is_none_or(|since| one.at.utc > since));
    let failed = late.filter(|one| one.fact == Fact::DriveFailed && one.place.kind() != Kind::Array);
    let mut lost: Vec<(Subject, Option<String>)> = Vec::new();
    for one in failed {
        if lost.iter().all(|(place, _)| *place != one.place) {
            lost.push((one.place.clone(), one.serial.clone()));
        }
    }
    if lost.is_empty()
        && let Some(array) = inventory.arrays.get(&draft.subject)
    {
        let gone = array.members.iter().filter(|member| is_out(member));
        lost.extend(gone.filter_map(|member| Some((member.bay.clone()?, member.serial.clone()))));
    }
    lost
}

/// Whether a member does not count: its drive failed, or there is none.
pub(super) fn is_out(member: &Member) -> bool {
    matches!(member.state, DriveState::Failed | DriveState::Removed)
}

/// What tells how an array, or the arrays of a card, are, by what its name shows of its kind: what the kernel calls `md…` is md's, and a
/// card that is counted is asked by the tool of its maker.
fn ask(subject: &Subject) -> String {
    let path = subject.path();
    let first = path.split('/').next().unwrap_or_default();
    let card = first.strip_prefix('c').filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    match card.filter(|number| !number.is_empty()) {
        _ if subject.kind() == Kind::Array && first.starts_with("md") => {
            format!("for example: mdadm --detail /dev/{path}")
        }
        // Where the first card is 0, it is counted by storcli or ssacli; arcconf counts from 1.
        Some("0") => "for example: storcli /c0 show all, or ssacli ctrl all show config".to_owned(),
        Some(number) => format!("for example: arcconf getconfig {number}, or storcli /c{number} show all"),
        None => "with the tool that manages it".to_owned(),
    }
}

fn damage(draft: &Draft<'_>) -> String {
    let (mut total, mut places, mut at_tail) = (0, 0, false);
    let (mut all_kinds, mut all_origins) = (Vec::new(), Vec::new());
    for one in &draft.evidence {
        if let Fact::Damaged { kinds, origins, bytes, places: here, at_tail: tail, .. } = &one.fact {
            total += bytes;
            places += here;
            at_tail |= tail;
            all_kinds.extend(kinds.iter().filter(|kind| !all_kinds.contains(*kind)).copied().collect::<Vec<_>>());
            all_origins.extend(origins.iter().filter(|one| !all_origins.contains(*one)).copied().collect::<Vec<_>>());
        }
    }
    let tail = if at_tail { ", and nothing intact follows" } else { "" };
    format!(
        "the log is damaged in {}: {} overwritten with {}{tail}; every intact record was kept",
        number_of(places, "place", "places"),
        number_of(total, "byte", "bytes"),
        damaged(&all_kinds, &all_origins),
    )
}

/// What to do next, which checks tell the suspects apart, and what to leave alone.
pub(super) fn advice(draft: &Draft<'_>, suspects: &[Suspect], inventory: &Inventory) -> [Vec<String>; 3] {
    let of = match draft.code {
        Code::ArrayDegraded if is_rebuilding(draft, inventory) => REBUILDING,
        Code::Relapse if named(suspects).next().is_some_and(|first| first.cause == Cause::Drive) => {
            RELAPSE_OF_THE_DRIVE
        }
        Code::SupplyFailed if is_on_battery(draft) => ON_BATTERY,
        Code::NotWatched if draft.subject.command().is_some() => COMMAND_SILENT,
        code => code.code(),
    };
    let (next, not) = TABLE.advice(of);
    let next: Vec<String> = next.iter().map(|advice| filled(advice, draft, suspects, inventory)).collect();
    let mut not = not.to_vec();
    let of_causes = suspects.iter().filter(|suspect| suspect.probability >= PROBABILITY_TOLD).take(SUSPECTS_TOLD);
    // What is not understood points nowhere.
    let of_causes = of_causes.filter(|_| draft.code != Code::EventNotUnderstood && of != ON_BATTERY);
    let checks = of_causes.flat_map(|suspect| TABLE.advice(suspect.cause.code()).0.iter().cloned()).collect();
    if matches!(
        draft.code,
        Code::Relapse
            | Code::ArrayDegraded
            | Code::ArrayFailed
            | Code::RebuildFailed
            | Code::DriveFailed
            | Code::DriveMissing
    ) {
        not.splice(0..0, partners(draft, inventory));
    }
    [next, checks, not]
}

/// What must not be touched, of each array that the case concerns.
fn partners(draft: &Draft<'_>, inventory: &Inventory) -> Vec<String> {
    let failed = match draft.subject.kind() {
        Kind::Bay => vec![draft.subject.clone()],
        // Of a relapse only what failed since the repair: the member that was repaired has its partner again.
        _ => {
            let since = draft.before.as_ref().map(|before| before.repaired);
            let late = draft.evidence.iter().filter(|one| since.is_none_or(|since| one.at.utc > since));
            failed_bays(&late.copied().collect::<Vec<_>>())
        }
    };
    let is_member = |member: &Member| member.bay.as_ref().is_some_and(|bay| failed.contains(bay));
    let concerned = |array: &&Array| array.id == draft.subject || array.members.iter().any(is_member);
    inventory.arrays.values().filter(concerned).filter_map(|array| untouchable(array, &failed, inventory)).collect()
}

/// The members of an array that must be left alone, and why; none if there are no others than those that failed.
fn untouchable(array: &Array, failed: &[Subject], inventory: &Inventory) -> Option<String> {
    if array.members.is_empty() {
        let name = inventory.name(&array.id);
        return Some(format!(
            "Do not pull, reseat or power-cycle any drive of {name}: its members are not known, so any of them may hold the \
             only copy."
        ));
    }
    let told = |member: &&Member| member.bay.as_ref().is_some_and(|bay| failed.contains(bay));
    // A place with nothing in it has nothing that could be pulled: it is what failed.
    let has_failed = |member: &&Member| told(member) || is_out(member);
    let (lost, left): (Vec<&Member>, Vec<&Member>) = array.members.iter().partition(has_failed);
    let names = |members: &[&Member]| {
        let name = |bay: &Subject| {
            let drive =
                inventory.occupant(bay).map(|serial| format!(", {}", serial_number(serial))).unwrap_or_default();
            format!("{}{drive}", inventory.bay_name(bay))
        };
        members.iter().filter_map(|member| member.bay.as_ref().map(name)).collect::<Vec<_>>().join("; ")
    };
    let sets: Vec<u32> = lost.iter().filter_map(|member| member.mirror_set).collect();
    let is_partner = |member: &&&Member| member.mirror_set.is_some_and(|set| sets.contains(&set));
    let partners: Vec<&Member> = left.iter().filter(is_partner).copied().collect();
    let all = names(&left);
    let why = if left.is_empty() {
        return None;
    } else if !partners.is_empty() {
        let partners = names(&partners);
        format!("the mirror partner: {partners}. It holds the only copy of the failed member's data.")
    } else if lost.is_empty() && (array.level.is_none() || is_mirrored(array.level.as_deref())) {
        format!("any of these until it is known which member failed, for the others may hold the only copy: {all}.")
    } else if !sets.is_empty() {
        format!("what is left of the array, for both halves of a mirror have failed and this is all there is: {all}.")
    } else if is_mirrored(array.level.as_deref()) {
        format!("any of these, for it is not known which holds the failed member's only copy: {all}.")
    } else {
        format!("any of these, for the array may not survive the loss of one more: {all}.")
    };
    Some(format!("Do not pull, reseat or power-cycle {why}"))
}

/// Whether a level keeps each member's data on another one.
pub(super) fn is_mirrored(level: Option<&str>) -> bool {
    level.is_some_and(|level| level.starts_with('1') || level.contains("10") || level.contains("1+0"))
}
