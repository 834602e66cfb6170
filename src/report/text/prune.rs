//! What was summed up, for people.

use super::page::{FAINT, GOOD, Page};
use crate::report::json::{Pruned, Space};
use crate::words::{clean, count, instant, number_of};
use std::collections::BTreeMap;

/// Where the texts begin.
const LEAD: usize = 11;

/// How many rows became how many, what stays and why, and what that makes of the file.
pub fn prune(told: &Pruned<'_>) -> String {
    let mut page = Page::new();
    let (pruned, summed) = (told.pruned, &told.pruned.summed);
    let (all, dry) = (summed.all(), told.space.is_none());
    let until = format!("before {}", instant(pruned.kept_from));
    let lead = |word: &str| format!("{word:<LEAD$}");
    if all.rows == 0 {
        page.styled(
            0,
            &lead("nothing"),
            FAINT,
            &format!("new to sum up: all from {until} is summed up already, or stays"),
        );
    } else {
        let (word, became) = if dry { ("plan", "become") } else { ("summed up", "became") };
        let rows = number_of(all.rows, "row", "rows");
        let known = match summed.runs_before {
            0 => String::new(),
            known => format!(" and {}", number_of(known, "summary", "summaries")),
        };
        let summaries = number_of(summed.runs_after, "summary", "summaries");
        page.styled(0, &lead(word), GOOD, &format!("{rows} from {until}{known} {became} {summaries}"));
        for (year, facts) in by_year(told) {
            page.item(LEAD, &format!("{year}  "), &facts.join(", "));
        }
    }
    let mut stays = |number: u64, why: &str| {
        if number > 0 {
            page.item(0, &lead("stays"), &format!("{}: {why}", number_of(number, "row", "rows")));
        }
    };
    let cases = number_of(pruned.cases.len() as u64, "case that is", "cases that are");
    stays(summed.evidence, &format!("evidence of {cases} not over"));
    stays(summed.remarks, "on damage, missing reports and other marks of the logs themselves");
    stays(pruned.of_people, "what people said");
    if pruned.alerts > 0 {
        let (word, are) = if dry { ("plan", "are to be deleted") } else { ("deleted", "arrived long ago") };
        let alerts = number_of(pruned.alerts, "alert", "alerts");
        page.item(0, &lead(word), &format!("{alerts} from {until} {are}: their threads are over, or went on since"));
    }
    match told.space {
        Some(Space { file_before, file, free }) => {
            let free = if free > 0 {
                format!(", {} of them free for what comes; --vacuum gives them back", number_of(free, "byte", "bytes"))
            } else {
                String::new()
            };
            let shrunk = if file < file_before { format!(" ({} before)", count(file_before)) } else { String::new() };
            page.item(0, &lead("file"), &format!("{}{shrunk}{free}", number_of(file, "byte", "bytes")));
        }
        None => page.item(0, &lead("dry run"), "nothing was changed"),
    }
    page.item(0, &lead("history"), &clean(&told.database.to_string_lossy()));
    page.finish()
}

/// Of each year, how often which fact, the most frequent first.
fn by_year(told: &Pruned<'_>) -> BTreeMap<i32, Vec<String>> {
    let mut years: BTreeMap<i32, Vec<(u64, &str)>> = BTreeMap::new();
    for ((year, fact), count) in &told.pruned.summed.by_year {
        years.entry(*year).or_default().push((count.observations, fact));
    }
    let told = |mut facts: Vec<(u64, &str)>| {
        facts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        facts.into_iter().map(|(times, fact)| format!("{} {fact}", count(times))).collect()
    };
    years.into_iter().map(|(year, facts)| (year, told(facts))).collect()
}
