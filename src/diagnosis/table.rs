//! The numbers and words of the diagnosis, read from `causes.toml`.

use crate::model::{Cause, Code};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The table. It is part of the program: that it can be read is tested, and a program whose table cannot be read has no use.
pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("causes.toml")).expect("the table of causes is part of the program"));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    constants: BTreeMap<String, Constant>,
    priors: Vec<Priors>,
    terms: Vec<TermRow>,
    advice: Vec<Advice>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Constant {
    value: f64,
    #[cfg_attr(not(test), expect(dead_code, reason = "for the reader of the table; a test sees that it is there"))]
    source: String,
}

#[derive(Debug, Deserialize)]
struct Priors {
    of: Vec<String>,
    source: String,
    #[serde(flatten)]
    probabilities: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermRow {
    name: String,
    pub(super) because: String,
    pub(super) source: String,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
}

impl TermRow {
    /// Its weight for each cause that it concerns.
    pub(super) fn weights(&self) -> impl Iterator<Item = (Cause, f64)> + '_ {
        Cause::ALL.iter().filter_map(|cause| Some((*cause, *self.weights.get(cause.code())?)))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advice {
    of: String,
    next: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

impl Table {
    /// A constant.
    pub(super) fn constant(&self, name: &str) -> f64 {
        debug_assert!(self.constants.contains_key(name), "no constant {name}");
        self.constants.get(name).map_or(f64::NAN, |constant| constant.value)
    }

    /// The causes that are considered for a case, with their probabilities before any evidence, and the source of these.
    pub(super) fn priors(&self, code: Code) -> (Vec<(Cause, f64)>, &str) {
        let Some(priors) = self.priors.iter().find(|priors| priors.of.iter().any(|of| of == code.code())) else {
            return (vec![(Cause::Nothing, 0.5), (Cause::Unknown, 0.5)], "");
        };
        let of = |cause: &Cause| priors.probabilities.get(cause.code()).map(|probability| (*cause, *probability));
        (Cause::ALL.iter().filter_map(of).collect(), &priors.source)
    }

    /// A term.
    pub(super) fn term(&self, name: &str) -> Option<&TermRow> {
        debug_assert!(self.terms.iter().any(|row| row.name == name), "no term {name}");
        self.terms.iter().find(|row| row.name == name)
    }

    /// What to do, and what to leave alone, of a case's code or a cause.
    pub(super) fn advice(&self, of: &str) -> (&[String], &[String]) {
        let advice = self.advice.iter().find(|advice| advice.of == of);
        advice.map_or((&[], &[]), |advice| (&advice.next, &advice.not))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_source() {
        let table: &Table = &TABLE;
        let known = |name: &str| Cause::ALL.iter().any(|cause| cause.code() == name);
        for (name, constant) in &table.constants {
            assert!(constant.value.is_finite() && constant.source.len() > 20, "{name}");
        }
        for priors in &table.priors {
            let sum: f64 = priors.probabilities.values().sum();
            assert!((sum - 1.0).abs() < 1e-9, "{:?} sum to {sum}", priors.of);
            assert!(priors.source.len() > 20 && priors.probabilities.keys().all(|name| known(name)), "{:?}", priors.of);
            assert!(
                ["nothing", "unknown"].iter().all(|name| priors.probabilities.contains_key(*name)),
                "{:?}",
                priors.of
            );
        }
        let limit = table.constant("weight_limit");
        for row in &table.terms {
            assert!(row.source.len() > 7 && !row.because.is_empty(), "{}", row.name);
            assert!(row.weights.iter().all(|(name, weight)| known(name) && weight.abs() <= limit), "{}", row.name);
        }
        for code in Code::ALL {
            assert!(!table.priors(code).1.is_empty() && !table.advice(code.code()).0.is_empty(), "{}", code.code());
        }
        let code = [
            include_str!("evidence.rs"),
            include_str!("evidence/machine.rs"),
            include_str!("cases.rs"),
            include_str!("cases/health.rs"),
            include_str!("mod.rs"),
            include_str!("weigh.rs"),
        ];
        let code = code.concat();
        let names = table.terms.iter().map(|row| &row.name).chain(table.constants.keys());
        for name in names {
            assert!(code.contains(&format!("\"{name}\"")), "{name} is in the table and never used");
        }
        for advice in &table.advice {
            let of_state = super::super::wording::OF_STATES.contains(&advice.of.as_str());
            assert!(
                known(&advice.of) || of_state || Code::ALL.iter().any(|code| code.code() == advice.of),
                "{}",
                advice.of
            );
        }
    }
}
