//! What a person types, and the one thing that is meant: a serial number, a place with or without its host, a printed label, or the
//! front of any of these.
//!
//! What must hold: what is typed whole is never taken for the front of something longer (`c1/e0/s1` is not `c1/e0/s10`); of two
//! hosts' equal places none is chosen silently; and a slip of the finger gets names to choose from, in bounded time.

use super::reader;
use crate::model::{Fact, Kind, Subject};
use rusqlite::{Connection, Result};
use std::collections::BTreeSet;

/// Names shown of those that fit, and of those that are near.
pub const SHOWN: usize = 10;

/// Below this a name is no slip of another (0 nothing in common, 1 the same): half of what was typed is somewhere else.
const NEAR: f64 = 0.5;

/// Names that are compared with what was typed.
const COMPARED_MAX: usize = 100_000;

/// What a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This.
    One(Subject),
    /// One of these, the first [`SHOWN`] of so many.
    Several(Vec<Subject>, usize),
    /// Nothing; these are written nearly so, the nearest first.
    Nothing(Vec<Subject>),
}

/// A thing and the label that is printed on it.
type Labelled = (Subject, String);

/// Finds the drive, bay, array, controller or host that is meant.
///
/// # Errors
/// If the history cannot be read.
pub fn find(history: &Connection, kind: Kind, typed: &str, host: Option<&str>) -> Result<Found> {
    let typed = typed.trim();
    if let Some(one) = looked_up(history, kind, typed, host)? {
        return Ok(Found::One(one));
    }
    let mut known = reader::subjects_from(history, &format!("{}:", kind.code()), u32::MAX)?;
    match kind {
        Kind::Array => unnumbered(history, &mut known)?,
        Kind::Controller => {
            let bays = reader::subjects_from(history, "bay:", u32::MAX)?;
            known.extend(bays.iter().filter_map(|bay| bay.enclosing(Kind::Controller, 1)));
        }
        Kind::Host => {
            let streams = reader::streams(history)?;
            known.extend(streams.iter().filter_map(|stream| stream.name.host_name()).map(Subject::host));
        }
        _ => {}
    }
    known.sort();
    known.dedup();
    let whole = fitting(&known, typed, host, Fit::Whole);
    if let [one] = whole.as_slice() {
        return Ok(Found::One((*one).clone()));
    }
    let labels = if kind == Kind::Bay && whole.is_empty() { labels(history)? } else { Vec::new() };
    let mut found = choose(&known, &labels, typed, host);
    if let (Kind::Drive, Some(_), Found::One(_) | Found::Several(..)) = (kind, host, &found) {
        let on_host = |drive: &Subject| is_on(history, drive, host);
        let mut there = Vec::new();
        for drive in fits(&known, &labels, typed, None) {
            if on_host(&drive)? {
                there.push(drive);
            }
        }
        found = some(there).unwrap_or(Found::Nothing(Vec::new()));
    }
    Ok(found)
}

/// What is typed as it is written everywhere is looked up, however many names there are, and so is the front of one serial number.
fn looked_up(history: &Connection, kind: Kind, typed: &str, host: Option<&str>) -> Result<Option<Subject>> {
    let bare = typed.strip_prefix(&format!("{}:", kind.code())).unwrap_or(typed);
    let on_host = host.map(|host| Subject::within(kind, host, bare));
    let as_written = format!("{}:{bare}", kind.code()).parse::<Subject>().ok().filter(|one| is_of(one, host));
    let whole = if kind == Kind::Drive { Some(Subject::drive(bare)) } else { on_host };
    for one in whole.into_iter().chain(as_written) {
        if reader::is_known(history, &one)? && (kind != Kind::Drive || is_on(history, &one, host)?) {
            return Ok(Some(one));
        }
    }
    if kind != Kind::Drive || bare.is_empty() || host.is_some() {
        return Ok(None);
    }
    let mut front = reader::subjects_from(history, &Subject::drive(bare).to_string(), 2)?;
    Ok(if front.len() == 1 { front.pop() } else { None })
}

/// A controller with drives has arrays on them; where no source says which, one without a number stands for them.
fn unnumbered(history: &Connection, known: &mut Vec<Subject>) -> Result<()> {
    let bays = reader::subjects_from(history, "bay:", u32::MAX)?;
    let controllers: BTreeSet<Subject> = bays.iter().filter_map(|bay| bay.enclosing(Kind::Array, 1)).collect();
    let numbered: BTreeSet<Subject> = known.iter().filter_map(|array| array.enclosing(Kind::Array, 1)).collect();
    known.extend(controllers.into_iter().filter(|controller| !numbered.contains(controller)));
    Ok(())
}

fn labels(history: &Connection) -> Result<Vec<Labelled>> {
    let label = |known: reader::Known| match known.statement.fact {
        Fact::Label(label) => Some((known.statement.subject, label)),
        _ => None,
    };
    let said = reader::statements_of(history, "bay-label")?;
    Ok(said.into_iter().filter_map(label).collect())
}

/// Whether a drive was ever said to be on a host; on any, if none is named.
fn is_on(history: &Connection, drive: &Subject, host: Option<&str>) -> Result<bool> {
    let Some(host) = host else { return Ok(true) };
    Ok(reader::streams_about(history, drive)?.iter().any(|stream| stream.name.host_name() == Some(host)))
}

/// Chooses among names that are known.
fn choose(known: &[Subject], labels: &[Labelled], typed: &str, host: Option<&str>) -> Found {
    some(fits(known, labels, typed, host)).unwrap_or_else(|| Found::Nothing(nearest(known, labels, typed, host)))
}

fn some(mut fits: Vec<Subject>) -> Option<Found> {
    fits.sort();
    fits.dedup();
    match fits.len() {
        0 => None,
        1 => fits.pop().map(Found::One),
        several => {
            fits.truncate(SHOWN);
            Some(Found::Several(fits, several))
        }
    }
}

/// How much of a name must have been typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Whole,
    Front,
    /// Upper and lower case do not matter.
    WholeInAnyCase,
    FrontInAnyCase,
}

impl Fit {
    fn of(self, typed: &str, name: &str) -> bool {
        let same = |name: &str| name.eq_ignore_ascii_case(typed);
        match self {
            Self::Whole => typed == name,
            Self::Front => name.starts_with(typed),
            Self::WholeInAnyCase => same(name),
            Self::FrontInAnyCase => name.get(..typed.len()).is_some_and(same),
        }
    }
}

/// All that fit, by the strictest way in which any does.
fn fits(known: &[Subject], labels: &[Labelled], typed: &str, host: Option<&str>) -> Vec<Subject> {
    if typed.is_empty() {
        return Vec::new();
    }
    for fit in [Fit::Whole, Fit::Front, Fit::WholeInAnyCase, Fit::FrontInAnyCase] {
        let mut fits: Vec<Subject> = fitting(known, typed, host, fit).into_iter().cloned().collect();
        let labelled = labels.iter().filter(|(bay, label)| is_of(bay, host) && fit.of(typed, label));
        fits.extend(labelled.map(|(bay, _)| bay.clone()));
        if !fits.is_empty() {
            return fits;
        }
    }
    Vec::new()
}

fn fitting<'a>(known: &'a [Subject], typed: &str, host: Option<&str>, fit: Fit) -> Vec<&'a Subject> {
    known.iter().filter(|one| is_of(one, host) && names(one).iter().any(|name| fit.of(typed, name))).collect()
}

/// Whether it is of the host that was named, if one was. A drive is of none by its name.
fn is_of(one: &Subject, host: Option<&str>) -> bool {
    host.is_none() || one.host_name().is_none() || one.host_name() == host
}

/// Whether that is its name, and not the front of it.
pub fn is_name_of(typed: &str, one: &Subject) -> bool {
    names(one).iter().any(|name| name == typed)
}

/// The ways in which a person may write it: as it is written everywhere, without its kind, without its host; a serial number and a
/// host also without escapes.
fn names(one: &Subject) -> Vec<String> {
    let whole = one.to_string();
    let short = whole.split_once(':').map(|(_, short)| short.to_owned()).unwrap_or_default();
    let mut names = vec![one.path(), short];
    names.extend(one.serial().map(str::to_owned));
    names.extend(one.host_name().map(|host| format!("{host}/{}", one.path())));
    names.push(whole);
    names
}

/// Names that are written nearly as what was typed, the nearest first.
fn nearest(known: &[Subject], labels: &[Labelled], typed: &str, host: Option<&str>) -> Vec<Subject> {
    let typed = typed.to_ascii_lowercase();
    let kind = known.first().map(|one| format!("{}:", one.kind().code())).unwrap_or_default();
    let typed = typed.strip_prefix(&kind).unwrap_or(&typed);
    // What is longer than any name there is would be slow to compare.
    if typed.is_empty() || typed.len() > 255 {
        return Vec::new();
    }
    let like = |name: &str| {
        let name = name.to_ascii_lowercase();
        // Of a place often only the end is typed, as `s3`; of a long name the front.
        if name.strip_suffix(typed).is_some_and(|rest| rest.ends_with('/')) {
            return 0.99;
        }
        let front = name.get(..typed.len()).unwrap_or(&name);
        strsim::normalized_damerau_levenshtein(typed, &name).max(strsim::normalized_levenshtein(typed, front) * 0.99)
    };
    let of_names = known.iter().take(COMPARED_MAX).filter(|one| is_of(one, host)).map(|one| {
        let with_host = typed.matches('/').count() > one.path().matches('/').count();
        let name = names(one).into_iter().nth(usize::from(with_host)).unwrap_or_default();
        (like(&name), one)
    });
    let of_labels = labels.iter().filter(|(bay, _)| is_of(bay, host)).map(|(bay, label)| (like(label), bay));
    let mut near: Vec<(f64, &Subject)> = of_names.chain(of_labels).filter(|(like, _)| *like >= NEAR).collect();
    near.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.cmp(other)));
    let mut nearest: Vec<Subject> = Vec::new();
    for (_, one) in near {
        if !nearest.contains(one) {
            nearest.push(one.clone());
        }
        if nearest.len() == SHOWN / 2 {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn subjects(names: &[&str]) -> Vec<Subject> {
        names.iter().map(|name| name.parse().expect("a subject")).collect()
    }

    /// What a text finds, in words: `= NAME`, `several NAMES of N`, `near NAMES`.
    fn check(known: &[&str], typed: &str, host: Option<&str>, expect: &str) {
        let labels: Vec<Labelled> =
            [("bay:engine/c1/e0/s0", "A1"), ("bay:standby/c1/e0/s0", "A1"), ("bay:engine/c1/e0/s1", "A12")]
                .iter()
                .filter(|(bay, _)| known.contains(bay))
                .map(|(bay, label)| (bay.parse().expect("a bay"), (*label).to_owned()))
                .collect();
        let told = |list: Vec<Subject>| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let found = match choose(&subjects(known), &labels, typed, host) {
            Found::One(one) => format!("= {one}"),
            Found::Several(some, of) => format!("several {} of {of}", told(some)),
            Found::Nothing(near) => format!("near {}", told(near)),
        };
        assert_eq!(found.trim(), expect, "{typed}");
    }

    #[test]
    fn drives() {
        let known = ["drive:CVEM0711", "drive:CVEM0722", "drive:CVEM07", "drive:S%2F1", "drive:wd-1"];
        let check = |typed, expect| check(&known, typed, None, expect);
        check("CVEM0711", "= drive:CVEM0711");
        check("drive:CVEM0711", "= drive:CVEM0711");
        check("CVEM071", "= drive:CVEM0711");
        check("cvem0711", "= drive:CVEM0711");
        check("CVEM07", "= drive:CVEM07");
        check("CVEM", "several drive:CVEM07 drive:CVEM0711 drive:CVEM0722 of 3");
        check("S/1", "= drive:S%2F1");
        check("S%2F1", "= drive:S%2F1");
        check("WD", "= drive:wd-1");
        check("CVEN0711", "near drive:CVEM0711 drive:CVEM07 drive:CVEM0722");
        check("9999", "near");
        check("", "near");
    }

    #[test]
    fn bays() {
        let known = [
            "bay:engine/c1/e0/s0",
            "bay:engine/c1/e0/s1",
            "bay:engine/c1/e0/s10",
            "bay:standby/c1/e0/s0",
            "bay:a%20b/c1",
        ];
        let check = |typed, host, expect| check(&known, typed, host, expect);
        check("engine/c1/e0/s0", None, "= bay:engine/c1/e0/s0");
        check("bay:engine/c1/e0/s0", None, "= bay:engine/c1/e0/s0");
        check("c1/e0/s0", None, "several bay:engine/c1/e0/s0 bay:standby/c1/e0/s0 of 2");
        check("c1/e0/s0", Some("standby"), "= bay:standby/c1/e0/s0");
        check("c1/e0/s0", Some("other"), "near");
        check("c1/e0/s1", None, "= bay:engine/c1/e0/s1");
        check("standby", None, "= bay:standby/c1/e0/s0");
        check("a b/c1", None, "= bay:a%20b/c1");
        check("A1", None, "several bay:engine/c1/e0/s0 bay:standby/c1/e0/s0 of 2");
        check("A1", Some("engine"), "= bay:engine/c1/e0/s0");
        check("a12", None, "= bay:engine/c1/e0/s1");
        check("c1/e0/s7", Some("engine"), "near bay:engine/c1/e0/s0 bay:engine/c1/e0/s1 bay:engine/c1/e0/s10");
        check("s10", None, "near bay:engine/c1/e0/s10");
        check("engin/c1/e0/s10", Some("engine"), "near bay:engine/c1/e0/s10 bay:engine/c1/e0/s0 bay:engine/c1/e0/s1");
    }

    #[test]
    fn arrays() {
        let known = ["array:engine/md0", "array:engine/c1/l0", "array:standby/md0"];
        let check = |typed, host, expect| check(&known, typed, host, expect);
        check("md0", Some("engine"), "= array:engine/md0");
        check("md0", None, "several array:engine/md0 array:standby/md0 of 2");
        check("c1", None, "= array:engine/c1/l0");
        check("c1/l1", None, "near array:engine/c1/l0");
    }

    #[test]
    fn many_are_counted_and_not_all_shown() {
        let known: Vec<Subject> = (0..40).map(|number| Subject::drive(&format!("S{number:02}"))).collect();
        let Found::Several(shown, of) = choose(&known, &[], "S", None) else { panic!("there are many") };
        assert_eq!((shown.len(), of), (SHOWN, 40));
    }

    proptest! {
        /// Whatever names there are, one that is typed whole is found, and nothing typed panics.
        #[test]
        fn a_whole_name_is_found(serials in proptest::collection::btree_set("\\PC{1,8}", 1..20), typed in "\\PC{0,10}") {
            let known: Vec<Subject> = serials.iter().map(|serial| Subject::drive(serial)).collect();
            for drive in &known {
                prop_assert_eq!(choose(&known, &[], &drive.to_string(), None), Found::One(drive.clone()));
            }
            let found = choose(&known, &[], &typed, None);
            prop_assert!(typed.trim().is_empty() || found != Found::Several(Vec::new(), 0));
        }
    }
}
