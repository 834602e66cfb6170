//! What happened, in a line: the thing, the fact, and the source's own words.

use super::inventory::Inventory;
use crate::model::{Fact, Kind, Observation};

/// An observation for people, without its time.
pub fn line(one: &Observation, inventory: &Inventory) -> String {
    let subject = match one.subject.kind() {
        Kind::Host => String::new(),
        _ => format!("{}: ", inventory.name(&one.subject).trim_end()),
    };
    let word = one.fact.code().replace('-', " ");
    let told = matches!(one.fact, Fact::Note | Fact::Event { .. } | Fact::Rhythm { .. });
    let told = told || one.text.starts_with(&word);
    let word = if told { String::new() } else { format!("{word} \u{2013} ") };
    format!("{subject}{word}{}", one.text)
}
