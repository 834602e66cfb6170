//! What a person said, for the person who said it.

use super::page::{FAINT, GOOD, Page};
use crate::model::Case;
use crate::report::json::Said;
use crate::words::{clean, instant};

/// What was kept, and where the cases stand that it concerns.
pub fn said(said: &Said<'_>) -> String {
    let mut page = Page::new();
    let observation = said.observation;
    let (style, lead) = if said.new { (GOOD, "kept   ") } else { (FAINT, "known  ") };
    let of = format!("{} {}: {}", instant(observation.at.utc), observation.subject, observation.fact.code());
    page.styled(0, lead, style, &format!("{of} \u{2013} {}", clean(&observation.text)));
    for Case { id, code, severity, state, summary, .. } in said.cases {
        page.item(0, "case   ", &format!("{id}  {}, {}, {}: {summary}", code.code(), severity.code(), state.code()));
    }
    page.item(0, "in     ", &clean(&said.database.to_string_lossy()));
    page.finish()
}
