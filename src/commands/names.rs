//! What a person types for a name: the name, or a front of it that no other name has.

use super::{Exit, complain};
use crate::history::find::Found;
use crate::model::{Case, Kind, Subject};
use crate::words::{clean, count};

/// Names told where one is not known, and where several begin as typed.
const NEAREST: usize = 3;
const SEVERAL: usize = 8;

/// The name that is meant. If there is none or there are several, that is said, with the names nearest to it.
pub(super) fn one<'a>(what: &str, typed: &str, known: impl Iterator<Item = &'a str>) -> Result<&'a str, Exit> {
    find(typed, known).map_err(|missed| {
        let list = |names: &[&str]| names.iter().map(|name| clean(name)).collect::<Vec<_>>().join(", ");
        let typed = clean(typed);
        match missed {
            Missed::Several(names) => {
                let more = names.len().saturating_sub(SEVERAL);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let names = list(names.get(..SEVERAL).unwrap_or(&names));
                complain(&format!("several {what}s begin with {typed}: {names}{more}"));
                Exit::NoInput
            }
            Missed::Unknown(names) if names.is_empty() => {
                complain(&format!("no {what} {typed}: the history knows of none"));
                Exit::NoInput
            }
            Missed::Unknown(names) => {
                complain(&format!("no {what} {typed}; nearest are {}", list(&names)));
                Exit::NoInput
            }
        }
    })
}

/// The case that is meant, by its id or the front of it.
pub(super) fn case<'a>(cases: &'a [Case], typed: &str) -> Result<&'a Case, Exit> {
    let id = one("case", &typed.to_lowercase(), cases.iter().map(|case| case.id.as_str()))?;
    cases.iter().find(|case| case.id == id).ok_or(Exit::NoInput)
}

/// Why no name is meant.
#[derive(Debug, PartialEq, Eq)]
enum Missed<'a> {
    /// It is a front of these.
    Several(Vec<&'a str>),
    /// It is a front of none; these are nearest to it.
    Unknown(Vec<&'a str>),
}

fn find<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Result<&'a str, Missed<'a>> {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    if let Some(name) = known.iter().find(|name| **name == typed) {
        return Ok(name);
    }
    let begin: Vec<&str> = known.iter().copied().filter(|name| name.starts_with(typed)).collect();
    match begin.as_slice() {
        // Nothing typed means nothing, also where there is but one.
        [name] if !typed.is_empty() => Ok(name),
        [] => {
            known.sort_by_cached_key(|name| strsim::damerau_levenshtein(name, typed));
            known.truncate(NEAREST);
            Err(Missed::Unknown(known))
        }
        _ => Err(Missed::Several(begin)),
    }
}

/// The one thing that is meant, or what is said to whoever meant none or several.
pub(super) fn chosen(found: Found, kind: Kind, typed: &str) -> Result<Subject, Exit> {
    let list = |names: &[Subject]| names.iter().map(|name| format!("\n  {name}")).collect::<String>();
    let (kind, typed) = (kind.code(), clean(typed));
    match found {
        Found::One(subject) => Ok(subject),
        Found::Several(some, all) => {
            let more = if all > some.len() {
                format!("\n  and {} more", count((all - some.len()) as u64))
            } else {
                String::new()
            };
            complain(&format!(
                "«{typed}» may be several {kind}s; type more of one, or give --host:{}{more}",
                list(&some)
            ));
            Err(Exit::Usage)
        }
        Found::Nothing(near) if near.is_empty() => {
            complain(&format!("the history knows no {kind} «{typed}», and none that is written nearly so"));
            Err(Exit::NoInput)
        }
        Found::Nothing(near) => {
            complain(&format!("the history knows no {kind} «{typed}»; the nearest:{}", list(&near)));
            Err(Exit::NoInput)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_fronts_of_names() {
        let check = |typed: &str, expect: Result<&str, Missed<'_>>| {
            assert_eq!(find(typed, ["db7", "db70", "db8", "web1"].into_iter()), expect, "{typed}");
        };
        check("db7", Ok("db7"));
        check("db70", Ok("db70"));
        check("w", Ok("web1"));
        check("db", Err(Missed::Several(vec!["db7", "db70", "db8"])));
        check("", Err(Missed::Several(vec!["db7", "db70", "db8", "web1"])));
        check("bd8", Err(Missed::Unknown(vec!["db8", "db7", "db70"])));
        check("wbe1", Err(Missed::Unknown(vec!["web1", "db7", "db70"])));
        assert_eq!(find("", ["db7"].into_iter()), Err(Missed::Several(vec!["db7"])));
        assert_eq!(find("x", [].into_iter()), Err(Missed::Unknown(Vec::new())));
    }
}
