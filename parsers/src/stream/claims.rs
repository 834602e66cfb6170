//! What was said of a place before.
//!
//! A report repeats for each place what it said the last time. A statement that was made once and then never again, and that is
//! only one letter away from one that was made more often, is that one with a changed bit or digit, or a missing byte: damage,
//! though the grammar has nothing against it. But drives of one batch have neighbouring serial numbers, so the new drive of a
//! bay may also be one digit away from the old one. Which it is shows when the next report goes back to the old statement
//! (damage) or keeps the new one (a new drive). So a statement is judged when another of its place is repeated, and at the end
//! of the input at the latest.

use super::grammar::{Claim, Grammar};
use super::span::{Damage, DamageKind};
use super::{Item, Resolved};
use std::collections::BTreeMap;
use std::ops::Range;

/// Places watched at once; a controller has 256 at most.
const PLACES_MAX: usize = 4096;

/// Statements remembered for a place: several hosts' controllers may write one log.
const STATEMENTS_MAX: usize = 8;

/// Other places whose statements are compared with a suspect one, so that a log of many places does not cost more a record.
const OTHERS_MAX: usize = 256;

/// Longer statements are not compared.
const STATEMENT_MAX: usize = 512;

#[derive(Debug)]
struct Known {
    statement: Box<[u8]>,
    /// The only record that made it; none once there was a second.
    only: Option<Only>,
}

/// A record that made a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    span: &'a Range<u64>,
    at: Resolved,
    written: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn new(span: &'a Range<u64>, at: Resolved, written: &'a str) -> Self {
        Self { span, at, written }
    }

    fn only(self) -> Option<Only> {
        Some(Only { span: self.span.clone(), at: self.at, written: self.written.into() })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Only {
    span: Range<u64>,
    at: Resolved,
    written: Box<str>,
}

/// A record that was damaged after all.
#[derive(Debug)]
pub(super) struct Recanted {
    record: Only,
    damage: Damage,
}

impl Recanted {
    pub(super) fn item<'a, G: Grammar>(self) -> Item<'a, G> {
        let Only { span, at, written } = self.record;
        Item::Recanted { span, at, written: written.into(), damage: self.damage }
    }
}

#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<Box<[u8]>, Vec<Known>>);

impl Claims {
    /// Takes a statement; records of the same place that it shows to be damaged come back.
    pub(super) fn see(&mut self, claim: Claim<'_>, place: Place<'_>) -> Vec<Recanted> {
        if claim.statement.len() > STATEMENT_MAX {
            return Vec::new();
        }
        let Some(known) = self.0.get_mut(claim.place) else {
            if self.0.len() < PLACES_MAX {
                let first = Known { statement: claim.statement.into(), only: place.only() };
                self.0.insert(claim.place.into(), vec![first]);
            }
            return Vec::new();
        };
        let Some(at) = known.iter().position(|known| *known.statement == *claim.statement) else {
            if known.len() == STATEMENTS_MAX {
                known.remove(0);
            }
            known.push(Known { statement: claim.statement.into(), only: place.only() });
            return Vec::new();
        };
        if let Some(seen) = known.get_mut(at) {
            seen.only = None;
        }
        if known.iter().all(|known| known.only.is_none()) {
            return Vec::new();
        }
        // Taken out, so that what stays are the other places.
        let mut known = std::mem::take(known);
        let mut recanted = Vec::new();
        let mut index = 0;
        known.retain_mut(|known| {
            // A statement that is older than the firm one did not leave it.
            let left = index > at;
            index += 1;
            let verdict = judge(known, claim.statement, |suspect| left && self.is_splice(suspect, claim.statement));
            // Judged once: what is no damage now will not become any.
            known.only = None;
            let keep = verdict.is_none();
            recanted.extend(verdict);
            keep
        });
        self.0.insert(claim.place.into(), known);
        recanted
    }

    /// Whether a statement ends as another place's does. Two drives that changed places do that as well, but there the other
    /// place also ends as this one did.
    fn is_splice(&self, suspect: &[u8], own: &[u8]) -> bool {
        self.0.values().take(OTHERS_MAX).any(|known| {
            known.iter().any(|other| {
                has_tail_of(suspect, own, &other.statement)
                    && !known.iter().any(|changed| has_tail_of(&changed.statement, &other.statement, own))
            })
        })
    }

    /// Judges what no later report could: of two statements one letter apart and made once each, the later is taken as damaged.
    pub(super) fn finish(&mut self) -> Vec<Recanted> {
        let mut recanted: Vec<Recanted> = Vec::new();
        for known in self.0.values() {
            for (index, suspect) in known.iter().enumerate() {
                let older = known.iter().take(index).filter(|other| !is_recanted(other, &recanted));
                let firm = known.iter().filter(|other| other.only.is_none());
                if let Some(verdict) = older.chain(firm).find_map(|other| judge(suspect, &other.statement, |_| false)) {
                    recanted.push(verdict);
                }
            }
        }
        recanted.sort_by_key(|recanted| recanted.record.span.start);
        recanted
    }
}

fn is_recanted(known: &Known, recanted: &[Recanted]) -> bool {
    known.only.as_ref().is_some_and(|only| recanted.iter().any(|recanted| recanted.record.span == only.span))
}

/// Whether a statement made once is `firm`, one made more often of the same place, with damage.
fn judge(suspect: &Known, firm: &[u8], is_splice: impl Fn(&[u8]) -> bool) -> Option<Recanted> {
    suspect.only.as_ref()?;
    if *suspect.statement == *firm {
        return None;
    }
    let (kind, what) = if near(&suspect.statement, firm) {
        (DamageKind::Garbled, "differs in one letter from")
    } else if is_splice(&suspect.statement) {
        (DamageKind::Spliced, "ends as that of another place, and its own reports before and after say")
    } else {
        return None;
    };
    let detail = format!("what it says of its place {what} \u{ab}{}\u{bb}", excerpt(firm));
    Some(Recanted { record: suspect.only.clone()?, damage: Damage::new(kind, detail) })
}

/// Whether one letter more, less or other makes one text the other.
fn near(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 || a == b {
        return false;
    }
    let front = common(a.iter(), b.iter());
    let back = common(a.iter().rev(), b.iter().rev());
    front + back + 1 >= a.len().max(b.len())
}

/// Whether a statement leaves what its place says and goes on, to its end, as another place's does.
fn has_tail_of(statement: &[u8], own: &[u8], other: &[u8]) -> bool {
    let tail = statement.len() - common(statement.iter(), own.iter());
    tail >= 8 && common(statement.iter().rev(), other.iter().rev()) >= tail
}

fn common<'a>(a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn excerpt(statement: &[u8]) -> String {
    let text = String::from_utf8_lossy(statement);
    let shown: String = text.chars().filter(|c| !c.is_control()).take(160).collect();
    if shown.len() < text.len() { shown + "\u{2026}" } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Basis;

    /// Reports of places, in order: `place=statement`. Which of them were recanted, by number.
    fn check(reports: &[&str], expect: &str) {
        let mut claims = Claims::default();
        let mut got = Vec::new();
        for (number, report) in (0_u64..).zip(reports) {
            let (place, statement) = report.split_once('=').unwrap_or_default();
            let claim = Claim { place: place.as_bytes(), statement: statement.as_bytes() };
            let at = Resolved { utc: chrono::DateTime::UNIX_EPOCH, basis: Basis::Stated };
            got.extend(claims.see(claim, Place::new(&(number..number + 1), at, "")));
        }
        got.extend(claims.finish());
        let got: Vec<String> =
            got.iter().map(|one| format!("{} {}", one.record.span.start, one.damage.kind.code())).collect();
        assert_eq!(got.join(", "), expect, "{reports:?}");
    }

    #[test]
    fn statements() {
        check(&["a=S1", "a=S1", "a=S1"], "");
        check(&["a=S1", "a=S1", "a=S2", "a=S1"], "2 garbled");
        check(&["a=S1", "a=S1", "a=S12", "a=S1"], "2 garbled");
        check(&["a=S1", "a=S1", "a=S", "a=S1"], "2 garbled");
        // The first report was the damaged one.
        check(&["a=S2", "a=S1", "a=S1"], "0 garbled");
        // A new drive of the same batch.
        check(&["a=S1", "a=S1", "a=S2", "a=S2", "a=S2"], "");
        // Nothing follows: the statement made more often, else the first, is taken as right.
        check(&["a=S1", "a=S1", "a=S2"], "2 garbled");
        check(&["a=S1", "a=S2"], "1 garbled");
        // Another drive altogether, also if it is taken out again.
        check(&["a=S1", "a=S1", "a=other", "a=S1"], "");
        // Two drives that changed places and stay there; a splice of two lines of one report.
        let one = ["a=slot 1, S/N AAAAAAAA", "b=slot 2, S/N BBBBBBBB"];
        check(
            &[
                one[0],
                one[1],
                "a=slot 1, S/N BBBBBBBB",
                "b=slot 2, S/N AAAAAAAA",
                "a=slot 1, S/N BBBBBBBB",
                "b=slot 2, S/N AAAAAAAA",
            ],
            "",
        );
        check(&[one[0], one[1], "a=slot 2, S/N BBBBBBBB", one[0], one[1]], "2 spliced");
    }
}
