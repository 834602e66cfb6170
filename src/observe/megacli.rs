//! Outputs of MegaCli. What its firmware has of a thing is judged as where the machine itself is read ([`super::machine::megaraid::judge`]).
//!
//! People keep one command's output a file: drives in one, logical drives in another, the battery in a third. So what an output has
//! makes its family: three files of one host are three tools' outputs, two with drives in them are of two hosts.

use super::machine::Read;
use super::machine::megaraid::judge::{self, Cache, Found};
use super::machine::megaraid::{MAKER, bay};
use super::machine::reason::says;
use super::output::{Sheet, Tool, is_serial, state_word, unnamed};
use crate::model::{
    Ailment, ArrayRead, ArrayState, DriveRead, Kind, MemberRead, Reading, Reason, Role, Severity, Subject, Thing,
    Unread, WhyUnread,
};
use crate::words::{clean, number_of};
use arraywatch_parsers::megaraid::device::{self, DriveState};
use arraywatch_parsers::megaraid::megacli::{self, Adapter, Array, Drive, Parts, Word};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Blocks of a drive whose firmware does not say how long they are.
const BLOCK: u64 = 512;

/// An output with drives, with logical drives, with both, or with neither: then it is of the battery or the controller itself.
pub(super) struct MegaCli<const DRIVES: bool, const ARRAYS: bool>;

impl<const DRIVES: bool, const ARRAYS: bool> Tool for MegaCli<DRIVES, ARRAYS> {
    type Output = megacli::MegaCli;

    const NAME: &'static str = match (DRIVES, ARRAYS) {
        (true, true) => "megacli",
        (true, false) => "megacli-drives",
        (false, true) => "megacli-arrays",
        (false, false) => "megacli-controller",
    };

    fn recognise(bytes: &[u8]) -> bool {
        let Parts { arrays, drives, controller } = megacli::parts(bytes);
        (drives, arrays) == (DRIVES, ARRAYS) && (drives || arrays || controller)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        megacli::megacli(bytes)
    }

    fn tally(output: &Self::Output) -> &Tally {
        &output.tally
    }

    fn sheet(output: &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        // A drive stands in several lists.
        let mut things: BTreeMap<Subject, Read> = BTreeMap::new();
        for adapter in &output.adapters {
            for read in adapter_things(host, adapter, &output.failures) {
                things.entry(read.subject.clone()).or_insert(read);
            }
        }
        // Only a list of drives alone is of all that a controller has: a logical drive's has its members.
        let listed = output.adapters.iter().filter(|adapter| DRIVES && !ARRAYS && adapter.number.is_some());
        let whole = listed.map(|adapter| Subject::within(Kind::Controller, host, &path(adapter))).collect();
        Sheet { things: things.into_values().collect(), whole, events: Vec::new() }
    }
}

/// `c0`
fn path(adapter: &Adapter) -> String {
    adapter.number.map_or_else(String::new, |number| format!("c{number}"))
}

fn adapter_things(host: &str, adapter: &Adapter, failures: &[String]) -> Vec<Read> {
    let drives = adapter.drives.iter().map(|one| drive(host, adapter, one));
    let arrays = adapter.arrays.iter().filter(|array| !array.is_cache).map(|one| array(host, adapter, one));
    let others = [controller(host, adapter, failures), unnamed_array(host, adapter)];
    drives.chain(arrays).chain(others.into_iter().flatten()).collect()
}

fn unread(why: WhyUnread, text: impl Into<String>) -> Option<Unread> {
    Some(Unread { why, text: text.into() })
}

/// Where a drive sits; none where its controller or its slot is not told.
fn place(host: &str, adapter: &Adapter, one: &Drive) -> Option<Subject> {
    adapter.number?;
    Some(bay(host, &path(adapter), one.enclosure, one.slot?))
}

/// The serial number of a drive, or its world-wide name, or where it sits.
fn name(host: &str, adapter: &Adapter, one: &Drive) -> Subject {
    let serial = one.serial.as_deref().filter(|serial| is_serial(serial)).map(clean);
    if let Some(serial) = serial.or_else(|| one.wwn.as_ref().map(|wwn| format!("0x{wwn}"))) {
        return Subject::drive(&serial);
    }
    let number =
        |what: &str, number: Option<u32>| format!("{what}{}", number.map_or("-".to_owned(), |at| at.to_string()));
    let place = place(host, adapter, one);
    let place = place.map_or_else(
        || format!("{}-{}-{}", number("e", one.enclosure), number("s", one.slot), number("d", one.id)),
        |place| place.path(),
    );
    unnamed(host, &place)
}

fn drive(host: &str, adapter: &Adapter, one: &Drive) -> Read {
    let subject = name(host, adapter, one);
    let serial = subject.serial().unwrap_or_default().to_owned();
    let known = match &one.state {
        Some(Word::Known(state)) => Some(*state),
        _ => None,
    };
    let mut reasons = judge::drive(&Found {
        state: known,
        predictions: one.predictions.unwrap_or(0),
        media: one.media_errors.unwrap_or(0),
        other: one.other_errors.unwrap_or(0),
        ..Found::default()
    });
    let out = |key, text: String| says(Ailment::OutOfUse, key, Severity::Warning, text);
    let state = match &one.state {
        Some(Word::Known(state)) => state.words().to_owned(),
        Some(Word::Other(word)) => {
            let word = clean(word);
            let text = format!("its controller has it in a state that is not known here (\u{ab}{word}\u{bb})");
            reasons.push(out("megaraid-state", text));
            word
        }
        None => "in a state that is not told".to_owned(),
    };
    if one.foreign == Some(true) {
        let text = "it carries the configuration of another controller (foreign), so no array uses it";
        reasons.push(out("foreign", text.to_owned()));
    }
    if one.alert == Some(true) && one.predictions.unwrap_or(0) == 0 {
        let text = "its controller says that it has flagged a S.M.A.R.T. alert";
        reasons.push(says(Ailment::FailurePredicted, "megaraid-alert", Severity::Critical, text));
    }
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    let field = |text: &Option<String>| text.as_deref().map(clean);
    let read = DriveRead {
        bay: place(host, adapter, one).unwrap_or_else(|| Subject::somewhere(host, &serial)),
        vendor: field(&one.vendor),
        model: field(&one.model),
        firmware: field(&one.firmware),
        wwn: one.wwn.as_ref().map(|wwn| format!("0x{wwn}")),
        bytes: one.blocks.and_then(|blocks| blocks.checked_mul(one.block.map_or(BLOCK, u64::from))),
        names: Vec::new(),
        power: None,
    };
    let text = format!("{} {serial}, {state}", read.model.as_deref().unwrap_or("drive"));
    let unread = match one.state {
        None => unread(WhyUnread::NotUnderstood, "its state is not told"),
        Some(_) => None,
    };
    Read {
        subject,
        reading: Reading { thing: Thing::Drive(Box::new(read)), reasons, unread },
        text,
        values: Vec::new(),
    }
}

fn array(host: &str, adapter: &Adapter, one: &Array) -> Read {
    let members = members(host, adapter, one);
    let listed = members.iter().filter(|member| member.role != Role::Missing).count();
    let missing = members.len().saturating_sub(listed) as u64;
    let mut reasons = Vec::new();
    let (state, word) = match &one.state {
        Some(Word::Known(state)) => (judge::array(*state, rebuilds(adapter, one)), state.words().to_owned()),
        Some(Word::Other(word)) => {
            let word = clean(word);
            let text = format!("MegaCli calls its state \u{ab}{word}\u{bb}, a word that is not known");
            reasons.push(state_word(&text));
            (ArrayState::Unknown, word)
        }
        None => (ArrayState::Unknown, "in a state that is not told".to_owned()),
    };
    if missing > 0 && state == ArrayState::Optimal {
        let of = number_of(missing, "member", "members");
        let text = format!("it is called optimal, and {of} of it are not listed");
        reasons.push(says(Ailment::MemberErrors, "members-missing", Severity::Warning, text));
    }
    if one.bad_blocks == Some(true) {
        let text =
            "blocks of it cannot be read: they were lost while it had no redundancy (\u{ab}Bad Blocks Exist\u{bb})";
        reasons.push(says(Ailment::MemberErrors, "failed-stripes", Severity::Warning, text));
    }
    let level = level(one);
    let title = one.name.as_deref().map_or_else(String::new, |name| format!(" \u{ab}{}\u{bb}", clean(name)));
    let told: Vec<&str> = reasons.iter().map(|reason: &Reason| reason.text.as_str()).collect();
    let told = if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) };
    let text = format!(
        "logical drive {}{title}, RAID {}, {word}{told}",
        one.target,
        level.as_deref().unwrap_or("of a level that is not known"),
    );
    let subject = Subject::within(Kind::Array, host, &format!("{}/l{}", path(adapter), one.target));
    let read = ArrayRead { state, level, members, carries: Vec::new() };
    let unread = match one.state {
        None => unread(WhyUnread::NotUnderstood, "its state is not told"),
        Some(_) => None,
    };
    Read { subject, reading: Reading { thing: Thing::Array(read), reasons, unread }, text, values: Vec::new() }
}

/// The level: a mirror of more than two drives has stripes, whether the firmware calls them spans or not.
fn level(one: &Array) -> Option<String> {
    let numbers = one.level?;
    let spans = one.spans_announced.unwrap_or(1);
    let striped = numbers.first() == Some(&1) && one.drives.is_some_and(|drives| drives > 2);
    judge::level(numbers, if striped { spans.max(2) } else { spans })
}

/// The members, where the output lists drives below the array; those that it announces and does not list are missing.
fn members(host: &str, adapter: &Adapter, one: &Array) -> Vec<MemberRead> {
    let mut members = Vec::new();
    let mirrored = one.level.is_some_and(|[primary, ..]| primary == 1);
    for (number, span) in (0_u32..).zip(&one.spans) {
        let mirror_set = Some(number).filter(|_| mirrored && span.drives.unwrap_or(2) == 2);
        let drives = span.listed.iter().filter_map(|at| adapter.drives.get(*at));
        members.extend(drives.map(|drive| MemberRead {
            slot: None,
            bay: place(host, adapter, drive),
            serial: name(host, adapter, drive).serial().map(str::to_owned),
            name: None,
            mirror_set,
            role: role(drive),
        }));
        let announced = span.drives.and_then(|drives| usize::try_from(drives).ok()).unwrap_or(0).min(MEMBERS_MAX);
        let nobody = MemberRead { slot: None, bay: None, serial: None, name: None, mirror_set, role: Role::Missing };
        members.extend(std::iter::repeat_n(nobody, announced.saturating_sub(span.listed.len())));
    }
    for (slot, member) in (0..).zip(&mut members) {
        member.slot = Some(slot);
    }
    members
}

/// More drives than a span of any controller has.
const MEMBERS_MAX: usize = 256;

fn role(one: &Drive) -> Role {
    match one.state {
        Some(Word::Known(DriveState::Rebuild)) => Role::Rebuilding,
        Some(Word::Known(DriveState::Failed | DriveState::Offline | DriveState::UnconfiguredBad)) => Role::Failed,
        Some(Word::Known(DriveState::HotSpare)) => Role::Spare,
        _ => Role::Active,
    }
}

/// Whether a drive is being rebuilt that is a member, or there is but one array that it can be for.
fn rebuilds(adapter: &Adapter, one: &Array) -> bool {
    let rebuilt = |drive: &Drive| drive.state == Some(Word::Known(DriveState::Rebuild));
    let optimal = Some(Word::Known(device::ArrayState::Optimal));
    let ill = adapter.arrays.iter().filter(|array| array.state != optimal && !array.is_cache).count();
    let listed = || one.spans.iter().flat_map(|span| &span.listed);
    one.doings.iter().any(|(what, _)| what == "Rebuild")
        || listed().filter_map(|at| adapter.drives.get(*at)).any(rebuilt)
        || listed().next().is_none() && ill == 1 && adapter.drives.iter().any(rebuilt)
}

/// The arrays of a controller of which an output lists the drives alone: one that has no number stands for them.
fn unnamed_array(host: &str, adapter: &Adapter) -> Option<Read> {
    let of_array = |drive: &Drive| {
        let outside = matches!(
            drive.state,
            Some(Word::Known(DriveState::UnconfiguredGood | DriveState::UnconfiguredBad | DriveState::System))
        );
        !outside || drive.position.is_some()
    };
    let needed = adapter.arrays.is_empty() && !adapter.no_arrays && adapter.number.is_some();
    let rebuilt = adapter.drives.iter().any(|drive| role(drive) == Role::Rebuilding);
    let (state, text) = match &adapter.card {
        Some(card) if card.arrays_offline.unwrap_or(0) > 0 => {
            let of = number_of(card.arrays_offline.unwrap_or(0).into(), "logical drive is", "logical drives are");
            (ArrayState::Failed, format!("{of} offline, by the controller's own count"))
        }
        Some(card) if card.arrays_degraded.unwrap_or(0) > 0 => {
            let of = number_of(card.arrays_degraded.unwrap_or(0).into(), "logical drive is", "logical drives are");
            (ArrayState::Degraded, format!("{of} degraded, by the controller's own count"))
        }
        _ if rebuilt => {
            (ArrayState::Rebuilding, "a drive is being rebuilt; the output does not tell of which".to_owned())
        }
        _ if adapter.drives.iter().any(of_array) => {
            (ArrayState::Unknown, "its drives are in use, and the output does not tell of what".to_owned())
        }
        _ => return None,
    };
    let thing = Thing::Array(ArrayRead { state, level: None, members: Vec::new(), carries: Vec::new() });
    let subject = Subject::within(Kind::Array, host, &path(adapter));
    let reading = Reading { thing, reasons: Vec::new(), unread: None };
    needed.then(|| Read { subject, reading, text, values: Vec::new() })
}

/// The controller, if the output has anything of it: its cache, its battery, its own counts.
fn controller(host: &str, adapter: &Adapter, failures: &[String]) -> Option<Read> {
    let Adapter { card, arrays, battery, battery_failed, .. } = adapter;
    adapter.number?;
    if card.is_none() && arrays.is_empty() && battery.is_none() && !battery_failed {
        return None;
    }
    let live = battery.as_ref().map(megacli::Battery::live);
    let on = |array: &&Array| array.cache_now.as_ref().is_some_and(|now| now.write_back && now.without_battery);
    let through = |array: &&Array| {
        let set = array.cache_set.as_ref().is_some_and(|set| set.write_back);
        set && array.cache_now.as_ref().is_some_and(|now| !now.write_back)
    };
    let mut reasons = judge::cache(&Cache {
        battery: live.as_ref(),
        troubles: battery.iter().flat_map(|battery| &battery.troubles).map(|trouble| clean(trouble)).collect(),
        keeps_on: arrays.iter().any(|array| on(&array)),
        through: arrays.iter().filter(through).map(|array| format!("l{}", array.target)).collect(),
        ..Cache::default()
    });
    if let Some(card) = card {
        reasons.extend(judge::memory(card.memory_uncorrected.unwrap_or(0), card.memory_corrected.unwrap_or(0)));
        let part = |key, severity, text: String| says(Ailment::PartFailed, key, severity, text);
        let counted = [
            ("megaraid-drives-failed", card.drives_failed, "it counts as failed, which the output does not name"),
            ("megaraid-drives-critical", card.drives_critical, "it expects to fail, which the output does not name"),
        ];
        for (key, drives, what) in counted {
            let drives = drives.filter(|drives| *drives > 0 && adapter.drives.is_empty());
            let text = drives.map(|drives| format!("{} that {what}", number_of(drives.into(), "drive", "drives")));
            reasons.extend(text.map(|text| part(key, Severity::Critical, text)));
        }
        if card.cache_preserved == Some(true) {
            let text = "its cache keeps writes to an array that is gone".to_owned();
            reasons.push(part("megaraid-preserved", Severity::Critical, text));
        }
    }
    reasons.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    // What this output does not have is as it was before.
    let unread = match (battery, arrays.is_empty()) {
        _ if *battery_failed => {
            let why = failures.iter().map(|failure| clean(failure)).collect::<Vec<_>>().join(" ");
            unread(WhyUnread::NoWay, format!("its battery could not be asked: {why}"))
        }
        (None, _) => unread(WhyUnread::NoWay, "the output tells nothing of its battery"),
        (Some(_), true) => unread(WhyUnread::NoWay, "the output tells nothing of its logical drives"),
        (Some(_), false) => None,
    };
    let model = card.as_ref().and_then(|card| card.product.as_deref()).map(clean);
    let text = model.clone().unwrap_or_else(|| "RAID controller".to_owned());
    let thing = Thing::Controller { driver: MAKER.to_owned(), model, raid: true };
    let subject = Subject::within(Kind::Controller, host, &path(adapter));
    Some(Read { subject, reading: Reading { thing, reasons, unread }, text, values: Vec::new() })
}
